/* replay.c: one line after the other: what was given to the pile is given to it again, what it did is compared. Notes come while
 * something is given, or while a frame is taken, so those of a line of the second kind may stand before it: they are awaited, and
 * nothing else is given before all are there. */
#include "replay.h"
#include "commands.h"
#include "frame_secrets.h"
#include "pile.h"
#include "recording.h"
#include "recording_head.h"
#include "replay_diff.h"
#include "story.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES = 64, MOST_TICKS = 50000000, PLACE_SIZE = 1024 };

/* Notes that were recorded and not made yet, or made and not seen in the recording yet; never both. */
struct notes {
    char *lines[NOTES];
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
    int64_t ticks;
    uint64_t out;
    uint64_t in;
    bool failed;
    bool ended;
};

static void fail(struct replay *replay, const char *format, ...) OCPP_PRINTF(2, 3);

static void fail(struct replay *replay, const char *format, ...)
{
    va_list arguments;

    if (replay->failed) {
        return; /* the first one counts */
    }
    replay->failed = true;
    fflush(stdout);
    fprintf(stderr, "ocpp-sim: %s:%" PRIu64 ": ", replay->path, replay->number);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* --- notes ------------------------------------------------------------------------------------------------------- */

static void forget_first(struct notes *notes)
{
    free(notes->lines[0]);
    notes->count--;
    memmove(notes->lines, notes->lines + 1, notes->count * sizeof notes->lines[0]);
}

/* |line| is met by the first of |others|, or is kept among |mine|. */
static void match_note(struct replay *replay, struct notes *mine, struct notes *others, const char *line)
{
    if (others->count > 0) {
        if (strcmp(others->lines[0], line) != 0) {
            const bool is_made = mine == &replay->made;
            fail(replay, "another note\n- %s\n+ %s", is_made ? others->lines[0] : line, is_made ? line : others->lines[0]);
        }
        forget_first(others);
        return;
    }
    if (mine->count == NOTES) {
        fail(replay, "more than %d notes are waited for", NOTES);
        return;
    }
    mine->lines[mine->count] = strdup(line);
    if (!mine->lines[mine->count]) {
        fail(replay, "out of memory");
        return;
    }
    mine->count++;
}

static void on_note(const char *line, void *user)
{
    struct replay *replay = user;

    match_note(replay, &replay->made, &replay->recorded, line);
}

static void demand_no_notes(struct replay *replay)
{
    if (replay->recorded.count > 0) {
        fail(replay, "a note is missing\n- %s", replay->recorded.lines[0]);
    }
    if (replay->made.count > 0) {
        fail(replay, "a note too many\n+ %s", replay->made.lines[0]);
    }
}

/* --- frames ------------------------------------------------------------------------------------------------------ */

/* The next frame to leave, without secrets, for free(); NULL: there is none. */
static char *take_frame(struct replay *replay)
{
    size_t size = 0;
    const char *text = ocpp_charge_point_next_output(replay->pile.cp, &size, sim_now());
    char *copy = text ? strndup(text, size) : NULL;

    if (text) {
        (void)pile_line_passes(&replay->pile, OCPP_FROM_STATION, text, size);
    }
    char *replaced = copy ? secrets_replace(copy, size) : NULL;
    if (replaced) {
        free(copy);
        return replaced;
    }
    return copy;
}

static void demand_frame(struct replay *replay, const char *recorded)
{
    char *sent = take_frame(replay);
    char place[PLACE_SIZE];

    replay->out++;
    if (!sent) {
        fail(replay, "a frame is missing\n- %s", recorded);
    } else if (strcmp(sent, recorded) != 0) {
        replay_diff(recorded, sent, place, sizeof place);
        fail(replay, "another frame\n- %s\n+ %s%s%s", recorded, sent, place[0] ? "\nat " : "", place);
    }
    free(sent);
}

static void demand_no_frame(struct replay *replay)
{
    char *sent = take_frame(replay);

    if (sent) {
        fail(replay, "a frame too many\n+ %s", sent);
    }
    free(sent);
}

static void give_frame(struct replay *replay, const char *text)
{
    struct pile *pile = &replay->pile;
    const size_t size = strlen(text);

    replay->in++;
    if (!pile->up) {
        fail(replay, "a frame arrives while the link is down");
        return;
    }
    if (pile_line_passes(pile, OCPP_FROM_CENTRAL, text, size)) {
        const enum ocpp_status status = ocpp_charge_point_receive(pile->cp, text, size, sim_now());
        if (status == OCPP_ERR_NOMEM) {
            fail(replay, "out of memory");
        }
    }
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

static void tick(struct replay *replay, const struct recording_line *line)
{
    replay->ticks += line->times;
    if (replay->ticks > MOST_TICKS) {
        fail(replay, "more than %d ticks", MOST_TICKS);
    }
    for (int64_t i = 0; i < line->times && !replay->failed; i++) {
        demand_no_notes(replay);
        sim_clock_step(line->step_ms);
        if (!pile_tick(&replay->pile)) {
            fail(replay, "the pile does not start again");
            return;
        }
        if (line->idle) {
            demand_no_frame(replay);
        }
    }
}

static void command(struct replay *replay, const char *line)
{
    char reason[256] = "";

    (void)command_run(&replay->pile, line, reason, sizeof reason); /* what was wrong then is wrong now */
}

static void connect_up(struct replay *replay, enum ocpp_version version)
{
    if (ocpp_charge_point_link_up(replay->pile.cp, version, sim_now()) != OCPP_OK) {
        fail(replay, "the link cannot come up now, or not in this version");
        return;
    }
    pile_line_changed(&replay->pile, true, version, "recorded");
}

static void go_down(struct replay *replay)
{
    const enum ocpp_version version = replay->pile.spoken;

    ocpp_charge_point_link_down(replay->pile.cp, sim_now());
    if (replay->pile.up) {
        pile_line_changed(&replay->pile, false, version, "recorded");
    }
}

static void play_input(struct replay *replay, const struct recording_line *line)
{
    struct ocpp_charge_point *cp = replay->pile.cp;
    struct ocpp_connection connection;

    if (!line->cut) {
        demand_no_notes(replay);
    }
    switch (line->kind) {
    case RECORDING_TICK:
        tick(replay, line);
        break;
    case RECORDING_DO:
        command(replay, line->text);
        break;
    case RECORDING_CONNECT:
        if (ocpp_charge_point_next_connection(cp, &connection, sim_now()) == OCPP_ERR_STATE) {
            fail(replay, "it connects while the link is up");
        }
        break;
    case RECORDING_FAILED:
        (void)ocpp_charge_point_connection_failed(cp, line->failure, line->text, sim_now());
        break;
    case RECORDING_UP:
        connect_up(replay, line->version);
        break;
    case RECORDING_DOWN:
        go_down(replay);
        break;
    case RECORDING_IN:
        give_frame(replay, line->text);
        break;
    case RECORDING_ADVANCE:
        ocpp_charge_point_advance(cp, sim_now());
        break;
    case RECORDING_END:
        replay->ended = true;
        break;
    case RECORDING_OUT:
    case RECORDING_DONE:
    case RECORDING_NOTE:
    case RECORDING_KINDS:
        break;
    }
}

static void play_line(struct replay *replay, const struct recording_line *line)
{
    switch ((int)line->kind) {
    case RECORDING_OUT:
        demand_frame(replay, line->text);
        break;
    case RECORDING_DONE:
        demand_no_frame(replay);
        break;
    case RECORDING_NOTE:
        match_note(replay, &replay->recorded, &replay->made, line->text);
        break;
    default:
        play_input(replay, line);
        break;
    }
}

/* --- the file ---------------------------------------------------------------------------------------------------- */

/* The next line into |replay->text|, its size; -1: there is none, or it is no good. */
static int64_t next_line(struct replay *replay)
{
    int c = 0;
    int64_t size = 0;

    while (size <= RECORDING_LINE_BYTES && (c = getc(replay->file)) != EOF && c != '\n') {
        replay->text[size++] = (char)c;
    }
    if (c == EOF && size == 0) {
        return -1;
    }
    replay->number++;
    if (size > RECORDING_LINE_BYTES) {
        fail(replay, "it is too long");
        return -1;
    }
    replay->text[size] = '\0';
    return size;
}

static bool begin(struct replay *replay)
{
    const bool prints = replay->options.prints_frames;
    const bool verbose = replay->options.verbose;
    const int64_t size = next_line(replay);
    const char *why;

    replay->options = options_default();
    why = size < 0 ? "it is empty"
                   : recording_head_parse(replay->text, (size_t)size, &replay->head, &replay->options, &replay->memory);
    if (why) {
        fail(replay, "%s", *why ? why : "its options do not go together");
        return false;
    }
    replay->options.prints_frames = prints;
    replay->options.verbose = verbose;
    sim_clock_hold(replay->head.utc_ms);
    replay->tape = (struct pile_tape){ .random = replay->head.seed, .on_note = on_note, .user = replay };
    replay->pile.tape = &replay->tape;
    replay->pile.story = &replay->story;
    if (!pile_open(&replay->pile, &replay->options, 1, &replay->pile)) {
        fail(replay, "its pile does not start");
    }
    return !replay->failed;
}

static void play(struct replay *replay)
{
    struct recording_line line;
    const char *why;

    for (int64_t size; !replay->failed && !replay->ended && (size = next_line(replay)) >= 0;) {
        why = recording_parse(replay->text, (size_t)size, &line);
        if (why) {
            fail(replay, "%s", why);
            return;
        }
        play_line(replay, &line);
        recording_free(&line);
    }
    if (!replay->ended) {
        fail(replay, "the recording breaks off");
    } else if (next_line(replay) >= 0) {
        fail(replay, "something stands behind the end");
    }
}

static void forget_notes(struct notes *notes)
{
    while (notes->count > 0) {
        forget_first(notes);
    }
}

static void end(struct replay *replay)
{
    replay->tape.is_over = true;
    pile_close(&replay->pile);
    forget_notes(&replay->recorded);
    forget_notes(&replay->made);
    recording_head_free(replay->memory);
    free(replay->text);
    if (replay->file) {
        fclose(replay->file);
    }
}

int replay_run(const struct options *options)
{
    static struct replay replay;

    replay.options = *options;
    replay.path = options->replay;
    replay.text = malloc(RECORDING_LINE_BYTES + 2);
    replay.file = fopen(options->replay, "r");
    if (!replay.file || !replay.text) {
        fprintf(stderr, "ocpp-sim: %s: %s\n", options->replay, strerror(errno));
        replay.failed = true;
    } else if (begin(&replay)) {
        play(&replay);
    }
    if (!replay.failed) {
        printf("%s: %" PRIu64 " frames sent as they were, %" PRIu64 " received, in %" PRId64 " s of its time\n", replay.path,
               replay.out, replay.in, sim_now().mono_ms / 1000);
    }
    end(&replay);
    return replay.failed ? 1 : 0;
}
