# SPDX-License-Identifier: MIT
"""An installed SDK without the tree, CMake and pkg-config."""
import os
import re
import shutil

import pytest

from kernels import HEAD, NO_FPU, RUST_PANIC, SDK, hidden, install, raw, run
from machine import ARCHES, BUILD, IMAGE_NAME, ROOT

FIRST_LINE = {"c": r"mine: \d+ MiB are free", "cxx": "mine: sum 54, 32 bytes of heap",
	      "rust": "mine: " + RUST_PANIC}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
	return install(tmp_path_factory.mktemp("sdk") / "usr")


def test_installed(installed, tmp_path):
	"""Without the tree: an example, its media, without make's own rules and variables."""
	folder = tmp_path / "hello"
	shutil.copytree(installed / "share/stubborn/examples/hello", folder)
	status, said = hidden("make", "-rR", "-C", folder, f"STUBBORN={installed}/lib/stubborn",
			      "image", "esp", "disk")
	assert status == 0, said
	assert (folder / "build/hello.img").exists()
	for arch in ARCHES:
		with raw(arch, folder / "build" / arch) as machine:
			machine.wait(r"hello: \d+ MiB are free")
	for path in installed.rglob("*"):
		others = 0o55 if path.is_dir() else 0o44
		assert path.stat().st_mode & others == others, path
		if path.is_file() and not path.open("rb").read(4) in (b"\x7fELF", b"!<ar"):
			assert str(ROOT) not in path.read_text(), path


def test_installed_pages(installed):
	"""The targets of their links are installed too."""
	pages = list((installed / "share/doc/stubborn").rglob("*.md"))
	assert len(pages) > 10
	for page in pages:
		for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
			assert "://" in link or (page.parent / link).exists(), f"{page}: {link}"


@pytest.mark.parametrize("language", ["c", "cxx", "rust"])
def test_installed_new_kernel(language, installed, tmp_path):
	"""Without the tree, and from another folder; nothing is written where make could not go."""
	new = installed / "bin/stubborn-new-kernel"
	script = 'cd "$1"; shift; "$@" && exec make -C mine ARCHES=aarch64'
	words = () if language == "c" else (language,)
	status, said = hidden("sh", "-c", script, "sh", tmp_path, new, "mine", *words)
	assert status == 0, said
	with raw("aarch64", tmp_path / "mine/build/aarch64") as machine:
		machine.wait(FIRST_LINE[language])
	for name in "a b", "a$b", "a'b":
		status, said = run(new, tmp_path / name)
		assert status == 1 and f"{tmp_path}/{name}: make cannot handle such signs" in said
	assert [path.name for path in tmp_path.iterdir()] == ["mine"]
	status, said = run("make", "-C", tmp_path / "mine", "doors")
	assert status and f"in it, make KERNEL={tmp_path}/mine doors, for a Makefile that" in said


def test_new_kernel_from_blanks(installed, tmp_path):
	"""CMake can use such an SDK, make cannot."""
	moved = shutil.copytree(installed, tmp_path / "a b", symlinks=True)
	status, said = run(moved / "bin/stubborn-new-kernel", tmp_path / "mine")
	assert status == 1 and f"{moved}/lib/stubborn: make cannot handle such signs" in said
	assert not (tmp_path / "mine").exists()


CXX_HEADERS = """algorithm any array atomic bit compare concepts coroutine deque functional list
	map new numeric optional set span string_view tuple type_traits unordered_map variant
	vector"""
OWN_C = 'extern "C" void abort(void) noexcept;\nextern "C" int rand(void) noexcept;\n'
SORTS = """
extern "C" {
#include "stubborn/kernel.h"
}
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
static std::array<std::string_view, 2> words{"b", "a"};
static std::atomic<int> users;
void kernel_main(boot_info *)
{
	std::sort(words.begin(), words.end());
	users++;
	for (;;);
}
"""


