/* test_rpc_payload_rules.c: the rules of the OCPP-J frame layer about actions, payloads and the words of errors. The table of
 * all rules is in test_rpc_rules.c. */
#include "rpc_world.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
#define RULES(X) \
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
/* clang-format on */

/* --- payloads -----------------------------------------------------------------------------------------------------------------
 */

static void check_no_payload(struct world *world)
{
    world->reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
    peer_says(world, "[2,\"a\",\"Heartbeat\",null]");
    layer_says(world, HEARTBEAT_RESULT("a"));
    assert_string_equal(world->call_payload, "{}");
    peer_says(world, "[2,\"b\",\"Heartbeat\", { } ]");
    layer_says(world, HEARTBEAT_RESULT("b"));
    assert_string_equal(world->call_payload, "{ }");
    peer_says(world, "[2,\"c\",\"BootNotification\",null]"); /* null is empty: the first required member is missing */
    assert_non_null(strstr(layer_text(world), "ConstraintViolation\",\"/"));
    we_ask(world, "1", "ClearCache", "{}");
    peer_says(world, "[3,\"1\",null]");
    assert_int_equal(world->answer.status, OCPP_ERR_BAD_ANSWER);
    assert_int_equal(world->answer_issue.status, OCPP_ERR_MISSING_MEMBER);
}

/* J1.6 4.2.1; part 4, 4.1.5 */
static void an_empty_payload_may_be_null_and_leaves_as_braces(void **state)
{
    (void)state;
    on_each_version(check_no_payload);
}

/* part 4, 4.1.5 */
static void an_absent_optional_field_is_left_out_and_null_is_refused(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V201, "[2,\"a\",\"StatusNotification\",{\"timestamp\":null}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/timestamp: a value is of the wrong JSON type\",{\"path\":\"/timestamp\"}]" },
        { V201, "[2,\"a\",\"Heartbeat\",{\"customData\":null}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/customData: a value is of the wrong JSON type\",{\"path\":\"/customData\"}]" },
        { V16, "[2,\"a\",\"StartTransaction\",{\"reservationId\":null}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/reservationId: a value is of the wrong JSON type\","
          "{\"path\":\"/reservationId\"}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* J1.6 4.2.1; part 4, 4.1.6 */
static void an_action_is_case_sensitive_and_bare(void **state)
{
    (void)state;
    static const char *const wrong[] = { "heartbeat",  "HEARTBEAT", "Heartbeat.req", "HeartbeatRequest", "/Heartbeat",
                                         "Heartbeat ", "" };
    for (size_t v = 0; v < VERSION_COUNT; v++) {
        struct world world;
        if (!world_has(every_version[v]))
            continue;
        open_central(&world, every_version[v]);
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            char text[128];
            snprintf(text, sizeof text, "[2,\"a\",\"%s\",{}]", wrong[i]);
            peer_says(&world, text);
            layer_says(&world, "[4,\"a\",\"NotImplemented\",\"the action is not known in this version\",{}]");
        }
        assert_int_equal(world.calls, 0);
        world_close(&world);
    }
}

/* J1.6 table 7; part 4, 4.3 */
static void an_unknown_action_is_not_implemented(void **state)
{
    (void)state;
    static const char answer[] = "[4,\"a\",\"NotImplemented\",\"the action is not known in this version\",{}]";
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Dance\",{}]", answer },
        { V201, "[2,\"a\",\"Dance\",{}]", answer },
        { V21, "[2,\"a\",\"Dance\",{}]", answer },
        { V16, "[2,\"a\",\"TransactionEvent\",{}]", answer }, /* another version's action */
        { V201, "[2,\"a\",\"StartTransaction\",{}]", answer },
        { V16, "[2,\"a\",\"H\\u0065artbeat\",{}]", HEARTBEAT_RESULT("a") },
    };
    CHECK_EXCHANGES(rows);
}

static void check_not_supported(struct world *world)
{
    static const char answer[] = "[4,\"a\",\"NotSupported\",\"the action is known but not supported here\",{}]";
    peer_says(world, "[2,\"a\",\"Reset\",{\"type\":\"Soft\"}]"); /* the station may not send it */
    layer_says(world, answer);
    world->supports = false;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{\"even\":\"invalid\"}]");
    layer_says(world, answer);
    peer_says(world, "[2,\"a\",\"Dance\",{}]");
    layer_says(world, "[4,\"a\",\"NotImplemented\",\"the action is not known in this version\",{}]");
    assert_int_equal(world->calls, 0);
}

