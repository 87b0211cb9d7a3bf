/* outbox_station.h: the piles that are connected, and what is on its way to each. */
#ifndef SETTLEMENT_OUTBOX_STATION_H
#define SETTLEMENT_OUTBOX_STATION_H

#include "outbox.h"

#include <ocpp/settlement/wire.h>

/* A question that waits or is on its way: one piece of memory, the texts behind it. */
struct outbox_ask {
    const struct ocpp_action *action;
    command_body *answered;
    const char *subject;
    const char *data;
};

struct outbox_station {
    const char *name;
    uint64_t token;                  /* of what is on its way; 0: nothing is */
    bool is_off;                     /* it did not say Hello on this connection, or that it has no extension */
    bool sends;                      /* something is being chosen for it right now */
    bool nothing_waits;              /* beside what is on its way: the store need not be asked */
    char only[OCPP_SETTLE_KEY_SIZE]; /* of the message that waits, where no other does; "": the store is asked */
    int64_t pauses_until_utc_ms;     /* what became of the last message could not be noted: nothing goes out until then */
    int64_t not_before_utc_ms;       /* of the next message that waits for a moment; OCPP_NEVER */
    char key[OCPP_SETTLE_KEY_SIZE];  /* of the message that is on its way; "": a question is */
    size_t max_bytes;                /* that the pile takes; of the message that is on its way: */
    size_t part;
    size_t parts; /* 1: it goes as it is */
    bool restarted;
    char *whole_answer; /* told with the last part; NULL: not */
    struct outbox_ask *asks[OUTBOX_ASKS];
    size_t ask_count;
    struct ocpp_settle_joiner joiner; /* of what comes in parts */
};

struct outbox {
    struct outbox_station **stations; /* in the order of their names */
    size_t count;
    size_t room;
    uint64_t last_token;
};

/* outbox_station_find: NULL: not connected. */
struct outbox_station *outbox_station_find(const struct ocpp_settle *settle, const char *name);

/* outbox_send: sends |data|; false: it did not leave. */
bool outbox_send(struct ocpp_settle *settle, struct outbox_station *station, const char *action, const char *data);

/* outbox_ask_next: sends the next question, if one waits. outbox_ask_answered: the one on its way is answered (NULL: it is not).
 */
bool outbox_ask_next(struct ocpp_settle *settle, struct outbox_station *station);
void outbox_ask_answered(struct ocpp_settle *settle, struct outbox_station *station,
                         const struct ocpp_data_transfer_answer *answer);

/* outbox_send_part: sends the part that is next; false: it did not leave. outbox_part_answered: true: another part is on its way;
 * false: the message is answered, by whole_answer or by the answer to this part. */
bool outbox_send_part(struct ocpp_settle *settle, struct outbox_station *station);
bool outbox_part_answered(struct ocpp_settle *settle, struct outbox_station *station,
                          const struct ocpp_data_transfer_answer *answer);

/* outbox_refused: the message of row |key| will never arrive, for |reason|: somebody has to look. */
void outbox_refused(struct command *command, const char *key, const struct row_outgoing *row, const char *station,
                    const char *reason);

/* outbox_judge: what the answer to the message on its way means. */
void outbox_judge(struct ocpp_settle *settle, struct outbox_station *station, const struct ocpp_data_transfer_answer *answer);

#endif
