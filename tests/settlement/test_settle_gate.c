/* The gate on a pile: whose cable is kept, for what and how long, and who is believed: C7, C10, C12, C13, and the keypad of C4
 * and C5. In 1.6 and in 2.0.1. */
#include "unit.h"

#include "bay_world.h"

#include "gate_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gate_bench {
    struct bay_world *bay;
    struct ocpp_settle_latch latch;
    bool is_locked;
    bool sticks;            /* it does not open */
    const char *verdict;    /* of a GateQuery, of a NumberEntry */
    const char *next_order; /* whose cable it is by the time a GateQuery is answered; NULL: the same */
} bench;

/* --- the hardware --------------------------------------------------------------------------------------------------------------
 */

static void tell_latch(bool locked)
{
    bench.is_locked = locked;
    if (bench.bay->agent != NULL) {
        ocpp_settle_agent_latch(bench.bay->agent, 1, locked, bench.bay->world->now);
    }
}

static void drive(int evse, int connector, bool locked, void *user)
{
    (void)connector;
    (void)user;
    assert_int_equal(evse, 1);
    bench.is_locked = locked || bench.sticks;
}

static void in_callback(struct world *world, const char *which, int evse)
{
    if (strcmp(which, "lock") == 0 && bench.bay->agent != NULL) {
        ocpp_settle_agent_lock(bench.bay->agent, evse, 1, world->locked);
    }
}

static void hears(struct bay_world *bay, const char *name, const char *data, char *answer, size_t room)
{
    char json[1024] = "{\"receipt\":{\"reception\":\"Accepted\"}}";
    struct told *told = &bay->told[bay->told_count++];

    *told = (struct told){ .times = 1, .json = malloc(strlen(data) + 1) };
    assert_non_null(told->json);
    memcpy(told->json, data, strlen(data) + 1);
    snprintf(told->name, sizeof(told->name), "%s", name);
    if (strcmp(name, "Hello") == 0) {
        assert_non_null(strstr(data, "GuidedPayment"));
        snprintf(json, sizeof(json),
                 "{\"version\":\"1\",\"features\":[\"GuidedPayment\"],\"maxBytes\":8192,\"operator\":\"op\",\"now\":"
                 "\"2026-11-20T08:00:00.000Z\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,"
                 "\"offlineRentals\":0,\"retryS\":30,\"grantWithinS\":120}}");
    } else if (strcmp(name, "GateQuery") == 0 || strcmp(name, "NumberEntry") == 0) {
        if (bench.next_order != NULL) {
            pile_copy(gate_of(bay->agent, 1)->order, OCPP_SETTLE_ID_SIZE, bench.next_order);
        }
        snprintf(json, sizeof(json), "{\"receipt\":{\"reception\":\"Accepted\"},\"verdict\":\"%s\"%s}", bench.verdict,
                 strcmp(bench.verdict, "WrongPile") == 0 ? ",\"text\":\"Your place is at pile PILE-2.\"" : "");
    }
    bay_answer(bay, "Accepted", json, answer, room);
}

static void no_bay(struct bay_world *bay)
{
    bay->hears = hears;
}

/* The clock jumps; the latch's switch is told. */
static void jump(int64_t ms)
{
    struct world *world = bench.bay->world;

    world->now.mono_ms += ms;
    world->now.utc_ms += world->now.utc_ms == OCPP_UTC_UNKNOWN ? 0 : ms;
    bay_run(bench.bay);
    if (bench.bay->agent != NULL) {
        tell_latch(bench.is_locked);
        bay_run(bench.bay);
    }
}

static struct bay_world *gate_world(void **state, bool is_held)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;

    bench = (struct gate_bench){ .latch = { .evses = 1, .drive = drive, .is_held_without_power = is_held }, .verdict = "Keep" };
    bench.bay = bay_world_changed(OCPP_VERSION_NONE, no_bay);
    bench.bay->version = version;
    bay_agent_off(bench.bay);
    bench.bay->settings.bay = NULL;
    bench.bay->settings.latch = &bench.latch;
    bench.bay->world->in_callback = in_callback;
    bay_agent_on(bench.bay);
    world_connect(bench.bay->world, version);
    bay_run(bench.bay);
    backend_looks_away(bench.bay);
    return bench.bay;
}

static const char close_gate[] = "'order':'ORDER-1','evse':1,'transaction':'1','withinS':1800,'longestS':86400";

/* A car charges, and the backend wants its cable kept. */
static struct bay_world *gated_world(void **state, bool is_held)
{
    struct bay_world *bay = gate_world(state, is_held);

