/* link_sessions.c: how sessions of a pile begin, go on and end. Each opening costs a computation on the curve, so there is a
 * least time between two, and an Open that is said again gets the Welcome it got.
 */
#include "link_internal.h"
#include "link_memory.h"

#include <ocpp/settlement/trust.h>

#include "base64url.h"

#include <string.h>

enum { ALL_PIECES = (1 << LINK_PIECES) - 1 };

static void tell(const struct ocpp_settle_link *link, enum ocpp_settle_link_event_kind kind, uint32_t session)
{
    const struct ocpp_settle_link_event event = { kind, session };

    if (link->settings.on_event != NULL) {
        link->settings.on_event(&event, link->settings.user);
    }
}

struct link_session *link_session_of(const struct ocpp_settle_link *link, uint32_t number)
{
    for (int i = 0; i < link->settings.max_sessions; i++) {
        if (link->sessions[i] != NULL && link->sessions[i]->number == number) {
            return link->sessions[i];
        }
    }
    return NULL;
}

void link_forget(struct ocpp_settle_link *link, struct link_session *session, enum ocpp_settle_link_event_kind why)
{
    const uint32_t number = session->number;

    for (int i = 0; i < link->settings.max_sessions; i++) {
        link->sessions[i] = link->sessions[i] == session ? NULL : link->sessions[i];
    }
    link->present = link->present == session ? NULL : link->present;
    link->repeated += session->stream.repeated;
    link_session_end(session);
    (void)link_reallocate(link->settings.allocator, session, 0);
    tell(link, why, number);
}

/* --- the proof
 * ------------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status sign(const struct ocpp_settle_link *link, const struct link_session *session, char text[87])
{
    const struct ocpp_settle_keys *keys = &link->settings.keys;
    unsigned char words[LINK_PROOF_TEXT];
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    const size_t size = link_proof_text(&session->secrets, link->pile, words);
    const enum ocpp_status status = keys->sign(link->settings.key_name, words, size, signature, keys->user);

    if (status == OCPP_OK) {
        base64url_write(signature, sizeof signature, text);
        text[86] = '\0';
    }
    return status;
}

static enum ocpp_status prove(struct ocpp_settle_link *link, struct link_session *session, struct ocpp_now now)
{
    char signature[87];
    char key[OCPP_SETTLE_POINT_TEXT_SIZE];
    struct ocpp_settle_link_proof proof = { .certificate = NULL };
    struct link_words words = { .kind = LINK_PROOF };
    enum ocpp_status status = sign(link, session, signature);

    if (status != OCPP_OK) {
        return status;
    }
    if (link->settings.certificate == NULL || !link->settings.certificate(&proof, link->settings.user)) {
        proof = (struct ocpp_settle_link_proof){ .certificate = NULL };
    }
    ocpp_settle_point_write(link->point, key);
    proof.pile = link->pile;
    proof.kid = link->kid;
    proof.key = key;
    proof.signature = signature;
    if (proof.keys.items == NULL) {
        static const char *const none[1] = { NULL };

        proof.keys.items = none;
        proof.keys.count = 0;
    }
    status = ocpp_message_encode(&ocpp_settle_link_proof_type, &proof, link->arena, &words.text, &words.size, NULL);
    if (status == OCPP_OK) {
        status = link_session_say(session, &link->settings.keys, &session->secrets.from_pile, &words, now.mono_ms);
    }
    return status;
}

/* --- opening
 * -------------------------------------------------------------------------------------------------------------------- */

/* Whether |a| makes room before |b|: nobody, somebody who opened and never spoke, who was not heard for longest. */
static bool goes_first(const struct link_session *a, const struct link_session *b)
{
    if (a == NULL || b == NULL) {
        return a == NULL && b != NULL;
    }
    const bool spoke = a->secrets.from_phone.count != 0;
    if (spoke != (b->secrets.from_phone.count != 0)) {
        return !spoke;
    }
    return a->heard_ms < b->heard_ms;
}

static struct link_session *place_for_session(struct ocpp_settle_link *link)
{
    int place = 0;

