/* Dead letters: seen, told again in their own place, thrown away. And how long a family of versions is waited for over restarts.
 */
#include "station_world.h"
#include "unit.h"

#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- dead letters
 * ---------------------------------------------------------------------------------------------------------------- */

struct seen {
    struct ocpp_kept_record records[8];
    char keys[8][64];
    size_t count;
    size_t stop_after; /* 0: never */
};

static bool see(const struct ocpp_kept_record *record, void *user)
{
    struct seen *seen = user;
    assert_true(seen->count < COUNT_OF(seen->records));
    assert_non_null(record->bytes);
    seen->records[seen->count] = *record;
    strcpy(seen->keys[seen->count], record->key);
    seen->records[seen->count].key = seen->keys[seen->count];
    seen->count++;
    return seen->stop_after == 0 || seen->count < seen->stop_after;
}

static struct seen look(struct world *world)
{
    struct seen seen = { .count = 0 };
    assert_int_equal(ocpp_charge_point_each_kept(world->cp, see, &seen), OCPP_OK);
    return seen;
}

static enum ocpp_status requeue(struct world *world, const char *key)
{
    const enum ocpp_status status = ocpp_charge_point_requeue(world->cp, key, world->now);
    world_run(world);
    return status;
}

static const char *start_message(const struct world *world)
{
    return world_is_old(world) ? "StartTransaction" : "TransactionEvent";
}

/* A station whose start of a transaction was refused twice, and given up. */
static struct world *with_a_dead_start(enum ocpp_version version)
{
    struct world *world = world_new();
    world->settings.transaction_attempts = 2;
    world->settings.transaction_retry_ms = 1000;
    world_power_on(world);
    world_connect(world, version);
    world->refuse_action = start_message(world);
    world->refuse_count = 2;
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 500);
    world_pass(world, 5);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    central_forgets(world);
    return world;
}

static void a_dead_letter_can_be_looked_at(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    struct ocpp_evse_view view;
    const struct seen seen = look(world);
    assert_int_equal(seen.count, 1);
    assert_int_equal(ocpp_charge_point_evse(world->cp, 1, &view), OCPP_OK);
    assert_true(seen.records[0].is_dead_letter && seen.records[0].is_first && !seen.records[0].is_last);
    assert_string_equal(seen.records[0].transaction, view.transaction_uuid);
    assert_int_equal(seen.records[0].evse, 1);
    assert_int_equal(seen.records[0].trigger, OCPP_TRIGGER_AUTHORIZED);
    assert_int_equal(seen.records[0].meter_wh, 0);
    assert_int_equal(seen.records[0].utc_ms, view.started_utc_ms);
    world_free(world);
}

static void a_start_told_again_while_it_runs_makes_the_session_whole(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    assert_int_equal(requeue(world, look(world).keys[0]), OCPP_OK);
    central_sees(world, start_message(world),
                 world_is_old(world) ? "idTag=TAG" : "eventType=Started seqNo=0 idToken/idToken=TAG");
    world_pass(world, 120);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 500);
    for (int number = 0; number < 4 && !world_is_old(world); number++) {
        assert_int_equal(the_session(world)->numbers[number], 1); /* each once, the first in its own place */
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    assert_int_equal(look(world).count, 0);
    world_free(world);
}

/* The end is dead, too, and the power went meanwhile: both are told again, in their order. */
static void a_whole_transaction_can_be_told_again_after_its_end(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    world->refuse_action = "*";
    world->refuse_count = 1000;
    card(world, 1, "TAG");
    world_pass(world, 60);
    world->refuse_count = 0;
    world_power_back(world, 100);
    world_connect(world, version_of(state));
    const struct seen seen = look(world);
    assert_true(seen.count >= 2);
    assert_true(seen.records[seen.count - 1].is_last);
    for (size_t i = 0; i < seen.count; i++) {
        assert_int_equal(requeue(world, seen.keys[i]), OCPP_OK);
    }
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 500);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