    plug(bay->world, 1);
    card(bay->world, 1, "RSV12345678");
    bay_run(bay);
    tell_latch(bench.is_locked);
    assert_true(bench.is_locked);
    assert_string_equal(backend_says(bay, "GateClose", close_gate), "Accepted");
    charge(bay->world, 1, 5000);
    return bay;
}

static void stop(struct bay_world *bay)
{
    card(bay->world, 1, "RSV12345678");
    bay_run(bay);
    jump(100);
}

static struct bay_world *waiting_world(void **state, bool is_held)
{
    struct bay_world *bay = gated_world(state, is_held);

    stop(bay);
    return bay;
}

static struct ocpp_settle_gate_view gate(void)
{
    struct ocpp_settle_gate_view view;

    assert_int_equal(ocpp_settle_agent_gate(bench.bay->agent, 1, &view), OCPP_OK);
    return view;
}

static enum ocpp_status pull(void)
{
    const enum ocpp_status status = ocpp_settle_agent_unplug(bench.bay->agent, 1, bench.bay->world->now);

    jump(100);
    return status;
}

static void assert_open(const char *why)
{
    const char *found = "";

    jump(100);
    assert_false(bench.is_locked);
    assert_false(gate().is_closed);
    for (size_t i = 0; i < bench.bay->told_count; i++) {
        if (strcmp(bench.bay->told[i].name, "GateNotice") == 0 &&
            strcmp(value_of(bench.bay->told[i].json, "state"), "Open") == 0) {
            found = value_of(bench.bay->told[i].json, "why");
        }
    }
    assert_string_equal(found, why);
}

/* A board with a calendar of its own. */
static void power_returns(struct bay_world *bay, int seconds)
{
    const int64_t utc_ms = ocpp_charge_point_utc_ms(bay->world->cp, bay->world->now);

    bay_power_cut(bay, 0);
    world_power_back(bay->world, seconds);
    bay->world->now.utc_ms = utc_ms + (int64_t)seconds * 1000;
    bay_agent_on(bay);
    world_connect(bay->world, bay->version);
    bay_run(bay);
}

static void end(struct bay_world *bay)
{
    bay_world_free(bay);
}

/* --- kept, and let go
 * ------------------------------------------------------------------------------------------------------------ */

static void a_cable_is_kept_after_the_charging_until_the_backend_says_that_it_is_paid(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    assert_true(bench.is_locked);
    assert_int_equal(gate().state, OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT);
    assert_string_equal(value_of(backend_heard(bay, "GateNotice")->json, "state"), "AwaitPayment");
    assert_int_equal(pull(), OCPP_ERR_STATE);
    assert_int_equal(gate().state, OCPP_SETTLE_GATE_STATE_AWAIT_PAID);
    assert_string_equal(backend_says(bay, "GateOpen", "'order':'ORDER-1','evse':1,'why':'Paid'"), "Accepted");
    assert_open("Paid");
    assert_int_equal(pull(), OCPP_OK);
    end(bay);
}

static void without_a_word_of_the_backend_a_cable_is_free_as_ever(void **state)
{
    struct bay_world *bay = gate_world(state, false);

    plug(bay->world, 1);
    card(bay->world, 1, "CARD");
    bay_run(bay);
    tell_latch(bench.is_locked);
    assert_int_equal(pull(), OCPP_ERR_BUSY);
    card(bay->world, 1, "CARD");
    bay_run(bay);
    assert_false(bench.is_locked);
    jump(0);
    assert_int_equal(pull(), OCPP_OK);
    end(bay);
}

static void what_is_to_be_paid_is_shown_and_said_back_and_expires(void **state)
{
    struct bay_world *bay = waiting_world(state, false);
    const char *prompt = "{\"order\":\"ORDER-1\",\"evse\":1,\"currency\":\"EUR\",\"amount\":\"11.00\",\"url\":\"https://p/x\","
                         "\"expires\":\"2026-11-20T08:15:00.000Z\",\"validS\":900,\"isRequested\":false,\"billHash\":\"\"}";

    assert_string_equal(backend_says_raw(bay, "PaymentPrompt", prompt), "Accepted");
    assert_string_equal(value_of(bay_said(bay), "shown"), "11.00");
    assert_string_equal(gate().amount, "11.00");
    assert_string_equal(gate().url, "https://p/x");
    jump(900000);
    assert_string_equal(gate().url, "");
    end(bay);
}

/* --- C7
 * --------------------------------------------------------------------------------------------------------------------------- */

