#!/usr/bin/env python3
"""cases_b.py SIM CSMS CHECKER VERSION [CASE …]: the cases of system B (rental houses), end to end: simulated piles speak over a WebSocket with ocpp-csms, people and
their phones over REST, days pass on its test clock, and the checker reads the store after each step. A case is a function called after its number. B11, B12 and B15
are about piles without a network: test_settle_house_relay.c."""

import datetime
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from csms import booted  # noqa: E402
from settlement import World  # noqa: E402

HOUSES = "/api/settlement/houses"
UNSAFE = "<script>alert('x')</script>\"&"


class House:
    """A house as its operator sees it, with a pile and two tenants."""

    def __init__(self, world, name="Elm", station="HERE", tenants=("Ada", "Ben"), price="0.40"):
        self.world, self.station = world, station
        self.id = world.ask("POST", HOUSES, {"name": name, "landlord": "Lord", "currency": "EUR", "zone": "Etc/UTC"})["id"]
        self.path = f"{HOUSES}/{self.id}"
        self.ask("PUT", f"/piles/{station}", {})
        self.ask("POST", f"/piles/{station}/authorise", {})
        self.price(price)
        self.tenants, self.cards, self.secrets = {}, {}, {}
        for tenant in tenants:
            self.tenants[tenant] = self.ask("POST", "/tenants", {"name": tenant, "flat": "1"})["id"]
            self.issue(tenant.upper(), self.tenants[tenant])

    def ask(self, method, path="", body=None, status=200, bearer=None):
        return self.world.ask(method, self.path + path, body, status, {"Authorization": f"Bearer {bearer}"} if bearer else None)

    def price(self, price):
        """It counts from now; the clock of a pile may be a little behind."""
        number = self.ask("POST", "/prices", {"price": price, "taxes": [{"name": "VAT", "ratePpm": 100000}]})["id"]
        self.world.pass_s(5)
        return number

    def issue(self, token, tenant=None):
        told = self.ask("POST", "/cards", {"kind": "charging" if tenant else "privilege", "idToken": token, **({"tenant": tenant} if tenant else {})})
        self.cards[token], self.secrets[token] = told["id"], told["secret"]

    def bind(self, token, name="phone"):
        told = self.world.ask("POST", "/api/settlement/phones", {"card": self.cards[token], "secret": self.secrets[token], "name": name})
        return told["id"], told["bearer"]

    def bound(self, token, name="phone"):
        phone, bearer = self.bind(token, name)
        self.ask("POST", f"/phones/{phone}/approve", {})
        return phone, bearer

    def card(self, token):
        return next(card for card in self.ask("GET", "/cards")["cards"] if card["id"] == self.cards[token])

    def act(self, token, act):
        self.ask("POST", f"/cards/{self.cards[token]}/{act}", {})

    def close(self):
        """The period ends now; the statements it made."""
        self.world.pass_s(10)
        told = self.world.ask("POST", "/api/test/clock", {"advance_s": 0})["time"]
        self.ask("POST", "/periods", {"to": told})
        self.world.until(lambda: not self.ask("GET")["houses"][0]["closing"], "the period is closed")
        self.world.until(lambda: all(row["state"] != "Gathering" for row in self.statements()), "the statements are put together")
        self.world.check()
        return told

    def statements(self, tenant=None):
        return self.ask("GET", "/statements" + (f"?tenant={self.tenants[tenant]}" if tenant else ""))["statements"]

    def statement(self, tenant):
        rows = self.statements(tenant)
        return self.ask("GET", f"/statements/{rows[-1]['id']}") if rows else None

    def sessions(self, tenant):
        return self.ask("GET", f"/sessions?tenant={self.tenants[tenant]}")["sessions"]

    def waits(self, tenant, count):
        """So many sessions stand on no statement, and none runs."""
        def are():
            rows = self.sessions(tenant)
            return rows if len(rows) == count and all(row["kind"] != "Running" for row in rows) else None

        return self.world.until(are, f"{count} sessions of {tenant}")


