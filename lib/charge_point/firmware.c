/* firmware.c: the block for updates of the firmware: what the central system orders, what the board tells, what a display asks.
 *
 * The order is judged and answered here; the machine is in firmware_steps.c. OCPP 1.6 5.19; its security extension L01.FR.20,
 * FR.23 to FR.27; OCPP 2.0.1 L01.FR.21, FR.22, FR.24, FR.27, L02. */
#include <ocpp/crypto.h>

#include <string.h>

#include "arena.h"
#include "firmware_update.h"
#include "text.h"

enum {
    DEFAULT_RETRIES = 2,
    DEFAULT_RETRY_MS = 60000,
    DEFAULT_DOWNLOAD_MS = 86400000,
    DEFAULT_INSTALL_MS = 3600000,
    DEFAULT_MOST_MIB = 256,
    MOST_RETRIES = 1000,
    MOST_RETRY_S = 86400
};

/* --- the order ------------------------------------------------------------------------------------------------------------ */

/* Signed and unsigned updates are two things a station may do or not. */
static enum firmware_answer judge_form(const struct ocpp_charge_point *cp, const struct firmware_wish *wish)
{
    const bool has_both = wish->certificate != NULL && wish->signature != NULL;
    const bool has_one = wish->certificate != NULL || wish->signature != NULL;
    if (!has_one) {
        return cp->settings.firmware->unsigned_allowed ? FIRMWARE_ACCEPTED : FIRMWARE_NOT_SUPPORTED;
    }
    if (!has_both) {
        return FIRMWARE_REJECTED;
    }
    return cp->settings.crypto != NULL ? FIRMWARE_ACCEPTED : FIRMWARE_NOT_SUPPORTED;
}

static enum firmware_answer judge_certificate(struct ocpp_charge_point *cp, const struct firmware_wish *wish)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    const size_t size = wish->certificate == NULL ? 0 : strlen(wish->certificate);
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_TOO_LARGE;
    if (wish->certificate == NULL) {
        return FIRMWARE_ACCEPTED;
    }
    if (size < FIRMWARE_CERTIFICATE_SIZE && crypto->check_chain(wish->certificate, size, OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER),
                                                                ocpp_cp_utc(cp, cp->now), &fault, crypto->user) == OCPP_OK) {
        return FIRMWARE_ACCEPTED;
    }
    ocpp_cp_security_event(cp, "InvalidFirmwareSigningCertificate", ocpp_certificate_fault_words(fault)); /* L01.FR.02 */
    return fault == OCPP_CERTIFICATE_REVOKED ? FIRMWARE_REVOKED_CERTIFICATE : FIRMWARE_INVALID_CERTIFICATE;
}

/* An installation under way is for the board to undo. */
static bool can_cancel(struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    const struct ocpp_firmware_settings *given = cp->settings.firmware;
    if (given->no_cancel) {
        return false;
    }
    if (firmware->update.step < FIRMWARE_AWAIT_BOOT) {
        return true;
    }
    return firmware->update.step == FIRMWARE_AWAIT_INSTALL && !firmware->asks_outcome && given->cancel != NULL &&
           given->cancel(given->user);
}

static int64_t within(int64_t value, int64_t most)
{
    return value < 0 ? 0 : value < most ? value : most;
}

static void copy_wish(const struct firmware *firmware, const struct firmware_wish *wish, struct firmware_order *order)
{
    *order = (struct firmware_order){
        .has_id = wish->has_id,
        .id = wish->id,
        .is_signed = wish->certificate != NULL,
        .retrieve_utc_ms = wish->retrieve_utc_ms,
        .has_install_date = wish->has_install_date,
        .install_utc_ms = wish->install_utc_ms,
        .retries = wish->has_retries ? (int32_t)within(wish->retries, MOST_RETRIES) : firmware->settings.retries,
        .retry_ms = wish->has_retry_interval ? within(wish->retry_interval_s, MOST_RETRY_S) * 1000 : firmware->settings.retry_ms,
    };
    ocpp_text_copy(order->location, sizeof(order->location), wish->location);
    ocpp_text_copy(order->certificate, sizeof(order->certificate), wish->certificate == NULL ? "" : wish->certificate);
    ocpp_text_copy(order->signature, sizeof(order->signature), wish->signature == NULL ? "" : wish->signature);
}

