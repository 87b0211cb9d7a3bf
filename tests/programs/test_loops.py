#!/usr/bin/env python3
"""test_loops.py PROGRAM...: the loop examples of examples/minimal register with a central system of a few lines."""

import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import rawws  # noqa: E402


def serve(listener, identities):
    wire, line, _ = listener.handshake("ocpp1.6")
    identities.append(line.split(" ")[1].rsplit("/", 1)[1])
    try:
        while True:
            message = json.loads(wire.read_text())
            accepted = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 300}
            result = accepted if message[2] == "BootNotification" else {}
            wire.send(rawws.frame(rawws.TEXT, json.dumps([3, message[1], result])))
    except (rawws.Gone, OSError, AssertionError):
        wire.close()


def test_a_loop_carries_a_charge_point_to_its_registration(program):
    listener, identities = rawws.Listener(), []
    thread = threading.Thread(target=serve, args=(listener, identities), daemon=True)
    thread.start()
    done = subprocess.run([program, f"ws://127.0.0.1:{listener.port}/ocpp", "VISITOR"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    listener.close()
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == "registered, OCPP 1.6\n", done.stdout
    assert identities == ["VISITOR"], identities


def test_wrong_use_is_told_in_one_line(program):
    for arguments in ([], ["ws://127.0.0.1:1/o"], ["gopher://x", "V"]):
        done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        assert done.returncode == 2 and done.stderr.count(b"\n") == 1, (arguments, done)


if __name__ == "__main__":
    for path in sys.argv[1:]:
        test_a_loop_carries_a_charge_point_to_its_registration(path)
        test_wrong_use_is_told_in_one_line(path)
        print(f"ok {os.path.basename(path)}")
