/* Messages of vendors: who is asked, what may be answered when, what is sent, and what becomes of it. */
#include "station_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG = 50000 };

/* What an extension saw. */
struct extension {
    struct world *world;
    int requests;
    char message_id[64];
    enum ocpp_data_kind kind;
    char *data;
    struct ocpp_call_token call;
    bool answers_at_once;
    enum ocpp_data_transfer_status result;
    enum ocpp_data_kind answer_kind;
    const char *answer;
    int links;
    bool accepted;
    int answers;
    struct ocpp_data_transfer_answer last; /* |data| is in |heard| */
    char *heard;
    bool hears_more; /* the firmware receives the next request in the callback */
    bool asks_again; /* in the callback of an answer */
    enum ocpp_status asked_again;
};

static void keep(char **to, const char *text)
{
    free(*to);
    *to = text == NULL ? NULL : malloc(strlen(text) + 1);
    if (*to != NULL) {
        memcpy(*to, text, strlen(text) + 1);
    }
}

static enum ocpp_status give_answer(struct extension *extension)
{
    const struct ocpp_data_transfer_answer answer = {
        .result = extension->result,
        .kind = extension->answer_kind,
        .data = extension->answer,
    };
    const struct world *world = extension->world;
    return ocpp_charge_point_answer_data_transfer(world->cp, extension->call, &answer, world->now);
}

/* A firmware that does not leave the callback before it has received what comes next. */
static void hear_more(struct extension *extension)
{
    const char text[] = "[2,\"more\",\"DataTransfer\",{\"vendorId\":\"COM.EXAMPLE\",\"messageId\":\"More than that\"}]";
    const struct world *world = extension->world;
    if (extension->hears_more) {
        extension->hears_more = false;
        assert_int_equal(ocpp_charge_point_receive(world->cp, text, sizeof(text) - 1, world->now), OCPP_OK);
    }
}

static void on_request(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                       void *user)
{
    struct extension *extension = user;
    assert_ptr_equal(cp, extension->world->cp);
    hear_more(extension);
    extension->requests++;
    snprintf(extension->message_id, sizeof(extension->message_id), "%s", request->message_id == NULL ? "-" : request->message_id);
    extension->kind = request->kind;
    keep(&extension->data, request->data);
    extension->call = call;
    if (extension->answers_at_once) {
        assert_int_equal(give_answer(extension), OCPP_OK);
    }
}

static void on_link(struct ocpp_charge_point *cp, bool accepted, void *user)
{
    struct extension *extension = user;
    (void)cp;
    assert_true(extension->accepted != accepted);
    extension->links++;
    extension->accepted = accepted;
}

static void on_answer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *answer, void *user)
{
    struct extension *extension = user;
    hear_more(extension);
    extension->answers++;
    extension->last = *answer;
    keep(&extension->heard, answer->data);
    if (extension->asks_again) {
        const struct ocpp_data_transfer next = { .vendor_id = "com.example" };
        extension->asks_again = false;
        extension->asked_again = ocpp_charge_point_data_transfer(cp, &next, NULL, NULL, extension->world->now);
    }
}

static void extend(struct extension *extension, struct world *world, const char *vendor_id)
{
    *extension = (struct extension){ .world = world, .result = OCPP_DATA_TRANSFER_ACCEPTED };
    const struct ocpp_data_transfer_handler handler = { vendor_id, on_request, on_link, extension };
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &handler, world->now), OCPP_OK);
    world_run(world);
}

static void retire(struct extension *extension)
{
    free(extension->data);
    free(extension->heard);
    world_free(extension->world);
}

static enum ocpp_status ask(struct extension *extension, enum ocpp_data_kind kind, const char *data)
{
    const struct ocpp_data_transfer request = { .vendor_id = "com.example", .message_id = "Hello", .kind = kind, .data = data };
    struct world *world = extension->world;
    const enum ocpp_status status = ocpp_charge_point_data_transfer(world->cp, &request, on_answer, extension, world->now);
    world_run(world);
    return status;
}

