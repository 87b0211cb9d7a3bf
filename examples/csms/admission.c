/* admission.c: who may connect: registered stations with what their settings ask for, unknown ones where the operator said so.
 * What a handshake proves is for the library to say (admission.h). */
#include "app.h"

#include <stdio.h>
#include <string.h>

/* --- passwords
 * -------------------------------------------------------------------------------------------------------------------- */

/* A station as it was when its handshake came. */
struct asked {
    struct known_station *station;
    struct station_settings settings;
    struct quick_secret quick;
};

static bool remember_password(struct known_station *station, const void *password, size_t size)
{
    pthread_mutex_lock(&station->lock);
    (void)quick_secret_set(&station->quick, password, size);
    pthread_mutex_unlock(&station->lock);
    return true;
}

/* The password that was right last time is compared quickly; any other costs what a hash costs. */
static enum ocpp_admission_verdict check_password(const void *password, size_t size, void *user)
{
    struct asked *asked = user;

    if (quick_secret_matches(&asked->quick, password, size)) {
        return OCPP_ADMISSION_ACCEPT;
    }
    if (!asked->settings.secret[0]) {
        return OCPP_ADMISSION_UNAUTHORIZED;
    }
    if (!secret_budget_take()) {
        return OCPP_ADMISSION_OVERLOADED;
    }
    return ocpp_secret_matches(asked->settings.secret, password, size) && remember_password(asked->station, password, size)
               ? OCPP_ADMISSION_ACCEPT
               : OCPP_ADMISSION_UNAUTHORIZED;
}

/* Who is refused is counted and told by app_on_refused(). |why| is of static life. */
static struct ocpp_admission refuse(enum ocpp_admission_verdict verdict, const char *why)
{
    return (struct ocpp_admission){ .verdict = verdict, .reason = why };
}

/* --- who it is
 * -------------------------------------------------------------------------------------------------------------------- */

static struct known_station *find_or_add(struct app *app, const char *identity)
{
    struct known_station *station = stations_find(app->stations, identity);
    bool registered = false;

    if (station) {
        pthread_mutex_lock(&station->lock);
        registered = station->settings.registered;
        pthread_mutex_unlock(&station->lock);
    }
    if (registered || !app->options->accept_unknown) {
        return registered ? station : NULL;
    }
    return stations_add(app->stations, identity);
}

static struct ocpp_admission_rules rules_of(const struct options *options, struct asked *asked)
{
    int lowest = asked->settings.min_profile > (int)options->security_profile ? asked->settings.min_profile
                                                                              : (int)options->security_profile;

    return (struct ocpp_admission_rules){
        .lowest_profile = (enum ocpp_security_profile)lowest,
        .serial_number = asked->settings.serial[0] ? asked->settings.serial : NULL,
        .common_name_is_identity = options->common_name == COMMON_NAME_IDENTITY,
        .organizations = options->organizations,
        .organization_count = options->organization_count,
        .check_password = asked->settings.secret[0] || asked->quick.known ? check_password : NULL,
        .user = asked,
    };
}

/* The engine copies the serial number before another handshake is looked at on this thread. */
static const char *keep_serial(const char *serial)
{
    static _Thread_local char kept[SERIAL_SIZE];

    if (!serial) {
        return NULL;
    }
    snprintf(kept, sizeof kept, "%s", serial);
    return kept;
}

struct ocpp_admission app_admit(const struct ocpp_handshake *handshake, void *user)
{
    struct app *app = user;
    struct asked asked = { .station = NULL };
    struct ocpp_admission_rules rules;
    struct ocpp_admission admission;

    if (atomic_load(&app->draining)) {
        return refuse(OCPP_ADMISSION_OVERLOADED, "the program is going down");
    }
    if (station_identity_is_usable(handshake->identity)) {
        asked.station = find_or_add(app, handshake->identity);
        if (!asked.station && app->options->accept_unknown) {
            return refuse(OCPP_ADMISSION_OVERLOADED, "no room for another station");
        }
    }
    if (!asked.station) {
        return refuse(OCPP_ADMISSION_UNKNOWN_STATION, "unknown station");
    }
    pthread_mutex_lock(&asked.station->lock);
    asked.settings = asked.station->settings;
    asked.quick = asked.station->quick;
    pthread_mutex_unlock(&asked.station->lock);
    rules = rules_of(app->options, &asked);
    admission = ocpp_admission_check(handshake, &rules);
    if (admission.verdict != OCPP_ADMISSION_ACCEPT) {
        return admission;
    }
    pthread_mutex_lock(&asked.station->lock);
    snprintf(asked.station->address, sizeof asked.station->address, "%s", handshake->address ? handshake->address : "");
    pthread_mutex_unlock(&asked.station->lock);
    admission.serial_number = keep_serial(admission.serial_number);
    admission.quirks = app->options->lenient ? OCPP_QUIRK_ALL : asked.settings.quirks;
    admission.versions = asked.settings.versions;
    admission.user = asked.station;
    return admission;
}
