/* rentals.h: power banks within the backend: who may have one, which mark it bears, when its rental begins and ends, what becomes
 * of a bank nobody understands. Orders know rentals by rental_usage() only. The machines stand in rental_machine.c.
 */
#ifndef SETTLEMENT_RENTALS_H
#define SETTLEMENT_RENTALS_H

#include "command.h"

/* --- what orders ask (rental_on_order.c) ------------------------------------------------------------------------------------ */

/* rental_usage: what |rental| used, for the bill. False: it does not count (never taken, failed). */
bool rental_usage(struct command *command, const char *rental, struct ocpp_settle_bank_usage *usage);

/* rental_is_out: whether it may still cost: asked for, granted, or taken and not ended. An order is not sealed meanwhile. */
bool rental_is_out(struct command *command, const char *rental);

/* rental_deposit_minor: what is held for it. */
int64_t rental_deposit_minor(struct command *command, const char *rental);

/* rental_move: it is on |order| from now on: the vehicle's was sealed without it (A12). */
void rental_move(struct command *command, const char *rental, const char *order);

/* --- messages of piles: bodies of the table in inbox_table.c; |args| is a struct incoming (inbox.h) --------------------------
 */

void rental_asked(struct command *command, void *args);
void rental_bank_taken(struct command *command, void *args);
void rental_rent_failed(struct command *command, void *args);
void rental_bank_returned(struct command *command, void *args);
void rental_mark_reset(struct command *command, void *args);

/* --- bodies of timers ------------------------------------------------------------------------------------------------------- */

void rental_cap_reached(struct command *command, void *rental_id);
void rental_grant_silent(struct command *command, void *rental_id);
void rental_pin_over(struct command *command, void *rental_id);
void rental_request_expired(struct command *command, void *request_id);

/* --- outcomes of payments -----------------------------------------------------------------------------------------------------
 */

void rental_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);
void rental_offline_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

/* --- messages a pile refused for good: rows of the table in outbox_judge.c ------------------------------------------------- */

void rental_offer_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message);
void rental_grant_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message);
void rental_decision_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message);

#endif