/* The central system answers the last call it was silent to. */
static void central_answers(struct world *world, const char *payload)
{
    char text[512];
    snprintf(text, sizeof(text), "[3,'%s',%s]", world->calls[world->call_count - 1].id, payload);
    central_says(world, text);
}

static void central_is_silent(struct world *world)
{
    world->silent_action = "DataTransfer";
    world->silent_count = 1000;
}

/* --- what comes ----------------------------------------------------------------------------------------------------------- */

static void whoever_speaks_for_a_vendor_is_asked(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    extension.answer_kind = OCPP_DATA_TEXT;
    extension.answer = "say \"hi\"\n";
    const char *answer = central_asks(world, "DataTransfer", "{'vendorId':'COM.Example','messageId':'Hello','data':'d'}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
    assert_string_equal(value_of(answer, "data"), "say \"hi\"\n");
    assert_int_equal(extension.requests, 1);
    assert_string_equal(extension.message_id, "Hello");
    assert_int_equal(extension.kind, world_is_old(world) ? OCPP_DATA_TEXT : OCPP_DATA_JSON);
    assert_string_equal(extension.data, world_is_old(world) ? "d" : "\"d\"");
    retire(&extension);
}

static void what_is_not_there_is_told_as_not_there(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    const char *answer = central_asks(world, "DataTransfer", "{'vendorId':'com.example'}");
    assert_string_equal(value_of(answer, "status"), "Accepted");
    assert_string_equal(value_of(answer, "data"), "");
    assert_string_equal(extension.message_id, "-");
    assert_int_equal(extension.kind, OCPP_DATA_NONE);
    assert_null(extension.data);
    retire(&extension);
}

static void any_json_comes_as_its_text_in_two_dot_oh(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    extension.answer_kind = OCPP_DATA_JSON;
    extension.answer = "{\"list\":[1,2.50,null]}";
    const char *answer = central_asks(world, "DataTransfer", "{'vendorId':'com.example','data':{'a':[true,{'b':1}]}}");
    assert_string_equal(extension.data, "{\"a\":[true,{\"b\":1}]}");
    assert_string_equal(value_of(answer, "data/list/1"), "2.5");
    retire(&extension);
}

static void an_answer_may_come_later(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.result = OCPP_DATA_TRANSFER_REJECTED;
    assert_string_equal(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "");
    world_pass(world, 20);
    assert_string_equal(world->answer, "");
    assert_int_equal(give_answer(&extension), OCPP_OK);
    world_run(world);
    assert_string_equal(value_of(world->answer, "status"), "Rejected");
    assert_int_equal(give_answer(&extension), OCPP_ERR_NOT_FOUND);
    retire(&extension);
}

static void several_requests_may_wait_for_their_answers(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    struct ocpp_call_token calls[3];
    extend(&extension, world, "com.example");
    for (int i = 0; i < 3; i++) {
        assert_string_equal(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "");
        calls[i] = extension.call;
    }
    for (int i = 2; i >= 0; i--) {
        extension.call = calls[i];
        assert_int_equal(give_answer(&extension), OCPP_OK);
        world_run(world);
        assert_string_equal(value_of(world->answer, "status"), "Accepted");
        world->answer[0] = '\0';
    }
    retire(&extension);
}

static void every_status_has_its_word(void **state)
{
    static const char *const words[] = { "", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId" };
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    for (int result = OCPP_DATA_TRANSFER_ACCEPTED; result <= OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID; result++) {
        extension.result = (enum ocpp_data_transfer_status)result;
        assert_string_equal(value_of(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "status"), words[result]);
    }
    retire(&extension);
}

static void an_answer_that_cannot_be_given_leaves_the_question_open(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    struct extension extension;
    extend(&extension, world, "com.example");
    assert_string_equal(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "");
    extension.result = OCPP_DATA_TRANSFER_UNANSWERED;
    assert_int_equal(give_answer(&extension), OCPP_ERR_ARGUMENT);
    extension.result = OCPP_DATA_TRANSFER_ACCEPTED;
    extension.answer_kind = OCPP_DATA_JSON;
    extension.answer = "{no json";
    assert_int_equal(ocpp_status_class_of(give_answer(&extension)), OCPP_CLASS_MESSAGE);
    extension.answer_kind = OCPP_DATA_TEXT;
    extension.answer = "\xff";
    assert_int_equal(ocpp_status_class_of(give_answer(&extension)), OCPP_CLASS_MESSAGE);
    extension.answer = "well";
    assert_int_equal(give_answer(&extension), OCPP_OK);
    world_run(world);
    assert_string_equal(value_of(world->answer, "data"), "well");
    retire(&extension);
}

static void a_question_goes_with_its_link(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    assert_string_equal(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "");
    world_disconnect(world);
    assert_int_equal(give_answer(&extension), OCPP_ERR_NOT_FOUND);
    world_connect(world, world->version);
    assert_int_equal(give_answer(&extension), OCPP_ERR_NOT_FOUND);
    retire(&extension);
}

static void a_long_text_comes_whole(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    char *text = malloc(LONG + 128);
    const int size = sprintf(text, "[2,\"long\",\"DataTransfer\",{\"vendorId\":\"com.example\",\"data\":\"");
    memset(text + size, 'x', LONG);
    strcpy(text + size + LONG, "\"}]");
    assert_int_equal(ocpp_charge_point_receive(world->cp, text, strlen(text), world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(strlen(extension.data), LONG + (world_is_old(world) ? 0 : 2));
    assert_string_equal(value_of(world->answer, "status"), "Accepted");
    free(text);
    retire(&extension);
}

/* --- who speaks for whom ------------------------------------------------------------------------------------------------------
 */

static void each_vendor_has_its_own(void **state)
{
    struct world *world = world_of(state);
    struct extension one;
    struct extension other;
    extend(&one, world, "com.example");
    extend(&other, world, "org.example");
    one.answers_at_once = other.answers_at_once = true;
    central_asks(world, "DataTransfer", "{'vendorId':'org.example'}");
    assert_int_equal(one.requests, 0);
    assert_int_equal(other.requests, 1);
    assert_string_equal(value_of(central_asks(world, "DataTransfer", "{'vendorId':'net.example'}"), "status"), "UnknownVendorId");
    free(other.data);
    free(other.heard);
    retire(&one);
}

static void a_new_one_takes_the_place_of_the_old_one_and_none_leaves_it_free(void **state)
{
    struct world *world = world_of(state);
    struct extension one;
    struct extension other;
    extend(&one, world, "com.example");
    extend(&other, world, "Com.Example");
    other.answers_at_once = true;
    central_asks(world, "DataTransfer", "{'vendorId':'com.example'}");
    assert_int_equal(one.requests, 0);
    assert_int_equal(other.requests, 1);
    const struct ocpp_data_transfer_handler none = { .vendor_id = "com.example" };
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &none, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &none, world->now), OCPP_OK);
    assert_string_equal(value_of(central_asks(world, "DataTransfer", "{'vendorId':'com.example'}"), "status"), "UnknownVendorId");
    free(other.data);
    retire(&one);
}

static void there_is_room_for_as_many_vendors_as_the_settings_say(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.max_data_vendors = 1;
    world_power_on(world);
    const struct ocpp_data_transfer_handler one = { .vendor_id = "one", .on_request = on_request };
    const struct ocpp_data_transfer_handler two = { .vendor_id = "two", .on_request = on_request };
    const struct ocpp_data_transfer_handler nobody = { .vendor_id = "", .on_request = on_request };
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &nobody, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &one, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &two, world->now), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &one, world->now), OCPP_OK);
    world_free(world);
}

