# SPDX-License-Identifier: MIT
"""make install and uninstall: with a substitute for efibootmgr, and once on a real Linux.

The real one is Debian's kernel under OVMF: it runs install.sh and reboots, and firmware starts
us from the entry that the real efibootmgr has made.
"""
import os
import re
import resource
import shutil
import subprocess

import pytest

from debian import grub_package, package_file
from linux import initramfs, kernel_file, kernel_folder
from machine import ROOT, image_path
from report import Report
from test_media import MediumMachine

INSTALL = ROOT / "esp/install.sh"
ESP, MOUNTED = "e s\\p", r"e\040s\134p"		# as /proc/self/mounts names it
TOOLS = "awk basename cat cp dirname grep mkdir mv readlink rm rmdir sed sync tr".split()
OPTIONS = 'one=1 "b c" it\'s'
# Keeps one line per entry in $STATE/entries, and the order and the next boot in two files. Supports
# the options that install.sh uses, and fails on others.
STAND_IN = r"""#!/bin/sh
cd "$STATE" && echo "$*" >> log
[ "$1" = -q ] || {
	echo "BootCurrent: 0001"; echo "BootOrder: $(cat order)"
	sed 's/^/Boot/' entries; exit
}
case $2 in
-C)	[ ! -e full ] || exit "$(cat full)"
	n=0; while grep -q "^000$n" entries; do n=$((n + 1)); done
	[ "$8" = "${LABEL:-Stubborn}" ] && echo "000$n* $8	HD($6)" >> entries ;;
-b)	sed -i "/^$3/d" entries; sed -i "s/,$3//; s/$3,//" order ;;
-o)	echo "$3" > order ;;
-n)	echo "$3" > next ;;
*)	exit 9 ;;
esac
"""


@pytest.fixture
def host(tmp_path):
	"""A host with two boot entries, and its ESP as the third partition of sda."""
	for folder in (ESP, "state", "bin", "sys/firmware/efi/efivars", "sys/class/block",
		       "sys/devices/block/sda/sda3"):
		(tmp_path / folder).mkdir(parents=True)
	(tmp_path / "bin/efibootmgr").write_text(STAND_IN)
	(tmp_path / "bin/efibootmgr").chmod(0o755)
	(tmp_path / "state/entries").write_text("0000* Stubbornly Other\n0001* Debian\n")
	(tmp_path / "state/order").write_text("0001,0000\n")
	(tmp_path / "sys/devices/block/sda/sda3/partition").write_text("3\n")
	(tmp_path / "sys/class/block/sda3").symlink_to("../../devices/block/sda/sda3")
	(tmp_path / "mounts").write_text(f"/dev/sda2 / ext4 rw 0 0\n"
					 f"systemd-1 {tmp_path}/{MOUNTED} autofs rw 0 0\n"
					 f"/dev/sda3 {tmp_path}/{MOUNTED} vfat rw 0 0\n")
	return tmp_path


def run(host, *words, esp=ESP, boot="", good=True, more=":/usr/bin:/bin", **how):
	env = dict(os.environ, PATH=f"{host}/bin{more}", STATE=f"{host}/state",
		   SYS=f"{host}/sys", MOUNTS=f"{host}/mounts", BOOT=boot)
	got = subprocess.run([INSTALL, words[0], host / esp, *words[1:]], env=env, text=True,
			     capture_output=True, **how)
	assert (got.returncode == 0) == good, got
	return got


def state(host, name):
	return (host / "state" / name).read_text()


def installed(host):
	return host / ESP / "EFI/stubborn/BOOTX64.EFI"


@pytest.mark.parametrize("boot,order", [("", "0001,0000,0002"), ("first", "0002,0001,0000"),
					("next", "0001,0000,0002")])
def test_registers(host, boot, order):
	image = image_path("x86_64")
	run(host, "install", image, OPTIONS, boot=boot)
	assert installed(host).read_bytes() == image.read_bytes()
	assert "-q -C -d /dev/sda -p 3 -L Stubborn -l \\EFI\\stubborn\\BOOTX64.EFI " \
	       f"-u {OPTIONS}\n" in state(host, "log")
	assert state(host, "order").strip() == order
	assert (host / "state/next").exists() == (boot == "next")
	run(host, "uninstall")
	assert not installed(host).parent.exists()
	assert state(host, "entries") == "0000* Stubbornly Other\n0001* Debian\n"
	assert state(host, "order").strip() == "0001,0000"


