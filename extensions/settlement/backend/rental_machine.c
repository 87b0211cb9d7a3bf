/* rental_machine.c: the two machines, whole. */
#include "rental_machine.h"

#include <assert.h>

struct move {
    enum move_outcome outcome;
    int next;
};

/* clang-format off */
#define NO        { MOVE_REFUSED, 0 }
#define AGAIN     { MOVE_AGAIN, 0 }

#define TO(state) { MOVE_MADE, ROW_RENTAL_STATE_##state }

/* Whatever comes twice is AGAIN. Facts of a pile are refused only where they contradict another fact of the pile; a bank that came back
 * counts in every state in which it may have been out, also before anybody told that it was (A5), and after its grant was given up
 * (A27). */
static const struct move rental_moves[][RENTAL_EVENTS] = {
    /*                             HELD         DENIED      TAKEN         FAILED      SILENT        RETURNED      STUCK         FREED      BOUGHT      SWAP */
    [ROW_RENTAL_STATE_REQUESTED] = { TO(GRANTED), TO(FAILED), NO,           NO,         NO,           NO,           NO,           NO,        NO,         NO },
    [ROW_RENTAL_STATE_GRANTED]   = { AGAIN,       NO,         TO(TAKEN),    TO(FAILED), TO(SILENT),   TO(UNSEEN),   AGAIN,        NO,        NO,         NO },
    [ROW_RENTAL_STATE_TAKEN]     = { AGAIN,       NO,         AGAIN,        NO,         AGAIN,        TO(RETURNED), TO(SUSPENSE), AGAIN,     TO(BOUGHT), TO(SWAPPING) },
    [ROW_RENTAL_STATE_UNSEEN]    = { AGAIN,       NO,         TO(RETURNED), TO(FAILED), TO(RETURNED), AGAIN,        AGAIN,        AGAIN,     NO,         NO },
    [ROW_RENTAL_STATE_SWAPPING]  = { AGAIN,       NO,         TO(TAKEN),    TO(FAILED), TO(SILENT),   TO(RETURNED), AGAIN,        AGAIN,     NO,         AGAIN },
    [ROW_RENTAL_STATE_SUSPENSE]  = { AGAIN,       NO,         AGAIN,        NO,         AGAIN,        TO(RETURNED), AGAIN,        TO(TAKEN), NO,         NO },
    [ROW_RENTAL_STATE_RETURNED]  = { AGAIN,       NO,         AGAIN,        NO,         AGAIN,        AGAIN,        AGAIN,        AGAIN,     NO,         NO },
    [ROW_RENTAL_STATE_BOUGHT]    = { AGAIN,       NO,         AGAIN,        NO,         AGAIN,        TO(RETURNED), AGAIN,        AGAIN,     AGAIN,      NO },
    [ROW_RENTAL_STATE_FAILED]    = { NO,          AGAIN,      NO,           AGAIN,      AGAIN,        NO,           AGAIN,        AGAIN,     NO,         NO },
    [ROW_RENTAL_STATE_SILENT]    = { AGAIN,       NO,         TO(TAKEN),    TO(FAILED), AGAIN,        TO(UNSEEN),   AGAIN,        AGAIN,     NO,         NO },
};

#undef TO
#define TO(state) { MOVE_MADE, ROW_BANK_STATE_##state }

/* A bank is rentable when it is Idle, and becomes Idle only by the word of a pile that its mark is neutral. */
static const struct move bank_moves[][BANK_EVENTS] = {
    /*                               RESERVE       RELEASE   LEAVE       BACK           RESET     HOLD      SELL      VANISH    TURN_UP   RETIRE              SERVE */
    [ROW_BANK_STATE_IDLE]           = { TO(RESERVED), AGAIN,    TO(RENTED), TO(RETURNING), AGAIN,    TO(HELD), NO,       TO(LOST), TO(IDLE), TO(OUT_OF_SERVICE), AGAIN },
    [ROW_BANK_STATE_RESERVED]       = { NO,           TO(IDLE), TO(RENTED), TO(RETURNING), AGAIN,    TO(HELD), NO,       TO(LOST), AGAIN,    NO,                 NO },
    [ROW_BANK_STATE_RENTED]         = { NO,           AGAIN,    AGAIN,      TO(RETURNING), AGAIN,    TO(HELD), TO(SOLD), AGAIN,    NO,       NO,                 NO },
    [ROW_BANK_STATE_RETURNING]      = { NO,           AGAIN,    TO(RENTED), TO(RETURNING), TO(IDLE), TO(HELD), NO,       TO(LOST), AGAIN,    NO,                 NO },
    [ROW_BANK_STATE_HELD]           = { NO,           TO(IDLE), TO(RENTED), TO(RETURNING), AGAIN,    AGAIN,    TO(SOLD), TO(LOST), AGAIN,    TO(OUT_OF_SERVICE), TO(IDLE) },
    [ROW_BANK_STATE_OUT_OF_SERVICE] = { NO,           AGAIN,    TO(RENTED), TO(RETURNING), AGAIN,    TO(HELD), NO,       TO(LOST), AGAIN,    AGAIN,              TO(IDLE) },
    [ROW_BANK_STATE_SOLD]           = { NO,           AGAIN,    AGAIN,      TO(RETURNING), AGAIN,    TO(HELD), AGAIN,    AGAIN,    NO,       NO,                 NO },
    [ROW_BANK_STATE_LOST]           = { NO,           TO(IDLE), TO(RENTED), TO(RETURNING), AGAIN,    TO(HELD), TO(SOLD), AGAIN,    TO(IDLE), TO(OUT_OF_SERVICE), NO },
};
/* clang-format on */

enum move_outcome rental_next(enum row_rental_state state, enum rental_event event, enum row_rental_state *next)
{
    assert(state >= ROW_RENTAL_STATE_REQUESTED && state <= ROW_RENTAL_STATE_SILENT && (unsigned)event < RENTAL_EVENTS);
    if (rental_moves[state][event].outcome == MOVE_MADE) {
        *next = (enum row_rental_state)rental_moves[state][event].next;
    }
    return rental_moves[state][event].outcome;
}

enum move_outcome bank_next(enum row_bank_state state, enum bank_event event, enum row_bank_state *next)
{
    assert(state >= ROW_BANK_STATE_IDLE && state <= ROW_BANK_STATE_LOST && (unsigned)event < BANK_EVENTS);
    if (bank_moves[state][event].outcome == MOVE_MADE) {
        *next = (enum row_bank_state)bank_moves[state][event].next;
    }
    return bank_moves[state][event].outcome;
}
