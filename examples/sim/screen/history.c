/* history.c: see history.h. */
#include "history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST_BYTES = 1 << 20, PATH_SIZE = 1024 };

struct history {
    char *lines[HISTORY_LINES]; /* a ring; line n stands at n % HISTORY_LINES */
    size_t count;               /* ever added */
    size_t at;                  /* what the arrows show; |count|: the draft */
    bool is_walking;
    char draft[EDITOR_SIZE];
    char path[PATH_SIZE]; /* "": in memory only */
};

struct history *history_new(void)
{
    return calloc(1, sizeof(struct history));
}

void history_free(struct history *history)
{
    for (size_t i = 0; history && i < HISTORY_LINES; i++) {
        free(history->lines[i]);
    }
    free(history);
}

static size_t oldest(const struct history *history)
{
    return history->count > HISTORY_LINES ? history->count - HISTORY_LINES : 0;
}

static const char *line_at(const struct history *history, size_t at)
{
    return history->lines[at % HISTORY_LINES];
}

int history_count(const struct history *history)
{
    return (int)(history->count - oldest(history));
}

static bool remember(struct history *history, const char *line)
{
    if (!*line || (history->count > 0 && strcmp(line_at(history, history->count - 1), line) == 0)) {
        return false;
    }
    char *copy = strdup(line);
    if (!copy) {
        return false;
    }
    char **place = &history->lines[history->count % HISTORY_LINES];
    free(*place);
    *place = copy;
    history->count++;
    history_rest(history);
    return true;
}

/* --- walking --------------------------------------------------------------------------------------------------------- */

void history_rest(struct history *history)
{
    history->is_walking = false;
    history->at = history->count;
}

static bool fits(const struct history *history, size_t at)
{
    return strncmp(line_at(history, at), history->draft, strlen(history->draft)) == 0;
}

const char *history_older(struct history *history, const char *draft)
{
    if (!history->is_walking) {
        history->is_walking = true;
        history->at = history->count;
        snprintf(history->draft, sizeof history->draft, "%s", draft);
    }
    for (size_t at = history->at; at-- > oldest(history);) {
        if (fits(history, at)) {
            history->at = at;
            return line_at(history, at);
        }
    }
    return NULL;
}

const char *history_newer(struct history *history)
{
    if (!history->is_walking) {
        return NULL;
    }
    for (size_t at = history->at + 1; at < history->count; at++) {
        if (fits(history, at)) {
            history->at = at;
            return line_at(history, at);
        }
    }
    history_rest(history);
    return history->draft;
}

/* --- its file -------------------------------------------------------------------------------------------------------- */

static FILE *open_file(const char *path, int flags, const char *mode)
{
    const int descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, mode) : NULL;

    if (descriptor >= 0 && !file) {
        close(descriptor);
    }
    return file;
}

void history_add(struct history *history, const char *line)
{
    if (!remember(history, line) || !history->path[0]) {
        return;
    }
    FILE *file = open_file(history->path, O_WRONLY | O_APPEND | O_CREAT, "a");
    if (file) {
        fprintf(file, "%s\n", line);
        fclose(file);
    }
}

/* Whole lines of text; others were never written by this program. */
static bool is_line(const char *line, size_t size)
{
    if (size == 0 || line[size - 1] != '\n') {
        return false;
    }
    for (size_t i = 0; i + 1 < size; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Returns how many lines the file has. */
static size_t read_lines(struct history *history, FILE *file)
{
    char line[EDITOR_SIZE];
    size_t count = 0;

    while (fgets(line, sizeof line, file)) {
        const size_t size = strlen(line);
        count++;
        if (is_line(line, size)) {
            line[size - 1] = '\0';
            (void)remember(history, line);
        }
    }
    return count;
}

/* The file anew, with what is remembered. */
static void shorten(const struct history *history)
{
    char fresh[PATH_SIZE + 8];
    FILE *file;
    bool is_whole;

    snprintf(fresh, sizeof fresh, "%s.new", history->path);
    file = open_file(fresh, O_WRONLY | O_TRUNC | O_CREAT, "w");
    for (size_t at = oldest(history); file && at < history->count; at++) {
        fprintf(file, "%s\n", line_at(history, at));
    }
    is_whole = file && fflush(file) == 0 && !ferror(file);
    if (file && fclose(file) == 0 && is_whole) {
        (void)rename(fresh, history->path);
    }
}

static void make_folders(const char *path)
{
    char folder[PATH_SIZE];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(folder, 0700); /* whether it is there now, opening the file says */
        *at = '/';
    }
}

bool history_open(struct history *history, const char *path)
{
    struct stat state;

    if (strlen(path) >= sizeof history->path) {
        return false;
    }
    make_folders(path);
    FILE *file = open_file(path, O_RDWR | O_CREAT, "r");
    if (!file || fstat(fileno(file), &state) != 0 || !S_ISREG(state.st_mode)) {
        if (file) {
            fclose(file);
        }
        return false;
    }
    if (state.st_size > FILE_MOST_BYTES) {
        (void)fseek(file, (long)(state.st_size - FILE_MOST_BYTES), SEEK_SET);
    }
    const size_t count = read_lines(history, file);
    fclose(file);
    snprintf(history->path, sizeof history->path, "%s", path);
    if (count > 2 * HISTORY_LINES || state.st_size > FILE_MOST_BYTES) {
        shorten(history);
    }
    return true;
}

bool history_path(const char *state, const char *identity, char *path, size_t size)
{
    const char *folder = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int length = -1;

    if (state) {
        length = snprintf(path, size, "%s/%s.history", state, identity);
    } else if (folder && folder[0] == '/') {
        length = snprintf(path, size, "%s/ocpp-sim/history", folder);
    } else if (home && home[0] == '/') {
        length = snprintf(path, size, "%s/.local/state/ocpp-sim/history", home);
    }
    return length > 0 && (size_t)length < size;
}
