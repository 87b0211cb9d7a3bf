/* rpc.c: the life of a call layer, its time, and which file gets a received frame. See call_layer.h for the map. */
#include "call_layer.h"

#include "arena.h"
#include "require.h"

#include <string.h>

enum {
    DEFAULT_MAX_BYTES = 64 * 1024,
    DEFAULT_ARENA_BYTES = 1024 * 1024,
    DEFAULT_WAITING = 16,
    DEFAULT_OPEN = 8,
    DEFAULT_CALL_TIMEOUT_MS = 30 * 1000,
    DEFAULT_ANSWER_TIMEOUT_MS = 60 * 1000,
    OWN_KEEP_BYTES = 16 * 1024,
    ENTROPY_BYTES = 6
};

/* --- lists ---------------------------------------------------------------------------------------------------------- */

void ocpp_rpc_list_insert(struct ocpp_rpc_list *list, struct ocpp_rpc_entry **at, struct ocpp_rpc_entry *entry)
{
    entry->next = *at;
    *at = entry;
    list->count++;
}

struct ocpp_rpc_entry **ocpp_rpc_list_end(struct ocpp_rpc_list *list)
{
    struct ocpp_rpc_entry **at = &list->first;
    while (*at != NULL)
        at = &(*at)->next;
    return at;
}

struct ocpp_rpc_entry *ocpp_rpc_list_remove(struct ocpp_rpc_list *list, struct ocpp_rpc_entry **at)
{
    struct ocpp_rpc_entry *entry = *at;
    *at = entry->next;
    entry->next = NULL;
    list->count--;
    return entry;
}

struct ocpp_rpc_entry *ocpp_rpc_list_find_id(const struct ocpp_rpc_list *list, const char *id)
{
    struct ocpp_rpc_entry *entry = list->first;
    while (entry != NULL && strcmp(entry->id, id) != 0)
        entry = entry->next;
    return entry;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

struct ocpp_rpc_settings ocpp_rpc_settings_default(enum ocpp_direction side)
{
    return (struct ocpp_rpc_settings){
        .side = side,
        .limits = { .max_bytes = DEFAULT_MAX_BYTES },
        .max_arena_bytes = DEFAULT_ARENA_BYTES,
        .max_waiting_calls = DEFAULT_WAITING,
        .max_open_calls = DEFAULT_OPEN,
        .call_timeout_ms = DEFAULT_CALL_TIMEOUT_MS,
        .answer_timeout_ms = DEFAULT_ANSWER_TIMEOUT_MS,
        .answer_results = true,
        .answer_garbage = true,
        .first_id = 1,
    };
}

static void fill_defaults(struct ocpp_rpc_settings *settings)
{
    const struct ocpp_rpc_settings usual = ocpp_rpc_settings_default(settings->side);
    if (settings->limits.max_bytes == 0)
        settings->limits.max_bytes = usual.limits.max_bytes;
    if (settings->max_output_bytes == 0)
        settings->max_output_bytes = 4 * settings->limits.max_bytes;
    if (settings->call_timeout_ms <= 0)
        settings->call_timeout_ms = usual.call_timeout_ms;
    if (settings->answer_timeout_ms <= 0)
        settings->answer_timeout_ms = usual.answer_timeout_ms;
    if (settings->max_open_calls == 0)
        settings->max_open_calls = usual.max_open_calls;
}

struct ocpp_rpc *ocpp_rpc_new(const struct ocpp_rpc_settings *settings, const struct ocpp_rpc_handler *handler)
{
    ocpp_require(settings->side == OCPP_FROM_STATION || settings->side == OCPP_FROM_CENTRAL);
    ocpp_require(handler->on_call != NULL);
    struct ocpp_rpc *rpc = ocpp_reallocate(settings->allocator, NULL, sizeof *rpc);
    if (rpc == NULL)
        return NULL;
    *rpc = (struct ocpp_rpc){ .settings = *settings, .handler = *handler, .next_token = 1, .next_id = settings->first_id };
    rpc->now_ms = INT64_MIN;
    fill_defaults(&rpc->settings);
    if (settings->pool == NULL) {
        rpc->settings.pool = ocpp_rpc_pool_new(settings->allocator, settings->max_arena_bytes, OWN_KEEP_BYTES);
        rpc->owns_pool = true;
    }
    if (rpc->settings.pool == NULL) {
        ocpp_reallocate(settings->allocator, rpc, 0);
        return NULL;
    }
    ocpp_pool_use(rpc->settings.pool);
    return rpc;
}

void ocpp_rpc_free(struct ocpp_rpc *rpc)
{
    if (rpc == NULL)
        return;
    ocpp_require(!rpc->busy);
    ocpp_output_clear(rpc);
    ocpp_incoming_clear(rpc);
    ocpp_outgoing_clear(rpc);
    ocpp_pool_unuse(rpc->settings.pool);
    if (rpc->owns_pool)
        ocpp_rpc_pool_free(rpc->settings.pool);
    ocpp_reallocate(rpc->settings.allocator, rpc, 0);
}

/* One draw per connection makes ids unique across reboots of a side that remembers nothing. */
static void draw_prefix(struct ocpp_rpc *rpc)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char entropy[ENTROPY_BYTES] = { 0 };
    if (rpc->settings.random == NULL)
        return;
    rpc->settings.random(entropy, sizeof entropy, rpc->settings.random_user);
    for (size_t i = 0; i < sizeof entropy; i++) {
        rpc->id_prefix[2 * i] = digits[entropy[i] >> 4];
        rpc->id_prefix[2 * i + 1] = digits[entropy[i] & 15];
    }
    rpc->id_prefix[2 * sizeof entropy] = '-';
    rpc->id_prefix[2 * sizeof entropy + 1] = '\0';
}

