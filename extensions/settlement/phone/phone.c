/* phone.c: the handle of a phone's side: what comes in, what goes out, and when. */
#include "phone_internal.h"

#include "link_memory.h"

#include <string.h>

enum { POLLS = 4 }; /* times resend_ms without a word, while something is asked */

/* --- the handle
 * ----------------------------------------------------------------------------------------------------------------- */

struct ocpp_settle_phone_settings ocpp_settle_phone_settings_default(void)
{
    return (struct ocpp_settle_phone_settings){
        .frame_bytes = 244,
        .max_message = 16384,
        .max_asked = 8,
        .window = 16,
        .resend_ms = 1000,
        .attempts = 8,
        .idle_ms = 30000,
        .arena_bytes = 131072,
    };
}

static bool within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool keys_are_there(const struct ocpp_settle_keys *keys)
{
    return keys->sha256 != NULL && keys->verify != NULL && keys->point_of != NULL && keys->agree != NULL && keys->seal != NULL &&
           keys->open != NULL && keys->random != NULL;
}

static bool settings_are_good(const struct ocpp_settle_phone_settings *s)
{
    return keys_are_there(&s->keys) &&
           within((int64_t)s->frame_bytes, OCPP_SETTLE_LINK_FRAME_LEAST, OCPP_SETTLE_LINK_FRAME_LIMIT) &&
           within((int64_t)s->max_message, 1024, 65535) && within((int64_t)s->max_asked, 1, 64) && within(s->window, 4, 32) &&
           within(s->resend_ms, 50, 60000) && within(s->attempts, 1, 100) && within(s->idle_ms, 1000, 3600000) &&
           within((int64_t)s->arena_bytes, 16384, 16777216);
}

