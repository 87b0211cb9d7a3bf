#!/usr/bin/env python3
"""test_minimal.py PROGRAM: the firmware of examples/minimal, its board driven by lines, against a central system of a few lines, in each version."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import rawws  # noqa: E402

PROGRAM = ""
SOURCE = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "minimal", "charge_point.c")
NOW = "2026-01-01T00:00:00Z"
LIMIT_S = 30


class Central(threading.Thread):
    """Accepts everything in the version it was made for; the calls it got come out of a queue."""

    def __init__(self, version):
        super().__init__(daemon=True)
        self.version = version
        self.listener = rawws.Listener()
        self.url = f"ws://127.0.0.1:{self.listener.port}/ocpp"
        self.calls = queue.Queue()
        self.wire = None
        self.start()

    def run(self):
        try:
            self.wire = self.listener.accept(limit_s=LIMIT_S)
            _, headers = self.wire.read_head()
            self.offered = [name.strip() for name in headers["sec-websocket-protocol"].split(",")]
            self.wire.send(rawws.upgrade_answer(headers, self.version))
            while True:
                self.hear(json.loads(self.wire.read_text(limit_s=LIMIT_S)))
        except (rawws.Gone, OSError, AssertionError):
            pass
        finally:
            self.listener.close()
            if self.wire:
                self.wire.close()

    def hear(self, message):
        if message[0] != 2:
            return
        _, number, action, payload = message
        info = {"idTagInfo" if self.version == "ocpp1.6" else "idTokenInfo": {"status": "Accepted"}}
        result = {"BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 300}, "Heartbeat": {"currentTime": NOW},
                  "Authorize": info, "StartTransaction": {"transactionId": 7, **info}}.get(action, {})
        self.wire.send(rawws.frame(rawws.TEXT, json.dumps([3, number, result])))
        self.calls.put((action, payload))

    def sees(self, wanted, **members):
        while True:
            action, payload = self.calls.get(timeout=LIMIT_S)
            if action == wanted and all(payload.get(name) == value for name, value in members.items()):
                return payload


class Pile:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.said = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def says(self, wanted):
        line = None
        while line != wanted:
            line = self.lines.get(timeout=LIMIT_S)
            self.said.append(line)

    def off(self):
        self.tell("off")
        status = self.process.wait(timeout=LIMIT_S)
        errors = self.process.stderr.read()
        for stream in (self.process.stdin, self.process.stderr, self.process.stdout):
            stream.close()
        return status, errors


class Firmware(unittest.TestCase):
    def test_a_charge_from_plug_to_plug_in_one_dot_six(self):
        with tempfile.TemporaryDirectory() as folder:
            central, pile = self.charge("ocpp1.6", folder)
            central.sees("StartTransaction", connectorId=2, idTag="CARD", meterStart=0)
            pile.tell("meter 2 1500")
            pile.tell("card 2 CARD")
            pile.says("contactor 2 open")
            central.sees("StopTransaction", transactionId=7, meterStop=1500)
            self.assertEqual(pile.off(), (0, ""))

    def test_a_charge_from_plug_to_plug_in_two_dot_oh(self):
        with tempfile.TemporaryDirectory() as folder:
            central, pile = self.charge("ocpp2.0.1", folder)
            self.assertEqual(central.sees("TransactionEvent", eventType="Started")["evse"]["id"], 2)
            pile.tell("meter 2 1500")
            pile.tell("unplug 2")
            pile.says("contactor 2 open")
            ended = central.sees("TransactionEvent", eventType="Ended")
            self.assertEqual(ended["transactionInfo"]["stoppedReason"], "EVDisconnected")
            self.assertEqual(ended["meterValue"][-1]["sampledValue"][0]["value"], 1500)
            self.assertEqual(pile.off(), (0, ""))

    def test_no_energy_before_the_latch_holds_and_none_after_the_stop_button(self):
        with tempfile.TemporaryDirectory() as folder:
            central, pile = self.charge("ocpp1.6", folder)
            self.assertEqual(pile.said[-4:], ["latch 2.1 locked", "offer 2 32000 mA", "contactor 2 closed", "lamp 2.1 Charging"])
            pile.tell("stop 2")
            pile.says("contactor 2 open")
            central.sees("StopTransaction", transactionId=7)
            pile.tell("stop 2")
            self.assertEqual(pile.off(), (0, ""))

    def test_a_leak_opens_the_contactor_and_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            central, pile = self.charge("ocpp1.6", folder)
            pile.tell("leak 2")
            pile.says("contactor 2 open")
            awaited = {("StopTransaction", None), ("StatusNotification", "GroundFailure")}  # in the order that the answers allow
            while awaited:
                action, payload = central.calls.get(timeout=LIMIT_S)
                awaited.discard((action, payload.get("errorCode")))
            pile.tell("dry 2")
            central.sees("StatusNotification", connectorId=2, errorCode="NoError")
            self.assertNotIn("contactor 2 closed", list(pile.lines.queue))
            self.assertEqual(pile.off(), (0, ""))

    def charge(self, version, folder):
        central = Central(version)
        pile = Pile(central.url, os.path.join(folder, "pile.db"))
        central.sees("BootNotification")
        self.assertIn(version, central.offered)
        pile.says("lamp 2.1 Available")
        pile.tell("plug 2")
        pile.says("lamp 2.1 Preparing")
        pile.tell("card 2 CARD")
        pile.says("contactor 2 closed")
        pile.says("lamp 2.1 Charging")
        return central, pile

    def test_wrong_use_is_one_line(self):
        for arguments, status in (([], 2), (["ftp://x", "/tmp/none.db"], 1), (["ws://127.0.0.1:1/o", "/nonexistent/pile.db"], 1)):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (status, "", 1), done.stderr)

    def test_the_firmware_is_short_and_names_no_version(self):
        with open(SOURCE, encoding="utf-8") as source:
            text = source.read()
        self.assertLessEqual(text.count("\n"), 130)
        for word in ("1.6", "1_6", "2.0.1", "2_0_1", "2.1", "v16", "v201", "v21", "json", "JSON", "BootNotification", "Transaction("):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
