/* house_statements.c: a statement is an order of the same id: it is due, paid, owed and given up like any other, by one leg, or
 * by several where not all came at once. Whatever becomes of it is told to the sessions it lists. */
#include "house.h"
#include "account.h"
#include "ledger_post.h"
#include "order_internal.h"
#include "payments.h"
#include "timers.h"

#include <ocpp/settlement/money.h>

#include <string.h>

enum { TOLD_AT_ONCE = 16, KEY_MOST = 80 };

/* --- issuing --------------------------------------------------------------------------------------------------------------- */

/* Its bill has one line: energy and taxes stand on the bills of its sessions. */
static struct ocpp_settle_bill_line *bill_lines(struct command *command, const struct house_statement *statement, size_t *count)
{
    struct ocpp_settle_bill_line *line = order_take(command, sizeof *line);

    *count = 1;
    if (line) {
        *line = (struct ocpp_settle_bill_line){ .kind = OCPP_SETTLE_LINE_KIND_ADJUSTMENT,
                                                .measured = 1,
                                                .billed = 1,
                                                .unit = OCPP_SETTLE_PRICE_UNIT_ONCE,
                                                .net_minor = statement->net_minor,
                                                .tax_minor = statement->tax_minor,
                                                .gross_minor = statement->gross_minor,
                                                .reason = "the sessions of the statement" };
    }
    return line;
}

/* Over the bill as it is written without it, as of every bill. */
static const char *hash_of(struct command *command, const struct ocpp_settle_bill *bill)
{
    const char *text = NULL;
    size_t size;

    command_fail(command, ocpp_message_encode(&ocpp_settle_bill_type, bill, command_arena(command), &text, &size, NULL));
    return text && !command_failed(command) ? account_digest(command, text) : NULL;
}

static void write_bill(struct command *command, const struct house_statement *statement, struct row_order *order)
{
    static const enum ocpp_settle_bill_anomaly none[1];
    size_t count;
    struct ocpp_settle_bill_line *lines = bill_lines(command, statement, &count);
    const char *digest = statement->digest[0] ? statement->digest : account_digest(command, statement->id);
    struct ocpp_settle_bill bill = {
        .mode = OCPP_SETTLE_COMPUTE_MODE_FINAL,
        .at = command_utc_ms(command),
        .currency = order->currency,
        .exponent = order->exponent,
        .lines = { lines, count },
        .net_minor = statement->net_minor,
        .tax_minor = statement->tax_minor,
        .gross_minor = statement->gross_minor,
        .anomalies = { none, 0 },
        .input_hash = digest,
        .output_hash = "",
    };

    bill.output_hash = command_failed(command) ? NULL : hash_of(command, &bill);
    if (command_failed(command)) {
        return;
    }
    order->bills = 1;
    order->due_minor = statement->gross_minor;
    command_put(command, order_numbered_key(command, "bill", order->id, 1), &ocpp_settle_bill_type, &bill);
}

static struct row_order *make_order(struct command *command, const struct house_statement *statement,
                                    const struct house_house *house, const struct house_tenant *tenant)
{
    static const char *const none[1];
    struct row_order *order = order_take(command, sizeof *order);
    struct row_statement_share *share = order_take(command, sizeof *share);

    if (command_failed(command)) {
        return NULL;
    }
    *share = (struct row_statement_share){ house->id, tenant->id };
    *order = (struct row_order){ .id = statement->id,
                                 .operator_ = command_settle(command)->settings.operator_id,
                                 .payer_kind = ROW_PAYER_KIND_ACCOUNT,
                                 .payer = tenant->account,
                                 .provider = tenant->provider,
                                 .currency = house->currency,
                                 .exponent = house->exponent,
                                 .state = ROW_ORDER_STATE_SEALED,
                                 .snapshot = "",
                                 .station = "",
                                 .opened_at = command_utc_ms(command),
                                 .rentals = { none, 0 },
                                 .legs = { none, 0 },
                                 .has_sealed_at = true,
                                 .sealed_at = command_utc_ms(command),
                                 .residuals = { none, 0 },
                                 .statement = share };
    return order;
}

static void tell_of(struct command *command, const struct house_statement *statement, const char *state, const char *text)
{
    command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                             .id = statement->id,
                                                             .state = state,
                                                             .text = text,
                                                             .house = statement->house,
                                                             .tenant = statement->tenant });
}

