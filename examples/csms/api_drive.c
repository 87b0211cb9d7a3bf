/* api_drive.c: what drivers' pages ask for without a key, and how they get one. */
#include "drive.h"
#include "settlement_json.h"

#include <ocpp/settlement/rentals.h>

#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- bays ------------------------------------------------------------------------------------------------------------------ */

enum { BAYS_MAX = 200, PAGES_MOST = 40 };

/* bay: of one pile, for who wants a bank or is to bring one back. */
struct bay {
    char station[OCPP_IDENTITY_SIZE];
    int banks;
    int free;
};

struct bays {
    struct bay rows[BAYS_MAX];
    size_t count;
};

static struct bay *bay_of(struct bays *bays, const char *station)
{
    for (size_t i = bays->count; i-- > 0;) { /* they come pile by pile */
        if (strcmp(bays->rows[i].station, station) == 0) {
            return &bays->rows[i];
        }
    }
    if (bays->count == BAYS_MAX) {
        return NULL;
    }
    snprintf(bays->rows[bays->count].station, sizeof bays->rows[0].station, "%s", station);
    return &bays->rows[bays->count++];
}

/* A slot tells its state when that changes of itself; whether a bank lies in it is certain. */
static void count_slot(const struct ocpp_settle_slot *slot, void *user)
{
    static const char *const closed[] = { "OutOfService", "Suspect", "Held" };
    struct bay *bay = bay_of(user, slot->station);
    bool is_open = !slot->bank;

    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        is_open = is_open && strcmp(slot->state, closed[i]) != 0;
    }
    if (bay) {
        bay->free += is_open;
    }
}

static void count_bank(const struct ocpp_settle_bank *bank, void *user)
{
    struct bay *bay = bank->station ? bay_of(user, bank->station) : NULL;

    if (bay) {
        bay->banks++;
    }
}

static enum ocpp_status read_slots(struct ocpp_settle *handle, struct ocpp_settle_rentals_query *query, struct bays *bays)
{
    return ocpp_settle_slots(handle, query, count_slot, bays);
}

static enum ocpp_status read_banks(struct ocpp_settle *handle, struct ocpp_settle_rentals_query *query, struct bays *bays)
{
    query->state = "Idle";
    return ocpp_settle_banks(handle, query, count_bank, bays);
}

typedef enum ocpp_status page_reader(struct ocpp_settle *handle, struct ocpp_settle_rentals_query *query, struct bays *bays);

static enum ocpp_status count_pages(struct ocpp_settle *handle, page_reader *read, struct bays *bays)
{
    struct ocpp_settle_rentals_query query = { .limit = OCPP_SETTLE_RENTALS_PAGE };
    enum ocpp_status status = OCPP_OK;

    for (int page = 0; page < PAGES_MOST && status == OCPP_OK && (page == 0 || query.cursor[0]); page++) {
        status = read(handle, &query, bays);
    }
    return status;
}

static enum ocpp_status count(struct ocpp_settle *handle, struct bays *bays)
{
    const enum ocpp_status status = count_pages(handle, read_slots, bays);

    return status == OCPP_OK ? count_pages(handle, read_banks, bays) : status;
}

void api_drive_bays(struct request *request)
{
    struct bays *bays;
    enum ocpp_status status;
    cJSON *json, *list;

    if (!drive_wanted(request) || !drive_may(request, &request->app->settlement->drive->finds)) {
        return;
    }
    bays = calloc(1, sizeof *bays);
    status = bays ? count(settlement_enter(request->app->settlement), bays) : OCPP_ERR_NOMEM;
    if (bays) {
        settlement_leave(request->app->settlement);
    }
    if (status != OCPP_OK) {
        free(bays);
        answer_status(request->exchange, status);
        return;
    }
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "bays");
    for (size_t i = 0; i < bays->count; i++) {
        cJSON *bay = cJSON_CreateObject();

        json_add_text(bay, "station", bays->rows[i].station);
        json_add_integer(bay, "banks", bays->rows[i].banks);
        json_add_integer(bay, "free", bays->rows[i].free);
        cJSON_AddItemToArray(list, bay);
    }
    free(bays);
    answer_json(request->exchange, 200, json);
}

/* --- keys ------------------------------------------------------------------------------------------------------------------ */

/* beginning: a visit that waits to be durable; its key is told then. */
struct beginning {
    struct settlement *settlement;
    struct ocpp_http_exchange *exchange;
    struct drive_claim claim;
};

