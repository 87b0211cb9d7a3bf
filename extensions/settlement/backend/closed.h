/* closed.h: rows about what is over are kept for a while and then forgotten; the journal tells of them for ever. With an
 * insertion goes the stream the pile was told of it by, with a start all that its terminal was told, and its tickets. What a
 * terminal that is not known any more has left goes as soon as it is over. */
#ifndef SETTLEMENT_CLOSED_H
#define SETTLEMENT_CLOSED_H

#include "command.h"

/* Kinds of rows. */
#define CLOSED_INSERTION "insertion"
#define CLOSED_SUSPENSE  "suspense"
#define CLOSED_UNMET     "unmet"
#define CLOSED_START     "start"
#define CLOSED_BELONGS   "association"
#define CLOSED_TERMINAL  "terminal"
#define CLOSED_CAR       "car"

/* closed_watch: there is a row of |kind|: it is looked at once a day from now on. */
void closed_watch(struct command *command, const char *kind);

/* closed_look: likewise, and it is looked at now. */
void closed_look(struct command *command, const char *kind);

/* closed_forget: the body behind TIMER_CLOSED. */
void closed_forget(struct command *command, void *kind);

#endif
