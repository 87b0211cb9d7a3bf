"""What openapi.yaml says of rental houses, brought about: called by test_csms_openapi.py."""

import contextlib
import re

from csms import until
from openapi_bodies import HOUSES, HOUSE_BODIES, sample_body


def exercise_house_events(session, house, bearer):
    """Four of a phone, and no more."""
    key = {"Authorization": "Bearer " + bearer}

    def opens(path):
        with contextlib.closing(session.csms.rest.events(path=path, headers=dict(key))) as stream:
            return stream.response.status == 200

    for template, path in ((HOUSES + "/{house}/events", f"{HOUSES}/{house}/events"), ("/api/settlement/phones/me/events",) * 2):
        streams = [session.csms.rest.events(path=path, headers=dict(key)) for _ in range(4)]
        assert {stream.response.status for stream in streams} == {200} and streams[0].response.getheader("content-type").startswith("text/event-stream")
        session.description.seen.add((template, "get", "200"))
        session.ask("GET", template, 503, headers=key, house=house)
        assert int(re.search(r"^ocpp_csms_page_streams (\d+)$", session.csms.rest.ask("GET", "/metrics").text, re.M).group(1)) >= 4
        for stream in streams:
            stream.close()
        until(lambda: opens(path), "who left makes room")


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
    session.ask("GET", "/api/settlement/phones/me/events", 401)
    exercise_house_events(session, house, phones[0]["bearer"])
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
