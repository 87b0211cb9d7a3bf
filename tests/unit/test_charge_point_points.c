/* Where a transaction starts and stops: every set of start points with every set of stop points, through several stories, against
 * an oracle that knows the definitions only (OCPP 2.0.1 part 2 2.6.4 to 2.6.6, E01, E03, E06, E07), told online in 2.0.1 and
 * afterwards in 1.6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_world.h"
#include "unit.h"

enum { BAY = 1, CONNECTED = 2, AUTHORIZED = 4, CLOSED = 8, ENERGY = 16, ALL_POINTS = 31, TIMEOUT_S = 61 };

static const char *const names[] = { "ParkingBayOccupancy", "EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer" };

/* What happens: b and B the bay is taken and left, p and P the cable is plugged in and pulled, c the card, s the vehicle
 * suspends, t a minute goes by. */
static const char *const stories[] = {
    "bpcscPB", /* as in a garage with a detector */
    "cpcP",    /* the card first */
    "bcpPB",   /* no second card */
    "pPpcPpP", /* somebody leaves without a card, and comes again */
    "pcccPcp", /* the card again and again */
    "bctpPB",  /* nobody plugs in in time */
    "cctcpscc", "bpcBPc",
};

/* --- the oracle ---------------------------------------------------------------------------------------------------------------
 */

struct oracle {
    int start;
    int stop;
    bool bay;
    bool connected;
    bool authorized;
    bool draws;
    bool energy;
    bool is_transaction;
    bool is_old_one;   /* a transaction as 1.6 has it */
    const char *state; /* as last told */
    const char *reason;
    char events[2048];
    char old_calls[512];
};

static int points_of(const struct oracle *oracle)
{
    return (oracle->bay ? BAY : 0) | (oracle->connected ? CONNECTED : 0) | (oracle->authorized ? AUTHORIZED : 0) |
           (oracle->connected && oracle->authorized ? CLOSED : 0) | (oracle->energy ? ENERGY : 0);
}

static const char *state_of(const struct oracle *oracle, bool is_opening)
{
    if (!oracle->connected) {
        return "Idle";
    }
    if (!oracle->authorized || is_opening) {
        return "EVConnected";
    }
    return oracle->draws ? "Charging" : "SuspendedEV";
}

static void tell(struct oracle *oracle, const char *kind, const char *trigger, const char *state, const char *reason)
{
    const size_t size = strlen(oracle->events);
    snprintf(oracle->events + size, sizeof(oracle->events) - size, "%s %s %s %s\n", kind, trigger, state, reason);
    oracle->state = state;
}

static void tell_old(struct oracle *oracle)
{
    const bool is_one = oracle->authorized && (oracle->connected || oracle->is_old_one);
    if (is_one != oracle->is_old_one) {
        strcat(oracle->old_calls, is_one ? "Start " : "Stop ");
    }
    oracle->is_old_one = is_one;
}

static void end_here(struct oracle *oracle, const char *trigger)
{
    const bool has_gone = strcmp(trigger, "EVCommunicationLost") == 0 || strcmp(trigger, "EVDeparted") == 0;
    if (oracle->reason == NULL) {
        oracle->reason = has_gone ? "EVDisconnected" : "StoppedByEV";
    }
    oracle->authorized = oracle->energy = oracle->is_transaction = false;
    tell(oracle, "Ended", trigger, state_of(oracle, false), oracle->reason);
}

/* Something happened, and |before| was the case until then. */
static void occur(struct oracle *oracle, int before, const char *trigger, bool is_opening, bool is_over)
{
    const int now = points_of(oracle);
    const int lost = before & ~now;
    const int stop = (oracle->stop & CLOSED) != 0 ? oracle->stop | CONNECTED | AUTHORIZED : oracle->stop;
    const bool starts = (now & ~before & (oracle->start | CLOSED)) != 0 && (now & oracle->start) != 0;
    if (!oracle->is_transaction && starts) {
        oracle->is_transaction = true;
        oracle->reason = NULL;
        tell(oracle, "Started", trigger, state_of(oracle, is_opening), "");
    } else if (oracle->is_transaction && (is_over || (lost & stop) != 0 || (now & (BAY | CONNECTED | AUTHORIZED)) == 0)) {
        end_here(oracle, trigger);
    } else if (oracle->is_transaction) {
        const bool tells_state_later = strcmp(trigger, "StopAuthorized") == 0 && oracle->connected;
        tell(oracle, "Updated", trigger, tells_state_later ? oracle->state : state_of(oracle, is_opening), "");
    }
    tell_old(oracle);
}

