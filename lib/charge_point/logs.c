/* logs.c: a log is asked for, put together, and handed over: by the firmware's log or ours of security, and file_transfer.h.
 *
 * One at a time; a newer request takes the place of the older one (N01.FR.12). Every failure is tried again as often as the
 * central system allows, whatever the server says of it, because the answer of a file server that is being set up changes. What
 * is stored of an upload is that it is not over: after a restart it has failed, and is told to have. An address with its password
 * is not kept. OCPP 2.0.1 N01; 1.6 5.9, 8.2, errata 3.50; security extension N01. */
#include "logs.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "charge_point_internal.h"
#include "decimal.h"
#include "text.h"
#include "transfers.h"

enum { SECOND_MS = 1000, DAY_MS = 86400000 };

struct logs *ocpp_cp_logs(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_LOGS);
}

static struct upload *upload_of(const struct ocpp_charge_point *cp)
{
    return &ocpp_cp_logs(cp)->upload;
}

/* --- its end ------------------------------------------------------------------------------------------------------------ */

static void close_log(struct ocpp_charge_point *cp, const struct upload *upload)
{
    const struct ocpp_diagnostics_settings *settings = cp->settings.diagnostics;
    if (!upload->is_security && settings->close_log != NULL) {
        settings->close_log(settings->user);
    }
}

/* Frees what an upload holds; the firmware is called last, when nothing of it is left. */
static void drop(struct ocpp_charge_point *cp)
{
    struct upload *upload = upload_of(cp);
    ocpp_cp_cancel_transfer(cp, &upload->transfer); /* whose thread reads of |upload->text| until then */
    const struct upload gone = *upload;
    memset(upload, 0, sizeof(*upload));
    if (gone.location != NULL) {
        memset(gone.location, 0, strlen(gone.location));
    }
    ocpp_reallocate(cp->settings.allocator, gone.location, 0);
    ocpp_reallocate(cp->settings.allocator, gone.text.bytes, 0);
    close_log(cp, &gone);
}

static void end(struct ocpp_charge_point *cp, enum log_status status)
{
    ocpp_cp_log_report(cp, status);
    ocpp_cp_log_remember(cp, status);
    drop(cp);
    cp->dirty = true;
}

static enum log_status status_of(enum ocpp_transfer_result result)
{
    static const enum log_status statuses[OCPP_TRANSFER_RESULT_COUNT] = {
        [OCPP_TRANSFER_DONE] = LOG_STATUS_UPLOADED,
        [OCPP_TRANSFER_LOST] = LOG_STATUS_FAILED,
        [OCPP_TRANSFER_NOT_FOUND] = LOG_STATUS_FAILED,
        [OCPP_TRANSFER_DENIED] = LOG_STATUS_DENIED,
        [OCPP_TRANSFER_NOT_SUPPORTED] = LOG_STATUS_NOT_SUPPORTED,
        [OCPP_TRANSFER_UNTRUSTED] = LOG_STATUS_FAILED,
        [OCPP_TRANSFER_TOO_LARGE] = LOG_STATUS_DENIED,
        [OCPP_TRANSFER_NOT_RESUMED] = LOG_STATUS_FAILED,
        [OCPP_TRANSFER_LOCAL] = LOG_STATUS_FAILED,
    };
    return statuses[result];
}

static void attempt_failed(struct ocpp_charge_point *cp, enum ocpp_transfer_result result)
{
    struct upload *upload = upload_of(cp);
    upload->transfer = 0;
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "the upload of %s ended: %s; %ld more attempts", upload->file.name,
                ocpp_transfer_result_name(result), (long)upload->retries);
    if (upload->retries == 0) {
        end(cp, status_of(result));
        return;
    }
    upload->retries--;
    upload->state = UPLOAD_AWAIT_START;
    upload->due_mono_ms = cp->now.mono_ms + upload->interval_ms;
}

/* --- its life ----------------------------------------------------------------------------------------------------------- */

/* An address that nothing can be sent to does not become better with time. */
static void not_begun(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    if (status != OCPP_ERR_ARGUMENT && status != OCPP_ERR_STATE) {
        attempt_failed(cp, OCPP_TRANSFER_LOST);
        return;
    }
    const bool is_address = ocpp_transfer_protocol_of(upload_of(cp)->location) != 0;
    end(cp, is_address ? LOG_STATUS_NOT_SUPPORTED : LOG_STATUS_BAD_MESSAGE);
}

