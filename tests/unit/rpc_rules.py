"""rpc_rules.py: every rule of the OCPP-J frame layer has its test. The reference data lists the rules; the tables in
test_rpc_rules.c name a test for each; the test has to stand somewhere under tests/. Skips where there is no reference data."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT.parent / "shared/ocpp/rpc/rpc_rules.tsv"


def tables():
    """rule -> test, as test_rpc_rules.c has them."""
    text = (ROOT / "tests/unit/test_rpc_rules.c").read_text(encoding="utf-8")
    return dict(re.findall(r'^\s+X\("([^"]+)",\s*(\w+)\)', text, re.M))


def tests():
    """The names of all test functions, in C and in Python."""
    found = set()
    for path in (ROOT / "tests").rglob("*.c"):
        found.update(re.findall(r"^static void (\w+)\(void \*\*\w+\)", path.read_text(encoding="utf-8"), re.M))
    for path in (ROOT / "tests").rglob("*.py"):
        found.update(re.findall(r"^\s*def (\w+)\(", path.read_text(encoding="utf-8"), re.M))
    return found


def main():
    known = tests()
    table = tables()
    wrong = [f"{rule}: no test is called {name}" for rule, name in table.items() if name not in known]
    if RULES.exists():
        rules = [line.split("\t")[0] for line in RULES.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
        wrong += [f"{rule}: no test is named for it" for rule in rules if rule not in table]
        wrong += [f"{rule}: the reference data has no such rule" for rule in table if rule not in rules]
    print("\n".join(wrong) or f"all {len(table)} rules have their test")
    if wrong:
        return 1
    if not RULES.exists():
        print(f"skipped: {RULES} is not there, so the list of rules was not compared")
    return 0


if __name__ == "__main__":
    sys.exit(main())
