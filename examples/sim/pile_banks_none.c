/* pile_banks_none.c: pile_banks.h for a program that was built without the settlement extension. */
#include "command_arguments.h"
#include "pile_banks.h"

#include <stdio.h>

bool pile_banks_open(struct pile *pile)
{
    if (pile->options->banks > 0 || pile->options->gate) {
        fprintf(stderr, "ocpp-sim: --banks, --gate: this program was built without the settlement extension\n");
    }
    return pile->options->banks == 0 && !pile->options->gate;
}

void pile_banks_close(struct pile *pile)
{
    (void)pile;
}

void pile_banks_use(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    (void)pile, (void)settings;
}

bool pile_banks_on(struct pile *pile)
{
    (void)pile;
    return true;
}

void pile_banks_off(struct pile *pile)
{
    (void)pile;
}

void pile_banks_tick(struct pile *pile)
{
    (void)pile;
}

static enum command_outcome no_banks(struct arguments *arguments)
{
    return wrong(arguments, "this program was built without the settlement extension", NULL);
}

enum command_outcome run_rent(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_take(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_return(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_insert(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_carry(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_steal(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_bank(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_slot(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_banks(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_reader(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_tap(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_identify(struct arguments *arguments)
{
    return no_banks(arguments);
}

enum command_outcome run_terminal(struct arguments *arguments)
{
    return no_banks(arguments);
}
