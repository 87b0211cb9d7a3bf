#!/usr/bin/env python3
"""What a call costs ocpp-csms beside the least server (bench_floor), one after the other in one run, under bench_load.

usage: server.py BUILD_DIRECTORY [--seconds N] [--trials N]

Each server is pinned to core 0 and the load to core 1 where there are two. The ratio is of CPU time per call, the best of the trials on either
side. Exit 1 only when a run had errors: times are no gate.
"""
import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core, command):
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > 1 else command


def wait_for(port, process):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"server.py: {process.args} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"server.py: {process.args} does not listen")


def stop(process):
    """libwebsockets' own loop over libev does not come back for a signal, so the floor may have to be killed."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Bench:
    def __init__(self, build, seconds, trials):
        self.build, self.seconds, self.trials = build, seconds, trials
        self.failed = False

    def start(self, kind):
        port = free_port()
        if kind == "csms":
            command = [f"{self.build}/bin/ocpp-csms", "--listen", f"127.0.0.1:{port}", "--accept-unknown", "--log", "none"]
        else:
            command = [f"{self.build}/bench/bench_floor", str(port)] + (["ev"] if kind == "floor, libev" else [])
        process = subprocess.Popen(pinned(0, command), stdout=subprocess.DEVNULL)
        wait_for(port, process)
        return process, port

    def load(self, kind, *arguments):
        process, port = self.start(kind)
        try:
            command = [f"{self.build}/bench/bench_load", "--port", str(port), "--pid", str(process.pid), *arguments]
            done = subprocess.run(pinned(1, command), capture_output=True, text=True, timeout=300)
            if done.returncode:
                print(f"{kind}: {done.stderr.strip() or done.stdout.strip()}")
                self.failed = True
            return json.loads(done.stdout) if done.stdout else None
        finally:
            stop(process)

    def best(self, kind, figure, *arguments):
        results = [result for result in (self.load(kind, *arguments) for _ in range(self.trials)) if result]
        return min(results, key=lambda result: result[figure]) if results else None

    def compare(self, title, figure, *arguments):
        print(title)
        floor = None
        for kind in ("floor, poll", "floor, libev", "csms"):
            result = self.best(kind, figure, *arguments)
            if not result:
                continue
            value = result[figure]
            floor = value if floor is None else min(floor, value)
            ratio = f"{value / floor:6.2f}" if kind == "csms" and floor else "      "
            idle = (result["server_kb"][1] - result["server_kb"][0]) / result["stations"]
            print(f"  {kind:14} {result.get('calls_per_s', 0):9.0f} calls/s {value:9.2f} {figure:20} ratio {ratio}"
                  f"  p99 {result.get('p99_ms', 0):7.2f} ms  {idle:6.1f} kB per connection")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", default="5")
    parser.add_argument("--trials", type=int, default=3)
    options = parser.parse_args()
    bench = Bench(options.build, options.seconds, options.trials)
    length = ("--seconds", options.seconds)
    bench.compare("200 stations, Heartbeat and a 580-byte MeterValues in turn, as fast as they are answered", "server_us_per_call", *length)
    bench.compare("2,000 stations, one call each per 5 s", "server_cpu_percent", *length, "--stations", "2000", "--think-ms", "5000")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
