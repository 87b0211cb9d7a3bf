/* test_lenient.c: lib/model/lenient.c: each quirk by itself, on a hand-written message and on payloads the field is known for. */
#include "quirk_frames.h"
#include "sample_message.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a decoder reported. */
struct reports {
    unsigned count;
    uint32_t quirks;
    struct ocpp_issue first;
};

static void note(const struct ocpp_issue *issue, void *user)
{
    struct reports *reports = user;
    if (reports->count++ == 0)
        reports->first = *issue;
    reports->quirks |= issue->quirk;
}

static struct reports reports;
static struct ocpp_issue issue;
static struct ocpp_arena *arena;

static enum ocpp_status decode(const struct ocpp_type *type, const char *text, uint32_t quirks, const void **message)
{
    const struct ocpp_tolerance tolerance = { quirks, note, &reports };
    memset(&reports, 0, sizeof reports);
    memset(&issue, 0, sizeof issue);
    ocpp_arena_reset(arena);
    return ocpp_message_decode(type, text, strlen(text), NULL, &tolerance, arena, message, &issue);
}

static int setup_arena(void **state)
{
    (void)state;
    arena = ocpp_arena_new(NULL, 0);
    return arena == NULL;
}

static int free_arena(void **state)
{
    (void)state;
    ocpp_arena_free(arena);
    return 0;
}

/* --- each quirk -------------------------------------------------------------------------------------------------- */

struct bent {
    const char *text;
    uint32_t quirk;
    const char *path;
    enum ocpp_status strict;
};

/* clang-format off */
static const struct bent bents[] = {
    { SAMPLE_WITH("\"until\":\"2024-05-06T14:34:56+02\""), OCPP_QUIRK_SHORT_OFFSET, "/until", OCPP_ERR_DATE_TIME },
    { SAMPLE_WITH("\"times\":[\"2024-05-06T14:34:56.5-0230\"]"), OCPP_QUIRK_SHORT_OFFSET, "/times/0", OCPP_ERR_DATE_TIME },
    { SAMPLE_WITH("\"until\":\"2024-05-06T14:34:56\""), OCPP_QUIRK_NO_ZONE, "/until", OCPP_ERR_DATE_TIME },
    { SAMPLE_WITH("\"until\":\"2024-05-06T14:34Z\""), OCPP_QUIRK_NO_SECONDS, "/until", OCPP_ERR_DATE_TIME },
    { SAMPLE_WITH("\"color\":\"Blue\""), OCPP_QUIRK_UNKNOWN_ENUM, "/color", OCPP_ERR_VALUE },
    { SAMPLE_WITH("\"outline\":\"Blue\""), OCPP_QUIRK_UNKNOWN_ENUM, "/outline", OCPP_ERR_VALUE },
    { SAMPLE_WITH("\"shapes\":[\"Round\",\"Blue\",\"Square\"]"), OCPP_QUIRK_UNKNOWN_ENUM, "/shapes/1", OCPP_ERR_VALUE },
    { SAMPLE_WITH("\"tag\":\"fives\""), OCPP_QUIRK_OVERLONG_TEXT, "/tag", OCPP_ERR_LENGTH },
    { SAMPLE_WITH("\"names\":[\"fives\"]"), OCPP_QUIRK_OVERLONG_TEXT, "/names/0", OCPP_ERR_LENGTH },
    { SAMPLE_WITH("\"option\":1"), OCPP_QUIRK_NUMBER_AS_BOOLEAN, "/option", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"tag\":1.5"), OCPP_QUIRK_NUMBER_AS_TEXT, "/tag", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"level\":\"-12\""), OCPP_QUIRK_TEXT_AS_NUMBER, "/level", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"limit\":\"1.5\""), OCPP_QUIRK_TEXT_AS_NUMBER, "/limit", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"items\":{\"id\":1}"), OCPP_QUIRK_OBJECT_AS_LIST, "/items", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"unheard\":{\"a\":[1]}"), OCPP_QUIRK_UNKNOWN_MEMBER, "/unheard", OCPP_ERR_UNKNOWN_MEMBER },
    { "{\"flag\":true,\"count\":7,\"name\":\"\",\"when\":\"2024-05-06T12:34:56Z\",\"point\":{\"x\":1}}",
      OCPP_QUIRK_MISSING_ENUM, "/shape", OCPP_ERR_MISSING_MEMBER },
    { "{\"flag\":true,\"count\":7,\"name\":\"\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Blue\",\"point\":{\"x\":1}}",
      OCPP_QUIRK_MISSING_ENUM, "/shape", OCPP_ERR_VALUE },
    { SAMPLE_WITH("\"level\":null"), OCPP_QUIRK_NULL_AS_ABSENT, "/level", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"detail\":null"), OCPP_QUIRK_NULL_AS_ABSENT, "/detail", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"items\":null"), OCPP_QUIRK_NULL_AS_ABSENT, "/items", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"levels\":[1,null,2]"), OCPP_QUIRK_NULL_AS_ABSENT, "/levels/1", OCPP_ERR_TYPE },
    { SAMPLE_WITH("\"items\":[]"), OCPP_QUIRK_EMPTY_LIST, "/items", OCPP_ERR_TOO_FEW },
    { SAMPLE_WITH("\"until\":\"0\""), OCPP_QUIRK_BAD_TIME, "/until", OCPP_ERR_DATE_TIME },
    { SAMPLE_WITH("\"limit\":0.15"), OCPP_QUIRK_OUT_OF_RANGE, "/limit", OCPP_ERR_RANGE },
    { "{\"flag\":true,\"count\":101,\"name\":\"\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\",\"point\":{\"x\":1}}",
      OCPP_QUIRK_OUT_OF_RANGE, "/count", OCPP_ERR_RANGE },
};
/* clang-format on */

