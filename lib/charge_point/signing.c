/* signing.c: certificates of the station's own: asked for by the central system, the operator or the calendar, sent until
 * somebody takes the request, waited for, judged. OCPP 2.0.1 A02, A03; 1.6 security whitepaper A02, A03.
 *
 *   RESTS    an order, or the end of the validity is near          WANTED   stored
 *   WANTED   a link that has words for it                          READY    a new key, the request for it, stored
 *   READY    its turn                                              ASKED
 *   ASKED    taken                                                 AWAITED  stored
 *            refused                                               RESTS    the key is forgotten
 *            the link goes                                         READY
 *            no answer                                             AWAITED  it may have been taken
 *   AWAITED  the wait is over                                      READY    the same request, and twice the wait (A02.FR.18)
 *            … for the last time                                   RESTS    until an order (A02.FR.19)
 *   any      a certificate that is right                           RESTS    it counts from now on
 *   AWAITED  one that is wrong                                     RESTS    until an order (A02.FR.20)
 *
 * A request that was sent again is the same one, so whichever of them is answered, the key fits. */
#include "certificates.h"

#include <string.h>

#include "arena.h"
#include "charge_point_internal.h"

enum {
    MONTH_S = 30 * 86400,
    REFUSED_RETRY_MS = 86400000, /* a renewal that was refused */
    TROUBLE_RETRY_MS = 60000     /* a key could not be made, or its state not stored */
};

/* --- what is stored --------------------------------------------------------------------------------------------------------- */

struct signing_records {
    struct signing items[OCPP_KEY_USE_COUNT];
    size_t count;
};

static const struct ocpp_field signing_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct signing, step),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct signing, repeats),
    OCPP_FIELD_ROW(3, OCPP_FIELD_BOOLEAN, struct signing, is_combined),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct signing, given_up_for_utc_ms),
};
static const struct ocpp_layout signing_layout = { 0, sizeof(struct signing), signing_rows, 4 };
static const struct ocpp_field records_rows[] = {
    OCPP_FIELD_ROW_LIST(1, struct signing_records, items, count, &signing_layout),
};
static const struct ocpp_layout records_layout = { 50, sizeof(struct signing_records), records_rows, 1 };

static struct certificates *state(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_CERTIFICATES);
}

enum ocpp_status ocpp_cp_signing_keep(struct ocpp_charge_point *cp)
{
    struct signing_records records = { .count = OCPP_KEY_USE_COUNT };
    memcpy(records.items, state(cp)->signings, sizeof(records.items));
    for (size_t i = 0; i < records.count; i++) {
        records.items[i].step = records.items[i].step == SIGNING_ASKED ? SIGNING_READY : records.items[i].step;
    }
    const enum ocpp_status status = ocpp_cp_put(cp, "signing", &records_layout, &records);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "how far the request for a certificate has come cannot be stored: %s",
                    ocpp_status_sentence(status));
    }
    return status;
}

/* When the certificates in use expire. */
void ocpp_cp_signing_refresh(struct ocpp_charge_point *cp)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    bool is_combined = false; /* the station's, and so that for vehicles is the same one */
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        struct ocpp_certificate_info info;
        size_t size;
        const bool is_there = !is_combined && crypto->read_own_chain((enum ocpp_key_use)use, OCPP_NEWEST, NULL, 0, &size, &info,
                                                                     crypto->user) == OCPP_OK;
        state(cp)->signings[use].not_after_utc_ms = is_there ? info.not_after_utc_ms : OCPP_UTC_UNKNOWN;
        is_combined = is_there && info.is_combined;
    }
}

/* Whether the request that was sent is still open: the power may have gone between a certificate and the note that it came. */
static bool is_pending(struct ocpp_charge_point *cp, enum ocpp_key_use use)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    bool is_combined;
    size_t size;
    ocpp_arena_reset(cp->arena);
    char *csr = ocpp_arena_take(cp->arena, OCPP_PEM_SIZE);
    return csr == NULL || crypto->read_request(use, csr, OCPP_PEM_SIZE, &size, &is_combined, crypto->user) != OCPP_ERR_NOT_FOUND;
}

