# SPDX-License-Identifier: MIT
"""stubborn-link as build systems call it: many files, response files; addresses that only lld's
other users can have.
"""
import functools
import os
import resource
import shutil

import pytest

from kernels import HEAD, LINK, compile_c, library, link, run
from machine import ARCHES, BUILD, image_path

IDLE = HEAD + "void kernel_main(struct boot_info *bi) { for (;;); }\n"
TOOLS = ("awk cat cp expr grep head ld.lld llvm-nm llvm-objcopy llvm-readelf od readlink rm sed "
	 "sort tr uniq").split()


@pytest.fixture
def counted(tmp_path):
	"""A function that links, and returns what was said and how many commands it took."""
	folder, log = tmp_path / "bin", tmp_path / "log"
	folder.mkdir()
	for tool in TOOLS:
		(folder / tool).write_text(f"#!/bin/sh\necho {tool} >> {log}\n"
					   f'exec {shutil.which(tool)} "$@"\n')
		(folder / tool).chmod(0o755)

	def counted_link(*files):
		log.write_text("")
		said = run(LINK, "--arch=x86_64", f"--sdk={BUILD}", f"-o{tmp_path}/x", *files,
			   env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
		return said, len(log.read_text().splitlines())
	return counted_link


def cpu_seconds(*command):
	before = resource.getrusage(resource.RUSAGE_CHILDREN)
	assert run(*command) == (0, "")
	after = resource.getrusage(resource.RUSAGE_CHILDREN)
	return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_quick(arch, tmp_path):
	"""Under two seconds of CPU time; on a slow host, no more than 28 starts of the linker take.
	Wall time depends on what else the host does."""
	main = compile_c(arch, tmp_path, "main", IDLE)
	starts = ["sh", "-c", "for i in 1 2 3 4 5 6 7 8; do ld.lld --version > /dev/null; done"]
	start = cpu_seconds(*starts)
	took = cpu_seconds(LINK, "--arch", arch, f"--sdk={BUILD}", f"-o{tmp_path}/x", main)
	start += cpu_seconds(*starts)
	assert took < max(2, 28 * start / 16)


def test_many(counted, tmp_path):
	"""One call of each tool for all files, and for an archive's members; also if they are
	refused. Messages name each file."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	parts = [compile_c("x86_64", tmp_path, f"f{i}", f"int f{i};\n") for i in range(30)]
	odd = [compile_c("x86_64", tmp_path, f"odd{i}",
			 '__asm__(".section m,\\"awx\\",%progbits\\n.quad 0\\n.text\\n");\n'
			 f"int panic_{i}, image_end;\n") for i in range(3)]
	archive = tmp_path / "many parts.a"
	assert run("llvm-ar", "rc", archive, *parts, *odd[1:])[0] == 0
	said, few = counted(main, parts[0])
	assert said == (0, "") and few > 20
	assert counted(main, *parts) == ((0, ""), few)
	cmake = [shutil.copy(part, part.with_suffix(".obj")) for part in parts]
	assert counted(main, *cmake) == ((0, ""), few)
	(status, said), few = counted(main, odd[0])
	assert status == 1 and f"{odd[0]}: image_end is reserved" in said
	(status, said), many = counted(main, archive, *parts[1:], odd[0])
	assert (status, many) == (1, few)
	for file in odd[0], f"{archive}(odd1.o)", f"{archive}(odd2.o)":
		assert f"stubborn-link: {file}: image_end is reserved" in said, said


@pytest.mark.parametrize("file,kind", [("script", "INPUT(part.o)\n"), ("bitcode", "-flto")])
def test_other_files(file, kind, tmp_path):
	"""lld takes linker scripts and LTO code: what follows them is checked all the same."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	bad = compile_c("x86_64", tmp_path, "bad", '__asm__(".section m,\\"awx\\",%progbits\\n'
			'.quad 0\\n.text\\n");\n')
	part = compile_c("x86_64", tmp_path, "part", "int f;", *[kind] * (file == "bitcode"))
	if file == "script":
		part = tmp_path / "part.ld"
		part.write_text(f"INPUT({tmp_path}/part.o)\n")
	assert link("x86_64", tmp_path, part, main) == (0, "")
	status, said = link("x86_64", tmp_path, part, main, bad)
	assert status == 1 and said.count("bad.o: section m is writable and executable") == 1, said


