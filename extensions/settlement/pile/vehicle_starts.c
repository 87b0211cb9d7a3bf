/* vehicle_starts.c: a grant becomes a transaction of OCPP: its token is presented as if its owner had shown it, and it is ended
 * at what the grant allows. The grant is durable before the token is presented, so that a pile that lost its power tells what
 * became of it. */
#include "vehicle_prompts.h"

#include <string.h>

static const char *granted_key(struct ocpp_settle_agent *agent, int evse)
{
    return pile_number_key(agent, "granted", (uint64_t)evse);
}

static void put_granted(struct batch *batch, const struct vehicle_place *place, bool has_begun)
{
    const struct kept_granted record = {
        .prompt = place->prompt,
        .start = place->start,
        .token_id = place->token_id,
        .has_energy_wh = place->energy_wh > 0,
        .energy_wh = place->energy_wh,
        .has_time_s = place->time_s > 0,
        .time_s = place->time_s,
        .has_begun = has_begun,
    };
    pile_batch_put(batch, granted_key(batch->agent, place->evse), &kept_granted_type, &record);
}

/* --- comes to nothing --------------------------------------------------------------------------------------------------------
 */

static void tell_failed(struct batch *batch, const char *prompt, const char *start, enum ocpp_settle_start_failure why)
{
    struct ocpp_settle_agent *agent = batch->agent;
    struct ocpp_settle_start_failed_req message = { .prompt = prompt, .start = start, .why = why, .at = pile_moment(agent) };
    pile_outbox_put(batch, pile_stream(batch, "pile", agent->kept.tag), &agent->kept.seq,
                    &ocpp_settle_actions[OCPP_SETTLE_ACTION_START_FAILED], &message, &message.envelope, "");
    pile_batch_pile(batch);
}

void vehicle_give_back(struct ocpp_settle_agent *agent, struct vehicle_place *place, enum ocpp_settle_start_failure why)
{
    struct batch batch;
    const int64_t seq = agent->kept.seq;
    pile_batch_begin(agent, &batch);
    pile_batch_delete(&batch, granted_key(agent, place->evse));
    tell_failed(&batch, place->prompt, place->start, why);
    if (pile_batch_write(&batch) != OCPP_OK) { /* the backend lets it go by itself */
        agent->kept.seq = seq;
    }
    vehicle_news(agent, place, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, ocpp_enum_name(&ocpp_settle_start_failure_enum, (int)why));
    place->stage = OCPP_SETTLE_VEHICLE_WAITING;
    place->until = OCPP_NEVER;
    place->is_stored = false;
}

/* --- granted -----------------------------------------------------------------------------------------------------------------
 */

static void stored(struct ocpp_settle_agent *agent, const char *about, enum ocpp_status status)
{
    struct vehicle_place *place = vehicle_prompted_by(agent, about);
    if (place == NULL || place->stage != OCPP_SETTLE_VEHICLE_STARTING) {
        return;
    }
    if (status != OCPP_OK) { /* it was answered TryLater: the same comes again */
        place->stage = OCPP_SETTLE_VEHICLE_ASKING;
        return;
    }
    place->is_stored = true;
    vehicle_news(agent, place, OCPP_SETTLE_REFUSAL_CODE_UNSET, NULL);
    memset(place->ticket, 0, sizeof(place->ticket));
}

static bool has_good_texts(const struct ocpp_settle_start_grant_req *grant)
{
    return grant->start[0] != '\0' && grant->token.id[0] != '\0' && strlen(grant->token.id) < VEHICLE_TOKEN_SIZE &&
           strlen(grant->ticket) < VEHICLE_TICKET_SIZE;
}

enum ocpp_settle_refusal_code vehicle_start_grant(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_start_grant_req *grant = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct vehicle_place *place = agent->settings.terminals == NULL ? NULL : vehicle_prompted_by(agent, grant->prompt);
    const int64_t longest_s = 86400;
    if (agent->settings.terminals == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED;
    }
    if (!has_good_texts(grant)) {
        return OCPP_SETTLE_REFUSAL_CODE_INVALID;
    }
    if (place == NULL || place->stage != OCPP_SETTLE_VEHICLE_ASKING) {
        tell_failed(hearing->batch, grant->prompt, grant->start, OCPP_SETTLE_START_FAILURE_LATE);
        return ALL_WELL;
    }
    place->stage = OCPP_SETTLE_VEHICLE_STARTING;
    place->until = agent->now.mono_ms + 1000 * (grant->within_s < longest_s ? grant->within_s : longest_s);
    pile_copy(place->start, sizeof(place->start), grant->start);
    pile_copy(place->token_id, sizeof(place->token_id), grant->token.id);
    pile_copy(place->token_type, sizeof(place->token_type), grant->token.type);
    pile_copy(place->ticket, sizeof(place->ticket), grant->ticket);
    place->energy_wh = grant->charging.has_energy_wh ? grant->charging.energy_wh : 0;
    place->time_s = grant->charging.has_time_s && grant->charging.time_s < longest_s * 366 ? grant->charging.time_s : 0;
    put_granted(hearing->batch, place, false);
    if (hearing->batch->pending != NULL) {
        hearing->batch->pending->done = stored;
        pile_copy(hearing->batch->pending->about, sizeof(hearing->batch->pending->about), place->prompt);
    }
    return ALL_WELL;
}

