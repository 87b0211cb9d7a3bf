/* Restrictions that are times: minutes and days of ours, text on the other side. */
#include "exchange_parts.h"

/* Where our own times stand, in the order of exchange_times. */
struct own_time {
    const char *name;
    bool *has;
    int64_t *value;
    bool (*read)(const char *text, int64_t *value);
    bool (*say)(struct exchange *exchange, int64_t value, const char **text);
};

static void find_own(struct ocpp_settle_restrictions *own, struct own_time times[EXCHANGE_TIMES])
{
    times[0] =
        (struct own_time){ "startMinute", &own->has_start_minute, &own->start_minute, exchange_minute, exchange_minute_text };
    times[1] =
        (struct own_time){ "endMinute", &own->has_end_minute, &own->end_minute, exchange_end_minute, exchange_minute_text };
    times[2] = (struct own_time){ "startDay", &own->has_start_day, &own->start_day, exchange_day, exchange_day_text };
    times[3] = (struct own_time){ "endDay", &own->has_end_day, &own->end_day, exchange_day, exchange_day_text };
}

enum ocpp_status exchange_times_in(struct exchange *exchange, const struct exchange_place *place,
                                   const char *const names[EXCHANGE_TIMES], const char *const texts[EXCHANGE_TIMES],
                                   struct ocpp_settle_restrictions *own)
{
    struct own_time times[EXCHANGE_TIMES];

    find_own(own, times);
    for (size_t i = 0; i < EXCHANGE_TIMES; i++) {
        const struct exchange_place here = { place, names[i], 0 };

        if (!texts[i]) {
            continue;
        }
        if (!times[i].read(texts[i], times[i].value)) {
            return exchange_fail(exchange, &here, OCPP_ERR_VALUE);
        }
        *times[i].has = true;
    }
    return OCPP_OK;
}

bool exchange_times_out(struct exchange *exchange, const struct exchange_place *place, const struct ocpp_settle_restrictions *own,
                        const char *texts[EXCHANGE_TIMES])
{
    struct ocpp_settle_restrictions copy = *own;
    struct own_time times[EXCHANGE_TIMES];
    bool said_all = true;

    find_own(&copy, times);
    for (size_t i = 0; i < EXCHANGE_TIMES; i++) {
        const struct exchange_place here = { place, times[i].name, 0 };

        texts[i] = NULL;
        if (!*times[i].has) {
            continue;
        }
        if (!times[i].say(exchange, *times[i].value, &texts[i])) {
            exchange_loss(exchange, &here, "there is no such time there; what stands under it is left out");
            said_all = false;
            continue;
        }
        exchange->out_of_memory = exchange->out_of_memory || !texts[i];
    }
    return said_all;
}

bool exchange_days_told(struct exchange *exchange, const struct exchange_place *place, const struct ocpp_settle_restrictions *own)
{
    const struct exchange_place here = { place, "days", 0 };

    if (!own->has_days || own->days != 0) {
        return true;
    }
    exchange_loss(exchange, &here, "no day of the week at all cannot be told; what stands under it is left out");
    return false;
}
