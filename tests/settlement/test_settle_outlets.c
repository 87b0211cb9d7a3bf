/* Sessions of a pile without a network: who may begin, when it stops, what is written, what is kept. */
#include "outlet_world.h"

#include "unit.h"

#include <ocpp/settlement/compute.h>

#include <string.h>

static int start(void **state)
{
    static struct outlet_world world;

    outlet_world_open(&world);
    *state = &world;
    return 0;
}

static int end(void **state)
{
    outlet_world_close(*state);
    return 0;
}

static enum ocpp_settle_refusal_code answer(struct outlet_world *world, const struct grant *grant)
{
    struct ocpp_settle_outlets_taken taken;

    assert_int_equal(give(world, authorise(world, grant), &taken), OCPP_OK);
    assert_int_equal(taken.code == OCPP_SETTLE_REFUSAL_CODE_UNSET, taken.session[0] != '\0');
    return taken.code;
}

/* An hour at 3.6 kW: 3.6 kWh for 1.62 and VAT of 0.31. */
static void a_session_is_authorised_charged_and_billed(void **state)
{
    struct outlet_world *world = *state;
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];

    begins(world, 1, "20.00");
    assert_false(world->outlet[1].is_on); /* nothing is plugged in */
    plug(world, 1);
    assert_true(world->outlet[1].is_on);
    outlet_pass_s(world, 3600);
    assert_int_equal(shown(world, 1).energy_mwh, 3600000);
    assert_int_equal(shown(world, 1).cost_minor, 193);
    unplug(world, 1);
    assert_false(world->outlet[1].is_on);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, hash);
    assert_non_null(page);
    assert_int_equal(page->page, 1);
    assert_string_equal(page->amount, "1.93");
    assert_string_equal(page->frozen, "20.00");
    assert_int_equal(page->meter_end_mwh - page->meter_start_mwh, 3600000);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_UNPLUGGED);
    assert_string_equal(page->consumed.items[0], page->jti);
    assert_int_equal(shown(world, 1).state, OCPP_SETTLE_OUTLET_STATE_FREE);
}

/* The backend computes it again from the page alone. */
static void a_bill_can_be_computed_again_from_its_page(void **state)
{
    struct outlet_world *world = *state;
    const struct ocpp_settle_bill *bill = NULL;

    plug(world, 1);
    begins(world, 1, "20.00");
    outlet_pass_s(world, 5000);
    world->outlet[1].power_mw = 0;
    outlet_pass_s(world, 2000);
    world->outlet[1].power_mw = 7200000;
    outlet_pass_s(world, 900);
    assert_int_equal(ocpp_settle_outlets_stop(world->outlets, 1, OCPP_SETTLE_SESSION_END_REMOTE, world->now), OCPP_OK);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_int_equal(ocpp_settle_compute(snapshot_of(world->arena, NULL), page->usage, OCPP_SETTLE_COMPUTE_MODE_FINAL,
                                         world_utc_ms(world), &world->server.contract, world->arena, &bill, NULL),
                     OCPP_OK);
    assert_int_equal(bill->gross_minor, 364); /* 6.8 kWh */
    assert_string_equal(page->amount, "3.64");
    assert_true(page->usage->events.count <= (size_t)world->settings.max_events);
}

/* D1. It stops by itself before the cap: whatever the vehicle draws within a sample, it never costs more than was frozen. */
static void a_pile_stops_by_itself_before_what_was_frozen_is_used_up(void **state)
{
    struct outlet_world *world = *state;

    world->settings.max_power_mw = 11000000;
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    world->outlet[1].power_mw = 11000000;
    plug(world, 1);
    begins(world, 1, "2.00");
    outlet_pass_s(world, 7200);
    assert_false(world->outlet[1].is_on);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_non_null(page);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_CAP_REACHED);
    assert_in_range(shown(world, 1).cost_minor, 0, 200);
    assert_true(strcmp(page->amount, "1.80") >= 0 && strcmp(page->amount, "2.00") <= 0);
}

