#!/bin/sh
# SPDX-License-Identifier: MIT
#
# link.sh - which symbols may be undefined or visible, and what must not be in the linked image.
#
# usage: tests/lint/link.sh ISA BUILD. Reads BUILD/ISA/obj/ and kernel.elf.
set -eu
export LC_ALL=C

isa=$1 obj=$2/$1/obj elf=$2/$1/kernel.elf
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

complain() { echo "$isa: $*"; failed=1; }

# undefined FILES ALLOWED: undefined symbols of the files linked together, without the allowed ones
undefined() {
	# shellcheck disable=SC2086 # a list
	ld.lld -r -o "$work/all.o" $1
	llvm-nm -u "$work/all.o" | awk '{ print $NF }' | sort -u | grep -vxE "$2" || true
}

# shellcheck disable=SC2046 # lists of names without blanks
# objects FOLDER...: the object files whose sources still exist
objects() {
	find "$@" -name '*.o' | while read -r o; do
		s=${o#"$obj"/}
		[ ! -e "${s%.o}.c" ] && [ ! -e "${s%.o}.S" ] || echo "$o"
	done | tr '\n' ' '
}

# The symbols that the stub needs and shows are fixed.
stub=$2/$1/stub.o
llvm-nm -u "$stub" | awk '{ print $NF }' | sort -u > "$work/needs"
image='image_(start|doors|text|rodata|sbat|relro|relro_end|data|data_end|bss|bss_end|bss_file|end)'
image="$image|image_(rela|rela_end)"
image="$image|image_(built_)?sum"
image="$image|idmap_(start|end)|__init_array_(start|end)"
bad=$(grep -vxE "$image|kernel_main|kernel_wants" "$work/needs" || true)
[ -z "$bad" ] || complain "the stub may not refer to:" $bad
for name in kernel_main kernel_wants; do
	grep -qx $name "$work/needs" || complain "the stub does not refer to $name"
done
llvm-nm --defined-only -g "$stub" | awk 'NF == 3 { print $3 }' | sort -u > "$work/shows"
grep -v '^#' stub/exports | sort > "$work/exports"
sed 's/.* //' "$2/$1/shared" > "$work/shared"
sed 's/^/stub./' "$work/shared" >> "$work/exports"
sort -o "$work/exports" "$work/exports"
bad=$(comm -23 "$work/shows" "$work/exports")
[ -z "$bad" ] || complain "global in the stub, but neither in stub/exports nor shared:" $bad

# Unused code is left out only if no used code is in the same section.
bad=$(llvm-readelf -S -W "$stub" | grep -oE ' \.text\.OUTLINED_FUNCTION_[0-9]+ ' | sort -u)
[ -z "$bad" ] || complain "outlined functions of several files are in one section:" $bad

# Shared are only functions without variables, which refer to nothing that each half has its own
# copy of. Except for drop.c, whose variables hold what the stub has decided for the kernel.
llvm-nm "$stub" > "$work/types"
while read -r name; do
	grep -q " T stub\.$name\$" "$work/types" || complain "$name is shared, but not a function"
done < "$work/shared"
own='cpu_[a-z0-9_]+|arch_(copy|fill|wide_.*|port_.*|map_.*)'
for o in $(sed 's/ .*//' "$2/$1/shared" | sort -u); do
	size=$(llvm-size -A "$o" | awk '$1 ~ /^\.(data|bss)/ && $1 !~ /^\.data\.rel\.ro/ {
		n += $2 } END { print n + 0 }')
	case $o in */arch/aarch64/boot/drop.o) size=0 ;; esac
	[ "$size" = 0 ] || complain "$o: shared, but has $size bytes of variables"
	bad=$(llvm-nm -u "$o" | awk '{ print $NF }' | grep -vxFf "$work/shared" |
		grep -vxE "image_[a-z]+|idmap_(start|end)|trap_[a-z]+|font_spleen|$own" || true)
	[ -z "$bad" ] || complain "$o: shared, but refers to" $bad
done