def meter(pile, change):
    """The register moves, before anything else happens."""
    pile.skip()
    pile.say(f"meter 1 {change}")
    pile.say('say "it moved"')
    pile.sees("it moved")


def begin(house, pile, tenant, token=None):
    running = sum(1 for row in house.sessions(tenant) if row["kind"] == "Running")
    pile.charge(token or tenant.upper())
    house.world.until(lambda: sum(1 for row in house.sessions(tenant) if row["kind"] == "Running") > running, f"{tenant} charges")


def end(house, pile, tenant, token=None):
    pile.leave(token or tenant.upper())
    house.world.until(lambda: all(row["kind"] != "Running" for row in house.sessions(tenant)), f"{tenant} has left")
    house.world.check()


def charge(house, pile, tenant, wh):
    begin(house, pile, tenant)
    meter(pile, f"+{wh}")
    end(house, pile, tenant)


def gross(statement):
    return statement["gross"] if statement else None


def b01_a_card_logged_out_in_a_session_ends_it_and_pays_for_what_it_got(world, here):
    house = House(world)
    begin(house, here, "Ada")
    meter(here, "+5000")
    here.skip()
    house.act("ADA", "log-out")
    here.sees(r"RequestStopTransaction|RemoteStopTransaction")
    rows = house.waits("Ada", 1)
    assert rows[0]["gross"] == "2.20" and house.card("ADA")["openKwh"] == 5, rows
    here.say("unplug 1")
    here.skip()
    here.say("plug 1")
    here.say("card 1 ADA")
    here.sees(r'"Blocked"')
    house.close()
    assert gross(house.statement("Ada")) == "2.20"


def b02_a_lost_card_is_blocked_and_what_it_used_moves_to_the_new_one_once(world, here):
    house = House(world)
    charge(house, here, "Ada", 10000)
    house.act("ADA", "lost")
    told = house.ask("POST", f"/cards/{house.cards['ADA']}/replace", {"idToken": "ADA2"})
    house.cards["ADA2"] = told["id"]
    house.ask("POST", f"/cards/{house.cards['ADA']}/replace", {"idToken": "ADA3"}, status=409)
    assert (house.card("ADA")["openKwh"], house.card("ADA2")["openKwh"]) == (0, 10)
    here.skip()
    here.charge("ADA")
    here.sees(r'"Blocked"')
    here.say("card 1 ADA2")
    world.until(lambda: any(row["kind"] == "Running" for row in house.sessions("Ada")), "the new card charges")
    end(house, here, "Ada", "ADA2")
    house.close()
    assert gross(house.statement("Ada")) == "4.40" and house.card("ADA2")["openKwh"] == 0


def tap(pile, choice, token, shown):
    """Somebody chooses at the pile what the card is shown for, and shows it."""
    if choice:
        pile.say(f"reader {choice}")
    pile.skip()
    pile.say(f"tap {token}")
    pile.sees(r"the reader: " + shown)


def b03_a_stolen_privilege_card_loses_its_phones_at_once_and_piles_at_the_next_contact(world, here):
    house = House(world)
    house.issue("LORD")
    here.sees("PrivilegeCards")
    phone, bearer = house.bind("LORD", "landlord")
    house.ask("POST", f"/phones/{phone}/approve", {}, status=409)  # nobody approves that
    tap(here, "bind", "LORD", "the phone is bound")
    assert len(house.ask("GET", "/cards", bearer=bearer)["cards"]) == 3
    tap(here, None, "LORD", "Management is open")
    here.say("offline")
    here.sees("link is down")
    house.act("LORD", "lost")
    house.ask("GET", "/cards", status=404, bearer=bearer)
    here.skip()
    here.say("online")
    here.sees("PrivilegeCards")
    here.skip()
    here.say("tap LORD")
    here.sees(r'token LORD|Invalid')  # it opens nothing any more


