/* house_statement_views.c: statements and sessions shown to those who may see them. */
#include "house_views.h"

#include "order_internal.h"

#include <string.h>

enum { ITEMS_SHOWN_AT_ONCE = 200 };

/* --- statements ---------------------------------------------------------------------------------------------------------------
 */

static struct ocpp_settle_statement_tax *taxes_of(struct command *command, const struct house_statement *row)
{
    struct ocpp_settle_statement_tax *taxes = order_take(command, (row->taxes.count + 1) * sizeof *taxes);

    for (size_t i = 0; taxes && i < row->taxes.count; i++) {
        const struct house_statement_tax *tax = &row->taxes.items[i];

        taxes[i] = (struct ocpp_settle_statement_tax){ tax->name, tax->rate_ppm, tax->net_minor, tax->tax_minor };
    }
    return taxes;
}

static int64_t time_or_none(bool has, int64_t utc_ms)
{
    return has ? utc_ms : OCPP_UTC_UNKNOWN;
}

static void add_payment(struct command *command, struct ocpp_settle_statement *shown)
{
    const struct row_order *order = command_read(command, command_key(command, "order", shown->id, NULL), &row_order_type);

    shown->order_state = order ? ocpp_enum_name(&row_order_state_enum, (int)order->state) : NULL;
    shown->paid_minor = order ? order->paid_minor : 0;
}

static bool show_statement(struct command *command, const struct house_view *view, const struct house_statement *row)
{
    const struct house_house *house = view->scope->house;
    const struct house_tenant *tenant =
        command_read(command, command_key(command, "tenant", row->tenant, NULL), &house_tenant_type);
    struct ocpp_settle_statement shown = {
        .id = row->id,
        .house = house->id,
        .house_name = house->name,
        .tenant = row->tenant,
        .tenant_name = house_person_name(command, row->tenant, NULL),
        .flat = tenant ? tenant->flat : "",
        .number = row->number,
        .kind = ocpp_enum_name(&house_statement_kind_enum, (int)row->kind),
        .state = ocpp_enum_name(&house_statement_state_enum, (int)row->state),
        .currency = house->currency,
        .exponent = (int)house->exponent,
        .from_utc_ms = time_or_none(row->has_from, row->from),
        .to_utc_ms = row->to,
        .issued_utc_ms = time_or_none(row->has_issued_at, row->issued_at),
        .due_utc_ms = time_or_none(row->has_due_at, row->due_at),
        .items = row->items,
        .unconfirmed = row->unconfirmed,
        .energy_mwh = row->energy_mwh,
        .net_minor = row->net_minor,
        .tax_minor = row->tax_minor,
        .gross_minor = row->gross_minor,
        .waiting_minor = row->waiting_minor,
        .digest = row->digest,
        .taxes = taxes_of(command, row),
        .tax_count = row->taxes.count,
    };

    add_payment(command, &shown);
    return !command_failed(command) && view->visit.statement(&shown, view->user);
}

static bool show_listed(struct command *command, const char *id, void *user)
{
    const struct house_view *view = user;

    command_forget(command);
    const struct house_statement *row = command_read(command, command_key(command, "statement", id, NULL), &house_statement_type);

    return row ? show_statement(command, view, row) : !command_failed(command);
}

static bool show_statements_of(struct command *command, const char *tenant, void *user)
{
    struct house_view *view = user;

    if (house_may_see_tenant(view->scope, tenant) && (!view->subject || strcmp(view->subject, tenant) == 0)) {
        house_each(command, tenant, "statement", NULL, show_listed, view);
    }
    return !command_failed(command);
}

static void show_statements(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "tenant", NULL, show_statements_of, view);
}

enum ocpp_status ocpp_settle_statements(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                        const char *tenant,
                                        bool (*visit)(const struct ocpp_settle_statement *statement, void *user), void *user,
                                        struct ocpp_now now)
{
    struct house_view view = { .caller = caller,
                               .any_of = HOUSE_SEES_SESSIONS,
                               .show = show_statements,
                               .visit.statement = visit,
                               .user = user,
                               .subject = tenant };