/* C7. */
static void half_an_hour_after_the_first_attempt_the_cable_is_let_go(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    jump(3600000);
    assert_int_equal(pull(), OCPP_ERR_STATE);
    jump(1000000);
    assert_int_equal(pull(), OCPP_ERR_STATE); /* the first one counts */
    jump(799000);
    assert_true(bench.is_locked);
    jump(1000);
    assert_open("Deadline");
    end(bay);
}

/* C7. */
static void a_day_after_the_end_of_the_charging_the_cable_is_let_go_whatever_happens(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    jump(86390000);
    assert_int_equal(pull(), OCPP_ERR_STATE);
    jump(10000);
    assert_open("Deadline");
    end(bay);
}

/* C7. */
static void a_fault_or_an_emergency_stop_lets_the_cable_go_at_once(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    ocpp_settle_agent_gate_broken(bay->agent, 0, OCPP_SETTLE_GATE_WHY_EMERGENCY_STOP, bay->world->now);
    assert_false(bench.is_locked);
    assert_open("EmergencyStop");
    end(bay);
}

/* C7. */
static void the_operators_unlock_lets_the_cable_go_at_once(void **state)
{
    struct bay_world *bay = waiting_world(state, false);
    const bool is_old = world_is_old(bay->world);

    (void)central_asks(bay->world, "UnlockConnector", is_old ? "{'connectorId':1}" : "{'evseId':1,'connectorId':1}");
    jump(100);
    assert_open("Operator");
    end(bay);
}

/* C7. */
static void a_backend_that_cannot_be_reached_keeps_nobody(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    bay_link(bay, false);
    jump(9000);
    assert_true(bench.is_locked);
    jump(1000);
    assert_false(bench.is_locked);
    jump(100);
    bay_link(bay, true);
    jump(1000);
    assert_open("Unreachable");
    end(bay);
}

/* C7. The emergency release needs no software. */
static void a_latch_that_was_opened_by_hand_is_open(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    tell_latch(false);
    assert_open("ByHand");
    end(bay);
}

static void a_deadline_that_could_not_be_noted_keeps_nobody(void **state)
{
    struct bay_world *bay = gated_world(state, false);

    struct ocpp_settle_agent *agent = bay->agent;
    ocpp_settle_agent_lock(agent, 1, 1, false); /* the charge point lets it go */
    test_storage_refuse(bay->world->storage, 1, OCPP_ERR_STORAGE);
    bay_run(bay);
    assert_false(bench.is_locked);
    jump(5000);
    assert_open("NotStored");
    end(bay);
}

static void a_latch_that_sticks_is_told_again_and_then_said_to_be_jammed(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    bench.sticks = true;
    assert_string_equal(backend_says(bay, "GateOpen", "'order':'ORDER-1','evse':1,'why':'Paid'"), "Accepted");
    for (int i = 0; i < 4; i++) {
        jump(5000);
    }
    assert_int_equal(gate().state, OCPP_SETTLE_GATE_STATE_JAMMED);
    bench.sticks = false;
    jump(60000);
    assert_open("Paid");
    end(bay);
}

/* --- C10, C12, C13
 * ------------------------------------------------------------------------------------------------------------------ */

/* C10. */
static void a_pile_that_never_heard_the_word_to_open_asks_by_order_and_opens(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    bench.verdict = "Open";
    jump(60000);
    assert_string_equal(value_of(backend_heard(bay, "GateQuery")->json, "order"), "ORDER-1");
    assert_open("GivenUp");
    end(bay);
}

/* C10. What was asked about one order says nothing about the next one at the same EVSE. */
static void the_answer_about_one_order_opens_no_other(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    bench.verdict = "Open";
    bench.next_order = "ORDER-2";
    jump(60000);
    assert_string_equal(value_of(backend_heard(bay, "GateQuery")->json, "order"), "ORDER-1");
    assert_true(gate().is_closed);
    end(bay);
}

/* C10. */
static void the_word_to_open_may_come_twice(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    assert_string_equal(backend_says(bay, "GateOpen", "'order':'ORDER-1','evse':1,'why':'Paid'"), "Accepted");
    assert_open("Paid");
    assert_string_equal(backend_says(bay, "GateOpen", "'order':'ORDER-1','evse':1,'why':'Paid'"), "Accepted");
    assert_false(gate().is_closed);
    end(bay);
}

/* C12. */
static void a_cable_that_is_pulled_at_the_vehicle_before_it_is_paid_is_told(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    ocpp_settle_agent_pulled(bay->agent, 1, bay->world->now);
    assert_open("Pulled");
    end(bay);
}

