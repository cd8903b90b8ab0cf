/* SPDX-License-Identifier: MIT */
/* cache.c - records what was cleaned. */
#include "tests/host/arch/cpu.h"

void arch_clean(uint64_t base, uint64_t size)
{
	if (fake_cpu.cleans < CPU_CLEANS)
		fake_cpu.clean[fake_cpu.cleans] = (struct boot_range){ base, size };
	fake_cpu.cleans++;
}

void arch_clean_code(void)
{
	fake_cpu.code_cleans++;
}

bool arch_cold(void)
{
	return fake_cpu.cold;
}
