#!/usr/bin/env python3
"""cases_c.py SIM CSMS CHECKER VERSION HTTP [CASE …]: the cases of system C (guided payment), end to end: a phone finds a place and reserves it over REST, its
number is keyed in at a simulated pile with a gate, and the cable is free when the visit is paid. HTTP: `http` where the backend takes money over it.
The checker reads the store after each case. A case is a function called after its number; they share a world."""

import os
import re
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from settlement import POLICY, World  # noqa: E402

HOUR_S = 3600
VISITS = "/api/settlement/visits"
TARIFF = {"id": "C", "currency": "EUR", "dialect": "Own",
          "bank": {"depositMinor": 2000, "freeS": 0, "unitS": 3600, "unitPriceMicro": 1000000, "buyOutMinor": 5500},
          "elements": [{"components": [{"dimension": "Energy", "unit": "Kwh", "priceMicro": 500000}, {"dimension": "Idle", "unit": "Minute", "priceMicro": 100000}]},
                       {"restrictions": {"reservation": "Expired"}, "components": [{"dimension": "Flat", "unit": "Once", "priceMicro": 4000000}]}]}
PAYERS = [{"id": f"POOR-{number}", "provider": "wallet"} for number in range(1, 20)]


class Visit:
    """What a phone knows of it, and what its owner does."""

    def __init__(self, world, pile, tag, minutes=30, confirm=True):
        self.world, self.pile, self.tag = world, pile, tag
        self.id = world.ask("POST", VISITS, {"station": pile.identity, "evse": 1, "idToken": tag, "minutes": minutes})["id"]
        if confirm:
            self.becomes("Told")
            self.number = self.now()["number"]
            self.say("confirm", {"number": self.number})
            self.becomes("Confirmed")

    def now(self):
        return self.world.ask("GET", f"{VISITS}/{self.id}")

    def say(self, what, body=None, status=200):
        return self.world.ask("POST", f"{VISITS}/{self.id}/{what}", body or {}, status)

    def becomes(self, *states):
        return self.world.until(lambda: (lambda found: found if found["state"] in states else None)(self.now()), f"the visit of {self.tag} is {' or '.join(states)}: {self.now()}")

    def order(self):
        return self.world.ask("GET", f"/api/orders/{self.now()['order']}")

    def order_becomes(self, state):
        return self.world.until(lambda: (lambda found: found if found["state"] == state else None)(self.order()), f"the order of {self.tag} is {state}: {self.order()}")

    def charge(self, wh=10000):
        """Keys the number in; the car charges, and takes next to nothing but |wh|, however long this takes."""
        self.pile.say("limit 1 10W")
        self.pile.say("plug 1")
        self.pile.say(f"number 1 {self.number}")
        self.becomes("Matched")
        self.pile.sees(r"banks: EVSE 1 the gate is Closed")
        self.pile.say(f"meter 1 +{wh}")
        return self

    def stop(self):
        """Somebody stops the charging at the pile; the cable is kept, and its code shown."""
        self.pile.say("stop 1")
        self.becomes("Paying")
        self.world.until(lambda: gate(self.pile)[2] != "Closed" and gate(self.pile)[5] != "-", "the code is shown")
        return self

    def link(self):
        return self.world.ask("GET", f"{VISITS}/{self.id}/link")["url"].rsplit("/", 1)[-1]

    def pay(self, amount=None, status=200):
        return self.say("pay", {"amount": amount} if amount else {}, status)

    def leave(self):
        """The cable is free, and the car drives off."""
        self.world.until(lambda: gate(self.pile)[1:3] == ["open", "Free"], f"the cable is free: {gate(self.pile)}")
        self.pile.say("unplug 1")
        available(self.world, self.pile)


def gate(pile):
    """What the command shows: gate 1 open|locked STATE AMOUNT CURRENCY URL."""
    with pile.news:
        mark = len(pile.lines)
    pile.say("gate")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with pile.news:
            for line in pile.lines[mark:]:
                if line.startswith("  gate 1 "):
                    return line.split()[1:]
            pile.news.wait(0.5)
    raise AssertionError("the pile does not answer")


