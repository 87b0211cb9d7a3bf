/* pile.h: one simulated pile: the hardware around a charge point of the library. */
#ifndef OCPP_SIM_PILE_H
#define OCPP_SIM_PILE_H

#include "fleet_tally.h"
#include "line_faults.h"
#include "meter_signature.h"
#include "options.h"
#include "recording.h"

#include <ocpp/adapters.h>
#include <ocpp/certificates.h>
#include <ocpp/plug_and_charge.h>
#include <ocpp/cost.h>
#include <ocpp/customer.h>
#include <ocpp/device_model.h>
#include <ocpp/network.h>

#include <signal.h>

enum { PILE_EVSES = 64, PILE_CONNECTORS = 8, PILE_POWER_W = 11000, PILE_PHASES = 3, PILE_VENDORS = 4, PILE_CUSTOMERS = 4 };

/* An EVSE with its vehicle. Energy counts in mWh so that a short tick is not lost. */
struct pile_evse {
    bool plugged[PILE_CONNECTORS];
    bool locked[PILE_CONNECTORS];
    bool lock_told;  /* what the latches' switches say; only with --gate */
    bool lock_fails; /* the latches stay as they are */
    bool vehicle_suspends;
    bool restarts; /* alone */
    bool may_draw; /* as it was when that was last looked at */
    bool draws;    /* power flows now */
    bool meter_is_silent;
    int64_t power_w;
    int64_t register_mwh;
    int64_t rest_w_ms;   /* what did not make a whole mWh yet */
    int64_t battery_mwh; /* of the vehicle; 0: it never gets full */
    int64_t charged_mwh; /* into it */
};

/* What the pile measures of itself. */
enum { SENSOR_TEMPERATURE, SENSOR_FAN, PILE_SENSORS };

/* A customer the pile remembers something of. */
struct pile_customer {
    char id[65]; /* "": the place is free */
    char text[256];
};

/* A vendor the pile speaks for in DataTransfer. */
struct pile_vendor {
    char id[128];
    enum ocpp_data_transfer_status result; /* what it answers */
};

struct pile_banks;
struct pile_link;
struct recorder;

/* What it takes to do the same again: one source of what is at random, and nobody else to speak with. */
struct pile_tape {
    uint64_t random;
    struct recorder *recorder;                     /* NULL: it is replayed */
    void (*on_note)(const char *line, void *user); /* a replay hears what the pile notes of itself; NULL: a recording */
    enum ocpp_status (*on_key)(enum recording_key key, unsigned char *bytes, void *user); /* … and has what its keys gave */
    enum ocpp_status (*on_move)(int64_t transfer, void *user);                            /* … and whether a file was moved */
    unsigned protocols; /* by which files are moved; 0: none are */
    void *user;
    bool is_over; /* what comes of closing the pile is no part of it */
};
struct story;

struct pile {
    struct meter_signature signatures[PILE_EVSES + 1]; /* of the newest readings */
    const struct options *options;
    struct pile *first; /* of all piles of the process, which share a loop */
    char identity[64];
    struct ocpp_storage *storage;
    struct ocpp_crypto *crypto; /* keys and certificates, in a folder beside the store; NULL: without --state */
    struct ocpp_certificates_settings certificates;
    struct ocpp_display_settings display;
    struct ocpp_cost_settings cost;
    struct ocpp_network_settings network;
    struct ocpp_plug_and_charge_settings vehicles;
    struct ocpp_charge_point *cp;
    struct ocpp_client *client;
    struct pile_evse evses[PILE_EVSES + 1];
    int64_t moved_mono_ms;                             /* the meters were moved up to here */
    enum { PILE_RUNS, PILE_RESTARTS, PILE_CUT } power; /* what happens when the present callback is over */
    bool up;
    bool paused;
    enum ocpp_version spoken; /* on the newest link; before the first one, the only one that is offered */
    struct line_faults line;
    struct ocpp_connector_settings connectors[PILE_EVSES * PILE_CONNECTORS];
    struct ocpp_evse_properties properties[PILE_EVSES];
    struct pile_vendor vendors[PILE_VENDORS];
    struct ocpp_own_setting own[PILE_SENSORS + 1]; /* and what the bay shows */
    char sensed[PILE_SENSORS][32];
    struct ocpp_customer_settings customer;
    struct pile_customer customers[PILE_CUSTOMERS];
    int failing_resets;                        /* so many restarts that the engine asks for do not come about */
    const struct transcript_watcher *watchers; /* set before pile_open(); NULL: nobody */
    struct transcript *transcript;
    struct story *story; /* shared by the piles of the process */
    struct pile_files *files;
    struct pile_firmware *firmware;
    struct pile_banks *banks; /* NULL: it has no bay */
    struct pile_link *link;   /* NULL: phones cannot reach it */
    struct tally *tally;      /* of the fleet; NULL: nobody counts */
    struct tally_call call;
    struct pile_tape *tape; /* it is recorded or replayed; NULL: neither */
};

