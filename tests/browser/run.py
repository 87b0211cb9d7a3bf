"""Clicks through the pages of ocpp-csms in a real browser, against real programs: installs the pinned packages once under WORK, and runs driver.js.
Without the tools it says what is missing and skips (77); OCPP_BROWSER_REQUIRED turns that into a failure.

usage: run.py --bin DIRECTORY --work DIRECTORY [STORY]..."""

import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
from toolchains import Unavailable, first_number, once, run, tool  # noqa: E402

SKIPPED = 77
DRIVER_SECONDS = 1200
GROUP = "scripts/setup browser"


def chromium():
    for name in ("chromium", "chromium-browser"):
        path = shutil.which(name) or (f"/usr/bin/{name}" if os.path.exists(f"/usr/bin/{name}") else None)
        if path:
            return path
    raise Unavailable(f"there is no chromium here; {GROUP} installs it")


def install(work):
    node, manager = tool("node", GROUP), tool("npm", GROUP)
    if first_number([node, "--version"], "v") < (18, 0):
        raise Unavailable("playwright-core needs Node.js 18 or newer")
    folder = os.path.join(work, "npm")
    pinned = [os.path.join(HERE, name) for name in ("package.json", "package-lock.json", ".npmrc")]

    def fetch():
        for path in pinned:
            shutil.copy(path, folder)
        command = [manager, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--cache", os.path.join(folder, "cache"),
                   "--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "5000"]
        run(command, folder, dict(os.environ), os.path.join(work, "npm.log"))

    once(folder, pinned, fetch)
    return node, os.path.join(folder, "node_modules")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("stories", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    try:
        browser = chromium()
        node, modules = install(options.work)
    except Unavailable as reason:
        if os.environ.get("OCPP_BROWSER_REQUIRED"):
            sys.exit(f"the browser tests are required here: {reason}")
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    screenshots = os.path.join(options.work, "screenshots")
    os.makedirs(screenshots, exist_ok=True)
    environment = dict(os.environ, OCPP_BIN=os.path.abspath(options.bin), OCPP_MODULES=os.path.abspath(modules), OCPP_SCREENSHOTS=screenshots,
                       OCPP_CHROMIUM=browser)
    done = subprocess.run([node, os.path.join(HERE, "driver.js"), *options.stories], env=environment, stdin=subprocess.DEVNULL,
                          timeout=DRIVER_SECONDS, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
