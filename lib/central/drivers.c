/* drivers.c: what is ordered for drivers and of vendors' extensions, checked here and said by the dialect; and the two questions
 * about them: what a transaction costs, and what to say to a vendor's message. */
#include "drivers.h"

#include "command.h"

#include <string.h>

static bool is_text(const char *text)
{
    return text && text[0];
}

static bool is_amount(struct ocpp_decimal amount)
{
    return ocpp_decimal_compare(amount, OCPP_DECIMAL(0, 0)) >= 0;
}

static bool is_format(const struct ocpp_price_text *text)
{
    return (unsigned)text->format < OCPP_MESSAGE_FORMATS;
}

/* --- displays -------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_set_message(struct ocpp_station *station, const struct ocpp_station_message *message,
                                          const struct ocpp_command_done *done)
{
    const bool is_right = message->id >= 0 && (unsigned)message->priority < OCPP_MESSAGE_PRIORITIES &&
                          (unsigned)message->state <= OCPP_MESSAGE_ANY_STATE && is_format(&message->text) &&
                          is_text(message->text.text) && (!message->names_display || message->display_evse >= 0);

    return is_right ? order_give(station, ORDER_SET_MESSAGE, message, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_get_messages(struct ocpp_station *station, int64_t request_id,
                                           const struct ocpp_message_criteria *criteria, const struct ocpp_command_done *done)
{
    const struct messages_order what = { request_id, criteria };
    const bool is_right = request_id >= 0 &&
                          (!criteria->has_priority || (unsigned)criteria->priority < OCPP_MESSAGE_PRIORITIES) &&
                          (!criteria->has_state || (unsigned)criteria->state < OCPP_MESSAGE_ANY_STATE);

    const enum ocpp_status status = is_right ? order_give(station, ORDER_GET_MESSAGES, &what, done) : OCPP_ERR_ARGUMENT;
    if (status == OCPP_OK) {
        station->has_told_messages = false;
    }
    return status;
}

enum ocpp_status ocpp_station_clear_message(struct ocpp_station *station, int64_t id, const struct ocpp_command_done *done)
{
    return id < 0 ? OCPP_ERR_ARGUMENT : order_give(station, ORDER_CLEAR_MESSAGE, &id, done);
}

/* --- prices and costs --------------------------------------------------------------------------------------------------------
 */

static bool are_prices(const struct ocpp_unit_prices *prices)
{
    return (!prices->has_per_kwh || is_amount(prices->per_kwh)) && (!prices->has_per_hour || is_amount(prices->per_hour)) &&
           (!prices->has_flat_fee || is_amount(prices->flat_fee)) &&
           (!prices->has_grace || (prices->grace_s >= 0 && prices->grace_s % 60 == 0));
}

static bool are_triggers(const struct ocpp_cost_triggers *triggers)
{
    const uint32_t known = (1u << (OCPP_CONNECTOR_FINISHING + 1)) - 2; /* Available to Finishing */

    return (!triggers->has_energy || is_amount(triggers->at_energy_kwh)) &&
           (!triggers->has_power || is_amount(triggers->at_power_kw)) && (triggers->statuses & ~known) == 0;
}

enum ocpp_status ocpp_station_tell_cost(struct ocpp_station *station, const struct ocpp_running_cost *cost,
                                        const struct ocpp_command_done *done)
{
    const bool is_right = is_text(cost->transaction_id) && is_amount(cost->amount) && are_prices(&cost->charging) &&
                          are_prices(&cost->idle) && are_prices(&cost->next_charging) && are_prices(&cost->next_idle) &&
                          are_triggers(&cost->triggers);

    return is_right ? order_give(station, ORDER_TELL_COST, cost, done) : OCPP_ERR_ARGUMENT;
}

static bool are_texts(const struct ocpp_price_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!texts[i].text || !is_format(&texts[i])) {
            return false;
        }
    }
    return true;
}