    for (int i = 1; i < link->settings.max_sessions; i++) {
        if (goes_first(link->sessions[i], link->sessions[place])) {
            place = i;
        }
    }
    struct link_session *made = link_reallocate(link->settings.allocator, NULL, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    if (link->sessions[place] != NULL) {
        link_forget(link, link->sessions[place], OCPP_SETTLE_LINK_ENDED);
    }
    *made = (struct link_session){ .number = ++link->last_session };
    link->sessions[place] = made;
    return made;
}

static void start_stream(const struct ocpp_settle_link *link, struct link_session *session, size_t frame_bytes)
{
    const struct link_stream_settings settings = {
        .allocator = link->settings.allocator,
        .frame_bytes = frame_bytes < link->settings.frame_bytes ? frame_bytes : link->settings.frame_bytes,
        .max_bytes = link->settings.max_message,
        .window = (unsigned)link->settings.window,
        .resend_ms = link->settings.resend_ms,
        .attempts = link->settings.attempts,
    };

    link_stream_start(&session->stream, &settings);
}

/* Welcome and the keys, in |link->welcome| and |secrets|. */
static enum ocpp_status agree(struct ocpp_settle_link *link, struct link_secrets *secrets)
{
    const struct ocpp_settle_keys *keys = &link->settings.keys;
    unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE];
    enum ocpp_status status;

    link->welcome = (struct link_hello){ .attempt = link->open.attempt };
    link->welcome.text[0] = LINK_VERSION;
    link->welcome.text[1] = (unsigned char)link->settings.frame_bytes;
    status = ocpp_settle_ephemeral(keys, scalar, link->welcome.text + 2);
    if (status == OCPP_OK) {
        status = link_secrets_agree(keys, scalar, link->open.text + 2, &link->open, &link->welcome, secrets);
    }
    ocpp_settle_wipe(scalar, sizeof scalar);
    return status;
}

static void open_session(struct ocpp_settle_link *link, struct ocpp_now now)
{
    struct link_secrets secrets;
    enum ocpp_status status = agree(link, &secrets);
    struct link_session *session = status == OCPP_OK ? place_for_session(link) : NULL;

    if (session != NULL) {
        session->secrets = secrets;
        session->heard_ms = now.mono_ms;
        start_stream(link, session, link->open.text[1]);
        status = prove(link, session, now);
        if (status != OCPP_OK) {
            link_forget(link, session, OCPP_SETTLE_LINK_ENDED);
            session = NULL;
        }
    }
    ocpp_settle_wipe(&secrets, sizeof secrets);
    if (session == NULL) {
        link->open.seen = 0; /* the same Open may be tried again */
        link_log(link, OCPP_LOG_WARNING, status == OCPP_OK ? "no memory for a session" : ocpp_status_sentence(status));
        return;
    }
    link->present = session;
    link->welcome_session = session->number;
    link->welcome_pieces = ALL_PIECES;
    link->welcomed_ms = now.mono_ms;
    tell(link, OCPP_SETTLE_LINK_OPENED, session->number);
}

/* A piece of the Open that was heard last: its Welcome was lost, at least in part, unless the phone has spoken since. */
static bool is_known_piece(const struct ocpp_settle_link *link, const unsigned char *content, size_t size)
{
    unsigned char piece[LINK_CONTENT_LIMIT];

    return link->open.seen != 0 && size >= LINK_PIECE_HEAD && content[3] < LINK_PIECES &&
           link_hello_piece(&link->open, LINK_OPEN, content[3], piece) == size && memcmp(piece, content, size) == 0;
}

static void welcome_again(struct ocpp_settle_link *link, struct ocpp_now now)
{
    struct link_session *opened = link_session_of(link, link->welcome_session);

    if (opened != NULL && opened->secrets.from_phone.count == 0 &&
        now.mono_ms >= link->welcomed_ms + link->settings.resend_ms / 2) {
        link->present = opened;
        link->welcome_pieces = ALL_PIECES;
        link->welcomed_ms = now.mono_ms;
    }
}

