/* SPDX-License-Identifier: MIT */
/* pgedit.c - changes to live tables (privileged specification 4.2.1, 4.4). Pure. */
#include "arch/riscv64/boot/pte.h"

/* When a table replaces a leaf, a CPU may use either. */
#define PGEDIT_BREAK	false
/* SFENCE.VMA of an address is for leaves alone (4.2.1). */
#define PGEDIT_LINKS	true
#define PGEDIT_PRESENT	PTE_V

const char arch_level_name[ARCH_LEVELS_MAX][8] = {
	"level 0", "level 1", "level 2", "level 3", "level 4",
};
const char arch_pte_fields[] = "V:0 R:1 W:2 X:3 U:4 G:5 A:6 D:7 RSW:8-9 PBMT:61-62 N:63";

/* All bits above are equal to the highest that is translated (4.4.1). */
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
	(void)level;
	return entry;
}

#include "arch/pgedit.h"
