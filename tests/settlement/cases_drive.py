"""Drivers without an account, over REST: a key opens one visit, and nothing else. Called by cases_c.py, in its world."""

import json
import urllib.request

DRIVE = "/api/drive"


class Driver:
    """What a phone keeps: a key. Nobody gave it an operator's token."""

    def __init__(self, world, pile=None, key=None, minutes=30):
        self.world, self.pile, self.key = world, pile, key
        if pile and not key:
            told = world.ask("POST", f"{DRIVE}/visits", {"station": pile.identity, "evse": 1, "minutes": minutes})
            self.id, self.key = told["id"], told["key"]

    def ask(self, method="GET", path="", body=None, status=200):
        return self.world.ask(method, f"{DRIVE}/visit{path}", body, status, {"Authorization": f"Bearer {self.key}"})

    def say(self, what, body=None, status=200):
        return self.ask("POST", f"/{what}", body or {}, status)

    def now(self):
        return self.ask()

    def becomes(self, *states):
        return self.world.until(lambda: (lambda found: found if found["visit"]["state"] in states else None)(self.now()), f"a driver's visit is {states}: {self.now()['visit']}")

    def confirmed(self):
        number = self.becomes("Told")["visit"]["number"]
        self.say("confirm", {"number": number})
        self.becomes("Confirmed")
        return number

    def charge(self, wh=10000):
        number = self.confirmed()
        self.pile.say("limit 1 10W")
        self.pile.say("plug 1")
        self.pile.say(f"number 1 {number}")
        self.becomes("Matched")
        self.pile.sees(r"banks: EVSE 1 the gate is Closed")
        self.pile.say(f"meter 1 +{wh}")
        self.pile.say('say "it was metered"')
        self.pile.sees("it was metered")
        return self


def leave(world, pile):
    """As soon as the cable is free."""
    world.until(lambda: pile.say("unplug 1") or next(place for place in world.ask("GET", "/api/settlement/places")["places"] if place["station"] == pile.identity).get("status") == "Available", f"{pile.identity} is free")


def c20_a_driver_nobody_knows_finds_reserves_charges_and_pays_with_a_key_of_the_visit(world, here, there):
    if world.version == "1.6":
        return
    offers = world.ask("GET", f"{DRIVE}/offers?latitude=52.52&longitude=13.405&radiusM=2000")["offers"]
    assert [offer["station"] for offer in offers] == ["HERE", "THERE"] and offers[0]["free"], offers
    world.until(lambda: sum(bank["state"] == "Idle" for bank in world.ask("GET", "/api/settlement/banks")["banks"]) == 6, "both bays are read")
    assert {bay["station"]: (bay["banks"], bay["free"]) for bay in world.ask("GET", f"{DRIVE}/bays")["bays"]} == {"HERE": (3, 1), "THERE": (3, 1)}
    driver = Driver(world, here).charge()
    shown = driver.now()
    assert shown["session"]["open"] and shown["orders"][0]["bill"]["currency"] == "EUR" and shown["zone"] == "Etc/UTC", shown
    assert shown["orders"][0]["provider"] == "postpaid" and "payer" not in shown["orders"][0] and "payer" not in json.dumps(shown), shown
    driver.say("stop")
    driver.becomes("Paying")
    world.until(lambda: driver.now()["visit"].get("missing") == "5.00", "the bill is there")
    qr = world.csms.rest.ask("GET", f"{DRIVE}/visit/qr", None, {"Authorization": f"Bearer {driver.key}"})
    assert qr.status in (200, 501), qr.text  # 501: built without libqrencode
    driver.say("pay", {"amount": "999999.00"}, status=409)
    driver.say("pay")
    paid = driver.becomes("Done")
    order = world.until(lambda: (lambda found: found if found["state"] == "Paid" else None)(driver.now()["orders"][0]), "it is paid")
    assert order["paid"] == order["due"] and {line["kind"] for line in order["bill"]["lines"]} >= {"Energy"} and paid["visit"].get("number") is None, order
    here.sees(r"the gate is (Open|Free)")
    leave(world, here)


def c21_one_key_opens_one_visit_and_whoever_holds_another_learns_nothing(world, here, there):
    if world.version == "1.6":
        return
    mine, theirs = Driver(world, here), Driver(world, there).charge()
    theirs.say("rent")
    slot = there.sees(r"banks: slot (\d+) take the bank").group(1)
    there.take(slot)
    rental = world.until(lambda: next((row for row in theirs.now()["rentals"] if row["state"] == "Taken"), None), "their bank is out")
    seen = json.dumps(mine.now())
    for secret in (theirs.id, theirs.now()["visit"]["order"], rental["id"], rental["bank"], theirs.key):
        assert secret not in seen, secret
    for act in ("report", "swap", "keep"):
        for stranger in (rental["id"], "01J8Z6M0X2V7Q4K9T3B5N1D6F8", mine.id):
            assert mine.say(f"rentals/{stranger}/{act}", status=404)["status"] == 404
    # what others may do with a visit is nothing a key is for, wherever the interface is bound
    for path in (f"/api/settlement/visits/{theirs.id}", "/api/settlement/visits", "/api/orders", "/api/stations", "/api/settlement/houses", "/metrics"):
        assert world.csms.rest.ask("GET", path, None, {"Authorization": f"Bearer {mine.key}"}).status == 401, path
    log = world.csms.complaint()
    assert mine.key not in log and theirs.key not in log and mine.key.split(".")[-1] not in log, "a key is in the log"
    mine.say("cancel")
    mine.becomes("Cancelled")
    mine.say("pay", status=409)
    mine.say("start", status=409)
    mine.say("stop", status=409)
    mine.say("rent", status=409)
    mine.ask("GET", "/qr", status=404)
    there.give_back(slot, rental["bank"])
    theirs.say("stop")
    world.until(lambda: theirs.now()["rentals"][0]["state"] == "Returned", "the bank is back")
    world.until(lambda: {line["kind"] for line in theirs.now()["orders"][0]["bill"]["lines"]} == {"Energy", "PowerBankRental"}, "one bill tells of both")
    theirs.becomes("Done")
    leave(world, there)


