/* pile_terminals.c: vehicles that say who they are, and their terminals, played by whoever reads what this program prints and
 * types what they answer. */
#include "command_arguments.h"
#include "pile_banks_inside.h"
#include "pile_link_inside.h"

#include <stdio.h>
#include <string.h>

/* --- what terminals are told --------------------------------------------------------------------------------------------- */

static const char *kind_word(enum ocpp_settle_vehicle_id_kind kind)
{
    return kind > 0 && kind <= ocpp_settle_vehicle_id_kind_enum.count ? ocpp_settle_vehicle_id_kind_enum.values[kind - 1] : "";
}

static enum ocpp_status prompt(const char *terminal, const struct ocpp_settle_prompt *prompt, void *user)
{
    const struct pile_banks *banks = user;

    pile_log(banks->pile, "terminals: %s prompt %s %s %d %s %s %d", terminal, prompt->prompt, prompt->pile, prompt->evse,
             kind_word(prompt->vehicle.kind), prompt->vehicle.id, (int)prompt->within_s);
    const struct ocpp_settle_terminal_port port = pile_link_terminals(banks->pile);
    if (port.user) {
        (void)port.prompt(terminal, prompt, port.user); /* it may be beside the pile, or be played by whoever reads that line */
    }
    return OCPP_OK;
}

static void over(const char *terminal, const char *prompt, const char *text, void *user)
{
    const struct pile_banks *banks = user;

    pile_log(banks->pile, "terminals: %s over %s %s", terminal, prompt, text ? text : "");
    const struct ocpp_settle_terminal_port port = pile_link_terminals(banks->pile);
    if (port.user) {
        port.over(terminal, prompt, text, port.user);
    }
}

static void news(const char *terminal, const struct ocpp_settle_start_news *news, void *user)
{
    const struct pile_banks *banks = user;

    if (news->code == OCPP_SETTLE_REFUSAL_CODE_UNSET) {
        pile_log(banks->pile, "terminals: %s granted %s %s %s", terminal, news->prompt, news->start, news->ticket);
    } else {
        pile_log(banks->pile, "terminals: %s denied %s %s %s", terminal, news->prompt,
                 ocpp_settle_refusal_code_enum.values[news->code - 1], news->text ? news->text : "");
    }
    const struct ocpp_settle_terminal_port port = pile_link_terminals(banks->pile);
    if (port.user) {
        port.news(terminal, news, port.user);
    }
}

static bool energy(int evse, int64_t *register_wh, void *user)
{
    const struct pile *pile = ((const struct pile_banks *)user)->pile;

    *register_wh = pile->evses[evse].register_mwh / 1000;
    return !pile->evses[evse].meter_is_silent;
}

void banks_use_terminals(struct pile_banks *banks, struct ocpp_settle_agent_settings *settings)
{
    banks->terminals = (struct ocpp_settle_terminal_port){ prompt, over, news, energy, banks };
    settings->terminals = &banks->terminals;
}

/* --- commands -------------------------------------------------------------------------------------------------------------- */

static struct pile_banks *banks_of(struct arguments *arguments)
{
    if (!arguments->pile->banks || !arguments->pile->banks->agent) {
        (void)wrong(arguments, "this pile has no settlement: start it with --banks N", NULL);
        return NULL;
    }
    return arguments->pile->banks;
}

/* vehicle EVSE Evccid|Vin|Tag ID, or vehicle EVSE gone. */
enum command_outcome run_identify(struct arguments *arguments)
{
    const int evse = evse_of(arguments, arguments->words[0], 1);
    struct ocpp_settle_vehicle_id vehicle = { OCPP_SETTLE_VEHICLE_ID_KIND_UNSET, NULL };

    if (evse > 0 && pile_link_vehicle(arguments->pile, evse, arguments->count > 2 ? arguments->words[2] : "")) {
        return COMMAND_DONE;
    }
    struct pile_banks *banks = evse > 0 ? banks_of(arguments) : NULL;
    if (!banks) {
        return COMMAND_WRONG;
    }
    if (strcmp(arguments->words[1], "gone") == 0) {
        ocpp_settle_agent_vehicle_left(banks->agent, evse, sim_now());
        return COMMAND_DONE;
    }
    for (int kind = 1; kind <= ocpp_settle_vehicle_id_kind_enum.count; kind++) {
        if (strcmp(kind_word((enum ocpp_settle_vehicle_id_kind)kind), arguments->words[1]) == 0) {
            vehicle.kind = (enum ocpp_settle_vehicle_id_kind)kind;
        }
    }
    if (vehicle.kind == OCPP_SETTLE_VEHICLE_ID_KIND_UNSET || arguments->count < 3) {
        return wrong(arguments, "a vehicle is known by Evccid ID, Vin ID or Tag ID, or it is gone; not", arguments->words[1]);
    }
    vehicle.id = arguments->words[2];
    return outcome_of(arguments, ocpp_settle_agent_vehicle(banks->agent, evse, &vehicle, sim_now()));
}

static bool read_wish(const char *word, const char *value, struct ocpp_settle_charging_wish *wish)
{
    int64_t number = 0;

    if (strcmp(word, "full") == 0) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_FULL };
        return true;
    }
    if (strcmp(word, "amount") == 0) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_AMOUNT, .amount = value };
        return true;
    }
    if (!read_integer(value, 1, INT64_C(1) << 40, &number)) {
        return false;
    }
    if (strcmp(word, "energy") == 0) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_ENERGY,
                                                    .has_energy_wh = true,
                                                    .energy_wh = number };
        return true;
    }
    *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_TIME, .has_time_s = true, .time_s = number };
    return strcmp(word, "time") == 0;
}

/* terminal NAME here, or terminal NAME answer PROMPT energy|amount|time|full VALUE ASSOCIATION. */
enum command_outcome run_terminal(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    struct ocpp_settle_terminal_requests requests = { .terminal = arguments->words[0] };

    if (!banks) {
        return COMMAND_WRONG;
    }
    if (strcmp(arguments->words[1], "here") == 0 && arguments->count == 2) {
        (void)ocpp_settle_agent_terminal_here(banks->agent, requests.terminal, sim_now());
        return COMMAND_DONE;
    }
    if (strcmp(arguments->words[1], "answer") != 0 || arguments->count != 6 ||
        !read_wish(arguments->words[3], arguments->words[4], &requests.wish)) {
        return wrong(arguments, "a terminal is here, or answers PROMPT energy WH|amount MONEY|time S|full - ASSOCIATION", NULL);
    }
    requests.prompt = arguments->words[2];
    requests.association = arguments->words[5];
    return outcome_of(arguments, ocpp_settle_agent_terminal_answer(banks->agent, &requests, sim_now()));
}
