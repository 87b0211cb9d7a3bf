/* Block N of a station: what it knows of a customer, told and cleared (OCPP 2.0.1 N09, N10). */
#include "station_world.h"
#include "token_world.h"

#include <ocpp/customer.h>

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_A "'idToken':{'idToken':'A','type':'ISO14443'}"

/* --- the firmware: what it keeps itself ----------------------------------------------------------------------------------------
 */

static struct {
    const char *of_identifier; /* what it knows of the customer 'C-17'; NULL: nothing */
    const char *of_certificate;
    const char *of_token;
    bool cannot_clear;
    int clears;
} kept;

static const char *known(const struct ocpp_customer *customer)
{
    switch (customer->kind) {
    case OCPP_CUSTOMER_TOKEN:
        return strcmp(customer->token->id, "A") == 0 ? kept.of_token : NULL;
    case OCPP_CUSTOMER_IDENTIFIER:
        return strcmp(customer->identifier, "C-17") == 0 ? kept.of_identifier : NULL;
    case OCPP_CUSTOMER_CERTIFICATE:
        return customer->certificate->algorithm == OCPP_HASH_SHA384 && strcmp(customer->certificate->serial_number, "2a") == 0
                   ? kept.of_certificate
                   : NULL;
    }
    return NULL;
}

static size_t report(const struct ocpp_customer *customer, char *text, size_t room, void *user)
{
    (void)user;
    const char *what = known(customer);
    const size_t size = what == NULL ? 0 : strlen(what);
    if (size > room) {
        return size; /* one that does not keep its promise */
    }
    if (size > 0) {
        memcpy(text, what, size);
    }
    return size;
}

static bool clear(const struct ocpp_customer *customer, void *user)
{
    (void)customer;
    (void)user;
    if (kept.cannot_clear) {
        return false;
    }
    kept.of_identifier = kept.of_certificate = kept.of_token = NULL;
    kept.clears++;
    return true;
}

static const struct ocpp_customer_settings settings = { .report = report, .clear = clear };
static const struct ocpp_customer_settings of_engine = { .max_bytes = 512 };

static struct world *station(const struct ocpp_customer_settings *customer)
{
    memset(&kept, 0, sizeof(kept));
    struct world *world = world_new();
    world->settings.customer = customer;
    world->settings.cache_entries = 10;
    world->settings.local_list_length = 10;
    world->settings.transaction_attempts = 1;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    return world;
}

/* --- the central system -------------------------------------------------------------------------------------------------------
 */

static const char *asks(struct world *world, bool report_it, bool clear_it, const char *who)
{
    char payload[512];
    snprintf(payload, sizeof(payload), "{'requestId':9,'report':%s,'clear':%s%s%s}", report_it ? "true" : "false",
             clear_it ? "true" : "false", who[0] == '\0' ? "" : ",", who);
    return value_of(central_asks(world, "CustomerInformation", payload), "status");
}

/* All that was told since the test looked last. */
static const char *told(struct world *world)
{
    static char text[8192];
    int seq_no = 0;
    text[0] = '\0';
    for (; world->looked_at < world->call_count; world->looked_at++) {
        const struct seen_call *call = &world->calls[world->looked_at];
        if (strcmp(call->action, "NotifyCustomerInformation") != 0) {
            continue;
        }
        char number[16];
        snprintf(number, sizeof(number), "%d", seq_no++);
        assert_string_equal(value_of(call->payload, "seqNo"), number);
        assert_string_equal(value_of(call->payload, "requestId"), "9");
        const char *data = value_of(call->payload, "data");
        assert_true(strlen(data) <= 512);
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", data);
    }
    return text;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, text);
    }
}

/* --- told ----------------------------------------------------------------------------------------------------------------------
 */

/* B03.FR.02: nothing but a boot leaves while rejected, and nobody asks in vain when it will. */
static void nothing_is_told_to_one_who_rejects_the_station(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    world->silent_action = "NotifyCustomerInformation";
    world->silent_count = 1;
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_modem(world->cp, "8931", "204", world->now), OCPP_OK); /* a boot has news */
    world->boot_status = "Rejected";
    world->boot_interval = 100;
    central_forgets(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 50);
    central_does_not_see(world, "NotifyCustomerInformation");
    world->boot_status = "Accepted";
    world_pass(world, 100);
    central_sees(world, "NotifyCustomerInformation", "requestId=9");
    world_free(world);
}

/* B10.FR.10. */
static void what_one_central_system_asked_for_is_not_told_to_another(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    world->silent_action = "NotifyCustomerInformation";
    world->silent_count = 1;
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_disconnect(world);
    assert_int_equal(ocpp_charge_point_profile_switched(world->cp, world->now), OCPP_OK);
    central_forgets(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 100);
    central_does_not_see(world, "NotifyCustomerInformation");
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_free(world);
}

