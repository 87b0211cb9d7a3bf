#!/usr/bin/env python3
"""cases_e.py SIM CSMS CHECKER VERSION [--phone=OCPP-PHONE] [CASE …]: the cases of system E (a terminal starts the charging of its vehicle), end to end: a pile with a settlement agent speaks
OCPP with ocpp-csms, the test plays the terminals: through the pile's link, and on their own WebSocket to the backend. A case is a function called after its number."""

import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from settlement import World  # noqa: E402
from terminals import Line, Terminal  # noqa: E402

CAR, DAY_S = "0A1B2C3D4E5F", 86400


class Visit:
    """A pile, a vehicle, and Anna, who pays from her wallet."""

    def __init__(self, world):
        self.world, self.pile = world, world.pile("HERE")
        self.pile.say("meter 1 1000")  # a register of 0 before a jump is no reading
        self.anna = self.terminal("ANNA", "CARD-A", "100.00")

    def terminal(self, name, tag, money, **how):
        terminal = Terminal(self.world, name, tag, **how)
        terminal.joins(CAR)
        self.fill(tag, money)
        return terminal

    def fill(self, tag, money):
        self.world.ask("POST", f"/api/settlement/accounts/EUR/{tag}", {"amount": money, "key": f"{tag} {money} {time.monotonic()}"})

    def purse(self, tag):
        return self.world.ask("GET", f"/api/settlement/accounts/EUR/{tag}")["wallet"]

    def arrives(self, *terminals):
        self.pile.skip()
        self.pile.say("plug 1")
        self.pile.say("ev suspend 1")  # energy is what `flows` says
        self.pile.say(f"vehicle 1 Evccid {CAR}")
        for terminal in terminals:
            terminal.asked(self.pile)

    def leaves(self):
        self.pile.say("vehicle 1 gone")
        self.pile.say("unplug 1")

    def start(self):
        return self.world.ask("GET", "/api/settlement/starts")["starts"][-1]

    def starts(self):
        return self.world.ask("GET", "/api/settlement/starts")["starts"]

    def becomes(self, state):
        found = self.world.until(lambda: next((row for row in self.starts() if row["state"] == state), None), f"a start is {state}")
        self.world.check()
        return found

    def charges(self, terminal, kind="energy", value=10000):
        """From the prompt to the transaction; the terminal's connection."""
        self.arrives(terminal)
        terminal.answers(self.pile, kind, value)
        terminal.granted(self.pile)
        line = terminal.connects(0)
        line.state("Charging")
        return line

    def flows(self, wh):
        self.pile.skip()
        self.pile.say(f"meter 1 +{wh}")
        self.pile.say('say "it flowed"')
        self.pile.sees("it flowed")

    def ends(self, wh):
        """So much flows, and the driver ends it."""
        self.flows(wh)
        self.pile.say("stop 1")


def e00_a_terminal_starts_follows_stops_confirms_and_pays_once(visit):
    world, pile, anna = visit.world, visit.pile, visit.anna
    line = visit.charges(anna, "energy", 20000)
    start = visit.start()
    assert start["energyWh"] == 20000 and start["holdMinor"] == 1000, start
    visit.flows(4000)
    assert line.ask({"id": "W1", "stop": True})["reception"] == "Accepted"
    fee = line.fee()
    assert fee["amount"] == "2.00", fee
    assert world.order_of("CARD-A")["state"] == "Due"
    assert line.ask({"id": "W2", "confirm": fee["bill"]})["reception"] == "Accepted"
    line.state("Paid")
    order = world.order_becomes("CARD-A", "Paid")
    assert order["paid"] == "2.00" and visit.purse("CARD-A") == "98.00" and len(world.orders_of("CARD-A")) == 1, order


