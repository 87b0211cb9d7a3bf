/* Block O of a station: messages of the central system on its displays. OCPP 2.0.1; 1.6 has no such block. */
#include "display_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

/* A station whose display shows nothing of its own between the messages. */
static struct display_world *station(void)
{
    struct display_world *seen = display_world_new();
    seen->settings.own_turns = -1;
    display_world_on(seen);
    return seen;
}

static const char *shown(const struct display_world *seen)
{
    return seen->content[0];
}

static void start_charging(struct display_world *seen)
{
    card(seen->world, 1, "A");
    plug(seen->world, 1);
    charge(seen->world, 1, 100);
    world_run(seen->world);
}

static const char *of_transaction(struct display_world *seen)
{
    static char member[80];
    snprintf(member, sizeof(member), "'transactionId':'%s'", the_session(seen->world)->id);
    return member;
}

/* --- O01: set ----------------------------------------------------------------------------------------------------------- */

/* TC_O_01_CS; O01.FR.12. */
static void a_message_that_was_set_is_shown_and_reported(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 7, "NormalCycle", "", "Mind the step"), "Accepted");
    assert_string_equal(shown(seen), "Mind the step");
    assert_string_equal(get_messages(seen, 3, "'id':[7]"), "Accepted");
    central_sees(seen->world, "NotifyDisplayMessages",
                 "requestId=3 tbc=- messageInfo/0/id=7 messageInfo/0/priority=NormalCycle messageInfo/0/message/format=UTF8 "
                 "messageInfo/0/state=- messageInfo/0/message/language=- messageInfo/0/display=- messageInfo/1=-");
    display_world_free(seen);
}

/* TC_O_12_CS; O06.FR.01. */
static void a_message_replaces_the_one_of_its_id_with_all_it_says(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 7, "InFront", "'state':'Idle'", "One"), "Accepted");
    assert_string_equal(set_message(seen, 7, "NormalCycle", "", "Two"), "Accepted");
    assert_string_equal(shown(seen), "Two");
    assert_int_equal(kept(seen), 1);
    assert_string_equal(get_messages(seen, 3, ""), "Accepted");
    central_sees(seen->world, "NotifyDisplayMessages",
                 "messageInfo/0/priority=NormalCycle messageInfo/0/state=- messageInfo/0/message/content=Two messageInfo/1=-");
    display_world_free(seen);
}

/* TC_O_13_CS; O01.FR.05, FR.06. */
static void a_message_waits_for_its_time(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", at(seen, "startDateTime", 60), "Later"), "Accepted");
    world_pass(seen->world, 58);
    assert_string_equal(shown(seen), "");
    world_pass(seen->world, 3);
    assert_string_equal(shown(seen), "Later");
    display_world_free(seen);
}

/* TC_O_14_CS; O01.FR.07. */
static void a_message_goes_when_its_time_is_over(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", at(seen, "endDateTime", 60), "Today only"), "Accepted");
    world_pass(seen->world, 58);
    assert_string_equal(shown(seen), "Today only");
    world_pass(seen->world, 3);
    assert_string_equal(shown(seen), "");
    assert_int_equal(kept(seen), 0);
    assert_string_equal(get_messages(seen, 3, "'id':[1]"), "Unknown");
    display_world_free(seen);
}

/* TC_O_15_CS; O01.FR.08, FR.09. */
static void the_driver_reads_his_own_language(void **state)
{
    (void)state;
    struct display_world *seen = station();
    seen->world->token_info = "\"language1\":\"de\",\"language2\":\"fr\"";
    assert_string_equal(set_message_in(seen, 1, "NormalCycle", "", "en", "Welcome"), "Accepted");
    assert_string_equal(set_message_in(seen, 2, "NormalCycle", "", "de-AT", "Willkommen"), "Accepted");
    assert_string_equal(set_message_in(seen, 3, "NormalCycle", "", "fr", "Bienvenue"), "Accepted");
    start_charging(seen);
    for (int i = 0; i < 60; i++) {
        assert_string_equal(shown(seen), "Willkommen");
        world_pass(seen->world, 1);
    }
    assert_string_equal(clear_message(seen, 2), "Accepted");
    assert_string_equal(shown(seen), "Bienvenue");
    assert_string_equal(clear_message(seen, 3), "Accepted");
    assert_string_equal(shown(seen), "Welcome");
    display_world_free(seen);
}

