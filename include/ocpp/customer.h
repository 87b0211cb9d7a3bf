/* customer.h: what the station knows of a customer, told and cleared at the central system's order (OCPP 2.0.1 N09, N10).
 *
 * The engine answers for what it keeps itself: the authorization cache, the local list, reservations, records of transactions.
 * What the firmware keeps of its customers is its own to tell and to clear, through the callbacks. docs/monitoring.md says what
 * is cleared and what is not.
 */
#ifndef OCPP_CUSTOMER_H
#define OCPP_CUSTOMER_H

#include <ocpp/crypto.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

enum ocpp_customer_kind {
    OCPP_CUSTOMER_TOKEN,
    OCPP_CUSTOMER_IDENTIFIER, /* a text between the operator and the manufacturer */
    OCPP_CUSTOMER_CERTIFICATE
};

/* ocpp_customer: who is meant; what is not of its kind is NULL. Borrowed for the call. */
struct ocpp_customer {
    enum ocpp_customer_kind kind;
    const struct ocpp_token *token;
    const char *identifier; /* at most 64 characters */
    const struct ocpp_certificate_hash *certificate;
};

/* ocpp_customer_settings: what settings.customer points to, borrowed for life. Callbacks may not call back. */
struct ocpp_customer_settings {
    size_t
        max_bytes; /* that are told of one customer; 512 to 1,000,000; 0: 4,096. What is beyond is left out, and that is said */
    /* writes what the firmware knows of |customer|, as readable UTF-8 without a terminator, into |room| bytes; how many bytes it
     * wrote, 0: it knows nothing. NULL: it never does */
    size_t (*report)(const struct ocpp_customer *customer, char *text, size_t room, void *user);
    /* clears, durably, what the firmware knows of |customer|; false: it cannot now, and the request is rejected. NULL: it knows
     * nothing */
    bool (*clear)(const struct ocpp_customer *customer, void *user);
    void *user;
};

OCPP_END_DECLARATIONS

#endif
