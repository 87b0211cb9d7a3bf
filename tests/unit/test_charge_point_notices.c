/* The queue of what is told besides transactions: the power goes at every write, the store refuses and blinds, memory is short,
 * the queue is full, the peer refuses, the version has no word, nobody knows the time. */
#include "log_world.h"

#include "allocator.h"
#include "charge_point_internal.h"
#include "notices.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define SECURITY "SecurityEventNotification"

static struct log_world *dark(void)
{
    struct log_world *logs = log_world_new();
    world_power_on(logs->world);
    return logs;
}

static size_t waiting(const struct log_world *logs)
{
    return ocpp_charge_point_view(logs->world->cp).queued_notices;
}

static size_t dropped(const struct log_world *logs)
{
    return ocpp_charge_point_view(logs->world->cp).dropped_notices;
}

static void tamper(struct log_world *logs, const char *info)
{
    raise_event(logs, "TamperDetectionActivated", info);
}

/* An event of the device model, as the engine adds one. */
static enum ocpp_status add_event_saying(struct log_world *logs, int id, bool is_critical, const char *value)
{
    struct ocpp_charge_point *cp = logs->world->cp;
    struct event_notice event = {
        .notice = { .is_critical = is_critical },
        .event_id = id,
        .trigger = EVENT_ALERTING,
        .origin = EVENT_CUSTOM_MONITOR,
        .has_monitor = true,
        .monitor = 3,
        .evse = 1,
        .component = "EVSE",
        .variable = "Temperature",
    };
    snprintf(event.value, sizeof(event.value), "%s", value);
    ocpp_cp_enter(cp, logs->world->now);
    const enum ocpp_status status = ocpp_cp_notice_add(cp, NOTICE_EVENT, &event);
    ocpp_cp_leave(cp);
    return status;
}

static enum ocpp_status add_event(struct log_world *logs, int id, bool is_critical)
{
    return add_event_saying(logs, id, is_critical, "too hot");
}

/* A station with room for |room|, whose own start has been told, without a link. */
static struct log_world *with_room(size_t room, enum ocpp_version version)
{
    struct log_world *logs = log_world_new();
    logs->world->settings.max_notices = room;
    log_world_on(logs, version);
    world_disconnect(logs->world);
    assert_int_equal(waiting(logs), 0);
    return logs;
}

/* --- told --------------------------------------------------------------------------------------------------------------- */

/* A04.FR.02. */
static void notices_survive_a_restart_and_are_told_in_order(void **state)
{
    struct log_world *logs = dark();
    tamper(logs, "a");
    tamper(logs, "b");
    world_power_off(logs->world);
    world_power_back(logs->world, 60);
    tamper(logs, "c");
    assert_int_equal(waiting(logs), 5);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    central_sees(logs->world, SECURITY, "type=StartupOfTheDevice");
    central_sees(logs->world, SECURITY, "techInfo=a");
    central_sees(logs->world, SECURITY, "techInfo=b");
    central_sees(logs->world, SECURITY, "type=StartupOfTheDevice");
    central_sees(logs->world, SECURITY, "techInfo=c");
    central_does_not_see(logs->world, SECURITY);
    assert_int_equal(waiting(logs), 0);
    world_power_off(logs->world);
    world_power_back(logs->world, 60);
    assert_int_equal(waiting(logs), 1); /* of this start */
    log_world_free(logs);
}

static const struct seen_call *last_of(const struct world *world, const char *action)
{
    const struct seen_call *last = NULL;
    for (size_t i = 0; i < world->call_count; i++) {
        last = strcmp(world->calls[i].action, action) == 0 ? &world->calls[i] : last;
    }
    assert_non_null(last);
    return last;
}

