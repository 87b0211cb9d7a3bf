/* outlets_vouch.c: who vouches for the pile's certificate: the tokens that came with it, for phones that know the root alone. */
#include "outlets_internal.h"

#include <string.h>

enum { VOUCH_ARENA = 16384, VOUCH_KEYS = 4, VOUCH_BYTES = 3000 /* in all: a record of a small store */ };

static enum ocpp_status take(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_outlet_vouch *vouch)
{
    struct ocpp_arena *arena = ocpp_arena_new(outlets->settings.allocator, VOUCH_ARENA);
    const void *copy = NULL;
    const enum ocpp_status status =
        arena == NULL ? OCPP_ERR_NOMEM : ocpp_message_copy(&ocpp_settle_outlet_vouch_type, vouch, arena, &copy);

    if (status != OCPP_OK) {
        ocpp_arena_free(arena);
        return status;
    }
    ocpp_arena_free(outlets->vouch_arena);
    outlets->vouch_arena = arena;
    outlets->vouch = copy;
    return OCPP_OK;
}

enum ocpp_status outlets_keep_vouch(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_trust_parcel *parcel)
{
    size_t count = 0;
    size_t bytes = 0;

    while (count < parcel->keys.count && count < VOUCH_KEYS && bytes + strlen(parcel->keys.items[count]) <= VOUCH_BYTES) {
        bytes += strlen(parcel->keys.items[count++]);
    }
    const struct ocpp_settle_outlet_vouch vouch = { .keys = { parcel->keys.items, count } };

    return take(outlets, &vouch);
}

enum ocpp_status outlets_load_vouch(struct ocpp_settle_outlets *outlets)
{
    char key[OCPP_KEY_SIZE];
    const void *read;

    outlets_key("vouch", 0, 0, key);
    const enum ocpp_status status = outlets_read(outlets, key, &ocpp_settle_outlet_vouch_type, outlets->scratch, &read);
    if (status == OCPP_OK) {
        return take(outlets, read);
    }
    return ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE ? status : OCPP_OK;
}

bool ocpp_settle_outlets_prove(const struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_proof *proof)
{
    proof->certificate = outlets->certificate;
    if (outlets->vouch != NULL) {
        proof->keys.items = outlets->vouch->keys.items;
        proof->keys.count = outlets->vouch->keys.count;
    }
    return proof->certificate != NULL;
}
