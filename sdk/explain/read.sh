# SPDX-License-Identifier: MIT
# read.sh - part of stubborn-link: reads the kernel's files, all of them by one call of each tool.
# shellcheck shell=sh

hint() { printf 'stubborn-link: %s\n' "$*" >&2; }
pie="-fpie (gcc, clang) or -C relocation-model=pie (rustc); assembly takes addresses relative to\
 the pc (lea name(%rip), la, adrp instead of ldr =name; nasm: default rel), and an address in data\
 (.quad, dq) needs 8 bytes of a writable section, such as .data"
functions=$(cat "$explain/functions.awk")

# is_ours FILE: whether it is our library, or a copy. Another SDK's does not fit this stub.
is_ours() {
	[ ! "$1" -ef "$parts/libstubborn.a" ] || return 0
	case ${1##*/} in libstubborn.a) ;; *) return 1 ;; esac
	cmp -s "$1" "$parts/libstubborn.a" ||
		die "$1: is for another SDK or CPU: give $parts/libstubborn.a"
}

# is_script FILE: whether the linker would take it for a linker script.
is_script() {
	case $1 in *.o|*.a|*.obj) return 1 ;; esac	# .obj: CMake's
	grep -Iq . "$1"
}

# The names of the image's own sections.
our_sections() { sed -n 's/^[[:space:]]*\(\.[a-z_.]*\) .*{.*/\1/p' "$parts/image.lds"; }

# explain_scripts WORD...: writes to $work/scripts what scripts.awk finds in linker scripts and
# options; to $work/assigned the symbols that they define: the word, the symbol and its value,
# separated by tabs; to $work/inputs the files that they have linked. Fails, and says so, if a
# script lays out the image. If one has patterns, $unused asks lld for what they might have missed.
explain_scripts() {
	for word; do
		case $word in
		--defsym=*|-defsym=*) text=${word#*=} ;;
		-*) continue ;;
		*)	is_script "$word" || continue
			text=$(cat "$word") ;;
		esac
		printf '%s\n' "$text" | WORD=$word FOLDERS=$(cat "$work/folders") \
			awk -f "$explain/scripts.awk"
	done > "$work/scripts"
	: > "$work/assigned"
	: > "$work/inputs"
	[ -s "$work/scripts" ] || return 0
	sort -u -o "$work/scripts" "$work/scripts"
	! grep -q '^pattern' "$work/scripts" || unused=--print-gc-sections
	sed -n 's/^assigned	//p' "$work/scripts" > "$work/assigned"
	sed -n 's/^input	//p' "$work/scripts" | while IFS='	' read -r word name; do
		case $name in
		-l:*) library "${name#-l:}" ;;
		-l*) library "lib${name#-l}.a" ;;
		*)	for name in "${word%"${word##*/}"}$name" "$name" "$(library "$name")"; do
				[ ! -f "$name" ] || { printf '%s\n' "$name"; break; }
			done ;;
		esac
	done > "$work/inputs"
	our_sections | awk -F '\t' "$functions"'
		NR == FNR { ours[$0] = 1; next }
		$1 == "layout" && !said[$2]++ {
			refuse_file($2, "is a linker script with a layout: leave it out, as the" \
				    " stub needs its own")
		}
		$1 == "version" && !said[$2]++ {
			refuse_file($2, "has VERSION { }, which is for shared libraries: leave it" \
				    " out")
		}
		$1 == "section" && $3 in ours && !said[$2]++ {
			refuse_file($2, $3 " is a section of the image: give yours another name")
		}
		END { exit bad }' - "$work/scripts" >&2
}

# explain_read WORD...: of those that are files of the kernel's, neither options nor our library,
# and of those in $work/inputs, writes to $work
#	names		each symbol: file, type as nm has it, size, name; separated by tabs
#	stub, library	likewise what stub.o and libstubborn.a define for others
#	sections	what sections.awk finds
# Fails, and says so, if one is no object or archive but a linked program, or if all of our library
# were linked.
explain_read() {
	while IFS= read -r word; do
		set -- "$@" "$word"
	done < "$work/inputs"
	whole=''
	for word; do
		shift
		case $word in
		--whole-archive|-whole-archive) whole=yes ;;
		--no-whole-archive|-no-whole-archive) whole='' ;;
		-*) ;;
		*)	[ ! "$word" -ef "$parts/stub.o" ] ||
				die "$word: is linked with every kernel anyway: leave it out"
			if ! is_ours "$word"; then
				set -- "$@" "$word"
			elif [ "$whole" ]; then
				die "$word: it has the stub's functions, too: put it before" \
					"--whole-archive or after --no-whole-archive"
			fi ;;
		esac
	done
	for word in names stub library sections; do
		: > "$work/$word"
	done
	set -- "$parts/stub.o" "$parts/libstubborn.a" "$@"
	printf '%s\n' "$@" > "$work/files"
	$NM -A -S -t d "$@" 2> /dev/null |
		WORK=$work awk -f "$explain/names.awk" "$work/files" -
	shift 2
	found=''
	[ $# -gt 0 ] || return 0
	read_sections "$@" 2> /dev/null | FIRST=$1 ASSIGNED=$work/assigned \
		awk -f "$explain/functions.awk" -f "$explain/sections.awk" > "$work/sections"
	found=$(awk '!said[$1]++ { printf "%s ", $1 }' "$work/sections")
	none_found linked 'is a linked program or shared library: give the objects it is made of'
}

# llvm-readelf ends at a file that it does not know: such as a linker script, which lld takes.
read_sections() {
	$READELF -h -S -s -r -W "$@" && return
	for file; do
		printf '\nFile: %s\n' "$file"
		$READELF -h -S -s -r -W "$file" || :
	done
}

# found WHAT: whether sections.awk has found any
found() { case " $found" in *" $1 "*) ;; *) return 1 ;; esac; }

# none_found WHAT TEXT: whether sections.awk has found none of WHAT. For each it prints its file and
# TEXT, with what was found in place of @.
none_found() {
	found "$1" || return 0
	awk -F '\t' -v what="$1" -v text="$2" "$functions"'
		$1 == what { refuse_file($2, filled(text, $3)) }
		END { exit bad }' "$work/sections" >&2
}
