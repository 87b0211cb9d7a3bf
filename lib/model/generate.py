#!/usr/bin/env python3
"""generate.py: turns protocol models (*.model) into a C header of plain structs and a C file of const tables.

    generate.py --header include/ocpp/v16.h --source lib/model/v16.c ocpp16.model ocpp16_security.model
    generate.py --check …      writes nothing; exit 1 when the files on disk differ

The notation. Line breaks are free, `#` starts a comment that runs to the end of the line.

    version 1.6 prefix ocpp16 answer conf       first line of a protocol: its version (or none), the C prefix, the suffix of answers
    extends version 1.6                         first line of a file that adds to one named before it on the command line
    every message and struct has NAME? TYPE     a member that closes each message and struct from here on
    enum NAME { Value Value … }                 what may stand on the wire, in this order from 1 up; 0 is unset
    struct NAME { member … }
    call NAME from station { member … } returns { member … }        from: station, central or both
    send NAME from station { member … }         a message nobody answers
    … NAME as OtherName …                       after enum or struct: the name to use in C, where two would collide

    member   NAME TYPE                          NAME? is optional; words follow TYPE: `secret` is never shown in logs
    TYPE     boolean  integer  number  tenths   a range may follow the numbers: integer(0..)  number(..0)  integer(0..100)
             string  cistring  uri              a length may follow: string(20); cistring is compared without regard to case
             dateTime  any  custom              any: any JSON value; custom: customData of 2.x
             or the name of an enum or struct
    lists    TYPE[]  TYPE[1..]  TYPE[1..1024]   the bounds of the number of items

Comments that reach the header: `## words` is a heading; a comment on the lines just above a declaration; a comment behind a
member; a comment behind the opening brace of a call, which names the clauses or use cases that describe it.
"""
import argparse
import os
import re
import sys
from dataclasses import dataclass, field as default

LINE_WIDTH = 130
COMMENT_COLUMN = 60  # where comments behind members stop lining up


class ModelError(Exception):
    """What is wrong in a model, and where: printed as file:line: message."""

    def __init__(self, place, message):
        super().__init__(f"{place[0]}:{place[1]}: {message}")


# --- what a model holds ------------------------------------------------------------------------------------------


@dataclass
class Member:
    name: str
    optional: bool
    type: str  # a built-in type or the name of an enum or struct
    place: tuple
    minimum: int = None
    maximum: int = None
    max_length: int = 0
    is_list: bool = False
    min_items: int = 0
    max_items: int = 0
    secret: bool = False
    doc: str = ""


@dataclass
class Enum:
    name: str
    c_name: str
    place: tuple
    values: list = default(default_factory=list)
    doc: str = ""
    section: str = ""


@dataclass
class Struct:
    name: str
    c_name: str
    place: tuple
    members: list = default(default_factory=list)
    doc: str = ""
    section: str = ""


@dataclass
class Call:
    name: str
    sender: str
    place: tuple
    request: Struct = None
    response: Struct = None  # None for a send
    clauses: str = ""  # where the specification describes it
    doc: str = ""
    section: str = ""


@dataclass
class Model:
    version: str = ""
    prefix: str = ""
    answer: str = ""
    closing: list = default(default_factory=list)  # members that close every message and struct
    declarations: list = default(default_factory=list)  # Enum, Struct and Call in the order of the files

    def of(self, kind):
        return [d for d in self.declarations if isinstance(d, kind)]

    def named(self):
        return {d.name: d for d in self.declarations if not isinstance(d, Call)}


# --- reading -----------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"\s+|#.*|[{}?]|\([^()]*\)|\[[^\[\]]*\]|[A-Za-z0-9_][A-Za-z0-9_.\-]*")
NUMBERS = ("integer", "number", "tenths")
TEXTS = ("string", "cistring", "uri")
BUILT_IN = NUMBERS + TEXTS + ("boolean", "dateTime", "any", "custom")
SENDERS = ("station", "central", "both")


