#!/usr/bin/env python3
"""man-page.py SOURCE PROGRAM VERSION PAGE: writes the manual page of PROGRAM: SOURCE (docs/man/NAME.1.in, man(7)), in which @USAGE@, @WORDS@ and @OPTIONS@ are
what PROGRAM --help says: its synopsis, the paragraphs before its options, and its options with whatever follows them. So page and --help cannot differ."""

import collections
import os
import re
import subprocess
import sys

ESCAPES = str.maketrans({"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})
ENTRY = re.compile(r"  \S")


def escaped(text):
    """A line of text for roff. What stands in backquotes is bold, and so are options."""
    parts = re.split(r"`([^`]*)`|(?<![\w-])(--[a-z][a-z0-9-]*)", text)
    made = ""
    for i in range(0, len(parts), 3):
        made += parts[i].translate(ESCAPES)
        bold = parts[i + 1] if i + 1 < len(parts) and parts[i + 1] is not None else parts[i + 2] if i + 2 < len(parts) else None
        made += f"\\fB{bold.translate(ESCAPES)}\\fR" if bold else ""
    return "\\&" + made if made.startswith((".", "'")) else made


def column_of(lines):
    """Where most descriptions begin."""
    starts = collections.Counter(found.end() for line in lines if (found := re.match(r"  \S.*? {2,}(?=\S)", line)))
    return starts.most_common(1)[0][0] if starts else 0


def entry(line, column):
    """What is described, and the beginning of its description."""
    found = re.match(r"  (\S.*?) {2,}(\S.*)", line)
    if found:
        return found.groups()
    if column and len(line) > column and line[column - 1] == " ":
        return line[2:column].strip(), line[column:]
    return line.strip(), ""


def entries(lines):
    """Indented lines as items, each with its description in a paragraph."""
    column, made = column_of(lines), []
    for line in lines:
        if ENTRY.match(line):
            what, words = entry(line, column)
            made += [".TP", escaped(what) if what.startswith("--") else f"\\fB{what.translate(ESCAPES)}\\fR"]
            made += [escaped(words)] if words else []
        elif line.strip():
            made.append(escaped(line.strip()))
    return made


def parts(told):
    """(usage, paragraphs before the options, [(title, lines)]) of what --help says."""
    lines = told.rstrip("\n").split("\n")
    usage = re.sub(r"^usage: *", "", lines.pop(0), flags=re.I)
    words, sections = [], []
    for line in lines:
        title = re.fullmatch(r"(\S[^:]*):", line)
        if title:
            sections.append((title.group(1), []))
        elif ENTRY.match(line) and not sections:
            sections.append(("Options", [line]))
        elif sections and not line.startswith(" ") and line.strip():
            sections.append(("", [line]))  # a paragraph between them
        else:
            (sections[-1][1] if sections else words).append(line)
    return usage, words, sections


def paragraphs(lines):
    made = []
    for line in lines:
        made.append(escaped(line.strip()) if line.strip() else ".PP")
    while made and made[0] == ".PP":
        made.pop(0)
    while made and made[-1] == ".PP":
        made.pop()
    return made


def rest_of(sections):
    made = []
    for title, lines in sections:
        lines = [line for line in lines if line.strip()]
        if title:
            made += [".SH " + title.upper().replace("--", "\\-\\-")] + entries(lines)
        else:
            made += [".PP"] + paragraphs(lines)
    return made


def synopsis(name, usage):
    words = usage.removeprefix(name).strip()
    return [f"\\fB{name.translate(ESCAPES)}\\fR " + escaped(words)]


def main():
    source, program, version, page = sys.argv[1:]
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    usage, words, sections = parts(told)
    with open(source, encoding="utf-8") as file:
        text = file.read()
    name = os.path.basename(source).removesuffix(".1.in")
    for mark, made in (("USAGE", synopsis(name, usage)), ("WORDS", paragraphs(words)), ("OPTIONS", rest_of(sections)), ("VERSION", [version])):
        text = text.replace(f"@{mark}@", "\n".join(made))
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
