#!/bin/sh
# SPDX-License-Identifier: MIT
#
# deb.sh - an installed SDK as a Debian package.
#
# usage: VERSION=0 SOURCE_DATE_EPOCH=0 dist/deb.sh ROOT FOLDER. ROOT/usr is what install.sh has
# made; the package is written to FOLDER.
set -eu

root=$1 folder=$2
MAINTAINER="The Stubborn authors <authors@stubborn.invalid>"
package=stubborn-sdk
cpu=$(dpkg --print-architecture)
doc=$root/usr/share/doc/$package
control=$root/DEBIAN
mkdir -p "$doc" "$control" "$root/usr/share/lintian/overrides"

# The oldest C library that our host programs work with.
libc=$(for program in image-sum read-wants; do
	llvm-readelf -V "$root/usr/lib/stubborn/$program"
done | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
[ "$libc" ] || { echo "dist: the host programs name no C library" >&2; exit 1; }

{
	cat <<-END
	Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
	Upstream-Name: Stubborn
	Comment: The stub and the library hold glyphs of the console font Spleen.

	Files: *
	Copyright: 2026 The Stubborn authors
	License: Expat

	Files: usr/lib/stubborn/*/stub.o usr/lib/stubborn/*/libstubborn.a
	Copyright: 2026 The Stubborn authors
	           2018-2020 Frederic Cambus <fred@statdns.com>
	License: Expat and BSD-2-clause

	License: Expat
	END
	sed -n '5,$ { s/^$/./; s/^/ /; p }' LICENSE
	printf '\nLicense: BSD-2-clause\n'
	sed -n '/^Redistribution/,$ { s/^$/./; s/^/ /; p }' LICENSE.spleen
} > "$doc/copyright"

gzip -9n > "$doc/changelog.gz" <<-END
	$package ($VERSION) unstable; urgency=medium

	  * See CHANGELOG.md in the source for what is new.

	 -- $MAINTAINER  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END

# manual COMMAND SCRIPT WORDS: a page made from the command's own usage text; WORDS begin the last
# paragraph.
man=$root/usr/share/man/man1
mkdir -p "$man"
manual() {
	printf '.TH %s 1\n.SH NAME\n' "$1" | tr '[:lower:]' '[:upper:]'
	sed -n "s/^# \\($1\\) - \\(.*\\)\\.\$/\\1 \\\\- \\2/p" "$2"
	printf '.SH SYNOPSIS\n.nf\n'
	sed -n 's/^# usage: //p; s/^#  \{10,\}/    /p' "$2" | sed 's/-/\\-/g'
	printf '.fi\n.SH DESCRIPTION\n'
	sed -n "/^# $3/,/^[^#]/ { s/^# //p }" "$2" | sed 's/-/\\-/g'
}
manual stubborn-link sdk/stubborn-link 'The objects define' | gzip -9n > "$man/stubborn-link.1.gz"
manual stubborn-new-kernel sdk/new-kernel.sh 'DIR gets' | gzip -9n > "$man/stubborn-new-kernel.1.gz"

cp dist/lintian-overrides "$root/usr/share/lintian/overrides/$package"

# In KiB, each file rounded up and a folder as 1: independent of this machine's file system.
size=$(find "$root/usr" -type f -printf '%s\n' -o -printf '1\n' |
	awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }')
run=$(sed -n 's/^RUN_.*_PACKAGES := //p' packages.mk | tr ' ' '\n' | sort -u | paste -sd, |
	sed 's/,/, /g')
cat > "$control/control" <<-END
	Package: $package
	Version: $VERSION
	Architecture: $cpu
	Maintainer: $MAINTAINER
	Installed-Size: $size
	Depends: clang, libc6 (>= $libc), lld, llvm, make
	Recommends: $run
	Suggests: cmake, gdb-multiarch, pkgconf, rustc
	Section: devel
	Priority: optional
	Description: stub by which a kernel of your own boots itself
	 The stub is one object file. Linked with it, a kernel becomes one file that
	 UEFI starts, that loaders of arm64, RISC-V and x86 Linux kernels enter, and that
	 needs no boot loader. Use it by a makefile, CMake, pkg-config or one command,
	 stubborn-link; /usr/share/stubborn/examples holds kernels in C, C++ and Rust.
END
(cd "$root" && find usr -type f | sort | xargs -d '\n' md5sum) > "$control/md5sums"

find "$root" -type d -exec chmod 755 {} +
find "$root/usr/share/lintian" "$doc" "$control" "$man" -type f -exec chmod 644 {} +
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb -Zxz --threads-max=1 --root-owner-group --build "$root" \
	"$folder/${package}_${VERSION}_$cpu.deb" > /dev/null
