/* limits.c: the limit that holds at each EVSE now, worked out when something may have changed it and kept until then.
 *
 * What bears on it: profiles, limits from outside, the hardware, and who charges. The permit reads the result; a change of it
 * while a vehicle charges is told as a change of the rate (K01.FR.61, K11.FR.04, K13.FR.03). */
#include "smart.h"

#include <string.h>

#include "arena.h"

enum { CLOCK_SLACK_MS = 1000, MOST_COMPOSITE_S = 366 * 86400, MOST_POWER_W = 1000000000 };

#define NO_DATE INT64_MIN

/* --- settings, beginning and end --------------------------------------------------------------------------------------- */

const char *ocpp_cp_smart_wrong_setting(const struct ocpp_charge_point_settings *settings)
{
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { settings->max_profiles <= MOST_PROFILES, "max_profiles" },
        { settings->max_periods_per_profile >= 1 && settings->max_periods_per_profile <= MOST_PROFILE_PERIODS,
          "max_periods_per_profile" },
        { settings->max_stack_level >= 0 && settings->max_stack_level <= 1000, "max_stack_level" },
        { (settings->rate_units & ~(unsigned)(OCPP_RATE_CURRENT | OCPP_RATE_POWER)) == 0 && settings->rate_units != 0,
          "rate_units" },
        { settings->nominal_voltage_v >= 1 && settings->nominal_voltage_v <= 2000, "nominal_voltage_v" },
        { settings->evse_max_current_ma >= 0 && settings->evse_max_current_ma <= 10000000, "evse_max_current_ma" },
        { settings->evse_min_current_ma >= 0 && settings->evse_min_current_ma <= 1000000, "evse_min_current_ma" },
        { settings->station_max_current_ma >= 0 && settings->station_max_current_ma <= 100000000, "station_max_current_ma" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    return NULL;
}

static void *take(const struct ocpp_charge_point *cp, size_t size)
{
    void *memory = ocpp_reallocate(cp->settings.allocator, NULL, size);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

static size_t stride_of(const struct ocpp_charge_point_settings *settings)
{
    return sizeof(struct profile) + settings->max_periods_per_profile * sizeof(struct profile_period);
}

bool ocpp_cp_smart_take(struct ocpp_charge_point *cp)
{
    const size_t room = cp->settings.max_profiles;
    const size_t places = (size_t)cp->settings.evse_count + 1;
    struct smart *smart = cp->smart = take(cp, sizeof(*smart));
    if (smart == NULL) {
        return false;
    }
    smart->table = (struct profile_table){ .stride = stride_of(&cp->settings),
                                           .room = room,
                                           .most_periods = cp->settings.max_periods_per_profile };
    smart->table.slots = take(cp, (room + 1) * smart->table.stride);
    smart->changes = take(cp, (room + 1) * sizeof(smart->changes[0]));
    smart->keys = take(cp, (room + 1) * sizeof(smart->keys[0]));
    smart->users = take(cp, places * sizeof(smart->users[0]));
    smart->externals = take(cp, places * sizeof(smart->externals[0]));
    smart->limits = take(cp, places * sizeof(smart->limits[0]));
    return smart->table.slots != NULL && smart->changes != NULL && smart->keys != NULL && smart->users != NULL &&
           smart->externals != NULL && smart->limits != NULL;
}

void ocpp_cp_smart_free(struct ocpp_charge_point *cp)
{
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    if (cp->smart == NULL) {
        return;
    }
    ocpp_cp_profile_reports_free(cp);
    ocpp_reallocate(allocator, cp->smart->limits, 0);
    ocpp_reallocate(allocator, cp->smart->externals, 0);
    ocpp_reallocate(allocator, cp->smart->users, 0);
    ocpp_reallocate(allocator, cp->smart->keys, 0);
    ocpp_reallocate(allocator, cp->smart->changes, 0);
    ocpp_reallocate(allocator, cp->smart->table.slots, 0);
    ocpp_reallocate(allocator, cp->smart, 0);
}

/* A limit given in one measure or in both, in both. */
static struct limit in_both(const struct ocpp_charge_point *cp, int phases, int64_t current_ma, int64_t power_mw)
{
    const int64_t volts = (int64_t)cp->settings.nominal_voltage_v * (phases == 0 ? 1 : phases);
    struct limit limit = ocpp_schedule_no_limit(phases);
    if (current_ma != NO_LIMIT) {
        limit.current_ma = current_ma;
        limit.power_mw = current_ma * volts;
    }
    if (power_mw != NO_LIMIT) {
        limit.current_ma = power_mw / volts < limit.current_ma ? power_mw / volts : limit.current_ma;
        limit.power_mw = power_mw < limit.power_mw ? power_mw : limit.power_mw;
    }
    return limit;
}

static struct limit hardware_of(const struct ocpp_charge_point *cp, int evse)
{
    static const struct ocpp_evse_properties usual = { .max_power_w = USUAL_POWER_W, .supply_phases = 3 };
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    const struct ocpp_evse_properties *properties =
        settings->evse_properties == NULL ? &usual : &settings->evse_properties[evse - 1];
    const int64_t power_w = properties->max_power_w < MOST_POWER_W ? properties->max_power_w : MOST_POWER_W;
    return in_both(cp, properties->supply_phases, settings->evse_max_current_ma == 0 ? NO_LIMIT : settings->evse_max_current_ma,
                   power_w * 1000);
}

static void start_users(struct ocpp_charge_point *cp)
{
    struct schedule_user *users = cp->smart->users;
    int phases = 0;
    for (int i = 1; i <= cp->settings.evse_count; i++) {
        users[i].hardware = hardware_of(cp, i);
        phases = users[i].hardware.phases > phases ? users[i].hardware.phases : phases;
    }
    const int64_t station_ma = cp->settings.station_max_current_ma;
    users[0].hardware = in_both(cp, phases, station_ma == 0 ? NO_LIMIT : station_ma, NO_LIMIT);
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        users[i].external = ocpp_schedule_no_limit(users[i].hardware.phases);
        cp->smart->limits[i].limit = users[i].external;
    }
}

static void put_values(struct ocpp_charge_point *cp)
{
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    cp->values[VARIABLE_PROFILE_STACK_LEVELS] = settings->max_stack_level;
    cp->values[VARIABLE_PROFILE_PERIODS] = (int64_t)settings->max_periods_per_profile;
    cp->values[VARIABLE_PROFILE_LENGTH] = (int64_t)settings->max_profiles;
    cp->values[VARIABLE_PROFILE_RATE_UNITS] = ((settings->rate_units & OCPP_RATE_CURRENT) != 0 ? 1 << RATE_UNIT_CURRENT : 0) |
                                              ((settings->rate_units & OCPP_RATE_POWER) != 0 ? 1 << RATE_UNIT_POWER : 0);
    cp->values[VARIABLE_PHASES_3_TO_1] = cp->smart->users[0].hardware.phases == 3 && !settings->phases_fixed;
    cp->values[VARIABLE_AC_PHASE_SWITCHING] = settings->phase_switching;
    cp->values[VARIABLE_EXTERNAL_SIGNALS] = 1;
}

void ocpp_cp_smart_start(struct ocpp_charge_point *cp)
{
    struct smart *smart = cp->smart;
    smart->site = (struct schedule_site){
        .voltage_v = cp->settings.nominal_voltage_v,
        .least_current_ma = cp->settings.evse_min_current_ma,
    };
    smart->candidate = ocpp_profile_slot(&smart->table, smart->table.room);
    smart->is_stale = true;
    smart->flight_notice_evse = -1;
    start_users(cp);
    put_values(cp);
}

/* --- how things stand ----------------------------------------------------------------------------------------------------- */

/* The date of mono 0; NO_DATE. */
static int64_t axis_at(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, now);
    return utc_ms == OCPP_UTC_UNKNOWN ? NO_DATE : utc_ms - now.mono_ms;
}

