#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh - which lines and branches of the image's sources the existing inputs reach.
#
# usage: coverage.sh FOLDER INPUTS NAME...   FOLDER: targets built with coverage; INPUTS: the folder
# whose seeds/, new/ and corpus/ hold inputs. `llvm-cov show` with FOLDER/all.profdata shows lines.
# Fails if less than half of the branches are reached in the sources that a target is for: a seed
# may have become stale.
set -eu

# What a target is for: the ends of paths, or else a file of its name; of those the best counts.
sources() {
	case $1 in
	acpi)		echo stub/uart_find.c ;;
	harts)		echo riscv64/boot/rhct.c riscv64/kernel/irq_madt.c ;;
	off)		echo kernel/firmware/power.c kernel/firmware/s5.c ;;
	path)		echo stub/efi/file.c ;;
	pgtable*)	echo arch/pgtree.h ;;
	runtime)	echo kernel/firmware/efi_runtime.c ;;
	text)		echo kernel/firmware/acpi_text.c kernel/firmware/smbios.c \
				kernel/firmware/fdt_text.c ;;
	tpm)		echo stub/efi/tpm_log.c ;;
	*)		echo "${1%%_*}.c" ;;	# mapplan_aarch64 is for mapplan.c
	esac
}

folder=$1 inputs=$2
shift 2
rm -f "$folder"/*.profraw
objects=''
for name; do
	# once each, not merged and without mutations
	dirs=$(find "$inputs/seeds/$name" "$inputs/new/$name" "$inputs/corpus/$name" -maxdepth 0 \
		-type d 2>/dev/null || true)
	# shellcheck disable=SC2086 # words
	LLVM_PROFILE_FILE="$folder/$name.profraw" "$folder/fuzz_$name" -runs=0 -verbosity=0 $dirs \
		> "$folder/$name.log" 2>&1
	objects="$objects -object $folder/fuzz_$name"
done
llvm-profdata merge -o "$folder/all.profdata" "$folder"/*.profraw
# shellcheck disable=SC2086 # words
llvm-cov report -instr-profile="$folder/all.profdata" $objects -show-region-summary=false \
	-ignore-filename-regex='tests/' 2>"$folder/report.log" |
	awk '/^Filename|^TOTAL/ || (/\.[ch] / && $2 > 0) {
		printf "%-28s %8s %8s %8s %8s\n", $1, $2, $4, $(NF - 2), $NF }' |
	sed 's/^Filename .*/file                         functions  seen  branches    seen/' |
	tee "$folder/table"
if ! grep -q '^TOTAL .*[1-9]' "$folder/table"; then
	cat "$folder/report.log"
	echo "fuzz-coverage: there are no figures"
	exit 1
fi
failed=0
for name; do
	for file in $(sources "$name"); do
		awk -v name="$name" -v file="/$file" '
			{ path = "/" $1; at = length(path) - length(file) + 1 }
			at > 0 && substr(path, at) == file {
				found = 1
				if ($5 + 0 >= most) most = $5 + 0
			}
			END {
				if (found && most >= 50) exit
				what = " is for a file that is not there: "
				if (found) what = " sees " most " % of the branches of "
				print "fuzz-coverage: fuzz_" name what substr(file, 2)
				exit 1
			}' "$folder/table" || failed=1
	done
done
exit $failed
