/* SPDX-License-Identifier: MIT */
/* pgedit.c - changes to live tables (SDM 3A 4.10). Pure. */
#include "arch/x86_64/boot/pte.h"

#define PGEDIT_BREAK	false

static uint64_t pte_smaller(uint64_t entry, uint32_t level)
{
	return level ? entry : entry & ~PTE_PS;
}

#include "arch/pgedit.h"
