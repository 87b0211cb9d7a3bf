/* slot_tells.c: what is told of a slot: to the backend, in the write that says it happened, and to whoever stands there. */
#include "pile_internal.h"

#include <string.h>

static const struct ocpp_action *action(int index)
{
    return &ocpp_settle_actions[index];
}

static const char *stream_of(struct batch *batch, const struct slot *slot, int number)
{
    const char name[] = { 's', 'l', 'o', 't', '/', (char)('0' + number / 10), (char)('0' + number % 10), '\0' };
    return pile_stream(batch, name, slot->tag);
}

static void put(struct batch *batch, struct slot *slot, int number, int index, void *message,
                struct ocpp_settle_envelope *envelope, const char *rental)
{
    pile_outbox_put(batch, stream_of(batch, slot, number), &slot->seq, action(index), message, envelope, rental);
}

static bool has_charge(const struct slot *slot)
{
    return slot->charge >= 0 && slot->charge <= 100;
}

/* --- coming and going --------------------------------------------------------------------------------------------------------
 */

static const enum ocpp_settle_bank_condition conditions[] = {
    [OCPP_SETTLE_BAY_GOOD] = OCPP_SETTLE_BANK_CONDITION_GOOD,
    [OCPP_SETTLE_BAY_DAMAGED] = OCPP_SETTLE_BANK_CONDITION_DAMAGED,
    [OCPP_SETTLE_BAY_EMPTY_CELLS] = OCPP_SETTLE_BANK_CONDITION_EMPTY_CELLS,
    [OCPP_SETTLE_BAY_FAULTY] = OCPP_SETTLE_BANK_CONDITION_FAULTY,
};

/* A26: another bank is kept for whoever brings a faulty one. */
static const struct ocpp_settle_bank_choice *replacement_for(struct ocpp_settle_agent *agent, const struct slot *slot,
                                                             struct ocpp_settle_bank_choice *choice)
{
    struct request *request = pile_request_find(agent, slot->insertion);
    if (slot->condition != OCPP_SETTLE_BAY_FAULTY || agent->settings.swap_within_ms == 0) {
        return NULL;
    }
    if (request == NULL) {
        request = pile_request_new(agent, slot->insertion, agent->now.mono_ms + agent->settings.swap_within_ms);
        if (request == NULL) {
            return NULL;
        }
        request->is_return = true;
        if (pile_request_choose(agent, request, 1) == 0) {
            *request = (struct request){ .id = "" };
            return NULL;
        }
    }
    for (int i = 0; i < agent->bay.slots; i++) {
        if ((request->slots >> i & 1U) != 0) {
            pile_bank_choice(agent, &agent->slots[i], choice);
            return choice;
        }
    }
    return NULL;
}

static void tell_returned(struct batch *batch, struct slot *slot, int number)
{
    struct ocpp_settle_bank_choice choice = { .slot = 0 };
    if (slot->insertion[0] == '\0') {
        return;
    }
    struct ocpp_settle_bank_returned_req message = {
        .insertion = slot->insertion,
        .slot = number,
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .mark_state = slot->mark_state,
        .mark = pile_optional(slot->mark),
        .has_generation = slot->generation > 0,
        .generation = slot->generation,
        .condition = conditions[slot->condition],
        .has_charge = has_charge(slot),
        .charge = slot->charge,
        .at = slot->inserted_at,
        .replacement = replacement_for(batch->agent, slot, &choice),
    };
    put(batch, slot, number, OCPP_SETTLE_ACTION_BANK_RETURNED, &message, &message.envelope, "");
    slot->is_told = true;
}

static void tell_difference(struct batch *batch, struct slot *slot, int number, enum ocpp_settle_difference_kind kind)
{
    struct ocpp_settle_inventory_difference_req message = {
        .at = slot->sensed,
        .kind = kind,
        .slot = number,
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .has_generation = slot->generation > 0,
        .generation = slot->generation,
    };
    put(batch, slot, number, OCPP_SETTLE_ACTION_INVENTORY_DIFFERENCE, &message, &message.envelope, "");
}

static void tell_reset(struct batch *batch, struct slot *slot, int number)
{
    struct ocpp_settle_mark_reset_req message = {
        .insertion = slot->insertion,
        .slot = number,
        .bank = pile_optional(slot->bank),
        .generation = slot->generation,
        .at = pile_moment(batch->agent),
    };
    put(batch, slot, number, OCPP_SETTLE_ACTION_MARK_RESET, &message, &message.envelope, "");
}

/* --- rentals -----------------------------------------------------------------------------------------------------------------
 */

static void tell_taken(struct batch *batch, struct slot *slot, int number)
{
    const struct intent *intent = &slot->intent;
    const struct kept_offline_rental *alone = intent->is_offline ? alone_read(batch->agent, intent->rental) : NULL;
    struct ocpp_settle_offline_rental offline = { .mark = intent->target };
    struct ocpp_settle_bank_taken_req message = {
        .rental = intent->rental,
        .order = pile_optional(intent->order),
        .slot = number,
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .generation = intent->generation,
        .at = slot->sensed,
        .offline = alone == NULL ? NULL : &offline,
    };
    if (intent->is_offline && alone == NULL) { /* read again later: without it nobody knows whose rental it is */
        pile_batch_fail(batch, OCPP_ERR_STORAGE);
        return;
    }
    if (alone != NULL) {
        offline.token = (struct ocpp_settle_user_token){ .id = alone->token_id, .type = alone->token_type };
        offline.is_vehicle_user = alone->is_vehicle_user;
    }
    put(batch, slot, number, OCPP_SETTLE_ACTION_BANK_TAKEN, &message, &message.envelope,
        intent->is_offline ? intent->rental : "");
}