static void issue(struct command *command, struct house_statement *statement, const struct house_house *house,
                  const struct house_tenant *tenant)
{
    struct row_order *order = make_order(command, statement, house, tenant);

    if (!order) {
        return;
    }
    statement->state = HOUSE_STATEMENT_STATE_ISSUED;
    statement->has_issued_at = statement->has_due_at = true;
    statement->issued_at = command_utc_ms(command);
    statement->due_at = command_utc_ms(command) + 1000 * command_policy(command)->house_pay_within_s;
    house_put_statement(command, statement);
    command_state(command, "statement", statement->id, NULL, "Issued", NULL);
    tell_of(command, statement, "Issued", "a statement is to be paid");
    write_bill(command, statement, order);
    order_move(command, order, ORDER_BILLED, NULL);
    command_timer(command, TIMER_STATEMENT_DUE, statement->id, statement->due_at);
    order_put(command, order);
    order_review(command, order->id);
}

static void drop(struct command *command, const struct house_statement *statement)
{
    command_remove(command, command_key(command, "statement", statement->id, NULL));
}

static void keep(struct command *command, struct house_statement *statement, const struct house_house *house,
                 struct house_tenant *tenant)
{
    if (!statement->issued_at && tenant->statements < statement->number) {
        tenant->statements = statement->number;
        house_list_as(command, tenant->id, "statement", house_number_text(command, statement->number), statement->id);
    }
    if (statement->unconfirmed > 0) {
        statement->state = HOUSE_STATEMENT_STATE_REVIEW;
        house_put_statement(command, statement);
        command_state(command, "statement", statement->id, "Gathering", "Review", NULL);
        tell_of(command, statement, "Review", "readings have to be confirmed");
        return;
    }
    issue(command, statement, house, tenant);
}

/* One at a time is put together for a tenant: numbers follow one another. What had to wait for this one begins. */
static void go_on(struct command *command, const struct house_statement *statement, const struct house_house *house,
                  struct house_tenant *tenant)
{
    const bool is_passed_over = tenant->has_passed_over;

    tenant->has_passed_over = false;
    house_put_tenant(command, tenant);
    if (tenant->state == HOUSE_TENANT_STATE_LEAVING ||
        (tenant->state == HOUSE_TENANT_STATE_LEFT && statement->waiting_minor == 0)) {
        command_timer(command, TIMER_TENANT_LEAVES, tenant->id, command_utc_ms(command));
    } else if (tenant->state == HOUSE_TENANT_STATE_LIVING && is_passed_over) {
        house_begin_statement(command, house, tenant, HOUSE_STATEMENT_KIND_PERIOD,
                              house->has_closing ? house->closing : house->closed_to);
    }
}

/* Who used nothing gets no statement, but who moved out: that one says so. */
void house_gathered(struct command *command, struct house_statement *statement)
{
    const struct house_house *house = house_edit(command, statement->house);
    struct house_tenant *tenant = house ? house_edit_tenant(command, house->id, statement->tenant) : NULL;

    if (!tenant) {
        return;
    }
    const bool is_the_one = tenant->gathering && strcmp(tenant->gathering, statement->id) == 0;
    if (is_the_one) {
        tenant->gathering = NULL;
    }
    if (statement->items == 0 && statement->kind == HOUSE_STATEMENT_KIND_PERIOD) {
        drop(command, statement);
    } else {
        keep(command, statement, house, tenant);
    }
    if (is_the_one) {
        go_on(command, statement, house, tenant);
    } else {
        house_put_tenant(command, tenant);
    }
}

/* --- confirming ------------------------------------------------------------------------------------------------------------- */

struct statement_act {
    const struct ocpp_settle_house_caller *caller;
    const char *statement;
    int64_t number;
    int64_t amount_minor;
    const char *key;
};

static struct house_item *reviewed_item(struct command *command, const struct house_statement *statement, int64_t number)
{
    struct house_item *item = command_edit(command, house_item_key(command, statement->id, number), &house_item_type);

    if (!item || statement->state != HOUSE_STATEMENT_STATE_REVIEW || !item->anomaly || item->has_confirmed) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nothing about it is to be confirmed");
        return NULL;
    }
    return item;
}

static void decide(struct command *command, const struct house_scope *scope, struct house_statement *statement,
                   struct house_item *item, bool stands)
{
    item->has_confirmed = true;
    item->confirmed = stands;
    item->confirmed_by = scope->by;
    command_put(command, house_item_key(command, statement->id, item->number), &house_item_type, item);
    statement->unconfirmed--;
    house_did(command, scope,
              &(struct house_act){ .what = stands ? "confirm reading" : "waive reading",
                                   .subject = statement->id,
                                   .tenant = statement->tenant,
                                   .state = stands ? "Confirmed" : "Waived" });
    command_result(command, statement->id);
}

