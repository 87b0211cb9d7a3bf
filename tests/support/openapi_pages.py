"""What the pages of ocpp-csms ask for beside what every operator does: the model that forms are made of, the curves of transactions,
security events."""

from csms import booted, until


def exercise_model(session):
    """The forms of all messages: every struct they name is described, and bounds are those of the tables."""
    for version in ("1.6", "2.0.1", "2.1"):
        for row in session.ask("GET", "/api/model/{version}", 200, version=version)["actions"]:
            told = session.ask("GET", "/api/model/{version}/{action}", 200, version=version, action=row["action"])
            for members in (told["members"], *told["types"].values()):
                for member in members:
                    assert (member["kind"] == "struct") == ("type" in member) and (member["kind"] == "enum") == ("values" in member), member
                    assert "type" not in member or member["type"] in told["types"], member
    reset = session.ask("GET", "/api/model/{version}/{action}", 200, version="1.6", action="Reset")
    assert reset["members"] == [{"name": "type", "kind": "enum", "required": True, "values": ["Hard", "Soft"]}] and reset["types"] == {}, reset
    for version, action in (("1.5", "Reset"), ("1.6", "GetVariables"), ("2.0.1", "reset")):
        session.ask("GET", "/api/model/{version}/{action}", 404, version=version, action=action)
    session.ask("GET", "/api/model/{version}", 404, version="9")


def exercise_curve(session):
    station, curve = booted(session.csms, "PILE-C"), "/api/stations/{id}/curve"
    number = station.call("StartTransaction", {"connectorId": 1, "idTag": "CURVED", "meterStart": 1000, "timestamp": "2026-11-21T10:00:00Z"})["transactionId"]
    station.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": [{"timestamp": "2026-11-21T10:05:00Z", "sampledValue": [
        {"value": "1.5", "unit": "kWh"}, {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"}, {"value": "40", "measurand": "SoC", "unit": "Percent"}]}]})
    points = until(lambda: session.ask("GET", curve, 200, id="PILE-C", query=f"?transaction={number}")["points"][1:], "the reading")
    assert points == [{"time": "2026-11-21T10:05:00.000Z", "registerWh": 1500, "powerW": 11000, "soc": 40}], points
    assert session.ask("GET", curve, 200, id="PILE-C", query="?transaction=none") == {"points": [], "thinned": False}
    session.ask("GET", curve, 400, id="PILE-C")
    session.ask("GET", curve, 404, id="NOBODY", query="?transaction=1")


def exercise_security_events(session):
    """Newest first, by station and type, in pages; a loud station does not make another's forgotten."""
    events, quiet = "/api/security-events", booted(session.csms, "PILE-S")
    quiet.call("SecurityEventNotification", {"type": "TamperDetectionActivated", "timestamp": "2026-11-21T10:00:00Z", "techInfo": "door <b>"})
    one = until(lambda: session.ask("GET", events, 200, query="?station=PILE-S")["events"], "the event")
    assert [{**row, "n": 0, "time": ""} for row in one] == [{"n": 0, "time": "", "station": "PILE-S", "type": "TamperDetectionActivated", "info": "door <b>",
                                                              "timestamp": "2026-11-21T10:00:00.000Z"}], one
    loud = booted(session.csms, "PILE-L")
    for number in range(110):
        loud.call("SecurityEventNotification", {"type": "ReconfigurationOfSecurityParameters", "timestamp": "2026-11-21T10:00:01Z", "techInfo": str(number)})
    rows, query = [], "?limit=30&station=PILE-L"
    while query:
        page = session.ask("GET", events, 200, query=query)
        rows += page["events"]
        query = page.get("next") and f"?limit=30&station=PILE-L&after={page['next']}"
    assert [row["info"] for row in rows] == [str(number) for number in range(109, 9, -1)], [row["info"] for row in rows]
    assert [row["station"] for row in session.ask("GET", events, 200, query="?type=TamperDetectionActivated")["events"]] == ["PILE-S"]
    assert session.ask("GET", events, 200, query="?station=NOBODY") == {"events": []}
    for query in ("?limit=0", "?limit=1001", "?after=x"):
        session.ask("GET", events, 400, query=query)
    quiet.close()
    loud.close()
