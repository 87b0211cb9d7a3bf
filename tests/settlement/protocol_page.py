#!/usr/bin/env python3
"""protocol_page.py [--write] PAGE MODEL…: holds PROTOCOL.md to the models. Between `<!-- NAME -->` and `<!-- end -->` stands what the
models say of a message, structure or enumeration; --write puts it there. Every message, structure and enumeration of the last model
has such a place, each message a heading of its name, and nothing has two. The examples are read by test_settle_protocol.c."""

import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "lib", "model"))
from notation import BUILT_IN, Call, Enum, read_model  # noqa: E402  (the path above leads to it)

PLACE = re.compile(r"<!-- (\w+) -->\n(.*?)<!-- end -->\n", re.S)
SENDERS = {"station": "From the pile", "central": "From the backend", "both": "From either side"}


def plain(words):
    """A comment of a model as Markdown: |member| is set as code."""
    return re.sub(r"\|(\w+)\|", r"`\1`", words)


def sentence(words):
    words = plain(words)
    return words + ("" if not words or words.endswith((".", "!", "?")) else ".")


def limits(member):
    low, high = member.minimum, member.maximum
    if low is not None and high is not None:
        return f", {low} to {high}"
    if low is not None:
        return f", {low} or more"
    if high is not None:
        return f", {high} or less"
    return f", at most {member.max_length} characters" if member.max_length else ""


def type_of(member):
    kind = member.type if member.type in BUILT_IN else f"[{member.type}](#{member.type.lower()})"
    words = kind + limits(member)
    if member.is_list:
        least = f"{member.min_items} " if member.min_items else "0 "
        words = f"list of {least}{f'to {member.max_items}' if member.max_items else 'or more'}: {words}"
    return words


def table(members):
    rows = ["| member | | what |", "|---|---|---|"]
    for member in members:
        said = plain(member.doc) + (" (secret)" if member.secret else "")
        rows.append(f"| `{member.name}`{' optional' if member.optional else ''} | {type_of(member)} | {said.strip()} |")
    return "\n".join(rows) + "\n"


def say(declared):
    """What stands in the place of a declaration."""
    if isinstance(declared, Enum):
        return f"{sentence(declared.doc)}\n\n" + " · ".join(f"`{value}`" for value in declared.values) + "\n"
    if not isinstance(declared, Call):
        return f"{sentence(declared.doc)}\n\n{table(declared.members)}"
    text = f"{SENDERS[declared.sender]}. {sentence(declared.doc)}\n\n"
    text += table(declared.request.members) if declared.request.members else "No members.\n"
    if declared.response is None:
        return text
    return text + f"\nThe answer:\n\n{table(declared.response.members)}"


def complaints(page, declarations, of_the_page):
    """What is wrong with the page, one line each."""
    found = {}
    for name, text in PLACE.findall(page):
        if name in found:
            yield f"{name} stands twice"
        if name not in declarations:
            yield f"{name} is in no model"
        elif text != say(declarations[name]):
            yield f"{name} is not what the model says: run protocol_page.py --write"
        found[name] = text
    for name in of_the_page:
        if name not in found:
            yield f"{name} is missing: give it a place, <!-- {name} --> and <!-- end -->"
        if not re.search(rf"^#+ {name}$", page, re.M):
            yield f"{name} has no heading"
    for value in set(re.findall(r"\]\(#(\w+)\)", page)) - {name.lower() for name in found}:
        if not re.search(rf"^#+ {value}$", page, re.M | re.I):
            yield f"a reference to {value}, which has no heading"


def main(words):
    write = words[:1] == ["--write"]
    path, *models = words[write:]
    with open(path, encoding="utf-8") as file:
        page = file.read()
    if os.path.basename(models[-1]) == "link.model":  # between phone and pile
        SENDERS["central"] = "From the phone"
    model = read_model(models)
    declarations = {declared.name: declared for declared in model.declarations}
    last = {declared.name for declared in model.declarations if declared.place[0] == os.path.basename(models[-1])}
    if write:
        page = PLACE.sub(lambda m: f"<!-- {m[1]} -->\n{say(declarations[m[1]]) if m[1] in declarations else m[2]}<!-- end -->\n", page)
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
    wrong = list(complaints(page, declarations, [d.name for d in model.declarations if d.name in last]))
    for line in wrong:
        print(line)
    if wrong and not write:
        print("to write what the models say:", " ".join(["python3", sys.argv[0], "--write", path, *models]))
    print(f"{len(wrong)} complaints about {os.path.basename(path)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
