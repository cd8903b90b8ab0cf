# SPDX-License-Identifier: MIT
"""The ISO and the disk image: each boots on all CPUs, is written safely, is reproducible."""
import contextlib
import os
import re
import shutil
import stat
import struct
import subprocess
import time

import pytest

from machine import ARCHES, ROOT, Machine, image_path
from report import Report

MAKER = {"disk": "make-disk.sh", "iso": "make-iso.sh"}
WORDS = "media=1 poweroff"
GPT_END = 1024		# ext2 writes nothing there
# How firmware finds the medium. A CD has sectors of 2048 bytes, so its partition table,
# which counts in 512, is not read there: this tests El Torito.
DEVICES = {
	"disk": ["virtio-blk-pci,drive=medium,bootindex=0"],
	"cd": ["virtio-scsi-pci", "scsi-cd,drive=medium,bootindex=0"],
	"stick": ["qemu-xhci", "usb-storage,drive=medium,bootindex=0"],
}
WAYS = [("disk", "disk"), ("disk", "stick"), ("iso", "cd"), ("iso", "stick")]
# U-Boot looks neither at sticks nor at CDs.
WAYS = [(arch, *way) for arch in ("x86_64", "aarch64") for way in WAYS] + [
	("riscv64", "disk", "disk"), ("riscv64", "iso", "disk")]


class MediumMachine(Machine):
	"""A machine with a finished medium instead of its own disk; it is not changed."""

	def __init__(self, arch, medium, device, **options):
		self.medium, self.device = medium, device
		super().__init__(arch, **options)

	def _disk(self, *_):
		how = "media=cdrom,readonly=on" if self.device == "cd" else "snapshot=on"
		self.command += ["-drive", f"if=none,id=medium,format=raw,{how},file={self.medium}"]
		for device in DEVICES[self.device]:
			self.command += ["-device", device]


def make(kind, folder, words=WORDS, more=(), name="medium"):
	medium = folder / f"{name}.{kind}"
	subprocess.run([ROOT / "esp" / MAKER[kind], medium, *map(image_path, ARCHES),
			image_path("x86_64", "BOOTIA32"), "-c", words, *more], check=True)
	return medium


@pytest.mark.parametrize("arch,kind,device", WAYS)
def test_boots(arch, kind, device, tmp_path):
	with MediumMachine(arch, make(kind, tmp_path), device) as machine:
		text = machine.wait_end()
	Report(text).check(arch, cmdline=WORDS)


def test_boots_32(tmp_path):
	with MediumMachine("x86_64", make("disk", tmp_path), "stick", firmware="uefi32") as machine:
		text = machine.wait_end()
	Report(text).check("x86_64", cmdline=WORDS, entry="uefi32")


@pytest.mark.parametrize("device", [
	pytest.param("cd", marks=pytest.mark.door("the ISO on a BIOS, CD")),
	pytest.param("stick", marks=pytest.mark.door("the ISO on a BIOS, stick"))])
def test_boots_by_bios(device, tmp_path):
	"""QEMU's built-in SeaBIOS starts GRUB, which starts us like Linux."""
	data = bytes(i * 7 % 251 for i in range(123457))
	(tmp_path / "i").write_bytes(data)
	(tmp_path / "j").write_bytes(b"second")
	words = f"initrd=/Dir/I {WORDS} initrd=/j"
	iso = make("iso", tmp_path, words, ["-a", f"{tmp_path / 'i'}:\\dir\\i",
					    "-a", f"{tmp_path / 'j'}:\\j"])
	with MediumMachine("x86_64", iso, device, firmware=None) as machine:
		text = machine.wait_end()
	report = Report(text, text.index("Stubborn "))
	report.check("x86_64", None, "BOOT_IMAGE=/stubborn.efi " + words, "linux32",
		     data + bytes(-len(data) % 4) + b"second")


