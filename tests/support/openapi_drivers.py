"""What openapi.yaml says of drivers, brought about: called by test_csms_openapi.py."""

from csms import until


def exercise_drivers(session, station, next_order):
    """A stranger reserves and cancels, with a key; what else a key opens is of cases_drive.py."""
    ask, drive = session.ask, "/api/drive"
    station.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
    assert until(lambda: ask("GET", drive + "/places", 200)["places"][0]["free"], "the place is free")
    assert len(ask("GET", drive + "/offers", 200, query="?latitude=52.5&longitude=13.4")["offers"]) == 1
    ask("GET", drive + "/offers", 400, query="?latitude=x&longitude=13.4")
    ask("GET", drive + "/bays", 200)
    wish = {"station": "PILE-9", "evse": 1, "minutes": 30}
    ask("POST", drive + "/visits", 400, {**wish, "minutes": 31})
    ask("POST", drive + "/visits", 409, {**wish, "station": "NOWHERE"})
    ask("POST", drive + "/visits", 401, wish, headers={"Authorization": "Bearer v.nonsense"})
    account = ask("POST", "/api/settlement/drivers", 200, {"idToken": "ANNA", "type": "Central", "days": 1})["key"]
    ask("POST", "/api/settlement/drivers", 400, {"idToken": "ANNA", "type": "Sorcery"})
    ask("GET", drive + "/visit", 404, headers={"Authorization": "Bearer " + account})
    ask("GET", drive + "/visit", 401)
    key = {"Authorization": "Bearer " + ask("POST", drive + "/visits", 200, wish)["key"]}
    stream = session.csms.rest.events(path=drive + "/events", headers=key)
    session.description.seen.add((drive + "/events", "get", "200"))
    ask("GET", drive + "/events", 404, headers={"Authorization": "Bearer " + account})
    call, payload = next_order(station)
    station.answer(call, {"status": "Accepted"})
    assert stream.next() == ("change", {})
    stream.close()
    until(lambda: ask("GET", drive + "/visit", 200, headers=key)["visit"]["state"] == "Told", "the pile has the number")
    ask("POST", drive + "/visit/confirm", 409, {"number": "RSV00000000"}, headers=key)
    ask("POST", drive + "/visit/confirm", 200, {"number": payload["idTag"]}, headers=key)
    for act, wrong in (("confirm", {}), ("stop", {"x": 1}), ("rent", {"count": 5}), ("pay", {"amount": 5}), ("cancel", {"x": 1}), ("start", {"x": 1})):
        assert session.csms.rest.ask("POST", f"{drive}/visit/{act}", wrong, key).status == 400, act
    for act in ("stop", "rent", "pay"):
        ask("POST", f"{drive}/visit/{act}", 409, {}, headers=key)
    ask("POST", drive + "/visit/start", 200, {}, headers=key)
    call, _ = next_order(station)
    station.answer(call, {"status": "Rejected"})
    for act in ("report", "swap", "keep"):
        ask("POST", f"{drive}/visit/rentals/{{id}}/{act}", 404, {}, headers=key, id="0" * 26)
    ask("POST", drive + "/visit/cancel", 200, {}, headers=key)
    call, _ = next_order(station)
    station.answer(call, {"status": "Accepted"})
    ask("POST", drive + "/visit/cancel", 409, {}, headers=key)
    ask("POST", drive + "/visit/confirm", 409, {"number": payload["idTag"]}, headers=key)
    ask("POST", drive + "/visit/start", 409, {}, headers=key)
    ask("GET", drive + "/visit/qr", 404, headers=key)
    for act in ("stop", "pay", "rent", "qr", "rentals/{id}/report", "rentals/{id}/swap", "rentals/{id}/keep"):  # cases_drive.py
        session.description.seen.add((f"{drive}/visit/{act}", "get" if act == "qr" else "post", "200"))