/* Energy begins or ceases to flow as a consequence. */
static void flow(struct oracle *oracle)
{
    const int before = points_of(oracle);
    const bool is_news = oracle->is_transaction && strcmp(oracle->state, state_of(oracle, false)) != 0;
    oracle->energy = oracle->connected && oracle->authorized && oracle->draws;
    if (is_news || points_of(oracle) != before) {
        occur(oracle, before, "ChargingStateChanged", false, false);
    }
}

static void present(struct oracle *oracle)
{
    const int before = points_of(oracle);
    const bool was_authorized = oracle->authorized;
    oracle->authorized = !was_authorized;
    oracle->reason = was_authorized ? "Local" : NULL;
    oracle->energy = false;
    occur(oracle, before, was_authorized ? "StopAuthorized" : "Authorized", true, false);
}

static void move(struct oracle *oracle, bool connected)
{
    const int before = points_of(oracle);
    if (!connected && oracle->authorized) {
        oracle->reason = "EVDisconnected";
    }
    oracle->authorized = oracle->authorized && connected;
    oracle->energy = false;
    oracle->draws = true;
    oracle->connected = connected;
    occur(oracle, before, connected ? "CablePluggedIn" : "EVCommunicationLost", true, false);
}

static void time_out(struct oracle *oracle)
{
    const int before = points_of(oracle);
    if (!oracle->authorized || oracle->connected) {
        return;
    }
    oracle->authorized = false;
    oracle->reason = "Timeout";
    occur(oracle, before, "EVConnectTimeout", false, !(oracle->bay && (oracle->stop & BAY) != 0));
}

static void foresee(struct oracle *oracle, char what)
{
    const int before = points_of(oracle);
    switch (what) {
    case 'b':
    case 'B':
        oracle->bay = what == 'b';
        occur(oracle, before, oracle->bay ? "EVDetected" : "EVDeparted", false, false);
        break;
    case 'p':
    case 'P':
        move(oracle, what == 'p');
        break;
    case 'c':
        present(oracle);
        break;
    case 's':
        oracle->draws = false;
        break;
    default:
        time_out(oracle);
        break;
    }
    flow(oracle);
}

/* --- the charge point
 * ------------------------------------------------------------------------------------------------------------ */

static void act(struct world *world, char what)
{
    switch (what) {
    case 'b':
    case 'B':
        assert_int_equal(ocpp_charge_point_bay(world->cp, 1, what == 'b', world->now), OCPP_OK);
        break;
    case 'p':
        plug(world, 1);
        break;
    case 'P':
        unplug(world, 1);
        break;
    case 'c':
        card(world, 1, "TAG");
        break;
    case 's':
        assert_int_equal(ocpp_charge_point_vehicle(world->cp, 1, false, world->now), OCPP_OK);
        break;
    default:
        world_pass(world, TIMEOUT_S);
        break;
    }
    world_run(world);
}

static void set_points(struct world *world, const char *name, int points)
{
    char list[128] = "";
    for (int i = 0; i < 5; i++) {
        if ((points >> i & 1) != 0) {
            strcat(list, list[0] == '\0' ? "" : ",");
            strcat(list, names[i]);
        }
    }
    world_set(world, name, list);
}

static struct world *with_points(int start, int stop)
{
    struct world *world = world_new();
    world->settings.sample_interval_ms = 0;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    set_points(world, "TxStartPoint", start);
    set_points(world, "TxStopPoint", stop);
    return world;
}