class Reader:
    """One model file: its tokens, and the comments that may become documentation."""

    def __init__(self, path, text):
        self.name = os.path.basename(path)
        self.tokens = []  # (text, line)
        self.trailing = {}  # line: comment behind something
        self.standing = {}  # line: comment alone on its line
        self.next = 0
        for number, line in enumerate(text.splitlines(), 1):
            self.split(line, number)

    def split(self, line, number):
        at = 0
        while at < len(line):
            match = TOKEN.match(line, at)
            if not match:
                raise ModelError((self.name, number), f"unexpected '{line[at]}'")
            token = match.group()
            if token.startswith("#"):
                where = self.trailing if line[:at].strip() else self.standing
                where[number] = token
            elif not token.isspace():
                self.tokens.append((token, number))
            at = match.end()

    def place(self):
        if not self.tokens:
            return (self.name, 1)
        return (self.name, self.tokens[min(self.next, len(self.tokens) - 1)][1])

    def fail(self, message):
        raise ModelError(self.place(), message)

    def peek(self):
        return self.tokens[self.next][0] if self.next < len(self.tokens) else ""

    def take(self, *expected):
        token = self.peek()
        wanted = " or ".join(filter(None, [", ".join(expected[:-1]), *expected[-1:]]))
        if not token:
            self.fail(f"the file ends where {wanted or 'a word'} is expected")
        if expected and token not in expected:
            self.fail(f"'{token}' where {wanted} is expected")
        self.next += 1
        return token

    def take_if(self, token):
        if self.peek() != token:
            return False
        self.next += 1
        return True

    def name_of(self, what):
        token = self.peek()
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", token):
            self.fail(f"'{token}' is not a name for {what}" if token else f"the file ends where {what} is expected")
        return self.take()

    def behind(self):
        """The comment behind the token taken last, if the line ends there."""
        line = self.tokens[self.next - 1][1]
        is_last = self.next == len(self.tokens) or self.tokens[self.next][1] != line
        return self.trailing.get(line, "").strip("# ") if is_last else ""

    def above(self):
        """The comment on the lines just above the next token."""
        line = self.place()[1] - 1
        lines = []
        while line in self.standing and not self.standing[line].startswith("##"):
            lines.insert(0, self.standing[line].strip("# "))
            line -= 1
        return " ".join(lines)

    def heading(self):
        """The last heading above the next token."""
        above = [n for n, comment in self.standing.items() if comment.startswith("##") and n < self.place()[1]]
        return self.standing[max(above)].strip("# ") if above else ""


def read_model(paths):
    """The files, one after the other, as one model. They are read whole before anything is checked."""
    model = Model()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            reader = Reader(path, file.read())
        read_first_line(reader, model)
        while reader.peek():
            read_declaration(reader, model)
    check(model)
    return model


def read_first_line(reader, model):
    place = reader.place()
    if reader.take("version", "extends") == "extends":
        reader.take("version")
        version = reader.take()
        if version != model.version:
            before = f"the model before it is version {model.version}" if model.version else "no model stands before it"
            raise ModelError(place, f"extends version {version}, but {before}")
        return
    if model.version:
        raise ModelError(place, f"a second version beside {model.version}; say 'extends version {model.version}'")
    model.version = reader.take()
    if model.version not in VERSIONS:
        raise ModelError(place, f"version {model.version} is none of {', '.join(VERSIONS)}")
    reader.take("prefix")
    model.prefix = reader.name_of("the prefix")
    reader.take("answer")
    model.answer = reader.name_of("the suffix of answers")


def read_declaration(reader, model):
    doc, section, place = reader.above(), reader.heading(), reader.place()
    word = reader.take("enum", "struct", "call", "send", "every")
    if word == "every":
        for expected in ("message", "and", "struct", "has"):
            reader.take(expected)
        model.closing.append(read_member(reader))
        return
    name = reader.name_of("the " + word)
    if word == "enum":
        declared = read_enum(reader, Enum(name, c_tag(name, "EnumType"), place))
    elif word == "struct":
        declared = Struct(name, c_tag(name, "Type"), place)
        declared.c_name = read_as(reader) or declared.c_name
        declared.members = read_members(reader, model)
    else:
        declared = read_call(reader, model, Call(name, "", place), word)
    declared.doc = doc
    declared.section = section
    model.declarations.append(declared)


def read_as(reader):
    return snake(reader.name_of("C")) if reader.take_if("as") else ""


def read_enum(reader, enum):
    enum.c_name = read_as(reader) or enum.c_name
    reader.take("{")
    while not reader.take_if("}"):
        token = reader.peek()
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*", token):
            reader.fail(f"'{token}' is not a value of {enum.name}" if token else f"{enum.name} has no closing brace")
        if token in enum.values:
            reader.fail(f"{enum.name} has {token} twice")
        enum.values.append(reader.take())
    if not enum.values:
        raise ModelError(enum.place, f"{enum.name} has no values")
    return enum


