#!/usr/bin/env python3
"""stories.py SIM CSMS CHECKER PHONE VERSION [STORY …]: the stories in examples/stories, each a folder of scenario files that ocpp-sim (a pile per file, called after
it) and ocpp-phone (phone.txt) play together against ocpp-csms. The checker reads the store at each `step`. This starts the programs, and joins their files. In 1.6
the piles are recorded, and each does the same again by its recording."""

import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from settlement import QUICK, World  # noqa: E402

STORIES = os.path.join(HERE, "..", "..", "examples", "stories")
BEFORE = {"here": "HERE", "there": "THERE", "driver": "ALICE", "longitude": "13.405"}  # what stories are told before they begin
LIMIT_S = int(os.environ.get("OCPP_STORY_LIMIT_S", "240"))


class Player:
    """A program that plays a file of the story."""

    def __init__(self, name, folder, *command):
        self.name, self.file = name, open(os.path.join(folder, f"{name}.out"), "w+", encoding="utf-8")  # noqa: SIM115
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.file, stderr=subprocess.STDOUT)

    def said(self, lines=60):
        self.file.seek(0)
        return "\n".join(line[:3000] for line in self.file.read().splitlines()[-lines:])

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.file.close()


def check_steps(world, shared, seen):
    """Whoever reached a step waits until the books were read."""
    for name in sorted(os.listdir(shared)):
        if name.startswith("step-") and name not in seen and not name.endswith(".new"):
            world.check()
            seen.append(name)
            with open(os.path.join(shared, "done" + name[4:]), "w", encoding="ascii") as file:
                file.write("whole")


def play(world, players, shared):
    seen, end = [], time.monotonic() + LIMIT_S
    while any(player.process.poll() is None for player in players):
        check_steps(world, shared, seen)
        failed = [player.name for player in players if player.process.poll() not in (None, 0)]
        assert not failed, f"{failed} failed"
        assert time.monotonic() < end, f"not over after {LIMIT_S} s"
        time.sleep(0.05)  # a look at a folder
    assert all(player.process.poll() == 0 for player in players), [player.name for player in players if player.process.poll()]
    assert seen, "no step was reached"
    return seen


def keeping(world, name, version):
    """A pile keeps what it has, or what it was given."""
    return ["--record", os.path.join(world.folder, name + ".jsonl")] if version == "1.6" else ["--state", os.path.join(world.folder, name)]


def replay(world, sim):
    for name in sorted(os.listdir(world.folder)):
        if name.endswith(".jsonl"):
            done = subprocess.run([sim, "--replay", os.path.join(world.folder, name), "--quiet"], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), done.stderr


def start(world, programs, story, shared):
    """The piles, and the phone."""
    sim, phone, version = programs
    folder, players = os.path.join(STORIES, story), []
    for name in sorted(os.path.splitext(file)[0] for file in os.listdir(folder) if file.endswith(".txt")):
        scenario = ["--scenario", os.path.join(folder, name + ".txt"), "--shared", shared]
        if name == "phone":
            players.append(Player(name, world.folder, phone, "--server", f"http://127.0.0.1:{world.csms.http_port}", *scenario))
        else:
            players.append(Player(name, world.folder, sim, "--url", f"ws://127.0.0.1:{world.csms.port}/ocpp", "--id", name, "--version", version, "--banks", "4",
                                  "--gate", "opens", "--fleet-secret", os.path.join(world.folder, "csms.db.keys", "fleet.secret"),
                                  *keeping(world, name, version), *scenario, *QUICK))
    return players


def tell(story, programs, csms, checker):
    sim, _, version = programs
    with open(os.path.join(STORIES, story, "settlement.json"), encoding="utf-8") as file:
        settings = json.load(file)
    with World(sim, csms, checker, version, more=("--terminals", "ws://127.0.0.1:0"), **settings) as world:
        shared = os.path.join(world.folder, "shared")
        os.mkdir(shared)
        for name, value in BEFORE.items():
            with open(os.path.join(shared, name), "w", encoding="ascii") as file:
                file.write(value)
        players = start(world, programs, story, shared)
        try:
            steps = play(world, players, shared)
            world.check()
            replay(world, sim)
        except AssertionError:
            for player in players:
                print(f"--- {player.name}\n{player.said()}")
            raise
        finally:
            for player in players:
                player.end()
        return steps


def main():
    sim, csms, checker, phone, version, *wanted = sys.argv[1:]
    for story in wanted or sorted(os.listdir(STORIES)):
        begun = time.monotonic()
        steps = tell(story, (sim, phone, version), csms, checker)
        print(f"ok {story} in {version}: {len(steps)} steps ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