static void silence_is_followed_by_the_same_message(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->world->silent_action = SECURITY;
    logs->world->silent_count = 1;
    tamper(logs, "door");
    const struct seen_call *first = last_of(logs->world, SECURITY);
    const int before = central_counts(logs->world, SECURITY);
    world_pass(logs->world, 80);
    assert_int_equal(central_counts(logs->world, SECURITY), before);
    world_pass(logs->world, 11);
    assert_int_equal(central_counts(logs->world, SECURITY), before + 1);
    assert_string_equal(last_of(logs->world, SECURITY)->id, first->id);
    assert_string_equal(last_of(logs->world, SECURITY)->payload, first->payload);
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

/* The loss of the link is no failure: the next link is told at once, under the same id. */
static void a_link_that_is_lost_is_no_attempt(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->world->silent_action = SECURITY;
    logs->world->silent_count = 100;
    tamper(logs, "door");
    char id[40];
    snprintf(id, sizeof(id), "%s", last_of(logs->world, SECURITY)->id);
    for (int i = 0; i < 30; i++) {
        world_disconnect(logs->world);
        world_connect(logs->world, logs->world->version);
        assert_string_equal(last_of(logs->world, SECURITY)->id, id);
    }
    logs->world->silent_count = 0;
    world_disconnect(logs->world);
    world_connect(logs->world, logs->world->version);
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(dropped(logs), 0);
    log_world_free(logs);
}

/* The waits are 60, 120, 240 seconds and so on to an hour; one that is critical is tried for most of a day. */
static void what_nobody_answers_is_given_up_in_the_end(void **state)
{
    struct log_world *logs = log_world_of(state);
    const int before = central_counts(logs->world, SECURITY);
    logs->world->refuse_action = SECURITY;
    logs->world->refuse_count = 1000;
    tamper(logs, "door");
    world_pass(logs->world, 13 * 3600);
    assert_int_equal(waiting(logs), 1);
    world_pass(logs->world, 3 * 3600);
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(dropped(logs), 1);
    assert_int_equal(central_counts(logs->world, SECURITY) - before, 20);
    logs->world->refuse_count = 0;
    tamper(logs, "again");
    central_sees(logs->world, SECURITY, "techInfo=again");
    log_world_free(logs);
}

/* A central system of 1.6 need not have the security extension. */
static void who_has_no_such_message_is_not_asked_twice(void **state)
{
    static const char *const codes[] = { "NotImplemented", "NotSupported" };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct log_world *logs = log_world_of(state);
        const int before = central_counts(logs->world, SECURITY);
        logs->world->refuse_action = SECURITY;
        logs->world->refuse_count = 1;
        logs->world->refuse_code = codes[i];
        tamper(logs, "door");
        world_pass(logs->world, 7200);
        assert_int_equal(central_counts(logs->world, SECURITY) - before, 1);
        assert_int_equal(waiting(logs), 0);
        assert_int_equal(dropped(logs), 1);
        log_world_free(logs);
    }
}

/* --- several in one message ----------------------------------------------------------------------------------------------- */

/* N07: what waited is told together, each with the moment it happened. */
static void events_that_follow_one_another_share_a_message(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_2_0_1);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(add_event(logs, i, false), OCPP_OK);
        world_pass(logs->world, 1);
    }
    tamper(logs, "between");
    assert_int_equal(add_event(logs, 10, false), OCPP_OK);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_sees(logs->world, "NotifyEvent", "seqNo=0 eventData/0/eventId=0 eventData/7/eventId=7 eventData/8/eventId=");
    central_sees(logs->world, "NotifyEvent", "seqNo=0 eventData/0/eventId=8 eventData/1/eventId=9 eventData/2/eventId=");
    central_sees(logs->world, SECURITY, "techInfo=between");
    central_sees(logs->world, "NotifyEvent",
                 "eventData/0/eventId=10 eventData/0/component/evse/id=1 eventData/0/variableMonitoringId=3");
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

/* The one that the peer refuses is found and does not take the others with it. */
static void an_event_that_is_refused_is_told_alone(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_2_0_1);
    for (int i = 0; i < 3; i++) {
        add_event(logs, i, false);
    }
    logs->world->refuse_action = "NotifyEvent";
    logs->world->refuse_count = 6; /* all three, then the first one five times */
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    world_pass(logs->world, 3600);
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=0 eventData/2/eventId=2");
    for (int i = 0; i < 5; i++) {
        central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=0 eventData/1/eventId=");
    }
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=1 eventData/1/eventId=");
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=2");
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(dropped(logs), 1);
    log_world_free(logs);
}

/* A larger message never has the id of one the peer may know; the same one has. */
static void other_events_together_have_another_id(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_2_0_1);
    char first[40];
    logs->world->silent_action = "NotifyEvent";
    logs->world->silent_count = 3;
    add_event(logs, 0, false);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    snprintf(first, sizeof(first), "%s", last_of(logs->world, "NotifyEvent")->id);
    world_disconnect(logs->world);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    assert_string_equal(last_of(logs->world, "NotifyEvent")->id, first);
    world_disconnect(logs->world);
    add_event(logs, 1, false);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    assert_string_not_equal(last_of(logs->world, "NotifyEvent")->id, first);
    log_world_free(logs);
}

