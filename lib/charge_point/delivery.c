/* delivery.c: which call of ours goes next. One is outstanding at a time, so the order is decided here and not in the call
 * layer's queue.
 *
 * Boot before everything; then people who wait for an answer; then facts and statuses in turn, so that a long queue of facts does
 * not hold back what is true now (1.6 3.7); then what was asked for, and heartbeats. */
#include "charge_point_internal.h"

void *ocpp_cp_arena_take(struct ocpp_charge_point *cp, size_t size)
{
    void *memory = ocpp_arena_take(cp->arena, size == 0 ? 1 : size);
    cp->is_starved = cp->is_starved || memory == NULL;
    return memory;
}

enum ocpp_status ocpp_cp_send(struct ocpp_charge_point *cp, const struct ocpp_action *action, const void *message, const char *id,
                              void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user))
{
    const struct ocpp_outgoing_call call = {
        .action = action,
        .message = message,
        .id = id,
        .on_answer = on_answer,
        .user = cp,
        .timeout_ms = ocpp_cp_exact_ms(cp->values[VARIABLE_MESSAGE_TIMEOUT_S], cp->settings.call_timeout_ms),
    };
    struct ocpp_issue issue = { .status = OCPP_OK };
    const enum ocpp_status status = cp->is_starved ? OCPP_ERR_NOMEM : ocpp_rpc_call(cp->rpc, &call, &issue);
    cp->is_starved = false;
    if (status != OCPP_OK) {
        if (status == OCPP_ERR_NOMEM) {
            ocpp_cp_security_event(cp, "MemoryExhaustion", "no memory for a message");
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
            cp->send_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        }
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be sent: %s %s", action->name, ocpp_status_sentence(status), issue.path);
    }
    return status;
}

bool ocpp_cp_is_waiting(const struct ocpp_charge_point *cp)
{
    return cp->flight != FLIGHT_NONE || ocpp_rpc_waiting_calls(cp->rpc) > 0;
}

static bool send_heartbeat(struct ocpp_charge_point *cp)
{
    if (cp->now.mono_ms < ocpp_cp_heartbeat_due(cp)) {
        return false;
    }
    cp->heartbeat_triggered = false;
    if (cp->dialect->send_heartbeat(cp) != OCPP_OK) {
        return false;
    }
    cp->flight = FLIGHT_HEARTBEAT;
    return true;
}

/* A fact whose turn it is also has it while the store is busy with it: what follows from a start comes after the start. */
bool ocpp_cp_waits_for_store(const struct ocpp_charge_point *cp)
{
    return !cp->last_was_fact && (cp->queue.pending > 0 || cp->queue.slot.busy || cp->queue.slot.finished);
}

static bool send_fact_or_status(struct ocpp_charge_point *cp)
{
    const bool fact_first = !cp->last_was_fact;
    if (ocpp_cp_waits_for_store(cp)) {
        return false;
    }
    if (fact_first && ocpp_cp_send_fact(cp)) {
        cp->last_was_fact = true;
        return true;
    }
    cp->last_was_fact = false;
    return ocpp_cp_send_status(cp) || ocpp_cp_send_report(cp) || (!fact_first && ocpp_cp_send_fact(cp));
}

void ocpp_cp_send_next(struct ocpp_charge_point *cp)
{
    if (cp->dialect == NULL || ocpp_cp_is_waiting(cp) || cp->now.mono_ms < cp->send_retry_mono_ms) {
        return;
    }
    if (ocpp_cp_boot_is_due(cp)) {
        ocpp_cp_send_boot(cp);
        return;
    }
    if (!ocpp_cp_may_send(cp)) { /* what was asked for is told while we wait to be accepted (B02.FR.02) */
        const bool may_tell = cp->registration != OCPP_REGISTRATION_REJECTED; /* B03.FR.02 */
        cp->dirty = (may_tell && (ocpp_cp_send_report(cp) || ocpp_cp_blocks_send(cp, true))) || cp->dirty;
        return;
    }
    const bool is_sent = ocpp_cp_send_authorize(cp) || ocpp_cp_blocks_send_urgent(cp) || ocpp_cp_send_list_conflict(cp) ||
                         send_fact_or_status(cp) || ocpp_cp_send_reservation_end(cp) || ocpp_cp_send_reading(cp) ||
                         ocpp_cp_send_profiles(cp) || ocpp_cp_blocks_send(cp, false) || ocpp_cp_send_rest(cp) ||
                         send_heartbeat(cp);
    cp->dirty = cp->dirty || is_sent;
}

void ocpp_cp_flight_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    switch (cp->flight) {
    case FLIGHT_BOOT:
        ocpp_cp_boot_failed(cp, status);
        return;
    case FLIGHT_STATUS:
        ocpp_cp_status_answered(cp, status);
        return;
    case FLIGHT_AUTHORIZE:
        ocpp_cp_authorize_failed(cp);
        return;
    case FLIGHT_FACT:
        ocpp_cp_fact_failed(cp, status);
        return;
    case FLIGHT_REPORT:
        ocpp_cp_report_failed(cp);
        return;
    case FLIGHT_BLOCK:
        ocpp_cp_blocks_failed(cp, status);
        break;
    case FLIGHT_HEARTBEAT:
        cp->last_heartbeat_mono_ms = cp->now.mono_ms;
        break;
    case FLIGHT_READING:
    case FLIGHT_REST:
    case FLIGHT_RESERVATION:
    case FLIGHT_PROFILES:
    case FLIGHT_NONE:
        break;
    }
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
}

void ocpp_cp_flight_over(struct ocpp_charge_point *cp)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
}

void ocpp_cp_reply(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, const void *response)
{
    struct ocpp_issue issue = { .status = OCPP_ERR_NOMEM };
    enum ocpp_status status = response == NULL ? OCPP_ERR_NOMEM : ocpp_rpc_reply(cp->rpc, call->token, response, &issue);
    if (status == OCPP_OK) {
        return;
    }
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be answered: %s %s", call->action_name, ocpp_status_sentence(status), issue.path);
    status = ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_INTERNAL_ERROR, ocpp_status_sentence(status));
    if (status != OCPP_OK) { /* then the call layer says so when the time for an answer is over */
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused: %s", call->action_name, ocpp_status_sentence(status));
    }
}
