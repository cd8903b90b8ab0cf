#!/bin/bash
# SPDX-License-Identifier: MIT
#
# root.sh - a bare Debian 12 with git and make, and downloads for later.
#
# usage: root.sh ROOT TREE TARS. Packages that the project will ask for are in apt's cache, but none
# is installed; TARS gets the contents of as many as can be unpacked meanwhile. The root is made
# while they are downloaded.
# Runs in a mount namespace of its own, on a file system that is thrown away.
set -euo pipefail

root=$1 tree=$2 tars=$3
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# shellcheck disable=SC2016 # make's
packages=$(printf 'include packages.mk\nall:;@echo $(ALL_PACKAGES)\n' | make -s -C "$tree" -f - all)
own=$root.apt
mkdir -p "$own/lists/partial" "$own/archives/partial"
: > "$own/status"
host_apt() {			# apt with the host's archives and no installed packages
	"$tree/again.sh" apt-get -q -y -o APT::Sandbox::User=root -o Acquire::Retries=3 \
		-o Dir::State="$own" -o Dir::State::status="$own/status" -o Dir::Cache="$own" "$@"
}
unpack() {			# uses the CPU that is idle during the download
	local deb tar
	while sleep 1; do
		for deb in "$own"/archives/*.deb; do
			tar=$tars/${deb##*/}
			[ ! -f "$deb" ] || [ -f "$tar" ] ||
				{ dpkg-deb --fsys-tarfile "$deb" > "$tars/new" &&
				mv "$tars/new" "$tar"; }
		done
	done
}
# shellcheck disable=SC2086 # words
{ host_apt update && host_apt -d --no-install-recommends install $packages; } &
download=$!
unpack &
unpacking=$!

"${0%/*}/bare.sh" "$root" "$tree" bookworm
chroot "$root" useradd -m -s /bin/bash someone

# The packages' contents are kept unpacked, too, once one copy has needed them (copy.sh binds TARS).
mv "$root/usr/bin/dpkg-deb" "$root/usr/bin/dpkg-deb.real"
mkdir "$root/var/cache/tars"
cat > "$root/usr/bin/dpkg-deb" <<-'END'
	#!/bin/sh
	deb=$(readlink -f "$2")		# apt numbers its links to many packages
	tar=/var/cache/tars/${deb##*/}
	if [ "$1" != --fsys-tarfile ] || ! [ -w "${tar%/*}" ]; then
		exec dpkg-deb.real "$@"
	fi
	if ! [ -f "$tar" ]; then	# copies have PIDs of their own: $$ is not unique
		new=$(mktemp "$tar.XXXXXX") && dpkg-deb.real "$@" > "$new" && mv "$new" "$tar"
	fi || exit 2
	exec cat "$tar"
END
chmod 755 "$root/usr/bin/dpkg-deb"

wait $download || :		# anything missing is downloaded below
kill $unpacking
wait $unpacking || :
rm -f "$tars/new"
mv "$own"/archives/*.deb "$root/var/cache/apt/archives/" || :
mount -t proc proc "$root/proc"
# shellcheck disable=SC2016,SC2086 # the inner shell's; words
"$tree/again.sh" chroot "$root" sh -c 'apt-get -q update
	apt-get -q -y -d -o Acquire::Retries=3 --no-install-recommends install "$@"' sh $packages
umount "$root/proc"
rm -rf "$own"
