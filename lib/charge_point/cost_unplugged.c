/* cost_unplugged.c: told reliably that the vehicle of a transaction was unplugged, so that a fee for idleness ends (application
 * note on pricing, ConnectorUnplugged; CustomIdleFeeAfterStop). A status may be missed; this is durable before anything else is
 * made of it, waits for the link and for what is to be told of its transaction first, and is told until it is answered. */
#include "charge_point_internal.h"
#include "pricing.h"

#include <string.h>

#include "text.h"

#define ROW(tag, shape, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_##shape, struct unplugged, member)

static const struct ocpp_field unplugged_rows[] = {
    ROW(1, BYTES, uuid),        ROW(2, BOOLEAN, has_number),   ROW(3, INTEGER, number),
    ROW(4, INTEGER, when.boot), ROW(5, INTEGER, when.mono_ms), ROW(6, INTEGER, when.utc_ms),
};

const struct ocpp_layout unplugged_layout = { 71, sizeof(struct unplugged), unplugged_rows,
                                              sizeof(unplugged_rows) / sizeof(unplugged_rows[0]) };

static void unplugged_key(int64_t place, char key[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key("unplugged", place, key);
}

/* --- read back ---------------------------------------------------------------------------------------------------------- */

struct loading {
    struct ocpp_charge_point *cp;
    char unusable[OCPP_KEY_SIZE];
    bool is_corrupt;
};

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct cost_block *block = ocpp_cp_cost(loading->cp);
    struct unplugged_entry entry = { .place = ocpp_cp_key_number(key) };
    loading->is_corrupt = ocpp_record_read(&unplugged_layout, value, size, &entry.record) != OCPP_OK || entry.place < 0;
    if (loading->is_corrupt || block->unplugged_count == block->unplugged_room) {
        ocpp_text_copy(loading->unusable, sizeof(loading->unusable), key);
        return false;
    }
    block->unplugged[block->unplugged_count++] = entry;
    block->next_unplugged = entry.place + 1;
    return true;
}

enum ocpp_status ocpp_cp_unplugged_load(struct ocpp_charge_point *cp)
{
    for (;;) {
        struct loading loading = { .cp = cp };
        ocpp_cp_cost(cp)->unplugged_count = 0;
        enum ocpp_status status = cp->storage->each("unplugged/", NULL, load_one, &loading, cp->storage->user);
        if (status != OCPP_OK || loading.unusable[0] == '\0') {
            return status;
        }
        const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = loading.unusable };
        status = loading.is_corrupt ? ocpp_cp_set_aside(cp, loading.unusable) : ocpp_cp_write_now(cp, &change, 1);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

/* --- made --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status put(struct ocpp_charge_point *cp, const struct unplugged_entry *entry)
{
    char key[OCPP_KEY_SIZE];
    unplugged_key(entry->place, key);
    return ocpp_cp_put(cp, key, &unplugged_layout, &entry->record);
}

static enum ocpp_status drop_first(struct ocpp_charge_point *cp)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    char key[OCPP_KEY_SIZE];
    unplugged_key(block->unplugged[0].place, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
    if (status == OCPP_OK) {
        block->unplugged_count--;
        memmove(&block->unplugged[0], &block->unplugged[1], block->unplugged_count * sizeof(block->unplugged[0]));
    }
    return status;
}

/* In a full table the oldest gives way: its fee ended long ago. */
static enum ocpp_status add(struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    struct unplugged_entry entry = { .place = block->next_unplugged };
    memcpy(entry.record.uuid, evse->transaction.uuid, UUID_BYTES);
    entry.record.has_number = evse->transaction.has_wire_number;
    entry.record.number = evse->transaction.wire_number;
    entry.record.when = ocpp_cp_moment(cp);
    enum ocpp_status status = OCPP_OK;
    if (block->unplugged_count == block->unplugged_room) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "too many unplugged connectors wait to be told; the oldest is given up");
        status = drop_first(cp);
    }
    if (status == OCPP_OK) {
        status = put(cp, &entry);
    }
    if (status == OCPP_OK) {
        block->unplugged[block->unplugged_count++] = entry;
        block->next_unplugged++;
        cp->dirty = true;
    }
    return status;
}

static bool is_plugged(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    return connector != NULL && connector->plugged;
}

