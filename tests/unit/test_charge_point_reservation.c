/* The life of reservations: the power goes at every write of it, the store refuses, memory is short, the table is full, nobody
 * knows the time. What they mean is in tests/conformance/test_station_h.c. */
#include "station_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static const char *reserve(struct world *world, int id, int evse, const char *token, int seconds)
{
    char expiry[OCPP_TIME_TEXT_SIZE];
    char payload[256];
    char place[32] = "";
    ocpp_time_format(world->central_utc_ms + world->now.mono_ms + seconds * 1000LL, expiry);
    if (world_is_old(world)) {
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'expiryDate':'%s','idTag':'%s','reservationId':%d}", evse, expiry,
                 token, id);
    } else {
        if (evse != 0) {
            snprintf(place, sizeof(place), ",'evseId':%d", evse);
        }
        snprintf(payload, sizeof(payload), "{'id':%d,'expiryDateTime':'%s','idToken':{'idToken':'%s','type':'ISO14443'}%s}", id,
                 expiry, token, place);
    }
    return value_of(central_asks(world, "ReserveNow", payload), "status");
}

static const char *cancel(struct world *world, int id)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'reservationId':%d}", id);
    return value_of(central_asks(world, "CancelReservation", payload), "status");
}

static size_t kept(const struct world *world)
{
    return ocpp_charge_point_reservations(world->cp, NULL, 0);
}

static size_t records(struct world *world, const char *prefix);

/* --- the power goes ------------------------------------------------------------------------------------------------------- */

struct story {
    struct world *world;
    enum ocpp_version version;
    bool accepted; /* what the central system heard */
    bool cancelled;
    bool cancels; /* whether or not it was confirmed */
    bool expires;
};

static bool is_dark(const struct story *story)
{
    return test_storage_is_cut(story->world->storage);
}

static void life_of_one_that_is_used(struct story *story)
{
    struct world *world = story->world;
    story->accepted = strcmp(reserve(world, 11, 1, "A", 3600), "Accepted") == 0;
    if (!is_dark(story)) {
        plug(world, 1);
    }
    if (!is_dark(story)) {
        card(world, 1, "A");
    }
}

static void life_of_one_that_is_cancelled(struct story *story)
{
    struct world *world = story->world;
    story->cancels = true;
    story->accepted = strcmp(reserve(world, 11, 1, "A", 3600), "Accepted") == 0;
    if (!is_dark(story)) {
        story->cancelled = strcmp(cancel(world, 11), "Accepted") == 0;
    }
}

static void life_of_one_that_expires(struct story *story)
{
    struct world *world = story->world;
    story->expires = true;
    story->accepted = strcmp(reserve(world, 11, 1, "A", 60), "Accepted") == 0;
    if (!is_dark(story)) {
        world_pass(world, 70);
    }
}

static void (*const lives[])(struct story *) = { life_of_one_that_is_used, life_of_one_that_is_cancelled,
                                                 life_of_one_that_expires };

/* How often a start that names reservation 11 was recorded. */
static int starts_with_it(const struct world *world)
{
    int count = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        count += strcmp(value_of(world->calls[i].payload, "reservationId"), "11") == 0 &&
                 strcmp(world->calls[i].action, "ReservationStatusUpdate") != 0;
    }
    return count;
}

static void assert_one_truth(struct story *story)
{
    struct world *world = story->world;
    const bool was_used = starts_with_it(world) > 0;
    if (!story->accepted) { /* nobody was told that it is kept; whether it is may be either */
        return;
    }
    assert_false(story->cancelled && kept(world) > 0); /* what was confirmed holds */
    assert_false(was_used && kept(world) > 0);         /* there is one of the two */
    if (story->expires) {
        assert_int_equal(kept(world), 0);
        assert_true(world_is_old(world) || central_counts(world, "ReservationStatusUpdate") >= 1);
    }
    if (!story->expires && !story->cancels && !was_used) {
        assert_int_equal(kept(world), 1);
        card(world, 1, "B");
        assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    }
}

static bool cut_at(enum ocpp_version version, size_t life, unsigned nth, size_t keep)
{
    struct story story = { .world = world_new(), .version = version };
    struct world *world = story.world;
    world_power_on(world);
    world_connect(world, version);
    test_storage_cut(world->storage, nth, keep);
    lives[life](&story);
    const bool was_cut = is_dark(&story);
    world_power_back(world, 120);
    world_connect(world, version);
    world_pass(world, 200);
    assert_one_truth(&story);
    world_free(world);
    return was_cut;
}

