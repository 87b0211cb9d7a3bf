"""phone_link.py SIM PHONE: ocpp-phone speaks with ocpp-sim over a socket and over a pseudo-terminal; wrong use and strangers are told."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SIM, PHONE = sys.argv.pop(1), sys.argv.pop(1)


class PhoneLink(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.sim = None

    def tearDown(self):
        if self.sim:
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
        self.phone("--server", "http://127.0.0.1:1", "--timeout", "2", "--state", state, "visit", code=1)  # nobody reserved
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
