/* station_day.c: see station_day.h. */
#include "station_day.h"

#include "token_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

bool day_is_dark(const struct day *day)
{
    return test_storage_is_cut(day->world->storage);
}

struct day day_of(enum ocpp_version morning, enum ocpp_version evening, bool flushes)
{
    struct day day = { .world = world_new(), .morning = morning, .evening = evening };
    struct world *world = day.world;
    world->settings.evse_count = 2;
    world->settings.offline_unknown_allowed = true;
    world->settings.local_list_length = 8;
    world->flushes = flushes;
    test_storage_delay(world->storage, flushes);
    day.promises[PROMISE_SETTING] = (struct promise){ 60, 60 };
    return day;
}

/* --- what the firmware does ---------------------------------------------------------------------------------------------- */

static void flow(struct day *day, int64_t wh)
{
    struct world *world = day->world;
    if (!day_is_dark(day) && world->closed[1]) {
        world->meter_wh[1] += wh;
        day->energy_wh += wh;
    }
}

static void plugged(struct day *day)
{
    plug(day->world, 1);
}

static void unplugged(struct day *day)
{
    unplug(day->world, 1);
}

static void local_card(struct day *day)
{
    card(day->world, 1, "TAG");
}

static void charged(struct day *day)
{
    flow(day, 700);
    world_pass(day->world, 70);
    flow(day, 300);
}

static void suspended(struct day *day)
{
    assert_int_equal(ocpp_charge_point_vehicle(day->world->cp, 1, false, day->world->now), OCPP_OK);
    world_run(day->world);
}

/* --- what the central system does ------------------------------------------------------------------------------------------- */

static void promised(struct day *day, int what, int value, bool was_answered)
{
    day->promises[what].tried = value;
    day->accepted += was_answered;
    if (was_answered) {
        day->promises[what].kept = value;
    }
}

static void remote_start(struct day *day)
{
    central_starts(day->world, 1, "APP");
}

static void change_setting(struct day *day)
{
    struct world *world = day->world;
    const bool is_old = world_is_old(world);
    day->promises[PROMISE_SETTING].tried = 45;
    const char *answer = central_asks(world, is_old ? "ChangeConfiguration" : "SetVariables",
                                      is_old ? "{'key':'MeterValueSampleInterval','value':'45'}"
                                             : "{'setVariableData':[{'component':{'name':'SampledDataCtrlr'},'variable':"
                                               "{'name':'TxUpdatedInterval'},'attributeValue':'45'}]}");
    const char *status = value_of(answer, is_old ? "status" : "setVariableResult/0/attributeStatus");
    promised(day, PROMISE_SETTING, 45, strcmp(status, "Accepted") == 0);
}

static void send_list(struct day *day, const char *kind, int version, const char *entries)
{
    promised(day, PROMISE_LIST, version, false);
    promised(day, PROMISE_LIST, version, strcmp(list_sent(day->world, kind, version, entries), "Accepted") == 0);
}

static void new_list(struct day *day)
{
    send_list(day, "Full", 3, "TAG=Accepted OTHER=Blocked");
}

static void changed_list(struct day *day)
{
    send_list(day, "Differential", 4, "-OTHER MORE=Accepted");
}

static void change_availability(struct day *day, bool operative)
{
    struct world *world = day->world;
    char payload[96];
    promised(day, PROMISE_OUT_OF_SERVICE, !operative, false);
    snprintf(payload, sizeof(payload),
             world_is_old(world) ? "{'connectorId':2,'type':'%s'}" : "{'evse':{'id':2},'operationalStatus':'%s'}",
             operative ? "Operative" : "Inoperative");
    const char *status = value_of(central_asks(world, "ChangeAvailability", payload), "status");
    promised(day, PROMISE_OUT_OF_SERVICE, !operative, strcmp(status, "Accepted") == 0);
}

static void out_of_service(struct day *day)
{
    change_availability(day, false);
}

static void back_in_service(struct day *day)
{
    change_availability(day, true);
}

