/* Block H of a station: reservations, in both families of versions. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600 };

static struct world *with_evses(void **state, int evses)
{
    struct world *world = world_new();
    world->settings.evse_count = evses;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    central_forgets(world);
    return world;
}

/* A reservation as the central system asks for it. */
struct order {
    int id;
    int evse; /* 0: none is named */
    const char *token;
    const char *group; /* NULL: none */
    const char *type;  /* of the connector; 2.x */
    int seconds;       /* until it expires; 0: an hour */
};

static const char *place_order(struct world *world, const struct order *order)
{
    char expiry[OCPP_TIME_TEXT_SIZE];
    char payload[512];
    char rest[160] = "";
    size_t size = 0;
    const int seconds = order->seconds == 0 ? HOUR : order->seconds;
    ocpp_time_format(world->central_utc_ms + world->now.mono_ms + seconds * 1000LL, expiry);
    if (world_is_old(world)) {
        if (order->group != NULL) {
            snprintf(rest, sizeof(rest), ",'parentIdTag':'%s'", order->group);
        }
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'expiryDate':'%s','idTag':'%s','reservationId':%d%s}", order->evse,
                 expiry, order->token, order->id, rest);
        return value_of(central_asks(world, "ReserveNow", payload), "status");
    }
    if (order->evse != 0) {
        size += (size_t)snprintf(rest + size, sizeof(rest) - size, ",'evseId':%d", order->evse);
    }
    if (order->group != NULL) {
        size +=
            (size_t)snprintf(rest + size, sizeof(rest) - size, ",'groupIdToken':{'idToken':'%s','type':'Central'}", order->group);
    }
    if (order->type != NULL) {
        snprintf(rest + size, sizeof(rest) - size, ",'connectorType':'%s'", order->type);
    }
    snprintf(payload, sizeof(payload), "{'id':%d,'expiryDateTime':'%s','idToken':{'idToken':'%s','type':'ISO14443'}%s}",
             order->id, expiry, order->token, rest);
    return value_of(central_asks(world, "ReserveNow", payload), "status");
}

static const char *reserve(struct world *world, int id, int evse, const char *token)
{
    const struct order order = { .id = id, .evse = evse, .token = token };
    return place_order(world, &order);
}

static const char *cancel(struct world *world, int id)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'reservationId':%d}", id);
    return value_of(central_asks(world, "CancelReservation", payload), "status");
}

static const char *starts_with_group(struct world *world, int evse, const char *token, const char *group)
{
    char payload[256];
    snprintf(payload, sizeof(payload),
             "{'idToken':{'idToken':'%s','type':'ISO14443'},'remoteStartId':7,'evseId':%d,'groupIdToken':{'idToken':'%s','type':'"
             "Central'}}",
             token, evse, group);
    return value_of(central_asks(world, "RequestStartTransaction", payload), "status");
}

static void sees_status(struct world *world, int evse, const char *status)
{
    char members[64];
    snprintf(members, sizeof(members), world_is_old(world) ? "connectorId=%d status=%s" : "evseId=%d connectorStatus=%s", evse,
             status);
    central_sees(world, "StatusNotification", members);
}

static void set_fault(struct world *world, int evse, const char *code)
{
    const struct ocpp_fault fault = { .code = code };
    assert_int_equal(ocpp_charge_point_fault(world->cp, evse, 0, code == NULL ? NULL : &fault, world->now), OCPP_OK);
    world_run(world);
}

static const char *set_operative(struct world *world, int evse, bool operative)
{
    char payload[128];
    char place[32] = "";
    if (evse != 0) {
        snprintf(place, sizeof(place), ",'evse':{'id':%d}", evse);
    }
    if (world_is_old(world)) {
        snprintf(payload, sizeof(payload), "{'connectorId':%d,'type':'%s'}", evse, operative ? "Operative" : "Inoperative");
    } else {
        snprintf(payload, sizeof(payload), "{'operationalStatus':'%s'%s}", operative ? "Operative" : "Inoperative", place);
    }
    return value_of(central_asks(world, "ChangeAvailability", payload), "status");
}

static void sees_start_with(struct world *world, int reservation)
{
    char members[96];
    snprintf(members, sizeof(members),
             world_is_old(world) ? "reservationId=%d" : "eventType=Started reservationId=%d transactionInfo/transactionId=*",
             reservation);
    central_sees(world, world_is_old(world) ? "StartTransaction" : "TransactionEvent", members);
}

