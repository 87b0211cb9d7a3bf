/* recorder.c: ticks are gathered as long as they are alike; everything else is a line at once, and on its way to the disk. */
#include "recorder.h"
#include "commands.h"
#include "frame_secrets.h"
#include "pile.h"
#include "recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_MS = 20, TICKS_AT_ONCE = 250 };

struct recorder {
    FILE *file;
    size_t size;
    size_t limit;
    bool is_full;
    int failed; /* errno of the first write that failed; 0: none did */
    int64_t step_ms;
    struct recording_line ticks; /* gathered; |times| 0: none */
    bool last_idle;              /* … and whether there was nothing to leave behind the last of them */
    bool told_done;              /* the newest line says that */
    bool talks;                  /* something passed the phone link since it was told that nothing else leaves there */
};

static void put_line(struct recorder *recorder, const char *text)
{
    if ((fprintf(recorder->file, "%s\n", text) < 0 || fflush(recorder->file) != 0) && recorder->failed == 0) {
        recorder->failed = errno;
    }
}

struct recorder *recorder_new(const struct options *options, const struct recording_head *head)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    char *text = recording_head_print(head, options);

    if (recorder && text) {
        recorder->step_ms = (int64_t)(STEP_MS * options->speed);
        recorder->step_ms = recorder->step_ms > 0 ? recorder->step_ms : 1;
        recorder->limit = (size_t)options->record_kib * 1024;
        recorder->file = fopen(options->record, "w");
    }
    if (!recorder || !recorder->file) {
        fprintf(stderr, "ocpp-sim: %s: %s\n", options->record, recorder && text ? strerror(errno) : "out of memory");
        free(recorder);
        free(text);
        return NULL;
    }
    put_line(recorder, text);
    free(text);
    return recorder;
}

static void write_line(struct recorder *recorder, const struct recording_line *line)
{
    char *text = recording_print(line);

    if (text && !recorder->is_full && line->kind != RECORDING_END && recorder->size + strlen(text) > recorder->limit) {
        recorder->is_full = true; /* from here on nothing may be there, or the replay would miss what was before */
        fprintf(stderr, "ocpp-sim: the recording is full: it ends here\n");
    }
    if (text && !recorder->is_full) {
        recorder->size += strlen(text) + 1;
        put_line(recorder, text);
    }
    free(text);
    recorder->told_done = line->kind == RECORDING_DONE;
}

/* --- ticks ------------------------------------------------------------------------------------------------------- */

static void write_ticks(struct recorder *recorder)
{
    if (recorder->ticks.times > 0) {
        write_line(recorder, &recorder->ticks);
        recorder->ticks.times = 0;
    }
}

/* The last of those gathered is known by now; it may be unlike those before. */
static void settle_last(struct recorder *recorder)
{
    struct recording_line *ticks = &recorder->ticks;

    if (ticks->times > 1 && ticks->idle != recorder->last_idle) {
        ticks->times--;
        write_ticks(recorder);
        ticks->times = 1;
    }
    ticks->idle = recorder->last_idle;
}

static void gather(struct recorder *recorder, int64_t step_ms)
{
    struct recording_line *ticks = &recorder->ticks;

    if (ticks->times > 0) {
        settle_last(recorder);
    }
    if (ticks->times > 0 && (ticks->step_ms != step_ms || ticks->times == TICKS_AT_ONCE)) {
        write_ticks(recorder);
    }
    ticks->kind = RECORDING_TICK;
    ticks->step_ms = step_ms;
    ticks->times++;
    recorder->last_idle = false;
}

bool recorder_step(struct recorder *recorder)
{
    const int64_t step_ms = sim_clock_behind_ms() / recorder->step_ms * recorder->step_ms;

    if (step_ms <= 0) {
        return false;
    }
    gather(recorder, step_ms < RECORDING_STEP_MS ? step_ms : RECORDING_STEP_MS);
    sim_clock_step(recorder->ticks.step_ms);
    return true;
}

/* --- everything else --------------------------------------------------------------------------------------------- */

