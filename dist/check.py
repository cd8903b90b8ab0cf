#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Is a release complete, and is its bill of materials true? usage: check.py [--self-test] DIST

With --self-test it also checks that each deliberate breakage is found.
"""
import copy
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/vm"))
import spdx				# noqa: E402
from isa import ARCHES, files		# noqa: E402

IMAGES = {arch: files(arch) for arch in ARCHES}
CONTROL = {	# of the package
	"Package": "stubborn-sdk", "Version": r"\d+\.\d+\.\d+", "Architecture": r"\w+",
	"Maintainer": r"[^<]+ <\S+@\S+>", "Depends": r"clang, libc6 \(>= [\d.]+\), lld, llvm, make",
	"Recommends": "(?=.*ovmf)(?=.*qemu-efi-aarch64)(?=.*u-boot-qemu).*", "Description": ".+",
}
NEEDED = {"bin/stubborn-link", "bin/stubborn-new-kernel", "include/stubborn/boot_info.h",
	  "lib/stubborn/stubborn.mk", "lib/stubborn/image-sum", "lib/stubborn/read-wants",
	  "share/doc/stubborn/LICENSE", "share/doc/stubborn/LICENSE.spleen"}
# What the package has in addition to the archive: files that Debian requires.
DEBIAN_ONLY = re.compile("share/(doc/stubborn-sdk|lintian|man)/")
PACKED = {f"share/{name}" for name in (
	"doc/stubborn-sdk/changelog.gz", "doc/stubborn-sdk/copyright",
	"lintian/overrides/stubborn-sdk")}
MANUALS = {f"share/man/man1/{name}.1.gz" for name in ("stubborn-link", "stubborn-new-kernel")}


def digest(path):
	return hashlib.sha256(path.read_bytes()).hexdigest()


def only(folder, pattern):
	found = sorted(folder.glob(pattern))
	return found[0] if len(found) == 1 else None


def check_sums(folder):
	sums = dict(reversed(line.split("  ", 1)) for line in
		    (folder / "SHA256SUMS").read_text().splitlines())
	for name in sorted({x.name for x in folder.iterdir()} - {"SHA256SUMS"} | set(sums)):
		path = folder / name
		if not path.exists() or sums.get(name) != digest(path):
			yield f"SHA256SUMS: {name}"


def check_bill(folder, document):
	"""Compare the document with the files themselves, as far as they are here."""
	yield from spdx.check(document)
	listed = {x["fileName"][2:]: x for x in document["files"]}
	unlisted = {"SHA256SUMS", only(folder, "*.spdx.json").name}
	for path in sorted(folder.iterdir()):
		entry = listed.get(path.name, {"checksums": [{}]})
		if path.name not in unlisted and \
				entry["checksums"][-1].get("checksumValue") != digest(path):
			yield f"bill of materials: {path.name}"
	font = [x for x in document["packages"] if x["name"] == "fonts-spleen"]
	if not font or font[0]["licenseConcluded"] != "BSD-2-Clause":
		yield "bill of materials: the font's license"


def contents(tar, top):
	"""Path below `top` -> mode, owner and contents."""
	found = {}
	for member in tar:
		name = os.path.relpath(member.name, top)
		held = tar.extractfile(member).read() if member.isfile() else member.linkname
		if not member.isdir():
			found[name] = (member.mode, member.uid, member.gid, held)
	return found


def check_debian(package, packed):
	"""The package's own files: sums of all others, and pages in which no section is empty."""
	raw = subprocess.run(["dpkg-deb", "--ctrl-tarfile", package], check=True,
			     capture_output=True).stdout
	with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
		said = tar.extractfile("./md5sums").read().decode()
	sums = {f"{hashlib.md5(held).hexdigest()}  usr/{name}" for name, (_, _, _, held) in
		packed.items() if isinstance(held, bytes)}
	if sums != set(said.splitlines()):
		yield f"{package.name}: md5sums"
	for name in sorted((PACKED | MANUALS) - set(packed)):
		yield f"{package.name}: {name}: missing"
	for name in sorted(MANUALS & set(packed)):
		page = gzip.decompress(packed[name][3]).decode()
		part = r"\.SH [A-Z]+\n(\.nf\n)?([^.\n].*\n)+(\.fi\n)?"
		if not re.fullmatch(rf"\.TH \S+ 1\n({part}){{3}}", page):
			yield f"{package.name}: {name}: {page!r}"


