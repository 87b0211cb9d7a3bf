/* phone_sessions.c: how a phone opens a session, believes the pile, and comes back. */
#include "phone_internal.h"

#include "base64url.h"

#include <ocpp/settlement/jws.h>

#include <string.h>

enum { ALL_PIECES = (1 << LINK_PIECES) - 1, SIGNATURE_LENGTH = 86 };

void phone_end_session(struct ocpp_settle_phone *phone)
{
    if (phone->session.number == 0) {
        return;
    }
    phone->repeated += phone->session.stream.repeated;
    link_session_end(&phone->session);
    for (struct phone_asked *asked = phone->asked; asked != NULL; asked = asked->next) {
        asked->is_said = false;
    }
}

void phone_begin(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    const struct ocpp_settle_keys *keys = &phone->settings.keys;
    unsigned char attempt[2];

    phone_end_session(phone);
    keys->random(attempt, sizeof attempt, keys->user);
    phone->open = (struct link_hello){ .attempt = (uint16_t)((unsigned)attempt[0] << 8 | attempt[1]) };
    phone->open.text[0] = LINK_VERSION;
    phone->open.text[1] = (unsigned char)phone->settings.frame_bytes;
    phone->coming = (struct link_hello){ .seen = 0 };
    phone->resume_waits = false;
    phone->state = PHONE_AWAIT_WELCOME;
    phone->since_ms = now.mono_ms;
    phone->has_scalar = ocpp_settle_ephemeral(keys, phone->scalar, phone->open.text + 2) == OCPP_OK;
    phone->open_pieces = phone->has_scalar ? ALL_PIECES : 0; /* otherwise time makes another one */
}

void phone_resume(struct ocpp_settle_phone *phone, struct ocpp_now now)
{
    phone->state = PHONE_AWAIT_RESUMED;
    phone->resume_waits = true;
    phone->tries = 0;
    phone->since_ms = now.mono_ms;
}

/* --- what comes
 * ----------------------------------------------------------------------------------------------------------------- */

static void start_stream(struct ocpp_settle_phone *phone)
{
    const size_t theirs = phone->coming.text[1];
    const struct link_stream_settings settings = {
        .allocator = phone->settings.allocator,
        .frame_bytes = theirs < phone->settings.frame_bytes ? theirs : phone->settings.frame_bytes,
        .max_bytes = phone->settings.max_message,
        .window = (unsigned)phone->settings.window,
        .resend_ms = phone->settings.resend_ms,
        .attempts = phone->settings.attempts,
    };

    link_stream_start(&phone->session.stream, &settings);
}

static void hear_welcome(struct ocpp_settle_phone *phone, const unsigned char *content, size_t size, struct ocpp_now now)
{
    if (phone->state != PHONE_AWAIT_WELCOME || size < LINK_PIECE_HEAD ||
        ((unsigned)content[1] << 8 | content[2]) != phone->open.attempt || !link_hello_add(&phone->coming, content, size)) {
        return;
    }
    phone->coming.seen = 0;
    if (phone->coming.text[0] != LINK_VERSION || phone->coming.text[1] < OCPP_SETTLE_LINK_FRAME_LEAST) {
        return;
    }
    const enum ocpp_status status = link_secrets_agree(&phone->settings.keys, phone->scalar, phone->coming.text + 2, &phone->open,
                                                       &phone->coming, &phone->session.secrets);
    if (status != OCPP_OK) {
        return; /* Open is said again */
    }
    ocpp_settle_wipe(phone->scalar, sizeof phone->scalar);
    phone->has_scalar = false;
    phone->session.number = ++phone->last_session;
    phone->session.heard_ms = now.mono_ms;
    start_stream(phone);
    phone->open_pieces = 0;
    phone->state = PHONE_AWAIT_PROOF;
    phone->since_ms = now.mono_ms;
}

static bool is_our_session(const struct ocpp_settle_phone *phone, const unsigned char *content, size_t size)
{
    return phone->session.number != 0 && size >= 1 + LINK_SESSION_SIZE &&
           ocpp_settle_same_bytes(phone->session.secrets.session, content + 1, LINK_SESSION_SIZE);
}

static void hear_resumed(struct ocpp_settle_phone *phone, const unsigned char *content, size_t size, struct ocpp_now now)
{
    const unsigned char *number = content + 1 + LINK_SESSION_SIZE;

    if (phone->state != PHONE_AWAIT_RESUMED || size != 1 + LINK_SESSION_SIZE + 2) {
        return;
    }
    phone->resume_waits = false;
    phone->tries = 0;
    if (!link_stream_rouse(&phone->session.stream, (uint16_t)((unsigned)number[0] << 8 | number[1]), now.mono_ms)) {
        phone_tell(phone, OCPP_SETTLE_PHONE_BROKEN, NULL);
        phone_begin(phone, now);
        return;
    }
    phone->state = PHONE_AWAIT_WORDS;
    phone->session.heard_ms = now.mono_ms;
    if (phone->tells_resumed) {
        phone->tells_resumed = false;
        phone_tell(phone, OCPP_SETTLE_PHONE_RESUMED, NULL);
    }
    phone_say_asked(phone, now);
}

