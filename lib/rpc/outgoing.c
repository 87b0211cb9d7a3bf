/* outgoing.c: calls of ours: made, waiting, outstanding, answered, timed out, given up. One is outstanding at a time
 * (OCPP-J 1.6 4.1.1; part 4, 4.1.1); the time-out counts from transmission. A SEND waits for nobody (OCPP 2.1 part 4, 4.2.4). */
#include "call_layer.h"
#include "decimal.h"
#include "text.h"
#include "walk.h"

#include <stdio.h>
#include <string.h>

/* --- making a call ------------------------------------------------------------------------------------------------- */

static bool id_in_use(const struct ocpp_rpc *rpc, const char *id)
{
    return ocpp_outgoing_matches(rpc, id) || ocpp_rpc_list_find_id(&rpc->waiting, id) != NULL;
}

static bool id_is_legal(const char *id)
{
    const size_t size = strlen(id);
    return size < OCPP_MESSAGE_ID_SIZE && ocpp_text_valid(id, size) && ocpp_text_count(id, size) <= OCPP_MESSAGE_ID_CHARACTERS;
}

/* A made-up id is entropy of the connection and a counter of the handle: 12 + 1 + 20 characters at most. */
static void make_id(struct ocpp_rpc *rpc, char id[OCPP_MESSAGE_ID_SIZE])
{
    char number[OCPP_INTEGER_TEXT_SIZE];
    do {
        ocpp_integer_format((int64_t)(rpc->next_id++ & INT64_MAX), number);
        (void)snprintf(id, OCPP_MESSAGE_ID_SIZE, "%s%s", rpc->id_prefix, number);
    } while (id_in_use(rpc, id));
}

static bool is_send(const struct ocpp_outgoing_call *call)
{
    return call->action != NULL && call->action->response == NULL;
}

static enum ocpp_status check_call(const struct ocpp_rpc *rpc, const struct ocpp_outgoing_call *call)
{
    const struct ocpp_action *action = call->action;
    if (rpc->protocol == NULL)
        return OCPP_ERR_STATE;
    if (call->message == NULL && call->payload == NULL)
        return OCPP_ERR_ARGUMENT;
    if (action == NULL && (call->payload == NULL || !call->unchecked || call->action_name == NULL))
        return OCPP_ERR_ARGUMENT;
    if (action != NULL && !call->unchecked && (action->direction & rpc->settings.side) == 0)
        return OCPP_ERR_ARGUMENT;
    if (action != NULL && action->version != OCPP_VERSION_NONE && action->version != rpc->protocol->version)
        return OCPP_ERR_ARGUMENT;
    if (call->id != NULL && !id_is_legal(call->id))
        return OCPP_ERR_ARGUMENT;
    if (call->id != NULL && id_in_use(rpc, call->id))
        return OCPP_ERR_DUPLICATE_ID;
    if (!is_send(call) && ocpp_rpc_waiting_calls(rpc) > rpc->settings.max_waiting_calls)
        return OCPP_ERR_BUSY;
    return OCPP_OK;
}

/* A given payload is decoded only to be checked. */
static enum ocpp_status check_payload(struct ocpp_rpc *rpc, const struct ocpp_outgoing_call *call, struct ocpp_issue *issue)
{
    if (call->unchecked) {
        size_t offset = 0;
        const enum ocpp_status status = ocpp_json_scan(call->payload, call->payload_size, &rpc->settings.limits, &offset);
        if (status != OCPP_OK && issue != NULL)
            *issue = (struct ocpp_issue){ .status = status, .offset = offset };
        return status;
    }
    const void *message;
    ocpp_pool_enter(rpc->settings.pool);
    const enum ocpp_status status =
        ocpp_message_decode(call->action->request, call->payload, call->payload_size, &rpc->settings.limits, NULL,
                            ocpp_pool_arena(rpc->settings.pool), &message, issue);
    ocpp_pool_leave(rpc->settings.pool);
    return status;
}

