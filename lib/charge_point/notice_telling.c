/* notice_telling.c: notices out of their queue: one at a time, but that events which follow one another share a message.
 *
 * An error answer, an answer that breaks the rules and a time-out are failures; the loss of the link is none. The wait doubles
 * from a minute to an hour. After the last attempt a notice is given up, so that no central system that cannot take one keeps all
 * others back; one that says it has no such message is not asked twice. */
#include "charge_point_internal.h"

#include <string.h>

#include "arena.h"
#include "notices.h"

enum {
    MOST_ATTEMPTS = 5,
    MOST_CRITICAL_ATTEMPTS = 20, /* most of a day (A04.FR.02) */
    FIRST_WAIT_MS = 60000,
    LONGEST_WAIT_MS = 3600000
};

static bool has_word(const struct notice_words *words, enum notice_kind kind)
{
    if (words == NULL) {
        return false;
    }
    return kind == NOTICE_EVENT ? words->send_events != NULL : words->send_security_event != NULL;
}

/* The first that the open link has a word for, and its place; NULL: none. */
static const struct notice_entry *head(const struct ocpp_charge_point *cp, size_t *index)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    const struct notice_words *words = ocpp_cp_words(cp, BLOCK_NOTICES);
    for (size_t i = 0; i < notices->count; i++) {
        if (has_word(words, (enum notice_kind)notices->entries[i].kind)) {
            *index = i;
            return &notices->entries[i];
        }
    }
    return NULL;
}

/* What is being written is told when that has ended; what the store does not take is told all the same. */
static bool may_leave(const struct ocpp_charge_point *cp, const struct notice_entry *entry)
{
    const struct journal *journal = &ocpp_cp_notices(cp)->journal;
    size_t size;
    return (journal->has_failed && !journal->slot.busy) ||
           ocpp_cp_journal_bytes(cp, JOURNAL_NOTICE, entry->number, &size) == NULL;
}

static void drop(struct ocpp_charge_point *cp, int64_t number)
{
    ocpp_cp_notices(cp)->dropped++;
    ocpp_cp_notice_remove(cp, number);
}

/* --- making the message ------------------------------------------------------------------------------------------------- */

struct bundle {
    void *objects[MOST_EVENTS_TOGETHER];
    int64_t numbers[MOST_EVENTS_TOGETHER];
    size_t count;
    size_t length; /* of what events say */
    char id[UUID_TEXT_SIZE];
};

static size_t length_of(const struct notice *notice)
{
    const struct event_notice *event = (const void *)notice;
    return notice->kind == NOTICE_EVENT ? strlen(event->value) + strlen(event->tech_info) : 0;
}

/* Reads |entry| into the bundle. OCPP_ERR_NOT_FOUND: it is gone from the queue, too. */
static enum ocpp_status take(struct ocpp_charge_point *cp, struct bundle *bundle, const struct notice_entry *entry)
{
    const int64_t number = entry->number;
    struct notice *notice = ocpp_arena_take(cp->arena, ocpp_cp_notice_size((enum notice_kind)entry->kind));
    if (notice == NULL) {
        return OCPP_ERR_NOMEM;
    }
    enum ocpp_status status = ocpp_cp_notice_read(cp, entry, notice);
    if (status == OCPP_ERR_NOT_FOUND) {
        drop(cp, number);
    }
    if (status == OCPP_OK) {
        status = ocpp_cp_settle_date(cp, &notice->when);
    }
    if (status != OCPP_OK) {
        return status;
    }
    bundle->numbers[bundle->count] = number;
    bundle->objects[bundle->count++] = notice;
    bundle->length += length_of(notice);
    return OCPP_OK;
}

/* The same notices together have the same message id, others another one: nobody takes a larger message for one he knows. */
static void name(struct bundle *bundle)
{
    uint8_t id[UUID_BYTES] = { 0 };
    for (size_t i = 0; i < bundle->count; i++) {
        const struct notice *notice = bundle->objects[i];
        for (size_t byte = 0; byte < UUID_BYTES; byte++) {
            id[byte] ^= notice->id[byte];
        }
    }
    id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
    ocpp_uuid_text(id, bundle->id);
}

