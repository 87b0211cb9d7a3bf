/* outlets.c: the handle of a pile without a network: settings, entry points, time. */
#include "outlets_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct ocpp_settle_outlets_settings ocpp_settle_outlets_settings_default(void)
{
    return (struct ocpp_settle_outlets_settings){
        .key_name = "pile-key",
        .outlet_count = 1,
        .max_power_mw = 22000000,
        .sample_ms = 60000,
        .nonce_ms = 600000,
        .plug_within_ms = 600000,
        .max_pages = 64,
        .max_events = 24,
        .storage_retry_ms = 5000,
        .arena_bytes = 262144,
    };
}

void *outlets_allocate(const struct ocpp_settle_outlets *outlets, void *pointer, size_t size)
{
    const struct ocpp_allocator *allocator = outlets->settings.allocator;

    if (allocator != NULL) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

/* --- small things ------------------------------------------------------------------------------------------------ */

struct outlet *outlet_of(struct ocpp_settle_outlets *outlets, int64_t number)
{
    return number >= 1 && number <= outlets->settings.outlet_count ? &outlets->outlets[number - 1] : NULL;
}

int outlet_number(const struct ocpp_settle_outlets *outlets, const struct outlet *outlet)
{
    return (int)(outlet - outlets->outlets) + 1;
}

struct ocpp_settle_moment outlets_moment(const struct ocpp_settle_outlets *outlets)
{
    const bool has_utc = outlets->now.utc_ms != OCPP_UTC_UNKNOWN;

    return (struct ocpp_settle_moment){
        .has_utc = has_utc,
        .utc = has_utc ? outlets->now.utc_ms : 0,
        .boot = outlets->boots,
        .mono_ms = outlets->now.mono_ms,
        .status = has_utc ? OCPP_SETTLE_TIME_STATUS_SYNCHRONISED : OCPP_SETTLE_TIME_STATUS_UNKNOWN,
    };
}

void outlets_copy(char *to, size_t room, const char *from)
{
    const size_t size = from == NULL ? 0 : strlen(from) < room ? strlen(from) : room - 1;

    memset(to, 0, room);
    if (size > 0) {
        memcpy(to, from, size);
    }
}

void outlets_new_id(struct ocpp_settle_outlets *outlets, char id[OCPP_SETTLE_ID_SIZE])
{
    unsigned char bytes[16];

    outlets->settings.keys.random(bytes, sizeof(bytes), outlets->settings.keys.user);
    ocpp_settle_id_write(bytes, id);
}

int outlets_room(const struct ocpp_settle_outlets *outlets)
{
    int used = (int)outlets->page_count;

    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        used += outlets->outlets[i].state != OUTLET_FREE;
    }
    return outlets->settings.max_pages - used;
}

void outlets_tell(struct ocpp_settle_outlets *outlets, enum ocpp_settle_outlets_event_kind kind, int outlet, const char *session,
                  int64_t page, const char *text)
{
    const struct ocpp_settle_outlets_event event = {
        .kind = kind, .outlet = outlet, .session = session, .page = page, .text = text
    };

    if (outlets->settings.on_event != NULL) {
        outlets->settings.on_event(&event, outlets->settings.user);
    }
}

void outlets_log(const struct ocpp_settle_outlets *outlets, enum ocpp_log_level level, const char *what, const char *why)
{
    const struct ocpp_log *log = &outlets->settings.log;
    char line[160];

    if (log->write == NULL || level > log->level) {
        return;
    }
    outlets_copy(line, sizeof(line), what);
    const size_t size = strlen(line);
    if (size + 2 < sizeof(line)) {
        memcpy(line + size, ": ", 3);
        outlets_copy(line + size + 2, sizeof(line) - size - 2, why);
    }
    log->write(level, line, log->user);
}

/* --- entry points ------------------------------------------------------------------------------------------------ */

void outlets_enter(struct ocpp_settle_outlets *outlets, struct ocpp_now now)
{
    assert(now.mono_ms >= outlets->now.mono_ms);
    outlets->now = now;
    ocpp_arena_reset(outlets->scratch);
    outlets_pump(outlets);
}

void outlets_leave(struct ocpp_settle_outlets *outlets)
{
    outlets_pump(outlets);
}

