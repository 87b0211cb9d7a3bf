"""What openapi.yaml says of orders, visits, payments and power banks, brought about: called by test_csms_openapi.py."""

import hashlib
import hmac
import json
import time

from csms import booted, until
from openapi_bodies import ORDER_COMMANDS, PLACE, RENTAL_COMMANDS, RESERVE, TOKEN, VISIT_COMMANDS
from openapi_drivers import exercise_drivers

VENDOR = "org.ocpp-c.settlement"
MOMENT = {"boot": 1, "monoMs": 1000, "status": "Unknown"}
TARIFF = {"id": "T", "currency": "EUR", "dialect": "Own",
          "elements": [{"components": [{"dimension": "Energy", "unit": "Kwh", "priceMicro": 500000}]}],
          "bank": {"depositMinor": 2000, "freeS": 0, "unitS": 3600, "unitPriceMicro": 1000000, "buyOutMinor": 5000}}
NOTIFY_SECRET = "what only the shop and this program know"
SETTLEMENT = {"operator": "test", "zone": "Etc/UTC", "tariff": TARIFF, "payer": {"provider": "postpaid"}, "policy": {"postpaidLimitMinor": 20000},
              "drive": {"provider": "postpaid", "visitsPerMinute": 600}}


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
