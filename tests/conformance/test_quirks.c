/* test_quirks.c: what chargers and servers in the field send against the rules, over the call layer: survived for a peer that is
 * known for it and refused for one that is not, and a refusal names the quirk that would have let it pass.
 *
 * Payloads stand in quirk_frames.c, whole frames here; what the reference file beside the checkout has is held to the same rows.
 * Its three handshakes (no subprotocol, no Connection header, repeated slashes) are played by tests/adapters/ws_server_limits.py.
 */
#include "corpus_file.h"
#include "quirk_frames.h"

#include <ocpp/rpc.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TEXT_SIZE = 4096, HANDSHAKES = 3 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define V16             OCPP_VERSION_1_6
#define V21             OCPP_VERSION_2_1

/* A text that is no frame of its version. */
struct broken {
    const char *id; /* of the reference frame that shows the same */
    enum ocpp_version version;
    const char *action;
    const char *text;
    size_t size;
    enum ocpp_status status;
    uint32_t quirk; /* 0: no quirk lets it pass */
};

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct broken brokens[] = {
    { "1000000", V16, "BootNotification",
      TEXT("[2,\"1000000\",\"BootNotification\",\"chargePointModel\":\"m\",\"chargePointVendor\":\"v\"}]"), OCPP_ERR_NOT_JSON,
      OCPP_QUIRK_BROKEN_JSON },
    { "64b4a0fc-7282-4e26-ab30-cc3c2955c70d", V16, "GetConfiguration",
      TEXT("[3,\"64b4a0fc-7282-4e26-ab30-cc3c2955c70d\",{\"unknownKey\":[\"k\"]"), OCPP_ERR_NOT_JSON, OCPP_QUIRK_BROKEN_JSON },
    { "1986641971", V16, "GetConfiguration",
      TEXT("[3,\"1986641971\",{\"configurationKey\":[{\"key\":\"k\",\"readonly\":true,\"value\":\"abc\0\0\"}]}]"), OCPP_ERR_NUL,
      OCPP_QUIRK_BROKEN_JSON },
    { NULL, V16, "GetConfiguration",
      TEXT("[3,\"n\",{\"configurationKey\":[{\"key\":\"k\",\"readonly\":true,\"value\":\"abc\\u0000\"}]}]"), OCPP_ERR_NUL,
      OCPP_QUIRK_BROKEN_JSON },
    { NULL, V16, "StopTransaction", /* nobody knows how the number went on */
      TEXT("[2,\"c\",\"StopTransaction\",{\"transactionId\":7,\"timestamp\":\"2024-05-15T14:29:41Z\",\"meterStop\":51"),
      OCPP_ERR_NOT_JSON, 0 },
    { "UID2077486715", V16, "MeterValues", TEXT("[4,\"UID2077486715\",\"InternalError\",\"it failed\",\"a text\"]"),
      OCPP_ERR_NOT_FRAME, OCPP_QUIRK_ERROR_DETAILS },
    { "1202464330", V16, "GetCompositeSchedule", TEXT("[4,\"1202464330\",\"OccurrenceConstraintViolation\",\"odd\",{}]"), OCPP_OK,
      0 },
    { "m", V16, "StatusNotification", TEXT("[4,\"m\",\"FormatViolation\",\"Invalid message format\",{}]"), OCPP_OK, 0 },
};

/* --- one frame, judged ----------------------------------------------------------------------------------------------------- */

struct peer {
    struct ocpp_rpc *rpc;
    bool taken; /* as valid, or as the error it says it is */
    enum ocpp_status answered;
    uint32_t quirks;        /* reported */
    struct ocpp_issue told; /* with the frame; status OCPP_OK: nothing */
};

static const struct ocpp_now now = { 1, 0 };

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct peer *peer = user;
    (void)rpc;
    (void)call;
    peer->taken = true;
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct peer *peer = user;
    (void)rpc;
    peer->taken = answer->status == OCPP_OK || answer->status == OCPP_ERR_CALL_ERROR;
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct peer *peer = user;
    (void)from;
    (void)text;
    (void)size;
    if (issue != NULL)
        peer->told = *issue;
}

