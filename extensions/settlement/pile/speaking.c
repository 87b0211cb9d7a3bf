/* speaking.c: what the agent says: Hello after each acceptance, then what waits, one message at a time. Whether the other side
 * speaks the extension at all is found out anew with each link; until it says so nothing else leaves. */
#include "vehicle_prompts.h"

#include <string.h>

enum { LOOK_AGAIN_MS = 1000, LONGEST_RETRY_MS = 3600000, AGENT_FEATURES = 8 };

static void set_link(struct ocpp_settle_agent *agent, enum ocpp_settle_agent_link link)
{
    const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_LINK };
    if (agent->link != link) {
        agent->link = link;
        pile_event(agent, &event);
        if (link != OCPP_SETTLE_AGENT_HELLO_SENT) {
            vehicles_link(agent, link == OCPP_SETTLE_AGENT_ON);
        }
    }
}

/* --- Hello -------------------------------------------------------------------------------------------------------------------
 */

static void inventory_stored(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status)
{
    (void)about;
    if (status != OCPP_OK) {
        agent->inventory_at = agent->now.mono_ms + agent->settings.storage_retry_ms;
    }
}

void speaking_inventory(struct ocpp_settle_agent *agent)
{
    struct ocpp_settle_slot_report *reports = ocpp_arena_take(agent->scratch, (size_t)(agent->bay.slots + 1) * sizeof(*reports));
    struct batch batch;
    struct ocpp_settle_inventory_req message = { .at = pile_moment(agent), .slots = { reports, (size_t)agent->bay.slots } };
    pile_batch_begin(agent, &batch);
    if (reports == NULL) {
        pile_batch_fail(&batch, OCPP_ERR_NOMEM);
    }
    for (int i = 0; i < agent->bay.slots && batch.status == OCPP_OK; i++) {
        slot_report(agent, &agent->slots[i], &reports[i]);
    }
    if (agent->bay.slots > 0) {
        pile_outbox_put(&batch, pile_stream(&batch, "pile", agent->kept.tag), &agent->kept.seq,
                        &ocpp_settle_actions[OCPP_SETTLE_ACTION_INVENTORY], &message, &message.envelope, "");
    }
    pile_batch_pile(&batch);
    if (batch.pending != NULL) {
        batch.pending->done = inventory_stored;
        (void)pile_batch_write(&batch);
        return;
    }
    inventory_stored(agent, "", batch.status);
}

static void take_operator(struct ocpp_settle_agent *agent, const char *operator_id)
{
    if (strcmp(agent->kept.operator_id, operator_id) != 0) { /* what the one before gave is void */
        agent->kept.mark_epoch = 0;
        agent->kept.renters_version = 0;
    }
    pile_copy(agent->kept.operator_id, sizeof(agent->kept.operator_id), operator_id);
}

/* Whether the bay can be told of: soon after a start its slots have not answered yet. */
static bool is_awake(const struct ocpp_settle_agent *agent)
{
    for (int i = 0; i < agent->bay.slots; i++) {
        if (agent->slots[i].is_asleep) {
            return agent->now.mono_ms - agent->start_mono_ms > 2 * agent->settings.query_ms;
        }
    }
    return true;
}

static void keep_agreement(struct ocpp_settle_agent *agent)
{
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_batch_pile(&batch);
    if (pile_batch_write(&batch) != OCPP_OK) { /* then it is agreed anew after the next start */
        agent_log(agent, OCPP_LOG_WARNING, "Hello", "what was agreed could not be stored");
    }
}

static void agree(struct ocpp_settle_agent *agent, const struct ocpp_settle_hello_conf *answer)
{
    if (strcmp(answer->version, OCPP_SETTLE_PROTOCOL_VERSION) != 0 || answer->operator_[0] == '\0' ||
        strlen(answer->operator_) >= PILE_OPERATOR_SIZE) {
        set_link(agent, OCPP_SETTLE_AGENT_OFF);
        return;
    }
    take_operator(agent, answer->operator_);
    pile_policy(agent, &answer->policy);
    agent->wire.max_bytes =
        answer->max_bytes >= OCPP_SETTLE_WIRE_BYTES_LEAST && answer->max_bytes <= (int64_t)agent->settings.max_bytes
            ? (size_t)answer->max_bytes
            : OCPP_SETTLE_WIRE_BYTES_LEAST;
    set_link(agent, OCPP_SETTLE_AGENT_ON);
    agent->inventory_at = agent->now.mono_ms;
    gates_agreed(agent);
    keep_agreement(agent);
    for (int i = 0; i < agent->bay.slots; i++) {
        slot_sense(agent, &agent->slots[i]);
    }
}

