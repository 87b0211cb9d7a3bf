/* What follows for a token, over all that may be known of it, with a link and without, to start and to stop, and under every setting
 * that has a say. The expectations are written down apart from the table they test. */
#include "charge_point_internal.h"
#include "token_world.h"
#include "unit.h"

#include <string.h>

/* What the list says of L…, and the cache of K…; everybody else is unknown. */
static struct world *with_tokens(void)
{
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    cached(world, "KGOOD", "Accepted", NULL);
    cached(world, "KGROUP", "Accepted", "FAMILY");
    cached(world, "KBAD", "Blocked", NULL);
    world->token_info = "\"cacheExpiryDateTime\":\"2023-11-01T00:00:00Z\"";
    cached(world, "KOLD", "Accepted", NULL);
    world->token_info = NULL;
    list_of(world, 1,
            "LGOOD=Accepted LGROUP=Accepted/FAMILY LBAD=Invalid LBUSY=ConcurrentTx LOLD=Accepted@2023-11-01T00:00:00Z "
            "LNEW=Accepted@2033-11-01T00:00:00Z");
    return world;
}

struct setting {
    enum variable variable;
    int64_t value;
};

enum { NO_SETTINGS = 3 };

struct row {
    const char *token;
    enum purpose purpose;
    bool online;
    struct setting settings[NO_SETTINGS];
    int what; /* as in struct decision */
    enum ocpp_token_source source;
    enum ocpp_authorization authorization; /* of a refusal */
};

#define PRE      { VARIABLE_LOCAL_PRE_AUTHORIZE, 1 }
#define NO_LOCAL { VARIABLE_LOCAL_AUTHORIZE_OFFLINE, 0 }
#define UNKNOWN  { VARIABLE_OFFLINE_UNKNOWN, 1 }
#define FINAL    { VARIABLE_LIST_NO_POST_AUTHORIZE, 1 }, { VARIABLE_CACHE_NO_POST_AUTHORIZE, 1 }
#define NO_ASKING { VARIABLE_DISABLE_REMOTE_AUTHORIZATION, 1 }
#define NO_LIST  { VARIABLE_LIST_ENABLED, 0 }
#define NO_CACHE { VARIABLE_CACHE_ENABLED, 0 }
#define FREE     { VARIABLE_AUTH_ENABLED, 0 }

#define ASKS          DECIDED_ASK, OCPP_TOKEN_SOURCE_CENTRAL, OCPP_AUTHORIZATION_UNKNOWN_STATUS
#define GRANTS(by)    DECIDED_GRANT, OCPP_TOKEN_SOURCE_##by, OCPP_AUTHORIZATION_ACCEPTED
#define REFUSES(by, as) DECIDED_REFUSE, OCPP_TOKEN_SOURCE_##by, OCPP_AUTHORIZATION_##as