static void on_quirk(const struct ocpp_issue *issue, void *user)
{
    struct peer *peer = user;
    peer->quirks |= issue->quirk;
}

static const struct ocpp_action *find_action(enum ocpp_version version, const char *name)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    return protocol != NULL ? ocpp_protocol_action(protocol, name, strlen(name)) : NULL;
}

/* The call whose answer the peer will get wrong; its own payload does not matter. */
static void ask(struct peer *peer, const struct ocpp_action *action, const char *id)
{
    const struct ocpp_type nothing = { action->name, NULL, 0, 1 };
    const struct ocpp_action bare = { action->name, &nothing, action->response, OCPP_FROM_BOTH, action->version };
    static struct ocpp_action kept; /* the layer keeps the pointer until the answer */
    const struct ocpp_outgoing_call call = {
        .action = &kept, .payload = "{}", .payload_size = 2, .id = id, .on_answer = on_answer, .user = peer
    };
    size_t size;
    kept = bare;
    assert_int_equal(ocpp_rpc_call(peer->rpc, &call, NULL), OCPP_OK);
    assert_non_null(ocpp_rpc_next_output(peer->rpc, &size, now));
}

/* After whatever it sent, the connection works. */
static void assert_usable(struct peer *peer, enum ocpp_version version, enum ocpp_direction side)
{
    const char *call = side == OCPP_FROM_CENTRAL ? "[2,\"next\",\"Heartbeat\",{}]" : "[2,\"next\",\"ClearCache\",{}]";
    size_t size;
    (void)version;
    while (ocpp_rpc_next_output(peer->rpc, &size, now) != NULL)
        continue;
    peer->taken = false;
    assert_int_equal(ocpp_rpc_receive(peer->rpc, call, strlen(call), now), OCPP_OK);
    assert_true(peer->taken);
}

static struct peer judge(const struct ocpp_action *action, const char *id, const char *text, size_t size, uint32_t granted)
{
    const bool is_answer = text[1] == '3' || text[1] == '4';
    const bool from_station = is_answer != (action->direction == OCPP_FROM_STATION);
    const enum ocpp_direction side = from_station ? OCPP_FROM_CENTRAL : OCPP_FROM_STATION;
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(side);
    struct peer peer = { .rpc = NULL };
    const struct ocpp_rpc_handler handler = { .on_call = on_call, .on_frame = on_frame, .user = &peer };
    settings.advise = true;
    settings.mend = ocpp_rpc_mend;
    settings.tolerance = (struct ocpp_tolerance){ .quirks = granted, .report = on_quirk, .user = &peer };
    peer.rpc = ocpp_rpc_new(&settings, &handler);
    assert_non_null(peer.rpc);
    assert_int_equal(ocpp_rpc_open(peer.rpc, ocpp_protocol_of((enum ocpp_version)action->version), now), OCPP_OK);
    if (is_answer)
        ask(&peer, action, id);
    assert_int_equal(ocpp_rpc_receive(peer.rpc, text, size, now), OCPP_OK);
    const bool taken = peer.taken;
    assert_usable(&peer, (enum ocpp_version)action->version, side);
    peer.taken = taken;
    ocpp_rpc_free(peer.rpc);
    peer.rpc = NULL;
    return peer;
}

static void complain(const char *text, const char *what, const struct peer *peer)
{
    char names[256];
    ocpp_quirk_names(peer->quirks | peer->told.remedy, names, sizeof names);
    fail_msg("%s: %s (%s, taken %d, %s at \"%s\")", text, what, names, peer->taken, ocpp_status_name(peer->told.status),
             peer->told.path);
}

