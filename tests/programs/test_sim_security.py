#!/usr/bin/env python3
"""test_sim_security.py SIM CSMS: a pile is given another password and a higher security profile by its central system, over real sockets, in
every version; falls back where that does not work; and of what is secret nothing is printed by anybody, however talkative."""

import base64
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, scratch, until  # noqa: E402

IDENTITY = "PILE-1"
DELIVERED, CHANGED = "delivered-password-1", "another.password=2"
APN, VPN, VPN_KEY, PIN = "apn-pass-word", "vpn-pass-word", "vpn-pre-shared-key", 471147


class Pile:
    """ocpp-sim at its most talkative, and what it printed."""

    def __init__(self, program, version, state, *options):
        path = os.path.join(state, "password")
        with open(path, "w", encoding="ascii") as file:
            file.write(DELIVERED + "\n")
        self.process = subprocess.Popen([program, "--id", IDENTITY, "--version", version, "--state", state, "--password-file", path, "--verbose",
                                         "--set", "RetryBackOffWaitMinimum=0", "--set", "RetryBackOffRandomRange=0", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def count(self, text):
        return sum(text in line for line in list(self.lines))

    def awaits(self, text, times=1):
        until(lambda: self.count(text) >= times, f"{text} {times} times")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print("".join(self.lines[-60:]))
        self.process.stdin.write("quit\n")
        self.process.stdin.flush()
        try:
            assert self.process.wait(20) == 0, "".join(self.lines[-40:])
        finally:
            self.process.kill()
            self.reader.join(5)


class Operator:
    def __init__(self, rest, version):
        self.rest, self.is_old = rest, version == "1.6"

    def is_connected(self):
        return self.rest.get(f"/api/stations/{IDENTITY}").get("connected")

    def call(self, action, payload):
        answer = self.rest.post(f"/api/stations/{IDENTITY}/call", {"action": action, "payload": payload})
        assert answer.status == 200 and "result" in answer.json, f"{action}: {answer.status} {answer.text}"
        return answer.json["result"]

    def set(self, component, variable, value):
        if self.is_old:
            return self.call("ChangeConfiguration", {"key": variable, "value": value})["status"]
        data = {"attributeValue": value, "component": {"name": component}, "variable": {"name": variable}}
        return self.call("SetVariables", {"setVariableData": [data]})["setVariableResult"][0]["attributeStatus"]

    def get(self, component, variable):
        if self.is_old:
            return self.call("GetConfiguration", {"key": [variable]})["configurationKey"][0]["value"]
        data = {"component": {"name": component}, "variable": {"name": variable}}
        return self.call("GetVariables", {"getVariableData": [data]})["getVariableResult"][0]["attributeValue"]

    def change_password(self):
        self.rest.put(f"/api/stations/{IDENTITY}", {"secret": CHANGED})
        if self.is_old:
            return self.set("", "AuthorizationKey", CHANGED.encode().hex())
        return self.set("SecurityCtrlr", "BasicAuthPassword", CHANGED)

    def set_profile(self, security, url):
        return self.call("SetNetworkProfile", {"configurationSlot": 2, "connectionData": {
            "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": url, "messageTimeout": 30, "securityProfile": security,
            "ocppInterface": "Wireless0",
            "apn": {"apn": "internet", "apnUserName": "pile", "apnPassword": APN, "simPin": PIN, "apnAuthentication": "AUTO"},
            "vpn": {"server": "vpn.example", "user": "pile", "password": VPN, "key": VPN_KEY, "type": "IKEv2"}}})["status"]

    def install_root(self, pem):
        use = "CentralSystemRootCertificate" if self.is_old else "CSMSRootCertificate"
        return self.call("InstallCertificate", {"certificateType": use, "certificate": pem})["status"]

    def requests(self):
        """What the pile wants signed, oldest first."""
        messages = self.rest.get(f"/api/stations/{IDENTITY}/messages?after=0")["messages"]
        frames = [message["frame"] for message in messages]
        return [frame[3]["csr"] for frame in frames if isinstance(frame, list) and frame[0] == 2 and frame[2] == "SignCertificate"]

    def order_certificate(self, sign):
        """Has the pile ask for a certificate, and gives it one; what the pile says of it."""
        before = len(self.requests())
        if self.is_old:
            asked = self.call("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"})["status"]
        else:
            asked = self.call("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})["status"]
        assert asked == "Accepted"
        until(lambda: len(self.requests()) > before, "a request for a certificate")
        payload = {"certificateChain": sign(self.requests()[-1])}
        return self.call("CertificateSigned", payload if self.is_old else {**payload, "certificateType": "ChargingStationCertificate"})["status"]

    def upgrade(self, url, profile=2):
        if self.is_old:
            return self.set("", "SecurityProfile", str(profile))
        assert self.set_profile(profile, url) == "Accepted"
        answer = self.set("OCPPCommCtrlr", "NetworkConfigurationPriority", "2,1")
        assert self.call("Reset", {"type": "Immediate"})["status"] == "Accepted"
        return answer


def spellings(secret):
    yield secret
    yield secret.encode().hex()
    yield secret.encode().hex().upper()
    yield base64.b64encode(f"{IDENTITY}:{secret}".encode()).decode()[12:24]


def find_secrets(text):
    secrets = [spelling for secret in (DELIVERED, CHANGED) for spelling in spellings(secret)]
    return [secret for secret in [*secrets, APN, VPN, VPN_KEY, str(PIN), "PRIVATE KEY"] if secret in text]


def start_csms(binary, certificates):
    return Csms(binary, "--tls-cert", certificates.file("server.pem"), "--tls-key", certificates.file("server.key"), "--station",
                f"{IDENTITY}:{DELIVERED}", listen=("ws://127.0.0.1:0", "wss://127.0.0.1:0"), log="json",
                tls=None)


# TC_A_09_CS; TC_A_19_CS; TC_073_CS; A01.FR.09, FR.11, FR.12; A05.FR.04, FR.05, FR.06
def test_a_password_and_a_security_profile_are_changed(sim, csms_binary, version, certificates):
    with scratch() as state, start_csms(csms_binary, certificates) as csms:
        plain, secure = csms.ports
        secure_url = f"wss://localhost:{secure}/ocpp"
        with Pile(sim, version, state, "--url", f"ws://127.0.0.1:{plain}/ocpp", "--secure-url", secure_url, "--ca",
                  certificates.file("ca.pem")) as pile:
            operator = Operator(csms.rest, version)
            pile.awaits(f"127.0.0.1:{plain}: connected")
            until(operator.is_connected, "the first link")
            assert operator.change_password() == "Accepted"
            pile.awaits(f"127.0.0.1:{plain}: connected", 2)
            until(operator.is_connected, "the link with the new password")
            assert operator.upgrade(secure_url) == "Accepted"
            pile.awaits(f"localhost:{secure}: connected")
            until(operator.is_connected, "the link with TLS")
            until(lambda: operator.get("SecurityCtrlr", "SecurityProfile") == "2", "the new security profile")
            if version == "1.6":
                assert operator.set("", "SecurityProfile", "1") == "Rejected"
            else:
                assert operator.set_profile(1, f"ws://127.0.0.1:{plain}/ocpp") == "Rejected"
                assert operator.get("OCPPCommCtrlr", "NetworkConfigurationPriority") == "2"
            messages = csms.rest.ask("GET", f"/api/stations/{IDENTITY}/messages?after=0").text
        printed = "".join(pile.lines)
        assert pile.count("ReconfigurationOfSecurityParameters") >= 2, printed
        assert csms.stop() == 0
        said = csms.complaint() + csms.process.stdout.read()
        for who, text in (("the pile", printed), ("the central system", said), ("its messages", messages)):
            assert not find_secrets(text), (who, find_secrets(text))
        assert ("AuthorizationKey" if version == "1.6" else "BasicAuthPassword") in printed  # the frames are there
        assert find_secrets(f"password {CHANGED}")  # and would be found


class Signer:
    """Signs what piles ask for, as the CA of the central system."""

    def __init__(self, certificates):
        self.certificates = certificates

    def __call__(self, csr):
        with open(self.certificates.file("pile.csr"), "w", encoding="ascii") as file:
            file.write(csr)
        subprocess.run(["openssl", "x509", "-req", "-in", "pile.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out",
                        "pile.pem"], cwd=self.certificates.path, check=True, capture_output=True)
        with open(self.certificates.file("pile.pem"), encoding="ascii") as file:
            return file.read()


# TC_A_07_CS; TC_A_19_CS; A00.FR.401, FR.402; A02.FR.08, FR.10; A05.FR.04. Roots and keys are the pile's own; none is given on its command line.
def test_a_pile_goes_up_to_profile_3_with_a_certificate_it_was_given(sim, csms_binary, version, certificates):
    with open(certificates.file("ca.pem"), encoding="ascii") as file:
        root = file.read()
    with scratch() as state, Csms(csms_binary, "--tls-cert", certificates.file("server.pem"), "--tls-key", certificates.file("server.key"),
                                  "--client-ca", certificates.file("ca.pem"), "--station", f"{IDENTITY}:{DELIVERED}",
                                  listen=("ws://127.0.0.1:0", "wss://127.0.0.1:0"), log="json") as csms:
        plain, secure = csms.ports
        secure_url = f"wss://localhost:{secure}/ocpp"
        with Pile(sim, version, state, "--url", f"ws://127.0.0.1:{plain}/ocpp", "--secure-url", secure_url) as pile:
            operator = Operator(csms.rest, version)
            until(operator.is_connected, "the first link")
            until(lambda: operator.install_root(root) == "Accepted", "the root")
            assert operator.set("SecurityCtrlr", "CpoName" if operator.is_old else "OrganizationName", "Operator") == "Accepted"
            if operator.is_old:
                assert operator.upgrade(secure_url, 3) == "Rejected"
            assert operator.order_certificate(Signer(certificates)) == "Accepted"
            csms.rest.put(f"/api/stations/{IDENTITY}", {"secret": None})  # its certificate proves it from now on
            assert operator.upgrade(secure_url, 3) == "Accepted"
            pile.awaits(f"localhost:{secure}: connected")
            until(operator.is_connected, "the link with certificates")
            until(lambda: operator.get("SecurityCtrlr", "SecurityProfile") == "3", "the new security profile")
            assert operator.order_certificate(Signer(certificates)) == "Accepted"
            pile.awaits(f"localhost:{secure}: connected", 2)
            until(operator.is_connected, "the link with the new certificate")
        assert csms.stop() == 0
        for who, text in (("the pile", "".join(pile.lines)), ("the central system", csms.complaint() + csms.process.stdout.read())):
            assert not find_secrets(text), (who, find_secrets(text))


# Use case A05 of the security whitepaper of 1.6, what it says of errors
def test_a_security_profile_that_does_not_work_is_left_again(sim, csms_binary, version, certificates):
    if version != "1.6":
        return
    with scratch() as state, start_csms(csms_binary, certificates) as csms:
        plain, _ = csms.ports
        with Pile(sim, version, state, "--url", f"ws://127.0.0.1:{plain}/ocpp", "--secure-url", f"wss://localhost:{plain}/ocpp", "--ca",
                  certificates.file("ca.pem")) as pile:
            operator = Operator(csms.rest, version)
            until(operator.is_connected, "the first link")
            assert operator.set("", "SecurityProfile", "2") == "Accepted"
            pile.awaits("security profile 2 does not work")
            pile.awaits(f"127.0.0.1:{plain}: connected", 2)
            until(operator.is_connected, "the link of before")
            assert operator.get("", "SecurityProfile") == "1"


# TC_A_05_CS; TC_078_CS: with a CA that is not the server's, over the real engine: it is told once there is a link again
def test_a_server_of_another_authority_is_told_of_as_a_security_event(sim, csms_binary, version, certificates):
    with scratch() as state, start_csms(csms_binary, certificates) as csms:
        with Pile(sim, version, state, "--url", f"wss://localhost:{csms.ports[1]}/ocpp", "--ca", certificates.file("other_ca.pem")) as pile:
            pile.awaits("its certificate is refused", 3)
            assert pile.count("InvalidCsmsCertificate: network profile 1") == 1, "".join(pile.lines)
            assert pile.count("connected, OCPP") == 0


# What the pile trusts cannot be read: it trusts nobody then, and not the file that was for the time before it had roots
def test_roots_that_cannot_be_read_open_no_other_door(sim, csms_binary, version, certificates):
    with open(certificates.file("other_ca.pem"), encoding="ascii") as file:
        root = file.read()
    with scratch() as state, start_csms(csms_binary, certificates) as csms:
        plain, secure = csms.ports
        with Pile(sim, version, state, "--url", f"ws://127.0.0.1:{plain}/ocpp") as pile:
            operator = Operator(csms.rest, version)
            until(operator.is_connected, "the first link")
            until(lambda: operator.install_root(root) == "Accepted", "the root")
        with open(os.path.join(state, f"{IDENTITY}.keys", "crl-0000000000000000.pem"), "w", encoding="ascii") as file:
            file.write("garbage")
        with Pile(sim, version, state, "--url", f"wss://localhost:{secure}/ocpp", "--ca", certificates.file("ca.pem")) as pile:
            pile.awaits("the keys or the roots of the station cannot be read")
            assert pile.count("connected, OCPP") == 0


def main():
    sim, csms_binary = sys.argv[1:3]
    certificates = rawws.Certificates()
    for version in ("1.6", "2.0.1"):
        for name, test in list(globals().items()):
            if name.startswith("test_"):
                test(sim, csms_binary, version, certificates)
                print(f"ok {version}: {name[5:].replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    main()
