/* display_keeping.c: messages for displays over restarts: set, replaced, cleared, ended. OCPP 2.0.1 O01, O02, O05, O06.
 *
 * A message is durable before it is accepted. What cannot be read any more is set aside, and what finds no room or no display
 * since the settings were changed is dropped. */
#include "charge_point_internal.h"
#include "display_messages.h"

#include <string.h>

#include "text.h"

#define ROW(tag, shape, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_##shape, struct message_record, member)

static const struct ocpp_field message_rows[] = {
    ROW(1, INTEGER, id),
    ROW(2, INTEGER, priority),
    ROW(3, INTEGER, state),
    ROW(4, INTEGER, format),
    ROW(5, BOOLEAN, has_start),
    ROW(6, INTEGER, start_utc_ms),
    ROW(7, BOOLEAN, has_end),
    ROW(8, INTEGER, end_utc_ms),
    ROW(9, BOOLEAN, has_transaction),
    ROW(10, BYTES, transaction),
    ROW(11, BOOLEAN, has_display),
    ROW(12, INTEGER, display_evse),
    ROW(13, TEXT, display_instance),
    ROW(14, TEXT, language),
    ROW(15, TEXT, content),
};

const struct ocpp_layout message_layout = { 70, sizeof(struct message_record), message_rows,
                                            sizeof(message_rows) / sizeof(message_rows[0]) };

static void message_key(int64_t id, char key[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key("message", id, key);
}

/* --- the table ---------------------------------------------------------------------------------------------------------- */

/* Where |id| is, or would be. */
static size_t place_of(const struct display_block *block, int64_t id)
{
    size_t place = 0;
    while (place < block->count && block->messages[place].id < id) {
        place++;
    }
    return place;
}

static bool is_at(const struct display_block *block, size_t place, int64_t id)
{
    return place < block->count && block->messages[place].id == id;
}

static void remove_at(struct ocpp_charge_point *cp, struct display_block *block, size_t place)
{
    block->count--;
    memmove(&block->messages[place], &block->messages[place + 1], (block->count - place) * sizeof(block->messages[0]));
    cp->values[VARIABLE_DISPLAY_MESSAGES] = (int64_t)block->count;
    cp->dirty = true;
}

static void insert(struct ocpp_charge_point *cp, struct display_block *block, const struct message *message)
{
    const size_t place = place_of(block, message->id);
    if (!is_at(block, place, message->id)) {
        memmove(&block->messages[place + 1], &block->messages[place], (block->count - place) * sizeof(block->messages[0]));
        block->count++;
    }
    block->messages[place] = *message;
    block->messages[place].serial = ++block->next_serial;
    cp->values[VARIABLE_DISPLAY_MESSAGES] = (int64_t)block->count;
    cp->dirty = true;
}

/* The display that |record| names; -1: the main ones; -2: there is no such one. */
static int display_of(const struct display_block *block, const struct message_record *record)
{
    for (size_t i = 0; record->has_display && i < block->display_count; i++) {
        const struct ocpp_display *display = &block->displays[i];
        if (display->evse == record->display_evse &&
            ocpp_text_equal_fold(display->instance == NULL ? "" : display->instance, record->display_instance)) {
            return (int)i;
        }
    }
    return record->has_display ? -2 : -1;
}

static struct message message_of(const struct display_block *block, const struct message_record *record)
{
    struct message message = {
        .id = record->id,
        .start_utc_ms = record->has_start ? record->start_utc_ms : OCPP_UTC_UNKNOWN,
        .end_utc_ms = record->has_end ? record->end_utc_ms : OCPP_UTC_UNKNOWN,
        .content_bytes = (uint16_t)strlen(record->content),
        .display = (int16_t)display_of(block, record),
        .priority = (uint8_t)record->priority,
        .state = (uint8_t)record->state,
        .has_transaction = record->has_transaction,
    };
    memcpy(message.transaction, record->transaction, UUID_BYTES);
    memcpy(message.language, record->language, sizeof(message.language));
    return message;
}

/* --- read back ---------------------------------------------------------------------------------------------------------- */

static bool is_sound(const struct message_record *record)
{
    return record->id >= 0 && record->priority >= 0 && record->priority < OCPP_MESSAGE_PRIORITIES && record->state >= 0 &&
           record->state <= OCPP_MESSAGE_ANY_STATE && record->format >= 0 && record->format < OCPP_MESSAGE_FORMATS;
}

static bool is_of_key(const struct message_record *record, const char *key)
{
    char own[OCPP_KEY_SIZE];
    message_key(record->id, own);
    return strcmp(own, key) == 0;
}

struct loading {
    struct ocpp_charge_point *cp;
    char unusable[OCPP_KEY_SIZE]; /* the first that cannot be used; "" */
    bool is_corrupt;
};

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct display_block *block = ocpp_cp_display(loading->cp);
    struct message_record *record = &block->scratch;
    loading->is_corrupt =
        ocpp_record_read(&message_layout, value, size, record) != OCPP_OK || !is_sound(record) || !is_of_key(record, key);
    if (loading->is_corrupt || block->count == block->room || display_of(block, record) == -2) {
        ocpp_text_copy(loading->unusable, sizeof(loading->unusable), key);
        return false;
    }
    const struct message message = message_of(block, record);
    insert(loading->cp, block, &message);
    return true;
}