static void take_record(struct ocpp_charge_point *cp, enum ocpp_key_use use, const struct signing *kept)
{
    struct signing *signing = &state(cp)->signings[use];
    *signing = *kept;
    const bool is_sound = kept->step >= SIGNING_RESTS && kept->step <= SIGNING_AWAITED && kept->repeats >= 0;
    const bool was_sent = kept->step == SIGNING_READY || kept->step == SIGNING_AWAITED;
    if (!is_sound || (was_sent && !is_pending(cp, use))) {
        signing->step = SIGNING_RESTS;
        signing->repeats = 0;
    }
}

enum ocpp_status ocpp_cp_signing_load(struct ocpp_charge_point *cp)
{
    struct signing_records records;
    const enum ocpp_status status = ocpp_cp_read_record(cp, "signing", &records_layout, &records);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    for (size_t i = 0; i < OCPP_KEY_USE_COUNT; i++) {
        struct signing *signing = &state(cp)->signings[i];
        if (i < records.count) {
            take_record(cp, (enum ocpp_key_use)i, &records.items[i]);
        }
        signing->since_mono_ms = cp->now.mono_ms; /* how long the power was gone nobody can say: the wait begins anew */
        signing->ordered_link = -1;
    }
    ocpp_cp_signing_refresh(cp);
    return OCPP_OK;
}

/* --- whose certificate it is ------------------------------------------------------------------------------------------------ */

static bool serves(const struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined)
{
    return (use == OCPP_KEY_STATION && !is_combined) || state(cp)->v2g != NULL;
}

static bool fill_station(const struct ocpp_charge_point *cp, struct ocpp_certificate_request *request)
{
    const char *name = cp->settings.certificates->common_name;
    name = name == NULL ? cp->settings.serial_number : name;
    request->common_name = name == NULL ? cp->settings.identity : name;
    request->organization = ocpp_cp_variable_string(cp, VARIABLE_ORGANIZATION);
    return request->organization[0] != '\0';
}

/* What is to stand in the request; false: it is not set yet. One for both goes by the name the central system knows. */
static bool fill(const struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined,
                 struct ocpp_certificate_request *request)
{
    *request = (struct ocpp_certificate_request){
        .use = use,
        .is_combined = is_combined,
        .kind = cp->settings.certificates->key_kind,
    };
    if ((use == OCPP_KEY_V2G || is_combined) && !state(cp)->v2g->subject(cp, request)) {
        return false;
    }
    return use == OCPP_KEY_V2G || fill_station(cp, request);
}

/* --- orders and renewals ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status want(struct ocpp_charge_point *cp, struct signing *signing, bool is_combined)
{
    const struct signing before = *signing;
    signing->step = SIGNING_WANTED;
    signing->repeats = 0;
    signing->is_combined = is_combined;
    signing->given_up_for_utc_ms = 0;
    signing->not_before_mono_ms = 0;
    const enum ocpp_status status = ocpp_cp_signing_keep(cp);
    if (status != OCPP_OK) {
        *signing = before;
    }
    return status;
}

enum verdict ocpp_cp_sign(struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined)
{
    struct signing *signing = &state(cp)->signings[use];
    struct ocpp_certificate_request request;
    if (!serves(cp, use, is_combined)) {
        return VERDICT_NOT_SUPPORTED;
    }
    if (!fill(cp, use, is_combined, &request)) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "no certificate is asked for: what is to stand in it is not set");
        return VERDICT_REJECTED;
    }
    if (want(cp, signing, is_combined) != OCPP_OK) {
        return VERDICT_REJECTED;
    }
    signing->ordered_link = cp->link;
    cp->dirty = true;
    return VERDICT_ACCEPTED;
}

static int64_t lead_ms(const struct ocpp_charge_point *cp)
{
    const int64_t own_s = cp->settings.certificates->renew_before_s;
    return (own_s == 0 ? MONTH_S : own_s) * 1000;
}

/* When the next certificate is asked for by the calendar (A03.FR.02). */
static int64_t renewal_mono_ms(const struct ocpp_charge_point *cp, enum ocpp_key_use use)
{
    const struct signing *signing = &state(cp)->signings[use];
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const bool is_planned = signing->step == SIGNING_RESTS && signing->not_after_utc_ms != OCPP_UTC_UNKNOWN &&
                            signing->given_up_for_utc_ms != signing->not_after_utc_ms && lead_ms(cp) > 0 &&
                            utc_ms != OCPP_UTC_UNKNOWN && serves(cp, use, false);
    if (!is_planned) {
        return OCPP_NEVER;
    }
    const int64_t due_ms = cp->now.mono_ms + (signing->not_after_utc_ms - lead_ms(cp) - utc_ms);
    return due_ms > signing->not_before_mono_ms ? due_ms : signing->not_before_mono_ms;
}