/* TC_O_17_CS; O01.FR.01; O02.FR.03. */
static void a_priority_the_station_does_not_know_is_refused(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->settings.priorities = OCPP_MESSAGE_BIT(OCPP_MESSAGE_NORMAL_CYCLE);
    display_world_on(seen);
    assert_string_equal(set_message(seen, 1, "AlwaysFront", "", "No"), "NotSupportedPriority");
    assert_string_equal(set_message(seen, 1, "InFront", "", "No"), "NotSupportedPriority");
    assert_string_equal(set_message(seen, 1, "NormalCycle", "", "Yes"), "Accepted");
    display_world_free(seen);
}

/* TC_O_18_CS; O01.FR.02; O02.FR.04. */
static void a_state_the_station_does_not_know_is_refused(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->settings.states = OCPP_MESSAGE_BIT(OCPP_MESSAGE_IDLE) | OCPP_MESSAGE_BIT(OCPP_MESSAGE_CHARGING);
    display_world_on(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Faulted'", "No"), "NotSupportedState");
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Idle'", "Yes"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "In any state"), "Accepted");
    display_world_free(seen);
}

static const char *set_in_format(struct display_world *seen, const char *format, const char *content)
{
    char payload[256];
    snprintf(payload, sizeof(payload), "{'message':{'id':1,'priority':'NormalCycle','message':{'format':'%s','content':'%s'}}}",
             format, content);
    return value_of(central_asks(seen->world, "SetDisplayMessage", payload), "status");
}

/* TC_O_19_CS; O01.FR.03; O02.FR.05. */
static void a_format_the_station_cannot_show_is_refused(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_in_format(seen, "HTML", "<b>No</b>"), "NotSupportedMessageFormat");
    assert_string_equal(set_in_format(seen, "URI", "https://example"), "NotSupportedMessageFormat");
    assert_string_equal(set_in_format(seen, "ASCII", "Yes"), "Accepted");
    assert_string_equal(set_in_format(seen, "ASCII", "T\xc3\xbcr"), "Rejected"); /* that is none */
    assert_string_equal(set_in_format(seen, "UTF8", "T\xc3\xbcr"), "Accepted");
    display_world_free(seen);
}

/* TC_O_20_CS; O01.FR.10; O02.FR.10. */
static void messages_outlast_a_power_cut(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 3, "InFront", at(seen, "endDateTime", 86400), "Still here"), "Accepted");
    world_power_off(seen->world);
    seen->content[0][0] = '\0';
    world_power_back(seen->world, 60);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    central_forgets(seen->world);
    assert_string_equal(shown(seen), "Still here");
    assert_string_equal(get_messages(seen, 9, "'id':[3]"), "Accepted");
    central_sees(seen->world, "NotifyDisplayMessages",
                 "messageInfo/0/id=3 messageInfo/0/priority=InFront messageInfo/0/endDateTime=* messageInfo/1=-");
    display_world_free(seen);
}

/* TC_O_22_CS; O01.FR.13, FR.14. */
static void several_in_front_take_turns_and_nothing_else_is_shown(void **state)
{
    (void)state;
    struct display_world *seen = station();
    bool has_shown[2] = { false, false };
    assert_string_equal(set_message(seen, 1, "InFront", "", "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "InFront", "", "Two"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "", "Behind them"), "Accepted");
    for (int i = 0; i < 40; i++) {
        assert_string_not_equal(shown(seen), "Behind them");
        has_shown[strcmp(shown(seen), "Two") == 0] = true;
        world_pass(seen->world, 1);
    }
    assert_true(has_shown[0] && has_shown[1]);
    display_world_free(seen);
}

/* TC_O_24_CS; O01.FR.15, FR.16. */
static void the_latest_that_is_always_in_front_replaces_the_one_before(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 5, "AlwaysFront", "", "Old"), "Accepted");
    assert_string_equal(set_message(seen, 6, "InFront", "", "Behind"), "Accepted");
    assert_string_equal(shown(seen), "Old");
    assert_string_equal(set_message(seen, 4, "AlwaysFront", "", "New"), "Accepted");
    assert_string_equal(shown(seen), "New");
    assert_string_equal(get_messages(seen, 1, "'priority':'AlwaysFront'"), "Accepted");
    assert_string_equal(reported(seen, 1), "4");
    assert_int_equal(kept(seen), 2);
    display_world_free(seen);
}

