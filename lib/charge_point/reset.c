/* reset.c: restarting the station, or one EVSE, when the central system asks for it: transactions end first, and their ends are
 * stored and told before anything restarts.
 *
 * OCPP 1.6 5.14, errata 3.36; OCPP 2.0.1 B11, B12. The firmware restarts; this says when, asks again when it does not, and gives
 * up after ResetRetries. Place 0 is the station. What is due is not stored: after a power cut there is nothing left to reset. */
#include "charge_point_internal.h"

#include <string.h>

enum {
    RESET_DELIVERY_MS = 30000, /* how long a restart waits for stops to be told (B12.FR.05) */
    RESET_ANSWER_MS = 60000,   /* how long a restart may take to come about */
    RESET_RETRY_MS = 10000     /* after one that did not */
};

static struct reset *reset_at(struct ocpp_charge_point *cp, int place)
{
    return place == 0 ? &cp->reset : &cp->evses[place - 1].reset;
}

/* A station that goes down at once says nothing of it on the way; nothing starts there all the same. */
bool ocpp_cp_reset_blocks(const struct ocpp_charge_point *cp, int evse)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const bool is_told = cp->reset.is_scheduled || cp->reset.step >= RESET_ASKED;
    return (cp->reset.is_due && is_told) || (there != NULL && there->reset.is_due);
}

static bool has_transactions(const struct ocpp_charge_point *cp, int place)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if ((place == 0 || place == i + 1) && ocpp_cp_has_transaction(&cp->evses[i])) {
            return true;
        }
    }
    return false;
}

/* --- asked for by the central system ------------------------------------------------------------------------------------------
 */

static bool can_reset(const struct ocpp_charge_point *cp, int place)
{
    if (cp->resets_held != 0) { /* B11.FR.06 */
        return false;
    }
    return place == 0 ? cp->hardware.restart != NULL : cp->hardware.restart_evse != NULL && ocpp_cp_evse(cp, place) != NULL;
}

/* Nobody who was authorised and has not plugged in is kept waiting for what goes down (B12, scenario 3a). */
static void forget_tokens(struct ocpp_charge_point *cp, int place)
{
    if (place == 0 && cp->authorizations[0].state == AUTHORIZATION_GRANTED) {
        ocpp_cp_authorization_forget(cp, 0);
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if ((place == 0 || place == i + 1) && cp->evses[i].state == EVSE_AWAIT_PLUG && !ocpp_cp_has_transaction(&cp->evses[i])) {
            ocpp_cp_step(cp, &cp->evses[i], EVENT_STOPPED);
        }
    }
}

static void await_told(struct ocpp_charge_point *cp, int place)
{
    struct reset *reset = reset_at(cp, place);
    reset->step = RESET_AWAIT_TOLD;
    reset->until_mono_ms = cp->now.mono_ms + RESET_DELIVERY_MS;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (place == 0 || place == i + 1) {
            ocpp_cp_close(cp, &cp->evses[i], reset->reason, OCPP_TRIGGER_RESET_COMMAND);
        }
    }
}

/* Whether what is asked for happens anyway: the place, or the whole station, is going down already. */
static bool is_going_down(struct ocpp_charge_point *cp, int place)
{
    const struct reset *reset = reset_at(cp, place);
    return (reset->is_due && reset->step != RESET_AWAIT_IDLE) || (cp->reset.is_due && cp->reset.step != RESET_AWAIT_IDLE);
}

enum verdict ocpp_cp_reset(struct ocpp_charge_point *cp, int place, bool hard, enum ocpp_stop_reason reason)
{
    if (!can_reset(cp, place)) {
        return VERDICT_REJECTED;
    }
    struct reset *reset = reset_at(cp, place);
    cp->dirty = true;
    if (is_going_down(cp, place)) {
        reset->hard = reset->hard || (hard && reset->is_due);
        return VERDICT_ACCEPTED;
    }
    const bool waits = reason == OCPP_STOP_UNKNOWN && has_transactions(cp, place);
    *reset = (struct reset){ .is_due = true, .hard = hard, .reason = reason, .is_scheduled = waits };
    forget_tokens(cp, place);
    if (waits) {
        reset->step = RESET_AWAIT_IDLE;
        reset->until_mono_ms = OCPP_NEVER;
    } else {
        await_told(cp, place);
    }
    return waits ? VERDICT_SCHEDULED : VERDICT_ACCEPTED;
}

void ocpp_cp_restart(struct ocpp_charge_point *cp)
{
    if (is_going_down(cp, 0)) {
        cp->reset.is_for_firmware = true;
        return;
    }
    cp->reset = (struct reset){ .is_due = true, .reason = OCPP_STOP_REBOOT, .is_for_firmware = true };
    forget_tokens(cp, 0);
    await_told(cp, 0);
    cp->dirty = true;
}

void ocpp_cp_restart_forget(struct ocpp_charge_point *cp)
{
    cp->reset.is_due = cp->reset.is_due && !cp->reset.is_for_firmware;
}

/* --- done when it is time ------------------------------------------------------------------------------------------------------
 */

static bool is_queued(const struct ocpp_charge_point *cp, int place)
{
    for (size_t i = 0; place != 0 && i < cp->queue.count; i++) {
        if (memcmp(cp->queue.entries[i].uuid, cp->evses[place - 1].transaction.uuid, UUID_BYTES) == 0) {
            return true;
        }
    }
    return place == 0 && cp->queue.count > 0;
}

