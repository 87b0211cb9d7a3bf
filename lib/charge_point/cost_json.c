/* cost_json.c: the JSON of the application note on pricing, read by the same strict floor as every message: SetUserPrice,
 * RunningCost, FinalCost, and the values of DefaultPrice and DefaultPriceText. What a message has beyond what is known is passed
 * over; what it lacks, or has in another shape, makes it none. */
#include "pricing.h"

#include <string.h>

#include "decimal.h"
#include "json.h"
#include "text.h"

static const struct ocpp_json_limits limits = { .max_bytes = 16384, .max_nodes = 256, .max_depth = 8 };

/* --- members ------------------------------------------------------------------------------------------------------------ */

/* A reader that remembers whether anything was wrong, so that a message is read in one go. */
struct reader {
    bool is_wrong;
};

static const struct ocpp_json *member(struct reader *reader, const struct ocpp_json *object, const char *name,
                                      enum ocpp_json_kind kind, bool is_required)
{
    const struct ocpp_json *value = object == NULL ? NULL : ocpp_json_member(object, name);
    const bool is_there = value != NULL && ocpp_json_kind(value) == kind;
    reader->is_wrong = reader->is_wrong || (value != NULL ? !is_there : is_required);
    return is_there ? value : NULL;
}

static const char *text(struct reader *reader, const struct ocpp_json *object, const char *name, bool is_required)
{
    const struct ocpp_json *value = member(reader, object, name, OCPP_JSON_STRING, is_required);
    return value == NULL ? NULL : ocpp_json_string(value);
}

static bool integer(struct reader *reader, const struct ocpp_json *object, const char *name, bool is_required, int64_t *result)
{
    const struct ocpp_json *value = member(reader, object, name, OCPP_JSON_NUMBER, is_required);
    const bool is_whole = value != NULL && ocpp_json_is_integer(value, result);
    reader->is_wrong = reader->is_wrong || (value != NULL && !is_whole);
    return is_whole;
}

static bool date(struct reader *reader, const struct ocpp_json *object, const char *name, bool is_required, int64_t *utc_ms)
{
    const char *value = text(reader, object, name, is_required);
    const bool is_date = value != NULL && ocpp_time_parse(value, strlen(value), utc_ms) == OCPP_OK;
    reader->is_wrong = reader->is_wrong || (value != NULL && !is_date);
    return is_date;
}

/* A decimal from 0 to |most|. */
static bool amount(struct reader *reader, const struct ocpp_json *object, const char *name, bool is_required, int64_t most,
                   struct ocpp_decimal *result)
{
    const struct ocpp_json *value = member(reader, object, name, OCPP_JSON_NUMBER, is_required);
    if (value == NULL) {
        return false;
    }
    *result = ocpp_json_number(value);
    const bool is_within =
        ocpp_decimal_compare(*result, OCPP_DECIMAL(0, 0)) >= 0 && ocpp_decimal_compare(*result, OCPP_DECIMAL(most, 0)) <= 0;
    reader->is_wrong = reader->is_wrong || !is_within;
    return is_within;
}

/* In millionths, or whatever |shift| makes of it; within bounds, so it fits. */
static int64_t scaled(struct ocpp_decimal value, int shift)
{
    int64_t result;
    return ocpp_decimal_to_integer(value, shift, &result) == OCPP_OK ? result : 0;
}

/* --- texts -------------------------------------------------------------------------------------------------------------- */

static void add_text(struct price_message *message, const char *content, const char *language, int32_t format)
{
    if (content != NULL && message->text_count < MOST_PRICE_TEXTS) {
        message->texts[message->text_count++] = (struct driver_text){ content, language, format };
    }
}

static int32_t format_of(struct reader *reader, const char *word)
{
    static const char *const words[OCPP_MESSAGE_FORMATS] = { "ASCII", "HTML", "URI", "UTF8" };
    for (int32_t format = 0; word != NULL && format < OCPP_MESSAGE_FORMATS; format++) {
        if (strcmp(words[format], word) == 0) {
            return format;
        }
    }
    reader->is_wrong = reader->is_wrong || word != NULL;
    return OCPP_MESSAGE_UTF8;
}

