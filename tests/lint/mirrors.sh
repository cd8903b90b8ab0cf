#!/bin/bash
# SPDX-License-Identifier: MIT
#
# mirrors.sh - a package mirror that fails once or twice is retried silently; a third failure is
# reported.
#
# Commands that fetch packages run with our own apt-get, which fails as often as it is told to.
# Needs neither root nor network.
set -u

cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AGAIN_PAUSE=0 WORK=$work PYTHONDONTWRITEBYTECODE=1
mkdir "$work/bin" "$work/tmp"
export TMPDIR=$work/tmp
failed=0

# A fake apt-get that records its calls. `update` fails as often as $work/lists says, fetching a
# package as often as $work/fetch says; `download` makes a file.
cat > "$work/bin/apt-get" <<'END'
#!/bin/sh
case " $* " in
*' update '*)			what=lists ;;
*' --assume-no '*)		exit 1 ;;
*)				what=fetch ;;
esac
echo $what >> "$WORK/asked"
read -r left < "$WORK/$what"
if [ "$left" -gt 0 ]; then
	echo $((left - 1)) > "$WORK/$what"
	echo "E: Failed to fetch http://mirror/Packages.xz  File has unexpected size" >&2
	exit 100
fi
echo "Get:1 http://mirror bookworm"
for word in "$@"; do :; done
case " $* " in *' download '*) : > "${word}_1_all.deb" ;; esac
END
printf '#!/bin/sh\necho 0\n' > "$work/bin/id"
printf '#!/bin/sh\nexit 1\n' > "$work/bin/dpkg-query"
# Modules, as far as debian.py needs them.
mkdir "$work/modules"
echo 'def skip(why): raise SystemExit(f"skipped: {why}")' > "$work/modules/pytest.py"
printf 'import os, pathlib\nBUILD = pathlib.Path(os.environ["BUILD"])\n' \
	> "$work/modules/machine.py"
# dpkg -x, dpkg-deb -x: DEB FOLDER
cat > "$work/bin/dpkg" <<'END'
#!/bin/sh
for file in file lib/grub/arm64-efi/monolithic/grubaa64.efi; do
	mkdir -p "$(dirname "$3/usr/$file")" && echo x > "$3/usr/$file"
done
END
cp "$work/bin/dpkg" "$work/bin/dpkg-deb"
chmod +x "$work/bin"/*
PATH=$work/bin:$PATH

# shellcheck disable=SC2317 # called by name
{
setup() { ./setup.sh pack; }
fetch() { tests/vm/fetch-package.sh arm64 "$work/out" pack usr/file; }
grub() { tests/vm/fetch-package.sh arm64 "$work/out"; }
tests() {			# calls what the tests under QEMU call, twice
	BUILD=$work/build PYTHONPATH=$work/modules:tests/vm /usr/bin/python3 -c '
import sys
from debian import package_folder
package_folder("pack", sys.argv[1])
package_folder("pack", sys.argv[1])' "$1"
}
native() { tests "$([ "$(uname -m)" = x86_64 ] && echo x86_64 || echo aarch64)"; }
foreign() { tests "$([ "$(uname -m)" = x86_64 ] && echo aarch64 || echo x86_64)"; }
}

# expect WANT COMMAND LISTS FETCHES: with this many failures the command is `ok` and silent, or
# `not` and shows apt-get's output; in both cases apt-get was run for packages at most three times.
expect() {
	local status=ok asked
	echo "$3" > "$work/lists"
	echo "$4" > "$work/fetch"
	rm -rf "$work/asked" "$work/out" "$work/build"
	$2 > "$work/said" 2>&1 || status=not
	asked=$(grep -c fetch "$work/asked")
	if [ $status != "$1" ] || [ "$asked" -gt 3 ] || [ "$asked" = 0 ]; then
		echo "$2, $3 and $4 failures: $status, not $1; asked $asked times:"
		cat "$work/said"
		failed=1
	elif [ $status = ok ] && grep -E 'E:|Get:' "$work/said"; then
		echo "$2, $3 and $4 failures: it is not quiet"
		failed=1
	elif [ $status = not ] && ! grep -q 'unexpected size' "$work/said"; then
		echo "$2, $3 and $4 failures: it does not say why"
		failed=1
	fi
	[ -z "$(ls "$work/tmp")" ] || [ $status = not ] || { ls "$work/tmp"; failed=1; }
	rm -rf "${work:?}/tmp"/*
}

for command in setup fetch grub native foreign; do
	expect ok $command 0 0
	expect ok $command 1 1
	expect ok $command 2 2
	expect ok $command 9 0		# an archive that is not needed
	expect not $command 0 3
	expect not $command 9 9
done
exit $failed
