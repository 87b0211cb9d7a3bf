/* The footer of a time zone file: a TZ string of POSIX with the extensions of RFC 8536, 3.3.1. */
#include "tzif.h"

enum { HOUR_S = 3600, NAME_LEAST = 3 };

#define DAY_S INT64_C(86400)

/* What is left of the text. */
struct reader {
    const char *at;
    const char *end;
};

static bool take(struct reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted) {
        return false;
    }
    reader->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A name of a zone: letters, or anything of letters, digits and signs within < >. Nobody needs it here. */
static bool skip_name(struct reader *reader)
{
    const bool quoted = take(reader, '<');
    size_t size = 0;

    while (reader->at != reader->end &&
           (is_letter(*reader->at) || (quoted && (is_digit(*reader->at) || *reader->at == '+' || *reader->at == '-')))) {
        reader->at++;
        size++;
    }
    return size >= NAME_LEAST && (!quoted || take(reader, '>'));
}

static bool read_number(struct reader *reader, int most, int *number)
{
    int value = 0;
    size_t digits = 0;

    while (reader->at != reader->end && is_digit(*reader->at) && digits < 4) {
        value = value * 10 + (*reader->at++ - '0');
        digits++;
    }
    *number = value;
    return digits > 0 && value <= most;
}

/* hh[:mm[:ss]] with a sign; up to |most| hours. */
static bool read_time(struct reader *reader, int most, int64_t *seconds)
{
    const bool negative = take(reader, '-');
    int hours = 0;
    int minutes = 0;
    int rest = 0;

    if (!negative) {
        take(reader, '+');
    }
    if (!read_number(reader, most, &hours)) {
        return false;
    }
    if (take(reader, ':') && (!read_number(reader, 59, &minutes) || (take(reader, ':') && !read_number(reader, 59, &rest)))) {
        return false;
    }
    *seconds = ((int64_t)hours * 60 + minutes) * 60 + rest;
    *seconds = negative ? -*seconds : *seconds;
    return true;
}

static bool read_month_day(struct reader *reader, struct tz_date *date)
{
    date->kind = TZ_MONTH;
    return read_number(reader, 12, &date->month) && date->month >= 1 && take(reader, '.') &&
           read_number(reader, 5, &date->week) && date->week >= 1 && take(reader, '.') && read_number(reader, 6, &date->day);
}

static bool read_day(struct reader *reader, struct tz_date *date)
{
    if (take(reader, 'M')) {
        return read_month_day(reader, date);
    }
    date->kind = take(reader, 'J') ? TZ_JULIAN : TZ_DAY;
    return read_number(reader, 365, &date->day) && (date->kind == TZ_DAY || date->day >= 1);
}

/* ,date[/time]: at two in the morning where nothing is said. */
static bool read_date(struct reader *reader, struct tz_date *date)
{
    date->time_s = 2 * HOUR_S;
    return take(reader, ',') && read_day(reader, date) && (!take(reader, '/') || read_time(reader, 167, &date->time_s));
}

/* POSIX counts offsets west of Greenwich. */
static bool read_offset(struct reader *reader, int64_t *offset_s)
{
    int64_t west = 0;

    if (!read_time(reader, 24, &west)) {
        return false;
    }
    *offset_s = -west;
    return true;
}

bool tz_rule_read(const char *text, size_t size, struct tz_rule *rule)
{
    struct reader reader = { text, text + size };

    *rule = (struct tz_rule){ .has_summer = false };
    if (!skip_name(&reader) || !read_offset(&reader, &rule->standard_s)) {
        return false;
    }
    if (reader.at == reader.end) {
        return true;
    }
    rule->has_summer = true;
    rule->summer_s = rule->standard_s + HOUR_S;
    if (!skip_name(&reader)) {
        return false;
    }
    if (reader.at != reader.end && *reader.at != ',' && !read_offset(&reader, &rule->summer_s)) {
        return false;
    }
    return read_date(&reader, &rule->begin) && read_date(&reader, &rule->end) && reader.at == reader.end;
}

/* --- the calendar ------------------------------------------------------------------------------------------------------ */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of |month| of |year|; from year 1 on. */
static int64_t days_before(int year, int month)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    const int64_t past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] + (month > 2 && is_leap(year));
}

static int64_t length_of(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Weekday |day| of week |week|; 1970-01-01 was a Thursday, and Sunday is 0. */
static int64_t month_day(const struct tz_date *date, int year)
{
    const int64_t first = days_before(year, date->month);
    const int weekday = (int)(((first + 4) % 7 + 7) % 7);
    int64_t offset = (date->day - weekday + 7) % 7 + (date->week - 1) * 7;

    if (offset >= length_of(year, date->month)) {
        offset -= 7;
    }
    return first + offset;
}

static int64_t date_s(const struct tz_date *date, int year)
{
    int64_t day = 0;

    switch (date->kind) {
    case TZ_MONTH:
        day = month_day(date, year);
        break;
    case TZ_JULIAN:
        day = days_before(year, 1) + date->day - 1 + (date->day > 59 && is_leap(year));
        break;
    case TZ_DAY:
        day = days_before(year, 1) + date->day;
        break;
    }
    return day * DAY_S + date->time_s;
}

void tz_rule_changes(const struct tz_rule *rule, int year, int64_t *begin, int64_t *end)
{
    *begin = date_s(&rule->begin, year) - rule->standard_s;
    *end = date_s(&rule->end, year) - rule->summer_s;
}
