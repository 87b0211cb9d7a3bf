/* scenario.h: commands, waits and expectations, one per line, played on one pile. */
#ifndef OCPP_SIM_SCENARIO_H
#define OCPP_SIM_SCENARIO_H

#include "pile.h"

/* The lines of a scenario, shared by the piles that play it. */
struct scenario_text {
    char **lines;
    int count;
};

/* scenario_read: the lines of a file ("-": standard input). False after one line that says why. */
bool scenario_read(const char *path, struct scenario_text *text);
void scenario_free(struct scenario_text *text);

/* Where one pile is in it. */
struct scenario {
    const struct scenario_text *text;
    int line;              /* the one that is being played */
    int64_t until_mono_ms; /* of a wait or an expectation; 0: the line was not begun */
    bool has_waited;       /* until somebody told what is in the line */
    uint64_t seen;         /* the frame that met the last expectation */
    enum { SCENARIO_PLAYS, SCENARIO_MET, SCENARIO_FAILED } state;
};

/* scenario_play: goes on as far as it can now. A failure is told with its line on standard error. */
void scenario_play(struct scenario *scenario, struct pile *pile);

#endif
