# SPDX-License-Identifier: MIT
# errors.sh - part of stubborn-link: the linker's errors, and what to do about each.
# shellcheck shell=sh

# explain_errors FILE: print the linker's errors in FILE, with advice for each kind.
explain_errors() {
	errors=$1
	grep -q 'error: ' "$errors" ||
		hint "$LD has not written an ELF file: it has to be lld, and may have no option" \
			"that has it write something else"
	ours=$(printf "%s\n" "$work/stubborn-" | sed 's/[].*^$\/[]/\\&/g')
	sed "s/^[^ ]*: error: /stubborn-link: /; s/^ld.lld[^ ]*: //; s/$ours//
		s/undefined hidden symbol/undefined symbol/; /DWARF unit/d" "$errors" |
		awk '!/: symbol not found: / || !said[$0]++' | uniq >&2
	sed -n 's|^[^ ]*: error: undefined \([a-z]* \)\{0,1\}symbol: ||p
		s|^.*: symbol not found: ||p' "$errors" | sort -u > "$work/undefined"
	explain_undefined | sort -u >&2
	advise 'recompile with -fP\|cannot be used against\|cannot preempt symbol' \
		"the image runs at any address: compile that file with $pie"
	from=$(sed -n 's/^[^ ]*: error: \(.*\) has an STT_TLS symbol.*/\1/p' "$errors" | head -n 1)
	[ -z "$from" ] || explain_tls "$from" \
		"$($READELF -s -W "${from%(*}" | FILE=$from awk '
			/^File: / { other = substr($0, 7) != ENVIRON["FILE"] }
			!other && $4 == "TLS" && $8 !~ /^[$.]/ { print $8; exit }')"
	advise 'unknown \(argument\|emulation\)' \
		"$LD, which links, does not have that option; if it is a compiler's (-Wl,X -m64" \
		"-fuse-ld=lld), pass X itself, and leave out the others"
	advise 'is incompatible with' "that file is for a different CPU than --arch, or for 32 bits"
	explain_unaligned
	advise "Producer: 'LLVM" "that file has LTO code of a newer LLVM: set LD to its ld.lld" \
		"(LD=ld.lld-16), or compile without LTO"
	! grep -q 'mixing split-stack' "$errors" ||
		none_found split 'compile it without -fsplit-stack' || :
	advise 'different floating-point ABI' \
		"compile that file with -mabi=lp64, as the stub is; a libgcc.a for it is what" \
		"riscv64-unknown-elf-gcc -march=rv64imac -mabi=lp64 -print-libgcc-file-name" \
		"names"
	# With debug information the archive is named on another line than "defined at"; with LTO as
	# FILE(MEMBER).
	twice=$(awk '/: error: / { dup = /duplicate symbol/; n += dup }
		dup && /^>>> .* in (archive )?(.*\/)?libstubborn\.a(\(.*)?$/ { ours++; dup = 0 }
		END { print (ours ? "library " : "") (n > ours ? "own" : "") }' "$errors")
	case $twice in *library*)
		hint "libstubborn.a defines it in the same object as others that you use:" \
			"rename yours, make it static, or define $(beside), too" ;;
	esac
	case $twice in *own*)
		hint "two of your own files define it: rename one, or make it static" ;;
	esac
	sized=$(sed -n 's/.*absolute symbol: \(_binary_.*\)_size$/\1/p' "$errors" | head -n 1)
	[ -z "$sized" ] || hint "${sized}_size is a number, not an address: take" \
		"${sized}_end - ${sized}_start"
	! grep 'cannot refer to absolute symbol' "$errors" | grep -qv ' _binary_.*_size$' ||
		hint "the image runs at any address, so its code cannot reach a fixed one: use a" \
			"pointer"
	advise 'unknown relocation\|_MOVW_UABS_' "compile that file for the default code model"
	# lld takes what it does not know for a linker script
	script='unknown directive\|unclosed \|unexpected EOF\|expected, but got'
	advise "$script"'\|unknown file type\|neither ET_REL nor' \
		"only ELF object files and static archives can be linked (nasm -f elf64; for data" \
		"objcopy -I binary)"
	advise 'unable to insert' \
		"INSERT it AFTER .text, .rodata, .relro, .data or .bss, which the image has"
	advise 'unable to move location counter backward' \
		"inside a section lld takes . = N for an address, GNU ld for an offset: begin it" \
		"with start = .; and write . = start + N"
	! grep -q 'at most 512 MiB' "$errors" ||
		hint "$(largest): take memory from boot_info.memmap instead"
	explain_sections || :
}

# What objects of libstubborn.a define beside a symbol that is there twice, and the kernel does not.
beside() {
	sed -n 's/^[^ ]*: error: duplicate symbol: //p' "$errors" > "$work/twice"
	awk -F '\t' '$2 ~ /^[A-TV-Z]$/ { print $4 }' "$work/names" > "$work/own"
	awk -F '\t' '
		function put() { if (clash) all = all list; list = ""; clash = 0 }
		FILENAME == ARGV[1] { twice[$0] = 1; next }
		FILENAME == ARGV[2] { own[$0] = 1; next }
		$1 != member { put(); member = $1 }
		$4 in twice { clash = 1 }
		!($4 in own) { list = list ", " $4 }
		END { put(); print substr(all, 3) }' "$work/twice" "$work/own" "$work/library"
}

advise() {
	pattern=$1
	shift
	! grep -q "$pattern" "$errors" || hint "$*"
}

# aarch64 encodes an offset in a page as a multiple of the bytes that are loaded or stored.
explain_unaligned() {
	grep 'improper alignment for relocation' "$errors" > "$work/unaligned" || return 0
	! grep -qF "$work/stubborn-" "$work/unaligned" ||
		hint "kernel_wants is not aligned: align it to 8 bytes (assembly: .balign 8" \
			"before it; no packed structure)"
	! grep -qvF "$work/stubborn-" "$work/unaligned" ||
		hint "that code uses a variable that is not aligned: align it where it is" \
			"defined (assembly: .balign; no packed structure)"
}

hint_slim() {
	hint "$slim: has only gcc's LTO code: compile it with -fno-lto or -ffat-lto-objects"
}

script_too="what a linker script of your own has defined can be in a file of such lines, which is\
 linked like an object: _end = image_end;"

# Advice for the symbols in $work/undefined. What defines them may have been given, but as code that
# only gcc can read.
explain_undefined() {
	slim=$(awk -F '\t' '/\t__gnu_lto_slim$/ { print $1; exit }' "$work/names")
	awk -F '\t' '{ print $4 }' "$work/library" > "$work/offered"
	exec 2>&1
	while read -r name; do
		case $name in
		kernel_main|kernel_wants)
			[ -z "$slim" ] || { hint_slim; continue; }
			case $name in
			kernel_main) hint "define void kernel_main(struct boot_info *):" \
				"the stub enters your kernel there (C++: extern \"C\")" ;;
			*) hint "define const struct kernel_wants kernel_wants" \
				"(include/stubborn/kernel.h; C++: extern \"C\")" ;;
			esac ;;
		memcpy|memset|memmove|memcmp)
			hint "compilers call these: add libstubborn.a, or define them" ;;
		__stack_chk_*) hint "compile with -fno-stack-protector, or define __stack_chk_*" ;;
		__*san_*|__sanitizer_*|__gcov_*|__llvm_prof*|llvm_gc*|*mcount|__fentry__|\
		__cyg_*|__morestack*)
			hint "compile without -fsanitize, --coverage, -pg, -finstrument-functions" \
				"and -fsplit-stack, or define what they call" ;;
		_start|end|_end|edata|_edata|etext|_etext|__bss_start|__bss_end|__executable_start)
			hint "instead of $name there are image_start, image_rodata (end of text)," \
				"image_data_end, image_bss, image_bss_end and image_end; what" \
				"follows it is not yours: boot_info.memmap has the free memory"
			hint "$script_too" ;;
		__ctor*|__CTOR*|*init_array*)
			hint "instead of $name there are __init_array_start and __init_array_end" ;;
		_DYNAMIC|*rel_dyn*|*rela_dyn*|*rela_start|*rela_end|*rela_iplt*|__RELA_*)
			hint "the stub has relocated the image before kernel_main: leave out what" \
				"does so (to move it again there is image_relocate, lib/image.h)" ;;
		__start_*|__stop_*)
			section=${name#__st*_}
			if grep -qF ": symbol not found: $name" "$errors"; then
				hint "no section $section is linked, and a linker script keeps" \
					"none by such a name: SECTIONS { .$section : { start = .;" \
					"KEEP(*($section)) end = .; } } INSERT AFTER .data;"
				continue
			fi
			hint "no file that is linked has a section $section: if it may have" \
				"none, declare $name weak" ;;
		__x86_indirect_*thunk*|__x86_return_thunk|__llvm_retpoline_*)
			hint "compile without -mretpoline-external-thunk (clang)," \
				"-mindirect-branch= and -mfunction-return= (gcc), or define what" \
				"they call" ;;
		__riscv_save_*|__riscv_restore_*)
			hint "compile without -msave-restore, or define $name: a libgcc.a has it" ;;
		__aarch64_*) hint "compile with -mno-outline-atomics" ;;
		__atomic_*|__sync_*)
			hint "the CPU has no instruction for an atomic access of that size or" \
				"alignment (x86_64: -mcx16 for 16 bytes): use a lock, or define" \
				"$name" ;;
		__tls_get_addr)
			hint "thread-local variables need threads: make them ordinary ones" ;;
		__cxa_guard_*) hint "compile with -fno-threadsafe-statics, or define $name" ;;
		__cxa_atexit|atexit|__dso_handle)
			hint "a kernel does not exit: define $name, which need not do anything," \
				"or compile with -fno-c++-static-destructors (clang)" \
				"or -fno-use-cxa-atexit (g++)" ;;
		__gxx_personality*|_Unwind_*|__cxa_*throw*|__cxa_*catch*)
			hint "compile C++ with -fno-exceptions" ;;
		*__cxxabiv1*) hint "compile C++ with -fno-rtti" ;;
		rust_eh_personality)
			hint "compile Rust with -C panic=abort; if a ready-made core needs it all" \
				"the same, add -C lto=fat, or define it: it is never called" ;;
		*)	if grep -qxF "$name" "$work/offered"; then
				hint "add libstubborn.a: it has $name"
			elif expr "x$name" : 'x__[a-z]*[sdt][if][0-9]*$' > /dev/null; then
				hint "the CPU has no instruction for this arithmetic:" \
					"add the libgcc.a of a gcc for it (x86_64: it uses the" \
					"red zone, so interrupts need a stack of their own: IST)"
			elif [ "$slim" ]; then
				hint_slim
			else
				more="define $name, or"
				case $name in *_start|*_end)
					more="define $name (of a section called mine there are"
					more="$more __start_mine and __stop_mine), or" ;;
				esac
				hint "$more add the object or archive that does"
				case $name in
				_[se]text|_[se]*data|_[se]bss|_[se]init|*_start|*_end|*_size)
					hint "$script_too" ;;
				esac
			fi ;;
		esac
	done < "$work/undefined"
}

# The kernel's largest variable, as a clause.
largest() {
	awk -F '\t' '$3 + 0 > most {
			most = $3 + 0
			clause = sprintf("%s: %s has %d MiB", $1, $4, most / 1048576) }
		END { print clause }' "$work/names"
}

# explain_tls FILE VARIABLE: FILE has this thread-local variable, or section.
explain_tls() {
	hint "$1: $2 is thread-local: no thread exists yet when a kernel starts; make it an" \
		"ordinary variable, or a field of a structure that your per-CPU register points to"
}
