/* news.c: streams of pages that wait for news, and who of them hears what. */
#include "news.h"
#include "settlement_inside.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { OF_ONE = 4, VISITS_MOST = 256, HOUSES_MOST = 256, PHONES_MOST = 64 };
enum { STREAMS_MOST = VISITS_MOST + HOUSES_MOST + PHONES_MOST };

static const size_t most_of[NEWS_KINDS] = {
    [NEWS_OF_VISIT] = VISITS_MOST, [NEWS_OF_HOUSE] = HOUSES_MOST, [NEWS_OF_PHONE] = PHONES_MOST
};

struct stream {
    struct ocpp_http_exchange *exchange;
    struct news_reader reader;
};

struct news {
    pthread_mutex_t lock;
    bool is_over;
    size_t count;
    size_t count_of[NEWS_KINDS];
    struct stream rows[STREAMS_MOST];
};

struct news *news_new(void)
{
    struct news *news = calloc(1, sizeof *news);

    if (news) {
        pthread_mutex_init(&news->lock, NULL);
    }
    return news;
}

void news_free(struct news *news)
{
    if (news) {
        news_end(news);
        pthread_mutex_destroy(&news->lock);
        free(news);
    }
}

/* --- streams, under the lock ---------------------------------------------------------------------------------------------- */

/* The last one takes the place of the one that goes: who goes through all begins behind. */
static void drop(struct news *news, size_t place)
{
    news->count_of[news->rows[place].reader.kind]--;
    ocpp_http_stream_end(news->rows[place].exchange);
    news->rows[place] = news->rows[--news->count];
}

static void write_to(struct news *news, size_t place, const char *text)
{
    if (ocpp_http_stream_write(news->rows[place].exchange, text, strlen(text)) != OCPP_OK) {
        drop(news, place);
    }
}

static size_t count_of(const struct news *news, const struct news_reader *reader)
{
    size_t count = 0;

    for (size_t i = 0; i < news->count; i++) {
        count += news->rows[i].reader.kind == reader->kind && strcmp(news->rows[i].reader.bearer, reader->bearer) == 0;
    }
    return count;
}

static bool has_room(const struct news *news, const struct news_reader *reader)
{
    return !news->is_over && news->count_of[reader->kind] < most_of[reader->kind] && count_of(news, reader) < OF_ONE;
}

/* Who looks at one page after the other leaves streams behind that are found to be gone when something is written. */
static void forget_gone(struct news *news)
{
    for (size_t i = news->count; i-- > 0;) {
        write_to(news, i, ":\n\n");
    }
}

void news_open(struct request *request, const struct news_reader *reader)
{
    struct news *news = request->app->settlement->news;
    bool may;

    pthread_mutex_lock(&news->lock);
    may = has_room(news, reader);
    if (!may) {
        forget_gone(news);
        may = has_room(news, reader);
    }
    if (may) {
        ocpp_http_stream(request->exchange);
        news->rows[news->count++] = (struct stream){ request->exchange, *reader };
        news->count_of[reader->kind]++;
        write_to(news, news->count - 1, ":\n\n");
    }
    pthread_mutex_unlock(&news->lock);
    if (!may) {
        answer_problem(request->exchange, 503, NULL, "too many listen: ask again in a while");
    }
}

/* --- who hears what -------------------------------------------------------------------------------------------------------- */

enum verdict { NOTHING, CHANGE, LEAVE };

static bool same(const char *text, const char *other)
{
    return text && other[0] && strcmp(text, other) == 0;
}

/* A rental tells its station and not its order; that something happened in the bay there is no secret. */
static enum verdict visit_event(const struct news_reader *reader, const struct ocpp_settle_event *event)
{
    return same(event->id, reader->bearer) || same(event->id, reader->order) ||
                   (event->kind == OCPP_SETTLE_EVENT_RENTAL && same(event->station, reader->station))
               ? CHANGE
               : NOTHING;
}

static enum verdict visit_outlet(const struct news_reader *reader, const struct news_outlet *outlet)
{
    const struct ocpp_transaction *transaction = outlet->transaction;
    const int evse = !transaction ? -1 : transaction->evse > 0 ? transaction->evse : transaction->connector;

