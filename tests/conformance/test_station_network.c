/* Which central system a station connects to and how it proves who it is: the cases of blocks A and B about profiles and
 * passwords, and those of the security extension of 1.6. What goes over the wire in a handshake is tested with real sockets
 * (tests/adapters/ws_client_tls.py). */
#include "network_world.h"

#include "unit.h"

#include <string.h>

#define PRIORITY     "OCPPCommCtrlr", "NetworkConfigurationPriority"
#define NEW_PASSWORD "0123456789-abcdefgh"
#define ONE          "1 1 ws://one.example/ocpp " NETWORK_PASSWORD

static struct network_world *connected(void **state)
{
    struct network_world *net = network_up(*(enum ocpp_version *)*state);
    central_forgets(net->world);
    return net;
}

static struct network_world *connected_in_v201(void)
{
    struct network_world *net = network_up(OCPP_VERSION_2_0_1);
    central_forgets(net->world);
    return net;
}

/* "0123…" as the digits of AuthorizationKey */
static const char *digits_of(const char *password)
{
    static char digits[81];
    for (size_t i = 0; i <= strlen(password) && i < 40; i++) {
        static const char hex[] = "0123456789ABCDEF";
        digits[2 * i] = password[i] == '\0' ? '\0' : hex[(unsigned char)password[i] >> 4];
        digits[2 * i + 1] = hex[(unsigned char)password[i] & 15];
    }
    return digits;
}

static const char *change_password(struct network_world *net, const char *password)
{
    return world_is_old(net->world) ? network_set(net, "", "AuthorizationKey", digits_of(password))
                                    : network_set(net, "SecurityCtrlr", "BasicAuthPassword", password);
}

/* --- passwords
 * ------------------------------------------------------------------------------------------------------------------- */

/* TC_A_01_CS; A00.FR.202 to FR.205. The name and the encoding are tested with a socket. */
static void the_password_goes_with_every_connection(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    world_power_on(net->world);
    assert_string_equal(network_asks(net), ONE);
    network_fails(net, OCPP_CONNECTION_UNREACHABLE);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

/* TC_A_09_CS; TC_073_CS; A01.FR.01, FR.11. The link is closed once the answer has left, and the next one shows the new password;
 * the acceptance stays. */
static void a_new_password_is_stored_answered_and_shown_to_the_same_central_system(void **state)
{
    struct network_world *net = connected(state);
    assert_string_equal(change_password(net, NEW_PASSWORD), "Accepted");
    assert_int_equal(network_logged(net, "security event ReconfigurationOfSecurityParameters: the password was changed"), 1);
    network_reconnects(net);
    assert_string_equal(network_asks(net), "1 1 ws://one.example/ocpp " NEW_PASSWORD);
    network_connects(net, net->world->version);
    central_does_not_see(net->world, "BootNotification");
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp));
    network_reset(net);
    assert_string_equal(network_asks(net), "1 1 ws://one.example/ocpp " NEW_PASSWORD);
    network_free(net);
}

/* TC_A_10_CS; A01.FR.12 */
static void a_password_that_is_too_short_is_rejected_and_the_old_one_stays(void **state)
{
    struct network_world *net = connected(state);
    assert_string_equal(change_password(net, "0123456789-abc"), "Rejected");
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp));
    world_disconnect(net->world);
    assert_string_equal(network_asks(net), ONE);
    assert_int_equal(network_logged(net, "0123456789-abc"), 0);
    network_free(net);
}