static void reserve(struct day *day)
{
    struct world *world = day->world;
    promised(day, PROMISE_RESERVED, 1, false);
    const char *status =
        value_of(central_asks(world, "ReserveNow",
                              world_is_old(world) ? "{'connectorId':2,'expiryDate':'2035-01-01T00:00:00Z','idTag':'HERS',"
                                                    "'reservationId':5}"
                                                  : "{'id':5,'evseId':2,'expiryDateTime':'2035-01-01T00:00:00Z',"
                                                    "'idToken':{'idToken':'HERS','type':'ISO14443'}}"),
                 "status");
    promised(day, PROMISE_RESERVED, 1, strcmp(status, "Accepted") == 0);
}

static void cancel(struct day *day)
{
    promised(day, PROMISE_RESERVED, 0, false);
    const char *status = value_of(central_asks(day->world, "CancelReservation", "{'reservationId':5}"), "status");
    promised(day, PROMISE_RESERVED, 0, strcmp(status, "Accepted") == 0);
}

static void limit(struct day *day)
{
    struct world *world = day->world;
    promised(day, PROMISE_LIMIT, 6000, false);
    const char *answer =
        central_asks(world, "SetChargingProfile",
                     world_is_old(world)
                         ? "{'connectorId':1,'csChargingProfiles':{'chargingProfileId':7,'stackLevel':0,'chargingProfilePurpose':"
                           "'TxDefaultProfile','chargingProfileKind':'Relative','chargingSchedule':{'chargingRateUnit':'W',"
                           "'chargingSchedulePeriod':[{'startPeriod':0,'limit':6000}]}}}"
                         : "{'evseId':1,'chargingProfile':{'id':7,'stackLevel':0,'chargingProfilePurpose':'TxDefaultProfile',"
                           "'chargingProfileKind':'Relative','chargingSchedule':[{'id':1,'chargingRateUnit':'W',"
                           "'chargingSchedulePeriod':[{'startPeriod':0,'limit':6000}]}]}}");
    promised(day, PROMISE_LIMIT, 6000, strcmp(value_of(answer, "status"), "Accepted") == 0);
}

static void no_limit(struct day *day)
{
    promised(day, PROMISE_LIMIT, 0, false);
    const char *answer =
        central_asks(day->world, "ClearChargingProfile", world_is_old(day->world) ? "{'id':7}" : "{'chargingProfileId':7}");
    promised(day, PROMISE_LIMIT, 0, strcmp(value_of(answer, "status"), "Accepted") == 0);
}

/* The software starts anew; the store and what was set for it stay as they are. It may go dark on the way. */
bool day_restart(struct day *day)
{
    struct world *world = day->world;
    world_power_off(world);
    world->central_utc_ms += world->now.mono_ms + 20000 - 700;
    world->now = (struct ocpp_now){ 700, OCPP_UTC_UNKNOWN };
    return day_switch_on(day);
}

bool day_switch_on(struct day *day)
{
    struct world *world = day->world;
    for (int again = 0; again < 3 && world->cp == NULL && !day_is_dark(day); again++) {
        world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
    }
    if (world->cp == NULL) {
        return false;
    }
    world_run(world);
    return !day_is_dark(day);
}

/* The firmware obeys, and the vehicle stays where it is. */
static void reset(struct day *day)
{
    struct world *world = day->world;
    const int before = world->restarts;
    central_asks(world, "Reset", world_is_old(world) ? "{'type':'Soft'}" : "{'type':'Immediate'}");
    if (!day_is_dark(day) && world->restarts > before && day_restart(day)) {
        plug(world, 1);
    }
}

