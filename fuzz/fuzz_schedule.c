/* fuzz_schedule.c: charging profiles of any shape come and go, vehicles come and go, time passes, the power goes.
 *
 * Each operation is a byte and what follows it; the input's end reads as zeros. After each one the invariants hold: a composite
 * schedule says at every second what the scheduler says at that moment, what is said to hold until a moment does, nobody gets
 * more than the hardware or the station has, and the store has exactly the profiles that are there.
 */
#include "target.h"

#include <ocpp/adapters.h>

#include "arena.h"
#include "require.h"
#include "smart.h"
#include "test_storage.h"

#include <stdlib.h>
#include <string.h>

enum { EVSES = 3, MOST_OPERATIONS = 60, COMPOSITE_ROOM = 64 };

struct world {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    struct ocpp_charge_point_settings settings;
    struct ocpp_hardware hardware;
    struct ocpp_charge_point *cp;
    struct ocpp_storage *memory;
    struct test_storage *store;
    struct ocpp_now now;
    uint64_t random;
};

/* --- the input ------------------------------------------------------------------------------------------------------------ */

static unsigned byte(struct world *world)
{
    return world->at < world->size ? world->bytes[world->at++] : 0;
}

static unsigned word(struct world *world)
{
    const unsigned high = byte(world);
    return high << 8 | byte(world);
}

/* A number of seconds that is now small, now days. */
static int64_t span_s(struct world *world)
{
    const unsigned value = word(world);
    static const int64_t scales[] = { 1, 60, 900, 3600 };
    return (int64_t)(value >> 2) * scales[value & 3];
}

/* A moment around now. */
static int64_t moment_ms(struct world *world)
{
    const bool is_past = (byte(world) & 1) != 0;
    return world->now.utc_ms + (is_past ? -1 : 1) * span_s(world) * 1000 + (byte(world) & 3) * 250;
}

/* --- the firmware ----------------------------------------------------------------------------------------------------------- */

static void permit_changed(int evse, void *user)
{
    struct world *world = user;
    (void)ocpp_charge_point_permit(world->cp, evse, world->now);
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)user;
    ocpp_require(room >= 1);
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { 100, 0 } };
    return 1;
}

static void fill_random(void *bytes, size_t size, void *user)
{
    struct world *world = user;
    for (size_t i = 0; i < size; i++) {
        world->random = world->random * 6364136223846793005u + 1442695040888963407u;
        ((uint8_t *)bytes)[i] = (uint8_t)(world->random >> 56);
    }
}

static void power_on(struct world *world)
{
    world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->store), world->now);
    ocpp_require(world->cp != NULL);
}

static void power_cut(struct world *world)
{
    test_storage_cut_now(world->store, SIZE_MAX);
    ocpp_charge_point_free(world->cp);
    test_storage_power_on(world->store);
    world->now.mono_ms = 1000;
    power_on(world);
}

/* --- what must always be so ---------------------------------------------------------------------------------------------------
 */

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    (*(size_t *)user)++;
    return true;
}

static void check_store(struct world *world)
{
    size_t there = 0;
    size_t kept = 0;
    for (size_t i = 0; i < world->cp->smart->table.room; i++) {
        const struct profile *profile = ocpp_smart_slot(world->cp, i);
        ocpp_require(!profile->is_used || ocpp_cp_profile_shape(profile) == PROFILE_TAKEN);
        there += profile->is_used && profile->awaits == 0 && !profile->is_unstored;
    }
    ocpp_require(world->memory->each("profile/", NULL, count_entry, &kept, world->memory->user) == OCPP_OK);
    ocpp_require(there == kept);
}

static bool is_same(const struct composite_period *period, const struct limit *limit, enum schedule_unit unit)
{
    return period->rate_tenths == ocpp_schedule_tenths(limit, unit) && period->phases == limit->phases &&
           period->phase_to_use == limit->phase_to_use;
}

/* The scheduler at the edges of each period of |composite|, and in the middle. */
static void check_points(const struct schedule_view *view, int evse, enum schedule_unit unit, int64_t from_ms,
                         const struct composite *composite)
{
    for (size_t i = 0; i < composite->count; i++) {
        const struct composite_period *period = &composite->periods[i];
        const int64_t end_s = i + 1 < composite->count ? composite->periods[i + 1].start_s : composite->duration_s;
        const int64_t seconds[] = { period->start_s, (period->start_s + end_s) / 2, end_s - 1 };
        ocpp_require(i == 0 ? period->start_s == 0 : period->start_s > period[-1].start_s);
        for (size_t k = 0; k < 3 && seconds[k] >= period->start_s; k++) {
            int64_t until_ms;
            const int64_t at_ms = from_ms + seconds[k] * 1000;
            const struct limit limit = ocpp_schedule_limit(view, evse, at_ms, &until_ms);
            ocpp_require(until_ms > at_ms);
            ocpp_require(is_same(period, &limit, unit));
        }
    }
}

