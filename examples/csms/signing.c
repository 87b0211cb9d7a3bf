/* signing.c: certificates for stations that ask for one, by the authority of --csr-ca (OCPP 2.0.1 A02, A03). A larger operator
 * has an authority of its own, and sends the request there. */
#include "body.h"
#include "shard.h"

#include <ocpp/central_orders.h>
#include <ocpp/signer.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LOOKED_AT = 256 }; /* stations at a time */

/* --- the authority ---------------------------------------------------------------------------------------------------------- */

bool signing_open(struct app *app, char *why)
{
    const char *files = app->options->csr_ca;
    const char *colon = files ? strrchr(files, ':') : NULL;
    char certificate[OPTIONS_URL_SIZE];
    const struct ocpp_signer_settings settings = { .certificate_file = certificate,
                                                   .key_file = colon ? colon + 1 : NULL,
                                                   .log = log_for_library(&app->log) };

    if (!files) {
        return true;
    }
    if (!colon || colon == files || !colon[1] || (size_t)(colon - files) >= sizeof certificate) {
        snprintf(why, STORE_WHY_SIZE, "--csr-ca wants the files of a certificate and a key: CERT:KEY");
        return false;
    }
    snprintf(certificate, sizeof certificate, "%.*s", (int)(colon - files), files);
    app->signer = ocpp_signer_open(&settings);
    if (!app->signer) {
        snprintf(why, STORE_WHY_SIZE, "--csr-ca: the authority in %.100s cannot sign", certificate);
    }
    return app->signer;
}

/* --- requests ----------------------------------------------------------------------------------------------------------------
 */

struct station_name {
    char text[SERIAL_SIZE];
    bool is_serial;
    bool is_registered;
};

/* What a station may be called: its registered serial number, or its identity where none is registered. What it says of itself at
 * its boot proves nothing. */
static struct station_name name_of(struct known_station *station)
{
    struct station_name name;

    pthread_mutex_lock(&station->lock);
    name.is_serial = station->settings.serial[0] != '\0';
    name.is_registered = station->settings.registered;
    snprintf(name.text, sizeof name.text, "%s", name.is_serial ? station->settings.serial : station->identity);
    pthread_mutex_unlock(&station->lock);
    return name;
}

static bool has_serial(struct known_station *station, const char *name)
{
    bool has;

    pthread_mutex_lock(&station->lock);
    has = strcasecmp(station->settings.serial, name) == 0;
    pthread_mutex_unlock(&station->lock);
    return has;
}

static bool is_serial_of_another(struct stations *stations, const struct known_station *station, const char *name)
{
    struct known_station *some[LOOKED_AT];
    const char *after = NULL;
    size_t count;

    do {
        count = stations_after(stations, after, some, LOOKED_AT);
        for (size_t i = 0; i < count; i++) {
            if (some[i] != station && has_serial(some[i], name)) {
                return true;
            }
        }
        after = count > 0 ? some[count - 1]->identity : NULL;
    } while (count == LOOKED_AT);
    return false;
}

/* Why nobody vouches for that name; NULL: the signer looks at it. Whoever may connect under any identity could take the serial
 * number of another station for it, or the name of a central system, and its certificate would be that one's. */
static const char *fault_of(struct stations *stations, const struct known_station *station, const struct station_name *name)
{
    if (!name->is_serial && is_serial_of_another(stations, station, name->text)) {
        return "its identity is the serial number of another station";
    }
    if (!name->is_registered && strpbrk(name->text, ".*")) {
        return "nobody registered it, and its identity could be the name of a server";
    }
    return NULL;
}

static bool send_back(struct ocpp_station *peer, const char *chain)
{
    return ocpp_station_send_certificate(peer, OCPP_KEY_STATION, chain, NULL) == OCPP_OK;
}

static void tell(struct shard *shard, const struct known_station *station, bool is_signed, const char *why)
{
    log_event(&shard->app->log, is_signed ? OCPP_LOG_INFO : OCPP_LOG_WARNING, "sign", station->identity, "%s: %s",
              is_signed ? "signed" : "not signed", why);
}

/* Without an authority of ours, operators have theirs: they send the chain with the command send-certificate. */
static void ask_operators(struct shard *shard, const struct known_station *station,
                          const struct ocpp_station_sign_request *request)
{
    cJSON *event = app_event(shard->app, station->identity);

    log_event(&shard->app->log, OCPP_LOG_INFO, "sign", station->identity, "a certificate is asked for; send-certificate answers");
    if (event) {
        json_add_text(event, "csr", request->csr);
        cJSON_AddBoolToObject(event, "station", request->for_station);
        cJSON_AddBoolToObject(event, "vehicles", request->for_vehicles);
        events_publish(shard->app->events, EVENT_SIGN, station->identity, event);
    }
}

/* Certificates towards vehicles belong under another authority, and are not signed here. */
static bool on_sign_request(struct ocpp_station *peer, const struct ocpp_station_sign_request *request, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    struct station_name name;
    const char *const names[] = { name.text };
    const char *why;
    enum ocpp_certificate_fault fault;
    char chain[OCPP_PEM_SIZE];
    size_t size;

    if (!shard->app->signer) {
        ask_operators(shard, station, request);
        return true;
    }
    if (!request->for_station) {
        tell(shard, station, false, "towards vehicles");
        return false;
    }
    name = name_of(station);
    why = fault_of(shard->app->stations, station, &name);
    if (why) {
        tell(shard, station, false, why);
        return false;
    }
    const struct ocpp_signer_request wanted = {
        .csr = request->csr,
        .for_station = request->for_station,
        .for_vehicles = request->for_vehicles,
        .common_names = names,
        .common_name_count = 1,
        .now_utc_ms = app_utc_ms(shard->app),
    };
    const enum ocpp_status status = ocpp_signer_sign(shard->app->signer, &wanted, chain, sizeof chain, &size, &fault);
    const bool is_signed = status == OCPP_OK && send_back(peer, chain);
    tell(shard, station, is_signed,
         status == OCPP_ERR_VALUE ? ocpp_certificate_fault_words(fault)
         : is_signed              ? name.text
                                  : ocpp_status_sentence(status == OCPP_OK ? OCPP_ERR_BUSY : status));
    return is_signed;
}

void shard_hear_signing(struct ocpp_central_handler *handler)
{
    handler->on_sign_request = on_sign_request;
}
