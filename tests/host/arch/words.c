/* SPDX-License-Identifier: MIT */
/* words.c - copies and fills, in counted words, which shows that the fast path was taken. */
#include "tests/host/arch/cpu.h"

uint64_t fake_copies, fake_fills;

/* The whole image is moved, including the sanitizer's poisoned space between its objects. */
__attribute__((no_sanitize("address"))) void arch_copy(void *dst, const void *src, uint64_t words)
{
	uint64_t *to = dst;
	const uint64_t *from = src;

	fake_copies += words;
	while (words--)
		*to++ = *from++;
}

void arch_copy_image(void *dst, const void *src, uint64_t words)
{
	arch_copy(dst, src, words);
}

__attribute__((no_sanitize("address"))) void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *to = dst;

	fake_fills += words;
	while (words--)
		*to++ = value;
}
