/* customer_information.h: requests for what the station knows of a customer (OCPP 2.0.1 N09, N10). */
#ifndef OCPP_LIB_CUSTOMER_INFORMATION_H
#define OCPP_LIB_CUSTOMER_INFORMATION_H

#include <ocpp/customer.h>

#include "block.h"
#include "charge_point_internal.h"

enum { USUAL_CUSTOMER_BYTES = 4096, LEAST_CUSTOMER_BYTES = 512, MOST_CUSTOMER_BYTES = 1000000, CUSTOMER_PAGE_CHARACTERS = 512 };

/* A text that grows to its room and not beyond. */
struct gathered {
    char *text;
    size_t size;
    size_t room;
    bool is_cut;
};

struct customer_information {
    const struct ocpp_customer_settings *settings;
    struct gathered found;
    bool is_open;
    bool is_on_its_way;
    int64_t request_id;
    int64_t link; /* over which it was asked for */
    int64_t seq_no;
    size_t told;     /* bytes that were answered */
    size_t page_end; /* where the page on its way ends */
    int attempts;
    int64_t retry_mono_ms;
};

enum customer_verdict {
    CUSTOMER_ACCEPTED,
    CUSTOMER_NOTHING_ASKED, /* neither to tell nor to clear */
    CUSTOMER_BUSY,          /* the last one is still being told, or nobody knows the time */
    CUSTOMER_CHARGES,       /* and cannot be forgotten meanwhile */
    CUSTOMER_NOT_CLEARED
};

struct customer_request {
    int64_t id;
    bool report;
    bool clear;
    struct ocpp_customer customer;
};

/* The words of a version. */
struct customer_words {
    enum ocpp_status (*send_page)(struct ocpp_charge_point *cp, const char *text, bool is_last);
};

extern const struct block ocpp_cp_customer_block;
enum { CUSTOMER_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v201_customer_hearings[CUSTOMER_HEARINGS];
extern const struct customer_words ocpp_cp_v201_customer_words;

struct customer_information *ocpp_cp_customer_information(const struct ocpp_charge_point *cp); /* NULL: there is none */
enum customer_verdict ocpp_cp_customer_ask(struct ocpp_charge_point *cp, const struct customer_request *request);
void ocpp_cp_customer_answered(struct ocpp_charge_point *cp);

/* --- customer_data.c: what the engine knows ------------------------------------------------------------------------------- */

void ocpp_cp_customer_gather(struct ocpp_charge_point *cp, const struct token *token, struct gathered *found);
/* ocpp_cp_customer_is_here: somebody charges with |token|, or is about to. */
bool ocpp_cp_customer_is_here(const struct ocpp_charge_point *cp, const struct token *token);
/* ocpp_cp_customer_forget: clears what may be cleared. Errors: those of the store; some of it may be gone then. */
enum ocpp_status ocpp_cp_customer_forget(struct ocpp_charge_point *cp, const struct token *token);
/* ocpp_cp_gather: appends a line. */
void ocpp_cp_gather(struct gathered *found, const char *format, ...) OCPP_PRINTF(2, 3);

#endif
