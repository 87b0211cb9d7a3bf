/* pile_link_inside.h: the phone link of a pile, for its own files and commands. */
#ifndef OCPP_SIM_PILE_LINK_INSIDE_H
#define OCPP_SIM_PILE_LINK_INSIDE_H

#include "link_port.h"
#include "pile_link.h"
#include "taped_keys.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/outlets.h>
#include <ocpp/settlement/prompts.h>

struct pile_link {
    struct pile *pile;
    struct link_port port;
    bool has_port;                   /* false: it is replayed, and nobody is at its end */
    struct ocpp_settle_keys *opened; /* the keys there are … */
    struct taped_keys taped;
    const struct ocpp_settle_keys *keys;              /* … and those that are asked */
    struct ocpp_settle_link *link;                    /* NULL: the power is off */
    struct ocpp_settle_outlets *outlets;              /* NULL: the pile has a network */
    struct ocpp_settle_prompt_link *prompts;          /* NULL: it has none */
    bool closed[OCPP_SETTLE_OUTLETS_LIMIT + 1];       /* contactors */
    bool plugged[OCPP_SETTLE_OUTLETS_LIMIT + 1];      /* as the outlets were told */
    char vehicles[OCPP_SETTLE_OUTLETS_LIMIT + 1][65]; /* what is plugged in, or will be, says who it is; "": it does not */
    int64_t moved_mono_ms;
    int64_t rest_w_ms[OCPP_SETTLE_OUTLETS_LIMIT + 1];
};

/* pile_link_move: time passes for its outlets and its sessions. pile_link_talk: what is to be said is said, and what came is
 * heard. */
void pile_link_move(struct pile_link *link);
void pile_link_talk(struct pile_link *link);

/* pile_link_terminals: through which terminals beside the pile are reached; its user is NULL where none can be. */
struct ocpp_settle_terminal_port pile_link_terminals(const struct pile *pile);

#endif
