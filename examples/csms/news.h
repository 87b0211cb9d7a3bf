/* news.h: pages of drivers, landlords and tenants that wait for news. They are told that something happened, never what: they ask
 * for it with what opened their stream, so that a stream shows nothing that its reader may not ask for. Few of them, and few of
 * one bearer, so that nobody takes all. From any thread; the settlement's handle may be held. */
#ifndef CSMS_NEWS_H
#define CSMS_NEWS_H

#include "http.h"

#include <ocpp/settlement/backend.h>

/* What is waited for: news of a visit; of a house, as a phone of it or an operator sees it; of a phone, by itself while nobody
 * has let it in yet. */
enum news_kind { NEWS_OF_VISIT, NEWS_OF_HOUSE, NEWS_OF_PHONE, NEWS_KINDS };

/* news_reader: who waits, and what for. What is not known of one is "". */
struct news_reader {
    enum news_kind kind;
    char bearer[OCPP_SETTLE_ID_SIZE]; /* whose streams are counted: the visit, the phone; of operators the house */
    /* of a visit */
    char order[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    int evse;
    /* of a house */
    char house[OCPP_SETTLE_ID_SIZE];
    char tenant[OCPP_SETTLE_ID_SIZE]; /* "": who sees all of it */
    char card[OCPP_SETTLE_ID_SIZE];
};

/* news_outlet: something happened at a pile. */
struct news_outlet {
    const char *station;
    const struct ocpp_transaction *transaction; /* NULL: the pile or an outlet itself has another state */
    bool is_progress;                           /* the transaction goes on; nobody but who charges there sees that */
    const char *house;                          /* whose pile it is; "": no house's, or nobody asked */
    const char *tenant;                         /* who charges there; "": nobody of the house */
};

struct news;

struct news *news_new(void);
void news_free(struct news *news);

/* news_open: |request| becomes a stream for |reader|, or is answered with 503. */
void news_open(struct request *request, const struct news_reader *reader);

/* news_tell_event, news_tell_outlet: to whom it may concern. Where an event is about the phone of a stream itself, its card, or
 * its tenant, the stream ends instead: who still may, asks anew. */
void news_tell_event(struct news *news, const struct ocpp_settle_event *event);
void news_tell_outlet(struct news *news, const struct news_outlet *outlet);

/* news_is_read: whether somebody waits for news of |kind|: asked before it is found out whose pile it is. */
bool news_is_read(struct news *news, enum news_kind kind);

size_t news_count(struct news *news);

/* news_keep_alive: a comment to everybody, so that who waits knows that somebody is there, and the gone are noticed. news_end:
 * nobody waits any more, or is taken. */
void news_keep_alive(struct news *news);
void news_end(struct news *news);

#endif
