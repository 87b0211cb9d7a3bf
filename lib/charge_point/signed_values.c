/* signed_values.c: what meters signed: carried beside the records of the store, byte for byte.
 *
 * The signed values of one reading are a block: for each the number of its sample and four texts, each with its end, and a
 * checksum behind them all. A block is kept in pieces under "<prefix>/0", "/1", …, in the write that stores its record, and is
 * deleted with it. A station whose meters do not sign has no memory for it and writes nothing. OCPP 2.0.1 J01.FR.21, J02.FR.21;
 * the paper on signed meter values, 3.2, 4.2. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { MOST_DATA = 2500, MOST_METHOD = 50, MOST_KEY = 2500, CHECKSUM_BYTES = 4, TEXTS = 4 };

static void texts_of(const struct ocpp_signed_value *value, const char *texts[TEXTS])
{
    const char *all[TEXTS] = { value->data, value->signing_method, value->encoding_method, value->public_key };
    for (size_t i = 0; i < TEXTS; i++) {
        texts[i] = all[i] == NULL ? "" : all[i];
    }
}

/* --- limits --------------------------------------------------------------------------------------------------------- */

static size_t block_bytes(const struct ocpp_signed_value *value)
{
    const char *texts[TEXTS];
    size_t bytes = 1;
    texts_of(value, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        bytes += strlen(texts[i]) + 1;
    }
    return bytes;
}

static bool is_tellable(const struct ocpp_signed_value *value)
{
    static const size_t most[TEXTS] = { MOST_DATA, MOST_METHOD, MOST_METHOD, MOST_KEY };
    const char *texts[TEXTS];
    texts_of(value, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        const size_t size = strlen(texts[i]);
        if (!ocpp_text_valid(texts[i], size) || ocpp_text_count(texts[i], size) > most[i]) {
            return false;
        }
    }
    return texts[0][0] != '\0';
}

/* The value itself stays: it is true, signed or not. */
void ocpp_cp_signed_check(struct ocpp_charge_point *cp, int evse, struct reading *reading)
{
    size_t bytes = CHECKSUM_BYTES;
    size_t count = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct ocpp_signed_value *value = reading->samples[i].signed_value;
        if (value == NULL) {
            continue;
        }
        const size_t more = block_bytes(value);
        if (is_tellable(value) && count < MOST_SIGNED && bytes + more <= cp->settings.max_signed_bytes) {
            bytes += more;
            count++;
            continue;
        }
        reading->samples[i].signed_value = NULL;
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "meter %d: a signed value is empty, too long, or one too many; it is told unsigned",
                    evse);
    }
}

/* --- blocks ----------------------------------------------------------------------------------------------------------- */

size_t ocpp_cp_signed_pack(const struct reading *reading, uint8_t *bytes, size_t room)
{
    size_t size = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct ocpp_signed_value *value = reading->samples[i].signed_value;
        const char *texts[TEXTS];
        if (value == NULL || size + block_bytes(value) + CHECKSUM_BYTES > room) {
            continue;
        }
        bytes[size++] = (uint8_t)i;
        texts_of(value, texts);
        for (size_t t = 0; t < TEXTS; t++) {
            memcpy(bytes + size, texts[t], strlen(texts[t]) + 1);
            size += strlen(texts[t]) + 1;
        }
    }
    if (size == 0) {
        return 0;
    }
    const uint32_t crc = ocpp_crc32(bytes, size);
    for (unsigned i = 0; i < CHECKSUM_BYTES; i++) {
        bytes[size++] = (uint8_t)(crc >> 8 * i);
    }
    return size;
}

static bool is_whole(const uint8_t *bytes, size_t size)
{
    if (size <= CHECKSUM_BYTES) {
        return false;
    }
    uint32_t crc = 0;
    for (unsigned i = 0; i < CHECKSUM_BYTES; i++) {
        crc |= (uint32_t)bytes[size - CHECKSUM_BYTES + i] << 8 * i;
    }
    return crc == ocpp_crc32(bytes, size - CHECKSUM_BYTES);
}

bool ocpp_cp_signed_unpack(struct reading *reading, const uint8_t *bytes, size_t size, struct ocpp_signed_value *values)
{
    size_t count = 0;
    if (!is_whole(bytes, size)) {
        return size == 0;
    }
    for (size_t at = 0; at < size - CHECKSUM_BYTES && count < MOST_SIGNED; count++) {
        const char *texts[TEXTS];
        const size_t index = bytes[at++];
        for (size_t t = 0; t < TEXTS; t++) {
            const uint8_t *end = memchr(bytes + at, '\0', size - CHECKSUM_BYTES - at);
            if (end == NULL) {
                return false;
            }
            texts[t] = (const char *)bytes + at;
            at = (size_t)(end - bytes) + 1;
        }
        values[count] = (struct ocpp_signed_value){ texts[0], texts[1], texts[2], texts[3] };
        if (index < reading->count) {
            reading->samples[index].signed_value = &values[count];
        }
    }
    return true;
}

