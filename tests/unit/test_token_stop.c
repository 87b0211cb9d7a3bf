/* Tokens that end something, at awkward moments: while a start is being stored, while the central system is asked, without a
 * link, at the reader for all of them, and with the power going in the middle. The official cases are in test_station_c.c and
 * _pass.c. */
#include "token_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct world *with_two_evses(enum ocpp_version version)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, version);
    return world;
}

static void start_both(struct world *world)
{
    for (int evse = 1; evse <= 2; evse++) {
        plug(world, evse);
        card(world, evse, evse == 1 ? "A" : "B");
        assert_true(world->closed[evse]);
    }
}

/* A world where M is a master pass that the list knows. */
static struct world *with_a_master_pass(void)
{
    struct world *world = with_two_evses(OCPP_VERSION_2_0_1);
    list_of(world, 1, "M=Accepted/POLICE");
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    start_both(world);
    return world;
}

/* The power goes at the |nth| write after the pass is presented. */
static bool both_end_once(unsigned nth, size_t keep)
{
    struct world *world = with_a_master_pass();
    test_storage_cut(world->storage, nth, keep);
    card(world, 0, "M");
    const bool is_cut = test_storage_is_cut(world->storage);
    world_power_back(world, 600);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 600);
    for (int evse = 1; evse <= 2; evse++) { /* what the cut left running goes on with the vehicle, or has ended */
        unplug(world, evse);
    }
    world_pass(world, 600);
    assert_int_equal(world->session_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
        assert_true(is_cut || strcmp(world->sessions[i].reason, "MasterPass") == 0);
    }
    world_free(world);
    return is_cut;
}

/* C16.FR.02; E07. peers: sessions stuck after power loss. */
static void a_master_pass_and_a_power_cut_end_everything_once(void **state)
{
    (void)state;
    for (size_t keep = 0; keep < 2; keep++) {
        unsigned nth = 1;
        while (both_end_once(nth, keep)) {
            nth++;
        }
        assert_true(nth > 2);
    }
}

/* C16.FR.02. The start is still on its way into the store: what begins is ended, too. */
static void a_master_pass_ends_what_is_only_beginning(void **state)
{
    (void)state;
    struct world *world = with_a_master_pass();
    unplug(world, 2);
    test_storage_delay(world->storage, true);
    plug(world, 2);
    card(world, 2, "C");
    assert_false(world->closed[2]);
    card(world, 2, "M");
    struct ocpp_storage *face = test_storage_face(world->storage);
    for (int i = 0; i < 10; i++) {
        face->flush(face->user);
        world_run(world);
    }
    assert_false(world->closed[1] || world->closed[2]);
    for (size_t i = 0; i < world->session_count; i++) {
        assert_int_equal(world->sessions[i].ended, world->sessions[i].started);
    }
    world_free(world);
}

