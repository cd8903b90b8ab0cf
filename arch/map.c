/* SPDX-License-Identifier: MIT */
/* map.c - how tables are begun and how those in force are found: the same for all CPUs. */
#include "arch/boot.h"
#include "arch/map.h"

status_t arch_map_start(struct arch_map *m)
{
	arch_map_format(m, false);
	m->ordered = NULL;
	m->root = m->page(m->cookie);
	if (!m->root)
		return ERR_NO_MEMORY;
	arch_fill((void *)(m->root + m->offset), 0, PAGE_SIZE / sizeof(uint64_t));
	return OK;
}

/* Its address is taken, which of a function in another file would need a GOT. */
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
