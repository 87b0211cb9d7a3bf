/* logs_telling.c: how an upload goes, told to the central system in the words in which it asked.
 *
 * That the last upload ended, and how, is told at least once: it is in the store until it was. The rest is told while it is news,
 * the ends of uploads before that one among it. */
#include "charge_point_internal.h"

#include <string.h>

#include "logs.h"

enum { MOST_ATTEMPTS = 5, ATTEMPT_WAIT_MS = 30000 };

/* clang-format off */
static const struct ocpp_field rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct upload_record, form),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct upload_record, request_id),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct upload_record, status),
};
/* clang-format on */

static const struct ocpp_layout layout = { 62, sizeof(struct upload_record), rows, sizeof(rows) / sizeof(rows[0]) };
static const char key[] = "upload";

static bool is_end(enum log_status status)
{
    return status != LOG_STATUS_IDLE && status != LOG_STATUS_UPLOADING && status != LOG_STATUS_CANCELED;
}

/* --- what is to be told ------------------------------------------------------------------------------------------------- */

static void drop(struct logs *logs, size_t index)
{
    logs->report_count--;
    memmove(&logs->reports[index], &logs->reports[index + 1], (logs->report_count - index) * sizeof(logs->reports[0]));
}

/* The oldest that is on its way no more gives way, one that is no end before one that is. */
static size_t who_gives_way(const struct ocpp_charge_point *cp, const struct logs *logs)
{
    const bool is_flying = cp->flight == FLIGHT_BLOCK && cp->flight_block == BLOCK_LOGS && !logs->is_triggered;
    const size_t first = is_flying ? 1 : 0;
    for (size_t i = first; i < logs->report_count; i++) {
        if (!is_end(logs->reports[i].status)) {
            return i;
        }
    }
    return first;
}

static void add(const struct ocpp_charge_point *cp, struct logs *logs, const struct log_report *report)
{
    if (logs->report_count == MOST_LOG_REPORTS) { /* nobody listens for so long that the oldest is no news */
        drop(logs, who_gives_way(cp, logs));
    }
    logs->reports[logs->report_count++] = *report;
}

void ocpp_cp_log_report(struct ocpp_charge_point *cp, enum log_status status)
{
    struct logs *logs = ocpp_cp_logs(cp);
    const struct log_report report = {
        .form = logs->upload.form,
        .has_request_id = logs->upload.form == LOG_FORM_LOG,
        .request_id = logs->upload.request_id,
        .status = status,
    };
    add(cp, logs, &report);
    cp->dirty = true;
}

/* --- over a restart ----------------------------------------------------------------------------------------------------- */

/* Not keeping it costs the report of an upload that a restart ends, and nothing more; so it is tried once. */
void ocpp_cp_log_remember(struct ocpp_charge_point *cp, enum log_status status)
{
    struct logs *logs = ocpp_cp_logs(cp);
    const struct upload_record record = { (int32_t)logs->upload.form, logs->upload.request_id, (int32_t)status };
    const enum ocpp_status outcome = ocpp_cp_put(cp, key, &layout, &record);
    if (outcome != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "that a log is handed over was not stored: %s", ocpp_status_sentence(outcome));
    }
    logs->is_recorded = true;
}

enum ocpp_status ocpp_cp_log_reports_load(struct ocpp_charge_point *cp)
{
    struct logs *logs = ocpp_cp_logs(cp);
    struct upload_record record;
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &layout, &record);
    if (status == OCPP_ERR_NOT_FOUND) {
        return OCPP_OK;
    }
    const bool has_ended = record.status > LOG_STATUS_UPLOADING && record.status < LOG_STATUS_CANCELED;
    const struct log_report report = {
        .form = record.form == LOG_FORM_DIAGNOSTICS ? LOG_FORM_DIAGNOSTICS : LOG_FORM_LOG,
        .has_request_id = record.form != LOG_FORM_DIAGNOSTICS,
        .request_id = record.request_id,
        .status = has_ended ? (enum log_status)record.status : LOG_STATUS_FAILED,
    };
    if (status == OCPP_OK) {
        add(cp, logs, &report);
        logs->is_recorded = true;
    }
    return status;
}

static void forget_record(struct ocpp_charge_point *cp)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    if (ocpp_cp_write_now(cp, &change, 1) != OCPP_OK) { /* then it is told once more after the next start */
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "that the end of an upload was told was not stored");
    }
}

/* --- telling ------------------------------------------------------------------------------------------------------------ */

/* The record is of the last upload, whose end has not been told. */
static bool awaits_end(const struct logs *logs)
{
    for (size_t i = 0; i < logs->report_count; i++) {
        if (is_end(logs->reports[i].status)) {
            return true;
        }
    }
    return false;
}

