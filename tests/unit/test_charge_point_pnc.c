/* ISO 15118 under bad conditions: memory that runs out, a store that refuses, callbacks that ask at once for more, settings out
 * of their range. Whatever happens, each question that was taken gets exactly one answer, and only an accepted contract charges.
 */
#include "allocator.h"
#include "ev_world.h"
#include "profile_texts.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define EMAID "DE-8AA-1A2B3C4D5"

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* Under bad conditions nearly any of them may be right. */
static void whatever(enum ocpp_status status)
{
    (void)status;
}

/* What was asked and taken, and is to be answered. */
struct asked {
    int contracts;
    int certificates;
    int offers;
};

static const char two_schedules[] =
    "{'evseId':1,'chargingProfile':{'id':7,'stackLevel':1,'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Relative',"
    "'transactionId':'%s','chargingSchedule':[{'id':1,'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':"
    "9000}],"
    "'salesTariff':{'id':1,'salesTariffEntry':[{'relativeTimeInterval':{'start':0}}]}},"
    "{'id':2,'chargingRateUnit':'W','chargingSchedulePeriod':[{'startPeriod':0,'limit':7000}]}]}}";

static void set_schedules(struct ev_world *ev)
{
    char text[1024];
    if (world_is_old(ev->world) || ev->world->session_count == 0) {
        return;
    }
    snprintf(text, sizeof(text), two_schedules, ev->world->sessions[0].id);
    (void)central_asks(ev->world, "SetChargingProfile", text);
}

/* An afternoon with one vehicle. */
static struct asked live(struct ev_world *ev, enum ocpp_version version)
{
    struct asked asked = { 0 };
    struct world *world = ev->world;
    const struct ocpp_ocsp_target targets[] = { target_number(1), target_number(2) };
    world_connect(world, version);
    whatever(ocpp_charge_point_ocsp_targets(world->cp, targets, 2, world->now));
    world_run(world);
    whatever(ocpp_charge_point_plug(world->cp, 1, 1, true, world->now));
    whatever(ocpp_charge_point_ev_session(world->cp, 1, true, world->now));
    world_run(world);
    asked.certificates += want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgC") == OCPP_OK;
    asked.contracts += present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, "CHAIN") == OCPP_OK;
    asked.offers += tell_needs(ev, 1, NULL) == OCPP_OK;
    set_schedules(ev);
    world_pass(world, 60);
    if (ev->offers > 0) {
        (void)choose(ev, 1, ev->schedules[ev->offer.count - 1].id, 0);
    }
    world_pass(world, 60);
    world_disconnect(world);
    asked.offers += tell_needs(ev, 1, NULL) == OCPP_OK;
    world_pass(world, 60);
    world_connect(world, version);
    whatever(ocpp_charge_point_plug(world->cp, 1, 1, false, world->now));
    world_pass(world, 120);
    return asked;
}

static void is_answered(const struct ev_world *ev, const struct asked *asked)
{
    assert_int_equal(ev->verdicts, asked->contracts);
    assert_int_equal(ev->certificates, asked->certificates);
    assert_true(ev->offers >= asked->offers);
}

static size_t live_without_memory(enum ocpp_version version, size_t nth)
{
    struct test_allocator memory;
    struct ev_world *ev = ev_world_new();
    test_allocator_start(&memory, nth);
    ev->world->settings.allocator = &memory.allocator;
    ev->world->is_starved = true;
    ev->world->cp =
        ocpp_charge_point_new(&ev->world->settings, &ev->world->hardware, test_storage_face(ev->world->storage), ev->world->now);
    if (ev->world->cp != NULL) {
        const struct asked asked = live(ev, version);
        is_answered(ev, &asked);
    }
    const size_t calls = memory.calls;
    ev_world_free(ev);
    assert_int_equal(memory.blocks, 0);
    return calls;
}

static void any_allocation_may_fail_once(void **state)
{
    const size_t calls = live_without_memory(version_of(state), 0);
    print_message("    %zu allocations\n", calls);
    for (size_t nth = 1; nth <= calls; nth++) {
        live_without_memory(version_of(state), nth);
    }
}

static unsigned live_with_store(enum ocpp_version version, unsigned nth)
{
    struct ev_world *ev = ev_world_new();
    test_storage_refuse(ev->world->storage, nth, OCPP_ERR_FULL);
    ev->world->cp =
        ocpp_charge_point_new(&ev->world->settings, &ev->world->hardware, test_storage_face(ev->world->storage), ev->world->now);
    if (ev->world->cp != NULL) {
        const struct asked asked = live(ev, version);
        is_answered(ev, &asked);
    }
    const unsigned writes = test_storage_writes(ev->world->storage);
    ev_world_free(ev);
    return writes;
}

