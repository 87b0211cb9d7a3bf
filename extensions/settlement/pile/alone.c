/* alone.c: rentals without the backend (A19): who charges a vehicle here now, and renters the backend knows, may have banks up to
 * a limit. The pile makes ids and marks itself; whose they are stands in the store until the backend was told. */
#include "pile_internal.h"

#include <string.h>

static struct ocpp_settle_mint mint_of(const struct ocpp_settle_agent *agent, uint16_t fleet)
{
    return (struct ocpp_settle_mint){ .keys = &agent->settings.keys,
                                      .key_name = agent->settings.pile_key,
                                      .fleet = fleet,
                                      .pile = (uint32_t)agent->kept.mark_pile };
}

bool alone_mint(struct ocpp_settle_agent *agent, enum ocpp_settle_mark_class renter, int64_t generation,
                char mark[PILE_MARK_SIZE])
{
    const struct ocpp_settle_keys *keys = &agent->settings.keys;
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    uint16_t fleet = 0;
    if (agent->bay.mark_room == OCPP_SETTLE_MARK_ROOM_CHARACTERS) {
        keys->random(bytes, 7, keys->user);
        ocpp_settle_mark_short_write(bytes, mark);
        return true;
    }
    if (generation < 1 || generation > OCPP_SETTLE_MARK_GENERATION_LIMIT ||
        ocpp_settle_mark_fleet(keys, agent->kept.operator_id, &fleet) != OCPP_OK) {
        return false;
    }
    const struct ocpp_settle_mint mint = mint_of(agent, fleet);
    if (ocpp_settle_mark_mint(&mint, renter, (uint32_t)generation, NULL, bytes) != OCPP_OK) {
        return false;
    }
    ocpp_settle_mark_write(bytes, mark);
    return true;
}

/* --- what is open ------------------------------------------------------------------------------------------------------------
 */

static void remember(struct ocpp_settle_agent *agent, const char *rental, const char *digest)
{
    struct offline_rental *place = &agent->offline[agent->offline_count++];
    pile_copy(place->rental, sizeof(place->rental), rental);
    place->digest = pile_hash(digest);
}

void alone_forget(struct ocpp_settle_agent *agent, const char *rental)
{
    for (size_t i = 0; i < agent->offline_count; i++) {
        if (strcmp(agent->offline[i].rental, rental) == 0) {
            agent->offline[i] = agent->offline[--agent->offline_count];
            return;
        }
    }
}

void alone_ended(struct batch *batch, const char *rental)
{
    pile_batch_delete(batch, pile_key(batch->agent, "offline", rental));
    alone_forget(batch->agent, rental);
}

const struct kept_offline_rental *alone_read(struct ocpp_settle_agent *agent, const char *rental)
{
    enum ocpp_status status;
    return pile_read(agent, pile_key(agent, "offline", rental), &kept_offline_rental_type, &status);
}

static int open_of(const struct ocpp_settle_agent *agent, const char *digest)
{
    const uint32_t hash = pile_hash(digest);
    int open = 0;
    for (size_t i = 0; i < agent->offline_count; i++) {
        open += agent->offline[i].digest == hash;
    }
    return open;
}

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_settle_agent *agent = user;
    const char *rental = key + sizeof(PILE_PREFIX "offline/") - 1;
    const void *message = NULL;
    ocpp_arena_reset(agent->scratch);
    if (agent->offline_count < PILE_OFFLINE_LIMIT && strlen(rental) < OCPP_SETTLE_ID_SIZE &&
        ocpp_message_decode(&kept_offline_rental_type, value, size, NULL, NULL, agent->scratch, &message, NULL) == OCPP_OK) {
        remember(agent, rental, ((const struct kept_offline_rental *)message)->digest);
    }
    return true;
}

enum ocpp_status alone_load(struct ocpp_settle_agent *agent)
{
    const struct ocpp_storage *storage = agent->settings.storage;
    return storage->each(PILE_PREFIX "offline/", NULL, load_one, agent, storage->user);
}

/* --- who may -----------------------------------------------------------------------------------------------------------------
 */

