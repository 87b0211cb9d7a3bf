/* replay.c: one line after the other: what was given to the pile is given to it again, what it did is compared. Notes come while
 * something is given, or while a frame is taken, so those of a line of the second kind may stand before it: they are awaited, and
 * nothing else is given before all are there. */
#include "replay.h"
#include "commands.h"
#include "frame_secrets.h"
#include "pile_files.h"
#include "pile_link.h"
#include "replay_diff.h"
#include "replay_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void replay_fail(struct replay *replay, const char *format, ...)
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

/* --- the file ---------------------------------------------------------------------------------------------------- */

int64_t replay_next_line(struct replay *replay)
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
        replay_fail(replay, "it is too long");
        return -1;
    }
    replay->text[size] = '\0';
    return size;
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
        replay_fail(replay, "a frame is missing\n- %s", recorded);
    } else if (strcmp(sent, recorded) != 0) {
        replay_diff(recorded, sent, place, sizeof place);
        replay_fail(replay, "another frame\n- %s\n+ %s%s%s", recorded, sent, place[0] ? "\nat " : "", place);
    }
    free(sent);
}

static void demand_no_frame(struct replay *replay)
{
    char *sent = take_frame(replay);

    if (sent) {
        replay_fail(replay, "a frame too many\n+ %s", sent);
    }
    free(sent);
}

static void give_frame(struct replay *replay, const char *text)
{
    struct pile *pile = &replay->pile;
    const size_t size = strlen(text);

    replay->in++;
    if (!pile->up) {
        replay_fail(replay, "a frame arrives while the link is down");
        return;
    }
    if (pile_line_passes(pile, OCPP_FROM_CENTRAL, text, size)) {
        const enum ocpp_status status = ocpp_charge_point_receive(pile->cp, text, size, sim_now());
        if (status == OCPP_ERR_NOMEM) {
            replay_fail(replay, "out of memory");
        }
    }
}

/* --- the phone link ---------------------------------------------------------------------------------------------- */

static void give_phone(struct replay *replay, const struct recording_line *line)
{
    unsigned char bytes[RECORDING_PHONE_BYTES];
    const bool is_taken = line->kind == RECORDING_PHONE
                              ? pile_link_phone(&replay->pile, line->is_there)
                              : pile_link_heard(&replay->pile, bytes, recording_bytes(line, bytes, sizeof bytes));

    if (!is_taken) {
        replay_fail(replay, "the pile has no phone link");
    }
}

static void demand_said(struct replay *replay, const char *recorded)
{
    const unsigned char *bytes;
    const size_t size = pile_link_said(&replay->pile, &bytes);
    char *said = size > 0 ? recording_digits(bytes, size) : NULL;

    if (!said) {
        replay_fail(replay, "a frame to the phone is missing\n- %s", recorded);
    } else if (strcmp(said, recorded) != 0) {
        replay_fail(replay, "another frame to the phone\n- %s\n+ %s", recorded, said);
    }
    free(said);
}

static void demand_silence(struct replay *replay)
{
    const unsigned char *bytes;
    const size_t size = pile_link_said(&replay->pile, &bytes);
    char *said = size > 0 ? recording_digits(bytes, size) : NULL;

    if (said) {
        replay_fail(replay, "a frame to the phone too many\n+ %s", said);
    }
    free(said);
}

/* --- files ------------------------------------------------------------------------------------------------------- */

static void give_file(struct replay *replay, const struct recording_line *line)
{
    unsigned char bytes[RECORDING_PIECE_BYTES];

    if (!pile_files_give(&replay->pile, line->transfer, bytes, recording_bytes(line, bytes, sizeof bytes))) {
        replay_fail(replay, "nobody waits for that file");
    }
}

static void tell_moved(struct replay *replay, const struct recording_line *line)
{
    const struct ocpp_curl_transfer_news news = { line->transfer, (uint64_t)line->bytes, line->is_over, line->result };

    pile_files_news(&replay->pile, &news);
    if (line->is_over) {
        (void)ocpp_charge_point_transfer_done(replay->pile.cp, news.id, news.result, news.bytes, sim_now());
    } else {
        (void)ocpp_charge_point_transfer_progress(replay->pile.cp, news.id, news.bytes, sim_now());
    }
}