def check_package(folder):
	archive, package = only(folder, "*.tar.gz"), only(folder, "*.deb")
	if not archive or not package:
		yield "no archive, or no package"
		return
	for field, pattern in CONTROL.items():
		said = subprocess.run(["dpkg-deb", "-f", package, field], check=True, text=True,
				      capture_output=True).stdout.split("\n")[0]
		if not re.fullmatch(pattern, said):
			yield f"{package.name}: {field}: {said!r}"
	raw = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True,
			     capture_output=True).stdout
	with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
		packed = contents(tar, "./usr")
	yield from check_debian(package, packed)
	with tarfile.open(archive) as tar:
		plain = contents(tar, archive.name.removesuffix(".tar.gz"))
	for name in sorted(packed.keys() | plain.keys() | NEEDED):
		if packed.get(name) != plain.get(name) and not DEBIAN_ONLY.match(name):
			yield f"{name}: not the same in archive and package"
		elif name in NEEDED and name not in packed:
			yield f"{name}: missing"
		elif (packed.get(name) or plain[name])[1:3] != (0, 0):
			yield f"{name}: not root's"


def check(folder, document):
	have = {x.name for x in folder.iterdir()}
	kernels = [isa for isa in IMAGES if f"kernel-{isa}.elf" in have]
	for name in ["LICENSE", "LICENSE.spleen"] + [x for isa in kernels for x in IMAGES[isa]]:
		if name not in have:
			yield f"{name}: missing"
	if not kernels:
		yield "no kernel"
	yield from check_sums(folder)
	yield from check_bill(folder, document)
	yield from check_package(folder)


def set_to(key, value):
	def change(entry):
		entry[key] = value
	return change


BREAKAGES = {	# name: (where in the document, what is done there)
	"version": ((), set_to("spdxVersion", "SPDX-2.2")),
	"namespace": ((), set_to("documentNamespace", "urn:x#y")),
	"date": (("creationInfo",), set_to("created", "today")),
	"creators": (("creationInfo",), set_to("creators", [])),
	"package without a place": (("packages", 0), lambda x: x.pop("downloadLocation")),
	"package without a supplier": (("packages", 3), lambda x: x.pop("supplier")),
	"odd locator": (("packages", 2, "externalRefs", 0),
			set_to("referenceLocator", "fonts-spleen")),
	"license": (("packages", 0), set_to("licenseConcluded", "Whatever")),
	"code": (("packages", 1, "packageVerificationCode"),
		 set_to("packageVerificationCodeValue", "0" * 40)),
	"files unlisted": (("packages", 1), lambda x: x.pop("hasFiles")),
	"font": (("packages", 2), set_to("licenseConcluded", "MIT")),
	"file without SHA1": (("files", 0), lambda x: x["checksums"].pop(0)),
	"file's sum": (("files", 0, "checksums", 1), set_to("checksumValue", "0" * 64)),
	"file's license": (("files", 3), set_to("licenseInfoInFiles", [])),
	"absolute name": (("files", 1), set_to("fileName", "/BOOTX64.EFI")),
	"twice": (("files", 1), set_to("SPDXID", "SPDXRef-DOCUMENT")),
	"link to nowhere": (("relationships", 1), set_to("relatedSpdxElement", "SPDXRef-none")),
	"odd link": (("relationships", 1), set_to("relationshipType", "LIKES")),
	"nothing described": (("relationships",), lambda x: x.pop(0)),
	"file without a relationship": (("relationships",), lambda x: x.pop()),
}


def self_test(folder, document):
	"""Breakages that are not found, one per line."""
	for name, (where, change) in BREAKAGES.items():
		broken = copy.deepcopy(document)
		entry = broken
		for key in where:
			entry = entry[key]
		change(entry)
		if not list(check_bill(folder, broken)):
			yield f"self-test: {name}: not found"
	with tempfile.TemporaryDirectory() as work:
		for pattern in ("*.EFI", "*.tar.gz", "SHA256SUMS", "LICENSE"):
			copied = shutil.copytree(folder, Path(work) / pattern.strip("*"))
			victim = sorted(copied.glob(pattern))[0]
			victim.write_bytes(victim.read_bytes()[:-9] + b"otherwise")
			if not list(check_sums(copied)):
				yield f"self-test: {victim.name} changed: not found"
			victim.unlink()
			if pattern != "SHA256SUMS" and not list(check_sums(copied)):
				yield f"self-test: {victim.name} lost: not found"


def main():
	testing = sys.argv[1:2] == ["--self-test"]
	folder = Path(sys.argv[1 + testing])
	document = json.loads(only(folder, "*.spdx.json").read_text())
	bad = list(check(folder, document))
	if testing and not bad:
		bad += self_test(folder, document)
	print("\n".join(bad) or f"dist: {len(list(folder.iterdir()))} files, "
	      f"{len(document['files'])} in the bill of materials")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
