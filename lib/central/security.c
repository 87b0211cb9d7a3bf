/* security.c: what a connection proved, and what it may not do after: the highest security profile of each station is recorded
 * and only rises (A05.FR.07; 1.6 security A05.FR.09), and a boot tells the serial number that the certificate named (B01.FR.11).
 *
 * Who proved what is for the transport and the application to find out. */
#include "central_internal.h"
#include "records.h"

#include "text.h"
#include <string.h>

enum { LAST_PROFILE = OCPP_SECURITY_CERTIFICATE };

/* --- the record ---------------------------------------------------------------------------------------------------------- */

/* One digit. */
static bool read_digit(const char *key, const void *value, size_t size, void *user)
{
    const char *digit = value;
    int *profile = user;

    (void)key;
    *profile = size == 1 && *digit >= '0' && *digit <= '0' + LAST_PROFILE ? *digit - '0' : -1;
    return false;
}

static enum ocpp_status read_profile(struct ocpp_storage *storage, const char *identity, enum ocpp_security_profile *profile)
{
    char key[OCPP_KEY_SIZE];
    int digit = OCPP_SECURITY_NONE;
    enum ocpp_status status;

    security_key(key, identity);
    status = storage->read(key, read_digit, &digit, storage->user);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    if (digit < 0) {
        return OCPP_ERR_CORRUPT;
    }
    *profile = (enum ocpp_security_profile)digit;
    return OCPP_OK;
}

static enum ocpp_status write_profile(struct ocpp_storage *storage, const char *identity, enum ocpp_security_profile profile,
                                      void (*done)(enum ocpp_status status, void *user), void *user)
{
    char key[OCPP_KEY_SIZE];
    const char digit = (char)('0' + (int)profile);
    const struct ocpp_change change = {
        .kind = profile == OCPP_SECURITY_NONE ? OCPP_CHANGE_DELETE : OCPP_CHANGE_PUT, .key = key, .value = &digit, .size = 1
    };

    security_key(key, identity);
    return storage->write(&change, 1, done, user, storage->user);
}

static bool is_profile(enum ocpp_security_profile profile)
{
    return (int)profile >= OCPP_SECURITY_NONE && (int)profile <= LAST_PROFILE;
}

enum ocpp_status ocpp_central_security_profile(struct ocpp_storage *storage, const char *identity,
                                               enum ocpp_security_profile *profile)
{
    return central_identity_is_usable(identity) ? read_profile(storage, identity, profile) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_central_reset_security_profile(struct ocpp_storage *storage, const char *identity,
                                                     enum ocpp_security_profile profile,
                                                     void (*done)(enum ocpp_status status, void *user), void *user)
{
    if (!central_identity_is_usable(identity) || !is_profile(profile)) {
        return OCPP_ERR_ARGUMENT;
    }
    return write_profile(storage, identity, profile, done, user);
}

/* --- connections --------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_central_admits(struct ocpp_central *central, const char *identity, enum ocpp_security_profile profile)
{
    enum ocpp_security_profile highest = OCPP_SECURITY_NONE;
    enum ocpp_status status;

    if (!is_profile(profile)) {
        return OCPP_ERR_ARGUMENT;
    }
    status = ocpp_central_security_profile(central->storage, identity, &highest);
    return status == OCPP_OK && profile < highest ? OCPP_ERR_SECURITY : status;
}

static void raised(enum ocpp_status status, void *user)
{
    struct ocpp_station *station = user;

    station->raising = false;
    if (status != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_ERROR, "%s: its security profile could not be stored: %s",
                       station->identity, ocpp_status_sentence(status));
    }
}

enum ocpp_status security_connect(struct ocpp_station *station, enum ocpp_security_profile profile)
{
    struct ocpp_storage *storage = station->central->storage;
    enum ocpp_security_profile highest = OCPP_SECURITY_NONE;
    enum ocpp_status status = is_profile(profile) ? read_profile(storage, station->identity, &highest) : OCPP_ERR_ARGUMENT;

    if (status != OCPP_OK) {
        return status;
    }
    station->security_profile = profile;
    if (profile <= highest) {
        return profile < highest ? OCPP_ERR_SECURITY : OCPP_OK;
    }
    station->raising = true;
    status = write_profile(storage, station->identity, profile, raised, station);
    if (status != OCPP_OK) {
        station->raising = false;
    }
    return status;
}

void security_disconnect(struct ocpp_station *station)
{
    struct ocpp_storage *storage = station->central->storage;

    if (station->raising && storage->flush) {
        storage->flush(storage->user);
    }
}

/* --- boots --------------------------------------------------------------------------------------------------------------- */

bool security_allows_boot(struct ocpp_station *station, const struct ocpp_boot *boot)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp_station_security_event event = {
        .type = "InvalidChargingStationCertificate",
        .info = "its boot tells another serial number than its certificate",
        .timestamp_utc_ms = station->central->now.utc_ms,
        .noticed_here = true,
    };

    if (!station->serial_number || !boot->serial_number || ocpp_text_equal_fold(station->serial_number, boot->serial_number)) {
        return true;
    }
    station->must_close = true;
    ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: %s", station->identity, event.info);
    if (handler->on_security_event) {
        handler->on_security_event(station, &event, handler->user);
    }
    return false;
}

enum ocpp_security_profile ocpp_station_security_profile(const struct ocpp_station *station)
{
    return station->security_profile;
}

bool ocpp_station_must_close(const struct ocpp_station *station)
{
    return station->must_close;
}
