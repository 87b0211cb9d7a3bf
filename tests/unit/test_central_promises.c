/* test_central_promises.c: what the central system answers and tells when its store is slow, gathers writes, or loses them; and
 * what becomes of decisions that come late, twice or never. */
#define _POSIX_C_SOURCE 200809L

#include "central_world.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define START_16                                                                                                                 \
    "[2,'%s','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]"
#define STOP_16 "[2,'%s','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z'}]"
#define EVENT_201                                                                                                                \
    "[2,'%s','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:00Z','triggerReason':'CablePluggedIn','seqNo':"  \
    "%d,'transactionInfo':{'transactionId':'T1'}}]"

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    return 0;
}

static int set_up_booted(void **state)
{
    set_up(state);
    world_boot(world, one);
    world_boot(world, two);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static const char *start(const char *id)
{
    char frame[256];

    snprintf(frame, sizeof frame, START_16, id);
    return world_says(world, one, frame);
}

static const char *stop(const char *id)
{
    char frame[256];

    snprintf(frame, sizeof frame, STOP_16, id);
    return world_says(world, one, frame);
}

static const char *event(const char *id, const char *type, int seq_no)
{
    char frame[256];

    snprintf(frame, sizeof frame, EVENT_201, id, type, seq_no);
    return world_says(world, two, frame);
}

static void reconnect_one(void)
{
    ocpp_station_disconnect(one, world->now);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
}

/* --- writes in flight -------------------------------------------------------------------------------------------------- */

/* The next connection, perhaps on a thread with a store of its own, finds what this one told. */
static void what_a_station_told_is_durable_when_its_connection_is_gone(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(start("1"), "");
    assert_text(event("1", "Started", 0), "");
    reconnect_one();
    assert_null(world->held);
    assert_text(world_told(world), "PILE-1 authorize TAG\n"
                                   "PILE-1 started 1 evse 1 token TAG meter 1000..1000 samples 0\n"
                                   "PILE-2 started T1 evse 0 token  meter -1..-1 samples 0\n");
    assert_text(world_hears(world, two), "[3,'1',{}]");
    assert_text(start("2"), "[3,'2',{'idTagInfo':{'status':'Accepted'},'transactionId':1}]");
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
}

static void a_start_that_was_lost_with_its_connection_starts_anew(void **state)
{
    (void)state;
    world->hold_writes = true;
    world->lose_writes = true;
    assert_text(start("1"), "");
    reconnect_one();
    assert_text(world_told(world), "PILE-1 authorize TAG\n");
    world->hold_writes = false;
    assert_text(start("2"), "[3,'2',{'idTagInfo':{'status':'Accepted'},'transactionId':2}]");
    assert_holds(world_told(world), "PILE-1 started 2 evse 1");
}

/* What a read shows before it is durable is no ground to answer on. */
static void a_start_that_comes_again_waits_for_the_first_one_to_be_durable(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(start("1"), "");
    assert_text(start("2"), "");
    world_release(world, OCPP_OK);
    assert_text(world_hears(world, one), "[3,'1',{'idTagInfo':{'status':'Accepted'},'transactionId':1}]");
    assert_text(world_hears(world, one), "[3,'2',{'idTagInfo':{'status':'Accepted'},'transactionId':1}]");
    assert_text(world_told(world), "PILE-1 authorize TAG\nPILE-1 authorize TAG\n"
                                   "PILE-1 started 1 evse 1 token TAG meter 1000..1000 samples 0\n");
}

static void a_start_that_comes_again_starts_anew_when_the_first_one_was_lost(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(start("1"), "");
    assert_text(start("2"), "");
    world_release(world, OCPP_ERR_STORAGE);
    assert_holds(world_hears(world, one), "[4,'1','InternalError'");
    world_release(world, OCPP_OK);
    assert_text(world_hears(world, one), "[3,'2',{'idTagInfo':{'status':'Accepted'},'transactionId':2}]");
    assert_holds(world_told(world), "PILE-1 started 2 evse 1");
}

/* A station may not, but does: the next request follows before the answer. */
static void requests_of_one_station_are_recorded_told_and_answered_in_their_order(void **state)
{
    (void)state;
    world->hold_writes = true;
    assert_text(event("1", "Started", 0), "");
    assert_text(event("2", "Updated", 1), "");
    assert_text(event("3", "Ended", 2), "");
    for (int i = 1; i <= 3; i++) {
        char answer[32];
        snprintf(answer, sizeof answer, "[3,'%d',{}]", i);
        world_release(world, OCPP_OK);
        assert_text(world_hears(world, two), answer);
        assert_text(world_hears(world, two), "");
    }
    assert_text(world_told(world), "PILE-2 started T1 evse 0 token  meter -1..-1 samples 0\n"
                                   "PILE-2 updated T1 evse 0 token  meter -1..-1 samples 0\n"
                                   "PILE-2 ended T1 evse 0 token  meter -1..-1 samples 0 Unknown\n");
}

static void a_station_in_the_store_holds_up_no_other(void **state)
{
    struct ocpp_station *other = world_connect(world, "PILE-3", OCPP_VERSION_1_6);

    (void)state;
    world_boot(world, other);
    world->hold_writes = true;
    assert_text(event("1", "Started", 0), "");
    world->hold_writes = false;
    assert_holds(start("1"), "[3,'1'");
    world_release(world, OCPP_OK);
}

static void a_rejection_behind_an_acceptance_in_the_store_is_the_last_word(void **state)
{
    (void)state;
    world->hold_writes = true;
    world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    world->boot.registration = OCPP_REGISTRATION_REJECTED;
    world_says(world, one, "[2,'2','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    world_release(world, OCPP_OK);
    assert_holds(world_hears(world, one), "'status':'Accepted'");
    world_release(world, OCPP_OK);
    assert_holds(world_hears(world, one), "'status':'Rejected'");
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_REJECTED);
    reconnect_one();
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_UNKNOWN);
}

