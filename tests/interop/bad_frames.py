"""Frames that break a rule, sent raw to whoever is at the other end, and what has to come back. The link has to survive all of them."""

import json

from children import Failure
from traffic import ERROR

MISSING, FORMAT, TYPE, PROPERTY = "missing", "format", "TypeConstraintViolation", "PropertyConstraintViolation"
WHEN = "2026-01-02T03:04:05Z"
LONG = "x" * 300

# name, action, payload, code: MISSING and FORMAT are spelled as the version does.
TO_CENTRAL = {
    "1.6": [
        ("a required member is missing", "Authorize", {}, MISSING),
        ("a member has the wrong type", "Authorize", {"idTag": 12}, TYPE),
        ("a member is null", "Authorize", {"idTag": None}, TYPE),
        ("a text is too long", "Authorize", {"idTag": LONG}, PROPERTY),
        ("a member is unknown", "Heartbeat", {"bogus": 1}, FORMAT),
        ("a value is not of its list", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Asleep"}, PROPERTY),
        ("a time is none", "StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "now"}, PROPERTY),
        ("the action does not exist", "Teleport", {}, "NotImplemented"),
    ],
    "2.0.1": [
        ("a required member is missing", "Authorize", {}, MISSING),
        ("a member has the wrong type", "Authorize", {"idToken": 12}, TYPE),
        ("a member is null", "Authorize", {"idToken": None}, TYPE),
        ("a text is too long", "Authorize", {"idToken": {"idToken": LONG, "type": "Central"}}, PROPERTY),
        ("a member is unknown", "Heartbeat", {"bogus": 1}, FORMAT),
        ("a value is not of its list", "StatusNotification",
         {"timestamp": WHEN, "connectorStatus": "Asleep", "evseId": 1, "connectorId": 1}, PROPERTY),
        ("a time is none", "StatusNotification",
         {"timestamp": "now", "connectorStatus": "Available", "evseId": 1, "connectorId": 1}, PROPERTY),
        ("a list is too short", "TransactionEvent",
         {"eventType": "Updated", "timestamp": WHEN, "triggerReason": "MeterValuePeriodic", "seqNo": 9,
          "transactionInfo": {"transactionId": "T"}, "meterValue": []}, MISSING),
        ("the action does not exist", "Teleport", {}, "NotImplemented"),
    ],
}

TO_STATION = {
    "1.6": [
        ("a required member is missing", "RemoteStopTransaction", {}, MISSING),
        ("a member has the wrong type", "RemoteStopTransaction", {"transactionId": "one"}, TYPE),
        ("a member is null", "RemoteStopTransaction", {"transactionId": None}, TYPE),
        ("a text is too long", "RemoteStartTransaction", {"idTag": LONG}, PROPERTY),
        ("a member is unknown", "RemoteStopTransaction", {"transactionId": 1, "bogus": 1}, FORMAT),
        ("a value is not of its list", "Reset", {"type": "Gentle"}, PROPERTY),
        ("the action does not exist", "Teleport", {}, "NotImplemented"),
    ],
    "2.0.1": [
        ("a required member is missing", "RequestStopTransaction", {}, MISSING),
        ("a member has the wrong type", "RequestStopTransaction", {"transactionId": 1}, TYPE),
        ("a member is null", "RequestStopTransaction", {"transactionId": None}, TYPE),
        ("a text is too long", "RequestStopTransaction", {"transactionId": LONG}, PROPERTY),
        ("a member is unknown", "RequestStopTransaction", {"transactionId": "T", "bogus": 1}, FORMAT),
        ("a value is not of its list", "Reset", {"type": "Gentle"}, PROPERTY),
        ("the action does not exist", "Teleport", {}, "NotImplemented"),
    ],
}

# What these rows are about is the same in 2.1.
for _rows in (TO_CENTRAL, TO_STATION):
    _rows["2.1"] = _rows["2.0.1"]

# Texts that are no call: nobody may fall over them. What is answered, if anything, has the id "-1" or that of the text.
NO_CALLS = ['', 'null', '{}', '[]', '[2]', '[2,"cut', '[9,"type-9","Heartbeat",{}]', '[2,17,"Heartbeat",{}]', '[3,"nobody-asked",{}]',
            '[4,"nobody-asked","GenericError","",{}]', '[2,"short","Heartbeat"]', '["2","text","Heartbeat",{}]', '\u2603']


def code_of(answer):
    return answer.array[2] if answer.kind == ERROR else "a result"


def answers_to(rows, peer, traffic, direction):
    """Sends each row's frame raw and yields its name, the code that is due, and the code that came."""
    for number, (name, action, payload, due) in enumerate(rows):
        identifier = f"bad-{direction}-{number}"
        since = traffic.mark()
        peer.raw(json.dumps([2, identifier, action, payload]))
        yield name, due, code_of(traffic.answer(identifier, since, direction={"up": "down", "down": "up"}[direction]))


def send_no_calls(peer):
    for text in NO_CALLS:
        if text:
            peer.raw(text)


def play(rows, says, peer, traffic, direction, known=None):
    """Every row gets the code that is due, except what is |known| to be answered otherwise: that, exactly."""
    wrong = []
    for name, due, came in answers_to(rows, peer, traffic, direction):
        due = says.codes.get(due, due)
        if known is not None:
            due = known.get(name, due)
        if came != due:
            wrong.append(f"{name}: {came} instead of {due}")
    if wrong:
        raise Failure("; ".join(wrong))