static void confirm_body(struct command *command, void *args)
{
    const struct statement_act *act = args;
    struct house_scope scope;
    struct house_statement *statement;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_STATEMENTS, &scope)) {
        return;
    }
    statement = house_edit_statement(command, scope.house->id, act->statement);
    struct house_item *item = statement ? reviewed_item(command, statement, act->number) : NULL;
    struct house_tenant *tenant = item ? house_edit_tenant(command, scope.house->id, statement->tenant) : NULL;
    if (!tenant) {
        return;
    }
    decide(command, &scope, statement, item, true);
    if (statement->unconfirmed > 0) {
        house_put_statement(command, statement);
    } else {
        issue(command, statement, scope.house, tenant);
    }
}

/* What the session came to is taken off again: a correction, which this statement lists as well. */
static void waive_body(struct command *command, void *args)
{
    const struct statement_act *act = args;
    struct house_scope scope;
    struct house_statement *statement;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_STATEMENTS, &scope)) {
        return;
    }
    statement = house_edit_statement(command, scope.house->id, act->statement);
    struct house_item *item = statement ? reviewed_item(command, statement, act->number) : NULL;
    struct house_tenant *tenant = item ? house_edit_tenant(command, scope.house->id, statement->tenant) : NULL;
    if (!tenant) {
        return;
    }
    if (!tenant->gathering) {
        tenant->gathering = statement->id;
        house_put_tenant(command, tenant);
    }
    decide(command, &scope, statement, item, false);
    order_waive(command, item->order, "the landlord does not stand by the readings");
    command_put(command, command_key(command, "unstated", statement->tenant, item->order, NULL), &house_unstated_type,
                &(struct house_unstated){ .order = item->order, .ended_at = item->ended_at });
    statement->state = HOUSE_STATEMENT_STATE_GATHERING;
    statement->after = "";
    statement->waiting_minor = 0; /* counted again */
    house_put_statement(command, statement);
    command_timer(command, TIMER_GATHERING, statement->id, command_utc_ms(command));
}

static enum ocpp_status run_statement(struct ocpp_settle *settle, const char *name, command_body *body, struct statement_act *act,
                                      const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return act->caller->house && act->statement ? house_run(settle, name, body, act, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_statement_confirm(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                               const char *statement, int64_t number, const struct ocpp_settle_done *done,
                                               struct ocpp_now now)
{
    struct statement_act act = { .caller = caller, .statement = statement, .number = number };

    return run_statement(settle, "confirm reading", confirm_body, &act, done, now);
}

enum ocpp_status ocpp_settle_statement_waive(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                             const char *statement, int64_t number, const struct ocpp_settle_done *done,
                                             struct ocpp_now now)
{
    struct statement_act act = { .caller = caller, .statement = statement, .number = number };

    return run_statement(settle, "waive reading", waive_body, &act, done, now);
}

/* --- paying by hand ----------------------------------------------------------------------------------------------------------
 */

static bool is_being_paid(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg && leg->state != ROW_LEG_STATE_CAPTURED && leg->state != ROW_LEG_STATE_RELEASED &&
            leg->state != ROW_LEG_STATE_FAILED) {
            return true;
        }
    }
    return false;
}

/* False: answered, or refused. */
static bool is_new_payment(struct command *command, const struct statement_act *act, const struct row_order *order)
{
    const char *digest = account_digest(command, act->key);
    const char *key = digest ? command_key(command, "change", order->id, digest, NULL) : NULL;
    const struct row_account_change *known = key ? command_read(command, key, &row_account_change_type) : NULL;
    const struct row_account_change change = { .id = order->id,
                                               .event = "statement",
                                               .currency = order->currency,
                                               .amount_minor = act->amount_minor,
                                               .through = PROVIDER_BY_HAND };

    if (known) {
        if (known->amount_minor != act->amount_minor) {
            command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "the key was another payment's");
        }
        return false;
    }
    command_put(command, key, &row_account_change_type, &change);
    return !command_failed(command);
}

static void take_by_hand(struct command *command, const struct statement_act *act, struct row_order *order)
{
    struct row_order by_hand = *order;

    by_hand.provider = PROVIDER_BY_HAND;
    const char *leg = payment_hold(command, &by_hand, act->amount_minor, PURPOSE_BY_HAND, order->id);
    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
}

