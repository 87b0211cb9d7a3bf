/* outbox.h: what is on its way to piles. What has to arrive stands in rows out/STATION/STREAM/SEQ and goes when it was
 * acknowledged; this is who is connected and what was sent last, which a restart may forget. At most one message per pile is on
 * its way.
 */
#ifndef SETTLEMENT_OUTBOX_H
#define SETTLEMENT_OUTBOX_H

#include "command.h"

/* OUTBOX_ASKS: questions to one pile that wait at a time (command_ask); one more is answered with nothing at once. */
enum { OUTBOX_ASKS = 8, OUTBOX_STATIONS = 100000 };

/* asked: what the body of command_ask() gets as |args|. */
struct asked {
    const char *station;
    const char *subject;
    const void *answer; /* of the action's response type; NULL: there is none */
};

enum ocpp_status outbox_new(struct ocpp_settle *settle);
void outbox_free(struct ocpp_settle *settle);

void outbox_connected(struct ocpp_settle *settle, const char *station, bool connected);
void outbox_answered(struct ocpp_settle *settle, const char *station, uint64_t token,
                     const struct ocpp_data_transfer_answer *answer);

/* outbox_greeted: an effect: the pile named |station| said Hello; it may be told things now. */
void outbox_greeted(struct ocpp_settle *settle, const void *station);

/* outbox_wake: there may be something to send to |station|. */
void outbox_wake(struct ocpp_settle *settle, const char *station);

/* outbox_doubt: a write was lost: what was thought to be gone may wait again, for any pile. */
void outbox_doubt(struct ocpp_settle *settle);

/* outbox_deadline, outbox_run: messages that wait for a moment. UTC ms. */
int64_t outbox_deadline(const struct ocpp_settle *settle);
void outbox_run(struct ocpp_settle *settle);

/* inbox_forget: a body of timers.c: answers to |station|'s old messages go. */
void inbox_forget(struct command *command, void *station);

#endif
