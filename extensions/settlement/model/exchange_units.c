/* Units of the two sides: decimals and integers, times of day and dates as text. Exact, or refused. */
#include "exchange_parts.h"
#include "price_elements.h"

#include <ocpp/settlement/money.h>

#include <string.h>

#define DAY_MS INT64_C(86400000)

static bool times_ten(int64_t *value)
{
    if (*value > EXCHANGE_MOST / 10 || *value < -EXCHANGE_MOST / 10) {
        return false;
    }
    *value *= 10;
    return true;
}

bool exchange_scale(struct ocpp_decimal value, int shift, int64_t *integer)
{
    int64_t result = value.coefficient;

    if (result == 0) {
        *integer = 0;
        return true;
    }
    for (int32_t scale = value.scale; scale > shift; scale--) {
        if (result % 10 != 0) {
            return false;
        }
        result /= 10;
    }
    for (int32_t scale = value.scale; scale < shift; scale++) {
        if (!times_ten(&result)) {
            return false;
        }
    }
    if (result > EXCHANGE_MOST || result < -EXCHANGE_MOST) {
        return false;
    }
    *integer = result;
    return true;
}

enum ocpp_status exchange_amount(struct exchange *exchange, const struct exchange_place *place, struct ocpp_decimal value,
                                 int shift, int64_t *amount)
{
    if (value.coefficient < 0 || !exchange_scale(value, shift, amount) || *amount > OCPP_SETTLE_MOST_MINOR) {
        return exchange_fail(exchange, place, OCPP_ERR_RANGE);
    }
    return OCPP_OK;
}

enum ocpp_status exchange_rate(struct exchange *exchange, const struct exchange_place *place, struct ocpp_decimal percent,
                               int64_t *rate_ppm)
{
    const enum ocpp_status status = exchange_amount(exchange, place, percent, 4, rate_ppm);

    return status == OCPP_OK && *rate_ppm > MOST_RATE_PPM ? exchange_fail(exchange, place, OCPP_ERR_RANGE) : status;
}

struct ocpp_decimal exchange_decimal(int64_t integer, int shift)
{
    if (integer == 0) {
        return OCPP_DECIMAL(0, 0);
    }
    while (integer % 10 == 0) {
        integer /= 10;
        shift--;
    }
    return OCPP_DECIMAL(integer, shift);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool exchange_minute(const char *text, int64_t *minute)
{
    if (strlen(text) != 5 || !is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' || !is_digit(text[3]) ||
        !is_digit(text[4])) {
        return false;
    }
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');

    *minute = hours * 60 + minutes;
    return hours < 24 && minutes < 60;
}

bool exchange_end_minute(const char *text, int64_t *minute)
{
    if (!exchange_minute(text, minute)) {
        return false;
    }
    *minute = *minute == 0 ? 1440 : *minute;
    return true;
}

/* Years 1000 to 2999, as both sides demand; the rest is the calendar's. */
bool exchange_day(const char *text, int64_t *day)
{
    char time[] = "YYYY-MM-DDT00:00:00Z";
    int64_t utc_ms = 0;

    if (strlen(text) != 10 || (text[0] != '1' && text[0] != '2')) {
        return false;
    }
    memcpy(time, text, 10);
    if (ocpp_time_parse(time, sizeof time - 1, &utc_ms) != OCPP_OK || utc_ms % DAY_MS != 0) {
        return false;
    }
    *day = utc_ms / DAY_MS;
    return true;
}

bool exchange_minute_text(struct exchange *exchange, int64_t minute, const char **text)
{
    if (minute < 0 || minute > 1440) {
        return false;
    }
    const int hours = (int)(minute / 60) % 24;
    const int minutes = (int)(minute % 60);
    const char digits[5] = { (char)('0' + hours / 10), (char)('0' + hours % 10), ':', (char)('0' + minutes / 10),
                             (char)('0' + minutes % 10) };

    *text = ocpp_arena_text(exchange->arena, digits, sizeof digits);
    return true;
}

bool exchange_day_text(struct exchange *exchange, int64_t day, const char **text)
{
    char time[OCPP_TIME_TEXT_SIZE];

    if (day < -EXCHANGE_MOST / DAY_MS || day > EXCHANGE_MOST / DAY_MS || ocpp_time_format(day * DAY_MS, time) != OCPP_OK ||
        (time[0] != '1' && time[0] != '2')) {
        return false;
    }
    *text = ocpp_arena_text(exchange->arena, time, 10);
    return true;
}

size_t exchange_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

bool exchange_is_printable(const char *text)
{
    const char *at = text;

    while (*at >= ' ' && *at <= '~') {
        at++;
    }
    return *at == '\0' && at != text;
}

bool exchange_is_currency(const char *text)
{
    return ocpp_settle_currency_of(text) != NULL;
}
