/* outbox.c: what waits to be told. The texts are in the store, here stands which there are and who may leave: within a stream in
 * order, one after the other, while other streams go on. */
#include "pile_internal.h"

#include <string.h>

bool pile_outbox_has_room(const struct ocpp_settle_agent *agent, size_t count)
{
    return agent->out_count + count <= agent->settings.max_messages;
}

const char *pile_stream(struct batch *batch, const char *name, const char *tag)
{
    const size_t size = strlen(name);
    char *stream = ocpp_arena_take(batch->agent->scratch, size + 1 + PILE_TAG_SIZE);
    if (stream == NULL) {
        pile_batch_fail(batch, OCPP_ERR_NOMEM);
        return "";
    }
    memcpy(stream, name, size);
    stream[size] = '/';
    memcpy(stream + size + 1, tag, PILE_TAG_SIZE);
    return stream;
}

void pile_outbox_put(struct batch *batch, const char *stream, int64_t *seq, const struct ocpp_action *action, void *message,
                     struct ocpp_settle_envelope *envelope, const char *rental)
{
    struct ocpp_settle_agent *agent = batch->agent;
    struct ocpp_arena *scratch = agent->scratch;
    const char *data = NULL;
    size_t size = 0;
    char *id = ocpp_arena_take(scratch, OCPP_SETTLE_ID_SIZE);
    if (!pile_outbox_has_room(agent, 1)) {
        pile_batch_fail(batch, OCPP_ERR_FULL);
    }
    if (id == NULL) {
        pile_batch_fail(batch, OCPP_ERR_NOMEM);
    }
    if (batch->status != OCPP_OK) {
        return;
    }
    pile_new_id(agent, id);
    *envelope = (struct ocpp_settle_envelope){ .id = id, .stream = stream, .seq = *seq + 1 };
    pile_batch_fail(batch, ocpp_message_encode(action->request, message, scratch, &data, &size, NULL));
    const struct kept_outgoing record = {
        .id = id, .stream = stream, .name = action->name, .data = data, .rental = pile_optional(rental)
    };
    pile_batch_put(batch, pile_number_key(agent, "out", agent->next_out), &kept_outgoing_type, &record);
    if (batch->status == OCPP_OK) {
        ++*seq;
        agent->out[agent->out_count++] = (struct out_entry){ .number = agent->next_out++, .stream = pile_hash(stream) };
    }
}

struct out_entry *pile_outbox_find(struct ocpp_settle_agent *agent, uint64_t number)
{
    for (size_t i = 0; i < agent->out_count; i++) {
        if (agent->out[i].number == number) {
            return &agent->out[i];
        }
    }
    return NULL;
}

/* Whether an older message of the same stream is still there. */
static bool is_first(const struct ocpp_settle_agent *agent, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (agent->out[i].stream == agent->out[index].stream && !agent->out[i].is_done) {
            return false;
        }
    }
    return true;
}

struct out_entry *pile_outbox_next(struct ocpp_settle_agent *agent, int64_t *at)
{
    *at = OCPP_NEVER;
    for (size_t i = 0; i < agent->out_count; i++) {
        struct out_entry *entry = &agent->out[i];
        if (!entry->is_stored || entry->is_done || !is_first(agent, i)) {
            continue;
        }
        if (entry->not_before <= agent->now.mono_ms) {
            return entry;
        }
        *at = pile_earlier(*at, entry->not_before);
    }
    return NULL;
}

const struct kept_outgoing *pile_outbox_read(struct ocpp_settle_agent *agent, const struct out_entry *entry,
                                             enum ocpp_status *status)
{
    return pile_read(agent, pile_number_key(agent, "out", entry->number), &kept_outgoing_type, status);
}

static void remove_entry(struct ocpp_settle_agent *agent, const struct out_entry *entry)
{
    const size_t index = (size_t)(entry - agent->out);
    agent->out_count--;
    memmove(&agent->out[index], &agent->out[index + 1], (agent->out_count - index) * sizeof(*agent->out));
}

/* --- out of the store --------------------------------------------------------------------------------------------------------
 */

static void take_out(struct batch *batch, struct out_entry *entry, const struct kept_outgoing *record)
{
    if (batch->pending != NULL) {
        batch->pending->gone_out = entry->number;
    }
    entry->is_done = true;
    pile_batch_delete(batch, pile_number_key(batch->agent, "out", entry->number));
    if (record != NULL && record->rental != NULL) {
        alone_ended(batch, record->rental);
    }
}

/* Its text cannot be read now and may be later. Of one that is spoiled or gone nothing more will be known. */
static bool may_be_read_later(enum ocpp_status status)
{
    return status != OCPP_OK && status != OCPP_ERR_NOT_FOUND && ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE;
}

/* It is told again, and known as a repetition. */
static void tell_again(struct ocpp_settle_agent *agent, struct out_entry *entry)
{
    entry->not_before = agent->now.mono_ms + agent->settings.storage_retry_ms;
}

void pile_outbox_done(struct ocpp_settle_agent *agent, struct out_entry *entry)
{
    enum ocpp_status status;
    struct batch batch;
    const struct kept_outgoing *record = pile_outbox_read(agent, entry, &status);
    if (may_be_read_later(status)) { /* whose rental it ends stands there, too */
        tell_again(agent, entry);
        return;
    }
    pile_batch_begin(agent, &batch);
    if (batch.pending == NULL) {
        tell_again(agent, entry);
        return;
    }
    take_out(&batch, entry, record);
    pile_batch_write(&batch);
}

struct first_key {
    struct ocpp_settle_agent *agent;
    const char *key;
};

