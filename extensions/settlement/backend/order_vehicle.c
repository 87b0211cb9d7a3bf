/* order_vehicle.c: transactions of a central system become vehicles of orders. Every event of a transaction may be the first that
 * comes, and may come again: what is known changes nothing. */
#include "order_vehicle.h"
#include "payments.h"
#include "places.h"
#include "terminal_starts.h"
#include "timers.h"
#include "visit.h"

#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <string.h>

/* Ends of a session that are told again may differ by so much. */
enum { LATE_MS = 60000 };

/* --- who suspends --------------------------------------------------------------------------------------------------------- */

/* A vehicle that stays plugged in after it was stopped, or has what it wanted, draws nothing by its own doing. Whatever else
 * keeps it from charging is not its doing: nothing may be asked for that. */
static bool is_its_own_doing(enum ocpp_trigger trigger)
{
    return trigger == OCPP_TRIGGER_STOP_AUTHORIZED || trigger == OCPP_TRIGGER_REMOTE_STOP ||
           trigger == OCPP_TRIGGER_ENERGY_LIMIT_REACHED || trigger == OCPP_TRIGGER_TIME_LIMIT_REACHED;
}

static enum row_charging_kind charging_of(const struct ocpp_transaction_event *event)
{
    const enum ocpp_charging_state state = event->transaction->charging_state;

    if (state == OCPP_CHARGING_STATE_CHARGING) {
        return ROW_CHARGING_KIND_CHARGING;
    }
    return state == OCPP_CHARGING_STATE_SUSPENDED_EV ||
                   (state == OCPP_CHARGING_STATE_EV_CONNECTED && is_its_own_doing(event->trigger))
               ? ROW_CHARGING_KIND_SUSPENDED_EV
               : ROW_CHARGING_KIND_SUSPENDED_EVSE;
}

/* When a state is told without a reading beside it, it is dated by its arrival; offline that means nothing, so no idle time
 * begins by it. */
static void hear_charging(const struct vehicle_notes *notes, const struct ocpp_transaction_event *event)
{
    const struct ocpp_transaction *transaction = event->transaction;
    const bool is_dated = event->sample_count > 0 || !transaction->offline;
    const int64_t told = event->sample_count > 0 ? event->samples[0].timestamp_utc_ms : OCPP_UTC_UNKNOWN;
    const enum row_charging_kind charging = charging_of(event);

    if (transaction->charging_state == OCPP_CHARGING_STATE_UNKNOWN || transaction->ended ||
        (int64_t)transaction->charging_state == notes->vehicle->told) {
        return;
    }
    notes->vehicle->told = (int64_t)transaction->charging_state;
    vehicle_note_charging(notes,
                          is_dated || charging != ROW_CHARGING_KIND_SUSPENDED_EV ? charging : ROW_CHARGING_KIND_SUSPENDED_EVSE,
                          vehicle_moment(notes->command, told));
}

/* --- what the record says ------------------------------------------------------------------------------------------------- */

static void hear_moment(struct row_vehicle *vehicle, int64_t at)
{
    vehicle->heard_at = at > vehicle->heard_at ? at : vehicle->heard_at;
}

static void hear_record(const struct vehicle_notes *notes, const struct ocpp_transaction *transaction)
{
    struct row_vehicle *vehicle = notes->vehicle;

    if (transaction->started_utc_ms != OCPP_UTC_UNKNOWN) {
        vehicle->has_started_at = true;
        vehicle->started_at = vehicle_moment(notes->command, transaction->started_utc_ms);
        hear_moment(vehicle, vehicle->started_at);
    }
    if (transaction->has_meter_start && vehicle_register_mwh(transaction->meter_start_wh, &vehicle->start_mwh)) {
        vehicle->has_start_mwh = true;
    }
    if (transaction->has_meter_last && vehicle_register_mwh(transaction->meter_last_wh, &vehicle->last_mwh)) {
        vehicle->has_last_mwh = true;
    }
    vehicle->anomalies = (int64_t)transaction->anomalies;
}

static void hear_end(const struct vehicle_notes *notes, const struct ocpp_transaction *transaction)
{
    struct row_vehicle *vehicle = notes->vehicle;
    const int64_t told = transaction->ended_utc_ms == OCPP_UTC_UNKNOWN ? vehicle->heard_at : transaction->ended_utc_ms;
    const int64_t at = vehicle_moment(notes->command, told);

    if (!transaction->ended) {
        return;
    }
    vehicle->has_ended_at = true;
    vehicle->ended_at = vehicle->has_started_at && at < vehicle->started_at ? vehicle->started_at : at;
    hear_moment(vehicle, vehicle->ended_at);
    if (vehicle->has_started_at) {
        vehicle->state = ROW_VEHICLE_STATE_ENDED; /* without, its start may still come: the silence ends it */
    }
}

