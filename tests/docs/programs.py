#!/usr/bin/env python3
"""programs.py FOLDER PROGRAMS NAME …: the programs whose parts stand in the pages do what the pages say, with ocpp-csms or ocpp-sim on the other side. Each
has a story here."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import queue

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import pages  # noqa: E402
from csms import Csms, until  # noqa: E402

LIMIT_S = 60
SOURCE = os.path.join(HERE, "..", "..")


def shown(page, beginning):
    """The block of words in a page that begins so, line by line."""
    return next(block.text for block in pages.blocks(SOURCE, page) if block.language == "text" and block.text.startswith(beginning)).splitlines()


class Program:
    """A program that is told lines, and what it says."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines, self.said = queue.Queue(), []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def says(self, pattern):
        while True:
            try:
                line = self.lines.get(timeout=LIMIT_S)
            except queue.Empty:
                raise AssertionError(f"{self.process.args[0]} did not say {pattern}, but {self.said[-20:]}") from None
            self.said.append(line)
            found = re.search(pattern, line)
            if found:
                return found

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def play_first(program, programs, _):
    with Csms(os.path.join(programs, "ocpp-csms"), "--accept-unknown") as csms:
        done = subprocess.run([program, f"ws://127.0.0.1:{csms.port}/ocpp"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
        assert (done.returncode, done.stdout) == (0, "accepted\n"), done


def play_pile(program, programs, folder):
    """What the page says to type, and what the central system has of it then."""
    with Csms(os.path.join(programs, "ocpp-csms"), "--accept-unknown", "--accept-unknown-tokens") as csms, \
            Program(program, f"ws://127.0.0.1:{csms.port}/ocpp", os.path.join(folder, "pile.db")) as pile:
        until(lambda: [row for row in csms.rest.get("/api/stations")["stations"] if row["id"] == "PILE-7" and row.get("boot", {}).get("status") == "Accepted"], "the boot")
        lines = shown("docs/firmware-guide.md", "plug 1")
        for line in lines[:2]:
            pile.tell(line)
        pile.says("^contactor 1 closed")
        until(lambda: csms.rest.get("/api/transactions")["transactions"], "the transaction")
        for line in lines[2:-1]:
            pile.tell(line)
        pile.says("^contactor 1 open")
        ended = until(lambda: [row for row in csms.rest.get("/api/transactions")["transactions"] if not row["open"]], "its end")
        assert ended[0]["energyWh"] == 1500 and ended[0]["token"] == "TAG-1", ended
        pile.tell(lines[-1])
        assert pile.end() == 0


def play_backend(program, programs, folder):
    with Program(program, "0", os.path.join(folder, "backend.db")) as backend:
        port = backend.says(r"stations: ws://127\.0\.0\.1:(\d+)/").group(1)
        with Program(os.path.join(programs, "ocpp-sim"), "--url", f"ws://127.0.0.1:{port}/ocpp", "--id", "PILE-1") as pile:
            pile.says('<- .*"status":"Accepted"')  # the boot
            pile.tell("plug 1")
            pile.tell("card 1 MEMBER-1")
            found = backend.says(r"PILE-1: (\S+) started by MEMBER-1")
            backend.tell(f"PILE-1 {found.group(1)}")
            backend.says("PILE-1: it says Accepted")
            backend.says(r"PILE-1: \S+ ended: \d+ Wh")
            backend.tell("nonsense")
            backend.says("say: STATION TRANSACTION")
        assert backend.end() == 0


def play_bill(program, _, folder):
    done = subprocess.run([program], capture_output=True, text=True, timeout=LIMIT_S, cwd=folder, check=False)
    assert (done.returncode, done.stdout.splitlines()) == (0, shown("docs/settlement-guide.md", "energy ")), done


def main():
    folder, programs, *names = sys.argv[1:]
    for name in names:
        story = globals().get(f"play_{name}")
        assert story, f"{name}.c stands in a page and has no story in {__file__}"
        with tempfile.TemporaryDirectory() as scratch:
            story(os.path.join(folder, name), programs, scratch)
        print(f"ok {name}")


if __name__ == "__main__":
    main()
