"""story.py --bin DIR --data DIR --story DIR [--port N] [--once]: what scripts/demo shows. It starts ocpp-csms with its store in the data folder, and
lets two simulated piles and a phone play the story in OCPP 1.6 and again in 2.0.1. Whatever they say to people (lines of the story's files that begin
with `say "> `) is printed as it happens. At each step of the phone the books are read. In the end it judges what the central system lists, and prints it."""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

# What the programs of a visit are told beforehand: the names in the files of the story.
VISITS = [
    {"version": "1.6", "here": "YARD-16", "there": "STATION-16", "driver": "ALICE", "longitude": "13.405"},
    {"version": "2.0.1", "here": "YARD-201", "there": "STATION-201", "driver": "BOB", "longitude": "11.575"},
]
PAGES = [("/", "operators"), ("/drive/", "drivers"), ("/house/", "landlords and tenants")]
READY_S, VISIT_S, END_S, ROUND_S = 30, 120, 15, 0.05
QUICK = ["--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1"]
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Failure(Exception):
    """The story did not happen as promised; the text is one line for people."""


def tell(text=""):
    print(text, flush=True)


def wait_for(what, seconds, look):
    """The first true answer of |look|, asked until |seconds| have passed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(ROUND_S)
    raise Failure(f"{what} did not happen within {seconds} s")


# --- the folder --------------------------------------------------------------------------------------------------------------------


def take_folder(folder):
    """The lock on the folder, held while this process lives."""
    os.makedirs(folder, exist_ok=True)
    lock = open(os.path.join(folder, "demo.lock"), "a+", encoding="ascii")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise Failure(f"another demo runs (process {lock.read().strip() or 'unknown'}); end it with Ctrl-C first") from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def is_of_a_demo(name):
    return name.startswith(("csms.", "visit-", "settlement.json")) or name.endswith(".log")


def clear(folder):
    """The folder without what a demo before left in it; whatever else is there stays."""
    old = [os.path.join(folder, name) for name in os.listdir(folder) if is_of_a_demo(name)]
    for path in old:
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
    if old:
        tell(f"{folder}: what an older demo left is gone, this one begins afresh")


# --- programs ----------------------------------------------------------------------------------------------------------------------


def end_with_parent():
    """A child ends when this process does, however that ends."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)


class Program:
    """A child in a session of its own, so that Ctrl-C reaches this process alone; its output goes to a file that is read along."""

    def __init__(self, name, log, command):
        self.name, self.log, self.rest = name, log, ""
        self.input = open(log, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self.input.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.input, stderr=subprocess.STDOUT, start_new_session=True,
                                        preexec_fn=end_with_parent)  # noqa: PLW1509
        self.reader = open(log, encoding="utf-8", errors="replace")  # noqa: SIM115

    def lines(self):
        """The whole lines that are new."""
        *whole, self.rest = (self.rest + self.reader.read()).split("\n")
        return whole

    def require(self):
        """It runs, or has ended well; whether it runs."""
        if self.process.poll() not in (None, 0):
            with open(self.log, encoding="utf-8", errors="replace") as log:
                last = [line for line in log.read().splitlines() if line.strip()][-1:]
            raise Failure(f"{self.name} failed ({self.process.returncode}): {''.join(last)[:400]} (all of it: {self.log})")
        return self.process.poll() is None

    def ask_to_end(self):
        """Once: a second time means at once."""
        if self.process.poll() is None:
            self.process.terminate()

    def end(self):
        """The exit code of one that was asked to end; it is killed if it does not in time."""
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.input.close()
        self.reader.close()
        return self.process.returncode


class Cast:
    """The programs that run now; all of them are gone at the end."""

    def __init__(self, data):
        self.data, self.programs = data, []

    def start(self, name, *command):
        self.programs.append(Program(name, os.path.join(self.data, f"{name}.log"), command))
        return self.programs[-1]

    def end(self, *programs):
        """All at once; the exit codes of those that did not end well by their names."""
        for program in programs:
            program.ask_to_end()
        codes = {program.name: program.end() for program in programs}
        self.programs = [program for program in self.programs if program not in programs]
        return {name: code for name, code in codes.items() if code}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(*reversed(self.programs))


# --- the central system ------------------------------------------------------------------------------------------------------------


