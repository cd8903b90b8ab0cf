# SPDX-License-Identifier: MIT
"""A command line and an initrd in our own file: which counts, and what Secure Boot makes of it."""
import re

import pytest

from machine import ARCHES, EDK2, Machine, image_path
from report import Report
from secure import Keys, SecureMachine, entries
from test_secure import IMAGE, ON, REFUSED, flipped, sections, state
from uki import objcopy, ukify

INITRD = bytes(range(256)) * 5 + b"odd"
MORE = b"another" * 99
REST = {".osrel": b"ID=stubborn\nVERSION_ID=1\n", ".uname": b"0.2.0\n"}
# Debian 12's objcopy knows no PE files of riscv64.
BOTH = [(arch, ukify) for arch in ARCHES] + [(arch, objcopy) for arch in EDK2]
LINE = "mmu=identity a=section poweroff"


def uki(arch, folder, tool=ukify, name=None, **added):
	"""Our file with .cmdline and .initrd, or what is given instead: cmdline="", initrd=None."""
	texts = {".cmdline": added.get("cmdline", LINE).encode(),
		 ".initrd": added.get("initrd", INITRD)}
	more = {key: value for key, value in texts.items() if value}
	rest = added.get("rest", REST)
	return tool(arch, image_path(arch, name).read_bytes(), rest | more, folder)


@pytest.mark.parametrize("arch,tool", BOTH)
def test_sections(arch, tool, tmp_path):
	"""Both sections, before the text file."""
	image = uki(arch, tmp_path, tool)
	with Machine(arch, "a=file poweroff", image=image) as machine:
		text = machine.wait_end()
	Report(text).check(arch, "identity", LINE, "uefi", INITRD)


def test_uefi32(tmp_path):
	with Machine("x86_64", firmware="uefi32",
		     image=uki("x86_64", tmp_path, name="BOOTIA32")) as machine:
		text = machine.wait_end()
	Report(text).check("x86_64", "identity", LINE, "uefi32", INITRD)


def test_stays(arch, tmp_path):
	"""The initrd lies after the image that runs where it is, and the selftest finds both."""
	line = "place=stay mmu=mapped selftest poweroff"
	with Machine(arch, image=uki(arch, tmp_path, cmdline=line)) as machine:
		text = machine.wait_end()
	Report(text).check(arch, "mapped", line, "uefi", INITRD)


def test_initrds(arch, tmp_path):
	"""A file follows the initrd in our own file; the text file counts without a section."""
	line = "initrd=\\more poweroff"
	image = uki(arch, tmp_path, cmdline="")
	with Machine(arch, line, image=image, files={"\\more": MORE}) as machine:
		text = machine.wait_end()
	Report(text).check(arch, None, line, "uefi", INITRD + b"\0" + MORE)


@pytest.mark.parametrize("arch", EDK2)
def test_load_options(arch, tmp_path):
	"""Without Secure Boot they come first."""
	line = "a=options poweroff"
	machine = SecureMachine(arch, entries([(IMAGE, line)]), boot=False,
				image=uki(arch, tmp_path))
	with machine:
		text = machine.wait_end()
	Report(text).check(arch, None, line, "uefi", INITRD)


def test_other_loaders(arch, tmp_path):
	"""Loaders other than UEFI ignore the sections that ukify adds."""
	rest = {} if arch == "x86_64" else REST		# there is room for two
	(tmp_path / "image").write_bytes(uki(arch, tmp_path, rest=rest))
	with Machine(arch, kernel=tmp_path / "image", firmware=None,
		     append="mmu=mapped poweroff") as machine:
		text = machine.wait_end()
	entry = "linux16" if arch == "x86_64" else "image"
	Report(text).check(arch, "mapped", "mmu=mapped poweroff", entry)


@pytest.mark.parametrize("arch", EDK2)
@pytest.mark.parametrize("tool", [objcopy, ukify])
def test_secure(arch, tool, tmp_path):
	"""A section is signed with the file: its command line may contain any option and is the
	only one that counts; a file whose section was changed is refused."""
	keys = Keys(tmp_path)
	line = "place=stay debug poweroff"
	good = keys.sign(uki(arch, tmp_path, tool, cmdline=line))
	at, _ = sections(good)[".cmdline"]
	order = [("\\bad.efi", None), (IMAGE, "mmu=off initrd=\\more")]
	machine = SecureMachine(arch, keys.enrolled() + entries(order), boot=False, image=good,
				files={"\\bad.efi": flipped(good, at), "\\more": MORE})
	with machine:
		text = machine.wait_end()
	assert re.search(f'^BdsDxe: failed to load Boot0000 "e0" .*: {REFUSED}$', text, re.M)
	assert "stubborn: warning: load options not used: Secure Boot is on, " in text
	assert "stubborn: debug: image " in text
	Report(text).check(arch, None, line, "uefi", INITRD)
	assert state(text) == ON


@pytest.mark.parametrize("arch", EDK2)
def test_secure_initrd(arch, tmp_path):
	"""What is not signed may not add to the initrd that is."""
	keys = Keys(tmp_path)
	image = keys.sign(uki(arch, tmp_path, cmdline=""))
	order = [(IMAGE, "initrd=\\more poweroff"), (IMAGE, "poweroff")]
	machine = SecureMachine(arch, keys.enrolled() + entries(order), boot=False, image=image,
				files={"\\more": MORE})
	with machine:
		text = machine.wait_end()
	assert "stubborn: error: initrd=: disabled by Secure Boot\n" in text
	Report(text, text.index("Stubborn ")).check(arch, None, "poweroff", "uefi", INITRD)
