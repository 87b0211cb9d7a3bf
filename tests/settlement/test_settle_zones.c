/* Time zones from files nobody vouches for. */
#include "allocator.h"
#include "scratch.h"
#include "tzif.h"
#include "unit.h"

#include <ocpp/settlement/adapters.h>

#include <stdio.h>
#include <string.h>

/* --- rules ----------------------------------------------------------------------------------------------------------- */

static void rules_are_read_as_posix_and_its_extension_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t standard_s;
        int64_t summer_s; /* 0: no summer time */
        int64_t begin, end;
    } cases[] = {
        { "UTC0", 0, 0, 0, 0 },
        { "JST-9", 32400, 0, 0, 0 },
        { "<+0545>-5:45", 20700, 0, 0, 0 },
        { "<-03>3", -10800, 0, 0, 0 },
        { "LMT-0:53:28", 3208, 0, 0, 0 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200, 1774746000, 1792890000 },
        { "EST5EDT,M3.2.0,M11.1.0", -18000, -14400, 1772953200, 1793512800 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 3600, -1, 1792890000, 1774746000 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, 39600, 1791041400, 1775314800 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, -3600, 1774746000, 1792890000 },
        { "AAA0BBB,J60/0,J300/0", 0, 3600, 1772323200, 1793055600 },
        { "AAA0BBB,59/0,299/0", 0, 3600, 1772323200, 1793055600 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tz_rule rule;

        assert_true(tz_rule_read(cases[i].text, strlen(cases[i].text), &rule));
        assert_int_equal(rule.standard_s, cases[i].standard_s);
        assert_int_equal(rule.has_summer, cases[i].summer_s != 0);
        if (rule.has_summer) {
            int64_t begin = 0;
            int64_t end = 0;

            tz_rule_changes(&rule, 2026, &begin, &end);
            assert_int_equal(rule.summer_s, cases[i].summer_s == -1 ? 0 : cases[i].summer_s);
            assert_int_equal(begin, cases[i].begin);
            assert_int_equal(end, cases[i].end);
        }
    }
}

static void what_is_no_rule_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "C",
        "CE-1",
        "CET",
        "CET-25",
        "CET-1:60",
        "CET-1:",
        "<CET-1",
        "<>-1",
        "CET-1 ",
        "CET-1CEST",
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,J0,J10",
        "CET-1CEST,J366,J10",
        "CET-1CEST,366,10",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M3.5.0,M10.5.0,1",
        "CET-99999999999",
        "CET-1CE,M3.5.0,M10.5.0",
        "CET--1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct tz_rule rule;

        if (tz_rule_read(wrong[i], strlen(wrong[i]), &rule)) {
            fail_msg("\"%s\" was read", wrong[i]);
        }
    }
}

/* --- files ------------------------------------------------------------------------------------------------------------ */

/* A file under construction. */
struct made {
    unsigned char bytes[4096];
    size_t size;
};

static void put(struct made *made, uint64_t value, size_t bytes)
{
    while (bytes-- > 0) {
        made->bytes[made->size++] = (unsigned char)(bytes < 8 ? value >> (8 * bytes) : 0);
    }
}

static void put_header(struct made *made, char version, size_t times, size_t types)
{
    memcpy(made->bytes + made->size, "TZif", 4);
    made->size += 4;
    put(made, (uint64_t)version, 1);
    put(made, 0, 15);
    put(made, 0, 4); /* ut */
    put(made, 0, 4); /* standard */
    put(made, 0, 4); /* leap */
    put(made, times, 4);
    put(made, types, 4);
    put(made, 4, 4); /* names */
}

/* A file of version 2 with |times|, of which the even ones begin type 1, and |rule| behind them. */
static struct made make_file(const int64_t *times, size_t count, const char *rule)
{
    struct made made = { .size = 0 };

    put_header(&made, '2', 0, 1);
    put(&made, 0, 6);
    put(&made, 0, 4);
    put_header(&made, '2', count, 2);
    for (size_t i = 0; i < count; i++) {
        put(&made, (uint64_t)times[i], 8);
    }
    for (size_t i = 0; i < count; i++) {
        put(&made, (i + 1) % 2, 1);
    }
    put(&made, 3600, 4);
    put(&made, 0, 2);
    put(&made, 7200, 4);
    put(&made, 0x100, 2);
    put(&made, 0, 4);
    put(&made, '\n', 1);
    memcpy(made.bytes + made.size, rule, strlen(rule));
    made.size += strlen(rule);
    put(&made, '\n', 1);
    return made;
}

static enum ocpp_status list(const struct made *made, int64_t from_s, int64_t to_s, struct ocpp_settle_zone_transition items[64],
                             size_t *count)
{
    struct tzif tzif;
    const enum ocpp_status status = tzif_read(made->bytes, made->size, &tzif);

    return status == OCPP_OK ? tzif_transitions(&tzif, from_s, to_s, items, 64, count) : status;
}