def e01_none_several_or_stale_terminals(visit):
    world, pile = visit.world, visit.pile
    pile.skip()
    pile.say("vehicle 1 Tag NOBODYS")
    pile.sees("no terminal is associated with the vehicle")
    visit.leaves()
    bert = visit.terminal("BERT", "CARD-B", "50.00")
    visit.arrives(visit.anna, bert)
    bert.answers(pile, "full")
    bert.granted(pile)
    visit.becomes("Charging")
    assert not world.orders_of("CARD-A")
    pile.say("stop 1")
    visit.becomes("Paid")
    visit.leaves()
    pile.say("plug 1")
    visit.arrives(visit.anna)
    world.ask("POST", "/api/settlement/terminals/ANNA/revoke", {})
    pile.sees("terminals: ANNA over")  # the pile hears of it …
    visit.anna.answers(pile)  # … and what comes all the same starts nothing
    world.check()
    assert len(visit.starts()) == 1 and not world.orders_of("CARD-A")


def e02_a_prompt_that_nobody_answers_times_out(visit):
    visit.arrives(visit.anna)
    visit.world.pass_s(130)
    visit.pile.say("status")
    visit.world.until(lambda: any("terminals: ANNA over" in line for line in visit.pile.lines), "the prompt is over")
    visit.anna.answers(visit.pile)
    visit.world.check()
    assert not visit.starts()
    visit.pile.say("card 1 CARD-X")  # other ways to start
    visit.world.until(lambda: visit.world.order_of("CARD-X"), "a card starts as always")


def e03_an_association_that_is_forged_or_replayed_is_refused(visit):
    pile, anna = visit.pile, visit.anna
    visit.arrives(anna)
    good = anna.sign("settle-association+jws", anna.claim("energy", 10000))
    for bad in (good[:-6] + "AAAAAA", anna.sign("settle-association+jws", anna.claim("energy", 99999)),
                anna.sign("settle-association+jws", anna.claim("energy", 10000, aud="THERE")),
                anna.sign("settle-association+jws", anna.claim("energy", 10000, prompt="01HQ3V8N6T2C4E5G7J9KABCDEF")),
                anna.sign("settle-connection+jws", anna.claim("energy", 10000))):
        anna.answers(pile, association=bad)
        assert anna.denied(pile) == "BadAssociation"
    assert not visit.starts() and "BadAssociation" in visit.world.csms.complaint()
    anna.answers(pile, association=good)
    anna.granted(pile)
    visit.becomes("Charging")
    pile.say("stop 1")
    visit.becomes("Paid")
    visit.leaves()
    visit.arrives(anna)
    anna.answers(pile, association=good)  # of the visit before
    assert anna.denied(pile) == "BadAssociation"
    assert len(visit.starts()) == 1


def e04_a_link_that_is_down_after_the_prompt_starts_nothing(visit):
    pile, anna = visit.pile, visit.anna
    visit.arrives(anna)
    first = anna.prompt
    pile.say("offline")
    pile.sees("terminals: ANNA over .* cannot be reached")
    anna.answers(pile)
    pile.say("online")
    anna.asked(pile)
    assert anna.prompt != first and not visit.starts()
    anna.answers(pile)
    anna.granted(pile)
    visit.becomes("Charging")


def e05_a_stop_that_races_the_natural_end_makes_one_bill(visit):
    line = visit.charges(visit.anna)
    visit.ends(2000)
    receipt = line.ask({"id": "W1", "stop": True})
    assert receipt["reception"] == "Accepted", receipt
    fee = next((heard["fee"] for heard in line.heard if "fee" in heard), None) or line.fee()
    assert line.ask({"id": "W2", "confirm": fee["bill"]})["reception"] == "Accepted"
    order = visit.world.order_becomes("CARD-A", "Paid")
    assert order["paid"] == "1.00" and sum("fee" in heard for heard in line.heard) == 1, order


def e06_a_stop_waits_for_a_pile_that_lost_the_backend(visit):
    world, pile = visit.world, visit.pile
    line = visit.charges(visit.anna)
    visit.flows(1000)
    world.tell_time()  # it was answered: in 1.6 it knows the transaction by its number from now on
    pile.say("offline")
    world.until(lambda: not world.ask("GET", "/api/stations/HERE")["connected"], "the pile is offline")
    assert line.ask({"id": "W1", "stop": True})["reception"] == "Accepted"
    assert line.state("Stopping")["isQueued"]
    visit.flows(3000)
    pile.say("online")
    fee = line.fee()
    assert fee["amount"] == "2.00", fee  # what really flowed
    line.ask({"id": "W2", "confirm": fee["bill"]})
    world.order_becomes("CARD-A", "Paid")


