"""The strangers' validators without a connection: each judges frames, one after the other, and ocpp-inspect beside them."""

import json
import os
import subprocess

from children import Failure

JUDGE_SECONDS = 120


def verdicts(command, environment, lines):
    """What one judge says of each line, in order: objects with ok, and code and reason when it is not."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, env=environment, timeout=JUDGE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} judged {len(lines)} frames for longer than {JUDGE_SECONDS} s") from None
    said = [json.loads(line) for line in done.stdout.splitlines()]
    if len(said) != len(lines):
        raise Failure(f"{command[0]} judged {len(said)} of {len(lines)} frames: {done.stderr[-300:]}")
    return said


def of_stranger(stranger, lines):
    return verdicts(stranger.command + ["judge"], stranger.environment, lines)


def of_inspect(binaries, lines):
    return verdicts([os.path.join(binaries, "ocpp-inspect"), "--json"], None, lines)
