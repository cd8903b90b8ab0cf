/* SPDX-License-Identifier: MIT */
/*
 * pgshape.h - what pgtree.h, which makes tables, and pgedit.h, which changes them, both rely on:
 * 512 entries of 8 bytes a table, 9 address bits a level, leaves of 4 KiB, 2 MiB, 1 GiB.
 */
#ifndef PGSHAPE_H
#define PGSHAPE_H
#include "arch/map.h"

#define PGTREE_BITS		9
#define PGTREE_ENTRIES		(1u << PGTREE_BITS)
#define PGTREE_SHIFT(level)	(PAGE_SHIFT + PGTREE_BITS * (level))
#define PGTREE_STEP(level)	(1ull << PGTREE_SHIFT(level))

/* va with all bits above those that m translates equal to the highest of these. */
static inline uint64_t pgtree_extended(const struct arch_map *m, uint64_t va)
{
	const uint32_t unused = 64 - PGTREE_SHIFT(m->levels);

	return (uint64_t)((int64_t)(va << unused) >> unused);
}

static uint64_t *pgtree_table(const struct arch_map *m, uint64_t pa)
{
	return (uint64_t *)(pa + m->offset);
}
#endif
