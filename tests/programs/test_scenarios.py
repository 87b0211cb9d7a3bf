#!/usr/bin/env python3
"""test_scenarios.py SIM CSMS SCENARIO: ocpp-sim plays a scenario against ocpp-csms, in every version, and what the scenario says of the
operator is done over REST when the pile gets there.

To ocpp-sim the operator's lines are comments, and somebody who plays by hand does as they say:

    #! OPTIONS                            more options of ocpp-sim
    #> token TYPE/ID BODY                 PUT /api/tokens/TYPE/ID; the pile begins when it is done
    #> call ACTION PAYLOAD [=> RESULT]    POST /api/stations/ID/call; the station's result has what RESULT has
    #> COMMAND BODY [=> RESULT]           POST /api/stations/ID/COMMAND, the same of its answer
    #> uploaded TEXT                      a file has come to the servers of {http} or {ftp} that has TEXT in it
    #> 1.6: …, #> 2.0.1: …                for one version

What is played in the last version is recorded, and done again without a central system, but for what no recording can hold.

In a body, {transaction} is the id of the running transaction, and {in SECONDS} is a time so far from now, by the pile's clock. {http} and {ftp}
are addresses of file servers.

A simulated second is short for a busy machine, so what waits for a fact or for an answer waits PATIENCE times as long here as the scenario
says, and what happens at a time happens seconds of this machine later."""

import datetime
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import file_servers  # noqa: E402
from csms import Csms, until  # noqa: E402

IDENTITY, VERSIONS, SPEED, LIMIT_S, PATIENCE = "PILE-1", ("1.6", "2.0.1"), 20, 150, 5
QUICK = ["--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1", "--set", f"MessageTimeout={30 * PATIENCE}"]


class Failure(Exception):
    pass


def patient(found):
    return found.group(1) + str(int(found.group(2)) * PATIENCE)


def for_version(line, version):
    """The line, without the version it is for; None: it is for another."""
    found = re.match(r"(1\.6|2\.0\.1): *(.*)", line)
    return line if not found else found.group(2) if found.group(1) == version else None


def has(value, wanted):
    """Whether |value| has all that |wanted| has."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(name in value and has(value[name], part) for name, part in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) >= len(wanted) and all(map(has, value, wanted))
    return value == wanted


class Operator:
    def __init__(self, rest, version):
        self.rest, self.version = rest, version
        self.place, self.servers = file_servers.Place(), {}

    def transaction(self):
        def running():
            rows = self.rest.get(f"/api/transactions?station={IDENTITY}&open=true")["transactions"]
            return rows and str(rows[0]["id"])
        return until(running, "a running transaction")

    def server(self, scheme):
        if scheme not in self.servers:
            kind = {"http": file_servers.Http, "ftp": file_servers.Ftp}[scheme]
            self.servers[scheme] = f"{scheme}://127.0.0.1:{file_servers.serve(kind, self.place)}"
        return self.servers[scheme]

    def uploaded(self, text):
        wanted = text.encode().decode("unicode_escape").encode()
        until(lambda: any(wanted in content for content in list(self.place.received.values())), f"an upload with {text}")

    def body(self, text, now=None):
        text = re.sub(r"\{(http|ftp)\}", lambda found: self.server(found.group(1)), text)
        text = re.sub(r"\{in (-?[\d.]+)\}", lambda found: later(now, found.group(1)), text)
        return json.loads(text.replace("{transaction}", self.transaction()) if "{transaction}" in text else text)

    def do(self, line, now=None):
        """|now|: of the pile's clock."""
        order, _, wanted = line.partition(" => ")
        verb, _, rest = order.partition(" ")
        if verb == "token":
            path, _, body = rest.partition(" ")
            self.rest.put(f"/api/tokens/{path}", self.body(body))
            return
        if verb == "uploaded":
            self.uploaded(rest)
            return
        if verb == "call":
            action, _, payload = rest.partition(" ")
            answer = self.rest.post(f"/api/stations/{IDENTITY}/call", {"action": action, "payload": self.body(payload or "{}", now)})
            result = answer.json.get("result", answer.json) if answer.status == 200 else answer.text
        else:
            answer = self.rest.post(f"/api/stations/{IDENTITY}/{verb}", self.body(rest or "{}", now))
            result = answer.json
        if answer.status not in (200, 202) or (wanted and not has(result, json.loads(wanted))):
            raise Failure(f"{answer.status} {answer.text}")


