/* SPDX-License-Identifier: MIT */
/*
 * kexec_riscv64.c - the first program of a Linux that starts us: kexec_load() of the files /image,
 * /tree and /data to the addresses IMAGE, TREE and DATA. Debian has no kexec-tools for riscv64.
 */
#include <stdint.h>

#define MOST		(4 << 20)	/* bytes of a file */
#define PAGE		4096
#define AT_FDCWD	(-100)
#define OPENAT		56
#define READ		63
#define WRITE		64
#define KEXEC_LOAD	104
#define REBOOT		142
#define MAGIC1		0xfee1dead
#define MAGIC2		672274793
#define CMD_KEXEC	0x45584543
#define CMD_OFF		0x4321fedc

struct segment {
	void *from;
	uint64_t size, at, room;
};

static char image[MOST], tree[MOST], data[MOST];

static long call(long number, long a, long b, long c, long d)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");
	return a0;
}

static void say(const char *text)
{
	long size = 0;

	while (text[size])
		size++;
	call(WRITE, 1, (long)text, size, 0);
}

__attribute__((noreturn)) static void fail(const char *what, const char *path)
{
	say("linux: not started: ");
	say(what);
	say(path);
	say("\n");
	for (;;)
		call(REBOOT, MAGIC1, MAGIC2, CMD_OFF, 0);
}

static struct segment file(const char *path, char *to, uint64_t at)
{
	const long fd = call(OPENAT, AT_FDCWD, (long)path, 0, 0);
	long size = 0, n;

	if (fd < 0)
		fail("cannot be opened: ", path);
	while ((n = call(READ, fd, (long)(to + size), MOST - size, 0)) > 0)
		size += n;
	if (n < 0)
		fail("cannot be read: ", path);
	if (size == MOST || !size)
		fail("is empty or larger than 4 MiB: ", path);
	return (struct segment){ to, (uint64_t)size, at,
				 ((uint64_t)size + PAGE - 1) / PAGE * PAGE };
}

__attribute__((noreturn)) void _start(void)
{
	const struct segment s[] = { file("/image", image, IMAGE), file("/tree", tree, TREE),
				     file("/data", data, DATA) };

	if (!call(KEXEC_LOAD, IMAGE, 3, (long)s, 0))
		call(REBOOT, MAGIC1, MAGIC2, CMD_KEXEC, 0);
	fail("kexec", "");
}
