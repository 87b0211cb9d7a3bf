#!/usr/bin/env python3
"""cases_d.py SIM CSMS CHECKER PHONE [CASE …]: the cases of system D (a pile that has a phone link only), end to end: ocpp-sim without a network, ocpp-phone on its socket
or pseudo-terminal, ocpp-csms with an offline root; and those of system B (rental houses) that are about such piles. Days pass for both on test clocks; the checker reads the store after each step. A case is a function called after its
number; each has piles and payers of its own, in a world that those without `given` share."""

import datetime
import json
import math
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from cases_b import House  # noqa: E402
from relay import Key, Root, payload_of  # noqa: E402
from settlement import Pile, World  # noqa: E402
from terminals import text_of  # noqa: E402

RELAY, DAY_S = "/api/settlement/relay", 86400
PHONE = None


def given(**how):
    """What a case's world is made with."""

    def mark(case):
        case.world = how
        return case

    return mark


class Alone(Pile):
    """A pile that only phones reach."""

    def __init__(self, world, identity, link=None, more=()):
        self.more, self.code = more, f"CLAIM-{identity}-0123456789"
        super().__init__(world, identity, slots=0, link=link)
        world.piles.append(self)

    def start(self):
        world = self.world
        link = self.link or f"unix:{self.state}.link"
        command = [world.sim, "--url", "none", "--id", self.identity, "--link", link, "--evses", "2", "--state", self.state, "--claim-code", self.code, *self.more]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.listen_beside()
        where = self.sees(r"phone link at (\S+)").group(1)
        self.where = where if link == "pty" else "unix:" + where
        before = time.time()
        self.say(f"clock {math.ceil(world.now() - before)}")  # days may have passed in this world; not before what was done in it
        self.heard()

    def again(self, state=None):
        """Its power was cut; with |state| its store is another one."""
        self.kill()
        if state:
            shutil.rmtree(self.state)
            shutil.copytree(state, self.state)
        self.skip()
        self.start()

    def heard(self):
        """It has done what it was told so far."""
        self.skip()
        self.say('say "so far"')
        self.sees("so far")

    def delivers(self, wh, outlet=1):
        """So much, and no more."""
        self.say(f"meter {outlet} +{wh}")
        self.heard()

    def plug(self, outlet=1):
        self.say(f"plug {outlet}")
        self.say(f"ev suspend {outlet}")  # energy is what `delivers` says
        self.heard()

    def unplug(self, outlet=1):
        self.skip()
        self.say(f"unplug {outlet}")
        self.sees(f"outlet {outlet} has ended its session")


