"""configurations.py --source ROOT [--all] [--cache FOLDER]: compiles the library under the combinations of options that make sense, with warnings as
errors, and holds each archive of the core and of the extension to the symbol rules of tests/floors. Without --all some that meet
every pair of options once, without adapters; with --all every other combination of versions and roles, and the adapters and programs over each choice of roles."""

import argparse
import concurrent.futures
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "floors"))
import rules  # noqa: E402  (the path above leads to it)

OPTIONS = ["V16", "V201", "V21", "CHARGE_POINT", "CENTRAL", "ADAPTERS", "SETTLEMENT", "BUILD_EXAMPLES"]
VERSIONS, ROLES = ["V16", "V201", "V21"], ["CHARGE_POINT", "CENTRAL"]
# Parts of the charge point; a combination has all but those it names with "without".
BLOCKS = ["CERTIFICATES", "NETWORK", "FIRMWARE", "LOGS", "MONITORING", "CUSTOMER", "DISPLAY", "COST", "PLUG_AND_CHARGE"]

# Each pair of (version set, roles) values that could disturb one another meets at least once.
CHOSEN = [
    {"V16", "CHARGE_POINT"},
    {"V16", "CENTRAL"},
    {"V201", "CHARGE_POINT"},
    {"V201", "CENTRAL"},
    {"V21", "CHARGE_POINT", "CENTRAL"},
    {"V16", "V201", "CHARGE_POINT"},
    {"V16", "V21", "CENTRAL"},
    {"V201", "V21", "CHARGE_POINT"},
    {"V16"},
    {"V21"},
    {"V16", "V201", "V21"},
    {"V16", "V201", "V21", "CHARGE_POINT", "CENTRAL"},
    {"V16", "CHARGE_POINT", "SETTLEMENT"},
    {"V201", "CENTRAL", "SETTLEMENT"},
]

# What must be refused at configure time, with the word its message must hold.
REFUSED = [(set(), "OCPP_V16")]



def without(*blocks):
    return {f"without {block}" for block in blocks}


# No part, and each half of them: what one of a pair needs of the other does not link, or has no declaration.
CHOSEN += [
    {"V16", "CHARGE_POINT"} | without(*BLOCKS),
    {"V16", "V201", "CHARGE_POINT"} | without(*BLOCKS),
    {"V16", "V201", "CHARGE_POINT"} | without(*BLOCKS[::2]),
    {"V16", "V201", "CHARGE_POINT"} | without(*BLOCKS[1::2]),
]


def subsets(names):
    for size in range(len(names) + 1):
        yield from (set(chosen) for chosen in itertools.combinations(names, size))


def every_pair_of_parts():
    """Each part is there without each other one at least once: those whose number has a bit, and those whose number has it not."""
    for bit in range((len(BLOCKS) - 1).bit_length()):
        for there in (0, 1):
            yield {"V16", "V201", "CHARGE_POINT", "ADAPTERS"} | without(*(part for number, part in enumerate(BLOCKS)
                                                                          if number >> bit & 1 == there))


def every_combination():
    for versions in subsets(VERSIONS):
        for roles in subsets(ROLES):
            if versions and versions | roles not in CHOSEN:
                yield versions | roles
    for roles in subsets(ROLES):
        yield set(VERSIONS) | roles | {"ADAPTERS", "SETTLEMENT", "BUILD_EXAMPLES"}
        yield set(VERSIONS) | roles | {"ADAPTERS", "BUILD_EXAMPLES"}
    yield {"V16", "CHARGE_POINT", "ADAPTERS", "BUILD_EXAMPLES"}
    yield {"V201", "CENTRAL", "ADAPTERS", "BUILD_EXAMPLES"}
    for roles in subsets(ROLES):
        yield set(VERSIONS) | roles | {"SETTLEMENT"}
        yield set(VERSIONS) | roles | {"ADAPTERS", "SETTLEMENT"}
    yield from every_pair_of_parts()


def title(chosen):
    missing = [block for block in BLOCKS if f"without {block}" in chosen]
    name = "+".join(option for option in OPTIONS if option in chosen) or "nothing"
    return name + (" without any part" if missing == BLOCKS else f" without {', '.join(missing)}" if missing else "")


# Most objects of a combination are byte for byte those of another: what differs is which of them are linked. With ccache they are
# compiled once.
LAUNCHER = shutil.which("ccache")


def use_cache(folder):
    os.makedirs(folder, exist_ok=True)
    os.environ.update(CCACHE_DIR=folder, CCACHE_NODIRECT="1", CCACHE_NOHASHDIR="1", CCACHE_NOCOMPRESS="1")


def configure(source, build, chosen):
    settings = [f"-DOCPP_{option}={'ON' if option in chosen else 'OFF'}" for option in OPTIONS]
    settings += [f"-DOCPP_{block}={'OFF' if f'without {block}' in chosen else 'ON'}" for block in BLOCKS]
    if LAUNCHER:
        settings.append(f"-DCMAKE_C_COMPILER_LAUNCHER={LAUNCHER}")
    return subprocess.run(["cmake", "-S", source, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=", "-DCMAKE_C_FLAGS=-O0",
                           "-DOCPP_WARNINGS_AS_ERRORS=ON", "-DOCPP_BUILD_TESTS=OFF", "-DOCPP_BUILD_FUZZ=OFF", *settings],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def complaint_about(source, chosen):
    """None, or what is wrong with one combination."""
    with tempfile.TemporaryDirectory() as build:
        configured = configure(source, build, chosen)
        if configured.returncode != 0:
            return configured.stdout
        built = subprocess.run(["cmake", "--build", build, "--parallel", "1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        if built.returncode != 0:
            return built.stdout
        judged = [(os.path.join(build, "lib", "libocpp.a"), rules.ARCHIVE_RULES)]
        if "SETTLEMENT" in chosen:
            judged.append((os.path.join(build, "extensions", "settlement", "libocpp-settlement.a"), rules.EXTENSION_RULES))
        return "\n".join(line for archive, judges in judged for rule in judges for line in rule(archive)) or None


def refusal_complaint(source, chosen, word):
    with tempfile.TemporaryDirectory() as build:
        configured = configure(source, build, chosen)
        if configured.returncode == 0:
            return "was accepted"
        return None if word in configured.stdout else f"refused without naming {word}:\n{configured.stdout}"


def judge(source, job):
    chosen, word = job
    started = time.monotonic()
    complaint = complaint_about(source, chosen) if word is None else refusal_complaint(source, chosen, word)
    print(f"{'ok' if not complaint else 'FAILED'} {title(chosen)} ({time.monotonic() - started:.1f} s)", flush=True)
    if complaint:
        print("\n".join(complaint.split("\n")[-40:]), flush=True)
    return not complaint


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--source", required=True)
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--cache", help="a folder for ccache, where there is one")
    chosen = arguments.parse_args()
    if chosen.cache and LAUNCHER:
        use_cache(chosen.cache)
    jobs = [(combination, None) for combination in (every_combination() if chosen.all else CHOSEN)] + REFUSED
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda job: judge(chosen.source, job), jobs))
    print(f"{len(verdicts)} combinations, {verdicts.count(False)} fail")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