static bool is_within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool is_text(const char *text, size_t most)
{
    return text != NULL && text[0] != '\0' && strlen(text) <= most;
}

static bool are_right(const struct ocpp_settle_outlets_settings *settings)
{
    return is_text(settings->pile, 48) && (settings->serial == NULL || is_text(settings->serial, 40)) &&
           settings->storage != NULL && settings->hardware.switch_outlet != NULL && settings->hardware.read_meter != NULL &&
           settings->keys.sign != NULL && ocpp_settle_key_name_is_valid(settings->key_name) &&
           is_within(settings->outlet_count, 1, OCPP_SETTLE_OUTLETS_LIMIT) && is_within(settings->max_power_mw, 1, 1000000000) &&
           is_within(settings->sample_ms, 1000, 3600000) && is_within(settings->nonce_ms, 10000, 86400000) &&
           is_within(settings->plug_within_ms, 1000, 86400000) &&
           is_within(settings->max_pages, settings->outlet_count + 1, OCPP_SETTLE_PAGES_LIMIT) &&
           is_within(settings->max_events, 8, 48) && is_within(settings->storage_retry_ms, 1, 3600000) &&
           settings->arena_bytes >= 65536;
}

static enum ocpp_status make(struct ocpp_settle_outlets *outlets)
{
    const struct ocpp_settle_outlets_settings *settings = &outlets->settings;
    const size_t size = (size_t)settings->max_pages * sizeof(*outlets->pages);

    outlets->scratch = ocpp_arena_new(settings->allocator, settings->arena_bytes);
    outlets->work = ocpp_arena_new(settings->allocator, settings->arena_bytes);
    outlets->store = ocpp_arena_new(settings->allocator, 4 * settings->arena_bytes);
    outlets->pages = outlets_allocate(outlets, NULL, size);
    outlets->reply = ocpp_arena_new(settings->allocator, settings->arena_bytes);
    if (outlets->reply == NULL || outlets->scratch == NULL || outlets->work == NULL || outlets->store == NULL ||
        outlets->pages == NULL) {
        return OCPP_ERR_NOMEM;
    }
    memset(outlets->pages, 0, size);
    enum ocpp_status status = settings->keys.public_key(settings->key_name, outlets->point, settings->keys.user);
    if (status == OCPP_OK) {
        status = ocpp_settle_kid(&settings->keys, outlets->point, outlets->kid);
    }
    for (int i = 0; i < settings->outlet_count; i++) {
        (void)settings->hardware.switch_outlet(i + 1, false, settings->hardware.user); /* whatever was before, nobody has paid */
    }
    return status == OCPP_OK ? outlets_load(outlets) : status;
}

enum ocpp_status ocpp_settle_outlets_new(const struct ocpp_settle_outlets_settings *settings, struct ocpp_now now,
                                         struct ocpp_settle_outlets **outlets)
{
    const struct ocpp_settle_outlets loader = { .settings = *settings };

    if (!are_right(settings)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct ocpp_settle_outlets *made = outlets_allocate(&loader, NULL, sizeof(*made));
    if (made == NULL) {
        return OCPP_ERR_NOMEM;
    }
    memset(made, 0, sizeof(*made));
    made->settings = *settings;
    made->now = now;
    made->write_again_mono_ms = OCPP_NEVER;
    for (int i = 0; i < OCPP_SETTLE_OUTLETS_LIMIT; i++) {
        made->outlets[i].until_mono_ms = OCPP_NEVER;
    }
    const enum ocpp_status status = make(made);
    if (status != OCPP_OK) {
        ocpp_settle_outlets_free(made);
        return status;
    }
    outlets_leave(made);
    *outlets = made;
    return OCPP_OK;
}

void ocpp_settle_outlets_free(struct ocpp_settle_outlets *outlets)
{
    if (outlets == NULL) {
        return;
    }
    if (outlets->is_writing && !outlets->has_ended && outlets->settings.storage->flush != NULL) {
        outlets->settings.storage->flush(outlets->settings.storage->user); /* its |done| must not find nobody */
    }
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        (void)outlets->settings.hardware.switch_outlet(i + 1, false, outlets->settings.hardware.user);
        ocpp_arena_free(outlets->outlets[i].arena);
    }
    ocpp_arena_free(outlets->scratch);
    ocpp_arena_free(outlets->work);
    ocpp_arena_free(outlets->store);
    ocpp_arena_free(outlets->reply);
    ocpp_arena_free(outlets->vouch_arena);
    ocpp_arena_free(outlets->house_arena);
    const struct ocpp_settle_outlets rest = { .settings = outlets->settings };
    outlets_allocate(&rest, outlets->pages, 0);
    outlets_allocate(&rest, outlets->certificate, 0);
    outlets_allocate(&rest, outlets, 0);
}

