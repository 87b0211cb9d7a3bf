"""test_jws.py PROBE: tokens of the settlement extension against a second implementation: Python's base64, json and hashlib, AES-GCM
by the book, and the openssl command line for what lies on the curve. Each side reads what the other made, and ours refuses what an
attacker would try."""

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


# --- AES-256-GCM by the book (FIPS 197, NIST SP 800-38D) ---------------------------------------------------------


def _sbox():
    box, p, q = [0x63] + [0] * 255, 1, 1
    while True:
        p = p ^ (p << 1 & 0xff) ^ (0x1b if p & 0x80 else 0)
        for shift in (1, 2, 4):
            q ^= q << shift & 0xff
        q ^= 0x09 if q & 0x80 else 0
        box[p] = q ^ 0x63
        for turn in range(1, 5):
            box[p] ^= (q << turn | q >> (8 - turn)) & 0xff
        if p == 1:
            return box


SBOX = _sbox()


def double(byte):
    return byte << 1 & 0xff ^ (0x1b if byte & 0x80 else 0)


def round_keys(key):
    words = [key[at:at + 4] for at in range(0, 32, 4)]
    constant = 1
    for n in range(8, 60):
        word = words[-1]
        if n % 8 == 0:
            word = bytes(SBOX[byte] for byte in word[1:] + word[:1])
            word, constant = bytes([word[0] ^ constant]) + word[1:], double(constant)
        elif n % 8 == 4:
            word = bytes(SBOX[byte] for byte in word)
        words.append(bytes(a ^ b for a, b in zip(words[n - 8], word)))
    return [b"".join(words[at:at + 4]) for at in range(0, 60, 4)]