# Each half refers only to what the headers of arch/ and lib/ declare.
llvm-nm --defined-only -g "$2/$1/libstubborn.a" | awk 'NF == 3 { print $3 }' | sort -u > "$work/lib"
lib=$(paste -sd'|' "$work/lib")
image='image_[a-z_]+|__init_array_[a-z]+|idmap_(start|end)|kernel_entry|kernel_main|kernel_wants'
image="$image|stub_again(_(leave|prepare))?"
bad=$(undefined "$(objects "$obj/stub")" "arch_[a-z0-9_]+|$image|$lib")
[ -z "$bad" ] || complain "stub/ may not refer to:" $bad
bad=$(undefined "$(objects "$obj/kernel")" "arch_[a-z0-9_]+|$image|$lib")
[ -z "$bad" ] || complain "kernel/ may not refer to:" $bad
bad=$(undefined "$(objects "$obj/lib")" "arch_[a-z0-9_]+|$image")
[ -z "$bad" ] || complain "lib/ may not refer to:" $bad

# .bss may be garbage while the stub runs, so neither stub/ nor lib/ may have any.
both=$(objects "$obj/stub" "$obj/lib")
bad=$(llvm-size -A $both |
	awk '$2 == ":" { file = $1 } $1 ~ /^\.bss/ && $2 > 0 { print file ": " $2 }')
[ -z "$bad" ] || complain "bytes of .bss:" $bad
bad=$(llvm-nm -A $both | awk '$(NF - 1) == "C"')
[ -z "$bad" ] || complain "common symbols:" $bad

# Only RELATIVE relocations, and none in read-only data.
llvm-readelf -r -W "$elf" | awk '$3 ~ /^R_/ { print $3 }' | sort | uniq -c > "$work/types"
bad=$(grep -v '_RELATIVE$' "$work/types" || true)
[ -z "$bad" ] || complain "relocations:" $bad
first=$((0x$(llvm-nm "$elf" | awk '$3 == "image_relro" { print $1 }')))
llvm-readelf -r -W "$elf" | awk '$3 ~ /^R_/ { print $1 }' | while read -r at; do
	[ $((0x$at)) -ge $first ] || echo "$at"
done > "$work/early"
[ ! -s "$work/early" ] || complain "read-only data is relocated at" "$(head -1 "$work/early")"

bad=$(llvm-readelf -r "$stub" | grep -E 'GOT' | head -n 1)
[ -z "$bad" ] || complain "the stub has a GOT:" $bad
bad=$(llvm-nm "$elf" | awk '$2 ~ /^[wWvV]$/ { print $3 }')
[ -z "$bad" ] || complain "weak symbols:" $bad
bad=$(llvm-nm -u "$elf")
[ -z "$bad" ] || complain "undefined:" $bad

# With the MMU off all memory is Device memory on aarch64: DC ZVA and exclusives fault there, on
# hardware only. Locks of the kernel need exclusives, so none is taken before the map is on.
# SIMD registers must not be used, on any CPU, but in copy_wide, arch_wide_fill and arch_wide_run.
may_fault='zva|gva|gzva'
simd='[ \t{[][vqd][0-9]+([.,]|$)'
[ "$isa" = aarch64 ] || simd='%[xyz]mm[0-9]'
exclusive='lda?x[rp][bh]?|stl?x[rp][bh]?|cas[a-z]*'
faults() { llvm-objdump -d --no-show-raw-insn "$1" | grep -iE "\<($2)\>" | head -n 1; }
bad=$(faults "$elf" "$may_fault"; faults "$stub" "$exclusive")
[ -z "$bad" ] || complain "an instruction that may fault:" $bad
bad=$(llvm-objdump -d --no-show-raw-insn "$elf" | awk -v simd="$simd" '
	/^[0-9a-f]+ </ { name = $2 }
	name !~ /^<(stub\.copy_wide|arch_wide_fill|arch_wide_run)>:$/ && $0 ~ simd' | head -n 1)
[ -z "$bad" ] || complain "an instruction with SIMD registers:" $bad
exit $failed
