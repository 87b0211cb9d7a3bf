/* commands_hardware.c: what happens at the pile: cables, tokens, the vehicle, the meter, latches and faults. */
#include "command_arguments.h"
#include "pile_gate.h"
#include "pile_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum command_outcome plug_or_not(struct arguments *arguments, bool plugged)
{
    struct pile *pile = arguments->pile;
    int evse = evse_of(arguments, arguments->words[0], 1);
    int64_t connector = 1;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (arguments->count > 1 && !read_integer(arguments->words[1], 1, pile->options->connectors, &connector)) {
        return wrong(arguments, "no such connector:", arguments->words[1]);
    }
    if (!plugged && !pile_gate_pull(pile, evse)) {
        return COMMAND_DONE;
    }
    pile->evses[evse].plugged[connector - 1] = plugged;
    if (plugged) {
        pile->evses[evse].vehicle_suspends = false;
    }
    const enum ocpp_status status = ocpp_charge_point_plug(pile->cp, evse, (int)connector, plugged, sim_now());
    if (!plugged) {
        pile_gate_pulled(pile, evse);
    }
    return outcome_of(arguments, status);
}

enum command_outcome run_plug(struct arguments *arguments)
{
    return plug_or_not(arguments, true);
}

enum command_outcome run_unplug(struct arguments *arguments)
{
    return plug_or_not(arguments, false);
}

enum command_outcome run_card(struct arguments *arguments)
{
    struct ocpp_token token = { arguments->words[1], OCPP_TOKEN_ISO14443 };
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (pile_link_card(arguments->pile, evse, arguments->words[1])) {
        return COMMAND_DONE;
    }
    if (arguments->count > 2) {
        token.type = ocpp_token_type_of(arguments->words[2]);
        if (token.type == OCPP_TOKEN_UNKNOWN) {
            return wrong(arguments, "no such type of token:", arguments->words[2]);
        }
    }
    return outcome_of(arguments, ocpp_charge_point_token(arguments->pile->cp, evse, &token, sim_now()));
}

enum command_outcome run_key(struct arguments *arguments)
{
    const struct ocpp_token token = { arguments->words[1], OCPP_TOKEN_KEY_CODE };
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    return outcome_of(arguments, ocpp_charge_point_token(arguments->pile->cp, evse, &token, sim_now()));
}

enum command_outcome run_button(struct arguments *arguments)
{
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    return outcome_of(arguments, ocpp_charge_point_start_button(arguments->pile->cp, evse, sim_now()));
}

enum command_outcome run_ev(struct arguments *arguments)
{
    bool suspends = strcmp(arguments->words[0], "suspend") == 0;
    int evse;

    if (!suspends && strcmp(arguments->words[0], "resume") != 0) {
        return run_vehicle(arguments);
    }
    evse = evse_of(arguments, arguments->words[1], 1);
    if (evse < 0) {
        return COMMAND_WRONG;
    }
    arguments->pile->evses[evse].vehicle_suspends = suspends;
    return COMMAND_DONE;
}

enum command_outcome run_battery(struct arguments *arguments)
{
    int evse = evse_of(arguments, arguments->words[0], 1);
    int64_t wh;
    int64_t percent = 0;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!read_integer(arguments->words[1], 0, 1000000, &wh)) {
        return wrong(arguments, "not a number of Wh:", arguments->words[1]);
    }
    if (arguments->count > 2 && !read_integer(arguments->words[2], 0, 100, &percent)) {
        return wrong(arguments, "not a percentage:", arguments->words[2]);
    }
    arguments->pile->evses[evse].battery_mwh = wh * 1000;
    arguments->pile->evses[evse].charged_mwh = wh * 10 * percent;
    return COMMAND_DONE;
}

enum command_outcome run_bay(struct arguments *arguments)
{
    bool occupied = strcmp(arguments->words[1], "occupied") == 0;
    int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!occupied && strcmp(arguments->words[1], "free") != 0) {
        return wrong(arguments, "a bay is occupied or free, not", arguments->words[1]);
    }
    return outcome_of(arguments, ocpp_charge_point_bay(arguments->pile->cp, evse, occupied, sim_now()));
}

