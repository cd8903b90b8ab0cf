# SPDX-License-Identifier: MIT
"""Ways to break our file: (all rules that must notice, [(offset, format, value)...])."""
from .core import (AARCH64, BASE_RELOC, CODE, DATA, DEBUG, DISCARD, EXEC, I386, READ, RISCV64,
		   SECURITY, WRITE, X86_64)

RX, RW = CODE | EXEC | READ, DATA | READ | WRITE


def header(i):
	o, pe, end = i.opt, i.pe, len(i.data)
	other = I386 if i.wide else X86_64
	dirs, last = i.dirs, i.sections[-1]
	return [
		("pe-mz", [(0, "B", 0)]),
		("pe-lfanew", [(0x3c, "I", 0x20)]),
		("pe-lfanew", [(0x20, "cut", 0)]),
		("pe-signature", [(pe, "B", 0)]),
		("pe-headers", [(pe + 6, "H", 0xffff)]),
		("edk2-machine ours-machine", [(pe + 4, "H", 0x1234)]),
		("edk2-magic", [(pe + 4, "H", other)]),
		("uboot-magic edk2-magic", [(o, "H", 0x10c)]),
		("edk2-directories edk2-debug edk2-optional-size ours-directories",
		 [(dirs - 4, "I", 17)]),
		("edk2-optional-size edk2-debug ours-directories", [(dirs - 4, "I", i.ndirs + 1)]),
		("shim-directories edk2-optional-size uboot-directories", [(dirs - 4, "I", 5)]),
		("sign-slot edk2-optional-size shim-directories uboot-directories "
		 "uboot-hash",
		 [(dirs - 4, "I", 4)]),
		("edk2-image-headers edk2-entry edk2-section-image ours-size-of-image",
		 [(o + 56, "I", i.headers)]),
		("edk2-table ours-contiguous ours-room sign-file-align sign-gaps sign-hash",
		 [(o + 60, "I", 0x40)]),
		("ours-room", [(i.table + 40 * i.nsections, "B", 1)]),
		("edk2-headers-file edk2-section-raw edk2-section-va ours-contiguous "
		 "sign-gaps sign-hash", [(o + 60, "I", end + 0x1000)]),
		("edk2-security ours-directories sign-certificates sign-end",
		 [(dirs + 8 * SECURITY, "II", (end - 8, 16))]),
		("edk2-section-image ours-size-of-image", [(o + 56, "I", i.size - 0x1000)]),
		("uboot-memory ours-size-of-image", [(o + 56, "I", i.size + 0x1000)]),
		("edk2-entry ours-code shim-entry", [(o + 16, "I", i.size)]),
		("shim-entry ours-code", [(o + 16, "I", 0x10)]),
		("shim-nx-entry ours-code", [(o + 16, "I", last.va)]),
		("ours-code", [(o + 4, "I", 0)]),
		("edk2-subsystem ours-executable", [(o + 68, "H", 3)]),
		("ours-executable", [(pe + 22, "H", i.flags & ~2)]),
		("edk2-relocatable", [(pe + 22, "H", i.flags | 1)]),
		("edk2-reloc-directory ours-directories shim-reloc",
		 [(dirs + 8 * BASE_RELOC, "II", (i.size, 8))]),
		("edk2-protect-align ours-alignment shim-image-align", [(o + 32, "I", 0x200)]),
		("shim-file-align ours-alignment sign-file-align", [(o + 36, "I", 0x201)]),
		("sign-file-align ours-alignment", [(o + 36, "I", 0x300)]),
		("shim-nx-compat", [(o + 70, "H", 0)]),
		("grub-version", [(o + 44, "H", 0)]),
		("ours-zeros", [(pe + 8, "I", 1)]),
		("ours-directories", [(dirs, "I", 8)]),
		("ours-alignment", [(o + (24 if i.wide else 28), "I", 0x1000)]),
		("sign-end" if len(i.data) < 256 * 1024 else "ours-size sign-end",
		 [(0, "append", b"\0")]),
		("ours-size sign-end", [(0, "append", bytes(256 * 1024))]),
		("sign-certificates ours-directories", [(dirs + 8 * SECURITY, "I", end)]),
		("sign-hash edk2-section-file shim-sbat-columns shim-sbat-first "
		 "shim-sbat-generation sign-end", [(0x1000, "cut", 0)]),
	]


