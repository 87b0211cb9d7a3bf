/* Random histories of payments: whatever a bank answers, loses, repeats and delays, and wherever power is lost or memory is
 * missing, money moves once or not at all, the books are the bank's, and every operation ends. A failure prints its seed; to see
 * it again: PAYMENT_SEED=n. More of them: PAYMENT_HISTORIES=n. */
#include "payment_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { STEPS = 40, SETTLING_STEPS = 400 };

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static int64_t below(uint64_t *seed, int64_t limit)
{
    return (int64_t)(next(seed) % (uint64_t)limit);
}

static void ask_for_something(struct payment_world *world, uint64_t *seed)
{
    const int leg = world->leg_count > 0 ? (int)below(seed, (int64_t)world->leg_count) : -1;
    const int64_t minor = 1 + below(seed, 3000);
    const int64_t choice = below(seed, 10);

    world->bank.mood = (enum bank_mood)below(seed, BANK_MOOD_COUNT);
    if (leg < 0 || (choice < 2 && world->leg_count < WORLD_LEGS)) {
        (void)payment_world_hold(world, minor);
    } else if (choice < 4 && world->leg_count < WORLD_LEGS) {
        (void)payment_world_grow(world, leg, minor);
    } else if (choice < 7) {
        payment_world_capture(world, leg, minor);
    } else if (choice < 8) {
        payment_world_release(world, leg);
    } else {
        payment_world_refund(world, leg, 1 + minor / 4);
    }
}

static void hear_something(struct payment_world *world, uint64_t *seed)
{
    if (world->bank.letter_count > 0) {
        const size_t n = (size_t)below(seed, (int64_t)world->bank.letter_count);

        if (below(seed, 3) == 0 && world->bank.letters[n].answer.result != OCPP_SETTLE_PAYMENT_NOT_SENT) {
            (void)bank_repeat(world, n);
        } else {
            (void)bank_deliver(world, n);
        }
    }
}

static void step(struct payment_world *world, uint64_t *seed)
{
    const int64_t choice = below(seed, 100);

    if (choice < 40) {
        ask_for_something(world, seed);
    } else if (choice < 70) {
        hear_something(world, seed);
    } else if (choice < 95) {
        payment_world_wait(world, below(seed, 200));
    } else if (choice < 96) {
        world->bank.is_silent = !world->bank.is_silent;
    } else if (choice < 97) {
        payment_world_bill(world);
    } else {
        payment_world_restart(world);
    }
}

/* The bank comes to its senses, and time passes. */
static void settle(struct payment_world *world)
{
    world->bank.mood = BANK_SAYS_OK;
    world->bank.is_silent = false;
    for (int i = 0; i < SETTLING_STEPS && (payment_world_open(world) > 0 || world->bank.letter_count > 0); i++) {
        while (world->bank.letter_count > 0) {
            (void)bank_deliver(world, 0);
        }
        payment_world_wait(world, 600);
        payment_world_check(world);
    }
    payment_world_check_end(world);
}

static void live(struct payment_world *world, uint64_t seed, int steps)
{
    for (int i = 0; i < steps; i++) {
        step(world, &seed);
        payment_world_check(world);
    }
    settle(world);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t seed_of(uint64_t n)
{
    return UINT64_C(0x9E3779B97F4A7C15) * (n + 1);
}

static void whatever_the_bank_does_money_moves_once_or_not_at_all_and_every_operation_ends(void **state)
{
    static struct payment_world world;
    const uint64_t only = number_of("PAYMENT_SEED", 0);
    const uint64_t count = only ? only + 1 : number_of("PAYMENT_HISTORIES", 300 / every());

    (void)state;
    for (uint64_t n = only; n < count; n++) {
        if (only || n % 100 == 0) {
            (void)fprintf(stderr, "history %llu\n", (unsigned long long)n);
        }
        payment_world_start(&world, "bank");
        live(&world, seed_of(n), STEPS);
        payment_world_end(&world);
    }
}

/* --- power --------------------------------------------------------------------------------------------------------------- */

/* A history in which power is lost at write |n|, and which goes on afterwards. False: it has no such write. */
static bool live_through_a_cut(uint64_t seed, size_t n, bool after)
{
    static struct payment_world world;

    payment_world_start(&world, "bank");
    world.cut_at = world.writes + n;
    world.cut_after = after;
    for (int i = 0; i < STEPS && !world.is_cut; i++) {
        step(&world, &seed);
        if (!world.is_cut) {
            payment_world_check(&world);
        }
    }
    const bool was_cut = world.is_cut;
    if (was_cut) {
        payment_world_restart(&world);
        payment_world_check(&world);
        live(&world, seed, STEPS / 4);
    }
    payment_world_end(&world);
    return was_cut;
}

static void power_lost_at_any_write_loses_and_doubles_nothing(void **state)
{
    (void)state;
    for (uint64_t history = 0; history < 6; history++) {
        size_t cuts = 0;

        for (size_t n = 1; live_through_a_cut(seed_of(history), n, n % 2 == 0); n += every()) {
            cuts++;
        }
        assert_true(cuts > 20 / every());
    }
}

/* --- memory -------------------------------------------------------------------------------------------------------------- */

/* The same steps, with the |n|-th request for memory failing within them. False: there were not so many. */
static bool live_without_memory(size_t n)
{
    static struct payment_world world;
    bool has_failed;

    payment_world_start(&world, "bank");
    world.bank.mood = BANK_SAYS_OK;
    world.memory.fail_at = world.memory.calls + n;
    const int leg = payment_world_hold(&world, 5000);
    if (leg >= 0) {
        (void)payment_world_grow(&world, leg, 300);
        world.bank.mood = BANK_OTHER_AMOUNT;
        payment_world_capture(&world, leg, 1000);
        payment_world_wait(&world, 40);
        payment_world_refund(&world, leg, 100);
        world.bank.mood = BANK_DECLINES;
        payment_world_wait(&world, 40);
    }
    has_failed = world.memory.calls >= world.memory.fail_at;
    world.memory.fail_at = 0;
    payment_world_check(&world);
    settle(&world);
    payment_world_end(&world);
    return has_failed;
}

static void missing_memory_leaves_nothing_half_done_and_nothing_open(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t n = 1; live_without_memory(n); n += every()) {
        failures++;
    }
    assert_true(failures > 10 / every());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_bank_does_money_moves_once_or_not_at_all_and_every_operation_ends),
        cmocka_unit_test(power_lost_at_any_write_loses_and_doubles_nothing),
        cmocka_unit_test(missing_memory_leaves_nothing_half_done_and_nothing_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