/* priceText, and the same in other languages. */
static void read_texts(struct reader *reader, struct price_message *message, bool is_required)
{
    add_text(message, text(reader, message->root, "priceText", is_required), NULL, OCPP_MESSAGE_UTF8);
    const struct ocpp_json *extra = member(reader, message->root, "priceTextExtra", OCPP_JSON_ARRAY, false);
    for (const struct ocpp_json *one = extra == NULL ? NULL : ocpp_json_first(extra); one != NULL; one = ocpp_json_next(one)) {
        if (ocpp_json_kind(one) != OCPP_JSON_OBJECT) {
            reader->is_wrong = true;
            return;
        }
        const int32_t format = format_of(reader, text(reader, one, "format", false));
        add_text(message, text(reader, one, "content", true), text(reader, one, "language", false), format);
    }
}

/* --- prices ------------------------------------------------------------------------------------------------------------- */

static struct ocpp_unit_prices read_charging(struct reader *reader, const struct ocpp_json *object)
{
    struct ocpp_unit_prices prices = { .has_per_kwh = false };
    prices.has_per_kwh = amount(reader, object, "kWhPrice", false, MOST_PRICE, &prices.per_kwh);
    prices.has_per_hour = amount(reader, object, "hourPrice", false, MOST_PRICE, &prices.per_hour);
    prices.has_flat_fee = amount(reader, object, "flatFee", false, MOST_AMOUNT, &prices.flat_fee);
    return prices;
}

static struct ocpp_unit_prices read_idle(struct reader *reader, const struct ocpp_json *object)
{
    struct ocpp_unit_prices prices = { .has_per_kwh = false };
    int64_t minutes;
    prices.has_per_hour = amount(reader, object, "hourPrice", false, MOST_PRICE, &prices.per_hour);
    prices.has_grace = integer(reader, object, "graceMinutes", false, &minutes);
    reader->is_wrong = reader->is_wrong || (prices.has_grace && (minutes < 0 || minutes > 100000));
    prices.grace_s = prices.has_grace && !reader->is_wrong ? minutes * 60 : 0;
    return prices;
}

static void read_next(struct reader *reader, const struct ocpp_json *object, struct running *running)
{
    if (object == NULL) {
        return;
    }
    running->has_next = date(reader, object, "atTime", true, &running->next_utc_ms);
    const struct ocpp_unit_prices charging =
        read_charging(reader, member(reader, object, "chargingPrice", OCPP_JSON_OBJECT, true));
    const struct ocpp_unit_prices idle = read_idle(reader, member(reader, object, "idlePrice", OCPP_JSON_OBJECT, false));
    running->next_per_kwh = scaled(charging.per_kwh, MICRO);
    running->next_per_hour = scaled(charging.per_hour, MICRO);
    running->next_idle_per_hour = scaled(idle.per_hour, MICRO);
    running->next_grace_s = idle.grace_s;
}

/* --- triggers ----------------------------------------------------------------------------------------------------------- */

static uint32_t status_bit(const char *word)
{
    static const struct {
        const char *word;
        enum ocpp_connector_status status;
    } words[] = {
        { "Available", OCPP_CONNECTOR_AVAILABLE },      { "Preparing", OCPP_CONNECTOR_PREPARING },
        { "Charging", OCPP_CONNECTOR_CHARGING },        { "SuspendedEVSE", OCPP_CONNECTOR_SUSPENDED_EVSE },
        { "SuspendedEV", OCPP_CONNECTOR_SUSPENDED_EV }, { "Finishing", OCPP_CONNECTOR_FINISHING },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, word) == 0) {
            return 1u << words[i].status;
        }
    }
    return 0;
}

static uint32_t read_statuses(struct reader *reader, const struct ocpp_json *array)
{
    uint32_t statuses = 0;
    for (const struct ocpp_json *one = array == NULL ? NULL : ocpp_json_first(array); one != NULL; one = ocpp_json_next(one)) {
        const uint32_t bit = ocpp_json_kind(one) == OCPP_JSON_STRING ? status_bit(ocpp_json_string(one)) : 0;
        reader->is_wrong = reader->is_wrong || bit == 0;
        statuses |= bit;
    }
    return statuses;
}

