/* timers.c: what happens when time passes. A timer is two rows: one by its subject, so that it can be moved, one by its time, so
 * that the next one is found. */
#include "timers.h"
#include "banks.h"
#include "house.h"
#include "closed.h"
#include "orders.h"
#include "outbox.h"
#include "payments.h"
#include "piles.h"
#include "relay_orders.h"
#include "rentals.h"
#include "terminal_starts.h"
#include "visit.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What runs out, and whose body knows what to do. |args| is the subject. */
static const struct timer_kind {
    const char *name;
    command_body *body;
} kinds[] = {
    { TIMER_ORDER_GRACE, order_grace_over },
    { TIMER_ORDER_SILENT, order_fell_silent },
    { TIMER_HOLD_RENEW, order_hold_expires },
    { TIMER_PAYMENT_QUERY, payment_query_due },
    { TIMER_PAYMENT_RETRY, payment_retry_due },
    { TIMER_RENTAL_CAP, rental_cap_reached },
    { TIMER_RENTAL_GRANT, rental_grant_silent },
    { TIMER_RENTAL_PIN, rental_pin_over },
    { TIMER_REQUEST_EXPIRES, rental_request_expired },
    { TIMER_SERVICE, bank_service_over },
    { TIMER_INVENTORY, bay_goes_on },
    { TIMER_KNOWN, known_renters_go_on },
    { TIMER_VISIT, visit_timer },
    { TIMER_PERIOD, house_period_goes_on },
    { TIMER_TENANT_LEAVES, house_tenant_leaves },
    { TIMER_GATHERING, house_statement_goes_on },
    { TIMER_STATEMENT_TOLD, house_statement_is_told },
    { TIMER_STATEMENT_DUE, house_statement_overdue },
    { TIMER_HOUSE_CARDS, house_cards_go_on },
    { TIMER_PHONE_EXPIRES, house_phone_expires },
    { TIMER_FORGET, inbox_forget },
    { TIMER_CLOSED, closed_forget },
    { TIMER_PROMPT, prompt_over },
    { TIMER_START, start_silent },
    { TIMER_START_STOP, start_stop_again },
    { TIMER_START_FEE, fee_unconfirmed },
    { TIMER_RELAY, relay_waited },
};

/* A timer whose body fails for a reason that does not pass by itself is tried again so much later: it is never lost. One that
 * fails for a reason that does is tried again at once, after a pause; when that did not help, a while later: it would hold up all
 * that are due behind it. */
enum { TIMER_TRIES_AGAIN_S = 3600, TIMER_WHILE_S = 300, TIMER_BATCH = 16, TIMER_PAUSE_MS = 1000 };

static command_body *body_of(const struct ocpp_settle *settle, const char *name)
{
    if (settle->find_timer) {
        return settle->find_timer(name);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return kinds[i].body;
        }
    }
    return NULL;
}

/* --- setting ------------------------------------------------------------------------------------------------------------ */

static const char *time_key(struct command *command, const char *kind, const char *subject, int64_t at_utc_ms)
{
    static const char digits[] = "0123456789abcdef";
    char due[17] = { 0 };

    for (int i = 0; i < 16; i++) {
        due[i] = digits[(uint64_t)at_utc_ms >> (60 - 4 * i) & 15];
    }
    return command_key(command, "timer", due, kind, subject, NULL);
}

static void take_away(struct command *command, const char *kind, const char *subject, const char *key)
{
    const struct row_timer *timer = command_read(command, key, &row_timer_type);

    if (timer) {
        const char *by_time = time_key(command, kind, subject, timer->at);

        command_remove_once(command, by_time);
        command_remove(command, key);
    }
}

void command_timer(struct command *command, const char *kind, const char *subject, int64_t at_utc_ms)
{
    struct ocpp_settle *settle = command_settle(command);
    const char *key = command_key(command, "due", kind, subject, NULL);
    const struct row_timer timer = { .kind = kind, .subject = subject, .at = at_utc_ms > 0 ? at_utc_ms : 0 };
    const struct row_timer *before = command_read(command, key, &row_timer_type);

    assert(body_of(settle, kind));
    if (command_failed(command) || (before && before->at == timer.at)) {
        return;
    }
    take_away(command, kind, subject, key);
    command_put(command, key, &row_timer_type, &timer);
    command_put_new(command, time_key(command, kind, subject, timer.at), &row_timer_type, &timer);
    if (timer.at < settle->next_timer_utc_ms) {
        settle->next_timer_utc_ms = timer.at;
    }
}

void command_timer_stop(struct command *command, const char *kind, const char *subject)
{
    const char *key = command_key(command, "due", kind, subject, NULL);

    if (key) {
        take_away(command, kind, subject, key);
    }
}

int64_t command_timer_at(struct command *command, const char *kind, const char *subject)
{
    const struct row_timer *timer = command_read(command, command_key(command, "due", kind, subject, NULL), &row_timer_type);

    return timer ? timer->at : OCPP_NEVER;
}

/* --- running out -------------------------------------------------------------------------------------------------------- */

struct due_timer {
    char kind[21];
    char subject[81 * 4];
    int64_t at;
};

