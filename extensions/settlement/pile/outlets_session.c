/* outlets_session.c: what the machine of an outlet does: contactor, readings, the end. */
#include "outlets_internal.h"

#include <assert.h>
#include <string.h>

enum { SESSION_BYTES = 65536 };

enum ocpp_status outlet_new_session(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    outlet_drop_session(outlet);
    outlet->arena = ocpp_arena_new(outlets->settings.allocator, SESSION_BYTES);
    if (outlet->arena == NULL) {
        return OCPP_ERR_NOMEM;
    }
    const size_t size = (size_t)outlets->settings.max_events * sizeof(*outlet->session.events);
    outlet->session.events = ocpp_arena_take(outlet->arena, size);
    if (outlet->session.events == NULL) {
        outlet_drop_session(outlet);
        return OCPP_ERR_NOMEM;
    }
    outlets_new_id(outlets, outlet->session.id);
    return OCPP_OK;
}

void outlet_drop_session(struct outlet *outlet)
{
    ocpp_arena_free(outlet->arena);
    outlet->arena = NULL;
    memset(&outlet->session, 0, sizeof(outlet->session));
    outlet->until_mono_ms = OCPP_NEVER;
    outlet->must_end = false;
    outlet->session_dirty = false;
}

/* --- readings ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_meter(struct ocpp_settle_outlets *outlets, struct outlet *outlet,
                                   struct ocpp_settle_outlet_reading *reading)
{
    const struct ocpp_settle_outlet_hardware *hardware = &outlets->settings.hardware;
    const enum ocpp_status status = hardware->read_meter(outlet_number(outlets, outlet), reading, hardware->user);

    return status == OCPP_OK && reading->mwh < 0 ? OCPP_ERR_RANGE : status;
}

/* A signed value that there is no room for is left out: the readings stand all the same. */
static const char *keep_signed(struct outlet *outlet, const char *text, size_t most)
{
    const size_t size = text == NULL ? 0 : strlen(text);

    return size == 0 || size > most ? NULL : ocpp_arena_text(outlet->arena, text, size);
}

/* IDLE is what the vehicle does not draw although it could: between two readings nothing came. The reading before says since
 * when. */
static void note_idle(struct outlet_session *session, bool is_idle)
{
    struct ocpp_settle_usage_event *last = &session->events[session->event_count - 1];

    if (is_idle == session->is_idle || session->event_count == 0) {
        return;
    }
    if (last->kind == OCPP_SETTLE_USAGE_KIND_METER) {
        last->kind = is_idle ? OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV : OCPP_SETTLE_USAGE_KIND_CHARGING;
        session->is_idle = is_idle;
    }
}

/* B7. A register that fell tells nothing: what was delivered until then is what counts. */
static bool take_reading(struct outlet_session *session, int64_t mwh, int64_t mono_ms)
{
    if (mwh < session->last_mwh) {
        return false;
    }
    note_idle(session, mwh == session->last_mwh);
    session->last_mwh = mwh;
    session->last_mono_ms = mono_ms;
    return true;
}

static void sample(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    struct outlet_session *session = &outlet->session;
    struct ocpp_settle_outlet_reading reading = { 0 };

    if (read_meter(outlets, outlet, &reading) != OCPP_OK) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_FAULT); /* energy that nobody measures is nobody's */
        return;
    }
    if (!take_reading(session, reading.mwh, outlets->now.mono_ms)) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_METER_ANOMALY);
        return;
    }
    outlet_add_event(outlets, session, OCPP_SETTLE_USAGE_KIND_METER, outlets->now.mono_ms);
    if (session->snapshot != NULL && !outlet_cost(outlets, session, &session->cost_minor)) {
        outlets_log(outlets, OCPP_LOG_WARNING, session->id, "cannot be computed");
    }
    outlet->session_dirty = true;
    outlet->until_mono_ms = outlets->now.mono_ms + outlets->settings.sample_ms;
    if (outlet_is_cap_near(outlets, session)) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_CAP_REACHED);
    }
}

/* --- effects ----------------------------------------------------------------------------------------------------- */

static void wait_for_plug(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    outlet->until_mono_ms = outlets->now.mono_ms + outlets->settings.plug_within_ms;
}

