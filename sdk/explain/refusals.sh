# SPDX-License-Identifier: MIT
# refusals.sh - part of stubborn-link: what lld links, but what could not run, or not as its author
# expects.
# shellcheck shell=sh

# Sections that no page can be, or that would be linked otherwise than their authors expect.
explain_sections() {
	fine=0
	none_found both 'section @ is writable and executable, which no page can be: split it into'\
' code and data' || fine=1
	none_found odd '@' || fine=1
	return $fine
}

# none_linked WHAT MAP TEXT [NAMES]: as none_found, of sections that are linked; what was found in
# one is put in place of @, and has to be one of NAMES.
none_linked() {
	found "$1" || return 0
	awk -F '\t' -v what="$1" -v text="$3" -v arguments=$# -v some="${4-}" "$functions"'
		BEGIN { for (i = split(some, names, " "); i > 0; i--) named[names[i]] = 1 }
		NR == FNR { if (/:\(.*\)$/) linked[placed($0)] = 1; next }
		$1 == what && linked[$2 ":(" $3 ")"] && (arguments < 4 || $4 in named) {
			refuse_file($2, "section " $3 " " filled(text, $4))
		}
		END { exit bad }' "$2" "$work/sections" >&2
}

# explain_addresses MAP: addresses that no relocation at boot corrects. lld 14 refuses them, but on
# riscv64 not those of static variables; and of fixed ones only those that have a symbol.
explain_addresses() {
	fine=0
	none_linked constant "$1" 'is read-only, but has addresses in it, and the image runs at'\
' any: compile that file with '"$pie" || fine=1
	none_linked short "$1" 'has the address of @ in a few bits, and the image runs at any:'\
' compile that file with '"$pie" || fine=1
	none_linked number "$1" 'reaches @, a fixed address, relative to the pc, and the image'\
' runs at any: load the number instead (ldr x0, =N; mov $N, %rax; li a0, N)' || fine=1
	! found computed || none_linked computed "$1" 'reaches @, a number that a linker script'\
' computes, relative to the pc, and the image runs at any address: take the difference of two'\
' symbols in its place (end - start)' \
		"$(awk '$7 == "ABS" && $4 != "FILE" { printf "%s ", $8 }' "$work/elf")" || fine=1
	return $fine
}

# explain_aligned MAP: input sections, and variables without a section, with an alignment that the
# image does not have
explain_aligned() {
	awk "$functions"'
		/:\(.*\)$/ && $4 > 4096 {
			where = placed($0)
			cut = index(where, ":(")
			what = "section " substr(where, cut + 2, length(where) - cut - 2)
			bytes = $4
			if (what == "section COMMON" && getline > 0)	# the variable
				what = $5
			refuse_file(substr(where, 1, cut - 1), what " is aligned to " bytes \
				" bytes, but an image runs at any multiple of 4096: take such" \
				" memory from boot_info.memmap")
		}
		END { exit bad }' "$1" >&2
}

# Files that take a stack guard from where a thread has it, and leave the rest to libstubborn.a,
# whose guard is a variable.
explain_guard() {
	awk -F '\t' "$functions"'
		$2 == "U" && $4 == "__stack_chk_fail" { fails[$1] = 1 }
		$2 == "U" && $4 == "__stack_chk_guard" { guard[$1] = 1 }
		END {
			for (file in fails)
				if (!(file in guard))
					refuse_file(file, "its stack guard is in thread-local" \
						" memory: compile it with" \
						" -mstack-protector-guard=global or" \
						" -fno-stack-protector")
			exit bad
		}' "$work/names" >&2
}

# explain_shared MAP: names of the kernel's that are also libstubborn.a's, if what is linked of the
# library refers to them: it would get something that only has the same name. Its weak names, and
# those that compilers refer to, mean the same everywhere. What is linked of the library also
# replaces a weak name of the kernel's, and an option or a linker script replaces any. LTO code in
# an archive is not in the map under its own name.
explain_shared() {
	awk -F '\t' '
		FILENAME == ARGV[1] { own[$2] = 1 }
		FILENAME == ARGV[2] && $2 ~ /^[A-TV-Z]$/ { own[$4] = 1 }
		FILENAME == ARGV[3] && $2 !~ /[VW]/ && $4 !~ /^__/ && $4 in own {
			sub(/.*libstubborn\.a/, "", $1)
			print $4, $1
		}' "$work/assigned" "$work/names" "$work/library" > "$work/shared"
	[ -s "$work/shared" ] || return 0
	$READELF -r -W "$parts/libstubborn.a" 2> /dev/null | awk "$functions"'
		FILENAME == ARGV[1] { shared[$1] = $2; next }
		FILENAME == ARGV[2] && /:\(.*\)$/ {
			file = placed($0)
			linked[linked_file($0)] = 1
			if (match(file, /libstubborn\.a\([^()]*\):/)) {
				used[substr(file, RSTART + 13)] = 1
				there[substr(file, RSTART + 13, RLENGTH - 14)] = 1
			}
		}
		FILENAME == ARGV[2] && $6 == "=" { assigned[$5] = 1 }
		FILENAME == ARGV[2] { next }
		FILENAME == ARGV[3] {
			split($0, field, "\t")
			if (field[4] in shared && !(shared[field[4]] in there) &&
			    field[2] ~ /^[A-TV-Z]$/ &&
			    (field[1] !~ /\)$/ || field[1] in linked || !(field[4] in owner)))
				owner[field[4]] = field[1]
			next
		}
		FILENAME == ARGV[4] {
			split($0, field, "\t")
			if (field[2] in shared && (field[1] ~ /^-/ || field[2] in assigned))
				owner[field[2]] = field[1]
			next
		}
		/^File: / { member = $0; sub(/.*libstubborn\.a/, "", member) }
		/^Relocation section / {
			from = substr($3, 7, length($3) - 7)
			here = member ":(" from ")" in used
			sub(/^\.[a-z]+\./, "", from)
		}
		here && $3 ~ /^R_/ && $5 in owner && !said[$5]++ {
			refuse_file(owner[$5], $5 " is also a name of libstubborn.a, whose " from \
				    " would take yours: rename it, or make it static")
		}
		END { exit bad }' "$work/shared" "$1" "$work/names" "$work/assigned" - >&2
}

