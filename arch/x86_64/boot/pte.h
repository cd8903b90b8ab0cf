/* SPDX-License-Identifier: MIT */
/*
 * pte.h - entries of page tables with 4 or 5 levels (SDM 3A 4.5), for pgtree.h and pgedit.h. Pure.
 */
#ifndef PTE_H
#define PTE_H
#include "arch/map.h"
#include "arch/pgshape.h"

#define PTE_P		(1ull << 0)
#define PTE_W		(1ull << 1)
#define PTE_PWT		(1ull << 3)
#define PTE_PCD		(1ull << 4)
#define PTE_A		(1ull << 5)
#define PTE_D		(1ull << 6)
#define PTE_PS		(1ull << 7)	/* a leaf above level 0 */
#define PTE_NX		(1ull << 63)
#define PTE_ADDRESS	0x000ffffffffff000ull

/* PCD:PWT select an entry of IA32_PAT, which plan.c sets accordingly */
#define PTE_WC		PTE_PWT
#define PTE_UC		(PTE_PCD | PTE_PWT)

static uint64_t pte_table(uint64_t pa)
{
	return pa | PTE_P | PTE_W | PTE_A;
}

static bool pte_is_leaf(uint64_t entry, uint32_t level)
{
	return !level || entry & PTE_PS;
}

static uint64_t pte_address(uint64_t entry)
{
	return entry & PTE_ADDRESS;
}

static uint64_t pte_leaf(const struct arch_map *m, uint64_t pa, uint32_t level,
			 enum arch_perm perm)
{
	uint64_t e = pa | PTE_P | PTE_A | PTE_D | (level ? PTE_PS : 0);

	(void)m;
	if (perm == ARCH_IO)
		e |= PTE_UC;
	if (perm == ARCH_WC)
		e |= PTE_WC;
	if (perm != ARCH_RX && perm != ARCH_RO)
		e |= PTE_W;
	if (perm != ARCH_RX)
		e |= PTE_NX;
	return e;
}

static void pte_decode(const struct arch_map *m, uint64_t entry, uint32_t level,
		       struct arch_leaf *leaf)
{
	(void)level;
	leaf->va = pgtree_extended(m, leaf->va);
	leaf->write = entry & PTE_W;
	leaf->exec = !(entry & PTE_NX);
	leaf->cached = !(entry & PTE_UC);
}

/* The entries of adjacent leaves differ by the size of a leaf. */
static uint64_t pte_step(uint64_t bytes)
{
	return bytes;
}
#endif