def test_twice(host):
	"""The second installation replaces the entry, although it has been made inactive."""
	run(host, "install", image_path("x86_64"), "one")
	(host / "state/entries").write_text(state(host, "entries").replace("*", " "))
	run(host, "install", image_path("x86_64"), "two")
	assert state(host, "entries").count(" Stubborn\t") == 1
	assert state(host, "order").strip().count(",") == 2


def test_name(host, monkeypatch):
	"""Another kernel's folder and label; a dot in it is no pattern. The ESP by a link."""
	(host / "link").symlink_to(ESP)
	monkeypatch.setenv("KERNEL_NAME", "my.k")
	monkeypatch.setenv("LABEL", "My.k")
	(host / "state/entries").write_text("0000* Myxk\n0001* Debian\n")
	for words in ("one", "two"):
		run(host, "install", image_path("x86_64"), words, esp="link")
	assert "-L My.k -l \\EFI\\my.k\\BOOTX64.EFI -u two\n" in state(host, "log")
	assert state(host, "entries").count("* My.k\t") == 1
	for _ in "there", "gone":
		run(host, "uninstall")
	assert not (host / ESP / "EFI/my.k").exists()
	assert state(host, "entries") == "0000* Myxk\n0001* Debian\n"


@pytest.mark.parametrize("boot", ["last", "first"])
def test_no_order(host, boot):
	"""Firmware without a BootOrder."""
	(host / "state/order").write_text("")
	run(host, "install", image_path("x86_64"), boot=boot)
	assert state(host, "order") == "0002\n"


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("status,said", [("1", ""), ("0", "install: efibootmgr made no entry\n")])
def test_no_room_for_an_entry(host, status, said, old):
	"""If the new entry cannot be made, with or without an error, the old one stays."""
	if old:
		run(host, "install", image_path("x86_64"), "one")
	(host / "state/full").write_text(status)
	assert run(host, "install", image_path("x86_64"), "two", good=False).stderr == said
	assert state(host, "entries").count("* Stubborn\t") == old


@pytest.mark.parametrize("missing,disk,part", [
	("sys/firmware/efi/efivars", "/dev/sda", "3"), ("bin/efibootmgr", "/dev/sda", "3"),
	("sys/devices/block/sda/sda3/partition", "/dev/DISK", "PARTITION")])
def test_not_registered(host, missing, disk, part):
	"""Prints the command with all known values, quoted for a shell."""
	(host / missing).rename(host / "elsewhere")
	for tool in TOOLS:		# this machine may have an efibootmgr, too
		(host / "bin" / tool).symlink_to(shutil.which(tool))
	got = run(host, "install", image_path("x86_64"), OPTIONS, more="")
	assert installed(host).exists() and not (host / "state/log").exists()
	script = f"set -- {got.stdout.strip()}; printf '%s\\n' \"$@\""
	words = subprocess.run(["sh", "-c", script], text=True, capture_output=True,
			       check=True).stdout.split("\n")
	assert words[:-1] == ["efibootmgr", "-c", "-d", disk, "-p", part, "-L", "Stubborn",
			      "-l", "\\EFI\\stubborn\\BOOTX64.EFI", "-u", OPTIONS]
	run(host, "uninstall", more="")
	assert not installed(host).parent.exists()


def test_full_esp(host):
	"""Half a new file is removed; the old one and its entry stay."""
	run(host, "install", image_path("x86_64"), "one")
	limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
	got = run(host, "install", image_path("x86_64"), "two", good=False, preexec_fn=limit)
	assert f"install: {host / ESP}: cannot be written" in got.stderr
	assert list(installed(host).parent.iterdir()) == [installed(host)]
	assert installed(host).read_bytes() == image_path("x86_64").read_bytes()
	assert state(host, "entries").count("* Stubborn\t") == 1


