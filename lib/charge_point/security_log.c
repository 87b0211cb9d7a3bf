/* security_log.c: the log of events of security: a ring of records in the store (A04.FR.04). */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "logs.h"
#include "text.h"

/* clang-format off */
static const struct ocpp_field rows[] = {
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct security_notice, notice.when.boot),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct security_notice, notice.when.mono_ms),
    OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct security_notice, notice.when.utc_ms),
    OCPP_FIELD_ROW(6, OCPP_FIELD_BOOLEAN, struct security_notice, notice.is_critical),
    OCPP_FIELD_ROW(10, OCPP_FIELD_TEXT, struct security_notice, type),
    OCPP_FIELD_ROW(11, OCPP_FIELD_TEXT, struct security_notice, info),
};
/* clang-format on */

static const struct ocpp_layout layout = { 61, sizeof(struct security_notice), rows, sizeof(rows) / sizeof(rows[0]) };
static const char prefix[] = "security/";

static struct security *security_of(const struct ocpp_charge_point *cp)
{
    return &ocpp_cp_logs(cp)->security;
}

static size_t room(const struct ocpp_charge_point *cp)
{
    return cp->settings.diagnostics->max_security_records;
}

/* --- read back ---------------------------------------------------------------------------------------------------------- */

struct loading {
    size_t count;
    char corrupt[OCPP_KEY_SIZE]; /* the first record that cannot be read; "" */
};

static bool load_entry(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct security_notice entry;
    if (ocpp_cp_key_number(key) < 0 || ocpp_record_read(&layout, value, size, &entry) != OCPP_OK) {
        ocpp_text_copy(loading->corrupt, sizeof(loading->corrupt), key);
        return false;
    }
    loading->count++;
    return true;
}

enum ocpp_status ocpp_cp_security_log_load(struct ocpp_charge_point *cp)
{
    struct security *security = security_of(cp);
    struct loading loading;
    enum ocpp_status status;
    do {
        loading = (struct loading){ .count = 0 };
        status = cp->storage->each(prefix, NULL, load_entry, &loading, cp->storage->user);
        if (status == OCPP_OK && loading.corrupt[0] != '\0') {
            status = ocpp_cp_set_aside(cp, loading.corrupt);
        }
    } while (status == OCPP_OK && loading.corrupt[0] != '\0');
    security->count = loading.count;
    security->next_number = cp->boot << 32; /* above every number of earlier starts */
    security->gone = -1;
    security->is_ready = status == OCPP_OK;
    return status;
}

/* --- one more ----------------------------------------------------------------------------------------------------------- */

static bool note_number(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    *(int64_t *)user = ocpp_cp_key_number(key);
    return false;
}

/* The oldest gives way; the log may have been longer once. Those not in the store yet are the newest. */
static void make_room(struct ocpp_charge_point *cp, struct security *security)
{
    while (security->count >= room(cp)) {
        char from[OCPP_KEY_SIZE];
        int64_t oldest = -1;
        ocpp_cp_journal_key(JOURNAL_SECURITY_LOG, security->gone + 1, from);
        if (cp->storage->each(prefix, from, note_number, &oldest, cp->storage->user) != OCPP_OK || oldest < 0) {
            return;
        }
        ocpp_cp_journal_delete(cp, JOURNAL_SECURITY_LOG, oldest);
        security->gone = oldest;
        security->count--;
    }
}

void ocpp_cp_security_log_add(struct ocpp_charge_point *cp, const struct security_notice *entry)
{
    struct security *security = security_of(cp);
    make_room(cp, security);
    cp->has_undated = cp->has_undated || entry->notice.when.utc_ms == OCPP_UTC_UNKNOWN;
    if (ocpp_cp_journal_put(cp, JOURNAL_SECURITY_LOG, security->next_number, &layout, entry) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "no room to write %s into the security log", entry->type);
        return;
    }
    security->next_number++;
    security->count++;
}

/* --- shown -------------------------------------------------------------------------------------------------------------- */

struct showing {
    struct ocpp_charge_point *cp;
    bool (*visit)(const struct ocpp_security_record *record, void *user);
    void *user;
};

static bool show(const char *key, const void *value, size_t size, void *user)
{
    const struct showing *showing = user;
    struct security_notice entry;
    if (ocpp_record_read(&layout, value, size, &entry) != OCPP_OK) {
        return true; /* it went bad since the start, which sets such records aside */
    }
    const struct ocpp_security_record record = {
        .number = ocpp_cp_key_number(key),
        .utc_ms = ocpp_cp_date(showing->cp, &entry.notice.when),
        .boot = entry.notice.when.boot,
        .mono_ms = entry.notice.when.mono_ms,
        .type = entry.type,
        .info = entry.info,
        .is_critical = entry.notice.is_critical,
    };
    return showing->visit(&record, showing->user);
}

static enum ocpp_status each(struct ocpp_charge_point *cp, bool (*visit)(const struct ocpp_security_record *record, void *user),
                             void *user)
{
    struct showing showing = { cp, visit, user };
    return cp->storage->each(prefix, NULL, show, &showing, cp->storage->user);
}