static void changes_are_those_of_the_file_and_then_those_of_the_rule(void **state)
{
    static const int64_t times[] = { 1000, 2000, 1774746000 };
    struct ocpp_settle_zone_transition items[64];
    size_t count = 0;
    const struct made made = make_file(times, COUNT_OF(times), "CET-1CEST,M3.5.0,M10.5.0/3");

    (void)state;
    assert_int_equal(list(&made, 0, 1500, items, &count), OCPP_OK);
    assert_int_equal(count, 2);
    assert_int_equal(items[0].from, 0);
    assert_int_equal(items[0].offset_s, 3600);
    assert_int_equal(items[1].from, 1000000);
    assert_int_equal(items[1].offset_s, 7200);

    assert_int_equal(list(&made, 1000, 1000, items, &count), OCPP_OK);
    assert_int_equal(count, 1);
    assert_int_equal(items[0].offset_s, 7200);

    assert_int_equal(list(&made, 1774746000 - 1, 1774746000 + 300 * 86400, items, &count), OCPP_OK);
    assert_int_equal(count, 3);
    assert_int_equal(items[1].from, INT64_C(1774746000000));
    assert_int_equal(items[2].from, INT64_C(1792890000000));
    assert_int_equal(items[2].offset_s, 3600);
}

static void summer_time_all_year_is_one_offset(void **state)
{
    struct ocpp_settle_zone_transition items[64];
    size_t count = 0;
    const struct made made = make_file(NULL, 0, "EST5EDT,0/0,J365/25");

    (void)state;
    assert_int_equal(list(&made, 1767225600 - 86400 * 900, 1767225600 + 86400 * 900, items, &count), OCPP_OK);
    assert_int_equal(count, 1);
    assert_int_equal(items[0].offset_s, -14400);
}

static void without_a_rule_the_last_offset_stays(void **state)
{
    static const int64_t times[] = { 1000 };
    struct ocpp_settle_zone_transition items[64];
    size_t count = 0;
    const struct made made = make_file(times, 1, "");

    (void)state;
    assert_int_equal(list(&made, 0, INT64_C(4102444800), items, &count), OCPP_OK);
    assert_int_equal(count, 2);
    assert_int_equal(items[1].offset_s, 7200);
}

static void more_changes_than_a_snapshot_keeps_are_told(void **state)
{
    struct ocpp_settle_zone_transition items[64];
    size_t count = 0;
    const struct made made = make_file(NULL, 0, "CET-1CEST,M3.5.0,M10.5.0/3");

    (void)state;
    assert_int_equal(list(&made, 0, INT64_C(31) * 365 * 86400, items, &count), OCPP_OK);
    assert_int_equal(list(&made, 0, INT64_C(40) * 365 * 86400, items, &count), OCPP_ERR_LIMIT);
}

static void what_is_no_time_zone_is_refused(void **state)
{
    static const int64_t times[] = { 1000, 2000 };
    static const int64_t backwards[] = { 2000, 1000 };
    static const struct {
        size_t offset;
        unsigned char value;
    } spoiled[] = {
        { 0, 'X' },                     /* the first magic */
        { 54, 'X' },                    /* the second */
        { 54 + 31, 1 },                 /* leap seconds */
        { 54 + 35, 200 },               /* more changes than there are */
        { 54 + 32, 255 },               /* far more */
        { 54 + 39, 0 },                 /* no types */
        { 54 + 23, 1 },                 /* a number of indicators that is not that of types */
        { 54 + 44 + 16, 2 },            /* a type that is not there */
        { 54 + 44 + 18, 0x7f },         /* an offset no clock has */
        { 54 + 44 + 18 + 12 + 4, 'x' }, /* no footer */
    };
    struct ocpp_settle_zone_transition items[64];
    size_t count = 0;
    struct made made = make_file(backwards, 2, "UTC0");

    (void)state;
    assert_int_equal(list(&made, 0, 1, items, &count), OCPP_ERR_CORRUPT);
    for (size_t i = 0; i < COUNT_OF(spoiled); i++) {
        made = make_file(times, 2, "UTC0");
        assert_int_equal(list(&made, 0, 1, items, &count), OCPP_OK);
        assert_true(made.bytes[spoiled[i].offset] != spoiled[i].value);
        made.bytes[spoiled[i].offset] = spoiled[i].value;
        if (list(&made, 0, 1, items, &count) != OCPP_ERR_CORRUPT) {
            fail_msg("byte %u", (unsigned)spoiled[i].offset);
        }
    }
    made = make_file(times, 2, "nonsense");
    assert_int_equal(list(&made, 0, 1, items, &count), OCPP_ERR_CORRUPT);
    made = make_file(times, 2, "EST7EDT,0/00,365/25"); /* summer ends when the next one has begun */
    assert_int_equal(list(&made, 0, 1, items, &count), OCPP_ERR_CORRUPT);
    made = make_file(times, 2, "UTC0");
    made.bytes[4] = 0;
    assert_int_equal(list(&made, 0, 1, items, &count), OCPP_ERR_FOREIGN);
    made = make_file(times, 2, "UTC0");
    for (made.size--; made.size > 0; made.size--) {
        assert_int_equal(list(&made, 0, 1, items, &count), OCPP_ERR_CORRUPT);
    }
}