    return house_see(settle, &view, now);
}

/* The statement that is asked for, where the caller may see it. What is still being put together is nobody's to see yet. */
static const struct house_statement *asked_statement(struct command *command, struct house_view *view)
{
    const char *id = view->subject && ocpp_settle_id_is_valid(view->subject) ? view->subject : NULL;
    const struct house_statement *row =
        id ? command_read(command, command_key(command, "statement", id, NULL), &house_statement_type) : NULL;
    const bool is_there =
        row && strcmp(row->house, view->scope->house->id) == 0 && house_may_see_tenant(view->scope, row->tenant);

    view->is_known = is_there;
    return is_there ? row : NULL;
}

static void show_the_statement(struct command *command, struct house_view *view)
{
    const struct house_statement *row = asked_statement(command, view);

    if (row) {
        (void)show_statement(command, view, row);
    }
}

enum ocpp_status ocpp_settle_statement_find(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                            const char *statement,
                                            bool (*visit)(const struct ocpp_settle_statement *statement, void *user), void *user,
                                            struct ocpp_now now)
{
    struct house_view view = { .caller = caller,
                               .any_of = HOUSE_SEES_SESSIONS,
                               .show = show_the_statement,
                               .visit.statement = visit,
                               .user = user,
                               .subject = statement };

    return house_see(settle, &view, now);
}

/* --- what it lists ------------------------------------------------------------------------------------------------------------
 */

static bool show_item(struct command *command, const char *key, const void *record, void *user)
{
    const struct house_view *view = user;
    const struct house_item *item = record;
    const struct ocpp_settle_session shown = {
        .number = item->number,
        .kind = ocpp_enum_name(&house_item_kind_enum, (int)item->kind),
        .order = item->order,
        .card = item->card,
        .station = item->station,
        .evse = item->evse,
        .transaction = item->transaction,
        .started_utc_ms = time_or_none(item->has_started_at, item->started_at),
        .ended_utc_ms = item->ended_at,
        .has_registers = item->has_start_mwh && item->has_end_mwh,
        .start_mwh = item->start_mwh,
        .end_mwh = item->end_mwh,
        .energy_mwh = item->energy_mwh,
        .price_micro = item->price_micro,
        .net_minor = item->net_minor,
        .tax_minor = item->tax_minor,
        .gross_minor = item->gross_minor,
        .bill_hash = item->bill_hash,
        .anomaly = item->anomaly,
        .is_confirmed = item->has_confirmed && item->confirmed,
        .signature = item->signature,
    };

    (void)command;
    (void)key;
    return view->visit.session(&shown, view->user);
}

static void show_items(struct command *command, struct house_view *view)
{
    const struct house_statement *row = asked_statement(command, view);

    if (row) {
        command_each_from(command, command_key(command, "item", row->id, "", NULL), house_item_key(command, row->id, view->from),
                          &house_item_type, show_item, view);
    }
}

enum ocpp_status ocpp_settle_statement_items(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                             const char *statement, int64_t from,
                                             bool (*visit)(const struct ocpp_settle_session *session, void *user), void *user,
                                             struct ocpp_now now)
{
    struct house_view view = { .caller = caller,
                               .any_of = HOUSE_SEES_SESSIONS,
                               .show = show_items,
                               .visit.session = visit,
                               .user = user,
                               .subject = statement,
                               .from = from > 0 ? from : 1 };

    return house_see(settle, &view, now);
}

/* --- what stands on none ------------------------------------------------------------------------------------------------------
 */

struct sessions {
    struct house_view *view;
    const char *ids[ITEMS_SHOWN_AT_ONCE];
    size_t count;
};

