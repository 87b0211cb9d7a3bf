/* outlets_store.c: one write at a time. What has changed since the last one goes together, all or none; what waits for it goes on
 * when it is durable. Bills get their numbers here, behind the last page that is durable: one whose write failed is made anew. */
#include "outlets_internal.h"

#include <string.h>

enum { CHANGES = 4 * OCPP_SETTLE_OUTLETS_LIMIT + OCPP_SETTLE_PAGES_LIMIT + 4 };

void outlets_key(const char *kind, int64_t number, int digits, char key[OCPP_KEY_SIZE])
{
    size_t size = strlen(OUTLETS_PREFIX);

    memcpy(key, OUTLETS_PREFIX, size);
    memcpy(key + size, kind, strlen(kind) + 1);
    size += strlen(kind);
    if (digits > 0) {
        key[size++] = '/';
    }
    for (int i = digits - 1; i >= 0; i--, number /= 10) {
        key[size + (size_t)i] = (char)('0' + number % 10);
    }
    key[size + (size_t)digits] = '\0';
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

struct reading {
    const struct ocpp_type *type;
    struct ocpp_arena *arena;
    const void *record;
    enum ocpp_status status;
};

static bool take_record(const char *key, const void *value, size_t size, void *user)
{
    struct reading *reading = user;
    const struct ocpp_json_limits limits = { .max_bytes = size + 1 };

    (void)key;
    reading->status = ocpp_message_decode(reading->type, value, size, &limits, NULL, reading->arena, &reading->record, NULL);
    return false;
}

enum ocpp_status outlets_read(struct ocpp_settle_outlets *outlets, const char *key, const struct ocpp_type *type,
                              struct ocpp_arena *arena, const void **record)
{
    struct reading reading = { .type = type, .arena = arena };
    const struct ocpp_storage *storage = outlets->settings.storage;
    enum ocpp_status status = storage->read(key, take_record, &reading, storage->user);

    if (status == OCPP_OK) {
        status = ocpp_status_class_of(reading.status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_CORRUPT : reading.status;
    }
    if (status == OCPP_OK) {
        *record = reading.record;
    }
    return status;
}

/* --- putting together ---------------------------------------------------------------------------------------------- */

struct writing {
    struct ocpp_settle_outlets *outlets;
    struct ocpp_change *changes;
    size_t count;
    enum ocpp_status status;
};

static void add(struct writing *writing, enum ocpp_change_kind kind, const char *name, int64_t number, int digits,
                const void *value, size_t size)
{
    char key[OCPP_KEY_SIZE];

    outlets_key(name, number, digits, key);
    const char *kept = writing->status == OCPP_OK ? ocpp_arena_text(writing->outlets->store, key, strlen(key)) : NULL;
    if (writing->status == OCPP_OK && kept == NULL) {
        writing->status = OCPP_ERR_NOMEM;
    }
    if (writing->status == OCPP_OK && size > writing->outlets->settings.storage->max_value_bytes) {
        writing->status = OCPP_ERR_LIMIT;
    }
    if (writing->status == OCPP_OK) {
        writing->changes[writing->count++] = (struct ocpp_change){ kind, kept, value, size };
    }
}

static void put(struct writing *writing, const char *name, int64_t number, int digits, const struct ocpp_type *type,
                const void *record)
{
    const char *text = NULL;
    size_t size = 0;

    if (writing->status == OCPP_OK) {
        writing->status = ocpp_message_encode(type, record, writing->outlets->store, &text, &size, NULL);
    }
    add(writing, OCPP_CHANGE_PUT, name, number, digits, text, size);
}

static const char *optional(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void put_session(struct writing *writing, int number, const struct outlet_session *session)
{
    static const struct ocpp_settle_usage_event none;
    const struct ocpp_settle_outlet_session record = {
        .session = session->id,
        .outlet = number,
        .jti = optional(session->jti),
        .order = optional(session->order),
        .has_seq = session->seq > 0,
        .seq = session->seq,
        .user = session->user,
        .vehicle = session->vehicle,
        .frozen_minor = session->frozen_minor,
        .snapshot = session->snapshot,
        .hash = optional(session->hash),
        .base_utc = session->base_utc_ms,
        .time_status = session->time_status,
        .begin = session->begin,
        .has_energy = session->has_energy,
        .start_mwh = session->start_mwh,
        .last_mwh = session->last_mwh,
        .last_mono_ms = session->last_mono_ms,
        .is_idle = session->is_idle,
        .cost_minor = session->cost_minor,
        .signed_start = session->signed_start,
        .events = { session->event_count > 0 ? session->events : &none, session->event_count },
    };

    put(writing, "session", number, 2, &ocpp_settle_outlet_session_type, &record);
}

static void put_used(struct writing *writing, int number, const struct outlet_used *used)
{
    const char *refused[OUTLET_REFUSED];
    unsigned char bytes[8];
    char window[17];
    size_t count = 0;

    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(used->window >> (56 - 8 * i));
    }
    ocpp_settle_hex(bytes, sizeof(bytes), window);
    for (int i = 0; i < OUTLET_REFUSED; i++) {
        if (used->refused[i][0] != '\0') {
            refused[count++] = used->refused[i];
        }
    }
    const struct ocpp_settle_outlet_used record = { .high = used->high, .window = window, .refused = { refused, count } };
    put(writing, "used", number, 2, &ocpp_settle_outlet_used_type, &record);
}

/* Its page stands behind the ones before it in the same write. */
static void put_bill(struct writing *writing, struct outlet *outlet, int64_t *last, const char **prev)
{
    struct ocpp_settle_outlets *outlets = writing->outlets;
    struct new_page *made = &outlets->new_pages[outlets->new_page_count];
    const char *token = NULL;
    size_t size = 0;

    if (writing->status == OCPP_OK) {
        writing->status = outlets_make_page(outlets, outlet, *last + 1, *prev, &token, &size, &made->page);
    }
    add(writing, OCPP_CHANGE_PUT, "page", *last + 1, 16, token, size);
    add(writing, OCPP_CHANGE_DELETE, "session", outlet_number(outlets, outlet), 2, NULL, 0);
    if (writing->status == OCPP_OK) {
        made->outlet = outlet_number(outlets, outlet) - 1;
        outlets->new_page_count++;
        *last += 1;
        *prev = made->page.hash;
    }
}

static void put_outlets(struct writing *writing, int64_t *last, const char **prev)
{
    struct ocpp_settle_outlets *outlets = writing->outlets;

    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        struct outlet *outlet = &outlets->outlets[i];

        if (outlet->state == OUTLET_AWAIT_BILL) {
            put_bill(writing, outlet, last, prev);
        } else if (outlet->session_dirty) {
            put_session(writing, i + 1, &outlet->session);
        }
        if (outlet->used_dirty) {
            put_used(writing, i + 1, &outlet->used);
        }
    }
}

static void put_chain(struct writing *writing, int64_t last, const char *prev)
{
    const struct ocpp_settle_outlets *outlets = writing->outlets;
    const struct ocpp_settle_outlet_chain record = {
        .boots = outlets->boots,
        .page = last,
        .hash = prev,
        .operator_ = optional(outlets->operator_id),
        .certificate = outlets->certificate,
    };

    put(writing, "chain", 0, 0, &ocpp_settle_outlet_chain_type, &record);
}

static void put_trust(struct writing *writing)
{
    const struct ocpp_settle_trust_record *record = NULL;

    if (writing->status == OCPP_OK) {
        writing->status = ocpp_settle_trust_write(&writing->outlets->trust, writing->outlets->store, &record);
    }
    if (writing->status == OCPP_OK) {
        put(writing, "trust", 0, 0, &ocpp_settle_trust_record_type, record);
    }
    if (writing->outlets->vouch != NULL) {
        put(writing, "vouch", 0, 0, &ocpp_settle_outlet_vouch_type, writing->outlets->vouch);
    }
}

static void delete_pages(struct writing *writing)
{
    for (size_t i = 0; i < writing->outlets->page_count; i++) {
        const struct kept_page *page = &writing->outlets->pages[i];

        if (page->is_leaving) {
            add(writing, OCPP_CHANGE_DELETE, "page", page->number, 16, NULL, 0);
        }
    }
}

/* --- when it is durable, or is not ----------------------------------------------------------------------------------- */

static void mark_written(struct ocpp_settle_outlets *outlets)
{
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        struct outlet *outlet = &outlets->outlets[i];

        outlet->is_written = outlet->session_dirty || outlet->used_dirty;
        outlet->session_dirty = false;
        outlet->used_dirty = false;
    }
    for (size_t i = 0; i < outlets->page_count; i++) {
        outlets->pages[i].is_written = outlets->pages[i].is_leaving;
    }
    outlets->wrote_chain = outlets->chain_dirty;
    outlets->wrote_trust = outlets->trust_dirty;
    outlets->wrote_house = outlets->house_dirty;
    outlets->house_dirty = false;
    outlets->chain_dirty = false;
    outlets->trust_dirty = false;
}

