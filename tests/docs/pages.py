"""pages.py: the pages of the tree and the blocks of code in them.

A block begins with its language, and what more is said there:
    c                 a piece of C: compiled against the public headers. A comment before it, <!-- given: DECLARATIONS -->, has what it takes for granted
    c NAME.c          a part of the program NAME.c, which is made of all its parts on the page, built by cmake, and run by programs.py
    sh                commands: their programs, options and paths exist
    sh run            the same, and bash runs it in an empty folder with the programs at hand
    console           commands behind "$ ", and what they answer: checked like sh
    console run       the same, and bash runs them and gets those answers
    json              parsed; a block that begins with a member is the inside of an object; json NAME.json (or .jsonl) is written for what runs behind it
    json frames [V]   a frame per line, which ocpp-inspect takes for valid
    cmake, ini, nginx, model, text ...  not code of ours, or shown elsewhere: see OTHERS in blocks.py
A block that nothing can try has a line behind it that begins "Not tried by a test:" and says why."""

import glob
import os
import re

FENCE = re.compile(r"(?:<!-- given:(?P<given>.*?)-->\n+)?^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$(?=\n*(?P<after>[^\n]*))", re.M | re.S)


class Block:
    def __init__(self, page, line, found):
        self.page, self.line, self.given, self.text = page, line, found["given"] or "", found["text"]
        self.language, *self.more = found["info"].split() or [""]
        after = (found["after"] or "").strip()
        self.excuse = after if after.startswith("Not tried by a test:") else ""

    @property
    def where(self):
        return f"{self.page}:{self.line}"


def names(source):
    return ["README.md", *sorted(os.path.relpath(path, source) for path in glob.glob(os.path.join(source, "docs", "*.md")))]


def blocks(source, page):
    with open(os.path.join(source, page), encoding="utf-8") as file:
        text = file.read()
    all_found = list(FENCE.finditer(text))
    assert 2 * len(all_found) == len(re.findall("^```", text, re.M)), f"{page}: a block is not closed, or not seen"
    for found in all_found:
        yield Block(page, text.count("\n", 0, text.index("```", found.start())) + 1, found)


def programs(source):
    """{name: the whole text} of the programs whose parts stand in the pages; lines are numbered as in the page."""
    made = {}
    for page in names(source):
        for block in blocks(source, page):
            if block.language == "c" and block.more:
                made[block.more[0]] = made.get(block.more[0], "") + f'#line {block.line + 1} "{page}"\n{block.text}'
    return made
