"""The good story, between any station and any central system: boot, status, plug, authorize, start, meter values, remote stop, stop,
heartbeat, then a second charge started from the other side and stopped at the pile. Judged by what went over the wire."""

import datetime

from children import Failure
from traffic import WAIT_SECONDS

TAG, REMOTE_TAG = "INTEROP-7", "INTEROP-8"
CLOCK_CORRECTION = datetime.timedelta(seconds=WAIT_SECONDS)  # a clock is set by an answer that is as old as it may be late


def expect_all(traffic, since, expected):
    """Each of the |expected| (action, marks) has gone up after |since| and was accepted. Returns the calls."""
    calls = [traffic.expect("up", action, marks, since) for action, marks in expected]
    for call in calls:
        traffic.accepted(call)
    return calls


def step(traffic, act, *expected):
    since = traffic.mark()
    act()
    return expect_all(traffic, since, expected)


def order(traffic, action, tell):
    """The central system |tell|s the station, which accepts. Returns what went before it as a mark."""
    since = traffic.mark()
    tell()
    traffic.accepted(traffic.expect("down", action, {}, since), {"status": "Accepted"})
    return since


def boots(station, traffic, says):
    station.boot()
    boot = traffic.expect("up", "BootNotification")
    traffic.accepted(boot, {"status": "Accepted", "currentTime": ..., "interval": ...})
    expect_all(traffic, boot.number, [says.says_status("available")])


def charges_and_is_stopped_remotely(station, central, traffic, says):
    step(traffic, station.plug, says.says_status("plugged"))
    authorized, start = step(traffic, lambda: station.card(TAG), says.says_authorize(TAG), says.says_start(TAG))
    if authorized.number > start.number:
        raise Failure("the charge started before its token was authorized")
    transaction = says.transaction_id(start.payload, traffic.answer(start.id, start.number).payload)
    step(traffic, lambda: station.draw(1500), says.says_sample(transaction))
    since = order(traffic, says.remote_stop_action, lambda: central.stop(transaction))
    station.obey_stop(since)
    expect_all(traffic, since, [says.says_stop(transaction, "remote")])
    step(traffic, station.unplug, says.says_status("available"))
    return transaction


def charges_by_order(station, central, traffic, says):
    step(traffic, station.plug, says.says_status("plugged"))
    since = order(traffic, says.remote_start_action, lambda: central.start(REMOTE_TAG))
    station.obey_start(REMOTE_TAG, since)
    start, = expect_all(traffic, since, [says.says_start(REMOTE_TAG)])
    transaction = says.transaction_id(start.payload, traffic.answer(start.id, start.number).payload)
    station.draw(1000)
    step(traffic, lambda: station.stop("local", 2500), says.says_stop(transaction, "local"))
    step(traffic, station.unplug, says.says_status("available"))
    return transaction


def beats(station, traffic):
    beat, = step(traffic, station.beat, ("Heartbeat", {}))
    traffic.accepted(beat, {"currentTime": ...})


def is_in_order(traffic):
    """The events of each transaction of 2.0.1 are numbered from 0 on (E01.FR.07) and do not go back in time, but by what a heartbeat may
    correct a clock."""
    last = {}
    for frame in traffic.frames:
        if frame.direction != "up" or frame.action != "TransactionEvent":
            continue
        event = frame.payload
        transaction = event["transactionInfo"]["transactionId"]
        time = datetime.datetime.fromisoformat(event["timestamp"])
        number, before = last.get(transaction, (-1, time))
        if event["seqNo"] != number + 1 or time < before - CLOCK_CORRECTION:
            raise Failure(f"after event {number} of {before} came {frame.text}")
        last[transaction] = event["seqNo"], time


def play(station, central, traffic, says, beats_soon=True):
    """The whole story; returns the transactions in order. A station whose central system wants no quick heartbeat is not waited for."""
    boots(station, traffic, says)
    transactions = [charges_and_is_stopped_remotely(station, central, traffic, says),
                    charges_by_order(station, central, traffic, says)]
    if beats_soon:
        beats(station, traffic)
    is_in_order(traffic)
    return transactions
