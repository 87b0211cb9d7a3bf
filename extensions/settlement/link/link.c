/* link.c: the handle of a pile's side: what comes in, what goes out, and when. */
#include "link_internal.h"
#include "link_memory.h"

#include <ocpp/settlement/trust.h>

#include <assert.h>
#include <string.h>

/* --- settings
 * ------------------------------------------------------------------------------------------------------------------- */

struct ocpp_settle_link_settings ocpp_settle_link_settings_default(void)
{
    return (struct ocpp_settle_link_settings){
        .key_name = "pile-key",
        .frame_bytes = 244,
        .max_message = 16384,
        .max_queued = 8,
        .window = 16,
        .max_sessions = 4,
        .max_answers = 8,
        .answer_bytes = 512,
        .max_open = 4,
        .resend_ms = 1000,
        .attempts = 8,
        .keep_ms = 600000,
        .open_gap_ms = 200,
        .arena_bytes = 131072,
    };
}

static bool within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool keys_are_there(const struct ocpp_settle_keys *keys)
{
    return keys->sha256 != NULL && keys->sign != NULL && keys->public_key != NULL && keys->point_of != NULL &&
           keys->agree != NULL && keys->seal != NULL && keys->open != NULL && keys->random != NULL;
}

static bool settings_are_good(const struct ocpp_settle_link_settings *s)
{
    return s->pile != NULL && within((int64_t)strlen(s->pile), 1, LINK_PILE_SIZE - 1) && keys_are_there(&s->keys) &&
           ocpp_settle_key_name_is_valid(s->key_name) &&
           (s->kid == NULL || within((int64_t)strlen(s->kid), 1, LINK_KID_SIZE - 1)) &&
           within((int64_t)s->frame_bytes, OCPP_SETTLE_LINK_FRAME_LEAST, OCPP_SETTLE_LINK_FRAME_LIMIT) &&
           within((int64_t)s->max_message, 1024, 65535) && within((int64_t)s->max_queued, 2, 64) && within(s->window, 4, 32) &&
           within(s->max_sessions, 1, LINK_SESSIONS_LIMIT) && within(s->max_answers, 1, 64) &&
           within((int64_t)s->answer_bytes, 16, 16384) && within(s->max_open, 1, 64) && within(s->resend_ms, 50, 60000) &&
           within(s->attempts, 1, 100) && within(s->keep_ms, 1000, 86400000) && within(s->open_gap_ms, 0, 60000) &&
           within((int64_t)s->arena_bytes, 16384, 16777216);
}

void link_log(const struct ocpp_settle_link *link, enum ocpp_log_level level, const char *what)
{
    if (link->settings.log.write != NULL && level <= link->settings.log.level) {
        link->settings.log.write(level, what, link->settings.log.user);
    }
}

void link_rest(struct ocpp_settle_link *link)
{
    if (!link->is_hearing) {
        ocpp_arena_reset(link->arena);
    }
}

/* --- the handle
 * ----------------------------------------------------------------------------------------------------------------- */

/* The tables behind the struct, in the memory |link| is given: what was asked, what is remembered, texts. */
static void lay_out(struct ocpp_settle_link *link)
{
    const struct ocpp_settle_link_settings *s = &link->settings;
    char *texts;

    link->asked = (struct link_asked *)(void *)(link + 1);
    link->remembered = (struct link_remembered *)(void *)(link->asked + s->max_open);
    texts = (char *)(link->remembered + s->max_answers);
    for (int i = 0; i < s->max_answers; i++) {
        link->remembered[i].text = texts + (size_t)i * s->answer_bytes;
    }
}

static enum ocpp_status know_own_key(struct ocpp_settle_link *link)
{
    const struct ocpp_settle_keys *keys = &link->settings.keys;
    enum ocpp_status status = keys->public_key(link->settings.key_name, link->point, keys->user);

    if (status != OCPP_OK) {
        return status;
    }
    if (link->settings.kid != NULL) {
        memcpy(link->kid, link->settings.kid, strlen(link->settings.kid) + 1);
        return OCPP_OK;
    }
    return ocpp_settle_kid(keys, link->point, link->kid);
}

