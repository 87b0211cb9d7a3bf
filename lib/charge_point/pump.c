/* pump.c: what has become due is done here, in one order, until nothing is: store, call the firmware back, send.
 *
 * Each step looks at the state as it finds it, so a callback that changes it needs no care: the next round sees the change. */
#include "charge_point_internal.h"

enum { MOST_ROUNDS = 64 }; /* a firmware whose callbacks never settle gets the rest at the next entry point */

static bool waits_for_plug(const struct evse *evse)
{
    return evse->state == EVSE_AWAIT_PLUG || evse->state == EVSE_AWAIT_REPLUG;
}

static void expire_authorizations(struct ocpp_charge_point *cp)
{
    struct authorization *floating = &cp->authorizations[0];
    if (floating->state == AUTHORIZATION_GRANTED && cp->now.mono_ms >= floating->timeout_mono_ms) {
        ocpp_cp_authorization_forget(cp, 0);
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (waits_for_plug(evse) && cp->now.mono_ms >= evse->timeout_mono_ms) {
            ocpp_cp_timed_out(cp, evse);
        }
    }
    ocpp_cp_hold_expires(cp);
    ocpp_cp_locks_expire(cp);
    if (cp->unlock.is_open && cp->now.mono_ms >= cp->unlock.until_mono_ms) {
        ocpp_cp_unlock_ended(cp, VERDICT_FAILED);
    }
}

/* --- callbacks ---------------------------------------------------------------------------------------------------------- */

static void tell_judgements(struct ocpp_charge_point *cp)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        struct authorization *authorization = &cp->authorizations[slot];
        if (!authorization->judged_due) {
            continue;
        }
        authorization->judged_due = false;
        if (cp->hardware.token_judged != NULL) {
            const struct judged judged = authorization->judged; /* what the firmware does with it may bring the next */
            const struct ocpp_token token = { judged.token.id, (enum ocpp_token_type)judged.token.type };
            const struct ocpp_judgement judgement = {
                .authorization = judged.authorization,
                .source = judged.source,
                .is_master_pass = judged.is_master_pass,
                .language = judged.language,
                .language2 = judged.language2,
                .message = cp->message_slot == slot ? cp->message : "",
            };
            cp->hardware.token_judged(slot, &token, &judgement, cp->hardware.user);
        }
    }
}

static void tell_locks(struct ocpp_charge_point *cp)
{
    const int per_evse = cp->settings.connectors_per_evse;
    for (int i = 0; i < cp->settings.evse_count * per_evse; i++) {
        struct connector *connector = &cp->connectors[i];
        if (!connector->lock_due) {
            continue;
        }
        connector->lock_due = false;
        if (cp->hardware.lock != NULL) {
            cp->hardware.lock(i / per_evse + 1, i % per_evse + 1, connector->lock_wish, cp->hardware.user);
        }
    }
}

static void tell_statuses(struct ocpp_charge_point *cp)
{
    const int per_evse = cp->settings.connectors_per_evse;
    for (int i = 0; i < cp->settings.evse_count * per_evse; i++) {
        struct status_track *track = &cp->connectors[i].track;
        if (track->told) {
            continue;
        }
        track->told = true;
        if (cp->hardware.status_changed != NULL) {
            cp->hardware.status_changed(i / per_evse + 1, i % per_evse + 1, track->status, cp->hardware.user);
        }
    }
}

static void tell_clock(struct ocpp_charge_point *cp)
{
    if (!cp->clock_told_due) {
        return;
    }
    cp->clock_told_due = false;
    if (cp->hardware.clock_told != NULL) {
        cp->hardware.clock_told(ocpp_cp_utc(cp, cp->now), cp->hardware.user);
    }
}

/* --- one round ------------------------------------------------------------------------------------------------------------ */

static void round_of_work(struct ocpp_charge_point *cp)
{
    ocpp_cp_keep_clock(cp);
    ocpp_cp_look_at_meters(cp);
    expire_authorizations(cp);
    ocpp_cp_authorizations_decide(cp);
    ocpp_cp_profiles_work(cp);
    ocpp_cp_limits_update(cp);
    ocpp_cp_align(cp);
    for (int i = 0; i < cp->settings.evse_count; i++) {
        ocpp_cp_record(cp, &cp->evses[i]);
    }
    ocpp_cp_meter_work(cp);
    ocpp_cp_tell(cp);
    ocpp_cp_reservations_update(cp);
    ocpp_cp_reservations_store(cp);
    ocpp_cp_status_update(cp);
    ocpp_cp_tell_permits(cp);
    tell_locks(cp);
    tell_judgements(cp);
    tell_statuses(cp);
    tell_clock(cp);
    ocpp_cp_tell_settings(cp);
    ocpp_cp_data_transfers_tell(cp);
    ocpp_cp_blocks_work(cp);
    ocpp_cp_send_next(cp);
    ocpp_cp_reset_work(cp);
    ocpp_cp_hold_work(cp);
}

void ocpp_cp_pump(struct ocpp_charge_point *cp)
{
    cp->depth++;
    for (int round = 0; cp->dirty && round < MOST_ROUNDS; round++) {
        cp->dirty = false;
        round_of_work(cp);
    }
    cp->depth--;
}

/* --- when to be called again ------------------------------------------------------------------------------------------------ */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t authorization_deadline(const struct ocpp_charge_point *cp)
{
    int64_t deadline = cp->unlock.is_open ? cp->unlock.until_mono_ms : OCPP_NEVER;
    if (cp->authorizations[0].state == AUTHORIZATION_GRANTED) {
        deadline = earlier(deadline, cp->authorizations[0].timeout_mono_ms);
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (waits_for_plug(&cp->evses[i])) {
            deadline = earlier(deadline, cp->evses[i].timeout_mono_ms);
        }
        deadline = earlier(deadline, cp->evses[i].held_mono_ms);
        deadline = earlier(deadline, ocpp_cp_lock_deadline(cp, &cp->evses[i]));
        deadline = earlier(deadline, ocpp_cp_record_deadline(cp, &cp->evses[i]));
    }
    return deadline;
}

int64_t ocpp_charge_point_deadline(const struct ocpp_charge_point *cp)
{
    if (cp->dirty) {
        return cp->now.mono_ms;
    }
    int64_t deadline = earlier(authorization_deadline(cp), ocpp_cp_reset_deadline(cp));
    deadline = earlier(deadline, ocpp_cp_tell_deadline(cp));
    deadline = earlier(deadline, ocpp_cp_hold_deadline(cp));
    deadline = earlier(deadline, ocpp_cp_reservations_deadline(cp));
    deadline = earlier(deadline, ocpp_cp_meter_deadline(cp));
    deadline = earlier(deadline, earlier(ocpp_cp_profiles_deadline(cp), ocpp_cp_limits_deadline(cp)));
    deadline = earlier(deadline, ocpp_cp_blocks_deadline(cp));
    if (cp->dialect == NULL) {
        return deadline;
    }
    deadline = earlier(deadline, ocpp_rpc_deadline(cp->rpc));
    if (ocpp_cp_is_waiting(cp)) {
        return deadline;
    }
    if (cp->send_retry_mono_ms > cp->now.mono_ms) {
        return earlier(deadline, cp->send_retry_mono_ms);
    }
    deadline = earlier(deadline, ocpp_cp_registration_deadline(cp));
    deadline = earlier(deadline, ocpp_cp_blocks_send_deadline(cp));
    return earlier(deadline, ocpp_cp_status_deadline(cp));
}
