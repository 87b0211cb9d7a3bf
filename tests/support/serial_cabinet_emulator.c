/* serial_cabinet_emulator.c: see serial_cabinet_emulator.h. */
#include "serial_cabinet_emulator.h"

#include "unit.h"

#include <string.h>

enum { START = 0xA5, HEADER = 5, HELLO = 1, POLL = 2, QUERY = 0x10, READ, WRITE, EJECT, RETRACT, FORCE, TEST };
enum { OK, NOT_GREETED, BUSY, NO_SLOT, BAD_PAYLOAD, UNKNOWN };
enum { OUTCOME = 1, SENSOR, CHARGE, JAM };

/* --- frames -------------------------------------------------------------------------------------------------------- */

static unsigned crc_of(const unsigned char *bytes, size_t size)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < size; i++) { /* byte by byte, without bits: the other way to reckon it */
        unsigned x = (crc >> 8 ^ bytes[i]) & 0xFF;
        x ^= x >> 4;
        crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xFFFF;
    }
    return crc;
}

size_t emulator_seal(unsigned char *bytes, size_t size)
{
    const unsigned crc = crc_of(bytes, size);

    bytes[size] = (unsigned char)(crc >> 8);
    bytes[size + 1] = (unsigned char)(crc & 0xFF);
    return size + 2;
}

static void put(struct emulator *line, const unsigned char *bytes, size_t size)
{
    assert_true(line->out_size + size <= EMULATOR_OUT);
    memcpy(line->out + line->out_size, bytes, size);
    line->out_size += size;
}

static bool is_hit(int *count)
{
    if (*count <= 0) {
        return false;
    }
    --*count;
    return true;
}

static void answer(struct emulator *line, const unsigned char *request, const unsigned char *payload, size_t size)
{
    static const unsigned char garbage[] = { 0x00, START, 0x81, 0x17, START, START, 0x82, 0x00, 0x02, 0x40, 0xFF };
    struct emulated_faults *faults = &line->faults;
    unsigned char frame[EMULATOR_FRAME] = { START, (unsigned char)(request[1] | 0x80), request[2], request[3],
                                            (unsigned char)size };

    if (is_hit(&faults->lost_answers)) {
        return;
    }
    memcpy(frame + HEADER, payload, size);
    frame[1] ^= is_hit(&faults->foreign) ? 3 : 0;
    size_t whole = emulator_seal(frame, HEADER + size);
    frame[whole / 2] ^= is_hit(&faults->flipped) ? 0x10 : 0;
    whole = is_hit(&faults->cut) ? whole / 2 : whole;
    if (is_hit(&faults->garbage)) {
        put(line, garbage, sizeof garbage);
    }
    put(line, frame, whole);
    if (is_hit(&faults->twice)) {
        put(line, frame, whole);
    }
    line->out_at = line->cabinet->now.mono_ms + (is_hit(&faults->late_answers) ? line->late_ms : line->answer_ms);
}

static void answer_status(struct emulator *line, const unsigned char *request, unsigned char status)
{
    answer(line, request, &status, 1);
}

/* --- news ---------------------------------------------------------------------------------------------------------- */

void emulator_tell(struct emulator *line, int address, const unsigned char *bytes, size_t size)
{
    struct emulated_board *board = &line->board[address - 1];

    if (!board->is_greeted || board->count == EMULATOR_EVENTS) {
        return;
    }
    struct emulated_event *event = &board->events[(board->first + board->count++) % EMULATOR_EVENTS];
    event->size = size;
    memcpy(event->bytes, bytes, size);
}

static void tell(struct emulator *line, int slot, const unsigned char *bytes, size_t size)
{
    unsigned char event[96];

    memcpy(event, bytes, size);
    event[1] = (unsigned char)((slot - 1) % line->slots_per_board + 1);
    emulator_tell(line, (slot - 1) / line->slots_per_board + 1, event, size);
}

static void sensed(struct emulator *line, int slot, bool is_there)
{
    tell(line, slot, (const unsigned char[]){ SENSOR, 0, is_there }, 3);
}

static void inserted(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    sensed(user, slot, true);
}

static void removed(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    sensed(user, slot, false);
}

static void charged(int slot, int percent, struct ocpp_now now, void *user)
{
    (void)now;
    tell(user, slot, (const unsigned char[]){ CHARGE, 0, (unsigned char)percent }, 3);
}

static void jammed(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    tell(user, slot, (const unsigned char[]){ JAM, 0 }, 2);
}

