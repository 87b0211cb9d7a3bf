"""Child processes: lines in, lines out, and gone at the end whatever happens. setpriv lets the kernel end them with the driver even when
the driver itself is killed."""

import os
import shutil
import subprocess
import threading

END_SECONDS = 10
LEAVE_SECONDS = 2


class Failure(Exception):
    """What was promised did not happen; the text is for people."""


class Child:
    """A process whose standard output goes line by line to |on_line|, in a thread of its own, and whose standard error goes to a file."""

    def __init__(self, name, command, folder, on_line, environment=None):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        guard = [shutil.which("setpriv"), "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        with open(self.log, "wb") as errors:
            self.process = subprocess.Popen(guard + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            env=environment, text=True, encoding="utf-8", errors="surrogateescape")
        self.on_line = on_line
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.on_line(line.rstrip("\n"))

    def write(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"{self.name} has ended: {error}; {self.last_words()}") from None

    def is_alive(self):
        return self.process.poll() is None

    def last_words(self, lines=8):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:]).strip() or f"{self.log} is empty"

    def end(self, last_line=None):
        """Ends it: by |last_line| when there is one, by the end of its input otherwise, then by SIGTERM, then kills."""
        def ask():
            if last_line is not None:
                self.write(last_line)
            self.process.stdin.close()

        for way, seconds in ((ask, LEAVE_SECONDS), (self.process.terminate, END_SECONDS), (self.process.kill, END_SECONDS)):
            try:
                way()
            except (OSError, Failure):
                pass
            try:
                self.process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self.reader.join(END_SECONDS)
        self.process.stdout.close()

    def leave(self, last_line=None):
        """Ends one of ours its own way, by |last_line| or by SIGTERM. It has to leave with 0: a sanitizer would not let it."""
        if last_line is None:
            self.process.terminate()
        self.end(last_line)
        if self.process.returncode != 0:
            raise Failure(f"{self.name} left with {self.process.returncode}; {self.last_words()}")
