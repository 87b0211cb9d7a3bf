/* settle_support.c: memory and log lines for adapters. */
#include "settle_support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *settle_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size)
{
    if (allocator != NULL) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

void settle_log(const struct ocpp_log *log, enum ocpp_log_level level, const char *format, ...)
{
    char line[SETTLE_LINE_SIZE];
    va_list arguments;

    if (log->write == NULL || level > log->level) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments); /* cut when too long */
    va_end(arguments);
    log->write(level, line, log->user);
}