class Phone:
    """Somebody's phone, at a pile; |state|: it remembers."""

    def __init__(self, fleet, pile, state=None, frame=244):
        self.fleet, self.pile, self.frame = fleet, pile, frame
        self.state = os.path.join(fleet.world.folder, state) if state else None

    def command(self, link, server, trust):
        command = [PHONE, "--json", "--frame", str(self.frame), "--timeout", "20"]
        command += ["--link", self.pile.where, *(trust or ["--root", f"fleet:{self.fleet.root.config()['root']}"])] if link else []
        command += ["--server", f"http://127.0.0.1:{self.fleet.world.csms.http_port}"] if server else []
        return command + (["--state", self.state] if self.state else [])

    def run(self, *words, code=0, link=True, server=True, trust=None):
        done = subprocess.run([*self.command(link, server, trust), *words], text=True, capture_output=True, check=False)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        assert len(done.stderr.splitlines()) == (1 if code else 0), done.stderr
        self.complaint = done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def enrol(self):
        self.run("enrol", trust=["--unproved"])
        return self

    def start(self, tag, minor=2000, outlet=1, *vehicle, code=0):
        told = self.run("start", str(outlet), tag, str(minor), *vehicle, code=code)
        self.fleet.world.check()
        return told[0] if told else None

    def stop(self, session, outlet=1, code=0):
        return self.run("stop", str(outlet), session, code=code)

    def relay(self, code=0, **how):
        told = self.run("relay", code=code, **how)
        self.fleet.world.check()
        return [(one["page"], one["result"]) for one in told if one.get("page")]

    def status(self, outlet=None):
        return self.run("ask", "Status", json.dumps({"outlet": outlet} if outlet else {}), server=False)[0]["token"]

    def said(self):
        return payload_of(self.status())

    def bring(self, parcel, code=0):
        """What the pile says of a parcel."""
        told = self.run("ask", "Deliver", json.dumps({"parcel": parcel}), server=False, code=code)
        return told[0] if told else None

    def shows(self, tag, *words, code=0):
        """What the phone says when that card is shown at the pile while it waits."""
        self.pile.skip()
        waits = subprocess.Popen(self.command(True, True, None) + list(words), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pile.sees("waits for a card")
        self.pile.say(f"card 0 {tag}")
        said, complaint = waits.communicate()
        assert waits.returncode == code, (words, said, complaint)
        self.fleet.world.check()
        return json.loads(said) if code == 0 else complaint

    def bills(self):
        return {bill["page"]: bill["bill"] for bill in self.run("bills", server=False)}


class Fleet:
    """An offline root, the server whose key it certified, and piles."""

    def __init__(self, world):
        self.world, self.root, self.count = world, world.root, 0
        self.certify()

    def certify(self, **how):
        key = self.world.ask("GET", RELAY + "/key")
        self.world.ask("PUT", RELAY + "/trust", self.root.trust(key, **how))
        return key

    def pile(self, **how):
        self.count += 1
        pile = Alone(self.world, f"PILE-{self.count}", **how)
        self.world.ask("POST", RELAY + "/piles", {"pile": pile.identity, "claimCode": pile.code})
        return pile, Phone(self, pile).enrol()

    def fill(self, tag, money="100.00"):
        self.world.ask("POST", f"/api/settlement/accounts/EUR/{tag}", {"amount": money, "key": f"fill {tag}"})
        return tag

    def purse(self, tag):
        return self.world.ask("GET", f"/api/settlement/accounts/EUR/{tag}")["wallet"]

    def pass_s(self, seconds):
        self.world.pass_s(seconds)
        for pile in self.world.piles:
            if pile.process.poll() is None:
                pile.heard()

    def authorise(self, phone, tag, minor=2000, outlet=1, **more):
        """What the phone would bring to the pile: asked for, and held."""
        told = self.world.ask("POST", RELAY + "/authorisations", {"idToken": tag, "status": phone.status(outlet), "outlet": outlet, "frozenMinor": minor, **more})
        return self.world.until(lambda: self.stands(told["id"], "Ready"), "the amount is held")

    def stands(self, identity, state=None):
        found = self.world.ask("GET", f"{RELAY}/authorisations/{identity}")
        return found if state in (None, found["state"]) else None

    def becomes(self, identity, state):
        self.world.until(lambda: self.stands(identity, state), f"the authorisation is {state}")
        self.world.check()

    def about(self, pile):
        return self.world.ask("GET", f"{RELAY}/piles/{pile.identity}")

    def page(self, pile, number):
        return self.world.ask("GET", f"{RELAY}/piles/{pile.identity}/pages/{number}")

    def is_refused(self, path, token, code="BadToken"):
        told = self.world.ask("POST", RELAY + path, {"token": token}, status=409)["detail"]
        assert told.startswith(code), told
        self.world.check()


def altered(token, at=None):
    """One character is another."""
    at = at or len(token) // 2
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:]


def visit(fleet, pile, phone, tag, wh=4000, outlet=1):
    """From the plug to the bill, which the pile keeps."""
    pile.plug(outlet)
    told = phone.start(tag, 2000, outlet)
    pile.delivers(wh, outlet)
    pile.unplug(outlet)
    return told


def d00_a_phone_reserves_starts_and_brings_the_bill_and_it_is_paid_once(fleet):
    pile, phone = fleet.pile()
    phone.state = os.path.join(fleet.world.folder, "anna")
    tag = fleet.fill("D0")
    pile.plug()
    told = phone.start(tag)
    pile.delivers(4000)
    stands = phone.run("hello")[0]["outlets"][0]
    assert fleet.purse(tag) == "80.00" and stands["state"] == "Charging", (fleet.purse(tag), stands)
    stranger = Phone(fleet, pile, "stranger")
    stranger.stop(told["session"], code=1)  # it has no authorisation to show
    assert phone.stop(told["session"]) == [{"ended": True}]
    assert phone.relay() == [(1, "Accepted")]
    order = fleet.world.order_becomes(tag, "Paid")
    page = fleet.page(pile, 1)
    assert order["paid"] == "2.00" and fleet.purse(tag) == "98.00" and page["bill"]["reason"] == "Remote", (order, page)
    assert payload_of(page["reconciled"])["charged"] == "2.00" and page["order"] == told["order"]
    assert phone.relay() == [] and not phone.bills() and phone.said()["kept"] == 0