static enum ocpp_status write_payload(struct ocpp_rpc_draft *draft, const struct ocpp_outgoing_call *call,
                                      struct ocpp_issue *issue)
{
    if (call->payload == NULL)
        return ocpp_walk_encode(call->action->request, call->message, &draft->writer, issue);
    const enum ocpp_status status = check_payload(draft->rpc, call, issue);
    if (status == OCPP_OK)
        ocpp_json_write_raw(&draft->writer, call->payload, call->payload_size);
    return status;
}

static enum ocpp_status write_call(struct ocpp_rpc *rpc, const struct ocpp_outgoing_call *call, const char *id,
                                   struct ocpp_issue *issue, struct ocpp_rpc_text **text)
{
    struct ocpp_rpc_draft draft;
    const enum ocpp_frame_type type = is_send(call) ? OCPP_FRAME_SEND : OCPP_FRAME_CALL;
    enum ocpp_status status = ocpp_draft_start(&draft, rpc, OCPP_RPC_BOUNDED, type, id);
    if (status != OCPP_OK)
        return status;
    ocpp_json_write_string(&draft.writer, call->action != NULL ? call->action->name : call->action_name);
    status = write_payload(&draft, call, issue);
    if (status == OCPP_OK)
        return ocpp_draft_finish(&draft, text);
    ocpp_draft_drop(&draft);
    return status;
}

static struct ocpp_rpc_entry **place_for(struct ocpp_rpc *rpc, bool urgent)
{
    if (!urgent)
        return ocpp_rpc_list_end(&rpc->waiting);
    struct ocpp_rpc_entry **at = &rpc->waiting.first;
    while (*at != NULL && (*at)->urgent)
        at = &(*at)->next;
    return at;
}

enum ocpp_status ocpp_rpc_call(struct ocpp_rpc *rpc, const struct ocpp_outgoing_call *call, struct ocpp_issue *issue)
{
    enum ocpp_status status = check_call(rpc, call);
    if (status != OCPP_OK)
        return status;
    struct ocpp_rpc_entry *entry = ocpp_pool_entry(rpc->settings.pool);
    if (entry == NULL)
        return OCPP_ERR_NOMEM;
    if (call->id != NULL)
        memcpy(entry->id, call->id, strlen(call->id) + 1);
    else
        make_id(rpc, entry->id);
    status = write_call(rpc, call, entry->id, issue, &entry->text);
    if (status != OCPP_OK || is_send(call)) {
        if (status == OCPP_OK)
            ocpp_output_put(rpc, entry->text);
        ocpp_pool_drop(rpc->settings.pool, entry);
        return status;
    }
    entry->action = call->action;
    entry->timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : rpc->settings.call_timeout_ms;
    entry->on_answer = call->on_answer;
    entry->user = call->user;
    entry->unchecked = call->unchecked;
    entry->urgent = call->urgent;
    rpc->output_bytes += entry->text->size;
    ocpp_rpc_list_insert(&rpc->waiting, place_for(rpc, call->urgent), entry);
    ocpp_output_announce(rpc);
    return OCPP_OK;
}

enum ocpp_status ocpp_rpc_ask(struct ocpp_rpc *rpc, const struct ocpp_action *action, const void *request,
                              void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user), void *user)
{
    const struct ocpp_outgoing_call call = { .action = action, .message = request, .on_answer = on_answer, .user = user };
    return ocpp_rpc_call(rpc, &call, NULL);
}

bool ocpp_outgoing_may_leave(const struct ocpp_rpc *rpc)
{
    return rpc->protocol != NULL && rpc->outstanding == NULL && rpc->waiting.first != NULL;
}

struct ocpp_rpc_text *ocpp_outgoing_transmit(struct ocpp_rpc *rpc)
{
    if (!ocpp_outgoing_may_leave(rpc))
        return NULL;
    struct ocpp_rpc_entry *entry = ocpp_rpc_list_remove(&rpc->waiting, &rpc->waiting.first);
    struct ocpp_rpc_text *text = entry->text;
    entry->text = NULL;
    entry->deadline_ms = ocpp_deadline_after(rpc->now_ms, entry->timeout_ms);
    rpc->outstanding = entry;
    return text;
}

