"""Random tariffs and sessions, many of them on nights when clocks change: does the library reckon as compute_oracle.py does?

check_compute.py PROBE [--cases N] [--seed S]; without --cases OCPP_SETTLE_CASES says how many, else 2,000. A difference is printed with its
seed; `check_compute.py PROBE --cases 1 --seed SEED` shows it alone."""
import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from datetime import datetime, timezone

import compute_oracle

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC", "Pacific/Chatham", "Africa/Casablanca"]
CURRENCIES = [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]


def canonical(value):
    return json.dumps(value, separators=(",", ":"))


class Zone:
    def __init__(self, name):
        self.name, self.zone = name, compute_oracle.ZoneInfo(name)

    def offset(self, at):
        return int(datetime.fromtimestamp(at, self.zone).utcoffset().total_seconds())

    def transitions(self, begin, end):
        """[(from, offset)]: looked for every six hours, then to the second"""
        found, at = [(begin, self.offset(begin))], begin
        while at < end:
            low, high = at, at + 21600
            if self.offset(low) != self.offset(high):
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if self.offset(middle) == self.offset(low) else (low, middle)
                found.append((high, self.offset(high)))
            at += 21600
        return found


class Case:
    def __init__(self, seed):
        self.r = random.Random(seed)
        r = self.r
        self.zone = Zone(r.choice(ZONES))
        self.begin = r.randrange(1704067200, 1830297600)
        self.lasts = r.choice([0, 1, 59, r.randrange(2, 300), r.randrange(60, 1500), r.randrange(60, 1500), r.randrange(1500, 9000)])
        if r.random() < 0.5:
            changes = self.zone.transitions(self.begin, self.begin + 86400 * 220)[1:]
            if changes:
                self.begin = changes[0][0] - r.randrange(self.lasts + 1)
        self.energy = r.choice([0, 1, r.randrange(1, 5000), r.randrange(1000, 60000000), r.randrange(1000, 60000000)])
        self.currency, self.exponent = r.choice(CURRENCIES)
        self.snapshot = self.make_snapshot()
        self.mode = r.choice(["Final", "Final", "Running"])
        self.usage = self.make_usage()
        self.at = (self.begin + self.lasts + r.randrange(-50, 400)) * 1000 + r.randrange(1000)

    def maybe(self, chance=0.5):
        return self.r.random() < chance

    # --- tariff ---

    def taxes(self):
        r = self.r
        count = r.choice([0, 1, 1, 1, 2, 3])
        taxes = []
        for n in range(count):
            tax = {"name": r.choice(["VAT", "State", "City"]), "ratePpm": r.choice([0, 52000, 70000, 100000, 190000, 200000, r.randrange(1000000)])}
            if self.maybe(0.4):
                tax["level"] = r.randrange(5)
            taxes.append(tax)
        return taxes

    def component(self, dimension, taxes):
        r = self.r
        unit = {"Energy": "Kwh", "Flat": "Once"}.get(dimension) or r.choice(["Hour", "Minute"])
        price = r.choice([0, 250000, 333333, r.randrange(1, 5000000), r.randrange(1, 50000000)])
        component = {"dimension": dimension, "unit": unit, "priceMicro": price}
        if dimension != "Flat" and self.maybe():
            component["step"] = r.choice([1, 60, 100, 300, 900, r.randrange(1, 5000)])
        chosen = r.choice(taxes)
        if chosen:
            component["taxes"] = chosen
        return component

    def minute_near(self):
        at = self.begin + self.r.randrange(-1000, self.lasts + 1000)
        return (at + self.zone.offset(at)) % 86400 // 60

    def span(self, restrictions, low, high, most):
        a, b = sorted([self.r.randrange(most + 1), self.r.randrange(most + 1)])
        if a == b:
            b += 1
        if self.maybe():
            restrictions[low] = a
        if self.maybe() or low not in restrictions:
            restrictions[high] = b

    def restrictions(self, reserved):
        r = self.r
        restrictions = {}
        kinds = ["time", "days", "dates", "duration", "kind", "brand"] + ([] if reserved else ["energy", "current", "power", "charging", "idle"])
        for kind in r.sample(kinds, r.choice([1, 1, 2])):
            if kind == "time":
                begin, end = self.minute_near(), r.choice([0, self.minute_near(), self.minute_near()])
                if self.maybe(0.8):
                    restrictions["startMinute"] = begin
                if (self.maybe(0.8) or "startMinute" not in restrictions) and (end or 1440) != begin:
                    restrictions["endMinute"] = end
            elif kind == "days":
                restrictions["days"] = r.randrange(1, 128)
            elif kind == "dates":
                day = self.begin // 86400
                restrictions["startDay"], restrictions["endDay"] = day + r.randrange(-1, 2), day + r.randrange(2, 3)
            elif kind == "energy":
                self.span(restrictions, "minEnergyMwh", "maxEnergyMwh", max(1, self.energy))
            elif kind == "current":
                self.span(restrictions, "minCurrentMa", "maxCurrentMa", 40000)
            elif kind == "power":
                self.span(restrictions, "minPowerMw", "maxPowerMw", min(10 ** 11, max(1, self.energy * 7200 // max(1, self.lasts))))
            elif kind == "duration":
                self.span(restrictions, "minDurationS", "maxDurationS", max(1, self.lasts))
            elif kind == "charging":
                self.span(restrictions, "minChargingS", "maxChargingS", max(1, self.lasts))
            elif kind == "idle":
                self.span(restrictions, "minIdleS", "maxIdleS", max(1, self.lasts // 2))
            elif kind == "kind":
                restrictions["evseKind"] = r.choice(["Ac", "Dc"])
            else:
                restrictions[r.choice(["paymentBrand", "paymentRecognition"])] = r.choice(["A", "B"])
        return restrictions

    def element(self, taxes, reserved, restricted):
        r = self.r
        restrictions = self.restrictions(reserved) if restricted else {}
        dimensions = ["Time", "Flat"] if reserved else ["Energy", "Time", "Idle", "Flat"]
        if any(restrictions.get(name, 0) > 0 for name in ("minEnergyMwh", "minDurationS", "minChargingS", "minIdleS")):
            dimensions.remove("Flat")
        if reserved:
            restrictions["reservation"] = reserved
        element = {"components": [self.component(d, taxes) for d in r.sample(dimensions, r.randrange(1, len(dimensions) + 1))]}
        if restrictions:
            element["restrictions"] = ordered(RESTRICTIONS, restrictions)
        return element

    def limit(self):
        r = self.r
        whole = r.choice([r.randrange(100000, 3000000), r.randrange(1, 30000000)])
        limit = {}
        if self.maybe(0.7):
            limit["netMicro"] = whole
        if self.maybe(0.7) or not limit:
            limit["grossMicro"] = whole + r.choice([0, whole // 10, r.randrange(1 + whole)])
        return limit

    def make_snapshot(self):
        r = self.r
        taxes = [self.taxes() for _ in range(r.choice([1, 1, 2, 3]))]
        elements = []
        for _ in range(r.choice([0, 0, 1, 2])):
            elements.append(self.element(taxes, r.choice(["Used", "Expired"]), True))
        for kind in ("Used", "Expired"):
            if self.maybe(0.3):
                elements.append(self.element(taxes, kind, False))
        for _ in range(r.choice([0, 1, 2, 3, 5])):
            elements.append(self.element(taxes, None, True))
        if self.maybe(0.7):
            elements.append(self.element(taxes, None, False))
        tariff = {"id": "T", "currency": self.currency, "dialect": r.choice(["Own", "Ocpi", "Ocpp21"])}
        if self.maybe(0.3):
            tariff["taxIncluded"] = self.maybe(0.8)
        if self.maybe(0.3):
            tariff["minPrice"] = self.limit()
        if self.maybe(0.4):
            tariff["maxPrice"] = self.limit()
            least, most = tariff.get("minPrice", {}), tariff["maxPrice"]
            if any(least.get(side, 0) > most.get(side, 1 << 60) for side in ("netMicro", "grossMicro")):
                del tariff["minPrice"]
        tariff["elements"] = elements
        tariff["bank"] = self.bank_tariff(taxes)
        begin = self.begin - 86400 * 40
        transitions = self.zone.transitions(begin, self.begin + 86400 * 40)
        return {"tariff": tariff, "exponent": self.exponent, "rounding": r.choice(["HalfUp", "HalfEven"]),
                "taxRounding": r.choice(["PerLine", "PerLine", "PerGroup"]), "zone": self.zone.name,
                "transitions": [{"from": compute_oracle.of_ms(at * 1000), "offsetS": offset} for at, offset in transitions],
                "policy": {"graceS": 86400, "reservationNoStartFee": self.maybe()}}

    def bank_tariff(self, taxes):
        r = self.r
        bank = {"depositMinor": 9900, "freeS": r.choice([0, 300, r.randrange(1000)]), "unitS": r.choice([60, 1800, 3600, r.randrange(30, 90000)]),
                "unitPriceMicro": r.choice([0, 1500000, r.randrange(1, 4000000)])}
        if self.maybe():
            bank["dailyCapMinor"] = r.randrange(0, 3000)
        bank["buyOutMinor"] = r.choice([0, 9900, r.randrange(20000)])
        for name in ("rentalTaxes", "purchaseTaxes"):
            chosen = r.choice(taxes)
            if chosen:
                bank[name] = chosen
        return bank

    # --- usage ---

    def time(self, at):
        return compute_oracle.of_ms(at * 1000 + self.r.randrange(1000))

    def events(self):
        r = self.r
        if self.maybe(0.1):
            return []
        moments = sorted(r.randrange(self.lasts + 1) for _ in range(r.choice([0, 1, 2, 3, 6])))
        kinds = ["Charging", "SuspendedEV", "SuspendedEV", "SuspendedEVSE", "Meter", "Meter"]
        events = [{"at": self.begin, "kind": "Start" if self.maybe(0.95) else r.choice(kinds)}]
        if self.maybe():
            events[0]["energyMwh"] = r.choice([0, 0, 12345])
        base = events[0].get("energyMwh", 0)
        for moment in moments:
            event = {"at": self.begin + moment, "kind": r.choice(kinds)}
            if self.maybe(0.7):
                event["energyMwh"] = base + self.energy * moment // max(1, self.lasts)
            events.append(event)
        if self.mode == "Final" or self.maybe(0.3):
            events.append({"at": self.begin + self.lasts, "kind": "Stop", "energyMwh": base + self.energy})
            if self.maybe(0.1):
                del events[-1]["energyMwh"]
        for event in events:
            if self.maybe(0.15):
                event["powerMw"] = r.randrange(-1000, 50000000)
            if self.maybe(0.3):
                event["currentMa"] = r.randrange(0, 40000)
            if self.maybe(0.03):
                event["at"] -= r.randrange(30)
            if self.maybe(0.03) and "energyMwh" in event:
                event["energyMwh"] = max(0, event["energyMwh"] - r.randrange(1 + self.energy))
        milliseconds = sorted(r.randrange(1000) for _ in events)
        for event, ms in zip(events, milliseconds):
            event["at"] = compute_oracle.of_ms(event["at"] * 1000 + ms)
        return [ordered(EVENT, event) for event in events]

    def bank(self, n):
        r = self.r
        tariff = self.snapshot["tariff"]["bank"]
        taken, whole = self.begin - r.randrange(1000), tariff["freeS"] + tariff["unitS"] * r.randrange(5)
        bank = {"rental": "R%d" % n, "takenAt": self.time(taken), "end": r.choice(["Returned", "Bought", "Open"])}
        if self.mode == "Final" and bank["end"] == "Open":
            bank["end"] = "Returned"
        if bank["end"] != "Open":
            bank["endedAt"] = self.time(taken + r.choice([0, r.randrange(4000), r.randrange(86400), r.randrange(864000), whole, whole + 1, 86400, -5]))
        if self.maybe(0.1):
            bank["pinnedAt"] = self.time(taken + r.randrange(-10, 90000))
        return bank

    def make_usage(self):
        r = self.r
        usage = {}
        for name, values in (("evseKind", ["Ac", "Dc"]), ("paymentBrand", ["A", "B"]), ("paymentRecognition", ["A", "B"])):
            if self.maybe():
                usage[name] = r.choice(values)
        if self.maybe(0.3):
            lasts = r.choice([0, r.randrange(1, 1000), r.randrange(1, 1000), -3])
            begin = self.begin - max(0, lasts)
            usage["reservation"] = {"from": self.time(begin), "to": self.time(begin + lasts), "kind": r.choice(["Used", "Used", "Expired"])}
        usage["events"] = self.events()
        usage["banks"] = [self.bank(n) for n in range(r.choice([0, 0, 0, 1, 2]))]
        usage["adjustments"] = []
        for _ in range(r.choice([0, 0, 0, 1])):
            adjustment = {"reason": "goodwill", "netMinor": r.randrange(-500, 500)}
            taxes = self.taxes()
            if taxes:
                adjustment["taxes"] = taxes
            usage["adjustments"].append(adjustment)
        return usage


RESTRICTIONS = """startMinute endMinute days startDay endDay minEnergyMwh maxEnergyMwh minCurrentMa maxCurrentMa minPowerMw maxPowerMw minDurationS
    maxDurationS minChargingS maxChargingS minIdleS maxIdleS evseKind paymentBrand paymentRecognition reservation""".split()
EVENT = "at kind energyMwh powerMw currentMa".split()


def ordered(names, members):
    return {name: members[name] for name in names if name in members}


def compare(case, answer):
    """what is wrong with the probe's answer; None: nothing"""
    if not answer.startswith("{"):
        return "refused: " + answer
    snapshot, usage, time = canonical(case.snapshot), canonical(case.usage), compute_oracle.of_ms(case.at)
    theirs = json.loads(answer)
    if theirs.pop("inputHash") != hashlib.sha256("\n".join([snapshot, usage, case.mode, time, ""]).encode()).hexdigest():
        return "another input hash"
    emptied = re.sub('"outputHash":"[0-9a-f]{64}"', '"outputHash":""', answer)
    if theirs.pop("outputHash") != hashlib.sha256(emptied.encode()).hexdigest():
        return "another output hash"
    ours = compute_oracle.bill(case.snapshot, case.usage, case.mode, case.at)
    if ours == theirs:
        return None
    for name in sorted(set(ours) | set(theirs)):
        if name != "lines" and ours.get(name) != theirs.get(name):
            return "%s: ours %s, theirs %s\nours   %s\ntheirs %s" % (name, ours.get(name), theirs.get(name), canonical(ours["lines"]), canonical(theirs["lines"]))
    for mine, other in zip(ours["lines"], theirs["lines"]):
        if mine != other:
            return "line:\nours   %s\ntheirs %s" % (canonical(mine), canonical(other))
    return "another number of lines"


def unreachable(case, answer):
    """whether an element was refused that could never apply: the generator does not look"""
    return re.fullmatch(r"refused ERR_VALUE /snapshot/tariff/elements/\d+", answer)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("--cases", type=int, default=int(os.environ.get("OCPP_SETTLE_CASES", "2000")))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        compute_oracle.ZoneInfo("Europe/Berlin")
    except Exception as missing:  # no time zones here
        print(missing)
        return 77
    probe = subprocess.Popen([options.probe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wrong = refused = 0
    for seed in range(options.seed, options.seed + options.cases):
        case = Case(seed)
        probe.stdin.write("%s\n%s\n%s %s\n" % (canonical(case.snapshot), canonical(case.usage), case.mode, compute_oracle.of_ms(case.at)))
        probe.stdin.flush()
        answer = probe.stdout.readline().rstrip("\n")
        if unreachable(case, answer):
            refused += 1
            continue
        problem = compare(case, answer)
        if problem:
            wrong += 1
            print("seed %d: %s\n" % (seed, problem))
        if wrong == 10:
            break
    probe.stdin.close()
    probe.wait()
    print("%d cases, %d refused as unreachable, %d wrong" % (seed + 1 - options.seed, refused, wrong))
    return 1 if wrong or refused * 4 > options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