def test_response_file(tmp_path):
	"""Words as GNU ld reads them; our own options; a file that names another."""
	main = compile_c("x86_64", tmp_path, "my main", IDLE)
	(tmp_path / "in ner").write_text('"' + str(tmp_path) + '/my main.o"\n')
	(tmp_path / "outer").write_text(f"--sdk={BUILD} -o '{tmp_path}/a b'\t--arch x86_64\n"
					f"\n@{tmp_path}/in\\ ner\n")
	assert run(LINK, f"@{tmp_path}/outer") == (0, "")
	assert run(LINK, f"-o{tmp_path}/c", f"--sdk={BUILD}", "--arch=x86_64", main) == (0, "")
	assert (tmp_path / "a b").read_bytes() == (tmp_path / "c").read_bytes()
	(tmp_path / "loop").write_text(f"x.o @{tmp_path}/loop\n")
	status, said = run(LINK, f"@{tmp_path}/loop")
	assert status == 1 and "/loop: is nested more than 20 deep: does" in said
	assert run(LINK, "@/nowhere") == (1, "stubborn-link: @/nowhere: no such file\n")
	for n in range(21):
		(tmp_path / f"{n}").write_text(f"@{tmp_path}/{n - 1}\n" if n else "/nowhere\n")
	assert run(LINK, f"@{tmp_path}/19") == (1, "stubborn-link: /nowhere: no such file\n")
	status, said = run(LINK, f"@{tmp_path}/20")
	assert status == 1 and "/0: is nested more than 20 deep" in said


def test_whole_archive(tmp_path):
	"""All members of one's own archive, but not of ours."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	archive, ours = tmp_path / "part.a", library("x86_64")
	part = compile_c("x86_64", tmp_path, "part", "int f;")
	assert run("llvm-ar", "rc", archive, part)[0] == 0
	words = (main, "--whole-archive", archive)
	assert link("x86_64", tmp_path, *words, "--no-whole-archive", ours) == (0, "")
	assert link("x86_64", tmp_path, *words, ours) == (
		1, f"stubborn-link: {ours}: it has the stub's functions, too: put it before "
		"--whole-archive or after --no-whole-archive\n")


def test_other_library(tmp_path):
	"""A copy of our library is as good; that of another SDK is none of the kernel's files."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	copy = tmp_path / "libstubborn.a"
	shutil.copy(library("x86_64"), copy)
	assert link("x86_64", tmp_path, main, copy) == (0, "")
	shutil.copy(library("aarch64"), copy)
	assert link("x86_64", tmp_path, main, copy) == (
		1, f"stubborn-link: {copy}: is for another SDK or CPU: give {library('x86_64')}\n")
	stub = BUILD / "x86_64/stub.o"
	assert link("x86_64", tmp_path, main, stub) == (
		1, f"stubborn-link: {stub}: is linked with every kernel anyway: leave it out\n")


def test_thread_local(tmp_path):
	"""The variable named is that of the archive's member, not another's, nor what gcc's
	assembler adds for aarch64 ($d)."""
	compile_gcc = functools.partial(compile_c, "aarch64", tmp_path, compiler="gcc")
	other = compile_gcc("other", "_Thread_local int other = 1;")
	mine = compile_gcc("mine", "_Thread_local int mine = 1; int f(void) { return mine; }")
	main = compile_c("aarch64", tmp_path, "main", USES)
	archive = tmp_path / "libmine.a"
	run("llvm-ar", "rc", archive, other, mine)
	for file in mine, archive:
		assert " mine is thread-local" in link("aarch64", tmp_path, main, file)[1]


LOADS = {"x86_64": "lea port(%rip), %rax", "aarch64": "adr x0, port", "riscv64": "lla a0, port"}
JUMPS = {"x86_64": "call port", "aarch64": "bl port", "riscv64": "call port"}
CODE = '__asm__(".pushsection .text.f\\n.globl f\\nf: %s\\n.popsection\\n%s");\n'
USES = IDLE.replace("void k", "void f(void);\nvoid k").replace("for", "f(); for")