/* Whether there is nothing left to wait for: the ends are stored and told, and the answer has left. */
static bool is_quiet(const struct ocpp_charge_point *cp, int place)
{
    return !has_transactions(cp, place) && !is_queued(cp, place) && (cp->dialect == NULL || !ocpp_rpc_has_output(cp->rpc));
}

/* The reason is stored now and not when the reset was asked for: a power cut in between is a power cut. */
static void note_reason(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason)
{
    if (ocpp_cp_keep_boot_reason(cp, reason) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "why the station restarts was not stored");
    }
}

static void ask(struct ocpp_charge_point *cp, int place)
{
    struct reset *reset = reset_at(cp, place);
    reset->step = RESET_ASKED;
    reset->until_mono_ms = cp->now.mono_ms + RESET_ANSWER_MS;
    reset->attempts++;
    cp->dirty = true;
    if (place != 0) {
        cp->hardware.restart_evse(place, cp->hardware.user);
        return;
    }
    const enum ocpp_boot_reason remote = reset->is_scheduled ? OCPP_BOOT_REASON_SCHEDULED_RESET : OCPP_BOOT_REASON_REMOTE_RESET;
    note_reason(cp, reset->is_for_firmware ? OCPP_BOOT_REASON_FIRMWARE_UPDATE : remote);
    cp->hardware.restart(reset->hard, cp->hardware.user);
}

/* It did not come about: ResetRetries says how often it is asked for again; then life goes on. */
static void failed(struct ocpp_charge_point *cp, int place)
{
    struct reset *reset = reset_at(cp, place);
    cp->dirty = true;
    if (reset->attempts <= cp->values[VARIABLE_RESET_RETRIES]) {
        reset->step = RESET_AWAIT_RETRY;
        reset->until_mono_ms = cp->now.mono_ms + RESET_RETRY_MS;
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the reset of place %d did not come about; it is asked for again", place);
        return;
    }
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "the reset of place %d did not come about and is given up", place);
    reset->is_due = false;
    if (place == 0) {
        note_reason(cp, OCPP_BOOT_REASON_POWER_UP);
    }
}

/* Where a store or a link fails for good a restart may be the cure: what is not done in time is done after it (B12.FR.05). */
static void work(struct ocpp_charge_point *cp, int place)
{
    struct reset *reset = reset_at(cp, place);
    const bool is_time = cp->now.mono_ms >= reset->until_mono_ms;
    if (reset->step == RESET_AWAIT_IDLE && !has_transactions(cp, place)) {
        await_told(cp, place);
    }
    if ((reset->step == RESET_AWAIT_TOLD && (is_quiet(cp, place) || is_time)) || (reset->step == RESET_AWAIT_RETRY && is_time)) {
        if (cp->resets_held == 0) {
            ask(cp, place);
        }
        return;
    }
    if (reset->step == RESET_ASKED && is_time) {
        failed(cp, place);
    }
}

void ocpp_cp_reset_work(struct ocpp_charge_point *cp)
{
    for (int place = 0; place <= cp->settings.evse_count; place++) {
        if (reset_at(cp, place)->is_due) {
            work(cp, place);
        }
    }
}

/* When |reset| has to be looked at again. While resets are held, one that is due wakes nobody: the end of the hold does. */
static int64_t deadline_of(const struct ocpp_charge_point *cp, const struct reset *reset)
{
    const bool is_held = cp->resets_held != 0 && reset->step != RESET_ASKED && reset->until_mono_ms <= cp->now.mono_ms;
    return reset->is_due && !is_held ? reset->until_mono_ms : OCPP_NEVER;
}

int64_t ocpp_cp_reset_deadline(const struct ocpp_charge_point *cp)
{
    int64_t deadline = deadline_of(cp, &cp->reset);
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const int64_t of_evse = deadline_of(cp, &cp->evses[i].reset);
        deadline = of_evse < deadline ? of_evse : deadline;
    }
    return deadline;
}

/* --- told by the firmware ------------------------------------------------------------------------------------------------------
 */

static bool is_asked(struct ocpp_charge_point *cp, int place)
{
    return reset_at(cp, place)->is_due && reset_at(cp, place)->step == RESET_ASKED;
}

enum ocpp_status ocpp_charge_point_reset_failed(struct ocpp_charge_point *cp, int evse, struct ocpp_now now)
{
    if (evse < 0 || evse > cp->settings.evse_count) {
        return OCPP_ERR_ARGUMENT;
    }
    if (!is_asked(cp, evse)) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    failed(cp, evse);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_reset_done(struct ocpp_charge_point *cp, int evse, struct ocpp_now now)
{
    if (ocpp_cp_evse(cp, evse) == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (!is_asked(cp, evse)) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    reset_at(cp, evse)->is_due = false;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

void ocpp_cp_hold_resets(struct ocpp_charge_point *cp, enum reset_holder holder, bool held)
{
    cp->resets_held = held ? cp->resets_held | holder : cp->resets_held & ~(unsigned)holder;
    cp->dirty = true;
}

void ocpp_charge_point_hold_resets(struct ocpp_charge_point *cp, bool held, struct ocpp_now now)
{
    ocpp_cp_enter(cp, now);
    ocpp_cp_hold_resets(cp, RESETS_HELD_BY_HARDWARE, held);
    ocpp_cp_leave(cp);
}