static void renew(struct ocpp_charge_point *cp, enum ocpp_key_use use)
{
    struct signing *signing = &state(cp)->signings[use];
    struct ocpp_certificate_request request;
    if (cp->now.mono_ms < renewal_mono_ms(cp, use)) {
        return;
    }
    if (!fill(cp, use, false, &request)) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "a certificate will expire, and what is to stand in the next is not set");
        signing->not_before_mono_ms = cp->now.mono_ms + REFUSED_RETRY_MS;
        return;
    }
    if (want(cp, signing, use == OCPP_KEY_STATION && signing->is_combined && serves(cp, use, true)) != OCPP_OK) {
        signing->not_before_mono_ms = cp->now.mono_ms + TROUBLE_RETRY_MS;
    }
}

/* --- sending ---------------------------------------------------------------------------------------------------------------- */

/* Puts a step off that failed for want of something that may come back. */
static void put_off(struct ocpp_charge_point *cp, struct signing *signing)
{
    signing->not_before_mono_ms = cp->now.mono_ms + TROUBLE_RETRY_MS;
}

/* Nothing more is done for it until an order comes. */
void ocpp_cp_signing_give_up(struct ocpp_charge_point *cp, struct signing *signing)
{
    signing->step = SIGNING_RESTS;
    signing->repeats = 0;
    signing->given_up_for_utc_ms = signing->not_after_utc_ms;
    (void)ocpp_cp_signing_keep(cp); /* said in the log */
}

static bool make(struct ocpp_charge_point *cp, enum ocpp_key_use use, char *csr)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    struct signing *signing = &state(cp)->signings[use];
    struct ocpp_certificate_request request;
    size_t size;
    enum ocpp_status status = OCPP_ERR_STATE;
    if (serves(cp, use, signing->is_combined) && fill(cp, use, signing->is_combined, &request)) {
        status = crypto->make_request(&request, csr, OCPP_PEM_SIZE, &size, crypto->user);
    }
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "no key can be made for a new certificate: %s", ocpp_status_sentence(status));
        const enum ocpp_status_class class_of = ocpp_status_class_of(status);
        if (class_of == OCPP_CLASS_RESOURCE || class_of == OCPP_CLASS_IO) {
            put_off(cp, signing);
        } else {
            ocpp_cp_signing_give_up(cp, signing);
        }
        return false;
    }
    signing->step = SIGNING_READY;
    if (ocpp_cp_signing_keep(cp) != OCPP_OK) { /* a frame that left would be of a key that a power cut forgets */
        signing->step = SIGNING_WANTED;
        put_off(cp, signing);
        return false;
    }
    return true;
}

/* The request as it was sent before; where its key is lost, there will be another. */
static bool read_again(struct ocpp_charge_point *cp, enum ocpp_key_use use, char *csr)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    struct signing *signing = &state(cp)->signings[use];
    bool is_combined;
    size_t size;
    const enum ocpp_status status = crypto->read_request(use, csr, OCPP_PEM_SIZE, &size, &is_combined, crypto->user);
    if (status == OCPP_OK) {
        return true;
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        return make(cp, use, csr);
    }
    put_off(cp, signing);
    return false;
}

