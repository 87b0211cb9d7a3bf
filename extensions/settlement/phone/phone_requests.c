/* phone_requests.c: what a phone asks, until it is answered: in every new session again, under the same id. */
#include "phone_internal.h"

#include "link_memory.h"

#include <string.h>

/* --- asking
 * --------------------------------------------------------------------------------------------------------------------- */

static struct phone_asked **place_of(struct ocpp_settle_phone *phone, const char *id)
{
    struct phone_asked **at = &phone->asked;

    while (*at != NULL && strcmp((*at)->id, id) != 0) {
        at = &(*at)->next;
    }
    return at;
}

static void drop(struct ocpp_settle_phone *phone, struct phone_asked **at)
{
    struct phone_asked *gone = *at;

    *at = gone->next;
    phone->asked_count--;
    ocpp_settle_wipe(gone->text, gone->size);
    (void)link_reallocate(phone->settings.allocator, gone, 0);
}

void phone_drop_all(struct ocpp_settle_phone *phone)
{
    while (phone->asked != NULL) {
        drop(phone, &phone->asked);
    }
}

static enum ocpp_status keep(struct ocpp_settle_phone *phone, const struct phone_asked *what, const char *text, size_t size)
{
    struct phone_asked **end = &phone->asked;

    if (size + LINK_HEAD_LIMIT + OCPP_SETTLE_SEAL_TAG_SIZE > phone->settings.max_message) {
        return OCPP_ERR_TOO_LARGE;
    }
    struct phone_asked *asked = link_reallocate(phone->settings.allocator, NULL, sizeof *asked + size + 1);
    if (asked == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *asked = *what;
    asked->size = size;
    memcpy(asked->text, text, size);
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = asked;
    phone->asked_count++;
    return OCPP_OK;
}

static void make_id(const struct ocpp_settle_phone *phone, char id[OCPP_SETTLE_ID_SIZE])
{
    unsigned char bytes[16];

    phone->settings.keys.random(bytes, sizeof bytes, phone->settings.keys.user);
    ocpp_settle_id_write(bytes, id);
}

enum ocpp_status ocpp_settle_phone_ask(struct ocpp_settle_phone *phone, enum ocpp_settle_link_action action, const void *message,
                                       char id[OCPP_SETTLE_ID_SIZE],
                                       void (*done)(const struct ocpp_settle_phone_answer *answer, void *user), void *user,
                                       struct ocpp_now now)
{
    struct phone_asked asked = { .done = done, .user = user };
    const char *text;
    size_t size;

    if ((unsigned)action >= OCPP_SETTLE_LINK_ACTION_COUNT || ocpp_settle_link_actions[action].direction != OCPP_FROM_CENTRAL ||
        (id[0] != '\0' && (!ocpp_settle_id_is_valid(id) || *place_of(phone, id) != NULL))) {
        return OCPP_ERR_ARGUMENT;
    }
    if (phone->asked_count >= phone->settings.max_asked) {
        return OCPP_ERR_LIMIT;
    }
    asked.action = &ocpp_settle_link_actions[action];
    if (id[0] != '\0') {
        memcpy(asked.id, id, sizeof asked.id);
    } else {
        make_id(phone, asked.id);
    }
    enum ocpp_status status = ocpp_message_encode(asked.action->request, message, phone->arena, &text, &size, NULL);
    if (status == OCPP_OK) {
        status = keep(phone, &asked, text, size);
    }
    if (status == OCPP_OK) {
        memcpy(id, asked.id, sizeof asked.id);
        phone_say_asked(phone, now);
    }
    if (!phone->is_hearing) {
        ocpp_arena_reset(phone->arena);
    }
    return status;
}

void ocpp_settle_phone_forget(struct ocpp_settle_phone *phone, const char *id)
{
    struct phone_asked **at = place_of(phone, id);

    if (*at != NULL) {
        drop(phone, at);
    }
}

void phone_say_asked(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    struct link_session *session = &phone->session;

    if (phone->state != PHONE_AWAIT_WORDS && phone->state != PHONE_AWAIT_RESUMED) {
        return;
    }
    for (struct phone_asked *asked = phone->asked; asked != NULL; asked = asked->next) {
        const struct link_words words = { LINK_REQUEST, asked->id, asked->action->name, asked->text, asked->size };

        if (!asked->is_said) {
            asked->is_said =
                link_session_say(session, &phone->settings.keys, &session->secrets.from_phone, &words, now.mono_ms) == OCPP_OK;
        }
    }
}

/* --- being answered
 * ------------------------------------------------------------------------------------------------------------- */

/* The place is given up before |done| runs, which may ask something else. */
static void finish(struct ocpp_settle_phone *phone, struct phone_asked **at, struct ocpp_settle_phone_answer *answer)
{
    const struct phone_asked asked = **at;

    drop(phone, at);
    answer->id = asked.id;
    asked.done(answer, asked.user);
}

static bool is_ours(enum ocpp_status status)
{
    return status != OCPP_OK && ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE;
}

static bool hear_answer(struct ocpp_settle_phone *phone, const struct link_message *message)
{
    const struct ocpp_json_limits limits = { .max_bytes = message->size + 1 };
    struct phone_asked **at = place_of(phone, message->id);
    struct ocpp_settle_phone_answer answer = { .answer = NULL, .code = OCPP_SETTLE_REFUSAL_CODE_INVALID, .reason = "" };
    const bool is_refusal = message->kind == LINK_REFUSAL;
    const void *read;

    if (*at == NULL) {
        return true; /* nobody waits for it any more */
    }
    const struct ocpp_type *type = is_refusal ? &ocpp_settle_refusal_type : (*at)->action->response;
    const enum ocpp_status status =
        ocpp_message_decode(type, message->text, message->size, &limits, NULL, phone->arena, &read, NULL);
    if (is_ours(status)) {
        return false;
    }
    if (status != OCPP_OK) {
        answer.reason = "the answer cannot be read";
    } else if (is_refusal) {
        const struct ocpp_settle_refusal *refusal = read;

        answer.code = refusal->code;
        answer.reason = refusal->reason != NULL ? refusal->reason : "";
    } else {
        answer.answer = read;
        answer.code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    }
    finish(phone, at, &answer);
    return true;
}

static bool hear_push(struct ocpp_settle_phone *phone, const struct link_message *message)
{
    const struct ocpp_json_limits limits = { .max_bytes = message->size + 1 };
    const struct ocpp_action *action = ocpp_protocol_action(&ocpp_settle_link_protocol, message->name, message->name_size);
    struct ocpp_settle_phone_event event = { .kind = OCPP_SETTLE_PHONE_PUSHED };

    if (action == NULL || action->direction != OCPP_FROM_STATION || phone->settings.on_event == NULL) {
        return true;
    }
    const enum ocpp_status status =
        ocpp_message_decode(action->request, message->text, message->size, &limits, NULL, phone->arena, &event.message, NULL);
    if (status == OCPP_OK) {
        event.action = (enum ocpp_settle_link_action)(action - ocpp_settle_link_actions);
        phone->settings.on_event(&event, phone->settings.user);
    }
    return !is_ours(status);
}

bool phone_hear_message(struct ocpp_settle_phone *phone, const struct link_message *message)
{
    switch (message->kind) {
    case LINK_ANSWER:
    case LINK_REFUSAL:
        return hear_answer(phone, message);
    case LINK_PUSH:
        return hear_push(phone, message);
    case LINK_PROOF:
    case LINK_REQUEST:
        break;
    }
    return true;
}
