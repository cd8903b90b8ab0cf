#!/bin/sh
# SPDX-License-Identifier: MIT
#
# dist.sh - makes the contents of a release from a tree that has been built.
#
# usage: BUILD=build VERSION=0 dist/dist.sh ISA...
#
# The result depends on the sources, the tools and one date: SOURCE_DATE_EPOCH, or the last
# commit's; not on the place, the time, umask or time zone.
set -eu
export LC_ALL=C TZ=UTC
umask 022

die() { echo "dist: $*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: BUILD=build VERSION=0 dist.sh ISA..."
cd "$(dirname "$0")/.."
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2> /dev/null || :)}"
[ "$SOURCE_DATE_EPOCH" ] || die "no commit has a date here: set SOURCE_DATE_EPOCH"
export SOURCE_DATE_EPOCH VERSION

out=$BUILD/dist
name=stubborn-sdk-$VERSION-$(dpkg --print-architecture)
rm -rf "$out"
mkdir -p "$out"
work=$(cd "$BUILD" && mktemp -d "$PWD/dist.XXXXXX")	# TMPDIR may contain blanks
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

install -m 644 LICENSE LICENSE.spleen "$out/"
for isa; do
	install -m 644 "$BUILD/$isa"/BOOT*.EFI "$out/"
	install -m 644 "$BUILD/$isa/kernel.elf" "$out/kernel-$isa.elf"
done

sdk/install.sh "$work/$name" "$@" > /dev/null
tar -C "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	--format=gnu -cf - "$name" | gzip -9n > "$out/$name.tar.gz"
mkdir "$work/root"
mv "$work/$name" "$work/root/usr"
dist/deb.sh "$work/root" "$out"
/usr/bin/python3 -B dist/sbom.py "$out" "$BUILD" > "$work/sbom"
install -m 644 "$work/sbom" "$out/stubborn-$VERSION.spdx.json"
(cd "$out" && sha256sum -- * > "$work/sums")
install -m 644 "$work/sums" "$out/SHA256SUMS"
(cd "$out" && ls -l)
