/* report_collect.c: the pages of a report as one. */
#include "report_state.h"

#include <string.h>

/* All lists of |from| behind those of |to|, which have room. */
static void append(struct ocpp_report *to, struct ocpp_reported_variable *variables, struct ocpp_reported_monitor *monitors,
                   const struct ocpp_report *from)
{
    if (from->variable_count > 0) {
        memcpy(variables + to->variable_count, from->variables, from->variable_count * sizeof *variables);
        to->variable_count += from->variable_count;
    }
    if (from->monitor_count > 0) {
        memcpy(monitors + to->monitor_count, from->monitors, from->monitor_count * sizeof *monitors);
        to->monitor_count += from->monitor_count;
    }
}

/* The texts of all pages as one; NULL without memory. */
static const char *join_texts(const struct open_report *open)
{
    size_t size = 0;
    char *text;
    char *at;

    for (const struct kept_page *page = open->first; page; page = page->next) {
        size += page->content.text ? strlen(page->content.text) : 0;
    }
    text = at = ocpp_arena_take(open->arena, size + 1);
    for (const struct kept_page *page = open->first; text && page; page = page->next) {
        size_t length = page->content.text ? strlen(page->content.text) : 0;
        memcpy(at, page->content.text ? page->content.text : "", length);
        at += length;
    }
    return text;
}

/* The content of all pages that were kept, in their order. False: there was no room for all of it at once. */
static bool gather(const struct open_report *open, struct ocpp_report *report)
{
    size_t variable_count = 0;
    size_t monitor_count = 0;

    for (const struct kept_page *page = open->first; page; page = page->next) {
        variable_count += page->content.variable_count;
        monitor_count += page->content.monitor_count;
    }
    struct ocpp_reported_variable *variables = ocpp_arena_take(open->arena, (variable_count + 1) * sizeof *variables);
    struct ocpp_reported_monitor *monitors = ocpp_arena_take(open->arena, (monitor_count + 1) * sizeof *monitors);
    const char *text = open->kind == OCPP_REPORT_CUSTOMER ? join_texts(open) : NULL;
    if (!variables || !monitors || (open->kind == OCPP_REPORT_CUSTOMER && !text)) {
        return false;
    }
    for (const struct kept_page *page = open->first; page; page = page->next) {
        append(report, variables, monitors, &page->content);
    }
    report->variables = variables;
    report->monitors = monitors;
    report->text = text;
    return true;
}

void report_collect(const struct open_report *open, struct ocpp_report *report)
{
    const bool is_single = open->first && !open->first->next;

    if (open->first && (is_single || !gather(open, report))) {
        report->variables = open->first->content.variables;
        report->variable_count = open->first->content.variable_count;
        report->monitors = open->first->content.monitors;
        report->monitor_count = open->first->content.monitor_count;
        report->text = open->first->content.text;
        if (!is_single && report->status == OCPP_OK) {
            report->status = ocpp_arena_status(open->arena);
        }
    }
    if (open->kind == OCPP_REPORT_CUSTOMER && !report->text) {
        report->text = "";
    }
}
