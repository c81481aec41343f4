#!/bin/bash
# Makes the Debian package from artifacts/bin: the programs together in one directory, as they look for each other; the unit, the
# completions and the manual pages as the command itself prints them.
# usage: deb.sh VERSION DIRECTORY
set -euo pipefail

version=${1/-/\~} # A pre-release sorts before its release (deb-version(7)).
into=$2
root=$(cd "$(dirname "$0")/.." && pwd)
bin=$root/artifacts/bin
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree" # mktemp's own mode would be that of the host's /.

lib=$tree/usr/lib/zones
share=$tree/usr/share
install -D --mode=755 --target-directory="$lib" "$bin"/zone{,d,-guest,-serve,-report}
install -D --mode=644 --target-directory="$lib" "$bin"/*.so
mkdir -p "$tree/usr/bin"
ln -s ../lib/zones/zone "$tree/usr/bin/zone"

printed() { # FILE ARGUMENT...
    local file=$1
    mkdir -p "$(dirname "$file")"
    "$bin/zone" "${@:2}" >"$file"
}
printed "$share/bash-completion/completions/zone" completion bash
printed "$share/zsh/vendor-completions/_zone" completion zsh
printed "$share/fish/vendor_completions.d/zone.fish" completion fish
printed "$tree/usr/lib/systemd/system/zones.service" service show --program /usr/bin/zone
"$bin/zone" man "$share/man"
gzip -9n "$share"/man/man*/*

install -D --mode=644 "$root/LICENSE" "$share/doc/zones/copyright"
install -D --mode=644 "$root/docs/CHANGELOG.md" "$share/doc/zones/changelog"
gzip -9n "$share/doc/zones/changelog"

libc=$(grep -ahoE 'GLIBC_2\.[0-9]+' "$lib"/* | sort -uV | tail -n 1)
mkdir "$tree/DEBIAN"
install --mode=755 --target-directory="$tree/DEBIAN" "$root"/build/debian/{postinst,prerm,postrm}
sed -e "s/@VERSION@/$version/" -e "s/@LIBC@/${libc#GLIBC_}/" -e "s/@SIZE@/$(du -sk "$tree/usr" | cut -f 1)/" "$root/build/debian/control.in" >"$tree/DEBIAN/control"
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$into"
dpkg-deb --root-owner-group -Zxz --build "$tree" "$into/zones_${version}_amd64.deb" >/dev/null
