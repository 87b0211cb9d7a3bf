/* notices.c: the queue of notices: what is in it, how it is read back, and who gives way when it is full. */
#include "notices.h"

#include <string.h>

#include "arena.h"
#include "charge_point_internal.h"
#include "text.h"

enum { BYTES_FOR_EVENTS = 2 * NOTICE_ROOM, BYTES_FOR_SECURITY = NOTICE_ROOM };

/* --- records ------------------------------------------------------------------------------------------------------------ */

#define COUNT_OF(rows)             (sizeof(rows) / sizeof((rows)[0]))
#define INTEGER(tag, type, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_INTEGER, struct type, member)
#define BOOLEAN(tag, type, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_BOOLEAN, struct type, member)
#define TEXT(tag, type, member)    OCPP_FIELD_ROW(tag, OCPP_FIELD_TEXT, struct type, member)
#define BYTES(tag, type, member)   OCPP_FIELD_ROW(tag, OCPP_FIELD_BYTES, struct type, member)

/* clang-format off */
#define NOTICE_ROWS(type, member) \
    INTEGER(1, type, member kind), \
    BYTES(2, type, member id), \
    INTEGER(3, type, member when.boot), \
    INTEGER(4, type, member when.mono_ms), \
    INTEGER(5, type, member when.utc_ms), \
    BOOLEAN(6, type, member is_critical)

static const struct ocpp_field notice_rows[] = { NOTICE_ROWS(notice, ) };

static const struct ocpp_field security_rows[] = {
    NOTICE_ROWS(security_notice, notice.),
    TEXT(10, security_notice, type),
    TEXT(11, security_notice, info),
};

static const struct ocpp_field event_rows[] = {
    NOTICE_ROWS(event_notice, notice.),
    INTEGER(10, event_notice, event_id),
    INTEGER(11, event_notice, trigger),
    INTEGER(12, event_notice, origin),
    TEXT(13, event_notice, value),
    TEXT(14, event_notice, tech_code),
    TEXT(15, event_notice, tech_info),
    TEXT(16, event_notice, transaction),
    BOOLEAN(17, event_notice, is_cleared),
    BOOLEAN(18, event_notice, has_cause),
    INTEGER(19, event_notice, cause),
    BOOLEAN(20, event_notice, has_monitor),
    INTEGER(21, event_notice, monitor),
    INTEGER(22, event_notice, evse),
    INTEGER(23, event_notice, connector),
    TEXT(24, event_notice, component),
    TEXT(25, event_notice, component_instance),
    TEXT(26, event_notice, variable),
    TEXT(27, event_notice, variable_instance),
};
/* clang-format on */

enum { NOTICE_RECORD = 60 };

static const struct ocpp_layout head_layout = { NOTICE_RECORD, sizeof(struct notice), notice_rows, COUNT_OF(notice_rows) };

static const struct ocpp_layout layouts[NOTICE_KIND_COUNT] = {
    [NOTICE_SECURITY_EVENT] = { NOTICE_RECORD, sizeof(struct security_notice), security_rows, COUNT_OF(security_rows) },
    [NOTICE_EVENT] = { NOTICE_RECORD, sizeof(struct event_notice), event_rows, COUNT_OF(event_rows) },
};

static bool is_kind(int32_t kind)
{
    return kind > 0 && kind < NOTICE_KIND_COUNT;
}

size_t ocpp_cp_notice_size(enum notice_kind kind)
{
    return layouts[kind].size;
}

enum ocpp_status ocpp_cp_notice_when(const void *bytes, size_t size, struct moment *when)
{
    struct notice notice;
    const enum ocpp_status status = ocpp_record_read(&head_layout, bytes, size, &notice);
    *when = notice.when;
    return status;
}

enum ocpp_status ocpp_cp_notice_read(struct ocpp_charge_point *cp, const struct notice_entry *entry, void *object)
{
    char key[OCPP_KEY_SIZE];
    size_t size;
    const struct ocpp_layout *layout = &layouts[entry->kind];
    const uint8_t *bytes = ocpp_cp_journal_bytes(cp, JOURNAL_NOTICE, entry->number, &size);
    if (bytes != NULL) {
        return ocpp_record_read(layout, bytes, size, object);
    }
    ocpp_cp_journal_key(JOURNAL_NOTICE, entry->number, key);
    return ocpp_cp_read_record(cp, key, layout, object);
}

