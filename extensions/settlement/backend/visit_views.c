/* visit_views.c: guided visits as people and programs see them. Nothing is written. */
#include "order_internal.h"
#include "visit.h"

#include <stdio.h>
#include <string.h>

/* --- one ---------------------------------------------------------------------------------------------------------------------
 */

static int64_t time_of(bool has, int64_t utc_ms)
{
    return has ? utc_ms : OCPP_UTC_UNKNOWN;
}

static void add_payment(struct command *command, const struct row_order *order, struct ocpp_settle_visit *shown)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);
        const struct row_operation *operation =
            leg && leg->operation
                ? command_read(command, command_key(command, "operation", leg->operation, NULL), &row_operation_type)
                : NULL;

        if (operation && operation->kind == ROW_OPERATION_KIND_AUTHORIZE) {
            shown->is_being_paid = true;
            shown->action_url = operation->action_url;
        }
    }
}

static void add_order(struct command *command, const struct row_visit *row, struct ocpp_settle_visit *shown)
{
    const struct row_order *order = command_read(command, command_key(command, "order", row->order, NULL), &row_order_type);
    const bool matters = row->state == ROW_VISIT_STATE_MATCHED || row->state == ROW_VISIT_STATE_PAYING ||
                         row->state == ROW_VISIT_STATE_OWED || row->state == ROW_VISIT_STATE_EXPIRED;

    if (!order) {
        return;
    }
    shown->currency = order->currency;
    shown->exponent = (int)order->exponent;
    shown->has_missing = matters;
    if (matters) {
        const int64_t missing = visit_missing(command, order, &shown->deposits_minor);

        shown->missing_minor = missing > 0 ? missing : 0;
        add_payment(command, order, shown);
    }
}

static struct ocpp_settle_visit shown_of(struct command *command, const struct row_visit *row)
{
    struct ocpp_settle_visit shown = {
        .id = row->id,
        .order = row->order,
        .state = ocpp_enum_name(&row_visit_state_enum, (int)row->state),
        .station = row->station,
        .evse = (int)row->evse,
        .number = visit_is_live(row->state) ? row->number : NULL,
        .asked_utc_ms = row->asked_at,
        .from_utc_ms = time_of(row->has_from, row->from),
        .until_utc_ms = row->until,
        .matched_utc_ms = time_of(row->has_matched_at, row->matched_at),
        .transaction = row->transaction,
        .ended_utc_ms = time_of(row->has_ended_at, row->ended_at),
        .gate = row->gate,
        .gate_why = row->gate_why,
        .deadline_utc_ms = time_of(row->has_deadline_at && row->state == ROW_VISIT_STATE_PAYING, row->deadline_at),
        .paused_utc_ms = time_of(row->has_paused_at, row->paused_at),
        .shown_minor = row->has_shown_minor ? row->shown_minor : 0,
        .bill_hash = row->shown_hash,
        .is_lowered = row->has_is_lowered && row->is_lowered,
        .reason = row->reason,
        .other = row->other,
    };

    add_order(command, row, &shown);
    return shown;
}

struct finding_one {
    const char *id;
    void (*visit)(const struct ocpp_settle_visit *shown, void *user);
    void *user;
    bool is_known;
};

static void find_body(struct command *command, void *args)
{
    struct finding_one *finding = args;
    const struct row_visit *row = visit_find(command, finding->id);

    if (row && !finding->is_known) {
        const struct ocpp_settle_visit shown = shown_of(command, row);

        if (!command_failed(command)) {
            finding->is_known = true;
            finding->visit(&shown, finding->user);
        }
    }
}

enum ocpp_status ocpp_settle_find_visit(struct ocpp_settle *settle, const char *id,
                                        void (*visit)(const struct ocpp_settle_visit *shown, void *user), void *user,
                                        struct ocpp_now now)
{
    struct finding_one finding = { .id = id, .visit = visit, .user = user };
    enum ocpp_status status;

