/* The agent and its backend: finding out whether there is one, telling what must arrive, hearing once, and a backend that means
 * no good. */
#include "bay_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static enum ocpp_settle_agent_link link_of(const struct bay_world *bay)
{
    return ocpp_settle_agent_view(bay->agent).link;
}

/* --- discovery
 * ------------------------------------------------------------------------------------------------------------------- */

static void a_pile_introduces_itself_and_its_bay(void **state)
{
    struct bay_world *bay = bay_world_bare(version_of(state));
    const struct told *hello = backend_heard(bay, "Hello");
    assert_string_equal(value_of(hello->json, "slots"), "4");
    assert_string_equal(value_of(hello->json, "versions/0"), "1");
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_ON);
    assert_string_equal(value_of(backend_heard(bay, "Inventory")->json, "slots"), "(4)");
    assert_string_equal(ocpp_settle_agent_view(bay->agent).operator_id, "op");
    bay_world_free(bay);
}

static void a_pile_says_hello_again_after_each_link(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay_link(bay, false);
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_NO_LINK);
    bay_link(bay, true);
    backend_heard(bay, "Hello");
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_ON);
    bay_world_free(bay);
}

static struct bay_world *world_where(void **state, const char *hello_result)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay_link(bay, false);
    bay->hello_result = hello_result;
    bay->knows_nothing = hello_result == NULL;
    bay_link(bay, true);
    bay_pass(bay, 1000);
    backend_looks_away(bay);
    return bay;
}

/* Plain OCPP goes on, nothing is sent, and nothing more is queued. */
static void the_extension_is_off(struct bay_world *bay)
{
    const size_t queued = ocpp_settle_agent_view(bay->agent).queued;
    const int calls = central_counts(bay->world, "DataTransfer");
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_OFF);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 5000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, queued);
    assert_int_equal(central_counts(bay->world, "DataTransfer"), calls);
    ask_for(bay, "CARD", 1, OCPP_ERR_STATE);
    card(bay->world, 1, "CARD");
    plug(bay->world, 1);
    bay_pass(bay, 1000);
    assert_true(bay->world->closed[1]);
}

static void a_plain_central_system_gets_plain_ocpp(void **state)
{
    struct bay_world *bay = world_where(state, NULL);
    the_extension_is_off(bay);
    bay_world_free(bay);
}

static void a_rejected_hello_switches_the_extension_off_until_it_is_tried_again(void **state)
{
    struct bay_world *bay = world_where(state, "Rejected");
    the_extension_is_off(bay);
    bay->hello_result = NULL;
    bay_pass(bay, bay->settings.hello_retry_ms);
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_ON);
    bay_world_free(bay);
}

static void a_central_system_that_is_silent_or_answers_with_errors_is_no_backend(void **state)
{
    for (int silent = 0; silent <= 1; silent++) {
        struct bay_world *bay = bay_world_new(version_of(state));
        bay_link(bay, false);
        struct world *world = bay->world;
        world->silent_action = silent ? "DataTransfer" : NULL;
        world->silent_count = 1;
        world->refuse_action = silent ? NULL : "DataTransfer";
        world->refuse_code = "NotSupported";
        world->refuse_count = 1;
        bay_link(bay, true);
        bay_pass(bay, 40000);
        assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_OFF);
        bay_world_free(bay);
    }
}

/* Ids are visible ASCII. What is none is refused for good: asking again would never help. */
static void ids_that_are_none_are_refused(void **state)
{
    static const char euros[] = "€€€€€€€€€€€€€€€€€€€€€€€€€€";
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[1024];
    char request[OCPP_SETTLE_ID_SIZE];
    snprintf(request, sizeof(request), "%s", ask_for(bay, "CARD", 1, OCPP_OK));
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    for (int i = 0; i <= 1; i++) {
        snprintf(members, sizeof(members),
                 "'request':'%s','order':'%s','renterClass':'Plain','withinS':120,'banks':[{'rental':'%s','slot':%d,'generation':3,"
                 "'mark':'%s','undo':'%s'}]",
                 request, i == 0 ? euros : "O1", i == 1 ? "R 1" : "R1", slot, backend_mark(bay, OCPP_SETTLE_MARK_PLAIN, 3),
                 backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 4));
        assert_string_equal(backend_says(bay, "RentGrant", members), "Refused");
    }
    snprintf(members, sizeof(members), "'request':'%s','count':1,'expires':'2030-01-01T00:00:00Z','withinS':60", euros);
    assert_string_equal(backend_says(bay, "RentOffer", members), "Refused");
    assert_string_equal(backend_grants(bay, request, "R1", slot), "Accepted");
    bay_world_free(bay);
}

