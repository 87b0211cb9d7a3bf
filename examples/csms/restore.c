/* restore.c: the register and its shadows, filled before the server starts. */
#include "restore.h"
#include "station_settings.h"

#include <stdio.h>
#include <string.h>

static bool restore_settings(const char *key, const void *value, size_t size, void *user)
{
    struct app *app = user;
    const char *identity = key + strlen(STATION_SETTINGS_PREFIX);
    struct known_station *station = stations_add(app->stations, identity);

    if (!station) {
        log_event(&app->log, OCPP_LOG_ERROR, "store", identity, "no room for this station");
        return true;
    }
    if (!station_settings_restore(&station->settings, value, size)) {
        log_event(&app->log, OCPP_LOG_ERROR, "store", identity, "its settings cannot be read; register it again");
        return true;
    }
    station->ring.limit = station->settings.message_log_bytes;
    return true;
}

static bool restore_station(const struct ocpp_station_record *record, void *user)
{
    struct app *app = user;
    struct known_station *station = stations_add(app->stations, record->identity);

    if (station) {
        station_note_record(station, record);
    }
    return true;
}

static bool restore_transaction(const struct ocpp_transaction *transaction, void *user)
{
    struct app *app = user;

    open_transactions_note(app->open_transactions, transaction);
    return true;
}

/* Stations of the command line count for this run; their passwords are not stored. */
static bool add_from_options(struct app *app)
{
    for (size_t i = 0; i < app->options->station_count; i++) {
        const struct station_option *option = &app->options->stations[i];
        struct known_station *station =
            station_identity_is_usable(option->identity) ? stations_add(app->stations, option->identity) : NULL;
        if (!station) {
            return false;
        }
        station->settings.registered = true;
        station->settings.secret[0] = '\0';
        station->quick.known = false;
        if (option->password && !quick_secret_set(&station->quick, option->password, strlen(option->password))) {
            return false;
        }
    }
    return true;
}

static bool is_readable(const struct app *app, enum ocpp_status status, char *why)
{
    if (status == OCPP_ERR_CORRUPT) {
        log_event(&app->log, OCPP_LOG_ERROR, "store", NULL, "some records cannot be read");
        return true;
    }
    if (status != OCPP_OK) {
        snprintf(why, STORE_WHY_SIZE, "--db: reading what is stored: %s", ocpp_status_sentence(status));
    }
    return status == OCPP_OK;
}

/* Numbers of requests go on over restarts as long as fewer than one a second are used: they begin with the date, which has to fit
 * 31 bits. */
enum { REQUESTS_BEGIN_S = 1700000000 };

bool app_restore(struct app *app, struct ocpp_storage *storage, char *why)
{
    const struct ocpp_transaction_query open = { .open = true };
    int64_t highest = 0;

    if (!is_readable(app, ocpp_central_stations(storage, restore_station, app), why) ||
        !is_readable(app, storage->each(STATION_SETTINGS_PREFIX, NULL, restore_settings, app, storage->user), why) ||
        !is_readable(app, ocpp_central_find_transactions(storage, &open, restore_transaction, app), why)) {
        return false;
    }
    if (ocpp_central_highest_number(storage, &highest) != OCPP_OK) {
        snprintf(why, STORE_WHY_SIZE, "--db: the highest transaction number cannot be read; numbers might be given twice");
        return false;
    }
    atomic_store(&app->last_number, highest);
    atomic_store(&app->last_request, app_utc_ms(app) / 1000 - REQUESTS_BEGIN_S);
    if (!add_from_options(app)) {
        snprintf(why, STORE_WHY_SIZE, "--station: an identity is not usable, or there is no room for it");
        return false;
    }
    return true;
}
