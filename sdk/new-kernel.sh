#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stubborn-new-kernel - write a first kernel that boots by itself.
#
# usage: stubborn-new-kernel DIR [c|cxx|rust]
#
# DIR gets a copy of an example, with its Makefile and its own name; make -C DIR run boots it. The
# source tree's make new-kernel calls this, too.
set -eu

die() { printf 'new-kernel: %s\n' "$*" >&2; exit 1; }

dir=${1:-} language=${2:-c}
case $dir in
'')	die "stubborn-new-kernel DIR [c|cxx|rust], or make new-kernel DIR=../mine" \
		"[LANG=c|cxx|rust]: which folder?" ;;
-h|--help)
	sed -n 's/^# \(usage: \)/\1/p' "$0"
	exit ;;
-*)	dir=./$dir ;;
esac
case $language in
c)	example=hello ;;
cxx|rust) example=$language ;;
*)	die "LANG=$language: c, cxx or rust" ;;
esac
[ -d "$dir" ] || { [ ! -e "$dir" ] && [ ! -L "$dir" ]; } ||
	die "$dir exists and is not a folder"
[ ! -d "$dir" ] || [ -z "$(ls -A "$dir")" ] || die "$dir exists and is not empty"
here=$(dirname "$(readlink -f "$0")")
for examples in "$here/../examples" "$here/../share/stubborn/examples"; do
	[ ! -d "$examples" ] || break
done
[ -d "$examples/$example" ] || die "LANG=$language: there is no such example"
sdk=$here
[ -r "$sdk/stubborn.mk" ] || sdk=$(readlink -f "$here/../lib/stubborn")		# installed
for name in "$sdk" "$dir" "$(readlink -m -- "$dir")"; do	# as names.mk
	case $name in *[][:space:][\'\"\(\)\&\;\`\|\<\>*?\\#,=%:\$]*)
		die "$name: make cannot handle such signs in the name of a folder" ;;
	esac
done

mkdir -p "$dir"
cp -R "$examples/$example/." "$dir"
chmod -R u+w "$dir"			# the tree may be read-only
rm -rf "$dir/build" "$dir/CMakeLists.txt"
sed -i "s|^STUBBORN ?= .*|STUBBORN ?= $sdk|" "$dir/Makefile"
# It is called as its folder is, if kernel_wants.name can be that.
name=$(basename "$(cd "$dir" && pwd)")
case $name in
*[!A-Za-z0-9._-]*) ;;
*)	[ ${#name} -gt 31 ] || sed -i "s/\"$example\([\":]\)/\"$name\1/g" "$dir"/main.* ;;
esac
echo build/ > "$dir/.gitignore"
echo "new-kernel: $dir is written; make -C $dir run"
