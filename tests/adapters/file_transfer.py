"""file_transfer.py PROBE: files over libcurl against servers that are there, and servers that misbehave."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import file_servers as servers  # noqa: E402

PROBE = ""
RESULTS = ["done", "lost", "not found", "denied", "not supported", "untrusted", "too large", "not resumed", "local"]
CONTENT = bytes((i * 7 + i // 251) % 256 for i in range(300000))


class Transfers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cert, cls.context = servers.certificate(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        self.place = servers.Place(CONTENT)
        self.target = os.path.join(self.folder.name, "got")
        if os.path.exists(self.target):
            os.remove(self.target)

    def probe(self, *arguments):
        ended = subprocess.run([PROBE, *arguments], capture_output=True, text=True, timeout=60,
                               env={**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"})
        self.log = ended.stderr
        self.assertEqual(ended.returncode, 0, ended.stderr)
        words = ended.stdout.split()
        self.assertNotIn("unwoken", words)
        if words[0].isdigit():
            words[0] = RESULTS[int(words[0])]
        return words

    def download(self, url, *options):
        return self.probe(*options, "download", url, self.target)

    def got(self):
        with open(self.target, "rb") as file:
            return file.read()

    def http(self, path="new.bin"):
        return f"http://127.0.0.1:{servers.serve(servers.Http, self.place)}/{path}"

    def https(self, path="new.bin"):
        return f"https://127.0.0.1:{servers.serve(servers.Http, self.place, self.context)}/{path}"

    def ftp(self, path="new.bin", user=""):
        return f"ftp://{user}127.0.0.1:{servers.serve(servers.Ftp, self.place)}/{path}"

    def ftps(self, path="new.bin"):
        return f"ftps://127.0.0.1:{servers.serve(servers.Ftp, self.place, self.context)}/{path}"

    def test_a_file_comes_by_each_protocol(self):
        for url, options in ((self.http(), ()), (self.https(), ("--ca", self.cert)), (self.ftp(), ()), (self.ftps(), ("--ca", self.cert))):
            self.assertEqual(self.download(url, *options), ["done", str(len(CONTENT))], self.log)
            self.assertEqual(self.got(), CONTENT)

    def test_the_proxy_of_the_environment_is_not_used(self):
        self.assertEqual(self.download(self.http())[0], "done")

    def test_a_server_nobody_vouches_for_is_not_believed(self):
        for url in (self.https(), self.ftps()):
            self.assertEqual(self.download(url)[0], "untrusted", self.log)
        self.assertEqual(self.place.requests, [])

    def test_a_certificate_of_another_name_is_not_believed(self):
        url = self.https().replace("127.0.0.1", "127.0.0.2")
        self.assertIn(self.download(url, "--ca", self.cert)[0], ("untrusted", "lost"))
        self.assertEqual(self.place.requests, [])

    def test_a_download_goes_on_where_it_was(self):
        for url in (self.http(), self.ftp()):
            with open(self.target, "wb") as file:
                file.write(CONTENT[:100001])
            self.assertEqual(self.download(url, "--offset", "100001"), ["done", str(len(CONTENT))], self.log)
            self.assertEqual(self.got(), CONTENT)
        self.assertIn(("GET", "/new.bin", "bytes=100001-"), self.place.requests)

    def test_a_server_that_cannot_go_on_is_told_from_one_that_failed(self):
        self.place.ranges = False
        for url in (self.http(), self.ftp()):
            with open(self.target, "wb") as file:
                file.write(b"kept")
            self.assertEqual(self.download(url, "--offset", "4")[0], "not resumed", self.log)
            self.assertEqual(self.got(), b"kept")

    def test_a_file_that_is_shorter_by_now_is_not_gone_on_with(self):
        self.place.files["new.bin"] = b"short"
        for url in (self.http(), self.ftp()):
            with open(self.target, "wb") as file:
                file.write(CONTENT[:1000])
            self.assertEqual(self.download(url, "--offset", "1000")[0], "not resumed", self.log)

    def test_a_server_that_dies_in_the_middle_loses_the_rest_only(self):
        self.place.cut_after = 123456
        for url in (self.http(), self.ftp()):
            words = self.download(url)
            self.assertEqual(words[0], "lost", self.log)
            self.assertEqual(self.got(), CONTENT[:int(words[1])])

    def test_a_length_that_is_too_long_is_a_loss(self):
        self.place.says_length = len(CONTENT) + 10
        self.assertEqual(self.download(self.http()), ["lost", str(len(CONTENT))], self.log)

    def test_a_length_that_is_too_short_ends_the_file_there(self):
        self.place.says_length = 1000
        self.assertEqual(self.download(self.http()), ["done", "1000"], self.log)

    def test_errors_of_servers_are_told_apart(self):
        for status, result in ((404, "not found"), (410, "not found"), (401, "denied"), (403, "denied"), (500, "lost"), (503, "lost"),
                               (429, "lost"), (405, "not supported"), (304, "not supported"), (204, "lost")):
            self.place.statuses = [status]
            self.assertEqual(self.download(self.http()), [result, "0"], f"{status} {self.log}")
            self.assertEqual(self.got(), b"", status)

    def test_what_is_not_there_is_told_by_ftp_too(self):
        self.assertEqual(self.download(self.ftp("other.bin"))[0], "not found", self.log)
        self.place.user = ("pile", "secret")
        self.assertEqual(self.download(self.ftp())[0], "denied", self.log)
        self.assertEqual(self.download(self.ftp(user="pile:secret@"))[0], "done", self.log)

    def test_no_password_is_logged(self):
        self.place.user = ("pile", "secret")
        self.download(self.ftp(user="pile:geheim@"))
        self.assertNotIn("geheim", self.log)
        self.assertIn("127.0.0.1", self.log)
        self.place.statuses = [403]
        self.download(self.http("new.bin?token=geheim"))
        self.assertNotIn("geheim", self.log)

    def test_nobody_there_is_a_loss(self):
        self.assertEqual(self.download("http://127.0.0.1:9/x")[0], "lost")

    def test_a_file_that_is_too_large_is_not_taken(self):
        for url in (self.http(), self.ftp()):
            self.assertEqual(self.download(url, "--max", "1000")[0], "too large", self.log)
            self.assertEqual(self.got(), b"")

    def test_an_endless_file_ends_at_the_bound(self):
        self.place.endless = True
        words = self.download(self.http(), "--max", "1000000")
        self.assertEqual(words[0], "too large", self.log)
        self.assertLessEqual(len(self.got()), 1000000)

    def test_a_server_that_trickles_is_given_up(self):
        url = f"http://127.0.0.1:{servers.silent_server()}/new.bin"
        self.assertEqual(self.download(url, "--stall", "2000")[0], "lost", self.log)

    def test_redirects_are_followed_within_http_and_bounded(self):
        self.place.redirect = "/new.bin"
        self.assertEqual(self.download(self.http("redirect"))[0], "done", self.log)
        self.assertEqual(self.got(), CONTENT)
        self.place.redirect = "/redirect-again"
        self.assertEqual(self.download(self.http("redirect"))[0], "not supported", self.log)
        self.assertLessEqual(len(self.place.requests), 8)
        self.place.redirect = "/new.bin"
        self.assertEqual(self.download(self.http("redirect"), "--redirects", "-1")[0], "not supported", self.log)

    def test_redirects_to_other_places_are_not_followed(self):
        secret = os.path.join(self.folder.name, "secret")
        with open(secret, "w") as file:
            file.write("secret")
        for place in (f"file://{secret}", "gopher://127.0.0.1:70/x", self.ftp(), "dict://127.0.0.1:11/x"):
            self.place.redirect = place
            self.assertEqual(self.download(self.http("redirect"))[0], "not supported", f"{place} {self.log}")
            self.assertEqual(self.got(), b"")
        self.place.redirect = self.http()  # and not from TLS to none
        self.assertEqual(self.download(self.https("redirect"), "--ca", self.cert)[0], "not supported", self.log)

    def test_addresses_of_other_kinds_are_refused_at_once(self):
        for url in ("file:///etc/passwd", "gopher://127.0.0.1/x", "scp://127.0.0.1/x", "sftp://127.0.0.1/x", "127.0.0.1/x",
                    "http://" + "a" * 5000):
            self.assertEqual(self.download(url)[0], "refused", url)

    def test_a_sink_that_takes_no_more_ends_the_download(self):
        self.assertEqual(self.download(self.http(), "--full", "50000")[0], "local", self.log)

    def test_what_is_cancelled_is_not_heard_of_again(self):
        self.place.delay, self.place.piece = 0.05, 4096
        self.assertEqual(self.download(self.http(), "--cancel", "20000"), ["cancelled"])
        url = f"http://127.0.0.1:{servers.silent_server()}/new.bin"
        self.assertEqual(self.download(url, "--cancel", "0"), ["cancelled"])

    def test_a_file_goes_up_by_each_protocol(self):
        source = os.path.join(self.folder.name, "source")
        with open(source, "wb") as file:
            file.write(CONTENT)
        for url in (self.http("logs/"), self.ftp("logs/")):
            self.assertEqual(self.probe("upload", url, source, "log 1.txt"), ["done", str(len(CONTENT))], self.log)
        self.assertEqual(self.place.received.get("logs/log%201.txt"), CONTENT)
        self.assertEqual(self.place.received.get("log 1.txt"), CONTENT)
        self.assertEqual(self.probe("upload", self.http("exact"), source, "name")[0], "done")
        self.assertEqual(self.place.received.get("exact"), CONTENT)
        self.place.statuses = [403]
        self.assertEqual(self.probe("upload", self.http("x"), source, "name")[0], "denied")
        self.place.statuses = [413]
        self.assertEqual(self.probe("upload", self.http("x"), source, "name")[0], "too large")
        self.assertEqual(self.probe("--full", "1000", "upload", self.http("x"), source, "name")[0], "local", self.log)

    def test_sftp_is_offered_only_where_servers_can_be_told_apart(self):
        mask = int(self.probe("--protocols")[1])
        self.assertEqual(mask & 16, 0)
        self.assertEqual(mask & 15, 15)


if __name__ == "__main__":
    PROBE = sys.argv.pop(1)
    unittest.main()
