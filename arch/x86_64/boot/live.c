/* SPDX-License-Identifier: MIT */
/* live.c - the tables in use: change to them, and drop old translations. */
#include "arch/map.h"
#include "cpu.h"
#include "regs.h"

void arch_map_enable(uint64_t root)
{
	/*
	 * A loader's global and PCID translations survive a CR3 write (SDM 3A 4.10.4.1), and our
	 * tables have neither shadow stacks nor keys.
	 */
	cr_write(cr4, cr_read(cr4) & ~(uint64_t)(CR4_PGE | CR4_PCIDE | CR4_CET | CR4_PKS));
	cr_write(cr3, root);
}

void arch_map_flush(void)
{
	__asm__ volatile("mov %0, %%cr3" :: "r"(cr_read(cr3)) : "memory");
}
