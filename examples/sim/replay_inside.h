/* replay_inside.h: a recording that is being played, for the files of replay.h. */
#ifndef OCPP_SIM_REPLAY_INSIDE_H
#define OCPP_SIM_REPLAY_INSIDE_H

#include "pile.h"
#include "recording_head.h"
#include "story.h"

#include <stdio.h>

enum { NOTES = 64, ANSWERS = 64, MOST_TICKS = 50000000, PLACE_SIZE = 1024 };

/* Notes that were recorded and not made yet, or made and not seen in the recording yet; never both. */
struct notes {
    char *lines[NOTES];
    size_t count;
};

/* What its keys gave, or what became of its asking for a file, and the pile has not asked for yet. */
struct answers {
    struct recording_line lines[ANSWERS];
    size_t count;
};

struct replay {
    struct options options;
    struct recording_head head;
    void *memory; /* of the head */
    const char *path;
    FILE *file;
    char *text; /* the line */
    uint64_t number;
    struct pile pile;
    struct pile_tape tape;
    struct story story;
    struct notes recorded;
    struct notes made;
    struct answers answers;
    int64_t ticks;
    uint64_t out;
    uint64_t in;
    bool failed;
    bool ended;
};

/* replay_fail: with the number of the line. The first failure counts. */
void replay_fail(struct replay *replay, const char *format, ...) OCPP_PRINTF(2, 3);

/* replay_next_line: into |replay->text|, its size; -1: there is none, or it is no good. */
int64_t replay_next_line(struct replay *replay);

/* What the pile does while something is given to it (replay_pending.c): it is hooked into the tape; lines that say so are met by
 * it, before or behind. replay_keep_answer: takes what |line| owns. replay_demand_nothing_else: all that was done is done again.
 */
void replay_hook(struct replay *replay);
void replay_keep_note(struct replay *replay, const char *line);
void replay_keep_answer(struct replay *replay, struct recording_line *line);
void replay_demand_nothing_else(struct replay *replay);
void replay_forget_pending(struct replay *replay);

#endif
