/* carried.h: what a phone carries between piles without a network and the server: statuses and bills on the way there,
 * acknowledgements on the way back. Kept in a file of the folder --state, so that the way may take days.
 */
#ifndef OCPP_PHONE_CARRIED_H
#define OCPP_PHONE_CARRIED_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum { CARRIED_MOST = 512 }; /* things at a time; of more the rest waits at its pile */

/* A thing is an object: pile, page (0: a status), token (for the server), result and parcel (for the pile). */
struct carried {
    const char *folder; /* NULL: nothing is kept */
    cJSON *things;      /* an array */
};

/* carried_open: what was kept. False after a line that says why. carried_close: keeps it; false likewise. */
bool carried_open(struct carried *carried, const char *folder);
bool carried_close(struct carried *carried);

/* carried_add: |token| of |pile|. A status takes the place of an older one; a bill that is carried already stays. False: there is
 * no room. */
bool carried_add(struct carried *carried, const char *pile, int64_t page, const char *token);

/* carried_write: |text| into the file |name| of the folder, readable by its owner only, whole or not at all. carried_read: for
 * free(); NULL: there is none. */
bool carried_write(const char *folder, const char *name, const char *text);
char *carried_read(const char *folder, const char *name);

#endif
