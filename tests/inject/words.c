/* SPDX-License-Identifier: MIT */
/* words.c - what lib/string.c needs from a CPU (arch/boot.h), in C. */
#include "arch/boot.h"

void arch_copy(void *dst, const void *src, uint64_t words)
{
	const uint64_t *from = src;
	uint64_t *to = dst;

	while (words--)
		*to++ = *from++;
}

void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *to = dst;

	while (words--)
		*to++ = value;
}
