/* serial_cabinet_emulator.h: slot boards on a serial line, written from PROTOCOL.md alone and sharing no code with the driver;
 * behind them is a cabinet of ocpp-sim. Bytes in, bytes out, and faults of the line to order.
 *
 *     emulator_init(&line, &cabinet, 4);
 *     emulator_hear(&line, bytes, size, now)       what the pile sends
 *     emulator_run(&line, now)                     whenever emulator_deadline() has come
 *     emulator_say(&line, bytes, now)              what the boards send by now
 */
#ifndef OCPP_TESTS_SERIAL_CABINET_EMULATOR_H
#define OCPP_TESTS_SERIAL_CABINET_EMULATOR_H

#include "cabinet.h"

enum { EMULATOR_FRAME = 103, EMULATOR_EVENTS = 64, EMULATOR_OUT = 4096, EMULATOR_IN = 512, EMULATOR_BOARDS = 32 };

struct emulated_event {
    unsigned char bytes[96]; /* kind, slot, … */
    size_t size;
};

struct emulated_board {
    bool is_greeted;
    bool is_dead;
    struct emulated_event events[EMULATOR_EVENTS];
    int first, count;
    unsigned char number; /* of the event that is told */
    bool is_told;         /* the first event bears |number| */
    unsigned hellos;
};

/* What the line does to the next answers; each counts down by one. */
struct emulated_faults {
    int lost_requests;
    int lost_answers;
    int late_answers; /* after |late_ms| */
    int flipped;      /* a bit of one byte */
    int cut;          /* half of it comes */
    int twice;
    int garbage;     /* before it, with start bytes in it */
    int foreign;     /* another board's address on it */
    bool is_echoing; /* the pile hears itself, as on two wires */
};

struct emulator {
    struct cabinet *cabinet;
    int slots_per_board;
    int boards;
    struct emulated_board board[EMULATOR_BOARDS];
    uint16_t tags[OCPP_SETTLE_SLOTS];
    unsigned char commands[OCPP_SETTLE_SLOTS];
    struct ocpp_settle_bay bay; /* the cabinet's */
    struct emulated_faults faults;
    int64_t answer_ms; /* 5 */
    int64_t late_ms;   /* 300 */
    unsigned char version;
    unsigned char in[EMULATOR_IN];
    size_t in_size;
    unsigned char out[EMULATOR_OUT];
    size_t out_size;
    int64_t out_at;
    unsigned begun;    /* acts that were begun, repetitions left out */
    unsigned requests; /* heard */
};

/* emulator_init: boards with |slots_per_board| slots each, as many as the cabinet needs. It listens to the cabinet from now on.
 */
void emulator_init(struct emulator *line, struct cabinet *cabinet, int slots_per_board);
/* emulator_restart: of the board |address|: its memory is gone, its banks are there. */
void emulator_restart(struct emulator *line, int address);
void emulator_hear(struct emulator *line, const unsigned char *bytes, size_t size, struct ocpp_now now);
void emulator_run(struct emulator *line, struct ocpp_now now);
size_t emulator_say(struct emulator *line, unsigned char bytes[EMULATOR_OUT], struct ocpp_now now);
int64_t emulator_deadline(const struct emulator *line);
/* emulator_tell: any event, as it stands on the line; for those who send nonsense. */
void emulator_tell(struct emulator *line, int address, const unsigned char *bytes, size_t size);
/* emulator_seal: puts the check behind |size| bytes; the size with it. */
size_t emulator_seal(unsigned char *bytes, size_t size);

#endif
