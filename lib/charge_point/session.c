/* session.c: what is told of what happens at an EVSE, and where a transaction begins and ends.
 *
 * A session is born when a point is reached at which any version could start a transaction: a start point of 2.x, or vehicle and
 * driver both there, as 1.6 has it. It is over when a stop point is left, or nothing of it is left. In between, everything that
 * happens becomes a fact, written down by recording.c in the order of happening; which message a fact becomes, if any, is for the
 * dialects. OCPP 2.0.1 E01, E06, part 2 2.6.6; OCPP 1.6 4.8, 4.10. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

#define POINT(name) ((int32_t)1 << TX_POINT_##name)

enum { HERE = POINT(PARKING_BAY) | POINT(EV_CONNECTED) | POINT(AUTHORIZED) };

/* --- points ------------------------------------------------------------------------------------------------------------------
 */

/* The dialect whose rules a new session follows: of the link there is, or there was, or there will most likely be. */
static const struct dialect *likely_dialect(const struct ocpp_charge_point *cp)
{
    if (cp->dialect != NULL) {
        return cp->dialect;
    }
    const enum ocpp_version last = cp->accepted_version;
    return ocpp_cp_dialect(last != OCPP_VERSION_NONE ? last : cp->settings.versions[0]);
}

int32_t ocpp_cp_start_points(const struct ocpp_charge_point *cp)
{
    const int32_t points = (int32_t)cp->values[VARIABLE_TX_START_POINT];
    return likely_dialect(cp)->has_tx_points && points != 0 ? points : POINT(POWER_PATH_CLOSED);
}

/* PowerPathClosed is left when either of the two is (2.6.6.2); DataSigned means nothing here (errata 2025-02 2.24). */
int32_t ocpp_cp_stop_points(const struct ocpp_charge_point *cp)
{
    int32_t points = (int32_t)cp->values[VARIABLE_TX_STOP_POINT] & ~POINT(DATA_SIGNED);
    if (!likely_dialect(cp)->has_tx_points) {
        return POINT(AUTHORIZED);
    }
    if (points == 0 || (points & POINT(POWER_PATH_CLOSED)) != 0) {
        points |= POINT(EV_CONNECTED) | POINT(AUTHORIZED);
    }
    return points & ~POINT(POWER_PATH_CLOSED);
}

static int32_t points_now(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const int32_t both = POINT(EV_CONNECTED) | POINT(AUTHORIZED);
    int32_t points = evse->points & POINT(DATA_SIGNED);
    points |= evse->bay_occupied ? POINT(PARKING_BAY) : 0;
    points |= evse->connector != 0 || ocpp_cp_is_held(evse) ? POINT(EV_CONNECTED) : 0;
    points |= ocpp_cp_is_authorized(evse) ? POINT(AUTHORIZED) : 0;
    points |= (points & both) == both && ocpp_cp_is_locked(cp, evse) ? POINT(POWER_PATH_CLOSED) : 0;
    points |= ocpp_cp_charging_state(cp, evse) == OCPP_CHARGING_STATE_CHARGING ? POINT(ENERGY_TRANSFER) : 0;
    return points;
}

/* --- the list of what happened ------------------------------------------------------------------------------------------------
 */

/* Two things are told one after the other: that the authorization has ended, and that energy has ceased to flow (E07); that the
 * cable is plugged in again, and that energy flows (E10). */
static enum ocpp_charging_state state_to_tell(const struct ocpp_charge_point *cp, const struct evse *evse,
                                              const struct happening *happening)
{
    const enum ocpp_charging_state state = ocpp_cp_charging_state(cp, evse);
    if (happening->ends && !happening->closes && state == OCPP_CHARGING_STATE_EV_CONNECTED) {
        return (enum ocpp_charging_state)evse->transaction.charging_state;
    }
    return happening->trigger == OCPP_TRIGGER_CABLE_PLUGGED_IN ? OCPP_CHARGING_STATE_EV_CONNECTED : state;
}

static void append(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger, int32_t before)
{
    struct transaction *transaction = &evse->transaction;
    const int32_t gained = evse->points & ~before;
    const bool begins = transaction->early && (evse->points & transaction->start_points) != 0;
    struct happening one = {
        .when = ocpp_cp_moment(cp),
        .trigger = trigger,
        .points = evse->points,
        .grants = transaction->grants,
        .has_reservation = transaction->has_reservation_id,
        .is_early = transaction->early && !begins,
        .is_grant = (gained & POINT(AUTHORIZED)) != 0,
        .begins = begins,
        .opens = (gained & POINT(POWER_PATH_CLOSED)) != 0,
        .ends = (before & ~evse->points & POINT(AUTHORIZED)) != 0,
        .closes = evse->session == SESSION_CLOSING,
    };
    one.charging_state = state_to_tell(cp, evse, &one);
    transaction->early = one.is_early;
    evse->seen_state = ocpp_cp_charging_state(cp, evse);
    evse->state_since = one.when;
    if (evse->happened_count == MOST_HAPPENINGS) { /* a store that takes nothing: the last two become one */
        const struct happening *last = &evse->happened[--evse->happened_count];
        one.is_grant = one.is_grant || last->is_grant;
        one.begins = one.begins || last->begins;
        one.opens = one.opens || last->opens;
        one.ends = one.ends || last->ends;
    }
    evse->happened[evse->happened_count++] = one;
    cp->dirty = true;
}

