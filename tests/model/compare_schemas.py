#!/usr/bin/env python3
"""Every model against the official JSON schemas, member by member: names, types, lengths, ranges, required, enumerations and their
order, list bounds, times, tenths, URIs, customData, direction of every action, and in 2.x the names of the types.

The schemas stand in ../shared/ocpp beside the checkout and are not part of this tree; without them this is a skip (exit 77).
What the models say beyond the schemas (text without regard to case, secrets, comments) is not compared.
"""
import csv
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
MODELS = os.path.join(ROOT, "lib", "model")
SHARED = os.path.join(ROOT, "..", "shared", "ocpp", "schemas")
sys.dont_write_bytecode = True
sys.path.insert(0, MODELS)
import notation  # noqa: E402

# version: model files, folders with schemas, whether types bear the names of the schemas
VERSIONS = {
    "1.6": (("ocpp16.model", "ocpp16_security.model"), ("1.6", "1.6-security"), False),
    "2.0.1": (("ocpp201.model",), ("2.0.1",), True),
    "2.1": (("ocpp21.model",), ("2.1",), True),
}
SENDERS = {"CP->CS": "station", "CS->CP": "central", "CS->CSMS": "station", "CSMS->CS": "central", "both": "both"}

# Where a model differs from its schema on purpose: (version, place) -> reason. An entry that no longer applies is an error, too.
REASONED = {}

CUSTOM_DATA = {"type": "object", "properties": {"vendorId": {"type": "string", "maxLength": 255}}, "required": ["vendorId"]}
SILENT = {"description", "javaType", "comment", "default", "additionalItems", "title", "$schema", "$id", "id", "definitions"}


class Comparison:
    """One version: collects the differences as (place, words)."""

    def __init__(self, model, same_type_names):
        self.model, self.same_type_names = model, same_type_names
        self.named = model.named()
        self.differences, self.compared = [], 0

    def say(self, place, words):
        self.differences.append((place, words))

    def equal(self, place, what, ours, theirs):
        self.compared += 1
        if ours != theirs:
            self.say(place, f"{what} is {ours!r}, in the schema {theirs!r}")

    def struct(self, place, struct, schema, definitions):
        self.equal(place, "further members", False, schema.get("additionalProperties", True))
        ours, theirs = {m.name: m for m in struct.members}, schema.get("properties", {})
        self.equal(place, "the set of members", sorted(ours), sorted(theirs))
        required = schema.get("required", [])
        for name in ours.keys() & theirs.keys():
            self.equal(f"{place}/{name}", "optional", ours[name].optional, name not in required)
            self.member(f"{place}/{name}", ours[name], theirs[name], definitions)
        unread(self, place, schema, {"type", "additionalProperties", "properties", "required"})

    def member(self, place, member, schema, definitions):
        is_list = schema.get("type") == "array"
        self.equal(place, "a list", member.is_list, is_list)
        if is_list:
            self.equal(place, "the least number of items", member.min_items, schema.get("minItems", 0))
            self.equal(place, "the largest number of items", member.max_items, schema.get("maxItems", 0))
            unread(self, place, schema, {"type", "items", "minItems", "maxItems"})
            schema = schema["items"]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = definitions[name]
            if name == "CustomDataType":
                self.equal(place, "the type", member.type, "custom")
                self.equal(place, "customData", {k: v for k, v in schema.items() if k not in SILENT}, CUSTOM_DATA)
                return
            if self.same_type_names:
                self.equal(place, "the type", member.type, name)
        self.value(place, member, schema, definitions)

    def value(self, place, member, schema, definitions):
        named = self.named.get(member.type)
        if "enum" in schema:
            self.equal(place, "the enumeration", getattr(named, "values", member.type), schema["enum"])
            unread(self, place, schema, {"type", "enum", "additionalProperties"})
            return
        if schema.get("type") == "object":
            if isinstance(named, notation.Struct):
                self.struct(place, named, schema, definitions)
            else:
                self.say(place, f"is {member.type}, in the schema an object")
            return
        self.equal(place, "the type", KINDS.get(member.type, member.type), kind_of(schema))
        self.equal(place, "the length", member.max_length or None, schema.get("maxLength"))
        self.equal(place, "the minimum", member.minimum, schema.get("minimum"))
        self.equal(place, "the maximum", member.maximum, schema.get("maximum"))
        unread(self, place, schema, {"type", "format", "maxLength", "minimum", "maximum", "multipleOf"})


# a type of the notation -> (type, format, multipleOf) of a schema
KINDS = {
    "string": ("string", None, None), "cistring": ("string", None, None), "uri": ("string", "uri", None),
    "dateTime": ("string", "date-time", None), "integer": ("integer", None, None), "number": ("number", None, None),
    "tenths": ("number", None, 0.1), "boolean": ("boolean", None, None), "any": (None, None, None),
}  # fmt: skip


