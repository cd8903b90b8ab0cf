/* SPDX-License-Identifier: MIT */
/* live.c - the tables in use: change to them, and drop old translations. */
#include "arch/map.h"
#include "csr.h"
#include "levels.h"
#include "lib/console/panic.h"

void arch_map_enable(uint64_t root)
{
	arch_map_flush();		/* the tables are written before they are used (4.2.1) */
	csr_write(satp, satp_of(root, arch_map_levels));
	arch_map_flush();
	if (!satp_levels(csr_read(satp)))
		panic("the CPU has no paging, which this kernel needs");
}

void arch_map_flush(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}
