/* SPDX-License-Identifier: MIT */
/*
 * levels.c - whether page tables are Sv39's, Sv48's or Sv57's (privileged specification 4.1.11, 4.4
 * to 4.6). Each mode costs one more table than the one before, so the first that reaches everything
 * is used. State is in .data: the stub asks before .bss can be trusted.
 */
#include "levels.h"
#include "arch/boot.h"
#include "csr.h"
#include "lib/image.h"
#include "sbi.h"

bool probe_typed(uint64_t at, uint64_t satp);	/* probe.S */

#define THEAD		0x5b7	/* mvendorid */
#define TYPED		2	/* an index with this bit flipped is neither of leaves_set()'s */
#define REACH_SV39	(160 * GIB)	/* isa.h */

/* Levels that the CPU has; 0: not tried yet. */
static __attribute__((section(".data"))) uint32_t levels_there;
__attribute__((section(".data"))) bool thead_types;

/*
 * T-Head's C906 and C910 (marchid and mimpid are 0) have memory types of their own in page tables,
 * if M-mode has turned them on. A leaf without one is uncached, but caches have what was written.
 */
static bool thead_ask(void)
{
	return sbi_call(SBI_BASE, SBI_MVENDORID, 0, 0, 0, 0).value == THEAD &&
	       !sbi_call(SBI_BASE, SBI_MARCHID, 0, 0, 0, 0).value &&
	       !sbi_call(SBI_BASE, SBI_MIMPID, 0, 0, 0, 0).value &&
	       csr_read(TH_SXSTATUS) & TH_SXSTATUS_MAEE;
}

static uint64_t reach_of(uint32_t levels)
{
	return levels == SV39_LEVELS ? REACH_SV39 : ARCH_REACH_MAX;
}

/* Leaves that identity-map the code that runs: the first of two, in the root table. */
static uint64_t *leaves_set(uint64_t *root, uint64_t here, uint32_t levels)
{
	const uint64_t step = LEVELS_SPAN(levels - 1), at = here & -step;
	uint64_t *const e = &root[at / step];

	e[0] = at >> PTE_SHIFT | PTE_V | PTE_R | PTE_X | PTE_A | (thead_types ? PTE_TH_RAM : 0);
	e[1] = e[0] + (step >> PTE_SHIFT);
	return e;
}

/*
 * Writing a mode that the CPU lacks leaves satp unchanged. So try each for two instructions, from
 * the largest on, with a root table whose leaves identity-map these, as firmware's tables do if
 * there are any (UEFI 2.10, 2.3.7). It is on the stack, as .bss need not be there yet. Each mode
 * implies the smaller ones. 0: there is none. Not for `again`, whose .data has the answer.
 */
static uint32_t modes_try(void)
{
	const uint64_t here = (uint64_t)modes_try, before = csr_read(sstatus);
	uint64_t room[2 * PTE_COUNT];
	uint64_t *root = (uint64_t *)ALIGN_UP((uint64_t)room, PAGE_SIZE);
	uint32_t levels = SV57_LEVELS;

	arch_fill(root, 0, PTE_COUNT);
	csr_clear(sstatus, SSTATUS_SIE);
	for (; levels >= SV39_LEVELS; levels--) {
		if ((here & -LEVELS_SPAN(levels - 1)) >= reach_of(levels))
			continue;
		(void)leaves_set(root, here, levels);
		if (satp_takes(satp_of((uint64_t)root, levels)))
			break;
	}
	csr_set(sstatus, before & SSTATUS_SIE);
	return levels >= SV39_LEVELS ? levels : 0;
}

void levels_find(void)
{
	if (!levels_there) {
		thead_types = thead_ask();
		levels_there = satp_levels(csr_read(satp));
		if (levels_there != SV57_LEVELS) {	/* firmware's own, if it translates */
			const uint32_t tried = modes_try();

			levels_there = MAX(levels_there, tried);
		}
	}
	arch_map_reach = reach_of(levels_there);
}

/*
 * Tables may promise Svpbmt to a CPU that lacks it, or whose M-mode has not turned it on
 * (menvcfg.PBMTE): its bits are a page fault then. So a byte of the image is read where a leaf with
 * these bits maps it, too.
 */
bool levels_types(void)
{
	const uint64_t here = (uint64_t)image_start;
	uint64_t room[2 * PTE_COUNT];
	uint64_t *root = (uint64_t *)ALIGN_UP((uint64_t)room, PAGE_SIZE), *e;

	if (!levels_there)
		return false;
	arch_fill(root, 0, PTE_COUNT);
	e = leaves_set(root, here, levels_there);
	root[(e - root) ^ TYPED] = e[0] | PTE_NC;
	return probe_typed(here ^ TYPED * LEVELS_SPAN(levels_there - 1),
			   satp_of((uint64_t)root, levels_there));
}

bool arch_levels_ok(uint32_t levels)
{
	return levels <= levels_there;
}

uint32_t arch_levels_for(uint32_t least, uint64_t top)
{
	uint32_t levels = MAX(least, SV39_LEVELS);

	if (levels < levels_there && top > reach_of(levels))
		levels++;		/* Sv57 reaches no more than Sv48 */
	arch_map_levels = levels;
	arch_map_reach = reach_of(levels);
	return (levels - SV39_LEVELS) * BOOT_CPU_SV48;
}
_Static_assert(BOOT_CPU_SV57 == (SV57_LEVELS - SV39_LEVELS) * BOOT_CPU_SV48, "one bit for each");