bool ocpp_cp_is_settled(const struct evse *evse)
{
    for (size_t i = 0; i < evse->happened_count; i++) {
        if (evse->happened[i].ends) {
            return false;
        }
    }
    return evse->session != SESSION_CLOSING;
}

/* --- birth, life and end
 * --------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_has_transaction(const struct evse *evse)
{
    return evse->session != SESSION_NONE;
}

bool ocpp_cp_is_ongoing(const struct evse *evse)
{
    return evse->session == SESSION_OPEN && !evse->transaction.early;
}

struct evse *ocpp_cp_evse_of(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES])
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (ocpp_cp_has_transaction(evse) && memcmp(evse->transaction.uuid, uuid, UUID_BYTES) == 0) {
            return evse;
        }
    }
    return NULL;
}

void ocpp_cp_note_reason(struct evse *evse, enum ocpp_stop_reason reason)
{
    if (evse->transaction.reason == OCPP_STOP_UNKNOWN) {
        evse->transaction.reason = (int32_t)reason;
    }
}

/* A token came to be trusted. */
static void take_grant(struct ocpp_charge_point *cp, struct evse *evse)
{
    const struct authorization *authorization = &cp->authorizations[evse->number];
    struct transaction *transaction = &evse->transaction;
    transaction->token = authorization->token;
    memcpy(transaction->group, authorization->group, sizeof(transaction->group));
    memcpy(transaction->language, authorization->language, sizeof(transaction->language));
    memcpy(transaction->language2, authorization->language2, sizeof(transaction->language2));
    transaction->has_remote_start_id = authorization->has_remote_start_id;
    transaction->remote_start_id = authorization->remote_start_id;
    ocpp_cp_reservation_use(cp, evse);
    transaction->grants++;
    ocpp_cp_profile_bind(cp, evse, authorization);
    transaction->reason = OCPP_STOP_UNKNOWN;
    transaction->refused = false;
    memset(&evse->ender, 0, sizeof(evse->ender));
    if (evse->state == EVSE_OPENING) { /* both are there: it is used up */
        ocpp_cp_authorization_forget(cp, evse->number);
    }
}

static void bear(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct transaction *transaction = &evse->transaction;
    memset(transaction, 0, sizeof(*transaction));
    ocpp_cp_uuid(cp, transaction->uuid);
    transaction->evse = evse->number;
    transaction->start_points = ocpp_cp_start_points(cp);
    transaction->stop_points = ocpp_cp_stop_points(cp);
    transaction->started = ocpp_cp_moment(cp);
    transaction->early = true;
    evse->session = SESSION_OPEN;
    evse->happened_count = 0;
    evse->is_unwritten = false;
    evse->seen_state = OCPP_CHARGING_STATE_UNKNOWN;
    evse->reserved = 0;
    evse->uses_reservation = false;
    evse->wire_id[0] = '\0';
    evse->retry_mono_ms = cp->now.mono_ms;
    evse->look_due_mono_ms = (transaction->start_points & POINT(DATA_SIGNED)) != 0 ? cp->now.mono_ms : OCPP_NEVER;
    ocpp_cp_schedule_samples(cp, evse);
    ocpp_cp_blocks_session(cp, evse, BLOCK_TRANSACTION_BEGAN);
}

/* Why a transaction ends that nobody ended. */
static enum ocpp_stop_reason reason_of(const struct ocpp_charge_point *cp, const struct evse *evse, enum ocpp_trigger trigger)
{
    if (trigger == OCPP_TRIGGER_EV_COMMUNICATION_LOST || trigger == OCPP_TRIGGER_EV_DEPARTED) {
        return OCPP_STOP_EV_DISCONNECTED;
    }
    if (evse->transaction.refused) {
        return OCPP_STOP_DE_AUTHORIZED;
    }
    const bool is_by_vehicle = ocpp_cp_charging_state(cp, evse) == OCPP_CHARGING_STATE_SUSPENDED_EV;
    return is_by_vehicle ? OCPP_STOP_STOPPED_BY_EV : OCPP_STOP_OTHER;
}

/* Nothing of it was written, and nobody has heard of it: it never was. */
static bool never_was(const struct evse *evse)
{
    return evse->transaction.next_number == 0 && evse->writing == WRITE_NOTHING && !evse->slot.busy && !evse->slot.finished;
}

static void close_session(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger)
{
    evse->held_mono_ms = OCPP_NEVER;
    ocpp_cp_note_reason(evse, reason_of(cp, evse, trigger));
    ocpp_cp_step(cp, evse, EVENT_STOPPED); /* an authorization lasts no longer than its transaction (errata 2025-01 2.17) */
    evse->points = points_now(cp, evse);
    evse->session = SESSION_CLOSING;
    evse->sample_due_mono_ms = evse->look_due_mono_ms = OCPP_NEVER;
    evse->retry_mono_ms = cp->now.mono_ms;
}

