/* link_requests.c: what phones ask and what they are answered. What does something has its answer remembered, so that asking
 * again, in this session or in another, does it once.
 */
#include "link_internal.h"

#include <string.h>

static const struct ocpp_action *action_named(const char *name, size_t size)
{
    return ocpp_protocol_action(&ocpp_settle_link_protocol, name, size);
}

static enum ocpp_status hash_of(const struct ocpp_settle_link *link, const struct link_message *message,
                                unsigned char hash[OCPP_SETTLE_DIGEST_SIZE])
{
    const struct ocpp_settle_bytes pieces[] = { { message->name, message->name_size },
                                                { "", 1 },
                                                { message->text, message->size } };

    return link->settings.keys.sha256(pieces, 3, hash, link->settings.keys.user);
}

static bool has_hash(const unsigned char a[OCPP_SETTLE_DIGEST_SIZE], const unsigned char b[OCPP_SETTLE_DIGEST_SIZE])
{
    return memcmp(a, b, OCPP_SETTLE_DIGEST_SIZE) == 0;
}

/* --- saying
 * --------------------------------------------------------------------------------------------------------------------- */

/* Answers that may still have to be said in |session|. */
static size_t promised(const struct ocpp_settle_link *link, const struct link_session *session)
{
    size_t count = 0;

    for (int i = 0; i < link->settings.max_open; i++) {
        count += link->asked[i].number != 0 && link->asked[i].session == session->number;
    }
    return count;
}

static bool has_room(const struct ocpp_settle_link *link, const struct link_session *session, size_t more)
{
    return session->stream.parcels + promised(link, session) + more <= link->settings.max_queued;
}

static enum ocpp_status say(struct ocpp_settle_link *link, struct link_session *session, const struct link_words *words,
                            struct ocpp_now now)
{
    if (words->size + LINK_HEAD_LIMIT + OCPP_SETTLE_SEAL_TAG_SIZE > link->settings.max_message) {
        return OCPP_ERR_TOO_LARGE;
    }
    return link_session_say(session, &link->settings.keys, &session->secrets.from_pile, words, now.mono_ms);
}

/* The reason as much as a Refusal holds; texts that are no UTF-8 are left out by the walker. */
static enum ocpp_status say_refusal(struct ocpp_settle_link *link, struct link_session *session, const char *id,
                                    enum ocpp_settle_refusal_code code, const char *reason, struct ocpp_now now)
{
    struct ocpp_settle_refusal refusal = { code, reason };
    struct link_words words = { .kind = LINK_REFUSAL, .id = id };
    enum ocpp_status status =
        ocpp_message_encode(&ocpp_settle_refusal_type, &refusal, link->arena, &words.text, &words.size, NULL);

    if (status != OCPP_OK && ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        refusal.reason = NULL;
        status = ocpp_message_encode(&ocpp_settle_refusal_type, &refusal, link->arena, &words.text, &words.size, NULL);
    }
    return status == OCPP_OK ? say(link, session, &words, now) : status;
}

/* --- what is remembered
 * --------------------------------------------------------------------------------------------------------- */

static struct link_remembered *remembered_of(const struct ocpp_settle_link *link, const char *id)
{
    for (int i = 0; i < link->settings.max_answers; i++) {
        if (link->remembered[i].turn != 0 && strcmp(link->remembered[i].id, id) == 0) {
            return &link->remembered[i];
        }
    }
    return NULL;
}

static void remember(struct ocpp_settle_link *link, const struct link_asked *asked, const char *text, size_t size)
{
    struct link_remembered *place = &link->remembered[0];

    if (!asked->is_act || size > link->settings.answer_bytes) {
        return;
    }
    for (int i = 1; i < link->settings.max_answers; i++) {
        if (link->remembered[i].turn < place->turn) {
            place = &link->remembered[i];
        }
    }
    place->turn = ++link->last_turn;
    memcpy(place->id, asked->id, sizeof place->id);
    memcpy(place->hash, asked->hash, sizeof place->hash);
    memcpy(place->text, text, size);
    place->size = size;
}

static struct link_asked *asked_of(const struct ocpp_settle_link *link, const char *id)
{
    for (int i = 0; i < link->settings.max_open; i++) {
        if (link->asked[i].number != 0 && strcmp(link->asked[i].id, id) == 0) {
            return &link->asked[i];
        }
    }
    return NULL;
}

/* --- hearing
 * -------------------------------------------------------------------------------------------------------------------- */

/* Something that was asked before: what it got, that it is still being answered, or that it was something else. */
static bool hear_again(struct ocpp_settle_link *link, struct link_session *session, const struct link_message *message,
                       const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE], struct ocpp_now now, enum ocpp_status *status)
{
    const struct link_remembered *known = remembered_of(link, message->id);
    struct link_asked *asked = asked_of(link, message->id);

    *status = OCPP_OK;
    if (known == NULL && asked == NULL) {
        return false;
    }
    if (!has_hash(known != NULL ? known->hash : asked->hash, hash)) {
        *status = say_refusal(link, session, message->id, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY,
                              "another request had this id", now);
    } else if (known != NULL) {
        const struct link_words words = { LINK_ANSWER, message->id, NULL, known->text, known->size };

        *status = say(link, session, &words, now);
    } else {
        asked->session = session->number;
    }
    return true;
}

static void dispatch(struct ocpp_settle_link *link, struct link_asked *place, const struct link_asked *asked, const void *request,
                     struct ocpp_now now)
{
    const struct link_served *served = &link->served[asked->action - ocpp_settle_link_actions];

    *place = *asked;
    served->route->heard((struct ocpp_settle_link_call){ asked->session, asked->number }, request, now, served->user);
}

