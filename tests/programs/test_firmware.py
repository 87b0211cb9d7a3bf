#!/usr/bin/env python3
"""test_firmware.py SIM CSMS: an operator gives a pile new firmware over REST, in every version. The file comes from an HTTP server of ours that
misbehaves on order; the signatures are made by the openssl command line."""

import base64
import os
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import file_servers as servers  # noqa: E402
from csms import Csms, scratch, until  # noqa: E402

IDENTITY, PAST = "PILE-1", "2020-01-01T00:00:00Z"
TO_INSTALLED = ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"]


def openssl(folder, *words, text=""):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, input=text.encode(), check=False)
    assert done.returncode == 0, f"openssl {' '.join(words)}\n{done.stderr.decode()}"
    return done.stdout


def read(folder, name):
    with open(os.path.join(folder, name), encoding="ascii") as file:
        return file.read()


class Manufacturer:
    """A root, and below it a certificate that signs firmware, by RSA-PSS or ECDSA."""

    def __init__(self, folder):
        self.folder = folder
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "maker.key", "-out", "maker.pem",
                "-days", "3650", "-subj", "/O=Maker/CN=Maker root")
        with open(os.path.join(folder, "signer.ext"), "w", encoding="ascii") as file:
            file.write("keyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n")
        for name, key in (("rsa", ["rsa:2048"]), ("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            openssl(folder, "req", "-newkey", *key, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/O=Maker/CN=Firmware {name}")
            openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "maker.pem", "-CAkey", "maker.key", "-days", "365", "-extfile", "signer.ext",
                    "-out", f"{name}.pem")
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "stranger.key",
                "-out", "stranger.pem", "-days", "365", "-subj", "/O=Stranger/CN=Stranger")

    def root(self):
        return read(self.folder, "maker.pem")

    def certificate(self, kind):
        return read(self.folder, f"{kind}.pem")

    def sign(self, content, kind):
        with open(os.path.join(self.folder, "image"), "wb") as file:
            file.write(content)
        padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if kind == "rsa" else []
        return base64.b64encode(openssl(self.folder, "dgst", "-sha256", *padding, "-sign", f"{kind}.key", "image")).decode()