/* D1. */
static void too_little_for_one_sample_starts_nothing_and_costs_nothing(void **state)
{
    struct outlet_world *world = *state;

    plug(world, 1);
    begins(world, 1, "0.05");
    assert_int_equal(world->outlet[1].closings, 0);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_CAP_REACHED);
    assert_string_equal(page->amount, "0.00");
}

/* D2. The phone is gone: nobody asks the pile anything, and it goes on to the cap and keeps the bill. */
static void charging_goes_on_to_the_cap_when_the_phone_is_gone(void **state)
{
    struct outlet_world *world = *state;

    plug(world, 1);
    begins(world, 1, "5.00");
    outlet_pass_s(world, 36000);
    assert_int_equal(fetch(world, 0, NULL)->reason, OCPP_SETTLE_SESSION_END_CAP_REACHED);
    outlet_pass_s(world, 30 * 86400);
    assert_non_null(fetch(world, 0, NULL));
}

/* D7. */
static void an_authorisation_is_good_once(void **state)
{
    struct outlet_world *world = *state;
    struct ocpp_settle_outlets_taken taken;
    const struct grant grant = { .outlet = 1 };
    const char *parcel = authorise(world, &grant);

    plug(world, 1);
    assert_int_equal(give(world, parcel, &taken), OCPP_OK);
    const char *session = ocpp_arena_text(world->arena, taken.session, strlen(taken.session));
    assert_int_equal(give(world, parcel, &taken), OCPP_OK); /* while it lasts: the same answer */
    assert_string_equal(taken.session, session);
    outlet_pass_s(world, 60);
    unplug(world, 1);
    assert_int_equal(give(world, parcel, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
    assert_int_equal(give(world, acknowledge(world, 1, NULL, OCPP_SETTLE_PAGE_RESULT_ACCEPTED), &taken), OCPP_OK);
    assert_int_equal(give(world, parcel, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
    assert_int_equal(world->outlet[1].closings, 1);
    assert_true(world->security > 0);
}

/* D7. Elsewhere. */
static void an_authorisation_is_good_at_its_pile_and_outlet_only(void **state)
{
    struct outlet_world *world = *state;

    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .aud = "PILE-2" }), OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 2, .nonce = ask_status(world, 1)->nonce }),
                     OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 3, .nonce = ask_status(world, 1)->nonce }),
                     OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    assert_int_equal(shown(world, 1).state, OCPP_SETTLE_OUTLET_STATE_FREE);
}

/* D7. Out of order within the window of 64; below it, or twice: no. */
static void authorisations_may_come_out_of_order_within_a_window_of_64(void **state)
{
    struct outlet_world *world = *state;
    static const struct {
        int64_t seq;
        bool is_taken;
    } tries[] = { { 100, true }, { 99, true },   { 99, false }, { 37, true },
                  { 36, false }, { 100, false }, { 101, true }, { 37, false } };

    plug(world, 1);
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        const enum ocpp_settle_refusal_code code = answer(world, &(struct grant){ .outlet = 1, .seq = tries[i].seq });

        assert_int_equal(code, tries[i].is_taken ? OCPP_SETTLE_REFUSAL_CODE_UNSET : OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
        (void)ocpp_settle_outlets_stop(world->outlets, 1, OCPP_SETTLE_SESSION_END_LOCAL, world->now);
    }
}

/* D7. A restart forgets nonces, not what was used. */
static void what_was_used_is_known_after_a_restart(void **state)
{
    struct outlet_world *world = *state;

    begins(world, 1, "5.00");
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .seq = 1 }), OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .seq = 2 }), OCPP_SETTLE_REFUSAL_CODE_UNSET);
}

