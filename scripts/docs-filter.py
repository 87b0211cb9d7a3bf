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


def shared(paragraphs):
    """What follows the first declaration below a comment has the same comment; so have functions right behind a documented struct of theirs."""
    first = None
    for paragraph in paragraphs:
        if not re.match(r"(?:struct|enum|OCPP_API)\b", paragraph):
            first = None
        lines = paragraph.split("\n")
        for i, line in enumerate(lines):
            found = re.match(r"(?:OCPP_API|struct|enum|#define)\b", line) and DECLARED.search("\n".join(lines[i:]))
            name = found and next(group for group in found.groups() if group)
            if name and first and line.startswith("OCPP_API"):
                lines[i] = f"/** As told at {first} before it. */ {line}"
            if name and not first and paragraph.startswith("/**"):
                first = name
        yield "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = turned(file.read())
    sys.stdout.write("\n\n".join(shared(text.split("\n\n"))))


if __name__ == "__main__":
    main()