def test_cxx_headers(installed, tmp_path):
	"""LIBSTDCXX, without the tree. Every freestanding compiler has to have <atomic>. What a
	kernel has of C's library may be declared in any way."""
	names = "".join(f"#include <{name}>\n" for name in CXX_HEADERS.split())
	(tmp_path / "main.cc").write_text(OWN_C + names + SORTS)
	status, said = hidden("make", "-rRf", installed / "lib/stubborn/stubborn.mk",
			      "LIBSTDCXX=1", "ARCHES=aarch64", cwd=tmp_path)
	assert status == 0, said


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("where", ["tree", "installed"])
def test_cmake(arch, where, installed, tmp_path):
	more = [f"-DSTUBBORN_SDK={BUILD}"] if where == "tree" else []
	moved, out = shutil.copytree(installed, tmp_path / "a b", symlinks=True), tmp_path / "c d"
	tools = (SDK if more else moved / "lib/stubborn") / "stubborn.cmake"
	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={tools}", *more,
			   f"-DSTUBBORN_ARCH={arch}", "-S", ROOT / "examples/hello", "-B", out)
	assert status == 0, said
	assert run("cmake", "--build", out)[0] == 0
	with raw(arch, out) as machine:
		machine.wait(r"hello: \d+ MiB are free")


@pytest.mark.parametrize("word,wanted", [
	("STUBBORN_ARCH=m68k", r"STUBBORN_ARCH=m68k: this SDK is for aarch64, riscv64, x86_64"),
	("CMAKE_C_FLAGS=-g", r"CMAKE_C_FLAGS replaces the SDK's options:\s+use\s+target_"),
	("STUBBORN_SDK=/nowhere", r"/nowhere/x86_64/stub.o is missing:\s+build the SDK with")])
def test_cmake_refuses(word, wanted, tmp_path):
	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={SDK / 'stubborn.cmake'}",
			   f"-DSTUBBORN_SDK={BUILD}", f"-D{word}", "-S", ROOT / "examples/hello",
			   "-B", tmp_path)
	assert status and re.search(wanted, said), said


LIBRARIES = """cmake_minimum_required(VERSION 3.20)
project(mine C)
add_library(names INTERFACE)
target_compile_definitions(names INTERFACE ANSWER=42)
add_library(inner STATIC inner.c)
add_library(parts OBJECT parts.c)
add_library(more OBJECT more.c)
add_library(last OBJECT last.c)
add_library(file STATIC file.c)
target_link_libraries(inner PRIVATE names PUBLIC m)
add_library(outer STATIC outer.c)
add_library(of::outer ALIAS outer)
target_link_libraries(outer PRIVATE $<BUILD_INTERFACE:inner> PUBLIC parts $<INSTALL_INTERFACE:no>)
target_link_libraries(inner PRIVATE outer)
stubborn_kernel(mine main.c LINK of::outer names more $<TARGET_OBJECTS:last> $<TARGET_FILE:file>)
"""


def test_cmake_libraries(installed, tmp_path):
	"""What a library is linked with, also in a circle, and libraries without files."""
	texts = {"CMakeLists.txt": LIBRARIES, "parts.c": "int part = 1;",
		 "more.c": "int more = 2;", "last.c": "int last = 3;",
		 "file.c": "int file = 4;",
		 "outer.c": "int inner(void), outer(void);\nint outer(void) { return inner(); }\n",
		 "inner.c": "extern int part;\nint inner(void);\n"
			    "int inner(void) { return part + ANSWER; }\n",
		 "main.c": HEAD + "int outer(void);\nextern int more, last, file;\n"
			   "void kernel_main(struct boot_info *bi)\n"
			   "{ bi->size = ANSWER + outer() + more + last + file; for (;;); }\n"}
	for name, text in texts.items():
		(tmp_path / name).write_text(text)
	tools = installed / "lib/stubborn/stubborn.cmake"
	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={tools}", "-S", tmp_path,
			   "-B", tmp_path / "out")
	assert status == 0 and "Warning" not in said, said
	status, said = run("cmake", "--build", tmp_path / "out")
	assert status == 0, said


