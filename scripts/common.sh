# common.sh: what the scripts share. Sourced by bash, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# misuse LINE: wrong use of a script, one line saying what to type instead.
misuse() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

# Hundreds of test programs are linked; this linker of binutils takes half the time. What is shipped is linked by the usual one.
quick_link() { case $1 in release | arm*) ;; *) ! command -v ld.gold >/dev/null || say "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=gold" ;; esac; }

# The builds share most of their objects with those of yesterday, and of another clone of the same tree. A debugger finds the sources of
# a cached object where the first clone was. Who builds as the README says is not touched by it.
cached_compiler() {
    ! command -v ccache >/dev/null || [ -n "${CMAKE_C_COMPILER_LAUNCHER:-}" ] || say "-DCMAKE_C_COMPILER_LAUNCHER=ccache"
}
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# build_preset PRESET LOG [TARGET…]: configures and builds; quiet unless it fails.
build_preset() {
    local preset=$1 log=$2 && shift 2
    mkdir -p "$(dirname "$log")"
    # shellcheck disable=SC2046
    (cd "$root" && cmake --preset "$preset" $(quick_link "$preset") $(cached_compiler) && cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}) >"$log" 2>&1 ||
        { tail -n 60 "$log" >&2; say "the whole log: $log" >&2; return 1; }
}
