#!/usr/bin/env python3
"""docs-filter.py HEADER: a public header as doxygen wants to read it; the filter of docs/Doxyfile.in. Comments of the house (name: what it is)
become doxygen's own kind: those before a declaration, those behind a member, and the one that begins the file. Nothing in them is a command
or a tag, and |parameter| is a name. Functions that stand below one comment, or behind the struct it is about, share it. Code stays as it
is, on the same lines."""

import re
import sys

COMMENT = re.compile(r"/\*(?!\*)(.*?)\*/", re.S)
SPECIAL = str.maketrans({"\\": "\\\\", "@": "\\@", "<": "\\<", ">": "\\>", "#": "\\#", "&": "\\&", "$": "\\$", "%": "\\%"})
DECLARED = re.compile(r"(ocpp\w*)(?=\()|^(?:struct|enum|union) (ocpp\w+) \{|^#define (OCPP\w+)", re.M)


def opening(text, start):
    """How the comment that begins at |start| begins for doxygen, by what stands before it."""
    before = text[text.rfind("\n", 0, start) + 1:start].strip()
    if start == 0:
        return "/** @file\n *"
    if before.startswith("#") or before.endswith(("(", "\\")):
        return "/*"  # of a macro, or within an expression
    return "/**<" if before else "/**"


def turned(text):
    def turn(match):
        inside = match.group(1)
        if inside.startswith(" ---"):
            return match.group(0)  # the title of a section
        return opening(text, match.start()) + re.sub(r"\|(\w+)\|", r"<em>\1</em>", inside.translate(SPECIAL)) + "*/"

    return COMMENT.sub(turn, text)


def declared(lines, i):
    """The name of what begins on that line; None: nothing does."""
    found = re.match(r"(?:OCPP_API|struct|enum|#define)\b", lines[i]) and DECLARED.search("\n".join(lines[i:]))
    return found and next(group for group in found.groups() if group)


def shared(paragraphs):
    """What follows the first declaration below a comment has the same comment; so have functions right behind a documented struct of theirs, and the struct a
    comment names where something else stands between them."""
    first = None
    for paragraph in paragraphs:
        named = re.match(r"/\*\* (ocpp\w+)[:.,]", paragraph)
        waits = paragraph.startswith("/**")  # for what its comment is about
        if not re.match(r"(?:struct|enum|OCPP_API)\b", paragraph):
            first = named.group(1) if named else None
        lines = paragraph.split("\n")
        for i, line in enumerate(lines):
            name = declared(lines, i)
            if name and first and not waits and (line.startswith("OCPP_API") or name == first):
                lines[i] = f"/** As told at {first} before it. */ {line}"
            first = name if name and waits and not first else first
            waits = waits and not re.match(r"OCPP_API|struct|enum", line)
        yield "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = turned(file.read())
    sys.stdout.write("\n\n".join(shared(text.split("\n\n"))))


if __name__ == "__main__":
    main()