static void paid_body(struct command *command, void *args)
{
    const struct statement_act *act = args;
    struct house_scope scope;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_STATEMENTS, &scope) ||
        !house_edit_statement(command, scope.house->id, act->statement)) {
        return;
    }
    struct row_order *order = command_edit(command, command_key(command, "order", act->statement, NULL), &row_order_type);
    if (!order) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the statement is not issued yet");
        return;
    }
    command_result(command, order->id);
    if (!is_new_payment(command, act, order)) {
        return;
    }
    if ((order->state != ROW_ORDER_STATE_DUE && order->state != ROW_ORDER_STATE_DEBT) || is_being_paid(command, order)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is paid, or being paid");
    } else if (act->amount_minor > order->due_minor - order->paid_minor) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "that is more than what is missing");
    } else {
        take_by_hand(command, act, order);
        house_did(command, &scope, &(struct house_act){ .what = "paid by hand", .subject = order->id });
    }
}

enum ocpp_status ocpp_settle_statement_paid(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                            const char *statement, int64_t amount_minor, const char *key,
                                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct statement_act act = { .caller = caller, .statement = statement, .amount_minor = amount_minor, .key = key };

    if (amount_minor < 1 || amount_minor > OCPP_SETTLE_MOST_MINOR || !house_text_fits(key, KEY_MOST)) {
        return OCPP_ERR_ARGUMENT;
    }
    return run_statement(settle, "paid by hand", paid_body, &act, done, now);
}

/* --- what became of it -------------------------------------------------------------------------------------------------------
 */

void house_statement_told(struct command *command, const struct row_order *order, const char *state)
{
    command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                             .id = order->id,
                                                             .state = state,
                                                             .text = "a statement",
                                                             .house = order->statement->house,
                                                             .tenant = order->statement->tenant });
}

void house_statement_moved(struct command *command, const struct row_order *order)
{
    const bool is_over = order->state == ROW_ORDER_STATE_PAID || order->state == ROW_ORDER_STATE_WRITTEN_OFF;

    if (is_over || order->state == ROW_ORDER_STATE_DEBT) {
        command_timer_stop(command, TIMER_STATEMENT_DUE, order->id);
        house_statement_told(command, order, ocpp_enum_name(&row_order_state_enum, (int)order->state));
    }
    if (is_over) {
        command_timer(command, TIMER_STATEMENT_TOLD, order->id, command_utc_ms(command));
    }
}

void house_statement_overdue(struct command *command, void *statement_id)
{
    struct row_order *order = order_edit(command, statement_id);

    if (order && order->state == ROW_ORDER_STATE_DUE && !is_being_paid(command, order)) {
        order_move(command, order, ORDER_SHORT, "the statement was not paid in time");
        order_put(command, order);
    } else if (order && order->state == ROW_ORDER_STATE_DUE) {
        command_timer(command, TIMER_STATEMENT_DUE, order->id, command_utc_ms(command) + 3600000);
    }
}

static void tell_session(struct command *command, const struct house_statement *statement, const struct house_item *item,
                         bool is_paid)
{
    struct row_order *order = order_edit(command, item->order);
    const bool is_last_word =
        order && order->tenant && order->tenant->statement && strcmp(order->tenant->statement, statement->id) == 0;

    if (!order) {
        return;
    }
    order->paid_minor += is_paid ? item->gross_minor : 0;
    if (is_last_word && order->state == ROW_ORDER_STATE_DUE) {
        order_move(command, order, is_paid ? ORDER_COVERED : ORDER_GIVEN_UP, NULL);
    }
    order_put(command, order);
}

/* Each session is told once, however often the order of the statement changes its mind afterwards. */
void house_statement_is_told(struct command *command, void *statement_id)
{
    struct house_statement *statement =
        command_edit(command, command_key(command, "statement", statement_id, NULL), &house_statement_type);
    const struct row_order *order = statement ? order_read(command, statement->id) : NULL;

    for (int i = 0; order && i < TOLD_AT_ONCE && statement->paid_next < statement->items && !command_failed(command); i++) {
        const struct house_item *item =
            command_read(command, house_item_key(command, statement->id, statement->paid_next + 1), &house_item_type);

        if (order_must(command, item)) {
            tell_session(command, statement, item, order->state == ROW_ORDER_STATE_PAID);
            statement->paid_next++;
        }
    }
    if (!order) {
        return;
    }
    house_put_statement(command, statement);
    if (statement->paid_next < statement->items) {
        command_timer(command, TIMER_STATEMENT_TOLD, statement->id, command_utc_ms(command));
    }
}
