/* SPDX-License-Identifier: MIT */
/* pgtable.c - 4-level and 5-level page tables (SDM 3A 4.5). Pure. */
#include "pte.h"
#include "arch/pgtree.h"
