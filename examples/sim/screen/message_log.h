/* message_log.h: the newest of what happened, as a screen shows it: frames with what the library's own validator says of them,
 * notes of piles, what was typed, and what came of it. Bounded; the oldest are forgotten.
 */
#ifndef OCPP_SIM_MESSAGE_LOG_H
#define OCPP_SIM_MESSAGE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MESSAGE_LOG_SIZE = 1000, MESSAGE_TEXT_SIZE = 700, MESSAGE_FAULT_SIZE = 160 };

enum message_kind {
    MESSAGE_SENT, /* a frame */
    MESSAGE_RECEIVED,
    MESSAGE_NOTE,
    MESSAGE_TYPED,
    MESSAGE_PRINTED,  /* by a command */
    MESSAGE_COMPLAINT /* why a command did nothing */
};

enum message_verdict { VERDICT_NONE, VERDICT_VALID, VERDICT_INVALID };

struct message {
    uint64_t number; /* from 1 */
    enum message_kind kind;
    int64_t utc_ms;
    char station[24];   /* "": there is only one */
    char action[48];    /* of a frame; an answer has that of its call */
    char type[16];      /* "" of a call and of what is no frame; what an answer is */
    int64_t latency_ms; /* of an answer; below 0: not known */
    enum message_verdict verdict;
    char fault[MESSAGE_FAULT_SIZE]; /* of one that is invalid: code, place, reason */
    char text[MESSAGE_TEXT_SIZE];   /* what does not fit is cut */
};

struct message_log {
    uint64_t last;
    uint64_t sent;
    uint64_t received;
    uint64_t invalid;
    struct message messages[MESSAGE_LOG_SIZE];
};

/* message_log_add: keeps a copy, with its number. message_log_print: one of |kind| that is only text. */
void message_log_add(struct message_log *log, const struct message *message);
void message_log_print(struct message_log *log, enum message_kind kind, int64_t utc_ms, const char *text);

/* message_log_oldest: its number; above the last where there is none. message_log_at: from the oldest to the last. */
uint64_t message_log_oldest(const struct message_log *log);
const struct message *message_log_at(const struct message_log *log, uint64_t number);

#endif
