/* relay_piles.c: piles without a network: installed, enrolled with a key of their own, revoked, quarantined. */
#include "relay_internal.h"

#include <stdio.h>
#include <string.h>

enum { PILE_LENGTH = 48, REASON_LENGTH = 80, CODE_LEAST = 12, CODE_LENGTH = 64 };

static const char *pile_key(struct command *command, const char *pile)
{
    return command_key(command, "relaypile", pile, NULL);
}

struct row_relay_pile *relay_pile_edit(struct command *command, const char *name)
{
    struct row_relay_pile *pile = command_edit(command, pile_key(command, name), &row_relay_pile_type);

    if (!pile && !command_failed(command)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such pile");
    }
    return pile;
}

void relay_pile_put(struct command *command, const struct row_relay_pile *pile)
{
    command_put(command, pile_key(command, pile->pile), &row_relay_pile_type, pile);
}

static void move(struct command *command, struct row_relay_pile *pile, enum row_relay_pile_state state, const char *reason)
{
    const char *from = ocpp_enum_name(&row_relay_pile_state_enum, (int)pile->state);
    const char *to = ocpp_enum_name(&row_relay_pile_state_enum, (int)state);

    pile->state = state;
    pile->reason = reason;
    command_state(command, "relaypile", pile->pile, from, to, reason);
    command_tell(command, OCPP_SETTLE_EVENT_PILE, pile->pile, pile->pile, to, reason);
}

/* D10. */
void relay_quarantine(struct command *command, struct row_relay_pile *pile, const char *reason)
{
    if (pile->state == ROW_RELAY_PILE_STATE_ENROLLED) { /* once: what proves it may be brought any number of times */
        move(command, pile, ROW_RELAY_PILE_STATE_QUARANTINED, reason);
        relay_pile_put(command, pile);
        command_tell(command, OCPP_SETTLE_EVENT_SECURITY, pile->pile, pile->pile, "Quarantined", reason);
    }
}

/* --- the claim code -------------------------------------------------------------------------------------------------- */

/* The name of the secret that a claim code is. */
static const char *claim_name(struct command *command, const char *pile)
{
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];
    char *name = order_take(command, OCPP_SETTLE_KEY_NAME_SIZE);

    if (name) {
        command_fail(command, ocpp_settle_hash_text(&command_settle(command)->settings.keys, pile, strlen(pile), hash));
    }
    if (command_failed(command)) {
        return NULL;
    }
    snprintf(name, OCPP_SETTLE_KEY_NAME_SIZE, "claim.%.40s", hash);
    return name;
}

static void keep_code(struct command *command, const char *pile, const char *code)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    const struct ocpp_settle_bytes piece = { code, strlen(code) };
    unsigned char secret[OCPP_SETTLE_DIGEST_SIZE];
    const char *name = claim_name(command, pile);
    enum ocpp_status status = keys->keep_secret ? keys->sha256(&piece, 1, secret, keys->user) : OCPP_ERR_ARGUMENT;

    if (status == OCPP_OK && name) {
        status = keys->keep_secret(name, secret, sizeof secret, keys->user);
    }
    command_fail(command, status);
}

struct pile_args {
    const char *pile;
    const char *text; /* code or reason */
};

static void register_body(struct command *command, void *args)
{
    static const struct row_relay_sequence no_sequences;
    const struct pile_args *said = args;
    const struct row_relay_pile *before = command_read(command, pile_key(command, said->pile), &row_relay_pile_type);

    if (before && before->state != ROW_RELAY_PILE_STATE_REGISTERED && before->state != ROW_RELAY_PILE_STATE_REVOKED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the pile has enrolled");
        return;
    }
    struct row_relay_pile pile = { .pile = said->pile, .sequences = { &no_sequences, 0 } };
    if (before) { /* its pages go on, and its authorisations */
        pile = *before;
        pile.kid = pile.key = pile.certificate = pile.enrolment = pile.reason = NULL;
    }
    pile.state = ROW_RELAY_PILE_STATE_REGISTERED;
    pile.is_claimed = said->text != NULL;
    if (said->text) {
        keep_code(command, said->pile, said->text);
    }
    relay_pile_put(command, &pile);
    command_state(command, "relaypile", said->pile, NULL, "Registered", NULL);
    command_result(command, said->pile);
}

