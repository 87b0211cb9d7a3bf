/* command.c: what a body may ask and note. How it runs is in command_run.c, how that becomes one write in command_commit.c. */
#include "command_internal.h"
#include "row_births.h"
#include "row_cache.h"

#include <ocpp/settlement/id.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Of a row: what the backend writes itself, so this only bounds what a store that was tampered with may cost. */
enum { ROW_NODES = 1 << 20, ROW_DEPTH = 16 };

/* --- what a body asks ---------------------------------------------------------------------------------------------------- */

struct ocpp_settle *command_settle(const struct command *command)
{
    return command->settle;
}

struct ocpp_arena *command_arena(const struct command *command)
{
    return command->arena;
}

int64_t command_utc_ms(const struct command *command)
{
    return command->settle->now.utc_ms;
}

const struct ocpp_settle_policy *command_policy(const struct command *command)
{
    return &command->settle->settings.policy;
}

bool command_failed(const struct command *command)
{
    return command->status != OCPP_OK || (command->refused != OCPP_SETTLE_REFUSAL_CODE_UNSET && !command->bookkeeping);
}

void command_fail(struct command *command, enum ocpp_status status)
{
    if (command->status == OCPP_OK) {
        command->status = status;
    }
}

void command_refuse(struct command *command, enum ocpp_settle_refusal_code code, const char *reason)
{
    if (!command_failed(command)) {
        command->refused = code;
        snprintf(command->reason, sizeof command->reason, "%s", reason);
    }
}

void command_again(struct command *command)
{
    command_fail(command, OCPP_ERR_BUSY);
}

void command_hush(struct command *command)
{
    command->hushed = true;
}

/* Randomness costs by the call: it is taken for many ids at once, and each part is wiped when it is used. */
static void take_random(struct command *command, unsigned char bytes[16])
{
    const struct ocpp_settle_keys *keys = &command->settle->settings.keys;
    unsigned char *next;

    if (command->random_left == 0) {
        keys->random(command->random, sizeof command->random, keys->user);
        command->random_left = sizeof command->random;
    }
    command->random_left -= 16;
    next = command->random + command->random_left;
    memcpy(bytes, next, 16);
    memset(next, 0, 16);
}

const char *command_id(struct command *command)
{
    if (command->ids_given == COMMAND_IDS) {
        command_fail(command, OCPP_ERR_LIMIT);
        return command->ids[0];
    }
    if (command->ids_given == command->ids_made) {
        unsigned char bytes[16];

        take_random(command, bytes);
        ocpp_settle_id_write(bytes, command->ids[command->ids_made++]);
    }
    return command->ids[command->ids_given++];
}

bool command_made(const struct command *command, const char *id)
{
    for (size_t i = 0; i < command->ids_given; i++) {
        if (memcmp(command->ids[i], id, ROW_ID) == 0) {
            return true;
        }
    }
    return false;
}

