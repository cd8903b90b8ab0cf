#!/bin/sh
# SPDX-License-Identifier: MIT
#
# archive.sh - prints the address of the archive from which this machine's apt gets its release of
# Debian; with SUITE, the line for sources.list that adds that suite of the same archive.
#
# usage: tests/vm/archive.sh [SUITE]
set -eu

release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
# shellcheck disable=SC2016 # apt's
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CREATED_BY)' |
	awk -v r="$release" '$2 == r && $3 == "Packages" { print $1; exit }')
[ "$mirror" ] || { echo "this machine's apt knows no archive of ${release:-it}" >&2; exit 1; }
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "${1:+deb [signed-by=$key] }$mirror${1:+ $1 main}"