# explain_symbols: whether the two symbols are what the stub takes them for
explain_symbols() {
	kinds=$(awk '
		/^ *\[ *[0-9]+\] / {
			nr = substr($0, index($0, "[") + 1) + 0
			kind[nr] = $(NF - 3) ~ /X/ ? "code" : / NOBITS / ? "zeros" : ""
		}
		$8 ~ /^kernel_(main|wants)$/ { print $8, kind[$7] }' "$work/elf")
	case $kinds in
	*"kernel_main code"*) ;;
	*)	hint "kernel_main is not a function: the stub calls it"
		return 1 ;;
	esac
	case $kinds in
	*"kernel_wants zeros"*)
		hint "kernel_wants is not initialised: set its size to sizeof(struct kernel_wants)"
		return 1 ;;
	*"kernel_wants code"*)
		hint "kernel_wants is not a variable: define const struct kernel_wants kernel_wants"
		return 1 ;;
	esac
}

# from MAP SECTION [SCRIPTS]: the first input section of that name, with its file; only of those
# that no pattern in SCRIPTS, as scripts.awk writes it, places
from() {
	awk -v s=":($2" "$functions"'
		FILENAME == ARGV[1] {
			if (split($0, field, "\t") && field[1] == "pattern")
				pattern[field[2]] = 1
			next
		}
		index($0, s) && $3 != "0" {
			name = where = placed($0)
			gsub(/.*:\(|\)$/, "", name)
			for (p in pattern)
				if (name ~ p)
					next
			print where
			exit
		}' "${3:-/dev/null}" "$1"
}

# explain_header MAP: lld gives __ehdr_start a value, but no ELF header is in memory
explain_header() {
	! awk -F '\t' '{ print $2 }' "$work/assigned" | grep -qx __ehdr_start || return 0
	awk "$functions"'
		NR == FNR { linked[linked_file($0)] = 1; next }
		split($0, field, "\t") && field[4] == "__ehdr_start" && field[1] in linked {
			refuse_file(field[1], "uses __ehdr_start, but the image has no ELF" \
				    " header: it begins at image_start, and is relocated already")
		}
		END { exit bad }' "$1" "$work/names" >&2
}

# explain_constructors MAP: constructors that kernel_wants does not ask the stub to run, and that
# nothing in the kernel's files looks for either, also not by another name
explain_constructors() {
	from=$(from "$1" .init_array)
	[ -n "$from" ] || return 0
	! awk -F '\t' '{ print $3 }' "$work/assigned" | grep -qx __init_array_start || return 0
	! awk -F '\t' '$2 ~ /^[Uw]$/ { print $4 }' "$work/names" |
		grep -qx __init_array_start || return 0
	hint "${from%%:(*}: has constructors, but nothing runs them: set KERNEL_CONSTRUCTORS in" \
		"kernel_wants.flags"
	return 1
}

# explain_starts MAP: what a compiler expects to run before everything else, and nothing calls:
# Ada's elaboration (GNAT's names), and the procedure that calls it; a Pascal unit's
# initialization part
explain_starts() {
	awk -F '\t' "$functions"'
		NR == FNR { linked[linked_file($0)] = 1; next }
		FILENAME == ARGV[2] {
			if ($1 == "called")
				called[$3] = 1
			next
		}
		$2 == "U" { called[$4] = 1; next }
		$4 == "kernel_main" { main[$1] = 1 }	# in joined objects it may call the others
		$4 == "adainit" { binder[$1] = 1 }
		$2 == "T" && ($1 in linked && $4 ~ /___elab[bs]$|^INIT\$_\$/ ||
			      $4 == "adainit" && $1 !~ /\)$/) {
			name[++n] = $4
			at[n] = $1
		}
		END {
			for (i = 1; i <= n; i++) {
				if (name[i] in called || said[at[i]])
					continue
				text = "kernel_main has to call it first"
				if (name[i] ~ /^INIT/)
					text = "make the initialization part a procedure that" \
						" kernel_main calls"
				else if (name[i] != "adainit")
					text = "add what gnatbind -n makes, and call adainit first"
				else if (at[i] in main)
					continue
				if (at[i] in binder && name[i] != "adainit")
					continue
				said[at[i]] = 1
				refuse_file(at[i], "nothing calls " name[i] ": " text)
			}
			exit bad
		}' "$1" "$work/sections" "$work/names" >&2
}