/* A01.FR.04: a central system that never heard the answer still wants the old one. */
static void where_the_new_password_is_refused_the_old_one_is_shown_and_stays(void **state)
{
    struct network_world *net = connected(state);
    assert_string_equal(change_password(net, NEW_PASSWORD), "Accepted");
    network_reconnects(net);
    (void)network_asks(net);
    network_fails(net, OCPP_CONNECTION_PASSWORD_REFUSED);
    assert_string_equal(network_asks(net), ONE);
    network_connects(net, net->world->version);
    assert_int_equal(network_logged(net, "the new password was refused"), 1);
    network_reset(net);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

/* A01.FR.12. Written out as text, as digits and as Basic credentials: none of them. */
static void no_password_is_logged_or_told(void **state)
{
    struct network_world *net = connected(state);
    assert_string_equal(change_password(net, NEW_PASSWORD), "Accepted");
    assert_string_equal(network_get(net, "SecurityCtrlr", world_is_old(net->world) ? "AuthorizationKey" : "BasicAuthPassword"),
                        "");
    assert_null(strstr(net->world->answer, NEW_PASSWORD));
    network_reconnects(net);
    (void)network_asks(net);
    network_fails(net, OCPP_CONNECTION_PASSWORD_REFUSED);
    assert_int_equal(network_logged(net, NEW_PASSWORD), 0);
    assert_int_equal(network_logged(net, NETWORK_PASSWORD), 0);
    assert_int_equal(network_logged(net, digits_of(NEW_PASSWORD)), 0);
    network_free(net);
}

/* --- the security profile of 1.6
 * ---------------------------------------------------------------------------------------------------- */

static struct network_world *old_station(void)
{
    struct network_world *net = network_up(OCPP_VERSION_1_6);
    central_forgets(net->world);
    return net;
}

/* Security whitepaper of 1.6, use case A05: its requirements 05 to 07 and 09. */
static void a_higher_security_profile_is_accepted_tried_and_kept(void **state)
{
    (void)state;
    struct network_world *net = old_station();
    net->keys.has_root = true;
    assert_string_equal(network_set(net, "", "SecurityProfile", "2"), "Accepted");
    network_reconnects(net);
    assert_string_equal(network_asks(net), "1 2 wss://one.example/ocpp " NETWORK_PASSWORD);
    network_connects(net, OCPP_VERSION_1_6);
    assert_string_equal(network_get(net, "", "SecurityProfile"), "2");
    assert_string_equal(network_set(net, "", "SecurityProfile", "1"), "Rejected");
    network_reset(net);
    assert_string_equal(network_asks(net), "1 2 wss://one.example/ocpp " NETWORK_PASSWORD);
    network_free(net);
}

/* Security whitepaper of 1.6, use case A05, its requirement 08: after NetworkProfileConnectionAttempts, and for good; a power cut
 * in between loses nothing.
 */
static void a_higher_security_profile_that_does_not_work_is_given_up(void **state)
{
    (void)state;
    struct network_world *net = old_station();
    net->keys.has_root = true;
    assert_string_equal(network_set(net, "", "SecurityProfile", "2"), "Accepted");
    network_reset(net);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(network_asks(net), "1 2 wss://one.example/ocpp " NETWORK_PASSWORD);
        network_fails(net, OCPP_CONNECTION_TLS_FAILED);
    }
    assert_string_equal(network_asks(net), ONE);
    network_connects(net, OCPP_VERSION_1_6);
    assert_string_equal(network_get(net, "", "SecurityProfile"), "1");
    assert_int_equal(network_logged(net, "security profile 2 does not work"), 1);
    network_reset(net);
    assert_string_equal(network_asks(net), ONE);
    network_free(net);
}

/* Security whitepaper of 1.6, use case A05: its requirements 01 to 04. */
static void a_security_profile_needs_what_it_uses_and_does_not_fall(void **state)
{
    (void)state;
    struct network_world *net = old_station();
    assert_string_equal(network_set(net, "", "SecurityProfile", "1"), "Rejected"); /* equal */
    assert_string_equal(network_set(net, "", "SecurityProfile", "0"), "Rejected"); /* lower */
    assert_string_equal(network_set(net, "", "SecurityProfile", "2"), "Rejected"); /* no root */
    assert_string_equal(network_set(net, "", "SecurityProfile", "4"), "Rejected"); /* no such */
    net->keys.has_root = true;
    assert_string_equal(network_set(net, "", "SecurityProfile", "3"), "Rejected"); /* no certificate */
    net->keys.has_certificate = true;
    net->keys.certificate_ends_utc_ms = 1;
    assert_string_equal(network_set(net, "", "SecurityProfile", "3"), "Rejected"); /* one that has expired */
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp));
    net->keys.certificate_ends_utc_ms = INT64_MAX;
    assert_string_equal(network_set(net, "", "SecurityProfile", "3"), "Accepted");
    network_reconnects(net);
    assert_string_equal(network_asks(net), "1 3 wss://one.example/ocpp -");
    network_free(net);
}

/* Security whitepaper of 1.6, use case A05: its requirement 02. */
static void without_a_password_there_is_no_basic_authentication(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    net->settings.security_profile = OCPP_SECURITY_NONE;
    net->settings.password = NULL;
    world_power_on(net->world);
    assert_string_equal(network_asks(net), "1 0 ws://one.example/ocpp -");
    network_connects(net, OCPP_VERSION_1_6);
    assert_string_equal(network_set(net, "", "SecurityProfile", "1"), "Rejected");
    assert_string_equal(change_password(net, NEW_PASSWORD), "Accepted");
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp)); /* none is shown yet */
    assert_string_equal(network_set(net, "", "SecurityProfile", "1"), "Accepted");
    network_reconnects(net);
    assert_string_equal(network_asks(net), "1 1 ws://one.example/ocpp " NEW_PASSWORD);
    network_free(net);
}

