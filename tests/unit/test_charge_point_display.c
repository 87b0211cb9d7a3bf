/* Messages for displays where something goes wrong: the store, the memory, the power, the clock, the firmware, the peer. What
 * they are there for stands in tests/conformance/test_station_o.c. */
#include "allocator.h"
#include "display_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct display_world *station(void)
{
    struct display_world *seen = display_world_new();
    seen->settings.own_turns = -1;
    display_world_on(seen);
    return seen;
}

static bool is_kept(struct display_world *seen, const char *text)
{
    struct ocpp_display_view view;
    assert_int_equal(ocpp_charge_point_display(seen->world->cp, 0, seen->world->now, &view), OCPP_OK);
    return view.has_message && strcmp(view.message.content, text) == 0;
}

static void back(struct display_world *seen)
{
    seen->content[0][0] = '\0';
    world_power_back(seen->world, 1);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
}

/* O01.FR.10, FR.16: the new one in front, or the old one; never both, never none. */
static void a_power_cut_leaves_the_old_message_or_the_new_one(void **state)
{
    (void)state;
    for (size_t keep = 0; keep <= 1; keep++) {
        struct display_world *seen = station();
        assert_string_equal(set_message(seen, 5, "AlwaysFront", "", "Old"), "Accepted");
        test_storage_cut(seen->world->storage, 1, keep);
        set_message(seen, 6, "AlwaysFront", "", "New");
        world_power_off(seen->world);
        back(seen);
        assert_int_equal(kept(seen), 1);
        assert_true(is_kept(seen, keep == 0 ? "Old" : "New"));
        display_world_free(seen);
    }
}

static void a_message_that_cannot_be_stored_is_rejected_and_changes_nothing(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 5, "AlwaysFront", "", "Old"), "Accepted");
    test_storage_refuse(seen->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(set_message(seen, 6, "AlwaysFront", "", "New"), "Rejected");
    assert_string_equal(value_of(seen->world->answer, "statusInfo/reasonCode"), "OutOfStorage");
    assert_true(is_kept(seen, "Old"));
    assert_int_equal(kept(seen), 1);
    test_storage_refuse(seen->world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(clear_message(seen, 5), "");
    assert_int_equal(kept(seen), 1);
    assert_string_equal(clear_message(seen, 5), "Accepted");
    display_world_free(seen);
}

/* O01.FR.07, O02.FR.02. */
static void what_is_over_is_deleted_when_the_store_lets_it_go(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", at(seen, "endDateTime", 10), "Over soon"), "Accepted");
    test_storage_refuse(seen->world->storage, 1, OCPP_ERR_STORAGE);
    world_pass(seen->world, 11);
    assert_int_equal(kept(seen), 1);
    assert_string_equal(seen->content[0], ""); /* not shown any more all the same */
    world_pass(seen->world, 6);
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

static void a_text_that_cannot_be_read_now_is_shown_later(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", at(seen, "startDateTime", 10), "Text"), "Accepted");
    world_pass(seen->world, 9);
    test_storage_blind(seen->world->storage, 1, OCPP_ERR_STORAGE);
    world_pass(seen->world, 2);
    assert_string_equal(seen->content[0], "");
    world_pass(seen->world, 6);
    assert_string_equal(seen->content[0], "Text");
    display_world_free(seen);
}

static void spoil(struct world *world, const char *key)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = "rubbish", .size = 7 };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

static void a_record_that_went_bad_is_set_aside(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", "", "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "Two"), "Accepted");
    world_power_off(seen->world);
    spoil(seen->world, "message/0000000000000001");
    back(seen);
    assert_string_equal(seen->content[0], "Two");
    spoil(seen->world, "message/0000000000000002"); /* and while it runs */
    assert_false(is_kept(seen, "Two"));
    world_pass(seen->world, 1);
    assert_string_equal(seen->content[0], "");
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

static void a_report_goes_on_behind_a_record_that_went_bad(void **state)
{
    (void)state;
    struct display_world *seen = station();
    for (int id = 1; id <= 12; id++) {
        assert_string_equal(set_message(seen, id, "NormalCycle", "'state':'Faulted'", "Text"), "Accepted");
    }
    spoil(seen->world, "message/0000000000000003");
    assert_string_equal(get_messages(seen, 8, ""), "Accepted");
    assert_string_equal(reported(seen, 8), "1,2,4,5,6,7,8,9,10,11,12");
    display_world_free(seen);
}

