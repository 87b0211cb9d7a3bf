/* metrics.c: counting frames and calls. A frame is looked at only as far as its action; what is not a frame is counted as such by
 * the caller. */
#include "metrics.h"

#include <stdlib.h>
#include <string.h>

bool metrics_start(struct shard_metrics *metrics)
{
    memset(metrics, 0, sizeof *metrics);
    for (int version = 0; version < OCPP_VERSION_COUNT; version++) {
        const struct ocpp_protocol *protocol = ocpp_protocol_of((enum ocpp_version)version);
        if (!protocol) {
            continue;
        }
        metrics->calls[version] = calloc((protocol->count + 1) * METRICS_SIDES * OUTCOME_COUNT, sizeof *metrics->calls[version]);
        if (!metrics->calls[version]) {
            metrics_stop(metrics);
            return false;
        }
    }
    return true;
}

void metrics_stop(struct shard_metrics *metrics)
{
    for (int version = 0; version < OCPP_VERSION_COUNT; version++) {
        free(metrics->calls[version]);
        metrics->calls[version] = NULL;
    }
}

/* --- the head of a frame -----------------------------------------------------------------------------------------------------
 */

struct frame_head {
    int type; /* 0: not the head of a frame */
    const char *id;
    size_t id_size;
    const char *action;
    size_t action_size;
};

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
        at++;
    }
    return at;
}

/* A comma and the text behind it, as it stands between its quotes; NULL when there is none. */
static const char *read_text(const char *at, const char *end, const char **text, size_t *size)
{
    const char *close;

    at = skip_space(at, end);
    if (at == end || *at != ',') {
        return NULL;
    }
    at = skip_space(at + 1, end);
    if (at == end || *at != '"') {
        return NULL;
    }
    close = memchr(at + 1, '"', (size_t)(end - at - 1));
    if (!close) {
        return NULL;
    }
    *text = at + 1;
    *size = (size_t)(close - at - 1);
    return close + 1;
}

static struct frame_head read_head(const char *text, size_t size)
{
    struct frame_head head = { 0 };
    const char *end = text + size;
    const char *at = skip_space(text, end);
    int type;

    if (at == end || *at != '[') {
        return head;
    }
    at = skip_space(at + 1, end);
    if (at == end || *at < '2' || *at > '6') {
        return head;
    }
    type = *at - '0';
    at = read_text(at + 1, end, &head.id, &head.id_size);
    if (at && type == 2) {
        at = read_text(at, end, &head.action, &head.action_size);
    }
    head.type = at ? type : 0;
    return head;
}

/* FNV-1a: two open calls with one hash would only be counted under each other's name. */
static uint32_t hash(const char *text, size_t size)
{
    uint32_t value = 2166136261u;

    for (size_t i = 0; i < size; i++) {
        value = (value ^ (unsigned char)text[i]) * 16777619u;
    }
    return value;
}

/* --- calls
 * ---------------------------------------------------------------------------------------------------------------------- */

static void count(struct shard_metrics *metrics, enum ocpp_version version, const struct counted_call *call, int side,
                  enum call_outcome outcome)
{
    size_t place = ((size_t)call->row * METRICS_SIDES + (size_t)side) * OUTCOME_COUNT + outcome;

    metrics_add(&metrics->calls[version][place], 1);
}

static void open_call(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version,
                      const struct frame_head *head, int side)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    const struct ocpp_action *action = ocpp_protocol_action(protocol, head->action, head->action_size);
    struct counted_call *call = &station->call_out;

    if (side == 0) {
        call = &station->calls_in[station->next_call_in++ % OPEN_CALLS];
    }
    if (call->open) {
        count(metrics, version, call, side, OUTCOME_NONE);
    }
    *call = (struct counted_call){ .since_us = metrics_now_us(),
                                   .id = hash(head->id, head->id_size),
                                   .row = (uint16_t)(action ? (size_t)(action - protocol->actions) : protocol->count),
                                   .open = true };
}

static void end_call(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version,
                     const struct frame_head *head, int side)
{
    struct counted_call *calls = side == 0 ? station->calls_in : &station->call_out;
    size_t room = side == 0 ? OPEN_CALLS : 1;
    uint32_t id = hash(head->id, head->id_size);

    for (size_t i = 0; i < room; i++) {
        if (calls[i].open && calls[i].id == id) {
            count(metrics, version, &calls[i], side, head->type == 3 ? OUTCOME_RESULT : OUTCOME_ERROR);
            calls[i].open = false;
            metrics_observe(side == 0 ? &metrics->answer_time : &metrics->round_trip_time, metrics_now_us() - calls[i].since_us);
            return;
        }
    }
}

void metrics_frame(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version,
                   enum ocpp_direction from, const char *text, size_t size, bool valid)
{
    int side = from == OCPP_FROM_STATION ? 0 : 1;
    struct frame_head head;

    metrics_add(&metrics->frames[side], 1);
    metrics_add(&metrics->bytes[side], size);
    if (!valid) {
        metrics_add(&metrics->invalid_frames[side], 1);
    }
    head = read_head(text, size);
    if (head.type == 2) {
        open_call(metrics, station, version, &head, side);
    } else if (head.type == 3 || head.type == 4) {
        end_call(metrics, station, version, &head, 1 - side);
    }
}

void metrics_forget_calls(struct shard_metrics *metrics, struct known_station *station, enum ocpp_version version)
{
    for (size_t i = 0; i < OPEN_CALLS; i++) {
        if (station->calls_in[i].open) {
            count(metrics, version, &station->calls_in[i], 0, OUTCOME_NONE);
            station->calls_in[i].open = false;
        }
    }
    if (station->call_out.open) {
        count(metrics, version, &station->call_out, 1, OUTCOME_NONE);
        station->call_out.open = false;
    }
}
