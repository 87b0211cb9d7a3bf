/* main.c: ocpp-sim: the piles, their scenario or their commands, and the loop that serves them. */
#include "commands.h"
#include "fleet.h"
#include "input.h"
#include "pile_files.h"
#include "pile_screen.h"
#include "recorder.h"
#include "replay.h"
#include "scenario.h"
#include "story.h"
#include "terminal.h"
#include "transcript.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND_MS = 20 };

struct sim {
    struct options options;
    struct pile *piles;
    struct scenario *scenarios; /* NULL: commands from standard input */
    struct scenario_text text;
    struct story story;
    struct input input;
    struct pile_screen *screen; /* NULL: lines */
    bool has_terminal;          /* the screen */
    struct pile_tape tape;      /* --record */
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* --- commands from standard input
 * -------------------------------------------------------------------------------------------------- */

static bool run_command(const char *line, void *user)
{
    struct sim *sim = user;
    char reason[256] = "";
    const enum command_outcome outcome = command_run(sim->piles, line, reason, sizeof reason);

    if (outcome == COMMAND_WRONG) {
        fprintf(stderr, "ocpp-sim: %s\n", reason);
    }
    return outcome != COMMAND_QUIT;
}

/* --- the loop
 * ------------------------------------------------------------------------------------------------------------------------ */

/* Plays on; false when every scenario has ended. */
static bool play(struct sim *sim)
{
    bool plays = false;

    for (int i = 0; i < sim->options.stations; i++) {
        scenario_play(&sim->scenarios[i], &sim->piles[i]);
        plays = plays || sim->scenarios[i].state == SCENARIO_PLAYS;
    }
    return plays;
}

static bool tick_all(struct sim *sim)
{
    for (int i = 0; i < sim->options.stations; i++) {
        if (!pile_tick(&sim->piles[i])) {
            return false;
        }
        ocpp_client_kick(sim->piles[i].client);
    }
    return true;
}

static int verdict(const struct sim *sim)
{
    for (int i = 0; sim->scenarios && i < sim->options.stations; i++) {
        if (sim->scenarios[i].state == SCENARIO_FAILED) {
            return 1;
        }
    }
    return 0;
}

static bool take_commands(struct sim *sim)
{
    return sim->has_terminal ? pile_screen_take(sim->screen) : input_take(&sim->input, run_command, sim);
}

static int run(struct sim *sim)
{
    while (!stopped) {
        if (!tick_all(sim)) {
            return 1;
        }
        if (sim->scenarios ? !play(sim) : !take_commands(sim)) {
            break;
        }
        for (int i = 0; i < sim->options.stations; i++) {
            ocpp_client_kick(sim->piles[i].client);
        }
        ocpp_client_run(sim->piles[0].client, ROUND_MS);
    }
    pile_screen_close(sim->screen);
    if (!stopped) {
        piles_drain(sim->piles, sim->options.stations, &stopped);
    }
    return verdict(sim);
}

/* --- start and end
 * --------------------------------------------------------------------------------------------------------------------- */

static bool wants_screen(const struct options *options)
{
    return !options->scenario && !options->plain && options->stations == 1 && terminal_is_built() && terminal_is_there();
}

/* Where the terminal cannot be had after all, lines do. */
static void open_screen(struct sim *sim)
{
    sim->has_terminal = sim->screen && pile_screen_open(sim->screen);
    if (sim->has_terminal) {
        signal(SIGHUP, stop); /* its window was closed */
        return;
    }
    if (sim->screen) {
        pile_screen_tell(sim->screen);
        transcript_print(sim->piles[0].transcript, !sim->options.quiet);
        fprintf(stderr, "ocpp-sim: this terminal (TERM) cannot be used for a screen: commands and messages are lines\n");
    }
}

/* The only pile is recorded from its first moment. */
static bool begin_recording(struct sim *sim)
{
    struct recording_head head = { .utc_ms = ocpp_system_now().utc_ms, .protocols = pile_files_protocols() };

    ocpp_system_random(&head.seed, sizeof head.seed, NULL);
    sim_clock_hold(head.utc_ms);
    sim->tape =
        (struct pile_tape){ .random = head.seed, .recorder = recorder_new(&sim->options, &head), .protocols = head.protocols };
    sim->piles[0].tape = sim->tape.recorder ? &sim->tape : NULL;
    return sim->tape.recorder != NULL;
}

/* Before the pile is closed: that is no part of it. False: the recording is not whole. */
static bool end_recording(struct sim *sim)
{
    const bool is_whole = recorder_free(sim->tape.recorder);

    sim->tape.recorder = NULL;
    sim->tape.is_over = true;
    return is_whole;
}

static bool start(struct sim *sim)
{
    int count = sim->options.stations;

    sim->piles = calloc((size_t)count, sizeof *sim->piles);
    if (sim->options.scenario) {
        sim->scenarios = calloc((size_t)count, sizeof *sim->scenarios);
    }
    if (!sim->piles || (sim->options.scenario && !sim->scenarios)) {
        fprintf(stderr, "ocpp-sim: out of memory\n");
        return false;
    }
    if (wants_screen(&sim->options)) {
        sim->screen = pile_screen_new(&sim->options, &sim->piles[0]);
        sim->options.prints_frames = sim->options.prints_frames && !sim->screen;
    }
    if (sim->options.record && !begin_recording(sim)) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (sim->scenarios) {
            sim->scenarios[i].text = &sim->text;
        }
        if (!pile_open(&sim->piles[i], &sim->options, i + 1, sim->piles)) {
            pile_screen_tell(sim->screen);
            return false;
        }
        sim->piles[i].story = &sim->story;
    }
    open_screen(sim);
    return true;
}

static bool end(struct sim *sim)
{
    const bool is_whole = end_recording(sim);

    for (int i = sim->options.stations - 1; sim->piles && i >= 0; i--) {
        pile_close(&sim->piles[i]);
    }
    pile_screen_free(sim->screen);
    free(sim->piles);
    free(sim->scenarios);
    scenario_free(&sim->text);
    return is_whole;
}

int main(int argc, char **argv)
{
    static struct sim sim;
    int code = 1;

    switch (options_read(argc, argv, &sim.options)) {
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_WRONG:
        return 2;
    case OPTIONS_RUN:
        break;
    }
    if (sim.options.scenario && !scenario_read(sim.options.scenario, &sim.text)) {
        return 2;
    }
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    signal(SIGPIPE, SIG_IGN);
    sim.story.folder = sim.options.shared;
    sim_clock_start(sim.options.speed);
    if (sim.options.replay) {
        return replay_run(&sim.options);
    }
    if (sim.options.stations > 1) {
        code = fleet_run(&sim.options, sim.options.scenario ? &sim.text : NULL, &sim.story, &stopped);
        scenario_free(&sim.text);
        return code;
    }
    if (start(&sim)) {
        code = run(&sim);
    }
    if (!end(&sim) && code == 0) {
        code = 1;
    }
    return code;
}
