# SPDX-License-Identifier: MIT
"""A board whose CPUs wait in a spin table: QEMU's virt, its own tree changed accordingly, and a
loader that leaves them there (pen.S)."""
import re
import subprocess

from machine import Machine, image_path

ARM = "aarch64"
DTB, PEN, IMAGE = 0x42000000, 0x43000000, 0x44000000
TABLE = PEN + 0x800		# in the same page


def _run(*command):
	subprocess.run([str(word) for word in command], check=True, capture_output=True)


def tree(folder, board, cpus, words, release):
	"""The board's tree. release: {number: address} of those that are not as in the table."""
	path, text = folder / "dtb", folder / "dts"
	_run("qemu-system-aarch64", "-machine", f"virt,{board},dumpdtb={path}", "-cpu", "max",
	     "-m", "1G", "-smp", cpus)
	_run("fdtput", "-t", "s", path, "/chosen", "bootargs", words)
	for i in range(1, cpus):
		cpu, at = f"/cpus/cpu@{i}", release.get(i, TABLE + 8 * i)
		_run("fdtput", "-t", "s", path, cpu, "enable-method", "spin-table")
		_run("fdtput", "-t", "x", path, cpu, "cpu-release-addr", f"{at >> 32:x}",
		     f"{at & 0xffffffff:x}")
	_run("dtc", "-q", "-I", "dtb", "-O", "dts", "-o", text, path)
	source = text.read_text()
	text.write_text(re.sub(r"(/dts-v1/;\n)", rf"\1/memreserve/ {PEN:#x} 0x1000;\n", source))
	_run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, text)
	return path


def loader(path, address):
	return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


def spinning(folder, cpus, words, board="gic-version=3", release=None):
	code = folder / "pen"
	_run("clang", "--target=aarch64-none-elf", "-c", "-o", f"{code}.o", f"-DDTB={DTB:#x}",
	     f"-DIMAGE={IMAGE:#x}", f"-DCPUS={cpus}", f"-DTABLE={TABLE:#x}", "tests/vm/pen.S")
	_run("llvm-objcopy", "-O", "binary", "-j", ".text", f"{code}.o", code)
	return Machine(ARM, cpu="max", machine=board, firmware=None, rng=False, extra=[
		"-smp", str(cpus), *loader(tree(folder, board, cpus, words, release or {}), DTB),
		*loader(image_path(ARM), IMAGE), *loader(code, PEN),
		"-device", f"loader,addr={PEN:#x},cpu-num=0"])
