"""The rules of the house that a machine can read off the tree (ARCHITECTURE.md, "Floors"). Each rule is a function that takes what
it judges and yields one line per violation; floors.py runs them on the tree, selftest.py shows that each of them can fail.
Exceptions stand in ALLOWED_VERSION_NAMES and the symbol lists below, with their reasons."""

import os
import re
import subprocess

# Who lies directly above whom; a floor may include itself and everything it can reach downwards.
BELOW = {
    "base": [],
    "json": ["base"],
    "model": ["json"],
    "rpc": ["model"],
    "session": ["rpc"],
    "charge_point": ["session"],
    "central": ["session"],
    "adapters": ["charge_point", "central"],
}

# The floor each public header belongs to. A new header takes its place here first.
PUBLIC_HEADERS = {
    "export.h": "base", "status.h": "base", "types.h": "base",
    "message.h": "base",            # descriptors are data; json needs its limits, model its tables
    "v16.h": "model", "v16_pnc.h": "model", "v201.h": "model", "v21.h": "model",
    "frame.h": "rpc", "rpc.h": "rpc", "v16_calls.h": "rpc", "v201_calls.h": "rpc", "v21_calls.h": "rpc",
    "backoff.h": "session", "storage.h": "session", "crypto.h": "session", "ocmf.h": "session", "vocabulary.h": "session", "vehicle.h": "session",
    "extension.h": "session",
    "charge_point.h": "charge_point", "certificates.h": "charge_point", "plug_and_charge.h": "charge_point",
    "device_model.h": "charge_point", "file_transfer.h": "charge_point",
    "firmware.h": "charge_point",
    "central_system.h": "central", "central_orders.h": "central", "central_drivers.h": "central", "central_lists.h": "central",
    "central_transactions.h": "central", "central_reports.h": "central",
    "central_energy.h": "central", "central_vehicles.h": "central",
    "monitoring.h": "charge_point", "customer.h": "charge_point",
    "display.h": "charge_point", "cost.h": "charge_point", "network.h": "charge_point",
    "diagnostics.h": "charge_point",
    "adapters.h": "adapters", "admission.h": "adapters", "signer.h": "adapters", "ocpp.h": "adapters",
}

# The floors of the settlement extension, and the one each of its public headers belongs to. A new header takes its place here first.
SETTLEMENT = "extensions/settlement"
SETTLEMENT_BELOW = {"model": [], "link": ["model"], "phone": ["link"], "backend": ["model"], "pile": ["link"], "adapters": ["backend", "pile"]}
SETTLEMENT_HEADERS = {
    "id.h": "model", "keys.h": "model", "model.h": "model", "money.h": "model", "compute.h": "model", "exchange.h": "model",
    "exchange_v21.h": "model", "jwe.h": "model", "jws.h": "model", "mark.h": "model", "wire.h": "model", "zones.h": "model", "store.h": "model",
    "accounts.h": "backend", "reconciliation.h": "backend",
    "backend.h": "backend", "central.h": "backend", "ledger.h": "backend", "orders.h": "backend", "payment.h": "backend", "rentals.h": "backend", "visits.h": "backend",
    "terminals.h": "backend", "houses.h": "backend",
    "agent.h": "pile", "prompts.h": "pile", "bay.h": "pile", "gate.h": "pile", "pile.h": "pile", "outlets.h": "pile", "reader.h": "pile", "relay.h": "backend", "trust.h": "model",
    "link.h": "link", "link_model.h": "link",
    "phone.h": "phone",
    "adapters.h": "adapters", "serial_cabinet.h": "adapters",
}

STANDARD_HEADERS = {"assert.h", "float.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
                    "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h"}
