/* A pile and a backend, neither of them played: charge point, agent and cabinet on one side, orders and payments on the other,
 * messages as they travel in each version. The invariants of the backend are checked after each step. */
#include "bay_world.h"
#include "settle_world.h"

#include "unit.h"

#include <ocpp/settlement/rentals.h>
#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING = 64, STEP_MS = 1000 };

/* What the backend wants to send, one at a time, and what it answers. */
static struct {
    struct settle_world *backend;
    struct {
        uint64_t token;
        char name[51];
        char *data;
    } waiting[WAITING];
    size_t count;
    char status[24];
    char answer[16384];
    bool has_answer;
    bool has_data;
    uint64_t tokens;
} both;

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)user;
    assert_string_equal(station, "PILE-7");
    assert_true(both.count < WAITING);
    both.waiting[both.count].token = token;
    snprintf(both.waiting[both.count].name, sizeof(both.waiting[0].name), "%s", data->message_id);
    both.waiting[both.count].data = malloc(strlen(data->data) + 1);
    assert_non_null(both.waiting[both.count].data);
    strcpy(both.waiting[both.count++].data, data->data);
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *given, void *user)
{
    static const char *const words[] = { "", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId" };
    (void)station;
    (void)user;
    assert_int_equal(token, both.tokens);
    both.has_answer = true;
    both.has_data = given->data != NULL;
    snprintf(both.status, sizeof(both.status), "%s", words[given->result]);
    snprintf(both.answer, sizeof(both.answer), "%s", given->data == NULL ? "" : given->data);
}

static bool may_tell_key(const char *station, void *user)
{
    (void)station;
    (void)user;
    return true;
}

static void another_transport(struct settle_world *world)
{
    world->settings.may_tell_key = may_tell_key;
    world->settings.transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
}

static void same_time(const struct bay_world *bay)
{
    const int64_t utc_ms = bay->world->central_utc_ms + bay->world->now.mono_ms;
    both.backend->now.mono_ms += utc_ms - both.backend->now.utc_ms;
    both.backend->now.utc_ms = utc_ms;
}

/* A message of the pile, as the real backend hears it. */
static void hears(struct bay_world *bay, const char *name, const char *data, char *payload, size_t room)
{
    const struct ocpp_data_transfer message = {
        .vendor_id = OCPP_SETTLE_VENDOR_ID, .message_id = name, .kind = OCPP_DATA_JSON, .data = data
    };
    both.has_answer = false;
    same_time(bay);
    if (strcmp(name, "Hello") == 0) {
        ocpp_settle_connected(both.backend->settle, "PILE-7", true, both.backend->now);
    }
    ocpp_settle_receive(both.backend->settle, "PILE-7", &message, ++both.tokens, both.backend->now);
    settle_world_run(both.backend);
    assert_true(both.has_answer);
    bay_answer(bay, both.status, both.has_data ? both.answer : NULL, payload, room);
}

static void say_first(struct bay_world *bay)
{
    struct ocpp_data_transfer_answer given = { .result = OCPP_DATA_TRANSFER_REJECTED, .kind = OCPP_DATA_JSON };
    const uint64_t token = both.waiting[0].token;
    char *data = both.waiting[0].data;
    char name[51];
    strcpy(name, both.waiting[0].name);
    memmove(&both.waiting[0], &both.waiting[1], --both.count * sizeof(both.waiting[0]));
    backend_says_raw(bay, name, data);
    given.data = bay_said(bay);
    if (strcmp(value_of(bay->world->answer, "status"), "Accepted") == 0) {
        given.result = OCPP_DATA_TRANSFER_ACCEPTED;
    }
    ocpp_settle_answered(both.backend->settle, "PILE-7", token, &given, both.backend->now);
    settle_world_run(both.backend);
    free(data);
}

static void go_on(struct bay_world *bay, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        bay_pass(bay, STEP_MS);
        same_time(bay);
        settle_world_run(both.backend);
        for (int turn = 0; turn < WAITING && both.count > 0; turn++) {
            say_first(bay);
            bay_pass(bay, 50);
            same_time(bay);
        }
    }
}

