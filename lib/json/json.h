/* json.h: JSON text in and out. The only folder that knows cJSON, and it shows none of it.
 *
 * Reading is two steps in one call: a scan of the text that enforces grammar, UTF-8, limits, unique member names and exact
 * numbers, then cJSON's tree. Writing goes straight from values to text in an arena; no tree is built.
 */
#ifndef OCPP_LIB_JSON_H
#define OCPP_LIB_JSON_H

#include <ocpp/message.h>

/* A value of a parsed text; children are walked with first and next. Owned by the root. */
struct ocpp_json;

enum ocpp_json_kind { OCPP_JSON_NULL, OCPP_JSON_BOOLEAN, OCPP_JSON_NUMBER, OCPP_JSON_STRING, OCPP_JSON_ARRAY, OCPP_JSON_OBJECT };

/* ocpp_json_scan: checks |text| against RFC 8259 and |limits| (NULL: defaults) without building anything: grammar, UTF-8
 * (overlong forms and surrogates refused, also as lone \u escapes), no NUL in any spelling, no raw control characters, depth,
 * node count, duplicate member names (compared after unescaping), numbers within ±2^53 (a double beyond skips integers) and of at
 * most 63 characters, no text behind the value, no BOM. A depth beyond 128 is taken as 128, a size beyond 4 GiB as 4 GiB. Errors:
 * OCPP_ERR_NOT_JSON, _UTF8, _NUL, _DEPTH, _NODES, _DUPLICATE_MEMBER, _NUMBER_RANGE, _TOO_LARGE; |*offset| (may be NULL) is the
 * byte where it broke. Allocates nothing. */
enum ocpp_status ocpp_json_scan(const char *text, size_t size, const struct ocpp_json_limits *limits, size_t *offset);

/* ocpp_json_parse: scan, then tree. Errors: those of the scan, OCPP_ERR_NOMEM. |*root| is freed with ocpp_json_free(). */
enum ocpp_status ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits, struct ocpp_json **root,
                                 size_t *offset);

void ocpp_json_free(struct ocpp_json *root);

enum ocpp_json_kind ocpp_json_kind(const struct ocpp_json *value);
const struct ocpp_json *ocpp_json_first(const struct ocpp_json *container);
const struct ocpp_json *ocpp_json_next(const struct ocpp_json *value);
size_t ocpp_json_count(const struct ocpp_json *container);
const char *ocpp_json_member_name(const struct ocpp_json *value);                           /* NULL outside an object */
const struct ocpp_json *ocpp_json_member(const struct ocpp_json *object, const char *name); /* NULL when absent */
const struct ocpp_json *ocpp_json_item(const struct ocpp_json *array, size_t index);        /* NULL when absent */
const char *ocpp_json_string(const struct ocpp_json *value);                                /* of a STRING */
bool ocpp_json_boolean(const struct ocpp_json *value);                                      /* of a BOOLEAN */
struct ocpp_decimal ocpp_json_number(const struct ocpp_json *value); /* shortest decimal that reads back as the same double */
bool ocpp_json_is_integer(const struct ocpp_json *value, int64_t *integer); /* a NUMBER without fraction: 1, 1.0, 1e2 */

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* A text that grows in an arena, or in memory of somebody else's. Commas are placed by the writer; the first failure sticks and
 * is told by finish. */
struct ocpp_json_writer {
    struct ocpp_arena *arena;
    char *text;
    size_t size;
    size_t capacity;
    enum ocpp_status status;
    bool comma;
    enum ocpp_status (*grow)(struct ocpp_json_writer *writer, size_t capacity); /* NULL: |text| lives in |arena| */
    void *user;                                                                 /* of |grow| */
};

void ocpp_json_writer_start(struct ocpp_json_writer *writer, struct ocpp_arena *arena);

/* ocpp_json_writer_start_in: starts in |text| of |capacity| bytes (NULL and 0 are fine). When more is needed, terminator
 * included, |grow| is called with the least capacity wanted: it moves the |size| bytes written so far, sets text and capacity and
 * returns OCPP_OK, or an error that sticks (OCPP_ERR_NOMEM, OCPP_ERR_LIMIT). So a payload is written straight into the
 * frame that is sent. */
void ocpp_json_writer_start_in(struct ocpp_json_writer *writer, char *text, size_t capacity,
                               enum ocpp_status (*grow)(struct ocpp_json_writer *writer, size_t capacity), void *user);

void ocpp_json_write_begin(struct ocpp_json_writer *writer, char bracket); /* '{' or '[' */
void ocpp_json_write_end(struct ocpp_json_writer *writer, char bracket);   /* '}' or ']' */
void ocpp_json_write_name(struct ocpp_json_writer *writer, const char *name);
void ocpp_json_write_string(struct ocpp_json_writer *writer, const char *text);
void ocpp_json_write_string_of(struct ocpp_json_writer *writer, const char *text, size_t size);

/* ocpp_json_write_plain, ocpp_json_write_plain_name: a string or a name without quotes, backslashes, control characters and
 * beyond ASCII, as the caller knows: a constant, a date, a text that was looked through (plain.h). */
void ocpp_json_write_plain(struct ocpp_json_writer *writer, const char *text, size_t size);
void ocpp_json_write_plain_name(struct ocpp_json_writer *writer, const char *name);

void ocpp_json_write_integer(struct ocpp_json_writer *writer, int64_t integer);
void ocpp_json_write_decimal(struct ocpp_json_writer *writer, struct ocpp_decimal decimal);
void ocpp_json_write_boolean(struct ocpp_json_writer *writer, bool value);
void ocpp_json_write_null(struct ocpp_json_writer *writer);
void ocpp_json_write_raw(struct ocpp_json_writer *writer, const char *json, size_t size);   /* JSON the caller has checked */
void ocpp_json_write_value(struct ocpp_json_writer *writer, const struct ocpp_json *value); /* a parsed value, compact */

/* ocpp_json_writer_finish: the terminated text, where it was written.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT when there was no room on the way; OCPP_ERR_UTF8, OCPP_ERR_NUL when a string held such.
 */
enum ocpp_status ocpp_json_writer_finish(struct ocpp_json_writer *writer, const char **text, size_t *size);

#endif
