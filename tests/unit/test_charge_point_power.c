/* The power goes at every write of the store, before it is on the disk and after; afterwards the central system's record of
 * sessions is exact: started once, stopped once, the energy true to the watt-hour. Then a store that fails, and one that takes
 * its time. */
#include "station_world.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- the day --------------------------------------------------------------------------------------------------------------- */

struct day {
    struct world *world;
    enum ocpp_version version;
    int64_t energy_wh; /* that flowed */
};

static bool is_dark(const struct day *day)
{
    return test_storage_is_cut(day->world->storage);
}

static void flow(struct day *day, int64_t wh)
{
    struct world *world = day->world;
    if (!is_dark(day) && world->closed[1]) {
        world->meter_wh[1] += wh;
        day->energy_wh += wh;
    }
}

static void day_plug(struct day *day)
{
    plug(day->world, 1);
}

static void day_unplug(struct day *day)
{
    unplug(day->world, 1);
}

static void day_card(struct day *day)
{
    card(day->world, 1, "TAG");
}

static void day_flow(struct day *day)
{
    flow(day, 700);
    world_pass(day->world, 60);
    flow(day, 300);
}

static void day_remote_start(struct day *day)
{
    central_starts(day->world, 1, "APP");
}

static void day_offline(struct day *day)
{
    world_disconnect(day->world);
}

static void day_online(struct day *day)
{
    world_connect(day->world, day->version);
}

static void day_suspend(struct day *day)
{
    ocpp_charge_point_vehicle(day->world->cp, 1, false, day->world->now);
    world_run(day->world);
}

/* Local start and stop, remote start and stop by unplugging, then both without a link. */
static void (*const steps[])(struct day *) = {
    day_plug,    day_card, day_flow, day_suspend, day_card, day_unplug, day_remote_start, day_plug,   day_flow,   day_unplug,
    day_offline, day_plug, day_card, day_flow,    day_card, day_card,   day_flow,         day_online, day_unplug,
};

static void live(struct day *day)
{
    struct world *world = day->world;
    if (!is_dark(day) && ocpp_charge_point_view(world->cp).version == OCPP_VERSION_NONE) {
        world_connect(world, day->version);
    }
    for (size_t i = 0; i < COUNT_OF(steps) && !is_dark(day); i++) {
        steps[i](day);
    }
}

static struct world *world_of_the_day(bool flushes)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world->flushes = flushes;
    test_storage_delay(world->storage, flushes);
    return world;
}

static void assert_exact(const struct day *day)
{
    const struct world *world = day->world;
    int64_t recorded_wh = 0;
    for (size_t i = 0; i < world->session_count; i++) {
        const struct session *session = &world->sessions[i];
        assert_int_equal(session->started, 1);
        assert_int_equal(session->ended, 1);
        assert_true(strcmp(session->started_at, session->ended_at) <= 0);
        recorded_wh += session->meter_stop - session->meter_start;
    }
    assert_int_equal(recorded_wh, day->energy_wh);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    assert_false(world->closed[1]);
}

static unsigned writes_of_a_day(enum ocpp_version version, bool flushes)
{
    struct day day = { world_of_the_day(flushes), version, 0 };
    world_power_on(day.world);
    const unsigned before = test_storage_writes(day.world->storage);
    live(&day);
    assert_exact(&day);
    assert_int_equal(day.world->session_count, 4);
    const unsigned writes = test_storage_writes(day.world->storage) - before;
    world_free(day.world);
    return writes;
}

static void cut_at(enum ocpp_version version, bool flushes, unsigned nth, size_t keep)
{
    struct day day = { world_of_the_day(flushes), version, 0 };
    world_power_on(day.world);
    test_storage_cut(day.world->storage, nth, keep);
    live(&day);
    assert_true(is_dark(&day));
    world_power_back(day.world, 3600);
    day_online(&day);
    assert_exact(&day);
    live(&day); /* and the station is as good as new */
    world_free(day.world);
}

