/* Certificates of a charge point when something fails: the power at every write, every call of the crypto, of the store, of the
 * allocator; and those for vehicles, which another block asks for. What the messages mean is in tests/conformance. */
#include "certificate_world.h"

#include "allocator.h"
#include "certificates.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static bool is_dark(const struct certificate_world *all)
{
    return test_storage_is_cut(all->world->storage);
}

static int requests(const struct certificate_world *all)
{
    return central_counts(all->world, "SignCertificate");
}

/* --- a life -------------------------------------------------------------------------------------------------------------------
 */

/* What the central system was told. */
struct life {
    bool was_ordered;
    bool was_taken;
};

/* Ordered, asked for twice, signed, used. The number of requests is that of this life. */
static struct life live(struct certificate_world *all)
{
    struct life life = { .was_ordered = false };
    const int before = requests(all);
    life.was_ordered = strcmp(order_certificate(all), "Accepted") == 0;
    if (!is_dark(all) && life.was_ordered) {
        world_pass(all->world, 61); /* the certificate is not there yet */
    }
    if (!is_dark(all) && requests(all) > before) {
        life.was_taken = strcmp(certify(all, "Root", 365), "Accepted") == 0;
    }
    if (!is_dark(all) && life.was_taken) {
        with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    }
    return life;
}

/* Whatever went before, a certificate can be had. */
static void is_well(struct certificate_world *all)
{
    const struct life life = live(all);
    assert_true(life.was_ordered);
    assert_true(life.was_taken);
    assert_int_not_equal(own_end(all), OCPP_UTC_UNKNOWN);
    world_pass(all->world, 86400);
    const int count = requests(all);
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), count); /* nothing is asked for any more */
}

/* --- the power
 * ------------------------------------------------------------------------------------------------------------------ */

static bool cut_at(enum ocpp_version version, unsigned nth, size_t keep)
{
    struct certificate_world *all = certificates_accepted(version);
    test_storage_cut(all->world->storage, nth, keep);
    const struct life life = live(all);
    const bool was_cut = is_dark(all);
    const int before = requests(all);
    char last[256] = "";
    if (before > 0) {
        snprintf(last, sizeof(last), "%s", last_request(all));
    }
    world_power_back(all->world, 120);
    world_connect(all->world, version);
    world_pass(all->world, 130);
    if (life.was_ordered && before == 0) { /* what was promised is kept */
        assert_true(requests(all) > 0);
    }
    if (life.was_ordered && before > 0 && !life.was_taken && all->crypto.own[OCPP_KEY_STATION].newest[0] == '\0') {
        assert_string_equal(last_request(all), last); /* the key that it had still stands behind it */
    }
    if (life.was_taken) {
        assert_int_not_equal(own_end(all), OCPP_UTC_UNKNOWN);
        assert_int_equal(requests(all), before);
    }
    is_well(all);
    certificates_free(all);
    return was_cut;
}

/* A02.FR.17, FR.18: a request that was promised is sent, and one that was sent stays the same. */
static void the_power_may_go_at_any_write(void **state)
{
    unsigned cuts = 0;
    for (size_t keep = 0; keep <= 1; keep++) {
        unsigned nth = 1;
        while (cut_at(version_of(state), nth, keep)) {
            nth++;
        }
        cuts += nth - 1;
    }
    print_message("    %u cuts\n", cuts);
    assert_true(cuts >= 8);
}

/* A02.FR.18: how often it was sent is not forgotten, or a station that starts anew every hour would never stop. */
static void a_restart_does_not_begin_the_repetitions_anew(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all); /* waits 60, 120, 240, 480 and 960 s */
    for (int restart = 0; restart < 10; restart++) {
        world_power_back(all->world, 60);
        world_connect(all->world, all->world->version);
        world_pass(all->world, 1000);
    }
    assert_int_equal(requests(all), 5);
    certificates_free(all);
}

/* A certificate that came, and the note of it that did not: the request is not sent again. */
static void a_power_cut_behind_the_certificate_ends_the_waiting(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    test_storage_cut(all->world->storage, 1, 0);
    certify(all, "Root", 365);
    assert_true(is_dark(all));
    world_power_back(all->world, 60);
    world_connect(all->world, all->world->version);
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 1);
    assert_int_not_equal(own_end(all), OCPP_UTC_UNKNOWN);
    certificates_free(all);
}

static void put(struct world *world, const char *key, const void *bytes, size_t size)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes, .size = size };
    struct ocpp_storage *store = test_storage_face(world->storage);
    assert_int_equal(store->write(&change, 1, NULL, NULL, store->user), OCPP_OK);
}