static void hear(const struct vehicle_notes *notes, const struct ocpp_transaction_event *event)
{
    hear_record(notes, event->transaction);
    vehicle_note_samples(notes, event->samples, event->sample_count);
    for (size_t i = 0; i < event->sample_count; i++) {
        hear_moment(notes->vehicle, vehicle_moment(notes->command, event->samples[i].timestamp_utc_ms));
    }
    hear_charging(notes, event);
    hear_end(notes, event->transaction);
    notes->vehicle->word_at = command_utc_ms(notes->command);
}

/* --- where it charges ------------------------------------------------------------------------------------------------------ */

static const char *place_key(struct command *command, const char *station, int64_t evse)
{
    char number[24];

    snprintf(number, sizeof number, "%d", (int)evse);
    return command_key(command, "at", station, number, NULL);
}

static void take_place(struct command *command, const struct row_order *order)
{
    const struct row_vehicle_order here = { .order = order->id };

    command_put(command, place_key(command, order->vehicle->station, order->vehicle->evse), &row_vehicle_order_type, &here);
}

static void leave_place(struct command *command, const struct row_order *order)
{
    const char *key = place_key(command, order->vehicle->station, order->vehicle->evse);
    const struct row_vehicle_order *here = command_read(command, key, &row_vehicle_order_type);

    if (here && strcmp(here->order, order->id) == 0) {
        command_put(command, key, &row_vehicle_order_type, &(struct row_vehicle_order){ .order = "" });
    }
}

/* --- the order it is on ---------------------------------------------------------------------------------------------------- */

struct stopping {
    char station[OCPP_IDENTITY_SIZE];
    char transaction[40];
    char reason[80];
};

static void stop_now(struct ocpp_settle *settle, const void *data)
{
    const struct stopping *stop = data;

    if (settle->settings.stop_transaction) {
        settle->settings.stop_transaction(stop->station, stop->transaction, stop->reason, settle->settings.user);
    }
}

void vehicle_stop(struct command *command, const char *station, const char *transaction, const char *reason)
{
    struct stopping stop;

    snprintf(stop.station, sizeof stop.station, "%s", station);
    snprintf(stop.transaction, sizeof stop.transaction, "%s", transaction);
    snprintf(stop.reason, sizeof stop.reason, "%s", reason);
    command_effect(command, stop_now, &stop, sizeof stop);
}

static void link_transaction(struct command *command, const struct ocpp_transaction *transaction, const char *order)
{
    const struct row_vehicle_order link = { .order = order };

    command_put(command, command_key(command, "vehicle", transaction->identity, transaction->id, NULL), &row_vehicle_order_type,
                &link);
}

/* Not ours to settle: noted once, so that it is not decided anew with each event. Who may not charge is stopped. */
static void leave_alone(struct command *command, const struct ocpp_transaction *transaction,
                        const struct ocpp_settle_user_token *token, enum ocpp_settle_refusal_code code, const char *reason)
{
    const bool is_refused = code == OCPP_SETTLE_REFUSAL_CODE_NO_MONEY || code == OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED ||
                            code == OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;

    link_transaction(command, transaction, "");
    command_state(command, "vehicle", transaction->id, NULL, is_refused ? "Refused" : "NotOurs", reason);
    if (is_refused && !transaction->ended) {
        vehicle_stop(command, transaction->identity, transaction->id, reason);
    }
    if (code == OCPP_SETTLE_REFUSAL_CODE_NO_MONEY) {
        order_ask_for_debt(command, token, transaction->identity);
    }
}

static struct row_order *open_for(struct command *command, const struct ocpp_transaction *transaction)
{
    const struct ocpp_settle_user_token token = { .id = transaction->token,
                                                  .type = ocpp_token_type_name(transaction->token_type) };
    enum ocpp_settle_refusal_code code = OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;
    const char *reason = "the number was used, or is nobody's";
    const int64_t began = vehicle_moment(command, transaction->started_utc_ms);
    struct row_order *matched = visit_match(command, transaction);
    struct row_order *order = matched ? matched : start_order_of(command, transaction);

    if (!order && !visit_number_has_form(token.id)) {
        order = order_open_session(command, &token, transaction->identity, began, &code, &reason);
    }
    struct row_vehicle *vehicle = order ? order_take(command, sizeof *vehicle) : NULL;