def sections(i):
	at = [i.table + 40 * n for n in range(i.nsections)]
	text = next(n for n, s in enumerate(i.sections) if s.flags & EXEC)
	last, s = i.nsections - 1, i.sections
	sbat = next(n for n, x in enumerate(s) if x.name == ".sbat")
	rows = s[sbat].raw
	ours = i.data.index(b"\nstubborn,") + 1
	block = s[last].raw
	return [
		("edk2-section-va edk2-protect-align ours-code ours-contiguous",
		 [(at[0] + 12, "I", 0x200)]),
		("edk2-section-raw ours-contiguous sign-gaps", [(at[0] + 20, "I", 0x200)]),
		("edk2-section-file ours-sections sign-end sign-hash systemd-raw",
		 [(at[last] + 16, "I", 0x80000)]),
		("systemd-raw", [(at[sbat] + 8, "I", len(i.bytes(s[sbat]).rstrip(b"\0")))]),
		("edk2-protect-code ours-code", [(at[text] + 36, "I", DATA | EXEC | READ)]),
		("edk2-protect-order ours-contiguous", [(at[1] + 12, "I", s[1].va - 0x1000)]),
		("shim-nx-wx edk2-protect-code", [(at[text] + 36, "I", RX | WRITE)]),
		("shim-readable", [(at[last] + 36, "I", DATA | WRITE)]),
		("shim-discardable ours-sections", [(at[last] + 36, "I", RW | DISCARD)]),
		("shim-reloc ours-no-reloc", [(at[last], "8s", b".reloc")]),
		("shim-reloc edk2-reloc-directory ours-directories",
		 [(i.dirs + 8 * BASE_RELOC, "II", (s[last].va, 8))]),
		("uboot-headers edk2-protect-align edk2-section-va ours-code "
		 "ours-contiguous", [(at[0] + 12, "I", 0x80)]),
		("grub-sections ours-code ours-contiguous ours-sections "
		 "shim-sbat-columns shim-sbat-first shim-sbat-generation sign-end",
		 [(a + 16, "I", 0) for a in at]),
		("sign-gaps edk2-section-file ours-contiguous sign-end sign-hash",
		 [(at[last] + 20, "I", s[last].raw + 0x200)]),
		("sign-order edk2-section-file ours-contiguous sign-end sign-gaps "
		 "sign-hash", [(at[0] + 20, "I", s[1].raw), (at[1] + 20, "I", s[0].raw)]),
		("ours-sections", [(at[0] + 24, "I", 1)]),
		("ours-contiguous edk2-section-image ours-size-of-image",
		 [(at[last] + 12, "I", s[last].va + 0x1000)]),
		("ours-size-of-image edk2-section-image",
		 [(at[last] + 8, "I", s[last].vsize + 0x2000)]),
		("shim-sbat", [(at[sbat], "8s", b".other")]),
		("shim-sbat", [(rows, "B", 200)]),
		("shim-sbat-columns shim-sbat-first shim-sbat-generation", [(rows + 4, "B", 65)]),
		("shim-sbat-first", [(rows, "B", 88)]),
		("shim-sbat-generation", [(ours + 9, "B", 48)]),
		("edk2-debug edk2-optional-size ours-directories",
		 [(i.dirs - 4, "I", 7), (i.dirs + 8 * DEBUG, "II", (s[last].va, 28)),
				(block, "IIHHIIII", (0, 0, 0, 0, 2, 9, 0, 0))]),
	]


def compat(i):
	"""A PC's own .compat; for other CPUs .data is turned into one."""
	n = next(k for k, s in enumerate(i.sections)
		 if s.name == ".compat" or (i.machine in (AARCH64, RISCV64) and s.flags & WRITE))
	name, data, entry = i.table + 40 * n, i.sections[n].raw, i.entry.to_bytes(4, "little")
	one = [(name, "8s", b".compat")]
	meant, none = ("", "ours-compat")
	if i.machine in (AARCH64, RISCV64):
		meant, none = none, meant
	if i.wide:
		entry = i.sections[0].va.to_bytes(4, "little")
	return [
		(f"{meant}", one + [(data, "BBH4sB", (1, 8, I386, entry, 0))]),
		(f"compat-entries {none}", one + [(data, "B", 0)]),
		(f"compat-entries {meant}", one + [(data, "BBH4sB", (1, 7, I386, entry, 0))]),
		("compat-entries ours-compat",
		 one + [(data, "BBH4sBB", (1, 8, I386, entry, 7, 1))]),
		(f"compat-entries {meant or none}",
		 one + [(data, "BBH4sB", (1, 8, 0x1c2, entry, 0))]),
		(f"compat-entry-point {meant}",
		 one + [(data, "BBHIB", (1, 8, I386, i.sections[-1].va, 0))]),
	]


