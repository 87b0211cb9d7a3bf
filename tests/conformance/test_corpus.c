/* test_corpus.c: the decoder and the encoder judged by the reference frames of every version: what is valid passes and comes back
 * the same, what is broken in one place is refused for that reason at that place. */
#include "corpus_file.h"
#include "quirk_frames.h"
#include "walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct judge {
    struct ocpp_arena *arena;
    struct ocpp_issue issue;
    unsigned judged;
    unsigned wrong;
};

static enum ocpp_status decode(struct judge *judge, const struct corpus_line *line, const struct ocpp_type *type,
                               const void **message)
{
    ocpp_arena_reset(judge->arena);
    memset(&judge->issue, 0, sizeof judge->issue);
    judge->judged++;
    return ocpp_walk_decode(type, corpus_payload(line), NULL, judge->arena, &judge->issue, message);
}

static void complain(struct judge *judge, const struct corpus_line *line, const char *what)
{
    judge->wrong++;
    print_error("line %u, %s %s %s: %s (%s at \"%s\")\n", line->number, line->version, line->kind, line->action, what,
                ocpp_status_name(judge->issue.status), judge->issue.path);
}

static void judge_file(const char *name, void (*visit)(const struct corpus_line *, void *))
{
    struct judge judge = { .arena = ocpp_arena_new(NULL, 4 << 20) };
    const unsigned lines = corpus_each(name, visit, &judge);
    ocpp_arena_free(judge.arena);
    assert_int_equal(judge.wrong, 0);
    if (lines != 0)
        print_message("%s: %u lines, %u payloads judged\n", name, lines, judge.judged);
}

/* The message comes back the same from text and from a copy. */
static bool comes_back(struct judge *judge, const struct ocpp_type *type, const void *message)
{
    const char *text;
    size_t size;
    const void *again;
    const void *copy;
    const struct ocpp_json_limits limits = { 1 << 20, 100000, 64 };
    return ocpp_message_validate(type, message, &judge->issue) == OCPP_OK &&
           ocpp_message_encode(type, message, judge->arena, &text, &size, &judge->issue) == OCPP_OK &&
           ocpp_message_decode(type, text, size, &limits, NULL, judge->arena, &again, &judge->issue) == OCPP_OK &&
           ocpp_message_equal(type, message, again) && ocpp_message_copy(type, message, judge->arena, &copy) == OCPP_OK &&
           ocpp_message_equal(type, copy, again);
}

/* Whoever judged the corpus by the schemas let "format": "date-time" pass unasserted, so that two frames of test suites came in
 * whose times are one letter. No instant can be made of them. */
static bool is_no_time(const struct judge *judge, const struct corpus_line *line)
{
    const struct ocpp_json *value = ocpp_json_member(corpus_payload(line), judge->issue.path + 1);
    return judge->issue.status == OCPP_ERR_DATE_TIME && value != NULL && strlen(ocpp_json_string(value)) == 1;
}

static void judge_valid_in(struct judge *judge, const struct corpus_line *line, enum ocpp_version version)
{
    if (ocpp_protocol_of(version) == NULL)
        return;
    const struct ocpp_type *type = corpus_type(line, version);
    const void *message;
    if (type == NULL)
        complain(judge, line, "the action is not known");
    else if (decode(judge, line, type, &message) != OCPP_OK && !is_no_time(judge, line))
        complain(judge, line, "refused");
    else if (judge->issue.status == OCPP_OK && !comes_back(judge, type, message))
        complain(judge, line, "does not come back the same");
}

static void judge_synthetic_valid(const struct corpus_line *line, void *user)
{
    judge_valid_in(user, line, ocpp_version_of(line->version));
}

static void every_minimal_and_full_message_is_accepted_and_comes_back_the_same(void **state)
{
    (void)state;
    judge_file("synthetic_valid.jsonl", judge_synthetic_valid);
}

/* "ok:1.6,2.0.1,2.1" lists the versions whose schema accepts the frame. */
static bool is_listed(const char *list, enum ocpp_version version)
{
    const char *name = ocpp_version_name(version);
    const size_t length = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name)) {
        const bool begins = at != list && (at[-1] == ':' || at[-1] == ',');
        if (begins && (at[length] == '\0' || at[length] == ','))
            return true;
    }
    return false;
}

static void judge_found_valid(const struct corpus_line *line, void *user)
{
    const char *schema = corpus_text(line, "schema");
    for (int version = OCPP_VERSION_1_6; version < OCPP_VERSION_COUNT; version++) {
        if (is_listed(schema, (enum ocpp_version)version))
            judge_valid_in(user, line, (enum ocpp_version)version);
    }
}

static void every_frame_found_in_public_that_the_schema_accepts_is_accepted(void **state)
{
    (void)state;
    judge_file("valid.jsonl", judge_found_valid);
}

static const struct {
    const char *violation;
    enum ocpp_call_error error;
} expected[] = {
    { "additionalProperties", OCPP_CALL_ERROR_FORMAT_VIOLATION },
    { "type", OCPP_CALL_ERROR_TYPE_CONSTRAINT_VIOLATION },
    { "null", OCPP_CALL_ERROR_TYPE_CONSTRAINT_VIOLATION },
    { "enum", OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION },
    { "maxLength", OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION },
    { "minimum", OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION },
    { "maximum", OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION },
    { "required", OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION },
    { "minItems", OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION },
    { "maxItems", OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION },
};

