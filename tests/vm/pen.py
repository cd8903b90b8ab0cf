# SPDX-License-Identifier: MIT
"""A board whose CPUs wait in a spin table: QEMU's virt, its own tree changed accordingly, and a
loader that leaves them there (pen.S)."""
import re

from board import LOADER, assembled, loaded, own_tree, run

TABLE = LOADER + 0x800		# in the same page


def tree(folder, board, cpus, words, release):
	"""The board's tree. release: {number: address} of those that are not as in the table."""
	path, text = own_tree(folder, board, cpus, words), folder / "dts"
	for i in range(1, cpus):
		cpu, at = f"/cpus/cpu@{i}", release.get(i, TABLE + 8 * i)
		run("fdtput", "-t", "s", path, cpu, "enable-method", "spin-table")
		run("fdtput", "-t", "x", path, cpu, "cpu-release-addr", f"{at >> 32:x}",
		    f"{at & 0xffffffff:x}")
	run("dtc", "-q", "-I", "dtb", "-O", "dts", "-o", text, path)
	source = text.read_text()
	text.write_text(re.sub(r"(/dts-v1/;\n)", rf"\1/memreserve/ {LOADER:#x} 0x1000;\n", source))
	run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, text)
	return path


def spinning(folder, cpus, words, board="gic-version=3", release=None):
	code = assembled(folder, "pen", CPUS=cpus, TABLE=TABLE)
	return loaded(code, tree(folder, board, cpus, words, release or {}), board, cpus, rng=False)
