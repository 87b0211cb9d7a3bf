/* rental_requests.c: somebody wants banks, at the pile or from afar: who pays, on which order, what is held for it. */
#include "orders.h"
#include "payments.h"
#include "piles.h"
#include "rental_commands.h"
#include "rental_grants.h"
#include "timers.h"

#include <ocpp/settlement/id.h>

/* One request of a pile on its way to its order. */
struct asking {
    struct command *command;
    const char *station;
    const struct ocpp_settle_rent_request_req *message;
    struct ocpp_settle_rent_request_conf *answer;
    struct row_rent_request *request; /* of an offer; NULL: somebody stands there */
    struct ocpp_settle_user_token token;
    struct row_order *order;
    enum row_renter_class renter_class;
};

/* --- the order
 * ------------------------------------------------------------------------------------------------------------------ */

/* The order of the transaction the pile says the user charges under: for who pays the one with a card and asks with a phone. */
static struct row_order *order_of_transaction(struct asking *asking)
{
    struct command *command = asking->command;
    const char *transaction = asking->message->transaction;
    const struct row_vehicle_order *found =
        transaction
            ? command_read(command, command_key(command, "vehicle", asking->station, transaction, NULL), &row_vehicle_order_type)
            : NULL;
    struct row_order *order = found && found->order[0] ? order_edit(command, found->order) : NULL;

    return order && order->state == ROW_ORDER_STATE_OPEN ? order : NULL;
}

static void find_order(struct asking *asking)
{
    struct command *command = asking->command;

    asking->renter_class = ROW_RENTER_CLASS_VEHICLE;
    asking->order = order_of_vehicle_user(command, &asking->token, asking->station);
    if (!asking->order) {
        asking->order = order_of_transaction(asking);
    }
    if (!asking->order && !command_failed(command)) {
        asking->renter_class = ROW_RENTER_CLASS_PLAIN;
        asking->order = order_of_renter(command, &asking->token, asking->station);
    }
}

static const struct ocpp_settle_bank_tariff *tariff_of(struct asking *asking)
{
    const struct ocpp_settle_snapshot *snapshot = order_snapshot(asking->command, asking->order);

    if (snapshot && !snapshot->tariff.bank) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no power banks are let here");
    }
    return snapshot ? snapshot->tariff.bank : NULL;
}

/* --- its rentals
 * ----------------------------------------------------------------------------------------------------------------- */

static const char *new_rental(struct asking *asking, const struct ocpp_settle_bank_choice *choice, int64_t deposit_minor)
{
    struct command *command = asking->command;
    struct row_bank *bank = grant_check(command, asking->station, choice);
    struct row_rental rental = { .id = command_id(command),
                                 .order = asking->order->id,
                                 .request = asking->message->request,
                                 .state = ROW_RENTAL_STATE_REQUESTED,
                                 .renter_class = asking->renter_class,
                                 .handle = "",
                                 .deposit_minor = deposit_minor,
                                 .asked_at = command_utc_ms(command) };

    if (!bank) {
        return NULL;
    }
    grant_reserve(command, &rental, bank, asking->station, choice);
    rental_put(command, &rental);
    command_state(command, "rental", rental.id, NULL, "Requested", NULL);
    rental_tell(command, rental.id, rental.order, asking->station, "Requested", NULL);
    return rental.id;
}

static struct row_rent_request *new_request(struct asking *asking, int64_t deposit_minor)
{
    struct command *command = asking->command;
    const size_t count = asking->message->banks.count;
    const char **rentals = ocpp_arena_take(command_arena(command), count * sizeof *rentals + 1);
    struct row_rent_request *request = ocpp_arena_take(command_arena(command), sizeof *request);

    if (!rentals || !request) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        rentals[i] = new_rental(asking, &asking->message->banks.items[i], deposit_minor);
        if (!rentals[i]) {
            return NULL;
        }
        order_add_rental(command, asking->order, rentals[i]);
    }
    *request =
        (struct row_rent_request){ .id = asking->message->request,
                                   .station = asking->station,
                                   .count = (int64_t)count,
                                   .order = asking->order->id,
                                   .state = ROW_REQUEST_STATE_HOLDING,
                                   .rentals = { rentals, count },
                                   .expires_at = command_utc_ms(command) + command_policy(command)->grant_within_s * 1000 };
    request_put(command, request);
    command_state(command, "request", request->id, asking->request ? "Offered" : NULL, "Holding", NULL);
    command_timer(command, TIMER_REQUEST_EXPIRES, request->id, request->expires_at);
    return request;
}