enum ocpp_status ocpp_settle_phone_new(const struct ocpp_settle_phone_settings *settings, struct ocpp_settle_phone **made)
{
    if (!settings_are_good(settings)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct ocpp_settle_phone *phone = link_reallocate(settings->allocator, NULL, sizeof *phone);
    if (phone == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *phone = (struct ocpp_settle_phone){ .settings = *settings };
    phone->arena = ocpp_arena_new(settings->allocator, settings->arena_bytes);
    if (phone->arena == NULL) {
        ocpp_settle_phone_free(phone);
        return OCPP_ERR_NOMEM;
    }
    *made = phone;
    return OCPP_OK;
}

void ocpp_settle_phone_free(struct ocpp_settle_phone *phone)
{
    if (phone == NULL) {
        return;
    }
    const struct ocpp_allocator *allocator = phone->settings.allocator;
    phone_drop_all(phone);
    phone_end_session(phone);
    ocpp_arena_free(phone->arena);
    ocpp_settle_wipe(phone->scalar, sizeof phone->scalar);
    (void)link_reallocate(allocator, phone, 0);
}

void phone_tell(struct ocpp_settle_phone *phone, enum ocpp_settle_phone_event_kind kind,
                const struct ocpp_settle_phone_pile *pile)
{
    const struct ocpp_settle_phone_event event = { .kind = kind, .pile = pile };

    if (phone->settings.on_event != NULL) {
        phone->settings.on_event(&event, phone->settings.user);
    }
}

enum ocpp_status ocpp_settle_phone_binding(const struct ocpp_settle_phone *phone,
                                           unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE])
{
    if (phone->session.number == 0 || phone->state == PHONE_AWAIT_PROOF) {
        return OCPP_ERR_STATE;
    }
    memcpy(binding, phone->session.secrets.transcript, OCPP_SETTLE_LINK_BINDING_SIZE);
    return OCPP_OK;
}

/* --- the stream
 * ----------------------------------------------------------------------------------------------------------------- */

void ocpp_settle_phone_connected(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    phone->line = (struct link_line){ .size = 0 };
    phone->tries = 0;
    if (phone->session.number != 0 && phone->state != PHONE_AWAIT_PROOF) {
        phone->tells_resumed = true;
        phone_resume(phone, now);
        return;
    }
    phone_begin(phone, now);
}

void ocpp_settle_phone_lost(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    (void)now;
    phone->line = (struct link_line){ .size = 0 };
    phone->open_pieces = 0;
    phone->resume_waits = false;
    if (phone->state == PHONE_AWAIT_PROOF) {
        phone_end_session(phone);
    }
    if (phone->session.number != 0) {
        link_stream_hush(&phone->session.stream);
    }
    phone->state = PHONE_AWAIT_CONNECTION;
}

static bool hear_words(struct ocpp_settle_phone *phone, const struct link_message *message, struct ocpp_now now)
{
    if (phone->state != PHONE_AWAIT_PROOF) {
        return phone_hear_message(phone, message);
    }
    switch (phone_hear_proof(phone, message)) {
    case PHONE_PROOF_GOOD:
        phone->state = PHONE_AWAIT_WORDS;
        phone->tries = 0;
        phone_say_asked(phone, now);
        return true;
    case PHONE_PROOF_REFUSED:
        phone->state = PHONE_AWAIT_CONNECTION;
        return true;
    case PHONE_PROOF_UNHEARD:
        break;
    }
    return false;
}

static void hear_session(struct ocpp_settle_phone *phone, const unsigned char *content, size_t size, struct ocpp_now now)
{
    struct link_session *session = &phone->session;
    struct link_message message;

    phone->since_ms = now.mono_ms;
    phone->is_hearing = true;
    switch (link_session_hear(session, &phone->settings.keys, &session->secrets.from_pile, content, size, phone->arena,
                              now.mono_ms, &message)) {
    case LINK_HEARD_NOTHING:
        break;
    case LINK_HEARD_BROKEN:
        phone_tell(phone, OCPP_SETTLE_PHONE_BROKEN, NULL);
        phone_begin(phone, now);
        break;
    case LINK_HEARD_MESSAGE:
        if (hear_words(phone, &message, now)) {
            link_stream_taken(&session->stream);
        } else {
            link_session_unheard(session, &session->secrets.from_pile, size);
        }
        break;
    }
    phone->is_hearing = false;
    ocpp_arena_reset(phone->arena);
    if (phone->state == PHONE_AWAIT_CONNECTION) { /* it is not believed */
        phone_end_session(phone);
    }
}

static void hear_frame(struct ocpp_settle_phone *phone, size_t size, struct ocpp_now now)
{
    const unsigned char *bytes = phone->line.bytes;

    if (phone->state == PHONE_AWAIT_CONNECTION) {
        return;
    }
    if (phone->session.number != 0 && link_frame_is_of(phone->session.secrets.session, bytes, size)) {
        hear_session(phone, bytes, size - 2, now);
    } else if (link_frame_is_of(link_no_session, bytes, size)) {
        phone_hear_hello(phone, bytes, size - 2, now);
    } else {
        phone->damaged++;
    }
}

void ocpp_settle_phone_receive(struct ocpp_settle_phone *phone, const void *bytes, size_t size, struct ocpp_now now)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        bool is_damaged;
        const size_t frame = link_line_add(&phone->line, at[i], &is_damaged);

        phone->damaged += is_damaged;
        if (frame != 0) {
            hear_frame(phone, frame, now);
        }
    }
}

static size_t next_hello(struct ocpp_settle_phone *phone, unsigned char content[LINK_CONTENT_LIMIT])
{
    for (unsigned i = 0; i < LINK_PIECES; i++) {
        if ((phone->open_pieces >> i & 1U) != 0) {
            phone->open_pieces &= ~(1U << i);
            return link_hello_piece(&phone->open, LINK_OPEN, i, content);
        }
    }
    if (!phone->resume_waits) {
        return 0;
    }
    phone->resume_waits = false;
    content[0] = LINK_RESUME;
    memcpy(content + 1, phone->session.secrets.session, LINK_SESSION_SIZE);
    content[1 + LINK_SESSION_SIZE] = (unsigned char)(phone->session.stream.expected >> 8);
    content[2 + LINK_SESSION_SIZE] = (unsigned char)(phone->session.stream.expected & 0xff);
    return 3 + LINK_SESSION_SIZE;
}

