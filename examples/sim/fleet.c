/* fleet.c: the loop: piles are switched on at a pace, served in turns, and counted. What is served in a turn depends on the time
 * that has passed and not on how much came over the wire meanwhile, so that a busy fleet costs no more turns than an idle one. */
#include "fleet.h"
#include "commands.h"
#include "fleet_limits.h"
#include "fleet_report.h"
#include "fleet_screen.h"
#include "input.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUND_MS = 20, TURN_MS = 100, REPORT_MS = 5000, KEPT_FRAMES = 64 };

static int64_t real_ms(void)
{
    return ocpp_system_now().mono_ms;
}

/* --- one pile ---------------------------------------------------------------------------------------------------- */

static bool open_next(struct fleet *fleet)
{
    const int i = fleet->opened;
    struct member *member = &fleet->members[i];

    fleet->piles[i].story = fleet->story;
    fleet->piles[i].tally = &fleet->tally;
    if (!pile_open(&fleet->piles[i], &fleet->options, i + 1, fleet->piles)) {
        fprintf(stderr, "ocpp-sim: %s-%d: it does not start\n", fleet->options.identity, i + 1);
        tally_fail(&fleet->tally, TALLY_BROKEN);
        return false;
    }
    member->state = MEMBER_RUNS;
    member->scenario.text = fleet->text;
    member->drivers = fleet->drivers + (ptrdiff_t)i * fleet->options.evses;
    for (int evse = 1; evse <= fleet->options.evses; evse++) {
        member->drivers[evse - 1] = driver_new((uint64_t)fleet->options.seed, i + 1, evse, sim_now().mono_ms);
    }
    fleet->opened++;
    return true;
}

static void play(struct fleet *fleet, struct member *member, struct pile *pile)
{
    if (member->scenario.state != SCENARIO_PLAYS) {
        return;
    }
    scenario_play(&member->scenario, pile);
    fleet->playing -= member->scenario.state != SCENARIO_PLAYS;
    if (member->scenario.state == SCENARIO_FAILED) {
        tally_fail(&fleet->tally, TALLY_EXPECTATION);
    }
}

static void drive(struct fleet *fleet, struct member *member, struct pile *pile)
{
    for (int i = 0; i < fleet->options.evses && pile->power == PILE_RUNS; i++) {
        switch (driver_act(&member->drivers[i], pile)) {
        case DRIVER_NOTHING:
            break;
        case DRIVER_CHARGED:
            fleet->sessions++;
            break;
        case DRIVER_GOT_NOTHING:
            tally_fail(&fleet->tally, TALLY_NO_TRANSACTION);
            break;
        }
    }
}

/* Its client looks by itself at what comes over the wire, and when time is up; a kick costs two system calls. */
static void kick(struct member *member, struct pile *pile)
{
    const int64_t deadline_ms = ocpp_charge_point_deadline(pile->cp);

    if (deadline_ms != member->deadline_ms || ocpp_rpc_has_output(ocpp_charge_point_rpc(pile->cp))) {
        member->deadline_ms = deadline_ms;
        ocpp_client_kick(pile->client);
    }
}

