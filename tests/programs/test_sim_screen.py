#!/usr/bin/env python3
"""test_sim_screen.py SIM CSMS: the screen of ocpp-sim on a real terminal of its own, against ocpp-csms: what is seen after what was typed, and
that the terminal is as it was, whatever ends the program."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from csms import Csms  # noqa: E402
from vt import Terminal  # noqa: E402

SIM, CSMS = "", ""
NOWHERE = "ws://127.0.0.1:1/ocpp"
BUSY_BYTES = 400  # a second of a screen on which only the clock moves


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.errors = tempfile.TemporaryFile("w+")

    def tearDown(self):
        self.errors.seek(0)
        errors = self.errors.read()
        self.errors.close()
        self.folder.cleanup()
        self.assertEqual(errors, "")

    def sim(self, *arguments, url=NOWHERE, environment=None, error="file", **size):
        return Terminal([SIM, "--url", url, "--id", "P", *arguments], environment={"XDG_STATE_HOME": self.folder.name, **(environment or {})},
                        error=self.errors if error == "file" else None, **size)

    def history(self):
        with open(os.path.join(self.folder.name, "ocpp-sim", "history"), encoding="utf-8") as file:
            return file.read().splitlines()


class Screen(Folder):
    @classmethod
    def setUpClass(cls):
        cls.csms = Csms(CSMS, "--accept-unknown", "--accept-unknown-tokens")
        cls.url = f"ws://127.0.0.1:{cls.csms.port}/ocpp"

    @classmethod
    def tearDownClass(cls):
        cls.csms.__exit__()

    def test_a_charge_is_typed_and_seen(self):
        with self.sim("--evses", "2", "--connectors", "2", url=self.url) as terminal:
            terminal.see("● connected  OCPP 2.0.1  Accepted")
            terminal.see("→ BootNotification ✓")
            terminal.see("← BootNotification answer")
            self.assertTrue(terminal.screen.alternate)
            terminal.type("plug 1\r")
            terminal.see("  1  plugged  Preparing")
            terminal.see("> plug 1")
            terminal.type("card 1 TAG-1\r")
            terminal.see("  1  locked   Charging       ██████████ 11.00 kW")
            terminal.wait(lambda: re.search(r"00:\d\d TAG-1", "\n".join(terminal.lines())), "how long it has charged")
            terminal.see("→ TransactionEvent ✓")
            terminal.see("  2  -        Available")
            terminal.resize(40, 120)
            terminal.wait(lambda: re.search(r"Charging +█{12} 11.00 kW .* kWh +00:\d\d TAG-1$", terminal.lines()[2]), "the wide screen")
            terminal.wait(lambda: terminal.lines()[39] == ">", "the line that is typed on the last row of 40")
            terminal.resize(10, 40)
            terminal.see("1  ■  Charging")
            terminal.wait(lambda: terminal.lines()[9] == ">", "and of 10")
            terminal.resize(2, 9)
            terminal.wait(lambda: terminal.lines()[1] == ">", "the smallest screen")
            terminal.resize(24, 80)
            terminal.see("EVSE Cable")
            terminal.type("unplug 1\r")
            terminal.see("  1  -        Available")
            terminal.type("quit\r")
            self.assertEqual(terminal.end(), 0)
            self.assertTrue(terminal.is_as_it_was())
            self.assertEqual([line for line in terminal.lines() if line], [])  # nothing is left on what was there before
        self.assertEqual(self.history(), ["plug 1", "card 1 TAG-1", "unplug 1", "quit"])

    def test_lines_are_completed_edited_and_remembered(self):
        with self.sim("--evses", "2", url=self.url) as terminal:
            terminal.see("> ".rstrip())
            terminal.type("\x13ca\t")  # Ctrl-S stops nothing
            terminal.see("card  carry")
            terminal.type("d\t")
            terminal.see("card EVSE TAG [TYPE]")
            terminal.type("\t")
            terminal.see("0  1  2")
            terminal.type("1 A \tISO1\t")
            terminal.see("ISO14443  ISO15693")
            terminal.type("\x15fault 1 Gr\t")
            terminal.see("> fault 1 GroundFailure")
            terminal.type("\x01\x1b[C\x1b[3~a\x1b[F\x7f\x17none\r")  # Home, right, delete a letter, mend it, End, a word away
            terminal.see("> fault 1 none")
            terminal.type("set heartbeati\t77\r")
            terminal.see("> set HeartbeatInterval 77")
            terminal.type("set SecurityCtrlr.BasicAuthPassword hunter2-hunter2\r")
            terminal.see("> set ****")
            terminal.type("get HeartbeatInterval\r")
            terminal.see("  HeartbeatInterval = 77")
            terminal.type("nonsense\r")
            terminal.see("! no such command (try help): nonsense")
            terminal.type("\x1b[A\x1b[A\x1b[A\x1b[B")
            terminal.see("> get HeartbeatInterval")
            terminal.type("\x15se\x1b[A")
            terminal.wait(lambda: terminal.lines()[23] == "> set HeartbeatInterval 77", "the line that begins so")
            terminal.type("\x15\x04")  # Ctrl-D on an empty line
            self.assertEqual(terminal.end(), 0)
            self.assertNotIn(b"hunter2-hunter2\r", terminal.output.split(b"set ****")[-1])
        self.assertNotIn("hunter2", "".join(self.history()))
        with self.sim() as terminal:
            terminal.see(">")
            terminal.type("\x1b[A\x1b[A")
            terminal.see("> get HeartbeatInterval")
            terminal.type("\x03")
            self.assertEqual(terminal.end(), 0)

    def test_what_is_long_is_read_from_its_beginning(self):
        with self.sim(url=self.url) as terminal:
            terminal.see("Accepted")
            terminal.type("help\r")
            terminal.see("newer below")
            terminal.see("  plug EVSE [CONNECTOR]")
            terminal.type("\x1b[6~\x1b[6~")
            terminal.wait(lambda: not terminal.sees("  plug EVSE"), "the next page")
            terminal.type("\x1b[5~\x1b[5~\x1b[5~")
            terminal.see("BootNotification")
            terminal.type("\x1b")
            terminal.see("for piles that speak that version")
            terminal.type("\x0f")  # Ctrl-O: each line takes the rows it needs
            terminal.type("raw [2,\"q\",\"Heartbeat\",{\"bad\":1}]\r")
            terminal.see("✗ FormatViolation /bad:")
            terminal.see("2 not valid")

    def test_texts_of_the_central_system_command_no_terminal(self):
        with self.sim(url=self.url) as terminal:
            terminal.see("Accepted")
            self.csms.rest.post("/api/stations/P/call", {"action": "DataTransfer", "payload": {"vendorId": "V\x9b2J\u202e\u200b充电\x7f"}})
            terminal.see("V\ufffd2J\ufffd\ufffd充")

    @staticmethod
    def drawn_in_a_second(terminal):
        end, began = time.monotonic() + 1, len(terminal.output)
        while time.monotonic() < end:
            terminal.read()
        return len(terminal.output) - began

    def test_nothing_is_drawn_when_nothing_changes(self):
        with self.sim(url=self.url) as terminal:
            terminal.see("Accepted")
            terminal.type("x")
            terminal.see("> x")
            drawn = [self.drawn_in_a_second(terminal) for _ in range(2)]
            while drawn[-1] >= BUSY_BYTES and len(drawn) < 10:  # what a pile says at its start may take a while
                drawn.append(self.drawn_in_a_second(terminal))
            self.assertLess(drawn[-1], BUSY_BYTES, drawn)


class Ends(Folder):
    def end_by(self, act, expected, **how):
        with self.sim(**how) as terminal:
            terminal.see(">")
            self.assertTrue(terminal.screen.alternate)
            act(terminal)
            self.assertEqual(terminal.end(), expected)
            self.assertTrue(terminal.is_as_it_was())
            return terminal.output

    def test_the_terminal_is_as_it_was_after_every_signal(self):
        for number, expected in ((signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGQUIT, -signal.SIGQUIT), (signal.SIGABRT, -signal.SIGABRT)):
            with self.subTest(signal=number.name):
                self.end_by(lambda terminal, number=number: terminal.kill(number), expected)

    def test_ctrl_c_ends_it(self):
        self.end_by(lambda terminal: terminal.type("\x03"), 0)

    def test_it_can_be_put_aside(self):
        with self.sim() as terminal:
            terminal.see("no connection")
            terminal.settle()
            terminal.insist("\x1a", lambda: not terminal.screen.alternate, "the screen of before")  # ncurses ignores the key while it draws
            terminal.wait(terminal.stopped, "a program that stands still")  # a signal to go on that comes before is for nothing
            terminal.kill(signal.SIGCONT)
            terminal.wait(lambda: terminal.screen.alternate, "the screen again")
            terminal.type("help card\r")
            terminal.see("  card EVSE TAG")


class Plain(Folder):
    def assert_plain(self, *arguments, **how):
        with self.sim(*arguments, **how) as terminal:
            terminal.see("no connection")
            terminal.type("status\n")
            terminal.see("P: not connected")
            terminal.type("quit\n")
            self.assertEqual(terminal.end(), 0)
            self.assertFalse(terminal.screen.seen_alternate)

    def test_lines_stay_where_no_screen_is_wanted_or_possible(self):
        self.assert_plain("--plain")
        self.assert_plain(environment={"TERM": "dumb"})
        self.assert_plain(environment={"TERM": "no-such-terminal"}, error=None)

    def test_lines_stay_where_there_is_no_terminal(self):
        done = subprocess.run([SIM, "--url", NOWHERE, "--id", "P", "--script", "-"], input=b"status\n", capture_output=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"P: not connected", done.stdout)
        self.assertNotIn(b"\x1b", done.stdout)


class Looks(Folder):
    def test_colours_are_left_out_where_nobody_wants_them(self):
        for value, has_colours in (("", True), ("1", False)):
            with self.sim(environment={"NO_COLOR": value}) as terminal:
                terminal.see("no connection")
                terminal.type("nonsense\r")
                terminal.see("! no such command")
                self.assertEqual(any(re.search(r"(^|;)3[1-7]", style) for style in terminal.screen.styles), has_colours)

    def test_a_locale_without_more_gets_ascii(self):
        with self.sim(environment={"LC_ALL": "C"}) as terminal:
            terminal.see("o connecting")
            terminal.see("..........")
            self.assertTrue(all(byte < 0x80 for byte in terminal.output))

    def test_what_others_print_is_no_part_of_the_picture(self):
        with self.sim("--banks", "3", error=None) as terminal:
            terminal.see("Banks")
            terminal.type("banks\r")
            terminal.see("  slot 1 P-B1")
            terminal.wait(lambda: terminal.lines()[0].startswith(" P ○") and terminal.lines()[23] == ">", "the picture")


def main():
    global SIM, CSMS
    SIM, CSMS = sys.argv[1:3]
    told = subprocess.run([SIM, "--version"], capture_output=True, text=True, check=True).stdout
    if "no screen" in told:
        print("skipped: built without ncurses")
        return 77
    return 0 if unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
