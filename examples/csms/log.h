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

/* log_field: a member of a line in JSON, under a name that stays; people read the sentence. */
struct log_field {
    const char *name; /* NULL ends a list of them */
    const char *text; /* NULL: |number|, or nothing where |is_text| */
    bool is_text;
    int64_t number;
};

#define LOG_TEXT_OF(name_is, text_is)                                                                                            \
    {                                                                                                                            \
        .name = (name_is), .text = (text_is), .is_text = true                                                                    \
    }
#define LOG_NUMBER_OF(name_is, number_is)                                                                                        \
    {                                                                                                                            \
        .name = (name_is), .number = (number_is)                                                                                 \
    }
#define LOG_FIELDS(...)                                                                                                          \
    (const struct log_field[])                                                                                                   \
    {                                                                                                                            \
        __VA_ARGS__,                                                                                                             \
        {                                                                                                                        \
            .name = NULL                                                                                                         \
        }                                                                                                                        \
    }

/* log_fields: log_event() with members of their own. */
__attribute__((format(printf, 6, 7))) void log_fields(const struct logger *log, enum ocpp_log_level level, const char *what,
                                                      const char *station, const struct log_field *fields, const char *format,
                                                      ...);

/* log_for_library: the library's own lines, into the same log; warnings only a few times a second, for any stranger can cause
 * them. */
struct ocpp_log log_for_library(struct logger *log);

#endif
