"""What the parts of bench.py share: servers that are started and stopped, the load on them, and rows of figures."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

FLOORS = ("floor, poll", "floor, libev")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cores():
    return sorted(os.sched_getaffinity(0))


def pinned(which, command):
    """On the first core, the last, or all."""
    have = cores()
    if len(have) < 2 or which == "all":
        return command
    return ["taskset", "-c", str(have[0] if which == "first" else have[-1]), *command]


def wait_for(port, process):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"bench.py: {process.args} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"bench.py: {process.args} does not listen")


def stop(process, who):
    """libwebsockets' own loop over libev does not come back for a signal, so the floor is killed."""
    process.send_signal(signal.SIGKILL if who.startswith("floor") else signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def bytes_written(pid):
    """What a process gave to its files, as the kernel counts it: whole pages."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("write_bytes"))
    return 0


class Bench:
    """|rows| are what was measured: dictionaries with "part", "what", "who" and figures."""

    def __init__(self, build, options):
        self.build, self.options = build, options
        self.failures, self.rows = [], []
        self.folder = tempfile.TemporaryDirectory(prefix="ocpp-bench-")
        self.certificate = self.key = None

    def make_certificate(self):
        self.certificate = os.path.join(self.folder.name, "certificate.pem")
        self.key = os.path.join(self.folder.name, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key,
                        "-out", self.certificate, "-days", "30", "-subj", "/CN=localhost"], check=True, capture_output=True)

    def command(self, who, port, extra):
        """|extra|: of "db", "tls", "deflate", "threads=N"."""
        threads = next((word.split("=")[1] for word in extra if word.startswith("threads=")), None)
        database = os.path.join(self.folder.name, f"{port}.db")
        if who.startswith("floor"):
            return [f"{self.build}/bench/bench_floor", str(port), "ev" if who.endswith("libev") else "poll",
                    *(["deflate"] if "deflate" in extra else []), *([self.certificate, self.key] if "tls" in extra else [])]
        if who.startswith("library"):
            return [f"{self.build}/bench/bench_central", "--port", str(port), *(["--db", database] if "db" in extra else []),
                    *(["--certificate", self.certificate, "--key", self.key] if "tls" in extra else []),
                    *(["--loop", "poll"] if who.endswith("poll") else []), *(["--threads", threads] if threads else [])]
        scheme = "wss://" if "tls" in extra else ""
        return [f"{self.build}/bin/ocpp-csms", "--listen", f"{scheme}127.0.0.1:{port}", "--accept-unknown", "--log", "none",
                *(["--db", database] if "db" in extra else []), *(["--threads", threads] if threads else []),
                *(["--tls-cert", self.certificate, "--tls-key", self.key] if "tls" in extra else [])]

    @contextlib.contextmanager
    def server(self, who, extra=(), core="first", heap=None):
        port = free_port()
        environment = dict(os.environ)
        if heap:
            environment |= {"LD_PRELOAD": os.path.abspath(f"{self.build}/bench/libheap_meter.so"), "OCPP_HEAP_METER": heap}
        process = subprocess.Popen(pinned(core, self.command(who, port, extra)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=environment)
        try:
            wait_for(port, process)
            yield process, port
        finally:
            stop(process, who)

    def load(self, who, arguments, extra=(), core="first", heap=False, load_core="last"):
        """One run; what the load client says of it, or None."""
        meter = os.path.join(self.folder.name, "heap") if heap else None
        if meter and os.path.exists(meter):
            os.unlink(meter)
        with self.server(who, extra, core, meter) as (process, port):
            before = bytes_written(process.pid)
            command = [f"{self.build}/bench/bench_load", "--port", str(port), "--pid", str(process.pid), *map(str, arguments),
                       *(["--tls"] if "tls" in extra else []), *(["--deflate"] if "deflate" in extra else []),
                       *(["--heap", meter] if meter else [])]
            done = subprocess.run(pinned(load_core, command), capture_output=True, text=True, timeout=900)
            written = bytes_written(process.pid) - before
        if done.returncode:
            self.failures.append(f"{who}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.stdout.strip()}")
        if not done.stdout:
            return None
        result = json.loads(done.stdout)
        return result | {"bytes_written_per_call": written / result["calls"] if result.get("calls") else 0}

    def measure(self, part, what, who_runs, figure, arguments, **how):
        """Runs each of |who_runs| (a name, or a name with what it is given) in turn, as often as there are trials; keeps the best of
        each by |figure|, and tells its ratio to the best floor. Ours and the floor's trials lie between one another."""
        named = [(who, ()) if isinstance(who, str) else who for who in who_runs]
        best = {}
        for _ in range(self.options.trials):
            for who, extra in named:
                result = self.load(who, arguments, tuple(how.get("extra", ())) + tuple(extra), **{k: v for k, v in how.items() if k != "extra"})
                key = (who, extra)
                if result and (key not in best or result[figure] < best[key][figure]):
                    best[key] = result
        floors = [result[figure] for (who, _), result in best.items() if who.startswith("floor")]
        rows = []
        for (who, extra), result in best.items():
            label = " ".join([who, *(word for word in extra)])
            row = {"part": part, "what": what, "who": label, "figure": figure, "value": result[figure]} | result
            if floors and min(floors) and not who.startswith("floor"):
                row["ratio"] = result[figure] / min(floors)
            rows.append(row)
        self.rows += rows
        return rows

    def demand(self, holds, sentence):
        """A gate: on counts only."""
        if not holds:
            self.failures.append(sentence)


def show(title, rows, columns):
    """|columns|: heading, key or function, format."""
    print(f"\n{title}")
    print("  " + f"{'':26}" + "".join(f"{heading:>16}" for heading, _, _ in columns))
    for row in rows:
        cells = []
        for _, key, form in columns:
            value = key(row) if callable(key) else row.get(key)
            cells.append(f"{format(value, form) if value is not None else '':>16}")
        print(f"  {row['who']:26}" + "".join(cells))
