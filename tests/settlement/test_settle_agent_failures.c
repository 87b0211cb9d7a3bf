/* Memory that is not there, a store that refuses, loses or cannot be read, keys that fail: each at any one moment of a rental.
 * Nothing is rented twice, nothing is lost that was said to be done, and in the end the pile goes on. */
#include "bay_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 3000, SLOT = 2, RETURN_SLOT = 4 };

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* A person who tries again when it did not work. False: it never did. */
static bool tries_to_rent(struct bay_world *bay, struct cabinet_bank *bank)
{
    const struct ocpp_token token = { "CARD", OCPP_TOKEN_ISO14443 };
    for (int attempt = 0; attempt < 5; attempt++) {
        char request[OCPP_SETTLE_ID_SIZE];
        char rental[16];
        int64_t generation = 0;
        bay->cabinet.listener.charge(SLOT, 100, bay->world->now, bay->cabinet.listener.user);
        const enum ocpp_status status = ocpp_settle_agent_rent(bay->agent, &token, 1, bay->world->now, request);
        bay_run(bay);
        generation = generation_at(bay, SLOT);
        snprintf(rental, sizeof(rental), "T%d", attempt);
        if (status == OCPP_OK) {
            backend_grants(bay, request, rental, SLOT);
        }
        for (int i = 0; i < 60; i++) {
            bay_pass(bay, 100);
            if (cabinet_take(&bay->cabinet, SLOT, bank, bay->world->now)) {
                bay_run(bay);
                return true;
            }
        }
        bay_pass(bay, 70000);
        assert_true(generation_at(bay, SLOT) >= generation); /* I9 */
    }
    return false;
}

static int named(const struct bay_world *bay, const char *name)
{
    int count = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        count += strcmp(bay->told[i].name, name) == 0;
    }
    return count;
}

static void refuse_all(struct bay_world *bay, const char *name)
{
    bay->reception = "Refused";
    bay->reception_count = 100;
    bay->refused_name = name;
}