static enum ocpp_status drop_unusable(struct ocpp_charge_point *cp, const struct loading *loading)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = loading->unusable };
    if (loading->is_corrupt) {
        return ocpp_cp_set_aside(cp, loading->unusable);
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "%s finds no place any more and is dropped", loading->unusable);
    return ocpp_cp_write_now(cp, &change, 1);
}

enum ocpp_status ocpp_cp_messages_load(struct ocpp_charge_point *cp)
{
    for (;;) {
        struct loading loading = { .cp = cp };
        ocpp_cp_display(cp)->count = 0;
        cp->values[VARIABLE_DISPLAY_MESSAGES] = 0;
        enum ocpp_status status = cp->storage->each("message/", NULL, load_one, &loading, cp->storage->user);
        if (status != OCPP_OK || loading.unusable[0] == '\0') {
            return status;
        }
        status = drop_unusable(cp, &loading);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

const struct message_record *ocpp_cp_message_read(struct ocpp_charge_point *cp, size_t index)
{
    struct display_block *block = ocpp_cp_display(cp);
    char key[OCPP_KEY_SIZE];
    message_key(block->messages[index].id, key);
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &message_layout, &block->scratch);
    if (status == OCPP_OK && is_sound(&block->scratch) && is_of_key(&block->scratch, key)) {
        return &block->scratch;
    }
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be shown: %s", key, ocpp_status_sentence(status));
    if (status == OCPP_OK || status == OCPP_ERR_NOT_FOUND) {
        remove_at(cp, block, index);
    } else {
        block->read_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    }
    return NULL;
}

/* --- set and cleared ------------------------------------------------------------------------------------------------------ */

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x80) {
            return false;
        }
    }
    return true;
}

static bool makes_sense(const struct ocpp_charge_point *cp, const struct message_record *record)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const bool is_empty = record->has_start && record->has_end && record->end_utc_ms <= record->start_utc_ms;
    const bool is_past = record->has_end && utc_ms != OCPP_UTC_UNKNOWN && record->end_utc_ms <= utc_ms;
    return is_sound(record) && !is_empty && !is_past && (record->format != OCPP_MESSAGE_ASCII || is_ascii(record->content));
}

static enum message_verdict judge(struct ocpp_charge_point *cp, const struct message_record *record)
{
    struct display_block *block = ocpp_cp_display(cp);
    if (cp->values[VARIABLE_DISPLAY_ENABLED] == 0) {
        return MESSAGE_OFF;
    }
    if ((cp->values[VARIABLE_DISPLAY_PRIORITIES] >> record->priority & 1) == 0) {
        return MESSAGE_BAD_PRIORITY;
    }
    if (record->state != OCPP_MESSAGE_ANY_STATE && (cp->values[VARIABLE_DISPLAY_STATES] >> record->state & 1) == 0) {
        return MESSAGE_BAD_STATE;
    }
    if ((cp->values[VARIABLE_DISPLAY_FORMATS] >> record->format & 1) == 0) {
        return MESSAGE_BAD_FORMAT;
    }
    if (display_of(block, record) == -2) {
        return MESSAGE_UNKNOWN_DISPLAY;
    }
    const struct evse *evse = record->has_transaction ? ocpp_cp_evse_of(cp, record->transaction) : NULL;
    if (record->has_transaction && (evse == NULL || !ocpp_cp_is_ongoing(evse))) {
        return MESSAGE_UNKNOWN_TRANSACTION;
    }
    return makes_sense(cp, record) ? MESSAGE_ACCEPTED : MESSAGE_NOT_SOUND;
}

