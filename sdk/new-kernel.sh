#!/bin/sh
# SPDX-License-Identifier: MIT
#
# new-kernel.sh - write a first kernel: a copy of an example, with its Makefile and its own name.
#
# usage: sdk/new-kernel.sh DIR c|cxx|rust
set -eu

die() { echo "new-kernel: $*" >&2; exit 1; }

dir=${1:-} language=${2:-c}
[ "$dir" ] || die "make new-kernel DIR=../mine [LANG=c|cxx|rust]: which folder?"
case $dir in -*) dir=./$dir ;; esac
case $language in
c)	example=hello ;;
cxx|rust) example=$language ;;
*)	die "LANG=$language: c, cxx or rust" ;;
esac
[ -d "$dir" ] || { [ ! -e "$dir" ] && [ ! -L "$dir" ]; } ||
	die "$dir exists and is not a folder"
[ ! -d "$dir" ] || [ -z "$(ls -A "$dir")" ] || die "$dir exists and is not empty"
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$here/../examples/$example" ] || die "LANG=$language: there is no such example"

mkdir -p "$dir"
cp -R "$here/../examples/$example/." "$dir"
chmod -R u+w "$dir"			# the tree may be read-only
rm -rf "$dir/build" "$dir/CMakeLists.txt"
sed -i "s|^STUBBORN ?= .*|STUBBORN ?= $here|" "$dir/Makefile"
# It is called as its folder is, if kernel_wants.name can be that.
name=$(basename "$(cd "$dir" && pwd)")
case $name in
*[!A-Za-z0-9._-]*) ;;
*)	[ ${#name} -gt 31 ] || sed -i "s/\"$example\([\":]\)/\"$name\1/g" "$dir"/main.* ;;
esac
echo build/ > "$dir/.gitignore"
echo "new-kernel: $dir is written; make -C $dir run"
