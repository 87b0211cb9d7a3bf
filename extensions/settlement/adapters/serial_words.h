/* serial_words.h: what the frames on the line of a cabinet say. PROTOCOL.md, "Commands". */
#ifndef OCPP_SETTLE_SERIAL_WORDS_H
#define OCPP_SETTLE_SERIAL_WORDS_H

#include "serial_frame.h"

enum { SERIAL_VERSION = 1, SERIAL_ID_SIZE = 41, SERIAL_HALF = 12 };

enum serial_command {
    SERIAL_HELLO = 0x01,
    SERIAL_POLL = 0x02,
    SERIAL_QUERY = 0x10,
    SERIAL_READ_MARK = 0x11,
    SERIAL_WRITE_HALF = 0x12,
    SERIAL_EJECT = 0x13,
    SERIAL_RETRACT = 0x14,
    SERIAL_FORCE_EJECT = 0x15,
    SERIAL_SELF_TEST = 0x16
};

/* The first byte of each answer. */
enum serial_status {
    SERIAL_OK,
    SERIAL_NOT_GREETED, /* since its start: whatever was under way is forgotten */
    SERIAL_BUSY,        /* an act is under way at the slot */
    SERIAL_NO_SLOT,
    SERIAL_BAD_PAYLOAD,
    SERIAL_UNKNOWN_COMMAND
};

enum serial_event_kind { SERIAL_NO_EVENT, SERIAL_OUTCOME, SERIAL_SENSOR, SERIAL_CHARGE, SERIAL_JAM };

/* An act as it is asked for. */
struct serial_act {
    enum serial_command command;
    int slot; /* of the board, 1 on */
    uint16_t tag;
    unsigned char half; /* of write half */
    unsigned char bytes[SERIAL_HALF];
    size_t size;
};

void serial_say_hello(struct serial_frame *frame);
void serial_say_poll(struct serial_frame *frame, unsigned char seen);
void serial_say_act(struct serial_frame *frame, const struct serial_act *act);

/* serial_hear_hello: false: it is another version, has fewer slots, or other banks. */
bool serial_hear_hello(const struct serial_frame *frame, int slots, enum ocpp_settle_mark_room room);

/* An event as a poll brings it. */
struct serial_event {
    unsigned char number; /* 0: there is none */
    enum serial_event_kind kind;
    int slot;
    uint16_t tag;              /* of an outcome */
    int value;                 /* of a sensor: whether a bank is there; of a charge: percent */
    const unsigned char *rest; /* of an outcome, in the frame: its result and what follows */
    size_t rest_size;
};

/* serial_hear_poll: false: the event has no sense; its number is told if there is one. */
bool serial_hear_poll(const struct serial_frame *frame, struct serial_event *event);

/* serial_hear_outcome: of an act of |command|; |outcome| is zeroed but for slot and act. Texts stand in |bank| and |hardware|,
 * the mark in the frame. False: it has no sense. */
bool serial_hear_outcome(const struct serial_event *event, enum serial_command command, enum ocpp_settle_mark_room room,
                         char bank[SERIAL_ID_SIZE], char hardware[SERIAL_ID_SIZE], struct ocpp_settle_bay_outcome *outcome);

#endif
