/* SPDX-License-Identifier: MIT */
/* levels.h - how many levels our page tables have. Both halves use the stub's variables. */
#ifndef LEVELS_H
#define LEVELS_H
#include "lib/base.h"

/* How many addresses so many levels of tables translate, in bytes. */
#define LEVELS_SPAN(levels)	(1ull << (PAGE_SHIFT + 9 * (levels)))

extern uint32_t arch_map_levels;	/* 3 to 5, by arch_levels_for() */
extern uint64_t arch_map_reach;	/* ARCH_REACH */

/*
 * Whether the CPU has page tables at all. The first call asks it, and sets arch_map_reach: call it
 * before anything asks what is within ARCH_REACH.
 */
bool levels_any(void);
#endif
