/* vehicle_prompts.c: who stands at which EVSE, and who is asked what to do about it. What waits is known in this run only: after
 * a restart firmware tells again who is plugged in. */
#include "vehicle_prompts.h"

#include <string.h>

/* How often a transaction is looked at: whether it has begun, whether it may go on. */
enum { BEGINS_MS = 100, LOOK_MS = 1000 };

/* --- places ------------------------------------------------------------------------------------------------------------------
 */

struct vehicle_place *vehicle_at(struct ocpp_settle_agent *agent, int evse)
{
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        if (agent->vehicles.items[i].evse == evse) {
            return &agent->vehicles.items[i];
        }
    }
    return NULL;
}

struct vehicle_place *vehicle_prompted_by(struct ocpp_settle_agent *agent, const char *prompt)
{
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse != 0 && strcmp(place->prompt, prompt) == 0) {
            return place;
        }
    }
    return NULL;
}

void vehicle_forget(struct vehicle_place *place)
{
    *place = (struct vehicle_place){ .until = OCPP_NEVER, .again_at = OCPP_NEVER };
}

static void announce(struct ocpp_settle_agent *agent, const struct vehicle_place *place, const char *text)
{
    const struct ocpp_settle_agent_event event = {
        .kind = OCPP_SETTLE_AGENT_VEHICLE, .slot = place->evse, .request = place->prompt, .text = text
    };
    pile_event(agent, &event);
}

/* --- telling terminals -------------------------------------------------------------------------------------------------------
 */

static void prompt_one(struct ocpp_settle_agent *agent, const struct vehicle_place *place, struct vehicle_terminal *terminal)
{
    const struct ocpp_settle_terminal_port *port = agent->settings.terminals;
    const int64_t left_ms = place->until == OCPP_NEVER ? 0 : place->until - agent->now.mono_ms;
    const struct ocpp_settle_prompt prompt = {
        .prompt = place->prompt,
        .pile = ocpp_charge_point_identity(agent->settings.cp),
        .evse = place->evse,
        .vehicle = { place->kind, place->vehicle },
        .within_s = left_ms > 1000 ? left_ms / 1000 : 1,
    };
    if (!terminal->is_prompted) {
        terminal->is_prompted = port->prompt(terminal->name, &prompt, port->user) == OCPP_OK;
    }
}

void vehicle_prompt_over(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *except, const char *text)
{
    const struct ocpp_settle_terminal_port *port = agent->settings.terminals;
    for (size_t i = 0; i < place->terminal_count; i++) {
        struct vehicle_terminal *terminal = &place->terminals[i];
        if (terminal->is_prompted && (except == NULL || strcmp(terminal->name, except) != 0)) {
            terminal->is_prompted = false;
            port->over(terminal->name, place->prompt, text, port->user);
        }
    }
}

void vehicle_news(struct ocpp_settle_agent *agent, const struct vehicle_place *place, enum ocpp_settle_refusal_code code,
                  const char *text)
{
    const struct ocpp_settle_terminal_port *port = agent->settings.terminals;
    const struct ocpp_settle_start_news news = {
        .prompt = place->prompt,
        .start = pile_optional(place->start),
        .ticket = code == OCPP_SETTLE_REFUSAL_CODE_UNSET ? place->ticket : NULL,
        .code = code,
        .text = text,
    };
    if (place->answered[0] != '\0') {
        port->news(place->answered, &news, port->user);
    }
}