static bool is_name(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

enum ocpp_status ocpp_settle_relay_register(struct ocpp_settle *settle, const char *pile, const char *claim_code,
                                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct pile_args args = { pile, claim_code };

    if (!is_name(pile, PILE_LENGTH) || (claim_code && (strlen(claim_code) < CODE_LEAST || strlen(claim_code) > CODE_LENGTH))) {
        return OCPP_ERR_ARGUMENT;
    }
    return relay_run(settle, "relay register", register_body, &args, done, now);
}

/* --- enrolment ---------------------------------------------------------------------------------------------------- */

struct enrol_args {
    const char *token;
    size_t size;
    const char *proven;
};

static bool find_nobody(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct ocpp_settle_pile_request *request = user;

    (void)typ;
    return request && strcmp(kid, request->kid) == 0 && ocpp_settle_point_read(request->key, point);
}

/* A request is signed by the key it brings: what it says is read before, and believed only if the signature is that key's. */
static const struct ocpp_settle_pile_request *read_request(struct command *command, const struct enrol_args *args)
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    struct ocpp_settle_jws_verifier verifier = { .keys = keys, .typ = OCPP_SETTLE_TYP_PILE_REQUEST, .find = find_nobody };
    const char *payload;
    size_t size;
    const void *read = NULL;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    if (ocpp_settle_jws_peek(args->token, args->size, command_arena(command), &payload, &size) != OCPP_OK ||
        ocpp_message_decode(&ocpp_settle_pile_request_type, payload, size, NULL, NULL, command_arena(command), &read, NULL) !=
            OCPP_OK) {
        return NULL;
    }
    const struct ocpp_settle_pile_request *request = read;
    verifier.user = (void *)(uintptr_t)read;
    struct ocpp_settle_jws jws;
    const bool is_signed = ocpp_settle_jws_verify(&verifier, args->token, args->size, command_arena(command), &jws) == OCPP_OK;
    const bool is_named = ocpp_settle_point_read(request->key, point) && ocpp_settle_kid(keys, point, kid) == OCPP_OK &&
                          strcmp(kid, request->kid) == 0;
    return is_signed && is_named ? request : NULL;
}

static bool knows_code(struct command *command, const struct ocpp_settle_pile_request *request)
{
    const char *const texts[] = { "claim", request->pile, request->kid, request->key, request->nonce };
    const char *name = claim_name(command, request->pile);
    char proof[OCPP_SETTLE_HASH_TEXT_SIZE];

    return name && request->proof && strlen(request->proof) == sizeof proof - 1 &&
           ocpp_settle_claim_proof(&command_settle(command)->settings.keys, name, texts, 5, proof) == OCPP_OK &&
           ocpp_settle_same_bytes(proof, request->proof, sizeof proof - 1);
}

static const char *enrolment_of(struct command *command, const struct ocpp_settle_pile_request *request, const char *certificate,
                                bool has_code)
{
    const struct ocpp_settle_relay *relay = relay_settings(command);
    const struct ocpp_settle_trust_parcel *trust = relay_trust(command);
    char root[OCPP_SETTLE_POINT_TEXT_SIZE];
    char proof[OCPP_SETTLE_HASH_TEXT_SIZE];

    if (!trust || !certificate) {
        return NULL;
    }
    ocpp_settle_point_write(relay->root, root);
    const char *const texts[] = { "enrol", relay->root_kid, root, certificate, request->nonce };
    if (has_code) {
        command_fail(command, ocpp_settle_claim_proof(&command_settle(command)->settings.keys, claim_name(command, request->pile),
                                                      texts, 5, proof));
    }
    const struct ocpp_settle_pile_enrolment enrolment = { .operator_ = command_settle(command)->settings.operator_id,
                                                          .root_kid = relay->root_kid,
                                                          .root = root,
                                                          .certificate = certificate,
                                                          .trust = *trust,
                                                          .proof = has_code ? proof : NULL };
    return relay_write(command, &ocpp_settle_pile_enrolment_type, &enrolment);
}

