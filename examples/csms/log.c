/* log.c: one line, one write(2): lines of several threads never mix. */
#include "log.h"
#include "text.h"

#include <ocpp/adapters.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 4096, LINE_END = 2, TEXT_SIZE = 1024, LINES_PER_SECOND = 10 };

static const char *const levels[] = {
    [OCPP_LOG_ERROR] = "error", [OCPP_LOG_WARNING] = "warning", [OCPP_LOG_INFO] = "info", [OCPP_LOG_DEBUG] = "debug"
};

/* A log line is one line whatever a station calls itself. */
static void flatten(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            *text = '?';
        }
    }
}

/* A line as it grows; what has no room is left out whole. */
struct line {
    char text[LINE_SIZE];
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    size_t room = LINE_SIZE - LINE_END - line->used;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(line->text + line->used, room, format, arguments);
    va_end(arguments);
    if (size >= 0 && (size_t)size < room) {
        line->used += (size_t)size;
    }
}

static void add_text_member(struct line *line, const char *name, const char *text)
{
    char escaped[TEXT_SIZE + 512];

    text_escape(escaped, sizeof escaped, text);
    add(line, ",\"%s\":\"%s\"", name, escaped);
}

static void add_field(struct line *line, const struct log_field *field)
{
    if (!field->is_text) {
        add(line, ",\"%s\":%" PRId64, field->name, field->number);
    } else if (field->text) {
        add_text_member(line, field->name, field->text);
    }
}

static void format_json(struct line *line, const char *time, const char *level, const char *what, const char *station,
                        const struct log_field *fields, const char *text)
{
    add(line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", time, level, what);
    if (station) {
        add_text_member(line, "station", station);
    }
    for (; fields && fields->name; fields++) {
        add_field(line, fields);
    }
    add_text_member(line, "text", text);
    line->text[line->used++] = '}'; /* LINE_END keeps its room */
}

static void format_text(struct line *line, const char *time, const char *level, const char *what, const char *station,
                        const char *text)
{
    add(line, "%s %-7s %s%s%s", time, level, what, station ? " " : "", station ? station : "");
    add(line, "%s%s", text[0] ? ": " : "", text);
    flatten(line->text);
}

static void write_line(const struct logger *log, enum ocpp_log_level level, const char *what, const char *station,
                       const struct log_field *fields, const char *text)
{
    struct line line = { .used = 0 };
    char time[OCPP_TIME_TEXT_SIZE];

    (void)ocpp_time_format(ocpp_system_now().utc_ms, time);
    if (log->form == LOG_JSON) {
        format_json(&line, time, levels[level], what, station, fields, text);
    } else {
        format_text(&line, time, levels[level], what, station, text);
    }
    line.text[line.used++] = '\n';
    if (write(STDERR_FILENO, line.text, line.used) < 0) {
        return; /* nobody reads the log: there is nobody to tell */
    }
}

void log_fields(const struct logger *log, enum ocpp_log_level level, const char *what, const char *station,
                const struct log_field *fields, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;

    if (log->form == LOG_NONE) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_line(log, level, what, station, fields, text);
}

void log_event(const struct logger *log, enum ocpp_log_level level, const char *what, const char *station, const char *format,
               ...)
{
    char text[TEXT_SIZE];
    va_list arguments;

    if (log->form == LOG_NONE) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_line(log, level, what, station, NULL, text);
}

bool log_rate_allows(struct log_rate *rate)
{
    int64_t now = ocpp_system_now().mono_ms / 1000;

    if (atomic_exchange(&rate->second, now) != now) {
        atomic_store(&rate->lines, 0);
    }
    return atomic_fetch_add(&rate->lines, 1) < LINES_PER_SECOND;
}

static void write_library_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct logger *log = user;

    if (level == OCPP_LOG_ERROR || log_rate_allows(&log->library_rate)) {
        log_event(log, level, "library", NULL, "%s", line);
    }
}

struct ocpp_log log_for_library(struct logger *log)
{
    struct ocpp_log library = { .level = OCPP_LOG_WARNING };

    if (log_is_on(log)) {
        library.write = write_library_line;
        library.user = log;
    }
    return library;
}
