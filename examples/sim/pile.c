/* pile.c: the hardware of a simulated pile: its meters, its contactor (the permit is obeyed to the letter), its latches, and its
 * power supply. */
#include "pile.h"
#include "settings.h"
#include "transcript.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MWH_W_MS = 3600, VOLTAGE_V = 230, PHASES = 3 };

void pile_log(const struct pile *pile, const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    transcript_note(pile->transcript, pile->identity, line);
}

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

/* Power flows while the permit says so, a cable is plugged and the vehicle wants it; the engine is told when that changes. */
static void look_at_contactor(struct pile *pile, int number)
{
    struct pile_evse *evse = &pile->evses[number];
    struct ocpp_permit permit = ocpp_charge_point_permit(pile->cp, number, sim_now());
    bool draws = permit.closed && is_plugged(evse) && !evse->vehicle_suspends;

    evse->power_w = permit.max_power_w < PILE_POWER_W ? permit.max_power_w : PILE_POWER_W;
    if (draws != evse->draws) {
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

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct pile *pile = user;
    int64_t register_mwh = 0;
    int64_t power_w = 0;

    move_meters(pile);
    for (int i = 1; i <= pile->options->evses; i++) {
        if (evse == 0 || evse == i) {
            register_mwh += pile->evses[i].register_mwh;
            power_w += pile->evses[i].draws ? pile->evses[i].power_w : 0;
        }
    }
    const struct ocpp_sample all[] = {
        { OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, OCPP_PHASE_NONE, OCPP_LOCATION_OUTLET,
          OCPP_DECIMAL(register_mwh / 1000, 0) },
        { OCPP_MEASURAND_POWER_ACTIVE_IMPORT, OCPP_PHASE_NONE, OCPP_LOCATION_OUTLET, OCPP_DECIMAL(power_w, 0) },
        { OCPP_MEASURAND_CURRENT_IMPORT, OCPP_PHASE_L1, OCPP_LOCATION_OUTLET,
          OCPP_DECIMAL(power_w * 10 / (VOLTAGE_V * PHASES), 1) },
        { OCPP_MEASURAND_VOLTAGE, OCPP_PHASE_L1_N, OCPP_LOCATION_OUTLET, OCPP_DECIMAL(VOLTAGE_V, 0) },
    };
    size_t count = sizeof all / sizeof all[0] < room ? sizeof all / sizeof all[0] : room;
    memcpy(samples, all, count * sizeof all[0]);
    return count;
}

static void lock(int evse, int connector, bool locked, void *user)
{
    struct pile *pile = user;
    struct pile_evse *place = &pile->evses[evse];

    if (!place->lock_fails) {
        place->locked[connector - 1] = locked;
    }
    (void)ocpp_charge_point_latch(pile->cp, evse, connector, place->lock_fails ? !locked : locked, sim_now());
}

static void restart(bool hard, void *user)
{
    struct pile *pile = user;

    pile_log(pile, "restarts (%s)", hard ? "hard" : "soft");
    pile->power = PILE_RESTARTS;
}

static void status_changed(int evse, int connector, enum ocpp_connector_status status, void *user)
{
    pile_log(user, "connector %d.%d is %s", evse, connector, ocpp_connector_status_name(status));
}

static void token_judged(int evse, const struct ocpp_token *token, const struct ocpp_judgement *judgement, void *user)
{
    static const char *const sources[] = {
        [OCPP_TOKEN_SOURCE_NONE] = "nobody",         [OCPP_TOKEN_SOURCE_CENTRAL] = "the central system",
        [OCPP_TOKEN_SOURCE_LIST] = "the local list", [OCPP_TOKEN_SOURCE_CACHE] = "the cache",
        [OCPP_TOKEN_SOURCE_OFFLINE] = "nobody asked", [OCPP_TOKEN_SOURCE_NOT_NEEDED] = "no need",
    };
    const char *shown = token->type == OCPP_TOKEN_KEY_CODE ? "(a code)" : token->id; /* C04.FR.04 */
    pile_log(user, "token %s at EVSE %d: %s, by %s%s%s", shown, evse, ocpp_authorization_name(judgement->authorization),
             sources[judgement->source], judgement->message[0] == '\0' ? "" : ": ", judgement->message);
}

static void on_link(bool up, enum ocpp_version version, const char *reason, void *user)
{
    struct pile *pile = user;

    pile->up = up;
    if (up) {
        pile->spoken = version;
    }
    line_faults_forget(&pile->line);
    pile_log(pile, up ? "link is up, OCPP %s%s%s" : "link is down%s%s%s", up ? ocpp_version_name(version) : "",
             reason ? ": " : "", reason ? reason : "");
}

/* What the tester did to the line. */
static bool pass(enum ocpp_direction from, const char *text, size_t size, void *user)
{
    struct pile *pile = user;
    enum line_fate fate = line_faults_judge(&pile->line, from, text, size, sim_now().mono_ms);

    if (fate != LINE_PASSES) {
        pile_log(pile, "%s %s", from == OCPP_FROM_STATION ? "a call" : "an answer", fate == LINE_LOSES ? "is lost" : "is late");
    }
    return fate == LINE_PASSES;
}

static void take_late_answers(struct pile *pile)
{
    size_t size;

    for (char *text; (text = line_faults_due(&pile->line, sim_now().mono_ms, &size)) != NULL; free(text)) {
        if (ocpp_charge_point_receive(pile->cp, text, size, sim_now()) != OCPP_OK) {
            pile_log(pile, "a late answer was not taken");
        }
    }
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct pile *pile = user;

    transcript_frame(pile->transcript, pile->identity, from == OCPP_FROM_STATION, text, size, issue);
}

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    pile_log(user, "%s", line);
}