/* A backend that cannot now says so, and is asked again soon; it is no backend without the extension. */
static void a_hello_that_is_answered_try_later_is_said_again_soon(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay_link(bay, false);
    bay->is_unable = true;
    bay_link(bay, true);
    bay_pass(bay, 5000);
    assert_int_not_equal(link_of(bay), OCPP_SETTLE_AGENT_OFF);
    bay->is_unable = false;
    bay_pass(bay, 40000);
    assert_int_equal(link_of(bay), OCPP_SETTLE_AGENT_ON);
    bay_world_free(bay);
}

/* A bank that came back while nobody wanted to know is told when somebody does. */
static void a_return_nobody_wanted_to_hear_is_told_at_the_next_agreement(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    rent_from(bay, "CARD", 2);
    const struct cabinet_bank bank = take_from(bay, 2);
    bay_link(bay, false);
    bay->knows_nothing = true;
    bay_link(bay, true);
    push_into(bay, 4, &bank);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    bay_link(bay, false);
    bay->knows_nothing = false;
    bay_link(bay, true);
    bay_pass(bay, 1000);
    assert_string_equal(value_of(backend_heard(bay, "BankReturned")->json, "slot"), "4");
    bay_world_free(bay);
}

static void a_station_of_2_x_shows_the_extension_in_its_device_model(void **state)
{
    static struct ocpp_own_setting own;
    const struct ocpp_setting_name name = { .component = "CustomizationCtrlr",
                                            .variable = "CustomImplementationEnabled",
                                            .instance = "org.ocpp-c.settlement" };
    char text[OCPP_SETTING_TEXT_SIZE] = "";
    struct world *world = world_new();
    (void)state;
    own = ocpp_settle_own_setting("org.ocpp-c.settlement");
    world->settings.own_settings = &own;
    world->settings.own_setting_count = 1;
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_setting_get(world->cp, &name, text, sizeof(text)), OCPP_OK);
    assert_string_equal(text, "true");
    assert_int_equal(ocpp_charge_point_setting_set(world->cp, &name, "false", world->now), OCPP_ERR_STATE);
    world_free(world);
}

/* --- delivery
 * -------------------------------------------------------------------------------------------------------------------- */

static void what_happens_without_a_link_is_told_in_order_when_there_is_one(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    rent_from(bay, "CARD", 2);
    bay_link(bay, false);
    const struct cabinet_bank bank = take_from(bay, 2);
    push_into(bay, 4, &bank);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 100000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 3);
    bay_link(bay, true);
    bay_pass(bay, 1000);
    backend_heard(bay, "BankTaken");
    backend_heard(bay, "BankReturned");
    backend_heard(bay, "InventoryDifference");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    bay_world_free(bay);
}

/* The answer is lost: the same message comes again, to the letter, until it is answered. */
static void a_message_whose_answer_is_lost_is_told_again_the_same(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay->world->silent_action = "DataTransfer";
    bay->world->silent_count = 2;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 200000);
    const struct told *told = backend_heard(bay, "InventoryDifference");
    assert_int_equal(told->times, 1);
    backend_never_heard(bay, "InventoryDifference");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    bay_world_free(bay);
}

static void a_backend_that_asks_for_patience_hears_it_later(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay->reception = "Retry";
    bay->reception_count = 2;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 100000);
    backend_heard(bay, "InventoryDifference");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    bay_world_free(bay);
}

static bool keep_letter(const struct ocpp_settle_dead_letter *letter, void *user)
{
    snprintf(user, 64, "%s", letter->key);
    assert_string_equal(letter->name, "InventoryDifference");
    assert_memory_equal(letter->stream, "slot/01/", 8);
    return true;
}

