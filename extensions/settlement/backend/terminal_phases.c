/* terminal_phases.c: the whole machine of a start. */
#include "terminal_phases.h"

#include <assert.h>

/* clang-format off */
#define NO        0
#define TO(phase) ROW_START_PHASE_##phase

/* Money follows the order: a vehicle that fell silent is quoted without having ended, and a correction makes a debt of what was paid. */
static const enum row_start_phase moves[][START_EVENTS] = {
    /*                            HELD         FAILS       BEGINS        STOPS         ENDS       QUOTED      CONFIRMED      PAID      SHORT     NOTHING */
    [ROW_START_PHASE_HOLDING]   = { TO(GRANTED), TO(FAILED), NO,           NO,           NO,        NO,         NO,            NO,       NO,       TO(FAILED) },
    [ROW_START_PHASE_GRANTED]   = { NO,          TO(FAILED), TO(CHARGING), NO,           NO,        NO,         NO,            NO,       NO,       TO(FAILED) },
    [ROW_START_PHASE_CHARGING]  = { NO,          NO,         NO,           TO(STOPPING), TO(ENDED), TO(QUOTED), NO,            TO(PAID), TO(DEBT), TO(VOID) },
    [ROW_START_PHASE_STOPPING]  = { NO,          NO,         NO,           NO,           TO(ENDED), TO(QUOTED), NO,            TO(PAID), TO(DEBT), TO(VOID) },
    [ROW_START_PHASE_ENDED]     = { NO,          NO,         NO,           NO,           NO,        TO(QUOTED), NO,            TO(PAID), TO(DEBT), TO(VOID) },
    [ROW_START_PHASE_QUOTED]    = { NO,          NO,         NO,           NO,           NO,        TO(QUOTED), TO(CONFIRMED), TO(PAID), TO(DEBT), TO(VOID) },
    [ROW_START_PHASE_CONFIRMED] = { NO,          NO,         NO,           NO,           NO,        TO(QUOTED), NO,            TO(PAID), TO(DEBT), TO(VOID) },
    [ROW_START_PHASE_PAID]      = { NO,          NO,         NO,           NO,           NO,        NO,         NO,            NO,       TO(DEBT), NO },
    [ROW_START_PHASE_DEBT]      = { NO,          NO,         NO,           NO,           NO,        NO,         NO,            TO(PAID), NO,       TO(VOID) },
    [ROW_START_PHASE_VOID]      = { NO,          NO,         NO,           NO,           NO,        NO,         NO,            NO,       NO,       NO },
    [ROW_START_PHASE_FAILED]    = { NO,          NO,         NO,           NO,           NO,        NO,         NO,            NO,       NO,       NO },
};
/* clang-format on */

bool start_next(enum row_start_phase phase, enum start_event event, enum row_start_phase *next)
{
    assert(phase >= ROW_START_PHASE_HOLDING && phase <= ROW_START_PHASE_FAILED && (unsigned)event < START_EVENTS);
    if (moves[phase][event] == ROW_START_PHASE_UNSET) {
        return false;
    }
    *next = moves[phase][event];
    return true;
}
