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
        ocpp_cp_step(cp, evse, EVENT_STOPPED);
    }
}

/* Which connector of the EVSE is in use now that |connector| was plugged or pulled. A transaction keeps its own: what is plugged
 * in meanwhile waits for its end. */
static void choose_connector(struct ocpp_charge_point *cp, struct evse *evse, int connector, bool plugged)
{
    const bool is_kept = ocpp_cp_has_transaction(evse) && evse->transaction.connector != connector;
    if (plugged && evse->connector == 0 && !is_kept) {
        evse->connector = connector;
        evse->draws = true;
        evse->plugged_mono_ms = cp->now.mono_ms;
        forget_token_where_nothing_may_start(cp, evse);
        ocpp_cp_step(cp, evse, EVENT_PLUGGED);
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
        choose_connector(cp, ocpp_cp_evse(cp, evse), connector, plugged);
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
    const bool is_driver = reason == OCPP_STOP_LOCAL || reason == OCPP_STOP_UNKNOWN || reason == OCPP_STOP_MASTER_PASS;
    ocpp_cp_end(cp, there, reason == OCPP_STOP_UNKNOWN ? OCPP_STOP_LOCAL : reason,
                is_driver ? OCPP_TRIGGER_STOP_AUTHORIZED : OCPP_TRIGGER_ABNORMAL_CONDITION, NULL);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_latch(struct ocpp_charge_point *cp, int evse, int connector, bool locked, struct ocpp_now now)
{
    if (ocpp_cp_connector(cp, evse, connector) == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    if (cp->unlock.is_open && cp->unlock.evse == evse && cp->unlock.connector == connector) {
        ocpp_cp_unlock_ended(cp, locked ? VERDICT_FAILED : VERDICT_ACCEPTED);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
