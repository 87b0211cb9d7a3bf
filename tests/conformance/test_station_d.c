/* Block D of a station: the local authorization list (D01, D02; 1.6 3.5.2, 5.10, 5.15). What follows from it for a token is in
 * test_station_c.c, power cuts and bounds are in test_token_list.c. */
#include "token_world.h"

#include "unit.h"

#include <string.h>

/* TC_D_01_CS; TC_043_CS; D01.FR.02, FR.15. 1.6: title only, steps ours. */
static void a_full_list_replaces_the_one_before(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 7, "A=Accepted B=Blocked");
    assert_int_equal(list_version(world), 7);
    list_of(world, 3, "C=Accepted");
    assert_int_equal(list_version(world), 3);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* TC_D_02_CS; D01.FR.02, FR.16. One is new, one says something else than before, the others stay. */
static void a_differential_list_adds_and_changes(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "LocalPreAuthorize", "true");
    list_of(world, 1, "A=Accepted B=Blocked C=Accepted");
    assert_string_equal(list_sent(world, "Differential", 2, "B=Accepted D=Accepted"), "Accepted");
    assert_int_equal(list_version(world), 2);
    assert_int_equal(list_entries(world), 4);
    for (const char *id = "ABCD"; *id != '\0'; id++) {
        const char token[] = { *id, '\0' };
        card(world, 1, token);
        assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
        card(world, 1, token);
    }
    assert_int_equal(asked(world), 0);
    world_free(world);
}

/* TC_D_03_CS; D01.FR.02, FR.17. What was not in it may go, too. */
static void a_differential_list_removes_what_comes_without_a_status(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Accepted B=Blocked");
    assert_string_equal(list_sent(world, "Differential", 2, "-A -Z"), "Accepted");
    assert_int_equal(list_version(world), 2);
    assert_int_equal(list_entries(world), 1);
    world_set(world, "LocalPreAuthorize", "true");
    card(world, 1, "A");
    assert_int_equal(asked(world), 1);
    world_free(world);
}

/* TC_D_04_CS; D01.FR.02, FR.04; 1.6 5.10. In 2.0.1 an emptied list has the version it was sent with, in 1.6 it is of version 0.
 */
static void a_full_list_without_entries_empties_it(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 4, "A=Accepted B=Blocked");
    list_of(world, 5, NULL);
    assert_int_equal(list_version(world), world_is_old(world) ? 0 : 5);
    assert_int_equal(list_entries(world), 0);
    assert_string_equal(list_sent(world, "Differential", 5, "A=Accepted"), world_is_old(world) ? "Accepted" : "VersionMismatch");
    world_free(world);
}

/* TC_D_05_CS; D01.FR.02, FR.05. */
static void a_differential_list_without_entries_changes_the_version_only(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 4, "A=Accepted");
    assert_string_equal(list_sent(world, "Differential", 5, NULL), "Accepted");
    assert_int_equal(list_version(world), 5);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* TC_D_06_CS; TC_043_2_CS; D01.FR.19. 1.6: title only, steps ours. */
static void a_differential_list_that_is_no_newer_changes_nothing(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 4, "A=Accepted");
    assert_string_equal(list_sent(world, "Differential", 3, "B=Accepted"), "VersionMismatch");
    assert_string_equal(list_sent(world, "Differential", 4, "B=Accepted"), "VersionMismatch");
    assert_int_equal(list_version(world), 4);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* TC_D_07_CS; D01.FR.10. */
static void the_list_outlives_a_power_cut(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    world_set(world, "LocalPreAuthorize", "true");
    list_of(world, 6, "A=Accepted");
    world_power_back(world, 60);
    world_connect(world, version);
    assert_int_equal(list_version(world), 6);
    card(world, 1, "A");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    world_free(world);
}

/* TC_D_08_CS; D02.FR.01. */
static void the_version_of_the_list_is_told(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 2147483647, "A=Accepted");
    assert_int_equal(list_version(world), 2147483647);
    world_free(world);
}

/* TC_042_2_CS; D02.FR.02; 1.6 5.10. 1.6: title only, steps ours. */
static void a_list_that_never_came_is_of_version_nought(void **state)
{
    struct world *world = world_of(state);
    assert_int_equal(list_version(world), 0);
    world_free(world);
}

