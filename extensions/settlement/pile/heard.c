/* heard.c: which messages of the backend were done, and what was answered: as many as the settings allow, the oldest makes room.
 */
#include "pile_internal.h"

#include <string.h>

static void write_hex(const unsigned char *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

static size_t place_of(const struct ocpp_settle_agent *agent, int64_t number)
{
    return (size_t)(number % (int64_t)agent->settings.max_remembered);
}

static const char *key_of(struct ocpp_settle_agent *agent, size_t place)
{
    return pile_number_key(agent, "in", place);
}

static bool read_hex(const char *text, unsigned char bytes[OCPP_SETTLE_DIGEST_SIZE])
{
    for (size_t i = 0; i < 2 * (size_t)OCPP_SETTLE_DIGEST_SIZE; i++) {
        const char *place = text[i] == '\0' ? NULL : strchr("0123456789abcdef", text[i]);
        if (place == NULL) {
            return false;
        }
        const unsigned digit = (unsigned)(place - "0123456789abcdef");
        bytes[i / 2] = (unsigned char)(i % 2 == 0 ? digit << 4 : bytes[i / 2] | digit);
    }
    return text[2 * (size_t)OCPP_SETTLE_DIGEST_SIZE] == '\0';
}

static int64_t last_seq(const struct ocpp_settle_agent *agent, uint32_t stream)
{
    int64_t last = 0;
    for (size_t i = 0; i < agent->settings.max_remembered; i++) {
        const struct heard_entry *entry = &agent->heard[i];
        if (entry->number != 0 && entry->stream == stream && entry->seq > last) {
            last = entry->seq;
        }
    }
    return last;
}

/* It was heard, and is not durable yet. */
static bool is_being_stored(const struct ocpp_settle_agent *agent, size_t place)
{
    for (size_t i = 0; i < agent->pending_room; i++) {
        if (agent->pendings[i].is_used && agent->pendings[i].heard == place + 1) {
            return true;
        }
    }
    return false;
}

enum ocpp_status pile_heard_find(struct ocpp_settle_agent *agent, const struct ocpp_settle_wire_message *message,
                                 const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE], enum ocpp_settle_repetition *repetition,
                                 const char **answer)
{
    const struct ocpp_settle_envelope *envelope = message->envelope;
    struct ocpp_settle_heard heard = { .last_seq = last_seq(agent, pile_hash(envelope->stream)) };
    unsigned char kept_hash[OCPP_SETTLE_DIGEST_SIZE];
    const uint32_t id = pile_hash(envelope->id);
    for (size_t i = 0; i < agent->settings.max_remembered; i++) {
        enum ocpp_status status;
        if (agent->heard[i].number == 0 || agent->heard[i].id != id) {
            continue;
        }
        if (is_being_stored(agent, i)) {
            return OCPP_ERR_BUSY;
        }
        const struct kept_heard *kept = pile_read(agent, key_of(agent, i), &kept_heard_type, &status);
        if (kept == NULL) {
            return status;
        }
        if (strcmp(kept->id, envelope->id) == 0 && read_hex(kept->hash, kept_hash)) {
            heard.hash = kept_hash;
            *answer = kept->answer;
        }
    }
    *repetition = ocpp_settle_wire_repetition(&heard, envelope, hash);
    return OCPP_OK;
}

void pile_heard_put(struct batch *batch, const struct ocpp_settle_envelope *envelope,
                    const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE], const char *answer)
{
    struct ocpp_settle_agent *agent = batch->agent;
    const int64_t number = agent->next_heard;
    const size_t place = place_of(agent, number);
    char text[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    write_hex(hash, OCPP_SETTLE_DIGEST_SIZE, text);
    const struct kept_heard record = {
        .number = number, .id = envelope->id, .stream = envelope->stream, .seq = envelope->seq, .hash = text, .answer = answer
    };
    pile_batch_put(batch, key_of(agent, place), &kept_heard_type, &record);
    if (batch->status == OCPP_OK) {
        agent->next_heard++;
        agent->heard[place] = (struct heard_entry){
            .id = pile_hash(envelope->id), .stream = pile_hash(envelope->stream), .seq = envelope->seq, .number = number
        };
        batch->pending->heard = place + 1;
    }
}

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_settle_agent *agent = user;
    const void *message = NULL;
    (void)key;
    ocpp_arena_reset(agent->scratch);
    if (ocpp_message_decode(&kept_heard_type, value, size, NULL, NULL, agent->scratch, &message, NULL) != OCPP_OK) {
        return true;
    }
    const struct kept_heard *record = message;
    struct heard_entry *entry = &agent->heard[place_of(agent, record->number)];
    if (record->number > entry->number) {
        *entry = (struct heard_entry){
            .id = pile_hash(record->id), .stream = pile_hash(record->stream), .seq = record->seq, .number = record->number
        };
    }
    if (record->number >= agent->next_heard) {
        agent->next_heard = record->number + 1;
    }
    return true;
}

enum ocpp_status pile_heard_load(struct ocpp_settle_agent *agent)
{
    const struct ocpp_storage *storage = agent->settings.storage;
    agent->next_heard = 1;
    return storage->each(PILE_PREFIX "in/", NULL, load_one, agent, storage->user);
}