enum ocpp_status ocpp_settle_link_new(const struct ocpp_settle_link_settings *settings, struct ocpp_settle_link **made)
{
    if (!settings_are_good(settings)) {
        return OCPP_ERR_ARGUMENT;
    }
    const size_t size = sizeof(struct ocpp_settle_link) + (size_t)settings->max_open * sizeof(struct link_asked) +
                        (size_t)settings->max_answers * (sizeof(struct link_remembered) + settings->answer_bytes);
    struct ocpp_settle_link *link = link_reallocate(settings->allocator, NULL, size);
    if (link == NULL) {
        return OCPP_ERR_NOMEM;
    }
    memset(link, 0, size);
    link->settings = *settings;
    lay_out(link);
    memcpy(link->pile, settings->pile, strlen(settings->pile) + 1);
    link->settings.pile = link->pile;
    link->arena = ocpp_arena_new(settings->allocator, settings->arena_bytes);
    const enum ocpp_status status = link->arena != NULL ? know_own_key(link) : OCPP_ERR_NOMEM;
    if (status != OCPP_OK) {
        ocpp_settle_link_free(link);
        return status;
    }
    *made = link;
    return OCPP_OK;
}

void ocpp_settle_link_free(struct ocpp_settle_link *link)
{
    if (link == NULL) {
        return;
    }
    for (int i = 0; i < LINK_SESSIONS_LIMIT; i++) {
        if (link->sessions[i] != NULL) {
            link_session_end(link->sessions[i]);
            (void)link_reallocate(link->settings.allocator, link->sessions[i], 0);
        }
    }
    ocpp_arena_free(link->arena);
    (void)link_reallocate(link->settings.allocator, link, 0);
}

enum ocpp_status ocpp_settle_link_serve(struct ocpp_settle_link *link, const struct ocpp_settle_link_route *routes, size_t count,
                                        void *user)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned)routes[i].action >= OCPP_SETTLE_LINK_ACTION_COUNT || routes[i].heard == NULL ||
            ocpp_settle_link_actions[routes[i].action].direction != OCPP_FROM_CENTRAL) {
            return OCPP_ERR_ARGUMENT;
        }
        if (link->served[routes[i].action].route != NULL) {
            return OCPP_ERR_STATE;
        }
    }
    for (size_t i = 0; i < count; i++) {
        link->served[routes[i].action] = (struct link_served){ &routes[i], user };
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_link_binding(const struct ocpp_settle_link *link, uint32_t session,
                                          unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE])
{
    const struct link_session *found = session != 0 ? link_session_of(link, session) : NULL;

    if (found == NULL) {
        return OCPP_ERR_STATE;
    }
    memcpy(binding, found->secrets.transcript, OCPP_SETTLE_LINK_BINDING_SIZE);
    return OCPP_OK;
}

/* --- what comes
 * ----------------------------------------------------------------------------------------------------------------- */

static void hear_session(struct ocpp_settle_link *link, const unsigned char *content, size_t size, struct ocpp_now now)
{
    struct link_session *session = link->present;
    struct link_message message;
    const bool was_quiet = session->stream.is_quiet;

    if (was_quiet) {
        (void)link_stream_rouse(&session->stream, session->stream.base, now.mono_ms);
    }
    link->welcome_pieces = 0; /* it was heard */
    link->is_hearing = true;
    switch (link_session_hear(session, &link->settings.keys, &session->secrets.from_phone, content, size, link->arena,
                              now.mono_ms, &message)) {
    case LINK_HEARD_NOTHING:
        break;
    case LINK_HEARD_BROKEN:
        link_break(link, session);
        break;
    case LINK_HEARD_MESSAGE:
        if (link_hear_message(link, session, &message, now)) {
            link_stream_taken(&session->stream);
        } else {
            link_session_unheard(session, &session->secrets.from_phone, size);
        }
        break;
    }
    link->is_hearing = false;
    link_rest(link);
}

