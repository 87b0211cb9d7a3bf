/* firmware_world.c: see firmware_world.h. */
#include "firmware_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

/* --- toy crypto ----------------------------------------------------------------------------------------------------------- */

struct toy_digest {
    uint64_t sum;
};

static void digest_bytes(uint64_t *sum, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        *sum = (*sum ^ bytes[i]) * 1099511628211u;
    }
}

static void digest_text(uint64_t sum, unsigned char bytes[32])
{
    for (int i = 0; i < 32; i++) {
        bytes[i] = (unsigned char)(sum >> (i % 8 * 8)) ^ (unsigned char)(i * 37);
    }
}

static enum ocpp_status check_chain(const char *pem, size_t size, uint32_t roots, int64_t utc_ms,
                                    enum ocpp_certificate_fault *fault, void *user)
{
    (void)user;
    assert_int_equal(roots, OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER));
    assert_true(size > 0 && utc_ms != OCPP_UTC_UNKNOWN);
    *fault = pem[0] == 'G' ? OCPP_CERTIFICATE_GOOD : pem[0] == 'R' ? OCPP_CERTIFICATE_REVOKED : OCPP_CERTIFICATE_NO_ROOT;
    return *fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE;
}

static enum ocpp_status digest_begin(enum ocpp_hash algorithm, struct ocpp_digest **digest, void *user)
{
    struct board *board = user;
    assert_int_equal(algorithm, OCPP_HASH_SHA256);
    struct toy_digest *toy = malloc(sizeof(*toy));
    toy->sum = 14695981039346656037u;
    board->digests++;
    *digest = (struct ocpp_digest *)toy;
    return OCPP_OK;
}

static enum ocpp_status digest_add(struct ocpp_digest *digest, const void *bytes, size_t size, void *user)
{
    (void)user;
    digest_bytes(&((struct toy_digest *)digest)->sum, bytes, size);
    return OCPP_OK;
}

static void digest_drop(struct ocpp_digest *digest, void *user)
{
    ((struct board *)user)->digests -= digest != NULL;
    free(digest);
}

static enum ocpp_status digest_end(struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE], size_t *size, void *user)
{
    digest_text(((struct toy_digest *)digest)->sum, bytes);
    *size = 32;
    digest_drop(digest, user);
    return OCPP_OK;
}

static enum ocpp_status verify(const struct ocpp_public_key *key, enum ocpp_hash algorithm, const unsigned char *digest,
                               const void *signature, size_t signature_size, enum ocpp_certificate_fault *fault, void *user)
{
    (void)user;
    assert_int_equal(key->form, OCPP_PUBLIC_KEY_CERTIFICATE);
    assert_int_equal(algorithm, OCPP_HASH_SHA256);
    const bool is_right = ((const char *)key->bytes)[0] == 'G' && signature_size == 32 && memcmp(digest, signature, 32) == 0;
    *fault = is_right ? OCPP_CERTIFICATE_GOOD : OCPP_CERTIFICATE_BAD_SIGNATURE;
    return is_right ? OCPP_OK : OCPP_ERR_VALUE;
}

/* --- the slot and the bootloader ------------------------------------------------------------------------------------------ */

static bool slot_open(uint64_t offset, void *user)
{
    struct board *board = user;
    if (board->slot_is_stuck) {
        return false;
    }
    assert_true(offset <= board->slot_size);
    board->slot_size = (size_t)offset;
    return true;
}

static bool slot_write(uint64_t offset, const void *bytes, size_t size, void *user)
{
    struct board *board = user;
    assert_int_equal(offset, board->slot_size);
    if (offset + size > sizeof(board->slot)) {
        return false;
    }
    memcpy(board->slot + offset, bytes, size);
    board->slot_size += size;
    return true;
}

static bool slot_close(uint64_t size, void *user)
{
    struct board *board = user;
    assert_int_equal(size, board->slot_size);
    board->closes++;
    return !board->close_fails;
}

static uint64_t slot_kept(void *user)
{
    return ((struct board *)user)->slot_size;
}