static const struct {
    const char *name;
    const char *old_name;
} security_names[] = {
    { "FailedToAuthenticateAtCsms", "FailedToAuthenticateAtCentralSystem" },
    { "CsmsFailedToAuthenticate", "CentralSystemFailedToAuthenticate" },
    { "InvalidCsmsCertificate", "InvalidCentralSystemCertificate" },
    { "InvalidChargingStationCertificate", "InvalidChargePointCertificate" },
};

const char *ocpp_cp_security_name(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(security_names); i++) {
        if (strcmp(security_names[i].old_name, type) == 0) {
            return security_names[i].name;
        }
    }
    return type;
}

const char *ocpp_cp_security_old_name(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(security_names); i++) {
        if (strcmp(security_names[i].name, type) == 0) {
            return security_names[i].old_name;
        }
    }
    return type;
}

/* --- the queue ---------------------------------------------------------------------------------------------------------- */

struct notices *ocpp_cp_notices(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_NOTICES);
}

size_t ocpp_cp_notices_waiting(const struct ocpp_charge_point *cp)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    return notices == NULL ? 0 : notices->count;
}

size_t ocpp_cp_notices_dropped(const struct ocpp_charge_point *cp)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    return notices == NULL ? 0 : notices->dropped;
}

static void remove_at(struct notices *notices, size_t index)
{
    notices->count--;
    memmove(&notices->entries[index], &notices->entries[index + 1], (notices->count - index) * sizeof(notices->entries[0]));
}

void ocpp_cp_notice_remove(struct ocpp_charge_point *cp, int64_t number)
{
    struct notices *notices = ocpp_cp_notices(cp);
    for (size_t i = 0; i < notices->count; i++) {
        if (notices->entries[i].number == number) {
            remove_at(notices, i);
            ocpp_cp_journal_delete(cp, JOURNAL_NOTICE, number);
            return;
        }
    }
}

static bool is_in_flight(const struct notices *notices, int64_t number)
{
    for (size_t i = 0; i < notices->flight_count; i++) {
        if (notices->flight[i] == number) {
            return true;
        }
    }
    return false;
}

/* The oldest that is not critical; for a critical one, where all are, the oldest. What is on its way stays. NULL: none. */
static const struct notice_entry *who_gives_way(const struct notices *notices, bool for_critical)
{
    const struct notice_entry *oldest = NULL;
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice_entry *entry = &notices->entries[i];
        if (is_in_flight(notices, entry->number)) {
            continue;
        }
        if (!entry->is_critical) {
            return entry;
        }
        oldest = oldest == NULL ? entry : oldest;
    }
    return for_critical ? oldest : NULL;
}

static bool make_room(struct ocpp_charge_point *cp, struct notices *notices, bool for_critical)
{
    if (notices->count < notices->room) {
        return true;
    }
    const struct notice_entry *entry = who_gives_way(notices, for_critical);
    if (entry == NULL) {
        return false;
    }
    notices->dropped++;
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "the queue of notices is full: one is given up");
    ocpp_cp_notice_remove(cp, entry->number);
    return true;
}

static enum ocpp_status add(struct ocpp_charge_point *cp, struct notices *notices, struct notice *notice)
{
    if (!make_room(cp, notices, notice->is_critical)) {
        return OCPP_ERR_FULL;
    }
    const int64_t number = notices->next_number;
    const enum ocpp_status status = ocpp_cp_journal_put(cp, JOURNAL_NOTICE, number, &layouts[notice->kind], notice);
    if (status != OCPP_OK) {
        return status;
    }
    notices->next_number++;
    notices->entries[notices->count++] =
        (struct notice_entry){ .number = number, .kind = (uint8_t)notice->kind, .is_critical = notice->is_critical };
    return OCPP_OK;
}

enum ocpp_status ocpp_cp_notice_add(struct ocpp_charge_point *cp, enum notice_kind kind, void *object)
{
    struct notices *notices = ocpp_cp_notices(cp);
    struct notice *notice = object;
    if (notices == NULL) {
        return OCPP_ERR_STATE;
    }
    notice->kind = (int32_t)kind;
    notice->when = notice->when.boot == 0 ? ocpp_cp_moment(cp) : notice->when;
    ocpp_cp_uuid(cp, notice->id);
    cp->has_undated = cp->has_undated || notice->when.utc_ms == OCPP_UTC_UNKNOWN;
    const enum ocpp_status status = add(cp, notices, notice);
    if (status != OCPP_OK) {
        notices->dropped++;
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a notice finds no room: %s", ocpp_status_sentence(status));
    }
    return status;
}