static bool charges_here(const struct ocpp_settle_agent *agent, const struct ocpp_token *token)
{
    struct ocpp_evse_view view;
    for (int evse = 1; ocpp_charge_point_evse(agent->settings.cp, evse, &view) == OCPP_OK; evse++) {
        if (view.transaction && strcmp(view.token, token->id) == 0) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status may_rent(struct ocpp_settle_agent *agent, const struct kept_offline_rental *who, int count)
{
    enum ocpp_status status;
    if (agent->kept.operator_id[0] == '\0' || agent->kept.mark_epoch == 0) {
        return OCPP_ERR_STATE;
    }
    if ((int64_t)agent->offline_count + count > agent->settings.offline_rentals ||
        agent->offline_count + (size_t)count > PILE_OFFLINE_LIMIT) {
        return agent->settings.offline_rentals == 0 ? OCPP_ERR_STATE : OCPP_ERR_LIMIT;
    }
    if (who->is_vehicle_user) {
        return OCPP_OK;
    }
    const struct kept_renter *renter = pile_read(agent, pile_key(agent, "renter", who->digest), &kept_renter_type, &status);
    if (renter == NULL) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_STATE : status;
    }
    return open_of(agent, who->digest) + count <= renter->banks ? OCPP_OK : OCPP_ERR_LIMIT;
}

/* --- renting -----------------------------------------------------------------------------------------------------------------
 */

static void stored(struct ocpp_settle_agent *agent, const char *request, enum ocpp_status status)
{
    for (int i = 0; i < agent->bay.slots && status != OCPP_OK; i++) {
        const struct slot *slot = &agent->slots[i];
        if (slot->state == SLOT_AWAIT_INTENT && strcmp(slot->intent.request, request) == 0) {
            alone_forget(agent, slot->intent.rental);
        }
    }
    pile_grants_stored(agent, request, status);
}

/* One bank of a request: its marks, its ids, whose it is. */
static void intend(struct batch *batch, struct slot *slot, const char *request, const struct kept_offline_rental *who)
{
    struct ocpp_settle_agent *agent = batch->agent;
    char rental[OCPP_SETTLE_ID_SIZE];
    char mark[PILE_MARK_SIZE];
    char undo[PILE_MARK_SIZE];
    pile_new_id(agent, rental);
    const struct ocpp_settle_bank_grant grant = {
        .rental = rental,
        .slot = slot_number(agent, slot),
        .generation = slot->generation + 1,
        .mark = mark,
        .undo = undo,
    };
    if (!alone_mint(agent, who->is_vehicle_user ? OCPP_SETTLE_MARK_VEHICLE : OCPP_SETTLE_MARK_PLAIN, grant.generation, mark) ||
        !alone_mint(agent, OCPP_SETTLE_MARK_NEUTRAL, grant.generation + 1, undo)) {
        pile_batch_fail(batch, OCPP_ERR_CRYPTO);
        return;
    }
    slot->rents_alone = true;
    pile_grant_intend(batch, &grant, request, "", agent->settings.answer_ms / 1000 + 1);
    slot->rents_alone = false;
    if (batch->status == OCPP_OK) {
        pile_batch_put(batch, pile_key(agent, "offline", slot->intent.rental), &kept_offline_rental_type, who);
        remember(agent, slot->intent.rental, who->digest);
    }
}

static enum ocpp_status intend_all(struct ocpp_settle_agent *agent, const struct request *request,
                                   const struct kept_offline_rental *who)
{
    struct batch batch;
    pile_batch_begin(agent, &batch);
    if (batch.pending == NULL) {
        return batch.status;
    }
    batch.pending->done = stored;
    memcpy(batch.pending->about, request->id, sizeof(request->id));
    for (int i = 0; i < agent->bay.slots; i++) {
        if ((request->slots >> i & 1U) != 0) {
            intend(&batch, &agent->slots[i], request->id, who);
        }
    }
    return pile_batch_write(&batch);
}

enum ocpp_status alone_rent(struct ocpp_settle_agent *agent, const struct ocpp_token *token, int count,
                            char id[OCPP_SETTLE_ID_SIZE])
{
    const char *type = token->type == OCPP_TOKEN_UNKNOWN ? "" : ocpp_token_type_name(token->type);
    char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE] = "";
    const struct kept_offline_rental who = {
        .digest = digest, .token_id = token->id, .token_type = type, .is_vehicle_user = charges_here(agent, token)
    };
    enum ocpp_status status = OCPP_ERR_STATE;
    if (agent->kept.mark_epoch > 0) {
        status = ocpp_settle_renter_digest(&agent->settings.keys, agent->settings.pile_key, type, token->id, digest);
    }
    if (status == OCPP_OK) {
        status = may_rent(agent, &who, count);
    }
    if (status != OCPP_OK) {
        return status;
    }
    struct request *request = pile_request_new(agent, id, agent->now.mono_ms + agent->settings.answer_ms);
    if (request == NULL) {
        return OCPP_ERR_BUSY;
    }
    status = pile_request_choose(agent, request, count) == count ? intend_all(agent, request, &who) : OCPP_ERR_NOT_FOUND;
    if (status != OCPP_OK) {
        *request = (struct request){ .id = "" };
    }
    return status;
}