static bool slot_read(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct board *board = user;
    if (board->slot_is_broken || offset >= board->slot_size) {
        return false;
    }
    *got = board->slot_size - (size_t)offset < room ? board->slot_size - (size_t)offset : room;
    memcpy(bytes, board->slot + offset, *got);
    return true;
}

static void discard(void *user)
{
    struct board *board = user;
    board->discards++;
    board->slot_size = 0;
}

static void install(uint64_t size, void *user)
{
    struct board *board = user;
    board->installs++;
    board->installed_size = size;
    board->installed_is_right = size == board->file_size && memcmp(board->slot, board->file, board->file_size) == 0;
    if (board->told_in_install >= 0) {
        board->told_status = ocpp_charge_point_firmware_told(board->world->cp, (enum ocpp_firmware_outcome)board->told_in_install,
                                                             board->world->now);
    }
}

static bool cancel(void *user)
{
    return ((struct board *)user)->cancels;
}

static enum ocpp_firmware_outcome outcome(void *user)
{
    struct board *board = user;
    board->outcomes++;
    return board->outcome;
}

int board_raised(const struct board *board, const char *type)
{
    int count = 0;
    for (size_t i = 0; i < board->world->call_count; i++) {
        const struct seen_call *call = &board->world->calls[i];
        count += strcmp(call->action, "SecurityEventNotification") == 0 && strcmp(value_of(call->payload, "type"), type) == 0;
    }
    return count;
}

struct board *board_of(void **state, int evses)
{
    struct board *board = calloc(1, sizeof(*board));
    struct world *world = world_new();
    board->world = world;
    board->told_in_install = -1;
    board->file_size = OLD_FILE;
    for (size_t i = 0; i < board->file_size; i++) {
        board->file[i] = (uint8_t)(i * 7 + i / 251);
    }
    fake_transfer_init(&board->transfer);
    board->transfer.file = board->file;
    board->transfer.file_size = board->file_size;
    board->crypto = (struct ocpp_crypto){
        .check_chain = check_chain,
        .digest_begin = digest_begin,
        .digest_add = digest_add,
        .digest_end = digest_end,
        .digest_drop = digest_drop,
        .verify = verify,
        .user = board,
    };
    board->firmware = (struct ocpp_firmware_settings){
        .open = slot_open,
        .sink = { slot_write, board },
        .close = slot_close,
        .kept = slot_kept,
        .read = slot_read,
        .discard = discard,
        .install = install,
        .cancel = cancel,
        .outcome = outcome,
        .user = board,
    };
    world->settings.evse_count = evses;
    board->diagnostics = ocpp_diagnostics_settings_default();
    world->settings.diagnostics = &board->diagnostics;
    world->settings.firmware = &board->firmware;
    world->settings.file_transfer = &board->transfer.transfer;
    world->settings.crypto = &board->crypto;
    world->settings.firmware_version = "1.0";
    world->version = *(enum ocpp_version *)*state;
    return board;
}

void board_on(struct board *board)
{
    const enum ocpp_version version = board->world->version;
    world_power_on(board->world);
    world_connect(board->world, version);
    central_forgets(board->world);
}

void board_free(struct board *board)
{
    world_free(board->world);
    assert_int_equal(board->digests, 0);
    free(board);
}

void board_restarts(struct board *board, const char *version)
{
    const enum ocpp_version spoken = board->world->version;
    world_power_off(board->world);
    memset(board->transfer.running, 0, sizeof(board->transfer.running));
    board->world->settings.firmware_version = version;
    world_power_back(board->world, 30);
    central_forgets(board->world);
    world_connect(board->world, spoken);
}

/* --- the central system --------------------------------------------------------------------------------------------------- */

static void right_signature(const struct board *board, char text[64])
{
    uint64_t sum = 14695981039346656037u;
    unsigned char digest[32];
    digest_bytes(&sum, board->file, board->file_size);
    digest_text(sum, digest);
    assert_int_equal(ocpp_base64_encode(digest, sizeof(digest), text, 64, NULL), OCPP_OK);
}

