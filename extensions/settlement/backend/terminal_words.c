/* terminal_words.c: what a terminal is told of its start. Each thing has a number and is a row, written with what it tells of, so
 * it can be told again to a terminal that comes back (E11). So many are kept; since each state says everything, older ones are
 * not missed. */
#include "outbox_station.h"
#include "terminal_starts.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 100, PROVIDERS = 8 };

const char *words_encode(struct command *command, const struct ocpp_settle_terminal_hears *message)
{
    const char *text = NULL;
    size_t size;

    if (!command_failed(command)) {
        command_fail(command,
                     ocpp_message_encode(&ocpp_settle_terminal_hears_type, message, command_arena(command), &text, &size, NULL));
    }
    return command_failed(command) ? NULL : text;
}

const char *words_key(struct command *command, const char *start, int64_t seq)
{
    char number[24];

    snprintf(number, sizeof number, "%012" PRId64, seq);
    return command_key(command, "said", start, number, NULL);
}

static void say(struct command *command, struct row_start *start, struct ocpp_settle_terminal_hears *message)
{
    message->has_seq = true;
    message->seq = start->told + 1;
    const struct row_said row = { .text = words_encode(command, message) };

    if (!row.text) {
        return;
    }
    start->told++;
    command_put(command, words_key(command, start->id, start->told), &row_said_type, &row);
    if (start->told > TERMINAL_WORDS_KEPT) {
        command_remove(command, words_key(command, start->id, start->told - TERMINAL_WORDS_KEPT));
    }
    hub_tell(command, start);
}

static const char *amount_text(struct command *command, int64_t minor, int64_t exponent)
{
    char *text = order_take(command, OCPP_SETTLE_AMOUNT_TEXT_SIZE);

    if (text) {
        command_fail(command, ocpp_settle_amount_format(minor, (int)exponent, text));
    }
    return text;
}

/* --- how it stands -----------------------------------------------------------------------------------------------------------
 */

static void add_vehicle(struct command *command, const struct row_order *order, struct ocpp_settle_terminal_state *state)
{
    const struct row_vehicle *vehicle = order->vehicle;

    if (!vehicle) {
        return;
    }
    const int64_t until = vehicle->has_ended_at ? vehicle->ended_at : command_utc_ms(command);
    state->energy_wh = order_delivered_mwh(command, order) / 1000;
    state->lasts_s = vehicle->has_started_at && until > vehicle->started_at ? (until - vehicle->started_at) / 1000 : 0;
}

static void add_amount(struct command *command, const struct row_order *order, struct ocpp_settle_terminal_state *state)
{
    const bool is_open = order->state == ROW_ORDER_STATE_OPEN;
    const struct ocpp_settle_bill *bill =
        is_open && order->vehicle ? order_bill(command, order, OCPP_SETTLE_COMPUTE_MODE_RUNNING) : NULL;

    if (!is_open || bill) {
        state->amount = amount_text(command, is_open ? bill->gross_minor : order->due_minor, order->exponent);
        state->currency = order->currency;
    }
}

/* E9: ways to pay a debt: every provider there is. */
static void add_providers(struct command *command, const struct row_order *order, struct ocpp_settle_terminal_state *state)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const char **names = order_take(command, PROVIDERS * sizeof *names);
    size_t count = 0;

    for (size_t i = 0; names && i < settings->provider_count && count < PROVIDERS - 1; i++) {
        names[count++] = settings->providers[i].name;
    }
    if (names && strcmp(order->provider, "wallet") == 0) {
        names[count++] = "wallet";
    }
    if (count > 0) {
        state->providers.items = names;
        state->providers.count = count;
    }
}

void words_state(struct command *command, struct row_start *start, const struct row_order *order)
{
    const struct row_order *about = order ? order : order_read(command, start->order);
    struct ocpp_settle_terminal_state state = {
        .state = (enum ocpp_settle_start_state)start->phase, /* the same words in the same order */
        .station = start->station,
        .evse = start->evse,
        .order = start->order,
        .reason = start->reason,
        .at = command_utc_ms(command),
    };

    if (!about) {
        return;
    }
    add_vehicle(command, about, &state);
    add_amount(command, about, &state);
    if (start->phase == ROW_START_PHASE_DEBT) {
        state.reason = about->debt_reason;
        add_providers(command, about, &state);
    }
    state.has_is_queued = start->phase == ROW_START_PHASE_STOPPING;
    state.is_queued = state.has_is_queued && !outbox_station_find(command_settle(command), start->station);
    say(command, start, &(struct ocpp_settle_terminal_hears){ .state = &state });
}

/* --- the fee -----------------------------------------------------------------------------------------------------------------
 */

void words_fee(struct command *command, struct row_start *start, const struct row_order *order,
               const struct ocpp_settle_bill *bill, int64_t until_utc_ms)
{
    const size_t count = bill->lines.count < LINES ? bill->lines.count : LINES;
    struct ocpp_settle_fee_line *lines = order_take(command, (count + 1) * sizeof *lines);

    for (size_t i = 0; lines && i < count; i++) {
        lines[i].kind = ocpp_enum_name(&ocpp_settle_line_kind_enum, (int)bill->lines.items[i].kind);
        lines[i].amount = amount_text(command, bill->lines.items[i].gross_minor, order->exponent);
    }
    const struct ocpp_settle_terminal_fee fee = { .order = order->id,
                                                  .bill = bill->output_hash,
                                                  .amount = amount_text(command, bill->gross_minor, order->exponent),
                                                  .currency = order->currency,
                                                  .lines = { lines, count },
                                                  .has_deduct_at = start->may_deduct,
                                                  .deduct_at = until_utc_ms,
                                                  .has_debt_at = !start->may_deduct,
                                                  .debt_at = until_utc_ms };
    if (!command_failed(command)) {
        say(command, start, &(struct ocpp_settle_terminal_hears){ .fee = &fee });
    }
}
