# SPDX-License-Identifier: MIT
"""From a network: firmware's own PXE, and iPXE by HTTP and on a BIOS.

QEMU itself answers DHCP and TFTP; HTTP goes to a server of the test on the loopback device. PXE
can pass neither a command line nor an initrd.
"""
import http.server
import threading
from functools import partial

import pytest

from debian import package_file
from machine import EDK2, IMAGE_NAME, Machine, image_path
from report import Report

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
	with Networked(arch, tmp_path, name) as machine:
		machine.wait("boot: idle")
		text = machine.serial()
	assert "NBP filename is " + name in text
	Report(text, text.index("Stubborn ")).check(arch, cmdline="")


def checked(text, entry):
	Report(text, text.index("Stubborn ")).check(X86, None, PASSED, entry, INITRD)


def serve(folder, log):
	"""An HTTP server for the folder, to be shut down later; `log` gets the files' names."""
	class Handler(http.server.SimpleHTTPRequestHandler):
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