static void the_link_is_told_when_it_is_accepted_and_when_it_goes(void **state)
{
    struct world *world = world_new();
    struct extension extension;
    world->boot_status = "Pending";
    world->boot_interval = 30;
    world_power_on(world);
    extend(&extension, world, "com.example");
    world_connect(world, *(enum ocpp_version *)*state);
    assert_int_equal(extension.links, 0);
    world->boot_status = "Accepted";
    world_pass(world, 40);
    assert_int_equal(extension.links, 1);
    assert_true(extension.accepted);
    world_disconnect(world);
    assert_false(extension.accepted);
    world_connect(world, world->version);
    assert_true(extension.accepted);
    struct extension late;
    extend(&late, world, "org.example");
    assert_true(late.accepted);
    retire(&extension);
}

/* --- what is sent --------------------------------------------------------------------------------------------------------- */

static void a_request_is_sent_and_its_answer_told(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    central_is_silent(world);
    assert_int_equal(ask(&extension, OCPP_DATA_TEXT, "say \"hi\""), OCPP_OK);
    central_sees(world, "DataTransfer", "vendorId=com.example messageId=Hello data=*");
    assert_string_equal(value_of(world->calls[world->call_count - 1].payload, "data"), "say \"hi\"");
    assert_int_equal(extension.answers, 0);
    central_answers(world, "{'status':'UnknownMessageId','data':'x'}");
    assert_int_equal(extension.answers, 1);
    assert_int_equal(extension.last.status, OCPP_OK);
    assert_int_equal(extension.last.result, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID);
    assert_int_equal(extension.last.kind, world_is_old(world) ? OCPP_DATA_TEXT : OCPP_DATA_JSON);
    assert_string_equal(extension.heard, world_is_old(world) ? "x" : "\"x\"");
    retire(&extension);
}

