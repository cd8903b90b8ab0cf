/* SPDX-License-Identifier: MIT */
/*
 * pte.h - VMSAv8-64 descriptors, 4 KiB granule, 48-bit addresses, for pgtree.h and pgedit.h.
 *
 * Arm ARM D8.3. Pure. Our level 0 is the architecture's level 3.
 */
#ifndef PTE_H
#define PTE_H
#include "arch/map.h"
#include "sysreg.h"

#define PTE_VALID	(1ull << 0)
#define PTE_TABLE	(1ull << 1)	/* above level 0: table; at level 0: page */
#define PTE_ATTR(n)	((uint64_t)(n) << 2)
#define PTE_AP_RW_EL0	(1ull << 6)	/* AP[1]: EL0 access; RES1 if the regime has no EL0 */
#define PTE_AP_RO	(1ull << 7)	/* AP[2] */
#define PTE_SH_INNER	(3ull << 8)
#define PTE_AF		(1ull << 10)	/* without it the first access faults */
#define PTE_PXN		(1ull << 53)
#define PTE_UXN		(1ull << 54)	/* XN in a regime with one privilege level */
#define PTE_ADDRESS	0x0000fffffffff000ull

static uint64_t pte_table(uint64_t pa)
{
	return pa | PTE_VALID | PTE_TABLE;
}

static bool pte_is_leaf(uint64_t entry, uint32_t level)
{
	return !level || !(entry & PTE_TABLE);
}

static uint64_t pte_address(uint64_t entry)
{
	return entry & PTE_ADDRESS;
}

static uint64_t pte_leaf(const struct arch_map *m, uint64_t pa, uint32_t level,
			 enum arch_perm perm)
{
	const bool one_level = m->flags & ARCH_MAP_EL2;
	uint64_t e = pa | PTE_VALID | PTE_AF | (level ? 0 : PTE_TABLE);

	if (one_level)
		e |= PTE_AP_RW_EL0;
	if (perm == ARCH_IO)
		e |= PTE_ATTR(MAIR_DEVICE);
	else if (perm == ARCH_WC)
		e |= PTE_ATTR(MAIR_NC);
	else
		e |= PTE_ATTR(MAIR_NORMAL) | PTE_SH_INNER;
	if (perm == ARCH_RX || perm == ARCH_RO)
		e |= PTE_AP_RO;
	if (perm != ARCH_RX)
		e |= PTE_UXN;
	if (!one_level)		/* nothing of ours is executable at EL0 */
		e |= PTE_UXN | (perm == ARCH_RX ? 0 : PTE_PXN);
	return e;
}

static void pte_decode(const struct arch_map *m, uint64_t entry, uint32_t level,
		       struct arch_leaf *leaf)
{
	(void)level;
	leaf->write = !(entry & PTE_AP_RO);
	leaf->exec = !(entry & (m->flags & ARCH_MAP_EL2 ? PTE_UXN : PTE_PXN));
	leaf->cached = (entry & PTE_ATTR(7)) == PTE_ATTR(MAIR_NORMAL);
}

/* The entries of adjacent leaves differ by the size of a leaf. */
static uint64_t pte_step(uint64_t bytes)
{
	return bytes;
}
#endif
