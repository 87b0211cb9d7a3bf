/* data_transfer.c: DataTransfer for those who extend the station: who speaks for which vendor, what is asked of them, and what
 * they ask of the central system. OCPP 1.6 4.3, 5.6; OCPP 2.0.1 P01, P02.
 *
 * Nothing is called while a message is decoded: a request is copied and handed over by the pump, and so is an answer. One of each
 * can wait for that at a time, because the pump runs after every text that is received. What is to be sent without a link is
 * not kept here: only its owner knows whether it still matters then. */
#include "charge_point_internal.h"

#include <string.h>

#include "arena.h"
#include "text.h"

/* --- their places ------------------------------------------------------------------------------------------------------- */

static void *take(const struct ocpp_charge_point *cp, size_t count, size_t size)
{
    void *memory = ocpp_reallocate(cp->settings.allocator, NULL, (count == 0 ? 1 : count) * size);
    if (memory != NULL) {
        memset(memory, 0, (count == 0 ? 1 : count) * size);
    }
    return memory;
}

bool ocpp_cp_data_transfers_new(struct ocpp_charge_point *cp)
{
    struct data_transfers *all = &cp->data_transfers;
    all->vendor_room = cp->settings.max_data_vendors;
    all->transfer_room = cp->settings.max_data_transfers;
    all->vendors = take(cp, all->vendor_room, sizeof(struct vendor));
    all->transfers = take(cp, all->transfer_room, sizeof(struct transfer));
    all->heard = ocpp_arena_new(cp->settings.allocator, 0);
    for (size_t i = 0; all->transfers != NULL && i < all->transfer_room; i++) {
        all->transfers[i].cp = cp;
    }
    return all->vendors != NULL && all->transfers != NULL && all->heard != NULL;
}

void ocpp_cp_data_transfers_free(struct ocpp_charge_point *cp)
{
    ocpp_arena_free(cp->data_transfers.heard);
    ocpp_reallocate(cp->settings.allocator, cp->data_transfers.transfers, 0);
    ocpp_reallocate(cp->settings.allocator, cp->data_transfers.vendors, 0);
}

/* The place of |vendor_id|, whose case means nothing (1.6 CiString); NULL. */
static struct vendor *find_vendor(const struct ocpp_charge_point *cp, const char *vendor_id)
{
    for (size_t i = 0; i < cp->data_transfers.vendor_room; i++) {
        struct vendor *vendor = &cp->data_transfers.vendors[i];
        if (vendor->handler.on_request != NULL && ocpp_text_equal_fold(vendor->handler.vendor_id, vendor_id)) {
            return vendor;
        }
    }
    return NULL;
}

static struct vendor *find_free(const struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->data_transfers.vendor_room; i++) {
        if (cp->data_transfers.vendors[i].handler.on_request == NULL) {
            return &cp->data_transfers.vendors[i];
        }
    }
    return NULL;
}

enum ocpp_status ocpp_charge_point_on_data_transfer(struct ocpp_charge_point *cp,
                                                    const struct ocpp_data_transfer_handler *handler, struct ocpp_now now)
{
    if (handler->vendor_id == NULL || handler->vendor_id[0] == '\0') {
        return OCPP_ERR_ARGUMENT;
    }
    struct vendor *before = find_vendor(cp, handler->vendor_id);
    struct vendor *vendor = before != NULL ? before : find_free(cp);
    if (handler->on_request == NULL && before == NULL) {
        return OCPP_OK;
    }
    if (vendor == NULL) {
        return OCPP_ERR_LIMIT;
    }
    ocpp_cp_enter(cp, now);
    if (before == NULL && cp->data_transfers.asked == vendor) { /* what waits here was for another, who has left */
        cp->data_transfers.asked = NULL;
    }
    *vendor = (struct vendor){ .handler = *handler };
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* --- what the central system asks ------------------------------------------------------------------------------------------ */

static const char *copy(struct ocpp_charge_point *cp, const char *text)
{
    return text == NULL ? NULL : ocpp_arena_text(cp->data_transfers.heard, text, strlen(text));
}

static bool has_answer(const struct data_transfers *all)
{
    for (size_t i = 0; i < all->transfer_room; i++) {
        if (all->transfers[i].state == TRANSFER_ENDED) {
            return true;
        }
    }
    return false;
}

/* Nothing that came before waits for its callback any more: its memory serves again. */
static void make_room(struct data_transfers *all)
{
    if (all->asked == NULL && !all->is_shown && !has_answer(all)) {
        ocpp_arena_reset(all->heard);
    }
}

static void answer_at_once(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum ocpp_data_transfer_status result)
{
    const struct ocpp_data_transfer_answer answer = { .result = result };
    const enum ocpp_status status = cp->dialect->answer_data_transfer(cp, call, &answer);
    if (status != OCPP_OK) { /* then the call layer says something when the time for an answer is over */
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "DataTransfer cannot be answered: %s", ocpp_status_sentence(status));
    }
}

