#!/usr/bin/env python3
"""test_signing.py SIM CSMS: a pile has its certificate renewed by ocpp-csms --csr-ca, end to end and in every version: ordered, by its own
wish, and refused where the name is not its own."""

import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from csms import Csms, booted, scratch, until  # noqa: E402
from test_certificates import IDENTITY, Operator, Pile, connected, make_root, openssl  # noqa: E402

COUNTS = "a new certificate of the station counts from now on"


def frames(rest):
    messages = rest.get(f"/api/stations/{IDENTITY}/messages?after=0")["messages"]
    return [message["frame"] for message in messages if isinstance(message["frame"], list)]


def answers(rest, action):
    """What was answered to the calls of that action, oldest first."""
    ids = [frame[1] for frame in frames(rest) if frame[0] == 2 and frame[2] == action]
    return [frame[2] for frame in frames(rest) if frame[0] == 3 and frame[1] in ids]


def chains(rest):
    return [frame[3]["certificateChain"] for frame in frames(rest) if frame[0] == 2 and frame[2] == "CertificateSigned"]


def signed(rest, count):
    until(lambda: len(answers(rest, "CertificateSigned")) >= count, f"certificate {count}")
    return answers(rest, "CertificateSigned")[-1]["status"]


def check_chain(folder, chain, serials):
    with open(os.path.join(folder, "chain.pem"), "w", encoding="ascii") as file:
        file.write(chain)
    assert f"CN = {IDENTITY}" in openssl(folder, "x509", "-in", "chain.pem", "-noout", "-subject")
    openssl(folder, "verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "chain.pem")
    serials.add(openssl(folder, "x509", "-in", "chain.pem", "-noout", "-serial"))


def renew(sim, csms, version, folder):
    operator, serials = Operator(csms.rest, version), set()
    with Pile(sim, csms, version, os.path.join(folder, "state")) as pile:
        connected(csms.rest)
        root = open(os.path.join(folder, "root.pem"), encoding="ascii").read()
        assert operator.call("InstallCertificate", {"certificateType": operator.csms_root, "certificate": root})["status"] == "Accepted"
        operator.name("Operator")
        assert operator.order() == "Accepted"
        assert signed(csms.rest, 1) == "Accepted"
        until(lambda: pile.says(COUNTS), "the news of a new certificate")
        pile.type("sign-certificate")
        assert signed(csms.rest, 2) == "Accepted"
        for chain in chains(csms.rest):
            check_chain(folder, chain, serials)
        assert len(serials) == 2, serials

        def is_refused():
            before = len(answers(csms.rest, "SignCertificate"))
            pile.type("sign-certificate")
            until(lambda: len(answers(csms.rest, "SignCertificate")) > before, "an answer to the request")
            assert answers(csms.rest, "SignCertificate")[-1]["status"] == "Rejected"
            assert len(chains(csms.rest)) == 2

        csms.rest.put("/api/stations/ANOTHER", {"serial": IDENTITY.lower()})  # with that name in its certificate the pile would pass for it
        is_refused()
        csms.rest.put("/api/stations/ANOTHER", {"serial": "SERIAL-OF-ANOTHER"})
        csms.rest.put(f"/api/stations/{IDENTITY}", {"serial": "ITS-SERIAL"})  # the pile calls itself something else
        is_refused()


def strangers(csms, folder):
    """Whoever calls itself like a server gets no certificate of that name, unless an operator registered it."""
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "stranger.key",
            "-subj", "/O=Operator/CN=csms.example", "-out", "stranger.csr")
    with open(os.path.join(folder, "stranger.csr"), encoding="ascii") as file:
        csr = file.read()
    station = booted(csms, "csms.example", "2.0.1")
    assert station.call("SignCertificate", {"csr": csr})["status"] == "Rejected"
    csms.rest.put("/api/stations/csms.example", {})
    assert station.call("SignCertificate", {"csr": csr})["status"] == "Accepted"
    station.close()


def main(sim, program):
    if shutil.which("openssl") is None:
        print("skipped: no openssl command")
        return 77
    for version in ("1.6", "2.0.1"):
        with scratch() as folder:
            make_root(folder, "root")
            authority = f"{os.path.join(folder, 'root.pem')}:{os.path.join(folder, 'root.key')}"
            with Csms(program, "--accept-unknown", "--csr-ca", authority) as csms:
                renew(sim, csms, version, folder)
                strangers(csms, folder)
        print(f"ok {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:3])))