/* J1.6 table 7; part 4, 4.3 */
static void a_known_action_without_support_or_from_the_wrong_side_is_not_supported(void **state)
{
    (void)state;
    on_each_version(check_not_supported);
    struct world world;
    open_station(&world, V16);
    peer_says(&world, "[2,\"a\",\"BootNotification\",{}]");
    layer_says(&world, "[4,\"a\",\"NotSupported\",\"the action is known but not supported here\",{}]");
    peer_says(&world, "[2,\"b\",\"DataTransfer\",{\"vendorId\":\"v\"}]"); /* both sides may send this one */
    layer_says(&world, "[3,\"b\",{\"status\":\"Accepted\"}]");
    assert_int_equal(we_call(&world, "c", "Reset", "{\"type\":\"Soft\"}"), OCPP_ERR_ARGUMENT);
    world_close(&world);
    if (!world_has(V21))
        return;
    open_central(&world, V21); /* an action that only exists as a SEND */
    peer_says(&world, "[2,\"a\",\"NotifyPeriodicEventStream\",{\"id\":1,\"pending\":0,\"basetime\":\"2026-01-01T00:00:00Z\","
                      "\"data\":[{\"t\":0,\"v\":\"1\"}]}]");
    layer_says(&world, "[4,\"a\",\"NotSupported\",\"the action is known but not supported here\",{}]");
    world_close(&world);
}

/* J1.6 table 7; part 4, 4.3. 1.6 could also say ProtocolError; the more telling code is chosen */
static void a_missing_required_field_is_an_occurrence_violation(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Authorize\",{}]",
          "[4,\"a\",\"OccurenceConstraintViolation\",\"/idTag: a required member is missing\",{\"path\":\"/idTag\"}]" },
        { V201, "[2,\"a\",\"Authorize\",{}]",
          "[4,\"a\",\"OccurrenceConstraintViolation\",\"/idToken: a required member is missing\",{\"path\":\"/idToken\"}]" },
        { V21, "[2,\"a\",\"Authorize\",{}]",
          "[4,\"a\",\"OccurrenceConstraintViolation\",\"/idToken: a required member is missing\",{\"path\":\"/idToken\"}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* J1.6 table 7; part 4, 4.3 */
static void a_wrong_type_is_a_type_violation(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Authorize\",{\"idTag\":12}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/idTag: a value is of the wrong JSON type\",{\"path\":\"/idTag\"}]" },
        { V201, "[2,\"a\",\"Authorize\",{\"idToken\":\"x\"}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/idToken: a value is of the wrong JSON type\",{\"path\":\"/idToken\"}]" },
        { V21, "[2,\"a\",\"Authorize\",{\"idToken\":[]}]",
          "[4,\"a\",\"TypeConstraintViolation\",\"/idToken: a value is of the wrong JSON type\",{\"path\":\"/idToken\"}]" },
        { V16, "[2,\"a\",\"Heartbeat\",[]]", "[4,\"a\",\"TypeConstraintViolation\",\"a value is of the wrong JSON type\",{}]" },
        { V201, "[2,\"a\",\"Heartbeat\",\"{}\"]",
          "[4,\"a\",\"TypeConstraintViolation\",\"a value is of the wrong JSON type\",{}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* J1.6 table 7; part 4, 4.3 */
static void a_bad_value_is_a_property_violation(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Authorize\",{\"idTag\":\"123456789012345678901\"}]",
          "[4,\"a\",\"PropertyConstraintViolation\",\"/idTag: a text is longer than allowed\",{\"path\":\"/idTag\"}]" },
        { V16, "[2,\"a\",\"FirmwareStatusNotification\",{\"status\":\"Dancing\"}]",
          "[4,\"a\",\"PropertyConstraintViolation\",\"/status: a value is not one of those allowed\",{\"path\":\"/status\"}]" },
        { V201, "[2,\"a\",\"FirmwareStatusNotification\",{\"status\":\"Dancing\"}]",
          "[4,\"a\",\"PropertyConstraintViolation\",\"/status: a value is not one of those allowed\",{\"path\":\"/status\"}]" },
        { V21, "[2,\"a\",\"FirmwareStatusNotification\",{\"status\":\"Dancing\"}]",
          "[4,\"a\",\"PropertyConstraintViolation\",\"/status: a value is not one of those allowed\",{\"path\":\"/status\"}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* J1.6 table 7; part 4, 4.3 */
static void an_unknown_property_is_a_format_violation(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"a\",\"Heartbeat\",{\"x\":1}]",
          "[4,\"a\",\"FormationViolation\",\"/x: a member is not part of this message\",{\"path\":\"/x\"}]" },
        { V201, "[2,\"a\",\"Heartbeat\",{\"x\":1}]",
          "[4,\"a\",\"FormatViolation\",\"/x: a member is not part of this message\",{\"path\":\"/x\"}]" },
        { V21, "[2,\"a\",\"Heartbeat\",{\"a/b\":1}]",
          "[4,\"a\",\"FormatViolation\",\"/a~1b: a member is not part of this message\",{\"path\":\"/a~1b\"}]" },
    };
    CHECK_EXCHANGES(rows);
}

/* --- errors -------------------------------------------------------------------------------------------------------------- */

static void check_description(struct world *world)
{
    char description[512];
    memset(description, 'x', sizeof description);
    memcpy(description + 252, "\xc3\xa4\xc3\xb6\xc3\xbc", 6); /* characters 253, 254 and 255 */
    description[sizeof description - 1] = '\0';
    world->habit = WORLD_ANSWERS_LATER;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]");
    assert_int_equal(ocpp_rpc_refuse(world->rpc, world->token, OCPP_CALL_ERROR_GENERIC_ERROR, description), OCPP_OK);
    char expected[512];
    snprintf(expected, sizeof expected, "[4,\"a\",\"GenericError\",\"%.258s\",{}]", description);
    layer_says(world, expected);
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]");
    assert_int_equal(ocpp_rpc_refuse(world->rpc, world->token, OCPP_CALL_ERROR_GENERIC_ERROR, NULL), OCPP_OK);
    layer_says(world, "[4,\"a\",\"GenericError\",\"\",{}]");
}

