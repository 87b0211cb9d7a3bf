/* case_world.c: see case_world.h. */
#include "case_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct central_world *case_world;
struct ocpp_station *case_one;
struct ocpp_station *case_two;

static int sequence;

int case_set_up(void **state)
{
    (void)state;
    sequence = 0;
    case_world = driver_world_new();
    case_one = world_connect(case_world, "PILE-1", OCPP_VERSION_1_6);
    case_two = world_connect(case_world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(case_world, case_one);
    world_boot(case_world, case_two);
    (void)world_told(case_world);
    return 0;
}

int case_tear_down(void **state)
{
    (void)state;
    world_free(case_world);
    return 0;
}

void case_order(enum ocpp_status status, struct ocpp_station *station, const char *call, const char *payload, const char *outcome)
{
    assert_int_equal(status, OCPP_OK);
    if (!strstr(world_hears(case_world, station), call)) {
        fail_msg("%s is not in %s", call, case_world->frame);
    }
    assert_string_equal(driver_answered(case_world, station, payload), outcome);
}

/* |frame| is answered with what follows [3,'id', and ends in ]. */
static const char *payload_of(struct ocpp_station *station, const char *frame)
{
    static char payload[FRAME_SIZE];
    const char *answer = world_says(case_world, station, frame);
    const char *comma;

    assert_memory_equal(answer, "[3,'", 4);
    comma = strchr(answer + 4, ',');
    assert_non_null(comma);
    snprintf(payload, sizeof payload, "%.*s", (int)strlen(comma) - 2, comma + 1);
    return payload;
}

void case_status(int evse, int connector, const char *word)
{
    char frame[700];
    char heard[80];

    snprintf(frame, sizeof frame,
             "[2,'s','StatusNotification',{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'%s','evseId':%d,"
             "'connectorId':%d}]",
             word, evse, connector);
    snprintf(heard, sizeof heard, "PILE-2 status %d.%d %s\n", evse, connector, word);
    (void)world_told(case_world);
    assert_string_equal(payload_of(case_two, frame), "{}");
    assert_string_equal(world_told(case_world), heard);
    snprintf(frame, sizeof frame,
             "[2,'n','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"
             "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'%s','eventNotificationType':'HardWiredNotification',"
             "'component':{'name':'Connector','evse':{'id':%d,'connectorId':%d}},'variable':{'name':'AvailabilityState'}}]}]",
             word, evse, connector);
    assert_string_equal(payload_of(case_two, frame), "{}");
}

void case_status_16(int connector, const char *word)
{
    char frame[200];
    char heard[80];

    snprintf(frame, sizeof frame, "[2,'s','StatusNotification',{'connectorId':%d,'errorCode':'NoError','status':'%s'}]",
             connector, word);
    snprintf(heard, sizeof heard, "PILE-1 status %d.%d %s\n", connector, connector > 0, word);
    (void)world_told(case_world);
    assert_string_equal(payload_of(case_one, frame), "{}");
    assert_string_equal(world_told(case_world), heard);
}

const char *case_event(const char *type, const char *trigger, int evse, const char *id, const char *info, const char *more)
{
    char frame[2000];
    char place[60] = "";

    if (evse > 0) {
        snprintf(place, sizeof place, ",'evse':{'id':%d,'connectorId':1}", evse);
    }
    snprintf(frame, sizeof frame,
             "[2,'e%d','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:00Z','triggerReason':'%s','seqNo':%d,"
             "'transactionInfo':{'transactionId':'%s'%s}%s%s}]",
             sequence, type, trigger, sequence, id, info, place, more);
    sequence++;
    case_world->trigger = OCPP_TRIGGER_UNKNOWN;
    const char *payload = payload_of(case_two, frame);
    assert_string_equal(ocpp_trigger_name(case_world->trigger), trigger);
    return payload;
}

const char *case_authorize(const char *token)
{
    char frame[200];

    snprintf(frame, sizeof frame, "[2,'a','Authorize',{'idToken':{'idToken':'%s','type':'ISO14443'}}]", token);
    return payload_of(case_two, frame);
}

void case_plugged(int evse, const char *id)
{
    case_status(evse, 1, "Occupied");
    case_event("Started", "CablePluggedIn", evse, id, ",'chargingState':'EVConnected'", "");
}

void case_charging(int evse, const char *id, const char *token)
{
    char more[100];

    snprintf(more, sizeof more, ",'idToken':{'idToken':'%s','type':'ISO14443'}", token);
    assert_non_null(strstr(case_authorize(token), "'status':'Accepted'"));
    assert_non_null(strstr(case_event("Updated", "Authorized", evse, id, "", more), "'status':'Accepted'"));
    case_event("Updated", "ChargingStateChanged", evse, id, ",'chargingState':'Charging'", "");
}

void case_stopped(int evse, const char *id, const char *token)
{
    char more[100];

    snprintf(more, sizeof more, ",'idToken':{'idToken':'%s','type':'ISO14443'}", token);
    assert_non_null(strstr(case_event("Updated", "StopAuthorized", evse, id, "", more), "'status':'Accepted'"));
}

const char *case_unplugged(int evse, const char *id)
{
    case_event("Updated", "ChargingStateChanged", evse, id, ",'chargingState':'EVConnected'", "");
    case_status(evse, 1, "Available");
    return case_event("Ended", "EVCommunicationLost", evse, id, ",'chargingState':'Idle','stoppedReason':'EVDisconnected'", "");
}