/* One poisoned message never blocks a pile. */
static void a_refused_message_is_a_dead_letter_and_the_next_ones_go_on(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char key[64] = "";
    bay->reception = "Refused";
    bay->reception_count = 1;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 3000);
    assert_true(cabinet_steal(&bay->cabinet, 3, NULL, bay->world->now));
    bay_pass(bay, 3000);
    backend_heard(bay, "InventoryDifference");
    assert_string_equal(value_of(backend_heard(bay, "InventoryDifference")->json, "slot"), "3");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 1);
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_DEAD_LETTER));
    bay_power_cut(bay, 0);
    bay_power_back(bay, 5);
    assert_int_equal(ocpp_settle_agent_each_dead_letter(bay->agent, keep_letter, key), OCPP_OK);
    assert_int_equal(ocpp_settle_agent_discard(bay->agent, key), OCPP_OK);
    assert_int_equal(ocpp_settle_agent_discard(bay->agent, key), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    bay_world_free(bay);
}

/* A stream that has to wait does not hold up the others. */
static void a_message_that_has_to_wait_holds_up_its_own_stream_only(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay->reception = "Retry";
    bay->reception_count = 1;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 2000);
    assert_true(cabinet_steal(&bay->cabinet, 3, NULL, bay->world->now));
    bay_pass(bay, 2000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 1);
    bay_pass(bay, 60000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    bay_world_free(bay);
}

static void only_errors_instead_of_answers_bury_a_message_in_the_end(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct world *world = bay->world;
    world->refuse_action = "DataTransfer";
    world->refuse_code = "InternalError";
    world->refuse_count = 1000;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    for (int hour = 0; hour < 24 && ocpp_settle_agent_view(bay->agent).dead_letters == 0; hour++) {
        bay_pass(bay, 3600000);
    }
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 1);
    bay_world_free(bay);
}

/* Transaction messages of OCPP go first. */
static void transactions_are_told_before_what_happened_in_the_bay(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct world *world = bay->world;
    bay_link(bay, false);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 2000);
    world->settings.offline_unknown_allowed = true;
    card(world, 1, "CARD");
    plug(world, 1);
    bay_pass(bay, 1000);
    world->refuse_action = world_is_old(world) ? "StartTransaction" : "TransactionEvent";
    world->refuse_count = 1;
    const size_t before = world->call_count;
    bay_link(bay, true);
    bay_pass(bay, 10000);
    if (ocpp_charge_point_view(world->cp).queued_records > 0) {
        backend_never_heard(bay, "InventoryDifference");
    }
    bay_pass(bay, 100000);
    size_t transaction = 0;
    size_t difference = 0;
    for (size_t i = before; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, "StartTransaction") == 0 || strcmp(world->calls[i].action, "TransactionEvent") == 0) {
            transaction = i;
        } else if (strstr(world->calls[i].payload, "InventoryDifference") != NULL && difference == 0) {
            difference = i;
        }
    }
    assert_true(difference > 0 && (transaction == 0 || transaction < difference));
    bay_world_free(bay);
}

static void an_inventory_too_large_for_one_message_goes_in_parts(void **state)
{
    struct bay_world *bay = bay_world_bare(version_of(state));
    bay_agent_off(bay);
    bay->max_bytes = 2048;
    cabinet_init(&bay->cabinet, 40, OCPP_SETTLE_MARK_ROOM_BYTES);
    for (int slot = 1; slot <= 40; slot++) {
        unsigned char mark[OCPP_SETTLE_MARK_SIZE];
        assert_int_equal(ocpp_settle_mark_parse(backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 1), mark), OCPP_OK);
        cabinet_stock(&bay->cabinet, slot, "A-BANK-WITH-A-LONG-NAME", mark, 90);
    }
    cabinet_bay(&bay->cabinet, &bay->bay);
    bay_link(bay, false);
    backend_looks_away(bay);
    bay_agent_on(bay);
    bay_link(bay, true);
    bay_pass(bay, 5000);
    assert_string_equal(value_of(backend_heard(bay, "Inventory")->json, "slots"), "(40)");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    bay_world_free(bay);
}