/* A record that cannot be read is set aside, and costs an order at most. */
static void a_record_that_is_spoiled_costs_an_order_at_most(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    world_power_off(all->world);
    put(all->world, "signing", "rubbish", 7);
    world_power_on(all->world);
    world_connect(all->world, version_of(state));
    is_well(all);
    certificates_free(all);
}

/* --- the crypto
 * ------------------------------------------------------------------------------------------------------------------ */

static size_t live_with_a_failing_call(enum ocpp_version version, size_t nth, enum ocpp_status failure)
{
    struct certificate_world *all = certificates_new();
    all->crypto.fail_at = nth;
    all->crypto.failure = failure;
    world_power_on(all->world);
    world_connect(all->world, version);
    live(all);
    const size_t calls = all->crypto.calls;
    all->crypto.fail_at = 0;
    world_pass(all->world, 300);
    install_root(all, "ManufacturerRootCertificate", "Maker");
    is_well(all);
    certificates_free(all);
    return calls;
}

static void any_call_of_the_crypto_may_fail_once(void **state)
{
    static const enum ocpp_status failures[] = { OCPP_ERR_STORAGE, OCPP_ERR_NOMEM, OCPP_ERR_CRYPTO, OCPP_ERR_ARGUMENT };
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        const size_t calls = live_with_a_failing_call(version_of(state), 0, failures[i]);
        assert_true(calls > 8);
        for (size_t nth = 1; nth <= calls; nth++) {
            live_with_a_failing_call(version_of(state), nth, failures[i]);
        }
    }
}

/* A crypto that fails for good: the station goes on without. */
static void a_crypto_that_fails_for_good_stops_nothing_else(void **state)
{
    struct certificate_world *all = certificates_new();
    all->crypto.fail_at = 1;
    all->crypto.fail_on = true;
    world_power_on(all->world);
    world_connect(all->world, version_of(state));
    assert_string_equal(order_certificate(all), "Accepted");
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 0);
    plug(all->world, 1);
    card(all->world, 1, "TAG");
    assert_true(all->world->closed[1]);
    all->crypto.fail_on = false;
    world_pass(all->world, 60);
    assert_int_equal(requests(all), 1);
    certificates_free(all);
}

/* --- the store
 * ------------------------------------------------------------------------------------------------------------------- */

static unsigned live_with_a_failing_write(enum ocpp_version version, unsigned nth)
{
    struct certificate_world *all = certificates_accepted(version);
    const unsigned before = test_storage_writes(all->world->storage);
    test_storage_refuse(all->world->storage, nth, OCPP_ERR_FULL);
    live(all);
    const unsigned writes = test_storage_writes(all->world->storage) - before;
    world_pass(all->world, 300);
    is_well(all);
    certificates_free(all);
    return writes;
}

static void any_write_may_be_refused_once(void **state)
{
    const unsigned writes = live_with_a_failing_write(version_of(state), 0);
    assert_true(writes >= 4);
    for (unsigned nth = 1; nth <= writes; nth++) {
        live_with_a_failing_write(version_of(state), nth);
    }
}

/* What cannot be kept is not promised. */
static void an_order_that_cannot_be_stored_is_rejected(void **state)
{
    struct certificate_world *all = certificates_of(state);
    test_storage_refuse(all->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(order_certificate(all), "Rejected");
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 0);
    test_storage_refuse(all->world->storage, 1, OCPP_ERR_FULL);
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, OCPP_KEY_STATION, all->world->now), OCPP_ERR_FULL);
    certificates_free(all);
}

/* --- the memory
 * ------------------------------------------------------------------------------------------------------------------ */

