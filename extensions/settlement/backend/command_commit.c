/* command_commit.c: what a command noted becomes one write, and what waits for it to be durable stays behind. */
#include "anchors.h"
#include "command_internal.h"
#include "outbox.h"
#include "row_births.h"
#include "row_cache.h"
#include "timers.h"

#include <string.h>

/* What follows once a write is durable. One piece of memory: the effects, their data and the texts stand behind it. */
struct pending {
    struct ocpp_settle *settle;
    struct ocpp_settle_done done;
    enum ocpp_settle_refusal_code refused;
    const char *reason;
    const char *result;
    size_t effect_count;
    struct noted_effect effects[];
};

/* Data are aligned like everything that comes of an allocator. */
static size_t padded(size_t size)
{
    return (size + 15) / 16 * 16;
}

static bool happens(const struct command *command, const struct noted_effect *effect)
{
    return !command->refused || effect->always;
}

static size_t size_of_pending(const struct command *command, size_t *data_offset)
{
    size_t size = padded(sizeof(struct pending) + command->effect_count * sizeof(struct noted_effect));

    *data_offset = size;
    for (size_t i = 0; i < command->effect_count; i++) {
        size += padded(command->effects[i].size);
    }
    return size + strlen(command->reason) + 1 + strlen(command->result) + 1;
}

static const char *take_text(struct pending *pending, const char *text, size_t *offset)
{
    const size_t size = strlen(text) + 1;
    char *copy = (char *)pending + *offset;

    *offset += size;
    return memcpy(copy, text, size);
}

/* Those that happen whatever becomes of the command (answers), or the others, in their order. */
static void take_effects(const struct command *command, bool always, struct pending *pending, size_t *offset)
{
    for (size_t i = 0; i < command->effect_count; i++) {
        const struct noted_effect *effect = &command->effects[i];
        char *data = (char *)pending + *offset;

        if (effect->always != always || !happens(command, effect)) {
            continue;
        }
        if (effect->size > 0) {
            memcpy(data, effect->data, effect->size);
        }
        pending->effects[pending->effect_count++] = (struct noted_effect){ effect->run, data, effect->size, false };
        *offset += padded(effect->size);
    }
}

static struct pending *pending_new(const struct command *command, const struct ocpp_settle_done *done)
{
    size_t offset;
    const size_t size = size_of_pending(command, &offset);
    struct pending *pending = backend_allocate(command->settle, NULL, size);

    if (!pending) {
        return NULL;
    }
    *pending = (struct pending){ .settle = command->settle, .refused = command->refused };
    pending->done = done ? *done : (struct ocpp_settle_done){ .run = NULL };
    /* what was asked is answered before anything else is told: who says Hello agrees on nothing before it has its answer */
    take_effects(command, true, pending, &offset);
    take_effects(command, false, pending, &offset);
    pending->reason = take_text(pending, command->reason, &offset);
    pending->result = take_text(pending, command->result, &offset);
    return pending;
}

static void tell_done(const struct pending *pending, enum ocpp_status status)
{
    const char *code = NULL;

    if (!pending->done.run) {
        return;
    }
    if (pending->refused) {
        code = ocpp_settle_refusal_code_enum.values[pending->refused - 1];
    }
    pending->done.run(status, code, code ? pending->reason : NULL, pending->result, pending->done.user);
}

/* Effects come before |done|: who waits for a command finds what it began. */
static void written(enum ocpp_status status, void *user)
{
    struct pending *pending = user;
    struct ocpp_settle *settle = pending->settle;

    settle->writes_waiting--;
    for (size_t i = 0; i < pending->effect_count && status == OCPP_OK; i++) {
        pending->effects[i].run(settle, pending->effects[i].data);
    }
    if (status != OCPP_OK) {
        settle->next_timer_utc_ms = INT64_MIN; /* what was noted in memory may be wrong: look again */
        outbox_doubt(settle);
        anchors_begin(settle);
    }
    tell_done(pending, status);
    (void)backend_allocate(settle, pending, 0);
}

/* A row that was not there and is not there after all is no change. */
static bool is_change(const struct command *command, const struct seen_row *row)
{
    return row->changed && (row->exists || row->version > 0) && (!command->refused || row->kept);
}

/* A row is written down once, however often it was put. A record that breaks its own model is a mistake of ours: somebody shall
 * find out which member. */
static enum ocpp_status write_row(struct command *command, struct seen_row *row)
{
    struct ocpp_issue issue;
    const enum ocpp_status status = ocpp_message_encode(row->type, row->record, command->arena, &row->text, &row->size, &issue);

    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        backend_log(command->settle, OCPP_LOG_ERROR, "%s: %s%s cannot be kept: %s", command->name, row->type->name, issue.path,
                    ocpp_status_sentence(status));
    }
    return status;
}

static void write_rows(struct command *command)
{
    for (size_t i = 0; i < command->row_count && command->status == OCPP_OK; i++) {
        struct seen_row *row = &command->rows[i];

        if (is_change(command, row) && row->exists) {
            command->status = write_row(command, row);
        }
    }
}

