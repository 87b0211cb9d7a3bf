/* ws_resolve.h: a name to addresses without waiting: getaddrinfo() may block for half a minute, and a pile that charges cannot.
 *
 * One thread per question. It is abandoned, not awaited, when nobody wants the answer any more.
 */
#ifndef OCPP_WS_RESOLVE_H
#define OCPP_WS_RESOLVE_H

#include <ocpp/types.h>

enum { WS_ADDRESSES = 8, WS_ADDRESS_SIZE = 64 };

/* ocpp_ws_addresses: numeric texts, in the order of the resolver; none: |reason| says why. */
struct ocpp_ws_addresses {
    char address[WS_ADDRESSES][WS_ADDRESS_SIZE];
    size_t count;
    char reason[96];
};

struct ocpp_ws_question;

/* ocpp_ws_ask: |answered| runs on another thread, once, unless the question is abandoned before. NULL: no memory or no thread. */
struct ocpp_ws_question *ocpp_ws_ask(const char *host, void (*answered)(void *user), void *user);

/* ocpp_ws_answer: takes the answer if it has come; |question| is gone then. */
bool ocpp_ws_answer(struct ocpp_ws_question *question, struct ocpp_ws_addresses *addresses);

/* ocpp_ws_abandon: |answered| does not run any more when this returns, and |question| is gone. NULL is fine. */
void ocpp_ws_abandon(struct ocpp_ws_question *question);

#endif