def d01_what_was_frozen_is_used_up_and_the_pile_stops_by_itself_before(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D1")
    pile.say("plug 1")
    phone.start(tag, 100)
    fleet.pass_s(1800)  # 5.5 kWh at 11 kW, of which 2 were paid for
    assert phone.relay() == [(1, "Accepted")]
    order = fleet.world.order_becomes(tag, "Paid")
    bill = fleet.page(pile, 1)["bill"]
    assert bill["reason"] == "CapReached" and 0.80 <= float(bill["amount"]) <= 1.00 and order["paid"] == bill["amount"], bill


def d02_the_link_is_lost_while_charging_and_it_goes_on_to_the_cap(fleet):
    pile, phone = fleet.pile(link="pty")  # a module on a serial port, in the smallest frames
    phone.frame = 20
    tag = fleet.fill("D2")
    pile.say("plug 1")
    phone.start(tag, 50)
    fleet.pass_s(120)
    flows = phone.run("hello", server=False)[0]["outlets"][0]
    assert flows["state"] == "Charging" and flows["energyMwh"] > 200000, flows
    fleet.pass_s(900)
    assert phone.said()["kept"] == 1
    assert phone.relay() == [(1, "Accepted")] and fleet.page(pile, 1)["bill"]["reason"] == "CapReached"


def d03_any_later_phone_carries_the_bill_also_after_the_hold_is_over(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    first, second = fleet.fill("D3"), fleet.fill("D3-B")
    visit(fleet, pile, phone, first)
    fleet.pass_s(3 * DAY_S)
    assert Phone(fleet, pile).relay() == [(1, "Accepted")]  # of somebody else
    assert world.order_becomes(first, "Paid")["paid"] == "2.00" and len(world.orders_of(first)) == 1
    visit(fleet, pile, phone, second)
    fleet.pass_s(8 * DAY_S)  # nobody came
    world.until(lambda: world.order_of(second)["state"] == "Void" and fleet.purse(second) == "100.00", "what was held is let go")
    assert Phone(fleet, pile).relay() == [(2, "Accepted")]
    assert world.order_becomes(second, "Paid")["paid"] == "2.00" and len(world.orders_of(second)) == 2
    assert fleet.purse(first) == fleet.purse(second) == "98.00"


def d04_a_bill_that_was_altered_is_refused(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D4")
    visit(fleet, pile, phone, tag)
    sealed = phone.bills()[1]
    for at in range(40, len(sealed), len(sealed) // 6):
        fleet.is_refused("/bills", altered(sealed, at))
    fleet.is_refused("/bills", phone.status())  # signed by the pile, and no bill
    fleet.is_refused("/statuses", altered(phone.status()))
    assert fleet.purse(tag) == "80.00", fleet.world.csms.complaint()
    assert phone.relay() == [(1, "Accepted")]
    fleet.world.order_becomes(tag, "Paid")


def d05_a_bill_that_two_phones_bring_counts_once(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D5")
    visit(fleet, pile, phone, tag)
    carriers = [Phone(fleet, pile, "carrier-1"), Phone(fleet, pile, "carrier-2")]
    for carrier in carriers:
        assert carrier.relay(server=False) == []  # fetched
    for carrier in carriers:
        assert carrier.relay(link=False) == [(1, "Accepted")]
    fleet.world.restart()
    assert Phone(fleet, pile).relay() == [(1, "Accepted")]
    order = fleet.world.order_becomes(tag, "Paid")
    assert order["paid"] == "2.00" and fleet.purse(tag) == "98.00" and fleet.about(pile)["lastPage"] == 1


def d06_a_bill_that_is_withheld_costs_what_was_frozen_if_it_is_known_to_have_begun(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    idle, debtor = fleet.fill("D6-A"), fleet.fill("D6-B")
    never = fleet.authorise(phone, idle, outlet=2)
    pile.plug()
    told = phone.start(debtor)
    pile.delivers(4000)
    pile.unplug()
    world.ask("POST", RELAY + "/statuses", {"token": phone.status()})  # the next phone, which was given no bill
    fleet.becomes(told["authorisation"], "Used")
    fleet.pass_s(6 * DAY_S + 60)
    fleet.becomes(told["authorisation"], "Captured")
    assert world.order_becomes(debtor, "Paid")["paid"] == "20.00" and fleet.purse(debtor) == "80.00"
    fleet.pass_s(DAY_S)
    fleet.becomes(never["id"], "Expired")
    world.until(lambda: world.order_of(idle)["state"] == "Void" and fleet.purse(idle) == "100.00", "what was held is let go")
    assert Phone(fleet, pile).relay() == [(1, "Accepted")]  # at last
    world.until(lambda: fleet.purse(debtor) == "98.00", "the rest came back")
    world.check()


def d07_an_authorisation_that_comes_again_elsewhere_or_out_of_order(fleet):
    pile, phone = fleet.pile()
    other, there = fleet.pile()
    tag, late = fleet.fill("D7"), fleet.fill("D7-B")
    first, second = fleet.authorise(phone, tag), fleet.authorise(phone, late)
    assert there.bring(first["parcel"])["code"] == "WrongPile"
    pile.plug()
    session = phone.bring(second["parcel"])["session"]  # out of order
    assert phone.bring(second["parcel"])["session"] == session  # while it lasts, the same answer
    pile.delivers(2000)
    pile.unplug()
    assert phone.bring(second["parcel"])["code"] == "OutOfSequence"
    pile.again()
    assert phone.bring(second["parcel"])["code"] == "OutOfSequence"
    assert phone.bring(first["parcel"])["code"] == "BadToken"  # nonces do not outlive a start
    third = fleet.authorise(phone, tag)
    pile.plug()
    assert phone.bring(third["parcel"])["session"]
    pile.unplug()
    assert [page for page, _ in phone.relay()] == [1, 2]
    fleet.becomes(first["id"], "Refused")
    assert fleet.world.order_becomes(late, "Paid")["paid"] == "1.00" and fleet.purse(tag) == "100.00"


def d08_an_authorisation_that_is_forwarded_late(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D8")
    given_up = fleet.authorise(phone, tag)
    fleet.pass_s(610)
    pile.plug()
    assert phone.bring(given_up["parcel"])["code"] == "BadToken" and phone.said()["outlets"][0]["state"] == "Occupied"
    phone.relay()
    fleet.becomes(given_up["id"], "Refused")
    assert phone.start(tag)["session"]


def d09_a_frozen_amount_that_was_altered_starts_nothing(fleet):
    pile, phone = fleet.pile()
    parcel = fleet.authorise(phone, fleet.fill("D9"), 100)["parcel"]
    head, body, signature = parcel["authorisation"].split(".")
    payload = payload_of(parcel["authorisation"])
    assert payload["frozen"] == "1.00"
    forged = text_of(json.dumps({**payload, "frozen": "100.00"}, separators=(",", ":")).encode())
    pile.plug()
    for token in (f"{head}.{forged}.{signature}", f"{head}.{body}.{altered(signature)}", Key(fleet.world.folder, "thief").sign("authorisation", payload)):
        phone.bring({**parcel, "authorisation": token}, code=1)
        assert "BadToken" in phone.complaint, phone.complaint
    pile.sees("security: something that nobody signed who may")
    assert phone.bring(parcel)["session"]


def d10_a_pile_whose_store_was_set_back_is_quarantined(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    tag = fleet.fill("D10")
    visit(fleet, pile, phone, tag)
    pile.kill()
    copy = pile.state + ".copy"
    shutil.copytree(pile.state, copy)
    pile.again()
    visit(fleet, pile, phone, tag, 2000)
    assert phone.relay() == [(1, "Accepted"), (2, "Accepted")]
    paid = fleet.purse(tag)
    pile.again(copy)
    assert Phone(fleet, pile).relay() == [(1, "Accepted")]
    assert fleet.about(pile)["state"] == "Quarantined" and fleet.purse(tag) == paid == "97.00"
    world.ask("POST", RELAY + "/authorisations", {"idToken": tag, "status": phone.status(1), "outlet": 1}, status=409)
    world.ask("POST", f"{RELAY}/piles/{pile.identity}/lift", {"reason": "its flash was replaced"})
    assert fleet.about(pile)["state"] == "Enrolled"


def d11_a_gap_in_the_chain_is_told_and_nothing_guessed(fleet):
    pile, phone = fleet.pile()
    first, second = fleet.fill("D11"), fleet.fill("D11-B")
    visit(fleet, pile, phone, first)
    visit(fleet, pile, phone, second, 2000)
    fleet.world.ask("POST", RELAY + "/bills", {"token": phone.bills()[2]})
    about = fleet.about(pile)
    assert (about["lastPage"], about["gaps"], about["firstGap"]) == (2, 1, 1), about
    assert fleet.world.order_becomes(second, "Paid")["paid"] == "1.00" and fleet.world.order_of(first)["state"] == "Open"
    assert phone.relay() == [(1, "Accepted"), (2, "Accepted")]
    assert fleet.about(pile)["gaps"] == 0 and fleet.world.order_becomes(first, "Paid")["paid"] == "2.00"


def d12_bills_of_a_pile_whose_key_was_stolen_wait_for_a_person(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    tag = fleet.fill("D12")
    visit(fleet, pile, phone, tag)
    world.ask("POST", f"{RELAY}/piles/{pile.identity}/revoke", {"reason": "the pile was stolen"})
    sealed = phone.bills()[1]
    world.ask("POST", RELAY + "/bills", {"token": sealed})
    assert fleet.page(pile, 1)["result"] == "Suspense"
    fleet.is_refused("/statuses", phone.status())
    waiting = world.ask("GET", RELAY + "/waiting")["pages"]
    assert [(page["pile"], page["page"], page["reason"]) for page in waiting] == [(pile.identity, 1, "its key was revoked")], waiting
    assert fleet.purse(tag) == "80.00"  # held, and nothing taken
    world.ask("POST", RELAY + "/authorisations", {"idToken": tag, "status": phone.status(1), "outlet": 1}, status=409)
    world.ask("POST", f"{RELAY}/piles/{pile.identity}/pages/1/accept", {"reason": "the driver confirms it"})
    assert world.order_becomes(tag, "Paid")["paid"] == "2.00" and fleet.purse(tag) == "98.00"
    assert not world.ask("GET", RELAY + "/waiting")["pages"]
    world.check()


@given()
def d13_the_servers_key_is_rotated_and_stolen_while_piles_are_out_of_reach(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    tag = fleet.fill("D13")
    stale = fleet.authorise(phone, tag)  # by the old key, and never used
    old = world.ask("GET", RELAY + "/key")
    world.settlement["relay"]["key"] = "server-2"
    world.write_settlement()
    world.restart()
    new = fleet.certify(epoch=2, number=2, gone=[old["kid"]])
    assert new["kid"] != old["kid"]
    pile.plug()
    told = phone.start(tag)  # the parcel brings the new key, and the end of the old one
    assert told["session"] and (phone.said()["epoch"], phone.said()["revocations"]) == (2, 2)
    pile.delivers(2000)
    pile.unplug()
    phone.bring(stale["parcel"], code=1)
    assert "BadToken" in phone.complaint
    thief = Key(world.folder, "thief")
    thief.file = os.path.join(world.folder, "csms.db.keys", "server.pem")  # the old key certifies its own successor
    said = {"iss": "fleet", "kid": "thiefs", "epoch": 3, "uses": ["Authorisation"], "key": new["key"], "iat": "2026-11-20T08:00:00Z"}
    phone.bring({"trust": {"keys": [thief.sign("server-key", said, "fleet")]}, "acknowledgements": []}, code=1)
    phone.bring({"trust": {"keys": [], "revocations": fleet.root.trust(old, number=1)["revocations"]}, "acknowledgements": []})
    assert phone.said()["revocations"] == 2
    assert phone.relay() == [(1, "Accepted")]
    fleet.world.order_becomes(tag, "Paid", -1)


def d14_another_vehicle_than_authorised_gets_nothing(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D14")
    pile.say("vehicle 1 Evccid THIEF")
    pile.plug()
    phone.start(tag, 2000, 1, "0A1B2C3D4E5F", code=1)
    assert "vehicle" in phone.complaint, phone.complaint
    phone.relay()
    fleet.world.until(lambda: fleet.world.order_of(tag)["state"] == "Void", "what was held is let go")
    pile.say("unplug 1")
    pile.say("vehicle 1 Evccid 0A1B2C3D4E5F")
    pile.plug()
    assert phone.start(tag, 2000, 1, "0A1B2C3D4E5F")["session"]
    assert "0A1B2C3D4E5F" not in fleet.world.csms.complaint()


def d15_a_pile_whose_clock_is_wrong_says_so_and_measures_by_its_uptime(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D15")
    pile.say("clock -100000")
    pile.plug()
    phone.start(tag)
    pile.say("clock +5000")  # within the session
    pile.delivers(4000)
    fleet.pass_s(600)
    pile.unplug()
    phone.relay()
    bill = fleet.page(pile, 1)["bill"]
    begin, end = (datetime.datetime.fromisoformat(bill["usage"]["events"][at]["at"].replace("Z", "+00:00")).timestamp() for at in (0, -1))
    assert bill["timeStatus"] == "Relative" and 600 <= end - begin <= 660 and abs(end - fleet.world.now()) < 60, bill
    assert fleet.world.order_becomes(tag, "Paid")["paid"] == "2.00"


def d16_a_bill_is_kept_until_its_acknowledgement_came(fleet):
    pile, phone = fleet.pile()
    tag = fleet.fill("D16")
    visit(fleet, pile, phone, tag)
    lost = Phone(fleet, pile, "lost")
    lost.relay(server=False)
    assert lost.relay(link=False) == [(1, "Accepted")]  # and then that phone fell into the water
    fleet.world.order_becomes(tag, "Paid")
    assert phone.said()["kept"] == 1
    parcel = fleet.page(pile, 1)["parcel"]
    phone.bring({**parcel, "acknowledgements": [altered(parcel["acknowledgements"][0])]}, code=1)
    pile.again()
    assert phone.said()["kept"] == 1
    assert phone.relay() == [(1, "Accepted")] and phone.said()["kept"] == 0
    pile.again()
    assert phone.said()["kept"] == 0 and fleet.purse(tag) == "98.00"


def d17_of_two_who_reserved_the_first_one_wins_and_the_other_has_the_money_back(fleet):
    pile, phone = fleet.pile()
    first, second = fleet.fill("D17"), fleet.fill("D17-B")
    one, two = fleet.authorise(phone, first), fleet.authorise(phone, second)
    pile.plug()
    assert phone.bring(two["parcel"])["session"]
    late = phone.bring(one["parcel"])
    assert late["code"] == "WrongState" and "first" in late["reason"], late
    assert phone.relay() == []
    fleet.becomes(one["id"], "Refused")
    fleet.world.until(lambda: fleet.world.order_of(first)["state"] == "Void", "what was held is let go")
    assert fleet.world.ask("GET", f"/api/settlement/accounts/EUR/{first}").get("held", "0.00") == "0.00"
    fleet.becomes(two["id"], "Used")


def d18_a_store_that_is_full_of_bills_takes_no_new_session(fleet):
    pile, phone = fleet.pile(more=("--kept-bills", "3"))
    tag = fleet.fill("D18")
    for _ in range(3):
        visit(fleet, pile, phone, tag, 1000)
    assert phone.said()["room"] == 0
    pile.plug()
    fleet.world.ask("POST", RELAY + "/authorisations", {"idToken": tag, "status": phone.status(1), "outlet": 1}, status=409)
    phone.start(tag, code=1)
    assert len(phone.complaint.splitlines()) == 1, phone.complaint
    assert [result for _, result in phone.relay()] == ["Accepted"] * 3
    assert phone.said()["room"] == 3 and phone.start(tag)["session"]


def by_the_hour():
    """Cheap until 13:00, dear afterwards."""
    energy = {"dimension": "Energy", "unit": "Kwh"}
    return {"id": "H", "currency": "EUR", "dialect": "Own",
            "elements": [{"components": [{**energy, "priceMicro": 200000}], "restrictions": {"endMinute": 13 * 60}},
                         {"components": [{**energy, "priceMicro": 1000000}]}]}


@given(tariff=by_the_hour())
def d19_a_pile_that_does_not_know_the_time_has_it_from_the_authorisation(fleet):
    world = fleet.world
    now = datetime.datetime.fromtimestamp(world.now(), datetime.timezone.utc)
    noon = now.replace(hour=12, minute=30, second=0)
    fleet.pass_s(int(((noon if noon > now else noon + datetime.timedelta(days=1)) - now).total_seconds()))
    pile, phone = fleet.pile()
    tag = fleet.fill("D19")
    pile.say("clock +30000")  # by its own clock all of it were dear
    pile.plug()
    phone.start(tag)
    pile.delivers(4000)
    fleet.pass_s(60)
    fleet.pass_s(2400)
    pile.delivers(1000)
    fleet.pass_s(60)
    pile.unplug()
    assert phone.relay() == [(1, "Accepted")]
    bill = fleet.page(pile, 1)["bill"]
    order = world.order_becomes(tag, "Paid")
    assert bill["timeStatus"] == "Relative" and order["paid"] == bill["amount"] == "1.80", (order["paid"], bill)


@given(has_shop=True)
def d20_a_capture_that_is_refused_and_a_chargeback_are_debts_that_come_first(fleet):
    world = fleet.world
    pile, phone = fleet.pile()
    visit(fleet, pile, phone, "D20", 10020)  # 5.01: the provider declines what ends in 01
    phone.relay()
    owed = world.order_becomes("D20", "Debt")
    assert owed["debtReason"] and owed["paid"] == "0.00", owed
    visit(fleet, pile, phone, "D20-B", 10000)
    phone.relay()
    order = world.order_becomes("D20-B", "Paid")
    world.ask("POST", f"/api/orders/{order['id']}/chargeback", {"leg": order["legs"][0]["id"], "amountMinor": 500, "key": "DISPUTE", "reason": "the payer disputes it"})
    assert world.order_becomes("D20-B", "Debt")["debtReason"] == "the payer disputes it"
    phone.run("start", "1", "D20-B", "2000", code=1)  # first what is owed
    world.until(lambda: world.whole(order)["state"] == "Paid", "the debt is paid")
    world.check()
    pile.plug()
    assert phone.start("D20-B")["session"]


# --- rental houses

def housed(fleet, name, price="0.40"):
    """A house with such a pile: the first phone that comes by has brought its list."""
    pile, phone = fleet.pile()
    house = House(fleet.world, name, station=pile.identity, tenants=(name + "-Ada", name + "-Ben"), price=price)
    phone.relay()
    assert phone.said()["house"]["loggedOut"] == []
    return pile, phone, house, name.upper() + "-ADA", name.upper() + "-BEN"


def bound(fleet, pile, house, tag):
    """The phone of who holds the card, bound at the pile."""
    phone = Phone(fleet, pile, "phone-" + tag)
    phone.shows(tag, "bind", house.cards[tag], house.secrets[tag])
    return phone


def charged(pile, phone, wh=4000, outlet=1):
    pile.plug(outlet)
    session = phone.run("charge", str(outlet))[0]["session"]
    pile.sees(f"outlet {outlet} gets energy {session}")
    pile.delivers(wh, outlet)
    return session


def b01_a_card_logged_out_at_the_pile_ends_its_session_and_pays_for_what_it_got(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B1")
    house.issue("B1-LORD")
    lord, tenant = bound(fleet, pile, house, "B1-LORD"), bound(fleet, pile, house, ada)
    session = charged(pile, tenant)
    fleet.pass_s(61)  # a reading of it was taken
    assert "4 kWh" in lord.shows(ada, "manage", "show")["text"]
    tenant.run("manage", "log-out", code=1)
    pile.skip()
    assert "logged out" in lord.shows(ada, "manage", "log-out")["text"]
    pile.sees("outlet 1 has ended its session " + session)
    tenant.run("charge", "1", code=1)
    pile.skip()
    pile.say(f"card 1 {ada}")
    pile.sees("card at outlet 1 is refused")
    assert carrier.relay() == [(1, "Accepted")]
    assert house.waits("B1-Ada", 1)[0]["gross"] == "1.76" and house.card(ada)["state"] == "LoggedOut"
    house.act(ada, "let-in")
    carrier.relay()
    carrier.relay()
    assert tenant.run("charge", "1")[0]["session"] and house.card(ada)["state"] == "Active"


def b03_a_stolen_privilege_card_opens_nothing_after_the_next_contact(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B3")
    house.issue("B3-LORD")
    lord = bound(fleet, pile, house, "B3-LORD")
    assert lord.run("manage", "authorise")[0]["text"] and lord.run("consumption") == []
    house.act("B3-LORD", "lost")
    carrier.relay()
    lord.run("manage", "authorise", code=1)
    lord.run("consumption", code=1)
    assert "NotAllowed" in lord.complaint
    pile.skip()
    pile.say("card 1 B3-LORD")
    pile.sees("is refused")


def b05_a_new_price_reaches_the_pile_and_what_was_used_keeps_its_own(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B5")
    tenant = bound(fleet, pile, house, ada)
    charged(pile, tenant)
    fleet.pass_s(5)  # clocks differ a little
    house.price("0.80")
    pile.unplug()
    carrier.relay()
    fleet.pass_s(5)
    charged(pile, tenant)
    pile.unplug()
    carrier.relay()
    rows = house.waits("B5-Ada", 2)
    assert sorted(row["gross"] for row in rows) == ["1.76", "3.52"], rows
    assert fleet.page(pile, 2)["bill"]["amount"] == "3.52"


def b08_a_plug_swapped_on_a_live_outlet_is_another_session(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B8")
    tenant = bound(fleet, pile, house, ada)
    first = charged(pile, tenant)
    pile.unplug()
    second = charged(pile, tenant, 1000)
    assert first != second
    uses = tenant.run("consumption")
    assert [(use["session"], use["open"]) for use in uses] == [(second, True), (first, False)] and uses[1]["energyWh"] == 4000, uses
    assert tenant.stop(second) == [{"ended": True}]
    assert [page for page, _ in carrier.relay()] == [1, 2] and len(house.waits("B8-Ada", 2)) == 2


def b10_a_photographed_code_binds_no_phone(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B10")
    thief = Phone(fleet, pile, "thief-B10")
    pile.skip()
    waits = subprocess.Popen(thief.command(True, True, None) + ["bind", house.cards[ada], house.secrets[ada]], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pile.sees("waits for a card")
    pile.plug()
    pile.say(f"card 1 {ada}")  # she charges, and binds nobody
    pile.sees("card at outlet 1 starts")
    pile.unplug()
    assert waits.poll() is None
    waits.kill()
    waits.communicate()
    complaint = thief.shows(ben, "bind", house.cards[ada], house.secrets[ada], code=1)  # a card of his own
    assert "UnknownPhone" in complaint, complaint
    thief.run("charge", "1", code=1)
    Phone(fleet, pile, "phone-" + ada).shows(ada, "bind", house.cards[ada], house.secrets[ada], code=1)  # two asked: both begin again
    tenant = bound(fleet, pile, house, ada)
    other = bound(fleet, pile, house, ben)
    session = charged(pile, tenant)
    other.stop(session, code=1)  # of somebody else
    assert other.run("consumption") == []
    shutil.copy(os.path.join(tenant.state, "binding"), os.path.join(other.state, "binding"))  # without its key
    other.run("charge", "2", code=1)
    assert "NotAllowed" in other.complaint
    pile.sees("security: it is another phone's")


def b12_an_export_that_is_brought_twice_or_altered_counts_once(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B12")
    pile.plug()
    pile.say(f"card 1 {ada}")  # swiping works too
    pile.sees(r"outlet 1 gets energy")
    pile.delivers(4000)
    pile.say(f"card 1 {ada}")
    pile.sees("outlet 1 has ended its session")
    sealed = carrier.bills()[1]
    fleet.is_refused("/bills", altered(sealed))
    for _ in range(2):
        fleet.world.ask("POST", RELAY + "/bills", {"token": sealed})
    assert carrier.relay() == [(1, "Accepted")]
    assert [row["gross"] for row in house.waits("B12-Ada", 1)] == ["1.76"]
    house.close()
    assert house.statement("B12-Ada")["gross"] == "1.76" and "page " + pile.identity + "/1" in json.dumps(house.statement("B12-Ada"))


def b15_a_power_cut_ends_a_session_at_its_last_reading(fleet):
    pile, carrier, house, ada, ben = housed(fleet, "B15")
    tenant = bound(fleet, pile, house, ada)
    session = charged(pile, tenant)
    fleet.pass_s(90)  # a reading of it is durable
    pile.delivers(500)  # and of this none is
    pile.say("powercut")
    pile.sees("power is cut")
    pile.heard()
    uses = tenant.run("consumption")
    assert [(use["session"], use["open"], use["energyWh"]) for use in uses] == [(session, False, 4000)], uses
    assert carrier.relay() == [(1, "Accepted")] and fleet.page(pile, 1)["bill"]["reason"] == "Lost"
    assert house.waits("B15-Ada", 1)[0]["gross"] == "1.76"


CASES = {name[0].upper() + str(int(name[1:3])): case for name, case in sorted(globals().items()) if name[:1] in "bd" and name[1:3].isdigit()}


def world_of(programs, numbers, **how):
    def relay(folder):
        world_of.root = Root(folder)
        return world_of.root.config()

    sim, csms, checker = programs
    payers = [{"id": number + more, "account": number + more, "provider": "wallet"} for number in numbers for more in ("", "-A", "-B")]
    world = World(sim, csms, checker, "2.0.1", payers=[] if how.get("has_shop") else payers, relay=relay, **how)
    world.root = world_of.root
    return world


def play(programs, cases, **how):
    """In one world; piles do not outlive their case."""
    with world_of(programs, cases, **how) as world:
        fleet = Fleet(world)
        for number, case in cases.items():
            begun = time.monotonic()
            case(fleet)
            world.check()
            for pile in world.piles:
                pile.kill()
            world.piles.clear()
            print(f"ok {number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


def main():
    global PHONE
    sim, csms, checker, PHONE, *wanted = sys.argv[1:]
    assert {number for number in CASES if number[0] == "D"} == {f"D{number}" for number in range(21)}, "a case is missing"
    wanted = {number: case for number, case in CASES.items() if not wanted or number in wanted}
    shared = {number: case for number, case in wanted.items() if not hasattr(case, "world")}
    if shared:
        play((sim, csms, checker), shared)
    for number, case in wanted.items():
        if number not in shared:
            play((sim, csms, checker), {number: case}, **case.world)


if __name__ == "__main__":
    main()
