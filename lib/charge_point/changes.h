/* changes.h: writes of the store: what is gathered for one, what is under way, and the entry the queue gets by it. */
#ifndef OCPP_LIB_CHARGE_POINT_CHANGES_H
#define OCPP_LIB_CHARGE_POINT_CHANGES_H

#include <ocpp/storage.h>

#include "facts.h"

struct ocpp_charge_point;

/* A write that may still be under way. |done| only notes; the pump goes on from there. */
struct write_slot {
    struct ocpp_charge_point *cp;
    bool busy;     /* accepted, not done */
    bool finished; /* done, not looked at */
    enum ocpp_status status;
};

/* How readily an entry is given up when the queue is full. */
enum queue_rank { RANK_KEEP, RANK_STATE, RANK_SAMPLE, RANK_READING };

/* An entry of the queue as it stands in memory; the fact itself stays in the store. */
struct queued {
    int64_t number;
    uint8_t uuid[UUID_BYTES];
    uint8_t family;   /* enum family its transaction is bound to */
    uint8_t rank;     /* enum queue_rank */
    bool again;       /* was a dead letter: it is told as things stood then (letters.c) */
    bool goes;        /* given up in the write that stores … */
    int64_t goes_for; /* … this one: until that has ended it is neither told nor gone */
};
/* Enough for the opening of a transaction in a full queue: three facts given up with their signed values, a fact, a transaction,
 * a first reading, the signed values of both, and a reservation that was used. */
enum { MOST_CHANGES = 19 };

/* ocpp_cp_queue_plan: what a fact needs so that it finds room. */
struct queue_plan {
    int64_t drops[3]; /* numbers */
    size_t count;
};

struct changes {
    struct ocpp_change items[MOST_CHANGES];
    size_t count;
    char keys[MOST_CHANGES][OCPP_KEY_SIZE];
    size_t bytes_used;  /* of cp->bytes, by the fact */
    size_t signed_used; /* of the memory for signed values that wait to be written */
    struct queue_plan plan;
};

/* ocpp_cp_change: one more; the key is to be written where the result says. */
char *ocpp_cp_change(struct changes *changes, enum ocpp_change_kind kind, const void *value, size_t size);

#endif