/* What waits to be told of the update that is given up is told no more, but for what is on its way. */
static void begin_update(const struct firmware *firmware, struct firmware_update *update)
{
    const bool was_ongoing = update->step != FIRMWARE_NOTHING;
    const size_t kept = firmware->flies_news ? 1 : 0;
    size_t count = 0;
    for (size_t i = 0; i < update->news_count; i++) {
        const struct firmware_news *news = &update->news[i];
        const bool is_given_up = was_ongoing && news->has_id == firmware->order->has_id && news->id == firmware->order->id;
        if (i < kept || !is_given_up) {
            update->news[count++] = *news;
        }
    }
    update->news_count = count;
    update->step = FIRMWARE_AWAIT_RETRIEVAL;
    update->status = OCPP_FIRMWARE_IDLE;
    update->attempts = update->installs = 0;
    update->size = 0;
    update->was_resumed = false;
    update->is_fresh = true;
}

static enum ocpp_status take_order(struct ocpp_charge_point *cp, const struct firmware_wish *wish)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    struct firmware_update update = firmware->update;
    struct firmware_order *order = ocpp_reallocate(cp->settings.allocator, NULL, sizeof(*order));
    if (order == NULL) {
        return OCPP_ERR_NOMEM;
    }
    copy_wish(firmware, wish, order);
    begin_update(firmware, &update);
    const enum ocpp_status status = ocpp_firmware_keep(cp, &update, order);
    if (status != OCPP_OK) {
        ocpp_reallocate(cp->settings.allocator, order, 0);
        return status;
    }
    ocpp_firmware_stop_fetching(cp);
    ocpp_firmware_drop_digest(cp);
    firmware->install_due = firmware->restart_due = firmware->is_told = firmware->asks_outcome = firmware->began_here = false;
    firmware->bytes = 0;
    ocpp_cp_hold_resets(cp, RESETS_HELD_BY_UPDATE, false);
    return OCPP_OK;
}

enum firmware_answer ocpp_cp_firmware_order(struct ocpp_charge_point *cp, const struct firmware_wish *wish)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const bool was_ongoing = firmware->update.step != FIRMWARE_NOTHING;
    const bool is_too_long = strlen(wish->location) >= FIRMWARE_LOCATION_SIZE ||
                             (wish->signature != NULL && strlen(wish->signature) >= FIRMWARE_SIGNATURE_SIZE);
    enum firmware_answer answer = judge_form(cp, wish);
    if (answer == FIRMWARE_ACCEPTED) {
        answer = is_too_long ? FIRMWARE_REJECTED : judge_certificate(cp, wish);
    }
    if (answer != FIRMWARE_ACCEPTED) {
        return answer;
    }
    if (was_ongoing && !can_cancel(cp)) {
        return FIRMWARE_REJECTED;
    }
    if (take_order(cp, wish) != OCPP_OK) {
        return FIRMWARE_REJECTED;
    }
    char shown[128];
    ocpp_cp_log(cp, OCPP_LOG_INFO, "firmware update from %s", ocpp_transfer_show(wish->location, shown, sizeof(shown)));
    return was_ongoing ? FIRMWARE_ACCEPTED_CANCELED : FIRMWARE_ACCEPTED;
}