/* J1.6 4.2.3; part 4, table 7 */
static void an_error_description_is_at_most_255_characters(void **state)
{
    (void)state;
    on_each_version(check_description);
}

static void check_details(struct world *world)
{
    static const struct {
        const char *text;
        const char *details; /* NULL: not readable without the quirk */
        const char *bent;    /* with it */
    } rows[] = {
        { "[4,\"1\",\"GenericError\",\"why\",{}]", "{}", "{}" },
        { "[4,\"1\",\"GenericError\",\"why\", {\"a\": [1, \"]\"]} ]", "{\"a\": [1, \"]\"]}", "{\"a\": [1, \"]\"]}" },
        { "[4,\"1\",\"GenericError\",\"why\",\"SQL [insert\"]", NULL, "\"SQL [insert\"" },
        { "[4,\"1\",\"GenericError\",\"why\",null]", NULL, "null" },
        { "[4,\"1\",\"GenericError\",\"why\",[]]", NULL, "[]" },
        { "[4,\"1\",\"GenericError\",\"why\"]", NULL, "{}" },
        { "[4,\"1\",\"GenericError\"]", NULL, "{}" },
        { "[4,\"1\",\"GenericError\",null,{}]", NULL, "{}" },
    };
    for (int tolerant = 0; tolerant <= 1; tolerant++) {
        struct ocpp_tolerance tolerance = world->settings.tolerance;
        tolerance.quirks = tolerant ? OCPP_QUIRK_ERROR_DETAILS : 0;
        ocpp_rpc_set_tolerance(world->rpc, &tolerance);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const char *details = tolerant ? rows[i].bent : rows[i].details;
            const size_t quirks = world->quirks;
            we_ask(world, "1", "ClearCache", "{}");
            peer_says(world, rows[i].text);
            assert_int_equal(world->answer.status, details != NULL ? OCPP_ERR_CALL_ERROR : OCPP_ERR_BAD_ANSWER);
            assert_int_equal(world->answer.error, OCPP_CALL_ERROR_GENERIC_ERROR);
            assert_string_equal(world->answer_error, "GenericError");
            if (details != NULL)
                assert_string_equal(world->answer_details, details);
            assert_int_equal(world->quirks - quirks, tolerant && rows[i].details == NULL ? 1 : 0);
        }
    }
    assert_int_equal(world->last_quirk, OCPP_QUIRK_ERROR_DETAILS);
}

