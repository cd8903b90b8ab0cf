# SPDX-License-Identifier: MIT
# names.sh - part of stubborn-link: refuses names that belong to the stub.
# shellcheck shell=sh

# explain_names: names that the kernel's files, or options, define although they are the stub's:
# its entry points, and symbols of the linker script, whose values would silently replace the
# files' own.
explain_names() {
	{
		$NM -g --defined-only "$parts/stub.o" | awk '$3 !~ /^stub\./ { print $3 }'
		sed -n 's/^[[:space:]]*\([a-z_]*\) = .*/\1/p' "$parts/image.lds"
		printf 'image_text_align\nimage_built_sum\n'
	} > "$work/taken"
	awk -F '\t' '{ print $1 "\tT\t0\t" $2 }' "$work/assigned" > "$work/defined"
	awk -F '\t' '
		function refuse(text) { print "stubborn-link: " $1 ": " $4 " is " text; bad = 1 }
		FILENAME == ARGV[1] { taken[$1] = 1; next }
		$4 in taken && $2 ~ /^[A-TV-Ziu]$/ {
			refuse("reserved for the stub: rename yours, or make it static")
		}
		# stubborn-link finds these by name alone
		$2 ~ /^[a-tx-z]$/ &&
		$4 ~ /^(image_(text|rodata)|kernel_(main|wants|text.*)|symbol_find)$/ {
			refuse("static: rename it, as stubborn-link looks for that name")
		}
		END { exit bad }' "$work/taken" "$work/defined" "$work/names" >&2
}
