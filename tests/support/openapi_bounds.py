"""Bodies just outside and just inside what a schema allows, one member at a time, each with the JSON pointer of that member. Standard library only."""

import copy

NEITHER = 7.25  # no integer; no text, no list, no object


def pointer(path):
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def put(body, path, value):
    """A copy of |body| with |value| at |path|."""
    copied = copy.deepcopy(body)
    place = copied
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return copied


def without(body, path):
    copied = copy.deepcopy(body)
    place = copied
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return copied


def kinds(schema):
    kind = schema.get("type", "")
    return kind if isinstance(kind, list) else [kind]


class Bounds:
    """|resolve| follows $ref."""

    def __init__(self, resolve):
        self.resolve = resolve

    def sample(self, schema):
        schema = self.resolve(schema)
        if "enum" in schema:
            return str(schema["enum"][0])
        kind = kinds(schema)[0]
        if kind == "object":
            return {name: self.sample(schema["properties"][name]) for name in schema.get("required", [])}
        if kind == "array":
            return [self.sample(schema["items"])] * schema.get("minItems", 0)
        if kind == "string":
            return {"date-time": "2040-01-01T00:00:00Z", "decimal": "12.50"}.get(schema.get("format"), "x" * schema.get("minLength", 1))
        return False if kind == "boolean" else schema.get("minimum", 0)

    def wrong_values(self, schema):
        if not kinds(schema)[0] and "enum" not in schema:
            return
        if "boolean" not in kinds(schema):
            yield True
        if "number" not in kinds(schema):
            yield NEITHER
        if "string" not in kinds(schema) and "enum" not in schema:
            yield "text"
        if "array" not in kinds(schema):
            yield []
        if "object" not in kinds(schema):
            yield {}
        yield from self.beyond(schema)

    def beyond(self, schema):
        if "minimum" in schema:
            yield schema["minimum"] - 1
        if "maximum" in schema:
            yield schema["maximum"] + 1
        if schema.get("minLength", 0) > 0:
            yield "x" * (schema["minLength"] - 1)
        if "maxLength" in schema:
            yield "x" * (schema["maxLength"] + 1)
        if "enum" in schema:
            yield "NoSuchWord"
        if schema.get("format") == "date-time":
            yield "soon"
        if schema.get("format") == "decimal":
            yield from ("", "-1", "1e3", "1,5", "x", ".")
        if schema.get("minItems", 0) > 0:
            yield [self.sample(schema["items"])] * (schema["minItems"] - 1)
        if "maxItems" in schema:
            yield [self.sample(schema["items"])] * (schema["maxItems"] + 1)

    def right_values(self, schema):
        for name in ("minimum", "maximum"):
            if name in schema:
                yield schema[name]
        for name in ("minLength", "maxLength"):
            if name in schema and "format" not in schema:
                yield "x" * schema[name]
        for name in ("minItems", "maxItems"):
            if name in schema:
                yield [self.sample(schema["items"])] * schema[name]
        yield from map(str, schema.get("enum", []))

    def members(self, schema, body, path=()):
        """(schema, path) of every member of |body|, those that it leaves out included, filled in."""
        for name, inner in schema.get("properties", {}).items():
            inner = self.resolve(inner)
            here = path + (name,)
            yield inner, here, name in schema.get("required", [])

    def walk(self, schema, body, path=()):
        """(schema of a member, its path, whether it is required, a body that has what is around it)"""
        schema = self.resolve(schema)
        for inner, here, required in self.members(schema, body, path):
            yield inner, here, required, body
            value = body
            try:
                for part in here:
                    value = value[part]
                filled = body
            except (KeyError, IndexError):
                value = self.sample(inner)
                filled = put(body, here, value)
            if "properties" in inner:
                yield from self.walk(inner, filled, here)
            elif "items" in inner and "properties" in self.resolve(inner["items"]):
                if not value:
                    filled = put(filled, here, [self.sample(inner["items"])])
                yield from self.walk(inner["items"], filled, here + (0,))

    def bad(self, schema, body):
        """(a body that the schema forbids, the pointer of what is wrong)"""
        schema = self.resolve(schema)
        if schema.get("additionalProperties") is False:
            yield {**body, "un/kn~own": 1}, "/un~1kn~0own"
        for inner, path, required, around in self.walk(schema, body):
            for value in self.wrong_values(inner):
                yield put(around, path, value), pointer(path)
            if inner.get("additionalProperties") is False:
                yield put(around, path, {**self.sample(inner), "unknown": 1}), pointer(path) + "/unknown"
            if required:
                yield without(around, path), pointer(path)

    def good(self, schema, body, but=()):
        """Bodies at the bounds of what the schema allows; |but| are members that exclude others."""
        for inner, path, _, around in self.walk(schema, body):
            if path[-1] in but:
                continue
            for value in self.right_values(inner):
                yield put(around, path, value)

    def null(self, schema, body):
        """Bodies in which a member that may be left out is null, which the schema need not allow."""
        for _, path, required, around in self.walk(schema, body):
            if not required:
                yield put(around, path, None)
