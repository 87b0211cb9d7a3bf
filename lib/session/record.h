/* record.h: structs as compact, checksummed bytes for the store, described by a table like messages are.
 *
 * A record is: format (1 byte), kind (1 byte), fields, CRC-32 of all before (4 bytes, little-endian). A field is its tag and
 * shape as one number, then a number (zigzag, 7 bits per byte) or a length and that many bytes. Fields that are zero or empty are
 * left out.
 *
 * Versions grow by adding tags and never reuse one: an older record is read with the new fields zero, and an older program skips
 * the tags it does not know. What was cut, bent or is of another kind is OCPP_ERR_CORRUPT, never half a struct.
 */
#ifndef OCPP_LIB_RECORD_H
#define OCPP_LIB_RECORD_H

#include <ocpp/types.h>

enum ocpp_field_shape {
    OCPP_FIELD_INTEGER, /* any integer or enumeration of |size| bytes */
    OCPP_FIELD_BOOLEAN, /* a bool */
    OCPP_FIELD_TEXT,    /* a char array of |size| bytes, terminated */
    OCPP_FIELD_BYTES,   /* |size| bytes, exactly */
    OCPP_FIELD_LIST     /* an array of at most |room| structs of |size| bytes; how many are in use stands in the size_t at
                           |count_offset| */
};

struct ocpp_field {
    uint8_t tag; /* 1 to 63, unique in its layout for all time */
    uint8_t shape;
    uint16_t offset;
    uint16_t size;
    uint16_t room;
    uint16_t count_offset;
    const struct ocpp_layout *nested;
};

/* ocpp_layout: a struct as fields. |kind| tells records apart; it is not looked at in nested layouts. */
struct ocpp_layout {
    uint8_t kind;
    size_t size; /* of the struct */
    const struct ocpp_field *fields;
    size_t count;
};

/* Rows of a layout. */
#define OCPP_FIELD_SIZE(type, member) sizeof(((type *)0)->member)
#define OCPP_FIELD_ROW(tag, shape, type, member)                                                                                 \
    {                                                                                                                            \
        tag, shape, offsetof(type, member), OCPP_FIELD_SIZE(type, member), 0, 0, NULL                                            \
    }
#define OCPP_FIELD_ROW_LIST(tag, type, items, count, layout)                                                                     \
    {                                                                                                                            \
        tag, OCPP_FIELD_LIST, offsetof(type, items), sizeof(((type *)0)->items[0]),                                              \
            sizeof(((type *)0)->items) / sizeof(((type *)0)->items[0]), offsetof(type, count), layout                            \
    }

/* ocpp_record_write: |object| as bytes in |room| bytes at |bytes|; |*size| is their number.
 * Errors: OCPP_ERR_LIMIT  the room is too small. */
OCPP_MUST_USE enum ocpp_status ocpp_record_write(const struct ocpp_layout *layout, const void *object, uint8_t *bytes,
                                                 size_t room, size_t *size);

/* ocpp_record_read: the bytes as |object|, all of whose fields that are not in the bytes become zero.
 * Errors: OCPP_ERR_CORRUPT; |object| is all zero then. */
OCPP_MUST_USE enum ocpp_status ocpp_record_read(const struct ocpp_layout *layout, const void *bytes, size_t size, void *object);

/* ocpp_crc32: as in zlib and Ethernet; what records end with. */
uint32_t ocpp_crc32(const uint8_t *bytes, size_t size);

#endif