static void forget_agreement(struct ocpp_settle_agent *agent)
{
    if (agent->kept.operator_id[0] != '\0') {
        agent->kept.operator_id[0] = '\0';
        keep_agreement(agent);
    }
}

/* When to say again what the other side could not hear now. */
static int64_t again_at(const struct ocpp_settle_agent *agent, int64_t retry_s)
{
    const int64_t longest_s = 86400;
    const int64_t bounded_s = retry_s < longest_s ? retry_s : longest_s;
    return agent->now.mono_ms + (bounded_s > 0 ? 1000 * bounded_s : agent->settings.retry_ms);
}

static void greeted(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    agent->hello.is_under_way = false;
    const enum ocpp_status status =
        ocpp_settle_wire_outcome(&agent->wire, agent->hello.action, transfer, agent->scratch, &outcome);
    if (agent->is_accepted && status == OCPP_OK && outcome.verdict == OCPP_SETTLE_VERDICT_DONE && outcome.answer != NULL) {
        agree(agent, outcome.answer);
    } else if (agent->is_accepted && (status != OCPP_OK || outcome.verdict == OCPP_SETTLE_VERDICT_LATER)) {
        agent->hello_at = again_at(agent, outcome.retry_s); /* it has the extension, or nobody knows yet */
    } else if (agent->is_accepted) {
        set_link(agent, OCPP_SETTLE_AGENT_OFF);
        agent->hello_at = agent->settings.hello_retry_ms == 0 ? OCPP_NEVER : agent->now.mono_ms + agent->settings.hello_retry_ms;
    }
    if (transfer->status == OCPP_OK && transfer->result == OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID) {
        agent->hello_at = OCPP_NEVER;
        forget_agreement(agent);
    }
    pile_leave(agent);
}

static size_t features_of(const struct ocpp_settle_agent *agent, enum ocpp_settle_feature features[AGENT_FEATURES])
{
    size_t count = 0;
    if (agent->bay.slots > 0) {
        features[count++] = OCPP_SETTLE_FEATURE_POWER_BANKS;
    }
    features[count++] = OCPP_SETTLE_FEATURE_CHUNKS;
    if (agent->bay.slots > 0 && agent->settings.offline_rentals > 0) {
        features[count++] = OCPP_SETTLE_FEATURE_OFFLINE_RENTALS;
    }
    if (agent->latch.drive != NULL) {
        features[count++] = OCPP_SETTLE_FEATURE_GUIDED_PAYMENT;
    }
    if (agent->settings.terminals != NULL) {
        features[count++] = OCPP_SETTLE_FEATURE_TERMINAL_START;
    }
    if (agent->settings.has_reader) {
        features[count++] = OCPP_SETTLE_FEATURE_RENTAL_HOUSE;
    }
    return count;
}

static void say_hello(struct ocpp_settle_agent *agent)
{
    static const char *const versions[] = { OCPP_SETTLE_PROTOCOL_VERSION };
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_HELLO];
    enum ocpp_settle_feature features[AGENT_FEATURES];
    const struct ocpp_settle_hello_req message = {
        .versions = { versions, 1 },
        .features = { features, features_of(agent, features) },
        .max_bytes = (int64_t)agent->settings.max_bytes,
        .serial = agent->settings.serial,
        .now = pile_moment(agent),
        .has_slots = agent->bay.slots > 0,
        .slots = agent->bay.slots,
        .has_known_renters_version = true,
        .known_renters_version = agent->kept.renters_version,
        .has_mark_key_epoch = true,
        .mark_key_epoch = agent->kept.mark_epoch,
        .has_cards_version = agent->settings.has_reader,
        .cards_version = agent->reader.version,
    };
    struct ocpp_data_transfer data;
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, action, &message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, greeted, agent, agent->now);
    }
    agent->hello.action = action;
    agent->hello.is_under_way = status == OCPP_OK;
    agent->hello_at = status == OCPP_OK ? OCPP_NEVER : agent->now.mono_ms + LOOK_AGAIN_MS;
    if (status == OCPP_OK && agent->link != OCPP_SETTLE_AGENT_OFF) {
        set_link(agent, OCPP_SETTLE_AGENT_HELLO_SENT);
    }
}

void speaking_link(struct ocpp_charge_point *cp, bool accepted, void *user)
{
    struct ocpp_settle_agent *agent = user;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    agent->is_accepted = accepted;
    agent->was_accepted |= accepted;
    agent->wire.max_bytes = OCPP_SETTLE_WIRE_BYTES;
    agent->hello_at = accepted ? agent->now.mono_ms : OCPP_NEVER;
    ocpp_settle_joiner_drop(&agent->joiner);
    set_link(agent, OCPP_SETTLE_AGENT_NO_LINK);
    pile_leave(agent);
}

