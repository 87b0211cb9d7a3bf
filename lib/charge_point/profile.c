/* profile.c: one charging profile: how it is filled in, the rules that need no other one, and its record.
 * OCPP 1.6 5.16, 7.8 to 7.14; OCPP 2.0.1 K01. */
#include "smart.h"

#include <string.h>

#define MOST_RATE_MILLI ((int64_t)1000000000000000) /* a converted one still fits in 64 bits */

/* --- filling in ------------------------------------------------------------------------------------------------------- */

struct profile *ocpp_cp_profile_begin(struct ocpp_charge_point *cp)
{
    struct profile *profile = cp->smart->candidate;
    memset(profile, 0, cp->smart->table.stride);
    profile->is_used = true;
    profile->valid_from_ms = INT64_MIN;
    profile->valid_to_ms = INT64_MAX;
    profile->start_ms = PROFILE_NO_START;
    profile->duration_s = PROFILE_UNBOUNDED_S;
    profile->min_rate_milli = -1;
    return profile;
}

bool ocpp_cp_profile_rate(struct ocpp_decimal limit, int64_t *rate_milli)
{
    int64_t rate;
    if (limit.coefficient < 0 || ocpp_decimal_to_integer(limit, 3, &rate) != OCPP_OK || rate > MOST_RATE_MILLI) {
        return false;
    }
    *rate_milli = rate - (ocpp_decimal_compare(OCPP_DECIMAL(rate, 3), limit) > 0); /* a limit is never rounded up */
    return true;
}

enum profile_refusal ocpp_cp_profile_add_period(struct ocpp_charge_point *cp, struct profile *profile, int64_t start_s,
                                                struct ocpp_decimal limit, struct profile_period period)
{
    if (profile->period_count == cp->smart->table.most_periods) {
        return PROFILE_TOO_MANY;
    }
    if (start_s < 0 || start_s > INT32_MAX || !ocpp_cp_profile_rate(limit, &period.rate_milli)) {
        return PROFILE_BAD_SCHEDULE;
    }
    period.start_s = (int32_t)start_s;
    profile->periods[profile->period_count++] = period;
    return PROFILE_TAKEN;
}

int8_t ocpp_cp_profile_phases(const struct ocpp_charge_point *cp, int evse, bool is_said, int64_t number)
{
    if (!is_said || ocpp_cp_phases_at(cp, evse) == 0) { /* K01.FR.44 */
        return 0;
    }
    return (int8_t)(number >= 1 && number <= 3 ? number : -1);
}

int32_t ocpp_cp_profile_duration(int64_t duration_s)
{
    return duration_s < 0 ? PROFILE_UNBOUNDED_S - 1 : duration_s > INT32_MAX ? INT32_MAX : (int32_t)duration_s;
}

int32_t ocpp_cp_profile_level(int64_t level)
{
    return level < 0 ? -1 : level > INT32_MAX ? INT32_MAX : (int32_t)level;
}

/* --- rules ------------------------------------------------------------------------------------------------------------- */

/* The first period starts with the schedule, the others follow in order (K01.FR.31, .35; 1.6 errata 3.45). */
static bool are_periods_in_order(const struct profile *profile)
{
    for (size_t i = 1; i < profile->period_count; i++) {
        if (profile->periods[i].start_s <= profile->periods[i - 1].start_s) {
            return false;
        }
    }
    return profile->period_count > 0 && profile->periods[0].start_s == 0;
}

static bool are_periods_sound(const struct profile *profile)
{
    for (size_t i = 0; i < profile->period_count; i++) {
        const struct profile_period *period = &profile->periods[i];
        if (period->rate_milli < 0 || period->rate_milli > MOST_RATE_MILLI || period->phases < 0 || period->phases > 3 ||
            period->phase_to_use < 0 || period->phase_to_use > 3 || (period->phase_to_use != 0 && period->phases != 1)) {
            return false; /* K01.FR.19 */
        }
    }
    return true;
}

static bool is_kind_sound(const struct profile *profile)
{
    switch ((enum profile_kind)profile->kind) {
    case PROFILE_ABSOLUTE:
    case PROFILE_RELATIVE:
        return profile->recurrency == RECURS_NOT; /* K01.FR.60 */
    case PROFILE_RECURRING:
        return profile->recurrency == RECURS_DAILY || profile->recurrency == RECURS_WEEKLY;
    }
    return false;
}

enum profile_refusal ocpp_cp_profile_shape(const struct profile *profile)
{
    const bool is_relative = profile->kind == PROFILE_RELATIVE;
    if (!is_kind_sound(profile) || profile->purpose <= PURPOSE_EXTERNAL || profile->purpose >= PURPOSE_COUNT ||
        profile->valid_to_ms <= profile->valid_from_ms || (is_relative && profile->purpose == PURPOSE_STATION_MAX)) {
        return PROFILE_NOT_SOUND; /* K01.FR.22, .38 */
    }
    if (is_relative != (profile->start_ms == PROFILE_NO_START) || profile->duration_s < PROFILE_UNBOUNDED_S ||
        !are_periods_in_order(profile) || !are_periods_sound(profile)) {
        return PROFILE_BAD_SCHEDULE; /* K01.FR.40, .41 */
    }
    return profile->unit == IN_AMPERE || profile->unit == IN_WATT ? PROFILE_TAKEN : PROFILE_UNIT_UNSUPPORTED;
}

/* Phases mean nothing for direct current (K01.FR.44); more than there are is taken as all there are (K01.FR.45, 1.6 errata 3.34);
 * fewer need hardware that can leave some out (K01.FR.43), a certain one needs hardware that can choose (K01.FR.48). */
