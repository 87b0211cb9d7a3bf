/* bank_marks.h: marks as the backend mints and judges them, with the fleet's key. */
#ifndef SETTLEMENT_BANK_MARKS_H
#define SETTLEMENT_BANK_MARKS_H

#include "command.h"

#include <ocpp/settlement/mark.h>

/* bank_mark: texts in the command's arena. */
struct bank_mark {
    const char *text;   /* as the bank is to hold it */
    const char *handle; /* as it is found again */
};

/* bank_mark_wanted: for which bank a mark is minted. */
struct bank_mark_wanted {
    enum ocpp_settle_mark_class renter;
    int64_t generation;
    bool is_short;      /* ten characters */
    const char *rental; /* NULL: neutral */
    const char *bank;   /* NULL: nobody knows its name */
};

/* bank_mark_mint: a mark; whose it is is put at once. False: an error stuck (OCPP_ERR_LIMIT: the bank is worn out). */
bool bank_mark_mint(struct command *command, const struct bank_mark_wanted *wanted, struct bank_mark *mark);

/* bank_mark_read: what |text|, read in a bay, says: of whom, and how old. |handle| is written where there is one. A short mark
 * says nothing by itself: its generation is what is kept of it. */
struct bank_mark_said {
    enum ocpp_settle_mark_reading reading;
    const char *handle;
    int64_t generation;
    const struct row_mark_owner *owner; /* NULL: nobody here minted it */
    int64_t pile;                       /* the number of the pile that did */
    bool is_short;
};

void bank_mark_read(struct command *command, const char *text, struct bank_mark_said *said);

/* bank_mark_own: |handle| belongs to |rental| from now on: an offline one, whose pile minted it. */
void bank_mark_own(struct command *command, const char *handle, const struct row_mark_owner *owner);

#endif
