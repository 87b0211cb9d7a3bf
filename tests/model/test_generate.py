#!/usr/bin/env python3
"""What generate.py makes of a small model, to the letter, and what notation.py says about models that are wrong.

After a wanted change of the output: test_generate.py --approve rewrites the golden files; read the difference before committing it.
"""
import contextlib
import io
import os
import shutil
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib", "model"))
import generate  # noqa: E402
import notation  # noqa: E402

GOOD = "version none prefix tiny answer res\n"


def run(*arguments):
    """Exit code and what was said on stderr."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = generate.main([str(argument) for argument in arguments])
    return code, said.getvalue()


def generate_golden(folder):
    models = [os.path.join(GOLDEN, name) for name in ("tiny.model", "tiny_more.model")]
    header, source = os.path.join(folder, "include", "tiny.h"), os.path.join(folder, "tiny.c")
    calls = os.path.join(folder, "include", "tiny_calls.h")
    return run("--header", header, "--source", source, "--calls", calls, *models), header, source, calls


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        os.mkdir(os.path.join(self.folder, "include"))
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def generate(self, *texts, check=False):
        models = [self.write(f"m{number}.model", text) for number, text in enumerate(texts, 1)]
        outputs = ["--header", self.path("include/m.h"), "--source", self.path("m.c")]
        return run(*(["--check"] if check else []), *outputs, *models)


class Output(WithFolder):
    def test_the_small_model_becomes_the_approved_files(self):
        (code, said), header, source, calls = generate_golden(self.folder)
        self.assertEqual((code, said), (0, ""))
        for made, approved in ((header, "include/tiny.h"), (source, "tiny.c"), (calls, "include/tiny_calls.h")):
            with open(made, encoding="utf-8") as left, open(os.path.join(GOLDEN, approved), encoding="utf-8") as right:
                self.assertEqual(left.read(), right.read(), f"{approved} changed; see the head of this file")

    def test_check_tells_a_stale_file_and_leaves_it_alone(self):
        model = GOOD + "send Beep from station { loud boolean }"
        self.assertEqual(self.generate(model), (0, ""))
        self.assertEqual(self.generate(model, check=True), (0, ""))
        self.write("m.c", "int old;\n")
        code, said = self.generate(model, check=True)
        self.assertEqual(code, 1)
        self.assertIn("m.c is not what the model says", said)
        with open(self.path("m.c"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "int old;\n")

    def test_a_file_that_is_up_to_date_is_not_written_again(self):
        model = GOOD + "send Beep from station { loud boolean }"
        self.generate(model)
        os.utime(self.path("m.c"), (1, 1))
        self.generate(model)
        self.assertEqual(os.stat(self.path("m.c")).st_mtime, 1)

    def test_actions_stand_in_byte_order_of_their_names(self):
        self.generate(GOOD + "send beep from station { } send Zoom from station { } send Beep15 from both { }")
        with open(self.path("m.c"), encoding="utf-8") as file:
            rows = [line.split('"')[1] for line in file if line.startswith("    { ") and "_req_type" in line]
        self.assertEqual(rows, ["Beep15", "Zoom", "beep"])


class Names(unittest.TestCase):
    def test_words_are_found_in_names_of_every_kind(self):
        for name, expected in {
            "iccid": "iccid",
            "evseId": "evse_id",
            "EVSEType": "evse_type",
            "ocspRequestData": "ocsp_request_data",
            "OCSPRequestDataType": "ocsp_request_data_type",
            "csChargingProfiles": "cs_charging_profiles",
            "limit_L2": "limit_l2",
            "EVChargingNeeds": "ev_charging_needs",
            "NotifyEVChargingNeeds": "notify_ev_charging_needs",
            "Get15118EVCertificate": "get_15118_ev_certificate",
            "iso15118CertificateHashData": "iso15118_certificate_hash_data",
            "V2GRootCertificate": "v2g_root_certificate",
            "SignV2G20Certificate": "sign_v2g20_certificate",
            "EnergyRequest.Minimum.V2X": "energy_request_minimum_v2x",
            "evMaxV2XEnergyRequest": "ev_max_v2x_energy_request",
            "bulkSoC": "bulk_soc",
            "soH": "soh",
            "kWh": "kwh",
            "kvarh": "kvarh",
            "L1-N": "l1_n",
            "Other1PhMax16A": "other_1ph_max_16a",
            "s309-3P-32A": "s309_3p_32a",
            "sCEE-7-7": "s_cee_7_7",
            "eMAID": "emaid",
            "prioritizedEMAIDs": "prioritized_emaids",
            "IdleTIme": "idle_time",
            "AC_BPT_DER": "ac_bpt_der",
            "taxRuleID": "tax_rule_id",
        }.items():
            self.assertEqual(notation.snake(name), expected)

    def test_a_word_of_c_or_cpp_is_no_member(self):
        self.assertEqual(notation.c_member("default"), "default_")
        self.assertEqual(notation.c_member("operator"), "operator_")
        self.assertEqual(notation.c_member("interval"), "interval")


# what is wrong, the models (the first behind a good first line), the complaint
WRONG = [
    ("no version", [None], "m1.model:1: the file ends where version or extends is expected"),
    ("another first word", [None, "enum A { B }"], "m1.model:1: 'enum' where version or extends is expected"),
    ("an unknown version", [None, "version 3 prefix x answer y"], "m1.model:1: version 3 is none of none, 1.6, 2.0.1, 2.1"),
    ("an unknown declaration", ["\nunion A { }"], "m1.model:3: 'union' where enum, struct, record, call, send or every is expected"),
    ("a strange character", ["struct A {\n b integer; }"], "m1.model:3: unexpected ';'"),
    ("an unknown type", ["send A from both {\n a Integer\n}"], "m1.model:3: Integer is neither built in nor declared"),
    ("a member twice", ["send A from both {\n a integer\n a? any }"], "m1.model:4: two members are called a"),
    ("a member that closes every struct", ["every message and struct has a any\nsend A from both { a any }"], "m1.model:2: two members are called a"),
    ("a value twice", ["enum A { B\nC B }"], "m1.model:3: A has B twice"),
    ("no values", ["enum A { }"], "m1.model:2: A has no values"),
    ("an open enum", ["enum A { B"], "m1.model:2: A has no closing brace"),
    ("an open call", ["call A from both { a any"], "m1.model:2: the file ends where a member is expected"),
    ("no sender", ["call A { } returns { }"], "m1.model:2: '{' where from is expected"),
    ("a strange sender", ["call A from nobody { } returns { }"], "m1.model:2: 'nobody' where station, central or both is expected"),
    ("no answer", ["call A from both { }\nsend B from both { }"], "m1.model:3: 'send' where returns is expected"),
    ("a name twice", ["send A from both { }\nsend A from both { }"], "m1.model:3: A is declared twice"),
    ("a built-in name", ["enum string { A }\nsend B from both { a string }"], "m1.model:2: string is built in"),
    ("an unused type", ["enum A { B }"], "m1.model:2: A is never used"),
    ("a struct in itself", ["struct A { b? B }\nstruct B { a? A[] }\nsend C from both { a A }"], "m1.model:2: A holds itself"),
    ("no type", ["send A from both { a }"], "m1.model:2: '}' is not a name for a type"),
    ("a length of nothing", ["send A from both { a string(0) }"], "m1.model:2: '0' is not a length from 1 to 65535"),
    ("a length of too much", ["send A from both { a string(65536) }"], "m1.model:2: '65536' is not a length from 1 to 65535"),
    ("a limited boolean", ["send A from both { a boolean(1) }"], "m1.model:2: boolean takes no limits"),
    ("a limit that is no range", ["send A from both { a integer(7) }"], "m1.model:2: '7' is not a range such as 0.. or 0..100"),
    ("a range without ends", ["send A from both { a integer(..) }"], "m1.model:2: '..' is not a range such as 0.. or 0..100"),
    ("a range that is too wide", ["send A from both { a integer(0..128) }"], "m1.model:2: the range 0..128 leaves -128..127"),
    ("a range upside down", ["send A from both { a integer(3..2) }"], "m1.model:2: the range 3..2 is empty"),
    ("a list of two at least", ["send A from both { a integer[2..] }"], "m1.model:2: a list can demand one item at least, not more"),
    ("two members alike in C", ["send A from both { evseId any\nevse_id any }"], "m1.model:3: 'evse_id' would stand for two things in C"),
    ("a member and a flag", ["send A from both { has_b any\nb? integer }"], "m1.model:3: 'has_b' would stand for two things in C"),
    ("two values alike in C", ["enum A { b-c b.c }\nsend B from both { a A }"], "m1.model:2: 'TINY_A_B_C' would stand for two things in C"),
    ("the value of the zero", ["enum A { Unset }\nsend B from both { a A }"], "m1.model:2: 'TINY_A_UNSET' would stand for two things in C"),
    ("an enum and a struct alike in C", ["enum AEnumType { B }\nstruct AType { a AEnumType }\nsend C from both { a AType }"],
     "m1.model:2: 'a' would stand for two things in C"),
    ("a second version", ["send A from both { }", GOOD], "m2.model:1: a second version beside none; say 'extends version none'"),
    ("another version extended", ["send A from both { }", "extends version 1.6"], "m2.model:1: extends version 1.6, but the model before it is version none"),
    ("nothing to extend", [None, "extends version 1.6"], "m1.model:1: extends version 1.6, but no model stands before it"),
]  # fmt: skip


class Complaints(WithFolder):
    def test_a_wrong_model_is_told_by_file_line_and_reason_and_nothing_is_written(self):
        for what, texts, complaint in WRONG:
            with self.subTest(what):
                first = GOOD + texts[0] if texts[0] is not None else "".join(texts[1:2])
                code, said = self.generate(first, *(texts[1:] if texts[0] is not None else []))
                self.assertEqual((code, said), (1, complaint + "\n"))
                self.assertFalse(os.path.exists(self.path("m.c")))
                self.assertFalse(os.path.exists(self.path("include/m.h")))

    def test_a_missing_file_is_told_in_one_line(self):
        code, said = run("--header", self.path("m.h"), "--source", self.path("m.c"), self.path("none.model"))
        self.assertEqual(code, 1)
        self.assertEqual(said.count("\n"), 1)
        self.assertIn("none.model", said)


if __name__ == "__main__":
    if sys.argv[1:] == ["--approve"]:
        print(generate_golden(GOLDEN))
    else:
        unittest.main()
