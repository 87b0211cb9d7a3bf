/* obeying.c: what each message of the backend means. A body checks first, then notes what it changes; the table at the end says
 * which body. */
#include "vehicle_prompts.h"

#include <string.h>

enum { DIGEST_DIGITS = 64, KEY_SIZE = 32 };

/* --- renting -----------------------------------------------------------------------------------------------------------------
 */

static bool names_a_slot_twice(const struct ocpp_settle_rent_grant_req *grant)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < grant->banks.count; i++) {
        const int64_t slot = grant->banks.items[i].slot;
        const uint64_t bit = slot >= 1 && slot <= OCPP_SETTLE_SLOTS ? (uint64_t)1 << (slot - 1) : 0;
        if ((seen & bit) != 0) {
            return true;
        }
        seen |= bit;
    }
    return false;
}

/* Nobody waits for these banks any more. */
static void refuse_late_grant(struct hearing *hearing, const struct ocpp_settle_rent_grant_req *grant)
{
    struct ocpp_settle_agent *agent = hearing->agent;
    for (size_t i = 0; i < grant->banks.count; i++) {
        const struct ocpp_settle_bank_grant *bank = &grant->banks.items[i];
        const struct slot *slot = slot_of(agent, bank->slot);
        struct ocpp_settle_rent_failed_req message = {
            .rental = bank->rental,
            .slot = bank->slot,
            .why = OCPP_SETTLE_RENT_FAILURE_GRANT_EXPIRED,
            .generation = slot->generation,
            .is_neutral = true,
            .at = pile_moment(agent),
        };
        pile_outbox_put(hearing->batch, pile_stream(hearing->batch, "pile", agent->kept.tag), &agent->kept.seq,
                        &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_FAILED], &message, &message.envelope, "");
    }
    pile_batch_pile(hearing->batch);
}

static enum ocpp_settle_refusal_code rent_grant(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_rent_grant_req *grant = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    const struct request *request = pile_request_find(agent, grant->request);
    if (!pile_is_id(grant->order) || names_a_slot_twice(grant)) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    for (size_t i = 0; i < grant->banks.count; i++) {
        const enum ocpp_settle_refusal_code code = pile_grant_check(agent, &grant->banks.items[i], request);
        if (code != ALL_WELL) {
            return code;
        }
    }
    if (request == NULL || request->is_return) {
        refuse_late_grant(hearing, grant);
        return ALL_WELL;
    }
    hearing->batch->pending->done = pile_grants_stored;
    pile_copy(hearing->batch->pending->about, OCPP_SETTLE_ID_SIZE, request->id);
    for (size_t i = 0; i < grant->banks.count; i++) {
        pile_grant_intend(hearing->batch, &grant->banks.items[i], request->id, grant->order, grant->within_s);
    }
    return ALL_WELL;
}

static enum ocpp_settle_refusal_code rent_denied(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_rent_denied_req *denied = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct request *request = pile_request_find(agent, denied->request);
    if (request != NULL && !request->is_return) {
        pile_request_end(agent, request, denied->code, denied->text);
    }
    for (int i = 0; i < agent->bay.slots; i++) { /* granted, and taken back before it was let out */
        struct slot *slot = &agent->slots[i];
        if (slot->intent.request[0] != '\0' && strcmp(slot->intent.request, denied->request) == 0) {
            slot->intent.is_cancelled = true;
        }
    }
    return ALL_WELL;
}

static int64_t offer_ends(const struct ocpp_settle_agent *agent, const struct ocpp_settle_rent_offer_req *offer)
{
    const int64_t longest_ms = 3600000;
    const int64_t utc_ms = ocpp_charge_point_utc_ms(agent->settings.cp, agent->now);
    int64_t left_ms = offer->within_s < longest_ms / 1000 ? 1000 * offer->within_s : longest_ms;
    if (utc_ms != OCPP_UTC_UNKNOWN && offer->expires - utc_ms < left_ms) {
        left_ms = offer->expires - utc_ms;
    }
    return agent->now.mono_ms + left_ms;
}