static void sees_start_without(struct world *world)
{
    central_sees(world, world_is_old(world) ? "StartTransaction" : "TransactionEvent", "reservationId=-");
}

static size_t kept(const struct world *world)
{
    struct ocpp_reservation_view views[4];
    return ocpp_charge_point_reservations(world->cp, views, COUNT_OF(views));
}

/* --- one EVSE ------------------------------------------------------------------------------------------------------------- */

/* TC_H_01_CS; TC_046_1_CS; H01.FR.03, FR.15, FR.23; H03.FR.01, FR.09, FR.10; E03.FR.03. 1.6: title only, steps ours. */
static void whoever_reserved_an_evse_charges_there(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "A");
    sees_status(world, 1, world_is_old(world) ? "Preparing" : "Available");
    plug(world, 1);
    sees_start_with(world, 11);
    assert_true(world->closed[1]);
    assert_int_equal(kept(world), 0);
    unplug(world, 1);
    central_forgets(world);
    plug(world, 1);
    card(world, 1, "B");
    sees_start_without(world);
    world_free(world);
}

/* G01.FR.06, FR.09; G03.FR.09; 1.6 4.9. A cable alone changes nothing at a reserved place; its owner's card does (G2). */
static void a_cable_alone_does_not_change_a_reserved_connector(void **state)
{
    struct world *world = with_evses(state, 1);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    plug(world, 1);
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "B");
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "A");
    sees_status(world, 1, world_is_old(world) ? "Charging" : "Occupied");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_H_02_CS; H03.FR.01; F01.FR.21. Main A and main B: at the reader, and from afar. */
static void nobody_else_charges_at_a_reserved_evse(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    plug(world, 1);
    central_forgets(world);
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_false(world->closed[1]);
    central_does_not_see(world, "Authorize");
    assert_string_equal(central_starts(world, 1, "B"), "Rejected");
    assert_false(world->closed[1]);
    plug(world, 2);
    card(world, 2, "B");
    assert_true(world->closed[2]);
    world_free(world);
}

/* TC_046_2_CS; F02.FR.06; H03.FR.09; 2.0.1 errata 2.32. Title only, steps ours: the owner's start from afar uses it. */
static void a_remote_start_of_the_owner_uses_the_reservation(void **state)
{
    struct world *world = with_evses(state, 2);
    const struct order order = { .id = 12, .evse = 2, .token = "A" };
    place_order(world, &order);
    if (world_is_old(world)) {
        assert_string_equal(central_starts(world, 2, "A"), "Accepted");
    } else {
        assert_string_equal(starts_with_group(world, 2, "A", "G"), "Accepted");
    }
    plug(world, 2);
    sees_start_with(world, 12);
    assert_int_equal(kept(world), 0);
    world_free(world);
}

/* TC_H_03_CS; H01.FR.11; 1.6 5.13: for the same or another token. */
static void a_reserved_evse_cannot_be_reserved_again(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    assert_string_equal(reserve(world, 12, 1, "B"), "Occupied");
    assert_string_equal(reserve(world, 13, 1, "A"), "Occupied");
    assert_int_equal(kept(world), 1);
    world_free(world);
}

/* TC_H_04_CS; TC_048_2_CS; H01.FR.11. 1.6: title only, steps ours. Also while somebody is on the way to charging there. */
static void an_evse_in_use_cannot_be_reserved(void **state)
{
    struct world *world = with_evses(state, 1);
    card(world, 1, "A");
    assert_string_equal(reserve(world, 11, 1, "B"), "Occupied");
    plug(world, 1);
    assert_true(world->closed[1]);
    assert_string_equal(reserve(world, 11, 1, "B"), "Occupied");
    card(world, 1, "A");
    assert_string_equal(reserve(world, 11, 1, "B"), "Occupied");
    unplug(world, 1);
    plug(world, 1);
    assert_string_equal(reserve(world, 11, 1, "B"), "Occupied");
    unplug(world, 1);
    assert_string_equal(reserve(world, 11, 1, "B"), "Accepted");
    world_free(world);
}

/* TC_048_1_CS; H01.FR.12. Title only, steps ours. */
static void a_faulted_evse_cannot_be_reserved(void **state)
{
    struct world *world = with_evses(state, 2);
    set_fault(world, 1, "GroundFailure");
    assert_string_equal(reserve(world, 11, 1, "A"), "Faulted");
    assert_string_equal(reserve(world, 11, 2, "A"), "Accepted");
    world_free(world);
}