def available(world, pile):
    """To the backend, and in truth: what was keyed in is done, and what it changed is told. (A state that lasts a moment is told to nobody.)"""
    pile.does()
    world.until(lambda: place_of(world, pile).get("status") == "Available", f"{pile.identity} is available")


def place_of(world, pile):
    return next(place for place in world.ask("GET", "/api/settlement/places")["places"] if place["station"] == pile.identity)


def page(world, link, method="GET", path=""):
    """The page behind a code, as a browser that nobody gave a token: status and text."""
    request = urllib.request.Request(f"http://127.0.0.1:{world.csms.port}/pay/{link}{path}", method=method, data=b"" if method == "POST" else None)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def owes(visit, why):
    """It was let go unpaid."""
    found = visit.becomes("Owed")
    assert found.get("reason") == why or found.get("gateWhy") == why, found
    visit.order_becomes("Debt")


# --- the plain way ---------------------------------------------------------------------------------------------------------------------


def c00_a_place_is_found_reserved_used_and_paid_and_then_the_cable_is_free(world, here, there):
    offers = world.ask("GET", f"{VISITS}/offers?latitude=52.52&longitude=13.405&radiusM=2000")["offers"]
    assert [offer["station"] for offer in offers] == ["HERE", "THERE"] and "m away" in offers[0]["reasons"] and offers[0]["price"] == "10.00", offers
    visit = Visit(world, here, "C0").charge()
    visit.stop()
    here.sees("FinalCost.*qrCodeText.*pay.example" if world.version == "1.6" else "SetDisplayMessage.*URI.*pay.example")  # by OCPP's own means, too
    here.skip()
    here.say("unplug 1")
    here.sees(r"gate: EVSE 1: the cable is kept: AwaitPaid 5\.00 EUR")
    status, text, headers = page(world, visit.link())
    assert status == 200 and "5.00 EUR" in text and "default-src 'none'" in headers["Content-Security-Policy"], (status, text)
    assert page(world, visit.link(), "POST", "/now")[0] == 200
    if world.version != "1.6":
        here.sees("ClearDisplayMessage")  # who comes next does not see it
    visit.becomes("Done")
    visit.leave()
    order = visit.order_becomes("Paid")
    assert order["paid"] == "5.00" and len(order["legs"]) == 1, order


def c01_a_reservation_that_expires_costs_its_fee_and_the_place_is_free(world, here, there):
    visit = Visit(world, here, "C1", minutes=5)
    world.pass_s(301)
    visit.becomes("Expired")
    order = visit.order_becomes("Paid")
    assert order["paid"] == "4.00" and [line["kind"] for line in order["bill"]["lines"]] == ["Reservation"], order
    available(world, here)


def c02_who_finds_the_place_taken_is_told_of_another_and_pays_nothing(world, here, there):
    here.say("plug 1")
    here.say("card 1 SOMEBODY")
    world.until(lambda: world.order_of("SOMEBODY"), "somebody charges")
    asked = world.ask("POST", VISITS, {"station": "HERE", "evse": 1, "idToken": "C2", "minutes": 30}, None)
    if "id" in asked:  # the pile has not told its state yet: it says so when it is asked
        found = world.until(lambda: (lambda visit: visit if visit["state"] == "Refused" else None)(world.ask("GET", f"{VISITS}/{asked['id']}")), "the pile refuses")
        assert found["other"] == "THERE/1", found
        world.order_becomes("C2", "Void")
    else:
        assert "THERE/1" in asked["detail"] and not world.orders_of("C2"), asked
    world.until(lambda: place_of(world, here)["status"] != "Available", "the backend has heard that somebody charges")
    here.say("card 1 SOMEBODY")
    here.say("unplug 1")
    available(world, here)


