/* transactions.h: applying what a station told to a record: pure functions of record and facts. */
#ifndef OCPP_CENTRAL_TRANSACTIONS_H
#define OCPP_CENTRAL_TRANSACTIONS_H

#include "central_internal.h"
#include "records.h"

/* transaction_is_new: marks the facts' sequence number as seen; false when it was seen before (or is too old to tell). Facts
 * without a number are judged by transaction_apply(). */
bool transaction_is_new(struct transaction_record *record, const struct transaction_facts *facts);

/* transaction_apply: writes |facts| into |record|, whose texts are borrowed from the facts. False when they say nothing new: a
 * repeated start or end. */
bool transaction_apply(struct transaction_record *record, const struct transaction_facts *facts);

#endif