/* Rents, brings back, is freed: with one failure somewhere. */
static void story(struct bay_world *bay)
{
    struct cabinet_bank bank = { .is_real = false };
    bool is_neutral = false;
    const int returned = named(bay, "BankReturned");
    assert_true(tries_to_rent(bay, &bank));
    bay_pass(bay, 120000);
    assert_int_equal(named(bay, "BankTaken"), 1);
    assert_true(cabinet_insert(&bay->cabinet, RETURN_SLOT, &bank, bay->world->now));
    bay_pass(bay, 120000);
    assert_int_equal(named(bay, "BankReturned"), returned + 1);
    for (int attempt = 0; attempt < 5 && shown_at(bay, RETURN_SLOT) != OCPP_SETTLE_SLOT_STATE_IDLE; attempt++) {
        backend_frees(bay, RETURN_SLOT);
        bay_pass(bay, 20000);
    }
    assert_int_equal(shown_at(bay, RETURN_SLOT), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_int_equal(generation_in(bay, RETURN_SLOT, &is_neutral), generation_at(bay, RETURN_SLOT));
    assert_true(is_neutral);
    bay_pass(bay, 120000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
}

static void memory_that_is_not_there_makes_no_agent(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct ocpp_settle_bay cabinet; /* itself: whatever stood between it and the agent went with the agent */
    bay_agent_off(bay);
    cabinet_bay(&bay->cabinet, &cabinet);
    bay->settings.bay = &cabinet;
    for (size_t n = 1; n < MOST; n++) {
        struct test_allocator memory;
        struct ocpp_settle_agent *agent = NULL;
        test_allocator_start(&memory, n);
        bay->settings.allocator = &memory.allocator;
        const enum ocpp_status status = ocpp_settle_agent_new(&bay->settings, bay->world->now, &agent);
        ocpp_settle_agent_free(agent);
        assert_int_equal(memory.blocks, 0);
        if (memory.calls < n) {
            assert_int_equal(status, OCPP_OK);
            assert_true(n > 5);
            break;
        }
    }
    bay->settings.allocator = NULL;
    bay->settings.bay = &bay->bay;
    bay_world_free(bay);
}

static void memory_that_is_not_there_once_is_survived(void **state)
{
    for (size_t n = 1; n < MOST; n += every()) {
        struct bay_world *bay = bay_world_new(version_of(state));
        static struct test_allocator memory;
        bay_agent_off(bay);
        test_allocator_start(&memory, 0);
        bay->settings.allocator = &memory.allocator;
        bay_agent_on(bay);
        bay_link(bay, false);
        bay_link(bay, true);
        bay_pass(bay, 2000);
        memory.calls = 0;
        memory.fail_at = n;
        story(bay);
        const bool is_over = memory.calls < n;
        bay_world_free(bay);
        assert_int_equal(memory.blocks, 0);
        if (is_over) {
            assert_true(n > 1);
            return;
        }
    }
    fail_msg("no end of allocations");
}

static void a_store_that_refuses_or_loses_one_write_is_survived(void **state)
{
    static const enum ocpp_status failures[] = { OCPP_ERR_FULL, OCPP_ERR_STORAGE };
    for (size_t kind = 0; kind < 2 * COUNT_OF(failures); kind++) {
        for (unsigned n = 1; n < MOST; n += every()) {
            struct bay_world *bay = bay_world_new(version_of(state));
            const unsigned before = test_storage_writes(bay->world->storage);
            const bool loses = kind >= COUNT_OF(failures);
            if (loses) {
                bay->world->flushes = true;
                test_storage_delay(bay->world->storage, true);
                test_storage_lose(bay->world->storage, n, failures[kind % 2]);
            } else {
                test_storage_refuse(bay->world->storage, n, failures[kind]);
            }
            story(bay);
            const bool is_over = test_storage_writes(bay->world->storage) - before < n;
            bay_world_free(bay);
            if (is_over) {
                assert_true(n > 8);
                break;
            }
        }
    }
}

static void a_store_that_cannot_be_read_once_is_survived(void **state)
{
    for (unsigned n = 1; n < MOST; n += every()) {
        struct bay_world *bay = bay_world_new(version_of(state));
        const unsigned before = test_storage_looks(bay->world->storage);
        test_storage_blind(bay->world->storage, n, OCPP_ERR_STORAGE);
        story(bay);
        const bool is_over = test_storage_looks(bay->world->storage) - before < n;
        bay_world_free(bay);
        if (is_over) {
            return;
        }
    }
}

static void keys_that_fail_once_are_survived(void **state)
{
    for (size_t n = 1; n < MOST; n += every()) {
        struct bay_world *bay = bay_world_new(version_of(state));
        bay->keys.calls = 0;
        bay->keys.fail_at = n;
        const struct ocpp_token token = { "CARD", OCPP_TOKEN_ISO14443 };
        bay_link(bay, false); /* who may not rent alone may not with broken keys either */
        assert_int_not_equal(ocpp_settle_agent_rent(bay->agent, &token, 1, bay->world->now, NULL), OCPP_OK);
        bay->keys.fail_at = 0;
        bay_link(bay, true);
        bay_pass(bay, 1000);
        story(bay);
        bay_world_free(bay);
        if (n > 4) {
            return;
        }
    }
}

/* A store that is full for an hour: nothing is let out, what happens is told when there is room. */
static void a_store_that_is_full_lets_nothing_out_and_tells_later(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    const char *request = ask_for(bay, "CARD", 1, OCPP_OK);
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    test_storage_refuse(bay->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(backend_grants(bay, request, "R1", slot), "Retry");
    bay_pass(bay, 5000);
    assert_int_equal(bay->cabinet.ejects, 0);
    assert_int_equal(shown_at(bay, slot), OCPP_SETTLE_SLOT_STATE_IDLE);
    for (int i = 0; i < 30; i++) { /* a bank is stolen meanwhile */
        test_storage_refuse(bay->world->storage, 1, OCPP_ERR_FULL);
        if (i == 0) {
            assert_true(cabinet_steal(&bay->cabinet, slot % 3 + 1, NULL, bay->world->now));
        }
        bay_pass(bay, 2000);
    }
    backend_never_heard(bay, "InventoryDifference");
    test_storage_refuse(bay->world->storage, 0, OCPP_OK);
    bay_pass(bay, 10000);
    backend_heard(bay, "InventoryDifference");
    bay_world_free(bay);
}

/* Where too much waits to be told already nobody may rent, and what happens to banks is not forgotten. */
static void an_outbox_that_is_full_rents_nothing(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct cabinet_bank bank;
    bay_agent_off(bay);
    bay->settings.max_messages = 16;
    bay_agent_on(bay);
    bay_pass(bay, 1000);
    bay_link(bay, false);
    assert_true(cabinet_steal(&bay->cabinet, 1, &bank, bay->world->now));
    bay_pass(bay, 1000);
    for (int i = 0; i < 20; i++) {
        if (cabinet_insert(&bay->cabinet, 4, &bank, bay->world->now)) {
            bay_pass(bay, 1500);
            cabinet_steal(&bay->cabinet, 4, &bank, bay->world->now);
            bay_pass(bay, 1500);
        }
    }
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 16);
    ask_for(bay, "CARD", 1, OCPP_ERR_LIMIT);
    bay_link(bay, true);
    bay_pass(bay, 60000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_EMPTY);
    ask_for(bay, "CARD", 1, OCPP_OK);
    bay_world_free(bay);
}

/* A slot that is silent after a start, while everything else goes on: what the backend agrees to does not take away the question
 * that it will answer, and the bank that came while nobody listened is told then. */
static void a_slot_that_wakes_after_the_backend_agreed_tells_what_came(void **state)
{
    struct bay_world *bay = bay_world_bare(OCPP_VERSION_NONE);
    assert_int_equal(named(bay, "BankReturned"), 0);
    bay_power_cut(bay, SIZE_MAX);
    bay->version = version_of(state);
    cabinet_fault(&bay->cabinet, SLOT, CABINET_DEAD, 1);
    bay_power_back(bay, 10);
    bay_pass(bay, 500);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).link, OCPP_SETTLE_AGENT_ON);
    assert_int_equal(named(bay, "BankReturned"), BAY_SLOTS - 2);
    bay_pass(bay, 4000);
    cabinet_fault(&bay->cabinet, SLOT, CABINET_NO_FAULT, 0);
    bay_pass(bay, 120000);
    assert_int_equal(named(bay, "BankReturned"), BAY_SLOTS - 1);
    assert_string_equal(backend_frees(bay, SLOT), "Accepted");
    bay_pass(bay, 20000);
    assert_int_equal(shown_at(bay, SLOT), OCPP_SETTLE_SLOT_STATE_IDLE);
    bay_world_free(bay);
}

