/* house_request.h: requests about rental houses: who asks (an operator, or a phone by its bearer token), and answers that tell a
 * secret once. */
#ifndef CSMS_HOUSE_REQUEST_H
#define CSMS_HOUSE_REQUEST_H

#include "settlement_reply.h"

#include <ocpp/settlement/houses.h>

/* house_caller: who asks for the house of the path. A header that has the form of a phone's bearer is a phone's, and no
 * operator's, wherever the interface is bound. False: answered. */
bool house_caller(struct request *request, struct ocpp_settle_house_caller *caller);

/* house_bearer: the bearer of a phone in the header; NULL: there is none. */
const char *house_bearer(const struct request *request);

/* house_operator: false: whoever asks is no operator; answered. */
bool house_operator(struct request *request);

/* house_secret_done: as reply_done(), and the answer tells |secret|, which the command fills, as |name|. NULL: no memory;
 * answered. */
struct house_secret {
    struct ocpp_http_exchange *exchange;
    const char *name;
    char secret[64];
};
struct house_secret *house_secret_new(struct request *request, const char *name);
struct ocpp_settle_done house_secret_done(struct house_secret *secret);

/* house_failed: as reply_failed(), for a command whose done has a secret. */
void house_failed(struct house_secret *secret, enum ocpp_status status);

/* house_answer_list: |json|, or what |status| means for who only looks. Takes |json| over. */
void house_answer(struct request *request, cJSON *json, enum ocpp_status status);

/* --- house_pages.c --- */

/* house_page: a statement as a page to print, or as lines of comma-separated values. Everything people wrote is escaped. */
struct house_page {
    char *text;
    size_t size;
    size_t room;
    bool failed; /* no memory, or too long */
    int exponent;
    int64_t items;
};
void house_page_begin_html(struct house_page *page, const struct ocpp_settle_statement *statement);
void house_page_add_html(struct house_page *page, const struct ocpp_settle_session *session);
void house_page_end_html(struct house_page *page, const struct ocpp_settle_statement *statement);
void house_page_begin_csv(struct house_page *page);
void house_page_add_csv(struct house_page *page, const struct ocpp_settle_session *session);

#endif
