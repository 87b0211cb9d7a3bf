/* commands_monitoring.c: what the pile senses, what it tells by itself, its monitors, and what it remembers of customers. */
#include "command_arguments.h"
#include "setting_name.h"

#include <ocpp/monitoring.h>

#include <stdio.h>
#include <string.h>

enum command_outcome run_sense(struct arguments *arguments)
{
    return pile_sense(arguments->pile, arguments->words[0], arguments->words[1])
               ? COMMAND_DONE
               : wrong(arguments, "there is temperature and fan, but not", arguments->words[0]);
}

enum command_outcome run_event(struct arguments *arguments)
{
    struct setting_name parsed;
    int64_t severity = 5;

    if (!setting_name_read(arguments->words[0], &parsed) || parsed.is_key) {
        return wrong(arguments, "not Component.Variable:", arguments->words[0]);
    }
    if (arguments->count > 2 && !read_integer(arguments->words[2], 0, 9, &severity)) {
        return wrong(arguments, "a severity is 0 to 9, not", arguments->words[2]);
    }
    if (arguments->count > 3 && strcmp(arguments->words[3], "cleared") != 0) {
        return wrong(arguments, "cleared or nothing, not", arguments->words[3]);
    }
    const struct ocpp_event event = {
        .variable = parsed.name,
        .value = arguments->words[1],
        .severity = (int)severity,
        .is_cleared = arguments->count > 3,
    };
    return outcome_of(arguments, ocpp_charge_point_event(arguments->pile->cp, &event, sim_now()));
}

static bool print_monitor(const struct ocpp_monitor *monitor, bool is_exceeded, void *user)
{
    static const char *const types[] = { "above", "below", "delta", "every", "every (clock)" };
    static const char *const origins[] = { "hard-wired", "preconfigured", "custom" };
    char value[OCPP_DECIMAL_TEXT_SIZE];
    char name[SETTING_NAME_SIZE];

    (void)user;
    ocpp_decimal_format(monitor->value, value);
    setting_name_print(&monitor->variable, name, sizeof name);
    printf("  %lld: %s %s %s, severity %d, %s%s%s\n", (long long)monitor->id, name, types[monitor->type], value,
           monitor->severity, origins[monitor->origin], monitor->only_in_transaction ? ", in transactions" : "",
           is_exceeded ? ", exceeded" : "");
    return true;
}

enum command_outcome run_monitors(struct arguments *arguments)
{
    ocpp_charge_point_each_monitor(arguments->pile->cp, print_monitor, NULL);
    fflush(stdout);
    return COMMAND_DONE;
}

enum command_outcome run_remember(struct arguments *arguments)
{
    return pile_remember(arguments->pile, arguments->words[0], arguments->words[1])
               ? COMMAND_DONE
               : wrong(arguments, "the pile remembers 4 customers, and 255 bytes of each", NULL);
}
