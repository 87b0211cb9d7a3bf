/* schedule_share.c: a limit of the station, divided among the EVSEs that charge (1.6 3.13.3; 2.0.1 K04.FR.05).
 *
 * Each gets the same; what one cannot use, because its own limit is lower, is divided among the others. Where the equal part is
 * less than a vehicle can draw at all, those that began last wait with nothing, as many as needed. In ampere each EVSE counts as
 * if it used the phase the others use: nobody knows how they are wired. */
#include "schedule_share.h"

enum { WITHOUT_RANK = INT32_MAX };

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whether |user| takes part when |evse| is asked about. One whose own limit lets no vehicle draw takes nothing. */
static bool takes_part(const struct schedule_view *view, int user, int evse)
{
    const struct schedule_user *there = &view->users[user];
    return (there->charges || user == evse) && there->own.current_ma > 0 && there->own.current_ma >= view->site->least_current_ma;
}

static bool is_before(const struct schedule_user *users, int a, int b)
{
    return users[a].order != users[b].order ? users[a].order < users[b].order : a < b;
}

/* Numbers those that take part by when they began; gives how many there are. */
static int rank_users(const struct schedule_view *view, int evse)
{
    int count = 0;
    for (int i = 1; i <= view->count; i++) {
        view->users[i].rank = takes_part(view, i, evse) ? 0 : WITHOUT_RANK;
        for (int other = 1; other < i && view->users[i].rank != WITHOUT_RANK; other++) {
            if (view->users[other].rank != WITHOUT_RANK) {
                view->users[is_before(view->users, i, other) ? other : i].rank++;
            }
        }
        count += view->users[i].rank != WITHOUT_RANK;
    }
    return count;
}

static int64_t measure_of(const struct limit *limit, bool in_watt)
{
    return in_watt ? limit->power_mw : limit->current_ma;
}

/* The most that each of the first |served| may have so that together they stay within |total|: those who want less than an equal
 * part leave the rest to the others, until nobody does. */
static int64_t level_of(const struct schedule_view *view, int served, int64_t total, bool in_watt)
{
    int64_t level = total / served;
    for (int round = 0; round < served; round++) {
        int64_t rest = total;
        int others = 0;
        for (int i = 1; i <= view->count; i++) {
            if (view->users[i].rank >= served) {
                continue;
            }
            const int64_t wanted = measure_of(&view->users[i].own, in_watt);
            rest -= wanted <= level ? wanted : 0;
            others += wanted > level;
        }
        const int64_t next = others == 0 ? NO_LIMIT : rest / others;
        if (next <= level || others == 0) {
            return others == 0 ? NO_LIMIT : level;
        }
        level = next;
    }
    return level;
}

struct limit ocpp_schedule_share(const struct schedule_view *view, int evse, struct limit station)
{
    struct limit own = view->users[evse].own;
    if (!takes_part(view, evse, evse)) { /* it could not charge anyway */
        own.current_ma = earlier(own.current_ma, station.current_ma);
        own.power_mw = earlier(own.power_mw, station.power_mw);
        return own;
    }
    int served = rank_users(view, evse);
    while (served > 1 && level_of(view, served, station.current_ma, false) < view->site->least_current_ma) {
        served--;
    }
    if (served < 1 || view->users[evse].rank >= served) {
        own.current_ma = own.power_mw = 0;
        return own;
    }
    own.current_ma = earlier(own.current_ma, level_of(view, served, station.current_ma, false));
    own.power_mw = earlier(own.power_mw, level_of(view, served, station.power_mw, true));
    return own;
}

static int64_t sum(int64_t a, int64_t b)
{
    return a == NO_LIMIT || b == NO_LIMIT || a > NO_LIMIT - b ? NO_LIMIT : a + b;
}

struct limit ocpp_schedule_total(const struct schedule_view *view, struct limit station)
{
    bool is_idle = true;
    struct limit total = { 0, 0, station.phases, station.phase_to_use };
    for (int i = 1; i <= view->count; i++) {
        is_idle = is_idle && !view->users[i].charges;
    }
    for (int i = 1; i <= view->count; i++) {
        if (is_idle || view->users[i].charges) {
            total.current_ma = sum(total.current_ma, view->users[i].own.current_ma);
            total.power_mw = sum(total.power_mw, view->users[i].own.power_mw);
        }
    }
    return ocpp_schedule_lowest(total, station);
}
