#!/usr/bin/env bash
# Installs a build, configures the consumer against the installed tree alone, builds and runs it; then looks into the .deb.
# run.sh BUILD_FOLDER
set -eu
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/usr" >/dev/null
cp -r "$source" "$work/consumer"
cmake -S "$work/consumer" -B "$work/consumer-build" -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" >/dev/null
cmake --build "$work/consumer-build" >/dev/null
(cd "$work" && ./consumer-build/consumer && [ "$(./consumer-build/consumer_core)" = tzyx ])
if grep -rl "$build" "$work/usr/lib" --include='*.cmake'; then
    echo "the package config names the build folder" >&2
    exit 1
fi
# A tool fresh from scripts/new-tool, built against the installed tree too, passes the case that came with it.
if [ -x "$work/usr/bin/levin-copy" ]; then
    repository=$(cd "$source/../.." && pwd)
    mkdir "$work/fresh"
    cp -r "$repository/scripts" "$repository/tools" "$repository/tests" "$work/fresh"
    "$work/fresh/scripts/new-tool" fresh --no-man >/dev/null
    grep -qx 'levin_add_tool(fresh)' "$work/fresh/tools/CMakeLists.txt"
    cmake -S "$work/consumer" -B "$work/consumer-build" -DTOOL="$work/fresh/tools/fresh.cpp" >/dev/null
    cmake --build "$work/consumer-build" >/dev/null
    cp -r "$work/usr/bin" "$work/usr/lib" "$work/fresh"
    cp "$work/consumer-build/levin-fresh" "$work/fresh/bin"
    bash "$work/fresh/tests/support/cli_test.sh" "$work/fresh/bin" fresh "$work/fresh/tests/cli/fresh/multiplies.sh" || [ $? = 77 ]
    for check in help bad_option overwrite same_answer; do
        bash "$work/fresh/tests/support/cli_test.sh" "$work/fresh/bin" fresh "$source/../support/every_tool/$check.sh"
    done
    echo "package: a tool from scripts/new-tool compiles and passes its tests"
fi

for tool in "$work"/usr/bin/*; do
    "$tool" --version >version
    ! grep unknown version >&2 || { echo "$tool does not find its modules where they are installed" >&2; exit 1; }
    [ -f "$work/usr/share/man/man1/$(basename "$tool").1" ] || { echo "$tool has no man page" >&2; exit 1; }
done
echo "package: the installed tree serves a consumer"

command -v dpkg-deb >/dev/null && command -v dpkg-shlibdeps >/dev/null || { echo "skipped: no dpkg-dev, so no .deb"; exit 0; }
cd "$work"
cpack --config "$build/CPackConfig.cmake" -B "$work/deb" >cpack.log 2>&1 || { cat cpack.log >&2; exit 1; }
deb=$(ls deb/levin_*.deb)
dpkg-deb --field "$deb" >fields
dpkg-deb --contents "$deb" >contents
expect() { grep -Eq -- "$2" "$1" || { echo "the .deb: no '$2' in its $1" >&2; cat "$1" >&2; exit 1; }; }
expect fields '^Package: levin$'
expect fields '^Section: science$'
expect fields '^Depends: .*libfftw3.*'
expect fields '^Depends: .*libtiff.*'
expect fields '^Depends: .*libarchive.*'
expect fields '^Depends: .*libhdf5.*'
expect fields '^Depends: .*libcurl.*'
expect fields '^Depends: .*libssl.*'
expect contents './usr/share/doc/levin/copyright$'
expect contents './usr/lib/.*levin/levin-hdf5\.so$'
expect contents './usr/lib/.*levin/levin-curl\.so$'
for tool in usr/bin/*; do expect contents "./$tool\$"; done
if grep -E '\.(a|hpp|cmake)$' contents; then echo "the .deb holds development files" >&2; exit 1; fi
if compgen -G 'usr/bin/levin' >/dev/null; then
    expect contents './usr/share/man/man1/levin.1$'
    for completion in bash-completion/completions/levin zsh/vendor-completions/_levin fish/vendor_completions.d/levin.fish; do
        expect contents "./usr/share/$completion\$"
    done
fi
echo "package: $(basename "$deb") holds what it should"
