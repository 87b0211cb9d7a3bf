/* drive_streams.c: drivers' pages that wait for news of their visit. They are told that something happened, never what: they ask
 * for it with their key. Few of them, and few of a visit, so that nobody takes all. */
#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_MOST = 256, STREAMS_OF_A_VISIT = 4 };

struct drive_stream {
    struct ocpp_http_exchange *exchange;
    char visit[OCPP_SETTLE_ID_SIZE];
    char order[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    int evse;
};

struct drive_streams {
    pthread_mutex_t lock;
    bool is_over;
    size_t count;
    struct drive_stream rows[STREAMS_MOST];
};

struct drive_streams *drive_streams_new(void)
{
    struct drive_streams *streams = calloc(1, sizeof *streams);

    if (streams) {
        pthread_mutex_init(&streams->lock, NULL);
    }
    return streams;
}

void drive_streams_free(struct drive_streams *streams)
{
    if (streams) {
        drive_streams_end(streams);
        pthread_mutex_destroy(&streams->lock);
        free(streams);
    }
}

/* The last one takes the place of the one that goes. */
static void drop(struct drive_streams *streams, size_t place)
{
    ocpp_http_stream_end(streams->rows[place].exchange);
    streams->rows[place] = streams->rows[--streams->count];
}

static void write_to(struct drive_streams *streams, size_t place, const char *text)
{
    if (ocpp_http_stream_write(streams->rows[place].exchange, text, strlen(text)) != OCPP_OK) {
        drop(streams, place);
    }
}

static bool has_room(const struct drive_streams *streams, const char *visit)
{
    size_t own = 0;

    for (size_t i = 0; i < streams->count; i++) {
        own += strcmp(streams->rows[i].visit, visit) == 0;
    }
    return !streams->is_over && streams->count < STREAMS_MOST && own < STREAMS_OF_A_VISIT;
}

static void take_visit(const struct ocpp_settle_visit *visit, void *user)
{
    struct drive_stream *row = user;

    snprintf(row->visit, sizeof row->visit, "%s", visit->id);
    snprintf(row->order, sizeof row->order, "%s", visit->order);
    snprintf(row->station, sizeof row->station, "%s", visit->station);
    row->evse = visit->evse;
}

static bool add(struct drive_streams *streams, const struct drive_stream *row)
{
    bool may;

    pthread_mutex_lock(&streams->lock);
    may = has_room(streams, row->visit);
    if (may) {
        ocpp_http_stream(row->exchange);
        streams->rows[streams->count++] = *row;
        write_to(streams, streams->count - 1, ":\n\n");
    }
    pthread_mutex_unlock(&streams->lock);
    return may;
}

void api_drive_events(struct request *request)
{
    struct drive_stream row = { .exchange = request->exchange };
    struct drive_claim claim;
    enum ocpp_status status;

    if (!drive_wanted(request) || !drive_caller(request, false, &claim)) {
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    status = ocpp_settle_find_visit(handle, claim.visit, take_visit, &row, settlement_now(request->app));
    settlement_leave(request->app->settlement);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "there is no such thing, or it is not yours to see");
    } else if (status != OCPP_OK) {
        answer_status(request->exchange, status);
    } else if (!add(request->app->settlement->drive->streams, &row)) {
        answer_problem(request->exchange, 503, NULL, "too many listen: ask again in a while");
    }
}

static void tell(struct drive_streams *streams, bool (*wants)(const struct drive_stream *row, const void *what), const void *what)
{
    pthread_mutex_lock(&streams->lock);
    for (size_t i = streams->count; i-- > 0;) {
        if (wants(&streams->rows[i], what)) {
            write_to(streams, i, "event: change\ndata: {}\n\n");
        }
    }
    pthread_mutex_unlock(&streams->lock);
}

/* A rental tells its station and not its order; that something happened in the bay there is no secret. */
static bool wants_event(const struct drive_stream *row, const void *what)
{
    const struct ocpp_settle_event *event = what;

    return strcmp(event->id, row->visit) == 0 || strcmp(event->id, row->order) == 0 ||
           (event->kind == OCPP_SETTLE_EVENT_RENTAL && event->station && strcmp(event->station, row->station) == 0);
}

void drive_streams_event(struct drive_streams *streams, const struct ocpp_settle_event *event)
{
    tell(streams, wants_event, event);
}

static bool wants_transaction(const struct drive_stream *row, const void *what)
{
    const struct ocpp_transaction *transaction = what;
    const int evse = transaction->evse > 0 ? transaction->evse : transaction->connector;

    return evse == row->evse && strcmp(transaction->identity, row->station) == 0;
}

void drive_streams_transaction(struct drive_streams *streams, const struct ocpp_transaction *transaction)
{
    tell(streams, wants_transaction, transaction);
}

void drive_streams_keep_alive(struct drive_streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    for (size_t i = streams->count; i-- > 0;) {
        write_to(streams, i, ":\n\n");
    }
    pthread_mutex_unlock(&streams->lock);
}

void drive_streams_end(struct drive_streams *streams)
{
    pthread_mutex_lock(&streams->lock);
    streams->is_over = true;
    while (streams->count > 0) {
        drop(streams, streams->count - 1);
    }
    pthread_mutex_unlock(&streams->lock);
}