static void belongs_to_the_backend(struct bay_world *bay)
{
    bay->operator_id = both.backend->settings.operator_id;
    bay->hears = hears;
}

static struct bay_world *together(void **state)
{
    memset(&both, 0, sizeof(both));
    both.backend = settle_world_new_with(another_transport);
    struct bay_world *bay = bay_world_changed(OCPP_VERSION_NONE, belongs_to_the_backend);
    bay->version = *(enum ocpp_version *)*state;
    bay->world->central_utc_ms = both.backend->now.utc_ms;
    bay_link(bay, true);
    go_on(bay, 10);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        assert_int_equal(shown_at(bay, slot), OCPP_SETTLE_SLOT_STATE_IDLE);
    }
    return bay;
}

static void apart(struct bay_world *bay)
{
    settle_world_check_in_full(both.backend);
    bay_world_free(bay);
    while (both.count > 0) {
        free(both.waiting[--both.count].data);
    }
    settle_world_free(both.backend);
}

static int open_slot(const struct bay_world *bay)
{
    for (int slot = 1; slot <= BAY_SLOTS; slot++) {
        if (bay->cabinet.slot[slot - 1].is_open) {
            return slot;
        }
    }
    fail_msg("no bank was let out");
    return 0;
}

static int empty_slot(const struct bay_world *bay)
{
    int slot = 1;
    while (bay->cabinet.slot[slot - 1].bank.is_real) {
        slot++;
    }
    assert_true(slot <= BAY_SLOTS);
    return slot;
}

/* System A for a plain renter: deposit, bank, half an hour, one order, one payment, and the bank is for rent again. */
static void a_renter_takes_a_bank_brings_it_back_and_pays_once(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 5);
    const struct cabinet_bank bank = take_from(bay, open_slot(bay));
    go_on(bay, 5);
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    go_on(bay, 1200);
    push_into(bay, 4, &bank);
    go_on(bay, 20);
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(orders_of(both.backend, "CARD-A"), 1);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

/* A4, A24, A3. Nothing was rented: nothing is asked, and the bank is for rent again. */
static void a_bank_that_does_not_leave_costs_nothing(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 60);
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        cabinet_fault(&bay->cabinet, slot, CABINET_EJECT_JAMS, 1);
    }
    ask_for(bay, "CARD-B", 1, OCPP_OK);
    go_on(bay, 30);
    assert_int_equal(order_of(both.backend, "CARD-B").state, OCPP_SETTLE_ORDER_STATE_VOID);
    ask_for(bay, "CARD-C", 2, OCPP_OK);
    go_on(bay, 10);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

/* A5. The power goes while the bank is out of its slot; the order counts from when it could be taken. */
static void a_power_cut_while_a_bank_is_taken_makes_one_rental(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 5);
    const int slot = open_slot(bay);
    struct cabinet_bank bank;
    bay_power_cut(bay, 0);
    assert_true(cabinet_take(&bay->cabinet, slot, &bank, bay->world->now));
    bay_power_back(bay, 30);
    go_on(bay, 20);
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    push_into(bay, 4, &bank);
    go_on(bay, 20);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

/* A13, A10. Three banks, one order, one payment at the last return. */
static void several_banks_are_one_order_and_one_payment(void **state)
{
    struct bay_world *bay = together(state);
    struct cabinet_bank banks[3];
    ask_for(bay, "CARD-A", 3, OCPP_OK);
    go_on(bay, 5);
    for (int i = 0; i < 3; i++) {
        banks[i] = take_from(bay, open_slot(bay));
    }
    go_on(bay, 600);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
        push_into(bay, i + 2, &banks[i]);
        go_on(bay, 10);
    }
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(orders_of(both.backend, "CARD-A"), 1);
    apart(bay);
}