/* No message grows beyond what peers take. */
static void events_that_say_much_share_less(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_2_0_1);
    char value[1001];
    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (int i = 0; i < 8; i++) {
        assert_int_equal(add_event_saying(logs, i, false, value), OCPP_OK);
    }
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_sees(logs->world, "NotifyEvent", "eventData/4/eventId=4 eventData/5/eventId=");
    central_sees(logs->world, "NotifyEvent", "eventData/2/eventId=7");
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

/* What no message can be made of is given up and found by itself. */
static void an_event_that_cannot_be_said_is_given_up(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_2_0_1);
    add_event(logs, 0, false);
    assert_int_equal(add_event_saying(logs, 1, false, "\xff\xfe"), OCPP_OK);
    add_event(logs, 2, false);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    world_pass(logs->world, 3600);
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=0 eventData/1/eventId=");
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=2");
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(dropped(logs), 1);
    log_world_free(logs);
}

/* --- without a word ----------------------------------------------------------------------------------------------------- */

/* 1.6 has no events of a device model: they wait for a link that has, and hold nothing up. */
static void what_a_version_cannot_say_waits_for_another(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_1_6);
    add_event(logs, 0, false);
    tamper(logs, "door");
    world_connect(logs->world, OCPP_VERSION_1_6);
    central_sees(logs->world, SECURITY, "techInfo=door");
    assert_int_equal(waiting(logs), 1);
    world_pass(logs->world, 86000);
    world_disconnect(logs->world);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_sees(logs->world, "NotifyEvent", "eventData/0/eventId=0");
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

static void what_no_link_can_say_is_given_up_after_a_day(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_1_6);
    add_event(logs, 0, false);
    world_pass(logs->world, 2 * 86400); /* nobody was there to be asked */
    world_connect(logs->world, OCPP_VERSION_1_6);
    world_pass(logs->world, 86399);
    assert_int_equal(waiting(logs), 1);
    world_pass(logs->world, 1);
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(dropped(logs), 1);
    log_world_free(logs);
}

/* The day may end while there is no link: whoever asks when something is due must not be told "now" for ever. */
static void what_no_link_can_say_wakes_nobody_without_a_link(void **state)
{
    (void)state;
    struct log_world *logs = with_room(100, OCPP_VERSION_1_6);
    add_event(logs, 0, false);
    world_connect(logs->world, OCPP_VERSION_1_6);
    world_pass(logs->world, 86000);
    world_disconnect(logs->world);
    world_pass(logs->world, 86400);
    assert_int_equal(waiting(logs), 1);
    world_connect(logs->world, OCPP_VERSION_1_6);
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

/* --- a full queue --------------------------------------------------------------------------------------------------------- */

static void the_oldest_that_is_not_critical_gives_way(void **state)
{
    (void)state;
    struct log_world *logs = with_room(3, OCPP_VERSION_2_0_1);
    tamper(logs, "a");
    add_event(logs, 1, false);
    add_event(logs, 2, false);
    tamper(logs, "b"); /* 1 goes */
    tamper(logs, "c"); /* 2 goes */
    assert_int_equal(dropped(logs), 2);
    assert_int_equal(add_event(logs, 3, false), OCPP_ERR_FULL);
    assert_int_equal(dropped(logs), 3);
    tamper(logs, "d"); /* a goes */
    assert_int_equal(dropped(logs), 4);
    assert_int_equal(waiting(logs), 3);
    world_power_off(logs->world);
    logs->world->settings.max_notices = 100;
    world_power_back(logs->world, 5);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_sees(logs->world, SECURITY, "techInfo=b");
    central_sees(logs->world, SECURITY, "techInfo=c");
    central_sees(logs->world, SECURITY, "techInfo=d");
    assert_int_equal(central_counts(logs->world, "NotifyEvent"), 0);
    log_world_free(logs);
}

static void a_queue_that_shrank_keeps_what_matters(void **state)
{
    (void)state;
    struct log_world *logs = with_room(10, OCPP_VERSION_2_0_1);
    tamper(logs, "a");
    for (int i = 0; i < 5; i++) {
        add_event(logs, i, false);
    }
    tamper(logs, "b");
    world_power_off(logs->world);
    logs->world->settings.max_notices = 3;
    world_power_back(logs->world, 5);
    assert_int_equal(waiting(logs), 3);
    world_connect(logs->world, OCPP_VERSION_2_0_1);
    central_sees(logs->world, SECURITY, "techInfo=a");
    central_sees(logs->world, SECURITY, "techInfo=b");
    central_sees(logs->world, SECURITY, "type=StartupOfTheDevice");
    log_world_free(logs);
}

static void a_queue_without_room_is_no_setting(void **state)
{
    (void)state;
    struct log_world *logs = log_world_new();
    static const size_t wrong[] = { 0, 10001 };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        logs->world->settings.max_notices = wrong[i];
        assert_null(ocpp_charge_point_new(&logs->world->settings, &logs->world->hardware, test_storage_face(logs->world->storage),
                                          logs->world->now));
    }
    log_world_free(logs);
}

