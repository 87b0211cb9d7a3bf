"""A settlement to be tested from outside: ocpp-csms with a store and a test clock, simulated piles with bays, people, and the checker that reads the
store after each step."""

import datetime
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time

import pki
from csms import Csms, scratch

LIMIT_S = int(os.environ.get("OCPP_SETTLE_LIMIT_S", "30"))  # how long anything may take on a busy machine
BANK = {"depositMinor": 2000, "freeS": 0, "unitS": 3600, "unitPriceMicro": 1000000, "dailyCapMinor": 1000, "buyOutMinor": 5500}
TARIFF = {"id": "T", "currency": "EUR", "dialect": "Own", "bank": BANK,
          "elements": [{"components": [{"dimension": "Energy", "unit": "Kwh", "priceMicro": 500000}]}]}
POLICY = {"takeWithinS": 60, "messageRetryS": 1, "paymentQueryS": 1, "vehicleHoldMinor": 3000, "postpaidLimitMinor": 1000000}
CALLED = re.compile(r' (?:(->) \[2|(?:<-) \[[34]),"([^"]+)"')  # what the pile asks, and what it is answered
QUICK = ["--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1"]


class Pile:
    """An ocpp-sim that takes commands; what it prints is kept."""

    def __init__(self, world, identity, slots=4, operator="operator", is_fleets=True, gate=None, link=None):
        self.world, self.identity, self.lines, self.read_to, self.unanswered = world, identity, [], 0, set()
        self.loses_frames = False
        self.operator, self.is_fleets = operator, is_fleets
        self.state, self.news = os.path.join(world.folder, identity), threading.Condition()
        self.slots, self.process, self.gate, self.link = slots, None, gate, link
        self.start()

    def start(self):
        world = self.world
        command = [world.sim, "--url", f"{world.scheme}://127.0.0.1:{world.csms.port}/ocpp", "--id", self.identity, "--version", world.version, "--banks", str(self.slots),
                   "--operator", self.operator, *self.keeping(), *world.trust, *QUICK]
        if self.gate:
            command += ["--gate", self.gate]
        if self.link:
            command += ["--link", self.link]
        if self.is_fleets:
            command += ["--fleet-secret", os.path.join(world.folder, "csms.db.keys", "fleet.secret")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.listen_beside()

    def keeping(self):
        """What it has lies in a folder; or it is recorded, and has it in memory."""
        return ["--record", self.state + ".jsonl"] if self.world.records else ["--state", self.state]

    def replay(self):
        """It ends, and does the same again by its recording."""
        self.say("quit")
        assert self.process.wait(LIMIT_S) == 0, self.identity
        done = subprocess.run([self.world.sim, "--replay", self.state + ".jsonl", "--quiet"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr

    def listen_beside(self):
        threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def listen(self, stream):
        for line in stream:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                called = CALLED.search(line)
                if " link is " in line:  # up or down: nobody answers what was asked before
                    self.unanswered.clear()
                elif called:
                    (self.unanswered.add if called[1] == "->" else self.unanswered.discard)(called[2])
                self.news.notify_all()

    def say(self, command):
        self.loses_frames = self.loses_frames or command.startswith("drop-")
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def sees(self, pattern, limit_s=LIMIT_S):
        """The next line that matches, behind those that were looked at before."""
        end = time.monotonic() + limit_s
        with self.news:
            while True:
                while self.read_to < len(self.lines):
                    self.read_to += 1
                    found = re.search(pattern, self.lines[self.read_to - 1])
                    if found:
                        return found
                left = end - time.monotonic()
                if left <= 0 or not self.news.wait(left):
                    tail = "\n".join(line[:240] for line in self.lines[-12:])
                    raise AssertionError(f"{self.identity} did not show {pattern} within {limit_s} s:\n{tail}")

    def rests(self):
        """What it was told to do is done, and what it asked is answered, unless its link went meanwhile. Where frames are lost on purpose it has a moment."""
        self.does()
        with self.news:
            is_answered = self.news.wait_for(lambda: not self.unanswered, 0.5 if self.loses_frames else LIMIT_S)
            assert is_answered or self.loses_frames, f"nobody answers {self.identity}: {self.unanswered}"
            self.unanswered.clear()

    def skip(self):
        with self.news:
            self.read_to = len(self.lines)

    def ready(self):
        """Its bay is read, and the backend knows it."""
        for slot in range(1, self.slots):
            self.world.until(lambda slot=slot: self.slot(slot)[-1] == "Idle", f"slot {slot} of {self.identity} is idle")
        return self

    def does(self, *commands):
        """Says them and waits until they are done; what was shown meanwhile."""
        with self.news:
            mark = len(self.lines)
        for command in commands:
            self.say(command)
        self.say('say "that was all"')
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            with self.news:
                shown = self.lines[mark:]
                if any("that was all" in line for line in shown):
                    return shown
                self.news.wait(0.5)
        raise AssertionError(f"{self.identity} does not answer")

    def banks(self):
        """What the command shows: lines of words."""
        return [line.split() for line in self.does("banks") if line.startswith("  slot ") or line.startswith("  hand ")]

    def slot(self, number):
        return next(words for words in self.banks() if words[:2] == ["slot", str(number)])

    def hand(self):
        return [words for words in self.banks() if words[0] == "hand"]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    # --- what people do

    def rent(self, tag, count=1):
        """Asks, and takes what comes out; the slots."""
        self.skip()
        self.say(f"rent {tag} {count}")
        slots = [int(self.sees(r"banks: slot (\d+) take the bank").group(1)) for _ in range(count)]
        for slot in slots:
            self.take(slot)
        return slots

    def take(self, slot):
        self.say(f"take {slot}")
        self.sees(rf"banks: slot {slot} the bank was taken")
        self.world.check()

    def give_back(self, slot, bank=""):
        self.skip()
        self.say(f"return {slot} {bank}".strip())
        self.sees(rf"banks: slot {slot} a bank came back")
        self.world.check()

    def charge(self, tag):
        """Energy is what `meter` says, however long it takes."""
        self.say("plug 1")
        self.say("ev suspend 1")
        self.say(f"card 1 {tag}")

    def leave(self, tag):
        self.say(f"card 1 {tag}")
        self.say("unplug 1")


class Shop:
    """A server that takes money, and misbehaves as amounts tell it."""

    SECRET = "what the shop and the backend agreed on"

    def __init__(self, folder):
        here = os.path.dirname(os.path.abspath(__file__))
        self.process = subprocess.Popen([sys.executable, "-B", os.path.join(here, "provider_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "PROVIDER_SECRET": self.SECRET})
        self.port = int(self.process.stdout.readline())
        for name, text in (("shop.token", "s3cret-token"), ("shop.secret", self.SECRET)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text + "\n")
        self.settings = {"kind": "http", "url": f"http://127.0.0.1:{self.port}/pay", "tokenFile": os.path.join(folder, "shop.token"),
                         "notificationSecretFile": os.path.join(folder, "shop.secret"), "timeoutMs": 1000}

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def moved(self):
        """{(leg, kind): (minor, how often)}"""
        rows = [line.split() for line in self.ask("/moved").splitlines()]
        return {(leg, kind): (int(minor), int(count)) for leg, kind, minor, count in rows}

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class World:
    """ocpp-csms with its store in a folder, and the piles there are."""

    def __init__(self, sim, csms, checker, version, payers=(), tariff=None, policy=None, is_encrypted=False, has_shop=False, payer=None, pay_url=None, more=(), relay=None, drive=None, records=False):
        self.scheme, self.trust, self.certificate, self.pki = "ws", [], [], None
        if is_encrypted:
            self.use_tls()
        self.sim, self.checker, self.version, self.piles, self.records = sim, checker, version, [], records
        self.scratch = scratch()
        self.folder = self.scratch.name
        settlement = {"zone": "Etc/UTC", "tariff": tariff or TARIFF, "payer": {"provider": "postpaid", "knownRenter": True}, "payers": list(payers),
                      "policy": {**POLICY, **(policy or {})}}
        self.shop = Shop(self.folder) if has_shop else None
        if has_shop:
            settlement.update(providers={"shop": self.shop.settings}, payer={"provider": "shop"})
        if payer:
            settlement["payer"] = payer
        if pay_url:
            settlement["payUrl"] = pay_url
        if drive:
            settlement["drive"] = drive
        self.settlement = settlement
        if relay:
            settlement["relay"] = relay(self.folder)
        self.write_settlement()
        self.binary, self.csms, self.more = csms, None, more
        self.start()

    def use_tls(self):
        self.pki = pki.Pki()
        self.pki.ca("ca")
        self.pki.issue("server", "ca", "/O=Operator/CN=127.0.0.1", use="server")
        certificate, key = self.pki.pair("server")
        self.scheme, self.trust, self.certificate = "wss", ["--ca", self.pki.file("ca.pem")], ["--tls-cert", certificate, "--tls-key", key, "--http", "127.0.0.1:0"]

    def write_settlement(self):
        with open(os.path.join(self.folder, "settlement.json"), "w", encoding="utf-8") as file:
            json.dump(self.settlement, file)

    def lose_books(self):
        """The backend is another one, with the keys of the fleet and without its books."""
        port = self.csms.port
        self.csms.kill()
        for name in os.listdir(self.folder):
            if name.startswith("csms.db.settlement"):
                os.unlink(os.path.join(self.folder, name))
        self.start(port)

    def start(self, port=0):
        self.csms = Csms(self.binary, "--db", os.path.join(self.folder, "csms.db"), "--settlement", os.path.join(self.folder, "settlement.json"),
                         "--accept-unknown", "--accept-unknown-tokens", "--test-clock", *self.certificate, *self.more, listen=(f"{self.scheme}://127.0.0.1:{port}",), log="text")

    def pile(self, identity, slots=4, **how):
        """One whose banks somebody else put into service is not waited for."""
        self.piles.append(Pile(self, identity, slots, **how))
        return self.piles[-1] if how else self.piles[-1].ready()

    def replay(self):
        for pile in self.piles if self.records else []:
            pile.replay()
        self.piles = [] if self.records else self.piles

    def restart(self):
        """The power of the backend is cut."""
        port = self.csms.port
        self.csms.kill()
        self.start(port)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ended = [f"{pile.identity} ended by itself with {pile.process.poll()}" for pile in self.piles if pile.process.poll() is not None]
        for pile in self.piles:
            pile.kill()
        if kind:
            print(*ended, sep="\n")
            for pile in self.piles:
                print("\n".join(line[:260] for line in pile.lines[-40:]))
            print("\n".join(self.csms.complaint().splitlines()[-30:]))
        self.csms.kill()
        if self.shop:
            self.shop.close()
        self.scratch.cleanup()

    # --- time and truth

    def check(self):
        """I1 to I14. What is on its way has a moment to arrive."""
        said = self.until(self.is_whole, None)
        assert said is True, said

    def is_whole(self):
        done = subprocess.run([self.checker, os.path.join(self.folder, "csms.db.settlement"), os.path.join(self.folder, "csms.db.keys")], capture_output=True,
                              text=True, check=False)
        self.broken = done.stdout.strip()
        return done.returncode == 0

    def until(self, condition, what, limit_s=LIMIT_S):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.05)  # a round trip between two looks
        raise AssertionError(f"{what or self.broken} (waited {limit_s} s)")

    def pass_days(self, days):
        self.pass_s(int(days * 86400))

    def pass_s(self, seconds):
        """Time passes for everybody; in steps, so that nothing sleeps over a timer that sets another. Nobody waits for an answer meanwhile: it would
        have taken that long."""
        while seconds > 0:
            self.let_rest()
            step = min(seconds, 43200)
            for pile in self.piles:
                if pile.process.poll() is None:
                    pile.say(f"pass {step}")
            self.ask("POST", "/api/test/clock", {"advance_s": step})
            seconds -= step
        self.wait_for_time()
        self.tell_time()
        self.check()

    def let_rest(self):
        for pile in self.piles:
            if pile.process.poll() is None:
                pile.rests()

    def wait_for_time(self):
        """A pile that is told the time before it has let it pass has it pass twice until it is told again."""
        for pile in self.piles:
            if pile.process.poll() is None:
                pile.does()

    def tell_time(self):
        """To piles that are there, as their next Heartbeat would."""
        connected = {station["id"] for station in self.ask("GET", "/api/stations")["stations"] if station["connected"]}
        for pile in self.piles:
            if pile.identity in connected and pile.process.poll() is None:
                pile.skip()
                self.ask("POST", f"/api/stations/{pile.identity}/trigger", {"message": "Heartbeat"})
                pile.sees(r'<- \[3,"[^"]+",\{"currentTime"')

    def ask(self, method, path, body=None, status=200, headers=None):
        answer = self.csms.rest.ask(method, path, body, headers)
        assert status is None or answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json

    def now(self):
        """What the backend takes for the time, in seconds."""
        told = self.ask("POST", "/api/test/clock", {"advance_s": 0})["time"]
        return datetime.datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp()

    def order_of(self, tag, index=-1):
        """The newest order of a payer, or an older one."""
        orders = [order for order in self.ask("GET", "/api/orders")["orders"] if order["payer"].endswith(":" + tag) or order["payer"] == tag]
        orders.sort(key=lambda order: order["opened"])
        return orders[index] if orders else None

    def orders_of(self, tag):
        return [order for order in self.ask("GET", "/api/orders")["orders"] if order["payer"].endswith(":" + tag) or order["payer"] == tag]

    def whole(self, order):
        return self.ask("GET", f"/api/orders/{order['id']}")

    def order_becomes(self, tag, state, index=-1):
        order = self.until(lambda: (lambda found: found if found and found["state"] == state else None)(self.order_of(tag, index)), f"the order of {tag} is {state}")
        self.check()
        return self.whole(order)

    def rentals(self, **query):
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return self.ask("GET", "/api/settlement/rentals" + ("?" + text if text else ""))["rentals"]

    def rental_of(self, order):
        return next(rental for rental in self.rentals() if rental["order"] == order["id"])

    def rental_becomes(self, rental, state):
        found = self.until(lambda: next((row for row in self.rentals() if row["id"] == rental["id"] and row["state"] == state), None), f"the rental is {state}")
        self.check()
        return found

    def suspense(self, kind):
        return self.until(lambda: next((row for row in self.ask("GET", "/api/settlement/suspense")["suspense"] if row["kind"] == kind and not row["resolved"]), None),
                          f"a suspense entry {kind}")

    def lines(self, order):
        return [(line["kind"], line["gross"]) for line in order["bill"]["lines"]]