/* One for each transaction that energy could flow in, when its cable is pulled for good. */
static void look_at_cable(struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    const bool is_there = is_plugged(cp, evse);
    const bool is_charged = ocpp_cp_has_transaction(evse) && evse->transaction.grants > 0 && !evse->transaction.early;
    if (is_there && is_charged) {
        place->awaits_unplug = true;
    }
    if (is_there || !place->awaits_unplug || ocpp_cp_is_authorized(evse)) {
        return;
    }
    if (!ocpp_cp_cost_flag(cp, COST_IDLE_FEE)) {
        place->awaits_unplug = false;
        return;
    }
    const enum ocpp_status status = add(cp, evse);
    if (status == OCPP_OK) {
        place->awaits_unplug = false;
        return;
    }
    ocpp_cp_cost(cp)->unplugged_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "an unplugged connector cannot be kept: %s", ocpp_status_sentence(status));
}

void ocpp_cp_unplugged_work(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count && cp->now.mono_ms >= ocpp_cp_cost(cp)->unplugged_retry_mono_ms; i++) {
        look_at_cable(cp, &cp->evses[i]);
    }
}

void ocpp_cp_unplugged_number(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], int64_t number)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    for (size_t i = 0; i < block->unplugged_count; i++) {
        struct unplugged_entry *entry = &block->unplugged[i];
        if (memcmp(entry->record.uuid, uuid, UUID_BYTES) == 0 && !entry->record.has_number) {
            entry->record.has_number = true;
            entry->record.number = number;
            if (put(cp, entry) !=
                OCPP_OK) { /* what is told of the transaction goes on all the same; after a power cut this is lost */
                ocpp_cp_log(cp, OCPP_LOG_WARNING, "the number of a transaction cannot be kept beside its unplugged connector");
            }
        }
    }
}

/* --- told --------------------------------------------------------------------------------------------------------------- */

static bool is_waited_for(const struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES])
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        if (memcmp(cp->queue.entries[i].uuid, uuid, UUID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* The oldest, once everything was told of its transaction. One whose transaction never got a number has nothing to say. */
static const struct unplugged_entry *ready(struct ocpp_charge_point *cp)
{
    const struct cost_block *block = ocpp_cp_cost(cp);
    while (block->unplugged_count > 0) {
        const struct unplugged_entry *entry = &block->unplugged[0];
        if (is_waited_for(cp, entry->record.uuid) || ocpp_cp_evse_of(cp, entry->record.uuid) != NULL) {
            return NULL;
        }
        if (entry->record.has_number) {
            return entry;
        }
        if (drop_first(cp) != OCPP_OK) {
            return NULL;
        }
    }
    return NULL;
}

bool ocpp_cp_unplugged_send(struct ocpp_charge_point *cp, bool is_early)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    const struct cost_words *words = ocpp_cp_words(cp, BLOCK_COST);
    if (is_early || words == NULL || words->send_unplugged == NULL || cp->now.mono_ms < block->unplugged_retry_mono_ms) {
        return false;
    }
    const struct unplugged_entry *entry = ready(cp);
    if (entry == NULL || ocpp_cp_settle_date(cp, &entry->record.when) != OCPP_OK) {
        return false;
    }
    const enum ocpp_status status = words->send_unplugged(cp, entry->record.number, ocpp_cp_date(cp, &entry->record.when));
    block->is_unplugged_sent = status == OCPP_OK;
    return block->is_unplugged_sent;
}

int64_t ocpp_cp_unplugged_deadline(const struct ocpp_charge_point *cp)
{
    const struct cost_block *block = ocpp_cp_cost(cp);
    return block->unplugged_retry_mono_ms > cp->now.mono_ms ? block->unplugged_retry_mono_ms : OCPP_NEVER;
}

/* Whatever the answer says, it was heard. Without one it is told again, as often as a fact would be. */
void ocpp_cp_unplugged_answered(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    if (!block->is_unplugged_sent || block->unplugged_count == 0) {
        return;
    }
    block->is_unplugged_sent = false;
    const bool is_lost = status == OCPP_ERR_TIMEOUT || status == OCPP_ERR_BAD_ANSWER;
    const bool is_given_up = is_lost && ++block->unplugged[0].attempts >= cp->values[VARIABLE_MESSAGE_ATTEMPTS];
    if (status == OCPP_ERR_CLOSED || (is_lost && !is_given_up)) {
        block->unplugged_retry_mono_ms =
            is_lost ? cp->now.mono_ms + cp->values[VARIABLE_MESSAGE_RETRY_S] * 1000 : cp->now.mono_ms;
        return;
    }
    if (drop_first(cp) != OCPP_OK) { /* told twice then */
        block->unplugged_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    }
}