static void a_cut_at_any_write_leaves_an_exact_record(void **state)
{
    const unsigned writes = writes_of_a_day(version_of(state), false);
    print_message("    %u writes\n", writes);
    assert_true(writes > 20);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        for (size_t keep = 0; keep <= 1; keep++) {
            cut_at(version_of(state), false, nth, keep);
        }
    }
}

static void the_same_with_a_store_that_is_flushed_later(void **state)
{
    const unsigned writes = writes_of_a_day(version_of(state), true);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        for (size_t keep = 0; keep <= 2; keep++) {
            cut_at(version_of(state), true, nth, keep);
        }
    }
}

/* The second cut comes while the first is being recovered from. */
static void a_second_cut_during_the_recovery_changes_nothing(void **state)
{
    const unsigned writes = writes_of_a_day(version_of(state), false);
    for (unsigned nth = 1; nth <= writes; nth += 3 * every()) {
        for (unsigned again = 1; again <= 6; again++) {
            struct day day = { world_of_the_day(false), version_of(state), 0 };
            world_power_on(day.world);
            test_storage_cut(day.world->storage, nth, 1);
            live(&day);
            if (day.world->cp != NULL) {
                world_power_off(day.world);
            }
            test_storage_power_on(day.world->storage);
            day.world->central_utc_ms += day.world->now.mono_ms;
            day.world->now = (struct ocpp_now){ 800, OCPP_UTC_UNKNOWN };
            test_storage_cut(day.world->storage, again, again % 2);
            day.world->cp = ocpp_charge_point_new(&day.world->settings, &day.world->hardware,
                                                  test_storage_face(day.world->storage), day.world->now);
            if (day.world->cp != NULL) {
                world_run(day.world);
                if (!is_dark(&day)) {
                    day_online(&day);
                }
            }
            world_power_back(day.world, 60);
            day_online(&day);
            assert_exact(&day);
            world_free(day.world);
        }
    }
}

/* --- what the standards say of it
 * ------------------------------------------------------------------------------------------------ */

static void a_transaction_that_ran_when_the_power_went_ends_for_that_reason(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 400);
    world_pass(world, 60);
    charge(world, 1, 30);
    test_storage_cut_now(world->storage, 0);
    world_power_back(world, 120);
    assert_false(world->closed[1]);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    assert_int_equal(the_session(world)->meter_stop, 430);
    world_free(world);
}

static void a_meter_that_lost_its_register_takes_nothing_back(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 400);
    world_pass(world, 60);
    test_storage_cut_now(world->storage, 0);
    world->meter_wh[1] = 0;
    world_power_back(world, 120);
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(the_session(world)->meter_stop, 400);
    world_free(world);
}

/* A module with its EVSE was taken out while the power was off. */
static void a_transaction_of_an_evse_that_is_gone_ends_all_the_same(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 3);
    card(world, 3, "TAG");
    charge(world, 3, 90);
    world_pass(world, 60);
    test_storage_cut_now(world->storage, 0);
    world->settings.evse_count = 2;
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    if (world_is_old(world)) {
        assert_int_equal(the_session(world)->meter_stop, 90);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void freeing_the_handle_is_no_loss_either(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    world_power_off(world);
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void what_the_central_system_took_out_of_service_stays_out(void **state)
{
    struct world *world = world_of(state);
    const char *request =
        world_is_old(world) ? "{'connectorId':1,'type':'Inoperative'}" : "{'evse':{'id':1},'operationalStatus':'Inoperative'}";
    assert_string_equal(value_of(central_asks(world, "ChangeAvailability", request), "status"), "Accepted");
    world_set(world, "HeartbeatInterval", "777");
    world_power_back(world, 10);
    assert_int_equal(world->shown[1], OCPP_CONNECTOR_UNAVAILABLE);
    plug(world, 1);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).reason, OCPP_PERMIT_UNAVAILABLE);
    world_free(world);
}

/* --- a store that fails
 * ------------------------------------------------------------------------------------------------------------ */