/* --- the store ------------------------------------------------------------------------------------------------------------ */

/* Flash wears by writes. */
static bool raises;

static void raise_five(struct world *world, const char *which, int evse)
{
    (void)evse;
    if (raises && strcmp(which, "clock_told") == 0) {
        raises = false;
        for (int i = 0; i < 5; i++) {
            ocpp_charge_point_security_event(world->cp, "MaintenanceLoginFailed", "again", world->now);
        }
    }
}

static void what_happens_together_is_one_write(void **state)
{
    struct log_world *logs = log_world_of(state);
    world_pass(logs->world, 60);
    raises = true;
    logs->world->in_callback = raise_five;
    world_disconnect(logs->world);
    const unsigned before = test_storage_writes(logs->world->storage);
    ocpp_charge_point_advance(logs->world->cp, logs->world->now);
    world_connect(logs->world, logs->world->version);
    world_pass(logs->world, 300); /* a heartbeat tells the time */
    assert_false(raises);
    assert_int_equal(waiting(logs), 0);
    assert_in_range(test_storage_writes(logs->world->storage) - before, 2, 3); /* all of them, and that they were told */
    log_world_free(logs);
}

struct tale {
    int stored; /* events whose write was done when the power went */
    bool was_cut;
};

/* Three events in the dark, a link, two more; the power goes at the |nth| write. */
static struct tale live(struct log_world *logs, enum ocpp_version version, unsigned nth, size_t keep)
{
    static const char *const names[] = { "a", "b", "c", "d", "e" };
    struct world *world = logs->world;
    struct tale tale = { 0 };
    world_power_on(world);
    test_storage_cut(world->storage, nth, keep);
    for (int i = 0; i < 5 && !test_storage_is_cut(world->storage); i++) {
        if (i == 3) {
            world_connect(world, version);
        }
        tamper(logs, names[i]);
        tale.stored += !test_storage_is_cut(world->storage);
    }
    if (!test_storage_is_cut(world->storage)) {
        world_pass(world, 60);
    }
    tale.was_cut = test_storage_is_cut(world->storage);
    return tale;
}

static void each_was_told(struct log_world *logs, int count)
{
    static const char *const names[] = { "a", "b", "c", "d", "e" };
    int told = 0;
    for (size_t i = 0; i < logs->world->call_count && told < count; i++) {
        const struct seen_call *call = &logs->world->calls[i];
        told += strcmp(call->action, SECURITY) == 0 && strcmp(value_of(call->payload, "techInfo"), names[told]) == 0;
    }
    assert_int_equal(told, count);
}

/* A04.FR.02: what was stored is told, in order, whenever the power goes; and then it is over. */
static void the_power_may_go_at_any_write(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    bool was_cut = true;
    unsigned nth;
    for (nth = 1; was_cut; nth++) {
        for (size_t keep = 0; keep <= 1; keep++) {
            struct log_world *logs = log_world_new();
            const struct tale tale = live(logs, version, nth, keep);
            was_cut = tale.was_cut;
            world_power_off(logs->world);
            world_power_back(logs->world, 60);
            world_connect(logs->world, version);
            world_pass(logs->world, 60);
            each_was_told(logs, tale.stored);
            assert_int_equal(waiting(logs), 0);
            assert_int_equal(ocpp_charge_point_view(logs->world->cp).corrupt_records, 0);
            log_world_free(logs);
        }
    }
    assert_true(nth > 8);
}

