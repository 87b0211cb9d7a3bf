#!/usr/bin/env python3
"""What the library and ocpp-csms cost beside the least server (bench_floor), measured in one run under bench_load.

usage: bench.py BUILD_DIRECTORY PART... [--seconds N] [--trials N] [--stations N] [--json FILE]

Parts: server durable fleet memory storm tls deflate threads. A server has one core, the load another, where there are two. What is
compared is CPU time, the best of the trials on either side, which lie between one another: other work on the machine makes it
larger, never smaller. Exit 1 when a run had errors or a count is beyond its bound; times are no gate.
"""
import argparse
import json
import sys

from servers import FLOORS, Bench, show

OURS = ("library", "ocpp-csms")
RATIO = ("ratio", "ratio", ".2f")
CALLS = ("calls/s", "calls_per_s", ".0f")
US = ("µs of CPU", "server_us_per_call", ".2f")
P99 = ("p99 ms", "p99_ms", ".2f")


def per_connection_kb(moment):
    return lambda row: (row["server_kb"][moment] - row["server_kb"][0]) / row["stations"]


def server(bench, options):
    """Saturated, then at 70 % of what the library could do."""
    rows = bench.measure("server", "200 stations, Heartbeat and MeterValues in turn", (*FLOORS, "library", "library, poll", "ocpp-csms"),
                         "server_us_per_call", ["--seconds", options.seconds])
    show("200 stations, Heartbeat and a 580-byte MeterValues in turn, as fast as they are answered", rows,
         [CALLS, US, RATIO, P99, ("kB each", per_connection_kb(2), ".1f")])
    most = next((row["calls_per_s"] for row in rows if row["who"] == "library"), 0)
    rate = int(most * 0.7)
    if rate:
        rows = bench.measure("server", "70 % load", ("floor, libev", *OURS), "p99_ms", ["--seconds", options.seconds, "--rate", rate])
        show(f"the same at {rate:,} calls/s, 70 % of the library's most", rows,
             [CALLS, ("p50 ms", "p50_ms", ".2f"), P99, ("max ms", "max_ms", ".2f"), ("% of a core", "server_cpu_percent", ".1f")])


def durable(bench, options):
    """Every MeterValues belongs to a transaction, and is recorded before it is answered."""
    who = (*FLOORS, "library", ("library", ("db",)), "ocpp-csms", ("ocpp-csms", ("db",)))
    rows = bench.measure("durable", "200 stations, MeterValues of transactions", who, "server_us_per_call",
                         ["--seconds", options.seconds, "--mix", "ht"])
    show("200 stations, Heartbeat and MeterValues of a transaction in turn; db: SQLite, synchronous, a commit per round", rows,
         [CALLS, US, RATIO, P99, ("bytes written", "bytes_written_per_call", ".0f")])


def fleet(bench, options):
    stations = options.stations
    rows = bench.measure("fleet", f"{stations} stations, a call each per 5 s", ("floor, libev", *OURS), "server_cpu_percent",
                         ["--seconds", max(10, int(options.seconds)), "--warm-up", 5, "--stations", stations, "--think-ms", 5000, "--at-once", 200])
    show(f"{stations:,} stations boot, stay, and make one call each per 5 s", rows,
         [("ready", "ready", "d"), ("% of a core", "server_cpu_percent", ".2f"), RATIO, P99, ("connect CPU s", "connect_cpu_s", ".2f"),
          ("kB each", per_connection_kb(2), ".1f")])