CONSTANTS = """extern const int f;
const int f = 1;
static const int g = 2;
extern const int *at;
const int *at = &g;
extern int h;
int h = 3;
__asm__(".section blob,\\"a\\"\\n.globl user\\nuser: %s\\nsame: .long 1\\n.text\\n");
"""
SAME_NAMES = """extern const int f, user, *at;
extern int h;
__asm__(".section .text.a,\\"ax\\"\\nsame: nop\\n.text\\n%s\\n");
__attribute__((noinline)) static void g(void) { h++; }
"""


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("flags", ["a", "ax"])
def test_not_executable(arch, flags, tmp_path):
	"""What nasm makes of a section whose name it does not know. A constant may be called like
	another file's function, and may have code that jumps in it, for other memory. Nothing is
	wrong with what is not linked."""
	section = f'__asm__(".section code,\\"{flags}\\"\\n%sf: nop\\n.text\\n");\n'
	part = compile_c(arch, tmp_path, "part", section % ".globl f\\n")
	archive = tmp_path / "part.a"
	assert run("llvm-ar", "rc", archive, part)[0] == 0
	idle = compile_c(arch, tmp_path, "idle", IDLE.replace(
		"void k", SAME_NAMES % JUMPS[arch].replace("port", "same") + "void k").replace(
		"for", "bi->size = f + *at + user; g(); for"))
	constants = compile_c(arch, tmp_path, "constants",
			      CONSTANTS % JUMPS[arch].replace("port", "user"))
	joined = tmp_path / "joined.o"
	assert run("ld.lld", "-r", "-o", joined, idle, constants)[0] == 0
	assert link(arch, tmp_path, joined, archive) == (0, "")
	calls = f'__asm__ volatile("{JUMPS[arch].replace("port", "f")}"); for'
	own = compile_c(arch, tmp_path, "own", section % "" + IDLE.replace("for", calls))
	main = compile_c(arch, tmp_path, "main", USES)
	for files in [main, archive], [own]:
		status, said = link(arch, tmp_path, *files)
		assert status == (flags == "a") == said.count("\n"), said
		assert not status or "section code is not executable, but code jumps to " in said


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("how", ["load", "jump", "option", "script"])
def test_fixed_address(arch, how, tmp_path):
	"""Reached relative to the pc it would be another one after the image has moved. What is not
	linked does no harm."""
	code = (JUMPS if how == "jump" else LOADS)[arch]
	script = tmp_path / "symbols.ld"
	script.write_text("/* end = 5; */\nhere = 1; port = 0x1000;\n")
	more = {"option": ["--defsym=port=0x1000"], "script": [script]}.get(how, [])
	part = compile_c(arch, tmp_path, "part", CODE % (code, "" if more else ".set port, 0x1000"))
	archive = tmp_path / "part.a"
	assert run("llvm-ar", "rc", archive, part)[0] == 0
	main = compile_c(arch, tmp_path, "main", USES)
	status, said = link(arch, tmp_path, main, archive, *more)
	assert status == 1 and f"stubborn-link: {archive}(part.o): section .text.f reaches " in said
	assert "a fixed address, relative to the pc" in said and "load the number instead" in said
	assert ("reaches port," if more or arch == "x86_64" else "reaches ") in said
	idle = compile_c(arch, tmp_path, "idle", IDLE)
	assert link(arch, tmp_path, idle, archive) == (0, "")


@pytest.mark.parametrize("arch", ARCHES)
def test_computed(arch, tmp_path):
	"""What a linker script computes is an address that moves with the image, or a number."""
	script = tmp_path / "symbols.ld"
	script.write_text("a = ALIGN(image_end, 64); b = ABSOLUTE(image_end);\n"
			  "c = ADDR(.text) + 4; d = SIZEOF(.bss);\n"
			  "e = (image_end - image_start) * 2;\n")
	main = compile_c(arch, tmp_path, "main", USES)
	for names in "abc", "de":
		loads = "; ".join(LOADS[arch].replace("port", name) for name in names)
		part = compile_c(arch, tmp_path, "part", CODE % (loads, ""))
		status, said = link(arch, tmp_path, main, part, script)
		assert status == ("d" in names), said
		for name in names * status:
			assert said.count(f"section .text.f reaches {name}, a number that a ") == 1


@pytest.mark.parametrize("text,flags,section", [
	("static int here; int f(void); int f(void) { return here++; }", ["-fno-pie"], ".text.f"),
	('__attribute__((used)) static int here; int f(void); int f(void) { return 0; }\n'
	 '__asm__(".section .data.f,\\"awR\\"\\n.long here\\n.text\\n");', [], ".data.f")])
