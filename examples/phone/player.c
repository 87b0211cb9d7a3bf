/* player.c: see player.h. */
#include "player.h"
#include "readable.h"
#include "signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_SIZE = 4096, WAIT_S = 60, ROUND_MS = 50 };

struct player {
    struct client *client;
    struct story *story;
    struct act_request question; /* the newest one, for expectations */
    char reason[4096];
};

static bool fail(struct player *player, const char *what, const char *more)
{
    snprintf(player->reason, sizeof player->reason, "%s%s%.4000s", what, more ? ": " : "", more ? more : "");
    return false;
}

static double now_s(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A moment between two looks. */
static void rest(double seconds)
{
    struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

    (void)nanosleep(&time, NULL);
}

static bool read_seconds(const char *text, double *seconds)
{
    char *end;

    *seconds = strtod(text, &end);
    return end != text && !*end && *seconds > 0 && *seconds <= 86400;
}

/* --- requests
 * ------------------------------------------------------------------------------------------------------------- */

static bool keep(struct player *player, const char *what)
{
    char name[STORY_NAME_SIZE];
    const char *pointer = strchr(what, ' ');

    snprintf(name, sizeof name, "%.*s", (int)(pointer - what), what);
    const cJSON *value = client_value(player->client, pointer + 1);
    char *text = value ? client_text(value) : NULL;
    const bool is_told = text && story_tell(player->story, name, text);

    free(text);
    return is_told || fail(player, text || value ? "cannot be told" : "the answer has no", pointer + 1);
}

/* Asks, and takes |wanted| for an answer: 0 for any that is not a refusal. */
static bool ask(struct player *player, const struct act *act, char *const *words, int count, long wanted)
{
    if (!acts_fill(act, player->story, words, count, &player->question, player->reason, sizeof player->reason)) {
        return false;
    }
    if (!client_ask(player->client, &player->question)) {
        return fail(player, "no answer", NULL);
    }
    const long status = player->client->status;
    if (wanted ? status != wanted : status < 200 || status >= 300) {
        char what[48];
        snprintf(what, sizeof what, "the answer is %ld", status);
        return fail(player, what, player->client->text ? player->client->text : "");
    }
    return wanted != 0 || !act->keep || keep(player, act->keep);
}

static bool run_act(struct player *player, char *const *words, int count)
{
    const struct act *act = acts_find(words[0]);

    return act ? ask(player, act, words + 1, count - 1, 0) : fail(player, "no such command (try help)", words[0]);
}

static bool run_refused(struct player *player, char *const *words, int count)
{
    const struct act *act = count > 2 ? acts_find(words[2]) : NULL;

    return act ? ask(player, act, words + 3, count - 3, strtol(words[1], NULL, 10))
               : fail(player, "usage: refused STATUS COMMAND ...", NULL);
}

/* --- expectations
 * --------------------------------------------------------------------------------------------------------- */

/* "/POINTER=VALUE": the value is behind the last '='. */
static bool holds(const struct player *player, const char *condition)
{
    const char *wanted = strrchr(condition, '=');
    char pointer[400];

    snprintf(pointer, sizeof pointer, "%.*s", (int)(wanted - condition), condition);
    const size_t length = strlen(pointer);
    const bool is_count = length > 2 && strcmp(pointer + length - 2, "/#") == 0;
    if (is_count) {
        pointer[length - 2] = '\0';
    }
    const cJSON *value = client_value(player->client, pointer);
    char *text = value && !is_count ? client_text(value) : NULL;
    char number[16] = "";
    snprintf(number, sizeof number, "%d", is_count && value ? cJSON_GetArraySize(value) : -1);
    const bool is_so = strcmp(wanted + 1, "*") == 0   ? value != NULL
                       : strcmp(wanted + 1, "-") == 0 ? value == NULL
                       : is_count                     ? strcmp(number, wanted + 1) == 0
                                                      : text && strcmp(text, wanted + 1) == 0;
    free(text);
    return is_so;
}

static bool all_hold(const struct player *player, char *const *conditions, int count)
{
    for (int i = 0; i < count; i++) {
        if (!holds(player, conditions[i])) {
            return false;
        }
    }
    return true;
}

static bool look_again(struct player *player)
{
    rest(ROUND_MS / 1000.0);
    return strcmp(player->question.method, "GET") != 0 || client_ask(player->client, &player->question);
}

static bool run_expect(struct player *player, char *const *words, int count)
{
    const bool is_absent = count > 1 && strcmp(words[1], "not") == 0;
    char *const *conditions = words + 1 + is_absent;
    const int wanted = count - 3 - is_absent;
    double seconds;

    if (wanted < 1 || strcmp(words[count - 2], "within") != 0 || !read_seconds(words[count - 1], &seconds) ||
        !player->question.method) {
        return fail(player, "usage: expect [not] /POINTER=VALUE ... within SECONDS, behind a command that asks", NULL);
    }
    for (int i = 0; i < wanted; i++) {
        if (conditions[i][0] != '/' || !strchr(conditions[i], '=')) {
            return fail(player, "no condition", conditions[i]);
        }
    }
    for (const double until = now_s() + seconds; now_s() < until;) {
        if (all_hold(player, conditions, wanted)) {
            return is_absent ? fail(player, "it came", player->client->text) : true;
        }
        if (!look_again(player)) {
            return fail(player, "no answer", NULL);
        }
    }
    return is_absent || fail(player, "did not come in time", player->client->text ? player->client->text : "");
}

/* --- the words of stories
 * ------------------------------------------------------------------------------------------------- */

static bool await(struct player *player, const char *name, double seconds)
{
    char value[STORY_VALUE_SIZE];

    for (const double until = now_s() + seconds; now_s() < until; rest(ROUND_MS / 1000.0)) {
        if (story_hear(player->story, name, value, sizeof value)) {
            return true;
        }
    }
    return fail(player, "nobody told", name);
}

static bool run_await(struct player *player, char *const *words, int count)
{
    return count == 2 ? await(player, words[1], WAIT_S) : fail(player, "usage: await NAME", NULL);
}

static bool run_tell(struct player *player, char *const *words, int count)
{
    return (count == 3 && story_tell(player->story, words[1], words[2])) || fail(player, "usage: tell NAME VALUE", NULL);
}

static bool run_let(struct player *player, char *const *words, int count)
{
    char what[LINE_SIZE];

    if (count != 3 || words[2][0] != '/') {
        return fail(player, "usage: let NAME /POINTER", NULL);
    }
    snprintf(what, sizeof what, "%.300s %.3000s", words[1], words[2]);
    return keep(player, what);
}

static bool run_step(struct player *player, char *const *words, int count)
{
    char name[STORY_NAME_SIZE];

    if (count != 2 || strlen(words[1]) > 30) {
        return fail(player, "usage: step NAME, of up to 30 characters", NULL);
    }
    printf("step %s\n", words[1]);
    fflush(stdout);
    if (!player->story->folder) {
        return true;
    }
    snprintf(name, sizeof name, "step-%s", words[1]);
    if (!story_tell(player->story, name, "reached")) {
        return fail(player, "cannot be told", name);
    }
    snprintf(name, sizeof name, "done-%s", words[1]);
    return await(player, name, WAIT_S * 2);
}

static bool run_wait(struct player *player, char *const *words, int count)
{
    double seconds;

    if (count != 2 || !read_seconds(words[1], &seconds)) {
        return fail(player, "usage: wait SECONDS", NULL);
    }
    rest(seconds);
    return true;
}

static bool run_bearer(struct player *player, char *const *words, int count)
{
    if (count != 2 || strlen(words[1]) >= sizeof player->client->bearer) {
        return fail(player, "usage: bearer TOKEN|none", NULL);
    }
    snprintf(player->client->bearer, sizeof player->client->bearer, "%s", strcmp(words[1], "none") == 0 ? "" : words[1]);
    return true;
}

static bool run_key(struct player *player, char *const *words, int count)
{
    return count == 2 ? signer_key(player->story, words[1]) || fail(player, "no key", words[1])
                      : fail(player, "usage: key NAME", NULL);
}

static bool run_sign(struct player *player, char *const *words, int count)
{
    return count == 4 ? signer_sign(player->story, words[1], words[2], words[3]) || fail(player, "cannot be signed", words[3])
                      : fail(player, "usage: sign NAME TYPE JSON", NULL);
}

static bool run_say(struct player *player, char *const *words, int count)
{
    (void)player;
    for (int i = 1; i < count; i++) {
        printf("%s%s", words[i], i + 1 < count ? " " : "\n");
    }
    fflush(stdout);
    return true;
}

static bool run_help(struct player *player, char *const *words, int count);

static const struct {
    const char *name;
    bool (*run)(struct player *player, char *const *words, int count);
    const char *usage;
} verbs[] = {
    { "expect", run_expect,
      "expect [not] /POINTER=VALUE ... within SECONDS  of the newest answer; what was got is got again until it holds" },
    { "refused", run_refused, "refused STATUS COMMAND ...               the server says no" },
    { "let", run_let, "let NAME /POINTER                        NAME is that value of the newest answer" },
    { "tell", run_tell, "tell NAME VALUE                          for lines with $NAME, here and where the same --shared is" },
    { "await", run_await, "await NAME                               until somebody told it" },
    { "step", run_step, "step NAME                                tells step-NAME, and with --shared waits for done-NAME" },
    { "wait", run_wait, "wait SECONDS" },
    { "bearer", run_bearer, "bearer TOKEN|none                        whom the server takes the phone for" },
    { "key", run_key, "key NAME                                 a terminal's key, made where there is none; tells point" },
    { "sign", run_sign, "sign NAME TYPE JSON                      what the terminal signs; tells signed" },
    { "say", run_say, "say WORDS" },
    { "help", run_help, "help                                     this list" },
};

static bool run_help(struct player *player, char *const *words, int count)
{
    (void)player, (void)words, (void)count;
    acts_print();
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        printf("  %s\n", verbs[i].usage);
    }
    return true;
}