static void answer_key(struct settlement *settlement, struct ocpp_http_exchange *exchange, const struct drive_claim *claim)
{
    char key[DRIVE_KEY_SIZE];
    cJSON *json;

    if (!drive_key_write(settlement, claim, key)) {
        answer_status(exchange, OCPP_ERR_CRYPTO);
        return;
    }
    json = cJSON_CreateObject();
    json_add_text(json, "id", claim->is_visit ? claim->visit : NULL);
    json_add_text(json, "key", key);
    json_add_time(json, "until", claim->until_s * 1000);
    answer_json(exchange, 200, json);
    OPENSSL_cleanse(key, sizeof key);
}

/* While the settlement is somebody's. */
static void begun(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct beginning *beginning = user;

    if (status != OCPP_OK || code) {
        const struct request request = { .exchange = beginning->exchange };
        const struct ocpp_settle_done done = reply_done(&request);

        done.run(status, code, reason, id, done.user);
    } else {
        snprintf(beginning->claim.visit, sizeof beginning->claim.visit, "%s", id);
        answer_key(beginning->settlement, beginning->exchange, &beginning->claim);
    }
    free(beginning);
}

/* Who pays: the account of the key that was shown, or somebody nobody knows. False: answered. */
static bool find_payer(struct request *request, struct drive_claim *claim)
{
    struct drive *drive = request->app->settlement->drive;

    if (!drive_caller(request, true, claim)) {
        return false;
    }
    if (claim->is_visit) {
        answer_problem(request->exchange, 401, NULL, "that key opens one visit; it begins none");
        return false;
    }
    if (claim->token[0]) {
        return drive_may(request, &drive->begins);
    }
    if (!drive->is_open) {
        answer_problem(request->exchange, 401, NULL, "visits begin with the key of an account here");
        return false;
    }
    claim->type = OCPP_TOKEN_CENTRAL;
    drive_name_stranger(request->app->settlement, claim->token);
    return drive_may(request, &drive->begins);
}

void api_drive_begin(struct request *request)
{
    const struct body_member members[] = {
        { .name = "station", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 48 },
        { .name = "evse", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 9999 },
        { .name = "minutes", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = 1440 },
        BODY_END,
    };
    struct drive_claim claim;
    struct beginning *beginning;

    if (!drive_wanted(request) || !request_body_is(request, members) || !find_payer(request, &claim)) {
        return;
    }
    if (drive_is_stranger(&(struct ocpp_token){ claim.token, claim.type }) &&
        body_integer(request->body, "minutes", 0) > request->app->settlement->drive->minutes) {
        answer_problem(request->exchange, 400, "/minutes", "/minutes is more than places are kept for without an account: %lld",
                       (long long)request->app->settlement->drive->minutes);
        return;
    }
    beginning = calloc(1, sizeof *beginning);
    if (!beginning) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    struct ocpp_settle *handle = settlement_enter(request->app->settlement);
    const struct ocpp_now now = settlement_now(request->app);
    const struct ocpp_token token = { claim.token, claim.type };
    const struct ocpp_settle_done done = { begun, beginning };
    *beginning = (struct beginning){ request->app->settlement, request->exchange, claim };
    beginning->claim.is_visit = true;
    beginning->claim.until_s = now.utc_ms / 1000 + request->app->settlement->drive->key_s;
    const enum ocpp_status status =
        ocpp_settle_reserve(handle, body_text(request->body, "station", ""), (int)body_integer(request->body, "evse", 0), &token,
                            (int)body_integer(request->body, "minutes", 0), &done, now);
    settlement_leave(request->app->settlement);
    if (status != OCPP_OK) {
        reply_failed(&(struct ocpp_settle_done){ .user = request->exchange }, status);
        free(beginning);
    }
}

/* An operator's: a key for somebody who has an account. */
void api_drivers(struct request *request)
{
    static const struct body_member members[] = {
        { .name = "idToken", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 64 },
        { .name = "type", .kind = BODY_TEXT, .minimum = 1, .maximum = 20 },
        { .name = "days", .kind = BODY_INTEGER, .minimum = 1, .maximum = 3650 },
        BODY_END,
    };
    struct drive_claim claim = { .is_visit = false };

    if (!settlement_wanted(request) || !request_body_is(request, members)) {
        return;
    }
    claim.type = ocpp_token_type_of(body_text(request->body, "type", "ISO14443"));
    if (claim.type == OCPP_TOKEN_UNKNOWN || strlen(body_text(request->body, "idToken", "")) >= sizeof claim.token) {
        answer_problem(request->exchange, 400, claim.type == OCPP_TOKEN_UNKNOWN ? "/type" : "/idToken",
                       "no such token can have a key");
        return;
    }
    snprintf(claim.token, sizeof claim.token, "%s", body_text(request->body, "idToken", ""));
    (void)settlement_enter(request->app->settlement);
    claim.until_s = settlement_now(request->app).utc_ms / 1000 + 86400 * body_integer(request->body, "days", 365);
    answer_key(request->app->settlement, request->exchange, &claim);
    settlement_leave(request->app->settlement);
}