/* --- switching on and off
 * -------------------------------------------------------------------------------------------------------- */

static struct ocpp_now client_clock(void *user)
{
    (void)user;
    return sim_now();
}

/* The loop of a client that runs already; the piles share one. */
static struct ocpp_client *living_client(const struct pile *pile)
{
    for (int i = 0; i < pile->options->stations; i++) {
        if (pile->first[i].client) {
            return pile->first[i].client;
        }
    }
    return NULL;
}

static bool switch_on(struct pile *pile)
{
    const struct options *options = pile->options;
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    struct ocpp_client_settings client = ocpp_client_settings_default();
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed,
                                            .read_meter = read_meter,
                                            .lock = lock,
                                            .restart = restart,
                                            .status_changed = status_changed,
                                            .token_judged = token_judged,
                                            .user = pile };
    char reason[256];

    settings.log = (struct ocpp_log){ log_line, pile, OCPP_LOG_WARNING };
    settings.identity = pile->identity;
    settings.vendor = "ocpp-c";
    settings.model = "ocpp-sim";
    settings.firmware_version = OCPP_PROGRAM_VERSION;
    settings.evse_count = options->evses;
    settings.connectors_per_evse = options->connectors;
    settings.random = ocpp_system_random;
    settings.sample_interval_ms = 10000;
    if (options->version != OCPP_VERSION_NONE) {
        settings.versions[0] = options->version;
        settings.versions[1] = OCPP_VERSION_NONE;
    }
    client.log = settings.log;
    client.url = options->url;
    client.basic_password = options->password;
    client.ca_file = options->ca_file;
    client.certificate_file = options->certificate_file;
    client.key_file = options->key_file;
    client.beside = living_client(pile);
    client.clock_speed = options->speed < 1 ? 1 : (int)options->speed;
    client.clock = client_clock;
    client.on_link = on_link;
    client.pass = pass;
    client.user = pile;
    for (int i = 0; i < options->setting_count; i++) {
        setting_apply(options->settings[i], &settings, &client);
    }
    pile->cp = ocpp_charge_point_new(&settings, &hardware, pile->storage, sim_now());
    if (!pile->cp) {
        pile_log(pile, "the charge point could not be made");
        return false;
    }
    ocpp_charge_point_watch_frames(pile->cp, on_frame, pile);
    pile->client = ocpp_client_new(pile->cp, &client, reason, sizeof reason);
    if (!pile->client) {
        pile_log(pile, "%s", reason);
        return false;
    }
    ocpp_client_pause(pile->client, pile->paused);
    return true;
}

static void switch_off(struct pile *pile)
{
    ocpp_client_free(pile->client);
    ocpp_charge_point_free(pile->cp);
    line_faults_forget(&pile->line);
    pile->client = NULL;
    pile->cp = NULL;
    pile->up = false;
    for (int i = 1; i <= pile->options->evses; i++) {
        pile->evses[i].draws = false;
    }
}

/* The engine that starts again has to be shown what is plugged. */
static void show_plugs(struct pile *pile)
{
    for (int evse = 1; evse <= pile->options->evses; evse++) {
        for (int connector = 1; connector <= pile->options->connectors; connector++) {
            if (pile->evses[evse].plugged[connector - 1]) {
                (void)ocpp_charge_point_plug(pile->cp, evse, connector, true, sim_now());
            }
        }
    }
}

static struct ocpp_storage *open_storage(const struct pile *pile)
{
    struct ocpp_storage *storage = NULL;
    char path[512];
    char reason[256] = "";

    if (!pile->options->state) {
        return ocpp_memory_storage_new(NULL, 64u << 20);
    }
    if ((size_t)snprintf(path, sizeof path, "%s/%s.db", pile->options->state, pile->identity) >= sizeof path) {
        return NULL;
    }
    if (ocpp_sqlite_storage_open(path, NULL, &storage, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "ocpp-sim: %s: %s\n", path, reason);
        return NULL;
    }
    return storage;
}

bool pile_open(struct pile *pile, const struct options *options, int number, struct pile *first)
{
    pile->options = options;
    pile->first = first;
    pile->spoken = options->version;
    pile->moved_mono_ms = sim_now().mono_ms;
    if (options->stations > 1) {
        snprintf(pile->identity, sizeof pile->identity, "%s-%d", options->identity, number);
    } else {
        snprintf(pile->identity, sizeof pile->identity, "%s", options->identity);
    }
    pile->transcript = transcript_new(!options->quiet);
    pile->storage = pile->transcript ? open_storage(pile) : NULL;
    return pile->storage && switch_on(pile);
}

void pile_close(struct pile *pile)
{
    switch_off(pile);
    if (pile->options && pile->options->state) {
        ocpp_sqlite_storage_close(pile->storage);
    } else {
        ocpp_memory_storage_free(pile->storage);
    }
    transcript_free(pile->transcript);
    memset(pile, 0, sizeof *pile);
}

bool pile_tick(struct pile *pile)
{
    if (pile->power != PILE_RUNS) {
        pile->power = PILE_RUNS;
        switch_off(pile);
        if (!switch_on(pile)) {
            return false;
        }
        show_plugs(pile);
    }
    take_late_answers(pile);
    move_meters(pile);
    for (int i = 1; i <= pile->options->evses; i++) {
        look_at_contactor(pile, i);
    }
    return true;
}