/* D8. The pile needs no clock to know that. */
static void an_authorisation_that_comes_late_is_refused_and_told_so(void **state)
{
    struct outlet_world *world = *state;
    const char *late = authorise(world, &(struct grant){ .outlet = 1, .lasts_s = 60 });
    const char *later = authorise(world, &(struct grant){ .outlet = 2, .lasts_s = 86400 });
    struct ocpp_settle_outlets_taken taken;

    outlet_pass_s(world, 61);
    assert_int_equal(give(world, late, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    outlet_pass_s(world, 600);
    assert_int_equal(give(world, later, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    const struct ocpp_settle_pile_status *status = ask_status(world, 1);
    assert_int_equal(status->used.count, 2);
    assert_int_equal(status->used.items[0].state, OCPP_SETTLE_USE_STATE_REFUSED);
}

/* D9, D4. One character is another. */
static void what_was_altered_is_refused(void **state)
{
    struct outlet_world *world = *state;
    const char *parcel = authorise(world, &(struct grant){ .outlet = 1 });
    const size_t size = strlen(parcel);
    int refused = 0;

    for (size_t i = 30; i < size; i += 7) {
        char *altered = ocpp_arena_text(world->arena, parcel, size);

        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        refused += give(world, altered, NULL) != OCPP_OK;
        assert_int_equal(shown(world, 1).state, OCPP_SETTLE_OUTLET_STATE_FREE);
    }
    assert_true(refused > 50);
    assert_true(world->security > 0);
    assert_int_equal(give(world, parcel, NULL), OCPP_OK);
    assert_int_equal(shown(world, 1).state, OCPP_SETTLE_OUTLET_STATE_WAITING);
}

/* What could not be read back at the next start would end the pile. */
static void what_is_no_point_is_not_pinned(void **state)
{
    struct outlet_world *world = *state;
    static struct outlet_world bare;
    unsigned char root[OCPP_SETTLE_POINT_SIZE] = { 2 };

    (void)world;
    outlet_world_open_bare(&bare, "PILE-3", 77);
    assert_int_equal(ocpp_settle_outlets_pin(bare.outlets, "root", root, bare.now), OCPP_ERR_ARGUMENT);
    outlet_world_cut(&bare);
    assert_int_equal(outlet_world_boot(&bare), OCPP_OK);
    outlet_world_close(&bare);
}

static void a_key_the_root_did_not_certify_authorises_nothing(void **state)
{
    struct outlet_world *world = *state;

    assert_int_equal(give(world, authorise(world, &(struct grant){ .outlet = 1, .key = "thief" }), NULL), OCPP_ERR_SECURITY);
}

/* D13. The server changed its key while the pile was out of reach; the old one was stolen. */
static void a_rotated_key_counts_once_the_root_says_so_and_the_stolen_one_no_more(void **state)
{
    struct outlet_world *world = *state;
    const char *stolen = authorise(world, &(struct grant){ .outlet = 1 });

    assert_int_equal(give(world, certify(world, "server2", 2, 1, 2), NULL), OCPP_OK);
    assert_int_equal(give(world, stolen, NULL), OCPP_ERR_SECURITY);
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    assert_int_equal(give(world, authorise(world, &(struct grant){ .outlet = 1 }), NULL), OCPP_ERR_SECURITY);
    assert_int_equal(give(world, certify(world, "server1", 1, 0, 0), NULL), OCPP_OK); /* passed over */
    assert_int_equal(give(world, authorise(world, &(struct grant){ .outlet = 1 }), NULL), OCPP_ERR_SECURITY);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .key = "server2" }), OCPP_SETTLE_REFUSAL_CODE_UNSET);
}

/* D17. */
static void of_two_that_collide_the_first_wins_and_the_other_is_told_refused(void **state)
{
    struct outlet_world *world = *state;
    const char *jti = "0123456789ABCDEFGHJKMNPQRS";
    const char *first = authorise(world, &(struct grant){ .outlet = 1 });
    const char *second = authorise(world, &(struct grant){ .outlet = 1, .jti = jti });
    struct ocpp_settle_outlets_taken taken;

    assert_int_equal(give(world, first, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_UNSET);
    assert_int_equal(give(world, second, &taken), OCPP_OK);
    assert_int_equal(taken.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    const struct ocpp_settle_pile_status *status = ask_status(world, 1);
    assert_int_equal(status->used.count, 2);
    assert_int_equal(status->used.items[0].state, OCPP_SETTLE_USE_STATE_CHARGING);
    assert_int_equal(status->used.items[1].state, OCPP_SETTLE_USE_STATE_REFUSED);
    assert_string_equal(status->used.items[1].jti, jti);
}

/* D18. */
static void no_session_begins_when_the_store_is_full_of_bills(void **state)
{
    struct outlet_world *world = *state;

    plug(world, 1);
    for (int i = 0; i < world->settings.max_pages; i++) {
        begins(world, 1, "5.00");
        assert_int_equal(ocpp_settle_outlets_stop(world->outlets, 1, OCPP_SETTLE_SESSION_END_LOCAL, world->now), OCPP_OK);
        ocpp_arena_reset(world->arena);
    }
    assert_int_equal(ask_status(world, 1)->room, 0);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1 }), OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED);
    assert_int_equal(world->full, 1);
    assert_int_equal(give(world, acknowledge(world, 5, NULL, OCPP_SETTLE_PAGE_RESULT_ACCEPTED), NULL), OCPP_OK);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1 }), OCPP_SETTLE_REFUSAL_CODE_UNSET);
}

