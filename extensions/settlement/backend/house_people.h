/* house_people.h: what other files of houses ask of house_people.c. */
#ifndef SETTLEMENT_HOUSE_PEOPLE_H
#define SETTLEMENT_HOUSE_PEOPLE_H

#include "house.h"

/* house_name_person: the row that names somebody, and can be erased. */
void house_name_person(struct command *command, const char *id, const char *name, const char *contact);

/* The pile's row, to change and to put; NULL: no house's pile. */
struct house_house_pile *house_edit_pile(struct command *command, const char *station);
void house_put_pile(struct command *command, const struct house_house_pile *pile);

/* house_authorise_pile: refuses with WrongState where it is not the house's. */
void house_authorise_pile(struct command *command, const struct house_scope *scope, const char *station);

#endif
