/* admission.c: who may connect: registered stations with what their settings ask for, unknown ones where the operator said so.
 * What a handshake proves is for the library to say (admission.h). */
#include "app.h"

#include <openssl/crypto.h>

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

/* Not when an operator changed it while it was checked: then it is right no more. */
static bool remember_password(const struct asked *asked, const void *password, size_t size)
{
    struct known_station *station = asked->station;

    pthread_mutex_lock(&station->lock);
    if (CRYPTO_memcmp(station->settings.secret, asked->settings.secret, sizeof asked->settings.secret) == 0) {
        (void)quick_secret_set(&station->quick, password, size);
    }
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
    return ocpp_secret_matches(asked->settings.secret, password, size) && remember_password(asked, password, size)
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

/* What is known of a station; false: it has no business here. A stranger gets its entry when it proved what it has to: those who
 * prove nothing must not fill the register. */
static bool look_up(struct app *app, const char *identity, struct asked *asked)
{
    if (!station_identity_is_usable(identity)) {
        return false;
    }
    asked->station = stations_find(app->stations, identity);
    if (asked->station) {
        pthread_mutex_lock(&asked->station->lock);
        asked->settings = asked->station->settings;
        asked->quick = asked->station->quick;
        pthread_mutex_unlock(&asked->station->lock);
    }
    return asked->settings.registered || app->options->accept_unknown;
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
    if (!look_up(app, handshake->identity, &asked)) {
        return refuse(OCPP_ADMISSION_UNKNOWN_STATION, "unknown station");
    }
    rules = rules_of(app->options, &asked);
    admission = ocpp_admission_check(handshake, &rules);
    if (admission.verdict != OCPP_ADMISSION_ACCEPT) {
        return admission;
    }
    if (!asked.station) {
        asked.station = stations_add(app->stations, handshake->identity);
    }
    if (!asked.station) {
        return refuse(OCPP_ADMISSION_OVERLOADED, "no room for another station");
    }
    pthread_mutex_lock(&asked.station->lock);
    snprintf(asked.station->address, sizeof asked.station->address, "%s", handshake->address ? handshake->address : "");
    asked.station->encrypted = handshake->tls;
    pthread_mutex_unlock(&asked.station->lock);
    admission.serial_number = keep_serial(admission.serial_number);
    admission.quirks = app->options->lenient ? OCPP_QUIRK_ALL : asked.settings.quirks;
    admission.versions = asked.settings.versions;
    admission.user = asked.station;
    return admission;
}