static void hear_frame(struct ocpp_settle_link *link, size_t size, struct ocpp_now now)
{
    const unsigned char *bytes = link->line.bytes;

    if (link->present != NULL && link_frame_is_of(link->present->secrets.session, bytes, size)) {
        hear_session(link, bytes, size - 2, now);
    } else if (link_frame_is_of(link_no_session, bytes, size)) {
        link_hear_hello(link, bytes, size - 2, now);
    } else {
        link->damaged++;
    }
}

void ocpp_settle_link_receive(struct ocpp_settle_link *link, const void *bytes, size_t size, struct ocpp_now now)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        bool is_damaged;
        const size_t frame = link_line_add(&link->line, at[i], &is_damaged);

        link->damaged += is_damaged;
        if (frame != 0) {
            hear_frame(link, frame, now);
        }
    }
}

/* --- what goes
 * ------------------------------------------------------------------------------------------------------------------ */

static size_t next_welcome(struct ocpp_settle_link *link, unsigned char content[LINK_CONTENT_LIMIT])
{
    for (unsigned i = 0; i < LINK_PIECES; i++) {
        if ((link->welcome_pieces >> i & 1U) != 0) {
            link->welcome_pieces &= ~(1U << i);
            return link_hello_piece(&link->welcome, LINK_WELCOME, i, content);
        }
    }
    return 0;
}

size_t ocpp_settle_link_next_output(struct ocpp_settle_link *link, const unsigned char **bytes, struct ocpp_now now)
{
    unsigned char content[LINK_CONTENT_LIMIT];
    const unsigned char *session = link_no_session;
    size_t size = link->reply.size;

    if (size != 0) {
        memcpy(content, link->reply.content, size);
        link->reply.size = 0;
    } else {
        size = next_welcome(link, content);
    }
    if (size == 0 && link->present != NULL) {
        session = link->present->secrets.session;
        size = link_stream_next(&link->present->stream, now.mono_ms, content);
    }
    *bytes = link->frame;
    return size != 0 ? link_frame_write(session, content, size, link->frame) : 0;
}

void ocpp_settle_link_lost(struct ocpp_settle_link *link, struct ocpp_now now)
{
    (void)now;
    link->line = (struct link_line){ .size = 0 };
    link->coming.seen = 0;
    link->open_waits = false;
    link->welcome_pieces = 0;
    link->reply.size = 0;
    if (link->present != NULL) {
        link_stream_hush(&link->present->stream);
    }
}

/* --- time
 * ----------------------------------------------------------------------------------------------------------------------- */

int64_t ocpp_settle_link_deadline(const struct ocpp_settle_link *link)
{
    int64_t earliest = link->present != NULL ? link_stream_deadline(&link->present->stream) : OCPP_NEVER;

    earliest = link_open_deadline(link) < earliest ? link_open_deadline(link) : earliest;

    for (int i = 0; i < link->settings.max_sessions; i++) {
        if (link->sessions[i] != NULL && link->sessions[i]->heard_ms + link->settings.keep_ms < earliest) {
            earliest = link->sessions[i]->heard_ms + link->settings.keep_ms;
        }
    }
    return earliest;
}

void ocpp_settle_link_advance(struct ocpp_settle_link *link, struct ocpp_now now)
{
    for (int i = 0; i < link->settings.max_sessions; i++) {
        if (link->sessions[i] != NULL && now.mono_ms >= link->sessions[i]->heard_ms + link->settings.keep_ms) {
            link_forget(link, link->sessions[i], OCPP_SETTLE_LINK_ENDED);
        }
    }
    link_open_waiting(link, now);
    if (link->present != NULL) {
        (void)link_stream_advance(&link->present->stream, now.mono_ms);
    }
}

struct ocpp_settle_link_view ocpp_settle_link_view(const struct ocpp_settle_link *link)
{
    const struct link_session *present = link->present;
    struct ocpp_settle_link_view view = { .damaged = link->damaged, .repeated = link->repeated };

    for (int i = 0; i < link->settings.max_sessions; i++) {
        view.sessions += link->sessions[i] != NULL;
        view.repeated += link->sessions[i] != NULL ? link->sessions[i]->stream.repeated : 0;
    }
    if (present != NULL) {
        view.session = present->number;
        view.frame_bytes = present->stream.settings.frame_bytes;
        view.queued = present->stream.parcels;
    }
    return view;
}
