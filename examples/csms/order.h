/* order.h: a call or command on its way from an operator through the station's thread and back. */
#ifndef CSMS_ORDER_H
#define CSMS_ORDER_H

#include "http.h"

struct order {
    struct app *app;
    struct ocpp_http_exchange *exchange;
    /* on the station's thread: gives the engine what is ordered; a status other than OCPP_OK ends the order there */
    enum ocpp_status (*give)(struct ocpp_station *station, struct order *order);
    struct ocpp_issue issue; /* of |give| */
    char *action;            /* of a call; else NULL */
    char *payload;
    int64_t timeout_ms;
    bool unchecked;
    struct ocpp_token token;
    char *id; /* of the token or the transaction; or the message to trigger */
    int evse;
    int connector;
    bool immediately;
};

/* order_new: for the station that the path names; NULL: answered. */
struct order *order_new(const struct request *request,
                        enum ocpp_status (*give)(struct ocpp_station *station, struct order *order));

/* order_send: to the thread of the station. Takes |order| over. */
void order_send(const struct request *request, struct order *order);

/* order_free: once it is answered. */
void order_free(struct order *order);

/* order_answer_failure: the problem of an order that got no answer it asked for. */
void order_answer_failure(struct order *order, enum ocpp_status status, const struct ocpp_issue *issue);

/* order_answer_error: the CALLERROR a station answered with. */
void order_answer_error(struct order *order, const char *code, const char *description, const char *details);

#endif
