#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The bill of materials, SPDX 2.3 in JSON: what is shipped, its sources and its tools.

usage: VERSION=0 SOURCE_DATE_EPOCH=0 sbom.py DIST BUILD, from the root of the tree. Needs no
network. A source file's license is in its first lines; without one it has the tree's. Tools are
from Debian's packages, or describe themselves.
"""
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import uuid

TREE_LICENSE = "MIT"
FONT_LICENSE = "BSD-2-Clause"
BOTH = f"{TREE_LICENSE} AND {FONT_LICENSE}"
LICENSES = {"LICENSE": TREE_LICENSE, "LICENSE.spleen": FONT_LICENSE}
AUTHORS = "Organization: The Stubborn authors"
OWNER = "Copyright (c) 2026 The Stubborn authors"
FONT_OWNER = "Copyright (c) 2018-2020 Frederic Cambus"
FONT_PACKAGE = "fonts-spleen"
TOOLS = ("CC", "LD", "OBJCOPY")		# in the environment: what was built with


def sums(path):
	with open(path, "rb") as f:
		data = f.read()
	return [{"algorithm": name, "checksumValue": hashlib.new(name.lower(), data).hexdigest()}
		for name in ("SHA1", "SHA256")]


def spdx_id(kind, name):
	"""Identifiers cannot hold every character of a name, so part of a hash is added."""
	mark = hashlib.sha256(name.encode()).hexdigest()[:8]
	return f"SPDXRef-{kind}-{re.sub('[^A-Za-z0-9.-]', '-', name)}-{mark}"


def sources(build):
	"""All files of the tree, known to git or not, except what was built."""
	if os.path.exists(".git"):
		listed = subprocess.run(["git", "ls-files", "--cached", "--others",
					 "--exclude-standard"], check=True, text=True,
					capture_output=True).stdout.split("\n")
	else:
		listed = [os.path.relpath(os.path.join(folder, name), ".")
			  for folder, _, names in os.walk(".") for name in names]
	built = os.path.relpath(os.path.realpath(build)) + "/"
	return sorted(path for path in listed
		      if os.path.isfile(path) and not path.startswith(built))


def license_in(path):
	if os.path.basename(path) in LICENSES:
		return LICENSES[os.path.basename(path)]
	with open(path, "rb") as f:
		head = b"\n".join(f.read(1000).split(b"\n")[:3]).decode("utf-8", "replace")
	found = re.search(r"SPDX-License-Identifier: ([\w.-]+)", head)
	return found[1] if found else None


def file_entry(kind, name, path, concluded, said, copyright_text):
	return {"SPDXID": spdx_id(kind, name), "fileName": "./" + name, "checksums": sums(path),
		"licenseConcluded": concluded, "licenseInfoInFiles": [said or "NOASSERTION"],
		"copyrightText": copyright_text}


def source_entry(path):
	said = license_in(path)
	owner = FONT_OWNER if said == FONT_LICENSE else OWNER
	return file_entry("Source", path, path, said or TREE_LICENSE, said, owner)


def shipped_entry(folder, name):
	"""A shipped file. All but the licenses contain the font's glyphs."""
	own = LICENSES.get(name)
	owner = {TREE_LICENSE: OWNER, FONT_LICENSE: FONT_OWNER}.get(own, f"{OWNER}\n{FONT_OWNER}")
	return file_entry("File", name, os.path.join(folder, name), own or BOTH, own, owner)


def package(name, version, license_id, **more):
	"""Each has a supplier, which the minimum elements of a bill of materials (NTIA) demand."""
	return {"SPDXID": spdx_id("Package", name), "name": name, "versionInfo": version,
		"supplier": AUTHORS, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
		"licenseConcluded": license_id, "licenseDeclared": license_id,
		"copyrightText": "NOASSERTION", **more}