static void begin(struct ocpp_charge_point *cp)
{
    struct upload *upload = upload_of(cp);
    char shown[256];
    const struct ocpp_upload wanted = { .url = upload->location, .name = upload->file.name, .source = upload->file.source };
    if (!upload->is_told) {
        upload->is_told = true;
        ocpp_cp_log_report(cp, LOG_STATUS_UPLOADING); /* N01.FR.08 */
    }
    upload->state = UPLOAD_AWAIT_END;
    upload->due_mono_ms = cp->now.mono_ms + cp->settings.diagnostics->stall_ms;
    ocpp_cp_log(cp, OCPP_LOG_INFO, "uploading %s to %s", upload->file.name,
                ocpp_transfer_show(upload->location, shown, sizeof(shown)));
    const enum ocpp_status status = ocpp_cp_upload(cp, BLOCK_LOGS, &wanted, &upload->transfer);
    if (status != OCPP_OK) {
        not_begun(cp, status);
    }
}

static void stalled(struct ocpp_charge_point *cp)
{
    ocpp_cp_cancel_transfer(cp, &upload_of(cp)->transfer);
    attempt_failed(cp, OCPP_TRANSFER_LOST);
}

/* What is due, by what is awaited. */
static void time_out(struct ocpp_charge_point *cp)
{
    switch (upload_of(cp)->state) {
    case UPLOAD_NONE:
        break;
    case UPLOAD_AWAIT_LOG:
        end(cp, LOG_STATUS_FAILED);
        break;
    case UPLOAD_AWAIT_START:
        begin(cp);
        break;
    case UPLOAD_AWAIT_END:
        stalled(cp);
        break;
    }
}

static bool transferred(struct ocpp_charge_point *cp, int64_t id, const enum ocpp_transfer_result *result, uint64_t bytes)
{
    (void)bytes;
    struct upload *upload = upload_of(cp);
    if (upload->state != UPLOAD_AWAIT_END || upload->transfer != id) {
        return false;
    }
    if (result == NULL) {
        upload->due_mono_ms = cp->now.mono_ms + cp->settings.diagnostics->stall_ms;
    } else if (*result == OCPP_TRANSFER_DONE) {
        upload->transfer = 0;
        end(cp, LOG_STATUS_UPLOADED);
    } else {
        attempt_failed(cp, *result);
    }
    return true;
}

enum ocpp_status ocpp_charge_point_log_ready(struct ocpp_charge_point *cp, const struct ocpp_transfer_source *source,
                                             struct ocpp_now now)
{
    if (ocpp_cp_logs(cp) == NULL || upload_of(cp)->state != UPLOAD_AWAIT_LOG) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    struct upload *upload = upload_of(cp);
    if (source == NULL) {
        end(cp, LOG_STATUS_FAILED);
    } else {
        upload->file.source = *source;
        upload->state = UPLOAD_AWAIT_START;
        upload->due_mono_ms = cp->now.mono_ms;
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* --- what is handed over ------------------------------------------------------------------------------------------------ */

static bool read_text(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct log_text *text = user;
    if (offset > text->size) {
        return false;
    }
    const size_t left = text->size - (size_t)offset;
    *got = left < room ? left : room;
    memcpy(bytes, text->bytes + offset, *got);
    return true;
}

/* The name of a file goes into addresses and into other people's file systems. */
static void make_harmless(char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    for (size_t i = 0; name[i] != '\0'; i++) {
        const bool is_hidden = i == 0 && name[i] == '.';
        name[i] = strchr(allowed, name[i]) == NULL || is_hidden ? '_' : name[i];
    }
}

/* 2026-11-21T03:10:00.000Z to 20261121T031000. */
static void squeeze(char *date)
{
    size_t used = 0;
    for (size_t i = 0; date[i] != '\0' && date[i] != '.'; i++) {
        if (date[i] != '-' && date[i] != ':') {
            date[used++] = date[i];
        }
    }
    date[used] = '\0';
}

/* A name of our own: whose log of what it is, and when. */
static void make_name(const struct ocpp_charge_point *cp, const struct log_request *request, char name[OCPP_LOG_NAME_SIZE])
{
    char date[(size_t)OCPP_TIME_TEXT_SIZE + OCPP_INTEGER_TEXT_SIZE]; /* of which one is written */
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (utc_ms == OCPP_UTC_UNKNOWN || ocpp_time_format(utc_ms, date) != OCPP_OK) {
        ocpp_integer_format(cp->now.mono_ms, date);
    }
    squeeze(date);
    snprintf(name, OCPP_LOG_NAME_SIZE, "%s-%s-%s.log", cp->settings.identity, request->is_security ? "security" : "diagnostics",
             date);
}

static enum ocpp_log_answer open_security_log(struct ocpp_charge_point *cp, const struct log_request *request,
                                              struct upload *upload)
{
    const enum ocpp_status status = ocpp_cp_security_log_text(cp, &request->window, &upload->text);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "no security log can be handed over: %s", ocpp_status_sentence(status));
        return OCPP_LOG_NOTHING;
    }
    upload->file.source = (struct ocpp_transfer_source){ .read = read_text, .size = upload->text.size };
    return OCPP_LOG_READY;
}