def read_call(reader, model, call, word):
    reader.take("from")
    call.sender = reader.take(*SENDERS)
    request_place = reader.place()
    members = read_members(reader, model, call)
    call.request = Struct(call.name, snake(call.name) + "_req", request_place, members)
    if word == "call":
        reader.take("returns")
        answer_place = reader.place()
        members = read_members(reader, model)
        call.response = Struct(call.name, snake(call.name) + "_" + model.answer, answer_place, members)
    return call


def read_members(reader, model, call=None):
    members = []
    reader.take("{")
    if call:
        call.clauses = reader.behind()
    while not reader.take_if("}"):
        members.append(read_member(reader))
    members += model.closing
    names = set()
    for member in members:
        if member.name in names:
            raise ModelError(member.place, f"two members are called {member.name}")
        names.add(member.name)
    return members


def read_member(reader):
    place = reader.place()
    name = reader.name_of("a member")
    optional = reader.take_if("?")
    member = Member(name, optional, reader.name_of("a type"), place)
    if reader.peek().startswith("("):
        read_limits(reader, member)
    if reader.peek().startswith("["):
        read_bounds(reader, member)
    member.secret = reader.tokens[reader.next - 1][1] == reader.place()[1] and reader.take_if("secret")
    member.doc = reader.behind()
    return member


def read_limits(reader, member):
    limits = reader.peek()[1:-1].replace(" ", "")
    if member.type in TEXTS:
        if not re.fullmatch(r"[1-9]\d*", limits) or int(limits) > 65535:
            reader.fail(f"'{limits}' is not a length from 1 to 65535")
        member.max_length = int(limits)
    elif member.type in NUMBERS:
        member.minimum, member.maximum = read_range(reader, limits, r"-?\d+", -128, 127)
    else:
        reader.fail(f"{member.type} takes no limits")
    reader.take()


def read_bounds(reader, member):
    bounds = reader.peek()[1:-1].replace(" ", "")
    member.is_list = True
    if bounds:
        low, high = read_range(reader, bounds, r"\d+", 0, 65535)
        member.min_items, member.max_items = low or 0, high or 0
        if member.min_items > 1:
            reader.fail("a list can demand one item at least, not more")
    reader.take()


def read_range(reader, text, number, lowest, highest):
    match = re.fullmatch(f"({number})?\\.\\.({number})?", text)
    if not match or text == "..":
        reader.fail(f"'{text}' is not a range such as 0.. or 0..100")
    low, high = (int(group) if group else None for group in match.groups())
    if any(end is not None and not lowest <= end <= highest for end in (low, high)):
        reader.fail(f"the range {text} leaves {lowest}..{highest}")
    if low is not None and high is not None and low > high:
        reader.fail(f"the range {text} is empty")
    return low, high


# --- names in C --------------------------------------------------------------------------------------------------

# What reads as one word although its capitals say otherwise.
WORDS = r"V2X|v2x|V2G20|V2G|[Ss]oC|[Ss]oH|RoCoF|IKEv2|IPSec|L2TP|eMAID|EMAIDs|kWh|kW|kVA|TIme|Get(?=15118)|\d+P[Hh]?(?![a-z])|\d+A(?![A-Za-z])"
WORD = re.compile(WORDS + r"|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")
NAMES = {"Other1PhMax16A": "other_1ph_max_16a", "Other1PhOver16A": "other_1ph_over_16a", "Other3Ph": "other_3ph"}
KEYWORDS = set(
    "alignas alignof and asm auto bitand bitor bool break case catch char class compl const constexpr continue decltype default "
    "delete do double else enum explicit export extern false float for friend goto if inline int long mutable namespace new "
    "noexcept not nullptr operator or private protected public register restrict return short signed sizeof static struct switch "
    "template this throw true try typedef typename union unsigned using virtual void volatile while xor".split()
)


def snake(name):
    return NAMES.get(name) or "_".join(word.lower() for word in WORD.findall(name))


def c_tag(name, suffix):
    return snake(name[: -len(suffix)] if name.endswith(suffix) and name != suffix else name)


def c_member(name):
    return snake(name) + ("_" if snake(name) in KEYWORDS else "")


