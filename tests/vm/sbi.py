# SPDX-License-Identifier: MIT
"""riscv64's `virt` with firmware of our own (sbi.S), which can lack what a test says."""
import struct
import subprocess

from board import run
from machine import Machine, image_path

RISCV = "riscv64"
RAM, IMAGE, DTB = 0x80000000, 0x80200000, 0x87000000
TIME, IPI, HSM, SRST, SHUTDOWN, STUCK = 1, 2, 4, 8, 16, 32
EVERYTHING = TIME | IPI | HSM | SRST | SHUTDOWN
ONE_GROUP = 1 << 12				# LHXW = 1: one bit for the hart, none for groups


def there(path, node):
	"""What this version of QEMU calls the node in /soc that has the same address."""
	if not node.startswith("/soc/"):
		return node
	names = subprocess.run(["fdtget", "-l", path, "/soc"], check=True, capture_output=True,
			       text=True).stdout.split()
	same = [name for name in names if "@" in name and name.split("@")[1] == node.split("@")[-1]]
	return f"/soc/{same[0]}" if same else node


def tree(folder, words, extra, aia="none", changes=(), kept=0x10000):
	"""QEMU's own device tree, with `words` as the command line, firmware's memory (`kept`
	bytes) reserved, and `changes` of properties: (node, name, cells ...), or one text, or
	None: it is deleted."""
	path, source = folder / "dtb", folder / "dts"
	run("qemu-system-riscv64", "-machine", f"virt,aia={aia},dumpdtb={path}", "-cpu", "rv64",
	    "-m", "512M", *extra, "-display", "none")
	run("fdtput", "-t", "s", path, "/chosen", "bootargs", words)
	for node, name, *cells in changes:
		node = there(path, node)
		if cells == [None]:
			run("fdtput", "-d", path, node, name)
			continue
		text = cells and isinstance(cells[0], str)
		run("fdtput", "-p", "-t", "s" if text else "x", path, node, name,
		    *(cells if text else (f"{cell:x}" for cell in cells)))
	run("dtc", "-q", "-I", "dtb", "-O", "dts", "-o", source, path)
	source.write_text(source.read_text().replace(
		"/dts-v1/;\n", f"/dts-v1/;\n/memreserve/ {RAM:#x} {kept:#x};\n"))
	run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, source)
	return path


def assembled(folder, source, values):
	"""Machine code of an assembly source beside this file."""
	code = folder / source
	run("clang", "--target=riscv64-none-elf", "-march=rv64imac",
	    "-mno-relax", "-I.", "-c", "-o", f"{code}.o",
	    *(f"-D{name}={value:#x}" for name, value in values.items()), f"tests/vm/{source}.S")
	run("llvm-objcopy", "-O", "binary", "-j", ".text", f"{code}.o", code)
	return code


def firmware(folder, has=EVERYTHING, every_hart=False, told=0, boot=0,
	     left=0, astray=False, slow=0, msi=ONE_GROUP, socket=3,
	     guest=False):
	values = {"DTB": DTB, "IMAGE": IMAGE, "HAS": has, "ALL": int(every_hart), "TOLD": told,
		  "BOOT": boot, "LEFT": left, "ASTRAY": int(astray), "SLOW": slow,
		  "MSI": msi, "SOCKET": socket, "GUEST": int(guest)}
	return assembled(folder, "sbi", values)


def machine(folder, words, harts=2, cpu=None, aia="none", tree_aia=None, changes=(), talk=False,
	    image=None, **options):
	"""A machine with sbi.S as firmware. `harts`: a number, or QEMU's options."""
	extra = ["-smp", str(harts)] if isinstance(harts, int) else [*harts]
	dtb = tree(folder, words, extra, tree_aia or aia, changes)
	for path, address in ((dtb, DTB), (image or image_path(RISCV), IMAGE)):
		extra += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
	return started(firmware(folder, **options), extra, cpu=cpu, machine=f"aia={aia}",
		       talk=talk)


def started(code, extra, **options):
	"""A machine with `code` as its firmware and without -kernel."""
	made = Machine(RISCV, kernel="none", memory="512M", rng=False, extra=extra, firmware=code,
		       **options)
	at = made.command.index("-kernel")
	del made.command[at:at + 2]
	return made


def uncompressed(folder, entry=None, table=True, console=True):
	"""A CPU and firmware (uncompressed.S) without the C extension, which call the image's
	entry point for UEFI, or another offset in it."""
	image = image_path(RISCV).read_bytes()
	if entry is None:
		pe, = struct.unpack_from("<I", image, 0x3c)
		entry, = struct.unpack_from("<I", image, pe + 24 + 16)
	code = assembled(folder, "uncompressed", {"ENTRY": IMAGE + entry, "TABLE": int(table),
						  "CONSOLE": int(console)})
	return started(code, ["-device", f"loader,file={image_path(RISCV)},addr={IMAGE:#x},"
					 "force-raw=on"], cpu="rv64,c=false")
