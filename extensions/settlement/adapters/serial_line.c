/* serial_line.c: one request on the line at a time: greetings, acts, and questions for news. */
#include "serial_line.h"

#include "settle_support.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 10, MS = 1000 };

/* --- settings ----------------------------------------------------------------------------------------------------- */

struct ocpp_settle_serial_settings ocpp_settle_serial_settings_default(void)
{
    return (struct ocpp_settle_serial_settings){ .boards = 1,
                                                 .slots_per_board = 8,
                                                 .baud = 115200,
                                                 .answer_ms = 100,
                                                 .attempts = 3,
                                                 .turn_ms = 2,
                                                 .poll_ms = 200,
                                                 .busy_poll_ms = 30,
                                                 .lost_ms = 5000 };
}

static bool is_within(int value, int least, int most)
{
    return value >= least && value <= most;
}

static bool are_right(const struct ocpp_settle_serial_settings *s)
{
    static const int rates[] = { 9600, 19200, 38400, 57600, 115200 };
    size_t rate = 0;

    while (rate < sizeof rates / sizeof *rates && rates[rate] != s->baud) {
        rate++;
    }
    return rate < sizeof rates / sizeof *rates && is_within(s->boards, 1, OCPP_SETTLE_SERIAL_BOARDS) &&
           is_within(s->slots_per_board, 1, OCPP_SETTLE_SLOTS) && s->boards * s->slots_per_board <= OCPP_SETTLE_SLOTS &&
           is_within((int)s->mark_room, OCPP_SETTLE_MARK_ROOM_BYTES, OCPP_SETTLE_MARK_ROOM_CHARACTERS) &&
           is_within(s->answer_ms, 5, 5000) && is_within(s->attempts, 1, 10) && is_within(s->turn_ms, 0, 100) &&
           is_within(s->poll_ms, 10, 10000) && is_within(s->busy_poll_ms, 1, 10000) && is_within(s->lost_ms, 100, 600000);
}

struct ocpp_settle_serial *ocpp_settle_serial_new(const struct ocpp_settle_serial_settings *settings, struct ocpp_now now)
{
    if (!are_right(settings)) {
        return NULL;
    }
    struct ocpp_settle_serial *serial = settle_reallocate(settings->allocator, NULL, sizeof *serial);
    if (serial == NULL) {
        return NULL;
    }
    *serial = (struct ocpp_settle_serial){ .settings = *settings,
                                           .slot_count = settings->boards * settings->slots_per_board,
                                           .now_ms = now.mono_ms };
    for (int i = 0; i < settings->boards; i++) {
        serial->boards[i].due_ms = now.mono_ms;
    }
    return serial;
}

void ocpp_settle_serial_free(struct ocpp_settle_serial *serial)
{
    if (serial != NULL) {
        const struct ocpp_allocator *allocator = serial->settings.allocator;
        (void)settle_reallocate(allocator, serial, 0);
    }
}

void ocpp_settle_serial_listen(struct ocpp_settle_serial *serial, const struct ocpp_settle_bay_listener *listener)
{
    serial->listener = *listener;
}

struct ocpp_settle_serial_view ocpp_settle_serial_view(const struct ocpp_settle_serial *serial)
{
    struct ocpp_settle_serial_view view = serial->view;

    view.bad_bytes = serial->receiver.bad_bytes;
    for (int i = 0; i < serial->settings.boards; i++) {
        view.boards_ready += serial->boards[i].state == SERIAL_READY;
    }
    return view;
}

bool ocpp_settle_serial_is_ready(const struct ocpp_settle_serial *serial, int address)
{
    return address >= 1 && address <= serial->settings.boards && serial->boards[address - 1].state == SERIAL_READY;
}

/* --- what leaves -------------------------------------------------------------------------------------------------- */

/* Until when the request may be answered: it and the longest answer need their time on the line. */
static int64_t answer_by(const struct ocpp_settle_serial *serial)
{
    const int64_t bits = (int64_t)BITS * (int64_t)(serial->request.size + OCPP_SETTLE_SERIAL_FRAME);

    return serial->now_ms + serial->settings.answer_ms + bits * MS / serial->settings.baud + 1;
}

static void put(struct ocpp_settle_serial *serial, int board, struct serial_frame *frame)
{
    struct serial_request *request = &serial->request;

    frame->address = (unsigned char)(board + 1);
    frame->sequence = ++serial->last_sequence;
    request->is_pending = true;
    request->board = board;
    request->command = frame->command;
    request->sequence = frame->sequence;
    request->attempts = 0;
    request->size = serial_write(frame, request->bytes);
}