/* Step 2. The deposits of all banks are held at once: several banks, one hold (A13). */
static void hold_deposits(struct asking *asking)
{
    const struct ocpp_settle_bank_tariff *tariff = tariff_of(asking);
    struct row_rent_request *request = tariff ? new_request(asking, tariff->deposit_minor) : NULL;

    if (!request || command_failed(asking->command)) {
        return;
    }
    asking->answer->order = request->order;
    if (tariff->deposit_minor > 0 && !asking->order->tenant) { /* a tenant is asked by a statement */
        order_hold(asking->command, asking->order, tariff->deposit_minor * (int64_t)request->rentals.count, PURPOSE_BANK_HOLD,
                   request->id);
    } else {
        grant_request(asking->command, request);
    }
}

/* --- the message
 * ------------------------------------------------------------------------------------------------------------------ */

static void deny_here(struct asking *asking, enum ocpp_settle_refusal_code code, const char *reason)
{
    asking->answer->receipt.reception = OCPP_SETTLE_RECEPTION_REFUSED;
    asking->answer->receipt.code = code;
    asking->answer->receipt.reason = reason;
    if (asking->request) {
        grant_deny(asking->command, asking->request, code, reason);
    }
}

/* The same request again gets the same answer. True: it was asked before. */
static bool is_known(struct asking *asking)
{
    struct row_rent_request *before = asking->request;

    if (!before) {
        return false;
    }
    if (!bank_same(before->station, asking->station)) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "another pile was asked");
        return true;
    }
    if (before->state == ROW_REQUEST_STATE_OFFERED) {
        return false;
    }
    if (before->state == ROW_REQUEST_STATE_DENIED && !before->order) {
        asking->answer->receipt.reception = OCPP_SETTLE_RECEPTION_REFUSED;
        asking->answer->receipt.code =
            (enum ocpp_settle_refusal_code)ocpp_enum_value(&ocpp_settle_refusal_code_enum, before->code ? before->code : "");
        asking->answer->receipt.reason = before->reason;
    }
    asking->answer->order = before->order;
    return true;
}

/* Who stands there shows a token; who is far away was asked for one when the offer was made. */
static bool find_token(struct asking *asking)
{
    if (asking->request) {
        asking->token = (struct ocpp_settle_user_token){ asking->request->token_id, asking->request->token_type };
    } else if (asking->message->token) {
        asking->token = *asking->message->token;
    } else {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "nobody asks");
    }
    return !command_failed(asking->command);
}

static bool is_countable(struct asking *asking)
{
    const size_t count = asking->message->banks.count;

    if (asking->request && count > (size_t)asking->request->count) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "so many banks were not wanted");
    } else if (count > (size_t)command_policy(asking->command)->banks_per_order) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "so many banks are not let at once");
    } else if (count == 0 && !asking->request) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "no bank was chosen");
    } else if (!ocpp_settle_id_is_valid(asking->message->request)) {
        command_refuse(asking->command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the request has no good name");
    }
    return !command_failed(asking->command);
}

void rental_asked(struct command *command, void *args)
{
    const struct incoming *in = args;
    struct asking asking = { .command = command, .station = in->station, .message = in->message, .answer = in->answer };

    if (!pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS)) {
        return;
    }
    asking.request = request_edit(command, asking.message->request);
    if (is_known(&asking) || !is_countable(&asking) || !find_token(&asking)) {
        return;
    }
    if (asking.message->banks.count == 0) {
        deny_here(&asking, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "the pile has no bank to let");
    } else if (order_ask_for_debt(command, &asking.token, in->station)) {
        deny_here(&asking, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "an earlier visit is not paid");
    } else {
        find_order(&asking);
        if (asking.order) {
            hold_deposits(&asking);
        }
    }
}

/* --- outcomes
 * ---------------------------------------------------------------------------------------------------------------------- */

