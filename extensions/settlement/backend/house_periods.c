/* house_periods.c: a period is closed tenant by tenant; who moved out gets a closing statement when nothing of his runs any more.
 * Both go on by timers, so that a house of any size fits into commands, and a cut in between costs nothing. */
#include "house.h"
#include "order_internal.h"
#include "timers.h"

#include <string.h>

enum { TENANTS_AT_ONCE = 8 };

static const char *period_key(struct command *command, const char *house, int64_t number)
{
    return command_key(command, "period", house, house_number_text(command, number), NULL);
}

/* --- closing -------------------------------------------------------------------------------------------------------------- */

struct closing {
    const struct ocpp_settle_house_caller *caller;
    int64_t to;
};

static void begin_closing(struct command *command, const struct house_scope *scope, int64_t to)
{
    struct house_house *house = scope->house;
    const struct house_period period = {
        .number = house->periods + 1,
        .has_from = house->has_closed_to,
        .from = house->closed_to,
        .to = to,
        .closed_at = command_utc_ms(command),
    };

    house->periods++;
    house->has_closing = true;
    house->closing = to;
    house->next_tenant = NULL;
    house_put(command, house);
    command_put(command, period_key(command, house->id, period.number), &house_period_type, &period);
    command_timer(command, TIMER_PERIOD, house->id, command_utc_ms(command));
    house_did(command, scope, &(struct house_act){ .what = "close period", .subject = house->id, .state = "Closing" });
}

static void close_body(struct command *command, void *args)
{
    const struct closing *closing = args;
    struct house_scope scope;

    if (!house_enter(command, closing->caller, OCPP_SETTLE_RIGHT_STATEMENTS, &scope)) {
        return;
    }
    const struct house_house *house = scope.house;
    const bool is_known = (house->has_closing && house->closing == closing->to) ||
                          (!house->has_closing && house->has_closed_to && house->closed_to == closing->to);
    if (!is_known && (closing->to > command_utc_ms(command) || (house->has_closed_to && closing->to <= house->closed_to))) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the end has not come yet, or lies before the last one");
        return;
    }
    if (!is_known && house->has_closing) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "another period is being closed");
        return;
    }
    if (!is_known) {
        begin_closing(command, &scope, closing->to);
    }
    command_result(command, house_number_text(command, scope.house->periods));
}

enum ocpp_status ocpp_settle_period_close(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                          int64_t to_utc_ms, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return caller->house && to_utc_ms > 0
               ? house_run(settle, "close period", close_body, &(struct closing){ caller, to_utc_ms }, done, now)
               : OCPP_ERR_ARGUMENT;
}

/* --- tenant by tenant ------------------------------------------------------------------------------------------------------ */

struct going_on {
    struct house_house *house;
    int count;
    const char *next;
};

static bool state_one(struct command *command, const char *id, void *user)
{
    struct going_on *going = user;
    struct house_tenant *tenant;

    if (going->count == TENANTS_AT_ONCE) {
        going->next = id;
        return false;
    }
    going->count++;
    tenant = house_edit_tenant(command, going->house->id, id);
    if (tenant && tenant->state == HOUSE_TENANT_STATE_LIVING && tenant->gathering) {
        tenant->has_passed_over = tenant->passed_over = true;
        house_put_tenant(command, tenant);
    } else if (tenant && tenant->state == HOUSE_TENANT_STATE_LIVING) {
        house_begin_statement(command, going->house, tenant, HOUSE_STATEMENT_KIND_PERIOD, going->house->closing);
    }
    return !command_failed(command);
}

static void finish_closing(struct command *command, struct house_house *house)
{
    struct house_period *period = command_edit(command, period_key(command, house->id, house->periods), &house_period_type);

    if (!period) {
        command_fail(command, OCPP_ERR_CORRUPT);
        return;
    }
    period->is_done = true;
    command_put(command, period_key(command, house->id, house->periods), &house_period_type, period);
    house->has_closed_to = true;
    house->closed_to = house->closing;
    house->has_closing = false;
    house->next_tenant = NULL;
    command_state(command, "period", house->id, "Closing", "Closed", NULL);
    command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                             .id = house->id,
                                                             .state = "Closed",
                                                             .text = "a period was closed",
                                                             .house = house->id });
}

void house_period_goes_on(struct command *command, void *house_id)
{
    struct house_house *house = house_edit(command, house_id);
    struct going_on going = { .house = house };

    if (!house || !house->has_closing) {
        return;
    }
    house_each(command, house->id, "tenant", house->next_tenant, state_one, &going);
    house->next_tenant = going.next;
    if (going.next) {
        command_timer(command, TIMER_PERIOD, house->id, command_utc_ms(command));
    } else {
        finish_closing(command, house);
    }
    house_put(command, house);
}

/* --- moving out ------------------------------------------------------------------------------------------------------------ */

static bool find_any(struct command *command, const char *key, const void *record, void *user)
{
    (void)command;
    (void)key;
    (void)record;
    *(bool *)user = true;
    return false;
}

static bool has_open_session(struct command *command, const struct house_tenant *tenant)
{
    const char *payer = house_payer(command, tenant->id);
    const char *digest = payer ? order_digest(command, payer) : NULL;
    bool found = false;

    if (digest) {
        command_each(command, command_key(command, "open", digest, "", NULL), &row_open_order_type, find_any, &found);
    }
    return found;
}

static bool has_unstated(struct command *command, const struct house_tenant *tenant)
{
    bool found = false;

    command_each(command, command_key(command, "unstated", tenant->id, "", NULL), &house_unstated_type, find_any, &found);
    return found;
}

/* B6. Not before the last session has ended: that sets the timer again. One that is heard of later gets a statement of its own.
 */
void house_tenant_leaves(struct command *command, void *tenant_id)
{
    struct house_tenant *tenant = command_edit(command, command_key(command, "tenant", tenant_id, NULL), &house_tenant_type);
    const struct house_house *house = tenant ? house_edit(command, tenant->house) : NULL;

    if (!house || tenant->state == HOUSE_TENANT_STATE_LIVING || tenant->gathering || has_open_session(command, tenant)) {
        return;
    }
    if (tenant->state == HOUSE_TENANT_STATE_LEFT && !has_unstated(command, tenant)) {
        return;
    }
    if (tenant->state == HOUSE_TENANT_STATE_LEAVING) {
        tenant->state = HOUSE_TENANT_STATE_LEFT;
        tenant->has_left_at = true;
        tenant->left_at = command_utc_ms(command);
        command_state(command, "tenant", tenant->id, "Leaving", "Left", NULL);
        command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                                 .id = tenant->id,
                                                                 .state = "Left",
                                                                 .text = "a tenant moved out",
                                                                 .house = house->id,
                                                                 .tenant = tenant->id });
    }
    house_begin_statement(command, house, tenant, HOUSE_STATEMENT_KIND_CLOSING, command_utc_ms(command) + 1);
}