/* TC_O_36_CS. */
static void a_message_for_charging_is_shown_while_somebody_charges(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Charging'", "Charging"), "Accepted");
    assert_string_equal(shown(seen), "");
    start_charging(seen);
    assert_string_equal(shown(seen), "Charging");
    unplug(seen->world, 1);
    assert_string_equal(shown(seen), "");
    assert_string_equal(get_messages(seen, 1, "'id':[1]"), "Accepted");
    assert_string_equal(reported(seen, 1), "1");
    display_world_free(seen);
}

/* TC_O_37_CS. */
static void a_message_for_idleness_is_shown_while_nobody_charges(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Idle'", "Plug in"), "Accepted");
    assert_string_equal(shown(seen), "Plug in");
    start_charging(seen);
    assert_string_equal(shown(seen), "");
    unplug(seen->world, 1);
    assert_string_equal(shown(seen), "Plug in");
    display_world_free(seen);
}

/* TC_O_38_CS. */
static void a_message_for_unavailability_is_shown_while_the_station_is_out_of_service(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Unavailable'", "Out of service"), "Accepted");
    assert_string_equal(shown(seen), "");
    central_asks(seen->world, "ChangeAvailability", "{'operationalStatus':'Inoperative'}");
    assert_string_equal(shown(seen), "Out of service");
    central_asks(seen->world, "ChangeAvailability", "{'operationalStatus':'Operative'}");
    assert_string_equal(shown(seen), "");
    assert_string_equal(get_messages(seen, 1, "'state':'Unavailable'"), "Accepted");
    assert_string_equal(reported(seen, 1), "1");
    display_world_free(seen);
}

/* TC_O_39_CS. */
static void a_message_for_faults_is_shown_while_the_station_is_faulted(void **state)
{
    (void)state;
    struct display_world *seen = station();
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'state':'Faulted'", "Help is coming"), "Accepted");
    assert_int_equal(ocpp_charge_point_fault(seen->world->cp, 0, 0, &fault, seen->world->now), OCPP_OK);
    assert_string_equal(shown(seen), "Help is coming");
    assert_int_equal(ocpp_charge_point_fault(seen->world->cp, 0, 0, NULL, seen->world->now), OCPP_OK);
    assert_string_equal(shown(seen), "");
    assert_string_equal(get_messages(seen, 1, "'state':'Faulted'"), "Accepted");
    assert_string_equal(reported(seen, 1), "1");
    display_world_free(seen);
}

/* O01.FR.12: the normal cycle is that of the firmware, too. */
static void a_message_of_the_normal_cycle_takes_turns_with_what_the_firmware_shows(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    display_world_on(seen);
    int turns[2] = { 0, 0 };
    assert_string_equal(set_message(seen, 1, "NormalCycle", "", "Ours"), "Accepted");
    for (int i = 0; i < 40; i++) {
        turns[shown(seen)[0] != '\0']++;
        world_pass(seen->world, 1);
    }
    assert_int_equal(turns[0], 20);
    assert_int_equal(turns[1], 20);
    display_world_free(seen);
}

