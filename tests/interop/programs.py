"""Our own programs as the same two roles: ocpp-sim plays the station by itself and is given its hardware's moves; ocpp-csms plays the
central system and is told over REST."""

import json
import os
import re
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from children import Child, Failure
from traffic import WAIT_SECONDS, Traffic

LOOK_SECONDS = 0.2  # how often a program that writes nothing is looked at


class Lines:
    """The standard output of a program, with a way to wait for a line."""

    def __init__(self):
        self.lines, self.changed = [], threading.Condition()

    def add(self, line):
        with self.changed:
            self.lines.append(line)
            self.changed.notify_all()

    def expect(self, pattern, child, seconds=WAIT_SECONDS):
        """The match of |pattern| in the first line that has one, as long as |child| lives."""
        until = time.monotonic() + seconds
        with self.changed:
            while True:
                found = next((match for match in (re.search(pattern, line) for line in self.lines) if match), None)
                if found:
                    return found
                if time.monotonic() >= until or not child.is_alive():
                    raise Failure(f"{child.name} wrote no line like {pattern!r} in {seconds} s but {self.lines[-8:]}; {child.last_words()}")
                self.changed.wait(LOOK_SECONDS)


class SimStation:
    """ocpp-sim with short intervals, so that what is periodic comes while somebody watches. |traffic| is what it prints of its frames; with
    a stranger at the other end the stranger's view counts."""

    frame_line = re.compile(r"\S+ \S+ (->|<-) (.*)")

    def __init__(self, binaries, version, url, identity, folder, password=None):
        """|version| is its name, or auto: what the central system takes of all there are."""
        self.lines, self.traffic = Lines(), Traffic()
        self.state = tempfile.TemporaryDirectory()  # where its keys are
        command = [os.path.join(binaries, "ocpp-sim"), "--url", url, "--id", identity, "--version", version, "--state", self.state.name]
        for name, value in (("MeterValueSampleInterval", 1), ("RetryBackOffWaitMinimum", 1), ("RetryBackOffRandomRange", 0),
                            ("RetryBackOffRepeatTimes", 0)):
            command += ["--set", f"{name}={value}"]
        if password is not None:
            command += ["--password", password]
        self.child = Child("ocpp-sim", command, folder, self.hear)

    def hear(self, line):
        frame = self.frame_line.fullmatch(line)
        if frame:
            self.traffic.add({"->": "up", "<-": "down"}[frame.group(1)], frame.group(2))
        self.lines.add(line)

    def command(self, line):
        self.child.write(line)

    def boot(self):
        """It boots by itself."""

    def plug(self):
        self.command("plug 1")

    def card(self, tag):
        self.command(f"card 1 {tag}")

    def draw(self, watt_hours):
        self.command(f"meter 1 +{watt_hours}")

    def stop(self, _reason, _watt_hours):
        self.command("stop 1 Local")

    def obey_stop(self, _since):
        """It obeys by itself."""

    def obey_start(self, _tag, _since):
        """It obeys by itself."""

    def unplug(self):
        self.command("unplug 1")

    def beat(self):
        """Its heart beats by itself, at the interval the central system gave."""

    def raw(self, text):
        self.command(f"raw {text}")

    def close(self):
        self.child.leave("quit")
        self.state.cleanup()


class RestError(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem


class CsmsCentral:
    """ocpp-csms on any free port with one registered station, and its REST interface."""

    def __init__(self, binaries, folder, stations, more=()):
        self.lines, self.identity = Lines(), stations[0]["id"]
        command = [os.path.join(binaries, "ocpp-csms"), "--listen", "ws://127.0.0.1:0", "--accept-unknown-tokens"]
        for station in stations:
            command += ["--station", station["id"] + (f":{station['password']}" if "password" in station else "")]
        self.child = Child("ocpp-csms", command + list(more), folder, self.lines.add)
        self.url = self.lines.expect(r"stations (ws://\S+?)/?$", self.child).group(1)
        self.api = self.lines.expect(r"operators (http://\S+?)/?$", self.child).group(1)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RestError(error.code, error.read().decode(errors="replace")) from None

    def station(self, path):
        return f"/stations/{urllib.parse.quote(self.identity, safe='')}/{path}"

    def command(self, name, body):
        try:
            result = self.ask(self.station(name), body)
        except RestError as error:
            raise Failure(f"POST {name} {body}: {error}") from None
        if not result.get("accepted"):
            raise Failure(f"POST {name} {body}: {result}")
        return result

    def stop(self, transaction):
        return self.command("stop", {"transaction": str(transaction)})

    def start(self, tag):
        return self.command("start", {"evse": 1, "token": {"id": tag, "type": "ISO14443"}})

    def call(self, action, payload, validate):
        return self.ask(self.station("call"), {"action": action, "payload": payload, "validate": validate, "timeout_ms": 5000})

    def transactions(self):
        return self.ask(f"/transactions?station={urllib.parse.quote(self.identity, safe='')}")["transactions"]

    def messages(self):
        return self.ask(self.station("messages?after=0&limit=1000"))["messages"]

    def close(self):
        self.child.leave()
