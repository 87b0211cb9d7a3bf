"""validate_frames.py SCHEMAS: judges the frames on standard input, one JSON object {version, kind, action, frame} per line, by the official
JSON schemas in the folder SCHEMAS and by the rules of the frame. Prints one line for each breach; exit 1 if there was one."""

import datetime
import decimal
import json
import os
import re
import sys

import jsonschema

FOLDERS = {"1.6": ("1.6", "1.6-security"), "2.0.1": ("2.0.1",), "2.1": ("2.1",)}
COMMON_CODES = {"NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "PropertyConstraintViolation",
                "TypeConstraintViolation", "GenericError"}
CODES = {"1.6": COMMON_CODES | {"FormationViolation", "OccurenceConstraintViolation"},
         "2.0.1": COMMON_CODES | {"FormatViolation", "OccurrenceConstraintViolation", "MessageTypeNotSupported", "RpcFrameworkError"}}
CODES["2.1"] = CODES["2.0.1"]
ELEMENTS = {2: 4, 3: 3, 4: 5}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time")
def is_time_as_we_write_it(value):
    """RFC 3339 in UTC with at most three decimals; a date there is."""
    if not isinstance(value, str):
        return True
    try:
        return bool(TIME.fullmatch(value)) and datetime.datetime.fromisoformat(value) is not None
    except ValueError:
        return False


class Schemas:
    def __init__(self, folder):
        self.folder, self.validators = folder, {}

    def load(self, version, name):
        for folder in FOLDERS[version]:
            for ending in ("", "Request"):
                path = os.path.join(self.folder, folder, name + ending + ".json")
                if os.path.exists(path):
                    with open(path, encoding="utf-8-sig") as file:
                        schema = json.load(file, parse_float=decimal.Decimal)
                    return jsonschema.validators.validator_for(schema)(schema, format_checker=formats)
        return None

    def validator(self, version, name):
        if (version, name) not in self.validators:
            self.validators[version, name] = self.load(version, name)
        return self.validators[version, name]

    def breaches_of_payload(self, version, name, payload):
        validator = self.validator(version, name)
        if validator is None:
            return [f"there is no schema {name}"]
        return ["/" + "/".join(map(str, error.absolute_path)) + f": {error.message}" for error in validator.iter_errors(payload)]


def breaches_of_frame(version, frame):
    kind = frame[0]
    if kind not in ELEMENTS or len(frame) != ELEMENTS[kind]:
        return [f"{len(frame)} elements in a frame of type {kind}"]
    if not isinstance(frame[1], str) or not 1 <= len(frame[1]) <= 36:
        return ["the message id is no text of 1 to 36 characters"]
    if kind != 4:
        return []
    breaches = []
    if frame[2] not in CODES[version]:
        breaches.append(f"{frame[2]} is no error code of {version}")
    if not isinstance(frame[3], str) or len(frame[3]) > 255:
        breaches.append("the error description is no text of at most 255 characters")
    if not isinstance(frame[4], dict):
        breaches.append("the error details are no object")
    return breaches


def breaches_of(schemas, line):
    version, frame = line["version"], line["frame"]
    breaches = breaches_of_frame(version, frame)
    if breaches or frame[0] == 4:
        return breaches
    if frame[0] == 2:
        return schemas.breaches_of_payload(version, frame[2], frame[3])
    return schemas.breaches_of_payload(version, line["action"] + "Response", frame[2])


def main():
    schemas, count = Schemas(sys.argv[1]), 0
    for text in sys.stdin:
        line = json.loads(text, parse_float=decimal.Decimal)
        for breach in breaches_of(schemas, line):
            count += 1
            print(f"{line['version']} {line['action']}: {breach}: {text.strip()[:300]}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