static void the_contactor_waits_for_the_store(void **state)
{
    struct world *world = world_of(state);
    test_storage_delay(world->storage, true);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).reason, OCPP_PERMIT_NOT_DURABLE);
    central_does_not_see(world, world_is_old(world) ? "StartTransaction" : "TransactionEvent");
    world->flushes = true;
    world_run(world);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    world->flushes = false;
    card(world, 1, "TAG");
    assert_false(world->closed[1]); /* energy stops at once, the frame waits */
    assert_int_equal(the_session(world)->ended, 0);
    world->flushes = true;
    world_run(world);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void pulling_the_cable_while_the_start_is_being_stored_ends_it_as_soon_as_it_is(void **state)
{
    struct world *world = world_of(state);
    test_storage_delay(world->storage, true);
    plug(world, 1);
    card(world, 1, "TAG");
    unplug(world, 1);
    world->flushes = true;
    world_run(world);
    assert_int_equal(world->permit_changes > 0, 1);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

static void a_start_the_store_refuses_is_tried_again_and_the_contactor_waits(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    test_storage_refuse(world->storage, 2, OCPP_ERR_FULL); /* the first is for the cache of tokens */
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    world_pass(world, 6);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

static void an_end_the_store_loses_is_tried_again(void **state)
{
    struct world *world = world_of(state);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 20);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 6);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 20);
    world_free(world);
}

static void fail_once(enum ocpp_version version, unsigned nth, bool lose)
{
    struct day day = { world_of_the_day(false), version, 0 };
    world_power_on(day.world);
    if (lose) {
        test_storage_lose(day.world->storage, nth, OCPP_ERR_STORAGE);
    } else {
        test_storage_refuse(day.world->storage, nth, OCPP_ERR_FULL);
    }
    live(&day);
    world_pass(day.world, 30);
    if (day.world->closed[1]) { /* the card that was to stop came while the start was still waiting for the store */
        card(day.world, 1, "TAG");
    }
    unplug(day.world, 1);
    world_pass(day.world, 300);
    assert_exact(&day);
    world_free(day.world);
}

static void any_write_may_fail_once_and_the_record_is_exact(void **state)
{
    const unsigned writes = writes_of_a_day(version_of(state), false);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        fail_once(version_of(state), nth, false);
        fail_once(version_of(state), nth, true);
    }
}

static void a_store_that_cannot_be_written_makes_no_charge_point(void **state)
{
    (void)state;
    struct world *world = world_new();
    for (unsigned nth = 1; nth <= 2; nth++) { /* the count of starts, and the row of connectors */
        test_storage_refuse(world->storage, nth, OCPP_ERR_STORAGE);
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
    }
    world_power_on(world);
    world_free(world);
}

/* --- bytes that went bad
 * ------------------------------------------------------------------------------------------------------------ */

static void spoil(struct world *world, const char *key)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = "rubbish", .size = 7 };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

struct listing {
    char first[OCPP_KEY_SIZE];
    size_t count;
};

static bool list(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct listing *listing = user;
    if (listing->count++ == 0) {
        strcpy(listing->first, key);
    }
    return true;
}

static struct listing entries(struct world *world, const char *prefix)
{
    struct listing listing = { .count = 0 };
    assert_int_equal(world->memory->each(prefix, NULL, list, &listing, world->memory->user), OCPP_OK);
    return listing;
}

static void records_that_cannot_be_read_are_set_aside(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "boot",          "connectors", "availability", "variable/HeartbeatInterval", "transaction/0001", "queue/0000000000000001",
        "queue/nonsense"
    };
    struct world *world = world_new();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        spoil(world, keys[i]);
    }
    world_power_on(world);
    assert_int_equal(entries(world, "corrupt/").count, COUNT_OF(keys));
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_free(world);
}

static void a_fact_that_went_bad_in_the_queue_holds_nothing_up(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "A");
    spoil(world, entries(world, "queue/").first); /* the start of it: what follows says the same */
    card(world, 1, "B");
    card(world, 1, "B");
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(world->sessions[i].token, i == 0 ? "A" : "B");
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(entries(world, "corrupt/").count, 1);
    world_free(world);
}

