#!/usr/bin/env python3
"""cases.py SIM CSMS CHECKER VERSION http|without [CASE …]: the cases of system A (power banks in a pile, one order), end to end: simulated piles with bays speak over a
WebSocket with ocpp-csms, days pass on its test clock, and the checker reads the store after each step. A case is a function called after its number. Some piles
are recorded, and do the same again by their recordings."""

import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import cases_of_payments  # noqa: E402
from settlement import World  # noqa: E402

DAY_S, HOUR_S = 86400, 3600


def given(**how):
    """What a case's world is made with."""

    def mark(case):
        case.world = how
        return case

    return mark


def carry(bank, to, slot, hardware=None):
    """Somebody walks to another pile with the bank and pushes it in there."""
    to.skip()
    to.say(f"insert {slot} {bank[2]} {bank[4]} {hardware or bank[3]}")


def kinds(world, order):
    return [kind for kind, _ in world.lines(order)]


def nothing_was_taken(order):
    assert order["paid"] == "0.00" and all(leg["captured"] == "0.00" for leg in order["legs"]), order


def drive_off(world, pile, tag):
    pile.leave(tag)
    world.until(lambda: not world.order_of(tag, 0)["charging"], "the vehicle has left")


def start_to_charge(world, pile, tag):
    pile.charge(tag)
    world.until(lambda: (world.order_of(tag) or {}).get("charging"), "the vehicle charges")
    pile.say("meter 1 +10000")


def a01_a_bank_that_is_never_returned_is_bought_and_a_late_return_refunds_the_rest(world, here, there):
    here.rent("A1")
    world.order_becomes("A1", "Open")
    world.pass_days(6)
    order = world.order_becomes("A1", "Paid")
    assert order["paid"] == "55.00" and kinds(world, order) == ["PowerBankRental", "PowerBankPurchase"], order
    here.rent("A1K")
    world.pass_s(1800)
    rental = world.rental_of(world.order_becomes("A1K", "Open"))
    world.ask("POST", f"/api/settlement/rentals/{rental['id']}/keep", {})
    order = world.order_becomes("A1K", "Paid")
    assert order["paid"] == "55.00", order
    here.give_back(4)
    order = world.until(lambda: (lambda found: found if found["paid"] != "55.00" else None)(world.whole(order)), "the refund")
    assert order["paid"] == "1.00", order


def a02_a_bank_may_come_back_at_another_pile_which_tells_the_first_one(world, here, there):
    here.rent("A2")
    bank = here.hand()[-1]
    world.pass_s(2 * HOUR_S - 600)
    here.skip()
    carry(bank, there, 4)
    there.sees("banks: slot 4 a bank came back")
    order = world.order_becomes("A2", "Paid")
    assert order["paid"] == "2.00", order
    rental = world.rental_of(order)
    assert (rental["station"], rental["endStation"]) == (here.identity, there.identity), rental
    here.sees("RentalClosed")


@given(records=True)
def a03_a_mark_that_cannot_be_written_rents_nothing_and_three_times_make_the_slot_suspect(world, here, there):
    for slot in (2, 3):
        here.say(f"slot {slot} out-of-service")
        world.until(lambda slot=slot: here.slot(slot)[-1] == "OutOfService", "the slot is out of service")
    for attempt in range(3):
        here.skip()
        here.say("slot 1 fault write-fails 2")
        here.say(f"rent A3-{attempt}")
        here.sees("banks: slot 1 nothing was rented")
        nothing_was_taken(world.order_becomes(f"A3-{attempt}", "Void"))
        world.until(lambda: here.slot(1)[-1] == ("Suspect" if attempt == 2 else "Idle"), "the slot is idle, in the end suspect")


@given(records=True)
def a04_a_bank_that_is_marked_and_stuck_is_neutral_again_and_nothing_was_rented(world, here, there):
    for slot in (1, 2, 3):
        here.say(f"slot {slot} fault eject-jams 1000")
    here.skip()
    here.say("rent A4")
    slot = here.sees(r"banks: slot (\d) nothing was rented").group(1)
    nothing_was_taken(world.order_becomes("A4", "Void"))
    world.until(lambda: here.slot(int(slot))[-1] in ("Idle", "Suspect"), "the bank is neutral")
    here.say(f"slot {slot} fault none")
    assert [rental["state"] for rental in world.rentals()] == ["Failed"]


