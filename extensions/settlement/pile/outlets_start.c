/* outlets_start.c: what a start finds in the store. What must not be lost and cannot be read stops the pile: authorisations might
 * be used twice, pages might fork. A session that was open ends at its last durable reading. */
#include "outlets_internal.h"

#include <string.h>

static bool read_window(const char *text, uint64_t *window)
{
    *window = 0;
    for (int i = 0; i < 16; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        if (at == NULL) {
            return false;
        }
        *window = *window << 4 | (uint64_t)(at - digits);
    }
    return text[16] == '\0';
}

static enum ocpp_status load_used(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("used", outlet_number(outlets, outlet), 2, key);
    const enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_outlet_used_type, outlets->scratch, &read);
    if (status != OCPP_OK) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    }
    const struct ocpp_settle_outlet_used *used = read;
    outlet->used.high = used->high;
    for (size_t i = 0; i < used->refused.count && i < OUTLET_REFUSED; i++) {
        outlets_copy(outlet->used.refused[i], OCPP_SETTLE_ID_SIZE, used->refused.items[i]);
    }
    return read_window(used->window, &outlet->used.window) ? OCPP_OK : OCPP_ERR_CORRUPT;
}

/* --- sessions ---------------------------------------------------------------------------------------------------- */

static void take_session(struct ocpp_settle_outlets *outlets, struct outlet_session *session,
                         const struct ocpp_settle_outlet_session *kept)
{
    outlets_copy(session->id, sizeof(session->id), kept->session);
    outlets_copy(session->jti, sizeof(session->jti), kept->jti);
    outlets_copy(session->order, sizeof(session->order), kept->order);
    outlets_copy(session->hash, sizeof(session->hash), kept->hash);
    session->seq = kept->has_seq ? kept->seq : 0;
    session->user = kept->user;
    session->vehicle = kept->vehicle;
    session->frozen_minor = kept->frozen_minor;
    session->snapshot = kept->snapshot;
    session->base_utc_ms = kept->base_utc;
    session->time_status = kept->time_status;
    session->begin = kept->begin;
    session->has_energy = kept->has_energy;
    session->start_mwh = kept->start_mwh;
    session->last_mwh = kept->last_mwh;
    session->last_mono_ms = kept->last_mono_ms;
    session->is_idle = kept->is_idle;
    session->cost_minor = kept->cost_minor;
    session->signed_start = kept->signed_start;
    for (size_t i = 0; i < kept->events.count && i + 1 < (size_t)outlets->settings.max_events; i++) { /* the end needs one, too */
        session->events[session->event_count++] = kept->events.items[i];
    }
}

/* B15. Nothing flowed since the cut, and what flowed between the last reading and the cut nobody can prove. */
static void end_session(struct outlet *outlet)
{
    struct outlet_session *session = &outlet->session;

    session->why = session->has_energy ? OCPP_SETTLE_SESSION_END_LOST : OCPP_SETTLE_SESSION_END_NOT_STARTED;
    session->end_mono_ms = session->last_mono_ms;
    session->end = session->begin;
    session->end.mono_ms = session->last_mono_ms;
    session->end.has_utc = session->time_status != OCPP_SETTLE_TIME_STATUS_UNKNOWN;
    session->end.utc = session->end.has_utc ? session->base_utc_ms + session->last_mono_ms : 0;
    session->end.status = session->time_status;
    outlet->state = OUTLET_AWAIT_BILL;
}

static enum ocpp_status load_session(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("session", outlet_number(outlets, outlet), 2, key);
    enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_outlet_session_type, outlets->scratch, &read);
    if (status != OCPP_OK) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    }
    status = outlet_new_session(outlets, outlet);
    if (status == OCPP_OK) {
        status = ocpp_message_copy(&ocpp_settle_outlet_session_type, read, outlet->arena, &read);
    }
    if (status == OCPP_OK) {
        take_session(outlets, &outlet->session, read);
        end_session(outlet);
        outlet_add_event(outlets, &outlet->session, OCPP_SETTLE_USAGE_KIND_STOP, outlet->session.end_mono_ms);
        (void)outlet_cost(outlets, &outlet->session, &outlet->session.cost_minor);
    }
    return status;
}

/* --- pages ------------------------------------------------------------------------------------------------------- */

struct finding {
    struct ocpp_settle_outlets *outlets;
    enum ocpp_status status;
};

static bool find_own(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct ocpp_settle_outlets *outlets = user;

    (void)typ;
    memcpy(point, outlets->point, OCPP_SETTLE_POINT_SIZE);
    return strcmp(kid, outlets->kid) == 0;
}

