/* sample_message.c: the tables of sample_message.h. */
#include "sample_message.h"

/* clang-format off */
#define SAMPLE(name) offsetof(struct sample, name)

static const char *const shapes[] = { "Round", "Square" };
static const char *const colors[] = { "Red", "Other" };
const struct ocpp_enum sample_shape_enum = { "Shape", shapes, 2, sizeof(enum sample_shape) };
const struct ocpp_enum sample_color_enum = { "Color", colors, 2, sizeof(enum sample_color) };

static const struct ocpp_member point_members[] = {
    { "x", NULL, offsetof(struct sample_point, x), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_REQUIRED | OCPP_MEMBER_TENTHS, 0, 0 },
    { "y", NULL, offsetof(struct sample_point, y), offsetof(struct sample_point, has_y), 0, 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_MINIMUM | OCPP_MEMBER_MAXIMUM, -1, 1 },
};
static const struct ocpp_type point_type = { "Point", point_members, 2, sizeof(struct sample_point) };

static const struct ocpp_member item_members[] = {
    { "id", NULL, offsetof(struct sample_item, id), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "label", NULL, offsetof(struct sample_item, label), OCPP_NO_OFFSET, 3, 0, OCPP_MEMBER_STRING, 0, 0, 0 },
};
const struct ocpp_type sample_item_type = { "Item", item_members, 2, sizeof(struct sample_item) };

static const struct ocpp_member members[] = {
    { "flag", NULL, SAMPLE(flag), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "count", NULL, SAMPLE(count), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED | OCPP_MEMBER_MINIMUM | OCPP_MEMBER_MAXIMUM, 0, 100 },
    { "name", NULL, SAMPLE(name), OCPP_NO_OFFSET, 5, 0, OCPP_MEMBER_STRING, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "when", NULL, SAMPLE(when), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_DATE_TIME, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "shape", &sample_shape_enum, SAMPLE(shape), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_ENUM, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "point", &point_type, SAMPLE(point), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_STRUCT, OCPP_MEMBER_REQUIRED, 0, 0 },
    { "option", NULL, SAMPLE(option), SAMPLE(has_option), 0, 0, OCPP_MEMBER_BOOLEAN, 0, 0, 0 },
    { "level", NULL, SAMPLE(level), SAMPLE(has_level), 0, 0, OCPP_MEMBER_INTEGER, 0, 0, 0 },
    { "limit", NULL, SAMPLE(limit), SAMPLE(has_limit), 0, 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_TENTHS, 0, 0 },
    { "until", NULL, SAMPLE(until), SAMPLE(has_until), 0, 0, OCPP_MEMBER_DATE_TIME, 0, 0, 0 },
    { "tag", NULL, SAMPLE(tag), OCPP_NO_OFFSET, 4, 0, OCPP_MEMBER_CISTRING, 0, 0, 0 },
    { "color", &sample_color_enum, SAMPLE(color), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_ENUM, 0, 0, 0 },
    { "outline", &sample_shape_enum, SAMPLE(outline), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_ENUM, 0, 0, 0 },
    { "detail", &sample_item_type, SAMPLE(detail), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_STRUCT, 0, 0, 0 },
    { "items", &sample_item_type, SAMPLE(items), OCPP_NO_OFFSET, 0, 3, OCPP_MEMBER_STRUCT, OCPP_MEMBER_LIST | OCPP_MEMBER_NOT_EMPTY, 0, 0 },
    { "names", NULL, SAMPLE(names), OCPP_NO_OFFSET, 4, 0, OCPP_MEMBER_STRING, OCPP_MEMBER_LIST, 0, 0 },
    { "levels", NULL, SAMPLE(levels), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_INTEGER, OCPP_MEMBER_LIST, 0, 0 },
    { "limits", NULL, SAMPLE(limits), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_NUMBER, OCPP_MEMBER_LIST, 0, 0 },
    { "options", NULL, SAMPLE(options), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_LIST, 0, 0 },
    { "times", NULL, SAMPLE(times), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_DATE_TIME, OCPP_MEMBER_LIST, 0, 0 },
    { "shapes", &sample_shape_enum, SAMPLE(shapes), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_ENUM, OCPP_MEMBER_LIST, 0, 0 },
    { "secret", NULL, SAMPLE(secret), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_STRING, OCPP_MEMBER_SECRET, 0, 0 },
    { "data", NULL, SAMPLE(data), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_ANY, 0, 0, 0 },
    { "customData", NULL, SAMPLE(custom_data), OCPP_NO_OFFSET, 0, 0, OCPP_MEMBER_CUSTOM, 0, 0, 0 },
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