/* clang-format off */
static const struct row rows[] = {
    /* unknown: C01.FR.02, C15.FR.08 */
    { "X",      TO_START, true,  { { 0 } },                ASKS },
    { "X",      TO_START, true,  { PRE, UNKNOWN },         ASKS },
    { "X",      TO_START, true,  { NO_ASKING, UNKNOWN },   REFUSES(NONE, UNKNOWN) },
    { "X",      TO_START, false, { { 0 } },                REFUSES(NONE, UNKNOWN_STATUS) },
    { "X",      TO_START, false, { UNKNOWN },              GRANTS(OFFLINE) },
    { "X",      TO_START, false, { UNKNOWN, NO_LOCAL },    GRANTS(OFFLINE) },
    { "X",      TO_STOP,  true,  { { 0 } },                ASKS },
    { "X",      TO_STOP,  false, { UNKNOWN },              REFUSES(NONE, UNKNOWN_STATUS) },
    /* good in the list: C14.FR.02, C13.FR.02 */
    { "LGOOD",  TO_START, true,  { { 0 } },                ASKS },
    { "LGOOD",  TO_START, true,  { PRE },                  GRANTS(LIST) },
    { "LGOOD",  TO_START, true,  { NO_ASKING },            GRANTS(LIST) },
    { "LGOOD",  TO_START, true,  { PRE, NO_LIST },         ASKS },
    { "LGOOD",  TO_START, false, { { 0 } },                GRANTS(LIST) },
    { "LGOOD",  TO_START, false, { NO_LOCAL, UNKNOWN },    REFUSES(NONE, UNKNOWN_STATUS) },
    { "LGOOD",  TO_START, false, { NO_LIST, UNKNOWN },     GRANTS(OFFLINE) },
    { "LNEW",   TO_START, true,  { PRE },                  GRANTS(LIST) },
    { "LNEW",   TO_START, false, { { 0 } },                GRANTS(LIST) },
    { "LGOOD",  TO_STOP,  true,  { PRE },                  ASKS },                     /* its group is not known: C09.FR.05 */
    { "LGROUP", TO_STOP,  true,  { { 0 } },                GRANTS(LIST) },             /* C09.FR.07 */
    { "LGROUP", TO_STOP,  false, { NO_LOCAL },             GRANTS(LIST) },
    /* expired in the list: C14.FR.05, C13.FR.05, FR.06 */
    { "LOLD",   TO_START, true,  { PRE },                  ASKS },
    { "LOLD",   TO_START, true,  { FINAL },                ASKS },                     /* that is for what the list says is not good */
    { "LOLD",   TO_START, true,  { NO_ASKING },            REFUSES(LIST, EXPIRED) },
    { "LOLD",   TO_START, false, { UNKNOWN },              REFUSES(LIST, EXPIRED) },
    /* not good in the list: C14.FR.03, C13.FR.02, FR.04 */
    { "LBAD",   TO_START, true,  { PRE },                  ASKS },
    { "LBAD",   TO_START, true,  { FINAL },                REFUSES(LIST, INVALID) },
    { "LBAD",   TO_START, true,  { NO_ASKING },            REFUSES(LIST, INVALID) },
    { "LBAD",   TO_START, false, { UNKNOWN },              REFUSES(LIST, INVALID) },
    { "LBUSY",  TO_START, true,  { PRE },                  ASKS },
    { "LBUSY",  TO_START, false, { UNKNOWN },              REFUSES(LIST, CONCURRENT_TX) },
    { "LBAD",   TO_STOP,  true,  { { 0 } },                ASKS },
    { "LBAD",   TO_STOP,  true,  { FINAL },                REFUSES(LIST, INVALID) },
    { "LBAD",   TO_STOP,  false, { { 0 } },                REFUSES(LIST, INVALID) },
    /* good in the cache: C12.FR.02; 1.6 3.5 */
    { "KGOOD",  TO_START, true,  { { 0 } },                ASKS },
    { "KGOOD",  TO_START, true,  { PRE },                  GRANTS(CACHE) },
    { "KGOOD",  TO_START, true,  { PRE, NO_CACHE },        ASKS },
    { "KGOOD",  TO_START, false, { { 0 } },                GRANTS(CACHE) },
    { "KGOOD",  TO_START, false, { NO_LOCAL, UNKNOWN },    REFUSES(NONE, UNKNOWN_STATUS) },
    { "KGROUP", TO_STOP,  true,  { { 0 } },                GRANTS(CACHE) },
    { "KGROUP", TO_STOP,  false, { { 0 } },                GRANTS(CACHE) },
    /* expired and not good in the cache: C10.FR.03, C12.FR.05; 1.6 3.5.1, 3.5.4 */
    { "KOLD",   TO_START, true,  { PRE },                  ASKS },
    { "KOLD",   TO_START, false, { UNKNOWN },              REFUSES(CACHE, EXPIRED) },
    { "KBAD",   TO_START, true,  { PRE },                  ASKS },
    { "KBAD",   TO_START, true,  { FINAL },                REFUSES(CACHE, BLOCKED) },
    { "KBAD",   TO_START, false, { UNKNOWN },              REFUSES(CACHE, BLOCKED) },
    /* no authorization: C02 */
    { "X",      TO_START, true,  { FREE },                 GRANTS(NOT_NEEDED) },
    { "LBAD",   TO_START, false, { FREE },                 GRANTS(NOT_NEEDED) },
};
/* clang-format on */

