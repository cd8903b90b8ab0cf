#!/bin/bash
# SPDX-License-Identifier: MIT
#
# copy.sh - one case in a copy of the root: copy.sh NAME. Runs in namespaces of its own (run.sh).
#
# A case of the kind "built" gets the image's object files, made in another copy: it installs the
# same packages in the same order, but need not wait for the compiler.
set -eu
: "$WORK" "${here:?}"

name=$1
copy=$WORK/copy-$name
mkdir -p "$copy/upper" "$copy/temp" "$copy/root"
root=$copy/root
if ! mount -t overlay -o "lowerdir=$WORK/root,upperdir=$copy/upper,workdir=$copy/temp" overlay \
		"$root" 2> /dev/null; then
	cp -a --reflink=auto "$WORK/root/." "$root"
fi
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"	# not the host's: no disks are there
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
mount --bind "$WORK/tars" "$root/var/cache/tars"

kind=$(bash "$here/cases.sh" kind "$name")
case $kind in *built*)
	[ ! -d "$WORK/built/build" ] || cp -a "$WORK/built/build" "$root/root/stubborn/" ;;
esac
case $kind in *alone*)
	rm -rf "$root/var/lib/apt/lists"/* "$root/var/cache/apt"/*.bin ;;
esac
cp "$here/cases.sh" "$root/tmp/"
status=0
env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
	chroot "$root" /bin/bash /tmp/cases.sh run "$name" < /dev/null || status=$?
if [ "$name" = image ] && [ $status = 0 ]; then
	cp -a "$root/root/stubborn/build" "$WORK/built/"
	rm -f "$WORK/built/build"/have-*
fi
exit $status