static void close_contactor(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    const struct ocpp_settle_outlet_hardware *hardware = &outlets->settings.hardware;
    struct outlet_session *session = &outlet->session;
    struct ocpp_settle_outlet_reading reading = { 0 };
    const int number = outlet_number(outlets, outlet);

    session->begin = outlets_moment(outlets);
    session->last_mono_ms = outlets->now.mono_ms;
    if (outlet->is_faulted || read_meter(outlets, outlet, &reading) != OCPP_OK) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_FAULT);
        return;
    }
    session->start_mwh = session->last_mwh = reading.mwh;
    session->signed_start = keep_signed(outlet, reading.signed_value, 1024);
    session->has_energy = true;
    outlet_add_event(outlets, session, OCPP_SETTLE_USAGE_KIND_START, outlets->now.mono_ms);
    if (outlet_is_cap_near(outlets, session)) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_CAP_REACHED);
        return;
    }
    outlet->session_dirty = true;
    outlet->until_mono_ms = outlets->now.mono_ms + outlets->settings.sample_ms;
    if (hardware->switch_outlet(number, true, hardware->user) != OCPP_OK) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_FAULT);
        return;
    }
    outlets_tell(outlets, OCPP_SETTLE_OUTLETS_STARTED, number, session->id, 0, NULL);
}

static void read_last(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    struct outlet_session *session = &outlet->session;
    struct ocpp_settle_outlet_reading reading = { 0 };

    if (!session->has_energy) {
        return;
    }
    if (read_meter(outlets, outlet, &reading) == OCPP_OK) {
        if (take_reading(session, reading.mwh, outlets->now.mono_ms)) {
            session->signed_end = keep_signed(outlet, reading.signed_value, 2048);
        } else {
            session->why = OCPP_SETTLE_SESSION_END_METER_ANOMALY;
        }
    }
    outlet_add_event(outlets, session, OCPP_SETTLE_USAGE_KIND_STOP, outlets->now.mono_ms);
}

static void open_contactor(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    const struct ocpp_settle_outlet_hardware *hardware = &outlets->settings.hardware;
    struct outlet_session *session = &outlet->session;

    (void)hardware->switch_outlet(outlet_number(outlets, outlet), false, hardware->user);
    outlet->until_mono_ms = OCPP_NEVER;
    session->end = outlets_moment(outlets);
    session->end_mono_ms = outlets->now.mono_ms;
    read_last(outlets, outlet);
    if (session->snapshot != NULL) {
        (void)outlet_cost(outlets, session, &session->cost_minor);
    }
}

static void give_up(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    char id[OCPP_SETTLE_ID_SIZE];

    memcpy(id, outlet->session.id, sizeof(id));
    outlet_drop_session(outlet);
    outlets_tell(outlets, OCPP_SETTLE_OUTLETS_REFUSED, outlet_number(outlets, outlet), id, 0, "it could not be stored");
}

static void perform(struct ocpp_settle_outlets *outlets, struct outlet *outlet, enum outlet_effect effect)
{
    switch (effect) {
    case OUTLET_NOTE:
        outlet->session_dirty = outlet->used_dirty = true;
        break;
    case OUTLET_WAIT:
        wait_for_plug(outlets, outlet);
        break;
    case OUTLET_CLOSE:
        close_contactor(outlets, outlet);
        break;
    case OUTLET_OPEN:
        open_contactor(outlets, outlet);
        break;
    case OUTLET_GIVE_UP:
        give_up(outlets, outlet);
        break;
    case OUTLET_FORGET:
        outlet_drop_session(outlet);
        break;
    case OUTLET_NOTHING:
        break;
    }
}

bool outlet_happens(struct ocpp_settle_outlets *outlets, struct outlet *outlet, enum outlet_event event)
{
    const struct outlet_row *row = outlet_row_of(outlet->state, event);

    if (row == NULL) {
        return false;
    }
    outlet->state = row->next;
    perform(outlets, outlet, row->effect);
    if (row->state != row->next) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_STATE, outlet_number(outlets, outlet), NULL, 0, NULL);
    }
    return true;
}

void outlet_end(struct ocpp_settle_outlets *outlets, struct outlet *outlet, enum ocpp_settle_session_end why)
{
    if (outlet->state == OUTLET_AWAIT_STORED) {
        outlet->must_end = true;
        outlet->session.why = why;
        return;
    }
    if (outlet->state == OUTLET_CHARGING || outlet->state == OUTLET_AWAIT_PLUG) {
        outlet->session.why =
            outlet->session.has_energy || outlet->state == OUTLET_CHARGING ? why : OCPP_SETTLE_SESSION_END_NOT_STARTED;
        (void)outlet_happens(outlets, outlet, OUTLET_END);
    }
}

static bool may_close(const struct ocpp_settle_outlets *outlets, const struct outlet *outlet)
{
    const char *wanted = outlet->session.vehicle;
    const bool is_other = wanted != NULL && outlet->vehicle[0] != '\0' && strcmp(wanted, outlet->vehicle) != 0;

    return !outlet->must_end && !is_other && (outlet->is_plugged || outlets->settings.starts_unplugged);
}

