/* ocsp.c: answers about the revocation of the certificates that vehicles are shown, fetched through the central system before a
 * vehicle asks, because it would not wait (M06). Each is asked for when its certificate is new (M06.FR.07), before it is a week
 * old or outdated (M06.FR.10), and again some time after a failure. They are kept, so that a station that starts without a link
 * has them.
 *
 * Keys of the store:
 *   ocsp/<slot>          struct ocsp_record: which certificate, and how long the answer is
 *   ocsp/<slot>/<piece>  struct ocsp_piece: the answer, a DER OCSPResponse
 */
#include "pnc.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "encoding.h"
#include "text.h"

enum { OCSP_KEY_SIZE = 24, OCSP_PIECE = 1400, OCSP_PIECES = (OCSP_DER_SIZE + OCSP_PIECE - 1) / OCSP_PIECE };

struct ocsp_record {
    struct ocpp_ocsp_target target;
    int64_t fetched_utc_ms;
    int64_t next_update_utc_ms;
    int64_t size;
};

struct ocsp_piece {
    uint8_t bytes[OCSP_PIECE];
};

/* clang-format off */
static const struct ocpp_field record_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct ocsp_record, target.certificate.algorithm),
    OCPP_FIELD_ROW(2, OCPP_FIELD_TEXT, struct ocsp_record, target.certificate.issuer_name_hash),
    OCPP_FIELD_ROW(3, OCPP_FIELD_TEXT, struct ocsp_record, target.certificate.issuer_key_hash),
    OCPP_FIELD_ROW(4, OCPP_FIELD_TEXT, struct ocsp_record, target.certificate.serial_number),
    OCPP_FIELD_ROW(5, OCPP_FIELD_TEXT, struct ocsp_record, target.responder_url),
    OCPP_FIELD_ROW(6, OCPP_FIELD_INTEGER, struct ocsp_record, fetched_utc_ms),
    OCPP_FIELD_ROW(7, OCPP_FIELD_INTEGER, struct ocsp_record, next_update_utc_ms),
    OCPP_FIELD_ROW(8, OCPP_FIELD_INTEGER, struct ocsp_record, size),
};
static const struct ocpp_field piece_rows[] = { OCPP_FIELD_ROW(1, OCPP_FIELD_BYTES, struct ocsp_piece, bytes) };
/* clang-format on */
static const struct ocpp_layout record_layout = { 80, sizeof(struct ocsp_record), record_rows, 8 };
static const struct ocpp_layout piece_layout = { 81, sizeof(struct ocsp_piece), piece_rows, 1 };

static size_t room_of(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_pnc(cp)->settings.max_ocsp_targets;
}

static struct ocsp_entry *entry_at(const struct ocpp_charge_point *cp, size_t slot)
{
    return &ocpp_cp_pnc(cp)->ocsp.entries[slot];
}

bool ocpp_cp_ocsp_take(struct ocpp_charge_point *cp)
{
    struct ocsp *ocsp = &ocpp_cp_pnc(cp)->ocsp;
    const size_t size = room_of(cp) * sizeof(ocsp->entries[0]);
    ocsp->entries = ocpp_reallocate(cp->settings.allocator, NULL, size);
    if (ocsp->entries != NULL) {
        memset(ocsp->entries, 0, size);
    }
    ocsp->is_stale = cp->settings.crypto != NULL;
    return ocsp->entries != NULL;
}

void ocpp_cp_ocsp_free(struct ocpp_charge_point *cp)
{
    struct ocsp *ocsp = &ocpp_cp_pnc(cp)->ocsp;
    for (size_t slot = 0; ocsp->entries != NULL && slot < room_of(cp); slot++) {
        ocpp_reallocate(cp->settings.allocator, ocsp->entries[slot].der, 0);
    }
    ocpp_reallocate(cp->settings.allocator, ocsp->entries, 0);
}

/* --- the store ----------------------------------------------------------------------------------------------------------------
 */

static void key_of(size_t slot, size_t piece, char key[OCSP_KEY_SIZE])
{
    snprintf(key, OCSP_KEY_SIZE, piece == OCSP_PIECES ? "ocsp/%u" : "ocsp/%u/%u", (unsigned)slot, (unsigned)piece);
}