/* TC_N_27_CS; N09.FR.02, FR.05. */
static void what_is_known_of_a_token_is_told(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", "G");
    list_of(world, 1, "A=Accepted B=Accepted");
    kept.of_token = "Prefers green.\n";
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    const char *text = told(world);
    has(text, "Authorization cache: Accepted");
    has(text, "group: G");
    has(text, "Local authorization list: Accepted");
    has(text, "Prefers green.");
    world_free(world);
}

/* TC_N_28_CS; N09.FR.06. */
static void that_nothing_is_known_is_told(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "B", "Accepted", NULL);
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    assert_non_null(strstr(world->calls[world->call_count - 1].payload, "\"data\":\"\""));
    central_sees(world, "NotifyCustomerInformation", "seqNo=0 tbc=false requestId=9 generatedAt=*");
    central_does_not_see(world, "NotifyCustomerInformation");
    world_free(world);
}

/* TC_N_29_CS, TC_N_33_CS; N09.FR.09, FR.04, FR.07; N10.FR.05, FR.07. */
static void a_request_must_name_one_customer_and_want_something(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    assert_string_equal(asks(world, true, false, ""), "Invalid");
    assert_string_equal(asks(world, true, true, ""), "Invalid");
    assert_string_equal(asks(world, true, false, TOKEN_A ",'customerIdentifier':'C-17'"), "Invalid");
    assert_string_equal(asks(world, false, false, TOKEN_A), "Rejected");
    central_does_not_see(world, "NotifyCustomerInformation");
    world_free(world);
}

/* N09.FR.03, N10.FR.05: one at a time. */
static void a_second_request_is_rejected_while_the_first_is_told(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    world->silent_action = "NotifyCustomerInformation";
    world->silent_count = 1;
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    assert_string_equal(asks(world, true, false, TOKEN_A), "Rejected");
    world_pass(world, 120);
    assert_int_equal(central_counts(world, "NotifyCustomerInformation"), 2);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_free(world);
}

/* A page nobody takes ends the report after a few attempts. */
static void a_page_that_is_never_taken_is_given_up(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    world->refuse_action = "NotifyCustomerInformation";
    world->refuse_count = 3;
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_pass(world, 60);
    assert_int_equal(central_counts(world, "NotifyCustomerInformation"), 3);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    world_free(world);
}

/* Long texts come in pages that break between characters, at a line's end where there is one. */
static void much_is_told_in_pages(void **state)
{
    (void)state;
    static char much[3001];
    struct world *world = station(&settings);
    for (size_t i = 0; i < 1500; i++) {
        memcpy(much + 2 * i, i % 100 == 99 ? "x\n" : "\xc3\xa4", 3);
    }
    kept.of_identifier = much;
    assert_string_equal(asks(world, true, false, "'customerIdentifier':'C-17'"), "Accepted");
    char text[8192] = "";
    int pages = 0;
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        const char *data = value_of(world->calls[i].payload, "data");
        pages++;
        assert_int_equal(data[strlen(data) - 1], '\n');
        assert_string_equal(value_of(world->calls[i].payload, "tbc"), i + 1 == world->call_count ? "false" : "true");
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", data);
    }
    assert_int_equal(pages, 3);
    assert_string_equal(text, much);
    world_free(world);
}

/* The bound of what is told. */
static void what_is_beyond_the_bound_is_left_out_and_that_is_said(void **state)
{
    (void)state;
    static char much[600];
    struct world *world = station(&(struct ocpp_customer_settings){ .max_bytes = 512, .report = report, .clear = clear });
    memset(much, 'x', sizeof(much) - 1);
    kept.of_token = much;
    cached(world, "A", "Blocked", NULL);
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    const char *text = told(world);
    has(text, "Authorization cache: Blocked");
    has(text, "More was left out.");
    assert_null(strstr(text, "xx"));
    world_free(world);
}

/* What the firmware gives must be text. */
static void what_is_no_text_is_not_told(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    kept.of_token = "\xff\xfe";
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    assert_string_equal(told(world), "More was left out.\n");
    world_free(world);
}

/* Losing the link is no end: what was cleared can be told only once. */
static void what_was_cleared_is_told_over_the_next_link(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    central_forgets(world);
    world->silent_action = "NotifyCustomerInformation";
    world->silent_count = 1;
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_1_6); /* has no word for it */
    world_disconnect(world);
    central_forgets(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_pass(world, 5);
    has(told(world), "Authorization cache: Accepted");
    world_free(world);
}

/* --- cleared -------------------------------------------------------------------------------------------------------------------
 */

