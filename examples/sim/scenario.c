/* scenario.c: wait, expect, and lines for one version; everything else is a command. */
#include "scenario.h"
#include "commands.h"
#include "story.h"
#include "transcript.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 100000, LINE_SIZE = 4096, STORY_WAIT_S = 120 };

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

static bool keep_line(struct scenario_text *text, const char *line)
{
    char **lines = realloc(text->lines, (size_t)(text->count + 1) * sizeof *lines);

    if (!lines) {
        return false;
    }
    text->lines = lines;
    lines[text->count] = strdup(line);
    if (!lines[text->count]) {
        return false;
    }
    text->count++;
    return true;
}

static const char *read_lines(FILE *file, struct scenario_text *text)
{
    char line[LINE_SIZE];

    while (fgets(line, sizeof line, file)) {
        if (!strchr(line, '\n') && !feof(file)) {
            return "a line is longer than 4,095 characters";
        }
        line[strcspn(line, "\r\n")] = '\0';
        if (text->count == LINES) {
            return "more than 100,000 lines";
        }
        if (!keep_line(text, line)) {
            return "out of memory";
        }
    }
    return ferror(file) ? "cannot be read" : NULL;
}

bool scenario_read(const char *path, struct scenario_text *text)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    const char *why = "cannot be opened";

    *text = (struct scenario_text){ 0 };
    if (file) {
        why = read_lines(file, text);
        if (file != stdin) {
            fclose(file);
        }
    }
    if (why) {
        fprintf(stderr, "ocpp-sim: %s: %s\n", path, why);
        scenario_free(text);
    }
    return !why;
}

void scenario_free(struct scenario_text *text)
{
    for (int i = 0; i < text->count; i++) {
        free(text->lines[i]);
    }
    free(text->lines);
    *text = (struct scenario_text){ 0 };
}

/* --- expectations
 * ------------------------------------------------------------------------------------------------------------------ */

struct expectation {
    bool absent; /* "not": none may come */
    bool out;
    bool noted;          /* a line that the pile notes, rather than a frame */
    const char *actions; /* patterns, divided by | */
    char **conditions;   /* "/pointer=value" */
    int count;
};

/* One token of a JSON pointer (RFC 6901), unescaped; |*pointer| moves behind it. */
static void next_token(const char **pointer, char *token, size_t room)
{
    size_t size = 0;
    const char *at = *pointer + 1;

    for (; *at && *at != '/'; at++) {
        char c = *at;
        if (c == '~' && (at[1] == '0' || at[1] == '1')) {
            c = *++at == '1' ? '/' : '~';
        }
        if (size + 1 < room) {
            token[size++] = c;
        }
    }
    token[size] = '\0';
    *pointer = at;
}

static const cJSON *value_at(const cJSON *value, const char *pointer)
{
    char token[128];

    while (value && *pointer == '/') {
        next_token(&pointer, token, sizeof token);
        value = cJSON_IsArray(value) ? cJSON_GetArrayItem(value, (int)strtol(token, NULL, 10))
                                     : cJSON_GetObjectItemCaseSensitive(value, token);
    }
    return value;
}

static bool value_is(const cJSON *value, const char *wanted)
{
    char *text;
    bool equal;

    if (!value || strcmp(wanted, "*") == 0) {
        return value != NULL;
    }
    if (cJSON_IsString(value)) {
        return strcmp(value->valuestring, wanted) == 0;
    }
    text = cJSON_PrintUnformatted(value);
    equal = text && strcmp(text, wanted) == 0;
    free(text);
    return equal;
}

static bool condition_holds(const struct transcript_frame *frame, const char *condition)
{
    const char *value = strchr(condition, '=');
    char pointer[512];

    if (!value || (size_t)(value - condition) >= sizeof pointer) {
        return false;
    }
    memcpy(pointer, condition, (size_t)(value - condition));
    pointer[value - condition] = '\0';
    return value_is(value_at(frame->payload, pointer), value + 1);
}