static enum ocpp_call_error expected_error(const struct corpus_line *line)
{
    const char *violation = corpus_text(line, "violation");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strcmp(expected[i].violation, violation) == 0)
            return expected[i].error;
    }
    fail_msg("line %u: violation %s is not known", line->number, violation);
    return OCPP_CALL_ERROR_NONE;
}

static void judge_synthetic_invalid(const struct corpus_line *line, void *user)
{
    struct judge *judge = user;
    const enum ocpp_version version = ocpp_version_of(line->version);
    if (ocpp_protocol_of(version) == NULL)
        return;
    const struct ocpp_type *type = corpus_type(line, version);
    if (type == NULL) {
        complain(judge, line, "the action is not known");
        return;
    }
    const void *message;
    const enum ocpp_status status = decode(judge, line, type, &message);
    const char *path = corpus_text(line, "path");
    if (status == OCPP_OK)
        complain(judge, line, "accepted");
    else if (ocpp_status_call_error(status) != expected_error(line))
        complain(judge, line, corpus_text(line, "violation"));
    else if (strcmp(judge->issue.path, strcmp(path, "/") == 0 ? "" : path) != 0)
        complain(judge, line, path);
}

static void every_message_broken_in_one_place_is_refused_for_that_reason_at_that_place(void **state)
{
    (void)state;
    judge_file("synthetic_invalid.jsonl", judge_synthetic_invalid);
}

static void judge_found_invalid(const struct corpus_line *line, void *user)
{
    struct judge *judge = user;
    const struct ocpp_json *errors = ocpp_json_member(line->root, "schema_errors");
    for (int version = OCPP_VERSION_1_6; version < OCPP_VERSION_COUNT; version++) {
        const struct ocpp_type *type = corpus_type(line, (enum ocpp_version)version);
        const bool everywhere = ocpp_json_member(errors, "*") != NULL;
        const void *message;
        if (everywhere && type != NULL)
            complain(judge, line, "the action is known");
        if (type == NULL || ocpp_json_member(errors, ocpp_version_name((enum ocpp_version)version)) == NULL)
            continue;
        if (decode(judge, line, type, &message) == OCPP_OK)
            complain(judge, line, ocpp_version_name((enum ocpp_version)version));
    }
}

static void every_frame_found_in_public_that_the_schema_refuses_is_refused(void **state)
{
    (void)state;
    judge_file("repo_invalid.jsonl", judge_found_invalid);
}

static void note_quirk(const struct ocpp_issue *issue, void *user)
{
    uint32_t *quirks = user;
    *quirks |= issue->quirk;
}

static const struct quirk_frame *find_quirk_frame(const char *id, const char *action)
{
    for (size_t i = 0; i < quirk_frame_count; i++) {
        if (quirk_frames[i].id != NULL && strcmp(quirk_frames[i].id, id) == 0 && strcmp(quirk_frames[i].action, action) == 0)
            return &quirk_frames[i];
    }
    return NULL;
}

/* What the unit test of the quirks says of our small payload holds of the frame that was really sent. Lines that are no frame,
 * and texts that are no JSON, are for the call layer. */
static void judge_quirk(const struct corpus_line *line, void *user)
{
    struct judge *judge = user;
    const struct ocpp_json *payload = corpus_payload(line);
    if (payload == NULL)
        return;
    const struct quirk_frame *frame = find_quirk_frame(ocpp_json_string(ocpp_json_item(line->frame, 1)), line->action);
    if (frame == NULL) {
        complain(judge, line, "no row of quirk_frames.c tells what becomes of it");
        return;
    }
    const struct ocpp_type *type = corpus_type(line, frame->version);
    if (type == NULL)
        return;
    const void *message;
    if (decode(judge, line, type, &message) != frame->strict || strcmp(judge->issue.path, frame->strict_path) != 0)
        complain(judge, line, "strictly something else");
    uint32_t quirks = 0;
    const struct ocpp_tolerance tolerance = { OCPP_QUIRK_ALL, note_quirk, &quirks };
    const enum ocpp_status status = ocpp_walk_decode(type, payload, &tolerance, judge->arena, &judge->issue, &message);
    if (status != frame->lenient || (status == OCPP_OK && quirks != frame->quirks))
        complain(judge, line, "leniently something else");
}

static void what_chargers_really_send_is_judged_as_the_rows_of_the_quirks_say(void **state)
{
    (void)state;
    judge_file("quirks.jsonl", judge_quirk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_minimal_and_full_message_is_accepted_and_comes_back_the_same),
        cmocka_unit_test(every_frame_found_in_public_that_the_schema_accepts_is_accepted),
        cmocka_unit_test(every_message_broken_in_one_place_is_refused_for_that_reason_at_that_place),
        cmocka_unit_test(every_frame_found_in_public_that_the_schema_refuses_is_refused),
        cmocka_unit_test(what_chargers_really_send_is_judged_as_the_rows_of_the_quirks_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
