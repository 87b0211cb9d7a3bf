/* pile_gate_none.c: pile_gate.h for a program that was built without the settlement extension. */
#include "command_arguments.h"
#include "pile_gate.h"

bool pile_gate_lock(struct pile *pile, int evse, int connector, bool locked)
{
    (void)pile, (void)evse, (void)connector, (void)locked;
    return false;
}

bool pile_gate_pull(struct pile *pile, int evse)
{
    (void)pile, (void)evse;
    return true;
}

void pile_gate_pulled(struct pile *pile, int evse)
{
    (void)pile, (void)evse;
}

void pile_gate_broken(struct pile *pile, int evse, bool is_emergency)
{
    (void)pile, (void)evse, (void)is_emergency;
}

void pile_gate_tick(struct pile *pile)
{
    (void)pile;
}

void pile_gate_dark(struct pile *pile)
{
    (void)pile;
}

static enum command_outcome no_gate(struct arguments *arguments)
{
    return wrong(arguments, "this program was built without the settlement extension", NULL);
}

enum command_outcome run_number(struct arguments *arguments)
{
    return no_gate(arguments);
}

enum command_outcome run_release(struct arguments *arguments)
{
    return no_gate(arguments);
}

enum command_outcome run_pull(struct arguments *arguments)
{
    return no_gate(arguments);
}

enum command_outcome run_gate(struct arguments *arguments)
{
    return no_gate(arguments);
}