static bool make_room(struct ocpp_charge_point *cp, struct ocsp_entry *entry)
{
    if (entry->der == NULL) {
        entry->der = ocpp_reallocate(cp->settings.allocator, NULL, OCSP_DER_SIZE);
    }
    return entry->der != NULL;
}

/* What cannot be kept is asked for again after the next start. */
static void keep(struct ocpp_charge_point *cp, size_t slot)
{
    const struct ocsp_entry *entry = entry_at(cp, slot);
    const struct ocsp_record record = { .target = entry->target,
                                        .fetched_utc_ms = entry->fetched_utc_ms,
                                        .next_update_utc_ms = entry->next_update_utc_ms,
                                        .size = (int64_t)entry->size };
    char key[OCSP_KEY_SIZE];
    enum ocpp_status status = OCPP_OK;
    for (size_t piece = 0; piece * OCSP_PIECE < entry->size && status == OCPP_OK; piece++) {
        struct ocsp_piece bytes = { { 0 } };
        const size_t left = entry->size - piece * OCSP_PIECE;
        memcpy(bytes.bytes, entry->der + piece * OCSP_PIECE, left < OCSP_PIECE ? left : OCSP_PIECE);
        key_of(slot, piece, key);
        status = ocpp_cp_put(cp, key, &piece_layout, &bytes);
    }
    key_of(slot, OCSP_PIECES, key);
    status = status == OCPP_OK ? ocpp_cp_put(cp, key, &record_layout, &record) : status;
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "an OCSP answer is not kept: %s", ocpp_status_sentence(status));
    }
}

/* The record goes first and comes last, so that it never stands for the pieces of another answer. */
static enum ocpp_status forget(struct ocpp_charge_point *cp, size_t slot)
{
    char key[OCSP_KEY_SIZE];
    key_of(slot, OCSP_PIECES, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = key };
    return ocpp_cp_write_now(cp, &change, 1);
}

static enum ocpp_status load_pieces(struct ocpp_charge_point *cp, size_t slot, struct ocsp_entry *entry, size_t size)
{
    for (size_t piece = 0; piece * OCSP_PIECE < size; piece++) {
        struct ocsp_piece bytes;
        char key[OCSP_KEY_SIZE];
        key_of(slot, piece, key);
        const enum ocpp_status status = ocpp_cp_read_record(cp, key, &piece_layout, &bytes);
        if (status != OCPP_OK) {
            return status;
        }
        const size_t left = size - piece * OCSP_PIECE;
        memcpy(entry->der + piece * OCSP_PIECE, bytes.bytes, left < OCSP_PIECE ? left : OCSP_PIECE);
    }
    entry->size = size;
    return OCPP_OK;
}

enum ocpp_status ocpp_cp_ocsp_load(struct ocpp_charge_point *cp)
{
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        struct ocsp_record record;
        char key[OCSP_KEY_SIZE];
        key_of(slot, OCSP_PIECES, key);
        enum ocpp_status status = ocpp_cp_read_record(cp, key, &record_layout, &record);
        if (status == OCPP_OK && record.size > 0 && record.size <= OCSP_DER_SIZE) {
            entry->is_used = entry->is_old = true;
            entry->target = record.target;
            entry->fetched_utc_ms = record.fetched_utc_ms;
            entry->next_update_utc_ms = record.next_update_utc_ms;
            status = make_room(cp, entry) ? load_pieces(cp, slot, entry, (size_t)record.size) : OCPP_ERR_NOMEM;
        }
        if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
            return status;
        }
    }
    return OCPP_OK;
}

/* --- which certificates
 * --------------------------------------------------------------------------------------------------------- */

static bool is_same(const struct ocpp_certificate_hash *a, const struct ocpp_certificate_hash *b)
{
    return a->algorithm == b->algorithm && ocpp_text_equal_fold(a->issuer_name_hash, b->issuer_name_hash) &&
           ocpp_text_equal_fold(a->issuer_key_hash, b->issuer_key_hash) &&
           ocpp_text_equal_fold(a->serial_number, b->serial_number);
}

