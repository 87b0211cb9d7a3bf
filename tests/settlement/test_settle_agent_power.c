/* The power goes: at each write of the store, before each act of the bay, and in the middle of each half of a mark. Whatever the
 * moment, a bank is rented or not, once, and its mark is never a third. */
#include "bay_world.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CUTS = 80, RENTED_SLOT = 2, RETURN_SLOT = 4 };

/* Where the power goes. */
struct cut {
    unsigned write; /* at this write of the store; 0: none */
    size_t keep;
    unsigned act; /* before this act of the bay, counted from the beginning; 0: none */
    size_t bytes; /* of a half under way that are in the bank */
    bool gathers; /* the store is done with a write when it is flushed, not at once */
};

static struct bay_world *cut_world;
static unsigned cut_at_act;
static unsigned acts_seen;

/* Acts are begun by callbacks: the store loses its power there, and everything stops when the callback is over. */
static void before_act(int slot, const char *what, void *user)
{
    (void)slot;
    (void)what;
    (void)user;
    if (++acts_seen == cut_at_act && !test_storage_is_cut(cut_world->world->storage)) {
        test_storage_cut_now(cut_world->world->storage, SIZE_MAX);
    }
}

/* The bank a person holds, if any. */
struct hand {
    struct cabinet_bank bank;
    bool has_bank;
    int64_t taken_at; /* UTC */
};

static bool is_dark(const struct bay_world *bay)
{
    return test_storage_is_cut(bay->world->storage);
}

static void pass(struct bay_world *bay, int64_t ms)
{
    if (!is_dark(bay)) {
        bay_pass(bay, ms);
    }
}

/* Asks, is granted, takes as soon as it can be taken, and brings it back. */
static void rent_and_return(struct bay_world *bay, struct hand *hand)
{
    const struct ocpp_token token = { "CARD", OCPP_TOKEN_ISO14443 };
    char request[OCPP_SETTLE_ID_SIZE];
    bay->cabinet.listener.charge(RENTED_SLOT, 100, bay->world->now, bay->cabinet.listener.user);
    bay->cabinet.slot[RENTED_SLOT - 1].bank.charge = 100;
    bay_news(bay);
    if (ocpp_settle_agent_rent(bay->agent, &token, 1, bay->world->now, request) != OCPP_OK) {
        return;
    }
    bay_run(bay);
    if (!is_dark(bay)) {
        backend_grants(bay, request, "R2", RENTED_SLOT);
    }
    for (int i = 0; i < 40 && !is_dark(bay) && !hand->has_bank; i++) {
        pass(bay, 50);
        hand->has_bank = cabinet_take(&bay->cabinet, RENTED_SLOT, &hand->bank, bay->world->now);
        hand->taken_at = bay->world->central_utc_ms + bay->world->now.mono_ms;
        if (hand->has_bank && !is_dark(bay)) {
            bay_news(bay);
        }
    }
    pass(bay, 1000);
    if (hand->has_bank && !is_dark(bay)) {
        cabinet_insert(&bay->cabinet, RETURN_SLOT, &hand->bank, bay->world->now);
        hand->has_bank = false;
        pass(bay, 2000);
    }
    if (!is_dark(bay) && backend_count(bay, "BankReturned") > 3) {
        backend_frees(bay, RETURN_SLOT);
        pass(bay, 1000);
    }
}

static int about_rental(const struct bay_world *bay, const char *name)
{
    int count = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        count += strcmp(bay->told[i].name, name) == 0 && strcmp(value_of(bay->told[i].json, "rental"), "R2") == 0;
    }
    return count;
}

static bool was_granted(const struct bay_world *bay)
{
    return bay->said > 3;
}

