/* list_record.c: the record of a station's list, and digests of lists. A digest guards against mistakes, not against forgers: who
 * could forge it has the store, or the list. */
#include "list_record.h"

#include "records.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- the record --------------------------------------------------------------------------------------------------------------
 */

/* clang-format off */
#define ROW(wire, field, kind, flags) { wire, { NULL }, offsetof(struct list_record, field), 0, kind, flags, 0 }

static const struct ocpp_member members[] = {
    ROW("version", version, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED),
    ROW("digest", digest, OCPP_MEMBER_STRING, 0),
    ROW("toward", toward, OCPP_MEMBER_STRING, 0),
    ROW("isWhole", is_whole, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_REQUIRED),
    ROW("sent", sent, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED),
    ROW("page", page, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED),
};
/* clang-format on */

static const struct ocpp_type record_type = { "ListRecord", members, sizeof members / sizeof members[0],
                                              sizeof(struct list_record) };

static void key_of(const struct ocpp_station *station, char key[OCPP_KEY_SIZE])
{
    (void)snprintf(key, OCPP_KEY_SIZE, "list/%s", station->identity);
}

enum ocpp_status list_record_read(struct ocpp_station *station, struct ocpp_arena *arena, struct list_record *record)
{
    char key[OCPP_KEY_SIZE];

    *record = (struct list_record){ 0 };
    key_of(station, key);
    const enum ocpp_status status = record_read(station->central->storage, key, &record_type, arena, record);
    if (status == OCPP_ERR_CORRUPT) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: what is known of its list cannot be read",
                       station->identity);
    }
    if (status != OCPP_OK) {
        *record = (struct list_record){ 0 };
    }
    return status == OCPP_ERR_NOT_FOUND || status == OCPP_ERR_CORRUPT ? OCPP_OK : status;
}

void list_record_write(struct ocpp_station *station, struct ocpp_arena *arena, const struct list_record *record)
{
    struct ocpp_storage *storage = station->central->storage;
    char key[OCPP_KEY_SIZE];
    struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    const char *text = NULL;
    enum ocpp_status status = OCPP_OK;

    key_of(station, key);
    if (record) {
        change.kind = OCPP_CHANGE_PUT;
        status = ocpp_message_encode(&record_type, record, arena, &text, &change.size, NULL);
        change.value = text;
    }
    if (status == OCPP_OK) {
        status = storage->write(&change, 1, NULL, NULL, storage->user);
    }
    if (status != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: what is known of its list is not kept: %s",
                       station->identity, ocpp_status_sentence(status));
    }
}

/* --- digests -----------------------------------------------------------------------------------------------------------------
 */

/* Two sums that differ in their seeds; each is FNV-1a over an entry, stirred as splitmix64 ends. */
struct digest {
    uint64_t halves[2];
};

static uint64_t stir(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static uint64_t add_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

/* Upper and lower case are the same (1.6 idTag; IdToken of 2.x). */
static uint64_t add_text(uint64_t hash, const char *text)
{
    for (const char *at = text; *at; at++) {
        hash = add_byte(hash, (unsigned char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at));
    }
    return add_byte(hash, 0);
}

static uint64_t add_number(uint64_t hash, int64_t number)
{
    for (int shift = 0; shift < 64; shift += 8) {
        hash = add_byte(hash, (unsigned char)((uint64_t)number >> shift));
    }
    return hash;
}

static uint64_t hash_of(const struct ocpp_list_entry *entry, uint64_t seed)
{
    uint64_t hash = add_text(UINT64_C(0xcbf29ce484222325) ^ seed, entry->token.id);

    hash = add_number(hash, (int64_t)entry->token.type);
    hash = add_number(hash, entry->removed);
    if (!entry->removed) {
        hash = add_number(hash, (int64_t)entry->authorization);
        hash = add_number(hash, entry->expires_utc_ms);
        hash = add_text(add_number(hash, entry->group_id != NULL), entry->group_id ? entry->group_id : "");
    }
    return stir(hash);
}

static void write_digest(struct digest digest, size_t count, char text[LIST_DIGEST_SIZE])
{
    (void)snprintf(text, LIST_DIGEST_SIZE, "%016" PRIx64 "%016" PRIx64, stir(digest.halves[0] + count),
                   stir(digest.halves[1] + count));
}

void list_digest(const struct ocpp_list_entry *entries, size_t count, char text[LIST_DIGEST_SIZE])
{
    struct digest digest = { { 0, 0 } };

    for (size_t i = 0; i < count; i++) {
        for (size_t half = 0; half < 2; half++) {
            digest.halves[half] += hash_of(&entries[i], half);
        }
    }
    write_digest(digest, count, text);
}

void list_digest_in_order(const struct ocpp_list_entry *entries, size_t count, char text[LIST_DIGEST_SIZE])
{
    struct digest digest = { { 0, 0 } };

    for (size_t i = 0; i < count; i++) {
        for (size_t half = 0; half < 2; half++) {
            digest.halves[half] = stir(digest.halves[half] + hash_of(&entries[i], half));
        }
    }
    write_digest(digest, count, text);
}
