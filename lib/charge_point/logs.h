/* logs.h: the block of logs (N01; 1.6 5.9 and its security extension) and of events of security (A04).
 *
 * security_events.c judges an event: how often it may come, whether it is told. security_log.c keeps the log, security_line.c is
 * its form as text. logs.c takes requests and hands the file over, logs_telling.c tells how that goes.
 *
 * Keys of the store, beside notices.h:
 *   security/<number>     struct security_notice: an entry of the security log
 *   upload                struct upload_record: the log that is asked for, until its end was told
 */
#ifndef OCPP_LIB_LOGS_H
#define OCPP_LIB_LOGS_H

#include <ocpp/diagnostics.h>

#include "notices.h"

/* --- events of security ------------------------------------------------------------------------------------------------ */

enum { MOST_EVENT_TYPES = 24 }; /* of the standard's list, and one for all others */

/* How often a type came lately. */
struct event_rate {
    int64_t since_mono_ms;
    int32_t count;
    uint32_t more;  /* that were counted only */
    bool is_silent; /* of one that is told once until a link comes about */
};

/* A type of the standard's list. */
struct event_type {
    const char *name;
    bool is_critical;       /* in any list */
    bool is_of_connection;  /* comes with every attempt to connect, and is told once (A00.FR.316) */
};

struct security {
    struct event_rate rates[MOST_EVENT_TYPES];
    int64_t next_number; /* of the log */
    int64_t gone;        /* entries up to this number are deleted */
    size_t count;        /* entries there are */
    bool is_ready;       /* the log was read back */
    bool is_raising;     /* an event is being kept: what fails meanwhile is none */
};

/* ocpp_cp_event_type: the row of a type; NULL: it is none of the list. */
const struct event_type *ocpp_cp_event_type(const char *name);
void ocpp_cp_security_raise(struct ocpp_charge_point *cp, const char *type, const char *info);
/* ocpp_cp_security_began: the event of this start. */
void ocpp_cp_security_began(struct ocpp_charge_point *cp);
/* ocpp_cp_security_work: tells the log what was only counted, when its hour is over. */
void ocpp_cp_security_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_security_deadline(const struct ocpp_charge_point *cp);
void ocpp_cp_security_linked(struct ocpp_charge_point *cp);

/* --- the security log --------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_security_log_load(struct ocpp_charge_point *cp);
/* ocpp_cp_security_log_add: |entry| is filled but for its kind and id. */
void ocpp_cp_security_log_add(struct ocpp_charge_point *cp, const struct security_notice *entry);

/* A log as text. */
struct log_text {
    char *bytes; /* of the allocator */
    size_t size;
};

/* ocpp_cp_security_log_text: what |window| shows. Errors: OCPP_ERR_NOT_FOUND nothing; OCPP_ERR_NOMEM; those of the store. */
enum ocpp_status ocpp_cp_security_log_text(struct ocpp_charge_point *cp, const struct ocpp_log_window *window,
                                           struct log_text *text);

/* ocpp_security_line_into: ocpp_security_line() into |room| bytes, not terminated; gives how many it needs, written or not. */
size_t ocpp_security_line_into(const struct ocpp_security_record *record, char *line, size_t room);

/* --- handing a log over ------------------------------------------------------------------------------------------------- */

enum { MOST_LOG_REPORTS = 8, MOST_LOG_RETRIES = 20, LOG_LOCATION_SIZE = 2100 };

/* In which words it was asked for, and is told. */
enum log_form { LOG_FORM_LOG, LOG_FORM_DIAGNOSTICS };

struct log_request {
    enum log_form form;
    bool is_security;
    int64_t request_id; /* 0 where the form has none */
    const char *location;
    bool is_folder; /* the location is one, however it ends */
    bool has_retries;
    int64_t retries;
    bool has_interval;
    int64_t interval_s;
    struct ocpp_log_window window;
};

enum log_answer { LOG_REJECTED, LOG_ACCEPTED, LOG_ACCEPTED_CANCELED };

