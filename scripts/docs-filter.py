#!/usr/bin/env python3
"""docs-filter.py HEADER: a public header as doxygen wants to read it; the filter of docs/Doxyfile.in. Comments of the house (name: what it is)
become doxygen's own kind: those before a declaration, those behind a member, and the one that begins the file. Nothing in them is a command
or a tag, and |parameter| is a name. Declarations that stand below one comment without an empty line between them share it. Code stays as it
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


def shared(paragraph):
    """A paragraph: what follows its first declaration has the same comment."""
    if not paragraph.startswith("/**"):
        return paragraph
    first, lines = None, paragraph.split("\n")
    for i, line in enumerate(lines):
        found = re.match(r"(?:OCPP_API|struct|enum|#define)\b", line) and DECLARED.search("\n".join(lines[i:]))
        name = found and next(group for group in found.groups() if group)
        if name and first:
            lines[i] = f"/** As {first} before it. */ " + line if not line.startswith("#") else line
        first = first or name
    return "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = turned(file.read())
    sys.stdout.write("\n\n".join(shared(paragraph) for paragraph in text.split("\n\n")))


if __name__ == "__main__":
    main()
