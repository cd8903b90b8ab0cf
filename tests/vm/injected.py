# SPDX-License-Identifier: MIT
"""A machine whose firmware lies to the image: tests/inject is started instead of the image.

A case is a line `NAME FAULT FAULT=NUMBER ... -- command line` (tests/faults.h lists the faults).
Each case that returns is followed by the next; the first that is survived ends the run.
"""
import re

from debian import package_file
from machine import BUILD, IMAGE_NAME, ROOT, Machine, image_path
from test_loaders_efi import UBoot

TEXT = "file=1 selftest poweroff"		# the text file beside the image
INITRD = bytes(i * 11 % 253 for i in range(123457))
# Clocks count instructions, 256 ns each, so that waiting for a key ends at once. riscv64 needs more
# instructions for a tick of the self-tests than would then fit between two, so 128 ns each.
QUICK = {"x86_64": 8, "aarch64": 8, "riscv64": 7}
FAULTS = (ROOT / "tests/faults.h").read_text(encoding="utf-8")
U_BOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"


def known():
	"""The injector's faults: name, or kind=WORD."""
	lists = re.split(r"^#define (?=\w+\(X\))", FAULTS, flags=re.M)
	prefixes = {"LIES": ("lie_",), "SERVICES": ("null_", "fail_")}
	found = set()
	for part in lists[1:]:
		for name in re.findall(r"\bX\((\w+),\s+\d, 1, ", part):
			found |= {p + name for p in prefixes.get(part.split("(")[0], ("",))}
		for kind, word in re.findall(r"\bX\((\w+), \w+, (\w+), \d, 1, ", part):
			found.add(f"{kind}={word}")
	return found


KNOWN = known()


def files(arch, cases):
	name = f"\\EFI\\STUBBORN\\{IMAGE_NAME[arch]}"
	return {name + ".EFI": image_path(arch).read_bytes(), name + ".TXT": TEXT.encode(),
		"\\initrd": INITRD, "\\EFI\\INJECT\\CASES.TXT": "\n".join([*cases, ""]).encode()}


def injector(arch):
	return (BUILD / f"inject/inject-{arch}.efi").read_bytes()


def injected(arch, cases, **options):
	"""With OVMF or AAVMF."""
	return Machine(arch, image=injector(arch), files=files(arch, cases), **options)


def quickly(arch, case):
	"""With U-Boot, which starts in a second. It calls Exit for an image that returns."""
	disk, extra = files(arch, [case]), ["-icount", f"shift={QUICK[arch]},sleep=off"]
	if arch != "x86_64":
		uboot = package_file("u-boot-qemu", U_BOOT) if arch == "aarch64" else "uefi"
		return Machine(arch, image=injector(arch), files=disk, extra=extra, firmware=uboot)
	script = "load virtio 0 ${kernel_addr_r} inject.efi\nbootefi ${kernel_addr_r}\n"
	machine = UBoot(script, {**disk, "\\inject.efi": injector(arch)})
	machine.command += extra
	return machine


def said(text):
	"""The injector's output: a list of (case, text)."""
	return re.findall(r"^inject: (\w+): (.*)$", text, re.M)
