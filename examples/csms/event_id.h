/* event_id.h: the ids of events: "RUN.NUMBER", the first hexadecimal, the second decimal. */
#ifndef CSMS_EVENT_ID_H
#define CSMS_EVENT_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_ID_SIZE = 40 };

/* event_id_print: the id of event |number| of the run |run|. */
void event_id_print(char id[EVENT_ID_SIZE], uint64_t run, uint64_t number);

/* event_id_read: the number behind |id|; false: it is not written as we write it, or of another run, or above |newest|. */
bool event_id_read(const char *id, uint64_t run, uint64_t newest, uint64_t *number);

#endif