static struct ocsp_entry *find(const struct ocpp_charge_point *cp, const struct ocpp_certificate_hash *certificate)
{
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        if (entry->is_used && is_same(&entry->target.certificate, certificate)) {
            return entry;
        }
    }
    return NULL;
}

static bool is_among(const struct ocpp_certificate_hash *certificate, const struct ocpp_ocsp_target *targets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same(certificate, &targets[i].certificate)) {
            return true;
        }
    }
    return false;
}

static void drop_others(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *targets, size_t count)
{
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        if (entry->is_used && !is_among(&entry->target.certificate, targets, count)) {
            ocpp_reallocate(cp->settings.allocator, entry->der, 0);
            *entry = (struct ocsp_entry){ .is_used = false };
            if (forget(cp, slot) != OCPP_OK) { /* it will be dropped after the next start */
                ocpp_cp_log(cp, OCPP_LOG_WARNING, "an OCSP answer that is not needed any more stays in the store");
            }
        }
    }
}

static void add(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *target)
{
    for (size_t slot = 0; slot < room_of(cp) && find(cp, &target->certificate) == NULL; slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        if (!entry->is_used) {
            *entry = (struct ocsp_entry){ .is_used = true, .target = *target, .state = OCSP_DUE, .due_mono_ms = cp->now.mono_ms };
        }
    }
}

static void settle(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *targets, size_t count)
{
    drop_others(cp, targets, count);
    for (size_t i = 0; i < count; i++) {
        add(cp, &targets[i]);
    }
    cp->dirty = true;
}

static bool is_sound(const struct ocpp_ocsp_target *targets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct ocpp_certificate_hash *hash = &targets[i].certificate;
        if ((unsigned)hash->algorithm > OCPP_HASH_SHA512 || hash->issuer_name_hash[0] == '\0' ||
            hash->issuer_key_hash[0] == '\0' || hash->serial_number[0] == '\0' || targets[i].responder_url[0] == '\0') {
            return false;
        }
    }
    return true;
}

enum ocpp_status ocpp_charge_point_ocsp_targets(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *targets,
                                                size_t count, struct ocpp_now now)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    if ((targets == NULL && count > 0) || !is_sound(targets, count)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (pnc == NULL) {
        return OCPP_ERR_STATE;
    }
    if (count > room_of(cp)) {
        return OCPP_ERR_LIMIT;
    }
    ocpp_cp_enter(cp, now);
    pnc->ocsp.is_of_firmware = true;
    settle(cp, targets, count);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* --- the chain that the crypto provider holds
 * ------------------------------------------------------------------------------------ */

enum { CHAIN_ROOTS = OCPP_ROOT_BIT(OCPP_ROOT_V2G) };

static size_t targets_of(const struct ocpp_charge_point *cp, const char *pem, size_t size, struct ocpp_ocsp_target *targets)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    size_t count = 0;
    for (size_t i = 0; count < room_of(cp); i++) {
        struct ocpp_ocsp_target *target = &targets[count];
        struct ocpp_certificate_info info;
        memset(target, 0, sizeof(*target));
        if (crypto->describe(pem, size, i, &info, crypto->user) != OCPP_OK ||
            crypto->hash_of(pem, size, i, CHAIN_ROOTS, OCPP_HASH_SHA256, &target->certificate, crypto->user) != OCPP_OK) {
            break;
        }
        ocpp_text_copy(target->responder_url, sizeof(target->responder_url), info.responder_url);
        count += target->responder_url[0] != '\0';
    }
    return count;
}

static char *read_chain(const struct ocpp_charge_point *cp, size_t *size)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    char *pem = crypto == NULL ? NULL : ocpp_reallocate(cp->settings.allocator, NULL, OCPP_PEM_SIZE);
    if (pem != NULL &&
        crypto->read_own_chain(OCPP_KEY_V2G, OCPP_NEWEST, pem, OCPP_PEM_SIZE, size, NULL, crypto->user) != OCPP_OK) {
        ocpp_reallocate(cp->settings.allocator, pem, 0);
        pem = NULL;
    }
    return pem;
}