/* Every bank that is in the cabinet and not being kept for somebody bears a whole mark, and the one the pile thinks it does. */
static void marks_are_whole(struct bay_world *bay)
{
    for (int slot = 1; slot <= BAY_SLOTS; slot++) {
        bool is_neutral = false;
        if (shown_at(bay, slot) == OCPP_SETTLE_SLOT_STATE_IDLE || shown_at(bay, slot) == OCPP_SETTLE_SLOT_STATE_CHARGING) {
            assert_int_equal(generation_in(bay, slot, &is_neutral), generation_at(bay, slot));
            assert_true(is_neutral);
        }
    }
}

/* A person who holds the bank in a hand has rented it; one that is in the cabinet is rented by nobody. Told once, whatever
 * happened. */
static void everybody_knows_who_has_the_bank(struct bay_world *bay, const struct hand *hand)
{
    const int taken = about_rental(bay, "BankTaken");
    const int failed = about_rental(bay, "RentFailed");
    bool came_back = false;
    assert_true(taken <= 1 && failed <= 1 && taken + failed <= 1);
    for (int i = 0; i < BAY_SLOTS; i++) {
        came_back |= bay->cabinet.slot[i].bank.is_real && strcmp(bay->cabinet.slot[i].bank.id, "B2") == 0 && i + 1 == RETURN_SLOT;
    }
    assert_int_equal(taken, hand->has_bank || came_back);
    if (taken == 0 && was_granted(bay) && failed == 0) { /* then the grant was not heard for good: it is said again */
        assert_int_equal(shown_at(bay, RENTED_SLOT), OCPP_SETTLE_SLOT_STATE_IDLE);
    }
    marks_are_whole(bay);
}

static unsigned story(enum ocpp_version version, const struct cut *cut)
{
    struct bay_world *bay = bay_world_new(version);
    struct hand hand = { .has_bank = false };
    cut_world = bay;
    cut_at_act = cut->act;
    acts_seen = 0;
    bay->cabinet.on_act = before_act;
    if (cut->gathers) {
        bay->world->flushes = true;
        test_storage_delay(bay->world->storage, true);
    }
    if (cut->write > 0) {
        test_storage_cut(bay->world->storage, cut->write, cut->keep);
    }
    const unsigned before = test_storage_writes(bay->world->storage);
    rent_and_return(bay, &hand);
    const unsigned seen = cut->act > 0 ? acts_seen : test_storage_writes(bay->world->storage) - before;
    const bool was_cut = is_dark(bay);
    cut_at_act = 0;
    bay_power_cut(bay, cut->bytes);
    bay_power_back(bay, 20);
    bay_pass(bay, 40000);
    everybody_knows_who_has_the_bank(bay, &hand);
    bay->cabinet.on_act = NULL;
    bay_world_free(bay);
    return was_cut ? seen + 1 : 0;
}

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* A5, A6. */
static void a_cut_at_any_write_leaves_one_story(void **state)
{
    for (size_t keep = 0; keep <= 1; keep++) {
        unsigned write = 1;
        for (; write < MOST_CUTS; write += every()) {
            const struct cut cut = { .write = write, .keep = keep };
            if (story(version_of(state), &cut) == 0) {
                break;
            }
        }
        assert_in_range(write, 8, MOST_CUTS - 1);
    }
}

/* A5, A6. A store that gathers writes: of what waits none, one or all reach the disk. */
static void a_cut_of_a_store_that_gathers_leaves_one_story(void **state)
{
    static const size_t keeps[] = { 0, 1, SIZE_MAX };
    for (size_t i = 0; i < COUNT_OF(keeps); i++) {
        unsigned write = 1;
        for (; write < MOST_CUTS; write += every()) {
            const struct cut cut = { .write = write, .keep = keeps[i], .gathers = true };
            if (story(version_of(state), &cut) == 0) {
                break;
            }
        }
        assert_in_range(write, 8, MOST_CUTS - 1);
    }
}

