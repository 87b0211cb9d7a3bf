/* outlets_bill.c: pages of the chain: each names the one before it, so that nothing can be taken out or put between. */
#include "outlets_internal.h"

#include <ocpp/settlement/jwe.h>
#include <ocpp/settlement/money.h>

#include <string.h>

static void tell_amount(const struct outlet_session *session, struct ocpp_settle_bill_page *page,
                        char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE], char frozen[OCPP_SETTLE_AMOUNT_TEXT_SIZE])
{
    const struct ocpp_settle_snapshot *snapshot = session->snapshot;

    if (snapshot == NULL) {
        return;
    }
    page->snapshot = session->hash;
    page->currency = snapshot->tariff.currency;
    if (session->frozen_minor > 0 &&
        ocpp_settle_amount_format(session->frozen_minor, (int)snapshot->exponent, frozen) == OCPP_OK) {
        page->frozen = frozen;
    }
    /* who does not know when it was cannot tell what it costs (D15, D19) */
    if (session->time_status != OCPP_SETTLE_TIME_STATUS_UNKNOWN &&
        ocpp_settle_amount_format(session->cost_minor, (int)snapshot->exponent, amount) == OCPP_OK) {
        page->amount = amount;
    }
}

static struct ocpp_settle_bill_page page_of(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, int64_t number,
                                            const char *prev, const char *const *consumed)
{
    const struct outlet_session *session = &outlet->session;

    return (struct ocpp_settle_bill_page){
        .iss = outlets->settings.pile,
        .page = number,
        .prev = prev,
        .kind = OCPP_SETTLE_PAGE_KIND_SESSION,
        .session = session->id,
        .outlet = outlet_number(outlets, outlet),
        .jti = session->jti[0] != '\0' ? session->jti : NULL,
        .order = session->order[0] != '\0' ? session->order : NULL,
        .has_seq = session->seq > 0,
        .seq = session->seq,
        .user = session->user,
        .begin = session->begin,
        .end = session->end,
        .time_status = session->time_status,
        .reason = session->why,
        .meter_start_mwh = session->start_mwh,
        .meter_end_mwh = session->last_mwh,
        .signed_start = session->signed_start,
        .signed_meter = session->signed_end,
        .consumed = { consumed, session->jti[0] != '\0' ? 1 : 0 },
    };
}

/* Signed values that make it too large for a token are left out: readings and amount stand all the same. */
static enum ocpp_status sign(struct ocpp_settle_outlets *outlets, struct ocpp_settle_bill_page *page, const char **payload,
                             size_t *payload_size, const char **token, size_t *size)
{
    const struct ocpp_settle_jws_signer signer = { &outlets->settings.keys, outlets->settings.key_name, outlets->kid,
                                                   OCPP_SETTLE_TYP_BILL };
    enum ocpp_status status = OCPP_ERR_TOO_LARGE;

    for (int attempt = 0; attempt < 2 && status == OCPP_ERR_TOO_LARGE; attempt++) {
        status = ocpp_message_encode(&ocpp_settle_bill_page_type, page, outlets->store, payload, payload_size, NULL);
        if (status == OCPP_OK) {
            status = ocpp_settle_jws_make(&signer, *payload, *payload_size, outlets->store, token, size);
        }
        page->signed_start = NULL;
        page->signed_meter = NULL;
    }
    return status;
}

enum ocpp_status outlets_make_page(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, int64_t number,
                                   const char *prev, const char **token, size_t *size, struct kept_page *page)
{
    const struct outlet_session *session = &outlet->session;
    const char *consumed[1] = { session->jti };
    const struct ocpp_settle_usage usage = { .events = { session->events, session->event_count } };
    struct ocpp_settle_bill_page bill = page_of(outlets, outlet, number, prev, consumed);
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    char frozen[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    const char *payload = NULL;
    size_t payload_size = 0;

    bill.usage = session->event_count > 0 ? &usage : NULL;
    tell_amount(session, &bill, amount, frozen);
    enum ocpp_status status = sign(outlets, &bill, &payload, &payload_size, token, size);
    if (status == OCPP_OK) {
        *page = (struct kept_page){ .number = number };
        memcpy(page->jti, session->jti, sizeof(page->jti));
        status = ocpp_settle_hash_text(&outlets->settings.keys, payload, payload_size, page->hash);
    }
    return status;
}

/* --- carried by anybody -------------------------------------------------------------------------------------------- */

struct reading {
    struct ocpp_arena *arena;
    const char *token;
};

static bool copy_token(const char *key, const void *value, size_t size, void *user)
{
    struct reading *reading = user;

    (void)key;
    reading->token = ocpp_arena_text(reading->arena, value, size);
    return false;
}

enum ocpp_status ocpp_settle_outlets_page(struct ocpp_settle_outlets *outlets, int64_t from, struct ocpp_arena *arena,
                                          const char **token, int64_t *number)
{
    const struct ocpp_storage *storage = outlets->settings.storage;
    const struct kept_page *first = NULL;
    struct reading reading = { .arena = arena };
    char key[OCPP_KEY_SIZE];

    for (size_t i = 0; i < outlets->page_count; i++) {
        const struct kept_page *page = &outlets->pages[i];

        if (page->number >= from && !page->is_leaving && (first == NULL || page->number < first->number)) {
            first = page;
        }
    }
    if (first == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    outlets_key("page", first->number, 16, key);
    const enum ocpp_status status = storage->read(key, copy_token, &reading, storage->user);
    if (status == OCPP_OK && reading.token == NULL) {
        return OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        *token = reading.token;
        *number = first->number;
    }
    return status;
}

enum ocpp_status ocpp_settle_outlets_sealed_page(struct ocpp_settle_outlets *outlets, int64_t from, struct ocpp_arena *arena,
                                                 const char **token, int64_t *number)
{
    const struct ocpp_settle_trusted_key *key = ocpp_settle_trust_newest(&outlets->trust, OCPP_SETTLE_KEY_USE_ENCRYPTION);
    const char *page = NULL;
    size_t size;

    if (key == NULL) {
        return OCPP_ERR_STATE;
    }
    const struct ocpp_settle_jwe_sealer sealer = { &outlets->settings.keys, key->point, key->kid, OCPP_SETTLE_TYP_BILL };
    const enum ocpp_status status = ocpp_settle_outlets_page(outlets, from, arena, &page, number);
    return status == OCPP_OK ? ocpp_settle_jwe_seal(&sealer, page, strlen(page), arena, token, &size) : status;
}