/* --- what waits --------------------------------------------------------------------------------------------------------------
 */

/* How long to wait before the next attempt: longer each time. */
static int64_t wait_ms(const struct ocpp_settle_agent *agent, const struct out_entry *entry)
{
    int64_t wait = agent->settings.retry_ms;
    for (int i = 1; i < entry->attempts && wait < LONGEST_RETRY_MS; i++) {
        wait *= 2;
    }
    return wait < LONGEST_RETRY_MS ? wait : LONGEST_RETRY_MS;
}

static bool is_attempt(const struct ocpp_data_transfer_answer *transfer)
{
    return transfer->status != OCPP_ERR_TIMEOUT && transfer->status != OCPP_ERR_CLOSED && transfer->status != OCPP_ERR_NOMEM;
}

static void unheard(struct ocpp_settle_agent *agent, struct out_entry *entry, const struct ocpp_data_transfer_answer *transfer)
{
    if (is_attempt(transfer)) {
        entry->attempts++;
    }
    if (entry->attempts >= agent->settings.message_attempts) {
        pile_outbox_bury(agent, entry, "answered with errors only");
        return;
    }
    entry->not_before = transfer->status == OCPP_ERR_CLOSED ? agent->now.mono_ms : agent->now.mono_ms + wait_ms(agent, entry);
}

static void decide(struct ocpp_settle_agent *agent, struct out_entry *entry, const struct ocpp_settle_outcome *outcome,
                   const struct ocpp_data_transfer_answer *transfer)
{
    switch (outcome->verdict) {
    case OCPP_SETTLE_VERDICT_DONE:
        pile_outbox_done(agent, entry);
        break;
    case OCPP_SETTLE_VERDICT_REFUSED:
        pile_outbox_bury(agent, entry, outcome->reason[0] != '\0' ? outcome->reason : "refused");
        break;
    case OCPP_SETTLE_VERDICT_LATER:
        entry->not_before = again_at(agent, outcome->retry_s);
        break;
    case OCPP_SETTLE_VERDICT_UNHEARD:
        unheard(agent, entry, transfer);
        break;
    case OCPP_SETTLE_VERDICT_OFF:
        set_link(agent, OCPP_SETTLE_AGENT_OFF);
        if (outcome->code == OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED) { /* the backend forgot that we met */
            agent->hello_at = agent->now.mono_ms + agent->settings.retry_ms;
        }
        break;
    }
}

/* The answer to a part: the next one may leave, or the last one brought the answer to the whole. False: there is nothing to
 * decide. */
static bool part_told(struct ocpp_settle_agent *agent, struct ocpp_settle_outcome *outcome)
{
    const struct ocpp_settle_chunk_conf *answer = outcome->answer;
    struct flight *flight = &agent->telling;
    if (outcome->verdict == OCPP_SETTLE_VERDICT_REFUSED && outcome->code == OCPP_SETTLE_REFUSAL_CODE_OUT_OF_SEQUENCE) {
        outcome->verdict = OCPP_SETTLE_VERDICT_UNHEARD; /* from the first part on again */
        flight->part = 0;
        return true;
    }
    if (outcome->verdict != OCPP_SETTLE_VERDICT_DONE) {
        flight->part = 0;
        return true;
    }
    flight->part++;
    if (flight->part < flight->parts) {
        return false;
    }
    flight->part = 0;
    const struct ocpp_data_transfer_answer whole = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                     .kind = OCPP_DATA_TEXT,
                                                     .data = answer == NULL ? NULL : answer->answer };
    return ocpp_settle_wire_outcome(&agent->wire, flight->action, &whole, agent->scratch, outcome) == OCPP_OK;
}

static void told(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct flight *flight = &agent->telling;
    const bool is_part = flight->parts > 1;
    const struct ocpp_action *action = is_part ? &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK] : flight->action;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    flight->is_under_way = false;
    const enum ocpp_status status = ocpp_settle_wire_outcome(&agent->wire, action, transfer, agent->scratch, &outcome);
    struct out_entry *entry = pile_outbox_find(agent, flight->number);
    if (status != OCPP_OK) {
        outcome.verdict = OCPP_SETTLE_VERDICT_UNHEARD;
    }
    if (entry != NULL && (!is_part || part_told(agent, &outcome))) {
        decide(agent, entry, &outcome, transfer);
    }
    pile_leave(agent);
}

static const struct ocpp_action *action_of(const char *name)
{
    return ocpp_protocol_action(&ocpp_settle_protocol, name, strlen(name));
}

