/* visit_pay.c: what happens on the page behind the QR code, and what an operator may do with a closed gate. */
#include "order_vehicle.h"
#include "payments.h"
#include "visit.h"

#include <stdio.h>
#include <string.h>

enum { BY_MAXIMUM = 80, ASKED_AT_ONCE = 8 };

/* --- idle time ----------------------------------------------------------------------------------------------------------------
 */

/* C16. Who stands there with the phone in the hand is not asked for the time; once per order. */
static void pause_idle(struct command *command, struct row_visit *visit)
{
    const int64_t pause_s = command_policy(command)->idle_pause_s;
    const struct row_order *order = order_read(command, visit->order);

    if (visit->has_paused_at || pause_s == 0 || !order || !order->vehicle ||
        order->vehicle->charging != ROW_CHARGING_KIND_SUSPENDED_EV || order->state != ROW_ORDER_STATE_OPEN) {
        return;
    }
    visit->has_paused_at = visit->has_resumed_at = true;
    visit->paused_at = command_utc_ms(command);
    visit->resumed_at = visit->paused_at + 1000 * pause_s; /* unpaid: it counts again */
}

bool visit_pause(struct command *command, const struct row_order *order, int64_t *from, int64_t *until)
{
    const struct row_visit *visit = visit_find(command, order->visit);

    if (!visit || !visit->has_paused_at || !visit->has_resumed_at) {
        return false;
    }
    *from = visit->paused_at;
    *until = visit->resumed_at;
    return true;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------
 */

static void request_payment(struct command *command, struct row_visit *visit)
{
    const int64_t sooner = command_utc_ms(command) + 1000 * command_policy(command)->gate_within_s;

    if (visit->has_requested_at) {
        return;
    }
    visit->has_requested_at = true;
    visit->requested_at = command_utc_ms(command);
    if (visit->state == ROW_VISIT_STATE_PAYING) {
        visit->deadline_at = visit->deadline_at < sooner ? visit->deadline_at : sooner;
        visit_prompt(command, visit, true);
    }
}

static void scanned_body(struct command *command, void *args)
{
    const char *id = visit_link_read(command, args);
    const struct row_order *order = id ? order_read(command, id) : NULL;
    struct row_visit *visit = order && order->visit ? visit_edit(command, order->visit) : NULL;

    if (visit) {
        command_result(command, visit->id);
        pause_idle(command, visit);
        visit_put(command, visit);
    }
}

static size_t count_asked(struct command *command, const struct row_order *order)
{
    size_t count = 0;

    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        count += leg && leg->state == ROW_LEG_STATE_AUTHORIZING;
    }
    return count;
}

/* An answer that has not come may be one that comes: it is asked for, not asked again. One whose payer has to act may be given up
 * by that payer; if both are paid in the end, the second one goes back (C8). */
static bool is_being_paid(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);
        const struct row_operation *operation =
            leg && leg->operation && leg->state != ROW_LEG_STATE_HELD
                ? command_read(command, command_key(command, "operation", leg->operation, NULL), &row_operation_type)
                : NULL;

        if (operation && operation->kind == ROW_OPERATION_KIND_AUTHORIZE && operation->action_url) {
            continue;
        }
        if (operation && (operation->kind == ROW_OPERATION_KIND_AUTHORIZE || operation->kind == ROW_OPERATION_KIND_CAPTURE)) {
            return true;
        }
    }
    return false;
}

bool visit_can_be_paid(struct command *command, const struct row_order *order)
{
    return visit_missing(command, order, NULL) > 0 && !is_being_paid(command, order) &&
           count_asked(command, order) < ASKED_AT_ONCE;
}

void visit_pay_now(struct command *command, struct row_visit *visit, int64_t amount_minor)
{
    struct row_order *order = order_edit(command, visit->order);
    const int64_t missing = order ? visit_missing(command, order, NULL) : 0;

    if (!order) {
        return;
    }
    if (!visit_can_be_paid(command, order)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nothing is missing, or it is being paid");
        return;
    }
    if (amount_minor < 0 || amount_minor > missing) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "so much is not missing");
        return;
    }
    const char *leg = payment_hold(command, order, amount_minor > 0 ? amount_minor : missing, PURPOSE_GUIDED, order->id);
    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
}

struct paying {
    const char *visit;
    int64_t amount_minor;
    const char *by;
    bool unlocked;
};

/* What is paid is final: so the charging ends first. */
static void stop_first(struct command *command, struct row_visit *visit)
{
    const struct row_order *order = order_read(command, visit->order);

    visit->has_wants_to_pay = visit->wants_to_pay = true;
    visit_put(command, visit);
    if (order && order->vehicle && order->vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        vehicle_stop(command, visit->station, order->vehicle->transaction, "it is being paid");
    }
}

