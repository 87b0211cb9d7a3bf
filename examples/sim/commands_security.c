/* commands_security.c: events of security that somebody makes happen, and their log. */
#include "command_arguments.h"

#include <ocpp/diagnostics.h>

#include <stdio.h>
#include <string.h>

enum command_outcome run_security(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;
    const char *info = arguments->count > 1 ? arguments->words[1] : NULL;

    return outcome_of(arguments, ocpp_charge_point_security_event(pile->cp, arguments->words[0], info, sim_now()));
}

static bool show(const struct ocpp_security_record *record, void *user)
{
    char line[OCPP_SECURITY_LINE_SIZE];
    size_t size = ocpp_security_line(record, line);

    line[size > 0 ? size - 1 : 0] = '\0';
    pile_log(user, "%s", line);
    return true;
}

enum command_outcome run_security_log(struct arguments *arguments)
{
    struct pile *pile = arguments->pile;

    if (arguments->count == 0) {
        return outcome_of(arguments, ocpp_charge_point_each_security_record(pile->cp, show, pile));
    }
    if (strcmp(arguments->words[0], "clear") != 0) {
        return wrong(arguments, "it can only be cleared, not", arguments->words[0]);
    }
    return outcome_of(arguments, ocpp_charge_point_clear_security_log(pile->cp, "ocpp-sim", sim_now()));
}