# --- checks ------------------------------------------------------------------------------------------------------


def check(model):
    check_names(model)
    check_types(model)
    check_c_names(model)


def structs_of(model):
    """Every struct that becomes one in C: the shared ones and those of the messages."""
    for declared in model.declarations:
        if isinstance(declared, Struct):
            yield declared
        elif isinstance(declared, Call):
            yield declared.request
            if declared.response:
                yield declared.response


def check_names(model):
    seen = {}
    for declared in model.declarations:
        key = (isinstance(declared, Call), declared.name)
        if key in seen or declared.name in BUILT_IN:
            raise ModelError(declared.place, f"{declared.name} is declared twice" if key in seen else f"{declared.name} is built in")
        seen[key] = declared


def check_types(model):
    named, used = model.named(), set()
    for struct in structs_of(model):
        for member in struct.members:
            if member.type not in BUILT_IN and member.type not in named:
                raise ModelError(member.place, f"{member.type} is neither built in nor declared")
            used.add(member.type)
    for name, declared in named.items():
        if name not in used:
            raise ModelError(declared.place, f"{name} is never used")
        if isinstance(declared, Struct) and holds(model, declared, declared, set()):
            raise ModelError(declared.place, f"{name} holds itself")


def holds(model, struct, target, seen):
    """Whether |struct| reaches |target| through its members: messages are trees."""
    for member in struct.members:
        inner = model.named().get(member.type)
        if inner is target:
            return True
        if isinstance(inner, Struct) and inner.name not in seen:
            seen.add(inner.name)
            if holds(model, inner, target, seen):
                return True
    return False


def check_c_names(model):
    tags, constants = {}, {}
    for struct in structs_of(model):
        claim(tags, struct.c_name, struct)
        names = {}
        for member in struct.members:
            claim(names, c_member(member.name), member)
            if member_has(model, member):
                claim(names, "has_" + c_member(member.name), member)
    for enum in model.of(Enum):
        claim(tags, enum.c_name, enum)
        claim(constants, enumerator(model, enum, "UNSET"), enum)
        for value in enum.values:
            claim(constants, enumerator(model, enum, value), enum)
    for call in model.of(Call):
        claim(constants, action_index(model, call.name), call)


def claim(names, name, owner):
    if not name or name in names:
        raise ModelError(owner.place, f"'{name}' would stand for two things in C")
    names[name] = owner


def enumerator(model, enum, value):
    return f"{model.prefix}_{enum.c_name}_{snake(value)}".upper()


def action_index(model, name):
    return f"{model.prefix}_action_{snake(name)}".upper()


def member_has(model, member):
    """Whether a presence flag stands before the member: optional scalars that have no value to spare."""
    return member.optional and not member.is_list and (member.type in NUMBERS or member.type in ("boolean", "dateTime"))


# --- the header --------------------------------------------------------------------------------------------------

SCALARS = {
    "boolean": "bool ", "integer": "int64_t ", "number": "struct ocpp_decimal ", "tenths": "struct ocpp_decimal ",
    "dateTime": "int64_t ", "string": "const char *", "cistring": "const char *", "uri": "const char *", "any": "const char *",
    "custom": "const char *",
}  # fmt: skip
BANNER = "Generated by {tool} from {models}. Change the model and run the target `regenerate`."


