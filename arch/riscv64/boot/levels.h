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
 * Whether the CPU has page tables at all. The first call tries it, and sets arch_map_reach: call
 * this before anything uses ARCH_REACH.
 */
bool levels_any(void);

/* Whether the CPU has Svpbmt, as tables say. After levels_any(), before arch_jump. */
bool levels_types(void);
#endif