    if (!id || strlen(id) > 80 || now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_NOT_FOUND;
    }
    backend_enter(settle, now);
    status = command_run(settle, "show", find_body, &finding, NULL);
    return status != OCPP_OK ? status : finding.is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

/* --- many ----------------------------------------------------------------------------------------------------------------------
 */

enum { PAGE = 100, LOOKED_AT = 1000 };

struct paging {
    struct ocpp_settle_visits_query *query;
    void (*visit)(const struct ocpp_settle_visit *shown, void *user);
    void *user;
    size_t shown;
    size_t looked_at;
    bool is_more;
    char last[OCPP_SETTLE_ID_SIZE];
};

static bool is_asked_for(const struct ocpp_settle_visits_query *query, const struct row_visit *row)
{
    return (!query->state || strcmp(query->state, ocpp_enum_name(&row_visit_state_enum, (int)row->state)) == 0) &&
           (!query->station || strcmp(query->station, row->station) == 0);
}

static bool show(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_visit *row = record;
    struct paging *paging = user;

    (void)key;
    if (strcmp(row->id, paging->query->cursor) == 0) {
        return true;
    }
    if (paging->shown == paging->query->limit || paging->looked_at == LOOKED_AT) {
        paging->is_more = true;
        return false;
    }
    snprintf(paging->last, sizeof paging->last, "%s", row->id);
    paging->looked_at++;
    if (is_asked_for(paging->query, row)) {
        const struct ocpp_settle_visit shown = shown_of(command, row);

        paging->shown++;
        paging->visit(&shown, paging->user);
    }
    return !command_failed(command);
}

static void page_body(struct command *command, void *args)
{
    struct paging *paging = args;
    const char *prefix = command_key(command, "visit", "", NULL);
    const char *from = command_key(command, "visit", paging->query->cursor, NULL);

    if (prefix && from) {
        command_each_from(command, prefix, from, &row_visit_type, show, paging);
    }
}

enum ocpp_status ocpp_settle_visits(struct ocpp_settle *settle, struct ocpp_settle_visits_query *query,
                                    void (*visit)(const struct ocpp_settle_visit *shown, void *user), void *user,
                                    struct ocpp_now now)
{
    struct paging paging = { .query = query, .visit = visit, .user = user };
    enum ocpp_status status;

    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    query->limit = query->limit == 0 || query->limit > PAGE ? PAGE : query->limit;
    status = command_run(settle, "show", page_body, &paging, NULL);
    if (status == OCPP_OK) {
        snprintf(query->cursor, sizeof query->cursor, "%s", paging.is_more ? paging.last : "");
    }
    return status;
}

/* --- the text of its code
 * -------------------------------------------------------------------------------------------------------- */

struct linking {
    const char *visit;
    char *url;
    size_t room;
    bool is_known;
};

static void link_body(struct command *command, void *args)
{
    struct linking *linking = args;
    const struct row_visit *row = visit_find(command, linking->visit);
    char link[OCPP_SETTLE_LINK_SIZE];

    if (!row || (row->state != ROW_VISIT_STATE_PAYING && row->state != ROW_VISIT_STATE_MATCHED)) {
        return;
    }
    visit_link_write(command, row->order,
                     row->has_link_until ? row->link_until : command_utc_ms(command) + 1000 * command_policy(command)->link_s,
                     link);
    snprintf(linking->url, linking->room, "%s%s", command_settle(command)->settings.pay_url, link);
    linking->is_known = !command_failed(command);
}

enum ocpp_status ocpp_settle_link(struct ocpp_settle *settle, const char *visit, char *url, size_t room, struct ocpp_now now)
{
    struct linking linking = { .visit = visit, .url = url, .room = room };
    enum ocpp_status status;

    if (!visit || strlen(visit) > 80 || now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_NOT_FOUND;
    }
    backend_enter(settle, now);
    status = command_run(settle, "link", link_body, &linking, NULL);
    return status != OCPP_OK ? status : linking.is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}