static bool take_first_key(const char *key, const void *value, size_t size, void *user)
{
    struct first_key *first = user;
    (void)value;
    (void)size;
    first->key = ocpp_arena_text(first->agent->scratch, key, strlen(key));
    return false;
}

/* The oldest dead letter makes room. */
static void make_room_for_dead(struct batch *batch)
{
    struct ocpp_settle_agent *agent = batch->agent;
    const struct ocpp_storage *storage = agent->settings.storage;
    struct first_key found = { .agent = agent };
    if (agent->dead_count < agent->settings.max_dead_letters) {
        agent->dead_count++;
        batch->pending->is_one_more_letter = true;
        return;
    }
    pile_batch_fail(batch, storage->each(PILE_PREFIX "dead/", NULL, take_first_key, &found, storage->user));
    if (found.key != NULL) {
        pile_batch_delete(batch, found.key);
    }
}

void pile_outbox_bury(struct ocpp_settle_agent *agent, struct out_entry *entry, const char *reason)
{
    enum ocpp_status status;
    struct batch batch;
    const struct kept_outgoing *record = pile_outbox_read(agent, entry, &status);
    if (may_be_read_later(status)) {
        tell_again(agent, entry);
        return;
    }
    pile_batch_begin(agent, &batch);
    if (batch.pending == NULL) {
        tell_again(agent, entry);
        return;
    }
    if (record != NULL) {
        const struct kept_dead_letter letter = {
            .name = record->name, .stream = record->stream, .data = record->data, .reason = reason
        };
        make_room_for_dead(&batch);
        pile_batch_put(&batch, pile_number_key(agent, "dead", agent->next_dead++), &kept_dead_letter_type, &letter);
    }
    take_out(&batch, entry, record);
    if (pile_batch_write(&batch) == OCPP_OK && record != NULL) {
        const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_DEAD_LETTER, .text = reason };
        agent_log(agent, OCPP_LOG_ERROR, record->name, reason);
        pile_event(agent, &event);
    }
}

void pile_outbox_settled(struct ocpp_settle_agent *agent, const struct pending *pending, enum ocpp_status status)
{
    for (uint64_t number = pending->first_out; number < pending->end_out; number++) {
        struct out_entry *entry = pile_outbox_find(agent, number);
        if (entry != NULL && status == OCPP_OK) {
            entry->is_stored = true;
        } else if (entry != NULL) {
            remove_entry(agent, entry);
        }
    }
    agent->dead_count -= status != OCPP_OK && pending->is_one_more_letter;
    struct out_entry *gone = pending->gone_out == 0 ? NULL : pile_outbox_find(agent, pending->gone_out);
    if (gone != NULL && status == OCPP_OK) {
        remove_entry(agent, gone);
    } else if (gone != NULL) {
        gone->is_done = false;
        gone->not_before = agent->now.mono_ms + agent->settings.storage_retry_ms;
    }
}

/* --- at the start ------------------------------------------------------------------------------------------------------------
 */

static bool read_number(const char *digits, uint64_t *number)
{
    *number = 0;
    for (; *digits != '\0'; digits++) {
        const char *place = strchr("0123456789abcdef", *digits);
        if (place == NULL) {
            return false;
        }
        *number = *number << 4 | (uint64_t)(place - "0123456789abcdef");
    }
    return true;
}

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_settle_agent *agent = user;
    const void *message = NULL;
    uint64_t number = 0;
    ocpp_arena_reset(agent->scratch);
    if (!read_number(key + sizeof(PILE_PREFIX "out/") - 1, &number) || agent->out_count >= agent->out_room) {
        return true;
    }
    const enum ocpp_status status =
        ocpp_message_decode(&kept_outgoing_type, value, size, NULL, NULL, agent->scratch, &message, NULL);
    agent->next_out = number + 1;
    if (status != OCPP_OK) {
        agent_log(agent, OCPP_LOG_ERROR, key, ocpp_status_sentence(status));
        return true;
    }
    const struct kept_outgoing *record = message;
    agent->out[agent->out_count++] =
        (struct out_entry){ .number = number, .stream = pile_hash(record->stream), .is_stored = true };
    return true;
}

static bool count_dead(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_settle_agent *agent = user;
    uint64_t number = 0;
    (void)value;
    (void)size;
    if (read_number(key + sizeof(PILE_PREFIX "dead/") - 1, &number)) {
        agent->dead_count++;
        agent->next_dead = number + 1;
    }
    return true;
}

static bool count_one(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

/* More may wait than the settings allow now: each of them is told, in its turn. */
static enum ocpp_status make_room_for_all(struct ocpp_settle_agent *agent)
{
    const struct ocpp_storage *storage = agent->settings.storage;
    size_t waiting = 0;
    const enum ocpp_status status = storage->each(PILE_PREFIX "out/", NULL, count_one, &waiting, storage->user);
    if (status != OCPP_OK || waiting <= agent->out_room) {
        return status;
    }
    struct out_entry *more = pile_allocate(agent, agent->out, waiting * sizeof(*more));
    if (more == NULL) {
        return OCPP_ERR_NOMEM;
    }
    agent->out = more;
    agent->out_room = waiting;
    return OCPP_OK;
}

enum ocpp_status pile_outbox_load(struct ocpp_settle_agent *agent)
{
    const struct ocpp_storage *storage = agent->settings.storage;
    agent->next_out = 1;
    agent->next_dead = 1;
    enum ocpp_status status = make_room_for_all(agent);
    status = status != OCPP_OK ? status : storage->each(PILE_PREFIX "out/", NULL, load_one, agent, storage->user);
    return status != OCPP_OK ? status : storage->each(PILE_PREFIX "dead/", NULL, count_dead, agent, storage->user);
}
