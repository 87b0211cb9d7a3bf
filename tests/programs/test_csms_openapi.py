"""openapi.yaml and ocpp-csms say the same: every path, method, status and body shape in the file is brought about here and compared with it, and
nothing that is not in the file is served.

usage: test_csms_openapi.py OCPP-CSMS SOURCE-DIRECTORY"""

import json
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, booted, scratch, until  # noqa: E402
from csms_commands import COMMANDS  # noqa: E402
from openapi import Description  # noqa: E402
from openapi_bodies import HOUSES, HOUSE_BODIES, RELAY, RESERVE, TERMINAL, TOKEN, sample_body  # noqa: E402
from openapi_bounds import Bounds  # noqa: E402
from openapi_houses import exercise_houses  # noqa: E402
from openapi_pages import exercise_curve, exercise_model, exercise_security_events  # noqa: E402
from openapi_relay import exercise_relay  # noqa: E402
from openapi_settlement import NOTIFY_SECRET, SETTLEMENT, exercise_settlement  # noqa: E402
from openapi_terminals import exercise_terminals  # noqa: E402
from relay import Root  # noqa: E402

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
            for exercise in (exercise_service, exercise_events, exercise_stations, exercise_connection, exercise_model, exercise_security, exercise_security_events, exercise_call, exercise_commands, exercise_bounds,
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
