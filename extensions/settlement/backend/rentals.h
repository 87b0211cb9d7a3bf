/* rentals.h: power banks within the backend: who may have one, which mark it bears, when its rental begins and ends, what becomes
 * of a bank nobody understands. Orders know rentals by rental_usage() only. */
#ifndef SETTLEMENT_RENTALS_H
#define SETTLEMENT_RENTALS_H

#include "command.h"

/* rental_usage: what |rental| used, for the bill. False: it does not count (never taken, failed). */
bool rental_usage(struct command *command, const char *rental, struct ocpp_settle_bank_usage *usage);

/* rental_is_out: whether it may still cost: asked for, granted, or taken and not ended. An order is not sealed meanwhile. */
bool rental_is_out(struct command *command, const char *rental);

/* rental_deposit_minor: what is held for it. */
int64_t rental_deposit_minor(struct command *command, const char *rental);

/* rental_move: it is on |order| from now on: the vehicle's was sealed without it (A12). */
void rental_move(struct command *command, const char *rental, const char *order);

/* Messages of piles: bodies of the table in inbox.c. |args| is a struct incoming (inbox.h). */

/* rental_message_refused: |station| will never take |message| of |action| (a grant, a decision); it is a dead letter from now on.
 */
void rental_message_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message);

/* Bodies of timers. */
void rental_cap_reached(struct command *command, void *rental_id);
void rental_grant_silent(struct command *command, void *rental_id);
void rental_pin_over(struct command *command, void *rental_id);
void rental_request_expired(struct command *command, void *request_id);

/* Outcomes of payments. */
void rental_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

#endif
