"""ocpp-csms as stations and operators meet it: charges recorded once across a crash, commands, tokens, the message log, events, metrics, refusals.

usage: test_csms.py OCPP-CSMS"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, Refused, Station, booted, misuse, scratch, until  # noqa: E402

START = {"connectorId": 1, "idTag": "TAG", "meterStart": 1000, "timestamp": "2026-01-01T10:00:00Z"}
OPEN = ("--accept-unknown", "--accept-unknown-tokens")


def event(kind, seq_no, **more):
    return {"eventType": kind, "seqNo": seq_no, "timestamp": f"2026-01-01T10:0{seq_no}:00Z", "triggerReason": "Authorized",
            "transactionInfo": {"transactionId": "T-1"}, "evse": {"id": 1, "connectorId": 1}, **more}


def register(value, minute):
    return [{"timestamp": f"2026-01-01T10:0{minute}:00Z", "sampledValue": [{"value": value, "measurand": "Energy.Active.Import.Register"}]}]


# --- charging ---------------------------------------------------------------------------------------------------------------------


def test_a_charge_of_1_6_is_recorded_once_across_a_crash_of_the_server(binary):
    with scratch() as folder:
        store = os.path.join(folder, "csms.db")
        with Csms(binary, *OPEN, "--db", store) as csms:
            station = booted(csms, "PILE-1")
            number = station.call("StartTransaction", START)["transactionId"]
            assert station.call("StartTransaction", START)["transactionId"] == number
            for name in os.listdir(folder):  # passwords, even digested, are nobody else's
                assert os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0, name
            csms.kill()
        with Csms(binary, *OPEN, "--db", store) as csms:
            station = csms.station("PILE-1")  # no boot: it was accepted before
            assert station.call("StartTransaction", START)["transactionId"] == number
            station.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": [
                {"timestamp": "2026-01-01T10:05:00Z", "sampledValue": [{"value": "1.5", "unit": "kWh"}]}]})
            stop = {"transactionId": number, "meterStop": 2500, "timestamp": "2026-01-01T11:00:00Z", "reason": "EVDisconnected"}
            station.call("StopTransaction", stop)
            csms.kill()
        with Csms(binary, *OPEN, "--db", store) as csms:
            station = csms.station("PILE-1")
            station.call("StopTransaction", stop)
            rows = csms.rest.get("/api/transactions")["transactions"]
            assert len(rows) == 1, rows
            assert rows[0]["energyWh"] == 1500 and rows[0]["reason"] == "EVDisconnected" and rows[0]["id"] == str(number), rows
            assert station.call("StartTransaction", {**START, "timestamp": "2026-01-02T00:00:00Z"})["transactionId"] > number
            shown = csms.rest.get("/api/stations/PILE-1")
            assert shown["boot"]["status"] == "Accepted" and shown["boot"]["vendor"] == "Vendor", shown
            assert csms.stop() == 0


def test_a_charge_of_2_0_1_is_recorded_once_across_a_crash_of_the_server(binary):
    token = {"idToken": "TAG", "type": "ISO14443"}
    with scratch() as folder:
        store = os.path.join(folder, "csms.db")
        with Csms(binary, *OPEN, "--db", store) as csms:
            station = booted(csms, "PILE-2", "2.0.1")
            started = event("Started", 0, idToken=token, meterValue=register(1000, 0))
            assert station.call("TransactionEvent", started)["idTokenInfo"]["status"] == "Accepted"
            csms.kill()
        with Csms(binary, *OPEN, "--db", store) as csms:
            station = csms.station("PILE-2", "2.0.1")
            station.call("TransactionEvent", started)
            station.call("TransactionEvent", event("Updated", 1, meterValue=register(1700, 1)))
            ended = event("Ended", 2, meterValue=register(3000, 2), transactionInfo={"transactionId": "T-1", "stoppedReason": "EVDisconnected"})
            station.call("TransactionEvent", ended)
            station.call("TransactionEvent", ended)
            rows = csms.rest.get("/api/transactions?station=PILE-2")["transactions"]
            assert [(row["id"], row["energyWh"], row["open"], row["token"]) for row in rows] == [("T-1", 2000, False, "TAG")], rows


def test_two_threads_share_one_store(binary):
    with scratch() as folder, Csms(binary, *OPEN, "--db", os.path.join(folder, "csms.db"), "--threads", "2") as csms:
        numbers = []

        def charge(i):
            station = booted(csms, f"PILE-{i}")
            for round_number in range(10):
                start = {**START, "timestamp": f"2026-01-01T10:{round_number:02}:00Z"}
                number = station.call("StartTransaction", start)["transactionId"]
                station.call("StopTransaction", {"transactionId": number, "meterStop": 1100, "timestamp": "2026-01-01T11:00:00Z"})
                numbers.append(number)
            station.close()

        run_together([lambda i=i: charge(i) for i in range(8)])
        assert len(numbers) == 80 and len(set(numbers)) == 80, "numbers were given twice"
        rows = csms.rest.get("/api/transactions?limit=1000")["transactions"]
        assert len(rows) == 80 and not any(row["open"] for row in rows)
        assert csms.stop() == 0


def run_together(tasks):
    failures = []

    def run(task):
        try:
            task()
        except BaseException as error:  # pylint: disable=broad-except
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_station_that_changes_threads_goes_on_with_what_was_recorded(binary):
    with scratch() as folder, Csms(binary, *OPEN, "--db", os.path.join(folder, "csms.db"), "--threads", "2") as csms:
        station = booted(csms, "PILE-1")
        number = station.call("StartTransaction", START)["transactionId"]
        for _ in range(6):  # each newcomer takes the place of the one before, on whichever thread
            newcomer = csms.station("PILE-1")
            assert newcomer.call("StartTransaction", START)["transactionId"] == number
            station.wire.read_close()
            station.close()
            station = newcomer
        assert len(csms.rest.get("/api/transactions")["transactions"]) == 1


def test_many_that_want_one_identity_at_once_disturb_nothing(binary):
    """Under the thread sanitizer this tells what one thread reads of a station while another decides about its next connection."""
    with Csms(binary, *OPEN, "--threads", "4") as csms:
        def fight():
            for _ in range(60):
                try:
                    station = csms.station("PILE-1")
                    station.call("Heartbeat", {})
                    station.close()
                except (OSError, AssertionError, Refused, rawws.Gone):
                    pass  # another one took its place, or kept it
        events = csms.rest.events()
        fighters = [threading.Thread(target=fight) for _ in range(6)]
        for fighter in fighters:
            fighter.start()
        for fighter in fighters:
            fighter.join()
        events.close()
        booted(csms, "PILE-2").close()
        assert csms.stop() == 0


# --- operators ----------------------------------------------------------------------------------------------------------------------


def answered(csms, path, body, play):
    """POSTs while |play| is the station; the answer's JSON."""
    result = []
    asking = threading.Thread(target=lambda: result.append(csms.rest.post(path, body)))
    asking.start()
    play()
    asking.join()
    assert result and result[0].status == 200, result and result[0].text
    return result[0].json


