/* central_transactions.h: more about transactions: what is odd about a recorded one, so that billing can look before it bills;
 * and starts by order, tied to the transaction they cause.
 *
 * A station tells a transaction in several messages, again and again, late, out of order, in parts, or wrongly.
 * docs/transactions.md says what becomes of each such history. Whatever it is, the transaction is recorded once; what was odd
 * about it stands in its record, durable like the rest, and is told with the event that brought it.
 */
#ifndef OCPP_CENTRAL_TRANSACTIONS_H
#define OCPP_CENTRAL_TRANSACTIONS_H

#include <ocpp/central_orders.h>
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
    OCPP_ANOMALY_AFTER_END = 1 << 20          /* something dated after its end was told of it, before its end or afterwards */
};

/* ocpp_anomaly_name: "MeterFell", "Gap" … of one bit; NULL when there is none such. For all: go through the bits. */
OCPP_API const char *ocpp_anomaly_name(uint32_t bit);

/* --- starts by order ----------------------------------------------------------------------------------------------------- */

/* ocpp_start_order: whom to let charge, where, and how much. */
struct ocpp_start_order {
    int evse; /* 0: the station chooses; 1.6: connector n */
    struct ocpp_token token;
    const char *group_id;                 /* of the token; NULL: none. 1.6 has no word for it */
    const struct ocpp_limit_order *limit; /* OCPP_LIMIT_OF_TRANSACTION without a transaction, |evse| 0 or that of the order; NULL:
                                             none. 1.6 5.16.2; F01.FR.08 to FR.11 */
};

/* ocpp_station_start_with: as ocpp_station_start() (RemoteStartTransaction, 1.6 5.11; RequestStartTransaction, F01, F02), with
 * all there is to say.
 *
 * The order is written down before it leaves, and remembered for settings.remote_start_hold_s, over restarts and changes of
 * shard, or until the station refuses it: the transaction it causes has its number as |remote_start_id|, which the result of the
 * order has, too. In 2.x the station tells it; in 1.6, or where it does not, the transaction is told by its token, by its EVSE
 * where the order named one, and by its date, which is at most 15 hours before the order. Of several orders that fit, one that
 * names the EVSE goes first, then the older one. Of a station 8 orders are remembered; one more takes the place of the oldest.
 *
 * Errors: those of all commands, at once or, where the store fails later, as the status of the result: then nothing was sent. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_start_with(struct ocpp_station *station,
                                                                const struct ocpp_start_order *order,
                                                                const struct ocpp_command_done *done);

/* --- upkeep of the store ------------------------------------------------------------------------------------------------------
 */

/* ocpp_prune: which transactions go out of the store, and how far the sweep has come. A record is also what a repetition is known
 * by: one that was dropped is recorded anew when its station tells it again. So keep it for as long as a station may repeat
 * itself: as long as it may be offline, and longer where old queues are brought back with a replaced board. */
struct ocpp_prune {
    int64_t ended_before_utc_ms;     /* those that ended before; OCPP_UTC_UNKNOWN: none for their age */
    int64_t abandoned_before_utc_ms; /* those that run and of which nothing was told since; OCPP_UTC_UNKNOWN: none */
    size_t keep_newest;              /* of each station: of what is older than so many records, all that ended go; 0: none */
    size_t max_looked_at;            /* records, in one call; 0: 256 */
    /* the host takes it over, or keeps it here (false). May come twice for one whose deletion was lost; |cursor| names it. May
     * not write to the store. NULL: dropped unseen */
    bool (*hand_over)(const struct ocpp_transaction *transaction, void *user);
    void *user;
    size_t dropped;             /* is added to */
    char cursor[OCPP_KEY_SIZE]; /* "" to begin with; where the next call goes on; "" again when all was looked at */
};

/* ocpp_central_prune: one step of a sweep through the store of |central|, on its thread; at its end, orders to start whose time
 * is over go, too. What it drops is durable with the store's next flush. Stations of other shards must not be speaking of what is
 * dropped, which concerns those that run: abandon late. Errors: OCPP_ERR_NOMEM, OCPP_ERR_STORAGE, OCPP_ERR_FULL …: what was
 * dropped so far is dropped; call again. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_prune(struct ocpp_central *central, struct ocpp_prune *prune,
                                                           struct ocpp_now now);

/* ocpp_central_forget: everything in the store about a station that will not come again: its acceptance, its transactions, what
 * they were known by. One write, durable with the store's next flush. Should it come again, it boots anew. Errors: OCPP_ERR_BUSY
 * it is connected to this shard; on others it must not be; OCPP_ERR_ARGUMENT no identity; those of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_forget(struct ocpp_central *central, const char *identity);

OCPP_END_DECLARATIONS

#endif
