/* serial_frame.h: frames on the line of a cabinet: their bytes, and who finds them among what comes. PROTOCOL.md, "Frames". */
#ifndef OCPP_SETTLE_SERIAL_FRAME_H
#define OCPP_SETTLE_SERIAL_FRAME_H

#include <ocpp/settlement/serial_cabinet.h>

enum {
    SERIAL_START = 0xA5,  /* and with it version 1 */
    SERIAL_ANSWER = 0x80, /* in the address of an answer */
    SERIAL_HEADER = 5,
    SERIAL_AROUND = SERIAL_HEADER + 2, /* with the check */
    SERIAL_PAYLOAD = OCPP_SETTLE_SERIAL_FRAME - SERIAL_AROUND
};

struct serial_frame {
    unsigned char address; /* 1 to 32, with SERIAL_ANSWER in an answer */
    unsigned char sequence;
    unsigned char command;
    unsigned char size;
    unsigned char payload[SERIAL_PAYLOAD];
};

/* serial_crc: CRC-16 with polynomial 1021, start FFFF, not reflected; of "123456789" 29B1. */
uint16_t serial_crc(const unsigned char *bytes, size_t size);

/* serial_write: the bytes of |frame|; how many. */
size_t serial_write(const struct serial_frame *frame, unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME]);

/* serial_receiver: what came and is no frame yet. Zeroed it is empty. */
struct serial_receiver {
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    size_t size;
    uint64_t bad_bytes; /* passed over so far */
};

/* serial_take: takes as many of |*bytes| as it may until a frame is complete, and moves |bytes| and |size| on. True: |frame| is
 * one. False: nothing is left. */
bool serial_take(struct serial_receiver *receiver, const unsigned char **bytes, size_t *size, struct serial_frame *frame);

/* serial_give_up: nothing more will come: what looked like the beginning of a frame was none. True: behind it there was |frame|;
 * ask again. False: the receiver is empty. */
bool serial_give_up(struct serial_receiver *receiver, struct serial_frame *frame);

#endif
