/* card_reader.c: cards that are shown for something else than charging. */
#include "hearing.h"
#include "pile_internal.h"

#include <string.h>

/* --- the list -------------------------------------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static bool read_digest(const char *text, unsigned char digest[OCPP_SETTLE_DIGEST_SIZE])
{
    for (size_t i = 0; i < OCPP_SETTLE_DIGEST_SIZE; i++) {
        const int high = digit_of(text[2 * i]);
        const int low = high >= 0 ? digit_of(text[2 * i + 1]) : -1;
        if (low < 0) {
            return false;
        }
        digest[i] = (unsigned char)(high * 16 + low);
    }
    return text[2 * OCPP_SETTLE_DIGEST_SIZE] == '\0';
}

static bool take_list(struct card_reader *reader, int64_t version, const char *salt, const char *const *digests, size_t count)
{
    struct card_reader next = { .version = version };
    if (count > READER_CARDS || strlen(salt) >= sizeof(next.salt)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_digest(digests[i], next.digests[i])) {
            return false;
        }
    }
    reader->version = version;
    pile_copy(reader->salt, sizeof(reader->salt), salt);
    memcpy(reader->digests, next.digests, sizeof(reader->digests));
    reader->count = count;
    return true;
}

static bool is_listed(struct ocpp_settle_agent *agent, const char *token)
{
    const struct card_reader *reader = &agent->reader;
    const struct ocpp_settle_bytes pieces[] = { { reader->salt, strlen(reader->salt) }, { token, strlen(token) } };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    bool found = false;
    if (reader->count == 0 || agent->settings.keys.sha256(pieces, 2, digest, agent->settings.keys.user) != OCPP_OK) {
        return false;
    }
    for (size_t i = 0; i < reader->count; i++) {
        found |= ocpp_settle_same_bytes(digest, reader->digests[i], sizeof(digest));
    }
    return found;
}

/* A list that could not be stored is asked for with the next Hello; what is known until then is what was stored. */
static void listed(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status)
{
    (void)about;
    if (status != OCPP_OK) {
        (void)reader_load(agent);
    }
}

enum ocpp_settle_refusal_code reader_cards_heard(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_privilege_cards_req *list = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    const struct kept_cards record = { .version = list->list_version,
                                       .salt = list->salt,
                                       .digests = { list->digests.items, list->digests.count } };
    if (!agent->settings.has_reader) {
        return OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED;
    }
    if (!take_list(&agent->reader, list->list_version, list->salt, list->digests.items, list->digests.count)) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    if (agent->reader.manage_until != 0 && !is_listed(agent, agent->reader.by)) {
        agent->reader.manage_until = 0; /* it has lost the right (B3) */
    }
    pile_batch_put(hearing->batch, PILE_PREFIX "cards", &kept_cards_type, &record);
    hearing->batch->pending->done = listed;
    return ALL_WELL;
}

enum ocpp_status reader_load(struct ocpp_settle_agent *agent)
{
    enum ocpp_status status;
    const struct kept_cards *record = pile_read(agent, PILE_PREFIX "cards", &kept_cards_type, &status);
    agent->reader.count = 0;
    agent->reader.version = 0;
    if (record != NULL) {
        (void)take_list(&agent->reader, record->version, record->salt, record->digests.items, record->digests.count);
        return OCPP_OK;
    }
    return status == OCPP_ERR_NOT_FOUND || ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_OK : status;
}

/* --- what is told ----------------------------------------------------------------------------------------------------------- */

static void tell(struct ocpp_settle_agent *agent, const char *text)
{
    const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_CARD, .text = text };
    pile_event(agent, &event);
}

static void open_management(struct ocpp_settle_agent *agent, const char *text)
{
    struct card_reader *reader = &agent->reader;
    memcpy(reader->by, reader->shown, sizeof(reader->by));
    memcpy(reader->by_type, reader->shown_type, sizeof(reader->by_type));
    reader->manage_until = agent->now.mono_ms + agent->settings.manage_ms;
    tell(agent, text);
}

/* --- asking ----------------------------------------------------------------------------------------------------------------- */

static void answered(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    const enum ocpp_status status = ocpp_settle_wire_outcome(&agent->wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_CARD_SHOWN],
                                                             transfer, agent->scratch, &outcome);
    const struct ocpp_settle_card_shown_conf *answer = status == OCPP_OK ? outcome.answer : NULL;
    agent->reader.is_asking = false;
    if (answer != NULL && answer->receipt.reception == OCPP_SETTLE_RECEPTION_ACCEPTED) {
        tell(agent, answer->text != NULL ? answer->text : "Done.");
    } else if (answer != NULL && answer->receipt.reason != NULL) {
        tell(agent, answer->receipt.reason);
    } else {
        tell(agent, "Nobody can be asked about this card now.");
    }
    pile_leave(agent);
}

