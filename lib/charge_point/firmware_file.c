/* firmware_file.c: fetching the file of an update, and finding out whether it is what was signed.
 *
 * What is verified is read back from the slot, so it is the file that will be installed; and it is read again after every start,
 * so that a power cut lets nothing unverified pass. OCPP 1.6 security extension L01.FR.04, FR.12; OCPP 2.0.1 L01.FR.04, FR.12,
 * FR.30. */
#include <ocpp/crypto.h>

#include <string.h>

#include "encoding.h"
#include "firmware_update.h"

enum { CHUNK_BYTES = 2048, CHUNKS_PER_ROUND = 16 };

static const struct ocpp_firmware_settings *given(const struct ocpp_charge_point *cp)
{
    return cp->settings.firmware;
}

/* --- fetching ------------------------------------------------------------------------------------------------------------- */

void ocpp_firmware_stop_fetching(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    ocpp_cp_cancel_transfer(cp, &firmware->transfer);
    firmware->has_ended = false;
}

static void attempt_failed(struct ocpp_charge_point *cp, bool may_retry)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (!may_retry || firmware->update.attempts > firmware->order->retries) {
        ocpp_firmware_end(cp, OCPP_FIRMWARE_DOWNLOAD_FAILED);
        return;
    }
    if (ocpp_firmware_go(cp, FIRMWARE_AWAIT_RETRY, OCPP_FIRMWARE_IDLE)) {
        firmware->until_mono_ms = cp->now.mono_ms + firmware->order->retry_ms;
    }
}

/* Where the next attempt begins: behind what is kept of a signed file. */
static uint64_t resume_offset(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    const bool may_resume = firmware->order->is_signed && !firmware->update.is_fresh && given(cp)->kept != NULL;
    const uint64_t kept = may_resume ? given(cp)->kept(given(cp)->user) : 0;
    return kept <= firmware->settings.max_bytes ? kept : 0;
}

static void begin(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    const uint64_t offset = resume_offset(cp);
    const bool is_open = given(cp)->open(offset, given(cp)->user); /* before the store says that the slot holds this file */
    update.attempts++;
    update.was_resumed = offset > 0;
    update.is_fresh = !is_open;
    ocpp_firmware_add_news(cp, &update, firmware->order, OCPP_FIRMWARE_DOWNLOADING);
    if (ocpp_firmware_keep(cp, &update, NULL) != OCPP_OK) {
        return;
    }
    const struct ocpp_download download = {
        .url = firmware->order->location,
        .offset = offset,
        .max_bytes = firmware->settings.max_bytes,
        .sink = given(cp)->sink,
    };
    firmware->offset = firmware->bytes = offset;
    firmware->until_mono_ms = cp->now.mono_ms + firmware->settings.download_ms;
    const enum ocpp_status status =
        is_open ? ocpp_cp_download(cp, BLOCK_FIRMWARE, &download, &firmware->transfer) : OCPP_ERR_BUSY;
    if (status != OCPP_OK) {
        char shown[128];
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the firmware at %s cannot be fetched: %s",
                    ocpp_transfer_show(firmware->order->location, shown, sizeof(shown)), ocpp_status_sentence(status));
        attempt_failed(cp, status != OCPP_ERR_ARGUMENT && status != OCPP_ERR_STATE);
    }
}

static void fetched(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->bytes == 0 || !given(cp)->close(firmware->bytes, given(cp)->user)) {
        firmware->has_ended = false;
        firmware->update.is_fresh = true;
        attempt_failed(cp, true);
        return;
    }
    struct firmware_update update = firmware->update;
    update.size = firmware->bytes;
    update.step = FIRMWARE_AWAIT_VERDICT;
    ocpp_firmware_add_news(cp, &update, firmware->order, OCPP_FIRMWARE_DOWNLOADED);
    if (ocpp_firmware_keep(cp, &update, NULL) == OCPP_OK) {
        firmware->has_ended = false;
    }
}

static void ended(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const enum ocpp_transfer_result result = firmware->result;
    if (result == OCPP_TRANSFER_DONE) {
        fetched(cp);
        return;
    }
    char shown[128];
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "the firmware at %s was not fetched: %s",
                ocpp_transfer_show(firmware->order->location, shown, sizeof(shown)), ocpp_transfer_result_name(result));
    firmware->has_ended = false;
    firmware->update.is_fresh = result == OCPP_TRANSFER_NOT_RESUMED || result == OCPP_TRANSFER_TOO_LARGE;
    if (result == OCPP_TRANSFER_NOT_RESUMED && firmware->offset > 0) { /* at once, from the beginning, and as the same attempt */
        firmware->update.attempts--;
        begin(cp);
        return;
    }
    /* what was kept may be what made it too large */
    attempt_failed(cp, ocpp_transfer_may_retry(result) || (result == OCPP_TRANSFER_TOO_LARGE && firmware->offset > 0));
}