def c22_who_has_an_account_begins_visits_with_a_key_of_it_until_the_account_may_not(world, here, there):
    if world.version == "1.6":
        return
    told = world.ask("POST", "/api/settlement/drivers", {"idToken": "ANNA", "days": 1})
    account = {"Authorization": f"Bearer {told['key']}"}
    wanted = {"station": "THERE", "evse": 1, "minutes": 45}  # strangers get 30
    begun = world.ask("POST", f"{DRIVE}/visits", wanted, headers=account)
    anna = Driver(world, there, key=begun["key"])
    assert world.whole({"id": anna.now()["visit"]["order"]})["payer"] == "ISO14443:ANNA"
    assert world.ask("POST", f"{DRIVE}/visits", wanted, 400)["path"] == "/minutes"
    world.ask("POST", f"{DRIVE}/visits", wanted, 401, {"Authorization": f"Bearer {anna.key}"})  # of a visit: it begins none
    world.ask("GET", f"{DRIVE}/visit", None, 404, account)  # of an account: it opens no visit
    world.ask("POST", f"{DRIVE}/visit/cancel", {}, 404, account)
    world.ask("PUT", "/api/tokens/ISO14443/ANNA", {"status": "Blocked"}, None)
    world.ask("POST", f"{DRIVE}/visits", wanted, 401, account)
    anna.ask(status=401)
    world.ask("PUT", "/api/tokens/ISO14443/ANNA", {"status": "Accepted"}, None)
    anna.say("cancel")
    anna.becomes("Cancelled")
    world.pass_s(7201)
    anna.ask(status=401)  # it has expired; the account's has not
    world.ask("POST", f"{DRIVE}/visits", {**wanted, "station": "NOWHERE"}, 409, account)
    world.pass_s(86400)
    world.ask("POST", f"{DRIVE}/visits", wanted, 401, account)


def c23_a_key_that_is_a_bit_another_one_opens_nothing(world, here, there):
    if world.version == "1.6":
        return
    mine, theirs = Driver(world, here), Driver(world, there)
    # a visit that does not exist under a key nobody could sign, and every key that is a bit another one
    parts = mine.key.split(".")
    forged = ["", "v", "." * 5, mine.key + ".", mine.key + "0", mine.key.upper(), " " + mine.key + " x", ".".join([parts[0], theirs.id, *parts[2:]]),
              ".".join([*parts[:4], "7fffffffff", parts[5]]), ".".join(["a", "-", *parts[2:]]), ".".join([*parts[:3], theirs.key.split(".")[3], *parts[4:]]),
              ".".join([*parts[:5], "0" * 32]), ".".join([*parts[:5], theirs.key.split(".")[5]]), "v." + "A" * 4000, mine.key[:-1], "é" + mine.key]
    forged += [mine.key[:at] + ("0" if mine.key[at] != "0" else "1") + mine.key[at + 1:] for at in (2, 10, 30, len(mine.key) - 33, len(mine.key) - 1)]
    for key in forged:
        answer = world.csms.rest.ask("GET", f"{DRIVE}/visit", None, {"Authorization": f"Bearer {key}".encode().decode("latin-1")})
        assert answer.status in (401, 429) and theirs.id not in answer.text, (key, answer.status, answer.text)
    assert mine.now()["visit"]["id"] == mine.id  # whose key is right is not shut out by those
    for driver in (mine, theirs):
        driver.say("cancel")
        driver.becomes("Cancelled")


def c24_strangers_begin_so_many_visits_and_then_wait(world, here, there):
    if world.version == "1.6":
        return
    wanted = {"station": "NOWHERE", "evse": 1, "minutes": 5}
    answers = [world.csms.rest.ask("POST", f"{DRIVE}/visits", wanted).status for _ in range(20)]
    assert answers[-1] == 429 and set(answers) == {409, 429}, answers
    for method, path, body in (("GET", f"{DRIVE}/visit", None), ("POST", f"{DRIVE}/visits", {"station": "HERE"}), ("POST", f"{DRIVE}/visits", {**wanted, "idToken": "ANNA"})):
        assert world.csms.rest.ask(method, path, body).status in (400, 401, 429), path
    for query in ("", "?latitude=91&longitude=0", "?latitude=1&longitude=nan", "?latitude=1&longitude=1&radiusM=1000000"):
        assert world.csms.rest.ask("GET", f"{DRIVE}/offers{query}").status in (400, 429), query
    with urllib.request.urlopen(f"http://127.0.0.1:{world.csms.port}{DRIVE}/places", timeout=30) as answer:
        assert "visit" not in answer.read().decode()
    statuses = []
    while 429 not in statuses:
        statuses.append(world.csms.rest.ask("GET", f"{DRIVE}/bays").status)
        assert len(statuses) < 60, statuses