static int64_t on_axis(int64_t axis_ms, int64_t mono_ms)
{
    return axis_ms == NO_DATE ? mono_ms : axis_ms + mono_ms;
}

/* Notes when vehicle and driver were first both there. Of a transaction that goes on after a restart its beginning is known. */
static void note_begin(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct limit_now *now = &cp->smart->limits[evse->number];
    const bool is_new = memcmp(now->transaction, evse->transaction.uuid, UUID_BYTES) != 0;
    if (ocpp_cp_has_transaction(evse) && (evse->points & 1 << TX_POINT_POWER_PATH_CLOSED) != 0 && is_new) {
        memcpy(now->transaction, evse->transaction.uuid, UUID_BYTES);
        now->since = evse->transaction.started.boot == cp->boot ? ocpp_cp_moment(cp) : evse->transaction.started;
    }
}

/* When the relative schedules of the transaction at |evse| began; now where they have not yet. Distances in this start of the
 * software are kept whatever happens to the date. */
static int64_t begin_of(const struct ocpp_charge_point *cp, const struct evse *evse, int64_t axis_ms, int64_t mono_ms)
{
    const struct limit_now *now = &cp->smart->limits[evse->number];
    if (!ocpp_cp_has_transaction(evse) || memcmp(now->transaction, evse->transaction.uuid, UUID_BYTES) != 0) {
        return on_axis(axis_ms, mono_ms);
    }
    if (now->since.boot == cp->boot) {
        return on_axis(axis_ms, now->since.mono_ms);
    }
    const int64_t utc_ms = axis_ms == NO_DATE ? OCPP_UTC_UNKNOWN : ocpp_cp_date(cp, &now->since);
    return utc_ms == OCPP_UTC_UNKNOWN ? on_axis(axis_ms, cp->start_mono_ms) : utc_ms;
}