/* TC_H_06_CS; TC_048_3_CS; H01.FR.14. 1.6: title only, steps ours. */
static void an_evse_out_of_service_cannot_be_reserved(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(set_operative(world, 1, false), "Accepted");
    assert_string_equal(reserve(world, 11, 1, "A"), "Unavailable");
    assert_string_equal(reserve(world, 11, 2, "A"), "Accepted");
    world_free(world);
}

/* TC_H_07_CS; TC_047_CS; H04.FR.01, FR.02, FR.03; 1.6 5.13. 1.6: title only, steps ours. */
static void a_reservation_ends_when_its_time_is_over(void **state)
{
    struct world *world = with_evses(state, 1);
    const struct order order = { .id = 11, .evse = 1, .token = "A", .seconds = 60 };
    assert_string_equal(place_order(world, &order), "Accepted");
    sees_status(world, 1, "Reserved");
    world_pass(world, 59);
    central_does_not_see(world, "StatusNotification");
    world_pass(world, 2);
    sees_status(world, 1, "Available");
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationId=11 reservationUpdateStatus=Expired");
    }
    world_pass(world, 120);
    central_does_not_see(world, "ReservationStatusUpdate");
    plug(world, 1);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    sees_start_without(world);
    world_free(world);
}

/* TC_H_17_CS; TC_051_CS; H02.FR.02, FR.03, FR.04; 1.6 5.1. 1.6: title only, steps ours. Nothing is told but the status (H02,
 * remark). */
static void a_reservation_is_cancelled(void **state)
{
    struct world *world = with_evses(state, 1);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    assert_string_equal(cancel(world, 11), "Accepted");
    sees_status(world, 1, "Available");
    central_does_not_see(world, "ReservationStatusUpdate");
    plug(world, 1);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_H_18_CS; TC_052_CS; H02.FR.01. 1.6: title only, steps ours. Also twice, and one that was used. */
static void what_is_not_reserved_cannot_be_cancelled(void **state)
{
    struct world *world = with_evses(state, 1);
    assert_string_equal(cancel(world, 1), "Rejected");
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    assert_string_equal(cancel(world, 1), "Rejected");
    assert_string_equal(cancel(world, 11), "Accepted");
    assert_string_equal(cancel(world, 11), "Rejected");
    assert_string_equal(reserve(world, 12, 1, "A"), "Accepted");
    plug(world, 1);
    card(world, 1, "A");
    assert_string_equal(cancel(world, 12), "Rejected");
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_H_19_CS; TC_053_1_CS; H03.FR.04, FR.08; H01.FR.15. 1.6: title only, steps ours. The central system is asked for the group.
 */
static void one_of_the_group_charges_at_the_reserved_evse(void **state)
{
    struct world *world = with_evses(state, 1);
    const struct order order = { .id = 11, .evse = 1, .token = "A", .group = "G" };
    assert_string_equal(place_order(world, &order), "Accepted");
    sees_status(world, 1, "Reserved");
    plug(world, 1);
    world->authorize_group = "OTHER";
    card(world, 1, "B");
    central_sees(world, "Authorize", "");
    assert_false(world->closed[1]);
    world->authorize_group = "g";
    card(world, 1, "C");
    central_sees(world, "Authorize", "");
    sees_start_with(world, 11);
    assert_true(world->closed[1]);
    world_free(world);
}

/* TC_053_2_CS. Title only, steps ours: a start from afar does not tell the group, so the central system is asked. */
static void a_remote_start_of_the_group_asks_for_the_group(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_1_6;
    void *wanted = &version;
    struct world *world = with_evses(&wanted, 1);
    const struct order order = { .id = 11, .evse = 1, .token = "A", .group = "G" };
    assert_string_equal(place_order(world, &order), "Accepted");
    world->authorize_group = "H";
    assert_string_equal(central_starts(world, 1, "B"), "Accepted");
    central_sees(world, "Authorize", "idTag=B");
    plug(world, 1);
    assert_false(world->closed[1]);
    world->authorize_group = "G";
    assert_string_equal(central_starts(world, 1, "B"), "Accepted");
    central_sees(world, "Authorize", "idTag=B");
    sees_start_with(world, 11);
    world_free(world);
}

/* F01.FR.21, FR.22; F02.FR.23, FR.24. */
static void a_remote_start_of_another_group_is_rejected(void **state)
{
    (void)state;
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_evses(&wanted, 1);
    const struct order order = { .id = 11, .evse = 1, .token = "A", .group = "G" };
    assert_string_equal(place_order(world, &order), "Accepted");
    assert_string_equal(starts_with_group(world, 1, "B", "H"), "Rejected");
    assert_string_equal(central_starts(world, 1, "B"), "Rejected");
    assert_string_equal(starts_with_group(world, 1, "B", "G"), "Accepted");
    plug(world, 1);
    sees_start_with(world, 11);
    world_free(world);
}

/* TC_H_21_CS; H01.FR.17; 1.6 5.13. */
static void a_reservation_goes_with_the_service_of_its_evse(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    assert_string_equal(set_operative(world, 1, false), "Accepted");
    sees_status(world, 1, "Unavailable");
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationId=11 reservationUpdateStatus=Removed");
    }
    assert_string_equal(set_operative(world, 1, true), "Accepted");
    sees_status(world, 1, "Available");
    plug(world, 1);
    card(world, 1, "B");
    assert_true(world->closed[1]);
    world_free(world);
}

/* H01.FR.16; 1.6 5.13, 4.9. Back to Available after the fault (I1), not to Reserved: the reservation is gone. */
static void a_reservation_goes_with_a_fault_of_its_evse(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    const struct ocpp_fault fault = { .code = "GroundFailure" };
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, &fault, world->now), OCPP_OK);
    world_run(world);
    sees_status(world, 1, "Faulted");
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationId=11 reservationUpdateStatus=Removed");
    }
    assert_int_equal(ocpp_charge_point_fault(world->cp, 1, 1, NULL, world->now), OCPP_OK);
    world_run(world);
    sees_status(world, 1, "Available");
    assert_int_equal(kept(world), 0);
    world_free(world);
}