static void an_inventory_is_told_when_it_is_asked_for(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    assert_string_equal(backend_says_raw(bay, "TriggerInventory", "{}"), "Accepted");
    backend_heard(bay, "Inventory");
    bay_world_free(bay);
}

/* --- hearing
 * --------------------------------------------------------------------------------------------------------------------- */

static const char notice[] =
    "{\"envelope\":{\"id\":\"%s\",\"stream\":\"o\",\"seq\":%d},\"order\":\"O1\",\"state\":\"%s\",\"currency\":\"EUR\"}";

static const char *say_notice(struct bay_world *bay, const char *id, int seq, const char *order_state)
{
    char data[512];
    snprintf(data, sizeof(data), notice, id, seq, order_state);
    return backend_says_raw(bay, "OrderNotice", data);
}

static int orders_shown(const struct bay_world *bay)
{
    int shown = 0;
    for (size_t i = 0; i < bay->event_count; i++) {
        shown += bay->events[i].kind == OCPP_SETTLE_AGENT_ORDER;
    }
    return shown;
}

/* Same id and body, same answer; another body is refused; and so across a power cut. */
static void a_message_is_heard_once(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    assert_string_equal(say_notice(bay, "00000000000000000000000001", 1, "Paid"), "Accepted");
    assert_string_equal(say_notice(bay, "00000000000000000000000001", 1, "Paid"), "Accepted");
    assert_int_equal(orders_shown(bay), 1);
    assert_string_equal(say_notice(bay, "00000000000000000000000001", 1, "Void"), "Refused");
    bay_power_cut(bay, 0);
    bay_power_back(bay, 5);
    assert_string_equal(say_notice(bay, "00000000000000000000000001", 1, "Paid"), "Accepted");
    assert_string_equal(say_notice(bay, "00000000000000000000000002", 1, "Paid"), "Refused");
    assert_string_equal(say_notice(bay, "00000000000000000000000003", 9, "Paid"), "Accepted");
    assert_int_equal(orders_shown(bay), 2);
    bay_world_free(bay);
}

static void what_is_no_message_is_refused_without_a_trace(void **state)
{
    static const char *const bad[][2] = {
        { "RentGrant", "{}" },
        { "RentGrant", "[1,2]" },
        { "Nonsense", "{}" },
        { "BankTaken", "{}" },
        { "OrderNotice",
          "{\"envelope\":{\"id\":\"\",\"stream\":\"s\",\"seq\":1},\"order\":\"o\",\"state\":\"Paid\",\"currency\":\"EUR\"}" },
        { "SlotCommand", "{\"envelope\":{\"id\":\"1\",\"stream\":\"s\",\"seq\":1},\"slot\":1,\"order\":\"Explode\"}" },
    };
    struct bay_world *bay = bay_world_new(version_of(state));
    const unsigned writes = test_storage_writes(bay->world->storage);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *answer = backend_says_raw(bay, bad[i][0], bad[i][1]);
        assert_true(strcmp(answer, "Rejected") == 0 || strcmp(answer, "UnknownMessageId") == 0);
    }
    assert_int_equal(test_storage_writes(bay->world->storage), writes);
    bay_world_free(bay);
}

static void a_backend_that_has_not_agreed_is_not_obeyed(void **state)
{
    struct bay_world *bay = world_where(state, "Rejected");
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'EjectForService'"), "Rejected");
    assert_int_equal(bay->cabinet.ejects, 0);
    bay_world_free(bay);
}

/* --- a hostile backend
 * ----------------------------------------------------------------------------------------------------------- */

static void grant_of(struct bay_world *bay, char *members, size_t room, const char *request, int slot, int64_t generation,
                     int64_t marked)
{
    snprintf(members, room,
             "'request':'%s','order':'O1','renterClass':'Plain','withinS':120,'banks':[{'rental':'RX','slot':%d,'generation':%ld,"
             "'mark':'%s','undo':'%s'}]",
             request, slot, (long)generation, backend_mark(bay, OCPP_SETTLE_MARK_PLAIN, marked),
             backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, marked + 1));
}

