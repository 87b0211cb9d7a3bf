/* commands_world.c: what happens around the pile: the network, the power, the clock, and texts that get lost or come late. */
#include "command_arguments.h"
#include "pile_link.h"
#include "story.h"

#include <stdio.h>
#include <string.h>

#include <string.h>

enum command_outcome run_offline(struct arguments *arguments)
{
    pile_pause(arguments->pile, true);
    return COMMAND_DONE;
}

enum command_outcome run_online(struct arguments *arguments)
{
    pile_pause(arguments->pile, false);
    return COMMAND_DONE;
}

enum command_outcome run_powercut(struct arguments *arguments)
{
    pile_log(arguments->pile, "power is cut");
    arguments->pile->power = PILE_CUT;
    return COMMAND_DONE;
}

/* Why the controller restarts by itself, in the words of 2.0.1. */
static const struct {
    const char *name;
    enum ocpp_boot_reason reason;
} boot_reasons[] = {
    { "LocalReset", OCPP_BOOT_REASON_LOCAL_RESET },
    { "ApplicationReset", OCPP_BOOT_REASON_APPLICATION_RESET },
    { "FirmwareUpdate", OCPP_BOOT_REASON_FIRMWARE_UPDATE },
    { "ScheduledReset", OCPP_BOOT_REASON_SCHEDULED_RESET },
    { "Unknown", OCPP_BOOT_REASON_UNKNOWN },
    { "Watchdog", OCPP_BOOT_REASON_WATCHDOG },
};

enum command_outcome run_reboot(struct arguments *arguments)
{
    const char *name = arguments->count > 0 ? arguments->words[0] : boot_reasons[0].name;

    for (size_t i = 0; i < sizeof boot_reasons / sizeof boot_reasons[0]; i++) {
        if (strcmp(boot_reasons[i].name, name) == 0) {
            pile_log(arguments->pile, "reboots");
            arguments->pile->power = PILE_RESTARTS;
            return outcome_of(arguments, ocpp_charge_point_restarting(arguments->pile->cp, boot_reasons[i].reason, sim_now()));
        }
    }
    return wrong(arguments, "no such reason:", name);
}

enum command_outcome run_reset_fails(struct arguments *arguments)
{
    int64_t times;

    if (!read_integer(arguments->words[0], 0, 1000, &times)) {
        return wrong(arguments, "not a number of resets:", arguments->words[0]);
    }
    arguments->pile->failing_resets = (int)times;
    return COMMAND_DONE;
}

enum command_outcome run_clock(struct arguments *arguments)
{
    int64_t seconds;

    if (!read_integer(arguments->words[0], -315360000, 315360000, &seconds)) {
        return wrong(arguments, "not a number of seconds:", arguments->words[0]);
    }
    sim_clock_jump(seconds);
    return COMMAND_DONE;
}

enum command_outcome run_pass(struct arguments *arguments)
{
    int64_t seconds;

    if (!read_integer(arguments->words[0], 0, 315360000, &seconds)) {
        return wrong(arguments, "not a number of seconds:", arguments->words[0]);
    }
    if (!pile_link_pass(arguments->pile, seconds)) {
        sim_clock_pass(seconds);
    }
    return COMMAND_DONE;
}

/* So many of the next texts, 1 unless it is said. */
static enum command_outcome spoil(struct arguments *arguments, int place, int *count)
{
    int64_t times = 1;

    if (arguments->count > place && !read_integer(arguments->words[place], 0, 1000, &times)) {
        return wrong(arguments, "not a number of texts:", arguments->words[place]);
    }
    *count = (int)times;
    return COMMAND_DONE;
}

enum command_outcome run_drop_answer(struct arguments *arguments)
{
    struct line_faults *line = &arguments->pile->line;

    if ((size_t)snprintf(line->only, sizeof line->only, "%s", arguments->count > 1 ? arguments->words[1] : "") >=
        sizeof line->only) {
        return wrong(arguments, "no such action:", arguments->words[1]);
    }
    return spoil(arguments, 0, &arguments->pile->line.lost_answers);
}

enum command_outcome run_drop_call(struct arguments *arguments)
{
    return spoil(arguments, 0, &arguments->pile->line.lost_calls);
}

enum command_outcome run_delay_answer(struct arguments *arguments)
{
    if (!read_integer(arguments->words[0], 0, 86400000, &arguments->pile->line.late_ms)) {
        return wrong(arguments, "not a number of ms:", arguments->words[0]);
    }
    return spoil(arguments, 1, &arguments->pile->line.late_answers);
}

enum command_outcome run_tell(struct arguments *arguments)
{
    return story_tell(arguments->pile->story, arguments->words[0], arguments->words[1])
               ? COMMAND_DONE
               : wrong(arguments, "cannot be told:", arguments->words[0]);
}

enum command_outcome run_say(struct arguments *arguments)
{
    pile_log(arguments->pile, "%s", arguments->words[0]);
    return COMMAND_DONE;
}

enum command_outcome run_raw(struct arguments *arguments)
{
    const char *text = arguments->words[0];

    return outcome_of(arguments, ocpp_rpc_send_text(ocpp_charge_point_rpc(arguments->pile->cp), text, strlen(text)));
}