FOLLOWED = "is not followed, as CMake evaluates it later: name what it stands for"


@pytest.mark.parametrize("words,wanted", [
	("main.c main.rs", r"main.rs: CMake has no Rust: name what rustc makes of it"),
	("main.c more.S", r"more.S: needs ASM among the languages in project"),
	("main.c more.cc", r"more.cc: needs CXX among the languages in project"),
	("main.c LINK $<$<BOOL:1>:f>", r"Error .*: LINK: \$<\$<BOOL:1>:f> " + FOLLOWED),
	("main.c LINK f", r"Warning .*: LINK: \$<\$<BOOL:1>:my::g> " + FOLLOWED),
	("main.c as_c.S LINK f my::g", "")])
def test_cmake_silent(words, wanted, tmp_path):
	"""What CMake would leave out without a word."""
	for name in "main.c", "main.rs", "more.S", "more.cc", "as_c.S", "f.c", "g.c":
		(tmp_path / name).write_text("")
	(tmp_path / "CMakeLists.txt").write_text(
		"cmake_minimum_required(VERSION 3.20)\nproject(mine C)\n"
		"add_library(f STATIC f.c)\nadd_library(g STATIC g.c)\n"
		"add_library(my::g ALIAS g)\n"
		"target_link_libraries(f PRIVATE $<$<BOOL:1>:my::g>)\n"
		"set_source_files_properties(as_c.S PROPERTIES LANGUAGE C)\n"
		f"stubborn_kernel(mine {words})\n")
	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={SDK / 'stubborn.cmake'}",
			   f"-DSTUBBORN_SDK={BUILD}", "-S", tmp_path, "-B", tmp_path / "out")
	assert re.search(wanted, " ".join(said.split())), said
	assert (status == 0) == (" LINK f" in words), said
	assert wanted or "Warning" not in said, said


@pytest.mark.parametrize("arch,name", [*((arch, "usr") for arch in ARCHES), ("x86_64", "a b")])
def test_pkg_config(arch, name, installed, tmp_path):
	"""Another build system: two commands. Blanks are escaped, as make and eval undo it."""
	moved = installed
	if name != "usr":
		moved = shutil.copytree(installed, tmp_path / name, symlinks=True)
	evaluate = "eval" if " " in name else ""
	script = f"""set -e
export PKG_CONFIG_PATH='{moved}/lib/pkgconfig'
for flag in {" ".join(NO_FPU[arch])}; do
	pkg-config --cflags stubborn-{arch} | grep -q -e $flag
done
{evaluate} clang $(pkg-config --cflags stubborn-{arch}) -Os -c \
	{installed}/share/stubborn/examples/hello/main.c -o hello.o
{evaluate} $(pkg-config --variable=link stubborn-{arch}) -o {IMAGE_NAME[arch]}.EFI hello.o \
	$(pkg-config --libs stubborn-{arch})
for name in makefile toolchain; do
	{evaluate} test -r "$(pkg-config --variable=$name stubborn-{arch})"
done
! pkg-config --define-variable=no_fpu= --cflags stubborn-{arch} | grep general-regs
pkg-config --modversion stubborn-{arch}"""
	status, said = hidden("sh", "-c", script, cwd=tmp_path)
	assert status == 0, said
	assert f"VERSION := {said}" in (ROOT / "Makefile").read_text(), said
	with raw(arch, tmp_path) as machine:
		machine.wait(r"hello: \d+ MiB are free")


def test_install_nowhere(tmp_path):
	"""Not into the root folder. Without its PATH the script cannot install anything there. Nor
	without what was built: then it does not say that it has installed it."""
	status, said = run(SDK / "install.sh", "", "x86_64", env={"PATH": "/nowhere"})
	assert status == 1 and said.startswith("install-sdk: PREFIX is empty: name a folder")
	status, said = run(SDK / "install.sh", tmp_path / "to", "x86_64",
			   env={**os.environ, "BUILD": f"{tmp_path}/none", "VERSION": "0"})
	assert status == 1 and "install-sdk: " not in said, said
