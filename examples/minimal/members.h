/* members.h: who may charge, as a database on another machine would know it: asked now, answered later, on a thread of its own.
 * Takes everybody whose token begins with "MEMBER". */
#ifndef MINIMAL_MEMBERS_H
#define MINIMAL_MEMBERS_H

#include <stdbool.h>

struct members;

/* members_new: NULL without memory or thread. */
struct members *members_new(void);

/* members_ask: |answer| runs once, on the members' thread, unless this is refused (false): too many wait. */
bool members_ask(struct members *members, const char *token, void (*answer)(bool is_member, void *user), void *user);

/* members_stop: answers what waits; whatever is asked from now on is refused. */
void members_stop(struct members *members);

/* members_free: stops first. NULL is fine. */
void members_free(struct members *members);

#endif
