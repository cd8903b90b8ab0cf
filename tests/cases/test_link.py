# SPDX-License-Identifier: MIT
"""What may be linked with the stub, and stubborn-link's errors for the rest: the file, the
symbol, what to do.
"""
import os
import re
import shutil
import subprocess

import pytest

import kernels
from kernels import GCC, HEAD, compile_c, library, link, raw, run, LINK
from machine import ARCHES, BUILD, IMAGE_NAME
from uki import run_ukify

OTHER = dict(zip(ARCHES, [*ARCHES[1:], ARCHES[0]]))
IDLE = HEAD + "void kernel_main(struct boot_info *bi) { for (;;); }\n"
SAY = HEAD + "void kernel_main(struct boot_info *bi)\n{\n" \
	"\tconsole_serial(&bi->uart, bi->direct_map);\n%s\tfor (;;);\n}\n"
TLS = HEAD + "_Thread_local int mine;\n" \
	"void kernel_main(struct boot_info *bi) { mine = bi->major; for (;;); }\n"
THREADS = '__asm__(".section .%s.mine,\\"awTR\\",%%%s\\n.zero 4\\n.text\\n");\n' + IDLE	# no symbol
CALLS = "void odd(void);\n" + HEAD + \
	"void kernel_main(struct boot_info *bi) { odd(); for (;;); }\n"
ABSOLUTE = 'int there;\n__asm__(".text\\n.globl odd\\nodd: .long there\\n");\n'
COPIES = HEAD + """void kernel_main(struct boot_info *bi)
{
	static struct boot_info copy;

	copy = *bi;
	__asm__ volatile("" :: "r"(&copy));
	for (;;);
}
"""
DIVIDES = IDLE.replace("void kernel_main", "__uint128_t big = 10, small = 3;\nvoid kernel_main"
		       ).replace("for (;;);", "big /= small; for (;;);")
SECTION = ('__asm__(".section %s,\\"%s\\",%%%s\\n.balign 8\\n.quad 0\\n.text\\n");\n'
	   + IDLE)
LATE = CALLS + 'static volatile int x;\nstatic void now(void) {}\n' \
	'static void (*choose(void))(void) { return x ? now : 0; }\n' \
	'void odd(void) __attribute__((ifunc("choose")));\n'
