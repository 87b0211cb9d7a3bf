/* price_issue.c: paths. */
#include "price_issue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum ocpp_status issue_at(struct ocpp_issue *issue, enum ocpp_status status, const char *format, ...)
{
    va_list arguments;

    if (issue == NULL) {
        return status;
    }
    memset(issue, 0, sizeof *issue);
    issue->status = status;
    va_start(arguments, format);
    (void)vsnprintf(issue->path, sizeof issue->path, format, arguments);
    va_end(arguments);
    return status;
}

enum ocpp_status issue_within(struct ocpp_issue *issue, enum ocpp_status status, const char *format, ...)
{
    char path[2 * OCPP_PATH_SIZE];
    va_list arguments;

    if (issue == NULL) {
        return status;
    }
    va_start(arguments, format);
    (void)vsnprintf(path, OCPP_PATH_SIZE, format, arguments);
    va_end(arguments);
    const size_t size = strlen(path);
    memcpy(&path[size], issue->path, strlen(issue->path) + 1);
    path[OCPP_PATH_SIZE - 1] = '\0';
    memcpy(issue->path, path, OCPP_PATH_SIZE);
    return status;
}