/* TC_D_10_CS; TC_042_1_CS; TC_043_1_CS; D02.FR.03; 1.6 5.10. 1.6: titles only, steps ours. What is switched off is kept. */
static void a_list_that_is_off_is_no_list(void **state)
{
    struct world *world = world_of(state);
    const bool is_old = world_is_old(world);
    list_of(world, 4, "A=Accepted");
    world_set(world, "LocalAuthListEnabled", "false");
    assert_int_equal(list_version(world), is_old ? -1 : 0);
    assert_string_equal(list_sent(world, "Full", 5, "B=Accepted"), is_old ? "NotSupported" : "Failed");
    world_set(world, "LocalPreAuthorize", "true");
    card(world, 1, "A");
    assert_int_equal(asked(world), 1);
    world_set(world, "LocalAuthListEnabled", "true");
    assert_int_equal(list_version(world), 4);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* TC_043_3_CS; D01.FR.03. 1.6: title only, steps ours. The store refuses; the list is the one it was. */
static void a_list_that_cannot_be_kept_has_failed(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 4, "A=Accepted");
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(list_sent(world, "Full", 5, "B=Accepted C=Accepted"), "Failed");
    assert_int_equal(list_version(world), 4);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(list_sent(world, "Differential", 5, "-A"), "Failed");
    assert_int_equal(list_version(world), 4);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* D01.FR.06. Which of the two would count nobody can say. */
static void a_list_with_the_same_token_twice_has_failed(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 4, "A=Accepted");
    assert_string_equal(list_sent(world, "Full", 5, "B=Accepted C=Accepted b=Blocked"), "Failed");
    assert_string_equal(list_sent(world, "Differential", 5, "-A A=Blocked"), "Failed");
    assert_int_equal(list_version(world), 4);
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* 1.6 7.1; D01. A full list says of every token what it is worth. */
static void a_full_list_with_an_entry_to_remove_has_failed(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(list_sent(world, "Full", 5, "A=Accepted -B"), "Failed");
    assert_int_equal(list_version(world), 0);
    world_free(world);
}

/* D01.FR.18; 1.6 5.10. Version 0 is that of no list, or of an empty one. */
static void versions_that_mean_something_else_are_refused(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(list_sent(world, "Full", 0, "A=Accepted"), "Failed");
    assert_string_equal(list_sent(world, "Full", -1, "A=Accepted"), "Failed");
    assert_string_equal(list_sent(world, "Full", 0, NULL), world_is_old(world) ? "Accepted" : "Failed");
    assert_string_equal(list_sent(world, "Differential", 0, "A=Accepted"), "VersionMismatch");
    assert_int_equal(list_version(world), 0);
    assert_int_equal(list_entries(world), 0);
    world_free(world);
}

/* D01.FR.12, FR.13; 1.6 3.5.2, 9.2. */
static void the_list_tells_how_long_it_is_and_may_be(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Accepted B=Accepted");
    if (world_is_old(world)) {
        central_asks(world, "GetConfiguration",
                     "{'key':['LocalAuthListMaxLength','SendLocalListMaxLength','SupportedFeatureProfiles']}");
        assert_string_equal(value_of(world->answer, "configurationKey/0/value"), "100");
        assert_string_equal(value_of(world->answer, "configurationKey/1/value"), "100");
        assert_non_null(strstr(value_of(world->answer, "configurationKey/2/value"), "LocalAuthListManagement"));
    } else {
        central_asks(world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'LocalAuthListCtrlr'},'variable':{'name':'Entries'}},"
                     "{'component':{'name':'LocalAuthListCtrlr'},'variable':{'name':'ItemsPerMessage'}},"
                     "{'component':{'name':'LocalAuthListCtrlr'},'variable':{'name':'SupportsExpiryDateTime'}}]}");
        assert_string_equal(value_of(world->answer, "getVariableResult/0/attributeValue"), "2");
        assert_string_equal(value_of(world->answer, "getVariableResult/1/attributeValue"), "100");
        assert_string_equal(value_of(world->answer, "getVariableResult/2/attributeValue"), "true");
    }
    world_free(world);
}

/* D01.FR.09. What the central system says of a token elsewhere changes the cache, never the list. */
static void nothing_else_changes_the_list(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Invalid");
    plug(world, 1);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    card(world, 1, "A");
    unplug(world, 1);
    world_disconnect(world);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_full_list_replaces_the_one_before),
        IN_EACH_VERSION(a_differential_list_adds_and_changes),
        IN_EACH_VERSION(a_differential_list_removes_what_comes_without_a_status),
        IN_EACH_VERSION(a_full_list_without_entries_empties_it),
        IN_EACH_VERSION(a_differential_list_without_entries_changes_the_version_only),
        IN_EACH_VERSION(a_differential_list_that_is_no_newer_changes_nothing),
        IN_EACH_VERSION(the_list_outlives_a_power_cut),
        IN_EACH_VERSION(the_version_of_the_list_is_told),
        IN_EACH_VERSION(a_list_that_never_came_is_of_version_nought),
        IN_EACH_VERSION(a_list_that_is_off_is_no_list),
        IN_EACH_VERSION(a_list_that_cannot_be_kept_has_failed),
        IN_EACH_VERSION(a_list_with_the_same_token_twice_has_failed),
        IN_EACH_VERSION(a_full_list_with_an_entry_to_remove_has_failed),
        IN_EACH_VERSION(versions_that_mean_something_else_are_refused),
        IN_EACH_VERSION(the_list_tells_how_long_it_is_and_may_be),
        IN_EACH_VERSION(nothing_else_changes_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