# explain_relocations: those that the stub does not apply
explain_relocations() {
	bad=$(awk '/^[0-9a-f]/ && $3 ~ /^R_/ && $3 !~ /_RELATIVE$/ { print $3, $5; exit }' \
		"$work/elf")
	case $bad in
	'')	return 0 ;;
	*_IRELATIVE*)
		name=$(awk '$4 == "IFUNC" { print $8; exit }' "$work/elf")
		file=$(awk -F '\t' -v s="$name" '$4 == s && $2 == "i" { print $1; exit }' \
			"$work/names")
		hint "$file: $name is chosen when a program is loaded (ifunc), and nothing does" \
			"that here: choose it at run time, by a pointer" ;;
	*)	hint "relocation $bad cannot be applied at boot: only RELATIVE ones are (compile" \
			"with -fpie, without -shared)" ;;
	esac
	return 1
}

# explain_placed: sections that a linker script of the kernel's own puts where memory has other
# rights, or where no contents are copied
explain_placed() {
	our_sections | awk "$functions"'
		function refuse(text, after) {
			refuse_file("section " $2, text \
				": a linker script has to INSERT it AFTER " after)
		}
		NR == FNR { ours[$1] = 1; next }
		symbols && $8 ~ /^image_/ { at[$8] = number($2) }
		symbols || !sub(/^ *\[ *[0-9]+\]/, "section") { next }
		$2 in ours || $(NF - 3) !~ /A/ { next }
		{
			flags = $(NF - 3)
			start = number($4)
			last = start + number($6)
		}
		flags ~ /X/ && (start < at["image_text"] || last > at["image_rodata"]) {
			refuse("lies where no memory is executable", ".text")
		}
		flags !~ /X/ && (last > at["image_end"] ||
				 $3 != "NOBITS" && last > at["image_data_end"] ||
				 flags ~ /W/ && start < at["image_relro"] ||
				 last > at["image_sbat"] && start < at["image_relro"]) {
			refuse("lies where memory is read-only or has no contents", ".data")
		}
		END { exit bad }' - symbols=1 "$work/elf" symbols=0 "$work/elf" >&2
}

# explain_tables MAP: what linker scripts of the kernel's own place, but lld has placed elsewhere,
# or left out, as nothing refers to it. Unused functions may be left out.
explain_tables() {
	our_sections | awk -v OURS="$work/" -f "$explain/functions.awk" \
		-f "$explain/tables.awk" - "$work/scripts" "$work/sections" "$work/unused" "$1" >&2
}

# explain_early MAP: what a loader or a C library sets up before a program
explain_early() {
	grep -q ':(\.\(tdata\|tbss\|ctors\|preinit_array\)' "$1" || return 0
	fine=0
	for section in .tdata .tbss; do
		from=$(from "$1" "$section")
		[ -n "$from" ] || continue
		explain_tls "${from%%:(*}" "$section"	# with a symbol the link had failed
		fine=1
	done
	for section in .ctors .preinit_array; do
		from=$(from "$1" "$section" "$work/scripts")
		[ -n "$from" ] || continue
		hint "${from%%:(*}: constructors in $section would not run: they belong" \
			"into .init_array (compile with -fuse-init-array)"
		fine=1
	done
	return $fine
}

# explain_refusals MAP: report what was linked into the ELF file of $work/elf but cannot run; MAP
# tells which file it is from.
explain_refusals() {
	refused=0
	explain_early "$1" || refused=1
	explain_sections || refused=1
	none_linked unloaded "$1" 'has no flag "a", so it is not in the image, but @ is used:'\
' in assembly write .section NAME, "ax" for code, "a" or "aw" for data' || refused=1
	none_linked still "$1" 'is not executable, but code jumps to @: in assembly write .section'\
' NAME, "ax" (nasm: section NAME exec)' || refused=1
	explain_aligned "$1" || refused=1
	explain_addresses "$1" || refused=1
	! grep -q 'libstubborn\.a(guard\.o)' "$1" || explain_guard || refused=1
	explain_starts "$1" || refused=1
	! grep -q '	__ehdr_start$' "$work/names" || explain_header "$1" || refused=1
	explain_shared "$1" || refused=1
	explain_placed || refused=1
	[ ! "$unused" ] || explain_tables "$1" || refused=1
	[ $refused = 1 ] || explain_symbols || refused=1
	explain_relocations || refused=1
	return $refused
}