def a05_a_rental_that_could_not_be_told_is_told_once_when_the_link_is_back(world, here, there):
    here.skip()
    here.say("rent A5")
    slot = here.sees(r"banks: slot (\d) take the bank").group(1)
    here.say("offline")
    here.say(f"take {slot}")
    here.sees(f"banks: slot {slot} the bank was taken")
    here.say("powercut")
    world.until(lambda: not world.ask("GET", "/api/stations/HERE")["connected"], "the pile is offline")
    world.pass_s(HOUR_S + 60)
    here.say("online")
    rental = world.until(lambda: next((row for row in world.rentals(state="Taken")), None), "the rental")
    world.tell_time()
    here.give_back(4)
    order = world.order_becomes("A5", "Paid")
    assert order["paid"] == "2.00" and len(world.rentals()) == 1 and world.rental_of(order)["id"] == rental["id"], order


def a06_a_power_cut_within_the_writing_of_a_mark_leaves_the_bank_rented_or_neutral(world, here, there):
    for attempt in range(4):
        here.skip()
        here.say(f"rent A6-{attempt}")
        here.sees(r"banks: slot \d the slot changed AwaitMark")
        time.sleep(0.03 + 0.06 * attempt)  # the moment of the cut is what differs
        here.say("powercut")
        here.sees("link is up")

        def is_over(attempt=attempt):
            order = world.order_of(f"A6-{attempt}")
            if order and order["state"] == "Void":
                return order
            for slot in (1, 2, 3, 4):
                if here.slot(slot)[-1] == "AwaitRemoval":
                    here.say(f"take {slot}")
            if order and any(row["state"] == "Taken" and row["order"] == order["id"] for row in world.rentals()):
                for free in [slot for slot in (1, 2, 3, 4) if here.slot(slot)[-1] == "Empty"][:1]:  # none where it came back meanwhile
                    here.say(f"return {free}")
            return order if order and order["state"] == "Paid" else None

        world.until(is_over, "the rental came about, or did not")
        world.check()
        world.until(lambda: sum(here.slot(slot)[-1] == "Idle" for slot in (1, 2, 3, 4)) == 3, "the banks are neutral")


def a07_a_return_that_is_told_twice_and_a_clone_that_follows_are_one_return(world, here, there):
    here.rent("A7")
    bank = here.hand()[-1]
    here.rests()
    here.say("drop-answer 1 DataTransfer")  # that of the return
    here.give_back(4)
    order = world.order_becomes("A7", "Paid")
    carry(bank, there, 4)
    there.sees("banks: slot 4 the slot changed (Held|AwaitVerdict)")
    world.until(lambda: there.slot(4)[-1] == "Held", "the clone is held")
    assert world.whole(order)["paid"] == order["paid"] and len(world.whole(order)["bill"]["lines"]) == 1
    world.until(lambda: here.slot(4)[-1] == "Idle", "the bank is rentable")


@given(records=True)
def a08_a_bank_that_cannot_be_read_is_held_with_its_clock_stopped_until_somebody_looked(world, here, there):
    here.rent("A8")
    world.pass_s(1800)
    here.say("bank mute")
    here.say("return 4")
    entry = world.suspense("UnreadableMark")
    world.until(lambda: here.slot(4)[-1] == "Held", "the slot is held")
    world.pass_days(1)
    rental = world.rental_of(world.order_becomes("A8", "Open"))
    world.ask("POST", f"/api/settlement/suspense/{entry['id']}", {"resolution": "returned", "rental": rental["id"]})
    assert world.order_becomes("A8", "Paid")["paid"] == "1.00"


def a09_a_bank_pulled_out_while_it_is_read_was_not_returned(world, here, there):
    here.rent("A9")
    here.say("return 4\nsteal 4")  # at once: reading takes no longer for us
    here.sees("banks: slot 4 the slot changed Empty")
    world.pass_s(60)
    rental = world.rental_of(world.order_becomes("A9", "Open"))
    assert rental["state"] == "Taken", rental
    here.give_back(4)
    world.order_becomes("A9", "Paid")


