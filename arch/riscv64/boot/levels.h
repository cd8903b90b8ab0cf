/* SPDX-License-Identifier: MIT */
/* levels.h - how many levels our page tables have. Both halves use the stub's variables. */
#ifndef LEVELS_H
#define LEVELS_H
#include "lib/base.h"

/* How many bytes of addresses this many levels of tables translate. */
#define LEVELS_SPAN(levels)	(1ull << (PAGE_SHIFT + 9 * (levels)))

extern uint32_t arch_map_levels;	/* 3 to 5, by arch_levels_for() */
extern uint64_t arch_map_reach;	/* ARCH_REACH */

/*
 * Find out which page tables the CPU has, perhaps none, for arch_levels_ok() and the like. Sets
 * arch_map_reach: call this before anything uses ARCH_REACH. A second call finds the same.
 */
void levels_find(void);

/* Whether the CPU has Svpbmt, as tables say. After levels_find(), before arch_jump. */
bool levels_types(void);
#endif
