/* SPDX-License-Identifier: MIT */
/* pgtable.c - VMSAv8-64 translation tables, 4 KiB granule, 4 levels (Arm ARM D8.3). Pure. */
#include "pte.h"
#include "arch/pgtree.h"