int ocpp_cp_phases_at(const struct ocpp_charge_point *cp, int evse)
{
    return cp->smart->users[evse >= 0 && evse <= cp->settings.evse_count ? evse : 0].hardware.phases;
}

static void fill_users(const struct ocpp_charge_point *cp, int64_t axis_ms, int64_t mono_ms)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        struct schedule_user *user = &cp->smart->users[i + 1];
        user->has_transaction = ocpp_cp_has_transaction(evse);
        user->charges = ocpp_cp_may_charge(cp, evse);
        user->connector = user->has_transaction ? evse->transaction.connector : evse->connector;
        user->start_ms = begin_of(cp, evse, axis_ms, mono_ms);
        user->order = user->charges ? user->start_ms : INT64_MAX;
        memcpy(user->transaction, evse->transaction.uuid, PROFILE_UUID_BYTES);
    }
    cp->smart->users[0].start_ms = on_axis(axis_ms, mono_ms);
}

static const struct profile_table no_profiles;

static struct schedule_view view_of(const struct ocpp_charge_point *cp, int64_t axis_ms)
{
    return (struct schedule_view){
        .profiles = ocpp_cp_smart_is_on(cp) ? &cp->smart->table : &no_profiles,
        .site = &cp->smart->site,
        .users = cp->smart->users,
        .count = cp->settings.evse_count,
        .has_date = axis_ms != NO_DATE,
    };
}

/* --- now ---------------------------------------------------------------------------------------------------------------------
 */

bool ocpp_cp_smart_is_on(const struct ocpp_charge_point *cp)
{
    return cp->settings.max_profiles > 0 && cp->values[VARIABLE_SMART_CHARGING_ENABLED] != 0;
}

void ocpp_cp_limits_stale(struct ocpp_charge_point *cp)
{
    cp->values[VARIABLE_PROFILE_ENTRIES] = (int64_t)ocpp_cp_profile_count(cp);
    cp->smart->is_stale = true;
    cp->smart->revision++;
    cp->dirty = true;
}

static uint64_t who_charges(const struct ocpp_charge_point *cp)
{
    uint64_t charging = 0;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        charging |= ocpp_cp_may_charge(cp, &cp->evses[i]) ? (uint64_t)1 << i : 0;
    }
    return charging;
}

/* Whether the limits that were worked out are those of |now|, for who charged then. */
static bool is_current(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    const struct smart *smart = cp->smart;
    const int64_t axis_ms = axis_at(cp, now);
    const bool same_date = axis_ms == NO_DATE || smart->axis_ms == NO_DATE
                               ? axis_ms == smart->axis_ms
                               : axis_ms - smart->axis_ms < CLOCK_SLACK_MS && smart->axis_ms - axis_ms < CLOCK_SLACK_MS;
    return !smart->is_stale && smart->is_on == ocpp_cp_smart_is_on(cp) && same_date && now.mono_ms < smart->until_mono_ms;
}

/* |old| and |rate| differ by more than the percentage that is worth a message (SC.03). */
static bool is_significant(const struct ocpp_charge_point *cp, int64_t old, int64_t rate)
{
    const int64_t change = old < rate ? rate - old : old - rate;
    return old == NO_LIMIT || rate == NO_LIMIT ? old != rate : change * 10000 > old * cp->values[VARIABLE_LIMIT_SIGNIFICANCE];
}

