/* queue.c: the durable queue of facts: its order, its bounds, and which family of versions may take what.
 *
 * In memory stand the number of each fact and what is needed to choose among them; the facts stay in the store. When the queue is
 * full, intermediate facts make room, every second one in turn, readings outside of transactions first, samples before changes of
 * state (1.6 errata 3.14; E04.FR.07, FR.08); what something begins or ends with is never given up, and a session is only opened
 * when there is room for its end. */
#include "charge_point_internal.h"

#include <string.h>

#include "require.h"

enum queue_rank ocpp_cp_queue_rank(const struct fact *fact)
{
    if (fact->is_reading) {
        return RANK_READING;
    }
    if (fact->number == 0 || fact->closed || fact->kept) {
        return RANK_KEEP;
    }
    return fact->trigger == OCPP_TRIGGER_METER_VALUE_PERIODIC || fact->trigger == OCPP_TRIGGER_METER_VALUE_CLOCK ? RANK_SAMPLE
                                                                                                                 : RANK_STATE;
}

/* --- room ----------------------------------------------------------------------------------------------------------------------
 */

static bool goes_already(const struct queue_plan *plan, int64_t number)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->drops[i] == number) {
            return true;
        }
    }
    return false;
}

/* The place of the next entry of |rank| behind |from| that may go: not the one that is being told, nor one that goes already. */
static size_t find_droppable(const struct queue *queue, const struct queue_plan *plan, enum queue_rank rank, size_t from)
{
    for (size_t i = from; i < queue->count; i++) {
        const int64_t number = queue->entries[i].number;
        const bool is_told_now = queue->is_loaded && number == queue->loaded_number;
        if (queue->entries[i].rank == (uint8_t)rank && !queue->entries[i].goes && !is_told_now && !goes_already(plan, number)) {
            return i;
        }
    }
    return queue->count;
}

/* Every second one in turn: behind the last place that was emptied one is passed over. */
static size_t choose_droppable(struct queue *queue, const struct queue_plan *plan, enum queue_rank rank)
{
    size_t kept = find_droppable(queue, plan, rank, queue->thin_at);
    size_t place = kept < queue->count ? find_droppable(queue, plan, rank, kept + 1) : queue->count;
    if (place == queue->count) { /* once through: from the front again */
        kept = find_droppable(queue, plan, rank, 0);
        place = kept < queue->count ? find_droppable(queue, plan, rank, kept + 1) : queue->count;
        place = place < queue->count ? place : kept;
    }
    if (place < queue->count) {
        queue->thin_at = place;
    }
    return place;
}

static bool plan_one(struct queue *queue, enum queue_rank rank, struct queue_plan *plan)
{
    const enum queue_rank least = rank == RANK_KEEP ? RANK_STATE : rank;
    size_t place = queue->count;
    for (int worth = RANK_READING; worth >= (int)least && place == queue->count; worth--) {
        place = choose_droppable(queue, plan, (enum queue_rank)worth);
    }
    if (place == queue->count) {
        return false;
    }
    plan->drops[plan->count++] = queue->entries[place].number;
    return true;
}

static size_t count_going(const struct queue *queue)
{
    size_t count = 0;
    for (size_t i = 0; i < queue->count; i++) {
        count += queue->entries[i].goes;
    }
    return count;
}

bool ocpp_cp_queue_plan(struct ocpp_charge_point *cp, enum queue_rank rank, size_t needed, struct queue_plan *plan)
{
    struct queue *queue = &cp->queue;
    const size_t used = queue->count - count_going(queue) + queue->pending + queue->reserved;
    const bool is_over = used > queue->room; /* a smaller queue was set since: all of it is kept, and nothing more is taken */
    const size_t room = is_over ? used : queue->room;
    plan->count = 0;
    if (is_over && rank != RANK_KEEP) {
        return false;
    }
    while (used + needed > room + plan->count) {
        if (plan->count == sizeof(plan->drops) / sizeof(plan->drops[0]) || !plan_one(queue, rank, plan)) {
            return false;
        }
    }
    return true;
}

