"""A fleet's offline root and a pile without a network, as ocpp-csms meets them through phones."""

import base64
import hashlib
import hmac
import json
import os

from terminals import Terminal, plain_signature, text_of

MOMENT = {"boot": 1, "monoMs": 5000, "status": "Unknown"}


def kid_of(point):
    return text_of(hashlib.sha256(point).digest())


class Key:
    """A P-256 key in a file of |folder|."""

    def __init__(self, folder, name):
        self.file = os.path.join(folder, name + ".pem")
        Terminal.run("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", self.file)
        self.point = Terminal.run("ec", "-in", self.file, "-pubout", "-outform", "DER")[-65:]
        self.kid = kid_of(self.point)

    def sign(self, typ, claim, kid=None):
        head = text_of(json.dumps({"alg": "ES256", "kid": kid or self.kid, "typ": typ}, separators=(",", ":")).encode())
        signed = head + "." + text_of(json.dumps(claim, separators=(",", ":")).encode())
        return signed + "." + text_of(plain_signature(Terminal.run("dgst", "-sha256", "-sign", self.file, data=signed.encode())))


class Root(Key):
    def __init__(self, folder, name="fleet"):
        super().__init__(folder, name)
        self.name = name

    def config(self):
        return {"rootKid": self.name, "root": text_of(self.point)}

    def trust(self, key, epoch=1, number=1, gone=()):
        """The parcel that certifies what GET /api/settlement/relay/key tells, and says which keys are |gone|."""
        uses = ["Authorisation", "Acknowledgement", "Enrolment", "Reconciliation", "Encryption"]
        said = {"iss": self.name, "kid": key["kid"], "epoch": epoch, "uses": uses, "key": key["key"], "iat": "2026-11-20T08:00:00Z"}
        revoked = {"iss": self.name, "number": number, "iat": "2026-11-20T08:00:00Z", "minEpoch": 0, "keys": list(gone)}
        return {"keys": [self.sign("server-key", said, self.name)], "revocations": self.sign("revocations", revoked, self.name)}


def payload_of(token):
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Pile(Key):
    """It computes nothing: a test says what its bills say."""

    def __init__(self, folder, name, code):
        super().__init__(folder, name)
        self.name, self.secret, self.page, self.prev, self.nonces = name, hashlib.sha256(code.encode()).digest(), 0, "0" * 64, 0

    def proof(self, *texts):
        return hmac.new(self.secret, "".join(text + "\n" for text in texts).encode(), hashlib.sha256).hexdigest()

    def request(self):
        key, nonce = text_of(self.point), "ab" * 16
        return self.sign("pile-request", {"pile": self.name, "serial": self.name, "kid": self.kid, "key": key, "nonce": nonce, "outlets": 2,
                                          "proof": self.proof("claim", self.name, self.kid, key, nonce)})

    def is_enrolled_by(self, enrolment):
        return enrolment["proof"] == self.proof("enrol", enrolment["rootKid"], enrolment["root"], enrolment["certificate"], "ab" * 16)

    def status(self, used=()):
        self.nonces += 1
        return self.sign("pile-status", {"iss": self.name, "nonce": f"{self.nonces:032x}", "now": {**MOMENT, "monoMs": 5000 + self.nonces},
                                         "outlets": [{"outlet": 1, "state": "Free", "seq": 0}, {"outlet": 2, "state": "Free", "seq": 0}],
                                         "page": self.page, "prev": self.prev, "kept": 0, "room": 8, "epoch": 1, "revocations": 1, "used": list(used)})

    def bill(self, authorisation, mwh, amount):
        """Its next page: |mwh| within an hour for |amount|, by the authorisation it was given."""
        self.page += 1
        said = payload_of(authorisation)
        events = [{"at": "2026-11-20T08:00:00.000Z", "kind": "Start", "energyMwh": 0}, {"at": "2026-11-20T09:00:00.000Z", "kind": "Stop", "energyMwh": mwh}]
        page = {"iss": self.name, "page": self.page, "prev": self.prev, "kind": "Session", "session": f"{self.page:026d}", "outlet": said["evse"],
                "jti": said["jti"], "order": said["order"], "seq": said["seq"], "begin": MOMENT, "end": MOMENT, "timeStatus": "Relative",
                "reason": "Unplugged", "meterStartMwh": 1000, "meterEndMwh": 1000 + mwh, "usage": {"events": events}, "amount": amount,
                "currency": said["currency"], "frozen": said["frozen"], "consumed": [said["jti"]]}
        token = self.sign("bill", page)
        self.prev = hashlib.sha256(json.dumps(page, separators=(",", ":")).encode()).hexdigest()
        return token
