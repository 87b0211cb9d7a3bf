/* test_rpc_rules.c: the rules of the OCPP-J frame layer, version by version, one test each.
 *
 * The table at the top gives each rule its test; rpc_rules.py compares it with the list of rules in the reference data, where
 * that is present. Rules of the WebSocket handshake are tested where the handshake is.
 */
#include "rpc_world.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
/*    rule                                       test */
#define RULES(X) \
    X("message types",                           each_version_knows_its_message_types) \
    X("unknown message type number",             an_unknown_message_type_is_ignored_or_answered_as_the_version_says) \
    X("message id",                              a_message_id_is_a_string_of_at_most_36_characters) \
    X("message id uniqueness",                   made_message_ids_never_return_on_any_connection) \
    X("message id on retry",                     a_repeated_call_may_keep_its_message_id) \
    X("response id",                             an_answer_carries_the_id_of_its_call) \
    X("unreadable id",                           an_unreadable_id_is_answered_with_minus_one_in_2x_only) \
    X("outstanding CALLs",                       one_call_is_outstanding_at_a_time) \
    X("crossing CALLs",                          a_call_of_the_peer_is_taken_while_ours_is_outstanding) \
    X("timeout",                                 a_call_times_out_counted_from_its_transmission) \
    X("not JSON or not an RPC frame",            what_is_no_frame_is_answered_where_the_version_allows) \
    X("broken JSON in errorDetails",             broken_json_never_comes_back_in_an_error) \
    X("duplicate id being handled",              a_call_with_an_id_being_handled_is_refused)

/* Rules about answers and SENDs: test_rpc_answer_rules.c. */
#define RULES_OF_ANSWERS(X) \
    X("invalid CALLRESULT received",             a_broken_result_never_looks_valid_and_is_answered_in_2_1_only) \
    X("answer with no matching CALL",            an_answer_nobody_waits_for_is_ignored) \
    X("SEND",                                    a_send_is_never_answered_and_waits_for_nobody)

/* Rules about payloads and the words of errors: test_rpc_payload_rules.c. */
#define RULES_OF_PAYLOADS(X) \
    X("no payload",                              an_empty_payload_may_be_null_and_leaves_as_braces) \
    X("absent optional field",                   an_absent_optional_field_is_left_out_and_null_is_refused) \
    X("action",                                  an_action_is_case_sensitive_and_bare) \
    X("unknown action",                          an_unknown_action_is_not_implemented) \
    X("known but unsupported action",            a_known_action_without_support_or_from_the_wrong_side_is_not_supported) \
    X("missing required field",                  a_missing_required_field_is_an_occurrence_violation) \
    X("wrong type",                              a_wrong_type_is_a_type_violation) \
    X("bad value (enum, length, range)",         a_bad_value_is_a_property_violation) \
    X("unknown property, not the PDU structure", an_unknown_property_is_a_format_violation) \
    X("errorDescription",                        an_error_description_is_at_most_255_characters) \
    X("errorDetails",                            error_details_are_an_object) \
    X("error codes",                             each_version_sends_only_its_error_codes) \
    X("spelling",                                error_codes_are_spelled_as_each_version_spells_them) \
    X("encoding",                                text_is_utf8) \
    X("time",                                    times_with_fractions_and_offsets_are_read) \
    X("subprotocol",                             each_version_has_its_subprotocol) \
    X("station not accepted yet",                a_station_that_is_not_accepted_gets_a_security_error) \
    X("signed messages",                         a_signed_message_is_an_unknown_action_unless_the_application_asks) \
    X("special CALLERRORs",                      the_application_can_refuse_with_any_code)

/* Rules of the WebSocket handshake, which is not this floor's. */
#define RULES_OF_THE_HANDSHAKE(X) \
    X("subprotocol mismatch",                    test_completes_the_handshake_without_a_version_and_closes_when_told_to) \
    X("version in the URL",                      test_lets_no_url_choose_the_version) \
    X("unknown station id",                      test_answers_what_the_host_decides) \
    X("station identity",                        test_reads_the_identity_from_the_last_segment_of_the_path) \
    X("compression",                             test_agrees_on_compression_without_context_takeover)
/* clang-format on */

/* --- types and ids ------------------------------------------------------------------------------------------------------- */