REFUSED = {			# files, and the expected message
	"nothing": ({"x": "int x;"},
		    ["undefined symbol: kernel_main", "define void kernel_main(",
		     "undefined symbol: kernel_wants", "define const struct kernel_wants"]),
	"tls": ({"mine": TLS}, ["mine.o: mine is thread-local", "make it an ordinary variable"]),
	"tdata": ({"mine": THREADS % ("tdata", "progbits")}, ["mine.o: .tdata is thread-local"]),
	"tbss": ({"mine": THREADS % ("tbss", "nobits")}, ["mine.o: .tbss is thread-local"]),
	"absolute": ({"calls": CALLS, "odd": ABSOLUTE},
		     ["there", "odd.o:(.text+0x0)", "compile that file with -fpie"]),
	"twice": ({"one": IDLE, "two": IDLE}, ["duplicate symbol: kernel_main", "one.o", "two.o",
					       "two of your own files define it"]),
	"memcpy": ({"copies": COPIES}, ["undefined symbol: memcpy", "copies.o:(kernel_main)",
					"add libstubborn.a, or define"]),
	"divides": ({"divides": DIVIDES}, ["undefined symbol: __udivti3", "divides.o:(kernel_main)",
					   "add the libgcc.a", "it uses the red zone"]),
	"missing": ({"calls": CALLS}, ["undefined symbol: odd", "calls.o:(kernel_main)",
				       "define odd, or add the object or archive that does"]),
	"library": ({"says": SAY % "console_print(NULL);"},
		    ["undefined symbol: console_print", "libstubborn.a: it has console_print"]),
	"checked": ({"calls": CALLS.replace("odd", "__ubsan_handle_x")},
		    ["compile without -fsanitize"]),
	"both": ({"both": SECTION % ("mine", "awx", "progbits")},
		 ["both.o: section mine is writable and executable"]),
	"ctors": ({"my c": SECTION % (".ctors", "aw", "progbits")},
		  ["/my c.o: constructors in .ctors would not run"]),
	"ifunc": ({"late": LATE}, ["late.o: odd is chosen when a program is loaded"]),
	"huge": ({"huge": IDLE.replace("void k", "char huge[600 << 20];\nvoid k").replace(
		"for (;;);", "huge[1] = 1; for (;;);")},
		 ["an image is at most 512 MiB", "huge.o: huge has 600 MiB: take memory from"]),
	"ours": ({"ours": IDLE + "int image_end, image_entry, kernel_text;\n"},
		 ["ours.o: image_end is reserved for the stub: rename yours",
		  "ours.o: kernel_text is"]),
	"size": ({"mine": IDLE.replace("sizeof(kernel_wants)", "7")},
		 ["kernel_wants.size is 0x7: set it to sizeof"]),
	"name": ({"mine": IDLE.replace("sizeof(kernel_wants)",
				       'sizeof(kernel_wants), .name = "a\\nb"')},
		 ["kernel_wants.name must be at most 31 printable ASCII characters"]),
	"version": ({"mine": IDLE.replace("sizeof(kernel_wants)",
		    'sizeof(kernel_wants), .version = "1234567890" "1234567890" "123456789012"')},
		    ["kernel_wants.version must be at most 31"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(arch, case, tmp_path):
	files, wanted = REFUSED[case]
	objects = [compile_c(arch, tmp_path, *file) for file in files.items()]
	status, said = link(arch, tmp_path, *objects)
	assert status == 1
	assert [text for text in wanted if text not in said] == [], said
	assert "(.debug" not in said, said	# what is not in the image cannot be wrong
	assert not list(tmp_path.glob("*.EFI"))


def test_other_cpu(arch, tmp_path):
	mine = compile_c(arch, tmp_path, "mine", IDLE)
	theirs = compile_c(OTHER[arch], tmp_path, "theirs", "int x;")
	status, said = link(arch, tmp_path, mine, theirs)
	assert status == 1 and "theirs.o is incompatible with" in said
	assert "that file is for a different CPU than --arch" in said


@pytest.mark.parametrize("words,wanted", [
	(["x.o"], "x.o: no such file"), ([], "no object files"),
	(["--sbat", "none", LINK], "none: cannot be read"),
	(["--arch"], "--arch: needs a value"), (["--arch", "m68k"], "--arch m68k: this SDK"),
	(["--sdk", "/nowhere", LINK], "is missing: build the SDK with 'make sdk'"),
	(["."], ".: not a file"), (["empty"], "empty: is empty"),
	([LINK], "only ELF object files and static archives can be li"),
	(["-o", "", LINK], "-o: needs a value"), (["--ia32="], "--ia32: needs a value"),
	*((words, f"{words[0][:5]}: needs a value before -x.EFI; a file of that name is ./-x.EFI")
	  for words in (["--elf", "-x.EFI", LINK], ["--elf=-x.EFI", LINK])),
	(["-o", "--elf", "x", LINK], "-o: needs a value before --elf"),
	(["-o", "/no/x", LINK], "/no/x: there is no folder /no"), (["-o.", LINK], ".: is a folder"),
	(["-o", LINK, LINK], "is also an input: choose another output"),
	(["--sbat", LINK, LINK], "its first line must be sbat,1,"),
	(["--sbat", "later", LINK], "its first line must be sbat,1,"),
	*(([word, LINK], f"{word}: not allowed: the stub needs its own layout") for word in
	  ("--output=x", "-output=x", "-script=x", "--no-pie", "--strip-all", "-relocatable")),
	(["-o", "x", "--elf", "x", LINK], "-o, --elf and --ia32 name the same file"),
	(["--elf", "/dev/null", LINK], "/dev/null: not a file: --elf needs one"),
	(["-o", "x", "--ia32", "x", LINK], "-o, --elf and --ia32 name the same file"),
	*(([word, LINK], "if it is a compiler's (-Wl,X") for word in ("--odd", "-Wl,-n", "-m64")),
	(["-L", "x", LINK], "-L: write its value right after it: -LNAME"),
	(["--defsym", "a=b", LINK], "--defsym: write its value after =: --defsym=VALUE")])
def test_words(words, wanted, tmp_path):
	(tmp_path / "empty").touch()
	(tmp_path / "later").write_text("sbat,2,SBAT Version,sbat,2,x\nsbat,1,x\n")
	status, said = run(LINK, "--arch", "x86_64", "--sdk", BUILD, *words, cwd=tmp_path)
	assert status == 1 and wanted in said
	assert re.match("stubborn-link: ", said)


def test_unwritten(tmp_path):
	"""A full disk, tools that are missing, a signal, and a link to the command itself: no
	temporary file is left."""
	(tmp_path / "tmp").mkdir()
	env = {**os.environ, "TMPDIR": f"{tmp_path}/tmp"}
	mine = compile_c("x86_64", tmp_path, "my kernel", IDLE)
	(tmp_path / "linked").symlink_to(LINK)
	words = (tmp_path / "linked", "--arch=x86_64", f"--sdk={BUILD}", mine, f"-o{tmp_path}/x y")
	assert run(*words, env=env) == (0, "")
	assert (tmp_path / "x y").stat().st_size > 0
	status, said = run(*words, "-o", "/dev/full", env=env)
	assert status == 1 and "/dev/full cannot be written: No space left" in said
	status, said = run(*words, env={**env, "LD": "no-such-ld"})
	assert status == 1 and "no-such-ld is missing: install lld and llvm" in said
	(tmp_path / "ends").write_text("#!/bin/sh\nkill -TERM $PPID\n")
	(tmp_path / "ends").chmod(0o755)
	assert run(*words, env={**env, "LD": f"{tmp_path}/ends"}) == (1, "")
	assert not list((tmp_path / "tmp").iterdir())


def test_linker_name(tmp_path):
	"""The linker under another name; a symbol that expr could take for a keyword."""
	mine = compile_c("x86_64", tmp_path, "mine", CALLS.replace("odd", "length"))
	(tmp_path / "ld.lld-9").symlink_to(shutil.which("ld.lld"))
	status, said = run(LINK, "--arch=x86_64", f"--sdk={BUILD}", mine, f"-o{tmp_path}/x",
			   env={**os.environ, "LD": f"{tmp_path}/ld.lld-9"})
	assert status == 1 and "define length, or add the object or archive that does" in said
	assert said.startswith("stubborn-link: undefined symbol: length") and "expr" not in said


@pytest.mark.parametrize("name", ["-ltheirs", "--library=theirs", "-l:libtheirs.a", "-lnone"])
def test_libraries(name, tmp_path):
	"""What is in a library that the linker looks for is checked, too; folders are searched in
	order."""
	mine = compile_c("x86_64", tmp_path, "mine", CALLS)
	for folder, text in (("a \\tb", "void odd(void) {}\nint image_end;"),
			     ("c", "void odd(void) {}")):
		(tmp_path / folder).mkdir()
		theirs = compile_c("x86_64", tmp_path, "theirs", text)
		assert run("llvm-ar", "rc", tmp_path / folder / "libtheirs.a", theirs)[0] == 0
	folders = ["--library-path=" + str(tmp_path / "a \\tb"), f"-L{tmp_path}/c"]
	status, said = link("x86_64", tmp_path, name, mine, *folders)
	if name == "-lnone":
		assert status == 1 and "unable to find library -lnone" in said
		return
	assert status == 1 and "/a \\tb/libtheirs.a(theirs.o): image_end is reserved" in said
	assert link("x86_64", tmp_path, name, mine, *reversed(folders)) == (0, "")


def test_help():
	status, said = run(LINK, "--help")
	assert status == 0
	assert re.fullmatch(r"usage: stubborn-link --arch .*\n.* ARCHIVE\.\.\.\n", said)


def test_gcc_lto(tmp_path):
	"""gcc's LTO code is refused; an object that has machine code besides can be linked."""
	slim = compile_c("x86_64", tmp_path, "slim", IDLE, "-flto", compiler="gcc")
	status, said = link("x86_64", tmp_path, slim)
	assert status == 1 and "slim.o: has only gcc's LTO code" in said
	part = compile_c("x86_64", tmp_path, "part", "int f(void) { return 5; }", "-flto",
			 compiler="gcc")
	caller = IDLE.replace("void k", "int f(void);\nvoid k").replace("for", "f(); for")
	mine = compile_c("x86_64", tmp_path, "mine", caller)
	status, said = link("x86_64", tmp_path, mine, part)
	assert status == 1 and "part.o: has only gcc's LTO code" in said and "define f" not in said
	fat = compile_c("x86_64", tmp_path, "fat", IDLE, "-flto", "-ffat-lto-objects",
			compiler="gcc")
	assert link("x86_64", tmp_path, fat) == (0, "")


FOUND = """
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
extern int shared;
int other(int x);
int missing(void) __attribute__((weak));
__attribute__((weak)) int common(void) { return 1000; }
static int (*const table[])(int) = { other };
static struct { char limit; int (*volatile base)(int); } __attribute__((packed)) odd = { 1, other };
int NAME(probe_, WHO)(int (*call)(int));
int NAME(probe_, WHO)(int (*call)(int))
{
	return missing ? -1 : table[0](shared) + (call == other) + common() + (odd.base == other);
}
"""
CALLER = """
int shared = 40;
int other(int x) { return x + 1; }
int common(void) { return 58; }		/* not weak: this one counts */
"""


def probes(arch, folder):
	"""The same file from both compilers at each level, partly in a static archive."""
	names, objects = [], []
	for compiler in ("clang", "gcc")[:1 + (arch in GCC)]:
		for level in range(4):
			name = f"{compiler}{level}"
			names.append(name)
			objects.append(compile_c(arch, folder, name, FOUND, f"-O{level}",
						 f"-DWHO={name}", compiler=compiler))
	archive = folder / "half.a"
	subprocess.run(["llvm-ar", "rcs", archive, *objects[1::2]], check=True)
	return names, [*objects[0::2], archive]


def test_compilers(arch, tmp_path):
	"""Calls, data, addresses of functions and weak symbols across files, with a GOT if the
	compiler wants one."""
	names, files = probes(arch, tmp_path)
	lines = "".join(f"int probe_{name}(int (*call)(int));\n" for name in names)
	text = "int other(int x);\n" + lines + SAY % "".join(
		f'\tconsole_print("{name} %d\\n", probe_{name}(other));\n' for name in names)
	main = compile_c(arch, tmp_path, "main", text, "-O0",
			 compiler="gcc" if arch in GCC else "clang")
	status, said = link(arch, tmp_path, main, compile_c(arch, tmp_path, "caller", CALLER),
			    *files, library(arch))
	assert status == 0, said
	with raw(arch, tmp_path) as machine:
		machine.wait(r"\n".join(f"{name} 101" for name in names))


CLASH = """
#include "stubborn/kernel.h"
#include <stddef.h>
#include "lib/console/uart.h"
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
int panic = 1, crumb_trail = 2, stub_main = 4, efi_main = 8, image_relocate = 16;
void console(const struct boot_uart *uart, const char *text);
void console(const struct boot_uart *uart, const char *text)
{
	while (*text)
		uart_put(uart, *text++);
}
void *memcpy(void *to, const void *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((volatile char *)to)[i] = ((const volatile char *)from)[i];
	panic += 100;
	return to;
}
int crumb_drop(void);
int crumb_drop(void) { return crumb_trail + stub_main + efi_main + image_relocate; }
int efi_start(int x), in_head(int x);
int main(void) { return panic + crumb_drop() + efi_start(1) + in_head(2); }
__asm__(".section mine,\\"aw\\",%nobits\\nempty: .zero 8192\\n.text\\n");
extern char __start_mine[], __stop_mine[], image_end[];
static bool zeroed(void)		/* it is in the image, unlike what follows .bss */
{
	char all = __stop_mine > image_end;

	for (char *p = __start_mine; p < __stop_mine; p++)
		all |= *p;
	return !all && __stop_mine - __start_mine == 8192;
}
void kernel_main(struct boot_info *bi)
{
	static struct boot_info copy;

	uart_start(&bi->uart);
	memcpy(&copy, bi, sizeof(copy));
	console(&copy.uart, main() == 161 && zeroed() ? "no clash\\n" : "clash\\n");
	for (;;);
}
"""
# The stub's linker script names its object, functions and sections.
CLASHES = """
int efi_start(int x), in_head(int x);
int efi_start(int x) { return 10 * x; }
__attribute__((section(".text.head"))) int in_head(int x) { return 10 * x; }
"""


def test_clash(arch, tmp_path):
	"""Names that the stub also has, for other things: neither sees the other's."""
	mine = compile_c(arch, tmp_path, "mine", CLASH, "-fno-builtin")
	status, said = link(arch, tmp_path, mine, compile_c(arch, tmp_path, "gdbstub", CLASHES),
			    library(arch))
	assert status == 0, said
	with raw(arch, tmp_path) as machine:
		machine.wait("no clash")


def test_sbat(arch, tmp_path):
	sbat = tmp_path / "mine.csv"
	sbat.write_text("sbat,1,SBAT Version,sbat,1,x\nmine,7,Me,mine,1,https://example.org\n")
	mine = compile_c(arch, tmp_path, "mine", IDLE)
	status, said = link(arch, tmp_path, "--sbat", sbat, mine)
	assert status == 0, said
	image = (tmp_path / (IMAGE_NAME[arch] + ".EFI")).read_bytes()
	assert image.count(b"\nmine,7,Me,") == 1 and b"stubborn,1" not in image


CLOSED = IDLE.replace("sizeof(kernel_wants)", "sizeof(kernel_wants), .name = \"mine\", "
		      ".closed = KERNEL_CLOSES(WAY)")
DOORS = {			# number, how the loader enters, the name in the message
	"uefi": (1, kernels.by_uefi, "mine: error: .* a UEFI application"),
	"image": (2, raw, "mine: panic: .* a Linux Image"),
	"linux16": (3, raw, "mine: panic: .* Linux in 16-bit mode"),
	"pvh": (6, kernels.pvh, "mine: panic: .* a PVH guest"),
}


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("machine_arch,door", [
	("x86_64", "uefi"), ("x86_64", "linux16"), ("x86_64", "pvh"), ("aarch64", "image"),
	("riscv64", "uefi"), ("riscv64", "image")])
def test_closed(machine_arch, door, closed, tmp_path):
	"""A way in that the kernel closes gives an error, and under UEFI returns. Others work."""
	number, enter, said = DOORS[door]
	text = CLOSED.replace("for (;;);", "console_serial(&bi->uart, bi->direct_map);\n"
			      '\tconsole_print("mine: open\\n");\n\tfor (;;);')
	way = number if closed else 7
	main = compile_c(machine_arch, tmp_path, "main", text, f"-DWAY={way}")
	status, words = link(machine_arch, tmp_path, main, library(machine_arch))
	assert status == 0, words
	said = said.replace(".*", "this kernel cannot start as")
	with enter(machine_arch, tmp_path) as machine:
		machine.wait(said if closed else "mine: open")


@pytest.mark.parametrize("version,wanted", [("1.2-rc3", "1.2-rc3 (mine) #1"), ("", None)])
def test_version(version, wanted, tmp_path):
	"""Linux's setup header names the kernel, where file and ukify read it."""
	text = IDLE.replace("sizeof(kernel_wants)",
			    f'sizeof(kernel_wants), .name = "mine", .version = "{version}"')
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "main", text))
	assert status == 0, said
	header = tmp_path / "BOOTX64.EFI"
	_, said = run("file", "-k", header)
	seen = re.search(r"bzImage, version (.*?),", said)
	assert (seen and seen[1]) == wanted, said
	said = run_ukify(f"--linux={header}", f"--stub={header}", f"--output={tmp_path / 'uki'}")
	seen = re.search(r"^Found uname version: (.*)$", said, re.M)
	assert (seen and seen[1]) == (wanted and version), said


@pytest.mark.parametrize("name,more,wanted", [
	("other", (), "other"), ("other", ("NAME=third",), "third"), ("odd name", (), "mine"),
	("..", (), "mine"), ("", (), "mine")])
def test_media(name, more, wanted, tmp_path):
	"""Media and the folder on an ESP have kernel_wants.name, if files can have it."""
	folder, esp = tmp_path / "mine", tmp_path / "esp"
	folder.mkdir()
	esp.mkdir()
	(folder / "main.c").write_text(IDLE.replace(
		"sizeof(kernel_wants)", f'sizeof(kernel_wants), .name = "{name}"'))
	status, said = run("make", "-C", kernels.SDK.parent, f"KERNEL={folder}", "ARCHES=x86_64",
			   f"STUBBORN_SDK={BUILD}", f"BUILD={tmp_path}", f"ESP={esp}",
			   f"SYS={tmp_path}", "disk", "install", *more)
	assert status == 0, said
	made = {path.name for path in (tmp_path / "kernels/mine").iterdir()}
	assert f"{wanted}.img" in made
	assert (esp / "EFI" / wanted / "BOOTX64.EFI").exists()
