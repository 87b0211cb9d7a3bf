/* terminal_prompts.c: a vehicle was plugged in and its terminals are asked; one of them answered. What it signed has to name this
 * pile, this prompt, this vehicle and this wish, and a prompt is answered once (E3). */
#include "order_internal.h"
#include "piles.h"
#include "terminal_rows.h"
#include "timers.h"

#include <ocpp/central_system.h>
#include <ocpp/settlement/id.h>

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
