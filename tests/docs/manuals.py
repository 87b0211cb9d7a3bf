#!/usr/bin/env python3
"""manuals.py PAGES PROGRAMS NAME …: each program has a manual page in PAGES with every option of its --help and no other; whoever formats pages (groff, man, mandoc, where they are
installed) has nothing to remark."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
FORMATTERS = [["groff", "-ww", "-man", "-Tutf8", "-z"], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"], ["mandoc", "-Tlint", "-Wwarning"]]


def options_of(program):
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    return set(OPTION.findall(told))


def options_in(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return set(OPTION.findall(re.sub(r"\\f[BRI]", "", text).replace("\\-", "-")))


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
    told, shown = options_of(program), options_in(path)
    wrong = [f"{path}: no word of {option}" for option in sorted(told - shown)]
    wrong += [f"{path}: {option} is no option" for option in sorted(shown - told)]
    return wrong + remarks(path).splitlines()


def the_test_can_fail(path, program):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    first = sorted(options_of(program))[0].replace("-", "\\-")
    with tempfile.TemporaryDirectory() as folder:
        for altered in (text.replace(first, "a word"), text + "\n.TP\n\\-\\-no\\-such\\-option\n"):
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
