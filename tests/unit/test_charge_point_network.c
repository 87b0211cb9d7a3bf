/* The network block where things go wrong: settings, addresses, stores that fail, power cuts between any two writes, no memory,
 * calls out of order. What goes well stands in tests/conformance/test_station_network.c. */
#include "allocator.h"
#include "network_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "network_block.h"

#define PRIORITY     "OCPPCommCtrlr", "NetworkConfigurationPriority"
#define ONE          "1 1 ws://one.example/ocpp " NETWORK_PASSWORD
#define NEW_PASSWORD "0123456789-abcdefgh"

/* --- addresses
 * ------------------------------------------------------------------------------------------------------------------ */

static void an_address_is_spelled_as_its_security_demands(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        int security;
        const char *spelled; /* NULL: refused */
    } rows[] = {
        { "ws://a", 0, "ws://a" },
        { "WS://a.example:80/x?y=z", 1, "ws://a.example:80/x?y=z" },
        { "ws://a/ocpp", 2, "wss://a/ocpp" },
        { "wss://[::1]:8443/ocpp", 3, "wss://[::1]:8443/ocpp" },
        { "wss://a", 1, NULL },
        { "wss://a", 0, NULL },
        { "http://a", 1, NULL },
        { "ws:/a", 1, NULL },
        { "ws://", 1, NULL },
        { "ws:///ocpp", 1, NULL },
        { "ws://:80", 1, NULL },
        { "ws://a:", 1, NULL },
        { "ws://a:0", 1, NULL },
        { "ws://a:65536", 1, NULL },
        { "ws://a:8x", 1, NULL },
        { "ws://a:123456", 1, NULL },
        { "ws://user@a", 1, NULL },
        { "ws://a/#f", 1, NULL },
        { "ws://a/ b", 1, NULL },
        { "ws://a/\r\nX: y", 1, NULL },
        { "ws://a/\xc3\xa9", 1, NULL },
        { "ws://[::1", 1, NULL },
        { "ws://[]", 1, NULL },
        { "", 1, NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char to[OCPP_NETWORK_URL_SIZE] = "";
        assert_int_equal(ocpp_cp_network_url(rows[i].url, rows[i].security, to), rows[i].spelled != NULL);
        if (rows[i].spelled != NULL) {
            assert_string_equal(to, rows[i].spelled);
        }
    }
}

static void an_address_has_its_longest_length(void **state)
{
    (void)state;
    char url[OCPP_NETWORK_URL_SIZE + 8];
    char to[OCPP_NETWORK_URL_SIZE];
    memset(url, 'a', sizeof(url));
    memcpy(url, "ws://a/", 7);
    url[OCPP_NETWORK_URL_SIZE - 1] = '\0';
    assert_true(ocpp_cp_network_url(url, 1, to));
    assert_false(ocpp_cp_network_url(url, 2, to)); /* one letter more would not fit */
    url[OCPP_NETWORK_URL_SIZE - 1] = 'a';
    url[OCPP_NETWORK_URL_SIZE] = '\0';
    assert_false(ocpp_cp_network_url(url, 1, to));
}

/* --- settings
 * --------------------------------------------------------------------------------------------------------------------- */

static bool is_taken(const struct ocpp_network_settings *settings)
{
    struct network_world *net = network_new();
    net->settings = *settings;
    struct ocpp_charge_point *cp =
        ocpp_charge_point_new(&net->world->settings, &net->world->hardware, net->world->memory, net->world->now);
    const bool is_there = cp != NULL;
    ocpp_charge_point_free(cp);
    network_free(net);
    return is_there;
}

static void settings_outside_their_range_are_refused(void **state)
{
    (void)state;
    struct ocpp_network_settings good = ocpp_network_settings_default();
    good.url = "ws://a";
    assert_true(is_taken(&good));
    struct ocpp_network_settings bad = good;
    bad.url = NULL;
    assert_false(is_taken(&bad));
    bad = good;
    bad.url = "a";
    assert_false(is_taken(&bad));
    bad = good;
    bad.security_profile = 4;
    assert_false(is_taken(&bad));
    bad = good;
    bad.security_profile = -1;
    assert_false(is_taken(&bad));
    bad = good;
    bad.secure_url = "http://b";
    assert_false(is_taken(&bad));
    bad = good;
    bad.slots = 1; /* B09.FR.06 */
    assert_false(is_taken(&bad));
    bad = good;
    bad.slots = OCPP_NETWORK_SLOTS + 1;
    assert_false(is_taken(&bad));
    bad = good;
    bad.password = "";
    assert_false(is_taken(&bad));
    bad = good;
    bad.password = "12345678901234567890123456789012345678901"; /* 41 */
    assert_false(is_taken(&bad));
}