static void json_is_sent_as_each_version_can(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    central_is_silent(world);
    assert_int_equal(ask(&extension, OCPP_DATA_JSON, "{\"n\":1}"), OCPP_OK);
    const char *payload = world->calls[world->call_count - 1].payload;
    assert_string_equal(value_of(payload, "data"), world_is_old(world) ? "{\"n\":1}" : "(1)");
    central_answers(world, "{'status':'Accepted'}");
    assert_int_equal(extension.last.kind, OCPP_DATA_NONE);
    assert_null(extension.heard);
    retire(&extension);
}

static void a_request_without_an_answer_says_why(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK); /* this central system answers {} */
    assert_int_equal(extension.last.status, OCPP_ERR_BAD_ANSWER);
    world->refuse_action = "DataTransfer";
    world->refuse_count = 1;
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    assert_int_equal(extension.last.status, OCPP_ERR_CALL_ERROR);
    central_is_silent(world);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    world_pass(world, 31);
    assert_int_equal(extension.last.status, OCPP_ERR_TIMEOUT);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    world_disconnect(world);
    assert_int_equal(extension.last.status, OCPP_ERR_CLOSED);
    assert_int_equal(extension.answers, 4);
    retire(&extension);
}

static void nothing_is_sent_that_nobody_could_take(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    char long_id[258];
    memset(long_id, 'v', sizeof(long_id) - 1);
    long_id[sizeof(long_id) - 1] = '\0';
    extend(&extension, world, "com.example");
    const struct ocpp_data_transfer nobody = { .vendor_id = NULL };
    const struct ocpp_data_transfer too_long = { .vendor_id = long_id };
    assert_int_equal(ocpp_charge_point_data_transfer(world->cp, &nobody, NULL, NULL, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_status_class_of(ocpp_charge_point_data_transfer(world->cp, &too_long, NULL, NULL, world->now)),
                     OCPP_CLASS_MESSAGE);
    assert_int_equal(ask(&extension, OCPP_DATA_TEXT, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_status_class_of(ask(&extension, OCPP_DATA_TEXT, "\xc3")), OCPP_CLASS_MESSAGE);
    if (!world_is_old(world)) {
        assert_int_equal(ocpp_status_class_of(ask(&extension, OCPP_DATA_JSON, "{1}")), OCPP_CLASS_MESSAGE);
    }
    world_disconnect(world);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_ERR_STATE);
    central_does_not_see(world, "DataTransfer");
    assert_int_equal(extension.answers, 0);
    retire(&extension);
}

static void as_many_are_on_their_way_as_the_settings_say(void **state)
{
    struct world *world = world_new();
    struct extension extension;
    world->settings.max_data_transfers = 2;
    world_power_on(world);
    extend(&extension, world, "com.example");
    world_connect(world, *(enum ocpp_version *)*state);
    central_is_silent(world);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_ERR_BUSY);
    world->silent_count = 0;
    world_pass(world, 31);
    assert_int_equal(extension.answers, 2);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    retire(&extension);
}