static void each_quirk_alone_survives_its_breach_and_is_reported_with_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bents); i++) {
        const void *message = NULL;
        const enum ocpp_status status = decode(&sample_type, bents[i].text, bents[i].quirk, &message);
        if (status != OCPP_OK || reports.count != 1 || reports.quirks != bents[i].quirk)
            fail_msg("%s: %s at \"%s\", %u reports %x", bents[i].text, ocpp_status_name(status), issue.path, reports.count,
                     reports.quirks);
        assert_string_equal(reports.first.path, bents[i].path);
        assert_int_equal(reports.first.status, bents[i].strict);
        assert_non_null(message);
    }
}

static void every_other_quirk_together_does_not_survive_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bents); i++) {
        const void *message = NULL;
        /* a time that cannot be read may also be dropped; this is about reading it */
        const uint32_t others = OCPP_QUIRK_ALL & ~bents[i].quirk & ~(uint32_t)OCPP_QUIRK_BAD_TIME;
        assert_int_equal(decode(&sample_type, bents[i].text, others, &message), bents[i].strict);
        assert_string_equal(issue.path, bents[i].path);
        assert_int_equal(issue.quirk, 0);
        assert_int_equal(reports.count, 0);
        assert_null(message);
    }
}

static const struct sample *lenient(const char *text)
{
    const void *message = NULL;
    const enum ocpp_status status = decode(&sample_type, text, OCPP_QUIRK_ALL, &message);
    if (status != OCPP_OK)
        fail_msg("%s: %s at \"%s\"", text, ocpp_status_name(status), issue.path);
    return message;
}