static size_t list_changes(const struct command *command, struct ocpp_settle_change *changes)
{
    size_t count = 0;

    for (size_t i = 0; i < command->row_count; i++) {
        const struct seen_row *row = &command->rows[i];
        struct ocpp_settle_change *change = &changes[count];

        if (!is_change(command, row)) {
            continue;
        }
        *change = (struct ocpp_settle_change){ .key = row->key.text, .version = row->version };
        if (!row->exists) {
            change->kind = OCPP_SETTLE_DELETE;
        } else {
            change->kind = row->version > 0 ? OCPP_SETTLE_UPDATE : OCPP_SETTLE_INSERT;
            change->value = row->text;
            change->size = row->size;
        }
        count++;
    }
    return count;
}

static bool begins_with(const char *text, const char *beginning)
{
    while (*beginning && *text == *beginning) {
        text++;
        beginning++;
    }
    return *beginning == '\0';
}

/* Rows that nobody asks for again, but for what goes wrong: not worth a place in memory. */
static const char *const seldom_read[] = { "in/", "timer/", "bill/", "sealed/" };

/* Keys are OPERATOR/KIND/... */
bool command_seldom_reads(const struct command *command, const struct row_key *key)
{
    const size_t kind = strlen(command->settle->settings.operator_id) + 1;

    for (size_t i = 0; i < sizeof seldom_read / sizeof seldom_read[0] && kind < key->size; i++) {
        if (begins_with(key->text + kind, seldom_read[i])) {
            return true;
        }
    }
    return false;
}

/* What stands in the key of a new row, and was made by this command, was in no row before. */
static bool is_made_here(const char *id, const void *user)
{
    return command_made(user, id);
}

static bool is_worth_keeping(const struct command *command, const struct seen_row *row, bool happens)
{
    return row->exists && row->record && !row->cached && (happens || !row->changed) &&
           (row->version > 0 || !command_seldom_reads(command, &row->key));
}

/* The next command need not read again what this one read or wrote. */
static void keep_record(struct command *command, struct seen_row *row, int64_t version)
{
    struct row_cache *cache = command->settle->rows;
    struct row_room *room = row->in_room ? row->room : row_cache_room(cache, &row->key, row->type, row->record);

    if (row->in_room) {
        row->room = NULL;
    }
    if (room) {
        row_cache_keep(cache, room, version);
    } else {
        row_cache_forget(cache, &row->key); /* what was kept is not what it was */
    }
}

static void keep_row(struct command *command, struct seen_row *row)
{
    const bool happens = is_change(command, row);

    if (happens && row->version == 0) {
        row_births_note(row_cache_births(command->settle->rows), &row->key, is_made_here, command);
    }
    if (happens && !row->exists) {
        row_cache_forget(command->settle->rows, &row->key);
    } else if (is_worth_keeping(command, row, happens)) {
        keep_record(command, row, row->version + happens);
    }
}

static void keep_rows(struct command *command)
{
    for (size_t i = 0; command->settle->rows && i < command->row_count; i++) {
        keep_row(command, &command->rows[i]);
    }
}

/* I6: of a command that was refused nothing is left but what it tried, in the journal. */
static void note_refusal(struct command *command)
{
    const struct row_refusal refusal = { .command = command->name,
                                         .code = ocpp_settle_refusal_code_enum.values[command->refused - 1],
                                         .reason = command->reason };
    struct ocpp_settle_entry *entry = &command->entries[0];

    command->entry_count = 0;
    if (command->hushed || !backend_may_note_refusal(command->settle)) {
        return;
    }
    entry->kind = "refused";
    command->status = ocpp_message_encode(&row_refusal_type, &refusal, command->arena, &entry->body, &entry->size, NULL);
    command->entry_count = 1;
}

/* What changes nothing may speak of what a write before it has changed: it waits for that one to be durable. */
static enum ocpp_status write_down(struct command *command, struct pending *pending)
{
    struct ocpp_settle *settle = command->settle;
    const struct ocpp_settle_store *store = &settle->settings.store;
    struct ocpp_settle_change changes[COMMAND_CHANGES];
    struct ocpp_settle_write write = { .changes = changes,
                                       .change_count = list_changes(command, changes),
                                       .entries = command->entries,
                                       .entry_count = command->entry_count,
                                       .utc_ms = settle->now.utc_ms,
                                       .lease = &settle->lease };
    enum ocpp_status status;

    keep_rows(command);
    command_give_rooms_back(command);
    settle->writes_waiting++;
    if (write.change_count == 0 && write.entry_count == 0 && settle->writes_waiting == 1) {
        written(OCPP_OK, pending);
        return OCPP_OK;
    }
    row_cache_write(settle->rows);
    status = store->write(&write, written, pending, store->user);
    if (status != OCPP_OK) {
        settle->writes_waiting--;
        row_cache_drop(settle->rows);
        return status;
    }
    anchors_note(settle, write.entry_count);
    return OCPP_OK;
}

enum ocpp_status command_commit(struct command *command, const struct ocpp_settle_done *done)
{
    struct pending *pending;
    enum ocpp_status status;

    if (command->refused) {
        note_refusal(command);
    }
    write_rows(command);
    pending = command->status == OCPP_OK ? pending_new(command, done) : NULL;
    if (!pending) {
        return command->status != OCPP_OK ? command->status : OCPP_ERR_NOMEM;
    }
    status = write_down(command, pending);
    if (status != OCPP_OK) {
        (void)backend_allocate(command->settle, pending, 0);
    }
    return status;
}
