/* pile_look_banks_none.c: without the settlement extension there is no bay and no gate. */
#include "pile_look.h"

void pile_look_banks(const struct pile *pile, struct pile_view *view)
{
    (void)pile;
    (void)view;
}