static bool is_one_of(const char *action, const char *patterns)
{
    char pattern[64];

    for (size_t size; *patterns; patterns += size + (patterns[size] == '|')) {
        size = strcspn(patterns, "|");
        if (size < sizeof pattern) {
            memcpy(pattern, patterns, size);
            pattern[size] = '\0';
            if (fnmatch(pattern, action, 0) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool meets(const struct transcript_frame *frame, const void *wanted)
{
    const struct expectation *expectation = wanted;

    if (expectation->noted || frame->type == TRANSCRIPT_NOTE) {
        return expectation->noted && frame->type == TRANSCRIPT_NOTE && frame->payload &&
               fnmatch(expectation->actions, frame->payload->valuestring, 0) == 0;
    }
    if (frame->out != expectation->out || !is_one_of(frame->action, expectation->actions)) {
        return false;
    }
    for (int i = 0; i < expectation->count; i++) {
        if (!condition_holds(frame, expectation->conditions[i])) {
            return false;
        }
    }
    return true;
}

#define EXPECT_USAGE                                                                                                             \
    "expect [not] in|out ACTION[|ACTION ...] [/POINTER=VALUE ...] within SECONDS, or expect [not] noted \"WORDS\" within "       \
    "SECONDS"

static bool parse_expectation(char **words, int count, struct expectation *expectation, double *seconds)
{
    int first = count > 1 && strcmp(words[1], "not") == 0 ? 2 : 1; /* in or out */
    char *end;

    if (count < first + 4 || strcmp(words[count - 2], "within") != 0 ||
        (strcmp(words[first], "in") != 0 && strcmp(words[first], "out") != 0 && strcmp(words[first], "noted") != 0)) {
        return false;
    }
    *seconds = strtod(words[count - 1], &end);
    *expectation = (struct expectation){ .absent = first == 2,
                                         .out = strcmp(words[first], "out") == 0,
                                         .noted = strcmp(words[first], "noted") == 0,
                                         .actions = words[first + 1],
                                         .conditions = words + first + 2,
                                         .count = count - first - 4 };
    for (int i = 0; i < expectation->count; i++) {
        if (expectation->conditions[i][0] != '/' || !strchr(expectation->conditions[i], '=')) {
            return false;
        }
    }
    return end != words[count - 1] && !*end && *seconds > 0 && *seconds <= 86400;
}

/* --- playing
 * ------------------------------------------------------------------------------------------------------------------------ */

static void fail(struct scenario *scenario, const struct pile *pile, const char *why)
{
    scenario->state = SCENARIO_FAILED;
    fflush(stdout);
    fprintf(stderr, "ocpp-sim: %s: line %d: %s: %s\n", pile->identity, scenario->line + 1, scenario->text->lines[scenario->line],
            why);
}

/* Whether the line has been waited for long enough; the first look starts the clock. */
static bool is_over(struct scenario *scenario, double seconds)
{
    int64_t now = sim_now().mono_ms;

    if (scenario->until_mono_ms == 0) {
        scenario->until_mono_ms = now + (int64_t)(seconds * 1000);
    }
    return now >= scenario->until_mono_ms;
}

/* Each of these says whether the line is done. */
static bool play_wait(struct scenario *scenario, const struct pile *pile, char **words, int count)
{
    char *end;
    double seconds = count == 2 ? strtod(words[1], &end) : -1;

    if (count != 2 || end == words[1] || *end || seconds < 0 || seconds > 31536000) {
        fail(scenario, pile, "usage: wait SECONDS");
        return false;
    }
    return is_over(scenario, seconds);
}

static bool play_expect(struct scenario *scenario, const struct pile *pile, char **words, int count)
{
    struct expectation expectation;
    double seconds;

    if (!parse_expectation(words, count, &expectation, &seconds)) {
        fail(scenario, pile, "usage: " EXPECT_USAGE);
        return false;
    }
    const struct transcript_frame *frame = transcript_find(pile->transcript, scenario->seen, meets, &expectation);
    if (frame && expectation.absent) {
        fail(scenario, pile, "it came");
        return false;
    }
    if (frame) {
        scenario->seen = frame->number;
        return true;
    }
    bool over = is_over(scenario, seconds);
    if (over && !expectation.absent) {
        fail(scenario, pile, "did not come in time");
    }
    return over && expectation.absent;
}

/* A line of a story, with what the others told; false as long as they did not. */
static bool fill_line(struct scenario *scenario, const struct pile *pile, const char *line, char filled[LINE_SIZE])
{
    char name[STORY_NAME_SIZE] = "";
    char why[STORY_NAME_SIZE + 32];

    switch (story_fill(pile->story, line, filled, LINE_SIZE, name)) {
    case STORY_READY:
        scenario->until_mono_ms = scenario->has_waited ? 0 : scenario->until_mono_ms;
        scenario->has_waited = false;
        return true;
    case STORY_WRONG:
        fail(scenario, pile, "the line is too long");
        return false;
    case STORY_WAITS:
        break;
    }
    scenario->has_waited = true;
    if (is_over(scenario, STORY_WAIT_S)) {
        snprintf(why, sizeof why, "nobody told %s", name);
        fail(scenario, pile, why);
    }
    return false;
}

static bool play_await(struct scenario *scenario, const struct pile *pile, char **words, int count)
{
    char line[STORY_NAME_SIZE + 1];
    char filled[LINE_SIZE];

    if (count != 2 || (size_t)snprintf(line, sizeof line, "$%s", words[1]) >= sizeof line) {
        fail(scenario, pile, "usage: await NAME");
        return false;
    }
    return fill_line(scenario, pile, line, filled);
}

static bool is_seen(const struct transcript_frame *frame, const void *wanted)
{
    return frame->number == *(const uint64_t *)wanted;
}

/* catch NAME N: the Nth word of the line that met the expectation before. */
static bool play_catch(struct scenario *scenario, const struct pile *pile, char **words, int count)
{
    const struct transcript_frame *frame = transcript_find(pile->transcript, scenario->seen - 1, is_seen, &scenario->seen);
    const long number = count == 3 ? strtol(words[2], NULL, 10) : 0;
    char copy[LINE_SIZE];
    char *found[COMMAND_WORDS];

    if (!frame || frame->type != TRANSCRIPT_NOTE || !frame->payload || number < 1) {
        fail(scenario, pile, "usage: catch NAME NUMBER, behind expect noted");
        return false;
    }
    snprintf(copy, sizeof copy, "%s", frame->payload->valuestring);
    if (number > command_split(copy, found) || !story_tell(pile->story, words[1], found[number - 1])) {
        fail(scenario, pile, "the line has no such word, or it cannot be told");
        return false;
    }
    return true;
}

static bool play_command(struct scenario *scenario, struct pile *pile, const char *line)
{
    char reason[256] = "";

    switch (command_run(pile, line, reason, sizeof reason)) {
    case COMMAND_DONE:
        return true;
    case COMMAND_QUIT:
        scenario->state = SCENARIO_MET;
        return false;
    case COMMAND_WRONG:
        break;
    }
    fail(scenario, pile, reason);
    return false;
}

/* The line behind "1.6:" or "2.0.1:", which is for piles that speak that version; NULL: it is for others. */
static const char *line_for(const struct pile *pile, const char *line)
{
    size_t size = strspn(line, "0123456789.");
    char version[16];

    if (size == 0 || size >= sizeof version || line[size] != ':') {
        return line;
    }
    memcpy(version, line, size);
    version[size] = '\0';
    return ocpp_version_of(version) == pile->spoken ? line + size + 1 : NULL;
}

static bool play_line(struct scenario *scenario, struct pile *pile)
{
    const char *line = line_for(pile, scenario->text->lines[scenario->line]);
    char copy[LINE_SIZE];
    char filled[LINE_SIZE];
    char *words[COMMAND_WORDS];

    if (!line) {
        return true;
    }
    if (pile->options->shared && !fill_line(scenario, pile, line, filled)) {
        return false;
    }
    line = pile->options->shared ? filled : line;
    snprintf(copy, sizeof copy, "%s", line);
    int count = command_split(copy, words);
    if (count > 0 && strcmp(words[0], "wait") == 0) {
        return play_wait(scenario, pile, words, count);
    }
    if (count > 0 && strcmp(words[0], "expect") == 0) {
        return play_expect(scenario, pile, words, count);
    }
    if (count > 0 && strcmp(words[0], "await") == 0) {
        return play_await(scenario, pile, words, count);
    }
    if (count > 0 && strcmp(words[0], "catch") == 0) {
        return play_catch(scenario, pile, words, count);
    }
    return play_command(scenario, pile, line);
}

/* A command that restarts the pile ends the round: what follows is for the pile that has started again. */
void scenario_play(struct scenario *scenario, struct pile *pile)
{
    while (scenario->state == SCENARIO_PLAYS && pile->power == PILE_RUNS) {
        if (scenario->line == scenario->text->count) {
            scenario->state = SCENARIO_MET;
            return;
        }
        if (!play_line(scenario, pile)) {
            return;
        }
        scenario->line++;
        scenario->until_mono_ms = 0;
    }
}
