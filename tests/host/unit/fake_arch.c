/* SPDX-License-Identifier: MIT */
/* fake_arch.c - the host as a CPU folder: what the code under test wants of arch/boot.h. */
#include "arch/boot.h"

uint64_t fake_copies, fake_fills;	/* words moved: proof that the quick path was taken */
static uint64_t counter;

uint64_t arch_counter(void)
{
	return ++counter;
}

void arch_copy(void *dst, const void *src, uint64_t words)
{
	uint64_t *to = dst;
	const uint64_t *from = src;

	fake_copies += words;
	for (uint64_t i = 0; i < words; i++)
		to[i] = from[i];
}

void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *to = dst;

	fake_fills += words;
	for (uint64_t i = 0; i < words; i++)
		to[i] = value;
}
