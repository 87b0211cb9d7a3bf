/* certificates.c: the block of certificates, and of it the roots: installed, listed and deleted by the central system. OCPP 2.0.1
 * M03 to M05; 1.6 security whitepaper M03 to M05. */
#include "certificates.h"

#include <string.h>

#include "arena.h"
#include "charge_point_internal.h"
#include "text.h"

static struct certificates *state(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_CERTIFICATES);
}

static const char security_changed[] = "ReconfigurationOfSecurityParameters";

/* --- how many there are --------------------------------------------------------------------------------------------------- */

static bool count_root(const struct ocpp_installed *installed, void *user)
{
    int64_t *count = user;
    *count += installed->kind == OCPP_INSTALLED_ROOT;
    return true;
}

void ocpp_cp_certificates_count(struct ocpp_charge_point *cp)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    int64_t count = 0;
    const enum ocpp_status status = crypto->each_installed(cp->settings.certificates->hash, count_root, &count, crypto->user);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the installed certificates cannot be counted: %s", ocpp_status_sentence(status));
        return;
    }
    if (cp->values[VARIABLE_CERTIFICATES] != count) {
        cp->values[VARIABLE_CERTIFICATES] = count;
        ocpp_cp_blocks_variable_changed(cp, VARIABLE_CERTIFICATES);
    }
}

/* --- installing ----------------------------------------------------------------------------------------------------------- */

enum verdict ocpp_cp_install_root(struct ocpp_charge_point *cp, enum ocpp_root_use use, const char *pem,
                                  enum ocpp_certificate_fault *fault)
{
    static const char *const words[OCPP_ROOT_USE_COUNT] = {
        [OCPP_ROOT_CSMS] = "a root of the central system was installed",
        [OCPP_ROOT_MANUFACTURER] = "a root of the manufacturer was installed",
        [OCPP_ROOT_V2G] = "a V2G root was installed",
        [OCPP_ROOT_MO] = "a root of a mobility operator was installed",
    };
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const bool replaces = use == OCPP_ROOT_CSMS && cp->values[VARIABLE_ROOT_CHECK] != 0;
    *fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status =
        crypto->install_root(use, replaces, pem, strlen(pem), ocpp_cp_utc(cp, cp->now), fault, crypto->user);
    if (status == OCPP_OK) {
        ocpp_cp_certificates_count(cp);
        ocpp_cp_security_event(cp, security_changed, words[use]);
        return VERDICT_ACCEPTED;
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "a root is not installed: %s", ocpp_status_sentence(status));
    if (status == OCPP_ERR_VALUE || status == OCPP_ERR_LIMIT) {
        *fault = status == OCPP_ERR_LIMIT ? OCPP_CERTIFICATE_GOOD : *fault;
        return VERDICT_REJECTED;
    }
    return VERDICT_FAILED;
}

/* --- deleting --------------------------------------------------------------------------------------------------------------- */

/* A text of the wire into |room| bytes; false: no certificate can have it. */
static bool take(char *to, size_t room, const char *text)
{
    const size_t size = strlen(text);
    if (size >= room) {
        return false;
    }
    memcpy(to, text, size + 1);
    return true;
}

/* Some write a serial number as long as its bytes are. */
static const char *without_zeros(const char *digits)
{
    while (digits[0] == '0' && digits[1] != '\0') {
        digits++;
    }
    return digits;
}

struct root_search {
    const struct ocpp_certificate_hash *hash;
    size_t roots; /* of the central system */
    bool is_one;  /* |hash| names one of them */
};

static bool is_same(const struct ocpp_certificate_hash *a, const struct ocpp_certificate_hash *b)
{
    return ocpp_text_equal_fold(a->serial_number, b->serial_number) &&
           ocpp_text_equal_fold(a->issuer_name_hash, b->issuer_name_hash) &&
           ocpp_text_equal_fold(a->issuer_key_hash, b->issuer_key_hash);
}

