/* Who is told what, and when: nothing before Hello, and the answer to Hello before anything else. */
#include "command.h"
#include "settle_frame.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

static struct frame frame;

/* What left, in its order: "Hello Accepted", "MarkKey". */
static char left[16][80];
static size_t left_count;
static uint64_t last_token;

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)station;
    (void)user;
    assert_true(left_count < COUNT_OF(left));
    (void)snprintf(left[left_count++], sizeof left[0], "%s", data->message_id);
    last_token = token;
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *given, void *user)
{
    (void)station;
    (void)token;
    (void)user;
    assert_true(left_count < COUNT_OF(left));
    (void)snprintf(left[left_count++], sizeof left[0], "answer %d %.60s", (int)given->result, given->data ? given->data : "");
}

static bool always(const char *station, void *user)
{
    (void)station;
    (void)user;
    return true;
}

static void change(struct ocpp_settle_settings *settings)
{
    settings->transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
    settings->may_tell_key = always;
}

static int start(void **state)
{
    (void)state;
    left_count = 0;
    frame_start(&frame, change);
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_end(&frame);
    return 0;
}

static void hear(const char *name, const char *text)
{
    const struct ocpp_data_transfer data = { OCPP_SETTLE_VENDOR_ID, name, OCPP_DATA_TEXT, text };

    ocpp_settle_receive(frame.settle, "P1", &data, 77, frame.now);
}

#define HELLO(versions, bytes)                                                                                                   \
    "{\"versions\":" versions ",\"features\":[\"PowerBanks\",\"OfflineRentals\",\"Chunks\"],\"maxBytes\":" bytes                 \
    ",\"serial\":\"S\","                                                                                                         \
    "\"now\":{\"boot\":1,\"monoMs\":5,\"status\":\"Unknown\"},\"slots\":2}"

static void send_closed(struct command *command, void *args)
{
    struct ocpp_settle_rental_closed_req message = { .rental = args };

    command_send(command, "P1", "S", &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED], &message, &message.envelope);
}

static void tell(const char *rental)
{
    char copy[8];

    (void)snprintf(copy, sizeof copy, "%s", rental);
    assert_int_equal(command_run(frame.settle, "tell", send_closed, copy, NULL), OCPP_OK);
}

static void pile_answers(enum ocpp_data_transfer_status result, const char *data)
{
    const struct ocpp_data_transfer_answer given = { OCPP_OK, result, OCPP_DATA_JSON, data };

    ocpp_settle_answered(frame.settle, "P1", last_token, &given, frame.now);
}

/* A pile agrees on nothing before it has the answer: what came earlier was refused and lost. */
static void the_answer_to_hello_leaves_before_what_it_leads_to(void **state)
{
    (void)state;
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    hear("Hello", HELLO("[\"1\"]", "8192"));
    assert_int_equal(left_count, 2);
    assert_int_equal(strncmp(left[0], "answer 1 {\"version\":\"1\"", 23), 0);
    assert_string_equal(left[1], "MarkKey");
}

static void a_pile_is_told_nothing_before_it_says_hello_on_this_connection(void **state)
{
    (void)state;
    frame_speaks(&frame, "P1", 8192); /* it did once */
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    tell("R1");
    assert_int_equal(left_count, 0);
    hear("Hello", HELLO("[\"1\"]", "8192"));
    assert_int_equal(left_count, 2);
    pile_answers(OCPP_DATA_TRANSFER_ACCEPTED, "{\"receipt\":{\"reception\":\"Accepted\"}}");
    assert_int_equal(left_count, 3);
    ocpp_settle_connected(frame.settle, "P1", false, frame.now);
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    frame_wait(&frame, 86400);
    assert_int_equal(left_count, 3);
}

static void whoever_wants_a_hello_first_loses_nothing(void **state)
{
    (void)state;
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    hear("Hello", HELLO("[\"1\"]", "8192"));
    pile_answers(OCPP_DATA_TRANSFER_ACCEPTED, "{\"receipt\":{\"reception\":\"Accepted\"}}");
    tell("R1");
    assert_string_equal(left[2], "RentalClosed");
    pile_answers(OCPP_DATA_TRANSFER_REJECTED, "{\"code\":\"NotAgreed\"}");
    frame_wait(&frame, 86400);
    assert_int_equal(left_count, 3);
    assert_int_equal(frame_rows(&frame, "dead/"), 0);
    hear("Hello", HELLO("[\"1\"]", "8192"));
    assert_int_equal(left_count, 5);
    assert_string_equal(left[4], "RentalClosed");
}

static void without_a_version_in_common_nothing_follows(void **state)
{
    (void)state;
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    hear("Hello", HELLO("[\"7\"]", "8192"));
    assert_int_equal(left_count, 1);
    assert_int_equal(strncmp(left[0], "answer 2 {\"code\":\"NotSupported\"", 31), 0);
    assert_int_equal(frame_rows(&frame, "pile/"), 0);
    tell("R1");
    assert_int_equal(left_count, 1);
}

/* What is agreed on is what the inbox takes, whatever the pile offers. */
static void the_size_that_is_agreed_keeps_to_its_bounds(void **state)
{
    static const struct {
        const char *hello;
        const char *agreed;
    } cases[] = {
        { HELLO("[\"1\"]", "1"), "\"maxBytes\":1024" },
        { HELLO("[\"1\"]", "2000"), "\"maxBytes\":2000" },
        { HELLO("[\"1\"]", "1000000"), "\"maxBytes\":8192" },
    };

    (void)state;
    ocpp_settle_connected(frame.settle, "P1", true, frame.now);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        hear("Hello", cases[i].hello);
        assert_non_null(strstr(frame_row(&frame, "pile/P1"), cases[i].agreed));
    }
}

#define DISCOVERY_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DISCOVERY_TEST(the_answer_to_hello_leaves_before_what_it_leads_to),
        DISCOVERY_TEST(a_pile_is_told_nothing_before_it_says_hello_on_this_connection),
        DISCOVERY_TEST(whoever_wants_a_hello_first_loses_nothing),
        DISCOVERY_TEST(without_a_version_in_common_nothing_follows),
        DISCOVERY_TEST(the_size_that_is_agreed_keeps_to_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