static void decide(struct world *world, const struct row *row, struct decision *decision)
{
    int64_t before[VARIABLE_COUNT];
    struct token token;
    ocpp_cp_token_set(&token, row->token, OCPP_TOKEN_ISO14443);
    memcpy(before, world->cp->values, sizeof(before));
    for (size_t i = 0; i < NO_SETTINGS; i++) {
        if (row->settings[i].variable != 0) {
            world->cp->values[row->settings[i].variable] = row->settings[i].value;
        }
    }
    const struct question question = { &token, 1, row->purpose, row->online };
    ocpp_cp_decide(world->cp, &question, decision);
    memcpy(world->cp->values, before, sizeof(before));
}

/* C01.FR.02; C10.FR.03; C12.FR.05; C13.FR.02, FR.04, FR.05, FR.06; C14.FR.02, FR.03, FR.04, FR.05; C15.FR.08; 1.6 3.5.4. */
static void every_case_comes_out_as_the_standard_has_it(void **state)
{
    (void)state;
    struct world *world = with_tokens();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct decision decision;
        decide(world, &rows[i], &decision);
        if ((int)decision.what != rows[i].what || decision.source != rows[i].source ||
            (rows[i].what != DECIDED_ASK && decision.authorization != rows[i].authorization)) {
            fail_msg("row %zu, token %s: decided %d by %d as %d", i, rows[i].token, (int)decision.what, (int)decision.source,
                     (int)decision.authorization);
        }
    }
    world_free(world);
}

/* 1.6 5.13; H01. Reservations ask for the group of a token: it is known also when the token is not good any more. */
static void the_group_of_a_token_is_known_from_the_list_and_the_cache(void **state)
{
    (void)state;
    struct world *world = with_tokens();
    cached(world, "KBADGROUP", "Blocked", "GANG");
    static const struct {
        const char *token;
        const char *group;
    } known[] = { { "LGROUP", "FAMILY" }, { "kgroup", "FAMILY" }, { "KBADGROUP", "GANG" }, { "LGOOD", NULL }, { "X", NULL } };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct token token;
        char group[TOKEN_SIZE] = "untouched";
        ocpp_cp_token_set(&token, known[i].token, OCPP_TOKEN_ISO14443);
        assert_int_equal(ocpp_cp_known_group(world->cp, &token, group), known[i].group != NULL);
        assert_string_equal(group, known[i].group == NULL ? "untouched" : known[i].group);
    }
    world_free(world);
}

/* C01.FR.21. */
static void a_place_where_a_token_is_good_counts_for_that_place(void **state)
{
    (void)state;
    const struct token_info info = { .authorization = OCPP_AUTHORIZATION_ACCEPTED, .evses = (uint64_t)1 << 63 | 2 };
    const struct token_info nowhere = { .authorization = OCPP_AUTHORIZATION_ACCEPTED, .elsewhere = true };
    assert_int_equal(ocpp_token_info_at(&info, 2, 0), OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ocpp_token_info_at(&info, 64, 0), OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ocpp_token_info_at(&info, 0, 0), OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ocpp_token_info_at(&info, 1, 0), OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION);
    assert_int_equal(ocpp_token_info_at(&nowhere, 0, 0), OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION);
}

/* C01.FR.21. At the reader for all of them the token waits for an EVSE where it is good. */
static void a_token_is_good_only_where_it_is_said_to_be(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->token_info = "\"evseId\":[2]";
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION);
    card(world, 0, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_false(world->closed[1]);
    plug(world, 2);
    assert_true(world->closed[2]);
    world_set(world, "LocalPreAuthorize", "true");
    card(world, 1, "A"); /* and so the cache has it */
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION);
    world_free(world);
}

/* --- a token at the reader for all of them ---------------------------------------------------------------------------------------- */

static struct world *with_two_evses(void)
{
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    return world;
}