class Rest:
    """The REST interface of ocpp-csms."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=10) as answer:
            return json.loads(answer.read())

    def is_up(self):
        with contextlib.suppress(OSError, ValueError):
            return self.get("/api/health") is not None
        return False

    def has_page(self, path):
        with contextlib.suppress(OSError), urllib.request.urlopen(self.base + path, timeout=10) as answer:
            return answer.headers.get_content_type() == "text/html"
        return False


def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(wanted):
    """The port that is wanted; for 0 any free one, of those that the system gives to nobody by itself."""
    if wanted and not is_free(wanted):
        raise Failure(f"port {wanted} is taken by another program; choose one: scripts/demo --port N")
    return wanted or next(port for port in iter(lambda: random.randrange(20000, 30000), None) if is_free(port))


def start_csms(cast, chosen, port):
    settings = os.path.join(chosen.data, "settlement.json")
    shutil.copyfile(os.path.join(chosen.story, "settlement.json"), settings)
    csms = cast.start("csms", os.path.join(chosen.bin, "ocpp-csms"), "--listen", f"127.0.0.1:{port}", "--db", os.path.join(chosen.data, "csms.db"),
                      "--settlement", settings, "--accept-unknown", "--accept-unknown-tokens", "--test-clock")
    rest = Rest(port)
    wait_for("the central system", READY_S, lambda: csms.require() and rest.is_up())
    tell(f"central system: ws://127.0.0.1:{port}/ocpp/{{station}}, its store is {chosen.data}/csms.db")
    return csms, rest


# --- a visit -----------------------------------------------------------------------------------------------------------------------


def pile(cast, chosen, visit, identity, *more):
    """A simulated pile that plays its file, or with none waits for what comes."""
    return cast.start(identity, os.path.join(chosen.bin, "ocpp-sim"), "--url", f"ws://127.0.0.1:{chosen.port}/ocpp", "--id", identity, "--version",
                      visit["version"], "--banks", "4", "--gate", "opens", "--fleet-secret", os.path.join(chosen.data, "csms.db.keys", "fleet.secret"),
                      "--state", os.path.join(chosen.data, f"visit-{visit['version']}", identity), *QUICK, *more)


def tell_before(folder, visit):
    os.makedirs(folder)
    for name in ("here", "there", "driver", "longitude"):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(visit[name])


def start_players(cast, chosen, visit):
    shared = os.path.join(chosen.data, f"visit-{visit['version']}", "shared")
    tell_before(shared, visit)
    players = [pile(cast, chosen, visit, visit[role], "--scenario", os.path.join(chosen.story, f"{role.upper()}.txt"), "--shared", shared)
               for role in ("here", "there")]
    players.append(cast.start(f"phone-{visit['driver']}", os.path.join(chosen.bin, "ocpp-phone"), "--server", f"http://127.0.0.1:{chosen.port}",
                              "--scenario", os.path.join(chosen.story, "phone.txt"), "--shared", shared))
    return players, shared


def steps_of(story):
    with open(os.path.join(story, "phone.txt"), encoding="utf-8") as file:
        return re.findall(r"^step (\S+)", file.read(), re.M)


class Narrator:
    """Prints what players say to people, one line each, and lets the phone go on at each step once the books were read."""

    def __init__(self, rest, steps, shared):
        self.rest, self.steps, self.shared, self.reached = rest, steps, shared, 0
        self.since = time.monotonic()

    def follow(self, player):
        for line in player.lines():
            said = re.match(r"(?:.* -- )?> (.*)", line)
            if said:
                tell(f"  {player.name:12}  {said.group(1)}")
            elif line.startswith("step "):
                self.step(line[5:])

    def step(self, name):
        self.reached += 1
        wait_for(f"books that balance behind the step {name}", READY_S, lambda: not wrong_in_books(self.rest))
        tell(f"  [{self.reached}/{len(self.steps)}] {name}, and the books balance ({time.monotonic() - self.since:.1f} s)")
        done = os.path.join(self.shared, f"done-{name}")
        with open(done + ".new", "w", encoding="ascii") as file:
            file.write("read")
        os.rename(done + ".new", done)


def play(cast, chosen, visit, rest):
    tell(f"\nA visit in OCPP {visit['version']}: {visit['driver']}, and the piles {visit['here']} and {visit['there']}")
    players, shared = start_players(cast, chosen, visit)
    narrator = Narrator(rest, steps_of(chosen.story), shared)
    until = time.monotonic() + VISIT_S
    while any([player.require() for player in players]):
        for player in players:
            narrator.follow(player)
        if time.monotonic() > until:
            raise Failure(f"the visit in {visit['version']} was not over after {VISIT_S} s; see the logs in {chosen.data}")
        time.sleep(ROUND_S)
    for player in players:
        narrator.follow(player)
    cast.end(*players)
    if narrator.reached != len(narrator.steps):
        raise Failure(f"the visit in {visit['version']} ended after {narrator.reached} of {len(narrator.steps)} steps")


# --- the books ---------------------------------------------------------------------------------------------------------------------


def minor(amount):
    """'12.34' in hundredths; amounts are never floating point."""
    whole, _, part = amount.lstrip("-").partition(".")
    return (-1 if amount.startswith("-") else 1) * int(whole + part.ljust(2, "0"))


def wrong_in_books(rest):
    """What is wrong: '' when debits are credits in each currency and the journal's chain is whole."""
    sums = {}
    for row in rest.get("/api/ledger/balances")["balances"]:
        sums[row["currency"]] = sums.get(row["currency"], 0) + minor(row["balance"])
    uneven = [currency for currency, total in sums.items() if total]
    if uneven or not sums:
        return f"the ledger does not balance in {', '.join(uneven)}" if uneven else "the ledger is empty"
    return "" if rest.get("/api/settlement/verify")["intact"] else "the journal's chain is broken"