def test_a_charge_is_started_and_stopped_from_the_other_side(binary):
    with Csms(binary, *OPEN) as csms:
        one, two = booted(csms, "PILE-1"), booted(csms, "PILE-2", "2.0.1")

        def start_one():
            name, payload = one.next_call("RemoteStartTransaction")
            assert payload["idTag"] == "TAG" and payload["connectorId"] == 1, payload
            one.answer(name, {"status": "Accepted"})

        done = answered(csms, "/api/stations/PILE-1/start", {"token": {"id": "TAG"}, "evse": 1}, start_one)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        number = one.call("StartTransaction", {**START, "timestamp": now})["transactionId"]
        row = csms.rest.get(f"/api/transactions/{number}")
        assert row["remoteStartId"] == done["remoteStartId"], (row, done)

        def stop_one():
            name, payload = one.next_call("RemoteStopTransaction")
            assert payload == {"transactionId": number}
            one.answer(name, {"status": "Accepted"})

        answered(csms, "/api/stations/PILE-1/stop", {"transaction": str(number)}, stop_one)

        def stop_two():
            name, payload = two.next_call("RequestStopTransaction")
            assert payload == {"transactionId": "T-1"}
            two.answer(name, {"status": "Rejected"})

        two.call("TransactionEvent", event("Started", 0))
        refused = answered(csms, "/api/stations/PILE-2/stop", {"transaction": "T-1"}, stop_two)
        assert refused == {"accepted": False, "status": "Rejected"}, refused


def test_what_is_odd_about_a_transaction_is_shown(binary):
    with Csms(binary, *OPEN) as csms:
        one = booted(csms, "PILE-1")
        number = one.call("StartTransaction", START)["transactionId"]
        assert "anomalies" not in csms.rest.get(f"/api/transactions/{number}")
        end = {"transactionId": number, "meterStop": 500, "timestamp": "2026-01-01T11:00:00Z"}
        one.call("StopTransaction", end)
        assert csms.rest.get(f"/api/transactions/{number}")["anomalies"] == ["MeterFell"]
        one.call("StopTransaction", {**end, "meterStop": 600})
        assert csms.rest.get(f"/api/transactions/{number}")["anomalies"] == ["MeterFell", "SecondEnd"]
        one.call("StopTransaction", {**end, "transactionId": 777})
        assert csms.rest.get("/api/transactions/777")["anomalies"] == ["NoStart", "NoMeter"]


