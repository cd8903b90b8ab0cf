# SPDX-License-Identifier: MIT
"""Kernels that make, CMake and new-kernel cannot build, by their folder, name or CPU, and what is
said about it; kernels beside each other.
"""
import re

import pytest

from kernels import SDK, run
from machine import BUILD


@pytest.mark.parametrize("name,wanted", [
	("a b", "a b: make cannot handle blanks"), ("a#b", "a#b: make cannot handle #"),
	("a'b", "a'b: make cannot handle '"), ("a$$b", "a$b: make cannot handle $"),
	("link/mine", "odd folder/mine: make cannot handle blanks"),
	("lost", "lost exists and is not a folder"),
	("file", "file exists and is not a folder"), ("file/mine", "Not a directory")])
def test_new_kernel_nowhere(name, wanted, tmp_path):
	"""Where make could not build it, no kernel is written."""
	(tmp_path / "odd folder").mkdir()
	(tmp_path / "link").symlink_to("odd folder")
	(tmp_path / "lost").symlink_to("nowhere")
	(tmp_path / "file").touch()
	status, said = run("make", "-C", SDK.parent, "new-kernel", f"DIR={tmp_path}/{name}")
	assert status and wanted in said, said
	assert len(list(tmp_path.rglob("*"))) == 4


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_new_kernel_help(word, tmp_path):
	status, said = run(SDK / "new-kernel.sh", word, cwd=tmp_path)
	assert status == 0 and said == "usage: stubborn-new-kernel DIR [c|cxx|rust]\n"
	assert not list(tmp_path.iterdir())


def test_parts_elsewhere(tmp_path):
	"""What is built of a tree that cannot be written lies in another folder."""
	mine = tmp_path / "mine"
	assert run("make", "-C", SDK.parent, "new-kernel", f"DIR={mine}")[0] == 0
	status, said = run("make", "-C", mine, "STUBBORN_SDK=/dev/null/parts")
	assert status and "/dev/null/parts cannot be made: name another folder, make STUB" in said
	status, said = run("make", "-C", mine, "-n", "STUBBORN_SDK=parts")
	assert f" BUILD={mine}/parts " in said and "--sdk parts" not in said, said


@pytest.mark.parametrize("words,wanted", [
	(["ARCHES=sparc"], "ARCHES=sparc: takes any of aarch64 riscv64 x86_64"),
	(["run", "ARCH=x86"], "ARCH=x86: is one of aarch64 riscv64 x86_64"),
	(["run", "ARCH=x86_64 aarch64"], "ARCH=x86_64 aarch64: is one of aarch64 riscv64 x86_64"),
	(["debug", "ARCH="], "ARCH=: is one of aarch64 riscv64 x86_64"),
	(["debug", "ARCH=riscv64", "ARCHES=x86_64"], "ARCH=riscv64: is one of x86_64")])
def test_no_such_cpu(words, wanted):
	status, said = run("make", "-n", "-C", SDK.parent, *words)
	assert status and wanted in said, said


def test_cpu_and_blank():
	"""As in a line of a makefile that ends with a comment."""
	status, said = run("make", "-n", "-C", SDK.parent, "run", "ARCH=riscv64 ")
	assert status == 0 and "esp/run-qemu.sh riscv64 " in said, said


def test_makefile_elsewhere(tmp_path):
	status, said = run("make", "-f", SDK.parent / "Makefile", cwd=tmp_path)
	assert status and f"Makefile works only in its folder: make -C {SDK.parent}/" in said


@pytest.mark.parametrize("name,wanted", [
	("a:b.c", "a:b.c: make cannot handle : in the name of a source"),
	("a$b.c", "a$b.c: make cannot handle $ in"), ("a'b.c", "a'b.c: make cannot handle ' in"),
	("a b.c", " a: SRC takes files without blanks"), ("-a.c", "-a.c: SRC takes files"),
	("größe,1.c", " größe,1.c\n")])
def test_odd_source(name, wanted, tmp_path):
	"""A file that make or the shell would take apart."""
	(tmp_path / name).touch()
	status, said = run("make", "-n", "-C", SDK.parent, f"KERNEL={tmp_path}", f"BUILD={BUILD}")
	assert wanted in said and bool(status) == ("," not in name), said


CXX = """extern "C" {
#include "stubborn/kernel.h"
extern const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
int atexit(void (*)(void)) { return 0; }
double kernel_value(double x);
void kernel_main(struct boot_info *bi);
}
struct base { virtual double get() { return value; } double value = kernel_value(2); ~base(); };
base::~base() { value = kernel_value(value); }
double kernel_value(double x) { return x / 3; }
void kernel_main(struct boot_info *) { base local; static base once; once.get(); for (;;); }
"""


@pytest.mark.parametrize("folders", [True, False])
def test_cmake_two(folders, tmp_path):
	"""Two kernels in one project: in folders of their own, as both files have one name. One is
	in C++ and needs all of our options for it."""
	(tmp_path / "main.cc").write_text(CXX)
	lines = ["cmake_minimum_required(VERSION 3.20)", "project(two C CXX)"]
	for name, source in ("one", SDK.parent / "examples/hello/main.c"), ("two", "../main.cc"):
		(tmp_path / name).mkdir()
		kernel = f"stubborn_kernel({name} {source})"
		(tmp_path / name / "CMakeLists.txt").write_text(kernel)
		lines.append(f"add_subdirectory({name})" if folders else kernel)
	(tmp_path / "CMakeLists.txt").write_text("\n".join(lines))
	out = tmp_path / "out"
	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={SDK / 'stubborn.cmake'}",
			   "-DSTUBBORN_FPU=ON", "-DCMAKE_BUILD_TYPE=MinSizeRel",
			   f"-DSTUBBORN_SDK={BUILD}", "-B", out, "-S", tmp_path)
	if not folders:
		assert status and "two: one has this folder's BOOTX64.EFI" in said
		return
	assert status == 0, said
	status, said = run("cmake", "--build", out, "-j2")
	assert status == 0, said
	assert {path.parent.name for path in out.rglob("BOOTX64.EFI")} == {"one", "two"}
	_, code = run("llvm-objdump", "-d", *out.rglob("main.cc.*o*"))
	assert re.search(r"^ *(\w+):.*\tjmp\t0x\1 <kernel_main", code, re.M), code	# for (;;)