/* A5, A6. In the bank are then none, some or all of the bytes that were being written. */
static void a_cut_before_any_act_leaves_one_story(void **state)
{
    static const size_t bytes[] = { 0, 1, 5, 11, 12 };
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        unsigned act = 1;
        for (; act < MOST_CUTS; act += every()) {
            const struct cut cut = { .act = act, .bytes = bytes[i] };
            if (story(version_of(state), &cut) == 0) {
                break;
            }
        }
        assert_in_range(act, 8, MOST_CUTS - 1);
    }
}

/* A6. While the mark is being undone the power goes once more, at each act: it is undone after all, with the same generation. */
static void a_cut_while_a_cut_is_being_mended_is_mended_too(void **state)
{
    for (unsigned act = 1; act < 14; act++) {
        struct bay_world *bay = bay_world_new(version_of(state));
        bool is_neutral = false;
        bay->cabinet.act_ms = 1000;
        bay->cabinet.listener.charge(RENTED_SLOT, 100, bay->world->now, bay->cabinet.listener.user);
        const char *request = ask_for(bay, "CARD", 1, OCPP_OK);
        assert_string_equal(backend_grants(bay, request, "R2", RENTED_SLOT), "Accepted");
        bay_pass(bay, 1500); /* the second half is being written */
        bay_power_cut(bay, 5);
        assert_int_equal(generation_in(bay, RENTED_SLOT, &is_neutral), -1);
        bay->cabinet.act_ms = 100;
        cut_world = bay;
        acts_seen = 0;
        cut_at_act = act;
        bay->cabinet.on_act = before_act;
        bay_power_back(bay, 5);
        cut_at_act = 0;
        bay_power_cut(bay, act % 12);
        bay_power_back(bay, 5);
        bay_pass(bay, 5000);
        assert_int_equal(generation_in(bay, RENTED_SLOT, &is_neutral), 4);
        assert_true(is_neutral);
        assert_int_equal(about_rental(bay, "RentFailed"), 1);
        assert_int_equal(bay->cabinet.ejects, 0);
        bay->cabinet.on_act = NULL;
        bay_world_free(bay);
    }
}

/* A5. The bank was taken in the dark: the rental began when it could be taken, by the pile's clock. */
static void a_bank_taken_in_the_dark_is_rented_since_it_could_be_taken(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    rent_from(bay, "CARD", 2);
    const int64_t open_at = bay->world->central_utc_ms + bay->world->now.mono_ms;
    bay_power_cut(bay, 0);
    assert_true(cabinet_take(&bay->cabinet, 2, NULL, bay->world->now));
    bay_power_back(bay, 3600);
    const struct told *taken = backend_heard(bay, "BankTaken");
    int64_t at = 0;
    const char *text = value_of(taken->json, "at/utc");
    assert_int_equal(ocpp_time_parse(text, strlen(text), &at), OCPP_OK);
    assert_true(at <= open_at && at > open_at - 5000);
    bay_pass(bay, 5000);
    bay_power_cut(bay, 0);
    bay_power_back(bay, 10);
    assert_int_equal(backend_count(bay, "BankTaken"), 1);
    bay_world_free(bay);
}

/* A5. It was taken in the dark, and somebody put another one in its place: that one is not marked as if it were the first. */
static void a_bank_taken_in_the_dark_is_rented_although_another_one_lies_in_its_place(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct cabinet_bank other;
    unsigned char mark[CABINET_MARK_SIZE];
    rent_from(bay, "CARD", 2);
    bay_power_cut(bay, 0);
    assert_true(cabinet_take(&bay->cabinet, 2, NULL, bay->world->now));
    assert_true(cabinet_steal(&bay->cabinet, 3, &other, bay->world->now));
    memcpy(mark, other.mark, sizeof mark);
    assert_true(cabinet_insert(&bay->cabinet, 2, &other, bay->world->now));
    bay_power_back(bay, 600);
    const int64_t back_at = bay->world->central_utc_ms;
    bay_pass(bay, 3000);
    assert_int_equal(backend_count(bay, "RentFailed"), 0);
    assert_string_equal(value_of(backend_heard(bay, "BankTaken")->json, "rental"), "R2");
    const struct told *returned = backend_heard(bay, "BankReturned");
    assert_string_equal(value_of(returned->json, "bank"), "B3");
    int64_t at = 0;
    const char *text = value_of(returned->json, "at/utc");
    assert_int_equal(ocpp_time_parse(text, strlen(text), &at), OCPP_OK);
    assert_true(at > back_at - 5000); /* not when the other one was let out */
    assert_memory_equal(bay->cabinet.slot[1].bank.mark, mark, sizeof mark);
    bay_world_free(bay);
}

