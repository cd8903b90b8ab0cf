# SPDX-License-Identifier: MIT
"""Sections added to our own file, as for a unified kernel image: by GNU objcopy, as Debian
12's systemd-stub(7) does it, or by ukify of trixie, Debian's release after 12. On a PC ukify can
add two before Linux's setup header; it writes more over that."""
import os
import struct
import subprocess

from debian import package_folder

PAGE = 0x1000
OPTIONS = {".cmdline": "--cmdline=@", ".initrd": "--initrd=", ".osrel": "--os-release=@",
	   ".uname": "--section=.uname:@"}


def up(n):
	return (n + PAGE - 1) & -PAGE


def size_of_image(data):
	pe, = struct.unpack_from("<I", data, 0x3c)
	return struct.unpack_from("<I", data, pe + 24 + 56)[0]


def objcopy(arch, image, sections, folder):
	(folder / "in.efi").write_bytes(image)
	command = [arch.replace("_", "-") + "-linux-gnu-objcopy" if arch == "aarch64" else
		   "x86_64-linux-gnu-objcopy"]
	at = up(size_of_image(image))
	for name, content in sections.items():
		(folder / name).write_bytes(content)
		command += ["--add-section", f"{name}={folder / name}", "--set-section-flags",
			    f"{name}=data,readonly", "--change-section-vma", f"{name}={at:#x}"]
		at += up(len(content))
	subprocess.run([*command, folder / "in.efi", folder / "out.efi"], check=True)
	return (folder / "out.efi").read_bytes()


def run_ukify(*words):
	"""What `ukify build` says. Its package is for every CPU, and only in lists of trixie."""
	tool = package_folder("systemd-ukify", "riscv64") / "usr/bin/ukify"
	modules = package_folder("python3-pefile") / "usr/lib/python3/dist-packages"
	done = subprocess.run(["/usr/bin/python3", "-B", tool, "build", *words], check=True,
			      env={**os.environ, "PYTHONPATH": modules}, text=True,
			      stderr=subprocess.PIPE)
	return done.stderr


def ukify(arch, image, sections, folder):		# pylint: disable=unused-argument
	(folder / "in.efi").write_bytes(image)
	words = []
	for name, content in sections.items():
		(folder / name).write_bytes(content)
		words.append(f"{OPTIONS[name]}{folder / name}")
	run_ukify(f"--stub={folder / 'in.efi'}", *words, f"--output={folder / 'out.efi'}")
	return (folder / "out.efi").read_bytes()
