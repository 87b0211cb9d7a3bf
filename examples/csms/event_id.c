/* event_id.c: writes and reads the ids of events. */
#include "event_id.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void event_id_print(char id[EVENT_ID_SIZE], uint64_t run, uint64_t number)
{
    snprintf(id, EVENT_ID_SIZE, "%" PRIx64 ".%" PRIu64, run, number);
}

bool event_id_read(const char *id, uint64_t run, uint64_t newest, uint64_t *number)
{
    const char *point = strchr(id, '.');
    char again[EVENT_ID_SIZE];
    uint64_t read = point ? strtoull(point + 1, NULL, 10) : 0;

    event_id_print(again, run, read);
    if (strcmp(again, id) != 0 || read > newest) {
        return false;
    }
    *number = read;
    return true;
}
