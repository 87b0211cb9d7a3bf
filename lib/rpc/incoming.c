/* incoming.c: calls of the peer: judged, handed to the application, answered by it now or later, or refused. A SEND takes the
 * same way and is never answered (OCPP 2.1 part 2, FR.07). */
#include "call_layer.h"

#include "walk.h"

#include <string.h>

enum { RETRY_MS = 1000 };

void ocpp_reception_tell(const struct ocpp_rpc *rpc, const struct ocpp_rpc_reception *reception)
{
    if (rpc->handler.on_frame == NULL)
        return;
    const enum ocpp_direction peer = rpc->settings.side == OCPP_FROM_STATION ? OCPP_FROM_CENTRAL : OCPP_FROM_STATION;
    const struct ocpp_issue *issue = reception->issue.status != OCPP_OK ? &reception->issue : NULL;
    rpc->handler.on_frame(peer, reception->text, reception->size, issue, rpc->handler.user);
}

static void note_quirk(const struct ocpp_issue *issue, void *user)
{
    uint32_t *quirks = user;
    *quirks |= issue->quirk;
}

void ocpp_reception_advise(const struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, const struct ocpp_type *type)
{
    uint32_t quirks = 0;
    const struct ocpp_tolerance all = { .quirks = OCPP_QUIRK_ALL, .report = note_quirk, .user = &quirks };
    const void *message;
    if (rpc->settings.advise &&
        ocpp_frame_decode(&reception->frame, type, &all, ocpp_pool_arena(rpc->settings.pool), NULL, &message) == OCPP_OK)
        reception->issue.remedy = quirks & ~rpc->settings.tolerance.quirks;
}

/* --- refusing ------------------------------------------------------------------------------------------------------ */

static enum ocpp_status ignore(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, enum ocpp_status status)
{
    reception->issue.status = status;
    ocpp_reception_tell(rpc, reception);
    return OCPP_OK;
}

/* A peer that does not read its answers gets no more of them: that is what bounds the output. */
static enum ocpp_status refuse(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, const char *id,
                               enum ocpp_status status)
{
    if (ocpp_output_is_full(rpc))
        return ignore(rpc, reception, OCPP_ERR_LIMIT);
    reception->issue.status = status;
    const struct ocpp_refusal refusal = { status, reception->frame.fault, &reception->issue };
    const enum ocpp_status put = ocpp_error_put(rpc, OCPP_FRAME_ERROR, id, &refusal);
    if (put == OCPP_OK)
        ocpp_reception_tell(rpc, reception);
    return put;
}

/* readable_id: an id that a CALLERROR can carry back. One that is too long is still given back exactly (part 4, 4.2.3), within
 * reason. */
static const char *readable_id(const struct ocpp_frame *frame)
{
    return frame->id != NULL && strlen(frame->id) < OCPP_MESSAGE_ID_SIZE ? frame->id : NULL;
}

enum ocpp_status ocpp_incoming_broken(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_frame *frame = &reception->frame;
    const enum ocpp_status status = reception->issue.status;
    const char *id = readable_id(frame);
    const bool garbage = rpc->dialect->answers_unreadable && rpc->settings.answer_garbage;
    const bool typed = frame->type != OCPP_FRAME_UNREADABLE;
    if (typed && !ocpp_frame_type_known(rpc->protocol->version, frame->type)) {
        if (!rpc->dialect->answers_unknown_type)
            return ignore(rpc, reception, OCPP_ERR_MESSAGE_TYPE);
        return refuse(rpc, reception, id != NULL ? id : "-1", OCPP_ERR_MESSAGE_TYPE);
    }
    if (typed && frame->type != OCPP_FRAME_CALL) /* answers and SENDs are never answered */
        return ignore(rpc, reception, status);
    if (id != NULL && (typed || garbage))
        return refuse(rpc, reception, id, status);
    if (garbage)
        return refuse(rpc, reception, "-1", status);
    return ignore(rpc, reception, status);
}

/* --- judging --------------------------------------------------------------------------------------------------------- */

/* find_action: what the frame asks for; NULL for an action nobody knows but the application asked for such. */
static enum ocpp_status find_action(const struct ocpp_rpc *rpc, const struct ocpp_frame *frame, const struct ocpp_action **found)
{
    const struct ocpp_action *action = ocpp_protocol_action(rpc->protocol, frame->action, strlen(frame->action));
    *found = action;
    if (action == NULL)
        return rpc->settings.pass_unknown_actions ? OCPP_OK : OCPP_ERR_UNKNOWN_ACTION;
    /* Known to the version, but not as this type of message, or not from that side: recognised, not supported. */
    if ((action->response == NULL) != (frame->type == OCPP_FRAME_SEND))
        return OCPP_ERR_UNSUPPORTED_ACTION;
    if ((action->direction & ~(unsigned)rpc->settings.side) == 0)
        return OCPP_ERR_UNSUPPORTED_ACTION;
    return OCPP_OK;
}

