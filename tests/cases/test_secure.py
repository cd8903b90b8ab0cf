# SPDX-License-Identifier: MIT
"""Secure Boot with keys of our own: what differs from what was signed does not start; once started,
we refuse the options that would weaken it; shim starts us with a machine owner's key.

Debian's OVMF and AAVMF verify; only the variables are ours (secure.py).
"""
import os
import re
import struct
import subprocess

import pytest

from debian import package_file
from machine import EDK2, ROOT, Machine, image_path
from monitor import Monitor
from report import Report
from secure import BOOT, NV, RUNTIME, SHIM, Keys, SecureMachine, entries
from symbols import elf_symbol

IMAGE = "\\stubborn.efi"
SHORT = {"x86_64": "x64", "aarch64": "aa64"}
SECURE_BOOT_ENABLE = "f0a30bc7-af08-4556-99c4-001009c93a44"
ON, OFF, UNKNOWN = "on", "off", "unknown"
REFUSED = "(?:Access Denied|Security Violation)"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
	return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def signed(keys):
	"""Our image by CPU, signed with the key in db."""
	return {arch: keys.sign(image_path(arch).read_bytes()) for arch in SHORT}


def state(text):
	"""What the (only) report in the text says about Secure Boot."""
	found = re.findall("^boot: secure boot: (.*)$", text, re.M)
	assert len(found) == 1, text[-3000:]
	return found[0]


def flipped(data, at):
	return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def sections(data):
	"""File offset and size by name."""
	pe, = struct.unpack_from("<I", data, 0x3c)
	count, = struct.unpack_from("<H", data, pe + 6)
	table = pe + 24 + struct.unpack_from("<H", data, pe + 20)[0]
	rows = [struct.unpack_from("<8s4I", data, table + 40 * i) for i in range(count)]
	return {name.rstrip(b"\0").decode(): (at, size) for name, _, _, size, at in rows}


