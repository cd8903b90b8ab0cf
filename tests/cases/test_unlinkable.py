# SPDX-License-Identifier: MIT
"""What lld would link, but what could not run, or not as its author expects: stubborn-link refuses
it, and names the file.
"""
import re
import subprocess

import pytest

from kernels import GCC, HEAD, SDK, compile_c, library, link, run
from machine import ARCHES

IDLE = HEAD + "void kernel_main(struct boot_info *bi) { for (;;); }\n"
WANTS = IDLE.replace("sizeof(kernel_wants)", "sizeof(kernel_wants), %s")
SECTION = ('__asm__(".section %s,\\"%s\\",%%%s\\n.balign 8\\nat: .quad 0\\n.text\\n");\n'
	   + IDLE)
BIG = IDLE.replace("for (;;);", "static char big[5] __attribute__((aligned(8192)));\n"
		   "\tbi->magic = (uint64_t)big;\n\tfor (;;);")
NO_MAIN = HEAD.replace("#include", "#define kernel_main theirs\n#include", 1) + \
	"#undef kernel_main\nint kernel_main;\n"
WEAK_MAIN = NO_MAIN.replace("int kernel_main;", '__asm__(".data\\n.weak kernel_main\\n"\n'
			    '"kernel_main: .quad 0\\n.text\\n");')
NO_WANTS = "unsigned kernel_wants;\nvoid kernel_main(void) { for (;;); }\n"
INIT = '__asm__(".section .init,\\"ax\\"\\n%s.zero 4\\n.text\\n");\n' + IDLE
GUARD = '__asm__(".data\\n.quad __stack_chk_fail\\n");\n' + IDLE
ARRAY = '__asm__(".section .init_array,\\"aw\\"\\n.quad kernel_main\\n.text\\n");\n' + IDLE
ATEXIT = 'int atexit(void (*)(void));\n' + IDLE.replace("for (;;);", "atexit(0); for (;;);")
ADDRESS = ('__asm__(".section .rodata.mine,\\"a\\"\\n.balign 8\\n.globl at\\nat: .quad here\\n"\n'
	   '".text\\n");\n__attribute__((used)) static long here;\n'
	   'extern const long at;\nlong f(void);\nlong f(void) { return at; }\n')
WEAK = ('__asm__(".section .rodata.mine,\\"aR\\"\\n.balign 8\\n.weak none\\n.quad none\\n"\n'
	'".text\\n");\n'
	'extern const int none __attribute__((weak));\n')
UNLOADED = ('__asm__(".section mine\\n.globl at\\nat: .zero 8\\n.text\\n");\n' + IDLE.replace(
	"void k", "extern char at[];\nvoid k").replace("for (;;);", "bi->size = *at; for (;;);"))