bool ocpp_cp_limit_suspends(const struct ocpp_charge_point *cp, const struct limit *limit)
{
    return limit->current_ma <= 0 || limit->power_mw <= 0 || limit->current_ma < cp->smart->site.least_current_ma;
}

bool ocpp_cp_limit_is_of_hardware(const struct ocpp_charge_point *cp, int evse, const struct limit *limit, bool in_watt)
{
    const struct limit *most = &cp->smart->users[evse].hardware;
    return in_watt ? limit->power_mw >= most->power_mw : limit->current_ma >= most->current_ma;
}

/* The first rate of a charge is told by its start, and one that stops or resumes it by its state. */
static void note_rate(struct ocpp_charge_point *cp, struct evse *evse, struct limit_now *now, const struct limit *limit,
                      bool charges)
{
    const int64_t rate_ma = ocpp_cp_limit_suspends(cp, limit) ? 0 : limit->current_ma;
    const bool has_words =
        evse->transaction.family != FAMILY_NUMBERED && (cp->dialect == NULL || cp->dialect->send_limit != NULL);
    if (has_words && charges && now->is_charging && rate_ma > 0 && now->rate_ma > 0 &&
        is_significant(cp, now->rate_ma, rate_ma)) {
        evse->rate_changed = true;
        now->rate_ma = rate_ma;
    }
    if (!charges || !now->is_charging || rate_ma == 0 || now->rate_ma == 0) {
        now->rate_ma = rate_ma;
    }
    evse->rate_changed = evse->rate_changed && charges;
    now->is_charging = charges;
    now->limit = *limit;
}

void ocpp_cp_limits_update(struct ocpp_charge_point *cp)
{
    struct smart *smart = cp->smart;
    const uint64_t charging = who_charges(cp);
    for (int i = 0; i < cp->settings.evse_count; i++) {
        note_begin(cp, &cp->evses[i]);
    }
    if (charging == smart->charging && is_current(cp, cp->now)) {
        return;
    }
    const int64_t axis_ms = axis_at(cp, cp->now);
    const struct schedule_view view = view_of(cp, axis_ms);
    fill_users(cp, axis_ms, cp->now.mono_ms);
    smart->until_mono_ms = OCPP_NEVER;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const bool charges = (charging >> i & 1) != 0;
        struct limit limit = ocpp_schedule_no_limit(0);
        if (charges) {
            int64_t until_ms;
            limit = ocpp_schedule_limit(&view, i + 1, on_axis(axis_ms, cp->now.mono_ms), &until_ms);
            const int64_t until_mono_ms = until_ms == OCPP_NEVER || axis_ms == NO_DATE ? until_ms : until_ms - axis_ms;
            smart->until_mono_ms = until_mono_ms < smart->until_mono_ms ? until_mono_ms : smart->until_mono_ms;
        }
        note_rate(cp, &cp->evses[i], &smart->limits[i + 1], &limit, charges);
    }
    smart->revision += charging != smart->charging || smart->is_on != ocpp_cp_smart_is_on(cp);
    smart->is_stale = false;
    smart->is_on = ocpp_cp_smart_is_on(cp);
    smart->axis_ms = axis_ms;
    smart->charging = charging;
    cp->dirty = true;
}

int64_t ocpp_cp_limits_deadline(const struct ocpp_charge_point *cp)
{
    return cp->smart->charging == 0 ? OCPP_NEVER : cp->smart->until_mono_ms;
}

struct limit ocpp_cp_limit_at(const struct ocpp_charge_point *cp, const struct evse *evse, struct ocpp_now now,
                              int64_t *until_mono_ms)
{
    const bool was_charging = (cp->smart->charging >> (evse->number - 1) & 1) != 0;
    *until_mono_ms = cp->smart->until_mono_ms;
    if (was_charging && is_current(cp, now)) { /* should another one have begun or ended since, the pump is about to say so */
        return cp->smart->limits[evse->number].limit;
    }
    int64_t until_ms;
    const int64_t axis_ms = axis_at(cp, now);
    const struct schedule_view view = view_of(cp, axis_ms);
    fill_users(cp, axis_ms, now.mono_ms);
    const struct limit limit = ocpp_schedule_limit(&view, evse->number, on_axis(axis_ms, now.mono_ms), &until_ms);
    *until_mono_ms = until_ms == OCPP_NEVER || axis_ms == NO_DATE ? until_ms : until_ms - axis_ms;
    return limit;
}