static void pay_body(struct command *command, void *args)
{
    const struct paying *paying = args;
    struct row_visit *visit = visit_edit(command, paying->visit);

    if (!visit) {
        return;
    }
    command_result(command, visit->id);
    request_payment(command, visit);
    if (visit->state == ROW_VISIT_STATE_MATCHED) {
        stop_first(command, visit);
    } else if (visit->state == ROW_VISIT_STATE_PAYING || visit->state == ROW_VISIT_STATE_OWED) {
        visit_put(command, visit);
        visit_pay_now(command, visit, paying->amount_minor);
    } else {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nothing is to be paid");
    }
}

/* --- the phone starts it
 * -------------------------------------------------------------------------------------------------------- */

struct starting {
    char station[OCPP_IDENTITY_SIZE];
    char number[OCPP_SETTLE_NUMBER_SIZE];
    int evse;
};

static void start_now(struct ocpp_settle *settle, const void *data)
{
    const struct starting *what = data;
    const struct ocpp_token token = { .id = what->number, .type = OCPP_TOKEN_KEY_CODE };

    settle->settings.start(what->station, what->evse, &token, settle->settings.user);
}

static void start_body(struct command *command, void *args)
{
    struct row_visit *visit = visit_edit(command, ((const struct paying *)args)->visit);
    struct starting what;

    if (!visit) {
        return;
    }
    if (visit->state != ROW_VISIT_STATE_CONFIRMED || command_utc_ms(command) >= visit->until) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is not confirmed, or over");
    } else if (!command_settle(command)->settings.start) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "nothing is started from here");
    }
    visit->has_is_by_phone = visit->is_by_phone = true; /* C4: also while the keypad is locked */
    visit_put(command, visit);
    what.evse = (int)visit->evse;
    snprintf(what.station, sizeof what.station, "%s", visit->station);
    snprintf(what.number, sizeof what.number, "%s", visit->number);
    command_result(command, visit->id);
    command_effect(command, start_now, &what, sizeof what);
}

/* --- the operator lets go
 * --------------------------------------------------------------------------------------------------------- */

struct unlocking {
    char visit[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    int evse;
};

static void unlock_now(struct ocpp_settle *settle, const void *data)
{
    const struct unlocking *what = data;

    if (settle->settings.unlock) {
        settle->settings.unlock(what->visit, what->station, what->evse, settle->settings.user);
    }
}

static void unlock(struct command *command, const struct row_visit *visit)
{
    struct unlocking what = { .evse = (int)visit->matched_evse };

    snprintf(what.visit, sizeof what.visit, "%s", visit->id);
    snprintf(what.station, sizeof what.station, "%s", visit->station);
    command_effect(command, unlock_now, &what, sizeof what);
}

static void release_body(struct command *command, void *args)
{
    const struct paying *paying = args;
    struct row_visit *visit = visit_edit(command, paying->visit);

    if (!visit) {
        return;
    }
    command_result(command, visit->id);
    if (visit->state != ROW_VISIT_STATE_PAYING) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "no cable is kept for it");
        return;
    }
    command_state(command, "gate", visit->id, visit->gate, "Released", paying->by);
    (void)visit_happens(command, visit, VISIT_LET_GO, "Operator");
    unlock(command, visit);
}

static void unlocked_body(struct command *command, void *args)
{
    const struct paying *told = args;
    const struct row_visit *visit = visit_find(command, told->visit);

    if (visit) {
        visit_tell(command, visit, told->unlocked ? "Unlocked" : "NotUnlocked", NULL);
    }
}

/* --- entry points
 * ------------------------------------------------------------------------------------------------------------------ */

static bool is_text(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

static enum ocpp_status run(struct ocpp_settle *settle, const char *name, command_body *body, struct paying *paying,
                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    if (!is_text(paying->visit, 80)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, paying, done);
}

enum ocpp_status ocpp_settle_scanned(struct ocpp_settle *settle, const char *link, const struct ocpp_settle_done *done,
                                     struct ocpp_now now)
{
    char text[OCPP_SETTLE_LINK_SIZE];

    if (!is_text(link, sizeof text - 1)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    snprintf(text, sizeof text, "%s", link);
    backend_enter(settle, now);
    return command_run(settle, "scanned", scanned_body, text, done);
}

enum ocpp_status ocpp_settle_visit_pay(struct ocpp_settle *settle, const char *visit, int64_t amount_minor,
                                       const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run(settle, "pay visit", pay_body, &(struct paying){ .visit = visit, .amount_minor = amount_minor }, done, now);
}

enum ocpp_status ocpp_settle_visit_start(struct ocpp_settle *settle, const char *visit, const struct ocpp_settle_done *done,
                                         struct ocpp_now now)
{
    return run(settle, "start visit", start_body, &(struct paying){ .visit = visit }, done, now);
}

enum ocpp_status ocpp_settle_visit_release(struct ocpp_settle *settle, const char *visit, const char *by,
                                           const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!is_text(by, BY_MAXIMUM)) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "release", release_body, &(struct paying){ .visit = visit, .by = by }, done, now);
}

enum ocpp_status ocpp_settle_unlock_answered(struct ocpp_settle *settle, const char *visit, bool unlocked, struct ocpp_now now)
{
    return run(settle, "unlock answered", unlocked_body, &(struct paying){ .visit = visit, .unlocked = unlocked }, NULL, now);
}
