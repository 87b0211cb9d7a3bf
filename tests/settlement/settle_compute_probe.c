/* settle_compute_probe.c: reckons what it is told: three lines on stdin (a snapshot, a usage, mode and time with a blank between
 * them) give one line on stdout, a bill or "refused STATUS PATH". */
#include "plain_keys.h"

#include <ocpp/settlement/compute.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1 << 22 };

static const struct ocpp_json_limits limits = { .max_bytes = LINE_SIZE, .max_nodes = 1000000 };

static bool read_line(char *line)
{
    if (fgets(line, LINE_SIZE, stdin) == NULL) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static enum ocpp_status decode(const struct ocpp_type *type, const char *text, struct ocpp_arena *arena, const void **message,
                               struct ocpp_issue *issue)
{
    return ocpp_message_decode(type, text, strlen(text), &limits, NULL, arena, message, issue);
}

static enum ocpp_status reckon(char *lines[3], struct ocpp_arena *arena, const char **text, struct ocpp_issue *issue)
{
    const void *snapshot;
    const void *usage;
    const struct ocpp_settle_bill *bill;
    int64_t at_ms = 0;
    size_t size;
    char *time = strchr(lines[2], ' ');
    enum ocpp_status status = decode(&ocpp_settle_snapshot_type, lines[0], arena, &snapshot, issue);

    if (status == OCPP_OK) {
        status = decode(&ocpp_settle_usage_type, lines[1], arena, &usage, issue);
    }
    if (status == OCPP_OK) {
        *time = '\0';
        status = ocpp_time_parse(time + 1, strlen(time + 1), &at_ms);
    }
    if (status != OCPP_OK) {
        return status;
    }
    const int mode = ocpp_enum_value(&ocpp_settle_compute_mode_enum, lines[2]);
    status = ocpp_settle_compute((const struct ocpp_settle_snapshot *)snapshot, (const struct ocpp_settle_usage *)usage,
                                 (enum ocpp_settle_compute_mode)mode, at_ms, &plain_keys, arena, &bill, issue);
    return status == OCPP_OK ? ocpp_message_encode(&ocpp_settle_bill_type, bill, arena, text, &size, issue) : status;
}

int main(void)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, (size_t)1 << 28);
    char *lines[3] = { (char *)malloc(LINE_SIZE), (char *)malloc(LINE_SIZE), (char *)malloc(LINE_SIZE) };

    while (arena != NULL && lines[0] != NULL && lines[1] != NULL && lines[2] != NULL && read_line(lines[0]) &&
           read_line(lines[1]) && read_line(lines[2])) {
        struct ocpp_issue issue = { .path = "" };
        const char *text;
        const enum ocpp_status status = reckon(lines, arena, &text, &issue);

        if (status == OCPP_OK) {
            puts(text);
        } else {
            printf("refused %s %s\n", ocpp_status_name(status), issue.path);
        }
        fflush(stdout);
        ocpp_arena_reset(arena);
    }
    for (int i = 0; i < 3; i++) {
        free(lines[i]);
    }
    ocpp_arena_free(arena);
    return 0;
}