/* D16. */
static void a_page_is_kept_until_a_signed_acknowledgement_of_this_very_page(void **state)
{
    struct outlet_world *world = *state;
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];

    plug(world, 1);
    begins(world, 1, "5.00");
    outlet_pass_s(world, 600);
    unplug(world, 1);
    assert_non_null(fetch(world, 0, hash));
    assert_int_equal(give(world, acknowledge(world, 1, NULL, OCPP_SETTLE_PAGE_RESULT_QUARANTINED), NULL), OCPP_OK);
    hash[3] = hash[3] == '0' ? '1' : '0';
    assert_int_equal(give(world, acknowledge(world, 1, hash, OCPP_SETTLE_PAGE_RESULT_ACCEPTED), NULL), OCPP_OK);
    assert_int_equal(world->security, 1);
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    assert_non_null(fetch(world, 0, NULL));
    const char *good = acknowledge(world, 1, NULL, OCPP_SETTLE_PAGE_RESULT_DUPLICATE);
    assert_int_equal(give(world, good, NULL), OCPP_OK);
    assert_null(fetch(world, 0, NULL));
    assert_int_equal(give(world, good, NULL), OCPP_OK);
}

static void pages_follow_one_another_and_name_the_one_before(void **state)
{
    struct outlet_world *world = *state;
    char before[OCPP_SETTLE_HASH_TEXT_SIZE] = "0000000000000000000000000000000000000000000000000000000000000000";
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];

    for (int i = 1; i <= 4; i++) {
        plug(world, 1 + i % 2);
        begins(world, 1 + i % 2, "5.00");
        outlet_pass_s(world, 100);
        unplug(world, 1 + i % 2);
        const struct ocpp_settle_bill_page *page = fetch(world, i, hash);
        assert_int_equal(page->page, i);
        assert_string_equal(page->prev, before);
        memcpy(before, hash, sizeof before);
        if (i == 2) {
            outlet_world_cut(world);
            assert_int_equal(outlet_world_boot(world), OCPP_OK);
        }
    }
    assert_string_equal(ask_status(world, 1)->prev, before);
}

/* Two that end at once stand in one chain. */
static void sessions_that_end_together_have_pages_of_their_own(void **state)
{
    struct outlet_world *world = *state;
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];

    for (int i = 1; i <= 2; i++) {
        plug(world, i);
        begins(world, i, "5.00");
    }
    outlet_pass_s(world, 100);
    test_storage_delay(world->storage, true);
    unplug(world, 1);
    unplug(world, 2);
    test_storage_delay(world->storage, false);
    outlet_pass_s(world, 1);
    assert_non_null(fetch(world, 1, hash));
    assert_string_equal(fetch(world, 2, NULL)->prev, hash);
}