/* Somebody waits for a plug, and the last place where one could be goes: the token is free again, and the driver told. */
static void a_token_that_waits_is_released_when_no_place_is_left(void **state)
{
    (void)state;
    static const struct ocpp_fault fault = { .code = "OtherError" };
    struct world *world = with_two_evses();
    plug(world, 1);
    card(world, 1, "A");
    card(world, 0, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 2, 0, &fault, world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_int_equal(ocpp_charge_point_fault(world->cp, 2, 0, NULL, world->now), OCPP_OK);
    plug(world, 2);
    assert_false(world->closed[2]);
    world_free(world);
}

/* The same with a token that is good at one EVSE only, which somebody else takes. */
static void a_token_that_waits_for_one_place_is_released_when_that_is_taken(void **state)
{
    (void)state;
    struct world *world = with_two_evses();
    world->token_info = "\"evseId\":[2]";
    card(world, 0, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world->token_info = NULL;
    card(world, 2, "B");
    assert_int_equal(world->cp->authorizations[0].state, AUTHORIZATION_NONE);
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

/* C09.FR.03. Where nothing can be started, one of the group ends what runs; where something can, it starts that. */
static void at_the_reader_for_all_a_group_stops_only_where_nothing_can_start(void **state)
{
    (void)state;
    struct world *world = with_two_evses();
    world->authorize_group = "FAMILY";
    plug(world, 1);
    card(world, 1, "A");
    card(world, 0, "B");
    assert_true(world->closed[1]);
    plug(world, 2);
    assert_true(world->closed[2]);
    card(world, 0, "C");
    assert_int_equal(world->sessions[0].ended + world->sessions[1].ended, 1);
    world_free(world);
}

/* C01.FR.23. The transaction goes on as long as the vehicle is there: whoever began it may go on with it, nobody else. */
static void a_transaction_without_authorization_waits_for_whom_it_was_for(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set_variable(world, "TxCtrlr", "TxStopPoint", NULL, "EVConnected");
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "A");
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    central_forgets(world);
    card(world, 1, "B");
    central_does_not_see(world, "Authorize");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    plug(world, 1);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    world_free(world);
}

/* H03.FR.01. A button, and a station that asks nobody, keep the place for whom it was promised to. */
static void what_needs_no_authorization_leaves_reserved_places_alone(void **state)
{
    (void)state;
    struct world *world = with_two_evses();
    assert_string_equal(value_of(central_asks(world, "ReserveNow",
                                              "{'id':1,'expiryDateTime':'2033-01-01T00:00:00Z','evseId':1,"
                                              "'idToken':{'idToken':'A','type':'ISO14443'}}"),
                                 "status"),
                        "Accepted");
    plug(world, 1);
    press(world, 0);
    assert_false(world->closed[1]);
    press(world, 0); /* taken back */
    press(world, 1);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    world_set_variable(world, "AuthCtrlr", "Enabled", NULL, "false");
    world_pass(world, 60);
    assert_false(world->closed[1]);
    card(world, 1, "A");
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* peers: sessions stuck. A link that goes while the central system is asked leaves nobody waiting. */
static void a_question_that_is_lost_is_decided_without_a_link(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, "A=Invalid B=Accepted");
    world->silent_action = "Authorize";
    world->silent_count = 2;
    card(world, 1, "A");
    world_disconnect(world);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    world_connect(world, world->version);
    card(world, 1, "B");
    world_pass(world, 31);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_comes_out_as_the_standard_has_it),
        cmocka_unit_test(the_group_of_a_token_is_known_from_the_list_and_the_cache),
        cmocka_unit_test(a_place_where_a_token_is_good_counts_for_that_place),
        cmocka_unit_test(a_token_is_good_only_where_it_is_said_to_be),
        cmocka_unit_test(a_token_that_waits_is_released_when_no_place_is_left),
        cmocka_unit_test(a_token_that_waits_for_one_place_is_released_when_that_is_taken),
        cmocka_unit_test(at_the_reader_for_all_a_group_stops_only_where_nothing_can_start),
        cmocka_unit_test(a_transaction_without_authorization_waits_for_whom_it_was_for),
        cmocka_unit_test(what_needs_no_authorization_leaves_reserved_places_alone),
        IN_EACH_VERSION(a_question_that_is_lost_is_decided_without_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
