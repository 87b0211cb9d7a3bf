/* terminal_starts.c: what a terminal started: money is held, the pile is told to begin, the transaction that begins is its own,
 * and it ends by itself or because somebody wants it to. */
#include "closed.h"
#include "outbox_station.h"
#include "payments.h"
#include "piles.h"
#include "terminal_starts.h"
#include "timers.h"

#include <ocpp/settlement/money.h>

#include <string.h>

/* --- rows --------------------------------------------------------------------------------------------------------------------
 */

static const char *start_key(struct command *command, const char *id)
{
    return command_key(command, "start", id, NULL);
}

struct row_start *start_edit(struct command *command, const char *id)
{
    return command_edit(command, start_key(command, id), &row_start_type);
}

void start_put(struct command *command, const struct row_start *start)
{
    command_put(command, start_key(command, start->id), &row_start_type, start);
}

bool start_move(struct command *command, struct row_start *start, enum start_event event, const char *reason)
{
    const char *from = ocpp_enum_name(&row_start_phase_enum, (int)start->phase);
    enum row_start_phase next;

    if (!start_next(start->phase, event, &next)) {
        return false;
    }
    start->phase = next;
    start->reason = reason;
    const char *to = ocpp_enum_name(&row_start_phase_enum, (int)next);
    command_state(command, "start", start->id, from, to, reason);
    command_tell(command, OCPP_SETTLE_EVENT_START, start->id, start->station, to, reason);
    return true;
}

/* Lists of starts of a pile: those that are granted, those that are to stop. */
static void list_at(struct command *command, const char *list, const struct row_start *start, bool on)
{
    const char *key = command_key(command, list, start->station, start->id, NULL);

    if (on) {
        command_put(command, key, &row_awaited_start_type, &(struct row_awaited_start){ start->id });
    } else {
        command_remove(command, key);
    }
}

static bool is_reached(struct command *command, const char *station)
{
    return outbox_station_find(command_settle(command), station) != NULL;
}

static int64_t in_s(struct command *command, int64_t seconds)
{
    return command_utc_ms(command) + 1000 * seconds;
}

/* --- asked for ---------------------------------------------------------------------------------------------------------------
 */

static void grant(struct command *command, struct row_start *start, const struct row_order *order)
{
    const struct ocpp_settle_terminal_policy *policy = &command_settle(command)->settings.terminals;
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    const int wish = ocpp_enum_value(&ocpp_settle_wish_kind_enum, start->wish);
    struct ocpp_settle_start_grant_req message = {
        .prompt = start->prompt,
        .start = start->id,
        .order = order->id,
        .token = { start->token_id, start->token_type },
        .charging = { .kind = (enum ocpp_settle_wish_kind)wish,
                      .has_energy_wh = start->has_energy_wh,
                      .energy_wh = start->energy_wh,
                      .has_time_s = start->has_time_s,
                      .time_s = start->time_s,
                      .amount = amount,
                      .currency = start->currency },
        .ticket = hub_new_ticket(command, start),
        .within_s = policy->start_s,
    };

    command_fail(command, ocpp_settle_amount_format(start->hold_minor, (int)start->exponent, amount));
    if (command_failed(command)) {
        return;
    }
    start->has_granted_at = true;
    start->granted_at = command_utc_ms(command);
    start_move(command, start, START_HELD, NULL);
    list_at(command, "awaited", start, true);
    command_timer(command, TIMER_START, start->id, in_s(command, policy->start_s));
    command_send(command, start->station, start->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_START_GRANT], &message,
                 &message.envelope);
    words_state(command, start, order);
    start_put(command, start);
}