/* O01.FR.11; O02.FR.11: one that replaces another is none too many. */
static void a_message_too_many_is_rejected(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->settings.max_messages = 2;
    display_world_on(seen);
    assert_string_equal(set_message(seen, 1, "AlwaysFront", "", "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "Two"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "", "Three"), "Rejected");
    assert_string_equal(value_of(seen->world->answer, "statusInfo/reasonCode"), "TooManyElements");
    assert_string_equal(set_message(seen, 2, "InFront", "", "Another two"), "Accepted");
    assert_string_equal(set_message(seen, 3, "AlwaysFront", "", "Another front"), "Accepted");
    assert_string_equal(get_messages(seen, 1, ""), "Accepted");
    assert_string_equal(reported(seen, 1), "2,3");
    display_world_free(seen);
}

/* O01.FR.20, FR.22, FR.23. */
static void a_message_goes_to_the_display_it_names(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->world->settings.evse_count = 2;
    seen->displays[0] = (struct ocpp_display){ .is_main = true };
    seen->displays[1] = (struct ocpp_display){ .instance = "Left", .evse = 1 };
    seen->displays[2] = (struct ocpp_display){ .evse = 2 };
    seen->settings.displays = seen->displays;
    seen->settings.display_count = 3;
    seen->settings.own_turns = -1;
    display_world_on(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", "", "To all"), "Accepted");
    assert_string_equal(
        set_message(seen, 2, "NormalCycle", "'display':{'name':'Display','instance':'left','evse':{'id':1}}", "L"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "'display':{'name':'display','evse':{'id':2}}", "R"), "Accepted");
    assert_string_equal(seen->content[0], "To all");
    assert_string_equal(seen->content[1], "L");
    assert_string_equal(seen->content[2], "R");
    assert_string_equal(set_message(seen, 4, "NormalCycle", "'display':{'name':'Display','evse':{'id':3}}", "No"), "Rejected");
    assert_string_equal(set_message(seen, 4, "NormalCycle", "'display':{'name':'Printer'}", "No"), "Rejected");
    assert_string_equal(set_message(seen, 4, "NormalCycle", "'display':{'name':'Display','instance':'Top'}", "No"), "Rejected");
    assert_string_equal(get_messages(seen, 1, "'id':[2]"), "Accepted");
    central_sees(seen->world, "NotifyDisplayMessages",
                 "messageInfo/0/display/name=Display messageInfo/0/display/instance=left messageInfo/0/display/evse/id=1");
    display_world_free(seen);
}

/* --- O02: for a transaction --------------------------------------------------------------------------------------------- */

/* TC_O_06_CS; O02.FR.02, FR.14. */
static void a_message_of_a_transaction_goes_with_it(void **state)
{
    (void)state;
    struct display_world *seen = station();
    start_charging(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", of_transaction(seen), "Only for you"), "Accepted");
    assert_string_equal(shown(seen), "Only for you");
    assert_string_equal(get_messages(seen, 1, "'id':[1]"), "Accepted");
    central_sees(seen->world, "NotifyDisplayMessages", "messageInfo/0/transactionId=*");
    unplug(seen->world, 1);
    assert_string_equal(shown(seen), "");
    assert_int_equal(kept(seen), 0);
    assert_string_equal(get_messages(seen, 2, ""), "Unknown");
    display_world_free(seen);
}

/* TC_O_10_CS; O02.FR.01. */
static void a_message_for_a_transaction_nobody_knows_is_refused(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'transactionId':'none'", "No"), "UnknownTransaction");
    start_charging(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'transactionId':'00000000-0000-0000-0000-000000000000'", "No"),
                        "UnknownTransaction");
    const char *member = of_transaction(seen);
    unplug(seen->world, 1);
    assert_string_equal(set_message(seen, 1, "NormalCycle", member, "No"), "UnknownTransaction");
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

static const char *of_transaction_and(struct display_world *seen, const char *member)
{
    static char members[200];
    snprintf(members, sizeof(members), "%s,%s", of_transaction(seen), member);
    return members;
}

/* TC_O_27_CS; O02.FR.06. */
static void a_message_of_a_transaction_waits_for_its_time(void **state)
{
    (void)state;
    struct display_world *seen = station();
    start_charging(seen);
    assert_string_equal(
        set_message(seen, 1, "NormalCycle", of_transaction_and(seen, at(seen, "startDateTime", 60)), "Almost full"), "Accepted");
    world_pass(seen->world, 58);
    assert_string_equal(shown(seen), "");
    world_pass(seen->world, 3);
    assert_string_equal(shown(seen), "Almost full");
    display_world_free(seen);
}

/* TC_O_28_CS; O02.FR.07. */
static void a_message_of_a_transaction_may_end_before_it(void **state)
{
    (void)state;
    struct display_world *seen = station();
    start_charging(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", of_transaction_and(seen, at(seen, "endDateTime", 60)), "Hello"),
                        "Accepted");
    assert_string_equal(shown(seen), "Hello");
    world_pass(seen->world, 61);
    assert_string_equal(shown(seen), "");
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

/* TC_O_30_CS; O02.FR.15, FR.16. */
static void several_in_front_of_a_transaction_take_turns(void **state)
{
    (void)state;
    struct display_world *seen = station();
    bool has_shown[2] = { false, false };
    start_charging(seen);
    assert_string_equal(set_message(seen, 1, "InFront", of_transaction(seen), "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "InFront", of_transaction(seen), "Two"), "Accepted");
    for (int i = 0; i < 40; i++) {
        has_shown[strcmp(shown(seen), "Two") == 0] = true;
        world_pass(seen->world, 1);
    }
    assert_true(has_shown[0] && has_shown[1]);
    display_world_free(seen);
}

/* TC_O_32_CS; O02.FR.17, FR.18. */
static void the_latest_always_in_front_of_a_transaction_replaces_the_one_before(void **state)
{
    (void)state;
    struct display_world *seen = station();
    start_charging(seen);
    assert_string_equal(set_message(seen, 1, "AlwaysFront", of_transaction(seen), "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "AlwaysFront", of_transaction(seen), "Two"), "Accepted");
    assert_string_equal(shown(seen), "Two");
    assert_int_equal(kept(seen), 1);
    display_world_free(seen);
}

/* O02.FR.08, FR.09: who charges reads his language, also when the station forgot everything else about him. */
static void the_language_of_a_driver_outlasts_a_power_cut(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->settings.own_turns = -1;
    seen->world->settings.resume_transactions_ms = 60000;
    display_world_on(seen);
    seen->world->token_info = "\"language1\":\"nl\"";
    start_charging(seen);
    assert_string_equal(set_message_in(seen, 1, "NormalCycle", "", "en", "Hello"), "Accepted");
    assert_string_equal(set_message_in(seen, 2, "NormalCycle", "", "nl", "Hallo"), "Accepted");
    world_power_off(seen->world);
    world_power_back(seen->world, 5);
    plug(seen->world, 1);
    for (int i = 0; i < 30; i++) {
        assert_string_equal(shown(seen), "Hallo");
        world_pass(seen->world, 1);
    }
    display_world_free(seen);
}

/* --- O03, O04: get ------------------------------------------------------------------------------------------------------ */

/* TC_O_02_CS; O03.FR.01 to FR.05. */
static void all_messages_are_reported_in_pages(void **state)
{
    (void)state;
    struct display_world *seen = station();
    for (int id = 1; id <= 20; id++) {
        assert_string_equal(set_message(seen, id, "NormalCycle", "", "Text"), "Accepted");
    }
    assert_string_equal(get_messages(seen, 42, ""), "Accepted");
    assert_string_equal(reported(seen, 42), "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20");
    assert_int_equal(central_counts(seen->world, "NotifyDisplayMessages"), 3);
    display_world_free(seen);
}

/* TC_O_03_CS; TC_O_33_CS; O03.FR.06; O04.FR.07. */
static void without_messages_there_is_nothing_to_report(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(get_messages(seen, 1, ""), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'id':[1]"), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'priority':'InFront'"), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'state':'Idle'"), "Unknown");
    world_pass(seen->world, 60);
    central_does_not_see(seen->world, "NotifyDisplayMessages");
    display_world_free(seen);
}

static void set_three(struct display_world *seen)
{
    assert_string_equal(set_message(seen, 1, "InFront", "'state':'Idle'", "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "'state':'Charging'", "Two"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "", "Three"), "Accepted");
}

/* TC_O_07_CS; O04.FR.01, FR.03, FR.05, FR.06. */
static void messages_are_asked_for_by_id(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(get_messages(seen, 1, "'id':[3,1,99]"), "Accepted");
    assert_string_equal(reported(seen, 1), "1,3");
    display_world_free(seen);
}

/* TC_O_08_CS; O04.FR.01. */
static void messages_are_asked_for_by_priority(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(get_messages(seen, 1, "'priority':'NormalCycle'"), "Accepted");
    assert_string_equal(reported(seen, 1), "2,3");
    display_world_free(seen);
}

/* TC_O_09_CS; O04.FR.01. */
static void messages_are_asked_for_by_state(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(get_messages(seen, 1, "'state':'Charging'"), "Accepted");
    assert_string_equal(reported(seen, 1), "2");
    display_world_free(seen);
}

/* TC_O_11_CS; TC_O_34_CS; TC_O_35_CS; O04.FR.02. */
static void a_question_that_no_message_answers_is_answered_unknown(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(get_messages(seen, 1, "'id':[99]"), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'id':[1],'state':'Charging'"), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'id':[1],'priority':'NormalCycle'"), "Unknown");
    assert_string_equal(get_messages(seen, 1, "'priority':'AlwaysFront'"), "Unknown");
    central_does_not_see(seen->world, "NotifyDisplayMessages");
    display_world_free(seen);
}

/* --- O05: clear --------------------------------------------------------------------------------------------------------- */

/* TC_O_04_CS; O05.FR.01. */
static void a_message_that_was_cleared_is_gone(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(clear_message(seen, 1), "Accepted");
    assert_string_equal(shown(seen), "Three");
    assert_string_equal(get_messages(seen, 1, "'id':[1]"), "Unknown");
    display_world_free(seen);
}

/* TC_O_05_CS; O05.FR.02. */
static void a_message_that_is_not_there_cannot_be_cleared(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(clear_message(seen, 1), "Unknown");
    set_three(seen);
    assert_string_equal(clear_message(seen, 4), "Unknown");
    assert_int_equal(kept(seen), 3);
    display_world_free(seen);
}

/* --- the device model ---------------------------------------------------------------------------------------------------- */

static const char *variable(struct display_world *seen, const char *name)
{
    char payload[160];
    snprintf(payload, sizeof(payload),
             "{'getVariableData':[{'component':{'name':'DisplayMessageCtrlr'},'variable':{'name':'%s'}}]}", name);
    return value_of(central_asks(seen->world, "GetVariables", payload), "getVariableResult/0/attributeValue");
}

/* Part 2, 2.12. */
static void the_device_model_says_what_can_be_shown(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(variable(seen, "Available"), "true");
    assert_string_equal(variable(seen, "Enabled"), "true");
    assert_string_equal(variable(seen, "SupportedFormats"), "ASCII,UTF8");
    assert_string_equal(variable(seen, "SupportedPriorities"), "AlwaysFront,InFront,NormalCycle");
    assert_string_equal(variable(seen, "SupportedStates"), "Charging,Faulted,Idle,Unavailable");
    assert_string_equal(variable(seen, "DisplayMessages"), "0");
    set_three(seen);
    assert_string_equal(variable(seen, "DisplayMessages"), "3");
    central_forgets(seen->world);
    central_asks(seen->world, "GetReport",
                 "{'requestId':1,'componentVariable':[{'component':{'name':'DisplayMessageCtrlr'},'variable':{'name':'"
                 "DisplayMessages'}}]}");
    central_sees(seen->world, "NotifyReport", "reportData/0/variableCharacteristics/maxLimit=20");
    display_world_free(seen);
}

/* Part 2, 2.12.1: what is switched off is not shown, and comes back with the switch. */
static void messages_can_be_switched_off(void **state)
{
    (void)state;
    struct display_world *seen = station();
    set_three(seen);
    assert_string_equal(shown(seen), "One");
    world_set_variable(seen->world, "DisplayMessageCtrlr", "Enabled", NULL, "false");
    assert_string_equal(shown(seen), "");
    assert_string_equal(set_message(seen, 4, "NormalCycle", "", "No"), "Rejected");
    world_set_variable(seen->world, "DisplayMessageCtrlr", "Enabled", NULL, "true");
    assert_string_equal(shown(seen), "One");
    display_world_free(seen);
}

static void a_station_without_a_display_knows_none_of_it(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(central_asks(world, "SetDisplayMessage",
                                     "{'message':{'id':1,'priority':'InFront','message':{'format':'UTF8','content':'No'}}}"),
                        "NotSupported");
    assert_string_equal(central_asks(world, "GetDisplayMessages", "{'requestId':1}"), "NotSupported");
    assert_string_equal(central_asks(world, "ClearDisplayMessage", "{'id':1}"), "NotSupported");
    assert_string_equal(
        value_of(central_asks(world, "GetVariables",
                              "{'getVariableData':[{'component':{'name':'DisplayMessageCtrlr'},'variable':{'name':'Enabled'}}]}"),
                 "getVariableResult/0/attributeStatus"),
        "UnknownComponent");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_that_was_set_is_shown_and_reported),
        cmocka_unit_test(a_message_replaces_the_one_of_its_id_with_all_it_says),
        cmocka_unit_test(a_message_waits_for_its_time),
        cmocka_unit_test(a_message_goes_when_its_time_is_over),
        cmocka_unit_test(the_driver_reads_his_own_language),
        cmocka_unit_test(a_priority_the_station_does_not_know_is_refused),
        cmocka_unit_test(a_state_the_station_does_not_know_is_refused),
        cmocka_unit_test(a_format_the_station_cannot_show_is_refused),
        cmocka_unit_test(messages_outlast_a_power_cut),
        cmocka_unit_test(several_in_front_take_turns_and_nothing_else_is_shown),
        cmocka_unit_test(the_latest_that_is_always_in_front_replaces_the_one_before),
        cmocka_unit_test(a_message_for_charging_is_shown_while_somebody_charges),
        cmocka_unit_test(a_message_for_idleness_is_shown_while_nobody_charges),
        cmocka_unit_test(a_message_for_unavailability_is_shown_while_the_station_is_out_of_service),
        cmocka_unit_test(a_message_for_faults_is_shown_while_the_station_is_faulted),
        cmocka_unit_test(a_message_of_the_normal_cycle_takes_turns_with_what_the_firmware_shows),
        cmocka_unit_test(a_message_too_many_is_rejected),
        cmocka_unit_test(a_message_goes_to_the_display_it_names),
        cmocka_unit_test(a_message_of_a_transaction_goes_with_it),
        cmocka_unit_test(a_message_for_a_transaction_nobody_knows_is_refused),
        cmocka_unit_test(a_message_of_a_transaction_waits_for_its_time),
        cmocka_unit_test(a_message_of_a_transaction_may_end_before_it),
        cmocka_unit_test(several_in_front_of_a_transaction_take_turns),
        cmocka_unit_test(the_latest_always_in_front_of_a_transaction_replaces_the_one_before),
        cmocka_unit_test(the_language_of_a_driver_outlasts_a_power_cut),
        cmocka_unit_test(all_messages_are_reported_in_pages),
        cmocka_unit_test(without_messages_there_is_nothing_to_report),
        cmocka_unit_test(messages_are_asked_for_by_id),
        cmocka_unit_test(messages_are_asked_for_by_priority),
        cmocka_unit_test(messages_are_asked_for_by_state),
        cmocka_unit_test(a_question_that_no_message_answers_is_answered_unknown),
        cmocka_unit_test(a_message_that_was_cleared_is_gone),
        cmocka_unit_test(a_message_that_is_not_there_cannot_be_cleared),
        cmocka_unit_test(the_device_model_says_what_can_be_shown),
        cmocka_unit_test(messages_can_be_switched_off),
        cmocka_unit_test(a_station_without_a_display_knows_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
