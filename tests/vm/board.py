# SPDX-License-Identifier: MIT
"""QEMU's virt board with a loader of the test's instead of firmware: its code, QEMU's own
device tree and our image are put into memory, and the loader starts on the boot CPU."""
import re
import subprocess

from machine import Machine, image_path

ARM = "aarch64"
DTB, LOADER, IMAGE = 0x42000000, 0x43000000, 0x44000000


def run(*command):
	subprocess.run([str(word) for word in command], check=True, capture_output=True)


def own_tree(folder, board, cpus=1, words=None, cpu="max"):
	"""The board's device tree, with `words` as the command line."""
	path = folder / "dtb"
	run("qemu-system-aarch64", "-machine", f"virt,{board},dumpdtb={path}", "-cpu", cpu,
	    "-m", "1G", "-smp", cpus)
	if words is not None:
		run("fdtput", "-t", "s", path, "/chosen", "bootargs", words)
	return path


def loader_kept(tree):
	"""Reserve the loader's page in the tree: its code is still needed when the kernel runs."""
	text = tree.with_suffix(".dts")
	run("dtc", "-q", "-I", "dtb", "-O", "dts", "-o", text, tree)
	source = text.read_text()
	text.write_text(re.sub(r"(/dts-v1/;\n)", rf"\1/memreserve/ {LOADER:#x} 0x1000;\n", source))
	run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree, text)
	return tree


def assembled(folder, source, **defines):
	"""Machine code of an assembly source beside this file, with DTB, IMAGE and `defines`."""
	code = folder / source
	values = {"DTB": DTB, "IMAGE": IMAGE, **defines}
	run("clang", "--target=aarch64-none-elf", "-c", "-o", f"{code}.o",
	    *(f"-D{name}={value:#x}" for name, value in values.items()), f"tests/vm/{source}.S")
	run("llvm-objcopy", "-O", "binary", "-j", ".text", f"{code}.o", code)
	return code


def loaded(code, tree, board, cpus=1, **options):
	"""The machine, started at the loader's first instruction."""
	extra = ["-smp", str(cpus)]
	for path, address in ((tree, DTB), (image_path(ARM), IMAGE), (code, LOADER)):
		extra += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
	extra += ["-device", f"loader,addr={LOADER:#x},cpu-num=0"]
	return Machine(ARM, cpu="max", machine=board, firmware=None, extra=extra, **options)