static void hear_open(struct ocpp_settle_link *link, const unsigned char *content, size_t size, struct ocpp_now now)
{
    if (is_known_piece(link, content, size) && link_session_of(link, link->welcome_session) != NULL) {
        welcome_again(link, now);
        return;
    }
    link->open_waits = link_hello_add(&link->coming, content, size) || (link->open_waits && link->coming.seen == ALL_PIECES);
    link_open_waiting(link, now);
}

int64_t link_open_deadline(const struct ocpp_settle_link *link)
{
    if (!link->open_waits) {
        return OCPP_NEVER;
    }
    return link->has_opened ? link->opened_ms + link->settings.open_gap_ms : INT64_MIN;
}

void link_open_waiting(struct ocpp_settle_link *link, struct ocpp_now now)
{
    if (!link->open_waits || now.mono_ms < link_open_deadline(link)) {
        return;
    }
    const bool is_good = link->coming.text[0] == LINK_VERSION && link->coming.text[1] >= OCPP_SETTLE_LINK_FRAME_LEAST;
    link->open_waits = false;
    link->coming.seen = 0;
    if (!is_good) {
        return;
    }
    link->open = link->coming;
    link->open.seen = 1;
    link->opened_ms = now.mono_ms;
    link->has_opened = true;
    open_session(link, now);
    link_rest(link);
}

/* --- resuming
 * ------------------------------------------------------------------------------------------------------------------- */

static void reply(struct ocpp_settle_link *link, enum link_kind kind, const unsigned char session[LINK_SESSION_SIZE])
{
    link->reply.content[0] = (unsigned char)kind;
    memmove(link->reply.content + 1, session, LINK_SESSION_SIZE);
    link->reply.size = 1 + LINK_SESSION_SIZE;
}

void link_break(struct ocpp_settle_link *link, struct link_session *session)
{
    reply(link, LINK_UNKNOWN, session->secrets.session);
    link_log(link, OCPP_LOG_WARNING, "what came is not the phone's that opened the session");
    link_forget(link, session, OCPP_SETTLE_LINK_BROKEN);
}

static struct link_session *session_named(const struct ocpp_settle_link *link, const unsigned char name[LINK_SESSION_SIZE])
{
    for (int i = 0; i < link->settings.max_sessions; i++) {
        if (link->sessions[i] != NULL && ocpp_settle_same_bytes(link->sessions[i]->secrets.session, name, LINK_SESSION_SIZE)) {
            return link->sessions[i];
        }
    }
    return NULL;
}

static void hear_resume(struct ocpp_settle_link *link, const unsigned char *content, size_t size, struct ocpp_now now)
{
    const unsigned char *number = content + 1 + LINK_SESSION_SIZE;

    if (size != 1 + LINK_SESSION_SIZE + 2) {
        return;
    }
    struct link_session *found = session_named(link, content + 1);
    if (found == NULL) {
        reply(link, LINK_UNKNOWN, content + 1);
        return;
    }
    const bool is_new = link->present != found || found->stream.is_quiet;
    if (!link_stream_rouse(&found->stream, (uint16_t)((unsigned)number[0] << 8 | number[1]), now.mono_ms)) {
        link_break(link, found);
        return;
    }
    reply(link, LINK_RESUMED, content + 1);
    link->reply.content[link->reply.size++] = (unsigned char)(found->stream.expected >> 8);
    link->reply.content[link->reply.size++] = (unsigned char)(found->stream.expected & 0xff);
    link->present = found;
    link->welcome_pieces = 0;
    found->heard_ms = now.mono_ms;
    if (is_new) {
        tell(link, OCPP_SETTLE_LINK_RESUMED, found->number);
    }
}

void link_hear_hello(struct ocpp_settle_link *link, const unsigned char *content, size_t size, struct ocpp_now now)
{
    if (content[0] == LINK_OPEN) {
        hear_open(link, content, size, now);
    } else if (content[0] == LINK_RESUME) {
        hear_resume(link, content, size, now);
    }
}