/* --- lines
 * ---------------------------------------------------------------------------------------------------------------- */

/* The words of |line| in place; one that begins with { takes the rest, one in double quotes is one. */
static int split(char *line, char *words[ACT_WORDS])
{
    int count = 0;

    for (char *at = line + strspn(line, " \t"); *at && count < ACT_WORDS; at += strspn(at, " \t")) {
        const char *ends = *at == '"' ? "\"" : *at == '{' ? "" : " \t";
        at += *at == '"';
        words[count++] = at;
        at += strcspn(at, ends);
        if (*at) {
            *at++ = '\0';
        }
    }
    return count;
}

static bool play_words(struct player *player, char **words, int count)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, words[0]) == 0) {
            return verbs[i].run(player, words, count);
        }
    }
    return run_act(player, words, count);
}

static bool play_line(struct player *player, const char *line)
{
    char filled[LINE_SIZE];
    char name[STORY_NAME_SIZE] = "";
    char *words[ACT_WORDS];
    enum story_outcome outcome = story_fill(player->story, line, filled, sizeof filled, name);

    if (outcome == STORY_WAITS) {
        if (!await(player, name, WAIT_S)) {
            return false;
        }
        return play_line(player, line);
    }
    if (outcome == STORY_WRONG) {
        return fail(player, "the line is too long", NULL);
    }
    const int count = split(filled, words);
    return count == 0 || play_words(player, words, count);
}

