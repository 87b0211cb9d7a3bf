/* log_world.h: a station that hands over logs: its firmware's log, and transfers a test ends by hand. */
#ifndef OCPP_TESTS_LOG_WORLD_H
#define OCPP_TESTS_LOG_WORLD_H

#include <ocpp/diagnostics.h>

#include "fake_transfer.h"
#include "station_world.h"

struct log_world {
    struct world *world;
    struct ocpp_diagnostics_settings settings;
    struct fake_transfer transfer;
    enum ocpp_log_answer answer;   /* of the firmware; default OCPP_LOG_READY */
    const char *log;               /* its text */
    const char *name;              /* of the file; NULL: the charge point's own */
    struct ocpp_log_window window; /* it was asked for last */
    int opened;
    int closed;
    void (*when_closed)(struct log_world *logs);
};

/* log_world_new: settings only. log_world_on: power and link in |version|; what was told by then is forgotten. log_world_of:
 * both, in the version of |state|. */
struct log_world *log_world_new(void);
void log_world_on(struct log_world *logs, enum ocpp_version version);
struct log_world *log_world_of(void **state);
void log_world_free(struct log_world *logs);

/* log_source: the firmware's log as it stands now. */
struct ocpp_transfer_source log_source(struct log_world *logs);

/* get_log: GetLog of |type| ("DiagnosticsLog", "SecurityLog"); |more|: further members, with a comma in front. The status of the
 * answer. get_diagnostics: GetDiagnostics of 1.6; the name of the file, "" for none. */
const char *get_log(struct log_world *logs, const char *type, int request_id, const char *more);
const char *get_log_to(struct log_world *logs, const char *type, int request_id, const char *more, const char *location);
const char *get_diagnostics(struct log_world *logs, const char *more);

/* upload_ends: the running upload, with |result|. uploaded: what arrived, as text. */
void upload_ends(struct log_world *logs, enum ocpp_transfer_result result);
const char *uploaded(struct log_world *logs);

/* raise: an event of security. */
void raise_event(struct log_world *logs, const char *type, const char *info);

#endif