/* --- profiles in slots
 * ---------------------------------------------------------------------------------------------------------------- */

/* TC_B_43_CS; B09.FR.02, FR.05 */
static void a_slot_the_station_does_not_have_is_rejected(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    static const int slots[] = { 999, 0, 4, -1, 2147483647 };
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        assert_string_equal(network_set_profile(net, slots[i], 1, "ws://two.example/"), "Rejected");
        assert_string_equal(value_of(net->world->answer, "statusInfo/reasonCode"), "InvalidConfSlot");
    }
    network_free(net);
}

/* TC_B_45_CS; B09.FR.01; B10.FR.01, FR.04, FR.06, FR.10; A05.FR.05 */
static void a_profile_that_comes_first_is_used_after_the_next_reset(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    assert_string_equal(network_get(net, "OCPPCommCtrlr", "ActiveNetworkProfile"), "1");
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/x?y"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    assert_false(ocpp_charge_point_must_reconnect(net->world->cp));
    assert_string_equal(value_of(central_asks(net->world, "Reset", "{'type':'OnIdle'}"), "status"), "Accepted");
    network_reset(net);
    assert_string_equal(network_asks(net), "2 1 ws://two.example/x?y " NETWORK_PASSWORD);
    network_connects(net, OCPP_VERSION_2_0_1);
    central_sees(net->world, "BootNotification", "");
    assert_string_equal(network_get(net, "OCPPCommCtrlr", "ActiveNetworkProfile"), "2");
    network_free(net);
}

/* TC_B_46_CS; B10.FR.03, FR.10 */
static void the_next_profile_on_the_list_is_tried_when_the_first_does_not_answer(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    assert_string_equal(network_set(net, "OCPPCommCtrlr", "NetworkProfileConnectionAttempts", "2"), "Accepted");
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(network_asks(net), "2 1 ws://two.example/ " NETWORK_PASSWORD);
        network_fails(net, OCPP_CONNECTION_UNREACHABLE);
    }
    assert_string_equal(network_asks(net), ONE);
    network_connects(net, OCPP_VERSION_2_0_1);
    central_sees(net->world, "BootNotification", "");
    network_free(net);
}

/* TC_B_49_CS; B10.FR.07 to FR.09 */
static void when_all_have_failed_the_one_that_worked_last_is_tried_again(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    assert_string_equal(network_set(net, "OCPPCommCtrlr", "NetworkProfileConnectionAttempts", "1"), "Accepted");
    assert_string_equal(network_set(net, "OCPPCommCtrlr", "RetryBackOffRepeatTimes", "0"), "Accepted");
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    static const int slots[] = { 2, 1, 1, 2, 1, 1 };
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        (void)network_asks(net);
        assert_int_equal(net->connection.slot, slots[i]);
        network_fails(net, OCPP_CONNECTION_UNREACHABLE);
    }
    network_free(net);
}

/* TC_B_47_CS; B10.FR.07; M05.FR.15, FR.16. */
static void while_migrating_the_new_root_is_believed_alone_and_the_old_one_where_it_goes_back(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    net->settings.url = "wss://one.example/ocpp";
    net->settings.security_profile = OCPP_SECURITY_TLS;
    net->keys.has_root = net->keys.has_previous_root = true;
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    net->keys.has_previous_root = true; /* a new one was installed */
    assert_string_equal(network_set(net, "OCPPCommCtrlr", "NetworkProfileConnectionAttempts", "1"), "Accepted");
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    assert_string_equal(network_asks(net), "2 2 wss://two.example/ " NETWORK_PASSWORD);
    network_fails(net, OCPP_CONNECTION_BAD_CERTIFICATE);
    assert_string_equal(network_asks(net), "1 2 wss://one.example/ocpp " NETWORK_PASSWORD);
    network_fails(net, OCPP_CONNECTION_BAD_CERTIFICATE);
    assert_string_equal(network_asks(net), "1 2 wss://one.example/ocpp " NETWORK_PASSWORD " old-root");
    net->keys.roots_settled = 0;
    network_connects(net, OCPP_VERSION_2_0_1);
    central_sees(net->world, "BootNotification", "");
    assert_int_equal(net->keys.roots_settled, 0);
    assert_true(net->keys.has_previous_root);
    network_free(net);
}

