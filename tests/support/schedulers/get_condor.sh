#!/usr/bin/env bash
# Unpacks HTCondor for tests/cli/schedulers where the system's release has no such package: get_condor.sh FOLDER
#
# Debian 12 is without HTCondor, the release after it has one that wants a newer C library. So its packages, and those of the
# libraries it needs, are unpacked into FOLDER, nothing is installed, and HTCondor's own programs are told to take the libraries
# there. Jobs are processes of this system all the same. They come from where the system's packages come from, by an apt that keeps
# its lists in FOLDER. Needs patchelf.
set -eu
folder=$1 suite=trixie
packages=(condor libc6 libstdc++6 libgcc-s1 libgomp1 libssl3t64 libuuid1 libpcre2-8-0 libsqlite3-0 libexpat1 libzstd1 zlib1g)
command -v patchelf >/dev/null || { echo "get_condor: no patchelf" >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,apt/none,packages,root,lib}
trap '[ -e "$folder/complete" ] || rm -rf "$folder"' EXIT
: >"$folder/apt/status"
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep '/debian/*$' | head -n 1)
[ "$mirror" ] || { echo "get_condor: no Debian mirror among apt's sources" >&2; exit 1; }
echo "deb $mirror $suite main" >"$folder/apt/sources.list"
apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/apt/sources.list" -o "Dir::Etc::SourceParts=$folder/apt/none"
     -o "Dir::Etc::PreferencesParts=$folder/apt/none" -o "Dir::State::Lists=$folder/apt/lists" -o "Dir::State::Status=$folder/apt/status"
     -o "Dir::Cache=$folder/apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
"${apt[@]}" update
(cd "$folder/packages" && "${apt[@]}" download "${packages[@]}" >/dev/null)
for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder/root"; done

# Shared libraries of all packages in one folder, the dynamic loader too.
find "$folder/root" \( -name '*.so' -o -name '*.so.*' \) -not -path '*/lib64/*' -not -path '*/gconv/*' -not -path '*python*' -not -path '*/libexec/*' \
    -exec cp -a -t "$folder/lib" {} +
loader=$(readlink -f "$folder"/lib/ld-linux-*.so.*)
is_elf() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; }
for program in "$folder"/root/usr/{bin,sbin}/* "$folder"/root/usr/libexec/condor/*; do
    is_elf "$program" || continue
    patchelf --force-rpath --set-rpath "$folder/lib" "$program" || true
    case $program in *.so) ;; *) patchelf --set-interpreter "$loader" "$program" || true ;; esac
done
for library in "$folder"/lib/libcondor* "$folder"/lib/libclassad*; do
    is_elf "$library" && patchelf --force-rpath --set-rpath "$folder/lib" "$library"
done
rm -rf "$folder/packages" "$folder/apt"
CONDOR_CONFIG=/dev/null "$folder/root/usr/bin/condor_version" >"$folder/complete"