/* Likewise a jam that is told meanwhile. */
static void a_slot_that_is_asked_after_a_start_answers_although_it_jammed(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bay_power_cut(bay, SIZE_MAX);
    cabinet_fault(&bay->cabinet, SLOT, CABINET_DEAD, 1);
    bay_power_back(bay, 10);
    bay->cabinet.listener.jammed(SLOT, bay->world->now, bay->cabinet.listener.user);
    bay_pass(bay, 2000);
    cabinet_fault(&bay->cabinet, SLOT, CABINET_NO_FAULT, 0);
    bay_pass(bay, 120000);
    assert_int_equal(shown_at(bay, SLOT), OCPP_SETTLE_SLOT_STATE_IDLE);
    bay_world_free(bay);
}

static void settings_outside_their_range_make_no_agent(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    const struct ocpp_settle_agent_settings good = bay->settings;
    struct ocpp_settle_agent *agent = NULL;
    struct ocpp_settle_bay bad_bay = bay->bay;
    struct ocpp_settle_agent_settings bad[] = { good, good, good, good, good, good, good, good };
    bay_agent_off(bay);
    bad_bay.slots = 65;
    bad[0].bay = &bad_bay;
    bad[1].max_messages = 15;
    bad[2].cp = NULL;
    bad[3].storage = NULL;
    bad[4].pile_key = "../x";
    bad[5].offline_rentals = 65;
    bad[6].max_bytes = 100;
    bad[7].keys.keep_secret = NULL;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(ocpp_settle_agent_new(&bad[i], bay->world->now, &agent), OCPP_ERR_ARGUMENT);
        assert_null(agent);
    }
    bay_world_free(bay);
}

/* What the backend refuses for good is a dead letter, also where the store could not be read at that moment: nothing leaves the
 * outbox without a trace. */
static void a_refused_message_is_a_dead_letter_whenever_the_store_cannot_be_read(void **state)
{
    bool is_over = false;
    for (unsigned n = 1; !is_over; n++) {
        struct bay_world *bay = bay_world_new(version_of(state));
        const unsigned before = test_storage_looks(bay->world->storage);
        refuse_all(bay, "InventoryDifference");
        test_storage_blind(bay->world->storage, n, OCPP_ERR_STORAGE);
        assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
        bay_pass(bay, 90000);
        assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
        assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 1);
        is_over = test_storage_looks(bay->world->storage) - before < n;
        bay_world_free(bay);
    }
}