def later(now, seconds):
    return (now + datetime.timedelta(seconds=float(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


class PileClock:
    """The pile's calendar, as its lines show it: they are dated by its own day, and each time that the central system tells counts from its line."""

    def __init__(self):
        self.told = self.at = None

    def hear(self, line):
        """What the pile's calendar says at |line|; None where nobody has told it the time yet."""
        dated = re.match(r"(\d\d):(\d\d):(\d\d\.\d{3}) ", line)
        if not dated:
            return None
        hours, minutes, seconds = dated.groups()
        at = datetime.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
        told = re.search(r' <- \[3,.*"currentTime":"([^"]+)"', line)
        if told:
            self.told, self.at = datetime.datetime.fromisoformat(told.group(1).replace("Z", "+00:00")), at
        return self.told and self.told + (at - self.at) % datetime.timedelta(days=1)


class Play:
    """One run: the scenario with the operator's lines turned into words that ocpp-sim says when it gets there."""

    def __init__(self, path, version):
        self.version, self.options, self.tokens, self.orders = version, [], [], []
        with open(path, encoding="utf-8") as file:
            self.script = "".join(self.line(line.rstrip("\n")) + "\n" for line in file)
        self.output, self.trouble = [], None

    def line(self, line):
        if line.startswith("#!"):
            self.options += shlex.split(re.sub(r"(MessageTimeout=)(\d+)", patient, line[2:]))
        order = for_version(line[2:].strip(), self.version) if line.startswith("#>") else None
        if order is None:
            return re.sub(r"(expect (?:in|out|noted) .* within )(\d+)", patient, line)
        if order.startswith("token "):
            self.tokens.append(order)
            return ""
        self.orders.append(order)
        return f'say "order {len(self.orders) - 1}"'

    def watch(self, stdout, operator):
        """Nothing of the pile's is missed while the operator waits for an answer: orders are done beside."""
        clock = PileClock()
        for line in stdout:
            self.output.append(line)
            now = clock.hear(line)
            found = re.search(r" -- order (\d+)$", line.rstrip("\n"))
            if found:
                threading.Thread(target=self.obey, args=(operator, int(found.group(1)), now), daemon=True).start()

    def obey(self, operator, number, now):
        try:
            operator.do(self.orders[number], now)
        except (Failure, AssertionError, OSError, ValueError, KeyError) as failure:
            self.trouble = self.trouble or f"{self.orders[number]}: {failure}"

    def can_be_recorded(self):
        """No recording holds files, neither a store nor what is sent and fetched, nor banks, gates and phones."""
        return not {"--state", "--banks", "--gate", "--link", "--shared"} & set(self.options) and not any("uploaded" in order for order in self.orders)

    def run_and_replay(self, sim, csms):
        if self.version != VERSIONS[-1] or not self.can_be_recorded():
            self.run(sim, csms)
            return
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "recording.jsonl")
            self.options += ["--record", path]
            self.run(sim, csms)
            done = subprocess.run([sim, "--replay", path, "--quiet"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
        if done.returncode != 0 or done.stderr:
            raise Failure(f"the replay exits {done.returncode}\n{done.stderr}")

    def run(self, sim, csms):
        command = [sim, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", IDENTITY, "--version", self.version, "--speed", str(SPEED),
                   "--script", "-", *QUICK, *self.options]
        operator = Operator(csms.rest, self.version)
        for token in self.tokens:
            operator.do(token)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            watcher = threading.Thread(target=self.watch, args=(process.stdout, operator))
            watcher.start()
            guard = threading.Timer(LIMIT_S, process.kill)
            guard.start()
            process.stdin.write(self.script)
            process.stdin.close()
            complaint = process.stderr.read()
            code = process.wait()
            guard.cancel()
            watcher.join()
        if code != 0 or complaint or self.trouble:
            raise Failure(f"exit {code}\n{complaint}{self.trouble or ''}\n{''.join(self.output[-60:])}")


def main(sim, program, path):
    failed = False
    for version in VERSIONS:
        with Csms(program, "--accept-unknown", "--accept-unknown-tokens", "--heartbeat-s", "86400") as csms:  # which set the pile's clock back
            try:
                Play(path, version).run_and_replay(sim, csms)
                print(f"ok {version}")
            except Failure as failure:
                failed = True
                print(f"FAILED {version}: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:4])))
