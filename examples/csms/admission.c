/* admission.c: who may connect: registered stations with their password, unknown ones where the operator said so. */
#include "app.h"

#include <stdio.h>
#include <string.h>

/* What a connection shows of the security profiles: 3 certificate, 2 password over TLS, 1 password, 0 nothing. A password nobody
 * asks for proves nothing. OCPP 2.0.1 A00. */
static int profile_of(const struct ocpp_handshake *handshake, bool password_is_asked)
{
    if (handshake->tls && handshake->certificate) {
        return 3;
    }
    if (!handshake->has_basic || !password_is_asked) {
        return 0;
    }
    return handshake->tls ? 2 : 1;
}

/* Whether the common name of a certificate's subject ("CN=…,O=…") is |name|. A comma behind a backslash stands inside a value.
 * OCPP 2.0.1 A00.FR.405. */
static bool is_common_name(const char *subject, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = subject; at; at = strchr(at, ',')) {
        bool inside = at > subject && at[-1] == '\\';
        at += *at == ',';
        if (!inside && strncmp(at, "CN=", 3) == 0 && strncmp(at + 3, name, size) == 0 && strchr(",", at[3 + size])) {
            return true;
        }
    }
    return false;
}

/* NULL: it shows enough. */
static const char *lack_of_proof(const struct ocpp_handshake *handshake, const struct station_settings *settings,
                                 bool password_is_asked)
{
    if (profile_of(handshake, password_is_asked) < settings->min_profile) {
        return "below the station's security profile";
    }
    if (settings->serial[0] && handshake->certificate && !is_common_name(handshake->certificate->subject, settings->serial)) {
        return "the certificate is another station's";
    }
    return NULL;
}

static bool remember_password(struct known_station *station, const struct ocpp_handshake *handshake)
{
    pthread_mutex_lock(&station->lock);
    (void)quick_secret_set(&station->quick, handshake->basic_password, handshake->basic_password_size);
    pthread_mutex_unlock(&station->lock);
    return true;
}

/* The password that was right last time is compared quickly; any other costs what a hash costs. */
static enum ocpp_admission_verdict check_password(struct known_station *station, const struct station_settings *settings,
                                                  const struct quick_secret *quick, const struct ocpp_handshake *handshake)
{
    bool asked = settings->secret[0] || quick->known;

    if (!asked) {
        return OCPP_ADMISSION_ACCEPT;
    }
    if (!handshake->has_basic || !handshake->basic_user || strcmp(handshake->basic_user, station->identity) != 0) {
        return OCPP_ADMISSION_UNAUTHORIZED;
    }
    if (quick_secret_matches(quick, handshake->basic_password, handshake->basic_password_size)) {
        return OCPP_ADMISSION_ACCEPT;
    }
    if (!settings->secret[0]) {
        return OCPP_ADMISSION_UNAUTHORIZED;
    }
    if (!secret_budget_take()) {
        return OCPP_ADMISSION_OVERLOADED;
    }
    return ocpp_secret_matches(settings->secret, handshake->basic_password, handshake->basic_password_size) &&
                   remember_password(station, handshake)
               ? OCPP_ADMISSION_ACCEPT
               : OCPP_ADMISSION_UNAUTHORIZED;
}

/* Who is refused is counted and told by app_on_refused(). |why| is of static life. */
static struct ocpp_admission refuse(enum ocpp_admission_verdict verdict, const char *why)
{
    return (struct ocpp_admission){ .verdict = verdict, .reason = why };
}

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

struct ocpp_admission app_admit(const struct ocpp_handshake *handshake, void *user)
{
    struct app *app = user;
    struct known_station *station = NULL;
    struct station_settings settings;
    struct quick_secret quick;
    enum ocpp_admission_verdict verdict;
    const char *lack;

    if (atomic_load(&app->draining)) {
        return refuse(OCPP_ADMISSION_OVERLOADED, "the program is going down");
    }
    if (station_identity_is_usable(handshake->identity)) {
        station = find_or_add(app, handshake->identity);
        if (!station && app->options->accept_unknown) {
            return refuse(OCPP_ADMISSION_OVERLOADED, "no room for another station");
        }
    }
    if (!station) {
        return refuse(OCPP_ADMISSION_UNKNOWN_STATION, "unknown station");
    }
    pthread_mutex_lock(&station->lock);
    settings = station->settings;
    quick = station->quick;
    pthread_mutex_unlock(&station->lock);
    lack = lack_of_proof(handshake, &settings, settings.secret[0] || quick.known);
    if (lack) {
        return refuse(OCPP_ADMISSION_FORBIDDEN, lack);
    }
    verdict = check_password(station, &settings, &quick, handshake);
    if (verdict != OCPP_ADMISSION_ACCEPT) {
        return refuse(verdict, verdict == OCPP_ADMISSION_OVERLOADED ? "too many passwords to check" : "wrong or no password");
    }
    pthread_mutex_lock(&station->lock);
    snprintf(station->address, sizeof station->address, "%s", handshake->address ? handshake->address : "");
    pthread_mutex_unlock(&station->lock);
    return (struct ocpp_admission){
        .verdict = OCPP_ADMISSION_ACCEPT,
        .quirks = app->options->lenient ? OCPP_QUIRK_ALL : settings.quirks,
        .versions = settings.versions,
        .user = station,
    };
}
