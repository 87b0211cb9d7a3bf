/* order_support.c: what the orders of several versions share. */
#include "dialect_notices.h"
#include "dialect_orders.h"

struct ocpp_limit_schedule *central_new_schedule(struct ocpp_central *central, size_t count, struct ocpp_limit_period **periods)
{
    struct ocpp_limit_schedule *schedule = ocpp_arena_take(central->results, sizeof *schedule);

    *periods = ocpp_arena_take(central->results, (count + 1) * sizeof **periods);
    if (!schedule || !*periods) {
        return NULL;
    }
    *schedule = (struct ocpp_limit_schedule){ .start_utc_ms = OCPP_UTC_UNKNOWN, .periods = *periods, .period_count = count };
    return schedule;
}

int central_phase(bool is_told, int64_t number)
{
    return is_told && number >= 1 && number <= 3 ? (int)number : 0;
}

void central_judge(struct ocpp_command_result *result, size_t place, const char *word, bool is_accepted)
{
    if (place == 0 || (result->accepted && !is_accepted)) {
        result->accepted = is_accepted;
        result->word = word;
    }
}

const char *central_word(const struct ocpp_enum *words, int value)
{
    const char *word = ocpp_enum_name(words, value);

    return word ? word : "";
}
