/* SPDX-License-Identifier: MIT */
/* map.c - begins new page tables and finds the live ones: the same code for all CPUs. */
#include "arch/boot.h"
#include "arch/map.h"

status_t arch_map_start(struct arch_map *m)
{
	const uint32_t wide = ARCH_WIDE ? m->flags & ARCH_MAP_WIDE : 0;

	arch_map_format(m, false);
	m->flags |= wide;
	m->ordered = NULL;
	m->root = m->page(m->cookie);
	if (!m->root)
		return ERR_NO_MEMORY;
	if (wide)
		arch_wide_fill((void *)(m->root + m->offset), PAGE_SIZE / sizeof(uint64_t));
	else
		arch_fill((void *)(m->root + m->offset), 0, PAGE_SIZE / sizeof(uint64_t));
	return OK;
}

/* A local function: taking the address of one in another file would need a GOT. */
static void map_ordered(void)
{
	arch_map_ordered();
}

void arch_map_live(struct arch_map *m)
{
	arch_map_format(m, true);
	m->ordered = map_ordered;
	m->root = arch_map_root();
}