static enum ocpp_status ask_application(const struct ocpp_rpc *rpc, const struct ocpp_action *action)
{
    const struct ocpp_rpc_handler *handler = &rpc->handler;
    const enum ocpp_status status = handler->admit != NULL ? handler->admit(action, handler->user) : OCPP_OK;
    if (status != OCPP_OK)
        return status;
    return handler->supports == NULL || handler->supports(action, handler->user) ? OCPP_OK : OCPP_ERR_UNSUPPORTED_ACTION;
}

/* judge: everything that is asked before a request is handed over; |call| gets action and request. */
static enum ocpp_status judge(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, struct ocpp_incoming_call *call)
{
    const struct ocpp_frame *frame = &reception->frame;
    enum ocpp_status status = find_action(rpc, frame, &call->action);
    if (status != OCPP_OK)
        return status;
    if (frame->type == OCPP_FRAME_CALL && ocpp_rpc_list_find_id(&rpc->open, frame->id) != NULL)
        return OCPP_ERR_DUPLICATE_ID;
    if (call->action == NULL)
        return OCPP_OK;
    status = ask_application(rpc, call->action);
    if (status != OCPP_OK)
        return status;
    status = ocpp_frame_decode(frame, call->action->request, &rpc->settings.tolerance, ocpp_pool_arena(rpc->settings.pool),
                               &reception->issue, &call->request);
    if (status == OCPP_OK)
        reception->issue.status = OCPP_OK; /* a quirk that was survived has its own report */
    else if (status != OCPP_ERR_NOMEM)
        ocpp_reception_advise(rpc, reception, call->action->request);
    return status;
}

static void hand_over(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception, struct ocpp_incoming_call *call)
{
    call->id = reception->frame.id;
    call->action_name = reception->frame.action;
    call->payload = reception->frame.payload_text;
    call->payload_size = reception->frame.payload_size;
    ocpp_reception_tell(rpc, reception);
    rpc->handler.on_call(rpc, call, rpc->handler.user);
}

enum ocpp_status ocpp_incoming_send(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    struct ocpp_incoming_call call = { 0 };
    const enum ocpp_status status = judge(rpc, reception, &call);
    if (status == OCPP_ERR_NOMEM)
        return status;
    if (status != OCPP_OK)
        return ignore(rpc, reception, status);
    hand_over(rpc, reception, &call);
    return OCPP_OK;
}

enum ocpp_status ocpp_incoming_call(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    struct ocpp_incoming_call call = { 0 };
    if (ocpp_output_is_full(rpc))
        return ignore(rpc, reception, OCPP_ERR_LIMIT);
    const enum ocpp_status status = judge(rpc, reception, &call);
    if (status == OCPP_ERR_NOMEM)
        return status;
    if (status == OCPP_ERR_CLOSED) /* OCPP 1.6 4.2: a rejected station does not respond */
        return ignore(rpc, reception, status);
    if (status != OCPP_OK)
        return refuse(rpc, reception, reception->frame.id, status);
    if (rpc->open.count >= rpc->settings.max_open_calls)
        return refuse(rpc, reception, reception->frame.id, OCPP_ERR_BUSY);
    struct ocpp_rpc_entry *entry = ocpp_pool_entry(rpc->settings.pool);
    if (entry == NULL)
        return OCPP_ERR_NOMEM;
    entry->action = call.action;
    entry->token = call.token.value = rpc->next_token++;
    entry->deadline_ms = ocpp_deadline_after(rpc->now_ms, rpc->settings.answer_timeout_ms);
    memcpy(entry->id, reception->frame.id, strlen(reception->frame.id) + 1);
    ocpp_rpc_list_insert(&rpc->open, ocpp_rpc_list_end(&rpc->open), entry);
    hand_over(rpc, reception, &call);
    return OCPP_OK;
}

/* --- answering --------------------------------------------------------------------------------------------------------- */

static struct ocpp_rpc_entry **find_open(struct ocpp_rpc *rpc, struct ocpp_call_token token)
{
    struct ocpp_rpc_entry **at = &rpc->open.first;
    while (*at != NULL && (*at)->token != token.value)
        at = &(*at)->next;
    return at;
}

static const struct ocpp_rpc_entry *open_entry(const struct ocpp_rpc *rpc, struct ocpp_call_token token)
{
    const struct ocpp_rpc_entry *entry = rpc->open.first;
    while (entry != NULL && entry->token != token.value)
        entry = entry->next;
    return entry;
}

bool ocpp_rpc_is_open(const struct ocpp_rpc *rpc, struct ocpp_call_token token)
{
    return open_entry(rpc, token) != NULL;
}

