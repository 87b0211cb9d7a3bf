"""frames.py --bin DIR --work DIR: every frame our programs sent in the stories (run.py keeps them) is judged by the official schemas, when
they stand in ../shared/ocpp beside the checkout, by the validators of every stranger that is installed, and by ocpp-inspect."""

import argparse
import glob
import json
import os
import subprocess
import sys

import judges
import toolchains
from children import Failure
from run import FAILED, PASSED, SKIPPED, unavailable

SCHEMAS = os.path.join(toolchains.HERE, "..", "..", "..", "shared", "ocpp", "schemas")

# Error codes of the standards that a stranger's validator does not know (README, "rules they break").
UNKNOWN_CODES = {("python", "1.6"): {"RpcFrameworkError", "MessageTypeNotSupported"},
                 ("python", "2.0.1"): {"RpcFrameworkError", "MessageTypeNotSupported"},
                 ("python", "2.1"): {"RpcFrameworkError", "MessageTypeNotSupported"},
                 ("go", "1.6"): {"OccurenceConstraintViolation"}, ("go", "2.0.1"): {"RpcFrameworkError"}}


# Who knows 2.1 at all.
JUDGES_OF_2_1 = ("python",)


def known_to(name, lines):
    return [line for line in lines if line["version"] != "2.1" or name in JUDGES_OF_2_1]


def load(work):
    lines = []
    for path in sorted(glob.glob(os.path.join(work, "frames", "*.jsonl"))):
        with open(path, encoding="utf-8") as file:
            lines += [json.loads(line) for line in file]
    return lines


def check_schemas(lines, python):
    if not os.path.isdir(SCHEMAS):
        print("skip: the official schemas are not beside this checkout (../shared/ocpp/schemas)")
        return
    text = "".join(json.dumps(line) + "\n" for line in lines)
    command = [python.command[0], os.path.join(toolchains.HERE, "python", "validate_frames.py"), SCHEMAS]
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=python.environment, timeout=judges.JUDGE_SECONDS,
                          check=False)
    if done.returncode != 0:
        raise Failure(f"the official schemas refuse what we sent:\n{done.stdout}{done.stderr[-500:]}")
    print(f"ok     {len(lines)} frames by the official schemas")


def is_known(name, line):
    return line["frame"][0] == 4 and line["frame"][2] in UNKNOWN_CODES.get((name, line["version"]), ())


def check_judge(name, lines, said):
    refused = [(line, verdict) for line, verdict in zip(lines, said) if not verdict["ok"] and not is_known(name, line)]
    if refused:
        line, verdict = refused[0]
        raise Failure(f"{name} refuses {len(refused)} frames of ours, first {line['frame']}: {verdict.get('code')} {verdict.get('reason')}")
    print(f"ok     {len(lines)} frames by {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="where ocpp-inspect is")
    parser.add_argument("--work", required=True, help="where run.py kept the frames")
    chosen = parser.parse_args()
    chosen.work = os.path.abspath(chosen.work)
    lines = load(chosen.work)
    if not lines:
        return unavailable("no story was played, so there are no frames to judge")
    missing = []
    for name in toolchains.STRANGERS:
        try:
            stranger = toolchains.prepare(name, chosen.work)
        except toolchains.Unavailable as reason:
            missing.append(unavailable(reason))
            continue
        judged = known_to(name, lines)
        check_judge(name, judged, judges.of_stranger(stranger, judged))
        if name == "python":
            check_schemas(lines, stranger)
    check_judge("ocpp-inspect", lines, judges.of_inspect(chosen.bin, lines))
    return max(missing, key=[PASSED, SKIPPED, FAILED].index, default=PASSED)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, OSError) as failure:
        print(f"FAILED {failure}")
        sys.exit(FAILED)
