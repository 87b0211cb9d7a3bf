/* command_run.c: how a body runs, and runs again. */
#include "command_internal.h"
#include "row_cache.h"

void command_give_rooms_back(struct command *command)
{
    for (size_t i = 0; i < command->row_count; i++) {
        if (command->rows[i].room) {
            row_cache_give_back(command->settle->rows, command->rows[i].room);
            command->rows[i].room = NULL;
        }
    }
}

static void start_over(struct command *command)
{
    ocpp_arena_reset(command->arena);
    row_cache_begin(command->settle->rows);
    command->row_count = command->entry_count = command->effect_count = command->ids_given = 0;
    command->status = OCPP_OK;
    command->refused = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    command->result[0] = '\0';
    command->bookkeeping = command->hushed = false;
}

static uint64_t take_over(struct command *command, const char *name)
{
    command->name = name;
    command->ids_made = 0;
    return ++command->run;
}

enum ocpp_status command_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                             const struct ocpp_settle_done *done)
{
    struct command *command = settle->command;
    enum ocpp_status status = OCPP_ERR_BUSY;
    uint64_t run;

    if (command->runs) {
        return OCPP_ERR_STATE;
    }
    run = take_over(command, name);
    for (int i = 0; i < COMMAND_RETRIES && status == OCPP_ERR_BUSY; i++) {
        if (command->run != run) { /* its ids are the other's, now */
            run = take_over(command, name);
        }
        start_over(command);
        command->tries = i;
        command->runs = true;
        body(command, args);
        command->runs = false;
        status = command->status == OCPP_OK ? command_commit(command, done) : command->status;
        command_give_rooms_back(command);
    }
    return status;
}
