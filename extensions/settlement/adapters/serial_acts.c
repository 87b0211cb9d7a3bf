/* serial_acts.c: acts of the slots, from the callbacks of the bay to what its listener is told. */
#include "serial_line.h"

#include "settle_support.h"

#include <string.h>

/* What becomes of an act. What does not stand here changes nothing. */
static const struct row {
    enum serial_act_state state;
    enum serial_act_event event;
    enum serial_act_state next;
} rows[] = {
    { SERIAL_IDLE, SERIAL_BEGIN, SERIAL_WAITING },         { SERIAL_WAITING, SERIAL_BEGIN, SERIAL_WAITING },
    { SERIAL_WAITING, SERIAL_SENT, SERIAL_ASKED },         { SERIAL_WAITING, SERIAL_SILENCE, SERIAL_LOST_ACT },
    { SERIAL_ASKED, SERIAL_BEGIN, SERIAL_WAITING }, /* the board says Busy until the one before is over */
    { SERIAL_ASKED, SERIAL_ACCEPTED, SERIAL_UNDER_WAY },   { SERIAL_ASKED, SERIAL_WAS_BUSY, SERIAL_WAITING },
    { SERIAL_ASKED, SERIAL_REFUSED, SERIAL_LOST_ACT },     { SERIAL_ASKED, SERIAL_SILENCE, SERIAL_LOST_ACT },
    { SERIAL_UNDER_WAY, SERIAL_BEGIN, SERIAL_WAITING },    { SERIAL_UNDER_WAY, SERIAL_ENDED, SERIAL_IDLE },
    { SERIAL_UNDER_WAY, SERIAL_SILENCE, SERIAL_LOST_ACT }, { SERIAL_LOST_ACT, SERIAL_BEGIN, SERIAL_WAITING },
    { SERIAL_LOST_ACT, SERIAL_TOLD, SERIAL_IDLE },
};

enum serial_act_state serial_act_next(enum serial_act_state state, enum serial_act_event event)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].state == state && rows[i].event == event) {
            return rows[i].next;
        }
    }
    return state;
}

static void happens(struct serial_slot *slot, enum serial_act_event event)
{
    slot->state = serial_act_next(slot->state, event);
}

/* --- the callbacks of the bay ------------------------------------------------------------------------------------- */

static uint16_t new_tag(struct ocpp_settle_serial *serial)
{
    serial->last_tag = serial->last_tag == UINT16_MAX ? 1 : (uint16_t)(serial->last_tag + 1);
    return serial->last_tag;
}

static enum ocpp_status begin(struct ocpp_settle_serial *serial, int number, uint32_t act, enum serial_command command)
{
    if (number < 1 || number > serial->slot_count) {
        return OCPP_ERR_ARGUMENT;
    }
    struct serial_slot *slot = &serial->slots[number - 1];
    slot->number = act;
    slot->act.command = command;
    slot->act.slot = (number - 1) % serial->settings.slots_per_board + 1;
    slot->act.tag = new_tag(serial);
    slot->due_ms = serial->now_ms;
    happens(slot, SERIAL_BEGIN);
    if (serial->boards[serial_board_of(serial, number - 1)].state == SERIAL_LOST) {
        happens(slot, SERIAL_SILENCE);
    }
    return OCPP_OK;
}

static enum ocpp_status query(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_QUERY);
}

static enum ocpp_status read_mark(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_READ_MARK);
}

static enum ocpp_status write_mark(int number, uint32_t act, enum ocpp_settle_bay_half half, const void *bytes, size_t size,
                                   void *user)
{
    struct ocpp_settle_serial *serial = user;
    const size_t right = serial->settings.mark_room == OCPP_SETTLE_MARK_ROOM_CHARACTERS ? 5 : SERIAL_HALF;

    if (number < 1 || number > serial->slot_count || size != right) {
        return OCPP_ERR_ARGUMENT;
    }
    struct serial_slot *slot = &serial->slots[number - 1];
    slot->act.half = half == OCPP_SETTLE_BAY_SECOND_HALF;
    slot->act.size = size;
    memcpy(slot->act.bytes, bytes, size);
    return begin(serial, number, act, SERIAL_WRITE_HALF);
}

static enum ocpp_status eject(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_EJECT);
}

static enum ocpp_status retract(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_RETRACT);
}

static enum ocpp_status force_eject(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_FORCE_EJECT);
}

static enum ocpp_status self_test(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, SERIAL_SELF_TEST);
}

struct ocpp_settle_bay ocpp_settle_serial_bay(struct ocpp_settle_serial *serial)
{
    const struct ocpp_settle_serial_settings *settings = &serial->settings;

    return (struct ocpp_settle_bay){ .slots = serial->slot_count,
                                     .mark_room = settings->mark_room,
                                     .query = query,
                                     .read_mark = read_mark,
                                     .write_mark = write_mark,
                                     .eject = eject,
                                     .retract = settings->cannot_retract ? NULL : retract,
                                     .force_eject = settings->cannot_force_eject ? NULL : force_eject,
                                     .self_test = settings->cannot_test ? NULL : self_test,
                                     .user = serial };
}

