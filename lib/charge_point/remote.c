/* remote.c: what the central system may ask of a charge point, in domain words: start and stop.
 * OCPP 1.6 5.11, 5.12; OCPP 2.0.1 F01, F02, F03. */
#include "charge_point_internal.h"

#include "text.h"

/* --- start and stop
 * ----------------------------------------------------------------------------------------------------------------------- */

/* The group of the token as far as it is known: NULL where asking about the token may tell it. */
static const char *group_of(const struct remote_start *start)
{
    return start->group != NULL || start->must_authorize || start->group_unknown ? start->group : "";
}

static bool admits(const struct ocpp_charge_point *cp, int evse, const struct remote_start *start, const char *group)
{
    return ocpp_cp_reservation_admits(cp, evse, &start->token, group);
}

static bool can_start(const struct ocpp_charge_point *cp, const struct evse *evse, const struct remote_start *start)
{
    const bool is_free = evse->state == EVSE_IDLE || evse->state == EVSE_AWAIT_TOKEN || evse->state == EVSE_AWAIT_UNPLUG;
    const bool had_somebody = evse->session == SESSION_OPEN && evse->transaction.grants > 0; /* F01.FR.24, F02.FR.26 */
    return is_free && !had_somebody && ocpp_cp_is_settled(evse) && cp->authorizations[evse->number].state == AUTHORIZATION_NONE &&
           ocpp_cp_is_operative(cp, evse->number, evse->connector) && ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0 &&
           admits(cp, evse->number, start, group_of(start)); /* F01.FR.21, FR.22; F02.FR.23, FR.24; 1.6 5.13 */
}

/* The slot a remote start goes to: the EVSE that was named, else the one where somebody waits, else the one kept for the token,
 * else whichever is plugged in next.
 * -1: none. */
static int slot_for(struct ocpp_charge_point *cp, const struct remote_start *start)
{
    if (start->evse != 0) {
        const struct evse *evse = ocpp_cp_evse(cp, start->evse);
        const bool is_place = start->connector == 0 || (ocpp_cp_connector(cp, start->evse, start->connector) != NULL &&
                                                        ocpp_cp_is_operative(cp, start->evse, start->connector) &&
                                                        ocpp_cp_fault_at(cp, start->evse, start->connector) == 0);
        return evse != NULL && is_place && can_start(cp, evse, start) ? start->evse : -1;
    }
    const struct evse *meant = ocpp_cp_evse_that_waits(cp, &start->token, group_of(start));
    meant = meant != NULL ? meant : ocpp_cp_evse_reserved_for(cp, &start->token, start->group);
    if (meant != NULL && can_start(cp, meant, start)) {
        return meant->number;
    }
    const bool starts_at_once = (ocpp_cp_start_points(cp) & 1 << TX_POINT_AUTHORIZED) != 0; /* so it is to be known where */
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->evses[i].state == EVSE_IDLE && can_start(cp, &cp->evses[i], start) &&
            cp->authorizations[0].state == AUTHORIZATION_NONE) {
            return starts_at_once ? cp->evses[i].number : 0; /* F01.FR.20, F02.FR.22 */
        }
    }
    return -1;
}

enum verdict ocpp_cp_remote_start(struct ocpp_charge_point *cp, struct remote_start *start)
{
    if (!ocpp_cp_may_send(cp) || cp->reset.is_due) { /* B02.FR.05; 1.6 4.2 */
        return VERDICT_REJECTED;
    }
    const int slot = slot_for(cp, start);
    if (slot < 0) {
        return VERDICT_REJECTED;
    }
    struct evse *evse = ocpp_cp_evse(cp, slot);
    start->ongoing = evse != NULL && ocpp_cp_is_ongoing(evse) ? evse : NULL;
    struct authorization *authorization = &cp->authorizations[slot];
    ocpp_cp_authorization_forget(cp, slot);
    authorization->remote = true;
    authorization->token = start->token;
    ocpp_text_copy(authorization->group, sizeof(authorization->group), start->group == NULL ? "" : start->group);
    authorization->has_remote_start_id = start->has_remote_start_id;
    authorization->remote_start_id = start->remote_start_id;
    authorization->profile = start->profile;
    if (start->must_authorize || !admits(cp, slot, start, authorization->group)) { /* its group has to be asked for */
        authorization->state = AUTHORIZATION_WANTED;
        return VERDICT_ACCEPTED;
    }
    ocpp_cp_grant(cp, slot);
    return VERDICT_ACCEPTED;
}

enum verdict ocpp_cp_remote_stop(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse == NULL || evse->session != SESSION_OPEN || !ocpp_cp_may_send(cp)) {
        return VERDICT_REJECTED;
    }
    ocpp_cp_end(cp, evse, OCPP_STOP_REMOTE, OCPP_TRIGGER_REMOTE_STOP, NULL);
    return VERDICT_ACCEPTED;
}
