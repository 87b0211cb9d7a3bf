"""verdicts.py --bin DIR --work DIR: ocpp-inspect and the strangers' validators judge the frames of the corpus beside the checkout
(../shared/ocpp/corpus). Whoever disagrees with us has to stand in the table below with the reason; a reason that no frame needs any more is an
error, too."""

import argparse
import json
import os
import re
import sys

import judges
import toolchains
from children import Failure
from run import FAILED, PASSED, SKIPPED, VERSIONS, unavailable

CORPUS = os.path.join(toolchains.HERE, "..", "..", "..", "shared", "ocpp", "corpus")
FILES = ("synthetic_valid", "valid", "repo_invalid", "synthetic_invalid")

# stranger, what it says against us, what that looks like (version, action, our reason or theirs), why we do not follow
REASONED = [
    ("python", "refuses", r"^1\.6 MeterValues .*\[\]",
     "its schema of 1.6 wants one meter value at least; the official one lets an empty list through"),
    ("python", "accepts", r"not a date and time", "it does not look at times at all"),
    ("go", "refuses", r"^1\.6 (MeterValues|SetChargingProfile) .*must be minimum 1, but was 0",
     "it wants one element at least; the official schemas let an empty list through"),
    ("go", "refuses", r"(StartTransaction|UnlockConnector|NotifyEVChargingNeeds|NotifyEVChargingSchedule) .*must be > 0, but was 0",
     "connector or EVSE 0 is refused by the application, not by the schema"),
    ("go", "refuses", r"(GetLog|SignedUpdateFirmware|UpdateFirmware) .*on the 'ur[il]' tag",
     "the schema asks for a text; whether it is a URL is found out when it is used"),
    ("go", "refuses", r"^2\.0\.1 GetCertificateStatus .*'genericStatus' tag", "it checks the wrong list of values: Failed is one"),
    ("go", "refuses", r"^2\.0\.1 LogStatusNotification .*'uploadLogStatus' tag", "AcceptedCanceled is missing in its list"),
    ("go", "refuses", r"^2\.0\.1 (ClearVariableMonitoring|CostUpdated) .*required but not found", "it takes the number 0 for a missing one"),
    ("go", "accepts", r"a member is not part of this message", "it does not look for members it does not know"),
    ("go", "accepts", r"a required member is missing", "it misses members of customData, of lists, and numbers it did not mark"),
    ("go", "accepts", r"a list has fewer items", "it did not mark the list"),
    ("go", "accepts", r"a text is longer than allowed", "it has no customData and misses some limits"),
    ("go", "accepts", r"a value is of the wrong JSON type", "null is absence to it, and so is whatever it has no member for"),
]


def load():
    """The frames of the corpus in versions the strangers speak, without what no JSON array is."""
    for name in FILES:
        with open(os.path.join(CORPUS, name + ".jsonl"), encoding="utf-8") as file:
            for line in map(json.loads, file):
                if line.get("version") in VERSIONS and isinstance(line.get("frame"), list):
                    yield line


def disagreement(line, ours, theirs):
    """Which way they disagree, and the text the table's patterns are held against."""
    if ours["ok"] == theirs["ok"]:
        return None, None
    reason = theirs.get("reason") if ours["ok"] else ours.get("reason")
    return ("refuses" if ours["ok"] else "accepts"), f"{line['version']} {line['action']} {reason}"


def compare(name, lines, ours, theirs, used):
    unexplained, explained = [], 0
    for line, own, other in zip(lines, ours, theirs):
        verdict, text = disagreement(line, own, other)
        if verdict is None:
            continue
        rows = [row for row in REASONED if row[0] == name and row[1] == verdict and re.search(row[2], text)]
        used.update(rows[:1])
        explained += bool(rows)
        if not rows:
            unexplained.append(f"{name} {verdict} {text}: {json.dumps(line['frame'])[:300]}")
    if unexplained:
        raise Failure(f"{len(unexplained)} disagreements nobody explained, first:\n  " + "\n  ".join(unexplained[:10]))
    print(f"ok     {name} agrees on {len(lines) - explained} of {len(lines)} frames and disagrees on {explained} for known reasons")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="where ocpp-inspect is")
    parser.add_argument("--work", required=True, help="where the strangers are installed")
    chosen = parser.parse_args()
    chosen.work = os.path.abspath(chosen.work)
    if not os.path.isdir(CORPUS):
        print("skip: the corpus is not beside this checkout (../shared/ocpp/corpus)")
        return SKIPPED
    lines = list(load())
    ours = judges.of_inspect(chosen.bin, lines)
    missing, used, asked = [], set(), set()
    for name in toolchains.STRANGERS:
        try:
            stranger = toolchains.prepare(name, chosen.work)
        except toolchains.Unavailable as reason:
            missing.append(unavailable(reason))
            continue
        asked.add(name)
        compare(name, lines, ours, judges.of_stranger(stranger, lines), used)
    idle = [row for row in REASONED if row[0] in asked and row not in used]
    if idle:
        raise Failure(f"no frame needs these reasons any more: {idle}")
    return max(missing, key=[PASSED, SKIPPED, FAILED].index, default=PASSED)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, OSError) as failure:
        print(f"FAILED {failure}")
        sys.exit(FAILED)
