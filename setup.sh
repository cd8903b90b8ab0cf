#!/bin/sh
# SPDX-License-Identifier: MIT
#
# setup.sh - install Debian packages that are missing: setup.sh PACKAGE...
#
# As root or with passwordless sudo it installs what is missing, and prints one line that says what
# and about how long; apt's output is shown only if it fails three times (again.sh). Else it prints
# the command to type, and fails.
set -eu
export LC_ALL=C

MB_A_SECOND=10			# installed size; download and unpacking on a slow machine

exec 9< "$0"			# make -j may run this for several lists at once
flock 9

missing=''
for package; do
	case $missing in *" $package "*) continue ;; esac
	case $(dpkg-query -W -f '${Status}' "$package" 2> /dev/null || :) in
	*' installed') ;;
	*) missing="${missing:- }$package " ;;
	esac
done
[ "$missing" ] || exit 0
missing=${missing# } missing=${missing% }

become=''
if ! command -v apt-get > /dev/null; then
	echo "setup: there is no apt-get; on Debian 12 these packages are needed: $missing" >&2
	exit 1
elif [ "$(id -u)" != 0 ]; then
	become='sudo -n'
	if ! $become true 2> /dev/null; then
		command -v sudo > /dev/null && ask='sudo sh -c' || ask='su -c'
		command="apt-get update && apt-get install -y --no-install-recommends $missing"
		echo "setup: installing the missing packages needs root; please run:" >&2
		echo "  $ask '$command'" >&2
		exit 1
	fi
fi

LOG=$(mktemp)
APT="$become env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=200
	-o Dpkg::Use-Pty=0 -o Acquire::Retries=3 --no-install-recommends"
export LOG APT

# "(62 packages, 480 MB: about 50 s)", if apt says that much
# shellcheck disable=SC2086 # words on purpose
estimate() {
	$APT --assume-no install $missing 2> /dev/null | awk -v rate=$MB_A_SECOND '
		/ newly installed, / { count = $3 }
		/^After this operation, / {
			gsub(",", "", $4)
			mb = $4 * ($5 == "kB" ? 0.001 : $5 == "GB" ? 1000 : 1)
		}
		END {
			if (count) printf " (%d packages, %d MB: about %d s)", count, mb,
				int(mb / rate / 10 + 1) * 10
		}'
}

printf 'setup: installing %s' "$missing" >&2
# An archive that cannot be reached may not be needed: go on with the lists that exist. If it is
# needed, the lists are fetched again before the next try.
$APT update > "$LOG" 2>&1 < /dev/null || :
estimate >&2 || :
echo >&2
# shellcheck disable=SC2016,SC2086 # the inner shell's; words on purpose
if ! "$(dirname "$0")/again.sh" sh -c '[ $TRY = 1 ] || $APT update; $APT -y install "$@"' \
		sh $missing; then
	echo "setup: apt-get failed; its whole output is in $LOG" >&2
	exit 1
fi
rm -f "$LOG"