/* The one that was always in front where |message| is to be (O01.FR.16, O02.FR.18); the count when there is none. */
static size_t front_before(const struct display_block *block, const struct message *message)
{
    size_t i = 0;
    while (i < block->count &&
           (message->priority != OCPP_MESSAGE_ALWAYS_FRONT || block->messages[i].id == message->id ||
            block->messages[i].priority != OCPP_MESSAGE_ALWAYS_FRONT || block->messages[i].display != message->display)) {
        i++;
    }
    return i;
}

enum message_verdict ocpp_cp_message_set(struct ocpp_charge_point *cp, struct message_record *record)
{
    struct display_block *block = ocpp_cp_display(cp);
    const enum message_verdict verdict = judge(cp, record);
    if (verdict != MESSAGE_ACCEPTED) {
        return verdict;
    }
    const struct message message = message_of(block, record);
    const size_t front = front_before(block, &message);
    const bool replaces = is_at(block, place_of(block, record->id), record->id) || front < block->count;
    if (!replaces && block->count == block->room) { /* O01.FR.11 */
        return MESSAGE_TOO_MANY;
    }
    char keys[2][OCPP_KEY_SIZE];
    size_t size;
    message_key(record->id, keys[0]);
    message_key(front < block->count ? block->messages[front].id : 0, keys[1]);
    enum ocpp_status status = ocpp_record_write(&message_layout, record, cp->bytes, sizeof(cp->bytes), &size);
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = keys[0], .value = cp->bytes, .size = size },
        { .kind = OCPP_CHANGE_DELETE, .key = keys[1] },
    };
    if (status == OCPP_OK) {
        status = ocpp_cp_write_now(cp, changes, front < block->count ? 2 : 1);
    }
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a message cannot be kept: %s", ocpp_status_sentence(status));
        return MESSAGE_NOT_KEPT;
    }
    if (front < block->count) {
        remove_at(cp, block, front);
    }
    insert(cp, block, &message);
    return MESSAGE_ACCEPTED;
}

static enum ocpp_status delete_at(struct ocpp_charge_point *cp, struct display_block *block, size_t place)
{
    char key[OCPP_KEY_SIZE];
    message_key(block->messages[place].id, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
    if (status == OCPP_OK) {
        remove_at(cp, block, place);
    }
    return status;
}

enum ocpp_status ocpp_cp_message_clear(struct ocpp_charge_point *cp, int64_t id)
{
    struct display_block *block = ocpp_cp_display(cp);
    const size_t place = place_of(block, id);
    return is_at(block, place, id) ? delete_at(cp, block, place) : OCPP_ERR_NOT_FOUND;
}

/* --- ended -------------------------------------------------------------------------------------------------------------- */

static bool is_over(struct ocpp_charge_point *cp, const struct message *message, int64_t utc_ms)
{
    const bool is_past = message->end_utc_ms != OCPP_UTC_UNKNOWN && utc_ms != OCPP_UTC_UNKNOWN && message->end_utc_ms <= utc_ms;
    return is_past || (message->has_transaction && ocpp_cp_evse_of(cp, message->transaction) == NULL);
}

void ocpp_cp_messages_expire(struct ocpp_charge_point *cp)
{
    struct display_block *block = ocpp_cp_display(cp);
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    for (size_t i = 0; i < block->count && cp->now.mono_ms >= block->store_retry_mono_ms;) {
        if (!is_over(cp, &block->messages[i], utc_ms)) {
            i++;
            continue;
        }
        const enum ocpp_status status = delete_at(cp, block, i);
        if (status != OCPP_OK) {
            block->store_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "a message that is over cannot be deleted: %s", ocpp_status_sentence(status));
        }
    }
}
