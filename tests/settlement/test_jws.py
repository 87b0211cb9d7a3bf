"""test_jws.py PROBE: tokens of the settlement extension against a second implementation: Python's base64 and json, and the openssl
command line for the signatures. Each side verifies what the other made, and ours refuses what an attacker would try."""

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROBE = sys.argv.pop(1)
OPENSSL = shutil.which("openssl")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def numbers_of_der(der):
    """r and s, 32 bytes each, of a SEQUENCE of two INTEGERs."""
    assert der[0] == 0x30 and der[1] == len(der) - 2
    out, at = b"", 2
    for _ in range(2):
        assert der[at] == 2
        size = der[at + 1]
        out += int.from_bytes(der[at + 2:at + 2 + size], "big").to_bytes(32, "big")
        at += 2 + size
    return out


def der_of_numbers(numbers):
    parts = b""
    for half in (numbers[:32], numbers[32:]):
        number = half.lstrip(b"\0") or b"\0"
        if number[0] & 0x80:
            number = b"\0" + number
        parts += bytes([2, len(number)]) + number
    return bytes([0x30, len(parts)]) + parts


class Tokens(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "pile.pem")
        os.chmod(os.path.join(self.folder, "pile.pem"), 0o600)
        self.openssl("pkey", "-in", "pile.pem", "-pubout", "-out", "pile.pub")
        self.point = self.openssl("pkey", "-in", "pile.pem", "-pubout", "-outform", "DER")[-65:]

    def tearDown(self):
        shutil.rmtree(self.folder)

    def openssl(self, *words, given=None):
        return subprocess.run([OPENSSL, *words], cwd=self.folder, input=given, check=True, capture_output=True).stdout

    def probe(self, *words, lines):
        done = subprocess.run([PROBE, *words], input="\n".join(lines) + "\n", text=True, check=True, capture_output=True)
        answers = done.stdout.split("\n")[:-1]
        self.assertEqual(len(answers), len(lines))
        return answers

    def verify(self, *tokens):
        return self.probe("verify", "bill", "k1", self.point.hex(), lines=tokens)

    def sign(self, text):
        return numbers_of_der(self.openssl("dgst", "-sha256", "-sign", "pile.pem", given=text.encode()))

    def token(self, header, payload):
        signed = b64(header.encode()) + "." + b64(payload.encode())
        return signed + "." + b64(self.sign(signed))

    HEADER = json.dumps({"alg": "ES256", "kid": "k1", "typ": "bill"})

    def test_what_we_make_the_other_verifies(self):
        payloads = [json.dumps({"order": f"O{n}", "text": "ä" * n}, ensure_ascii=False) for n in range(40)]
        for payload, token in zip(payloads, self.probe("make", self.folder, "pile", "k1", "bill", lines=payloads)):
            header, body, signature = token.split(".")
            self.assertEqual(json.loads(unb64(header)), {"alg": "ES256", "kid": "k1", "typ": "bill"})
            self.assertEqual(unb64(body).decode(), payload)
            self.assertEqual(len(unb64(signature)), 64)
            with open(os.path.join(self.folder, "signature"), "wb") as file:
                file.write(der_of_numbers(unb64(signature)))
            said = self.openssl("dgst", "-sha256", "-verify", "pile.pub", "-signature", "signature", given=f"{header}.{body}".encode())
            self.assertEqual(said, b"Verified OK\n")

    def test_what_the_other_makes_we_verify(self):
        payloads = [json.dumps({"n": n, "pad": "x" * n}) for n in range(40)]
        answers = self.verify(*[self.token(self.HEADER, payload) for payload in payloads])
        self.assertEqual(answers, ["ok " + payload for payload in payloads])

    def test_attacks_are_refused(self):
        good = self.token(self.HEADER, "{}")
        header, body, signature = good.split(".")
        raw = unb64(signature)
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        hs_header = b64(json.dumps({"alg": "HS256", "kid": "k1", "typ": "bill"}).encode())
        with open(os.path.join(self.folder, "pile.pub"), "rb") as file:
            public = file.read()
        hs_mac = b64(hmac.new(public, f"{hs_header}.{body}".encode(), hashlib.sha256).digest())
        none_header = b64(json.dumps({"alg": "none", "kid": "k1", "typ": "bill"}).encode())
        attacks = {
            f"{none_header}.{body}.": "ERR_VALUE",
            f"{none_header}.{body}.{signature}": "ERR_VALUE",
            f"{hs_header}.{body}.{hs_mac}": "ERR_VALUE",
            f"{header}.{body}.": "ERR_VALUE",
            f"{header}.{body}.{b64(der_of_numbers(raw))}": "ERR_VALUE",
            f"{header}.{body}.{b64(bytes(64))}": "ERR_SECURITY",
            f"{header}.{body}.{b64(raw[32:] + raw[:32])}": "ERR_SECURITY",
            f"{header}.{body}.{b64(r.to_bytes(32, 'big') + bytes(32))}": "ERR_SECURITY",
            f"{header}.{body}.{b64(order.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}": "ERR_SECURITY",
            f"{header}.{b64(b'{ }')}.{signature}": "ERR_SECURITY",
            f"{header}..{signature}": "ERR_SECURITY",
            f"{header}.{body}=.{signature}": "ERR_VALUE",
            f"{header}.{body}.{signature}==": "ERR_VALUE",
            self.token('{"alg":"ES256","kid":"k1","typ":"bill","crit":["exp"],"exp":1}', "{}"): "ERR_VALUE",
            self.token('{"alg":"ES256","kid":"k2","typ":"bill"}', "{}"): "ERR_NOT_FOUND",
            self.token('{"alg":"ES256","kid":"../k1","typ":"bill"}', "{}"): "ERR_NOT_FOUND",
        }
        self.assertEqual(self.verify(*attacks), list(attacks.values()))
        self.assertEqual(self.verify(good), ["ok {}"])


if __name__ == "__main__":
    if OPENSSL is None:
        sys.exit(77)
    unittest.main()