void outlet_stored(struct ocpp_settle_outlets *outlets, struct outlet *outlet, bool ok)
{
    const bool must_end = outlet->must_end;
    const enum ocpp_settle_session_end why = outlet->session.why;

    (void)outlet_happens(outlets, outlet,
                         !ok                          ? OUTLET_NOT_STORED
                         : may_close(outlets, outlet) ? OUTLET_STORED
                                                      : OUTLET_STORED_BARE);
    if (ok && must_end) {
        outlet_end(outlets, outlet, why);
    }
}

void outlet_time(struct ocpp_settle_outlets *outlets, struct outlet *outlet)
{
    if (outlets->now.mono_ms < outlet->until_mono_ms) {
        return;
    }
    if (outlet->state == OUTLET_CHARGING) {
        sample(outlets, outlet);
    } else if (outlet->state == OUTLET_AWAIT_PLUG) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_NOT_STARTED);
    } else {
        outlet->until_mono_ms = OCPP_NEVER;
    }
}

/* --- without an order ---------------------------------------------------------------------------------------------- */

static enum ocpp_status copy_start(struct ocpp_settle_outlets *outlets, struct outlet *outlet,
                                   const struct ocpp_settle_outlet_start *start)
{
    struct outlet_session *session = &outlet->session;
    const struct ocpp_settle_session_user user = {
        .token = { start->token, start->type != NULL ? start->type : "" },
        .binding = start->binding,
    };
    const void *copy = NULL;
    enum ocpp_status status = ocpp_message_copy(&ocpp_settle_session_user_type, &user, outlet->arena, &copy);

    session->user = copy;
    if (status == OCPP_OK && start->snapshot != NULL) {
        status = ocpp_message_copy(&ocpp_settle_snapshot_type, start->snapshot, outlet->arena, &copy);
        session->snapshot = copy;
    }
    if (status == OCPP_OK && start->snapshot != NULL) {
        status = ocpp_settle_snapshot_hash(start->snapshot, &outlets->settings.keys, outlets->scratch, session->hash);
    }
    session->frozen_minor = start->most_minor;
    return status;
}

/* D15. The board's own clock, or what an authorisation said in this run, or nothing: then its times begin in 1970. */
static void take_time(struct ocpp_settle_outlets *outlets, struct outlet_session *session)
{
    const struct ocpp_now now = outlets->now;

    session->begin = outlets_moment(outlets);
    session->last_mono_ms = now.mono_ms;
    if (now.utc_ms != OCPP_UTC_UNKNOWN) {
        session->base_utc_ms = now.utc_ms - now.mono_ms;
        session->time_status = OCPP_SETTLE_TIME_STATUS_SYNCHRONISED;
        return;
    }
    session->base_utc_ms = outlets->knows_time ? outlets->learned_base_utc_ms : 0;
    session->time_status = outlets->knows_time ? OCPP_SETTLE_TIME_STATUS_RELATIVE : OCPP_SETTLE_TIME_STATUS_UNKNOWN;
}

static bool is_start(const struct ocpp_settle_outlet_start *start)
{
    return start->token != NULL && start->token[0] != '\0' && strlen(start->token) <= 255 &&
           (start->type == NULL || strlen(start->type) <= 20) && (start->binding == NULL || strlen(start->binding) <= 64) &&
           start->most_minor >= 0 && (start->most_minor == 0 || start->snapshot != NULL) &&
           (start->snapshot == NULL || ocpp_settle_snapshot_check(start->snapshot, NULL) == OCPP_OK);
}

enum ocpp_status ocpp_settle_outlets_start(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_outlet_start *start,
                                           struct ocpp_now now, char session[OCPP_SETTLE_ID_SIZE])
{
    struct outlet *outlet = outlet_of(outlets, start->outlet);

    if (outlet == NULL || !is_start(start)) {
        return OCPP_ERR_ARGUMENT;
    }
    outlets_enter(outlets, now);
    if (outlet->state != OUTLET_FREE || outlet->is_faulted) {
        return OCPP_ERR_STATE;
    }
    if (outlets_room(outlets) <= 0) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_FULL, start->outlet, NULL, 0, "too many bills wait to be fetched");
        return OCPP_ERR_FULL;
    }
    enum ocpp_status status = outlet_new_session(outlets, outlet);
    if (status == OCPP_OK) {
        status = copy_start(outlets, outlet, start);
    }
    if (status != OCPP_OK) {
        outlet_drop_session(outlet);
        return status;
    }
    take_time(outlets, &outlet->session);
    memcpy(session, outlet->session.id, OCPP_SETTLE_ID_SIZE);
    (void)outlet_happens(outlets, outlet, OUTLET_BEGIN);
    outlets_leave(outlets);
    return OCPP_OK;
}