/* J1.6 4.1.3; part 4, 4.1.3 */
static void each_version_knows_its_message_types(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("a") },
        { V201, "[2,\"a\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("a") },
        { V21, "[2,\"a\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("a") },
        { V16, "[3,\"a\",{}]", NULL },
        { V201, "[3,\"a\",{}]", NULL },
        { V21, "[3,\"a\",{}]", NULL },
        { V16, "[4,\"a\",\"GenericError\",\"\",{}]", NULL },
        { V201, "[4,\"a\",\"GenericError\",\"\",{}]", NULL },
        { V21, "[4,\"a\",\"GenericError\",\"\",{}]", NULL },
        /* 5 and 6 exist in 2.1 only; before, they are unknown numbers */
        { V16, "[5,\"a\",\"GenericError\",\"\",{}]", NULL },
        { V201, "[5,\"a\",\"GenericError\",\"\",{}]",
          "[4,\"a\",\"MessageTypeNotSupported\",\"the message type number is not known\",{}]" },
        { V21, "[5,\"a\",\"GenericError\",\"\",{}]", NULL },
        { V16, "[6,\"a\",\"NotifyPeriodicEventStream\",{}]", NULL },
        { V201, "[6,\"a\",\"NotifyPeriodicEventStream\",{}]",
          "[4,\"a\",\"MessageTypeNotSupported\",\"the message type number is not known\",{}]" },
        { V21, "[6,\"a\",\"NotifyPeriodicEventStream\",{}]", NULL },
    };
    CHECK_EXCHANGES(rows);

    struct world world;
    if (!world_has(V21))
        return;
    open_central(&world, V21);
    peer_says(&world, "[5,\"mine\",\"FormatViolation\",\"no\",{}]");
    assert_int_equal(world.result_errors, 1);
    assert_string_equal(world.result_error_id, "mine");
    assert_int_equal(world.result_error, OCPP_CALL_ERROR_FORMAT_VIOLATION);
    world_close(&world);
}

/* J1.6 4.1.3: ignore; 2.0.1 part 4, 4.4 (against 4.1.3): answer; 2.1 part 4, 4.1.3 and 4.4: ignore */
static void an_unknown_message_type_is_ignored_or_answered_as_the_version_says(void **state)
{
    (void)state;
    static const char answer[] = "[4,\"a\",\"MessageTypeNotSupported\",\"the message type number is not known\",{}]";
    static const char nameless[] = "[4,\"-1\",\"MessageTypeNotSupported\",\"the message type number is not known\",{}]";
    static const struct exchange rows[] = {
        { V16, "[7,\"a\",\"Heartbeat\",{}]", NULL },
        { V201, "[7,\"a\",\"Heartbeat\",{}]", answer },
        { V21, "[7,\"a\",\"Heartbeat\",{}]", NULL },
        { V16, "[1,\"a\"]", NULL },
        { V201, "[1,\"a\"]", answer },
        { V21, "[1,\"a\"]", NULL },
        { V201, "[0,\"a\",[],[],[],[],[]]", answer },
        { V201, "[-2,\"a\"]", answer },
        { V201, "[9007199254740991,\"a\"]", answer },
        { V201, "[7]", nameless },
        { V201, "[7,7]", nameless },
        { V16, "[7]", NULL },
        { V21, "[7]", NULL },
    };
    CHECK_EXCHANGES(rows);
}

#define ID_36  "0123456789abcdef0123456789abcdef0123"
#define ID_144 ID_36 ID_36 ID_36 ID_36