static void what_waits_behind_a_write_ends_with_its_connection(void **state)
{
    (void)state;
    world->hold_writes = true;
    start("1");
    stop("2");
    ocpp_station_disconnect(one, world->now);
    world_release(world, OCPP_OK);
    assert_text(world_told(world), "PILE-1 authorize TAG\nPILE-1 started 1 evse 1 token TAG meter 1000..1000 samples 0\n");
}

/* A store that never comes back bounds what a station may leave behind. */
static void a_station_with_too_many_requests_in_waiting_is_refused(void **state)
{
    char id[16];
    int refused = 0;

    (void)state;
    world->hold_writes = true;
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "%d", i);
        refused += strstr(event(id, "Updated", i), "InternalError") != NULL;
        while (world_hears(world, two)[0]) {
        }
        if (i % 8 == 7) {
            world_pass(world, 60000); /* their answers are given up, not their records */
            while (world_hears(world, two)[0]) {
            }
        }
    }
    assert_int_equal(refused, 40 - 16);
    world->hold_writes = false;
    world_release(world, OCPP_OK);
    assert_text(event("last", "Updated", 100), "[3,'last',{}]");
}

/* --- decisions ------------------------------------------------------------------------------------------------------------ */

static void a_decision_that_never_comes_is_an_internal_error_and_leaves_nothing_behind(void **state)
{
    const struct ocpp_authorize_decision decision = { .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                      .expires_utc_ms = OCPP_UTC_UNKNOWN };

    (void)state;
    world->decide_later = true;
    for (int i = 0; i < 40; i++) {
        assert_text(start("1"), "");
        world_pass(world, 60000);
        assert_holds(world_hears(world, one), "[4,'1','InternalError'");
    }
    assert_int_equal(ocpp_station_decide_authorize(one, world->question, &decision, world->now), OCPP_ERR_NOT_FOUND);
    world->decide_later = false;
    assert_holds(start("2"), "'transactionId':1");
}

static void a_question_is_answered_by_its_own_kind_of_decision_only(void **state)
{
    const struct ocpp_boot_decision boot = { .registration = OCPP_REGISTRATION_ACCEPTED };
    const struct ocpp_authorize_decision authorize = { .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                       .expires_utc_ms = OCPP_UTC_UNKNOWN };

    (void)state;
    world->decide_later = true;
    start("1");
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &boot, world->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_station_decide_authorize(one, world->question, &authorize, world->now), OCPP_OK);
    assert_holds(world_hears(world, one), "'transactionId':1");
    world_says(world, one, "[2,'2','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    assert_int_equal(ocpp_station_decide_authorize(one, world->question, &authorize, world->now), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &boot, world->now), OCPP_OK);
    assert_holds(world_hears(world, one), "'status':'Accepted'");
}