/* D15, D19. The pile knows no date: the authorisation tells it. */
static void a_pile_without_a_date_takes_it_from_the_authorisation(void **state)
{
    struct outlet_world *world = *state;

    plug(world, 1);
    begins(world, 1, "5.00");
    const int64_t from = world_utc_ms(world);
    outlet_pass_s(world, 600);
    unplug(world, 1);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_int_equal(page->time_status, OCPP_SETTLE_TIME_STATUS_RELATIVE);
    assert_false(page->begin.has_utc);
    assert_int_equal(page->usage->events.items[0].at, from);
    assert_int_equal(page->usage->events.items[page->usage->events.count - 1].at, from + 600000);
}

/* D15. */
static void a_clock_that_is_wrong_is_not_believed_and_one_that_is_right_is_named(void **state)
{
    struct outlet_world *world = *state;

    world->knows_utc = true;
    plug(world, 1);
    outlet_pass_s(world, 1);
    begins(world, 1, "5.00");
    outlet_pass_s(world, 60);
    unplug(world, 1);
    assert_int_equal(fetch(world, 1, NULL)->time_status, OCPP_SETTLE_TIME_STATUS_SYNCHRONISED);
    plug(world, 1);
    const struct grant grant = { .outlet = 1, .iat = world_utc_ms(world) - 7200000 }; /* the pile's clock is two hours ahead */
    assert_int_equal(give(world, authorise(world, &grant), NULL), OCPP_OK);
    outlet_pass_s(world, 60);
    unplug(world, 1);
    const struct ocpp_settle_bill_page *page = fetch(world, 2, NULL);
    assert_int_equal(page->time_status, OCPP_SETTLE_TIME_STATUS_RELATIVE);
    assert_int_equal(page->usage->events.items[0].at, grant.iat);
}

/* D19. The price holds by the zone's transitions that came along: cheap until noon, dear afterwards. */
static void the_tariff_that_came_along_prices_by_its_own_offsets(void **state)
{
    struct outlet_world *world = *state;
    static const char tariff[] = "{'id':'T2','currency':'EUR','dialect':'Own','elements':["
                                 "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':100000}],'restrictions':{'"
                                 "startMinute':0,'endMinute':730}},"
                                 "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':500000}]}]}";

    plug(world, 1); /* at noon: ten minutes are cheap */
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .tariff = tariff }), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    outlet_pass_s(world, 1200);
    unplug(world, 1);
    assert_string_equal(fetch(world, 0, NULL)->amount, "0.36"); /* 0.6 kWh each */
}

/* D19. Without any time the highest price there is guards the limit. */
static void without_any_time_the_highest_price_guards_the_limit(void **state)
{
    struct outlet_world *world = *state;
    static const char tariff[] = "{'id':'T2','currency':'EUR','dialect':'Own','elements':["
                                 "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':100000}],'restrictions':{'"
                                 "startMinute':0,'endMinute':600}},"
                                 "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':1000000}]}]}";
    const struct ocpp_settle_outlet_start card = {
        .outlet = 1, .token = "CARD", .snapshot = snapshot_of(world->arena, tariff), .most_minor = 300
    };
    char session[OCPP_SETTLE_ID_SIZE];

    plug(world, 1);
    assert_int_equal(ocpp_settle_outlets_start(world->outlets, &card, world->now, session), OCPP_OK);
    outlet_pass_s(world, 7200);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_CAP_REACHED);
    assert_in_range(page->meter_end_mwh - page->meter_start_mwh, 2000000, 3000000);
    assert_null(page->amount);
    assert_int_equal(page->time_status, OCPP_SETTLE_TIME_STATUS_UNKNOWN);
    assert_string_equal(page->user->token.id, "CARD");
}

