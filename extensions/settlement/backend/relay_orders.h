/* relay_orders.h: what the rest of the backend asks of piles without a network (relay_internal.h), and where those who know
 * tenants come in. */
#ifndef SETTLEMENT_RELAY_ORDERS_H
#define SETTLEMENT_RELAY_ORDERS_H

#include "orders.h"

/* relay_keeps_open: the order waits for a bill that a phone brings. */
bool relay_keeps_open(struct command *command, const struct row_order *order);

/* relay_hold_ends: the hold of |order| is about to expire. True: it was taken, need not be renewed. */
bool relay_hold_ends(struct command *command, const struct row_order *order);

/* The body of TIMER_RELAY, and the outcome of PURPOSE_RELAY_HOLD. */
void relay_waited(struct command *command, void *authorisation_id);
void relay_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

/* relay_tenant_page: a bill that no authorisation stands behind: somebody charged by a card, or a phone bound to one. |shift_ms|
 * is to be added to its times. Takes it over: its order, or NULL with |*reason| why a person has to look. Not refused, never
 * repeated for the same page. */
const char *relay_tenant_page(struct command *command, const struct ocpp_settle_bill_page *bill, int64_t shift_ms,
                              const char **reason);

/* relay_note_session: the session of |bill| becomes the vehicle of |order| (open, without one), its readings rows. Put. */
void relay_note_session(struct command *command, struct row_order *order, const struct ocpp_settle_bill_page *bill,
                        int64_t shift_ms);

#endif
