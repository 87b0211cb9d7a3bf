/* bays.c: what piles tell of their bays: the whole, what changed without an intent, slots somebody has to look at. A whole bay is
 * compared with the registry a few slots at a time: each is a command of its own size. */
#include "piles.h"
#include "suspense.h"
#include "timers.h"

#include <stdio.h>
#include <string.h>

enum { SLOTS_AT_ONCE = 8 };

static const char *slot_key(struct command *command, const char *station, int64_t slot)
{
    char number[8];

    snprintf(number, sizeof number, "%04d", (int)(slot % 10000));
    return command_key(command, "slot", station, number, NULL);
}

static struct row_slot *slot_edit(struct command *command, const char *station, int64_t slot)
{
    struct row_slot *row = command_edit(command, slot_key(command, station, slot), &row_slot_type);

    if (!row && !command_failed(command)) {
        row = ocpp_arena_take(command_arena(command), sizeof *row);
        command_fail(command, row ? OCPP_OK : OCPP_ERR_NOMEM);
    }
    if (row) {
        row->station = station;
        row->slot = slot;
    }
    return row;
}

static void slot_put(struct command *command, const struct row_slot *slot)
{
    command_put(command, slot_key(command, slot->station, slot->slot), &row_slot_type, slot);
}

static void slot_state(struct command *command, struct row_slot *slot, const char *state)
{
    if (!slot->state || strcmp(slot->state, state) != 0) {
        slot->state = state;
        slot->since = command_utc_ms(command);
    }
}

void bay_note_insertion(struct command *command, const char *station, int64_t slot, const char *insertion)
{
    struct row_slot *row = slot_edit(command, station, slot);

    if (row) {
        if (!row->state) {
            slot_state(command, row, "AwaitVerdict");
        }
        row->insertion = insertion;
        slot_put(command, row);
    }
}

const char *bay_insertion_in(struct command *command, const char *station, int64_t slot)
{
    const struct row_slot *row = command_read(command, slot_key(command, station, slot), &row_slot_type);

    return row ? row->insertion : NULL;
}

struct row_bank *bay_bank_in(struct command *command, const char *station, int64_t slot)
{
    const struct row_slot *row = command_read(command, slot_key(command, station, slot), &row_slot_type);
    struct row_bank *bank = row && row->bank ? bank_find(command, row->bank, NULL) : NULL;

    return bank && bank_same(bank->station, station) && bank->slot == slot ? bank : NULL;
}

struct row_bank *bay_bank_told_in(struct command *command, const char *station, int64_t slot)
{
    const struct row_slot *row = command_read(command, slot_key(command, station, slot), &row_slot_type);
    const struct row_insertion *insertion =
        row && row->insertion
            ? command_read(command, command_key(command, "insertion", row->insertion, NULL), &row_insertion_type)
            : NULL;
    struct row_bank *bank = bay_bank_in(command, station, slot);

    if (!bank && insertion && insertion->bank) {
        bank = bank_find(command, insertion->bank, NULL);
    }
    return bank && bank_same(bank->station, station) && bank->slot == slot ? bank : NULL;
}

/* --- banks that are not where they were
 * ------------------------------------------------------------------------------------------- */

/* What somebody has to look at in slot |slot|. */
static void look(struct command *command, const char *station, int64_t slot, const struct row_bank *bank,
                 enum row_suspense_kind kind, int64_t at, const char *text)
{
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = kind,
                                  .station = station,
                                  .slot = slot,
                                  .bank = bank->id,
                                  .hardware_id = bank->hardware_id,
                                  .has_generation = true,
                                  .generation = bank->generation,
                                  .at = at };

    suspense_open(command, &entry, true, text);
}

/* A25. Nobody is charged: only a bank that nobody was let can vanish. What is reserved or out has an intent; what was let out for
 * service has one, too, and a timer. */
static void bank_missing(struct command *command, const char *id, const char *station, int64_t slot, int64_t at)
{
    struct row_bank *bank = bank_find(command, id, NULL);

    if (!bank || !bank_same(bank->station, station) || bank->slot != slot || bank->state == ROW_BANK_STATE_RESERVED ||
        bank->state == ROW_BANK_STATE_RENTED || bank->state == ROW_BANK_STATE_SOLD) {
        return;
    }
    if (bank_apply(command, bank, BANK_VANISH) == MOVE_MADE && !bank->has_service_at) {
        look(command, station, slot, bank, ROW_SUSPENSE_KIND_INVENTORY_DIFFERENCE, at, "a bank vanished without an intent");
    }
}

