/* call_memory.h: which action a message id asked for, so that the answer can be judged. As many calls as fit are remembered; a
 * new one takes the place of the oldest it meets. */
#ifndef OCPP_CALL_MEMORY_H
#define OCPP_CALL_MEMORY_H

#include <ocpp/ocpp.h>

struct call_memory;

struct call_memory *call_memory_new(void);
void call_memory_free(struct call_memory *memory);

/* call_memory_put: |id| asked for |action|. Ids longer than a message id may be are not remembered. */
void call_memory_put(struct call_memory *memory, const char *id, const struct ocpp_action *action);

/* call_memory_get: what |id| asked for; NULL when that is not known. Of two sides that used the same id, the later. */
const struct ocpp_action *call_memory_get(const struct call_memory *memory, const char *id);

#endif