/* C13. */
static void a_latch_that_opens_without_power_is_open_after_a_cut_and_that_is_told(void **state)
{
    struct bay_world *bay = waiting_world(state, false);

    bay_power_cut(bay, 0);
    bench.is_locked = false;
    bay_power_back(bay, 10);
    assert_open("PowerLost");
    end(bay);
}

/* C13. */
static void a_latch_with_backup_power_stays_for_what_was_left_and_not_longer(void **state)
{
    struct bay_world *bay = waiting_world(state, true);

    assert_int_equal(pull(), OCPP_ERR_STATE);
    jump(600000);
    power_returns(bay, 600);
    assert_true(bench.is_locked);
    assert_int_equal(gate().state, OCPP_SETTLE_GATE_STATE_AWAIT_PAID);
    jump(540000);
    assert_true(bench.is_locked);
    jump(60000);
    assert_open("Deadline");
    end(bay);
}

/* C13. */
static void a_deadline_that_passed_without_power_opens_at_the_start(void **state)
{
    struct bay_world *bay = waiting_world(state, true);

    assert_int_equal(pull(), OCPP_ERR_STATE);
    power_returns(bay, 1799);
    assert_true(bench.is_locked);
    jump(1000);
    assert_open("Deadline");
    end(bay);
    bay = waiting_world(state, true);
    assert_int_equal(pull(), OCPP_ERR_STATE);
    power_returns(bay, 1801);
    assert_open("Deadline");
    end(bay);
}

/* C13. */
static void a_pile_that_lost_its_calendar_keeps_nobody_after_a_cut(void **state)
{
    struct bay_world *bay = waiting_world(state, true);

    bay_power_cut(bay, 0);
    bay_power_back(bay, 10); /* the backend tells the date, too late */
    jump(100);
    assert_false(bench.is_locked);
    end(bay);
}

/* The order of power and writes: wherever it is cut, the cable is kept for a deadline that is known, or free. */
static void power_that_goes_at_any_write_leaves_a_gate_or_none(void **state)
{
    for (int cut = 1; cut <= 8; cut++) {
        struct bay_world *bay = gated_world(state, true);

        test_storage_cut(bay->world->storage, (unsigned)cut, SIZE_MAX);
        card(bay->world, 1, "RSV12345678");
        bay_run(bay);
        jump(100);
        (void)pull();
        power_returns(bay, 10);
        const struct ocpp_settle_gate_view view = gate();
        const bool is_kept = view.is_closed && (view.state == OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT ||
                                                view.state == OCPP_SETTLE_GATE_STATE_AWAIT_PAID);
        assert_true(!is_kept || view.until_mono_ms <= bay->world->now.mono_ms + 86400000);
        jump(86400000);
        jump(10000);
        assert_false(gate().is_closed);
        end(bay);
    }
}

/* --- the keypad: C4, C5
 * -------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status key_in(const char *number)
{
    const enum ocpp_status status = ocpp_settle_agent_number(bench.bay->agent, 1, number, bench.bay->world->now);

    bay_run(bench.bay);
    return status;
}

static void reserve(struct bay_world *bay, const char *number)
{
    char text[300];

    snprintf(text, sizeof(text),
             world_is_old(bay->world)
                 ? "{'connectorId':1,'expiryDate':'2026-12-01T00:00:00Z','idTag':'%s','reservationId':7}"
                 : "{'id':7,'expiryDateTime':'2026-12-01T00:00:00Z','idToken':{'idToken':'%s','type':'KeyCode'},'evseId':1}",
             number);
    assert_string_equal(value_of(central_asks(bay->world, "ReserveNow", text), "status"), "Accepted");
}

static void a_number_that_is_kept_here_opens_its_place(void **state)
{
    struct bay_world *bay = gate_world(state, false);

    reserve(bay, "RSV12345678");
    plug(bay->world, 1);
    assert_int_equal(key_in("12345678"), OCPP_OK);
    assert_string_equal(the_session(bay->world)->token, "RSV12345678");
    backend_never_heard(bay, "NumberEntry");
    end(bay);
}

/* C5. */
static void a_number_of_another_pile_is_asked_about_and_the_person_is_told(void **state)
{
    struct bay_world *bay = gate_world(state, false);

    bench.verdict = "WrongPile";
    for (int i = 0; i < 6; i++) {
        assert_int_equal(key_in("RSV12345678"), OCPP_OK);
    }
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_NUMBER));
    assert_string_equal(bay->events[bay->event_count - 1].text, "Your place is at pile PILE-2.");
    end(bay);
}

