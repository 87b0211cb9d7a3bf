"""What openapi.yaml says of terminals of vehicles, brought about: called by test_csms_openapi.py."""

from csms import booted, scratch
from openapi_bodies import TERMINAL
from openapi_settlement import MOMENT, say
from terminals import Terminal


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