/* C16.FR.02. Also where nothing could be started: at a place that is broken, or kept for somebody. Other tokens are turned away there. */
static void a_master_pass_is_one_wherever_it_is_presented(void **state)
{
    (void)state;
    static const struct ocpp_fault fault = { .code = "OtherError" };
    struct world *world = with_two_evses(OCPP_VERSION_2_0_1);
    list_of(world, 1, "M=Accepted/POLICE");
    world_set_variable(world, "AuthCtrlr", "MasterPassGroupId", NULL, "POLICE");
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(ocpp_charge_point_fault(world->cp, 2, 0, &fault, world->now), OCPP_OK);
    card(world, 2, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_true(world->closed[1]);
    card(world, 2, "M");
    assert_true(world->judged_master_pass);
    assert_false(world->closed[1]);
    world_free(world);
}

/* E07.FR.01; 1.6 4.1. While the central system is asked about somebody else's token, the owner's own ends the charge at once. */
static void the_owner_need_not_wait_for_a_question(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "A");
    world->silent_action = "Authorize";
    world->silent_count = 1;
    card(world, 1, "B");
    assert_int_equal(asked(world), 2);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    world_pass(world, 31); /* nobody answers for B */
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* C09.FR.03. What was asked about to stop a charge that has ended meanwhile stops nothing, and starts nothing. */
static void an_answer_that_comes_too_late_stops_nothing(void **state)
{
    struct world *world = with_two_evses(*(enum ocpp_version *)*state);
    world->authorize_group = "FAMILY";
    start_both(world);
    world->silent_action = "Authorize";
    world->silent_count = 1;
    card(world, 1, "C");
    card(world, 1, "A");
    const char *id = world->calls[world->call_count - 1].id;
    for (size_t i = 0; i < world->call_count; i++) {
        id = strcmp(world->calls[i].action, "Authorize") == 0 ? world->calls[i].id : id;
    }
    char answer[256];
    snprintf(answer, sizeof(answer),
             world_is_old(world)
                 ? "[3,'%s',{'idTagInfo':{'status':'Accepted','parentIdTag':'FAMILY'}}]"
                 : "[3,'%s',{'idTokenInfo':{'status':'Accepted','groupIdToken':{'idToken':'FAMILY','type':'Central'}}}]",
             id);
    central_says(world, answer);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_false(world->closed[1]);
    assert_true(world->closed[2]); /* of the same group, and not meant */
    assert_int_equal(world->session_count, 2);
    world_free(world);
}

/* C09.FR.03, FR.07; C01.FR.03. Without a link those the list or the cache know can stop, and nobody else. */
static void without_a_link_the_group_is_known_or_not(void **state)
{
    struct world *world = with_two_evses(*(enum ocpp_version *)*state);
    list_of(world, 1, "L=Accepted/FAMILY");
    world->authorize_group = "FAMILY";
    start_both(world);
    world->authorize_group = NULL;
    world_disconnect(world);
    card(world, 1, "X");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_true(world->closed[1]);
    card(world, 1, "L");
    assert_false(world->closed[1]);
    card(world, 2, "A"); /* its group is in the cache */
    assert_false(world->closed[2]);
    world_free(world);
}

/* C09; 1.2. A token that is the group of another is not of that group: only what is said of tokens counts. */
static void the_name_of_a_group_is_no_token_of_it(void **state)
{
    struct world *world = world_of(state);
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    world->authorize_group = NULL;
    card(world, 1, "FAMILY");
    assert_true(world->closed[1]);
    world_free(world);
}

/* C16. Without a group in the settings nobody has a master pass, whatever group a token is of. */
static void without_a_group_of_master_passes_there_are_none(void **state)
{
    (void)state;
    struct world *world = with_two_evses(OCPP_VERSION_2_0_1);
    start_both(world);
    world->token_info = "\"groupIdToken\":{\"idToken\":\"\",\"type\":\"Central\"}";
    card(world, 1, "M");
    assert_false(world->judged_master_pass);
    assert_true(world->closed[1] && world->closed[2]);
    world_free(world);
}

/* AuthCtrlr.Enabled false. What began without authorization is ended by any token, and by the button. */
static void what_began_without_authorization_is_anybodys_to_end(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "AuthCtrlr", "Enabled", NULL, "false");
    for (int i = 0; i < 2; i++) {
        plug(world, 1);
        assert_true(world->closed[1]);
        if (i == 0) {
            press(world, 1);
        } else {
            card(world, 1, "A");
        }
        assert_false(world->closed[1]);
        unplug(world, 1);
    }
    assert_int_equal(world->session_count, 2);
    assert_int_equal(asked(world), 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_pass_and_a_power_cut_end_everything_once),
        cmocka_unit_test(a_master_pass_ends_what_is_only_beginning),
        cmocka_unit_test(a_master_pass_is_one_wherever_it_is_presented),
        IN_EACH_VERSION(the_owner_need_not_wait_for_a_question),
        IN_EACH_VERSION(an_answer_that_comes_too_late_stops_nothing),
        IN_EACH_VERSION(without_a_link_the_group_is_known_or_not),
        IN_EACH_VERSION(the_name_of_a_group_is_no_token_of_it),
        cmocka_unit_test(without_a_group_of_master_passes_there_are_none),
        cmocka_unit_test(what_began_without_authorization_is_anybodys_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
