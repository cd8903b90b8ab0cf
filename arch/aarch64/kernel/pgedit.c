/* SPDX-License-Identifier: MIT */
/* pgedit.c - changes to live tables (Arm ARM D8). Pure. */
#include "arch/aarch64/boot/pte.h"

/* A block and a table in its place must not be in a TLB together (D8.16.1). */
#define PGEDIT_BREAK	true

static uint64_t pte_smaller(uint64_t entry, uint32_t level)
{
	return level ? entry : entry | PTE_TABLE;
}

#include "arch/pgedit.h"
