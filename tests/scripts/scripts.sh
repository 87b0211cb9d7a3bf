#!/usr/bin/env bash
# scripts.sh ROOT: each script tells its use, refuses what it does not know with 2 and one line, and .ci/run is a bounded scripts/test --all.
set -uo pipefail
root=$1
failed=0

fail() { echo "scripts: $*"; failed=1; }

for script in setup demo test bench test-minimal; do
    help=$("$root/scripts/$script" --help </dev/null 2>&1) || fail "$script --help does not succeed"
    [[ $help == usage:* ]] || fail "$script --help does not begin with its usage: $help"
    said=$("$root/scripts/$script" --nonsense </dev/null 2>&1)
    code=$?
    [ $code = 2 ] || fail "$script --nonsense ends with $code"
    [ "$(wc -l <<<"$said")" = 1 ] || fail "$script --nonsense says more than a line: $said"
    [[ $said == *usage:* ]] || fail "$script --nonsense does not say what to type: $said"
done
"$root/scripts/test" --only nonsense </dev/null >/dev/null 2>&1
[ $? = 2 ] || fail "test --only nonsense is not refused"
for stage in $("$root/scripts/test" --list); do
    grep -q "^stage_$stage()" "$root/scripts/test" || fail "test --list names $stage, which is no stage"
done
grep -q 'scripts/test --all' "$root/.ci/run" && grep -q 'timeout' "$root/.ci/run" || fail ".ci/run is no bounded scripts/test --all"

# On a machine where nothing may be installed, setup says what is missing and why, instead of failing half-way.
bare=$(mktemp -d)
trap 'rm -rf "$bare"' EXIT
for tool in bash dirname nproc basename; do ln -s "$(command -v $tool)" "$bare/$tool"; done
said=$(PATH=$bare "$root/scripts/setup" build </dev/null 2>&1) && fail "setup succeeds without a package manager"
[[ $said == *apt-get*cmake* ]] || fail "setup does not name what is missing: $said"

# The demo says in a line why it does not begin: another one runs, or its port is taken. Nothing was started then.
for busy in 'import fcntl, sys; lock = open(sys.argv[1] + "/demo.lock", "w"); lock.write("77"); lock.flush(); fcntl.flock(lock, fcntl.LOCK_EX); port = 0' \
    'import socket; held = socket.create_server(("127.0.0.1", 0)); port = held.getsockname()[1]'; do
    said=$(python3 -c "$busy
import subprocess, sys
sys.exit(subprocess.call([sys.executable, '-B', sys.argv[2], '--bin', '/nowhere', '--story', '/nowhere', '--data', sys.argv[1], '--port', str(port)]))" \
        "$bare" "$root/scripts/story.py" 2>&1)
    code=$?
    [ $code = 1 ] && [ "$(wc -l <<<"$said")" = 1 ] || fail "a demo that cannot begin ends with $code and says: $said"
    case $said in *"process 77"* | *"port "*"taken"*) ;; *) fail "a demo that cannot begin does not say why: $said" ;; esac
done
said=$("$root/scripts/demo" --port many 2>&1)
[ $? = 2 ] && [[ $said == *--port* ]] || fail "demo --port many is not refused: $said"
exit $failed
