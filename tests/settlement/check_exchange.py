#!/usr/bin/env python3
"""check_exchange.py PROBE: what the exchange of tariffs reads and writes, held to independent eyes.

Each OCPI example of the reference data is read as a plain reckoning in Python reads it. What is written for OCPP 2.1 satisfies the
official schema, and what is written for OCPI a check of the specification's rules. Exit 77: the references are not there.
"""
import datetime
import decimal
import glob
import json
import os
import subprocess
import sys

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared")
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exchange_examples")
DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
DIMENSIONS = {"ENERGY": ("Energy", "Kwh"), "TIME": ("Time", "Hour"), "PARKING_TIME": ("Idle", "Hour"), "FLAT": ("Flat", "Once")}


def load(path):
    with open(path, encoding="utf-8") as source:
        return json.load(source, parse_float=decimal.Decimal)


def dump(value):
    """One line, decimals as they were."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + dump(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(v) for v in value) + "]"
    return str(value) if isinstance(value, decimal.Decimal) else json.dumps(value)


def scaled(number, digits):
    result = decimal.Decimal(number).scaleb(digits)
    assert result == int(result), number
    return int(result)


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def time_text(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def expected_restrictions(theirs):
    ours = {}
    if "start_time" in theirs:
        ours["startMinute"] = minutes(theirs["start_time"])
    if "end_time" in theirs:
        ours["endMinute"] = minutes(theirs["end_time"]) or 1440
    if theirs.get("day_of_week"):
        ours["days"] = sum(1 << DAYS.index(day) for day in set(theirs["day_of_week"]))
    epoch = datetime.date(1970, 1, 1)
    for name, own in (("start_date", "startDay"), ("end_date", "endDay")):
        if name in theirs:
            ours[own] = (datetime.date.fromisoformat(theirs[name]) - epoch).days
    for name, own, digits in (("kwh", "EnergyMwh", 6), ("current", "CurrentMa", 3), ("power", "PowerMw", 6), ("duration", "DurationS", 0)):
        for bound in ("min", "max"):
            if f"{bound}_{name}" in theirs:
                ours[bound + own] = scaled(theirs[f"{bound}_{name}"], digits)
    if "reservation" in theirs:
        ours["reservation"] = {"RESERVATION": "Used", "RESERVATION_EXPIRES": "Expired"}[theirs["reservation"]]
    return ours


def expected_component(theirs):
    dimension, unit = DIMENSIONS[theirs["type"]]
    ours = {"dimension": dimension, "unit": unit, "priceMicro": scaled(theirs["price"], 6)}
    if dimension != "Flat":
        ours["step"] = theirs["step_size"]
    if "vat" in theirs:
        ours["taxes"] = [{"name": "VAT", "ratePpm": scaled(theirs["vat"], 4)}]
    return ours


def expected_limit(theirs):
    net = theirs.get("before_taxes", theirs.get("excl_vat"))
    gross = theirs.get("after_taxes", theirs.get("incl_vat"))
    ours = {"netMicro": scaled(net, 6)}
    if gross is not None:
        ours["grossMicro"] = scaled(gross, 6)
    return ours


def expected(theirs):
    ours = {"id": theirs["id"], "currency": theirs["currency"], "dialect": "Ocpi"}
    if theirs.get("tax_included") in ("YES", "NO"):
        ours["taxIncluded"] = theirs["tax_included"] == "YES"
    for name, own in (("start_date_time", "validFrom"), ("end_date_time", "validTo")):
        if name in theirs:
            ours[own] = time_text(theirs[name])
    for name, own in (("min_price", "minPrice"), ("max_price", "maxPrice")):
        if name in theirs:
            ours[own] = expected_limit(theirs[name])
    ours["elements"] = []
    for element in theirs["elements"]:
        own = {"components": [expected_component(c) for c in element["price_components"]]}
        restrictions = expected_restrictions(element.get("restrictions", {}))
        if restrictions:
            own["restrictions"] = restrictions
        ours["elements"].append(own)
    if theirs.get("tariff_alt_text"):
        ours["text"] = theirs["tariff_alt_text"][0]["text"]
    return ours


def run(probe, *arguments, text=""):
    done = subprocess.run([probe, *arguments], input=text, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done
    return done.stdout.splitlines()


def as_older(tariff):
    """The same as 2.2.1 tells it: a tariff of 2.3 that is net."""
    older = {k: v for k, v in tariff.items() if k != "tax_included"}
    for name in ("min_price", "max_price"):
        if name in older:
            older[name] = {{"before_taxes": "excl_vat", "after_taxes": "incl_vat"}[k]: v for k, v in older[name].items()}
    return older


def check_reading(probe, release, tariffs):
    lines = run(probe, "from-ocpi", release, text="".join(dump(t) + "\n" for t in tariffs))
    assert len(lines) == len(tariffs), (release, len(lines))
    for tariff, line in zip(tariffs, lines):
        assert not line.startswith("error"), (tariff["id"], line)
        found = json.loads(line)
        assert found == expected(tariff), (tariff["id"], found, expected(tariff))
    return len(tariffs)


def check_examples(probe, pattern):
    tariffs = []
    for path in sorted(glob.glob(pattern)):
        if "tariff_3_" not in path:  # its text contradicts itself
            tariffs.append(load(path))
    count = check_reading(probe, "2.3", [t for t in tariffs if "tax_included" in t])
    count += check_reading(probe, "2.2.1", [as_older(t) for t in tariffs if t.get("tax_included") != "YES"])
    return len(tariffs), count


def check_cdr_tariff(probe):
    """The tariff within the example of a CDR is one of 2.2.1."""
    return check_reading(probe, "2.2.1", load(os.path.join(SHARED, "money/ocpi/cdr_example.json"))["tariffs"])


def check_written_ocpi(probe, release):
    """The rules of mod_tariffs, on tariffs from seeds, read back as expected() reads them."""
    lines = run(probe, "to-ocpi", release, "0", "1000")
    tariffs = [json.loads(line, parse_float=decimal.Decimal) for line in lines]
    assert len(tariffs) > 100
    for tariff in tariffs:
        assert ("tax_included" in tariff) == (release == "2.3")
        assert len(tariff["id"]) <= 36 and tariff["elements"]
    return check_reading(probe, release, tariffs)


def check_written_v21(probe):
    import jsonschema

    with open(os.path.join(SHARED, "ocpp/schemas/2.1/SetDefaultTariffRequest.json"), encoding="utf-8-sig") as source:
        schema = json.load(source)
    validator = jsonschema.Draft6Validator(schema)
    lines = run(probe, "to-v21", "0", "500")
    assert len(lines) > 600
    for line in lines:
        validator.validate({"evseId": 0, "tariff": json.loads(line)})
    return len(lines)


def main():
    probe, with_v21 = sys.argv[1], sys.argv[2] == "v21"
    print("our own examples:", check_examples(probe, os.path.join(EXAMPLES, "*.json")))
    for release in ("2.3", "2.2.1"):
        print(release, "written and read:", check_written_ocpi(probe, release))
    if not os.path.isdir(os.path.join(SHARED, "money/ocpi")):
        sys.exit(77)
    print("the specification's:", check_examples(probe, os.path.join(SHARED, "money/ocpi/tariff*.json")), check_cdr_tariff(probe))
    if with_v21:
        try:
            print("by the schema of 2.1:", check_written_v21(probe))
        except ImportError:
            sys.exit(77)


if __name__ == "__main__":
    main()
