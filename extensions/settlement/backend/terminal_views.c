/* terminal_views.c: terminals, associations and starts, shown to people and programs, and the one thing people may do with a
 * start. */
#include "terminal_starts.h"

#include <stdio.h>
#include <string.h>

enum { LOOKS_PER_ROW = 20 };

struct paging {
    const char *kind;
    const struct ocpp_type *type;
    struct ocpp_settle_rentals_query *query;
    bool (*show)(const void *record, const struct paging *paging);
    union {
        void (*terminal)(const struct ocpp_settle_terminal *terminal, void *user);
        void (*association)(const struct ocpp_settle_association *association, void *user);
        void (*start)(const struct ocpp_settle_start *start, void *user);
    } visit;
    void *user;
    size_t shown;
    size_t looked_at;
    char next[OCPP_SETTLE_CURSOR_SIZE];
};

static int64_t time_or_unknown(bool is_known, int64_t utc_ms)
{
    return is_known ? utc_ms : OCPP_UTC_UNKNOWN;
}

static bool is_state(const struct paging *paging, const char *state)
{
    return !paging->query->state || strcmp(paging->query->state, state) == 0;
}

static bool show_terminal(const void *record, const struct paging *paging)
{
    const struct row_terminal *row = record;
    struct ocpp_settle_terminal terminal = { .id = row->id,
                                             .name = row->name,
                                             .token_id = row->token_id,
                                             .token_type = row->token_type,
                                             .may_deduct = row->may_deduct,
                                             .made_utc_ms = row->created_at,
                                             .revoked_utc_ms = time_or_unknown(row->has_revoked_at, row->revoked_at) };

    if (!is_state(paging, row->has_revoked_at ? "Revoked" : "Known") || !terminal_point(row, terminal.point)) {
        return false;
    }
    paging->visit.terminal(&terminal, paging->user);
    return true;
}

static bool show_association(const void *record, const struct paging *paging)
{
    const struct row_association *row = record;
    const struct ocpp_settle_association association = {
        .id = row->id,
        .terminal = row->terminal,
        .kind = (enum ocpp_settle_vehicle_id_kind)row->kind,
        .vehicle = row->vehicle,
        .made_by = row->made_by,
        .made_utc_ms = row->made_at,
        .revoked_by = row->revoked_by,
        .revoked_utc_ms = time_or_unknown(row->has_revoked_at, row->revoked_at),
    };

    if (!is_state(paging, row->has_revoked_at ? "Revoked" : "Holds")) {
        return false;
    }
    paging->visit.association(&association, paging->user);
    return true;
}

static bool show_start(const void *record, const struct paging *paging)
{
    const struct row_start *row = record;
    const struct ocpp_settle_start start = { .id = row->id,
                                             .state = ocpp_enum_name(&row_start_phase_enum, (int)row->phase),
                                             .station = row->station,
                                             .evse = row->evse,
                                             .kind = (enum ocpp_settle_vehicle_id_kind)row->kind,
                                             .vehicle = row->vehicle,
                                             .terminal = row->terminal,
                                             .order = row->order,
                                             .transaction = row->transaction,
                                             .wish = row->wish,
                                             .energy_wh = row->has_energy_wh ? row->energy_wh : 0,
                                             .time_s = row->has_time_s ? row->time_s : 0,
                                             .hold_minor = row->hold_minor,
                                             .currency = row->currency,
                                             .bill = row->bill,
                                             .confirmed = row->confirmed,
                                             .confirmed_by = row->confirmed_by,
                                             .is_stop_asked = row->has_stop_asked_at,
                                             .reason = row->reason,
                                             .asked_utc_ms = row->asked_at };

    if (!is_state(paging, start.state) || (paging->query->station && strcmp(paging->query->station, start.station) != 0)) {
        return false;
    }
    paging->visit.start(&start, paging->user);
    return true;
}

/* --- pages -------------------------------------------------------------------------------------------------------------------
 */

static size_t limit_of(const struct paging *paging)
{
    const size_t limit = paging->query->limit;

    return limit == 0 || limit > OCPP_SETTLE_RENTALS_PAGE ? OCPP_SETTLE_RENTALS_PAGE : limit;
}

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    struct paging *paging = user;

    (void)command;
    if (paging->shown == limit_of(paging) || paging->looked_at == limit_of(paging) * LOOKS_PER_ROW) {
        snprintf(paging->next, sizeof paging->next, "%s", key);
        return false;
    }
    paging->looked_at++;
    paging->shown += paging->show(record, paging);
    return true;
}

static void page_body(struct command *command, void *args)
{
    struct paging *paging = args;
    const char *prefix = command_key(command, paging->kind, "", NULL);
    const char *cursor = paging->query->cursor;

    paging->next[0] = '\0';
    if (cursor[0] && prefix && strncmp(cursor, prefix, strlen(prefix)) != 0) {
        command_fail(command, OCPP_ERR_ARGUMENT);
        return;
    }
    command_each_from(command, prefix, cursor[0] ? cursor : NULL, paging->type, look_at, paging);
}

static enum ocpp_status show_page(struct ocpp_settle *settle, struct paging *paging)
{
    enum ocpp_status status;

    if (!memchr(paging->query->cursor, '\0', sizeof paging->query->cursor)) {
        return OCPP_ERR_ARGUMENT;
    }
    status = command_run(settle, "show", page_body, paging, NULL);
    if (status == OCPP_OK) {
        memcpy(paging->query->cursor, paging->next, sizeof paging->next);
    }
    return status;
}

enum ocpp_status ocpp_settle_terminals(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                       void (*visit)(const struct ocpp_settle_terminal *terminal, void *user), void *user)
{
    struct paging paging = { "terminal", &row_terminal_type, query, show_terminal, { .terminal = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_associations(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                          void (*visit)(const struct ocpp_settle_association *association, void *user),
                                          void *user)
{
    struct paging paging = {
        "association", &row_association_type, query, show_association, { .association = visit }, user, 0, 0, ""
    };

    return show_page(settle, &paging);
}

enum ocpp_status ocpp_settle_starts(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                    void (*visit)(const struct ocpp_settle_start *start, void *user), void *user)
{
    struct paging paging = { "start", &row_start_type, query, show_start, { .start = visit }, user, 0, 0, "" };

    return show_page(settle, &paging);
}

/* --- people ------------------------------------------------------------------------------------------------------------------
 */

static void stop_body(struct command *command, void *args)
{
    struct row_start *start = start_edit(command, args);

    if (!start && !command_failed(command)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such start");
    } else if (start && !start_stop(command, start)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is over");
    }
    command_result(command, args);
}

enum ocpp_status ocpp_settle_start_stop(struct ocpp_settle *settle, const char *start, const struct ocpp_settle_done *done,
                                        struct ocpp_now now)
{
    if (!start || !start[0] || strlen(start) >= OCPP_SETTLE_ID_SIZE) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "start_stop", stop_body, (void *)(uintptr_t)start, done);
}
