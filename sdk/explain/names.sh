# SPDX-License-Identifier: MIT
# names.sh - part of stubborn-link: refuses names that belong to the stub.
# shellcheck shell=sh

# explain_names: names that the kernel's files, or options, define although they are the stub's:
# its entry points, and symbols of the linker script, whose values would silently replace the
# files' own.
explain_names() {
	awk -F '\t' '
		function refuse(text) { print "stubborn-link: " $1 ": " $4 " is " text; bad = 1 }
		BEGIN { taken["image_text_align"] = taken["image_built_sum"] = 1 }
		FILENAME == ARGV[1] && /^[ \t]*[a-z_]+ = / {
			split($0, word, " ")
			taken[word[1]] = 1
		}
		FILENAME == ARGV[2] && $4 !~ /^stub\./ { taken[$4] = 1 }
		FILENAME == ARGV[1] || FILENAME == ARGV[2] { next }
		FILENAME == ARGV[3] { $0 = $1 "\tT\t0\t" $2 }
		$4 in taken && $2 ~ /^[A-TV-Ziu]$/ {
			refuse("reserved for the stub: rename yours, or make it static")
		}
		# stubborn-link finds these by name alone
		$2 ~ /^[a-tx-z]$/ &&
		$4 ~ /^(image_(text|rodata)|kernel_(main|wants|text.*)|symbol_find)$/ {
			refuse("static: rename it, as stubborn-link looks for that name")
		}
		END { exit bad }' "$parts/image.lds" "$work/stub" "$work/assigned" "$work/names" >&2
}