void vehicle_wait(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *text)
{
    vehicle_prompt_over(agent, place, NULL, text);
    place->stage = OCPP_SETTLE_VEHICLE_WAITING;
    place->until = place->again_at = OCPP_NEVER;
    place->answered[0] = '\0';
    place->must_forward = false;
    announce(agent, place, text);
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

void vehicle_take_terminals(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *const *names, size_t count)
{
    const struct ocpp_settle_terminal_port *port = agent->settings.terminals;
    struct vehicle_terminal before[VEHICLE_TERMINALS];
    const size_t before_count = place->terminal_count;
    memcpy(before, place->terminals, sizeof(before));
    place->terminal_count = 0;
    for (size_t i = 0; i < count && i < VEHICLE_TERMINALS; i++) {
        struct vehicle_terminal *terminal = &place->terminals[place->terminal_count++];
        *terminal = (struct vehicle_terminal){ .is_prompted = false };
        pile_copy(terminal->name, sizeof(terminal->name), names[i]);
    }
    for (size_t i = 0; i < before_count; i++) {
        for (size_t k = 0; k < place->terminal_count; k++) {
            place->terminals[k].is_prompted |= before[i].is_prompted && strcmp(place->terminals[k].name, before[i].name) == 0;
        }
        if (before[i].is_prompted && !is_among(before[i].name, names, count)) {
            port->over(before[i].name, place->prompt, "it is not associated any more", port->user);
        }
    }
    if (place->stage != OCPP_SETTLE_VEHICLE_LISTING && place->stage != OCPP_SETTLE_VEHICLE_PROMPTED) {
        return;
    }
    for (size_t i = 0; i < place->terminal_count; i++) {
        prompt_one(agent, place, &place->terminals[i]);
    }
    if (place->terminal_count > 0 && place->stage == OCPP_SETTLE_VEHICLE_LISTING) {
        place->stage = OCPP_SETTLE_VEHICLE_PROMPTED;
        announce(agent, place, NULL);
    }
}

/* --- lists that are kept -----------------------------------------------------------------------------------------------------
 */

static const char *list_key(struct ocpp_settle_agent *agent, const struct vehicle_place *place)
{
    return pile_number_key(agent, "vehicles", pile_hash(place->vehicle) % (uint64_t)agent->settings.max_vehicle_lists);
}

void vehicle_keep_list(struct ocpp_settle_agent *agent, const struct vehicle_place *place, const char *const *names, size_t count,
                       int64_t for_s)
{
    static const char *const none[] = { NULL };
    const int64_t longest_s = 31536000;
    const int64_t utc_ms = ocpp_charge_point_utc_ms(agent->settings.cp, agent->now);
    const struct kept_vehicle_list record = {
        .kind = (int64_t)place->kind,
        .vehicle = place->vehicle,
        .version = place->list_version,
        .terminals = { count > 0 ? names : none, count },
        .has_until = utc_ms != OCPP_UTC_UNKNOWN,
        .until = utc_ms != OCPP_UTC_UNKNOWN ? utc_ms + 1000 * (for_s < longest_s ? for_s : longest_s) : 0,
    };
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_batch_put(&batch, list_key(agent, place), &kept_vehicle_list_type, &record);
    if (pile_batch_write(&batch) != OCPP_OK) { /* then it is asked for again */
        agent_log(agent, OCPP_LOG_WARNING, "vehicle", "its terminals could not be stored");
    }
}

/* Those that are known are asked at once; the backend says in the meantime whether they still are. */
static void use_kept_list(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    enum ocpp_status status;
    const struct kept_vehicle_list *kept = pile_read(agent, list_key(agent, place), &kept_vehicle_list_type, &status);
    const int64_t utc_ms = ocpp_charge_point_utc_ms(agent->settings.cp, agent->now);
    if (kept == NULL || kept->kind != (int64_t)place->kind || strcmp(kept->vehicle, place->vehicle) != 0) {
        return;
    }
    place->has_list = true;
    place->list_version = kept->version;
    if (kept->has_until && utc_ms != OCPP_UTC_UNKNOWN && kept->until < utc_ms) {
        place->has_list = false;
        return;
    }
    vehicle_take_terminals(agent, place, kept->terminals.items, kept->terminals.count);
}

/* --- a vehicle ---------------------------------------------------------------------------------------------------------------
 */

void vehicle_ask_anew(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    const int evse = place->evse;
    const enum ocpp_settle_vehicle_id_kind kind = place->kind;
    char vehicle[VEHICLE_ID_SIZE];
    memcpy(vehicle, place->vehicle, sizeof(vehicle));
    vehicle_forget(place);
    place->evse = evse;
    place->kind = kind;
    memcpy(place->vehicle, vehicle, sizeof(place->vehicle));
    place->stage = OCPP_SETTLE_VEHICLE_LISTING;
    place->until = agent->now.mono_ms + agent->settings.prompt_ms;
    place->again_at = agent->now.mono_ms;
    pile_new_id(agent, place->prompt);
    if (agent->link == OCPP_SETTLE_AGENT_ON) { /* without the backend nothing can start: nobody is asked in vain */
        use_kept_list(agent, place);
        vehicle_tell_connected(agent, place);
    }
}

static bool is_word(const char *text, size_t most)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return text != NULL && text[0] != '\0' && strlen(text) <= most && text[strspn(text, letters)] == '\0';
}

