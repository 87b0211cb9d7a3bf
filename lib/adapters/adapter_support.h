/* adapter_support.h: the few lines every adapter needs: memory from the host's allocator, a log line, a reason. Only public
 * headers of the core are used by adapters, so this is not lib/base.
 */
#ifndef OCPP_ADAPTER_SUPPORT_H
#define OCPP_ADAPTER_SUPPORT_H

#include <ocpp/types.h>

/* ADAPTER_LINE_SIZE: a longer line is cut. */
enum { ADAPTER_LINE_SIZE = 512 };

/* adapter_reallocate: as ocpp_allocator.reallocate; |allocator| NULL is malloc. */
void *adapter_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size);

/* adapter_log: writes one line, if somebody listens at |level|. */
void adapter_log(const struct ocpp_log *log, enum ocpp_log_level level, const char *format, ...) OCPP_PRINTF(3, 4);

#endif