/* |quirks| 0: passes without any when |strict| is OCPP_OK, and else never. */
static void hold(const struct ocpp_action *action, const char *id, const char *text, size_t size, enum ocpp_status strict,
                 uint32_t quirks)
{
    struct peer peer = judge(action, id, text, size, 0);
    const bool passes = strict == OCPP_OK;
    if (peer.taken != passes || peer.quirks != 0 || peer.told.status != strict)
        complain(text, "an unknown peer is judged otherwise", &peer);
    if (peer.told.remedy != quirks)
        complain(text, "the refusal names another remedy", &peer);
    peer = judge(action, id, text, size, quirks);
    if (peer.taken != (passes || quirks != 0) || peer.quirks != quirks)
        complain(text, "a peer that is known for it is judged otherwise", &peer);
    peer = judge(action, id, text, size, OCPP_QUIRK_ALL);
    if (peer.taken != (passes || quirks != 0) || peer.quirks != quirks)
        complain(text, "a peer that is known for everything is judged otherwise", &peer);
    peer = judge(action, id, text, size, OCPP_QUIRK_ALL & ~quirks & ~(uint32_t)OCPP_QUIRK_BAD_TIME);
    if (peer.taken != passes || (quirks != 0 && (peer.told.remedy & quirks) == 0))
        complain(text, "a peer that is known for everything else is judged otherwise", &peer);
}

/* --- frames of our own ----------------------------------------------------------------------------------------------------- */

static void a_payload_against_the_rules_passes_for_who_is_known_for_it_and_the_refusal_names_the_quirk(void **state)
{
    (void)state;
    for (size_t i = 0; i < quirk_frame_count; i++) {
        const struct quirk_frame *frame = &quirk_frames[i];
        const struct ocpp_action *action = find_action(frame->version, frame->action);
        char text[TEXT_SIZE];
        if (action == NULL)
            continue;
        const int type = frame->is_response ? 3 : action->response == NULL ? 6 : 2;
        const int size = frame->is_response
                             ? snprintf(text, sizeof text, "[%d,\"q\",%s]", type, frame->payload)
                             : snprintf(text, sizeof text, "[%d,\"q\",\"%s\",%s]", type, frame->action, frame->payload);
        assert_in_range(size, 1, sizeof text - 1);
        hold(action, "q", text, (size_t)size, frame->strict, frame->quirks);
    }
}

static void a_text_that_is_no_frame_is_mended_for_who_is_known_for_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(brokens); i++) {
        const struct broken *broken = &brokens[i];
        const struct ocpp_action *action = find_action(broken->version, broken->action);
        if (action != NULL)
            hold(action, broken->id != NULL ? broken->id : "n", broken->text, broken->size, broken->status, broken->quirk);
    }
}

static void a_tally_counts_what_was_survived_and_what_could_have_been(void **state)
{
    const struct ocpp_issue survived = { .status = OCPP_ERR_TYPE, .quirk = OCPP_QUIRK_NUMBER_AS_TEXT };
    const struct ocpp_issue refused = { .status = OCPP_ERR_TYPE, .remedy = OCPP_QUIRK_NUMBER_AS_TEXT | OCPP_QUIRK_NO_ZONE };
    struct ocpp_quirk_tally tally = { .survived = { 0 } };
    (void)state;
    ocpp_quirk_tally_note(&tally, NULL);
    ocpp_quirk_tally_note(&tally, &survived);
    ocpp_quirk_tally_note(&tally, &survived);
    ocpp_quirk_tally_note(&tally, &refused);
    assert_int_equal(tally.survived[6], 2);
    assert_int_equal(tally.refused[6], 1);
    assert_int_equal(tally.refused[1], 1);
    tally.survived[6] = UINT32_MAX;
    ocpp_quirk_tally_note(&tally, &survived);
    assert_int_equal(tally.survived[6], UINT32_MAX);
}