    return evse == reader->evse && same(outlet->station, reader->station) ? CHANGE : NOTHING;
}

/* What a tenant does is the landlord's to see, and no other tenant's. */
static bool is_for(const struct news_reader *reader, const char *tenant)
{
    return !reader->tenant[0] || !tenant || !tenant[0] || strcmp(tenant, reader->tenant) == 0;
}

/* The phone, its card, or whose they are: what the phone may see is decided anew. */
static bool is_about(const struct news_reader *reader, const struct ocpp_settle_event *event)
{
    return event->kind == OCPP_SETTLE_EVENT_HOUSE && reader->card[0] &&
           (same(event->id, reader->bearer) || same(event->id, reader->card) || same(event->id, reader->tenant));
}

static enum verdict house_event(const struct news_reader *reader, const struct ocpp_settle_event *event)
{
    if (!same(event->house, reader->house) || event->kind == OCPP_SETTLE_EVENT_SECURITY) {
        return NOTHING;
    }
    return is_about(reader, event) ? LEAVE : is_for(reader, event->tenant) ? CHANGE : NOTHING;
}

/* Everybody in the house sees the outlets; how much one gets there who charges sees, and the landlord. */
static enum verdict house_outlet(const struct news_reader *reader, const struct news_outlet *outlet)
{
    if (!same(outlet->house, reader->house)) {
        return NOTHING;
    }
    return !outlet->is_progress || !reader->tenant[0] || same(outlet->tenant, reader->tenant) ? CHANGE : NOTHING;
}

static enum verdict phone_event(const struct news_reader *reader, const struct ocpp_settle_event *event)
{
    return is_about(reader, event) ? LEAVE : NOTHING;
}

static enum verdict phone_outlet(const struct news_reader *reader, const struct news_outlet *outlet)
{
    (void)reader;
    (void)outlet;
    return NOTHING;
}

static const struct {
    enum verdict (*event)(const struct news_reader *reader, const struct ocpp_settle_event *event);
    enum verdict (*outlet)(const struct news_reader *reader, const struct news_outlet *outlet);
} hears[NEWS_KINDS] = {
    [NEWS_OF_VISIT] = { visit_event, visit_outlet },
    [NEWS_OF_HOUSE] = { house_event, house_outlet },
    [NEWS_OF_PHONE] = { phone_event, phone_outlet },
};

static void follow(struct news *news, size_t place, enum verdict verdict)
{
    if (verdict == CHANGE) {
        write_to(news, place, "event: change\ndata: {}\n\n");
    } else if (verdict == LEAVE) {
        drop(news, place);
    }
}

void news_tell_event(struct news *news, const struct ocpp_settle_event *event)
{
    pthread_mutex_lock(&news->lock);
    for (size_t i = news->count; i-- > 0;) {
        const struct news_reader *reader = &news->rows[i].reader;

        follow(news, i, hears[reader->kind].event(reader, event));
    }
    pthread_mutex_unlock(&news->lock);
}

void news_tell_outlet(struct news *news, const struct news_outlet *outlet)
{
    pthread_mutex_lock(&news->lock);
    for (size_t i = news->count; i-- > 0;) {
        const struct news_reader *reader = &news->rows[i].reader;

        follow(news, i, hears[reader->kind].outlet(reader, outlet));
    }
    pthread_mutex_unlock(&news->lock);
}

/* --- all of them ------------------------------------------------------------------------------------------------------------ */

bool news_is_read(struct news *news, enum news_kind kind)
{
    pthread_mutex_lock(&news->lock);
    const bool is_read = news->count_of[kind] > 0;
    pthread_mutex_unlock(&news->lock);
    return is_read;
}

size_t news_count(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    const size_t count = news->count;
    pthread_mutex_unlock(&news->lock);
    return count;
}

void news_keep_alive(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    forget_gone(news);
    pthread_mutex_unlock(&news->lock);
}

void news_end(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    news->is_over = true;
    while (news->count > 0) {
        drop(news, news->count - 1);
    }
    pthread_mutex_unlock(&news->lock);
}
