/* order.h: a call or command on its way from an operator through the station's thread and back. */
#ifndef CSMS_ORDER_H
#define CSMS_ORDER_H

#include "http.h"

struct command;

struct order {
    struct app *app;
    struct ocpp_http_exchange *exchange;
    const cJSON *body; /* checked; the order's own */
    /* on the station's thread: gives the engine what is ordered; a status other than OCPP_OK ends the order there */
    enum ocpp_status (*give)(struct ocpp_station *station, struct order *order);
    const struct command *command; /* NULL: a call */
    struct ocpp_command_done done; /* of a command */
    int64_t request_id;            /* of a command whose outcome is told later; 0: none */
    char *url;                     /* of a file that this program serves or takes */
    char *payload;                 /* of a call */
    cJSON *kept;                   /* what has to live until the outcome */
    void *list;                    /* what order_list() gave */
    struct ocpp_issue issue;       /* of |give| */
    char identity[OCPP_IDENTITY_SIZE];
};

/* order_new: for the station that the path names, with the body of the request, which it takes over; NULL: answered. */
struct order *order_new(struct request *request, enum ocpp_status (*give)(struct ocpp_station *station, struct order *order));

/* order_send: to the thread of the station. Takes |order| over. */
void order_send(struct order *order);

/* order_free: once it is answered. */
void order_free(struct order *order);

/* order_list: room for |count| things of |size| bytes, all 0, that lives as long as |order|; NULL without memory. Once per order.
 */
void *order_list(struct order *order, size_t count, size_t size);

/* order_answer_failure: the problem of an order that got no answer it asked for. */
void order_answer_failure(struct order *order, enum ocpp_status status, const struct ocpp_issue *issue);

/* order_answer_error: the CALLERROR a station answered with. */
void order_answer_error(struct order *order, const char *code, const char *description, const char *details);

#endif