static size_t live_without_memory(enum ocpp_version version, size_t nth)
{
    struct test_allocator memory;
    struct certificate_world *all = certificates_new();
    test_allocator_start(&memory, 0);
    all->world->settings.allocator = &memory.allocator;
    world_power_on(all->world);
    world_connect(all->world, version);
    const size_t before = memory.calls;
    memory.fail_at = nth == 0 ? 0 : before + nth;
    live(all);
    installed(all, "CSMSRootCertificate");
    const size_t calls = memory.calls - before;
    memory.fail_at = 0;
    world_pass(all->world, 300);
    is_well(all);
    certificates_free(all);
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

/* --- settings
 * --------------------------------------------------------------------------------------------------------------------- */

static void settings_that_are_wrong_are_refused(void **state)
{
    (void)state;
    static const char long_name[] = "12345678901234567890123456789012345678901234567890123456789012345";
    for (int i = 0; i < 5; i++) {
        struct certificate_world *all = certificates_new();
        struct world *world = all->world;
        all->settings.organization = i == 0 ? long_name : "O";
        all->settings.common_name = i == 1 ? "\xff" : NULL;
        all->settings.key_kind = i == 2 ? (enum ocpp_key_kind)9 : OCPP_KEY_EC_P256;
        all->settings.hash = i == 3 ? (enum ocpp_hash)3 : OCPP_HASH_SHA256;
        world->settings.crypto = i == 4 ? NULL : &all->crypto.contract;
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
        certificates_free(all);
    }
}

/* The kind of key and the hash are the operator's choice. */
static void keys_and_hashes_are_of_the_kind_that_was_chosen(void **state)
{
    struct certificate_world *all = certificates_new();
    all->settings.key_kind = OCPP_KEY_RSA_3072;
    all->settings.hash = OCPP_HASH_SHA512;
    world_power_on(all->world);
    world_connect(all->world, version_of(state));
    order_certificate(all);
    assert_int_equal(all->crypto.last_request.kind, OCPP_KEY_RSA_3072);
    assert_int_equal(installed(all, "CSMSRootCertificate"), 1);
    assert_string_equal(value_of(all->world->answer, world_is_old(all->world)
                                                         ? "certificateHashData/0/hashAlgorithm"
                                                         : "certificateHashDataChain/0/certificateHashData/hashAlgorithm"),
                        "SHA512");
    certificates_free(all);
}

static void what_is_no_use_has_no_state(void **state)
{
    struct ocpp_signing signing;
    struct certificate_world *all = certificates_of(state);
    assert_int_equal(ocpp_charge_point_signing(all->world->cp, (enum ocpp_key_use)9, &signing), OCPP_ERR_ARGUMENT);
    certificates_free(all);
    struct world *world = world_of(state);
    assert_int_equal(ocpp_charge_point_signing(world->cp, OCPP_KEY_STATION, &signing), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_certificates_used(world->cp, OCPP_NEWEST, OCPP_NEWEST, world->now), OCPP_ERR_STATE);
    world_free(world);
}

/* --- for vehicles
 * ------------------------------------------------------------------------------------------------------------------ */

static struct {
    bool is_set;
    int renewed;
    int refused;
} vehicles;

static bool v2g_subject(const struct ocpp_charge_point *cp, struct ocpp_certificate_request *request)
{
    (void)cp;
    request->common_name = "SECC-1";
    request->organization = "Operator";
    request->country = "DE";
    request->domain_component = "CPO";
    return vehicles.is_set;
}

static void v2g_renewed(struct ocpp_charge_point *cp)
{
    (void)cp;
    vehicles.renewed++;
}

static void v2g_refused(struct ocpp_charge_point *cp)
{
    (void)cp;
    vehicles.refused++;
}

static const struct v2g_signing v2g_hooks = { .subject = v2g_subject, .renewed = v2g_renewed, .refused = v2g_refused };

static struct certificate_world *with_vehicles(void)
{
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    fake_add_root(&all->crypto, OCPP_ROOT_V2G, "V2G");
    ocpp_cp_certificates_serve_v2g(all->world->cp, &v2g_hooks);
    vehicles.is_set = true;
    vehicles.renewed = vehicles.refused = 0;
    return all;
}

static const char *order(struct certificate_world *all, const char *message)
{
    char payload[96];
    snprintf(payload, sizeof(payload), "{'requestedMessage':'%s'}", message);
    return value_of(central_asks(all->world, "TriggerMessage", payload), "status");
}

/* TC_A_12_CS; A02.FR.13, FR.15; A02, alternative scenario. */
static void a_certificate_for_vehicles_is_asked_for_and_used(void **state)
{
    (void)state;
    struct certificate_world *all = with_vehicles();
    assert_string_equal(order(all, "SignV2GCertificate"), "Accepted");
    central_sees(all->world, "SignCertificate", "certificateType=V2GCertificate");
    assert_string_equal(last_request(all), "REQUEST cn=SECC-1 o=Operator key=1\n");
    assert_string_equal(certify(all, "Root", 90), "Rejected"); /* not the hierarchy of vehicles */
    assert_string_equal(certify(all, "V2G", 90), "Accepted");  /* without a type: the key says whose it is */
    assert_int_equal(vehicles.renewed, 1);
    assert_int_equal(all->renewed[OCPP_KEY_V2G], 1);
    assert_false(ocpp_charge_point_must_reconnect(all->world->cp)); /* it is not shown there */
    assert_int_equal(installed(all, "V2GCertificateChain"), 1);
    certificates_free(all);
}

/* A02, prerequisite: SeccId. */
static void without_a_name_for_vehicles_none_is_asked_for(void **state)
{
    (void)state;
    struct certificate_world *all = with_vehicles();
    vehicles.is_set = false;
    assert_string_equal(order(all, "SignV2GCertificate"), "Rejected");
    assert_string_equal(order(all, "SignCombinedCertificate"), "Rejected");
    certificates_free(all);
}

/* A02.FR.21. */
static void a_refusal_for_vehicles_is_told(void **state)
{
    (void)state;
    struct certificate_world *all = with_vehicles();
    all->world->sign_status = "Rejected";
    order(all, "SignV2GCertificate");
    assert_int_equal(vehicles.refused, 1);
    order(all, "SignChargingStationCertificate");
    assert_int_equal(vehicles.refused, 1);
    certificates_free(all);
}

/* TC_A_13_CS; A00.FR.428: one for both. */
static void one_certificate_may_serve_both(void **state)
{
    (void)state;
    struct certificate_world *all = with_vehicles();
    assert_string_equal(order(all, "SignCombinedCertificate"), "Accepted");
    central_sees(all->world, "SignCertificate", "certificateType=-");
    assert_true(all->crypto.last_request.is_combined);
    assert_string_equal(last_request(all), "REQUEST cn=SN-1 o=Operator key=1\n");
    assert_string_equal(certify(all, "V2G", 90), "Accepted");
    assert_int_equal(vehicles.renewed, 1);
    assert_true(ocpp_charge_point_must_reconnect(all->world->cp));
    assert_int_equal(installed(all, "V2GCertificateChain"), 1);
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    world_pass(all->world, 61 * 86400); /* it is renewed once, and for both */
    assert_int_equal(requests(all), 2 + 4);
    central_sees(all->world, "SignCertificate", "certificateType=-");
    certificates_free(all);
}

/* Both are asked for at a time, one behind the other, and each certificate finds its key. */
static void two_certificates_may_be_asked_for_at_a_time(void **state)
{
    (void)state;
    struct certificate_world *all = with_vehicles();
    char station[256];
    char pem[FAKE_CERT_SIZE];
    order(all, "SignChargingStationCertificate");
    snprintf(station, sizeof(station), "%s", last_request(all));
    order(all, "SignV2GCertificate");
    assert_string_equal(certify(all, "V2G", 90), "Accepted");
    fake_sign_request(station, "Root", 0, 0, pem);
    assert_string_equal(send_chain(all, pem), "Accepted");
    assert_int_equal(all->renewed[OCPP_KEY_STATION], 1);
    assert_int_equal(all->renewed[OCPP_KEY_V2G], 1);
    certificates_free(all);
}

/* A03.FR.02 for vehicles; in 1.6 in the words of the application note on Plug & Charge, where that is built. */
static void a_certificate_for_vehicles_is_renewed(void **state)
{
    struct certificate_world *all = with_vehicles();
    order(all, "SignV2GCertificate");
    certify(all, "V2G", 40);
    world_disconnect(all->world);
    world_connect(all->world, version_of(state));
    central_forgets(all->world);
    world_pass(all->world, 9 * 86400);
    central_does_not_see(all->world, "SignCertificate");
    world_pass(all->world, 2 * 86400);
    if (!world_is_old(all->world)) {
        central_sees(all->world, "SignCertificate", "certificateType=V2GCertificate");
    } else if (OCPP_WITH_PLUG_AND_CHARGE) {
        central_sees(all->world, "DataTransfer", "messageId=SignCertificate");
    } else {
        world_disconnect(all->world);
        world_connect(all->world, OCPP_VERSION_2_0_1);
        central_sees(all->world, "SignCertificate", "certificateType=V2GCertificate");
    }
    certificates_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(the_power_may_go_at_any_write),
        IN_EACH_VERSION(a_restart_does_not_begin_the_repetitions_anew),
        IN_EACH_VERSION(a_power_cut_behind_the_certificate_ends_the_waiting),
        IN_EACH_VERSION(a_record_that_is_spoiled_costs_an_order_at_most),
        IN_EACH_VERSION(any_call_of_the_crypto_may_fail_once),
        IN_EACH_VERSION(a_crypto_that_fails_for_good_stops_nothing_else),
        IN_EACH_VERSION(any_write_may_be_refused_once),
        IN_EACH_VERSION(an_order_that_cannot_be_stored_is_rejected),
        IN_EACH_VERSION(any_allocation_may_fail_once),
        cmocka_unit_test(settings_that_are_wrong_are_refused),
        IN_EACH_VERSION(keys_and_hashes_are_of_the_kind_that_was_chosen),
        IN_EACH_VERSION(what_is_no_use_has_no_state),
        cmocka_unit_test(a_certificate_for_vehicles_is_asked_for_and_used),
        cmocka_unit_test(without_a_name_for_vehicles_none_is_asked_for),
        cmocka_unit_test(a_refusal_for_vehicles_is_told),
        cmocka_unit_test(one_certificate_may_serve_both),
        cmocka_unit_test(two_certificates_may_be_asked_for_at_a_time),
        IN_EACH_VERSION(a_certificate_for_vehicles_is_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
