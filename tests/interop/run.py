"""run.py STRANGER --bin DIR --work DIR: plays ocpp-csms and ocpp-sim against somebody else's stack (npm, python, go) in each version and
both roles (2.1: ocpp-csms alone); STRANGER "ours" plays them against each other. run.py --pair STATION CENTRAL --work DIR plays two strangers against each other:
it proves the stories, not us.

Exit 0: every case passed; 1: one failed, or with OCPP_INTEROP_REQUIRED the stranger cannot be installed; 77: it cannot, and nobody minds."""

import argparse
import json
import os
import shutil
import sys
import time
from contextlib import closing

import bad_story
import charge
import orders
import refusals
import toolchains
import vocabulary
from children import Failure
from peers import PeerCentral, PeerStation
from programs import CsmsCentral, SimStation

VERSIONS = ("1.6", "2.0.1")
PASSED, FAILED, SKIPPED = 0, 1, 77
IDENTITY, PASSWORD = "INTEROP-1", "interop-password"
STATIONS = [{"id": IDENTITY, "password": PASSWORD}]


class Bench:
    """What a case needs: the stranger, our programs, and a folder for its logs and the frames we sent."""

    def __init__(self, stranger, binaries, work):
        self.stranger, self.binaries, self.work = stranger, binaries, work
        self.folder = None

    def frames_path(self):
        return os.path.join(self.work, "frames", os.path.basename(self.folder) + ".jsonl")

    def keep_frames(self, traffic, version, ours, until=None):
        path = self.frames_path()
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            for record in traffic.records(version.name, ours, until):
                file.write(json.dumps(record) + "\n")


def no_complaints(peer):
    if peer.complaints:
        raise Failure(f"{peer.child.name} complains: {'; '.join(peer.complaints)}")


def listed(central, count):
    """The central system lists each charge once, started and stopped, with the energy the station told."""
    rows = central.transactions()
    good = [row for row in rows if not row["open"] and row.get("stopped") and row.get("energyWh", 0) > 0]
    if len(rows) != count or len(good) != count:
        raise Failure(f"GET /api/transactions lists {rows}, not {count} ended charges")


