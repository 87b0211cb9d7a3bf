/* token_stop.c: tokens that end something: the one it began with, one of its group, a master pass, the button.
 *
 * OCPP 1.6 4.10; OCPP 2.0.1 C01.FR.03, C09, C16, E07. */
#include "charge_point_internal.h"

#include "text.h"

/* Only who started it, or one of the same group, can mean anything by presenting a token; a master pass means all of them. */
void ocpp_cp_present_to_stop(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token)
{
    const bool is_free = cp->values[VARIABLE_AUTH_ENABLED] == 0 && evse->transaction.token.type == OCPP_TOKEN_NO_AUTHORIZATION;
    if (is_free || ocpp_token_same(&evse->transaction.token, token)) { /* E07.FR.01: nobody is asked */
        ocpp_cp_judge(cp, evse->number, token, OCPP_AUTHORIZATION_ACCEPTED, NULL);
        ocpp_cp_end(cp, evse, OCPP_STOP_LOCAL, OCPP_TRIGGER_STOP_AUTHORIZED, token);
        return;
    }
    if (token->type == OCPP_TOKEN_NO_AUTHORIZATION) { /* a button is nobody's: it ends what it began */
        ocpp_cp_judge(cp, evse->number, token, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, NULL);
        return;
    }
    ocpp_cp_want(cp, evse->number, token, true);
}

bool ocpp_cp_is_anything_running(const struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (ocpp_cp_is_running(&cp->evses[i])) {
            return true;
        }
    }
    return false;
}

/* C16.FR.01: with a display, whoever bears the pass chooses, and the firmware stops what was chosen. C16.FR.02: without, all. */
void ocpp_cp_master_pass(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why)
{
    bool is_any = false;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (!ocpp_cp_is_running(evse)) {
            continue;
        }
        is_any = true;
        if (!cp->settings.master_pass_display) {
            ocpp_cp_end(cp, evse, OCPP_STOP_MASTER_PASS, OCPP_TRIGGER_STOP_AUTHORIZED, token);
        }
    }
    ocpp_cp_judge(cp, slot, token, is_any ? OCPP_AUTHORIZATION_ACCEPTED : OCPP_AUTHORIZATION_NOT_AT_THIS_TIME, why);
}

/* The transaction that |group| may end at |slot|; NULL. */
static struct evse *evse_of_group(struct ocpp_charge_point *cp, int slot, const char *group)
{
    for (int i = 0; i < cp->settings.evse_count && group[0] != '\0'; i++) {
        struct evse *evse = &cp->evses[i];
        if ((slot == 0 || slot == evse->number) && ocpp_cp_is_running(evse) &&
            ocpp_text_equal_fold(group, evse->transaction.group)) {
            return evse;
        }
    }
    return NULL;
}

void ocpp_cp_stop_by_group(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why)
{
    if (ocpp_cp_is_master_group(cp, why->info.group)) {
        ocpp_cp_master_pass(cp, slot, token, why);
        return;
    }
    struct evse *evse = evse_of_group(cp, slot, why->info.group);
    ocpp_cp_judge(cp, slot, token, evse == NULL ? OCPP_AUTHORIZATION_NOT_AT_THIS_TIME : OCPP_AUTHORIZATION_ACCEPTED, why);
    if (evse != NULL) { /* C09.FR.03 */
        ocpp_cp_end(cp, evse, OCPP_STOP_LOCAL, OCPP_TRIGGER_STOP_AUTHORIZED, token);
    }
}
