#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/monitor.md: every command of the monitor, from the table in the code.

usage: commands.py [--write]. Without --write it checks that the page agrees with the table, and
that the table is in alphabetical order.
"""
import re
import sys

PAGE = "docs/monitor.md"
TABLE = "kernel/monitor/commands.c"
ROW = re.compile(r'^\tX\((\w+), "([^"]*)",[\s\\]+"([^"]*)", (\w+)\)( \\)?$', re.M)
HEAD = """# The monitor

Written by `make options-doc` from the table in kernel/monitor/commands.c.

After its report our kernel reads commands from the serial port or a PC's keyboard, or runs those
that the command line gives: `run="mem; pt; poweroff"`. With `idle` it halts instead. The prompt
shows how the last command ended, `stubborn ok> ` or `stubborn failed> `. `;` separates commands on
a line. If one fails, it prints a line that begins with `error: ` (`selftest` and `memtest` print
what they found), and those after it are not run.

A number is decimal, or hexadecimal with `0x`, and may end with K, M, G or T. An address is one
that the kernel uses; `@ADDR` is a physical one. Any address may be given: if an access faults, the
command says so. `poke` and `fill` write where they are told to, the kernel itself included. Any
key stops long output.

Editing: arrows, Home, End, Delete; Ctrl-A, B, D, E, F, H, K, L, U, W as in Emacs; Up, Down,
Ctrl-P and Ctrl-N for previous lines; Tab completes; Ctrl-C begins a new line.

| command | |
|---|---|
"""
FOOT = """
Under Secure Boot commands with a \\* are refused, as they can write anything anywhere; `efivar`
writes no variable, `pci` does not ask devices for the sizes of their BARs, and `memtest` does not
move the kernel.

A CPU that stops answering during `cpus N` or `memtest` is named, and the command fails. As it may
still write to what it was given, the same command is refused until that CPU has finished.
"""


def main():
	with open(TABLE, encoding="utf-8") as file:
		text = file.read()
	rows = ROW.findall(text)
	bad = []
	if len(rows) != len(re.findall(r"^\tX\(", text, re.M)):
		bad.append(f"{TABLE}: a row is not as the others are written")
	names = [row[0] for row in rows]
	if names != sorted(names):
		bad.append(f"{TABLE}: not in alphabetical order")
	made = HEAD
	for name, args, what, kind, _ in rows:
		shown = (name + " " + args).strip().replace("|", r"\|")
		star = r" \*" if kind == "ALTERS" else ""
		made += f"| `{shown}`{star} | {what} |\n"
	made += FOOT
	if sys.argv[1:] == ["--write"]:
		with open(PAGE, "w", encoding="utf-8") as file:
			file.write(made)
	else:
		with open(PAGE, encoding="utf-8") as file:
			if file.read() != made:
				bad.append(f"{PAGE} is stale: make options-doc")
	print("\n".join(bad), end="\n" if bad else "")
	return 1 if bad else 0


if __name__ == "__main__":
	sys.exit(main())
