/* town.c: the town's clock and its chances, and what has to hold after every step. */
#include "town.h"

#include "settle_checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20000 };

static const char start_of_time[] = "2026-11-20T08:00:00Z";

/* --- chance, and the end ---------------------------------------------------------------------------------------------------- */

unsigned town_chance(struct town *town, unsigned below)
{
    town->dice = town->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(town->dice >> 33) % below;
}

void town_note(struct town *town, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(town->doing, sizeof town->doing, format, arguments);
    va_end(arguments);
    if (town->is_loud) {
        (void)fprintf(stderr, "%10.3f %s\n", (double)town->now_ms / 1000, town->doing);
    }
}

_Noreturn void town_fail(const struct town *town, const char *format, ...)
{
    va_list arguments;

    (void)fprintf(stderr, "history %llu, step %d (%s), at %.3f s: ", (unsigned long long)town->seed, town->steps, town->doing,
                  (double)town->now_ms / 1000);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "\n    play it again: SETTLE_SEED=%llu SETTLE_LOUD=1 test_settle_histories\n",
                  (unsigned long long)town->seed);
    exit(1);
}

/* --- clocks ------------------------------------------------------------------------------------------------------------------
 */

struct ocpp_now town_now(const struct town *town)
{
    return (struct ocpp_now){ town->now_ms, town->utc_ms + town->now_ms };
}

struct ocpp_now town_pile_now(const struct town_pile *pile)
{
    const struct town *town = pile->town;

    return (struct ocpp_now){ 700 + town->now_ms - pile->mono_at_ms,
                              pile->has_no_calendar ? OCPP_UTC_UNKNOWN : town->utc_ms + town->now_ms + pile->skew_ms };
}

/* --- birth and death -------------------------------------------------------------------------------------------------------- */

struct town *town_new(uint64_t seed, bool is_loud)
{
    struct town *town = calloc(1, sizeof *town);

    if (!town || ocpp_time_parse(start_of_time, sizeof start_of_time - 1, &town->utc_ms) != OCPP_OK) {
        abort();
    }
    town->seed = seed;
    town->dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    town->is_loud = is_loud;
    town->now_ms = 1000;
    town->said_until_ms = OCPP_NEVER;
    (void)town_chance(town, 2);
    town->arena = ocpp_arena_new(NULL, 16 * 1024 * 1024);
    settle_keys_start(&town->keys, seed);
    town_provider_start(town);
    town_backend_prepare(town);
    town_central_prepare(town);
    town->checker = settle_checker_new(&town->settings.store, &town->keys.contract);
    town_backend_on(town);
    town_knows(town);
    for (int i = 0; i < TOWN_PILES; i++) {
        town_pile_new(town, i);
    }
    town_note(town, "the town begins");
    town_pass(town, 5000);
    return town;
}

void town_free(struct town *town)
{
    town_backend_off(town);
    for (int i = 0; i < TOWN_PILES; i++) {
        town_pile_free(&town->piles[i]);
    }
    town_line_end(town);
    settle_checker_free(town->checker);
    town_backend_end(town);
    town_central_end(town);
    settle_keys_end(&town->keys);
    ocpp_arena_free(town->arena);
    free(town);
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t town_deadline(const struct town *town)
{
    int64_t deadline = sooner(sooner(town_line_deadline(town), town_central_deadline(town)), town_provider_deadline(town));

    for (int i = 0; i < TOWN_PILES; i++) {
        deadline = sooner(deadline, town_pile_deadline(&town->piles[i]));
    }
    return sooner(deadline, town->settle ? ocpp_settle_deadline(town->settle) : town->backend_at_ms);
}

/* Everything that is due now. */
static bool run_backend(struct town *town)
{
    if (town->is_cut) {
        town_backend_off(town);
        town->backend_at_ms = town->now_ms + 1000 + town_chance(town, 60000);
        return true;
    }
    if (!town->settle) {
        if (town->backend_at_ms > town->now_ms) {
            return false;
        }
        town_backend_on(town);
        return true;
    }
    if (ocpp_settle_deadline(town->settle) > town->now_ms) {
        return false;
    }
    ocpp_settle_advance(town->settle, town_now(town));
    return true;
}

static bool run_once(struct town *town)
{
    bool did = run_backend(town);

    for (int i = 0; i < TOWN_PILES; i++) {
        did = town_pile_run(&town->piles[i]) || did;
    }
    did = town_provider_run(town) || did;
    did = town_line_run(town) || did;
    did = town_central_run(town) || did;
    if (town->settle && !town->is_cut && (!did || !town->is_on_disk || town_chance(town, 4) == 0)) {
        town->settings.store.flush(town->settings.store.user); /* or later, so that a cut takes something */
    }
    return did || town->is_cut;
}

static void run(struct town *town)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!run_once(town) && !run_once(town)) { /* what became durable may have led to more */
            return;
        }
    }
    town_fail(town, "the town never comes to rest: line %d, provider %d, backend %d, piles %d %d %d",
              town_line_deadline(town) <= town->now_ms, town_provider_deadline(town) <= town->now_ms,
              town->settle && ocpp_settle_deadline(town->settle) <= town->now_ms, town->piles[0].is_awake,
              town->piles[1].is_awake, town->piles[2].is_awake);
}

void town_pass(struct town *town, int64_t ms)
{
    const int64_t end = town->now_ms + ms;

    for (int i = 0; i < TOWN_PILES; i++) { /* people may have touched them */
        town->piles[i].is_awake = true;
    }
    run(town);
    while (town->now_ms < end) {
        const int64_t deadline = town_deadline(town);

        town->now_ms = deadline <= town->now_ms ? town->now_ms + 1 : sooner(deadline, end);
        run(town);
    }
}

/* --- what has to hold --------------------------------------------------------------------------------------------------------
 */

void town_check(struct town *town)
{
    const char *broken = settle_checker_run(town->checker);

    town_require(town, !broken, "%s", broken);
}
