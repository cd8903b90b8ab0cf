# SPDX-License-Identifier: MIT
"""Linker scripts of a kernel's own: they may name and sort what is linked, but have no layout."""
import os
import re
import shutil
import subprocess

import pytest

from kernels import HEAD, compile_c, link, run
from machine import ROOT

IDLE = HEAD + "void kernel_main(struct boot_info *bi) { for (;;); }\n"
TABLES = IDLE + "".join(
	f'__attribute__((used, section("tables.{n}"))) int t{n} = {n};\n' for n in "21")
CONSTANT = TABLES.replace("int t", "const int t")
NO_CODE = "lies where no memory is executable: a linker script has to INSERT it AFTER .text"
NO_DATA = "lies where memory is read-only or has no contents: a linker script has to INSERT it"
WRONG = '__asm__(".section m,\\"awx\\",%progbits\\n.quad 0\\n.text\\n");\n'
INSERTED = {		# section before it, what is said
	"data": (TABLES, ".data", ""),
	"constants": (CONSTANT, ".rodata", ""),
	"addresses": (TABLES.replace("int t", "void (*const t").replace(
		" = 1", ")(struct boot_info *) = kernel_main").replace(
		" = 2", ")(struct boot_info *) = kernel_main"), ".relro", ""),
	"read-only": (TABLES, ".rodata", NO_DATA),
	"no contents": (CONSTANT, ".bss", NO_DATA),
	"not copied": (CONSTANT, ".sbat", NO_DATA),
	"nowhere": (TABLES, ".comment", "INSERT it AFTER .text, .rodata, .relro, .data or .bss"),
	"code": (IDLE + '__attribute__((used, section("tables.1"))) void f(void) {}\n', ".data",
		 NO_CODE),
}


@pytest.mark.parametrize("text", ["ENTRY(f)\nSECTIONS\n{ . = 0x80000000; .text : { *(.text) } }",
				  "SECTIONS /* c **/\n{ .text : { *(.text) } }",
				  "/* INSERT */ PHDRS { all PT_LOAD; }",
				  "# INSERT \nSECTIONS { .text : { *(.text) } }",
				  '"INSERT " = 1; SECTIONS { .text : { *(.text) } }',
				  "SECTIONS { a : { *(a) } } INSERT AFTER .data; SECTIONS { }",
				  "a = 1;/* { */ SECTIONS { .text : { *(.text) } }",
				  'INCLUDE "layout.ld"',
				  "OVERWRITE_SECTIONS { .data : { *(.data) } }"])
def test_own_layout(text, tmp_path):
	"""A kernel's own linker script, given as a file."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	script = tmp_path / "kernel.ld"
	script.write_text(text + "\n")
	(tmp_path / "layout.ld").write_text("SECTIONS { .text : { *(.text) } }\n")
	assert link("x86_64", tmp_path, main, f"-L{tmp_path}", script) == (
		1, f"stubborn-link: {script}: is a linker script with a layout: leave it out, as "
		"the stub needs its own\n")


def test_own_constructors(tmp_path):
	"""A kernel that runs .ctors itself; one of another name would not be in its table. What
	lld would define without a header there."""
	text = IDLE.replace("{ for", "{ bi->magic = (uint64_t)__ehdr_start; for").replace(
		"void k", "extern char __ehdr_start[];\nvoid k") + "".join(
		f'__asm__(".section {name},\\"aw\\"\\n.quad kernel_main\\n.text\\n");\n'
		for name in (".ctors", ".ctors.1"))
	mine = compile_c("x86_64", tmp_path, "mine", text)
	script = tmp_path / "kernel.ld"
	for patterns, said in ((".ctors", f"stubborn-link: {mine}: constructors in .ctors would"),
			       (".ctors .ctors.*", "")):
		script.write_text("__ehdr_start = image_start; SECTIONS { mine : { table = .; "
				  f"KEEP(*({patterns})) }} }} INSERT AFTER .relro;\n")
		result = link("x86_64", tmp_path, mine, script)
		assert result[0] == bool(said) and result[1].startswith(said), result


@pytest.mark.parametrize("text", ["SECTIONS { .data : { *(tables) } } INSERT AFTER .data;",
				  'SECTIONS { ".data" : { *(tables) } } INSERT AFTER .bss;',
				  "SECTIONS{.text ALIGN(16): {*(.text*)}} INSERT AFTER .data;"])
def test_own_name(text, tmp_path):
	"""A section of the image that is placed again would be moved, with all that is in it."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	script = tmp_path / "kernel.ld"
	script.write_text(text)
	name = ".text" if ".text" in text else ".data"
	assert link("x86_64", tmp_path, main, script) == (
		1, f"stubborn-link: {script}: {name} is a section of the image: "
		"give yours another name\n")


