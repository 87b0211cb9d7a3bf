#!/usr/bin/env python3
"""test_sim_record.py SIM CSMS RECORDINGS ...: what ocpp-sim records of a session against ocpp-csms it does again without; recordings that were
altered, or were never one, are told by their line. RECORDINGS are the folders of those that are kept."""

import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from csms import Csms, until  # noqa: E402

SIM, CSMS, RECORDINGS = "", "", []
QUICK = ("--speed", "20", "--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1", "--set", "MessageTimeout=60")
SESSION = """expect in BootNotification /status=Accepted within 300
plug 1
card 1 TAG-1
expect out StartTransaction|TransactionEvent within 100
wait 12
powercut
expect in BootNotification /status=Accepted within 300
unplug 1
drop-answer
transfer example.com lost
wait 80
offline
wait 3
online
expect in BootNotification|Heartbeat|StatusNotification within 300
reboot Watchdog
expect in BootNotification /status=Accepted within 300
wait 2
"""
NOTHING = '{"ocpp-sim":1,"seed":"0000000000000000","firmware":"1","roots":false,"certificate":false,"options":{"url":"ws://h/o","id":"P","set":[]}}'


def sim(*arguments, text="", limit_s=120):
    done = subprocess.run([SIM, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=limit_s, check=False)
    assert "Sanitizer" not in done.stderr, done.stderr
    return done


def record(csms, path, script, *arguments):
    return sim("--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "R", "--record", path, "--script", "-", *QUICK, *arguments, text=script)


def kept_recordings():
    return sorted(path for folder in RECORDINGS for path in glob.glob(os.path.join(folder, "*.jsonl")))


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


class Base(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "session.jsonl")

    def replay(self, lines=None):
        if lines is not None:
            with open(self.path, "w", encoding="utf-8") as file:
                file.write("".join(line + "\n" for line in lines))
        return sim("--replay", self.path, "--quiet")

    def refused(self, lines, number, reason):
        done = self.replay(lines)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.endswith(f"ocpp-sim: {self.path}:{number}: {reason}\n"), done.stderr)


class Recording(Base):
    def test_a_session_with_a_power_cut_is_done_again_in_each_version(self):
        for version in ("1.6", "2.0.1"):
            with Csms(CSMS, "--accept-unknown", "--accept-unknown-tokens") as csms:
                done = record(csms, self.path, SESSION, "--version", version)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            self.assertIn(f"-> [2,", done.stdout)
            kinds = {next(iter(json.loads(line))) for line in lines_of(self.path)}
            self.assertTrue({"tick", "do", "connect", "up", "down", "in", "out", "done", "note", "end"} <= kinds, kinds)
            done = self.replay()
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            self.assertRegex(done.stdout, rf"^{self.path}: \d\d frames sent as they were, \d\d received, in \d+ s of its time\n$")
            self.assertEqual(self.replay().stdout, done.stdout)

    def test_no_secret_is_in_it_and_what_depends_on_one_is_done_again(self):
        first, second = "an0ther-Secret-99", "0102030405060708090a0b0c0d0e0f1011121314"
        script = ("expect in BootNotification /status=Accepted within 300\n"
                  f"set AuthorizationKey {second}\nget HeartbeatInterval\nwait 1\n")
        with Csms(CSMS, "--accept-unknown") as csms:
            done = record(csms, self.path, script, "--version", "1.6", "--password", first)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        text = "\n".join(lines_of(self.path))
        self.assertNotIn(first, text)
        self.assertNotIn(second, text)
        self.assertIn("set AuthorizationKey 0000000000000000000000000000000000000000", text)
        self.assertEqual(self.replay().returncode, 0)

    def test_the_central_systems_secrets_are_not_in_it_either(self):
        secret = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
        script = ("expect in BootNotification /status=Accepted within 300\nexpect out ChangeConfiguration /status=Accepted within 600\n"
                  "expect noted \"recorded: there is no folder of certificates*\" within 600\n")
        orders = [("ChangeConfiguration", {"key": "AuthorizationKey", "value": secret}), ("DeleteCertificate", {"certificateHashData": {
            "hashAlgorithm": "SHA256", "issuerNameHash": "0", "issuerKeyHash": "0", "serialNumber": "0"}})]
        with Csms(CSMS, "--accept-unknown") as csms:
            with subprocess.Popen([SIM, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "R", "--version", "1.6", "--record", self.path, "--script", "-",
                                   *QUICK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pile:
                pile.stdin.write(script)
                pile.stdin.close()
                noted = ""
                for line in pile.stdout:
                    noted += line if " -- " in line else ""
                    while orders and '"Accepted"' in line and "currentTime" in line:
                        action, payload = orders.pop(0)  # with another password it connects again, and cannot be told anything meanwhile
                        until(lambda: csms.rest.post("/api/stations/R/call", {"action": action, "payload": payload}).status == 200, action)
        self.assertEqual(pile.returncode, 0)
        self.assertIn("recorded: there is no folder of certificates", noted)
        text = "\n".join(lines_of(self.path))
        self.assertNotIn(secret, text)
        self.assertIn('"key":"AuthorizationKey","value":"00000000000000000000000000000000"', text)
        done = self.replay()
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_recording_is_no_longer_than_it_may_be_and_is_done_again_as_far_as_it_goes(self):
        with Csms(CSMS, "--accept-unknown", "--accept-unknown-tokens") as csms:
            done = record(csms, self.path, SESSION, "--version", "1.6", "--record-limit", "3")
        self.assertEqual((done.returncode, done.stderr), (0, "ocpp-sim: the recording is full: it ends here\n"))
        self.assertEqual(lines_of(self.path)[-1], '{"end":true,"cut":true}')
        self.assertLess(os.path.getsize(self.path), 4096)
        done = self.replay()
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_what_cannot_be_recorded_is_refused(self):
        where = ("--url", "ws://127.0.0.1:1/ocpp", "--id", "R", "--record", self.path)
        for flags, why in ((("--stations", "2"), "--record keeps one pile: it is not with --stations"),
                           (("--state", "/tmp"), "--record begins with a pile as it was delivered: it is not with --state, whose files it could not hold")):
            done = sim(*where, *flags)
            self.assertEqual((done.returncode, done.stderr), (2, f"ocpp-sim: {why}; see ocpp-sim --help\n"))
        self.assertEqual(sim("--url", "ws://u:p@127.0.0.1:1/ocpp", "--id", "R", "--record", self.path).returncode, 2)
        done = sim("--url", "ws://127.0.0.1:1/ocpp", "--id", "R", "--record", "/nowhere/x")
        self.assertEqual((done.returncode, done.stderr), (1, "ocpp-sim: /nowhere/x: No such file or directory\n"))
        done = sim("--replay", self.path, "--id", "R")
        self.assertEqual((done.returncode, done.stderr), (2, "ocpp-sim: --replay goes with --quiet and --verbose only; see ocpp-sim --help\n"))


class Files(Base):
    """A log is handed over and firmware fetched, in the middle of which the power is cut; what the network did then is in the recording."""

    SCRIPT = ("expect in BootNotification /status=Accepted within 300\nexpect out LogStatusNotification /status=Uploaded within 600\n"
              "expect out FirmwareStatusNotification /status=Downloading within 600\npowercut\n"
              "expect out FirmwareStatusNotification /status=Installed within 900\nexpect out FirmwareStatusNotification /status=DownloadFailed within 900\nwait 1\n")

    def session(self, folder, version):
        with open(os.path.join(folder, "good.bin"), "wb") as file:
            file.write(b"ocpp-sim firmware 2.0\n" + os.urandom(100000))
        with open(os.path.join(folder, "large.bin"), "wb") as file:
            file.write(bytes((1 << 20) + 1))
        with Csms(CSMS, "--accept-unknown", "--files", folder) as csms:
            with subprocess.Popen([SIM, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "R", "--version", version, "--record", self.path, "--script", "-",
                                   *QUICK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pile:
                pile.stdin.write(self.SCRIPT)
                pile.stdin.close()
                orders = [("Accepted", "log", {"kind": "Diagnostics"}), ('"Uploaded"', "firmware", {"file": "good.bin"}), ('"Installed"', "firmware", {"file": "large.bin"})]
                for line in pile.stdout:
                    if orders and orders[0][0] in line:
                        _, order, body = orders.pop(0)
                        csms.rest.post("/api/stations/R/" + order, body)
        self.assertEqual(pile.returncode, 0)
        return lines_of(self.path)

    def test_files_that_are_moved_are_moved_again_without_a_network(self):
        sim("--url", "ws://127.0.0.1:1/ocpp", "--id", "R", "--record", self.path, "--script", "-")
        if "protocols" not in json.loads(lines_of(self.path)[0]):
            self.skipTest("built without libcurl")
        for version in ("1.6", "2.0.1"):
            with tempfile.TemporaryDirectory() as folder:
                lines = self.session(folder, version)
            kinds = [next(iter(json.loads(line))) for line in lines]
            self.assertLessEqual({"move", "file", "moved"}, set(kinds))
            self.assertIn('"result":"too-large"', "\n".join(lines))
            done = self.replay()
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for kind in ("move", "file", "moved"):  # each of them counts
                i = kinds.index(kind)
                self.assertEqual(self.replay(lines[:i] + lines[i + 1:]).returncode, 1, lines[i][:80])
            i = kinds.index("file")
            self.assertIn(' runs firmware 3.0', self.replay([line.replace("6669726d7761726520322e30", "6669726d7761726520332e30") for line in lines]).stderr)
            self.refused(lines[:i] + [lines[i].replace('{"file":', '{"file":9')], i + 1, "nobody waits for that file")


class Broken(Base):
    """The recordings that are kept, each altered in every line that counts."""

    def test_each_line_that_says_what_the_pile_did_counts(self):
        for kept in kept_recordings():
            lines = lines_of(kept)
            done = self.replay(lines)
            self.assertEqual((done.returncode, done.stderr), (0, ""), kept)
            outs = [i for i, line in enumerate(lines) if line.startswith(('{"out"', '{"note"', '{"phone-out"'))]
            self.assertGreater(len(outs), 10)
            for i in outs[::int(os.environ.get("RECORD_EVERY", "8"))]:
                line = lines[i]
                altered = line.replace(',{"', ',{"zz":1,"', 1) if line.startswith('{"out"') else line.replace('{"note":"', '{"note":"x', 1)
                if line.startswith('{"phone-out"'):
                    altered = line[:-3] + ("1" if line[-3] == "0" else "0") + line[-2:]
                elif altered == line:  # an empty payload
                    altered = line.replace(",{}", ',{"zz":1}')
                done = self.replay(lines[:i] + [altered] + lines[i + 1:])
                self.assertEqual(done.returncode, 1, altered)
                self.assertIn("\n+ ", done.stderr)
                done = self.replay(lines[:i] + lines[i + 1:])
                self.assertEqual(done.returncode, 1, f"without {line}")

    def test_what_was_given_counts_too(self):
        for kept in kept_recordings():
            lines = lines_of(kept)
            given = ('{"do":"p', '{"do":"card', '{"do":"take', '{"do":"rent', '{"do":"ste', '{"do":"ret', '{"up"', '{"key":')
            counts = [i for i, line in enumerate(lines) if line.startswith(given) or '"interval":300' in line]
            self.assertGreater(len(counts), 6)
            for i in counts[::len(counts) // 20 + 1]:
                self.assertEqual(self.replay(lines[:i] + lines[i + 1:]).returncode, 1, lines[i])

    def test_the_first_difference_is_shown_with_its_place(self):
        lines = lines_of(next(path for path in kept_recordings() if "power-cut" in path))
        i = next(i for i, line in enumerate(lines) if "BootNotification" in line)
        altered = lines[:i] + [lines[i].replace('"ocpp-c"', '"other"')] + lines[i + 1:]
        done = self.replay(altered)
        told = done.stderr.splitlines()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(told[0], f"ocpp-sim: {self.path}:{i + 1}: another frame")
        self.assertTrue(told[1].startswith("- [2,") and told[2].startswith("+ [2,"), told)
        self.assertRegex(told[3], r'^at /3/\S+: "other", and now "ocpp-c"$')


class Disk(Base):
    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no disk that is full")
    def test_a_recording_that_could_not_be_written_is_no_success(self):
        done = subprocess.run([SIM, "--url", "ws://127.0.0.1:9/ocpp", "--id", "P", "--record", "/dev/full", "--quiet"], input="quit\n", capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("ocpp-sim: the recording could not be written: No space left on device\n", done.stderr)

    def test_a_folder_is_no_recording(self):
        done = subprocess.run([SIM, "--replay", os.path.dirname(self.path)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Is a directory", done.stderr)


class Hostile(Base):
    def test_what_is_no_recording_is_refused_with_its_line(self):
        for lines, number, reason in (
                ([], 0, "it is empty"), ([""], 1, "it is no recording of ocpp-sim"), (["[1]"], 1, "it is no recording of ocpp-sim"),
                (['{"ocpp-sim":2}'], 1, "its format is not known here"), (['{"ocpp-sim":1}'], 1, "a seed has 16 hexadecimal digits"),
                ([NOTHING.replace('"seed"', '"utc_ms":1,"seed"')], 1, "its date is none"),
                ([NOTHING.replace('"seed"', '"protocols":32,"seed"')], 1, "files are not moved by such protocols"),
                ([NOTHING.replace('"id":"P"', '"id":"a:b"')], 1, "an option is not known, or has no such value"),
                ([NOTHING.replace('"id":"P"', '"id":"P","state":"/tmp/x"')], 1, "an option is not known, or has no such value"),
                ([NOTHING.replace('"id":"P"', '"id":"P","evses":1e99')], 1, "an option is not known, or has no such value"),
                ([NOTHING.replace('"id":"P"', '"id":7')], 1, "an option is not known, or has no such value"),
                ([NOTHING.replace('"set":[]', '"set":["x"]')], 1, "an option is not known, or has no such value"),
                ([NOTHING.replace('"set":[]', '"set":["x=y"]')], 1, "its options do not go together"),
                ([NOTHING.replace('"id":"P",', "")], 1, "its options do not go together"),
                ([NOTHING.replace('"options"', '"x"')], 1, "an option is not known, or has no such value")):
            self.refused(lines, number, reason)

    def test_a_line_that_is_none_is_refused_with_its_number(self):
        for line, reason in (
                ("", "it is no JSON"), ("x", "it is no JSON"), ("{}", "it is no object with members"), ("[]", "it is no object with members"),
                ('{"end":true} x', "something stands behind it"), ('{"what":1}', "no such kind of line"), ('{"tick":-1}', "a tick takes milliseconds"),
                ('{"tick":1.5}', "a tick takes milliseconds"), ('{"tick":1,"times":0}', "ticks take a number of times"),
                ('{"tick":1,"times":1e8}', "ticks take a number of times"), ('{"tick":1,"idle":1}', "idle is true, or not there"),
                ('{"tick":1,"up":"1.6"}', "a member does not belong there"), ('{"up":"9"}', "no such version"), ('{"do":1}', "it takes a text"),
                ('{"in":1}', "a frame is an array, or a text"), ('{"failed":"so"}', "no such failure of a connection"), ('{"down":false}', "it takes true"),
                ('{"phone":"rings"}', "a phone comes, or goes"), ('{"phone-in":""}', "it takes 1 to 2048 bytes as hexadecimal digits"),
                ('{"phone-in":"0g"}', "it takes 1 to 2048 bytes as hexadecimal digits"), ('{"phone-out":"0"}', "it takes 1 to 2048 bytes as hexadecimal digits"),
                ('{"phone-in":"' + "00" * 2049 + '"}', "it takes 1 to 2048 bytes as hexadecimal digits"), ('{"phone-done":1}', "it takes true"),
                ('{"key":"guess"}', "keys are not asked for that"), ('{"key":"hmac","gives":"00"}', "keys give other bytes for that"),
                ('{"key":"hmac"}', "keys give other bytes for that"), ('{"key":"keep","gives":"00"}', "that gives nothing"),
                ('{"key":"sign","fails":"OK"}', "keys do not fail so"), ('{"key":"keep","fails":1}', "keys do not fail so"),
                ('{"phone":"comes"}', "the pile has no phone link"), ('{"phone-in":"00"}', "the pile has no phone link"),
                ('{"phone-out":"00"}', "a frame to the phone is missing\n- 00"),
                ('{"file":1,"bytes":""}', "it takes 1 to 65536 bytes as hexadecimal digits"), ('{"file":-1,"bytes":"00"}', "a file has the number of its transfer"),
                ('{"file":1,"bytes":"00"}', "nobody waits for that file"), ('{"moved":1}', "so many bytes of a transfer were moved"),
                ('{"moved":1,"bytes":1,"result":"late"}', "a transfer does not end so"), ('{"move":1,"fails":"never"}', "it does not fail so"),
                ('{"move":"1"}', "what is moved has a number"),
                ('{"in":"' + "x" * (1 << 20) + '"}', "it is too long"), ("[" * 100000, "it is no JSON"),
                ('{"in":[3,"1",{}]}', "a frame arrives while the link is down")):
            self.refused([NOTHING, '{"advance":true}', '{"note":"connector 1.1 is Available"}', line], 4, reason)
        self.refused([NOTHING, '{"advance":true}', '{"note":"connector 1.1 is Available"}'], 3, "the recording breaks off")
        self.refused([NOTHING, '{"advance":true}', '{"note":"connector 1.1 is Available"}', '{"end":true}', "x"], 5, "something stands behind the end")

    def test_a_pile_that_is_closed_in_the_middle_of_anything_is_closed(self):
        """What the engine does when its link goes may need random numbers: where it has something due, it does."""
        for kept in kept_recordings():
            lines = lines_of(kept)
            due = [i for i, line in enumerate(lines) if line == '{"advance":true}']
            self.assertGreater(len(due), 0)
            for i in due:
                self.refused(lines[:i] + ["x"], i + 1, "it is no JSON")

    def test_keys_that_gave_what_was_not_asked_for_are_refused(self):
        head = [NOTHING, '{"advance":true}', '{"note":"connector 1.1 is Available"}']
        self.refused([*head, '{"key":"keep"}', '{"advance":true}'], 5, "the pile does not ask its keys for what it asked for")
        self.refused([*head, '{"move":1}', '{"advance":true}'], 5, "the pile does not ask for the file it asked for")
        self.refused([*head, *['{"key":"keep"}'] * 65], 68, "more than 64 answers of keys and transfers were not asked for")

    def test_acts_in_an_order_that_cannot_be_do_no_harm(self):
        head = [NOTHING, '{"advance":true}', '{"note":"connector 1.1 is Available"}']
        self.refused([*head, '{"up":"1.6"}', '{"up":"1.6"}'], 5, "the link cannot come up now, or not in this version")
        self.refused([*head, '{"up":"1.6"}', '{"connect":true}'], 5, "it connects while the link is up")
        for line in ('{"failed":"refused"}', '{"down":true}', '{"do":"nonsense"}', '{"do":"tell a b"}', '{"do":"quit"}'):
            done = self.replay([*head, line, line, '{"end":true}'])
            self.assertEqual((done.returncode, done.stderr), (0, ""), line)


if __name__ == "__main__":
    SIM, CSMS, *RECORDINGS = map(os.path.abspath, sys.argv[1:])
    unittest.main(argv=sys.argv[:1], verbosity=1)