static const struct row_start *make_start(struct command *command, const struct start_asked *asked, const struct row_order *order,
                                          const struct start_limits *limits)
{
    static const char *const none[] = { NULL };
    const struct ocpp_settle_start_request_req *message = asked->in->message;
    struct row_start *start = order_take(command, sizeof *start);

    if (!start) {
        return NULL;
    }
    *start = (struct row_start){ .id = asked->id,
                                 .phase = ROW_START_PHASE_HOLDING,
                                 .station = asked->in->station,
                                 .evse = message->evse,
                                 .prompt = message->prompt,
                                 .kind = (enum row_car_id_kind)message->vehicle.kind,
                                 .vehicle = message->vehicle.id,
                                 .association = asked->association,
                                 .terminal = asked->terminal->id,
                                 .token_id = asked->terminal->token_id,
                                 .token_type = asked->terminal->token_type,
                                 .order = order->id,
                                 .currency = order->currency,
                                 .exponent = order->exponent,
                                 .wish = ocpp_enum_name(&ocpp_settle_wish_kind_enum, (int)message->wish.kind),
                                 .has_energy_wh = limits->energy_wh > 0,
                                 .energy_wh = limits->energy_wh,
                                 .has_time_s = limits->time_s > 0,
                                 .time_s = limits->time_s,
                                 .hold_minor = limits->hold_minor,
                                 .has_limit_minor = limits->has_limit,
                                 .limit_minor = limits->limit_minor,
                                 .may_deduct = asked->terminal->may_deduct,
                                 .asked_at = command_utc_ms(command),
                                 .words = { none, 0 } };
    start_put(command, start);
    closed_watch(command, CLOSED_START);
    command_state(command, "start", start->id, NULL, "Holding", NULL);
    command_tell(command, OCPP_SETTLE_EVENT_START, start->id, start->station, "Holding", NULL);
    command_timer(command, TIMER_START, start->id, in_s(command, command_settle(command)->settings.terminals.start_s));
    return start;
}

void start_begin(struct command *command, const struct start_asked *asked, struct row_order *order)
{
    const struct ocpp_settle_start_request_req *message = asked->in->message;
    struct start_limits limits;
    const struct row_start *start =
        start_limit(command, order, &message->wish, &limits) ? make_start(command, asked, order, &limits) : NULL;

    if (!start) {
        return;
    }
    order->start = start->id;
    order->gate = ROW_GATE_AWAITED;
    order_put(command, order);
    if (limits.hold_minor > 0) {
        order_hold(command, order, limits.hold_minor, PURPOSE_TERMINAL_HOLD, start->id);
    } else {
        struct row_start *now = start_edit(command, start->id);

        if (now) {
            grant(command, now, order);
        }
    }
}

/* --- comes to nothing --------------------------------------------------------------------------------------------------------
 */

static void deny(struct command *command, const struct row_start *start, enum ocpp_settle_refusal_code code, const char *text)
{
    struct ocpp_settle_start_denied_req message = { .prompt = start->prompt, .code = code, .text = text };

    command_send(command, start->station, start->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_START_DENIED], &message,
                 &message.envelope);
}

/* Nothing was used, so its order is void, and what is held goes back. */
static void fail(struct command *command, struct row_start *start, const char *reason)
{
    const char *order = start->order;

    if (start_move(command, start, START_FAILS, reason)) {
        list_at(command, "awaited", start, false);
        command_timer_stop(command, TIMER_START, start->id);
        words_state(command, start, NULL);
        start_put(command, start);
        order_review(command, order);
    }
}

void start_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    struct row_start *start = start_edit(command, operation->subject);
    struct row_order *order = start ? order_edit(command, operation->order) : NULL;

    if (!order) {
        return;
    }
    order_note_leg(command, order, leg->id);
    order_put(command, order);
    if (start->phase != ROW_START_PHASE_HOLDING) {
        order_review(command, order->id);
    } else if (operation->result == ROW_OPERATION_RESULT_OK) {
        grant(command, start, order);
    } else {
        deny(command, start, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "nothing could be held");
        fail(command, start, "nothing could be held");
    }
}

/* A pile that cannot be reached may have begun: what it tells when it is back has to find its order. */
void start_silent(struct command *command, void *start_id)
{
    struct row_start *start = start_edit(command, start_id);
    const int64_t longest_ms = 1000 * command_policy(command)->lost_pile_after_s;

    if (!start || (start->phase != ROW_START_PHASE_HOLDING && start->phase != ROW_START_PHASE_GRANTED)) {
        return;
    }
    if (start->phase == ROW_START_PHASE_GRANTED && !is_reached(command, start->station) &&
        command_utc_ms(command) - start->asked_at < longest_ms) {
        command_timer(command, TIMER_START, start->id, in_s(command, command_settle(command)->settings.terminals.start_s));
        return;
    }
    deny(command, start, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "it took too long");
    fail(command, start, "it took too long");
}