/* A5. The report itself is lost: it is told again, the same. */
static void a_report_that_was_lost_is_told_again_the_same(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    rent_from(bay, "CARD", 2);
    bay_link(bay, false);
    take_from(bay, 2);
    bay_power_cut(bay, 0);
    bay_power_back(bay, 100);
    assert_string_equal(value_of(backend_heard(bay, "BankTaken")->json, "rental"), "R2");
    bay_world_free(bay);
}

/* A25. Gone while nobody watched, without an intent; or another one in its place. */
static void what_happened_in_the_dark_to_banks_nobody_rented_is_told(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    struct cabinet_bank other;
    bay_power_cut(bay, 0);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    assert_true(cabinet_steal(&bay->cabinet, 3, &other, bay->world->now));
    assert_true(cabinet_steal(&bay->cabinet, 2, NULL, bay->world->now));
    assert_true(cabinet_insert(&bay->cabinet, 2, &other, bay->world->now));
    bay_power_back(bay, 60);
    bay_pass(bay, 2000);
    int vanished = 0;
    int replaced = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        vanished += strcmp(value_of(bay->told[i].json, "kind"), "Vanished") == 0;
        replaced += strcmp(value_of(bay->told[i].json, "kind"), "Replaced") == 0;
    }
    assert_int_equal(vanished, 2);
    assert_int_equal(replaced, 1);
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    assert_string_equal(value_of(backend_heard(bay, "BankReturned")->json, "slot"), "2");
    bay_world_free(bay);
}

/* A9, A7. Pushed in, and the power goes before it is read: one return, with the time of the insertion; pulled out again: none. */
static void an_insertion_cut_short_is_one_return_or_none(void **state)
{
    for (int stays = 0; stays <= 1; stays++) {
        struct bay_world *bay = bay_world_new(version_of(state));
        rent_from(bay, "CARD", 2);
        const struct cabinet_bank bank = take_from(bay, 2);
        bay->cabinet.act_ms = 1000;
        assert_true(cabinet_insert(&bay->cabinet, 4, &bank, bay->world->now));
        bay_pass(bay, 2000);
        backend_looks_away(bay);
        bay_power_cut(bay, 0);
        if (!stays) {
            assert_true(cabinet_steal(&bay->cabinet, 4, NULL, bay->world->now));
        }
        bay->cabinet.act_ms = 100;
        bay_power_back(bay, 3600);
        bay_pass(bay, 2000);
        if (stays) {
            backend_heard(bay, "BankReturned");
        }
        backend_never_heard(bay, "BankReturned");
        bay_world_free(bay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_cut_at_any_write_leaves_one_story),
        IN_EACH_VERSION(a_cut_of_a_store_that_gathers_leaves_one_story),
        IN_EACH_VERSION(a_cut_before_any_act_leaves_one_story),
        IN_EACH_VERSION(a_cut_while_a_cut_is_being_mended_is_mended_too),
        IN_EACH_VERSION(a_bank_taken_in_the_dark_is_rented_since_it_could_be_taken),
        IN_EACH_VERSION(a_bank_taken_in_the_dark_is_rented_although_another_one_lies_in_its_place),
        IN_EACH_VERSION(a_report_that_was_lost_is_told_again_the_same),
        IN_EACH_VERSION(what_happened_in_the_dark_to_banks_nobody_rented_is_told),
        IN_EACH_VERSION(an_insertion_cut_short_is_one_return_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