@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
def test_large_cd(arch, tmp_path):
	"""A boot catalogue cannot tell the size of a FAT image of 32 MiB or more."""
	with open(tmp_path / "i", "wb") as file:
		file.truncate(40 << 20)
	iso = make("iso", tmp_path, "initrd=/i " + WORDS, ["-a", f"{tmp_path / 'i'}:\\i"])
	with open(iso, "rb") as file:
		file.seek(16 * 2048 + 80)		# the volume's size, ECMA-119 8.4.8
		blocks = iso.stat().st_size // 2048
		assert file.read(8) == struct.pack("<I", blocks) + struct.pack(">I", blocks)
	with MediumMachine(arch, iso, "cd") as machine:
		text = machine.wait_end()
	Report(text).check(arch, cmdline="initrd=/i " + WORDS, initrd=bytes(40 << 20))


def test_grub_is_no_shell(tmp_path):
	"""On a BIOS GRUB gets the command line; of it only quotes and backslashes are its own."""
	words = '#a $b;c d&e|f {g} <h> a"$i;"\\;j run="mem; poweroff"'
	iso = make("iso", tmp_path, words)
	with MediumMachine("x86_64", iso, "cd", firmware=None) as machine:
		text = machine.wait_end()
	line = re.search(r'^boot: command line: "(.*)"$', text, re.M)[1]
	assert line == 'BOOT_IMAGE=/stubborn.efi #a $b;c d&e|f {g} <h> a$i;;j "run=mem; poweroff"'


def test_iso_without_its_initrd(tmp_path):
	"""What GRUB would only miss at boot is refused when the ISO is made."""
	for words in "a initrd=\\n b", "a\t-- initrd=\\n", "-- initrd=\\n":
		got = subprocess.run([ROOT / "esp/make-iso.sh", tmp_path / "o",
				      image_path("x86_64"), "-c", words], text=True,
				     capture_output=True)
		assert got.returncode == ("--" not in words), words
		assert got.returncode == ("initrd=\\n: no such file is added" in got.stderr)


@pytest.mark.parametrize("path", ["\\grün", "\\日本\\i", "\\a\tb", "\\a\x7f"])
def test_names(path, tmp_path):
	"""Names are ASCII: others would get on the disk as other names, which firmware misses."""
	got = subprocess.run([ROOT / "esp/make-esp.sh", tmp_path / "o", image_path("x86_64"),
			      "-a", f"{__file__}:{path}"], text=True, capture_output=True)
	assert got.returncode == 1 and "only ASCII in a name: /" in got.stderr
	assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("words,said", [
	*((["x", "-a", word], "-a needs HOSTFILE:\\path") for word in
	  ("-a", "x", "x:", "x:\\", "x:\\a\\", "x:/a/")),
	(["x", "-a"], "-a needs HOSTFILE:\\path"), (["x", "-c"], "-c needs a text"),
	(["-c", "x"], "-c needs a FILE.EFI"), (["x", "-x"], "unknown option -x"),
	(["y"], "no file y"), (["x", "-a", "y:\\y"], "no file y"), ([], "usage: make-esp.sh OUT")])
def test_refuses(words, said, tmp_path):
	"""Each added file needs a name on the disk; it would be called `file` without one."""
	(tmp_path / "x").touch()
	got = subprocess.run([ROOT / "esp/make-esp.sh", "o", *words], text=True,
			     capture_output=True, cwd=tmp_path)
	assert got.returncode == 1 and got.stderr.startswith(f"make-esp: {said}"), got
	assert not (tmp_path / "o").exists()


def test_any_spelling(tmp_path):
	"""The image in this folder, in lower case: the text file is the one that it will look for,
	and a BIOS boots it, too. What an option takes is not the image."""
	shutil.copy(image_path("x86_64"), tmp_path / "bootx64.efi")
	subprocess.run([ROOT / "esp/make-esp.sh", "esp", "bootx64.efi", "-c", WORDS], check=True,
		       cwd=tmp_path)
	got = subprocess.run(["mtype", "-i", tmp_path / "esp", "::/EFI/BOOT/BOOTX64.TXT"],
			     text=True, capture_output=True)
	assert got.stdout == WORDS + "\n", got.stderr
	subprocess.run([ROOT / "esp/make-iso.sh", "iso", "-c", "-a", "bootx64.efi", "-a",
			"esp:\\BOOTX64.EFI", "-c", "a/BOOTX64.EFI"], check=True, cwd=tmp_path)
	with MediumMachine("x86_64", tmp_path / "iso", "cd", firmware=None) as machine:
		machine.wait('boot: command line: "BOOT_IMAGE=/stubborn.efi a/BOOTX64.EFI"')


