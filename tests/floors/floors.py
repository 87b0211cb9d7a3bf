"""floors.py [--tree ROOT] [--archive FILE]... [--extension FILE]... [--library FILE]...: runs the rules of rules.py on a source tree, on
archives of the core and of an extension, and on the extension's shared libraries."""

import argparse
import sys

import rules


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tree", help="the root of the source tree")
    arguments.add_argument("--archive", action="append", default=[], help="a static library of the core, built without sanitizers")
    arguments.add_argument("--extension", action="append", default=[], help="likewise of an extension without its adapters")
    arguments.add_argument("--library", action="append", default=[], help="a shared library of the extension")
    arguments.add_argument("--nm", default="nm")
    chosen = arguments.parse_args()
    if not (chosen.tree or chosen.archive or chosen.extension or chosen.library):
        arguments.error("nothing to judge: give --tree, --archive, --extension or --library")

    violations = []
    if chosen.tree:
        for rule in rules.TREE_RULES:
            violations += [f"{rule.__name__}: {line}" for line in rule(chosen.tree)]
    built = [(chosen.archive, rules.ARCHIVE_RULES), (chosen.extension, rules.EXTENSION_RULES), (chosen.library, rules.LIBRARY_RULES)]
    for paths, judges in built:
        violations += [f"{rule.__name__}: {line}" for path in paths for rule in judges for line in rule(path, chosen.nm)]
    for line in violations:
        print(line)
    print(f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
