/* fuzz_settle_serial.c: boards on the line of a cabinet that say anything, at any time, while acts are begun.
 *
 * The input is a program: the first byte chooses settings, then each step is a byte that says what happens, and what it needs.
 * What must hold: an outcome is told of an act that was begun and not told yet, never from within a callback; what it says is
 * within the contract; a request is a frame, and one is on the line at a time; the deadline moves on.
 */
#include "serial_frame.h"
#include "target.h"

#include "require.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 8, STEPS = 512 };

static struct place {
    struct ocpp_settle_serial *serial;
    struct ocpp_settle_bay bay;
    struct ocpp_now now;
    const uint8_t *data;
    size_t size;
    uint32_t act;
    uint32_t open[SLOTS]; /* the act that was begun; 0: none */
    bool is_within;
    uint8_t number; /* of the last event */
    unsigned char request[OCPP_SETTLE_SERIAL_FRAME];
    size_t request_size;
} at;

static uint8_t byte(void)
{
    if (at.size == 0) {
        return 0;
    }
    at.size--;
    return *at.data++;
}

/* --- what is told -------------------------------------------------------------------------------------------------- */

static void sensed(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    (void)user;
    ocpp_require(!at.is_within && slot >= 1 && slot <= SLOTS);
}

static void charged(int slot, int percent, struct ocpp_now now, void *user)
{
    sensed(slot, now, user);
    ocpp_require(percent >= 0 && percent <= 100);
}

static void begin(int slot, unsigned what);

static void ended(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now, void *user)
{
    sensed(outcome->slot, now, user);
    ocpp_require(outcome->act != 0 && outcome->act == at.open[outcome->slot - 1]);
    at.open[outcome->slot - 1] = 0;
    ocpp_require(outcome->result <= OCPP_SETTLE_BAY_UNREADABLE && outcome->condition <= OCPP_SETTLE_BAY_FAULTY);
    ocpp_require(outcome->charge >= -1 && outcome->charge <= 100);
    ocpp_require(outcome->bank == NULL || (strlen(outcome->bank) >= 1 && strlen(outcome->bank) <= 40));
    ocpp_require(outcome->hardware_id == NULL || (strlen(outcome->hardware_id) >= 1 && strlen(outcome->hardware_id) <= 40));
    ocpp_require(outcome->mark_size == 0 || (outcome->mark_size == 24 && outcome->result == OCPP_SETTLE_BAY_DONE));
    if (outcome->mark_size > 0) {
        unsigned char mark[24];
        memcpy(mark, outcome->mark, sizeof mark); /* a sanitizer sees where it points to */
        ocpp_require(serial_crc(mark, sizeof mark) == serial_crc(outcome->mark, outcome->mark_size));
    }
    if (outcome->result == OCPP_SETTLE_BAY_JAMMED) {
        begin(outcome->slot, 0);
    }
}

/* --- what happens -------------------------------------------------------------------------------------------------- */

