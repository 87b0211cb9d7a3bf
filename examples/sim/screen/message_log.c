/* message_log.c: see message_log.h. */
#include "message_log.h"

#include <stdio.h>

void message_log_add(struct message_log *log, const struct message *message)
{
    struct message *place = &log->messages[log->last % MESSAGE_LOG_SIZE];

    *place = *message;
    place->number = ++log->last;
    log->sent += message->kind == MESSAGE_SENT;
    log->received += message->kind == MESSAGE_RECEIVED;
    log->invalid += message->verdict == VERDICT_INVALID;
}

void message_log_print(struct message_log *log, enum message_kind kind, int64_t utc_ms, const char *text)
{
    struct message message = { .kind = kind, .utc_ms = utc_ms, .latency_ms = -1 };

    snprintf(message.text, sizeof message.text, "%s", text);
    message_log_add(log, &message);
}

uint64_t message_log_oldest(const struct message_log *log)
{
    return log->last > MESSAGE_LOG_SIZE ? log->last - MESSAGE_LOG_SIZE + 1 : 1;
}

const struct message *message_log_at(const struct message_log *log, uint64_t number)
{
    return &log->messages[(number - 1) % MESSAGE_LOG_SIZE];
}
