/* pricing_note.c: the JSON of the application note "OCPP & California Pricing Requirements", which DataTransfer of 1.6 carries:
 * SetUserPrice, RunningCost and FinalCost written, ConnectorUnplugged read. */
#include "drivers.h"

#include "json.h"

#include <string.h>

const char pricing_note_vendor[] = "org.openchargealliance.costmsg";

static void write_text(struct ocpp_json_writer *writer, const char *name, const char *text)
{
    ocpp_json_write_name(writer, name);
    ocpp_json_write_string(writer, text);
}

static void write_amount(struct ocpp_json_writer *writer, const char *name, bool is_there, struct ocpp_decimal amount)
{
    if (is_there) {
        ocpp_json_write_name(writer, name);
        ocpp_json_write_decimal(writer, amount);
    }
}

static void write_integer(struct ocpp_json_writer *writer, const char *name, int64_t integer)
{
    ocpp_json_write_name(writer, name);
    ocpp_json_write_integer(writer, integer);
}

/* False for a date that cannot be written. */
static bool write_date(struct ocpp_json_writer *writer, const char *name, int64_t utc_ms)
{
    char date[OCPP_TIME_TEXT_SIZE];

    if (ocpp_time_format(utc_ms, date) != OCPP_OK) {
        return false;
    }
    write_text(writer, name, date);
    return true;
}

static const char *finish(struct ocpp_json_writer *writer, bool is_right)
{
    const char *text;
    size_t size;

    ocpp_json_write_end(writer, '}');
    return ocpp_json_writer_finish(writer, &text, &size) == OCPP_OK && is_right ? text : NULL;
}

/* --- texts -------------------------------------------------------------------------------------------------------------------
 */

static void write_extra(struct ocpp_json_writer *writer, const struct ocpp_price_text *text)
{
    static const char *const formats[OCPP_MESSAGE_FORMATS] = { "ASCII", "HTML", "URI", "UTF8" };

    ocpp_json_write_begin(writer, '{');
    write_text(writer, "format", formats[text->format]);
    if (text->language && text->language[0]) {
        write_text(writer, "language", text->language);
    }
    write_text(writer, "content", text->text);
    ocpp_json_write_end(writer, '}');
}

static void write_texts(struct ocpp_json_writer *writer, const struct ocpp_price_text *texts, size_t count)
{
    write_text(writer, "priceText", count > 0 ? texts[0].text : "");
    if (count < 2) {
        return;
    }
    ocpp_json_write_name(writer, "priceTextExtra");
    ocpp_json_write_begin(writer, '[');
    for (size_t i = 1; i < count; i++) {
        write_extra(writer, &texts[i]);
    }
    ocpp_json_write_end(writer, ']');
}

const char *pricing_note_price(struct ocpp_arena *arena, const struct price_order *order)
{
    struct ocpp_json_writer writer;

    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_begin(&writer, '{');
    write_text(&writer, "idToken", order->token->id);
    write_texts(&writer, order->texts, order->text_count);
    return finish(&writer, true);
}

const char *pricing_note_final(struct ocpp_arena *arena, int64_t number, const struct ocpp_final_cost *cost)
{
    struct ocpp_json_writer writer;

    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_begin(&writer, '{');
    write_integer(&writer, "transactionId", number);
    write_amount(&writer, "cost", true, cost->amount);
    write_texts(&writer, cost->texts, cost->text_count);
    if (cost->qr_code) {
        write_text(&writer, "qrCodeText", cost->qr_code);
    }
    return finish(&writer, true);
}

/* --- the running cost --------------------------------------------------------------------------------------------------------
 */

static void write_charging(struct ocpp_json_writer *writer, const struct ocpp_unit_prices *prices)
{
    ocpp_json_write_name(writer, "chargingPrice");
    ocpp_json_write_begin(writer, '{');
    write_amount(writer, "kWhPrice", prices->has_per_kwh, prices->per_kwh);
    write_amount(writer, "hourPrice", prices->has_per_hour, prices->per_hour);
    write_amount(writer, "flatFee", prices->has_flat_fee, prices->flat_fee);
    ocpp_json_write_end(writer, '}');
}

