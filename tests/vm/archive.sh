#!/bin/sh
# SPDX-License-Identifier: MIT
#
# archive.sh - prints the address of the archive from which this machine's apt has a release of
# Debian.
#
# usage: tests/vm/archive.sh RELEASE
set -eu

# shellcheck disable=SC2016 # apt's
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CREATED_BY)' |
	awk -v r="$1" '$2 == r && $3 == "Packages" { print $1; exit }')
[ "$mirror" ] || { echo "this machine's apt knows no archive of $1" >&2; exit 1; }
echo "$mirror"