/* TC_B_50_CS; M05.FR.13 */
static void after_migrating_under_the_new_root_the_old_one_goes(void **state)
{
    (void)state;
    struct network_world *net = network_new();
    net->settings.url = "wss://one.example/ocpp";
    net->settings.security_profile = OCPP_SECURITY_TLS;
    net->keys.has_root = true;
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    net->keys.has_previous_root = true;
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    assert_string_equal(network_asks(net), "2 2 wss://two.example/ " NETWORK_PASSWORD);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_false(net->keys.has_previous_root);
    network_free(net);
}

/* TC_A_19_CS; A05.FR.04 to FR.06 */
static void after_an_upgrade_the_lower_profiles_are_gone_for_good(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    net->keys.has_root = true;
    assert_string_equal(network_set_profile(net, 2, 2, "ws://one.example:8443/ocpp"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    assert_string_equal(network_get(net, "SecurityCtrlr", "SecurityProfile"), "1");
    network_reset(net);
    assert_string_equal(network_asks(net), "2 2 wss://one.example:8443/ocpp " NETWORK_PASSWORD);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_string_equal(network_get(net, "SecurityCtrlr", "SecurityProfile"), "2");
    assert_string_equal(network_get(net, PRIORITY), "2");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Rejected");
    network_reset(net);
    for (int i = 0; i < 30; i++) { /* whatever happens: never below */
        assert_string_equal(network_asks(net), "2 2 wss://one.example:8443/ocpp " NETWORK_PASSWORD);
        network_fails(net, (enum ocpp_connection_failure)(i % OCPP_CONNECTION_FAILURES));
    }
    network_free(net);
}

/* TC_A_20_CS; A05.FR.02 */
static void without_a_root_a_profile_with_tls_is_not_put_on_the_list(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Rejected");
    assert_string_equal(network_get(net, PRIORITY), "1");
    assert_string_equal(network_set_profile(net, 1, 2, "wss://two.example/"), "Rejected"); /* on the list already */
    network_free(net);
}

/* TC_A_21_CS; A05.FR.03 */
static void without_a_certificate_a_profile_that_shows_one_is_not_put_on_the_list(void **state)
{
    (void)state;
    struct network_world *net = connected_in_v201();
    net->keys.has_root = true;
    assert_string_equal(network_set_profile(net, 2, 3, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Rejected");
    net->keys.has_certificate = true;
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_free(net);
}

static struct network_world *with_certificates(bool allows_downgrade)
{
    struct network_world *net = network_new();
    net->settings.url = "wss://one.example/";
    net->settings.security_profile = OCPP_SECURITY_CERTIFICATE;
    net->settings.allows_downgrade = allows_downgrade;
    net->keys.has_root = net->keys.has_certificate = true;
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, OCPP_VERSION_2_0_1);
    return net;
}

/* TC_A_22_CS; A00.FR.005; A05.FR.10; B09.FR.04 */
static void a_lower_security_profile_is_rejected(void **state)
{
    (void)state;
    struct network_world *net = with_certificates(false);
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Rejected");
    assert_string_equal(value_of(net->world->answer, "statusInfo/reasonCode"), "NoSecurityDowngrade");
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Rejected");
    assert_string_equal(network_set(net, "SecurityCtrlr", "AllowSecurityProfileDowngrade", "true"), "Rejected");
    network_free(net);
}

/* A05.FR.08, FR.09; B09.FR.31. Where the firmware lets the central system allow it, one step down is possible, and no other. */
static void from_certificates_one_step_down_may_be_allowed(void **state)
{
    (void)state;
    struct network_world *net = with_certificates(true);
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Rejected");
    assert_string_equal(network_set(net, "SecurityCtrlr", "AllowSecurityProfileDowngrade", "true"), "Accepted");
    assert_string_equal(network_set_profile(net, 2, 1, "ws://two.example/"), "Rejected");
    assert_string_equal(value_of(net->world->answer, "statusInfo/reasonCode"), "NoSecurityDowngrade");
    assert_string_equal(network_set_profile(net, 2, 2, "wss://two.example/"), "Accepted");
    assert_string_equal(network_set(net, PRIORITY, "2,1"), "Accepted");
    network_reset(net);
    assert_string_equal(network_asks(net), "2 2 wss://two.example/ " NETWORK_PASSWORD);
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_string_equal(network_get(net, "SecurityCtrlr", "SecurityProfile"), "2");
    assert_string_equal(network_set_profile(net, 3, 1, "ws://three.example/"), "Rejected");
    network_free(net);
}

/* A02.FR.10, FR.28, FR.29 */
static void a_new_certificate_that_works_nowhere_gives_way_to_the_one_before_it(void **state)
{
    (void)state;
    struct network_world *net = with_certificates(false);
    net->keys.has_previous_certificate = true; /* one was signed */
    world_disconnect(net->world);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(network_asks(net), "1 3 wss://one.example/ -");
        network_fails(net, OCPP_CONNECTION_CERTIFICATE_REFUSED);
    }
    assert_string_equal(network_asks(net), "1 3 wss://one.example/ - old-certificate");
    network_connects(net, OCPP_VERSION_2_0_1);
    assert_int_equal(net->keys.settled[OCPP_PREVIOUS], 1);
    assert_int_equal(network_logged(net, "security event DiscardedRenewedClientCertificate"), 1);
    assert_int_equal(network_logged(net, "security event FailedToAuthenticateAtCsms"), 1);
    network_free(net);
}

/* --- failures that security has to know of
 * ----------------------------------------------------------------------------------------------- */

/* A00.FR.310, FR.316, FR.323: once, until a connection was made. */
static void a_failure_that_security_has_to_know_of_is_told_once(void **state)
{
    (void)state;
    static const struct {
        enum ocpp_connection_failure failure;
        const char *event;
    } rows[] = {
        { OCPP_CONNECTION_BAD_CERTIFICATE, "security event InvalidCsmsCertificate: network profile 1: as the test wants" },
        { OCPP_CONNECTION_TLS_VERSION, "security event InvalidTLSVersion: network profile 1: as the test wants" },
        { OCPP_CONNECTION_TLS_CIPHER, "security event InvalidTLSCipherSuite: network profile 1: as the test wants" },
        { OCPP_CONNECTION_PASSWORD_REFUSED, "security event FailedToAuthenticateAtCsms: network profile 1: as the test wants" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct network_world *net = network_up(OCPP_VERSION_2_0_1);
        world_disconnect(net->world);
        for (int round = 1; round <= 2; round++) {
            for (int n = 0; n < 5; n++) {
                (void)network_asks(net);
                network_fails(net, rows[i].failure);
            }
            assert_int_equal(network_logged(net, rows[i].event), round);
            (void)network_asks(net);
            network_connects(net, OCPP_VERSION_2_0_1);
            world_disconnect(net->world);
        }
        network_free(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_goes_with_every_connection),
        IN_EACH_VERSION(a_new_password_is_stored_answered_and_shown_to_the_same_central_system),
        IN_EACH_VERSION(a_password_that_is_too_short_is_rejected_and_the_old_one_stays),
        IN_EACH_VERSION(where_the_new_password_is_refused_the_old_one_is_shown_and_stays),
        IN_EACH_VERSION(no_password_is_logged_or_told),
        cmocka_unit_test(a_higher_security_profile_is_accepted_tried_and_kept),
        cmocka_unit_test(a_higher_security_profile_that_does_not_work_is_given_up),
        cmocka_unit_test(a_security_profile_needs_what_it_uses_and_does_not_fall),
        cmocka_unit_test(without_a_password_there_is_no_basic_authentication),
        cmocka_unit_test(a_slot_the_station_does_not_have_is_rejected),
        cmocka_unit_test(a_profile_that_comes_first_is_used_after_the_next_reset),
        cmocka_unit_test(the_next_profile_on_the_list_is_tried_when_the_first_does_not_answer),
        cmocka_unit_test(when_all_have_failed_the_one_that_worked_last_is_tried_again),
        cmocka_unit_test(while_migrating_the_new_root_is_believed_alone_and_the_old_one_where_it_goes_back),
        cmocka_unit_test(after_migrating_under_the_new_root_the_old_one_goes),
        cmocka_unit_test(after_an_upgrade_the_lower_profiles_are_gone_for_good),
        cmocka_unit_test(without_a_root_a_profile_with_tls_is_not_put_on_the_list),
        cmocka_unit_test(without_a_certificate_a_profile_that_shows_one_is_not_put_on_the_list),
        cmocka_unit_test(a_lower_security_profile_is_rejected),
        cmocka_unit_test(from_certificates_one_step_down_may_be_allowed),
        cmocka_unit_test(a_new_certificate_that_works_nowhere_gives_way_to_the_one_before_it),
        cmocka_unit_test(a_failure_that_security_has_to_know_of_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
