# SPDX-License-Identifier: MIT
"""From a network: firmware's own PXE and HTTP boot, and iPXE by HTTP and on a BIOS.

QEMU itself answers DHCP and TFTP; HTTP goes to a server of the test on the loopback device. PXE
can pass neither a command line nor an initrd.
"""
import http.server
import struct
import subprocess
import threading
from functools import partial

import pytest

from debian import package_file
from machine import EDK2, IMAGE_NAME, ROOT, Machine, image_path
from report import Report
from secure import BOOT, GLOBAL, NV, RUNTIME, SecureMachine

X86 = "x86_64"
INITRD = bytes(i * 7 % 251 for i in range(300001))
WORDS = 'one=1 "b c" poweroff'
PASSED = f"initrd=i {WORDS}"


class Networked(Machine):
	"""No disk; boots from a network card."""

	def __init__(self, arch, folder, bootfile, card="virtio-net-pci,romfile=", **options):
		super().__init__(arch, **options)
		self.command += [
			"-netdev", f"user,id=net,restrict=on,tftp={folder},bootfile={bootfile}",
			"-device", f"{card},netdev=net,bootindex=0"]

	def _disk(self, *_):
		pass


@pytest.mark.door("PXE by firmware")
@pytest.mark.parametrize("arch", EDK2)
def test_pxe(arch, tmp_path):
	name = IMAGE_NAME[arch] + ".EFI"
	(tmp_path / name).write_bytes(image_path(arch).read_bytes())
	with Networked(arch, tmp_path, name, cpu="max") as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	assert "NBP filename is " + name in text
	Report(text, text.index("Stubborn ")).check(arch, cmdline="")


def uri_entries(items):
	"""Boot0000... for (URI, load options). For a device path that is only a URI, firmware
	finds a network card that can load it (UEFI 2.10, 3.1.2)."""
	out = []
	for i, (uri, words) in enumerate(items):
		path = struct.pack("<2BH", 3, 24, 4 + len(uri)) + uri.encode() + b"\x7f\xff\4\0"
		data = struct.pack("<IH", 1, len(path)) + "e\0".encode("utf-16-le") + path
		data += (words + "\0").encode("utf-16-le") if words else b""
		out.append((f"Boot{i:04X}", GLOBAL, NV | BOOT | RUNTIME, data))
	order = struct.pack(f"<{len(out)}H", *range(len(out)))
	return out + [("BootOrder", GLOBAL, NV | BOOT | RUNTIME, order)]


class HttpBoot(SecureMachine):
	def _disk(self, *_):
		pass


@pytest.mark.door("HTTP boot by firmware")
@pytest.mark.parametrize("arch", EDK2)
def test_http_boot(arch, tmp_path):
	"""The file alone, which is from no volume; then a disk image, which becomes a RAM disk."""
	server = serve(tmp_path, [])
	where = f"http://10.0.2.2:{server.server_port}/"
	(tmp_path / "k.efi").write_bytes(image_path(arch).read_bytes())
	(tmp_path / "i").write_bytes(INITRD)
	subprocess.run([ROOT / "esp/make-esp.sh", tmp_path / "d.img", image_path(arch),
			"-c", "initrd=\\i poweroff", "-a", f"{tmp_path / 'i'}:\\i"], check=True)
	entries = uri_entries([(where + "k.efi", "initrd=\\i"), (where + "d.img", "")])
	try:
		with HttpBoot(arch, entries, memory="512M", extra=[
				"-netdev", "user,id=net",
				"-device", "virtio-net-pci,romfile=,netdev=net"]) as machine:
			text = machine.wait_end()
	finally:
		server.shutdown()
		server.server_close()
	assert "error: initrd=\\i: no volume, cannot be opened\n" in text
	Report(text, text.index("Stubborn ")).check(arch, None, "initrd=\\i poweroff", "uefi",
						    INITRD)


def checked(text, entry):
	Report(text, text.index("Stubborn ")).check(X86, None, PASSED, entry, INITRD)


def serve(folder, log):
	"""An HTTP server for the folder, to be shut down later; `log` gets the files' names."""
	class Handler(http.server.SimpleHTTPRequestHandler):
		extensions_map = {"": "application/octet-stream", ".efi": "application/efi",
				  ".img": "application/vnd.efi-img"}
		def log_message(self, *_):
			log.append(self.path)
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
						 partial(Handler, directory=folder))
	threading.Thread(target=server.serve_forever, daemon=True).start()
	return server


def script(folder, where):
	(folder / "k").write_bytes(image_path(X86).read_bytes())
	(folder / "i").write_bytes(INITRD)
	(folder / "boot.ipxe").write_text(
		f"#!ipxe\nkernel {where}k {PASSED}\ninitrd {where}i\nboot\n")


@pytest.mark.door("iPXE over HTTP")
def test_ipxe_http(tmp_path):
	"""QEMU's 10.0.2.2 is the host's loopback device."""
	log = []
	server = serve(tmp_path, log)
	try:
		script(tmp_path, f"http://10.0.2.2:{server.server_port}/")
		ipxe = package_file("ipxe", "/boot/ipxe.efi").read_bytes()
		with Machine(X86, image=ipxe, extra=[
				"-netdev", f"user,id=net,tftp={tmp_path},bootfile=boot.ipxe",
				"-device", "e1000,netdev=net,romfile="]) as machine:
			text = machine.wait_end()
	finally:
		server.shutdown()
		server.server_close()
	assert sorted(log) == ["/i", "/k"]
	checked(text, "uefi")


@pytest.mark.door("iPXE on a BIOS")
def test_ipxe_bios(tmp_path):
	"""The ROM of QEMU's card is iPXE; it treats the file as a Linux kernel."""
	script(tmp_path, "")
	with Networked(X86, tmp_path, "boot.ipxe", "e1000", firmware=None) as machine:
		text = machine.wait_end()
	checked(text, "linux16")