def damaged(arch, keys, plain, good):
	"""By name, files that firmware must not start; the first are not signed with db's key."""
	size = len(plain)
	pe, = struct.unpack_from("<I", good, 0x3c)
	yield "unsigned", plain
	yield "stranger", keys.sign(plain, "stranger")
	yield "header", flipped(good, pe + 8)			# the time stamp
	for name, (at, length) in sections(good).items():
		if length:
			yield name.strip("."), flipped(good, at + length // 2)
	addend = elf_symbol(arch, "image_rela") + 16		# of the first relocation
	yield "rela", flipped(good, addend)
	yield "last", flipped(good, size - 1)
	yield "signature", flipped(good, size + (len(good) - size) // 2)
	yield "longer", good + bytes(8)


@pytest.mark.parametrize("arch", EDK2)
def test_damaged(arch, keys, signed):
	"""Each bad file is refused with a message, then the next is tried; the good one starts."""
	bad = dict(damaged(arch, keys, image_path(arch).read_bytes(), signed[arch]))
	files = {f"\\{name}.efi": data for name, data in bad.items()}
	order = [(path, "poweroff") for path in files] + [(IMAGE, "poweroff")]
	machine = SecureMachine(arch, keys.enrolled() + entries(order), boot=False,
				image=signed[arch], files=files)
	with machine:
		text = machine.wait_end()
	for i, (path, _) in enumerate(order[:-1]):
		name = re.escape(f'Boot{i:04X} "e{i}" from {path}')
		assert re.search(f"^BdsDxe: failed to load {name}: {REFUSED}$", text, re.M), path
	assert {"text", "data", "sbat"} <= set(bad) and len(bad) >= 9
	Report(text).check(arch, cmdline="poweroff")
	assert state(text) == ON


WEAK = ("place=0x20000000", "place=stay", "fault=plan", "debug", "mmu=off")


@pytest.mark.parametrize("arch", EDK2)
def test_options(arch, keys, signed):
	"""Options that weaken protection are errors, in the boot entry as well as in the text file.
	shim's variable that it verifies nothing counts only if shim set it in this boot."""
	order = [(IMAGE, f"a {word} poweroff") for word in WEAK] + [(IMAGE, None)]
	order.append((IMAGE, "mmu=mapped place=random poweroff"))
	variables = keys.enrolled() + entries(order)
	variables.append(("MokSBStateRT", SHIM, NV | BOOT | RUNTIME, b"\1"))
	machine = SecureMachine(arch, variables, boot=False, image=signed[arch],
				files={"\\stubborn.TXT": b"debug poweroff"})
	with machine:
		text = machine.wait_end()
	errors = re.findall("^stubborn: error: (.*): disabled by Secure Boot$", text, re.M)
	assert errors == ["place=", "place=", "fault=", "debug", "mmu=off", "debug"]
	assert len(re.findall("^BdsDxe: failed to start .*: Security Violation$", text, re.M)) == 6
	assert "stubborn: debug" not in text
	report = Report(text, text.index("Stubborn "))
	report.check(arch, "mapped", "mmu=mapped place=random poweroff")
	assert "boot: place: random" in text
	assert "boot: measured: nothing\n" in text	# there is no TPM
	assert state(text) == ON


@pytest.mark.parametrize("arch", EDK2)
def test_again(arch, keys, signed):
	"""The command line of `again` is not signed either: the kernel boots again, with Secure
	Boot still on, but refuses weaker options. Commands that write memory are off in each
	run."""
	with SecureMachine(arch, keys.enrolled(), image=signed[arch], talk=True) as machine:
		monitor = Monitor(machine)
		for turn in range(2):
			for bad in ("poke @0x100000 0", "fill @0x100000 16 0"):
				why = f"{bad.split()[0]} may not be used\n"
				assert monitor.try_(bad) == (
					False, f"error: Secure Boot is on: {why}")
			for word in ("place=0x20000000", "place=stay", "debug", "mmu=off"):
				ok, said = monitor.try_(f"again {word}")
				name = word if word == "mmu=off" else re.match(r"\w+=?", word)[0]
				why = f"error: {name}: disabled by Secure Boot\n"
				assert not ok and said.endswith("\n" + why), said
			if turn:
				break
			monitor.type("again mmu=mapped\r")
			machine.wait("boot: idle", after=monitor.seen)
			monitor._answer()
		text = machine.serial()
	assert re.findall("^boot: secure boot: (.*)$", text, re.M) == [ON, ON]
	assert "boot: again: 1 times since uefi\n" in text


def test_switched_off(keys):
	"""Keys are enrolled, but the owner disables Secure Boot: everything is as without it."""
	variables = keys.enrolled() + [("SecureBootEnable", SECURE_BOOT_ENABLE, NV | BOOT, b"\0")]
	with SecureMachine("x86_64", variables, "debug place=stay poweroff") as machine:
		text = machine.wait_end()
	Report(text, text.index("Stubborn ")).check("x86_64")
	assert state(text) == OFF
	assert "boot: place: stayed" in text


def shim(arch):
	"""Debian's shim, signed by Microsoft."""
	path = f"/usr/lib/shim/shim{SHORT[arch]}.efi.signed"
	return package_file("shim-signed", path, arch).read_bytes()


def behind_shim(arch, keys, image, variables=(), cmdline="poweroff"):
	"""A machine with Microsoft's keys, as sold, and an owner's key."""
	name = "grub" + SHORT[arch]		# the file that shim starts
	variables = [("MokList", SHIM, NV | BOOT, keys.list("mok")), *variables]
	return SecureMachine(arch, variables, keep=True, image=shim(arch), files={
		f"\\EFI\\BOOT\\{name}.efi": image, f"\\EFI\\BOOT\\{name}.TXT": cmdline.encode()})


def sbat_level(generation):
	"""Newer than shim's own, which would otherwise replace it."""
	text = f"sbat,1,2099010100\nstubborn,{generation}\n"
	return [("SbatLevel", SHIM, NV | BOOT, text.encode())]


def shim_refuses(machine):
	with machine:
		machine.wait(r".*Verification failed: \(0x1A\) Security Violation.*")
		assert "kernel running" not in machine.serial()


@pytest.mark.door("shim, by a machine owner's key")
@pytest.mark.parametrize("arch", EDK2)
def test_shim(arch, keys):
	"""Our generation is the oldest that the policy still allows."""
	image = keys.sign(image_path(arch).read_bytes(), "mok")
	with behind_shim(arch, keys, image, sbat_level(1)) as machine:
		text = machine.wait_end()
	Report(text).check(arch, cmdline="poweroff")
	assert state(text) == ON


@pytest.mark.parametrize("arch", EDK2)
def test_shim_revoked(arch, keys):
	"""The same file, when the policy says that its .sbat is too old."""
	image = keys.sign(image_path(arch).read_bytes(), "mok")
	shim_refuses(behind_shim(arch, keys, image, sbat_level(2)))


def test_shim_stranger(keys):
	image = keys.sign(image_path("x86_64").read_bytes(), "stranger")
	shim_refuses(behind_shim("x86_64", keys, image))


def test_shim_options(keys):
	image = keys.sign(image_path("x86_64").read_bytes(), "mok")
	with behind_shim("x86_64", keys, image, cmdline="debug poweroff") as machine:
		machine.wait("stubborn: error: debug: disabled by Secure Boot")
		assert "stubborn: debug" not in machine.serial()


def test_shim_not_validating(keys):
	"""The owner told shim not to verify (mokutil --disable-validation): then it is off."""
	image = image_path("x86_64").read_bytes()
	with behind_shim("x86_64", keys, image, [("MokSBState", SHIM, NV | BOOT, b"\1")],
			 "debug poweroff") as machine:
		text = machine.wait_end()
	assert "\nstubborn: debug: " in text
	assert state(text) == OFF


def test_kernel_option_x86(keys):
	"""OVMF still starts an unsigned -kernel file, as a Linux kernel without UEFI. Then we
	cannot ask, and must say neither off nor on."""
	with SecureMachine("x86_64", keys.enrolled(), kernel=image_path("x86_64"),
			   append="poweroff") as machine:
		text = machine.wait_end()
	Report(text).check("x86_64", cmdline="poweroff", entry="linux32")
	assert state(text) == UNKNOWN


def test_kernel_option_aarch64(keys, signed, tmp_path):
	"""AAVMF verifies -kernel like anything else."""
	with SecureMachine("aarch64", keys.enrolled(), kernel=image_path("aarch64"),
			   append="poweroff") as machine:
		machine.wait("BdsDxe: No bootable option or device was found.*")
		assert "kernel running" not in machine.serial()
	kernel = tmp_path / "kernel"
	kernel.write_bytes(signed["aarch64"])
	with SecureMachine("aarch64", keys.enrolled(), kernel=kernel,
			   append="poweroff") as machine:
		text = machine.wait_end()
	Report(text).check("aarch64", cmdline="poweroff")
	assert state(text) == ON


def sign(*words, **env):
	return subprocess.run([ROOT / "esp/sign.sh", *words], text=True, capture_output=True,
			      env={**os.environ, **env})


def test_sign(arch, keys, tmp_path):
	"""make sign's script: the copy verifies, the original is untouched."""
	key, cert = keys.pair("db")
	plain = image_path(arch).read_bytes()
	file = tmp_path / "BOOT.EFI"
	file.write_bytes(plain)
	done = sign(key, cert, file)
	assert done.returncode == 0 and done.stdout == f"sign: {tmp_path}/signed/BOOT.EFI\n"
	assert file.read_bytes() == plain
	copy = tmp_path / "signed/BOOT.EFI"
	for name, good in (("db", True), ("stranger", False)):
		verify = subprocess.run(["sbverify", "--cert", keys.pair(name)[1], copy],
					capture_output=True)
		assert (verify.returncode == 0) == good


def test_sign_refuses(keys, tmp_path):
	"""Each mistake gives one line that names it, and no file that looks signed."""
	key, cert = keys.pair("db")
	file = tmp_path / "x.efi"
	file.write_bytes(image_path("x86_64").read_bytes())
	text = tmp_path / "text"
	text.write_text("no EFI file")
	for words, error in (
			(("", "", file), "which key, which certificate"),
			((key, "", file), "which key, which certificate"),
			((key, "/not/there", file), "/not/there: cannot be read"),
			((key, keys.pair("mok")[1], file), "cannot be signed with"),
			((cert, cert, file), "cannot be signed with"),
			((key, cert, text), "cannot be signed with"),
			((key, cert, tmp_path / "none"), "cannot be read")):
		if "signed" in error:			# an older copy does not stay
			(tmp_path / "signed").mkdir(exist_ok=True)
			(tmp_path / "signed" / words[2].name).touch()
		done = sign(*words)
		assert done.returncode and error in done.stderr.splitlines()[-1], done.stderr
		assert done.stderr.splitlines()[-1].startswith("sign: ")
		assert not list(tmp_path.glob("signed/*"))
	(tmp_path / "sbsign").write_text('#!/bin/sh\ncp "$7" "$6"\n')	# does not sign
	(tmp_path / "sbsign").chmod(0o755)
	done = sign(key, cert, file, PATH=f"{tmp_path}:{os.environ['PATH']}")
	assert done.returncode and "cannot be signed with" in done.stderr
	assert not list(tmp_path.glob("signed/*"))


def test_not_enrolled():
	"""The keys matter: without them firmware is in setup mode, and says so."""
	with SecureMachine("x86_64", [], "debug poweroff") as machine:
		text = machine.wait_end()
	assert state(text) == "off, setup mode"
