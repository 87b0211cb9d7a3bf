/* dialect.h: what a version of the protocol is to the central system: routes for what arrives, builders for what is ordered.
 *
 * Only dialect_*.c and the list in dialects.c know versions. A dialect keeps no state.
 */
#ifndef OCPP_CENTRAL_DIALECT_H
#define OCPP_CENTRAL_DIALECT_H

#include "command.h"
#include "convert.h"

/* A request the engine has a word for. */
struct central_route {
    const struct ocpp_action *action;
    void (*handle)(struct ocpp_station *station, const struct ocpp_incoming_call *call);
};

struct ocpp_central_dialect {
    enum ocpp_version version;
    const struct central_route *const *routes; /* tables, what comes all day first; each ended by a row without an action, the
                                                  list by NULL */
    const struct ocpp_action *boot;
    /* an earlier version of its family, which says everything that has no route and no builder here: messages are converted by
     * name (bridge.h). NULL: there is none */
    const struct ocpp_central_dialect *base;
    const struct ocpp_beyond *beyond; /* names this version has and |base| lacks, as the routes of |base| read them */
    const order_builder *orders;      /* by enum order; NULL: the version has no word for it */
    /* each builds its message and gives it to command_send() */
    enum ocpp_status (*start)(struct command *command, const struct ocpp_start_order *order, int64_t remote_start_id);
    enum ocpp_status (*stop)(struct command *command, const char *transaction_id);
    enum ocpp_status (*unlock)(struct command *command, int evse, int connector);
    enum ocpp_status (*reset)(struct command *command, bool immediately);
    enum ocpp_status (*trigger)(struct command *command, const char *message, int evse, int connector);
    /* what this version adds to the event |event_id| of a |request| its base reads: its severity; -1: not told. NULL: never is */
    int (*event_severity)(const void *request, int64_t event_id);
};

/* central_dialect_of: NULL when the version has no dialect in this build. */
const struct ocpp_central_dialect *central_dialect_of(enum ocpp_version version);

/* dialect_v16_orders.c, dialect_v201_orders.c */
extern const order_builder central_v16_orders[ORDER_COUNT];
extern const order_builder central_v201_orders[ORDER_COUNT];

/* dialect_route: who handles |action| of this dialect itself; NULL: nobody. */
const struct central_route *dialect_route(const struct ocpp_central_dialect *dialect, const struct ocpp_action *action);

/* dialect_speaker: whose builders make the orders for |station|: its dialect's, or those of the base of it. */
const struct ocpp_central_dialect *dialect_speaker(const struct ocpp_station *station);

extern const struct ocpp_central_dialect central_dialect_v16;
extern const struct ocpp_central_dialect central_dialect_v201;
extern const struct ocpp_central_dialect central_dialect_v21;

#endif
