/* price_facts.h: usage as it is reckoned with: times that never run backwards, registers that never fall, and a name for each
 * thing that had to be mended. */
#ifndef OCPP_SETTLEMENT_PRICE_FACTS_H
#define OCPP_SETTLEMENT_PRICE_FACTS_H

#include <ocpp/settlement/model.h>

#include <ocpp/message.h>

enum {
    MOST_SESSION_S = 366 * 86400,    /* of a session and of a reservation */
    MOST_RENTAL_S = 10 * 366 * 86400 /* of a power bank */
};

/* MOST_MWH: what a session may deliver: a terawatt-hour. */
#define MOST_MWH INT64_C(1000000000000000)

/* fact: an event. |energy_mwh| is that of the session, -1 where nobody read the meter. */
struct fact {
    int64_t at_s;
    int64_t energy_mwh;
};

/* facts: |items| has one for each event of the usage. The session goes from the first to |end_s|, the reservation likewise. */
struct facts {
    struct fact *items;
    int64_t end_s;
    int64_t reserved_from_s, reserved_to_s;
    uint32_t anomalies; /* bits, by enum ocpp_settle_bill_anomaly */
};

/* facts_check: whether |usage| is one at all, and in |mode| at its end. Errors: of class MESSAGE, with |issue|; OCPP_ERR_STATE.
 */
enum ocpp_status facts_check(const struct ocpp_settle_usage *usage, const struct ocpp_settle_snapshot *snapshot,
                             enum ocpp_settle_compute_mode mode, struct ocpp_issue *issue);

/* facts_of: of a usage that was checked, until |at_s| or the last event, if that is later, unless the usage says that it stopped.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE something lasts too long. */
enum ocpp_status facts_of(const struct ocpp_settle_usage *usage, const struct ocpp_settle_snapshot *snapshot,
                          enum ocpp_settle_compute_mode mode, int64_t at_s, struct ocpp_arena *arena, struct facts *facts);

/* facts_name: |anomaly| happened. */
void facts_name(struct facts *facts, enum ocpp_settle_bill_anomaly anomaly);

/* rental_of: how long |bank| was out, in seconds. Errors: OCPP_ERR_RANGE too long. */
enum ocpp_status rental_of(const struct ocpp_settle_bank_usage *bank, int64_t at_s, struct facts *facts, int64_t *to_s,
                           int64_t *lasted_s);

#endif