/* --- the folder --------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status ask(const char *folder, const char *zone, struct ocpp_arena *arena,
                            struct ocpp_settle_zone_transitions *transitions)
{
    const struct ocpp_settle_zone_span span = { zone, 0, INT64_C(86400000) };

    return ocpp_settle_zone_read(folder, &span, arena, transitions);
}

static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void names_cannot_lead_out_of_the_folder(void **state)
{
    static const char *const wrong[] = { "",
                                         "/etc/passwd",
                                         "../etc/passwd",
                                         "Europe/../../etc/passwd",
                                         "Europe//Berlin",
                                         "Europe/",
                                         ".",
                                         "..",
                                         "a b",
                                         "zone.tab",
                                         "a\\b",
                                         "é",
                                         "a:b",
                                         "~",
                                         "12345678901234567890123456789012345678901234567890123456789012345" };
    struct ocpp_settle_zone_transitions transitions;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(ask(NULL, wrong[i], arena, &transitions), OCPP_ERR_ARGUMENT);
    }
    ocpp_arena_free(arena);
}

static void files_are_found_read_and_bounded(void **state)
{
    static unsigned char large[64 * 1024 + 1];
    const struct made good = make_file(NULL, 0, "JST-9");
    struct ocpp_settle_zone_transitions transitions = { NULL, 0 };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    char folder[256];

    (void)state;
    scratch_make(folder, sizeof folder);
    write_file(folder, "Good", good.bytes, good.size);
    write_file(folder, "Empty", "", 0);
    write_file(folder, "Large", large, sizeof large);
    assert_int_equal(ask(folder, "Good", arena, &transitions), OCPP_OK);
    assert_int_equal(transitions.count, 1);
    assert_int_equal(transitions.items[0].offset_s, 32400);
    assert_int_equal(ask(folder, "Empty", arena, &transitions), OCPP_ERR_CORRUPT);
    assert_int_equal(ask(folder, "Large", arena, &transitions), OCPP_ERR_CORRUPT);
    assert_int_equal(ask(folder, "Missing", arena, &transitions), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ask(folder, "Good/Missing", arena, &transitions), OCPP_ERR_NOT_FOUND);
    const char *name = strrchr(folder, '/') + 1;
    char parent[256];
    snprintf(parent, sizeof parent, "%.*s", (int)(name - folder - 1), folder);
    if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+") == strlen(name)) {
        assert_int_equal(ask(parent, name, arena, &transitions), OCPP_ERR_NOT_FOUND);
    }
    const struct ocpp_settle_zone_span backwards = { "Good", 1, 0 };
    const struct ocpp_settle_zone_span late = { "Good", 0, INT64_MAX };
    const struct ocpp_settle_zone_span early = { "Good", INT64_MIN, 0 };
    assert_int_equal(ocpp_settle_zone_read(folder, &backwards, arena, &transitions), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_zone_read(folder, &late, arena, &transitions), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_zone_read(folder, &early, arena, &transitions), OCPP_ERR_ARGUMENT);
    scratch_remove(folder);
    ocpp_arena_free(arena);
}

static void no_memory_is_told(void **state)
{
    const struct made good = make_file(NULL, 0, "CET-1CEST,M3.5.0,M10.5.0/3");
    char folder[256];
    bool done = false;

    (void)state;
    scratch_make(folder, sizeof folder);
    write_file(folder, "Good", good.bytes, good.size);
    for (size_t limit = 64; !done; limit += 16) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, limit);
        struct ocpp_settle_zone_transitions transitions = { NULL, 0 };
        const enum ocpp_status status = ask(folder, "Good", arena, &transitions);

        assert_true(status == OCPP_OK || (status == OCPP_ERR_NOMEM && !transitions.items));
        done = status == OCPP_OK;
        ocpp_arena_free(arena);
    }
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_read_as_posix_and_its_extension_write_them),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(changes_are_those_of_the_file_and_then_those_of_the_rule),
        cmocka_unit_test(summer_time_all_year_is_one_offset),
        cmocka_unit_test(without_a_rule_the_last_offset_stays),
        cmocka_unit_test(more_changes_than_a_snapshot_keeps_are_told),
        cmocka_unit_test(what_is_no_time_zone_is_refused),
        cmocka_unit_test(names_cannot_lead_out_of_the_folder),
        cmocka_unit_test(files_are_found_read_and_bounded),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