static enum ocpp_status ask(struct ocpp_settle_agent *agent, enum ocpp_settle_card_act_kind act)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_CARD_SHOWN];
    struct card_reader *reader = &agent->reader;
    const struct ocpp_settle_user_token by = { reader->by, reader->by_type };
    const bool is_managed = act == OCPP_SETTLE_CARD_ACT_KIND_AUTHORISE || act == OCPP_SETTLE_CARD_ACT_KIND_SHOW;
    const struct ocpp_settle_card_shown_req message = {
        .act = act, .card = { reader->shown, reader->shown_type }, .by = is_managed ? &by : NULL, .at = pile_moment(agent)
    };
    struct ocpp_data_transfer data;
    if (agent->link != OCPP_SETTLE_AGENT_ON || !agent->is_accepted) {
        return OCPP_ERR_STATE;
    }
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, action, &message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, answered, agent, agent->now);
    }
    reader->is_asking = status == OCPP_OK;
    return status;
}

/* --- logging out ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status log_out(struct ocpp_settle_agent *agent)
{
    struct card_reader *reader = &agent->reader;
    struct ocpp_settle_card_logged_out_req message = { .card = { reader->shown, reader->shown_type },
                                                       .by = { reader->by, reader->by_type },
                                                       .at = pile_moment(agent) };
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_outbox_put(&batch, pile_stream(&batch, "pile", agent->kept.tag), &agent->kept.seq,
                    &ocpp_settle_actions[OCPP_SETTLE_ACTION_CARD_LOGGED_OUT], &message, &message.envelope, "");
    pile_batch_pile(&batch);
    const enum ocpp_status status = pile_batch_write(&batch);
    if (status == OCPP_OK) {
        tell(agent, "The card is logged out.");
    }
    return status;
}

/* --- entry points ------------------------------------------------------------------------------------------------------------
 */

bool ocpp_settle_agent_manages(const struct ocpp_settle_agent *agent, struct ocpp_now now)
{
    return agent->reader.manage_until > now.mono_ms;
}

static bool needs_management(enum ocpp_settle_reader_act act)
{
    return act == OCPP_SETTLE_READER_AUTHORISE || act == OCPP_SETTLE_READER_SHOW || act == OCPP_SETTLE_READER_LOG_OUT;
}

static enum ocpp_status choose(struct ocpp_settle_agent *agent, enum ocpp_settle_reader_act act)
{
    struct card_reader *reader = &agent->reader;
    if (reader->is_asking) {
        return OCPP_ERR_BUSY;
    }
    if (needs_management(act) && reader->manage_until <= agent->now.mono_ms) {
        return OCPP_ERR_STATE;
    }
    if (act == OCPP_SETTLE_READER_AUTHORISE) {
        memcpy(reader->shown, reader->by, sizeof(reader->shown));
        memcpy(reader->shown_type, reader->by_type, sizeof(reader->shown_type));
        return ask(agent, OCPP_SETTLE_CARD_ACT_KIND_AUTHORISE);
    }
    reader->act = act;
    reader->act_until = agent->now.mono_ms + agent->settings.manage_ms;
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_agent_reader(struct ocpp_settle_agent *agent, enum ocpp_settle_reader_act act, struct ocpp_now now)
{
    if (!agent->settings.has_reader || (unsigned)act > OCPP_SETTLE_READER_LOG_OUT) {
        return OCPP_ERR_ARGUMENT;
    }
    pile_enter(agent, now);
    const enum ocpp_status status = choose(agent, act);
    pile_leave(agent);
    return status;
}

static enum ocpp_status shown(struct ocpp_settle_agent *agent)
{
    struct card_reader *reader = &agent->reader;
    enum ocpp_settle_reader_act act = reader->act_until > agent->now.mono_ms ? reader->act : OCPP_SETTLE_READER_CHARGE;
    if (reader->is_asking) {
        return OCPP_ERR_BUSY;
    }
    if (needs_management(act) && reader->manage_until <= agent->now.mono_ms) {
        act = OCPP_SETTLE_READER_CHARGE;
    }
    reader->act = OCPP_SETTLE_READER_CHARGE; /* one card for one choice */
    if (act == OCPP_SETTLE_READER_BIND) {
        return ask(agent, OCPP_SETTLE_CARD_ACT_KIND_BIND);
    }
    if (act == OCPP_SETTLE_READER_SHOW) {
        return ask(agent, OCPP_SETTLE_CARD_ACT_KIND_SHOW);
    }
    if (act == OCPP_SETTLE_READER_LOG_OUT) {
        return log_out(agent);
    }
    if (!is_listed(agent, reader->shown)) {
        return OCPP_ERR_NOT_FOUND;
    }
    open_management(agent, "Management is open.");
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_agent_card(struct ocpp_settle_agent *agent, const struct ocpp_token *token, struct ocpp_now now)
{
    if (token == NULL || token->id == NULL || token->id[0] == '\0' || strlen(token->id) >= READER_TOKEN_SIZE) {
        return OCPP_ERR_ARGUMENT;
    }
    if (!agent->settings.has_reader) {
        return OCPP_ERR_NOT_FOUND;
    }
    pile_enter(agent, now);
    pile_copy(agent->reader.shown, sizeof(agent->reader.shown), token->id);
    pile_copy(agent->reader.shown_type, sizeof(agent->reader.shown_type), ocpp_token_type_name(token->type));
    const enum ocpp_status status = shown(agent);
    pile_leave(agent);
    return status;
}
