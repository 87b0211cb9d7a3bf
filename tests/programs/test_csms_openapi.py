"""openapi.yaml and ocpp-csms say the same: every path, method, status and body shape in the file is brought about here and compared with it, and
nothing that is not in the file is served.

usage: test_csms_openapi.py OCPP-CSMS SOURCE-DIRECTORY"""

import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, booted, scratch, until  # noqa: E402
from csms_commands import COMMANDS  # noqa: E402
from openapi import Description  # noqa: E402
from openapi_bounds import Bounds  # noqa: E402
from openapi_drivers import exercise_drivers  # noqa: E402
from openapi_pages import exercise_curve, exercise_model  # noqa: E402
from relay import Pile, Root, payload_of  # noqa: E402
from terminals import Terminal, text_of  # noqa: E402

TOKEN = "operators-token-of-a-test"
FOREIGN = {"Host": "rebound.example"}


class Session:
    """Exchanges with one server, each judged by the description."""

    def __init__(self, csms, description):
        self.csms, self.description = csms, description

    def ask(self, method, template, status, body=None, headers=None, query="", valid_body=True, **parameters):
        path = template
        for name, value in parameters.items():
            path = path.replace("{%s}" % name, value)
        answer = self.csms.rest.ask(method, path + query, body, headers)
        assert answer.status == status, f"{method} {path + query} answered {answer.status}, not {status}: {answer.text}"
        self.description.judge(template, method, answer, body, valid_body)
        return answer.json

    def while_station(self, behave, *what, **more):
        """Asks on a thread of its own while |behave| plays the station."""
        results = []

        def run():
            try:
                results.append(self.ask(*what, **more))
            except BaseException as error:  # pylint: disable=broad-except
                results.append(error)

        asking = threading.Thread(target=run)
        asking.start()
        behave()
        asking.join(rawws.LIMIT_S)
        assert results, "no answer came"
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]


def exercise_service(session):
    session.ask("GET", "/api/health", 200)
    session.ask("GET", "/metrics", 200)
    session.ask("GET", "/api/openapi.yaml", 200)
    assert session.csms.rest.ask("GET", "/api/openapi.yaml").text == session.description.text, "it is another description"
    session.ask("POST", "/api/test/clock", 200, {"advance_s": 1})
    session.ask("POST", "/api/test/clock", 400, {"advance_s": -1}, valid_body=False)
    session.ask("POST", "/api/test/clock", 415, {"advance_s": 1}, headers={"Content-Type": "text/plain"})


def exercise_events(session):
    streams = [session.csms.rest.events() for _ in range(64)]
    assert streams[0].response.status == 200
    assert streams[0].response.getheader("content-type").startswith("text/event-stream")
    session.description.seen.add(("/api/events", "get", "200"))
    session.ask("GET", "/api/events", 503)
    for query in ("?kinds=boot,nonsense", "?station=a%2Fb"):
        session.ask("GET", "/api/events", 400, query=query)
    for stream in streams:
        stream.close()


def exercise_stations(session):
    everything = {"secret": "a long password", "versions": ["1.6", "2.0.1"], "minProfile": 1, "serial": "S-1", "boot": "Pending",
                  "bootInterval": 30, "quirks": ["no-zone"], "limits": {"messageLogBytes": 4096}}
    session.ask("PUT", "/api/stations/{id}", 201, everything, id="FULL")
    shown = session.ask("PUT", "/api/stations/{id}", 200, everything, id="FULL")["settings"]
    assert shown == {"versions": ["1.6", "2.0.1"], "minProfile": 1, "serial": "S-1", "boot": "Pending", "bootInterval": 30,
                     "quirks": ["no-zone"], "limits": {"messageLogBytes": 4096}, "hasSecret": True}, shown
    wrong = [{"secret": "short"}, {"versions": ["1.5"]}, {"minProfile": 4}, {"serial": ""}, {"boot": "Perhaps"}, {"bootInterval": 0},
             {"limits": {"messageLogBytes": 1}}, {"limits": {"other": 1}}, {"unknown": 1}, [], {"versions": "1.6"}]
    for body in wrong:
        session.ask("PUT", "/api/stations/{id}", 400, body, id="FULL", valid_body=False)
    session.ask("PUT", "/api/stations/{id}", 400, {"quirks": ["no such quirk"]}, id="FULL")
    session.ask("PUT", "/api/stations/{id}", 400, {}, id="A%3AB")
    session.ask("PUT", "/api/stations/{id}", 415, {}, id="FULL", headers={"Content-Type": "application/x-www-form-urlencoded"})
    session.ask("GET", "/api/stations", 200)
    session.ask("PUT", "/api/stations/{id}", 201, {}, id="PLAIN")
    page = session.ask("GET", "/api/stations", 200, query="?limit=1")
    assert len(page["stations"]) == 1 and session.ask("GET", "/api/stations", 200, query=f"?after={page['next']}&limit=1000")["stations"]
    session.ask("GET", "/api/stations", 400, query="?limit=1001")
    session.ask("GET", "/api/stations/{id}", 200, id="FULL")
    session.ask("GET", "/api/stations/{id}", 404, id="NOBODY")


