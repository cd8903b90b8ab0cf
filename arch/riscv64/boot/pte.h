/* SPDX-License-Identifier: MIT */
/*
 * pte.h - entries of page tables (privileged specification 4.4.1), for pgtree.h and pgedit.h. Pure.
 *
 * Without Svpbmt or T-Head's types the platform decides what is cached. So the requested type is
 * always recorded in bits that the CPU ignores.
 */
#ifndef PTE_H
#define PTE_H
#include "arch/map.h"
#include "arch/pgshape.h"
#include "csr.h"

static uint64_t pte_table(uint64_t pa)
{
	return pa >> PTE_SHIFT | PTE_V;
}

static bool pte_is_leaf(uint64_t entry, uint32_t level)
{
	return !level || entry & (PTE_R | PTE_X);
}

static uint64_t pte_address(uint64_t entry)
{
	return entry << PTE_SHIFT & PTE_ADDRESS;
}

static uint64_t pte_type(const struct arch_map *m, enum arch_perm perm)
{
	if (m->flags & ARCH_MAP_TYPES)
		return perm == ARCH_IO ? PTE_IO : perm == ARCH_WC ? PTE_NC : 0;
	if (m->flags & ARCH_MAP_THEAD)
		return perm == ARCH_IO ? PTE_TH_SO | PTE_TH_SH :
		       perm == ARCH_WC ? PTE_TH_B | PTE_TH_SH : PTE_TH_RAM;
	return 0;
}

static uint64_t pte_leaf(const struct arch_map *m, uint64_t pa, uint32_t level,
			 enum arch_perm perm)
{
	uint64_t e = pa >> PTE_SHIFT | PTE_V | PTE_R | PTE_A | PTE_D | pte_type(m, perm);

	(void)level;
	if (perm == ARCH_RX)
		e |= PTE_X;
	if (perm != ARCH_RX && perm != ARCH_RO)
		e |= PTE_W;
	if (perm == ARCH_IO)
		e |= PTE_ASKED_IO;
	if (perm == ARCH_WC)
		e |= PTE_ASKED_WC;
	return e;
}

static void pte_decode(const struct arch_map *m, uint64_t entry, uint32_t level,
		       struct arch_leaf *leaf)
{
	(void)level;
	leaf->va = pgtree_extended(m, leaf->va);
	leaf->write = entry & PTE_W;
	leaf->exec = entry & PTE_X;
	if (m->flags & ARCH_MAP_TYPES)
		leaf->cached = !(entry & (PTE_NC | PTE_IO));
	else if (m->flags & ARCH_MAP_THEAD)
		leaf->cached = entry & PTE_TH_C;
	else
		leaf->cached = !(entry & (PTE_ASKED_IO | PTE_ASKED_WC));
}

static uint64_t pte_step(uint64_t bytes)
{
	return bytes >> PTE_SHIFT;
}
#endif