static bool are_phases_possible(const struct ocpp_charge_point *cp, const struct profile *profile)
{
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    const int phases = ocpp_cp_phases_at(cp, profile->evse);
    for (size_t i = 0; i < profile->period_count && phases > 0; i++) {
        const struct profile_period *period = &profile->periods[i];
        const bool is_fewer = period->phases != 0 && period->phases < phases;
        if ((is_fewer && settings->phases_fixed) || (period->phase_to_use != 0 && !settings->phase_switching)) {
            return false;
        }
    }
    return true;
}

static bool is_place_of(const struct ocpp_charge_point *cp, const struct profile *profile)
{
    if (profile->evse != 0 && ocpp_cp_evse(cp, profile->evse) == NULL) {
        return false; /* K01.FR.28 */
    }
    return profile->connector == 0 || ocpp_cp_connector(cp, profile->evse, profile->connector) != NULL;
}

enum profile_refusal ocpp_cp_profile_check(const struct ocpp_charge_point *cp, const struct profile *profile)
{
    const unsigned unit = profile->unit == IN_WATT ? OCPP_RATE_POWER : OCPP_RATE_CURRENT;
    const enum profile_refusal shape = ocpp_cp_profile_shape(profile);
    if (!is_place_of(cp, profile)) {
        return PROFILE_NO_PLACE;
    }
    if (shape != PROFILE_TAKEN) {
        return shape;
    }
    if ((profile->purpose == PURPOSE_STATION_MAX && profile->evse != 0) ||
        (profile->purpose == PURPOSE_TX && profile->evse == 0)) {
        return PROFILE_NOT_SOUND; /* K04.FR.03, K01.FR.16 */
    }
    if (profile->stack_level < 0 || profile->stack_level > cp->settings.max_stack_level) {
        return PROFILE_LEVEL_TOO_HIGH;
    }
    if ((cp->settings.rate_units & unit) == 0) { /* K01.FR.26 */
        return PROFILE_UNIT_UNSUPPORTED;
    }
    return are_phases_possible(cp, profile) ? PROFILE_TAKEN : PROFILE_PHASES_UNSUPPORTED;
}

/* --- the record ---------------------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct ocpp_field period_fields[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct profile_period, start_s),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct profile_period, rate_milli),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct profile_period, phases),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct profile_period, phase_to_use),
};
static const struct ocpp_layout period_layout = { 0, sizeof(struct profile_period), period_fields,
                                                  sizeof(period_fields) / sizeof(period_fields[0]) };

/* The list of periods comes first; its room depends on the settings. */
static const struct ocpp_field profile_fields[] = {
    { 1, OCPP_FIELD_LIST, offsetof(struct profile, periods), sizeof(struct profile_period), 0, offsetof(struct profile, period_count), &period_layout },
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct profile, id),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct profile, schedule_id),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct profile, valid_from_ms),
    OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct profile, valid_to_ms),
    OCPP_FIELD_ROW(6, OCPP_FIELD_INTEGER, struct profile, start_ms),
    OCPP_FIELD_ROW(7, OCPP_FIELD_INTEGER, struct profile, min_rate_milli),
    OCPP_FIELD_ROW(8, OCPP_FIELD_INTEGER, struct profile, duration_s),
    OCPP_FIELD_ROW(9, OCPP_FIELD_INTEGER, struct profile, evse),
    OCPP_FIELD_ROW(10, OCPP_FIELD_INTEGER, struct profile, connector),
    OCPP_FIELD_ROW(11, OCPP_FIELD_INTEGER, struct profile, stack_level),
    OCPP_FIELD_ROW(12, OCPP_FIELD_INTEGER, struct profile, purpose),
    OCPP_FIELD_ROW(13, OCPP_FIELD_INTEGER, struct profile, kind),
    OCPP_FIELD_ROW(14, OCPP_FIELD_INTEGER, struct profile, recurrency),
    OCPP_FIELD_ROW(15, OCPP_FIELD_INTEGER, struct profile, unit),
    OCPP_FIELD_ROW(16, OCPP_FIELD_BYTES, struct profile, transaction),
};
/* clang-format on */

enum { PROFILE_FIELDS = sizeof(profile_fields) / sizeof(profile_fields[0]), PROFILE_RECORD_KIND = 40 };

static struct ocpp_layout layout_of(const struct profile_table *table, struct ocpp_field fields[PROFILE_FIELDS])
{
    memcpy(fields, profile_fields, sizeof(profile_fields));
    fields[0].room = (uint16_t)table->most_periods;
    return (struct ocpp_layout){ PROFILE_RECORD_KIND, table->stride, fields, PROFILE_FIELDS };
}

enum ocpp_status ocpp_cp_profile_write(struct ocpp_charge_point *cp, const struct profile *profile, size_t *size)
{
    struct ocpp_field fields[PROFILE_FIELDS];
    const struct ocpp_layout layout = layout_of(&cp->smart->table, fields);
    return ocpp_record_write(&layout, profile, cp->bytes, sizeof(cp->bytes), size);
}

enum ocpp_status ocpp_cp_profile_read(const struct profile_table *table, const void *bytes, size_t size, struct profile *profile)
{
    struct ocpp_field fields[PROFILE_FIELDS];
    const struct ocpp_layout layout = layout_of(table, fields);
    const enum ocpp_status status = ocpp_record_read(&layout, bytes, size, profile);
    profile->is_used = status == OCPP_OK;
    return status;
}

void ocpp_cp_profile_key(int64_t id, char key[PROFILE_KEY_SIZE])
{
    char whole[OCPP_KEY_SIZE];
    ocpp_cp_number_key("profile", id, whole);
    memcpy(key, whole, PROFILE_KEY_SIZE - 1);
    key[PROFILE_KEY_SIZE - 1] = '\0';
}