/* --- lines ------------------------------------------------------------------------------------------------------- */

static void tick(struct replay *replay, const struct recording_line *line)
{
    replay->ticks += line->times;
    if (replay->ticks > MOST_TICKS) {
        replay_fail(replay, "more than %d ticks", MOST_TICKS);
    }
    for (int64_t i = 0; i < line->times && !replay->failed && !replay->ended; i++) {
        replay_demand_nothing_else(replay);
        sim_clock_step(line->step_ms);
        if (!pile_tick(&replay->pile) && !replay->ended) {
            replay_fail(replay, "the pile does not start again");
            return;
        }
        if (line->idle && !replay->ended) {
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
        replay_fail(replay, "the link cannot come up now, or not in this version");
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
        replay_demand_nothing_else(replay);
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
            replay_fail(replay, "it connects while the link is up");
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
    case RECORDING_PHONE:
    case RECORDING_HEARD:
        give_phone(replay, line);
        break;
    case RECORDING_FILE:
        give_file(replay, line);
        break;
    case RECORDING_MOVED:
        tell_moved(replay, line);
        break;
    case RECORDING_END:
        replay->ended = true;
        break;
    case RECORDING_OUT:
    case RECORDING_DONE:
    case RECORDING_NOTE:
    case RECORDING_SAID:
    case RECORDING_SILENT:
    case RECORDING_KEY:
    case RECORDING_MOVE:
    case RECORDING_KINDS:
        break;
    }
}

static void play_line(struct replay *replay, struct recording_line *line)
{
    switch ((int)line->kind) {
    case RECORDING_OUT:
        demand_frame(replay, line->text);
        break;
    case RECORDING_DONE:
        demand_no_frame(replay);
        break;
    case RECORDING_NOTE:
        replay_keep_note(replay, line->text);
        break;
    case RECORDING_SAID:
        demand_said(replay, line->text);
        break;
    case RECORDING_SILENT:
        demand_silence(replay);
        break;
    case RECORDING_KEY:
    case RECORDING_MOVE:
        replay_keep_answer(replay, line);
        break;
    default:
        play_input(replay, line);
        break;
    }
}

/* --- the whole --------------------------------------------------------------------------------------------------- */

static bool begin(struct replay *replay)
{
    const bool prints = replay->options.prints_frames;
    const bool verbose = replay->options.verbose;
    const int64_t size = replay_next_line(replay);
    const char *why;

    replay->options = options_default();
    why = size < 0 ? ferror(replay->file) ? strerror(errno) : "it is empty"
                   : recording_head_parse(replay->text, (size_t)size, &replay->head, &replay->options, &replay->memory);
    if (why) {
        replay_fail(replay, "%s", *why ? why : "its options do not go together");
        return false;
    }
    replay->options.prints_frames = prints;
    replay->options.verbose = verbose;
    sim_clock_hold(replay->head.utc_ms);
    replay_hook(replay);
    replay->pile.story = &replay->story;
    if (!pile_open(&replay->pile, &replay->options, 1, &replay->pile) && !replay->ended) {
        replay_fail(replay, "its pile does not start");
    }
    return !replay->failed;
}

static void play(struct replay *replay)
{
    struct recording_line line;
    const char *why;

    for (int64_t size; !replay->failed && !replay->ended && (size = replay_next_line(replay)) >= 0;) {
        why = recording_parse(replay->text, (size_t)size, &line);
        if (why) {
            replay_fail(replay, "%s", why);
            return;
        }
        play_line(replay, &line);
        recording_free(&line);
    }
    if (!replay->ended) {
        replay_fail(replay, "the recording breaks off");
    } else if (replay_next_line(replay) >= 0) {
        replay_fail(replay, "something stands behind the end");
    }
}

static void end(struct replay *replay)
{
    replay->tape.is_over = true;
    pile_close(&replay->pile);
    replay_forget_pending(replay);
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