const char *command_digest(struct command *command, const struct ocpp_settle_bytes *pieces, size_t count)
{
    const struct ocpp_settle_keys *keys = &command->settle->settings.keys;
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE] = { 0 };
    char hex[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    const char *text;

    command_fail(command, keys->sha256(pieces, count, digest, keys->user));
    if (command_failed(command)) {
        return NULL;
    }
    backend_hex(digest, sizeof digest, hex);
    text = ocpp_arena_text(command->arena, hex, sizeof hex - 1);
    command_fail(command, text ? OCPP_OK : OCPP_ERR_NOMEM);
    return text;
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

/* From the last one on: what is put was read shortly before. */
static struct seen_row *find_row(struct command *command, const struct row_key *key)
{
    for (size_t i = command->row_count; i > 0; i--) {
        struct seen_row *row = &command->rows[i - 1];

        if (row_key_equal(&row->key, key)) {
            return row;
        }
    }
    return NULL;
}

/* What a row of the store becomes while it is shown. */
struct reading {
    struct command *command;
    struct seen_row *row;
    enum ocpp_status status;
};

static enum ocpp_status decode(struct command *command, const void *text, size_t size, const struct ocpp_type *type,
                               const void **record)
{
    const struct ocpp_json_limits limits = { .max_bytes = size + 1, .max_nodes = ROW_NODES, .max_depth = ROW_DEPTH };
    const enum ocpp_status status = ocpp_message_decode(type, text, size, &limits, NULL, command->arena, record, NULL);

    return ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_CORRUPT : status;
}

static bool take_row(const struct ocpp_settle_row *stored, void *user)
{
    struct reading *reading = user;
    struct seen_row *row = reading->row;

    row->version = stored->version;
    row->exists = true;
    if (row->type) {
        reading->status = decode(reading->command, stored->value, stored->size, row->type, &row->record);
    }
    return false;
}

static enum ocpp_status read_row(struct command *command, struct seen_row *row)
{
    const struct ocpp_settle_store *store = &command->settle->settings.store;
    struct reading reading = { .command = command, .row = row };
    const enum ocpp_status status = store->read(row->key.text, take_row, &reading, store->user);

    if (status == OCPP_ERR_NOT_FOUND) {
        return OCPP_OK;
    }
    return status != OCPP_OK ? status : reading.status;
}

/* An id this run has made stands in no key there is: nothing need be read to know that there is no such row. */
static bool is_new(const struct command *command, const struct row_key *key)
{
    size_t at = 0;

    for (const char *id = row_key_next_id(key, &at); id; id = row_key_next_id(key, &at)) {
        if (command_made(command, id)) {
            return true;
        }
    }
    return false;
}

/* Of what is kept in memory, or of the store. A record that is kept as another type is no use. */
static enum ocpp_status fetch_row(struct command *command, struct seen_row *row)
{
    struct row_cache *cache = command->settle->rows;
    struct kept_row kept;

    if (!row_cache_find(cache, &row->key, &kept)) {
        const bool rules_out = is_new(command, &row->key) || row_births_rule_out(row_cache_births(cache), &row->key);

        return rules_out ? OCPP_OK : read_row(command, row);
    }
    if (row->type && row->type != kept.type) {
        return read_row(command, row);
    }
    row->version = kept.version;
    row->exists = true;
    if (row->type) {
        row->record = kept.record;
        row->cached = true;
    }
    return OCPP_OK;
}

/* Without |asks| there is no such row but one of this command; the store refuses to write it where that is not so. */
static struct seen_row *see_row(struct command *command, const char *text, const struct ocpp_type *type, bool asks)
{
    const struct row_key key = row_key_of(text ? text : "", text ? strlen(text) : 0);
    struct seen_row *row = text && !command_failed(command) ? find_row(command, &key) : NULL;

    if (row || command_failed(command) || !text) {
        return row;
    }
    if (command->row_count == COMMAND_CHANGES) {
        command_fail(command, OCPP_ERR_LIMIT);
        return NULL;
    }
    row = &command->rows[command->row_count++];
    *row = (struct seen_row){ .key = key, .type = type };
    if (asks) {
        command_fail(command, fetch_row(command, row));
    }
    return command->status == OCPP_OK ? row : NULL;
}

const void *command_read(struct command *command, const char *key, const struct ocpp_type *type)
{
    struct seen_row *row = see_row(command, key, type, true);

    if (!row || !row->exists) {
        return NULL;
    }
    if (!row->record) {
        row->type = type;
        command_fail(command, fetch_row(command, row));
    }
    assert(row->type == type);
    return command->status == OCPP_OK ? row->record : NULL;
}

const void *command_read_needed(struct command *command, const char *key, const struct ocpp_type *type,
                                enum ocpp_settle_refusal_code code)
{
    const void *record = command_read(command, key, type);
    char reason[COMMAND_REASON_SIZE];

    if (!record && !command_failed(command)) {
        snprintf(reason, sizeof reason, "there is no %s", key);
        command_refuse(command, code, reason);
    }
    return record;
}

void *command_edit(struct command *command, const char *key, const struct ocpp_type *type)
{
    const void *record = command_read(command, key, type);
    void *copy = record ? ocpp_arena_take(command->arena, type->size) : NULL;

    if (!record) {
        return NULL;
    }
    if (!copy) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    return memcpy(copy, record, type->size);
}

void command_forget(struct command *command)
{
    for (size_t i = 0; i < command->row_count; i++) {
        assert(!command->rows[i].changed);
    }
    command->row_count = 0;
}

void command_forgive(struct command *command)
{
    command->refused = OCPP_SETTLE_REFUSAL_CODE_UNSET;
}

struct showing {
    struct command *command;
    const struct ocpp_type *type;
    bool (*visit)(struct command *command, const char *key, const void *record, void *user);
    void *user;
};

/* The record of a row that is shown: the one that is kept, where it is of this very version. */
static enum ocpp_status record_of(struct command *command, const struct ocpp_settle_row *row, const struct ocpp_type *type,
                                  const void **record)
{
    const struct row_key key = row_key_of(row->key, strlen(row->key));
    struct kept_row kept;

    if (row_cache_find(command->settle->rows, &key, &kept) && kept.type == type && kept.version == row->version) {
        *record = kept.record;
        return OCPP_OK;
    }
    return decode(command, row->value, row->size, type, record);
}

static bool show(const struct ocpp_settle_row *row, void *user)
{
    struct showing *showing = user;
    struct command *command = showing->command;
    const void *record = NULL;
    const char *key = ocpp_arena_text(command->arena, row->key, strlen(row->key));

    command_fail(command, key ? record_of(command, row, showing->type, &record) : OCPP_ERR_NOMEM);
    return command->status == OCPP_OK && showing->visit(command, key, record, showing->user);
}

static bool has_none(const struct command *command, const char *prefix)
{
    const struct row_key key = row_key_of(prefix, strlen(prefix));

    return row_births_rule_out(row_cache_births(command->settle->rows), &key);
}

void command_each_from(struct command *command, const char *prefix, const char *from, const struct ocpp_type *type,
                       bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user)
{
    const struct ocpp_settle_store *store = &command->settle->settings.store;
    struct showing showing = { .command = command, .type = type, .visit = visit, .user = user };

    if (!command_failed(command) && prefix && !has_none(command, prefix)) {
        command_fail(command, store->each(prefix, from, show, &showing, store->user));
    }
}

void command_each(struct command *command, const char *prefix, const struct ocpp_type *type,
                  bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user)
{
    command_each_from(command, prefix, NULL, type, visit, user);
}

/* --- what a body notes ---------------------------------------------------------------------------------------------------- */

/* The first time where it is kept, if it is. One that was put before may be looked at still: the next one stands elsewhere. */
static void copy_record(struct command *command, struct seen_row *row, const struct ocpp_type *type, const void *record)
{
    const bool is_first = !row->changed && !command_seldom_reads(command, &row->key);

    if (is_first) {
        row->room = row_cache_room(command->settle->rows, &row->key, type, record);
    }
    row->in_room = is_first && row->room;
    if (row->in_room) {
        row->record = row_cache_record(row->room);
    } else {
        command_fail(command, ocpp_message_copy(type, record, command->arena, &row->record));
    }
}

static void put_row(struct command *command, struct seen_row *row, const struct ocpp_type *type, const void *record)
{
    if (row) {
        copy_record(command, row, type, record);
        row->type = type;
        row->cached = false;
        row->exists = row->changed = true;
        row->kept = row->kept || command->bookkeeping;
    }
}

void command_put(struct command *command, const char *key, const struct ocpp_type *type, const void *record)
{
    put_row(command, see_row(command, key, NULL, true), type, record);
}

void command_put_new(struct command *command, const char *key, const struct ocpp_type *type, const void *record)
{
    put_row(command, see_row(command, key, NULL, false), type, record);
}

static void remove_row(const struct command *command, struct seen_row *row)
{
    if (row) {
        row->exists = false;
        row->changed = true;
        row->kept = row->kept || command->bookkeeping;
    }
}

void command_remove(struct command *command, const char *key)
{
    remove_row(command, see_row(command, key, NULL, true));
}

/* Where the store did not agree the first time, it is asked. */
void command_remove_once(struct command *command, const char *key)
{
    const bool asks = command->tries > 0;
    struct seen_row *row = see_row(command, key, NULL, asks);

    if (row && !row->changed && row->version == 0 && !asks) {
        row->version = 1;
    }
    remove_row(command, row);
}

void command_bookkeeping(struct command *command, bool on)
{
    command->bookkeeping = on;
}

bool command_refusal(struct command *command, struct ocpp_settle_receipt *receipt)
{
    if (!command->refused || !receipt) {
        return command->refused != OCPP_SETTLE_REFUSAL_CODE_UNSET;
    }
    *receipt = (struct ocpp_settle_receipt){ .reception = OCPP_SETTLE_RECEPTION_REFUSED, .code = command->refused };
    if (command->refused == OCPP_SETTLE_REFUSAL_CODE_TRY_LATER) {
        receipt->reception = OCPP_SETTLE_RECEPTION_RETRY;
        receipt->has_retry_s = true;
        receipt->retry_s = command->settle->settings.policy.message_retry_s;
    }
    receipt->reason = command->reason;
    return true;
}

void command_journal(struct command *command, const char *kind, const struct ocpp_type *type, const void *record)
{
    struct ocpp_settle_entry *entry = &command->entries[command->entry_count];

    if (command_failed(command)) {
        return;
    }
    if (command->entry_count == COMMAND_ENTRIES) {
        command_fail(command, OCPP_ERR_LIMIT);
        return;
    }
    entry->kind = kind;
    command_fail(command, ocpp_message_encode(type, record, command->arena, &entry->body, &entry->size, NULL));
    command->entry_count += command->status == OCPP_OK;
}

void command_state(struct command *command, const char *what, const char *id, const char *from, const char *to,
                   const char *reason)
{
    const struct row_state_change change = { .what = what, .id = id, .from = from, .to = to, .reason = reason };

    command_journal(command, "state", &row_state_change_type, &change);
}

void command_effect(struct command *command, void (*run)(struct ocpp_settle *settle, const void *data), const void *data,
                    size_t size)
{
    void *copy = NULL;

    if (command_failed(command)) {
        return;
    }
    if (command->effect_count == COMMAND_EFFECTS) {
        command_fail(command, OCPP_ERR_LIMIT);
        return;
    }
    if (size > 0) {
        copy = ocpp_arena_take(command->arena, size);
        if (!copy) {
            command_fail(command, OCPP_ERR_NOMEM);
            return;
        }
        memcpy(copy, data, size);
    }
    command->effects[command->effect_count++] = (struct noted_effect){ run, copy, size, command->bookkeeping };
}

enum { EVENT_TEXTS = 6 };

/* An event of on_event() that waits: its texts stand behind it. 0: none. */
struct noted_event {
    enum ocpp_settle_event_kind kind;
    size_t texts[EVENT_TEXTS];
};

static const char *text_of(const struct noted_event *noted, int i)
{
    return noted->texts[i] ? (const char *)noted + noted->texts[i] : NULL;
}

static void tell(struct ocpp_settle *settle, const void *data)
{
    const struct noted_event *noted = data;
    const struct ocpp_settle_event event = { .kind = noted->kind,
                                             .id = text_of(noted, 0),
                                             .station = text_of(noted, 1),
                                             .state = text_of(noted, 2),
                                             .text = text_of(noted, 3),
                                             .house = text_of(noted, 4),
                                             .tenant = text_of(noted, 5) };

    backend_event(settle, &event);
}

void command_tell_event(struct command *command, const struct ocpp_settle_event *event)
{
    const char *const texts[EVENT_TEXTS] = { event->id, event->station, event->state, event->text, event->house, event->tenant };
    struct noted_event head = { .kind = event->kind };
    size_t size = sizeof head;
    char *noted;

    if (!command->settle->settings.on_event || command_failed(command)) {
        return;
    }
    for (int i = 0; i < EVENT_TEXTS; i++) {
        head.texts[i] = texts[i] ? size : 0;
        size += texts[i] ? strlen(texts[i]) + 1 : 0;
    }
    noted = ocpp_arena_take(command->arena, size);
    if (!noted) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    memcpy(noted, &head, sizeof head);
    for (int i = 0; i < EVENT_TEXTS; i++) {
        if (texts[i]) {
            memcpy(noted + head.texts[i], texts[i], strlen(texts[i]) + 1);
        }
    }
    command_effect(command, tell, noted, size);
}

void command_tell(struct command *command, enum ocpp_settle_event_kind kind, const char *id, const char *station,
                  const char *state, const char *text)
{
    command_tell_event(command,
                       &(struct ocpp_settle_event){ .kind = kind, .id = id, .station = station, .state = state, .text = text });
}

void command_result(struct command *command, const char *id)
{
    snprintf(command->result, sizeof command->result, "%s", id);
}