/* --- entries
 * --------------------------------------------------------------------------------------------------------------------- */

void ocpp_cp_queue_add(struct ocpp_charge_point *cp, const struct queued *entry)
{
    struct queue *queue = &cp->queue;
    size_t place = queue->count;
    ocpp_require(queue->count < queue->capacity); /* what was planned for */
    while (place > 0 && queue->entries[place - 1].number > entry->number) {
        place--;
    }
    memmove(&queue->entries[place + 1], &queue->entries[place], (queue->count - place) * sizeof(*entry));
    queue->entries[place] = *entry;
    queue->count++;
}

void ocpp_cp_queue_remove(struct ocpp_charge_point *cp, int64_t number)
{
    struct queue *queue = &cp->queue;
    for (size_t i = 0; i < queue->count; i++) {
        if (queue->entries[i].number != number) {
            continue;
        }
        queue->count--;
        memmove(&queue->entries[i], &queue->entries[i + 1], (queue->count - i) * sizeof(queue->entries[0]));
        queue->thin_at -= queue->thin_at > i;
        return;
    }
}

void ocpp_cp_queue_give_up(struct ocpp_charge_point *cp, int64_t number, int64_t for_number)
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        struct queued *entry = &cp->queue.entries[i];
        if (entry->number == number) {
            entry->goes = true;
            entry->goes_for = for_number;
        }
    }
}

void ocpp_cp_queue_written(struct ocpp_charge_point *cp, const struct queued *entry, bool is_stored)
{
    struct queue *queue = &cp->queue;
    for (size_t i = queue->count; i-- > 0;) {
        struct queued *other = &queue->entries[i];
        if (!other->goes || other->goes_for != entry->number) {
            continue;
        }
        other->goes = false;
        if (is_stored) {
            ocpp_cp_queue_remove(cp, other->number);
            queue->dropped++;
        }
    }
    queue->pending--;
    if (is_stored) {
        ocpp_cp_queue_add(cp, entry);
    }
}

/* Nothing overtakes what may yet have to be told. */
const struct queued *ocpp_cp_queue_head(const struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        const uint8_t family = cp->queue.entries[i].family;
        if (family == FAMILY_NONE || (cp->dialect != NULL && family == (uint8_t)cp->dialect->family)) {
            return cp->queue.entries[i].goes ? NULL : &cp->queue.entries[i];
        }
    }
    return NULL;
}

/* --- families
 * ---------------------------------------------------------------------------------------------------------------------- */

void ocpp_cp_queue_bind(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], enum family family)
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        if (memcmp(cp->queue.entries[i].uuid, uuid, UUID_BYTES) == 0) {
            cp->queue.entries[i].family = (uint8_t)family;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (memcmp(evse->transaction.uuid, uuid, UUID_BYTES) == 0) {
            evse->transaction.family = (int)family;
            evse->added.family = (uint8_t)family; /* of a fact that is being written */
        }
    }
}

enum family ocpp_cp_queue_family(const struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        if (cp->queue.entries[i].family != FAMILY_NONE) {
            return (enum family)cp->queue.entries[i].family;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (ocpp_cp_has_transaction(&cp->evses[i]) && cp->evses[i].transaction.family != FAMILY_NONE) {
            return (enum family)cp->evses[i].transaction.family;
        }
    }
    return FAMILY_NONE;
}

size_t ocpp_cp_queue_parked(const struct ocpp_charge_point *cp)
{
    size_t parked = 0;
    for (size_t i = 0; cp->dialect != NULL && i < cp->queue.count; i++) {
        const uint8_t family = cp->queue.entries[i].family;
        parked += family != FAMILY_NONE && family != (uint8_t)cp->dialect->family;
    }
    return parked;
}