/* H04; B01.FR.13. */
static void the_power_may_go_at_any_write_of_a_reservation_s_life(void **state)
{
    unsigned cuts = 0;
    for (size_t life = 0; life < COUNT_OF(lives); life++) {
        for (size_t keep = 0; keep <= 1; keep++) {
            unsigned nth = 1;
            while (cut_at(version_of(state), life, nth, keep)) {
                nth++;
            }
            cuts += nth - 1;
        }
    }
    print_message("    %u cuts\n", cuts);
    assert_true(cuts >= 12);
}

/* --- the store refuses ---------------------------------------------------------------------------------------------------- */

static void a_reservation_that_cannot_be_stored_is_rejected(void **state)
{
    struct world *world = world_of(state);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Rejected");
    assert_int_equal(kept(world), 0);
    central_does_not_see(world, "StatusNotification");
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Rejected");
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Accepted");
    world_free(world);
}

static void a_cancellation_that_cannot_be_stored_is_rejected(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Accepted");
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(cancel(world, 11), "Rejected");
    assert_int_equal(kept(world), 1);
    assert_string_equal(cancel(world, 11), "Accepted");
    world_free(world);
}

/* The place is free at once; the store is asked again until it takes it, and only then the central system is told. */
static void an_end_that_cannot_be_stored_is_tried_again(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(reserve(world, 11, 1, "A", 60), "Accepted");
    test_storage_refuse(world->storage, 1, OCPP_ERR_STORAGE);
    world_pass(world, 61);
    assert_int_equal(kept(world), 0);
    central_sees(world, "StatusNotification", world_is_old(world) ? "status=Available" : "connectorStatus=Available");
    central_does_not_see(world, "ReservationStatusUpdate");
    assert_int_equal(records(world, "reservation/"), 1);
    world_pass(world, 6);
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationUpdateStatus=Expired");
    }
    assert_int_equal(records(world, "reservation/"), 0);
    world_free(world);
}

/* A start that the store takes only later uses the reservation only then; meanwhile nobody else gets the place. */
static void a_reservation_is_used_when_the_start_is_stored(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Accepted");
    plug(world, 1);
    test_storage_delay(world->storage, true);
    card(world, 1, "A");
    assert_false(world->closed[1]);
    assert_int_equal(records(world, "reservation/"), 0); /* the disk of this test has what was accepted */
    assert_int_equal(kept(world), 1);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    test_storage_delay(world->storage, false);
    world_run(world);
    world_pass(world, 6);
    assert_true(world->closed[1]);
    assert_int_equal(kept(world), 0);
    assert_true(starts_with_it(world) == 1);
    world_free(world);
}

/* --- what was told -------------------------------------------------------------------------------------------------------- */

static void an_end_nobody_answered_is_told_again(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reserve(world, 11, 1, "A", 60), "Accepted");
    world->silent_action = "ReservationStatusUpdate";
    world->silent_count = 1;
    world_pass(world, 61);
    central_sees(world, "ReservationStatusUpdate", "reservationId=11");
    world_pass(world, 40);
    central_does_not_see(world, "ReservationStatusUpdate");
    world_pass(world, 60);
    central_sees(world, "ReservationStatusUpdate", "reservationId=11");
    assert_int_equal(records(world, "reservation/"), 0);
    world_free(world);
}

static void an_end_that_was_refused_is_not_told_again(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reserve(world, 11, 1, "A", 60), "Accepted");
    world->refuse_action = "ReservationStatusUpdate";
    world->refuse_count = 1;
    world_pass(world, 300);
    assert_int_equal(central_counts(world, "ReservationStatusUpdate"), 1);
    assert_int_equal(records(world, "reservation/"), 0);
    world_free(world);
}

/* The link is in a version that has no word for it. */
static void an_end_that_the_version_cannot_say_is_forgotten(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(reserve(world, 11, 1, "A", 60), "Accepted");
    world_disconnect(world);
    world_pass(world, 100);
    assert_int_equal(records(world, "reservation/"), 1);
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(records(world, "reservation/"), 0);
    world_free(world);
}

/* --- bounds --------------------------------------------------------------------------------------------------------------- */

