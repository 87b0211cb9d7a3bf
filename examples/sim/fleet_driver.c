/* fleet_driver.c: one table of what may come next, and how likely it is. */
#include "fleet_driver.h"
#include "commands.h"

#include <stdio.h>

enum form { ALONE, WITH_EVSE, WITH_CARD };

/* clang-format off */
static const struct habit {
    enum driver_state state;
    int weight;           /* among those of the state */
    const char *command;
    enum form form;       /* what stands behind it */
    enum driver_state next;
    int least_s, most_s;  /* until the next act */
} habits[] = {
    { DRIVER_NOBODY,   1, "plug",       WITH_EVSE, DRIVER_CABLE,    2,  10 },
    { DRIVER_CABLE,    1, "card",       WITH_CARD, DRIVER_SESSION, 30, 180 },
    { DRIVER_SESSION, 70, "card",       WITH_CARD, DRIVER_END,      2,  10 },
    { DRIVER_SESSION, 12, "ev suspend", WITH_EVSE, DRIVER_PAUSE,   10,  30 },
    { DRIVER_SESSION, 10, "unplug",     WITH_EVSE, DRIVER_NOBODY,  10,  60 },
    { DRIVER_SESSION,  5, "stop",       WITH_EVSE, DRIVER_END,      2,  10 },
    { DRIVER_SESSION,  3, "offline",    ALONE,     DRIVER_OUTAGE,   5,  20 },
    { DRIVER_PAUSE,    1, "ev resume",  WITH_EVSE, DRIVER_SESSION, 10,  60 },
    { DRIVER_OUTAGE,   1, "online",     ALONE,     DRIVER_SESSION, 20,  60 },
    { DRIVER_END,      1, "unplug",     WITH_EVSE, DRIVER_NOBODY,  10,  60 },
};
/* clang-format on */

enum { HABITS = sizeof habits / sizeof habits[0], FIRST_S = 30 };

/* splitmix64 */
static uint64_t next_random(struct driver *driver)
{
    uint64_t z = driver->random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t between(struct driver *driver, int64_t least, int64_t most)
{
    return least + (int64_t)(next_random(driver) % (uint64_t)(most - least + 1));
}

struct driver driver_new(uint64_t seed, int number, int evse, int64_t now_mono_ms)
{
    struct driver driver = { .random = seed * UINT64_C(0xD1342543DE82EF95) + (uint64_t)number * 64 + (uint64_t)evse,
                             .evse = evse,
                             .number = number };

    driver.due_mono_ms = now_mono_ms + between(&driver, 0, FIRST_S * 1000);
    return driver;
}

static const struct habit *choose(struct driver *driver)
{
    int all = 0;
    size_t i = 0;

    for (size_t k = 0; k < HABITS; k++) {
        all += habits[k].state == driver->state ? habits[k].weight : 0;
    }
    for (int64_t left = between(driver, 0, all - 1); i < HABITS; i++) {
        left -= habits[i].state == driver->state ? habits[i].weight : 0;
        if (left < 0) {
            break;
        }
    }
    return &habits[i];
}

/* Before its end, or the first pause: a session that has no transaction by now was refused. */
static enum driver_news judge(struct driver *driver, const struct pile *pile)
{
    struct ocpp_evse_view view;

    if (driver->state != DRIVER_SESSION || driver->judged) {
        return DRIVER_NOTHING;
    }
    driver->judged = true;
    return ocpp_charge_point_evse(pile->cp, driver->evse, &view) == OCPP_OK && view.transaction ? DRIVER_CHARGED
                                                                                                : DRIVER_GOT_NOTHING;
}

static void do_it(const struct driver *driver, const struct habit *habit, struct pile *pile)
{
    char command[64];
    char reason[128];

    switch (habit->form) {
    case ALONE:
        snprintf(command, sizeof command, "%s", habit->command);
        break;
    case WITH_EVSE:
        snprintf(command, sizeof command, "%s %d", habit->command, driver->evse);
        break;
    case WITH_CARD:
        snprintf(command, sizeof command, "%s %d FLEET-%d", habit->command, driver->evse, driver->number);
        break;
    }
    (void)command_run(pile, command, reason, sizeof reason); /* what was ended from elsewhere cannot be ended again */
}

enum driver_news driver_act(struct driver *driver, struct pile *pile)
{
    const struct habit *habit;
    enum driver_news news;

    if (sim_now().mono_ms < driver->due_mono_ms) {
        return DRIVER_NOTHING;
    }
    news = judge(driver, pile);
    habit = choose(driver);
    do_it(driver, habit, pile);
    driver->judged = driver->judged && habit->state != DRIVER_NOBODY;
    driver->state = habit->next;
    driver->due_mono_ms = sim_now().mono_ms + between(driver, habit->least_s * 1000, habit->most_s * 1000);
    return news;
}
