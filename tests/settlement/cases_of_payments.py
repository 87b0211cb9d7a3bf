"""Cases of cases.py whose money moves over HTTP: a real server on loopback takes it, and misbehaves as the last two digits of an amount tell it."""

import datetime
import hashlib
import hmac

MOODS = {"done_500": 2, "done_silent": 3, "cut": 7, "pending": 11}
PATH = "/api/settlement/reconciliation"


def given(**how):
    """What a case's world is made with."""

    def mark(case):
        case.world = how
        return case

    return mark


def leg_of(world, tag):
    order = world.order_of(tag)
    legs = world.whole(order)["legs"] if order else []
    return legs[0] if legs else {}


def notify(world, signature, body, status=204):
    world.ask("POST", "/api/settlement/notify/shop", body, status, headers={"Authorization": "Signature " + signature})


def signed_news(world):
    return [line.split("\t") for line in world.shop.ask(f"/outbox?t={int(world.now())}").splitlines()]


def charge_and_leave(world, pile, tag, wh=10000):
    pile.charge(tag)
    world.until(lambda: (world.order_of(tag) or {}).get("charging"), "the vehicle charges")
    pile.say(f"meter 1 +{wh}")
    pile.leave(tag)
    world.until(lambda: not world.order_of(tag, 0)["charging"], "the vehicle has left")


@given(has_shop=True, policy={"vehicleHoldMinor": 3021})
def p01_a_payer_acts_at_the_provider_and_only_its_own_word_counts(world, here, there):
    here.charge("P1")
    leg = world.until(lambda: (lambda found: found if found.get("actionUrl") else None)(leg_of(world, "P1")), "an address for the payer")
    assert leg["actionUrl"] == "https://bank.example/3ds" and leg["state"] == "Authorizing", leg
    assert not any("bank.example" in line for line in world.csms.complaint().splitlines()), "an address to pay at stands in the log"
    (signature, body), = signed_news(world)
    forged = f"t={int(world.now())},v1=" + hmac.new(b"somebody", body.encode(), hashlib.sha256).hexdigest()
    notify(world, forged, body, 401)
    notify(world, signature, body.replace("30.21", "99.21"), 401)
    assert leg_of(world, "P1")["state"] == "Authorizing"
    for _ in range(2):  # what is said twice happens once
        notify(world, signature, body)
        leg = leg_of(world, "P1")
        assert (leg["state"], leg["held"], leg.get("actionUrl")) == ("Held", "30.21", None), leg
    here.say("meter 1 +10000")
    here.leave("P1")
    order = world.order_becomes("P1", "Paid")
    assert order["paid"] == "5.00", order
    assert world.shop.moved() == {(leg["id"], "Authorize"): (3021, 1), (leg["id"], "Capture"): (500, 1)}, world.shop.moved()


@given(has_shop=True)
def p02_whatever_the_provider_answers_money_moves_once_and_its_list_agrees(world, here, there):
    for mood, cents in MOODS.items():
        tag = "P2-" + mood
        charge_and_leave(world, here, tag, 10000 + 20 * cents)
        if mood == "pending":
            world.until(lambda: signed_news(world), "the provider has news")
            for signature, body in signed_news(world):
                notify(world, signature, body)
        order = world.order_becomes(tag, "Paid")
        leg = order["legs"][0]["id"]
        assert world.shop.moved()[leg, "Capture"] == (500 + cents, 1) and order["paid"] == f"5.{cents:02d}", (mood, order, world.shop.moved())
    world.restart()
    reconcile(world)


@given(has_shop=True)
def d20_a_chargeback_is_a_debt_that_the_next_visit_pays_first(world, here, there):
    charge_and_leave(world, here, "D20")
    order = world.order_becomes("D20", "Paid")
    told = {"leg": order["legs"][0]["id"], "amountMinor": 500, "key": "DISPUTE-1", "reason": "the payer disputes it"}
    for _ in range(2):
        world.ask("POST", f"/api/orders/{order['id']}/chargeback", told)
        owed = world.order_becomes("D20", "Debt", 0)
        assert (owed["paid"], owed["debtReason"]) == ("0.00", "the payer disputes it"), owed
    here.charge("D20")
    world.until(lambda: world.whole(order)["state"] == "Paid", "the debt is paid")
    assert sum(minor for (_, kind), (minor, _) in world.shop.moved().items() if kind == "Capture") == 1000, world.shop.moved()


def reconcile(world):
    """The provider's list, and what becomes of it when somebody changed it."""
    day, now = datetime.timedelta(days=1), datetime.datetime.fromtimestamp(world.now(), datetime.timezone.utc)
    period = {"provider": "shop", "from": (now - day).isoformat(), "to": (now + day).isoformat()}
    lines = world.shop.ask("/report").splitlines()

    def kinds(*changed):
        found = world.ask("POST", PATH, {**period, "list": "".join(line + "\n" for line in changed)})
        assert found == world.ask("GET", PATH + "?provider=shop")
        assert all(found["totals"][0][side] == f"{sum(500 + cents for cents in MOODS.values()) / 100:.2f}" for side in ("ours", "books")), found
        return found, [finding["kind"] for finding in found["findings"]]

    whole, findings = kinds(*lines)
    assert not findings and whole["matched"] == len(lines) == 2 * len(MOODS), whole
    assert whole["totals"][0]["theirs"] == whole["totals"][0]["ours"]
    capture = next(line for line in lines if ",Capture," in line)
    rest = [line for line in lines if line != capture]
    assert kinds(*rest)[1] == ["missing"]
    assert kinds(*lines, "7" + "Z" * 25 + ",Capture,1.00,EUR")[1] == ["extra"]
    assert kinds(*sorted([*rest, capture.replace(",5.", ",6.")]))[1] == ["amount"]
    assert kinds(*sorted([*lines, capture]))[1] == ["twice"]
