/* slot_record.c: a slot in the store. */
#include "pile_internal.h"

#include <string.h>

static const char *key_of(int number, char key[sizeof(PILE_PREFIX "slot/00")])
{
    memcpy(key, PILE_PREFIX "slot/00", sizeof(PILE_PREFIX "slot/00"));
    key[sizeof(PILE_PREFIX "slot/") - 1] = (char)('0' + number / 10);
    key[sizeof(PILE_PREFIX "slot/")] = (char)('0' + number % 10);
    return key;
}

static struct kept_when when_of(const struct ocpp_settle_moment *moment)
{
    return (struct kept_when){ moment->has_utc, moment->utc, moment->boot, moment->mono_ms, (int64_t)moment->status };
}

static struct ocpp_settle_moment moment_of(const struct kept_when *when)
{
    return (struct ocpp_settle_moment){ when->has_utc, when->utc, when->boot, when->mono_ms,
                                        (enum ocpp_settle_time_status)when->status };
}

/* The key has to outlive this call: it goes into the arena with the record. */
void slot_put(struct batch *batch, const struct slot *slot, int number)
{
    char key[sizeof(PILE_PREFIX "slot/00")];
    const struct intent *intent = &slot->intent;
    const struct kept_when at = when_of(&intent->at);
    const struct kept_when inserted_at = when_of(&slot->inserted_at);
    const struct kept_intent kept = {
        .target = intent->target,
        .generation = intent->generation,
        .undo = pile_optional(intent->undo),
        .rental = pile_optional(intent->rental),
        .order = pile_optional(intent->order),
        .request = pile_optional(intent->request),
        .why = (int64_t)intent->why,
        .at = intent->has_at ? &at : NULL,
        .is_offline = intent->is_offline,
    };
    const struct kept_slot record = {
        .state = (enum kept_slot_state)(slot->kept + 1),
        .seq = slot->seq,
        .tag = slot->tag,
        .is_closed = slot->is_closed,
        .failures = slot->failures,
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .mark = pile_optional(slot->mark),
        .generation = slot->generation,
        .mark_state = (int64_t)slot->mark_state,
        .condition = (int64_t)slot->condition,
        .insertion = pile_optional(slot->insertion),
        .inserted_at = slot->insertion[0] != '\0' ? &inserted_at : NULL,
        .is_told = slot->is_told,
        .intent = intent->target[0] != '\0' ? &kept : NULL,
    };
    key_of(number, key);
    pile_batch_put(batch, ocpp_arena_text(batch->agent->scratch, key, strlen(key)), &kept_slot_type, &record);
}

static void take_intent(struct slot *slot, const struct kept_intent *kept)
{
    struct intent *intent = &slot->intent;
    *intent = (struct intent){ .generation = kept->generation,
                               .why = (enum ocpp_settle_rent_failure)kept->why,
                               .has_at = kept->at != NULL,
                               .is_offline = kept->is_offline,
                               .until_mono_ms = OCPP_NEVER };
    pile_copy(intent->target, sizeof(intent->target), kept->target);
    pile_copy(intent->undo, sizeof(intent->undo), kept->undo);
    pile_copy(intent->rental, sizeof(intent->rental), kept->rental);
    pile_copy(intent->order, sizeof(intent->order), kept->order);
    pile_copy(intent->request, sizeof(intent->request), kept->request);
    if (kept->at != NULL) {
        intent->at = moment_of(kept->at);
    }
}

static void take_record(struct slot *slot, const struct kept_slot *kept)
{
    slot->state = slot->kept = (enum slot_state)(kept->state - 1);
    slot->seq = kept->seq;
    pile_copy(slot->tag, sizeof(slot->tag), kept->tag);
    slot->is_closed = kept->is_closed;
    slot->failures = (int)kept->failures;
    slot->generation = kept->generation;
    slot->mark_state = (enum ocpp_settle_mark_state)kept->mark_state;
    slot->condition = (enum ocpp_settle_bay_condition)kept->condition;
    slot->is_told = kept->is_told;
    pile_copy(slot->bank, sizeof(slot->bank), kept->bank);
    pile_copy(slot->hardware_id, sizeof(slot->hardware_id), kept->hardware_id);
    pile_copy(slot->mark, sizeof(slot->mark), kept->mark);
    pile_copy(slot->insertion, sizeof(slot->insertion), kept->insertion);
    slot->intent = (struct intent){ .until_mono_ms = OCPP_NEVER };
    if (kept->inserted_at != NULL) {
        slot->inserted_at = moment_of(kept->inserted_at);
    }
    if (kept->intent != NULL) {
        take_intent(slot, kept->intent);
    }
}

/* Nothing was ever noted: an empty slot. */
static void forget(struct ocpp_settle_agent *agent, struct slot *slot)
{
    char tag[PILE_TAG_SIZE];
    const struct kept_slot nothing = { .state = (enum kept_slot_state)(SLOT_EMPTY + 1), .tag = tag };
    pile_new_tag(agent, tag);
    take_record(slot, &nothing);
}

enum ocpp_status slot_load(struct ocpp_settle_agent *agent, struct slot *slot)
{
    char key[sizeof(PILE_PREFIX "slot/00")];
    enum ocpp_status status;
    const struct kept_slot *kept = pile_read(agent, key_of(slot_number(agent, slot), key), &kept_slot_type, &status);
    if (kept != NULL) {
        take_record(slot, kept);
        return OCPP_OK;
    }
    if (status == OCPP_ERR_NOT_FOUND) {
        forget(agent, slot);
        return OCPP_OK;
    }
    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* spoiled: what is there will be read, and the backend asked */
        agent_log(agent, OCPP_LOG_ERROR, key, ocpp_status_sentence(status));
        forget(agent, slot);
        return OCPP_OK;
    }
    return status;
}