def c03_a_number_that_reached_one_side_only_is_cancelled(world, here, there):
    visit = Visit(world, here, "C3", confirm=False)
    visit.becomes("Told")
    world.pass_s(61)
    visit.becomes("Cancelled")
    visit.order_becomes("Void")
    available(world, here)
    here.say("offline")
    world.until(lambda: not world.ask("GET", "/api/stations/HERE")["connected"], "the pile is offline")
    visit = Visit(world, here, "C3B", confirm=False)
    visit.becomes("Cancelled")
    here.say("online")
    world.until(lambda: world.ask("GET", "/api/stations/HERE")["connected"], "the pile is back")


def c04_who_guesses_numbers_waits_and_the_rightful_user_starts_by_phone(world, here, there):
    visit = Visit(world, here, "C4")
    for _ in range(5):
        here.skip()
        here.say("number 1 RSV00000000")
        here.sees(r"the number opens nothing")
    here.say(f"number 1 {visit.number}")
    here.sees(r"too many wrong numbers")
    here.say("limit 1 10W")
    here.say("plug 1")
    visit.say("start")
    visit.becomes("Matched")
    here.sees(r"the gate is Closed")
    here.say("meter 1 +10000")
    visit.stop()
    visit.pay()
    visit.becomes("Done")
    visit.leave()
    world.pass_s(901)
    again = {"station": "HERE", "idTag": visit.number}
    here.skip()
    here.say("plug 1")
    here.say(f"number 1 {visit.number}")  # single-use
    here.sees(r"the number opens nothing")
    here.say("unplug 1")
    available(world, here)
    assert again["idTag"].startswith("RSV")


def c05_a_right_number_at_the_wrong_pile_is_told_which_pile(world, here, there):
    visit = Visit(world, there, "C5")
    here.skip()
    here.say(f"number 1 {visit.number}")
    here.sees(r"the number opens nothing: Your place is at pile THERE")
    visit.say("cancel")
    visit.becomes("Cancelled")
    available(world, there)


def c06_nobody_comes_and_the_backends_own_clock_says_so(world, here, there):
    visit = Visit(world, there, "C6", minutes=10)
    there.say("offline")  # whatever the pile could say
    world.until(lambda: not world.ask("GET", "/api/stations/THERE")["connected"], "the pile is offline")
    world.ask("POST", "/api/test/clock", {"advance_s": 601})
    visit.becomes("Expired")
    assert visit.order()["due"] == "4.00", visit.order()
    there.say("pass 601")
    there.say("online")
    world.until(lambda: world.ask("GET", "/api/stations/THERE")["connected"], "the pile is back")
    available(world, there)


