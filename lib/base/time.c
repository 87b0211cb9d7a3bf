/* time.c: dates and times of RFC 3339 from and to milliseconds since 1970, in the proleptic Gregorian calendar.
 *
 * The arithmetic counts days from 0000-03-01, so that the leap day ends a year and a month's start needs no table.
 * What is read can always be written: an instant outside the years 0000 to 9999 of UTC is refused on both ways.
 */
#include "time_parse.h"

#include <string.h>

static const int64_t day_ms = 86400000;
static const int64_t least_ms = -62167219200000; /* 0000-01-01T00:00:00.000Z */
static const int64_t most_ms = 253402300799999;  /* 9999-12-31T23:59:59.999Z */

enum { EPOCH_FROM_MARCH_0 = 719468, DAYS_IN_400_YEARS = 146097 };

/* Days from 1970-01-01 to a date; |month| counts from 1. */
static int64_t days_of_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * DAYS_IN_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_FROM_MARCH_0;
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

struct reading {
    const char *at;
    const char *end;
    unsigned allowed; /* bits of enum ocpp_time_quirks */
    unsigned used;
    int year, month, day, hour, minute, second, millisecond;
    int offset_minutes;
};

/* Reads |count| digits as a number within |least| and |most|. */
static bool read_number(struct reading *r, int count, int least, int most, int *number)
{
    int value = 0;

    if (r->end - r->at < count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        const int digit = *r->at++ - '0';
        if (digit < 0 || digit > 9) {
            return false;
        }
        value = value * 10 + digit;
    }
    *number = value;
    return value >= least && value <= most;
}

static bool read_char(struct reading *r, char c)
{
    if (r->at == r->end || *r->at != c) {
        return false;
    }
    r->at++;
    return true;
}

static bool use_quirk(struct reading *r, unsigned quirk)
{
    r->used |= quirk;
    return (r->allowed & quirk) != 0;
}

static bool read_date(struct reading *r)
{
    return read_number(r, 4, 0, 9999, &r->year) && read_char(r, '-') && read_number(r, 2, 1, 12, &r->month) &&
           read_char(r, '-') && read_number(r, 2, 1, days_in_month(r->year, r->month), &r->day);
}

/* Digits behind the first three are read and dropped. */
static bool read_fraction(struct reading *r)
{
    int weight = 100;

    if (!read_char(r, '.')) {
        return true;
    }
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        r->millisecond += (*r->at - '0') * weight;
        weight /= 10;
    }
    return r->at > start;
}

static bool read_time(struct reading *r)
{
    if (!read_number(r, 2, 0, 23, &r->hour) || !read_char(r, ':') || !read_number(r, 2, 0, 59, &r->minute)) {
        return false;
    }
    if (!read_char(r, ':')) {
        return use_quirk(r, OCPP_TIME_NO_SECONDS);
    }
    return read_number(r, 2, 0, 60, &r->second) && read_fraction(r);
}

static bool read_zone(struct reading *r)
{
    int hours = 0;
    int minutes = 0;

    if (r->at == r->end) {
        return use_quirk(r, OCPP_TIME_NO_ZONE);
    }
    if (read_char(r, 'Z') || read_char(r, 'z')) {
        return true;
    }
    const bool negative = read_char(r, '-');
    if ((!negative && !read_char(r, '+')) || !read_number(r, 2, 0, 23, &hours)) {
        return false;
    }
    if (!read_char(r, ':') && !use_quirk(r, OCPP_TIME_SHORT_OFFSET)) {
        return false;
    }
    const bool hours_only = r->at == r->end && (r->used & OCPP_TIME_SHORT_OFFSET) != 0;
    if (!hours_only && !read_number(r, 2, 0, 59, &minutes)) {
        return false;
    }
    r->offset_minutes = negative ? -(hours * 60 + minutes) : hours * 60 + minutes;
    return true;
}

static bool read_all(struct reading *r)
{
    if (!read_date(r)) {
        return false;
    }
    if (!read_char(r, 'T') && !read_char(r, 't') && !read_char(r, ' ')) {
        return false;
    }
    return read_time(r) && read_zone(r) && r->at == r->end;
}

/* Leap seconds come before midnight of UTC only; the 60th second then is the first of the next day (RFC 3339 5.7). */
static bool is_leap_second_placed(const struct reading *r, int64_t minutes)
{
    return r->second < 60 || ((minutes % 1440) + 1440) % 1440 == 1439;
}

static enum ocpp_status parse(struct reading *r, int64_t *utc_ms)
{
    if (!read_all(r)) {
        return OCPP_ERR_DATE_TIME;
    }
    const int64_t minutes =
        days_of_date(r->year, r->month, r->day) * 1440 + INT64_C(60) * r->hour + r->minute - r->offset_minutes;
    const int64_t ms = minutes * 60000 + INT64_C(1000) * r->second + r->millisecond;
    if (!is_leap_second_placed(r, minutes) || ms < least_ms || ms > most_ms) {
        return OCPP_ERR_DATE_TIME;
    }
    *utc_ms = ms;
    return OCPP_OK;
}

enum ocpp_status ocpp_time_parse(const char *text, size_t size, int64_t *utc_ms)
{
    struct reading r = { .at = text, .end = text + size };

    return parse(&r, utc_ms);
}

enum ocpp_status ocpp_time_parse_lenient(const char *text, size_t size, int64_t *utc_ms, unsigned *quirks_used)
{
    struct reading r = { .at = text,
                         .end = text + size,
                         .allowed = OCPP_TIME_SHORT_OFFSET | OCPP_TIME_NO_ZONE | OCPP_TIME_NO_SECONDS };
    const enum ocpp_status status = parse(&r, utc_ms);

    if (status == OCPP_OK) {
        *quirks_used = r.used;
    }
    return status;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

/* The date |days| after 1970-01-01, the reverse of days_of_date(). */
static void date_of_days(int64_t days, int *year, int *month, int *day)
{
    days += EPOCH_FROM_MARCH_0;
    const int64_t era = (days >= 0 ? days : days - (DAYS_IN_400_YEARS - 1)) / DAYS_IN_400_YEARS;
    const int64_t day_of_era = days - era * DAYS_IN_400_YEARS;
    const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t month_from_march = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

/* Writes |value| as |count| digits and the separator |behind|. */
static char *write_number(char *at, int value, int count, char behind)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    at[count] = behind;
    return at + count + 1;
}

enum ocpp_status ocpp_time_format(int64_t utc_ms, char text[OCPP_TIME_TEXT_SIZE])
{
    int year;
    int month;
    int day;

    if (utc_ms < least_ms || utc_ms > most_ms) {
        text[0] = '\0';
        return OCPP_ERR_RANGE;
    }
    const int64_t days = (utc_ms - least_ms) / day_ms + least_ms / day_ms;
    const int ms = (int)(utc_ms - days * day_ms);
    date_of_days(days, &year, &month, &day);
    char *at = write_number(text, year, 4, '-');
    at = write_number(at, month, 2, '-');
    at = write_number(at, day, 2, 'T');
    at = write_number(at, ms / 3600000, 2, ':');
    at = write_number(at, ms / 60000 % 60, 2, ':');
    at = write_number(at, ms / 1000 % 60, 2, '.');
    at = write_number(at, ms % 1000, 3, 'Z');
    *at = '\0';
    return OCPP_OK;
}