def charge_at_csms(bench, version):
    with closing(CsmsCentral(bench.binaries, bench.folder, STATIONS)) as central, \
            closing(PeerStation(bench.stranger, version, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        transactions = charge.play(station, central, station.traffic, version)
        listed(central, len(transactions))
        no_complaints(station.peer)
        bench.keep_frames(station.traffic, version, "down")


def charge_of_sim(bench, version):
    with closing(PeerCentral(bench.stranger, version, STATIONS, bench.folder)) as central, \
            closing(SimStation(bench.binaries, version.name, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        charge.play(station, central, central.traffic, version)
        no_complaints(central.peer)
        bench.keep_frames(central.traffic, version, "up")


def orders_to_sim(bench, version):
    with closing(PeerCentral(bench.stranger, version, STATIONS, bench.folder)) as central, \
            closing(SimStation(bench.binaries, version.name, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        orders.play(station, central, central.traffic, version)
        no_complaints(central.peer)
        bench.keep_frames(central.traffic, version, "up")


def bad_frames_at_csms(bench, version):
    with closing(CsmsCentral(bench.binaries, bench.folder, STATIONS)) as central, \
            closing(PeerStation(bench.stranger, version, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        clean = bad_story.to_csms(station, central, version)
        bench.keep_frames(station.traffic, version, "down", clean)


def bad_frames_at_sim(bench, version):
    with closing(PeerCentral(bench.stranger, version, STATIONS, bench.folder)) as central, \
            closing(SimStation(bench.binaries, version.name, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        clean = bad_story.to_sim(station, central, version)
        bench.keep_frames(central.traffic, version, "up", clean)


def refused_at_csms(bench, version):
    refusals.refused_by_csms(bench.stranger, bench.binaries, version, bench.folder)


def refused_sim(bench, version):
    refusals.refused_by_stranger(bench.stranger, bench.binaries, version, bench.folder)


def charge_of_ours(bench, version):
    """Nobody else judges this one live, so the frames of both sides are kept for frames.py."""
    with closing(CsmsCentral(bench.binaries, bench.folder, STATIONS)) as central, \
            closing(SimStation(bench.binaries, version.name, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
        transactions = charge.play(station, central, station.traffic, version, beats_soon=False)
        listed(central, len(transactions))
        same_log(central, station.traffic)
        bench.keep_frames(station.traffic, version, "up")
        bench.keep_frames(station.traffic, version, "down")


def same_log(central, traffic):
    """Both programs tell the same of the link."""
    told = [(frame.direction, frame.array) for frame in traffic.frames]
    logged = [({"in": "up", "out": "down"}[message["direction"]], message["frame"]) for message in central.messages()]
    for direction in ("up", "down"):
        ours = [frame for way, frame in told if way == direction]
        theirs = [frame for way, frame in logged if way == direction][:len(ours)]
        if ours != theirs:
            raise Failure(f"ocpp-csms logged {theirs} {direction}, ocpp-sim {ours}")


CASES = (charge_at_csms, charge_of_sim, orders_to_sim, bad_frames_at_csms, bad_frames_at_sim, refused_at_csms, refused_sim)

# 2.1: ocpp-csms speaks it, and one stranger does.
CASES_OF_2_1 = {"python": (charge_at_csms, bad_frames_at_csms, refused_at_csms)}


def cases_of(stranger):
    return [(case, version) for version in VERSIONS for case in CASES] + [(case, "2.1") for case in CASES_OF_2_1.get(stranger, ())]


def charge_of_strangers(station_of, central_of):
    def case(bench, version):
        with closing(PeerCentral(central_of, version, STATIONS, bench.folder)) as central, \
                closing(PeerStation(station_of, version, central.url, IDENTITY, bench.folder, PASSWORD)) as station:
            charge.play(station, central, central.traffic, version)
            no_complaints(station.peer)
            no_complaints(central.peer)
    case.__name__ = f"charge_of_{station_of.name}_at_{central_of.name}"
    return case


def run_case(bench, case, version, label):
    """One case in one version; its logs stay when it fails."""
    bench.folder = os.path.join(bench.work, "logs", f"{label}-{case.__name__}-{version}")
    shutil.rmtree(bench.folder, ignore_errors=True)
    os.makedirs(bench.folder)
    if os.path.exists(bench.frames_path()):
        os.remove(bench.frames_path())
    started = time.monotonic()
    try:
        case(bench, vocabulary.version_of(version))
    except Exception as failure:  # whatever it is, the next case is played
        print(f"FAILED {label} {version} {case.__name__}: {type(failure).__name__}: {failure}\n       logs: {bench.folder}", flush=True)
        return False
    print(f"ok     {label} {version} {case.__name__} {time.monotonic() - started:.1f} s", flush=True)
    return True


def in_each_version(case):
    return [(case, version) for version in VERSIONS]


def run_all(bench, cases, label, only):
    results = [run_case(bench, case, version, label) for case, version in cases if only in (None, case.__name__)]
    print(f"{label}: {results.count(True)} of {len(results)} passed")
    return PASSED if results and all(results) else FAILED


def unavailable(reason):
    required = bool(os.environ.get("OCPP_INTEROP_REQUIRED"))
    print(f"{'FAILED' if required else 'skip'}: {reason}")
    return FAILED if required else SKIPPED


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stranger", nargs="?", choices=("ours", *toolchains.STRANGERS))
    parser.add_argument("--pair", nargs=2, choices=toolchains.STRANGERS, metavar=("STATION", "CENTRAL"))
    parser.add_argument("--only", help="one case")
    parser.add_argument("--bin", help="where ocpp-csms and ocpp-sim are")
    parser.add_argument("--work", required=True, help="where the strangers are installed and logs are kept")
    chosen = parser.parse_args()
    chosen.work = os.path.abspath(chosen.work)
    if not chosen.pair and not (chosen.stranger and chosen.bin):
        parser.error("give a stranger and --bin, or --pair")
    if chosen.stranger == "ours":
        return run_all(Bench(None, chosen.bin, chosen.work), in_each_version(charge_of_ours), "ours", None)
    try:
        strangers = [toolchains.prepare(name, chosen.work) for name in chosen.pair or [chosen.stranger]]
    except toolchains.Unavailable as reason:
        return unavailable(reason)
    bench = Bench(strangers[0], chosen.bin, chosen.work)
    if chosen.pair:
        return run_all(bench, in_each_version(charge_of_strangers(*strangers)), "-".join(chosen.pair), None)
    return run_all(bench, cases_of(chosen.stranger), chosen.stranger, chosen.only)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"FAILED {failure}")
        sys.exit(FAILED)