void phone_hear_hello(struct ocpp_settle_phone *phone, const unsigned char *content, size_t size, struct ocpp_now now)
{
    if (content[0] == LINK_WELCOME) {
        hear_welcome(phone, content, size, now);
    } else if (content[0] == LINK_RESUMED && is_our_session(phone, content, size)) {
        hear_resumed(phone, content, size, now);
    } else if (content[0] == LINK_UNKNOWN && is_our_session(phone, content, size) && size == 1 + LINK_SESSION_SIZE &&
               phone->state != PHONE_AWAIT_CONNECTION) {
        phone->tries = 0;
        phone_begin(phone, now);
    }
}

/* --- believing
 * ------------------------------------------------------------------------------------------------------------------ */

/* Of a look at somebody's signature: OCPP_ERR_SECURITY is the other side's fault, or of what it told; other trouble is ours. */
static enum ocpp_status fault_of(enum ocpp_status status)
{
    const bool is_ours = status == OCPP_ERR_CRYPTO || ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE;

    return status == OCPP_OK || is_ours ? status : OCPP_ERR_SECURITY;
}

static enum ocpp_status check_signature(const struct ocpp_settle_phone *phone, const struct ocpp_settle_phone_pile *pile)
{
    const struct ocpp_settle_keys *keys = &phone->settings.keys;
    unsigned char text[LINK_PROOF_TEXT];
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    const size_t size = link_proof_text(&phone->session.secrets, pile->proof->pile, text);

    if (strlen(pile->proof->signature) != SIGNATURE_LENGTH ||
        !base64url_read(pile->proof->signature, SIGNATURE_LENGTH, signature)) {
        return OCPP_ERR_SECURITY;
    }
    return fault_of(keys->verify(pile->point, text, size, signature, keys->user));
}

/* The certificate, by a key of the server that the root signed, which the pile may have told. OCPP_ERR_SECURITY: it says nothing.
 */
static enum ocpp_status check_certificate(struct ocpp_settle_phone *phone, const struct ocpp_settle_link_proof *proof)
{
    struct ocpp_settle_trust *trust = ocpp_arena_take(phone->arena, sizeof *trust);
    const struct ocpp_settle_trust_parcel told = { .keys = { proof->keys.items, proof->keys.count } };
    const struct ocpp_settle_jws_verifier verifier = { &phone->settings.keys, OCPP_SETTLE_TYP_PILE_KEY, ocpp_settle_trust_find,
                                                       trust, 0 };
    const void *read;

    if (phone->settings.trust == NULL || proof->certificate == NULL) {
        return OCPP_ERR_SECURITY;
    }
    if (trust == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *trust = *phone->settings.trust;
    enum ocpp_status status = fault_of(ocpp_settle_trust_take(trust, &phone->settings.keys, &told, phone->arena, NULL));
    if (status == OCPP_OK || status == OCPP_ERR_SECURITY) { /* what is no good is not taken */
        status = fault_of(ocpp_settle_jws_verify_message(&verifier, proof->certificate, strlen(proof->certificate),
                                                         &ocpp_settle_pile_key_type, phone->arena, &read, NULL, NULL));
    }
    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_pile_key *certificate = read;
    const bool is_its = strcmp(certificate->pile, proof->pile) == 0 && strcmp(certificate->key, proof->key) == 0;
    return is_its ? OCPP_OK : OCPP_ERR_SECURITY;
}

static bool is_believed(const struct ocpp_settle_phone *phone, const struct ocpp_settle_phone_pile *pile)
{
    const struct ocpp_settle_phone_settings *s = &phone->settings;

    if (s->pile != NULL && strcmp(s->pile, pile->proof->pile) != 0) {
        return false;
    }
    if (s->point != NULL && memcmp(s->point, pile->point, OCPP_SETTLE_POINT_SIZE) != 0) {
        return false;
    }
    return s->judge != NULL ? s->judge(pile, s->user) : s->point != NULL || pile->is_certified;
}

/* Who speaks, as far as it is proved. */
static enum ocpp_status read_proof(struct ocpp_settle_phone *phone, const struct link_message *message,
                                   struct ocpp_settle_phone_pile *pile)
{
    const struct ocpp_json_limits limits = { .max_bytes = message->size + 1 };
    const void *read;
    enum ocpp_status status =
        ocpp_message_decode(&ocpp_settle_link_proof_type, message->text, message->size, &limits, NULL, phone->arena, &read, NULL);

    if (status != OCPP_OK) {
        return fault_of(status);
    }
    pile->proof = read;
    status = ocpp_settle_point_read(pile->proof->key, pile->point) ? check_signature(phone, pile) : OCPP_ERR_SECURITY;
    if (status != OCPP_OK) {
        pile->proof = NULL;
        return status;
    }
    status = check_certificate(phone, pile->proof);
    pile->is_certified = status == OCPP_OK;
    return status == OCPP_ERR_SECURITY ? OCPP_OK : status;
}

enum phone_proof phone_hear_proof(struct ocpp_settle_phone *phone, const struct link_message *message)
{
    struct ocpp_settle_phone_pile pile = { .proof = NULL };
    const enum ocpp_status status = message->kind == LINK_PROOF ? read_proof(phone, message, &pile) : OCPP_ERR_SECURITY;

    if (status != OCPP_OK && status != OCPP_ERR_SECURITY) {
        return PHONE_PROOF_UNHEARD;
    }
    const bool goes_on = status == OCPP_OK && is_believed(phone, &pile);
    phone_tell(phone, goes_on ? OCPP_SETTLE_PHONE_OPENED : OCPP_SETTLE_PHONE_REFUSED, pile.proof != NULL ? &pile : NULL);
    return goes_on ? PHONE_PROOF_GOOD : PHONE_PROOF_REFUSED;
}
