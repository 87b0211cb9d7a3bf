/* record.c: the walker over record layouts, both ways. */
#include "record.h"

#include <string.h>

enum { FORMAT = 1, HEAD_BYTES = 2, CHECKSUM_BYTES = 4, MOST_VARINT_BYTES = 10 };

/* CRC-32 as in zlib and Ethernet, four bits at a time: sixteen entries are enough for records of a few hundred bytes. */
uint32_t ocpp_crc32(const uint8_t *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ (crc >> 4);
        crc = table[(crc ^ (uint32_t)(bytes[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return ~crc;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* Bytes that are written in order. What does not fit is counted all the same, so that one check at the end is enough. */
struct sink {
    uint8_t *bytes;
    size_t room;
    size_t size;
};

static void put_bytes(struct sink *sink, const void *bytes, size_t size)
{
    if (size > 0 && sink->size + size <= sink->room) {
        memcpy(sink->bytes + sink->size, bytes, size);
    }
    sink->size += size;
}

static size_t varint(uint64_t value, uint8_t bytes[MOST_VARINT_BYTES])
{
    size_t size = 0;
    for (; value > 127; value >>= 7) {
        bytes[size++] = (uint8_t)(value | 128);
    }
    bytes[size++] = (uint8_t)value;
    return size;
}

static void put_varint(struct sink *sink, uint64_t value)
{
    uint8_t bytes[MOST_VARINT_BYTES];
    put_bytes(sink, bytes, varint(value, bytes));
}

static void put_head(struct sink *sink, uint8_t tag, bool has_bytes)
{
    put_varint(sink, (uint64_t)tag << 1 | has_bytes);
}

/* Small negative numbers stay short: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t zagzig(uint64_t value)
{
    const uint64_t half = value >> 1;
    return value & 1 ? -(int64_t)half - 1 : (int64_t)half;
}

static int64_t load_integer(const void *place, size_t size)
{
    int8_t one;
    int16_t two;
    int32_t four;
    int64_t eight;
    switch (size) {
    case 1:
        memcpy(&one, place, 1);
        return one;
    case 2:
        memcpy(&two, place, 2);
        return two;
    case 4:
        memcpy(&four, place, 4);
        return four;
    default:
        memcpy(&eight, place, 8);
        return eight;
    }
}

static void put_fields(struct sink *sink, const struct ocpp_layout *layout, const void *object);

static void put_list(struct sink *sink, const struct ocpp_field *field, const uint8_t *object)
{
    size_t count;
    memcpy(&count, object + field->count_offset, sizeof(count));
    for (size_t i = 0; i < count && i < field->room; i++) {
        const uint8_t *item = object + field->offset + i * field->size;
        struct sink measure = { NULL, 0, 0 };
        put_fields(&measure, field->nested, item);
        put_head(sink, field->tag, true);
        put_varint(sink, measure.size);
        put_fields(sink, field->nested, item);
    }
}

static void put_field(struct sink *sink, const struct ocpp_field *field, const uint8_t *object)
{
    const uint8_t *place = object + field->offset;
    switch ((enum ocpp_field_shape)field->shape) {
    case OCPP_FIELD_BOOLEAN:
    case OCPP_FIELD_INTEGER: {
        const int64_t value = load_integer(place, field->size);
        if (value != 0) {
            put_head(sink, field->tag, false);
            put_varint(sink, zigzag(value));
        }
        return;
    }
    case OCPP_FIELD_TEXT:
        if (place[0] != '\0') {
            put_head(sink, field->tag, true);
            put_varint(sink, strlen((const char *)place));
            put_bytes(sink, place, strlen((const char *)place));
        }
        return;
    case OCPP_FIELD_BYTES:
        put_head(sink, field->tag, true);
        put_varint(sink, field->size);
        put_bytes(sink, place, field->size);
        return;
    case OCPP_FIELD_LIST:
        put_list(sink, field, object);
        return;
    }
}

static void put_fields(struct sink *sink, const struct ocpp_layout *layout, const void *object)
{
    for (size_t i = 0; i < layout->count; i++) {
        put_field(sink, &layout->fields[i], object);
    }
}

enum ocpp_status ocpp_record_write(const struct ocpp_layout *layout, const void *object, uint8_t *bytes, size_t room,
                                   size_t *size)
{
    struct sink sink = { bytes, room, 0 };
    put_bytes(&sink, (const uint8_t[HEAD_BYTES]){ FORMAT, layout->kind }, HEAD_BYTES);
    put_fields(&sink, layout, object);
    if (sink.size + CHECKSUM_BYTES > room) {
        return OCPP_ERR_LIMIT;
    }
    const uint32_t crc = ocpp_crc32(bytes, sink.size);
    const uint8_t checksum[CHECKSUM_BYTES] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24) };
    put_bytes(&sink, checksum, CHECKSUM_BYTES);
    *size = sink.size;
    return OCPP_OK;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

struct source {
    const uint8_t *bytes;
    size_t size;
    size_t at;
};

static bool take_varint(struct source *source, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && source->at < source->size; shift += 7) {
        const uint8_t byte = source->bytes[source->at++];
        const uint64_t bits = byte & 127;
        if (bits << shift >> shift != bits) {
            return false;
        }
        *value |= bits << shift;
        if (byte < 128) {
            return true;
        }
    }
    return false;
}

static bool store_integer(void *place, size_t size, int64_t value)
{
    const int8_t one = (int8_t)value;
    const int16_t two = (int16_t)value;
    const int32_t four = (int32_t)value;
    switch (size) {
    case 1:
        memcpy(place, &one, 1);
        return one == value;
    case 2:
        memcpy(place, &two, 2);
        return two == value;
    case 4:
        memcpy(place, &four, 4);
        return four == value;
    default:
        memcpy(place, &value, 8);
        return true;
    }
}

static const struct ocpp_field *field_of(const struct ocpp_layout *layout, uint64_t tag)
{
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->fields[i].tag == tag) {
            return &layout->fields[i];
        }
    }
    return NULL;
}

static bool take_fields(struct source *source, const struct ocpp_layout *layout, uint8_t *object);

static bool take_item(const struct source *value, const struct ocpp_field *field, uint8_t *object)
{
    size_t count;
    memcpy(&count, object + field->count_offset, sizeof(count));
    if (count >= field->room) {
        return false;
    }
    struct source inner = *value;
    if (!take_fields(&inner, field->nested, object + field->offset + count * field->size)) {
        return false;
    }
    count++;
    memcpy(object + field->count_offset, &count, sizeof(count));
    return true;
}

static bool take_bytes(const struct source *value, const struct ocpp_field *field, uint8_t *object)
{
    switch ((enum ocpp_field_shape)field->shape) {
    case OCPP_FIELD_TEXT:
        if (value->size >= field->size || memchr(value->bytes, '\0', value->size) != NULL) {
            return false;
        }
        memcpy(object + field->offset, value->bytes, value->size);
        object[field->offset + value->size] = '\0';
        return true;
    case OCPP_FIELD_BYTES:
        if (value->size != field->size) {
            return false;
        }
        memcpy(object + field->offset, value->bytes, value->size);
        return true;
    case OCPP_FIELD_LIST:
        return take_item(value, field, object);
    case OCPP_FIELD_BOOLEAN:
    case OCPP_FIELD_INTEGER:
        return false;
    }
    return false;
}

static bool take_number(int64_t number, const struct ocpp_field *field, uint8_t *place)
{
    if (field->shape == OCPP_FIELD_BOOLEAN) {
        return (number == 0 || number == 1) && store_integer(place, field->size, number);
    }
    return field->shape == OCPP_FIELD_INTEGER && store_integer(place, field->size, number);
}

static bool take_field(struct source *source, const struct ocpp_layout *layout, uint8_t *object)
{
    uint64_t head;
    uint64_t number;
    if (!take_varint(source, &head) || !take_varint(source, &number)) {
        return false;
    }
    const struct ocpp_field *field = field_of(layout, head >> 1);
    if ((head & 1) == 0) {
        return field == NULL || take_number(zagzig(number), field, object + field->offset);
    }
    if (number > source->size - source->at) {
        return false;
    }
    const struct source value = { source->bytes + source->at, (size_t)number, 0 };
    source->at += (size_t)number;
    return field == NULL || take_bytes(&value, field, object);
}

static bool take_fields(struct source *source, const struct ocpp_layout *layout, uint8_t *object)
{
    while (source->at < source->size) {
        if (!take_field(source, layout, object)) {
            return false;
        }
    }
    return true;
}

static bool is_whole(const uint8_t *bytes, size_t size)
{
    if (size < HEAD_BYTES + CHECKSUM_BYTES || bytes[0] != FORMAT) {
        return false;
    }
    const uint8_t *tail = bytes + size - CHECKSUM_BYTES;
    const uint32_t crc = (uint32_t)tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 | (uint32_t)tail[3] << 24;
    return crc == ocpp_crc32(bytes, size - CHECKSUM_BYTES);
}

enum ocpp_status ocpp_record_read(const struct ocpp_layout *layout, const void *bytes, size_t size, void *object)
{
    const uint8_t *from = bytes;
    memset(object, 0, layout->size);
    if (!is_whole(from, size) || from[1] != layout->kind) {
        return OCPP_ERR_CORRUPT;
    }
    struct source source = { from + HEAD_BYTES, size - HEAD_BYTES - CHECKSUM_BYTES, 0 };
    if (!take_fields(&source, layout, object)) {
        memset(object, 0, layout->size);
        return OCPP_ERR_CORRUPT;
    }
    return OCPP_OK;
}
