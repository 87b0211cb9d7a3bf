/* commands.c: what the application orders, in words of no version; the dialect builds the message, the answer is read back into
 * words. */
#include "arena.h"
#include "bridge.h"
#include "dialect.h"
#include "item_limits.h"
#include "profile_reports.h"
#include "reports.h"
#include "text.h"

#include <string.h>

struct command {
    struct ocpp_station *station;
    struct ocpp_command_done done;
    command_reader read;
    const struct ocpp_action *action; /* as |read| reads its answer */
    int64_t remote_start_id;
    struct order_request request;
};

/* A rejected station is left alone; one that is not accepted yet is not asked to charge, or to stop. */
static enum ocpp_status may_order(const struct ocpp_station *station, bool charging)
{
    if (station->registration == OCPP_REGISTRATION_REJECTED) {
        return OCPP_ERR_NOT_ACCEPTED;
    }
    return charging && station->registration != OCPP_REGISTRATION_ACCEPTED ? OCPP_ERR_NOT_ACCEPTED : OCPP_OK;
}

enum ocpp_status command_begin(struct ocpp_station *station, bool charging, const struct ocpp_command_done *done,
                               struct command **command)
{
    const enum ocpp_status status = may_order(station, charging);

    if (status != OCPP_OK) {
        return status;
    }
    *command = central_allocate(station->central, sizeof **command);
    if (!*command) {
        return OCPP_ERR_NOMEM;
    }
    (*command)->station = station;
    if (done) {
        (*command)->done = *done;
    }
    ocpp_arena_reset(station->central->scratch);
    return OCPP_OK;
}

void command_starts(struct command *command, int64_t remote_start_id)
{
    command->remote_start_id = remote_start_id;
}

const struct ocpp_station *command_station(const struct command *command)
{
    return command->station;
}

bool command_is_bridged(const struct command *command)
{
    return command->station->dialect->base != NULL;
}

void command_request(struct command *command, const struct order_request *request)
{
    command->request = *request;
}

int64_t command_request_id(struct command *command, int64_t given)
{
    command->request.id = given != 0 ? given : reports_request_id(command->station);
    return command->request.id;
}

void *command_take(struct command *command, size_t size)
{
    return ocpp_arena_take(command->station->central->scratch, size);
}

struct ocpp_arena *command_arena(struct command *command)
{
    return command->station->central->scratch;
}

static enum ocpp_status read_answer(struct command *command, const void *response, struct ocpp_command_result *result)
{
    struct ocpp_central *central = command->station->central;
    const enum ocpp_status status = bridge_answer(command->station, command->action, &response);

    if (status != OCPP_OK) {
        return status;
    }
    ocpp_arena_reset(central->results);
    if (!command->read(central, response, result)) {
        return OCPP_ERR_NOMEM;
    }
    if (!result->word) { /* of a station that may leave its status out */
        result->word = "";
    }
    return result->status;
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct command *command = user;
    struct ocpp_command_result result = { .status = answer->status,
                                          .word = "",
                                          .error = answer->error,
                                          .description = answer->description,
                                          .remote_start_id = command->remote_start_id,
                                          .request_id = command->request.id };

    (void)rpc;
    if (answer->status == OCPP_OK) {
        result.status = read_answer(command, answer->response, &result);
    }
    /* a start that was refused leads to no transaction; one whose answer was lost still may */
    if ((answer->status == OCPP_OK && !result.accepted) || answer->status == OCPP_ERR_CALL_ERROR) {
        remote_start_refused(command->station, command->remote_start_id);
    }
    item_limits_learn_settings(command->station, result.settings, result.setting_count);
    if (command->done.run) {
        command->done.run(command->station, &result, command->done.user);
    }
    if (command->request.leads_to_profiles) {
        profile_report_answered(command->station, command->request.id, result.accepted);
    }
    if (command->request.leads_to_report) {
        reports_answered(command->station, command->request.report, &result);
    }
    central_release(command->station->central, command);
}

void command_fail(struct command *command, enum ocpp_status status)
{
    const struct ocpp_command_result result = {
        .status = status, .word = "", .description = ocpp_status_sentence(status), .remote_start_id = command->remote_start_id
    };

    if (command->done.run) {
        command->done.run(command->station, &result, command->done.user);
    }
    central_release(command->station->central, command);
}

enum ocpp_status command_send(struct command *command, const struct ocpp_action *action, const void *message, command_reader read)
{
    struct ocpp_outgoing_call call = { .action = action, .message = message, .on_answer = on_answer, .user = command };
    const enum ocpp_status status = bridge_order(command->station, &call.action, &call.message);

    if (status != OCPP_OK) {
        return status;
    }
    command->read = read;
    command->action = action;
    return ocpp_rpc_call(command->station->rpc, &call, NULL);
}

enum ocpp_status command_sent(struct ocpp_station *station, struct command *command, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        central_release(station->central, command);
        return ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE && status != OCPP_ERR_UNSUPPORTED_ACTION ? OCPP_ERR_ARGUMENT
                                                                                                           : status;
    }
    station_touch(station);
    return OCPP_OK;
}

/* --- the others ------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_stop(struct ocpp_station *station, const char *transaction_id, const struct ocpp_command_done *done)
{
    struct command *command;

    if (!transaction_id || !transaction_id[0]) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = command_begin(station, true, done, &command);
    return status == OCPP_OK ? command_sent(station, command, dialect_speaker(station)->stop(command, transaction_id)) : status;
}

enum ocpp_status ocpp_station_unlock(struct ocpp_station *station, int evse, int connector, const struct ocpp_command_done *done)
{
    struct command *command;

    if (evse < 1 || connector < 1) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = command_begin(station, false, done, &command);
    return status == OCPP_OK ? command_sent(station, command, dialect_speaker(station)->unlock(command, evse, connector))
                             : status;
}

enum ocpp_status ocpp_station_reset(struct ocpp_station *station, bool immediately, const struct ocpp_command_done *done)
{
    struct command *command;

    const enum ocpp_status status = command_begin(station, false, done, &command);
    return status == OCPP_OK ? command_sent(station, command, dialect_speaker(station)->reset(command, immediately)) : status;
}

enum ocpp_status ocpp_station_trigger(struct ocpp_station *station, const char *message, int evse, int connector,
                                      const struct ocpp_command_done *done)
{
    struct command *command;

    if (!message || evse < 0 || connector < 0 || (connector > 0 && evse == 0)) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = command_begin(station, false, done, &command);
    return status == OCPP_OK
               ? command_sent(station, command, dialect_speaker(station)->trigger(command, message, evse, connector))
               : status;
}
