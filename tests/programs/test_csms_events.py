"""What ocpp-csms tells listeners: every kind of event, filters, and going on after a broken connection.

usage: test_csms_events.py OCPP-CSMS"""

import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, Refused, booted, until  # noqa: E402

OPEN = ("--accept-unknown", "--accept-unknown-tokens")


def status(connector, word="Available"):
    return {"connectorId": connector, "status": word, "errorCode": "NoError"}


def test_each_kind_of_event_is_told(binary):
    with Csms(binary, "--station", "PILE-1") as csms:
        csms.rest.put("/api/stations/PILE-1", {"quirks": ["no-zone"]})
        events = csms.rest.events()
        station = booted(csms, "PILE-1")
        kind, told = events.next()
        assert kind == "connection" and told["status"] == "connected" and told["address"] == "127.0.0.1" and told["version"] == "1.6", told
        assert events.next("boot")[1]["model"] == "Model"
        station.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "OtherError", "info": "hot", "vendorId": "V",
                                            "vendorErrorCode": "E7", "timestamp": "2026-01-01T10:00:00Z"})
        told = events.next("status")[1]
        assert (told["info"], told["vendorErrorCode"], told["timestamp"]) == ("hot", "E7", "2026-01-01T10:00:00.000Z"), told
        station.call("MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [
            {"value": "1.5", "unit": "kWh"}, {"value": "230.1", "measurand": "Voltage", "phase": "L1-N", "context": "Trigger"}]}]})
        told = events.next("meter")[1]
        first = told["samples"][0]
        assert (first["measurand"], first["value"], first["unit"]) == ("Energy.Active.Import.Register", 1500, "Wh"), told
        assert (told["samples"][1]["value"], told["samples"][1]["phase"], told["samples"][1]["context"]) == (230.1, "L1-N", "Trigger"), told
        station.call("SecurityEventNotification", {"type": "TamperDetectionActivated", "timestamp": "2026-01-01T10:00:00Z", "techInfo": "lid"})
        told = events.next("security")[1]
        assert (told["type"], told["info"], told["station"]) == ("TamperDetectionActivated", "lid", "PILE-1"), told
        station.call("SignedFirmwareStatusNotification", {"status": "Downloading", "requestId": 4})
        assert {**events.next("firmware")[1], "time": 0} == {"time": 0, "station": "PILE-1", "status": "Downloading", "requestId": 4}
        station.call("LogStatusNotification", {"status": "Uploading", "requestId": 5})
        assert events.next("log")[1]["requestId"] == 5
        station.call("StatusNotification", {**status(1), "timestamp": "2026-01-01T10:00:00"})
        assert events.next("quirk")[1]["code"] == "no-zone"
        station.call("StatusNotification", {"connectorId": 1})
        told = events.next("invalid")[1]
        assert told["code"] == "ERR_MISSING_MEMBER" and told["direction"] == "in" and told["wouldPassWith"] == ["missing-enum"], told
        try:
            csms.station("NOBODY")
        except Refused:
            told = events.next("refused")[1]
        assert (told["station"], told["reason"], told["address"]) == ("NOBODY", "unknown station", "127.0.0.1"), told
        station.close()
        told = events.next("connection")[1]
        assert told["status"] == "disconnected" and told["reason"], told


# peers: validation all-or-nothing
def test_an_operator_learns_which_quirk_a_station_has_and_grants_it(binary):
    with Csms(binary, "--station", "PILE-1", "--station", "PILE-2") as csms:
        odd, other = booted(csms, "PILE-1"), booted(csms, "PILE-2")
        bent = {**status(1), "timestamp": "2026-01-01T10:00:00"}
        assert odd.call("StatusNotification", bent)[0] == "PropertyConstraintViolation"
        assert csms.rest.get("/api/stations/PILE-1")["quirks"] == {"no-zone": {"survived": 0, "refused": 1}}
        csms.rest.put("/api/stations/PILE-1", {"quirks": ["no-zone"]})
        until(lambda: odd.call("StatusNotification", bent) == {}, "the quirk counts without a new connection")
        assert csms.rest.get("/api/stations/PILE-1")["quirks"]["no-zone"]["survived"] == 1
        assert other.call("StatusNotification", bent)[0] == "PropertyConstraintViolation"  # the other one is held to the rules
        csms.rest.put("/api/stations/PILE-1", {"quirks": []})
        until(lambda: odd.call("StatusNotification", bent) != {}, "and is taken back")