enum ocpp_status ocpp_charge_point_each_security_record(struct ocpp_charge_point *cp,
                                                        bool (*visit)(const struct ocpp_security_record *record, void *user),
                                                        void *user)
{
    if (ocpp_cp_logs(cp) == NULL || cp->depth > 0) {
        return OCPP_ERR_STATE;
    }
    cp->depth++;
    const enum ocpp_status status = each(cp, visit, user);
    cp->depth--;
    return status;
}

/* --- as text ------------------------------------------------------------------------------------------------------------ */

struct writing {
    const struct ocpp_log_window *window;
    size_t count; /* of the window */
    size_t size;  /* of all their lines */
    size_t skip;  /* bytes of the oldest lines that find no room */
    size_t left_out;
    char *to; /* NULL: counted only */
    size_t room;
    size_t used;
};

/* What nobody can date may be of the window. */
static bool is_within(const struct ocpp_log_window *window, int64_t utc_ms)
{
    return utc_ms == OCPP_UTC_UNKNOWN || ((window->oldest_utc_ms == OCPP_UTC_UNKNOWN || utc_ms >= window->oldest_utc_ms) &&
                                          (window->latest_utc_ms == OCPP_UTC_UNKNOWN || utc_ms <= window->latest_utc_ms));
}

static bool count_line(const struct ocpp_security_record *record, void *user)
{
    struct writing *writing = user;
    if (is_within(writing->window, record->utc_ms)) {
        writing->count++;
        writing->size += ocpp_security_line_into(record, NULL, 0);
    }
    return true;
}

static bool write_line(const struct ocpp_security_record *record, void *user)
{
    struct writing *writing = user;
    if (!is_within(writing->window, record->utc_ms)) {
        return true;
    }
    if (writing->skip > 0) {
        const size_t size = ocpp_security_line_into(record, NULL, 0);
        writing->skip -= size < writing->skip ? size : writing->skip;
        writing->left_out++;
        return true;
    }
    const size_t size = ocpp_security_line_into(record, writing->to + writing->used, writing->room - writing->used);
    writing->used += size <= writing->room - writing->used ? size : 0;
    return true;
}

enum { HEADING_SIZE = 400 };

static size_t write_heading(const struct ocpp_charge_point *cp, size_t left_out, char heading[HEADING_SIZE])
{
    char date[OCPP_TIME_TEXT_SIZE] = "an unknown date";
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (utc_ms != OCPP_UTC_UNKNOWN && ocpp_time_format(utc_ms, date) != OCPP_OK) {
        date[0] = '\0';
    }
    const int size = snprintf(heading, HEADING_SIZE, "# security log of %s, written %s; older entries left out: %lu\n",
                              cp->settings.identity, date, (unsigned long)left_out);
    return size > 0 && size < HEADING_SIZE ? (size_t)size : 0;
}

/* The heading goes before the lines once it is known what it says. */
static enum ocpp_status write_all(struct ocpp_charge_point *cp, struct writing *writing, struct log_text *text)
{
    char heading[HEADING_SIZE];
    const enum ocpp_status status = each(cp, write_line, writing);
    const size_t size = write_heading(cp, writing->left_out, heading);
    memmove(writing->to + size, writing->to, writing->used);
    memcpy(writing->to, heading, size);
    text->size = size + writing->used;
    return status;
}

enum ocpp_status ocpp_cp_security_log_text(struct ocpp_charge_point *cp, const struct ocpp_log_window *window,
                                           struct log_text *text)
{
    struct writing writing = { .window = window };
    const size_t most = cp->settings.diagnostics->max_security_log_bytes;
    ocpp_cp_journal_work(cp); /* what happened just now */
    enum ocpp_status status = each(cp, count_line, &writing);
    if (status != OCPP_OK || writing.count == 0) {
        return status == OCPP_OK ? OCPP_ERR_NOT_FOUND : status;
    }
    writing.skip = writing.size > most ? writing.size - most : 0;
    writing.room = writing.size - writing.skip;
    text->bytes = ocpp_reallocate(cp->settings.allocator, NULL, writing.room + HEADING_SIZE);
    writing.to = text->bytes;
    if (text->bytes == NULL) {
        return OCPP_ERR_NOMEM;
    }
    status = write_all(cp, &writing, text);
    if (status != OCPP_OK) {
        text->bytes = ocpp_reallocate(cp->settings.allocator, text->bytes, 0);
    }
    return status;
}

/* --- cleared ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status clear(struct ocpp_charge_point *cp)
{
    struct security *security = security_of(cp);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = prefix };
    ocpp_cp_journal_work(cp);
    const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
    if (status == OCPP_OK) {
        security->count = 0;
        security->gone = security->next_number - 1;
    }
    return status;
}

enum ocpp_status ocpp_charge_point_clear_security_log(struct ocpp_charge_point *cp, const char *who, struct ocpp_now now)
{
    if (ocpp_cp_logs(cp) == NULL || cp->depth > 0) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = clear(cp);
    if (status == OCPP_OK) {
        ocpp_cp_security_event(cp, "SecurityLogWasCleared", who);
    }
    ocpp_cp_leave(cp);
    return status;
}
