# SPDX-License-Identifier: MIT
"""Sections added to our own file, as for a unified kernel image: by GNU objcopy, as Debian
12's systemd-stub(7) does it, or as ukify does (Debian 12 has none): a header after the last one,
nothing else in the file is touched. On a PC two fit before Linux's setup header; more are written
over it."""
import struct
import subprocess

PAGE = 0x1000
FLAGS = 0x40000040		# CNT_INITIALIZED_DATA | MEM_READ


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


def appended(arch, image, sections, folder=None):
	data = bytearray(image)
	pe, = struct.unpack_from("<I", data, 0x3c)
	count, = struct.unpack_from("<H", data, pe + 6)
	table = pe + 24 + struct.unpack_from("<H", data, pe + 20)[0]
	headers, = struct.unpack_from("<I", data, pe + 24 + 60)
	at = up(size_of_image(data))
	for n, (name, content) in enumerate(sections.items(), count):
		header = table + 40 * n
		over = arch == "x86_64" and n >= count + 2
		assert header + 40 <= headers, "no room"
		assert over or not any(data[header:header + 40]), "no room"
		data += bytes(up(len(data)) - len(data))
		struct.pack_into("<8s8I", data, header, name.encode(),
				 len(content), at, up(len(content)), len(data), 0, 0, 0, FLAGS)
		data += content + bytes(up(len(content)) - len(content))
		at += up(len(content))
	struct.pack_into("<H", data, pe + 6, count + len(sections))
	struct.pack_into("<I", data, pe + 24 + 56, at)
	return bytes(data)
