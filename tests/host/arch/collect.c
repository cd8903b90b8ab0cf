/* SPDX-License-Identifier: MIT */
/* collect.c - the entries without firmware, which no host test uses. */
#include "tests/host/arch/cpu.h"
#include "arch/collect.h"
#include <stdlib.h>

void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a, uint64_t b)
{
	(void)kind, (void)d, (void)r, (void)a, (void)b;
	fake_forbidden(__func__);
	abort();
}

void arch_collect_port(uint64_t a, struct boot_uart *out)
{
	(void)a, (void)out;
	fake_forbidden(__func__);
	abort();
}