    if (!order && code != OCPP_SETTLE_REFUSAL_CODE_UNSET) {
        leave_alone(command, transaction, &token, code, reason);
    }
    if (!vehicle) {
        return NULL;
    }
    *vehicle = (struct row_vehicle){ .station = order->station,
                                     .evse = transaction->evse > 0 ? transaction->evse : transaction->connector,
                                     .transaction = order_text(command, transaction->id),
                                     .state = ROW_VEHICLE_STATE_CHARGING,
                                     .charging = ROW_CHARGING_KIND_CHARGING };
    vehicle->heard_at = vehicle_moment(command, transaction->started_utc_ms);
    order->vehicle = vehicle;
    link_transaction(command, transaction, order->id);
    if (!transaction->ended) {
        take_place(command, order);
    }
    return order;
}

/* A station whose counter was lost gives a name again: that is another session (OCPP_ANOMALY_ID_REUSED). */
static bool is_another_session(const struct row_order *order, const struct ocpp_transaction *transaction)
{
    const struct row_vehicle *vehicle = order->vehicle;

    return (transaction->anomalies & OCPP_ANOMALY_ID_REUSED) && vehicle->state == ROW_VEHICLE_STATE_ENDED &&
           transaction->started_utc_ms != OCPP_UTC_UNKNOWN && vehicle->has_started_at &&
           transaction->started_utc_ms != vehicle->started_at;
}

static struct row_order *order_of(struct command *command, const struct ocpp_transaction *transaction, bool *is_new)
{
    const struct row_vehicle_order *link = command_read(
        command, command_key(command, "vehicle", transaction->identity, transaction->id, NULL), &row_vehicle_order_type);
    struct row_order *order = link && link->order[0] ? order_edit(command, link->order) : NULL;

    *is_new = false;
    if (command_failed(command) || (link && !link->order[0]) || (!order && !transaction->token[0])) {
        return NULL;
    }
    if (order && !is_another_session(order, transaction)) {
        return order;
    }
    *is_new = true;
    return open_for(command, transaction);
}

/* --- events ------------------------------------------------------------------------------------------------------------------
 */

static void await_word(struct command *command, const struct row_order *order)
{
    command_timer(command, TIMER_ORDER_SILENT, order->id,
                  command_utc_ms(command) + 1000 * command_policy(command)->lost_pile_after_s);
}

/* While it is open: the facts go on it. */
static void hear_open(struct command *command, struct row_order *order, const struct ocpp_transaction_event *event, bool is_new)
{
    struct row_vehicle *vehicle = order_take(command, sizeof *vehicle);
    const int64_t hold = command_policy(command)->vehicle_hold_minor;

    if (!vehicle) {
        return;
    }
    *vehicle = *order->vehicle;
    hear(&(struct vehicle_notes){ command, order, vehicle, "usage" }, event);
    order->vehicle = vehicle;
    order_put(command, order);
    if (vehicle->state == ROW_VEHICLE_STATE_ENDED) {
        command_timer_stop(command, TIMER_ORDER_SILENT, order->id);
        leave_place(command, order);
    } else if (is_new) {
        await_word(command, order); /* looks at the last word when it runs out */
    }
    start_vehicle(command, order);
    if (is_new && hold > 0 && !order->visit && !order->tenant && !order->start && vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        order_hold(command, order, hold, PURPOSE_VEHICLE_HOLD, order->id);
    }
    if (vehicle->state == ROW_VEHICLE_STATE_ENDED) {
        order_review(command, order->id);
    }
}

static bool says_more(const struct row_vehicle *known, const struct ocpp_transaction *told)
{
    const bool more_energy = told->has_meter_last && known->has_last_mwh && told->meter_last_wh > known->last_mwh / 1000;
    const bool longer = told->ended && known->has_ended_at && told->ended_utc_ms != OCPP_UTC_UNKNOWN &&
                        told->ended_utc_ms > known->ended_at + LATE_MS;

    return more_energy || longer;
}

/* A session that ended is billed as it ended. That more is said of it afterwards is somebody's to look at, once. */
static void tell_late(struct command *command, const struct row_order *order, const struct row_vehicle *known,
                      const struct ocpp_transaction *told)
{
    const char *state = ocpp_enum_name(&row_order_state_enum, (int)order->state);
    struct row_order after = *order;
    struct row_vehicle vehicle = *order->vehicle;

    if (!says_more(known, told) || (vehicle.has_is_late_told && vehicle.is_late_told)) {
        return;
    }
    vehicle.has_is_late_told = vehicle.is_late_told = true;
    after.vehicle = &vehicle;
    order_put(command, &after);
    command_state(command, "order", order->id, state, state, "more was said of a session after it was sealed");
    order_tell(command, order, "LateFacts", "more was said of a session after it was sealed: not billed");
}

