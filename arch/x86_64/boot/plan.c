/* SPDX-License-Identifier: MIT */
/*
 * plan.c - the register values of each regime, one field a line, defined once.
 *
 * SDM 3A 2.5, 4.1.2 and 12.12. Four or five levels, as found: CR4.LA57 cannot change while paging
 * is on. arch_jump writes these values.
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "cpu.h"
#include "desc.h"
#include "lib/image.h"
#include "regs.h"

#define CR3_ADDRESS	0x000ffffffffff000ull

bool arch_level(bool drop)
{
	return !drop;
}

bool arch_regime_ok(enum boot_regime r)
{
	return r == BOOT_MMU_IDENTITY || r == BOOT_MMU_MAPPED;
}

void arch_space(struct arch_space *out)
{
	/* the direct map begins the upper half; the image is in its last 512 GiB */
	out->direct_map = cr_read(cr4) & CR4_LA57 ? 0xff00000000000000ull :
						    0xffff800000000000ull;
	out->image = 0xffffff8000000000ull;
	out->image_slots = 512 * GIB / (2 * MIB) - 1;
}

void arch_map_format(struct arch_map *m, bool live)
{
	(void)live;		/* LA57 stays as it is */
	m->levels = cr_read(cr4) & CR4_LA57 ? 5 : 4;
	m->flags = cpu_id(CPUID_EXT, 0).d & CPUID_EXT_GIB ? ARCH_MAP_GIB : 0;
}

/* The CPU walks tables in store order (SDM 3A 9.2.2), so only the compiler must be stopped. */
void arch_map_ordered(void)
{
	__asm__ volatile("" ::: "memory");
}

uint64_t arch_map_root(void)
{
	return cr_read(cr3) & CR3_ADDRESS;
}

static uint64_t plan_cr0(void)
{
	uint64_t cr0 = CR0_PG | CR0_PE;

	cr0 |= CR0_WP;
	cr0 |= CR0_NE | CR0_ET | CR0_MP;
	return cr0;
}

static uint64_t plan_cr4(void)
{
	uint64_t cr4 = CR4_PAE;

	cr4 |= cr_read(cr4) & CR4_LA57;
	cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;	/* for firmware's runtime services */
	return cr4;
}

void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	(void)r;	/* identity and mapped differ only in their tables */
	plan->root = root;
	plan->vectors = virt + image_offset(&desc_tables);
	plan->ctl[0] = plan_cr0();
	plan->ctl[1] = plan_cr4();
	plan->ctl[2] = EFER_LME | EFER_LMA | EFER_NXE;
	plan->ctl[3] = PAT_OURS;
}
