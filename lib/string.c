/* SPDX-License-Identifier: MIT */
/*
 * string.c - C's memory and string functions. Pure; no unaligned access, so they work with the MMU
 * off. Relies on -fno-builtin: without it the loops would be compiled into calls of themselves.
 */
#include "lib/string.h"
#include "arch/boot.h"

#define WORD	sizeof(uint64_t)

static bool is_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memcpy(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;
	size_t i = 0;

	if (is_aligned(d, s)) {
		arch_copy(d, s, n / WORD);
		i = n & ~(WORD - 1);
	}
	for (; i < n; i++)
		d[i] = s[i];
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n)	/* dst is below src or clear of it: copy upwards */
		return memcpy(dst, src, n);
	while (n-- > 0)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	char *d = dst;
	size_t i = 0;

	if (is_aligned(d, d)) {
		arch_fill(d, 0x0101010101010101ull * (uint8_t)c, n / WORD);
		i = n & ~(WORD - 1);
	}
	for (; i < n; i++)
		d[i] = (char)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;

	for (size_t i = 0; i < n; i++)
		if (p[i] != q[i])
			return p[i] - q[i];
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] || !a[i])
			return (uint8_t)a[i] - (uint8_t)b[i];
	return 0;
}

MINSIZE int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}