static enum ocpp_status write_part(struct ocpp_settle_agent *agent, const struct kept_outgoing *record,
                                   struct ocpp_data_transfer *data)
{
    struct ocpp_settle_chunk_req part;
    const enum ocpp_status status = ocpp_settle_wire_part(&agent->wire, record->name, record->id, record->data,
                                                          strlen(record->data), agent->telling.part, agent->scratch, &part);
    return status != OCPP_OK ? status
                             : ocpp_settle_wire_write(&agent->wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK], &part,
                                                      agent->scratch, data);
}

static enum ocpp_status send(struct ocpp_settle_agent *agent, const struct out_entry *entry, const struct kept_outgoing *record)
{
    struct flight *flight = &agent->telling;
    struct ocpp_data_transfer data = {
        .vendor_id = agent->settings.vendor_id, .message_id = record->name, .kind = OCPP_DATA_JSON, .data = record->data
    };
    enum ocpp_status status = OCPP_OK;
    if (flight->number != entry->number) {
        *flight = (struct flight){ .number = entry->number };
    }
    flight->action = action_of(record->name);
    flight->parts = ocpp_settle_wire_parts(&agent->wire, record->data, strlen(record->data));
    if (flight->action == NULL || flight->parts == 0) {
        return OCPP_ERR_TOO_LARGE;
    }
    flight->part = flight->part < flight->parts ? flight->part : 0;
    if (flight->parts > 1) {
        status = write_part(agent, record, &data);
    }
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, told, agent, agent->now);
    }
    flight->is_under_way = status == OCPP_OK;
    return status;
}

/* Transactions of OCPP go first, but not for ever. */
static bool has_to_wait(struct ocpp_settle_agent *agent)
{
    const struct ocpp_charge_point_view view = ocpp_charge_point_view(agent->settings.cp);
    if (view.queued_records <= view.parked_records) {
        agent->held_since = OCPP_NEVER;
        return false;
    }
    if (agent->held_since == OCPP_NEVER) {
        agent->held_since = agent->now.mono_ms;
    }
    if (agent->now.mono_ms - agent->held_since < agent->settings.transactions_first_ms) {
        return true;
    }
    agent->held_since = OCPP_NEVER;
    return false;
}

static void tell_next(struct ocpp_settle_agent *agent)
{
    enum ocpp_status status = OCPP_OK;
    struct out_entry *entry = pile_outbox_next(agent, &agent->look_again_at);
    if (entry == NULL) {
        return;
    }
    agent->look_again_at = agent->now.mono_ms + LOOK_AGAIN_MS;
    if (has_to_wait(agent)) {
        return;
    }
    const struct kept_outgoing *record = pile_outbox_read(agent, entry, &status);
    if (record != NULL) {
        status = send(agent, entry, record);
    }
    if (status == OCPP_ERR_STATE || status == OCPP_ERR_BUSY || status == OCPP_OK) {
        return;
    }
    entry->not_before = agent->now.mono_ms + agent->settings.storage_retry_ms;
    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE || status == OCPP_ERR_NOT_FOUND) { /* it never will */
        pile_outbox_bury(agent, entry, ocpp_status_sentence(status));
    }
}

static void ask_offers(struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; i < PILE_REQUESTS; i++) {
        struct request *request = &agent->requests[i];
        if (request->id[0] != '\0' && request->must_ask && !agent->asking.is_under_way) {
            if (pile_renting_ask(agent, request, NULL) != OCPP_OK) {
                return;
            }
        }
    }
}

void speaking_advance(struct ocpp_settle_agent *agent)
{
    if (!agent->is_accepted) {
        return;
    }
    if (agent->hello_at <= agent->now.mono_ms && !agent->hello.is_under_way) {
        say_hello(agent);
    }
    if (agent->link != OCPP_SETTLE_AGENT_ON) {
        return;
    }
    if (agent->inventory_at <= agent->now.mono_ms) {
        agent->inventory_at = is_awake(agent) ? OCPP_NEVER : agent->now.mono_ms + LOOK_AGAIN_MS;
        if (agent->inventory_at == OCPP_NEVER) {
            speaking_inventory(agent);
        }
    }
    ask_offers(agent);
    gates_speak(agent);
    if (!agent->telling.is_under_way) {
        tell_next(agent);
    }
}

int64_t speaking_deadline(const struct ocpp_settle_agent *agent)
{
    int64_t deadline = OCPP_NEVER;
    if (!agent->is_accepted) {
        return OCPP_NEVER;
    }
    if (!agent->hello.is_under_way) {
        deadline = agent->hello_at;
    }
    if (agent->link == OCPP_SETTLE_AGENT_ON) {
        deadline = pile_earlier(deadline, agent->inventory_at);
        deadline = agent->telling.is_under_way ? deadline : pile_earlier(deadline, agent->look_again_at);
    }
    return deadline;
}
