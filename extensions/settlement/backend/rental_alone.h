/* rental_alone.h: whether a pile that was alone kept to what it was told (A19). A bank that is out is out, so nothing is refused
 * here: what it was not to do is settled all the same, noted, and told to the operator. */
#ifndef SETTLEMENT_RENTAL_ALONE_H
#define SETTLEMENT_RENTAL_ALONE_H

#include "piles.h"

struct alone_rental {
    const char *station;
    const struct row_pile *pile;
    const struct ocpp_settle_bank_taken_req *message; /* with |offline| */
};

/* alone_utc_ms: when the rental began. A time that cannot be (before anybody knew the pile, longer ago than a pile may be alone,
 * after now) is not believed: it begins now. */
int64_t alone_utc_ms(struct command *command, const struct alone_rental *alone);

/* alone_judge: whether the pile was to let that bank out at |at|; |has_vehicle|: the renter's vehicle charged there. */
void alone_judge(struct command *command, const struct alone_rental *alone, int64_t at, bool has_vehicle);

#endif