def e07_a_fee_nobody_confirms(visit):
    world, pile = visit.world, visit.pile
    bert = visit.terminal("BERT", "CARD-B", "50.00", may_deduct=True)
    visit.charges(bert).close()
    visit.ends(2000)
    visit.becomes("Quoted")
    world.pass_s(DAY_S + 60)
    assert world.order_becomes("CARD-B", "Paid")["paid"] == "1.00"  # agreed
    visit.leaves()
    visit.charges(visit.anna).close()
    visit.ends(2000)
    visit.becomes("Quoted")
    world.pass_s(DAY_S + 60)
    assert world.order_becomes("CARD-A", "Debt")["paid"] == "0.00"  # not agreed
    assert visit.purse("CARD-A") == "100.00"
    pile.skip()


def e08_confirmed_twice_is_deducted_once(visit):
    line = visit.charges(visit.anna)
    visit.ends(2000)
    fee = line.fee()
    assert line.ask({"id": "W1", "confirm": fee["bill"]})["reception"] == "Accepted"
    assert line.ask({"id": "W1", "confirm": fee["bill"]})["reception"] == "Duplicate"
    assert line.ask({"id": "W2", "confirm": fee["bill"]})["reception"] == "Accepted"
    visit.world.order_becomes("CARD-A", "Paid")
    assert visit.purse("CARD-A") == "99.00"


def e09_a_wallet_that_is_too_low_is_left_alone(visit):
    world = visit.world
    carl = visit.terminal("CARL", "CARD-C", "5.00")
    line = visit.charges(carl, "energy", 10000)
    visit.ends(20000)
    fee = line.fee()
    assert fee["amount"] == "10.00", fee
    line.ask({"id": "W1", "confirm": fee["bill"]})
    debt = next((heard["state"] for heard in reversed(line.heard) if heard.get("state", {}).get("state") == "Debt"), None) or line.state("Debt")
    assert "wallet" in debt["providers"] and visit.purse("CARD-C") == "5.00", debt
    assert world.order_becomes("CARD-C", "Debt")["paid"] == "0.00"
    assert line.ask({"id": "W2", "payBy": "postpaid"})["code"] == "NotSupported"
    visit.fill("CARD-C", "20.00")
    assert line.ask({"id": "W3", "payBy": "wallet"})["reception"] == "Accepted"
    world.order_becomes("CARD-C", "Paid")
    assert visit.purse("CARD-C") == "15.00"


def e10_a_fee_that_changed_is_told_anew(visit):
    world = visit.world
    line = visit.charges(visit.anna)
    visit.ends(2000)
    first = line.fee()
    order = world.order_of("CARD-A")
    world.ask("POST", f"/api/orders/{order['id']}/adjust", {"netMinor": 100, "reason": "parking"})
    second = line.fee()
    assert second["amount"] == "2.00" and second["bill"] != first["bill"], second
    assert line.ask({"id": "W1", "confirm": first["bill"]})["code"] == "StaleBill"
    assert line.ask({"id": "W2", "confirm": second["bill"]})["reception"] == "Accepted"
    world.order_becomes("CARD-A", "Paid")
    assert visit.purse("CARD-A") == "98.00"


def e11_a_terminal_that_comes_back_hears_what_it_missed(visit):
    world, anna = visit.world, visit.anna
    line = visit.charges(anna)
    line.close()
    last, ticket = anna.last, anna.ticket
    visit.ends(2000)
    visit.becomes("Quoted")
    world.restart()
    world.until(lambda: world.ask("GET", "/api/stations/HERE")["connected"], "the pile is back")
    line = Line(anna, last)
    fee = line.fee()  # from the number it heard last on, without a gap
    assert fee["amount"] == "1.00", fee
    assert not Line(anna, 0, ticket="00" * 32).is_in, "somebody got in without a ticket"
    line.ask({"id": "W1", "confirm": fee["bill"]})
    world.order_becomes("CARD-A", "Paid")
    assert ticket != anna.ticket


