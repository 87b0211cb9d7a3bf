"""ocpp-csms as those see it who keep it running: metrics, health, the log, going down.

usage: test_csms_operation.py OCPP-CSMS"""

import json
import os
import re
import resource
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import exposition  # noqa: E402
import rawws  # noqa: E402
from csms import Csms, Refused, booted, scratch, until  # noqa: E402

OPEN = ("--accept-unknown", "--accept-unknown-tokens")
START = {"connectorId": 1, "idTag": "TAG", "meterStart": 1000, "timestamp": "2026-01-01T10:00:00Z"}


def test_a_proxy_is_believed_and_opens_no_door_to_operators(binary):
    with scratch() as folder:
        token = os.path.join(folder, "token")
        with open(token, "w", encoding="ascii") as file:
            file.write("operator-token-of-32-characters-x\n")
        with Csms(binary, *OPEN, "--proxy", "127.0.0.0/8", "--token-file", token, token="operator-token-of-32-characters-x") as csms:
            wire, line, _ = rawws.station(csms.port, "PILE-1", "ocpp1.6", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n")
            assert line.split()[1] == "101", line
            assert csms.rest.get("/api/stations/PILE-1")["address"] == "203.0.113.9"
            assert csms.rest.ask("GET", "/api/stations", headers={"Authorization": None}).status == 401  # though it is bound to loopback
            wire.close()


def test_the_old_connection_may_be_kept_while_it_lives(binary):
    with Csms(binary, *OPEN, "--second-connection", "oldest", "--ping-s", "0") as csms:
        station = booted(csms, "PILE-1")
        second = csms.station("PILE-1")
        assert second.wire.read_close() == 1008
        station.call("Heartbeat", {})
        assert "ocpp_csms_peers_kept_total 1\n" in csms.rest.ask("GET", "/metrics").text


def scrape(csms):
    answer = csms.rest.ask("GET", "/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4"), answer.headers
    return exposition.read(answer.text)


def refused(act):
    try:
        act()
    except Refused as refusal:
        return refusal.status
    raise AssertionError("the handshake was not refused")


def call_of(csms, station, body, act):
    answers = []

    def ask():
        try:
            answers.append(csms.rest.post("/api/stations/PILE-1/call", body))
        except OSError as error:  # a program that ends at once answers nobody
            answers.append(error)
    asking = threading.Thread(target=ask)
    asking.start()
    act(*station.next_call())
    return asking, answers


# --- metrics -------------------------------------------------------------------------------------------------------------------------


def test_metrics_are_what_a_scraper_reads_and_count_what_happened(binary):
    with scratch() as folder, Csms(binary, "--station", "PILE-1:a long password", "--db", os.path.join(folder, "csms.db")) as csms:
        before = scrape(csms)
        assert exposition.value(before, "ocpp_csms_answer_seconds_count") == 0
        station = booted(csms, "PILE-1", password="a long password")
        station.call("Heartbeat", {})
        station.call("StartTransaction", START)
        asking, _ = call_of(csms, station, {"action": "ClearCache"}, lambda name, _: station.answer(name, {"status": "Accepted"}))
        asking.join()
        assert refused(lambda: csms.station("PILE-1", password="a wrong password")) == 401
        assert refused(lambda: csms.station("NOBODY")) == 404
        assert refused(lambda: csms.station("PILE-1", "9.9", password="a long password")) == 400
        now = scrape(csms)
        value = lambda name, **labels: exposition.value(now, "ocpp_csms_" + name, **labels)  # noqa: E731
        assert value("connections", version="1.6") == 1 and value("connects_total") == 1
        for reason, count in (("unauthorized", 1), ("unknown_station", 1), ("request", 1), ("forbidden", 0), ("overloaded", 0), ("tls", 0)):
            assert value("handshakes_refused_total", reason=reason) == count, reason
        assert value("calls_total", version="1.6", action="Heartbeat", **{"from": "station"}, outcome="result") == 1
        assert value("calls_total", version="1.6", action="ClearCache", **{"from": "central"}, outcome="result") == 1
        assert value("answer_seconds_count") == 3 and value("round_trip_seconds_count") == 1
        assert 0 < value("answer_seconds_sum") < 5
        assert value("store_writes_total") >= 2 and value("store_commits_total") >= 2 and value("store_pending") == 0
        assert value("store_durable_seconds_count") >= 2 and value("store_failed_total") == 0 and value("store_file_bytes") > 0
        assert value("mailboxes_waiting") == 0 and value("operator_calls_waiting") == 0 and value("message_log_bytes") > 0
        assert exposition.value(now, "process_resident_memory_bytes") > 1e6 and exposition.value(now, "process_open_fds") > 3
        assert [key for key in now["ocpp_csms_build_info"].samples], "nothing says what runs"
        assert value("transactions_open") == 1 and value("stations") == 1


def test_labels_are_few_whatever_stations_say(binary):
    with Csms(binary, *OPEN) as csms:
        for i in range(40):
            station = booted(csms, f"PILE-{i}")
            for j in range(5):
                station.send([2, f"u{j}", f"Nonsense{i}x{j}", {}])
                station.read()
            station.close()
        text = csms.rest.ask("GET", "/metrics").text
        assert "PILE" not in text and "Nonsense" not in text
        families = exposition.read(text)
        assert sum(len(family.samples) for family in families.values()) < 400
        assert exposition.value(families, "ocpp_csms_calls_total", version="1.6", action="other", **{"from": "station"}, outcome="error") == 200


# --- health ------------------------------------------------------------------------------------------------------------------------------


def test_health_says_whether_the_store_takes_writes(binary):
    with scratch() as folder, Csms(binary, *OPEN, "--db", os.path.join(folder, "csms.db")) as csms:
        assert csms.rest.get("/api/health")["checks"] == {"store": "ok", "threads": "ok"}
        limits = resource.prlimit(csms.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        until(lambda: time.sleep(0.2) or csms.rest.ask("GET", "/api/health").status == 503, "bad health")
        shown = csms.rest.ask("GET", "/api/health").json
        assert shown["status"] == "failing" and shown["checks"]["store"] == "failing", shown
        resource.prlimit(csms.process.pid, resource.RLIMIT_FSIZE, limits)
        until(lambda: time.sleep(0.2) or csms.rest.ask("GET", "/api/health").status == 200, "good health")


def test_a_station_that_is_dead_is_not_shown_online(binary):
    with Csms(binary, *OPEN, "--ping-s", "1", "--pong-s", "6", "--heartbeat-s", "77") as csms:
        station = csms.station("PILE-1")
        assert station.boot()["interval"] == 77
        assert csms.rest.get("/api/stations/PILE-1")["connected"]  # it has seven seconds
        until(lambda: time.sleep(0.1) or not csms.rest.get("/api/stations/PILE-1")["connected"], "the end of a station that answers no ping")
        shown = csms.rest.get("/api/stations/PILE-1")
        assert "connectedSince" not in shown and shown["lastSeen"] and shown["lastMessage"] == 2, shown
        assert csms.rest.post("/api/stations/PILE-1/clear-cache", {}).status == 409
        station.close()


def test_a_call_nobody_answers_ends_when_it_was_told_to(binary):
    with Csms(binary, *OPEN, "--call-timeout-s", "1") as csms:
        station = booted(csms, "PILE-1")
        asking, answers = call_of(csms, station, {"action": "ClearCache"}, lambda call, _: None)
        asking.join()
        assert answers[0].status == 504


# --- going down -----------------------------------------------------------------------------------------------------------------------------


def test_going_down_waits_for_open_commands_and_lets_nobody_in(binary):
    with Csms(binary, *OPEN) as csms:
        station = booted(csms, "PILE-1")
        name = []
        asking, answers = call_of(csms, station, {"action": "ClearCache"}, lambda call, _: name.append(call))
        csms.process.send_signal(signal.SIGTERM)
        until(lambda: csms.rest.ask("GET", "/api/health").json["status"] == "draining", "draining")
        assert csms.rest.ask("GET", "/api/health").status == 503
        assert refused(lambda: csms.station("PILE-2")) == 503
        assert csms.rest.post("/api/stations/PILE-1/call", {"action": "ClearCache"}).status == 503
        assert "currentTime" in station.call("Heartbeat", {}), "who is here is served"
        station.answer(name[0], {"status": "Accepted"})
        asking.join()
        assert answers[0].status == 200 and answers[0].json == {"result": {"status": "Accepted"}}
        assert station.wire.read_close() == 1001
        assert csms.process.wait(20) == 0


def test_going_down_waits_no_longer_than_it_was_told_to(binary):
    with Csms(binary, *OPEN, "--drain-s", "1") as csms:
        station = booted(csms, "PILE-1")
        asking, answers = call_of(csms, station, {"action": "ClearCache"}, lambda call, _: None)
        begun = time.monotonic()
        assert csms.stop() == 0 and 0.9 < time.monotonic() - begun < 15
        asking.join()
        assert answers[0].status == 504


def test_a_second_signal_waits_for_nobody(binary):
    with Csms(binary, *OPEN, "--drain-s", "600") as csms:
        station = booted(csms, "PILE-1")
        asking, _ = call_of(csms, station, {"action": "ClearCache"}, lambda call, _: None)
        csms.process.send_signal(signal.SIGTERM)
        until(lambda: csms.rest.ask("GET", "/api/health").json["status"] == "draining", "draining")
        begun = time.monotonic()
        assert csms.stop() in (0, 1) and time.monotonic() - begun < 10
        asking.join()


# --- the log -----------------------------------------------------------------------------------------------------------------------------------


# A store that only grows fills its disk; what ended long ago may go, what runs stays.
def test_transactions_that_ended_long_ago_leave_the_store_where_that_was_asked_for(binary):
    with scratch() as folder:
        db = ("--db", os.path.join(folder, "csms.db"))
        with Csms(binary, *OPEN, *db) as csms:
            station = booted(csms, "PILE-1")
            number = station.call("StartTransaction", START)["transactionId"]
            station.call("StopTransaction", {"transactionId": number, "meterStop": 2000, "timestamp": "2026-01-01T11:00:00Z"})
            station.call("StartTransaction", {**START, "connectorId": 2})
        for keep, count in (((), 2), (("--keep-days", "36500"), 2), (("--keep-days", "30"), 1)):
            with Csms(binary, *OPEN, *db, *keep) as csms:
                booted(csms, "PILE-1")
                until(lambda: len(csms.rest.get("/api/transactions")["transactions"]) == count, f"{count} transactions with {keep}")
                assert csms.stop() == 0


def test_the_log_is_one_object_per_line_with_fields_that_stay(binary):
    with Csms(binary, "--station", "PILE-1:hidden password", "--accept-unknown-tokens", log="json") as csms:
        station = booted(csms, "PILE-1", password="hidden password")
        station.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
        station.call("StartTransaction", START)
        station.call("StatusNotification", {"connectorId": 1})
        station.call("SecurityEventNotification", {"type": "TamperDetectionActivated", "timestamp": "2026-01-01T10:00:00Z"})
        refused(lambda: csms.station("PILE-1", password="guessed password"))
        refused(lambda: csms.station("NO\u2028BODY\x7f\"", password="x"))
        station.close()
        until(lambda: '"disconnected"' in csms.complaint(), "the end of the connection")
        assert csms.stop() == 0
        text = csms.complaint()
        lines = [json.loads(line) if line.startswith("{") else line for line in text.split("\n") if line]
        assert all(isinstance(line, dict) for line in lines), text
        assert "hidden" not in text and "guessed" not in text
        events = {line["event"]: line for line in lines}
        for line in lines:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) and line["level"] in ("error", "warning", "info", "debug"), line
            assert set(line) >= {"time", "level", "event", "text"}, line
        assert {"start", "connected", "boot", "status", "transaction", "invalid-frame", "security", "refused", "disconnected", "stop"} <= set(events), events
        refusals = [line for line in lines if line["event"] == "refused"]
        assert refusals[0]["station"] == "PILE-1" and refusals[0]["address"] == "127.0.0.1" and refusals[0]["reason"], refusals
        assert events["invalid-frame"]["code"] == "ERR_MISSING_MEMBER" and events["invalid-frame"]["station"] == "PILE-1"
        assert events["boot"]["status"] == "Accepted" and events["boot"]["vendor"] == "Vendor"
        assert events["transaction"]["phase"] == "started" and events["transaction"]["transaction"]


def test_it_says_where_its_pages_are(binary):
    with Csms(binary) as csms:
        assert csms.process.stdout.readline() == f"pages http://127.0.0.1:{csms.http_port}/\n"
        answer = csms.rest.ask("GET", "/")
        assert (answer.status, answer.type) == (200, "text/html"), answer.type


def test_a_flood_of_strangers_is_no_flood_of_lines(binary):
    with Csms(binary, log="json") as csms:
        begun = time.monotonic()
        for i in range(300):
            refused(lambda i=i: csms.station(f"NOBODY-{i}"))
        seconds = time.monotonic() - begun + 2
        lines = [line for line in csms.complaint().splitlines() if '"refused"' in line]
        assert 0 < len(lines) <= 10 * seconds, len(lines)


if __name__ == "__main__":
    rawws.run(globals(), sys.argv[1])