/* Whoever stood there is gone, even where the end of its transaction was not seen. */
static void clear(struct ocpp_settle_agent *agent, struct vehicle_place *place, struct ocpp_now now)
{
    if (place == NULL) {
        return;
    }
    ocpp_settle_agent_vehicle_left(agent, place->evse, now);
    if (place->evse != 0) {
        pile_enter(agent, now);
        place->is_gone = true;
        vehicle_start_ended(agent, place);
        pile_leave(agent);
    }
}

static bool is_evse(const struct ocpp_settle_agent *agent, int evse)
{
    struct ocpp_evse_view view;
    return evse > 0 && ocpp_charge_point_evse(agent->settings.cp, evse, &view) == OCPP_OK;
}

enum ocpp_status ocpp_settle_agent_vehicle(struct ocpp_settle_agent *agent, int evse,
                                           const struct ocpp_settle_vehicle_id *vehicle, struct ocpp_now now)
{
    struct vehicle_place *place = evse > 0 ? vehicle_at(agent, evse) : NULL;
    if (agent->settings.terminals == NULL || !is_evse(agent, evse) || vehicle == NULL ||
        !is_word(vehicle->id, VEHICLE_ID_SIZE - 1) ||
        ocpp_enum_name(&ocpp_settle_vehicle_id_kind_enum, (int)vehicle->kind) == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (place != NULL && !place->is_gone && place->kind == vehicle->kind && strcmp(place->vehicle, vehicle->id) == 0) {
        return OCPP_OK;
    }
    clear(agent, place, now);
    place = vehicle_at(agent, 0);
    if (place == NULL) {
        return OCPP_ERR_LIMIT;
    }
    pile_enter(agent, now);
    place->evse = evse;
    place->kind = vehicle->kind;
    pile_copy(place->vehicle, sizeof(place->vehicle), vehicle->id);
    vehicle_ask_anew(agent, place);
    pile_leave(agent);
    return OCPP_OK;
}

void ocpp_settle_agent_vehicle_left(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now)
{
    struct vehicle_place *place = evse > 0 ? vehicle_at(agent, evse) : NULL;
    if (place == NULL) {
        return;
    }
    pile_enter(agent, now);
    vehicle_prompt_over(agent, place, NULL, "the vehicle left");
    if (place->stage == OCPP_SETTLE_VEHICLE_STARTING) {
        vehicle_give_back(agent, place, OCPP_SETTLE_START_FAILURE_UNPLUGGED);
    } else if (place->stage == OCPP_SETTLE_VEHICLE_CHARGING) {
        place->is_gone = true; /* its transaction ends by OCPP's own rules, and with it the place */
        vehicle_start_advance(agent, place);
    }
    if (place->stage != OCPP_SETTLE_VEHICLE_CHARGING) {
        vehicle_forget(place);
    }
    pile_leave(agent);
}

int ocpp_settle_agent_terminal_here(struct ocpp_settle_agent *agent, const char *terminal, struct ocpp_now now)
{
    int prompts = 0;
    pile_enter(agent, now);
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        struct vehicle_place *place = &agent->vehicles.items[i];
        for (size_t k = 0; place->stage == OCPP_SETTLE_VEHICLE_PROMPTED && k < place->terminal_count; k++) {
            if (strcmp(place->terminals[k].name, terminal) == 0) {
                place->terminals[k].is_prompted = false; /* perhaps it lost what it was asked */
                prompt_one(agent, place, &place->terminals[k]);
                prompts += place->terminals[k].is_prompted;
            }
        }
    }
    pile_leave(agent);
    return prompts;
}