/* --- the store ---------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_signed_put(struct ocpp_charge_point *cp, const struct reading *reading, const char *prefix,
                                    struct changes *changes)
{
    if (cp->settings.max_signed_bytes == 0) {
        return OCPP_OK;
    }
    uint8_t *bytes = cp->signed_bytes + changes->signed_used;
    const size_t size = ocpp_cp_signed_pack(reading, bytes, 2 * cp->settings.max_signed_bytes - changes->signed_used);
    changes->signed_used += size;
    for (size_t at = 0, piece = 0; at < size; at += SIGNED_CHUNK, piece++) {
        if (changes->count == MOST_CHANGES) {
            return OCPP_ERR_LIMIT;
        }
        char *key = ocpp_cp_change(changes, OCPP_CHANGE_PUT, bytes + at, size - at < SIGNED_CHUNK ? size - at : SIGNED_CHUNK);
        snprintf(key, OCPP_KEY_SIZE, "%.100s/%u", prefix, (unsigned)piece);
    }
    return OCPP_OK;
}

struct pieces {
    uint8_t *bytes; /* NULL: only counted */
    size_t size;
};

static bool add_piece(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    struct pieces *pieces = user;
    if (pieces->bytes != NULL) {
        memcpy(pieces->bytes + pieces->size, value, size);
    }
    pieces->size += size;
    return true;
}

void ocpp_cp_signed_load(struct ocpp_charge_point *cp, const char *prefix, struct reading *reading)
{
    char pieces_key[OCPP_KEY_SIZE];
    struct pieces pieces = { NULL, 0 };
    if (cp->settings.max_signed_bytes == 0) {
        return;
    }
    snprintf(pieces_key, sizeof(pieces_key), "%.100s/", prefix);
    enum ocpp_status status = cp->storage->each(pieces_key, NULL, add_piece, &pieces, cp->storage->user);
    if (status == OCPP_OK && pieces.size == 0) {
        return;
    }
    struct ocpp_signed_value *values = ocpp_cp_arena_take(cp, MOST_SIGNED * sizeof(*values));
    pieces.bytes = ocpp_cp_arena_take(cp, pieces.size);
    pieces.size = 0;
    if (status == OCPP_OK && values != NULL && pieces.bytes != NULL) {
        status = cp->storage->each(pieces_key, NULL, add_piece, &pieces, cp->storage->user);
    }
    if (status != OCPP_OK || values == NULL || pieces.bytes == NULL) {
        cp->is_starved = true; /* to be tried again, signed */
        return;
    }
    if (!ocpp_cp_signed_unpack(reading, pieces.bytes, pieces.size, values)) {
        ocpp_cp_reading_unsign(reading);
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the signed values %s cannot be read; they are told unsigned", prefix);
    }
}

void ocpp_cp_signed_prefix(int64_t number, char key[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key("signed", number, key);
}

void ocpp_cp_signed_drop(const struct ocpp_charge_point *cp, int64_t number, struct changes *changes)
{
    if (cp->settings.max_signed_bytes > 0) {
        char key[OCPP_KEY_SIZE];
        ocpp_cp_signed_prefix(number, key);
        snprintf(ocpp_cp_change(changes, OCPP_CHANGE_DELETE_PREFIX, NULL, 0), OCPP_KEY_SIZE, "%.100s/", key);
    }
}

void ocpp_cp_signed_of_head(struct ocpp_charge_point *cp)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_signed_prefix(cp->queue.loaded_number, key);
    ocpp_cp_signed_load(cp, key, &cp->queue.fact.reading);
}

/* --- public keys ----------------------------------------------------------------------------------------------------------- */

enum { KEYS_NEVER, KEYS_ONCE, KEYS_ALWAYS }; /* PublicKeyWithSignedMeterValue, in the order of its words */

struct key_rule ocpp_cp_key_rule(const struct ocpp_charge_point *cp, const struct told *told)
{
    const int64_t times = cp->values[VARIABLE_PUBLIC_KEY];
    const bool once = times == KEYS_ONCE;
    return (struct key_rule){ .gives = times == KEYS_ALWAYS || (once && told != NULL && !told->key_told), .once = once };
}

const char *ocpp_cp_key_of(struct ocpp_charge_point *cp, const struct ocpp_signed_value *value, struct key_rule *rule)
{
    const char *key = value->public_key == NULL ? "" : value->public_key;
    if (!rule->gives || key[0] == '\0') {
        return "";
    }
    rule->gives = !rule->once;
    cp->queue.gives_key = true;
    return key;
}
