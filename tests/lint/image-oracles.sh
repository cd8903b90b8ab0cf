#!/bin/sh
# SPDX-License-Identifier: MIT
#
# image-oracles.sh - image.py against tools that read the same files: pesign for what is
# hashed, sbsign and sbverify for a signed file, llvm-readobj for the fields.
#
# usage: image-oracles.sh FILE.EFI...   Our files; other projects' files are checked if installed.
set -eu
export LC_ALL=C

image="/usr/bin/python3 -B tests/lint/image.py"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

complain() { echo "$*"; failed=1; }
ours() { $image "$1" | sed -n 's/.* sha256 //p'; }
theirs() { pesign -h -P -i "$1" | grep -oE '\<[0-9a-f]{64}\>' || true; }	# the format varies

openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 9 -subj /CN=test -keyout "$work/key" \
	-out "$work/cert" 2> /dev/null
for f; do
	[ "$(ours "$f")" = "$(theirs "$f")" ] || complain "$f: $(ours "$f"), pesign: $(theirs "$f")"
	sbsign --key "$work/key" --cert "$work/cert" --output "$work/signed" "$f" \
		> "$work/log" 2>&1 || complain "sbsign: $(cat "$work/log")"
	! grep -qi warning "$work/log" || complain "sbsign: $(cat "$work/log")"
	sbverify --cert "$work/cert" "$work/signed" > /dev/null 2>&1 || complain "$f: sbverify"
	[ "$(ours "$f")" = "$(ours "$work/signed")" ] ||
		complain "$f: hashed differently once signed"
	$image --quiet "$work/signed" || complain "$f: breaks these rules once signed"
	# llvm-readobj's names for these fields, in its order
	llvm-readobj --file-headers --sections "$f" > "$work/log"
	fields='AddressOfEntryPoint|SizeOfImage|SizeOfHeaders|VirtualAddress|RawDataSize'
	sed -nE "s/^ *($fields|PointerToRawData): //p" "$work/log" > "$work/llvm"
	$image --fields "$f" > "$work/own"
	cmp -s "$work/llvm" "$work/own" || complain "$f: $(diff "$work/llvm" "$work/own")"
done
# other projects' files: judged without an exception, and hashed alike
for f in build/bench/fragment-*.efi /usr/lib/systemd/boot/efi/*.efi /usr/lib/shim/*.efi \
	/usr/lib/grub/*-efi-signed/*.signed; do
	[ -f "$f" ] || continue
	$image "$f" > "$work/log" 2>&1 || [ $? = 1 ] || complain "$f: $(tail -n 1 "$work/log")"
	! grep -q Traceback "$work/log" || complain "$f: $(tail -n 1 "$work/log")"
	[ "$(ours "$f")" = "$(theirs "$f")" ] || complain "$f: $(ours "$f"), pesign: $(theirs "$f")"
done
exit $failed