def test_what_a_station_of_2_0_1_reports_is_told(binary):
    now = "2026-01-01T10:00:00Z"
    component = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
    with Csms(binary, *OPEN) as csms:
        events = csms.rest.events("?kinds=report,monitor,reservation,limit,display,publish")
        station = booted(csms, "PILE-1", "2.0.1")
        answers = []
        asking = threading.Thread(target=lambda: answers.append(csms.rest.post("/api/stations/PILE-1/base-report", {"base": "Full"})))
        asking.start()
        name, payload = station.next_call("GetBaseReport")
        station.answer(name, {"status": "Accepted"})
        asking.join()
        number = payload["requestId"]
        assert answers[0].json["requestId"] == number, answers[0].text
        for seq_no in (0, 1):
            station.call("NotifyReport", {"requestId": number, "generatedAt": now, "seqNo": seq_no, "tbc": seq_no == 0, "reportData": [
                {**component, "variableAttribute": [{"type": "Actual", "value": str(seq_no)}]}]})
        told = events.next("report")[1]
        assert told["requestId"] == number and told["whole"] and told["count"] == 2, told
        assert [row["attributes"][0]["value"] for row in told["variables"]] == ["0", "1"] and told["variables"][0]["component"] == "EVSE", told
        station.call("NotifyEvent", {"generatedAt": now, "seqNo": 0, "eventData": [
            {"eventId": 3, "timestamp": now, "trigger": "Alerting", "actualValue": "12.5", "eventNotificationType": "CustomMonitor",
             "variableMonitoringId": 7, **component}]})
        told = events.next("monitor")[1]
        assert (told["id"], told["value"], told["trigger"], told["monitor"], told["variable"]) == (3, "12.5", "Alerting", 7, "Power"), told
        # a password is not for everybody who listens, whatever a station reports
        secret = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
        station.call("NotifyReport", {"requestId": 77, "generatedAt": now, "seqNo": 0, "reportData": [
            {**secret, "variableAttribute": [{"type": "Actual", "value": "hidden-word"}]}]})
        told = events.next("report")[1]
        assert told["variables"][0]["attributes"][0]["value"] == "****", told
        station.call("NotifyEvent", {"generatedAt": now, "seqNo": 0, "eventData": [
            {"eventId": 4, "timestamp": now, "trigger": "Delta", "actualValue": "hidden-word", "eventNotificationType": "CustomMonitor", **secret}]})
        told = events.next("monitor")[1]
        assert told["value"] == "****", told
        station.call("ReservationStatusUpdate", {"reservationId": 9, "reservationUpdateStatus": "Expired"})
        told = events.next("reservation")[1]
        assert (told["id"], told["status"]) == (9, "Expired"), told
        station.call("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": "SO"}, "evseId": 1})
        assert events.next("limit")[1]["set"]
        station.call("ClearedChargingLimit", {"chargingLimitSource": "SO", "evseId": 1})
        told = events.next("limit")[1]
        assert (told["source"], told["set"], told["evse"]) == ("SO", False, 1), told
        station.call("NotifyDisplayMessages", {"requestId": 4, "messageInfo": [
            {"id": 1, "priority": "InFront", "message": {"format": "UTF8", "content": "Hello"}}]})
        told = events.next("display")[1]
        assert told["messages"][0]["text"] == "Hello" and told["requestId"] == 4, told
        station.call("PublishFirmwareStatusNotification", {"status": "Downloading", "requestId": 5})
        assert events.next("publish")[1]["status"] == "Downloading"


SCHEDULE = {"id": 1, "duration": 600, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.5}]}
SHOWN_SCHEDULE = {"id": 1, "duration_s": 600, "unit": "A", "periods": [{"start_s": 0, "limit": 16.5}]}


def test_what_vehicles_need_is_planned_by_whoever_listens_for_it_by_name(binary):
    """K15.FR.04, FR.05: nobody else can provide a schedule."""
    needs = {"evseId": 1, "maxScheduleTuples": 3, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase", "departureTime": "2040-01-01T00:00:00Z",
             "acChargingParameters": {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400}}}
    with Csms(binary, *OPEN) as csms:
        station = booted(csms, "PILE-1", "2.0.1")
        everything, others = csms.rest.events(), csms.rest.events("?kinds=needs&station=PILE-2")
        assert station.call("NotifyEVChargingNeeds", needs)["status"] == "Rejected"
        assert everything.next("needs")[1]["rejected"]
        planner = csms.rest.events("?kinds=needs,schedule&station=PILE-1")
        assert station.call("NotifyEVChargingNeeds", needs)["status"] == "Processing"
        told = planner.next("needs")[1]
        assert {**told, "evse": 1, "rejected": False, "transfer": "AC_three_phase", "departure": "2040-01-01T00:00:00.000Z", "maxPeriods": 3,
                "energy_Wh": 20000, "minCurrent_A": 6, "maxCurrent_A": 32, "maxVoltage_V": 400} == told and "stateOfCharge" not in told, told
        chosen = {"evseId": 1, "timeBase": "2026-01-01T10:00:00Z", "chargingSchedule": SCHEDULE}
        assert station.call("NotifyEVChargingSchedule", chosen)["status"] == "Accepted"
        told = planner.next("schedule")[1]
        assert told["schedule"] == SHOWN_SCHEDULE and told["from"] == "2026-01-01T10:00:00.000Z", told
        others.close()


