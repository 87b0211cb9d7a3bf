/* pile_link_none.c: pile_link.h for a program that was built without the settlement extension. */
#include "pile_link.h"

#include <stdio.h>

bool pile_link_open(struct pile *pile)
{
    if (pile->options->link) {
        fprintf(stderr, "ocpp-sim: --link: this program was built without the settlement extension\n");
    }
    return !pile->options->link;
}

void pile_link_close(struct pile *pile)
{
    (void)pile;
}

bool pile_link_on(struct pile *pile)
{
    (void)pile;
    return true;
}

void pile_link_off(struct pile *pile)
{
    (void)pile;
}

void pile_link_tick(struct pile *pile)
{
    (void)pile;
}

bool pile_link_pass(struct pile *pile, int64_t seconds)
{
    (void)pile, (void)seconds;
    return false;
}

bool pile_link_vehicle(struct pile *pile, int evse, const char *vehicle)
{
    (void)pile, (void)evse, (void)vehicle;
    return false;
}

bool pile_link_stop(struct pile *pile, int evse)
{
    (void)pile, (void)evse;
    return false;
}

bool pile_link_fault(struct pile *pile, int evse, bool on)
{
    (void)pile, (void)evse, (void)on;
    return false;
}

bool pile_link_card(struct pile *pile, int evse, const char *token)
{
    (void)pile, (void)evse, (void)token;
    return false;
}

bool pile_link_phone(struct pile *pile, bool is_there)
{
    (void)pile, (void)is_there;
    return false;
}

bool pile_link_heard(struct pile *pile, const unsigned char *bytes, size_t size)
{
    (void)pile, (void)bytes, (void)size;
    return false;
}

size_t pile_link_said(struct pile *pile, const unsigned char **bytes)
{
    (void)pile, (void)bytes;
    return 0;
}
