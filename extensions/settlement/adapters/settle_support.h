/* settle_support.h: the few lines every adapter needs: memory from the host's allocator, a log line. */
#ifndef OCPP_SETTLE_SUPPORT_H
#define OCPP_SETTLE_SUPPORT_H

#include <ocpp/types.h>

/* SETTLE_LINE_SIZE: a longer line is cut. */
enum { SETTLE_LINE_SIZE = 512 };

/* settle_reallocate: as ocpp_allocator.reallocate; |allocator| NULL is malloc. */
void *settle_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size);

/* settle_log: writes one line, if somebody listens at |level|. */
void settle_log(const struct ocpp_log *log, enum ocpp_log_level level, const char *format, ...) OCPP_PRINTF(3, 4);

#endif
