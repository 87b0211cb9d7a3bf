"""A stranger's peer at the other end of a pipe (the protocol is in README.md), and the charging station and central system made of it."""

import json
import threading
import time

from children import Child, Failure
from traffic import WAIT_SECONDS, Traffic


class Peer:
    """|settings| go to the peer as they are. What it says of frames goes to |traffic|, what it dislikes to |complaints|."""

    def __init__(self, stranger, role, settings, folder):
        self.stranger, self.role = stranger, role
        self.traffic, self.complaints, self.events = Traffic(), [], []
        self.changed = threading.Condition()
        self.calls = 0
        command = stranger.command + [role, json.dumps(settings)]
        self.child = Child(f"{stranger.name}-{role}", command, folder, self.hear, stranger.environment)

    def hear(self, line):
        try:
            event = json.loads(line)
            kind = event["event"]
        except (ValueError, TypeError, KeyError):
            event, kind = {"what": f"not an event: {line}"}, "complaint"
        if kind == "frame":
            sent = event["direction"] == "out"
            self.traffic.add("up" if sent == (self.role == "station") else "down", event["text"])
            return
        with self.changed:
            if kind == "complaint":
                self.complaints.append(event["what"])
            self.events.append(event)
            self.changed.notify_all()

    def order(self, what, **more):
        self.child.write(json.dumps({"do": what, **more}))

    def event(self, kinds, seconds=WAIT_SECONDS, since=0, **where):
        """The first event of one of these |kinds| whose members are as |where| says."""
        until = time.monotonic() + seconds
        with self.changed:
            while True:
                for event in self.events[since:]:
                    if event.get("event") in kinds and all(event.get(name) == value for name, value in where.items()):
                        return event
                left = until - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise Failure(f"{self.child.name} did not say {' or '.join(kinds)} within {seconds} s; {self.child.last_words()}")

    def count(self, kind):
        with self.changed:
            return sum(1 for event in self.events if event.get("event") == kind)

    def answers(self, answers):
        """What the peer answers from now on, by action."""
        self.order("answers", answers=answers)

    def call(self, action, payload):
        """Calls through the library and awaits its verdict: {"result": …} or {"error": {"code", "description"}}."""
        self.calls += 1
        self.order("call", n=self.calls, action=action, payload=payload)
        answer = self.event(["answer"], n=self.calls, seconds=WAIT_SECONDS + 5)
        return {name: answer[name] for name in ("result", "error") if name in answer}

    def result(self, action, payload):
        outcome = self.call(action, payload)
        if "result" not in outcome:
            raise Failure(f"{self.child.name}: {action} came to {outcome['error']}")
        return outcome["result"]

    def raw(self, text):
        self.order("raw", text=text)

    def close(self):
        self.child.end()


class PeerStation:
    """A stranger that plays the charging station: it does by single calls what a station does by itself."""

    def __init__(self, stranger, version, url, identity, folder, password=None, offer=None):
        self.version = version
        settings = {"url": url, "id": identity, "offer": offer or [version.protocol]}
        if password is not None:
            settings["password"] = password
        self.peer = Peer(stranger, "station", settings, folder)
        self.traffic = self.peer.traffic
        self.peer.answers(version.station_answers())
        self.transaction = None

    def boot(self):
        connected = self.peer.event(["connected", "refused"])
        if connected["event"] == "refused":
            raise Failure(f"{self.peer.child.name} was refused: {connected}")
        self.peer.result(*self.version.boot())
        self.peer.result(*self.version.status("available"))

    def plug(self):
        self.peer.result(*self.version.status("plugged"))

    def card(self, tag):
        self.peer.result(*self.version.authorize(tag))
        self.start(tag)

    def start(self, tag, remote_start=None):
        """Starts a transaction: 1.6 learns its id from the answer."""
        action, payload, own_id = self.version.start(tag, remote_start)
        since = self.traffic.mark()
        self.peer.result(action, payload)
        call = self.traffic.expect("up", action, self.version.start_marks(own_id), since)
        result = self.traffic.accepted(call).payload
        self.transaction = self.version.transaction_id(payload, result)
        self.peer.result(*self.version.status("charging"))

    def draw(self, watt_hours):
        self.peer.result(*self.version.sample(self.transaction, watt_hours))

    def stop(self, reason, watt_hours):
        self.peer.result(*self.version.stop(self.transaction, reason, watt_hours))

    def obey_stop(self, since):
        """A real station stops by itself when it is told to."""
        self.traffic.expect("down", self.version.remote_stop_action, since=since)
        self.stop("remote", 1500)

    def obey_start(self, tag, since):
        order = self.traffic.expect("down", self.version.remote_start_action, since=since)
        self.start(tag, order.payload)

    def unplug(self):
        self.peer.result(*self.version.status("available"))

    def beat(self):
        self.peer.result(*self.version.heartbeat())

    def close(self):
        self.peer.close()


class PeerCentral:
    """A stranger that plays the central system: it accepts everything by prepared answers, and calls when told to."""

    def __init__(self, stranger, version, stations, folder, offer=None, interval=1):
        self.version = version
        self.peer = Peer(stranger, "central", {"stations": stations, "offer": offer or [version.protocol]}, folder)
        self.traffic = self.peer.traffic
        self.peer.answers(version.central_answers(interval))
        self.url = f"ws://127.0.0.1:{self.peer.event(['listening'])['port']}/ocpp"

    def stop(self, transaction):
        return self.peer.result(*self.version.remote_stop(transaction))

    def start(self, tag):
        return self.peer.result(*self.version.remote_start(tag))

    def close(self):
        self.peer.close()
