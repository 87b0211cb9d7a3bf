/* Histories by chance: piles, a backend, a provider and people do whatever they like, power and links go, messages come late or
 * twice. After every step the invariants hold; in the end every order has ended, every rental was paid by who asked for it, and
 * the books agree. The seed is the history: SETTLE_HISTORIES=N plays more of them, from SETTLE_FIRST on; SETTLE_SEED=N plays one
 * again, SETTLE_LOUD=1 tells it.
 */
#include "unit.h"

#include "town.h"

#include <signal.h>
#include <stdio.h>

enum { HISTORIES = 2000, STEPS = 24 };

static uint64_t present;

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

/* An assertion of the engines names no seed. */
static void name_the_seed(int signal_number)
{
    (void)fprintf(stderr, "history %llu: SETTLE_SEED=%llu SETTLE_LOUD=1 test_settle_histories plays it again\n",
                  (unsigned long long)present, (unsigned long long)present);
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static void live(uint64_t seed, bool is_loud)
{
    present = seed;
    struct town *town = town_new(seed, is_loud);

    for (int i = 0; i < STEPS; i++) {
        town_step(town);
    }
    town_rest(town);
    town_free(town);
}

static void whatever_happens_every_order_ends_and_no_money_appears_or_vanishes(void **state)
{
    const uint64_t only = number_of("SETTLE_SEED", 0);
    const uint64_t first = only ? only : number_of("SETTLE_FIRST", 1);
    const uint64_t count = only ? 1 : number_of("SETTLE_HISTORIES", HISTORIES / every());

    (void)state;
    (void)signal(SIGABRT, name_the_seed);
    (void)signal(SIGSEGV, name_the_seed);
    for (uint64_t seed = first; seed < first + count; seed++) {
        live(seed, getenv("SETTLE_LOUD") != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_every_order_ends_and_no_money_appears_or_vanishes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
