/* order_views.c: orders, bills and legs shown to people and programs. Each call is a command that notes nothing. */
#include "order_internal.h"

#include <ocpp/settlement/orders.h>

#include <string.h>

_Static_assert((int)ROW_ORDER_STATE_OPEN == (int)OCPP_SETTLE_ORDER_STATE_OPEN &&
                   (int)ROW_ORDER_STATE_DUE == (int)OCPP_SETTLE_ORDER_STATE_DUE &&
                   (int)ROW_ORDER_STATE_WRITTEN_OFF == (int)OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF,
               "what is kept and what is told have the same words in the same order");

static void show_order(const struct row_order *row, void (*visit)(const struct ocpp_settle_order *order, void *user), void *user)
{
    const struct row_vehicle *vehicle = row->vehicle;
    const struct ocpp_settle_order order = {
        .id = row->id,
        .state = (enum ocpp_settle_order_state)row->state,
        .payer = row->payer,
        .provider = row->provider,
        .station = row->station,
        .currency = row->currency,
        .exponent = (int)row->exponent,
        .transaction = vehicle ? vehicle->transaction : NULL,
        .is_charging = vehicle && vehicle->state == ROW_VEHICLE_STATE_CHARGING,
        .opened_utc_ms = row->opened_at,
        .vehicle_ended_utc_ms = vehicle && vehicle->has_ended_at ? vehicle->ended_at : OCPP_UTC_UNKNOWN,
        .grace_until_utc_ms = row->has_grace_until ? row->grace_until : OCPP_UTC_UNKNOWN,
        .sealed_utc_ms = row->has_sealed_at ? row->sealed_at : OCPP_UTC_UNKNOWN,
        .due_minor = row->due_minor,
        .paid_minor = row->paid_minor,
        .debt_reason = row->debt_reason,
        .refund_reason = row->refund_reason,
        .residual_of = row->residual_of,
        .house = row->tenant      ? row->tenant->house
                 : row->statement ? row->statement->house
                                  : NULL,
        .statement = row->tenant ? row->tenant->statement : NULL,
        .snapshot_hash = row->snapshot,
        .rentals = row->rentals.items,
        .rental_count = row->rentals.count,
        .residuals = row->residuals.items,
        .residual_count = row->residuals.count,
        .bill_count = (size_t)row->bills,
    };

    visit(&order, user);
}

/* question: what is asked, and how it ended: a command that reads cannot refuse without leaving a trace. */
struct question {
    const char *order;
    int64_t number;
    union {
        void (*order)(const struct ocpp_settle_order *order, void *user);
        void (*bill)(const struct ocpp_settle_bill *bill, void *user);
        void (*leg)(const struct ocpp_settle_leg *leg, void *user);
    } visit;
    void *user;
    bool is_known;
};

static const struct row_order *asked_order(struct command *command, const struct question *question)
{
    return command_read(command, command_key(command, "order", question->order, NULL), &row_order_type);
}

static enum ocpp_status ask(struct ocpp_settle *settle, command_body *body, struct question *question)
{
    const enum ocpp_status status = question->order ? command_run(settle, "show", body, question, NULL) : OCPP_ERR_ARGUMENT;

    if (status == OCPP_ERR_LENGTH) {
        return OCPP_ERR_NOT_FOUND; /* no id is that long */
    }
    return status != OCPP_OK ? status : question->is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

/* --- one
 * ------------------------------------------------------------------------------------------------------------------------ */

static void order_body(struct command *command, void *args)
{
    struct question *question = args;
    const struct row_order *order = asked_order(command, question);

    if (order && !question->is_known) {
        question->is_known = true;
        show_order(order, question->visit.order, question->user);
    }
}

enum ocpp_status ocpp_settle_find_order(struct ocpp_settle *settle, const char *id,
                                        void (*visit)(const struct ocpp_settle_order *order, void *user), void *user)
{
    struct question question = { .order = id, .visit.order = visit, .user = user };

    return ask(settle, order_body, &question);
}

static void bill_body(struct command *command, void *args)
{
    struct question *question = args;
    const struct row_order *order = asked_order(command, question);
    const int64_t number = order && question->number == 0 ? order->bills : question->number;
    const struct ocpp_settle_bill *bill = NULL;

    if (!order || number < 0 || number > order->bills) {
        return;
    }
    bill = number == 0 ? order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING)
                       : command_read(command, order_numbered_key(command, "bill", order->id, number), &ocpp_settle_bill_type);
    if (bill) {
        question->is_known = true;
        question->visit.bill(bill, question->user);
    }
}

