#!/usr/bin/env python3
"""check_zones.py PROBE [all]: the offsets read from the system's time zone files, held to those Python's zoneinfo knows.

In spans of several years the offset is compared every twelve hours and on both sides of every change that was told. Without "all"
a sample of the zones is looked at. Exit 77: there are no zones on this machine.
"""
import bisect
import datetime
import os
import random
import subprocess
import sys
import zoneinfo

FOLDER = "/usr/share/zoneinfo"
ALWAYS = [
    "Europe/Berlin", "Europe/Dublin", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Nuuk", "Australia/Lord_Howe",
    "Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca", "Africa/Cairo", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu", "Etc/UTC",
    "Etc/GMT+12", "America/Caracas", "Asia/Pyongyang", "Antarctica/Troll", "EST5EDT", "Africa/Monrovia", "Europe/Amsterdam",
]  # fmt: skip
SPANS = [(1900, 1910), (1939, 1947), (1970, 1980), (1990, 1998), (2010, 2018), (2024, 2032), (2034, 2042), (2095, 2105), (2398, 2405)]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def second(year):
    return int((datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc) - EPOCH).total_seconds())


def offset(zone, at):
    return int((EPOCH + datetime.timedelta(seconds=at)).astimezone(zone).utcoffset().total_seconds())


def compare(name, first, last, line):
    """The offsets told in |line| are those of Python at many moments."""
    zone = zoneinfo.ZoneInfo(name)
    numbers = [int(n) for n in line.split()]
    starts, offsets = numbers[0::2], numbers[1::2]
    assert starts[0] == first and starts == sorted(set(starts)), (name, line)
    assert all(a != b for a, b in zip(offsets, offsets[1:])), (name, "nothing changes", line)
    moments = list(range(first, last, 43200)) + starts + [s - 1 for s in starts[1:]]
    for at in moments:
        told = offsets[bisect.bisect_right(starts, at) - 1]
        assert told == offset(zone, at), (name, at, told, offset(zone, at))
    return len(moments)


def main():
    probe, everything = sys.argv[1], sys.argv[2:] == ["all"]
    known = sorted(z for z in zoneinfo.available_timezones() if os.path.isfile(os.path.join(FOLDER, z)))
    if not known:
        sys.exit(77)
    zoneinfo.reset_tzpath(to=[FOLDER])
    zones = known if everything else sorted(set([z for z in ALWAYS if z in known] + random.Random(2026).sample(known, 40)))
    spans = [(second(a), second(b)) for a, b in SPANS]
    asked = [(zone, first, last) for zone in zones for first, last in spans]
    text = "".join(f"{zone} {first} {last}\n" for zone, first, last in asked)
    lines = subprocess.run([probe], input=text, capture_output=True, text=True, check=True, timeout=100).stdout.splitlines()
    assert len(lines) == len(asked)
    moments = sum(compare(*ask, line) for ask, line in zip(asked, lines))
    print(f"{len(zones)} zones, {moments} moments")


if __name__ == "__main__":
    main()