enum ocpp_settle_refusal_code vehicle_start_denied(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_start_denied_req *denied = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct vehicle_place *place = agent->settings.terminals == NULL ? NULL : vehicle_prompted_by(agent, denied->prompt);
    if (place != NULL && place->stage == OCPP_SETTLE_VEHICLE_ASKING) {
        vehicle_news(agent, place, denied->code, denied->text);
        vehicle_wait(agent, place, denied->text != NULL ? denied->text : "denied");
    } else if (place != NULL && place->stage == OCPP_SETTLE_VEHICLE_STARTING && !place->is_presented) {
        pile_batch_delete(hearing->batch, granted_key(agent, place->evse));
        tell_failed(hearing->batch, place->prompt, place->start, OCPP_SETTLE_START_FAILURE_LATE);
        vehicle_news(agent, place, denied->code, denied->text);
        vehicle_wait(agent, place, denied->text != NULL ? denied->text : "denied");
    }
    return ALL_WELL;
}

enum ocpp_settle_refusal_code vehicle_terminal_list(struct hearing *hearing, const void *message)
{
    const struct ocpp_settle_terminal_list_req *list = message;
    struct ocpp_settle_agent *agent = hearing->agent;
    struct vehicle_place about = { .kind = list->vehicle.kind, .list_version = list->list_version };
    if (agent->settings.terminals == NULL) {
        return OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED;
    }
    pile_copy(about.vehicle, sizeof(about.vehicle), list->vehicle.id);
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse != 0 && place->kind == about.kind && strcmp(place->vehicle, about.vehicle) == 0 &&
            (!place->has_list || place->list_version < list->list_version)) {
            place->has_list = true;
            place->list_version = list->list_version;
            vehicle_take_terminals(agent, place, list->terminals.items, list->terminals.count);
        }
    }
    vehicle_keep_list(agent, &about, list->terminals.items, list->terminals.count, agent->settings.list_ms / 1000);
    return ALL_WELL;
}

/* --- the transaction ---------------------------------------------------------------------------------------------------------
 */

static bool is_ours(const struct ocpp_settle_agent *agent, const struct vehicle_place *place, struct ocpp_evse_view *view)
{
    return ocpp_charge_point_evse(agent->settings.cp, place->evse, view) == OCPP_OK && view->transaction &&
           strcmp(view->token, place->token_id) == 0;
}

static bool read_register(const struct ocpp_settle_agent *agent, const struct vehicle_place *place, int64_t *register_wh)
{
    const struct ocpp_settle_terminal_port *port = agent->settings.terminals;
    return port->energy != NULL && port->energy(place->evse, register_wh, port->user);
}

static void note_begun(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    struct batch batch;
    place->stage = OCPP_SETTLE_VEHICLE_CHARGING;
    place->until = OCPP_NEVER;
    place->began_mono_ms = agent->now.mono_ms;
    place->is_metered = read_register(agent, place, &place->began_wh);
    pile_batch_begin(agent, &batch);
    put_granted(&batch, place, true);
    if (pile_batch_write(&batch) != OCPP_OK) { /* after a restart its transaction shows that it began */
        agent_log(agent, OCPP_LOG_WARNING, "start", "that it began could not be stored");
    }
}

static void present(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    const struct ocpp_token token = { place->token_id, ocpp_token_type_of(place->token_type) };
    struct ocpp_evse_view view;
    place->is_presented = true;
    if (is_ours(agent, place, &view)) { /* its owner was faster with the card: presented again it would end it */
        return;
    }
    if (ocpp_charge_point_token(agent->settings.cp, place->evse, &token, agent->now) != OCPP_OK) {
        vehicle_give_back(agent, place, OCPP_SETTLE_START_FAILURE_FAULTED);
    }
}

