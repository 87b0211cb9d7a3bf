"""What openapi.yaml says of piles that only phones reach, brought about: called by test_csms_openapi.py."""

from csms import scratch, until
from openapi_bodies import RELAY, RELAY_BODIES
from relay import Pile, payload_of
from terminals import text_of


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