class Header:
    """The public header: enums, structs and the list of actions, in the order of the model."""

    def __init__(self, model, path, banner):
        self.model, self.banner = model, banner
        self.include = path.replace("\\", "/").rpartition("include/")[2]
        self.lines, self.done, self.section = [], set(), ""

    def text(self):
        guard = re.sub(r"[^A-Z0-9]", "_", self.include.upper())
        self.add(comment(f"{os.path.basename(self.include)}: {TITLES[self.model.version]}. {self.banner}", HEADER_LEGEND))
        self.add(f"#ifndef {guard}", f"#define {guard}", "", "#include <ocpp/message.h>", "")
        self.add("OCPP_BEGIN_DECLARATIONS", "", "/* clang-format off */", "")
        for declared in self.model.declarations:
            self.declare(declared)
        self.protocol()
        self.add("/* clang-format on */", "", "OCPP_END_DECLARATIONS", "", "#endif")
        return "\n".join(self.lines) + "\n"

    def add(self, *lines):
        self.lines += lines

    def declare(self, declared):
        """Emits what the declaration needs, then itself."""
        if declared.name in self.done and not isinstance(declared, Call):
            return
        parts = [declared] if not isinstance(declared, Call) else [s for s in (declared.request, declared.response) if s]
        for part in parts:
            for member in getattr(part, "members", ()):
                if member.type not in BUILT_IN:
                    self.declare(self.model.named()[member.type])
        self.heading(declared.section)
        if isinstance(declared, Call):
            self.call(declared)
            return
        self.done.add(declared.name)
        if declared.doc:
            self.add(comment(declared.doc))
        (self.enum if isinstance(declared, Enum) else self.shared_struct)(declared)

    def heading(self, section):
        if section and section != self.section:
            self.section = section
            self.add(f"/* --- {section} ".ljust(LINE_WIDTH - 12, "-") + " */", "")

    def enum(self, enum):
        self.add(f"enum {self.model.prefix}_{enum.c_name} {{")
        for value in ["UNSET"] + enum.values:
            self.add(f"    {enumerator(self.model, enum, value)},")
        self.lines[-1] = self.lines[-1].rstrip(",")
        self.add("};", f"extern OCPP_API const struct ocpp_enum {self.model.prefix}_{enum.c_name}_enum;", "")

    def shared_struct(self, struct):
        self.struct(struct)
        self.add(f"extern OCPP_API const struct ocpp_type {self.model.prefix}_{struct.c_name}_type;", "")

    def call(self, call):
        words = [call.name, "from " + SENDER_WORDS[call.sender]] + ([] if call.response else ["never answered"])
        self.add(comment(", ".join(words) + (f"; {call.clauses}" if call.clauses else "") + (f". {call.doc}" if call.doc else "")))
        self.struct(call.request)
        self.add("")
        if call.response:
            self.struct(call.response)
            self.add("")

    def struct(self, struct):
        self.add(f"struct {self.model.prefix}_{struct.c_name} {{")
        rows = [row for member in struct.members for row in self.member(member)] or [("char unused_;", "")]
        width = max([len(code) for code, words in rows if len(code) <= COMMENT_COLUMN] or [0])
        for code, words in rows:
            self.add("    " + (f"{code.ljust(width)} /* {words} */" if words else code))
        self.add("};")

    def member(self, member):
        """The C declaration of a member: rows of (code, comment)."""
        name, words = c_member(member.name), describe(self.model, member)
        named = self.model.named().get(member.type)
        if named:
            base = f"{'enum' if isinstance(named, Enum) else 'struct'} {self.model.prefix}_{named.c_name} "
        else:
            base = SCALARS[member.type]
        if member.is_list:
            items = base + "const *items;" if base.endswith("*") else f"const {base}*items;"
            return [("struct {", ""), (f"    {items}", ""), ("    size_t count;", ""), (f"}} {name};", words)]
        if member_has(self.model, member):
            return [(f"bool has_{name};", ""), (f"{base}{name};", words)]
        if isinstance(named, Struct) and member.optional:
            return [(f"const {base}*{name};", words)]
        return [(f"{base}{name};", words)]

    def protocol(self):
        prefix = self.model.prefix
        names = sorted(call.name for call in self.model.of(Call))
        self.section = ""
        self.heading("Actions")
        self.add(f"/* Where an action stands in {prefix}_actions: in byte order of the names. */", f"enum {prefix}_action {{")
        self.add(*[f"    {action_index(self.model, name)}," for name in names])
        self.add(f"    {prefix.upper()}_ACTION_COUNT", "};", "")
        self.add(f"extern OCPP_API const struct ocpp_action {prefix}_actions[{prefix.upper()}_ACTION_COUNT];")
        self.add(f"extern OCPP_API const struct ocpp_protocol {prefix}_protocol;", "")


VERSIONS = {"none": "OCPP_VERSION_NONE", "1.6": "OCPP_VERSION_1_6", "2.0.1": "OCPP_VERSION_2_0_1", "2.1": "OCPP_VERSION_2_1"}
TITLES = {
    "none": "messages of an extension",
    "1.6": "the messages of OCPP 1.6 and its security extension",
    "2.0.1": "the messages of OCPP 2.0.1",
    "2.1": "the messages of OCPP 2.1",
}
SENDER_WORDS = {"station": "the station", "central": "the central system", "both": "either side"}
HEADER_LEGEND = (
    "How members look in C stands in message.h. An enumerator ..._UNSET is 0: absent, or a value nobody knows. Beside a member stand "
    'its limits, and "optional" where NULL or UNSET means absent; optional numbers, times and booleans have a has_ flag instead. '
    "Lengths count characters. An action is &<prefix>_actions[<PREFIX>_ACTION_<NAME>]."
)


