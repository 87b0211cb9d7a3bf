/* pricing.h: what drivers are to read about prices and costs, and what the pricing note of 1.6 wants of a station besides.
 *
 * There is a place per EVSE, and one for the reader that serves them all: it holds what was last said, so that it can be shown
 * again, and is gone with a restart. What is durable are the settings, and that a vehicle was unplugged: keys of the store
 * unplugged/<number>, in the order of happening. OCPP 2.0.1 I01 to I06; the application note "OCPP & California Pricing
 * Requirements". */
#ifndef OCPP_LIB_PRICING_H
#define OCPP_LIB_PRICING_H

#include <ocpp/cost.h>

#include "block.h"
#include "tokens.h"

struct ocpp_json;

enum {
    USUAL_DECIMALS = 2,
    MOST_DECIMALS = 6,
    MOST_LANGUAGES = 8,
    LANGUAGES_SIZE = 128,
    USUAL_TEXTS = 2,
    MOST_TEXTS = 8,
    PRICE_TEXT_CHARACTERS = 512,
    PRICE_TEXT_SIZE = PRICE_TEXT_CHARACTERS * 4 + 1,
    PRICE_LANGUAGE_SIZE = 36,
    QR_SIZE = 513,
    MOST_PRICE_TEXTS = 16, /* that are looked at in one message */
    MOST_UNPLUGGED = 1000,
    UNPLUGGED_PER_EVSE = 4,
    USUAL_METER_LOOK_MS = 5000,
    USUAL_HYSTERESIS = 5,
    MOST_PRICE = 100000,      /* per unit: beyond it is no price of any currency per kWh or hour */
    MOST_AMOUNT = 1000000000, /* of a session */
    MICRO = 6                 /* amounts are reckoned in millionths */
};

/* --- cost_running.c: the cost between two messages: a pure function --------------------------------------------------------- */

/* What RunningCost said, in millionths. */
struct running {
    bool is_set;
    bool is_idle;
    int64_t cost;       /* at … */
    int64_t utc_ms;     /* … this moment and … */
    int64_t meter_wh;   /* … this register */
    int64_t idle_since; /* utc ms */
    int64_t per_kwh;
    int64_t per_hour;
    int64_t idle_per_hour;
    int64_t grace_s;
    bool has_next;
    int64_t next_utc_ms;
    int64_t next_per_kwh;
    int64_t next_per_hour;
    int64_t next_idle_per_hour;
    int64_t next_grace_s;
};

/* ocpp_running_cost: the cost at |utc_ms| with the register at |meter_wh|, by the prices there were at the last message. */
int64_t ocpp_running_cost(const struct running *running, int64_t meter_wh, int64_t utc_ms);
/* ocpp_running_turn: the next prices hold from now on. */
void ocpp_running_turn(struct running *running, int64_t meter_wh);

/* --- cost_json.c: the texts of the note, read ----------------------------------------------------------------------------------
 */

/* When RunningCost wants a meter value. */
struct price_triggers {
    bool has_time;
    int64_t utc_ms;
    bool has_energy;
    int64_t energy_wh; /* of the transaction */
    bool has_power;
    int64_t power_mw;  /* thousandths of a watt */
    uint32_t statuses; /* bits 1 << enum ocpp_connector_status */
};

/* A message of the note. Texts are those of the parsed JSON. */
struct price_message {
    struct ocpp_json *root;
    const char *token; /* of SetUserPrice */
    bool has_number;
    int64_t number; /* of the transaction */
    struct ocpp_decimal cost;
    struct running running;
    bool has_prices;
    struct ocpp_unit_prices charging;
    struct ocpp_unit_prices idle;
    struct price_triggers triggers;
    const char *qr_code;
    struct driver_text texts[MOST_PRICE_TEXTS];
    size_t text_count;
};

enum price_message_kind { PRICE_MESSAGE_USER, PRICE_MESSAGE_RUNNING, PRICE_MESSAGE_FINAL };

/* ocpp_price_message_read: |data| as such a message; false: it is none. what it points to is freed by _free(), also then.
 * ocpp_price_default_read: the same for the value of DefaultPrice and of DefaultPriceText: texts[0] is for those who are online,
 * texts[1] (NULL: none) for the others. */
bool ocpp_price_message_read(const char *data, enum price_message_kind kind, struct price_message *message);
bool ocpp_price_default_read(const char *data, struct price_message *message);
void ocpp_price_message_free(struct price_message *message);

/* --- cost.c: what is told --------------------------------------------------------------------------------------------------- */

struct kept_text {
    int32_t format;
    char language[PRICE_LANGUAGE_SIZE];
    char text[PRICE_TEXT_SIZE];
};

/* Of an EVSE, or (0) of the reader for all of them. */
struct price_place {
    enum ocpp_price_kind kind; /* of what was last said */
    bool is_due;               /* the firmware is to be told */
    struct token token;        /* whose it is */
    bool has_transaction;
    uint8_t uuid[UUID_BYTES]; /* the transaction it is about */
    bool has_amount;
    bool has_prices;
    struct ocpp_decimal amount;
    struct ocpp_unit_prices charging;
    struct ocpp_unit_prices idle;
    struct running running;
    struct kept_text *texts;
    size_t text_count;
    char qr_code[QR_SIZE];
    bool awaits_final;        /* it has ended, and what it has cost is to come */
    int64_t fallback_mono_ms; /* nothing was said of this driver by then: the fallback is told; OCPP_NEVER */
    struct price_triggers triggers;
    enum ocpp_connector_status seen_status;
    int power_side;       /* 1 above its trigger, -1 below; 0: not seen yet */
    int64_t look_mono_ms; /* the next look at the meter; OCPP_NEVER */
    bool awaits_unplug;   /* its transaction has ended or will, and the vehicle is still there: ConnectorUnplugged is to come */
    bool was_plugged;
};

