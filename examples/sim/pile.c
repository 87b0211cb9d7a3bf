/* pile.c: a simulated pile: its line, its settings, its store, and switching it on and off. */
#include "pile_banks.h"
#include "pile_files.h"
#include "pile_firmware.h"
#include "pile_hardware.h"
#include "pile_link.h"
#include "recorder.h"
#include "settings.h"
#include "transcript.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void tell_tape(const struct pile_tape *tape, const char *line)
{
    if (tape->is_over) {
        return;
    }
    if (tape->recorder) {
        recorder_note(tape->recorder, line);
        return;
    }
    tape->on_note(line, tape->user);
}

void pile_log(const struct pile *pile, const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (pile->tape) {
        tell_tape(pile->tape, line);
    }
    transcript_note(pile->transcript, pile->identity, line);
}

void pile_note_aside(const struct pile *pile, const char *line)
{
    transcript_note(pile->transcript, pile->identity, line);
}

/* --- the line ---------------------------------------------------------------------------------------------------- */

void pile_line_changed(struct pile *pile, bool up, enum ocpp_version version, const char *reason)
{
    char line[512];

    if (pile->tally && pile->up && !up && !pile->paused) {
        tally_lost(pile->tally, &pile->call);
    }
    pile->up = up;
    if (up) {
        pile->spoken = version;
        transcript_speaks(pile->transcript, version);
    }
    line_faults_forget(&pile->line);
    snprintf(line, sizeof line, up ? "link is up, OCPP %s%s%s" : "link is down%s%s%s", up ? ocpp_version_name(version) : "",
             reason ? ": " : "", reason ? reason : "");
    transcript_note(pile->transcript, pile->identity, line); /* of the line, not of the pile */
}

static void on_link(bool up, enum ocpp_version version, const char *reason, void *user)
{
    pile_line_changed(user, up, version, reason);
}

static void on_act(const struct ocpp_client_act *act, void *user)
{
    const struct pile *pile = user;

    if (pile->tally && act->kind == OCPP_CLIENT_FAILS) {
        tally_fail(pile->tally, TALLY_NO_CONNECTION);
    }
    if (pile->tape) {
        recorder_act(pile->tape->recorder, act);
    }
}

static int64_t real_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What the tester did to the line. */
bool pile_line_passes(struct pile *pile, enum ocpp_direction from, const char *text, size_t size)
{
    enum line_fate fate = line_faults_judge(&pile->line, from, text, size, sim_now().mono_ms);

    if (pile->tally) {
        tally_text(pile->tally, &pile->call, from, text, size, real_us());
    }
    if (fate != LINE_PASSES) {
        pile_log(pile, "%s %s", from == OCPP_FROM_STATION ? "a call" : "an answer", fate == LINE_LOSES ? "is lost" : "is late");
    }
    return fate == LINE_PASSES;
}

/* A recording could not give it again. */
static void say_cannot(const struct pile *pile, const char *text, size_t size)
{
    const char *why = pile->tape->recorder ? recorder_cannot(text, size) : NULL;

    if (why) {
        pile_note_aside(pile, why);
    }
}

static bool pass(enum ocpp_direction from, const char *text, size_t size, void *user)
{
    struct pile *pile = user;

    if (pile->tape && from == OCPP_FROM_CENTRAL) {
        recorder_arrival(pile->tape->recorder, text, size);
        say_cannot(pile, text, size);
    } else if (pile->tape) {
        recorder_departure(pile->tape->recorder, text, size);
    }
    return pile_line_passes(pile, from, text, size);
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

    if (pile->tally && issue && from == OCPP_FROM_CENTRAL) {
        tally_fail(pile->tally, TALLY_INVALID);
    }
    transcript_frame(pile->transcript, pile->identity, from == OCPP_FROM_STATION, text, size, issue);
}

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    const struct pile *pile = user;

    (void)level;
    transcript_note(pile->transcript, pile->identity, line);
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

enum { SIGNED_BYTES = 5200, FLEET_RECORDS = 200 }; /* a pile of a fleet takes less memory for what waits to be told */

static void describe(struct pile *pile)
{
    for (size_t i = 0; i < PILE_EVSES; i++) {
        pile->properties[i] = (struct ocpp_evse_properties){ .max_power_w = PILE_POWER_W, .supply_phases = PILE_PHASES };
    }
    for (size_t i = 0; i < PILE_EVSES * PILE_CONNECTORS; i++) {
        pile->connectors[i].type = pile->options->connector_type;
        pile->connectors[i].fixed_cable = pile->options->fixed_cable;
    }
}

