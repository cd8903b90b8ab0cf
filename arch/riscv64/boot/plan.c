/* SPDX-License-Identifier: MIT */
/*
 * plan.c - the register values of each regime. Our tables are Sv39's: every CPU with a larger mode
 * has it (privileged specification 4.5, 4.6), and what it reaches suffices (isa.h).
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "csr.h"
#include "lib/image.h"
#include "trap.h"

#define LEVELS		3
#define DIRECT_MAP	0xffffffc000000000ull	/* the upper half of Sv39 */
#define IMAGE_SPACE	(32 * GIB)		/* its end */

extern const char jump_physical[], jump_virtual[];

__attribute__((section(".data"))) bool svpbmt;	/* set before .bss can be trusted */

bool arch_level(bool drop)
{
	return !drop;
}

bool arch_regime_ok(enum boot_regime r)
{
	return r == BOOT_MMU_OFF || r == BOOT_MMU_IDENTITY || r == BOOT_MMU_MAPPED;
}

void arch_space(struct arch_space *out)
{
	out->direct_map = DIRECT_MAP;
	out->image = 0 - IMAGE_SPACE;
	out->image_slots = IMAGE_SPACE / (2 * MIB) - 1;
}

void arch_map_format(struct arch_map *m, bool live)
{
	const uint32_t levels = satp_levels(csr_read(satp));

	m->levels = live && levels ? levels : LEVELS;
	m->flags = ARCH_MAP_GIB | (svpbmt ? ARCH_MAP_TYPES : 0);
}

/* A table is written before the link to it (RVWMO). trap.c retries what came too early. */
void arch_map_ordered(void)
{
	__asm__ volatile("fence w, w" ::: "memory");
}

uint64_t arch_map_root(void)
{
	return (csr_read(satp) & SATP_PPN) << PAGE_SHIFT;
}

/* `physical` of the image that makes the jump, `virt` of the one that it is for. */
void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	plan->root = r == BOOT_MMU_OFF ? 0 : root;
	plan->vectors = virt + image_offset(trap_vectors);
	plan->ctl[0] = r == BOOT_MMU_OFF ? 0 : (uint64_t)SATP_SV39 << SATP_MODE_SHIFT |
					       root >> PAGE_SHIFT;
	plan->ctl[1] = (uint64_t)jump_physical;	/* the stub is at its physical address */
	plan->ctl[2] = virt + image_offset(jump_virtual);
}

void arch_map_enable(uint64_t root)
{
	csr_write(satp, (uint64_t)SATP_SV39 << SATP_MODE_SHIFT | root >> PAGE_SHIFT);
	arch_map_flush();
}

void arch_map_flush(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}
