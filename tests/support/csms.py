"""ocpp-csms as a test sees it: the program, its REST interface, and stations that speak to it frame by frame. Standard library only."""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.parse

import rawws

WAIT_S = 60.0  # longer than a call to a station may take


class Answer:
    """An HTTP answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.type = self.headers.get("content-type", "").split(";")[0]
        self.text = response.read().decode()
        self.json = json.loads(self.text) if "json" in self.type and self.text else None


class Rest:
    def __init__(self, port, token=None, tls=None):
        self.port, self.token, self.tls = port, token, tls

    def connection(self, seconds=WAIT_S):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=seconds, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def ask(self, method, path, body=None, headers=None):
        """|body| is sent as JSON, a str as it is; a header that is None is left out."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent.update(headers or {})
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        with contextlib.closing(self.connection()) as connection:
            connection.request(method, path, text, {name: value for name, value in sent.items() if value is not None})
            return Answer(connection.getresponse())

    def get(self, path):
        answer = self.ask("GET", path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.text}"
        return answer.json

    def put(self, path, body):
        answer = self.ask("PUT", path, body)
        assert answer.status in (200, 201), f"PUT {path}: {answer.status} {answer.text}"
        return answer.json

    def post(self, path, body):
        return self.ask("POST", path, body)

    def events(self, query="", last_id=None, path="/api/events", headers=None):
        return Events(self, path + query, last_id, headers)


class Events:
    """An open stream of server-sent events."""

    def __init__(self, rest, path, last_id=None, headers=None):
        self.connection, self.id = rest.connection(), None
        headers = headers or ({"Authorization": f"Bearer {rest.token}"} if rest.token else {})
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()

    def next(self, kind=None):
        """The next event (kind, data), of |kind| where one is given. None: the stream ended."""
        name, data = None, None
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            if line.startswith("id: "):
                self.id = line[4:].strip()
            elif line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line.strip() and data is not None:
                if kind in (None, name):
                    return name, data
                data = None

    def close(self):
        self.response.close()
        self.connection.close()


class Csms:
    """A running ocpp-csms. Ports are any free ones unless |options| name them."""

    def __init__(self, binary, *options, listen=("ws://127.0.0.1:0",), token=None, log="none", tls=None):
        self.errors = tempfile.TemporaryFile("w+")
        # the program shares the place in it, which complaint() moves: its lines go behind the others all the same
        fcntl.fcntl(self.errors, fcntl.F_SETFL, fcntl.fcntl(self.errors, fcntl.F_GETFL) | os.O_APPEND)
        command = [binary]
        for address in listen:
            command += ["--listen", address]
        self.process = subprocess.Popen(command + ["--log", log] + list(options), stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.ports, self.http_port, self.terminal_port = [], None, None
        while self.http_port is None or len(self.ports) < len(listen):
            line = self.process.stdout.readline()
            assert line, f"ocpp-csms ended: {self.complaint()}"
            what, address = line.split()
            port = urllib.parse.urlsplit(address).port
            if what == "stations":
                self.ports.append(port)
            elif what == "terminals":
                self.terminal_port = port
            else:
                self.http_port = port
        self.port = self.ports[0]
        self.rest = Rest(self.http_port, token, tls)

    def complaint(self):
        self.errors.seek(0)
        return self.errors.read()

    def station(self, identity, version="1.6", **how):
        return Station(self.port, identity, version, **how)

    def kill(self):
        self.process.kill()
        self.process.wait(WAIT_S)

    def stop(self, sign=signal.SIGTERM):
        """Asks it to end; its exit code."""
        self.process.send_signal(sign)
        return self.process.wait(WAIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        complaint = self.complaint()
        self.errors.close()
        for words in ("Sanitizer", "runtime error:", "Assertion"):
            assert words not in complaint, complaint[:8000]


class Refused(Exception):
    """A handshake that was answered with something else than 101."""

    def __init__(self, status):
        super().__init__(str(status))
        self.status = status


class Station:
    """A charging station by hand. Calls of the central system that come while an answer is awaited wait in |calls|."""

    def __init__(self, port, identity, version="1.6", password=None, context=None, quoted=None):
        extra = rawws.basic(identity, password) if password is not None else ""
        self.wire, line, self.headers = rawws.station(port, quoted or urllib.parse.quote(identity, safe=""), f"ocpp{version}", extra, context=context)
        status = int(line.split()[1])
        if status != 101:
            self.wire.close()
            raise Refused(status)
        self.version, self.calls, self.sent = version, [], 0

    def send(self, frame):
        self.wire.send(rawws.frame(rawws.TEXT, frame if isinstance(frame, str) else json.dumps(frame), mask=True))

    def read(self):
        return json.loads(self.wire.read_text())

    def call(self, action, payload):
        """The result of a call; an error as the list of its code, description and details."""
        self.sent += 1
        name = f"{action}-{self.sent}"
        self.send([2, name, action, payload])
        while True:
            frame = self.read()
            if frame[0] == 2:
                self.calls.append(frame)
            elif frame[1] == name:
                return frame[2] if frame[0] == 3 else frame[2:]

    def next_call(self, action=None):
        """The next call of the central system: (id, payload)."""
        frame = self.calls.pop(0) if self.calls else self.read()
        assert frame[0] == 2 and action in (None, frame[2]), f"{frame} came instead of {action}"
        return frame[1], frame[3]

    def answer(self, name, payload):
        self.send([3, name, payload])

    def refuse(self, name, code, description=""):
        self.send([4, name, code, description, {}])

    def boot(self):
        if self.version == "1.6":
            return self.call("BootNotification", {"chargePointVendor": "Vendor", "chargePointModel": "Model"})
        return self.call("BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Vendor", "model": "Model"}})

    def close(self):
        self.wire.close()


def booted(csms, identity, version="1.6", **how):
    station = csms.station(identity, version, **how)
    assert station.boot()["status"] == "Accepted"
    return station


def until(condition, what):
    """Asks again and again; each question is a round trip, so nothing spins."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
    raise AssertionError(f"{what} did not come about")


def misuse(binary, *options):
    """The exit code and the complaint of an ocpp-csms that does not start."""
    done = subprocess.run([binary, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT_S, check=False)
    return done.returncode, done.stderr


def scratch():
    return tempfile.TemporaryDirectory(prefix="csms-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