static void a_card_charges_without_a_price_and_the_page_tells_readings(void **state)
{
    struct outlet_world *world = *state;
    const struct ocpp_settle_outlet_start card = { .outlet = 2, .token = "CARD", .type = "ISO14443", .binding = "phone" };
    char session[OCPP_SETTLE_ID_SIZE];

    plug(world, 2);
    assert_int_equal(ocpp_settle_outlets_start(world->outlets, &card, world->now, session), OCPP_OK);
    assert_int_equal(ocpp_settle_outlets_start(world->outlets, &card, world->now, session), OCPP_ERR_STATE);
    outlet_pass_s(world, 1000);
    unplug(world, 2);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_string_equal(page->session, session);
    assert_int_equal(page->meter_end_mwh - page->meter_start_mwh, 1000000);
    assert_null(page->amount);
    assert_null(page->jti);
}

/* A meter that does not answer measures nothing that could be asked for; one that falls tells nothing (B7). */
static void a_session_ends_when_its_meter_fails_or_falls(void **state)
{
    struct outlet_world *world = *state;

    for (int i = 1; i <= 2; i++) {
        plug(world, i);
        begins(world, i, "5.00");
    }
    outlet_pass_s(world, 600);
    world->outlet[1].is_broken = true;
    world->outlet[2].meter_mwh = 5;
    outlet_pass_s(world, 60);
    assert_int_equal(fetch(world, 1, NULL)->reason, OCPP_SETTLE_SESSION_END_FAULT);
    const struct ocpp_settle_bill_page *page = fetch(world, 2, NULL);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_METER_ANOMALY);
    assert_int_equal(page->meter_end_mwh - page->meter_start_mwh, 600000);
    assert_false(world->outlet[1].is_on || world->outlet[2].is_on);
}

static void a_fault_ends_the_session_and_a_contactor_that_does_not_close_costs_nothing(void **state)
{
    struct outlet_world *world = *state;

    plug(world, 1);
    begins(world, 1, "5.00");
    outlet_pass_s(world, 60);
    ocpp_settle_outlets_fault(world->outlets, 1, true, world->now);
    assert_int_equal(fetch(world, 1, NULL)->reason, OCPP_SETTLE_SESSION_END_FAULT);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1 }), OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    world->outlet[2].is_stuck = true;
    plug(world, 2);
    begins(world, 2, "5.00");
    assert_string_equal(fetch(world, 2, NULL)->amount, "0.00");
}

static void nobody_who_comes_leaves_a_bill_of_nothing(void **state)
{
    struct outlet_world *world = *state;

    begins(world, 1, "5.00");
    outlet_pass_s(world, 601);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_int_equal(page->reason, OCPP_SETTLE_SESSION_END_NOT_STARTED);
    assert_string_equal(page->amount, "0.00");
    assert_null(page->usage);
}

/* B15. Another firmware keeps fewer readings than the session has that it finds: its end has a place all the same. */
static void a_session_with_more_readings_than_are_kept_now_ends_within_its_room(void **state)
{
    struct outlet_world *world = *state;
    const int64_t power_mw = world->outlet[1].power_mw;

    begins(world, 1, "50.00");
    plug(world, 1);
    for (int i = 0; i < 12; i++) {
        outlet_pass_s(world, 60);
        world->outlet[1].power_mw = world->outlet[1].power_mw ? 0 : power_mw;
    }
    outlet_world_cut(world);
    world->settings.max_events = 8;
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_non_null(page);
    assert_true(page->usage->events.count <= 8);
    assert_int_equal(page->usage->events.items[page->usage->events.count - 1].kind, OCPP_SETTLE_USAGE_KIND_STOP);
}