void start_failed(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_start_failed_req *message = in->message;
    struct row_start *start = start_edit(command, message->start);

    if (!start || strcmp(start->prompt, message->prompt) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such start");
    } else if (strcmp(start->station, in->station) != 0) {
        command_bookkeeping(command, true);
        command_tell(command, OCPP_SETTLE_EVENT_SECURITY, start->id, in->station, "WrongPile", "a pile told of another's start");
        command_bookkeeping(command, false);
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "another pile was granted it");
    } else if (start->phase == ROW_START_PHASE_HOLDING || start->phase == ROW_START_PHASE_GRANTED) {
        fail(command, start, ocpp_enum_name(&ocpp_settle_start_failure_enum, (int)message->why));
    }
}

/* --- the transaction ---------------------------------------------------------------------------------------------------------
 */

struct match {
    const struct ocpp_transaction *transaction;
    int64_t evse;
    const char *start;
    bool is_there; /* at the very EVSE */
};

/* The user's token at that pile; where several starts of it wait there, the one at the EVSE. */
static bool match_one(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_awaited_start *awaited = record;
    const struct row_start *start = command_read(command, start_key(command, awaited->start), &row_start_type);
    struct match *match = user;

    (void)key;
    if (start && strcmp(start->token_id, match->transaction->token) == 0 && !match->is_there) {
        match->is_there = start->evse == match->evse;
        match->start = match->is_there || !match->start ? start->id : match->start;
    }
    return !command_failed(command);
}

struct row_order *start_order_of(struct command *command, const struct ocpp_transaction *transaction)
{
    struct match match = { .transaction = transaction,
                           .evse = transaction->evse > 0 ? transaction->evse : transaction->connector };

    command_each(command, command_key(command, "awaited", transaction->identity, "", NULL), &row_awaited_start_type, match_one,
                 &match);
    struct row_start *start = match.start ? start_edit(command, match.start) : NULL;
    struct row_order *order = start ? order_edit(command, start->order) : NULL;
    if (!order || order->state != ROW_ORDER_STATE_OPEN) {
        return NULL;
    }
    start->transaction = order_text(command, transaction->id);
    start->has_started_at = true;
    start->started_at = transaction->started_utc_ms != OCPP_UTC_UNKNOWN ? transaction->started_utc_ms : command_utc_ms(command);
    start_move(command, start, START_BEGINS, NULL);
    list_at(command, "awaited", start, false);
    command_timer_stop(command, TIMER_START, start->id);
    start_put(command, start);
    return order;
}

static void stop_now(struct command *command, struct row_start *start, const char *reason)
{
    if (start->transaction && is_reached(command, start->station)) {
        vehicle_stop(command, start->station, start->transaction, reason);
    }
    list_at(command, "stopping", start, true);
    command_timer(command, TIMER_START_STOP, start->id, in_s(command, command_settle(command)->settings.terminals.stop_retry_s));
}

/* What it costs so far may reach what it may cost before its energy does: time costs, too. */
static bool is_used_up(struct command *command, const struct row_start *start, const struct row_order *order)
{
    const struct ocpp_settle_bill *bill =
        start->has_limit_minor ? order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING) : NULL;

    return bill && bill->gross_minor >= start->limit_minor;
}

/* What the vehicle did is in rows that this command can read only once the one that wrote them is durable. */
static void follow_body(struct command *command, void *args)
{
    struct row_start *start = start_edit(command, args);
    const struct row_order *order = start ? order_read(command, start->order) : NULL;

    if (!order) {
        return;
    }
    if (start->phase == ROW_START_PHASE_CHARGING && (start->has_stop_asked_at || is_used_up(command, start, order)) &&
        start_move(command, start, START_STOPS, start->has_stop_asked_at ? NULL : "the amount is used up")) {
        stop_now(command, start, "the terminal's limit");
    }
    words_state(command, start, order);
    start_put(command, start);
}

static void follow(struct ocpp_settle *settle, const void *data)
{
    char id[OCPP_SETTLE_ID_SIZE];

    memcpy(id, data, sizeof id);
    if (command_run(settle, "terminal_state", follow_body, id, NULL) != OCPP_OK) {
        backend_log(settle, OCPP_LOG_WARNING, "a terminal is told with the next reading only"); /* each state says everything */
    }
}

