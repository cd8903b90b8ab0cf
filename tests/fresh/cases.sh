#!/bin/bash
# SPDX-License-Identifier: MIT
#
# cases.sh - the commands to try on a bare machine, and their expected results.
#
# usage: cases.sh list | kind NAME | run NAME. `run` is on the bare machine, in a clone; a case is
# a function of the same name. Kinds: "alone" finds no package lists; "image" and "fake" find what
# the case of that name built; "next" is on Debian 13. The suites' results do not matter here: if
# possible they run only a sample.
set -eu

# First those whose files others use, then the long ones.
ALL="image fake newer qemu bench user debug repro run-aarch64 cache lint fuzz run-x86_64
	run-riscv64 dist unit check-image sdk iso disk install sign esp compile_commands"
ALONE="image user"
NO_IMAGE="image fake fuzz newer unit compile_commands whole-test"
AFTER_FAKE="fuzz unit"

fail() { echo "FAILED: $*"; exit 1; }

# Run a command; it must print $1 (a pattern) and report packages in at most one line.
typed() {
	local want=$1 said=/tmp/said
	shift
	echo "\$ $*"
	timeout -k 10 "${LIMIT:-900}" bash -c "$*" > $said 2>&1 < /dev/null || {
		local status=$?
		tail -n "${SHOWN:-60}" $said
		fail "exit status $status"
	}
	tail -n 15 $said
	grep -Eq -- "$want" $said || fail "it did not say: $want"
	[ "$(grep -c '^setup: ' $said)" -le 1 ] || fail "packages were installed more than once"
	! grep -E '^(WARNING|debconf:|Get:|Hit:|E:|W:)|dpkg-preconfigure|apt-utils' $said ||
		fail "it is not quiet"
	rm -f build/have-*
}

selftest='^[1-9][0-9]* passed, 0 failed'
image() { typed '^build/x86_64/BOOTIA32.EFI' 'make image && ls build/*/BOOT*.EFI'; }
esp() {
	typed 'EFI|esp' 'make && ls build/esp.img'
	typed 'try.img' 'esp/make-esp.sh /tmp/try.img build/x86_64/BOOTX64.EFI \
		-a README.md:\\initrd -c "initrd=\\initrd mmu=mapped" && ls /tmp/try.img'
}
disk() {
	typed stubborn.img 'make disk APPEND="selftest poweroff" && ls build/stubborn.img'
	truncate -s 200M /tmp/stick
	! make usb DEV=/tmp/stick > /tmp/said 2>&1 || fail "a file is no stick"
	grep -q 'write-usb: /tmp/stick is not a block device' /tmp/said || fail "$(cat /tmp/said)"
}
iso() { typed stubborn.iso 'make iso APPEND="selftest poweroff" && ls build/stubborn.iso'; }
sign() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "/CN=my db" \
		-keyout db.key -out db.crt 2> /dev/null
	typed BOOTAA64 'make sign KEY=db.key CERT=db.crt && ls build/*/signed/*'
}
install() {
	mkdir /tmp/efi
	typed 'efibootmgr -c -d' 'make install ESP=/tmp/efi OPTIONS="mmu=mapped"'
	typed 'to remove its boot entry' 'make uninstall ESP=/tmp/efi'
}
repro() { typed ' BOOTAA64.EFI' make repro CHECK=1; }
check-image() {			# a given file, and one that must be built first
	if [ -f build/x86_64/BOOTX64.EFI ]; then
		mv build/x86_64/BOOTX64.EFI /tmp/theirs.efi
		rm build/x86_64/kernel.elf
		typed 'sha256' make check-image FILE=/tmp/theirs.efi
		! command -v clang || fail "a compiler was installed for a file that is there"
	fi
	typed 'sha256' make check-image FILE=build/x86_64/BOOTX64.EFI
}
sdk() {
	typed 'make -C /tmp/mine run' make new-kernel DIR=/tmp/mine LANG=cxx
	typed 'mine/aarch64/BOOTAA64.EFI' 'make KERNEL=/tmp/mine && ls build/kernels/mine/*/*.EFI'
	typed 'install-sdk: /tmp/usr' make install-sdk PREFIX=/tmp/usr
	typed 'build/mine.img' \
		'cd /tmp/mine && make disk STUBBORN=/tmp/usr/lib/stubborn && ls build/mine.img'
}
dist() {			# the package, without the tree
	typed 'stubborn-sdk_.*\.deb' make dist
	cp build/dist/stubborn-sdk_*.deb /tmp/
	mv /root/stubborn /root/gone
	cd /tmp
	typed '^/usr/bin/stubborn-link' '/root/gone/again.sh apt-get -y --no-install-recommends \
		install /tmp/stubborn-sdk_*.deb && command -v stubborn-link'
	cp -r /usr/share/stubborn/examples/hello /tmp/
	typed 'hello/build/x86_64/BOOTX64.EFI' \
		'make -C hello STUBBORN=/usr/lib/stubborn && ls /tmp/hello/build/*/*.EFI'
}
compile_commands() { typed '^[0-9]+ files' make compile_commands; }
run-x86_64() { typed "$selftest" 'make run APPEND="selftest poweroff"'; }
run-aarch64() { typed "$selftest" 'make run ARCH=aarch64 APPEND="selftest poweroff"'; }
run-riscv64() { typed "$selftest" 'make run ARCH=riscv64 APPEND="selftest poweroff"'; }
unit() {
	typed '^unit: [0-9]+ passed, 0 failed' \
		"make unit HOST_OPT=-O0 UNIT_TESTS='efi dtb fdt utf'"
}
fake() {			# also: fake-coverage finds its tools
	typed '^fake: [0-9]+ passed, 0 failed' make fake CHECK=1 HOST_OPT=-O0 FAKE_CASES=GetTime
	typed 'LLVM version' 'llvm-profdata --help > /dev/null && llvm-cov --version && \
		clang -fprofile-instr-generate -fcoverage-mapping -Ilib -I. -shared -fPIC \
			-o /tmp/cover.so lib/utf.c'
}
lint() {			# also: what CHECK=1 leaves out finds its tools
	typed '^lint: [0-9]+ passed, 0 failed' make lint CHECK=1
	typed '^Cppcheck' 'cppcheck --version && tests/lint/esp-repro.sh build'
}
fuzz() {
	typed '^fuzz: 3 passed, 0 failed' \
		"make fuzz CHECK=1 HOST_OPT=-O0 \
			FUZZ_RUNS='fdt=8000 acpi=15000 pgtable_aarch64=2500'"
}
cache() { typed '^cache: [0-9]+ passed, 0 failed$' make cache CHECK=1; }
bench() { typed '^bench: 0 over' make bench CASE=default; }	# profile needs the same packages
qemu() { typed '^qemu: 1 passed' "make qemu QEMU_FILES= QEMU_JOBS=1 \
	QEMU_ARGS=\"-k 'test_bochs and cdrom'\""; }
