# SPDX-License-Identifier: MIT
"""The setup header of a Linux kernel for x86, if there is one. Documentation/arch/x86/boot.rst."""
from .core import PAGE, rule

QEMU = "QEMU 7.2, hw/i386/x86.c, x86_load_linux"
GRUB = "GRUB 2.12, grub-core/loader/i386/linux.c, grub_cmd_linux; efi/linux.c without LoadImage"
BOOT = "Linux, Documentation/arch/x86/boot.rst"
KEXEC = "Linux, arch/x86/kernel/kexec-bzimage64.c, bzImage64_probe; kexec-tools, kexec-bzImage64.c"
LOADED_HIGH = 1
KERNEL_64, ABOVE_4G = 1, 2
RELOCATABLE_FROM, XLOADFLAGS_FROM, INIT_SIZE_FROM, INFO_FROM = 0x205, 0x20c, 0x20a, 0x20f


def present(i):
	return i.data[0x202:0x206] == b"HdrS"


def since(version):
	return lambda i: present(i) and i.u16(0x206) >= version


def setup(i):
	"""Size in bytes of what precedes the protected-mode part."""
	return 512 * ((i.u8(0x1f1) or 4) + 1)


@rule("linux-boot-flag", GRUB, "0xaa55 at 0x1fe", present)
def boot_flag(i):
	if i.u16(0x1fe) != 0xaa55:
		yield hex(i.u16(0x1fe))


@rule("linux-version", GRUB, "protocol 2.03 or later", present)
def version(i):
	if i.u16(0x206) < 0x203:
		yield hex(i.u16(0x206))


@rule("linux-jump", BOOT, "the jump at 0x200 is short and leads to the end of the header", present)
def jump(i):
	if i.u8(0x200) != 0xeb or i.u8(0x201) < 0x3e - 2 or i.u8(0x201) > 0x7f:
		yield f"{i.u8(0x200):#x} {i.u8(0x201):#x}"


@rule("linux-setup-size", QEMU, "the setup part is in the file", present)
def setup_size(i):
	if setup(i) >= len(i.data):
		yield f"{setup(i):#x} of {len(i.data):#x}"


@rule("linux-loaded-high", GRUB, "loadflags says LOADED_HIGH", present)
def loaded_high(i):
	if not i.u8(0x211) & LOADED_HIGH:
		yield hex(i.u8(0x211))


@rule("linux-start", QEMU, "code32_start is 1 MiB", present)
def start(i):
	if i.u32(0x214) != 0x100000:
		yield hex(i.u32(0x214))


@rule("linux-syssize", BOOT, "syssize covers what is after the setup part", present)
def syssize(i):
	if 16 * i.u32(0x1f4) < len(i.data) - setup(i) - i.directory(4)[1]:
		yield f"{16 * i.u32(0x1f4):#x} of {len(i.data) - setup(i):#x}"


@rule("linux-alignment", GRUB, "kernel_alignment is a power of two, min_alignment not above it",
      since(RELOCATABLE_FROM))
def alignment(i):
	n = i.u32(0x230)
	if not n or n & (n - 1) or (i.u16(0x206) >= 0x20a and n < 1 << i.u8(0x235)):
		yield f"{n:#x}, 2^{i.u8(0x235)}"


@rule("linux-relocatable", KEXEC, "relocatable_kernel is set", since(RELOCATABLE_FROM))
def relocatable(i):
	if not i.u8(0x234):
		yield 0


@rule("linux-init-size", GRUB, "init_size covers what is loaded", since(INIT_SIZE_FROM))
def init_size(i):
	if i.u32(0x260) < len(i.data) - setup(i) - i.directory(4)[1]:
		yield f"{i.u32(0x260):#x} of {len(i.data) - setup(i):#x}"


@rule("linux-pref-address", GRUB, "pref_address is aligned as min_alignment says",
      since(INIT_SIZE_FROM))
def pref_address(i):
	if i.u64(0x258) % (1 << min(i.u8(0x235), 32)):
		yield hex(i.u64(0x258))


@rule("linux-kernel-64", KEXEC, "xloadflags: a 64-bit entry, and above 4 GiB too",
      since(XLOADFLAGS_FROM))
def kernel_64(i):
	if i.u16(0x236) & (KERNEL_64 | ABOVE_4G) != KERNEL_64 | ABOVE_4G:
		yield hex(i.u16(0x236))


@rule("linux-cmdline-size", BOOT, "cmdline_size is 255 or more", since(0x206))
def cmdline_size(i):
	if i.u32(0x238) < 255:
		yield i.u32(0x238)


@rule("linux-sections", BOOT, "the section headers end before what QEMU and GRUB copy at 0x1f1",
      present)
def sections(i):
	if i.pe < 0x1f1 < i.table + 40 * i.nsections:
		yield hex(i.table + 40 * i.nsections)


@rule("linux-handover", BOOT, "a handover_offset has its bit in xloadflags and is in the file",
      since(XLOADFLAGS_FROM))
def handover(i):
	offset = i.u32(0x264)
	if bool(offset) != bool(i.u16(0x236) & 0xc) or setup(i) + offset + 0x200 > len(i.data):
		yield f"{offset:#x}, xloadflags {i.u16(0x236):#x}"


@rule("linux-kernel-info", BOOT, "kernel_info_offset leads to LToP and a size", since(INFO_FROM))
def kernel_info(i):
	at = setup(i) + i.u32(0x268)
	if i.data[at:at + 4] != b"LToP" or not 16 <= i.u32(at + 4) <= PAGE:
		yield f"{at:#x}: {i.data[at:at + 4]}"