static void what_finds_no_place_after_the_settings_changed_is_dropped(void **state)
{
    (void)state;
    struct display_world *seen = display_world_new();
    seen->displays[0] = (struct ocpp_display){ .is_main = true };
    seen->displays[1] = (struct ocpp_display){ .evse = 1 };
    seen->settings.displays = seen->displays;
    seen->settings.display_count = 2;
    seen->settings.own_turns = -1;
    display_world_on(seen);
    assert_string_equal(set_message(seen, 1, "NormalCycle", "'display':{'name':'Display','evse':{'id':1}}", "One"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "Two"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "", "Three"), "Accepted");
    world_power_off(seen->world);
    seen->settings.display_count = 1;
    seen->settings.max_messages = 1;
    back(seen);
    assert_int_equal(kept(seen), 1);
    assert_true(is_kept(seen, "Two"));
    display_world_free(seen);
}

/* A board that lost its calendar trusts no date, and nothing is lost by that. */
static void without_a_clock_messages_with_dates_wait(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", at(seen, "endDateTime", 86400), "Dated"), "Accepted");
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "Undated"), "Accepted");
    world_power_off(seen->world);
    world_power_back(seen->world, 1);
    assert_true(is_kept(seen, "Undated"));
    assert_int_equal(kept(seen), 2);
    world_connect(seen->world, OCPP_VERSION_2_0_1); /* and with it comes the time */
    assert_true(is_kept(seen, "Dated"));
    display_world_free(seen);
}

static void a_message_of_a_transaction_that_a_power_cut_ended_is_gone(void **state)
{
    (void)state;
    struct display_world *seen = station();
    char member[80];
    card(seen->world, 1, "A");
    plug(seen->world, 1);
    snprintf(member, sizeof(member), "'transactionId':'%s'", the_session(seen->world)->id);
    assert_string_equal(set_message(seen, 1, "InFront", member, "Yours"), "Accepted");
    world_power_off(seen->world);
    back(seen);
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

/* --- the peer ------------------------------------------------------------------------------------------------------------- */

static void a_message_that_makes_no_sense_is_rejected(void **state)
{
    (void)state;
    struct display_world *seen = station();
    char members[200];
    assert_string_equal(set_message(seen, -1, "InFront", "", "No"), "Rejected");
    assert_string_equal(set_message(seen, 1, "InFront", at(seen, "endDateTime", -5), "No"), "Rejected");
    snprintf(members, sizeof(members), "%s,%s", at(seen, "startDateTime", 20), at(seen, "endDateTime", 20));
    assert_string_equal(set_message(seen, 1, "InFront", members, "No"), "Rejected");
    assert_string_equal(value_of(seen->world->answer, "statusInfo/reasonCode"), "InvalidValue");
    assert_int_equal(kept(seen), 0);
    display_world_free(seen);
}

static void only_so_many_reports_are_under_way_at_once(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", "", "Text"), "Accepted");
    seen->world->silent_action = "NotifyDisplayMessages";
    seen->world->silent_count = 1;
    for (int i = 1; i <= 5; i++) { /* the first has left, four wait behind it */
        assert_string_equal(get_messages(seen, i, ""), "Accepted");
    }
    central_asks(seen->world, "GetDisplayMessages", "{'requestId':6}");
    assert_string_equal(seen->world->answer, "InternalError");
    world_disconnect(seen->world); /* who asked is gone, and so is what he asked for */
    central_forgets(seen->world);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    world_pass(seen->world, 60);
    central_does_not_see(seen->world, "NotifyDisplayMessages");
    assert_string_equal(get_messages(seen, 7, ""), "Accepted");
    assert_string_equal(reported(seen, 7), "1");
    display_world_free(seen);
}

static void a_report_that_is_refused_ends_no_other(void **state)
{
    (void)state;
    struct display_world *seen = station();
    assert_string_equal(set_message(seen, 1, "InFront", "", "Text"), "Accepted");
    seen->world->refuse_action = "NotifyDisplayMessages";
    seen->world->refuse_count = 1;
    assert_string_equal(get_messages(seen, 1, ""), "Accepted");
    central_forgets(seen->world);
    assert_string_equal(get_messages(seen, 2, ""), "Accepted");
    assert_string_equal(reported(seen, 2), "1");
    display_world_free(seen);
}

/* The longest texts there may be fill their pages, and none is cut. */
static void the_longest_texts_are_kept_and_told_whole(void **state)
{
    (void)state;
    struct display_world *seen = station();
    char longest[512 * 4 + 1];
    for (int i = 0; i < 512; i++) {
        memcpy(longest + (size_t)i * 4, "\xf0\x9f\x94\x8c", 4);
    }
    longest[512 * 4] = '\0';
    for (int id = 1; id <= 5; id++) {
        assert_string_equal(set_message(seen, id, "NormalCycle", "'state':'Idle'", longest), "Accepted");
    }
    assert_string_equal(seen->content[0], longest);
    assert_string_equal(get_messages(seen, 1, ""), "Accepted");
    for (size_t i = seen->world->looked_at; i < seen->world->call_count; i++) {
        assert_non_null(strstr(seen->world->calls[i].payload, longest));
    }
    assert_string_equal(reported(seen, 1), "1,2,3,4,5");
    assert_int_equal(central_counts(seen->world, "NotifyDisplayMessages"), 3);
    display_world_free(seen);
}

/* --- the firmware ---------------------------------------------------------------------------------------------------------- */

static void asks_back(struct world *world, const char *which, int evse)
{
    struct ocpp_display_view view;
    (void)evse;
    if (strcmp(which, "show") == 0) {
        assert_int_equal(ocpp_charge_point_display(world->cp, 0, world->now, &view), OCPP_OK);
        assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 1, true, world->now), OCPP_OK);
    }
}