def b04_a_price_that_changes_in_a_session_leaves_it_as_it_is(world, here):
    house = House(world)
    begin(house, here, "Ada")
    house.price("0.80")
    meter(here, "+10000")
    end(house, here, "Ada")
    charge(house, here, "Ada", 10000)
    house.close()
    assert sorted(item["gross"] for item in house.statement("Ada")["items"]) == ["4.40", "8.80"]


def b05_what_was_used_is_never_priced_again(world, here):
    house = House(world)
    charge(house, here, "Ada", 10000)
    house.price("0.80")
    house.ask("POST", "/prices", {"price": "0.10", "validFrom": "2020-01-01T00:00:00Z"}, status=409)
    house.close()
    assert gross(house.statement("Ada")) == "4.40"


def b06_who_moves_out_gets_a_closing_statement_and_his_card_ends(world, here):
    house = House(world)
    charge(house, here, "Ada", 10000)
    begin(house, here, "Ada")
    meter(here, "+10000")
    house.ask("POST", f"/tenants/{house.tenants['Ada']}/move-out", {})
    statement = world.until(lambda: next((row for row in house.statements("Ada") if row["state"] != "Gathering"), None) and house.statement("Ada"), "the closing statement")
    assert statement["kind"] == "Closing" and statement["gross"] == "8.80" and house.card("ADA")["state"] == "Ended", statement
    here.say("unplug 1")
    here.skip()
    here.charge("ADA")
    here.sees(r'"Blocked"')


def b07_a_meter_that_was_exchanged_never_bills_less_than_nothing_and_the_landlord_confirms(world, here):
    house = House(world)
    meter(here, "90000")
    begin(house, here, "Ada")
    meter(here, "1000")
    end(house, here, "Ada")
    house.close()
    statement = world.until(lambda: house.statement("Ada"), "the statement")
    assert statement["state"] == "Review" and statement["unconfirmed"] == 1, statement
    item = statement["items"][0]
    assert item["anomaly"].startswith("METER_ANOMALY") and item["kwh"] >= 0, item
    house.ask("POST", f"/statements/{statement['id']}/items/1/confirm", {})
    assert house.statement("Ada")["state"] == "Issued"


def b08_a_plug_that_is_swapped_is_another_session(world, here):
    house = House(world)
    begin(house, here, "Ada")
    meter(here, "+1000")
    here.say("unplug 1")
    house.waits("Ada", 1)
    here.skip()
    here.say("plug 1")
    meter(here, "+1000")
    begin(house, here, "Ben")
    end(house, here, "Ben")
    house.close()
    assert (gross(house.statement("Ada")), gross(house.statement("Ben"))) == ("0.44", "0.00")


def b09_two_phones_may_be_bound_to_a_card_each_revocable(world, here):
    house = House(world)
    first, one = house.bound("ADA", "first")
    _, other = house.bound("ADA", "second")
    world.ask("POST", "/api/settlement/phones", {"card": house.cards["ADA"], "secret": house.secrets["ADA"], "name": "third"}, status=409)
    assert len(house.ask("GET", "/cards", bearer=one)["cards"]) == 1
    here.say("plug 1")  # a phone chooses the outlet, and charges on the card's account
    here.skip()
    house.ask("POST", "/piles/HERE/start", {"evse": 1}, bearer=one)
    here.sees("RequestStartTransaction|RemoteStartTransaction")
    running = world.until(lambda: next((row for row in house.ask("GET", "/sessions", bearer=one)["sessions"] if row["kind"] == "Running"), None), "it charges")
    _, ben = house.bound("BEN")
    house.ask("POST", "/piles/HERE/stop", {"transaction": running["transaction"]}, status=404, bearer=ben)
    house.ask("POST", "/piles/HERE/stop", {"transaction": running["transaction"]}, bearer=other)
    here.say("unplug 1")
    house.waits("Ada", 1)
    house.ask("POST", "/piles/THERE/start", {"evse": 1}, status=409, bearer=one)
    house.ask("POST", f"/phones/{first}/revoke", {}, bearer=other)
    house.ask("POST", "/piles/HERE/start", {"evse": 1}, status=404, bearer=one)
    house.ask("GET", "/cards", status=404, bearer=one)
    assert len(house.ask("GET", "/cards", bearer=other)["cards"]) == 1


