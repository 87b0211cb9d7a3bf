/* Records: what is written reads back, what grew is still read, what was bent is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "record.h"

struct point {
    int64_t x;
    int8_t y;
};

struct thing {
    bool flag;
    int16_t small;
    int32_t middle;
    int64_t large;
    char name[8];
    uint8_t id[4];
    struct point points[3];
    size_t point_count;
};

static const struct ocpp_field point_fields[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct point, x),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct point, y),
};
static const struct ocpp_layout point_layout = { 0, sizeof(struct point), point_fields, 2 };

static const struct ocpp_field thing_fields[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_BOOLEAN, struct thing, flag),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct thing, small),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct thing, middle),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct thing, large),
    OCPP_FIELD_ROW(5, OCPP_FIELD_TEXT, struct thing, name),
    OCPP_FIELD_ROW(6, OCPP_FIELD_BYTES, struct thing, id),
    OCPP_FIELD_ROW_LIST(40, struct thing, points, point_count, &point_layout),
};
static const struct ocpp_layout thing_layout = { 7, sizeof(struct thing), thing_fields, 7 };

/* As an earlier version of the program knew it. */
static const struct ocpp_layout early_layout = { 7, sizeof(struct thing), thing_fields, 3 };
static const struct ocpp_layout other_layout = { 8, sizeof(struct thing), thing_fields, 7 };

static const struct thing full = {
    .flag = true,
    .small = -300,
    .middle = 70000,
    .large = INT64_MIN,
    .name = "seven77",
    .id = { 1, 0, 255, 3 },
    .points = { { 5, -1 }, { 0, 0 }, { INT64_MAX, 127 } },
    .point_count = 3,
};

static void assert_same(const struct thing *a, const struct thing *b)
{
    assert_int_equal(a->flag, b->flag);
    assert_int_equal(a->small, b->small);
    assert_int_equal(a->middle, b->middle);
    assert_true(a->large == b->large);
    assert_string_equal(a->name, b->name);
    assert_memory_equal(a->id, b->id, sizeof(a->id));
    assert_int_equal(a->point_count, b->point_count);
    for (size_t i = 0; i < a->point_count; i++) {
        assert_true(a->points[i].x == b->points[i].x && a->points[i].y == b->points[i].y);
    }
}

static size_t written(const struct ocpp_layout *layout, const struct thing *thing, uint8_t *bytes, size_t room)
{
    size_t size = 0;
    assert_int_equal(ocpp_record_write(layout, thing, bytes, room, &size), OCPP_OK);
    return size;
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct thing back;
    const size_t size = written(&thing_layout, &full, bytes, sizeof(bytes));
    assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_OK);
    assert_same(&full, &back);
}

static void an_empty_struct_is_a_few_bytes(void **state)
{
    (void)state;
    uint8_t bytes[32];
    struct thing back;
    const struct thing empty = { .flag = false };
    const size_t size = written(&thing_layout, &empty, bytes, sizeof(bytes));
    assert_int_equal(size, 2 + 2 + 4 + 4);
    assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_OK);
    assert_same(&empty, &back);
}

static void an_older_record_is_read_with_the_new_fields_zero(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct thing back;
    memset(&back, 0xff, sizeof(back));
    const size_t size = written(&early_layout, &full, bytes, sizeof(bytes));
    assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_OK);
    assert_int_equal(back.small, -300);
    assert_true(back.large == 0 && back.point_count == 0);
    assert_string_equal(back.name, "");
}

static void an_older_program_skips_what_it_does_not_know(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct thing back;
    const size_t size = written(&thing_layout, &full, bytes, sizeof(bytes));
    assert_int_equal(ocpp_record_read(&early_layout, bytes, size, &back), OCPP_OK);
    assert_int_equal(back.middle, 70000);
    assert_int_equal(back.point_count, 0);
}

static void every_bent_bit_and_every_cut_is_found(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct thing back;
    const size_t size = written(&thing_layout, &full, bytes, sizeof(bytes));
    for (size_t bit = 0; bit < size * 8; bit++) {
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_ERR_CORRUPT);
        assert_int_equal(back.point_count, 0);
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(ocpp_record_read(&thing_layout, bytes, cut, &back), OCPP_ERR_CORRUPT);
    }
}

static void a_record_of_another_kind_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct thing back;
    const size_t size = written(&other_layout, &full, bytes, sizeof(bytes));
    assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_ERR_CORRUPT);
}

/* Layouts that disagree about a tag, as when one was reused against the rule. */
static void a_field_that_does_not_fit_its_place_is_refused(void **state)
{
    (void)state;
    static const struct ocpp_field wide[] = { OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct thing, large) };
    static const struct ocpp_field bytes_for_number[] = { OCPP_FIELD_ROW(2, OCPP_FIELD_BYTES, struct thing, id) };
    static const struct ocpp_field number_for_text[] = { OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct thing, small) };
    static const struct ocpp_field many_for_flag[] = { OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct thing, large) };
    static const struct ocpp_field short_id[] = { OCPP_FIELD_ROW(6, OCPP_FIELD_TEXT, struct thing, name) };
    const struct ocpp_layout layouts[] = {
        { 7, sizeof(struct thing), wide, 1 },
        { 7, sizeof(struct thing), bytes_for_number, 1 },
        { 7, sizeof(struct thing), number_for_text, 1 },
        { 7, sizeof(struct thing), short_id, 1 },
        { 7, sizeof(struct thing), many_for_flag, 1 },
    };
    const struct thing odd = { .small = 1, .large = 1 << 20, .name = "1234567" };
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        uint8_t bytes[64];
        struct thing back;
        const size_t size = written(&layouts[i], &odd, bytes, sizeof(bytes));
        assert_int_equal(ocpp_record_read(&thing_layout, bytes, size, &back), OCPP_ERR_CORRUPT);
    }
}

static void one_item_more_than_the_room_is_refused(void **state)
{
    (void)state;
    static const struct ocpp_field two[] = { { 40, OCPP_FIELD_LIST, offsetof(struct thing, points), sizeof(struct point), 2,
                                               offsetof(struct thing, point_count), &point_layout } };
    const struct ocpp_layout narrow = { 7, sizeof(struct thing), two, 1 };
    uint8_t bytes[200];
    struct thing back;
    const size_t size = written(&thing_layout, &full, bytes, sizeof(bytes));
    assert_int_equal(ocpp_record_read(&narrow, bytes, size, &back), OCPP_ERR_CORRUPT);
}

static void too_little_room_is_told_and_nothing_is_written_beyond_it(void **state)
{
    (void)state;
    uint8_t bytes[200];
    size_t size = 0;
    const size_t whole = written(&thing_layout, &full, bytes, sizeof(bytes));
    for (size_t room = 0; room < whole; room++) {
        memset(bytes, 0xa5, sizeof(bytes));
        assert_int_equal(ocpp_record_write(&thing_layout, &full, bytes, room, &size), OCPP_ERR_LIMIT);
        assert_int_equal(bytes[room], 0xa5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(an_empty_struct_is_a_few_bytes),
        cmocka_unit_test(an_older_record_is_read_with_the_new_fields_zero),
        cmocka_unit_test(an_older_program_skips_what_it_does_not_know),
        cmocka_unit_test(every_bent_bit_and_every_cut_is_found),
        cmocka_unit_test(a_record_of_another_kind_is_refused),
        cmocka_unit_test(a_field_that_does_not_fit_its_place_is_refused),
        cmocka_unit_test(one_item_more_than_the_room_is_refused),
        cmocka_unit_test(too_little_room_is_told_and_nothing_is_written_beyond_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
