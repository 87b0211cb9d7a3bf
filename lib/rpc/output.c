/* output.c: frames while they are written and while they wait for the transport. A payload is written straight into its frame. */
#include "call_layer.h"

#include "require.h"

#include <string.h>

/* --- a frame while it is written ---------------------------------------------------------------------------------- */

static enum ocpp_status grow(struct ocpp_json_writer *writer, size_t capacity)
{
    struct ocpp_rpc_draft *draft = writer->user;
    if (capacity > draft->limit)
        return OCPP_ERR_LIMIT;
    struct ocpp_rpc_text *text = ocpp_pool_widen(draft->rpc->settings.pool, draft->text, capacity);
    if (text == NULL)
        return OCPP_ERR_NOMEM;
    draft->text = text;
    writer->text = text->bytes;
    writer->capacity = text->capacity;
    return OCPP_OK;
}

enum ocpp_status ocpp_draft_start(struct ocpp_rpc_draft *draft, struct ocpp_rpc *rpc, enum ocpp_rpc_room room,
                                  enum ocpp_frame_type type, const char *id)
{
    if (room == OCPP_RPC_BOUNDED && ocpp_output_is_full(rpc))
        return OCPP_ERR_LIMIT;
    draft->rpc = rpc;
    draft->limit = room == OCPP_RPC_BOUNDED ? rpc->settings.max_output_bytes - rpc->output_bytes : SIZE_MAX;
    draft->text = ocpp_pool_text(rpc->settings.pool);
    if (draft->text == NULL)
        return OCPP_ERR_NOMEM;
    ocpp_json_writer_start_in(&draft->writer, draft->text->bytes, draft->text->capacity, grow, draft);
    ocpp_json_write_begin(&draft->writer, '[');
    ocpp_json_write_integer(&draft->writer, type);
    ocpp_json_write_string(&draft->writer, id);
    return OCPP_OK;
}

enum ocpp_status ocpp_draft_finish(struct ocpp_rpc_draft *draft, struct ocpp_rpc_text **text)
{
    const char *bytes;
    size_t size = 0;
    ocpp_json_write_end(&draft->writer, ']');
    enum ocpp_status status = ocpp_json_writer_finish(&draft->writer, &bytes, &size);
    if (status == OCPP_OK && size > draft->limit) /* it may have fitted into room that was there anyway */
        status = OCPP_ERR_LIMIT;
    if (status != OCPP_OK) {
        ocpp_draft_drop(draft);
        return status;
    }
    draft->text->size = size;
    *text = draft->text;
    return OCPP_OK;
}

void ocpp_draft_drop(struct ocpp_rpc_draft *draft)
{
    ocpp_pool_take_back(draft->rpc->settings.pool, draft->text);
    draft->text = NULL;
}

/* --- what waits for the transport ----------------------------------------------------------------------------------- */

void ocpp_output_put(struct ocpp_rpc *rpc, struct ocpp_rpc_text *text)
{
    text->next = NULL;
    if (rpc->ready_last != NULL)
        rpc->ready_last->next = text;
    else
        rpc->ready_first = text;
    rpc->ready_last = text;
    rpc->output_bytes += text->size;
    ocpp_output_announce(rpc);
}

void ocpp_output_announce(struct ocpp_rpc *rpc)
{
    if (rpc->handler.on_output != NULL)
        rpc->handler.on_output(rpc->handler.user);
}

bool ocpp_output_is_full(const struct ocpp_rpc *rpc)
{
    return rpc->output_bytes >= rpc->settings.max_output_bytes;
}

static struct ocpp_rpc_text *take_ready(struct ocpp_rpc *rpc)
{
    struct ocpp_rpc_text *text = rpc->ready_first;
    if (text == NULL)
        return NULL;
    rpc->ready_first = text->next;
    if (rpc->ready_first == NULL)
        rpc->ready_last = NULL;
    return text;
}

static void take_back_lent(struct ocpp_rpc *rpc)
{
    ocpp_pool_take_back(rpc->settings.pool, rpc->lent);
    rpc->lent = NULL;
}

void ocpp_output_clear(struct ocpp_rpc *rpc)
{
    struct ocpp_rpc_text *text;
    while ((text = take_ready(rpc)) != NULL) {
        rpc->output_bytes -= text->size;
        ocpp_pool_take_back(rpc->settings.pool, text);
    }
    take_back_lent(rpc);
}

bool ocpp_rpc_has_output(const struct ocpp_rpc *rpc)
{
    return rpc->ready_first != NULL || ocpp_outgoing_may_leave(rpc);
}

const char *ocpp_rpc_next_output(struct ocpp_rpc *rpc, size_t *size, struct ocpp_now now)
{
    ocpp_require(now.mono_ms >= rpc->now_ms);
    rpc->now_ms = now.mono_ms;
    take_back_lent(rpc);
    struct ocpp_rpc_text *text = take_ready(rpc);
    if (text == NULL)
        text = ocpp_outgoing_transmit(rpc);
    *size = text != NULL ? text->size : 0;
    if (text == NULL)
        return NULL;
    rpc->output_bytes -= text->size;
    rpc->lent = text;
    if (rpc->handler.on_frame != NULL)
        rpc->handler.on_frame(rpc->settings.side, text->bytes, text->size, NULL, rpc->handler.user);
    return text->bytes;
}

enum ocpp_status ocpp_rpc_send_text(struct ocpp_rpc *rpc, const char *text, size_t size)
{
    if (rpc->protocol == NULL)
        return OCPP_ERR_STATE;
    if (ocpp_output_is_full(rpc) || size > rpc->settings.max_output_bytes - rpc->output_bytes)
        return OCPP_ERR_LIMIT;
    struct ocpp_rpc_text *copy = ocpp_pool_text(rpc->settings.pool);
    struct ocpp_rpc_text *wide = copy != NULL ? ocpp_pool_widen(rpc->settings.pool, copy, size + 1) : NULL;
    if (wide == NULL) {
        ocpp_pool_take_back(rpc->settings.pool, copy);
        return OCPP_ERR_NOMEM;
    }
    memcpy(wide->bytes, text, size);
    wide->bytes[size] = '\0';
    wide->size = size;
    ocpp_output_put(rpc, wide);
    return OCPP_OK;
}