STANDARD_PUBLIC = {"limits.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}

# Foreign headers and the folders that may know them. Anything else that is not standard C is foreign to every folder of the core.
FOREIGN = {
    "lib/json": re.compile(r"cjson/cJSON\.h"),
    "lib/adapters": re.compile(r"libwebsockets\.h|openssl/.*|sqlite3\.h|curl/.*|zlib\.h|[a-z_/]+\.h"),
    "extensions/settlement/adapters": re.compile(r"openssl/.*|sqlite3\.h|curl/.*|[a-z_/]+\.h"),
}

# Files outside the model's tables and the dialects that may name a version, and why.
ALLOWED_VERSION_NAMES = {
    "lib/base/version.c": "the names and subprotocols of the versions themselves",
}
# A file may say in its own name that it speaks of versions; a const table indexed by version is data wherever it stands.
VERSION_FILE = re.compile(r"dialect|_v(16|201|21)\.[ch]$")
VERSION_ROW = re.compile(r"\[OCPP_VERSION_\w+\]\s*=")
VERSION_NAME = re.compile(r"OCPP_VERSION_(1_6|2_0_1|2_1)\b|OCPP_WITH_V\w+|\bocpp(16|201|21)_\w+|\bOCPP(16|201|21)_\w+|\"ocpp[12]\.")

# What the core may ask of the C library and of cJSON. No clock, socket, file, thread, random or environment call is among it.
ALLOWED_SYMBOLS = re.compile(r"""^(
    mem(cpy|move|set|cmp|chr) | str(len|cmp|ncmp|chr|rchr|str|nlen|spn|cspn|pbrk)
  | strtou?ll?                      # no strtod: it asks the locale for the decimal point; no strtok: it keeps state
  | v?snprintf                      # of integers and text only; floats are formatted in lib/base
  | malloc | calloc | realloc | free
  | abort | __assert_fail           # a programmer's error, kept in release builds
  | cJSON_\w+
  | _GLOBAL_OFFSET_TABLE_ | __stack_chk_fail | __(mem|str|v?snprintf)\w*_chk
)$""", re.X)
FORBIDDEN_SYMBOLS = {"cJSON_InitHooks": "it is global and would change the host program"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def reach(floor, below=None):
    """The floors |floor| may include: itself and all below."""
    seen, waiting = set(), [floor]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend((below or BELOW)[name])
    return seen


def files(root, folder, endings=(".c", ".h")):
    for directory, _, names in os.walk(os.path.join(root, folder)):
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(directory, name), root)


def includes(root, path):
    """(line number, '<' or '"', name) of each include of a file."""
    with open(os.path.join(root, path), encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1), found.group(2)


def without_comments(text):
    """The text with comments blanked and line numbers kept."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0)) if match.group(0).startswith("/") else match.group(0)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def folder_may_know(path, header):
    for folder, pattern in FOREIGN.items():
        if path.startswith(folder + "/") and pattern.fullmatch(header):
            return folder != "lib/adapters" or "cjson" not in header.lower()
    return False


def local_headers(root):
    """Header name -> floors that have it, for the short names lib/ uses."""
    found = {}
    for floor in BELOW:
        for path in files(root, f"lib/{floor}", (".h",)):
            found.setdefault(os.path.basename(path), set()).add(floor)
    return found


def lib_includes_point_down(root):
    headers = local_headers(root)
    for name, floors in headers.items():
        if len(floors) > 1:
            yield f"lib: the header name {name} is used by several floors: {', '.join(sorted(floors))}"
    for floor in BELOW:
        allowed = reach(floor)
        for path in files(root, f"lib/{floor}"):
            for line, mark, name in includes(root, path):
                where = f"{path}:{line}: {name}"
                if mark == '"':
                    owners = headers.get(os.path.basename(name), set())
                    if not owners:
                        yield f"{where} is no header of lib/"
                    elif not owners & allowed:
                        yield f"{where} lies in {'/'.join(owners)}, which is not below {floor}"
                elif name.startswith("ocpp/"):
                    owner = PUBLIC_HEADERS.get(name[5:])
                    if owner is None:
                        yield f"{where} has no floor yet: give it one in tests/floors/rules.py"
                    elif owner not in allowed:
                        yield f"{where} belongs to {owner}, which is not below {floor}"
                elif name not in STANDARD_HEADERS and not folder_may_know(path, name):
                    yield f"{where} is foreign to lib/{floor}"


def public_headers_show_nothing_foreign(root):
    for path in files(root, "include/ocpp", (".h",)):
        if os.path.dirname(path) != "include/ocpp":
            continue
        own = PUBLIC_HEADERS.get(os.path.basename(path))
        if own is None:
            yield f"{path} has no floor yet: give it one in tests/floors/rules.py"
            continue
        for line, mark, name in includes(root, path):
            where = f"{path}:{line}: {name}"
            if mark == '"' or not name.startswith("ocpp/"):
                if name not in STANDARD_PUBLIC:
                    yield f"{where} is reachable from the public headers"
                continue
            owner = PUBLIC_HEADERS.get(name[5:])
            if owner is None or owner not in reach(own):
                yield f"{where} is not below {own}"


# OCPP 2.1 has a message and two members of its own that bear the word (C19 to C22).
SETTLEMENT_OF_OCPP = re.compile(r"notify_?settlement|settlement_?(amount|time)")


def core_does_not_know_its_extensions(root):
    paths = list(files(root, "lib", ("",))) + [p for p in files(root, "include/ocpp") if os.path.dirname(p) == "include/ocpp"]
    for path in paths:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as source:
            for number, line in enumerate(source, 1):
                if "settlement" in SETTLEMENT_OF_OCPP.sub("", line.lower()):
                    yield f"{path}:{number}: the core speaks of settlement"


def extensions_use_the_public_face(root):
    extensions = os.path.join(root, "extensions")
    for extension in sorted(os.listdir(extensions)) if os.path.isdir(extensions) else []:
        base = f"extensions/{extension}"
        own = {os.path.basename(path) for path in files(root, base, (".h",))}
        for path in files(root, base):
            for line, mark, name in includes(root, path):
                where = f"{path}:{line}: {name}"
                if mark == '"':
                    if os.path.basename(name) not in own:
                        yield f"{where} is no header of {base}"
                elif name.startswith("ocpp/"):
                    public = name[5:] in PUBLIC_HEADERS or name.startswith(f"ocpp/{extension}/")
                    if not public:
                        yield f"{where} is neither public nor its own"
                elif name not in STANDARD_HEADERS and not folder_may_know(path, name):
                    yield f"{where} is foreign to {base}"


def settlement_header_complaint(floor, where, name, headers):
    """What is wrong with an include of a header of the extension, private or public, by |floor|; or None."""
    owners = headers.get(name, set()) if not name.startswith("ocpp/") else {SETTLEMENT_HEADERS.get(os.path.basename(name))}
    if None in owners:
        return f"{where} has no floor yet: give it one in SETTLEMENT_HEADERS of tests/floors/rules.py"
    if owners and not owners & reach(floor, SETTLEMENT_BELOW):
        return f"{where} lies in {'/'.join(sorted(owners))}, which is not below {floor}"
    return None


def settlement_includes_point_down(root):
    headers = {}
    for floor in SETTLEMENT_BELOW:
        for path in files(root, f"{SETTLEMENT}/{floor}", (".h",)):
            headers.setdefault(os.path.basename(path), set()).add(floor)
    for name, owners in headers.items():
        if len(owners) > 1:
            yield f"{SETTLEMENT}: the header name {name} is used by several floors: {', '.join(sorted(owners))}"
    judged = [(floor, path) for floor in SETTLEMENT_BELOW for path in files(root, f"{SETTLEMENT}/{floor}")]
    judged += [(SETTLEMENT_HEADERS.get(os.path.basename(path)), path) for path in files(root, f"{SETTLEMENT}/include")]
    for floor, path in judged:
        if floor is None:
            yield f"{path} has no floor yet: give it one in SETTLEMENT_HEADERS of tests/floors/rules.py"
            continue
        for line, mark, name in includes(root, path):
            if mark == '"' or name.startswith("ocpp/settlement/"):
                complaint = settlement_header_complaint(floor, f"{path}:{line}: {name}", name, headers)
                if complaint:
                    yield complaint


def examples_use_the_public_face(root):
    own = {os.path.basename(path) for path in files(root, "examples", (".h", ".inc"))}
    for path in files(root, "examples"):
        for line, mark, name in includes(root, path):
            if mark == '"' and os.path.basename(name) not in own:
                yield f"{path}:{line}: {name} is no header of examples/"


def versions_are_named_in_tables_and_dialects(root):
    for path in files(root, "lib"):
        if path.startswith("lib/model/") or VERSION_FILE.search(path) or path in ALLOWED_VERSION_NAMES:
            continue
        with open(os.path.join(root, path), encoding="utf-8") as source:
            text = without_comments(source.read())
        for number, line in enumerate(text.split("\n"), 1):
            found = VERSION_NAME.search(VERSION_ROW.sub("", line))
            if found:
                yield f"{path}:{number}: {found.group(0)}: a version is named outside the model and the dialects"


def exceptions_are_still_needed(root):
    for path, reason in ALLOWED_VERSION_NAMES.items():
        if not reason.strip():
            yield f"{path} is excepted without a reason"
        full = os.path.join(root, path)
        if os.path.isdir(os.path.join(root, "lib")) and os.path.exists(full):
            with open(full, encoding="utf-8") as source:
                if not VERSION_NAME.search(without_comments(source.read())):
                    yield f"{path} names no version: take its exception away"


def minimal_examples_name_no_version(root):
    for path in files(root, "examples/minimal"):
        with open(os.path.join(root, path), encoding="utf-8") as source:
            for number, line in enumerate(source, 1):
                found = VERSION_NAME.search(line) or re.search(r"\b(1\.6|2\.0\.1|2\.1)\b", line)
                if found:
                    yield f"{path}:{number}: {found.group(0)}: the firmware names no version"


# What a small printf (newlib-nano, on boards) does not know: 64 bits, size_t, floats. lib/base formats numbers instead.
SMALL_FLOORS = ["lib/base", "lib/json", "lib/model", "lib/rpc", "lib/session", "lib/charge_point", f"{SETTLEMENT}/model", f"{SETTLEMENT}/pile"]
WIDE_FORMAT = re.compile(r"\bPRI[a-zX]+(64|MAX|PTR)\b|%[-+ #0-9.*]*(?:ll|j|z|t)[diouxX]|%[-+ #0-9.*]*[aefgAEFG](?![a-z])")


def boards_can_print_it(root):
    for floor in SMALL_FLOORS:
        for path in files(root, floor):
            with open(os.path.join(root, path), encoding="utf-8") as source:
                text = without_comments(source.read())
            for number, line in enumerate(text.split("\n"), 1):
                found = WIDE_FORMAT.search(line) if '"' in line else None
                if found:
                    yield f"{path}:{number}: {found.group(0)}: a board's printf does not know it, use lib/base/decimal.h"


# Who compares a secret byte by byte and stops at the first that differs tells by the time how far a guess was right.
TELLING_COMPARISON = re.compile(r"\b(?:mem|str|strn|strcase|strncase)cmp\s*\([^;]*(?:password|secret|passphrase|private_key)", re.I)


def secrets_are_compared_in_constant_time(root):
    for folder in ("lib", "extensions", "examples"):
        for path in files(root, folder, (".c", ".h")):
            with open(os.path.join(root, path), encoding="utf-8") as source:
                text = without_comments(source.read())
            for number, line in enumerate(text.split("\n"), 1):
                if TELLING_COMPARISON.search(re.sub(r'"[^"]*"', '""', line)):
                    yield f"{path}:{number}: a secret is compared so that time tells of it: use CRYPTO_memcmp of a digest"


LINES_OF_A_THOUGHT = 600
# Split, so that this file does not break its own rule. A text of three X is ISO 4217's code of no currency.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|(?<!\")XX" r"X(?!\")|HA" r"CK)\b")


def a_file_is_one_thought(root):
    for folder in ("lib", "extensions", "examples"):
        for path in files(root, folder):
            with open(os.path.join(root, path), encoding="utf-8") as source:
                lines = source.read().split("\n")
            if len(lines) - 1 > LINES_OF_A_THOUGHT and "generated" not in " ".join(lines[:5]).lower():
                yield f"{path} has {len(lines) - 1} lines: more than one thought"


def nothing_is_left_unfinished(root):
    for folder in ("lib", "include", "extensions", "examples", "tests", "fuzz", "scripts"):
        for path in files(root, folder, (".c", ".h", ".py", ".sh", ".js", ".txt", ".cmake", ".model")):
            if "/node_modules/" in path or "/corpus/" in path:
                continue
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as source:
                for number, line in enumerate(source, 1):
                    found = UNFINISHED.search(line)
                    if found:
                        yield f"{path}:{number}: {found.group(0)}: finish it or take it out"


TREE_RULES = [
    lib_includes_point_down,
    public_headers_show_nothing_foreign,
    core_does_not_know_its_extensions,
    extensions_use_the_public_face,
    settlement_includes_point_down,
    examples_use_the_public_face,
    versions_are_named_in_tables_and_dialects,
    exceptions_are_still_needed,
    minimal_examples_name_no_version,
    boards_can_print_it,
    secrets_are_compared_in_constant_time,
    a_file_is_one_thought,
    nothing_is_left_unfinished,
]


def symbols(archive, nm):
    """(object, name, type, section) of every symbol of an archive."""
    if not os.path.exists(archive):
        return
    text = subprocess.run([nm, "--format=sysv", archive], check=True, capture_output=True, text=True).stdout
    member = archive
    for line in text.split("\n"):
        if line.endswith("]:") and "[" in line:
            member = line[line.index("[") + 1:-2]
        elif line.endswith(":") and "|" not in line:
            member = line[:-1].split(":")[-1]
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == 7 and fields[0] != "Name":
            yield member, fields[0], fields[2], fields[6]


def core_asks_little_of_the_world(archive, nm="nm"):
    """The undefined symbols of the core archive are on the list."""
    table = list(symbols(archive, nm))
    if not table:
        yield f"{archive} holds no symbols"
    defined = {name for _, name, kind, _ in table if kind != "U"}
    for member, name, kind, _ in table:
        if kind != "U" or name in defined:
            continue
        if name in FORBIDDEN_SYMBOLS:
            yield f"{member} calls {name}: {FORBIDDEN_SYMBOLS[name]}"
        elif not ALLOWED_SYMBOLS.match(name):
            yield f"{member} calls {name}, which the core may not"


def core_keeps_no_state_of_its_own(archive, nm="nm"):
    """No object of the core lives in a writable section; constants with pointers in them (.data.rel.ro) are read-only once loaded."""
    for member, name, kind, section in symbols(archive, nm):
        writable = re.match(r"\.(data|bss|tdata|tbss|sdata|sbss)(?!\.rel\.ro)", section) or section == "*COM*"
        if kind in "dDbBCsSgG" and writable:
            yield f"{member} keeps {name} in {section}: all state hangs from a handle"


ARCHIVE_RULES = [core_asks_little_of_the_world, core_keeps_no_state_of_its_own]


# What an extension may ask for besides: the core's public names.
OF_THE_CORE = re.compile(r"^ocpp(16|201|21)?_\w+$")


def extension_asks_little_of_the_world(archive, nm="nm"):
    """The undefined symbols of an extension's archive are those of the core and what the core itself may ask for, but no JSON."""
    table = list(symbols(archive, nm))
    if not table:
        yield f"{archive} holds no symbols"
    defined = {name for _, name, kind, _ in table if kind != "U"}
    for member, name, kind, _ in table:
        if kind != "U" or name in defined or OF_THE_CORE.match(name):
            continue
        if name.startswith("cJSON_") or not ALLOWED_SYMBOLS.match(name):
            yield f"{member} calls {name}, which the extension below its adapters may not"


EXTENSION_RULES = [extension_asks_little_of_the_world, core_keeps_no_state_of_its_own]

# The libraries of the extension, and what its public symbols begin with. (Instrumented builds add their own.)
PUBLIC_NAME = re.compile(r"^ocpp_settle_\w+$|^__(asan|odr_asan|ubsan|tsan|gcov|llvm|start|stop)\w*$|^_(init|fini|edata|end|_bss_start)$")


def extension_symbols_bear_its_name(library, nm="nm"):
    """Whatever a shared library of the extension shows begins with ocpp_settle_."""
    text = subprocess.run([nm, "-D", "--defined-only", "--format=posix", library], check=True, capture_output=True, text=True).stdout
    names = [line.split()[0].split("@")[0] for line in text.split("\n") if line.strip()]
    names = [name for name in names if not name.startswith("__odr_asan")]  # what the address sanitizer adds to each
    if not names:
        yield f"{library} shows no symbols"
    for name in names:
        if not PUBLIC_NAME.match(name):
            yield f"{library} shows {name}, which does not begin with ocpp_settle_"


LIBRARY_RULES = [extension_symbols_bear_its_name]