/* J1.6 4.1.4 and 4.2.3; part 4, 4.1.4 and 4.2.3 */
static void a_message_id_is_a_string_of_at_most_36_characters(void **state)
{
    (void)state;
    static const char too_long_16[] =
        "[4,\"" ID_36 "x\",\"FormationViolation\",\"the message id is longer than 36 characters\",{}]";
    static const char too_long[] = "[4,\"" ID_36 "x\",\"RpcFrameworkError\",\"the message id is longer than 36 characters\",{}]";
    static const char no_string[] = "[4,\"-1\",\"RpcFrameworkError\",\"the message id is not a string\",{}]";
    static const struct exchange rows[] = {
        { V16, "[2,\"" ID_36 "\",\"Heartbeat\",{}]", HEARTBEAT_RESULT(ID_36) },
        { V21, "[2,\"" ID_36 "\",\"Heartbeat\",{}]", HEARTBEAT_RESULT(ID_36) },
        /* characters, not bytes */
        { V201, "[2,\"äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü\",\"Heartbeat\",{}]",
          HEARTBEAT_RESULT("äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü") },
        /* one too many: given back exactly, so that the peer can match it */
        { V16, "[2,\"" ID_36 "x\",\"Heartbeat\",{}]", too_long_16 },
        { V201, "[2,\"" ID_36 "x\",\"Heartbeat\",{}]", too_long },
        { V21, "[2,\"" ID_36 "x\",\"Heartbeat\",{}]", too_long },
        /* absurdly long: as good as unreadable */
        { V16, "[2,\"" ID_144 "x\",\"Heartbeat\",{}]", NULL },
        { V201, "[2,\"" ID_144 "x\",\"Heartbeat\",{}]",
          "[4,\"-1\",\"RpcFrameworkError\",\"the message id is longer than 36 characters\",{}]" },
        /* the empty id is poor, but no clause forbids it */
        { V16, "[2,\"\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("") },
        { V201, "[2,\"\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("") },
        /* no string at all */
        { V16, "[2,12345,\"Heartbeat\",{}]", NULL },
        { V201, "[2,12345,\"Heartbeat\",{}]", no_string },
        { V21, "[2,12345,\"Heartbeat\",{}]", no_string },
        { V201, "[2,null,\"Heartbeat\",{}]", no_string },
        { V201, "[2,{\"a\":1},\"Heartbeat\",{}]", no_string },
        { V21, "[2,[\"a\"],\"Heartbeat\",{}]", no_string },
        /* quotes and escapes come back as they have to */
        { V201, "[2,\"a\\\"\\u0041\\\\\",\"Heartbeat\",{}]", HEARTBEAT_RESULT("a\\\"A\\\\") },
    };
    CHECK_EXCHANGES(rows);
}

static void entropy(void *bytes, size_t size, void *user)
{
    unsigned char *seed = user;
    memset(bytes, ++*seed, size);
}

/* made_id: the id of the call that leaves now. */
static void made_id(struct world *world, char id[OCPP_MESSAGE_ID_SIZE])
{
    assert_int_equal(we_call(world, NULL, "ClearCache", "{}"), OCPP_OK);
    assert_int_equal(sscanf(layer_text(world), "[2,\"%144[^\"]", id), 1);
    char answer[WORLD_TEXT];
    snprintf(answer, sizeof answer, "[3,\"%s\",{\"status\":\"Accepted\"}]", id);
    peer_says(world, answer);
}

/* J errata 3.1 and 3.7; part 4, 4.1.4 */
static void made_message_ids_never_return_on_any_connection(void **state)
{
    (void)state;
    for (int with_entropy = 0; with_entropy <= 1; with_entropy++) {
        char ids[6][OCPP_MESSAGE_ID_SIZE];
        unsigned char seed = 0xf3;
        struct world world;
        world_prepare(&world, OCPP_FROM_CENTRAL);
        world.settings.random = with_entropy ? entropy : NULL;
        world.settings.random_user = &seed;
        world.settings.first_id = with_entropy ? INT64_MAX - 1 : 41;
        world_open(&world, V16);
        for (size_t i = 0; i < 6; i++) {
            if (i == 3) { /* a new connection of the same station */
                ocpp_rpc_close(world.rpc, world.now);
                world_open(&world, V16);
            }
            made_id(&world, ids[i]);
            assert_in_range(strlen(ids[i]), 1, 36);
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(ids[k], ids[i]);
        }
        world_close(&world);
        if (!with_entropy)
            assert_string_equal(ids[5], "46");
        else
            assert_string_equal(ids[0], "f4f4f4f4f4f4-9223372036854775806");
    }
}

/* J errata 3.1; 2.0.1 errata 4.6; 2.1 part 4, 4.1.4 */
static void a_repeated_call_may_keep_its_message_id(void **state)
{
    (void)state;
    struct world world;
    open_central(&world, V16);
    we_ask(&world, "same", "ClearCache", "{}");
    assert_int_equal(we_call(&world, "same", "ClearCache", "{}"), OCPP_ERR_DUPLICATE_ID); /* not while it is on its way */
    wait_ms(&world, world.settings.call_timeout_ms);
    assert_int_equal(world.answer.status, OCPP_ERR_TIMEOUT);
    we_ask(&world, "same", "ClearCache", "{}");
    peer_says(&world, CLEAR_CACHE_ANSWER("same"));
    assert_int_equal(world.answers, 2);
    assert_int_equal(world.answer.status, OCPP_OK);
    /* and the peer may do so, too */
    for (int i = 0; i < 2; i++) {
        world.reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
        peer_says(&world, "[2,\"theirs\",\"Heartbeat\",{}]");
        layer_says(&world, HEARTBEAT_RESULT("theirs"));
    }
    assert_int_equal(world.calls, 2);
    assert_int_equal(we_call(&world, ID_36 "x", "ClearCache", "{}"), OCPP_ERR_ARGUMENT);
    assert_int_equal(we_call(&world, "\xff", "ClearCache", "{}"), OCPP_ERR_ARGUMENT);
    world_close(&world);
}

static void check_response_id(struct world *world)
{
    world->reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
    peer_says(world, "[2,\"Ab-1 \",\"Heartbeat\",{}]");
    layer_says(world, HEARTBEAT_RESULT("Ab-1 "));
    world->habit = WORLD_REFUSES;
    peer_says(world, "[2,\"Ab-2\",\"Heartbeat\",{}]");
    layer_says(world, "[4,\"Ab-2\",\"SecurityError\",\"not you\",{}]");
    we_ask(world, "Mine", "ClearCache", "{}");
    peer_says(world, CLEAR_CACHE_ANSWER("mine")); /* ids are compared exactly */
    assert_int_equal(world->answers, 0);
    peer_says(world, CLEAR_CACHE_ANSWER("Mine"));
    assert_int_equal(world->answers, 1);
    assert_string_equal(world->answer_id, "Mine");
}

/* J1.6 4.1.4; part 4, 4.1.4 */
static void an_answer_carries_the_id_of_its_call(void **state)
{
    (void)state;
    on_each_version(check_response_id);
    struct world world;
    if (!world_has(V21))
        return;
    open_central(&world, V21); /* CALLRESULTERROR has the id of the CALLRESULT */
    we_ask(&world, "Mine", "ClearCache", "{}");
    peer_says(&world, "[3,\"Mine\",{}]");
    layer_says(&world, "[5,\"Mine\",\"OccurrenceConstraintViolation\",\"/status: a required member is missing\","
                       "{\"path\":\"/status\"}]");
    world_close(&world);
}

/* part 4, 4.2.3 */
static void an_unreadable_id_is_answered_with_minus_one_in_2x_only(void **state)
{
    (void)state;
    static const char missing[] = "[4,\"-1\",\"RpcFrameworkError\",\"the message id is missing\",{}]";
    static const struct exchange rows[] = {
        { V16, "[2]", NULL },
        { V201, "[2]", missing },
        { V21, "[2]", missing },
        { V16, "[2,\"a", NULL },
        { V201, "[2,\"a", "[4,\"-1\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":5}]" },
        { V21, "[2,\"a", "[4,\"-1\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":5}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* --- calls of ours ---------------------------------------------------------------------------------------------------------- */

static void check_outstanding(struct world *world)
{
    we_ask(world, "1", "ClearCache", "{}");
    assert_int_equal(we_call(world, "2", "ClearCache", "{}"), OCPP_OK);
    assert_int_equal(we_call(world, "3", "ClearCache", "{}"), OCPP_OK);
    layer_is_silent(world);
    assert_int_equal(ocpp_rpc_waiting_calls(world->rpc), 3);
    peer_says(world, CLEAR_CACHE_ANSWER("1"));
    layer_says(world, "[2,\"2\",\"ClearCache\",{}]");
    layer_is_silent(world);
    peer_says(world, "[4,\"2\",\"InternalError\",\"\",{}]");
    layer_says(world, "[2,\"3\",\"ClearCache\",{}]");
    wait_ms(world, world->settings.call_timeout_ms);
    assert_int_equal(world->answers, 3);
    assert_int_equal(ocpp_rpc_waiting_calls(world->rpc), 0);
}

/* J1.6 4.1.1; part 4, 4.1.1; part 2, FR.01 */
static void one_call_is_outstanding_at_a_time(void **state)
{
    (void)state;
    on_each_version(check_outstanding);
}

static void check_crossing(struct world *world)
{
    world->reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
    we_ask(world, "1", "ClearCache", "{}");
    peer_says(world, "[2,\"1\",\"Heartbeat\",{}]"); /* the same id in the other direction is another call */
    layer_says(world, HEARTBEAT_RESULT("1"));
    assert_int_equal(world->answers, 0);
    peer_says(world, CLEAR_CACHE_ANSWER("1"));
    assert_int_equal(world->answers, 1);
}

/* J1.6 4.1.1, note; part 4, 4.1.1, note */
static void a_call_of_the_peer_is_taken_while_ours_is_outstanding(void **state)
{
    (void)state;
    on_each_version(check_crossing);
}

static void check_timeout(struct world *world)
{
    assert_int_equal(we_call(world, "1", "ClearCache", "{}"), OCPP_OK);
    wait_ms(world, 10 * world->settings.call_timeout_ms); /* the transport has not taken it: no time runs */
    assert_int_equal(world->answers, 0);
    assert_true(ocpp_rpc_deadline(world->rpc) == OCPP_NEVER);
    layer_says(world, "[2,\"1\",\"ClearCache\",{}]");
    assert_true(ocpp_rpc_deadline(world->rpc) == world->now.mono_ms + world->settings.call_timeout_ms);
    wait_ms(world, world->settings.call_timeout_ms - 1);
    assert_int_equal(world->answers, 0);
    wait_ms(world, 1);
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->answer.status, OCPP_ERR_TIMEOUT);
    assert_true(ocpp_rpc_deadline(world->rpc) == OCPP_NEVER);
    peer_says(world, CLEAR_CACHE_ANSWER("1")); /* too late */
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->frame_status, OCPP_ERR_NOT_FOUND);
}

/* J1.6 4.1.1; part 4, 4.1.1 */
static void a_call_times_out_counted_from_its_transmission(void **state)
{
    (void)state;
    on_each_version(check_timeout);
}

/* --- what is no frame ---------------------------------------------------------------------------------------------------- */

/* part 4, 4.2.3 and 4.3; 1.6 answers when it is sure of a CALL and its id */
static void what_is_no_frame_is_answered_where_the_version_allows(void **state)
{
    (void)state;
    static const char few[] = "[4,\"a\",\"RpcFrameworkError\",\"the frame has fewer elements than its message type\",{}]";
    static const char few_16[] = "[4,\"a\",\"FormationViolation\",\"the frame has fewer elements than its message type\",{}]";
    static const char many[] = "[4,\"a\",\"RpcFrameworkError\",\"the frame has more elements than its message type\",{}]";
    static const char many_16[] = "[4,\"a\",\"FormationViolation\",\"the frame has more elements than its message type\",{}]";
    static const char no_array[] = "[4,\"-1\",\"RpcFrameworkError\",\"the message is not an array\",{}]";
    static const char no_type[] = "[4,\"-1\",\"RpcFrameworkError\",\"the message type is not an integer\",{}]";
    static const char no_type_a[] = "[4,\"a\",\"RpcFrameworkError\",\"the message type is not an integer\",{}]";
    static const char no_json[] = "[4,\"-1\",\"RpcFrameworkError\",\"not JSON text\",{}]";
    static const struct exchange rows[] = {
        { V16, "", NULL },
        { V201, "", no_json },
        { V21, "", no_json },
        { V16, "garbage", NULL },
        { V201, "garbage", no_json },
        { V201, " \n\t ", "[4,\"-1\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":4}]" },
        { V16, "{}", NULL },
        { V201, "{}", no_array },
        { V21, "\"[2]\"", no_array },
        { V201, "null", no_array },
        { V16, "[]", NULL },
        { V201, "[]", no_type },
        { V16, "[\"2\",\"a\",\"Heartbeat\",{}]", NULL },
        { V201, "[\"2\",\"a\",\"Heartbeat\",{}]", no_type_a },
        { V21, "[2.5,\"a\",\"Heartbeat\",{}]", no_type_a },
        { V201, "[null,\"a\",\"Heartbeat\",{}]", no_type_a },
        { V201, "[[2,\"a\",\"Heartbeat\",{}]]", no_type },
        { V16, "[2,\"a\"]", few_16 },
        { V201, "[2,\"a\"]", few },
        { V21, "[2,\"a\",\"Heartbeat\"]", few },
        { V16, "[2,\"a\",\"Heartbeat\",{},{}]", many_16 },
        { V201, "[2,\"a\",\"Heartbeat\",{},{}]", many },
        { V21, "[2,\"a\",\"Heartbeat\",{},null]", many },
        { V16, "[2,\"a\",17,{}]", "[4,\"a\",\"FormationViolation\",\"the action is not a string\",{}]" },
        { V201, "[2,\"a\",null,{}]", "[4,\"a\",\"RpcFrameworkError\",\"the action is not a string\",{}]" },
        /* broken JSON behind a readable id */
        { V16, "[2,\"a\",\"Heartbeat\",{", "[4,\"a\",\"FormationViolation\",\"not JSON text\",{\"offset\":20}]" },
        { V201, " [ 2 , \"a\" , \"Heart", "[4,\"a\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":19}]" },
        { V21, "[2,\"a\",\"Heartbeat\",{}", "[4,\"a\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":21}]" },
        { V16, "[2,\"a\",\"Heartbeat\",{}]]", "[4,\"a\",\"FormationViolation\",\"not JSON text\",{\"offset\":22}]" },
        { V16, "[2,\"a\",\"Heartbeat\",{\"x\":1,\"x\":2}]",
          "[4,\"a\",\"FormationViolation\",\"a member name occurs twice in one object\",{\"offset\":27}]" },
        { V201, "[2,\"a\",\"Heartbeat\",{\"x\":1e999}]",
          "[4,\"a\",\"RpcFrameworkError\",\"a number is too large to be kept exactly\",{\"offset\":24}]" },
        { V201, "[22,\"a\"", "[4,\"-1\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":7}]" },
        /* answers and SENDs are never answered, however broken */
        { V201, "[3]", NULL },
        { V201, "[3,\"a\"]", NULL },
        { V21, "[3,\"a\",{}", NULL },
        { V201, "[4,\"a\"]", NULL },
        { V21, "[4,\"a\",{}]", NULL },
        { V21, "[5,\"a\"]", NULL },
        { V21, "[6,\"a\"]", NULL },
        { V21, "[6,\"a\",\"NotifyPeriodicEventStream\",{", NULL },
    };
    CHECK_EXCHANGES(rows);

    struct world world;
    if (!world_has(V201))
        return;
    world_prepare(&world, OCPP_FROM_CENTRAL); /* dropping garbage is allowed, and a setting */
    world.settings.answer_garbage = false;
    world_open(&world, V201);
    peer_says(&world, "garbage");
    peer_says(&world, "[2]");
    layer_is_silent(&world);
    peer_says(&world, "[2,\"a\"]");
    layer_says(&world, few);
    world_close(&world);
}