static bool is_over(const struct evse *evse, int32_t before)
{
    const int32_t lost = evse->transaction.early ? 0 : before & ~evse->points; /* what has not begun cannot end */
    return (lost & evse->transaction.stop_points) != 0 || (evse->points & HERE) == 0;
}

static void go_on(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger, int32_t before, bool is_last)
{
    const int32_t gained = evse->points & ~before;
    if ((gained & POINT(AUTHORIZED)) != 0) {
        take_grant(cp, evse);
    }
    if (evse->transaction.connector == 0) {
        evse->transaction.connector = evse->connector;
    }
    if (is_last || is_over(evse, before)) {
        close_session(cp, evse, trigger);
    }
    if (evse->session == SESSION_CLOSING && never_was(evse)) {
        evse->happened_count = 0;
        ocpp_cp_session_ended(cp, evse);
        return;
    }
    append(cp, evse, trigger, before);
    ocpp_cp_blocks_session(cp, evse, BLOCK_TRANSACTION_CHANGED);
}

static void happened(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger, bool is_last)
{
    cp->dirty = true;
    if (evse->session == SESSION_CLOSING) { /* what is there then is looked at when its end is stored */
        return;
    }
    const int32_t before = evse->points;
    evse->points = points_now(cp, evse);
    if (evse->session == SESSION_OPEN) {
        go_on(cp, evse, trigger, before, is_last);
        return;
    }
    const int32_t births = ocpp_cp_start_points(cp) | POINT(POWER_PATH_CLOSED);
    if ((evse->points & ~before & births) != 0) {
        bear(cp, evse);
        go_on(cp, evse, trigger, evse->points & ~(POINT(AUTHORIZED) | POINT(POWER_PATH_CLOSED)), false);
    }
}

void ocpp_cp_happened(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger)
{
    happened(cp, evse, trigger, false);
}

void ocpp_cp_happened_last(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger)
{
    happened(cp, evse, trigger, true);
}

void ocpp_cp_look_at_energy(struct ocpp_charge_point *cp, struct evse *evse)
{
    const int32_t change = (points_now(cp, evse) ^ evse->points) & POINT(ENERGY_TRANSFER);
    const struct transaction *transaction = &evse->transaction;
    if (evse->session != SESSION_OPEN || change == 0 ||
        ((transaction->start_points | transaction->stop_points) & POINT(ENERGY_TRANSFER)) == 0) {
        return;
    }
    ocpp_cp_happened(cp, evse, OCPP_TRIGGER_CHARGING_STATE_CHANGED);
}

static bool is_signed(const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->samples[i].signed_value != NULL) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_awaits_signature(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    return evse->session == SESSION_OPEN && evse->transaction.early && cp->values[VARIABLE_SIGN_READINGS] != 0 &&
           (evse->transaction.start_points & POINT(DATA_SIGNED)) != 0 && (evse->points & POINT(POWER_PATH_CLOSED)) != 0;
}

bool ocpp_cp_signature_begins(struct ocpp_charge_point *cp, struct evse *evse, const struct reading *reading)
{
    if (!ocpp_cp_awaits_signature(cp, evse) || !is_signed(reading)) {
        return false;
    }
    evse->points |= POINT(DATA_SIGNED);
    if (evse->happened_count == 0) {
        ocpp_cp_happened(cp, evse, OCPP_TRIGGER_SIGNED_DATA_RECEIVED);
        return true;
    }
    evse->transaction.early = false;
    evse->happened[0].begins = true;
    evse->happened[0].trigger = OCPP_TRIGGER_SIGNED_DATA_RECEIVED;
    for (size_t i = 0; i < evse->happened_count; i++) {
        evse->happened[i].points |= POINT(DATA_SIGNED);
        evse->happened[i].is_early = false;
    }
    return true;
}

void ocpp_cp_session_ended(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_blocks_session(cp, evse, BLOCK_TRANSACTION_ENDED);
    evse->session = SESSION_NONE;
    evse->wire_id[0] = '\0';
    evse->points &= ~POINT(DATA_SIGNED);
    cp->dirty = true;
    if (evse->connector == 0) {
        ocpp_cp_choose_plugged(cp, evse);
    }
    const bool is_plugged_since = evse->connector != 0 && (evse->points & POINT(EV_CONNECTED)) == 0;
    ocpp_cp_happened(cp, evse, is_plugged_since ? OCPP_TRIGGER_CABLE_PLUGGED_IN : OCPP_TRIGGER_EV_DETECTED);
}

/* --- the bay
 * --------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_charge_point_bay(struct ocpp_charge_point *cp, int evse, bool occupied, struct ocpp_now now)
{
    struct evse *there = ocpp_cp_evse(cp, evse);
    if (there == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    if (there->bay_occupied != occupied) {
        there->bay_occupied = occupied;
        ocpp_cp_happened(cp, there, occupied ? OCPP_TRIGGER_EV_DETECTED : OCPP_TRIGGER_EV_DEPARTED);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
