/* A pile's card reader in a rental house: management by privilege cards, with and without a link, over a power cut. */
#include "bay_world.h"

#include "unit.h"

#include <ocpp/settlement/reader.h>

#include <stdio.h>
#include <string.h>

static const char salt[] = "7W3GDP97Z5TZKYTSBS7877YHNW";

static int setup(void **state)
{
    struct bay_world *bay = bay_world_new(OCPP_VERSION_2_0_1);

    *state = bay;
    bay_power_cut(bay, 0);
    bay->settings.has_reader = true;
    bay_power_back(bay, 5);
    bay_pass(bay, 5000);
    return 0;
}

static int teardown(void **state)
{
    bay_world_free(*state);
    return 0;
}

/* list: |count| privilege cards, the first of which is LORD. */
static const char *list(struct bay_world *bay, int version, int count)
{
    const struct ocpp_settle_bytes pieces[] = { { salt, strlen(salt) }, { "LORD", 4 } };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    char hex[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    char members[400];

    assert_int_equal(bay->keys.contract.sha256(pieces, 2, digest, bay->keys.contract.user), OCPP_OK);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    snprintf(members, sizeof members,
             count ? "'listVersion':%d,'salt':'%s','digests':['%s']" : "'listVersion':%d,'salt':'%s','digests':[]", version, salt,
             hex);
    return backend_says(bay, "PrivilegeCards", members);
}

static enum ocpp_status tap(struct bay_world *bay, const char *card)
{
    const struct ocpp_token token = { card, OCPP_TOKEN_ISO14443 };
    const enum ocpp_status status = ocpp_settle_agent_card(bay->agent, &token, bay->world->now);

    bay_run(bay);
    return status;
}

static enum ocpp_status choose(struct bay_world *bay, enum ocpp_settle_reader_act act)
{
    const enum ocpp_status status = ocpp_settle_agent_reader(bay->agent, act, bay->world->now);

    bay_run(bay);
    return status;
}

static void only_a_privilege_card_opens_management_and_for_a_while(void **state)
{
    struct bay_world *bay = *state;

    assert_int_equal(tap(bay, "LORD"), OCPP_ERR_NOT_FOUND); /* no list yet: it is for charging */
    assert_string_equal(list(bay, 1, 1), "Accepted");
    assert_int_equal(tap(bay, "ADA"), OCPP_ERR_NOT_FOUND);
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_SHOW), OCPP_ERR_STATE);
    assert_int_equal(tap(bay, "LORD"), OCPP_OK);
    assert_true(ocpp_settle_agent_manages(bay->agent, bay->world->now));
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_SHOW), OCPP_OK);
    assert_int_equal(tap(bay, "ADA"), OCPP_OK);
    assert_non_null(strstr(backend_heard(bay, "CardShown")->json, "\"by\":{\"id\":\"LORD\""));
    assert_int_equal(tap(bay, "ADA"), OCPP_ERR_NOT_FOUND); /* one card for one choice */
    bay_pass(bay, 61000);
    assert_false(ocpp_settle_agent_manages(bay->agent, bay->world->now));
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_LOG_OUT), OCPP_ERR_STATE);
}

/* B3. Without a link, and after a power cut, the list that was stored counts; a card that is not on the next one opens nothing.
 */
static void B3_management_opens_without_a_link_and_a_revoked_card_loses_it_at_the_next_contact(void **state)
{
    struct bay_world *bay = *state;

    assert_string_equal(list(bay, 1, 1), "Accepted");
    bay_link(bay, false);
    bay_power_cut(bay, 0);
    bay_power_back(bay, 5);
    bay_link(bay, false);
    assert_int_equal(tap(bay, "LORD"), OCPP_OK);
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_SHOW), OCPP_OK);
    assert_int_equal(tap(bay, "ADA"), OCPP_ERR_STATE); /* that wants an answer */
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_LOG_OUT), OCPP_OK);
    assert_int_equal(tap(bay, "ADA"), OCPP_OK);
    backend_never_heard(bay, "CardLoggedOut");
    bay_link(bay, true);
    bay_pass(bay, 5000);
    assert_non_null(strstr(backend_heard(bay, "CardLoggedOut")->json, "\"card\":{\"id\":\"ADA\""));
    assert_int_equal(tap(bay, "LORD"), OCPP_OK);
    assert_string_equal(list(bay, 2, 0), "Accepted");
    assert_false(ocpp_settle_agent_manages(bay->agent, bay->world->now));
    assert_int_equal(tap(bay, "LORD"), OCPP_ERR_NOT_FOUND);
}

static void a_phone_is_bound_by_anybodys_card_and_only_when_that_was_chosen(void **state)
{
    struct bay_world *bay = *state;

    assert_int_equal(tap(bay, "ADA"), OCPP_ERR_NOT_FOUND);
    backend_never_heard(bay, "CardShown");
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_BIND), OCPP_OK);
    assert_int_equal(tap(bay, "ADA"), OCPP_OK);
    assert_non_null(strstr(backend_heard(bay, "CardShown")->json, "\"act\":\"Bind\""));
    assert_int_equal(choose(bay, OCPP_SETTLE_READER_BIND), OCPP_OK);
    bay_pass(bay, 61000);
    assert_int_equal(tap(bay, "ADA"), OCPP_ERR_NOT_FOUND); /* too late */
}

static void a_list_that_cannot_be_is_refused_and_a_pile_without_a_reader_has_none(void **state)
{
    struct bay_world *bay = *state;
    struct bay_world *plain;

    assert_string_equal(list(bay, 1, 1), "Accepted");
    assert_string_equal(backend_says(bay, "PrivilegeCards", "'listVersion':2,'salt':'x','digests':['zz']"), "Refused");
    assert_int_equal(tap(bay, "LORD"), OCPP_OK); /* the one before still counts */
    plain = bay_world_new(OCPP_VERSION_2_0_1);
    assert_string_equal(list(plain, 1, 1), "Refused");
    assert_int_equal(tap(plain, "LORD"), OCPP_ERR_NOT_FOUND);
    assert_int_equal(choose(plain, OCPP_SETTLE_READER_BIND), OCPP_ERR_ARGUMENT);
    bay_world_free(plain);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(only_a_privilege_card_opens_management_and_for_a_while),
        IN_HOUSE(B3_management_opens_without_a_link_and_a_revoked_card_loses_it_at_the_next_contact),
        IN_HOUSE(a_phone_is_bound_by_anybodys_card_and_only_when_that_was_chosen),
        IN_HOUSE(a_list_that_cannot_be_is_refused_and_a_pile_without_a_reader_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