/* TC_H_22_CS; TC_048_4_CS; TC_050_4_CS; H01.FR.01. 1.6: titles only, steps ours. In 1.6 the firmware switches it off. */
static void a_station_may_take_no_reservations(void **state)
{
    struct world *world = world_new();
    world->settings.reservations_off = true;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(reserve(world, 11, 1, "A"), "Rejected");
    assert_string_equal(reserve(world, 11, 0, "A"), "Rejected");
    if (!world_is_old(world)) {
        assert_string_equal(
            value_of(central_asks(world, "SetVariables",
                                  "{'setVariableData':[{'component':{'name':'ReservationCtrlr'},'variable':{'name':'Enabled'},"
                                  "'attributeValue':'true'}]}"),
                     "setVariableResult/0/attributeStatus"),
            "Accepted");
        assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    }
    world_free(world);
}

/* TC_H_23_CS; H01.FR.02; 1.6 5.13. */
static void a_reservation_is_replaced_by_one_of_the_same_id(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    assert_string_equal(reserve(world, 11, 1, "B"), "Accepted");
    assert_int_equal(kept(world), 1);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_string_equal(reserve(world, 11, 2, "B"), "Accepted");
    sees_status(world, 1, "Available");
    sees_status(world, 2, "Reserved");
    plug(world, 2);
    card(world, 2, "B");
    sees_start_with(world, 11);
    world_free(world);
}

/* H01.FR.02. The new one cannot be had, so the old one stays. */
static void a_replacement_that_cannot_be_had_changes_nothing(void **state)
{
    struct world *world = with_evses(state, 2);
    plug(world, 2);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    assert_string_equal(reserve(world, 11, 2, "B"), "Occupied");
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    world_free(world);
}

/* H03.FR.09; 1.6 5.13. Its owner comes and does not plug in: in 2.x that was the use of it, in 1.6 only a transaction is. */
static void an_owner_who_does_not_plug_in_has_used_it_in_2_x_only(void **state)
{
    struct world *world = with_evses(state, 1);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    card(world, 1, "A");
    world_pass(world, 61);
    if (world_is_old(world)) {
        sees_status(world, 1, "Reserved");
        assert_int_equal(kept(world), 1);
    } else {
        sees_status(world, 1, "Available");
        central_sees(world, "ReservationStatusUpdate", "reservationId=11 reservationUpdateStatus=Removed");
        assert_int_equal(kept(world), 0);
    }
    world_free(world);
}

/* Places and times that no reservation can have. */
static void an_order_that_makes_no_sense_is_rejected(void **state)
{
    struct world *world = with_evses(state, 1);
    const struct order past = { .id = 11, .evse = 1, .token = "A", .seconds = -1 };
    assert_string_equal(place_order(world, &past), "Rejected");
    assert_string_equal(reserve(world, 11, 9, "A"), "Rejected");
    assert_string_equal(reserve(world, 11, 1, ""), "Rejected");
    assert_int_equal(kept(world), 0);
    world_free(world);
}

