/* SPDX-License-Identifier: MIT */
/* plan.c - the register values of each regime. levels.c has chosen between Sv39, Sv48 and Sv57. */
#include "arch/boot.h"
#include "arch/map.h"
#include "csr.h"
#include "levels.h"
#include "lib/image.h"
#include "trap.h"

#define IMAGE_SPACE	(32 * GIB)		/* the end of the upper half */

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
	out->direct_map = 0 - LEVELS_SPAN(arch_map_levels) / 2;	/* all of the upper half */
	out->image = 0 - IMAGE_SPACE;
	out->image_slots = IMAGE_SPACE / (2 * MIB) - 1;
}

void arch_map_format(struct arch_map *m, bool live)
{
	const uint32_t levels = satp_levels(csr_read(satp));

	m->levels = live && levels ? levels : arch_map_levels;
	m->flags = ARCH_MAP_GIB | (svpbmt ? ARCH_MAP_TYPES : 0) |
		   (thead_types ? ARCH_MAP_THEAD : 0);
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
	plan->ctl[0] = r == BOOT_MMU_OFF ? 0 : satp_of(root, arch_map_levels);
	plan->ctl[1] = (uint64_t)jump_physical;	/* the stub is at its physical address */
	plan->ctl[2] = virt + image_offset(jump_virtual);
}