def analyzed(name, version, license_id, files, **more):
	"""A package whose files are all listed; 7.9: the hash of their sorted hashes."""
	hashes = "".join(sorted(f["checksums"][0]["checksumValue"] for f in files))
	code = hashlib.sha1(hashes.encode()).hexdigest()
	said = sorted({x for f in files for x in f["licenseInfoInFiles"]})
	return package(name, version, license_id, **more) | {
		"filesAnalyzed": True, "licenseInfoFromFiles": said, "copyrightText": OWNER,
		"packageVerificationCode": {"packageVerificationCodeValue": code},
		"hasFiles": [f["SPDXID"] for f in files]}


def asked(*command):
	done = subprocess.run(command, text=True, capture_output=True)
	return done.stdout if done.returncode == 0 else ""


def debian_version(name):
	return asked("dpkg-query", "-W", "-f", "${Version}", name)


def from_debian(name):
	"""Fields of what is from Debian's package `name`, if that is installed."""
	version = debian_version(name)
	if not version:
		return {"supplier": "NOASSERTION"}
	locator = f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe='')}"
	return {"supplier": "Organization: Debian",
		"externalRefs": [{"referenceCategory": "PACKAGE-MANAGER",
				  "referenceType": "purl", "referenceLocator": locator}]}


def tool(variable):
	"""What the program says of itself: the first line of its output with a number in it."""
	program = os.environ.get(variable, "").split()
	said = subprocess.run([*program, "--version"], check=True, text=True,
			      capture_output=True).stdout
	line = next(x for x in said.split("\n") if re.search(r"\d+\.\d", x)).strip()
	path = os.path.realpath(shutil.which(program[0]))
	return package(program[0], re.search(r"\d+\.\d[\w.+~-]*", line)[0], "NOASSERTION",
		       comment=line, **from_debian(asked("dpkg-query", "-S", path).split(":")[0]))


def document(folder, build, version, created):
	inputs = [source_entry(path) for path in sources(build)]
	outputs = [shipped_entry(folder, name) for name in sorted(os.listdir(folder))]
	source = analyzed("stubborn-source", version, TREE_LICENSE, inputs,
			  primaryPackagePurpose="SOURCE")
	release = analyzed("stubborn", version, BOTH, outputs, primaryPackagePurpose="INSTALL")
	font = package(FONT_PACKAGE, debian_version(FONT_PACKAGE) or "NOASSERTION", FONT_LICENSE,
		       primaryPackagePurpose="FILE") | {"copyrightText": FONT_OWNER}
	font |= from_debian(FONT_PACKAGE)
	tools = list({t["name"]: t for t in map(tool, TOOLS)}.values())
	links = [("SPDXRef-DOCUMENT", "DESCRIBES", release),
		 (release["SPDXID"], "GENERATED_FROM", source),
		 (release["SPDXID"], "CONTAINS", font)]
	links += [(t["SPDXID"], "BUILD_TOOL_OF", release) for t in tools]
	links += [(source["SPDXID"], "CONTAINS", f) for f in inputs]
	links += [(release["SPDXID"], "CONTAINS", f) for f in outputs]
	mark = hashlib.sha256(json.dumps([inputs, outputs, tools, font]).encode()).digest()
	return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
		"name": f"stubborn-{version}", "documentNamespace": uuid.UUID(bytes=mark[:16]).urn,
		"creationInfo": {"created": created,
				 "creators": [AUTHORS, f"Tool: stubborn-sbom-{version}"]},
		"documentDescribes": [release["SPDXID"]],
		"packages": [release, source, font, *tools], "files": outputs + inputs,
		"relationships": [{"spdxElementId": a, "relationshipType": kind,
				   "relatedSpdxElement": b["SPDXID"]} for a, kind, b in links]}


def main():
	when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]),
					       datetime.timezone.utc)
	made = document(sys.argv[1], sys.argv[2], os.environ["VERSION"],
			when.strftime("%Y-%m-%dT%H:%M:%SZ"))
	json.dump(made, sys.stdout, indent=1)
	print()


if __name__ == "__main__":
	main()
