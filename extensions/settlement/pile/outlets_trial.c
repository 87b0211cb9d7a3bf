/* outlets_trial.c: whether an authorisation may begin here and now. Its signature is good; what is asked here is whether it is
 * for this pile, new, in time, and of any use. One that was good and cannot be used is used up all the same, and told so in the
 * next status: it will never begin, and its hold can be let go. */
#include "outlets_internal.h"

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/money.h>

#include <string.h>

bool outlet_window_takes(struct outlet_used *used, int64_t seq, bool use)
{
    const int64_t ahead = seq - used->high;
    const uint64_t top = (uint64_t)1 << (OUTLET_WINDOW - 1);

    if (seq < 1 || ahead <= -OUTLET_WINDOW || (ahead <= 0 && (used->window >> (OUTLET_WINDOW - 1 + ahead) & 1U) != 0)) {
        return false;
    }
    if (use && ahead > 0) {
        used->window = (ahead >= OUTLET_WINDOW ? 0 : used->window >> ahead) | top;
        used->high = seq;
    } else if (use) {
        used->window |= top >> -ahead;
    }
    return true;
}

/* trial: one authorisation, and what is known by now. */
struct trial {
    struct ocpp_settle_outlets *outlets;
    const struct ocpp_settle_authorisation *said;
    struct ocpp_settle_outlets_taken *taken;
    struct outlet *outlet;
    int64_t since_nonce_ms;
    int64_t frozen_minor;
};

static void refuse(struct trial *trial, enum ocpp_settle_refusal_code code, const char *reason)
{
    trial->taken->code = code;
    trial->taken->reason = reason;
    outlets_tell(trial->outlets, OCPP_SETTLE_OUTLETS_REFUSED, (int)trial->said->evse, NULL, 0, reason);
}

/* It is used up, durably; the latest few are told. */
static void use_up(struct trial *trial, enum ocpp_settle_refusal_code code, const char *reason)
{
    struct outlet_used *used = &trial->outlet->used;

    (void)outlet_window_takes(used, trial->said->seq, true);
    memmove(used->refused[1], used->refused[0], sizeof(used->refused) - sizeof(used->refused[0]));
    outlets_copy(used->refused[0], OCPP_SETTLE_ID_SIZE, trial->said->jti);
    trial->outlet->used_dirty = true;
    refuse(trial, code, reason);
}

/* It may be over before the phone is answered. */
static void name_session(struct trial *trial)
{
    memcpy(trial->outlets->taken_session, trial->outlet->session.id, OCPP_SETTLE_ID_SIZE);
    trial->taken->session = trial->outlets->taken_session;
}

/* D7. A repetition of what goes on, or an end. */
static bool is_known(struct trial *trial)
{
    const struct ocpp_settle_outlets *outlets = trial->outlets;

    if (trial->outlet->state != OUTLET_FREE && strcmp(trial->outlet->session.jti, trial->said->jti) == 0) {
        name_session(trial);
        return true;
    }
    for (size_t i = 0; i < outlets->page_count; i++) {
        if (strcmp(outlets->pages[i].jti, trial->said->jti) == 0) {
            refuse(trial, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE, "it was used already");
            return true;
        }
    }
    return false;
}

static bool is_for_us(struct trial *trial)
{
    const struct ocpp_settle_outlets *outlets = trial->outlets;

    if (strcmp(trial->said->aud, outlets->settings.pile) != 0) {
        refuse(trial, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "it is for another pile");
        return false;
    }
    if (outlets->operator_id[0] != '\0' && strcmp(trial->said->iss, outlets->operator_id) != 0) {
        refuse(trial, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "it is of another operator");
        return false;
    }
    if (!ocpp_settle_id_is_valid(trial->said->jti) || !ocpp_settle_id_is_valid(trial->said->order)) {
        refuse(trial, OCPP_SETTLE_REFUSAL_CODE_INVALID, "it names nothing");
        return false;
    }
    trial->outlet = outlet_of(trial->outlets, trial->said->evse);
    if (trial->outlet == NULL) {
        refuse(trial, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT, "there is no such outlet");
    }
    return trial->outlet != NULL;
}

static bool is_new(struct trial *trial)
{
    if (!outlet_window_takes(&trial->outlet->used, trial->said->seq, false)) {
        outlets_tell(trial->outlets, OCPP_SETTLE_OUTLETS_SECURITY, (int)trial->said->evse, NULL, 0,
                     "an authorisation that was used, or is too old, came again");
        refuse(trial, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE, "it was used already");
        return false;
    }
    return true;
}

/* D8. Its nonce was made here, in this run, and not long ago; it is good no more. */
static bool is_in_time(struct trial *trial)
{
    struct outlet_nonce *nonce = outlet_find_nonce(trial->outlets, trial->outlet, trial->said->nonce);

    if (nonce == NULL) {
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "it came too late: ask for another one");
        return false;
    }
    trial->since_nonce_ms = trial->outlets->now.mono_ms - nonce->made_mono_ms;
    nonce->text[0] = '\0';
    if (trial->said->exp <= trial->said->iat || trial->since_nonce_ms > trial->said->exp - trial->said->iat) {
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "it came too late: ask for another one");
        return false;
    }
    return true;
}