def c07_a_payment_that_fails_keeps_the_cable_half_an_hour_and_then_is_a_debt(world, here, there):
    visit = Visit(world, here, "POOR-7").charge().stop()
    assert "did not succeed" not in page(world, visit.link())[1]
    assert page(world, visit.link(), "POST", "/now")[0] == 200
    world.until(lambda: "did not succeed" in page(world, visit.link())[1], "whoever pays by the code is told")
    world.pass_s(HOUR_S // 3)
    assert gate(here)[1] == "locked" and visit.now()["state"] == "Paying", visit.now()
    world.pass_s(HOUR_S // 6 + 5)
    owes(visit, "Deadline")
    visit.leave()


def c07b_a_fault_an_emergency_stop_or_an_operator_lets_the_cable_go_at_once(world, here, there):
    for number, (act, why) in enumerate((("fault 1 GroundFailure", "Fault"), ("stop 1 EmergencyStop", "EmergencyStop"), ("release 1", "ByHand"), ("", "Operator"))):
        visit = Visit(world, here, f"C7-{number}").charge().stop()
        if act:
            here.say(act)
        else:
            world.ask("POST", "/api/stations/HERE/unlock", {"evse": 1, "connector": 1}, None)
        owes(visit, why)
        here.say("fault 1 none")
        visit.leave()


def c07c_a_backend_that_cannot_be_reached_keeps_nobody(world, here, there):
    visit = Visit(world, here, "C7N").charge().stop()
    here.skip()
    here.say("offline")
    here.sees("link is down")
    here.say("pass 11")
    world.until(lambda: gate(here)[1] == "open", "the cable is free")
    here.say("unplug 1")
    here.say("online")
    owes(visit, "Unreachable")
    available(world, here)


def c07d_a_lost_answer_is_asked_for_and_pays_once(world, here, there):
    if not world.shop:
        return
    visit = Visit(world, here, "SHOP-7").charge(10060).stop()  # 5.03: it happens, and nobody is told
    visit.pay()
    world.until(lambda: visit.now()["beingPaid"], "asked for")
    for _ in range(20):  # less and less often
        if visit.now()["state"] != "Done":
            world.pass_s(60)
    visit.becomes("Done")
    assert visit.order_becomes("Paid")["paid"] == "5.03"
    visit.leave()


def c08_what_is_paid_twice_goes_back(world, here, there):
    visit = Visit(world, here, "C8").charge().stop()
    link = visit.link()
    assert page(world, link, "POST", "/now")[0] == 200
    page(world, link, "POST", "/now")
    visit.becomes("Done")
    order = visit.order_becomes("Paid")
    assert order["paid"] == "5.00" and sum(float(leg["captured"]) - float(leg["refunded"]) for leg in order["legs"]) == 5.0, order
    visit.leave()


def c09_what_is_paid_in_part_leaves_the_rest_to_be_asked_for(world, here, there):
    visit = Visit(world, here, "C9").charge().stop()
    visit.pay("2.00")
    world.until(lambda: gate(here)[3] == "3.00", "the rest is shown")
    assert gate(here)[1] == "locked"
    visit.pay("3.01", 409)
    visit.pay("3.00")
    visit.becomes("Done")
    order = visit.order_becomes("Paid")
    assert order["paid"] == "5.00" and len(order["legs"]) == 2, order
    visit.leave()


def c10_the_word_to_open_is_sent_until_it_arrives(world, here, there):
    visit = Visit(world, here, "C10").charge().stop()
    here.say("drop-call 100")  # whatever the pile asks or answers is lost
    visit.pay()
    visit.becomes("Done")
    here.say("drop-call 0")
    world.pass_s(61)
    visit.leave()


def c11_a_stale_or_forged_code_opens_nothing(world, here, there):
    visit = Visit(world, here, "C11").charge().stop()
    first = visit.link()
    forged = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert page(world, forged)[0] == 410 and page(world, "nonsense")[0] in (400, 410)
    world.pass_s(901)
    assert page(world, first)[0] == 410, "an old code is good"
    second = visit.link()
    assert second != first and page(world, second)[0] == 200
    visit.pay()
    visit.becomes("Done")
    visit.leave()


def c12_a_car_that_is_unplugged_on_its_side_owes_and_pays_first_next_time(world, here, there):
    visit = Visit(world, here, "POOR-12").charge().stop()
    here.say("pull 1")
    owes(visit, "Pulled")
    available(world, here)
    refused = world.ask("POST", VISITS, {"station": "THERE", "evse": 1, "idToken": "POOR-12", "minutes": 30}, 409)
    assert refused["detail"].startswith("NoMoney"), refused


def c13_a_latch_opens_without_power_and_that_is_a_debt(world, here, there):
    visit = Visit(world, here, "C13").charge().stop()
    here.skip()
    here.say("powercut")
    here.sees("link is up")
    owes(visit, "PowerLost")
    visit.leave()


def c13b_a_latch_with_backup_power_stays_and_is_paid_after_the_cut(world, here, there):
    visit = Visit(world, there, "C13B").charge().stop()
    there.skip()
    there.say("powercut")
    there.sees("link is up")
    assert gate(there)[1:3] == ["locked", "AwaitPayment"], gate(there)
    visit.pay()
    visit.becomes("Done")
    visit.leave()


def c14_nobody_pays_more_than_was_shown(world, here, there):
    visit = Visit(world, here, "C14").charge().stop()
    order = visit.order()
    found = visit.now()
    assert found["billHash"] == order["bill"]["hash"] and found["shown"] == "5.00", (found, order["bill"])
    world.ask("POST", f"/api/orders/{order['id']}/adjust", {"netMinor": 200, "reason": "the computation was another one"})
    world.until(lambda: visit.now()["lowered"], "it is charged as shown")
    visit.pay()
    visit.becomes("Done")
    assert visit.order_becomes("Paid")["paid"] == "5.00"
    assert any("Lowered" in line for line in world.csms.complaint().splitlines())
    visit.leave()


def c15_what_was_held_too_much_goes_back(world, here, there):
    visit = Visit(world, here, "C15").charge().stop()
    visit.pay()
    visit.becomes("Done")
    order = visit.order_becomes("Paid")
    visit.leave()
    world.ask("POST", f"/api/orders/{order['id']}/adjust", {"netMinor": -150, "reason": "too much"})
    world.until(lambda: visit.order()["paid"] == "3.50", "the refund")


def c16_idle_time_pauses_from_the_scan_and_whoever_pays_then_pays_what_was_seen(world, here, there):
    visit = Visit(world, here, "C16").charge()
    here.say("ev suspend 1")
    here.say("limit 1 none")  # the vehicle could, and does not want to
    here.sees(r"->.*SuspendedEV\b")
    here.sees(r"<- \[3,")  # the backend has heard it
    world.pass_s(600)
    seen = page(world, visit.link())[1]
    amount = re.search(r"<strong>([0-9.]+) EUR", seen).group(1)
    world.pass_s(300)
    assert visit.now()["missing"] == amount, (visit.now(), amount)  # it pauses
    world.pass_s(420)
    later = float(visit.now()["missing"])
    assert later > float(amount), (later, amount)  # unpaid: it counts again
    visit.pay()
    visit.becomes("Done")
    assert abs(float(visit.order_becomes("Paid")["paid"]) - later) < 0.12, (visit.order()["paid"], later)
    visit.leave()


from cases_drive import *  # noqa: E402, F401, F403  (C20 to C24: drivers' own keys)

CASES = {re.match(r"c(\d+[a-z]?)", name).group(0).upper().replace("C0", "C"): case for name, case in sorted(globals().items()) if re.match(r"c\d\d", name)}


def main():
    sim, csms, checker, version, http, *wanted = sys.argv[1:]
    assert {f"C{number}" for number in range(17)} <= set(CASES), "a case is missing"
    payers = PAYERS + ([{"id": "SHOP-7", "provider": "shop"}] if http == "http" else [])
    with World(sim, csms, checker, version, payers=payers, tariff=TARIFF, policy={**POLICY, "confirmWithinS": 60}, has_shop=http == "http",
               payer={"provider": "postpaid"}, pay_url="https://pay.example/pay/", drive={"provider": "postpaid", "keyS": 7200, "visitsPerMinute": 12}) as world:
        here, there = world.pile("HERE", gate="opens"), world.pile("THERE", gate="held")
        for pile, metres in ((here, 100), (there, 900)):
            world.ask("PUT", f"/api/settlement/places/{pile.identity}/1",
                      {"name": "the yard", "latitude": 52.52 + metres / 111195, "longitude": 13.405, "connector": "cCCS2", "powerW": 50000})
            world.until(lambda pile=pile: any(row["station"] == pile.identity for row in world.ask("GET", "/api/settlement/piles")["piles"]), f"{pile.identity} said hello")
        for number, case in CASES.items():
            if wanted and number not in wanted:
                continue
            begun = time.monotonic()
            here.skip()
            there.skip()
            case(world, here, there)
            world.check()
            print(f"ok {number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