def kind_of(schema):
    return (schema.get("type"), schema.get("format"), schema.get("multipleOf"))


def unread(comparison, place, schema, read):
    """A keyword nobody looked at would be a rule nobody compared."""
    for keyword in schema.keys() - read - SILENT:
        comparison.say(place, f"the schema says {keyword}, which is not compared")


def read_schemas(folders):
    """action -> [schema of the request, schema of the answer or None]"""
    actions = {}
    for folder in folders:
        for file_name in sorted(os.listdir(os.path.join(SHARED, folder))):
            name = file_name.removesuffix(".json")
            with open(os.path.join(SHARED, folder, file_name), encoding="utf-8") as file:
                schema = json.load(file)
            is_answer = name.endswith("Response")
            action = name.removesuffix("Response").removesuffix("Request")
            actions.setdefault(action, [None, None])[is_answer] = schema
    return actions


def read_directions(folders):
    with open(os.path.join(SHARED, "actions.csv"), encoding="utf-8", newline="") as file:
        return {row["action"]: (SENDERS[row["request_direction"]], row["kind"]) for row in csv.DictReader(file) if row["version"] in folders}


def compare(model, schemas, directions, same_type_names):
    comparison = Comparison(model, same_type_names)
    calls = {call.name: call for call in model.of(notation.Call)}
    comparison.equal("", "the set of actions", sorted(calls), sorted(schemas))
    comparison.equal("", "the set of actions with a direction", sorted(calls), sorted(directions))
    for name in calls.keys() & schemas.keys() & directions.keys():
        call, (request, answer) = calls[name], schemas[name]
        kind = "CALL" if call.response else "SEND"
        comparison.equal(name, "direction and kind", (call.sender, kind), directions[name])
        comparison.equal(name, "an answer", call.response is not None, answer is not None)
        comparison.struct(f"{name}.req", call.request, request, request.get("definitions", {}))
        if call.response and answer:
            comparison.struct(f"{name}.{model.answer}", call.response, answer, answer.get("definitions", {}))
    return comparison


def compare_version(version, spoil=None):
    files, folders, same_type_names = VERSIONS[version]
    model = notation.read_model([os.path.join(MODELS, name) for name in files])
    schemas = read_schemas(folders)
    if spoil:
        spoil(schemas)
    return compare(model, schemas, read_directions(folders), same_type_names)


def change(action, path, **update):
    """A function that changes the schema of a request at a path of keys; None takes a keyword away."""

    def spoil(schemas):
        at = schemas[action][0]
        for key in path:
            at = at[key]
        at.update({keyword: value for keyword, value in update.items() if value is not None})
        for keyword in (keyword for keyword, value in update.items() if value is None):
            del at[keyword]

    return spoil


# Changes to a schema that must not pass unnoticed.
VENDOR = ("DataTransfer", ("properties", "vendorId"))
VALUES = ("MeterValues", ("properties", "meterValue"))
SPOILT = {
    "an action less": lambda schemas: schemas.pop("Heartbeat"),
    "a member more": change("BootNotification", ("properties",), more={"type": "string"}),
    "a member less": change("DataTransfer", ("properties",), vendorId=None),
    "an optional member": change("DataTransfer", (), required=[]),
    "further members": change("BootNotification", (), additionalProperties=None),
    "another length": change(*VENDOR, maxLength=254),
    "no length": change(*VENDOR, maxLength=None),
    "another type": change(*VENDOR, type="integer"),
    "a rule of another kind": change(*VENDOR, pattern="x"),
    "a range": change(*VENDOR, minimum=5),
    "a time": change(*VENDOR, format="date-time"),
    "an enumeration": change(*VENDOR, enum=["a"]),
    "a shorter list": change(*VALUES, maxItems=7),
    "no list": change(*VALUES, type="object"),
}


def main():
    if not os.path.isdir(SHARED):
        print(f"skipped: no official schemas at {os.path.relpath(SHARED)}")
        return 77
    failed = False
    for version in VERSIONS:
        comparison = compare_version(version)
        print(f"{version}: {len(comparison.model.of(notation.Call))} actions, {comparison.compared} facts compared")
        found = {(version, place): words for place, words in comparison.differences}
        for key, words in found.items():
            if key not in REASONED:
                failed = True
                print(f"{version} {key[1]}: {words}")
        for key in [key for key in REASONED if key[0] == version and key not in found]:
            failed = True
            print(f"{version} {key[1]}: listed as a reasoned difference, but there is none")
        for what, spoil in SPOILT.items():
            if len(compare_version(version, spoil).differences) <= len(found):
                failed = True
                print(f"{version}: a schema with {what} passed unnoticed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
