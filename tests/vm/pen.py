# SPDX-License-Identifier: MIT
"""A board whose CPUs wait in a spin table: QEMU's virt, its own tree changed accordingly, and a
loader that leaves them there (pen.S)."""
from board import LOADER, assembled, loaded, loader_kept, own_tree, run

TABLE = LOADER + 0x800		# in the same page


def tree(folder, board, cpus, words, release):
	"""The board's tree. release: {CPU: release address}, where it is not the table's."""
	path = own_tree(folder, board, cpus, words)
	for i in range(1, cpus):
		cpu, at = f"/cpus/cpu@{i}", release.get(i, TABLE + 8 * i)
		run("fdtput", "-t", "s", path, cpu, "enable-method", "spin-table")
		run("fdtput", "-t", "x", path, cpu, "cpu-release-addr", f"{at >> 32:x}",
		    f"{at & 0xffffffff:x}")
	return loader_kept(path)


def spinning(folder, cpus, words, board="gic-version=3", release=None):
	code = assembled(folder, "pen", CPUS=cpus, TABLE=TABLE)
	return loaded(code, tree(folder, board, cpus, words, release or {}), board, cpus, rng=False)