static void the_firmware_may_ask_and_tell_from_within(void **state)
{
    (void)state;
    struct display_world *seen = station();
    seen->world->in_callback = asks_back;
    assert_string_equal(set_message(seen, 1, "InFront", "", "Text"), "Accepted");
    assert_string_equal(seen->content[0], "Text");
    assert_int_equal(seen->world->shown[1], OCPP_CONNECTOR_PREPARING);
    display_world_free(seen);
}

static void a_view_says_how_long_it_holds(void **state)
{
    (void)state;
    struct display_world *seen = station();
    struct ocpp_display_view view;
    struct world *world = seen->world;
    assert_int_equal(ocpp_charge_point_display(world->cp, 0, world->now, &view), OCPP_OK);
    assert_false(view.has_message);
    assert_int_equal(view.turns, 0);
    assert_true(view.valid_until_mono_ms == OCPP_NEVER);
    assert_string_equal(set_message(seen, 1, "NormalCycle", at(seen, "startDateTime", 60), "Later"), "Accepted");
    assert_int_equal(ocpp_charge_point_display(world->cp, 0, world->now, &view), OCPP_OK);
    assert_in_range(view.valid_until_mono_ms - world->now.mono_ms, 59000, 60000); /* a wire date has no milliseconds to lose */
    assert_string_equal(set_message(seen, 2, "NormalCycle", "", "One"), "Accepted");
    assert_string_equal(set_message(seen, 3, "NormalCycle", "", "Two"), "Accepted");
    assert_int_equal(ocpp_charge_point_display(world->cp, 0, world->now, &view), OCPP_OK);
    assert_int_equal(view.turns, 2);
    assert_true(view.valid_until_mono_ms <= world->now.mono_ms + 10000);
    assert_int_equal(ocpp_charge_point_display(world->cp, 1, world->now, &view), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_display(world->cp, -1, world->now, &view), OCPP_ERR_ARGUMENT);
    display_world_free(seen);
}