static void what_is_read_is_what_was_meant(void **state)
{
    (void)state;
    assert_int_equal(lenient(SAMPLE_WITH("\"until\":\"2024-05-06T14:34:56+02\""))->until, INT64_C(1714998896000));
    assert_int_equal(lenient(SAMPLE_WITH("\"until\":\"2024-05-06T12:34\""))->until, INT64_C(1714998840000));
    assert_int_equal(reports.quirks, OCPP_QUIRK_NO_ZONE | OCPP_QUIRK_NO_SECONDS);
    assert_int_equal(lenient(SAMPLE_WITH("\"color\":\"Blue\""))->color, SAMPLE_COLOR_OTHER);
    assert_int_equal(lenient(SAMPLE_WITH("\"outline\":\"Blue\""))->outline, SAMPLE_SHAPE_UNSET);
    assert_string_equal(lenient(SAMPLE_WITH("\"tag\":\"fives\""))->tag, "fives");
    assert_true(lenient(SAMPLE_WITH("\"option\":1"))->option);
    assert_false(lenient(SAMPLE_WITH("\"option\":0"))->option);
    assert_string_equal(lenient(SAMPLE_WITH("\"tag\":-2.50"))->tag, "-2.5");
    assert_int_equal(lenient(SAMPLE_WITH("\"level\":\"-12\""))->level, -12);
    assert_int_equal(lenient(SAMPLE_WITH("\"level\":\"1e2\""))->level, 100);
    assert_int_equal(ocpp_decimal_compare(lenient(SAMPLE_WITH("\"limit\":\"0.15\""))->limit, OCPP_DECIMAL(15, 2)), 0);
    assert_int_equal(reports.quirks, OCPP_QUIRK_TEXT_AS_NUMBER | OCPP_QUIRK_OUT_OF_RANGE);
    assert_int_equal(lenient(SAMPLE_WITH("\"items\":{\"id\":9}"))->items.items[0].id, 9);
    assert_false(lenient(SAMPLE_WITH("\"level\":null"))->has_level);
    assert_false(lenient(SAMPLE_WITH("\"until\":\"0\""))->has_until);
    assert_null(lenient(SAMPLE_WITH("\"detail\":null"))->detail);
    assert_null(lenient(SAMPLE_WITH("\"items\":null"))->items.items);
}

static void dropped_items_leave_the_others_in_order(void **state)
{
    (void)state;
    const struct sample *sample = lenient(SAMPLE_WITH("\"levels\":[null,1,null,2],\"shapes\":[\"Blue\",\"Square\",\"Round\"]"));
    assert_int_equal(sample->levels.count, 2);
    assert_int_equal(sample->levels.items[0], 1);
    assert_int_equal(sample->levels.items[1], 2);
    assert_int_equal(sample->shapes.count, 2);
    assert_int_equal(sample->shapes.items[0], SAMPLE_SHAPE_SQUARE);
    assert_int_equal(reports.count, 3);
    assert_int_equal(lenient(SAMPLE_WITH("\"items\":[null]"))->items.count, 0);
    assert_int_equal(reports.quirks, OCPP_QUIRK_NULL_AS_ABSENT | OCPP_QUIRK_EMPTY_LIST);
}

/* What a tolerant reader still refuses. */
static void some_breaches_are_beyond_all_leniency(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum ocpp_status status;
        const char *path;
    } hopeless[] = {
        { "[]", OCPP_ERR_TYPE, "" },
        { "{\"flag\":2}", OCPP_ERR_TYPE, "/flag" },
        { "{\"flag\":\"true\"}", OCPP_ERR_TYPE, "/flag" },
        { "{\"count\":\"seven\"}", OCPP_ERR_TYPE, "/count" },
        { "{\"count\":\"7.5\"}", OCPP_ERR_TYPE, "/count" },
        { "{\"count\":\"\"}", OCPP_ERR_TYPE, "/count" },
        { "{\"count\":\"99999999999999999999\"}", OCPP_ERR_TYPE, "/count" },
        { "{\"count\":true}", OCPP_ERR_TYPE, "/count" },
        { "{\"name\":true}", OCPP_ERR_TYPE, "/name" },
        { "{\"name\":{}}", OCPP_ERR_TYPE, "/name" },
        { "{\"when\":\"yesterday\"}", OCPP_ERR_DATE_TIME, "/when" },
        { "{\"when\":0}", OCPP_ERR_TYPE, "/when" },
        { "{\"shape\":1}", OCPP_ERR_TYPE, "/shape" },
        { "{\"names\":\"a\"}", OCPP_ERR_TYPE, "/names" },
        { "{\"items\":[1]}", OCPP_ERR_TYPE, "/items/0" },
        { "{\"items\":{\"label\":\"a\"}}", OCPP_ERR_MISSING_MEMBER, "/items/id" },
        { "{\"items\":[{},{},{},{}]}", OCPP_ERR_TOO_MANY, "/items" },
        { "{\"flag\":null}", OCPP_ERR_MISSING_MEMBER, "/flag" },
        { "{\"customData\":{}}", OCPP_ERR_MISSING_MEMBER, "/customData/vendorId" },
    };
    for (size_t i = 0; i < COUNT_OF(hopeless); i++) {
        const void *message = NULL;
        const enum ocpp_status status = decode(&sample_type, hopeless[i].text, OCPP_QUIRK_ALL, &message);
        if (status != hopeless[i].status || strcmp(issue.path, hopeless[i].path) != 0)
            fail_msg("%s: %s at \"%s\"", hopeless[i].text, ocpp_status_name(status), issue.path);
        assert_null(message);
    }
}