static bool decide_inside(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                          struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct central_world *here = user;
    const struct ocpp_authorize_decision blocked = { .authorization = OCPP_AUTHORIZATION_BLOCKED,
                                                     .expires_utc_ms = OCPP_UTC_UNKNOWN };

    (void)request;
    assert_int_equal(ocpp_station_decide_authorize(station, question, &blocked, here->now), OCPP_OK);
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED; /* too late */
    return true;
}

static void other_bytes(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 9, size);
}

static void more_bytes(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 5, size);
}

/* The station went to another shard, which asks about another token: the answer to the first question is not one to that. */
static void a_decision_for_the_connection_before_decides_nothing_on_another_shard(void **state)
{
    const struct ocpp_station_options options = { .identity = "PILE-1", .version = OCPP_VERSION_1_6 };
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct ocpp_central *shards[2];
    struct ocpp_question first;

    (void)state;
    settings.random = other_bytes;
    settings.shard = 1;
    shards[0] = ocpp_central_new(&settings, &world->handler, &world->store);
    settings.random = more_bytes;
    settings.shard = 2;
    shards[1] = ocpp_central_new(&settings, &world->handler, &world->store);
    world->decide_later = true;
    ocpp_station_disconnect(one, world->now);
    assert_int_equal(ocpp_central_connect(shards[0], &options, world->now, &one), OCPP_OK);
    assert_text(world_says(world, one, "[2,'1','Authorize',{'idTag':'GOOD'}]"), "");
    first = world->question;
    ocpp_station_disconnect(one, world->now);
    assert_int_equal(ocpp_central_connect(shards[1], &options, world->now, &one), OCPP_OK);
    assert_text(world_says(world, one, "[2,'2','Authorize',{'idTag':'BAD'}]"), "");
    assert_int_equal(ocpp_station_decide_authorize(one, first, &world->authorize, world->now), OCPP_ERR_NOT_FOUND);
    assert_text(world_hears(world, one), "");
    ocpp_central_free(shards[0]);
    ocpp_central_free(shards[1]);
}

static void a_decision_given_inside_the_question_counts_once(void **state)
{
    (void)state;
    world_free(world);
    world = world_new_with(&(struct ocpp_central_handler){ .on_authorize = decide_inside });
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    world_boot(world, one);
    assert_text(start("1"), "[3,'1',{'idTagInfo':{'status':'Blocked'},'transactionId':1}]");
    assert_text(world_hears(world, one), "");
    assert_text(world_says(world, one, "[2,'2','Authorize',{'idTag':'TAG'}]"), "[3,'2',{'idTagInfo':{'status':'Blocked'}}]");
    assert_text(world_hears(world, one), "");
}

static void a_decision_without_a_registration_is_no_decision(void **state)
{
    struct ocpp_boot_decision decision = { .interval_s = 7 };

    (void)state;
    world->boot = decision;
    assert_holds(world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                 "[4,'1','InternalError'");
    assert_int_equal(ocpp_station_registration(one), OCPP_REGISTRATION_ACCEPTED);
    world->decide_later = true;
    world_says(world, one, "[2,'2','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &decision, world->now), OCPP_ERR_ARGUMENT);
    decision.registration = OCPP_REGISTRATION_PENDING;
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &decision, world->now), OCPP_OK);
    assert_holds(world_hears(world, one), "'interval':7");
}

/* peers: 1970 timestamps */
static void an_expiry_that_is_no_date_is_not_told(void **state)
{
    static const int64_t none[] = { 0, OCPP_UTC_UNKNOWN, OCPP_NEVER, 253402300800000 };

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        world->authorize.expires_utc_ms = none[i];
        assert_text(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"), "[3,'1',{'idTagInfo':{'status':'Accepted'}}]");
        assert_text(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                    "[3,'1',{'idTokenInfo':{'status':'Accepted'}}]");
    }
}

static void a_group_that_does_not_fit_is_left_out_and_the_answer_stands(void **state)
{
    (void)state;
    world->authorize.group_id = "1234567890123456789012345678901234567";
    assert_text(world_says(world, one, "[2,'1','Authorize',{'idTag':'TAG'}]"), "[3,'1',{'idTagInfo':{'status':'Accepted'}}]");
    assert_text(world_says(world, two, "[2,'1','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"),
                "[3,'1',{'idTokenInfo':{'status':'Accepted'}}]");
    world->authorize.group_id++; /* 36 characters */
    assert_holds(world_says(world, two, "[2,'2','Authorize',{'idToken':{'idToken':'TAG','type':'ISO14443'}}]"), "groupIdToken");
}

