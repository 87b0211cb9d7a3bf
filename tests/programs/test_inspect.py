#!/usr/bin/env python3
"""test_inspect.py PROGRAM VERSION: ocpp-inspect as a user meets it. Versions the program was built without are left out."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM, PROGRAM_VERSION = "", ""
CORPUS = "../shared/ocpp/corpus"
MIB = 1 << 20

BOOT = '[2,"b1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]'
BOOT_RESULT = '[3,"b1",{"currentTime":"2024-05-06T12:34:56Z","interval":300,"status":"Accepted"}]'


def run(*arguments, text=b"", **more):
    if isinstance(text, str):
        text = text.encode()
    done = subprocess.run([PROGRAM, *arguments], input=text, capture_output=True, timeout=60, **more)
    assert b"Sanitizer" not in done.stderr, done.stderr.decode(errors="replace")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(*arguments, text):
    return run(*arguments, text=text)[1].splitlines()


def has(version):
    return run("--version", version)[0] == 0


class Usage(unittest.TestCase):
    def test_help_and_version_are_told_and_exit_0(self):
        status, out, err = run("--help")
        self.assertEqual((status, err), (0, ""))
        self.assertTrue(out.startswith("Usage: ocpp-inspect"))
        for flag in ("--version", "--lenient", "--json", "--help", "FILE"):
            self.assertIn(flag, out)
        self.assertEqual(run("--version"), (0, f"ocpp-inspect {PROGRAM_VERSION}\n", ""))

    def test_wrong_use_exits_2_with_one_line_that_says_what_to_type(self):
        for arguments in (["--verison"], ["-x"], ["--version", "3.0"], ["--version=1.5"], ["a", "b"], ["--json", "--version", "x", "f"]):
            status, out, err = run(*arguments)
            self.assertEqual((status, out, err.count("\n")), (2, "", 1), arguments)
            self.assertIn("ocpp-inspect --help", err)

    def test_a_file_that_cannot_be_read_exits_2_with_one_line(self):
        for path in ("/no/such/file", "/"):
            status, out, err = run(path)
            self.assertEqual((status, out, err.count("\n")), (2, "", 1), path)
            self.assertTrue(err.startswith("ocpp-inspect: "))

    def test_output_that_cannot_be_written_exits_2(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM], input=BOOT.encode(), stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (2, 1))

    def test_nothing_to_judge_is_no_failure(self):
        self.assertEqual(run(text=""), (0, "", ""))
        self.assertEqual(run(text="\n \t\n\r\n"), (0, "", ""))

    def test_a_file_a_dash_and_a_pipe_read_the_same(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(BOOT.encode())
            file.flush()
            self.assertEqual(run(file.name), (0, "1 ok BootNotification\n", ""))
            self.assertEqual(run("--", file.name), (0, "1 ok BootNotification\n", ""))
        self.assertEqual(run("-", text=BOOT), (0, "1 ok BootNotification\n", ""))
        self.assertEqual(run(text=BOOT), (0, "1 ok BootNotification\n", ""))


class Frames(unittest.TestCase):
    def setUp(self):
        if not has("1.6"):
            self.skipTest("built without 1.6")

    def judge(self, text, *arguments):
        return lines("--version", "1.6", *arguments, text=text)

    def test_a_valid_call_and_its_answer_are_ok(self):
        self.assertEqual(self.judge(f"{BOOT}\n{BOOT_RESULT}\n"), ["1 ok BootNotification", "2 ok BootNotification"])

    def test_an_invalid_payload_is_told_with_code_and_pointer_and_exits_1(self):
        text = '[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":7}]'
        status, out, err = run("--version", "1.6", text=text)
        self.assertEqual((status, err), (1, ""))
        self.assertEqual(out, "1 error TypeConstraintViolation /chargePointModel: a value is of the wrong JSON type\n")

    def test_the_payload_itself_is_the_empty_pointer(self):
        self.assertEqual(self.judge('[2,"1","Heartbeat",[]]'), ["1 error TypeConstraintViolation : a value is of the wrong JSON type"])

    def test_an_answer_is_judged_by_the_call_that_was_seen_or_the_action_that_is_given(self):
        bad = '[3,"b1",{"currentTime":"2024-05-06T12:34:56Z","status":"Accepted"}]'
        self.assertIn("1 ok CALLRESULT (not judged: its CALL was not seen)", self.judge(bad))
        self.assertIn("error OccurenceConstraintViolation /interval", self.judge(f"{BOOT}\n{bad}")[1])
        given = '{"action":"BootNotification","frame":%s}' % bad
        self.assertIn("error OccurenceConstraintViolation /interval", self.judge(given)[0])
        self.assertEqual(run("--version", "1.6", text=bad)[0], 0)

    def test_the_later_of_two_calls_with_one_id_is_the_one_that_is_answered(self):
        text = '[2,"1","Heartbeat",{}]\n[2,"1","ClearCache",{}]\n[3,"1",{"status":"Accepted"}]'
        self.assertEqual(self.judge(text)[2], "3 ok ClearCache")

    def test_old_calls_are_forgotten_and_the_new_ones_known(self):
        calls = [f'[2,"id{i}","Heartbeat",{{}}]' for i in range(40000)]
        out = self.judge("\n".join(calls + ['[3,"id0",{}]', '[3,"id39999",{}]']))
        self.assertIn("ok CALLRESULT (not judged", out[-2])
        self.assertIn("error OccurenceConstraintViolation /currentTime", out[-1])

    def test_what_is_no_frame_is_told(self):
        for text, reason in (
            ("nonsense", "not JSON text, at byte 0 of it"),
            ("[]", "the message type is not an integer"),
            ('[2,"1","Heartbeat"]', "the frame has fewer elements than its message type"),
            ('[2,1,"Heartbeat",{}]', "the message id is not a string"),
            ('{"action":"Heartbeat"}', "the object has no member frame"),
            ('{"frame":[2,"1","Heartbeat",{}],"version":{}}', "version or action is no text"),
            ('"text"', "the message is not an array"),
            ('[2,"1","Heartbeat",{"a":1,"a":2}]', "a member name occurs twice in one object, at byte 27 of it"),
        ):
            self.assertEqual(self.judge(text), [f"1 error FormationViolation : {reason}"], text)
        self.assertEqual(self.judge('[2,"1","Reboot",{}]'), ["1 error NotImplemented : the action is not known in this version"])
        self.assertEqual(self.judge('[9,"1",{}]'), ["1 error FormationViolation : the message type number is not known: 9"])

    def test_broken_bytes_and_text_frames_are_told(self):
        self.assertIn("not valid UTF-8", self.judge(b'[2,"1","Heart\xffbeat",{}]')[0])
        self.assertIn("NUL", self.judge(b'[2,"1","Heart\0beat",{}]')[0])
        self.assertEqual(self.judge(json.dumps({"frame": '[2,"1","Heartbeat",{}]'})), ["1 ok Heartbeat"])
        self.assertIn("error FormationViolation : not JSON", self.judge(json.dumps({"frame": '[2,"1","Heartbeat",{}'}))[0])

    def test_errors_are_frames_too(self):
        text = '[2,"1","Heartbeat",{}]\n[4,"1","NotSupported","",{}]\n[4,"9","AnyCode","",{}]\n[4,"1","NotSupported"]'
        out = self.judge(text)
        self.assertEqual(out[1:3], ["2 ok Heartbeat", "3 ok CALLERROR"])
        self.assertEqual(out[3], "4 error FormationViolation : the error has no description or no details")

    def test_line_ends_and_a_byte_order_mark_are_not_part_of_a_frame(self):
        text = b"\xef\xbb\xbf" + BOOT.encode() + b"\r\n\r\n" + BOOT.encode()
        self.assertEqual(self.judge(text), ["1 ok BootNotification", "3 ok BootNotification"])

    def test_nothing_of_a_frame_reaches_the_terminal_raw(self):
        text = '[2,"1","Heartbeat",{"\\u001b[31m\\n\\u009b":1}]'
        self.assertEqual(self.judge(text), ["1 error FormationViolation /\\x1b[31m\\x0a\\x9b: a member is not part of this message"])
        found = json.loads(lines("--json", "--version", "1.6", text=text)[0])
        self.assertEqual(found["path"], "/\x1b[31m\n\x9b")

    def test_json_output_has_the_same_facts(self):
        text = f'{BOOT}\n[2,"1","Heartbeat",{{"a/b":1}}]\n[3,"x",{{}}]\nnonsense "quoted"\n'
        found = [json.loads(line) for line in lines("--json", "--version", "1.6", text=text)]
        self.assertEqual(found[0], {"line": 1, "ok": True, "action": "BootNotification", "code": None, "path": None, "reason": None})
        self.assertEqual(found[1], {"line": 2, "ok": False, "action": "Heartbeat", "code": "FormationViolation", "path": "/a~1b",
                                    "reason": "a member is not part of this message"})
        self.assertEqual(found[2]["ok"], True)
        self.assertIsNone(found[2]["action"])
        self.assertIn("not judged", found[2]["reason"])
        self.assertEqual((found[3]["ok"], found[3]["path"]), (False, ""))

    def test_lenient_tells_what_was_bent(self):
        text = '[2,"1","StatusNotification",{"connectorId":"1","errorCode":"Error","status":"Faulted"}]'
        status, out, _ = run("--version", "1.6", text=text)
        self.assertEqual(status, 1)
        self.assertIn("error TypeConstraintViolation /connectorId", out)
        status, out, _ = run("--version", "1.6", "--lenient", text=text)
        self.assertEqual(status, 0)
        out = out.splitlines()
        self.assertEqual(out[0], "1 quirk text-as-number /connectorId: a text was read as a number")
        self.assertTrue(out[1].startswith("1 quirk unknown-enum /errorCode: "))
        self.assertEqual(out[2:], ["1 ok StatusNotification"])
        found = json.loads(lines("--lenient", "--json", "--version", "1.6", text=text)[0])
        self.assertEqual([quirk["name"] for quirk in found["quirks"]], ["text-as-number", "unknown-enum"])
        self.assertTrue(found["ok"])

    def test_lenient_is_not_blind(self):
        text = '[2,"1","StatusNotification",{"connectorId":"x","errorCode":"NoError","status":"Faulted"}]\n[4,"1","X","",{}]'
        self.assertEqual(self.judge(text, "--lenient")[0], "1 error TypeConstraintViolation /connectorId: a value is of the wrong JSON type")

    def test_a_frame_full_of_quirks_tells_a_hundred_and_the_number_of_the_others(self):
        keys = ",".join('{"key":"k","readonly":0}' for _ in range(150))
        text = '{"action":"GetConfiguration","frame":[3,"1",{"configurationKey":[%s]}]}' % keys
        out = self.judge(text, "--lenient")
        self.assertEqual(len(out), 102)
        self.assertEqual(out[100], "1 quirk more : 50 further uses are not told")
        self.assertEqual(json.loads(self.judge(text, "--lenient", "--json")[0])["quirksNotTold"], 50)


class Versions(unittest.TestCase):
    def setUp(self):
        if not (has("1.6") and has("2.0.1") and has("2.1")):
            self.skipTest("not every version is built")

    def test_codes_are_spelt_as_the_version_spells_them(self):
        text = '[2,"1","Heartbeat",{"a":1}]'
        self.assertIn("FormationViolation", lines("--version", "1.6", text=text)[0])
        self.assertIn("FormatViolation", lines("--version=2.0.1", text=text)[0])
        self.assertIn("NotImplemented", lines("--version", "1.6", text='[2,"1","NotifyReport",{}]')[0])
        self.assertIn("OccurrenceConstraintViolation", lines("--version", "2.1", text='[2,"1","NotifyReport",{}]')[0])

    def test_message_types_belong_to_versions(self):
        send = '[6,"1","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2024-01-01T00:00:00Z","data":[{"t":1.5,"v":"1"}]}]'
        self.assertEqual(lines("--version", "2.1", text=send), ["1 ok NotifyPeriodicEventStream"])
        self.assertEqual(lines(text=send), ["1 ok NotifyPeriodicEventStream"])
        self.assertIn("error MessageTypeNotSupported", lines("--version", "2.0.1", text=send)[0])
        self.assertIn("error FormationViolation", lines("--version", "1.6", text=send)[0])
        self.assertIn("error NotSupported", lines("--version", "2.1", text=send.replace("[6", "[2", 1))[0])
        self.assertEqual(lines("--version", "2.1", text='[5,"1","FormatViolation","",{}]'), ["1 ok CALLRESULTERROR"])

    def test_a_version_in_the_line_counts_and_the_flag_counts_more(self):
        frame = '[2,"1","Heartbeat",{"a":1}]'
        text = '{"version":"2.0.1","frame":%s}\n{"version":"ocpp1.6","frame":%s}' % (frame, frame)
        found = lines(text=text)
        self.assertIn("FormatViolation", found[0])
        self.assertIn("FormationViolation", found[1])
        self.assertIn("FormationViolation", lines("--version", "1.6", text=text)[0])

    def test_the_version_is_found_out_line_by_line(self):
        status_16 = '[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]'
        status_201 = '[2,"2","StatusNotification",{"timestamp":"2024-01-01T00:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":1}]'
        tariff_21 = '[2,"3","ClearTariffs",{}]'
        broken_16 = status_16.replace("Available", "Afloat")
        broken_201 = status_201.replace("Available", "Afloat")
        found = lines(text="\n".join([status_16, status_201, tariff_21, broken_16, broken_201]))
        self.assertEqual(found[:3], ["1 ok StatusNotification", "2 ok StatusNotification", "3 ok ClearTariffs"])
        self.assertIn("error PropertyConstraintViolation /status:", found[3])
        self.assertIn("error PropertyConstraintViolation /connectorStatus:", found[4])

    def test_an_answer_may_tell_the_version_its_call_left_open(self):
        text = '[2,"1","GetLocalListVersion",{}]\n[3,"1",{"versionNumber":5}]\n[2,"2","GetLocalListVersion",{}]\n[3,"2",{"listVersion":5}]'
        self.assertEqual([line.split()[1] for line in lines(text=text)], ["ok"] * 4)

    def test_broken_text_takes_the_spelling_of_the_log_so_far(self):
        self.assertIn("RpcFrameworkError", lines(text="[")[0])
        self.assertIn("FormationViolation", lines(text='{"version":"1.6","frame":[2,"1","Heartbeat",{}]}\n[')[1])


class Limits(unittest.TestCase):
    def test_a_line_beyond_a_mebibyte_is_an_error_and_the_next_line_is_judged(self):
        for length in (MIB + 1, 3 * MIB, 10 * MIB):
            text = b"[" + b" " * (length - 1) + b"\n" + BOOT.encode() + b"\n"
            found = lines(text=text)
            self.assertIn("error RpcFrameworkError : the line is longer than 1 MiB", found[0])
            self.assertEqual(found[1:], ["2 ok BootNotification"])

    def test_a_line_of_a_mebibyte_is_read(self):
        found = lines(text=BOOT.ljust(MIB) + "\n" + BOOT)
        self.assertEqual(found, ["1 ok BootNotification", "2 ok BootNotification"])

    def test_an_endless_line_ends(self):
        self.assertIn("longer than 1 MiB", lines(text=b"x" * (5 * MIB))[0])

    def test_deep_and_wide_texts_are_refused(self):
        self.assertIn("nested more deeply", lines(text='[2,"1","DataTransfer",' + "[" * 100000)[0])
        self.assertIn("more values than the limit", lines(text='[2,"1","DataTransfer",{"data":[' + "0," * 200000 + "0]}]")[0])

    def test_a_long_log_needs_no_more_memory_than_a_short_one(self):
        def peak(count):
            text = "".join(f'[2,"{i}","Heartbeat",{{}}]\n[3,"{i}",{{"currentTime":"2024-01-01T00:00:00Z"}}]\n' for i in range(count))
            with tempfile.TemporaryFile() as file:
                file.write(text.encode())
                file.seek(0)
                child = subprocess.Popen([PROGRAM], stdin=file, stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                self.assertEqual(child.returncode, 0)
            return usage.ru_maxrss

        short, long = peak(20000), peak(150000)
        # sanitizers put freed memory aside and grow on their own
        self.assertLess(long, short + (4096 if short < 32768 else 1 << 20))

    def test_whoever_watches_a_pipe_sees_a_verdict_before_the_next_line(self):
        child = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        watchdog = threading.Timer(30, child.kill)
        watchdog.start()
        try:
            for number in (1, 2):
                child.stdin.write(BOOT.encode() + b"\n")
                child.stdin.flush()
                self.assertEqual(child.stdout.readline(), b"%d ok BootNotification\n" % number)
        finally:
            watchdog.cancel()
            child.stdin.close()
            child.stdout.close()
            self.assertEqual(child.wait(), 0)


class Corpus(unittest.TestCase):
    CODES = {"additionalProperties": "FormatViolation", "type": "TypeConstraintViolation", "null": "TypeConstraintViolation",
             "enum": "PropertyConstraintViolation", "maxLength": "PropertyConstraintViolation", "minimum": "PropertyConstraintViolation",
             "maximum": "PropertyConstraintViolation", "required": "OccurrenceConstraintViolation",
             "minItems": "OccurrenceConstraintViolation", "maxItems": "OccurrenceConstraintViolation"}  # fmt: skip
    SPELLING_16 = {"FormatViolation": "FormationViolation", "OccurrenceConstraintViolation": "OccurenceConstraintViolation"}

    def read(self, name, *arguments):
        path = f"{CORPUS}/{name}.jsonl"
        if not os.path.exists(path):
            self.skipTest(f"{path} is not there")
        with open(path, encoding="utf-8") as file:
            wanted = [json.loads(line) for line in file]
        found = [json.loads(line) for line in run("--json", *arguments, path)[1].splitlines()]
        self.assertEqual(len(found), len(wanted))
        versions = [version for version in ("1.6", "2.0.1", "2.1") if has(version)]
        return [(w, f) for w, f in zip(wanted, found) if w["version"] in versions]

    def test_every_minimal_and_full_message_is_ok(self):
        for wanted, found in self.read("synthetic_valid"):
            self.assertEqual((found["ok"], found["action"]), (True, wanted["action"]), found)

    def test_every_message_broken_in_one_place_is_told_with_its_code_and_pointer(self):
        for wanted, found in self.read("synthetic_invalid"):
            code = self.CODES[wanted["violation"]]
            if wanted["version"] == "1.6":
                code = self.SPELLING_16.get(code, code)
            path = "" if wanted["path"] == "/" else wanted["path"]
            self.assertEqual((found["ok"], found["code"], found["path"]), (False, code, path), wanted)

    def test_every_frame_of_the_field_with_a_readable_text_is_survived_leniently(self):
        for wanted, found in self.read("quirks", "--lenient"):
            if isinstance(wanted["frame"], list) and wanted["frame"][0] != 6:
                self.assertTrue(found["ok"], wanted)


if __name__ == "__main__":
    PROGRAM, PROGRAM_VERSION = os.path.abspath(sys.argv[1]), sys.argv[2]
    unittest.main(argv=sys.argv[:1])
