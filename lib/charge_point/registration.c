/* registration.c: being accepted by the central system, staying accepted, and heartbeats.
 *
 * OCPP 1.6 4.2, 4.6; OCPP 2.0.1 B01, B02, B03, G02. A boot is asked for once per start of the software and per version; a link
 * that comes back in the same version needs none (part 4, 5.4). */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

void ocpp_cp_forget_acceptance(struct ocpp_charge_point *cp)
{
    cp->accepted_version = OCPP_VERSION_NONE;
    cp->registration = OCPP_REGISTRATION_UNKNOWN;
    cp->boot_due_mono_ms = cp->now.mono_ms;
}

void ocpp_cp_central_switched(struct ocpp_charge_point *cp)
{
    ocpp_cp_forget_acceptance(cp);
    ocpp_cp_blocks_switched(cp);
}

void ocpp_cp_registration_link_up(struct ocpp_charge_point *cp)
{
    cp->link++;
    cp->last_sent_mono_ms = cp->now.mono_ms;
    ocpp_cp_tell_anew(cp);
    if (cp->accepted_version == cp->dialect->version && !cp->boots_anew) {
        cp->step = STEP_ACCEPTED;
        ocpp_cp_status_after_offline(cp);
        return;
    }
    if (cp->accepted_version != OCPP_VERSION_NONE) { /* another version, or news: everything is said anew */
        ocpp_cp_forget_acceptance(cp);
    }
    cp->step = STEP_BOOT_DUE; /* not before the wait that was told, also over a loss of the link (B02.FR.04) */
}

void ocpp_cp_registration_link_down(struct ocpp_charge_point *cp)
{
    const enum family family = ocpp_cp_queue_family(cp);
    cp->step = STEP_NO_LINK;
    cp->link_down_mono_ms = cp->now.mono_ms;
    if (family == FAMILY_NONE ||
        family == cp->dialect->family) { /* a link in another says nothing of the one that is waited for */
        ocpp_cp_hold_restart(cp);
    }
}

bool ocpp_cp_may_send(const struct ocpp_charge_point *cp)
{
    return cp->step == STEP_ACCEPTED;
}

bool ocpp_cp_boot_is_due(const struct ocpp_charge_point *cp)
{
    return cp->step == STEP_BOOT_DUE && cp->now.mono_ms >= cp->boot_due_mono_ms;
}

void ocpp_cp_boot_now(struct ocpp_charge_point *cp)
{
    cp->boot_due_mono_ms = cp->now.mono_ms;
    cp->boot_is_triggered = true;
    cp->dirty = true;
}

void ocpp_cp_send_boot(struct ocpp_charge_point *cp)
{
    if (cp->dialect->send_boot(cp, cp->boot_is_triggered ? OCPP_BOOT_REASON_TRIGGERED : cp->boot_reason) == OCPP_OK) {
        cp->flight = FLIGHT_BOOT;
        cp->step = STEP_BOOT_ASKED;
        cp->boot_is_triggered = false;
        cp->boots_anew = false;
        return;
    }
    cp->boot_due_mono_ms = cp->now.mono_ms + cp->settings.boot_retry_ms;
}

static void await_next_boot(struct ocpp_charge_point *cp, int64_t wait_ms)
{
    cp->step = STEP_BOOT_DUE;
    cp->boot_due_mono_ms = cp->now.mono_ms + (wait_ms > 0 ? wait_ms : cp->settings.boot_retry_ms);
}

/* A told interval as milliseconds; nobody waits longer than a month for something a person can still correct. */
static int64_t interval_ms(int64_t interval_s)
{
    const int64_t month_s = 31 * 86400;
    return (interval_s < 0 ? 0 : interval_s > month_s ? month_s : interval_s) * 1000;
}

void ocpp_cp_boot_answered(struct ocpp_charge_point *cp, enum ocpp_registration registration, int64_t interval_s, int64_t utc_ms)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    cp->registration = registration;
    ocpp_cp_central_time(cp, utc_ms);
    ocpp_cp_log(cp, OCPP_LOG_INFO, "registration: %s", ocpp_registration_name(registration));
    if (registration != OCPP_REGISTRATION_ACCEPTED) {
        await_next_boot(cp, interval_ms(interval_s));
        return;
    }
    if (interval_s > 0) { /* B01.FR.04 */
        cp->values[VARIABLE_HEARTBEAT_INTERVAL_S] = interval_ms(interval_s) / 1000;
    }
    cp->step = STEP_ACCEPTED;
    cp->accepted_version = cp->dialect->version;
    cp->last_heartbeat_mono_ms = cp->now.mono_ms;
    cp->boot_reason = OCPP_BOOT_REASON_POWER_UP; /* told; of the transactions that were recovered it has been asked long ago */
    ocpp_cp_status_after_boot(cp);
    ocpp_cp_blocks_accepted(cp);
}

void ocpp_cp_boot_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    await_next_boot(cp, 0);
    if (status == OCPP_ERR_CLOSED) { /* nobody refused anything: the next link is asked at once */
        cp->boot_due_mono_ms = cp->now.mono_ms;
    }
}

/* --- what the firmware tells of it ------------------------------------------------------------------------------------------ */

enum ocpp_status ocpp_charge_point_profile_switched(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    if (cp->dialect != NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    ocpp_cp_central_switched(cp); /* the wait that another central system told counts no more, either */
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

static bool is_sim_text(const char *text)
{
    return ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= SIM_CHARACTERS;
}

enum ocpp_status ocpp_charge_point_modem(struct ocpp_charge_point *cp, const char *iccid, const char *imsi, struct ocpp_now now)
{
    iccid = iccid == NULL ? "" : iccid;
    imsi = imsi == NULL ? "" : imsi;
    if (!is_sim_text(iccid) || !is_sim_text(imsi)) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    cp->boots_anew = cp->boots_anew || strcmp(iccid, cp->iccid) != 0 || strcmp(imsi, cp->imsi) != 0;
    ocpp_text_copy(cp->iccid, sizeof(cp->iccid), iccid);
    ocpp_text_copy(cp->imsi, sizeof(cp->imsi), imsi);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_restarting(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason, struct ocpp_now now)
{
    if (reason <= OCPP_BOOT_REASON_NOTED || reason > OCPP_BOOT_REASON_WATCHDOG) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = ocpp_cp_keep_boot_reason(cp, reason);
    ocpp_cp_leave(cp);
    return status;
}

/* --- heartbeats ------------------------------------------------------------------------------------------------------------- */

int64_t ocpp_cp_heartbeat_due(const struct ocpp_charge_point *cp)
{
    if (cp->heartbeat_triggered) {
        return cp->now.mono_ms;
    }
    const int64_t quiet = cp->last_sent_mono_ms + cp->values[VARIABLE_HEARTBEAT_INTERVAL_S] * 1000;
    const int64_t clock = cp->last_heartbeat_mono_ms + HEARTBEAT_AT_LEAST_MS;
    return quiet < clock ? quiet : clock;
}

void ocpp_cp_heartbeat_answered(struct ocpp_charge_point *cp, int64_t utc_ms)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    cp->last_heartbeat_mono_ms = cp->now.mono_ms;
    ocpp_cp_central_time(cp, utc_ms);
}

int64_t ocpp_cp_registration_deadline(const struct ocpp_charge_point *cp)
{
    switch (cp->step) {
    case STEP_BOOT_DUE:
        return cp->boot_due_mono_ms;
    case STEP_ACCEPTED:
        return ocpp_cp_heartbeat_due(cp);
    case STEP_NO_LINK:
    case STEP_BOOT_ASKED:
        break;
    }
    return OCPP_NEVER;
}
