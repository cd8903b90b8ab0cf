#!/bin/sh
# SPDX-License-Identifier: MIT
#
# archive.sh - prints the address of the archive from which this machine's apt gets a release of
# Debian; with SUITE, the line for sources.list that adds that suite of the same archive.
#
# usage: tests/vm/archive.sh RELEASE [SUITE]
set -eu

# shellcheck disable=SC2016 # apt's
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CREATED_BY)' |
	awk -v r="$1" '$2 == r && $3 == "Packages" { print $1; exit }')
[ "$mirror" ] || { echo "this machine's apt knows no archive of $1" >&2; exit 1; }
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "${2:+deb [signed-by=$key] }$mirror${2:+ $2 main}"