def aes(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [SBOX[state[(4 * (column + row) + row) % 16]] for column in range(4) for row in range(4)]
        if number < 14:
            mixed = []
            for at in range(0, 16, 4):
                a = state[at:at + 4]
                mixed += [double(a[i]) ^ double(a[(i + 1) % 4]) ^ a[(i + 1) % 4] ^ a[(i + 2) % 4] ^ a[(i + 3) % 4] for i in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def times(x, y):
    product = 0
    for bit in range(127, -1, -1):
        product ^= y if x >> bit & 1 else 0
        y = y >> 1 ^ (0xe1 << 120 if y & 1 else 0)
    return product


def gcm(key, nonce, extra, text, decrypts):
    keys = round_keys(key)
    stream = b"".join(aes(keys, nonce + (2 + n).to_bytes(4, "big")) for n in range((len(text) + 15) // 16))
    other = bytes(a ^ b for a, b in zip(text, stream))
    sealed = text if decrypts else other
    h, sum_ = int.from_bytes(aes(keys, bytes(16)), "big"), 0
    padded = extra + bytes(-len(extra) % 16) + sealed + bytes(-len(sealed) % 16)
    padded += (8 * len(extra)).to_bytes(8, "big") + (8 * len(sealed)).to_bytes(8, "big")
    for at in range(0, len(padded), 16):
        sum_ = times(sum_ ^ int.from_bytes(padded[at:at + 16], "big"), h)
    return other, bytes(a ^ b for a, b in zip(sum_.to_bytes(16, "big"), aes(keys, nonce + b"\0\0\0\1")))


# The beginning of a public key of P-256 in DER; the point follows.
POINT_BEFORE = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def content_key(shared):
    def counted(data):
        return len(data).to_bytes(4, "big") + data

    purpose = counted(b"A256GCM") + counted(b"") + counted(b"") + (256).to_bytes(4, "big")
    return hashlib.sha256((1).to_bytes(4, "big") + shared + purpose).digest()


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

    # --- encrypted ones

    def agree(self, private, point):
        with open(os.path.join(self.folder, "peer.der"), "wb") as file:
            file.write(POINT_BEFORE + point)
        return self.openssl("pkeyutl", "-derive", "-inkey", private, "-peerkey", "peer.der", "-peerform", "DER")

    def sealed_token(self, payload, **changes):
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "once.pem")
        once = self.openssl("pkey", "-in", "once.pem", "-pubout", "-outform", "DER")[-65:]
        epk = {"kty": "EC", "crv": "P-256", "x": b64(once[1:33]), "y": b64(once[33:])}
        header = b64(json.dumps({"typ": "bill", "alg": "ECDH-ES", "enc": "A256GCM", "kid": "k1", "epk": epk} | changes).encode())
        nonce = os.urandom(12)
        text, tag = gcm(content_key(self.agree("once.pem", self.point)), nonce, header.encode(), payload.encode(), False)
        return ".".join([header, "", b64(nonce), b64(text), b64(tag)])

    def test_the_book_says_what_the_standard_says(self):
        key = bytes([177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91, 112, 46, 34, 105,
                     47, 130, 203, 46, 122, 234, 64, 252])
        nonce = bytes([227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219])
        plain = b"The true sign of intelligence is not knowledge but imagination."
        text, tag = gcm(key, nonce, b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ", plain, False)
        self.assertEqual(b64(text), "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A")
        self.assertEqual(b64(tag), "XFBoMYUZodetZdvTiFvSkQ")

    def test_what_we_seal_the_other_opens(self):
        payloads = [json.dumps({"order": f"O{n}", "text": "ä" * n}, ensure_ascii=False) for n in range(12)]
        for payload, token in zip(payloads, self.probe("seal", "bill", "k1", self.point.hex(), lines=payloads)):
            header, key, nonce, text, tag = token.split(".")
            said = json.loads(unb64(header))
            self.assertEqual(said | {"epk": None}, {"alg": "ECDH-ES", "enc": "A256GCM", "epk": None, "kid": "k1", "typ": "bill"})
            point = b"\4" + unb64(said["epk"]["x"]) + unb64(said["epk"]["y"])
            plain, right = gcm(content_key(self.agree("pile.pem", point)), unb64(nonce), header.encode(), unb64(text), True)
            self.assertEqual((key, plain.decode(), unb64(tag)), ("", payload, right))

    def test_what_the_other_seals_we_open(self):
        payloads = [json.dumps({"n": n, "pad": "x" * 5 * n}) for n in range(12)]
        answers = self.probe("open", self.folder, "pile", "k1", "bill", lines=[self.sealed_token(payload) for payload in payloads])
        self.assertEqual(answers, ["ok " + payload for payload in payloads])

    def test_sealed_attacks_are_refused(self):
        good = self.sealed_token("{}")
        header, _, nonce, text, tag = good.split(".")
        attacks = {
            f"{header}..{nonce}.{text}.{b64(bytes(16))}": "ERR_SECURITY",
            f"{header}..{nonce}..{tag}": "ERR_SECURITY",
            f"{header}..{b64(bytes(12))}.{text}.{tag}": "ERR_SECURITY",
            f"{header}..{nonce}.{text}.{tag[:-2]}": "ERR_VALUE",
            f"{header}.{b64(bytes(40))}.{nonce}.{text}.{tag}": "ERR_VALUE",
            self.sealed_token("{}", alg="dir"): "ERR_VALUE",
            self.sealed_token("{}", enc="A128CBC-HS256"): "ERR_VALUE",
            self.sealed_token("{}", zip="DEF"): "ERR_VALUE",
            self.sealed_token("{}", typ="letter"): "ERR_VALUE",
            self.sealed_token("{}", kid="k2"): "ERR_NOT_FOUND",
            self.sealed_token("{}", epk={"kty": "EC", "crv": "P-256", "x": b64(bytes(32)), "y": b64(bytes(32))}): "ERR_SECURITY",
        }
        self.assertEqual(self.probe("open", self.folder, "pile", "k1", "bill", lines=list(attacks)), list(attacks.values()))
        self.assertEqual(self.probe("open", self.folder, "pile", "k1", "bill", lines=[good]), ["ok {}"])


if __name__ == "__main__":
    if OPENSSL is None:
        sys.exit(77)
    unittest.main()