static void set_now(struct ocpp_rpc *rpc, struct ocpp_now now)
{
    ocpp_require(now.mono_ms >= rpc->now_ms);
    rpc->now_ms = now.mono_ms;
}

enum ocpp_status ocpp_rpc_open(struct ocpp_rpc *rpc, const struct ocpp_protocol *protocol, struct ocpp_now now)
{
    ocpp_require(!rpc->busy && protocol != NULL);
    if (rpc->protocol != NULL)
        return OCPP_ERR_STATE;
    set_now(rpc, now);
    draw_prefix(rpc);
    rpc->protocol = protocol;
    rpc->dialect = ocpp_rpc_dialect_of(protocol->version);
    return OCPP_OK;
}

void ocpp_rpc_close(struct ocpp_rpc *rpc, struct ocpp_now now)
{
    ocpp_require(!rpc->busy);
    if (rpc->protocol == NULL)
        return;
    set_now(rpc, now);
    rpc->protocol = NULL; /* so that callbacks find the connection gone */
    rpc->busy = true;
    ocpp_output_clear(rpc);
    ocpp_incoming_clear(rpc);
    ocpp_outgoing_close(rpc);
    rpc->busy = false;
}

const struct ocpp_protocol *ocpp_rpc_protocol(const struct ocpp_rpc *rpc)
{
    return rpc->protocol;
}

void ocpp_rpc_set_tolerance(struct ocpp_rpc *rpc, const struct ocpp_tolerance *tolerance)
{
    rpc->settings.tolerance = *tolerance;
}

/* --- time ------------------------------------------------------------------------------------------------------------ */

int64_t ocpp_deadline_after(int64_t now_ms, int64_t wait_ms)
{
    return now_ms > OCPP_NEVER - wait_ms ? OCPP_NEVER : now_ms + wait_ms;
}

int64_t ocpp_rpc_deadline(const struct ocpp_rpc *rpc)
{
    const int64_t incoming_ms = ocpp_incoming_deadline(rpc);
    if (rpc->outstanding != NULL && rpc->outstanding->deadline_ms < incoming_ms)
        return rpc->outstanding->deadline_ms;
    return incoming_ms;
}

void ocpp_rpc_advance(struct ocpp_rpc *rpc, struct ocpp_now now)
{
    ocpp_require(!rpc->busy);
    set_now(rpc, now);
    if (rpc->protocol == NULL)
        return;
    rpc->busy = true;
    ocpp_incoming_expire(rpc);
    ocpp_outgoing_expire(rpc);
    rpc->busy = false;
}

/* --- a frame arrives --------------------------------------------------------------------------------------------------- */

static enum ocpp_status take_result_error(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_frame *frame = &reception->frame;
    ocpp_reception_tell(rpc, reception);
    if (rpc->handler.on_result_error != NULL)
        rpc->handler.on_result_error(frame->id, ocpp_call_error_of(frame->error_code), frame->description, rpc->handler.user);
    return OCPP_OK;
}

static enum ocpp_status take_frame(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    switch (reception->frame.type) {
    case OCPP_FRAME_CALL:
        return ocpp_incoming_call(rpc, reception);
    case OCPP_FRAME_SEND:
        return ocpp_incoming_send(rpc, reception);
    case OCPP_FRAME_RESULT:
        return ocpp_outgoing_result(rpc, reception);
    case OCPP_FRAME_ERROR:
        return ocpp_outgoing_error(rpc, reception);
    default: /* the only type that is left; unknown ones are no frames */
        return take_result_error(rpc, reception);
    }
}

