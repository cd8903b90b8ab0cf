/* SPDX-License-Identifier: MIT */
/* pgedit.c - changes to live tables (SDM 3A 4.10). Pure. */
#include "arch/x86_64/boot/pte.h"

#define PGEDIT_BREAK	false
#define PGEDIT_LINKS	false
#define PGEDIT_PRESENT	PTE_P

const char arch_level_name[ARCH_LEVELS_MAX][8] = { "PT", "PD", "PDPT", "PML4", "PML5" };
const char arch_pte_fields[] = "P:0 RW:1 US:2 PWT:3 PCD:4 A:5 D:6 PS:7 G:8 XD:63";

/* Canonical (SDM 1, 3.3.7.1). */
static bool pgedit_address(const struct arch_map *m, uint64_t va)
{
	return pgtree_extended(m, va) == va;
}

static bool pte_writable(uint64_t entry)
{
	return entry & PTE_W;
}

static uint64_t pte_smaller(uint64_t entry, uint32_t level)
{
	return level ? entry : entry & ~PTE_PS;
}

#include "arch/pgedit.h"
