#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch-package.sh - get files from a Debian package for another CPU (default: GRUB), without
# adding that CPU to this machine's package manager.
#
# usage: tests/vm/fetch-package.sh DEBIAN-ARCHITECTURE OUT [PACKAGE PATH [OUT PATH]...]
#
# PACKAGE may be several names: the first that the archive has. GRUB's of Debian 13 is "unsigned".
# SUITE=trixie: from that release (or another suite), in the same archive, for what Debian 12 lacks.
# By its name: "stable" is another release every two years.
set -eu

here=$(realpath "$(dirname "$0")")
again=$here/../../again.sh
from=$PWD arch=$1 packages=${3:-grub-efi-$1-unsigned grub-efi-$1-bin}
path=${4:-usr/lib/grub/arm64-efi/monolithic/grubaa64.efi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
chmod -R a+rX "$work"

own=''
if [ "${SUITE:-}" ]; then
	"$here/archive.sh" "$SUITE" > "$work/sources"
	own="-o Dir::Etc::sourcelist=$work/sources -o Dir::Etc::sourceparts=/dev/null"
fi

# One of several archives may be broken: only the package matters.
# shellcheck disable=SC2016 # the inner shell's
fetch='packages=$1
	shift
	apt-get "$@" update
	for package in $packages; do
		[ -z "$(apt-cache "$@" pkgnames "$package")" ] || break
	done
	apt-get "$@" download "$package"'

cd "$work"
# shellcheck disable=SC2086 # own: several words, or none
if ! "$again" sh -c "$fetch" sh "$packages" -q -o Acquire::Retries=3 \
		-o APT::Architecture="$arch" -o APT::Architectures::="$arch" \
		-o Dir::State="$work" -o Dir::State::lists="$work/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" \
		-o APT::Sandbox::User=root $own; then
	echo "fetch-package: $packages for $arch cannot be downloaded" >&2
	exit 1
fi
dpkg -x ./*.deb files
cd "$from"
cp --sparse=always "$work/files/$path" "$2"
shift $(($# < 4 ? $# : 4))
while [ $# -ge 2 ]; do
	cp --sparse=always "$work/files/$2" "$1"
	shift 2
done
