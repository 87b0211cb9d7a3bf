/* banks.c: the registry of power banks. */
#include "banks.h"

#include <string.h>

const char *bank_text(struct command *command, const char *text)
{
    const char *copy = text ? ocpp_arena_text(command_arena(command), text, strlen(text)) : NULL;

    if (text && !copy) {
        command_fail(command, OCPP_ERR_NOMEM);
    }
    return copy;
}

static struct row_bank *edit(struct command *command, const char *id)
{
    return command_edit(command, command_key(command, "bank", id, NULL), &row_bank_type);
}

struct row_bank *bank_find(struct command *command, const char *id, const char *hardware_id)
{
    struct row_bank *bank = id && *id ? edit(command, id) : NULL;
    const struct row_hardware_bank *named;

    if (bank || !hardware_id || !*hardware_id || command_failed(command)) {
        return bank;
    }
    named = command_read(command, command_key(command, "hardware", hardware_id, NULL), &row_hardware_bank_type);
    return named ? edit(command, named->bank) : NULL;
}

struct row_bank *bank_with_id(struct command *command, const char *id)
{
    struct row_bank *bank = edit(command, id);

    if (!bank) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_BANK, "there is no such bank");
    }
    return bank;
}

void bank_put(struct command *command, const struct row_bank *bank)
{
    command_put(command, command_key(command, "bank", bank->id, NULL), &row_bank_type, bank);
}

struct row_bank *bank_new(struct command *command, const char *id, const char *hardware_id, int64_t generation,
                          enum row_bank_state state)
{
    struct row_bank *bank = ocpp_arena_take(command_arena(command), sizeof *bank);

    if (!bank || command_failed(command)) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    bank->id = id && *id ? id : hardware_id;
    bank->hardware_id = hardware_id && *hardware_id ? hardware_id : NULL;
    bank->generation = generation;
    bank->state = state;
    bank->since = command_utc_ms(command);
    if (bank->hardware_id) {
        const struct row_hardware_bank named = { .bank = bank->id };

        command_put(command, command_key(command, "hardware", hardware_id, NULL), &row_hardware_bank_type, &named);
    }
    command_state(command, "bank", bank->id, NULL, ocpp_enum_name(&row_bank_state_enum, (int)state), "seen for the first time");
    bank_put(command, bank);
    return command_failed(command) ? NULL : bank;
}

enum move_outcome bank_apply(struct command *command, struct row_bank *bank, enum bank_event event)
{
    const enum row_bank_state before = bank->state;
    enum row_bank_state next = before;
    const enum move_outcome outcome = bank_next(before, event, &next);

    if (outcome == MOVE_MADE) {
        if (next == ROW_BANK_STATE_IDLE && bank->has_retire && bank->retire) {
            next = ROW_BANK_STATE_OUT_OF_SERVICE;
            bank->has_retire = bank->retire = false;
        }
        if (next != before) {
            command_state(command, "bank", bank->id, ocpp_enum_name(&row_bank_state_enum, (int)before),
                          ocpp_enum_name(&row_bank_state_enum, (int)next), NULL);
            bank->since = command_utc_ms(command);
        }
        bank->state = next;
        bank_put(command, bank);
        if (event == BANK_BACK || event == BANK_LEAVE) {
            bank_service_end(command, bank);
        }
    }
    return outcome;
}

void bank_raise(struct row_bank *bank, int64_t generation)
{
    if (generation > bank->generation) {
        bank->generation = generation;
    }
}

void bank_place(struct row_bank *bank, const char *station, int64_t slot)
{
    bank->station = station;
    bank->has_slot = true;
    bank->slot = slot;
}

void bank_inserted(struct row_bank *bank, const char *station, int64_t slot, int64_t at_utc_ms)
{
    bank_place(bank, station, slot);
    if (!bank->has_inserted_at || at_utc_ms > bank->inserted_at) {
        bank->has_inserted_at = true;
        bank->inserted_at = at_utc_ms;
    }
}

bool bank_is_other(const struct row_bank *bank, const char *hardware_id)
{
    return bank->hardware_id && hardware_id && *hardware_id && strcmp(bank->hardware_id, hardware_id) != 0;
}

bool bank_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}
