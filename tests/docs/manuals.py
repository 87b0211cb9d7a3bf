#!/usr/bin/env python3
"""manuals.py PAGES PROGRAMS NAME …: each program has a manual page in PAGES with every option of its --help and no other, the pages of docs/ it names are there, and whoever formats
manual pages (groff, man, mandoc, where they are installed) has nothing to remark."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
FORMATTERS = [["groff", "-ww", "-man", "-Tutf8", "-z"], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"], ["mandoc", "-Tlint", "-Wwarning"]]


def options_of(program):
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    return set(OPTION.findall(told))


def shown_in(path):
    """The text of a page without its escapes."""
    with open(path, encoding="utf-8") as file:
        return re.sub(r"\\f[BRI]", "", file.read()).replace("\\-", "-")


def remarks(path):
    """What the formatters say."""
    said = ""
    for command in FORMATTERS:
        if shutil.which(command[0]):
            done = subprocess.run([*command, path], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
            said += done.stderr + (done.stdout if command[0] == "mandoc" else "")
    return said


def check(path, program):
    """One line for each thing that is wrong."""
    told, text = options_of(program), shown_in(path)
    shown = set(OPTION.findall(text))
    wrong = [f"{path}: no word of {option}" for option in sorted(told - shown)]
    wrong += [f"{path}: {option} is no option" for option in sorted(shown - told)]
    wrong += [f"{path}: there is no {page}" for page in sorted(set(re.findall(r"docs/[\w-]+\.md", text))) if not os.path.exists(os.path.join(SOURCE, page))]
    return wrong + remarks(path).splitlines()


def the_test_can_fail(path, program):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    first = sorted(options_of(program))[0].replace("-", "\\-")
    with tempfile.TemporaryDirectory() as folder:
        for altered in (text.replace(first, "a word"), text + "\n.TP\n\\-\\-no\\-such\\-option\n", text + "docs/no\\-such\\-page.md\n"):
            other = os.path.join(folder, os.path.basename(path))
            with open(other, "w", encoding="utf-8") as file:
                file.write(altered)
            assert check(other, program), "a page that is wrong was taken for good"


def main():
    folder, programs, *names = sys.argv[1:]
    wrong = []
    for name in names:
        path, program = os.path.join(folder, f"{name}.1"), os.path.join(programs, name)
        the_test_can_fail(path, program)
        wrong += check(path, program)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
