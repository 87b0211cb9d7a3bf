/* commands_reader.c: cards at the reader of a pile that stands in a rental house. */
#include "command_arguments.h"
#include "pile_banks_inside.h"

#include <ocpp/settlement/reader.h>

#include <string.h>

static struct ocpp_settle_agent *agent_of(struct arguments *arguments)
{
    const struct pile_banks *banks = arguments->pile->banks;

    if (!banks || !banks->agent) {
        (void)wrong(arguments, "this pile has no settlement: start it with --banks N", NULL);
        return NULL;
    }
    return banks->agent;
}

enum command_outcome run_reader(struct arguments *arguments)
{
    static const char *const acts[] = { "charge", "bind", "authorise", "show", "log-out" };
    struct ocpp_settle_agent *agent = agent_of(arguments);

    if (!agent) {
        return COMMAND_WRONG;
    }
    for (int i = 0; i < (int)(sizeof acts / sizeof acts[0]); i++) {
        if (strcmp(arguments->words[0], acts[i]) == 0) {
            return outcome_of(arguments, ocpp_settle_agent_reader(agent, (enum ocpp_settle_reader_act)i, sim_now()));
        }
    }
    return wrong(arguments, "the reader can charge, bind, authorise, show and log-out, not", arguments->words[0]);
}

/* What is not for the reader is for charging. */
enum command_outcome run_tap(struct arguments *arguments)
{
    const struct ocpp_token token = { arguments->words[0], OCPP_TOKEN_ISO14443 };
    struct ocpp_settle_agent *agent = agent_of(arguments);
    enum ocpp_status status;

    if (!agent) {
        return COMMAND_WRONG;
    }
    status = ocpp_settle_agent_card(agent, &token, sim_now());
    if (status == OCPP_ERR_NOT_FOUND) {
        status = ocpp_charge_point_token(arguments->pile->cp, 0, &token, sim_now());
    }
    return outcome_of(arguments, status);
}
