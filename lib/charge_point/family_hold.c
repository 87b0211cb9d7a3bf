/* family_hold.c: how long the family of versions has been waited for in which the transactions that wait began.
 *
 * The wait goes on over restarts: what has passed is stored every so often, and a start counts for a minute, as nobody knows how
 * long the power was off. Where the date is known, then and now, it says more. Nothing is stored while a link is up, nor in the
 * first minutes without one. */
#include "charge_point_internal.h"

enum { KEEP_EVERY_MS = 15 * 60000, START_COUNTS_MS = 60000 };

static bool is_waited_for(const struct ocpp_charge_point *cp)
{
    const enum family family = ocpp_cp_queue_family(cp);
    return family != FAMILY_NONE && (cp->dialect == NULL || cp->dialect->family != family);
}

int64_t ocpp_cp_hold_waited_ms(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    const struct family_hold *hold = &cp->hold;
    const int64_t utc_ms = ocpp_cp_utc(cp, now);
    const int64_t counted = hold->before_ms + (now.mono_ms - hold->since_mono_ms);
    const bool is_dated = utc_ms != OCPP_UTC_UNKNOWN && hold->since_utc_ms != OCPP_UTC_UNKNOWN;
    return is_dated && utc_ms - hold->since_utc_ms > counted ? utc_ms - hold->since_utc_ms : counted;
}

void ocpp_cp_hold_restart(struct ocpp_charge_point *cp)
{
    const bool is_kept = cp->hold.is_kept;
    cp->hold = (struct family_hold){ .since_mono_ms = cp->now.mono_ms, .is_kept = is_kept };
    cp->hold.since_utc_ms = ocpp_cp_utc(cp, cp->now);
}

static enum ocpp_status keep(struct ocpp_charge_point *cp)
{
    const int64_t waited_ms = ocpp_cp_hold_waited_ms(cp, cp->now);
    const struct hold_record record = { waited_ms, cp->hold.since_utc_ms };
    const enum ocpp_status status = ocpp_cp_put(cp, "hold", &hold_layout, &record);
    if (status == OCPP_OK) {
        cp->hold.is_kept = true;
        cp->hold.kept_ms = waited_ms;
    }
    return status;
}

static enum ocpp_status forget(struct ocpp_charge_point *cp)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = "hold" };
    const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
    cp->hold.is_kept = status != OCPP_OK;
    return status;
}

enum ocpp_status ocpp_cp_hold_load(struct ocpp_charge_point *cp)
{
    struct hold_record record;
    const enum ocpp_status status = ocpp_cp_read_record(cp, "hold", &hold_layout, &record);
    ocpp_cp_hold_restart(cp);
    if (status != OCPP_OK) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    }
    cp->hold.is_kept = true;
    cp->hold.since_utc_ms = record.since_utc_ms;
    cp->hold.before_ms = (record.waited_ms < 0 ? 0 : record.waited_ms) + START_COUNTS_MS;
    return is_waited_for(cp) ? keep(cp) : OCPP_OK;
}

/* When what has passed is to be stored; beyond the hold there is nothing left to know. */
static int64_t keep_at(const struct ocpp_charge_point *cp)
{
    if (cp->dialect != NULL || !is_waited_for(cp) || cp->hold.kept_ms / 1000 >= cp->settings.family_hold_s) {
        return OCPP_NEVER;
    }
    const int64_t at = cp->hold.since_mono_ms + cp->hold.kept_ms - cp->hold.before_ms + KEEP_EVERY_MS;
    return at > cp->hold.retry_mono_ms ? at : cp->hold.retry_mono_ms;
}

void ocpp_cp_hold_work(struct ocpp_charge_point *cp)
{
    enum ocpp_status status = OCPP_OK;
    if (cp->hold.is_kept && !is_waited_for(cp) && cp->now.mono_ms >= cp->hold.retry_mono_ms) {
        status = forget(cp);
    } else if (cp->now.mono_ms >= keep_at(cp)) {
        status = keep(cp);
    }
    if (status != OCPP_OK) {
        cp->hold.retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "how long a family of versions was waited for is not stored: %s",
                    ocpp_status_sentence(status));
    }
}

int64_t ocpp_cp_hold_deadline(const struct ocpp_charge_point *cp)
{
    return keep_at(cp);
}
