#!/bin/bash
# SPDX-License-Identifier: MIT
#
# copy.sh - one case in a copy of the root: copy.sh NAME. Runs in namespaces of its own (run.sh).
#
# A case of the kind "image" or "fake" gets the object files of that case: it installs the same
# packages in the same order, but does not have to wait for the compiler. The kind "next" gets a
# bare Debian 13 instead of the copy.
set -eu
: "$WORK" "${here:?}"

name=$1
copy=$WORK/copy-$name
mkdir -p "$copy/upper" "$copy/temp" "$copy/root"
root=$copy/root
kind=$(bash "$here/cases.sh" kind "$name")
case $kind in
*next*)
	"$here/bare.sh" "$root" "$WORK/root/root/stubborn" trixie
	cp -a "$WORK/root/root/stubborn" "$root/root/" ;;
*)
	if ! mount -t overlay -o "lowerdir=$WORK/root,upperdir=$copy/upper,workdir=$copy/temp" \
			overlay "$root" 2> /dev/null; then
		cp -a --reflink=auto "$WORK/root/." "$root"
	fi
	mount --bind "$WORK/tars" "$root/var/cache/tars" ;;
esac
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"	# not the host's, which has disks
for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
	# shellcheck disable=SC2086 # words
	set -- $node
	mknod -m 666 "$root/dev/$1" c "$2" "$3"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mkdir -m 1777 "$root/dev/shm"

for donor in image fake; do
	case $kind in *$donor*)
		[ ! -d "$WORK/built/$donor" ] ||
			cp -a "$WORK/built/$donor/." "$root/root/stubborn/" ;;
	esac
done
case $kind in *alone*)
	rm -rf "$root/var/lib/apt/lists"/* "$root/var/cache/apt"/*.bin ;;
esac
cp "$here/cases.sh" "$root/tmp/"
status=0
env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
	${QEMU_JOBS:+QEMU_JOBS=$QEMU_JOBS} chroot "$root" /bin/bash /tmp/cases.sh run "$name" \
	< /dev/null || status=$?
case $name in image|fake)
	if [ $status = 0 ]; then
		mkdir "$WORK/built/$name"
		rm -f "$root/root/stubborn/build"/have-*
		cp -a "$root/root/stubborn/build" "$WORK/built/$name/"
	fi ;;
esac
exit $status