static size_t put_text(unsigned char *bytes, const char *text)
{
    const size_t size = text != NULL ? strlen(text) : 0;

    bytes[0] = (unsigned char)size;
    memcpy(bytes + 1, text != NULL ? text : "", size);
    return size + 1;
}

static void ended(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now, void *user)
{
    struct emulator *line = user;
    const uint16_t tag = line->tags[outcome->slot - 1];
    const unsigned char command = line->commands[outcome->slot - 1];
    unsigned char bytes[96] = { OUTCOME, 0, (unsigned char)(tag >> 8), (unsigned char)(tag & 0xFF),
                                (unsigned char)outcome->result };
    size_t size = 5;

    (void)now;
    if (tag == 0 || tag != outcome->act) {
        return; /* greeted since */
    }
    if (command == QUERY) {
        bytes[size++] = outcome->is_present;
        bytes[size++] = (unsigned char)(outcome->charge < 0 ? 0xFF : outcome->charge);
        bytes[size++] = (unsigned char)outcome->condition;
        size += put_text(bytes + size, outcome->bank);
        size += put_text(bytes + size, outcome->hardware_id);
    } else if (command == READ && outcome->result == OCPP_SETTLE_BAY_DONE) {
        memcpy(bytes + size, outcome->mark, outcome->mark_size);
        size += outcome->mark_size;
    }
    tell(line, outcome->slot, bytes, size);
}

/* --- requests ------------------------------------------------------------------------------------------------------ */

static void hello(struct emulator *line, const unsigned char *request)
{
    const int address = request[1];
    const int first = (address - 1) * line->slots_per_board;
    const int hellos = (int)line->board[address - 1].hellos + 1;

    line->board[address - 1] = (struct emulated_board){ .is_greeted = true, .hellos = (unsigned)hellos };
    for (int i = first; i < first + line->slots_per_board && i < line->cabinet->slots; i++) {
        line->tags[i] = 0;
        sensed(line, i + 1, line->cabinet->slot[i].bank.is_real);
    }
    answer(line, request,
           (const unsigned char[]){ OK, line->version, (unsigned char)line->slots_per_board,
                                    line->cabinet->room == OCPP_SETTLE_MARK_ROOM_CHARACTERS },
           4);
}

static void poll_news(struct emulator *line, const unsigned char *request)
{
    struct emulated_board *board = &line->board[request[1] - 1];
    unsigned char payload[96] = { OK, 0 };
    size_t size = 2;

    if (board->is_told && request[5] == board->number) {
        board->first = (board->first + 1) % EMULATOR_EVENTS;
        board->count--;
        board->is_told = false;
    }
    if (board->count > 0) {
        if (!board->is_told) {
            board->number = board->number == 255 ? 1 : (unsigned char)(board->number + 1);
            board->is_told = true;
        }
        payload[1] = board->number;
        memcpy(payload + 2, board->events[board->first].bytes, board->events[board->first].size);
        size += board->events[board->first].size;
    }
    answer(line, request, payload, size);
}

static enum ocpp_status begin(struct emulator *line, const unsigned char *request, int slot, uint16_t tag)
{
    const struct ocpp_settle_bay *bay = &line->bay;

    switch (request[3]) {
    case QUERY:
        return bay->query(slot, tag, bay->user);
    case READ:
        return bay->read_mark(slot, tag, bay->user);
    case WRITE:
        return bay->write_mark(slot, tag, request[8] ? OCPP_SETTLE_BAY_SECOND_HALF : OCPP_SETTLE_BAY_FIRST_HALF, request + 9,
                               request[4] - 4U, bay->user);
    case EJECT:
        return bay->eject(slot, tag, bay->user);
    case RETRACT:
        return bay->retract(slot, tag, bay->user);
    case FORCE:
        return bay->force_eject(slot, tag, bay->user);
    default:
        return bay->self_test(slot, tag, bay->user);
    }
}

static void act(struct emulator *line, const unsigned char *request)
{
    const int slot = (request[1] - 1) * line->slots_per_board + request[5];
    const uint16_t tag = (uint16_t)(request[6] << 8 | request[7]);

    if (request[4] < 3 || tag == 0 || (request[3] == WRITE ? request[4] < 5 : request[4] != 3)) {
        answer_status(line, request, BAD_PAYLOAD);
    } else if (request[5] < 1 || request[5] > line->slots_per_board || slot > line->cabinet->slots) {
        answer_status(line, request, NO_SLOT);
    } else if (line->tags[slot - 1] == tag) {
        answer_status(line, request, OK); /* a repetition */
    } else if (line->cabinet->slot[slot - 1].act != 0) {
        answer_status(line, request, BUSY);
    } else {
        line->tags[slot - 1] = tag;
        line->commands[slot - 1] = request[3];
        line->begun++;
        answer_status(line, request, begin(line, request, slot, tag) == OCPP_OK ? OK : BAD_PAYLOAD);
    }
}