static void serve(struct fleet *fleet, int i)
{
    struct member *member = &fleet->members[i];
    struct pile *pile = &fleet->piles[i];

    if (member->state != MEMBER_RUNS) {
        return;
    }
    if (!pile_tick(pile)) {
        fprintf(stderr, "ocpp-sim: %s: it does not start again\n", pile->identity);
        tally_fail(&fleet->tally, TALLY_BROKEN);
        fleet->playing -= fleet->text && member->scenario.state == SCENARIO_PLAYS;
        member->state = MEMBER_BROKEN;
        return;
    }
    if (fleet->text) {
        play(fleet, member, pile);
    } else {
        drive(fleet, member, pile);
    }
    kick(member, pile);
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

/* As many more as the pace allows, and no longer than the others can wait: a new database takes its time. */
static bool open_more(struct fleet *fleet)
{
    const int64_t now_ms = real_ms();
    const int64_t allowed = 1 + (now_ms - fleet->start_ms) * fleet->options.pace / 1000;

    while (fleet->opened < fleet->options.stations && fleet->opened < allowed && real_ms() - now_ms < ROUND_MS) {
        if (!open_next(fleet)) {
            return false;
        }
    }
    return true;
}

/* Those whose turn has come: all of them in TURN_MS. */
static void serve_turns(struct fleet *fleet)
{
    const int64_t now_ms = real_ms();
    int64_t due = (now_ms - fleet->served_ms) * fleet->opened / TURN_MS;

    if (due == 0) {
        return;
    }
    fleet->served_ms = now_ms;
    for (due = due < fleet->opened ? due : fleet->opened; due > 0; due--) {
        serve(fleet, fleet->next);
        fleet->next = (fleet->next + 1) % fleet->opened;
    }
}

enum command_outcome fleet_command(struct fleet *fleet, const char *line, char *reason, size_t size)
{
    enum command_outcome outcome = COMMAND_DONE;

    for (int i = 0; i < fleet->opened && outcome == COMMAND_DONE; i++) {
        if (fleet->members[i].state == MEMBER_RUNS) {
            outcome = command_run(&fleet->piles[i], line, reason, size);
        }
    }
    return outcome;
}

static bool run_command(const char *line, void *user)
{
    char reason[256] = "";
    const enum command_outcome outcome = fleet_command(user, line, reason, sizeof reason);

    if (outcome == COMMAND_WRONG) {
        fprintf(stderr, "ocpp-sim: %s\n", reason);
    }
    return outcome != COMMAND_QUIT;
}

/* The piles share a loop: whoever has a client serves all. */
static void run_loop(const struct fleet *fleet)
{
    for (int i = 0; i < fleet->opened; i++) {
        if (fleet->piles[i].client) {
            ocpp_client_run(fleet->piles[i].client, ROUND_MS);
            return;
        }
    }
    (void)poll(NULL, 0, ROUND_MS); /* all of them start again, or are broken */
}

static void look_at_connections(struct fleet *fleet)
{
    if (fleet->connected_ms == 0 && fleet_census(fleet).connected == fleet->options.stations) {
        fleet->connected_ms = real_ms();
    }
}

struct census fleet_census(const struct fleet *fleet)
{
    struct census census = { .away = fleet->options.stations - fleet->opened };
    int64_t energy_mwh = 0;

    for (int i = 0; i < fleet->opened; i++) {
        const struct pile *pile = &fleet->piles[i];
        const struct member *member = &fleet->members[i];
        const bool accepted = pile->cp && ocpp_charge_point_view(pile->cp).registration == OCPP_REGISTRATION_ACCEPTED;
        bool draws = false;
        for (int evse = 1; evse <= fleet->options.evses; evse++) {
            energy_mwh += pile->evses[evse].register_mwh;
            draws = draws || pile->evses[evse].draws;
        }
        const bool failed = member->state == MEMBER_BROKEN || member->scenario.state == SCENARIO_FAILED;
        census.charging += draws;
        census.failed += failed;
        census.connected += !failed && pile->up && accepted;
        census.booting += !failed && pile->up && !accepted;
        census.away += !failed && !pile->up;
    }
    census.energy_wh = energy_mwh / 1000;
    return census;
}

void fleet_look(const struct fleet *fleet, struct fleet_view *view)
{
    view->identity = fleet->options.identity;
    view->stations = fleet->options.stations;
    view->census = fleet_census(fleet);
    view->tally = &fleet->tally;
    view->seconds = (double)(real_ms() - fleet->start_ms) / 1000;
    view->has_drivers = fleet->text == NULL;
    view->sessions = fleet->sessions;
}

static bool is_over(const struct fleet *fleet)
{
    return (fleet->text && fleet->playing == 0) || (fleet->options.for_s > 0 && sim_now().mono_ms >= fleet->end_mono_ms);
}

static int verdict(const struct fleet *fleet)
{
    return fleet->tally.failures[TALLY_EXPECTATION] > 0 || fleet->tally.failures[TALLY_BROKEN] > 0 ? 1 : 0;
}

/* What somebody wants, who is at a terminal or before a pipe; false: the end. */
static bool take_commands(struct fleet *fleet, struct input *input)
{
    if (fleet->screen) {
        return fleet_screen_take(fleet->screen);
    }
    return fleet->text || input_take(input, run_command, fleet);
}

static void report_when_due(const struct fleet *fleet, struct fleet_report *report)
{
    if (!fleet->screen && !fleet->options.json && !fleet->options.quiet && real_ms() - report->told_ms >= REPORT_MS) {
        fleet_report_line(report, fleet);
    }
}

static bool one_round(struct fleet *fleet, struct input *input)
{
    bool goes_on;

    serve_turns(fleet);
    goes_on = take_commands(fleet, input);
    look_at_connections(fleet);
    run_loop(fleet);
    return goes_on;
}

static int loop(struct fleet *fleet, const volatile sig_atomic_t *stopped)
{
    struct fleet_report report = { .told_ms = fleet->start_ms };
    struct input input = { .over = false };
    bool goes_on = true;

    if (!fleet->options.json && !fleet->options.plain && !fleet->options.quiet) {
        fleet->screen = fleet_screen_open(fleet);
    }
    while (!*stopped && goes_on && !is_over(fleet)) {
        goes_on = open_more(fleet) && one_round(fleet, &input);
        report_when_due(fleet, &report);
    }
    if (!*stopped) {
        piles_drain(fleet->piles, fleet->opened, stopped);
    }
    fleet_screen_close(fleet->screen);
    fleet_report_end(fleet);
    return verdict(fleet);
}

/* --- start and end ----------------------------------------------------------------------------------------------- */

static bool take_memory(struct fleet *fleet)
{
    const size_t count = (size_t)fleet->options.stations;

    fleet->piles = calloc(count, sizeof *fleet->piles);
    fleet->members = calloc(count, sizeof *fleet->members);
    fleet->drivers = calloc(count * (size_t)fleet->options.evses, sizeof *fleet->drivers);
    if (!fleet->piles || !fleet->members || !fleet->drivers) {
        fprintf(stderr, "ocpp-sim: out of memory\n");
        return false;
    }
    return true;
}

/* Also one that did not start. */
static void close_all(struct fleet *fleet)
{
    for (int i = fleet->options.stations - 1; fleet->piles && i >= 0; i--) {
        pile_close(&fleet->piles[i]);
    }
    free(fleet->piles);
    free(fleet->members);
    free(fleet->drivers);
}

int fleet_run(const struct options *options, const struct scenario_text *text, struct story *story,
              const volatile sig_atomic_t *stopped)
{
    struct fleet fleet = { .options = *options, .text = text, .story = story, .playing = options->stations };
    int code = 1;

    fleet.options.prints_frames = options->verbose;
    fleet.options.kept_frames = text || options->verbose ? KEPT_FRAMES : 0;
    fleet.start_ms = fleet.served_ms = real_ms();
    fleet.end_mono_ms = sim_now().mono_ms + (int64_t)options->for_s * 1000;
    if (fleet_limits_raise(options->stations, options->state) && take_memory(&fleet)) {
        code = loop(&fleet, stopped);
    }
    close_all(&fleet);
    return code;
}