def test_tokens_decide_what_a_station_is_told(binary):
    def told(station, tag):
        return station.call("Authorize", {"idTag": tag})["idTagInfo"]

    with Csms(binary, "--accept-unknown", "--test-clock") as csms:
        one, two = booted(csms, "PILE-1"), booted(csms, "PILE-2", "2.0.1")
        csms.rest.put("/api/tokens/ISO14443/Card-A", {"status": "Accepted", "group": "FAMILY", "expires": "2040-01-01T00:00:00Z"})
        assert told(one, "CARD-a") == {"status": "Accepted", "parentIdTag": "FAMILY", "expiryDate": "2040-01-01T00:00:00.000Z"}
        assert told(one, "nobody")["status"] == "Invalid"
        for status, old in (("Blocked", "Blocked"), ("NoCredit", "Invalid"), ("NotAtThisTime", "Invalid"), ("Expired", "Expired")):
            csms.rest.put("/api/tokens/ISO14443/CARD-B", {"status": status})
            new = two.call("Authorize", {"idToken": {"idToken": "card-b", "type": "ISO14443"}})["idTokenInfo"]["status"]
            assert (told(one, "CARD-B")["status"], new) == (old, status)
        assert two.call("Authorize", {"idToken": {"idToken": "card-b", "type": "Local"}})["idTokenInfo"]["status"] == "Unknown"
        csms.rest.put("/api/tokens/ISO14443/CARD-C", {"status": "Accepted", "expires": soon(csms, 3600)})
        assert told(one, "CARD-C")["status"] == "Accepted"
        assert csms.rest.post("/api/test/clock", {"advance_s": 7200}).status == 200
        assert told(one, "CARD-C")["status"] == "Expired"
        csms.rest.put("/api/tokens/ISO14443/CARD-D", {"status": "Accepted", "evses": [2]})
        assert one.call("StartTransaction", {**START, "idTag": "CARD-D", "connectorId": 2})["idTagInfo"]["status"] == "Accepted"
        assert one.call("StartTransaction", {**START, "idTag": "CARD-D"})["idTagInfo"]["status"] == "Invalid"
        assert csms.rest.ask("DELETE", "/api/tokens/ISO14443/CARD-A").status == 204
        assert told(one, "CARD-A")["status"] == "Invalid"


def soon(csms, seconds):
    import datetime
    now = datetime.datetime.fromisoformat(csms.rest.get("/api/health")["time"].replace("Z", "+00:00"))
    return (now + datetime.timedelta(seconds=seconds)).isoformat()


def test_a_token_that_charges_elsewhere_starts_nothing_and_may_stop_what_it_started(binary):
    with scratch() as folder:
        options = ("--accept-unknown", "--db", os.path.join(folder, "csms.db"))
        with Csms(binary, *options) as csms:
            csms.rest.put("/api/tokens/ISO14443/TAG", {"status": "Accepted"})
            number = booted(csms, "PILE-1").call("StartTransaction", START)["transactionId"]
            csms.kill()
        with Csms(binary, *options) as csms:
            one, two = booted(csms, "PILE-1"), booted(csms, "PILE-2", "2.0.1")
            token = {"idToken": "tag", "type": "ISO14443"}
            assert two.call("TransactionEvent", event("Started", 0, idToken=token))["idTokenInfo"]["status"] == "ConcurrentTx"
            assert two.call("Authorize", {"idToken": token})["idTokenInfo"]["status"] == "Accepted"
            two.call("TransactionEvent", event("Ended", 1))
            assert one.call("StartTransaction", START) == {"idTagInfo": {"status": "Accepted"}, "transactionId": number}
            stop = {"transactionId": number, "idTag": "TAG", "meterStop": 1500, "timestamp": "2026-01-01T11:00:00Z"}
            assert one.call("StopTransaction", stop)["idTagInfo"]["status"] == "Accepted"
            again = {**event("Started", 0, idToken=token), "transactionInfo": {"transactionId": "T-2"}}
            assert two.call("TransactionEvent", again)["idTokenInfo"]["status"] == "Accepted"


def test_the_message_log_shows_raw_frames_and_what_was_wrong_with_them(binary):
    with Csms(binary, *OPEN) as csms:
        station = booted(csms, "PILE-1")
        station.send('[2,"odd" , "Heartbeat",{ }]')
        station.read()
        station.send([2, "bad", "StatusNotification", {"connectorId": 1, "status": "Available"}])
        station.read()
        station.send("no JSON \x01 ☃")
        until(lambda: csms.rest.get("/api/stations/PILE-1")["lastMessage"] == 7, "seven messages")
        listed = csms.rest.get("/api/stations/PILE-1/messages")
        messages = listed["messages"]
        assert [message["n"] for message in messages] == list(range(1, 8)) and listed["next"] == 7
        assert [message["direction"] for message in messages] == ["in", "out", "in", "out", "in", "out", "in"]
        raw = csms.rest.ask("GET", "/api/stations/PILE-1/messages").text
        assert '[2,"odd" , "Heartbeat",{ }]' in raw, "the frame was not kept as it came"
        assert messages[4]["issue"]["code"] == "ERR_MISSING_MEMBER" and not messages[4]["valid"], messages[4]
        assert messages[6]["frame"] == "no JSON \x01 ☃" and messages[6]["issue"]["code"] == "ERR_NOT_JSON", messages[6]
        later = csms.rest.get("/api/stations/PILE-1/messages?after=5&limit=1")
        assert [message["n"] for message in later["messages"]] == [6] and later["next"] == 6
        assert csms.rest.get("/api/stations/PILE-1/messages?after=7") == {"messages": [], "next": 7}