/* TC_N_30_CS; N10.FR.01, FR.03: but for the local list. */
static void what_is_cleared_is_told_once_more(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    cached(world, "B", "Accepted", NULL);
    list_of(world, 1, "A=Accepted");
    kept.of_token = "Prefers green.";
    central_forgets(world);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    const char *text = told(world);
    has(text, "Authorization cache: Accepted");
    has(text, "Local authorization list: Accepted");
    has(text, "Prefers green.");
    assert_int_equal(cache_entries(world), 1);
    assert_int_equal(list_entries(world), 1);
    assert_int_equal(kept.clears, 1);
    world_power_off(world);
    world_power_back(world, 10);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_int_equal(cache_entries(world), 1);
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    text = told(world);
    assert_null(strstr(text, "cache"));
    has(text, "Local authorization list");
    world_free(world);
}

/* TC_N_31_CS; N10.FR.04. */
static void nothing_to_clear_is_told_as_nothing(void **state)
{
    (void)state;
    struct world *world = station(&of_engine);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    assert_non_null(strstr(world->calls[world->call_count - 1].payload, "\"data\":\"\""));
    central_sees(world, "NotifyCustomerInformation", "seqNo=0 tbc=false");
    world_free(world);
}

/* TC_N_32_CS; N10.FR.06. */
static void clearing_alone_is_confirmed(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    central_forgets(world);
    assert_string_equal(asks(world, false, true, TOKEN_A), "Accepted");
    const char *text = told(world);
    has(text, "cleared");
    assert_null(strstr(text, "Accepted"));
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

/* TC_N_62_CS. */
static void a_customer_may_have_an_identifier(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    kept.of_identifier = "Mail: c17@example.org";
    assert_string_equal(asks(world, true, true, "'customerIdentifier':'C-17'"), "Accepted");
    assert_string_equal(told(world), "Mail: c17@example.org");
    assert_string_equal(asks(world, true, false, "'customerIdentifier':'C-17'"), "Accepted");
    assert_string_equal(told(world), "");
    world_free(world);
}

/* TC_N_63_CS; N09.FR.08, N10.FR.09. */
static void a_customer_may_have_a_certificate(void **state)
{
    (void)state;
    static const char *const who = "'customerCertificate':{'hashAlgorithm':'SHA384','issuerNameHash':'ab','issuerKeyHash':'cd',"
                                   "'serialNumber':'2a'}";
    struct world *world = station(&settings);
    kept.of_certificate = "Contract DE-8AA-1";
    assert_string_equal(asks(world, true, true, who), "Accepted");
    assert_string_equal(told(world), "Contract DE-8AA-1");
    assert_string_equal(asks(world, true, false, who), "Accepted");
    assert_string_equal(told(world), "");
    world_free(world);
}

/* N10.FR.05: whoever charges cannot be forgotten yet. */
static void who_charges_is_not_forgotten(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    plug(world, 1);
    card(world, 1, "A");
    assert_string_equal(asks(world, true, true, TOKEN_A), "Rejected");
    assert_string_equal(value_of(world->answer, "statusInfo/reasonCode"), "TxInProgress");
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    has(told(world), "running transaction");
    unplug(world, 1);
    central_forgets(world);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    has(told(world), "last transaction");
    central_forgets(world);
    assert_string_equal(asks(world, true, false, TOKEN_A), "Accepted");
    assert_string_equal(told(world), "");
    world_free(world);
}

/* A card that waits for its plug is somebody here, too. */
static void who_is_about_to_charge_is_not_forgotten(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    card(world, 1, "A");
    assert_string_equal(asks(world, false, true, TOKEN_A), "Rejected");
    world_pass(world, 300);
    assert_string_equal(asks(world, false, true, TOKEN_A), "Accepted");
    world_free(world);
}

/* Records that were given up go; a reservation ends, and that is told (H01). */
static void dead_letters_and_reservations_go(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    world->refuse_action = "TransactionEvent";
    world->refuse_count = 100;
    plug(world, 1);
    card(world, 1, "A");
    unplug(world, 1);
    world_pass(world, 600);
    world->refuse_count = 0;
    assert_true(ocpp_charge_point_view(world->cp).dead_letters > 0);
    char payload[256];
    snprintf(payload, sizeof(payload), "{'id':4,'expiryDateTime':'2030-01-01T00:00:00Z','evseId':1,%s}", TOKEN_A);
    assert_string_equal(value_of(central_asks(world, "ReserveNow", payload), "status"), "Accepted");
    central_forgets(world);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    world_run(world);
    central_sees(world, "ReservationStatusUpdate", "reservationId=4 reservationUpdateStatus=Removed");
    world->looked_at = 0;
    for (; strcmp(world->calls[world->looked_at].action, "NotifyCustomerInformation") != 0; world->looked_at++) {
    }
    const char *text = told(world);
    has(text, "Reservation 4: EVSE 1");
    has(text, "Records of transactions that were given up");
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

/* Records that wait are what the customer is billed by: told, and not cleared. */
static void records_that_wait_are_not_cleared(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "A");
    charge(world, 1, 500);
    unplug(world, 1);
    world->silent_action = "TransactionEvent";
    world->silent_count = 1;
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(asks(world, false, true, TOKEN_A), "Accepted");
    world->looked_at = 0;
    world_pass(world, 300);
    central_sees(world, "TransactionEvent", "eventType=Started idToken/idToken=A");
    central_sees(world, "TransactionEvent", "eventType=Ended");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* What cannot be cleared is rejected: by the firmware, … */
static void a_firmware_that_cannot_clear_rejects(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    kept.cannot_clear = true;
    central_forgets(world);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Rejected");
    assert_int_equal(cache_entries(world), 1);
    central_does_not_see(world, "NotifyCustomerInformation");
    kept.cannot_clear = false;
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    world_free(world);
}

/* … or by the store; and can be asked for again. */
static void a_store_that_cannot_clear_rejects(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    central_forgets(world);
    test_storage_refuse(world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Rejected");
    assert_string_equal(value_of(world->answer, "statusInfo/reasonCode"), "OutOfStorage");
    assert_int_equal(cache_entries(world), 1);
    central_does_not_see(world, "NotifyCustomerInformation");
    assert_string_equal(asks(world, false, true, TOKEN_A), "Accepted");
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

/* What is accepted is durable: a power cut behind the answer brings nothing back. */
static void what_is_cleared_stays_cleared_over_a_power_cut(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth <= 3; nth++) {
        for (size_t keep = 0; keep <= 1; keep++) {
            struct world *world = station(&settings);
            cached(world, "A", "Accepted", NULL);
            test_storage_cut(world->storage, nth, keep);
            char answer[64];
            snprintf(answer, sizeof(answer), "%s", asks(world, false, true, TOKEN_A));
            world_power_off(world);
            world_power_back(world, 10);
            if (strcmp(answer, "Accepted") == 0) {
                assert_int_equal(cache_entries(world), 0);
            }
            world_connect(world, OCPP_VERSION_2_0_1);
            assert_string_equal(asks(world, false, true, TOKEN_A), "Accepted");
            assert_int_equal(cache_entries(world), 0);
            world_free(world);
        }
    }
}

/* A list and a cache that are switched off are still kept. */
static void what_is_kept_and_not_used_is_told(void **state)
{
    (void)state;
    struct world *world = station(&settings);
    cached(world, "A", "Accepted", NULL);
    list_of(world, 1, "A=Blocked");
    world_set(world, "AuthorizationCacheEnabled", "false");
    world_set(world, "LocalAuthListEnabled", "false");
    central_forgets(world);
    assert_string_equal(asks(world, true, true, TOKEN_A), "Accepted");
    const char *text = told(world);
    has(text, "Authorization cache: Accepted");
    has(text, "Local authorization list: Blocked");
    assert_int_equal(cache_entries(world), 0);
    world_free(world);
}

static void a_station_without_customer_information_says_so(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(central_asks(world, "CustomerInformation", "{'requestId':1,'report':true,'clear':false}"),
                        "NotSupported");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_to_one_who_rejects_the_station),
        cmocka_unit_test(what_one_central_system_asked_for_is_not_told_to_another),
        cmocka_unit_test(what_is_known_of_a_token_is_told),
        cmocka_unit_test(that_nothing_is_known_is_told),
        cmocka_unit_test(a_request_must_name_one_customer_and_want_something),
        cmocka_unit_test(a_second_request_is_rejected_while_the_first_is_told),
        cmocka_unit_test(a_page_that_is_never_taken_is_given_up),
        cmocka_unit_test(much_is_told_in_pages),
        cmocka_unit_test(what_is_beyond_the_bound_is_left_out_and_that_is_said),
        cmocka_unit_test(what_is_no_text_is_not_told),
        cmocka_unit_test(what_was_cleared_is_told_over_the_next_link),
        cmocka_unit_test(what_is_cleared_is_told_once_more),
        cmocka_unit_test(nothing_to_clear_is_told_as_nothing),
        cmocka_unit_test(clearing_alone_is_confirmed),
        cmocka_unit_test(a_customer_may_have_an_identifier),
        cmocka_unit_test(a_customer_may_have_a_certificate),
        cmocka_unit_test(who_charges_is_not_forgotten),
        cmocka_unit_test(who_is_about_to_charge_is_not_forgotten),
        cmocka_unit_test(dead_letters_and_reservations_go),
        cmocka_unit_test(records_that_wait_are_not_cleared),
        cmocka_unit_test(a_firmware_that_cannot_clear_rejects),
        cmocka_unit_test(a_store_that_cannot_clear_rejects),
        cmocka_unit_test(what_is_cleared_stays_cleared_over_a_power_cut),
        cmocka_unit_test(what_is_kept_and_not_used_is_told),
        cmocka_unit_test(a_station_without_customer_information_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
