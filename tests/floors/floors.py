"""floors.py [--tree ROOT] [--archive FILE]...: runs the rules of rules.py on a source tree and on archives of the core."""

import argparse
import sys

import rules


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tree", help="the root of the source tree")
    arguments.add_argument("--archive", action="append", default=[], help="a static library of the core, built without sanitizers")
    arguments.add_argument("--nm", default="nm")
    chosen = arguments.parse_args()
    if not chosen.tree and not chosen.archive:
        arguments.error("nothing to judge: give --tree or --archive")

    violations = []
    if chosen.tree:
        for rule in rules.TREE_RULES:
            violations += [f"{rule.__name__}: {line}" for line in rule(chosen.tree)]
    for archive in chosen.archive:
        for rule in rules.ARCHIVE_RULES:
            violations += [f"{rule.__name__}: {line}" for line in rule(archive, chosen.nm)]
    for line in violations:
        print(line)
    print(f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
