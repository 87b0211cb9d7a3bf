/* cost.h: what the driver is to read about prices and costs.
 *
 * The central system reckons; the station shows. OCPP 2.0.1: the tariff of a driver comes with his authorization and may change
 * on the way (I01, I06), the cost so far in CostUpdated or with the answer to a transaction event (I02), the total with the
 * answer to its end (I03), and where nobody can be asked there are messages for everybody (I04, I05). OCPP 1.6 has none of that;
 * the application note "OCPP & California Pricing Requirements" of the Open Charge Alliance carries the same in DataTransfer
 * (SetUserPrice, RunningCost, FinalCost, ConnectorUnplugged of org.openchargealliance.costmsg), and the station heeds it: it
 * reckons between two messages by the unit prices, sends meter values when RunningCost wants some, and tells reliably that a
 * vehicle was unplugged. The firmware is told the same things in either version, by one callback.
 *
 * Amounts are decimals, as they were written; nothing here is a double. docs/display-and-cost.md shows it at a glance.
 */
#ifndef OCPP_COST_H
#define OCPP_COST_H

#include <ocpp/display.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* ocpp_price_kind: what the driver is to read. */
enum ocpp_price_kind {
    OCPP_PRICE_NONE,
    OCPP_PRICE_TARIFF,          /* what charging costs this driver, before and while he charges */
    OCPP_PRICE_TARIFF_FALLBACK, /* what it costs anybody: nothing was said of this driver, or nobody could be asked (I04) */
    OCPP_PRICE_RUNNING,         /* the cost so far */
    OCPP_PRICE_FINAL,           /* what it has cost; 0 is free (I03.FR.04) */
    OCPP_PRICE_FINAL_FALLBACK   /* it has ended, and nobody could be asked what it has cost (I05) */
};

/* ocpp_price: everything about it. Texts are borrowed for the call and never NULL. */
struct ocpp_price {
    enum ocpp_price_kind kind;
    int evse;                     /* 0: presented at a reader for all of them */
    const char *transaction_uuid; /* "": none has begun */
    bool has_amount;
    bool is_estimate; /* the amount was reckoned here, from the last one that was told */
    struct ocpp_decimal amount;
    const char *currency; /* ISO 4217; "": not set */
    int decimals;         /* that amounts have, as the setting says */
    /* what the driver understands best comes first, what the station shows otherwise after it */
    const struct ocpp_price_text *texts;
    size_t text_count;
    const char *qr_code; /* of the final cost (1.6): an address to show as a QR code; "": none */
    bool has_prices;     /* with RUNNING in 1.6 */
    bool is_idle;        /* the vehicle stands idle, as the central system sees it: |idle| counts, else |charging| */
    struct ocpp_unit_prices charging;
    struct ocpp_unit_prices idle;
};

/* ocpp_cost_settings: the struct is borrowed for life. What has a name of OCPP behind it is where the central system's setting
 * begins. All 0 is a station that shows prices in one language. */
struct ocpp_cost_settings {
    const char *currency;      /* TariffCostCtrlr.Currency; 3 letters; NULL: "" */
    int decimals;              /* NumberOfDecimalsForCostValues; 0 to 6, -1: none; 0: 2 */
    const char *languages;     /* SupportedLanguages: tags divided by commas, at most 8; NULL: none is said */
    const char *language;      /* Language, one of them; NULL: the first */
    const char *tariff_text;   /* TariffFallbackMessage; NULL: "" */
    const char *cost_text;     /* TotalCostFallbackMessage; NULL: "" */
    const char *default_price; /* DefaultPrice, JSON; NULL: "" */
    int64_t price_wait_ms;     /* WaitForSetUserPriceTimeout: 0 to 30,000 */
    bool idle_fee_after_stop;  /* CustomIdleFeeAfterStop */
    size_t max_texts;          /* kept per EVSE, with 2 kB of memory each: 1 to 8; 0: 2 */
    size_t max_unplugged;      /* unplugged connectors that wait to be told: at most 1,000; 0: 4 per EVSE */
    int64_t look_ms;           /* between looks at the meter while a trigger is set on it: at least 500; 0: 5,000 */
    int hysteresis_percent;    /* of a trigger on power: 1 to 50; 0: 5 */
    /* the driver at |price->evse| is to read |price|. May be NULL */
    void (*tell)(const struct ocpp_price *price, void *user);
    void *user;
};

/* ocpp_charge_point_price: what was last told of |evse| (0: of the reader for all of them); the kind is NONE when there is
 * nothing. An amount of 1.6 is carried on to |now| by the unit prices and what the meter showed last. Texts live until the next
 * call of anything. Errors: OCPP_ERR_ARGUMENT no such EVSE, or the station shows no prices. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_price(struct ocpp_charge_point *cp, int evse, struct ocpp_now now,
                                                                struct ocpp_price *price);

OCPP_END_DECLARATIONS

#endif