/* What is held for a request that is over goes again: its order looks after it. */
void rental_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    struct row_rent_request *request = request_edit(command, operation->subject);

    (void)leg;
    if (!request || request->state != ROW_REQUEST_STATE_HOLDING) {
        order_review(command, operation->order);
    } else if (operation->result == ROW_OPERATION_RESULT_OK) {
        grant_request(command, request);
    } else {
        grant_deny(command, request, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "the deposit was refused");
    }
}

/* An offline bank is out whether its deposit can be held or not; what it costs is due in the end (A20). */
void rental_offline_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    (void)leg;
    if (operation->result != ROW_OPERATION_RESULT_OK) {
        rental_tell(command, operation->subject, operation->order, NULL, "NoDeposit", operation->reason);
    }
    order_review(command, operation->order);
}

void rental_request_expired(struct command *command, void *request_id)
{
    struct row_rent_request *request = request_edit(command, request_id);

    if (request && (request->state == ROW_REQUEST_STATE_OFFERED || request->state == ROW_REQUEST_STATE_HOLDING)) {
        grant_deny(command, request, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "it took too long");
    }
}

/* --- from afar
 * ---------------------------------------------------------------------------------------------------------------------- */

static bool somebody_pays(struct command *command, const struct ocpp_token *token)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    struct ocpp_settle_payer payer = { .account = NULL };

    if (!settings->find_payer(token, &payer, settings->user)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "nobody pays for the token");
        return false;
    }
    return true;
}

static void offer(struct command *command, const struct rent_asked *asked, struct row_rent_request *request)
{
    struct ocpp_settle_rent_offer_req message = { .request = request->id,
                                                  .count = asked->count,
                                                  .expires = request->expires_at,
                                                  .within_s = command_policy(command)->grant_within_s };

    request_put(command, request);
    command_state(command, "request", request->id, NULL, "Offered", NULL);
    command_timer(command, TIMER_REQUEST_EXPIRES, request->id, request->expires_at);
    command_send(command, asked->station, request->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_OFFER], &message,
                 &message.envelope);
}

void rental_wanted(struct command *command, void *args)
{
    static const char *const none[] = { NULL };
    const struct rent_asked *asked = args;
    const struct ocpp_settle_user_token token = { asked->token->id, rental_token_type(asked->token) };
    struct row_rent_request request = { .station = asked->station,
                                        .token_id = token.id,
                                        .token_type = token.type,
                                        .count = asked->count,
                                        .state = ROW_REQUEST_STATE_OFFERED,
                                        .rentals = { none, 0 },
                                        .expires_at = command_utc_ms(command) + command_policy(command)->grant_within_s * 1000 };

    if (!pile_with(command, asked->station, OCPP_SETTLE_FEATURE_POWER_BANKS) || !somebody_pays(command, asked->token)) {
        return;
    }
    if (asked->count > command_policy(command)->banks_per_order) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "so many banks are not let at once");
        return;
    }
    request.id = command_id(command);
    command_result(command, request.id);
    if (order_ask_for_debt(command, &token, asked->station)) {
        request.state = ROW_REQUEST_STATE_DENIED;
        request.code = "NoMoney";
        request.reason = "an earlier visit is not paid";
        request_put(command, &request);
        rental_tell(command, request.id, NULL, asked->station, "Denied", request.reason);
        return;
    }
    offer(command, asked, &request);
}

/* What was granted is taken back as far as nothing has begun to move: the pile tells what became of each bank. */
void rental_unwanted(struct command *command, void *args)
{
    struct row_rent_request *request = request_edit(command, args);
    struct ocpp_settle_rent_denied_req message = { .request = args,
                                                   .code = OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED,
                                                   .text = "cancelled" };
    bool is_granted = false;

    if (!request) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such request");
        return;
    }
    for (size_t i = 0; i < request->rentals.count; i++) {
        const struct row_rental *rental = rental_read(command, request->rentals.items[i]);

        is_granted = is_granted || (rental && rental->state == ROW_RENTAL_STATE_GRANTED);
    }
    command_result(command, request->id);
    if (request->state == ROW_REQUEST_STATE_OFFERED || request->state == ROW_REQUEST_STATE_HOLDING) {
        grant_deny(command, request, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "cancelled");
    } else if (is_granted) {
        command_send(command, request->station, request->order, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_DENIED], &message,
                     &message.envelope);
    } else {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is over");
    }
}
