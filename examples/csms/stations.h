/* stations.h: everybody this program knows of, connected or not: what was registered, what was heard, the last frames.
 * Thread-safe.
 *
 * An entry lives as long as the program, so that a connection may keep a pointer to it; how many there are is bounded. Each has
 * its own lock: shards never wait for each other on the way of a message.
 */
#ifndef CSMS_STATIONS_H
#define CSMS_STATIONS_H

#include "message_ring.h"
#include "open_transactions.h"
#include "secrets.h"

#include <ocpp/admission.h>
#include <ocpp/central_system.h>

#include <pthread.h>

enum { CONNECTORS_MAX = 128, SERIAL_SIZE = 50 * 4 + 1, OPEN_CALLS = 8, ADDRESS_SIZE = 64 };

/* station_settings: what an operator wrote down about a station. */
struct station_settings {
    bool registered;
    char secret[OCPP_SECRET_SIZE]; /* hashed; "": no password is asked for */
    uint32_t versions;             /* bits 1 << enum ocpp_version; 0: all that are served */
    int min_profile;
    char serial[SERIAL_SIZE]; /* "": any */
    enum ocpp_registration boot;
    int64_t boot_interval_s; /* 0: the default */
    uint32_t quirks;
    size_t message_log_bytes; /* 0: the default */
};

struct known_connector {
    int evse;
    int connector;
    enum ocpp_connector_status status;
    int64_t utc_ms;
    char *error_code;
    char *info;
};

/* A call between its frame and the frame that answers it. */
struct counted_call {
    int64_t since_us;
    uint32_t id;  /* hash */
    uint16_t row; /* of the metrics */
    bool open;
};

struct known_station {
    pthread_mutex_t lock; /* for everything below but what is said otherwise */
    struct station_settings settings;
    bool settings_are_written; /* a change is on its way to the store */
    struct quick_secret quick;
    bool connected;
    enum ocpp_version version; /* of the connection, or of the last one */
    char address[ADDRESS_SIZE];
    bool encrypted;           /* the connection, or the last one */
    int64_t connected_utc_ms; /* OCPP_UTC_UNKNOWN: never in this run */
    int64_t seen_utc_ms;
    int64_t boot_utc_ms;
    enum ocpp_registration registration;
    char *vendor;
    char *model;
    char *serial_number;
    char *firmware_version;
    char *boot_reason;
    struct known_connector *connectors;
    size_t connector_count;
    struct message_ring ring;
    struct ocpp_quirk_tally quirks; /* in this run */
    /* of the thread that has the connection: */
    struct counted_call calls_in[OPEN_CALLS];
    struct counted_call call_out;
    unsigned next_call_in;
    struct open_noted noted;
    int64_t log_second;
    int log_lines;
    char identity[]; /* never changes */
};

struct stations;

/* stations_new: room for |limit| entries. NULL without memory. */
struct stations *stations_new(size_t limit);
void stations_free(struct stations *stations);

/* stations_find: the entry of |identity| or NULL. */
struct known_station *stations_find(struct stations *stations, const char *identity);

/* stations_is_connected: now. Takes the station's lock. */
bool stations_is_connected(struct stations *stations, const char *identity);

/* stations_add: finds or makes it. NULL: full, or no memory. */
struct known_station *stations_add(struct stations *stations, const char *identity);

/* stations_after: up to |limit| entries in the order of their identities, behind |after| (NULL: from the first). Returns how
 * many. */
size_t stations_after(struct stations *stations, const char *after, struct known_station **list, size_t limit);

size_t stations_count(struct stations *stations);

/* station_note_boot, station_note_status: what was heard, under the entry's lock. */
void station_note_boot(struct known_station *station, const struct ocpp_boot *boot, enum ocpp_registration registration,
                       int64_t utc_ms);
void station_note_record(struct known_station *station, const struct ocpp_station_record *record);
void station_note_status(struct known_station *station, const struct ocpp_status_event *status, int64_t utc_ms);

/* station_identity_is_usable: 1 to 48 characters of UTF-8, none of them '/', ':' or a control character (OCPP 2.0.1 part
 * 4, 3.1.1). */
bool station_identity_is_usable(const char *identity);

#endif
