/* pile_hardware.c: the hardware of a simulated pile: its meters, its contactor (the permit is obeyed to the letter), its latches,
 * and what restarts. */
#include "pile_hardware.h"
#include "pile_gate.h"
#include "setting_name.h"

#include <string.h>

enum { MWH_W_MS = 3600, VOLTAGE_V = 230, PHASE_MA = 16000 };

/* --- what the hardware does by itself ----------------------------------------------------------------------------------------
 */

static bool is_plugged(const struct pile_evse *evse)
{
    for (int i = 0; i < PILE_CONNECTORS; i++) {
        if (evse->plugged[i]) {
            return true;
        }
    }
    return false;
}

static void move_meter(struct pile_evse *evse, int64_t ms)
{
    int64_t w_ms = evse->rest_w_ms + (evse->draws ? evse->power_w * ms : 0);

    evse->register_mwh += w_ms / MWH_W_MS;
    evse->charged_mwh += w_ms / MWH_W_MS;
    evse->rest_w_ms = w_ms % MWH_W_MS;
}

static void move_meters(struct pile *pile)
{
    int64_t now = sim_now().mono_ms;

    for (int i = 1; i <= pile->options->evses; i++) {
        move_meter(&pile->evses[i], now - pile->moved_mono_ms);
    }
    pile->moved_mono_ms = now;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What the vehicle takes of what it may: all. */
static int64_t power_under(const struct ocpp_permit *permit)
{
    int phases = permit->phases > 0 && permit->phases < PILE_PHASES ? permit->phases : PILE_PHASES;
    int64_t ma = 0;

    for (int i = 0; i < phases; i++) {
        ma += smaller(permit->max_current_ma[phases == 1 && permit->phase_to_use > 0 ? permit->phase_to_use - 1 : i], PHASE_MA);
    }
    return smaller(smaller(permit->max_power_w, PILE_POWER_W), ma * VOLTAGE_V / 1000);
}

static bool is_full(const struct pile_evse *evse)
{
    return evse->battery_mwh > 0 && evse->charged_mwh >= evse->battery_mwh;
}

/* Power flows while the permit says so, a cable is plugged and the vehicle wants it; the engine is told when that changes, and
 * when it may flow again and the vehicle does not want to. */
static void look_at_contactor(struct pile *pile, int number)
{
    struct pile_evse *evse = &pile->evses[number];
    struct ocpp_permit permit = ocpp_charge_point_permit(pile->cp, number, sim_now());
    bool draws = permit.closed && is_plugged(evse) && !evse->vehicle_suspends && !is_full(evse);
    const bool is_news = draws != evse->draws || (permit.closed && !evse->may_draw);

    evse->power_w = power_under(&permit);
    evse->may_draw = permit.closed;
    if (is_news) {
        evse->draws = draws;
        if (permit.closed) {
            (void)ocpp_charge_point_vehicle(pile->cp, number, draws, sim_now());
        }
    }
}

/* --- what the engine asks ------------------------------------------------------------------------------------------------------
 */

static void permit_changed(int evse, void *user)
{
    struct pile *pile = user;

    if (!pile->cp) {
        return; /* it is just being made; the first tick looks */
    }
    move_meters(pile);
    look_at_contactor(pile, evse);
}

int64_t pile_measurands(void)
{
    return OCPP_MEASURAND_BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER) |
           OCPP_MEASURAND_BIT(OCPP_MEASURAND_POWER_ACTIVE_IMPORT) | OCPP_MEASURAND_BIT(OCPP_MEASURAND_CURRENT_IMPORT) |
           OCPP_MEASURAND_BIT(OCPP_MEASURAND_VOLTAGE) | OCPP_MEASURAND_BIT(OCPP_MEASURAND_SOC);
}

/* The vehicle tells its state of charge when it has a battery. */
static size_t add_state_of_charge(const struct pile_evse *evse, struct ocpp_sample *samples, size_t count, size_t room)
{
    if (evse->battery_mwh == 0 || !is_plugged(evse) || count == room) {
        return count;
    }
    samples[count] = (struct ocpp_sample){ OCPP_MEASURAND_SOC, OCPP_PHASE_NONE, OCPP_LOCATION_EV,
                                           OCPP_DECIMAL(smaller(evse->charged_mwh * 100 / evse->battery_mwh, 100), 0), NULL };
    return count + 1;
}