static void a_callback_may_ask_again(void **state)
{
    struct world *world = world_new();
    struct extension extension;
    world->settings.max_data_transfers = 1;
    world_power_on(world);
    extend(&extension, world, "com.example");
    world_connect(world, *(enum ocpp_version *)*state);
    extension.asks_again = true;
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    assert_int_equal(extension.asked_again, OCPP_OK);
    assert_int_equal(central_counts(world, "DataTransfer"), 2);
    retire(&extension);
}

static void a_callback_may_hear_more(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    extension.hears_more = true;
    central_asks(world, "DataTransfer", "{'vendorId':'com.example','messageId':'Hello','data':'d'}");
    assert_int_equal(extension.requests, 1); /* the other was refused: one waits at a time */
    assert_string_equal(extension.message_id, "Hello");
    assert_non_null(extension.data);
    central_is_silent(world);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    extension.hears_more = true;
    central_answers(world, "{'status':'Accepted','data':'what they say'}");
    assert_int_equal(extension.answers, 1);
    assert_string_equal(extension.heard, world_is_old(world) ? "what they say" : "\"what they say\"");
    assert_int_equal(extension.requests, 2);
    assert_string_equal(extension.message_id, "More than that");
    retire(&extension);
}

/* Who leaves before a request was shown, and leaves the place to another, takes it along. */
static struct extension other;

