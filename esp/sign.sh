#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sign.sh - signed copies of EFI files, for Secure Boot; the originals stay as they are.
#
# usage: esp/sign.sh KEY CERT FILE.EFI...
#
# KEY and CERT are PEM: an RSA key without passphrase, or anything else that sbsign accepts, and its
# certificate. x/FILE.EFI becomes x/signed/FILE.EFI, and is verified against CERT.
set -eu

die() { echo "sign: $*" >&2; exit 1; }

[ $# -ge 3 ] || die "usage: sign.sh KEY CERT FILE.EFI..."
key=$1 cert=$2
shift 2
[ "$key" ] && [ "$cert" ] ||
	die "make sign KEY=db.key CERT=db.crt: which key, which certificate? (esp/README.md)"
for file in "$key" "$cert"; do
	[ -r "$file" ] || die "$file: cannot be read"
done
command -v sbsign > /dev/null || die "no sbsign (apt install sbsigntool)"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
for file; do
	folder=$(dirname "$file")/signed
	out=$folder/$(basename "$file")
	[ -r "$file" ] || die "$file: cannot be read"
	mkdir -p "$folder"
	rm -f "$out"
	sbsign --key "$key" --cert "$cert" --output "$out.part" "$file" > "$log" 2>&1 &&
		sbverify --cert "$cert" "$out.part" >> "$log" 2>&1 || {
		rm -f "$out.part"
		cat "$log" >&2
		die "$file: cannot be signed with $key and $cert"
	}
	mv "$out.part" "$out"
	echo "sign: $out"
done