static bool put_act(struct ocpp_settle_serial *serial)
{
    for (int i = 1; i <= serial->slot_count; i++) {
        const int number = (serial->last_slot + i) % serial->slot_count;
        const int board = serial_board_of(serial, number);
        struct serial_slot *slot = &serial->slots[number];
        if (slot->state == SERIAL_WAITING && slot->due_ms <= serial->now_ms && serial->boards[board].state == SERIAL_READY) {
            struct serial_frame frame = { 0 };
            serial_say_act(&frame, &slot->act);
            serial->request.slot = number;
            serial->request.tag = slot->act.tag;
            serial->last_slot = number;
            slot->state = serial_act_next(slot->state, SERIAL_SENT);
            put(serial, board, &frame);
            return true;
        }
    }
    return false;
}

/* The board that has waited longest to be greeted or asked for news; -1: none is due. */
static int due_board(const struct ocpp_settle_serial *serial)
{
    int found = -1;

    for (int i = 0; i < serial->settings.boards; i++) {
        const struct serial_board *board = &serial->boards[i];
        if (board->due_ms <= serial->now_ms && (found < 0 || board->due_ms < serial->boards[found].due_ms)) {
            found = i;
        }
    }
    return found;
}

/* Acts come first, but not two in a row while a board is due: acts that find their slots busy keep nobody from telling news. */
static void put_next(struct ocpp_settle_serial *serial)
{
    struct serial_frame frame = { 0 };
    const int board = due_board(serial);

    serial->was_act = !(serial->was_act && board >= 0) && put_act(serial);
    if (serial->was_act || board < 0) {
        return;
    }
    if (serial->boards[board].state == SERIAL_READY) {
        serial_say_poll(&frame, serial->boards[board].seen);
    } else {
        serial_say_hello(&frame);
    }
    put(serial, board, &frame);
}

static void forget_received(struct ocpp_settle_serial *serial)
{
    serial->receiver.bad_bytes += serial->receiver.size;
    serial->receiver.size = 0;
}

const void *ocpp_settle_serial_next_output(struct ocpp_settle_serial *serial, size_t *size, struct ocpp_now now)
{
    struct serial_request *request = &serial->request;

    serial->now_ms = now.mono_ms;
    if (!request->is_pending && serial->quiet_until_ms <= now.mono_ms) {
        put_next(serial);
        serial->view.requests += request->is_pending;
    }
    if (!request->is_pending || (request->attempts > 0 && request->answer_by_ms > now.mono_ms)) {
        return NULL;
    }
    serial->view.repeats += request->attempts > 0;
    request->attempts++;
    request->answer_by_ms = answer_by(serial);
    forget_received(serial); /* what is there answers nothing that is still asked */
    *size = request->size;
    return request->bytes;
}

/* --- what comes --------------------------------------------------------------------------------------------------- */

/* An act that was asked for once, and of a board that has to be greeted, was not begun: it waits. */
static void greet_again(struct ocpp_settle_serial *serial, int number)
{
    if (serial->request.command != SERIAL_POLL && serial->request.attempts == 1) {
        serial_heed(serial, serial->request.slot, SERIAL_BUSY, serial->request.tag);
    }
    serial->boards[number] = (struct serial_board){ .state = SERIAL_TO_GREET, .due_ms = serial->now_ms };
    serial_forget_acts(serial, number);
}

static void lose(struct ocpp_settle_serial *serial, int number)
{
    struct serial_board *board = &serial->boards[number];

    if (board->state != SERIAL_LOST) {
        settle_log(&serial->settings.log, OCPP_LOG_WARNING, "cabinet: board %d does not answer", number + 1);
    }
    *board = (struct serial_board){ .state = SERIAL_LOST, .due_ms = serial->now_ms + serial->settings.lost_ms };
    serial_fail_waiting(serial, number);
}

static void answered_hello(struct ocpp_settle_serial *serial, const struct serial_frame *frame)
{
    const int number = serial->request.board;

    if (!serial_hear_hello(frame, serial->settings.slots_per_board, serial->settings.mark_room)) {
        serial->view.bad_news++;
        settle_log(&serial->settings.log, OCPP_LOG_WARNING,
                   "cabinet: board %d is not one of this cabinet: version, slots or marks", number + 1);
        lose(serial, number);
        return;
    }
    settle_log(&serial->settings.log, OCPP_LOG_INFO, "cabinet: board %d answers", number + 1);
    serial->boards[number] = (struct serial_board){ .state = SERIAL_READY, .due_ms = serial->now_ms };
}