struct unplugged {
    uint8_t uuid[UUID_BYTES];
    bool has_number;
    int64_t number; /* of the transaction, as the central system knows it */
    struct moment when;
};

struct unplugged_entry {
    int64_t place; /* its number in the store */
    int attempts;
    struct unplugged record;
};

struct cost_block {
    struct price_place *places; /* evse_count + 1 */
    struct kept_text *texts;
    size_t texts_per_place;
    struct ocpp_own_setting *own; /* the firmware's, and ours behind them */
    size_t first_own;
    char (*own_texts)[96]; /* names and initial values of ours */
    char languages[MOST_LANGUAGES][PRICE_LANGUAGE_SIZE];
    size_t language_count;
    struct ocpp_price_text shown[MOST_TEXTS]; /* while the firmware looks */
    char uuid[UUID_TEXT_SIZE];
    char currency[8];
    char scratch[1024]; /* a value of a setting */
    struct unplugged_entry *unplugged;
    size_t unplugged_count;
    size_t unplugged_room;
    int64_t next_unplugged;
    int64_t unplugged_retry_mono_ms;
    bool is_unplugged_sent;
};

struct cost_block *ocpp_cp_cost(const struct ocpp_charge_point *cp); /* NULL: the station shows no prices */

/* What is said; |texts| may be NULL: those there are stay. */
struct price_said {
    enum ocpp_price_kind kind;
    const struct driver_text *texts;
    size_t text_count;
    const struct ocpp_decimal *amount; /* NULL: none */
    const char *qr_code;               /* NULL: none */
};
void ocpp_cp_price_say(struct ocpp_charge_point *cp, int place, const struct price_said *said);
/* ocpp_cp_price_fallback: says what is for everybody. */
void ocpp_cp_price_fallback(struct ocpp_charge_point *cp, int place, enum ocpp_price_kind kind);

/* What the central system says of a cost. OCPP_ERR_NOT_FOUND: no such transaction, or nobody of that token is there. */
enum ocpp_status ocpp_cp_cost_updated(struct ocpp_charge_point *cp, const struct evse *evse, struct ocpp_decimal cost);
enum ocpp_status ocpp_cp_price_heard(struct ocpp_charge_point *cp, enum price_message_kind kind, const char *data);
/* ocpp_cp_evse_of_number: where the transaction that the central system gave |number| runs, or was the last; NULL. */
struct evse *ocpp_cp_evse_of_number(struct ocpp_charge_point *cp, int64_t number);

/* --- cost_settings.c -------------------------------------------------------------------------------------------------------- */

enum cost_setting {
    COST_TARIFF_AVAILABLE,
    COST_TARIFF_ENABLED,
    COST_COST_AVAILABLE,
    COST_COST_ENABLED,
    COST_TARIFF_FALLBACK,
    COST_COST_FALLBACK,
    COST_CURRENCY,
    COST_DECIMALS,
    COST_DISPLAY_PRICES,
    COST_DEFAULT_PRICE,
    COST_IDLE_FEE,
    COST_LANGUAGES,
    COST_MULTI_LANGUAGE,
    COST_LANGUAGE,
    COST_PRICE_WAIT,
    COST_SETTING_COUNT
};

/* Of each language. */
enum cost_language_setting { COST_OF_DEFAULT_PRICE_TEXT, COST_OF_TARIFF, COST_OF_OFFLINE_TARIFF, COST_OF_COST, COST_OF_LANGUAGE };

const char *ocpp_cp_cost_wrong_setting(const struct ocpp_charge_point_settings *settings);
bool ocpp_cp_cost_bring(struct ocpp_charge_point *cp);
/* ocpp_cp_cost_text: the value of a setting, in the block's scratch. _flag, _number: as such. _language_text: of a language. */
const char *ocpp_cp_cost_text(const struct ocpp_charge_point *cp, enum cost_setting setting);
bool ocpp_cp_cost_flag(const struct ocpp_charge_point *cp, enum cost_setting setting);
int64_t ocpp_cp_cost_number(const struct ocpp_charge_point *cp, enum cost_setting setting);
const char *ocpp_cp_cost_language_text(const struct ocpp_charge_point *cp, size_t language, enum cost_language_setting setting);

/* --- cost_triggers.c -------------------------------------------------------------------------------------------------------- */

void ocpp_cp_triggers_set(struct ocpp_charge_point *cp, const struct evse *evse, const struct price_triggers *triggers);
void ocpp_cp_triggers_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_triggers_deadline(const struct ocpp_charge_point *cp);

/* --- cost_unplugged.c: told reliably that a vehicle was unplugged
 * --------------------------------------------------------------- */

extern const struct ocpp_layout unplugged_layout;

enum ocpp_status ocpp_cp_unplugged_load(struct ocpp_charge_point *cp);
void ocpp_cp_unplugged_work(struct ocpp_charge_point *cp);
/* ocpp_cp_unplugged_number: the central system has numbered the transaction |uuid|. */
void ocpp_cp_unplugged_number(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], int64_t number);
bool ocpp_cp_unplugged_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_cp_unplugged_deadline(const struct ocpp_charge_point *cp);
/* ocpp_cp_unplugged_answered: it was heard, or (|status|) its call failed. */
void ocpp_cp_unplugged_answered(struct ocpp_charge_point *cp, enum ocpp_status status);

/* What a version has for it. */
struct cost_words {
    bool has_note; /* the pricing note is heeded */
    enum ocpp_status (*send_unplugged)(struct ocpp_charge_point *cp, int64_t number, int64_t utc_ms);
};

extern const struct block ocpp_cp_cost_block;

#endif
