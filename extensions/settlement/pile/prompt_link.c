/* prompt_link.c: terminals over the phone link: a name and the session it was announced in. Nothing of it survives a session. */
#include "pile_internal.h"

#include <ocpp/settlement/link.h>
#include <ocpp/settlement/prompts.h>

#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 41, ARENA_BYTES = 16384 };

struct announced {
    char name[NAME_SIZE]; /* "": free */
    uint32_t session;
    uint64_t heard; /* in which order */
};

struct ocpp_settle_prompt_link {
    const struct ocpp_allocator *allocator;
    struct ocpp_settle_link *link;
    struct ocpp_settle_agent *agent;
    struct ocpp_arena *arena; /* of one call */
    struct announced terminals[OCPP_SETTLE_PROMPT_LINK_TERMINALS];
    uint64_t heard;
    struct ocpp_now now; /* of the link */
};

static void *allocate(const struct ocpp_allocator *allocator, void *pointer, size_t size)
{
    if (allocator != NULL) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

/* --- who is here -------------------------------------------------------------------------------------------------------------
 */

static struct announced *named(struct ocpp_settle_prompt_link *prompts, const char *name)
{
    for (size_t i = 0; i < OCPP_SETTLE_PROMPT_LINK_TERMINALS; i++) {
        if (prompts->terminals[i].name[0] != '\0' && strcmp(prompts->terminals[i].name, name) == 0) {
            return &prompts->terminals[i];
        }
    }
    return NULL;
}

static struct announced *in_session(struct ocpp_settle_prompt_link *prompts, uint32_t session)
{
    for (size_t i = 0; i < OCPP_SETTLE_PROMPT_LINK_TERMINALS; i++) {
        if (prompts->terminals[i].name[0] != '\0' && prompts->terminals[i].session == session) {
            return &prompts->terminals[i];
        }
    }
    return NULL;
}

/* A session is one terminal's: another name in it takes its place. */
static struct announced *place_for(struct ocpp_settle_prompt_link *prompts, const char *name, uint32_t session)
{
    struct announced *place = in_session(prompts, session);
    place = place != NULL ? place : named(prompts, name);
    for (size_t i = 0; place == NULL && i < OCPP_SETTLE_PROMPT_LINK_TERMINALS; i++) {
        place = prompts->terminals[i].name[0] == '\0' ? &prompts->terminals[i] : NULL;
    }
    if (place == NULL) {
        place = &prompts->terminals[0];
        for (size_t i = 1; i < OCPP_SETTLE_PROMPT_LINK_TERMINALS; i++) {
            place = prompts->terminals[i].heard < place->heard ? &prompts->terminals[i] : place;
        }
    }
    return place;
}

/* A name is where it was announced last, and nowhere else. */
static void note(struct ocpp_settle_prompt_link *prompts, const char *name, uint32_t session)
{
    struct announced *place = place_for(prompts, name, session);
    place->name[0] = '\0';
    for (struct announced *other = named(prompts, name); other != NULL; other = named(prompts, name)) {
        other->name[0] = '\0';
    }
    pile_copy(place->name, sizeof(place->name), name);
    place->session = session;
    place->heard = ++prompts->heard;
}

/* --- what terminals say ------------------------------------------------------------------------------------------------------
 */

static void announce_heard(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    struct ocpp_settle_prompt_link *prompts = user;
    const struct ocpp_settle_link_announce_req *announce = message;
    struct ocpp_settle_link_announce_conf answer = { .known = false };
    prompts->now = now;
    note(prompts, announce->terminal, call.session);
    if (prompts->agent != NULL) {
        answer.known = ocpp_settle_agent_terminal_here(prompts->agent, announce->terminal, pile_now(prompts->agent)) > 0;
    }
    (void)ocpp_settle_link_answer(prompts->link, call, &answer, now);
}

static enum ocpp_settle_refusal_code code_of(enum ocpp_status status)
{
    return status == OCPP_ERR_NOT_FOUND  ? OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE
           : status == OCPP_ERR_BUSY     ? OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE
           : status == OCPP_ERR_ARGUMENT ? OCPP_SETTLE_REFUSAL_CODE_INVALID
                                         : OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
}

static enum ocpp_status forward(struct ocpp_settle_prompt_link *prompts, const struct announced *terminal,
                                const struct ocpp_settle_link_answer_req *answer)
{
    const void *wish = NULL;
    if (terminal == NULL || prompts->agent == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    if (ocpp_message_decode(&ocpp_settle_charging_wish_type, answer->wish, strlen(answer->wish), NULL, NULL, prompts->arena,
                            &wish, NULL) != OCPP_OK) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct ocpp_settle_terminal_requests requests = {
        .terminal = terminal->name,
        .prompt = answer->prompt,
        .wish = *(const struct ocpp_settle_charging_wish *)wish,
        .association = answer->association,
    };
    return ocpp_settle_agent_terminal_answer(prompts->agent, &requests, pile_now(prompts->agent));
}

/* Accepted: forwarded; what becomes of it is news. */
static void answer_heard(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    static const char accepted[] = "{\"reception\":\"Accepted\"}";
    struct ocpp_settle_prompt_link *prompts = user;
    const struct ocpp_settle_link_answer_conf answer = { .receipt = accepted };
    prompts->now = now;
    ocpp_arena_reset(prompts->arena);
    const enum ocpp_status status = forward(prompts, in_session(prompts, call.session), message);
    if (status == OCPP_OK) {
        (void)ocpp_settle_link_answer(prompts->link, call, &answer, now);
    } else {
        (void)ocpp_settle_link_refuse(prompts->link, call, code_of(status), ocpp_status_sentence(status), now);
    }
}

/* --- what terminals are told -------------------------------------------------------------------------------------------------
 */

static enum ocpp_status push(struct ocpp_settle_prompt_link *prompts, const char *terminal, enum ocpp_settle_link_action action,
                             const void *message)
{
    struct announced *to = named(prompts, terminal);
    const struct ocpp_now told = prompts->agent != NULL ? pile_now(prompts->agent) : prompts->now;
    const struct ocpp_now now = told.mono_ms > prompts->now.mono_ms ? told : prompts->now;
    enum ocpp_status status = OCPP_ERR_STATE;
    if (to != NULL) {
        status = ocpp_settle_link_push(prompts->link, to->session, action, message, now);
    }
    if (status == OCPP_ERR_STATE && to != NULL) { /* its session is over: it announces itself again */
        to->name[0] = '\0';
    }
    return status;
}

static enum ocpp_status prompt(const char *terminal, const struct ocpp_settle_prompt *asked, void *user)
{
    struct ocpp_settle_prompt_link *prompts = user;
    const char *vehicle = NULL;
    size_t size;
    if (named(prompts, terminal) == NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_arena_reset(prompts->arena);
    const enum ocpp_status status =
        ocpp_message_encode(&ocpp_settle_vehicle_id_type, &asked->vehicle, prompts->arena, &vehicle, &size, NULL);
    const struct ocpp_settle_link_prompt_req message = {
        .prompt = asked->prompt, .pile = asked->pile, .evse = asked->evse, .vehicle = vehicle, .within_s = asked->within_s
    };
    return status != OCPP_OK ? status : push(prompts, terminal, OCPP_SETTLE_LINK_ACTION_PROMPT, &message);
}

static void over(const char *terminal, const char *prompt_id, const char *text, void *user)
{
    const struct ocpp_settle_link_prompt_over_req message = { .prompt = prompt_id, .text = text };
    (void)push(user, terminal, OCPP_SETTLE_LINK_ACTION_PROMPT_OVER, &message);
}

static void news(const char *terminal, const struct ocpp_settle_start_news *told, void *user)
{
    const struct ocpp_settle_link_start_news_req message = {
        .prompt = told->prompt,
        .start = told->start,
        .ticket = told->ticket,
        .code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)told->code),
        .text = told->text,
    };
    (void)push(user, terminal, OCPP_SETTLE_LINK_ACTION_START_NEWS, &message);
}

/* --- its life ----------------------------------------------------------------------------------------------------------------
 */

struct ocpp_settle_terminal_port ocpp_settle_prompt_link_port(struct ocpp_settle_prompt_link *prompts)
{
    return (struct ocpp_settle_terminal_port){ .prompt = prompt, .over = over, .news = news, .user = prompts };
}

void ocpp_settle_prompt_link_use(struct ocpp_settle_prompt_link *prompts, struct ocpp_settle_agent *agent)
{
    prompts->agent = agent;
}

enum ocpp_status ocpp_settle_prompt_link_new(const struct ocpp_allocator *allocator, struct ocpp_settle_link *link,
                                             struct ocpp_settle_prompt_link **prompts)
{
    static const struct ocpp_settle_link_route routes[] = {
        { OCPP_SETTLE_LINK_ACTION_ANNOUNCE, false, announce_heard },
        { OCPP_SETTLE_LINK_ACTION_ANSWER, true, answer_heard },
    };
    struct ocpp_settle_prompt_link *made = allocate(allocator, NULL, sizeof(*made));
    if (made == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *made = (struct ocpp_settle_prompt_link){ .allocator = allocator, .link = link };
    made->arena = ocpp_arena_new(allocator, ARENA_BYTES);
    const enum ocpp_status status =
        made->arena == NULL ? OCPP_ERR_NOMEM : ocpp_settle_link_serve(link, routes, sizeof(routes) / sizeof(routes[0]), made);
    if (status != OCPP_OK) {
        ocpp_settle_prompt_link_free(made);
        return status;
    }
    *prompts = made;
    return OCPP_OK;
}

void ocpp_settle_prompt_link_free(struct ocpp_settle_prompt_link *prompts)
{
    if (prompts != NULL) {
        ocpp_arena_free(prompts->arena);
        allocate(prompts->allocator, prompts, 0);
    }
}
