/* cabinet.c: see cabinet.h. */
#include "cabinet.h"

#include <string.h>

enum act { NO_ACT, QUERY, READ, WRITE, EJECT, RETRACT, FORCE, TEST };

enum { TORN_BYTES = 3, SHORT_SIZE = 10 };

static const char *const act_names[] = { "none", "query", "read", "write", "eject", "retract", "force", "test" };

static const char *const fault_names[CABINET_FAULTS] = {
    [CABINET_NO_FAULT] = "none",
    [CABINET_WRITE_FAILS] = "write-fails",
    [CABINET_WRITE_TEARS] = "write-tears",
    [CABINET_WRITE_LIES] = "write-lies",
    [CABINET_UNREADABLE] = "unreadable",
    [CABINET_EJECT_JAMS] = "eject-jams",
    [CABINET_EJECT_SILENT] = "eject-silent",
    [CABINET_EJECT_FAILS] = "eject-fails",
    [CABINET_RETRACT_JAMS] = "retract-jams",
    [CABINET_TEST_FAILS] = "test-fails",
    [CABINET_DEAD] = "dead",
};

const char *cabinet_fault_name(enum cabinet_fault fault)
{
    return fault < CABINET_FAULTS ? fault_names[fault] : "none";
}

enum cabinet_fault cabinet_fault_of(const char *name)
{
    int fault = 0;
    while (fault < CABINET_FAULTS && strcmp(fault_names[fault], name) != 0) {
        fault++;
    }
    return (enum cabinet_fault)fault;
}

static size_t mark_size(const struct cabinet *cabinet)
{
    return cabinet->room == OCPP_SETTLE_MARK_ROOM_CHARACTERS ? SHORT_SIZE : CABINET_MARK_SIZE;
}

static struct cabinet_slot *slot_of(struct cabinet *cabinet, int slot)
{
    return slot >= 1 && slot <= cabinet->slots ? &cabinet->slot[slot - 1] : NULL;
}

/* --- acts begin --------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status begin(struct cabinet *cabinet, int number, uint32_t act_number, enum act act)
{
    struct cabinet_slot *slot = slot_of(cabinet, number);
    if (slot == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (cabinet->on_act != NULL) {
        cabinet->on_act(number, act_names[act], cabinet->user);
    }
    cabinet->acts++;
    cabinet->writes += act == WRITE;
    cabinet->ejects += act == EJECT || act == FORCE;
    slot->act = act;
    slot->number = act_number;
    slot->ends_at = cabinet->now.mono_ms + cabinet->act_ms;
    return OCPP_OK;
}

static enum ocpp_status query(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, QUERY);
}

static enum ocpp_status read_mark(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, READ);
}

static enum ocpp_status write_mark(int number, uint32_t act, enum ocpp_settle_bay_half half, const void *bytes, size_t size,
                                   void *user)
{
    struct cabinet *cabinet = user;
    struct cabinet_slot *slot = slot_of(cabinet, number);
    if (slot == NULL || size != mark_size(cabinet) / 2) {
        return OCPP_ERR_ARGUMENT;
    }
    slot->half = half == OCPP_SETTLE_BAY_SECOND_HALF;
    slot->size = size;
    memcpy(slot->bytes, bytes, size);
    return begin(cabinet, number, act, WRITE);
}

static enum ocpp_status eject(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, EJECT);
}

static enum ocpp_status retract(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, RETRACT);
}

static enum ocpp_status force_eject(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, FORCE);
}

static enum ocpp_status self_test(int slot, uint32_t act, void *user)
{
    return begin(user, slot, act, TEST);
}

void cabinet_init(struct cabinet *cabinet, int slots, enum ocpp_settle_mark_room room)
{
    *cabinet = (struct cabinet){ .slots = slots, .room = room, .act_ms = 100 };
}

void cabinet_bay(struct cabinet *cabinet, struct ocpp_settle_bay *bay)
{
    *bay = (struct ocpp_settle_bay){ cabinet->slots, cabinet->room, query,       read_mark, write_mark,
                                     eject,          retract,       force_eject, self_test, cabinet };
}

/* --- acts end ----------------------------------------------------------------------------------------------------------------
 */

