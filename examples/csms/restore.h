/* restore.h: what is known before the first connection: from the command line and from the store. */
#ifndef CSMS_RESTORE_H
#define CSMS_RESTORE_H

#include "app.h"

/* app_restore: reads stations, open transactions and the highest transaction number from |storage|. False: |why| (STORE_WHY_SIZE
 * bytes) says what is wrong. */
bool app_restore(struct app *app, struct ocpp_storage *storage, char *why);

#endif
