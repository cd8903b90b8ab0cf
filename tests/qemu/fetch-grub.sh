#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch-grub.sh - Debian's ready-made GRUB for another CPU, without making that CPU known
# to this machine's package manager.
#
# usage: tests/qemu/fetch-grub.sh DEBIAN-ARCHITECTURE OUT.EFI
set -eu

arch=$1 out=$(realpath "$2")
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
apt update
apt download "grub-efi-$arch-bin"
dpkg -x ./grub-efi-*.deb files
cp files/usr/lib/grub/*/monolithic/grubaa64.efi "$out"