/* J1.6 4.2.3; part 4, 4.2.3. That ours are objects is seen in every other test */
static void error_details_are_an_object(void **state)
{
    (void)state;
    on_each_version(check_details);
}

/* said_code: the code of a CALLERROR with |error|. */
static void said_code(struct world *world, enum ocpp_call_error error, char code[64])
{
    world->habit = WORLD_ANSWERS_LATER;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{}]");
    assert_int_equal(ocpp_rpc_refuse(world->rpc, world->token, error, ""), OCPP_OK);
    assert_int_equal(sscanf(layer_text(world), "[4,\"a\",\"%63[^\"]", code), 1);
}

static void check_codes(struct world *world)
{
    static const char *const codes_16[] = { "NotImplemented",
                                            "NotSupported",
                                            "InternalError",
                                            "ProtocolError",
                                            "SecurityError",
                                            "FormationViolation",
                                            "GenericError",
                                            "PropertyConstraintViolation",
                                            "OccurenceConstraintViolation",
                                            "TypeConstraintViolation" };
    static const char *const codes_2x[] = { "FormatViolation",
                                            "GenericError",
                                            "InternalError",
                                            "MessageTypeNotSupported",
                                            "NotImplemented",
                                            "NotSupported",
                                            "ProtocolError",
                                            "OccurrenceConstraintViolation",
                                            "RpcFrameworkError",
                                            "SecurityError",
                                            "PropertyConstraintViolation",
                                            "TypeConstraintViolation" };
    const bool old = ocpp_rpc_protocol(world->rpc)->version == V16;
    const char *const *codes = old ? codes_16 : codes_2x;
    const size_t count = old ? sizeof codes_16 / sizeof codes_16[0] : sizeof codes_2x / sizeof codes_2x[0];
    bool seen[16] = { false };
    for (int error = OCPP_CALL_ERROR_NOT_IMPLEMENTED; error <= OCPP_CALL_ERROR_RPC_FRAMEWORK_ERROR; error++) {
        char code[64];
        said_code(world, (enum ocpp_call_error)error, code);
        size_t i = 0;
        while (i < count && strcmp(codes[i], code) != 0)
            i++;
        assert_true(i < count);
        seen[i] = true;
    }
    for (size_t i = 0; i < count; i++)
        assert_true(seen[i]);
}

/* J1.6 table 7; part 4, tables 8 and 9 */
static void each_version_sends_only_its_error_codes(void **state)
{
    (void)state;
    on_each_version(check_codes);
}

static void check_spelling(struct world *world)
{
    const bool old = ocpp_rpc_protocol(world->rpc)->version == V16;
    char code[64];
    said_code(world, OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION, code);
    assert_string_equal(code, old ? "OccurenceConstraintViolation" : "OccurrenceConstraintViolation");
    said_code(world, OCPP_CALL_ERROR_FORMAT_VIOLATION, code);
    assert_string_equal(code, old ? "FormationViolation" : "FormatViolation");
    /* a peer is understood in either spelling, and with a code that nobody knows */
    static const struct {
        const char *name;
        enum ocpp_call_error error;
    } heard[] = {
        { "OccurenceConstraintViolation", OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION },
        { "OccurrenceConstraintViolation", OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION },
        { "FormationViolation", OCPP_CALL_ERROR_FORMAT_VIOLATION },
        { "FormatViolation", OCPP_CALL_ERROR_FORMAT_VIOLATION },
        { "TooTired", OCPP_CALL_ERROR_GENERIC_ERROR },
    };
    for (size_t i = 0; i < sizeof heard / sizeof heard[0]; i++) {
        char text[128];
        we_ask(world, "1", "ClearCache", "{}");
        snprintf(text, sizeof text, "[4,\"1\",\"%s\",\"why\",{}]", heard[i].name);
        peer_says(world, text);
        assert_int_equal(world->answer.status, OCPP_ERR_CALL_ERROR);
        assert_int_equal(world->answer.error, heard[i].error);
        assert_string_equal(world->answer_error, heard[i].name);
        assert_string_equal(world->answer_description, "why");
    }
}