static enum ocpp_status take_broken(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, enum ocpp_status status)
{
    const int64_t type = reception->frame.type;
    reception->issue.status = status;
    reception->issue.offset = reception->frame.offset;
    if ((type == OCPP_FRAME_RESULT || type == OCPP_FRAME_ERROR) && ocpp_outgoing_matches(rpc, reception->frame.id))
        return ocpp_outgoing_broken(rpc, reception);
    return ocpp_incoming_broken(rpc, reception);
}

static void report_mended(const struct ocpp_rpc *rpc, enum ocpp_status status, size_t offset)
{
    const struct ocpp_tolerance *tolerance = &rpc->settings.tolerance;
    const struct ocpp_issue issue = { .status = status, .quirk = OCPP_QUIRK_BROKEN_JSON, .offset = offset };
    if (tolerance->report != NULL)
        tolerance->report(&issue, tolerance->user);
}

/* A text that is no JSON: |status| stands, unless it can be mended for a peer that is known to send such. */
static enum ocpp_status parse_mended(const struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, enum ocpp_status status)
{
    const bool granted = (rpc->settings.tolerance.quirks & OCPP_QUIRK_BROKEN_JSON) != 0;
    struct ocpp_frame mended;
    const char *text;
    size_t size;
    if (rpc->settings.mend == NULL || (!granted && !rpc->settings.advise))
        return status;
    const enum ocpp_status done =
        rpc->settings.mend(reception->text, reception->size, ocpp_pool_arena(rpc->settings.pool), &text, &size);
    if (done != OCPP_OK)
        return done == OCPP_ERR_NOMEM && granted ? done : status;
    const enum ocpp_status parsed =
        ocpp_frame_parse(&mended, text, size, rpc->protocol->version, &rpc->settings.limits, &rpc->settings.tolerance);
    if (parsed != OCPP_OK || !granted) {
        reception->issue.remedy = parsed == OCPP_OK ? OCPP_QUIRK_BROKEN_JSON : 0;
        ocpp_frame_free(&mended);
        return parsed == OCPP_ERR_NOMEM && granted ? parsed : status;
    }
    report_mended(rpc, status, reception->frame.offset);
    reception->frame = mended;
    return OCPP_OK;
}

/* JSON that is no frame: whether the one quirk of frames would have let it pass. */
static void advise_frame(const struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_ERROR_DETAILS };
    struct ocpp_frame frame;
    if (!rpc->settings.advise || (rpc->settings.tolerance.quirks & OCPP_QUIRK_ERROR_DETAILS) != 0)
        return;
    if (ocpp_frame_parse(&frame, reception->text, reception->size, rpc->protocol->version, &rpc->settings.limits, &tolerance) ==
        OCPP_OK)
        reception->issue.remedy = OCPP_QUIRK_ERROR_DETAILS;
    ocpp_frame_free(&frame);
}

static enum ocpp_status parse(const struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const enum ocpp_status status = ocpp_frame_parse(&reception->frame, reception->text, reception->size, rpc->protocol->version,
                                                     &rpc->settings.limits, &rpc->settings.tolerance);
    if (status == OCPP_ERR_NOT_FRAME)
        advise_frame(rpc, reception);
    if (status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_TOO_LARGE || reception->frame.root != NULL)
        return status;
    return parse_mended(rpc, reception, status);
}

static enum ocpp_status take_text(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const enum ocpp_status parsed = parse(rpc, reception);
    enum ocpp_status status = parsed;
    if (parsed == OCPP_OK)
        status = take_frame(rpc, reception);
    else if (parsed != OCPP_ERR_NOMEM)
        status = take_broken(rpc, reception, parsed);
    ocpp_frame_free(&reception->frame);
    return status;
}

enum ocpp_status ocpp_rpc_receive(struct ocpp_rpc *rpc, const char *text, size_t size, struct ocpp_now now)
{
    ocpp_require(!rpc->busy);
    set_now(rpc, now);
    if (rpc->protocol == NULL)
        return OCPP_ERR_STATE;
    struct ocpp_rpc_reception reception;
    reception.text = text;
    reception.size = size;
    memset(&reception.issue, 0, sizeof reception.issue);
    if (size / 2 > rpc->settings.limits.max_bytes) {
        reception.issue.status = OCPP_ERR_TOO_LARGE;
        ocpp_reception_tell(rpc, &reception);
        return OCPP_ERR_TOO_LARGE;
    }
    rpc->busy = true;
    ocpp_pool_enter(rpc->settings.pool);
    const enum ocpp_status status = take_text(rpc, &reception);
    ocpp_pool_leave(rpc->settings.pool);
    rpc->busy = false;
    return status;
}