def test_script_symbols(tmp_path):
	"""A linker script of a kernel's own may name places, but not the stub's."""
	for name in "_exit", "_sdata":
		mine = compile_c("x86_64", tmp_path, "mine", IDLE.replace(
			"void k", f"extern char {name}[];\nvoid k").replace(
			"for (;;);", f"bi->size = (uint64_t){name}; for (;;);"))
		status, said = link("x86_64", tmp_path, mine)
		assert status == 1 and f"define {name}, or add the object" in said, said
		assert ("linked like an object: _end = image_end;\n" in said) == (name == "_sdata")
	script = tmp_path / "symbols.ld"
	text = "_sdata = image_data; _size = image_end - image_text; " \
		'ASSERT(image_end >= image_text && image_end != 5, "; image_end = 5");\n'
	script.write_text(text)
	assert link("x86_64", tmp_path, script, mine) == (0, "")
	for more in ("/* theirs **/ PROVIDE(image_end = 5)", "\timage_end\t=\t5",
		     "image_end=5", '"image_end" = 5', "image_end += 5",
		     "image_end = _size == 4 ? 3 : 5"):
		script.write_text(f"{text}{more};\n")
		assert link("x86_64", tmp_path, script, mine) == (1, f"stubborn-link: {script}: "
			"image_end is reserved for the stub: rename yours, or make it static\n"), \
			more


def test_script_missing(tmp_path):
	"""What a linker script names may be missing: lld says so once for each time that it reads
	the script. It gives __start_NAME only to sections that something else keeps."""
	mine = compile_c("x86_64", tmp_path, "mine", IDLE +
			 '__attribute__((used, section("mine"))) int table;\n')
	script = tmp_path / "mine.ld"
	script.write_text("first = __start_mine; last = etext;\n")
	status, said = link("x86_64", tmp_path, mine, script)
	assert status == 1 and said.count("symbol not found: __start_mine\n") == 1, said
	assert "SECTIONS { .mine : { start = .; KEEP(*(mine)) end = .; } } INSERT" in said, said
	assert "instead of etext there are image_start" in said, said
	script.write_text("SECTIONS { .mine : { first = .; KEEP(*(mine)) end = .; } } "
			  "INSERT AFTER .data; last = image_rodata;\n")
	assert link("x86_64", tmp_path, mine, script) == (0, "")


def link_tables(folder, text, patterns, after=".data"):
	"""A kernel, folder/mine.o, with a linker script of its own for its tables."""
	mine = compile_c("x86_64", folder, "mine", text)
	script = folder / "tables.ld"
	script.write_text("SECTIONS { tables : { tables_start = .; %s tables_end = .; } }\n"
			  "INSERT AFTER %s;\n" % (patterns, after))
	return link("x86_64", folder, mine, script)


@pytest.mark.parametrize("case", INSERTED)
def test_inserted(case, tmp_path):
	"""A linker script of a kernel's own may sort its tables, in memory that suits them."""
	text, after, wanted = INSERTED[case]
	status, said = link_tables(tmp_path, text, "KEEP(*(SORT_BY_NAME(tables.*)))", after)
	assert status == bool(wanted) and wanted in said, said
	assert ("stubborn-link: section tables: " in said) == ("lies " in wanted)


@pytest.mark.parametrize("start,wanted", [("", "write . = start + N"), ("tables_start + ", "")])
def test_offset(start, wanted, tmp_path):
	"""A table whose entries have fixed places. GNU ld counts from the section's start."""
	status, said = link_tables(tmp_path, TABLES, "KEEP(*(tables.1)) "
				   f". = {start}8; KEEP(*(tables.2))")
	assert status == bool(wanted) and wanted in said, said


KEPT = "is left out, as nothing refers to it: write KEEP(*(%s)) in the linker script"
TAKEN = "is in the image's .data, which comes before your linker script: rename it, here and there"


@pytest.mark.parametrize("name,patterns,lost,why", [
	("tables", "*(tables.*)", "12", KEPT),
	("tables", "KEEP(*(tables.2)) *mine.o( SORT_BY_NAME(tables.?) )", "1", KEPT),
	("tables", "KEEP(*(tables.1)) *(tables.2)", "2", KEPT),
	("tables", "KEEP(*(tables.1)) /* *(tables.*) */ KEEP (*(SORT(tables.?)))", "", ""),
	("tables", "KEEP(*(tables.?)) *other.o(tables.1 .data) *(.sbat)", "", ""),
	("tables", "*(EXCLUDE_FILE(*mine.o) tables.1 EXCLUDE_FILE(*other.o) tables.2)", "2", KEPT),
	("tables", "*(tables.[!2]) INPUT_SECTION_FLAGS(SHF_EXECINSTR) *(tables.2)", "1", KEPT),
	("tables", "*/*mine.o(tables.1)/* *(tables.2) */", "1", KEPT),
	("other", "*(tables.*) KEEP(*(other.?)) . += 2 * (1 + 1);", "", ""),
	(".data.tables", "KEEP(*(.data.tables.?))", "12", TAKEN),
	(".data.tables", "KEEP(*mine.o(SORT(.data.tables.2)))", "2", TAKEN)])