/* J errata 5.1 and 5.2; part 4, tables 8 and 9 */
static void error_codes_are_spelled_as_each_version_spells_them(void **state)
{
    (void)state;
    on_each_version(check_spelling);
}

/* --- text, time, versions, admission ------------------------------------------------------------------------------------- */

/* J1.6 4.1.2; part 4, 4.1.2 */
static void text_is_utf8(void **state)
{
    (void)state;
    static const struct exchange rows[] = {
        { V16, "[2,\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x8c\",\"Heartbeat\",{}]",
          HEARTBEAT_RESULT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x8c") },
        { V16, "[2,\"a\",\"Heartbeat\",{\"x\":\"\xff\"}]",
          "[4,\"a\",\"FormationViolation\",\"not valid UTF-8\",{\"offset\":25}]" },
        { V201, "[2,\"a\",\"Heartbeat\",{\"x\":\"\xc0\xaf\"}]",
          "[4,\"a\",\"RpcFrameworkError\",\"not valid UTF-8\",{\"offset\":25}]" },
        { V21, "[2,\"a\",\"Heartbeat\",{\"x\":\"\xed\xa0\x80\"}]",
          "[4,\"a\",\"RpcFrameworkError\",\"not valid UTF-8\",{\"offset\":25}]" },
    };
    CHECK_EXCHANGES(rows);
    struct world world;
    open_central(&world, V16);
    static const char with_nul[] = "[2,\"a\",\"Heartbeat\0\",{}]";
    assert_int_equal(ocpp_rpc_receive(world.rpc, with_nul, sizeof with_nul - 1, world.now), OCPP_OK);
    assert_int_equal(world.calls, 0);
    world_close(&world);
}

/* 1.6 errata 3.10; part 2, 3.1 */
static void times_with_fractions_and_offsets_are_read(void **state)
{
    (void)state;
    static const char *const times[] = { "2026-11-20T20:31:00Z", "2026-11-20T20:31:00.5Z", "2026-11-20T21:31:00.123456+01:00" };
    for (size_t v = 0; v < VERSION_COUNT; v++) {
        struct world world;
        if (!world_has(every_version[v]))
            continue;
        open_station(&world, every_version[v]);
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            char text[128];
            we_ask(&world, "1", "Heartbeat", "{}");
            snprintf(text, sizeof text, "[3,\"1\",{\"currentTime\":\"%s\"}]", times[i]);
            peer_says(&world, text);
            assert_int_equal(world.answer.status, OCPP_OK);
        }
        we_ask(&world, "1", "Heartbeat", "{}");
        peer_says(&world, "[3,\"1\",{\"currentTime\":\"yesterday\"}]");
        assert_int_equal(world.answer.status, OCPP_ERR_BAD_ANSWER);
        assert_int_equal(world.answer_issue.status, OCPP_ERR_DATE_TIME);
        world_close(&world);
    }
}

/* J1.6 3.1.2; part 4, 3.1.2 */
static void each_version_has_its_subprotocol(void **state)
{
    (void)state;
    assert_string_equal(ocpp_version_subprotocol(V16), "ocpp1.6");
    assert_string_equal(ocpp_version_subprotocol(V201), "ocpp2.0.1");
    assert_string_equal(ocpp_version_subprotocol(V21), "ocpp2.1");
    for (size_t i = 0; i < VERSION_COUNT; i++)
        assert_int_equal(ocpp_version_of(ocpp_version_subprotocol(every_version[i])), every_version[i]);
    assert_int_equal(ocpp_version_of("ocpp1.5"), OCPP_VERSION_NONE);
}

static void check_admission(struct world *world)
{
    world->admits = OCPP_ERR_NOT_ACCEPTED;
    peer_says(world, "[2,\"a\",\"Heartbeat\",{\"even\":\"invalid\"}]");
    layer_says(world, "[4,\"a\",\"SecurityError\",\"the station is not accepted yet\",{}]");
    world->admits = OCPP_ERR_CLOSED; /* 1.6 4.2: a rejected station does not respond */
    peer_says(world, "[2,\"b\",\"Heartbeat\",{}]");
    layer_is_silent(world);
    assert_int_equal(world->calls, 0);
    world->admits = OCPP_OK;
    world->reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
    peer_says(world, "[2,\"c\",\"Heartbeat\",{}]");
    layer_says(world, HEARTBEAT_RESULT("c"));
}