/* Whether |fault| hits this act; each hit counts. */
static bool is_hit(struct cabinet_slot *slot, enum cabinet_fault fault)
{
    if (slot->fault != fault || slot->fault_count == 0) {
        return false;
    }
    slot->fault_count--;
    return true;
}

static void write_bytes(struct cabinet_slot *slot, size_t count)
{
    memcpy(slot->bank.mark + (slot->half ? slot->size : 0), slot->bytes, count < slot->size ? count : slot->size);
}

static enum ocpp_settle_bay_result end_write(struct cabinet_slot *slot)
{
    if (!slot->bank.is_real || is_hit(slot, CABINET_WRITE_FAILS)) {
        return OCPP_SETTLE_BAY_FAILED;
    }
    if (is_hit(slot, CABINET_WRITE_TEARS)) {
        write_bytes(slot, TORN_BYTES);
        return OCPP_SETTLE_BAY_FAILED;
    }
    write_bytes(slot, is_hit(slot, CABINET_WRITE_LIES) ? TORN_BYTES : slot->size);
    return OCPP_SETTLE_BAY_DONE;
}

static enum ocpp_settle_bay_result end_eject(struct cabinet_slot *slot)
{
    if (is_hit(slot, CABINET_EJECT_JAMS)) {
        return OCPP_SETTLE_BAY_JAMMED;
    }
    slot->is_open = true;
    return is_hit(slot, CABINET_EJECT_FAILS) ? OCPP_SETTLE_BAY_FAILED : OCPP_SETTLE_BAY_DONE;
}

static enum ocpp_settle_bay_result end_retract(struct cabinet_slot *slot)
{
    if (is_hit(slot, CABINET_RETRACT_JAMS)) {
        return OCPP_SETTLE_BAY_JAMMED;
    }
    slot->is_open = false;
    return OCPP_SETTLE_BAY_DONE;
}

static void end_query(const struct cabinet_slot *slot, struct ocpp_settle_bay_outcome *outcome)
{
    outcome->is_present = slot->bank.is_real;
    outcome->bank = slot->bank.id[0] != '\0' ? slot->bank.id : NULL;
    outcome->hardware_id = slot->bank.hardware_id[0] != '\0' ? slot->bank.hardware_id : NULL;
    outcome->charge = slot->bank.is_real ? slot->bank.charge : -1;
    outcome->condition = slot->bank.condition;
}

static enum ocpp_settle_bay_result end_read(const struct cabinet *cabinet, struct cabinet_slot *slot,
                                            struct ocpp_settle_bay_outcome *outcome)
{
    if (!slot->bank.is_real || slot->bank.is_mute || is_hit(slot, CABINET_UNREADABLE)) {
        return OCPP_SETTLE_BAY_UNREADABLE;
    }
    outcome->mark = slot->bank.mark;
    outcome->mark_size = mark_size(cabinet);
    return OCPP_SETTLE_BAY_DONE;
}

static void end_act(struct cabinet *cabinet, int number)
{
    struct cabinet_slot *slot = slot_of(cabinet, number);
    const enum act act = (enum act)slot->act;
    struct ocpp_settle_bay_outcome outcome = { .slot = number, .act = slot->number };
    slot->act = NO_ACT;
    switch (act) {
    case QUERY:
        end_query(slot, &outcome);
        break;
    case READ:
        outcome.result = end_read(cabinet, slot, &outcome);
        break;
    case WRITE:
        outcome.result = end_write(slot);
        break;
    case EJECT:
    case FORCE:
        outcome.result = end_eject(slot);
        break;
    case RETRACT:
        outcome.result = end_retract(slot);
        break;
    case TEST:
        outcome.result = is_hit(slot, CABINET_TEST_FAILS) ? OCPP_SETTLE_BAY_FAILED : OCPP_SETTLE_BAY_DONE;
        break;
    case NO_ACT:
        return;
    }
    if (cabinet->listener.outcome == NULL || ((act == EJECT || act == FORCE) && is_hit(slot, CABINET_EJECT_SILENT))) {
        return;
    }
    cabinet->listener.outcome(&outcome, cabinet->now, cabinet->listener.user);
    if (cabinet->is_telling_twice && cabinet->listener.outcome != NULL) {
        cabinet->listener.outcome(&outcome, cabinet->now, cabinet->listener.user);
    }
}

