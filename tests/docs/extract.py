#!/usr/bin/env python3
"""extract.py SOURCE FOLDER: writes the programs of the pages there, and prints their names. A file that is the same stays as it is."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pages  # noqa: E402


def main():
    source, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name, text in sorted(pages.programs(source).items()):
        path = os.path.join(folder, name)
        old = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                old = file.read()
        if old != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        print(name)


if __name__ == "__main__":
    main()
