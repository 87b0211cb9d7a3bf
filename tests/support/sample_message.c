/* sample_message.c: the tables of sample_message.h. */
#include "sample_message.h"

/* clang-format off */
#define SAMPLE(name) offsetof(struct sample, name)

static const char *const shapes[] = { "Round", "Square" };
static const char *const colors[] = { "Red", "Other" };
const struct ocpp_enum sample_shape_enum = { shapes, 2, sizeof(enum sample_shape) };
const struct ocpp_enum sample_color_enum = { colors, 2, sizeof(enum sample_color) };

static const struct ocpp_member point_members[] = {
    { "x", { NULL }, offsetof(struct sample_point, x), 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_REQUIRED | OCPP_MEMBER_TENTHS, 0 },
    { "y", { .range = { -1, 1 } }, offsetof(struct sample_point, y), 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_MINIMUM | OCPP_MEMBER_MAXIMUM, offsetof(struct sample_point, y) - offsetof(struct sample_point, has_y) },
};
static const struct ocpp_type point_type = { "Point", point_members, 2, sizeof(struct sample_point) };

static const struct ocpp_member item_members[] = {
    { "id", { NULL }, offsetof(struct sample_item, id), 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED, 0 },
    { "label", { .max_length = 3 }, offsetof(struct sample_item, label), 0, OCPP_MEMBER_STRING, 0, 0 },
};
const struct ocpp_type sample_item_type = { "Item", item_members, 2, sizeof(struct sample_item) };

static const struct ocpp_member members[] = {
    { "flag", { NULL }, SAMPLE(flag), 0, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_REQUIRED, 0 },
    { "count", { .range = { 0, 100 } }, SAMPLE(count), 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED | OCPP_MEMBER_MINIMUM | OCPP_MEMBER_MAXIMUM, 0 },
    { "name", { .max_length = 5 }, SAMPLE(name), 0, OCPP_MEMBER_STRING, OCPP_MEMBER_REQUIRED, 0 },
    { "when", { NULL }, SAMPLE(when), 0, OCPP_MEMBER_DATE_TIME, OCPP_MEMBER_REQUIRED, 0 },
    { "shape", { &sample_shape_enum }, SAMPLE(shape), 0, OCPP_MEMBER_ENUM, OCPP_MEMBER_REQUIRED, 0 },
    { "point", { &point_type }, SAMPLE(point), 0, OCPP_MEMBER_STRUCT, OCPP_MEMBER_REQUIRED, 0 },
    { "option", { NULL }, SAMPLE(option), 0, OCPP_MEMBER_BOOLEAN, 0, SAMPLE(option) - SAMPLE(has_option) },
    { "level", { NULL }, SAMPLE(level), 0, OCPP_MEMBER_INTEGER, 0, SAMPLE(level) - SAMPLE(has_level) },
    { "limit", { NULL }, SAMPLE(limit), 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_TENTHS, SAMPLE(limit) - SAMPLE(has_limit) },
    { "until", { NULL }, SAMPLE(until), 0, OCPP_MEMBER_DATE_TIME, 0, SAMPLE(until) - SAMPLE(has_until) },
    { "tag", { .max_length = 4 }, SAMPLE(tag), 0, OCPP_MEMBER_CISTRING, 0, 0 },
    { "color", { &sample_color_enum }, SAMPLE(color), 0, OCPP_MEMBER_ENUM, 0, 0 },
    { "outline", { &sample_shape_enum }, SAMPLE(outline), 0, OCPP_MEMBER_ENUM, 0, 0 },
    { "detail", { &sample_item_type }, SAMPLE(detail), 0, OCPP_MEMBER_STRUCT, 0, 0 },
    { "items", { &sample_item_type }, SAMPLE(items), 3, OCPP_MEMBER_STRUCT, OCPP_MEMBER_LIST | OCPP_MEMBER_NOT_EMPTY, 0 },
    { "names", { .max_length = 4 }, SAMPLE(names), 0, OCPP_MEMBER_STRING, OCPP_MEMBER_LIST, 0 },
    { "levels", { NULL }, SAMPLE(levels), 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_LIST, 0 },
    { "limits", { NULL }, SAMPLE(limits), 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_LIST, 0 },
    { "options", { NULL }, SAMPLE(options), 0, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_LIST, 0 },
    { "times", { NULL }, SAMPLE(times), 0, OCPP_MEMBER_DATE_TIME, OCPP_MEMBER_LIST, 0 },
    { "shapes", { &sample_shape_enum }, SAMPLE(shapes), 0, OCPP_MEMBER_ENUM, OCPP_MEMBER_LIST, 0 },
    { "secret", { NULL }, SAMPLE(secret), 0, OCPP_MEMBER_STRING, OCPP_MEMBER_SECRET, 0 },
    { "data", { NULL }, SAMPLE(data), 0, OCPP_MEMBER_ANY, 0, 0 },
    { "customData", { NULL }, SAMPLE(custom_data), 0, OCPP_MEMBER_CUSTOM, 0, 0 },
};
/* clang-format on */

const struct ocpp_type sample_type = { "Sample", members, sizeof members / sizeof members[0], sizeof(struct sample) };
const struct ocpp_type sample_empty_type = { "Empty", NULL, 0, 1 };

const char sample_full[] = SAMPLE_WITH(
    "\"option\":false,\"level\":-3,\"limit\":0.1,\"until\":\"2024-05-07T00:00:00.250Z\",\"tag\":\"aBcD\",\"color\":\"Red\","
    "\"outline\":\"Square\",\"detail\":{\"id\":1,\"label\":\"one\"},\"items\":[{\"id\":2},{\"id\":3,\"label\":\"\"}],"
    "\"names\":[\"a\",\"\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC\"],\"levels\":[1,-2],\"limits\":[0,-1.25],\"options\":[true,false],"
    "\"times\":[\"2024-05-06T12:34:56.000Z\"],\"shapes\":[\"Square\",\"Round\"],\"secret\":\"LetMeIn!\","
    "\"data\":[null,{\"a\":\"b\"}],\"customData\":{\"vendorId\":\"v\",\"more\":{\"x\":[1]}}");
