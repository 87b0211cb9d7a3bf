/* drive.c: what drivers' pages may ask at all: as the settlement's file says, with a key, and not too often. */
#include "drive.h"
#include "shard.h"
#include "tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STRANGER "DRV"

enum {
    VISITS_PER_MINUTE = 6,
    MINUTE_MS = 60000,
    STRANGER_MINUTES = 30,
    MINUTES_MOST = 1440,
    KEY_DAYS = 30,
    KEY_DAYS_MOST = 3650,
    DAY_S = 86400,
    STRANGER_DIGITS = 16
};

/* --- what the file says ---------------------------------------------------------------------------------------------------- */

const struct body_member drive_members[] = {
    { .name = "provider", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_NAME_SIZE - 1 },
    { .name = "minutes", .kind = BODY_INTEGER, .minimum = 1, .maximum = MINUTES_MOST },
    { .name = "keyS", .kind = BODY_INTEGER, .minimum = 1, .maximum = KEY_DAYS_MOST * DAY_S },
    { .name = "visitsPerMinute", .kind = BODY_INTEGER, .minimum = 1, .maximum = MINUTE_MS },
    BODY_END,
};

struct drive *drive_new(const cJSON *json, char *why)
{
    const char *provider = body_text(json, "provider", NULL);
    struct drive *drive = calloc(1, sizeof *drive);

    if (!drive) {
        snprintf(why, STORE_WHY_SIZE, "--settlement: drive: %s", ocpp_status_sentence(OCPP_ERR_NOMEM));
        return NULL;
    }
    pthread_mutex_init(&drive->lock, NULL);
    drive->is_open = provider != NULL;
    drive->minutes = body_integer(json, "minutes", STRANGER_MINUTES);
    drive->key_s = body_integer(json, "keyS", KEY_DAYS * DAY_S);
    snprintf(drive->provider, sizeof drive->provider, "%s", provider ? provider : "");
    drive->looks = (struct address_rate){ .burst = 120, .per_ms = 50 };
    drive->finds = (struct address_rate){ .burst = 20, .per_ms = 500 };
    drive->wrongs = (struct address_rate){ .burst = 20, .per_ms = 3000 };
    drive->begins.burst = body_integer(json, "visitsPerMinute", VISITS_PER_MINUTE);
    drive->begins.per_ms = MINUTE_MS / drive->begins.burst;
    return drive;
}

void drive_free(struct drive *drive)
{
    if (drive) {
        pthread_mutex_destroy(&drive->lock);
        free(drive);
    }
}

bool drive_is_stranger(const struct ocpp_token *token)
{
    return token->type == OCPP_TOKEN_CENTRAL && strncmp(token->id, STRANGER, sizeof STRANGER - 1) == 0 &&
           strlen(token->id) == sizeof STRANGER - 1 + STRANGER_DIGITS;
}

void drive_name_stranger(struct settlement *settlement, char token[DRIVE_TOKEN_SIZE])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char bytes[STRANGER_DIGITS];

    settlement->keys->random(bytes, sizeof bytes, settlement->keys->user);
    memcpy(token, STRANGER, sizeof STRANGER - 1);
    for (size_t i = 0; i < STRANGER_DIGITS; i++) {
        token[sizeof STRANGER - 1 + i] = alphabet[bytes[i] % 32];
    }
    token[sizeof STRANGER - 1 + STRANGER_DIGITS] = '\0';
}

/* --- what vehicles draw ---------------------------------------------------------------------------------------------------- */

static uint64_t name_of(const char *station, const char *transaction)
{
    char name[OCPP_IDENTITY_SIZE + 80];

    snprintf(name, sizeof name, "%s/%s", station, transaction);
    return keyed_hash(name, strlen(name)) | 1; /* 0 is none */
}

void drive_hear(struct drive *drive, const struct ocpp_transaction_event *event)
{
    const uint64_t name = name_of(event->transaction->identity, event->transaction->id);
    struct drive_power *row = &drive->powers[(name >> 1) % DRIVE_POWERS];

    for (size_t i = 0; i < event->sample_count; i++) {
        const struct ocpp_sample *sample = &event->samples[i].sample;
        int64_t power_w;

        if (sample->measurand == OCPP_MEASURAND_POWER_ACTIVE_IMPORT && sample->phase == OCPP_PHASE_NONE &&
            ocpp_decimal_to_integer(sample->value, 0, &power_w) == OCPP_OK) {
            pthread_mutex_lock(&drive->lock);
            *row = (struct drive_power){ name, power_w };
            pthread_mutex_unlock(&drive->lock);
        }
    }
}

int64_t drive_power_of(struct drive *drive, const char *station, const char *transaction)
{
    const uint64_t name = name_of(station, transaction);
    const struct drive_power *row = &drive->powers[(name >> 1) % DRIVE_POWERS];

    pthread_mutex_lock(&drive->lock);
    const int64_t power_w = row->transaction == name ? row->power_w : -1;
    pthread_mutex_unlock(&drive->lock);
    return power_w;
}

/* --- who asks -------------------------------------------------------------------------------------------------------------- */

bool drive_may(const struct request *request, struct address_rate *rate)
{
    if (address_rate_take(rate, request->http->address, ocpp_system_now().mono_ms)) {
        return true;
    }
    answer_problem(request->exchange, 429, NULL, "that is too often: ask again in a moment");
    return false;
}

bool drive_wanted(const struct request *request)
{
    if (!settlement_wanted(request)) {
        return false;
    }
    if (!request->app->settlement->drive) {
        answer_problem(request->exchange, 404, NULL, "nothing is served to drivers here: the settlement's file has no \"drive\"");
        return false;
    }
    return drive_may(request, &request->app->settlement->drive->looks);
}

/* What operators wrote down about the token: one that may not charge opens nothing. */
static bool is_refused(const struct request *request, const struct drive_claim *claim)
{
    char key[OCPP_KEY_SIZE];
    char *text;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    cJSON *record;

    if (token_key(claim->type, claim->token, key)) {
        status = store_read_text(request->shard->storage, key, &text);
    }
    if (status != OCPP_OK) {
        return status != OCPP_ERR_NOT_FOUND;
    }
    record = cJSON_Parse(text);
    free(text);
    const bool is_good =
        strcmp(body_text(record, "status", ""), "Accepted") == 0 &&
        (body_time(record, "expires") == OCPP_UTC_UNKNOWN || body_time(record, "expires") > app_utc_ms(request->app));
    cJSON_Delete(record);
    return !is_good;
}

bool drive_caller(const struct request *request, bool may_be_stranger, struct drive_claim *claim)
{
    struct settlement *settlement = request->app->settlement;
    const char *header = request->http->authorization;
    bool is_good = header && strncasecmp(header, "Bearer ", 7) == 0;

    *claim = (struct drive_claim){ .is_visit = false };
    if (!header && may_be_stranger) {
        return true;
    }
    if (is_good) {
        (void)settlement_enter(settlement);
        is_good = drive_key_read(settlement, header + 7, settlement_now(request->app).utc_ms, claim);
        settlement_leave(settlement);
    }
    if (is_good && !is_refused(request, claim)) {
        return true;
    }
    if (drive_may(request, &settlement->drive->wrongs)) {
        answer_problem(request->exchange, 401, NULL,
                       "show a driver's key as Authorization: Bearer; this one opens nothing, or not any more");
    }
    return false;
}