enum command_outcome run_meter(struct arguments *arguments)
{
    int evse = evse_of(arguments, arguments->words[0], 1);
    const char *word = arguments->words[1];
    int64_t wh;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (strcmp(word, "fail") == 0 || strcmp(word, "work") == 0) {
        arguments->pile->evses[evse].meter_is_silent = *word == 'f';
        return COMMAND_DONE;
    }
    if (!read_integer(word, -1000000000, 1000000000, &wh)) {
        return wrong(arguments, "not a number of Wh:", word);
    }
    struct pile_evse *place = &arguments->pile->evses[evse];
    place->register_mwh = (*word == '+' || *word == '-' ? place->register_mwh : 0) + wh * 1000;
    return COMMAND_DONE;
}

enum command_outcome run_fault(struct arguments *arguments)
{
    const struct ocpp_fault fault = { .code = arguments->words[1] };
    int evse = evse_of(arguments, arguments->words[0], 0);
    bool over = strcmp(arguments->words[1], "none") == 0;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!over) {
        pile_gate_broken(arguments->pile, evse, false);
    }
    if (evse > 0 && pile_link_fault(arguments->pile, evse, !over)) {
        return COMMAND_DONE;
    }
    return outcome_of(arguments,
                      ocpp_charge_point_fault(arguments->pile->cp, evse, evse == 0 ? 0 : 1, over ? NULL : &fault, sim_now()));
}

enum command_outcome run_recover(struct arguments *arguments)
{
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    return outcome_of(arguments,
                      ocpp_charge_point_recovered(arguments->pile->cp, evse, evse == 0 ? 0 : 1, arguments->words[1], sim_now()));
}

enum command_outcome run_lock(struct arguments *arguments)
{
    bool fails = strcmp(arguments->words[1], "fail") == 0;
    int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!fails && strcmp(arguments->words[1], "work") != 0) {
        return wrong(arguments, "a lock can fail or work, not", arguments->words[1]);
    }
    arguments->pile->evses[evse].lock_fails = fails;
    return COMMAND_DONE;
}

enum command_outcome run_stop(struct arguments *arguments)
{
    enum ocpp_stop_reason reason = arguments->count > 1 ? ocpp_stop_reason_of(arguments->words[1]) : OCPP_STOP_LOCAL;
    int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (reason == OCPP_STOP_UNKNOWN) {
        return wrong(arguments, "no such reason:", arguments->words[1]);
    }
    if (pile_link_stop(arguments->pile, evse)) {
        return COMMAND_DONE;
    }
    if (reason == OCPP_STOP_EMERGENCY_STOP) {
        pile_gate_broken(arguments->pile, evse, true);
        (void)ocpp_charge_point_stop(arguments->pile->cp, evse, reason, sim_now()); /* also where nothing runs */
        return COMMAND_DONE;
    }
    const enum ocpp_status status = ocpp_charge_point_stop(arguments->pile->cp, evse, reason, sim_now());
    return status == OCPP_ERR_NOT_FOUND ? wrong(arguments, "nothing runs at EVSE", arguments->words[0])
                                        : outcome_of(arguments, status);
}

/* "2300W" or "10A". */
static bool read_limit(const char *text, struct ocpp_external_limit *limit)
{
    char *unit;
    long long number = strtoll(text, &unit, 10);

    if (unit == text || number < 0 || number > 1000000) {
        return false;
    }
    limit->max_power_w = strcmp(unit, "W") == 0 ? number : INT64_MAX;
    limit->max_current_ma = strcmp(unit, "A") == 0 ? number * 1000 : INT64_MAX;
    return strcmp(unit, "W") == 0 || strcmp(unit, "A") == 0;
}

static bool read_source(const char *text, enum ocpp_limit_source *source)
{
    static const char *const names[] = { "EMS", "Other", "SO" }; /* by enum ocpp_limit_source */

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], text) == 0) {
            *source = (enum ocpp_limit_source)i;
            return true;
        }
    }
    return false;
}

enum command_outcome run_limit(struct arguments *arguments)
{
    struct ocpp_external_limit limit = { .source = OCPP_LIMIT_SOURCE_EMS };
    bool none = strcmp(arguments->words[1], "none") == 0;
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!none && !read_limit(arguments->words[1], &limit)) {
        return wrong(arguments, "a limit is 2300W, 10A or none, not", arguments->words[1]);
    }
    if (arguments->count > 2 && !read_source(arguments->words[2], &limit.source)) {
        return wrong(arguments, "limits come from EMS, SO or Other, not", arguments->words[2]);
    }
    return outcome_of(arguments, ocpp_charge_point_external_limit(arguments->pile->cp, evse, none ? NULL : &limit, sim_now()));
}