/* A26. The faulty bank comes back, another one goes out for the same rental. */
static void a_faulty_bank_is_swapped_on_the_same_order(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 5);
    struct cabinet_bank bank = take_from(bay, open_slot(bay));
    go_on(bay, 60);
    bank.condition = OCPP_SETTLE_BAY_FAULTY;
    push_into(bay, 4, &bank);
    go_on(bay, 10);
    const struct cabinet_bank other = take_from(bay, open_slot(bay));
    assert_string_not_equal(other.id, bank.id);
    go_on(bay, 60);
    assert_int_equal(order_of(both.backend, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_OPEN);
    assert_int_equal(orders_of(both.backend, "CARD-A"), 1);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

/* A25, A9, A7. What vanishes is nobody's debt, what is pulled out again is no return. */
static void what_vanishes_is_charged_to_nobody(void **state)
{
    struct bay_world *bay = together(state);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    go_on(bay, 10);
    assert_int_equal(orders_of(both.backend, "CARD-A"), 0);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    apart(bay);
}

/* A8. A bank nobody can read is held until somebody looks; its renter's clock stands. */
static void a_bank_nobody_can_read_is_held(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 5);
    struct cabinet_bank bank = take_from(bay, open_slot(bay));
    go_on(bay, 60);
    bank.is_mute = true;
    push_into(bay, 4, &bank);
    go_on(bay, 20);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_HELD);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

/* A19. Returned while there is no link, and told with the time it happened. */
static void a_bank_that_came_back_without_a_link_is_settled_later(void **state)
{
    struct bay_world *bay = together(state);
    ask_for(bay, "CARD-A", 1, OCPP_OK);
    go_on(bay, 5);
    const int slot = open_slot(bay);
    bay_link(bay, false);
    const struct cabinet_bank bank = take_from(bay, slot);
    go_on(bay, 600);
    push_into(bay, 4, &bank);
    go_on(bay, 7200); /* two hours that cost nothing */
    bay_link(bay, true);
    go_on(bay, 20);
    const struct ocpp_settle_order order = order_of(both.backend, "CARD-A");
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    const struct ocpp_settle_bill *bill = settle_world_bill(both.backend, order.id, 0);
    const struct ocpp_settle_bill_line *line = bill_line(bill, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL);
    assert_non_null(line);
    assert_in_range(line->measured, 595, 610);
    apart(bay);
}

/* A19. A renter the backend knows takes a bank while there is no link: the pile makes mark and ids itself, and it is one order
 * all the same. */
static void a_known_renter_takes_a_bank_without_a_link(void **state)
{
    struct bay_world *bay = together(state);
    const struct ocpp_token known = { "KNOWN-A", OCPP_TOKEN_ISO14443 };
    assert_int_equal(
        ocpp_settle_known_renter(both.backend->settle, &known, 1, settle_world_done(both.backend), both.backend->now), OCPP_OK);
    go_on(bay, 120);
    bay_link(bay, false);
    ask_for(bay, "STRANGER", 1, OCPP_ERR_STATE);
    ask_for(bay, "KNOWN-A", 1, OCPP_OK);
    go_on(bay, 5);
    const struct cabinet_bank bank = take_from(bay, open_slot(bay));
    go_on(bay, 1200);
    push_into(bay, empty_slot(bay), &bank);
    go_on(bay, 60);
    bay_link(bay, true);
    go_on(bay, 60);
    assert_int_equal(orders_of(both.backend, "KNOWN-A"), 1);
    assert_int_equal(order_of(both.backend, "KNOWN-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).free_banks, 3);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 0);
    apart(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_renter_takes_a_bank_brings_it_back_and_pays_once),
        IN_EACH_VERSION(a_bank_that_does_not_leave_costs_nothing),
        IN_EACH_VERSION(a_power_cut_while_a_bank_is_taken_makes_one_rental),
        IN_EACH_VERSION(several_banks_are_one_order_and_one_payment),
        IN_EACH_VERSION(a_faulty_bank_is_swapped_on_the_same_order),
        IN_EACH_VERSION(what_vanishes_is_charged_to_nobody),
        IN_EACH_VERSION(a_bank_nobody_can_read_is_held),
        IN_EACH_VERSION(a_bank_that_came_back_without_a_link_is_settled_later),
        IN_EACH_VERSION(a_known_renter_takes_a_bank_without_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