/* It was told to become neutral and says when it is: until then it bears the mark before that. */
static bool is_being_reset(const struct row_bank *bank, const char *station, int64_t slot)
{
    return bank->state == ROW_BANK_STATE_RETURNING && bank_same(bank->station, station) && bank->slot == slot;
}

/* One that the pile says is neutral. Rented ones are not: whoever made it so is not the backend. */
static void bank_seen(struct command *command, const struct row_inventory_slot *seen, const char *station, int64_t at)
{
    struct row_bank *bank = bank_find(command, seen->bank, seen->hardware_id);
    const int64_t generation = seen->has_generation ? seen->generation : 0;

    if (!bank) {
        bank = bank_new(command, seen->bank, seen->hardware_id, generation, ROW_BANK_STATE_IDLE);
    }
    if (!bank) {
        return;
    }
    if (bank_is_other(bank, seen->hardware_id)) {
        look(command, station, seen->slot, bank, ROW_SUSPENSE_KIND_OTHER_HARDWARE, at, "two banks with one name");
        return;
    }
    if (bank->state == ROW_BANK_STATE_IDLE && bank->station && !bank_same(bank->station, station)) {
        (void)bank_apply(command, bank, BANK_HOLD);
        look(command, station, seen->slot, bank, ROW_SUSPENSE_KIND_TWICE, at, "it lies somewhere else already");
        return;
    }
    if (generation < bank->generation && !is_being_reset(bank, station, seen->slot)) {
        if (bank_apply(command, bank, BANK_HOLD) == MOVE_MADE) {
            look(command, station, seen->slot, bank, ROW_SUSPENSE_KIND_OLD_MARK, at, "a mark that was written over");
        }
        return;
    }
    if (bank->state == ROW_BANK_STATE_RENTED || bank->state == ROW_BANK_STATE_SOLD) {
        return; /* its return is on its way: nothing else makes it neutral */
    }
    if (bank_apply(command, bank, BANK_TURN_UP) != MOVE_REFUSED) {
        bank_raise(bank, generation);
        bank_place(bank, station, seen->slot);
        bank->has_charge = seen->has_charge;
        bank->charge = seen->charge;
        bank_put(command, bank);
    }
}

/* --- the whole bay
 * ------------------------------------------------------------------------------------------------------------------ */

static const char *inventory_key(struct command *command, const char *station)
{
    return command_key(command, "inventory", station, NULL);
}

void bay_inventory(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_inventory_req *message = in->message;
    const struct row_pile *pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    struct row_inventory_slot *slots = ocpp_arena_take(command_arena(command), message->slots.count * sizeof *slots + 1);
    struct row_inventory inventory = { .slots = { slots, message->slots.count } };

    if (!pile || !slots) {
        command_fail(command, slots ? OCPP_OK : OCPP_ERR_NOMEM);
        return;
    }
    for (size_t i = 0; i < message->slots.count; i++) {
        const struct ocpp_settle_slot_report *report = &message->slots.items[i];

        if (!pile_has_slot(command, pile, report->slot)) {
            return;
        }
        slots[i] = (struct row_inventory_slot){ .slot = report->slot,
                                                .state = ocpp_enum_name(&ocpp_settle_slot_state_enum, (int)report->state),
                                                .mark = ocpp_enum_name(&ocpp_settle_mark_state_enum, (int)report->mark),
                                                .bank = report->bank,
                                                .hardware_id = report->hardware_id,
                                                .has_generation = report->has_generation,
                                                .generation = report->generation,
                                                .has_charge = report->has_charge,
                                                .charge = report->charge };
    }
    inventory.at = pile_utc_ms(command, pile, &message->at);
    command_put(command, inventory_key(command, in->station), &row_inventory_type, &inventory);
    command_timer(command, TIMER_INVENTORY, in->station, command_utc_ms(command));
}

static const char *name_of(const struct row_inventory_slot *seen)
{
    return seen->bank && seen->bank[0] ? seen->bank : seen->hardware_id;
}

static bool is_listed(const struct row_inventory *inventory, const char *bank)
{
    for (size_t i = 0; i < inventory->slots.count; i++) {
        if (bank_same(name_of(&inventory->slots.items[i]), bank)) {
            return true;
        }
    }
    return false;
}

