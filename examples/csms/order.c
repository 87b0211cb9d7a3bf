/* order.c: what calls and commands share: the way to the station's thread, and how they fail. */
#include "order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS_MAX = 1024 };

/* One more without an outcome; false: there are too many in this program, which was answered. */
static bool may_wait(const struct request *request)
{
    if (atomic_load(&request->app->draining)) {
        answer_problem(request->exchange, 503, NULL, "the program is going down");
        return false;
    }
    if (atomic_fetch_add(&request->app->calls_waiting, 1) < ORDERS_MAX) {
        return true;
    }
    atomic_fetch_sub(&request->app->calls_waiting, 1);
    answer_problem(request->exchange, 429, NULL, "%d calls and commands wait already", ORDERS_MAX);
    return false;
}

struct order *order_new(struct request *request, enum ocpp_status (*give)(struct ocpp_station *station, struct order *order))
{
    struct known_station *station = request_station(request);
    struct order *order;

    if (!station || !may_wait(request)) {
        return NULL;
    }
    order = calloc(1, sizeof *order);
    if (!order) {
        atomic_fetch_sub(&request->app->calls_waiting, 1);
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return NULL;
    }
    order->app = request->app;
    order->exchange = request->exchange;
    order->give = give;
    order->body = request->body;
    request->body = NULL;
    snprintf(order->identity, sizeof order->identity, "%s", station->identity);
    return order;
}

void *order_list(struct order *order, size_t count, size_t size)
{
    order->list = calloc(count + 1, size);
    return order->list;
}

void order_free(struct order *order)
{
    atomic_fetch_sub(&order->app->calls_waiting, 1);
    cJSON_Delete((cJSON *)(uintptr_t)order->body);
    cJSON_Delete(order->kept);
    free(order->list);
    free(order->payload);
    free(order->url);
    free(order);
}

/* How an order ends that got no answer; detail NULL: the status's own sentence. */
static const struct failure {
    enum ocpp_status status;
    int code;
    const char *detail;
} failures[] = {
    { OCPP_ERR_BUSY, 429, "too many calls wait for this station" },
    { OCPP_ERR_LIMIT, 429, "too much waits for this station" },
    { OCPP_ERR_STATE, 409, "the station is not connected" },
    { OCPP_ERR_NOT_ACCEPTED, 409, "the station's boot is not accepted" },
    { OCPP_ERR_TIMEOUT, 504, NULL },
    { OCPP_ERR_CLOSED, 504, "the connection was lost before an answer came" },
    { OCPP_ERR_NOT_FOUND, 404, "no such transaction" },
    { OCPP_ERR_ARGUMENT, 400, "a value that the station's version does not allow" },
    { OCPP_ERR_UNSUPPORTED_ACTION, 400, "the station's version has no word for that" },
    { OCPP_ERR_NOMEM, 503, NULL },
};

static void answer_invalid_payload(struct order *order, enum ocpp_status status, const struct ocpp_issue *issue)
{
    char path[OCPP_PATH_SIZE + 16];

    snprintf(path, sizeof path, "/payload%s", issue->path);
    answer_problem(order->exchange, 400, path, "%s: %s", path, ocpp_status_sentence(status));
}

void order_answer_failure(struct order *order, enum ocpp_status status, const struct ocpp_issue *issue)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].status == status) {
            answer_problem(order->exchange, failures[i].code, NULL, "%s",
                           failures[i].detail ? failures[i].detail : ocpp_status_sentence(status));
            return;
        }
    }
    if (status == OCPP_ERR_BAD_ANSWER) {
        answer_problem(order->exchange, 502, NULL, "%s: at \"%s\": %s", ocpp_status_sentence(status), issue ? issue->path : "",
                       issue ? ocpp_status_sentence(issue->status) : "no more is known");
        return;
    }
    if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE && issue) {
        answer_invalid_payload(order, status, issue);
        return;
    }
    answer_status(order->exchange, status);
}

void order_answer_error(struct order *order, const char *code, const char *description, const char *details)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON *error = cJSON_AddObjectToObject(answer, "error");

    json_add_text(error, "code", code);
    json_add_text(error, "description", description ? description : "");
    cJSON_AddRawToObject(error, "details", details ? details : "{}");
    answer_json(order->exchange, 200, answer);
}

static void on_station(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct order *order = user;
    enum ocpp_status status;

    (void)now;
    status = station ? order->give(station, order) : OCPP_ERR_STATE;
    if (status != OCPP_OK) {
        order_answer_failure(order, status, &order->issue);
        order_free(order);
    }
}

void order_send(struct order *order)
{
    enum ocpp_status status = ocpp_server_post(order->app->server, order->identity, on_station, order);

    if (status != OCPP_OK) {
        order_answer_failure(order, status, NULL);
        order_free(order);
    }
}