static enum ocpp_status collect(struct ocpp_charge_point *cp, size_t index, size_t most, struct bundle *bundle)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    const uint8_t kind = notices->entries[index].kind;
    enum ocpp_status status = OCPP_OK;
    ocpp_arena_reset(cp->arena);
    bundle->count = bundle->length = 0;
    while (status == OCPP_OK && bundle->count < most && bundle->length < MOST_TOGETHER_CHARACTERS &&
           index + bundle->count < notices->count) {
        const struct notice_entry *entry = &notices->entries[index + bundle->count];
        if (entry->kind != kind || !may_leave(cp, entry)) {
            break;
        }
        status = take(cp, bundle, entry);
    }
    name(bundle);
    return bundle->count > 0 ? OCPP_OK : status;
}

static enum ocpp_status send_bundle(struct ocpp_charge_point *cp, enum notice_kind kind, const struct bundle *bundle)
{
    const struct notice_words *words = ocpp_cp_words(cp, BLOCK_NOTICES);
    const struct event_notice *events[MOST_EVENTS_TOGETHER];
    if (kind == NOTICE_SECURITY_EVENT) {
        return words->send_security_event(cp, bundle->objects[0], bundle->id);
    }
    for (size_t i = 0; i < bundle->count; i++) {
        events[i] = bundle->objects[i];
    }
    return words->send_events(cp, events, bundle->count, bundle->id);
}

/* --- failures ----------------------------------------------------------------------------------------------------------- */

static int64_t wait_after(int attempts)
{
    int64_t wait_ms = FIRST_WAIT_MS;
    for (int i = 1; i < attempts && wait_ms < LONGEST_WAIT_MS; i++) {
        wait_ms *= 2;
    }
    return wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS;
}

static void one_is_over(struct notices *notices)
{
    notices->cautious -= notices->cautious > 0;
    notices->retry_mono_ms = 0;
    notices->attempts = 0;
}

static void count_attempt(struct ocpp_charge_point *cp, int64_t number, enum ocpp_status why)
{
    struct notices *notices = ocpp_cp_notices(cp);
    size_t index;
    const struct notice_entry *entry = head(cp, &index);
    const bool is_critical = entry != NULL && entry->number == number && entry->is_critical;
    notices->attempts = notices->attempts_number == number ? notices->attempts + 1 : 1;
    notices->attempts_number = number;
    notices->retry_mono_ms = cp->now.mono_ms + wait_after(notices->attempts);
    if (notices->attempts < (is_critical ? MOST_CRITICAL_ATTEMPTS : MOST_ATTEMPTS)) {
        return;
    }
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "a notice is given up after %d attempts: %s", notices->attempts, ocpp_status_sentence(why));
    drop(cp, number);
    one_is_over(notices);
}

/* --- sending ------------------------------------------------------------------------------------------------------------ */

static void note_flight(struct notices *notices, const struct bundle *bundle)
{
    memcpy(notices->flight, bundle->numbers, sizeof(notices->flight));
    notices->flight_count = bundle->count;
}

/* Nothing left. Who finds no memory, no date or no store tries again; what cannot be said does not become sayable. */
static void not_sent(struct ocpp_charge_point *cp, const struct bundle *bundle, enum ocpp_status status)
{
    struct notices *notices = ocpp_cp_notices(cp);
    cp->dirty = true;
    if (bundle->count == 0 || status == OCPP_ERR_NOMEM) {
        notices->retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return;
    }
    cp->send_retry_mono_ms = cp->now.mono_ms;
    if (bundle->count > 1) {
        notices->cautious = bundle->count;
        return;
    }
    count_attempt(cp, bundle->numbers[0], status);
}

bool ocpp_cp_notices_send(struct ocpp_charge_point *cp, bool is_early)
{
    struct notices *notices = ocpp_cp_notices(cp);
    size_t index = 0;
    const struct notice_entry *entry = is_early ? NULL : head(cp, &index);
    if (entry == NULL || cp->now.mono_ms < notices->retry_mono_ms || !may_leave(cp, entry)) {
        return false;
    }
    const enum notice_kind kind = (enum notice_kind)entry->kind;
    const bool is_alone = kind != NOTICE_EVENT || notices->cautious > 0;
    struct bundle bundle;
    enum ocpp_status status = collect(cp, index, is_alone ? 1 : MOST_EVENTS_TOGETHER, &bundle);
    if (status == OCPP_ERR_NOT_FOUND) { /* the next one in the next round */
        cp->dirty = true;
        return false;
    }
    if (status == OCPP_OK) {
        status = send_bundle(cp, kind, &bundle);
    }
    if (status != OCPP_OK) {
        not_sent(cp, &bundle, status);
        return false;
    }
    note_flight(notices, &bundle);
    return true;
}