/* How long the transaction has run: in this run by the clock that never jumps; what was before a restart only the calendar says. */
static int64_t ran_ms(const struct ocpp_settle_agent *agent, const struct vehicle_place *place, const struct ocpp_evse_view *view)
{
    const int64_t here_ms = agent->now.mono_ms - place->began_mono_ms;
    const int64_t utc_ms = ocpp_charge_point_utc_ms(agent->settings.cp, agent->now);
    const bool is_dated = utc_ms != OCPP_UTC_UNKNOWN && view->started_utc_ms != OCPP_UTC_UNKNOWN;
    return place->is_resumed && is_dated && utc_ms - view->started_utc_ms > here_ms ? utc_ms - view->started_utc_ms : here_ms;
}

static void limit(struct ocpp_settle_agent *agent, struct vehicle_place *place, const struct ocpp_evse_view *view)
{
    int64_t register_wh = 0;
    const bool is_live = place->is_metered && read_register(agent, place, &register_wh);
    const int64_t so_far_wh =
        is_live && register_wh - place->began_wh > view->energy_wh ? register_wh - place->began_wh : view->energy_wh;
    const bool is_full = place->energy_wh > 0 && so_far_wh >= place->energy_wh;
    const bool is_late = place->time_s > 0 && ran_ms(agent, place, view) >= 1000 * place->time_s;
    if ((is_full || is_late) && !place->is_stopped) {
        place->is_stopped = ocpp_charge_point_stop(agent->settings.cp, place->evse,
                                                   is_full ? OCPP_STOP_ENERGY_LIMIT_REACHED : OCPP_STOP_TIME_LIMIT_REACHED,
                                                   agent->now) == OCPP_OK;
    }
}

void vehicle_start_ended(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_batch_delete(&batch, granted_key(agent, place->evse));
    (void)pile_batch_write(&batch); /* what is left of it is looked at after the next start */
    place->answered[0] = '\0';
    vehicle_wait(agent, place, "the charging ended");
    if (place->is_gone) {
        vehicle_forget(place);
    }
}

void vehicle_start_advance(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    struct ocpp_evse_view view;
    if (place->stage == OCPP_SETTLE_VEHICLE_STARTING && place->is_stored && !place->is_presented) {
        present(agent, place);
    }
    if (place->stage == OCPP_SETTLE_VEHICLE_STARTING && place->is_presented && is_ours(agent, place, &view)) {
        note_begun(agent, place);
    }
    if (place->stage == OCPP_SETTLE_VEHICLE_CHARGING) {
        if (is_ours(agent, place, &view)) {
            limit(agent, place, &view);
        } else {
            vehicle_start_ended(agent, place);
        }
    }
}

/* --- after a restart ---------------------------------------------------------------------------------------------------------
 */

/* |view|: of the EVSE, whose transaction shows that it began where nobody could note it. */
static void take_up(struct ocpp_settle_agent *agent, int evse, const struct kept_granted *kept, const struct ocpp_evse_view *view)
{
    const bool has_begun = kept->has_begun || (view->transaction && strcmp(view->token, kept->token_id) == 0);
    struct vehicle_place *place = vehicle_at(agent, 0);
    struct batch batch;
    if (has_begun && place != NULL) { /* goes on where its transaction does, otherwise it is over */
        place->evse = evse;
        place->stage = OCPP_SETTLE_VEHICLE_CHARGING;
        place->began_mono_ms = agent->now.mono_ms;
        place->is_resumed = true;
        place->energy_wh = kept->has_energy_wh ? kept->energy_wh : 0;
        place->time_s = kept->has_time_s ? kept->time_s : 0;
        pile_copy(place->prompt, sizeof(place->prompt), kept->prompt);
        pile_copy(place->start, sizeof(place->start), kept->start);
        pile_copy(place->token_id, sizeof(place->token_id), kept->token_id);
        return;
    }
    pile_batch_begin(agent, &batch);
    pile_batch_delete(&batch, granted_key(agent, evse));
    if (!has_begun) {
        tell_failed(&batch, kept->prompt, kept->start, OCPP_SETTLE_START_FAILURE_POWER_LOST);
    }
    (void)pile_batch_write(&batch);
}

enum ocpp_status vehicles_load(struct ocpp_settle_agent *agent)
{
    struct ocpp_evse_view view;
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        vehicle_forget(&agent->vehicles.items[i]);
    }
    for (int evse = 1; agent->vehicles.room > 0 && ocpp_charge_point_evse(agent->settings.cp, evse, &view) == OCPP_OK; evse++) {
        enum ocpp_status status;
        const struct kept_granted *kept = pile_read(agent, granted_key(agent, evse), &kept_granted_type, &status);
        if (kept != NULL) {
            take_up(agent, evse, kept, &view);
        } else if (status != OCPP_ERR_NOT_FOUND && ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE) {
            return status;
        }
        ocpp_arena_reset(agent->scratch);
    }
    return OCPP_OK;
}