def b10_who_photographed_a_code_needs_the_card_or_the_landlord(world, here):
    house = House(world)
    house.issue("LORD")
    here.sees("PrivilegeCards")
    phone, bearer = house.bind("ADA", "photographer")
    house.ask("GET", "/cards", status=404, bearer=bearer)
    charge(house, here, "Ada", 1000)  # the card is there, and for another purpose
    house.ask("GET", "/cards", status=404, bearer=bearer)
    house.ask("POST", f"/phones/{phone}/revoke", {})
    _, mine = house.bind("ADA", "mine")
    tap(here, "bind", "ADA", "the phone is bound")
    assert len(house.ask("GET", "/cards", bearer=mine)["cards"]) == 1
    house.ask("GET", "/cards", status=404, bearer=bearer)
    # management at the pile: what a card used, and out it goes
    tap(here, None, "LORD", "Management is open")
    tap(here, "show", "ADA", r"Since the last statement: 1\.000 kWh, 0\.44 EUR")
    tap(here, "log-out", "ADA", "The card is logged out")
    world.until(lambda: house.card("ADA")["state"] == "LoggedOut", "the card is logged out")
    house.ask("GET", "/cards", status=404, bearer=mine)


def b13_a_statement_lists_each_session_with_its_readings(world, here):
    house = House(world, tenants=(UNSAFE, "Ben"))
    house.tenants["Ada"] = house.tenants[UNSAFE]
    house.issue("ADA", house.tenants["Ada"])
    charge(house, here, "Ada", 10000)
    charge(house, here, "Ada", 2500)
    house.close()
    statement = house.statement("Ada")
    assert statement["gross"] == "5.50" and statement["itemCount"] == 2 and len(statement["digest"]) == 64, statement
    for item in statement["items"]:
        assert abs(item["endKwh"] - item["startKwh"] - item["kwh"]) < 1e-9 and len(item["billHash"]) == 64 and item["started"] <= item["ended"], item
        order = world.ask("GET", f"/api/orders/{item['order']}")
        assert order["bill"]["hash"] == item["billHash"] and order["house"] == house.id and order["statement"] == statement["id"], order
    page = world.csms.rest.ask("GET", f"{house.path}/statements/{statement['id']}?format=html")
    assert page.type == "text/html" and "<script" not in page.text and "&lt;script&gt;" in page.text, page.text
    lines = world.csms.rest.ask("GET", f"{house.path}/statements/{statement['id']}?format=csv")
    assert lines.type == "text/csv" and len(lines.text.strip().split("\r\n")) == 3, lines.text
    house.ask("POST", f"/statements/{statement['id']}/paid", {"amount": "5.50", "key": "transfer"})
    world.until(lambda: house.statement("Ada")["orderState"] == "Paid", "it is paid")
    world.until(lambda: all(world.ask("GET", f"/api/orders/{item['order']}")["state"] == "Paid" for item in statement["items"]), "its sessions are")
    world.check()


def b14_an_absurd_price_is_confirmed_twice(world, here):
    house = House(world)
    number = house.price("40.00")
    charge(house, here, "Ada", 1000)
    house.ask("POST", f"/prices/{number}/confirm", {})
    house.ask("POST", f"/prices/{number}/confirm", {}, status=409)
    world.pass_s(10)
    house.ask("POST", f"/prices/{number}/confirm", {})
    world.pass_s(5)
    charge(house, here, "Ada", 1000)
    house.close()
    assert sorted(item["gross"] for item in house.statement("Ada")["items"]) == ["0.44", "44.00"]