static void begin(int slot, unsigned what)
{
    static const unsigned char half[12] = { 0xA5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    enum ocpp_status (*const acts[])(int, uint32_t, void *) = { at.bay.query,   at.bay.read_mark,   at.bay.eject,
                                                                at.bay.retract, at.bay.force_eject, at.bay.self_test };

    at.open[slot - 1] = ++at.act;
    at.is_within = true;
    const enum ocpp_status status =
        what % 7 == 6 ? at.bay.write_mark(slot, at.act, (enum ocpp_settle_bay_half)(what / 7 % 2), half, sizeof half, at.bay.user)
                      : acts[what % 7](slot, at.act, at.bay.user);
    at.is_within = false;
    ocpp_require(status == OCPP_OK);
}

static void speak(void)
{
    const unsigned char *frame = ocpp_settle_serial_next_output(at.serial, &at.request_size, at.now);
    struct serial_receiver receiver = { .size = 0 };
    struct serial_frame read;

    if (frame == NULL) {
        at.request_size = 0;
        return;
    }
    ocpp_require(at.request_size <= sizeof at.request);
    memcpy(at.request, frame, at.request_size);
    size_t size = at.request_size;
    ocpp_require(serial_take(&receiver, &frame, &size, &read) && size == 0 && receiver.size == 0);
    ocpp_require(read.address >= 1 && read.address <= 2);
    size = 0;
    ocpp_require(ocpp_settle_serial_next_output(at.serial, &size, at.now) == NULL); /* one at a time */
}

static void hear(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ocpp_require(copy != NULL);
    memcpy(copy, bytes, size);
    ocpp_settle_serial_receive(at.serial, copy, size, at.now);
    free(copy);
}

/* An answer to the request that is on the line, with a payload of the input behind |first|. */
static void answer(const unsigned char *first, size_t count, size_t more)
{
    struct serial_frame frame = { .address = at.request[1] | SERIAL_ANSWER, .sequence = at.request[2], .command = at.request[3] };
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];

    memcpy(frame.payload, first, count);
    frame.size = (unsigned char)count;
    for (; more > 0 && frame.size < SERIAL_PAYLOAD; more--) {
        frame.payload[frame.size++] = byte();
    }
    if (at.request_size > 0) {
        hear(bytes, serial_write(&frame, bytes));
    }
}

/* As a board would: greeted, begun, or an outcome of the last act begun there. */
static void answer_rightly(unsigned how)
{
    const unsigned tag = at.act & 0xFFFF; /* tags count acts */

    if (at.request[3] == 0x01) {
        answer((const unsigned char[]){ 0, 1, SLOTS / 2, 0 }, 4, 0);
    } else if (at.request[3] == 0x02 && how % 2 == 0) {
        at.number = at.number == 255 ? 1 : (uint8_t)(at.number + 1);
        answer((const unsigned char[]){ 0, at.number, 1, (unsigned char)(1 + how / 2 % 4), (unsigned char)(tag >> 8),
                                        (unsigned char)(tag & 0xFF) },
               6, byte() % SERIAL_PAYLOAD);
    } else {
        answer((const unsigned char[]){ 0, 0 }, at.request[3] == 0x02 ? 2 : 1, 0);
    }
}

static void step(unsigned what)
{
    const unsigned argument = byte();
    const size_t size = argument < at.size ? argument : at.size;

    switch (what % 6) {
    case 0:
        begin(1 + (int)(argument % SLOTS), argument / SLOTS);
        break;
    case 1:
        at.now.mono_ms += argument;
        break;
    case 2:
        hear(at.data, size);
        at.data += size;
        at.size -= size;
        break;
    case 3:
        answer((const unsigned char *)"", 0, argument % (SERIAL_PAYLOAD + 1));
        break;
    default:
        answer_rightly(argument);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_settle_serial_settings settings = ocpp_settle_serial_settings_default();

    at = (struct place){ .data = data, .size = size, .now = { .mono_ms = 1, .utc_ms = OCPP_UTC_UNKNOWN } };
    settings.boards = 2;
    settings.slots_per_board = SLOTS / 2;
    settings.turn_ms = byte() % 3;
    at.serial = ocpp_settle_serial_new(&settings, at.now);
    ocpp_require(at.serial != NULL);
    at.bay = ocpp_settle_serial_bay(at.serial);
    ocpp_settle_serial_listen(at.serial, &(struct ocpp_settle_bay_listener){ sensed, sensed, ended, charged, sensed, NULL });
    for (int steps = 0; at.size > 0 && steps < STEPS; steps++) {
        step(byte());
        ocpp_settle_serial_advance(at.serial, at.now);
        speak();
        const int64_t deadline = ocpp_settle_serial_deadline(at.serial);
        ocpp_require(deadline < OCPP_NEVER && deadline >= at.now.mono_ms - 1);
    }
    ocpp_settle_serial_free(at.serial);
    return 0;
}
