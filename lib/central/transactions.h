/* transactions.h: what the files about transactions share: the work on one request, finding its record, applying what a station
 * told to it. */
#ifndef OCPP_CENTRAL_TRANSACTIONS_H
#define OCPP_CENTRAL_TRANSACTIONS_H

#include "central_internal.h"
#include "records.h"

/* What stands in the pending's arena while the request waits. */
struct work {
    struct transaction_facts facts;
    struct transaction_record record;
    const char *identity;
    uint64_t ordinal; /* 0: no record yet */
    bool fresh;       /* the record is made by this request */
    bool news;        /* the application is to be told */
    bool unrecorded;  /* samples of a transaction nobody knows: told as plain samples */
    void (*answer)(struct pending *pending);
};

/* transaction_find: loads the record |work| is about. Errors: OCPP_ERR_NOT_FOUND there is none; those of the store. */
enum ocpp_status transaction_find(struct pending *pending, struct work *work);

/* transaction_start_key: where a numbered start is found again. Errors: OCPP_ERR_LIMIT. */
enum ocpp_status transaction_start_key(char key[OCPP_KEY_SIZE], const struct work *work);

/* transaction_last_ordinal: of the newest record of a station, 0 when there is none. Errors: those of the store. */
enum ocpp_status transaction_last_ordinal(struct ocpp_central *central, const char *identity, uint64_t *ordinal);

/* transaction_is_new: marks the facts' sequence number as seen; false when they repeat what was told. A start or an end is new as
 * long as none was told, whatever its number; an update, when its number was not seen, or is too old to tell. */
bool transaction_is_new(struct transaction_record *record, const struct transaction_facts *facts);

/* transaction_apply: writes |facts|, which are new, into |record|, whose texts are borrowed from the facts. */
void transaction_apply(struct transaction_record *record, const struct transaction_facts *facts);

#endif
