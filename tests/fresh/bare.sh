#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bare.sh - a Debian with git and make, made by mmdebstrap, with the host's apt configuration:
# archives, proxy and keys.
#
# usage: bare.sh ROOT TREE RELEASE. debootstrap makes the same, but takes twice the time.
# Runs in a mount namespace of its own, on a file system that is thrown away.
set -euo pipefail

root=$1 tree=$2 release=$3
HOST=bookworm
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

mirror=$("$tree/tests/vm/archive.sh")
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy https_proxy

# shellcheck disable=SC2016 # the inner shell's
"$tree/again.sh" sh -c 'rm -rf "$1" && mmdebstrap --variant=minbase \
	--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
	--include=git,make,ca-certificates,usr-is-merged "$2" "$1" "$3"' sh \
	"$root" "$release" "$mirror"

# The host's archives, in place of the one that mmdebstrap has configured; another release keeps it.
parts="trusted.gpg trusted.gpg.d keyrings auth.conf auth.conf.d"
if [ "$release" = $HOST ]; then
	rm -f "$root/etc/apt/sources.list"
	parts="$parts sources.list sources.list.d preferences preferences.d"
fi
for part in $parts; do
	[ ! -e "/etc/apt/$part" ] || cp -r "/etc/apt/$part" "$root/etc/apt/"
done
cp -rn /usr/share/keyrings/. "$root/usr/share/keyrings/"
# Compressed lists take apt a second more each time that it reads them.
apt-config dump | grep -E '^Acquire' | grep -v GzipIndexes > "$root/etc/apt/apt.conf.d/00host"
cp /etc/resolv.conf /etc/hosts "$root/etc/"

# Unpacking takes most of the time. Files that are not needed are left out, as in Debian's images
# for containers, and nothing waits for a disk.
cat > "$root/etc/dpkg/dpkg.cfg.d/fresh" <<-END
	force-unsafe-io
	path-exclude=/usr/share/doc/*
	path-exclude=/usr/share/info/*
	path-exclude=/usr/share/lintian/*
	path-exclude=/usr/share/locale/*
	path-exclude=/usr/share/man/*
END