static enum ocpp_settle_refusal_code rent_offer(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_rent_offer_req *offer = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    const int64_t until = offer_ends(agent, offer);
    if (!pile_is_id(offer->request)) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    if (until <= agent->now.mono_ms || pile_request_find(agent, offer->request) != NULL) {
        return ALL_WELL;
    }
    struct request *request = pile_request_new(agent, offer->request, until);
    if (request == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    }
    if (pile_request_choose(agent, request, (int)offer->count) < offer->count) {
        request->slots = 0;
    }
    request->must_ask = true;
    return ALL_WELL;
}

/* --- banks that came back ----------------------------------------------------------------------------------------------------
 */

static const enum slot_event verdicts[] = {
    [OCPP_SETTLE_BANK_VERDICT_RENTABLE] = SLOT_RENTABLE,
    [OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE] = SLOT_RETIRED,
    [OCPP_SETTLE_BANK_VERDICT_HELD] = SLOT_KEEP,
};

static enum ocpp_settle_refusal_code check_decision(struct ocpp_settle_agent *agent, const struct slot *slot,
                                                    const struct ocpp_settle_bank_decision_req *decision)
{
    if (slot == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT;
    }
    if (slot->is_noting || slot->is_asleep) {
        return OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    }
    if (slot->insertion[0] == '\0' || strcmp(slot->insertion, decision->insertion) != 0 ||
        slot_row_of(slot->state, verdicts[decision->verdict]) == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE;
    }
    if (decision->swap != NULL) {
        const struct request *request = pile_request_find(agent, decision->insertion);
        return request == NULL ? OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE : pile_grant_check(agent, decision->swap, request);
    }
    return ALL_WELL;
}

static enum ocpp_settle_refusal_code check_neutral(const struct ocpp_settle_agent *agent, const struct slot *slot,
                                                   const struct ocpp_settle_bank_decision_req *decision)
{
    if (decision->verdict == OCPP_SETTLE_BANK_VERDICT_HELD) {
        return ALL_WELL;
    }
    if (decision->mark == NULL || !decision->has_generation || decision->generation >= OCPP_SETTLE_MARK_GENERATION_LIMIT ||
        !slot_mark_says(agent, decision->mark, true, decision->generation)) {
        return OCPP_SETTLE_REFUSAL_CODE_BAD_MARK;
    }
    return decision->generation > slot->generation ? ALL_WELL : OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION;
}

static void tell_decided(struct ocpp_settle_agent *agent, const struct ocpp_settle_bank_decision_req *decision)
{
    const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_RETURN_DONE,
                                                   .slot = (int)decision->slot,
                                                   .text = decision->text };
    pile_event(agent, &event);
}

static enum ocpp_settle_refusal_code bank_decision(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_bank_decision_req *decision = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct slot *slot = slot_of(agent, decision->slot);
    const int64_t within_s = 120;
    enum ocpp_settle_refusal_code code = check_decision(agent, slot, decision);
    code = code != ALL_WELL ? code : check_neutral(agent, slot, decision);
    if (code != ALL_WELL) {
        return code;
    }
    if (decision->verdict != OCPP_SETTLE_BANK_VERDICT_HELD) {
        slot->intent = (struct intent){ .generation = decision->generation, .until_mono_ms = OCPP_NEVER };
        pile_copy(slot->intent.target, sizeof(slot->intent.target), decision->mark);
    }
    struct request *request = pile_request_find(agent, decision->insertion);
    slot_happens(agent, slot, verdicts[decision->verdict], hearing->batch);
    if (decision->swap != NULL) { /* A26 */
        hearing->batch->pending->done = pile_grants_stored;
        pile_copy(hearing->batch->pending->about, OCPP_SETTLE_ID_SIZE, decision->insertion);
        pile_grant_intend(hearing->batch, decision->swap, decision->insertion, "", within_s);
    } else if (request != NULL) {
        *request = (struct request){ .id = "" };
    }
    tell_decided(agent, decision);
    return ALL_WELL;
}

/* --- service -----------------------------------------------------------------------------------------------------------------
 */