def test_profiles_and_limits_of_others_are_told_with_their_schedules(binary):
    with Csms(binary, *OPEN) as csms:
        events = csms.rest.events("?kinds=profiles,limit")
        station = booted(csms, "PILE-1", "2.0.1")
        asking = threading.Thread(target=lambda: csms.rest.post("/api/stations/PILE-1/profiles", {"ids": [3]}))
        asking.start()
        name, payload = station.next_call("GetChargingProfiles")
        station.answer(name, {"status": "Accepted"})
        asking.join()
        station.call("ReportChargingProfiles", {"requestId": payload["requestId"], "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [
            {"id": 3, "stackLevel": 2, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative", "chargingSchedule": [SCHEDULE]}]})
        told = events.next("profiles")[1]
        assert told["requestId"] == payload["requestId"] and told["whole"] and told["profiles"] == [
            {"evse": 1, "source": "CSO", "id": 3, "stackLevel": 2, "purpose": "Default", "kind": "Relative", "schedules": [SHOWN_SCHEDULE]}], told
        station.call("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": "EMS"}, "evseId": 1, "chargingSchedule": [SCHEDULE]})
        assert events.next("limit")[1]["schedules"] == [SHOWN_SCHEDULE]


def test_filters_let_through_what_is_wanted_only(binary):
    with Csms(binary, *OPEN) as csms:
        both, boots, second = csms.rest.events("?kinds=boot,status"), csms.rest.events("?kinds=boot"), csms.rest.events("?station=PILE-2&kinds=status")
        one, two = booted(csms, "PILE-1"), booted(csms, "PILE-2")
        one.call("StatusNotification", status(1))
        two.call("StatusNotification", status(2))
        assert [both.next()[0] for _ in range(4)] == ["boot", "boot", "status", "status"]
        assert [boots.next()[1]["station"] for _ in range(2)] == ["PILE-1", "PILE-2"]
        assert second.next()[1]["connector"] == 1 and second.id == both.id


def test_a_listener_goes_on_where_its_connection_broke(binary):
    with Csms(binary, *OPEN) as csms:
        events = csms.rest.events()
        station = booted(csms, "PILE-1")
        assert events.next("boot")
        events.close()
        until(lambda: "ocpp_csms_event_streams 0\n" in csms.rest.ask("GET", "/metrics").text or station.call("Heartbeat", {}) and not
              station.call("StatusNotification", status(0)), "the end of the stream")
        for connector in (1, 2, 3):
            station.call("StatusNotification", status(connector))
        for again in (csms.rest.events(last_id=events.id), csms.rest.events(f"?after={events.id}")):
            seen = []
            while not seen or seen[-1][1].get("evse") != 3:
                seen.append(again.next())
            assert all(kind == "status" for kind, _ in seen) and [told["evse"] for _, told in seen][-3:] == [1, 2, 3], seen
            station.call("StatusNotification", status(4))
            assert again.next()[1]["evse"] == 4
            again.close()


def test_a_gap_is_told_where_events_are_not_kept_any_more(binary):
    with Csms(binary, *OPEN) as csms:
        events = csms.rest.events()
        station = booted(csms, "PILE-1")
        events.next("boot")
        first = events.id
        events.close()
        for i in range(4200):
            station.send([2, f"s{i}", "StatusNotification", status(i % 100)])
            if i % 8 == 7:
                for _ in range(8):
                    station.read()
        again = csms.rest.events(last_id=first)
        assert again.next() == ("gap", {})
        seen = 0
        while again.next("status")[1]["evse"] != 4199 % 100 or seen < 4000:
            seen += 1
        assert seen < 4100, seen
        for stranger in ("", "0.1", "nonsense", first.split(".")[0] + ".", first.split(".")[0] + ".99999999", "f" * 400):
            assert csms.rest.events(last_id=stranger or "x").next()[0] == "gap", stranger


if __name__ == "__main__":
    rawws.run(globals(), sys.argv[1])
