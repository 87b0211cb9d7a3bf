/* clock.c: what time it is, and when something was.
 *
 * The central system's time, once told, is carried on by the monotonic clock; until then the firmware's calendar counts. A moment
 * without a date is dated later: by what its start of the software learned about its clock, also when that was another start than
 * this one. */
#include "charge_point_internal.h"

int64_t ocpp_cp_utc(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    return cp->has_central_clock ? cp->utc_of_mono_zero_ms + now.mono_ms : now.utc_ms;
}

void ocpp_cp_keep_clock(struct ocpp_charge_point *cp)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (!cp->has_undated || cp->clock_is_kept || utc_ms == OCPP_UTC_UNKNOWN) {
        return;
    }
    cp->clock_is_kept = true;
    char key[OCPP_KEY_SIZE];
    ocpp_cp_number_key("clock", cp->boot, key);
    const struct clock_record clock = { utc_ms - cp->now.mono_ms };
    const enum ocpp_status status = ocpp_cp_put(cp, key, &clock_layout, &clock);
    if (status != OCPP_OK) { /* they are dated well in this run; only a power cut before they are told would need it */
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "what dates the facts of this start was not stored: %s", ocpp_status_sentence(status));
    }
}

struct moment ocpp_cp_moment(const struct ocpp_charge_point *cp)
{
    return (struct moment){ cp->boot, cp->now.mono_ms, ocpp_cp_utc(cp, cp->now) };
}

/* A start of the software that ended without ever knowing the date is taken to have ended when this one began: nothing in it can
 * have happened later, and its own distances are kept. */
static int64_t date_of_lost_boot(const struct ocpp_charge_point *cp, const struct moment *moment)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_UTC_UNKNOWN;
    }
    const int64_t this_start = utc_ms - (cp->now.mono_ms - cp->start_mono_ms);
    const bool is_last = moment->boot == cp->lost_boot && moment->mono_ms <= cp->lost_boot_mono_ms;
    return is_last ? this_start - (cp->lost_boot_mono_ms - moment->mono_ms) : this_start;
}

int64_t ocpp_cp_date(const struct ocpp_charge_point *cp, const struct moment *moment)
{
    if (moment->utc_ms != OCPP_UTC_UNKNOWN) {
        return moment->utc_ms;
    }
    if (moment->boot == cp->boot) {
        const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
        return utc_ms == OCPP_UTC_UNKNOWN ? utc_ms : utc_ms - (cp->now.mono_ms - moment->mono_ms);
    }
    struct clock_record clock;
    char key[OCPP_KEY_SIZE];
    ocpp_cp_number_key("clock", moment->boot, key);
    if (ocpp_cp_peek(cp, key, &clock_layout, &clock) == OCPP_OK) {
        return clock.utc_of_mono_zero_ms + moment->mono_ms;
    }
    return date_of_lost_boot(cp, moment);
}

void ocpp_cp_central_time(struct ocpp_charge_point *cp, int64_t utc_ms)
{
    cp->has_central_clock = true;
    cp->utc_of_mono_zero_ms = utc_ms - cp->now.mono_ms;
    cp->utc_offset_ms = cp->now.utc_ms == OCPP_UTC_UNKNOWN ? 0 : utc_ms - cp->now.utc_ms;
    cp->clock_told_due = true;
}