/* What the central system was told is lost, not that it was told: a start told again would be another transaction. */
static void a_record_of_what_was_told_that_went_bad_starts_nothing_twice(void **state)
{
    for (int again = 0; again < 2; again++) {
        struct world *world = world_of(state);
        plug(world, 1);
        card(world, 1, "TAG");
        charge(world, 1, 400);
        world_pass(world, 60);
        spoil(world, entries(world, "told/").first);
        world_disconnect(world);
        if (again == 0) {
            world_pass(world, 60); /* a sample that could be taken for a start */
            card(world, 1, "TAG");
        } else {
            world_power_off(world);
            world_power_on(world);
        }
        world_connect(world, version_of(state));
        assert_int_equal(central_counts(world, "StartTransaction"), world_is_old(world) ? 1 : 0);
        assert_int_equal(world->sessions[0].started, 1);
        if (world_is_old(world) && again == 1) {
            central_sees(world, "StopTransaction", "transactionId=-1 meterStop=400"); /* errata 3.18 */
        } else {
            assert_int_equal(the_session(world)->ended, 1);
            assert_int_equal(the_session(world)->meter_stop, 400);
        }
        assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
        world_free(world);
    }
}

/* The count of starts numbers the queue: without it, new facts must not be written over those that wait. */
static void a_count_of_starts_that_went_bad_costs_no_fact(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    for (int i = 0; i < 2; i++) {
        plug(world, 1);
        card(world, 1, i == 0 ? "A" : "B");
        charge(world, 1, 500);
        card(world, 1, i == 0 ? "A" : "B");
        unplug(world, 1);
        world_power_off(world);
        spoil(world, "boot");
        world_power_on(world);
    }
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(world->sessions[i].token, i == 0 ? "A" : "B");
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
        assert_int_equal(world->sessions[i].meter_stop - world->sessions[i].meter_start, 500);
    }
    world_free(world);
}

/* Nothing is left behind for good: after a day the store holds what it held before, but for the count of starts and for what was
 * said about tokens, which has its own bound. */
static void a_day_leaves_nothing_behind(void **state)
{
    struct day day = { world_of_the_day(false), version_of(state), 0 };
    world_power_on(day.world);
    const size_t before = entries(day.world, "").count;
    live(&day);
    assert_int_equal(entries(day.world, "").count - entries(day.world, "cache/").count, before);
    world_free(day.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_cut_at_any_write_leaves_an_exact_record),
        IN_EACH_VERSION(the_same_with_a_store_that_is_flushed_later),
        IN_EACH_VERSION(a_second_cut_during_the_recovery_changes_nothing),
        IN_EACH_VERSION(a_transaction_that_ran_when_the_power_went_ends_for_that_reason),
        cmocka_unit_test(a_meter_that_lost_its_register_takes_nothing_back),
        IN_EACH_VERSION(a_transaction_of_an_evse_that_is_gone_ends_all_the_same),
        IN_EACH_VERSION(freeing_the_handle_is_no_loss_either),
        IN_EACH_VERSION(what_the_central_system_took_out_of_service_stays_out),
        IN_EACH_VERSION(the_contactor_waits_for_the_store),
        IN_EACH_VERSION(pulling_the_cable_while_the_start_is_being_stored_ends_it_as_soon_as_it_is),
        IN_EACH_VERSION(a_start_the_store_refuses_is_tried_again_and_the_contactor_waits),
        IN_EACH_VERSION(an_end_the_store_loses_is_tried_again),
        IN_EACH_VERSION(any_write_may_fail_once_and_the_record_is_exact),
        cmocka_unit_test(a_store_that_cannot_be_written_makes_no_charge_point),
        cmocka_unit_test(records_that_cannot_be_read_are_set_aside),
        IN_EACH_VERSION(a_fact_that_went_bad_in_the_queue_holds_nothing_up),
        IN_EACH_VERSION(a_record_of_what_was_told_that_went_bad_starts_nothing_twice),
        IN_EACH_VERSION(a_count_of_starts_that_went_bad_costs_no_fact),
        IN_EACH_VERSION(a_day_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