static struct link_asked *free_place(const struct ocpp_settle_link *link)
{
    for (int i = 0; i < link->settings.max_open; i++) {
        if (link->asked[i].number == 0) {
            return &link->asked[i];
        }
    }
    return NULL;
}

static enum ocpp_status hear_request(struct ocpp_settle_link *link, struct link_session *session,
                                     const struct link_message *message, const unsigned char hash[OCPP_SETTLE_DIGEST_SIZE],
                                     struct ocpp_now now)
{
    const struct ocpp_action *action = action_named(message->name, message->name_size);
    const struct ocpp_json_limits limits = { .max_bytes = message->size + 1 };
    struct link_asked *place = free_place(link);
    struct ocpp_issue issue;
    const void *request;

    if (action == NULL || action->direction != OCPP_FROM_CENTRAL ||
        link->served[action - ocpp_settle_link_actions].route == NULL) {
        return say_refusal(link, session, message->id, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "not served here", now);
    }
    if (place == NULL) {
        return say_refusal(link, session, message->id, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "too much is being answered", now);
    }
    const enum ocpp_status status =
        ocpp_message_decode(action->request, message->text, message->size, &limits, NULL, link->arena, &request, &issue);
    if (status != OCPP_OK) {
        const bool is_ours = ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE;
        return say_refusal(link, session, message->id,
                           is_ours ? OCPP_SETTLE_REFUSAL_CODE_TRY_LATER : OCPP_SETTLE_REFUSAL_CODE_INVALID,
                           ocpp_status_sentence(status), now);
    }
    struct link_asked asked = { .number = ++link->last_asked,
                                .session = session->number,
                                .action = action,
                                .is_act = link->served[action - ocpp_settle_link_actions].route->is_act };
    memcpy(asked.id, message->id, sizeof asked.id);
    memcpy(asked.hash, hash, sizeof asked.hash);
    dispatch(link, place, &asked, request, now);
    return OCPP_OK;
}

bool link_hear_message(struct ocpp_settle_link *link, struct link_session *session, const struct link_message *message,
                       struct ocpp_now now)
{
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status;

    if (message->kind != LINK_REQUEST) {
        return true; /* nothing a phone says; it had the keys to say it */
    }
    if (!has_room(link, session, 1)) {
        return false;
    }
    status = hash_of(link, message, hash);
    if (status == OCPP_OK && !hear_again(link, session, message, hash, now, &status)) {
        status = hear_request(link, session, message, hash, now);
    }
    return status == OCPP_OK || status == OCPP_ERR_TOO_LARGE;
}

/* --- answering
 * ------------------------------------------------------------------------------------------------------------------ */

static struct link_asked *asked_by(const struct ocpp_settle_link *link, struct ocpp_settle_link_call call)
{
    for (int i = 0; i < link->settings.max_open; i++) {
        if (link->asked[i].number == call.number && call.number != 0) {
            return &link->asked[i];
        }
    }
    return NULL;
}

/* The call is over, before anything may be asked in its place. */
static void close_asked(struct link_asked *asked)
{
    *asked = (struct link_asked){ .number = 0 };
}

enum ocpp_status ocpp_settle_link_answer(struct ocpp_settle_link *link, struct ocpp_settle_link_call call, const void *answer,
                                         struct ocpp_now now)
{
    struct link_asked *asked = asked_by(link, call);
    struct link_words words = { .kind = LINK_ANSWER };

    if (asked == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    struct link_session *session = link_session_of(link, asked->session);
    enum ocpp_status status = ocpp_message_encode(asked->action->response, answer, link->arena, &words.text, &words.size, NULL);
    words.id = asked->id;
    if (status == OCPP_OK && session != NULL) {
        status = say(link, session, &words, now);
    }
    if (status == OCPP_OK) {
        remember(link, asked, words.text, words.size);
        close_asked(asked);
    }
    link_rest(link);
    return status;
}

enum ocpp_status ocpp_settle_link_refuse(struct ocpp_settle_link *link, struct ocpp_settle_link_call call,
                                         enum ocpp_settle_refusal_code code, const char *reason, struct ocpp_now now)
{
    struct link_asked *asked = asked_by(link, call);

    if (asked == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    struct link_session *session = link_session_of(link, asked->session);
    const enum ocpp_status status = session != NULL ? say_refusal(link, session, asked->id, code, reason, now) : OCPP_OK;
    if (status == OCPP_OK) {
        close_asked(asked);
    }
    link_rest(link);
    return status;
}

enum ocpp_status ocpp_settle_link_push(struct ocpp_settle_link *link, uint32_t session_number,
                                       enum ocpp_settle_link_action action, const void *message, struct ocpp_now now)
{
    struct link_session *session = session_number == 0 ? link->present : link_session_of(link, session_number);
    struct link_words words = { .kind = LINK_PUSH };

    if ((unsigned)action >= OCPP_SETTLE_LINK_ACTION_COUNT || ocpp_settle_link_actions[action].direction != OCPP_FROM_STATION) {
        return OCPP_ERR_ARGUMENT;
    }
    if (session == NULL) {
        return OCPP_ERR_STATE;
    }
    if (!has_room(link, session, 2)) {
        return OCPP_ERR_LIMIT; /* one is kept for an answer */
    }
    enum ocpp_status status =
        ocpp_message_encode(ocpp_settle_link_actions[action].request, message, link->arena, &words.text, &words.size, NULL);
    words.name = ocpp_settle_link_actions[action].name;
    if (status == OCPP_OK) {
        status = say(link, session, &words, now);
    }
    link_rest(link);
    return status;
}
