#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh - each command as the first one in a fresh clone on a bare Debian 12.
#
# usage: tests/fresh/run.sh BUILD [CASE...]         cases.sh lists them
#
# mmdebstrap makes such a root with the host's apt configuration; each case gets a copy of it (an
# overlay, or a real copy where there are none). Everything is in one tmpfs, mounted in a mount
# namespace of its own: when that ends, for whatever reason, nothing of it remains, and nothing of
# the host is ever mounted below what is removed. Needs root; without, only order.sh is run.
# Last line: "fresh: N passed, N failed[, N skipped]".
set -u

build=${1:-build}
shift
top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/tests/fresh
mkdir -p "$build/fresh"
logs=$(cd "$build/fresh" && pwd)
MEMORY=10				# GiB that all this takes

finish() {			# the last line, from the cases' results
	local passed failed skipped more=''
	passed=$(grep -c '^fresh: .*: ok' "$logs/said")
	skipped=$(grep -c '^fresh: .*: skipped' "$logs/said")
	failed=$((total - passed - skipped))	# a case without a result has failed
	[ "$skipped" -eq 0 ] || more=", $skipped skipped"
	echo "fresh: $passed passed, $failed failed$more"
	[ "$failed" -eq 0 ]
}

progress() {			# what run-all.sh reads
	[ -z "${PROGRESS:-}" ] || echo "$(grep -c '^fresh: ' "$logs/said") $total \
$(grep -c 'FAILED' "$logs/said")" > "$PROGRESS"
}

say() { echo "fresh: $*" | tee -a "$logs/said"; progress; }

all=$(bash "$here/cases.sh" list)
cases=${*:-$all}
for name in $cases; do
	case " $all whole-test " in *" $name "*) continue ;; esac
	echo "fresh: there is no case \"$name\"; there are: $all whole-test"
	exit 1
done
total=$(($(wc -w <<< "$cases") + 1))

if [ "${FRESH:-}" != inside ]; then
	: > "$logs/said"
	bash "$here/order.sh" > "$logs/order.log" 2>&1 &
	order=$!
	why=''
	memory=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
	if [ "$(id -u)" != 0 ]; then
		why="only root can make the file system"
	elif ! unshare -mpf --mount-proc true 2> /dev/null; then
		why="there are no namespaces"
	elif [ "$memory" -lt $MEMORY ]; then
		why="$memory GiB of memory are free, not $MEMORY"
	fi
	if [ "$why" ]; then
		for name in $cases; do say "$name: skipped: $why"; done
	else
		work=$(mktemp -d)
		# shellcheck disable=SC2086 # words
		FRESH=inside WORK=$work unshare -mpf --mount-proc --kill-child \
			"$0" "$build" $cases
		rmdir "$work"		# empty: its tmpfs has ended with its namespace
	fi
	if wait $order; then
		say "order: ok"
	else
		cat "$logs/order.log"
		say "order: FAILED"
	fi
	finish
	exit
fi

# ---- in namespaces of our own ----

mount -t tmpfs -o size=90%,mode=755 fresh "$WORK" || exit 1
root=$WORK/root
mkdir "$WORK/built" "$WORK/tars"
make_root() {			# FRESH_ROOT=FILE.tar keeps it, for work on these scripts
	if [ -f "${FRESH_ROOT:-}" ]; then
		tar -xf "$FRESH_ROOT" -C "$WORK"
	else
		"$here/root.sh" "$root" "$top" "$WORK/tars" || return
		[ -z "${FRESH_ROOT:-}" ] || tar -cf "$FRESH_ROOT" -C "$WORK" root
	fi && git clone -q --depth 1 "file://$top" "$root/root/stubborn"
}
if ! make_root > "$logs/root.log" 2>&1; then
	tail -n 40 "$logs/root.log"
	for name in $cases; do say "$name: FAILED: no file system: see $logs/root.log"; done
	exit 1
fi
cp -r "$here" "$WORK/scripts"		# so that they can be edited meanwhile
here=$WORK/scripts
export WORK logs here
for name in image fake; do
	case " $cases " in *" $name "*) ;; *) touch "$WORK/built/$name.done" ;; esac
done

# A case per CPU and one more at a time, as they also wait for disks and for each other. Each has
# its own log. Cases that continue with what another one built wait for it; if that fails they are
# not tried.
one() {
	local name=$1 began cpu donor TIMEFORMAT='%U %S'
	for donor in $(bash "$here/cases.sh" kind "$name"); do
		case $donor in alone|next) continue ;; esac
		while ! [ -e "$WORK/built/$donor.done" ]; do
			sleep 1
		done
		if [ -e "$WORK/built/$donor.failed" ]; then
			echo "fresh: $name: FAILED: it needs files of $donor, which failed"
			return
		fi
	done
	began=$SECONDS
	if cpu=$({ time unshare -mpf --mount-proc --kill-child "$here/copy.sh" "$name" \
			> "$logs/$name.log" 2>&1; } 2>&1); then
		cpu=$(awk '{ printf "%.0f", $1 + $2 }' <<< "$cpu")
		echo "fresh: $name: ok ($((SECONDS - began)) s, $cpu s of a CPU)"
	else
		tail -n 40 "$logs/$name.log"
		echo "fresh: $name: FAILED (its whole output: $logs/$name.log)"
		touch "$WORK/built/$name.failed"
	fi
	touch "$WORK/built/$name.done"
	rm -rf --one-file-system "${WORK:?}/copy-$name"	# its mounts were in its own namespace
}
export -f one
# shellcheck disable=SC2086 # words
printf '%s\n' $cases | xargs -P $(($(nproc) + 1)) -I NAME bash -c 'one NAME' |
	while IFS= read -r line; do
		case $line in
		fresh:*)	say "${line#fresh: }" ;;
		*)		printf '%s\n' "$line" ;;
		esac
	done