const struct ocpp_action *ocpp_rpc_open_action(const struct ocpp_rpc *rpc, struct ocpp_call_token token)
{
    const struct ocpp_rpc_entry *entry = open_entry(rpc, token);
    return entry != NULL ? entry->action : NULL;
}

static void end_open(struct ocpp_rpc *rpc, struct ocpp_rpc_entry **at)
{
    ocpp_pool_drop(rpc->settings.pool, ocpp_rpc_list_remove(&rpc->open, at));
}

static enum ocpp_status finish_reply(struct ocpp_rpc_draft *draft, struct ocpp_rpc_entry **at)
{
    struct ocpp_rpc *rpc = draft->rpc;
    struct ocpp_rpc_text *text;
    const enum ocpp_status status = ocpp_draft_finish(draft, &text);
    if (status != OCPP_OK)
        return status;
    ocpp_output_put(rpc, text);
    end_open(rpc, at);
    return OCPP_OK;
}

enum ocpp_status ocpp_rpc_reply(struct ocpp_rpc *rpc, struct ocpp_call_token token, const void *response,
                                struct ocpp_issue *issue)
{
    struct ocpp_rpc_draft draft;
    struct ocpp_rpc_entry **at = find_open(rpc, token);
    if (*at == NULL)
        return OCPP_ERR_NOT_FOUND;
    if ((*at)->action == NULL || response == NULL)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = ocpp_draft_start(&draft, rpc, OCPP_RPC_BOUNDED, OCPP_FRAME_RESULT, (*at)->id);
    if (status != OCPP_OK)
        return status;
    status = ocpp_walk_encode((*at)->action->response, response, &draft.writer, issue);
    if (status == OCPP_OK)
        return finish_reply(&draft, at);
    ocpp_draft_drop(&draft);
    return status;
}

enum ocpp_status ocpp_rpc_answer(struct ocpp_rpc *rpc, const struct ocpp_action *action, struct ocpp_call_token token,
                                 const void *response)
{
    struct ocpp_rpc_entry **at = find_open(rpc, token);
    if (*at != NULL && (*at)->action != action)
        return OCPP_ERR_ARGUMENT;
    return ocpp_rpc_reply(rpc, token, response, NULL);
}

enum ocpp_status ocpp_rpc_reply_raw(struct ocpp_rpc *rpc, struct ocpp_call_token token, const char *payload, size_t size)
{
    struct ocpp_rpc_draft draft;
    struct ocpp_rpc_entry **at = find_open(rpc, token);
    if (*at == NULL)
        return OCPP_ERR_NOT_FOUND;
    enum ocpp_status status = ocpp_json_scan(payload, size, &rpc->settings.limits, NULL);
    if (status == OCPP_OK)
        status = ocpp_draft_start(&draft, rpc, OCPP_RPC_BOUNDED, OCPP_FRAME_RESULT, (*at)->id);
    if (status != OCPP_OK)
        return status;
    ocpp_json_write_raw(&draft.writer, payload, size);
    return finish_reply(&draft, at);
}

enum ocpp_status ocpp_rpc_refuse(struct ocpp_rpc *rpc, struct ocpp_call_token token, enum ocpp_call_error error,
                                 const char *description)
{
    struct ocpp_rpc_entry **at = find_open(rpc, token);
    if (*at == NULL)
        return OCPP_ERR_NOT_FOUND;
    const enum ocpp_status status = ocpp_error_put_plain(rpc, OCPP_FRAME_ERROR, (*at)->id, error, description);
    if (status == OCPP_OK)
        end_open(rpc, at);
    return status;
}

/* --- calls the application forgot ------------------------------------------------------------------------------------------ */

void ocpp_incoming_expire(struct ocpp_rpc *rpc)
{
    for (struct ocpp_rpc_entry **at = &rpc->open.first; *at != NULL;) {
        if ((*at)->deadline_ms > rpc->now_ms) {
            at = &(*at)->next;
            continue;
        }
        const enum ocpp_status status = ocpp_error_put_plain(rpc, OCPP_FRAME_ERROR, (*at)->id, OCPP_CALL_ERROR_INTERNAL_ERROR,
                                                             "the request was not handled in time");
        if (status == OCPP_OK)
            end_open(rpc, at);
        else /* no memory now: the call stays open and is looked at again */
            (*at)->deadline_ms = ocpp_deadline_after(rpc->now_ms, RETRY_MS);
    }
}

int64_t ocpp_incoming_deadline(const struct ocpp_rpc *rpc)
{
    int64_t deadline_ms = OCPP_NEVER;
    for (const struct ocpp_rpc_entry *entry = rpc->open.first; entry != NULL; entry = entry->next) {
        if (entry->deadline_ms < deadline_ms)
            deadline_ms = entry->deadline_ms;
    }
    return deadline_ms;
}

void ocpp_incoming_clear(struct ocpp_rpc *rpc)
{
    while (rpc->open.first != NULL)
        end_open(rpc, &rpc->open.first);
}