static void write_idle(struct ocpp_json_writer *writer, const struct ocpp_unit_prices *prices)
{
    if (!prices->has_grace && !prices->has_per_hour) {
        return;
    }
    ocpp_json_write_name(writer, "idlePrice");
    ocpp_json_write_begin(writer, '{');
    if (prices->has_grace) {
        write_integer(writer, "graceMinutes", prices->grace_s / 60);
    }
    write_amount(writer, "hourPrice", prices->has_per_hour, prices->per_hour);
    ocpp_json_write_end(writer, '}');
}

static bool write_next(struct ocpp_json_writer *writer, const struct ocpp_running_cost *cost)
{
    if (!cost->has_next) {
        return true;
    }
    ocpp_json_write_name(writer, "nextPeriod");
    ocpp_json_write_begin(writer, '{');
    const bool is_right = write_date(writer, "atTime", cost->next_utc_ms);
    write_charging(writer, &cost->next_charging);
    write_idle(writer, &cost->next_idle);
    ocpp_json_write_end(writer, '}');
    return is_right;
}

static void write_statuses(struct ocpp_json_writer *writer, uint32_t statuses)
{
    ocpp_json_write_name(writer, "atCPStatus");
    ocpp_json_write_begin(writer, '[');
    for (int status = OCPP_CONNECTOR_AVAILABLE; status <= OCPP_CONNECTOR_FINISHING; status++) {
        if (statuses & (1u << status)) {
            ocpp_json_write_string(writer, ocpp_connector_status_name((enum ocpp_connector_status)status));
        }
    }
    ocpp_json_write_end(writer, ']');
}

static bool write_triggers(struct ocpp_json_writer *writer, const struct ocpp_cost_triggers *triggers)
{
    if (!triggers->has_time && !triggers->has_energy && !triggers->has_power && triggers->statuses == 0) {
        return true;
    }
    ocpp_json_write_name(writer, "triggerMeterValue");
    ocpp_json_write_begin(writer, '{');
    const bool is_right = !triggers->has_time || write_date(writer, "atTime", triggers->at_utc_ms);
    write_amount(writer, "atEnergykWh", triggers->has_energy, triggers->at_energy_kwh);
    write_amount(writer, "atPowerkW", triggers->has_power, triggers->at_power_kw);
    if (triggers->statuses != 0) {
        write_statuses(writer, triggers->statuses);
    }
    ocpp_json_write_end(writer, '}');
    return is_right;
}

const char *pricing_note_running(struct ocpp_arena *arena, int64_t number, const struct ocpp_running_cost *cost)
{
    struct ocpp_json_writer writer;

    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_begin(&writer, '{');
    write_integer(&writer, "transactionId", number);
    const bool has_date = write_date(&writer, "timestamp", cost->timestamp_utc_ms);
    write_integer(&writer, "meterValue", cost->meter_wh);
    write_amount(&writer, "cost", true, cost->amount);
    write_text(&writer, "state", cost->is_idle ? "Idle" : "Charging");
    write_charging(&writer, &cost->charging);
    write_idle(&writer, &cost->idle);
    const bool has_next = write_next(&writer, cost);
    return finish(&writer, write_triggers(&writer, &cost->triggers) && has_date && has_next);
}

/* --- what comes back ----------------------------------------------------------------------------------------------------------
 */

static bool read_unplugged(const struct ocpp_json *root, int64_t *number, int64_t *utc_ms)
{
    const bool is_object = ocpp_json_kind(root) == OCPP_JSON_OBJECT;
    const struct ocpp_json *id = is_object ? ocpp_json_member(root, "transactionId") : NULL;
    const struct ocpp_json *date = is_object ? ocpp_json_member(root, "timestamp") : NULL;

    if (!id || !date || ocpp_json_kind(id) != OCPP_JSON_NUMBER || ocpp_json_kind(date) != OCPP_JSON_STRING) {
        return false;
    }
    const char *text = ocpp_json_string(date);
    return ocpp_json_is_integer(id, number) && ocpp_time_parse(text, strlen(text), utc_ms) == OCPP_OK;
}

bool pricing_note_unplugged(const char *data, int64_t *number, int64_t *utc_ms)
{
    static const struct ocpp_json_limits limits = { .max_bytes = 4096, .max_nodes = 64, .max_depth = 8 };
    struct ocpp_json *root;

    if (!data || ocpp_json_parse(data, strlen(data), &limits, &root, NULL) != OCPP_OK) {
        return false;
    }
    const bool is_right = read_unplugged(root, number, utc_ms);
    ocpp_json_free(root);
    return is_right;
}