int64_t ocpp_settle_outlets_deadline(const struct ocpp_settle_outlets *outlets)
{
    int64_t deadline = outlets->has_ended ? outlets->now.mono_ms : outlets->write_again_mono_ms;

    if (outlets->wait.kind != HOUSE_WAIT_NONE && outlets->wait.until_mono_ms < deadline) {
        deadline = outlets->wait.until_mono_ms;
    }
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        const int64_t until = outlets->outlets[i].until_mono_ms;

        deadline = until < deadline ? until : deadline;
    }
    return deadline;
}

void ocpp_settle_outlets_advance(struct ocpp_settle_outlets *outlets, struct ocpp_now now)
{
    outlets_enter(outlets, now);
    if (outlets->wait.kind != HOUSE_WAIT_NONE && now.mono_ms >= outlets->wait.until_mono_ms) {
        outlets_wait_over(outlets);
    }
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        outlet_time(outlets, &outlets->outlets[i]);
    }
    outlets_leave(outlets);
}

/* --- what the board sees ------------------------------------------------------------------------------------------ */

/* D14. */
static bool is_another_vehicle(const struct outlet *outlet)
{
    const char *wanted = outlet->session.vehicle;

    return wanted != NULL && outlet->vehicle[0] != '\0' && strcmp(wanted, outlet->vehicle) != 0;
}

void ocpp_settle_outlets_plug(struct ocpp_settle_outlets *outlets, int number, bool on, const char *vehicle, struct ocpp_now now)
{
    struct outlet *outlet = outlet_of(outlets, number);

    if (outlet == NULL) {
        return;
    }
    outlets_enter(outlets, now);
    const bool was_plugged = outlet->is_plugged;
    outlet->is_plugged = on;
    outlets_copy(outlet->vehicle, sizeof(outlet->vehicle), on ? vehicle : NULL);
    if (!on && was_plugged && (outlet->state == OUTLET_CHARGING || outlet->state == OUTLET_AWAIT_STORED)) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_UNPLUGGED);
    } else if (on && outlet->state == OUTLET_AWAIT_PLUG && is_another_vehicle(outlet)) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_REFUSED, number, outlet->session.id, 0, "another vehicle was authorised");
    } else if (on) {
        outlet_happens(outlets, outlet, OUTLET_PLUGGED);
    }
    if (on != was_plugged) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_STATE, number, NULL, 0, NULL);
    }
    outlets_leave(outlets);
}

void ocpp_settle_outlets_fault(struct ocpp_settle_outlets *outlets, int number, bool on, struct ocpp_now now)
{
    struct outlet *outlet = outlet_of(outlets, number);

    if (outlet == NULL || outlet->is_faulted == on) {
        return;
    }
    outlets_enter(outlets, now);
    outlet->is_faulted = on;
    if (on) {
        outlet_end(outlets, outlet, OCPP_SETTLE_SESSION_END_FAULT);
    }
    outlets_tell(outlets, OCPP_SETTLE_OUTLETS_STATE, number, NULL, 0, NULL);
    outlets_leave(outlets);
}

enum ocpp_status ocpp_settle_outlets_stop(struct ocpp_settle_outlets *outlets, int number, enum ocpp_settle_session_end why,
                                          struct ocpp_now now)
{
    struct outlet *outlet = outlet_of(outlets, number);

    if (outlet == NULL || outlet->state == OUTLET_FREE || outlet->state == OUTLET_AWAIT_BILL) {
        return OCPP_ERR_STATE;
    }
    outlets_enter(outlets, now);
    outlet_end(outlets, outlet, why == OCPP_SETTLE_SESSION_END_UNSET ? OCPP_SETTLE_SESSION_END_LOCAL : why);
    outlets_leave(outlets);
    return OCPP_OK;
}