/* A letter that could not be kept is counted when it is, whether the store says so at once or later. */
static void a_dead_letter_that_could_not_be_kept_is_counted_once(void **state)
{
    for (int later = 0; later <= 1; later++) {
        for (unsigned n = 1; n <= 3; n++) {
            struct bay_world *bay = bay_world_new(version_of(state));
            refuse_all(bay, "InventoryDifference");
            if (later == 1) {
                bay->world->flushes = true;
                test_storage_delay(bay->world->storage, true);
                test_storage_lose(bay->world->storage, n, OCPP_ERR_STORAGE);
            } else {
                test_storage_refuse(bay->world->storage, n, OCPP_ERR_FULL);
            }
            assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
            bay_pass(bay, 90000);
            assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
            assert_int_equal(ocpp_settle_agent_view(bay->agent).dead_letters, 1);
            bay_world_free(bay);
        }
    }
}

/* Who was agreed with is known for as long as the link is, whatever the store could not keep of it: a list that is not stored takes
 * nothing away but itself. */
static void a_pile_that_cannot_store_a_list_still_knows_its_backend(void **state)
{
    static const char list[] = "'listVersion':4,'isFull':true,'renters':[],'gone':[]";
    for (unsigned n = 1; n <= 12; n++) {
        struct bay_world *bay = bay_world_bare(OCPP_VERSION_NONE);
        bay->version = version_of(state);
        bay_agent_off(bay);
        cabinet_fault(&bay->cabinet, SLOT, CABINET_DEAD, 1000); /* so the Inventory, which would store it, comes later */
        bay_agent_on(bay);
        test_storage_refuse(bay->world->storage, n, OCPP_ERR_FULL); /* one of them is what was agreed */
        bay_link(bay, true);
        assert_int_equal(ocpp_settle_agent_view(bay->agent).link, OCPP_SETTLE_AGENT_ON);
        test_storage_refuse(bay->world->storage, 1, OCPP_ERR_FULL);
        assert_string_equal(backend_says(bay, "KnownRenters", list), "Retry");
        assert_string_equal(ocpp_settle_agent_view(bay->agent).operator_id, "op");
        cabinet_fault(&bay->cabinet, SLOT, CABINET_NO_FAULT, 0);
        bay_pass(bay, 90000);
        for (int slot = 1; slot < BAY_SLOTS; slot++) {
            assert_string_equal(backend_frees(bay, slot), "Accepted");
        }
        assert_string_equal(backend_says(bay, "KnownRenters", list), "Accepted");
        bay_world_free(bay);
    }
}

/* What the sensor said while an order for the slot could not be stored counts. */
static void a_bank_that_goes_while_an_order_cannot_be_stored_is_missed(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_news(bay);
    test_storage_refuse(bay->world->storage, 1, OCPP_ERR_FULL);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'OutOfService'"), "Retry");
    bay_pass(bay, 10000);
    assert_string_equal(value_of(backend_heard(bay, "InventoryDifference")->json, "kind"), "Vanished");
    bay_world_free(bay);
}

/* The whole bay is told after each Hello, also where that could not be stored at first. */
static void an_inventory_that_could_not_be_stored_is_told_later(void **state)
{
    for (int later = 0; later <= 1; later++) {
        for (unsigned n = 1; n <= 8; n++) {
            struct bay_world *bay = bay_world_new(version_of(state));
            bay_link(bay, false);
            if (later == 1) {
                bay->world->flushes = true;
                test_storage_delay(bay->world->storage, true);
                test_storage_lose(bay->world->storage, n, OCPP_ERR_STORAGE);
            } else {
                test_storage_refuse(bay->world->storage, n, OCPP_ERR_FULL);
            }
            bay_link(bay, true);
            bay_pass(bay, 30000);
            backend_heard(bay, "Inventory");
            bay_world_free(bay);
        }
    }
}