static void one_leaves_and_another_comes(struct world *world, const char *which, int evse)
{
    const char text[] = "[2,\"late\",\"DataTransfer\",{\"vendorId\":\"com.example\",\"messageId\":\"Too late\"}]";
    const struct ocpp_data_transfer_handler gone = { .vendor_id = "com.example" };
    const struct ocpp_data_transfer_handler come = { "org.other", on_request, NULL, &other };
    (void)which;
    (void)evse;
    world->in_callback = NULL;
    assert_int_equal(ocpp_charge_point_receive(world->cp, text, sizeof(text) - 1, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &gone, world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_on_data_transfer(world->cp, &come, world->now), OCPP_OK);
}

static void a_request_is_not_shown_to_who_came_later(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    other = (struct extension){ .world = world };
    world->in_callback = one_leaves_and_another_comes;
    plug(world, 1);
    assert_null(world->in_callback);
    assert_int_equal(extension.requests, 0);
    assert_int_equal(other.requests, 0);
    central_asks(world, "DataTransfer", "{'vendorId':'org.other'}");
    assert_int_equal(other.requests, 1);
    free(other.data);
    retire(&extension);
}

/* A vendor that talks all the time holds nothing up: its messages take their turn with the others. */
static void a_charge_goes_on_beside_it(void **state)
{
    struct world *world = world_of(state);
    struct extension extension;
    extend(&extension, world, "com.example");
    central_is_silent(world);
    world->silent_count = 1;
    plug(world, 1);
    assert_int_equal(ask(&extension, OCPP_DATA_NONE, NULL), OCPP_OK);
    card(world, 1, "A");
    world_pass(world, 31);
    assert_int_equal(extension.last.status, OCPP_ERR_TIMEOUT);
    assert_true(world->closed[1]);
    card(world, 1, "A");
    assert_int_equal(the_session(world)->ended, 1);
    retire(&extension);
}

/* --- memory --------------------------------------------------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state)
{
    bool was_reached = true;
    for (size_t nth = 1; was_reached; nth++) {
        struct world *world = world_new();
        struct test_allocator memory;
        struct extension extension = { .world = world };
        test_allocator_start(&memory, nth);
        world->is_starved = true;
        world->settings.allocator = &memory.allocator;
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        if (world->cp != NULL) {
            extend(&extension, world, "com.example");
            extension.answers_at_once = false;
            world_connect(world, *(enum ocpp_version *)*state);
            world_pass(world, 5);
            central_asks(world, "DataTransfer", "{'vendorId':'com.example','messageId':'m','data':'d'}");
            assert_true(extension.requests == 1 || extension.requests == 0);
            const enum ocpp_status status = ask(&extension, OCPP_DATA_TEXT, "d");
            world_pass(world, 40);
            assert_int_equal(extension.answers, status == OCPP_OK);
            world_power_off(world);
        }
        was_reached = memory.calls >= nth;
        assert_int_equal(memory.blocks, 0);
        retire(&extension);
    }
}

static void the_second_message_takes_no_memory(void **state)
{
    struct world *world = world_new();
    struct test_allocator memory;
    struct extension extension;
    test_allocator_start(&memory, 0);
    world->settings.allocator = &memory.allocator;
    world_power_on(world);
    extend(&extension, world, "com.example");
    extension.answers_at_once = true;
    world_connect(world, *(enum ocpp_version *)*state);
    size_t calls = 0;
    for (int i = 0; i < 3; i++) {
        calls = memory.calls;
        central_asks(world, "DataTransfer", "{'vendorId':'com.example','messageId':'m','data':'some data that is copied'}");
        ask(&extension, OCPP_DATA_TEXT, "d");
    }
    assert_int_equal(memory.calls, calls);
    assert_int_equal(extension.requests, 3);
    retire(&extension);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(whoever_speaks_for_a_vendor_is_asked),
        IN_EACH_VERSION(what_is_not_there_is_told_as_not_there),
        cmocka_unit_test(any_json_comes_as_its_text_in_two_dot_oh),
        IN_EACH_VERSION(an_answer_may_come_later),
        IN_EACH_VERSION(several_requests_may_wait_for_their_answers),
        IN_EACH_VERSION(every_status_has_its_word),
        cmocka_unit_test(an_answer_that_cannot_be_given_leaves_the_question_open),
        IN_EACH_VERSION(a_question_goes_with_its_link),
        IN_EACH_VERSION(a_long_text_comes_whole),
        IN_EACH_VERSION(each_vendor_has_its_own),
        IN_EACH_VERSION(a_new_one_takes_the_place_of_the_old_one_and_none_leaves_it_free),
        cmocka_unit_test(there_is_room_for_as_many_vendors_as_the_settings_say),
        IN_EACH_VERSION(the_link_is_told_when_it_is_accepted_and_when_it_goes),
        IN_EACH_VERSION(a_request_is_sent_and_its_answer_told),
        IN_EACH_VERSION(json_is_sent_as_each_version_can),
        IN_EACH_VERSION(a_request_without_an_answer_says_why),
        IN_EACH_VERSION(nothing_is_sent_that_nobody_could_take),
        IN_EACH_VERSION(as_many_are_on_their_way_as_the_settings_say),
        IN_EACH_VERSION(a_callback_may_ask_again),
        IN_EACH_VERSION(a_callback_may_hear_more),
        IN_EACH_VERSION(a_request_is_not_shown_to_who_came_later),
        IN_EACH_VERSION(a_charge_goes_on_beside_it),
        IN_EACH_VERSION(every_allocation_may_fail),
        IN_EACH_VERSION(the_second_message_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