/* --- later
 * ---------------------------------------------------------------------------------------------------------------------- */

enum schedule_unit ocpp_cp_composite_unit(const struct ocpp_charge_point *cp, int evse, enum schedule_unit asked)
{
    const unsigned units = cp->settings.rate_units;
    const bool in_watt = (units & OCPP_RATE_POWER) != 0 && asked != IN_AMPERE;
    const bool in_ampere = (units & OCPP_RATE_CURRENT) != 0 && asked != IN_WATT;
    if (in_ampere && (!in_watt || ocpp_cp_phases_at(cp, evse) > 0)) { /* what alternating current is measured by */
        return IN_AMPERE;
    }
    return in_watt ? IN_WATT : IN_NOTHING;
}

enum ocpp_status ocpp_cp_composite(struct ocpp_charge_point *cp, const struct composite_question *question,
                                   struct composite *composite, int64_t *from_ms)
{
    const int64_t axis_ms = axis_at(cp, cp->now);
    if (axis_ms == NO_DATE) {
        return OCPP_ERR_STATE;
    }
    const struct schedule_view view = view_of(cp, axis_ms);
    fill_users(cp, axis_ms, cp->now.mono_ms);
    if (question->connector != 0) {
        cp->smart->users[question->evse].connector = question->connector;
    }
    const int64_t now_ms = on_axis(axis_ms, cp->now.mono_ms);
    *from_ms = composite->from_ms = now_ms - now_ms % 1000;
    composite->asked_s = (int32_t)(question->duration_s < MOST_COMPOSITE_S ? question->duration_s : MOST_COMPOSITE_S);
    for (int i = 0; i <= cp->settings.evse_count; i++) { /* where nothing runs, a transaction would begin now (K08.FR.06) */
        struct schedule_user *user = &cp->smart->users[i];
        user->start_ms = user->start_ms < *from_ms ? user->start_ms : *from_ms;
    }
    ocpp_schedule_composite(&view, question->evse, question->unit, composite);
    return OCPP_OK;
}

/* --- from outside
 * ------------------------------------------------------------------------------------------------------------------ */

static bool is_significant_limit(const struct ocpp_charge_point *cp, const struct ocpp_external_limit *old,
                                 const struct ocpp_external_limit *limit)
{
    return old->source != limit->source || old->is_grid_critical != limit->is_grid_critical ||
           is_significant(cp, old->max_current_ma, limit->max_current_ma) ||
           is_significant(cp, old->max_power_w, limit->max_power_w);
}

static void note_external(struct ocpp_charge_point *cp, struct external *external, const struct ocpp_external_limit *limit)
{
    if (limit == NULL) {
        external->notice = external->is_told ? NOTICE_CLEARED : NOTICE_NONE;
        external->is_set = false;
        return;
    }
    if (!external->is_told || is_significant_limit(cp, &external->told, limit)) {
        external->notice = NOTICE_SET;
    } else if (external->notice == NOTICE_CLEARED) { /* back before anybody heard of it */
        external->notice = NOTICE_NONE;
    }
    external->is_set = true;
    external->limit = *limit;
    external->since_ms = ocpp_cp_utc(cp, cp->now);
}

static bool is_limit(int64_t value)
{
    return value == INT64_MAX || (value >= 0 && value <= 1000000000);
}

enum ocpp_status ocpp_charge_point_external_limit(struct ocpp_charge_point *cp, int evse, const struct ocpp_external_limit *limit,
                                                  struct ocpp_now now)
{
    if (evse < 0 || evse > cp->settings.evse_count) {
        return OCPP_ERR_ARGUMENT;
    }
    if (limit != NULL &&
        (!is_limit(limit->max_current_ma) || !is_limit(limit->max_power_w) ||
         (limit->max_current_ma == INT64_MAX && limit->max_power_w == INT64_MAX) || limit->source >= OCPP_LIMIT_SOURCE_CSO)) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    note_external(cp, &cp->smart->externals[evse], limit);
    struct schedule_user *user = &cp->smart->users[evse];
    user->external = limit == NULL ? ocpp_schedule_no_limit(user->hardware.phases)
                                   : in_both(cp, user->hardware.phases, limit->max_current_ma,
                                             limit->max_power_w == INT64_MAX ? NO_LIMIT : limit->max_power_w * 1000);
    ocpp_cp_limits_stale(cp);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