int64_t ocpp_cp_notices_send_deadline(const struct ocpp_charge_point *cp)
{
    size_t index;
    const struct notice_entry *entry = head(cp, &index);
    const bool may_send = entry != NULL && ocpp_cp_may_send(cp) && may_leave(cp, entry);
    return may_send ? ocpp_cp_notices(cp)->retry_mono_ms : OCPP_NEVER;
}

/* --- answers ------------------------------------------------------------------------------------------------------------ */

static void told(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    for (size_t i = 0; i < notices->flight_count; i++) {
        ocpp_cp_notice_remove(cp, notices->flight[i]);
        one_is_over(notices);
    }
    notices->flight_count = 0;
}

static bool is_unknown_there(const struct ocpp_answer *answer)
{
    return answer->status == OCPP_ERR_CALL_ERROR &&
           (answer->error == OCPP_CALL_ERROR_NOT_IMPLEMENTED || answer->error == OCPP_CALL_ERROR_NOT_SUPPORTED);
}

void ocpp_cp_notices_on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    struct notices *notices = ocpp_cp_notices(cp);
    if (answer->status != OCPP_OK && !is_unknown_there(answer)) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    if (answer->status != OCPP_OK) {
        notices->dropped += notices->flight_count;
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the central system has no such message: %lu notices are given up",
                    (unsigned long)notices->flight_count);
    }
    told(cp);
    ocpp_cp_flight_over(cp);
}

/* One that is refused with others is found by telling each alone. */
void ocpp_cp_notices_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct notices *notices = ocpp_cp_notices(cp);
    const size_t count = notices->flight_count;
    notices->flight_count = 0;
    if (count == 0 || status == OCPP_ERR_CLOSED) {
        return;
    }
    if (count > 1 && status != OCPP_ERR_TIMEOUT) {
        notices->cautious = count;
        return;
    }
    count_attempt(cp, notices->flight[0], status);
}

void ocpp_cp_notices_link_down(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    notices->flight_count = 0;
    notices->retry_mono_ms = cp->now.mono_ms; /* whoever answers next may be another */
}

/* --- without a word ----------------------------------------------------------------------------------------------------- */

static const struct notice_entry *first_wordless(const struct ocpp_charge_point *cp)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    const struct notice_words *words = ocpp_cp_words(cp, BLOCK_NOTICES);
    for (size_t i = 0; i < notices->count; i++) {
        if (!has_word(words, (enum notice_kind)notices->entries[i].kind)) {
            return &notices->entries[i];
        }
    }
    return NULL;
}

int64_t ocpp_cp_notices_expiry(const struct ocpp_charge_point *cp)
{
    const int64_t since = ocpp_cp_notices(cp)->wordless_since_mono_ms;
    const bool can_expire = since != OCPP_NEVER && ocpp_cp_may_send(cp); /* without a link nobody is there to look */
    return can_expire ? since + cp->settings.family_hold_s * 1000 : OCPP_NEVER;
}

/* Counted from the first time that a link could not say it, in each start of the software. */
void ocpp_cp_notices_expire(struct ocpp_charge_point *cp)
{
    struct notices *notices = ocpp_cp_notices(cp);
    if (cp->dialect == NULL || !ocpp_cp_may_send(cp)) {
        return;
    }
    const struct notice_entry *entry = first_wordless(cp);
    if (entry == NULL) {
        notices->wordless_since_mono_ms = OCPP_NEVER;
        return;
    }
    if (notices->wordless_since_mono_ms == OCPP_NEVER) {
        notices->wordless_since_mono_ms = cp->now.mono_ms;
    }
    for (; entry != NULL && cp->now.mono_ms >= ocpp_cp_notices_expiry(cp); entry = first_wordless(cp)) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "a notice that this version has no word for is given up");
        drop(cp, entry->number);
    }
}
