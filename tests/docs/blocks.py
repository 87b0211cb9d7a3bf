#!/usr/bin/env python3
"""blocks.py SOURCE CC PROGRAMS [PAGE …]: every block of code in README.md and docs/*.md is what it claims to be (pages.py tells how blocks are marked), and links lead somewhere.
Programs are built by cmake and run by programs.py. PROGRAMS is the folder with ocpp-sim and the others."""

import contextlib
import json
import os
import random
import re
import shlex
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import links  # noqa: E402
import pages  # noqa: E402

FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-Wno-unused-result", "-Wno-return-type"]
OURS = ("ocpp-inspect", "ocpp-csms", "ocpp-sim", "ocpp-phone")
# Of other languages, who looks at them: a test by its name, or nobody because they are pictures and forms, no code.
OTHERS = {"text": "pictures and forms", "csv": "a form", "model": "the notation that lib/model reads", "conf": "test_csms_page.py", "ini": "systemd's form"}
RUN_LIMIT_S = 60


class Wrong(Exception):
    pass


class Checker:
    def __init__(self, source, compiler, programs):
        self.source, self.compiler, self.programs = source, compiler, os.path.abspath(programs)
        self.folder = tempfile.TemporaryDirectory()
        self.helps, self.files = {}, {}
        self.roots = [f"-I{source}/include", f"-I{source}/extensions/settlement/include"]
        self.header = os.path.join(self.folder.name, "all.h")

    # --- C

    def prepare_headers(self):
        """All public headers, read once, and together: no two of them may use a name for different things."""
        lines = ["#include <stdio.h>", "#include <stdlib.h>", "#include <string.h>", "#include <inttypes.h>"]
        for root in self.roots:
            for folder, _, found in os.walk(root[2:]):
                lines += [f"#include <{os.path.relpath(os.path.join(folder, name), root[2:])}>" for name in sorted(found) if name.endswith(".h")]
        with open(self.header, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        flags = [flag for flag in FLAGS if flag != "-fsyntax-only"]
        subprocess.run([self.compiler, *flags, *self.roots, "-x", "c-header", self.header, "-o", self.header + ".gch"], check=True)

    def check_c(self, block):
        if block.more:
            return  # a program
        if not os.path.exists(self.header):
            self.prepare_headers()
        path = os.path.join(self.folder.name, "block.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(piece(block))
        done = subprocess.run([self.compiler, *FLAGS, *self.roots, "-include", self.header, path], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Wrong(done.stderr[:3000])

    # --- commands

    def help_of(self, program):
        if program not in self.helps:
            command = [os.path.join(self.programs, program), "--help"] if program in OURS else [os.path.join(self.source, program), "--help"]
            self.helps[program] = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
        return self.helps[program]

    def check_words(self, words):
        """One command: its program, and its options as --help tells them."""
        program = words[0].removeprefix("./")
        if program in OURS or (program.startswith("scripts/") and os.path.exists(os.path.join(self.source, program))):
            told = self.help_of(program)
            missing = [word.split("=")[0] for word in words[1:] if word.startswith("--") and word.split("=")[0] not in told]
            if missing:
                raise Wrong(f"{program} --help does not know {' '.join(missing)}")
            return
        if program == "cmake":
            self.check_preset(words)
        elif program == "curl":
            self.check_curl(words)
        elif program not in ("cc", "kill", "wait", "sleep", "sudo", "git", "ctest", "cd", "mkdir", "cat", "echo", "grep"):
            raise Wrong(f"no such program: {program}")

    def check_preset(self, words):
        with open(os.path.join(self.source, "CMakePresets.json"), encoding="utf-8") as file:
            presets = {preset["name"] for preset in json.load(file)["configurePresets"]}
        for before, word in zip(words, words[1:]):
            if before == "--preset" and word not in presets:
                raise Wrong(f"no preset {word}")

    def check_curl(self, words):
        """The path of a request stands in the description of the interface."""
        for word in words:
            found = re.match(r"(?:http://127\.0\.0\.1:\d+|\$\w+)?(/[^?]*)", word) if "://" in word or word.startswith("$") else None
            if found and word.startswith("http"):
                path = found.group(1)
                if not any(re.fullmatch(pattern, path) for pattern in self.paths()):
                    raise Wrong(f"the interface has no {path}")

    def paths(self):
        if "paths" not in self.files:
            with open(os.path.join(self.source, "examples", "csms", "openapi.yaml"), encoding="utf-8") as file:
                told = re.findall(r"^  (/[^:\s]*):$", file.read(), re.M)
            self.files["paths"] = [re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) for path in told]
        return self.files["paths"]

    def check_sh(self, block):
        for words in commands(block.text):
            self.check_words(words)
        if block.more[:1] == ["run"]:
            self.run(block.page, "set -e\n" + block.text)

    def run(self, page, text, expects=""):
        """In a folder with the files of the blocks before it, with our programs at hand, and a port that is free."""
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            for name, held_text in self.files.get(page, {}).items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(held_text)
            script = "set -uo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + text.replace("9000", port)
            done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=RUN_LIMIT_S,
                                  stdin=subprocess.DEVNULL, env={**os.environ, "PATH": self.programs + ":" + os.environ["PATH"]})
        if done.returncode and not expects:
            raise Wrong(f"ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        if expects and done.stdout != expects:
            raise Wrong(f"answers:\n{done.stdout}{done.stderr}")

    def check_console(self, block):
        typed, answers = shell_of(block)
        for words in commands(typed):
            self.check_words(words)
        if block.more[:1] == ["run"]:
            self.run(block.page, typed, answers)

    # --- data

    def check_json(self, block):
        if block.more[:1] == ["frames"]:
            return self.check_frames(block)
        text = block.text if block.text.lstrip()[0] in "{[" else "{" + block.text.rstrip().rstrip(",") + "}"
        try:
            for value in [text] if not re.search(r"^\}\n\{", text, re.M) else text.strip().splitlines():
                json.loads(value)
        except ValueError as error:
            try:
                for line in text.strip().splitlines():
                    json.loads(line)
            except ValueError:
                raise Wrong(str(error)) from None
        if block.more and block.more[0].endswith((".json", ".jsonl")):
            self.files.setdefault(block.page, {})[block.more[0]] = text
        return None

    def check_frames(self, block):
        version = block.more[1:2] or ["auto"]
        done = subprocess.run([os.path.join(self.programs, "ocpp-inspect"), "--version", *version], input=block.text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Wrong(done.stdout + done.stderr)

    def check_cmake(self, block):
        for name in re.findall(r"ocpp::(\w+)", block.text):
            if name not in ("ocpp", "adapters", "settlement", "settlement_adapters"):
                raise Wrong(f"no target ocpp::{name}")

    def check(self, block):
        block.language = block.language or guessed(block)
        if block.excuse or block.language in OTHERS:
            return
        check = getattr(self, f"check_{block.language}", None)
        if not check:
            raise Wrong(f"a block of {block.language or 'no language'}: see tests/docs/pages.py")
        check(block)


def free_port():
    """One that the system gives to nobody by itself."""
    while True:
        port = random.randrange(20000, 30000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return str(port)


def guessed(block):
    """The language of a block that does not say."""
    first = (block.text.split() or [""])[0]
    return "console" if first == "$" else "sh" if first in OURS or first in ("curl", "cmake") or first.startswith("scripts/") else "text"


def shell_of(block):
    """What is typed in a block of a console, and what is answered."""
    typed, answers, goes_on = "", "", False
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ ") or goes_on:
            typed += line.removeprefix("$ ")
            goes_on = line.endswith("\\\n")
        else:
            answers += line
    return typed, answers


def commands(text):
    """The commands in lines of a shell, as words; what stands in a pipe is one each."""
    text = re.sub(r"\\\n\s*", " ", text)
    text = re.sub(r"<<(\w+)\n.*?^\1$", "", text, flags=re.M | re.S)  # what a here document holds is data
    for line in text.splitlines():
        try:
            lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
            lexer.whitespace_split = True
            words = list(lexer)
        except ValueError:
            raise Wrong(f"no line of a shell: {line}") from None
        command = []
        for word in [*words, ";"]:
            if word and set(word) <= set("|&;"):
                if command and not re.fullmatch(r"\w+=.*", command[0]):
                    yield [part for part in command if not set(part) <= set("<>")]
                command = []
            elif command or not re.match(r"\w+=", word):
                command.append(word)


def piece(block):
    """A whole file of it: functions and includes where they may stand, everything else within a function. A function without its body is declared."""
    outside, inside, is_function = [], [], False
    lines = block.text.replace(", …", "").splitlines()
    for number, line in enumerate(lines, block.line + 1):
        if line.strip() == "…":
            continue
        is_function = is_function or number < len(lines) + block.line and bool(re.match(r"(static )?[a-z][\w ]*[ *]\w+\([^;]*[^;]$", line)) and not re.match(r"(if|for|while|return|else)\b", line)
        is_shown = not is_function and bool(re.match(r"static \w[\w ]*[ *]\w+\([^;]*\)$", line))  # for its name
        line += ";" if is_shown else ""
        place = outside if is_function or is_shown or line.startswith("#include") else inside
        place += [f'#line {number} "{block.page}"', line]
        if is_function and line.startswith("}"):
            is_function = False
    return "\n".join([block.given, *outside, "int block(void);", "int block(void)", "{", *inside, "}", ""])


WRONG = {
    "c": ["ocpp_no_such_function();", "static int f(void)\n{\n    return OCPP_NO_SUCH;\n}"],
    "sh": ["ocpp-sim --no-such-option", "no-such-program", "cmake --preset no-such-preset", "curl -s http://127.0.0.1:9000/api/nothing", "scripts/demo --twice"],
    "console": ["$ ocpp-inspect --no-such-option FILE\n1 ok Heartbeat"],
    "console run": ["$ echo '[2,\"1\",\"Heartbeat\",{}]' | ocpp-inspect\n1 error Heartbeat"],
    "sh run": ["ocpp-inspect --version 1.6 no-such-file"],
    "json": ['{"member": }'],
    "json frames 1.6": ['[2,"1","BootNotification",{"chargePointVendor":7,"chargePointModel":"M"}]'],
    "cmake": ["target_link_libraries(pile PRIVATE ocpp::nothing)"],
    "no-such-language": ["words"],
    "": ["ocpp-csms --no-such-option"],
}


def the_test_can_fail(checker):
    """Each kind of block can be wrong, and is found to be."""
    for info, texts in WRONG.items():
        for text in texts:
            found = pages.FENCE.search(f"```{info}\n{text}\n```\n")
            try:
                checker.check(pages.Block("wrong.md", 1, found))
            except Wrong:
                continue
            raise AssertionError(f"taken for good: {info}: {text}")


def main():
    source, compiler, programs, *chosen = sys.argv[1:]
    checker, count, failed = Checker(source, compiler, programs), 0, 0
    the_test_can_fail(checker)
    for page in chosen or pages.names(source):
        for block in pages.blocks(source, page):
            count += 1
            try:
                checker.check(block)
            except Wrong as wrong:
                failed += 1
                print(f"{block.where}: {wrong}")
    astray = list(links.wrong(source))
    print("\n".join([*astray, f"{count} blocks, {failed} of them wrong; {len(astray)} links lead nowhere"]))
    return 1 if failed or astray or not count else 0


if __name__ == "__main__":
    sys.exit(main())