/* --- what becomes of them ----------------------------------------------------------------------------------------- */

void serial_heed(struct ocpp_settle_serial *serial, int number, enum serial_status status, uint16_t tag)
{
    struct serial_slot *slot = &serial->slots[number];

    if (slot->act.tag != tag) { /* another was begun meanwhile */
        return;
    }
    if (status == SERIAL_BUSY) {
        slot->due_ms = serial->now_ms + serial->settings.busy_poll_ms;
        happens(slot, SERIAL_WAS_BUSY);
        return;
    }
    happens(slot, status == SERIAL_OK ? SERIAL_ACCEPTED : SERIAL_REFUSED);
}

static bool is_of(const struct ocpp_settle_serial *serial, int slot, int board)
{
    return serial_board_of(serial, slot) == board;
}

void serial_forget_acts(struct ocpp_settle_serial *serial, int board)
{
    for (int i = 0; i < serial->slot_count; i++) {
        if (is_of(serial, i, board) && serial->slots[i].state != SERIAL_WAITING) {
            happens(&serial->slots[i], SERIAL_SILENCE);
        }
    }
}

void serial_fail_waiting(struct ocpp_settle_serial *serial, int board)
{
    for (int i = 0; i < serial->slot_count; i++) {
        if (is_of(serial, i, board)) {
            happens(&serial->slots[i], SERIAL_SILENCE);
        }
    }
}

bool serial_is_busy(const struct ocpp_settle_serial *serial, int board)
{
    for (int i = 0; i < serial->slot_count; i++) {
        if (is_of(serial, i, board) && serial->slots[i].state == SERIAL_UNDER_WAY) {
            return true;
        }
    }
    return false;
}

/* --- what the listener is told ------------------------------------------------------------------------------------ */

/* The listener may begin the next act at once, so what it is told is copied first. */
static void tell_outcome(struct ocpp_settle_serial *serial, const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now)
{
    if (serial->listener.outcome != NULL) {
        serial->listener.outcome(outcome, now, serial->listener.user);
    }
}

void serial_tell_lost(struct ocpp_settle_serial *serial, struct ocpp_now now)
{
    for (int i = 0; i < serial->slot_count; i++) {
        struct serial_slot *slot = &serial->slots[i];
        if (slot->state == SERIAL_LOST_ACT) {
            happens(slot, SERIAL_TOLD);
            tell_outcome(serial,
                         &(struct ocpp_settle_bay_outcome){
                             .slot = i + 1, .act = slot->number, .result = OCPP_SETTLE_BAY_FAILED, .charge = -1 },
                         now);
        }
    }
}

static bool hear_outcome(struct ocpp_settle_serial *serial, int number, const struct serial_event *event, struct ocpp_now now)
{
    struct serial_slot *slot = &serial->slots[number - 1];
    char bank[SERIAL_ID_SIZE];
    char hardware[SERIAL_ID_SIZE];
    struct ocpp_settle_bay_outcome outcome = { .slot = number, .act = slot->number };

    if (slot->state != SERIAL_UNDER_WAY || slot->act.tag != event->tag) {
        return true; /* of an act nobody is interested in any more */
    }
    const bool is_heard = serial_hear_outcome(event, slot->act.command, serial->settings.mark_room, bank, hardware, &outcome);
    if (!is_heard) {
        outcome = (struct ocpp_settle_bay_outcome){ .slot = number, .act = slot->number, .charge = -1 };
        outcome.result = slot->act.command == SERIAL_READ_MARK ? OCPP_SETTLE_BAY_UNREADABLE : OCPP_SETTLE_BAY_FAILED;
    }
    happens(slot, SERIAL_ENDED);
    tell_outcome(serial, &outcome, now);
    return is_heard;
}

static void tell_of(const struct ocpp_settle_serial *serial, int slot, struct ocpp_now now,
                    void (*told)(int slot, struct ocpp_now now, void *user))
{
    if (told != NULL) {
        told(slot, now, serial->listener.user);
    }
}

bool serial_tell_event(struct ocpp_settle_serial *serial, int board, const struct serial_event *event, struct ocpp_now now)
{
    const struct ocpp_settle_bay_listener *listener = &serial->listener;

    if (event->slot < 1 || event->slot > serial->settings.slots_per_board) {
        return false;
    }
    const int slot = board * serial->settings.slots_per_board + event->slot;
    switch (event->kind) {
    case SERIAL_OUTCOME:
        return hear_outcome(serial, slot, event, now);
    case SERIAL_SENSOR:
        tell_of(serial, slot, now, event->value != 0 ? listener->inserted : listener->removed);
        return true;
    case SERIAL_CHARGE:
        if (listener->charge != NULL) {
            listener->charge(slot, event->value, now, listener->user);
        }
        return true;
    case SERIAL_JAM:
        tell_of(serial, slot, now, listener->jammed);
        return true;
    case SERIAL_NO_EVENT:
        break;
    }
    return false;
}
