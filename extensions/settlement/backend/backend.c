/* backend.c: the handle: its birth, its deadline, the entry points that are not a subject's own. */
#include "anchors.h"
#include "backend_settings.h"
#include "command_internal.h"
#include "outbox.h"
#include "payments.h"
#include "row_cache.h"
#include "terminal_starts.h"
#include "timers.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Of one command: what it reads, decides and writes. Journal entries of refusals: so many in so long. Timers that run out in one
 * advance: who slept for a month shall answer in between. A lease is prolonged in half its time. */
enum { ARENA_BYTES = 16 * 1024 * 1024, REFUSALS_NOTED = 100, REFUSALS_WITHIN_MS = 60000, TIMERS_AT_ONCE = 256 };
enum { LEASE_MS = 60000, LEASE_RETRY_MS = 5000 };

void *backend_allocate(struct ocpp_settle *settle, void *pointer, size_t size)
{
    const struct ocpp_allocator *allocator = settle->settings.allocator;

    if (allocator) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

void backend_hex(const unsigned char *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

void backend_enter(struct ocpp_settle *settle, struct ocpp_now now)
{
    assert(now.mono_ms >= settle->now.mono_ms);
    settle->now = now;
}

void backend_log(const struct ocpp_settle *settle, enum ocpp_log_level level, const char *format, ...)
{
    const struct ocpp_log *log = &settle->settings.log;
    char line[512];
    va_list arguments;

    if (!log->write || level > log->level) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *byte = line; *byte; byte++) {
        *byte = (unsigned char)*byte < ' ' || *byte == 0x7f ? '?' : *byte;
    }
    log->write(level, line, log->user);
}

void backend_event(struct ocpp_settle *settle, const struct ocpp_settle_event *event)
{
    if (settle->settings.on_event) {
        settle->settings.on_event(event, settle->settings.user);
    }
}

bool backend_may_note_refusal(struct ocpp_settle *settle)
{
    if (settle->now.mono_ms - settle->refusals_since_mono_ms >= REFUSALS_WITHIN_MS) {
        settle->refusals_since_mono_ms = settle->now.mono_ms;
        settle->refusals = 0;
    }
    return settle->refusals++ < REFUSALS_NOTED;
}

/* --- birth and death ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status keep_lease(struct ocpp_settle *settle)
{
    const struct ocpp_settle_store *store = &settle->settings.store;
    const int64_t until = settle->now.utc_ms + LEASE_MS;
    const enum ocpp_status status = store->take_lease(settle->lease.name, settle->settings.holder, settle->now.utc_ms, until,
                                                      &settle->lease.token, store->user);

    if (status == OCPP_OK) {
        settle->lease_until_utc_ms = until;
    }
    return status;
}

static enum ocpp_status make_command(struct ocpp_settle *settle)
{
    settle->command = backend_allocate(settle, NULL, sizeof *settle->command);
    if (!settle->command) {
        return OCPP_ERR_NOMEM;
    }
    *settle->command = (struct command){ .settle = settle };
    settle->command->arena = ocpp_arena_new(settle->settings.allocator, ARENA_BYTES);
    return settle->command->arena ? OCPP_OK : OCPP_ERR_NOMEM;
}

static enum ocpp_status begin(struct ocpp_settle *settle)
{
    enum ocpp_status status = make_command(settle);

    if (status == OCPP_OK) {
        status = outbox_new(settle);
        settle->rows = row_cache_new(settle);
    }
    if (status == OCPP_OK) {
        snprintf(settle->lease_name, sizeof settle->lease_name, "settle/%s", settle->settings.operator_id);
        settle->lease.name = settle->lease_name;
        status = keep_lease(settle);
    }
    return status;
}

static struct ocpp_settle *handle_new(const struct ocpp_settle_settings *settings)
{
    struct ocpp_settle around = { .settings = *settings };

    return backend_allocate(&around, NULL, sizeof around);
}

enum ocpp_status ocpp_settle_new(const struct ocpp_settle_settings *settings, struct ocpp_now now, struct ocpp_settle **settle)
{
    struct ocpp_settle *made;
    enum ocpp_status status;

    if (!settings_are_possible(settings) || now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_ARGUMENT;
    }
    made = handle_new(settings);
    if (!made) {
        return OCPP_ERR_NOMEM;
    }
    *made = (struct ocpp_settle){ .settings = *settings, .now = now, .next_timer_utc_ms = INT64_MIN };
    anchors_begin(made);
    status = begin(made);
    if (status != OCPP_OK) {
        ocpp_settle_free(made);
        return status;
    }
    *settle = made;
    return OCPP_OK;
}

/* What waits to be durable holds the handle: the store is flushed first. */
void ocpp_settle_free(struct ocpp_settle *settle)
{
    if (!settle) {
        return;
    }
    if (settle->command) {
        assert(!settle->command->runs);
        settle->settings.store.flush(settle->settings.store.user);
        ocpp_arena_free(settle->command->arena);
    }
    hub_free(settle);
    outbox_free(settle);
    row_cache_free(settle->rows);
    (void)backend_allocate(settle, settle->command, 0);
    (void)backend_allocate(&(struct ocpp_settle){ .settings = settle->settings }, settle, 0);
}

/* --- time ------------------------------------------------------------------------------------------------------------------ */

static int64_t next_utc_ms(const struct ocpp_settle *settle)
{
    const int64_t lease = settle->lease_until_utc_ms - LEASE_MS / 2, message = outbox_deadline(settle);
    int64_t next = settle->next_timer_utc_ms < message ? settle->next_timer_utc_ms : message;

    if (!settle->recovered) {
        return INT64_MIN;
    }
    next = lease < next ? lease : next;
    return anchors_deadline(settle) < next ? anchors_deadline(settle) : next;
}

int64_t ocpp_settle_deadline(const struct ocpp_settle *settle)
{
    const int64_t next = next_utc_ms(settle), terminals = hub_deadline(settle);
    int64_t deadline = OCPP_NEVER;

    if (next <= settle->now.utc_ms) {
        return settle->now.mono_ms;
    }
    if (next != OCPP_NEVER && settle->now.utc_ms != OCPP_UTC_UNKNOWN) {
        deadline = settle->now.mono_ms + (next - settle->now.utc_ms);
    }
    return terminals < deadline ? terminals : deadline;
}

void ocpp_settle_advance(struct ocpp_settle *settle, struct ocpp_now now)
{
    backend_enter(settle, now);
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return;
    }
    if (now.utc_ms >= settle->lease_until_utc_ms - LEASE_MS / 2 && keep_lease(settle) != OCPP_OK) {
        backend_log(settle, OCPP_LOG_ERROR, "the lease is another process's: nothing is done here until it is free");
        settle->lease_until_utc_ms = now.utc_ms + LEASE_MS / 2 + LEASE_RETRY_MS;
        return;
    }
    if (!settle->recovered) {
        settle->recovered = true;
        payments_recover(settle);
    }
    timers_run(settle, TIMERS_AT_ONCE);
    hub_run(settle);
    outbox_run(settle);
    anchors_run(settle);
}

void ocpp_settle_connected(struct ocpp_settle *settle, const char *station, bool connected, struct ocpp_now now)
{
    backend_enter(settle, now);
    outbox_connected(settle, station, connected);
}

void ocpp_settle_answered(struct ocpp_settle *settle, const char *station, uint64_t token,
                          const struct ocpp_data_transfer_answer *answer, struct ocpp_now now)
{
    backend_enter(settle, now);
    outbox_answered(settle, station, token, answer);
}
