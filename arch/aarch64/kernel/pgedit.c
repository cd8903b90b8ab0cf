/* SPDX-License-Identifier: MIT */
/* pgedit.c - changes to live tables (Arm ARM D8). Pure. */
#include "arch/aarch64/boot/pte.h"

/* A TLB must not hold a block and the table that replaces it at the same time (D8.16.1). */
#define PGEDIT_BREAK	true

#define PGEDIT_LINKS	false
#define PGEDIT_PRESENT	PTE_VALID

#define VA_TOP		48

const char arch_level_name[ARCH_LEVELS_MAX][8] = { "level 3", "level 2", "level 1", "level 0" };
const char arch_pte_fields[] =
	"VALID:0 TABLE:1 AttrIndx:2-4 NS:5 AP1:6 AP2:7 SH:8-9 AF:10 nG:11 GP:50 DBM:51 "
	"Contiguous:52 PXN:53 UXN:54";

/* With one privilege level there is no upper half. */
static bool pgedit_address(const struct arch_map *m, uint64_t va)
{
	const uint64_t top = va >> VA_TOP;

	return !top || (top == UINT64_MAX >> VA_TOP && !(m->flags & ARCH_MAP_EL2));
}

static bool pte_writable(uint64_t entry)
{
	return entry && !(entry & PTE_AP_RO);
}

static uint64_t pte_smaller(uint64_t entry, uint32_t level)
{
	return level ? entry : entry | PTE_TABLE;
}

#include "arch/pgedit.h"