void start_vehicle(struct command *command, const struct row_order *order)
{
    struct row_start *start = order->start && order->vehicle ? start_edit(command, order->start) : NULL;
    char id[OCPP_SETTLE_ID_SIZE] = "";

    if (!start) {
        return;
    }
    if (order->vehicle->state == ROW_VEHICLE_STATE_ENDED && start_move(command, start, START_ENDS, NULL)) {
        start->has_ended_at = true;
        start->ended_at = order->vehicle->ended_at;
        list_at(command, "stopping", start, false);
        command_timer_stop(command, TIMER_START_STOP, start->id);
        start_put(command, start);
    }
    memcpy(id, start->id, strlen(start->id) < sizeof id ? strlen(start->id) : 0);
    command_effect(command, follow, id, sizeof id);
}

bool start_is_awaited(struct command *command, const struct row_order *order)
{
    const struct row_start *start =
        order->start ? command_read(command, start_key(command, order->start), &row_start_type) : NULL;

    return start && (start->phase == ROW_START_PHASE_HOLDING || start->phase == ROW_START_PHASE_GRANTED);
}

static const struct {
    enum row_order_state state;
    enum start_event event;
} order_events[] = {
    { ROW_ORDER_STATE_VOID, START_NOTHING },
    { ROW_ORDER_STATE_PAID, START_PAID },
    { ROW_ORDER_STATE_DEBT, START_SHORT },
    { ROW_ORDER_STATE_WRITTEN_OFF, START_NOTHING },
};

void start_order_moved(struct command *command, const struct row_order *order, const char *reason)
{
    struct row_start *start = order->start ? start_edit(command, order->start) : NULL;

    for (size_t i = 0; start && i < sizeof order_events / sizeof order_events[0]; i++) {
        if (order_events[i].state == order->state && start_move(command, start, order_events[i].event, reason)) {
            command_timer_stop(command, TIMER_START_FEE, start->id);
            list_at(command, "awaited", start, false);
            words_state(command, start, order);
            start_put(command, start);
        }
    }
}

/* --- the end that somebody wants ---------------------------------------------------------------------------------------------
 */

/* E5, E6. Before it has begun the pile is told not to; after that it is the transaction that stops. */
bool start_stop(struct command *command, struct row_start *start)
{
    if (start->phase == ROW_START_PHASE_HOLDING || start->phase == ROW_START_PHASE_GRANTED) {
        const bool is_first = !start->has_stop_asked_at;

        start->has_stop_asked_at = true;
        start->stop_asked_at = command_utc_ms(command);
        if (is_first && start->phase == ROW_START_PHASE_GRANTED) {
            deny(command, start, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "cancelled");
            words_state(command, start, NULL);
            start_put(command, start);
        } else if (start->phase == ROW_START_PHASE_HOLDING) {
            deny(command, start, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "cancelled");
            fail(command, start, "cancelled");
        }
        return true;
    }
    if (start->phase == ROW_START_PHASE_CHARGING) {
        start->has_stop_asked_at = true;
        start->stop_asked_at = command_utc_ms(command);
        start_move(command, start, START_STOPS, NULL);
        stop_now(command, start, "the terminal wants it to end");
        words_state(command, start, NULL);
        start_put(command, start);
        return true;
    }
    return start->phase == ROW_START_PHASE_STOPPING || start->phase == ROW_START_PHASE_ENDED ||
           start->phase == ROW_START_PHASE_QUOTED;
}

/* E6. As long as it charges; a pile that cannot be reached is told when it is back. */
void start_stop_again(struct command *command, void *start_id)
{
    struct row_start *start = start_edit(command, start_id);

    if (!start) {
        return;
    }
    if (start->phase != ROW_START_PHASE_STOPPING) {
        list_at(command, "stopping", start, false);
        return;
    }
    stop_now(command, start, "the terminal wants it to end");
    words_state(command, start, NULL);
    start_put(command, start);
}

static bool hurry(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_awaited_start *stopping = record;

    (void)key;
    (void)user;
    command_timer(command, TIMER_START_STOP, order_text(command, stopping->start), command_utc_ms(command));
    return !command_failed(command);
}

void start_pile_back(struct command *command, const char *station)
{
    command_each(command, command_key(command, "stopping", station, "", NULL), &row_awaited_start_type, hurry, NULL);
}
