/* payment_steps.h: one operation with its leg, while something happens to it. Private to payment_*.c. */
#ifndef SETTLEMENT_PAYMENT_STEPS_H
#define SETTLEMENT_PAYMENT_STEPS_H

#include "payment_machine.h"
#include "payments.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/payment.h>

/* After so many queries without an outcome, and after so many wrong answers, the operator is told. */
enum { PAYMENT_TELL_AFTER_QUERIES = 5, PAYMENT_TELL_AFTER_WRONG = 2, PAYMENT_WAITING = 16 };

/* payment: both rows to change; NULL after an error. */
struct payment {
    struct row_leg *leg;
    struct row_operation *operation;
    enum row_operation_state was; /* before what happens now */
};

/* --- payment_steps.c --- */

/* payment_load: the rows of |operation|. False: there is none, or an error stuck. payment_save: puts both. */
bool payment_load(struct command *command, const char *operation, struct payment *payment);
void payment_save(struct command *command, const struct payment *payment);

/* payment_held_now: what is held and neither taken nor let go. payment_leg_moves: the leg has another state, in the journal too.
 */
int64_t payment_held_now(const struct row_leg *leg);
void payment_leg_moves(struct command *command, struct row_leg *leg, enum row_leg_state next, const char *reason);

/* payment_happened: |event| to its operation, with all that follows. |said| may be NULL. */
void payment_happened(struct command *command, struct payment *payment, enum operation_event event,
                      const struct ocpp_settle_payment_answer *said);

/* payment_not_left: the attempt that was made last has not left. Where that is certain of all of them it is tried again later;
 * else it is asked for. */
void payment_not_left(struct command *command, struct payment *payment);

/* payment_take_turns: whoever waits for the leg, as far as it is free. Puts what it changes, the leg included. */
void payment_take_turns(struct command *command, struct row_leg *leg);

/* --- payments.c --- */

/* payment_note_operation: a new operation, behind those that wait for the leg (|first|: before them); its id, NULL after an
 * error. The leg is changed, not put, and nothing takes its turn yet. */
struct payment_wish {
    enum row_operation_kind kind;
    int64_t amount_minor;
    const char *purpose;
    const char *subject;
    bool first;
};
const char *payment_note_operation(struct command *command, struct row_leg *leg, const struct payment_wish *wish);

/* payment_new_leg: a leg like |like| (order, payer, provider, currency) with an authorisation of |wish|. NULL after an error. */
const char *payment_new_leg(struct command *command, const struct row_leg *like, const struct payment_wish *wish);

/* --- payment_outcome.c --- */

/* payment_end: the operation is done with |result|: its leg, the books, timers, whoever waits. Puts both rows. */
void payment_end(struct command *command, struct payment *payment, enum row_operation_result result,
                 const struct ocpp_settle_payment_answer *said);

/* --- payment_ask.c --- */

/* payment_ask: the provider is asked once all is durable: for the act, or what became of it. */
void payment_ask(struct command *command, const struct payment *payment, bool is_query);

/* --- payment_answers.c --- */

/* payment_heard: what |said| says happens to the operation. OCPP_ERR_VALUE: another amount or currency. */
enum ocpp_status payment_heard(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said);

/* payment_note: an entry in the journal of what was said and not believed. |by|: who said it, NULL: the provider. */
void payment_note(struct command *command, const struct row_operation *operation, const char *what,
                  const struct ocpp_settle_payment_answer *said, const char *by);

/* --- payment_providers.c --- */

/* payment_local: a provider within the backend: what becomes of the operation, with its postings, at once. Asked only for what
 * has not been done. */
typedef void payment_local(struct command *command, const struct payment *payment, struct ocpp_settle_payment_answer *answer);

struct payment_provider {
    struct ocpp_settle_provider face;
    payment_local *local; /* NULL: it is outside */
};

/* payment_provider_of: the provider |name|. False: there is none of that name (any more); it can do nothing then. */
bool payment_provider_of(const struct ocpp_settle *settle, const char *name, struct payment_provider *provider);

/* --- payment_purposes.c --- */

/* payment_tell: the outcome, to whom it may concern, and to the application. */
void payment_tell(struct command *command, const struct row_operation *operation, const struct row_leg *leg);

#endif
