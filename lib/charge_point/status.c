/* status.c: what each connector is, for the firmware and for the central system.
 *
 * A status is derived from the facts, never set. Reports are made by comparing what was last told with what is: so of several
 * changes the last one counts, a change that lasts too short is never told, and after a time without link nothing historical is
 * sent. OCPP 1.6 4.9, errata 3.19, 3.22; OCPP 2.0.1 B01.FR.05, B04, G01. */
#include "charge_point_internal.h"

/* What a connector that is used shows in each state of its EVSE; running is told by the charging state. */
static const enum ocpp_connector_status used[EVSE_STATE_COUNT] = {
    [EVSE_IDLE] = OCPP_CONNECTOR_AVAILABLE,         [EVSE_AWAIT_TOKEN] = OCPP_CONNECTOR_PREPARING,
    [EVSE_AWAIT_PLUG] = OCPP_CONNECTOR_PREPARING,   [EVSE_OPENING] = OCPP_CONNECTOR_PREPARING,
    [EVSE_RUNNING] = OCPP_CONNECTOR_CHARGING,       [EVSE_AWAIT_REPLUG] = OCPP_CONNECTOR_SUSPENDED_EV,
    [EVSE_AWAIT_UNPLUG] = OCPP_CONNECTOR_FINISHING,
};

static const enum ocpp_connector_status running[] = {
    [OCPP_CHARGING_STATE_UNKNOWN] = OCPP_CONNECTOR_CHARGING,
    [OCPP_CHARGING_STATE_CHARGING] = OCPP_CONNECTOR_CHARGING,
    [OCPP_CHARGING_STATE_EV_CONNECTED] = OCPP_CONNECTOR_SUSPENDED_EVSE,
    [OCPP_CHARGING_STATE_SUSPENDED_EV] = OCPP_CONNECTOR_SUSPENDED_EV,
    [OCPP_CHARGING_STATE_SUSPENDED_EVSE] = OCPP_CONNECTOR_SUSPENDED_EVSE,
    [OCPP_CHARGING_STATE_IDLE] = OCPP_CONNECTOR_SUSPENDED_EV, /* pulled at the vehicle, and the transaction goes on */
};

/* Whether what goes on at |evse| goes on at |connector|. Before anything is plugged, it may become any of them. */
static bool is_used(const struct evse *evse, int connector)
{
    if (evse->connector != 0) {
        return evse->connector == connector;
    }
    if (ocpp_cp_has_transaction(evse) && evse->transaction.connector != 0) {
        return evse->transaction.connector == connector;
    }
    return evse->state == EVSE_AWAIT_PLUG;
}

enum ocpp_connector_status ocpp_cp_connector_status(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (ocpp_cp_fault_at(cp, evse, connector) != 0) {
        return OCPP_CONNECTOR_FAULTED;
    }
    const bool is_busy = is_used(there, connector) && (there->state > EVSE_AWAIT_PLUG || ocpp_cp_has_transaction(there));
    if (!is_busy && !ocpp_cp_is_operative(cp, evse, connector)) {
        return OCPP_CONNECTOR_UNAVAILABLE;
    }
    if (there->state <= EVSE_AWAIT_TOKEN && ocpp_cp_is_reserved(cp, evse)) { /* plugged in or not (G01.FR.09) */
        return OCPP_CONNECTOR_RESERVED;
    }
    if (!is_used(there, connector)) {
        return outlet->plugged ? OCPP_CONNECTOR_PREPARING : OCPP_CONNECTOR_AVAILABLE;
    }
    const bool is_running = there->state == EVSE_RUNNING || there->state == EVSE_AWAIT_REPLUG;
    return is_running ? running[ocpp_cp_charging_state(cp, there)] : used[there->state];
}

static enum ocpp_connector_status station_status(const struct ocpp_charge_point *cp)
{
    if (ocpp_cp_fault_at(cp, 0, 0) != 0) {
        return OCPP_CONNECTOR_FAULTED;
    }
    return cp->station_inoperative ? OCPP_CONNECTOR_UNAVAILABLE : OCPP_CONNECTOR_AVAILABLE;
}

/* --- tracks: one per connector, and one for the station ---------------------------------------------------------------- */

static struct status_track *track_at(struct ocpp_charge_point *cp, int evse, int connector)
{
    return evse == 0 ? &cp->station_track : &ocpp_cp_connector(cp, evse, connector)->track;
}

/* At once, whether or not it says anything new. */
static void must_report(struct ocpp_charge_point *cp, struct status_track *track)
{
    track->must_report = true;
    track->unanswered = 0;
    track->not_before_mono_ms = cp->now.mono_ms;
}

static void update(struct ocpp_charge_point *cp, int evse, int connector, enum ocpp_connector_status status)
{
    struct status_track *track = track_at(cp, evse, connector);
    const int fault = ocpp_cp_fault_at(cp, evse, connector);
    const int fault_code = fault != 0 ? fault : ocpp_cp_warning_at(cp, evse, connector, status);
    const bool is_inherited = fault != 0 && ocpp_cp_own_fault_at(cp, evse, connector) == 0;
    if (track->status == status && track->fault_code == fault_code && track->fault_is_inherited == is_inherited) {
        return;
    }
    track->told = track->told && track->status == status;
    track->status = status;
    track->fault_code = fault_code;
    track->fault_is_inherited = is_inherited;
    track->since = ocpp_cp_moment(cp);
    cp->dirty = true;
}

