/* SPDX-License-Identifier: MIT */
/*
 * pgtree.h - the shape of page tables that x86-64 and aarch64 (4 KiB granule) share.
 *
 * 512 entries of 8 bytes a table, 9 address bits a level, leaves of 4 KiB, 2 MiB, 1 GiB.
 * Included by arch/<isa>/pgtable.c only, which defines what an entry looks like first:
 *   pte_leaf(m, pa, level, perm)  pte_table(pa)   entry values
 *   pte_is_leaf(entry, level)     pte_address(entry)
 *   pte_decode(m, entry, level, leaf)             fills write, exec, cached
 * Pure; a level is 0 for the tables of 4 KiB pages.
 */
#ifndef PGTREE_H
#define PGTREE_H
#include "arch/arch.h"

#define PGTREE_BITS		9
#define PGTREE_ENTRIES		(1u << PGTREE_BITS)
#define PGTREE_SHIFT(level)	(PAGE_SHIFT + PGTREE_BITS * (level))
#define PGTREE_STEP(level)	(1ull << PGTREE_SHIFT(level))

static uint64_t *pgtree_table(const struct arch_map *m, uint64_t pa)
{
	return (uint64_t *)(pa + m->offset);
}

/*
 * Fill [va, va+size), which lies under one table of this level. Runs of leaves are written
 * by the inner loop, the only one that may turn many times.
 */
static status_t pgtree_fill(struct arch_map *m, uint64_t *table, uint32_t level, uint64_t va,
			    uint64_t pa, uint64_t size, enum arch_perm perm)
{
	const uint64_t step = PGTREE_STEP(level);
	const bool leaves = level <= (m->flags & ARCH_MAP_GIB ? 2u : 1u);
	uint64_t *e = &table[(va >> PGTREE_SHIFT(level)) % PGTREE_ENTRIES];

	while (size) {
		if (leaves && !((va | pa) & (step - 1))) {
			for (uint64_t leaf = pte_leaf(m, pa, level, perm); size >= step && !*e;) {
				*e++ = leaf;
				leaf += step;
				va += step;
				pa += step;
				size -= step;
			}
			if (!size)
				break;
		}

		uint64_t part = MIN(size, step - (va & (step - 1)));

		if (level && !*e) {
			uint64_t sub = m->page(m->cookie);

			if (!sub)
				return ERR_NO_MEMORY;
			*e = pte_table(sub);
		}
		if (level && !pte_is_leaf(*e, level))
			TRY(pgtree_fill(m, pgtree_table(m, pte_address(*e)), level - 1, va, pa,
					part, perm));
		e++;
		va += part;
		pa += part;
		size -= part;
	}
	return OK;
}

static bool pgtree_visit(const struct arch_map *m, uint64_t pa, uint32_t level, uint64_t va,
			 bool (*visit)(const struct arch_leaf *, void *), void *cookie)
{
	const uint64_t *table = pgtree_table(m, pa);

	for (uint32_t i = 0; i < PGTREE_ENTRIES; i++, va += PGTREE_STEP(level)) {
		if (!table[i])
			continue;
		if (pte_is_leaf(table[i], level)) {
			struct arch_leaf leaf = {
				.va = va, .pa = pte_address(table[i]), .size = PGTREE_STEP(level),
			};

			pte_decode(m, table[i], level, &leaf);
			if (!visit(&leaf, cookie))
				return false;
		} else if (!pgtree_visit(m, pte_address(table[i]), level - 1, va, visit, cookie)) {
			return false;
		}
	}
	return true;
}
#endif
