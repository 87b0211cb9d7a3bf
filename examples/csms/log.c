/* log.c: one line, one write(2): lines of several threads never mix. */
#include "log.h"
#include "text.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 2048, TEXT_SIZE = 1024, LINES_PER_SECOND = 10 };

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

static int format_text(char *line, const char *time, const char *level, const char *const parts[3])
{
    return snprintf(line, LINE_SIZE - 1, "%s %-7s %s%s%s%s%s", time, level, parts[0], parts[1] ? " " : "",
                    parts[1] ? parts[1] : "", parts[2][0] ? ": " : "", parts[2]);
}

static int format_json(char *line, const char *time, const char *level, const char *const parts[3])
{
    char station[256] = "";
    char text[TEXT_SIZE + 512] = "";

    text_escape(text, sizeof text, parts[2]);
    text_escape(station, sizeof station, parts[1] ? parts[1] : "");
    return snprintf(line, LINE_SIZE - 1, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"%s%s%s,\"text\":\"%s\"}", time, level,
                    parts[0], parts[1] ? ",\"station\":\"" : "", station, parts[1] ? "\"" : "", text);
}

void log_event(const struct logger *log, enum ocpp_log_level level, const char *what, const char *station, const char *format,
               ...)
{
    char line[LINE_SIZE];
    char text[TEXT_SIZE];
    char time[OCPP_TIME_TEXT_SIZE];
    const char *const parts[3] = { what, station, text };
    va_list arguments;
    int size;

    if (log->form == LOG_NONE) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    flatten(text);
    (void)ocpp_time_format(ocpp_system_now().utc_ms, time);
    size = log->form == LOG_JSON ? format_json(line, time, levels[level], parts) : format_text(line, time, levels[level], parts);
    if (size > LINE_SIZE - 2) {
        size = LINE_SIZE - 2;
    }
    line[size] = '\n';
    if (write(STDERR_FILENO, line, (size_t)size + 1) < 0) {
        return; /* nobody reads the log: there is nobody to tell */
    }
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