static void a_letter_told_again_survives_a_power_cut_and_may_die_again(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    card(world, 1, "TAG");
    world_disconnect(world);
    assert_int_equal(requeue(world, look(world).keys[0]), OCPP_OK);
    world_power_back(world, 100);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 1);
    world->refuse_count = 2;
    world_connect(world, version_of(state));
    world_pass(world, 10);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    central_forgets(world);
    assert_int_equal(requeue(world, look(world).keys[0]), OCPP_OK);
    central_sees(world, start_message(world), world_is_old(world) ? "idTag=TAG" : "eventType=Started seqNo=0");
    world_free(world);
}

static void what_is_not_there_is_neither_told_again_nor_thrown_away(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    static const char *const keys[] = { "dead/0000000000000009", "dead/x", "boot", "corrupt/boot", "", "transaction/0001" };
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_int_equal(requeue(world, keys[i]), OCPP_ERR_NOT_FOUND);
        assert_int_equal(ocpp_charge_point_discard(world->cp, keys[i], world->now), OCPP_ERR_NOT_FOUND);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

static void a_letter_thrown_away_is_gone_for_good(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    assert_int_equal(ocpp_charge_point_discard(world->cp, look(world).keys[0], world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_power_back(world, 10);
    assert_int_equal(look(world).count, 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

static void a_store_that_refuses_leaves_the_letter_where_it_is(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    const struct seen seen = look(world);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_int_equal(requeue(world, seen.keys[0]), OCPP_ERR_FULL);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_int_equal(requeue(world, seen.keys[0]), OCPP_ERR_STORAGE);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_int_equal(ocpp_charge_point_discard(world->cp, seen.keys[0], world->now), OCPP_ERR_FULL);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    assert_int_equal(requeue(world, seen.keys[0]), OCPP_OK);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

static void a_full_queue_takes_no_letter_back(void **state)
{
    struct world *world = world_new();
    world->settings.transaction_attempts = 1;
    world->settings.max_queued_records = 2;
    world_power_on(world);
    world_connect(world, version_of(state));
    world->refuse_action = start_message(world);
    world->refuse_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 5);
    world_disconnect(world);
    world_pass(world, 60);
    assert_int_equal(requeue(world, look(world).keys[0]), OCPP_ERR_FULL);
    world_free(world);
}

static void use_from_inside(struct world *world, const char *which, int evse)
{
    (void)which;
    (void)evse;
    struct seen seen = { .count = 0 };
    assert_int_equal(ocpp_charge_point_each_kept(world->cp, see, &seen), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_requeue(world->cp, "dead/0000000000000001", world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_discard(world->cp, "dead/0000000000000001", world->now), OCPP_ERR_STATE);
}

static void callbacks_keep_their_hands_off_the_letters(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    world->in_callback = use_from_inside;
    card(world, 1, "TAG");
    world_free(world);
}

static void unreadable_records_are_seen_behind_the_letters_until_they_are_thrown_away(void **state)
{
    struct world *world = with_a_dead_start(version_of(state));
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = "connectors", .value = "rubbish", .size = 7 };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
    world_power_back(world, 10);
    struct seen seen = look(world);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.keys[1], "corrupt/connectors");
    assert_false(seen.records[1].is_dead_letter);
    assert_int_equal(seen.records[1].size, 7);
    assert_int_equal(requeue(world, seen.keys[1]), OCPP_ERR_NOT_FOUND);
    seen = (struct seen){ .stop_after = 1 };
    assert_int_equal(ocpp_charge_point_each_kept(world->cp, see, &seen), OCPP_OK);
    assert_int_equal(seen.count, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 1);
    assert_int_equal(ocpp_charge_point_discard(world->cp, "corrupt/connectors", world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 0);
    assert_int_equal(look(world).count, 1);
    world_free(world);
}

/* --- the hold of a family
 * ---------------------------------------------------------------------------------------------------------- */

static bool is_held(struct world *world)
{
    enum ocpp_version versions[4];
    ocpp_charge_point_offer(world->cp, world->now, versions);
    return versions[0] == OCPP_VERSION_1_6;
}

/* A transaction of 1.6 waits to be told, and nobody answers any more. */
static struct world *held(int64_t hold_s)
{
    struct world *world = world_new();
    world->settings.family_hold_s = hold_s;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    assert_true(is_held(world));
    return world;
}

static void the_hold_of_a_family_goes_on_over_restarts(void **state)
{
    (void)state;
    struct world *world = held(86400);
    int hours = 0;
    for (; is_held(world) && hours < 100; hours++) {
        world_pass(world, 3600);
        world_power_back(world, 60); /* the date is never known on this board before a link is there */
    }
    assert_in_range(hours, 20, 25);
    world_free(world);
}

static void a_board_that_restarts_all_the_time_does_not_hold_for_ever(void **state)
{
    (void)state;
    struct world *world = held(7200);
    world_pass(world, 1000); /* once it was up long enough to write down that it waits */
    int starts = 0;
    for (; is_held(world) && starts < 1000; starts++) {
        world_pass(world, 20);
        world_power_back(world, 5);
    }
    assert_in_range(starts, 60, 200);
    world_free(world);
}

static void where_the_date_is_known_the_time_without_power_counts(void **state)
{
    (void)state;
    struct world *world = held(86400);
    world_pass(world, 1000);
    world_power_back(world, 80000);
    assert_true(is_held(world)); /* nobody knows how long it was dark */
    world->now.utc_ms = world->central_utc_ms + world->now.mono_ms;
    assert_true(is_held(world));
    world_pass(world, 6000);
    assert_false(is_held(world));
    world_free(world);
}

static void a_link_in_the_family_ends_the_hold_and_the_next_begins_anew(void **state)
{
    (void)state;
    struct world *world = held(7200);
    world_pass(world, 7000);
    world_connect(world, OCPP_VERSION_1_6);
    world_disconnect(world);
    world_power_back(world, 1);
    assert_true(is_held(world));
    world_pass(world, 7000);
    assert_true(is_held(world));
    world_pass(world, 300);
    assert_false(is_held(world));
    world_free(world);
}

static void a_link_in_another_family_does_not_start_the_hold_again(void **state)
{
    (void)state;
    struct world *world = held(7200);
    world_pass(world, 7200);
    assert_false(is_held(world));
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_true(ocpp_charge_point_view(world->cp).parked_records > 0);
    world_disconnect(world);
    assert_false(is_held(world));
    world_power_back(world, 1);
    assert_false(is_held(world));
    world_free(world);
}

static void a_hold_the_store_does_not_take_is_tried_again(void **state)
{
    (void)state;
    struct world *world = held(7200);
    world_pass(world, 890);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    world_pass(world, 60);
    world_power_back(world, 1);
    world_pass(world, 7200 - 890);
    assert_false(is_held(world));
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_dead_letter_can_be_looked_at),
        IN_EACH_VERSION(a_start_told_again_while_it_runs_makes_the_session_whole),
        IN_EACH_VERSION(a_whole_transaction_can_be_told_again_after_its_end),
        IN_EACH_VERSION(a_letter_told_again_survives_a_power_cut_and_may_die_again),
        IN_EACH_VERSION(what_is_not_there_is_neither_told_again_nor_thrown_away),
        IN_EACH_VERSION(a_letter_thrown_away_is_gone_for_good),
        IN_EACH_VERSION(a_store_that_refuses_leaves_the_letter_where_it_is),
        IN_EACH_VERSION(a_full_queue_takes_no_letter_back),
        IN_EACH_VERSION(callbacks_keep_their_hands_off_the_letters),
        IN_EACH_VERSION(unreadable_records_are_seen_behind_the_letters_until_they_are_thrown_away),
        cmocka_unit_test(the_hold_of_a_family_goes_on_over_restarts),
        cmocka_unit_test(a_board_that_restarts_all_the_time_does_not_hold_for_ever),
        cmocka_unit_test(where_the_date_is_known_the_time_without_power_counts),
        cmocka_unit_test(a_link_in_the_family_ends_the_hold_and_the_next_begins_anew),
        cmocka_unit_test(a_link_in_another_family_does_not_start_the_hold_again),
        cmocka_unit_test(a_hold_the_store_does_not_take_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
