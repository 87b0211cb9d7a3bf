/* price_zone.h: local time, by the transitions a snapshot carries. */
#ifndef OCPP_SETTLEMENT_PRICE_ZONE_H
#define OCPP_SETTLEMENT_PRICE_ZONE_H

#include <ocpp/settlement/model.h>

enum { DAY_S = 86400 };

/* local_time: |day| since 1970-01-01, |second| of it, |weekday| 0 for Monday. |offset_s| is what local time is ahead of UTC. */
struct local_time {
    int64_t day;
    int64_t second;
    int64_t offset_s;
    int weekday;
};

/* second_of: the whole second in which |utc_ms| lies. */
int64_t second_of(int64_t utc_ms);

struct local_time local_time_of(const struct ocpp_settle_snapshot *snapshot, int64_t at_s);

/* next_transition: the first second after |at_s| from which another offset holds; INT64_MAX: none is known. */
int64_t next_transition(const struct ocpp_settle_snapshot *snapshot, int64_t at_s);

#endif