static void obey(struct emulator *line, const unsigned char *request)
{
    struct emulated_board *board = &line->board[(request[1] - 1) % EMULATOR_BOARDS];

    if (request[1] > line->boards || board->is_dead || is_hit(&line->faults.lost_requests)) {
        return;
    }
    line->requests++;
    if (request[3] == HELLO) {
        hello(line, request);
    } else if (!board->is_greeted) {
        answer_status(line, request, NOT_GREETED);
    } else if (request[3] == POLL) {
        poll_news(line, request);
    } else if (request[3] >= QUERY && request[3] <= TEST) {
        act(line, request);
    } else {
        answer_status(line, request, UNKNOWN);
    }
}

/* The length of a frame at the beginning of |in|; 0: not yet; -1: there is none. */
static int frame_at(const struct emulator *line)
{
    if (line->in[0] != START) {
        return -1;
    }
    if (line->in_size < HEADER) {
        return 0;
    }
    const int size = HEADER + line->in[4] + 2;
    if (line->in[1] < 1 || line->in[1] > EMULATOR_BOARDS || size > EMULATOR_FRAME) {
        return -1;
    }
    if ((size_t)size > line->in_size) {
        return 0;
    }
    const unsigned crc = (unsigned)line->in[size - 2] << 8 | line->in[size - 1];
    return crc == crc_of(line->in, (size_t)size - 2) ? size : -1;
}

void emulator_hear(struct emulator *line, const unsigned char *bytes, size_t size, struct ocpp_now now)
{
    cabinet_run(line->cabinet, now);
    assert_true(line->in_size + size <= EMULATOR_IN);
    memcpy(line->in + line->in_size, bytes, size);
    line->in_size += size;
    if (line->faults.is_echoing) {
        put(line, bytes, size);
        line->out_at = now.mono_ms;
    }
    for (int length = 0; line->in_size > 0 && (length = frame_at(line)) != 0;) {
        unsigned char frame[EMULATOR_IN];
        memcpy(frame, line->in, line->in_size);
        const size_t used = length > 0 ? (size_t)length : 1;
        line->in_size -= used;
        memmove(line->in, line->in + used, line->in_size);
        if (length > 0) {
            obey(line, frame);
        }
    }
}

/* --- time ---------------------------------------------------------------------------------------------------------- */

void emulator_init(struct emulator *line, struct cabinet *cabinet, int slots_per_board)
{
    *line = (struct emulator){ .cabinet = cabinet,
                               .slots_per_board = slots_per_board,
                               .boards = (cabinet->slots + slots_per_board - 1) / slots_per_board,
                               .answer_ms = 5,
                               .late_ms = 300,
                               .version = 1 };
    cabinet_bay(cabinet, &line->bay);
    cabinet->listener = (struct ocpp_settle_bay_listener){ inserted, removed, ended, charged, jammed, line };
}

void emulator_restart(struct emulator *line, int address)
{
    const unsigned hellos = line->board[address - 1].hellos;

    line->board[address - 1] = (struct emulated_board){ .hellos = hellos };
    for (int i = 0; i < line->slots_per_board; i++) {
        const int slot = (address - 1) * line->slots_per_board + i;
        line->tags[slot] = 0;
        line->cabinet->slot[slot].act = 0;
    }
}

void emulator_run(struct emulator *line, struct ocpp_now now)
{
    cabinet_run(line->cabinet, now);
}

size_t emulator_say(struct emulator *line, unsigned char bytes[EMULATOR_OUT], struct ocpp_now now)
{
    if (line->out_size == 0 || line->out_at > now.mono_ms) {
        return 0;
    }
    const size_t size = line->out_size;
    memcpy(bytes, line->out, size);
    line->out_size = 0;
    return size;
}

int64_t emulator_deadline(const struct emulator *line)
{
    const int64_t deadline = cabinet_deadline(line->cabinet);

    return line->out_size > 0 && line->out_at < deadline ? line->out_at : deadline;
}
