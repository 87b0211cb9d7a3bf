/* log.h: what happened, one line per thing, on stderr: as text for people or as JSON for machines. Never a secret. */
#ifndef CSMS_LOG_H
#define CSMS_LOG_H

#include <ocpp/types.h>

#include <stdatomic.h>

enum log_form { LOG_NONE, LOG_TEXT, LOG_JSON };

/* log_rate: so that a flood from outside is no flood of lines. From any thread. */
struct log_rate {
    _Atomic int64_t second;
    _Atomic int lines;
};

/* log_rate_allows: true a few times a second. */
bool log_rate_allows(struct log_rate *rate);

/* One for the whole process, set before any thread starts. */
struct logger {
    enum log_form form;
    struct log_rate library_rate;
};

/* log_is_on: asked before anything is formatted. */
static inline bool log_is_on(const struct logger *log)
{
    return log->form != LOG_NONE;
}

/* log_event: |what| names the thing ("connected"), |station| the station it is about (NULL: none), the rest says more. From any
 * thread. */
__attribute__((format(printf, 5, 6))) void log_event(const struct logger *log, enum ocpp_log_level level, const char *what,
                                                     const char *station, const char *format, ...);

/* log_for_library: the library's own lines, into the same log; warnings only a few times a second, for any stranger can cause
 * them. */
struct ocpp_log log_for_library(struct logger *log);

#endif
