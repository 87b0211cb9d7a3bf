/* settlement_json.c: orders, bills and legs as operators read them. */
#include "settlement_json.h"

#include <ocpp/settlement/money.h>

void json_add_amount(cJSON *object, const char *name, int64_t minor, int exponent)
{
    char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE];

    json_add_text(object, name, ocpp_settle_amount_format(minor, exponent, text) == OCPP_OK ? text : NULL);
}

/* What an enumeration of the model says on the wire; NULL where it says nothing. */
static const char *word(const struct ocpp_enum *words, int value)
{
    return value > 0 && value <= words->count ? words->values[value - 1] : NULL;
}

cJSON *order_json(const struct ocpp_settle_order *order)
{
    cJSON *json = cJSON_CreateObject(), *rentals;

    json_add_text(json, "id", order->id);
    json_add_text(json, "state", word(&ocpp_settle_order_state_enum, (int)order->state));
    json_add_text(json, "payer", order->payer);
    json_add_text(json, "provider", order->provider);
    json_add_text(json, "station", order->station);
    json_add_text(json, "currency", order->currency);
    json_add_text(json, "transaction", order->transaction);
    cJSON_AddBoolToObject(json, "charging", order->is_charging);
    json_add_time(json, "opened", order->opened_utc_ms);
    json_add_time(json, "vehicleEnded", order->vehicle_ended_utc_ms);
    json_add_time(json, "graceUntil", order->grace_until_utc_ms);
    json_add_time(json, "sealed", order->sealed_utc_ms);
    json_add_amount(json, "due", order->due_minor, order->exponent);
    json_add_amount(json, "paid", order->paid_minor, order->exponent);
    json_add_text(json, "debtReason", order->debt_reason);
    json_add_text(json, "refundReason", order->refund_reason);
    json_add_text(json, "residualOf", order->residual_of);
    json_add_text(json, "house", order->house);
    json_add_text(json, "statement", order->statement);
    json_add_text(json, "snapshot", order->snapshot_hash);
    rentals = cJSON_AddArrayToObject(json, "rentals");
    for (size_t i = 0; i < order->rental_count; i++) {
        cJSON_AddItemToArray(rentals, cJSON_CreateString(order->rentals[i]));
    }
    return json;
}

/* The taxes of a line by name; a rate in percent. */
static void add_line_taxes(cJSON *json, const struct ocpp_settle_bill_line *line, int exponent)
{
    cJSON *list = line->taxes.count > 0 ? cJSON_AddArrayToObject(json, "taxes") : NULL;

    for (size_t i = 0; i < line->taxes.count; i++) {
        cJSON *tax = cJSON_CreateObject();

        json_add_text(tax, "name", line->taxes.items[i].name);
        json_add_decimal(tax, "rate", OCPP_DECIMAL(line->taxes.items[i].rate_ppm, 4));
        json_add_amount(tax, "tax", line->taxes.items[i].tax_minor, exponent);
        cJSON_AddItemToArray(list, tax);
    }
}

static cJSON *line_json(const struct ocpp_settle_bill_line *line, int exponent)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "kind", word(&ocpp_settle_line_kind_enum, (int)line->kind));
    json_add_text(json, "rental", line->rental);
    json_add_time(json, "from", line->has_from ? line->from : OCPP_UTC_UNKNOWN);
    json_add_time(json, "to", line->has_to ? line->to : OCPP_UTC_UNKNOWN);
    json_add_integer(json, "measured", line->measured);
    json_add_integer(json, "billed", line->billed);
    json_add_text(json, "unit", word(&ocpp_settle_price_unit_enum, (int)line->unit));
    json_add_decimal(json, "price", OCPP_DECIMAL(line->price_micro, 6));
    json_add_amount(json, "net", line->net_minor, exponent);
    json_add_amount(json, "tax", line->tax_minor, exponent);
    json_add_amount(json, "gross", line->gross_minor, exponent);
    json_add_text(json, "reason", line->reason);
    add_line_taxes(json, line, exponent);
    return json;
}

cJSON *bill_json(const struct ocpp_settle_bill *bill)
{
    cJSON *json = cJSON_CreateObject(), *lines, *anomalies;

    json_add_text(json, "mode", word(&ocpp_settle_compute_mode_enum, (int)bill->mode));
    json_add_time(json, "at", bill->at);
    json_add_text(json, "currency", bill->currency);
    json_add_amount(json, "net", bill->net_minor, (int)bill->exponent);
    json_add_amount(json, "tax", bill->tax_minor, (int)bill->exponent);
    json_add_amount(json, "gross", bill->gross_minor, (int)bill->exponent);
    json_add_text(json, "hash", bill->output_hash);
    lines = cJSON_AddArrayToObject(json, "lines");
    for (size_t i = 0; i < bill->lines.count; i++) {
        cJSON_AddItemToArray(lines, line_json(&bill->lines.items[i], (int)bill->exponent));
    }
    anomalies = cJSON_AddArrayToObject(json, "anomalies");
    for (size_t i = 0; i < bill->anomalies.count; i++) {
        cJSON_AddItemToArray(anomalies, cJSON_CreateString(word(&ocpp_settle_bill_anomaly_enum, (int)bill->anomalies.items[i])));
    }
    return json;
}

cJSON *leg_json(const struct ocpp_settle_leg *leg, int exponent)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "id", leg->id);
    json_add_text(json, "provider", leg->provider);
    json_add_text(json, "state", leg->state);
    json_add_text(json, "reference", leg->reference);
    json_add_text(json, "reason", leg->reason);
    json_add_text(json, "actionUrl", leg->action_url);
    json_add_amount(json, "held", leg->held_minor, exponent);
    json_add_amount(json, "captured", leg->captured_minor, exponent);
    json_add_amount(json, "released", leg->released_minor, exponent);
    json_add_amount(json, "refunded", leg->refunded_minor, exponent);
    json_add_time(json, "expires", leg->expires_utc_ms);
    return json;
}