/* The fault is ours, so the station is not told that its message was wrong. */
static void without_the_date_a_heartbeat_is_an_internal_error(void **state)
{
    (void)state;
    world->now.utc_ms = OCPP_UTC_UNKNOWN;
    assert_holds(world_says(world, one, "[2,'1','Heartbeat',{}]"), "[4,'1','InternalError'");
    assert_holds(world_says(world, two, "[2,'1','Heartbeat',{}]"), "[4,'1','InternalError'");
}

/* The transport looks at its clock once for many connections; an application looks at its own. */
static void a_decision_by_another_clock_moves_no_time_but_the_date(void **state)
{
    const struct ocpp_boot_decision boot = { .registration = OCPP_REGISTRATION_ACCEPTED };
    struct ocpp_now other = world->now;

    (void)state;
    world->decide_later = true;
    world_says(world, one, "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    other.mono_ms += 5;
    other.utc_ms += 5;
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &boot, other), OCPP_OK);
    assert_holds(world_hears(world, one), "'currentTime':'2026-01-01T00:00:00.005Z'");
    world_says(world, one, "[2,'2','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    other.mono_ms = 0;
    assert_int_equal(ocpp_station_decide_boot(one, world->question, &boot, other), OCPP_OK);
    assert_holds(world_hears(world, one), "'Accepted'");
}

/* --- the store calls back outside every entry point ---------------------------------------------------------------------------
 */

static void disconnect_inside(struct ocpp_station *station, const struct ocpp_transaction_event *told, void *user)
{
    struct central_world *here = user;

    (void)told;
    ocpp_station_disconnect(station, here->now);
}

static void free_inside(struct ocpp_station *station, const struct ocpp_transaction_event *told, void *user)
{
    struct central_world *here = user;

    (void)station;
    (void)told;
    ocpp_central_free(here->central);
}

static void try_it(void (*on_transaction)(struct ocpp_station *, const struct ocpp_transaction_event *, void *))
{
    static const struct rlimit no_core = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &no_core);
    world_free(world);
    world = world_new_with(&(struct ocpp_central_handler){ .on_transaction = on_transaction });
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    world_boot(world, one);
    world->hold_writes = true;
    start("1");
    world_release(world, OCPP_OK);
    _exit(0);
}

static void callbacks_from_the_store_may_not_disconnect_or_free_either(void **state)
{
    void (*const tries[])(struct ocpp_station *, const struct ocpp_transaction_event *, void *) = { disconnect_inside,
                                                                                                    free_inside };

    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        int status = 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            try_it(tries[i]);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

int main(void)
{
#define FRESH(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up_booted, tear_down)
    const struct CMUnitTest tests[] = {
        BOOTED(a_start_that_comes_again_waits_for_the_first_one_to_be_durable),
        BOOTED(a_start_that_comes_again_starts_anew_when_the_first_one_was_lost),
        BOOTED(what_a_station_told_is_durable_when_its_connection_is_gone),
        BOOTED(a_start_that_was_lost_with_its_connection_starts_anew),
        BOOTED(requests_of_one_station_are_recorded_told_and_answered_in_their_order),
        BOOTED(a_station_in_the_store_holds_up_no_other),
        FRESH(a_rejection_behind_an_acceptance_in_the_store_is_the_last_word),
        BOOTED(what_waits_behind_a_write_ends_with_its_connection),
        BOOTED(a_station_with_too_many_requests_in_waiting_is_refused),
        BOOTED(a_decision_that_never_comes_is_an_internal_error_and_leaves_nothing_behind),
        BOOTED(a_question_is_answered_by_its_own_kind_of_decision_only),
        BOOTED(a_decision_for_the_connection_before_decides_nothing_on_another_shard),
        BOOTED(a_decision_given_inside_the_question_counts_once),
        BOOTED(a_decision_without_a_registration_is_no_decision),
        BOOTED(an_expiry_that_is_no_date_is_not_told),
        BOOTED(a_group_that_does_not_fit_is_left_out_and_the_answer_stands),
        BOOTED(without_the_date_a_heartbeat_is_an_internal_error),
        BOOTED(a_decision_by_another_clock_moves_no_time_but_the_date),
        BOOTED(callbacks_from_the_store_may_not_disconnect_or_free_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
