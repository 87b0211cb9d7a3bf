/* town_fees.c: the tariff of town_backend.c once more, by what the town saw of cars and banks. Clocks of piles differ, and who
 * has no power or no link sees late: a rental may be some minutes longer or shorter than it was. */
#include "town.h"

enum { FREE_S = 300, UNIT_S = 1800, UNIT_MINOR = 100, DAY_S = 86400, DAY_MINOR = 600, BUY_OUT_MINOR = 2000, SLACK_S = 420 };

static int64_t with_tax(int64_t net_minor, int64_t percent)
{
    return net_minor + (net_minor * percent + 50) / 100;
}

/* Unit by unit: each costs its price on the day it begins, until that day is full. */
static int64_t rental_net(int64_t lasted_s)
{
    int64_t sum = 0;
    int64_t day = -1;
    int64_t of_day = 0;

    for (int64_t begin = FREE_S; begin < lasted_s && sum < BUY_OUT_MINOR; begin += UNIT_S) {
        of_day = begin / DAY_S == day ? of_day : 0;
        day = begin / DAY_S;
        sum += of_day < DAY_MINOR ? UNIT_MINOR : 0;
        of_day += UNIT_MINOR;
    }
    return sum < BUY_OUT_MINOR ? sum : BUY_OUT_MINOR;
}

struct town_fees town_fee_of_car(const struct town_car *car)
{
    const int64_t wh = car->last_wh - car->start_wh;
    const int64_t minor = with_tax((wh * 50 + 500) / 1000, 10);

    return (struct town_fees){ car->lost_power ? 0 : minor, minor };
}

struct town_fees town_fee_of_taking(const struct town *town, const struct town_taking *taking, bool is_bought)
{
    const int64_t bought = with_tax(BUY_OUT_MINOR, 20);
    const int64_t lasted_s = (taking->back_ms - taking->at_ms) / 1000;

    if (is_bought) {
        return (struct town_fees){ bought, bought };
    }
    if (taking->is_odd || taking->back_ms == OCPP_NEVER || town->piles[taking->pile].has_no_calendar) {
        return (struct town_fees){ 0, bought };
    }
    return (struct town_fees){ with_tax(rental_net(lasted_s - SLACK_S), 20), with_tax(rental_net(lasted_s + SLACK_S), 20) };
}
