"""Terminals of vehicles, as a test plays them: a key, what they sign (by openssl), what a pile asks them and they answer, and their own connection to the
backend. Standard library only, beside openssl."""

import base64
import json
import os
import subprocess

import rawws

LIMIT_S = 30


def text_of(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def plain_signature(der):
    """r and s, 32 bytes each, out of DER."""
    assert der[0] == 0x30, der
    at, numbers = 2, []
    for _ in range(2):
        assert der[at] == 2, der
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big").to_bytes(32, "big"))
        at += 2 + size
    return b"".join(numbers)


class Terminal:
    """One that belongs to |tag|, who pays."""

    def __init__(self, world, name, tag, may_deduct=False):
        self.world, self.name, self.tag = world, name, tag
        self.file = os.path.join(world.folder, f"{name}.pem")
        self.run("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", self.file)
        self.point = self.run("ec", "-in", self.file, "-pubout", "-outform", "DER")[-65:]
        self.ticket = self.start = self.prompt = None
        self.last = 0
        world.ask("POST", "/api/settlement/terminals", {"id": name, "publicKey": self.point.hex(), "idToken": tag, "type": "ISO14443", "mayDeduct": may_deduct})

    @staticmethod
    def run(*arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout

    def joins(self, vehicle):
        return self.world.ask("POST", f"/api/settlement/vehicles/Evccid/{vehicle}/terminals", {"terminal": self.name})["id"]

    def sign(self, typ, claim):
        head = text_of(json.dumps({"alg": "ES256", "kid": self.name, "typ": typ}, separators=(",", ":")).encode())
        signed = head + "." + text_of(json.dumps(claim, separators=(",", ":")).encode())
        return signed + "." + text_of(plain_signature(self.run("dgst", "-sha256", "-sign", self.file, data=signed.encode())))

    # --- at the pile

    def asked(self, pile):
        """The prompt, as the pile's link brings it."""
        found = pile.sees(rf"terminals: {self.name} prompt (\S+) (\S+) (\d+) (\S+) (\S+) (\d+)")
        self.prompt, self.pile, self.evse, self.kind, self.vehicle = found.group(1), found.group(2), int(found.group(3)), found.group(4), found.group(5)
        return self.prompt

    def claim(self, kind, value, **otherwise):
        wish = {"energy": {"kind": "Energy", "energyWh": value}, "amount": {"kind": "Amount", "amount": value}, "time": {"kind": "Time", "timeS": value},
                "full": {"kind": "Full"}}[kind]
        return {"iss": self.name, "aud": self.pile, "prompt": self.prompt, "vehicle": {"kind": self.kind, "id": self.vehicle}, "wish": wish, **otherwise}

    def answers(self, pile, kind="energy", value=10000, association=None):
        """Both requests."""
        association = association or self.sign("settle-association+jws", self.claim(kind, value))
        pile.say(f"terminal {self.name} answer {self.prompt} {kind} {value if kind != 'full' else '-'} {association}")

    def granted(self, pile):
        found = pile.sees(rf"terminals: {self.name} granted (\S+) (\S+) (\S+)")
        self.start, self.ticket = found.group(2), found.group(3)
        return self

    def denied(self, pile):
        return pile.sees(rf"terminals: {self.name} denied (\S+) (\S+)").group(2)

    # --- at the backend

    def connects(self, last=None):
        return Line(self, self.last if last is None else last)


class Line:
    """A connection of a terminal."""

    def __init__(self, terminal, last, ticket=None):
        self.terminal, self.heard = terminal, []
        self.wire = rawws.connect(terminal.world.csms.terminal_port)
        self.wire.send(rawws.upgrade_request("/terminal", "settlement-terminal"))
        line, _ = self.wire.read_head()
        assert " 101 " in line, line
        challenge = json.loads(self.wire.read_text(LIMIT_S))["challenge"]
        self.say({"connect": terminal.sign("settle-connection+jws",
                                           {"iss": terminal.name, "ticket": ticket or terminal.ticket, "challenge": challenge, "last": last})})
        opcode, payload, *_ = self.wire.read_frame(LIMIT_S)
        self.is_in = opcode == rawws.TEXT
        if self.is_in:
            welcome = json.loads(payload)["welcome"]
            terminal.ticket, terminal.start, terminal.last = welcome["ticket"], welcome["start"], last

    def say(self, words):
        self.wire.send(rawws.frame(rawws.TEXT, json.dumps(words), mask=True))

    def next(self):
        heard = json.loads(self.wire.read_text(LIMIT_S))
        if "seq" in heard:
            assert heard["seq"] == self.terminal.last + 1 or self.terminal.last == 0, (heard, self.terminal.last)
            self.terminal.last = heard["seq"]
        self.heard.append(heard)
        return heard

    def until(self, condition, limit=400):
        """The next message that it is true of."""
        for _ in range(limit):
            heard = self.next()
            if condition(heard):
                return heard
        raise AssertionError(f"not among {self.heard[-5:]}")

    def state(self, *states):
        return self.until(lambda heard: heard.get("state", {}).get("state") in states)["state"]

    def fee(self):
        return self.until(lambda heard: "fee" in heard)["fee"]

    def ask(self, words):
        """The receipt of the answer; what comes before it is heard."""
        self.say(words)
        return self.until(lambda heard: heard.get("answer", {}).get("id") == words["id"])["answer"]["receipt"]

    def close(self):
        self.wire.close()
