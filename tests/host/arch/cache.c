/* SPDX-License-Identifier: MIT */
/* cache.c - records what was cleaned. */
#include "tests/host/arch/cpu.h"

void arch_clean(uint64_t base, uint64_t size)
{
	if (fake_cpu.cleans < CPU_CLEANS)
		fake_cpu.clean[fake_cpu.cleans] = (struct boot_range){ base, size };
	fake_cpu.cleans++;
}

uint32_t fake_cleaned(uint64_t base, uint64_t size)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < MIN(fake_cpu.cleans, CPU_CLEANS); i++)
		n += fake_cpu.clean[i].base == base && fake_cpu.clean[i].size == size;
	return n;
}

void arch_clean_code(void)
{
	fake_cpu.code_cleans++;
}

bool arch_cold(void)
{
	return fake_cpu.cold;
}