class Pile:
    """ocpp-sim, and what it printed."""

    def __init__(self, program, csms, version, state):
        self.process = subprocess.Popen([program, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", IDENTITY, "--version", version, "--state", state,
                                         "--signed-firmware", "--speed", "20", "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1",
                                         "--set", "MessageTimeout=400"],  # of its seconds; what is told twice is seen twice
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def type(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def links(self):
        """How often it has had one."""
        return sum("link is up" in line for line in list(self.lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.type("quit")
        try:
            assert self.process.wait(20) == 0, "".join(self.lines[-40:])
        finally:
            self.process.kill()
            self.reader.join(5)


class Operator:
    def __init__(self, rest, version, port, maker):
        self.rest, self.is_old, self.port, self.maker, self.number = rest, version == "1.6", port, maker, 0

    def call(self, action, payload):
        return self.rest.post(f"/api/stations/{IDENTITY}/call", {"action": action, "payload": payload})

    def result(self, action, payload):
        answer = self.call(action, payload)
        assert answer.status == 200 and "result" in answer.json, f"{action}: {answer.status} {answer.text}"
        return answer.json["result"]

    def connected(self):
        def is_up():
            answer = self.rest.ask("GET", f"/api/stations/{IDENTITY}")
            return answer.status == 200 and answer.json["connected"] and answer.json.get("boot", {}).get("status") == "Accepted"
        until(is_up, "a connection")

    def order(self, content, kind="ec", path="new.bin", signature=None, certificate=None, retries=2):
        """The status of the answer."""
        self.number += 1
        payload = {"requestId": self.number, "retries": retries, "retryInterval": 5,
                   "firmware": {"location": f"http://127.0.0.1:{self.port}/{path}", "retrieveDateTime": PAST,
                                "signingCertificate": certificate or self.maker.certificate(kind), "signature": signature or self.maker.sign(content, kind)}}
        return self.result("SignedUpdateFirmware" if self.is_old else "UpdateFirmware", payload)["status"]

    def calls(self, action):
        frames = [message["frame"] for message in self.rest.get(f"/api/stations/{IDENTITY}/messages?after=0")["messages"]]
        return [frame[3] for frame in frames if isinstance(frame, list) and frame[0] == 2 and frame[2] == action]

    def statuses(self):
        """Of the newest order."""
        action = "SignedFirmwareStatusNotification" if self.is_old else "FirmwareStatusNotification"
        return [call["status"] for call in self.calls(action) if call.get("requestId") == self.number]

    def hears(self, *statuses):
        until(lambda: self.statuses()[-1:] == [statuses[-1]], f"{statuses[-1]}, after {self.statuses()}")
        assert self.statuses() == list(statuses), self.statuses()

    def version(self):
        boot = self.calls("BootNotification")[-1]
        return boot["firmwareVersion"] if self.is_old else boot["chargingStation"]["firmwareVersion"]

    def events(self):
        return [call["type"] for call in self.calls("SecurityEventNotification")]


def image(version, size=200000):
    return f"ocpp-sim firmware {version}\n".encode() + bytes((i * 31 + i // 253) % 256 for i in range(size))


def updates(operator, pile, place):
    """Each way an update may go; the pile runs 0.1.0 at first."""
    place.files["new.bin"] = image("2.0.0")
    assert operator.order(image("2.0.0"), "rsa") == "Accepted"
    operator.hears(*TO_INSTALLED)
    assert operator.version() == "2.0.0", operator.version()
    until(lambda: "FirmwareUpdated" in operator.events(), "the event of it")

    place.files["new.bin"] = image("2.1.0")  # the server dies in the middle, twice, and goes on where it was
    place.cut_after = 90000
    place.requests.clear()
    assert operator.order(image("2.1.0")) == "Accepted"
    until(lambda: len(place.requests) >= 2, "another attempt")
    place.cut_after = None
    operator.hears(*TO_INSTALLED)
    assert place.requests[0][2] is None and any(wanted for _, _, wanted in place.requests[1:]), place.requests
    assert operator.version() == "2.1.0"

    place.statuses = [500]  # it is busy, and then it is not
    assert operator.order(image("2.1.0")) == "Accepted"
    operator.hears(*TO_INSTALLED)

    place.held = threading.Event()  # the power goes while it is fetched
    before = pile.links()
    assert operator.order(image("2.1.0")) == "Accepted"
    until(lambda: "Downloading" in operator.statuses(), "a download")
    pile.type("powercut")
    until(lambda: pile.links() > before, "the power again")
    place.held.set()
    operator.hears(*TO_INSTALLED)

    assert operator.order(image("2.2.0")) == "Accepted"  # signed, but another file
    operator.hears("Downloading", "Downloaded", "InvalidSignature")
    until(lambda: "InvalidFirmwareSignature" in operator.events(), "the event of it")

    assert operator.order(image("2.1.0"), certificate=operator.maker.certificate("stranger")) == "InvalidCertificate"
    until(lambda: "InvalidFirmwareSigningCertificate" in operator.events(), "the event of it")

    assert operator.order(image("2.1.0"), path="nothing.bin", retries=1) == "Accepted"
    operator.hears("Downloading", "DownloadFailed")

    place.files["new.bin"] = b"no firmware of a pile"
    assert operator.order(b"no firmware of a pile") == "Accepted"
    operator.hears(*TO_INSTALLED[:4], "InstallVerificationFailed")

    place.files["new.bin"] = image("3.0.0")
    pile.type("firmware fail")
    assert operator.order(image("3.0.0")) == "Accepted"
    operator.hears(*TO_INSTALLED[:4], "InstallationFailed")

    pile.type("firmware rollback")
    assert operator.order(image("3.0.0")) == "Accepted"
    operator.hears(*TO_INSTALLED[:5], "InstallationFailed")
    assert operator.version() == "2.1.0"


def unsigned(operator):
    if operator.is_old:
        answer = operator.call("UpdateFirmware", {"location": f"http://127.0.0.1:{operator.port}/new.bin", "retrieveDate": PAST})
        assert "NotSupported" in answer.text, answer.text
        return
    payload = {"requestId": 99, "firmware": {"location": f"http://127.0.0.1:{operator.port}/new.bin", "retrieveDateTime": PAST}}
    assert operator.result("UpdateFirmware", payload)["status"] == "Rejected"


def play(sim, program, version, folder):
    place = servers.Place()
    maker = Manufacturer(folder)
    with Csms(program, "--accept-unknown") as csms:
        operator = Operator(csms.rest, version, servers.serve(servers.Http, place), maker)
        state = os.path.join(folder, "state")
        with Pile(sim, csms, version, state) as pile:
            operator.connected()
            assert operator.order(image("2.0.0")) == "InvalidCertificate"  # nobody vouches for it yet
            installed = operator.result("InstallCertificate", {"certificateType": "ManufacturerRootCertificate", "certificate": maker.root()})
            assert installed["status"] == "Accepted", installed
            updates(operator, pile, place)
            unsigned(operator)
        with Pile(sim, csms, version, state) as pile:  # the version is kept
            operator.connected()
            assert operator.version() == "2.1.0"


def main():
    sim, program = sys.argv[1:]
    if shutil.which("openssl") is None:
        sys.exit(77)
    for version in ("1.6", "2.0.1"):
        with scratch() as folder:
            play(sim, program, version, folder)
        print(f"ok in {version}")


if __name__ == "__main__":
    main()
