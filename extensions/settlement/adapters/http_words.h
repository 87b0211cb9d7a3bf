/* http_words.h: what the HTTP provider and its server say, as bodies and as answers of payment.h. Pure: nothing here does I/O.
 * docs/payments.md is the interface. */
#ifndef OCPP_SETTLE_HTTP_WORDS_H
#define OCPP_SETTLE_HTTP_WORDS_H

#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/payment.h>

/* http_heard: an outcome with all its texts. |answer| points into the struct, which may not move while it is used. */
struct http_heard {
    char operation[OCPP_SETTLE_ID_SIZE];
    struct ocpp_settle_payment_answer answer;
    char reference[4 * 200 + 1];
    char action_url[4 * 512 + 1];
    char reason[4 * 500 + 1];
    char currency[4 * 10 + 1];
};

/* http_write_act: the body of a request, terminated, in memory of malloc. Errors: OCPP_ERR_NOMEM; those of class MESSAGE: it
 * cannot be said. */
enum ocpp_status http_write_act(const struct ocpp_settle_payment_request *request, char **body);

/* http_read_outcome: what |body| says. An amount that is not written as its currency demands becomes -1, which nobody asked for.
 * Members nobody knows are passed over. Errors: those of class MESSAGE; OCPP_ERR_NOMEM. */
enum ocpp_status http_read_outcome(const char *body, size_t size, struct http_heard *heard);

/* http_exchange: an answer of the server as it came. */
struct http_exchange {
    const char *operation; /* that was asked for */
    bool is_query;
    long code; /* of HTTP; 0: none came */
    const char *body;
    size_t size;
};

/* http_judge: what it means. Whatever is not certain is UNKNOWN: a code that does not go with what is said, another operation, no
 * JSON, nothing. */
void http_judge(const struct http_exchange *exchange, struct http_heard *heard);

/* http_is_overloaded: the server wants to be left alone for a while. */
bool http_is_overloaded(long code);

/* http_signature: how a notification is signed. */
struct http_signature {
    const struct ocpp_settle_keys *keys;
    const char *key;      /* a name in |keys| */
    const char *previous; /* counts as well; NULL: none does */
    int64_t window_ms;    /* it may be as much older or newer than now */
};

/* http_check_signature: whether |header| ("t=SECONDS,v1=HEX", several v1 may stand there) signs |body| within the window.
 * Errors: OCPP_ERR_SECURITY it does not; of the keys. */
enum ocpp_status http_check_signature(const struct http_signature *signature, const char *header, const char *body, size_t size,
                                      int64_t now_utc_ms);

#endif