debug() {			# gdb reaches the kernel
	make debug > /tmp/said 2>&1 < /dev/null &
	for _ in $(seq 300); do
		! grep -q 'Ctrl-A X ends QEMU' /tmp/said || break
		sleep 1
	done
	cat /tmp/said
	sleep 3
	typed 'kernel_main .*/kernel/main.c:' \
		gdb-multiarch -batch -x tests/gdb/stubborn.py -ex stubborn-kernel -ex kill \
		build/x86_64/kernel.elf
}
newer() {			# Debian 13: clang 19, lld 19, QEMU 10
	run-x86_64
	run-aarch64
	run-riscv64
	typed '^unit: [0-9]+ passed, 0 failed' "make unit HOST_OPT=-O0 UNIT_TESTS='main utf'"
	typed 'make -C /tmp/mine run' make new-kernel DIR=/tmp/mine LANG=cxx
	typed 'mine/riscv64/BOOTRISCV64.EFI' 'make KERNEL=/tmp/mine && ls build/kernels/mine/*/*'
}
# Not in the list: soak-fresh.
whole-test() { LIMIT=7200 SHOWN=1000 typed '^[0-9]+ passed, 0 failed' make test; }

# Without root: the command prints one line for root to run; after that it works.
as_someone() {
	local status=0
	rm -rf /home/someone/stubborn
	cp -a /root/stubborn /home/someone/
	touch /home/someone/stubborn/kernel/main.c	# the compiler is needed, too
	chown -R someone: /home/someone/stubborn
	cd /home/someone/stubborn
	su someone -c "$1" > /tmp/said 2>&1 < /dev/null || status=$?
	cat /tmp/said
	[ $status -ne 0 ] || fail "exit status 0, and no package installed"
	[ "$(grep -c '^  su -c ' /tmp/said)" = 1 ] || fail "it does not say what to type"
	grep '^  su -c ' /tmp/said > /tmp/command
	./again.sh bash /tmp/command || fail "as root"
	typed "$2" "su someone -c '$1'"
	! grep '^setup' /tmp/said || fail "it wants more packages"
}
user() {
	as_someone 'make disk iso run APPEND="selftest poweroff" && ls build/stubborn.iso' \
		"$selftest"
}

case $1 in
list)	xargs <<< "$ALL" ;;
kind)	case " $ALONE " in *" $2 "*) echo alone ;; esac
	case " $NO_IMAGE " in *" $2 "*) ;; *) echo image ;; esac
	case $2 in newer) echo next ;; esac
	case " $AFTER_FAKE " in *" $2 "*) echo fake ;; esac ;;
run)	cd /root/stubborn
	"$2" ;;
esac
