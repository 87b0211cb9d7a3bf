/* settlement_link.c: DataTransfer between the settlement and the threads of the stations. The settlement never waits for a
 * thread: what it sends and answers is posted, and what comes back is told when it comes. */
#include "settlement_inside.h"

#include <ocpp/central_drivers.h>
#include <ocpp/settlement/orders.h>

#include <stdlib.h>
#include <string.h>

/* A message or an answer on its way to the thread of a station: the texts stand behind it. */
struct parcel {
    struct settlement *settlement;
    uint64_t token;
    enum ocpp_data_transfer_status result; /* of an answer */
    enum ocpp_data_kind kind;
    const char *station;
    const char *vendor;
    const char *name;
    const char *data;
};

static const char *keep(char **at, const char *text)
{
    const size_t size = text ? strlen(text) + 1 : 0;
    const char *kept = text ? memcpy(*at, text, size) : NULL;

    *at += size;
    return kept;
}

static size_t room_for(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static struct parcel *parcel_new(struct settlement *settlement, const char *station, uint64_t token,
                                 const struct ocpp_data_transfer *data)
{
    struct parcel *parcel = malloc(sizeof *parcel + room_for(station) + room_for(data->vendor_id) + room_for(data->message_id) +
                                   room_for(data->data));
    char *at = (char *)(parcel + 1);

    if (parcel) {
        *parcel = (struct parcel){ .settlement = settlement, .token = token, .kind = data->kind };
        parcel->station = keep(&at, station);
        parcel->vendor = keep(&at, data->vendor_id);
        parcel->name = keep(&at, data->message_id);
        parcel->data = keep(&at, data->data);
    }
    return parcel;
}

/* --- to a station ----------------------------------------------------------------------------------------------------------- */

static void tell_answer(struct parcel *parcel, const struct ocpp_data_transfer_answer *answer)
{
    struct settlement *settlement = parcel->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);

    ocpp_settle_answered(handle, parcel->station, parcel->token, answer, settlement_now(settlement->app));
    settlement_leave(settlement);
    free(parcel);
}

static void answered(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    const struct ocpp_data_transfer_answer lost = { .status = result->status };

    (void)station;
    tell_answer(user, result->data ? result->data : &lost);
}

static void send_here(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct parcel *parcel = user;
    const struct ocpp_data_transfer data = {
        .vendor_id = parcel->vendor, .message_id = parcel->name, .kind = parcel->kind, .data = parcel->data
    };
    const struct ocpp_command_done done = { answered, parcel };
    struct ocpp_data_transfer_answer lost = { .status = OCPP_ERR_CLOSED };
    enum ocpp_status status = OCPP_ERR_CLOSED;

    (void)now;
    if (station) {
        status = ocpp_station_send_data(station, &data, &done);
    }
    if (status != OCPP_OK) {
        lost.status = status == OCPP_ERR_STATE ? OCPP_ERR_CLOSED : status;
        tell_answer(parcel, &lost);
    }
}

static enum ocpp_status transport_send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    struct settlement *settlement = user;
    struct ocpp_server *server = settlement->app->server;
    struct parcel *parcel = server ? parcel_new(settlement, station, token, data) : NULL;
    enum ocpp_status status = !server ? OCPP_ERR_STATE : parcel ? OCPP_OK : OCPP_ERR_NOMEM;

    if (status == OCPP_OK) {
        status = ocpp_server_post(server, station, send_here, parcel);
    }
    if (status != OCPP_OK) {
        free(parcel);
    }
    return status;
}

/* --- from a station ----------------------------------------------------------------------------------------------------------
 */

static void answer_here(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct parcel *parcel = user;
    const struct ocpp_question question = { parcel->token };
    const struct ocpp_data_transfer_answer answer = { .result = parcel->result, .kind = parcel->kind, .data = parcel->data };

    if (station && ocpp_station_decide_data(station, question, &answer, now) != OCPP_OK) {
        log_event(&parcel->settlement->app->log, OCPP_LOG_DEBUG, "settlement", parcel->station,
                  "nobody waits for an answer any more");
    }
    free(parcel);
}

static void transport_answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *answer, void *user)
{
    struct settlement *settlement = user;
    const struct ocpp_data_transfer data = { .kind = answer->kind, .data = answer->data };
    struct ocpp_server *server = settlement->app->server;
    struct parcel *parcel = server ? parcel_new(settlement, station, token, &data) : NULL;

    if (parcel) {
        parcel->result = answer->result;
        if (ocpp_server_post(server, station, answer_here, parcel) != OCPP_OK) {
            free(parcel);
        }
    }
}

struct ocpp_settle_transport settlement_transport(struct settlement *settlement)
{
    return (struct ocpp_settle_transport){ .send = transport_send, .answer = transport_answer, .user = settlement };
}

/* --- what a shard hears ----------------------------------------------------------------------------------------------------- */

static bool on_data(struct ocpp_station *station, const struct ocpp_data_transfer *data, struct ocpp_question question,
                    struct ocpp_data_transfer_answer *answer, void *user)
{
    struct app *app = ((struct shard *)user)->app;
    struct ocpp_settle *handle = settlement_enter(app->settlement);

    (void)answer;
    ocpp_settle_receive(handle, ocpp_station_identity(station), data, question.value, settlement_now(app));
    settlement_leave(app->settlement);
    return false;
}

/* The text is copied by the engine after this has returned, so the shard keeps it. */
static bool on_cost(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user)
{
    struct shard *shard = user;
    struct settlement *settlement = shard->app->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);
    const enum ocpp_status status =
        ocpp_settle_driver_answer(handle, event, answer, shard->driver_text, settlement_now(shard->app));

    settlement_leave(settlement);
    (void)question;
    if (status != OCPP_OK) {
        log_event(&shard->app->log, OCPP_LOG_WARNING, "settlement", ocpp_station_identity(station), "no cost can be told: %s",
                  ocpp_status_sentence(status));
    }
    return true;
}

void settlement_hear(struct shard *shard, struct ocpp_central_handler *handler)
{
    if (shard->app->settlement) {
        shard->drivers = *handler->drivers;
        shard->drivers.on_data = on_data;
        shard->drivers.on_cost = on_cost;
        handler->drivers = &shard->drivers;
    }
}