def arm64(i):
	return [
		("arm64-magic ours-arm64", [(0x38, "I", 0)]),
		("arm64-code0", [(0, "I", 0x14005a4d)]),
		("arm64-file-align", [(i.opt + 36, "I", 0x200)]),
		("arm64-branch", [(4, "I", 0xd503201f)]),
		("arm64-branch", [(4, "I", 0x17ffffff)]),
		("arm64-branch", [(4, "I", 0x14000000 + i.sections[-1].va // 4)]),
		("arm64-text-offset ours-arm64", [(8, "Q", 0x200000)]),
		("arm64-image-size ours-arm64", [(0x10, "Q", 0)]),
		("ours-arm64", [(0x10, "Q", i.size)]),
		("arm64-flags ours-arm64", [(0x18, "Q", 0xb)]),
		("arm64-anywhere ours-arm64", [(0x18, "Q", 2)]),
		("arm64-reserved", [(0x30, "Q", 1)]),
	]


def riscv(i):
	return [
		("riscv-magic ours-riscv", [(0x38, "I", 0)]),
		("riscv-jump", [(2, "I", 0x13)]),
		("riscv-jump", [(2, "I", 0x6f)]),
		("riscv-jump", [(2, "I", 0xff1ff06f)]),
		("riscv-text-offset ours-riscv", [(8, "Q", 0)]),
		("riscv-text-offset ours-riscv", [(8, "Q", 0x80000)]),
		("riscv-image-size ours-riscv", [(0x10, "Q", 0)]),
		("ours-riscv", [(0x10, "Q", i.size)]),
		("riscv-flags", [(0x18, "Q", 1)]),
		("riscv-flags", [(0x20, "I", 1)]),
		("riscv-reserved", [(0x28, "Q", 1)]),
	]


def linux(i):
	text = i.u32(i.opt + 20)
	over = [("linux-sections ours-contiguous ours-linux ours-sections ours-size-of-image ...",
		 [(i.pe + 6, "H", 7)])]
	return (over if i.wide else []) + [
		("ours-linux", [(0x202, "B", 0)]),
		("ours-linux", [(0x1ef, "B", 0)]),
		("linux-boot-flag", [(0x1fe, "H", 0)]),
		("linux-version ours-linux", [(0x206, "H", 0x202)]),
		("ours-linux", [(0x206, "H", 0x20e)]),
		("linux-jump ours-linux-entries", [(0x201, "B", 0x20)]),
		("ours-linux-entries", [(0x26c, "B", 0)]),
		("ours-linux-entries", [(text, "B", 0x90)]),
		("ours-linux-entries", [(text + 0x200, "B", 0x90)]),
		("linux-setup-size ours-linux-sizes ...",
		 [(0x1f1, "B", 255), (256 * 512, "cut", None)]),
		("linux-loaded-high ours-linux-fields", [(0x211, "B", 0)]),
		("linux-start", [(0x214, "I", 0x200000)]),
		("linux-syssize ours-linux-sizes", [(0x1f4, "I", 1)]),
		("linux-alignment ours-linux-fields", [(0x230, "I", 0x1800)]),
		("linux-relocatable ours-linux-fields", [(0x234, "B", 0)]),
		("linux-init-size ours-linux-sizes", [(0x260, "I", 0x1000)]),
		("ours-linux-sizes", [(0x260, "I", 0x200000)]),
		("linux-pref-address", [(0x258, "Q", 1)]),
		("linux-kernel-64 ours-linux-fields", [(0x236, "H", 0x32)]),
		("ours-linux-fields", [(0x228, "I", 1)]),
		("linux-cmdline-size ours-linux-fields", [(0x238, "I", 254)]),
		("linux-handover ours-linux-fields", [(0x264, "I", 0x10)]),
		("linux-kernel-info", [(0x268, "I", 0)]),
	]


def arch_rule(name):
	"""Whether a rule is about one CPU's header, which nearly any other change breaks."""
	return name.startswith(("linux-", "arm64-", "riscv-", "compat-", "ours-linux",
				"ours-arm64", "ours-riscv",
				"ours-compat"))


def breakages(i):
	"""(expected, patches, whether the rules of a CPU's header count)"""
	special = {AARCH64: arm64, RISCV64: riscv}.get(i.machine, linux)(i)
	return [(*w, False) for w in header(i) + sections(i)] + [
		(*w, True) for w in compat(i) + special]