/* A27. After it was sealed for want of a word: what comes now stands beside it, and becomes a correction with its end. */
static void hear_late(struct command *command, const struct row_order *order, const struct ocpp_transaction_event *event)
{
    const char *key = command_key(command, "heard", order->id, NULL);
    const struct row_vehicle *before = command_read(command, key, &row_vehicle_type);
    struct row_vehicle *vehicle = order_take(command, sizeof *vehicle);

    if (!vehicle) {
        return;
    }
    *vehicle = before ? *before : *order->vehicle;
    if (!order->vehicle->is_silent || (before && before->state == ROW_VEHICLE_STATE_ENDED)) {
        tell_late(command, order, vehicle, event->transaction);
        return;
    }
    if (!before) {
        vehicle->state = ROW_VEHICLE_STATE_CHARGING;
        vehicle->has_ended_at = false;
    }
    hear(&(struct vehicle_notes){ command, order, vehicle, "late" }, event);
    command_put(command, key, &row_vehicle_type, vehicle);
    if (vehicle->state == ROW_VEHICLE_STATE_ENDED) {
        command_timer_stop(command, TIMER_ORDER_SILENT, order->id);
        order_recalculate(command, order->id, "the session was heard of again");
        return;
    }
    if (!before) {
        await_word(command, order);
    }
}

static void transaction_body(struct command *command, void *args)
{
    const struct ocpp_transaction_event *event = args;
    bool is_new;
    struct row_order *order = order_of(command, event->transaction, &is_new);

    if (!order) {
        return;
    }
    if (order->state == ROW_ORDER_STATE_OPEN) {
        hear_open(command, order, event, is_new);
    } else {
        hear_late(command, order, event);
    }
}

/* --- connectors --------------------------------------------------------------------------------------------------------------
 */

struct told_status {
    const char *word;
    const char *station;
    int64_t evse;
    int64_t utc_ms;
    enum row_charging_kind charging;
};

static void status_body(struct command *command, void *args)
{
    const struct told_status *told = args;

    places_hear_status(command, told->station, told->evse, told->word);
    if (told->charging == ROW_CHARGING_KIND_UNSET) {
        return;
    }
    const struct row_vehicle_order *here =
        command_read(command, place_key(command, told->station, told->evse), &row_vehicle_order_type);
    struct row_order *order = here && here->order[0] ? order_edit(command, here->order) : NULL;
    struct row_vehicle *vehicle = order ? order_take(command, sizeof *vehicle) : NULL;

    if (!vehicle || order->state != ROW_ORDER_STATE_OPEN || !order->vehicle) {
        return;
    }
    *vehicle = *order->vehicle;
    vehicle_note_charging(&(struct vehicle_notes){ command, order, vehicle, "usage" }, told->charging,
                          vehicle_moment(command, told->utc_ms));
    order->vehicle = vehicle;
    order_put(command, order);
}

static enum row_charging_kind charging_of_status(enum ocpp_connector_status status)
{
    static const enum row_charging_kind kinds[] = {
        [OCPP_CONNECTOR_CHARGING] = ROW_CHARGING_KIND_CHARGING,
        [OCPP_CONNECTOR_SUSPENDED_EV] = ROW_CHARGING_KIND_SUSPENDED_EV,
        [OCPP_CONNECTOR_SUSPENDED_EVSE] = ROW_CHARGING_KIND_SUSPENDED_EVSE,
        [OCPP_CONNECTOR_FAULTED] = ROW_CHARGING_KIND_SUSPENDED_EVSE,
        [OCPP_CONNECTOR_OCCUPIED] = ROW_CHARGING_KIND_UNSET,
    };

    return (size_t)status < sizeof kinds / sizeof kinds[0] ? kinds[status] : ROW_CHARGING_KIND_UNSET;
}

/* --- entry points --------------------------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_settle_transaction(struct ocpp_settle *settle, const struct ocpp_transaction_event *event,
                                         struct ocpp_now now)
{
    struct ocpp_transaction_event told = *event;

    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, "transaction", transaction_body, &told, NULL);
}

enum ocpp_status ocpp_settle_status(struct ocpp_settle *settle, const char *station, const struct ocpp_status_event *event,
                                    struct ocpp_now now)
{
    struct told_status told = { ocpp_connector_status_name(event->status), station, event->evse, event->timestamp_utc_ms,
                                charging_of_status(event->status) };

    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, "status", status_body, &told, NULL);
}
