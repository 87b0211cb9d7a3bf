/* terminal_prompts.c: a vehicle was plugged in and its terminals are asked; one of them answered. What it signed has to name this
 * pile, this prompt, this vehicle and this wish, and a prompt is answered once (E3). */
#include "piles.h"
#include "terminal_starts.h"
#include "timers.h"

#include <ocpp/central_system.h>
#include <ocpp/settlement/id.h>
#include <ocpp/settlement/jws.h>

#include <stdio.h>
#include <string.h>

/* A prompt that is void is remembered for so long, so that it is good once however late what was signed for it comes. A pile
 * makes another one for each vehicle that is plugged in. */
enum { REMEMBER_S = 86400 };

/* --- how many ----------------------------------------------------------------------------------------------------------------
 */

static void count_prompt(struct command *command, const char *station, int64_t by)
{
    const char *key = command_key(command, "prompts", station, NULL);
    const struct row_prompt_count *before = command_read(command, key, &row_prompt_count_type);
    const int64_t count = (before ? before->count : 0) + by;

    if (by > 0 && count > 16 * command_settle(command)->settings.terminals.prompts) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "so many prompts of one pile are not kept");
        return;
    }
    command_put(command, key, &row_prompt_count_type, &(struct row_prompt_count){ .count = count > 0 ? count : 0 });
}

static const char *timer_subject(struct command *command, const char *station, const char *prompt)
{
    char text[OCPP_IDENTITY_SIZE + OCPP_SETTLE_ID_SIZE + 1];

    snprintf(text, sizeof text, "%s %s", prompt, station);
    return order_text(command, text);
}

void prompt_over(struct command *command, void *subject)
{
    const char *prompt = subject;
    const char *space = strchr(prompt, ' ');

    if (space) {
        const char *id = ocpp_arena_text(command_arena(command), prompt, (size_t)(space - prompt));

        command_remove(command, command_key(command, "prompt", space + 1, id, NULL));
        count_prompt(command, space + 1, -1);
    }
}

/* --- a vehicle ---------------------------------------------------------------------------------------------------------------
 */

static bool is_same_vehicle(const struct row_prompt *prompt, const struct ocpp_settle_vehicle_id *vehicle)
{
    return (int)prompt->kind == (int)vehicle->kind && strcmp(prompt->vehicle, vehicle->id) == 0;
}

static const struct row_prompt *make_prompt(struct command *command, const char *station,
                                            const struct ocpp_settle_vehicle_connected_req *message)
{
    const int64_t until = command_utc_ms(command) + 1000 * command_settle(command)->settings.terminals.prompt_s;
    struct row_prompt *prompt = order_take(command, sizeof *prompt);

    if (!prompt) {
        return NULL;
    }
    *prompt = (struct row_prompt){ .station = station,
                                   .prompt = message->prompt,
                                   .evse = message->evse,
                                   .kind = (enum row_car_id_kind)message->vehicle.kind,
                                   .vehicle = message->vehicle.id,
                                   .expires_at = until };
    count_prompt(command, station, 1);
    command_put(command, command_key(command, "prompt", station, message->prompt, NULL), &row_prompt_type, prompt);
    command_timer(command, TIMER_PROMPT, timer_subject(command, station, message->prompt), until + REMEMBER_S * INT64_C(1000));
    return command_failed(command) ? NULL : prompt;
}

/* E1: none, or several. */
static void answer_list(struct command *command, const char *station, const struct ocpp_settle_vehicle_connected_req *message,
                        struct ocpp_settle_vehicle_connected_conf *answer)
{
    struct row_car *car = car_edit(command, &message->vehicle);
    const char *const *names = car ? car_terminals(command, car) : NULL;

    if (!names) {
        return;
    }
    answer->has_list_version = true;
    answer->list_version = car->list_version;
    if (!message->has_list_version || message->list_version != car->list_version) {
        answer->terminals.items = names;
        answer->terminals.count = car->terminals.count;
    }
    if (car->list_version > 0) { /* nobody asks about vehicles that nobody knows */
        car_told(command, car, station);
        car_put(command, car);
    }
}

void prompt_vehicle_connected(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_vehicle_connected_req *message = in->message;
    struct ocpp_settle_vehicle_connected_conf *answer = in->answer;
    const struct ocpp_settle_terminal_policy *policy = &command_settle(command)->settings.terminals;
    const struct row_prompt *prompt;

    if (!pile_with(command, in->station, OCPP_SETTLE_FEATURE_TERMINAL_START)) {
        return;
    }
    if (!ocpp_settle_id_is_valid(message->prompt)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the prompt has no good name");
        return;
    }
    prompt = command_read(command, command_key(command, "prompt", in->station, message->prompt, NULL), &row_prompt_type);
    prompt = prompt ? prompt : make_prompt(command, in->station, message);
    if (!prompt) {
        return;
    }
    if (!is_same_vehicle(prompt, &message->vehicle) || prompt->evse != message->evse) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the prompt was another vehicle's");
        return;
    }
    answer_list(command, in->station, message, answer);
    answer->has_within_s = answer->has_list_for_s = true;
    answer->within_s = policy->prompt_s;
    answer->list_for_s = policy->list_s;
}

/* --- a terminal's answer -----------------------------------------------------------------------------------------------------
 */

#define ASSOCIATION_TYP "settle-association+jws"

struct asking_to_start {
    struct command *command;
    const struct incoming *in;
    const struct ocpp_settle_start_request_req *message;
    struct ocpp_settle_start_request_conf *answer;
    const struct row_terminal *terminal;
};

