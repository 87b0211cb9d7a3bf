"""The bad story, ours against a stranger in either role: frames that break a rule in both directions, and a link that survives them."""

import bad_frames
import charge
import deviations
from children import Failure
from programs import RestError
from traffic import CALL, ERROR


def check_answers_to_no_calls(traffic, since, ours):
    """To texts that are no call we answer with errors at most, and to answers nobody waits for not at all."""
    for frame in traffic.frames[since:]:
        if frame.direction != ours or frame.kind == CALL or frame.id in asked_for(traffic, ours):
            continue
        if frame.kind != ERROR or frame.id == "nobody-asked":
            raise Failure(f"to a text that is no call we said {frame.text}")


def asked_for(traffic, ours):
    return {frame.id for frame in traffic.frames if frame.kind == CALL and frame.direction != ours}


def survives_no_calls(peer, traffic, ours, prove):
    since = traffic.mark()
    bad_frames.send_no_calls(peer)
    prove()
    check_answers_to_no_calls(traffic, since, ours)


def is_not_sent(central, name, action, payload):
    """ocpp-csms itself refuses to send what the station's version does not allow."""
    try:
        outcome = central.call(action, payload, True)
    except RestError as refusal:
        if refusal.status == 400:
            return
        outcome = refusal
    raise Failure(f"{name}: POST call of {action} {payload} came to {outcome}")


def outcome_of(central, action, payload):
    try:
        outcome = central.call(action, payload, False)
    except RestError as problem:
        if problem.status != 504:
            raise
        return "no answer"
    return outcome["error"]["code"] if "error" in outcome else "a result"


def to_csms(station, central, version):
    """A stranger's station misbehaves towards ocpp-csms, then ocpp-csms, ordered to, towards the station."""
    traffic, says = station.traffic, version
    station.boot()
    bad_frames.play(bad_frames.TO_CENTRAL[version.name], says, station.peer, traffic, "up")
    survives_no_calls(station.peer, traffic, "down", lambda: charge.beats(station, traffic))
    clean = traffic.mark()
    rows = bad_frames.TO_STATION[version.name]
    for name, action, payload, _due in rows:
        is_not_sent(central, name, action, payload)
    known = deviations.KNOWN[station.peer.stranger.name, version.name, "station"]
    for name, action, payload, due in rows:
        came = outcome_of(central, action, payload)
        due = known.get(name, says.codes.get(due, due))
        if came != due:
            raise Failure(f"{name}: the station's {due} came through REST as {came}")
    charge.beats(station, traffic)
    return clean


def to_sim(station, central, version):
    """A stranger's central system misbehaves towards ocpp-sim, then ocpp-sim, ordered to, towards the central system."""
    traffic, says = central.traffic, version
    charge.boots(station, traffic, says)
    bad_frames.play(bad_frames.TO_STATION[version.name], says, central.peer, traffic, "down")
    survives_no_calls(central.peer, traffic, "up", lambda: charge.beats(station, traffic))
    clean = traffic.mark()
    known = deviations.KNOWN[central.peer.stranger.name, version.name, "central"]
    bad_frames.play(bad_frames.TO_CENTRAL[version.name], says, station, traffic, "up", known)
    charge.beats(station, traffic)
    return clean