void ocpp_firmware_fetch(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->has_ended) {
        ended(cp);
        return;
    }
    if (firmware->transfer == 0) {
        begin(cp);
        return;
    }
    if (cp->now.mono_ms >= firmware->until_mono_ms) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the download of the firmware takes too long");
        ocpp_firmware_stop_fetching(cp);
        attempt_failed(cp, true);
    }
}

bool ocpp_firmware_transferred(struct ocpp_charge_point *cp, int64_t id, const enum ocpp_transfer_result *result, uint64_t bytes)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (id != firmware->transfer) {
        return false;
    }
    firmware->bytes = bytes;
    if (result != NULL) {
        firmware->transfer = 0;
        firmware->has_ended = true;
        firmware->result = *result;
    }
    return true;
}

/* --- verifying ------------------------------------------------------------------------------------------------------------ */

void ocpp_firmware_drop_digest(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware->digest != NULL) {
        cp->settings.crypto->digest_drop(firmware->digest, cp->settings.crypto->user);
        firmware->digest = NULL;
    }
}

/* Some more of the file; false: it cannot be read, or not be reckoned with. */
static bool digest_some(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    for (int i = 0; i < CHUNKS_PER_ROUND && firmware->digested < firmware->update.size; i++) {
        unsigned char bytes[CHUNK_BYTES];
        const uint64_t left = firmware->update.size - firmware->digested;
        const size_t room = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
        size_t got = 0;
        if (!given(cp)->read(firmware->digested, bytes, room, &got, given(cp)->user) || got == 0 || got > room ||
            crypto->digest_add(firmware->digest, bytes, got, crypto->user) != OCPP_OK) {
            return false;
        }
        firmware->digested += got;
    }
    return true;
}

static bool is_signed_right(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const struct firmware_order *order = firmware->order;
    unsigned char digest[OCPP_DIGEST_SIZE];
    unsigned char signature[FIRMWARE_SIGNATURE_SIZE];
    size_t digest_size;
    size_t signature_size;
    struct ocpp_digest *whole = firmware->digest;
    firmware->digest = NULL;
    if (crypto->digest_end(whole, digest, &digest_size, crypto->user) != OCPP_OK ||
        ocpp_base64_decode(order->signature, strlen(order->signature), signature, sizeof(signature), &signature_size) !=
            OCPP_OK) {
        return false;
    }
    const struct ocpp_public_key key = {
        .form = OCPP_PUBLIC_KEY_CERTIFICATE,
        .bytes = order->certificate,
        .size = strlen(order->certificate),
    };
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    return crypto->verify(&key, OCPP_HASH_SHA256, digest, signature, signature_size, &fault, crypto->user) == OCPP_OK;
}

/* A file that came in pieces may be two files: it is fetched once more, in one piece. */
static void not_verified(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    ocpp_firmware_drop_digest(cp);
    if (update.was_resumed && update.status == OCPP_FIRMWARE_DOWNLOADED) {
        update.step = FIRMWARE_AWAIT_RETRIEVAL;
        update.was_resumed = false;
        update.is_fresh = true;
        ocpp_firmware_keep(cp, &update, NULL);
        return;
    }
    ocpp_firmware_end(cp, OCPP_FIRMWARE_INVALID_SIGNATURE);
}

void ocpp_firmware_verify(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    if (!firmware->order->is_signed) {
        ocpp_firmware_next(cp, OCPP_FIRMWARE_IDLE);
        return;
    }
    if (crypto == NULL) { /* an update of before a release that cannot */
        not_verified(cp);
        return;
    }
    if (firmware->digest == NULL) {
        firmware->digested = 0;
        if (crypto->digest_begin(OCPP_HASH_SHA256, &firmware->digest, crypto->user) != OCPP_OK) {
            firmware->digest = NULL;
            firmware->store_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
            return;
        }
    }
    if (!digest_some(cp)) {
        not_verified(cp);
        return;
    }
    if (firmware->digested < firmware->update.size) {
        return;
    }
    if (!is_signed_right(cp)) {
        not_verified(cp);
        return;
    }
    ocpp_firmware_next(cp, OCPP_FIRMWARE_SIGNATURE_VERIFIED);
}
