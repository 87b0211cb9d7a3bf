/* trigger.c: messages the central system asks for. An answer that says they will be sent is kept: each is noted, and leaves in
 * its turn after the answer. OCPP 1.6 5.17, errata 3.35; the security extension's ExtendedTriggerMessage; OCPP 2.0.1 F06. */
#include "charge_point_internal.h"

static enum verdict trigger_boot(struct ocpp_charge_point *cp)
{
    if (cp->step == STEP_ACCEPTED || cp->step == STEP_BOOT_ASKED) { /* F06.FR.17; 1.6 errata 3.35 */
        return VERDICT_REJECTED;
    }
    ocpp_cp_boot_now(cp);
    return VERDICT_ACCEPTED;
}

static void trigger_statuses(struct ocpp_charge_point *cp, int evse, int connector)
{
    if ((evse <= 0) && cp->dialect->has_station_status) {
        ocpp_cp_status_must_report(cp, 0, 0);
    }
    for (int e = 1; e <= cp->settings.evse_count; e++) {
        for (int c = 1; c <= cp->settings.connectors_per_evse; c++) {
            if ((evse < 0 || evse == e) && (connector == 0 || connector == c)) {
                ocpp_cp_status_must_report(cp, e, c);
            }
        }
    }
}

/* A station need not have a main meter, and one that has none cannot be read. */
static bool has_main_meter(struct ocpp_charge_point *cp)
{
    struct reading reading;
    ocpp_cp_read_meter(cp, 0, OCPP_CONTEXT_TRIGGER, &reading);
    return reading.count > 0;
}

/* EVSE 0 is the main meter; it is meant, too, where none is named (F06.FR.11). */
static enum verdict trigger_readings(struct ocpp_charge_point *cp, int evse)
{
    enum verdict verdict = VERDICT_REJECTED;
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        if ((evse >= 0 && evse != i) || (i == 0 && !has_main_meter(cp))) {
            continue;
        }
        cp->meters[i].reading_triggered = true;
        verdict = VERDICT_ACCEPTED;
    }
    return verdict;
}

/* Only a transaction that runs has anything to say. */
static enum verdict trigger_transactions(struct ocpp_charge_point *cp, int evse)
{
    enum verdict verdict = VERDICT_REJECTED;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *there = &cp->evses[i];
        if (evse > 0 && evse != there->number) {
            continue;
        }
        if (ocpp_cp_is_ongoing(there)) {
            there->report_triggered = true;
            verdict = VERDICT_ACCEPTED;
        }
    }
    return verdict;
}

/* The progress of a task that no version of this station has yet: that it rests is the truth, and all there is to tell. */
static enum verdict trigger_rest(struct ocpp_charge_point *cp, enum trigger_kind kind)
{
    if (kind >= TRIGGER_SIGN_STATION_CERTIFICATE) {
        return VERDICT_NOT_SUPPORTED;
    }
    cp->rests_due |= 1u << kind;
    return VERDICT_ACCEPTED;
}

/* Whether the place says anything to that message; where it does not, it is not looked at (F06.FR.03; 1.6 5.17). */
static bool heeds_place(enum trigger_kind kind)
{
    return kind == TRIGGER_STATUS || kind == TRIGGER_READING || kind == TRIGGER_TRANSACTION;
}

/* Beside a boot a station that waits to be accepted may be asked for a new certificate only: so it gets one that will be
 * (A00.FR.806, B02.FR.02). */
static bool may_leave_early(const struct ocpp_charge_point *cp, enum trigger_kind kind)
{
    return cp->registration == OCPP_REGISTRATION_PENDING && kind >= TRIGGER_SIGN_STATION_CERTIFICATE;
}

enum verdict ocpp_cp_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, int connector)
{
    const bool is_nowhere =
        evse > 0 && (ocpp_cp_evse(cp, evse) == NULL || (connector > 0 && ocpp_cp_connector(cp, evse, connector) == NULL));
    if (is_nowhere && heeds_place(kind)) {
        return VERDICT_REJECTED;
    }
    cp->dirty = true;
    if (kind == TRIGGER_BOOT) {
        return trigger_boot(cp);
    }
    if (!ocpp_cp_may_send(cp) && !may_leave_early(cp, kind)) {
        return VERDICT_REJECTED; /* nothing here may wait until we are accepted */
    }
    enum verdict verdict = VERDICT_NOT_SUPPORTED;
    if (ocpp_cp_blocks_trigger(cp, kind, evse, &verdict)) {
        return verdict;
    }
    if (kind == TRIGGER_HEARTBEAT) {
        cp->heartbeat_triggered = true;
        return VERDICT_ACCEPTED;
    }
    if (kind == TRIGGER_STATUS) {
        trigger_statuses(cp, evse, connector);
        return VERDICT_ACCEPTED;
    }
    if (kind == TRIGGER_READING) {
        return trigger_readings(cp, evse);
    }
    return kind == TRIGGER_TRANSACTION ? trigger_transactions(cp, evse) : trigger_rest(cp, kind);
}

bool ocpp_cp_send_rest(struct ocpp_charge_point *cp)
{
    for (unsigned kind = TRIGGER_FIRMWARE_STATUS; kind < TRIGGER_COUNT && cp->rests_due != 0; kind++) {
        if ((cp->rests_due >> kind & 1) == 0) {
            continue;
        }
        if (cp->dialect->send_rest(cp, (enum trigger_kind)kind) != OCPP_OK) {
            return false;
        }
        cp->rests_due &= ~(1u << kind);
        cp->flight = FLIGHT_REST;
        return true;
    }
    return false;
}