static bool send_one(struct ocpp_charge_point *cp, enum ocpp_key_use use, const struct certificate_words *words)
{
    struct signing *signing = &state(cp)->signings[use];
    ocpp_arena_reset(cp->arena);
    char *csr = ocpp_arena_take(cp->arena, OCPP_PEM_SIZE);
    if (csr == NULL) {
        put_off(cp, signing);
        return false;
    }
    const bool is_there = signing->step == SIGNING_WANTED ? make(cp, use, csr) : read_again(cp, use, csr);
    if (!is_there) {
        return false;
    }
    const enum ocpp_status status = words->send_request(cp, use, signing->is_combined, csr);
    if (status != OCPP_OK) {
        if (ocpp_status_class_of(status) != OCPP_CLASS_RESOURCE) { /* no message can hold it */
            ocpp_cp_signing_give_up(cp, signing);
        }
        return false;
    }
    signing->step = SIGNING_ASKED;
    state(cp)->flight = use;
    return true;
}

/* While the central system lets us wait, what it asked for leaves (B02.FR.02): so a station can be given a certificate before it
 * is accepted (A00.FR.806). */
static bool may_leave(const struct ocpp_charge_point *cp, const struct certificate_words *words, int use)
{
    const struct signing *signing = &state(cp)->signings[use];
    const bool is_early = cp->registration == OCPP_REGISTRATION_PENDING && signing->ordered_link == cp->link;
    const bool is_open = signing->step == SIGNING_WANTED || signing->step == SIGNING_READY;
    return is_open && words != NULL && (words->signs >> use & 1) != 0 && (ocpp_cp_may_send(cp) || is_early);
}

bool ocpp_cp_signing_send(struct ocpp_charge_point *cp, bool is_early)
{
    (void)is_early; /* an order has to be of this link then */
    const struct certificate_words *words = ocpp_cp_words(cp, BLOCK_CERTIFICATES);
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        const bool is_due = cp->now.mono_ms >= state(cp)->signings[use].not_before_mono_ms;
        if (is_due && may_leave(cp, words, use) && send_one(cp, (enum ocpp_key_use)use, words)) {
            return true;
        }
    }
    return false;
}

int64_t ocpp_cp_signing_send_deadline(const struct ocpp_charge_point *cp)
{
    const struct certificate_words *words = ocpp_cp_words(cp, BLOCK_CERTIFICATES);
    int64_t earliest = OCPP_NEVER;
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        const int64_t due = state(cp)->signings[use].not_before_mono_ms;
        earliest = may_leave(cp, words, use) && due < earliest ? due : earliest;
    }
    return earliest;
}

/* --- its answer ------------------------------------------------------------------------------------------------------------- */

static void await(struct ocpp_charge_point *cp, struct signing *signing)
{
    signing->step = SIGNING_AWAITED;
    signing->since_mono_ms = cp->now.mono_ms;
    (void)ocpp_cp_signing_keep(cp); /* said in the log; after a restart it is sent again, which does no harm */
}

void ocpp_cp_signing_answered(struct ocpp_charge_point *cp, bool is_accepted)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const enum ocpp_key_use use = state(cp)->flight;
    struct signing *signing = &state(cp)->signings[use];
    ocpp_cp_flight_over(cp);
    if (signing->step != SIGNING_ASKED) { /* the certificate was faster, or another one is wanted */
        return;
    }
    if (is_accepted) {
        await(cp, signing);
        return;
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "the central system does not sign a certificate");
    signing->step = SIGNING_RESTS;
    signing->repeats = 0;
    signing->not_before_mono_ms = cp->now.mono_ms + REFUSED_RETRY_MS; /* of a renewal: it must not be missed for one refusal */
    (void)ocpp_cp_signing_keep(cp);
    if (crypto->drop_request(use, crypto->user) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "a key that is of no use stays until the next one is made");
    }
    if (use == OCPP_KEY_V2G && state(cp)->v2g->refused != NULL) {
        state(cp)->v2g->refused(cp);
    }
}

void ocpp_cp_signing_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct signing *signing = &state(cp)->signings[state(cp)->flight];
    if (signing->step != SIGNING_ASKED) {
        return;
    }
    if (status == OCPP_ERR_CLOSED) {
        signing->step = SIGNING_READY;
        return;
    }
    await(cp, signing);
}

void ocpp_cp_signing_link_down(struct ocpp_charge_point *cp)
{
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        struct signing *signing = &state(cp)->signings[use];
        signing->step = signing->step == SIGNING_ASKED ? SIGNING_READY : signing->step;
    }
}

/* --- waiting ---------------------------------------------------------------------------------------------------------------- */