void ocpp_cp_status_update(struct ocpp_charge_point *cp)
{
    update(cp, 0, 0, station_status(cp));
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
            update(cp, evse, connector, ocpp_cp_connector_status(cp, evse, connector));
        }
    }
}

static bool is_plugged(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    return outlet != NULL && outlet->plugged;
}

static struct status_report report_of(const struct ocpp_charge_point *cp, const struct status_track *track, int evse,
                                      int connector)
{
    return (struct status_report){
        .evse = evse,
        .connector = connector,
        .status = track->status,
        .plugged = is_plugged(cp, evse, connector),
        .is_pulled =
            evse != 0 && ocpp_cp_evse(cp, evse)->state == EVSE_AWAIT_REPLUG && track->status == OCPP_CONNECTOR_SUSPENDED_EV,
        .fault_code = track->fault_code,
        .fault_is_inherited = track->fault_is_inherited,
        .since = track->since,
    };
}

static int word_of(const struct ocpp_charge_point *cp, const struct status_track *track, int evse, int connector)
{
    const struct status_report report = report_of(cp, track, evse, connector);
    return cp->dialect->status_word(&report);
}

static int64_t later(int64_t one_ms, int64_t other_ms)
{
    return one_ms > other_ms ? one_ms : other_ms;
}

/* When the track is to be told; OCPP_NEVER when it says nothing new. What nobody answered is said again after a while, but what
 * came about since is news, and does not wait for it. */
static int64_t due(const struct ocpp_charge_point *cp, const struct status_track *track, int evse, int connector)
{
    if (track->status == OCPP_CONNECTOR_UNKNOWN) {
        return OCPP_NEVER;
    }
    const int word = word_of(cp, track, evse, connector);
    if (track->must_report && track->unanswered == 0) {
        return track->not_before_mono_ms;
    }
    if (track->must_report && word == track->unanswered) {
        return later(track->again_mono_ms, track->not_before_mono_ms);
    }
    if (!track->must_report && word == track->reported) {
        return OCPP_NEVER;
    }
    const int64_t settled = track->since.mono_ms + cp->values[VARIABLE_MINIMUM_STATUS_S] * 1000;
    return later(settled, track->not_before_mono_ms);
}

static int64_t next_due(const struct ocpp_charge_point *cp, int *evse, int *connector)
{
    int64_t first = OCPP_NEVER;
    *evse = *connector = 0;
    if (cp->dialect->has_station_status) {
        first = due(cp, &cp->station_track, 0, 0);
    }
    for (int i = 0; i < cp->settings.evse_count * cp->settings.connectors_per_evse; i++) {
        const int e = i / cp->settings.connectors_per_evse + 1;
        const int c = i % cp->settings.connectors_per_evse + 1;
        const int64_t at = due(cp, &cp->connectors[i].track, e, c);
        if (at < first) {
            first = at;
            *evse = e;
            *connector = c;
        }
    }
    return first;
}

int64_t ocpp_cp_status_deadline(const struct ocpp_charge_point *cp)
{
    int evse;
    int connector;
    return ocpp_cp_may_send(cp) && !ocpp_cp_waits_for_store(cp) ? next_due(cp, &evse, &connector) : OCPP_NEVER;
}

bool ocpp_cp_send_status(struct ocpp_charge_point *cp)
{
    int evse;
    int connector;
    if (next_due(cp, &evse, &connector) > cp->now.mono_ms) {
        return false;
    }
    struct status_track *track = track_at(cp, evse, connector);
    struct ocpp_fault fault;
    ocpp_cp_fault_describe(cp, evse, connector, track->fault_code, &fault);
    struct status_report report = report_of(cp, track, evse, connector);
    report.fault = track->fault_code == 0 ? NULL : &fault;
    cp->flight_slot = evse;
    cp->flight_connector = connector;
    cp->flight_word = word_of(cp, track, evse, connector);
    if (cp->dialect->send_status(cp, &report) != OCPP_OK) {
        track->not_before_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return false;
    }
    track->must_report = false;
    cp->flight = FLIGHT_STATUS;
    return true;
}

/* An answer that refuses the report is an answer: saying it again would change nothing. Silence is not. */
void ocpp_cp_status_answered(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
    struct status_track *track = track_at(cp, cp->flight_slot, cp->flight_connector);
    if (status == OCPP_ERR_TIMEOUT || status == OCPP_ERR_CLOSED) {
        must_report(cp, track);
        track->unanswered = status == OCPP_ERR_TIMEOUT ? cp->flight_word : 0;
        track->again_mono_ms = cp->now.mono_ms + STATUS_RETRY_MS;
        return;
    }
    track->reported = cp->flight_word;
    track->unanswered = 0;
}

void ocpp_cp_status_must_report(struct ocpp_charge_point *cp, int evse, int connector)
{
    must_report(cp, track_at(cp, evse, connector));
    cp->dirty = true;
}

void ocpp_cp_status_after_boot(struct ocpp_charge_point *cp)
{
    cp->station_track.reported = 0;
    ocpp_cp_status_must_report(cp, 0, 0);
    for (int i = 0; i < cp->settings.evse_count * cp->settings.connectors_per_evse; i++) {
        struct status_track *track = &cp->connectors[i].track;
        track->reported = 0;
        must_report(cp, track);
    }
}

void ocpp_cp_status_after_offline(struct ocpp_charge_point *cp)
{
    if (cp->now.mono_ms - cp->link_down_mono_ms > cp->values[VARIABLE_OFFLINE_THRESHOLD_S] * 1000) {
        ocpp_cp_status_after_boot(cp);
    }
}