/* C4. */
static void five_wrong_numbers_lock_the_keypad_also_over_a_power_cut(void **state)
{
    struct bay_world *bay = gate_world(state, false);

    bench.verdict = "Unknown";
    assert_int_equal(key_in("1234"), OCPP_ERR_ARGUMENT);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(key_in("RSV00000000"), OCPP_OK);
    }
    assert_int_equal(key_in("RSV00000000"), OCPP_ERR_LIMIT);
    bay_power_cut(bay, 0);
    bay_power_back(bay, 10);
    assert_int_equal(key_in("RSV00000000"), OCPP_ERR_LIMIT);
    jump(900000);
    assert_int_equal(key_in("RSV00000000"), OCPP_OK);
    end(bay);
}

/* --- the machine
 * ------------------------------------------------------------------------------------------------------------------------ */

/* I13. */
static void every_state_that_keeps_a_cable_has_a_way_out_for_each_deadline_and_danger(void **state)
{
    static const enum gate_event outs[] = { GATE_SAID_OPEN, GATE_LATE, GATE_BROKEN, GATE_LATCH_OPEN, GATE_PULLED, GATE_DARK };

    (void)state;
    for (int s = 0; s < GATE_STATES; s++) {
        for (size_t i = 0; i < sizeof(outs) / sizeof(outs[0]) && gate_keeps((enum gate_state)s); i++) {
            const struct gate_row *row = gate_row_of((enum gate_state)s, outs[i]);

            assert_non_null(row);
            assert_true(row->next == GATE_AWAIT_OPEN || row->next == GATE_FREE);
        }
    }
}

static void each_event_in_each_state_has_at_most_one_row_and_leads_to_a_state(void **state)
{
    int rows = 0;

    (void)state;
    for (int s = 0; s < GATE_STATES; s++) {
        for (int e = 0; e < GATE_EVENTS; e++) {
            const struct gate_row *row = gate_row_of((enum gate_state)s, (enum gate_event)e);

            rows += row != NULL;
            assert_true(row == NULL || row->next < GATE_STATES);
        }
    }
    assert_int_equal(rows, 37);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_cable_is_kept_after_the_charging_until_the_backend_says_that_it_is_paid),
        IN_EACH_VERSION(without_a_word_of_the_backend_a_cable_is_free_as_ever),
        IN_EACH_VERSION(what_is_to_be_paid_is_shown_and_said_back_and_expires),
        IN_EACH_VERSION(half_an_hour_after_the_first_attempt_the_cable_is_let_go),
        IN_EACH_VERSION(a_day_after_the_end_of_the_charging_the_cable_is_let_go_whatever_happens),
        IN_EACH_VERSION(a_fault_or_an_emergency_stop_lets_the_cable_go_at_once),
        IN_EACH_VERSION(the_operators_unlock_lets_the_cable_go_at_once),
        IN_EACH_VERSION(a_backend_that_cannot_be_reached_keeps_nobody),
        IN_EACH_VERSION(a_latch_that_was_opened_by_hand_is_open),
        IN_EACH_VERSION(a_deadline_that_could_not_be_noted_keeps_nobody),
        IN_EACH_VERSION(a_latch_that_sticks_is_told_again_and_then_said_to_be_jammed),
        IN_EACH_VERSION(a_pile_that_never_heard_the_word_to_open_asks_by_order_and_opens),
        IN_EACH_VERSION(the_answer_about_one_order_opens_no_other),
        IN_EACH_VERSION(the_word_to_open_may_come_twice),
        IN_EACH_VERSION(a_cable_that_is_pulled_at_the_vehicle_before_it_is_paid_is_told),
        IN_EACH_VERSION(a_latch_that_opens_without_power_is_open_after_a_cut_and_that_is_told),
        IN_EACH_VERSION(a_latch_with_backup_power_stays_for_what_was_left_and_not_longer),
        IN_EACH_VERSION(a_deadline_that_passed_without_power_opens_at_the_start),
        IN_EACH_VERSION(a_pile_that_lost_its_calendar_keeps_nobody_after_a_cut),
        IN_EACH_VERSION(power_that_goes_at_any_write_leaves_a_gate_or_none),
        IN_EACH_VERSION(a_number_that_is_kept_here_opens_its_place),
        IN_EACH_VERSION(a_number_of_another_pile_is_asked_about_and_the_person_is_told),
        IN_EACH_VERSION(five_wrong_numbers_lock_the_keypad_also_over_a_power_cut),
        cmocka_unit_test(every_state_that_keeps_a_cable_has_a_way_out_for_each_deadline_and_danger),
        cmocka_unit_test(each_event_in_each_state_has_at_most_one_row_and_leads_to_a_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