static const enum slot_event orders[] = {
    [OCPP_SETTLE_SLOT_ORDER_SELF_TEST] = SLOT_TEST,
    [OCPP_SETTLE_SLOT_ORDER_OUT_OF_SERVICE] = SLOT_CLOSE,
    [OCPP_SETTLE_SLOT_ORDER_BACK_IN_SERVICE] = SLOT_OPEN,
    [OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE] = SLOT_RELEASE,
};

enum ocpp_settle_refusal_code hearing_order(struct ocpp_settle_agent *agent, int64_t number, enum ocpp_settle_slot_order order,
                                            struct batch *batch)
{
    struct slot *slot = slot_of(agent, number);
    if (slot == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT;
    }
    if (order == OCPP_SETTLE_SLOT_ORDER_SELF_TEST && agent->bay.self_test == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED;
    }
    if (slot->is_noting || slot->is_asleep) {
        return OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    }
    if (slot_row_of(slot->state, orders[order]) == NULL || pile_request_holds(agent, slot)) {
        return OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE;
    }
    slot_happens(agent, slot, orders[order], batch);
    return ALL_WELL;
}

static enum ocpp_settle_refusal_code slot_command(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_slot_command_req *command = message;
    return hearing_order(hearing->agent, command->slot, command->order, hearing->batch);
}

static enum ocpp_settle_refusal_code rental_closed(struct hearing *hearing, const void *message)
{
    (void)hearing;
    (void)message;
    return ALL_WELL; /* nothing is kept of a bank that is out */
}

static enum ocpp_settle_refusal_code order_notice(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_order_notice_req *notice = message;
    const struct ocpp_settle_agent_event event = {
        .kind = OCPP_SETTLE_AGENT_ORDER,
        .order = notice->order,
        .state = notice->state,
        .currency = notice->currency,
        .amount = notice->amount,
        .text = notice->text,
    };
    pile_event(hearing->agent, &event);
    return ALL_WELL;
}

/* --- without the backend -----------------------------------------------------------------------------------------------------
 */

/* What could not be stored did not happen. */
static void pile_stored(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status)
{
    (void)about;
    if (status != OCPP_OK && pile_take_back(agent) != OCPP_OK) {
        agent_log(agent, OCPP_LOG_ERROR, "pile", "cannot be read back");
    }
}

static int digit_of(char character)
{
    const char *digits = "0123456789abcdef";
    const char *place = character == '\0' ? NULL : strchr(digits, character);
    return place == NULL ? -1 : (int)(place - digits);
}

static bool is_hex(const char *text, size_t digits)
{
    for (size_t i = 0; i < digits; i++) {
        if (digit_of(text[i]) < 0) {
            return false;
        }
    }
    return text[digits] == '\0';
}

static enum ocpp_settle_refusal_code mark_key(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_mark_key_req *given = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    const struct ocpp_settle_keys *keys = &agent->settings.keys;
    unsigned char key[KEY_SIZE];
    if (agent->settings.link_is_encrypted == NULL || !agent->settings.link_is_encrypted(agent->settings.user)) {
        agent_log(agent, OCPP_LOG_WARNING, "MarkKey", "a key came over a link that is not encrypted: not taken");
        return OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;
    }
    if (given->epoch <= agent->kept.mark_epoch) {
        return OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION;
    }
    if (!is_hex(given->key, 2 * (size_t)KEY_SIZE) || given->pile > OCPP_SETTLE_MARK_PILE_LIMIT) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    for (size_t i = 0; i < KEY_SIZE; i++) {
        key[i] = (unsigned char)((unsigned)digit_of(given->key[2 * i]) << 4 | (unsigned)digit_of(given->key[2 * i + 1]));
    }
    const enum ocpp_status status = keys->keep_secret(agent->settings.pile_key, key, sizeof(key), keys->user);
    memset(key, 0, sizeof(key));
    if (status != OCPP_OK) {
        return OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    }
    agent->kept.mark_epoch = given->epoch;
    agent->kept.mark_pile = given->pile;
    agent->kept.renters_version = 0; /* its digests are of the key before */
    hearing->batch->pending->done = pile_stored;
    pile_batch_pile(hearing->batch);
    return ALL_WELL;
}