REFUSED = {
	"constructors": (ARRAY, "mine.o: has constructors, but nothing runs them: set KERNEL_CON"),
	"no ELF header": (IDLE.replace("void k", "extern char __ehdr_start[];\nvoid k").replace(
		"for", "bi->magic = __ehdr_start[32]; for"),
		"mine.o: uses __ehdr_start, but the image has no ELF header: it begins at image_s"),
	"aligned": (BIG, "my c.o: section .bss.kernel_main.big is aligned to 8192 bytes, but an"),
	"scratch": (SECTION % (".scratch", "aw", "nobits"), ".o: section .scratch is the stub's"),
	"header": (SECTION % (".header", "a", "progbits"), "mine.o: section .header is the stub's"),
	"lost": (SECTION % (".bss.mine", "aw", "progbits"), "section .bss.mine has contents"),
	"constant": (SECTION % (".rodata.mine", "aw", "progbits"), ".rodata.mine is writable, but"),
	"code": (SECTION % (".rodata.mine", "ax", "progbits"), "section .rodata.mine has code"),
	"note": (SECTION % (".note.mine", "a", "progbits"),
		 "section .note.mine is not in the image, but has a symbol, at: give it another"),
	"unloaded": (UNLOADED, "mine.o: section mine has no flag \"a\", so it is not in the image, "
		     "but at is used: in assembly write"),
	"unloaded, static": (UNLOADED.replace(".globl at", ""), "mine.o: section mine has no flag"),
	"guard": (GUARD, "mine.o: its stack guard is in thread-local memory: compile it"),
	"rela": (SECTION % (".rela.mine", "a", "progbits"), ".o: section .rela.mine is the stub's"),
	"init": (INIT % "", "mine.o: section .init has code that nothing calls: make it"),
	"fini": (INIT.replace(".init", ".fini") % "",
		 "mine.o: section .fini has code that nothing calls: make it"),
	"static": (IDLE + "__attribute__((used)) static int image_text;\n",
		   "mine.o: image_text is static: rename it"),
	"main": (NO_MAIN, "kernel_main is not a function: the stub calls it"),
	"main, weak": (WEAK_MAIN, "kernel_main is not a function: the stub calls it"),
	"wants": (NO_WANTS, "kernel_wants is not initialised: set its size"),
	"stack": (WANTS % ".stack_size = 1ull << 32", "kernel_wants.stack_size is 0x100000000: "),
	"small": (WANTS % ".stack_size = 16383", "kernel_wants.stack_size is 0x3fff: it may"),
	"flags": (WANTS % ".flags = 4", "kernel_wants.flags is 0x4: it may have KERNEL_CON"),
	"closed": (WANTS % ".closed = 1", "kernel_wants.closed is 0x1: it may have KERNEL_CLO"),
	"mmu": (WANTS % ".closed = KERNEL_CLOSES_MMU(BOOT_MMU_IDENTITY)",
		"kernel_wants.closed is 0x400: it may have KERNEL_CLO"),
	"el": (WANTS % ".el = 2", "kernel_wants.el is 0x2: it may be KERNEL_EL_FOUND or"),
	"regime": (WANTS % ".regime = 4", "kernel_wants.regime is 0x4: it may be a BOOT_MMU_"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("arch", ARCHES)
def test_refused(arch, case, tmp_path):
	text, wanted = REFUSED[case]
	name = "my c" if "my c.o" in wanted else "mine"
	mine = compile_c(arch, tmp_path, name, text)
	status, said = link(arch, tmp_path, mine, library(arch))
	assert status == 1 and f"stubborn-link: {'' if 'kernel_' in wanted else tmp_path}" in said
	assert wanted in said
	assert not list(tmp_path.glob("*.EFI"))


def asm(*names, calls=()):
	"""Functions of these names; the last one calls others."""
	return "__asm__(\"" + "".join(f".globl {n}\\n{n}:\\n" for n in names) + "".join(
		f"call {n}\\n" for n in calls) + "\");\n"


ELAB, PASCAL, BINDER = asm("p___elabb", "p___elabs"), asm("INIT$_$P"), asm(
	"adainit", calls=["p___elabb", "p___elabs"])
HEADER = "extern char __ehdr_start[];\nchar *f(void);\nchar *f(void) { return __ehdr_start; }\n"
STARTS = {		# other files, what is said
	"unbound": ([IDLE + ELAB], "0.o: nothing calls p___elabb: add what gnatbind -n makes"),
	"bound": ([IDLE + ELAB, BINDER], "1.o: nothing calls adainit: kernel_main has to"),
	"called": ([IDLE + ELAB + asm("f", calls=["adainit"]), BINDER], ""),
	"by hand": ([IDLE + ELAB + asm("f", calls=["p___elabb", "p___elabs"])], ""),
	"joined": ([IDLE + ELAB + BINDER], ""),
	"pascal": ([IDLE + PASCAL], "0.o: nothing calls INIT$_$P: make the initialization part"),
	"pascal, by hand": ([IDLE + PASCAL + asm("f", calls=["INIT$_$P"])], ""),
	"other": ([IDLE, PASCAL, ELAB, HEADER], ""),		# they are not linked
}


@pytest.mark.parametrize("case", STARTS)
def test_starts(case, tmp_path):
	"""Of languages whose compilers expect something to run before the program."""
	texts, wanted = STARTS[case]
	files = [compile_c("x86_64", tmp_path, str(n), text) for n, text in enumerate(texts)]
	status, said = link("x86_64", tmp_path, *files)
	assert status == said.count("\n") == bool(wanted) and wanted in said, said


def test_common(tmp_path):
	"""All common variables have the same section: the variable is named."""
	text = BIG.replace("static char", "extern char").replace(
		" __attribute__((aligned(8192)))", "") + \
		"char small[5], big[5] __attribute__((aligned(8192)));\n"
	mine = compile_c("x86_64", tmp_path, "mine", text, "-fcommon")
	status, said = link("x86_64", tmp_path, mine)
	assert status == 1 and "mine.o: big is aligned to 8192 bytes, but an" in said, said


def test_double_abi(tmp_path):
	"""Debian's libgcc.a for Linux on riscv64 passes double in other registers."""
	mine = compile_c("riscv64", tmp_path, "mine", IDLE)
	theirs = compile_c("riscv64", tmp_path, "libgcc", "int x;", "-march=rv64gc", "-mabi=lp64d")
	status, said = link("riscv64", tmp_path, mine, theirs)
	assert status == 1, said
	assert "gcc -march=rv64imac -mabi=lp64 -print-libgcc-file-name names" in said, said


def test_init_debug(tmp_path):
	"""Debug information of assembly on riscv64 has symbols in .init, which have no names."""
	mine = compile_c("riscv64", tmp_path, "mine", IDLE)
	bare = compile_c("riscv64", tmp_path, "bare", '.section .init,"ax"\nnop\n', "-g", "-x",
			 "assembler-with-cpp")
	status, said = link("riscv64", tmp_path, mine, bare)
	assert status == 1 and "bare.o: section .init has code that nothing calls" in said, said


@pytest.mark.parametrize("arch", ARCHES)
def test_largest(arch, tmp_path):
	"""The largest values, and an alignment that each image has."""
	text = BIG.replace("8192", "4096").replace(
		"sizeof(kernel_wants)", "sizeof(kernel_wants), .stack_size = 64 << 20, .flags = 3, "
		".el = 1, .closed = 0x6fe, .regime = 3")
	mine = compile_c(arch, tmp_path, "mine", text)
	assert link(arch, tmp_path, mine, library(arch)) == (0, "")


@pytest.mark.parametrize("text", [
	ARRAY.replace("sizeof(kernel_wants)", "sizeof(kernel_wants), .flags = KERNEL_CONSTRUCTORS"),
	INIT % "early:",
	ARRAY.replace(".init_array", ".fini_array").replace(".quad", ".balign 8\\n.quad"),
	ARRAY.replace("for", "extern int __init_array_start; bi->size = __init_array_start; for"),
	"".join(f'__asm__(".section {name}\\n.text");\n' for name in
		('.ctors,\\"aw\\"', '.tdata,\\"awT\\"', '.header,\\"a\\"')) + IDLE,
	UNLOADED.replace("bi->size = *at;", ""),
	IDLE.replace("void k", "int attributes;\nvoid key_attributes(void) {}\nvoid k")])
def test_allowed(text, tmp_path):
	"""Constructors that the stub or the kernel runs; sections that are empty; a function whose
	section is called like one that is not linked; a section that is neither loaded nor used."""
	mine = compile_c("x86_64", tmp_path, "mine", text)
	assert link("x86_64", tmp_path, mine, library("x86_64")) == (0, "")


@pytest.mark.parametrize("how", ["option", "script"])
def test_named_constructors(how, tmp_path):
	"""A kernel that runs its constructors, and has another name for their table."""
	mine = compile_c("x86_64", tmp_path, "mine", ARRAY.replace(
		"for", "extern int table; bi->size = table; for"))
	script = tmp_path / "symbols.ld"
	script.write_text("PROVIDE_HIDDEN(table = __init_array_start);\n")
	assert link("x86_64", tmp_path, mine, library("x86_64"), script if how == "script" else
		    "--defsym=table=__init_array_start") == (0, "")


@pytest.mark.parametrize("word", ["-znotext", "--pack-dyn-relocs=relr", "-Map=x",
				  "--oformat=binary", "--defsym=image_end=5", "-ef", "-e",
				  "-entry=f", "-M"])
def test_linker_options(word, tmp_path):
	"""Options of lld with which pointers would not be relocated, or errors not be seen."""
	status, said = link("x86_64", tmp_path, word, compile_c("x86_64", tmp_path, "mine", IDLE))
	assert status == 1 and said.startswith(f"stubborn-link: {word}: ")


@pytest.mark.parametrize("word", ["--thinlto-index-only", "-plugin-opt=emit-llvm",
				  "--lto-emit-asm", "-export-dynamic", "-exclude-libs=ALL"])
def test_silent(word, tmp_path):
	"""lld may write no ELF file, and not say why. Options that begin with -e are not -e."""
	mine = compile_c("x86_64", tmp_path, "mine", IDLE, *["-flto"] * ("llvm" in word))
	status, said = link("x86_64", tmp_path, word, mine)
	assert (status, "ld.lld has not written an ELF file" in said) == (
		(0, False) if word.startswith("-e") else (1, True)), said


@pytest.mark.parametrize("text", ["is not a recognized feature", "ld:image.lds:101: syntax error"])
def test_not_lld(text, tmp_path, monkeypatch):
	"""Warnings, as of LTO code for a CPU that another LLVM describes, or another linker's
	errors do not say why."""
	(tmp_path / "ld").write_text(f"#!/bin/sh\necho '{text}' >&2\nexit 1\n")
	(tmp_path / "ld").chmod(0o755)
	monkeypatch.setenv("LD", str(tmp_path / "ld"))
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", IDLE))
	assert status == 1 and said.endswith(
		"/ld has not written an ELF file: it has to be lld, and may have no option that "
		f"has it write something else\n{text}\n"), said


def test_stale(tmp_path):
	"""An ELF file of an earlier link does not stand for one that lld did not write."""
	mine = compile_c("x86_64", tmp_path, "mine", IDLE)
	assert link("x86_64", tmp_path, mine) == (0, "")
	assert link("x86_64", tmp_path, mine, "--version")[0] == 1
	assert not (tmp_path / "kernel.elf").exists()


@pytest.mark.parametrize("flags", [[], ["-flto"]])
def test_own_crumb(flags, tmp_path):
	"""An object with debug information defines it; the library has two paths."""
	both = "void crumb_begin(void);\nvoid crumb_drop(void) { }\nvoid k"
	text = IDLE.replace("void k", both)
	mine = compile_c("x86_64", tmp_path, "mine", text.replace("for", "crumb_begin(); for"),
			 *flags)
	(tmp_path / "here").symlink_to(library("x86_64").parent.absolute())
	for path in library("x86_64"), tmp_path / "here/libstubborn.a":
		status, said = link("x86_64", tmp_path, mine, path)
		assert status == 1 and "duplicate symbol: crumb_drop" in said, said
		assert re.search("libstubborn.a defines it in the same object as others .*: "
				 "rename yours, make it static, or define crumb_begin, .*, too\n",
				 said), said
		assert "your own files" not in said


def test_atexit(tmp_path):
	"""What a C++ compiler calls for destructors of static objects."""
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", ATEXIT))
	assert status == 1 and "a kernel does not exit: define atexit, which need not" in said


@pytest.mark.parametrize("name,wanted", [
	("_end", "instead of _end there are image_start, image_rodata (end of text)"),
	("end", "image_end; what follows it is not yours: boot_info.memmap has the free"),
	("_etext", "can be in a file of such lines, which is linked like an object: _end = im"),
	("_start", "instead of _start there are image_start, image_rodata"),
	("_DYNAMIC", "the stub has relocated the image before kernel_main: leave out what does"),
	("__rela_end", "the stub has relocated the image before kernel_main: leave out what"),
	("__ctor_list", "instead of __ctor_list there are __init_array_start and __init_array_end"),
	("__cyg_profile_func_enter", "compile without -fsanitize, --coverage, -pg, -finstrument-f"),
	("llvm_gcda_emit_arcs", "compile without -fsanitize, --coverage, -pg"),
	("__atomic_fetch_add_16", "no instruction for an atomic access of that size or align"),
	("__x86_return_thunk", "compile without -mretpoline-external-thunk (clang)"),
	("__cxa_atexit", "-fno-c++-static-destructors (clang) or -fno-use-cxa-atexit (g++)"),
	("__stop_mine", "no file that is linked has a section mine: if it may have none, declare"),
	("drivers_end", "define drivers_end (of a section called mine there are __start_mine"),
	("rust_eh_personality", "if a ready-made core needs it all the same, add -C lto=fat, or"),
	("__riscv_save_2", "compile without -msave-restore, or define __riscv_save_2"),
	("__morestack", "-fsplit-stack, or define what they call")])
def test_undefined(name, wanted, tmp_path):
	"""What linkers or compilers define elsewhere."""
	text = IDLE.replace("void k", f"extern char {name}[];\nvoid k").replace(
		"for (;;);", f"bi->magic = (uint64_t){name}; for (;;);")
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", text))
	assert status == 1 and wanted in said and "mine.o:(kernel_main)" in said
	assert f"define {name}, or" not in said


def test_split_stack(tmp_path):
	"""lld's own error names neither file nor symbol."""
	mine = compile_c("aarch64", tmp_path, "mine", IDLE, "-fsplit-stack")
	status, said = link("aarch64", tmp_path, mine, library("aarch64"))
	assert status == 1 and f"{mine}: compile it without -fsplit-stack\n" in said, said


@pytest.mark.parametrize("words", [["-shared"], ["-pie", "-e", "f"], ["-e", "f"]])
def test_linked(words, tmp_path):
	"""A shared library or a program instead of objects."""
	part = compile_c("x86_64", tmp_path, "part", "int f(void) { return 5; }")
	made = tmp_path / "made"
	subprocess.run(["ld.lld", *words, "-o", made, part], check=True)
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", IDLE), made)
	assert (status, said) == (1, f"stubborn-link: {made}: is a linked program or shared "
				  "library: give the objects it is made of\n")


@pytest.mark.parametrize("arch", ARCHES)
def test_addresses_in_constants(arch, tmp_path):
	"""What a compiler makes without -fpie. lld 14 says nothing on riscv64 about an address of
	a static variable. What is not linked does no harm, nor does an address that is 0."""
	part = compile_c(arch, tmp_path, "part", ADDRESS)
	archive = tmp_path / "part.a"
	subprocess.run(["llvm-ar", "rcs", archive, part], check=True)
	idle = compile_c(arch, tmp_path, "idle", IDLE.replace("void k", WEAK + "void k"))
	assert link(arch, tmp_path, idle, archive, library(arch)) == (0, "")
	mine = compile_c(arch, tmp_path, "mine", IDLE.replace("void k", "long f(void);\nvoid k")
			 .replace("for", "f(); for"))
	for file in part, archive:
		status, said = link(arch, tmp_path, mine, file, library(arch))
		assert status == 1 and "with -fpie (gcc, clang)" in said, said
		assert f"{file}" in said and "part.o" in said


@pytest.mark.parametrize("arch", GCC)
def test_gcc_guard(arch, tmp_path):
	"""gcc's own guard is a variable on aarch64, and thread-local on x86_64."""
	text = IDLE.replace("void k", "void f(void) { char b[99]; __asm__ volatile(\"\" :: "
			    "\"r\"(b)); }\nvoid k").replace("for", "f(); for")
	mine = compile_c(arch, tmp_path, "mine", text, "-fstack-protector-all", compiler="gcc")
	status, said = link(arch, tmp_path, mine, library(arch))
	assert (status, "stack guard" in said) == ((0, False) if arch == "aarch64" else (1, True))
