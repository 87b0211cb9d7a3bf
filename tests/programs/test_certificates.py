#!/usr/bin/env python3
"""test_certificates.py SIM CSMS: an operator gives a pile a root and a certificate, has the roots listed and one deleted, over REST, in every
version. The CA is the openssl command line."""

import os
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from csms import Csms, scratch, until  # noqa: E402

IDENTITY = "PILE-1"


def openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {' '.join(words)}\n{done.stderr}"
    return done.stdout


def read(folder, name):
    with open(os.path.join(folder, name), encoding="ascii") as file:
        return file.read()


def make_root(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.pem", "-days", "3650", "-subj", f"/O=Example/CN={name}")
    return read(folder, f"{name}.pem")


class Pile:
    """ocpp-sim, and what it printed."""

    def __init__(self, program, csms, version, state):
        self.process = subprocess.Popen([program, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", IDENTITY, "--version", version, "--state", state,
                                         "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def type(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def says(self, text):
        return any(text in line for line in self.lines)

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
    def __init__(self, rest, version):
        self.rest, self.is_old = rest, version == "1.6"
        self.csms_root = "CentralSystemRootCertificate" if self.is_old else "CSMSRootCertificate"

    def call(self, action, payload):
        answer = self.rest.post(f"/api/stations/{IDENTITY}/call", {"action": action, "payload": payload})
        assert answer.status == 200 and "result" in answer.json, f"{action}: {answer.status} {answer.text}"
        return answer.json["result"]

    def installed(self, use):
        result = self.call("GetInstalledCertificateIds", {"certificateType": use if self.is_old else [use]})
        if result["status"] == "NotFound":
            return []
        return result["certificateHashData"] if self.is_old else [chain["certificateHashData"] for chain in result["certificateHashDataChain"]]

    def requests(self):
        """What the pile wants signed, oldest first."""
        messages = self.rest.get(f"/api/stations/{IDENTITY}/messages?after=0")["messages"]
        frames = [message["frame"] for message in messages]
        return [frame[3]["csr"] for frame in frames if isinstance(frame, list) and frame[0] == 2 and frame[2] == "SignCertificate"]

    def order(self):
        if self.is_old:
            return self.call("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"})["status"]
        return self.call("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})["status"]

    def name(self, organization):
        if self.is_old:
            assert self.call("ChangeConfiguration", {"key": "CpoName", "value": organization})["status"] == "Accepted"
            return
        data = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "OrganizationName"}, "attributeValue": organization}
        assert self.call("SetVariables", {"setVariableData": [data]})["setVariableResult"][0]["attributeStatus"] == "Accepted"

    def certify(self, chain):
        payload = {"certificateChain": chain}
        return self.call("CertificateSigned", payload if self.is_old else {**payload, "certificateType": "ChargingStationCertificate"})["status"]


def sign(folder, csr, issuer):
    with open(os.path.join(folder, "station.csr"), "w", encoding="ascii") as file:
        file.write(csr)
    assert "Operator" in openssl(folder, "req", "-in", "station.csr", "-verify", "-noout", "-subject")
    openssl(folder, "x509", "-req", "-in", "station.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-days", "365", "-out", "station.pem")
    return read(folder, "station.pem")


def connected(rest):
    def is_up():
        answer = rest.ask("GET", f"/api/stations/{IDENTITY}")
        return answer.status == 200 and answer.json["connected"] and answer.json.get("boot", {}).get("status") == "Accepted"
    until(is_up, "a connection")


def play(sim, program, version, folder):
    root, other = make_root(folder, "root"), make_root(folder, "other")
    state = os.path.join(folder, "state")
    with Csms(program, "--accept-unknown") as csms:
        operator = Operator(csms.rest, version)
        with Pile(sim, csms, version, state) as pile:
            connected(csms.rest)
            assert operator.call("InstallCertificate", {"certificateType": operator.csms_root, "certificate": root})["status"] == "Accepted"
            assert operator.call("InstallCertificate", {"certificateType": "ManufacturerRootCertificate", "certificate": other})["status"] == "Accepted"
            assert operator.call("InstallCertificate", {"certificateType": operator.csms_root, "certificate": "no certificate"})["status"] == "Rejected"
            assert len(operator.installed(operator.csms_root)) == 1

            operator.name("Operator")
            assert operator.order() == "Accepted"
            csr = until(operator.requests, "a request")[-1]
            assert operator.certify(sign(folder, csr, "other")) == "Rejected"
            assert operator.certify(sign(folder, csr, "root")) == "Accepted"
            until(lambda: pile.says("a new certificate of the station counts from now on"), "the news of a new certificate")
            pile.type("certificates")
            until(lambda: pile.says("certificate of the station, serial"), "the list of certificates")

        with Pile(sim, csms, version, state) as pile:  # all of it is kept
            connected(csms.rest)
            pile.type("certificates")
            until(lambda: pile.says("certificate of the station, serial"), "the list of certificates")
            maker = operator.installed("ManufacturerRootCertificate")
            assert len(maker) == 1, maker
            assert operator.call("DeleteCertificate", {"certificateHashData": maker[0]})["status"] == "Accepted"
            assert operator.call("DeleteCertificate", {"certificateHashData": maker[0]})["status"] == "NotFound"
            assert operator.installed("ManufacturerRootCertificate") == []

            before = len(operator.requests())
            pile.type("sign-certificate")
            until(lambda: len(operator.requests()) > before, "a request of the pile's own")
            assert operator.certify(sign(folder, operator.requests()[-1], "root")) == "Accepted"
            pile.type("sign-certificate v2g")
            until(lambda: pile.says("ocpp-sim: "), "a complaint")
    keys = os.path.join(state, f"{IDENTITY}.keys")
    for name in os.listdir(keys):
        if "PRIVATE" in open(os.path.join(keys, name), encoding="latin-1").read():
            assert os.stat(os.path.join(keys, name)).st_mode & 0o077 == 0, name


def main(sim, program):
    if shutil.which("openssl") is None:
        print("skipped: no openssl command")
        return 77
    for version in ("1.6", "2.0.1"):
        with scratch() as folder:
            play(sim, program, version, folder)
        print(f"ok {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:3])))