static void add(struct recorder *recorder, struct recording_line line)
{
    if (recorder->ticks.times > 0) {
        settle_last(recorder);
        write_ticks(recorder);
    }
    write_line(recorder, &line);
}

static void add_text(struct recorder *recorder, enum recording_kind kind, const char *text, size_t size)
{
    char *copy = strndup(text, size);

    if (copy) {
        add(recorder, (struct recording_line){ .kind = kind, .text = copy });
    }
    free(copy);
}

static char *joined(const char *first, const char *second, char *last)
{
    char *line = NULL;

    if (!last || asprintf(&line, "%s%s%s", first, second, last) < 0) {
        line = NULL;
    }
    free(last);
    return line;
}

static char *stand_in(const char *secret)
{
    char *copy = strdup(secret);

    if (copy) {
        secrets_stand_in(copy);
    }
    return copy;
}

/* The value of a secret is replaced in `set NAME VALUE` and `get NAME VALUE`, and in the frame of `raw`. */
static char *harmless(const char *command)
{
    char *copy = strdup(command);
    char *words[COMMAND_WORDS];
    const int count = copy ? command_split(copy, words) : 0;
    const bool is_setting = count > 2 && (strcmp(words[0], "set") == 0 || strcmp(words[0], "get") == 0);
    const bool is_frame = count > 1 && strcmp(words[0], "raw") == 0;
    char *frame = is_frame ? secrets_replace(words[1], strlen(words[1])) : NULL;
    char *line;

    if (frame) {
        line = joined("raw ", "", frame);
    } else if (is_setting && secrets_are_in(words[1])) {
        line = joined(words[0], " ", joined(words[1], " ", stand_in(words[2])));
    } else {
        line = strdup(command);
    }
    free(copy);
    return line;
}

/* What does nothing to the pile is not worth a line. */
static bool is_act(const char *command)
{
    static const char *const others[] = { "quit", "help", "tell" };
    const size_t start = strspn(command, " \t");
    const size_t size = strcspn(command + start, " \t\r\n");

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strlen(others[i]) == size && strncmp(command + start, others[i], size) == 0) {
            return false;
        }
    }
    return size > 0 && command[start] != '#';
}

void recorder_command(struct recorder *recorder, const char *command)
{
    char *line;

    if (!recorder || !is_act(command)) {
        return;
    }
    line = harmless(command);
    if (line) {
        add_text(recorder, RECORDING_DO, line, strlen(line));
    }
    free(line);
}

static void add_done(struct recorder *recorder)
{
    if (recorder->ticks.times > 0) {
        recorder->last_idle = true;
    } else if (!recorder->told_done) {
        add(recorder, (struct recording_line){ .kind = RECORDING_DONE });
    }
}

void recorder_act(struct recorder *recorder, const struct ocpp_client_act *act)
{
    static const enum recording_kind kinds[] = {
        [OCPP_CLIENT_CHOOSES] = RECORDING_CONNECT,  [OCPP_CLIENT_FAILS] = RECORDING_FAILED,
        [OCPP_CLIENT_GOES_UP] = RECORDING_UP,       [OCPP_CLIENT_GOES_DOWN] = RECORDING_DOWN,
        [OCPP_CLIENT_ADVANCES] = RECORDING_ADVANCE, [OCPP_CLIENT_IS_DONE] = RECORDING_DONE,
    };
    char *words;

    if (!recorder) {
        return;
    }
    if (act->kind == OCPP_CLIENT_IS_DONE) {
        add_done(recorder);
        return;
    }
    words = act->words ? strdup(act->words) : NULL;
    add(recorder,
        (struct recording_line){ .kind = kinds[act->kind], .version = act->version, .failure = act->failure, .text = words });
    free(words);
}

static void add_frame(struct recorder *recorder, enum recording_kind kind, const char *text, size_t size)
{
    char *replaced = secrets_replace(text, size);

    add_text(recorder, kind, replaced ? replaced : text, replaced ? strlen(replaced) : size);
    free(replaced);
}