static enum ocpp_log_answer open_log(struct ocpp_charge_point *cp, const struct log_request *request, struct upload *upload)
{
    const struct ocpp_diagnostics_settings *settings = cp->settings.diagnostics;
    if (request->is_security) {
        return open_security_log(cp, request, upload);
    }
    return settings->open_log == NULL ? OCPP_LOG_NOTHING : settings->open_log(&request->window, &upload->file, settings->user);
}

/* --- requests ----------------------------------------------------------------------------------------------------------- */

static int64_t bounded(int64_t value, int64_t least, int64_t most)
{
    const int64_t low = value < least ? least : value;
    return low > most ? most : low;
}

static char *copy_location(const struct ocpp_charge_point *cp, const struct log_request *request)
{
    const size_t length = strlen(request->location);
    const bool needs_slash = request->is_folder && length > 0 && request->location[length - 1] != '/';
    if (length + 2 > LOG_LOCATION_SIZE) {
        return NULL;
    }
    char *location = ocpp_reallocate(cp->settings.allocator, NULL, length + 2);
    if (location != NULL) {
        snprintf(location, length + 2, "%s%s", request->location, needs_slash ? "/" : "");
    }
    return location;
}

static bool can_upload(const struct ocpp_charge_point *cp)
{
    return cp->settings.file_transfer != NULL && cp->settings.file_transfer->start_upload != NULL;
}

static void fill(struct ocpp_charge_point *cp, const struct log_request *request, struct upload *upload)
{
    const struct ocpp_diagnostics_settings *settings = cp->settings.diagnostics;
    upload->form = request->form;
    upload->is_security = request->is_security;
    upload->request_id = request->request_id;
    upload->retries = request->has_retries ? bounded(request->retries, 0, MOST_LOG_RETRIES) : settings->upload_retries;
    upload->interval_ms =
        request->has_interval ? bounded(request->interval_s, 0, DAY_MS / SECOND_MS) * SECOND_MS : settings->retry_interval_ms;
}

static void forget(const struct ocpp_charge_point *cp, struct upload *next)
{
    ocpp_reallocate(cp->settings.allocator, next->location, 0);
    ocpp_reallocate(cp->settings.allocator, next->text.bytes, 0);
}

static void cancel_for_another(struct ocpp_charge_point *cp)
{
    ocpp_cp_log_report(cp, LOG_STATUS_CANCELED); /* N01.FR.20 */
    drop(cp);
}

static void name_it(const struct ocpp_charge_point *cp, const struct log_request *request, struct upload *upload)
{
    upload->file.name[OCPP_LOG_NAME_SIZE - 1] = '\0';
    if (upload->file.name[0] == '\0') {
        make_name(cp, request, upload->file.name);
    }
    make_harmless(upload->file.name);
}

/* The firmware has one log open at a time, so a running upload of it ends before the next is opened, even if there is nothing to
 * be had then. */
