#!/usr/bin/env bash
# install.sh BUILD CONSUMER FIRMWARE: installs BUILD into a temporary prefix, moves it (packages are unpacked elsewhere, too) and builds
# CONSUMER, and the example FIRMWARE with its board, against it through find_package and pkg-config, shared and static. The compiler and
# its flags are those of BUILD.
set -euo pipefail
build=$1 consumer=$2 firmware=$3
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
cc=$(cached CMAKE_C_COMPILER)
flags=$(cached CMAKE_C_FLAGS)

die() { echo "install: $*" >&2; exit 1; }
answers() { [ "$("$1")" = ocpp2.0.1 ] || die "$1 does not run"; }
starts() { local code=0; "$1" >/dev/null 2>&1 || code=$?; [ $code = 2 ] || die "$1 does not start"; } # it knows its usage
source_of() { local own=${1#ocpp-}; own=$consumer/${own//-/_}.c; if [ -e "$own" ]; then echo "$own"; else echo "$consumer/core.c"; fi; } # of a library
linked_to() { [[ $(ldd "$1") == *"$2"* ]]; }

cmake --install "$build" --prefix "$temp/first" >"$temp/log" || { cat "$temp/log"; die "cmake --install failed"; }
mv "$temp/first" "$temp/root"
root=$temp/root
libdir=$(dirname "$(find "$root" -name libocpp.so)")
libraries="ocpp"
components=""
for component in adapters settlement settlement_adapters; do
    [ -e "$libdir/libocpp-${component//_/-}.so" ] || continue
    libraries="$libraries ocpp-${component//_/-}"
    components="$components${components:+;}$component"
done

# Every library: a soname with one number, both forms, and no name but ours to the outside.
for library in $libraries; do
    [ -e "$libdir/lib$library.a" ] || die "lib$library.a is missing"
    soname=$(readelf -d "$libdir/lib$library.so" | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
    [ "$soname" = "lib$library.so.0" ] || die "lib$library.so calls itself '$soname'"
    [ -e "$libdir/$soname" ] || die "$soname is missing"
    strangers=$(nm -D --defined-only "$libdir/lib$library.so" | awk '{print $3}' |
        grep -vE '^ocpp|^__(asan|odr_asan|ubsan|tsan|gcov|llvm|start|stop)|^_(init|fini|edata|end|_bss_start)$|^mangle_path$' || true)
    [ -z "$strangers" ] || die "lib$library.so exports $strangers"
done

for program in "$root"/bin/*; do
    [ -x "$program" ] || continue
    "$program" --version >/dev/null || die "$(basename "$program") --version fails after the move"
    [ -s "$root/share/man/man1/$(basename "$program").1" ] || die "$(basename "$program") has no manual page"
done

for static in OFF ON; do
    out=$temp/consumer-$static
    cmake -S "$consumer" -B "$out" -G Ninja -DCMAKE_PREFIX_PATH="$root" -DOCPP_USE_STATIC_LIBS=$static -DCOMPONENTS="$components" -DFIRMWARE="$firmware" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$flags" >"$temp/log" 2>&1 && cmake --build "$out" >>"$temp/log" 2>&1 ||
        { cat "$temp/log"; die "find_package, static $static"; }
    for program in core ${components//;/ }; do
        answers "$out/$program"
        if [ $static = ON ] && linked_to "$out/$program" libocpp; then die "$program is not linked statically"; fi
    done
    [ ! -x "$out/firmware" ] || starts "$out/firmware"
    [ $static = ON ] || linked_to "$out/core" libocpp.so.0 || die "core is not linked to the shared library"
done
if cmake -S "$consumer" -B "$temp/none" -G Ninja -DCMAKE_PREFIX_PATH="$root" -DCOMPONENTS=nonsense >"$temp/log" 2>&1; then
    die "a component that does not exist is found"
fi

export PKG_CONFIG_PATH=$libdir/pkgconfig
for library in $libraries; do
    pkg-config --exists --print-errors "$library >= 0.1" || die "$library.pc"
    # shellcheck disable=SC2046,SC2086
    "$cc" $flags -std=c11 "$(source_of "$library")" -o "$temp/shared" $(pkg-config --cflags --libs "$library")
    LD_LIBRARY_PATH=$libdir answers "$temp/shared"
done
build_firmware() { # FORM
    [ -e "$firmware/charge_point.c" ] && [[ $libraries == *adapters* ]] || return 0
    # shellcheck disable=SC2046,SC2086
    "$cc" $flags -std=c11 -D_POSIX_C_SOURCE=200809L "$firmware/charge_point.c" "$firmware/board.c" -o "$temp/firmware" \
        $(pkg-config ${1:+$1} --cflags --libs ocpp-adapters)
    LD_LIBRARY_PATH=$libdir starts "$temp/firmware"
}
build_firmware ""
rm "$libdir"/libocpp*.so* "$libdir"/cmake/ocpp/*-shared*.cmake
for library in $libraries; do
    # shellcheck disable=SC2046,SC2086
    "$cc" $flags -std=c11 "$(source_of "$library")" -o "$temp/static" $(pkg-config --static --cflags --libs "$library")
    answers "$temp/static"
done
build_firmware --static
cmake -S "$consumer" -B "$temp/only-static" -G Ninja -DCMAKE_PREFIX_PATH="$root" -DCMAKE_C_COMPILER="$cc" >"$temp/log" 2>&1 ||
    { cat "$temp/log"; die "a tree without shared libraries is not found"; }
echo "installed and linked: $libraries, shared and static, find_package and pkg-config"
