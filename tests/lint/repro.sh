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
trap 'exit 1' HUP INT TERM
forget() {			# removes every eighth object in $1
	find "$1"/*/obj "$1"/*/copy -name '*.o' | sort | awk 'NR % 8 == 1' | xargs rm -f
}
# Both at once: somebody may be editing and building, and the bill of materials has every source's
# sum.
mkdir -p "$work/a" "$work/much/longer"
git ls-files --cached --others --exclude-standard | while read -r f; do
	[ ! -f "$f" ] || cp ${quick:+-p} --parents "$f" "$work/a"
done
[ ! "$quick" ] || [ ! -d "$BUILD" ] || cp -a "$BUILD" "$work/a/build"
sleep 1
cp -r ${quick:+-p} "$work/a" "$work/much/longer/name"
[ ! -d "$work/a/build" ] || forget "$work/much/longer/name/build"
for copy in a much/longer/name; do
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
cd "$work/a/build/dist"
same=true
for file in *; do
	cmp "$file" "$work/much/longer/name/build/dist/$file" || same=false
	sha256sum "$file"
done
tail -n 1 "$work/checked"
$same
