"""Who may not connect: an unknown station (404), a wrong or no password (401), no common subprotocol. In both directions, and whoever is
refused may not take the process with it."""

from contextlib import closing

from children import Failure
from peers import PeerCentral, PeerStation
from programs import CsmsCentral, SimStation

IDENTITY, PASSWORD = "PILE 7", "correct-horse-1"
STATION = [{"id": IDENTITY, "password": PASSWORD}]
RETRY_SECONDS = 20


def refused_by_csms(stranger, binaries, version, folder):
    """What ocpp-csms answers a stranger's station, and that the right station is served afterwards."""
    cases = [("an unknown station", 404, "NOBODY", PASSWORD, None), ("a wrong password", 401, IDENTITY, "wrong-password", None),
             ("no password", 401, IDENTITY, None, None), ("no common subprotocol", 400, IDENTITY, PASSWORD, ["ocpp1.2"])]
    with closing(CsmsCentral(binaries, folder, STATION)) as central:
        for name, status, identity, password, offer in cases:
            with closing(PeerStation(stranger, version, central.url, identity, folder, password, offer)) as station:
                event = station.peer.event(["refused", "connected"])
            if event["event"] != "refused" or event["status"] != status:
                raise Failure(f"{name}: {event}, not {status}")
        with closing(PeerStation(stranger, version, central.url, IDENTITY, folder, PASSWORD)) as station:
            station.boot()


def refused_by_stranger(stranger, binaries, version, folder):
    """ocpp-sim is refused, says so, and comes back by itself; it never sends a frame. Then it is let in, with its
    password, and takes the version it is offered."""
    cases = [("an unknown station", [{"id": "SOMEBODY"}], None), ("a wrong password", [{"id": IDENTITY, "password": "another-word"}], None),
             ("no common subprotocol", STATION, [version.other_protocol])]
    for name, stations, offer in cases:
        with closing(PeerCentral(stranger, version, stations, folder, offer)) as central, \
                closing(SimStation(binaries, version.name, central.url, IDENTITY, folder, PASSWORD)) as station:
            is_refused_twice(name, station, central)
    with closing(PeerCentral(stranger, version, STATION, folder)) as central, \
            closing(SimStation(binaries, "auto", central.url, IDENTITY, folder, PASSWORD)):
        central.traffic.accepted(central.traffic.expect("up", "BootNotification"), {"status": "Accepted"})


def is_refused_twice(name, station, central):
    first = central.peer.event(["asked"], RETRY_SECONDS, id=IDENTITY, password=PASSWORD)
    since = central.peer.events.index(first) + 1
    central.peer.event(["asked"], RETRY_SECONDS, since, id=IDENTITY, password=PASSWORD)
    station.lines.expect("next attempt", station.child, RETRY_SECONDS)
    if central.traffic.frames:
        raise Failure(f"{name}: ocpp-sim sent {central.traffic.frames[0].text}")
    if not station.child.is_alive():
        raise Failure(f"{name}: ocpp-sim ended; {station.child.last_words()}")
