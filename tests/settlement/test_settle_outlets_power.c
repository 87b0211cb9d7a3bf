/* The power goes at each write of a pile without a network, memory at each allocation. Whatever the moment: the contactor closes
 * only on what is durable, an authorisation begins once, the chain goes on, and at most one sample is lost (B15). */
#include "allocator.h"
#include "outlet_world.h"

#include "unit.h"

#include <string.h>

enum { MOST_CUTS = 40 };

static bool sees(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)user = true;
    return false;
}

static bool is_on_disk(struct outlet_world *world, const char *key)
{
    bool found = false;

    (void)world->disk->read(key, sees, &found, world->disk->user);
    return found;
}

/* D7. Who it was and that it was used is on the disk before energy can flow. */
static void only_on_what_is_durable(struct outlet_world *world, int outlet, bool on)
{
    if (on) {
        assert_int_equal(test_storage_waiting(world->storage), 0);
        assert_true(is_on_disk(world, outlet == 1 ? "outlets/session/01" : "outlets/session/02"));
        assert_true(is_on_disk(world, outlet == 1 ? "outlets/used/01" : "outlets/used/02"));
    }
}

/* One session, acknowledged, and a second one that is not. */
static void play(struct outlet_world *world, const char *parcel)
{
    plug(world, 1);
    (void)give(world, parcel, NULL);
    outlet_pass_s(world, 200);
    if (!test_storage_is_cut(world->storage)) {
        unplug(world, 1);
    }
    outlet_pass_s(world, 10);
    if (!test_storage_is_cut(world->storage) && fetch(world, 1, NULL)) {
        (void)give(world, acknowledge(world, 1, NULL, OCPP_SETTLE_PAGE_RESULT_ACCEPTED), NULL);
    }
    outlet_pass_s(world, 10);
}

/* Every page there is follows the one before it; what it says is what the meter showed, but for a sample. */
static void the_chain_goes_on(struct outlet_world *world, bool was_acknowledged)
{
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE] = "0000000000000000000000000000000000000000000000000000000000000000";
    char next[OCPP_SETTLE_HASH_TEXT_SIZE];
    int64_t billed = 0;

    for (int64_t number = was_acknowledged ? 2 : 1;; number++) {
        const struct ocpp_settle_bill_page *page = fetch(world, number, next);

        if (!page) {
            break;
        }
        assert_int_equal(page->page, number);
        if (number == 1) {
            assert_string_equal(page->prev, hash);
        }
        memcpy(hash, next, sizeof hash);
        billed += page->meter_end_mwh - page->meter_start_mwh;
    }
    if (!was_acknowledged) {
        const int64_t measured = world->outlet[1].meter_mwh - 7 * WORLD_KWH_MWH;

        assert_true(billed <= measured);
        assert_true(measured - billed <= 61000); /* mWh of a minute at 3.6 kW */
    }
}

static bool cut_at(unsigned write, size_t keep, bool gathers)
{
    static struct outlet_world world;
    struct ocpp_settle_outlets_taken taken;

    outlet_world_open(&world);
    world.before_switch = only_on_what_is_durable;
    const char *parcel = authorise(&world, &(struct grant){ .outlet = 1 });
    char *kept = malloc(strlen(parcel) + 1);
    memcpy(kept, parcel, strlen(parcel) + 1);
    test_storage_delay(world.storage, gathers);
    test_storage_cut(world.storage, write, keep);
    play(&world, kept);
    const bool was_cut = test_storage_is_cut(world.storage);
    outlet_world_cut(&world);
    assert_false(world.outlet[1].is_on);
    assert_int_equal(outlet_world_boot(&world), OCPP_OK);
    the_chain_goes_on(&world, ask_status(&world, 0)->page > 0 && !fetch(&world, 1, NULL));
    const int closings = world.outlet[1].closings;
    plug(&world, 1);
    assert_int_equal(give(&world, kept, &taken), OCPP_OK); /* the same one never begins again */
    assert_int_equal(world.outlet[1].closings, closings);
    begins(&world, 1, "5.00");
    outlet_pass_s(&world, 61);
    unplug(&world, 1);
    assert_non_null(fetch(&world, ask_status(&world, 0)->page, NULL));
    free(kept);
    outlet_world_close(&world);
    return was_cut;
}

static void a_power_cut_at_any_write_begins_nothing_twice_and_loses_no_bill(void **state)
{
    (void)state;
    for (size_t keep = 0; keep <= 1; keep++) {
        bool was_cut = true;

        for (unsigned write = 1; was_cut && write < MOST_CUTS; write += every()) {
            was_cut = cut_at(write, keep, false);
        }
        assert_false(was_cut);
    }
}

/* A store that gathers: what is not durable yet closes no contactor. */
static void nothing_flows_while_the_store_has_not_said_that_it_is_durable(void **state)
{
    static struct outlet_world world;

    (void)state;
    outlet_world_open(&world);
    world.before_switch = only_on_what_is_durable;
    plug(&world, 1);
    test_storage_delay(world.storage, true);
    begins(&world, 1, "5.00");
    outlet_pass_s(&world, 30);
    assert_false(world.outlet[1].is_on);
    assert_int_equal(shown(&world, 1).state, OCPP_SETTLE_OUTLET_STATE_WAITING);
    assert_int_equal(ask_status(&world, 1)->used.count, 0); /* no proof of what may yet be lost */
    world.settings.storage->flush(world.settings.storage->user);
    test_storage_delay(world.storage, false);
    outlet_pass_s(&world, 1);
    assert_true(world.outlet[1].is_on);
    outlet_world_close(&world);
}

