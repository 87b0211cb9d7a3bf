#!/usr/bin/env python3
"""test_sim_fleet.py SIM CSMS [Fleet|Big]: many piles of ocpp-sim in one process, against ocpp-csms. FLEET_STATIONS says how many (50); of those that only Big
has, BIG_FLEET_STATIONS (1000)."""

import fcntl
import json
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import exposition  # noqa: E402
from csms import Csms, until  # noqa: E402

SIM, CSMS = "", ""
STATIONS = int(os.environ.get("FLEET_STATIONS", "50"))
BIG_STATIONS = int(os.environ.get("BIG_FLEET_STATIONS", "1000"))
BIG_KIB = int(os.environ.get("BIG_FLEET_KIB", "600"))  # of memory for each, without a sanitizer
BOOT = "expect in BootNotification /status=Accepted within 600\n"


def command(csms, *arguments):
    return [SIM, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "F", *map(str, arguments)]


def run(csms, *arguments, text="", **more):
    done = subprocess.run(command(csms, *arguments), input=text, capture_output=True, text=True, timeout=120, check=False, **more)
    assert "Sanitizer" not in done.stderr, done.stderr
    return done


class Terminal:
    """What a program draws on one, as text: what moves the cursor is a blank."""

    def __init__(self, descriptor):
        self.descriptor, self.drawn = descriptor, b""

    def until(self, pattern, limit_s=60):
        deadline = time.monotonic() + limit_s
        while not re.search(pattern, re.sub(rb"\x1b[\[()][0-9;?]*[A-Za-z0-9]|[\r\n\b]", b" ", self.drawn).decode(errors="replace")):
            if time.monotonic() > deadline:
                raise AssertionError(f"{pattern} was not drawn: {self.drawn!r}")
            if select.select([self.descriptor], [], [], 0.2)[0]:
                try:
                    self.drawn += os.read(self.descriptor, 65536)
                except OSError:  # the other side has gone
                    time.sleep(0.05)


class Fleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.csms = Csms(CSMS, "--accept-unknown", "--accept-unknown-tokens")
        cls.csms.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.csms.__exit__(None, None, None)

    def test_drivers_charge_at_all_piles_and_the_books_agree(self):
        # ten seconds of real time, in which an answer may take as long
        done = run(self.csms, "--stations", STATIONS, "--speed", "40", "--for", "400", "--pace", "1000", "--seed", "7", "--set", "MessageTimeout=400", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        told = json.loads(done.stdout)
        self.assertEqual(told["stations"], STATIONS)
        self.assertEqual(sum(told["states"][state] for state in ("connected", "booting", "away", "failed")), STATIONS)
        self.assertGreaterEqual(told["states"]["connected"], STATIONS // 2)
        self.assertGreater(told["sessions"], 0)
        self.assertGreater(told["energy_wh"], 0)
        latency = told["latency_ms"]
        self.assertTrue(0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["max"], latency)
        self.assertGreaterEqual(told["messages"]["out"], latency["answers"])
        self.assertEqual((told["failures"]["invalid message"], told["failures"]["call error"]), (0, 0))
        self.assertLess(told["memory_kib"] / STATIONS, 2000)
        stations = [row["id"] for row in self.csms.rest.get("/api/stations?limit=1000")["stations"]]
        self.assertTrue({f"F-{i}" for i in range(1, STATIONS + 1)} <= set(stations), stations)

    def test_each_plays_the_scenario_and_the_first_line_that_fails_is_told_with_its_pile(self):
        done = run(self.csms, "--stations", "5", "--version", "1.6", "--script", "-", text=BOOT + "expect in Reset within 0.3\n")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted(done.stderr.splitlines()),
                         [f"ocpp-sim: F-{i}: line 2: expect in Reset within 0.3: did not come in time" for i in range(1, 6)])
        self.assertIn("5 failed", done.stdout)
        self.assertIn("failures: expectation 5", done.stdout)
        done = run(self.csms, "--stations", "5", "--script", "-", text=BOOT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^5 stations in .* s, all connected after \d+\.\d s\n  5 of 5 connected")

    def online(self, count):
        rows = self.csms.rest.get("/api/stations?limit=1000")["stations"]
        return sum(row["id"] in ("F-1", "F-2", "F-3") and row["connected"] for row in rows) == count

    def test_a_command_is_for_all_and_an_interrupt_ends_with_the_summary(self):
        with subprocess.Popen(command(self.csms, "--stations", "3", "--version", "2.0.1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as sim:
            sim.stdin.write("transfer example.com all-of-us\n")
            sim.stdin.flush()

            until(lambda: self.online(3), "three stations")
            sim.stdin.write("offline\n")
            sim.stdin.flush()
            until(lambda: self.online(0), "nobody")
            sim.send_signal(signal.SIGINT)
            out, _ = sim.communicate(timeout=30)
        self.assertEqual(sim.returncode, 0)
        self.assertIn("0 of 3 connected, 0 booting, 3 away", out)

    def test_on_a_terminal_the_summary_is_a_screen_and_takes_commands(self):
        if "has no screen" in subprocess.run([SIM, "--version"], capture_output=True, text=True, check=True).stdout:
            self.skipTest("built without one")
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
        with subprocess.Popen(command(self.csms, "--stations", "3"), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                              env={**os.environ, "TERM": "xterm", "LC_ALL": "C"}) as sim:
            os.close(theirs)
            seen = Terminal(mine)
            seen.until("F-1 to F-3 .*connected .* 3.*answers .*failures .*none")
            until(lambda: self.online(3), "three stations")
            os.write(mine, b"offline\r")
            seen.until("> offline")
            until(lambda: self.online(0), "nobody")
            os.write(mine, b"quit\r")
            seen.until("3 stations in .* 0 of 3 connected, 0 booting, 3 away")
            self.assertEqual(sim.wait(timeout=30), 0)
        os.close(mine)

    def test_each_pile_has_a_state_of_its_own(self):
        with tempfile.TemporaryDirectory() as state:
            for _ in range(2):  # the second time it is there already
                done = run(self.csms, "--stations", "4", "--state", state, "--script", "-", text=BOOT)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
            names = os.listdir(state)
            self.assertTrue({f"F-{i}.db" for i in range(1, 5)} <= set(names), names)

    def test_a_limit_of_descriptors_is_raised_or_told(self):
        def limit(soft, hard):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        done = run(self.csms, "--stations", "100", "--for", "1", preexec_fn=limit(64, 100))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^ocpp-sim: --stations 100 needs 264 open files, and 100 are allowed; raise the limit \(ulimit -n 264\), or take fewer\n$")
        done = run(self.csms, "--stations", "20", "--for", "1", "--json", preexec_fn=limit(64, 1000))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_what_a_fleet_meets_is_counted_by_kind(self):
        with Csms(CSMS) as strict:  # nobody is known there
            done = run(strict, "--stations", "2", "--speed", "20", "--for", "120", "--json")
            told = json.loads(done.stdout)
            self.assertEqual((done.returncode, told["states"]["away"]), (0, 2))
            self.assertGreaterEqual(told["failures"]["no connection"], 2)  # and again, after the back-off

    def test_the_flags_of_a_fleet_are_refused_for_one_pile(self):
        for flags in (("--for", "5"), ("--json",)):
            done = run(self.csms, *flags)
            self.assertEqual((done.returncode, done.stderr), (2, "ocpp-sim: --for and --json are for a fleet: --stations 2 or more; see ocpp-sim --help\n"))


DAY = BOOT + """expect in Heartbeat within 600
plug 1
card 1 FLEET
expect in StartTransaction|TransactionEvent within 600
expect out MeterValues|TransactionEvent /meterValue=* within 600
card 1 FLEET
expect in StopTransaction|TransactionEvent within 600
unplug 1
expect in StatusNotification within 600
set HeartbeatInterval 86400
wait 40
"""


class Big(unittest.TestCase):
    """As many as a central system has to live with. Each boots, sends heartbeats, charges with readings and goes; both sides have counted the same: who
    is done is silent, so that nothing is on its way when one side looks."""

    def metrics(self, csms):
        families = exposition.read(csms.rest.ask("GET", "/metrics").text)
        return {(name, tuple(sorted(dict(labels).items()))): float(value)
                for family in families.values() for (name, labels), value in family.samples.items()}

    def test_a_big_fleet_does_a_days_work_and_the_central_system_has_counted_the_same(self):
        with Csms(CSMS, "--accept-unknown", "--accept-unknown-tokens", "--heartbeat-s", "30") as csms:
            done = run(csms, "--stations", BIG_STATIONS, "--pace", "1000", "--speed", "20", "--set", "MessageTimeout=600", "--json", "--script", "-", text=DAY)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            told = json.loads(done.stdout)
            until(lambda: sum(value for (name, _), value in self.metrics(csms).items() if name == "ocpp_csms_connections") == 0, "all have gone")
            counted = self.metrics(csms)
        print(f"{BIG_STATIONS} stations: {told['memory_kib'] / BIG_STATIONS:.0f} KiB each, all connected after {told['connected_after_s']:.1f} s, "
              f"{told['messages']['out']} messages out, answers in ms p50 {told['latency_ms']['p50']} p99 {told['latency_ms']['p99']}, {told['seconds']:.1f} s")
        self.assertEqual({state: told["states"][state] for state in ("connected", "booting", "away", "failed", "charging")},
                         {"connected": BIG_STATIONS, "booting": 0, "away": 0, "failed": 0, "charging": 0})
        self.assertEqual({name: count for name, count in told["failures"].items() if count}, {})
        self.assertLess(told["memory_kib"] / BIG_STATIONS, BIG_KIB)

        def calls(action):
            return sum(value for (name, labels), value in counted.items() if name == "ocpp_csms_calls_total" and dict(labels).get("action") == action)

        def one(name, **labels):
            return counted[name, tuple(sorted(labels.items()))]

        self.assertEqual((calls("BootNotification"), one("ocpp_csms_connects_total"), one("ocpp_csms_disconnects_total")), (BIG_STATIONS,) * 3)
        self.assertGreaterEqual(calls("Heartbeat"), BIG_STATIONS)
        self.assertGreaterEqual(calls("TransactionEvent"), 3 * BIG_STATIONS)
        self.assertEqual((one("ocpp_csms_frames_total", **{"from": "station"}), one("ocpp_csms_frames_total", **{"from": "central"})),
                         (told["messages"]["out"], told["messages"]["in"]))
        self.assertEqual(told["latency_ms"]["answers"], sum(value for (name, labels), value in counted.items() if name == "ocpp_csms_calls_total" and
                                                             dict(labels).get("outcome") == "result" and dict(labels).get("from") == "station"))
        self.assertEqual((one("ocpp_csms_stations"), one("ocpp_csms_transactions_open"), one("ocpp_csms_store_failed_total"),
                          one("ocpp_csms_invalid_frames_total", **{"from": "station"})), (BIG_STATIONS, 0, 0, 0))


if __name__ == "__main__":
    SIM, CSMS = map(os.path.abspath, sys.argv[1:3])
    unittest.main(argv=[sys.argv[0], *(sys.argv[3:] or ["Fleet"])], verbosity=1)