/* --- the link ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_version wanted(const struct day *day)
{
    return day->is_evening ? day->evening : day->morning;
}

static enum ocpp_version negotiated(const struct day *day)
{
    enum ocpp_version offered[4];
    ocpp_charge_point_offer(day->world->cp, day->world->now, offered);
    for (size_t i = 0; i < 4 && offered[i] != OCPP_VERSION_NONE; i++) {
        if (offered[i] == wanted(day)) {
            return wanted(day);
        }
    }
    return offered[0];
}

static void unlink_station(struct day *day)
{
    world_disconnect(day->world);
}

void day_link(struct day *day)
{
    for (int again = 0; again < 2 && !day_is_dark(day); again++) {
        const enum ocpp_version version = negotiated(day);
        if (ocpp_charge_point_view(day->world->cp).version != OCPP_VERSION_NONE) {
            return;
        }
        world_connect(day->world, version);
        struct ocpp_evse_view view;
        if (day_is_dark(day) || version == wanted(day) || ocpp_charge_point_evse(day->world->cp, 1, &view) != OCPP_OK ||
            view.transaction) {
            return;
        }
        unlink_station(day);
    }
}

/* EVSE 2 has a transaction of its own that nobody is told of yet. */
static void change_offline(struct day *day)
{
    plug(day->world, 2);
    card(day->world, 2, "HERS");
    world_pass(day->world, 60);
}

static void evening(struct day *day)
{
    day->is_evening = true;
}

/* --- the script ---------------------------------------------------------------------------------------------------------------
 */

typedef void (*step)(struct day *day);

static const step whole_day[] = {
    day_link,     plugged,         local_card,     charged,      suspended,      local_card, unplugged,  /* with a link */
    new_list,     out_of_service,  change_setting, limit,                                                /* orders */
    remote_start, plugged,         charged,        changed_list, unlink_station, charged,    unplugged,  /* ends without one */
    plugged,      local_card,      charged,        local_card,   unplugged,                              /* all without one */
    plugged,      local_card,      charged,        evening,      day_link,       charged,    local_card, /* comes back with one */
    unplugged,    back_in_service, reserve,                                                              /* */
    plugged,      local_card,      charged,        reset,        day_link,       unplugged,  cancel,
    no_limit,                                                               /* into a restart */
    plugged,      local_card,      charged,        local_card,   unplugged, /* as good as new */
};

static const step short_day[] = {
    day_link, plugged,    local_card, charged,  unlink_station, local_card, unplugged,
    plugged,  local_card, evening,    day_link, local_card,     unplugged,
};

static void live(struct day *day, const step *steps, size_t count)
{
    for (size_t i = 0; i < count && !day_is_dark(day); i++) {
        steps[i](day);
        if (!day_is_dark(day) && !day->meddles) {
            day_is_consistent(day->world);
        }
    }
}

void day_live(struct day *day)
{
    live(day, whole_day, COUNT_OF(whole_day));
}

void day_live_until_late(struct day *day)
{
    size_t count = 0;
    while (whole_day[count] != reset) {
        count++;
    }
    live(day, whole_day, count);
    unlink_station(day);
    world_pass(day->world, 60);
    change_offline(day);
}

void day_live_shortly(struct day *day)
{
    live(day, short_day, COUNT_OF(short_day));
}

void day_recover(struct day *day)
{
    world_power_back(day->world, 3600);
    day_link(day);
}

void day_settle(struct day *day)
{
    day_link(day);
    world_pass(day->world, 60);
    if (day->world->closed[1]) {
        card(day->world, 1, "TAG");
    }
    unplug(day->world, 1);
    world_pass(day->world, 400);
}

/* --- what must be true ------------------------------------------------------------------------------------------------------ */

static int list_there(struct world *world)
{
    return list_version(world);
}

static int setting_there(struct world *world)
{
    const bool is_old = world_is_old(world);
    const char *answer = central_asks(world, is_old ? "GetConfiguration" : "GetVariables",
                                      is_old ? "{'key':['MeterValueSampleInterval']}"
                                             : "{'getVariableData':[{'component':{'name':'SampledDataCtrlr'},'variable':{'name':"
                                               "'TxUpdatedInterval'}}]}");
    const char *text = value_of(answer, is_old ? "configurationKey/0/value" : "getVariableResult/0/attributeValue");
    int value = -1;
    assert_int_equal(sscanf(text, "%d", &value), 1);
    return value;
}

static int out_of_service_there(struct world *world)
{
    return world->shown[2] == OCPP_CONNECTOR_UNAVAILABLE;
}

static int reserved_there(struct world *world)
{
    return world->shown[2] == OCPP_CONNECTOR_RESERVED;
}

