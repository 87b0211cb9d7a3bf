/* closed.h: rows about banks that were put in are kept for a while when all is over, and then forgotten; the journal tells of
 * them for ever. With an insertion goes the stream the pile was told of it by. */
#ifndef SETTLEMENT_CLOSED_H
#define SETTLEMENT_CLOSED_H

#include "command.h"

/* Kinds of rows. */
#define CLOSED_INSERTION "insertion"
#define CLOSED_SUSPENSE  "suspense"
#define CLOSED_UNMET     "unmet"

/* closed_watch: there is a row of |kind|: it is looked at once a day from now on. */
void closed_watch(struct command *command, const char *kind);

/* closed_forget: the body behind TIMER_CLOSED. */
void closed_forget(struct command *command, void *kind);

#endif