static void wrong_settings_make_no_charge_point(void **state)
{
    static const struct ocpp_display beyond = { .evse = 2 };
    static const struct ocpp_display long_name = { .instance = "123456789012345678901234567890123456789012345678901" };
    const struct ocpp_display_settings wrong[] = {
        { .displays = &beyond, .display_count = 1 },
        { .displays = &long_name, .display_count = 1 },
        { .displays = &beyond },
        { .display_count = 1 },
        { .max_messages = 201 },
        { .formats = 16 },
        { .priorities = 8 },
        { .states = 16 },
        { .turn_ms = 999 },
        { .turn_ms = -1 },
        { .own_turns = -2 },
        { .own_turns = 101 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct world *world = world_new();
        world->settings.display = &wrong[i];
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
        world_free(world);
    }
}

/* --- anything may fail once --------------------------------------------------------------------------------------------------
 */

/* A little story. What the station accepted it keeps; what it did not, it has as it was. */
static void live(struct display_world *seen)
{
    const bool has_one = strcmp(set_message(seen, 1, "InFront", "", "One"), "Accepted") == 0;
    const bool has_two = strcmp(set_message(seen, 2, "AlwaysFront", "", "Two"), "Accepted") == 0;
    const bool has_three = strcmp(set_message(seen, 3, "AlwaysFront", "", "Three"), "Accepted") == 0;
    get_messages(seen, 1, "");
    world_pass(seen->world, 20);
    const int expected = (int)has_one + (has_two || has_three);
    assert_int_equal(kept(seen), expected);
    assert_true(is_kept(seen, has_three ? "Three" : has_two ? "Two" : has_one ? "One" : "") || expected == 0);
}

static void any_call_of_the_store_may_fail_once(void **state)
{
    struct display_world *counted = station();
    const unsigned writes_before = test_storage_writes(counted->world->storage);
    const unsigned looks_before = test_storage_looks(counted->world->storage);
    live(counted);
    const unsigned writes = test_storage_writes(counted->world->storage) - writes_before;
    const unsigned looks = test_storage_looks(counted->world->storage) - looks_before;
    (void)state;
    display_world_free(counted);
    assert_true(writes >= 3 && looks >= 3);
    for (unsigned nth = 1; nth <= writes; nth++) {
        struct display_world *seen = station();
        test_storage_refuse(seen->world->storage, nth, OCPP_ERR_FULL);
        live(seen);
        display_world_free(seen);
    }
    for (unsigned nth = 1; nth < looks; nth++) {
        struct display_world *seen = station();
        test_storage_blind(seen->world->storage, nth, OCPP_ERR_STORAGE);
        set_message(seen, 1, "InFront", "", "One");
        set_message(seen, 2, "AlwaysFront", "", "Two");
        get_messages(seen, 1, "");
        world_pass(seen->world, 20);
        test_storage_blind(seen->world->storage, 0, OCPP_OK);
        assert_int_equal(kept(seen), 2);
        assert_string_equal(seen->content[0], "Two");
        display_world_free(seen);
    }
}

static void a_charge_point_that_finds_no_memory_for_them_is_none(void **state)
{
    struct test_allocator memory;
    struct display_world *seen = display_world_new();
    struct world *world = seen->world;
    (void)state;
    for (size_t nth = 1;; nth++) {
        test_allocator_start(&memory, nth);
        world->settings.allocator = &memory.allocator;
        struct ocpp_charge_point *cp =
            ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        const bool is_made = cp != NULL;
        ocpp_charge_point_free(cp);
        assert_int_equal(memory.blocks, 0);
        if (is_made) {
            break;
        }
    }
    world->settings.allocator = NULL;
    display_world_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_leaves_the_old_message_or_the_new_one),
        cmocka_unit_test(a_message_that_cannot_be_stored_is_rejected_and_changes_nothing),
        cmocka_unit_test(what_is_over_is_deleted_when_the_store_lets_it_go),
        cmocka_unit_test(a_text_that_cannot_be_read_now_is_shown_later),
        cmocka_unit_test(a_record_that_went_bad_is_set_aside),
        cmocka_unit_test(a_report_goes_on_behind_a_record_that_went_bad),
        cmocka_unit_test(what_finds_no_place_after_the_settings_changed_is_dropped),
        cmocka_unit_test(without_a_clock_messages_with_dates_wait),
        cmocka_unit_test(a_message_of_a_transaction_that_a_power_cut_ended_is_gone),
        cmocka_unit_test(a_message_that_makes_no_sense_is_rejected),
        cmocka_unit_test(only_so_many_reports_are_under_way_at_once),
        cmocka_unit_test(a_report_that_is_refused_ends_no_other),
        cmocka_unit_test(the_longest_texts_are_kept_and_told_whole),
        cmocka_unit_test(the_firmware_may_ask_and_tell_from_within),
        cmocka_unit_test(a_view_says_how_long_it_holds),
        cmocka_unit_test(wrong_settings_make_no_charge_point),
        cmocka_unit_test(any_call_of_the_store_may_fail_once),
        cmocka_unit_test(a_charge_point_that_finds_no_memory_for_them_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
