/* fleet_tally.c: frames are only looked at as far as their id: `[2,"id"` and so on. */
#include "fleet_tally.h"

#include <string.h>

static const char *const failure_names[TALLY_FAILURES] = {
    [TALLY_NO_CONNECTION] = "no connection", [TALLY_LINK_LOST] = "link lost",        [TALLY_NO_ANSWER] = "no answer",
    [TALLY_CALL_ERROR] = "call error",       [TALLY_INVALID] = "invalid message",    [TALLY_NO_TRANSACTION] = "no transaction",
    [TALLY_EXPECTATION] = "expectation",     [TALLY_BROKEN] = "pile does not start",
};

const char *tally_failure_name(enum tally_failure failure)
{
    return failure_names[failure];
}

void tally_fail(struct tally *tally, enum tally_failure failure)
{
    tally->failures[failure]++;
}

/* --- latencies --------------------------------------------------------------------------------------------------- */

static int log2_of(uint64_t value)
{
    int power = 0;

    while (value >>= 1) {
        power++;
    }
    return power;
}

/* 0 to 31 stand for themselves; from there on sixteen buckets per power of two. */
static int bucket_of(int64_t us)
{
    const uint64_t value = us > 0 ? (uint64_t)us : 0;
    const int power = log2_of(value);
    const int bucket = power < 5 ? (int)value : 16 * (power - 4) + (int)(value >> (power - 4));

    return bucket < TALLY_BUCKETS ? bucket : TALLY_BUCKETS - 1;
}

/* The largest latency that falls in it. */
static int64_t top_of(int bucket)
{
    if (bucket < 32) {
        return bucket;
    }
    const int power = bucket / 16 + 3;
    return ((int64_t)(bucket % 16 + 17) << (power - 4)) - 1;
}

int64_t tally_latency_us(const struct tally *tally, double share)
{
    uint64_t seen = 0;

    for (int i = 0; i < TALLY_BUCKETS; i++) {
        seen += tally->latencies[i];
        if (seen > 0 && (double)seen >= share * (double)tally->answered) {
            return top_of(i) < tally->longest_us ? top_of(i) : tally->longest_us;
        }
    }
    return 0;
}

/* --- texts ------------------------------------------------------------------------------------------------------- */

/* The type of a frame, with its id; 0: neither can be seen. */
static int read_head(const char *text, size_t size, char id[40])
{
    const char *start = memchr(text, '"', size < 64 ? size : 64);
    const char *end = start ? memchr(start + 1, '"', size - (size_t)(start + 1 - text)) : NULL;
    size_t at = 0;

    while (at < size && strchr(" \t\r\n[", text[at])) {
        at++;
    }
    if (!end || at >= size || end - start > 40) {
        return 0;
    }
    memcpy(id, start + 1, (size_t)(end - start - 1));
    id[end - start - 1] = '\0';
    return text[at] >= '2' && text[at] <= '6' ? text[at] - '0' : 0;
}

static void take_answer(struct tally *tally, struct tally_call *call, int type, int64_t now_us)
{
    const int64_t us = now_us - call->sent_us;

    call->id[0] = '\0';
    tally->answered++;
    tally->latencies[bucket_of(us)]++;
    tally->longest_us = us > tally->longest_us ? us : tally->longest_us;
    if (type == 4) {
        tally_fail(tally, TALLY_CALL_ERROR);
    }
}

void tally_text(struct tally *tally, struct tally_call *call, enum ocpp_direction from, const char *text, size_t size,
                int64_t now_us)
{
    char id[40];
    const int type = read_head(text, size, id);

    if (from == OCPP_FROM_STATION) {
        tally->out++;
        if (type == 2) {
            tally->failures[TALLY_NO_ANSWER] += call->id[0] != '\0'; /* it went on without */
            memcpy(call->id, id, sizeof id);
            call->sent_us = now_us;
        }
        return;
    }
    tally->in++;
    if ((type == 3 || type == 4) && call->id[0] && strcmp(id, call->id) == 0) {
        take_answer(tally, call, type, now_us);
    }
}

void tally_lost(struct tally *tally, struct tally_call *call)
{
    tally->failures[TALLY_NO_ANSWER] += call->id[0] != '\0';
    call->id[0] = '\0';
    tally_fail(tally, TALLY_LINK_LOST);
}
