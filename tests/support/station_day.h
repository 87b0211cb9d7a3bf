/* station_day.h: a day in the life of a station, as a script that may be cut short at any moment, and what must be true after it.
 *
 * Charges local and remote, with a link and without, in one version or in two; between them the central system changes a setting,
 * the list, the availability of EVSE 2, reserves and limits, and has the station restart. Once the power is gone every step does
 * nothing. All that is asserted is what the central system and the firmware see. */
#ifndef OCPP_TESTS_STATION_DAY_H
#define OCPP_TESTS_STATION_DAY_H

#include "station_world.h"

/* What the central system ordered and was told would hold: |kept|; while it waits for the answer, |tried| may hold, too. */
struct promise {
    int kept;
    int tried;
};

enum { PROMISE_SETTING, PROMISE_LIST, PROMISE_OUT_OF_SERVICE, PROMISE_RESERVED, PROMISE_LIMIT, PROMISE_COUNT };

enum { DAY_ORDERS = 9 };

struct day {
    struct world *world;
    enum ocpp_version morning; /* what the central system would speak, until … */
    enum ocpp_version evening; /* … the link comes back in the middle of the day */
    bool is_evening;
    int64_t energy_wh; /* that flowed */
    struct promise promises[PROMISE_COUNT];
    int accepted; /* orders; of a whole day DAY_ORDERS */
    bool meddles; /* callbacks call inputs, so that statuses and permits are not at rest between the steps */
};

/* day_of: a station of two EVSEs that is not switched on. |flushes|: its store is durable only when the loop flushes it. */
struct day day_of(enum ocpp_version morning, enum ocpp_version evening, bool flushes);

/* day_live: the whole day, or what the power leaves of it. day_live_shortly: one charge with a link and one without. */
void day_live(struct day *day);
void day_live_shortly(struct day *day);

/* day_live_until_late: the day until everything it does is in the store at once: in the middle of the last charge but one. */
void day_live_until_late(struct day *day);

bool day_is_dark(const struct day *day);

/* day_link: a link in what both sides would speak, as far as the station offers it; with nothing left to tell in another version,
 * in the one that is wanted. */
void day_link(struct day *day);

/* day_switch_on: a fault that happens once may cost a start, which is then tried again; false: it is dark. */
bool day_switch_on(struct day *day);

/* day_restart: the software starts anew with the store as it is; false when that fails, or when it goes dark on the way. */
bool day_restart(struct day *day);

/* day_recover: the power is back after an hour, and so is the link; what was left over is told. */
void day_recover(struct day *day);

/* day_settle: faults are over: whatever still runs is ended by its owner, and everything is told. */
void day_settle(struct day *day);

/* day_is_exact: asserts that every session was started once and stopped once, that their energy is what flowed, that nothing is
 * left to tell, and that what was promised holds. */
void day_is_exact(struct day *day);

/* day_is_told: the same but for the energy and the promises. day_told_wh: the energy of all sessions, as the central system has
 * it. */
void day_is_told(const struct day *day);
int64_t day_told_wh(const struct day *day);

/* day_is_consistent: asserts what must hold at any moment of what the firmware sees. */
void day_is_consistent(const struct world *world);

#endif
