/* fuzz_json.c: any bytes through the scan, the tree and the writer. What the scan lets in must become a tree, and what is written
 * of it must be let in again and written the same.
 */
#include "target.h"

#include "json.h"
#include "require.h"

#include <string.h>

/* Written numbers can be longer than read ones (1e15). */
static const struct ocpp_json_limits limits_of_written = { .max_bytes = 1 << 20 };

/* Asks a value everything that may be asked of its kind. */
static void question(const struct ocpp_json *value)
{
    int64_t integer = 0;
    size_t count = 0;

    if (ocpp_json_is_integer(value, &integer)) {
        ocpp_require(ocpp_json_kind(value) == OCPP_JSON_NUMBER);
        ocpp_require(integer >= -(INT64_C(1) << 53) && integer <= INT64_C(1) << 53);
    }
    for (const struct ocpp_json *child = ocpp_json_first(value); child; child = ocpp_json_next(child)) {
        const char *name = ocpp_json_member_name(child);
        ocpp_require((name != NULL) == (ocpp_json_kind(value) == OCPP_JSON_OBJECT));
        ocpp_require(!name || ocpp_json_member(value, name) == child); /* names are unique */
        question(child);
        count++;
    }
    ocpp_require(ocpp_json_count(value) == count);
}

static const char *written(const struct ocpp_json *root, struct ocpp_arena *arena, size_t *size)
{
    struct ocpp_json_writer writer;
    const char *text = NULL;

    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, root);
    ocpp_require(ocpp_json_writer_finish(&writer, &text, size) == OCPP_OK);
    return text;
}

static void round_trip(const char *text, size_t size)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 8 << 20);
    struct ocpp_json *first = NULL;
    struct ocpp_json *second = NULL;
    size_t once_size = 0;
    size_t twice_size = 0;

    ocpp_require(arena != NULL);
    ocpp_require(ocpp_json_parse(text, size, NULL, &first, NULL) == OCPP_OK);
    question(first);
    const char *once = written(first, arena, &once_size);
    ocpp_require(ocpp_json_parse(once, once_size, &limits_of_written, &second, NULL) == OCPP_OK);
    const char *twice = written(second, arena, &twice_size);
    ocpp_require(once_size == twice_size && memcmp(once, twice, once_size) == 0);
    ocpp_json_free(first);
    ocpp_json_free(second);
    ocpp_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t offset = 0;
    const enum ocpp_status status = ocpp_json_scan(text, size, NULL, &offset);

    if (status == OCPP_OK) {
        round_trip(text, size);
        return 0;
    }
    ocpp_require(offset <= size);
    ocpp_require(ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE);
    return 0;
}