/* What ended makes room for what comes, the first first; what is kept does not. */
static void a_full_table_gives_up_what_is_over_before_it_refuses(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->settings.max_reservations = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world->silent_action = "ReservationStatusUpdate";
    world->silent_count = 1000;
    assert_string_equal(reserve(world, 1, 1, "A", 60), "Accepted");
    assert_string_equal(reserve(world, 2, 2, "B", 61), "Accepted");
    world_pass(world, 70);
    assert_int_equal(kept(world), 0);
    assert_string_equal(reserve(world, 3, 1, "C", 3600), "Accepted");
    assert_int_equal(records(world, "reservation/"), 2);
    assert_string_equal(reserve(world, 4, 2, "D", 3600), "Accepted");
    assert_int_equal(kept(world), 2);
    world->silent_count = 0;
    central_forgets(world);
    world_pass(world, 200);
    central_does_not_see(world, "ReservationStatusUpdate");
    world_free(world);
}

static void a_table_full_of_what_is_kept_refuses(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world->settings.max_reservations = 1;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(reserve(world, 1, 1, "A", 3600), "Accepted");
    assert_string_equal(reserve(world, 2, 2, "B", 3600), "Rejected");
    assert_string_equal(reserve(world, 1, 2, "B", 3600), "Accepted");
    world_free(world);
}

static void records_beyond_a_table_that_shrank_are_dropped(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, version_of(state));
    for (int evse = 1; evse <= 3; evse++) {
        char token[8];
        snprintf(token, sizeof(token), "T%d", evse);
        assert_string_equal(reserve(world, evse, evse, token, 3600), "Accepted");
    }
    world->settings.max_reservations = 1;
    world_power_back(world, 10);
    assert_int_equal(kept(world), 1);
    assert_int_equal(records(world, "reservation/"), 1);
    world_free(world);
}

/* Hardware was taken away since. */
static void the_reservation_of_an_evse_that_is_no_more_is_removed(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(reserve(world, 11, 2, "A", 3600), "Accepted");
    world->settings.evse_count = 1;
    world_power_back(world, 10);
    central_forgets(world);
    world_connect(world, version_of(state));
    assert_int_equal(kept(world), 0);
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationUpdateStatus=Removed");
    }
    assert_int_equal(records(world, "reservation/"), 0);
    world_free(world);
}

static void too_many_reservations_are_no_setting(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.max_reservations = 129;
    assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
    world_free(world);
}

/* --- records that went bad ------------------------------------------------------------------------------------------------ */

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

static size_t records(struct world *world, const char *prefix)
{
    struct ocpp_storage *store = test_storage_face(world->storage);
    size_t count = 0;
    assert_int_equal(store->each(prefix, NULL, count_entry, &count, store->user), OCPP_OK);
    return count;
}

static void a_bad_record_is_set_aside_and_the_others_stay(void **state)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(reserve(world, 1, 1, "A", 3600), "Accepted");
    assert_string_equal(reserve(world, 2, 2, "B", 3600), "Accepted");
    struct ocpp_storage *store = test_storage_face(world->storage);
    const struct ocpp_change bend[] = { { OCPP_CHANGE_PUT, "reservation/0000000000000001", "rubbish", 7 },
                                        { OCPP_CHANGE_PUT, "reservation/what", "more", 4 } };
    assert_int_equal(store->write(bend, 2, NULL, NULL, store->user), OCPP_OK);
    world_power_back(world, 10);
    assert_int_equal(kept(world), 1);
    assert_int_equal(records(world, "corrupt/reservation/"), 2);
    world_connect(world, version_of(state));
    assert_string_equal(cancel(world, 2), "Accepted");
    world_free(world);
}

static void a_store_that_fails_at_the_start_starts_nothing(void **state)
{
    struct world *world = world_new();
    world_power_on(world);
    world_connect(world, version_of(state));
    struct ocpp_storage *store = test_storage_face(world->storage);
    const struct ocpp_change bend = { OCPP_CHANGE_PUT, "reservation/0000000000000001", "rubbish", 7 };
    assert_int_equal(store->write(&bend, 1, NULL, NULL, store->user), OCPP_OK);
    world_power_off(world);
    test_storage_refuse(world->storage, 2, OCPP_ERR_STORAGE); /* the first is the boot's */
    assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, store, world->now));
    world_power_on(world);
    world_free(world);
}

/* --- the time ------------------------------------------------------------------------------------------------------------- */

/* No link and no calendar after a power cut: it ends when the time it was made for has passed, which is late rather than never.
 */
static void a_reservation_ends_although_nobody_knows_the_time(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(reserve(world, 11, 1, "A", 600), "Accepted");
    world_pass(world, 100);
    world_power_back(world, 10);
    world_pass(world, 590);
    assert_int_equal(kept(world), 1);
    world_pass(world, 20);
    assert_int_equal(kept(world), 0);
    world_free(world);
}