enum ocpp_status ocpp_station_tell_final_cost(struct ocpp_station *station, const struct ocpp_final_cost *cost,
                                              const struct ocpp_command_done *done)
{
    const bool is_right = is_text(cost->transaction_id) && is_amount(cost->amount) && are_texts(cost->texts, cost->text_count);

    return is_right ? order_give(station, ORDER_TELL_FINAL_COST, cost, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_tell_price(struct ocpp_station *station, const struct ocpp_token *token,
                                         const struct ocpp_price_text *texts, size_t text_count,
                                         const struct ocpp_command_done *done)
{
    const struct price_order what = { token, texts, text_count };

    return is_text(token->id) && text_count > 0 && are_texts(texts, text_count)
               ? order_give(station, ORDER_TELL_PRICE, &what, done)
               : OCPP_ERR_ARGUMENT;
}

/* --- what a transaction costs ------------------------------------------------------------------------------------------------
 */

static bool keep_text(struct pending *pending, const char **text)
{
    if (*text) {
        *text = pending_keep(pending, *text);
        return *text;
    }
    return true;
}

static bool is_answer(const struct ocpp_driver_answer *answer)
{
    return (!answer->has_total_cost || is_amount(answer->total_cost)) &&
           (!answer->has_priority || (answer->priority >= -9 && answer->priority <= 9)) && is_format(&answer->text);
}

static void go_on_with_cost(struct pending *pending, const struct ocpp_driver_answer *answer)
{
    pending->driver = *answer;
    if (!keep_text(pending, &pending->driver.text.text) || !keep_text(pending, &pending->driver.text.language)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    pending->decided(pending);
}

void cost_ask(struct pending *pending, const struct ocpp_transaction_event *event, void (*then)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    struct ocpp_driver_answer answer = { 0 };

    if (!handler->drivers || !handler->drivers->on_cost) {
        then(pending);
        return;
    }
    const struct ocpp_question question = pending_ask(pending, QUESTION_COST, then);
    if (!handler->drivers->on_cost(station, event, question, &answer, handler->user) ||
        !pending_asked(station, question, QUESTION_COST)) {
        return;
    }
    if (!is_answer(&answer)) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_ERROR, "%s: what the application said about a cost is no answer",
                       station->identity);
        answer = (struct ocpp_driver_answer){ 0 };
    }
    go_on_with_cost(pending, &answer);
}

enum ocpp_status ocpp_station_decide_cost(struct ocpp_station *station, struct ocpp_question question,
                                          const struct ocpp_driver_answer *answer, struct ocpp_now now)
{
    if (!is_answer(answer)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct pending *pending = pending_asked(station, question, QUESTION_COST);
    if (!pending) {
        return OCPP_ERR_NOT_FOUND;
    }
    central_enter_late(station->central, now);
    go_on_with_cost(pending, answer);
    station_touch(station);
    central_leave(station->central);
    return OCPP_OK;
}

/* --- messages of vendors ---------------------------------------------------------------------------------------------------- */

static bool is_data(enum ocpp_data_kind kind, const char *data)
{
    return kind == OCPP_DATA_NONE || ((unsigned)kind <= OCPP_DATA_JSON && data);
}

enum ocpp_status ocpp_station_send_data(struct ocpp_station *station, const struct ocpp_data_transfer *data,
                                        const struct ocpp_command_done *done)
{
    return is_text(data->vendor_id) && is_data(data->kind, data->data) ? order_give(station, ORDER_SEND_DATA, data, done)
                                                                       : OCPP_ERR_ARGUMENT;
}

static bool is_data_answer(const struct ocpp_data_transfer_answer *answer)
{
    return answer->result >= OCPP_DATA_TRANSFER_ACCEPTED && answer->result <= OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID &&
           is_data(answer->kind, answer->data);
}

static void go_on_with_data(struct pending *pending, const struct ocpp_data_transfer_answer *answer)
{
    struct ocpp_data_transfer_answer *kept = ocpp_arena_take(pending->arena, sizeof *kept);

    if (kept) {
        *kept = *answer;
        kept->data = answer->kind == OCPP_DATA_NONE ? NULL : answer->data;
    }
    if (!kept || !keep_text(pending, &kept->data)) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    pending->work = kept;
    pending->decided(pending);
}

void data_ask(struct pending *pending, const struct ocpp_data_transfer *data, void (*then)(struct pending *pending))
{
    static const struct ocpp_data_transfer_answer nobody = { .result = OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID };
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    struct ocpp_data_transfer_answer answer = nobody;
    const struct ocpp_question question = pending_ask(pending, QUESTION_DATA, then);

    if (!handler->drivers->on_data(station, data, question, &answer, handler->user) ||
        !pending_asked(station, question, QUESTION_DATA)) {
        return;
    }
    if (!is_data_answer(&answer)) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_ERROR, "%s: what the application said to vendor %s is no answer",
                       station->identity, data->vendor_id);
        answer = nobody;
    }
    go_on_with_data(pending, &answer);
}

enum ocpp_status ocpp_station_decide_data(struct ocpp_station *station, struct ocpp_question question,
                                          const struct ocpp_data_transfer_answer *answer, struct ocpp_now now)
{
    if (!is_data_answer(answer)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct pending *pending = pending_asked(station, question, QUESTION_DATA);
    if (!pending) {
        return OCPP_ERR_NOT_FOUND;
    }
    central_enter_late(station->central, now);
    go_on_with_data(pending, answer);
    station_touch(station);
    central_leave(station->central);
    return OCPP_OK;
}