def b16_what_the_pile_uses_itself_is_the_landlords(world, here):
    house = House(world)
    house.ask("PUT", "/piles/METERED", {})
    charge(house, here, "Ada", 1000)
    pile = booted(world.csms, "METERED")
    for register in (5000, 5250, 40, 90):  # its own meter, exchanged in between
        value = {"value": str(register), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
        pile.call("MeterValues", {"connectorId": 0, "meterValue": [{"timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(), "sampledValue": [value]}]})
    row = world.until(lambda: next((row for row in house.ask("GET", "/piles")["piles"] if row.get("ownKwh") == 0.3), None), "the pile's own consumption")
    assert row["station"] == "METERED" and row["ownAnomalies"] == 1, row
    _, bearer = house.bound("ADA")
    assert all("ownKwh" not in row for row in house.ask("GET", "/piles", bearer=bearer)["piles"])  # no tenant's business
    house.close()
    assert gross(house.statement("Ada")) == "0.44" and not house.statements("Ben")


def b17_nothing_of_one_house_is_readable_from_the_other(world, here):
    mine, other = House(world), House(world, "Oak", "THERE", ("Cyn", "Dan"))
    charge(mine, here, "Ada", 10000)
    charge(mine, here, "Ben", 10000)
    mine.close()
    _, ada = mine.bound("ADA")
    _, cyn = other.bound("CYN")
    statements = {name: mine.statement(name)["id"] for name in ("Ada", "Ben")}
    reads = ("", "/events", "/piles", "/tenants", "/cards", "/phones", "/prices", "/sessions", "/statements", "/consumption", *(f"/statements/{row}" for row in statements.values()))
    writes = [("POST", f"/cards/{mine.cards['ADA']}/lost", {}), ("POST", f"/tenants/{mine.tenants['Ada']}/move-out", {}), ("POST", "/periods", {"to": "2026-01-01T00:00:00Z"}),
              ("POST", "/prices", {"price": "0.01"}), ("POST", "/tenants", {"name": "X", "flat": "X"}), ("POST", f"/statements/{statements['Ada']}/paid", {"amount": "1.00", "key": "x"}),
              ("POST", f"/statements/{statements['Ada']}/pay", {}), ("POST", "/cards", {"kind": "charging", "tenant": mine.tenants["Ada"], "idToken": "EVIL"}), ("POST", "/piles/HERE/authorise", {})]
    for path in reads:  # a phone of the other house, and one that is none
        for bearer in (cyn, "0" * 52):
            mine.ask("GET", path, status=404, bearer=bearer)
    for method, path, body in writes:
        for bearer in (cyn, "0" * 52):
            told = world.csms.rest.ask(method, mine.path + path, body, {"Authorization": f"Bearer {bearer}"})
            assert told.status == 404 and "UnknownHouse" in told.text or "not yours" in told.text, (path, told.status, told.text)
    for path, body in ((f"/cards/{mine.cards['ADA']}/lost", {}), (f"/statements/{statements['Ada']}/paid", {"amount": "1.00", "key": "x"})):  # its own house, and ids of the other one
        told = world.csms.rest.ask("POST", other.path + path, body, {"Authorization": f"Bearer {cyn}"})
        assert told.status in (404, 409), (path, told.text)
    for row in statements.values():
        other.ask("GET", f"/statements/{row}", status=404, bearer=cyn)
        other.ask("GET", f"/statements/{row}", status=404)
    # within a house a tenant sees himself only
    assert [row["id"] for row in mine.ask("GET", "/tenants", bearer=ada)["tenants"]] == [mine.tenants["Ada"]]
    assert [row["id"] for row in mine.ask("GET", "/cards", bearer=ada)["cards"]] == [mine.cards["ADA"]]
    assert [row["id"] for row in mine.ask("GET", "/statements", bearer=ada)["statements"]] == [statements["Ada"]]
    assert not mine.ask("GET", f"/statements?tenant={mine.tenants['Ben']}", bearer=ada)["statements"]
    assert not mine.ask("GET", f"/sessions?tenant={mine.tenants['Ben']}", bearer=ada)["sessions"]
    mine.ask("GET", f"/statements/{statements['Ben']}", status=404, bearer=ada)
    mine.ask("POST", f"/statements/{statements['Ben']}/pay", {}, 404, ada)
    mine.ask("POST", f"/statements/{statements['Ada']}/pay", {}, 409, ada)  # it is due, and being asked for: no debt
    assert [(row["card"], row["kwh"]) for row in mine.ask("GET", "/consumption", bearer=ada)["sessions"]] == [(mine.cards["ADA"], 10)]
    assert {row["card"] for row in mine.ask("GET", "/consumption")["sessions"]} == {mine.cards["ADA"], mine.cards["BEN"]}
    assert not mine.ask("GET", "/consumption?from=2100-01-01T00:00:00Z")["sessions"] and not mine.ask("GET", "/consumption?to=2001-01-01T00:00:00Z")["sessions"]
    mine.ask("GET", "/consumption?from=yesterday", status=400)
    driver = world.ask("POST", "/api/settlement/drivers", {"idToken": "ADA"})["key"]  # a driver's key is no phone's bearer
    mine.ask("GET", "/consumption", status=401, bearer=driver)
    for method, path, body in writes[1:]:
        told = world.csms.rest.ask(method, mine.path + path, body, {"Authorization": f"Bearer {ada}"})
        assert told.status in (404, 409), (path, told.status, told.text)
    for path in ("", "/"):
        assert world.csms.rest.ask("GET", HOUSES + path, None, {"Authorization": f"Bearer {ada}"}).status in (401, 404)
    # the card of one house is no good at the pile of the other
    there = world.pile("THERE", 2)
    there.skip()
    there.charge("ADA")
    there.sees(r'"Invalid"')
    assert mine.statement("Ada")["gross"] == "4.40" and mine.card("ADA")["state"] == "Active"


def b18_a_tenant_whose_account_was_empty_pays_the_statement_from_the_phone(world, here):
    house = House(world, tenants=("Ada",))
    house.tenants["Eve"] = house.ask("POST", "/tenants", {"name": "Eve", "flat": "9", "provider": "wallet", "account": "EVE"})["id"]
    house.issue("EVE", house.tenants["Eve"])
    charge(house, here, "Eve", 10000)
    house.close()
    _, eve = house.bound("EVE")
    _, ada = house.bound("ADA")
    world.until(lambda: house.statement("Eve")["orderState"] == "Debt", "nothing was there to be taken")
    path = f"/statements/{house.statement('Eve')['id']}"
    house.ask("POST", path + "/pay", {}, 404, ada)
    house.issue("LORD")
    phone, lord = house.bind("LORD")
    here.say("reader bind")
    here.say("tap LORD")
    world.until(lambda: any(row["id"] == phone and row["state"] == "Bound" for row in house.ask("GET", "/phones")["phones"]), "the landlord's phone is bound")
    house.ask("POST", path + "/pay", {}, 409, lord)  # whose account it is decides
    world.ask("POST", "/api/settlement/accounts/EUR/EVE", {"amount": "10.00", "key": "top up"})
    house.ask("POST", path + "/pay", {}, bearer=eve)
    world.until(lambda: house.statement("Eve")["orderState"] == "Paid", "it is paid")
    house.ask("POST", path + "/pay", {}, 409, eve)
    assert world.ask("GET", "/api/settlement/accounts/EUR/EVE")["wallet"] == "5.60"


from cases_house_events import *  # noqa: E402, F401, F403  (B19, B20: pages that wait for news)

CASES = {name[0].upper() + name[1:3].lstrip("0"): case for name, case in sorted(globals().items()) if name[0] == "b" and name[1:3].isdigit()}


def main():
    sim, csms, checker, version, *wanted = sys.argv[1:]
    for number, case in CASES.items():
        if wanted and number not in wanted:
            continue
        begun = time.monotonic()
        with World(sim, csms, checker, version) as world:
            case(world, world.pile("HERE", 2))
            world.check()
        print(f"ok {number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