size_t ocpp_settle_phone_next_output(struct ocpp_settle_phone *phone, const unsigned char **bytes, struct ocpp_now now)
{
    unsigned char content[LINK_CONTENT_LIMIT];
    const unsigned char *session = link_no_session;
    size_t size = next_hello(phone, content);

    if (size == 0 && (phone->state == PHONE_AWAIT_PROOF || phone->state == PHONE_AWAIT_WORDS)) {
        session = phone->session.secrets.session;
        size = link_stream_next(&phone->session.stream, now.mono_ms, content);
    }
    *bytes = phone->frame;
    return size != 0 ? link_frame_write(session, content, size, phone->frame) : 0;
}

/* --- time
 * ----------------------------------------------------------------------------------------------------------------------- */

static int64_t backed_off(const struct ocpp_settle_phone *phone)
{
    const int doublings = phone->tries < LINK_BACK_OFF_MOST ? phone->tries : LINK_BACK_OFF_MOST;

    return phone->settings.resend_ms * (1 << doublings);
}

/* When to look whether the pile still knows the session. */
static int64_t poll_at(const struct ocpp_settle_phone *phone)
{
    const int64_t wait = phone->asked != NULL ? POLLS * phone->settings.resend_ms : phone->settings.idle_ms;

    return phone->session.heard_ms + wait;
}

int64_t ocpp_settle_phone_deadline(const struct ocpp_settle_phone *phone)
{
    int64_t at = OCPP_NEVER;

    switch (phone->state) {
    case PHONE_AWAIT_CONNECTION:
        break;
    case PHONE_AWAIT_WELCOME:
    case PHONE_AWAIT_RESUMED:
        at = phone->since_ms + backed_off(phone);
        break;
    case PHONE_AWAIT_PROOF:
        at = phone->since_ms + POLLS * phone->settings.resend_ms;
        break;
    case PHONE_AWAIT_WORDS:
        at = link_stream_deadline(&phone->session.stream);
        at = at < poll_at(phone) ? at : poll_at(phone);
        break;
    }
    return at;
}

static void give_up(struct ocpp_settle_phone *phone)
{
    phone->state = PHONE_AWAIT_CONNECTION;
    phone->open_pieces = 0;
    phone->resume_waits = false;
    phone_tell(phone, OCPP_SETTLE_PHONE_UNHEARD, NULL);
}

static void wait_again(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    if (++phone->tries >= phone->settings.attempts) {
        if (phone->state == PHONE_AWAIT_PROOF) {
            phone_end_session(phone);
        }
        give_up(phone);
        return;
    }
    phone->since_ms = now.mono_ms;
    if (phone->state == PHONE_AWAIT_RESUMED) {
        phone->resume_waits = true;
    } else if (phone->state == PHONE_AWAIT_WELCOME && phone->has_scalar) {
        phone->open_pieces = (1U << LINK_PIECES) - 1; /* what came of Welcome is kept */
    } else {
        phone_begin(phone, now);
    }
}

void ocpp_settle_phone_advance(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    if (now.mono_ms < ocpp_settle_phone_deadline(phone)) {
        return;
    }
    if (phone->state != PHONE_AWAIT_WORDS) {
        wait_again(phone, now);
        return;
    }
    phone_say_asked(phone, now); /* what could not be said for want of memory */
    if (!link_stream_advance(&phone->session.stream, now.mono_ms)) {
        phone->tells_resumed = true;
        phone_resume(phone, now);
    } else if (now.mono_ms >= poll_at(phone)) {
        phone_resume(phone, now);
    }
}

struct ocpp_settle_phone_view ocpp_settle_phone_view(const struct ocpp_settle_phone *phone)
{
    const bool has_session = phone->session.number != 0;

    return (struct ocpp_settle_phone_view){
        .is_open = has_session && (phone->state == PHONE_AWAIT_WORDS || phone->state == PHONE_AWAIT_RESUMED),
        .asked = phone->asked_count,
        .frame_bytes = has_session ? phone->session.stream.settings.frame_bytes : 0,
        .damaged = phone->damaged,
        .repeated = phone->repeated + phone->session.stream.repeated,
    };
}
