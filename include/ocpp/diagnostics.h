/* diagnostics.h: logs a station hands over on request, and events of security it keeps and tells. docs/diagnostics.md shows how.
 *
 * Clauses: OCPP 2.0.1 A04, N01; OCPP 1.6 5.9 and its security extension, A04 and N01.
 */
#ifndef OCPP_DIAGNOSTICS_H
#define OCPP_DIAGNOSTICS_H

#include <ocpp/charge_point.h>
#include <ocpp/file_transfer.h>

OCPP_BEGIN_DECLARATIONS

/* --- logs -------------------------------------------------------------------------------------------------------------- */

/* ocpp_log_window: what of a log is asked for; OCPP_UTC_UNKNOWN: no bound on that side. Both bounds are within. */
struct ocpp_log_window {
    int64_t oldest_utc_ms;
    int64_t latest_utc_ms;
};

/* OCPP_LOG_NAME_SIZE: room for the name of a file, 255 bytes at most, and its terminator. */
enum { OCPP_LOG_NAME_SIZE = 256 };

/* ocpp_diagnostics_file: a log as a file. |name|: without a path; "": the charge point gives it one. |source| as in
 * file_transfer.h: it may be read on another thread, until close_log. */
struct ocpp_diagnostics_file {
    char name[OCPP_LOG_NAME_SIZE];
    struct ocpp_transfer_source source;
};

/* ocpp_log_answer: whether there is a log to hand over. */
enum ocpp_log_answer {
    OCPP_LOG_NOTHING, /* there is none for that window, or there cannot be one now */
    OCPP_LOG_READY,   /* |file| is it */
    OCPP_LOG_LATER    /* it is being put together: ocpp_charge_point_log_ready() follows; only |name| of |file| is looked at */
};

/* ocpp_diagnostics_settings: start from ocpp_diagnostics_settings_default(). Borrowed for the life of the charge point. A setting
 * outside its range makes ocpp_charge_point_new() fail. */
struct ocpp_diagnostics_settings {
    /* the diagnostics log of |window|. Called while a request is answered: it may not wait. NULL: there is none, and the station
     * hands over its security log only */
    enum ocpp_log_answer (*open_log)(const struct ocpp_log_window *window, struct ocpp_diagnostics_file *file, void *user);
    /* what open_log or ocpp_charge_point_log_ready() gave is not read any more; after OCPP_LOG_LATER also: it is not wanted any
     * more. Called once for each open_log that did not answer OCPP_LOG_NOTHING, but not by ocpp_charge_point_free(). May be NULL
     */
    void (*close_log)(void *user);
    void *user;

    int upload_retries;        /* where the central system does not say how many; 0 to 20; default 3 */
    int64_t retry_interval_ms; /* where it does not say how long to wait; 1,000 to 86,400,000; default 60,000 */
    int64_t assembly_ms;       /* how long OCPP_LOG_LATER may take; 1,000 to 86,400,000; default 600,000 */
    int64_t stall_ms;          /* an upload that does not move for so long has failed; 1,000 to 86,400,000; default 300,000 */

    /* the security log: events kept, oldest overwritten; 10 to 10,000; default 200. Each takes 60 bytes of the store and its text
     */
    size_t max_security_records;
    /* bytes of it that are handed over at most, newest first; 1,024 to 1,048,576; default 32,768. Taken from the allocator during
     * an upload */
    size_t max_security_log_bytes;
    /* events of one type that are kept and told within an hour; the others are counted, and the count is kept. 1 to 1,000;
     * default 10 */
    int max_events_per_hour;
    /* types that are told to the central system though the standard does not call them critical; or of your own */
    const char *const *critical_types;
    size_t critical_type_count; /* at most 64 */
};

/* ocpp_diagnostics_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_diagnostics_settings ocpp_diagnostics_settings_default(void);

/* ocpp_charge_point_log_ready: the log that open_log promised with OCPP_LOG_LATER. |source| is copied; NULL: it cannot be had.
 * Errors: OCPP_ERR_NOT_FOUND nobody waits for it (any more): nothing happened. */
OCPP_API enum ocpp_status ocpp_charge_point_log_ready(struct ocpp_charge_point *cp, const struct ocpp_transfer_source *source,
                                                      struct ocpp_now now);

/* --- events of security ------------------------------------------------------------------------------------------------- */

/* ocpp_charge_point_security_event: something happened that security has to know of. |type| is a name of the standard's list (2.x
 * appendix 1; 1.6 security extension, 8; either spelling will do) or of your own, at most 50 characters; |info| says more, at
 * most 255 characters, never a secret; NULL: nothing. What is longer is cut. Every event goes to the security log; critical ones
 * are told, and kept until they were (A04.FR.01, .02, .04). A type that comes too often is counted instead (max_events_per_hour).
 * The charge point raises by itself: StartupOfTheDevice or ResetOrReboot at its start, SettingSystemTime, MemoryExhaustion,
 * InvalidMessages, AttemptedReplayAttacks, SecurityLogWasCleared, and what certificates.h, firmware.h and network.h name.
 * May be called from a callback. Errors: OCPP_ERR_STATE the settings have no |diagnostics|; OCPP_ERR_ARGUMENT no type, or not
 * UTF-8. */
OCPP_API enum ocpp_status ocpp_charge_point_security_event(struct ocpp_charge_point *cp, const char *type, const char *info,
                                                           struct ocpp_now now);

/* ocpp_security_record: an entry of the security log. Texts are borrowed for the visit. */
struct ocpp_security_record {
    int64_t number;   /* grows with each entry */
    int64_t utc_ms;   /* OCPP_UTC_UNKNOWN: it happened at a start that never knew the date */
    int64_t boot;     /* the number of that start, … */
    int64_t mono_ms;  /* … and its clock then */
    const char *type; /* as 2.x spells it */
    const char *info; /* "": none */
    bool is_critical;
};

/* ocpp_charge_point_each_security_record: shows the log, oldest first, until |visit| returns false; |visit| may call nothing of
 * |cp|. _clear_security_log: all of it goes, and the log begins with SecurityLogWasCleared, |who| as its info. Errors:
 * OCPP_ERR_STATE the settings have no |diagnostics|, or called from a callback; those of the store. */
OCPP_API enum ocpp_status ocpp_charge_point_each_security_record(
    struct ocpp_charge_point *cp, bool (*visit)(const struct ocpp_security_record *record, void *user), void *user);
OCPP_API enum ocpp_status ocpp_charge_point_clear_security_log(struct ocpp_charge_point *cp, const char *who,
                                                               struct ocpp_now now);

/* OCPP_SECURITY_LINE_SIZE: room for any line of the log as text and its terminator. */
enum { OCPP_SECURITY_LINE_SIZE = 5400 };

/* ocpp_security_line: |record| as a line of the log that is handed over, ended by "\n": date, type, "critical" or "-", info,
 * between them a tab. Without a date: "boot 7 +1234 ms". In type and info a control character, a backslash and what is not UTF-8
 * are written as \x and two hexadecimal digits per byte. Gives its length. */
OCPP_API size_t ocpp_security_line(const struct ocpp_security_record *record, char line[OCPP_SECURITY_LINE_SIZE]);

OCPP_END_DECLARATIONS

#endif