static void leniency_without_a_listener_is_fine(void **state)
{
    (void)state;
    const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_ALL };
    const char text[] = SAMPLE_WITH("\"level\":\"1\"");
    const void *message;
    assert_int_equal(ocpp_message_decode(&sample_type, text, sizeof text - 1, NULL, &tolerance, arena, &message, NULL), OCPP_OK);
}

static void quirks_have_names_and_sentences(void **state)
{
    (void)state;
    for (uint32_t bit = 1; bit < OCPP_QUIRK_ALL; bit <<= 1) {
        const char *name = ocpp_quirk_name((enum ocpp_quirk)bit);
        assert_string_not_equal(name, "?");
        assert_string_not_equal(ocpp_quirk_sentence((enum ocpp_quirk)bit), "?");
        assert_int_equal(ocpp_quirk_of(name), bit);
    }
    assert_string_equal(ocpp_quirk_name((enum ocpp_quirk)0), "?");
    assert_string_equal(ocpp_quirk_name(OCPP_QUIRK_ALL), "?");
    assert_string_equal(ocpp_quirk_sentence((enum ocpp_quirk)3), "?");
    assert_int_equal(ocpp_quirk_of("no-such-quirk"), 0);
}

/* --- messages of the versions -------------------------------------------------------------------------------------- */

static const struct ocpp_type *type_of(enum ocpp_version version, const char *name, bool is_response)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    if (protocol == NULL)
        return NULL;
    const struct ocpp_action *action = ocpp_protocol_action(protocol, name, strlen(name));
    return is_response ? action->response : action->request;
}

static void what_the_field_sends_is_refused_strictly_and_survived_leniently(void **state)
{
    (void)state;
    for (size_t i = 0; i < quirk_frame_count; i++) {
        const struct quirk_frame *frame = &quirk_frames[i];
        const struct ocpp_type *type = type_of(frame->version, frame->action, frame->is_response);
        if (type == NULL)
            continue;
        const void *message;
        assert_int_equal(decode(type, frame->payload, 0, &message), frame->strict);
        assert_string_equal(issue.path, frame->strict_path);
        const enum ocpp_status status = decode(type, frame->payload, OCPP_QUIRK_ALL, &message);
        if (status != frame->lenient || (status == OCPP_OK && reports.quirks != frame->quirks))
            fail_msg("%s: %s at \"%s\", quirks %x", frame->payload, ocpp_status_name(status), issue.path, reports.quirks);
        if (frame->quirks == 0 || status != OCPP_OK)
            continue;
        assert_int_equal(decode(type, frame->payload, frame->quirks, &message), OCPP_OK);
        assert_int_equal(reports.quirks, frame->quirks);
    }
}

static bool encodes_as(const struct ocpp_type *type, const void *message, const char *expected)
{
    const char *text = "";
    size_t size;
    struct ocpp_issue wrong;
    if (ocpp_message_encode(type, message, arena, &text, &size, &wrong) != OCPP_OK)
        fail_msg("%s at \"%s\"", ocpp_status_name(wrong.status), wrong.path);
    if (strcmp(text, expected) != 0)
        print_error("%s\n", text);
    return strcmp(text, expected) == 0;
}

static void a_sample_of_unknown_kind_is_left_out_instead_of_being_taken_for_another(void **state)
{
    (void)state;
    const struct ocpp_type *type = type_of(OCPP_VERSION_1_6, "MeterValues", false);
    if (type == NULL)
        return;
    const void *message;
    const char text[] =
        "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2025-01-01T00:00:00.000Z\",\"sampledValue\":["
        "{\"value\":\"1\",\"measurand\":\"Current.Import.L1\"},{\"value\":\"2\",\"unit\":\"kwh\"},"
        "{\"value\":\"3\",\"phase\":\"L9\"},{\"value\":\"4\",\"context\":\"Noon\"},{\"value\":\"5\",\"unit\":\"Hertz\"}]}]}";
    assert_int_equal(decode(type, text, OCPP_QUIRK_ALL, &message), OCPP_OK);
    assert_int_equal(reports.count, 5);
    assert_int_equal(reports.quirks, OCPP_QUIRK_UNKNOWN_ENUM);
    assert_true(encodes_as(type, message,
                           "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2025-01-01T00:00:00.000Z\",\"sampledValue\":["
                           "{\"value\":\"4\",\"context\":\"Other\"},{\"value\":\"5\"}]}]}"));
}

