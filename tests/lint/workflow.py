#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The workflow of continuous integration is well-formed, and what it runs exists.

It cannot be run here, so this checks what could break it: its form, the packages that must
come before the checkout, files that it names, and make's targets. --self-test: checks that broken
texts are found.
"""
import os
import re
import sys

import yaml

PATH = ".github/workflows/ci.yml"
RUNNER, IMAGE, NEEDED = ".ci/run", "debian:12", {"git", "ca-certificates"}


def targets():
	with open("Makefile", encoding="utf-8") as f:
		text = f.read()
	for name in re.findall(r"[\w./-]+\.mk", text):
		if os.path.exists(name):
			with open(name, encoding="utf-8") as f:
				text += f.read()
	return set(re.findall(r"^##   ([a-z][\w-]*)", text, re.M))


def check_command(command):
	words = command.split()
	for word in words:
		if "/" in word and word[0] not in "\"'$-" and not os.access(word, os.X_OK):
			yield f"there is no program {word}"
	for target in re.findall(r"\bmake +([\w-]+)", command) if words[0] == "make" else ():
		if target not in targets():
			yield f"there is no target {target}"


def check_job(name, job):
	container = job.get("container", {})
	if not job.get("runs-on") or not isinstance(job.get("timeout-minutes"), int):
		yield f"{name}: runs-on, timeout-minutes"
	if container.get("image") != IMAGE or "--privileged" not in str(container.get("options")):
		yield f"{name}: not a privileged container of {IMAGE}"
	steps = job.get("steps", [])
	uses = [step.get("uses", "") for step in steps]
	runs = [step.get("run", "") for step in steps]
	checkout = next((i for i, x in enumerate(uses) if x.startswith("actions/checkout@v")), None)
	if checkout is None or not NEEDED <= set(" ".join(runs[:checkout]).split()):
		yield f"{name}: no checkout, or not after {', '.join(sorted(NEEDED))}"
	if RUNNER not in runs:
		yield f"{name}: does not run {RUNNER}"
	for step in steps:
		if ("uses" in step) == ("run" in step):
			yield f"{name}: a step that is not one of uses and run: {step}"
		if "run" in step:
			yield from check_command(step["run"])
		path = step.get("with", {}).get("path")
		if path is not None and not path.startswith("build/"):
			yield f"{name}: {path} is not below build/"
	if not any(step.get("with", {}).get("path") == "build/dist/" for step in steps):
		yield f"{name}: what make dist has made is not kept"


def check(text):
	"""What is wrong, one item per line."""
	try:
		flow = yaml.safe_load(text)
		jobs = flow["jobs"]
		on = flow.get("on", flow.get(True))		# YAML 1.1 reads "on" as a truth
	except (yaml.YAMLError, KeyError, TypeError) as error:
		yield f"no workflow: {error}"
		return
	if "push" not in (on or ()):
		yield "does not run when something is pushed"
	for name, job in jobs.items():
		yield from check_job(name, job)


def self_test(text):
	for old, new in (("debian:12", "debian:11"), ("--privileged", ""), (".ci/run", ".ci/go"),
			 ("make dist", "make dits"), ("ca-certificates git", "make"),
			 ("uses: actions/checkout@v4", "run: esp/none.sh"), ("  push:", ""),
			 ("path: build/dist/", "path: dist/"), ("jobs:", "jobs: ["),
			 ("timeout-minutes: 120", "timeout-minutes: long")):
		assert old in text and list(check(text.replace(old, new))), \
			f"not refused: {new!r} for {old!r}"


def main():
	with open(PATH, encoding="utf-8") as f:
		text = f.read()
	bad = list(check(text))
	if sys.argv[1:] == ["--self-test"] and not bad:
		self_test(text)
	print("\n".join(f"{PATH}: {x}" for x in bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
