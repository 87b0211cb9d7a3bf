/* Remarks of an import or an export, and the places they speak of. */
#include "exchange_parts.h"

#include <stdio.h>
#include <string.h>

void exchange_start(struct exchange *exchange, struct ocpp_arena *arena, struct ocpp_settle_report *report)
{
    memset(report, 0, sizeof *report);
    *exchange = (struct exchange){ .arena = arena, .report = report };
}

void *exchange_take(struct exchange *exchange, size_t count, size_t size)
{
    return ocpp_arena_take(exchange->arena, count * size);
}

/* Writes |place| behind the |used| bytes that are there. Tokens that do not fit are left out whole. */
static size_t write_place(const struct exchange_place *place, size_t used, char path[OCPP_PATH_SIZE])
{
    if (!place) {
        path[used] = '\0';
        return used;
    }
    const size_t before = write_place(place->up, used, path);
    const size_t left = OCPP_PATH_SIZE - before;
    const int written = place->name ? snprintf(path + before, left, "/%s", place->name)
                                    : snprintf(path + before, left, "/%u", (unsigned)place->index);

    if (written < 0 || (size_t)written >= left) {
        path[before] = '\0';
        return before;
    }
    return before + (size_t)written;
}

static void path_of(const struct exchange *exchange, const struct exchange_place *place, char path[OCPP_PATH_SIZE])
{
    write_place(place, write_place(exchange->root, 0, path), path);
}

/* The next free remark; NULL where the report is full or there is no memory. */
static struct ocpp_settle_remark *next_remark(struct exchange *exchange)
{
    struct ocpp_settle_report *report = exchange->report;

    if (!exchange->remarks) {
        exchange->remarks = exchange_take(exchange, OCPP_SETTLE_REMARKS_MOST, sizeof *exchange->remarks);
        exchange->out_of_memory = exchange->out_of_memory || !exchange->remarks;
        report->remarks = exchange->remarks;
    }
    if (report->count == OCPP_SETTLE_REMARKS_MOST) {
        report->beyond++;
        return NULL;
    }
    return exchange->remarks ? &exchange->remarks[report->count] : NULL;
}

void exchange_remark_at(struct exchange *exchange, enum ocpp_settle_remark_weight weight, const char *path, const char *reason)
{
    struct ocpp_settle_remark *remark = next_remark(exchange);

    exchange->report->losses += weight == OCPP_SETTLE_REMARK_LOSS;
    if (!remark) {
        return;
    }
    remark->path = ocpp_arena_text(exchange->arena, path, strlen(path));
    if (!remark->path) {
        exchange->out_of_memory = true;
        return;
    }
    remark->weight = weight;
    remark->reason = reason;
    exchange->report->count++;
}

static void remark(struct exchange *exchange, enum ocpp_settle_remark_weight weight, const struct exchange_place *place,
                   const char *reason)
{
    char path[OCPP_PATH_SIZE];

    path_of(exchange, place, path);
    exchange_remark_at(exchange, weight, path, reason);
}

void exchange_note(struct exchange *exchange, const struct exchange_place *place, const char *reason)
{
    remark(exchange, OCPP_SETTLE_REMARK_NOTE, place, reason);
}

void exchange_loss(struct exchange *exchange, const struct exchange_place *place, const char *reason)
{
    remark(exchange, OCPP_SETTLE_REMARK_LOSS, place, reason);
}

enum ocpp_status exchange_fail(struct exchange *exchange, const struct exchange_place *place, enum ocpp_status status)
{
    struct ocpp_issue *issue = &exchange->report->issue;

    *issue = (struct ocpp_issue){ .status = status };
    path_of(exchange, place, issue->path);
    return status;
}

enum ocpp_status exchange_export_ends(struct exchange *exchange)
{
    return exchange->out_of_memory ? exchange_fail(exchange, NULL, OCPP_ERR_NOMEM) : OCPP_OK;
}

enum ocpp_status exchange_import_ends(struct exchange *exchange)
{
    const struct ocpp_settle_report *report = exchange->report;

    if (exchange->out_of_memory || report->losses == 0) {
        return exchange_export_ends(exchange);
    }
    exchange_fail(exchange, NULL, OCPP_ERR_VALUE);
    for (size_t i = 0; i < report->count; i++) {
        if (report->remarks[i].weight == OCPP_SETTLE_REMARK_LOSS) {
            snprintf(exchange->report->issue.path, sizeof exchange->report->issue.path, "%s", report->remarks[i].path);
            break;
        }
    }
    return OCPP_ERR_VALUE;
}
