/* SPDX-License-Identifier: MIT */
/* tlb.c - TLB invalidation on this CPU (SDM 3A 4.10.4). kernel/cpu/ asks the other CPUs. */
#include "arch/map.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/regs.h"

#define FLUSH_PAGES		32		/* for more pages, everything is invalidated */
#define CPUID_EXT_SIZES		0x80000008	/* EAX: bits of a physical address */
#define PHYSICAL_BITS		36		/* if CPUID does not tell (SDM 3A 4.1.4) */
#define PHYSICAL_BITS_MAX	52

/* INVLPG also invalidates all paging-structure caches (SDM 3A 4.10.4.1). */
void arch_map_flush_range(uint64_t va, uint64_t size)
{
	if (size > FLUSH_PAGES * PAGE_SIZE)
		arch_map_flush();
	else
		for (uint64_t at = va; at - va < size; at += PAGE_SIZE)
			__asm__ volatile("invlpg (%0)" :: "r"(at) : "memory");
}

uint64_t arch_physical_end(void)
{
	const uint32_t bits = cpu_id(CPUID_EXT_SIZES, 0).a & 0xff;

	return 1ull << (bits ? MIN(bits, PHYSICAL_BITS_MAX) : PHYSICAL_BITS);
}
