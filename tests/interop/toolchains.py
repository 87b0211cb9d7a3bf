"""Installing the strangers: once, under the build tree, from the pinned lists of npm/, python/ and go/. Nothing outside the build tree is
written. A stranger whose tools are missing, or whose packages cannot be fetched, is Unavailable: who asks decides what that means."""

import hashlib
import os
import shutil
import subprocess
import sys

from children import Failure

HERE = os.path.dirname(os.path.abspath(__file__))
STRANGERS = ("npm", "python", "go")
INSTALL_SECONDS = 240


class Unavailable(Exception):
    """One line saying what is missing and how to get it."""


class Stranger:
    """An installed stranger: its name, how its peer is started, and with which environment."""

    def __init__(self, name, command, environment):
        self.name, self.command, self.environment = name, command, environment


def run(command, folder, environment, log):
    """Runs an installer; its output goes to |log|, and the last line of it into the reason when it fails."""
    with open(log, "ab") as output:
        try:
            done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"'{' '.join(command[:3])}' took longer than {INSTALL_SECONDS} s; see {log}") from None
    if done.returncode != 0:
        raise Unavailable(f"'{' '.join(command[:3])}' failed ({done.returncode}); see {log}")


def tool(name, group="scripts/setup interop"):
    path = shutil.which(name)
    if path is None:
        raise Unavailable(f"there is no {name} here; {group} installs it")
    return path


def first_number(command, prefix):
    """The major (and minor) version a tool prints: (20, 1) of "v20.1.0"."""
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word = next(word for word in text.split() if word.startswith(prefix) and word[len(prefix):len(prefix) + 1].isdigit())
    parts = word[len(prefix):].split(".")
    return int(parts[0]), int("".join(filter(str.isdigit, parts[1] if len(parts) > 1 else "0")) or 0)


def digest(paths):
    total = hashlib.sha256()
    for path in sorted(paths):
        with open(path, "rb") as file:
            total.update(path.encode() + b"\0" + file.read())
    return total.hexdigest()


def once(folder, paths, install):
    """Calls |install| unless the same |paths| were installed into |folder| before."""
    stamp, wanted = os.path.join(folder, "installed"), digest(paths)
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == wanted:
                return
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    install()
    with open(stamp, "w", encoding="ascii") as file:
        file.write(wanted)


def files_of(name, *endings):
    folder = os.path.join(HERE, name)
    return [os.path.join(folder, file) for file in os.listdir(folder) if file.endswith(endings)]


def npm(work):
    node, manager = tool("node"), tool("npm")
    if first_number([node, "--version"], "v") < (18, 0):
        raise Unavailable("ocpp-rpc needs Node.js 18 or newer")
    folder = os.path.join(work, "npm")
    pinned = [os.path.join(HERE, "npm", name) for name in ("package.json", "package-lock.json", ".npmrc")]

    def install():
        for path in pinned:
            shutil.copy(path, folder)
        command = [manager, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--cache",
                   os.path.join(folder, "cache"), "--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "5000"]
        run(command, folder, dict(os.environ), os.path.join(work, "npm.log"))

    once(folder, pinned, install)
    return Stranger("npm", [node, os.path.join(HERE, "npm", "peer.js")],
                    dict(os.environ, NODE_PATH=os.path.join(folder, "node_modules")))


def python(work):
    if sys.version_info < (3, 11):
        raise Unavailable("the Python package ocpp needs Python 3.11 or newer")
    folder = os.path.join(work, "python")
    pinned = os.path.join(HERE, "python", "requirements.txt")
    interpreter = os.path.join(folder, "bin", "python")

    def install():
        log = os.path.join(work, "python.log")
        try:
            run([sys.executable, "-m", "venv", folder], work, dict(os.environ), log)
        except Unavailable:
            raise Unavailable(f"python3 -m venv failed (scripts/setup interop installs python3-venv); see {log}") from None
        run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir",
             "--retries", "2", "--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", pinned], work, dict(os.environ), log)

    once(folder, [pinned], install)
    return Stranger("python", [interpreter, os.path.join(HERE, "python", "peer.py")], dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))


def go(work):
    compiler = tool("go")
    environment = dict(os.environ, GOTOOLCHAIN="local", CGO_ENABLED="0")
    if first_number([compiler, "version"], "go") < (1, 19):
        raise Unavailable("ocpp-go needs Go 1.19 or newer")
    folder = os.path.join(work, "go")
    program = os.path.join(folder, "peer")
    sources = files_of("go", ".go", ".mod", ".sum")
    caches = os.path.join(work, "go-cache")  # what was fetched and compiled outlives a change of our own sources
    environment.update(GOPATH=os.path.join(caches, "path"), GOCACHE=os.path.join(caches, "build"), GOFLAGS="-modcacherw")

    def install():
        here, log = os.path.join(HERE, "go"), os.path.join(work, "go.log")
        run([compiler, "mod", "download"], here, environment, log)
        try:
            run([compiler, "build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-o", program, "."], here, environment, log)
        except Unavailable as reason:
            raise Failure(f"our own program does not compile: {reason}") from None

    once(folder, sources, install)
    return Stranger("go", [program], dict(os.environ))


def prepare(name, work):
    """The stranger |name|, installed under |work|."""
    os.makedirs(work, exist_ok=True)
    return {"npm": npm, "python": python, "go": go}[name](work)