def test_short_address(text, flags, section, tmp_path):
	"""Half of an address, as riscv64's compilers use it by default. lld 14 refuses only those
	of global variables, lld 22 all of them."""
	part = compile_c("riscv64", tmp_path, "part", text, "-mcmodel=medlow", *flags)
	main = compile_c("riscv64", tmp_path, "main", USES)
	status, said = link("riscv64", tmp_path, main, part)
	assert status == 1 and (f"part.o: section {section} has the address of " in said or
				"cannot be used against symbol 'here'" in said), said
	assert "compile that file with -fpie" in said
	pie = compile_c("riscv64", tmp_path, "pie", "static int here; int f(void);\n"
			"int f(void) { return here++; }\n", "-mcmodel=medlow")
	assert link("riscv64", tmp_path, main, pie) == (0, "")


@pytest.mark.parametrize("arch,kind,place,what", [
	("x86_64", ".globl here", ".text", ".quad"), ("x86_64", ".globl here", ".data.f", ".long"),
	("riscv64", "", ".text", ".quad"), ("riscv64", "", ".data.f", ".long")])
def test_table(arch, kind, place, what, tmp_path):
	"""A table of addresses in an assembly file: among its code, or of 32 bits each. lld 14 says
	nothing on riscv64 about a local symbol."""
	data = '.section .data.f,\\"awR\\"\\n' * (place != ".text")
	part = compile_c(arch, tmp_path, "part", "void f(void) { }\n"
			 f'__asm__(".text\\n{kind}\\n.balign 8\\nhere: nop\\n{data}'
			 f'.balign 8\\n{what} here\\n.text\\n");', "-fno-function-sections")
	status, said = link(arch, tmp_path, compile_c(arch, tmp_path, "main", USES), part)
	assert status == 1 and (f"part.o:({place}+" in said or f"part.o: section {place} " in said)
	assert said.count("an address in data (.quad, dq) needs 8 bytes of a writable section") == 1
	assert "make the section" not in said


def test_large_model(tmp_path):
	"""clang 14 ignores -fpie with it on aarch64; clang 19 refuses both together."""
	main = compile_c("aarch64", tmp_path, "main", "static int there;\n" + IDLE.replace(
		"for", "bi->magic = (uint64_t)&there; for"), "-fno-pic", "-mcmodel=large")
	status, said = link("aarch64", tmp_path, main)
	assert status == 1 and "compile that file for the default code model" in said, said


@pytest.mark.parametrize("arch", ARCHES)
def test_fixed_number(arch, tmp_path):
	"""As a number, a pointer or through a GOT it is right, and so is a weak symbol that nothing
	defines."""
	text = USES.replace("void f(void);", "extern char port[] __attribute__((visibility("
			    '"default"))); int weak(void) __attribute__((weak)); long at = 0x1000;'
			    ).replace("f();", "bi->magic = (uint64_t)port;\n"
			    "\tif (weak) weak();\n\tbi->magic += *(volatile long *)0x1000 + at;")
	main = compile_c(arch, tmp_path, "main", text, "-fPIC", "-fno-direct-access-external-data")
	assert link(arch, tmp_path, main, "--defsym=port=0x1000") == (0, "")


# As an assembler's user writes them: .rodata and .data are not aligned.
ODD = '__asm__(".section %s\\n.byte 0\\n.globl odd\\nodd: .long 96\\n.zero 92\\n.text\\n");\n'


@pytest.mark.parametrize("name,section,wanted", [
	("kernel_wants", ".rodata", "kernel_wants is not aligned: align it to 8 bytes (assembly"),
	("odd", ".data", "that code uses a variable that is not aligned: align it where it is")])
def test_unaligned(name, section, wanted, tmp_path):
	"""Only aarch64's instructions do not reach it."""
	text = IDLE.replace("void k", "extern uint64_t odd;\nvoid k").replace(
		"for", "bi->magic = odd; for") + ODD % section
	if name != "odd":
		text = text.replace(HEAD[HEAD.index("const"):], "").replace("odd", name).replace(
			f"extern uint64_t {name};", "").replace(f"= {name};", "= 0;")
	mine = compile_c("aarch64", tmp_path, "mine", text)
	status, said = link("aarch64", tmp_path, mine, library("aarch64"))
	assert status == 1 and f"stubborn-link: {wanted}" in said, said
	assert ("kernel_wants is not" in said) == (name != "odd"), said


