"""docs/csms.md and ocpp-csms say the same: its examples run, and its tables name the options, metrics, events and commands there are.

usage: test_csms_page.py OCPP-SIM OCPP-CSMS SOURCE-DIRECTORY"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import exposition  # noqa: E402
import rawws  # noqa: E402
from csms import Csms, scratch, until  # noqa: E402
from csms_commands import COMMANDS  # noqa: E402

SECONDS_IN_WHICH_NOTHING_COMES_ARE_NO_ERROR = 28  # exit code of curl --max-time


def page(source):
    with open(os.path.join(source, "docs/csms.md"), encoding="utf-8") as file:
        return file.read()


def section(text, title):
    return re.search(rf"^#+ {title}\n(.*?)(?=^#|\Z)", text, re.M | re.S).group(1)


def first_cells(text):
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]


def examples(text):
    return [block for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) if "curl" in block]


def test_each_example_of_the_page_runs(sim, binary, source):
    assert shutil.which("curl"), "curl is not there"
    blocks = examples(page(source))
    assert len(blocks) >= 4 and sum(block.count("curl ") for block in blocks) >= 25
    for version in ("1.6", "2.0.1"):
        with scratch() as folder:
            files = os.path.join(folder, "files")
            os.makedirs(files)
            with open(os.path.join(files, "pile-2.1.bin"), "wb") as file:
                file.write(b"ocpp-sim firmware 2.1\n")
            with Csms(binary, "--station", "PILE-7:its-password", "--files", files) as csms:
                pile = subprocess.Popen([sim, "--url", f"ws://127.0.0.1:{csms.port}/ocpp", "--id", "PILE-7", "--password", "its-password", "--version",
                                         version, "--quiet", "--state", folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    until(lambda c=csms: c.rest.get("/api/stations/PILE-7")["boot"]["status"] == "Accepted", "the boot")
                    for block in blocks:
                        run_block(block.replace("127.0.0.1:9000", f"127.0.0.1:{csms.http_port}"), version)
                finally:
                    pile.stdin.close()
                    pile.kill()
                    pile.wait()


def run_block(block, version):
    """Each line that calls curl, with what the lines before it set."""
    settings = ""
    for line in block.splitlines():
        if "curl" not in line:
            settings += line + "\n"
            continue
        done = subprocess.run(["bash", "-c", f"curl() {{ command curl -sS --fail-with-body \"$@\"; }}\n{settings}{line}"], capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode in (0, SECONDS_IN_WHICH_NOTHING_COMES_ARE_NO_ERROR), f"{version}: {line}\n{done.stdout}{done.stderr}"
        assert '"error":' not in done.stdout, f"{version}: {line}\n{done.stdout}"


def test_the_page_shows_every_option(sim, binary, source):
    shown = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"^  --([a-z-]+)", shown, re.M)) - {"help", "version", "config", "test-clock"}
    in_file = set(re.findall(r"^([a-z-]+)", re.search(r"```conf\n# /etc/ocpp-csms.conf\n(.*?)```", page(source), re.S).group(1), re.M))
    assert options == in_file, f"options and the page differ: {options ^ in_file}"


def test_the_page_shows_every_metric(sim, binary, source):
    named = {name for cell in first_cells(section(page(source), "Metrics")) for name in re.findall(r"`([a-z_…]+)`", cell)}
    with scratch() as folder, Csms(binary, "--db", os.path.join(folder, "csms.db")) as csms:
        served = set(exposition.read(csms.rest.ask("GET", "/metrics").text))
    served = {"ocpp_csms_peers_…_total" if name.startswith("ocpp_csms_peers_") else name for name in served}
    assert served == named, f"metrics and the page differ: {served ^ named}"


def test_the_page_shows_every_event_and_command(sim, binary, source):
    with open(os.path.join(source, "examples/csms/events.c"), encoding="utf-8") as file:
        kinds = set(re.findall(r"\[EVENT_[A-Z]+\] = \"([a-z]+)\"", file.read()))
    named = {name for cell in first_cells(section(page(source), "Events")) for name in re.findall(r"`([a-z]+)`", cell)}
    assert kinds == named, f"events and the page differ: {kinds ^ named}"
    commands = {name for line in section(page(source), "Commands").splitlines() if line.startswith("| ") for name in re.findall(r"`([a-z-]+)`", line)}
    assert commands == set(COMMANDS), f"commands and the page differ: {commands ^ set(COMMANDS)}"


if __name__ == "__main__":
    rawws.run(globals(), *sys.argv[1:4])
