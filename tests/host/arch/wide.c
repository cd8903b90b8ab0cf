/* SPDX-License-Identifier: MIT */
/* wide.c - the functions for SIMD registers, in plain C. */
#include "tests/host/arch/cpu.h"

bool arch_wide_start(void)
{
	return true;
}

void arch_wide_fill(void *dst, uint64_t words)
{
	arch_fill(dst, 0, words);
}

void arch_wide_run(uint64_t *e, uint64_t *end, uint64_t value, uint64_t step)
{
	for (; e < end; e++, value += step)
		*e = value;
}
