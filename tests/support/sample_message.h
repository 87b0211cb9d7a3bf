/* sample_message.h: a message with every kind of member, described by hand as an extension would, for the tests of the walkers.
 * It is in no version, so that these tests run whatever the library was built with. */
#ifndef OCPP_TEST_SAMPLE_MESSAGE_H
#define OCPP_TEST_SAMPLE_MESSAGE_H

#include <ocpp/message.h>

enum sample_shape { SAMPLE_SHAPE_UNSET, SAMPLE_SHAPE_ROUND, SAMPLE_SHAPE_SQUARE };
enum sample_color { SAMPLE_COLOR_UNSET, SAMPLE_COLOR_RED, SAMPLE_COLOR_OTHER };

struct sample_point {
    struct ocpp_decimal x; /* tenths */
    bool has_y;
    struct ocpp_decimal y; /* -1 to 1 */
};

struct sample_item {
    int64_t id;
    const char *label; /* optional, max 3 */
};

struct sample {
    bool flag;
    int64_t count;    /* 0 to 100 */
    const char *name; /* max 5 */
    int64_t when;
    enum sample_shape shape;
    struct sample_point point;
    bool has_option;
    bool option;
    bool has_level;
    int64_t level;
    bool has_limit;
    struct ocpp_decimal limit; /* tenths */
    bool has_until;
    int64_t until;
    const char *tag; /* optional, any case, max 4 */
    enum sample_color color;
    enum sample_shape outline;
    const struct sample_item *detail;
    struct {
        const struct sample_item *items;
        size_t count;
    } items; /* 1 to 3 */
    struct {
        const char *const *items;
        size_t count;
    } names; /* max 4 characters each */
    struct {
        const int64_t *items;
        size_t count;
    } levels;
    struct {
        const struct ocpp_decimal *items;
        size_t count;
    } limits;
    struct {
        const bool *items;
        size_t count;
    } options;
    struct {
        const int64_t *items;
        size_t count;
    } times;
    struct {
        const enum sample_shape *items;
        size_t count;
    } shapes;
    const char *secret;      /* optional */
    const char *data;        /* optional, any JSON */
    const char *custom_data; /* optional */
};

extern const struct ocpp_enum sample_shape_enum;
extern const struct ocpp_enum sample_color_enum;
extern const struct ocpp_type sample_item_type;
extern const struct ocpp_type sample_type;

/* A message without members. */
extern const struct ocpp_type sample_empty_type;

/* What must be there, and everything there is, as the encoder writes it. */
#define SAMPLE_REQUIRED                                                                                                          \
    "\"flag\":true,\"count\":7,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:56.000Z\",\"shape\":\"Round\",\"point\":{\"x\":1."  \
    "5}"
#define SAMPLE_MINIMAL    "{" SAMPLE_REQUIRED "}"
#define SAMPLE_WITH(more) "{" SAMPLE_REQUIRED "," more "}"

extern const char sample_full[];

#endif