/* What those that charge get together is within what the station has. */
static void check_shares(const struct schedule_view *view, int64_t at_ms)
{
    int64_t sum_ma = 0;
    int64_t until_ms;
    const struct limit station = ocpp_schedule_limit(view, 0, at_ms, &until_ms);
    bool is_idle = true;
    for (int evse = 1; evse <= view->count; evse++) {
        const struct limit limit = ocpp_schedule_limit(view, evse, at_ms, &until_ms);
        ocpp_require(limit.current_ma >= 0 && limit.current_ma <= view->users[evse].hardware.current_ma);
        const bool can_draw = limit.current_ma >= view->site->least_current_ma;
        sum_ma += view->users[evse].charges && can_draw ? limit.current_ma : 0;
        is_idle = is_idle && !view->users[evse].charges;
    }
    ocpp_require(is_idle || sum_ma <= station.current_ma || sum_ma == 0 || station.current_ma < view->site->least_current_ma);
}

static void check_composite(struct world *world, int evse, enum schedule_unit unit, int64_t duration_s)
{
    struct composite_period periods[COMPOSITE_ROOM];
    struct composite composite = { .periods = periods, .room = COMPOSITE_ROOM };
    const struct composite_question question = { .evse = evse, .unit = unit, .duration_s = duration_s };
    int64_t from_ms;
    struct ocpp_charge_point *cp = world->cp;
    const enum ocpp_status status = ocpp_cp_composite(cp, &question, &composite, &from_ms);
    if (ocpp_charge_point_utc_ms(cp, world->now) == OCPP_UTC_UNKNOWN) { /* somebody set the clock to a date nobody can mean */
        ocpp_require(status == OCPP_ERR_STATE);
        return;
    }
    ocpp_require(status == OCPP_OK);
    ocpp_require(composite.count >= 1 && composite.duration_s <= duration_s);
    const struct schedule_view view = { &cp->smart->table, &cp->smart->site, cp->smart->users, EVSES, true };
    check_points(&view, evse, unit, from_ms, &composite);
    check_shares(&view, from_ms);
}

static void check_permits(const struct world *world)
{
    for (int evse = 1; evse <= EVSES; evse++) {
        const struct ocpp_permit permit = ocpp_charge_point_permit(world->cp, evse, world->now);
        ocpp_require(permit.closed == (permit.reason == OCPP_PERMIT_CHARGING));
        ocpp_require(!permit.closed || permit.max_current_ma[0] >= world->settings.evse_min_current_ma);
        ocpp_require(permit.valid_until_mono_ms > world->now.mono_ms);
    }
}

/* --- operations
 * ------------------------------------------------------------------------------------------------------------------ */

static void fill_periods(struct world *world, struct profile *profile)
{
    const unsigned count = 1 + byte(world) % 6;
    int64_t start_s = byte(world) % 16 == 1;
    for (unsigned i = 0; i < count; i++) {
        const unsigned shape = byte(world);
        const struct profile_period period = { .phases = (int8_t)(shape & 3),
                                               .phase_to_use = (int8_t)((shape >> 2 & 3) * ((shape & 3) == 1)) };
        (void)!ocpp_cp_profile_add_period(world->cp, profile, start_s,
                                          OCPP_DECIMAL(word(world), profile->unit == IN_WATT ? 0 : 3), period);
        start_s += span_s(world) + (shape >> 4 != 0);
    }
}

static struct profile *take_profile(struct world *world)
{
    struct profile *profile = ocpp_cp_profile_begin(world->cp);
    const unsigned shape = byte(world);
    const unsigned place = byte(world);
    profile->id = byte(world) % 32 - 4;
    profile->purpose = (int8_t)(shape % 5);
    profile->kind = (int8_t)(1 + (shape >> 3) % 3);
    profile->recurrency = (int8_t)(profile->kind == PROFILE_RECURRING ? 1 + (shape >> 5 & 1) : (shape == 255));
    profile->unit = (int8_t)(shape >> 6 & 1 ? IN_WATT : IN_AMPERE);
    profile->evse = (int32_t)(place % 5);
    profile->connector = (int32_t)(place >> 4 & 1);
    profile->stack_level = (int32_t)(place >> 5);
    profile->duration_s = byte(world) & 1 ? (int32_t)span_s(world) : PROFILE_UNBOUNDED_S;
    profile->start_ms = profile->kind == PROFILE_RELATIVE ? PROFILE_NO_START : moment_ms(world);
    profile->valid_from_ms = byte(world) & 1 ? moment_ms(world) : INT64_MIN;
    profile->valid_to_ms = byte(world) & 1 ? moment_ms(world) : INT64_MAX;
    fill_periods(world, profile);
    return profile;
}

