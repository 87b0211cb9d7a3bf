"""openapi.py: what an OpenAPI file promises, compared with what a server does. Standard library only; the subset of JSON Schema that the file uses."""

import datetime
import re

import yaml_subset

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format",
         "oneOf", "description"}


class Broken(AssertionError):
    """The server did something that its description does not say."""


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.root = yaml_subset.load(self.text)
        self.seen = set()

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            place = self.root
            for part in node["$ref"].lstrip("#/").split("/"):
                place = place[part]
            node = place
        return node

    def operations(self):
        """(path, method, operation)"""
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def promises(self):
        """Every (path, method, status) but the defaults, which no test can bring about at will."""
        return {(path, method, status) for path, method, operation in self.operations() for status in operation["responses"] if status != "default"}

    def judge(self, path, method, answer, body=None, valid_body=True):
        """Compares one exchange; |valid_body| says whether the description allows what was sent."""
        operation = self.root["paths"][path][method.lower()]
        status = str(answer.status)
        response = self.resolve(operation["responses"].get(status))
        if response is None:
            raise Broken(f"{method} {path} answers {status}, which is not documented: {answer.text}")
        self.judge_request(path, method, operation, body, valid_body)
        content = response.get("content", {})
        if not content:
            if answer.text:
                raise Broken(f"{method} {path} {status} has a body")
        elif answer.type not in content:
            raise Broken(f"{method} {path} {status} is {answer.type}, not {list(content)}")
        elif answer.json is not None:
            self.check(content[answer.type]["schema"], answer.json, f"{method} {path} {status}")
        self.seen.add((path, method.lower(), status))

    def judge_request(self, path, method, operation, body, valid_body):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            return
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        try:
            self.check(schema, body, f"{method} {path} request")
            fits = True
        except Broken:
            fits = False
        if fits != valid_body:
            raise Broken(f"{method} {path}: the description {'allows' if fits else 'forbids'} the body {body}")

    def check(self, schema, value, where):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise Broken(f"{where}: the description uses {unknown}, which nobody checks")
        if "oneOf" in schema:
            self.check_one_of(schema["oneOf"], value, where)
        if "enum" in schema and value not in [str(word) if isinstance(value, str) else word for word in schema["enum"]]:
            raise Broken(f"{where}: {value!r} is none of {schema['enum']}")
        if "type" in schema:
            self.check_type(schema["type"], value, where)
        if isinstance(value, dict):
            self.check_object(schema, value, where)
        if isinstance(value, list) and "items" in schema:
            for i, item in enumerate(value):
                self.check(schema["items"], item, f"{where}/{i}")
        self.check_bounds(schema, value, where)

    def check_one_of(self, schemas, value, where):
        fits = 0
        for schema in schemas:
            try:
                self.check(schema, value, where)
                fits += 1
            except Broken:
                pass
        if fits != 1:
            raise Broken(f"{where}: fits {fits} of the alternatives: {value}")

    def check_type(self, kinds, value, where):
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if kind == "integer" and isinstance(value, int) and not isinstance(value, bool):
                return
            if kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
                return
            if kind in KINDS and isinstance(value, KINDS[kind]):
                return
        raise Broken(f"{where}: {value!r} is no {kinds}")

    def check_object(self, schema, value, where):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                raise Broken(f"{where}: {name} is missing in {value}")
        for name, member in value.items():
            if name in properties:
                self.check(properties[name], member, f"{where}/{name}")
            elif schema.get("additionalProperties") is False:
                raise Broken(f"{where}: {name} is not documented")

    @staticmethod
    def check_bounds(schema, value, where):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                raise Broken(f"{where}: {value} is out of bounds")
        if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            raise Broken(f"{where}: a list of {len(value)} is too short or too long")
        if isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                raise Broken(f"{where}: {value!r} is too short or too long")
            if schema.get("format") == "date-time":
                if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
                    raise Broken(f"{where}: {value!r} is no time")
                datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
            if schema.get("format") == "decimal" and not re.fullmatch(r"\d+(\.\d+)?", value):
                raise Broken(f"{where}: {value!r} is no decimal")