/* Until then the certificate is waited for: CertSigningWaitMinimum, twice as long after each repetition (A02.FR.17, FR.18). */
static int64_t wait_end(const struct ocpp_charge_point *cp, const struct signing *signing)
{
    const int64_t wait_s = cp->values[VARIABLE_CERTIFICATE_WAIT_S];
    const int32_t doublings = signing->repeats < 31 ? signing->repeats : 31;
    return signing->since_mono_ms + ((wait_s < 1 ? 1000 : wait_s * 1000) << doublings);
}

/* CertSigningRepeatTimes counts the doublings: one repetition comes before the first. */
static void expire(struct ocpp_charge_point *cp, struct signing *signing)
{
    if (signing->step != SIGNING_AWAITED || cp->now.mono_ms < wait_end(cp, signing)) {
        return;
    }
    if (signing->repeats > cp->values[VARIABLE_CERTIFICATE_REPEATS]) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "a certificate that the central system was asked for did not come");
        ocpp_cp_signing_give_up(cp, signing);
        return;
    }
    signing->repeats++;
    signing->step = SIGNING_READY;
    signing->ordered_link = cp->link;
    cp->dirty = true;
    (void)ocpp_cp_signing_keep(cp);
}

/* The firmware hears of a new certificate when the answer to the central system has left: it may close the link at once. */
static void tell_renewed(struct ocpp_charge_point *cp)
{
    struct certificates *all = state(cp);
    const struct ocpp_certificates_settings *settings = cp->settings.certificates;
    if (all->renewed == 0 || (cp->dialect != NULL && ocpp_rpc_has_output(cp->rpc))) {
        return;
    }
    const unsigned renewed = all->renewed;
    all->renewed = 0;
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        if ((renewed >> use & 1) != 0 && settings->renewed != NULL) {
            settings->renewed((enum ocpp_key_use)use, settings->user);
        }
    }
}

void ocpp_cp_signing_work(struct ocpp_charge_point *cp)
{
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        expire(cp, &state(cp)->signings[use]);
        renew(cp, (enum ocpp_key_use)use);
    }
    tell_renewed(cp);
}

int64_t ocpp_cp_signing_deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        const struct signing *signing = &state(cp)->signings[use];
        const int64_t due =
            signing->step == SIGNING_AWAITED ? wait_end(cp, signing) : renewal_mono_ms(cp, (enum ocpp_key_use)use);
        earliest = due < earliest ? due : earliest;
    }
    return earliest;
}

/* --- for the firmware ------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_charge_point_sign_certificate(struct ocpp_charge_point *cp, enum ocpp_key_use use, struct ocpp_now now)
{
    struct ocpp_certificate_request request;
    if ((unsigned)use >= OCPP_KEY_USE_COUNT) {
        return OCPP_ERR_ARGUMENT;
    }
    if (state(cp) == NULL || !serves(cp, use, false) || !fill(cp, use, false, &request)) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = want(cp, &state(cp)->signings[use], false);
    ocpp_cp_leave(cp);
    return status;
}

enum ocpp_status ocpp_charge_point_signing(const struct ocpp_charge_point *cp, enum ocpp_key_use use,
                                           struct ocpp_signing *signing)
{
    static const enum ocpp_signing_step steps[] = {
        [SIGNING_RESTS] = OCPP_SIGNING_RESTS, [SIGNING_WANTED] = OCPP_SIGNING_WANTED,   [SIGNING_READY] = OCPP_SIGNING_WANTED,
        [SIGNING_ASKED] = OCPP_SIGNING_ASKED, [SIGNING_AWAITED] = OCPP_SIGNING_AWAITED,
    };
    if ((unsigned)use >= OCPP_KEY_USE_COUNT) {
        return OCPP_ERR_ARGUMENT;
    }
    if (state(cp) == NULL) {
        return OCPP_ERR_STATE;
    }
    const struct signing *own = &state(cp)->signings[use];
    *signing = (struct ocpp_signing){
        .step = steps[own->step],
        .repeats = (int)own->repeats,
        .not_after_utc_ms = own->not_after_utc_ms,
        .renewal_mono_ms = renewal_mono_ms(cp, use),
    };
    return OCPP_OK;
}