static const char *date_in(const struct world *world, int seconds)
{
    static char texts[2][OCPP_TIME_TEXT_SIZE];
    static unsigned turn;
    char *text = texts[turn++ % 2];
    ocpp_time_format(world->central_utc_ms + world->now.mono_ms + seconds * 1000LL, text);
    return text;
}

const char *board_ordered(struct board *board, const struct order *order)
{
    struct world *world = board->world;
    char signature[64];
    char form[256] = "";
    char install[64] = "";
    char retries[96] = "";
    static char payload[8192];
    right_signature(board, signature);
    const char *location = order->location == NULL ? "https://fw.example/new.bin" : order->location;
    const bool is_plain = world_is_old(world) && order->is_unsigned;
    if (!order->is_unsigned) {
        snprintf(form, sizeof(form), ",'signingCertificate':'%s','signature':'%s'",
                 order->certificate == NULL ? "GOOD" : order->certificate,
                 order->signature == NULL ? signature : order->signature);
    }
    if (order->install_in_s != 0) {
        snprintf(install, sizeof(install), ",'installDateTime':'%s'", date_in(world, order->install_in_s));
    }
    if (order->retries >= 0) {
        snprintf(retries, sizeof(retries), ",'retries':%d,'retryInterval':%d", order->retries, order->interval_s);
    }
    if (is_plain) {
        snprintf(payload, sizeof(payload), "{'location':'%s','retrieveDate':'%s'%s}", location,
                 date_in(world, order->retrieve_in_s), retries);
    } else {
        snprintf(payload, sizeof(payload), "{'requestId':%d%s,'firmware':{'location':'%s','retrieveDateTime':'%s'%s%s}}",
                 order->id, retries, location, date_in(world, order->retrieve_in_s), install, form);
    }
    const char *answer =
        central_asks(world, world_is_old(world) && !order->is_unsigned ? "SignedUpdateFirmware" : "UpdateFirmware", payload);
    return answer[0] == '{' ? value_of(answer, "status") : answer;
}

const char *status_action(const struct board *board, bool is_signed)
{
    return world_is_old(board->world) && is_signed ? "SignedFirmwareStatusNotification" : "FirmwareStatusNotification";
}

void central_hears(struct board *board, int id, const char *statuses)
{
    const char *action = status_action(board, id != 0);
    while (*statuses != '\0') {
        char members[96];
        const int size = (int)strcspn(statuses, " ");
        struct world *world = board->world;
        size_t at = world->looked_at;
        while (at < world->call_count && strcmp(world->calls[at].action, action) != 0) {
            at++;
        }
        assert_true(at < world->call_count);
        snprintf(members, sizeof(members), "%.*s", size, statuses);
        assert_string_equal(value_of(world->calls[at].payload, "status"), members);
        char number[16] = "";
        if (id != 0) {
            snprintf(number, sizeof(number), "%d", id);
        }
        assert_string_equal(value_of(world->calls[at].payload, "requestId"), number);
        world->looked_at = at + 1;
        statuses += size + (statuses[size] == ' ');
    }
}

void central_hears_no_more(struct board *board)
{
    central_does_not_see(board->world, "FirmwareStatusNotification");
    if (world_is_old(board->world)) {
        central_does_not_see(board->world, "SignedFirmwareStatusNotification");
    }
}

/* --- the board ------------------------------------------------------------------------------------------------------------ */

void board_fetches(struct board *board)
{
    assert_int_equal(fake_transfer_end(&board->transfer, board->world->cp, OCPP_TRANSFER_DONE, board->world->now), OCPP_OK);
    world_run(board->world);
}

void board_loses(struct board *board, enum ocpp_transfer_result result)
{
    assert_int_equal(fake_transfer_end(&board->transfer, board->world->cp, result, board->world->now), OCPP_OK);
    world_run(board->world);
}

void board_tells(struct board *board, enum ocpp_firmware_outcome outcome)
{
    assert_int_equal(ocpp_charge_point_firmware_told(board->world->cp, outcome, board->world->now), OCPP_OK);
    world_run(board->world);
}
