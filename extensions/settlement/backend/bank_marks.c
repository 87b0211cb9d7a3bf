/* bank_marks.c: marks as the backend mints and judges them. */
#include "bank_marks.h"

#include <string.h>

static uint16_t fleet_of(struct command *command)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    uint16_t fleet = 0;

    command_fail(command, ocpp_settle_mark_fleet(&settings->keys, settings->operator_id, &fleet));
    return fleet;
}

void bank_mark_own(struct command *command, const char *handle, const struct row_mark_owner *owner)
{
    command_put(command, command_key(command, "mark", handle, NULL), &row_mark_owner_type, owner);
}

static bool mint_short(struct command *command, char text[OCPP_SETTLE_MARK_SHORT_SIZE])
{
    const struct ocpp_settle_keys *keys = &command_settle(command)->settings.keys;
    unsigned char random[7];

    keys->random(random, sizeof random, keys->user);
    ocpp_settle_mark_short_write(random, text);
    return true;
}

static void mint_full(struct command *command, const struct bank_mark_wanted *wanted, char text[OCPP_SETTLE_MARK_TEXT_SIZE],
                      char handle[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE])
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_settle_mint mint = { &settings->keys, settings->fleet_key, fleet_of(command), 0 };
    struct ocpp_settle_mark mark;
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    if (wanted->generation > OCPP_SETTLE_MARK_GENERATION_LIMIT) {
        command_fail(command, OCPP_ERR_LIMIT);
    }
    if (command_failed(command)) {
        return;
    }
    command_fail(command, ocpp_settle_mark_mint(&mint, wanted->renter, (uint32_t)wanted->generation, NULL, bytes));
    if (command_failed(command)) {
        return;
    }
    (void)ocpp_settle_mark_read(bytes, mint.fleet, &mark);
    ocpp_settle_mark_write(bytes, text);
    ocpp_settle_mark_handle_write(&mark, handle);
}

/* Whose a mark is must be known for as long as banks bear it; a neutral one says so itself, unless it is short. */
bool bank_mark_mint(struct command *command, const struct bank_mark_wanted *wanted, struct bank_mark *mark)
{
    const struct row_mark_owner owner = { .rental = wanted->rental, .bank = wanted->bank, .generation = wanted->generation };
    char text[OCPP_SETTLE_MARK_TEXT_SIZE] = "";
    char handle[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE] = "";

    if (wanted->is_short) {
        (void)mint_short(command, text);
        memcpy(handle, text, OCPP_SETTLE_MARK_SHORT_SIZE);
    } else {
        mint_full(command, wanted, text, handle);
    }
    if (command_failed(command)) {
        return false;
    }
    mark->text = ocpp_arena_text(command_arena(command), text, strlen(text));
    mark->handle = ocpp_arena_text(command_arena(command), handle, strlen(handle));
    command_fail(command, mark->text && mark->handle ? OCPP_OK : OCPP_ERR_NOMEM);
    if (!command_failed(command) && (wanted->rental || wanted->is_short)) {
        bank_mark_own(command, mark->handle, &owner);
    }
    return !command_failed(command);
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */

static void find_owner(struct command *command, const char *handle, struct bank_mark_said *said)
{
    said->handle = ocpp_arena_text(command_arena(command), handle, strlen(handle));
    command_fail(command, said->handle ? OCPP_OK : OCPP_ERR_NOMEM);
    if (!command_failed(command)) {
        said->owner = command_read(command, command_key(command, "mark", handle, NULL), &row_mark_owner_type);
    }
}

static void read_short(struct command *command, const char *text, struct bank_mark_said *said)
{
    said->is_short = true;
    find_owner(command, text, said);
    said->reading = said->owner && !said->owner->rental ? OCPP_SETTLE_READ_NEUTRAL : OCPP_SETTLE_READ_MARKED;
    said->generation = said->owner ? said->owner->generation : 0;
}

static void read_full(struct command *command, const char *text, struct bank_mark_said *said)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_settle_judge judge = { &settings->keys, &settings->fleet_key, 1, fleet_of(command) };
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mark mark = { .generation = 0 };
    char handle[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE];

    if (ocpp_settle_mark_parse(text, bytes) != OCPP_OK || command_failed(command)) {
        return;
    }
    command_fail(command, ocpp_settle_mark_judge(&judge, bytes, &said->reading, &mark));
    if (command_failed(command)) {
        return;
    }
    said->generation = mark.generation;
    said->pile = mark.pile;
    if (said->reading == OCPP_SETTLE_READ_MARKED || said->reading == OCPP_SETTLE_READ_NEUTRAL) {
        ocpp_settle_mark_handle_write(&mark, handle);
        find_owner(command, handle, said);
    }
}

void bank_mark_read(struct command *command, const char *text, struct bank_mark_said *said)
{
    *said = (struct bank_mark_said){ .reading = OCPP_SETTLE_READ_UNREADABLE };
    if (text && ocpp_settle_mark_short_is_valid(text)) {
        read_short(command, text, said);
    } else if (text) {
        read_full(command, text, said);
    }
}