static enum ocpp_settle_refusal_code check_renters(const struct ocpp_settle_agent *agent,
                                                   const struct ocpp_settle_known_renters_req *list)
{
    if (!list->is_full && list->list_version <= agent->kept.renters_version) {
        return OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE;
    }
    for (size_t i = 0; i < list->renters.count; i++) {
        if (!is_hex(list->renters.items[i].digest, DIGEST_DIGITS)) {
            return OCPP_SETTLE_REFUSAL_CODE_INVALID;
        }
    }
    for (size_t i = 0; i < list->gone.count; i++) {
        if (!is_hex(list->gone.items[i], DIGEST_DIGITS)) {
            return OCPP_SETTLE_REFUSAL_CODE_INVALID;
        }
    }
    return ALL_WELL;
}

static bool is_known(struct ocpp_settle_agent *agent, const char *digest)
{
    enum ocpp_status status;
    return pile_read(agent, pile_key(agent, "renter", digest), &kept_renter_type, &status) != NULL;
}

/* How many there will be. */
static int64_t count_renters(struct ocpp_settle_agent *agent, const struct ocpp_settle_known_renters_req *list)
{
    int64_t count = list->is_full ? 0 : agent->kept.renters;
    for (size_t i = 0; i < list->renters.count; i++) {
        count += list->is_full || !is_known(agent, list->renters.items[i].digest);
    }
    for (size_t i = 0; i < list->gone.count && !list->is_full; i++) {
        count -= is_known(agent, list->gone.items[i]);
    }
    return count < 0 ? 0 : count;
}

static enum ocpp_settle_refusal_code known_renters(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_known_renters_req *list = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    const enum ocpp_settle_refusal_code code = check_renters(agent, list);
    const int64_t count = code == ALL_WELL ? count_renters(agent, list) : 0;
    if (code != ALL_WELL || count > (int64_t)agent->settings.max_known_renters) {
        return code != ALL_WELL ? code : OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED;
    }
    if (list->is_full) {
        pile_batch_delete_prefix(hearing->batch, PILE_PREFIX "renter/");
    }
    for (size_t i = 0; i < list->gone.count; i++) {
        pile_batch_delete(hearing->batch, pile_key(agent, "renter", list->gone.items[i]));
    }
    for (size_t i = 0; i < list->renters.count; i++) {
        const struct kept_renter renter = { .banks = list->renters.items[i].banks };
        pile_batch_put(hearing->batch, pile_key(agent, "renter", list->renters.items[i].digest), &kept_renter_type, &renter);
    }
    agent->kept.renters_version = list->list_version;
    agent->kept.renters = count;
    hearing->batch->pending->done = pile_stored;
    pile_batch_pile(hearing->batch);
    return ALL_WELL;
}

hearing_body *const hearing_bodies[OCPP_SETTLE_ACTION_COUNT] = {
    [OCPP_SETTLE_ACTION_RENT_GRANT] = rent_grant,
    [OCPP_SETTLE_ACTION_RENT_DENIED] = rent_denied,
    [OCPP_SETTLE_ACTION_RENT_OFFER] = rent_offer,
    [OCPP_SETTLE_ACTION_BANK_DECISION] = bank_decision,
    [OCPP_SETTLE_ACTION_SLOT_COMMAND] = slot_command,
    [OCPP_SETTLE_ACTION_RENTAL_CLOSED] = rental_closed,
    [OCPP_SETTLE_ACTION_ORDER_NOTICE] = order_notice,
    [OCPP_SETTLE_ACTION_MARK_KEY] = mark_key,
    [OCPP_SETTLE_ACTION_KNOWN_RENTERS] = known_renters,
    [OCPP_SETTLE_ACTION_START_GRANT] = vehicle_start_grant,
    [OCPP_SETTLE_ACTION_START_DENIED] = vehicle_start_denied,
    [OCPP_SETTLE_ACTION_TERMINAL_LIST] = vehicle_terminal_list,
    [OCPP_SETTLE_ACTION_GATE_CLOSE] = gate_close_heard,
    [OCPP_SETTLE_ACTION_GATE_OPEN] = gate_open_heard,
    [OCPP_SETTLE_ACTION_PRIVILEGE_CARDS] = reader_cards_heard,
};
