/* test_corpus_over_rpc.c: every valid reference frame crosses a pair of call layers: the side that may send a request sends it,
 * the other takes it and answers with a valid reference answer, which arrives as valid. Every invalid one is refused, as request
 * with CALLERROR, as answer by never looking valid. */
#include "corpus_file.h"

#include <ocpp/rpc.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* One side that talks to a peer who is a line of the corpus. */
struct talker {
    struct ocpp_rpc *rpc;
    size_t calls;
    size_t answers;
    enum ocpp_status status;
};

struct tally {
    unsigned judged;
    unsigned wrong;
    bool valid;
};

static const struct ocpp_now now = { 1, 0 };

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct talker *talker = user;
    (void)rpc;
    (void)call;
    talker->calls++;
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct talker *talker = user;
    (void)rpc;
    talker->answers++;
    talker->status = answer->status;
}

static void talker_open(struct talker *talker, enum ocpp_direction side, const struct ocpp_protocol *protocol)
{
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(side);
    const struct ocpp_rpc_handler handler = { .on_call = on_call, .user = talker };
    settings.limits = (struct ocpp_json_limits){ 1 << 20, 100000, 64 };
    settings.max_output_bytes = 4 << 20;
    *talker = (struct talker){ .rpc = ocpp_rpc_new(&settings, &handler) };
    assert_non_null(talker->rpc);
    assert_int_equal(ocpp_rpc_open(talker->rpc, protocol, now), OCPP_OK);
}

/* frame_text: the frame of the line as text, in |arena|. */
static const char *frame_text(const struct corpus_line *line, struct ocpp_arena *arena, size_t *size)
{
    struct ocpp_json_writer writer;
    const char *text;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, line->frame);
    assert_int_equal(ocpp_json_writer_finish(&writer, &text, size), OCPP_OK);
    return text;
}

/* A request is taken when it is valid, and refused by the layer itself when it is not. */
static bool request_is_judged(const struct ocpp_action *action, const char *text, size_t size, bool valid)
{
    struct talker talker;
    size_t answer_size;
    const enum ocpp_direction side = action->direction == OCPP_FROM_CENTRAL ? OCPP_FROM_STATION : OCPP_FROM_CENTRAL;
    talker_open(&talker, side, ocpp_protocol_of((enum ocpp_version)action->version));
    assert_int_equal(ocpp_rpc_receive(talker.rpc, text, size, now), OCPP_OK);
    const char *answer = ocpp_rpc_next_output(talker.rpc, &answer_size, now);
    const bool refused = answer != NULL && strncmp(answer, "[4,\"", 4) == 0;
    const bool is_send = action->response == NULL;
    const bool right = valid ? talker.calls == 1 && answer == NULL : talker.calls == 0 && refused == !is_send;
    ocpp_rpc_free(talker.rpc);
    return right;
}

/* An answer to a call with the same id ends it, well or badly. */
static bool answer_is_judged(const struct ocpp_action *action, const char *id, const char *text, size_t size, bool valid)
{
    struct talker talker;
    size_t call_size;
    const enum ocpp_direction side = action->direction == OCPP_FROM_CENTRAL ? OCPP_FROM_CENTRAL : OCPP_FROM_STATION;
    talker_open(&talker, side, ocpp_protocol_of((enum ocpp_version)action->version));
    /* the answer is checked, so the call may not be unchecked; an empty struct of the request would be refused where it has
     * required members, so a request of no members borrows the name */
    const struct ocpp_type nothing = { action->name, NULL, 0, 1 };
    const struct ocpp_action bare = { action->name, &nothing, action->response, action->direction, action->version };
    const struct ocpp_outgoing_call call = {
        .action = &bare, .payload = "{}", .payload_size = 2, .id = id, .on_answer = on_answer, .user = &talker
    };
    assert_int_equal(ocpp_rpc_call(talker.rpc, &call, NULL), OCPP_OK);
    assert_non_null(ocpp_rpc_next_output(talker.rpc, &call_size, now));
    assert_int_equal(ocpp_rpc_receive(talker.rpc, text, size, now), OCPP_OK);
    const bool right = talker.answers == 1 && talker.status == (valid ? OCPP_OK : OCPP_ERR_BAD_ANSWER);
    ocpp_rpc_free(talker.rpc);
    return right;
}

static void judge(const struct corpus_line *line, void *user)
{
    struct tally *tally = user;
    const struct ocpp_protocol *protocol = ocpp_protocol_of(ocpp_version_of(line->version));
    const struct ocpp_action *action =
        protocol != NULL ? ocpp_protocol_action(protocol, line->action, strlen(line->action)) : NULL;
    size_t size;
    if (action == NULL || ocpp_json_kind(line->frame) != OCPP_JSON_ARRAY)
        return;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 4 << 20);
    const char *text = frame_text(line, arena, &size);
    const char *id = ocpp_json_string(ocpp_json_item(line->frame, 1));
    const bool is_answer = strncmp(text, "[3,", 3) == 0;
    const bool right =
        is_answer ? answer_is_judged(action, id, text, size, tally->valid) : request_is_judged(action, text, size, tally->valid);
    tally->judged++;
    if (!right) {
        tally->wrong++;
        print_error("line %u: %s\n", line->number, text);
    }
    ocpp_arena_free(arena);
}

static void judge_file(const char *name, bool valid)
{
    struct tally tally = { .valid = valid };
    const unsigned lines = corpus_each(name, judge, &tally);
    assert_int_equal(tally.wrong, 0);
    if (lines != 0)
        print_message("%s: %u lines, %u frames judged\n", name, lines, tally.judged);
}

static void every_valid_frame_is_taken(void **state)
{
    (void)state;
    judge_file("synthetic_valid.jsonl", true);
}

static void every_invalid_frame_is_refused(void **state)
{
    (void)state;
    judge_file("synthetic_invalid.jsonl", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_valid_frame_is_taken),
        cmocka_unit_test(every_invalid_frame_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
