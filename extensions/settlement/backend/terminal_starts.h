/* terminal_starts.h: what a terminal started, from the request to the last cent: between the files named in terminal_rows.h, and
 * what orders tell them. */
#ifndef SETTLEMENT_TERMINAL_STARTS_H
#define SETTLEMENT_TERMINAL_STARTS_H

#include "order_internal.h"
#include "terminal_phases.h"
#include "terminal_rows.h"

#include <ocpp/central_transactions.h>

/* --- terminal_starts.c ---------------------------------------------------------------------------------------------------- */

struct row_start *start_edit(struct command *command, const char *id);
void start_put(struct command *command, const struct row_start *start);

/* start_move: |event| happens: phase, journal, application; to be put afterwards. False: it means nothing now. */
bool start_move(struct command *command, struct row_start *start, enum start_event event, const char *reason);

/* start_begin: |start| (whose id, order and phase are set here) is asked for on |order|, which was opened for it: what it may
 * cost is held. */
struct start_asked {
    const struct incoming *in;
    const struct row_terminal *terminal;
    const char *association;
    const char *id; /* of the start */
};
void start_begin(struct command *command, const struct start_asked *asked, struct row_order *order);

/* start_stop: somebody wants it to end. False: it is over. */
bool start_stop(struct command *command, struct row_start *start);

/* Bodies: the outcome of the hold, timers, a message. */
void start_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg);
void start_silent(struct command *command, void *start_id);
void start_stop_again(struct command *command, void *start_id);
void start_failed(struct command *command, void *args);

/* start_pile_back: |station| said Hello: stops that wait for it leave. */
void start_pile_back(struct command *command, const char *station);

/* What orders tell. start_order_of: the order a terminal opened for |transaction|, which begins; NULL: none. start_vehicle: the
 * vehicle of |order| was heard of; |order| is put. start_is_awaited: its transaction has not begun and may. start_order_moved: it
 * has another state. */
struct row_order *start_order_of(struct command *command, const struct ocpp_transaction *transaction);
void start_vehicle(struct command *command, const struct row_order *order);
bool start_is_awaited(struct command *command, const struct row_order *order);
void start_order_moved(struct command *command, const struct row_order *order, const char *reason);

/* --- terminal_limits.c ---------------------------------------------------------------------------------------------------- */

/* start_limits: 0: not limited. */
struct start_limits {
    int64_t energy_wh;
    int64_t time_s;
    int64_t hold_minor;
    int64_t limit_minor;
    bool has_limit; /* of what it may cost */
};

/* start_limit: false refuses: BadAmount, Invalid, NoMoney. */
bool start_limit(struct command *command, const struct row_order *order, const struct ocpp_settle_charging_wish *wish,
                 struct start_limits *limits);

/* --- terminal_fees.c ------------------------------------------------------------------------------------------------------ */

/* fee_billed: |order| (to be put by the caller) has a new bill. Of an order no terminal started: nothing. */
void fee_billed(struct command *command, struct row_order *order, const struct ocpp_settle_bill *bill);

/* fee_confirm: the terminal confirms the bill |hash|. Refuses with StaleBill, WrongState. */
void fee_confirm(struct command *command, struct row_start *start, const char *hash);

/* fee_pay_by: a debt is paid by |provider|. Refuses with WrongState, NotSupported. */
void fee_pay_by(struct command *command, struct row_start *start, const char *provider);

/* fee_unconfirmed: the body of a timer (E7). */
void fee_unconfirmed(struct command *command, void *start_id);

/* --- terminal_words.c ----------------------------------------------------------------------------------------------------- */

enum { TERMINAL_WORDS_KEPT = 64 };

/* words_state: how |start| stands is told to its terminal; to be put afterwards. |order| may be NULL: it is read. */
void words_state(struct command *command, struct row_start *start, const struct row_order *order);

/* words_fee: likewise the fee. */
void words_fee(struct command *command, struct row_start *start, const struct row_order *order,
               const struct ocpp_settle_bill *bill, int64_t until_utc_ms);

/* words_encode: |message| as text in the arena; NULL: an error stuck. */
const char *words_encode(struct command *command, const struct ocpp_settle_terminal_hears *message);

/* words_key: of what was told with number |seq|. */
const char *words_key(struct command *command, const char *start, int64_t seq);

/* --- terminal_hub.c ------------------------------------------------------------------------------------------------------- */

/* hub_new_ticket (terminal_talk.c): another ticket of |start| (to be put); the text of it. */
const char *hub_new_ticket(struct command *command, struct row_start *start);

/* hub_tell: the terminal of |start|, if it is connected, is told everything up to |start|->told, once all is durable. */
void hub_tell(struct command *command, const struct row_start *start);

int64_t hub_deadline(const struct ocpp_settle *settle); /* mono ms */
void hub_run(struct ocpp_settle *settle);
void hub_free(struct ocpp_settle *settle);

#endif
