/* settle_provider.h: somebody who takes money, for tests: answers what the script says, when the test says, and keeps its own
 * books, so that a test can see whose money moved. The same operation is the same act, however often it is asked. Needs nothing
 * but payment.h and backend.h.
 */
#ifndef SETTLE_PROVIDER_H
#define SETTLE_PROVIDER_H

#include <ocpp/settlement/backend.h>

enum { SETTLE_PROVIDER_ACTS = 512, SETTLE_PROVIDER_KINDS = OCPP_SETTLE_REFUND + 1 };

/* settle_act: one operation, as the provider knows it. */
struct settle_act {
    char operation[OCPP_SETTLE_ID_SIZE];
    char order[OCPP_SETTLE_ID_SIZE];
    char leg[OCPP_SETTLE_ID_SIZE];
    enum ocpp_settle_payment_kind kind;
    int64_t amount_minor;
    enum ocpp_settle_payment_result result; /* what became of it; UNKNOWN: not decided yet */
    bool is_asked;                          /* an answer is owed */
    bool is_lost;                           /* its answer gets lost, once: a query finds out */
    int asked;                              /* how often it was begun or queried */
};

struct settle_provider {
    struct ocpp_settle_provider contract; /* give a copy; its user is this struct, so the struct may not move */
    enum ocpp_settle_payment_result script[SETTLE_PROVIDER_KINDS]; /* what becomes of acts of a kind; OK at first */
    int64_t declines_above_minor; /* authorisations and increments that would hold more in all; 0: no such bound */
    bool is_down;                 /* nothing leaves */
    bool loses_answers;           /* what happens from now on is told to queries only */
    struct settle_act acts[SETTLE_PROVIDER_ACTS];
    size_t count;
    int64_t expires_utc_ms; /* told with holds; OCPP_NEVER */
    int64_t held_minor;     /* now */
    int64_t captured_minor; /* in all */
    int64_t refunded_minor; /* in all */
};

void settle_provider_start(struct settle_provider *provider, const char *name);

/* settle_provider_answer: tells what is owed; how many answers that were. */
int settle_provider_answer(struct settle_provider *provider, struct ocpp_settle *settle, struct ocpp_now now);

/* settle_provider_count: acts of |kind| for |order| (NULL: any) that came out as |result|. */
int settle_provider_count(const struct settle_provider *provider, const char *order, enum ocpp_settle_payment_kind kind,
                          enum ocpp_settle_payment_result result);

/* settle_provider_forget_owed: answers on their way are lost with the process that waited for them. */
void settle_provider_forget_owed(struct settle_provider *provider);

#endif