/* Once the time is known it counts, also when the power was out for longer than the reservation lasted. */
static void a_reservation_that_ended_in_the_dark_is_over_when_the_time_is_known(void **state)
{
    struct world *world = world_of(state);
    assert_string_equal(reserve(world, 11, 1, "A", 600), "Accepted");
    world_power_back(world, 4000);
    assert_int_equal(kept(world), 1);
    central_forgets(world);
    world_connect(world, version_of(state));
    assert_int_equal(kept(world), 0);
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationUpdateStatus=Expired");
    }
    world_free(world);
}

/* --- memory and callbacks -------------------------------------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state)
{
    bool was_reached = true;
    for (size_t nth = 1; was_reached; nth++) {
        struct world *world = world_new();
        struct test_allocator memory;
        test_allocator_start(&memory, nth);
        world->is_starved = true;
        world->settings.allocator = &memory.allocator;
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        if (world->cp != NULL) {
            world_connect(world, version_of(state));
            world_pass(world, 5);
            reserve(world, 11, 1, "A", 60);
            plug(world, 1);
            card(world, 1, "B");
            world_pass(world, 100);
            assert_int_equal(kept(world), 0);
            world_power_off(world);
        }
        was_reached = memory.calls >= nth;
        assert_int_equal(memory.blocks, 0);
        world_free(world);
    }
}

/* The views are those of a display; they are asked for in callbacks, too. */
static size_t seen_in_callbacks;

static void look(struct world *world, const char *which, int evse)
{
    (void)which;
    (void)evse;
    struct ocpp_reservation_view view;
    if (world->cp != NULL && ocpp_charge_point_reservations(world->cp, &view, 1) == 1) {
        assert_int_equal(view.id, 11);
        assert_int_equal(view.evse, 1);
        assert_string_equal(view.token.id, "A");
        assert_string_equal(view.group, "");
        assert_string_equal(view.connector_type, "");
        seen_in_callbacks++;
    }
}

static void a_display_sees_who_has_reserved_what(void **state)
{
    struct world *world = world_of(state);
    seen_in_callbacks = 0;
    world->in_callback = look;
    assert_string_equal(reserve(world, 11, 1, "A", 3600), "Accepted");
    assert_true(seen_in_callbacks > 0);
    struct ocpp_reservation_view view;
    assert_int_equal(ocpp_charge_point_reservations(world->cp, &view, 1), 1);
    assert_int_equal(view.expires_utc_ms, world->central_utc_ms + world->now.mono_ms + 3600000);
    assert_false(view.presented);
    card(world, 1, "A");
    assert_int_equal(ocpp_charge_point_reservations(world->cp, &view, 1), 1);
    assert_true(view.presented);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(the_power_may_go_at_any_write_of_a_reservation_s_life),
        IN_EACH_VERSION(a_reservation_that_cannot_be_stored_is_rejected),
        IN_EACH_VERSION(a_cancellation_that_cannot_be_stored_is_rejected),
        IN_EACH_VERSION(an_end_that_cannot_be_stored_is_tried_again),
        IN_EACH_VERSION(a_reservation_is_used_when_the_start_is_stored),
        cmocka_unit_test(an_end_nobody_answered_is_told_again),
        cmocka_unit_test(an_end_that_was_refused_is_not_told_again),
        cmocka_unit_test(an_end_that_the_version_cannot_say_is_forgotten),
        cmocka_unit_test(a_full_table_gives_up_what_is_over_before_it_refuses),
        IN_EACH_VERSION(a_table_full_of_what_is_kept_refuses),
        IN_EACH_VERSION(records_beyond_a_table_that_shrank_are_dropped),
        IN_EACH_VERSION(the_reservation_of_an_evse_that_is_no_more_is_removed),
        cmocka_unit_test(too_many_reservations_are_no_setting),
        IN_EACH_VERSION(a_bad_record_is_set_aside_and_the_others_stay),
        IN_EACH_VERSION(a_store_that_fails_at_the_start_starts_nothing),
        IN_EACH_VERSION(a_reservation_ends_although_nobody_knows_the_time),
        IN_EACH_VERSION(a_reservation_that_ended_in_the_dark_is_over_when_the_time_is_known),
        IN_EACH_VERSION(every_allocation_may_fail),
        IN_EACH_VERSION(a_display_sees_who_has_reserved_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