/* The list of slots there are is what the device model says (B09.FR.05, FR.06). */
static void the_slots_there_are_can_be_read(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    central_forgets(net->world);
    (void)central_asks(net->world, "GetReport",
                       "{'requestId':1,'componentVariable':[{'component':{'name':'OCPPCommCtrlr'},"
                       "'variable':{'name':'NetworkConfigurationPriority'}}]}");
    world_run(net->world);
    central_sees(net->world, "NotifyReport", "reportData/0/variableCharacteristics/valuesList=1,2,3");
    network_free(net);
}

/* --- profiles that cannot be
 * ------------------------------------------------------------------------------------------------------- */

static const char *set_with(struct network_world *net, const char *rest)
{
    char payload[2048];
    snprintf(payload, sizeof(payload), "{'configurationSlot':2,'connectionData':{%s}}", rest);
    return value_of(central_asks(net->world, "SetNetworkProfile", payload), "status");
}

#define BEGIN "'ocppCsmsUrl':'ws://two.example/','messageTimeout':30,'securityProfile':1"
#define REST  ",'ocppVersion':'OCPP20','ocppTransport':'JSON','ocppInterface':'Wired0'"
#define APN   ",'apn':{'apn':'internet','apnPassword':'apn-secret','simPin':1234,'apnAuthentication':'AUTO'}"
#define VPN   ",'vpn':{'server':'v.example','user':'u','password':'vpn-secret','key':'vpn-key','type':'IKEv2'}"

/* B09.FR.02 */
static void a_profile_the_station_cannot_use_is_rejected(void **state)
{
    (void)state;
    static const char *const rows[] = {
        BEGIN ",'ocppVersion':'OCPP20','ocppTransport':'SOAP','ocppInterface':'Wired0'",
        BEGIN ",'ocppVersion':'OCPP12','ocppTransport':'JSON','ocppInterface':'Wired0'",
        BEGIN ",'ocppVersion':'OCPP15','ocppTransport':'JSON','ocppInterface':'Wired0'",
        BEGIN ",'ocppVersion':'OCPP20','ocppTransport':'JSON','ocppInterface':'Wireless0'",
        BEGIN REST APN,
        BEGIN REST VPN,
        "'ocppCsmsUrl':'two.example','messageTimeout':30,'securityProfile':1" REST,
        "'ocppCsmsUrl':'wss://two.example','messageTimeout':30,'securityProfile':1" REST,
        "'ocppCsmsUrl':'ws://two.example','messageTimeout':0,'securityProfile':1" REST,
        "'ocppCsmsUrl':'ws://two.example','messageTimeout':-5,'securityProfile':1" REST,
        "'ocppCsmsUrl':'ws://two.example','messageTimeout':3601,'securityProfile':1" REST,
        "'ocppCsmsUrl':'ws://two.example','messageTimeout':30,'securityProfile':4" REST,
        "'ocppCsmsUrl':'ws://two.example','messageTimeout':30,'securityProfile':-1" REST,
    };
    struct network_world *net = network_new();
    net->settings.interfaces = 1u << OCPP_NETWORK_WIRED_0;
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(set_with(net, rows[i]), "Rejected");
        assert_string_equal(value_of(net->world->answer, "statusInfo/reasonCode"), "InvalidNetworkConf");
    }
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Rejected"); /* nothing is there */
    assert_string_equal(set_with(net, BEGIN REST), "Accepted");
    network_free(net);
}