static void drop_written_pages(struct ocpp_settle_outlets *outlets, bool ok)
{
    size_t kept = 0;

    for (size_t i = 0; i < outlets->page_count; i++) {
        struct kept_page *page = &outlets->pages[i];
        const bool goes = ok && page->is_written;

        page->is_written = false;
        if (!goes) {
            outlets->pages[kept++] = *page;
        }
    }
    outlets->page_count = kept;
}

/* Each outlet whose session began, or whose bill was written, goes on. */
static void tell_outlets(struct ocpp_settle_outlets *outlets, bool ok)
{
    const size_t count = outlets->new_page_count;

    outlets->new_page_count = 0;
    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        struct outlet *outlet = &outlets->outlets[i];

        if (outlet->is_written && !ok) {
            outlet->session_dirty = outlet->state != OUTLET_FREE && outlet->state != OUTLET_AWAIT_STORED;
            outlet->used_dirty = true;
        }
        if (outlet->is_written && outlet->state == OUTLET_AWAIT_STORED) {
            outlet_stored(outlets, outlet, ok);
        }
        outlet->is_written = false;
    }
    for (size_t i = 0; ok && i < count; i++) {
        struct new_page *made = &outlets->new_pages[i];
        struct outlet *outlet = &outlets->outlets[made->outlet];

        outlets->pages[outlets->page_count++] = made->page;
        outlets->page = made->page.number;
        memcpy(outlets->page_hash, made->page.hash, sizeof(outlets->page_hash));
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_ENDED, made->outlet + 1, outlet->session.id, made->page.number, NULL);
        outlet_happens(outlets, outlet, OUTLET_BILLED);
    }
}