/* --- read back ---------------------------------------------------------------------------------------------------------- */

struct loading {
    struct ocpp_charge_point *cp;
    char corrupt[OCPP_KEY_SIZE]; /* the first record that cannot be read; "" */
    bool is_full;                /* … or there is no room for all there is, which was more once */
};

static bool load_entry(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct notices *notices = ocpp_cp_notices(loading->cp);
    struct notice notice;
    const int64_t number = ocpp_cp_key_number(key);
    const bool is_read = ocpp_record_read(&head_layout, value, size, &notice) == OCPP_OK;
    if (number < 0 || !is_read || !is_kind(notice.kind)) {
        ocpp_text_copy(loading->corrupt, sizeof(loading->corrupt), key);
        return false;
    }
    loading->is_full = notices->count == notices->room;
    if (!loading->is_full) {
        notices->entries[notices->count++] =
            (struct notice_entry){ .number = number, .kind = (uint8_t)notice.kind, .is_critical = notice.is_critical };
    }
    return !loading->is_full;
}

static enum ocpp_status drop_one(struct ocpp_charge_point *cp, struct notices *notices)
{
    char key[OCPP_KEY_SIZE];
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    ocpp_cp_journal_key(JOURNAL_NOTICE, who_gives_way(notices, true)->number, key);
    notices->dropped++;
    return ocpp_cp_write_now(cp, &change, 1);
}

/* Each record that cannot stay is gone before they are read again. */
static enum ocpp_status load(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    notices->next_number = cp->boot << 32; /* above every number of earlier starts */
    for (;;) {
        struct loading loading = { .cp = cp };
        notices->count = 0;
        enum ocpp_status status = cp->storage->each("notice/", NULL, load_entry, &loading, cp->storage->user);
        if (status != OCPP_OK || (loading.corrupt[0] == '\0' && !loading.is_full)) {
            return status;
        }
        status = loading.is_full ? drop_one(cp, notices) : ocpp_cp_set_aside(cp, loading.corrupt);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

/* --- the block ---------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->diagnostics != NULL || settings->monitoring != NULL ? sizeof(struct notices) : 0;
}

static size_t size_for(const struct ocpp_hardware *hardware) /* a latch may fail (G05.FR.02) */
{
    return hardware->lock != NULL ? sizeof(struct notices) : 0;
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    return settings->max_notices >= 1 && settings->max_notices <= 10000 ? NULL : "max_notices";
}

static bool start(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    struct journal *journal = &notices->journal;
    notices->room = cp->settings.max_notices;
    notices->wordless_since_mono_ms = OCPP_NEVER;
    notices->entries = ocpp_reallocate(cp->settings.allocator, NULL, notices->room * sizeof(notices->entries[0]));
    journal->slot.cp = cp;
    journal->deletes_due_mono_ms = OCPP_NEVER;
    journal->retry_mono_ms = notices->retry_mono_ms = cp->now.mono_ms;
    journal->room = cp->settings.monitoring != NULL ? BYTES_FOR_EVENTS : BYTES_FOR_SECURITY;
    journal->bytes = ocpp_reallocate(cp->settings.allocator, NULL, journal->room);
    return notices->entries != NULL && journal->bytes != NULL;
}

static void free_all(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    ocpp_reallocate(cp->settings.allocator, notices->entries, 0);
    ocpp_reallocate(cp->settings.allocator, notices->journal.bytes, 0);
}

static void work(struct ocpp_charge_point *cp)
{
    ocpp_cp_notices_expire(cp);
    ocpp_cp_journal_work(cp);
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    const int64_t writes = ocpp_cp_journal_deadline(cp);
    const int64_t expiry = ocpp_cp_notices_expiry(cp);
    return writes < expiry ? writes : expiry;
}

const struct block ocpp_cp_notices_block = {
    .size = size_of,
    .size_for = size_for,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = free_all,
    .load = load,
    .work = work,
    .deadline = deadline,
    .send = ocpp_cp_notices_send,
    .send_deadline = ocpp_cp_notices_send_deadline,
    .failed = ocpp_cp_notices_failed,
    .link_down = ocpp_cp_notices_link_down,
};