def a10_a_bank_returned_while_the_vehicle_charges_is_a_line_and_nothing_is_captured_yet(world, here, there):
    start_to_charge(world, here, "A10")
    here.rent("A10")
    world.pass_s(1800)
    here.give_back(4)
    world.until(lambda: world.rentals(state="Returned"), "the return")
    order = world.order_becomes("A10", "Open")
    nothing_was_taken(order)
    assert "PowerBankRental" in kinds(world, order), order
    here.leave("A10")
    order = world.order_becomes("A10", "Paid")
    captured = [leg["captured"] for leg in order["legs"] if leg["captured"] != "0.00"]
    assert len(captured) == 1 and len(world.orders_of("A10")) == 1 and set(kinds(world, order)) == {"Energy", "PowerBankRental"}, order


def a11_a_bank_returned_after_the_vehicles_part_was_sealed_is_an_order_of_its_own(world, here, there):
    start_to_charge(world, here, "A11")
    here.rent("A11")
    drive_off(world, here, "A11")
    world.pass_s(DAY_S + HOUR_S)
    first = world.order_becomes("A11", "Paid", 0)
    here.give_back(4)
    second = world.order_becomes("A11", "Paid", 1)
    assert second["residualOf"] == first["id"] and kinds(world, first) == ["Energy"] and kinds(world, second) == ["PowerBankRental"], second
    assert world.whole(first)["paid"] == first["paid"]


def a12_who_drives_off_with_a_bank_pays_the_vehicle_at_the_grace_limit(world, here, there):
    start_to_charge(world, here, "A12")
    here.rent("A12")
    drive_off(world, here, "A12")
    world.pass_s(DAY_S - HOUR_S)
    assert world.order_of("A12")["state"] == "Open" and len(world.orders_of("A12")) == 1
    world.pass_s(2 * HOUR_S)
    world.order_becomes("A12", "Paid", 0)
    rest = world.order_becomes("A12", "Open", 1)
    assert world.rental_of(rest)["state"] == "Taken", rest
    world.pass_days(6)
    assert world.order_becomes("A12", "Paid", 1)["paid"] == "55.00"


def a13_several_banks_are_lines_of_one_order_and_one_payment(world, here, there):
    here.rent("A13", 2)
    world.pass_s(1800)
    banks = [words[2] for words in here.hand()]
    here.give_back(4, banks[0])
    world.until(lambda: world.rentals(state="Returned"), "the first return")
    assert world.order_of("A13")["state"] == "Open"
    empty = next(slot for slot in (1, 2, 3) if here.slot(slot)[-1] == "Empty")
    here.give_back(empty, banks[1])
    order = world.order_becomes("A13", "Paid")
    assert world.lines(order) == [("PowerBankRental", "1.00")] * 2 and [leg["captured"] for leg in order["legs"] if leg["captured"] != "0.00"] == ["2.00"], order


def a14_a_stranger_may_return_it_and_learns_nothing(world, here, there):
    here.rent("A14-SECRET")
    bank = here.hand()[-1]
    carry(bank, there, 4)
    there.sees("banks: slot 4 the return is decided")
    assert world.order_becomes("A14-SECRET", "Paid")
    assert not any("A14-SECRET" in line or "order" in line.split("banks:")[-1] and "banks:" in line for line in there.lines)


def a15_a_forged_mark_is_held_and_told_as_what_it_is(world, here, there):
    stranger = world.pile("STRANGER", is_fleets=False)
    entry = world.suspense("ForgedMark")
    assert entry["station"] == stranger.identity and not world.ask("GET", "/api/orders")["orders"], entry
    world.until(lambda: all(stranger.slot(slot)[-1] == "Held" for slot in (1, 2, 3)), "the banks are held")
    assert "ForgedMark" in world.csms.complaint()
    world.ask("POST", f"/api/settlement/suspense/{entry['id']}", {"resolution": "adopt"})
    world.until(lambda: any(stranger.slot(slot)[-1] == "Idle" for slot in (1, 2, 3)), "the bank was adopted")


