/* SPDX-License-Identifier: MIT */
/* pgtable.c - page tables of Sv39, Sv48 and Sv57 (privileged specification 4.4). Pure. */
#include "pte.h"
#include "arch/pgtree.h"
