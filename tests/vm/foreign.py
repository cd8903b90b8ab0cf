# SPDX-License-Identifier: MIT
"""Other kernels, compiled and linked with the stub: tests/vm/foreign.c."""
import subprocess

from machine import BUILD, ROOT

FLAGS = ["-O1", "-ffreestanding", "-fpie", "-Wall", "-Wextra", "-Werror", "-I", ROOT]
OWN = {"aarch64": ["-mgeneral-regs-only"], "x86_64": ["-mgeneral-regs-only", "-mno-red-zone"],
       "riscv64": ["-march=rv64imac", "-mabi=lp64", "-mcmodel=medany", "-mno-relax",
		   "-msmall-data-limit=0"]}


def compile_c(arch, folder, source, *flags):
	out = folder / (source.split("/")[-1] + ".o")
	subprocess.run(["clang", f"--target={arch}-none-elf", *FLAGS, *OWN[arch], *flags, "-c",
			ROOT / source, "-o", out], check=True)
	return out


def linked(arch, folder, *words):
	"""(result of stubborn-link, file, its ELF)"""
	efi, elf = folder / "mine.efi", folder / "mine.elf"
	command = [ROOT / "sdk/stubborn-link", "--arch", arch, "--elf", elf, "-o", efi, *words]
	result = subprocess.run(command, capture_output=True, text=True,
				env={"BUILD": str(BUILD), "PATH": "/usr/bin:/bin"})
	return result, efi, elf


def build(arch, folder, bss, data):
	"""(file, its ELF), with variables of that many bytes."""
	objects = [compile_c(arch, folder, "tests/vm/foreign.c", f"-DBSS={bss}", f"-DDATA={data}"),
		   compile_c(arch, folder, "tests/vm/foreign_other.c")]
	result, efi, elf = linked(arch, folder, *objects, BUILD / arch / "libstubborn.a")
	assert result.returncode == 0, result.stderr
	return efi, elf