/* Inside an entry point, as a request of the central system would be handled. */
static void set_profile(struct world *world)
{
    uint32_t serial;
    ocpp_cp_enter(world->cp, world->now);
    const unsigned how = byte(world);
    struct profile *profile = take_profile(world);
    if (how % 8 == 0) {
        (void)!ocpp_cp_profile_await(world->cp, profile, &serial);
    } else {
        (void)!ocpp_cp_profile_set(world->cp, profile, how & 1 ? RIVALS_ARE_REPLACED : RIVALS_REFUSE);
    }
    ocpp_cp_leave(world->cp);
}

static void clear_profiles(struct world *world)
{
    const unsigned what = byte(world);
    const unsigned place = byte(world);
    const struct profile_filter filter = {
        .has_id = (what & 1) != 0,
        .id = byte(world) % 32 - 4,
        .has_place = (what & 2) != 0,
        .evse = (int)(place % 5),
        .purpose = (enum profile_purpose)(what >> 2 & 3 ? 1 + (what >> 2 & 3) : 0),
        .has_stack_level = (what & 16) != 0,
        .stack_level = place >> 5,
    };
    ocpp_cp_enter(world->cp, world->now);
    (void)!ocpp_cp_profile_clear(world->cp, &filter);
    ocpp_cp_leave(world->cp);
}

static void set_external(struct world *world)
{
    const unsigned how = byte(world);
    const struct ocpp_external_limit limit = {
        .source = (enum ocpp_limit_source)(how % 3),
        .max_current_ma = how & 8 ? INT64_MAX : word(world),
        .max_power_w = how & 16 ? INT64_MAX : word(world),
    };
    (void)!ocpp_charge_point_external_limit(world->cp, (int)(byte(world) % 5), how & 32 ? NULL : &limit, world->now);
}

static void pass(struct world *world, int64_t ms)
{
    const int64_t end = world->now.mono_ms + ms;
    for (int i = 0; i < 50; i++) {
        const int64_t deadline = ocpp_charge_point_deadline(world->cp);
        if (deadline > end) {
            break;
        }
        const int64_t step = deadline > world->now.mono_ms ? deadline - world->now.mono_ms : 0;
        world->now.mono_ms += step;
        world->now.utc_ms += step;
        ocpp_charge_point_advance(world->cp, world->now);
    }
    world->now.utc_ms += end - world->now.mono_ms;
    world->now.mono_ms = end;
    ocpp_charge_point_advance(world->cp, world->now);
}

static void move_vehicle(struct world *world)
{
    const unsigned what = byte(world);
    const int evse = 1 + (int)(what % EVSES);
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    (void)!ocpp_charge_point_plug(world->cp, evse, 1, (what & 64) == 0, world->now);
    if ((what & 128) != 0) {
        (void)!ocpp_charge_point_token(world->cp, evse, &token, world->now);
    }
}

static void run(struct world *world)
{
    switch (byte(world) % 8) {
    case 0:
    case 1:
        set_profile(world);
        return;
    case 2:
        clear_profiles(world);
        return;
    case 3:
        set_external(world);
        return;
    case 4:
        move_vehicle(world);
        return;
    case 5:
        pass(world, span_s(world) * 1000);
        return;
    case 6:
        power_cut(world);
        return;
    default:
        world->now.utc_ms += (byte(world) & 1 ? -1 : 1) * span_s(world) * 1000; /* somebody sets the clock */
        ocpp_charge_point_advance(world->cp, world->now);
        return;
    }
}

static void start(struct world *world)
{
    const unsigned how = byte(world);
    world->random = how;
    world->memory = ocpp_memory_storage_new(NULL, 0);
    world->store = world->memory == NULL ? NULL : test_storage_new(world->memory);
    ocpp_require(world->store != NULL);
    world->now = (struct ocpp_now){ 1000, 1767225600000 - 3600000 };
    world->settings = ocpp_charge_point_settings_default();
    world->settings.identity = "FUZZ";
    world->settings.vendor = "V";
    world->settings.model = "M";
    world->settings.evse_count = EVSES;
    world->settings.max_profiles = 1 + how % 8;
    world->settings.max_periods_per_profile = 4;
    world->settings.max_stack_level = 5;
    world->settings.phase_switching = (how & 8) != 0;
    world->settings.phases_fixed = (how & 16) != 0;
    world->settings.station_max_current_ma = how & 32 ? 50000 : 0;
    world->settings.evse_min_current_ma = how & 64 ? 0 : 6000;
    world->settings.offline_unknown_allowed = true;
    world->settings.random = fill_random;
    world->settings.random_user = world;
    world->hardware = (struct ocpp_hardware){ .permit_changed = permit_changed, .read_meter = read_meter, .user = world };
    power_on(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world = { .bytes = data, .size = size };
    start(&world);
    for (int i = 0; i < MOST_OPERATIONS && world.at < world.size; i++) {
        run(&world);
        check_store(&world);
        check_permits(&world);
        check_composite(&world, i % (EVSES + 1), i & 4 ? IN_WATT : IN_AMPERE, i & 8 ? 200000 : 3000);
    }
    ocpp_charge_point_free(world.cp);
    test_storage_free(world.store);
    ocpp_memory_storage_free(world.memory);
    return 0;
}