/* The simulated clock: --speed times as fast as the real one, its calendar moved by `clock`, all of it by `pass`. */
void sim_clock_start(double speed);
void sim_clock_jump(int64_t seconds);
void sim_clock_pass(int64_t seconds);
struct ocpp_now sim_now(void);

/* sim_clock_hold: time stands still from now on, and begins anew at that date. sim_clock_step: so much of it passes.
 * sim_clock_behind_ms: how far a clock that is held has fallen behind the one that runs. */
void sim_clock_hold(int64_t utc_ms);
void sim_clock_step(int64_t ms);
int64_t sim_clock_behind_ms(void);

/* pile_open: starts a pile and its connection. False after a line that says why. */
bool pile_open(struct pile *pile, const struct options *options, int number, struct pile *first);
void pile_close(struct pile *pile);

/* pile_pause: without a network, or with it again. */
void pile_pause(struct pile *pile, bool paused);

/* What the line does, for those who are the line: the link is up or down; a text arrives; one is about to leave. */
void pile_line_changed(struct pile *pile, bool up, enum ocpp_version version, const char *reason);
bool pile_line_passes(struct pile *pile, enum ocpp_direction from, const char *text, size_t size);

/* pile_tick: moves the meters, and restarts what asked for it. False: it could not start again. */
bool pile_tick(struct pile *pile);

/* piles_drain: what still waits to be told gets its time before the connections are closed, as long as something is told; |*stopped| ends it. */
void piles_drain(const struct pile *piles, int count, const volatile sig_atomic_t *stopped);

/* pile_speak_for_vendors: tells an engine that has just been made. */
void pile_speak_for_vendors(struct pile *pile);

/* pile_serve_vehicles: they may speak ISO 15118. */
void pile_serve_vehicles(struct pile *pile, struct ocpp_charge_point_settings *settings);

/* pile_open_keys: the folder of its keys and certificates, where --state names a place for it; false after a line that says why.
 * pile_close_keys: lets go of it. */
bool pile_open_keys(struct pile *pile);
void pile_close_keys(struct pile *pile);
void pile_use_keys(struct pile *pile, struct ocpp_charge_point_settings *settings);

/* pile_use_monitoring: its sensors, monitors and customers. pile_sense: a sensor has another value; false: there is no such one.
 * pile_remember: something of a customer; false: there is no room. */
void pile_use_monitoring(struct pile *pile, struct ocpp_charge_point_settings *settings);
bool pile_sense(struct pile *pile, const char *sensor, const char *value);
bool pile_remember(struct pile *pile, const char *id, const char *text);
/* pile_use_displays: it has a display for messages, and tells prices. The lines `messages` and `prices` print. */
enum { PILE_PRICE_LINE = 480 };
void pile_use_displays(struct pile *pile, struct ocpp_charge_point_settings *settings);
void pile_price_line(const struct ocpp_price *price, char line[PILE_PRICE_LINE]);
bool pile_print_message(const struct ocpp_display_message *message, void *count);

/* pile_tape_random: of a pile that has a tape; the user is the pile. */
void pile_tape_random(void *bytes, size_t size, void *user);

/* pile_note_aside: a note that is of this run, and no recording's. */
void pile_note_aside(const struct pile *pile, const char *line);

void pile_log(const struct pile *pile, const char *format, ...) OCPP_PRINTF(2, 3);

#endif