static void an_answer_that_says_no_keeps_what_can_be_read(void **state)
{
    (void)state;
    const struct ocpp_type *type = type_of(OCPP_VERSION_1_6, "GetCompositeSchedule", true);
    if (type == NULL)
        return;
    const void *message;
    const char text[] =
        "{\"status\":\"Rejected\",\"connectorId\":3,\"scheduleStart\":\"0\",\"chargingSchedule\":{\"duration\":0},\"more\":1}";
    assert_int_equal(decode(type, text, OCPP_QUIRK_JUNK_IN_REJECTED, &message), OCPP_OK);
    assert_int_equal(reports.count, 3);
    assert_string_equal(reports.first.path, "/scheduleStart");
    assert_true(encodes_as(type, message, "{\"status\":\"Rejected\",\"connectorId\":3}"));
    const char accepted[] = "{\"status\":\"Accepted\",\"scheduleStart\":\"0\"}";
    assert_int_equal(decode(type, accepted, OCPP_QUIRK_JUNK_IN_REJECTED, &message), OCPP_ERR_DATE_TIME);
    assert_int_equal(reports.count, 0);
}

static void the_status_of_a_request_is_no_refusal(void **state)
{
    (void)state;
    const struct ocpp_type *type = type_of(OCPP_VERSION_1_6, "StatusNotification", false);
    if (type == NULL)
        return;
    const void *message;
    const char text[] = "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Available\",\"timestamp\":\"0\"}";
    assert_int_equal(decode(type, text, OCPP_QUIRK_JUNK_IN_REJECTED, &message), OCPP_ERR_DATE_TIME);
}

static void an_earlier_name_beside_the_present_one_is_just_unknown(void **state)
{
    (void)state;
    const struct ocpp_type *type = type_of(OCPP_VERSION_1_6, "BootNotification", true);
    if (type == NULL)
        return;
    const void *message;
    const char text[] =
        "{\"status\":\"Accepted\",\"currentTime\":\"2013-02-01T20:53:32Z\",\"heartbeatInterval\":300,\"interval\":9}";
    assert_int_equal(decode(type, text, OCPP_QUIRK_LEGACY_NAMES, &message), OCPP_ERR_UNKNOWN_MEMBER);
    assert_string_equal(issue.path, "/heartbeatInterval");
    const char null[] = "{\"status\":\"Accepted\",\"currentTime\":\"2013-02-01T20:53:32Z\",\"heartbeatInterval\":null}";
    assert_int_equal(decode(type, null, OCPP_QUIRK_ALL, &message), OCPP_ERR_MISSING_MEMBER);
    assert_string_equal(issue.path, "/interval");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_quirk_alone_survives_its_breach_and_is_reported_with_its_path),
        cmocka_unit_test(every_other_quirk_together_does_not_survive_it),
        cmocka_unit_test(what_is_read_is_what_was_meant),
        cmocka_unit_test(dropped_items_leave_the_others_in_order),
        cmocka_unit_test(some_breaches_are_beyond_all_leniency),
        cmocka_unit_test(leniency_without_a_listener_is_fine),
        cmocka_unit_test(quirks_have_names_and_sentences),
        cmocka_unit_test(what_the_field_sends_is_refused_strictly_and_survived_leniently),
        cmocka_unit_test(a_sample_of_unknown_kind_is_left_out_instead_of_being_taken_for_another),
        cmocka_unit_test(an_answer_that_says_no_keeps_what_can_be_read),
        cmocka_unit_test(the_status_of_a_request_is_no_refusal),
        cmocka_unit_test(an_earlier_name_beside_the_present_one_is_just_unknown),
    };
    return cmocka_run_group_tests(tests, setup_arena, free_arena);
}
