"""The YAML that openapi.yaml is written in: block mappings and lists, flow mappings and lists on one line, plain and quoted scalars, '>-' texts,
anchors and aliases of block values. Anything else is refused. Standard library only."""

import re


class YamlError(Exception):
    pass


class Lines:
    def __init__(self, text):
        self.lines, self.at, self.anchors = [], 0, {}
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                self.lines.append((len(line) - len(line.lstrip(" ")), line.strip(), number))

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else (-1, "", 0)

    def take(self):
        self.at += 1
        return self.lines[self.at - 1]


def scalar(text):
    if text[:1] in "'\"" and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1].encode().decode("unicode_escape")
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return {"true": True, "false": False, "null": None, "~": None}.get(text, text)


class Flow:
    """A flow value on one line."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def skip(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def value(self):
        self.skip()
        opening = self.text[self.at]
        if opening == "{":
            return self.items("}", self.pair, dict)
        if opening == "[":
            return self.items("]", self.value, list)
        return self.scalar(",}]")

    def items(self, closing, read, kind):
        found = []
        self.at += 1
        self.skip()
        while self.text[self.at] != closing:
            found.append(read())
            self.skip()
            if self.text[self.at] == ",":
                self.at += 1
                self.skip()
        self.at += 1
        return kind(found)

    def pair(self):
        key = self.scalar(":")
        self.at += 1
        return key, self.value()

    def scalar(self, ends):
        self.skip()
        start = self.at
        if self.text[self.at] in "'\"":
            quote = self.text[self.at]
            self.at = self.text.index(quote, self.at + 1) + 1
        else:
            while self.at < len(self.text) and not (self.text[self.at] in ends and (ends != ":" or self.text[self.at + 1:self.at + 2] == " ")):
                self.at += 1
        return scalar(self.text[start:self.at].strip())


def inline(text):
    if text[0] in "{[":
        flow = Flow(text)
        value = flow.value()
        if flow.text[flow.at:].strip():
            raise YamlError(f"something stands behind a flow value: {text}")
        return value
    return scalar(text)


KEY = re.compile(r"""('[^']*'|"[^"]*"|[^\s'"\[{&*][^:]*?|[^\s'"\[{&*]):(?:\s+(.*))?$""")


def folded(lines, indent):
    words = []
    while lines.peek()[0] > indent:
        words.append(lines.take()[1])
    return " ".join(words)


def behind_key(lines, indent, rest):
    """The value of a key whose line goes on with |rest|."""
    anchor = None
    if rest and rest.startswith("&"):
        anchor, _, rest = rest[1:].partition(" ")
    if rest == ">-":
        value = folded(lines, indent)
    elif rest and rest.startswith("*"):
        value = lines.anchors[rest[1:]]
    elif rest:
        value = inline(rest)
    else:
        value = block(lines, indent + 1)
    if anchor:
        lines.anchors[anchor] = value
    return value


def block(lines, least):
    indent, text, _ = lines.peek()
    if indent < least:
        return None
    return block_list(lines, indent) if text.startswith("- ") else block_map(lines, indent)


def block_map(lines, indent):
    found = {}
    while lines.peek()[0] == indent:
        _, text, number = lines.take()
        match = KEY.match(text)
        if not match:
            raise YamlError(f"line {number}: no key: {text}")
        key = scalar(match.group(1))
        if key in found:
            raise YamlError(f"line {number}: {key} is there twice")
        found[key] = behind_key(lines, indent, match.group(2))
    if lines.peek()[0] > indent:
        raise YamlError(f"line {lines.peek()[2]}: indented for no reason")
    return found


def block_list(lines, indent):
    found = []
    while lines.peek()[0] == indent and lines.peek()[1].startswith("- "):
        _, text, number = lines.take()
        rest = text[2:].strip()
        if KEY.match(rest) and rest[0] not in "{[":
            lines.at -= 1
            lines.lines[lines.at] = (indent + 2, rest, number)
            found.append(block_map(lines, indent + 2))
        else:
            found.append(inline(rest))
    return found


def load(text):
    lines = Lines(text)
    value = block(lines, 0)
    if lines.at != len(lines.lines):
        raise YamlError(f"line {lines.peek()[2]}: not understood")
    return value
