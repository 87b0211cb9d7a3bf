/* batch.c: one write of the agent: what belongs together is put together, and what follows happens when it is durable: notes of
 * slots are done, messages may leave, an answer is given. */
#include "pile_internal.h"

#include <string.h>

static struct pending *find_pending(struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; i < agent->pending_room; i++) {
        if (!agent->pendings[i].is_used) {
            return &agent->pendings[i];
        }
    }
    return NULL;
}

void pile_batch_begin(struct ocpp_settle_agent *agent, struct batch *batch)
{
    *batch = (struct batch){ .agent = agent, .pending = find_pending(agent) };
    if (batch->pending == NULL) {
        batch->status = OCPP_ERR_LIMIT;
        return;
    }
    *batch->pending =
        (struct pending){ .agent = agent, .is_used = true, .first_out = agent->next_out, .end_out = agent->next_out };
}

void pile_batch_fail(struct batch *batch, enum ocpp_status status)
{
    if (batch->status == OCPP_OK) {
        batch->status = status;
    }
}

static bool make_room(struct batch *batch)
{
    if (batch->status != OCPP_OK || batch->count < batch->room) {
        return batch->status == OCPP_OK;
    }
    const size_t room = batch->room == 0 ? 8 : 2 * batch->room;
    struct ocpp_change *changes = ocpp_arena_take(batch->agent->scratch, room * sizeof(*changes));
    if (changes == NULL) {
        pile_batch_fail(batch, OCPP_ERR_NOMEM);
        return false;
    }
    if (batch->count > 0) {
        memcpy(changes, batch->changes, batch->count * sizeof(*changes));
    }
    batch->changes = changes;
    batch->room = room;
    return true;
}

static void add(struct batch *batch, enum ocpp_change_kind kind, const char *key, const void *value, size_t size)
{
    if (key == NULL) {
        pile_batch_fail(batch, OCPP_ERR_NOMEM);
    }
    if (make_room(batch)) {
        batch->changes[batch->count++] = (struct ocpp_change){ kind, key, value, size };
    }
}

void pile_batch_put(struct batch *batch, const char *key, const struct ocpp_type *type, const void *record)
{
    const char *text = NULL;
    size_t size = 0;
    if (batch->status == OCPP_OK) {
        pile_batch_fail(batch, ocpp_message_encode(type, record, batch->agent->scratch, &text, &size, NULL));
    }
    if (batch->status == OCPP_OK && size > batch->agent->settings.storage->max_value_bytes) {
        pile_batch_fail(batch, OCPP_ERR_LIMIT);
    }
    add(batch, OCPP_CHANGE_PUT, key, text, size);
}

void pile_batch_delete(struct batch *batch, const char *key)
{
    add(batch, OCPP_CHANGE_DELETE, key, NULL, 0);
}

void pile_batch_delete_prefix(struct batch *batch, const char *key)
{
    add(batch, OCPP_CHANGE_DELETE_PREFIX, key, NULL, 0);
}

void pile_batch_pile(struct batch *batch)
{
    const struct ocpp_settle_agent *agent = batch->agent;
    const struct kept_pile record = {
        .boots = agent->kept.boots,
        .seq = agent->kept.seq,
        .tag = agent->kept.tag,
        .operator_ = pile_optional(agent->kept.operator_id),
        .take_within_ms = agent->settings.take_within_ms,
        .suspect_after = agent->settings.suspect_after,
        .offline_rentals = agent->settings.offline_rentals,
        .retry_ms = agent->settings.retry_ms,
        .renters_version = agent->kept.renters_version,
        .renters = agent->kept.renters,
        .mark_epoch = agent->kept.mark_epoch,
        .mark_pile = agent->kept.mark_pile,
    };
    pile_batch_put(batch, PILE_PREFIX "pile", &kept_pile_type, &record);
}

/* --- when it is durable ------------------------------------------------------------------------------------------------------
 */

static void tell_slots(struct ocpp_settle_agent *agent, uint64_t slots, enum ocpp_status status)
{
    for (int i = 0; i < agent->bay.slots; i++) {
        if ((slots >> i & 1U) != 0) {
            slot_noted(agent, &agent->slots[i], status);
        }
    }
}

static void settle(struct ocpp_settle_agent *agent, struct pending *pending, enum ocpp_status status)
{
    const struct pending ended = *pending;
    *pending = (struct pending){ .is_used = false };
    if (status != OCPP_OK) {
        agent_log(agent, OCPP_LOG_ERROR, "could not be stored", ocpp_status_sentence(status));
        if (ended.heard > 0) {
            agent->heard[ended.heard - 1].number = 0;
        }
    }
    pile_outbox_settled(agent, &ended, status);
    tell_slots(agent, ended.slots, status);
    if (ended.done != NULL) {
        ended.done(agent, ended.about, status);
    }
    if (ended.has_call) {
        hearing_answer(agent, ended.call, status == OCPP_OK ? ended.answer : NULL, ended.is_part);
    }
    pile_allocate(agent, ended.answer, 0);
}

