# SPDX-License-Identifier: MIT
"""What is built again, and what is not: by an installed SDK, with make and CMake; in the tree."""
import fcntl
import os
import re
import subprocess
import time

import pytest

from kernels import HEAD, install, run
from machine import BUILD, IMAGE_NAME, ROOT
from test_commands import typed

MAIN = HEAD + """int far(void);
void kernel_main(struct boot_info *bi) { bi->size = far(); for (;;); }
"""
SBAT = "sbat,1,SBAT Version,sbat,1,https://example.org/\n"
CMAKE = """cmake_minimum_required(VERSION 3.20)
project(mine C)
add_library(far STATIC far.c)
target_include_directories(far PUBLIC inc)
stubborn_kernel(mine main.c LINK far SBAT mine.csv)
"""
PARTS = {			# a file, and what is made again if it is changed
	"far.c": ["far"], "mine.csv": [], "inc/far.h": ["far", "main"],
	"sdk/riscv64/image.lds": [], "sdk/riscv64/flags": ["far", "main"],
	"usr/bin/stubborn-link": [], "sdk/explain/read.sh": [], "sdk/image-sum": [],
	"sdk/arch/riscv64/isa.mk": [],
	"usr/include/stubborn/kernel.h": ["main"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
	"""A kernel of two files and a header, and the SDK, in a folder with an unusual name."""
	folder = tmp_path_factory.mktemp("größer")
	(folder / "sdk").symlink_to(install(folder / "usr") / "lib/stubborn")
	(folder / "inc").mkdir()
	for name, text in {
			"main.c": '#include "far.h"\n' + MAIN, "far.c": '#include "far.h"\n'
			"int far(void) { return 7; }\n", "inc/far.h": "int far(void);\n",
			"mine.csv": SBAT, "CMakeLists.txt": CMAKE,
			"Makefile": "CPPFLAGS += -Iinc\nSBAT := mine.csv\n"
			"include sdk/stubborn.mk\n"}.items():
		(folder / name).write_text(text)
	return folder


def made(output):
	"""Names of what was compiled; "" if nothing was even linked, which prints a line, too."""
	names = sorted(re.findall(r"(?:CC |Building C).*/(\w+)\.c\.o", output))
	return names if re.search(r"LINK|Generating BOOT", output) else names or ""


def test_make(folder):
	def build(*words):
		status, said = run("make", "-C", folder, "ARCHES=riscv64", *words)
		assert status == 0, said
		return made(said)

	said = run("make", "-n", "-C", folder, "BUILD=none")[1]
	assert "/setup.sh clang lld llvm\n" in said, said	# the .deb depends on these alone
	assert build() == ["far", "main"] and build() == ""
	assert run("make", "-q", "-C", folder, "ARCHES=riscv64")[0] == 0
	assert build("-n") == "" and build("-n", "CFLAGS=-DX='a,b'") == ["far", "main"]
	for name in "CPPFLAGS", "CXXFLAGS", "ASFLAGS", "RUSTFLAGS":
		assert build("-n", f"{name}=-Iinc -DX") == ["far", "main"], name
	assert build("CFLAGS=-DX='a,b'") == ["far", "main"] and build("CFLAGS=-DX='a,b'") == ""
	assert build() == ["far", "main"]
	for name, again in PARTS.items():
		(folder / name).touch()
		assert build() == again, name


def test_incbin(folder, tmp_path):
	"""A file that sources take by .incbin, which compilers do not list."""
	def build():
		status, said = run("make", "-C", tmp_path, "ARCHES=riscv64")
		return status, sorted(re.findall(r"(?:CC|AS) .*/(\S+)", said))

	odd = "image", "a:b", "a%b", "a$b"	# a target's name, and what make cannot read
	takes = "".join(f'.incbin "{name}"\n' for name in odd)
	(tmp_path / "main.c").write_text(
		'__asm__(".incbin \\"data\\"; .incbin \\"odd\\"");\n' + MAIN)
	(tmp_path / "far.S").write_text('.globl far\nfar: .incbin "data"\n' + takes)
	for name in "odd", *odd:
		(tmp_path / name).write_text("x")
	(tmp_path / "Makefile").write_text(f"include {folder}/sdk/stubborn.mk\n")
	data = tmp_path / "data"
	data.write_bytes(bytes(8))
	assert build() == (0, ["far.S.o", "main.c.o"]) and build() == (0, [])
	assert "Circular" not in run("make", "-C", tmp_path, "ARCHES=riscv64")[1]
	data.touch()
	assert build() == (0, ["far.S.o", "main.c.o"])
	data.unlink()
	assert build() == (2, ["main.c.o"])	# the compiler says which file is missing


def test_clean(folder):
	"""With -j too, what comes after clean is built after it."""
	for _ in range(2):
		status, said = run("make", "-j8", "-C", folder, "clean", "esp", "ARCHES=riscv64")
		assert status == 0 and made(said) == ["far", "main"], said
		assert (folder / "build/riscv64/kernel.elf").exists()


@pytest.mark.parametrize("name", ["GNUmakefile", "makefile", "Makefile"])
def test_own_makefile(name, tmp_path):
	"""make KERNEL= uses the folder's makefile, whatever make calls it."""
	(tmp_path / "main.c").write_text(MAIN)
	(tmp_path / name).write_text("CFLAGS := -DMINE\ninclude $(STUBBORN)/stubborn.mk\n")
	status, said = run("make", "-n", "-C", ROOT, f"KERNEL={tmp_path}", f"BUILD={BUILD}")
	assert status == 0 and "-DMINE" in said, said


def test_esp(folder):
	"""The files of other CPUs come onto the image although they are older."""
	def files(*words):
		status, said = run("make", "-C", folder, "esp", *words)
		assert status == 0, said
		_, said = run("mdir", "-b", "-i", folder / "build/esp.img", "::/EFI/BOOT")
		return sorted(re.findall(r"BOOT(\w+)\.EFI", said))

	assert files("ARCHES=riscv64 x86_64") == ["IA32", "RISCV64", "X64"]
	assert files("ARCHES=riscv64") == ["RISCV64"]
	assert files("ARCHES=riscv64 x86_64") == ["IA32", "RISCV64", "X64"]
	assert run("make", "-q", "-C", folder, "esp", "ARCHES=riscv64 x86_64")[0] == 0
	(folder / "sdk/esp/make-esp.sh").touch()
	assert run("make", "-q", "-C", folder, "esp", "ARCHES=riscv64 x86_64")[0] == 1
	assert run("make", "-q", "-C", folder, "esp", "ARCHES=riscv64", "NAME=other")[0] == 1
	assert files("ARCHES=riscv64") == ["RISCV64"]
	main = (folder / "main.c").read_text()	# the label is the kernel's name
	(folder / "main.c").write_text(main.replace("wants) }", 'wants), .name = "named" }'))
	assert files("ARCHES=riscv64") == ["RISCV64"]
	assert run("make", "-q", "-C", folder, "esp", "ARCHES=riscv64")[0] == 0
	assert "NAMED" in run("mlabel", "-s", "-i", folder / "build/esp.img", "::")[1]


def test_cmake(folder):
	"""A library of the project and a .sbat section are linked; each change counts."""
	def build():
		status, said = run("cmake", "--build", folder / "c d")
		assert status == 0, said
		return made(said)

	status, said = run("cmake", f"-DCMAKE_TOOLCHAIN_FILE={folder}/sdk/stubborn.cmake",
			   "-DSTUBBORN_ARCH=riscv64", "-S", folder, "-B", folder / "c d")
	assert status == 0, said
	assert build() == ["far", "main"] and build() == ""
	image = folder / "c d" / (IMAGE_NAME["riscv64"] + ".EFI")
	assert SBAT.encode() in image.read_bytes()
	for name, again in PARTS.items():
		(folder / name).touch()
		assert build() == again, name


# Files, and what make does if they change; {0} is BUILD.
OBJECT = "-c -o {0}/riscv64/obj/"
DEPENDS = [
	(["stub/exports"], ["--keep-global-symbols=stub/exports"]),
	(["lds/doors.lds.S", "lib/sum.h", "include/stubborn/kernel.h", "{0}/font.bin",
	  "arch/riscv64/boot/registers.inc", "lds/sbat.S", "stub/stub.h"],
	 ["-o {0}/riscv64/image.lds", "-o {0}/x86_64/image32.lds", "-o {0}/image-sum",
	  "-o {0}/read-wants", OBJECT + "lib/console/font.o",
	  OBJECT + "arch/riscv64/kernel/vectors.o", "cp {0}/riscv64/obj/lds/sbat.o",
	  OBJECT + "stub/main.o"]),
	(["arch/riscv64/isa.mk"], [OBJECT + "kernel/main.o", "-c -o {0}/riscv64/copy/lib/crumb.o",
				   OBJECT + "lds/sbat.o", "-o {0}/riscv64/image.lds",
				   "-c -o {0}/riscv64/jump/lib/print.o"]),
	(["sdk/explain/names.awk"], ["sdk/stubborn-link --arch riscv64"]),
	(["lib/print.c"], ["rcsD {0}/riscv64/libstubborn.a", "-c -o {0}/riscv64/jump/lib/print.o",
			   "sed -n 's/: / /p' > {0}/riscv64/shared"]),
	(["packages.mk"], ["./setup.sh "]),
]


@pytest.mark.parametrize("files,wanted", DEPENDS)
def test_depends(files, wanted):
	"""What is made again."""
	name = os.path.relpath(BUILD, ROOT)
	words = [x for file in files for x in ("-W", file.format(name))]
	status, said = typed("-n", *words, "image", build=name)
	assert status == 0
	assert [x.format(name) for x in wanted if x.format(name) not in said] == [], said


def test_newest(tmp_path):
	"""Of several versions in folders' names the highest is taken, not the last in the
	alphabet, nor what is no version."""
	for name in ("9", "12", "100", "v1"):
		(tmp_path / "c++" / name).mkdir(parents=True)
	(tmp_path / "Makefile").write_text(f"include {ROOT}/sdk/stubborn.mk\n"
					   f"show:;@echo $(call sdk_newest,{tmp_path}/c++)\n")
	status, said = run("make", "-s", "-C", tmp_path, "LIBSTDCXX=1", f"BUILD={BUILD}", "show")
	assert status == 0 and said.splitlines()[-1] == f"{tmp_path}/c++/100", said


def test_parts_locked(tmp_path):
	"""Kernels that are built at the same time do not make the tree's parts at the same time."""
	(tmp_path / "Makefile").write_text(f"SRC :=\ninclude {ROOT}/sdk/stubborn.mk\n")
	with open(ROOT / "Makefile", encoding="ascii") as held:
		fcntl.flock(held, fcntl.LOCK_EX)
		with subprocess.Popen(["make", "-C", tmp_path, "sdk-parts", "MAKE=echo",
				       f"STUBBORN_SDK={BUILD}"], stdout=subprocess.DEVNULL) as make:
			time.sleep(5)
			waits = make.poll() is None
			fcntl.flock(held, fcntl.LOCK_UN)
			assert make.wait() == 0
	assert waits