def e12_the_terminal_of_a_vehicle_that_was_sold_starts_nothing(visit):
    world, pile, anna = visit.world, visit.pile, visit.anna
    visit.arrives(anna)
    world.ask("POST", f"/api/settlement/vehicles/Evccid/{CAR}/sold", {"by": "the dealer"})
    pile.sees("terminals: ANNA over")
    anna.answers(pile)
    visit.leaves()
    pile.skip()
    pile.say(f"vehicle 1 Evccid {CAR}")
    pile.sees("no terminal is associated with the vehicle")
    assert not visit.starts()
    history = world.ask("GET", "/api/settlement/associations")["associations"]
    assert history[0]["revokedBy"] == "the dealer", history


def p00_a_phone_beside_the_pile_is_prompted_follows_stops_and_confirms(visit):
    """ocpp-phone as the terminal: over the pile's phone link, and on its own WebSocket."""
    world, pile = visit.world, world_link(visit)
    state, at = os.path.join(world.folder, "phone"), "unix:" + os.path.join(world.folder, "link")

    def phone(*words, waits=False):
        command = [PHONE, "--json", "--state", state, "--terminals", f"ws://127.0.0.1:{world.csms.terminal_port}", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return process if waits else ended(process)

    def ended(process, code=0):
        said, complaint = process.communicate(timeout=60)
        assert process.returncode == code, (said, complaint)
        return [json.loads(line) for line in said.splitlines()]

    key = phone("key", "BEA")[0]["publicKey"]
    assert phone("key", "BEA")[0]["publicKey"] == key
    world.ask("POST", "/api/settlement/terminals", {"id": "BEA", "publicKey": key, "idToken": "CARD-B", "type": "ISO14443", "mayDeduct": False})
    world.ask("POST", "/api/settlement/vehicles/Evccid/CAR-BEA/terminals", {"terminal": "BEA"})
    visit.fill("CARD-B", "50.00")
    ended(phone("follow", "BEA", waits=True), 1)  # nothing was started
    waits = phone("--link", at, "--unproved", "prompt", "BEA", "energy", "20000", waits=True)
    pile.sees("phone link: session . opened")
    pile.say("plug 1")
    pile.say("ev suspend 1")
    pile.say("vehicle 1 Evccid CAR-BEA")
    start = ended(waits)[0]["start"]
    assert visit.becomes("Charging")["id"] == start
    pile.skip()
    pile.say("meter 1 +4000")
    pile.say('say "it flowed"')
    pile.sees("it flowed")
    told = phone("follow", "BEA", "stop", "confirm")
    assert told[-1]["state"] == "Paid" and any(one.get("amount") == "2.00" and "bill" in one for one in told), told
    assert world.order_becomes("CARD-B", "Paid")["paid"] == "2.00" and visit.purse("CARD-B") == "48.00"


def world_link(visit):
    """Another pile, with a phone link."""
    pile = visit.world.pile("LINKED", link="unix:" + os.path.join(visit.world.folder, "link")).ready()
    pile.say("meter 1 1000")
    return pile


CASES = {name[0].upper() + str(int(name[1:3])): case for name, case in sorted(globals().items()) if name[:1] in "ep" and name[1:3].isdigit()}
PHONE = None


def main():
    sim, csms, checker, version, *wanted = sys.argv[1:]
    global PHONE
    PHONE = next((word[8:] for word in wanted if word.startswith("--phone=")), None)
    wanted = [word for word in wanted if not word.startswith("--phone=")]
    assert set(CASES) == {f"E{number}" for number in range(13)} | {"P0"}, "a case is missing"
    for number, case in CASES.items():
        if (wanted and number not in wanted) or (number == "P0" and not PHONE):
            continue
        begun = time.monotonic()
        payers = [{"id": tag, "account": tag, "provider": "wallet"} for tag in ("CARD-A", "CARD-B", "CARD-C")]
        with World(sim, csms, checker, version, payers=payers, more=("--terminals", "ws://127.0.0.1:0")) as world:
            case(Visit(world))
            world.check()
        print(f"ok {number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