/* The store may say so from anywhere, within the charge point too: what follows is done where the charge point may be called. */
static void written(enum ocpp_status status, void *user)
{
    struct pending *pending = user;
    pending->ended = ++pending->agent->writes_ended;
    pending->status = status;
}

static struct pending *next_ended(struct ocpp_settle_agent *agent)
{
    struct pending *next = NULL;
    for (size_t i = 0; i < agent->pending_room; i++) {
        struct pending *pending = &agent->pendings[i];
        if (pending->is_used && pending->ended != 0 && (next == NULL || pending->ended < next->ended)) {
            next = pending;
        }
    }
    return next;
}

bool pile_batches_have_ended(const struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; i < agent->pending_room; i++) {
        if (agent->pendings[i].is_used && agent->pendings[i].ended != 0) {
            return true;
        }
    }
    return false;
}

bool pile_batches_settle(struct ocpp_settle_agent *agent)
{
    struct pending *pending = next_ended(agent);
    if (pending == NULL) {
        return false;
    }
    settle(agent, pending, pending->status);
    return true;
}

void pile_batch_abandon(struct batch *batch)
{
    if (batch->pending != NULL) {
        batch->pending->end_out = batch->agent->next_out;
        batch->pending->has_call = false;
        pile_outbox_settled(batch->agent, batch->pending, OCPP_ERR_STATE);
        pile_allocate(batch->agent, batch->pending->answer, 0);
        *batch->pending = (struct pending){ .is_used = false };
    }
}

enum ocpp_status pile_batch_write(struct batch *batch)
{
    struct ocpp_settle_agent *agent = batch->agent;
    const struct ocpp_storage *storage = agent->settings.storage;
    if (batch->pending == NULL) {
        return batch->status;
    }
    batch->pending->end_out = agent->next_out;
    if (batch->status == OCPP_OK) {
        pile_batch_fail(batch, storage->write(batch->changes, batch->count, written, batch->pending, storage->user));
    }
    if (batch->status != OCPP_OK) {
        batch->pending->has_call = false; /* the caller answers */
        settle(agent, batch->pending, batch->status);
    }
    return batch->status;
}

/* --- keys and records --------------------------------------------------------------------------------------------------------
 */

const char *pile_key(struct ocpp_settle_agent *agent, const char *kind, const char *name)
{
    const size_t prefix = sizeof(PILE_PREFIX) - 1;
    const size_t kind_size = strlen(kind);
    const size_t name_size = strlen(name);
    char *key = prefix + kind_size + name_size + 2 > OCPP_KEY_SIZE
                    ? NULL
                    : ocpp_arena_take(agent->scratch, prefix + kind_size + name_size + 2);
    if (key != NULL) {
        memcpy(key, PILE_PREFIX, prefix);
        memcpy(key + prefix, kind, kind_size);
        key[prefix + kind_size] = '/';
        memcpy(key + prefix + kind_size + 1, name, name_size + 1);
    }
    return key;
}

const char *pile_number_key(struct ocpp_settle_agent *agent, const char *kind, uint64_t number)
{
    char digits[17];
    for (int i = 15; i >= 0; i--, number >>= 4) {
        digits[i] = "0123456789abcdef"[number & 15U];
    }
    digits[16] = '\0';
    return pile_key(agent, kind, digits);
}

struct reading {
    struct ocpp_settle_agent *agent;
    const struct ocpp_type *type;
    const void *record;
    enum ocpp_status status;
};

static bool take_record(const char *key, const void *value, size_t size, void *user)
{
    struct reading *reading = user;
    (void)key;
    reading->status =
        ocpp_message_decode(reading->type, value, size, NULL, NULL, reading->agent->scratch, &reading->record, NULL);
    return false;
}

const void *pile_read(struct ocpp_settle_agent *agent, const char *key, const struct ocpp_type *type, enum ocpp_status *status)
{
    struct reading reading = { .agent = agent, .type = type };
    const struct ocpp_storage *storage = agent->settings.storage;
    *status = key == NULL ? OCPP_ERR_NOMEM : storage->read(key, take_record, &reading, storage->user);
    if (*status == OCPP_OK) {
        *status = reading.status;
    }
    return *status == OCPP_OK ? reading.record : NULL;
}
