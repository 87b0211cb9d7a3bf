/* clock.c: what time it is, and when something was.
 *
 * The central system's time, once told, is carried on by the monotonic clock; until then the firmware's calendar counts. A fact
 * without a date is dated later, by what its start of the software learned about its clock. That is stored before the first fact
 * is told by it, and holds from then on: a fact that is told again, after whatever happened, has the same date.
 *
 * A date before 2020 is none: it is what a calendar shows that nobody has set. Who tells one, firmware or central system, is
 * taken to know no date, so that none of 1970 is ever told. The firmware's calendar may jump; once the central system's time is
 * known that matters to nobody. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "notices.h"
#include "text.h"

enum { RESTART_MS = 1000 }; /* no software starts faster; so nothing of two starts has the same date */

#define FIRST_DATE_MS INT64_C(1577836800000)   /* 2020-01-01T00:00:00Z */
#define LAST_DATE_MS  INT64_C(253402300799999) /* 9999-12-31: what the wire can say */

static bool is_date(int64_t utc_ms)
{
    return utc_ms >= FIRST_DATE_MS && utc_ms <= LAST_DATE_MS;
}

int64_t ocpp_cp_utc(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    const int64_t utc_ms = cp->has_central_clock ? cp->utc_of_mono_zero_ms + now.mono_ms : now.utc_ms;
    return is_date(utc_ms) ? utc_ms : OCPP_UTC_UNKNOWN;
}

struct moment ocpp_cp_moment(const struct ocpp_charge_point *cp)
{
    return (struct moment){ cp->boot, cp->now.mono_ms, ocpp_cp_utc(cp, cp->now) };
}

/* The clock is set, which hides what happened before from whoever reads a log by its dates. */
static void note_adjustment(struct ocpp_charge_point *cp, int64_t before_ms, int64_t utc_ms)
{
    char info[64];
    char seconds[OCPP_INTEGER_TEXT_SIZE];
    const int64_t by_ms = before_ms == OCPP_UTC_UNKNOWN ? 0 : utc_ms - before_ms;
    const int64_t most_ms = cp->values[VARIABLE_TIME_ADJUSTMENT_S] * 1000;
    if (by_ms > most_ms || by_ms < -most_ms) {
        ocpp_integer_format(by_ms / 1000, seconds);
        snprintf(info, sizeof(info), "by %s s", seconds);
        ocpp_cp_security_event(cp, "SettingSystemTime", info);
    }
}

void ocpp_cp_central_time(struct ocpp_charge_point *cp, int64_t utc_ms)
{
    if (!is_date(utc_ms)) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the central system told a time that nobody can mean; it is not taken");
        return;
    }
    const int64_t before_ms = ocpp_cp_utc(cp, cp->now);
    cp->has_central_clock = true;
    cp->utc_of_mono_zero_ms = utc_ms - cp->now.mono_ms;
    cp->clock_told_due = true;
    note_adjustment(cp, before_ms, utc_ms);
}

int64_t ocpp_cp_clock_offset(const struct ocpp_charge_point *cp)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const bool is_known = cp->has_central_clock && utc_ms != OCPP_UTC_UNKNOWN && is_date(cp->now.utc_ms);
    return is_known ? utc_ms - cp->now.utc_ms : 0;
}

/* --- local time, for displays ---------------------------------------------------------------------------------------- */

static bool two_digits(const char *text, int most, int *number)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *number = (text[0] - '0') * 10 + text[1] - '0';
    return *number <= most;
}

bool ocpp_cp_offset_of(const char *text, int64_t *offset_ms)
{
    int hours;
    int minutes;
    if (strlen(text) != strlen("+00:00") || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        !two_digits(text + 1, 14, &hours) || !two_digits(text + 4, 59, &minutes)) {
        return false;
    }
    *offset_ms = (text[0] == '-' ? -1 : 1) * (int64_t)(hours * 60 + minutes) * 60000;
    return true;
}

/* The next offset holds from its date on, also when nobody has changed the variables since. */
int64_t ocpp_charge_point_local_offset_ms(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    const char *next = ocpp_cp_variable_string(cp, VARIABLE_NEXT_OFFSET);
    const char *date = ocpp_cp_variable_string(cp, VARIABLE_NEXT_OFFSET_DATE);
    const int64_t utc_ms = ocpp_cp_utc(cp, now);
    int64_t from_ms;
    int64_t offset_ms = 0;
    if (utc_ms != OCPP_UTC_UNKNOWN && ocpp_time_parse(date, strlen(date), &from_ms) == OCPP_OK && utc_ms >= from_ms &&
        ocpp_cp_offset_of(next, &offset_ms)) {
        return offset_ms;
    }
    return ocpp_cp_offset_of(ocpp_cp_variable_string(cp, VARIABLE_TIME_OFFSET), &offset_ms) ? offset_ms : 0;
}

/* --- dates ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_zero(const struct ocpp_charge_point *cp, int64_t boot, int64_t *utc_of_mono_zero_ms)
{
    char key[OCPP_KEY_SIZE];
    struct clock_record clock;
    ocpp_cp_number_key("clock", boot, key);
    const enum ocpp_status status = ocpp_cp_peek(cp, key, &clock_layout, &clock);
    *utc_of_mono_zero_ms = clock.utc_of_mono_zero_ms;
    return status;
}

int64_t ocpp_cp_date(const struct ocpp_charge_point *cp, const struct moment *moment)
{
    int64_t zero;
    if (moment->utc_ms != OCPP_UTC_UNKNOWN) {
        return moment->utc_ms;
    }
    if (read_zero(cp, moment->boot, &zero) == OCPP_OK) {
        return zero + moment->mono_ms;
    }
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const bool is_known = moment->boot == cp->boot && utc_ms != OCPP_UTC_UNKNOWN;
    return is_known ? utc_ms - (cp->now.mono_ms - moment->mono_ms) : OCPP_UTC_UNKNOWN;
}

/* --- starts of the software that never knew the date ------------------------------------------------------------------ */