static bool look_for_root(const struct ocpp_installed *installed, void *user)
{
    struct root_search *search = user;
    if (installed->kind == OCPP_INSTALLED_ROOT && installed->root == OCPP_ROOT_CSMS) {
        search->roots++;
        search->is_one = search->is_one || is_same(installed->certificate, search->hash);
    }
    return true;
}

/* Whether the open link stands on that root: the only one of the central system does where the server shows a certificate. */
static bool is_in_use(const struct ocpp_charge_point *cp, const struct ocpp_certificate_hash *hash)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    struct root_search search = { .hash = hash };
    return cp->values[VARIABLE_SECURITY_PROFILE] >= 2 &&
           crypto->each_installed(hash->algorithm, look_for_root, &search, crypto->user) == OCPP_OK && search.is_one &&
           search.roots == 1;
}

enum verdict ocpp_cp_delete_certificate(struct ocpp_charge_point *cp, const struct named_certificate *named, bool spares_used)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    struct ocpp_certificate_hash hash = { .algorithm = named->algorithm };
    if (!take(hash.issuer_name_hash, sizeof(hash.issuer_name_hash), named->issuer_name_hash) ||
        !take(hash.issuer_key_hash, sizeof(hash.issuer_key_hash), named->issuer_key_hash) ||
        !take(hash.serial_number, sizeof(hash.serial_number), without_zeros(named->serial_number))) {
        return VERDICT_UNKNOWN;
    }
    if (spares_used && is_in_use(cp, &hash)) {
        return VERDICT_FAILED;
    }
    const enum ocpp_status status = crypto->delete_certificate(&hash, crypto->user);
    if (status == OCPP_OK) {
        ocpp_cp_certificates_count(cp);
        ocpp_cp_signing_refresh(cp);
        ocpp_cp_security_event(cp, security_changed, "a certificate was deleted");
        return VERDICT_ACCEPTED;
    }
    return status == OCPP_ERR_NOT_FOUND ? VERDICT_UNKNOWN : VERDICT_FAILED;
}

/* --- listing ---------------------------------------------------------------------------------------------------------------- */

struct listing {
    unsigned wanted;
    struct installed *list;
    size_t room;
    size_t count;
};

/* A chain of the station's own is listed where it is shown to vehicles; crypto says so. */
static bool is_wanted(const struct listing *listing, const struct ocpp_installed *installed, int *kind)
{
    *kind = installed->kind == OCPP_INSTALLED_V2G_CHAIN ? INSTALLED_V2G_CHAIN : (int)installed->root;
    return installed->kind != OCPP_INSTALLED_STATION_CHAIN && (listing->wanted >> *kind & 1) != 0;
}

static bool list_one(const struct ocpp_installed *installed, void *user)
{
    struct listing *listing = user;
    int kind;
    if (!is_wanted(listing, installed, &kind)) {
        return true;
    }
    if (listing->count < listing->room) {
        struct installed *one = &listing->list[listing->count];
        *one = (struct installed){ .kind = kind, .hash = *installed->certificate };
        for (; one->child_count < installed->child_count && one->child_count < OCPP_CHAIN_LENGTH; one->child_count++) {
            one->children[one->child_count] = installed->children[one->child_count];
        }
    }
    listing->count++;
    return true;
}

enum ocpp_status ocpp_cp_installed(struct ocpp_charge_point *cp, unsigned wanted, const struct installed **list, size_t *count)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const enum ocpp_hash hash = cp->settings.certificates->hash;
    struct listing listing = { .wanted = wanted };
    enum ocpp_status status = crypto->each_installed(hash, list_one, &listing, crypto->user);
    if (status != OCPP_OK) {
        return status;
    }
    listing.room = listing.count;
    listing.count = 0;
    listing.list = ocpp_arena_take(cp->arena, (listing.room + 1) * sizeof(*listing.list));
    if (listing.list == NULL) {
        return OCPP_ERR_NOMEM;
    }
    status = crypto->each_installed(hash, list_one, &listing, crypto->user);
    *list = listing.list;
    *count = listing.count < listing.room ? listing.count : listing.room;
    return status;
}

