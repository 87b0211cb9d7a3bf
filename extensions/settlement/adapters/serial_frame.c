/* serial_frame.c: see serial_frame.h. There is no stuffing: a start byte may stand in a payload. So a receiver that was wrong
 * about one goes on from the byte behind it, and the check tells which was right. */
#include "serial_frame.h"

#include <string.h>

uint16_t serial_crc(const unsigned char *bytes, size_t size)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < 8 * size; i++) {
        const unsigned bit = (unsigned)bytes[i / 8] >> (7 - i % 8) & 1;
        const unsigned top = crc >> 15 & 1;
        crc = (crc << 1 & 0xFFFF) ^ (top != bit ? 0x1021U : 0);
    }
    return (uint16_t)crc;
}

size_t serial_write(const struct serial_frame *frame, unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME])
{
    const unsigned char header[SERIAL_HEADER] = { SERIAL_START, frame->address, frame->sequence, frame->command, frame->size };

    memcpy(bytes, header, sizeof header);
    memcpy(bytes + SERIAL_HEADER, frame->payload, frame->size);
    const size_t size = SERIAL_HEADER + (size_t)frame->size;
    const uint16_t crc = serial_crc(bytes, size);
    bytes[size] = (unsigned char)(crc >> 8);
    bytes[size + 1] = (unsigned char)(crc & 0xFF);
    return size + 2;
}

enum looks { NONE, BEGUN, WHOLE };

/* What the first bytes look like. */
static enum looks look(const struct serial_receiver *receiver)
{
    const unsigned char *bytes = receiver->bytes;

    if (bytes[0] != SERIAL_START) {
        return NONE;
    }
    if (receiver->size >= 2) {
        const unsigned address = bytes[1] & ~(unsigned)SERIAL_ANSWER;
        if (address < 1 || address > OCPP_SETTLE_SERIAL_BOARDS) {
            return NONE;
        }
    }
    if (receiver->size < SERIAL_HEADER) {
        return BEGUN;
    }
    if (bytes[4] > SERIAL_PAYLOAD) {
        return NONE;
    }
    const size_t size = SERIAL_HEADER + (size_t)bytes[4];
    if (receiver->size < size + 2) {
        return BEGUN;
    }
    return serial_crc(bytes, size) == ((unsigned)bytes[size] << 8 | bytes[size + 1]) ? WHOLE : NONE;
}

static void drop(struct serial_receiver *receiver, size_t count)
{
    receiver->size -= count;
    memmove(receiver->bytes, receiver->bytes + count, receiver->size);
}

static void pick(struct serial_receiver *receiver, struct serial_frame *frame)
{
    const unsigned char *bytes = receiver->bytes;

    *frame = (struct serial_frame){ .address = bytes[1], .sequence = bytes[2], .command = bytes[3], .size = bytes[4] };
    memcpy(frame->payload, bytes + SERIAL_HEADER, frame->size);
    drop(receiver, SERIAL_AROUND + (size_t)frame->size);
}

/* Passes over what is no frame. True: |frame| is one. */
static bool settle(struct serial_receiver *receiver, struct serial_frame *frame)
{
    while (receiver->size > 0) {
        const enum looks looks = look(receiver);
        if (looks == WHOLE) {
            pick(receiver, frame);
            return true;
        }
        if (looks == BEGUN) {
            return false;
        }
        receiver->bad_bytes++;
        drop(receiver, 1);
    }
    return false;
}

bool serial_take(struct serial_receiver *receiver, const unsigned char **bytes, size_t *size, struct serial_frame *frame)
{
    if (settle(receiver, frame)) { /* left from the last call */
        return true;
    }
    while (*size > 0) {
        receiver->bytes[receiver->size++] = **bytes; /* what has begun is shorter than a frame */
        (*bytes)++;
        (*size)--;
        if (settle(receiver, frame)) {
            return true;
        }
    }
    return false;
}

bool serial_give_up(struct serial_receiver *receiver, struct serial_frame *frame)
{
    while (receiver->size > 0) {
        if (settle(receiver, frame)) {
            return true;
        }
        if (receiver->size > 0) {
            receiver->bad_bytes++;
            drop(receiver, 1);
        }
    }
    return false;
}
