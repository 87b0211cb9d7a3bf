/* options.h: what ocpp-sim was told on its command line. */
#ifndef OCPP_SIM_OPTIONS_H
#define OCPP_SIM_OPTIONS_H

#include <ocpp/types.h>

enum { SIM_SETTINGS = 32 };

struct options {
    const char *url;
    bool no_network;        /* --url none: only phones reach it */
    const char *link;       /* "pty", "unix:PATH"; NULL: phones cannot reach it */
    const char *claim_code; /* that was printed for it; NULL: it does not belong to anybody by a phone */
    int kept_bills;         /* that a pile without a network keeps; 0: as many as the library does */
    const char *identity;
    enum ocpp_version version; /* OCPP_VERSION_NONE: all, newest first */
    const char *secure_url;    /* for when the security profile is raised from 0 or 1; NULL: |url| with wss */
    const char *password;
    char password_read[80]; /* from --password-file */
    int security_profile;   /* -1: what the other flags suggest */
    bool verbose;
    const char *ca_file;
    const char *certificate_file;
    const char *key_file;
    int evses;
    int connectors;
    const char *connector_type; /* of all; NULL: not told */
    bool fixed_cable;
    bool signed_meter;
    bool signed_firmware;
    int banks;                /* slots of the bay; 0: there is none */
    const char *gate;         /* cables wait for their payment; its latches without power: "opens", "held"; NULL: none do */
    const char *fleet;        /* whose banks they are */
    const char *fleet_secret; /* file with the key their first marks are made with; NULL: nobody will believe them */
    int stations;
    int pace;  /* stations switched on per second */
    int seed;  /* of what drivers do */
    int for_s; /* simulated; 0: until it is ended */
    bool json; /* the final summary */
    bool prints_frames;
    size_t kept_frames; /* of the newest, per pile */
    double speed;
    const char *state;                  /* directory; NULL: in memory */
    const char *shared;                 /* folder of what the programs of a story tell each other; NULL: there is none */
    const char *scenario;               /* file; "-": standard input; NULL: commands from standard input, and it stays */
    const char *settings[SIM_SETTINGS]; /* NAME=VALUE */
    int setting_count;
    bool quiet;
    bool plain;           /* lines, also on a terminal */
    const char *record;   /* file; NULL: nothing is recorded */
    int record_kib;       /* that file gets no longer */
    const char *replay;   /* file of a recording that is played instead of all else */
    const char *firmware; /* version it is delivered with */
};

enum options_outcome { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* options_read: OPTIONS_DONE after --help or --version; OPTIONS_WRONG after one line that says what to type instead. */
enum options_outcome options_read(int argc, char **argv, struct options *options);

/* options_take: as if --NAME VALUE stood on the command line; the value (NULL: of a switch) is borrowed. False: there is no such
 * flag, or it does not take that. options_are_good: judges all of them together; false after one line. */
bool options_take(struct options *options, const char *name, const char *value);
bool options_are_good(const struct options *options);

/* options_default: before anything is taken. */
struct options options_default(void);

#endif