@pytest.mark.parametrize("arch", ARCHES)
def test_binary_size(arch, tmp_path):
	"""A symbol of a file that objcopy has made of any other; and a fixed address."""
	text = IDLE.replace("void k", "extern char _binary_a_size[], port[];\nvoid k").replace(
		"for", "bi->magic = (uint64_t)%s; for")
	names = tmp_path / "names.o"
	source = tmp_path / "names.s"
	source.write_text("".join(f".globl {name}\n{name} = 5\n" for name in
				  ("_binary_a_size", "port")))
	assert run("clang", f"--target={arch}-none-elf", "-c", "-o", names, source) == (0, "")
	for name, wanted in (("_binary_a_size", "not an address: take _binary_a_end - _binary_a_"),
			     ("port", "so its code cannot reach a fixed one: use a pointer")):
		mine = compile_c(arch, tmp_path, "mine", text % name)
		status, said = link(arch, tmp_path, mine, names)
		assert status == 1 and wanted in said, said
		assert ("use a pointer" in said) == (name == "port"), said


def test_assembly(tmp_path):
	"""What to do about an address in assembly, which -fpie does not change."""
	mine = compile_c("aarch64", tmp_path, "mine", IDLE.replace(
		"for", '__asm__ volatile("ldr x1, =kernel_main"); for'))
	status, said = link("aarch64", tmp_path, mine)
	assert status == 1 and "assembly takes addresses relative to the pc (lea " in said, said


def test_newer_bitcode(tmp_path):
	"""What an lld that is older than the compiler says."""
	mine = compile_c("x86_64", tmp_path, "mine", IDLE)
	old = tmp_path / "ld.lld"
	old.write_text("#!/bin/sh\necho \"ld.lld: error: mine.o: Opaque pointers are only "
		       "supported in -opaque-pointers mode (Producer: 'LLVM16.0.6' Reader: "
		       "'LLVM 14.0.6')\" >&2\nexit 1\n")
	old.chmod(0o755)
	status, said = run(LINK, "--arch=x86_64", f"--sdk={BUILD}", mine,
			   f"-o{tmp_path}/x", env={**os.environ, "LD": str(old)})
	assert status == 1 and "LTO code of a newer LLVM: set LD to its ld.lld" in said, said


def test_bits(tmp_path):
	"""What nasm -f elf32 makes is for this CPU, but not for this mode."""
	mine = compile_c("x86_64", tmp_path, "mine", IDLE)
	old = tmp_path / "old.o"
	(tmp_path / "old.c").write_text("int x;")
	assert run("clang", "--target=i386-none-elf", "-c", "-o", old, tmp_path / "old.c")[0] == 0
	status, said = link("x86_64", tmp_path, mine, old)
	assert status == 1 and "different CPU than --arch, or for 32 bits" in said, said


@pytest.mark.parametrize("text", ['a "b', "/* a", "SECTIONS x", "MZ", "of MEMORY\n"])
def test_other_file(text, tmp_path):
	"""Data, which lld takes for a linker script."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	data = tmp_path / "data"
	data.write_text(text)
	status, said = link("x86_64", tmp_path, main, data)
	assert status == 1 and f"stubborn-link: {data}:" in said, said
	assert "only ELF object files and static archives can be linked (nasm" in said, said


def test_temporary(tmp_path, monkeypatch):
	"""A name that sed would take for something else."""
	folder = tmp_path / "a|b&[c\\nd"
	folder.mkdir()
	monkeypatch.setenv("TMPDIR", str(folder))
	main = compile_c("x86_64", tmp_path, "main", HEAD)
	status, said = link("x86_64", tmp_path, main)
	assert status == 1 and "\n>>>               stub.o:(kernel_enter)\n" in said, said
	assert "sed" not in said and str(folder) not in said


@pytest.mark.parametrize("arch", ARCHES)
def test_regime(arch, tmp_path):
	"""One that the CPU lacks would need mmu= at every boot."""
	mine = compile_c(arch, tmp_path, "mine", IDLE.replace(
		"sizeof(kernel_wants)", "sizeof(kernel_wants), .regime = BOOT_MMU_OFF"))
	assert link(arch, tmp_path, mine) == ((0, "") if arch != "x86_64" else (1, "stubborn-link: "
		"kernel_wants.regime is off, but x86_64 has only: identity mapped\n"))


@pytest.mark.parametrize("text", ["0", "800", "1800", "fffff000"])
def test_no_sum(text):
	"""image-sum, of an image whose text does not begin where the link has said."""
	assert run(BUILD / "image-sum", image_path("x86_64"), text) == (
		1, "image_sum: .text, image_text and .sbat are not in order\n")