enum ocpp_status ocpp_settle_find_bill(struct ocpp_settle *settle, const char *order, int64_t number,
                                       void (*visit)(const struct ocpp_settle_bill *bill, void *user), void *user,
                                       struct ocpp_now now)
{
    struct question question = { .order = order, .number = number, .visit.bill = visit, .user = user };

    backend_enter(settle, now);
    return ask(settle, bill_body, &question);
}

/* Where the payer has to act, while that is waited for. */
static const char *action_url_of(struct command *command, const struct row_leg *leg)
{
    const struct row_operation *operation =
        leg->operation ? command_read(command, command_key(command, "operation", leg->operation, NULL), &row_operation_type)
                       : NULL;

    return operation && operation->state != ROW_OPERATION_STATE_DONE ? operation->action_url : NULL;
}

static void show_leg(struct command *command, const struct row_leg *row, const struct question *question)
{
    const struct ocpp_settle_leg leg = {
        .id = row->id,
        .provider = row->provider,
        .state = ocpp_enum_name(&row_leg_state_enum, (int)row->state),
        .reference = row->reference,
        .reason = row->reason,
        .action_url = action_url_of(command, row),
        .held_minor = row->held_minor,
        .captured_minor = row->captured_minor,
        .released_minor = row->released_minor,
        .refunded_minor = row->refunded_minor,
        .expires_utc_ms = row->has_expires_at ? row->expires_at : OCPP_UTC_UNKNOWN,
    };

    question->visit.leg(&leg, question->user);
}

static void legs_body(struct command *command, void *args)
{
    struct question *question = args;
    const struct row_order *order = asked_order(command, question);

    question->is_known = order != NULL;
    for (size_t i = 0; order && i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg) {
            show_leg(command, leg, question);
        }
    }
}

enum ocpp_status ocpp_settle_legs(struct ocpp_settle *settle, const char *order,
                                  void (*visit)(const struct ocpp_settle_leg *leg, void *user), void *user)
{
    struct question question = { .order = order, .visit.leg = visit, .user = user };

    return ask(settle, legs_body, &question);
}

/* --- many
 * ----------------------------------------------------------------------------------------------------------------------- */

enum { LOOKED_AT = 10 };

struct page {
    struct ocpp_settle_order_query *query;
    void (*visit)(const struct ocpp_settle_order *order, void *user);
    void *user;
    size_t limit;
    size_t shown;
    size_t looked_at;
    char next[OCPP_SETTLE_ID_SIZE];
};

static bool is_asked_for(const struct row_order *order, const struct ocpp_settle_order_query *query)
{
    return (query->state == OCPP_SETTLE_ORDER_STATE_UNSET || (int)query->state == (int)order->state) &&
           (!query->payer || strcmp(query->payer, order->payer) == 0) &&
           (!query->station || strcmp(query->station, order->station) == 0);
}

static bool page_row(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_order *order = record;
    struct page *page = user;

    (void)command;
    (void)key;
    if (page->shown == page->limit || page->looked_at == LOOKED_AT * page->limit) {
        memcpy(page->next, order->id, strlen(order->id) + 1);
        return false;
    }
    page->looked_at++;
    if (is_asked_for(order, page->query)) {
        page->shown++;
        show_order(order, page->visit, page->user);
    }
    return true;
}

static void page_body(struct command *command, void *args)
{
    struct page *page = args;

    command_each_from(command, command_key(command, "order", "", NULL), command_key(command, "order", page->query->cursor, NULL),
                      &row_order_type, page_row, page);
}

enum ocpp_status ocpp_settle_orders(struct ocpp_settle *settle, struct ocpp_settle_order_query *query,
                                    void (*visit)(const struct ocpp_settle_order *order, void *user), void *user)
{
    struct page page = { .query = query, .visit = visit, .user = user };

    if (query->cursor[0] && !ocpp_settle_id_is_valid(query->cursor)) {
        return OCPP_ERR_ARGUMENT;
    }
    page.limit = query->limit > 0 && query->limit < OCPP_SETTLE_PAGE ? query->limit : OCPP_SETTLE_PAGE;
    const enum ocpp_status status = command_run(settle, "show", page_body, &page, NULL);
    if (status == OCPP_OK) {
        memcpy(query->cursor, page.next, sizeof page.next);
    }
    return status;
}