static bool is_understood(struct trial *trial)
{
    const struct ocpp_settle_snapshot *snapshot = &trial->said->snapshot;
    const char *frozen = trial->said->frozen;

    if (ocpp_settle_snapshot_check(snapshot, NULL) != OCPP_OK || strcmp(snapshot->tariff.currency, trial->said->currency) != 0 ||
        ocpp_settle_amount_parse(frozen, strlen(frozen), (int)snapshot->exponent, &trial->frozen_minor) != OCPP_OK ||
        trial->frozen_minor <= 0) {
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "this pile cannot compute with it");
        return false;
    }
    return true;
}

/* D14, D17, D18. */
static bool has_place(struct trial *trial)
{
    if (trial->outlet->is_faulted) {
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the outlet is out of order");
        return false;
    }
    if (trial->outlet->state != OUTLET_FREE) {
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "somebody else was first");
        return false;
    }
    if (outlets_room(trial->outlets) <= 0) {
        outlets_tell(trial->outlets, OCPP_SETTLE_OUTLETS_FULL, (int)trial->said->evse, NULL, 0,
                     "too many bills wait to be fetched");
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "too many bills wait to be fetched");
        return false;
    }
    return true;
}

/* D15, D19. The board's clock, where it fits what the server wrote when the nonce was on its way; else what the server wrote. */
static void take_time(struct trial *trial, struct outlet_session *session)
{
    const struct ocpp_now now = trial->outlets->now;
    const int64_t slack = 120000;
    const int64_t iat = trial->said->iat;
    const bool fits =
        now.utc_ms != OCPP_UTC_UNKNOWN && now.utc_ms >= iat - slack && now.utc_ms <= iat + trial->since_nonce_ms + slack;
    const int64_t utc = fits ? now.utc_ms : iat;

    session->base_utc_ms = utc - now.mono_ms;
    session->time_status = fits ? OCPP_SETTLE_TIME_STATUS_SYNCHRONISED : OCPP_SETTLE_TIME_STATUS_RELATIVE;
    trial->outlets->knows_time = true;
    trial->outlets->learned_base_utc_ms = session->base_utc_ms;
    session->begin = outlets_moment(trial->outlets);
    session->last_mono_ms = now.mono_ms;
}

static enum ocpp_status fill(struct trial *trial, const char *vehicle)
{
    struct ocpp_settle_outlets *outlets = trial->outlets;
    struct outlet_session *session = &trial->outlet->session;
    const void *copy = NULL;
    enum ocpp_status status = ocpp_message_copy(&ocpp_settle_snapshot_type, &trial->said->snapshot, trial->outlet->arena, &copy);

    session->snapshot = copy;
    if (status == OCPP_OK) {
        status = ocpp_settle_snapshot_hash(&trial->said->snapshot, &outlets->settings.keys, outlets->work, session->hash);
    }
    if (status == OCPP_OK && vehicle != NULL) {
        session->vehicle = ocpp_arena_text(trial->outlet->arena, vehicle, strlen(vehicle));
        status = session->vehicle == NULL ? OCPP_ERR_NOMEM : OCPP_OK;
    }
    outlets_copy(session->jti, sizeof(session->jti), trial->said->jti);
    outlets_copy(session->order, sizeof(session->order), trial->said->order);
    session->seq = trial->said->seq;
    session->frozen_minor = trial->frozen_minor;
    return status;
}

static void begin(struct trial *trial, const char *vehicle)
{
    struct ocpp_settle_outlets *outlets = trial->outlets;
    struct outlet *outlet = trial->outlet;

    ocpp_arena_reset(outlets->work);
    if (outlet_new_session(outlets, outlet) != OCPP_OK || fill(trial, vehicle) != OCPP_OK) {
        outlet_drop_session(outlet);
        use_up(trial, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "the pile has no memory for it");
        return;
    }
    take_time(trial, &outlet->session);
    (void)outlet_window_takes(&outlet->used, trial->said->seq, true);
    name_session(trial);
    (void)outlet_happens(outlets, outlet, OUTLET_BEGIN);
}

void outlets_try(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_authorisation *authorisation, const char *vehicle,
                 struct ocpp_settle_outlets_taken *taken)
{
    struct trial trial = { .outlets = outlets, .said = authorisation, .taken = taken };

    if (!is_for_us(&trial) || is_known(&trial) || !is_new(&trial) || !is_in_time(&trial) || !is_understood(&trial) ||
        !has_place(&trial)) {
        return;
    }
    if (vehicle != NULL && trial.outlet->vehicle[0] != '\0' && strcmp(vehicle, trial.outlet->vehicle) != 0) {
        use_up(&trial, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "another vehicle was authorised"); /* D14 */
        return;
    }
    begin(&trial, vehicle);
}