/* The token of a reservation may be a number that is typed in (KeyCode). */
static void a_key_code_reserves_and_opens(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    const char *order =
        "{'id':11,'expiryDateTime':'2033-01-01T00:00:00Z','evseId':1,'idToken':{'idToken':'4711','type':'KeyCode'}}";
    assert_string_equal(value_of(central_asks(world, "ReserveNow", order), "status"), "Accepted");
    plug(world, 1);
    card(world, 1, "4711"); /* a card with the same number is another token (C01.FR.25) */
    assert_false(world->closed[1]);
    const struct ocpp_token code = { "4711", OCPP_TOKEN_KEY_CODE };
    assert_int_equal(ocpp_charge_point_token(world->cp, 1, &code, world->now), OCPP_OK);
    world_run(world);
    assert_true(world->closed[1]);
    sees_start_with(world, 11);
    world_free(world);
}

/* --- any EVSE ------------------------------------------------------------------------------------------------------------- */

/* TC_H_08_CS; TC_049_CS; H01.FR.04, FR.07, FR.15, FR.18, FR.20; H03.FR.03. 1.6: title only, steps ours. The station has one EVSE.
 */
static void whoever_reserved_any_evse_charges(void **state)
{
    struct world *world = with_evses(state, 1);
    assert_string_equal(reserve(world, 11, 0, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    plug(world, 1);
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "A");
    sees_start_with(world, 11);
    assert_true(world->closed[1]);
    world_free(world);
}

/* H01.FR.07, FR.20; H02.FR.05; 2.0.1 errata 2.32 S3. As long as another is left over, anybody may have one. */
static void one_evse_stays_for_whoever_reserved_any(void **state)
{
    struct world *world = with_evses(state, 3);
    assert_string_equal(reserve(world, 11, 0, "A"), "Accepted");
    central_does_not_see(world, "StatusNotification");
    plug(world, 2);
    card(world, 2, "B");
    assert_true(world->closed[2]);
    central_forgets(world);
    plug(world, 3);
    sees_status(world, 1, "Reserved");
    card(world, 1, "C");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    card(world, 3, "C");
    assert_true(world->closed[3]);
    plug(world, 1);
    card(world, 1, "A");
    sees_start_with(world, 11);
    world_free(world);
}

/* H02.FR.05, FR.06. An EVSE that becomes free sets the other one free. */
static void an_evse_that_becomes_free_frees_the_one_that_was_kept(void **state)
{
    struct world *world = with_evses(state, 2);
    plug(world, 2);
    assert_string_equal(reserve(world, 11, 0, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    unplug(world, 2);
    sees_status(world, 1, "Available");
    assert_string_equal(reserve(world, 12, 2, "B"), "Accepted");
    sees_status(world, 1, "Reserved");
    assert_string_equal(cancel(world, 11), "Accepted");
    sees_status(world, 1, "Available");
    world_free(world);
}

/* TC_H_09_CS; TC_H_14_CS; H01.FR.11, FR.20. As many as there are EVSEs, and not one more. */
static void as_many_may_reserve_as_there_are_evses(void **state)
{
    struct world *world = with_evses(state, 3);
    assert_string_equal(reserve(world, 1, 0, "A"), "Accepted");
    assert_string_equal(reserve(world, 2, 0, "B"), "Accepted");
    central_does_not_see(world, "StatusNotification");
    assert_string_equal(reserve(world, 3, 0, "C"), "Accepted");
    sees_status(world, 1, "Reserved");
    sees_status(world, 2, "Reserved");
    sees_status(world, 3, "Reserved");
    assert_string_equal(reserve(world, 4, 0, "D"), "Occupied");
    assert_string_equal(reserve(world, 5, 2, "D"), "Occupied");
    for (int evse = 1; evse <= 3; evse++) {
        card(world, evse, "D");
        assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    }
    card(world, 0, "D");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    world_free(world);
}

/* TC_H_10_CS; TC_050_2_CS; H01.FR.11. 1.6: title only, steps ours. */
static void nothing_can_be_reserved_where_all_are_in_use(void **state)
{
    struct world *world = with_evses(state, 2);
    for (int evse = 1; evse <= 2; evse++) {
        plug(world, evse);
        card(world, evse, evse == 1 ? "X" : "Y");
        assert_true(world->closed[evse]);
    }
    assert_string_equal(reserve(world, 11, 0, "A"), "Occupied");
    world_free(world);
}

/* TC_H_12_CS; TC_050_3_CS; H01.FR.14. 1.6: title only, steps ours. */
static void nothing_can_be_reserved_where_all_is_out_of_service(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(set_operative(world, 0, false), "Accepted");
    assert_string_equal(reserve(world, 11, 0, "A"), "Unavailable");
    set_fault(world, 1, "GroundFailure");
    assert_string_equal(reserve(world, 11, 0, "A"), "Unavailable");
    world_free(world);
}

/* TC_050_1_CS; H01.FR.12. Title only, steps ours. */
static void nothing_can_be_reserved_where_all_is_faulted(void **state)
{
    struct world *world = with_evses(state, 2);
    set_fault(world, 1, "GroundFailure");
    assert_string_equal(reserve(world, 10, 0, "A"), "Accepted");
    assert_string_equal(cancel(world, 10), "Accepted");
    set_fault(world, 2, "HighTemperature");
    assert_string_equal(reserve(world, 11, 0, "A"), "Faulted");
    world_free(world);
}

/* TC_H_13_CS; H01.FR.19; 1.6 5.13. The EVSE has to be named. */
static void a_station_may_want_the_evse_named(void **state)
{
    struct world *world = world_new();
    world->settings.reservations_by_evse = true;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    assert_string_equal(reserve(world, 11, 0, "A"), "Rejected");
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    world_free(world);
}

/* TC_H_24_CS; H03.FR.06, FR.07. */
static void one_of_the_group_charges_at_any_evse(void **state)
{
    struct world *world = with_evses(state, 1);
    const struct order order = { .id = 11, .evse = 0, .token = "A", .group = "G" };
    assert_string_equal(place_order(world, &order), "Accepted");
    sees_status(world, 1, "Reserved");
    world->authorize_group = "G";
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    plug(world, 1);
    sees_start_with(world, 11);
    world_free(world);
}

/* H01.FR.16, FR.17. Where too few are left the last that came goes first. */
static void the_latest_go_first_when_evses_fail(void **state)
{
    struct world *world = with_evses(state, 3);
    assert_string_equal(reserve(world, 1, 0, "A"), "Accepted");
    assert_string_equal(reserve(world, 2, 0, "B"), "Accepted");
    set_fault(world, 1, "GroundFailure");
    assert_int_equal(kept(world), 2);
    set_fault(world, 3, "GroundFailure");
    assert_int_equal(kept(world), 1);
    struct ocpp_reservation_view view;
    assert_int_equal(ocpp_charge_point_reservations(world->cp, &view, 1), 1);
    assert_int_equal(view.id, 1);
    assert_string_equal(view.token.id, "A");
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationId=2 reservationUpdateStatus=Removed");
    }
    world_free(world);
}

/* A reader for all EVSEs: the card goes to the place that is kept for it, or to one that is kept for nobody. */
static void a_card_at_a_common_reader_finds_its_place(void **state)
{
    struct world *world = with_evses(state, 3);
    assert_string_equal(reserve(world, 1, 2, "A"), "Accepted");
    card(world, 0, "A");
    plug(world, 2);
    sees_start_with(world, 1);
    assert_true(world->closed[2]);
    assert_string_equal(reserve(world, 2, 1, "B"), "Accepted");
    plug(world, 3);
    plug(world, 1);
    card(world, 0, "C");
    assert_true(world->closed[3]);
    assert_false(world->closed[1]);
    card(world, 0, "B");
    assert_true(world->closed[1]);
    world_free(world);
}

/* A card that came before its cable does not open a place that is kept for somebody else. */
static void a_floating_card_passes_by_a_reserved_place(void **state)
{
    struct world *world = with_evses(state, 2);
    assert_string_equal(reserve(world, 1, 1, "A"), "Accepted");
    card(world, 0, "C");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    plug(world, 1);
    assert_false(world->closed[1]);
    plug(world, 2);
    assert_true(world->closed[2]);
    sees_start_without(world);
    world_free(world);
}

/* --- types of connectors --------------------------------------------------------------------------------------------------- */

static const struct ocpp_connector_settings two_types[] = { { "cCCS2", false }, { "sType2", false }, { "sType2", false } };

static struct world *with_types(void)
{
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world->settings.connectors = two_types;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_forgets(world);
    return world;
}

/* TC_H_15_CS; H01.FR.06, FR.09, FR.15, FR.24; H03.FR.02. */
static void a_type_of_connector_is_reserved(void **state)
{
    (void)state;
    struct world *world = with_types();
    const struct order order = { .id = 11, .token = "A", .type = "cCCS2" };
    assert_string_equal(place_order(world, &order), "Accepted");
    sees_status(world, 1, "Reserved");
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    plug(world, 2);
    card(world, 2, "B");
    assert_true(world->closed[2]);
    plug(world, 1);
    card(world, 1, "A");
    sees_start_with(world, 11);
    world_free(world);
}

/* TC_H_16_CS; H01.FR.11. A type that the station does not have is rejected. */
static void a_type_can_be_reserved_as_often_as_it_is_there(void **state)
{
    (void)state;
    struct world *world = with_types();
    struct order order = { .id = 1, .token = "A", .type = "sType2" };
    assert_string_equal(place_order(world, &order), "Accepted");
    order.id = 2;
    order.token = "B";
    assert_string_equal(place_order(world, &order), "Accepted");
    sees_status(world, 2, "Reserved");
    sees_status(world, 3, "Reserved");
    order.id = 3;
    order.token = "C";
    assert_string_equal(place_order(world, &order), "Occupied");
    order.type = "cG105";
    assert_string_equal(place_order(world, &order), "Rejected");
    order.type = "cCCS2";
    assert_string_equal(place_order(world, &order), "Accepted");
    world_free(world);
}

/* H01.FR.09; H03.FR.05. Whoever reserved any may not take the only one of a type that somebody else reserved. */
static void the_owner_of_any_does_not_take_the_only_one_of_a_type(void **state)
{
    (void)state;
    struct world *world = with_types();
    const struct order typed = { .id = 2, .token = "B", .type = "cCCS2" };
    assert_string_equal(reserve(world, 1, 0, "A"), "Accepted");
    assert_string_equal(place_order(world, &typed), "Accepted");
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    plug(world, 3);
    card(world, 3, "A");
    sees_start_with(world, 1);
    world_free(world);
}

/* --- where a transaction begins -------------------------------------------------------------------------------------------- */

static struct world *starting_at(const char *points)
{
    enum ocpp_version version = OCPP_VERSION_2_0_1;
    void *wanted = &version;
    struct world *world = with_evses(&wanted, 1);
    world_set(world, "TxStartPoint", points);
    assert_string_equal(reserve(world, 11, 1, "A"), "Accepted");
    sees_status(world, 1, "Reserved");
    return world;
}

/* 2.0.1 errata 2.32 S1, scenario 2; H01.FR.15; E03.FR.03; TC_H_02_CS, its purpose. The cable alone starts a transaction, not a
 * charge; the reservation is told with the event of whoever used it, once. */
static void a_transaction_that_begins_with_the_cable_tells_it_with_the_owner(void **state)
{
    (void)state;
    struct world *world = starting_at("EVConnected");
    plug(world, 1);
    central_sees(world, "TransactionEvent", "eventType=Started reservationId=- idToken=-");
    central_does_not_see(world, "StatusNotification");
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    assert_false(world->closed[1]);
    central_does_not_see(world, "TransactionEvent");
    card(world, 1, "A");
    central_sees(world, "TransactionEvent", "eventType=Updated triggerReason=Authorized reservationId=11 idToken/idToken=A");
    assert_true(world->closed[1]);
    assert_int_equal(kept(world), 0);
    card(world, 1, "A");
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        assert_string_equal(value_of(world->calls[i].payload, "reservationId"), "");
    }
    world_free(world);
}

/* 2.0.1 errata 2.32 S1, scenario 1; H03.FR.09, FR.10. The card alone starts it, and the reservation is used up. */
static void a_transaction_that_begins_with_the_card_uses_it_up(void **state)
{
    (void)state;
    struct world *world = starting_at("Authorized");
    card(world, 1, "A");
    central_sees(world, "TransactionEvent", "eventType=Started triggerReason=Authorized reservationId=11");
    assert_int_equal(kept(world), 0);
    assert_string_equal(cancel(world, 11), "Rejected");
    world_pass(world, 61);
    assert_int_equal(the_session(world)->ended, 1);
    central_does_not_see(world, "ReservationStatusUpdate");
    assert_string_equal(reserve(world, 11, 1, "B"), "Accepted");
    assert_int_equal(kept(world), 1);
    world_free(world);
}

/* --- offline ---------------------------------------------------------------------------------------------------------------- */

/* B01.FR.13; H04.FR.01. It stays over a power cut, ends while there is no link, and is told once there is one. */
static void a_reservation_outlasts_a_power_cut_and_its_end_a_missing_link(void **state)
{
    struct world *world = with_evses(state, 1);
    const struct order order = { .id = 11, .evse = 1, .token = "A", .seconds = 600 };
    assert_string_equal(place_order(world, &order), "Accepted");
    world_power_back(world, 30);
    central_forgets(world);
    world_connect(world, *(enum ocpp_version *)*state);
    sees_status(world, 1, "Reserved");
    card(world, 1, "B");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    world_disconnect(world);
    world_pass(world, 700);
    assert_int_equal(kept(world), 0);
    world_connect(world, *(enum ocpp_version *)*state);
    sees_status(world, 1, "Available");
    if (!world_is_old(world)) {
        central_sees(world, "ReservationStatusUpdate", "reservationId=11 reservationUpdateStatus=Expired");
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(whoever_reserved_an_evse_charges_there),
        IN_EACH_VERSION(a_cable_alone_does_not_change_a_reserved_connector),
        IN_EACH_VERSION(nobody_else_charges_at_a_reserved_evse),
        IN_EACH_VERSION(a_remote_start_of_the_owner_uses_the_reservation),
        IN_EACH_VERSION(a_reserved_evse_cannot_be_reserved_again),
        IN_EACH_VERSION(an_evse_in_use_cannot_be_reserved),
        IN_EACH_VERSION(a_faulted_evse_cannot_be_reserved),
        IN_EACH_VERSION(an_evse_out_of_service_cannot_be_reserved),
        IN_EACH_VERSION(a_reservation_ends_when_its_time_is_over),
        IN_EACH_VERSION(a_reservation_is_cancelled),
        IN_EACH_VERSION(what_is_not_reserved_cannot_be_cancelled),
        IN_EACH_VERSION(one_of_the_group_charges_at_the_reserved_evse),
        cmocka_unit_test(a_remote_start_of_the_group_asks_for_the_group),
        cmocka_unit_test(a_remote_start_of_another_group_is_rejected),
        IN_EACH_VERSION(a_reservation_goes_with_the_service_of_its_evse),
        IN_EACH_VERSION(a_reservation_goes_with_a_fault_of_its_evse),
        IN_EACH_VERSION(a_station_may_take_no_reservations),
        IN_EACH_VERSION(a_reservation_is_replaced_by_one_of_the_same_id),
        IN_EACH_VERSION(a_replacement_that_cannot_be_had_changes_nothing),
        IN_EACH_VERSION(an_owner_who_does_not_plug_in_has_used_it_in_2_x_only),
        IN_EACH_VERSION(an_order_that_makes_no_sense_is_rejected),
        cmocka_unit_test(a_key_code_reserves_and_opens),
        IN_EACH_VERSION(whoever_reserved_any_evse_charges),
        IN_EACH_VERSION(one_evse_stays_for_whoever_reserved_any),
        IN_EACH_VERSION(an_evse_that_becomes_free_frees_the_one_that_was_kept),
        IN_EACH_VERSION(as_many_may_reserve_as_there_are_evses),
        IN_EACH_VERSION(nothing_can_be_reserved_where_all_are_in_use),
        IN_EACH_VERSION(nothing_can_be_reserved_where_all_is_out_of_service),
        IN_EACH_VERSION(nothing_can_be_reserved_where_all_is_faulted),
        IN_EACH_VERSION(a_station_may_want_the_evse_named),
        IN_EACH_VERSION(one_of_the_group_charges_at_any_evse),
        IN_EACH_VERSION(the_latest_go_first_when_evses_fail),
        IN_EACH_VERSION(a_card_at_a_common_reader_finds_its_place),
        IN_EACH_VERSION(a_floating_card_passes_by_a_reserved_place),
        cmocka_unit_test(a_type_of_connector_is_reserved),
        cmocka_unit_test(a_type_can_be_reserved_as_often_as_it_is_there),
        cmocka_unit_test(the_owner_of_any_does_not_take_the_only_one_of_a_type),
        cmocka_unit_test(a_transaction_that_begins_with_the_cable_tells_it_with_the_owner),
        cmocka_unit_test(a_transaction_that_begins_with_the_card_uses_it_up),
        IN_EACH_VERSION(a_reservation_outlasts_a_power_cut_and_its_end_a_missing_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