/* E3. */
static void forged(struct command *command, const char *station, const char *why)
{
    command_bookkeeping(command, true);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, station, station, "BadAssociation", why);
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_ASSOCIATION, why);
}

static bool key_of_terminal(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct row_terminal *terminal = user;

    (void)typ;
    return strcmp(kid, terminal->id) == 0 && terminal_point(terminal, point);
}

static const char *what_differs(const struct asking_to_start *asking, const struct ocpp_settle_association_claim *claim)
{
    const struct ocpp_settle_start_request_req *message = asking->message;

    return strcmp(claim->iss, message->terminal) != 0     ? "another terminal signed it"
           : strcmp(claim->aud, asking->in->station) != 0 ? "it was signed for another pile"
           : strcmp(claim->prompt, message->prompt) != 0  ? "it was signed for another prompt"
           : !ocpp_message_equal(&ocpp_settle_vehicle_id_type, &claim->vehicle, &message->vehicle)
               ? "it was signed for another vehicle"
           : !ocpp_message_equal(&ocpp_settle_charging_wish_type, &claim->wish, &message->wish) ? "it was signed for another wish"
                                                                                                : NULL;
}

static bool is_signed(const struct asking_to_start *asking)
{
    struct command *command = asking->command;
    const char *token = asking->message->association;
    const struct ocpp_settle_jws_verifier verifier = { .keys = &command_settle(command)->settings.keys,
                                                       .typ = ASSOCIATION_TYP,
                                                       .find = key_of_terminal,
                                                       .user = (void *)(uintptr_t)asking->terminal };
    const void *claim = NULL;
    const enum ocpp_status status = ocpp_settle_jws_verify_message(
        &verifier, token, strlen(token), &ocpp_settle_association_claim_type, command_arena(command), &claim, NULL, NULL);
    const char *differs = status == OCPP_OK ? what_differs(asking, claim) : NULL;

    if (status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT) {
        command_fail(command, status);
    } else if (status != OCPP_OK) {
        forged(command, asking->in->station, "the signature is not the terminal's");
    } else if (differs) {
        forged(command, asking->in->station, differs);
    }
    return !command_failed(command);
}

/* The same terminal again is told the same; another one comes too late (E1). True: it is answered. */
static bool was_answered(const struct asking_to_start *asking, const struct row_prompt *prompt)
{
    struct command *command = asking->command;
    const struct row_start *start =
        prompt->start ? command_read(command, command_key(command, "start", prompt->start, NULL), &row_start_type) : NULL;

    if (start && strcmp(start->terminal, asking->message->terminal) == 0) {
        asking->answer->start = start->id;
    } else if (start) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "another terminal was faster");
    } else if (prompt->expires_at < command_utc_ms(command)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the prompt is void");
    }
    return start || command_failed(command);
}

static bool is_of_prompt(const struct asking_to_start *asking, const struct row_prompt *prompt)
{
    if (is_same_vehicle(prompt, &asking->message->vehicle) && prompt->evse == asking->message->evse) {
        return true;
    }
    forged(asking->command, asking->in->station, "the prompt was another vehicle's");
    return false;
}

static void refuse_for_debt(const struct asking_to_start *asking)
{
    asking->answer->receipt.reception = OCPP_SETTLE_RECEPTION_REFUSED; /* not a refusal: that would undo the asking */
    asking->answer->receipt.code = OCPP_SETTLE_REFUSAL_CODE_NO_MONEY;
    asking->answer->receipt.reason = "an earlier visit is not paid";
}

static void begin(const struct asking_to_start *asking, struct row_prompt *prompt, const char *association)
{
    struct command *command = asking->command;
    const struct ocpp_settle_user_token token = { asking->terminal->token_id, asking->terminal->token_type };
    const struct start_asked asked = {
        .in = asking->in, .terminal = asking->terminal, .association = association, .id = command_id(command)
    };

    if (order_ask_for_debt(command, &token, asking->in->station)) {
        refuse_for_debt(asking);
        return;
    }
    struct row_order *order = order_open(command, &token, asking->in->station);
    if (!order) {
        return;
    }
    prompt->start = asked.id;
    command_put(command, command_key(command, "prompt", asking->in->station, prompt->prompt, NULL), &row_prompt_type, prompt);
    asking->answer->start = asked.id;
    start_begin(command, &asked, order);
}

void prompt_start_request(struct command *command, void *args)
{
    const struct incoming *in = args;
    struct asking_to_start asking = { .command = command, .in = in, .message = in->message, .answer = in->answer };
    const char *key = command_key(command, "prompt", in->station, asking.message->prompt, NULL);
    struct row_prompt *prompt;

    if (!pile_with(command, in->station, OCPP_SETTLE_FEATURE_TERMINAL_START)) {
        return;
    }
    if (!command_read_needed(command, key, &row_prompt_type, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE)) {
        return;
    }
    prompt = command_edit(command, key, &row_prompt_type);
    if (!prompt || !is_of_prompt(&asking, prompt) || was_answered(&asking, prompt)) {
        return;
    }
    asking.terminal = terminal_read(command, asking.message->terminal);
    struct row_car *car = asking.terminal ? car_edit(command, &asking.message->vehicle) : NULL;
    const char *association = car ? car_association(car, asking.terminal->id) : NULL;
    if (car && !association) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_VEHICLE, "the terminal is not associated with the vehicle");
    }
    if (association && is_signed(&asking)) {
        begin(&asking, prompt, association);
    }
}