struct lost_boot {
    struct ocpp_charge_point *cp;
    int64_t boot;         /* the latest there is; 0: none */
    int64_t last_mono_ms; /* its last moment in the queue */
    int64_t next_utc_ms;  /* the first date known behind it */
    bool has_zero;        /* another fact of it was dated after all */
    int64_t zero_ms;
};

/* When a fact or a notice was. */
static enum ocpp_status moment_of(struct ocpp_charge_point *cp, const char *key, const void *value, size_t size,
                                  struct moment *when)
{
    if (strncmp(key, "notice/", strlen("notice/")) == 0) {
        return ocpp_cp_notice_when(value, size, when);
    }
    const enum ocpp_status status = ocpp_record_read(&fact_layout, value, size, &cp->scratch);
    *when = cp->scratch.when;
    return status;
}

static bool find_latest(const char *key, const void *value, size_t size, void *user)
{
    struct lost_boot *lost = user;
    struct moment when;
    int64_t zero;
    if (moment_of(lost->cp, key, value, size, &when) == OCPP_OK && when.utc_ms == OCPP_UTC_UNKNOWN &&
        when.boot < lost->cp->boot && when.boot > lost->boot && read_zero(lost->cp, when.boot, &zero) != OCPP_OK) {
        lost->boot = when.boot;
    }
    return true;
}

static bool find_bounds(const char *key, const void *value, size_t size, void *user)
{
    struct lost_boot *lost = user;
    struct moment when;
    if (moment_of(lost->cp, key, value, size, &when) != OCPP_OK || when.boot < lost->boot) {
        return true;
    }
    if (when.boot == lost->boot && when.utc_ms != OCPP_UTC_UNKNOWN) {
        lost->has_zero = true;
        lost->zero_ms = when.utc_ms - when.mono_ms;
        return false;
    }
    if (when.boot == lost->boot) {
        lost->last_mono_ms = when.mono_ms > lost->last_mono_ms ? when.mono_ms : lost->last_mono_ms;
        return true;
    }
    const int64_t utc_ms = ocpp_cp_date(lost->cp, &when);
    if (utc_ms != OCPP_UTC_UNKNOWN && utc_ms < lost->next_utc_ms) {
        lost->next_utc_ms = utc_ms;
    }
    return true;
}

/* What waits to be told, of either kind. */
static enum ocpp_status each_undated(struct lost_boot *lost,
                                     bool (*visit)(const char *key, const void *value, size_t size, void *user))
{
    const struct ocpp_storage *storage = lost->cp->storage;
    const enum ocpp_status status = storage->each("queue/", NULL, visit, lost, storage->user);
    return status == OCPP_OK ? storage->each("notice/", NULL, visit, lost, storage->user) : status;
}

static enum ocpp_status put_zero(struct ocpp_charge_point *cp, int64_t boot, int64_t utc_of_mono_zero_ms)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_number_key("clock", boot, key);
    const struct clock_record clock = { utc_of_mono_zero_ms };
    return ocpp_cp_put(cp, key, &clock_layout, &clock);
}

/* Such a start is taken to have ended a moment before the next thing that is known to have happened, this start's beginning at
 * the latest: nothing in it can have happened later, and its own distances are kept. The latest one first, because it bounds
 * those before it. */
static enum ocpp_status settle_lost_boots(struct ocpp_charge_point *cp)
{
    const int64_t this_start = ocpp_cp_utc(cp, cp->now) - (cp->now.mono_ms - cp->start_mono_ms);
    for (;;) {
        struct lost_boot lost = { .cp = cp, .last_mono_ms = INT64_MIN, .next_utc_ms = this_start };
        enum ocpp_status status = each_undated(&lost, find_latest);
        if (status != OCPP_OK || lost.boot == 0) {
            return status;
        }
        status = each_undated(&lost, find_bounds);
        if (status == OCPP_OK) {
            status = put_zero(cp, lost.boot, lost.has_zero ? lost.zero_ms : lost.next_utc_ms - RESTART_MS - lost.last_mono_ms);
        }
        if (status != OCPP_OK) {
            return status;
        }
    }
}

enum ocpp_status ocpp_cp_settle_date(struct ocpp_charge_point *cp, const struct moment *moment)
{
    int64_t zero;
    if (moment->utc_ms != OCPP_UTC_UNKNOWN) {
        return OCPP_OK;
    }
    const enum ocpp_status status = read_zero(cp, moment->boot, &zero);
    if (status != OCPP_ERR_NOT_FOUND && status != OCPP_ERR_CORRUPT) {
        return status;
    }
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    return moment->boot == cp->boot ? put_zero(cp, cp->boot, utc_ms - cp->now.mono_ms) : settle_lost_boots(cp);
}

/* The date is known now and nothing has been told by it yet; should the power go before, the next start will want it. */
void ocpp_cp_keep_clock(struct ocpp_charge_point *cp)
{
    if (!cp->has_undated || cp->now.mono_ms < cp->clock_retry_mono_ms || ocpp_cp_utc(cp, cp->now) == OCPP_UTC_UNKNOWN) {
        return;
    }
    const struct moment undated = { cp->boot, cp->now.mono_ms, OCPP_UTC_UNKNOWN };
    const enum ocpp_status status = ocpp_cp_settle_date(cp, &undated);
    cp->has_undated = status != OCPP_OK;
    if (status != OCPP_OK) {
        cp->clock_retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "what dates the facts of this start was not stored: %s", ocpp_status_sentence(status));
    }
}
