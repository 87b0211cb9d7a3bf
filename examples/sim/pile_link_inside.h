/* pile_link_inside.h: the phone link of a pile, for its own files and commands. */
#ifndef OCPP_SIM_PILE_LINK_INSIDE_H
#define OCPP_SIM_PILE_LINK_INSIDE_H

#include "link_port.h"
#include "pile_link.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/outlets.h>
#include <ocpp/settlement/prompts.h>

struct pile_link {
    struct pile *pile;
    struct link_port port;
    struct ocpp_settle_keys *keys;
    struct ocpp_settle_link *link;                    /* NULL: the power is off */
    struct ocpp_settle_outlets *outlets;              /* NULL: the pile has a network */
    struct ocpp_settle_prompt_link *prompts;          /* NULL: it has none */
    bool closed[OCPP_SETTLE_OUTLETS_LIMIT + 1];       /* contactors */
    bool plugged[OCPP_SETTLE_OUTLETS_LIMIT + 1];      /* as the outlets were told */
    char vehicles[OCPP_SETTLE_OUTLETS_LIMIT + 1][65]; /* what is plugged in, or will be, says who it is; "": it does not */
    int64_t moved_mono_ms;
    int64_t rest_w_ms[OCPP_SETTLE_OUTLETS_LIMIT + 1];
};

/* pile_link_terminals: through which terminals beside the pile are reached; its user is NULL where none can be. */
struct ocpp_settle_terminal_port pile_link_terminals(const struct pile *pile);

#endif