static bool is_due(const struct cabinet *cabinet, const struct cabinet_slot *slot)
{
    return slot->act != NO_ACT && !(slot->fault == CABINET_DEAD && slot->fault_count != 0) &&
           slot->ends_at <= cabinet->now.mono_ms;
}

void cabinet_run(struct cabinet *cabinet, struct ocpp_now now)
{
    cabinet->now = now;
    for (int number = 1; number <= cabinet->slots; number++) {
        if (is_due(cabinet, slot_of(cabinet, number))) {
            end_act(cabinet, number);
        }
    }
}

int64_t cabinet_deadline(const struct cabinet *cabinet)
{
    int64_t deadline = INT64_MAX;
    for (int i = 0; i < cabinet->slots; i++) {
        const struct cabinet_slot *slot = &cabinet->slot[i];
        const bool is_dead = slot->fault == CABINET_DEAD && slot->fault_count != 0;
        if (slot->act != NO_ACT && !is_dead && slot->ends_at < deadline) {
            deadline = slot->ends_at;
        }
    }
    return deadline;
}

/* --- hands -------------------------------------------------------------------------------------------------------------------
 */

static void tell(struct cabinet *cabinet, int slot, struct ocpp_now now, void (*told)(int slot, struct ocpp_now now, void *user))
{
    cabinet->now = now;
    if (told == NULL) {
        return;
    }
    told(slot, now, cabinet->listener.user);
    if (cabinet->is_telling_twice) {
        told(slot, now, cabinet->listener.user);
    }
}

void cabinet_stock(struct cabinet *cabinet, int slot, const char *id, const void *mark, int charge)
{
    struct cabinet_bank *bank = &slot_of(cabinet, slot)->bank;
    const size_t length = strlen(id) < CABINET_ID_SIZE - 1 ? strlen(id) : CABINET_ID_SIZE - 1;
    *bank = (struct cabinet_bank){ .is_real = true, .charge = charge };
    memcpy(bank->id, id, length);
    bank->hardware_id[0] = 'h';
    memcpy(bank->hardware_id + 1, id, length < CABINET_ID_SIZE - 2 ? length : CABINET_ID_SIZE - 2);
    memcpy(bank->mark, mark, mark_size(cabinet));
}

bool cabinet_insert(struct cabinet *cabinet, int number, const struct cabinet_bank *bank, struct ocpp_now now)
{
    struct cabinet_slot *slot = slot_of(cabinet, number);
    if (slot == NULL || slot->bank.is_real) {
        return false;
    }
    slot->bank = *bank;
    slot->bank.is_real = true;
    slot->is_open = false;
    tell(cabinet, number, now, cabinet->listener.inserted);
    return true;
}

bool cabinet_take(struct cabinet *cabinet, int number, struct cabinet_bank *bank, struct ocpp_now now)
{
    const struct cabinet_slot *slot = slot_of(cabinet, number);
    return slot != NULL && slot->is_open && cabinet_steal(cabinet, number, bank, now);
}

bool cabinet_steal(struct cabinet *cabinet, int number, struct cabinet_bank *bank, struct ocpp_now now)
{
    struct cabinet_slot *slot = slot_of(cabinet, number);
    if (slot == NULL || !slot->bank.is_real) {
        return false;
    }
    if (bank != NULL) {
        *bank = slot->bank;
    }
    slot->bank = (struct cabinet_bank){ .is_real = false };
    slot->is_open = false;
    tell(cabinet, number, now, cabinet->listener.removed);
    return true;
}

void cabinet_fault(struct cabinet *cabinet, int number, enum cabinet_fault fault, int count)
{
    struct cabinet_slot *slot = slot_of(cabinet, number);
    if (slot != NULL) {
        slot->fault = fault;
        slot->fault_count = count;
    }
}

void cabinet_power_cut(struct cabinet *cabinet, size_t bytes)
{
    cabinet->listener = (struct ocpp_settle_bay_listener){ .user = NULL };
    for (int i = 0; i < cabinet->slots; i++) {
        struct cabinet_slot *slot = &cabinet->slot[i];
        if (slot->act == WRITE && slot->bank.is_real) {
            write_bytes(slot, bytes);
        }
        slot->act = NO_ACT;
    }
}