/* J errata 3.10; part 2, FR.04, B01.FR.10, B02.FR.09, B03.FR.07 and FR.08. Who is accepted is known above this floor */
static void a_station_that_is_not_accepted_gets_a_security_error(void **state)
{
    (void)state;
    on_each_version(check_admission);
}

/* part 4, chapter 7 */
static void a_signed_message_is_an_unknown_action_unless_the_application_asks(void **state)
{
    (void)state;
    static const char text[] = "[2,\"a\",\"BootNotification-Signed\", {\"payload\":\"e30\",\"signature\":\"x\"} ]";
    struct world world;
    if (!world_has(V201))
        skip();
    open_central(&world, V201);
    peer_says(&world, text);
    layer_says(&world, "[4,\"a\",\"NotImplemented\",\"the action is not known in this version\",{}]");
    world_close(&world);

    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.pass_unknown_actions = true;
    world_open(&world, V201);
    peer_says(&world, text);
    assert_int_equal(world.calls, 1);
    assert_false(world.call_known);
    assert_string_equal(world.call_action, "BootNotification-Signed");
    assert_string_equal(world.call_payload, "{\"payload\":\"e30\",\"signature\":\"x\"}");
    layer_says(&world, "[3,\"a\",{\"status\":\"Accepted\"}]");
    peer_says(&world, "[2,\"b\",\"Heartbeat\",{\"x\":1}]"); /* what is known is still checked */
    layer_says(&world, "[4,\"b\",\"FormatViolation\",\"/x: a member is not part of this message\",{\"path\":\"/x\"}]");
    world_close(&world);
}

static void check_special(struct world *world)
{
    char code[64];
    said_code(world, OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION, code);
    assert_string_equal(code, "PropertyConstraintViolation");
    said_code(world, OCPP_CALL_ERROR_NOT_SUPPORTED, code);
    assert_string_equal(code, "NotSupported");
}

static void refuse_tariff(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    enum ocpp_status *status = user;
    *status = ocpp_rpc_refuse_result(rpc, answer, OCPP_CALL_ERROR_FORMAT_VIOLATION, "the tariff");
}

/* refused_result: what the layer says when the application cannot use a valid result, or a CALLERROR. */
static enum ocpp_status refused_result(struct world *world, const char *answer)
{
    enum ocpp_status status = OCPP_ERR_NOMEM;
    const struct ocpp_outgoing_call call = { .action = world_action(world, "ClearCache"),
                                             .payload = "{}",
                                             .payload_size = 2,
                                             .id = "1",
                                             .on_answer = refuse_tariff,
                                             .user = &status };
    assert_int_equal(ocpp_rpc_call(world->rpc, &call, NULL), OCPP_OK);
    layer_says(world, "[2,\"1\",\"ClearCache\",{}]");
    peer_says(world, answer);
    return status;
}

static void check_refused_result(struct world *world)
{
    const bool newest = ocpp_rpc_protocol(world->rpc)->version == V21;
    assert_int_equal(refused_result(world, CLEAR_CACHE_ANSWER("1")), newest ? OCPP_OK : OCPP_ERR_STATE);
    if (newest)
        layer_says(world, "[5,\"1\",\"FormatViolation\",\"the tariff\",{}]");
    assert_int_equal(refused_result(world, "[4,\"1\",\"GenericError\",\"\",{}]"), newest ? OCPP_ERR_ARGUMENT : OCPP_ERR_STATE);
    layer_is_silent(world);
}

/* 1.6 errata 3.24 and 3.39; 2.1 I07.FR.01, I08, I11.FR.01: the application's verdict, this floor's words */
static void the_application_can_refuse_with_any_code(void **state)
{
    (void)state;
    on_each_version(check_special);
    on_each_version(check_refused_result);
}

int main(void)
{
#define RULE_TEST(rule, test) cmocka_unit_test(test),
    const struct CMUnitTest tests[] = { RULES(RULE_TEST) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