static void compare(struct command *command, const char *station, const struct row_inventory *inventory, size_t index)
{
    const struct row_inventory_slot *seen = &inventory->slots.items[index];
    struct row_slot *slot = slot_edit(command, station, seen->slot);

    if (!slot) {
        return;
    }
    if (slot->bank && !is_listed(inventory, slot->bank)) {
        bank_missing(command, slot->bank, station, seen->slot, inventory->at);
    }
    if (name_of(seen) && bank_same(seen->mark, "Neutral")) {
        bank_seen(command, seen, station, inventory->at);
    }
    slot->bank = name_of(seen);
    slot->has_charge = seen->has_charge;
    slot->charge = seen->charge;
    slot_state(command, slot, seen->state);
    slot_put(command, slot);
}

void bay_goes_on(struct command *command, void *station)
{
    const char *key = inventory_key(command, station);
    struct row_inventory *inventory = command_edit(command, key, &row_inventory_type);
    size_t end;

    if (!inventory) {
        return;
    }
    end = (size_t)inventory->next + SLOTS_AT_ONCE;
    end = end < inventory->slots.count ? end : inventory->slots.count;
    for (size_t i = (size_t)inventory->next; i < end && !command_failed(command); i++) {
        compare(command, station, inventory, i);
    }
    if (end == inventory->slots.count) {
        command_remove(command, key);
        return;
    }
    inventory->next = (int64_t)end;
    command_put(command, key, &row_inventory_type, inventory);
    command_timer(command, TIMER_INVENTORY, station, command_utc_ms(command));
}

/* --- what changed
 * --------------------------------------------------------------------------------------------------------------------- */

static void appeared(struct command *command, const char *station, const struct ocpp_settle_inventory_difference_req *message,
                     int64_t at)
{
    const char *id = message->bank ? message->bank : message->hardware_id;
    const struct row_bank stranger = { .id = id, .hardware_id = message->hardware_id, .generation = message->generation };

    look(command, station, message->slot, &stranger, ROW_SUSPENSE_KIND_INVENTORY_DIFFERENCE, at,
         "a bank appeared without having been put in");
}

void bay_difference(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_inventory_difference_req *message = in->message;
    const struct row_pile *pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    const bool is_gone = message->kind != OCPP_SETTLE_DIFFERENCE_KIND_APPEARED;
    struct row_slot *slot;
    int64_t at;

    if (!pile || !pile_has_slot(command, pile, message->slot)) {
        return;
    }
    at = pile_utc_ms(command, pile, &message->at);
    slot = slot_edit(command, in->station, message->slot);
    if (!slot) {
        return;
    }
    if (is_gone) {
        const char *told = message->bank ? message->bank : message->hardware_id;
        const bool is_told = message->kind == OCPP_SETTLE_DIFFERENCE_KIND_VANISHED && told;
        const struct row_bank *bank = is_told ? bank_find(command, message->bank, message->hardware_id) : NULL;
        const char *gone = bank ? bank->id : slot->bank;

        if (gone) {
            bank_missing(command, gone, in->station, message->slot, at);
        }
        insertion_given_up(command, slot->insertion, true);
        slot->bank = NULL;
        slot_state(command, slot, "Empty");
    }
    if (message->kind != OCPP_SETTLE_DIFFERENCE_KIND_VANISHED) {
        appeared(command, in->station, message, at);
        slot->bank = message->bank ? message->bank : message->hardware_id;
        slot_state(command, slot, "Held");
    }
    slot_put(command, slot);
}

/* Nothing else tells that it is gone than the next inventory. */
static void let_out(struct command *command, struct row_slot *slot)
{
    const struct row_bank *bank = bay_bank_in(command, slot->station, slot->slot);

    if (bank && bank->has_service_at) {
        bank_missing(command, bank->id, slot->station, slot->slot, command_utc_ms(command));
        slot->bank = NULL;
    }
}

void bay_slot_notice(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_slot_notice_req *message = in->message;
    const struct row_pile *pile = pile_with(command, in->station, OCPP_SETTLE_FEATURE_POWER_BANKS);
    const char *state = ocpp_enum_name(&ocpp_settle_slot_state_enum, (int)message->state);
    struct row_slot *slot;

    if (!pile || !pile_has_slot(command, pile, message->slot)) {
        return;
    }
    slot = slot_edit(command, in->station, message->slot);
    if (slot) {
        slot_state(command, slot, state);
        if (message->state == OCPP_SETTLE_SLOT_STATE_EMPTY) {
            let_out(command, slot);
        }
        slot->failures = message->has_failures ? message->failures : 0;
        slot->reason = message->reason;
        slot_put(command, slot);
        if (message->state == OCPP_SETTLE_SLOT_STATE_HELD || message->state == OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE) {
            insertion_given_up(command, slot->insertion, false);
        }
        command_tell(command, OCPP_SETTLE_EVENT_PILE, in->station, in->station, state, message->reason);
    }
}