size_t ocpp_rpc_waiting_calls(const struct ocpp_rpc *rpc)
{
    return rpc->waiting.count + (rpc->outstanding != NULL ? 1 : 0);
}

/* --- how a call ends --------------------------------------------------------------------------------------------------- */

/* The record is out of all lists when the callback runs, so the callback may call and cancel as it likes. */
static void end_call(struct ocpp_rpc *rpc, struct ocpp_rpc_entry *entry, struct ocpp_answer *answer)
{
    answer->action = entry->action;
    answer->id = entry->id;
    if (entry->on_answer != NULL && !entry->cancelled)
        entry->on_answer(rpc, answer, entry->user);
    ocpp_pool_drop(rpc->settings.pool, entry);
}

static void end_outstanding(struct ocpp_rpc *rpc, struct ocpp_answer *answer)
{
    struct ocpp_rpc_entry *entry = rpc->outstanding;
    rpc->outstanding = NULL;
    end_call(rpc, entry, answer);
}

static void drop_waiting_text(struct ocpp_rpc *rpc, struct ocpp_rpc_entry *entry)
{
    rpc->output_bytes -= entry->text->size;
    ocpp_pool_take_back(rpc->settings.pool, entry->text);
    entry->text = NULL;
}

void ocpp_outgoing_expire(struct ocpp_rpc *rpc)
{
    struct ocpp_answer answer = { .status = OCPP_ERR_TIMEOUT };
    if (rpc->outstanding != NULL && rpc->outstanding->deadline_ms <= rpc->now_ms)
        end_outstanding(rpc, &answer);
}

void ocpp_outgoing_close(struct ocpp_rpc *rpc)
{
    struct ocpp_answer answer = { .status = OCPP_ERR_CLOSED };
    if (rpc->outstanding != NULL)
        end_outstanding(rpc, &answer);
    while (rpc->waiting.first != NULL) {
        struct ocpp_rpc_entry *entry = ocpp_rpc_list_remove(&rpc->waiting, &rpc->waiting.first);
        drop_waiting_text(rpc, entry);
        end_call(rpc, entry, &answer);
    }
}

void ocpp_outgoing_clear(struct ocpp_rpc *rpc)
{
    if (rpc->outstanding != NULL)
        ocpp_pool_drop(rpc->settings.pool, rpc->outstanding);
    rpc->outstanding = NULL;
    while (rpc->waiting.first != NULL) {
        struct ocpp_rpc_entry *entry = ocpp_rpc_list_remove(&rpc->waiting, &rpc->waiting.first);
        drop_waiting_text(rpc, entry);
        ocpp_pool_drop(rpc->settings.pool, entry);
    }
}

size_t ocpp_rpc_cancel(struct ocpp_rpc *rpc, const void *user)
{
    size_t count = 0;
    if (rpc->outstanding != NULL && rpc->outstanding->user == user && !rpc->outstanding->cancelled) {
        rpc->outstanding->cancelled = true;
        count++;
    }
    for (struct ocpp_rpc_entry **at = &rpc->waiting.first; *at != NULL;) {
        if ((*at)->user != user) {
            at = &(*at)->next;
            continue;
        }
        struct ocpp_rpc_entry *entry = ocpp_rpc_list_remove(&rpc->waiting, at);
        drop_waiting_text(rpc, entry);
        ocpp_pool_drop(rpc->settings.pool, entry);
        count++;
    }
    return count;
}

/* --- answers of the peer -------------------------------------------------------------------------------------------------- */

bool ocpp_outgoing_matches(const struct ocpp_rpc *rpc, const char *id)
{
    return rpc->outstanding != NULL && id != NULL && strcmp(rpc->outstanding->id, id) == 0;
}

/* Late, unknown, or an answer to an answer of ours before 2.1: nobody waits for it, and an answer is never answered. */
static enum ocpp_status unmatched(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    reception->issue.status = OCPP_ERR_NOT_FOUND;
    ocpp_reception_tell(rpc, reception);
    return OCPP_OK;
}

