# SPDX-License-Identifier: MIT
"""The header of an arm64 Image, if there is one. Linux, Documentation/arch/arm64/booting.rst."""
from .core import AARCH64, EXEC, rule

BOOTING = "Linux, Documentation/arch/arm64/booting.rst"
QEMU = "QEMU 7.2, hw/arm/boot.c, load_aarch64_image"
UBOOT = "U-Boot, arch/arm/lib/image.c, booti_setup"
GRUB = "GRUB 2.06, grub-core/loader/arm64/linux.c, grub_arch_efi_linux_check_image"
QUALCOMM = "firmware of Lenovo's Yoga C630 and Miix 630, as shim's pull request 673 has it"
MAGIC = b"ARM\x64"


def present(i):
	return i.machine == AARCH64 and i.data[0x38:0x3c] == MAGIC


@rule("arm64-magic", GRUB, "an EFI program for arm64 has the Image's magic: else GRUB's linux "
      "and U-Boot's booti refuse it", lambda i: i.machine == AARCH64 and i.subsystem == 10)
def magic(i):
	if i.data[0x38:0x3c] != MAGIC:
		yield i.data[0x38:0x3c].hex()


@rule("arm64-code0", BOOTING, "code0 begins with MZ and does nothing: ccmp (Linux) or add (Xen)",
      present)
def code0(i):
	word = i.u32(0)
	if word & 0xffe00c10 != 0xfa400800 and word & 0xff80001f != 0x9100000d:
		yield hex(word)


@rule("arm64-branch", BOOTING, "code1 is a branch forwards into code", present)
def branch(i):
	word = i.u32(4)
	target = 4 + 4 * (word & 0x3ffffff)
	if word >> 26 != 5 or word & 0x2000000 or not any(
			s.holds(target) and s.flags & EXEC for s in i.sections):
		yield f"{word:#x}"


@rule("arm64-file-align", QUALCOMM, "FileAlignment is a page at least (Q-118)", present)
def file_align(i):
	if i.file_align < 0x1000:
		yield hex(i.file_align)


@rule("arm64-text-offset", UBOOT, "text_offset is below 2 MiB and a multiple of 4 KiB", present)
def text_offset(i):
	if i.u64(8) >= 0x200000 or i.u64(8) % 0x1000:
		yield hex(i.u64(8))


@rule("arm64-image-size", QEMU, "image_size covers the image and its zeros: initrd and tree follow",
      present)
def image_size(i):
	if i.u64(0x10) < i.size:
		yield f"{i.u64(0x10):#x} < {i.size:#x}"


@rule("arm64-flags", BOOTING, "little endian, a page size, no other bit than 'anywhere'", present)
def flags(i):
	if i.u64(0x18) & 1 or i.u64(0x18) >> 4:
		yield hex(i.u64(0x18))


@rule("arm64-anywhere", UBOOT, "may lie anywhere: else it is moved to the start of RAM", present)
def anywhere(i):
	if not i.u64(0x18) & 8:
		yield hex(i.u64(0x18))


@rule("arm64-reserved", BOOTING, "the three reserved words are 0", present)
def reserved(i):
	if any(i.data[0x20:0x38]):
		yield i.data[0x20:0x38].hex()
