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
exit $failed
