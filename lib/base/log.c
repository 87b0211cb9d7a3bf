/* log.c: one bounded, harmless line. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts a line that filled its room at a whole character and marks the cut. */
static void mark_cut(char line[OCPP_LOG_LINE_SIZE])
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    size_t end = OCPP_LOG_LINE_SIZE - sizeof ellipsis;

    while (end > 0 && ((unsigned char)line[end] & 0xC0) == 0x80) {
        end--;
    }
    memcpy(line + end, ellipsis, sizeof ellipsis);
}

static void replace_control_characters(char *line)
{
    for (; *line; line++) {
        if ((unsigned char)*line < 0x20 || *line == 0x7F) {
            *line = '?';
        }
    }
}

void ocpp_log_write(const struct ocpp_log *log, enum ocpp_log_level level, const char *format, ...)
{
    char line[OCPP_LOG_LINE_SIZE];
    va_list arguments;

    if (!log || !log->write || level > log->level) {
        return;
    }
    line[0] = '\0';
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof line) {
        mark_cut(line);
    }
    replace_control_characters(line);
    log->write(level, line, log->user);
}