def order_of(rest, visit):
    """The one order of a visit, paid once."""
    listed = rest.get(f"/api/orders?payer={visit['driver']}")["orders"]
    if len(listed) != 1:
        raise Failure(f"{visit['driver']} should have one order, not {len(listed)}")
    order = rest.get(f"/api/orders/{listed[0]['id']}")
    captured = [leg["captured"] for leg in order["legs"] if minor(leg["captured"])]
    if order["state"] != "Paid" or captured != [order["bill"]["gross"]] or order["paid"] != order["bill"]["gross"]:
        raise Failure(f"the order of {visit['driver']} is {order['state']}, its payments are {captured} of {order['bill']['gross']}")
    return order


def columns(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        tell("  " + "  ".join(cells).rstrip())


LINE_WORDS = {"PowerBankRental": "Power bank", "PowerBankPurchase": "Power bank, bought", "Time": "Charging time", "Idle": "Idle time", "Flat": "Per visit"}


def amount_used(line):
    if line["kind"] == "Energy":
        return f"{line['measured'] / 1000000:g} kWh"
    return f"{line['measured'] / 60:.0f} min" if line["measured"] else ""


def show_order(order, visit):
    tell(f"\nThe order of {visit['driver']} in OCPP {visit['version']}: {order['id']}, {order['state']}")
    bill = order["bill"]
    columns([[LINE_WORDS.get(line["kind"], line["kind"]), amount_used(line), f"{line['gross']} {bill['currency']}"] for line in bill["lines"]] +
            [["total", "", f"{bill['gross']} {bill['currency']}"], ["paid, in one payment", "", f"{order['paid']} {order['currency']}"]])


def judge(rest):
    """Each order was paid once and the ledger balances, or Failure; and shows both."""
    for visit in VISITS:
        show_order(order_of(rest, visit), visit)
    balances = rest.get("/api/ledger/balances")["balances"]
    tell("\nThe ledger, credits minus debits:")
    columns([[row["account"], f"{row['balance']} {row['currency']}"] for row in balances])
    wrong = wrong_in_books(rest)
    if wrong:
        raise Failure(wrong)
    tell("  It balances, and the chain of its journal is whole.")


# --- the demo ----------------------------------------------------------------------------------------------------------------------


def stay(rest, cast, chosen):
    """The piles come back and wait, so that there is something to see."""
    for visit in VISITS:
        for role in ("here", "there"):
            pile(cast, chosen, visit, visit[role])
    tell()
    for path, whom in PAGES:
        if rest.has_page(path):
            tell(f"pages for {whom}: {rest.base}{path}")
    tell(f"REST: {rest.base}/api/orders, described by {rest.base}/api/openapi.yaml")
    tell("The central system and four piles stay. Ctrl-C ends them.")
    while all([program.require() for program in cast.programs]):
        time.sleep(1)
    raise Failure(f"a program ended by itself; see the logs in {chosen.data}")


def show(chosen):
    lock = take_folder(chosen.data)
    with contextlib.closing(lock), Cast(chosen.data) as cast:
        chosen.port = choose_port(chosen.port)
        clear(chosen.data)
        csms, rest = start_csms(cast, chosen, chosen.port)
        for visit in VISITS:
            play(cast, chosen, visit, rest)
        judge(rest)
        if not chosen.once:
            stay(rest, cast, chosen)
        code = cast.end(csms).get("csms")
        if code:
            raise Failure(f"ocpp-csms ended with {code}; see {chosen.data}/csms.log")
    tell("\nEach order was paid once, and the ledger balances.")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("bin", "data", "story"):
        arguments.add_argument(f"--{name}", required=True)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--once", action="store_true")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    try:
        show(arguments.parse_args())
    except (Failure, OSError) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        tell("\nended.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
