/* fleet.h: --stations N: so many piles on one event loop, each with a driver who does something at random, or with a scenario. */
#ifndef OCPP_SIM_FLEET_H
#define OCPP_SIM_FLEET_H

#include "commands.h"
#include "fleet_driver.h"
#include "fleet_tally.h"
#include "fleet_view.h"
#include "pile.h"
#include "scenario.h"

#include <signal.h>

struct member {
    enum { MEMBER_WAITS, MEMBER_RUNS, MEMBER_BROKEN } state;
    struct scenario scenario;
    struct driver *drivers; /* one per EVSE */
    int64_t deadline_ms;    /* of its engine, as its client knows it */
};

struct fleet_screen;

struct fleet {
    struct options options;
    struct story *story;
    const struct scenario_text *text; /* NULL: drivers */
    struct pile *piles;
    struct member *members;
    struct driver *drivers; /* of all */
    int opened;
    int next;    /* the one that is served next */
    int playing; /* scenarios that have not ended */
    int64_t start_ms;
    int64_t served_ms; /* real: up to when the piles were served */
    int64_t end_mono_ms;
    int64_t connected_ms; /* real: when all were connected for the first time; 0: not yet */
    uint64_t sessions;    /* that charged */
    struct tally tally;
    struct fleet_screen *screen; /* NULL: lines */
};

/* fleet_look: how it stands now; rates are left as they are. fleet_command: the same command for every pile, until one of them
 * does not take it. */
void fleet_look(const struct fleet *fleet, struct fleet_view *view);
enum command_outcome fleet_command(struct fleet *fleet, const char *line, char *reason, size_t size);
struct census fleet_census(const struct fleet *fleet);

/* fleet_run: until |*stopped|, the time of --for is over, or every scenario has ended. Gives the exit status. */
int fleet_run(const struct options *options, const struct scenario_text *text, struct story *story,
              const volatile sig_atomic_t *stopped);

#endif