/* The oldest report was told, or never will be. */
static void next(struct ocpp_charge_point *cp)
{
    struct logs *logs = ocpp_cp_logs(cp);
    const bool was_end = is_end(logs->reports[0].status);
    drop(logs, 0);
    logs->attempts = 0;
    logs->retry_mono_ms = cp->now.mono_ms;
    if (was_end && logs->is_recorded && logs->upload.state == UPLOAD_NONE && !awaits_end(logs)) {
        logs->is_recorded = false;
        forget_record(cp);
    }
}

static struct log_report triggered_report(const struct logs *logs, enum log_form form)
{
    const struct upload *upload = &logs->upload;
    const bool is_busy = upload->state != UPLOAD_NONE && upload->form == form;
    return (struct log_report){
        .form = form,
        .has_request_id = is_busy && form == LOG_FORM_LOG, /* N01.FR.13 */
        .request_id = upload->request_id,
        .status = is_busy ? LOG_STATUS_UPLOADING : LOG_STATUS_IDLE,
    };
}

/* What the central system asked for to be told. */
static bool send_triggered(struct ocpp_charge_point *cp, const struct log_words *words)
{
    struct logs *logs = ocpp_cp_logs(cp);
    const enum log_form form = (logs->triggered & 1u << LOG_FORM_LOG) != 0 ? LOG_FORM_LOG : LOG_FORM_DIAGNOSTICS;
    const struct log_report report = triggered_report(logs, form);
    const enum ocpp_status status = words->send_status(cp, &report);
    if (ocpp_status_class_of(status) != OCPP_CLASS_RESOURCE) {
        logs->triggered &= ~(1u << form);
    }
    logs->is_triggered = status == OCPP_OK;
    return status == OCPP_OK;
}

/* What was asked for in words that the version spoken has not is told to nobody: who asked is not there. */
static bool send_report(struct ocpp_charge_point *cp, const struct log_words *words)
{
    struct logs *logs = ocpp_cp_logs(cp);
    while (logs->report_count > 0) {
        const enum ocpp_status status = words->send_status(cp, &logs->reports[0]);
        if (status == OCPP_OK) {
            logs->is_triggered = false;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
            return false;
        }
        next(cp);
    }
    return false;
}

bool ocpp_cp_logs_send(struct ocpp_charge_point *cp, bool is_early)
{
    struct logs *logs = ocpp_cp_logs(cp);
    const struct log_words *words = ocpp_cp_words(cp, BLOCK_LOGS);
    if (is_early || words == NULL) {
        return false;
    }
    if (logs->report_count > 0 && cp->now.mono_ms >= logs->retry_mono_ms && send_report(cp, words)) {
        return true;
    }
    return logs->triggered != 0 && send_triggered(cp, words);
}

int64_t ocpp_cp_logs_send_deadline(const struct ocpp_charge_point *cp)
{
    const struct logs *logs = ocpp_cp_logs(cp);
    if (!ocpp_cp_may_send(cp) || (logs->report_count == 0 && logs->triggered == 0)) {
        return OCPP_NEVER;
    }
    return logs->triggered != 0 ? cp->now.mono_ms : logs->retry_mono_ms;
}

void ocpp_cp_log_status_on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    if (!ocpp_cp_logs(cp)->is_triggered) {
        next(cp);
    }
    ocpp_cp_flight_over(cp);
}

void ocpp_cp_logs_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct logs *logs = ocpp_cp_logs(cp);
    if (status == OCPP_ERR_CLOSED || logs->is_triggered || logs->report_count == 0) {
        return; /* the next link is told; what was only asked for is not */
    }
    logs->attempts++;
    logs->retry_mono_ms = cp->now.mono_ms + ATTEMPT_WAIT_MS;
    if (!is_end(logs->reports[0].status) || logs->attempts >= MOST_ATTEMPTS) {
        next(cp);
    }
}

void ocpp_cp_logs_link_down(struct ocpp_charge_point *cp)
{
    struct logs *logs = ocpp_cp_logs(cp);
    logs->triggered = 0;
    logs->retry_mono_ms = cp->now.mono_ms;
}

bool ocpp_cp_logs_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict)
{
    (void)evse;
    if (kind != TRIGGER_LOG_STATUS && kind != TRIGGER_DIAGNOSTICS_STATUS) {
        return false;
    }
    ocpp_cp_logs(cp)->triggered |= 1u << (kind == TRIGGER_LOG_STATUS ? LOG_FORM_LOG : LOG_FORM_DIAGNOSTICS);
    *verdict = VERDICT_ACCEPTED;
    return true;
}