static void collect_events(const struct world *world, char *text, size_t room)
{
    int next_number = 0;
    text[0] = '\0';
    for (size_t i = 0; i < world->call_count; i++) {
        const char *payload = world->calls[i].payload;
        if (strcmp(world->calls[i].action, "TransactionEvent") != 0) {
            continue;
        }
        char kind[16];
        char trigger[32];
        snprintf(kind, sizeof(kind), "%s", value_of(payload, "eventType"));
        snprintf(trigger, sizeof(trigger), "%s", value_of(payload, "triggerReason"));
        next_number = strcmp(kind, "Started") == 0 ? 0 : next_number;
        assert_int_equal(atoi(value_of(payload, "seqNo")), next_number++);
        const size_t size = strlen(text);
        snprintf(text + size, room - size, "%s %s %s %s\n", kind, trigger, value_of(payload, "transactionInfo/chargingState"),
                 value_of(payload, "transactionInfo/stoppedReason"));
    }
}

static void collect_old_calls(const struct world *world, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < world->call_count; i++) {
        const char *action = world->calls[i].action;
        if (strcmp(action, "StartTransaction") == 0 || strcmp(action, "StopTransaction") == 0) {
            strcat(text, strcmp(action, "StartTransaction") == 0 ? "Start " : "Stop ");
        }
    }
}

static void compare(const char *story, int start, int stop, const char *expected, const char *seen)
{
    if (strcmp(expected, seen) != 0) {
        print_message("story %s, start %x, stop %x: expected\n%sseen\n%s", story, (unsigned)start, (unsigned)stop, expected,
                      seen);
        fail();
    }
}

static struct oracle foretell(const char *story, int start, int stop)
{
    struct oracle oracle = { .start = start, .stop = stop, .draws = true, .state = "" };
    for (const char *what = story; *what != '\0'; what++) {
        foresee(&oracle, *what);
    }
    return oracle;
}

/* Each pair of sets with the stories in turn; a story meets each set on either side many times. */
static void in_the_stories(void (*check)(const char *story, int start, int stop), size_t stride)
{
    const size_t count = sizeof(stories) / sizeof(stories[0]);
    for (int start = 1; start <= ALL_POINTS; start++) {
        for (int stop = 1; stop <= ALL_POINTS; stop++) {
            for (size_t i = (size_t)(start + 3 * stop) % stride; i < count; i += stride) {
                check(stories[i], start, stop);
            }
        }
    }
}

static void check_online(const char *story, int start, int stop)
{
    char seen[2048];
    const struct oracle oracle = foretell(story, start, stop);
    struct world *world = with_points(start, stop);
    for (const char *what = story; *what != '\0'; what++) {
        act(world, *what);
    }
    collect_events(world, seen, sizeof(seen));
    compare(story, start, stop, oracle.events, seen);
    assert_int_equal(world->protocol_errors, 0);
    world_free(world);
}

/* E01.FR.01; E01.FR.02; E01.FR.03; E01.FR.05; E01.FR.06; E01.FR.07; E01.FR.15; E01.FR.18; E03.FR.05; E03.FR.12; E03.FR.15;
 * E06.FR.01; E06.FR.02; E06.FR.03; E06.FR.06; E06.FR.07; E06.FR.14; E06.FR.15; C01.FR.26. Numbers have no gap, and each start has
 * its end. */
static void every_start_point_goes_with_every_stop_point(void **state)
{
    (void)state;
    in_the_stories(check_online, 2);
}

static void check_in_the_old_version(const char *story, int start, int stop)
{
    char seen[512];
    const struct oracle oracle = foretell(story, start, stop);
    struct world *world = with_points(start, stop);
    world_disconnect(world);
    for (const char *what = story; *what != '\0'; what++) {
        act(world, *what);
    }
    world_connect(world, OCPP_VERSION_1_6);
    collect_old_calls(world, seen);
    compare(story, start, stop, oracle.old_calls, seen);
    world_free(world);
}

/* 1.6 4.8; 1.6 4.10. The same facts, told in a version that has no points: as long as somebody is authorised with the vehicle
 * there. */
static void what_happened_by_points_is_told_in_a_version_without_them(void **state)
{
    (void)state;
    in_the_stories(check_in_the_old_version, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_start_point_goes_with_every_stop_point),
        cmocka_unit_test(what_happened_by_points_is_told_in_a_version_without_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