/* --- what others ask of it -------------------------------------------------------------------------------------------------- */

void ocpp_cp_certificates_connected_with(struct ocpp_charge_point *cp, enum ocpp_which own)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    if (state(cp) == NULL) {
        return;
    }
    const enum ocpp_status status = crypto->settle(OCPP_KEY_STATION, own, crypto->user);
    if (status == OCPP_OK && own == OCPP_PREVIOUS) { /* A02.FR.29 */
        ocpp_cp_security_event(cp, "DiscardedRenewedClientCertificate", "no connection could be made with it");
    } else if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the certificate that is not in use stays: %s", ocpp_status_sentence(status));
    }
    ocpp_cp_signing_refresh(cp);
}

void ocpp_cp_certificates_connected_under(struct ocpp_charge_point *cp, enum ocpp_which root)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    if (state(cp) == NULL || root != OCPP_NEWEST) {
        return;
    }
    const enum ocpp_status status = crypto->settle_root(OCPP_ROOT_CSMS, crypto->user);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the root that is replaced stays: %s", ocpp_status_sentence(status));
    }
    ocpp_cp_certificates_count(cp);
}

void ocpp_cp_certificates_serve_v2g(struct ocpp_charge_point *cp, const struct v2g_signing *v2g)
{
    if (state(cp) != NULL) {
        state(cp)->v2g = v2g;
    }
}

enum ocpp_status ocpp_charge_point_certificates_used(struct ocpp_charge_point *cp, enum ocpp_which own, enum ocpp_which root,
                                                     struct ocpp_now now)
{
    if (state(cp) == NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    ocpp_cp_certificates_connected_with(cp, own);
    ocpp_cp_certificates_connected_under(cp, root);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* --- the block -------------------------------------------------------------------------------------------------------------- */

static size_t size_of_block(const struct ocpp_charge_point_settings *settings)
{
    return settings->certificates == NULL ? 0 : sizeof(struct certificates);
}

static bool is_name(const char *text)
{
    return text == NULL || (ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= 64);
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_certificates_settings *own = settings->certificates;
    if (own == NULL) {
        return NULL;
    }
    if (settings->crypto == NULL) {
        return "crypto";
    }
    const bool is_known = (unsigned)own->key_kind <= OCPP_KEY_RSA_3072 && (unsigned)own->hash <= OCPP_HASH_SHA512;
    return is_known && is_name(own->organization) && is_name(own->common_name) ? NULL : "certificates";
}

static enum ocpp_status load(struct ocpp_charge_point *cp)
{
    ocpp_cp_certificates_count(cp);
    return ocpp_cp_signing_load(cp);
}

static bool trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict)
{
    (void)evse; /* one certificate serves all of them */
    if (kind < TRIGGER_SIGN_STATION_CERTIFICATE || kind > TRIGGER_SIGN_COMBINED_CERTIFICATE) {
        return false;
    }
    const bool is_v2g = kind == TRIGGER_SIGN_V2G_CERTIFICATE;
    *verdict = ocpp_cp_sign(cp, is_v2g ? OCPP_KEY_V2G : OCPP_KEY_STATION, kind == TRIGGER_SIGN_COMBINED_CERTIFICATE);
    return true;
}

const struct block ocpp_cp_certificates_block = {
    .size = size_of_block,
    .wrong_setting = wrong_setting,
    .load = load,
    .work = ocpp_cp_signing_work,
    .deadline = ocpp_cp_signing_deadline,
    .send = ocpp_cp_signing_send,
    .send_deadline = ocpp_cp_signing_send_deadline,
    .failed = ocpp_cp_signing_failed,
    .link_down = ocpp_cp_signing_link_down,
    .trigger = trigger,
};
