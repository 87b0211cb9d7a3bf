/* display_reports.c: the messages of a station, put together from the pages it tells them in. A station has one report at a time;
 * what another interrupts is told as it is. */
#include "drivers.h"

#include <string.h>

struct kept_message {
    struct ocpp_station_message message;
    struct kept_message *next;
};

struct display_report {
    int64_t request_id;
    struct ocpp_arena *arena;
    struct kept_message *first;
    struct kept_message **last;
    size_t count;
    bool is_cut;
};

void display_report_drop(struct ocpp_station *station)
{
    if (station->display_report) {
        ocpp_arena_free(station->display_report->arena);
        central_release(station->central, station->display_report);
        station->display_report = NULL;
    }
}

static bool begin(struct ocpp_station *station, int64_t request_id)
{
    struct display_report *report = central_allocate(station->central, sizeof *report);

    if (!report) {
        return false;
    }
    report->arena = ocpp_arena_new(station->central->settings.allocator, 0);
    if (!report->arena) {
        central_release(station->central, report);
        return false;
    }
    report->request_id = request_id;
    report->last = &report->first;
    station->display_report = report;
    return true;
}

static bool keep_text(struct ocpp_arena *arena, const char **text)
{
    *text = *text ? ocpp_arena_text(arena, *text, strlen(*text)) : NULL;
    return *text;
}

static struct kept_message *keep(struct ocpp_arena *arena, const struct ocpp_station_message *message)
{
    struct kept_message *kept = ocpp_arena_take(arena, sizeof *kept);

    if (!kept) {
        return NULL;
    }
    *kept = (struct kept_message){ .message = *message };
    const bool is_kept = (!message->text.text || keep_text(arena, &kept->message.text.text)) &&
                         (!message->text.language || keep_text(arena, &kept->message.text.language)) &&
                         (!message->transaction_id || keep_text(arena, &kept->message.transaction_id)) &&
                         (!message->display_instance || keep_text(arena, &kept->message.display_instance));
    return is_kept ? kept : NULL;
}

/* Whether a page told it before: one that comes again because its answer was lost tells nothing new. */
static bool has_message(const struct display_report *report, int64_t id)
{
    const struct kept_message *kept = report->first;

    while (kept && kept->message.id != id) {
        kept = kept->next;
    }
    return kept != NULL;
}

static void tell(struct ocpp_station *station, bool has_ended)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct display_report *report = station->display_report;
    struct ocpp_station_message *messages = ocpp_arena_take(report->arena, (report->count + 1) * sizeof *messages);
    size_t count = 0;

    for (const struct kept_message *kept = report->first; messages && kept; kept = kept->next) {
        messages[count++] = kept->message;
    }
    const struct ocpp_message_report told = {
        .request_id = report->request_id,
        .messages = messages,
        .count = count,
        .is_whole = has_ended && messages && !report->is_cut,
    };
    handler->drivers->on_messages(station, &told, handler->user);
    display_report_drop(station);
}

/* The report |request_id|, begun if it has to be; NULL without memory. */
static struct display_report *report_of(struct ocpp_station *station, int64_t request_id)
{
    if (station->display_report && station->display_report->request_id != request_id) {
        tell(station, false);
    }
    return station->display_report || begin(station, request_id) ? station->display_report : NULL;
}

bool display_report_take(struct ocpp_station *station, int64_t request_id, const struct ocpp_station_message *message)
{
    struct display_report *report = report_of(station, request_id);

    if (report && has_message(report, message->id)) {
        return true;
    }
    if (report && report->count >= station->central->settings.max_display_messages) {
        report->is_cut = true;
        return true;
    }
    struct kept_message *kept = report ? keep(report->arena, message) : NULL;
    if (!kept) {
        display_report_drop(station);
        return false;
    }
    *report->last = kept;
    report->last = &kept->next;
    report->count++;
    return true;
}

void display_report_end(struct ocpp_station *station, int64_t request_id)
{
    if (report_of(station, request_id)) {
        station->has_told_messages = true; /* before the application hears of it, which may order the next */
        station->told_messages = request_id;
        tell(station, true);
    }
}

bool display_report_is_over(const struct ocpp_station *station, int64_t request_id)
{
    return station->has_told_messages && station->told_messages == request_id;
}