/* Fewer messages than wait already may wait from now on: none of those is written over, and all are told. */
static void a_smaller_outbox_loses_nothing_that_waits(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct cabinet_bank bank;
    bay_link(bay, false);
    assert_true(cabinet_steal(&bay->cabinet, 1, &bank, bay->world->now));
    bay_pass(bay, 1000);
    for (int i = 0; i < 12; i++) {
        assert_true(cabinet_insert(&bay->cabinet, 4, &bank, bay->world->now));
        bay_pass(bay, 1500);
        assert_true(cabinet_steal(&bay->cabinet, 4, &bank, bay->world->now));
        bay_pass(bay, 1500);
    }
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 25);
    bay->waited = 25;
    bay_agent_off(bay);
    bay->settings.max_messages = 16;
    bay_agent_on(bay);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 25);
    bay_pass(bay, 1000);
    bay_link(bay, true);
    assert_true(cabinet_insert(&bay->cabinet, 4, &bank, bay->world->now));
    bay_pass(bay, 60000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).queued, 0);
    assert_int_equal(named(bay, "InventoryDifference"), 13);
    assert_int_equal(named(bay, "BankReturned"), BAY_SLOTS - 1 + 13);
    bay_world_free(bay);
}

/* An answer means that it is durable, also the answer to a repetition. */
static void a_repetition_is_not_answered_before_what_it_repeats_is_durable(void **state)
{
    static const char data[] = "{\"envelope\":{\"id\":\"TWICE\",\"stream\":\"twice\",\"seq\":1},\"slot\":1,\"order\":\"OutOfService\"}";
    struct bay_world *bay = bay_world_new(version_of(state));
    test_storage_delay(bay->world->storage, true);
    assert_string_equal(backend_says_raw(bay, "SlotCommand", data), "");
    assert_string_not_equal(backend_says_raw(bay, "SlotCommand", data), "Accepted");
    test_storage_delay(bay->world->storage, false);
    bay_run(bay);
    assert_string_equal(backend_says_raw(bay, "SlotCommand", data), "Accepted");
    bay_world_free(bay);
}

/* What the store gives back may be spoiled: the pile starts, reads its banks and asks the backend. */
static void spoiled_records_are_no_reason_not_to_start(void **state)
{
    static const char *const keys[] = { "settle/pile", "settle/slot/02", "settle/in/0000000000000001",
                                        "settle/out/0000000000000001" };
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct bay_world *bay = bay_world_new(version_of(state));
        const struct ocpp_storage *storage = test_storage_face(bay->world->storage);
        bay_power_cut(bay, 0);
        test_storage_power_on(bay->world->storage);
        assert_int_equal(
            storage->write(&(struct ocpp_change){ OCPP_CHANGE_PUT, keys[i], "{\"no", 4 }, 1, NULL, NULL, storage->user), OCPP_OK);
        test_storage_cut_now(bay->world->storage, SIZE_MAX);
        bay_power_back(bay, 10);
        bay_pass(bay, 3000);
        assert_int_equal(ocpp_settle_agent_view(bay->agent).link, OCPP_SETTLE_AGENT_ON);
        assert_int_not_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_EMPTY);
        bay_world_free(bay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(memory_that_is_not_there_makes_no_agent),
        IN_EACH_VERSION(memory_that_is_not_there_once_is_survived),
        IN_EACH_VERSION(a_store_that_refuses_or_loses_one_write_is_survived),
        IN_EACH_VERSION(a_store_that_cannot_be_read_once_is_survived),
        IN_EACH_VERSION(keys_that_fail_once_are_survived),
        IN_EACH_VERSION(a_store_that_is_full_lets_nothing_out_and_tells_later),
        IN_EACH_VERSION(an_outbox_that_is_full_rents_nothing),
        IN_EACH_VERSION(a_slot_that_wakes_after_the_backend_agreed_tells_what_came),
        IN_EACH_VERSION(a_slot_that_is_asked_after_a_start_answers_although_it_jammed),
        IN_EACH_VERSION(settings_outside_their_range_make_no_agent),
        IN_EACH_VERSION(a_refused_message_is_a_dead_letter_whenever_the_store_cannot_be_read),
        IN_EACH_VERSION(a_dead_letter_that_could_not_be_kept_is_counted_once),
        IN_EACH_VERSION(a_pile_that_cannot_store_a_list_still_knows_its_backend),
        IN_EACH_VERSION(a_bank_that_goes_while_an_order_cannot_be_stored_is_missed),
        IN_EACH_VERSION(an_inventory_that_could_not_be_stored_is_told_later),
        IN_EACH_VERSION(a_smaller_outbox_loses_nothing_that_waits),
        IN_EACH_VERSION(a_repetition_is_not_answered_before_what_it_repeats_is_durable),
        IN_EACH_VERSION(spoiled_records_are_no_reason_not_to_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