struct ocpp_settle_vehicle_view ocpp_settle_agent_vehicle_at(const struct ocpp_settle_agent *agent, int evse)
{
    for (size_t i = 0; evse > 0 && i < agent->vehicles.room; i++) {
        const struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse == evse) {
            return (struct ocpp_settle_vehicle_view){ place->stage,     { place->kind, place->vehicle },
                                                      place->prompt,    place->start,
                                                      place->energy_wh, place->time_s };
        }
    }
    return (struct ocpp_settle_vehicle_view){ .prompt = "", .start = "", .vehicle = { .id = "" } };
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

/* E2, and everything else that comes too late. */
static void time_out(struct ocpp_settle_agent *agent, struct vehicle_place *place)
{
    if (place->stage == OCPP_SETTLE_VEHICLE_ASKING) {
        vehicle_news(agent, place, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "it took too long");
    }
    if (place->stage == OCPP_SETTLE_VEHICLE_STARTING) {
        vehicle_give_back(agent, place, OCPP_SETTLE_START_FAILURE_NOT_AUTHORIZED);
    }
    vehicle_wait(agent, place, "nobody answered in time");
}

void vehicles_advance(struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse == 0) {
            continue;
        }
        if (place->again_at <= agent->now.mono_ms && !place->is_known) {
            vehicle_tell_connected(agent, place);
        } else if (place->again_at <= agent->now.mono_ms) {
            place->again_at = OCPP_NEVER;
            vehicle_forward(agent, place);
        }
        vehicle_start_advance(agent, place);
        if (place->evse != 0 && place->until <= agent->now.mono_ms) {
            time_out(agent, place);
        }
    }
}

int64_t vehicles_deadline(const struct ocpp_settle_agent *agent)
{
    int64_t deadline = OCPP_NEVER;
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        const struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse == 0) {
            continue;
        }
        deadline = pile_earlier(deadline, pile_earlier(place->until, place->again_at));
        if (place->stage == OCPP_SETTLE_VEHICLE_STARTING && place->is_stored) {
            deadline = pile_earlier(deadline, agent->now.mono_ms + (place->is_presented ? BEGINS_MS : 0));
        } else if (place->stage == OCPP_SETTLE_VEHICLE_CHARGING) {
            deadline = pile_earlier(deadline, agent->now.mono_ms + LOOK_MS);
        }
    }
    return deadline;
}

/* E4. Whoever is asked is told, and nothing starts; a vehicle that still stands there when the backend is back is asked about
 * anew. */
void vehicles_link(struct ocpp_settle_agent *agent, bool is_on)
{
    agent->vehicles.flight.is_under_way = agent->vehicles.flight.is_under_way && is_on;
    for (size_t i = 0; i < agent->vehicles.room; i++) {
        struct vehicle_place *place = &agent->vehicles.items[i];
        if (place->evse == 0) {
            continue;
        }
        if (is_on && (place->is_lost || place->stage == OCPP_SETTLE_VEHICLE_LISTING)) {
            vehicle_ask_anew(agent, place);
        } else if (!is_on && place->stage != OCPP_SETTLE_VEHICLE_WAITING && place->stage < OCPP_SETTLE_VEHICLE_STARTING) {
            if (place->stage == OCPP_SETTLE_VEHICLE_ASKING) {
                vehicle_news(agent, place, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "the backend cannot be reached");
                place->terminal_count = 0; /* it was told by that */
            }
            vehicle_wait(agent, place, "the backend cannot be reached");
            place->is_lost = true;
        }
    }
}