enum log_status {
    LOG_STATUS_IDLE,
    LOG_STATUS_UPLOADING,
    LOG_STATUS_UPLOADED,
    LOG_STATUS_FAILED,
    LOG_STATUS_BAD_MESSAGE,
    LOG_STATUS_DENIED,
    LOG_STATUS_NOT_SUPPORTED,
    LOG_STATUS_CANCELED, /* for another */
    LOG_STATUS_COUNT
};

/* What is told of an upload. */
struct log_report {
    enum log_form form;
    bool has_request_id;
    int64_t request_id;
    enum log_status status;
};

/* The words of a version. OCPP_ERR_UNSUPPORTED_ACTION: there are none for that, and nothing left. */
struct log_words {
    enum ocpp_status (*send_status)(struct ocpp_charge_point *cp, const struct log_report *report);
};

enum upload_state {
    UPLOAD_NONE,
    UPLOAD_AWAIT_LOG,   /* it is being put together */
    UPLOAD_AWAIT_START, /* the first, or after a failure */
    UPLOAD_AWAIT_END    /* it is on its way */
};

struct upload {
    enum upload_state state;
    enum log_form form;
    bool is_security;
    bool is_told; /* that it began */
    int64_t request_id;
    char *location; /* of the allocator; holds a password perhaps */
    struct ocpp_diagnostics_file file;
    struct log_text text; /* the security log */
    int64_t transfer;     /* transfers.h */
    int64_t retries;      /* left */
    int64_t interval_ms;
    int64_t due_mono_ms; /* the start; or what is awaited has failed to come */
};

/* What is stored of an upload, so that its end is told whatever happens. */
struct upload_record {
    int32_t form;
    int64_t request_id;
    int32_t status; /* enum log_status; LOG_STATUS_IDLE: it has not ended */
};

struct logs {
    struct security security;
    struct upload upload;
    struct log_report reports[MOST_LOG_REPORTS]; /* to be told, oldest first */
    size_t report_count;
    unsigned triggered; /* bits 1 << enum log_form */
    bool is_triggered;  /* the message on its way is one the central system asked for */
    bool is_recorded;   /* the last report is in the store, too */
    int attempts;
    int64_t retry_mono_ms;
};

extern const struct block ocpp_cp_logs_block;
extern const struct log_words ocpp_cp_v16_log_words;
extern const struct log_words ocpp_cp_v201_log_words;
enum { V16_LOG_HEARINGS = 2, V201_LOG_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v16_log_hearings[V16_LOG_HEARINGS];
extern const struct hearing ocpp_cp_v201_log_hearings[V201_LOG_HEARINGS];

struct logs *ocpp_cp_logs(const struct ocpp_charge_point *cp); /* NULL: there are none */

/* ocpp_cp_log_request: a log is asked for; |name| gets the name of the file where it is not rejected. */
enum log_answer ocpp_cp_log_request(struct ocpp_charge_point *cp, const struct log_request *request,
                                    char name[OCPP_LOG_NAME_SIZE]);

/* --- between logs.c and logs_telling.c ---------------------------------------------------------------------------------- */

/* ocpp_cp_log_report: the upload there is, or was, is at |status|.
 * ocpp_cp_log_reports_load: one that the last start did not see the end of is told to have failed. */
void ocpp_cp_log_report(struct ocpp_charge_point *cp, enum log_status status);
enum ocpp_status ocpp_cp_log_reports_load(struct ocpp_charge_point *cp);
void ocpp_cp_log_remember(struct ocpp_charge_point *cp, enum log_status status);
bool ocpp_cp_logs_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_cp_logs_send_deadline(const struct ocpp_charge_point *cp);
void ocpp_cp_logs_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_cp_logs_link_down(struct ocpp_charge_point *cp);
bool ocpp_cp_logs_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict);
/* ocpp_cp_log_status_on_answer: on_answer of the messages of struct log_words. */
void ocpp_cp_log_status_on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user);

#endif
