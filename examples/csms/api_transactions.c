/* api_transactions.c: what is recorded of charging. */
#include "http.h"
#include "transactions.h"

#include <ocpp/central_transactions.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_anomalies(cJSON *json, uint32_t anomalies)
{
    cJSON *list = anomalies ? cJSON_AddArrayToObject(json, "anomalies") : NULL;

    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        const char *name = ocpp_anomaly_name(anomalies & bit);
        if (name) {
            cJSON_AddItemToArray(list, cJSON_CreateString(name));
        }
    }
}

cJSON *transaction_json(const struct ocpp_transaction *transaction)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "station", transaction->identity);
    json_add_text(json, "id", transaction->id);
    json_add_text(json, "version", ocpp_version_name(transaction->version));
    cJSON_AddNumberToObject(json, "evse", transaction->evse);
    cJSON_AddNumberToObject(json, "connector", transaction->connector);
    json_add_text(json, "token", transaction->token[0] ? transaction->token : NULL);
    json_add_text(json, "tokenType",
                  transaction->token_type != OCPP_TOKEN_UNKNOWN ? ocpp_token_type_name(transaction->token_type) : NULL);
    cJSON_AddBoolToObject(json, "open", !transaction->ended);
    json_add_time(json, "started", transaction->started_utc_ms);
    json_add_time(json, "stopped", transaction->ended ? transaction->ended_utc_ms : OCPP_UTC_UNKNOWN);
    if (transaction->has_meter_start) {
        json_add_integer(json, "meterStart", transaction->meter_start_wh);
    }
    if (transaction->has_meter_last) {
        json_add_integer(json, "meterLast", transaction->meter_last_wh);
    }
    if (transaction->has_meter_start && transaction->has_meter_last &&
        transaction->meter_last_wh >= transaction->meter_start_wh) {
        json_add_integer(json, "energyWh", transaction->meter_last_wh - transaction->meter_start_wh);
    }
    json_add_text(json, "reason", transaction->ended ? ocpp_stop_reason_name(transaction->reason) : NULL);
    json_add_text(json, "chargingState",
                  transaction->charging_state != OCPP_CHARGING_STATE_UNKNOWN
                      ? ocpp_charging_state_name(transaction->charging_state)
                      : NULL);
    if (transaction->remote_start_id != 0) {
        json_add_integer(json, "remoteStartId", transaction->remote_start_id);
    }
    cJSON_AddBoolToObject(json, "offline", transaction->offline);
    if (transaction->missing_events > 0) {
        json_add_integer(json, "missingEvents", transaction->missing_events);
    }
    add_anomalies(json, transaction->anomalies);
    return json;
}

/* --- the list
 * ------------------------------------------------------------------------------------------------------------------------ */

struct page {
    cJSON *transactions;
    int64_t left;
    char last[OCPP_KEY_SIZE];
    bool more;
};

static bool add_transaction(const struct ocpp_transaction *transaction, void *user)
{
    struct page *page = user;

    page->more = page->left == 0;
    if (page->more) {
        return false;
    }
    cJSON_AddItemToArray(page->transactions, transaction_json(transaction));
    snprintf(page->last, sizeof page->last, "%s", transaction->cursor);
    page->left--;
    return true;
}

/* Reads the filters; false: answered. */
static bool read_query(struct request *request, struct ocpp_transaction_query *query, char station[QUERY_VALUE_SIZE],
                       char after[QUERY_VALUE_SIZE])
{
    char open[QUERY_VALUE_SIZE];

    query->identity = query_value(request, "station", station) ? station : NULL;
    query->after = query_value(request, "after", after) ? after : NULL;
    if (query_value(request, "open", open)) {
        query->open = strcmp(open, "true") == 0;
        if (!query->open && strcmp(open, "false") != 0) {
            answer_problem(request->exchange, 400, NULL, "the query's open has to be true or false");
            return false;
        }
    }
    return true;
}

void api_transactions(struct request *request)
{
    struct ocpp_transaction_query query = { 0 };
    struct page page = { .left = PAGE_DEFAULT };
    char station[QUERY_VALUE_SIZE];
    char after[QUERY_VALUE_SIZE];
    enum ocpp_status status;
    cJSON *answer;

    if (!query_number(request, "limit", &page.left, 1, PAGE_MAX) || !read_query(request, &query, station, after)) {
        return;
    }
    answer = cJSON_CreateObject();
    page.transactions = cJSON_AddArrayToObject(answer, "transactions");
    status = ocpp_central_find_transactions(request->shard->storage, &query, add_transaction, &page);
    if (status == OCPP_ERR_CORRUPT) {
        log_event(&request->app->log, OCPP_LOG_ERROR, "store", NULL, "a transaction's record cannot be read");
        cJSON_AddBoolToObject(answer, "incomplete", true);
        status = OCPP_OK;
    }
    if (status != OCPP_OK) {
        cJSON_Delete(answer);
        if (status == OCPP_ERR_ARGUMENT) {
            answer_problem(request->exchange, 400, NULL, "the query's after has to be the next of an earlier page");
        } else {
            answer_status(request->exchange, status);
        }
        return;
    }
    json_add_text(answer, "next", page.more ? page.last : NULL);
    answer_json(request->exchange, 200, answer);
}

/* --- one
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static bool take_transaction(const struct ocpp_transaction *transaction, void *user)
{
    *(cJSON **)user = transaction_json(transaction);
    return false;
}

/* Ids of 2.x are unique at their station only: without a station in the query, the first one that has it is shown. */
static enum ocpp_status find_anywhere(struct request *request, cJSON **found)
{
    struct known_station *list[64];
    const char *after = NULL;
    size_t count;

    while ((count = stations_after(request->app->stations, after, list, sizeof list / sizeof list[0])) > 0) {
        for (size_t i = 0; i < count; i++) {
            enum ocpp_status status = ocpp_central_find_transaction(request->shard->storage, list[i]->identity,
                                                                    request->parameters[0], take_transaction, found);
            if (status != OCPP_ERR_NOT_FOUND) {
                return status;
            }
        }
        after = list[count - 1]->identity;
    }
    return OCPP_ERR_NOT_FOUND;
}

void api_transaction(struct request *request)
{
    char station[QUERY_VALUE_SIZE];
    cJSON *found = NULL;
    enum ocpp_status status;

    if (query_value(request, "station", station)) {
        status =
            ocpp_central_find_transaction(request->shard->storage, station, request->parameters[0], take_transaction, &found);
    } else {
        status = find_anywhere(request, &found);
    }
    if (status == OCPP_OK && found) {
        answer_json(request->exchange, 200, found);
        return;
    }
    cJSON_Delete(found);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "no such transaction");
    } else {
        answer_status(request->exchange, status);
    }
}
