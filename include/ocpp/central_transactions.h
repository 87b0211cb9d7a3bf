/* central_transactions.h: what is odd about a recorded transaction, so that billing can look before it bills.
 *
 * A station tells a transaction in several messages, again and again, late, out of order, in parts, or wrongly.
 * docs/transactions.md says what becomes of each such history. Whatever it is, the transaction is recorded once; what was odd
 * about it stands in its record, durable like the rest, and is told with the event that brought it.
 */
#ifndef OCPP_CENTRAL_TRANSACTIONS_H
#define OCPP_CENTRAL_TRANSACTIONS_H

#include <ocpp/central_system.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_anomaly: bits of ocpp_transaction.anomalies. The first four say how it stands just now and go when what was missing comes;
 * the others stay. The numbers stand in records: none is ever used for another. */
enum ocpp_anomaly {
    OCPP_ANOMALY_GAP = 1 << 0, /* 2.x: events in between were not told (seqNo); stays when too many were missing to know which */
    OCPP_ANOMALY_NO_START =
        1 << 1, /* its start was not told: a stop of a transaction nobody started here (1.6), or 2.x out of order */
    OCPP_ANOMALY_SUPERSEDED = 1 << 2, /* it runs, and another one has started at its EVSE */
    OCPP_ANOMALY_NO_METER = 1 << 3,   /* it has ended, and there are no two readings to tell its energy by */

    OCPP_ANOMALY_METER_FELL = 1 << 8,         /* a reading below an earlier one: meterStop below meterStart */
    OCPP_ANOMALY_METER_JUMPED = 1 << 9,       /* more energy between two readings than max_power_w can bring */
    OCPP_ANOMALY_METER_PLACEHOLDER = 1 << 10, /* a register below 0, or 0 after more than that: not reckoned with */
    OCPP_ANOMALY_CLOCK = 1 << 11,             /* dated before 2020, an hour or more ahead of us, or its end before its start */
    OCPP_ANOMALY_OVERLAP = 1 << 12,           /* it ended after the next one had started at its EVSE */
    OCPP_ANOMALY_SECOND_START = 1 << 13,      /* a start told again with other content, or (1.6) after the end */
    OCPP_ANOMALY_SECOND_END = 1 << 14,        /* an end told again with other content; the first one counts */
    OCPP_ANOMALY_NUMBER_REUSED = 1 << 15,     /* 2.x: an event with a number that was used, and another content */
    OCPP_ANOMALY_ID_REUSED = 1 << 16,         /* 2.x: an earlier transaction of the station had the same id */
    OCPP_ANOMALY_GUESSED = 1 << 17,           /* 1.6: ended by a stop without its number, which fitted it best (errata 3.18) */
    OCPP_ANOMALY_OTHER_TOKEN = 1 << 18,       /* another token was told with it, of another group or of none */
    OCPP_ANOMALY_TOKEN_REFUSED = 1 << 19,     /* its token was not accepted when the transaction was told */
    OCPP_ANOMALY_AFTER_END = 1 << 20          /* something dated after its end was told of it */
};

/* ocpp_anomaly_name: "MeterFell", "Gap" … of one bit; NULL when there is none such. For all: go through the bits. */
OCPP_API const char *ocpp_anomaly_name(uint32_t bit);

OCPP_END_DECLARATIONS

#endif
