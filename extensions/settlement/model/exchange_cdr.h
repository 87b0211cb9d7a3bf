/* exchange_cdr.h: a CDR while it is made: its periods and its costs. Private to this floor. */
#ifndef OCPP_SETTLEMENT_EXCHANGE_CDR_H
#define OCPP_SETTLEMENT_EXCHANGE_CDR_H

#include "exchange_parts.h"

/* cdr_period: from |from_s| to the next one. |energy| and |time| are the prices that held, whoever's they are; NULL: none yet. */
struct cdr_period {
    int64_t from_s;
    int64_t energy_mwh;
    int64_t charging_s, idle_s, reserved_s;
    const struct ocpp_settle_price_component *energy;
    const struct ocpp_settle_price_component *time;
};

/* cdr_periods: of the session, |begin_s| to |end_s|, and of the reservation before it. */
struct cdr_periods {
    struct cdr_period *items;
    size_t count;
    int64_t begin_s, end_s; /* of everything */
    int64_t session_s;      /* how long the session lasted */
    int64_t charging_s;
    int64_t energy_mwh;
};

/* cdr_periods_of: cuts the usage of |session|. Errors: OCPP_ERR_TOO_FEW nothing happened; of facts.h; OCPP_ERR_NOMEM. */
enum ocpp_status cdr_periods_of(struct exchange *exchange, const struct ocpp_settle_cdr_session *session,
                                struct cdr_periods *periods);

/* cdr_tax: what is due of one tax. */
struct cdr_tax {
    const char *name;
    int64_t rate_ppm;
    int64_t tax_minor;
};

enum { CDR_TAXES_MOST = 32 };

/* cdr_cost: a total. Without |knows_taxes| only the net amount is known. */
struct cdr_cost {
    bool is_there;
    bool knows_taxes;
    int64_t net_minor, tax_minor;
    struct cdr_tax taxes[CDR_TAXES_MOST];
    size_t tax_count;
};

enum cdr_total { CDR_TOTAL, CDR_FIXED, CDR_ENERGY, CDR_TIME, CDR_PARKING, CDR_RESERVATION, CDR_TOTALS };

/* cdr_costs_of: the totals of the lines of |session|, without power banks. Errors: OCPP_ERR_VALUE, OCPP_ERR_TOO_MANY taxes. */
enum ocpp_status cdr_costs_of(struct exchange *exchange, const struct ocpp_settle_cdr_session *session,
                              struct cdr_cost costs[CDR_TOTALS]);

#endif