static void settle(struct ocpp_settle_outlets *outlets, enum ocpp_status status)
{
    const bool ok = status == OCPP_OK;

    outlets->is_writing = false;
    outlets->has_ended = false;
    if (!ok) {
        outlets_log(outlets, OCPP_LOG_ERROR, "could not be stored", ocpp_status_sentence(status));
        outlets->chain_dirty |= outlets->wrote_chain;
        outlets->trust_dirty |= outlets->wrote_trust;
        outlets->house_dirty |= outlets->wrote_house;
        outlets->write_again_mono_ms = outlets->now.mono_ms + outlets->settings.storage_retry_ms;
    }
    drop_written_pages(outlets, ok);
    tell_outlets(outlets, ok);
}

/* The store may say so from anywhere: what follows is done at the next entry point. */
static void written(enum ocpp_status status, void *user)
{
    struct ocpp_settle_outlets *outlets = user;

    outlets->has_ended = true;
    outlets->ended_status = status;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

bool outlets_has_to_write(const struct ocpp_settle_outlets *outlets)
{
    bool has = outlets->chain_dirty || outlets->trust_dirty || outlets->house_dirty;

    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        const struct outlet *outlet = &outlets->outlets[i];

        has |= outlet->state == OUTLET_AWAIT_BILL || outlet->session_dirty || outlet->used_dirty;
    }
    for (size_t i = 0; i < outlets->page_count; i++) {
        has |= outlets->pages[i].is_leaving;
    }
    return has;
}

static void write_all(struct ocpp_settle_outlets *outlets)
{
    const struct ocpp_storage *storage = outlets->settings.storage;
    const char *prev = outlets->page_hash;
    int64_t last = outlets->page;

    ocpp_arena_reset(outlets->store);
    outlets->new_page_count = 0;
    outlets->write_again_mono_ms = OCPP_NEVER;
    struct writing writing = { .outlets = outlets,
                               .changes = ocpp_arena_take(outlets->store, CHANGES * sizeof(*writing.changes)) };
    writing.status = writing.changes == NULL ? OCPP_ERR_NOMEM : OCPP_OK;
    put_outlets(&writing, &last, &prev);
    if (outlets->chain_dirty || last != outlets->page) {
        put_chain(&writing, last, prev);
    }
    if (outlets->trust_dirty) {
        put_trust(&writing);
    }
    if (outlets->house_dirty) {
        put(&writing, "house", 0, 0, &ocpp_settle_outlet_house_type, outlets->house);
    }
    delete_pages(&writing);
    mark_written(outlets);
    outlets->is_writing = true;
    if (writing.status == OCPP_OK) {
        writing.status = storage->write(writing.changes, writing.count, written, outlets, storage->user);
    }
    if (writing.status != OCPP_OK) {
        settle(outlets, writing.status);
    }
}

/* Bounded: a round ends nothing but what the round before it wrote. */
void outlets_pump(struct ocpp_settle_outlets *outlets)
{
    for (int rounds = 0; rounds < 8; rounds++) {
        if (outlets->is_writing && outlets->has_ended) {
            settle(outlets, outlets->ended_status);
        }
        const bool may = outlets->write_again_mono_ms == OCPP_NEVER || outlets->now.mono_ms >= outlets->write_again_mono_ms;
        if (outlets->is_writing || !may || !outlets_has_to_write(outlets)) {
            return;
        }
        write_all(outlets);
    }
}