/* Nothing moves for a grant of another slot, of an old generation, with a mark that says something else, of a slot twice. */
static void a_grant_that_is_wrong_moves_nothing(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[2048];
    char request[32];
    snprintf(request, sizeof(request), "%s", ask_for(bay, "CARD", 1, OCPP_OK));
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    const unsigned acts = bay->cabinet.acts;
    const struct {
        int slot;
        int64_t generation;
        int64_t marked;
    } wrong[] = { { slot % 3 + 1, 3, 3 }, { 4, 3, 3 },    { 63, 3, 3 },         { slot, 2, 2 },
                  { slot, 1, 1 },         { slot, 3, 4 }, { slot, 16777215, 3 } };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        grant_of(bay, members, sizeof(members), request, wrong[i].slot, wrong[i].generation, wrong[i].marked);
        assert_string_equal(backend_says(bay, "RentGrant", members), "Refused");
    }
    grant_of(bay, members, sizeof(members), request, slot, 3, 3);
    char *bank = strchr(members, '{');
    char twice[1024];
    snprintf(twice, sizeof(twice), ",%.*s", (int)(strchr(bank, '}') - bank + 1), bank);
    members[strlen(members) - 1] = '\0';
    strcat(members, twice);
    strcat(members, "]");
    assert_string_equal(backend_says(bay, "RentGrant", members), "Refused");
    bay_pass(bay, 2000);
    assert_int_equal(bay->cabinet.acts, acts);
    bay_world_free(bay);
}

static void a_grant_nobody_asked_for_is_told_to_have_expired(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[1024];
    const unsigned acts = bay->cabinet.acts;
    grant_of(bay, members, sizeof(members), "NOBODY", 1, 3, 3);
    assert_string_equal(backend_says(bay, "RentGrant", members), "Accepted");
    bay_pass(bay, 1000);
    assert_string_equal(value_of(backend_heard(bay, "RentFailed")->json, "why"), "GrantExpired");
    assert_int_equal(bay->cabinet.acts, acts);
    bay_world_free(bay);
}

/* The same grant, heard again and again, under its own id and under another. */
static void a_grant_that_is_repeated_lets_one_bank_out(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[1024];
    char request[32];
    snprintf(request, sizeof(request), "%s", ask_for(bay, "CARD", 1, OCPP_OK));
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    grant_of(bay, members, sizeof(members), request, slot, 3, 3);
    assert_string_equal(backend_says(bay, "RentGrant", members), "Accepted");
    bay_pass(bay, 1000);
    for (char *rental = strstr(members, "RX"); rental != NULL; rental = NULL) {
        rental[1] = 'Y'; /* another rental: it is told to have expired */
    }
    assert_string_equal(backend_says(bay, "RentGrant", members), "Accepted");
    bay_pass(bay, 1000);
    assert_int_equal(bay->cabinet.ejects, 1);
    take_from(bay, slot);
    backend_heard(bay, "RentFailed");
    backend_heard(bay, "BankTaken");
    bay_world_free(bay);
}

static void a_decision_about_another_insertion_or_with_an_old_mark_changes_nothing(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[512];
    rent_from(bay, "CARD", 2);
    const struct cabinet_bank bank = take_from(bay, 2);
    push_into(bay, 4, &bank);
    char insertion[32];
    snprintf(insertion, sizeof(insertion), "%s", value_of(backend_heard(bay, "BankReturned")->json, "insertion"));
    static const struct {
        const char *insertion;
        int64_t generation;
        enum ocpp_settle_mark_class renter;
    } wrong[] = { { "OTHER", 4, OCPP_SETTLE_MARK_NEUTRAL },
                  { NULL, 3, OCPP_SETTLE_MARK_NEUTRAL },
                  { NULL, 4, OCPP_SETTLE_MARK_PLAIN } };
    const unsigned writes = bay->cabinet.writes;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        snprintf(members, sizeof(members), "'insertion':'%s','slot':4,'verdict':'Rentable','mark':'%s','generation':%ld",
                 wrong[i].insertion != NULL ? wrong[i].insertion : insertion,
                 backend_mark(bay, wrong[i].renter, wrong[i].generation), (long)wrong[i].generation);
        assert_string_equal(backend_says(bay, "BankDecision", members), "Refused");
    }
    snprintf(members, sizeof(members), "'insertion':'%s','slot':4,'verdict':'Rentable'", insertion);
    assert_string_equal(backend_says(bay, "BankDecision", members), "Refused");
    bay_pass(bay, 1000);
    assert_int_equal(bay->cabinet.writes, writes);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    bay_world_free(bay);
}