static void a_session_that_cannot_be_stored_does_not_begin(void **state)
{
    static struct outlet_world world;

    (void)state;
    outlet_world_open(&world);
    plug(&world, 1);
    const char *parcel = authorise(&world, &(struct grant){ .outlet = 1 });
    test_storage_refuse(world.storage, 1, OCPP_ERR_FULL);
    assert_int_equal(give(&world, parcel, NULL), OCPP_OK);
    assert_int_equal(world.refused, 1);
    assert_int_equal(world.outlet[1].closings, 0);
    assert_int_equal(shown(&world, 1).state, OCPP_SETTLE_OUTLET_STATE_OCCUPIED);
    outlet_world_close(&world);
}

static void a_bill_whose_write_fails_is_written_again_under_the_same_number(void **state)
{
    static struct outlet_world world;

    (void)state;
    outlet_world_open(&world);
    plug(&world, 1);
    begins(&world, 1, "5.00");
    outlet_pass_s(&world, 90);
    test_storage_lose(world.storage, 1, OCPP_ERR_STORAGE);
    unplug(&world, 1);
    assert_null(fetch(&world, 0, NULL));
    assert_int_equal(shown(&world, 1).state, OCPP_SETTLE_OUTLET_STATE_CLOSING);
    outlet_pass_s(&world, 10);
    assert_int_equal(fetch(&world, 0, NULL)->page, 1);
    assert_int_equal(world.ended, 1);
    outlet_world_close(&world);
}

/* B15. */
static void a_session_ends_at_its_last_durable_reading(void **state)
{
    static struct outlet_world world;

    (void)state;
    outlet_world_open(&world);
    plug(&world, 1);
    begins(&world, 1, "5.00");
    outlet_pass_s(&world, 150);
    outlet_world_cut(&world);
    world.outlet[1].is_on = false;
    assert_int_equal(outlet_world_boot(&world), OCPP_OK);
    const struct ocpp_settle_bill_page *page = fetch(&world, 0, NULL);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_LOST);
    assert_int_equal(page->meter_end_mwh - page->meter_start_mwh, 120000);
    assert_string_equal(page->amount, "0.06");
    outlet_world_close(&world);
}

/* D10. Without its chain a pile would begin with page 1 once more. */
static void a_pile_that_lost_its_chain_does_not_start(void **state)
{
    static struct outlet_world world;
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = "outlets/chain" };

    (void)state;
    outlet_world_open(&world);
    plug(&world, 1);
    begins(&world, 1, "5.00");
    outlet_world_cut(&world);
    assert_int_equal(world.disk->write(&change, 1, NULL, NULL, world.disk->user), OCPP_OK);
    assert_int_equal(outlet_world_boot(&world), OCPP_ERR_CORRUPT);
    world.outlets = NULL;
    outlet_world_close(&world);
}

static void memory_that_fails_anywhere_begins_nothing_by_half(void **state)
{
    static struct outlet_world world;
    static struct test_allocator memory;
    bool failed = true;

    (void)state;
    for (size_t nth = 1; failed && nth < 400; nth += every()) {
        struct ocpp_settle_outlets_taken taken;
        char session[OCPP_SETTLE_ID_SIZE];

        outlet_world_open(&world);
        const char *parcel = authorise(&world, &(struct grant){ .outlet = 1 });
        ocpp_settle_outlets_free(world.outlets);
        test_allocator_start(&memory, nth);
        world.settings.allocator = &memory.allocator;
        enum ocpp_status status = outlet_world_boot(&world);
        if (status == OCPP_OK) {
            plug(&world, 1);
            status = give(&world, parcel, &taken);
            const struct ocpp_settle_outlet_start card = {
                .outlet = 1, .token = "CARD", .snapshot = snapshot_of(world.arena, NULL), .most_minor = 500
            };
            status = ocpp_settle_outlets_start(world.outlets, &card, world.now, session);
            assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
            outlet_pass_s(&world, 130);
            unplug(&world, 1);
            outlet_pass_s(&world, 10);
        } else {
            assert_int_equal(status, OCPP_ERR_NOMEM);
            world.outlets = NULL;
        }
        failed = memory.calls >= nth;
        outlet_world_close(&world);
        assert_int_equal(memory.blocks, 0);
    }
    assert_false(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_any_write_begins_nothing_twice_and_loses_no_bill),
        cmocka_unit_test(nothing_flows_while_the_store_has_not_said_that_it_is_durable),
        cmocka_unit_test(a_session_that_cannot_be_stored_does_not_begin),
        cmocka_unit_test(a_bill_whose_write_fails_is_written_again_under_the_same_number),
        cmocka_unit_test(a_session_ends_at_its_last_durable_reading),
        cmocka_unit_test(a_pile_that_lost_its_chain_does_not_start),
        cmocka_unit_test(memory_that_fails_anywhere_begins_nothing_by_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