/* A page with as many readings as may be kept is signed, and with room to spare for names. */
static void the_longest_session_fits_on_its_page(void **state)
{
    struct outlet_world *world = *state;
    const int64_t power_mw = world->outlet[1].power_mw;

    world->settings.max_events = 49;
    outlet_world_cut(world);
    assert_int_equal(outlet_world_boot(world), OCPP_ERR_ARGUMENT);
    world->settings.max_events = 48;
    assert_int_equal(outlet_world_boot(world), OCPP_OK);
    begins(world, 1, "5000.00");
    plug(world, 1);
    for (int i = 0; i < 100; i++) {
        outlet_pass_s(world, 60);
        world->outlet[1].power_mw = world->outlet[1].power_mw ? 0 : power_mw;
    }
    unplug(world, 1);
    const struct ocpp_settle_bill_page *page = fetch(world, 0, NULL);
    assert_non_null(page);
    assert_int_equal(page->usage->events.count, 48);
}

/* A vehicle that draws nothing stands idle from the reading at which it stopped. */
static void idle_time_begins_with_the_last_reading_that_moved(void **state)
{
    struct outlet_world *world = *state;
    static const char tariff[] = "{'id':'T3','currency':'EUR','dialect':'Own','elements':[{'components':[{'dimension':'Idle','"
                                 "unit':'Hour','priceMicro':6000000}]}]}";

    plug(world, 1);
    assert_int_equal(answer(world, &(struct grant){ .outlet = 1, .tariff = tariff }), OCPP_SETTLE_REFUSAL_CODE_UNSET);
    outlet_pass_s(world, 600);
    world->outlet[1].power_mw = 0;
    outlet_pass_s(world, 600);
    unplug(world, 1);
    assert_string_equal(fetch(world, 0, NULL)->amount, "1.00");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(a_session_is_authorised_charged_and_billed),
        CASE(a_bill_can_be_computed_again_from_its_page),
        CASE(a_pile_stops_by_itself_before_what_was_frozen_is_used_up),
        CASE(too_little_for_one_sample_starts_nothing_and_costs_nothing),
        CASE(charging_goes_on_to_the_cap_when_the_phone_is_gone),
        CASE(an_authorisation_is_good_once),
        CASE(an_authorisation_is_good_at_its_pile_and_outlet_only),
        CASE(authorisations_may_come_out_of_order_within_a_window_of_64),
        CASE(what_was_used_is_known_after_a_restart),
        CASE(an_authorisation_that_comes_late_is_refused_and_told_so),
        CASE(what_was_altered_is_refused),
        CASE(what_is_no_point_is_not_pinned),
        CASE(a_key_the_root_did_not_certify_authorises_nothing),
        CASE(a_rotated_key_counts_once_the_root_says_so_and_the_stolen_one_no_more),
        CASE(of_two_that_collide_the_first_wins_and_the_other_is_told_refused),
        CASE(no_session_begins_when_the_store_is_full_of_bills),
        CASE(a_page_is_kept_until_a_signed_acknowledgement_of_this_very_page),
        CASE(pages_follow_one_another_and_name_the_one_before),
        CASE(sessions_that_end_together_have_pages_of_their_own),
        CASE(a_pile_without_a_date_takes_it_from_the_authorisation),
        CASE(a_clock_that_is_wrong_is_not_believed_and_one_that_is_right_is_named),
        CASE(the_tariff_that_came_along_prices_by_its_own_offsets),
        CASE(without_any_time_the_highest_price_guards_the_limit),
        CASE(a_card_charges_without_a_price_and_the_page_tells_readings),
        CASE(a_session_ends_when_its_meter_fails_or_falls),
        CASE(a_fault_ends_the_session_and_a_contactor_that_does_not_close_costs_nothing),
        CASE(nobody_who_comes_leaves_a_bill_of_nothing),
        CASE(a_session_with_more_readings_than_are_kept_now_ends_within_its_room),
        CASE(the_longest_session_fits_on_its_page),
        CASE(idle_time_begins_with_the_last_reading_that_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