def exercise_connection(session):
    station = booted(session.csms, "PILE-1")
    station.call("StatusNotification", {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure", "info": "hot", "vendorId": "V"})
    shown = session.ask("GET", "/api/stations/{id}", 200, id="PILE-1")
    assert shown["connected"] and shown["connectors"][0]["errorCode"] == "GroundFailure", shown
    station.send("garbage")
    until(lambda: session.csms.rest.get("/api/stations/PILE-1")["lastMessage"] >= 5, "the garbage in the log")
    messages = session.ask("GET", "/api/stations/{id}/messages", 200, id="PILE-1", query="?after=0&limit=1000")["messages"]
    assert messages[-1]["frame"] == "garbage" and "issue" in messages[-1], messages[-1]
    session.ask("GET", "/api/stations/{id}/messages", 400, id="PILE-1", query="?after=-1")
    session.ask("GET", "/api/stations/{id}/messages", 404, id="NOBODY")
    session.ask("DELETE", "/api/stations/{id}/connection", 204, id="PILE-1")
    assert station.wire.read_close() == 1000
    station.close()
    until(lambda: not session.csms.rest.get("/api/stations/PILE-1")["connected"], "the end of the connection")
    session.ask("DELETE", "/api/stations/{id}/connection", 409, id="PILE-1")
    session.ask("DELETE", "/api/stations/{id}/connection", 404, id="NOBODY")


def exercise_security(session):
    profile = "/api/stations/{id}/security-profile"
    assert session.ask("GET", profile, 200, id="PILE-1")["securityProfile"] == 0
    session.ask("GET", profile, 404, id="NOBODY")
    assert session.ask("PUT", profile, 200, id="PILE-1", body={"securityProfile": 0})["securityProfile"] == 0
    session.ask("PUT", profile, 400, id="PILE-1", body={"securityProfile": 4}, valid_body=False)
    session.ask("PUT", profile, 400, id="PILE-1", body={}, valid_body=False)
    session.ask("PUT", profile, 404, id="NOBODY", body={"securityProfile": 0})


def exercise_call(session):
    call = "/api/stations/{id}/call"
    body = {"action": "GetConfiguration", "payload": {"key": ["A"]}, "timeout_ms": 30000, "validate": True}
    station = booted(session.csms, "PILE-2")

    def give(payload):
        station.answer(station.next_call()[0], payload)

    result = session.while_station(lambda: give({"unknownKey": ["A"]}), "POST", call, 200, body, id="PILE-2")
    assert result == {"result": {"unknownKey": ["A"]}}, result
    error = session.while_station(lambda: station.refuse(station.next_call()[0], "NotSupported", "no"), "POST", call, 200, body, id="PILE-2")
    assert error == {"error": {"code": "NotSupported", "description": "no", "details": {}}}, error
    session.while_station(lambda: give({"unknownKey": 1}), "POST", call, 502, body, id="PILE-2")
    invalid = session.ask("POST", call, 400, {"action": "Reset", "payload": {"type": "Sometimes"}}, id="PILE-2")
    assert invalid["path"] == "/payload/type", invalid
    for action in ("NoSuchAction", "BootNotification"):
        unknown = session.ask("POST", call, 400, {"action": action}, id="PILE-2")
        assert "no word for that" in unknown["detail"], unknown
    session.ask("POST", call, 400, {"action": 1}, id="PILE-2", valid_body=False)
    session.ask("POST", call, 400, "{", id="PILE-2", valid_body=False)
    session.while_station(station.next_call, "POST", call, 504, {"action": "ClearCache", "timeout_ms": 1}, id="PILE-2")
    unchecked = {"action": "NoSuchAction", "payload": {"a": 1}, "validate": False}
    assert session.while_station(lambda: give({"b": [1, 2]}), "POST", call, 200, unchecked, id="PILE-2") == {"result": {"b": [1, 2]}}
    exercise_full_queue(session, station, "PILE-2")
    newer = booted(session.csms, "PILE-2-NEW", "2.0.1")
    exercise_full_queue(session, newer, "PILE-2-NEW")
    newer.close()
    station.close()
    until(lambda: not session.csms.rest.get("/api/stations/PILE-2")["connected"], "the end of the connection")
    session.ask("POST", call, 409, body, id="PILE-2")
    session.ask("POST", call, 404, body, id="NOBODY")
    session.ask("POST", call, 415, body, id="PILE-2", headers={"Content-Type": None})


def exercise_full_queue(session, station, identity):
    """One call is outstanding and sixteen wait: no other is taken, be it a call or a command."""
    path = f"/api/stations/{identity}/call"
    waiting = [threading.Thread(target=session.csms.rest.post, args=(path, {"action": "ClearCache"})) for _ in range(17)]
    for thread in waiting:
        thread.start()
    until(lambda: "ocpp_csms_operator_calls_waiting 17\n" in session.csms.rest.ask("GET", "/metrics").text, "a full queue")
    session.ask("POST", "/api/stations/{id}/call", 429, {"action": "ClearCache"}, id=identity)
    for name, command in COMMANDS.items():
        if command.version == station.version:
            session.ask("POST", "/api/stations/{id}/" + name, 429, command.body, id=identity)
    for _ in waiting:
        station.answer(station.next_call("ClearCache")[0], {"status": "Accepted"})
    for thread in waiting:
        thread.join()


def exercise_commands(session):
    for name, command in COMMANDS.items():
        exercise_command(session, booted(session.csms, "PILE-3", command.version), name, command)
    station = booted(session.csms, "PILE-3")
    session.ask("POST", "/api/stations/{id}/monitoring-base", 400, {"base": "All"}, id="PILE-3")
    session.ask("POST", "/api/stations/{id}/start", 400, {"token": {"id": "T", "type": "Unknown"}}, id="PILE-3", valid_body=False)
    session.ask("POST", "/api/stations/{id}/trigger", 400, {"message": "NoSuchMessage"}, id="PILE-3")
    station.close()


def exercise_command(session, station, name, command):
    path = "/api/stations/{id}/" + name

    def answer_it():
        call, payload = station.next_call(command.action)
        if "requestId" not in command.body:
            payload.pop("requestId", None)  # as the program chose it
        assert command.sent in (None, payload), f"{name} sent {payload}, not {command.sent}"
        station.answer(call, command.answer)
        if name == "sync-list":  # is more than one call
            call, payload = station.next_call("SendLocalList")
            assert payload == {"versionNumber": 1, "updateType": "Full"}, payload
            station.answer(call, {"status": "Accepted"})

    done = session.while_station(answer_it, "POST", path, 200, command.body, id="PILE-3")
    assert done["accepted"] == command.accepted and {**done, **command.shown} == done, f"{name} answered {done}"
    refused = session.while_station(lambda: station.refuse(station.next_call()[0], "NotSupported"), "POST", path, 200, command.body, id="PILE-3")
    assert refused["error"]["code"] == ("GenericError" if name == "sync-list" else "NotSupported"), refused
    session.while_station(lambda: station.answer(station.next_call()[0], {"status": 7}), "POST", path, 502, command.body, id="PILE-3")
    session.ask("POST", path, 404, command.body, id="NOBODY")
    session.ask("POST", path, 415, command.body, id="PILE-3", headers={"Content-Type": "text/plain"})
    session.while_station(lambda: (station.next_call(), station.close()), "POST", path, 504, command.body, id="PILE-3")
    until(lambda: not session.csms.rest.get("/api/stations/PILE-3")["connected"], "the end of the connection")
    session.ask("POST", path, 409, command.body, id="PILE-3")


def exercise_bounds(session):
    """Every member of every body, just outside and just inside its bounds, at a station that is not connected."""
    session.ask("PUT", "/api/stations/{id}", 201, {}, id="AWAY")
    bounds = Bounds(session.description.resolve)
    tried = 0
    for path, method, operation in session.description.operations():
        if "application/json" not in operation.get("requestBody", {}).get("content", {}) or path.startswith("/api/drive/visit/"):
            continue  # whose visit it is comes first: exercise_drivers()
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = sample_body(path, method)
        for wrong, where in bounds.bad(schema, body):
            shown = session.ask(method.upper(), path, 400, wrong, id="AWAY", type="Local", idToken="X", valid_body=False)
            assert shown["path"] == where, f"{method} {path} {wrong}: {shown}, not {where}"
            tried += 1
        if method != "post" or "stations" not in path:
            continue
        for right in bounds.good(schema, body, but=("file",)):
            session.ask("POST", path, 409, right, id="AWAY")
            tried += 1
        for null in bounds.null(schema, body):
            if path.endswith("/firmware") and null["url"] is None:
                continue
            assert session.csms.rest.post(path.replace("{id}", "AWAY"), null).status == 409, null
            tried += 1
    print(f"{tried} bodies at the bounds were judged")


def exercise_tokens(session):
    path = "/api/tokens/{type}/{idToken}"
    everything = {"status": "Accepted", "group": "FAMILY", "expires": "2030-01-01T00:00:00Z", "evses": [1, 2], "languages": ["en", "zh"],
                  "personalMessage": "Hello", "cost": 0.25}
    card = {"type": "ISO14443", "idToken": "0A0B"}
    made = session.ask("PUT", path, 201, everything, **card)
    assert made == {**everything, **card}, made
    session.ask("PUT", path, 200, {"status": "Blocked", **card}, **card)
    session.ask("PUT", path, 200, everything, **card)
    wrong = [{}, {"status": "Fine"}, {"status": "Accepted", "evses": [0]}, {"status": "Accepted", "expires": "soon"},
             {"status": "Accepted", "cost": -1}, {"status": "Accepted", "group": ""}, {"status": "Accepted", "other": 1}]
    for body in wrong:
        session.ask("PUT", path, 400, body, valid_body=False, **card)
    session.ask("PUT", path, 400, {"status": "Accepted", "idToken": "OTHER"}, **card)
    session.ask("PUT", path, 404, everything, type="NoSuchType", idToken="1")
    session.ask("PUT", path, 415, everything, headers={"Content-Type": "text/plain"}, **card)
    assert session.ask("GET", path, 200, type="iso14443", idToken="0a0b") == made
    session.ask("GET", path, 404, type="Central", idToken="0A0B")
    session.ask("PUT", path, 201, {"status": "NoCredit"}, type="eMAID", idToken="DE%2FA%2B%C3%A4")
    assert session.ask("GET", path, 200, type="eMAID", idToken="DE/A%2B%C3%A4")["idToken"] == "DE/A+ä"
    session.ask("GET", "/api/tokens", 200)
    page = session.ask("GET", "/api/tokens", 200, query="?limit=1")
    rest = session.ask("GET", "/api/tokens", 200, query=f"?limit=1&after={page['next']}")
    assert [token["idToken"] for token in page["tokens"] + rest["tokens"]] == ["0A0B", "DE/A+ä"] and "next" not in rest, (page, rest)
    session.ask("GET", "/api/tokens", 400, query="?limit=0")
    session.ask("DELETE", path, 204, **card)
    session.ask("DELETE", path, 404, **card)


def exercise_transactions(session):
    session.csms.rest.put("/api/tokens/ISO14443/TAG", {"status": "Accepted"})
    one, two = booted(session.csms, "PILE-4"), booted(session.csms, "PILE-5", "2.0.1")
    number = one.call("StartTransaction", {"connectorId": 2, "idTag": "TAG", "meterStart": 100, "timestamp": "2026-01-01T00:00:00Z"})["transactionId"]
    assert session.ask("GET", "/api/transactions/{id}", 200, id=str(number))["open"]
    one.call("StopTransaction", {"transactionId": number, "meterStop": 350, "timestamp": "2026-01-01T01:00:00Z", "reason": "Local"})
    two.call("TransactionEvent", {"eventType": "Started", "timestamp": "2026-01-01T00:00:00Z", "triggerReason": "CablePluggedIn", "seqNo": 0,
                                  "transactionInfo": {"transactionId": "T-1", "chargingState": "EVConnected"}, "evse": {"id": 1, "connectorId": 1}})
    ended = session.ask("GET", "/api/transactions/{id}", 200, id=str(number), query="?station=PILE-4")
    assert ended["energyWh"] == 250 and ended["reason"] == "Local" and not ended["open"], ended
    session.ask("GET", "/api/transactions/{id}", 404, id="NONE")
    session.ask("GET", "/api/transactions/{id}", 404, id="T-1", query="?station=PILE-4")
    both = session.ask("GET", "/api/transactions", 200)["transactions"]
    assert [row["station"] for row in both] == ["PILE-4", "PILE-5"], both
    page = session.ask("GET", "/api/transactions", 200, query="?limit=1")
    rest = session.ask("GET", "/api/transactions", 200, query=f"?after={page['next']}")
    assert page["transactions"] + rest["transactions"] == both and "next" not in rest
    assert [row["id"] for row in session.ask("GET", "/api/transactions", 200, query="?open=true")["transactions"]] == ["T-1"]
    assert session.ask("GET", "/api/transactions", 200, query="?station=PILE-4&open=true")["transactions"] == []
    for query in ("?open=maybe", "?limit=x", "?after=nonsense"):
        session.ask("GET", "/api/transactions", 400, query=query)
    one.close()
    two.close()


def exercise_files(session):
    station = booted(session.csms, "PILE-6")
    ordered = {}

    def take(name):
        call, ordered[name] = station.next_call()
        station.answer(call, {} if name == "firmware" else {"status": "Accepted"})

    session.while_station(lambda: take("firmware"), "POST", "/api/stations/{id}/firmware", 200, {"file": "token"}, id="PILE-6")
    session.while_station(lambda: take("log"), "POST", "/api/stations/{id}/log", 200, {"requestId": 3}, id="PILE-6")
    fetch, give = "/files/{ticket}/{station}/{file}", "/files/{ticket}/{station}/{request}/{name}"
    ticket = ordered["firmware"]["location"].split("/")[4]
    session.ask("GET", fetch, 200, ticket=ticket, station="PILE-6", file="token")
    session.ask("GET", fetch, 206, ticket=ticket, station="PILE-6", file="token", headers={"Range": "bytes=0-3"})
    session.ask("GET", fetch, 416, ticket=ticket, station="PILE-6", file="token", headers={"Range": "bytes=9999-"})
    session.ask("GET", fetch, 404, ticket=ticket, station="PILE-7", file="token")
    ticket = ordered["log"]["log"]["remoteLocation"].split("/")[4]
    made = session.ask("PUT", give, 201, "a log", {"Content-Type": None}, ticket=ticket, station="PILE-6", request="3", name="a.log")
    session.ask("PUT", give, 404, "a log", {"Content-Type": None}, ticket=ticket, station="PILE-6", request="4", name="a.log")
    listed = session.ask("GET", "/api/files", 200)
    assert [file["name"] for file in listed["received"]] == [made["name"]] and "token" in [file["name"] for file in listed["files"]], listed
    session.ask("GET", "/api/files/received/{name}", 200, name=made["name"])
    session.ask("GET", "/api/files/received/{name}", 206, name=made["name"], headers={"Range": "bytes=-1"})
    session.ask("GET", "/api/files/received/{name}", 416, name=made["name"], headers={"Range": "bytes=9-"})
    session.ask("GET", "/api/files/received/{name}", 404, name="absent")
    station.close()


VENDOR = "org.ocpp-c.settlement"
TARIFF = {"id": "T", "currency": "EUR", "dialect": "Own",
          "elements": [{"components": [{"dimension": "Energy", "unit": "Kwh", "priceMicro": 500000}]}],
          "bank": {"depositMinor": 2000, "freeS": 0, "unitS": 3600, "unitPriceMicro": 1000000, "buyOutMinor": 5000}}
NOTIFY_SECRET = "what only the shop and this program know"
SETTLEMENT = {"operator": "test", "zone": "Etc/UTC", "tariff": TARIFF, "payer": {"provider": "postpaid"}, "policy": {"postpaidLimitMinor": 20000},
              "drive": {"provider": "postpaid", "visitsPerMinute": 600}}
RECONCILE = {"provider": "shop", "from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z", "list": ""}
ORDER_COMMANDS = (("pay", {}), ("write-off", {"reason": "x"}), ("adjust", {"netMinor": 1, "reason": "x"}), ("try-again", {}),
                  ("chargeback", {"leg": "0" * 26, "amountMinor": 1, "key": "D-1", "reason": "x"}))
RENTAL_COMMANDS = ("requests/{id}/cancel", "rentals/{id}/report", "rentals/{id}/swap", "rentals/{id}/keep", "banks/{id}/retire", "banks/{id}/serve")
PLACE = {"latitude": 52.5, "longitude": 13.4, "connector": "cCCS2", "powerW": 50000}
RESERVE = {"station": "PILE-9", "evse": 1, "idToken": "VISITOR", "minutes": 30}
VISIT_COMMANDS = (("confirm", {"number": "RSV00000000"}), ("cancel", {}), ("start", {}), ("stop", {}), ("pay", {}), ("release", {"by": "Ada"}))
MOMENT = {"boot": 1, "monoMs": 1000, "status": "Unknown"}


def say(station, name, message):
    """What the settlement answers to a message of a pile, as (status, data)."""
    answer = station.call("DataTransfer", {"vendorId": VENDOR, "messageId": name, "data": json.dumps(message)})
    return answer["status"], json.loads(answer["data"]) if answer.get("data") else None


def exercise_settlement(session):
    ask = session.ask
    station = booted(session.csms, "PILE-9")
    hello = {"versions": ["1"], "features": ["PowerBanks"], "maxBytes": 8192, "serial": "S-9", "now": MOMENT, "slots": 4}
    assert say(station, "Hello", hello)[0] == "Accepted"
    started = station.call("StartTransaction", {"connectorId": 1, "idTag": "DRIVER", "meterStart": 1000, "timestamp": "2026-11-21T10:00:00Z"})
    order = until(lambda: ask("GET", "/api/orders", 200, query="?state=Open&limit=1&station=PILE-9")["orders"], "an order")[0]
    assert order["charging"] and order["payer"].endswith("DRIVER"), order
    for query in ("?state=Half", "?limit=0"):
        ask("GET", "/api/orders", 400, query=query)
    ask("POST", "/api/orders/{id}/adjust", 200, {"netMinor": 100, "reason": "a car wash"}, id=order["id"])
    ask("POST", "/api/orders/{id}/pay", 409, {}, id=order["id"])
    ask("POST", "/api/orders/{id}/pay", 404, {}, id="0" * 26)
    ask("POST", "/api/orders/{id}/try-again", 200, {}, id=order["id"])
    for name, body in ORDER_COMMANDS:
        ask("POST", f"/api/orders/{{id}}/{name}", 404, body, id="0" * 26)
        ask("POST", f"/api/orders/{{id}}/{name}", 400, {"other": 1}, valid_body=False, id=order["id"])
    ask("POST", "/api/orders/{id}/write-off", 409, {"reason": "none is owed"}, id=order["id"])
    station.call("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 11000, "timestamp": "2026-11-21T11:00:00Z", "idTag": "DRIVER"})

    def paid():
        whole = ask("GET", "/api/orders/{id}", 200, id=order["id"])
        return whole if whole["state"] == "Paid" else None

    whole = until(paid, "the payment")
    assert whole["due"] == whole["paid"] == "6.00" and [line["kind"] for line in whole["bill"]["lines"]] == ["Energy", "Adjustment"], whole
    assert [leg["captured"] for leg in whole["legs"]] == ["6.00"], whole
    ask("POST", "/api/orders/{id}/chargeback", 409, {"leg": whole["legs"][0]["id"], "amountMinor": 1, "key": "D-1", "reason": "no bank is asked"}, id=order["id"])
    ask("GET", "/api/orders/{id}", 404, id="0" * 26)
    revenue = ask("GET", "/api/ledger/balances", 200, query="?prefix=revenue")["balances"]
    assert [row["account"] for row in revenue] == ["revenue:test"] and float(revenue[0]["balance"]) >= 6, revenue
    ask("POST", "/api/orders/{id}/adjust", 200, {"netMinor": 100000, "reason": "more than an account may owe"}, id=order["id"])
    until(lambda: ask("GET", "/api/orders/{id}", 200, id=order["id"])["state"] == "Debt", "the debt")
    ask("POST", "/api/orders/{id}/pay", 200, {}, id=order["id"])
    until(lambda: ask("GET", "/api/orders/{id}", 200, id=order["id"])["state"] == "Debt", "the debt")
    ask("POST", "/api/orders/{id}/write-off", 200, {"reason": "nobody can pay that"}, id=order["id"])
    exercise_wallet(session)
    exercise_payments(session)
    assert ask("GET", "/api/settlement/verify", 200)["intact"]
    journal = ask("GET", "/api/ledger/journal", 200, query=f"?order={order['id']}")
    assert {"hold", "capture", "write-off"} <= {entry["event"] for entry in journal["entries"]} and {entry["order"] for entry in journal["entries"]} == {order["id"]}, journal
    assert all(round(sum(100 * float(line.get("credit", 0)) - 100 * float(line.get("debit", 0)) for line in entry["lines"])) == 0 for entry in journal["entries"]), journal
    first = ask("GET", "/api/ledger/journal", 200, query="?from=1&limit=1")
    assert first["entries"][0]["number"] == 1 and first["next"] == 2 and ask("GET", "/api/ledger/journal", 200)["entries"][-1]["number"] == first["head"], first
    ask("GET", "/api/ledger/journal", 400, query="?from=0")
    exercise_banks(session, station)
    exercise_visits(session, station)
    exercise_drivers(session, station, next_order)
    for method, path, body, names in (
            *(("POST", f"/api/settlement/visits/{{id}}/{name}", body, {"id": "X"}) for name, body in VISIT_COMMANDS), ("POST", "/api/settlement/visits", RESERVE, {}),
            ("PUT", "/api/settlement/places/{station}/{id}", PLACE, {"station": "X", "id": "1"}),
            *(("POST", f"/api/orders/{{id}}/{name}", body, {"id": "X"}) for name, body in ORDER_COMMANDS),
            *(("POST", f"/api/settlement/{name}", {}, {"id": "X"}) for name in RENTAL_COMMANDS), ("POST", "/api/settlement/rent", {"station": "X", "idToken": "Y"}, {}),
            ("POST", "/api/settlement/suspense/{id}", {"resolution": "dismiss"}, {"id": "X"}),
            ("POST", "/api/settlement/slots/{station}", {"slot": 1, "order": "self-test"}, {"station": "X"}),
            ("PUT", "/api/settlement/known-renters/{type}/{idToken}", {"banks": 1}, {"type": "Central", "idToken": "X"})):
        ask(method, path, 415, body, headers={"Content-Type": "text/plain"}, **names)
    station.close()


def next_order(station):
    """The next call that is none of the extension's; those are acknowledged."""
    call, payload = station.next_call()
    while "messageId" in payload:
        station.answer(call, {"status": "Accepted", "data": json.dumps({"receipt": {"reception": "Accepted"}})})
        call, payload = station.next_call()
    return call, payload


def stop_of(station, transaction):
    call, payload = next_order(station)
    assert payload == transaction, payload
    station.answer(call, {"status": "Accepted"})


def exercise_visits(session, station):
    """A phone finds a place and reserves it; the station keeps it, and a car comes."""
    ask, place, visits = session.ask, "/api/settlement/places/{station}/{id}", "/api/settlement/visits"
    ask("PUT", place, 200, PLACE, station="PILE-9", id="1")
    ask("PUT", place, 404, PLACE, station="PILE-9", id="none")
    ask("PUT", place, 400, {}, valid_body=False, station="PILE-9", id="1")
    ask("PUT", place, 200, PLACE, station="PILE-10", id="1")
    ask("DELETE", place, 200, station="PILE-10", id="1")
    ask("DELETE", place, 409, station="PILE-10", id="1")
    ask("DELETE", place, 404, station="PILE-10", id="0")
    assert len(ask("GET", "/api/settlement/places", 200)["places"]) == 1
    ask("GET", "/api/settlement/places", 400, query="?limit=0")
    assert len(ask("GET", visits + "/offers", 200, query="?latitude=52.5&longitude=13.4&radiusM=1000")["offers"]) == 1
    ask("GET", visits + "/offers", 400, query="?latitude=north&longitude=13.4")
    refuse_visits(ask)
    visit = ask("POST", visits, 200, RESERVE)["id"]
    ask("POST", visits, 409, RESERVE)
    call, payload = next_order(station)
    station.answer(call, {"status": "Accepted"})
    until(lambda: ask("GET", visits + "/{id}", 200, id=visit)["state"] == "Told", "the pile has the number")
    ask("POST", visits + "/{id}/confirm", 409, {"number": "RSV00000000"}, id=visit)
    ask("POST", visits + "/{id}/confirm", 200, {"number": payload["idTag"]}, id=visit)
    ask("POST", visits + "/{id}/stop", 409, {}, id=visit)
    ask("POST", visits + "/{id}/start", 200, {}, id=visit)
    call, _ = next_order(station)
    station.answer(call, {"status": "Accepted"})
    started = station.call("StartTransaction", {"connectorId": 1, "idTag": payload["idTag"], "meterStart": 1000, "timestamp": "2026-11-21T10:00:00Z"})
    assert started["idTagInfo"]["status"] == "Accepted", started
    ask("POST", visits + "/{id}/cancel", 409, {}, id=visit)
    ask("POST", visits + "/{id}/start", 409, {}, id=visit)
    ask("POST", visits + "/{id}/release", 409, {"by": "Ada"}, id=visit)
    transaction = {"transactionId": started["transactionId"]}
    stopped = session.while_station(lambda: stop_of(station, transaction), "POST", visits + "/{id}/stop", 200, {}, id=visit)
    assert stopped["status"] == "Accepted", stopped
    station.call("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 11000, "timestamp": "2026-11-21T11:00:00Z", "idTag": payload["idTag"]})
    until(lambda: ask("GET", visits + "/{id}", 200, id=visit)["state"] == "Paying", "something is to be paid")
    ask("POST", visits + "/{id}/pay", 400, {"amount": "much"}, id=visit)
    ask("GET", visits, 200, query="?state=Paying")
    ask("GET", visits, 400, query="?limit=x")
    link = ask("GET", visits + "/{id}/link", 200, id=visit)["url"].rsplit("/", 1)[-1]
    if session.csms.rest.ask("GET", f"{visits}/{visit}/qr").status == 200:  # built with libqrencode
        ask("GET", visits + "/{id}/qr", 200, id=visit)
    session.description.seen.add((visits + "/{id}/qr", "get", "200"))
    ask("GET", "/pay/{link}", 200, link=link)
    ask("GET", "/pay/{link}", 400, link="x" * 300)
    ask("GET", "/pay/{link}", 410, link="nonsense")
    ask("POST", "/pay/{link}/now", 410, link="nonsense")
    ask("POST", "/pay/{link}/now", 303, link=link)
    until(lambda: ask("GET", visits + "/{id}", 200, id=visit)["state"] == "Done", "it is paid")
    ask("POST", visits + "/{id}/pay", 409, {}, id=visit)
    release_and_cancel(session, station)


def refuse_visits(ask):
    visits = "/api/settlement/visits"
    for name, body in VISIT_COMMANDS:
        ask("POST", f"{visits}/{{id}}/{name}", 404, body, id="0" * 26)
        ask("POST", f"{visits}/{{id}}/{name}", 400, {"other": 1}, valid_body=False, id="0" * 26)
    for name in ("", "/link", "/qr"):
        ask("GET", visits + "/{id}" + name, 404, id="0" * 26)
    ask("POST", visits, 400, {"station": "PILE-9"}, valid_body=False)
    ask("POST", visits, 409, {**RESERVE, "station": "NOWHERE"})


def release_and_cancel(session, station):
    ask, visits = session.ask, "/api/settlement/visits"
    for cancels in (True, False):
        visit = ask("POST", visits, 200, RESERVE)["id"]
        call, payload = next_order(station)
        station.answer(call, {"status": "Accepted"})
        until(lambda visit=visit: ask("GET", visits + "/{id}", 200, id=visit)["state"] == "Told", "the pile has the number")
        if cancels:
            ask("POST", visits + "/{id}/cancel", 200, {}, id=visit)
            call, _ = next_order(station)
            station.answer(call, {"status": "Accepted"})
    started = station.call("StartTransaction", {"connectorId": 1, "idTag": payload["idTag"], "meterStart": 1000, "timestamp": "2026-11-21T12:00:00Z"})
    station.call("StopTransaction", {"transactionId": started["transactionId"], "meterStop": 11000, "timestamp": "2026-11-21T13:00:00Z"})
    until(lambda: ask("GET", visits + "/{id}", 200, id=visit)["state"] == "Paying", "something is to be paid")
    ask("POST", visits + "/{id}/release", 200, {"by": "Ada"}, id=visit)
    call, _ = next_order(station)
    station.answer(call, {"status": "Unlocked"})
    ask("POST", visits + "/{id}/pay", 200, {}, id=visit)


def exercise_payments(session):
    """What providers notify, and what they did beside what was asked of them."""
    ask, path = session.ask, "/api/settlement/notify/{provider}"

    def notify(status, body, secret=NOTIFY_SECRET, age_s=0, provider="shop"):
        moment = int(time.time()) + 1 - age_s  # the test clock was moved by so much
        mac = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
        ask("POST", path, status, body, headers={"Authorization": f"Signature t={moment},v1={mac}"}, provider=provider)

    said = json.dumps({"operation": "0" * 26, "result": "Ok", "amount": "5.00", "currency": "EUR"})
    notify(204, said)  # of an operation nobody knows
    notify(204, "no JSON text")
    notify(401, said, secret="another secret than the one that was agreed")
    notify(401, said, age_s=3600)
    ask("POST", path, 401, said, provider="shop")
    ask("POST", path, 401, said, headers={"Authorization": f"Bearer {TOKEN}"}, provider="shop")
    notify(404, said, provider="nobody")
    notify(404, said, provider="mute")
    notify(413, said + " " * 17000)
    path, day = "/api/settlement/reconciliation", {"provider": "shop", "from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    ask("GET", path, 404, query="?provider=shop")
    ask("GET", path, 404, query="?provider=nobody")
    ask("GET", path, 400)
    first = "0" * 26
    found = ask("POST", path, 200, {**day, "edgeS": 60, "kinds": ["Capture"], "list": f"operation,kind,amount,currency\n{first},Capture,5.00,EUR\nnonsense\n"})
    assert found["counts"]["extra"] == found["counts"]["unreadable"] == 1 and found["matched"] == 0 and not found["more"], found
    assert [(finding["kind"], finding["line"]) for finding in found["findings"]] == [("extra", 2), ("unreadable", 3)], found
    assert ask("GET", path, 200, query="?provider=shop") == found
    assert ask("POST", path, 400, {**day, "list": f"1{first[1:]},Capture,5.00,EUR\n{first},Capture,5.00,EUR\n"})["path"] == "/list"
    assert ask("POST", path, 400, {**day, "from": day["to"], "list": ""})["path"] == "/to"
    ask("POST", path, 404, {**day, "provider": "nobody", "list": ""})
    ask("POST", path, 415, {**day, "list": ""}, headers={"Content-Type": "text/plain"})


def exercise_wallet(session):
    path, names = "/api/settlement/accounts/{currency}/{account}", {"currency": "EUR", "account": "Central:ALICE"}
    for _ in range(2):
        session.ask("POST", path, 200, {"amount": "12.50", "key": "K-1"}, **names)
    session.ask("POST", path, 200, {"amount": "-2.50", "key": "K-2"}, **names)
    assert session.ask("GET", path, 200, **names)["wallet"] == "10.00"
    session.ask("POST", path, 409, {"amount": "-10.01", "key": "K-3"}, **names)
    session.ask("POST", path, 400, {"amount": "1.5", "key": "K-4"}, **names)
    session.ask("POST", path, 400, {"amount": "1.50", "key": "K-4"}, currency="EUX", account="A")
    session.ask("GET", path, 400, currency="EUX", account="A")
    session.ask("POST", path, 415, {"amount": "1.50", "key": "K-4"}, headers={"Content-Type": "text/plain"}, **names)


def exercise_banks(session, station):
    ask = session.ask
    envelope = {"id": "M-1", "stream": "pile", "seq": 1}
    inventory = {"envelope": envelope, "at": MOMENT, "slots": [
        {"slot": slot, "state": "Idle", "bank": f"B-{slot}", "generation": 0, "mark": "Neutral", "charge": 90} for slot in (1, 2, 3)]}
    assert say(station, "Inventory", inventory)[1]["receipt"]["reception"] == "Accepted"
    vanished = {"envelope": {"id": "M-2", "stream": "pile", "seq": 2}, "at": MOMENT, "kind": "Vanished", "slot": 1, "bank": "B-1", "generation": 0}
    assert say(station, "InventoryDifference", vanished)[1]["receipt"]["reception"] == "Accepted"
    for kind in ("rentals", "banks", "slots", "piles"):
        ask("GET", "/api/settlement/" + kind, 200)
        ask("GET", "/api/settlement/" + kind, 400, query="?limit=0")
    ask("GET", "/api/settlement/suspense", 400, query="?limit=x")
    entry = ask("GET", "/api/settlement/suspense", 200)["suspense"][0]
    ask("POST", "/api/settlement/suspense/{id}", 200, {"resolution": "dismiss", "note": "seen"}, id=entry["id"])
    ask("POST", "/api/settlement/suspense/{id}", 409, {"resolution": "dismiss"}, id=entry["id"])
    ask("POST", "/api/settlement/suspense/{id}", 400, {"resolution": "shrug"}, valid_body=False, id=entry["id"])
    ask("POST", "/api/settlement/slots/{station}", 200, {"slot": 1, "order": "self-test"}, station="PILE-9")
    ask("POST", "/api/settlement/slots/{station}", 404, {"slot": 9, "order": "self-test"}, station="PILE-9")
    ask("POST", "/api/settlement/slots/{station}", 409, {"slot": 1, "order": "self-test"}, station="PILE-10")
    ask("POST", "/api/settlement/slots/{station}", 400, {"slot": 0, "order": "self-test"}, valid_body=False, station="PILE-9")
    exercise_rental(session, station)
    rent = ask("POST", "/api/settlement/rent", 200, {"station": "PILE-9", "idToken": "RENTER"})
    ask("POST", "/api/settlement/rent", 409, {"station": "PILE-10", "idToken": "RENTER"})
    ask("POST", "/api/settlement/rent", 400, {"station": "PILE-9", "idToken": "RENTER", "type": "Ring"})
    ask("POST", "/api/settlement/requests/{id}/cancel", 200, {}, id=rent["id"])
    ask("POST", "/api/settlement/requests/{id}/cancel", 409, {}, id=rent["id"])
    ask("POST", "/api/settlement/rentals/{id}/swap", 404, {}, id="X")
    ask("POST", "/api/settlement/rentals/{id}/swap", 400, {"more": 1}, valid_body=False, id="X")
    ask("PUT", "/api/settlement/known-renters/{type}/{idToken}", 200, {"banks": 1}, type="Central", idToken="RENTER")
    ask("PUT", "/api/settlement/known-renters/{type}/{idToken}", 404, {"banks": 1}, type="Ring", idToken="RENTER")
    ask("PUT", "/api/settlement/known-renters/{type}/{idToken}", 400, {"banks": 17}, valid_body=False, type="Central", idToken="RENTER")


def exercise_without_settlement(session):
    """Nothing is settled without --settlement."""
    for path in ("orders", "ledger/balances", "ledger/journal", "settlement/verify", "settlement/reconciliation", *(f"settlement/{name}" for name in ("rentals", "banks", "slots", "suspense", "piles", "places", "visits", "visits/offers", "terminals", "associations", "starts"))):
        session.ask("GET", "/api/" + path, 404)
    for path in ("key", "piles", "waiting"):
        session.ask("GET", f"{RELAY}/{path}", 404)
    session.ask("POST", "/api/settlement/visits", 404, RESERVE)
    session.ask("GET", "/pay/{link}", 404, link="X")
    session.ask("POST", "/pay/{link}/now", 404, link="X")
    session.ask("GET", "/api/settlement/accounts/{currency}/{account}", 404, currency="EUR", account="X")
    session.ask("POST", "/api/settlement/accounts/{currency}/{account}", 404, {"amount": "1.00", "key": "K"}, currency="EUR", account="X")
    session.ask("POST", "/api/settlement/rent", 404, {"station": "X", "idToken": "Y"})
    session.ask("GET", HOUSES, 404)
    session.ask("POST", HOUSES, 404, HOUSE_BODIES["/settlement/houses"])
    session.ask("POST", "/api/settlement/suspense/{id}", 404, {"resolution": "dismiss"}, id="X")
    session.ask("POST", "/api/settlement/notify/{provider}", 404, "{}", provider="X")
    session.ask("POST", "/api/settlement/requests/{id}/cancel", 404, {}, id="X")
    session.ask("POST", "/api/settlement/terminals", 404, TERMINAL)
    for path in ("associations/{id}/revoke", "starts/{id}/stop"):
        session.ask("POST", "/api/settlement/" + path, 404, {}, id="X")
    session.ask("POST", "/api/settlement/drivers", 404, {"idToken": "X"})
    for path, method, _ in session.description.operations():
        if path.startswith("/api/drive/"):
            session.ask(method.upper(), path, 404, sample_body(path, method), id="X")


def exercise_rental(session, station):
    ask = session.ask
    choice = [{"slot": 2, "bank": "B-2", "generation": 0, "charge": 90}]
    asked = {"request": "0" * 25 + "1", "token": {"id": "RENTER", "type": "Central"}, "banks": choice, "at": MOMENT}
    assert say(station, "RentRequest", asked)[1]["receipt"]["reception"] == "Accepted"
    call, payload = station.next_call("DataTransfer")
    while payload["messageId"] != "RentGrant":
        station.answer(call, {"status": "Accepted", "data": json.dumps({"receipt": {"reception": "Accepted"}})})
        call, payload = station.next_call("DataTransfer")
    grant = json.loads(payload["data"])
    station.answer(call, {"status": "Accepted", "data": json.dumps({"receipt": {"reception": "Accepted"}})})
    rental, bank = grant["banks"][0]["rental"], grant["banks"][0]
    taken = {"envelope": {"id": "M-3", "stream": "pile", "seq": 3}, "rental": rental, "order": grant["order"], "slot": 2, "bank": "B-2",
             "generation": bank["generation"], "at": MOMENT}
    assert say(station, "BankTaken", taken)[1]["receipt"]["reception"] == "Accepted"
    names = {"id": rental}
    for name in ("report", "swap", "keep"):
        ask("POST", f"/api/settlement/rentals/{{id}}/{name}", 200, {}, **names)
        ask("POST", f"/api/settlement/rentals/{{id}}/{name}", 404, {}, id="0" * 26)
        ask("POST", f"/api/settlement/rentals/{{id}}/{name}", 400, {"more": 1}, valid_body=False, **names)
    for name in ("report", "swap"):
        ask("POST", f"/api/settlement/rentals/{{id}}/{name}", 409, {}, **names)
    for name in ("retire", "serve"):
        ask("POST", f"/api/settlement/banks/{{id}}/{name}", 200, {}, id="B-3")
        ask("POST", f"/api/settlement/banks/{{id}}/{name}", 404, {}, id="B-99")
        ask("POST", f"/api/settlement/banks/{{id}}/{name}", 400, {"more": 1}, valid_body=False, id="B-3")


TERMINAL = {"id": "PHONE", "publicKey": "04" + "1a" * 64, "idToken": "ANNA", "type": "ISO14443", "mayDeduct": True}


def exercise_terminals(session):
    """A terminal, its vehicles, what it started; then what is not there."""
    at, car = "/api/settlement/", {"kind": "Evccid", "id": "0A1B2C3D4E5F"}
    session.ask("POST", at + "terminals", 200, TERMINAL)
    session.ask("POST", at + "terminals", 409, TERMINAL)
    session.ask("POST", at + "terminals", 400, {**TERMINAL, "publicKey": "xy" * 65}, valid_body=True)
    assert [row["id"] for row in session.ask("GET", at + "terminals", 200, query="?state=Known")["terminals"]] == ["PHONE"]
    association = session.ask("POST", at + "vehicles/{kind}/{id}/terminals", 200, {"terminal": "PHONE", "by": "the landlord"}, **car)["id"]
    session.ask("POST", at + "vehicles/{kind}/{id}/terminals", 404, {"terminal": "NOBODY"}, **car)
    session.ask("POST", at + "vehicles/{kind}/{id}/terminals", 400, {"terminal": "PHONE"}, kind="Colour", id="RED")
    session.ask("POST", at + "associations/{id}/revoke", 200, {"by": "the landlord"}, id=association)
    session.ask("POST", at + "associations/{id}/revoke", 409, {}, id=association)
    session.ask("POST", at + "vehicles/{kind}/{id}/terminals", 200, {"terminal": "PHONE"}, **car)
    session.ask("POST", at + "vehicles/{kind}/{id}/sold", 200, {"by": "the dealer"}, **car)
    session.ask("POST", at + "vehicles/{kind}/{id}/sold", 404, {}, **car)
    assert len(session.ask("GET", at + "associations", 200, query="?state=Revoked")["associations"]) == 2
    session.ask("POST", at + "terminals/{id}/revoke", 200, {}, id="PHONE")
    session.ask("POST", at + "terminals/{id}/revoke", 409, {}, id="PHONE")
    session.ask("POST", at + "terminals/{id}/revoke", 404, {}, id="NOBODY")
    session.ask("POST", at + "terminals", 200, {**TERMINAL, "id": "LEAVING"})
    session.ask("POST", at + "terminals/{id}/forget", 409, {}, id="LEAVING")
    session.ask("POST", at + "terminals/{id}/revoke", 200, {}, id="LEAVING")
    session.ask("POST", at + "terminals/{id}/forget", 200, {"by": "the landlord"}, id="LEAVING")
    session.ask("POST", at + "terminals/{id}/forget", 404, {}, id="LEAVING")
    for i in range(9):
        session.ask("POST", at + "terminals", 200, {**TERMINAL, "id": f"PHONE-{i}"})
        session.ask("POST", at + "vehicles/{kind}/{id}/terminals", 200 if i < 8 else 409, {"terminal": f"PHONE-{i}"}, **car)
    session.ask("POST", at + "starts/{id}/stop", 409, {}, id="0" * 26)
    start = start_by_terminal(session)
    session.ask("POST", at + "starts/{id}/stop", 200, {}, id=start)
    assert [row["id"] for row in session.ask("GET", at + "starts", 200)["starts"]] == [start]
    for name in ("terminals", "associations", "starts"):
        session.ask("GET", at + name, 400, query="?limit=0")
    for path, body in (("terminals", TERMINAL), ("terminals/{id}/revoke", {}), ("terminals/{id}/forget", {}), ("associations/{id}/revoke", {}), ("starts/{id}/stop", {}),
                       ("vehicles/{kind}/{id}/terminals", {"terminal": "PHONE"}), ("vehicles/{kind}/{id}/sold", {})):
        session.ask("POST", at + path, 415, body, headers={"Content-Type": "text/plain"}, kind="Vin", id="X")


def start_by_terminal(session):
    """A start that is granted, as a pile and a terminal bring it about; its id."""

    class World:
        folder = None

        @staticmethod
        def ask(_, path, body):
            return session.csms.rest.ask("POST", path, body).json

    with scratch() as World.folder:
        return start_by(session, Terminal(World, "CLOCK", "CLARA"))


def start_by(session, terminal):
    car, prompt = {"kind": "Vin", "id": "WVWZZZ1JZXW000001"}, "0" * 25 + "7"
    session.csms.rest.ask("POST", f"/api/settlement/vehicles/Vin/{car['id']}/terminals", {"terminal": "CLOCK"})
    station = booted(session.csms, "PILE-T")
    hello = {"versions": ["1"], "features": ["TerminalStart"], "maxBytes": 8192, "serial": "S-T", "now": MOMENT}
    assert say(station, "Hello", hello)[0] == "Accepted"
    said = say(station, "VehicleConnected", {"prompt": prompt, "evse": 1, "vehicle": car, "at": MOMENT})[1]
    assert said["terminals"] == ["CLOCK"], said
    terminal.prompt, terminal.pile, terminal.kind, terminal.vehicle = prompt, "PILE-T", car["kind"], car["id"]
    claim = terminal.claim("energy", 1000)
    said = say(station, "StartRequest", {"prompt": prompt, "evse": 1, "vehicle": car, "terminal": "CLOCK", "wish": claim["wish"],
                                         "association": terminal.sign("settle-association+jws", claim), "at": MOMENT})[1]
    assert said["receipt"]["reception"] == "Accepted", said
    station.close()
    return said["start"]


RELAY = "/api/settlement/relay"
RELAY_BODIES = {"/relay/trust": {"keys": []}, "/relay/piles": {"pile": "PILE-D", "claimCode": "CLAIM-PILE-D"}, "/relay/authorisations": {"idToken": "ANNA", "status": "x", "outlet": 1},
                **{"/" + end: {"token": "x"} for end in ("relay/enrolments", "relay/statuses", "relay/bills", "relay/shown-cards")},
                "/me/binding": {"key": "BA" + "A" * 85},
                **{"/piles/{pile}/" + end: {"reason": "looked at"} for end in ("revoke", "lift", "pages/{page}/resolve", "pages/{page}/accept")}}


def exercise_relay(session):
    """A pile that only phones reach: it enrols, somebody charges there, its bill comes twice; then its key is stolen."""
    ask, names = session.ask, {"pile": "PILE-D"}
    with scratch() as folder:
        pile = Pile(folder, "PILE-D", "CLAIM-PILE-D")
        ask("PUT", RELAY + "/trust", 200, session.root.trust(ask("GET", RELAY + "/key", 200)))
        ask("PUT", RELAY + "/trust", 409, {"keys": ["a.b.c"]})
        ask("POST", RELAY + "/piles", 200, RELAY_BODIES["/relay/piles"])
        ask("GET", RELAY + "/enrolments/{pile}", 404, **names)
        ask("POST", RELAY + "/enrolments", 409, {"token": Pile(folder, "OTHER", "GUESSED-CODE").request()})
        ask("POST", RELAY + "/enrolments", 200, {"token": pile.request()})
        assert pile.is_enrolled_by(ask("GET", RELAY + "/enrolments/{pile}", 200, **names)["enrolment"])
        ask("POST", RELAY + "/piles", 409, RELAY_BODIES["/relay/piles"])
        exercise_house_alone(session, pile)
        wish = {"idToken": "ANNA", "type": "ISO14443", "status": pile.status(), "outlet": 1, "frozenMinor": 900}
        given = ask("POST", RELAY + "/authorisations", 200, wish)["id"]
        ask("POST", RELAY + "/authorisations", 409, wish)
        shown = until(lambda: (lambda at: at if at["state"] == "Ready" else None)(ask("GET", RELAY + "/authorisations/{id}", 200, id=given)), "the authorisation")
        assert (shown["frozen"], shown["pile"]) == ("9.00", "PILE-D"), shown
        bill = pile.bill(shown["parcel"]["authorisation"], 2000000, "0.90")
        for _ in range(2):
            assert ask("POST", RELAY + "/bills", 200, {"token": bill})["id"] == "PILE-D/1"
        ask("POST", RELAY + "/bills", 409, {"token": bill[:-8] + "AAAAAAAA"})
        receipt = ask("GET", RELAY + "/bills/{pile}/{page}", 200, page="1", **names)
        assert receipt["result"] == "Accepted" and receipt["parcel"]["acknowledgements"] and "bill" not in receipt, receipt
        page = ask("GET", RELAY + "/piles/{pile}/pages/{page}", 200, page="1", **names)
        assert payload_of(page["reconciled"])["charged"] == "0.90", page
        until(lambda: ask("GET", "/api/orders/{id}", 200, id=page["order"])["state"] == "Paid", "the order")
        ask("POST", RELAY + "/statuses", 200, {"token": pile.status()})
        ask("POST", RELAY + "/statuses", 409, {"token": "a.b.c"})
        ask("POST", RELAY + "/piles/{pile}/lift", 409, {"reason": "nothing"}, **names)
        ask("POST", RELAY + "/piles/{pile}/pages/{page}/resolve", 409, {"reason": "nothing"}, page="1", **names)
        second = ask("POST", RELAY + "/authorisations", 200, {**wish, "status": pile.status()})["id"]
        shown = until(lambda: ask("GET", RELAY + "/authorisations/{id}", 200, id=second).get("parcel"), "another one")
        ask("POST", RELAY + "/piles/{pile}/revoke", 200, {"reason": "stolen"}, **names)
        ask("POST", RELAY + "/piles/{pile}/revoke", 409, {"reason": "stolen"}, pile="NONE")
        ask("POST", RELAY + "/bills", 200, {"token": pile.bill(shown["authorisation"], 1000, "0.00")})
        third = pile.bill(shown["authorisation"], 2000, "0.00")  # by the same authorisation
        ask("POST", RELAY + "/bills", 200, {"token": third})
        assert [row["page"] for row in ask("GET", RELAY + "/waiting", 200)["pages"]] == [2, 3]
        ask("POST", RELAY + "/piles/{pile}/pages/{page}/accept", 200, {"reason": "the driver says so"}, page="2", **names)
        ask("POST", RELAY + "/piles/{pile}/pages/{page}/accept", 409, {"reason": "the driver says so"}, page="2", **names)
        ask("POST", RELAY + "/piles/{pile}/pages/{page}/accept", 409, {"reason": "a second bill"}, page="3", **names)
        page = ask("GET", RELAY + "/piles/{pile}/pages/{page}", 200, page="2", **names)
        assert page["result"] == "Accepted" and page["order"], page
        ask("POST", RELAY + "/piles/{pile}/pages/{page}/resolve", 200, {"reason": "looked at"}, page="3", **names)
        exercise_forks(session, folder)
    assert "PILE-D" in [row["pile"] for row in ask("GET", RELAY + "/piles", 200)["piles"]]
    assert ask("GET", RELAY + "/piles/{pile}", 200, **names)["lastPage"] == 3
    for path in ("piles/{pile}", "authorisations/{id}", "piles/{pile}/pages/{page}", "bills/{pile}/{page}"):
        ask("GET", f"{RELAY}/{path}", 404, pile="NONE", id="0" * 26, page="9")
    for path, method, _ in session.description.operations():
        if path.startswith(RELAY) and method in ("post", "put"):
            ask(method.upper(), path, 400, {"colour": "red"}, valid_body=False, page="1", **names)


def exercise_house_alone(session, pile):
    """The pile is a house's: its list, and a phone that was there when its card was shown."""
    at, station = "/api/settlement/houses", {"station": pile.name}
    session.ask("GET", RELAY + "/houses/{pile}", 404, pile=pile.name)
    house = {"house": session.ask("POST", at, 200, {"name": "Oak", "landlord": "Lady", "currency": "EUR", "zone": "Etc/UTC"})["id"]}
    session.ask("PUT", at + "/{house}/piles/{station}", 200, {}, **station, **house)
    assert session.ask("GET", RELAY + "/houses/{pile}", 200, pile=pile.name)["parcel"]["house"].count(".") == 4
    tenant = session.ask("POST", at + "/{house}/tenants", 200, {"name": "Zoe", "flat": "1"}, **house)["id"]
    card = session.ask("POST", at + "/{house}/cards", 200, {"kind": "charging", "idToken": "ZOE", "tenant": tenant}, **house)
    phone = session.ask("POST", "/api/settlement/phones", 200, {"card": card["id"], "secret": card["secret"], "name": "phone"})
    bearer, key = {"Authorization": "Bearer " + phone["bearer"]}, {"key": text_of(pile.point)}
    session.ask("POST", "/api/settlement/phones/me/binding", 401, key, headers=bearer)  # it waits
    for token, code in (("EVE", 404), ("ZOE", 200), ("ZOE", 404)):
        shown = {"iss": pile.name, "challenge": phone["id"], "token": {"id": token, "type": ""}, "at": {"boot": 1, "monoMs": 5000, "status": "Unknown"}}
        session.ask("POST", RELAY + "/shown-cards", code, {"token": pile.sign("card-shown", shown)})
    session.ask("POST", RELAY + "/shown-cards", 409, {"token": pile.status()})
    told = payload_of(session.ask("POST", "/api/settlement/phones/me/binding", 200, key, headers=bearer)["binding"])
    assert (told["phone"], told["card"], told["token"]["id"], told["key"]) == (phone["id"], card["id"], "ZOE", key["key"]), told
    session.ask("POST", "/api/settlement/phones/me/binding", 400, {"key": "A" * 87}, headers=bearer)
    session.ask("POST", "/api/settlement/phones/me/binding", 401, key)


def exercise_forks(session, folder):
    pile = Pile(folder, "PILE-F", "CLAIM-PILE-F")
    session.ask("POST", RELAY + "/piles", 200, {"pile": "PILE-F", "claimCode": "CLAIM-PILE-F"})
    session.ask("POST", RELAY + "/enrolments", 200, {"token": pile.request()})
    pile.page, pile.prev = 7, "1" * 64
    session.ask("POST", RELAY + "/statuses", 200, {"token": pile.status()})
    pile.page = 3
    session.ask("POST", RELAY + "/statuses", 200, {"token": pile.status()})
    assert session.ask("GET", RELAY + "/piles/{pile}", 200, pile="PILE-F")["state"] == "Quarantined"
    session.ask("POST", RELAY + "/piles/{pile}/lift", 200, {"reason": "a new board"}, pile="PILE-F")


def sample_body(path, method):
    bodies = {**RELAY_BODIES, "/api/drive/visits": {"station": "X", "evse": 1, "minutes": 1}, "/settlement/drivers": {"idToken": "X"}, "/drive/visit/stop": {},
              **{"/drive/visit/" + name: {} for name in ("rent", "cancel", "start", "pay")}, "/drive/visit/confirm": {"number": "RSV00000000"}, "/settlement/terminals": TERMINAL, "/{id}/terminals": {"terminal": "T"}, "/sold": {}, "/starts/{id}/stop": {}, "/places/{station}/{id}": PLACE, "/settlement/visits": RESERVE, **{"/visits/{id}/" + name: body for name, body in VISIT_COMMANDS}, "/now": None, "/call": {"action": "ClearCache"}, "/api/stations/{id}": {}, "/api/tokens/{type}/{idToken}": {"status": "Accepted"},
              "/api/test/clock": {"advance_s": 1}, "/security-profile": {"securityProfile": 0}, "/pay": {}, "/write-off": {"reason": "x"},
              "/adjust": {"netMinor": 1, "reason": "x"}, **{"/" + name: body for name, body in ORDER_COMMANDS}, **{"/" + name: {} for name in RENTAL_COMMANDS},
              "/settlement/rent": {"station": "X", "idToken": "Y"}, "/settlement/reconciliation": RECONCILE, "/{currency}/{account}": {"amount": "1.00", "key": "K"}, "/suspense/{id}": {"resolution": "dismiss"}, "/slots/{station}": {"slot": 1, "order": "self-test"},
              "/known-renters/{type}/{idToken}": {"banks": 1}, **HOUSE_BODIES, **{"/" + name: command.body for name, command in COMMANDS.items()}}
    if method in ("get", "delete"):
        return None
    return next(body for end, body in bodies.items() if path.endswith(end))


HOUSE_BODIES = {
    "/settlement/houses": {"name": "Elm", "landlord": "Lord", "currency": "EUR", "zone": "Etc/UTC"}, "/tenants": {"name": "Ada", "flat": "1"},
    "/cards": {"kind": "privilege", "idToken": "LORD"}, "/replace": {"idToken": "ADA2"}, "/prices": {"price": "0.40"}, "/periods": {"to": "2026-11-01T00:00:00Z"},
    "/paid": {"amount": "1.00", "key": "K"}, "/settlement/phones": {"card": "0" * 26, "secret": "0" * 26, "name": "phone"},
    "/piles/{station}/start": {"evse": 1}, "/piles/{station}/stop": {"transaction": "1"},
    **{"/" + end: {} for end in ("piles/{station}", "authorise", "move-out", "forget", "log-out", "let-in", "lost", "end", "approve", "revoke", "prices/{number}/confirm",
                                 "items/{number}/confirm", "waive")}}
HOUSES = "/api/settlement/houses"


def exercise_houses(session):
    """A house with its tenant, cards, phones, prices and statements; then all of it at a house that is not there."""
    at = HOUSES + "/{house}"
    house = session.ask("POST", HOUSES, 200, HOUSE_BODIES["/settlement/houses"])["id"]

    def ask(method, path, status, body=None, **names):
        return session.ask(method, at + path, status, body, house=house, **names)

    assert house in [row["id"] for row in session.ask("GET", HOUSES, 200)["houses"]]
    ask("PUT", "/piles/{station}", 200, {}, station="PILE-H")
    ask("POST", "/piles/{station}/authorise", 200, {}, station="PILE-H")
    tenant = ask("POST", "/tenants", 200, HOUSE_BODIES["/tenants"])["id"]
    ask("POST", "/cards", 200, HOUSE_BODIES["/cards"])
    card = ask("POST", "/cards", 200, {"kind": "charging", "idToken": "ADA", "tenant": tenant, "rights": ["Charge", "SeeOwn"]})
    ask("POST", "/prices", 200, {"price": "0.40", "taxes": [{"name": "VAT", "ratePpm": 100000}], "taxIncluded": True})
    number = ask("POST", "/prices", 200, {"price": "99.00"})["id"]
    ask("POST", "/prices/{number}/confirm", 200, {}, number=number)
    phones = [session.ask("POST", "/api/settlement/phones", 200, {"card": card["id"], "secret": card["secret"], "name": f"phone {i}"}) for i in range(2)]
    ask("POST", "/phones/{id}/approve", 200, {}, id=phones[0]["id"])
    ask("POST", "/phones/{id}/revoke", 200, {}, id=phones[1]["id"])
    me = session.ask("GET", "/api/settlement/phones/me", 200, headers={"Authorization": "Bearer " + phones[0]["bearer"]})
    assert me["bound"] and me["tenant"] == tenant and set(me["rights"]) == {"Charge", "SeeOwn"}, me
    session.ask("GET", "/api/settlement/phones/me", 401)
    for act in ("log-out", "let-in", "lost"):
        ask("POST", "/cards/{id}/" + act, 200, {}, id=card["id"])
    other = ask("POST", "/cards/{id}/replace", 200, HOUSE_BODIES["/replace"], id=card["id"])
    ask("POST", "/cards/{id}/end", 200, {}, id=other["id"])
    ask("POST", "/periods", 200, {"to": "2026-11-01T00:00:00Z"})
    ask("POST", "/tenants/{id}/move-out", 200, {}, id=tenant)
    statement = until(lambda: ask("GET", "/statements", 200)["statements"], "the closing statement")[0]
    assert (statement["kind"], statement["gross"]) == ("Closing", "0.00"), statement
    for form in ("json", "csv", "html"):
        session.ask("GET", at + "/statements/{id}", 200, query=f"?format={form}", house=house, id=statement["id"])
    assert session.csms.rest.ask("GET", f"{HOUSES}/{house}/statements/{statement['id']}?format=pdf").status == 400
    ask("POST", "/tenants/{id}/forget", 200, {}, id=tenant)
    for kind in ("", "/piles", "/tenants", "/cards", "/phones", "/prices", "/sessions", "/statements", "/consumption"):
        ask("GET", kind, 200)
    ask("DELETE", "/piles/{station}", 200, station="PILE-H")
    nowhere = dict.fromkeys(("house", "id", "number", "station"), "1")
    for path, method, _ in session.description.operations():
        if path.startswith(HOUSES + "/") or path == "/api/settlement/phones":
            session.ask(method.upper(), path, 404, sample_body(path, method), **nowhere)


def exercise_strangers(session, status, headers):
    """Everything but the health answers 401 without the token, or 403 to a page of elsewhere."""
    for path, method, operation in session.description.operations():
        if operation.get("security") == [] or str(status) not in operation["responses"] or path.startswith("/api/drive/"):
            continue
        session.ask(method.upper(), path, status, sample_body(path, method), headers=headers, id="X", type="Local", idToken="X", station="X", kind="Vin")


def nothing_else_is_served(session):
    """Undocumented paths are 404 (but for the pages of web/), undocumented methods of documented paths 405."""
    for path in ("/api", "/api/", "/api/stations/", "/api/stations/X/unknown", "/api/stations/X/call/", "/api/tokens/ISO14443", "/apix",
                 "/api/health/", "/metrics/x", "/api/test", "/api/ledger", "/api/%00"):
        answer = session.csms.rest.ask("GET", path)
        assert answer.status in (404, 400), f"{path}: {answer.status}"
    documented = {}
    for path, method, _ in session.description.operations():
        documented.setdefault(path, set()).add(method)
    for path, methods in documented.items():
        for method in {"get", "put", "post", "delete", "patch", "options"} - methods:
            real = re.sub(r"\{[^}]*\}", "Local", path)
            answer = session.csms.rest.ask(method.upper(), real, {} if method in ("put", "post", "patch") else None)
            assert answer.status == 405, f"{method} {real}: {answer.status}"


def the_table_of_routes_is_documented(description, source):
    """The rows of http.c and those of the commands are the operations of the file, no more and no less."""
    folder = os.path.join(source, "examples/csms")
    with open(os.path.join(folder, "http.c"), encoding="utf-8") as file:
        rows = re.findall(r'^    \{ "([A-Z]+)", "([^"]+)"', file.read(), re.M)
    served = [(pattern.replace("**", "*"), method.lower()) for method, pattern in rows if pattern != "/api/stations/*/*"]
    for name in sorted(os.listdir(folder)):
        if name.startswith("commands_") and name.endswith(".c"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                served += [("/api/stations/*/" + row, "post") for row in re.findall(r'\{ \.name = "([a-z-]+)",[^}]*\.give', file.read())]
    served.sort()
    documented = sorted((re.sub(r"\{[^}]*\}", "*", path), method) for path, method, _ in description.operations())
    assert served == documented, f"served and documented differ: {set(served) ^ set(documented)}"


def main():
    binary, source = sys.argv[1:]
    description = Description(os.path.join(source, "examples/csms/openapi.yaml"))
    the_table_of_routes_is_documented(description, source)
    with scratch() as folder:
        token_file = os.path.join(folder, "token")
        with open(token_file, "w", encoding="ascii") as file:
            file.write(TOKEN + "\n")
        settlement, root = os.path.join(folder, "settlement.json"), Root(folder)
        secret = os.path.join(folder, "notify")
        with open(secret, "w", encoding="ascii") as file:
            file.write(NOTIFY_SECRET + "\n")
        nowhere = {"kind": "http", "url": "http://127.0.0.1:1/pay"}
        with open(settlement, "w", encoding="utf-8") as file:
            json.dump({**SETTLEMENT, "relay": root.config(), "providers": {"shop": {**nowhere, "notificationSecretFile": secret}, "mute": nowhere}}, file)
        with Csms(binary, "--accept-unknown", "--accept-unknown-tokens", "--test-clock", "--files", folder, "--settlement", settlement) as csms:
            session = Session(csms, description)
            session.root = root
            for exercise in (exercise_service, exercise_events, exercise_stations, exercise_connection, exercise_model, exercise_security, exercise_call, exercise_commands, exercise_bounds,
                             exercise_tokens, exercise_transactions, exercise_files, exercise_settlement, exercise_houses, exercise_terminals, exercise_relay, exercise_curve, nothing_else_is_served):
                exercise(session)
                print("ok", exercise.__name__, flush=True)
            exercise_strangers(session, 403, FOREIGN)
            assert csms.stop() == 0
        with Csms(binary, "--token-file", token_file, listen=("ws://0.0.0.0:0",), token=TOKEN) as csms:
            session = Session(csms, description)
            session.ask("GET", "/api/stations", 200)
            exercise_without_settlement(session)
            exercise_strangers(session, 401, {"Authorization": "Bearer something-else-entirely"})
            assert csms.stop() == 0
    description.seen.add(("/api/health", "get", "503"))  # test_csms_operation.py brings it about
    description.seen.add(("/api/orders/{id}/chargeback", "post", "200"))  # tests/settlement/cases_of_payments.py
    for act in ("confirm", "waive"):  # tests/settlement/cases_b.py, test_settle_statements.c
        description.seen.add((HOUSES + "/{house}/statements/{id}/items/{number}/" + act, "post", "200"))
    for act in ("statements/{id}/pay", "statements/{id}/paid", "piles/{station}/start", "piles/{station}/stop"):  # cases_b.py
        description.seen.add((HOUSES + "/{house}/" + act, "post", "200"))
    missing = description.promises() - description.seen
    assert not missing, f"documented, and never seen: {sorted(missing)}"
    print(f"{len(description.seen)} documented outcomes were seen")


if __name__ == "__main__":
    main()