static enum ocpp_status take_page(struct ocpp_settle_outlets *outlets, const char *token, size_t size)
{
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = &outlets->settings.keys, .typ = OCPP_SETTLE_TYP_BILL, .find = find_own, .user = outlets
    };
    struct kept_page *page = &outlets->pages[outlets->page_count];
    struct ocpp_settle_jws jws;
    const void *read;

    ocpp_arena_reset(outlets->work);
    enum ocpp_status status = ocpp_settle_jws_verify(&verifier, token, size, outlets->work, &jws);
    if (status == OCPP_OK) {
        const struct ocpp_json_limits limits = { .max_bytes = jws.size + 1 };

        status =
            ocpp_message_decode(&ocpp_settle_bill_page_type, jws.payload, jws.size, &limits, NULL, outlets->work, &read, NULL);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_hash_text(&outlets->settings.keys, jws.payload, jws.size, page->hash);
    }
    if (status == OCPP_OK) {
        const struct ocpp_settle_bill_page *bill = read;

        page->number = bill->page;
        outlets_copy(page->jti, sizeof(page->jti), bill->jti);
        outlets->page_count++;
    }
    return status;
}

/* One that cannot be read is left where it is and told as a gap by the chain: the others are worth no less. */
static bool see_page(const char *key, const void *value, size_t size, void *user)
{
    struct finding *finding = user;
    struct ocpp_settle_outlets *outlets = finding->outlets;

    if (outlets->page_count == (size_t)outlets->settings.max_pages) {
        finding->status = OCPP_ERR_LIMIT;
        return false;
    }
    const enum ocpp_status status = take_page(outlets, value, size);
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
        finding->status = status;
    } else if (status != OCPP_OK) {
        outlets_log(outlets, OCPP_LOG_ERROR, key, "is no page of this pile");
    }
    return finding->status == OCPP_OK;
}

/* --- all of it ----------------------------------------------------------------------------------------------------- */

static enum ocpp_status load_chain(struct ocpp_settle_outlets *outlets)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("chain", 0, 0, key);
    const enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_outlet_chain_type, outlets->scratch, &read);
    memset(outlets->page_hash, '0', sizeof(outlets->page_hash) - 1);
    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_outlet_chain *chain = read;
    outlets->boots = chain->boots;
    outlets->page = chain->page;
    outlets_copy(outlets->page_hash, sizeof(outlets->page_hash), chain->hash);
    outlets_copy(outlets->operator_id, sizeof(outlets->operator_id), chain->operator_);
    if (chain->certificate != NULL) {
        const size_t size = strlen(chain->certificate) + 1;

        outlets->certificate = outlets_allocate(outlets, NULL, size);
        if (outlets->certificate == NULL) {
            return OCPP_ERR_NOMEM;
        }
        memcpy(outlets->certificate, chain->certificate, size);
    }
    return OCPP_OK;
}

static enum ocpp_status load_trust(struct ocpp_settle_outlets *outlets)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("trust", 0, 0, key);
    const enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_trust_record_type, outlets->scratch, &read);
    if (status == OCPP_ERR_NOT_FOUND) {
        return OCPP_OK;
    }
    if (status != OCPP_OK) {
        return status;
    }
    return ocpp_settle_trust_read(&outlets->trust, read) == OCPP_OK ? OCPP_OK : OCPP_ERR_CORRUPT;
}

static bool see_any(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)user = true;
    return false;
}

/* Without a chain there may be nothing else: a store that lost it would begin with page 1 once more. */
static enum ocpp_status check_new(struct ocpp_settle_outlets *outlets)
{
    const struct ocpp_storage *storage = outlets->settings.storage;
    bool has_any = false;
    const enum ocpp_status status = storage->each(OUTLETS_PREFIX, NULL, see_any, &has_any, storage->user);

    return status == OCPP_OK && has_any ? OCPP_ERR_CORRUPT : status;
}

enum ocpp_status outlets_load(struct ocpp_settle_outlets *outlets)
{
    const struct ocpp_storage *storage = outlets->settings.storage;
    struct finding finding = { .outlets = outlets };
    enum ocpp_status status = load_chain(outlets);

    status = status == OCPP_ERR_NOT_FOUND ? check_new(outlets) : status;
    outlets->boots++;
    outlets->chain_dirty = true;
    if (status == OCPP_OK) {
        status = load_trust(outlets);
    }
    if (status == OCPP_OK) {
        status = outlets_load_vouch(outlets);
    }
    if (status == OCPP_OK) {
        status = outlets_load_house(outlets);
    }
    for (int i = 0; status == OCPP_OK && i < outlets->settings.outlet_count; i++) {
        status = load_used(outlets, &outlets->outlets[i]);
    }
    if (status == OCPP_OK) {
        status = storage->each(OUTLETS_PREFIX "page/", NULL, see_page, &finding, storage->user);
    }
    status = status == OCPP_OK ? finding.status : status;
    for (int i = 0; status == OCPP_OK && i < outlets->settings.outlet_count; i++) {
        status = load_session(outlets, &outlets->outlets[i]);
    }
    return status;
}
