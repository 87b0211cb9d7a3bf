#!/usr/bin/env python3
"""make_seeds.py [--check]: writes the seeds of the message targets into fuzz/corpus/, one file per message, made of lib/model/*.model.

Every message comes at its largest (all members, texts at their length, two items per list); those of 1.6 also at its smallest. With
--check nothing is written and exit 1 tells which seeds differ. Files of other names (finds, handmade seeds) are left alone.
"""

import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "lib", "model"))
from notation import Call, Enum, Struct, read_model  # noqa: E402

MODELS = {
    "v16": ("ocpp16.model", "ocpp16_security.model"),
    "v201": ("ocpp201.model",),
    "v21": ("ocpp21.model",),
}
TIME = "2024-05-06T12:34:56.789Z"
LONGEST_TEXT = 60  # a seed needs no text of 5,600 characters

# Payloads that break a rule, for the lenient target: version, action, answer?, text.
BENT = [
    ("v16", "StatusNotification", 0, {"connectorId": "1", "errorCode": "Error", "status": "Available", "timestamp": "2024-04-26T14:35+02"}),
    ("v16", "BootNotification", 0, {"chargePointModel": "m" * 23, "chargePointVendor": 7, "iccid": None}),
    ("v16", "BootNotification", 1, {"status": "Accepted", "currentTime": "2013-02-01T20:53:32", "heartbeatInterval": "300"}),
    ("v16", "GetConfiguration", 1, {"configurationKey": {"key": "k", "readonly": 0, "value": 60}, "more": [1]}),
    ("v16", "MeterValues", 0, {"connectorId": 1, "meterValue": {"timestamp": TIME, "sampledValue": [{"value": 1.5, "unit": "Hz"}, {"value": "2", "unit": "x"}]}}),
    ("v16", "GetCompositeSchedule", 1, {"status": "Rejected", "connectorId": "x", "scheduleStart": "0", "chargingSchedule": {"duration": 0}}),
    ("v16", "SetChargingProfile", 0, {"connectorId": 1, "csChargingProfiles": {"validFrom": "never", "chargingSchedule": {"minChargingRate": 0.15}}}),
    ("v201", "TransactionEvent", 0, {"transactionData": {"id": "x"}, "eventType": "Started", "timestamp": TIME, "seqNo": 0}),
    ("v201", "MeterValues", 0, {"evseId": 1, "meterValue": []}),
    ("v21", "BatterySwap", 0, {"batteryData": [{"evseId": -1, "serialNumber": "a", "soC": 101, "soH": 0}], "eventType": "x", "requestId": None}),
]  # fmt: skip


# Logs for the inspector: the byte of its options, then lines.
LOGS = {
    "auto": (0, [[2, "1", "Heartbeat", {}], [3, "1", {"currentTime": TIME}], [2, "2", "GetLocalListVersion", {}],
                 [3, "2", {"versionNumber": 1}], [3, "9", {}], [4, "1", "NotSupported", "", {}], [5, "1", "GenericError", "", {}]]),
    "lenient_json": (3, [[2, "1", "StatusNotification", BENT[0][3]], [4, "1", "x", "", "text"], [2, "1", "Nothing\u001b", {"\u009b": 1}]]),
    "objects": (2, [{"frame": [3, "1", {}], "action": "Heartbeat", "version": "1.6"}, {"frame": "[2,\"1\"", "version": "2.1"},
                    {"frame": [6, "1", "NotifyPeriodicEventStream", {"id": 1}], "version": None, "x": 1}, {"version": 1}]),
    "first": (4, [[2, "1", "BootNotification", {"chargePointVendor": "v"}], [9, "1"], []]),
    "second": (8, [[2, "1", "TriggerMessage", {"requestedMessage": "x"}], [6, "1", "Heartbeat", {}], "no frame"]),
    "third": (13, [[2, "1", "NotifyPeriodicEventStream", {}], [3, "1", {}], {"frame": {}}]),
}  # fmt: skip


class Maker:
    """Makes values of the members of one model."""

    def __init__(self, model, full):
        self.named, self.full = model.named(), full

    def struct(self, struct):
        return {m.name: self.member(m) for m in struct.members if self.full or not m.optional}

    def member(self, member):
        if not member.is_list:
            return self.value(member)
        count = max(member.min_items, min(member.max_items or 2, 2)) if self.full else member.min_items
        return [self.value(member) for _ in range(count)]

    def value(self, member):
        declared = self.named.get(member.type)
        if isinstance(declared, Enum):
            return declared.values[-1 if self.full else 0]
        if isinstance(declared, Struct):
            return self.struct(declared)
        if member.type in ("string", "cistring", "uri"):
            length = min(member.max_length or LONGEST_TEXT, LONGEST_TEXT) if self.full else 1
            return ("a\u00e4\u20ac\U0001f697\\\"/" * LONGEST_TEXT)[:length]
        if member.type in ("integer", "number", "tenths"):
            lowest = member.minimum if member.minimum is not None else -7
            highest = member.maximum if member.maximum is not None else lowest + 8
            number = highest if self.full else lowest
            return number + 0.5 if member.type != "integer" and number < highest else number
        return {"boolean": self.full, "dateTime": TIME, "any": {"a": [None, 1.5, "x"]} if self.full else 1,
                "custom": {"vendorId": "v", "x": {"y": [1]}}}[member.type]  # fmt: skip


def text_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def actions_of(model):
    """The calls in the order of the table."""
    return sorted(model.of(Call), key=lambda call: call.name.encode())


def messages(model, full):
    """(name, index of the action, 0 or 1 for an answer, payload) of every message."""
    maker = Maker(model, full)
    for index, call in enumerate(actions_of(model)):
        for answer, struct in enumerate((call.request, call.response)):
            if struct is not None:
                name = f"{call.name}_{'answer' if answer else 'call'}_{'full' if full else 'minimal'}"
                yield name, index, answer, text_of(maker.struct(struct))


def seeds():
    """(path below fuzz/corpus, content) of every seed."""
    models = {name: read_model([os.path.join(ROOT, "lib", "model", file) for file in files]) for name, files in MODELS.items()}
    for number, (version, model) in enumerate(models.items()):
        for full in (True, False) if version == "v16" else (True,):
            for name, index, answer, text in messages(model, full):
                yield f"decode_{version}/{name}", bytes([index, answer]) + text
                if full and index % 3 == number:
                    yield f"roundtrip/{version}_{name}", bytes([number, index, answer]) + text
                if full and index % 7 == number:
                    yield f"lenient/{version}_{name}", bytes([number, 255, 255, 255, index, answer]) + text
    for name, (options, lines) in LOGS.items():
        yield f"inspect/{name}", bytes([options]) + b"\n".join(text_of(line) for line in lines)
    for number, (version, action, answer, payload) in enumerate(BENT):
        names = [call.name for call in actions_of(models[version])]
        prefix = bytes([list(MODELS).index(version), 255, 255, 255, names.index(action), answer])
        yield f"lenient/bent_{number}_{action}", prefix + text_of(payload)


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        print(__doc__, file=sys.stderr)
        return 2
    different = []
    for path, content in seeds():
        full = os.path.join(ROOT, "fuzz", "corpus", path)
        if os.path.exists(full):
            with open(full, "rb") as file:
                if file.read() == content:
                    continue
        different.append(path)
        if not check:
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(content)
    for path in different:
        print(f"{'differs' if check else 'written'}: fuzz/corpus/{path}")
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
