#!/usr/bin/env python3
"""cases.py SIM CSMS CHECKER VERSION [CASE …]: the cases of system A (power banks in a pile, one order), end to end: simulated piles with bays speak over a
WebSocket with ocpp-csms, days pass on its test clock, and the checker reads the store after each step."""

import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from settlement import World  # noqa: E402


def a01_a_bank_that_is_never_returned_is_bought_and_a_late_return_refunds_the_rest(world, here, there):
    here.rent("A1")
    world.order_becomes("A1", "Open")
    world.pass_days(6)
    order = world.order_becomes("A1", "Paid")
    assert order["paid"] == "55.00" and [kind for kind, _ in world.lines(order)] == ["PowerBankRental", "PowerBankPurchase"], order
    here.rent("A1K")
    world.pass_s(1800)
    rental = world.rental_of(world.order_becomes("A1K", "Open"))
    world.ask("POST", f"/api/settlement/rentals/{rental['id']}/keep", {})
    order = world.order_becomes("A1K", "Paid")
    assert order["paid"] == "55.00", order
    here.give_back(4)
    order = world.until(lambda: (lambda found: found if found["paid"] != "55.00" else None)(world.whole(order)), "the refund")
    assert order["paid"] == "1.00", order
    world.check()


def a02_a_bank_may_come_back_at_another_pile_which_tells_the_first_one(world, here, there):
    here.rent("A2")
    bank = here.hand()[-1]
    world.pass_s(2 * 3600 - 60)
    there.skip()
    there.say(f"insert 4 {bank[2]} {bank[4]} {bank[3]}")
    there.sees("banks: slot 4 a bank came back")
    order = world.order_becomes("A2", "Paid")
    assert order["paid"] == "2.00", order
    rental = world.rental_of(order)
    assert (rental["station"], rental["endStation"]) == (here.identity, there.identity), rental
    here.sees("RentalClosed")


def a03_a_mark_that_cannot_be_written_rents_nothing_and_three_make_the_slot_suspect(world, here, there):
    for attempt in range(3):
        here.skip()
        for slot in (1, 2, 3):
            here.say(f"slot {slot} fault write-fails 8")
        here.say(f"rent A3-{attempt}")
        here.sees("banks: slot . nothing was rented")
        order = world.order_becomes(f"A3-{attempt}", "Void")
        assert order["paid"] == "0.00" and all(leg["captured"] == "0.00" for leg in order["legs"]), order
        for slot in (1, 2, 3):
            here.say(f"slot {slot} fault none")


CASES = {name[1:3].lstrip("0"): case for name, case in sorted(globals().items()) if name[0] == "a" and name[1:3].isdigit()}


def main():
    sim, csms, checker, version, *wanted = sys.argv[1:]
    for number, case in CASES.items():
        if wanted and "A" + number not in wanted:
            continue
        begun = time.monotonic()
        with World(sim, csms, checker, version, **getattr(case, "world", {})) as world:
            case(world, world.pile("HERE"), world.pile("THERE"))
            world.check()
        print(f"ok A{number} {case.__name__[4:]} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