/* With modem and VPN what they need is handed to who makes the connection, and to nobody else. */
static void the_secrets_of_modem_and_vpn_go_to_the_connection_alone(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    net->settings.has_modem = net->settings.has_vpn = true;
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_string_equal(set_with(net, BEGIN REST APN VPN), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    (void)network_asks(net);
    assert_int_equal(net->connection.slot, 2);
    assert_int_equal(net->connection.network_interface, OCPP_NETWORK_WIRED_0);
    assert_string_equal(net->connection.apn->name, "internet");
    assert_string_equal(net->connection.apn->password, "apn-secret");
    assert_int_equal(net->connection.apn->sim_pin, 1234);
    assert_int_equal(net->connection.apn->authentication, OCPP_APN_AUTO);
    assert_string_equal(net->connection.vpn->server, "v.example");
    assert_string_equal(net->connection.vpn->key, "vpn-key");
    assert_int_equal(net->connection.vpn->kind, OCPP_VPN_IKEV2);
    assert_int_equal(network_logged(net, "secret") + network_logged(net, "vpn-key") + network_logged(net, "1234"), 0);
    network_free(net);
}

/* B10.FR.02 */
static void a_list_that_makes_no_sense_is_rejected(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Accepted");
    static const char *const lists[] = { "", "1,1", "3", "1,3", "0", "x", "1,,2", "2,1,", "10", "1;2" };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        assert_string_equal(network_set(net, PRIORITY, lists[i]), "Rejected");
    }
    assert_string_equal(network_get(net, PRIORITY), "1");
    assert_string_equal(network_set(net, PRIORITY, "1, 2"), "Accepted");
    network_free(net);
}

/* B09, remarks: what is in use stays as it is until the station restarts, also over a loss of the link. */
static void a_profile_in_use_changes_with_the_next_restart(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    assert_string_equal(network_set_profile(net, 1, 1, "ws://moved.example/"), "Accepted");
    world_disconnect(net->world);
    assert_string_equal(network_asks(net), ONE);
    network_connects(net, OCPP_VERSION_2_0_1);
    network_reset(net);
    assert_string_equal(network_asks(net), "1 1 ws://moved.example/ " NETWORK_PASSWORD);
    network_free(net);
}

