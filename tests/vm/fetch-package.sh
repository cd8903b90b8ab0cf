#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch-package.sh - a file of a Debian package for another CPU (GRUB, if none is named), without
# making that CPU known to this machine's package manager.
#
# usage: tests/vm/fetch-package.sh DEBIAN-ARCHITECTURE OUT.EFI [PACKAGE PATH]
set -eu

arch=$1 out=$(realpath "$2") package=${3:-grub-efi-$1-bin}
path=${4:-usr/lib/grub/arm64-efi/monolithic/grubaa64.efi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
chmod -R a+rX "$work"

apt() {
	apt-get -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" \
		-o Dir::State="$work" -o Dir::State::lists="$work/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" \
		-o APT::Sandbox::User=root "$@"
}

cd "$work"
apt update || :			# one archive of several may be out of order
apt download "$package"
dpkg -x ./"$package"_*.deb files
cp "files/$path" "$out"