def a16_a_mark_of_an_order_nobody_knows_is_suspense(world, here, there):
    here.rent("A16")
    world.lose_books()
    here.sees("link is up")
    here.say("return 4")
    entry = world.suspense("UnknownOrder")
    assert entry["station"] == here.identity and entry["slot"] == 4, entry
    world.until(lambda: here.slot(4)[-1] == "Held", "the slot is held")


def a17_a_mark_on_another_bank_is_suspense_and_the_clock_stands(world, here, there):
    here.rent("A17")
    world.pass_s(1800)
    carry(here.hand()[-1], there, 4, "anotherBank")
    entry = world.suspense("OtherHardware")
    world.until(lambda: there.slot(4)[-1] == "Held", "the slot is held")
    world.pass_days(1)
    rental = world.rental_of(world.order_becomes("A17", "Open"))
    assert rental["suspense"] == entry["id"], rental
    world.ask("POST", f"/api/settlement/suspense/{entry['id']}", {"resolution": "returned", "rental": rental["id"]})
    assert world.order_becomes("A17", "Paid")["paid"] == "1.00"


def a18_a_bank_of_another_fleet_is_suspense(world, here, there):
    stranger = world.pile("STRANGER", operator="elsewhere")
    entry = world.suspense("ForeignFleet")
    assert entry["station"] == stranger.identity, entry
    world.ask("POST", f"/api/settlement/suspense/{entry['id']}", {"resolution": "eject"})
    world.until(lambda: any(row["id"] == entry["id"] and row["resolved"] for row in world.ask("GET", "/api/settlement/suspense")["suspense"]), "it is resolved")


@given(is_encrypted=True, records=True)
def a19_known_renters_rent_while_the_pile_is_offline_and_are_settled_at_its_time(world, here, there):
    world.ask("PUT", "/api/settlement/known-renters/ISO14443/A19", {"banks": 1})
    world.pass_s(120)
    world.until(lambda: any("KnownRenters" in line for line in here.lines), "the list")
    handed = [text for text in map(str, world.ask("GET", "/api/stations/HERE/messages?limit=1000")["messages"]) if "MarkKey" in text]
    assert handed and all("****" in text for text in handed), handed
    here.say("offline")
    here.sees("link is down")
    slot = here.rent("A19")[0]
    here.skip()
    here.say("rent NOBODY")
    here.sees("rent NOBODY|not possible|no such")
    world.pass_s(2 * HOUR_S - 600)
    here.say("online")
    here.sees("link is up")
    world.until(lambda: world.rentals(state="Taken"), "the rental")
    here.give_back(slot)
    order = world.order_becomes("A19", "Paid")
    assert order["paid"] == "2.00" and world.rental_of(order)["offline"], order


@given(policy={"postpaidLimitMinor": 2500})
def a20_a_fee_beyond_the_deposit_is_asked_for_and_else_owed(world, here, there):
    here.rent("A20")
    world.pass_days(3)
    here.give_back(4)
    order = world.order_becomes("A20", "Debt")
    assert order["paid"] == "20.00" and float(order["due"]) >= 30, order
    here.skip()
    here.say("rent A20")
    here.sees("banks: no bank")
    world.ask("POST", f"/api/orders/{order['id']}/write-off", {"reason": "unknown address"})
    world.order_becomes("A20", "WrittenOff", 0)


def a21_a_damaged_bank_ends_its_rental_as_usual_and_goes_out_of_service(world, here, there):
    here.rent("A21")
    bank = here.hand()[-1][2]
    here.say("bank damaged")
    here.give_back(4)
    world.order_becomes("A21", "Paid")
    world.until(lambda: any(row["id"] == bank and row["state"] == "OutOfService" for row in world.ask("GET", "/api/settlement/banks")["banks"]), "it is out of service")