def test_left(name, patterns, lost, why, tmp_path):
	"""No entry of a table is lost unsaid: lld leaves out what nothing refers to, and the stub's
	linker script comes first. Unused functions, what is bound to them, and empty sections are
	not entries."""
	text = TABLES.replace("tables.", f"{name}.") + \
		'__attribute__((used, section("tables.text"))) void f(void) {}\n' \
		'__asm__(".section tables.3,\\"aw\\"\\n.text\\n");\n' \
		'__asm__(".section tables.dead,\\"ax\\"\\ndead: ret\\n.section tables.4,' \
		'\\"awo\\",%progbits,dead\\n.quad 0\\n.text\\n");\n'
	status, said = link_tables(tmp_path, text, patterns)
	assert (status, said.count("\n")) == (bool(lost), len(lost)), said
	for n in lost:
		section = f"{name}.{n}"
		assert f"stubborn-link: {tmp_path}/mine.o: section {section} " in said, said
		assert (why % section if why == KEPT else why) in said, said


def test_left_elsewhere(tmp_path):
	"""A member of an archive, as scripts call it; a name like a function's; a part of a script
	that it includes."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	part = compile_c("x86_64", tmp_path, "part",
			 '__attribute__((used, section("TABLE"))) int table;')
	archive, script = tmp_path / "lib.a", tmp_path / "tables.ld"
	assert run("llvm-ar", "rc", archive, part)[0] == 0
	(tmp_path / "more.ld").write_text("*lib.a:part.o(TABLE)\n")
	script.write_text("SECTIONS { tables : { INCLUDE more.ld } } INSERT AFTER .data;\n")
	assert link("x86_64", tmp_path, main, "--whole-archive", archive, "--no-whole-archive",
		    f"-L{tmp_path}", script) == (
		1, f"stubborn-link: {archive}(part.o): section TABLE {KEPT % 'TABLE'}\n")


def test_printed(tmp_path):
	"""What lld prints is the user's, but not what stubborn-link has asked it for."""
	mine = compile_c("x86_64", tmp_path, "mine", TABLES)
	script = tmp_path / "tables.ld"
	script.write_text("SECTIONS { t : { KEEP(*(tables.1)) } } INSERT AFTER .data;\n")
	status, said = link("x86_64", tmp_path, mine, script, "--trace-symbol=kernel_main")
	assert status == 0 and f"{mine}: definition of kernel_main\n" in said, said
	assert "removing" not in said


def test_version(tmp_path):
	"""lld 14 crashes."""
	script = tmp_path / "mine.ld"
	script.write_text("VERSION { V1 { global: *; }; }\n")
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", IDLE), script)
	assert (status, said) == (1, f"stubborn-link: {script}: has VERSION {{ }}, which is for "
				  "shared libraries: leave it out\n")


@pytest.mark.parametrize("command", [
	"INPUT({0}/part.o)", 'INPUT ( none.o, "{0}/part.o" )', "GROUP ( AS_NEEDED({0}/part.o) )",
	"INPUT(-lpart)", "INPUT(-l:part.o)"])
def test_names_files(command, tmp_path):
	"""What a script has linked is checked, too."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	part = compile_c("x86_64", tmp_path, "part", WRONG)
	compile_c("x86_64", tmp_path, "none", "int none;")
	(tmp_path / "libpart.a").symlink_to(part)
	script = tmp_path / "all.ld"
	script.write_text(command.format(tmp_path) + ";\n")
	status, said = link("x86_64", tmp_path, main, script, f"-L{tmp_path}")
	assert status == 1 and "part" in said and "section m is writable and exec" in said, said


def wrong_part(folder, main, script, library):
	"""The one file that is refused."""
	status, said = link("x86_64", folder, main, script, f"-L{library}")
	found = re.fullmatch("stubborn-link: (.*): section m is .*\n", said)
	assert status == 1 and found, said
	return found[1]


def test_names_nearest(tmp_path, monkeypatch):
	"""As lld looks for it: in the script's folder, in the current one, in those of -L."""
	main = compile_c("x86_64", tmp_path, "main", IDLE)
	near, here, far = (tmp_path / name for name in ("near", "here", "far"))
	for folder in near, here, far:
		folder.mkdir()
		compile_c("x86_64", folder, "part", WRONG)
	(near / "all.ld").write_text("INPUT(part.o) other.o = 1;\n")
	shutil.copy(near / "all.ld", here)
	shutil.copy(near / "part.o", here / "other.o")	# a symbol's name, no file that is linked
	monkeypatch.chdir(here)
	assert wrong_part(tmp_path, main, "all.ld", far) == "part.o"
	for named, folder in (near / "part.o", near), ("part.o", here), (far / "part.o", far):
		assert wrong_part(tmp_path, main, near / "all.ld", far) == str(named)
		(folder / "part.o").unlink()


def test_one_line():
	"""A script of 600 kB in one line, with words and comments across the pieces that it is read
	in."""
	names = [f"t{i}" for i in range(40000)]
	text = " /* a * comment */ ".join(f"{name} = {name}x;" for name in names)
	done = subprocess.run(["awk", "-f", ROOT / "sdk/explain/scripts.awk"], input=text,
			      env={**os.environ, "WORD": "w", "FOLDERS": "", "LC_ALL": "C"},
			      check=True, text=True, timeout=20, stdout=subprocess.PIPE)
	assert done.stdout == "".join(f"assigned\tw\t{name}\t{name}x\n" for name in names)
