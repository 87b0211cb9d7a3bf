/* tzif.h: time zones as files describe them: TZif of RFC 8536 (versions 2 and later) with its footer in the notation of POSIX.
 * Bytes in, offsets out; who reads the file is zone_files.c. The bytes are not trusted. */
#ifndef OCPP_SETTLE_TZIF_H
#define OCPP_SETTLE_TZIF_H

#include <ocpp/settlement/model.h>

/* tz_date: a day of each year. JULIAN: |day| 1 to 365, a 29 February is never counted. DAY: 0 to 365, counted. MONTH: weekday
 * |day| (0 is Sunday) of week |week| (5: the last one) of |month|. The change comes |time_s| after that day began. */
enum tz_date_kind { TZ_JULIAN, TZ_DAY, TZ_MONTH };

struct tz_date {
    enum tz_date_kind kind;
    int month, week, day;
    int64_t time_s;
};

/* tz_rule: what holds behind the last change of a file. */
struct tz_rule {
    int64_t standard_s; /* local time is UTC plus so much */
    bool has_summer;
    int64_t summer_s;
    struct tz_date begin, end; /* of summer time, in standard and in summer time */
};

/* tz_rule_read: reads |size| bytes of "CET-1CEST,M3.5.0,M10.5.0/3". False where they are no such text. */
bool tz_rule_read(const char *text, size_t size, struct tz_rule *rule);

/* tz_rule_changes: when summer time begins and ends in |year|, in seconds of UTC. Only with has_summer. */
void tz_rule_changes(const struct tz_rule *rule, int year, int64_t *begin, int64_t *end);

/* tzif: a file that was read; it points into the bytes. */
struct tzif {
    const unsigned char *times; /* |time_count| of eight bytes, ascending */
    const unsigned char *kinds; /* a byte for each: which type holds from then on */
    const unsigned char *types; /* |type_count| of six bytes */
    size_t time_count;
    size_t type_count;
    bool has_rule;
    struct tz_rule rule;
};

/* tzif_read: finds its way through |size| bytes. Files that count leap seconds are refused: their times are no POSIX times.
 * Errors: OCPP_ERR_CORRUPT; OCPP_ERR_FOREIGN a first-version file, which ends in 2037. */
enum ocpp_status tzif_read(const unsigned char *bytes, size_t size, struct tzif *tzif);

/* tzif_transitions: the offset at |from_s| and each change after it and before |to_s|, in seconds of UTC, as at most |most|
 * transitions. Errors: OCPP_ERR_LIMIT there are more. */
enum ocpp_status tzif_transitions(const struct tzif *tzif, int64_t from_s, int64_t to_s,
                                  struct ocpp_settle_zone_transition *transitions, size_t most, size_t *count);

#endif