/* A rental of the pile's own of which nothing came is nobody's business, but for the mark it left. */
static void tell_failed(struct batch *batch, struct slot *slot, int number, bool is_neutral)
{
    const struct intent *intent = &slot->intent;
    struct ocpp_settle_rent_failed_req message = {
        .rental = intent->rental,
        .slot = number,
        .why = intent->why,
        .generation = is_neutral ? slot->generation : intent->generation,
        .is_neutral = is_neutral,
        .mark = is_neutral && intent->is_offline ? slot->mark : NULL,
        .at = pile_moment(batch->agent),
    };
    put(batch, slot, number, OCPP_SETTLE_ACTION_RENT_FAILED, &message, &message.envelope,
        intent->is_offline ? intent->rental : "");
}

static void tell_gone(struct batch *batch, struct slot *slot, int number)
{
    slot->intent.why = OCPP_SETTLE_RENT_FAILURE_BANK_GONE;
    tell_failed(batch, slot, number, false);
    if (pile_tells(batch->agent)) {
        tell_difference(batch, slot, number, OCPP_SETTLE_DIFFERENCE_KIND_VANISHED);
    }
}

static void tell_notice(struct batch *batch, struct slot *slot, int number)
{
    struct ocpp_settle_slot_notice_req message = {
        .at = pile_moment(batch->agent),
        .slot = number,
        .state = slot_shown(batch->agent, slot),
        .has_failures = true,
        .failures = slot->failures,
        .reason = slot_state_name(slot->state),
    };
    put(batch, slot, number, OCPP_SETTLE_ACTION_SLOT_NOTICE, &message, &message.envelope, "");
}

static void tell_stuck(struct batch *batch, struct slot *slot, int number)
{
    tell_failed(batch, slot, number, false);
    if (pile_tells(batch->agent)) {
        tell_notice(batch, slot, number);
    }
}

/* What concerns a rental is told in any case; the rest only to who wants to hear it. */
static bool concerns_a_rental(enum slot_tell tell)
{
    return tell == TELL_TAKEN || tell == TELL_FAILED || tell == TELL_STUCK || tell == TELL_GONE;
}

void slot_tell(struct batch *batch, struct slot *slot, enum slot_tell tell, int number)
{
    if (!concerns_a_rental(tell) && !pile_tells(batch->agent)) {
        return;
    }
    switch (tell) {
    case TELL_NOTHING:
        break;
    case TELL_RETURNED:
        tell_returned(batch, slot, number);
        break;
    case TELL_REPLACED:
        tell_difference(batch, slot, number, OCPP_SETTLE_DIFFERENCE_KIND_REPLACED);
        break;
    case TELL_VANISHED:
        tell_difference(batch, slot, number, OCPP_SETTLE_DIFFERENCE_KIND_VANISHED);
        break;
    case TELL_RESET:
        tell_reset(batch, slot, number);
        break;
    case TELL_TAKEN:
        tell_taken(batch, slot, number);
        break;
    case TELL_FAILED:
        tell_failed(batch, slot, number, true);
        break;
    case TELL_STUCK:
        tell_stuck(batch, slot, number);
        break;
    case TELL_GONE:
        tell_gone(batch, slot, number);
        break;
    case TELL_NOTICE:
        tell_notice(batch, slot, number);
        break;
    }
}

void slot_report(const struct ocpp_settle_agent *agent, const struct slot *slot, struct ocpp_settle_slot_report *report)
{
    *report = (struct ocpp_settle_slot_report){
        .slot = slot_number(agent, slot),
        .state = slot_shown(agent, slot),
        .bank = pile_optional(slot->bank),
        .hardware_id = pile_optional(slot->hardware_id),
        .has_generation = slot->generation > 0,
        .generation = slot->generation,
        .mark = slot->mark_state,
        .has_charge = slot->state != SLOT_EMPTY && has_charge(slot),
        .charge = slot->charge,
    };
}

/* --- whoever stands there ----------------------------------------------------------------------------------------------------
 */

static const enum ocpp_settle_agent_event_kind announced[] = {
    [TELL_RETURNED] = OCPP_SETTLE_AGENT_RETURNED,  [TELL_TAKEN] = OCPP_SETTLE_AGENT_TAKEN,
    [TELL_FAILED] = OCPP_SETTLE_AGENT_RENT_FAILED, [TELL_STUCK] = OCPP_SETTLE_AGENT_RENT_FAILED,
    [TELL_GONE] = OCPP_SETTLE_AGENT_RENT_FAILED,   [TELL_NOTICE] = OCPP_SETTLE_AGENT_SLOT,
};

void slot_announce(struct ocpp_settle_agent *agent, const struct slot *slot, enum slot_tell tell)
{
    enum ocpp_settle_rent_failure why = slot->intent.why;
    struct ocpp_settle_agent_event event = {
        .kind = (size_t)tell < sizeof(announced) / sizeof(announced[0]) ? announced[tell] : OCPP_SETTLE_AGENT_SLOT,
        .slot = slot_number(agent, slot),
        .request = pile_optional(slot->intent.request),
        .rental = pile_optional(slot->intent.rental),
        .order = pile_optional(slot->intent.order),
    };
    if (event.kind == OCPP_SETTLE_AGENT_LINK) { /* the table has no word for it */
        event.kind = slot->state == SLOT_AWAIT_REMOVAL ? OCPP_SETTLE_AGENT_TAKE_BANK : OCPP_SETTLE_AGENT_SLOT;
    }
    if (event.kind == OCPP_SETTLE_AGENT_RENT_FAILED) {
        event.text = ocpp_enum_name(&ocpp_settle_rent_failure_enum, (int)why);
    }
    pile_event(agent, &event);
}
