/* fleet_tally.h: what the piles of a fleet say and hear, counted: texts, how long answers take, and what failed, by its kind. */
#ifndef OCPP_SIM_FLEET_TALLY_H
#define OCPP_SIM_FLEET_TALLY_H

#include <ocpp/message.h>

enum tally_failure {
    TALLY_NO_CONNECTION,  /* an attempt came to nothing */
    TALLY_LINK_LOST,      /* a connection that was up */
    TALLY_NO_ANSWER,      /* a call of a pile was given up, or its answer never came */
    TALLY_CALL_ERROR,     /* one was answered with CALLERROR */
    TALLY_INVALID,        /* the central system sent what is not valid */
    TALLY_NO_TRANSACTION, /* somebody plugged in and showed a card, and did not get energy */
    TALLY_EXPECTATION,    /* of a scenario */
    TALLY_BROKEN,         /* a pile could not start, or start again */
    TALLY_FAILURES
};

/* Latencies in buckets of 1/16 of their power of two: what is told of them is at most 6 % too high. */
enum { TALLY_BUCKETS = 16 * 40 };

struct tally {
    uint64_t out; /* texts */
    uint64_t in;
    uint64_t answered; /* calls of piles */
    uint64_t failures[TALLY_FAILURES];
    uint64_t latencies[TALLY_BUCKETS];
    int64_t longest_us;
};

/* The call of one pile whose answer is awaited; one at a time. */
struct tally_call {
    char id[40]; /* "": none */
    int64_t sent_us;
};

/* tally_text: a text passes the line of the pile that |call| belongs to, at |now_us| of a real clock. */
void tally_text(struct tally *tally, struct tally_call *call, enum ocpp_direction from, const char *text, size_t size,
                int64_t now_us);

/* tally_lost: the link of that pile is down. */
void tally_lost(struct tally *tally, struct tally_call *call);

void tally_fail(struct tally *tally, enum tally_failure failure);
const char *tally_failure_name(enum tally_failure failure);

/* tally_latency_us: what |share| (0 to 1) of the answers took at most; 0 when there were none. */
int64_t tally_latency_us(const struct tally *tally, double share);

#endif
