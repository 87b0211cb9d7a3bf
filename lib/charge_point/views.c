/* views.c: what the firmware may ask, for displays and logs. Nothing changes here. */
#include "charge_point_internal.h"
#include "notices.h"

static const char *token_at(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (ocpp_cp_has_transaction(evse)) {
        return evse->transaction.token.id;
    }
    const struct authorization *authorization = &cp->authorizations[evse->number];
    return authorization->state == AUTHORIZATION_GRANTED ? authorization->token.id : "";
}

enum ocpp_status ocpp_charge_point_evse(const struct ocpp_charge_point *cp, int evse, struct ocpp_evse_view *view)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    if (there == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    const bool has_transaction = ocpp_cp_has_transaction(there);
    *view = (struct ocpp_evse_view){
        .status = ocpp_cp_connector_status(cp, evse, there->connector == 0 ? 1 : there->connector),
        .transaction = has_transaction,
        .transaction_id = "",
        .token = token_at(cp, there),
        .started_utc_ms = OCPP_UTC_UNKNOWN,
        .charging_state = ocpp_cp_charging_state(cp, there),
    };
    if (has_transaction) {
        ocpp_uuid_text(there->transaction.uuid, view->transaction_uuid);
        view->transaction_id = there->wire_id;
        view->started_utc_ms = ocpp_cp_date(cp, &there->transaction.started);
        view->energy_wh = there->transaction.meter_wh - there->transaction.meter_start_wh;
    }
    return OCPP_OK;
}

size_t ocpp_charge_point_reservations(const struct ocpp_charge_point *cp, struct ocpp_reservation_view *views, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < cp->reservations.room; i++) {
        const struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state != RESERVATION_HELD) {
            continue;
        }
        if (count < room) {
            views[count] = (struct ocpp_reservation_view){
                .id = entry->id,
                .evse = entry->evse,
                .connector = entry->connector,
                .connector_type = entry->connector_type,
                .token = { entry->token.id, (enum ocpp_token_type)entry->token.type },
                .group = entry->group,
                .expires_utc_ms = entry->expires_utc_ms,
                .presented = ocpp_cp_reservation_is_presented(cp, entry),
            };
        }
        count++;
    }
    return count;
}

struct ocpp_charge_point_view ocpp_charge_point_view(const struct ocpp_charge_point *cp)
{
    return (struct ocpp_charge_point_view){
        .version = cp->dialect == NULL ? OCPP_VERSION_NONE : cp->dialect->version,
        .registration = cp->registration,
        .queued_records = cp->queue.count,
        .parked_records = ocpp_cp_queue_parked(cp),
        .dropped_records = cp->queue.dropped,
        .dead_letters = cp->queue.dead,
        .utc_offset_ms = ocpp_cp_clock_offset(cp),
        .corrupt_records = cp->corrupt,
        .queued_notices = ocpp_cp_notices_waiting(cp),
        .dropped_notices = ocpp_cp_notices_dropped(cp),
    };
}

int64_t ocpp_charge_point_utc_ms(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    return ocpp_cp_utc(cp, now);
}

struct ocpp_rpc *ocpp_charge_point_rpc(struct ocpp_charge_point *cp)
{
    return cp->rpc;
}

struct ocpp_now ocpp_charge_point_now(const struct ocpp_charge_point *cp)
{
    return cp->now;
}

const char *ocpp_charge_point_identity(const struct ocpp_charge_point *cp)
{
    return cp->settings.identity;
}
