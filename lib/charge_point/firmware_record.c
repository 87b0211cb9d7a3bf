/* firmware_record.c: an update in the store. What was asked for is written once, where it stands at every step; both in one
 * write, so that a power cut leaves the one before or the one after. */
#include <string.h>

#include "arena.h"
#include "firmware_update.h"

#define ROW(tag, shape, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_##shape, ROW_OF, member)

#define ROW_OF struct firmware_order
static const struct ocpp_field order_fields[] = {
    ROW(1, BOOLEAN, has_id),
    ROW(2, INTEGER, id),
    ROW(3, BOOLEAN, is_signed),
    ROW(4, INTEGER, retrieve_utc_ms),
    ROW(5, BOOLEAN, has_install_date),
    ROW(6, INTEGER, install_utc_ms),
    ROW(7, INTEGER, retries),
    ROW(8, INTEGER, retry_ms),
    ROW(9, TEXT, location),
    ROW(10, TEXT, certificate),
    ROW(11, TEXT, signature),
};
#undef ROW_OF

#define ROW_OF struct firmware_news
static const struct ocpp_field news_fields[] = {
    ROW(1, INTEGER, status),
    ROW(2, BOOLEAN, has_id),
    ROW(3, INTEGER, id),
    ROW(4, BOOLEAN, is_signed),
};
static const struct ocpp_layout news_layout = { 0, sizeof(struct firmware_news), news_fields,
                                                sizeof(news_fields) / sizeof(news_fields[0]) };
#undef ROW_OF

/* What was told last, as fields of the update. */
#define ROW_OF struct firmware_update
static const struct ocpp_field update_fields[] = {
    ROW(1, INTEGER, step),
    ROW(2, INTEGER, attempts),
    ROW(3, INTEGER, installs),
    ROW(4, BOOLEAN, was_resumed),
    ROW(5, INTEGER, size),
    ROW(6, INTEGER, status),
    ROW(7, INTEGER, event),
    ROW(8, BOOLEAN, has_last),
    ROW(9, INTEGER, last.status),
    ROW(10, BOOLEAN, last.has_id),
    ROW(11, INTEGER, last.id),
    ROW(12, BOOLEAN, last.is_signed),
    OCPP_FIELD_ROW_LIST(13, struct firmware_update, news, news_count, &news_layout),
    ROW(14, TEXT, version),
    ROW(15, BOOLEAN, is_fresh),
};
#undef ROW_OF

static const struct ocpp_layout order_layout = { 63, sizeof(struct firmware_order), order_fields,
                                                 sizeof(order_fields) / sizeof(order_fields[0]) };
static const struct ocpp_layout update_layout = { 64, sizeof(struct firmware_update), update_fields,
                                                  sizeof(update_fields) / sizeof(update_fields[0]) };

static const char order_key[] = "firmware/order";
static const char update_key[] = "firmware/update";

/* --- writing ------------------------------------------------------------------------------------------------------------ */

/* The change that brings the order up to date: a new one is put, one that is not worked on any more goes. */
static enum ocpp_status order_change(const struct ocpp_charge_point *cp, const struct firmware_order *order, uint8_t **bytes,
                                     struct ocpp_change *change)
{
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = order_key };
    if (order == NULL) {
        return OCPP_OK;
    }
    *bytes = ocpp_reallocate(cp->settings.allocator, NULL, FIRMWARE_ORDER_ROOM);
    if (*bytes == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = order_key, .value = *bytes };
    return ocpp_record_write(&order_layout, order, *bytes, FIRMWARE_ORDER_ROOM, &change->size);
}

static enum ocpp_status write_both(struct ocpp_charge_point *cp, const struct firmware_update *update,
                                   const struct firmware_order *order)
{
    const struct firmware *firmware = ocpp_firmware_of(cp);
    const bool order_changes = order != NULL || (update->step == FIRMWARE_NOTHING && firmware->order != NULL);
    uint8_t *order_bytes = NULL;
    struct ocpp_change changes[2] = { { .kind = OCPP_CHANGE_PUT, .key = update_key, .value = cp->bytes } };
    enum ocpp_status status = ocpp_record_write(&update_layout, update, cp->bytes, sizeof(cp->bytes), &changes[0].size);
    if (status == OCPP_OK && order_changes) {
        status = order_change(cp, order, &order_bytes, &changes[1]);
    }
    if (status == OCPP_OK) {
        status = ocpp_cp_write_now(cp, changes, order_changes ? 2 : 1);
    }
    ocpp_reallocate(cp->settings.allocator, order_bytes, 0);
    return status;
}