/* A store that refuses or loses a write at any place costs nothing but time. */
static void any_write_may_fail(void **state)
{
    static void (*const faults[])(struct test_storage *, unsigned, enum ocpp_status) = { test_storage_refuse, test_storage_lose };
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (unsigned nth = 1; nth < 12; nth++) {
        for (size_t i = 0; i < COUNT_OF(faults) * 2; i++) {
            struct log_world *logs = log_world_new();
            world_power_on(logs->world);
            faults[i / 2](logs->world->storage, nth, i % 2 == 0 ? OCPP_ERR_FULL : OCPP_ERR_STORAGE);
            tamper(logs, "a");
            tamper(logs, "b");
            world_connect(logs->world, version);
            tamper(logs, "c");
            world_pass(logs->world, 120);
            each_was_told(logs, 3);
            assert_int_equal(waiting(logs), 0);
            world_power_off(logs->world);
            world_power_back(logs->world, 5);
            assert_int_equal(waiting(logs), 1); /* this start's own */
            log_world_free(logs);
        }
    }
}

/* A store that is full for good: what is critical is told all the same, from memory. */
static void what_cannot_be_stored_is_told_all_the_same(void **state)
{
    struct log_world *logs = log_world_of(state);
    for (int i = 0; i < 4; i++) {
        test_storage_refuse(logs->world->storage, 1, OCPP_ERR_STORAGE);
        tamper(logs, "door");
    }
    assert_int_equal(central_counts(logs->world, SECURITY), 1 + 4);
    world_pass(logs->world, 60);
    assert_int_equal(waiting(logs), 0);
    assert_int_equal(central_counts(logs->world, SECURITY), 1 + 4);
    log_world_free(logs);
}

static void any_look_at_the_store_may_fail(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (unsigned nth = 1; nth < 40; nth++) {
        struct log_world *logs = dark();
        test_storage_blind(logs->world->storage, nth, OCPP_ERR_STORAGE);
        tamper(logs, "a");
        world_connect(logs->world, version);
        tamper(logs, "b");
        world_pass(logs->world, 120);
        each_was_told(logs, 2);
        assert_int_equal(waiting(logs), 0);
        log_world_free(logs);
    }
}

static void a_start_fails_where_the_store_does(void **state)
{
    (void)state;
    struct log_world *logs = dark();
    tamper(logs, "a");
    world_power_off(logs->world);
    bool is_up = false;
    for (unsigned nth = 1; !is_up; nth++) {
        assert_true(nth < 200);
        test_storage_blind(logs->world->storage, nth, OCPP_ERR_STORAGE);
        logs->world->cp = ocpp_charge_point_new(&logs->world->settings, &logs->world->hardware,
                                                test_storage_face(logs->world->storage), logs->world->now);
        if (logs->world->cp != NULL && test_storage_looks(logs->world->storage) > 0) {
            is_up = waiting(logs) >= 2;
            assert_true(is_up); /* never up without what waits */
        }
    }
    log_world_free(logs);
}

static void spoil(struct log_world *logs, const char *key, const void *value, size_t size)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = size };
    struct ocpp_storage *disk = logs->world->memory;
    assert_int_equal(disk->write(&change, 1, NULL, NULL, disk->user), OCPP_OK);
}

static void a_bad_record_is_set_aside_and_the_others_stay(void **state)
{
    static const uint8_t no_kind[] = { 1, 60, 0, 0, 0, 0 };
    struct log_world *logs = dark();
    tamper(logs, "a");
    world_power_off(logs->world);
    spoil(logs, "notice/0000000100000000", "bad", 3); /* of the start */
    spoil(logs, "notice/what", "bad", 3);
    spoil(logs, "notice/0000000100000007", no_kind, sizeof(no_kind));
    world_power_back(logs->world, 5);
    assert_int_equal(ocpp_charge_point_view(logs->world->cp).corrupt_records, 3);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    central_sees(logs->world, SECURITY, "techInfo=a");
    central_sees(logs->world, SECURITY, "type=StartupOfTheDevice");
    central_does_not_see(logs->world, SECURITY);
    log_world_free(logs);
}

/* One that goes bad while it waits. */
static void a_record_that_goes_bad_holds_nobody_up(void **state)
{
    struct log_world *logs = dark();
    tamper(logs, "a");
    spoil(logs, "notice/0000000100000000", "bad", 3);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    central_sees(logs->world, SECURITY, "techInfo=a");
    assert_int_equal(dropped(logs), 1);
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
}

/* --- the time --------------------------------------------------------------------------------------------------------------- */