static void look_at_chain(struct ocpp_charge_point *cp)
{
    struct ocsp *ocsp = &ocpp_cp_pnc(cp)->ocsp;
    struct ocpp_ocsp_target *targets = ocpp_reallocate(cp->settings.allocator, NULL, room_of(cp) * sizeof(*targets));
    size_t size = 0;
    char *pem = read_chain(cp, &size);
    ocsp->is_stale = false;
    if (targets != NULL && pem != NULL) {
        settle(cp, targets, targets_of(cp, pem, size, targets));
    }
    ocpp_reallocate(cp->settings.allocator, pem, 0);
    ocpp_reallocate(cp->settings.allocator, targets, 0);
}

/* Whether |der| is an answer about |entry| by who may answer, as far as that can be told here. */
static enum ocpp_status verify(struct ocpp_charge_point *cp, struct ocsp_entry *entry)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    enum ocpp_status status = OCPP_OK;
    size_t size = 0;
    char *pem = read_chain(cp, &size);
    for (size_t i = 0; pem != NULL; i++) {
        struct ocpp_certificate_hash hash;
        enum ocpp_revocation revocation;
        if (crypto->hash_of(pem, size, i, CHAIN_ROOTS, entry->target.certificate.algorithm, &hash, crypto->user) != OCPP_OK) {
            break;
        }
        if (is_same(&hash, &entry->target.certificate)) {
            status = crypto->read_ocsp(entry->der, entry->size, pem, size, i, CHAIN_ROOTS, ocpp_cp_utc(cp, cp->now), &revocation,
                                       &entry->next_update_utc_ms, crypto->user);
            break;
        }
    }
    ocpp_reallocate(cp->settings.allocator, pem, 0);
    return status;
}

/* --- asking
 * -------------------------------------------------------------------------------------------------------------------------- */

static bool is_outdated(const struct ocsp_entry *entry, int64_t utc_ms)
{
    return utc_ms != OCPP_UTC_UNKNOWN && entry->next_update_utc_ms != OCPP_UTC_UNKNOWN && utc_ms >= entry->next_update_utc_ms;
}

/* When an answer that is there has to be replaced; half of what is left of a short one is kept in reserve. */
static int64_t refresh_after(const struct ocpp_charge_point *cp, const struct ocsp_entry *entry)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const int64_t refresh_ms = ocpp_cp_pnc(cp)->settings.ocsp_refresh_ms;
    if (utc_ms == OCPP_UTC_UNKNOWN || entry->fetched_utc_ms == OCPP_UTC_UNKNOWN) {
        return 0;
    }
    int64_t left_ms = entry->fetched_utc_ms + refresh_ms - utc_ms;
    if (entry->next_update_utc_ms != OCPP_UTC_UNKNOWN && (entry->next_update_utc_ms - utc_ms) / 2 < left_ms) {
        left_ms = (entry->next_update_utc_ms - utc_ms) / 2;
    }
    return left_ms < 0 || left_ms > refresh_ms ? 0 : left_ms;
}

static bool is_due(const struct ocpp_charge_point *cp, struct ocsp_entry *entry)
{
    if (!entry->is_used || entry->state == OCSP_ASKED || cp->now.mono_ms < entry->due_mono_ms) {
        return false;
    }
    if (entry->is_old && refresh_after(cp, entry) > 0) {
        entry->is_old = false;
        entry->due_mono_ms = cp->now.mono_ms + refresh_after(cp, entry);
        return false;
    }
    return true;
}

bool ocpp_cp_ocsp_send(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        if (!is_due(cp, entry)) {
            continue;
        }
        const enum ocpp_status status = ocpp_cp_pnc_words(cp)->send_ocsp(cp, &entry->target);
        if (status == OCPP_OK) {
            entry->state = OCSP_ASKED;
            pnc->flight = PNC_FLIGHT_OCSP;
            pnc->flight_evse = (int)slot;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* this version cannot say it */
            entry->due_mono_ms = cp->now.mono_ms + pnc->settings.ocsp_retry_ms;
        }
    }
    return false;
}

