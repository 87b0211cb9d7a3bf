"""story.py --bin DIR --data DIR --scenario FILE [--once]: what scripts/demo shows. It starts ocpp-csms, lets ocpp-sim charge once per version
while it stops each charge from the other side over REST, prints every frame as one line, and judges what the central system lists."""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PILES = [("PILE-16", "1.6"), ("PILE-201", "2.0.1")]
READY_SECONDS, STORY_SECONDS, LISTED_SECONDS = 10, 60, 10


class Failure(Exception):
    """The story did not happen as promised; the text is one line for people."""


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, seconds, look):
    """The first true answer of |look|, asked until |seconds| have passed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise Failure(f"{what} did not happen within {seconds} s")


class Rest:
    """The REST interface of ocpp-csms."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/api"

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def is_up(self):
        try:
            self.ask("/health")
            return True
        except OSError:
            return False

    def transactions(self, station=None):
        return [row for row in self.ask("/transactions")["transactions"] if station in (None, row["station"])]

    def messages(self, station, after):
        try:
            return self.ask(f"/stations/{urllib.parse.quote(station, safe='')}/messages?after={after}")["messages"]
        except urllib.error.HTTPError as error:
            if error.code == 404:  # it has not connected yet
                return []
            raise


@contextlib.contextmanager
def running(command, log):
    """A program whose output goes to |log|, and which is gone at the end whatever happens."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def last_lines(path, count=15):
    with open(path, encoding="utf-8", errors="replace") as log:
        return "".join(log.readlines()[-count:])


class Narrator:
    """Prints the frames of one station, one line each, as the central system recorded them."""

    def __init__(self, rest, station):
        self.rest, self.station, self.after, self.actions = rest, station, 0, {}

    def catch_up(self):
        for message in self.rest.messages(self.station, self.after):
            self.after = message["n"]
            self.tell(message)

    def tell(self, message):
        frame = message["frame"]
        arrow = "->" if message["direction"] == "in" else "<-"
        kind, name = frame[0], frame[1]
        if kind == 2:
            self.actions[name] = frame[2]
            line = f"{frame[2]} {brief(frame[3])}"
        elif kind == 3:
            line = f"  {self.actions.pop(name, '?')} answered {brief(frame[2])}"
        else:
            line = f"  {self.actions.pop(name, '?')} refused {frame[2]}"
        print(f"  {self.station:9} {arrow} {line}"[:118], flush=True)


def brief(payload):
    """The part of a payload that tells the story."""
    words = []
    for name, value in payload.items():
        if isinstance(value, (dict, list)):
            value = "..." if value else ""
        words.append(f"{name}={value}")
    return " ".join(words)


def charge(programs, rest, url, station, version, scenario, log):
    """One charge: the scenario runs, and as soon as the central system lists the transaction it is stopped from that side."""
    print(f"\n{station}: a charge in OCPP {version}", flush=True)
    narrator = Narrator(rest, station)
    command = [os.path.join(programs, "ocpp-sim"), "--url", url, "--id", station, "--version", version, "--scenario", scenario,
               "--set", "MeterValueSampleInterval=1"]
    with running(command, log) as sim:
        def step(ready):
            narrator.catch_up()
            if sim.poll() not in (None, 0):
                raise Failure(f"ocpp-sim failed with {sim.returncode}: {last_lines(log)}")
            return ready()

        wait_for(f"{station}: a running transaction", STORY_SECONDS, lambda: step(lambda: running_at(rest, station)))
        wait_for(f"{station}: energy", STORY_SECONDS, lambda: step(lambda: any(row.get("energyWh", 0) > 0 for row in running_at(rest, station))))
        transaction = running_at(rest, station)[0]["id"]
        path, body = f"/stations/{station}/stop", {"transaction": transaction}
        print(f"  operator     curl -X POST {rest.base}{path} -H 'Content-Type: application/json' -d '{json.dumps(body)}'", flush=True)
        answer = rest.ask(path, body)
        if not answer["accepted"]:
            raise Failure(f"{station} answered the stop with {answer['status']}")
        wait_for(f"{station}: the end of the scenario", STORY_SECONDS, lambda: step(lambda: sim.poll() == 0))
    narrator.catch_up()


def running_at(rest, station):
    return [row for row in rest.transactions(station) if row["open"]]


def table(rows):
    columns = [("station", "station"), ("version", "version"), ("id", "transaction"), ("token", "token"), ("started", "started"),
               ("stopped", "stopped"), ("energyWh", "Wh"), ("reason", "reason")]
    lines = [[title for _, title in columns]] + [[str(row.get(name, "")) for name, _ in columns] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())


def judge(rest):
    """Both sessions are listed, once each, started and stopped, with the energy that flowed."""
    wait_for("the end of both sessions in the list", LISTED_SECONDS,
             lambda: not any(running_at(rest, station) for station, _ in PILES))
    rows = rest.transactions()
    print("\nWhat the central system lists (GET /api/transactions):")
    table(rows)
    for station, _ in PILES:
        own = [row for row in rows if row["station"] == station]
        if len(own) != 1 or not own[0].get("started") or not own[0].get("stopped") or not own[0].get("energyWh"):
            raise Failure(f"{station} should have one session, started and stopped, with energy: {own}")


def fresh(folder):
    """demo-data/ without what the last demo left in it; other files stay."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name.startswith("csms.") or name.endswith(".log"):
            os.remove(os.path.join(folder, name))


def stay(rest):
    print(f"\nThe central system stays: {rest.base}/transactions. Ctrl-C ends it.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def tell(chosen):
    fresh(chosen.data)
    port = free_port()
    url, rest = f"ws://127.0.0.1:{port}/ocpp", Rest(port)
    log = os.path.join(chosen.data, "csms.log")
    command = [os.path.join(chosen.bin, "ocpp-csms"), "--listen", f"127.0.0.1:{port}", "--db", os.path.join(chosen.data, "csms.db"),
               "--accept-unknown", "--accept-unknown-tokens"]
    with running(command, log) as csms:
        def up():
            if csms.poll() is not None:
                raise Failure(f"ocpp-csms ended with {csms.returncode}: {last_lines(log)}")
            return rest.is_up()

        wait_for("the central system", READY_SECONDS, up)
        print(f"central system: {url}/{{station}} and {rest.base}/", flush=True)
        for station, version in PILES:
            charge(chosen.bin, rest, url, station, version, chosen.scenario, os.path.join(chosen.data, f"{station}.log"))
        judge(rest)
        if not chosen.once:
            stay(rest)
        csms.terminate()
        if csms.wait(15) != 0:
            raise Failure(f"ocpp-csms did not end well: {csms.returncode}; see {log}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("bin", "data", "scenario"):
        arguments.add_argument(f"--{name}", required=True)
    arguments.add_argument("--once", action="store_true")
    try:
        tell(arguments.parse_args())
    except (Failure, OSError) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("\nBoth sessions were started and stopped once.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