static void read_triggers(struct reader *reader, const struct ocpp_json *object, struct price_triggers *triggers)
{
    struct ocpp_decimal value;
    triggers->has_time = date(reader, object, "atTime", false, &triggers->utc_ms);
    triggers->has_energy = amount(reader, object, "atEnergykWh", false, MOST_PRICE, &value);
    triggers->energy_wh = triggers->has_energy ? scaled(value, 3) : 0;
    triggers->has_power = amount(reader, object, "atPowerkW", false, MOST_PRICE, &value);
    triggers->power_mw = triggers->has_power ? scaled(value, 6) : 0;
    triggers->statuses = read_statuses(reader, member(reader, object, "atCPStatus", OCPP_JSON_ARRAY, false));
}

/* --- messages ----------------------------------------------------------------------------------------------------------- */

/* The prices of charging may be left out once the vehicle only stands there, after the end. */
static void read_running(struct reader *reader, struct price_message *message)
{
    struct running *running = &message->running;
    const char *state = text(reader, message->root, "state", true);
    running->is_idle = state != NULL && strcmp(state, "Idle") == 0;
    reader->is_wrong = reader->is_wrong || (state != NULL && !running->is_idle && strcmp(state, "Charging") != 0);
    const struct ocpp_json *charging = member(reader, message->root, "chargingPrice", OCPP_JSON_OBJECT, !running->is_idle);
    message->charging = read_charging(reader, charging);
    message->idle = read_idle(reader, member(reader, message->root, "idlePrice", OCPP_JSON_OBJECT, false));
    message->has_prices = true;
    running->is_set = true;
    date(reader, message->root, "timestamp", true, &running->utc_ms);
    integer(reader, message->root, "meterValue", true, &running->meter_wh);
    running->cost = scaled(message->cost, MICRO);
    running->idle_since = running->utc_ms;
    running->per_kwh = scaled(message->charging.per_kwh, MICRO);
    running->per_hour = scaled(message->charging.per_hour, MICRO);
    running->idle_per_hour = scaled(message->idle.per_hour, MICRO);
    running->grace_s = message->idle.grace_s;
    read_next(reader, member(reader, message->root, "nextPeriod", OCPP_JSON_OBJECT, false), running);
    read_triggers(reader, member(reader, message->root, "triggerMeterValue", OCPP_JSON_OBJECT, false), &message->triggers);
}

static bool parse(const char *data, struct price_message *message)
{
    memset(message, 0, sizeof(*message));
    return ocpp_json_parse(data, strlen(data), &limits, &message->root, NULL) == OCPP_OK &&
           ocpp_json_kind(message->root) == OCPP_JSON_OBJECT;
}

bool ocpp_price_message_read(const char *data, enum price_message_kind kind, struct price_message *message)
{
    struct reader reader = { .is_wrong = false };
    if (!parse(data, message)) {
        return false;
    }
    if (kind == PRICE_MESSAGE_USER) {
        message->token = text(&reader, message->root, "idToken", true);
        read_texts(&reader, message, true);
        return !reader.is_wrong;
    }
    message->has_number = integer(&reader, message->root, "transactionId", true, &message->number);
    amount(&reader, message->root, "cost", true, MOST_AMOUNT, &message->cost);
    if (kind == PRICE_MESSAGE_RUNNING) {
        read_running(&reader, message);
        return !reader.is_wrong;
    }
    read_texts(&reader, message, true);
    message->qr_code = text(&reader, message->root, "qrCodeText", false);
    return !reader.is_wrong;
}

bool ocpp_price_default_read(const char *data, struct price_message *message)
{
    struct reader reader = { .is_wrong = false };
    if (!parse(data, message)) {
        return false;
    }
    message->texts[0].text = text(&reader, message->root, "priceText", true);
    message->texts[1].text = text(&reader, message->root, "priceTextOffline", false);
    message->text_count = 2;
    const struct ocpp_json *charging = member(&reader, message->root, "chargingPrice", OCPP_JSON_OBJECT, false);
    message->charging = read_charging(&reader, charging);
    message->has_prices = charging != NULL;
    return !reader.is_wrong;
}

void ocpp_price_message_free(struct price_message *message)
{
    ocpp_json_free(message->root);
    message->root = NULL;
}