static bool play_lines(struct player *player, FILE *file, const char *path)
{
    char line[LINE_SIZE];

    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[strspn(line, " \t")] == '#') {
            continue;
        }
        if (!play_line(player, line)) {
            fprintf(stderr, "ocpp-phone: %s: line %d: %s: %s\n", path, number, line, player->reason);
            return false;
        }
    }
    return true;
}

bool player_play(const char *path, struct client *client, struct story *story)
{
    struct player player = { .client = client, .story = story };
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

    if (!file) {
        fprintf(stderr, "ocpp-phone: %s: cannot be opened\n", path);
        return false;
    }
    const bool is_played = play_lines(&player, file, path);
    if (file != stdin) {
        fclose(file);
    }
    return is_played;
}

bool player_once(struct client *client, struct story *story, char *const *words, int count, bool *is_wrong)
{
    struct player player = { .client = client, .story = story };
    const bool is_done = run_act(&player, words, count);

    *is_wrong = !is_done && client->status == 0 && player.question.method == NULL;
    if (!is_done && player.reason[0] && strcmp(player.reason, "no answer") != 0) { /* that one was told already */
        const char *detail = cJSON_GetStringValue(client_value(client, "/detail"));

        fputs("ocpp-phone: ", stderr);
        readable_put(stderr, detail ? detail : player.reason);
        fputc('\n', stderr);
    }
    return is_done;
}
