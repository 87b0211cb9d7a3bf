/* serial_words.c: see serial_words.h. Boards are not believed: what they say is read whole or not at all. */
#include "serial_words.h"

#include <string.h>

enum { UNKNOWN_CHARGE = 0xFF, SHORT_MARK = 10, LONG_MARK = 24 };

/* --- what we say -------------------------------------------------------------------------------------------------- */

void serial_say_hello(struct serial_frame *frame)
{
    frame->command = SERIAL_HELLO;
    frame->size = 1;
    frame->payload[0] = SERIAL_VERSION;
}

void serial_say_poll(struct serial_frame *frame, unsigned char seen)
{
    frame->command = SERIAL_POLL;
    frame->size = 1;
    frame->payload[0] = seen;
}

void serial_say_act(struct serial_frame *frame, const struct serial_act *act)
{
    const size_t size = act->size < SERIAL_HALF ? act->size : SERIAL_HALF;

    frame->command = (unsigned char)act->command;
    frame->payload[0] = (unsigned char)act->slot;
    frame->payload[1] = (unsigned char)(act->tag >> 8);
    frame->payload[2] = (unsigned char)(act->tag & 0xFF);
    frame->size = 3;
    if (act->command == SERIAL_WRITE_HALF) {
        frame->payload[3] = act->half;
        memcpy(frame->payload + 4, act->bytes, size);
        frame->size = (unsigned char)(4 + size);
    }
}

/* --- what they say ------------------------------------------------------------------------------------------------ */

bool serial_hear_hello(const struct serial_frame *frame, int slots, enum ocpp_settle_mark_room room)
{
    const unsigned char *payload = frame->payload;

    return frame->size == 4 && payload[0] == SERIAL_OK && payload[1] == SERIAL_VERSION && payload[2] >= slots &&
           payload[3] == (room == OCPP_SETTLE_MARK_ROOM_CHARACTERS ? 1 : 0);
}

/* How long what follows kind and slot is; -1: any length from 3 on. */
static const int event_sizes[] = {
    [SERIAL_NO_EVENT] = 0, [SERIAL_OUTCOME] = -1, [SERIAL_SENSOR] = 1, [SERIAL_CHARGE] = 1, [SERIAL_JAM] = 0,
};

static bool hear_event(const unsigned char *bytes, size_t size, struct serial_event *event)
{
    if (bytes[0] == SERIAL_NO_EVENT || bytes[0] > SERIAL_JAM) {
        return false;
    }
    event->kind = (enum serial_event_kind)bytes[0];
    event->slot = bytes[1];
    if (event->kind == SERIAL_OUTCOME) {
        event->tag = (uint16_t)(size >= 5 ? bytes[2] << 8 | bytes[3] : 0);
        event->rest = bytes + 4;
        event->rest_size = size >= 5 ? size - 4 : 0;
        return size >= 5;
    }
    if (size != 2 + (size_t)event_sizes[event->kind]) {
        return false;
    }
    event->value = size > 2 ? bytes[2] : 0;
    return event->kind == SERIAL_SENSOR ? event->value <= 1 : event->kind == SERIAL_JAM || event->value <= 100;
}

bool serial_hear_poll(const struct serial_frame *frame, struct serial_event *event)
{
    *event = (struct serial_event){ .kind = SERIAL_NO_EVENT };
    if (frame->size < 2) {
        return false;
    }
    event->number = frame->payload[1];
    if (event->number == 0) {
        return frame->size == 2;
    }
    return frame->size >= 4 && hear_event(frame->payload + 2, frame->size - 2U, event);
}

/* A text with its length before it, at |*at|; false: it is none. An empty one is NULL. */
static bool hear_text(const struct serial_event *event, size_t *at, char text[SERIAL_ID_SIZE], const char **said)
{
    if (*at >= event->rest_size || event->rest[*at] >= SERIAL_ID_SIZE || event->rest_size - *at - 1 < event->rest[*at]) {
        return false;
    }
    const size_t size = event->rest[(*at)++];
    for (size_t i = 0; i < size; i++) {
        if (event->rest[*at + i] < 0x20 || event->rest[*at + i] > 0x7E) {
            return false;
        }
    }
    memcpy(text, event->rest + *at, size);
    text[size] = '\0';
    *at += size;
    *said = size > 0 ? text : NULL;
    return true;
}

static bool hear_query(const struct serial_event *event, char bank[SERIAL_ID_SIZE], char hardware[SERIAL_ID_SIZE],
                       struct ocpp_settle_bay_outcome *outcome)
{
    const unsigned char *rest = event->rest;
    size_t at = 4;

    if (event->rest_size < 6 || rest[1] > 1 || (rest[2] > 100 && rest[2] != UNKNOWN_CHARGE) || rest[3] > OCPP_SETTLE_BAY_FAULTY ||
        !hear_text(event, &at, bank, &outcome->bank) || !hear_text(event, &at, hardware, &outcome->hardware_id)) {
        return false;
    }
    outcome->is_present = rest[1] == 1;
    outcome->charge = rest[2] == UNKNOWN_CHARGE ? -1 : rest[2];
    outcome->condition = (enum ocpp_settle_bay_condition)rest[3];
    return at == event->rest_size;
}

static bool hear_mark(const struct serial_event *event, enum ocpp_settle_mark_room room, struct ocpp_settle_bay_outcome *outcome)
{
    outcome->mark = event->rest + 1;
    outcome->mark_size = event->rest_size - 1;
    return outcome->mark_size == (room == OCPP_SETTLE_MARK_ROOM_CHARACTERS ? SHORT_MARK : LONG_MARK);
}

/* Whether an act of |command| may end so. */
static bool may_end(enum serial_command command, unsigned result)
{
    switch (result) {
    case OCPP_SETTLE_BAY_DONE:
    case OCPP_SETTLE_BAY_FAILED:
        return true;
    case OCPP_SETTLE_BAY_JAMMED:
        return command == SERIAL_EJECT || command == SERIAL_RETRACT || command == SERIAL_FORCE_EJECT;
    default:
        return result == OCPP_SETTLE_BAY_UNREADABLE && command == SERIAL_READ_MARK;
    }
}

bool serial_hear_outcome(const struct serial_event *event, enum serial_command command, enum ocpp_settle_mark_room room,
                         char bank[SERIAL_ID_SIZE], char hardware[SERIAL_ID_SIZE], struct ocpp_settle_bay_outcome *outcome)
{
    if (event->rest_size == 0 || !may_end(command, event->rest[0])) {
        return false;
    }
    outcome->result = (enum ocpp_settle_bay_result)event->rest[0];
    if (outcome->result == OCPP_SETTLE_BAY_DONE && command == SERIAL_QUERY) {
        return hear_query(event, bank, hardware, outcome);
    }
    if (outcome->result == OCPP_SETTLE_BAY_DONE && command == SERIAL_READ_MARK) {
        return hear_mark(event, room, outcome);
    }
    return event->rest_size == 1;
}
