/* rental.h: what the files of rentals share: one rental, one insertion, one suspense entry. */
#ifndef SETTLEMENT_RENTAL_H
#define SETTLEMENT_RENTAL_H

#include "bank_marks.h"
#include "banks.h"
#include "inbox.h"
#include "rental_machine.h"
#include "rentals.h"

/* --- rental.c ----------------------------------------------------------------------------------------------------------- */

/* rental_read: NULL refuses with UnknownRental. rental_edit: likewise, to change and put. */
const struct row_rental *rental_read(struct command *command, const char *id);
struct row_rental *rental_edit(struct command *command, const char *id);
void rental_put(struct command *command, const struct row_rental *rental);

/* rental_apply: |event| happens to it: a new state is noted in the journal and told; put by the caller. REFUSED refuses with
 * WrongState.
 */
enum move_outcome rental_apply(struct command *command, struct row_rental *rental, enum rental_event event);

/* rental_tell: on_event of the rental, or of the request for some, |id|, which goes on |order| (NULL: on none). |station| and |text|
 * may be NULL. */
void rental_tell(struct command *command, const char *id, const char *order, const char *station, const char *state,
                 const char *text);

/* rental_note: |reason| why it is as it is, at most 80 characters. */
void rental_note(struct row_rental *rental, const char *reason);

/* rental_review: its order is looked at again, and corrected where it was sealed. Call it last. */
void rental_review(struct command *command, const struct row_rental *rental, const char *reason);

/* rental_review_late: likewise of a rental that may count for the first time after its order was closed without it (A27): then it
 * gets one of its own. */
void rental_review_late(struct command *command, const struct row_rental *rental, const char *reason);

/* rental_answer: |outcome| AGAIN becomes Duplicate. */
void rental_answer(struct ocpp_settle_receipt *receipt, enum move_outcome outcome);

/* --- rental_clock.c ------------------------------------------------------------------------------------------------------ */

/* rental_arm: its clock runs: a timer goes off when it is to be bought. rental_disarm: it does not. */
void rental_arm(struct command *command, const struct row_rental *rental);
void rental_disarm(struct command *command, const struct row_rental *rental);

/* rental_cap_utc_ms: when it costs its buy-out; after rental_longest_s where it does not by then. */
int64_t rental_cap_utc_ms(struct command *command, const struct row_rental *rental);

/* --- rental_ends.c -------------------------------------------------------------------------------------------------------- */

/* rental_return: it ended at |at_utc_ms|: the bank was put into |slot| of |station|. Reviews nothing, puts nothing. */
enum move_outcome rental_return(struct command *command, struct row_rental *rental, const char *station, int64_t slot,
                                int64_t at_utc_ms);

/* rental_begin: it was taken at |at_utc_ms|, as far as that can be. */
void rental_begin(struct command *command, struct row_rental *rental, int64_t at_utc_ms);

/* rental_tell_closed: the pile that let it out is told that it ended, unless |station| (NULL: nowhere) is
 * that pile: it knows. */
void rental_tell_closed(struct command *command, const struct row_rental *rental, const char *station);

/* rental_stuck: its clock stands from |at_utc_ms| on until |suspense| was looked at. False: it does not concern it. */
bool rental_stuck(struct command *command, struct row_rental *rental, const char *suspense, int64_t at_utc_ms);

/* --- insertions.c --------------------------------------------------------------------------------------------------------- */

/* insertion_neutral: the bank in it is told to become neutral with a generation above all there were; |bank| (may be NULL) is
 * Returning. |verdict| is Rentable or OutOfService, |swap| NULL or another bank for the same rental. Puts all of it. */
void insertion_neutral(struct command *command, struct row_insertion *insertion, struct row_bank *bank,
                       enum ocpp_settle_bank_verdict verdict, const struct ocpp_settle_bank_grant *swap);

/* insertion_held: it stays where it is until somebody looked. */
void insertion_held(struct command *command, struct row_insertion *insertion, struct row_bank *bank, const char *text);

/* insertion_given_up: the pile will not make its bank neutral: somebody has to look, or it |is_gone|. |id| may be NULL; one that
 * waits for nothing stays as it is. */
void insertion_given_up(struct command *command, const char *id, bool is_gone);

void insertion_put(struct command *command, const struct row_insertion *insertion);

#endif
