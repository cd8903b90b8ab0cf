#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cppcheck.sh - static analysis; any error or warning fails.
#
# usage: tests/lint/cppcheck.sh ISA BUILD
set -eu

isa=$1 build=$2
# The linker's symbols are compared and subtracted as addresses on purpose; volatile words are
# assigned to themselves; cppcheck gives up on statement expressions (internalAstError), and does
# not see that a panic if `!p || more` ends the function for a null p (nullPointerRedundantCheck).
# memmap.c sets the fields of a structure one by one, arrays of it only where a bit says so; keep.c
# leaves to acpi_open() what it sets; linux.c sets "wide" where 2.17 does not see it. That version
# also says of each file that it does not follow all branches (normalCheckLevelMaxBranches).
cppcheck --quiet --error-exitcode=1 --enable=warning,portability --language=c \
	--platform=unix64 --inline-suppr --template='{file}:{line}: {severity}: {message} [{id}]' \
	--suppress=missingIncludeSystem --suppress=comparePointers --suppress=subtractPointers \
	--suppress=internalAstError --suppress=selfAssignment \
	--suppress=nullPointerRedundantCheck --suppress=ctuuninitvar:stub/memmap.c \
	--suppress=ctuuninitvar:lib/acpi.c --suppress=uninitvar:stub/raw/linux.c \
	--suppress=normalCheckLevelMaxBranches \
	-I. -I"$build" -D__ELF__ -DEFIAPI= -DSTUBBORN_VERSION='"0"' -D'__asm__(...)=' \
	-D__"$isa"__ \
	--include="arch/$isa/isa.h" arch/map.c "arch/$isa" lib stub kernel
