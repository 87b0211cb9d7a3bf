/* inbox.h: messages of piles. A message that has an envelope is done once: its answer is kept, and a repetition gets the same
 * answer. A kind is a row of the table in inbox.c: the action, the body that does it. */
#ifndef SETTLEMENT_INBOX_H
#define SETTLEMENT_INBOX_H

#include "command.h"

/* incoming: what a body gets as |args|. It fills |answer| (of the action's response type, zeroed; in the command's arena) and
 * leaves |answer|'s receipt alone where all is well: Accepted is put there. A command_refuse() becomes a receipt Refused with its
 * code. */
struct incoming {
    const char *station;
    const struct ocpp_action *action;
    const void *message;
    void *answer;
};

/* incoming_body: what the pile's |action| does; NULL: nothing here does it (it is answered with UnknownMessageId). The table is
 * inbox_table.c. */
command_body *incoming_body(const struct ocpp_settle *settle, const struct ocpp_action *action);

/* incoming_at: when |moment| was, in the backend's time: the pile's own corrected by its measured offset (A23), never after now.
 */
int64_t incoming_at(struct command *command, const char *station, const struct ocpp_settle_moment *moment);

#endif