static bool note_id(struct command *command, struct sessions *sessions, const char *id)
{
    sessions->ids[sessions->count] = order_text(command, id);
    sessions->count += command_failed(command) ? 0 : 1;
    return sessions->count < ITEMS_SHOWN_AT_ONCE && !command_failed(command);
}

static bool note_open(struct command *command, const char *key, const void *record, void *user)
{
    (void)key;
    return note_id(command, user, ((const struct row_open_order *)record)->order);
}

static bool note_unstated(struct command *command, const char *key, const void *record, void *user)
{
    (void)key;
    return note_id(command, user, ((const struct house_unstated *)record)->order);
}

static bool show_session(struct command *command, const struct house_view *view, const char *id)
{
    command_forget(command);
    const struct row_order *order = command_read(command, command_key(command, "order", id, NULL), &row_order_type);
    const bool is_open = order && order->state == ROW_ORDER_STATE_OPEN;
    const struct ocpp_settle_bill *bill = !order    ? NULL
                                          : is_open ? order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING)
                                                    : order_last_bill(command, order);
    struct ocpp_settle_session shown = { .order = id, .started_utc_ms = OCPP_UTC_UNKNOWN, .ended_utc_ms = OCPP_UTC_UNKNOWN };

    if (!bill || !order->tenant) {
        return !command_failed(command);
    }
    shown.kind = is_open ? "Running" : order->tenant->stated_bill > 0 ? "Correction" : "Session";
    shown.card = order->tenant->card;
    shown.station = order->station;
    shown.transaction = order->vehicle ? order->vehicle->transaction : "";
    if (order->vehicle) {
        shown.evse = order->vehicle->evse;
        shown.started_utc_ms = time_or_none(order->vehicle->has_started_at, order->vehicle->started_at);
        shown.ended_utc_ms = time_or_none(order->vehicle->has_ended_at, order->vehicle->ended_at);
        shown.has_registers = order->vehicle->has_start_mwh && order->vehicle->has_last_mwh;
        shown.start_mwh = order->vehicle->start_mwh;
        shown.end_mwh = order->vehicle->last_mwh;
    }
    shown.energy_mwh = house_energy_mwh(bill);
    shown.net_minor = bill->net_minor;
    shown.tax_minor = bill->tax_minor;
    shown.gross_minor = bill->gross_minor;
    shown.bill_hash = bill->output_hash;
    shown.signature = order->tenant->signature;
    return view->visit.session(&shown, view->user);
}

static bool show_sessions_of(struct command *command, const char *tenant, void *user)
{
    struct sessions sessions = { .view = user };
    const struct house_view *view = user;

    if (!house_may_see_tenant(view->scope, tenant) || (view->subject && strcmp(view->subject, tenant) != 0)) {
        return true;
    }
    const char *payer = house_payer(command, tenant);
    const char *digest = payer ? order_digest(command, payer) : NULL;
    if (!digest) {
        return false;
    }
    command_each(command, command_key(command, "open", digest, "", NULL), &row_open_order_type, note_open, &sessions);
    if (sessions.count < ITEMS_SHOWN_AT_ONCE) {
        command_each(command, command_key(command, "unstated", tenant, "", NULL), &house_unstated_type, note_unstated, &sessions);
    }
    for (size_t i = 0; i < sessions.count; i++) {
        if (!show_session(command, view, sessions.ids[i])) {
            return false;
        }
    }
    return true;
}

static void show_sessions(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "tenant", NULL, show_sessions_of, view);
}

enum ocpp_status ocpp_settle_sessions(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                      const char *tenant, bool (*visit)(const struct ocpp_settle_session *session, void *user),
                                      void *user, struct ocpp_now now)
{
    struct house_view view = { .caller = caller,
                               .any_of = HOUSE_SEES_SESSIONS,
                               .show = show_sessions,
                               .visit.session = visit,
                               .user = user,
                               .subject = tenant };

    return house_see(settle, &view, now);
}