static int security_profile(const struct options *options)
{
    if (options->security_profile >= 0) {
        return options->security_profile;
    }
    if (strncmp(options->url, "wss://", 6) != 0) {
        return options->password ? OCPP_SECURITY_BASIC : OCPP_SECURITY_NONE;
    }
    return options->certificate_file ? OCPP_SECURITY_CERTIFICATE : OCPP_SECURITY_TLS;
}

/* What the pile was delivered with; the central system may set others. Its modem and its VPN are as simulated as the rest. */
static const struct ocpp_network_settings *network_settings(struct pile *pile)
{
    const struct options *options = pile->options;

    pile->network = ocpp_network_settings_default();
    pile->network.url = options->url;
    pile->network.secure_url = options->secure_url;
    pile->network.security_profile = security_profile(options);
    pile->network.password = options->password;
    pile->network.has_modem = pile->network.has_vpn = true;
    pile->network.has_own_roots = options->ca_file != NULL;
    pile->network.has_own_certificate = options->certificate_file != NULL;
    return &pile->network;
}

static enum ocpp_log_level log_level(const struct pile *pile)
{
    return pile->options->verbose ? OCPP_LOG_DEBUG : OCPP_LOG_WARNING;
}

/* splitmix64: the same seed, the same ids. */
void pile_tape_random(void *bytes, size_t size, void *user)
{
    struct pile *pile = user;
    unsigned char *at = bytes;

    for (; size > 0; size--) {
        uint64_t z = pile->tape->random += UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        *at++ = (unsigned char)(z >> 32);
    }
}

static struct ocpp_charge_point_settings charge_point_settings(struct pile *pile)
{
    const struct options *options = pile->options;
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();

    describe(pile);
    settings.log = (struct ocpp_log){ log_line, pile, log_level(pile) };
    settings.network = network_settings(pile);
    settings.identity = pile->identity;
    settings.vendor = "ocpp-c";
    settings.model = "ocpp-sim";
    settings.firmware_version = options->firmware;
    settings.evse_count = options->evses;
    settings.connectors_per_evse = options->connectors;
    settings.connectors = pile->connectors;
    settings.confirmed_locks = true;
    settings.measurands = pile_measurands();
    settings.max_signed_bytes = options->signed_meter ? SIGNED_BYTES : 0;
    settings.evse_properties = pile->properties;
    settings.random = pile->tape ? pile_tape_random : ocpp_system_random;
    settings.random_user = pile;
    settings.sample_interval_ms = 10000;
    settings.max_queued_records = pile->tally ? FLEET_RECORDS + 2 * (size_t)options->evses : settings.max_queued_records;
    pile_use_keys(pile, &settings);
    pile_serve_vehicles(pile, &settings);
    pile_use_monitoring(pile, &settings);
    pile_use_displays(pile, &settings);
    pile_banks_use(pile, &settings);
    if (options->version != OCPP_VERSION_NONE) {
        settings.versions[0] = options->version;
        settings.versions[1] = OCPP_VERSION_NONE;
    }
    return settings;
}

static struct ocpp_client_settings client_settings(struct pile *pile)
{
    const struct options *options = pile->options;
    struct ocpp_client_settings client = ocpp_client_settings_default();

    client.log = (struct ocpp_log){ log_line, pile, log_level(pile) };
    client.crypto = pile->crypto;
    client.ca_file = options->ca_file;
    client.certificate_file = options->certificate_file;
    client.key_file = options->key_file;
    client.beside = living_client(pile);
    client.clock_speed = options->speed < 1 ? 1 : (int)options->speed;
    client.clock = client_clock;
    client.on_link = on_link;
    client.pass = pass;
    client.on_act = on_act;
    client.user = pile;
    return client;
}

/* As a client does when it is made. */
static void tell_transport(const struct pile *pile, const struct ocpp_client_settings *client)
{
    const struct ocpp_transport transport = { client->ping_interval_ms, client->retry_wait_minimum_ms,
                                              client->retry_random_range_ms, client->retry_repeat_times };

    ocpp_charge_point_set_transport(pile->cp, &transport);
}

/* Also where notes are not shown: whoever started the program has to know why it ends. */
static bool cannot_run(const struct pile *pile, const char *reason)
{
    pile_log(pile, "%s", reason);
    fprintf(stderr, "ocpp-sim: %s: %s\n", pile->identity, reason);
    return false;
}

