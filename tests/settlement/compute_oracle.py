"""Bills, reckoned a second time: by the second, with fractions and the time zones of Python, after docs/tariffs.md and from nothing else.

bill(snapshot, usage, mode, at_ms) takes what the probe takes, as dictionaries, and returns a bill without hashes."""
from datetime import datetime, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY = 86400
DAYS = [1 << n for n in range(7)]


def to_ms(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def of_ms(ms):
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (ms % 1000)


def rounded(value, mode):
    if mode == "HalfEven":
        return round(value)
    down = abs(value).__floor__()
    up = down + (1 if abs(value) - down >= Fraction(1, 2) else 0)
    return up if value >= 0 else -up


def shares(amount, weights):
    """|amount| over |weights|: cut, and what is missing to the largest remainders."""
    whole = sum(weights)
    exact = [abs(amount) * Fraction(weight) / whole for weight in weights]
    cut = [part.__floor__() for part in exact]
    order = sorted(range(len(weights)), key=lambda n: (cut[n] - exact[n], n))
    for n in order[:abs(amount) - sum(cut)]:
        cut[n] += 1
    return [part if amount >= 0 else -part for part in cut]


def written(value):
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if below != 1:
        text = "%d/%d" % (value.numerator, value.denominator)
    else:
        behind = 0
        while (value * 10 ** behind).denominator != 1:
            behind += 1
        digits = "%0*d" % (behind + 1, abs(value.numerator) * 10 ** behind // value.denominator)
        text = ("-" if value < 0 else "") + (digits[:-behind] + "." + digits[-behind:] if behind else digits)
    return text if len(text) <= 200 else None


class Taxes:
    """A list of taxes and all lines that have it."""

    def __init__(self, taxes, included):
        self.taxes, self.included = taxes, included
        self.parts, gross = [Fraction(0)] * len(taxes), Fraction(1)
        for level in range(5):
            base = gross
            for n, tax in enumerate(taxes):
                if tax.get("level", 0) == level:
                    self.parts[n] = base * Fraction(tax["ratePpm"], 1000000)
                    gross += self.parts[n]
        self.factor = gross
        self.basis = 0
        self.net, self.gross, self.net_minor, self.gross_minor = Fraction(0), Fraction(0), 0, 0

    def split(self, tax):
        if not self.taxes:
            return []
        if sum(self.parts) == 0:
            return [tax] + [0] * (len(self.taxes) - 1)
        return shares(tax, self.parts)

    def of(self, basis, mode, included=None):
        """net, gross and each tax of a rounded basis"""
        if self.included if included is None else included:
            net = rounded(basis / self.factor, mode)
            return net, basis, self.split(basis - net)
        taxes = [rounded(basis * part, mode) for part in self.parts]
        return basis, basis + sum(taxes), taxes


class Session:
    """What happened, by the second."""

    def __init__(self, snapshot, usage, mode, at_ms):
        self.snapshot, self.usage, self.mode, self.at = snapshot, usage, mode, at_ms // 1000
        self.tariff = snapshot["tariff"]
        self.zone = ZoneInfo(snapshot["zone"])
        self.anomalies = set()
        self.used = {}      # (kind, element, component) -> [first, last, quantity]
        self.seconds = []   # [(first, last, [(key, quantity)])], in order, for freezing
        self.last = {}      # which price was the last of energy, of time, of a reservation

    # --- prices ---

    def holds(self, restrictions, now):
        r = restrictions
        if "local" not in now:
            now["local"] = datetime.fromtimestamp(now["at"], self.zone)
        local = now["local"]
        minute = local.hour * 60 + local.minute
        begin, end = r.get("startMinute", 0), r.get("endMinute", 1440) or 1440
        if not (begin <= minute < end if begin < end else minute >= begin or minute < end):
            return False
        if "days" in r and not r["days"] & DAYS[local.weekday()]:
            return False
        day = local.toordinal() - 719163
        for low, high, value in (("startDay", "endDay", day), ("minEnergyMwh", "maxEnergyMwh", now["energy"]),
                                 ("minCurrentMa", "maxCurrentMa", now["current"]), ("minPowerMw", "maxPowerMw", now["power"]),
                                 ("minDurationS", "maxDurationS", now["at"] - now["begun"]),
                                 ("minChargingS", "maxChargingS", now["charging"]), ("minIdleS", "maxIdleS", now["idle"])):
            if (low in r or high in r) and (value is None or value < r.get(low, value) or (high in r and value >= r[high])):
                return False
        return all(name not in r or r[name] == self.usage.get(name) for name in ("evseKind", "paymentBrand", "paymentRecognition"))

    def price(self, dimension, now, kind=None):
        for e, element in enumerate(self.tariff["elements"]):
            restrictions = element.get("restrictions", {})
            for c, component in enumerate(element["components"]):
                if component["dimension"] == dimension and restrictions.get("reservation") == kind and self.holds(restrictions, now):
                    return e, c
        return None

    def use(self, first, last, parts):
        """a price that is missing is told of energy only; less than a unit of energy may flow in a second"""
        parts = [(key, quantity) for key, quantity in parts if key[1] is not None or key[0] == "Energy"]
        if not parts:
            return
        self.seconds.append((first, last, parts))
        for key, quantity in parts:
            entry = self.used.setdefault(key, [first, last, 0])
            entry[1] = last
            entry[2] += quantity
            if key[1] is not None and self.component(key)["dimension"] != "Flat":
                self.last["Time" if key[0] == "Idle" else key[0]] = key

    def component(self, key):
        return self.tariff["elements"][key[1]]["components"][key[2]]

    # --- reservation ---

    def reserve(self):
        reservation = self.usage["reservation"]
        begin, end = to_ms(reservation["from"]) // 1000, to_ms(reservation["to"]) // 1000
        if to_ms(reservation["to"]) < to_ms(reservation["from"]):
            self.anomalies.add("TimeFell")
        if self.mode == "Running":
            end = min(end, self.at)
        kinds = ["Expired", "Used"] if reservation["kind"] == "Expired" else ["Used"]
        if self.mode == "Final" and not self.usage["events"] and reservation["kind"] == "Used":
            kinds = ["Expired", "Used"] if self.snapshot["policy"]["reservationNoStartFee"] else []
        for at in [begin] + list(range(begin, end)):
            now = {"at": at, "begun": begin, "energy": 0, "current": None, "power": 0, "charging": 0, "idle": 0}
            flat = not self.seconds_of_reservation
            self.seconds_of_reservation = True
            found = None
            for kind in kinds:
                found = found or self.price("Flat" if flat else "Time", now, kind)
            if found:
                self.use(at, at if flat else at + 1, [(("Reservation",) + found, 1)])

    # --- session ---

    def charge(self):
        events, facts, latest, base, high = self.usage["events"], [], None, None, 0
        for n, event in enumerate(events):
            at = to_ms(event["at"])
            if latest is not None and at < latest:
                self.anomalies.add("TimeFell")
            latest = at if latest is None else max(at, latest)
            energy = event.get("energyMwh")
            if n == 0:
                base, energy = energy or 0, energy or 0
            if energy is not None:
                if energy - base < high:
                    self.anomalies.add("EnergyFell")
                high = max(high, energy - base)
                energy = high
            facts.append((latest // 1000, energy, event))
        if events[0]["kind"] != "Start":
            self.anomalies.add("NoStart")
        if self.mode == "Final" and "energyMwh" not in events[-1]:
            self.anomalies.add("NoReading")
        end = facts[-1][0] if events[-1]["kind"] == "Stop" else max(facts[-1][0], self.at)
        self.run(facts, end)

    def run(self, facts, end):
        begun = facts[0][0]
        state, current, sampled, charging, idle, read = "Charging", None, None, 0, 0, None

        def now(at, energy, power):
            return {"at": at, "begun": begun, "energy": energy, "current": current, "charging": charging, "idle": idle,
                    "power": sampled if sampled is not None else power}

        for n, (at, energy, event) in enumerate(facts):
            if energy is not None:
                if read is not None and facts[read][0] == at and energy > facts[read][1]:
                    jump = energy - facts[read][1]
                    found = self.price("Energy", now(at, facts[read][1], Fraction(jump * 3600)))
                    self.use(at, at, [(("Energy",) + (found or (None, None)), jump)])
                read = n
            if event["kind"] in ("Start", "Charging", "SuspendedEV", "SuspendedEVSE"):
                state = "Charging" if event["kind"] == "Start" else event["kind"]
            if event["kind"].startswith("Suspended"):
                current = 0
            current = event.get("currentMa", current)
            sampled = event.get("powerMw")
            following = next((m for m in range(read + 1, len(facts)) if facts[m][1] is not None), None)
            t0, e0 = facts[read][0], facts[read][1]
            t1, e1 = (facts[following][0], facts[following][1]) if following is not None else (None, e0)
            power = Fraction((e1 - e0) * 3600, max(1, t1 - t0)) if following is not None else 0

            def energy_at(second):
                return e0 + (e1 - e0) * (second - t0) // (t1 - t0) if following is not None and t1 > t0 else e0

            if n == 0:
                found = self.price("Flat", now(at, 0, power))
                if found:
                    self.use(at, at, [(("Flat",) + found, 1)])
            for second in range(at, facts[n + 1][0] if n + 1 < len(facts) else end):
                moment = now(second, energy_at(second), power)
                found = self.price("Energy", moment)
                parts = [(("Energy",) + (found or (None, None)), energy_at(second + 1) - energy_at(second))] if e1 > e0 else []
                dimension = {"Charging": "Time", "SuspendedEV": "Idle"}.get(state)
                if dimension:
                    parts.append(((dimension,) + (self.price(dimension, moment) or (None, None)), 1))
                self.use(second, second + 1, parts)
                charging += dimension == "Time"
                idle += dimension == "Idle"

    def walk(self):
        self.seconds_of_reservation = False
        if "reservation" in self.usage:
            self.reserve()
        if self.usage["events"]:
            self.charge()


class Bill:
    UNITS = {"Kwh": 1000000, "Hour": 3600, "Minute": 60, "Once": 1}

    def __init__(self, snapshot, usage, mode, at_ms):
        self.session = Session(snapshot, usage, mode, at_ms)
        self.snapshot, self.usage, self.mode, self.at_ms = snapshot, usage, mode, at_ms
        self.tariff = snapshot["tariff"]
        self.round = snapshot["rounding"]
        self.scale = 10 ** snapshot["exponent"]
        self.included = self.tariff.get("taxIncluded", False)
        self.groups, self.lines = [], []

    def group(self, taxes, included):
        wanted = [(tax["name"], tax["ratePpm"], tax.get("level", 0)) for tax in taxes]
        for group in self.groups:
            if group.included == included and wanted == [(t["name"], t["ratePpm"], t.get("level", 0)) for t in group.taxes]:
                return group
        self.groups.append(Taxes(taxes, included))
        return self.groups[-1]

    def line(self, group, net, gross, taxes, exact_net, exact_gross, **members):
        line = dict(members)
        line.setdefault("measured", 1)
        line.setdefault("billed", 1)
        line.setdefault("unit", "Once")
        line.setdefault("priceMicro", 0)
        line.update(netMinor=net, taxMinor=gross - net, grossMinor=gross, exactNet=exact_net, exactGross=exact_gross)
        if group.taxes:
            line["taxes"] = [dict(name=tax["name"], ratePpm=tax["ratePpm"], taxMinor=amount, **({"level": tax["level"]} if "level" in tax else {}))
                             for tax, amount in zip(group.taxes, taxes)]
        self.lines.append(line)

    def add(self, group, basis, minor, limited, **members):
        net, gross = (basis / group.factor, basis) if group.included else (basis, basis * group.factor)
        group.basis += minor
        group.has_lines = True
        taxes = [0] * len(group.taxes)
        net_minor = gross_minor = minor
        if self.snapshot["taxRounding"] == "PerLine":
            net_minor, gross_minor, taxes = group.of(minor, self.round)
        if limited:
            group.net += net
            group.gross += gross
            group.net_minor += net_minor
            group.gross_minor += gross_minor
        self.line(group, net_minor, gross_minor, taxes, net, gross, **members)

    # --- session and reservation ---

    def billed(self):
        """what steps make of what was measured"""
        quantities = {key: entry[2] for key, entry in self.session.used.items()}
        for key in self.session.last.values():
            component = self.session.component(key)
            if "step" in component:
                step = component["step"] * (1000 if key[0] == "Energy" else 1)
                total = sum(entry[2] for other, entry in self.session.used.items() if other[0] == key[0] and other[1] is not None and
                            self.session.component(other)["dimension"] == component["dimension"])
                quantities[key] += -total % step
        return quantities

    def amount(self, key, quantity):
        if key[1] is None:
            return Fraction(0)
        component = self.session.component(key)
        return Fraction(component["priceMicro"] * quantity, 1000000 * self.UNITS[component["unit"]])

    def taxes_of(self, key):
        return [] if key[1] is None else self.session.component(key).get("taxes", [])

    def price_usage(self):
        quantities = self.billed()
        for key, (first, last, measured) in self.session.used.items():
            basis = self.amount(key, quantities[key])
            members = dict(kind=key[0], measured=measured, billed=quantities[key], unit="Kwh")
            members["from"], members["to"] = of_ms(first * 1000), of_ms(last * 1000)
            if key[1] is not None:
                component = self.session.component(key)
                members.update(element=key[1], unit=component["unit"], priceMicro=component["priceMicro"])
            self.add(self.group(self.taxes_of(key), self.included), basis, rounded(basis * self.scale, self.round), True, **members)
        self.extras = [(key, quantities[key] - entry[2]) for key, entry in self.session.used.items() if quantities[key] > entry[2]]

    # --- limits ---

    def cost(self, parts):
        """[(group, net, gross)] of a second"""
        result = []
        for key, quantity in parts:
            group, basis = self.group(self.taxes_of(key), self.included), self.amount(key, quantity)
            result.append((group, basis / group.factor, basis) if group.included else (group, basis, basis * group.factor))
        return result

    def frozen(self, net_limit, gross_limit):
        """{group: (net, gross)} when a limit was reached, None if none was"""
        so_far = {id(group): [Fraction(0), Fraction(0)] for group in self.groups}
        net = gross = Fraction(0)
        for parts in [parts for _, _, parts in self.session.seconds] + [[extra] for extra in self.extras]:
            costs = self.cost(parts)
            more_net, more_gross = sum(c[1] for c in costs), sum(c[2] for c in costs)
            hit = (net_limit is not None and net + more_net >= net_limit) or (gross_limit is not None and gross + more_gross >= gross_limit)
            part = Fraction(1)
            if hit and net_limit is not None and more_net:
                part = min(part, (net_limit - net) / more_net)
            if hit and gross_limit is not None and more_gross:
                part = min(part, (gross_limit - gross) / more_gross)
            for group, n, g in costs:
                so_far[id(group)][0] += n * part
                so_far[id(group)][1] += g * part
            if hit:
                return so_far
            net, gross = net + more_net, gross + more_gross
        return None

    def heir(self):
        for element in self.tariff["elements"]:
            if "reservation" not in element.get("restrictions", {}):
                return self.group(element["components"][0].get("taxes", []), self.included)
        return self.group([], self.included)

    def cut(self, exact, minor):
        """{group: (net, gross)} for goals (net, gross), a None follows; exact ones and rounded ones"""
        heir = self.heir()
        result = {id(group): [Fraction(0), Fraction(0), 0, 0] for group in self.groups}
        if exact:
            for side, (goal, name) in enumerate(zip(exact, ("net", "gross"))):
                if goal is not None:
                    whole = sum(getattr(group, name) for group in self.groups)
                    for group in self.groups:
                        result[id(group)][side] = ((goal - whole) * getattr(group, name) / whole if whole else
                                                   goal - whole if group is heir else Fraction(0))
            for group in self.groups:
                cut = result[id(group)]
                if exact[1] is None:
                    cut[1] = cut[0] * group.factor
                elif exact[0] is None:
                    cut[0] = cut[1] / group.factor
        if minor:
            for side, (goal, name) in enumerate(zip(minor, ("net_minor", "gross_minor"))):
                if goal is not None:
                    weights = [getattr(group, name) for group in self.groups]
                    if not sum(weights):
                        weights = [int(group is heir) for group in self.groups]
                    whole = sum(getattr(group, name) for group in self.groups)
                    for group, share in zip(self.groups, shares(goal - whole, weights)):
                        result[id(group)][2 + side] = share
            for group in self.groups:
                cut = result[id(group)]
                if minor[1] is None and cut[2]:
                    cut[3] = group.of(group.net_minor + cut[2], self.round, False)[1] - group.gross_minor
                elif minor[0] is None and cut[3]:
                    cut[2] = group.of(group.gross_minor + cut[3], self.round, True)[0] - group.net_minor
        return result

    def limit(self, name, kind):
        limit = self.tariff[name]
        goals = [Fraction(limit[side], 1000000) if side in limit else None for side in ("netMicro", "grossMicro")]
        minor_goals = [None if goal is None else rounded(goal * self.scale, self.round) for goal in goals]
        totals = [sum(g.net for g in self.groups), sum(g.gross for g in self.groups)]
        minor_totals = [sum(g.net_minor for g in self.groups), sum(g.gross_minor for g in self.groups)]
        high = kind == "Cap"
        ocpp = self.tariff["dialect"] == "Ocpp21"

        def missed(total, goal):
            return goal is not None and (total > goal if high else total < goal)

        exactly = [missed(t, g) for t, g in zip(totals, goals)]
        minor = [missed(t, g) for t, g in zip(minor_totals, minor_goals)]
        if not any(exactly + minor):
            return False
        if high and ocpp and any(exactly):
            frozen = self.frozen(*goals)
            cuts = {id(g): [frozen[id(g)][0] - g.net, frozen[id(g)][1] - g.gross, 0, 0] for g in self.groups}
            for side, name in enumerate(("net_minor", "gross_minor")):
                whole = sum(value[side] for value in frozen.values())
                parts = [0] * len(self.groups)
                if whole:
                    parts = shares(rounded(whole * self.scale, self.round), [frozen[id(g)][side] for g in self.groups])
                for group, part in zip(self.groups, parts):
                    cuts[id(group)][2 + side] = part - getattr(group, name)
        else:
            if not (ocpp and not high):
                goals = [None if g is None else g if m else t for t, g, m in zip(totals, goals, exactly)]
                minor_goals = [None if g is None else g if m else t for t, g, m in zip(minor_totals, minor_goals, minor)]
            cuts = self.cut(goals if any(exactly) else None, minor_goals if any(minor) else None)
        for group in self.groups:
            net, gross, net_minor, gross_minor = cuts.get(id(group), (0, 0, 0, 0))
            if net or gross or net_minor or gross_minor:
                self.line(group, net_minor, gross_minor, group.split(gross_minor - net_minor), Fraction(net), Fraction(gross), kind=kind)
        return True

    def limits(self):
        if self.snapshot["taxRounding"] == "PerGroup":
            for group in self.groups:
                group.net_minor, group.gross_minor, _ = group.of(group.net_minor, self.round)
        capped = "maxPrice" in self.tariff and self.limit("maxPrice", "Cap")
        if not capped and "minPrice" in self.tariff and self.usage["events"]:
            self.limit("minPrice", "Minimum")

    # --- power banks ---

    def accrued(self, bank, lasted):
        per_day, units = {}, 0
        begin = bank["freeS"]
        while begin < lasted:
            per_day[begin // DAY] = per_day.get(begin // DAY, 0) + Fraction(bank["unitPriceMicro"], 1000000)
            units += 1
            begin += bank["unitS"]
        cap = Fraction(bank["dailyCapMinor"], self.scale) if "dailyCapMinor" in bank else None
        total = sum(day if cap is None else min(day, cap) for day in per_day.values())
        return min(Fraction(total), Fraction(bank["buyOutMinor"], self.scale)), units

    def bank(self, usage):
        bank = self.tariff["bank"]
        taken = to_ms(usage["takenAt"]) // 1000
        end = to_ms(usage["endedAt"]) // 1000 if "endedAt" in usage else self.at_ms // 1000
        if "pinnedAt" in usage and to_ms(usage["pinnedAt"]) // 1000 < end:
            end = to_ms(usage["pinnedAt"]) // 1000
            self.session.anomalies.add("ClockPinned")
        if end < taken:
            if "endedAt" in usage or "pinnedAt" in usage:
                self.session.anomalies.add("TimeFell")
            end = taken
        accrued, units = self.accrued(bank, end - taken)
        minor = rounded(accrued * self.scale, self.round)
        self.add(self.group(bank.get("rentalTaxes", []), self.included), accrued, minor, False, kind="PowerBankRental", rental=usage["rental"],
                 unit="Unit", priceMicro=bank["unitPriceMicro"], measured=end - taken, billed=units * bank["unitS"],
                 **{"from": of_ms(taken * 1000), "to": of_ms(end * 1000)})
        if usage["end"] == "Bought":
            self.add(self.group(bank.get("purchaseTaxes", []), self.included), Fraction(bank["buyOutMinor"], self.scale) - accrued,
                     bank["buyOutMinor"] - minor, False, kind="PowerBankPurchase", rental=usage["rental"],
                     **{"from": of_ms(end * 1000), "to": of_ms(end * 1000)})

    # --- all ---

    def make(self):
        self.session.walk()
        self.price_usage()
        self.limits()
        for usage in self.usage["banks"]:
            self.bank(usage)
        for adjustment in self.usage["adjustments"]:
            self.add(self.group(adjustment.get("taxes", []), False), Fraction(adjustment["netMinor"], self.scale), adjustment["netMinor"],
                     False, kind="Adjustment", reason=adjustment["reason"])
        exact = [sum(line[side] for line in self.lines) for side in ("exactNet", "exactGross")]
        if self.snapshot["taxRounding"] == "PerGroup":
            for group in self.groups:
                if getattr(group, "has_lines", False) and group.taxes:
                    net, gross, taxes = group.of(group.basis, self.round)
                    self.line(group, net - group.basis, gross - group.basis, taxes, Fraction(0), Fraction(0), kind="Tax")
        return self.shown(*exact)

    def shown(self, net, gross):
        for line in self.lines:
            for side in ("exactNet", "exactGross"):
                line[side] = written(line[side])
                if line[side] is None:
                    del line[side]
        bill = dict(mode=self.mode, at=of_ms(self.at_ms), currency=self.tariff["currency"], exponent=self.snapshot["exponent"], lines=self.lines,
                    netMinor=sum(l["netMinor"] for l in self.lines), taxMinor=sum(l["taxMinor"] for l in self.lines),
                    grossMinor=sum(l["grossMinor"] for l in self.lines), exactNet=written(Fraction(net)), exactGross=written(Fraction(gross)),
                    anomalies=sorted(self.session.anomalies, key=["EnergyFell", "TimeFell", "NoStart", "NoReading", "NoZone", "ClockPinned"].index))
        return {name: value for name, value in bill.items() if value is not None}


def bill(snapshot, usage, mode, at_ms):
    return Bill(snapshot, usage, mode, at_ms).make()