def memory(bench, options):
    """Counted by the allocator's side, so exact: bytes and blocks for each connection, idle and after calls, and what a call allocates."""
    rows = []
    sizes = (200, 2000, options.stations) if options.stations > 2000 else (200, options.stations)
    for stations in sizes:
        for who in ("floor, libev", "library", *(() if options.counts else ("ocpp-csms",))):
            think_ms = max(100, stations // 4)
            seconds = (1, 2) if options.counts else (3, 6)
            result = bench.load(who, ["--stations", stations, "--at-once", 200, "--warm-up", seconds[0], "--seconds", seconds[1], "--think-ms", think_ms],
                                heap=True)
            if not result:
                continue
            heap, blocks, allocations = result["heap_bytes"], result["heap_blocks"], result["heap_allocations"]
            rows.append({"part": "memory", "what": f"{stations} stations", "who": f"{who}, {stations:,}", "kind": who,
                         "idle_bytes": (heap[1] - heap[0]) / stations, "after_bytes": (heap[2] - heap[0]) / stations,
                         "blocks": (blocks[1] - blocks[0]) / stations,
                         "allocations_per_call": (allocations[2] - allocations[1]) / max(1, result["calls"])} | result)
    show("the heap, counted: bytes for each connection, idle and after calls", rows,
         [("idle", "idle_bytes", ".0f"), ("after calls", "after_bytes", ".0f"), ("blocks", "blocks", ".1f"),
          ("resident kB each", per_connection_kb(2), ".1f")])
    bench.rows += rows
    judge_memory(bench, rows, sizes)
    growth(bench, (1, 3) if options.counts else (2, 20))


def judge_memory(bench, rows, sizes):
    of = {(row["kind"], row["stations"]): row for row in rows}
    for stations in sizes:
        floor, ours = of.get(("floor, libev", stations)), of.get(("library", stations))
        if floor and ours:
            bench.demand(ours["idle_bytes"] <= floor["idle_bytes"] + 1536,
                         f"a connection of {stations} takes {ours['idle_bytes'] - floor['idle_bytes']:.0f} bytes more than the floor's")
    few, many = of.get(("library", sizes[0])), of.get(("library", sizes[-1]))
    if few and many: # what there is once is divided among more
        bench.demand(many["after_bytes"] <= few["after_bytes"] * 1.05, "connections get larger when there are more of them")


def growth(bench, lengths):
    """The same load for a while and for much longer: the heap is the same."""
    rows = []
    for extra in ((), ("db",)):
        for seconds in lengths:
            result = bench.load("library", ["--seconds", seconds, "--warm-up", 2, "--mix", "ht"], extra, heap=True)
            if result:
                rows.append({"part": "growth", "who": f"library {' '.join(extra)} {seconds} s", "bytes": result["heap_bytes"][2],
                             "blocks": result["heap_blocks"][2]} | result)
    show("the heap after few and after many calls", rows, [("calls", "calls", "d"), ("bytes", "bytes", "d"), ("blocks", "blocks", "d"),
                                                           ("resident kB", lambda row: row["server_kb"][2], "d")])
    bench.rows += rows
    for short, long in zip(rows[::2], rows[1::2]):
        spare = 1 << 20 if "db" in long["who"] else 64 * 1024 # SQLite fills its page cache, 2 MB, as the file grows
        bench.demand(long["bytes"] <= short["bytes"] + spare, f"{long['who']}: the heap grew by {long['bytes'] - short['bytes']} bytes")


def storm(bench, options):
    stations = 5000
    rows = bench.measure("storm", "5,000 reconnects in 10 s", ("floor, libev", *OURS), "server_cpu_s",
                         ["--seconds", 10, "--warm-up", 3, "--stations", stations, "--think-ms", 5000, "--storm", stations, "--at-once", 200])
    show(f"{stations:,} stations with a call each per 5 s, all of which fall off and come back within 10 s", rows,
         [("ready", "ready", "d"), ("back p99 ms", "coming_p99_ms", ".1f"), ("back max ms", "coming_max_ms", ".1f"), ("calls' p99 ms", "p99_ms", ".2f"),
          ("CPU s", "server_cpu_s", ".2f"), RATIO])
    for row in rows:
        bench.demand(row["ready"] == stations, f"{row['who']}: {stations - row['ready']} did not come back")


def tls(bench, options):
    bench.make_certificate()
    rows = bench.measure("tls", "1,000 stations connect", (*((who, ("tls",)) for who in ("floor, libev", *OURS)),), "connect_cpu_s",
                         ["--stations", 1000, "--idle", "--seconds", 1, "--at-once", 64])
    show("1,000 stations connect over TLS (ECDSA P-256, TLS 1.3, no resumption) and boot", rows,
         [("CPU ms each", lambda row: row["connect_cpu_s"], ".2f"), ("handshakes/CPU s", lambda row: 1000 / row["connect_cpu_s"], ".0f"), RATIO,
          ("kB each", per_connection_kb(2), ".1f")])
    who = ("floor, libev", "library", ("floor, libev", ("tls",)), ("library", ("tls",)), ("ocpp-csms", ("tls",)))
    rows = bench.measure("tls", "calls over TLS", who, "server_us_per_call", ["--seconds", options.seconds])
    over_tls = min((row["value"] for row in rows if row["who"].startswith("floor") and "tls" in row["who"]), default=0)
    for row in rows:
        if "tls" in row["who"] and "ratio" in row and over_tls:
            row["ratio"] = row["value"] / over_tls
    show("200 stations, Heartbeat and MeterValues, plain and over TLS (ratio: to the floor of the same kind)", rows, [CALLS, US, RATIO, P99])
    rows = []
    for who in ("floor, libev", "library"):
        for extra in ((), ("tls",)):
            result = bench.load(who, ["--stations", 1000, "--seconds", 5, "--think-ms", 500], extra, heap=True)
            if result:
                rows.append({"part": "tls", "what": "heap", "who": " ".join([who, *extra]),
                             "after_bytes": (result["heap_bytes"][2] - result["heap_bytes"][0]) / 1000} | result)
    show("bytes of the heap for each of 1,000 connections after calls", rows, [("bytes", "after_bytes", ".0f"), ("resident kB", per_connection_kb(2), ".1f")])
    bench.rows += rows


def deflate(bench, options):
    who = ("floor, libev", ("floor, libev", ("deflate",)), "library", ("library", ("deflate",)))
    rows = bench.measure("deflate", "calls packed", who, "server_us_per_call", ["--seconds", options.seconds])
    show("200 stations, Heartbeat and MeterValues, plain and with permessage-deflate (the floor's is libwebsockets' own)", rows, [CALLS, US, P99])
    rows = []
    for who, extra in (("floor, libev", ("deflate",)), ("library", ()), ("library", ("deflate",))):
        result = bench.load(who, ["--stations", 1000, "--seconds", 5, "--think-ms", 500], extra, heap=True)
        if result:
            rows.append({"part": "deflate", "what": "heap", "who": " ".join([who, *extra]),
                         "after_bytes": (result["heap_bytes"][2] - result["heap_bytes"][0]) / 1000} | result)
    show("bytes of the heap for each of 1,000 connections after calls", rows, [("bytes", "after_bytes", ".0f"), ("resident kB", per_connection_kb(2), ".1f")])
    bench.rows += rows
    packed, plain = (next((row for row in rows if row["who"] == who), None) for who in ("library deflate", "library"))
    if packed and plain:
        bench.demand(packed["after_bytes"] <= plain["after_bytes"] + 1024, "compression keeps memory for each connection")


def threads(bench, options):
    who = (("library", ("threads=1",)), ("library", ("threads=2",)))
    rows = bench.measure("threads", "all threads on one core", who, "server_us_per_call", ["--seconds", options.seconds])
    show("one core for 1 and for 2 service threads, the load on another: what dividing the stations costs", rows, [CALLS, US, P99])
    rows = bench.measure("threads", "all cores", who, "server_us_per_call", ["--seconds", options.seconds], core="all", load_core="all")
    show("all cores for 1 and for 2 service threads, shared with the load client", rows, [CALLS, US, P99])
    rows = bench.measure("threads", "all cores, durable", (("library", ("db", "threads=1")), ("library", ("db", "threads=2"))), "server_us_per_call",
                         ["--seconds", options.seconds, "--mix", "ht"], core="all", load_core="all")
    show("the same, every reading recorded in one SQLite file", rows, [CALLS, US, P99])


PARTS = {part.__name__: part for part in (server, durable, fleet, memory, storm, tls, deflate, threads)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.splitlines()[2].removeprefix("usage: "))
    parser.add_argument("build")
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--seconds", default="4")
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--stations", type=int, default=15000, help="of the fleet")
    parser.add_argument("--counts", action="store_true", help="memory: what a test has time for")
    parser.add_argument("--json", help="where all figures go")
    options = parser.parse_args()
    bench = Bench(options.build, options)
    for part in options.parts:
        PARTS[part](bench, options)
        sys.stdout.flush()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(bench.rows, file, indent=1)
    for failure in bench.failures:
        print(f"FAILED: {failure}")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