enum log_answer ocpp_cp_log_request(struct ocpp_charge_point *cp, const struct log_request *request,
                                    char name[OCPP_LOG_NAME_SIZE])
{
    struct upload *upload = upload_of(cp);
    struct upload next = { .state = UPLOAD_NONE };
    const bool is_busy = upload->state != UPLOAD_NONE;
    next.location = can_upload(cp) ? copy_location(cp, request) : NULL;
    if (next.location == NULL) {
        return LOG_REJECTED;
    }
    if (is_busy && !upload->is_security && !request->is_security) {
        cancel_for_another(cp);
    }
    fill(cp, request, &next);
    const enum ocpp_log_answer answer = open_log(cp, request, &next);
    if (answer == OCPP_LOG_NOTHING) { /* N01.FR.05 */
        forget(cp, &next);
        return LOG_REJECTED;
    }
    if (upload->state != UPLOAD_NONE) {
        cancel_for_another(cp);
    }
    name_it(cp, request, &next);
    next.state = answer == OCPP_LOG_LATER ? UPLOAD_AWAIT_LOG : UPLOAD_AWAIT_START;
    next.due_mono_ms = cp->now.mono_ms + (answer == OCPP_LOG_LATER ? cp->settings.diagnostics->assembly_ms : 0);
    *upload = next;
    if (next.is_security) {
        upload->file.source.user = &upload->text;
    }
    ocpp_cp_log_remember(cp, LOG_STATUS_IDLE);
    ocpp_text_copy(name, OCPP_LOG_NAME_SIZE, next.file.name);
    cp->dirty = true;
    return is_busy ? LOG_ACCEPTED_CANCELED : LOG_ACCEPTED;
}

/* --- the block ---------------------------------------------------------------------------------------------------------- */

struct ocpp_diagnostics_settings ocpp_diagnostics_settings_default(void)
{
    return (struct ocpp_diagnostics_settings){
        .upload_retries = 3,
        .retry_interval_ms = 60000,
        .assembly_ms = 600000,
        .stall_ms = 300000,
        .max_security_records = 200,
        .max_security_log_bytes = 32768,
        .max_events_per_hour = 10,
    };
}

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->diagnostics == NULL ? 0 : sizeof(struct logs);
}

struct bound {
    const char *name;
    int64_t value;
    int64_t least;
    int64_t most;
};

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_diagnostics_settings *own = settings->diagnostics;
    if (own == NULL) {
        return NULL;
    }
    const struct bound bounds[] = {
        { "diagnostics.upload_retries", own->upload_retries, 0, MOST_LOG_RETRIES },
        { "diagnostics.retry_interval_ms", own->retry_interval_ms, SECOND_MS, DAY_MS },
        { "diagnostics.assembly_ms", own->assembly_ms, SECOND_MS, DAY_MS },
        { "diagnostics.stall_ms", own->stall_ms, SECOND_MS, DAY_MS },
        { "diagnostics.max_security_records", (int64_t)own->max_security_records, 10, 10000 },
        { "diagnostics.max_security_log_bytes", (int64_t)own->max_security_log_bytes, 1024, 1048576 },
        { "diagnostics.max_events_per_hour", own->max_events_per_hour, 1, 1000 },
        { "diagnostics.critical_type_count", (int64_t)own->critical_type_count, 0, 64 },
    };
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        if (bounds[i].value < bounds[i].least || bounds[i].value > bounds[i].most) {
            return bounds[i].name;
        }
    }
    return NULL;
}

static enum ocpp_status load(struct ocpp_charge_point *cp)
{
    enum ocpp_status status = ocpp_cp_security_log_load(cp);
    if (status == OCPP_OK) {
        status = ocpp_cp_log_reports_load(cp);
    }
    if (status == OCPP_OK) {
        ocpp_cp_security_began(cp);
    }
    return status;
}

/* The firmware is not called back any more. */
static void free_all(struct ocpp_charge_point *cp)
{
    struct upload *upload = upload_of(cp);
    ocpp_cp_cancel_transfer(cp, &upload->transfer);
    forget(cp, upload);
}

static void work(struct ocpp_charge_point *cp)
{
    struct upload *upload = upload_of(cp);
    ocpp_cp_security_work(cp);
    if (upload->state != UPLOAD_NONE && cp->now.mono_ms >= upload->due_mono_ms) {
        time_out(cp);
    }
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    const struct upload *upload = upload_of(cp);
    const int64_t due = upload->state == UPLOAD_NONE ? OCPP_NEVER : upload->due_mono_ms;
    const int64_t counts = ocpp_cp_security_deadline(cp);
    return due < counts ? due : counts;
}

const struct block ocpp_cp_logs_block = {
    .size = size_of,
    .wrong_setting = wrong_setting,
    .free = free_all,
    .load = load,
    .work = work,
    .deadline = deadline,
    .send = ocpp_cp_logs_send,
    .send_deadline = ocpp_cp_logs_send_deadline,
    .failed = ocpp_cp_logs_failed,
    .link_up = ocpp_cp_security_linked,
    .link_down = ocpp_cp_logs_link_down,
    .trigger = ocpp_cp_logs_trigger,
    .security_event = ocpp_cp_security_raise,
    .transferred = transferred,
};
