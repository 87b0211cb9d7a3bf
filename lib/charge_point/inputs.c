/* inputs.c: what the firmware tells. An input notes, lets the machine step, and never waits for a link. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

/* Whoever was authorised before plugging in may have chosen a connector that is out of service. */
static void forget_token_where_nothing_may_start(struct ocpp_charge_point *cp, struct evse *evse)
{
    const bool may_start =
        ocpp_cp_is_operative(cp, evse->number, evse->connector) && ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0;
    if (evse->state == EVSE_AWAIT_PLUG && !may_start) {
        ocpp_cp_end(cp, evse, OCPP_STOP_OTHER, OCPP_TRIGGER_ABNORMAL_CONDITION, NULL);
    }
}

/* Which connector of the EVSE is in use now that |connector| was plugged or pulled. A transaction keeps its own: what is plugged
 * in meanwhile waits for its end. */
static void choose_connector(struct ocpp_charge_point *cp, struct evse *evse, int connector, bool plugged)
{
    const int own = ocpp_cp_has_transaction(evse) ? evse->transaction.connector : 0;
    const bool is_kept = own != 0 && own != connector;
    if (plugged && evse->connector == 0 && !is_kept) {
        evse->connector = connector;
        evse->draws = true;
        evse->plugged_mono_ms = cp->now.mono_ms;
        forget_token_where_nothing_may_start(cp, evse);
        ocpp_cp_plugged(cp, evse);
        return;
    }
    if (plugged || evse->connector != connector) {
        return;
    }
    evse->connector = 0;
    ocpp_cp_pulled(cp, evse);
    ocpp_cp_choose_plugged(cp, evse);
}

void ocpp_cp_choose_plugged(struct ocpp_charge_point *cp, struct evse *evse)
{
    for (int other = 1; other <= cp->settings.connectors_per_evse && evse->connector == 0; other++) {
        if (ocpp_cp_connector(cp, evse->number, other)->plugged) {
            choose_connector(cp, evse, other, true);
        }
    }
}

enum ocpp_status ocpp_charge_point_plug(struct ocpp_charge_point *cp, int evse, int connector, bool plugged, struct ocpp_now now)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (outlet == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    if (outlet->plugged != plugged) {
        outlet->plugged = plugged;
        if (!plugged) {
            ocpp_cp_lock_recovers(cp, evse, connector);
        }
        choose_connector(cp, ocpp_cp_evse(cp, evse), connector, plugged);
    } else if (!plugged) {
        ocpp_cp_not_there(cp, ocpp_cp_evse(cp, evse), connector);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_token(struct ocpp_charge_point *cp, int evse, const struct ocpp_token *token,
                                         struct ocpp_now now)
{
    const size_t size = token->id == NULL ? 0 : strlen(token->id);
    if (evse < 0 || evse > cp->settings.evse_count || size == 0 || size >= TOKEN_SIZE || !ocpp_text_valid(token->id, size)) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    struct token presented;
    ocpp_cp_token_set(&presented, token->id, token->type);
    ocpp_cp_token_presented(cp, evse, &presented);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_start_button(struct ocpp_charge_point *cp, int evse, struct ocpp_now now)
{
    if (evse < 0 || evse > cp->settings.evse_count) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    struct token nobody;
    ocpp_cp_token_set(&nobody, "", OCPP_TOKEN_NO_AUTHORIZATION);
    ocpp_cp_token_presented(cp, evse, &nobody);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_vehicle(struct ocpp_charge_point *cp, int evse, bool draws, struct ocpp_now now)
{
    struct evse *there = ocpp_cp_evse(cp, evse);
    if (there == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    there->draws = draws;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* What driver, vehicle and limits end is the authorization (E07.FR.04, E15.FR.04); what the station ends for its own sake is over
 * (E06.FR.16). */
static void stop(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason)
{
    static const enum ocpp_trigger triggers[] = {
        [OCPP_STOP_ENERGY_LIMIT_REACHED] = OCPP_TRIGGER_ENERGY_LIMIT_REACHED,
        [OCPP_STOP_LOCAL] = OCPP_TRIGGER_STOP_AUTHORIZED,
        [OCPP_STOP_LOCAL_OUT_OF_CREDIT] = OCPP_TRIGGER_STOP_AUTHORIZED,
        [OCPP_STOP_MASTER_PASS] = OCPP_TRIGGER_STOP_AUTHORIZED,
        [OCPP_STOP_SOC_LIMIT_REACHED] = OCPP_TRIGGER_ENERGY_LIMIT_REACHED,
        [OCPP_STOP_STOPPED_BY_EV] = OCPP_TRIGGER_STOP_AUTHORIZED,
        [OCPP_STOP_TIME_LIMIT_REACHED] = OCPP_TRIGGER_TIME_LIMIT_REACHED,
        [OCPP_STOP_UNLOCK_COMMAND] = OCPP_TRIGGER_UNKNOWN,
    };
    const enum ocpp_trigger trigger = reason <= OCPP_STOP_UNLOCK_COMMAND ? triggers[reason] : OCPP_TRIGGER_UNKNOWN;
    if (trigger == OCPP_TRIGGER_UNKNOWN) {
        ocpp_cp_close(cp, evse, reason, OCPP_TRIGGER_ABNORMAL_CONDITION);
        return;
    }
    ocpp_cp_end(cp, evse, reason, trigger, NULL);
}

enum ocpp_status ocpp_charge_point_stop(struct ocpp_charge_point *cp, int evse, enum ocpp_stop_reason reason, struct ocpp_now now)
{
    struct evse *there = ocpp_cp_evse(cp, evse);
    if (there == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (!ocpp_cp_has_transaction(there)) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    stop(cp, there, reason == OCPP_STOP_UNKNOWN ? OCPP_STOP_LOCAL : reason);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