def test_refuses(host):
	assert "no folder" in run(host / "absent", "uninstall", good=False).stderr
	assert "no file" in run(host, "install", host / "absent", good=False).stderr
	assert "usage" in run(host, "install", good=False).stderr
	assert "BOOT" in run(host, "install", image_path("x86_64"), boot="x", good=False).stderr
	run(host, "install", image_path("x86_64"))
	(installed(host).parent / "other").touch()
	assert "other files" in run(host, "uninstall", good=False).stderr
	assert (installed(host).parent / "other").exists()
	assert "* Stubborn\t" not in state(host, "entries")


@pytest.mark.parametrize("name", ["boot", "BOOT", "a b", ".a", "a/b"])
def test_refuses_name(host, monkeypatch, name):
	"""A kernel's name may be anything; what others have put into EFI/BOOT stays."""
	loader = host / ESP / "EFI" / name / "BOOTX64.EFI"
	loader.parent.mkdir(parents=True)
	loader.touch()
	monkeypatch.setenv("KERNEL_NAME", name)
	for words in ["install", image_path("x86_64")], ["uninstall"]:
		assert f"install: {name}: " in run(host, *words, good=False).stderr
	assert loader.exists() and not loader.stat().st_size


MODULES = ("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci",
	   "virtio_blk", "nls_cp437", "nls_ascii", "fat", "vfat", "efivarfs")	# in this order
INIT = f"""#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
for module in {" ".join(MODULES)}; do insmod /$module.ko; done
mount -t efivarfs none /sys/firmware/efi/efivars
mount -t vfat /dev/vda1 /esp
set -x
install.sh install /esp /BOOTX64.EFI "first time"
install.sh uninstall /esp
ls /esp/EFI
BOOT=$BOOT install.sh install /esp /BOOTX64.EFI "$(cat /options)"
efibootmgr -v
umount /esp
echo "linux: done"
reboot -f
"""


def modules():
	found = {path.stem: path for path in kernel_folder("x86_64").rglob("*.ko")}
	return {f"{name}.ko": found[name].read_bytes() for name in MODULES}


def install_files():
	tool = package_file("efibootmgr", "/bin/efibootmgr")
	files = {"bin/efibootmgr": tool.read_bytes(),
		 "bin/install.sh": INSTALL.read_bytes(), "options": OPTIONS.encode(),
		 "BOOTX64.EFI": image_path("x86_64").read_bytes(), **modules()}
	needs = subprocess.run(["ldd", tool], text=True, capture_output=True).stdout
	for library in re.findall(r"(/\S+) \(", needs):
		name = library.rpartition("/")[2]
		files[("lib64/" if name.startswith("ld-") else "lib/") + name] = \
			open(library, "rb").read()
	return files


@pytest.mark.door("boot entry by efibootmgr, x86_64")
def test_linux_installs(tmp_path):
	grub = package_file(grub_package("amd64"),
			    "/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi")
	files = {"vmlinuz": kernel_file("x86_64").read_bytes(),
		 "initramfs": initramfs("x86_64", INIT, install_files()),
		 "BOOTX64.EFI": grub.read_bytes(),
		 "grub.cfg": b"linux /vmlinuz console=ttyS0 quiet BOOT=next\n"
			     b"initrd /initramfs\nboot\n"}
	paths = {"BOOTX64.EFI": "\\EFI\\BOOT\\BOOTX64.EFI", "grub.cfg": "\\EFI\\debian\\grub.cfg"}
	words = []
	for name, content in files.items():
		(tmp_path / name).write_bytes(content)
		words += ["-a", f"{tmp_path / name}:{paths.get(name, name)}"]
	subprocess.run([ROOT / "esp/make-disk.sh", tmp_path / "disk", *words], check=True)
	with MediumMachine("x86_64", tmp_path / "disk", "disk") as machine:
		end = machine.wait(r"linux: done|.*Kernel panic.*")
		assert end[0] == "linux: done", machine.serial()
		machine.wait("boot: idle")
		text = machine.serial()
	report = Report(text, text.index("Stubborn 0")).check("x86_64", cmdline=OPTIONS)
	assert 'boot: file: "\\EFI\\stubborn\\BOOTX64.EFI"' in report.text
