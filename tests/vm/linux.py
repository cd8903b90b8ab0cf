# SPDX-License-Identifier: MIT
"""Debian's Linux with an initramfs of our own, for tests that need an operating system."""
import re
import subprocess

import pytest

from debian import DEBIAN, apt_cache, package_file, package_folder

LIBRARIES = re.compile(r"libc6|libxen.*|zlib1g")	# packages that kexec needs


def cpio(files):
	"""An initramfs (buffer-format.rst in Linux's documentation). Content None: a folder."""
	out = b""
	for inode, (name, content) in enumerate([*files.items(), ("TRAILER!!!", b"")], 1):
		mode = 0o40755 if content is None else 0o100755
		content = content or b""
		head = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
		out += b"070701" + b"".join(b"%08x" % x for x in head) + name.encode() + b"\0"
		out += bytes(-len(out) % 4) + content
		out += bytes(-len(out) % 4)
	return out


def kernel_folder(arch):
	"""Debian's newest kernel for this release, unpacked: boot/vmlinu?-* and the modules."""
	cpu = DEBIAN[arch]
	name = re.search(rf"Depends: (linux-image-\S+-{cpu})",
			 apt_cache(arch, "depends", f"linux-image-{cpu}"))
	if not name:
		pytest.skip(f"no linux-image-{cpu} in apt's lists")
	return package_folder(name[1], arch)


def kernel_file(arch):
	return next(kernel_folder(arch).glob("boot/vmlinu[xz]-*"))


def config(arch):
	return next(kernel_folder(arch).glob("boot/config-*")).read_text()


def needed(path):
	"""The interpreter and the libraries that an ELF file names."""
	text = subprocess.run(["llvm-readelf", "-l", "-d", path], text=True, check=True,
			      capture_output=True).stdout
	return re.findall(r"interpreter: (\S+)\]", text) + re.findall(r"\(NEEDED\).*\[(.+)\]", text)


def program(arch, package, path):
	"""A program from a package, with its libraries, as files of an initramfs."""
	depends = apt_cache(arch, "depends", "--recurse", "--no-recommends", "--no-suggests",
			    "--no-conflicts", "--no-breaks", "--no-replaces", package)
	folders = [package_folder(name, arch) for name in
		   sorted(set(filter(LIBRARIES.fullmatch, depends.split())))]
	libraries = {file.name: file for folder in folders for file in folder.rglob("*.so.*")
		     if file.is_file()}
	todo = [package_folder(package, arch) / path.lstrip("/")]
	files = {"bin/" + todo[0].name: todo[0].read_bytes()}
	while todo:
		for name in needed(todo.pop()):
			where = name.lstrip("/") if "/" in name else "lib/" + name
			name = name.rpartition("/")[2]
			if "lib/" + name in files or "lib64/" + name in files:
				continue
			if name not in libraries:
				pytest.skip(f"{package}: no package has {name}")
			files[where] = libraries[name].read_bytes()
			todo.append(libraries[name])
	return files


def initramfs(arch, init, files):
	"""busybox, with `init` as its script, and `files`."""
	busybox = package_file("busybox-static", "/bin/busybox", arch)
	folders = dict.fromkeys(("bin", "lib64", "lib", "dev", "proc", "sys", "esp", "tmp"))
	return cpio(folders | {"bin/busybox": busybox.read_bytes(), "init": init.encode()} | files)