@pytest.mark.parametrize("kind", MAKER)
def test_same_bytes(kind, tmp_path):
	"""Whatever the time zone, folder, umask, user, time, and dates of the files."""
	made, other = [], ["unshare", "-U", "--map-user=7", "--map-group=7"]
	if subprocess.run([*other, "true"], check=False).returncode:
		other = []			# no user namespaces here
	for run, user in ("1", []), ("2", other):
		time.sleep(1.1)			# dates in an ISO count in seconds
		folder = tmp_path / run
		folder.mkdir()
		images = []
		for arch in ARCHES:
			images.append(shutil.copy(image_path(arch), folder))
			os.utime(images[-1], (int(run) * 10**8,) * 2)
		subprocess.run([*user, "sh", "-c", 'umask 0$0; exec "$@"', "2" + run,
				ROOT / "esp" / MAKER[kind], folder / "medium", *images],
			       check=True, env=dict(os.environ, TZ="UTC+" + run))
		made.append((folder / "medium").read_bytes())
	assert made[0] == made[1]


def test_large_file(tmp_path):
	"""The FATs of a disk with a large initrd need room, too. FAT's names ignore case."""
	with open(tmp_path / "i", "wb") as file:
		file.truncate(160 << 20)
	make("disk", tmp_path, more=["-a", f"{tmp_path / 'i'}:\\efi\\Boot\\initrd"])
	got = subprocess.run(["mdir", "-b", "-i", f"{tmp_path / 'medium.disk'}@@1M",
			      "::/EFI/BOOT/initrd"], text=True, capture_output=True)
	assert got.stdout == "::/EFI/BOOT/initrd\n", got.stderr
	got = subprocess.run(["minfo", "-i", f"{tmp_path / 'medium.disk'}@@1M", "::"], text=True,
			     capture_output=True)
	assert 'disk type="FAT32   "' in got.stdout	# as fixed disks need it
	assert "cluster size: 4 sectors" in got.stdout	# of 8 there would be too few
	os.truncate(tmp_path / "i", 8 << 20)
	subprocess.run([ROOT / "esp/make-esp.sh", tmp_path / "esp", "-a", f"{tmp_path / 'i'}:\\i"],
		       check=True, env=dict(os.environ, KERNEL_NAME="a b+c"))
	got = subprocess.run(["mlabel", "-s", "-i", tmp_path / "esp", "::"], text=True,
			     capture_output=True)
	assert got.stdout.strip() == "Volume label is A_B_C", got


@pytest.mark.parametrize("how", ["kill -TERM $PPID", "exit 1"])
@pytest.mark.parametrize("script,tool", [("esp/make-esp.sh", "mformat"),
	("esp/make-disk.sh", "sfdisk"), ("esp/make-iso.sh", "xorriso"),
	("esp/run-qemu.sh", "qemu-system-riscv64"), ("tests/vm/fetch-package.sh", "chmod")])
def test_ended(script, tool, how, tmp_path):
	"""Ended by a signal, or when a tool has failed, it leaves no files."""
	(tmp_path / "tmp").mkdir()
	path = stand_in(tmp_path, tool, how + "\n")
	words = [tmp_path / "out", image_path("riscv64")]
	if script == "esp/run-qemu.sh":
		words = ["riscv64", image_path("riscv64")]
	got = subprocess.run([ROOT / script, *words],
			     env=dict(os.environ, TMPDIR=f"{tmp_path}/tmp", PATH=path))
	assert got.returncode == 1 and not (tmp_path / "out").exists()
	assert not list((tmp_path / "tmp").iterdir())


@contextlib.contextmanager
def loop(folder, size):
	"""A block device backed by a file: only this is ever written to here."""
	backing = folder / "backing"
	backing.write_bytes(b"")
	os.truncate(backing, size)
	got = subprocess.run(["losetup", "-f", "-P", "--show", backing], text=True,
			     capture_output=True)
	if got.returncode:
		pytest.skip("no loop devices: " + got.stderr.strip())
	try:
		yield got.stdout.strip()
	finally:
		subprocess.run(["losetup", "-d", got.stdout.strip()], check=True)