/* part 4, 4.2.3 */
static void broken_json_never_comes_back_in_an_error(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "[2,\"a\",\"X\",{\"\\", "[2,\"a\",\"\x01\",{}]",       "[2,\"\xff\",\"X\",{}]", "[2,\"a\\u0000b\",\"X\",{}]", "]][[",
        "\xef\xbb\xbf[]",       "[2,\"a\",\"X\",{\"a\":tru}]",
    };
    for (size_t v = 0; v < VERSION_COUNT; v++) {
        struct world world;
        if (!world_has(every_version[v]))
            continue;
        open_central(&world, every_version[v]);
        for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
            peer_says(&world, broken[i]);
            const char *said = layer_text(&world);
            if (said == NULL)
                continue;
            /* what we say is a frame itself: another side takes it for an answer nobody waits for */
            char copy[WORLD_TEXT];
            snprintf(copy, sizeof copy, "%s", said);
            struct world other;
            open_station(&other, every_version[v]);
            peer_says(&other, copy);
            assert_int_equal(other.frame_status, OCPP_ERR_NOT_FOUND);
            world_close(&other);
        }
        world_close(&world);
    }
}

static void check_duplicate(struct world *world)
{
    const bool old = ocpp_rpc_protocol(world->rpc)->version == V16;
    world->habit = WORLD_ANSWERS_LATER;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]");
    const struct ocpp_call_token token = world->token;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]");
    layer_says(world, old ? "[4,\"a\",\"FormationViolation\",\"a call with the same message id is being handled\",{}]"
                          : "[4,\"a\",\"RpcFrameworkError\",\"a call with the same message id is being handled\",{}]");
    assert_int_equal(world->calls, 1);
    peer_says(world, "[2,\"b\",\"Heartbeat\",{}]"); /* another id is another call */
    assert_int_equal(world->calls, 2);
    assert_int_equal(ocpp_rpc_refuse(world->rpc, token, OCPP_CALL_ERROR_GENERIC_ERROR, NULL), OCPP_OK);
    layer_says(world, "[4,\"a\",\"GenericError\",\"\",{}]");
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]"); /* handled: the id may come again */
    assert_int_equal(world->calls, 3);
}

/* J1.6 4.2.3; part 4, 4.2.3. No code is named there; RpcFrameworkError, and what 1.6 says instead */
static void a_call_with_an_id_being_handled_is_refused(void **state)
{
    (void)state;
    on_each_version(check_duplicate);
}

int main(void)
{
#define RULE_TEST(rule, test) cmocka_unit_test(test),
    const struct CMUnitTest tests[] = { RULES(RULE_TEST) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