def comment(*paragraphs):
    """A block comment, folded to the width of a line."""
    lines = []
    for text in paragraphs:
        lines += ([" *"] if lines else []) + [" *"]
        for word in text.split():
            if len(lines[-1]) + 1 + len(word) > LINE_WIDTH - 3:
                lines.append(" *")
            lines[-1] += " " + word
    lines[0] = "/*" + lines[0][2:]
    return "\n".join(lines) + " */"


def describe(model, member):
    """The comment behind a member: what its C type does not say."""
    words = []
    if member.optional and not member_has(model, member):
        words.append("optional")
    if member.secret:
        words.append("secret")
    if member.is_list:
        words.append(bounds_words(member))
    if member.max_length:
        words.append(f"{'each ' if member.is_list else ''}max {member.max_length}")
    if member.minimum is not None or member.maximum is not None:
        words.append(f"{'each ' if member.is_list else ''}{range_words(member.minimum, member.maximum)}")
    if member.type in ("tenths", "cistring", "uri", "any", "custom"):
        words.append({"tenths": "in tenths", "cistring": "any case", "uri": "URI", "any": "JSON", "custom": "JSON object"}[member.type])
    if member.type == "dateTime":
        words.append("UTC ms")
    limits = ", ".join(word for word in words if word)
    return "; ".join(part for part in (limits, member.doc) if part)


def bounds_words(member):
    if member.min_items and member.max_items:
        return f"{member.min_items} to {member.max_items} items"
    if member.min_items:
        return "1 item or more"
    return f"max {member.max_items} items" if member.max_items else ""


def range_words(low, high):
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if high is None else f"{high} or less"


# --- the tables --------------------------------------------------------------------------------------------------

KINDS = {
    "boolean": "BOOLEAN", "integer": "INTEGER", "number": "NUMBER", "tenths": "NUMBER", "string": "STRING", "uri": "STRING",
    "cistring": "CISTRING", "dateTime": "DATE_TIME", "any": "ANY", "custom": "CUSTOM",
}  # fmt: skip
DIRECTIONS = {"station": "OCPP_FROM_STATION", "central": "OCPP_FROM_CENTRAL", "both": "OCPP_FROM_BOTH"}