/* The composite schedule of EVSE 1 begins with the limit, or has none below what the hardware can. */
static int limit_there(struct world *world)
{
    const bool is_old = world_is_old(world);
    const char *answer = central_asks(world, "GetCompositeSchedule",
                                      is_old ? "{'connectorId':1,'duration':60,'chargingRateUnit':'W'}"
                                             : "{'evseId':1,'duration':60,'chargingRateUnit':'W'}");
    const char *text =
        value_of(answer, is_old ? "chargingSchedule/chargingSchedulePeriod/0/limit" : "schedule/chargingSchedulePeriod/0/limit");
    return strcmp(text, "6000") == 0 ? 6000 : 0;
}

static void promises_hold(struct day *day)
{
    static int (*const there[PROMISE_COUNT])(struct world * world) = {
        [PROMISE_SETTING] = setting_there,   [PROMISE_LIST] = list_there,   [PROMISE_OUT_OF_SERVICE] = out_of_service_there,
        [PROMISE_RESERVED] = reserved_there, [PROMISE_LIMIT] = limit_there,
    };
    for (int i = 0; i < PROMISE_COUNT; i++) {
        struct promise *promise = &day->promises[i];
        const int found = there[i](day->world);
        if (found != promise->kept && found != promise->tried) {
            fail_msg("promise %d: %d was told to hold, %d holds", i, promise->kept, found);
        }
        promise->kept = promise->tried = found;
    }
}

int64_t day_told_wh(const struct day *day)
{
    int64_t told_wh = 0;
    for (size_t i = 0; i < day->world->session_count; i++) {
        told_wh += day->world->sessions[i].meter_stop - day->world->sessions[i].meter_start;
    }
    return told_wh;
}

void day_is_told(const struct day *day)
{
    const struct world *world = day->world;
    const struct ocpp_charge_point_view view = ocpp_charge_point_view(world->cp);
    for (size_t i = 0; i < world->session_count; i++) {
        const struct session *session = &world->sessions[i];
        assert_int_equal(session->started, 1);
        assert_int_equal(session->ended, 1);
        assert_true(strcmp(session->started_at, session->ended_at) <= 0);
    }
    assert_int_equal(view.queued_records, 0);
    assert_int_equal(view.dead_letters, 0);
    assert_int_equal(view.corrupt_records, 0);
    assert_false(world->closed[1]);
}

void day_is_exact(struct day *day)
{
    day_is_told(day);
    assert_int_equal(day_told_wh(day), day->energy_wh);
    promises_hold(day);
}

static void evse_is_consistent(const struct world *world, int evse)
{
    struct ocpp_evse_view view;
    const struct ocpp_permit permit = ocpp_charge_point_permit(world->cp, evse, world->now);
    assert_int_equal(ocpp_charge_point_evse(world->cp, evse, &view), OCPP_OK);
    assert_int_equal(permit.closed, world->closed[evse]); /* the firmware was told */
    assert_true(!permit.closed || (view.transaction && permit.reason == OCPP_PERMIT_CHARGING));
    assert_true(permit.closed || view.charging_state != OCPP_CHARGING_STATE_CHARGING);
    assert_int_equal(view.transaction, view.transaction_uuid[0] != '\0');
    assert_true(view.transaction || (view.transaction_id[0] == '\0' && view.energy_wh == 0));
    assert_true(view.energy_wh >= 0);
    assert_int_equal(view.status, world->shown[evse]);
    assert_true(view.status != OCPP_CONNECTOR_CHARGING || permit.closed);
}

void day_is_consistent(const struct world *world)
{
    const struct ocpp_charge_point_view view = ocpp_charge_point_view(world->cp);
    for (int evse = 1; evse <= world->settings.evse_count; evse++) {
        evse_is_consistent(world, evse);
    }
    assert_true(view.parked_records <= view.queued_records);
    assert_true(view.queued_records <= world->settings.max_queued_records);
    assert_true(view.dead_letters <= 100);
    assert_true(ocpp_charge_point_deadline(world->cp) >= world->now.mono_ms); /* nothing due was left undone */
}