static enum ocpp_status take_answer(struct ocpp_charge_point *cp, struct ocsp_entry *entry, const char *result)
{
    if (result == NULL) {
        return OCPP_ERR_BAD_ANSWER;
    }
    if (!make_room(cp, entry)) {
        return OCPP_ERR_NOMEM;
    }
    entry->size = 0;
    if (ocpp_base64_decode(result, strlen(result), entry->der, OCSP_DER_SIZE, &entry->size) != OCPP_OK || entry->size == 0) {
        entry->size = 0;
        return OCPP_ERR_BAD_ANSWER;
    }
    entry->fetched_utc_ms = ocpp_cp_utc(cp, cp->now);
    entry->next_update_utc_ms = OCPP_UTC_UNKNOWN;
    if (verify(cp, entry) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "an OCSP answer about a certificate of ours is none: it is not used");
        entry->size = 0;
        return OCPP_ERR_BAD_ANSWER;
    }
    return OCPP_OK;
}

void ocpp_cp_ocsp_answered(struct ocpp_charge_point *cp, enum ocpp_status status, const char *result)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const size_t slot = (size_t)pnc->flight_evse;
    struct ocsp_entry *entry = entry_at(cp, slot);
    if (entry->state != OCSP_ASKED) { /* the certificate was replaced meanwhile */
        return;
    }
    entry->state = OCSP_NONE;
    entry->is_old = false;
    entry->told = status == OCPP_OK ? take_answer(cp, entry, result) : status;
    entry->is_told_due = status != OCPP_ERR_CLOSED;
    const int64_t refresh_ms = entry->told == OCPP_OK ? refresh_after(cp, entry) : 0;
    entry->due_mono_ms = cp->now.mono_ms + (refresh_ms > 0 ? refresh_ms : pnc->settings.ocsp_retry_ms);
    if (status == OCPP_ERR_CLOSED) {
        entry->due_mono_ms = cp->now.mono_ms;
        entry->state = OCSP_DUE;
    }
    if (entry->told == OCPP_OK) {
        if (forget(cp, slot) == OCPP_OK) {
            keep(cp, slot);
        }
    } else if (entry->size == 0) {
        entry->state = OCSP_DUE;
    }
    cp->dirty = true;
}

static void tell(struct ocpp_charge_point *cp, struct ocsp_entry *entry)
{
    const struct pnc *pnc = ocpp_cp_pnc(cp);
    const struct ocpp_ocsp_target target = entry->target; /* the callback may tell of other certificates */
    entry->is_told_due = false;
    cp->dirty = true;
    if (pnc->settings.ocsp_status != NULL) {
        const bool is_good = entry->told == OCPP_OK;
        pnc->settings.ocsp_status(&target, entry->told, is_good ? entry->der : NULL, is_good ? entry->size : 0,
                                  pnc->settings.user);
    }
}

void ocpp_cp_ocsp_work(struct ocpp_charge_point *cp)
{
    struct ocsp *ocsp = &ocpp_cp_pnc(cp)->ocsp;
    if (ocsp->is_stale && !ocsp->is_of_firmware) {
        look_at_chain(cp);
    }
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        struct ocsp_entry *entry = entry_at(cp, slot);
        if (entry->is_used && entry->is_told_due) {
            tell(cp, entry);
        }
    }
}

int64_t ocpp_cp_ocsp_deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (size_t slot = 0; slot < room_of(cp); slot++) {
        const struct ocsp_entry *entry = entry_at(cp, slot);
        if (entry->is_used && entry->state != OCSP_ASKED) {
            earliest = entry->due_mono_ms < earliest ? entry->due_mono_ms : earliest;
        }
    }
    return earliest;
}

enum ocpp_status ocpp_charge_point_ocsp(const struct ocpp_charge_point *cp, const struct ocpp_certificate_hash *certificate,
                                        const unsigned char **der, size_t *size, struct ocpp_now now)
{
    const struct ocsp_entry *entry = ocpp_cp_pnc(cp) == NULL ? NULL : find(cp, certificate);
    const int64_t utc_ms = ocpp_cp_utc(cp, now);
    if (ocpp_cp_pnc(cp) == NULL) {
        return OCPP_ERR_STATE;
    }
    if (entry == NULL || entry->size == 0 || is_outdated(entry, utc_ms)) {
        return OCPP_ERR_NOT_FOUND;
    }
    *der = entry->der;
    *size = entry->size;
    return OCPP_OK;
}