static void names_of_quirks_are_listed_as_far_as_they_fit(void **state)
{
    char text[64];
    (void)state;
    assert_int_equal(ocpp_quirk_names(0, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(ocpp_quirk_names(OCPP_QUIRK_NO_ZONE | OCPP_QUIRK_BROKEN_JSON, text, sizeof text), 20);
    assert_string_equal(text, "no-zone, broken-json");
    assert_int_equal(ocpp_quirk_names(OCPP_QUIRK_NO_ZONE | OCPP_QUIRK_BROKEN_JSON, text, 20), 7);
    assert_string_equal(text, "no-zone");
    assert_int_equal(ocpp_quirk_names(OCPP_QUIRK_NO_ZONE, text, 7), 0);
    assert_int_equal(ocpp_quirk_names(OCPP_QUIRK_NO_ZONE, NULL, 0), 0);
}

/* --- the reference frames ------------------------------------------------------------------------------------------------------
 */

struct seen {
    unsigned frames;
    unsigned handshakes;
};

static bool holds_id(const char *text, const char *id)
{
    char quoted[64];
    if (id == NULL)
        return false;
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", id);
    return strstr(text, quoted) != NULL;
}

static bool hold_as_payload(const struct corpus_line *line, const char *text, size_t size)
{
    for (size_t i = 0; i < quirk_frame_count; i++) {
        const struct quirk_frame *frame = &quirk_frames[i];
        const struct ocpp_action *action = find_action(frame->version, frame->action);
        const bool same_version = (frame->version == V21) == (strcmp(line->version, "2.1") == 0);
        if (!holds_id(text, frame->id) || !same_version || (line->action[0] != '\0' && strcmp(frame->action, line->action) != 0))
            continue;
        if (action != NULL)
            hold(action, frame->id, text, size, frame->strict, frame->quirks);
        return true;
    }
    return false;
}

static bool hold_as_broken(const char *text, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(brokens); i++) {
        const struct broken *broken = &brokens[i];
        if (!holds_id(text, broken->id))
            continue;
        const struct ocpp_action *action = find_action(broken->version, broken->action);
        if (action != NULL)
            hold(action, broken->id, text, size, broken->status, broken->quirk);
        return true;
    }
    return false;
}

static void hold_text(const struct corpus_line *line, const char *text, size_t size)
{
    if (!hold_as_broken(text, size) && !hold_as_payload(line, text, size))
        fail_msg("line %u: no row says what becomes of it", line->number);
}

static void hold_line(const struct corpus_line *line, void *user)
{
    struct seen *seen = user;
    if (ocpp_json_kind(line->frame) == OCPP_JSON_STRING) {
        const char *text = ocpp_json_string(line->frame);
        const bool is_handshake = text[0] == '(';
        seen->handshakes += is_handshake;
        seen->frames += !is_handshake;
        if (!is_handshake)
            hold_text(line, text, strlen(text));
        return;
    }
    struct ocpp_json_writer writer;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 4 << 20);
    const char *text;
    size_t size;
    seen->frames++;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, line->frame);
    assert_int_equal(ocpp_json_writer_finish(&writer, &text, &size), OCPP_OK);
    hold_text(line, text, size);
    ocpp_arena_free(arena);
}

static void each_reference_frame_is_survived_for_a_station_that_is_known_for_it_and_for_no_other(void **state)
{
    struct seen seen = { 0 };
    (void)state;
    if (corpus_each("quirks.jsonl", hold_line, &seen) == 0)
        return;
    assert_int_equal(seen.handshakes, HANDSHAKES);
    print_message("%u frames, %u handshakes\n", seen.frames, seen.handshakes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payload_against_the_rules_passes_for_who_is_known_for_it_and_the_refusal_names_the_quirk),
        cmocka_unit_test(a_text_that_is_no_frame_is_mended_for_who_is_known_for_it),
        cmocka_unit_test(a_tally_counts_what_was_survived_and_what_could_have_been),
        cmocka_unit_test(names_of_quirks_are_listed_as_far_as_they_fit),
        cmocka_unit_test(each_reference_frame_is_survived_for_a_station_that_is_known_for_it_and_for_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
