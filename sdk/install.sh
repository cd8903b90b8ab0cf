#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install.sh - install the SDK, so that kernels can be built without this tree.
#
# usage: BUILD=build VERSION=0 sdk/install.sh PREFIX ISA...
#
# PREFIX/bin/stubborn-link and stubborn-new-kernel; include/stubborn: the contract; lib/stubborn:
# each CPU's stub, library and linker script, the library's headers, what stubborn.mk uses;
# lib/pkgconfig; share/doc/stubborn, where sdk/README.md is the first page;
# share/stubborn/examples.
set -eu
umask 022			# others use it, too: folders as well as files

die() { echo "install-sdk: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: BUILD=build install.sh PREFIX ISA..."
prefix=$1
shift
[ "$prefix" ] || die "PREFIX is empty: name a folder, such as /usr/local"
case $prefix in *[[:space:]]*) die "PREFIX=$prefix: make cannot handle blanks in it" ;; esac
cd "$(dirname "$0")/.."
sdk=$prefix/lib/stubborn docs=$prefix/share/doc/stubborn

put() {				# put MODE FOLDER FILE...
	mode=$1 folder=$2
	shift 2
	mkdir -p "$folder"
	install -m "$mode" "$@" "$folder/"
}

put 755 "$prefix/bin" sdk/stubborn-link
install -m 755 sdk/new-kernel.sh "$prefix/bin/stubborn-new-kernel"
put 644 "$prefix/include/stubborn" include/stubborn/*.h
put 755 "$sdk" "$BUILD/image-sum" "$BUILD/read-wants" setup.sh again.sh
put 644 "$sdk/explain" sdk/explain/*
put 644 "$sdk" sdk/stubborn.mk sdk/rust.mk sdk/stubborn.cmake packages.mk
put 644 "$sdk" sdk/names.mk sdk/builtins.rs
put 644 "$sdk/c++" sdk/c++/features.h sdk/c++/cstdlib sdk/c++/cwchar
put 644 "$sdk/c++/bits" sdk/c++/bits/*
put 755 "$sdk/esp" esp/*.sh
put 644 "$sdk/esp" esp/esp.mk
put 644 "$sdk/tests/gdb" tests/gdb/stubborn.py
for header in lib/*.h lib/*/*.h arch/*.h kernel/*/*.h; do
	case $header in	# what they declare is not in the library: it is our program's, or a CPU's
	arch/collect.h|arch/pg*.h|kernel/firmware/firmware.h|kernel/memtest/*|kernel/monitor/*)
		continue ;;
	esac
	put 644 "$sdk/include/$(dirname "$header")" "$header"
done
mkdir -p "$sdk/include/include"
ln -sfn ../../../../include/stubborn "$sdk/include/include/stubborn"
for isa; do
	put 644 "$sdk/$isa" "$BUILD/$isa/stub.o" "$BUILD/$isa/sbat.o" \
		"$BUILD/$isa/libstubborn.a" "$BUILD/$isa"/image*.lds
	install -m 644 "sdk/$isa.flags" "$sdk/$isa/flags"
	put 644 "$sdk/arch/$isa" "arch/$isa/isa.mk" "arch/$isa/isa.h"
	put 644 "$sdk/include/arch/$isa/kernel" "arch/$isa/kernel/frame.h"	# for trap_hook()
	mkdir -p "$prefix/lib/pkgconfig"
	sed "s/@ISA@/$isa/g; s/@VERSION@/$VERSION/; s/@FLAGS@/$(paste -sd' ' "sdk/$isa.flags")/
		s/@NO_FPU@/$(sed -n "s/^${isa}_NO_FPU := //p" "arch/$isa/isa.mk")/" \
		sdk/stubborn.pc.in > "$prefix/lib/pkgconfig/stubborn-$isa.pc"
done
# Documents keep their relative locations, so that links between them resolve.
for page in README.md CHANGELOG.md CONTRIBUTING.md DECISIONS.md LICENSE LICENSE.spleen \
		docs/*.md sdk/*.md include/stubborn/*.md arch/*.md esp/*.md tests/*.md \
		tests/host/*/*.md; do
	put 644 "$docs/$(dirname "$page")" "$page"
done
for header in include/stubborn/*.h; do
	ln -sfn "../../../../../$header" "$docs/$header"
done
ln -sfn ../../stubborn/examples "$docs/examples"
for example in examples/*/; do
	find "$example" -name build -prune -o -type f -print | while read -r file; do
		mkdir -p "$prefix/share/stubborn/$(dirname "$file")"
		install -m 644 "$file" "$prefix/share/stubborn/$file"
	done
done
echo "install-sdk: $prefix: include $sdk/stubborn.mk, or call $prefix/bin/stubborn-link"