void ocpp_cp_data_transfer_heard(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                 struct ocpp_call_token call)
{
    struct data_transfers *all = &cp->data_transfers;
    const struct vendor *vendor = find_vendor(cp, request->vendor_id);
    if (vendor == NULL) { /* P01.FR.05; 1.6 4.3 */
        answer_at_once(cp, call, OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID);
        return;
    }
    if (all->asked != NULL) { /* the firmware keeps us inside of it */
        answer_at_once(cp, call, OCPP_DATA_TRANSFER_REJECTED);
        return;
    }
    make_room(all);
    all->request = (struct ocpp_data_transfer){ .vendor_id = copy(cp, request->vendor_id),
                                                .message_id = copy(cp, request->message_id),
                                                .kind = request->kind,
                                                .data = copy(cp, request->data) };
    const bool is_whole = all->request.vendor_id != NULL && (request->message_id == NULL || all->request.message_id != NULL) &&
                          (request->data == NULL || all->request.data != NULL);
    if (!is_whole) { /* no memory */
        answer_at_once(cp, call, OCPP_DATA_TRANSFER_REJECTED);
        return;
    }
    all->asked = vendor;
    all->call = call;
    cp->dirty = true;
}

enum ocpp_status ocpp_charge_point_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                        const struct ocpp_data_transfer_answer *answer, struct ocpp_now now)
{
    if (answer->result < OCPP_DATA_TRANSFER_ACCEPTED || answer->result > OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID) {
        return OCPP_ERR_ARGUMENT;
    }
    if (cp->dialect == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = cp->dialect->answer_data_transfer(cp, call, answer);
    ocpp_cp_leave(cp);
    return status;
}

/* --- what the central system is asked -----------------------------------------------------------------------------------------
 */

static struct transfer *find_idle(const struct data_transfers *all)
{
    for (size_t i = 0; i < all->transfer_room; i++) {
        if (all->transfers[i].state == TRANSFER_NONE) {
            return &all->transfers[i];
        }
    }
    return NULL;
}

enum ocpp_status ocpp_charge_point_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                 void (*on_answer)(struct ocpp_charge_point *cp,
                                                                   const struct ocpp_data_transfer_answer *answer, void *user),
                                                 void *user, struct ocpp_now now)
{
    struct transfer *transfer = find_idle(&cp->data_transfers);
    if (request->vendor_id == NULL || (request->kind != OCPP_DATA_NONE && request->data == NULL)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (!ocpp_cp_may_send(cp)) {
        return OCPP_ERR_STATE;
    }
    if (transfer == NULL) {
        return OCPP_ERR_BUSY;
    }
    ocpp_cp_enter(cp, now);
    transfer->on_answer = on_answer;
    transfer->user = user;
    const enum ocpp_status status = cp->dialect->send_data_transfer(cp, request, transfer);
    transfer->state = status == OCPP_OK ? TRANSFER_SENT : TRANSFER_NONE;
    ocpp_cp_leave(cp);
    return status;
}

void ocpp_cp_data_transfer_answered(struct transfer *transfer, const struct ocpp_data_transfer_answer *answer)
{
    struct ocpp_charge_point *cp = transfer->cp;
    make_room(&cp->data_transfers);
    transfer->state = TRANSFER_ENDED;
    transfer->answer = *answer;
    transfer->answer.data = copy(cp, answer->data);
    if (answer->data != NULL && transfer->answer.data == NULL) { /* it came, and cannot be shown */
        transfer->answer = (struct ocpp_data_transfer_answer){ .status = OCPP_ERR_NOMEM };
    }
    cp->dirty = true;
}

/* --- callbacks ------------------------------------------------------------------------------------------------------------- */

static void tell_links(struct ocpp_charge_point *cp)
{
    const bool is_accepted = ocpp_cp_may_send(cp);
    for (size_t i = 0; i < cp->data_transfers.vendor_room; i++) {
        struct vendor *vendor = &cp->data_transfers.vendors[i];
        if (vendor->handler.on_request == NULL || vendor->told_accepted == is_accepted) {
            continue;
        }
        vendor->told_accepted = is_accepted;
        cp->dirty = true;
        if (vendor->handler.on_link != NULL) {
            vendor->handler.on_link(cp, is_accepted, vendor->handler.user);
        }
    }
}

static void tell_request(struct ocpp_charge_point *cp)
{
    struct data_transfers *all = &cp->data_transfers;
    const struct vendor *vendor = all->asked;
    if (vendor == NULL) {
        return;
    }
    cp->dirty = true;
    if (vendor->handler.on_request != NULL) { /* else it has left meanwhile, and the call layer answers in the end */
        vendor->handler.on_request(cp, &all->request, all->call, vendor->handler.user);
    }
    all->asked = NULL;
}

static void tell_answers(struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->data_transfers.transfer_room; i++) {
        struct transfer *transfer = &cp->data_transfers.transfers[i];
        if (transfer->state != TRANSFER_ENDED) {
            continue;
        }
        const struct transfer ended = *transfer;
        transfer->state = TRANSFER_NONE; /* the callback may send the next one */
        cp->dirty = true;
        if (ended.on_answer != NULL) {
            cp->data_transfers.is_shown = true;
            ended.on_answer(cp, &ended.answer, ended.user);
            cp->data_transfers.is_shown = false;
        }
    }
}

void ocpp_cp_data_transfers_tell(struct ocpp_charge_point *cp)
{
    tell_links(cp);
    tell_answers(cp);
    tell_request(cp);
}
