# SPDX-License-Identifier: MIT
"""The rules of SPDX 2.3 that a bill of materials must keep, as far as ours uses the format.

Numbers in comments are sections of the specification. Independent of sbom.py, so that it does not
repeat its mistakes.
"""
import hashlib
import re

LICENSES = {"MIT", "BSD-2-Clause"}		# those of SPDX's list that may occur
NO_LICENSE = {"NOASSERTION", "NONE"}
RELATIONSHIPS = {"DESCRIBES", "CONTAINS", "GENERATED_FROM", "BUILD_TOOL_OF"}
DIGITS = {"SHA1": 40, "SHA256": 64}
PURPOSES = {"SOURCE", "INSTALL", "FILE"}

DOCUMENT = {	# 6.1 to 6.9
	"spdxVersion": r"SPDX-2\.3", "dataLicense": r"CC0-1\.0", "SPDXID": "SPDXRef-DOCUMENT",
	"name": r"\S+", "documentNamespace": r"[a-z]+:[^\s#]+",
}
PACKAGE = {	# 7.1 to 7.17; the supplier is optional there, but one of NTIA's minimum elements
	"supplier": r"NOASSERTION|(Person|Organization): .+",
	"SPDXID": r"SPDXRef-[A-Za-z0-9.-]+", "name": r"\S+", "versionInfo": r"\S+",
	"downloadLocation": r"NOASSERTION|NONE|\w+:\S+", "copyrightText": r"(?s).+",
}
PURL = {	# 7.21
	"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
	"referenceLocator": r"pkg:deb/debian/[a-z0-9.+-]+@[\w.+~%-]+",
}
FILE = {	# 8.1 to 8.8
	"SPDXID": r"SPDXRef-[A-Za-z0-9.-]+", "fileName": r"\./[^/].*", "copyrightText": r"(?s).+",
}


def fields(what, entry, rules):
	for name, pattern in rules.items():
		if not re.fullmatch(pattern, str(entry.get(name, ""))):
			yield f"{what}: {name}: {entry.get(name)!r}"


def license_ok(text):
	"""Annex D: an expression, or that nothing is said."""
	return text in NO_LICENSE or \
		all(word in LICENSES for word in re.split(r" AND ", str(text)))


def licenses(what, entry, names):
	for name in names:
		if not license_ok(entry.get(name)):
			yield f"{what}: {name}: {entry.get(name)!r}"


def check_file(entry):
	what = entry.get("fileName", "a file")
	yield from fields(what, entry, FILE)
	yield from licenses(what, entry, ["licenseConcluded"])
	if not entry.get("licenseInfoInFiles") or \
			not all(map(license_ok, entry["licenseInfoInFiles"])):
		yield f"{what}: licenseInfoInFiles"
	found = {c["algorithm"]: c["checksumValue"] for c in entry.get("checksums", ())}
	if "SHA1" not in found:
		yield f"{what}: no SHA1 (8.4)"
	for name, value in found.items():
		if not re.fullmatch("[0-9a-f]{%d}" % DIGITS.get(name, 0), value):
			yield f"{what}: {name} is {value}"


def check_package(entry, files):
	"""7.8 and 7.9: an analyzed package lists its files and has their verification code; another
	package has neither."""
	what = entry.get("name", "a package")
	yield from fields(what, entry, PACKAGE)
	yield from licenses(what, entry, ["licenseConcluded", "licenseDeclared"])
	if entry.get("primaryPackagePurpose", "FILE") not in PURPOSES:
		yield f"{what}: primaryPackagePurpose"
	for link in entry.get("externalRefs", ()):
		yield from fields(what, link, PURL)
	names = entry.get("hasFiles", [])
	if entry.get("filesAnalyzed") is not bool(names):
		yield f"{what}: filesAnalyzed, and {len(names)} files"
	if not names:
		return
	if not all(name in files for name in names):
		yield f"{what}: a file that is not described"
		return
	hashes = sorted(c["checksumValue"] for name in names for c in files[name]["checksums"]
			if c["algorithm"] == "SHA1")
	code = entry.get("packageVerificationCode", {}).get("packageVerificationCodeValue")
	if code != hashlib.sha1("".join(hashes).encode()).hexdigest():
		yield f"{what}: packageVerificationCode"
	said = {x for name in names for x in files[name]["licenseInfoInFiles"]}
	if said != set(entry.get("licenseInfoFromFiles", ())):
		yield f"{what}: licenseInfoFromFiles"


def check_links(document, ids):
	"""11: both ends exist; something is described; each file belongs to a package."""
	links = document.get("relationships", [])
	for link in links:
		ends = link.get("spdxElementId"), link.get("relatedSpdxElement")
		if link.get("relationshipType") not in RELATIONSHIPS or not ids >= set(ends):
			yield f"relationship: {link}"
	if not any(x.get("relationshipType") == "DESCRIBES" and
		   x.get("spdxElementId") == "SPDXRef-DOCUMENT" for x in links):
		yield "nothing is described"
	held = {x.get("relatedSpdxElement") for x in links
		if x.get("relationshipType") == "CONTAINS"}
	for entry in document.get("files", ()):
		if entry.get("SPDXID") not in held:
			yield f"{entry.get('fileName')}: belongs to no package"
	if not any(x.get("relationshipType") == "BUILD_TOOL_OF" for x in links):
		yield "no tools"


def check(document):
	"""What is wrong, one item per line."""
	yield from fields("document", document, DOCUMENT)
	made = document.get("creationInfo", {})
	if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made.get("created", "")):
		yield "creationInfo: created"
	if not made.get("creators") or not all(re.match("(Tool|Person|Organization): .", x)
					       for x in made["creators"]):
		yield "creationInfo: creators"
	entries = document.get("packages", []) + document.get("files", [])
	ids = [x.get("SPDXID") for x in entries] + ["SPDXRef-DOCUMENT"]
	if len(set(ids)) != len(ids):
		yield "an SPDXID occurs twice"
	files = {x.get("SPDXID"): x for x in document.get("files", [])}
	for entry in document.get("files", []):
		yield from check_file(entry)
	for entry in document.get("packages", []):
		yield from check_package(entry, files)
	yield from check_links(document, set(ids))