/* --- requests
 * -------------------------------------------------------------------------------------------------------------------- */

static void a_request_nobody_answers_is_over_and_its_banks_are_free(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    ask_for(bay, "CARD", 3, OCPP_OK);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 0);
    ask_for(bay, "CARD2", 1, OCPP_ERR_NOT_FOUND);
    bay_pass(bay, bay->settings.answer_ms + 1000);
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_RENT_DENIED));
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 3);
    bay_world_free(bay);
}

static void a_request_that_is_denied_frees_its_banks_at_once(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[256];
    snprintf(members, sizeof(members), "'request':'%s','code':'NoMoney','text':'Sorry'", ask_for(bay, "CARD", 3, OCPP_OK));
    assert_string_equal(backend_says(bay, "RentDenied", members), "Accepted");
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_RENT_DENIED));
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 3);
    bay->request_reception = "Refused";
    ask_for(bay, "CARD", 1, OCPP_OK);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 3);
    bay_world_free(bay);
}

/* After the grant: what was not let out yet is not. */
static void a_grant_that_is_taken_back_in_time_lets_nothing_out(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char request[32];
    char members[256];
    bay->cabinet.act_ms = 1000;
    snprintf(request, sizeof(request), "%s", ask_for(bay, "CARD", 1, OCPP_OK));
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    assert_string_equal(backend_grants(bay, request, "R1", slot), "Accepted");
    snprintf(members, sizeof(members), "'request':'%s','code':'NotAllowed'", request);
    assert_string_equal(backend_says(bay, "RentDenied", members), "Accepted");
    bay_pass(bay, 15000);
    assert_string_equal(value_of(backend_heard(bay, "RentFailed")->json, "why"), "Cancelled");
    assert_int_equal(bay->cabinet.ejects, 0);
    bay_world_free(bay);
}

static void somebody_far_away_is_offered_banks_that_are_kept(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char members[256];
    char expires[OCPP_TIME_TEXT_SIZE];
    ocpp_time_format(bay->world->central_utc_ms + bay->world->now.mono_ms + 300000, expires);
    snprintf(members, sizeof(members), "'request':'FAR','count':2,'expires':'%s','withinS':300", expires);
    assert_string_equal(backend_says(bay, "RentOffer", members), "Accepted");
    bay_pass(bay, 1000);
    const struct told *asked = backend_heard(bay, "RentRequest");
    assert_string_equal(value_of(asked->json, "request"), "FAR");
    assert_string_equal(value_of(asked->json, "banks"), "(2)");
    assert_string_equal(value_of(asked->json, "token"), "");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 1);
    const int slot = atoi(value_of(asked->json, "banks/0/slot"));
    assert_string_equal(backend_grants(bay, "FAR", "R1", slot), "Accepted");
    bay_pass(bay, 1000);
    take_from(bay, slot);
    assert_string_equal(value_of(backend_heard(bay, "BankTaken")->json, "rental"), "R1");
    snprintf(members, sizeof(members), "'request':'MANY','count':9,'expires':'%s','withinS':300", expires);
    assert_string_equal(backend_says(bay, "RentOffer", members), "Accepted");
    bay_pass(bay, 1000);
    assert_string_equal(value_of(backend_heard(bay, "RentRequest")->json, "banks"), "(0)");
    snprintf(members, sizeof(members), "'request':'LATE','count':1,'expires':'2020-01-01T00:00:00Z','withinS':300");
    assert_string_equal(backend_says(bay, "RentOffer", members), "Accepted");
    bay_pass(bay, 1000);
    backend_never_heard(bay, "RentRequest");
    bay_world_free(bay);
}

