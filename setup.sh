#!/bin/sh
# SPDX-License-Identifier: MIT
#
# setup.sh - see to it that Debian packages are installed: setup.sh PACKAGE...
#
# Installs what is missing as root or with passwordless sudo; otherwise prints the one
# command to type and fails.
set -eu

missing=''
for package in "$@"; do
	case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :) in
	*' installed') ;;
	*) missing="$missing $package" ;;
	esac
done
[ "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=''
elif sudo -n true 2>/dev/null; then
	sudo=sudo
else
	echo "setup: these packages are missing; please type:" >&2
	echo "  sudo apt-get update && sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "setup: installing$missing" >&2
apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600"
# shellcheck disable=SC2086 # words on purpose
{ $apt update && $apt install --no-install-recommends $missing; } >&2