static bool switch_on(struct pile *pile)
{
    struct ocpp_charge_point_settings settings = charge_point_settings(pile);
    struct ocpp_client_settings client = client_settings(pile);
    const struct ocpp_hardware hardware = pile_hardware(pile);
    char reason[256];

    if (!pile_files_open(pile, &settings)) {
        return false;
    }
    pile_firmware_boot(pile, &settings);
    for (int i = 0; i < pile->options->setting_count; i++) {
        setting_apply(pile->options->settings[i], &settings, &client);
    }
    pile->cp = ocpp_charge_point_new(&settings, &hardware, pile->storage, sim_now());
    if (!pile->cp) {
        return cannot_run(pile, "the charge point could not be made");
    }
    pile_speak_for_vendors(pile);
    ocpp_charge_point_watch_frames(pile->cp, on_frame, pile);
    if (!pile_banks_on(pile) || !pile_link_on(pile)) {
        return false;
    }
    if (pile->tape && !pile->tape->recorder) {
        tell_transport(pile, &client);
        return true;
    }
    pile->client = ocpp_client_new(pile->cp, &client, reason, sizeof reason);
    if (!pile->client) {
        return cannot_run(pile, reason);
    }
    ocpp_client_pause(pile->client, pile->paused || pile->options->no_network);
    return true;
}

static void switch_off(struct pile *pile)
{
    if (!pile->client && pile->cp && pile->up) {
        ocpp_charge_point_link_down(pile->cp, sim_now()); /* as a client does when it goes */
    }
    ocpp_client_free(pile->client);
    pile_link_off(pile);
    pile_banks_off(pile);
    ocpp_charge_point_free(pile->cp);
    pile_files_close(pile);
    line_faults_forget(&pile->line);
    pile->client = NULL;
    pile->cp = NULL;
    pile->up = false;
    pile->call.id[0] = '\0';
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

/* What --set says of the engine's own settings; it keeps them from then on. */
static bool tell_settings(struct pile *pile)
{
    for (int i = 0; i < pile->options->setting_count; i++) {
        const char *setting = pile->options->settings[i];
        enum ocpp_status status = setting_is_good(setting) ? OCPP_OK : setting_tell(setting, pile->cp);
        if (status != OCPP_OK) {
            fprintf(stderr, "ocpp-sim: --set %s: %s\n", setting, ocpp_status_sentence(status));
            return false;
        }
    }
    return true;
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
    (void)mkdir(pile->options->state, 0700); /* whether it is there now, the store says */
    if (ocpp_sqlite_storage_open(path, NULL, &storage, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "ocpp-sim: %s\n", reason);
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
    pile->transcript = transcript_new(options->prints_frames, options->kept_frames, pile->watchers);
    pile->storage = pile->transcript ? open_storage(pile) : NULL;
    return pile->storage && pile_open_keys(pile) && pile_firmware_open(pile) && pile_banks_open(pile) && pile_link_open(pile) &&
           switch_on(pile) && tell_settings(pile);
}

void pile_close(struct pile *pile)
{
    if (!pile->options) {
        return; /* it was not opened */
    }
    switch_off(pile);
    pile_firmware_close(pile);
    pile_link_close(pile);
    pile_banks_close(pile);
    pile_close_keys(pile);
    if (pile->options->state) {
        ocpp_sqlite_storage_close(pile->storage);
    } else {
        ocpp_memory_storage_free(pile->storage);
    }
    transcript_free(pile->transcript);
    memset(pile, 0, sizeof *pile);
}

void pile_pause(struct pile *pile, bool paused)
{
    pile->paused = paused;
    if (pile->client) {
        ocpp_client_pause(pile->client, paused || pile->options->no_network);
    }
}

bool pile_tick(struct pile *pile)
{
    if (pile->tape && pile->tape->recorder && !recorder_step(pile->tape->recorder)) {
        return true; /* no time has passed */
    }
    if (pile->power != PILE_RUNS) {
        pile->power = PILE_RUNS;
        switch_off(pile);
        if (!switch_on(pile)) {
            return false;
        }
        show_plugs(pile);
    }
    take_late_answers(pile);
    pile_firmware_tick(pile);
    pile_hardware_tick(pile);
    pile_banks_tick(pile);
    pile_link_tick(pile);
    pile_files_tick(pile); /* what comes from elsewhere, last: so it is recorded */
    return true;
}
