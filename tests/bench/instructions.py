#!/usr/bin/env python3
"""How many instructions a call takes the central engine, counted by callgrind, as a ratio to cJSON's parse and print of the same frames.

usage: instructions.py BENCH_CALLS [--judge]

The count of N calls is taken from that of 3 N, so that starting up does not count. It hardly depends on how busy the machine is. With
--judge: exit 1 when a subject takes more than its bound, which is a good deal more than it takes now; 77 without valgrind.
"""
import re
import shutil
import subprocess
import sys

CALLS = 2000

# subject: how many times the floor it may take
BOUNDS = {"calls": 1.7, "transactions": 2.6, "durable": 3.6}


def count(program, subject, calls):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "--only", subject, "--calls", str(calls)],
                          capture_output=True, text=True, check=False)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not collected:
        sys.exit(f"instructions.py: {subject}: {done.stderr[-500:]}")
    return int(collected.group(1))


def per_call(program, subject):
    return (count(program, subject, 3 * CALLS) - count(program, subject, CALLS)) / (2 * CALLS)


def main():
    if not shutil.which("valgrind"):
        print("no valgrind")
        return 77
    program, judge = sys.argv[1], "--judge" in sys.argv
    floor = per_call(program, "floor")
    print(f"{'subject':14} {'instructions':>14} {'ratio':>7} {'at most':>8}")
    print(f"{'floor':14} {floor:14.0f}")
    within = True
    for subject, bound in BOUNDS.items():
        taken = per_call(program, subject)
        print(f"{subject:14} {taken:14.0f} {taken / floor:7.2f} {bound:8.2f}")
        within = within and taken <= bound * floor
    if not within:
        print("FAILED: a subject takes more instructions than its bound")
    return 1 if judge and not within else 0


if __name__ == "__main__":
    sys.exit(main())
