/* reset.c: restarting when the central system asks for it: transactions end first and their ends are stored before anything
 * restarts.
 *
 * OCPP 1.6 5.14, errata 3.36; OCPP 2.0.1 B11, B12. The firmware restarts; this only says when. */
#include "charge_point_internal.h"

static bool has_transactions(const struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (ocpp_cp_has_transaction(&cp->evses[i])) {
            return true;
        }
    }
    return false;
}

enum verdict ocpp_cp_reset(struct ocpp_charge_point *cp, bool hard, enum ocpp_stop_reason reason)
{
    const bool when_idle = reason == OCPP_STOP_UNKNOWN;
    if (cp->hardware.restart == NULL) {
        return VERDICT_REJECTED;
    }
    if (ocpp_cp_keep_boot_reason(cp, OCPP_BOOT_REASON_REMOTE_RESET) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the next boot will not tell that it was asked for");
    }
    cp->reset =
        (struct reset){ .is_due = true, .hard = hard, .reason = reason, .when_idle = when_idle, .until_mono_ms = OCPP_NEVER };
    cp->dirty = true;
    return when_idle && has_transactions(cp) ? VERDICT_SCHEDULED : VERDICT_ACCEPTED;
}

static void stop_transactions(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->evses[i].state != EVSE_IDLE) {
            ocpp_cp_end(cp, &cp->evses[i], cp->reset.reason, OCPP_TRIGGER_RESET_COMMAND, NULL);
        }
    }
}

/* Whether there is nothing left to wait for: the ends are stored and told, and the answer has left. */
static bool is_quiet(const struct ocpp_charge_point *cp)
{
    return !has_transactions(cp) && cp->queue.count == 0 && (cp->dialect == NULL || !ocpp_rpc_has_output(cp->rpc));
}

/* Where a store or a link fails for good a restart may be the cure: what is not done in time is done after it (B12.FR.05). */
void ocpp_cp_reset_work(struct ocpp_charge_point *cp)
{
    struct reset *reset = &cp->reset;
    if (!reset->is_due || (reset->when_idle && has_transactions(cp))) {
        return;
    }
    if (reset->until_mono_ms == OCPP_NEVER) {
        reset->until_mono_ms = cp->now.mono_ms + RESET_DELIVERY_MS;
        stop_transactions(cp);
    }
    if (!is_quiet(cp) && cp->now.mono_ms < reset->until_mono_ms) {
        return;
    }
    reset->is_due = false;
    cp->dirty = true;
    cp->hardware.restart(reset->hard, cp->hardware.user);
}

int64_t ocpp_cp_reset_deadline(const struct ocpp_charge_point *cp)
{
    return cp->reset.is_due ? cp->reset.until_mono_ms : OCPP_NEVER;
}