def stand_in(folder, tool, script):
	"""A PATH where `tool` is this shell script."""
	(folder / tool).write_text("#!/bin/sh\n" + script)
	(folder / tool).chmod(0o755)
	return f"{folder}:{os.environ['PATH']}"


def write(image, device, force="", path=os.environ["PATH"]):
	return subprocess.run([ROOT / "esp/write-usb.sh", image, device], text=True,
			      capture_output=True, env=dict(os.environ, FORCE=force, PATH=path))


def refused(image, device, why, force="1", **more):
	got = write(image, device, force, **more)
	assert got.returncode == 1 and why in got.stderr, got.stderr


def test_usb_refuses(tmp_path):
	image = make("disk", tmp_path)
	with loop(tmp_path, 64 * 2**20) as device:
		refused(image, tmp_path / "absent", "not a block device")
		refused(image, image, "not a block device")
		refused(tmp_path / "absent", device, "no image")
		refused(image, device, "not removable", force="")
		(tmp_path / "bin").mkdir()
		path = stand_in(tmp_path / "bin", "lsblk", "[ $2 != TYPE,NAME ] || echo crypt x")
		refused(image, device, "in use by: crypt x", path=path)
		(tmp_path / "bin/lsblk").unlink()
		other = tmp_path / os.path.basename(device)
		os.mknod(other, stat.S_IFBLK, os.makedev(0, 1))	# no device
		refused(image, other, "wrong device number")
		assert not any((tmp_path / "backing").read_bytes())
		path = stand_in(tmp_path / "bin", "dd", ":")
		refused(image, device, "does not hold what was written", path=path)
	with loop(tmp_path, 2**20) as device:
		refused(image, device, "smaller")


def test_usb_refuses_mounted(tmp_path):
	image = make("disk", tmp_path)
	with loop(tmp_path, 64 * 2**20) as device:
		subprocess.run(["mke2fs", "-q", device], check=True)
		(tmp_path / "mnt").mkdir()
		got = subprocess.run(["mount", device, tmp_path / "mnt"], text=True,
				     capture_output=True)
		if got.returncode:
			pytest.skip("cannot mount here: " + got.stderr.strip())
		try:
			refused(image, device, "mounted: ")
		finally:
			subprocess.run(["umount", tmp_path / "mnt"], check=True)
		assert not any((tmp_path / "backing").read_bytes()[:GPT_END])


def test_usb_writes(tmp_path):
	"""What was written boots, although the disk is larger than the image."""
	image = make("disk", tmp_path)
	with loop(tmp_path, 64 * 2**20) as device:
		got = write(image, device, force="1")
		assert got.returncode == 0, got.stderr
		part = device + "p1"
		if os.path.exists(part):
			refused(image, part, "is a partition")
	data = image.read_bytes()
	assert (tmp_path / "backing").read_bytes()[:len(data)] == data
	with MediumMachine("x86_64", tmp_path / "backing", "disk") as machine:
		text = machine.wait_end()
	Report(text).check("x86_64", cmdline=WORDS)


@pytest.mark.parametrize("build", ["out/b", "{}/out/b"])
@pytest.mark.parametrize("git", [True, False])
def test_bill_lists_sources(git, build, tmp_path):
	"""The sources that dist/sbom.py lists are all but what is in BUILD, by any of its names."""
	for name in ("main.c", "out/notes", "out/b/main.o"):
		(tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
		(tmp_path / name).write_text("")
	if git:
		subprocess.run(["git", "init", "-q", tmp_path], check=True)
	done = subprocess.run(["/usr/bin/python3", "-B", "-c",
			       f"import sbom; print(*sbom.sources('{build.format(tmp_path)}'))"],
			      cwd=tmp_path,
			      env=dict(os.environ, PYTHONPATH=str(ROOT / "dist")), text=True,
			      capture_output=True, check=True)
	assert done.stdout == "main.c out/notes\n"
