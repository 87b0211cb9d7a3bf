"""A program on a terminal of so many rows and columns: a pseudo-terminal, what is on its screen (as xterm would show it), keys.

    with Terminal([program, "--flag"], rows=24, columns=80) as terminal:
        terminal.type("help\r")
        terminal.wait(lambda: terminal.sees("plug EVSE"))
"""

import codecs
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time

WAIT_S = 60
SEQUENCE = re.compile(r"\x1b\[([?>]?)([0-9;]*)([@A-Za-z`])|\x1b([()].|[=>78DMEc])|\x1b\][^\x07]*\x07")


class Screen:
    """What ncurses sends to an xterm, and no more: anything else is an error of the program, or of this file."""

    def __init__(self, rows, columns):
        self.alternate = self.seen_alternate = False
        self.styles = []
        self.main = None
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1
        self.wraps = False  # the last column was written, the next character goes on the next row
        self.pending = ""
        self.last = " "

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def blank(self, row, first, end):
        self.cells[row][first:end] = [" "] * (end - first)

    def scroll(self, count):
        for _ in range(abs(count)):
            if count > 0:
                del self.cells[self.top]
                self.cells.insert(self.bottom, [" "] * self.columns)
            else:
                del self.cells[self.bottom]
                self.cells.insert(self.top, [" "] * self.columns)

    def feed(self, text):
        text = self.pending + text
        self.pending, at = "", 0
        while at < len(text):
            if text[at] == "\x1b":
                found = SEQUENCE.match(text, at)
                if not found and len(text) - at < 40:
                    self.pending = text[at:]
                    return
                assert found, f"not a sequence of xterm: {text[at:at + 40]!r}"
                self.obey(found)
                at = found.end()
            else:
                self.draw(text[at])
                at += 1

    def line_feed(self):
        if self.row == self.bottom:
            self.scroll(1)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def draw(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.line_feed()
        elif character == "\b":
            self.column = max(self.column - 1, 0)
        elif character == "\t":
            self.column = min((self.column // 8 + 1) * 8, self.columns - 1)
        elif character in "\x0e\x0f\x07":
            pass
        else:
            assert character >= " " and not "\x7f" <= character < "\xa0", f"a control character: {character!r}"
            self.put(character)
            return
        self.wraps = False

    def put(self, character):
        if self.wraps:
            self.column, self.wraps = 0, False
            self.line_feed()
        self.cells[self.row][self.column] = self.last = character
        if self.column == self.columns - 1:
            self.wraps = True
        else:
            self.column += 1

    def obey(self, found):
        private, numbers, final, short = found.group(1, 2, 3, 4)
        if final is None:
            if short == "M":
                self.scroll(-1) if self.row == self.top else self.go(self.row - 1, self.column)
            elif short == "D":
                self.line_feed()
            return
        values = [int(number or 0) for number in numbers.split(";")] if numbers else []
        if private:
            self.mode(values, final)
            return
        first = values[0] if values and values[0] else 1
        if final == "m":
            self.styles.append(numbers)
        else:
            self.command(final, first, values)

    def mode(self, values, final):
        if 1049 in values and final in "hl":
            self.alternate = final == "h"
            self.seen_alternate = self.seen_alternate or self.alternate
            if self.alternate:
                self.main = [list(row) for row in self.cells]
                self.cells = [[" "] * self.columns for _ in range(self.rows)]
            elif self.main and len(self.main) == self.rows and len(self.main[0]) == self.columns:
                self.cells = self.main
            else:
                self.cells = [[" "] * self.columns for _ in range(self.rows)]

    def go(self, row, column):
        self.row, self.column = max(0, min(row, self.rows - 1)), max(0, min(column, self.columns - 1))
        self.wraps = False

    def command(self, final, count, values):
        row, column = self.row, self.column
        moves = {"A": (row - count, column), "B": (row + count, column), "C": (row, column + count), "D": (row, column - count),
                 "G": (row, count - 1), "`": (row, count - 1), "d": (count - 1, column), "Z": (row, (column - 1) // 8 * 8)}
        cells = self.cells[row]
        if final in moves:
            self.go(*moves[final])
        elif final in "Hf":
            self.go(count - 1, (values[1] if len(values) > 1 and values[1] else 1) - 1)
        elif final == "J":
            self.erase_rows(values[0] if values else 0)
        elif final == "K":
            kind = values[0] if values else 0
            self.blank(row, 0 if kind else column, self.columns if kind != 1 else column + 1)
        elif final == "X":
            self.blank(row, column, min(column + count, self.columns))
        elif final == "P":
            del cells[column:column + count]
            cells.extend([" "] * (self.columns - len(cells)))
        elif final == "@":
            cells[column:column] = [" "] * count
            del cells[self.columns:]
        elif final in "LM":
            top, self.top = self.top, row
            self.scroll(-count if final == "L" else count)
            self.top = top
        elif final in "ST":
            self.scroll(count if final == "S" else -count)
        elif final == "b":
            for _ in range(count):
                self.put(self.last)
        elif final == "r":
            self.top, self.bottom = count - 1, (values[1] if len(values) > 1 else self.rows) - 1
            self.go(0, 0)
        else:
            assert final in "lht", f"unknown: CSI {values} {final}"

    def erase_rows(self, kind):
        if kind != 1:
            self.blank(self.row, 0 if kind else self.column, self.columns)
        first, end = {0: (self.row + 1, self.rows), 1: (0, self.row), 2: (0, self.rows)}[kind]
        for row in range(first, end):
            self.blank(row, 0, self.columns)


class Terminal:
    def __init__(self, command, rows=24, columns=80, environment=None, error=None):
        """|error|: a file standard error goes to, else it is the terminal."""
        self.screen = Screen(rows, columns)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.output = b""
        self.status = None
        self.master, self.slave = os.openpty()
        self.size(rows, columns)
        self.modes = termios.tcgetattr(self.slave)
        told, tell = os.pipe()
        hold, self.held = os.pipe()
        if os.fork() == 0:
            self.lead(command, environment or {}, error, tell, hold)
        os.close(tell)
        os.close(hold)
        self.told = told
        self.pid = struct.unpack("i", os.read(told, 4))[0]

    def lead(self, command, environment, error, tell, hold):
        """The shell, as it were: it leads the session, so that the terminal outlives the program, and tells how that ended."""
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            pid = os.fork()
            if pid == 0:
                os.setpgid(0, 0)
                os.tcsetpgrp(self.slave, os.getpid())
                self.become(command, environment, error)
            os.close(self.held)
            os.write(tell, struct.pack("i", pid))
            os.write(tell, struct.pack("i", os.waitpid(pid, 0)[1]))
            os.close(tell)
            os.read(hold, 1)
        finally:
            os._exit(0)

    def become(self, command, environment, error):
        for number in (signal.SIGTTOU, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in (0, 1, 2):
            os.dup2(self.slave, descriptor)
        if error:
            os.dup2(error.fileno(), 2)
        os.closerange(3, 256)
        os.execve(command[0], command, {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment})

    def size(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.read(0.05)
        self.screen.resize(rows, columns)
        self.size(rows, columns)

    def read(self, seconds=0.02):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                got = os.read(self.master, 65536)
            except OSError:
                return
            self.output += got
            self.screen.feed(self.decoder.decode(got))

    def type(self, text):
        os.write(self.master, text.encode())

    def lines(self):
        return self.screen.lines()

    def sees(self, words):
        return any(words in line for line in self.lines())

    def insist(self, text, condition, what):
        """Types |text|, and every three seconds again, until it has worked."""
        for _ in range(5):
            self.type(text)
            end = time.monotonic() + 3
            while not condition() and time.monotonic() < end:
                self.read()
            if condition():
                return
        self.wait(condition, what)

    def wait(self, condition, what=""):
        end = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < end, f"{what or condition}; the screen is:\n" + "\n".join(self.lines())
            self.read()

    def settle(self):
        """Until nothing has been drawn for a moment."""
        while select.select([self.master], [], [], 0.15)[0] and not self.ended():
            self.read(0)

    def see(self, words):
        self.wait(lambda: self.sees(words), f"{words!r} is not seen")

    def kill(self, number):
        os.kill(self.pid, number)

    def stopped(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "T"

    def ended(self):
        if self.status is None and select.select([self.told], [], [], 0)[0]:
            self.status = struct.unpack("i", os.read(self.told, 4))[0]
        return self.status is not None

    def end(self):
        """Waits for the end; the exit status, below 0 for a signal."""
        self.wait(self.ended, "it has not ended")
        while select.select([self.master], [], [], 0)[0]:
            self.read(0)
        return os.waitstatus_to_exitcode(self.status)

    def is_as_it_was(self):
        return not self.screen.alternate and termios.tcgetattr(self.slave) == self.modes

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.ended():
            self.kill(signal.SIGKILL)
        for descriptor in (self.master, self.slave, self.told, self.held):
            os.close(descriptor)
        os.wait()
