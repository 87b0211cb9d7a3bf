"""notation.py: reads and checks protocol models (*.model). What becomes of them is generate.py's matter.

The notation. Line breaks are free, `#` starts a comment that runs to the end of the line.

    version 1.6 prefix ocpp16 answer conf       first line of a protocol: its version (or none), the C prefix, the suffix of answers
    extends version 1.6                         first line of a file that adds to one named before it on the command line
    every message and struct has NAME? TYPE     a member that closes each message and struct from here on
    enum NAME { Value Value … }                 what may stand on the wire, in this order from 1 up; 0 is unset
    struct NAME { member … }
    record NAME { member … }                    a struct that is read and written by itself: nothing else needs to hold it
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
import os
import re
from dataclasses import dataclass, field as default


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
    alone: bool = False  # a record


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
VERSIONS = {"none": "OCPP_VERSION_NONE", "1.6": "OCPP_VERSION_1_6", "2.0.1": "OCPP_VERSION_2_0_1", "2.1": "OCPP_VERSION_2_1"}
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
    word = reader.take("enum", "struct", "record", "call", "send", "every")
    if word == "every":
        for expected in ("message", "and", "struct", "has"):
            reader.take(expected)
        model.closing.append(read_member(reader))
        return
    name = reader.name_of("the " + word)
    if word == "enum":
        declared = read_enum(reader, Enum(name, c_tag(name, "EnumType"), place))
    elif word in ("struct", "record"):
        declared = Struct(name, c_tag(name, "Type"), place, alone=word == "record")
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
        if name not in used and not getattr(declared, "alone", False):
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
