/* SPDX-License-Identifier: MIT */
/* counter.c - time, and the CPU's random generator. */
#include "tests/host/arch/cpu.h"

uint64_t arch_counter(void)
{
	return ++fake_cpu.counter;
}

bool arch_random(uint64_t *out)
{
	if (fake_cpu.random) {
		*out = fake_cpu.random[fake_cpu.random_at++ % fake_cpu.randoms];
		return true;
	}
	*out = fake_cpu.stuck ? UINT64_MAX : 0x9e3779b97f4a7c15ull * arch_counter();
	return fake_cpu.has_random;
}
