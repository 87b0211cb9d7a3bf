#!/usr/bin/env python3
"""test_minimal_backend.py PROGRAM: the backend of examples/minimal, with stations of a few lines, in each version."""

import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
from csms import Station  # noqa: E402

PROGRAM = ""
NOW = "2026-01-01T00:00:00Z"
LIMIT_S = 30


class Backend:
    def __init__(self, folder):
        self.process = subprocess.Popen([PROGRAM, "127.0.0.1", "0", os.path.join(folder, "csms.db")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(line.strip()) for line in self.process.stdout], daemon=True).start()
        self.port = int(re.search(r":(\d+)/ocpp/$", self.says("stations:")).group(1))

    def says(self, beginning):
        line = ""
        while not line.startswith(beginning):
            line = self.lines.get(timeout=LIMIT_S)
        return line

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=LIMIT_S)
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, errors


class BackendTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.backend = Backend(self.folder.name)

    def tearDown(self):
        self.assertEqual(self.backend.end(), (0, ""))
        self.folder.cleanup()

    def event(self, kind, number, watt_hours):
        return {"eventType": kind, "timestamp": NOW, "triggerReason": "Authorized", "seqNo": number, "transactionInfo": {"transactionId": "T"},
                "evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": "MEMBER-1", "type": "ISO14443"},
                "meterValue": [{"timestamp": NOW, "sampledValue": [{"value": watt_hours}]}]}

    # peers: thread rules unclear. The decision is made on a thread that is not the library's.
    def test_a_token_is_decided_on_another_thread_in_each_version(self):
        for version, action, name in (("1.6", {"idTag": "MEMBER-1"}, "idTagInfo"),
                                      ("2.0.1", {"idToken": {"idToken": "MEMBER-1", "type": "ISO14443"}}, "idTokenInfo"),
                                      ("2.1", {"idToken": {"idToken": "MEMBER-1", "type": "DirectPayment"}}, "idTokenInfo")):
            with self.subTest(version=version):
                station = Station(self.backend.port, "PILE-" + version, version)
                station.boot()
                self.assertEqual(station.call("Authorize", action)[name]["status"], "Accepted")
                station.close()

    def test_a_stranger_is_refused(self):
        station = Station(self.backend.port, "PILE", "1.6")
        station.boot()
        self.assertEqual(station.call("Authorize", {"idTag": "NOBODY"})["idTagInfo"]["status"], "Invalid")
        station.close()

    def test_a_charge_is_told_once_with_what_it_took(self):
        station = Station(self.backend.port, "PILE", "2.0.1")
        station.boot()
        for kind, number, watt_hours in (("Started", 0, 100), ("Ended", 1, 1600), ("Ended", 1, 1600)):
            station.call("TransactionEvent", self.event(kind, number, watt_hours))
        self.backend.says("PILE: T started by MEMBER-1")
        self.assertEqual(self.backend.says("PILE: T ended"), "PILE: T ended: 1500 Wh")
        station.close()
        self.backend.says("PILE: gone")
        self.assertTrue(self.backend.lines.empty())

    def test_orders_go_out_and_their_answers_are_told(self):
        station = Station(self.backend.port, "PILE", "2.0.1")
        station.boot()
        self.backend.tell("start PILE MEMBER-2")
        name, payload = station.next_call("RequestStartTransaction")
        self.assertEqual(payload["idToken"]["idToken"], "MEMBER-2")
        station.answer(name, {"status": "Accepted"})
        self.backend.says("PILE: it says Accepted")
        self.backend.tell("stop NOBODY T")
        self.backend.says("NOBODY: ")
        self.backend.tell("dance")
        self.backend.says("say: start")
        station.close()


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
