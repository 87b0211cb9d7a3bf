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

void issue_within(struct ocpp_issue *issue, const char *parent)
{
    char path[OCPP_PATH_SIZE];
    const size_t size = strlen(parent);

    if (issue == NULL || size + strlen(issue->path) >= sizeof path) {
        return;
    }
    memcpy(path, issue->path, sizeof path);
    memcpy(issue->path, parent, size);
    memcpy(&issue->path[size], path, strlen(path) + 1);
}