/* The fullest neutral banks in good slots. */
static void the_pile_chooses_the_fullest_banks(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    static const int charges[] = { 70, 99, 59 };
    for (int slot = 1; slot <= 3; slot++) {
        bay->cabinet.listener.charge(slot, charges[slot - 1], bay->world->now, bay->cabinet.listener.user);
    }
    assert_int_equal(shown_at(bay, 3), OCPP_SETTLE_SLOT_STATE_CHARGING);
    ask_for(bay, "CARD", 3, OCPP_ERR_NOT_FOUND);
    ask_for(bay, "CARD", 1, OCPP_OK);
    assert_string_equal(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"), "2");
    bay_world_free(bay);
}

/* A backend that forgot that it agreed loses nothing: it is greeted again, and told then. */
static void a_backend_that_wants_a_hello_first_gets_one_and_then_the_message(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay->wants_a_hello = true;
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 3000);
    backend_never_heard(bay, "InventoryDifference");
    bay_pass(bay, 120000);
    assert_false(bay->wants_a_hello);
    assert_string_equal(value_of(backend_heard(bay, "InventoryDifference")->json, "slot"), "1");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    bay_world_free(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_pile_introduces_itself_and_its_bay),
        IN_EACH_VERSION(a_pile_says_hello_again_after_each_link),
        IN_EACH_VERSION(a_plain_central_system_gets_plain_ocpp),
        IN_EACH_VERSION(a_rejected_hello_switches_the_extension_off_until_it_is_tried_again),
        IN_EACH_VERSION(ids_that_are_none_are_refused),
        IN_EACH_VERSION(a_hello_that_is_answered_try_later_is_said_again_soon),
        IN_EACH_VERSION(a_central_system_that_is_silent_or_answers_with_errors_is_no_backend),
        IN_EACH_VERSION(a_return_nobody_wanted_to_hear_is_told_at_the_next_agreement),
        cmocka_unit_test(a_station_of_2_x_shows_the_extension_in_its_device_model),
        IN_EACH_VERSION(what_happens_without_a_link_is_told_in_order_when_there_is_one),
        IN_EACH_VERSION(a_message_whose_answer_is_lost_is_told_again_the_same),
        IN_EACH_VERSION(a_backend_that_asks_for_patience_hears_it_later),
        IN_EACH_VERSION(a_refused_message_is_a_dead_letter_and_the_next_ones_go_on),
        IN_EACH_VERSION(a_message_that_has_to_wait_holds_up_its_own_stream_only),
        IN_EACH_VERSION(only_errors_instead_of_answers_bury_a_message_in_the_end),
        IN_EACH_VERSION(transactions_are_told_before_what_happened_in_the_bay),
        IN_EACH_VERSION(an_inventory_too_large_for_one_message_goes_in_parts),
        IN_EACH_VERSION(an_inventory_is_told_when_it_is_asked_for),
        IN_EACH_VERSION(a_message_is_heard_once),
        IN_EACH_VERSION(what_is_no_message_is_refused_without_a_trace),
        IN_EACH_VERSION(a_backend_that_has_not_agreed_is_not_obeyed),
        IN_EACH_VERSION(a_grant_that_is_wrong_moves_nothing),
        IN_EACH_VERSION(a_grant_nobody_asked_for_is_told_to_have_expired),
        IN_EACH_VERSION(a_grant_that_is_repeated_lets_one_bank_out),
        IN_EACH_VERSION(a_decision_about_another_insertion_or_with_an_old_mark_changes_nothing),
        IN_EACH_VERSION(a_request_nobody_answers_is_over_and_its_banks_are_free),
        IN_EACH_VERSION(a_request_that_is_denied_frees_its_banks_at_once),
        IN_EACH_VERSION(a_grant_that_is_taken_back_in_time_lets_nothing_out),
        IN_EACH_VERSION(somebody_far_away_is_offered_banks_that_are_kept),
        IN_EACH_VERSION(the_pile_chooses_the_fullest_banks),
        IN_EACH_VERSION(a_backend_that_wants_a_hello_first_gets_one_and_then_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
