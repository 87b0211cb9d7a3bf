/* relay.c: piles without a network: what the operator has set, and what the offline root has signed. */
#include "relay_internal.h"

#include <string.h>

enum { PARCEL_BYTES = 65536 };

struct ocpp_settle_relay ocpp_settle_relay_default(void)
{
    return (struct ocpp_settle_relay){ .key_name = "server",
                                       .authorisation_s = 600,
                                       .hold_s = 604800,
                                       .capture_before_s = 86400,
                                       .frozen_minor = 5000,
                                       .most_frozen_minor = 50000,
                                       .sessions_per_pile = 64 };
}

const struct ocpp_settle_relay *relay_settings(struct command *command)
{
    return command_settle(command)->settings.relay;
}

enum ocpp_status relay_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                           const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!settle->settings.relay) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, args, done);
}

/* --- what the root signed ------------------------------------------------------------------------------------------ */

static const char *trust_key(struct command *command)
{
    return command_key(command, "relay", "trust", NULL);
}

const struct ocpp_settle_trust_parcel *relay_trust(struct command *command)
{
    static const char *const none[] = { NULL };
    static const struct ocpp_settle_trust_parcel empty = { .keys = { none, 0 } };
    const void *kept = command_read(command, trust_key(command), &ocpp_settle_trust_parcel_type);

    if (command_failed(command)) {
        return NULL;
    }
    return kept ? kept : &empty;
}

struct trust_args {
    const char *json;
    size_t size;
};

/* Epoch and number of the list never fall: what is handed on must be the newest there is. */
static bool is_newer(struct command *command, const struct ocpp_settle_trust_parcel *said)
{
    const struct ocpp_settle_relay *relay = relay_settings(command);
    const struct ocpp_settle_trust_parcel *kept = relay_trust(command);
    struct ocpp_settle_trust *now = order_take(command, sizeof *now);
    struct ocpp_settle_trust *then = order_take(command, sizeof *then);
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;

    if (!kept || !now || !then) {
        return false;
    }
    ocpp_settle_trust_begin(now, relay->root_kid, relay->root);
    ocpp_settle_trust_begin(then, relay->root_kid, relay->root);
    if (ocpp_settle_trust_take(then, keys, kept, command_arena(command), NULL) != OCPP_OK) {
        memset(then, 0, sizeof *then); /* of another root */
    }
    return ocpp_settle_trust_take(now, keys, said, command_arena(command), NULL) == OCPP_OK && now->epoch >= then->epoch &&
           now->revocations >= then->revocations;
}

static void trust_body(struct command *command, void *args)
{
    const struct trust_args *trust = args;
    const struct ocpp_json_limits limits = { .max_bytes = PARCEL_BYTES };
    const void *said;

    if (ocpp_message_decode(&ocpp_settle_trust_parcel_type, trust->json, trust->size, &limits, NULL, command_arena(command),
                            &said, NULL) != OCPP_OK ||
        !is_newer(command, said)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the root did not sign it, or it is older than what is known");
        return;
    }
    command_put(command, trust_key(command), &ocpp_settle_trust_parcel_type, said);
    command_state(command, "relay", "trust", NULL, "Taken", NULL);
}

enum ocpp_status ocpp_settle_relay_trust(struct ocpp_settle *settle, const char *json, size_t size,
                                         const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct trust_args args = { json, size };

    return json ? relay_run(settle, "relay trust", trust_body, &args, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_relay_key(struct ocpp_settle *settle, char kid[OCPP_SETTLE_JWS_KID_SIZE],
                                       unsigned char point[OCPP_SETTLE_POINT_SIZE])
{
    const struct ocpp_settle_keys *keys = &settle->settings.keys;

    if (!settle->settings.relay) {
        return OCPP_ERR_STATE;
    }
    const enum ocpp_status status = keys->public_key(settle->settings.relay->key_name, point, keys->user);
    return status == OCPP_OK ? ocpp_settle_kid(keys, point, kid) : status;
}
