/* payment.h: how money is taken. A contract: a provider authorises an amount, holds it, takes a part of it or lets it go, gives
 * back what was taken too much. Ready-made: `wallet` and `postpaid` (accounts of the ledger; part of the backend), `http`
 * (adapters.h).
 *
 * Every act has an operation id, the idempotency key towards the provider: the same id is the same act, however often it is
 * asked. An answer that is missing or makes no sense is UNKNOWN and leads to a query, never to the act again.
 */
#ifndef OCPP_SETTLEMENT_PAYMENT_H
#define OCPP_SETTLEMENT_PAYMENT_H

#include <ocpp/settlement/id.h>

OCPP_BEGIN_DECLARATIONS

enum ocpp_settle_payment_kind {
    OCPP_SETTLE_AUTHORIZE, /* hold |amount_minor| */
    OCPP_SETTLE_INCREMENT, /* hold |amount_minor| more */
    OCPP_SETTLE_CAPTURE,   /* take |amount_minor| of what is held, let the rest go; once per leg */
    OCPP_SETTLE_VOID,      /* let go all that is held: |amount_minor| */
    OCPP_SETTLE_REFUND     /* give back |amount_minor| of what was taken */
};

enum ocpp_settle_payment_result {
    OCPP_SETTLE_PAYMENT_UNKNOWN, /* perhaps it happened, perhaps not: ask */
    OCPP_SETTLE_PAYMENT_OK,
    OCPP_SETTLE_PAYMENT_DECLINED,
    OCPP_SETTLE_PAYMENT_PENDING,         /* the outcome comes by notification, or by asking again */
    OCPP_SETTLE_PAYMENT_ACTION_REQUIRED, /* likewise, once the payer has done something at |action_url| */
    OCPP_SETTLE_PAYMENT_UNSUPPORTED,     /* this provider cannot do that: nothing happened */
    OCPP_SETTLE_PAYMENT_NOT_SENT,        /* of begin, told once: nothing has left, so nothing happened. It is begun again later */
    OCPP_SETTLE_PAYMENT_NEVER_HEARD      /* of query: the provider does not know the operation. It is begun again: the same id is
                                            the same act, so one that is still on its way does no harm */
};

/* ocpp_settle_payment_request: borrowed for the call. Texts are never NULL. */
struct ocpp_settle_payment_request {
    const char *operation;
    enum ocpp_settle_payment_kind kind;
    const char *operator_id;
    const char *order;
    const char *leg;
    const char *payer;
    const char *reference; /* the provider's for this leg; "" with AUTHORIZE */
    int64_t amount_minor;
    const char *currency;
    int exponent;
};

/* ocpp_settle_payment_answer: borrowed for the call. |amount_minor| and |currency| are what the provider says it did: an answer
 * that says another amount than was asked is not believed, one without currency neither. */
struct ocpp_settle_payment_answer {
    enum ocpp_settle_payment_result result;
    const char *reference;  /* at most 200 characters; NULL: none told */
    int64_t amount_minor;   /* of OK */
    const char *currency;   /* of OK */
    const char *action_url; /* of ACTION_REQUIRED, at most 512 characters; NULL: none */
    int64_t expires_utc_ms; /* of a hold; OCPP_NEVER: not told */
    const char *reason;     /* of DECLINED, for people; NULL: none */
};

enum ocpp_settle_capability {
    OCPP_SETTLE_CAN_INCREMENT = 1,
    OCPP_SETTLE_CAN_CAPTURE_LESS = 2, /* than what is held */
    OCPP_SETTLE_CAN_VOID = 4,
    OCPP_SETTLE_CAN_REFUND = 8,
    OCPP_SETTLE_CAN_QUERY = 16
};

/* ocpp_settle_provider: the struct is copied, what it points to is borrowed for life. Acts are begun and their outcome is told by
 * ocpp_settle_payment_answered() (backend.h), from within or later, on the backend's thread; one that never comes is asked for.
 */
struct ocpp_settle_provider {
    const char *name; /* at most 40 characters */
    uint32_t capabilities;
    int64_t hold_lasts_ms; /* when a hold has to be renewed or captured at the latest; OCPP_NEVER: it lasts */
    /* begin: an error means that nothing left, so nothing can have happened (the backend tries again later); OCPP_OK: it may
     * have. */
    enum ocpp_status (*begin)(const struct ocpp_settle_payment_request *request, void *user);
    /* query: what became of |request|.operation; answered as begin is. An error: nothing was asked (it will be again). Never
     * asked where OCPP_SETTLE_CAN_QUERY is missing; NULL is fine then. */
    enum ocpp_status (*query)(const struct ocpp_settle_payment_request *request, void *user);
    /* verify_notification: whether |body| (|size| bytes) with |signature| (of a header; NULL: none) was written by the provider,
     * and which operation it tells what of. Texts of |answer| live until the next call, |operation| has OCPP_SETTLE_ID_SIZE
     * bytes. Errors: OCPP_ERR_SECURITY forged or too old; those of class MESSAGE. NULL: it sends none. */
    enum ocpp_status (*verify_notification)(const char *body, size_t size, const char *signature, int64_t now_utc_ms,
                                            char *operation, struct ocpp_settle_payment_answer *answer, void *user);
    void *user;
};

OCPP_END_DECLARATIONS

#endif