void recorder_arrival(struct recorder *recorder, const char *text, size_t size)
{
    if (recorder) {
        add_frame(recorder, RECORDING_IN, text, size);
    }
}

void recorder_departure(struct recorder *recorder, const char *text, size_t size)
{
    if (recorder) {
        add_frame(recorder, RECORDING_OUT, text, size);
    }
}

void recorder_note(struct recorder *recorder, const char *line)
{
    if (recorder) {
        add_text(recorder, RECORDING_NOTE, line, strlen(line));
    }
}

/* --- keys and phones --------------------------------------------------------------------------------------------- */

static void add_bytes(struct recorder *recorder, struct recording_line line, const unsigned char *bytes, size_t size)
{
    line.text = recording_digits(bytes, size);
    if (line.text) {
        add(recorder, line);
    }
    free(line.text);
}

void recorder_key(struct recorder *recorder, enum recording_key key, enum ocpp_status status, const unsigned char *bytes)
{
    const struct recording_line line = { .kind = RECORDING_KEY, .key = key, .status = status };
    const size_t size = recording_key_size(key);

    if (recorder && status == OCPP_OK && size > 0) {
        add_bytes(recorder, line, bytes, size);
    } else if (recorder) {
        add(recorder, line);
    }
}

void recorder_phone(struct recorder *recorder, bool is_there)
{
    if (recorder) {
        add(recorder, (struct recording_line){ .kind = RECORDING_PHONE, .is_there = is_there });
    }
}

void recorder_heard(struct recorder *recorder, const unsigned char *bytes, size_t size)
{
    if (recorder) {
        recorder->talks = true;
        add_bytes(recorder, (struct recording_line){ .kind = RECORDING_HEARD }, bytes, size);
    }
}

void recorder_said(struct recorder *recorder, const unsigned char *bytes, size_t size)
{
    if (recorder) {
        recorder->talks = true;
        add_bytes(recorder, (struct recording_line){ .kind = RECORDING_SAID }, bytes, size);
    }
}

void recorder_silent(struct recorder *recorder)
{
    if (recorder && recorder->talks) {
        recorder->talks = false;
        add(recorder, (struct recording_line){ .kind = RECORDING_SILENT });
    }
}

/* --- files ------------------------------------------------------------------------------------------------------- */

void recorder_file(struct recorder *recorder, int64_t transfer, const unsigned char *bytes, size_t size)
{
    if (recorder) {
        add_bytes(recorder, (struct recording_line){ .kind = RECORDING_FILE, .transfer = transfer }, bytes, size);
    }
}

void recorder_moved(struct recorder *recorder, const struct ocpp_curl_transfer_news *news)
{
    if (recorder) {
        add(recorder, (struct recording_line){ .kind = RECORDING_MOVED,
                                               .transfer = news->id,
                                               .bytes = (int64_t)news->bytes,
                                               .is_over = news->is_over,
                                               .result = news->result });
    }
}

void recorder_move(struct recorder *recorder, int64_t transfer, enum ocpp_status status)
{
    if (recorder) {
        add(recorder, (struct recording_line){ .kind = RECORDING_MOVE, .transfer = transfer, .status = status });
    }
}

/* --- the end ----------------------------------------------------------------------------------------------------- */

static bool close_file(struct recorder *recorder)
{
    if (fclose(recorder->file) != 0 && recorder->failed == 0) {
        recorder->failed = errno;
    }
    if (recorder->failed != 0) {
        fprintf(stderr, "ocpp-sim: the recording could not be written: %s\n", strerror(recorder->failed));
    }
    return recorder->failed == 0;
}

bool recorder_free(struct recorder *recorder)
{
    if (!recorder) {
        return true;
    }
    const bool was_full = recorder->is_full;

    recorder->is_full = false; /* there is room for the end */
    recorder->ticks.times = was_full ? 0 : recorder->ticks.times;
    add(recorder, (struct recording_line){ .kind = RECORDING_END, .cut = was_full });
    const bool is_whole = close_file(recorder);
    free(recorder);
    return is_whole;
}