class Source:
    """The const tables behind a header. Lists of values and of members that are equal are written once."""

    def __init__(self, model, header, banner):
        self.model, self.banner = model, banner
        self.include = header.replace("\\", "/").rpartition("include/")[2]
        self.lines, self.values, self.rows = [], {}, {}

    def text(self):
        self.lines = [comment(f"{self.banner} Tables only."), f"#include <{self.include}>", "", "/* clang-format off */", ""]
        for enum in self.model.of(Enum):
            self.enum(enum)
        self.lines.append("/* name, detail, offset, has_offset, max_length, max_items, kind, flags, minimum, maximum */")
        for declared in self.model.declarations:
            if isinstance(declared, Struct):
                self.type(declared, "")
            elif isinstance(declared, Call):
                self.type(declared.request, "static ")
                if declared.response:
                    self.type(declared.response, "static ")
        self.protocol()
        return "\n".join(self.lines) + "\n"

    def name(self, declared, suffix):
        return f"{self.model.prefix}_{declared.c_name}{suffix}"

    def enum(self, enum):
        key = tuple(enum.values)
        if key not in self.values:
            self.values[key] = self.name(enum, "_values")
            words = ", ".join(f'"{value}"' for value in enum.values)
            self.lines += folded(f"static const char *const {self.values[key]}[] = {{ {words} }};")
        self.lines += folded(
            f'const struct ocpp_enum {self.name(enum, "_enum")} = {{ "{enum.name}", {self.values[key]}, {len(enum.values)}, '
            f"sizeof(enum {self.name(enum, '')}) }};"
        )
        self.lines.append("")

    def type(self, struct, storage):
        tag = "struct " + self.name(struct, "")
        rows = tuple(self.row(member) for member in struct.members)
        table = "NULL"
        if rows and rows not in self.rows:
            self.rows[rows] = (self.name(struct, "_members"), tag)
            self.lines.append(f"static const struct ocpp_member {self.rows[rows][0]}[] = {{")
            self.lines += ["    " + row.replace("@", tag) + "," for row in rows]
            self.lines.append("};")
        if rows:
            table, twin = self.rows[rows]
            if twin != tag:
                self.lines.append(f'_Static_assert(sizeof({tag}) == sizeof({twin}), "twins in the model are twins in C");')
        self.lines.append(f'_Static_assert(sizeof({tag}) < OCPP_NO_OFFSET, "offsets and sizes fit in 16 bits");')
        self.lines += folded(
            f'{storage}const struct ocpp_type {self.name(struct, "_type")} = '
            f'{{ "{struct.name}", {table}, {len(rows)}, sizeof({tag}) }};'
        )
        self.lines.append("")

    def row(self, member):
        """One struct ocpp_member; @ stands for the struct it belongs to."""
        named = self.model.named().get(member.type)
        kind = KINDS.get(member.type) or ("ENUM" if isinstance(named, Enum) else "STRUCT")
        detail = "&" + self.name(named, "_enum" if kind == "ENUM" else "_type") if named else "NULL"
        c_name = c_member(member.name)
        has = f"offsetof(@, has_{c_name})" if member_has(self.model, member) else "OCPP_NO_OFFSET"
        return (
            f'{{ "{member.name}", {detail}, offsetof(@, {c_name}), {has}, {member.max_length}, {member.max_items}, '
            f"OCPP_MEMBER_{kind}, {self.flags(member)}, {member.minimum or 0}, {member.maximum or 0} }}"
        )

    def flags(self, member):
        flags = {
            "REQUIRED": not member.optional, "LIST": member.is_list, "NOT_EMPTY": member.min_items, "TENTHS": member.type == "tenths",
            "SECRET": member.secret, "MINIMUM": member.minimum is not None, "MAXIMUM": member.maximum is not None,
        }  # fmt: skip
        return " | ".join("OCPP_MEMBER_" + name for name, holds_true in flags.items() if holds_true) or "0"

    def protocol(self):
        prefix, version = self.model.prefix, VERSIONS[self.model.version]
        self.lines.append(f"const struct ocpp_action {prefix}_actions[{prefix.upper()}_ACTION_COUNT] = {{")
        for call in sorted(self.model.of(Call), key=lambda call: call.name):
            response = "&" + self.name(call.response, "_type") if call.response else "NULL"
            self.lines += [
                f'    {{ "{call.name}", &{self.name(call.request, "_type")}, {response}, {DIRECTIONS[call.sender]}, {version} }},'
            ]
        self.lines += ["};", ""]
        self.lines.append(
            f"const struct ocpp_protocol {prefix}_protocol = {{ {version}, {prefix}_actions, {prefix.upper()}_ACTION_COUNT }};"
        )


def folded(line):
    """One long line as several, broken behind commas."""
    lines = []
    while len(line) > LINE_WIDTH:
        cut = line.rfind(", ", 0, LINE_WIDTH) + 1
        if not cut:
            break
        lines.append(line[:cut])
        line = "    " + line[cut:].lstrip()
    return lines + [line]


# --- the command -------------------------------------------------------------------------------------------------


def up_to_date(path, text):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read() == text
    except FileNotFoundError:
        return False


def main(arguments):
    parser = argparse.ArgumentParser(description="Turns protocol models into a C header and a C file of tables.")
    parser.add_argument("--header", required=True, help="the header to write; what follows include/ is how it is included")
    parser.add_argument("--source", required=True, help="the C file to write")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the files differ")
    parser.add_argument("models", nargs="+", help="*.model, the one with the version first")
    options = parser.parse_args(arguments)
    try:
        model = read_model(options.models)
    except (ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    banner = BANNER.format(tool="generate.py", models=" and ".join(os.path.basename(path) for path in options.models))
    texts = {
        options.header: Header(model, options.header, banner).text(),
        options.source: Source(model, options.header, banner).text(),
    }
    stale = [path for path, text in texts.items() if not up_to_date(path, text)]
    for path in stale:
        if options.check:
            print(f"{path} is not what the model says; run the target regenerate", file=sys.stderr)
            continue
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(texts[path])
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