/* --- what the board tells and asks ---------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_charge_point_firmware_told(struct ocpp_charge_point *cp, enum ocpp_firmware_outcome outcome,
                                                 struct ocpp_now now)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if ((unsigned)outcome >= OCPP_FIRMWARE_OUTCOME_PENDING) {
        return OCPP_ERR_ARGUMENT;
    }
    const bool is_awaited = firmware != NULL && (firmware->update.step == FIRMWARE_AWAIT_BOOT || firmware->asks_outcome ||
                                                 firmware->update.step == FIRMWARE_AWAIT_INSTALL);
    if (!is_awaited) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    firmware->outcome = outcome;
    firmware->is_told = true;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_firmware_pause(struct ocpp_charge_point *cp, bool paused, struct ocpp_now now)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    if (firmware == NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    firmware->is_paused = paused;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

struct ocpp_firmware_view ocpp_charge_point_firmware(const struct ocpp_charge_point *cp)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    struct ocpp_firmware_view view = { .status = OCPP_FIRMWARE_IDLE };
    if (firmware == NULL) {
        return view;
    }
    view.status = (enum ocpp_firmware_status)firmware->update.status;
    view.is_ongoing = firmware->update.step != FIRMWARE_NOTHING;
    view.has_request_id = firmware->order != NULL && firmware->order->has_id;
    view.request_id = view.has_request_id ? firmware->order->id : 0;
    view.bytes = firmware->update.size > 0 ? firmware->update.size : firmware->bytes;
    view.untold = firmware->update.news_count;
    return view;
}

/* --- the block ------------------------------------------------------------------------------------------------------------ */

static size_t size(const struct ocpp_charge_point_settings *settings)
{
    return settings->firmware == NULL ? 0 : sizeof(struct firmware);
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    const struct ocpp_firmware_settings *given = settings->firmware;
    if (given == NULL) {
        return NULL;
    }
    const struct {
        bool is_wrong;
        const char *name;
    } rules[] = {
        { settings->file_transfer == NULL || settings->file_transfer->start_download == NULL ||
              settings->file_transfer->cancel == NULL,
          "firmware: file_transfer" },
        { given->open == NULL, "firmware.open" },
        { given->sink.write == NULL, "firmware.sink" },
        { given->close == NULL, "firmware.close" },
        { given->install == NULL, "firmware.install" },
        { given->read == NULL && settings->crypto != NULL, "firmware.read" },
        { settings->crypto == NULL && !given->unsigned_allowed, "firmware: crypto" },
        { (unsigned)given->restart >= OCPP_FIRMWARE_RESTART_COUNT, "firmware.restart" },
        { given->restart != OCPP_FIRMWARE_RESTART_NEVER && hardware->restart == NULL, "firmware.restart: hardware.restart" },
        { given->max_bytes > INT64_MAX, "firmware.max_bytes" },
        { given->retries < -1 || given->retries > MOST_RETRIES, "firmware.retries" },
        { given->retry_ms < 0 || given->retry_ms > MOST_RETRY_S * 1000LL, "firmware.retry_ms" },
        { given->download_ms < 0, "firmware.download_ms" },
        { given->install_ms < 0, "firmware.install_ms" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].is_wrong) {
            return rules[i].name;
        }
    }
    return NULL;
}

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value == 0 ? otherwise : value;
}

static bool start(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const struct ocpp_firmware_settings *given = cp->settings.firmware;
    const int64_t retries = or_default(given->retries, DEFAULT_RETRIES);
    firmware->settings = (struct firmware_limits){
        .max_bytes = given->max_bytes == 0 ? (uint64_t)DEFAULT_MOST_MIB << 20 : given->max_bytes,
        .retries = (int32_t)(retries < 0 ? 0 : retries),
        .retry_ms = or_default(given->retry_ms, DEFAULT_RETRY_MS),
        .download_ms = or_default(given->download_ms, DEFAULT_DOWNLOAD_MS),
        .install_ms = or_default(given->install_ms, DEFAULT_INSTALL_MS),
    };
    return true;
}

static void free_block(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    ocpp_firmware_stop_fetching(cp);
    ocpp_firmware_drop_digest(cp);
    ocpp_reallocate(cp->settings.allocator, firmware->order, 0);
}

const struct block ocpp_cp_firmware_block = {
    .size = size,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = free_block,
    .load = ocpp_firmware_load,
    .work = ocpp_firmware_work,
    .deadline = ocpp_firmware_deadline,
    .send = ocpp_firmware_send,
    .send_deadline = ocpp_firmware_send_deadline,
    .failed = ocpp_firmware_failed,
    .link_down = ocpp_firmware_link_down,
    .trigger = ocpp_firmware_trigger,
    .transferred = ocpp_firmware_transferred,
    .closes = ocpp_firmware_closes,
};