/* A start that never knew the time is dated before the next one, its own distances kept. */
static void what_happened_in_the_dark_is_dated_when_somebody_knows(void **state)
{
    struct log_world *logs = dark();
    world_pass(logs->world, 10);
    tamper(logs, "a");
    world_pass(logs->world, 30);
    tamper(logs, "b");
    world_power_off(logs->world);
    world_power_back(logs->world, 60);
    const int64_t start_ms = logs->world->now.mono_ms + logs->world->central_utc_ms;
    world_pass(logs->world, 100);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    int64_t date_ms[3] = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < logs->world->call_count; i++) {
        const struct seen_call *call = &logs->world->calls[i];
        const char *date = value_of(call->payload, "timestamp");
        if (strcmp(call->action, SECURITY) == 0 && count < 3) {
            assert_int_equal(ocpp_time_parse(date, strlen(date), &date_ms[count++]), OCPP_OK);
        }
    }
    assert_int_equal(count, 3); /* the start, a, b */
    assert_int_equal(date_ms[2] - date_ms[1], 30000);
    assert_int_equal(date_ms[1] - date_ms[0], 10000);
    assert_true(date_ms[2] < start_ms);
    log_world_free(logs);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------
 */

static size_t live_without_memory(enum ocpp_version version, size_t nth)
{
    struct test_allocator memory;
    struct log_world *logs = log_world_new();
    test_allocator_start(&memory, nth);
    logs->world->settings.allocator = &memory.allocator;
    logs->world->cp = ocpp_charge_point_new(&logs->world->settings, &logs->world->hardware,
                                            test_storage_face(logs->world->storage), logs->world->now);
    if (logs->world->cp == NULL) { /* then with memory */
        assert_int_equal(memory.blocks, 0);
        world_power_on(logs->world);
    }
    logs->world->is_starved = true;
    tamper(logs, "a");
    while (ocpp_charge_point_link_up(logs->world->cp, version, logs->world->now) != OCPP_OK) {
    }
    logs->world->version = version;
    world_run(logs->world);
    world_pass(logs->world, 300);
    tamper(logs, "b");
    world_pass(logs->world, 300);
    const size_t calls = memory.calls;
    each_was_told(logs, 2);
    assert_int_equal(waiting(logs), 0);
    log_world_free(logs);
    assert_int_equal(memory.blocks, 0);
    return calls;
}

static void every_allocation_may_fail(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    const size_t calls = live_without_memory(version, 0);
    for (size_t nth = 1; nth <= calls; nth++) {
        live_without_memory(version, nth);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(notices_survive_a_restart_and_are_told_in_order),
        IN_EACH_VERSION(silence_is_followed_by_the_same_message),
        IN_EACH_VERSION(a_link_that_is_lost_is_no_attempt),
        IN_EACH_VERSION(what_nobody_answers_is_given_up_in_the_end),
        IN_EACH_VERSION(who_has_no_such_message_is_not_asked_twice),
        cmocka_unit_test(events_that_follow_one_another_share_a_message),
        cmocka_unit_test(an_event_that_is_refused_is_told_alone),
        cmocka_unit_test(other_events_together_have_another_id),
        cmocka_unit_test(events_that_say_much_share_less),
        cmocka_unit_test(an_event_that_cannot_be_said_is_given_up),
        cmocka_unit_test(what_a_version_cannot_say_waits_for_another),
        cmocka_unit_test(what_no_link_can_say_is_given_up_after_a_day),
        cmocka_unit_test(what_no_link_can_say_wakes_nobody_without_a_link),
        cmocka_unit_test(the_oldest_that_is_not_critical_gives_way),
        cmocka_unit_test(a_queue_that_shrank_keeps_what_matters),
        cmocka_unit_test(a_queue_without_room_is_no_setting),
        IN_EACH_VERSION(what_happens_together_is_one_write),
        IN_EACH_VERSION(the_power_may_go_at_any_write),
        IN_EACH_VERSION(any_write_may_fail),
        IN_EACH_VERSION(what_cannot_be_stored_is_told_all_the_same),
        IN_EACH_VERSION(any_look_at_the_store_may_fail),
        cmocka_unit_test(a_start_fails_where_the_store_does),
        IN_EACH_VERSION(a_bad_record_is_set_aside_and_the_others_stay),
        IN_EACH_VERSION(a_record_that_goes_bad_holds_nobody_up),
        IN_EACH_VERSION(what_happened_in_the_dark_is_dated_when_somebody_knows),
        IN_EACH_VERSION(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