static void any_write_may_be_refused(void **state)
{
    const unsigned writes = live_with_store(version_of(state), 0);
    print_message("    %u writes\n", writes);
    for (unsigned nth = 1; nth <= writes; nth++) {
        live_with_store(version_of(state), nth);
    }
}

/* The power goes in the middle of what is written about an answer: it is there whole, or not at all. */
static void an_answer_about_a_certificate_is_kept_whole_or_not_at_all(void **state)
{
    static char result[5485];
    for (size_t i = 0; i < sizeof(result) - 1; i++) {
        result[i] = "MIIBCgoB"[i % 8];
    }
    for (unsigned nth = 1; nth <= 12; nth++) {
        struct ev_world *ev = ev_world_new();
        const struct ocpp_ocsp_target target = target_number(1);
        const unsigned char *der;
        size_t size;
        ev->ocsp_result = result;
        world_power_on(ev->world);
        world_connect(ev->world, version_of(state));
        test_storage_cut(ev->world->storage, nth, 1);
        whatever(ocpp_charge_point_ocsp_targets(ev->world->cp, &target, 1, ev->world->now));
        world_run(ev->world);
        world_power_back(ev->world, 5);
        if (ocpp_charge_point_ocsp(ev->world->cp, &target.certificate, &der, &size, ev->world->now) == OCPP_OK) {
            assert_int_equal(size, (sizeof(result) - 1) / 4 * 3);
            assert_int_equal(der[size - 1], 0x01);
        }
        ev_world_free(ev);
    }
}

static void ask_more(struct ev_world *ev, const char *which)
{
    struct ocpp_charge_point *cp = ev->world->cp;
    const struct ocpp_now now = ev->world->now;
    const struct ocpp_ev_needs needs = ac_needs();
    const struct ocpp_contract contract = { .emaid = EMAID, .check = OCPP_CONTRACT_VALID };
    const struct ocpp_ev_certificate_request request = { OCPP_EV_CERTIFICATE_UPDATE, "urn", "gJgC" };
    const struct ocpp_ocsp_target target = target_number(9);
    if (ev->verdicts + ev->certificates + ev->offers + ev->ocsp_answers > 20) {
        return;
    }
    (void)which;
    whatever(ocpp_charge_point_contract(cp, 1, &contract, now));
    whatever(ocpp_charge_point_ev_certificate(cp, 1, &request, now));
    whatever(ocpp_charge_point_ev_needs(cp, 1, &needs, now));
    whatever(ocpp_charge_point_ocsp_targets(cp, &target, 1, now));
}

static void callbacks_may_ask_for_more(void **state)
{
    struct ev_world *ev = ev_world_new();
    ev->in_callback = ask_more;
    world_power_on(ev->world);
    live(ev, version_of(state));
    assert_true(ev->verdicts > 1);
    assert_true(ev->certificates > 1);
    assert_true(ev->offers > 1);
    ev_world_free(ev);
}

static void settings_out_of_their_range_are_refused(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_new();
    const struct ocpp_plug_and_charge_settings right = ev->settings;
    struct ocpp_plug_and_charge_settings *s = &ev->settings;
    static char long_text[70];
    memset(long_text, 'x', 65);
#define IS_WRONG(change)                                                                                                         \
    do {                                                                                                                         \
        *s = right;                                                                                                              \
        change;                                                                                                                  \
        assert_null(ocpp_charge_point_new(&ev->world->settings, &ev->world->hardware, test_storage_face(ev->world->storage),     \
                                          ev->world->now));                                                                      \
    } while (0)
    IS_WRONG(s->secc_id = long_text);
    IS_WRONG(s->organization = long_text);
    IS_WRONG(s->country = "NLD");
    IS_WRONG(s->contract_timeout_ms = 0);
    IS_WRONG(s->certificate_timeout_ms = -1);
    IS_WRONG(s->needs_timeout_ms = 0);
    IS_WRONG(s->renegotiation_wait_ms = -1);
    IS_WRONG(s->max_offer_periods = 0);
    IS_WRONG(s->max_offer_periods = 1025);
    IS_WRONG(s->max_tariff_entries = 1025);
    IS_WRONG(s->offer_horizon_s = 59);
    IS_WRONG(s->max_ocsp_targets = 0);
    IS_WRONG(s->max_ocsp_targets = 17);
    IS_WRONG(s->ocsp_refresh_ms = 604800001);
    IS_WRONG(s->ocsp_retry_ms = 0);
#undef IS_WRONG
    *s = right;
    world_power_on(ev->world);
    ev_world_free(ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(any_allocation_may_fail_once),
        IN_EACH_VERSION(any_write_may_be_refused),
        IN_EACH_VERSION(an_answer_about_a_certificate_is_kept_whole_or_not_at_all),
        IN_EACH_VERSION(callbacks_may_ask_for_more),
        cmocka_unit_test(settings_out_of_their_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
