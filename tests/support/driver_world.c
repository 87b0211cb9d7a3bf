/* driver_world.c: see driver_world.h. */
#include "driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct driver_decisions driver_decisions;
char driver_answer[1024];

static void on_messages(struct ocpp_station *station, const struct ocpp_message_report *report, void *user)
{
    world_tell(user, "%s messages of %d%s:", ocpp_station_identity(station), (int)report->request_id,
               report->is_whole ? "" : ", not all");
    for (size_t i = 0; i < report->count; i++) {
        const struct ocpp_station_message *message = &report->messages[i];
        world_tell(user, " %d/%d.%d.%d '%s' %s %s%s%d.%s", (int)message->id, (int)message->priority, (int)message->state,
                   (int)message->text.format, message->text.text, message->text.language ? message->text.language : "-",
                   message->transaction_id ? message->transaction_id : "-", message->names_display ? " at " : " ",
                   message->display_evse, message->display_instance ? message->display_instance : "-");
        if (message->starts_utc_ms != OCPP_UTC_UNKNOWN || message->ends_utc_ms != OCPP_UTC_UNKNOWN) {
            world_tell(user, " dated");
        }
    }
    world_tell(user, "\n");
}

static void on_reservation(struct ocpp_station *station, int64_t id, const char *word, void *user)
{
    world_tell(user, "%s reservation %d %s\n", ocpp_station_identity(station), (int)id, word);
}

static bool on_cost(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user)
{
    static const char *const phases[] = { "started", "updated", "ended" };

    world_tell(user, "%s cost of %s, %s\n", ocpp_station_identity(station), event->transaction->id, phases[event->phase]);
    driver_decisions.cost_question = question;
    *answer = driver_decisions.cost;
    return !driver_decisions.cost_later;
}

static bool on_data(struct ocpp_station *station, const struct ocpp_data_transfer *data, struct ocpp_question question,
                    struct ocpp_data_transfer_answer *answer, void *user)
{
    world_tell(user, "%s data %s %s %d %s\n", ocpp_station_identity(station), data->vendor_id,
               data->message_id ? data->message_id : "-", (int)data->kind, data->data ? data->data : "-");
    driver_decisions.data_question = question;
    if (driver_decisions.data.result) {
        *answer = driver_decisions.data;
    }
    return !driver_decisions.data_later;
}

static bool uses_pricing_note(struct ocpp_station *station, void *user)
{
    (void)station;
    (void)user;
    return driver_decisions.heeds_note;
}

static void on_unplugged(struct ocpp_station *station, const char *transaction_id, int64_t timestamp_utc_ms, void *user)
{
    char date[OCPP_TIME_TEXT_SIZE];

    assert_int_equal(ocpp_time_format(timestamp_utc_ms, date), OCPP_OK);
    world_tell(user, "%s unplugged %s at %s\n", ocpp_station_identity(station), transaction_id, date);
}

static void on_security_event(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user)
{
    world_tell(user, "%s security %s %s\n", ocpp_station_identity(station), event->type, event->info ? event->info : "-");
}

struct central_world *driver_world_new(void)
{
    static const struct ocpp_driver_handler handler = {
        .on_messages = on_messages,
        .on_reservation = on_reservation,
        .on_cost = on_cost,
        .on_data = on_data,
        .uses_pricing_note = uses_pricing_note,
        .on_unplugged = on_unplugged,
    };
    struct central_world *world = world_new();

    driver_decisions = (struct driver_decisions){ 0 };
    driver_answer[0] = '\0';
    world->handler.drivers = &handler;
    world->handler.on_security_event = on_security_event;
    world_restart(world);
    return world;
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    const int used = snprintf(driver_answer, sizeof driver_answer, "%d %s %s", (int)result->status,
                              result->accepted ? "yes" : "no", result->word);

    (void)station;
    (void)user;
    if (result->data) {
        snprintf(driver_answer + used, sizeof driver_answer - (size_t)used, " %d %s", (int)result->data->kind,
                 result->data->data ? result->data->data : "-");
    }
}

const struct ocpp_command_done driver_done = { on_done, NULL };

const char *driver_answered(struct central_world *world, struct ocpp_station *station, const char *payload)
{
    char frame[1500];
    char id[64];

    assert_int_equal(sscanf(world->frame, "[2,'%63[^']'", id), 1);
    snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
    driver_answer[0] = '\0';
    world_says(world, station, frame);
    return driver_answer;
}
