"""cases.py: how every official test case of a station and of a central system stands: tested, not applicable, not built yet, or open.
The ids come from cases.tsv, the reasons from not_applicable.tsv, the tests from matrix.py, which writes all of it into
docs/conformance.md.

cases.py --compare holds cases.tsv to the reference data beside the checkout (77, a skip, where that is absent); cases.py --complete
says which case is open, which reason is about nothing, and whether the reasons stand in order. A row of not-built that stands for many
cases only gets a word when none of them is left: whoever tests the last one need not be the one to take the row away.
"""

import collections
import csv
import fnmatch
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE.parents[2] / "shared/ocpp/testcases"
KINDS = {"n/a": "not applicable", "not-built": "not done: later"}
ROLES = {"station": "a station", "central": "a central system"}  # as cases.tsv says it, as a page does

Case = collections.namedtuple("Case", "id role version block")
Reason = collections.namedtuple("Reason", "id kind text")


def order(identifier):
    """3.10 comes after 3.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", identifier)]


def lines(path):
    """The rows of a table with a comment as its head."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def cases(path=HERE / "cases.tsv"):
    return [Case(*row) for row in lines(path)]


def reason(row):
    """A row is id, kind and reason, or id and reason, which is of the kind n/a."""
    identifier, kind, text = row if len(row) == 3 else (row[0], "n/a", "".join(row[1:]))
    if kind not in KINDS or not text:
        raise ValueError(f"not a reason: {row}")
    return Reason(identifier, kind, text)


def reasons(path=HERE / "not_applicable.tsv"):
    return [reason(row) for row in lines(path)]


def is_about_many(one):
    return "*" in one.id


def covers(one, identifier):
    """Whether a reason is about a case: its id, where a star stands for anything."""
    return fnmatch.fnmatchcase(identifier, one.id) if is_about_many(one) else one.id == identifier


def why(identifier, told):
    """The reason of a case; its own goes before one of many cases."""
    found = [one for one in told if covers(one, identifier)]
    return min(found, key=is_about_many, default=None)


def standing(case, tested, told):
    """'tested', a kind of reason, or 'open'; a test goes before a reason."""
    if case.id in tested:
        return "tested"
    found = why(case.id, told)
    return found.kind if found else "open"


def open_cases(tested, told, every):
    return [case.id for case in every if standing(case, tested, told) == "open"]


def known_of(one, known):
    """The cases a reason is about."""
    return [identifier for identifier in known if covers(one, identifier)]


def is_used_up(one, tested, told, known):
    """Whether no case is left to a reason about many."""
    own = {other.id for other in told}
    return is_about_many(one) and all(identifier in tested or identifier in own for identifier in known_of(one, known))


def superfluous(tested, told, every):
    """The rows of not-built that may go."""
    known = [case.id for case in every]
    return [one.id for one in told if one.kind == "not-built" and known_of(one, known) and is_used_up(one, tested, told, known)]


def mistakes(tested, told, every):
    """What is wrong with the reasons themselves."""
    known = [case.id for case in every]
    for one in told:
        if not known_of(one, known):
            yield f"{one.id}: no such case"
        if one.id in tested:
            yield f"{one.id}: has a test and a reason for having none"
        elif known_of(one, known) and one.kind != "not-built" and is_used_up(one, tested, told, known):
            yield f"{one.id}: every case it is about has a test or a reason of its own"
    written = [one.id for one in told]
    if written != sorted(set(written)):
        yield "the reasons do not stand in the order of sort(1), each id once"


def referenced():
    """The ids of the reference data, with their role and version."""
    roles = {"cs": "station", "csms": "central"}
    for name, version in (("ocpp16_testcases.csv", "1.6"), ("ocpp201_part6_testcases.csv", "2.0.1")):
        with open(REFERENCE / name, encoding="utf-8", newline="") as file:
            yield from ((row["tc_id"], roles[row["sut"].lower()], version) for row in csv.DictReader(file))


def compare():
    if not REFERENCE.exists():
        print(f"skipped: {REFERENCE} is not there, so the list was not compared")
        return 77
    wrong = collections.Counter((case.id, case.role, case.version) for case in cases())
    wrong.subtract(referenced())
    for (identifier, role, version), times in sorted(wrong.items()):
        if times:
            print(f"{identifier} of {ROLES.get(role, role)}, {version}: {'missing' if times < 0 else 'not in the reference data, or twice'}")
    return 1 if any(wrong.values()) else 0


def complete():
    import matrix  # which uses this file

    tested = matrix.matrix()["Test cases"]
    told, every = reasons(), cases()
    wrong = [f"{identifier}: neither a test nor a reason" for identifier in open_cases(tested, told, every)]
    wrong += mistakes(tested, told, every)
    for identifier in superfluous(tested, told, every):
        print(f"{identifier}: nothing is left of it; the row may go")
    print("\n".join(wrong) if wrong else "every case is tested or has its reason")
    return 1 if wrong else 0


if __name__ == "__main__":
    COMMANDS = {("--compare",): compare, ("--complete",): complete}
    if tuple(sys.argv[1:]) not in COMMANDS:
        print("usage: cases.py --compare|--complete", file=sys.stderr)
        sys.exit(2)
    sys.exit(COMMANDS[tuple(sys.argv[1:])]())
