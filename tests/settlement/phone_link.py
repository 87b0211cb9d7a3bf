"""phone_link.py SIM PHONE: ocpp-phone speaks with ocpp-sim over a socket and over a pseudo-terminal; wrong use and strangers are told."""

import base64
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SIM, PHONE = sys.argv.pop(1), sys.argv.pop(1)


class PhoneLink(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.sim = None

    def tearDown(self):
        if self.sim and self.sim.returncode is None:
            self.sim.communicate("quit\n", timeout=60)
        shutil.rmtree(self.folder)

    def start(self, link, *words):
        """A pile without a network; where phones find it."""
        self.sim = subprocess.Popen([SIM, "--url", "none", "--id", "P1", "--link", link, "--evses", "2", *words], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            said = re.search(r"phone link at (\S+)", self.sim.stdout.readline())
            if said:
                return ("unix:" if link.startswith("unix:") else "") + said.group(1)
        self.fail("no phone link")

    def phone(self, *words, code=0):
        done = subprocess.run([PHONE, *words], text=True, capture_output=True, timeout=100)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 0 if code == 0 else 1, done.stderr)
        return done.stdout

    def test_over_a_socket_and_over_a_terminal_in_the_smallest_frames(self):
        for link in (f"unix:{self.folder}/link", "pty"):
            where = self.start(link)
            for words in ([], ["--frame", "20"]):
                hello = json.loads(self.phone("--link", where, "--unproved", "--json", *words, "hello"))
                self.assertEqual((hello["pile"], hello["online"], len(hello["outlets"])), ("P1", False, 2))
            token = json.loads(self.phone("--link", where, "--unproved", "ask", "Status", '{"outlet":1}'))["token"]
            self.assertEqual(token.count("."), 2)
            self.phone("--link", where, "--unproved", "bills", code=1)  # it belongs to nobody yet, so nobody may read them
            self.tearDown()
            self.setUp()

    def test_a_stranger_is_not_believed_and_another_pile_neither(self):
        where = self.start(f"unix:{self.folder}/link", "--state", f"{self.folder}/state")
        self.phone("--link", where, "--unproved", "hello")  # its key was made by now
        pem = os.path.join(self.folder, "state", "P1.settle-keys", "pile-key.pem")
        der = subprocess.run(["openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout

        right = base64.urlsafe_b64encode(der[-65:]).rstrip(b"=").decode()
        wrong = right[:20] + ("A" if right[20] != "A" else "B") + right[21:]
        self.assertIn("P1", self.phone("--link", where, "--key", right, "hello"))
        self.phone("--link", where, "--key", wrong, "hello", code=1)
        self.phone("--link", where, "--root", f"root:{right}", "hello", code=1)
        self.phone("--link", where, "--unproved", "--pile", "P2", "hello", code=1)
        self.phone("--link", where, "--unproved", "ask", "Deliver", '{"parcel":{"trust":{"keys":[]},"acknowledgements":[]}}', code=1)

    def test_an_act_with_its_id_is_answered_again(self):
        where = self.start(f"unix:{self.folder}/link")
        words = ["--link", where, "--unproved", "--id", "0" * 26, "ask", "StopSession"]
        first = self.phone(*words, '{"outlet":1,"session":"S"}')
        self.assertEqual(first, self.phone(*words, '{"outlet":1,"session":"S"}'))
        self.phone(*words, '{"outlet":2,"session":"S"}', code=1)

    def replay(self, lines):
        path = f"{self.folder}/altered.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
        done = subprocess.run([SIM, "--replay", path, "--quiet"], capture_output=True, text=True, timeout=100)
        self.assertEqual(len(done.stderr.splitlines()[:1]), done.returncode, done.stderr)
        return done.stderr

    def test_what_phones_do_is_recorded_and_done_again(self):
        recorded, code = f"{self.folder}/session.jsonl", "CLAIM-CODE-0123456789"
        where = self.start(f"unix:{self.folder}/link", "--record", recorded, "--claim-code", code)
        for words in ([], ["--frame", "20"]):
            self.phone("--link", where, "--unproved", *words, "hello")
        self.sim.stdin.write("plug 1\npass 100\npowercut\n")
        self.sim.stdin.flush()
        self.phone("--link", where, "--unproved", "ask", "Status", '{"outlet":1}')
        self.phone("--link", where, "--unproved", "bills", code=1)
        self.sim.communicate("quit\n", timeout=60)
        with open(recorded, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertNotIn(code, "\n".join(lines))
        self.assertNotIn(self.folder, "\n".join(lines))
        self.assertLessEqual({"phone", "phone-in", "phone-out", "phone-done", "key"}, {next(iter(json.loads(line))) for line in lines})
        self.assertEqual(self.replay(lines), "")
        for kind in ('{"phone-in"', '{"phone-out"', '{"key":"sign"'):  # each of them counts
            i = next(i for i, line in enumerate(lines) if line.startswith(kind))
            self.assertRegex(self.replay(lines[:i] + lines[i + 1:]), r"altered.jsonl:\d+: ")
            digit = "1" if lines[i][-3] == "0" else "0"
            self.assertRegex(self.replay(lines[:i] + [lines[i][:-3] + digit + lines[i][-2:]] + lines[i + 1:]), r"altered.jsonl:\d+: ")
        self.assertIn("a frame to the phone is missing", self.replay(lines[:-1] + ['{"phone-out":"00"}', lines[-1]]))

    def test_what_others_write_moves_no_cursor(self):
        nasty = "no\x1b[2J \x9b2J\u202e\x07\x7f way"

        class Server(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                is_good = "latitude=1" in self.path
                body = json.dumps({"name" + nasty: nasty} if is_good else {"detail": nasty}).encode()
                self.send_response(200 if is_good else 409)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            base = ("--server", f"http://127.0.0.1:{server.server_port}")
            shown = self.phone(*base, "find", "1", "1")
            refused = subprocess.run([PHONE, *base, "find", "2", "1"], text=True, capture_output=True, timeout=100).stderr
            server.shutdown()
        for text in (shown, refused):
            self.assertIn("no [2J  2J", text)
            self.assertRegex(text, r"\A[ -~]*\n\Z")

    def test_a_file_of_carried_things_that_somebody_changed_is_refused(self):
        state = os.path.join(self.folder, "phone")
        os.mkdir(state)
        for things in ("{}", "[1]", '[{"pile":"P"}]', '[{"pile":"P","page":"1","token":"x"}]', '[{"pile":"P","page":1}]', "[", "null"):
            with open(os.path.join(state, "carried.json"), "w", encoding="utf-8") as file:
                file.write(things)
            self.phone("--server", "http://127.0.0.1:1", "--timeout", "2", "--state", state, "relay", code=1)

    def test_wrong_use_is_told_in_one_line(self):
        for words in ([], ["hello"], ["--link", "x", "hello"], ["--link", "unix:/x", "hello"], ["--nonsense"], ["get", "/"], ["dance"],
                      ["--link", "unix:/x", "--unproved", "ask"], ["--server", "http://example.org", "get", "/"]):
            self.phone(*words, code=2)
        self.phone("--link", f"unix:{self.folder}/nobody", "--unproved", "hello", code=1)
        state = os.path.join(self.folder, "phone")
        for words in (["start", "1", "TAG"], ["--link", "unix:/x", "--unproved", "--server", "http://127.0.0.1:1", "start", "one", "TAG"],
                      ["--link", "unix:/x", "--unproved", "stop", "1", "S"], ["--link", "unix:/x", "--unproved", "relay"], ["relay"],
                      ["--state", state, "follow", "ANNA"], ["--state", state, "--terminals", "http://h", "follow", "ANNA"], ["--state", state, "key", "no name"],
                      ["--state", state, "--link", "unix:/x", "--unproved", "prompt", "A", "energy", "much"], ["--state", state, "follow", "A", "dance"],
                      ["--server", "http://127.0.0.1:1", "find", "52"], ["dance", "--help"]):
            self.phone(*words, code=2)
        self.phone("--server", "http://127.0.0.1:1", "--timeout", "2", "find", "-33.8", "151.2", code=1)
        base = ("--server", "http://127.0.0.1:1", "--timeout", "2", "--state", state)
        for words, why in ((("visit",), "the command reserve tells it"), (("sessions",), "the command me tells it"), (("order",), "the command visit tells it"),
                           (("reserve", "P", "one", "TAG"), "no number: one"), (("pass", "-"), "no number: -")):
            self.assertIn(why, subprocess.run([PHONE, *base, *words], text=True, capture_output=True, timeout=100).stderr)
            self.phone(*base, *words, code=1)
        self.assertIn("usage", self.phone("--help"))
        for command in ("start", "relay", "bind", "charge", "follow", "prompt", "find", "pay", "statement"):
            self.assertIn(f" {command} ", self.phone(command, "--help"))
        self.assertIn("ocpp-phone", self.phone("--version"))
        for words in (["--url", "none", "--id", "P"], ["--url", "ws://h/", "--id", "P", "--link", "tcp:1"]):
            self.assertEqual(subprocess.run([SIM, *words], capture_output=True, stdin=subprocess.DEVNULL).returncode, 2)


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        sys.exit(77)
    unittest.main()
