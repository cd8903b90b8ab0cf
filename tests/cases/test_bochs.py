# SPDX-License-Identifier: MIT
"""Bochs: another emulator's PC, BIOS and CPUs. GRUB starts us from the media that we make."""
import re
import subprocess

import pytest

from bochs import Bochs
from kernels import HEAD, compile_c, library, link
from machine import ROOT, image_path
from report import Report
from test_boot import selftest_passed
from test_media import MAKER, make

INITRD = bytes(i * 7 % 251 for i in range(123457))
WORDS = "initrd=/i mmu={} selftest poweroff"


@pytest.fixture(scope="module")
def media(tmp_path_factory):
	folder = tmp_path_factory.mktemp("media")
	(folder / "i").write_bytes(INITRD)
	return {regime: make("iso", folder, WORDS.format(regime), ["-a", f"{folder / 'i'}:\\i"],
			     regime) for regime in ("identity", "mapped")}


def checked(text, regime):
	Report(text).check("x86_64", regime, "BOOT_IMAGE=/stubborn.efi " + WORDS.format(regime),
			   "linux32", INITRD)
	selftest_passed(text)


@pytest.mark.parametrize("kind", [pytest.param("cdrom", marks=pytest.mark.door("Bochs, CD")),
				  pytest.param("disk", marks=pytest.mark.door("Bochs, disk"))])
def test_medium(media, kind):
	with Bochs(media["mapped"], kind) as machine:
		checked(machine.wait_end(), "mapped")


@pytest.mark.parametrize("cpu,megs", [("athlon64_clawhammer", 64), ("ryzen", 1024),
				      ("tigerlake", 2048)])
def test_cpu(media, cpu, megs):
	"""An early CPU, one with 1 GiB pages and RDRAND, one with LA57, which stays off."""
	with Bochs(media["identity"], cpu=cpu, megs=megs) as machine:
		text = machine.wait_end()
	checked(text, "identity")
	entropy = cpu != "athlon64_clawhammer"
	assert f"boot: place: {'random' if entropy else 'chosen'}," in text
	assert f"boot: seed: {32 if entropy else 0} bytes" in text


def test_no_long_mode(media):
	with Bochs(media["identity"], cpu="pentium") as machine:
		machine.wait("stubborn: error: this CPU has no long mode")
		assert machine.serial().count("stubborn") == 1


def test_mode_switch(media):
	"""The commands in esp/README.md: from GRUB's jump to 64 bits, step by step."""
	commands = "pb 0x100000\nc\nc\nmodebp\ntrace on\nc\ntrace off\ninfo tab\nc\n" \
		   "page 0x100000\nmodebp\nshow int\nc\n"
	with Bochs(media["identity"], commands=commands) as machine:
		machine.wait_end()
		talk = machine.debugger()
	ours = talk[talk.rindex("Breakpoint 1"):]
	assert re.search(r"^\(0\)\.\[\d+\] \[0x000000100000\] .* cli ", ours, re.M)
	modes = re.findall("mode switch breakpoint switching to '(.*)'", ours)
	assert modes[:2] == ["compatibility mode", "long mode"]
	mapped = ours[ours.index("cr3: "):ours.index("switching to 'long mode'")]
	assert re.findall("0x.* -> .*", mapped) == ["0x0000000000000000-0x00000000001fffff -> "
						    "0x000000000000-0x0000001fffff"]
	assert "linear page 0x0000000000100000 maps to physical page 0x000000100000" in ours
	assert re.search(r"^\d+: exception \(not softint\) 0x0008:", ours, re.M)


VMX = HEAD.replace("kernel_wants) }", "kernel_wants), .flags = KERNEL_AGAIN }") + r"""
#include "arch/x86_64/boot/regs.h"
static _Alignas(4096) uint32_t region[1024];

void kernel_main(struct boot_info *bi)
{
	const uint32_t *at = region;

	console_serial(&bi->uart, bi->direct_map);
	if (!bi->agains) {
		cr_write(cr4, cr_read(cr4) | CR4_VMXE);
		if (!(msr_read(0x3a) & 1))	/* IA32_FEATURE_CONTROL */
			msr_write(0x3a, 5);
		region[0] = (uint32_t)msr_read(0x480);	/* IA32_VMX_BASIC */
		__asm__ volatile("vmxon %0" :: "m"(at) : "memory", "cc");
		console_print("mine: refused: %s\n", stub_again(bi, "", 0));
		__asm__ volatile("vmxoff");
		cr_write(cr4, cr_read(cr4) & ~(uint64_t)CR4_VMXE);
		stub_again(bi, "", 0);
	}
	console_print("mine: run %u\n", bi->agains);
	for (;;)
		;
}
"""


def test_vmx(tmp_path):
	"""A kernel in VMX operation cannot boot again, as CR4.VMXE cannot be cleared."""
	status, said = link("x86_64", tmp_path, compile_c("x86_64", tmp_path, "mine", VMX),
			    library("x86_64"))
	assert status == 0, said
	medium = tmp_path / "mine.iso"
	subprocess.run([ROOT / "esp" / MAKER["iso"], medium, tmp_path / image_path("x86_64").name],
		       check=True)
	with Bochs(medium) as machine:
		machine.wait("mine: refused: CR4.VMXE is set: leave VMX operation first")
		machine.wait("mine: run 1")