static void answered_poll(struct ocpp_settle_serial *serial, const struct serial_frame *frame, struct ocpp_now now)
{
    const int number = serial->request.board;
    struct serial_board *board = &serial->boards[number];
    struct serial_event event;
    const bool is_sense = serial_hear_poll(frame, &event);
    const bool is_new = event.number != 0 && event.number != board->seen;
    const int wait_ms = serial_is_busy(serial, number) ? serial->settings.busy_poll_ms : serial->settings.poll_ms;

    board->due_ms = serial->now_ms + (is_new ? 0 : wait_ms);
    if (is_new) {
        board->seen = event.number;
    }
    if (!is_sense || (is_new && !serial_tell_event(serial, number, &event, now))) {
        serial->view.bad_news++;
    }
}

static void ask_soon(const struct ocpp_settle_serial *serial, struct serial_board *board)
{
    const int64_t soon_ms = serial->now_ms + serial->settings.busy_poll_ms;

    board->due_ms = board->due_ms < soon_ms ? board->due_ms : soon_ms;
}

static void answered(struct ocpp_settle_serial *serial, const struct serial_frame *frame, struct ocpp_now now)
{
    const enum serial_status status = frame->size > 0 ? (enum serial_status)frame->payload[0] : SERIAL_BAD_PAYLOAD;

    serial->view.answers++;
    serial->request.is_pending = false;
    serial->quiet_until_ms = serial->now_ms + serial->settings.turn_ms;
    if (serial->request.command == SERIAL_HELLO) {
        answered_hello(serial, frame);
    } else if (status == SERIAL_NOT_GREETED) {
        greet_again(serial, serial->request.board);
    } else if (serial->request.command == SERIAL_POLL) {
        answered_poll(serial, frame, now);
    } else {
        ask_soon(serial, &serial->boards[serial->request.board]);
        serial_heed(serial, serial->request.slot, status, serial->request.tag);
    }
}

static void hear(struct ocpp_settle_serial *serial, const struct serial_frame *frame, struct ocpp_now now)
{
    const struct serial_request *request = &serial->request;

    if (request->is_pending && request->attempts > 0 && frame->address == (SERIAL_ANSWER | (request->board + 1)) &&
        frame->sequence == request->sequence && frame->command == request->command) {
        answered(serial, frame, now);
        return;
    }
    serial->view.strays++;
}

void ocpp_settle_serial_receive(struct ocpp_settle_serial *serial, const void *bytes, size_t size, struct ocpp_now now)
{
    const unsigned char *at = bytes;
    struct serial_frame frame;

    serial->now_ms = now.mono_ms;
    while (serial_take(&serial->receiver, &at, &size, &frame)) {
        hear(serial, &frame, now);
    }
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static bool is_silent(const struct ocpp_settle_serial *serial)
{
    const struct serial_request *request = &serial->request;

    return request->is_pending && request->attempts > 0 && request->answer_by_ms <= serial->now_ms;
}

void ocpp_settle_serial_advance(struct ocpp_settle_serial *serial, struct ocpp_now now)
{
    struct serial_frame frame;

    serial->now_ms = now.mono_ms;
    while (is_silent(serial) && serial_give_up(&serial->receiver, &frame)) {
        hear(serial, &frame, now); /* it stood behind something that looked like a frame */
    }
    const bool is_lost = serial->boards[serial->request.board].state == SERIAL_LOST; /* one greeting is enough to see it back */
    if (is_silent(serial) && (is_lost || serial->request.attempts >= serial->settings.attempts)) {
        serial->request.is_pending = false;
        serial->quiet_until_ms = serial->now_ms + serial->settings.turn_ms;
        lose(serial, serial->request.board);
    }
    serial_tell_lost(serial, now);
}

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* When something may be put on the line that is free. */
static int64_t next_turn(const struct ocpp_settle_serial *serial)
{
    int64_t due = OCPP_NEVER;

    for (int i = 0; i < serial->settings.boards; i++) {
        due = earlier(due, serial->boards[i].due_ms);
    }
    for (int i = 0; i < serial->slot_count; i++) {
        const bool is_ready = serial->boards[serial_board_of(serial, i)].state == SERIAL_READY;
        due = serial->slots[i].state == SERIAL_WAITING && is_ready ? earlier(due, serial->slots[i].due_ms) : due;
    }
    return due > serial->quiet_until_ms ? due : serial->quiet_until_ms;
}

int64_t ocpp_settle_serial_deadline(const struct ocpp_settle_serial *serial)
{
    for (int i = 0; i < serial->slot_count; i++) {
        if (serial->slots[i].state == SERIAL_LOST_ACT) {
            return serial->now_ms;
        }
    }
    if (!serial->request.is_pending) {
        return next_turn(serial);
    }
    return serial->request.attempts > 0 ? serial->request.answer_by_ms : serial->now_ms;
}