struct due_list {
    struct due_timer timers[TIMER_BATCH];
    size_t count;
    size_t limit;
    int64_t next_utc_ms; /* of the first that is not due */
};

static bool list_timer(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_timer *timer = record;
    struct due_list *list = user;
    struct due_timer *due = &list->timers[list->count];

    (void)key;
    if (timer->at > command_utc_ms(command) || list->count == list->limit) {
        list->next_utc_ms = timer->at;
        return false;
    }
    snprintf(due->kind, sizeof due->kind, "%s", timer->kind);
    snprintf(due->subject, sizeof due->subject, "%s", timer->subject);
    due->at = timer->at;
    list->count++;
    return true;
}

static void list_due(struct command *command, void *args)
{
    struct due_list *list = args;

    list->count = 0;
    list->next_utc_ms = OCPP_NEVER;
    command_each(command, command_key(command, "timer", "", NULL), &row_timer_type, list_timer, list);
}

/* A body that refuses leaves nothing behind, but neither its timer, nor another in its place. */
static void go_anyway(struct command *command, const struct due_timer *due, const char *key)
{
    if (command_refusal(command, NULL)) {
        command_bookkeeping(command, true);
        take_away(command, due->kind, due->subject, key);
        command_remove(command, key);
        command_remove(command, time_key(command, due->kind, due->subject, due->at));
        command_bookkeeping(command, false);
    }
}

/* The timer goes in the same write as what it did; also when its body refuses. One that was moved meanwhile does nothing. */
static void run_out(struct command *command, void *args)
{
    const struct due_timer *due = args;
    command_body *body = body_of(command_settle(command), due->kind);
    const char *key = command_key(command, "due", due->kind, due->subject, NULL);
    const struct row_timer *timer = command_read(command, key, &row_timer_type);
    char *subject = ocpp_arena_text(command_arena(command), due->subject, strlen(due->subject));

    if (!subject) {
        command_fail(command, OCPP_ERR_NOMEM);
    } else if (!timer || timer->at != due->at || !body) {
        command_remove(command, time_key(command, due->kind, due->subject, due->at));
    } else {
        take_away(command, due->kind, due->subject, key);
        body(command, subject);
        go_anyway(command, due, key);
    }
}

struct later {
    const struct due_timer *due;
    int64_t after_s;
};

static void try_later(struct command *command, void *args)
{
    const struct later *later = args;
    const struct due_timer *due = later->due;

    command_state(command, "timer", due->subject, due->kind, "failed", NULL);
    command_timer(command, due->kind, due->subject, command_utc_ms(command) + later->after_s * 1000);
}

static bool passes_by_itself(enum ocpp_status status)
{
    const enum ocpp_status_class class = ocpp_status_class_of(status);

    /* a limit does not pass: whoever waits behind it would wait for ever */
    return (class == OCPP_CLASS_RESOURCE && status != OCPP_ERR_LIMIT) || class == OCPP_CLASS_IO || status == OCPP_ERR_BUSY;
}

/* Whether it is the one that failed last; from now on it is. */
static bool failed_before(struct ocpp_settle *settle, const struct due_timer *due)
{
    char name[sizeof settle->failed_timer];
    bool is_same;

    snprintf(name, sizeof name, "%s/%s/%" PRId64, due->kind, due->subject, due->at);
    is_same = strcmp(name, settle->failed_timer) == 0;
    memcpy(settle->failed_timer, name, sizeof name);
    return is_same;
}

/* False: not now. */
static bool run_timer(struct ocpp_settle *settle, struct due_timer *due)
{
    const enum ocpp_status status = command_run(settle, due->kind, run_out, due, NULL);
    const bool passes = passes_by_itself(status);
    struct later later = { due, passes ? TIMER_WHILE_S : TIMER_TRIES_AGAIN_S };

    if (status == OCPP_OK) {
        return true;
    }
    backend_log(settle, OCPP_LOG_ERROR, "timer %s of %s: %s", due->kind, due->subject, ocpp_status_sentence(status));
    return (!passes || failed_before(settle, due)) && command_run(settle, "timer", try_later, &later, NULL) == OCPP_OK;
}

/* Whatever was due is looked for again after each batch: a timer may set another that is due. */
void timers_run(struct ocpp_settle *settle, int limit)
{
    struct due_list list = { .limit = TIMER_BATCH };

    while (limit > 0 && settle->now.utc_ms != OCPP_UTC_UNKNOWN && settle->next_timer_utc_ms <= settle->now.utc_ms) {
        list.limit = limit < TIMER_BATCH ? (size_t)limit : TIMER_BATCH;
        settle->next_timer_utc_ms = OCPP_NEVER;
        if (command_run(settle, "timers", list_due, &list, NULL) != OCPP_OK) {
            settle->next_timer_utc_ms = settle->now.utc_ms + TIMER_PAUSE_MS;
            return;
        }
        if (list.next_utc_ms < settle->next_timer_utc_ms) {
            settle->next_timer_utc_ms = list.next_utc_ms;
        }
        for (size_t i = 0; i < list.count; i++) {
            if (!run_timer(settle, &list.timers[i])) {
                settle->next_timer_utc_ms = settle->now.utc_ms + TIMER_PAUSE_MS;
                return;
            }
        }
        limit -= (int)list.count;
    }
}
