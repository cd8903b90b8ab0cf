#!/bin/sh
# SPDX-License-Identifier: MIT
#
# repro.sh - the same source gives the same bytes: builds two copies of the tree, in folders of
# different length, at different times, with another umask, another TMPDIR, in whose name is a
# blank, and in another time zone, and compares what `make dist` would publish. `make check-dist`
# says whether it is whole.
#
# usage: repro.sh [quick]. quick: both copies begin with what BUILD holds; the second compiles every
# eighth object again, and links everything.
set -eu

quick=${1:-}
: "${BUILD:=build}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
forget() {			# removes every eighth object in $1
	find "$1"/*/obj "$1"/*/copy -name '*.o' | sort | awk 'NR % 8 == 1' | xargs rm -f
}
git ls-files --cached --others --exclude-standard > "$work/files"
for copy in a much/longer/name; do
	mkdir -p "$work/$copy"
	while read -r f; do
		[ ! -f "$f" ] || cp ${quick:+-p} --parents "$f" "$work/$copy"
	done < "$work/files"
	if [ "$quick" ] && [ -d "$BUILD" ]; then
		cp -a "$BUILD" "$work/$copy/build"
		[ $copy = a ] || forget "$work/$copy/build"
	fi
	(
		case $copy in
		a) umask 077; goal='check-dist' ;;
		*) mkdir "$work/t m p"
		   export TZ=UTC+9 TMPDIR="$work/t m p"; goal='dist' ;;
		esac
		make -s -C "$work/$copy" BUILD=build SOURCE_DATE_EPOCH=1000000000 $goal \
			> "$work/said" || { cat "$work/said"; exit 1; }
		[ $copy != a ] || cp "$work/said" "$work/checked"
	)
	sleep 1
done
for file in "$work/a/build/dist"/*; do
	cmp "$file" "$work/much/longer/name/build/dist/${file##*/}"
	sha256sum "$file" | sed "s, .*/,  ,"
done
tail -n 1 "$work/checked"
