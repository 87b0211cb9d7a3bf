/* terminal_fees.c: what a visit that a terminal started comes to is told, confirmed by the hash of its bill, and only then taken.
 * Until then the gate of its order stands between the bill and the money (order_collect.c). */
#include "terminal_starts.h"
#include "timers.h"

#include <string.h>

/* Whether what was confirmed is being taken: then another bill is a correction, as of every order. */
static bool is_taken(struct command *command, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i]);

        if (leg && (leg->state == ROW_LEG_STATE_CAPTURING || leg->captured_minor > 0)) {
            return true;
        }
    }
    return false;
}

/* E10. Another bill is another question. */
void fee_billed(struct command *command, struct row_order *order, const struct ocpp_settle_bill *bill)
{
    struct row_start *start = order->start && bill ? start_edit(command, order->start) : NULL;
    const int64_t until = command_utc_ms(command) + 1000 * command_settle(command)->settings.terminals.confirm_s;

    if (!start || (order->gate == ROW_GATE_CONFIRMED && is_taken(command, order))) {
        return;
    }
    if (!start_move(command, start, START_QUOTED, NULL)) {
        return;
    }
    order->gate = ROW_GATE_AWAITED;
    start->bill = order_text(command, bill->output_hash);
    start->confirmed = NULL;
    command_timer_stop(command, TIMER_START_STOP, start->id);
    command_timer(command, TIMER_START_FEE, start->id, until);
    words_fee(command, start, order, bill, until);
    start_put(command, start);
}

/* --- confirmed ---------------------------------------------------------------------------------------------------------------
 */

static void open_gate(struct command *command, struct row_start *start, const char *by)
{
    struct row_order *order = order_edit(command, start->order);

    if (!order || !start_move(command, start, START_CONFIRMED, NULL)) {
        return;
    }
    start->confirmed = start->bill;
    start->confirmed_by = by;
    start->has_confirmed_at = true;
    start->confirmed_at = command_utc_ms(command);
    command_timer_stop(command, TIMER_START_FEE, start->id);
    words_state(command, start, order);
    start_put(command, start);
    order->gate = ROW_GATE_CONFIRMED;
    order_put(command, order);
    order_review(command, order->id);
}

/* E8: once; E10: what is shown is what is taken. */
void fee_confirm(struct command *command, struct row_start *start, const char *hash)
{
    const bool is_shown = start->bill && strcmp(start->bill, hash) == 0;

    if (start->confirmed && strcmp(start->confirmed, hash) == 0) {
        return;
    }
    if (start->phase == ROW_START_PHASE_QUOTED && is_shown) {
        open_gate(command, start, "Terminal");
    } else if (start->phase == ROW_START_PHASE_QUOTED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_STALE_BILL, "the fee is another by now");
    } else {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "there is nothing to confirm");
    }
}

/* E7. */
void fee_unconfirmed(struct command *command, void *start_id)
{
    struct row_start *start = start_edit(command, start_id);
    struct row_order *order = start ? order_edit(command, start->order) : NULL;

    if (!order || start->phase != ROW_START_PHASE_QUOTED) {
        return;
    }
    if (start->may_deduct) {
        open_gate(command, start, "Agreement");
        return;
    }
    order->gate = ROW_GATE_LAPSED;
    order->debt_reason = "nobody confirmed the fee";
    order_put(command, order);
    order_review(command, order->id);
}

/* --- a debt ------------------------------------------------------------------------------------------------------------------
 */

/* Those that ask somebody else for the money, and the wallet: nobody gives himself credit. */
static bool is_offered(struct command *command, const char *provider)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;

    for (size_t i = 0; i < settings->provider_count; i++) {
        if (strcmp(settings->providers[i].name, provider) == 0) {
            return true;
        }
    }
    return strcmp(provider, "wallet") == 0;
}

/* E9. By another provider, or by the same once there is money again. */
void fee_pay_by(struct command *command, struct row_start *start, const char *provider)
{
    struct row_order *order = order_edit(command, start->order);

    if (!order) {
        return;
    }
    if (!is_offered(command, provider)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no such way to pay");
        return;
    }
    order->provider = order_text(command, provider);
    if (!order_begin_debt(command, order)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "there is no debt, or it is being paid");
    }
}