def test_the_message_log_is_bounded(binary):
    with Csms(binary, *OPEN) as csms:
        csms.rest.put("/api/stations/PILE-1", {"limits": {"messageLogBytes": 2048}})
        station = booted(csms, "PILE-1")
        for i in range(100):
            station.call("Heartbeat", {})
        big = {"vendorId": "V", "data": "x" * 5000}
        station.call("DataTransfer", big)
        listed = csms.rest.get("/api/stations/PILE-1/messages")["messages"]
        assert listed[-1]["n"] == 204 and len(listed) <= 20, len(listed)
        cut = [message for message in listed if message["size"] > 5000]
        assert not cut or isinstance(cut[0]["frame"], str) and len(cut[0]["frame"]) < 2048


def test_events_are_told_as_they_happen(binary):
    with Csms(binary, *OPEN) as csms:
        everything, other = csms.rest.events(), csms.rest.events("?station=PILE-2")
        station = booted(csms, "PILE-1")
        assert everything.next()[0] == "connection"
        kind, boot = everything.next()
        assert kind == "boot" and boot["station"] == "PILE-1" and boot["status"] == "Accepted", boot
        station.call("StatusNotification", {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"})
        assert everything.next()[1]["status"] == "Preparing"
        station.call("StartTransaction", START)
        kind, started = everything.next()
        assert (kind, started["phase"], started["transaction"]["token"]) == ("transaction", "started", "TAG"), started
        station.close()
        assert everything.next()[1]["status"] == "disconnected"
        booted(csms, "PILE-2")
        assert other.next()[1]["station"] == "PILE-2"
        assert csms.stop() == 0
        while everything.next():
            pass  # the stream ends


def test_a_listener_that_does_not_read_is_dropped_and_holds_nobody_up(binary):
    with Csms(binary, *OPEN) as csms:
        deaf = rawws.connect(csms.http_port, rcvbuf=4096)
        deaf.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        deaf.read_head()
        station = booted(csms, "PILE-1")
        samples = [{"value": str(i), "measurand": "Voltage", "phase": "L1-N", "location": "Outlet"} for i in range(400)]
        readings = {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": samples}]}

        def dropped():
            for _ in range(20):
                station.call("MeterValues", readings)
            return "ocpp_csms_event_streams 0\n" in csms.rest.ask("GET", "/metrics").text

        begun = time.monotonic()
        assert any(dropped() for _ in range(50)), "50 MB wait for the deaf listener"
        # where that takes long, it has gone for not reading for 30 seconds, before more waited for it than may
        assert "ocpp_csms_event_streams_dropped_total 1\n" in csms.rest.ask("GET", "/metrics").text or time.monotonic() - begun > 25
        deaf.close()


def test_metrics_count_what_happened(binary):
    with Csms(binary, *OPEN, "--lenient") as csms:
        station = booted(csms, "PILE-1")
        station.call("Heartbeat", {})
        station.call("StatusNotification", {"connectorId": 1, "status": "Available"})
        station.call("StartTransaction", {**START, "timestamp": "2026-01-01T10:00:00"})
        answered(csms, "/api/stations/PILE-1/reset", {}, lambda: station.answer(station.next_call("Reset")[0], {"status": "Accepted"}))
        text = csms.rest.ask("GET", "/metrics").text
        for line in ('ocpp_csms_connections{version="1.6"} 1', 'ocpp_csms_connections{version="2.0.1"} 0',
                     'ocpp_csms_calls_total{version="1.6",action="Heartbeat",from="station",outcome="result"} 1',
                     'ocpp_csms_calls_total{version="1.6",action="Reset",from="central",outcome="result"} 1',
                     'ocpp_csms_quirks_total{quirk="no-zone"} 1', "ocpp_csms_transactions_open 1", "ocpp_csms_operator_calls_waiting 0",
                     "ocpp_csms_peers_replaced_total 0"):
            assert line + "\n" in text, f"{line} is missing in\n{text}"
        assert text.count("# TYPE") == text.count("# HELP")


# --- who may come in ------------------------------------------------------------------------------------------------------------------


def refused(function):
    try:
        function()
    except Refused as refusal:
        return refusal.status
    raise AssertionError("nothing was refused")


def test_strangers_get_404_and_wrong_passwords_401(binary):
    with scratch() as folder:
        store = os.path.join(folder, "csms.db")
        with Csms(binary, "--db", store, "--station", "PILE-1", "--station", "PILE-2:pass:word") as csms:
            booted(csms, "PILE-1").close()
            assert refused(lambda: csms.station("NOBODY")) == 404
            assert refused(lambda: csms.station("PILE-2")) == 401
            assert refused(lambda: csms.station("PILE-2", password="wrong")) == 401
            booted(csms, "PILE-2", password="pass:word").close()
            csms.rest.put("/api/stations/PILE-3", {"secret": "a password of some length"})
            booted(csms, "PILE-3", password="a password of some length").close()
        with Csms(binary, "--db", store) as csms:
            assert refused(lambda: csms.station("PILE-1")) == 404, "stations of the command line are for one run"
            assert refused(lambda: csms.station("PILE-3", password="another")) == 401
            csms.station("PILE-3", password="a password of some length").close()
            csms.rest.put("/api/stations/PILE-3", {"minProfile": 2})
            assert refused(lambda: csms.station("PILE-3", password="a password of some length")) == 403
            csms.rest.put("/api/stations/PILE-3", {"secret": None, "minProfile": 1})
            assert refused(lambda: csms.station("PILE-3", password="any")) == 403, "a password nobody asks for proves nothing"
            csms.rest.put("/api/stations/PILE-3", {})
            assert refused(lambda: csms.station("PILE-3")) == 403, "it came with a password before"
            csms.rest.put("/api/stations/PILE-3/security-profile", {"securityProfile": 0})
            csms.station("PILE-3").close()
            csms.rest.put("/api/stations/PILE-3", {"versions": ["2.0.1"]})
            assert refused(lambda: csms.station("PILE-3", "1.6")) == 400
            csms.station("PILE-3", "2.0.1").close()
            with open(store, "rb") as file:
                assert b"a password of some length" not in file.read()


def test_a_boot_is_decided_as_written_down(binary):
    with Csms(binary, "--test-clock") as csms:
        csms.rest.put("/api/stations/PILE-1", {"boot": "Pending", "bootInterval": 7})
        station = csms.station("PILE-1")
        answer = station.boot()
        assert (answer["status"], answer["interval"]) == ("Pending", 7), answer
        assert station.call("Heartbeat", {})[0] == "SecurityError"
        assert csms.rest.post("/api/stations/PILE-1/start", {"token": {"id": "TAG"}}).status == 409
        csms.rest.put("/api/stations/PILE-1", {"serial": "S-1"})
        assert station.boot()["status"] == "Rejected"
        boot = {"chargePointVendor": "V", "chargePointModel": "M", "chargePointSerialNumber": "S-1"}
        assert station.call("BootNotification", boot)["status"] == "Accepted"
        before = station.call("Heartbeat", {})["currentTime"]
        csms.rest.post("/api/test/clock", {"advance_s": 86400})
        assert station.call("Heartbeat", {})["currentTime"][:10] > before[:10]


def test_identities_are_percent_decoded(binary):
    with Csms(binary, *OPEN) as csms:
        booted(csms, "Säule 1/no", quoted="S%C3%A4ule%201").close()
        assert csms.rest.get("/api/stations/S%C3%A4ule%201")["id"] == "Säule 1"
        assert refused(lambda: Station(csms.port, "X", quoted="A%01B")) == 404


def test_tls_serves_stations_with_and_without_certificates(binary):
    certificates = rawws.Certificates()
    pair = ("--tls-cert", certificates.file("server.pem"), "--tls-key", certificates.file("server.key"))
    with Csms(binary, *OPEN, *pair, "--http", "127.0.0.1:0", listen=("wss://127.0.0.1:0",)) as csms:
        booted(csms, "PILE-1", context=certificates.client_context()).close()
        csms.rest.put("/api/stations/PILE-2", {"minProfile": 3})
        assert refused(lambda: csms.station("PILE-2", context=certificates.client_context())) == 403
    with Csms(binary, *OPEN, *pair, "--client-ca", certificates.file("ca.pem"), "--http", "127.0.0.1:0",
              listen=("wss://127.0.0.1:0", "ws://127.0.0.1:0")) as csms:
        csms.rest.put("/api/stations/PILE-2", {"minProfile": 3})
        assert refused(lambda: csms.station("PILE-2", context=certificates.client_context(name="client"))) == 403, "it names another"
        csms.rest.put("/api/stations/PILE-2", {"minProfile": 3, "serial": "client"})
        booted(csms, "PILE-2", context=certificates.client_context(name="client")).close()
        csms.rest.put("/api/stations/PILE-4", {"minProfile": 3, "serial": "client"})
        csms.station("PILE-4", context=certificates.client_context(name="client")).close()
        assert refused(lambda: csms.station("PILE-4", context=certificates.client_context(name="pretender"))) == 403
        csms.rest.put("/api/stations/PILE-4", {"minProfile": 3, "serial": "clien"})
        assert refused(lambda: csms.station("PILE-4", context=certificates.client_context(name="client"))) == 403
        assert refused(lambda: Station(csms.ports[1], "PILE-2")) == 403


def test_operators_off_loopback_show_their_token(binary):
    with scratch() as folder:
        path = os.path.join(folder, "token")
        with open(path, "w", encoding="ascii") as file:
            file.write("0123456789abcdef\n")
        with Csms(binary, *OPEN, "--token-file", path, listen=("ws://0.0.0.0:0",), token="0123456789abcdef") as csms:
            assert csms.rest.ask("GET", "/api/stations").status == 200
            for wrong in (None, "Bearer", "Bearer 0123456789abcdeF", "Basic 0123456789abcdef", "Bearer 0123456789abcdef0"):
                assert csms.rest.ask("GET", "/api/stations", headers={"Authorization": wrong}).status == 401
            assert csms.rest.ask("GET", "/api/nothing", headers={"Authorization": None}).status == 401, "strangers learn no paths"
            assert csms.rest.ask("GET", "/api/health", headers={"Authorization": None}).status == 200
        with Csms(binary, *OPEN, listen=("ws://0.0.0.0:0",)) as csms:
            assert csms.rest.ask("GET", "/api/stations").status == 403, "nobody is asked for a token that is not there"


def test_web_pages_of_elsewhere_cannot_use_the_loopback(binary):
    with Csms(binary, *OPEN) as csms:
        port = csms.http_port
        body = {"status": "Accepted"}
        for headers in ({"Host": "evil.example"}, {"Host": f"127.0.0.1.evil.example:{port}"}, {"Origin": "https://evil.example"},
                        {"Origin": "null"}, {"Origin": f"http://localhost:{port + 1}"}):
            assert csms.rest.ask("PUT", "/api/tokens/Local/X", body, headers=headers).status == 403, headers
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", None):
            assert csms.rest.ask("PUT", "/api/tokens/Local/X", body, headers={"Content-Type": kind}).status == 415, kind
        for site in ("cross-site", "same-site", "anything"):  # what a browser says of its page, also where it sends no Origin
            for method, path in (("PUT", "/api/tokens/Local/X"), ("DELETE", "/api/tokens/Local/X"), ("GET", "/api/tokens")):
                assert csms.rest.ask(method, path, body if method == "PUT" else None, headers={"Sec-Fetch-Site": site}).status == 403, site
        own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}", "Content-Type": "application/json; charset=utf-8", "Sec-Fetch-Site": "same-origin"}
        assert csms.rest.ask("PUT", "/api/tokens/Local/X", body, headers=own).status == 201
        assert csms.rest.ask("GET", "/api/tokens", headers={"Sec-Fetch-Site": "none"}).status == 200


# --- pages -------------------------------------------------------------------------------------------------------------------------


def test_pages_are_served_with_what_keeps_them_to_themselves(binary):
    with Csms(binary, *OPEN, listen=("ws://0.0.0.0:0",)) as csms:  # where operators need a token, the pages do not
        page = csms.rest.ask("GET", "/", headers={"Accept": "text/html"})
        assert page.status == 200 and page.type == "text/html" and "<!DOCTYPE html>" in page.text, page.text
        policy = page.headers["content-security-policy"]
        for word in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert word in policy and "unsafe" not in policy, policy
        assert page.headers["x-content-type-options"] == "nosniff" and page.headers["referrer-policy"] == "no-referrer", page.headers
        for path, kind in (("/shared/api.js", "text/javascript"), ("/shared/base.css", "text/css"), ("/shared/icon.svg", "image/svg+xml"), ("/index.html", "text/html")):
            file = csms.rest.ask("GET", path)
            assert file.status == 200 and file.type == kind and file.headers["content-security-policy"] == policy, (path, file.headers)


def test_a_browser_that_has_a_page_is_not_sent_it_again(binary):
    with Csms(binary, *OPEN) as csms:
        page = csms.rest.ask("GET", "/shared/api.js")
        tag = page.headers["etag"]
        for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = csms.rest.ask("GET", "/shared/api.js", headers={"If-None-Match": sent})
            assert again.status == 304 and again.text == "" and again.headers["etag"] == tag, (sent, again.status)
        for sent in ('"other"', tag[:-1], tag + "x", ""):
            assert csms.rest.ask("GET", "/shared/api.js", headers={"If-None-Match": sent}).status == 200, sent
        head = csms.rest.ask("HEAD", "/shared/api.js")
        assert head.status == 200 and head.text == "" and head.headers["content-length"] == str(len(page.text.encode())), head.headers


def test_what_is_no_page_is_told_to_people_as_a_page_and_to_programs_as_a_problem(binary):
    with Csms(binary, *OPEN) as csms:
        lost = csms.rest.ask("GET", "/no/such/page", headers={"Accept": "text/html,*/*"})
        assert lost.status == 404 and lost.type == "text/html" and "content-security-policy" in lost.headers
        for path in ("/no/such/page", "/shared", "/shared/", "/index.html/", "/" + "x" * 300):
            assert csms.rest.ask("GET", path).status == 404, path
        assert csms.rest.ask("GET", "/api/nothing", headers={"Accept": "text/html"}).type == "application/problem+json"
        for method in ("POST", "PUT", "DELETE"):
            assert csms.rest.ask(method, "/index.html", {} if method != "DELETE" else None).status == 404, method


# --- bad input and ends ----------------------------------------------------------------------------------------------------------------


def test_garbage_on_the_socket_harms_nobody(binary):
    noise = random.Random(7)
    with Csms(binary, *OPEN) as csms:
        good = booted(csms, "GOOD")
        for i in range(40):
            raw = rawws.connect(csms.port)
            raw.send(noise.randbytes(noise.randrange(1, 400)))
            raw.close()
        bad = booted(csms, "BAD")
        for text in ("", "[", "[]", "[2]", "[9,1]", "{}", '[2,"1","Heartbeat"]', '[3,"nobody",{}]', "[" * 200, '[2,"1","Heartbeat",{},{}]'):
            bad.send(text)
        bad.wire.send(rawws.frame(rawws.TEXT, b"\xff\xfe\xfa", mask=True))
        bad.close()
        assert "currentTime" in good.call("Heartbeat", {})
        assert csms.rest.get("/api/health")["status"] == "ok"
        assert csms.stop() == 0


def test_bodies_of_any_kind_are_refused_in_json(binary):
    with Csms(binary, *OPEN) as csms:
        bodies = ["", "{", "null", "1", '"x"', "[]", '{"status":"Accepted"} {}', '{"status":"Accepted","status":"Blocked"}', '{"\xff<b>":1}',
                  '{"status":"\xff"}', '{"status":"Acc\\u0000"}', "[" * 5000, '{"a":' * 5000, '{"' + "x" * 1000 + '":1}', "\0", '{"status":1e999}']
        for body in bodies:
            answer = csms.rest.ask("PUT", "/api/tokens/Local/X", body, headers={"Content-Type": "application/json"})
            assert answer.status == 400 and answer.type == "application/problem+json" and answer.json["status"] == 400, (body, answer.text)
        assert csms.rest.get("/api/tokens")["tokens"] == []


def test_a_server_without_room_for_a_body_says_so(binary):
    with Csms(binary, *OPEN) as csms:
        answer = csms.rest.ask("PUT", "/api/tokens/Local/X", '{"status":"Accepted","x":"' + "y" * 300000 + '"}')
        assert answer.status == 413, answer.status


def test_a_term_signal_drains_and_exits_0(binary):
    for sign in (signal.SIGTERM, signal.SIGINT):
        with Csms(binary, *OPEN, "--threads", "2", "--drain-s", "0") as csms:
            station = booted(csms, "PILE-1")
            answers = []
            asking = threading.Thread(target=lambda c=csms, a=answers: a.append(c.rest.post("/api/stations/PILE-1/call", {"action": "ClearCache"})))
            asking.start()
            station.next_call("ClearCache")
            assert csms.stop(sign) == 0
            assert station.wire.read_close() == 1001
            asking.join()
            assert answers[0].status == 504, answers


def test_wrong_use_is_told_in_one_line(binary):
    with scratch() as folder:
        nonsense = os.path.join(folder, "nonsense")
        with open(nonsense, "wb") as file:
            file.write(os.urandom(8192))
        config = os.path.join(folder, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write("# a comment\nlisten ws://127.0.0.1:0\nthreads = many\n")
        busy = socket.create_server(("127.0.0.1", 0))
        here = ("--listen", "ws://127.0.0.1:0")
        certificate = ("--listen", "wss://127.0.0.1:0", "--tls-cert", nonsense, "--tls-key", nonsense)
        cases = [
            (2, (), "--listen"), (2, ("--nonsense",), "no option"), (2, ("stray",), "no option"), (2, ("--listen",), "needs a value"),
            (2, ("--listen", "http://127.0.0.1:1"), "scheme"), (2, ("--listen", "127.0.0.1"), "ADDR:PORT"),
            (2, ("--listen", "127.0.0.1:70000"), "ADDR:PORT"), (2, ("--listen", "nowhere.example:80"), "numeric"),
            (2, ("--listen", "wss://127.0.0.1:0"), "--tls-cert"), (2, (*here, "--tls-cert", nonsense), "wss"),
            (2, (*certificate, "--tls-cert", nonsense), "same order"), (2, (*here, "--threads", "0"), "1 to 64"),
            (2, (*here, "--log", "loud"), "text, json or none"), (2, (*here, "--versions", "1.5"), "1.6,2.0.1,2.1"),
            (2, (*here, "--versions", "2.1,3"), "1.6,2.0.1,2.1"), (2, (*here, "--subprotocol-mismatch", "perhaps"), "refuse or complete"),
            (1, (*here, "--csr-ca", "a:b"), "--csr-ca"),
            (2, (*here, "--security-profile", "2"), "wss"), (2, (*here, "--station", "A/B"), "48 bytes"),
            (2, (*here, "--lenient=yes"), "no value"), (2, (*here, "--config", os.path.join(folder, "absent")), "--config"),
            (2, ("--config", config), "line 3"), (2, ("--listen", "0.0.0.0:0", "--test-clock"), "loopback"),
            (1, (*here, "--token-file", nonsense + "x"), "--token-file"), (1, (*here, "--proxy", "here"), "proxy"),
            (2, (*here, "--second-connection", "both"), "newest, living or oldest"), (2, (*here, "--pong-s", "0"), "1 to 3600"), (1, (*here, "--db", nonsense), "--db"),
            (1, (*here, "--db", os.path.join(folder, "no", "such", "folder")), "--db"), (1, certificate, ""),
            (1, ("--listen", f"127.0.0.1:{busy.getsockname()[1]}"), str(busy.getsockname()[1])),
        ]
        for code, options, words in cases:
            done, complaint = misuse(binary, *options)
            assert done == code, f"{options}: exit {done}, {complaint}"
            own = [line for line in complaint.splitlines() if line.startswith("ocpp-csms: ")]
            assert len(own) == 1 and words in own[0], f"{options}: {complaint!r}"
            assert code == 1 or complaint.count("\n") == 1, complaint
        assert sorted(os.listdir(folder)) == sorted(map(os.path.basename, (nonsense, config))), os.listdir(folder)
        busy.close()


def test_a_settlement_file_says_nothing_that_is_not_understood(binary):
    """A misspelt tariff would be none: charging would be free, and nobody told."""
    cases = [
        ([], "object"), ({"tarif": {}}, "/tarif"), ({"tariff": "T"}, "/tariff"), ({"payer": "postpaid"}, "/payer"),
        ({"payer": {"providr": "wallet"}}, "/payer/providr"), ({"payers": [{"provider": "wallet"}]}, "/payers/0/id"),
        ({"payers": [{"id": "A", "knownRenter": "yes"}]}, "/payers/0/knownRenter"), ({"stations": {"PILE-7": {"zones": "Etc/UTC"}}}, "PILE-7/zones"),
        ({"stations": {"PILE-7": 1}}, "PILE-7"), ({"policy": [1]}, "/policy"), ({"policy": {"graceS": 1.5}}, "graceS"), ({"policy": {"grace": 1}}, "grace"),
        ({"drive": {"minutez": 3}}, "/drive/minutez"), ({"drive": {"minutes": 1.5}}, "/drive/minutes"), ({"drive": []}, "/drive"),
        ({"relay": {"rootKid": "R"}}, "/relay/root"),
    ]
    with scratch() as folder:
        file_name = os.path.join(folder, "settlement.json")
        for settings, words in cases:
            with open(file_name, "w", encoding="utf-8") as file:
                json.dump(settings, file)
            code, complaint = misuse(binary, "--listen", "ws://127.0.0.1:0", "--settlement", file_name)
            if "without the settlement extension" in complaint:
                return
            assert code == 1 and complaint.startswith("ocpp-csms: --settlement: ") and words in complaint and complaint.count("\n") == 1, (settings, complaint)


def test_help_and_version_are_told(binary):
    for option, words in (("--help", "--listen ws://ADDR:PORT"), ("--version", "ocpp-csms ")):
        done = subprocess.run([binary, option], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and words in done.stdout and not done.stderr, done


def test_a_second_program_does_not_get_the_store(binary):
    with scratch() as folder:
        store = os.path.join(folder, "csms.db")
        with Csms(binary, *OPEN, "--db", store, "--threads", "2"):
            code, complaint = misuse(binary, "--listen", "ws://127.0.0.1:0", "--db", store, "--threads", "2")
            assert code == 1 and "another ocpp-csms" in complaint, complaint


def test_options_may_stand_in_a_file(binary):
    with scratch() as folder:
        config = os.path.join(folder, "csms.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("# stations\nstation PILE-1:secret word\n\naccept-unknown-tokens\nversions = 2.0.1\r\n")
        with Csms(binary, "--config", config) as csms:
            assert refused(lambda: csms.station("PILE-1", "1.6", password="secret word")) == 400
            booted(csms, "PILE-1", "2.0.1", password="secret word").close()


def test_the_log_says_one_line_per_thing_and_no_secret(binary):
    import json
    for form in ("text", "json"):
        with Csms(binary, *OPEN, "--station", "PILE-1:hidden-word", log=form) as csms:
            station = booted(csms, "PILE-1", password="hidden-word")
            station.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
            station.send([2, "1", "StatusNotification", {}])
            station.read()
            assert refused(lambda c=csms: c.station("PILE-1", password="guessed-word")) == 401
            assert csms.stop() == 0
            log = csms.complaint()
            lines = log.splitlines()
            assert "hidden-word" not in log and "guessed-word" not in log, log
            for word in ("connected", "boot", "status", "invalid-frame", "refused"):
                assert any(word in line for line in lines), f"{word} is missing in {log}"
            if form == "json":
                assert all("event" in json.loads(line) for line in lines)


if __name__ == "__main__":
    rawws.run(globals(), sys.argv[1])