def a22_who_finds_nowhere_to_return_it_stops_the_clock_for_a_while(world, here, there):
    here.rent("A22")
    world.pass_s(1800)
    rental = world.rental_of(world.order_becomes("A22", "Open"))
    world.ask("POST", f"/api/settlement/rentals/{rental['id']}/report", {})
    world.pass_s(HOUR_S + 1800)
    here.give_back(4)
    assert world.order_becomes("A22", "Paid")["paid"] == "1.00"
    here.rent("A22L")
    world.pass_s(1800)
    rental = world.rental_of(world.order_becomes("A22L", "Open"))
    world.ask("POST", f"/api/settlement/rentals/{rental['id']}/report", {})
    world.pass_s(2 * HOUR_S + 1700)
    here.give_back(next(slot for slot in (1, 2, 3, 4) if here.slot(slot)[-1] == "Empty"))
    late = world.order_becomes("A22L", "Paid")
    assert late["paid"] == "3.00", (late["paid"], late["bill"]["lines"])


def a23_piles_whose_clocks_differ_bill_what_passed(world, here, there):
    there.say("clock +7200")
    here.rent("A23")
    world.pass_s(HOUR_S - 120)
    there.say("clock +7200")
    carry(here.hand()[-1], there, 4)
    order = world.order_becomes("A23", "Paid")
    assert order["paid"] == "1.00", order
    line = order["bill"]["lines"][0]
    assert line["from"] <= line["to"], line


def a24_a_bank_that_is_let_out_and_not_taken_is_drawn_back_and_costs_nothing(world, here, there):
    here.skip()
    here.say("rent A24")
    slot = int(here.sees(r"banks: slot (\d) take the bank").group(1))
    world.pass_s(120)
    world.until(lambda: any(f"banks: slot {slot} nothing was rented" in line for line in here.lines), "nothing was rented")
    nothing_was_taken(world.order_becomes("A24", "Void"))
    world.until(lambda: here.slot(slot)[-1] == "Idle", "the bank is neutral")


def a25_a_bank_that_vanishes_is_told_and_nobody_pays(world, here, there):
    here.say("steal 2")
    entry = world.suspense("InventoryDifference")
    assert entry["slot"] == 2 and not world.ask("GET", "/api/orders")["orders"], entry
    assert any("security" in line and "HERE" in line for line in world.csms.complaint().splitlines())
    world.ask("POST", f"/api/settlement/suspense/{entry['id']}", {"resolution": "dismiss", "note": "gone"})


@given(records=True)
def a26_a_faulty_bank_is_swapped_free_of_charge_on_the_same_rental(world, here, there):
    here.rent("A26")
    here.say("bank faulty")
    here.skip()
    here.say("return 4")
    slot = int(here.sees(r"banks: slot (\d) take the bank").group(1))
    here.take(slot)
    rental = world.until(lambda: next((row for row in world.rentals(state="Taken") if row["swaps"] == 1), None), "the swap")
    world.pass_s(1800)
    here.give_back(next(free for free in (1, 2, 3, 4) if here.slot(free)[-1] == "Empty"))
    order = world.order_becomes("A26", "Paid")
    assert order["rentals"] == [rental["id"]] and world.lines(order) == [("PowerBankRental", "1.00")], order


def a27_a_pile_that_never_comes_back_leaves_what_is_known_of_it(world, here, there):
    start_to_charge(world, here, "A27")
    world.until(lambda: world.lines(world.whole(world.order_of("A27"))), "energy")
    here.kill()
    world.pass_days(3.5)
    order = world.order_becomes("A27", "Paid")
    assert kinds(world, order) == ["Energy"], order
    world.ask("POST", f"/api/orders/{order['id']}/adjust", {"netMinor": 100, "reason": "the meter was read"})
    order = world.until(lambda: (lambda found: found if "Adjustment" in kinds(world, found) else None)(world.whole(order)), "the adjustment")
    world.check()


CASES = {name[0].upper() + name[1:3].lstrip("0"): case
         for name, case in sorted({**globals(), **vars(cases_of_payments)}.items()) if name[0] in "adp" and name[1:3].isdigit()}


def main():
    sim, csms, checker, version, http, *wanted = sys.argv[1:]
    assert {f"A{number}" for number in range(1, 28)} <= set(CASES), "a case is missing"
    for number, case in CASES.items():
        if (wanted and number not in wanted) or (number[0] in "DP" and http != "http"):
            continue
        begun = time.monotonic()
        with World(sim, csms, checker, version, **getattr(case, "world", {})) as world:
            case(world, world.pile("HERE"), world.pile("THERE"))
            world.check()
            world.replay()
        print(f"ok {number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