/* A profile for another family of versions offers that, and its time-out counts while it is in use. */
static void a_profile_brings_its_version_and_its_time_out(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    assert_string_equal(network_get(net, "OCPPCommCtrlr", "SecurityProfile"), "");
    assert_string_equal(
        set_with(net, "'ocppCsmsUrl':'ws://two.example/','messageTimeout':77,'securityProfile':1,'ocppVersion':'OCPP16',"
                      "'ocppTransport':'JSON','ocppInterface':'Wired0'"),
        "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    (void)network_asks(net);
    assert_int_equal(net->connection.versions[0], OCPP_VERSION_1_6);
    assert_int_equal(net->connection.versions[1], OCPP_VERSION_NONE);
    network_connects(net, OCPP_VERSION_1_6);
    assert_string_equal(network_get(net, "", "MessageTimeout"), "77");
    world_disconnect(net->world);
    for (int i = 0; i < 3; i++) {
        (void)network_asks(net);
        network_fails(net, OCPP_CONNECTION_UNREACHABLE);
    }
    (void)network_asks(net);
    assert_int_equal(net->connection.slot, 1);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_int_equal(net->world->cp->values[VARIABLE_MESSAGE_TIMEOUT_S], 30);
    network_free(net);
}

/* --- calls out of order
 * -------------------------------------------------------------------------------------------------------------- */

static void calls_out_of_order_do_nothing(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    world_power_on(net->world);
    struct ocpp_charge_point *cp = net->world->cp;
    assert_int_equal(ocpp_charge_point_connection_failed(cp, OCPP_CONNECTION_REFUSED, NULL, net->world->now), OCPP_ERR_STATE);
    (void)network_asks(net);
    assert_int_equal(ocpp_charge_point_connection_failed(cp, (enum ocpp_connection_failure)99, NULL, net->world->now),
                     OCPP_ERR_ARGUMENT);
    network_fails(net, OCPP_CONNECTION_REFUSED);
    assert_int_equal(ocpp_charge_point_connection_failed(cp, OCPP_CONNECTION_REFUSED, NULL, net->world->now), OCPP_ERR_STATE);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    struct ocpp_connection connection;
    assert_int_equal(ocpp_charge_point_next_connection(cp, &connection, net->world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_connection_failed(cp, OCPP_CONNECTION_REFUSED, NULL, net->world->now), OCPP_ERR_STATE);
    assert_int_equal(ocpp_charge_point_forget_network(cp, net->world->now), OCPP_ERR_STATE);
    network_free(net);
}

static void a_station_without_the_block_has_nothing_of_it(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    struct ocpp_connection connection;
    assert_string_equal(central_asks(world, "SetNetworkProfile", "{'configurationSlot':1,'connectionData':{" BEGIN REST "}}"),
                        "NotSupported");
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_next_connection(world->cp, &connection, world->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_charge_point_forget_network(world->cp, world->now), OCPP_ERR_NOT_FOUND);
    world_free(world);
}

/* A00.FR.005: by hand, and only so, the station goes back to what it was delivered with. */
static void a_technician_can_have_it_as_delivered(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    net->keys.has_root = true;
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_string_equal(network_set(net, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD), "Accepted");
    world_disconnect(net->world);
    assert_int_equal(ocpp_charge_point_forget_network(net->world->cp, net->world->now), OCPP_OK);
    assert_string_equal(network_asks(net), ONE);
    network_reset(net);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

/* --- stores and memory that fail
 * --------------------------------------------------------------------------------------------------------- */

/* A day of this block in 2.0.1 and 1.6: a profile, a list, an upgrade, a password that is refused, one that is taken. Whatever
 * the answers are: they are given, and what was accepted is kept. */
static void live(struct network_world *net)
{
    struct world *world = net->world;
    if (network_asks(net)[0] == 'n') {
        return;
    }
    world_connect(world, OCPP_VERSION_2_0_1);
    (void)network_set_profile(net, 2, 2, "wss://two.example/");
    (void)network_set(net, PRIORITY, "2,1");
    (void)network_set(net, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD);
    world_disconnect(world);
    for (int i = 0; i < 4 && network_asks(net)[0] != 'n'; i++) {
        network_fails(net, i == 0 ? OCPP_CONNECTION_PASSWORD_REFUSED : OCPP_CONNECTION_UNREACHABLE);
    }
    if (network_asks(net)[0] == 'n') {
        return;
    }
    world_connect(world, net->connection.versions[0]);
    world_pass(world, 10);
    world_disconnect(world);
    if (network_asks(net)[0] == 'n') {
        return;
    }
    world_connect(world, OCPP_VERSION_1_6);
    (void)network_set(net, "", "SecurityProfile", "2");
    world_disconnect(world);
    for (int i = 0; i < 5 && network_asks(net)[0] != 'n'; i++) {
        network_fails(net, OCPP_CONNECTION_TLS_FAILED);
    }
}

static struct network_world *to_live(void)
{
    struct network_world *net = network_new();
    net->keys.has_root = true;
    world_power_on(net->world);
    return net;
}

static unsigned writes_of_a_life(void)
{
    struct network_world *net = to_live();
    const unsigned before = test_storage_writes(net->world->storage);
    live(net);
    const unsigned writes = test_storage_writes(net->world->storage) - before;
    network_free(net);
    return writes;
}

/* After whatever failed, the station still wants to connect somewhere it was told to, with a password it was given, and not below
 * the security that it reports. */
static void assert_sound(struct network_world *net)
{
    const char *asked = network_asks(net);
    assert_string_not_equal(asked, "none");
    assert_true(strstr(asked, NETWORK_PASSWORD) != NULL || strstr(asked, NEW_PASSWORD) != NULL);
    assert_true(net->connection.security_profile >= net->world->cp->values[VARIABLE_SECURITY_PROFILE]);
    assert_true(net->connection.slot == 1 || net->connection.slot == 2);
}

static void a_store_that_fails_leaves_a_station_that_connects(void **state)
{
    (void)state;
    const unsigned writes = writes_of_a_life();
    assert_true(writes > 5); /* the link, a profile, the list, a password, what came of it, a trial, its end */
    for (unsigned nth = 1; nth <= writes; nth++) {
        for (int lose = 0; lose < 2; lose++) {
            struct network_world *net = to_live();
            if (lose != 0) {
                test_storage_lose(net->world->storage, nth, OCPP_ERR_STORAGE);
            } else {
                test_storage_refuse(net->world->storage, nth, OCPP_ERR_FULL);
            }
            live(net);
            assert_sound(net);
            network_reset(net);
            assert_sound(net);
            network_free(net);
        }
    }
}

static void a_power_cut_between_any_two_writes_leaves_a_station_that_connects(void **state)
{
    (void)state;
    const unsigned writes = writes_of_a_life();
    for (unsigned nth = 1; nth <= writes; nth++) {
        for (size_t keep = 0; keep < 2; keep++) {
            struct network_world *net = to_live();
            test_storage_cut(net->world->storage, nth, keep);
            live(net);
            world_power_off(net->world);
            world_power_back(net->world, 1);
            assert_sound(net);
            network_free(net);
        }
    }
}

static void without_memory_there_is_no_station_and_nothing_is_left_behind(void **state)
{
    (void)state;
    size_t nth = 0;
    bool is_there = false;
    while (!is_there) {
        struct test_allocator memory;
        struct network_world *net = network_new();
        test_allocator_start(&memory, ++nth);
        net->world->settings.allocator = &memory.allocator;
        struct ocpp_charge_point *cp =
            ocpp_charge_point_new(&net->world->settings, &net->world->hardware, net->world->memory, net->world->now);
        is_there = cp != NULL;
        ocpp_charge_point_free(cp);
        assert_int_equal(memory.blocks, 0);
        network_free(net);
    }
    assert_true(nth > 10);
}

/* What was answered with Accepted survives the cut behind it. */
static void a_password_that_was_accepted_survives_a_power_cut(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    assert_string_equal(network_set(net, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD), "Accepted");
    network_reset(net);
    assert_string_equal(network_asks(net), "1 1 ws://one.example/ocpp " NEW_PASSWORD);
    network_fails(net, OCPP_CONNECTION_PASSWORD_REFUSED);
    assert_string_equal(network_asks(net), ONE); /* and so does the one before it, until one is proved */
    network_free(net);
}

/* What the store did not take is not answered with Accepted, and B09.FR.03 has a word of its own. */
static void what_was_not_stored_is_not_accepted(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    test_storage_refuse(net->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Failed");
    test_storage_refuse(net->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(network_set(net, "SecurityCtrlr", "BasicAuthPassword", NEW_PASSWORD), "Rejected");
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp));
    world_disconnect(net->world);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

/* A record that is spoilt is set aside, and what is left is used. */
static void a_profile_that_cannot_be_read_is_passed_over(void **state)
{
    (void)state;
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    world_power_off(net->world);
    const struct ocpp_change spoilt = { .kind = OCPP_CHANGE_PUT, .key = "network/slot/2", .value = "?", .size = 1 };
    assert_int_equal(net->world->memory->write(&spoilt, 1, NULL, NULL, net->world->memory->user), OCPP_OK);
    world_power_back(net->world, 1);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_spelled_as_its_security_demands),
        cmocka_unit_test(an_address_has_its_longest_length),
        cmocka_unit_test(settings_outside_their_range_are_refused),
        cmocka_unit_test(the_slots_there_are_can_be_read),
        cmocka_unit_test(a_profile_the_station_cannot_use_is_rejected),
        cmocka_unit_test(the_secrets_of_modem_and_vpn_go_to_the_connection_alone),
        cmocka_unit_test(a_list_that_makes_no_sense_is_rejected),
        cmocka_unit_test(a_profile_in_use_changes_with_the_next_restart),
        cmocka_unit_test(a_profile_brings_its_version_and_its_time_out),
        cmocka_unit_test(calls_out_of_order_do_nothing),
        cmocka_unit_test(a_station_without_the_block_has_nothing_of_it),
        cmocka_unit_test(a_technician_can_have_it_as_delivered),
        cmocka_unit_test(a_store_that_fails_leaves_a_station_that_connects),
        cmocka_unit_test(a_power_cut_between_any_two_writes_leaves_a_station_that_connects),
        cmocka_unit_test(without_memory_there_is_no_station_and_nothing_is_left_behind),
        cmocka_unit_test(a_password_that_was_accepted_survives_a_power_cut),
        cmocka_unit_test(what_was_not_stored_is_not_accepted),
        cmocka_unit_test(a_profile_that_cannot_be_read_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
