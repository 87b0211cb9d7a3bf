/* log.h: how the floors write a line to a struct ocpp_log. The line is bounded, and what a peer said in it can break neither
 * the line nor a terminal: control characters become '?'. Callers never pass a secret. */
#ifndef OCPP_LIB_LOG_H
#define OCPP_LIB_LOG_H

#include <ocpp/types.h>

enum { OCPP_LOG_LINE_SIZE = 512 }; /* with the terminator */

/* ocpp_log_write: formats one line as printf does and hands it to |log|; nothing is formatted when |log| is NULL, has no |write|
 * or is less talkative than |level|. A longer line is cut at a whole character and ends in "…". No %f and its kin. */
void ocpp_log_write(const struct ocpp_log *log, enum ocpp_log_level level, const char *format, ...) OCPP_PRINTF(3, 4);

#endif