static void take_key(struct command *command, struct row_relay_pile *pile, const struct ocpp_settle_pile_request *request)
{
    const struct row_relay_key key = { .pile = pile->pile, .key = request->key };
    const struct ocpp_settle_pile_key said = { .iss = command_settle(command)->settings.operator_id,
                                               .pile = pile->pile,
                                               .kid = request->kid,
                                               .key = request->key,
                                               .iat = command_utc_ms(command) };

    pile->kid = request->kid;
    pile->key = request->key;
    pile->outlets = request->outlets;
    pile->certificate = relay_sign(command, OCPP_SETTLE_TYP_PILE_KEY, &ocpp_settle_pile_key_type, &said);
    pile->enrolment = enrolment_of(command, request, pile->certificate, pile->is_claimed);
    if (pile->state == ROW_RELAY_PILE_STATE_REGISTERED) { /* who asks again is as it was: a person lifts a quarantine (D10) */
        move(command, pile, ROW_RELAY_PILE_STATE_ENROLLED, NULL);
    }
    command_put(command, command_key(command, "relaykey", request->kid, NULL), &row_relay_key_type, &key);
    relay_pile_put(command, pile);
}

static void enrol_body(struct command *command, void *args)
{
    const struct enrol_args *said = args;
    const struct ocpp_settle_pile_request *request = read_request(command, said);
    struct row_relay_pile *pile = request ? command_edit(command, pile_key(command, request->pile), &row_relay_pile_type) : NULL;
    const struct row_relay_key *known =
        request ? command_read(command, command_key(command, "relaykey", request->kid, NULL), &row_relay_key_type) : NULL;

    if (command_failed(command)) {
        return;
    }
    if (!pile || (known && (known->is_revoked || strcmp(known->pile, request->pile) != 0))) {
        relay_junk(command, pile ? pile->pile : NULL, OCPP_SETTLE_TYP_PILE_REQUEST, "no request of a pile that was registered");
    } else if (said->proven && strcmp(said->proven, request->pile) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "it names another pile than the one that speaks");
    } else if (!said->proven && (!pile->is_claimed || !knows_code(command, request))) {
        relay_junk(command, pile->pile, OCPP_SETTLE_TYP_PILE_REQUEST, "it does not know the claim code");
    } else if (pile->state != ROW_RELAY_PILE_STATE_REGISTERED && (!pile->kid || strcmp(pile->kid, request->kid) != 0)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the pile has enrolled with another key, or was revoked");
    } else {
        take_key(command, pile, request);
        command_result(command, pile->pile);
    }
}

enum ocpp_status ocpp_settle_relay_enrol(struct ocpp_settle *settle, const char *token, size_t size, const char *proven_pile,
                                         const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct enrol_args args = { token, size, proven_pile };

    return token ? relay_run(settle, "relay enrol", enrol_body, &args, done, now) : OCPP_ERR_ARGUMENT;
}

/* --- what an operator decides --------------------------------------------------------------------------------------- */

static void revoke_body(struct command *command, void *args)
{
    const struct pile_args *said = args;
    struct row_relay_pile *pile = relay_pile_edit(command, said->pile);
    struct row_relay_key *key =
        pile && pile->kid ? command_edit(command, command_key(command, "relaykey", pile->kid, NULL), &row_relay_key_type) : NULL;

    if (!pile) {
        return;
    }
    if (key) {
        key->is_revoked = true;
        command_put(command, command_key(command, "relaykey", pile->kid, NULL), &row_relay_key_type, key);
    }
    move(command, pile, ROW_RELAY_PILE_STATE_REVOKED, said->text);
    relay_pile_put(command, pile);
    command_result(command, pile->pile);
}

static void lift_body(struct command *command, void *args)
{
    const struct pile_args *said = args;
    struct row_relay_pile *pile = relay_pile_edit(command, said->pile);

    if (pile && pile->state != ROW_RELAY_PILE_STATE_QUARANTINED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is not quarantined");
    } else if (pile) {
        move(command, pile, ROW_RELAY_PILE_STATE_ENROLLED, said->text);
        relay_pile_put(command, pile);
        command_result(command, pile->pile);
    }
}

static enum ocpp_status decide(struct ocpp_settle *settle, const char *name, command_body *body, struct pile_args *args,
                               const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const bool is_right = is_name(args->pile, PILE_LENGTH) && is_name(args->text, REASON_LENGTH);

    return is_right ? relay_run(settle, name, body, args, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_relay_revoke(struct ocpp_settle *settle, const char *pile, const char *reason,
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return decide(settle, "relay revoke", revoke_body, &(struct pile_args){ pile, reason }, done, now);
}

enum ocpp_status ocpp_settle_relay_lift(struct ocpp_settle *settle, const char *pile, const char *reason,
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return decide(settle, "relay lift", lift_body, &(struct pile_args){ pile, reason }, done, now);
}
