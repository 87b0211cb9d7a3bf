/* sqlite_set_aside.h: a damaged database is renamed, never deleted. */
#ifndef OCPP_SQLITE_SET_ASIDE_H
#define OCPP_SQLITE_SET_ASIDE_H

#include <ocpp/status.h>

enum { SET_ASIDE_PATH_SIZE = 4096 };

/* sqlite_set_aside: renames |path| to the first free <path>.corrupt-<n>, and its log beside it; |moved| is the new name.
 * Errors: OCPP_ERR_STORAGE  no free name, or the folder may not be written; the database is where it was. */
enum ocpp_status sqlite_set_aside(const char *path, char moved[SET_ASIDE_PATH_SIZE]);

#endif
