/* pile_gate.c: latches that the settlement's agent drives, and commands for who stands in front of them. */
#include "pile_gate.h"

#include "command_arguments.h"
#include "pile_banks_inside.h"

#include <stdio.h>
#include <string.h>

static struct ocpp_settle_agent *agent_of(const struct pile *pile)
{
    return pile->options->gate && pile->banks ? pile->banks->agent : NULL;
}

/* What the switches say is told with the next tick: this may run within callbacks. */
static void drive(int evse, int connector, bool locked, void *user)
{
    struct pile *pile = user;
    struct pile_evse *place = &pile->evses[evse];

    if (!place->lock_fails) {
        place->locked[connector - 1] = locked;
    }
    place->lock_told = false;
}

void pile_gate_latch(struct pile *pile, struct ocpp_settle_latch *latch)
{
    *latch = (struct ocpp_settle_latch){ .evses = pile->options->evses,
                                         .drive = drive,
                                         .is_held_without_power = strcmp(pile->options->gate, "held") == 0,
                                         .user = pile };
}

bool pile_gate_lock(struct pile *pile, int evse, int connector, bool locked)
{
    struct ocpp_settle_agent *agent = agent_of(pile);

    if (agent) {
        ocpp_settle_agent_lock(agent, evse, connector, locked);
        pile->evses[evse].lock_told = false;
    }
    return agent != NULL;
}

static bool is_locked(const struct pile_evse *place)
{
    for (int i = 0; i < PILE_CONNECTORS; i++) {
        if (place->locked[i]) {
            return true;
        }
    }
    return false;
}

void pile_gate_tick(struct pile *pile)
{
    struct ocpp_settle_agent *agent = agent_of(pile);

    for (int evse = 1; agent && evse <= pile->options->evses; evse++) {
        struct pile_evse *place = &pile->evses[evse];

        if (!place->lock_told) {
            place->lock_told = true;
            for (int i = 0; i < pile->options->connectors; i++) {
                (void)ocpp_charge_point_latch(pile->cp, evse, i + 1, place->locked[i], sim_now());
            }
            ocpp_settle_agent_latch(agent, evse, is_locked(place), sim_now());
        }
    }
}

void pile_gate_dark(struct pile *pile)
{
    for (int evse = 1; pile->options->gate && evse <= pile->options->evses; evse++) {
        if (strcmp(pile->options->gate, "held") != 0) {
            memset(pile->evses[evse].locked, 0, sizeof pile->evses[evse].locked);
        }
        pile->evses[evse].lock_told = false;
    }
}

/* --- who stands there ----------------------------------------------------------------------------------------------------------
 */

static void say_kept(struct pile *pile, int evse)
{
    struct ocpp_settle_gate_view view;

    if (ocpp_settle_agent_gate(pile->banks->agent, evse, &view) == OCPP_OK) {
        pile_log(pile, "gate: EVSE %d: the cable is kept: %s %s %s", evse, ocpp_settle_gate_state_enum.values[view.state - 1],
                 view.amount, view.currency);
    }
}

bool pile_gate_pull(struct pile *pile, int evse)
{
    struct ocpp_settle_agent *agent = agent_of(pile);

    if (!agent || ocpp_settle_agent_unplug(agent, evse, sim_now()) != OCPP_ERR_STATE) {
        return true;
    }
    say_kept(pile, evse);
    return false;
}

void pile_gate_pulled(struct pile *pile, int evse)
{
    if (agent_of(pile)) {
        ocpp_settle_agent_pulled(agent_of(pile), evse, sim_now());
    }
}

void pile_gate_broken(struct pile *pile, int evse, bool is_emergency)
{
    if (agent_of(pile)) {
        ocpp_settle_agent_gate_broken(agent_of(pile), evse,
                                      is_emergency ? OCPP_SETTLE_GATE_WHY_EMERGENCY_STOP : OCPP_SETTLE_GATE_WHY_FAULT, sim_now());
    }
}

static bool has_gate(struct arguments *arguments)
{
    if (!agent_of(arguments->pile)) {
        (void)wrong(arguments, "this pile keeps no cables: start it with --gate opens or held", NULL);
    }
    return agent_of(arguments->pile) != NULL;
}

enum command_outcome run_number(struct arguments *arguments)
{
    const int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0 || !has_gate(arguments)) {
        return COMMAND_WRONG;
    }
    const enum ocpp_status status = ocpp_settle_agent_number(agent_of(arguments->pile), evse, arguments->words[1], sim_now());
    if (status == OCPP_ERR_LIMIT) {
        pile_log(arguments->pile, "gate: EVSE %d: too many wrong numbers, none is taken now", evse);
    } else if (status != OCPP_OK) {
        pile_log(arguments->pile, "gate: EVSE %d: that number opens nothing: %s", evse,
                 status == OCPP_ERR_ARGUMENT ? "a number is RSV and eight digits" : ocpp_status_sentence(status));
    }
    return COMMAND_DONE;
}

enum command_outcome run_release(struct arguments *arguments)
{
    const int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0 || !has_gate(arguments)) {
        return COMMAND_WRONG;
    }
    memset(arguments->pile->evses[evse].locked, 0, sizeof arguments->pile->evses[evse].locked);
    arguments->pile->evses[evse].lock_told = false;
    return COMMAND_DONE;
}

enum command_outcome run_pull(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;
    const int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    memset(pile->evses[evse].plugged, 0, sizeof pile->evses[evse].plugged);
    const enum ocpp_status status = ocpp_charge_point_plug(pile->cp, evse, 1, false, sim_now());
    pile_gate_pulled(pile, evse);
    return outcome_of(arguments, status);
}

enum command_outcome run_gate(struct arguments *arguments)
{
    struct ocpp_settle_gate_view view;

    if (!has_gate(arguments)) {
        return COMMAND_WRONG;
    }
    for (int evse = 1; evse <= arguments->pile->options->evses; evse++) {
        if (ocpp_settle_agent_gate(agent_of(arguments->pile), evse, &view) == OCPP_OK) {
            printf("  gate %d %s %s %s %s %s\n", evse, is_locked(&arguments->pile->evses[evse]) ? "locked" : "open",
                   view.is_closed ? ocpp_settle_gate_state_enum.values[view.state - 1] : "Free",
                   view.amount[0] ? view.amount : "-", view.currency[0] ? view.currency : "-", view.url[0] ? view.url : "-");
        }
    }
    fflush(stdout);
    return COMMAND_DONE;
}