static const struct ocpp_signed_value *sign(struct pile *pile, int evse, int64_t wh)
{
    if (!pile->options->signed_meter) {
        return NULL;
    }
    meter_signature_make(&pile->signatures[evse], pile->identity, wh, ocpp_charge_point_utc_ms(pile->cp, sim_now()));
    return &pile->signatures[evse].value;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct pile *pile = user;
    int64_t register_mwh = 0;
    int64_t power_w = 0;

    move_meters(pile);
    if (pile->evses[evse].meter_is_silent) {
        return 0;
    }
    for (int i = 1; i <= pile->options->evses; i++) {
        if (evse == 0 || evse == i) {
            register_mwh += pile->evses[i].register_mwh;
            power_w += pile->evses[i].draws ? pile->evses[i].power_w : 0;
        }
    }
    const struct ocpp_sample all[] = {
        { OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, OCPP_PHASE_NONE, OCPP_LOCATION_OUTLET,
          OCPP_DECIMAL(register_mwh / 1000, 0), sign(pile, evse, register_mwh / 1000) },
        { OCPP_MEASURAND_POWER_ACTIVE_IMPORT, OCPP_PHASE_NONE, OCPP_LOCATION_OUTLET, OCPP_DECIMAL(power_w, 0), NULL },
        { OCPP_MEASURAND_CURRENT_IMPORT, OCPP_PHASE_L1, OCPP_LOCATION_OUTLET,
          OCPP_DECIMAL(power_w * 10 / (VOLTAGE_V * PILE_PHASES), 1), NULL },
        { OCPP_MEASURAND_VOLTAGE, OCPP_PHASE_L1_N, OCPP_LOCATION_OUTLET, OCPP_DECIMAL(VOLTAGE_V, 0), NULL },
    };
    size_t count = sizeof all / sizeof all[0] < room ? sizeof all / sizeof all[0] : room;
    memcpy(samples, all, count * sizeof all[0]);
    return add_state_of_charge(&pile->evses[evse], samples, count, room);
}

static void lock(int evse, int connector, bool locked, void *user)
{
    struct pile *pile = user;
    struct pile_evse *place = &pile->evses[evse];

    if (pile_gate_lock(pile, evse, connector, locked)) {
        return;
    }
    if (!place->lock_fails) {
        place->locked[connector - 1] = locked;
    }
    (void)ocpp_charge_point_latch(pile->cp, evse, connector, place->lock_fails ? !locked : locked, sim_now());
}

/* The tester may have made this one fail. */
static bool fails(struct pile *pile, int evse)
{
    if (pile->failing_resets == 0) {
        return false;
    }
    pile->failing_resets--;
    pile_log(pile, "a restart fails");
    (void)ocpp_charge_point_reset_failed(pile->cp, evse, sim_now());
    return true;
}

static void restart(bool hard, void *user)
{
    struct pile *pile = user;

    if (!fails(pile, 0)) {
        pile_log(pile, "restarts (%s)", hard ? "hard" : "soft");
        pile->power = PILE_RESTARTS;
    }
}

static void restart_evse(int evse, void *user)
{
    struct pile *pile = user;

    if (!fails(pile, evse)) {
        pile_log(pile, "EVSE %d restarts", evse);
        pile->evses[evse].restarts = true;
    }
}

static void status_changed(int evse, int connector, enum ocpp_connector_status status, void *user)
{
    pile_log(user, "connector %d.%d is %s", evse, connector, ocpp_connector_status_name(status));
}

static void token_judged(int evse, const struct ocpp_token *token, const struct ocpp_judgement *judgement, void *user)
{
    static const char *const sources[] = {
        [OCPP_TOKEN_SOURCE_NONE] = "nobody",          [OCPP_TOKEN_SOURCE_CENTRAL] = "the central system",
        [OCPP_TOKEN_SOURCE_LIST] = "the local list",  [OCPP_TOKEN_SOURCE_CACHE] = "the cache",
        [OCPP_TOKEN_SOURCE_OFFLINE] = "nobody asked", [OCPP_TOKEN_SOURCE_NOT_NEEDED] = "no need",
    };
    const char *shown = token->type == OCPP_TOKEN_KEY_CODE ? "(a code)" : token->id; /* C04.FR.04 */

    pile_log(user, "token %s at EVSE %d: %s, by %s%s%s", shown, evse, ocpp_authorization_name(judgement->authorization),
             sources[judgement->source], judgement->message[0] == '\0' ? "" : ": ", judgement->message);
}

static void setting_changed(const char *key, const struct ocpp_setting_name *name, void *user)
{
    char text[SETTING_NAME_SIZE];

    setting_name_print(name, text, sizeof text);
    pile_log(user, "the central system changed %s", text[0] ? text : key);
}

struct ocpp_hardware pile_hardware(struct pile *pile)
{
    return (struct ocpp_hardware){ .permit_changed = permit_changed,
                                   .read_meter = read_meter,
                                   .lock = lock,
                                   .restart = restart,
                                   .restart_evse = restart_evse,
                                   .status_changed = status_changed,
                                   .token_judged = token_judged,
                                   .setting_changed = setting_changed,
                                   .user = pile };
}

/* An EVSE that was restarted works again a moment later. */
static void finish_restart(struct pile *pile, int evse)
{
    if (pile->evses[evse].restarts) {
        pile->evses[evse].restarts = false;
        (void)ocpp_charge_point_reset_done(pile->cp, evse, sim_now());
    }
}

void pile_hardware_tick(struct pile *pile)
{
    move_meters(pile);
    for (int i = 1; i <= pile->options->evses; i++) {
        finish_restart(pile, i);
        look_at_contactor(pile, i);
    }
}
