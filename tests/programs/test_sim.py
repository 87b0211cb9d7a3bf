#!/usr/bin/env python3
"""test_sim.py PROGRAM VERSION: ocpp-sim as a user meets it: its flags, its commands, its scenarios, against a central system of a few lines."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import rawws  # noqa: E402

PROGRAM, PROGRAM_VERSION = "", ""
NOW = "2026-01-01T00:00:00Z"
# Simulated seconds are short for a busy machine: an answer may take 600 of them.
PATIENT = ("--set", "MessageTimeout=600")
# What a pile has to tell when it has started, and everything of it answered: nothing else is under way.
STARTED = "expect in BootNotification within 600\n" + 2 * "expect in SecurityEventNotification within 600\n"


class Central(threading.Thread):
    """Accepts everybody and everything, in the version it is offered; keeps what it was sent."""

    def __init__(self, stop_after=None):
        super().__init__(daemon=True)
        self.listener = rawws.Listener()
        self.url = f"ws://127.0.0.1:{self.listener.port}/ocpp"
        self.calls = []  # (identity, action, payload)
        self.paths = []
        self.headers = []
        self.stop_after = stop_after  # the action after which a transaction is stopped from here
        self.stopped = set()
        self.start()

    def run(self):
        while True:
            try:
                wire = self.listener.accept(limit_s=600)
            except OSError:
                return
            threading.Thread(target=self.serve, args=(wire,), daemon=True).start()

    def serve(self, wire):
        try:
            line, headers = wire.read_head()
            version = headers["sec-websocket-protocol"].split(",")[0].strip()
            path = line.split(" ")[1]
            self.paths.append(path)
            self.headers.append(headers)
            wire.send(rawws.upgrade_answer(headers, version))
            identity = path.rsplit("/", 1)[1]
            while True:
                self.answer(wire, identity, version, json.loads(wire.read_text(limit_s=60)))
        except (rawws.Gone, OSError, AssertionError):
            wire.close()

    def answer(self, wire, identity, version, message):
        if message[0] != 2:
            return
        _, number, action, payload = message
        self.calls.append((identity, action, payload))
        info = {"idTagInfo" if version == "ocpp1.6" else "idTokenInfo": {"status": "Accepted"}}
        result = {"BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 86400}, "Heartbeat": {"currentTime": NOW},
                  "Authorize": info, "StartTransaction": {"transactionId": 7, **info}}.get(action, {})
        wire.send(rawws.frame(rawws.TEXT, json.dumps([3, number, result])))
        if action == self.stop_after and identity not in self.stopped:
            self.stopped.add(identity)
            self.stop(wire, version, payload)

    @staticmethod
    def stop(wire, version, payload):
        call = (["RemoteStopTransaction", {"transactionId": 7}] if version == "ocpp1.6" else
                ["RequestStopTransaction", {"transactionId": payload["transactionInfo"]["transactionId"]}])
        wire.send(rawws.frame(rawws.TEXT, json.dumps([2, "stop", *call])))

    def actions(self, identity="P"):
        return [action for who, action, _ in self.calls if who == identity]


class Unlocking(Central):
    """Asks for the connector to be unlocked."""

    @staticmethod
    def stop(wire, version, payload):
        place = {"connectorId": 1} if version == "ocpp1.6" else {"evseId": 1, "connectorId": 1}
        wire.send(rawws.frame(rawws.TEXT, json.dumps([2, "unlock", "UnlockConnector", place])))


def run(*arguments, text="", limit_s=120):
    done = subprocess.run([PROGRAM, *arguments], input=text.encode(), capture_output=True, timeout=limit_s)
    assert b"Sanitizer" not in done.stderr, done.stderr.decode(errors="replace")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def play(central, script, *arguments):
    return run("--url", central.url, "--id", "P", "--script", "-", *arguments, text=script)


class Usage(unittest.TestCase):
    def test_help_and_version_are_told_and_exit_0(self):
        status, out, err = run("--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("usage: ocpp-sim", out)
        status, out, err = run("--version")
        self.assertEqual((status, out.splitlines()[0], err), (0, f"ocpp-sim {PROGRAM_VERSION}", ""))  # without ncurses there is a line about that

    def test_wrong_use_is_one_line_and_exit_2(self):
        for arguments in ([], ["--url", "ws://127.0.0.1:1/ocpp"], ["--id", "P"], ["--url", "http://x", "--id", "P"], ["--nonsense"],
                          ["--url", "ws://127.0.0.1:1/o", "--id", "a:b"], ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--evses", "65"],
                          ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--version", "1.5"], ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--speed", "x"],
                          ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--set", "NoSuchThing=1"], ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--set", "TxCtrlr.TxStartPoint=Nonsense"],
                          ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--cert", "f"],
                          ["--url", "ws://127.0.0.1:1/o", "--id", "P", "--scenario", "/nonexistent"], ["--url", "none", "--id", "P"]):
            status, out, err = run(*arguments)
            self.assertEqual((status, out, err.count("\n")), (2, "", 1), (arguments, err))
            self.assertTrue(err.startswith("ocpp-sim: "), err)

    def test_what_this_version_does_not_have_is_named(self):
        for argument, words in (("--link=tty", "--link takes pty or unix:PATH, not tty"), ("--banks=65", "takes 1 to 64, not 65"), ("--security-profile=4", "takes 0 to 3, not 4"), ("--password-file=/nowhere", "takes a file"), ("--version=2.1", "takes 1.6, 2.0.1 or auto, not 2.1")):
            status, out, err = run("--url", "ws://127.0.0.1:1/o", "--id", "P", argument)
            self.assertEqual((status, out, err.count("\n")), (2, "", 1), err)
            self.assertIn(words, err)

    def test_why_a_pile_cannot_run_is_told_also_where_nothing_else_is(self):
        for options in (["--quiet"], [], ["--stations", "2"]):
            status, out, err = run("--url", "ws://127.0.0.1:1/o", "--id", "P", "--ca", "/nonexistent", *options)
            self.assertEqual(status, 1)
            self.assertIn("CA file /nonexistent: cannot be used", err)
            self.assertEqual("cannot be used" in out, not options, out)

    def test_the_settings_are_listed(self):
        status, out, _ = run("--set", "help")
        self.assertEqual(status, 0)
        self.assertIn("HeartbeatInterval", out)


class Scenarios(unittest.TestCase):
    def setUp(self):
        self.central = Central(stop_after=None)

    def test_a_charge_is_played_in_both_versions(self):
        path = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "sim", "scenarios", "first-charge.txt")
        with open(path, encoding="utf-8") as file:
            script = re.sub("within [0-9]+", "within 600", file.read())
        for version, trigger, stop in (("1.6", "MeterValues", "StopTransaction"), ("2.0.1", "TransactionEvent", "TransactionEvent")):
            central = Central(stop_after=trigger)
            status, _, err = play(central, script, "--version", version, "--speed", "20", *PATIENT)
            self.assertEqual((status, err), (0, ""))
            self.assertEqual(central.actions()[0], "BootNotification")
            self.assertIn(stop, central.actions())
            self.assertEqual(central.paths, ["/ocpp/P"])

    def test_an_expectation_that_is_not_met_names_its_line_and_exits_1(self):
        status, _, err = play(self.central, "expect in BootNotification within 20\nexpect in Reset within 0.2\n")
        self.assertEqual((status, err), (1, "ocpp-sim: P: line 2: expect in Reset within 0.2: did not come in time\n"))

    def test_an_expectation_looks_into_the_payload(self):
        good = "expect out BootNotification /chargePointVendor=ocpp-c /chargePointModel=ocpp-sim within 20\n"
        self.assertEqual(play(self.central, good, "--version", "1.6")[0], 0)
        wrong = "expect out BootNotification /chargePointVendor=nobody within 0.5\n"
        self.assertEqual(play(self.central, wrong, "--version", "1.6")[0], 1)

    def test_an_expectation_may_be_that_nothing_comes(self):
        good = "expect in BootNotification within 20\nexpect not out Authorize within 1\nexpect not in BootNotification within 1\n"
        self.assertEqual(play(self.central, good)[0], 0)
        status, _, err = play(self.central, "expect not out Boot* /noSuchMember=* within 0.5\nexpect not out Boot* within 20\n")
        self.assertEqual((status, err), (1, "ocpp-sim: P: line 2: expect not out Boot* within 20: it came\n"))

    def test_an_expectation_takes_one_of_several_actions_and_any_value(self):
        for condition, expected in (("/chargePointModel=*", 0), ("/noSuchMember=*", 1)):
            script = f"expect out Heartbeat|Boot*|StatusNotification {condition} within {2 if expected else 60}\n"
            self.assertEqual(play(self.central, script, "--version", "1.6")[0], expected, condition)

    def test_a_line_may_be_for_one_version(self):
        script = "expect in BootNotification within 20\n1.6: say old\n2.0.1: say new\n1.5: nonsense\n"
        for version, mine, other in (("1.6", "old", "new"), ("2.0.1", "new", "old")):
            status, out, err = play(self.central, script, "--version", version)
            self.assertEqual((status, err), (0, ""))
            self.assertIn(f"-- {mine}", out)
            self.assertNotIn(f"-- {other}", out)

    def test_a_line_that_is_no_command_fails_with_its_number(self):
        for line in ("juggle 3", "plug 9", "plug", "card 1", "ev sleep 1", "meter 1 x", "wait", "expect in Reset", "stop 1 Boredom", "lock 1 open", "clock x", "fault 9 GroundFailure",
                     "drop-answer many", "drop-call -1", "delay-answer", "key 1", "reboot Boredom", "transfer", "transfer V", "limit 1 5", "limit 1 -1W", "limit 1 7A Me", "limit 9 7A", "vendor V", "vendor V Perhaps", "get", "get NoSuchKey", "get No.Such", "get *NoSuch*", "set HeartbeatInterval", "set HeartbeatInterval x", "set NumberOfConnectors 7", "bay 1 full", "battery 1 x", "battery 1 5 101", "reset-fails x", "expect not in Reset", "say", "firmware burn"):
            status, _, err = play(self.central, f"# first\n{line}\n")
            self.assertEqual(status, 1, line)
            self.assertTrue(err.startswith(f"ocpp-sim: P: line 2: {line}: "), err)

    def test_a_charge_made_offline_is_told_afterwards_once(self):
        script = ("expect in BootNotification within 600\noffline\nplug 1\ncard 1 TAG\nwait 30\nmeter 1 +500\nunplug 1\nwait 1\nonline\n"
                  "expect in StopTransaction within 600\n")
        status, _, err = play(self.central, script, "--version", "1.6", "--speed", "50", *PATIENT, "--set", "AllowOfflineTxForUnknownId=1",
                              "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1")
        self.assertEqual((status, err), (0, ""))
        actions = self.central.actions()
        self.assertEqual((actions.count("StartTransaction"), actions.count("StopTransaction")), (1, 1), actions)

    def test_what_waits_to_be_told_at_the_end_is_told_however_much_it_is(self):
        charge = "plug 1\ncard 1 TAG\nwait 1\nunplug 1\nwait 1\n"
        script = "expect in BootNotification within 600\noffline\n" + 150 * charge + "online\nexpect in StartTransaction within 600\n"
        status, _, err = play(self.central, script, "--version", "1.6", "--speed", "50", *PATIENT, "--set", "AllowOfflineTxForUnknownId=1",
                              "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1")
        self.assertEqual((status, err), (0, ""))
        actions = self.central.actions()
        self.assertEqual((actions.count("StartTransaction"), actions.count("StopTransaction")), (150, 150), actions)

    def test_a_charge_survives_a_power_cut_and_is_stopped_once(self):
        with tempfile.TemporaryDirectory() as folder:
            script = ("expect in BootNotification within 600\nplug 1\ncard 1 TAG\nexpect in StartTransaction within 600\nwait 30\npowercut\n"
                      "expect in BootNotification within 600\nexpect in StopTransaction within 600\n")
            status, _, err = play(self.central, script, "--version", "1.6", "--speed", "20", *PATIENT, "--state", os.path.join(folder, "new"))
            self.assertEqual((status, err), (0, ""))
            self.assertEqual(os.listdir(os.path.join(folder, "new"))[0][:4], "P.db")
        actions = self.central.actions()
        self.assertEqual((actions.count("StartTransaction"), actions.count("StopTransaction")), (1, 1), actions)

    def test_a_latch_obeys_at_once_or_sticks(self):
        for version in ("1.6", "2.0.1"):
            for lock, answer in (("", "Unlocked"), ("lock 1 fail\n", "UnlockFailed"), ("lock 1 fail\nlock 1 work\n", "Unlocked")):
                script = lock + f"expect out UnlockConnector /status={answer} within 60\n"
                status, _, err = play(Unlocking(stop_after="StatusNotification"), script, "--version", version)
                self.assertEqual((status, err), (0, ""), (version, lock))

    def test_a_setting_of_the_engine_is_given_at_the_start_and_looked_at(self):
        script = ("expect in BootNotification within 600\nget TxCtrlr.TxStartPoint ParkingBayOccupancy\nget localpreauthorize false\nset HeartbeatInterval 77\n"
                  "get OCPPCommCtrlr.HeartbeatInterval\nget EVSE@2.AvailabilityState\nget *Local*Enabled\nreboot\nexpect in BootNotification within 600\n"
                  "get HeartbeatInterval\n")
        status, out, err = play(self.central, script, "--set", "TxCtrlr.TxStartPoint=ParkingBayOccupancy", "--set", "LocalPreAuthorize=false",
                                "--evses", "2", "--speed", "20", *PATIENT)
        self.assertEqual((status, err), (0, ""))
        for words in ("  OCPPCommCtrlr.HeartbeatInterval = ", "  EVSE@2.AvailabilityState = Available", "  LocalAuthListCtrlr.Enabled = "):
            self.assertIn(words, out)

    def test_a_setting_that_is_not_what_was_asked_fails(self):
        status, _, err = play(self.central, "get LocalPreAuthorize nonsense\n")
        self.assertEqual(status, 1)
        self.assertTrue(err.startswith("ocpp-sim: P: line 1: get LocalPreAuthorize nonsense: its value is "), err)

    def test_a_reboot_has_a_reason(self):
        script = "expect out BootNotification /reason=PowerUp within 600\nexpect in BootNotification within 600\n"
        script += "".join(f"reboot {reason}\nexpect out BootNotification /reason={told} within 600\nexpect in BootNotification within 600\nwait 1\n"
                          for reason, told in (("", "LocalReset"), ("Watchdog", "Watchdog")))
        status, out, err = play(self.central, script, "--version", "2.0.1", "--speed", "20", *PATIENT, "--connector-type", "cType2")
        self.assertEqual((status, err), (0, ""), out)

    def test_a_cable_that_belongs_to_the_pile_is_not_unlocked(self):
        script = "expect out UnlockConnector /status=NotSupported within 60\n"
        status, out, err = play(Unlocking(stop_after="StatusNotification"), script, "--version", "1.6", "--fixed-cable")
        self.assertEqual((status, err), (0, ""), out)

    def test_many_piles_play_the_same_in_one_process(self):
        status, _, err = play(self.central, "expect in BootNotification within 30\nplug 1\nexpect in StatusNotification within 30\n", "--stations", "20")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len({who for who, _, _ in self.central.calls}), 20)

    def test_basic_authentication_is_sent_and_never_printed(self):
        status, out, err = play(self.central, "expect in BootNotification within 20\n", "--password", "s3cret-word")
        self.assertEqual(status, 0)
        self.assertEqual(self.central.headers[0]["authorization"], rawws.basic("P", "s3cret-word").split(": ")[1].strip())
        self.assertNotIn("s3cret-word", out + err)

    def test_a_central_system_that_is_not_there_is_told_and_waited_for(self):
        status, out, err = run("--url", "ws://127.0.0.1:1/ocpp", "--id", "P", "--script", "-", text="wait 1\nexpect in BootNotification within 1\n")
        self.assertEqual(status, 1)
        self.assertIn("no connection", out)
        self.assertIn("line 2", err)


class Line(unittest.TestCase):
    QUICK = ("--speed", "20", "--set", "MessageTimeout=100", "--set", "TransactionMessageRetryInterval=1", "--set", "MeterValueSampleInterval=0")
    END = {"1.6": "StopTransaction", "2.0.1": "TransactionEvent /eventType=Ended"}
    CHARGES = {"1.6": ("StartTransaction", "StatusNotification"), "2.0.1": ("TransactionEvent", "TransactionEvent")}  # told last of its beginning

    def setUp(self):
        self.central = Central()

    # J errata 3.1; 2.0.1 errata 4.6. The call whose answer was lost comes again.
    def test_an_answer_that_is_lost_makes_the_pile_call_again(self):
        for version, end in self.END.items():
            action, _, condition = end.partition(" ")
            begun = "".join(f"expect in {told} within 600\n" for told in self.CHARGES[version])
            script = (f"{STARTED}plug 1\nexpect in StatusNotification within 600\ncard 1 TAG\n{begun}drop-answer 1 {action}\nstop 1\n"
                      f"expect out {end} within 600\nexpect not in {action} within 15\nexpect out {action} {condition} within 600\n"
                      f"expect in {action} within 600\n")
            status, out, err = play(Central(), script, "--version", version, *self.QUICK)
            self.assertEqual((status, err), (0, ""), (version, out))
            self.assertEqual(out.count("an answer is lost"), 1)

    def test_a_call_that_is_lost_reaches_nobody(self):
        script = STARTED + "drop-call\ncard 1 TAG\nexpect out Authorize within 600\nexpect not in Authorize within 10\n"
        status, out, err = play(self.central, script, *self.QUICK)
        self.assertEqual((status, err), (0, ""), out)
        self.assertNotIn("Authorize", self.central.actions())

    def test_an_answer_that_is_late_comes_when_it_was_told_to(self):
        script = STARTED + "delay-answer 8000\ncard 1 TAG\nexpect out Authorize within 600\nexpect not in Authorize within 6\nexpect in Authorize within 600\n"
        status, out, err = play(self.central, script, *self.QUICK)
        self.assertEqual((status, err), (0, ""), out)
        self.assertIn("an answer is late", out)

    def test_a_late_answer_is_lost_with_its_link(self):
        script = STARTED + "delay-answer 60000\ncard 1 TAG\nexpect out Authorize within 600\noffline\nwait 1\nonline\nexpect not in Authorize within 90\n"
        status, out, err = play(self.central, script, "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1", *self.QUICK)
        self.assertEqual((status, err), (0, ""), out)


class Secrets(unittest.TestCase):
    def test_passwords_that_pass_are_not_printed(self):
        frames = ('[2,"a","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cret-word"}]',
                  '[2,"b","SetVariables",{"setVariableData":[{"component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"},'
                  '"attributeValue":"s3cret-word"},{"component":{"name":"X"},"variable":{"name":"Y"},"attributeValue":"open-word"}]}]',
                  '[2,"c","NotifyReport",{"reportData":[{"component":{"name":"SecurityCtrlr"},"variable":{"name":"basicauthpassword"},'
                  '"variableAttribute":[{"value":"s3cret-word"}]}]}]')
        script = "expect in BootNotification within 20\n" + "".join(f"raw {frame}\n" for frame in frames) + "wait 1\n"
        status, out, err = play(Central(), script, "--version", "1.6")
        self.assertEqual((status, err), (0, ""))
        self.assertNotIn("s3cret-word", out)
        self.assertEqual(out.count("****"), 3, out)
        self.assertIn("open-word", out)


class Commands(unittest.TestCase):
    def test_commands_are_taken_from_standard_input_until_quit(self):
        central = Central()
        program = rawws.Program(PROGRAM, "--url", central.url, "--id", "P", "--quiet")
        try:
            for line in ("help", "nonsense", "plug 1", "status", "quit"):
                program.tell(line)
            program.expect("  plug EVSE")
            program.expect("P: ")
            program.expect("  EVSE 1: ")
            self.assertEqual(program.end(), 0)
        finally:
            program.kill()

    def test_a_last_line_without_its_end_is_a_command_too(self):
        status, _, err = run("--url", Central().url, "--id", "P", "--quiet", text="plug 1\nquit")
        self.assertEqual((status, err), (0, ""))


if __name__ == "__main__":
    PROGRAM, PROGRAM_VERSION = os.path.abspath(sys.argv[1]), sys.argv[2]
    unittest.main(argv=sys.argv[:1], verbosity=1)