enum ocpp_status ocpp_firmware_keep(struct ocpp_charge_point *cp, const struct firmware_update *update,
                                    struct firmware_order *order)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    const enum ocpp_status status = write_both(cp, update, order);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "where the firmware update stands was not stored: %s", ocpp_status_sentence(status));
        firmware->store_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
        return status;
    }
    if (order != NULL || update->step == FIRMWARE_NOTHING) {
        ocpp_reallocate(cp->settings.allocator, firmware->order, 0);
        firmware->order = order;
    }
    firmware->update = *update;
    firmware->store_retry_mono_ms = cp->now.mono_ms;
    cp->dirty = true;
    return OCPP_OK;
}

/* --- reading back ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status load_order(struct ocpp_charge_point *cp, struct firmware *firmware)
{
    firmware->order = ocpp_reallocate(cp->settings.allocator, NULL, sizeof(*firmware->order));
    if (firmware->order == NULL) {
        return OCPP_ERR_NOMEM;
    }
    return ocpp_cp_read_record(cp, order_key, &order_layout, firmware->order);
}

/* What a later release wrote, or a bad byte made, is none of our steps. */
static bool is_sane(const struct firmware_update *update)
{
    bool is_sane = update->step >= 0 && update->step < FIRMWARE_STEP_COUNT && update->status >= 0 &&
                   update->status < OCPP_FIRMWARE_STATUS_COUNT && update->event >= 0 &&
                   update->event <= FIRMWARE_EVENT_INVALID_SIGNATURE && update->last.status >= 0 &&
                   update->last.status < OCPP_FIRMWARE_STATUS_COUNT;
    for (size_t i = 0; i < update->news_count; i++) {
        is_sane = is_sane && update->news[i].status >= 0 && update->news[i].status < OCPP_FIRMWARE_STATUS_COUNT;
    }
    return is_sane;
}

/* Where a start goes on: a download where it was, a file after another look at it, an installation where the board says. */
static void resume(struct firmware *firmware)
{
    static const struct {
        enum firmware_step step;
        bool asks_outcome;
    } after[FIRMWARE_STEP_COUNT] = {
        [FIRMWARE_NOTHING] = { FIRMWARE_NOTHING, false },
        [FIRMWARE_AWAIT_RETRIEVAL] = { FIRMWARE_AWAIT_RETRIEVAL, false },
        [FIRMWARE_AWAIT_FILE] = { FIRMWARE_AWAIT_RETRIEVAL, false },
        [FIRMWARE_AWAIT_RETRY] = { FIRMWARE_AWAIT_RETRIEVAL, false },
        [FIRMWARE_AWAIT_VERDICT] = { FIRMWARE_AWAIT_VERDICT, false },
        [FIRMWARE_AWAIT_DATE] = { FIRMWARE_AWAIT_VERDICT, false },
        [FIRMWARE_AWAIT_IDLE] = { FIRMWARE_AWAIT_VERDICT, false },
        [FIRMWARE_AWAIT_NEWS] = { FIRMWARE_AWAIT_VERDICT, false },
        [FIRMWARE_AWAIT_BOOT] = { FIRMWARE_AWAIT_BOOT, true },
        [FIRMWARE_AWAIT_INSTALL] = { FIRMWARE_AWAIT_INSTALL, true },
        [FIRMWARE_AWAIT_REST] = { FIRMWARE_AWAIT_START, true },
        [FIRMWARE_AWAIT_LEAVE] = { FIRMWARE_AWAIT_START, true },
        [FIRMWARE_AWAIT_START] = { FIRMWARE_AWAIT_START, true },
    };
    const int32_t step = firmware->update.step;
    firmware->update.step = (int32_t)after[step].step;
    firmware->asks_outcome = after[step].asks_outcome;
}

enum ocpp_status ocpp_firmware_load(struct ocpp_charge_point *cp)
{
    struct firmware *firmware = ocpp_firmware_of(cp);
    enum ocpp_status status = ocpp_cp_read_record(cp, update_key, &update_layout, &firmware->update);
    if (status == OCPP_ERR_NOT_FOUND || (status == OCPP_OK && !is_sane(&firmware->update))) {
        memset(&firmware->update, 0, sizeof(firmware->update));
        return OCPP_OK;
    }
    if (status != OCPP_OK || firmware->update.step == FIRMWARE_NOTHING) {
        return status;
    }
    status = load_order(cp, firmware);
    if (status == OCPP_ERR_NOT_FOUND) { /* what was asked for is lost, and with it how to go on */
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the order of the firmware update is lost, and the update with it");
        ocpp_reallocate(cp->settings.allocator, firmware->order, 0);
        firmware->order = NULL;
        firmware->update.step = FIRMWARE_NOTHING;
        return OCPP_OK;
    }
    resume(firmware);
    return status;
}