/* What is readable of a broken answer is told, but never as if it were valid. OCPP 2.1 part 2, FR.06: CALLRESULTERROR goes out.
 */
static enum ocpp_status end_badly(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_frame *frame = &reception->frame;
    const bool answers = rpc->dialect->answers_broken_results && rpc->settings.answer_results && !ocpp_output_is_full(rpc);
    if (frame->type == OCPP_FRAME_RESULT && answers) {
        const struct ocpp_refusal refusal = { reception->issue.status, frame->fault, &reception->issue };
        const enum ocpp_status status = ocpp_error_put(rpc, OCPP_FRAME_RESULT_ERROR, rpc->outstanding->id, &refusal);
        if (status != OCPP_OK)
            return status;
    }
    ocpp_reception_tell(rpc, reception);
    struct ocpp_answer answer = { .status = OCPP_ERR_BAD_ANSWER,
                                  .payload = frame->payload_text,
                                  .payload_size = frame->payload_size,
                                  .error_name = frame->error_code,
                                  .description = frame->description,
                                  .issue = &reception->issue };
    if (frame->error_code != NULL)
        answer.error = ocpp_call_error_of(frame->error_code);
    end_outstanding(rpc, &answer);
    return OCPP_OK;
}

enum ocpp_status ocpp_outgoing_broken(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    return end_badly(rpc, reception);
}

enum ocpp_status ocpp_outgoing_result(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_frame *frame = &reception->frame;
    if (!ocpp_outgoing_matches(rpc, frame->id))
        return unmatched(rpc, reception);
    struct ocpp_answer answer = { .payload = frame->payload_text, .payload_size = frame->payload_size };
    if (rpc->outstanding->action != NULL && !rpc->outstanding->unchecked) {
        const enum ocpp_status status =
            ocpp_frame_decode(frame, rpc->outstanding->action->response, &rpc->settings.tolerance,
                              ocpp_pool_arena(rpc->settings.pool), &reception->issue, &answer.response);
        if (status == OCPP_ERR_NOMEM)
            return status;
        if (status != OCPP_OK) {
            reception->issue.status = status;
            ocpp_reception_advise(rpc, reception, rpc->outstanding->action->response);
            return end_badly(rpc, reception);
        }
        reception->issue.status = OCPP_OK; /* a quirk that was survived has its own report */
    }
    ocpp_reception_tell(rpc, reception);
    end_outstanding(rpc, &answer);
    return OCPP_OK;
}

enum ocpp_status ocpp_outgoing_error(struct ocpp_rpc *rpc, struct ocpp_rpc_reception *reception)
{
    const struct ocpp_frame *frame = &reception->frame;
    if (!ocpp_outgoing_matches(rpc, frame->id))
        return unmatched(rpc, reception);
    struct ocpp_answer answer = { .status = OCPP_ERR_CALL_ERROR,
                                  .error = ocpp_call_error_of(frame->error_code),
                                  .error_name = frame->error_code,
                                  .description = frame->description };
    answer.details = ocpp_arena_text(ocpp_pool_arena(rpc->settings.pool), frame->details, frame->details_size);
    if (answer.details == NULL)
        return OCPP_ERR_NOMEM;
    ocpp_reception_tell(rpc, reception);
    end_outstanding(rpc, &answer);
    return OCPP_OK;
}

enum ocpp_status ocpp_rpc_refuse_result(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, enum ocpp_call_error error,
                                        const char *description)
{
    if (rpc->protocol == NULL || !rpc->dialect->answers_broken_results)
        return OCPP_ERR_STATE;
    if (answer->status != OCPP_OK)
        return OCPP_ERR_ARGUMENT;
    if (ocpp_output_is_full(rpc))
        return OCPP_ERR_LIMIT;
    return ocpp_error_put_plain(rpc, OCPP_FRAME_RESULT_ERROR, answer->id, error, description);
}
