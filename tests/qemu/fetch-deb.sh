#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fetch-deb.sh - a file out of Debian's package for another CPU, without making that CPU known
# to this machine's package manager.
#
# usage: tests/qemu/fetch-deb.sh DEBIAN-ARCHITECTURE PACKAGE PATH-IN-PACKAGE OUT
set -eu

arch=$1 package=$2 path=$3 out=$(realpath "$4")
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
dpkg -x ./*.deb files
cp "files/$path" "$out"
