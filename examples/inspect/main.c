/* main.c: ocpp-inspect: judges a log of OCPP-J frames, one per line, and says about each what is wrong with it.
 */
#include "line_reader.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum exit_code { ALL_VALID = 0, SOME_INVALID = 1, WRONG_USE = 2 };

/* Room for what one line may be decoded to. */
enum { ARENA_LIMIT = 32 << 20, OUTPUT_BUFFER = 1 << 16 };

static const char help[] = "Usage: ocpp-inspect [--version 1.6|2.0.1|2.1|auto] [--lenient] [--json] [FILE]\n"
                           "\n"
                           "Reads OCPP-J frames, one per line, from FILE or standard input, and prints one line\n"
                           "for each: `LINE ok ACTION` or `LINE error CODE PATH: reason`. A line is a frame, or an\n"
                           "object with the member `frame` (an array, or a string for text that is not JSON) and\n"
                           "perhaps `version` and `action`. An answer is judged when its call was seen before or\n"
                           "its action is given.\n"
                           "\n"
                           "  --version V  hold every frame to this version; auto (the default) takes the version a\n"
                           "               line names, or finds out\n"
                           "  --lenient    accept what a tolerant central system accepts, and tell what was bent:\n"
                           "               `LINE quirk NAME PATH: what was done`\n"
                           "  --json       print one JSON object per frame\n"
                           "  --help       print this; --version alone prints the program's version\n"
                           "\n"
                           "Exit status: 0 all frames are valid, 1 some are not, 2 wrong use or an unreadable file.\n";

struct options {
    enum ocpp_version version; /* OCPP_VERSION_NONE: auto */
    bool lenient;
    bool json;
    const char *file; /* NULL: standard input */
};

/* One line that says what to type instead. */
static int misused(const char *what, const char *argument)
{
    fprintf(stderr, "ocpp-inspect: %s%s; try: ocpp-inspect --help\n", what, argument);
    return WRONG_USE;
}

/* --- options ----------------------------------------------------------------------------------------------------- */

static int set_version(struct options *options, const char *name)
{
    if (strcmp(name, "auto") == 0) {
        options->version = OCPP_VERSION_NONE;
        return -1;
    }
    options->version = ocpp_version_of(name);
    if (options->version == OCPP_VERSION_NONE)
        return misused("--version is 1.6, 2.0.1, 2.1 or auto, not ", name);
    if (ocpp_protocol_of(options->version) == NULL)
        return misused("this program was built without version ", name);
    return -1;
}

/* Reads the arguments; -1 goes on, anything else is the exit status. */
static int read_options(struct options *options, int count, char *const *arguments)
{
    bool only_files = false;
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];
        int status = -1;
        if (only_files || argument[0] != '-' || argument[1] == '\0') {
            if (options->file != NULL)
                return misused("one file at a time, not also ", argument);
            options->file = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_files = true;
        } else if (strcmp(argument, "--help") == 0) {
            status = fputs(help, stdout) < 0 ? WRONG_USE : ALL_VALID;
        } else if (strcmp(argument, "--version") == 0 && i + 1 == count) {
            status = puts("ocpp-inspect " OCPP_PROGRAM_VERSION) < 0 ? WRONG_USE : ALL_VALID;
        } else if (strcmp(argument, "--version") == 0) {
            status = set_version(options, arguments[++i]);
        } else if (strncmp(argument, "--version=", 10) == 0) {
            status = set_version(options, argument + 10);
        } else if (strcmp(argument, "--lenient") == 0) {
            options->lenient = true;
        } else if (strcmp(argument, "--json") == 0) {
            options->json = true;
        } else {
            status = misused("unknown option ", argument);
        }
        if (status >= 0)
            return status;
    }
    return -1;
}

/* --- the log ----------------------------------------------------------------------------------------------------- */

static bool is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != ' ' && text[i] != '\t')
            return false;
    }
    return true;
}

/* Some editors begin a file with a byte order mark; it is not part of the first frame. */
static void skip_mark(const struct line_reader *reader, char **text, size_t *size)
{
    if (reader->number == 1 && *size >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
        *text += 3;
        *size -= 3;
    }
}

/* Judges all lines; whoever watches a pipe sees a verdict before the next line is waited for. */
static int inspect(const struct options *options, struct line_reader *reader, struct judge *judge)
{
    int result = ALL_VALID;
    for (;;) {
        char *text;
        size_t size;
        if (!line_reader_ready(reader))
            fflush(stdout);
        const enum line_outcome outcome = line_reader_next(reader, &text, &size);
        if (outcome == LINE_END)
            return result;
        if (outcome == LINE_FAILED) {
            fflush(stdout);
            fprintf(stderr, "ocpp-inspect: reading failed after line %lu: %s\n", reader->number, strerror(reader->error));
            return WRONG_USE;
        }
        if (outcome == LINE_READ) {
            skip_mark(reader, &text, &size);
            if (is_blank(text, size))
                continue;
        }
        const struct verdict *verdict = outcome == LINE_READ ? judge_line(judge, text, size) : judge_too_long(judge);
        (options->json ? report_json : report_text)(stdout, reader->number, verdict);
        if (verdict->status != OCPP_OK)
            result = SOME_INVALID;
        judge_forget(judge);
    }
}

static int inspect_file(const struct options *options, int fd)
{
    /* the verdict makes it large for a stack */
    struct judge *judge = calloc(1, sizeof *judge);
    struct line_reader reader = { .fd = -1 };
    int result = WRONG_USE;
    if (judge != NULL) {
        judge->forced = options->version;
        judge->lenient = options->lenient;
        judge->calls = call_memory_new();
        judge->arena = ocpp_arena_new(NULL, ARENA_LIMIT);
    }
    if (judge == NULL || judge->calls == NULL || judge->arena == NULL || !line_reader_open(&reader, fd))
        fputs("ocpp-inspect: out of memory\n", stderr);
    else
        result = inspect(options, &reader, judge);
    line_reader_close(&reader);
    if (judge != NULL) {
        call_memory_free(judge->calls);
        ocpp_arena_free(judge->arena);
    }
    free(judge);
    return result;
}

int main(int count, char **arguments)
{
    struct options options = { .version = OCPP_VERSION_NONE };
    int result = read_options(&options, count, arguments);
    if (result < 0) {
        const bool from_file = options.file != NULL && strcmp(options.file, "-") != 0;
        const int fd = from_file ? open(options.file, O_RDONLY) : STDIN_FILENO;
        if (fd < 0) {
            fprintf(stderr, "ocpp-inspect: cannot open %s: %s\n", options.file, strerror(errno));
            return WRONG_USE;
        }
        setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
        result = inspect_file(&options, fd);
        if (from_file)
            close(fd);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("ocpp-inspect: the output cannot be written\n", stderr);
        return WRONG_USE;
    }
    return result;
}
