/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - what the memory test writes, in the order of memtest86+: own address, moving
 * inversions with zeros and ones, walking bits, a random pattern, random words. Pure.
 *
 * Each pass checks what the previous pass wrote, then writes its own pattern; every second pass
 * writes the complement of the previous one. The first pass only writes; the last one leaves zeros.
 */
#ifndef MEMTEST_PATTERN_H
#define MEMTEST_PATTERN_H
#include "arch/kernel.h"

#define MEMTEST_PASSES	25

/* The pattern of a pass (below MEMTEST_PASSES), for physical address 0. */
struct memtest_pattern pattern_of(uint32_t pass, uint64_t seed);

/* The same pattern for `pa`, a multiple of ARCH_MEMTEST_PAIR; *p is for address 0. */
struct memtest_pattern pattern_at(const struct memtest_pattern *p, uint64_t pa);

/* The word that the pattern has at `pa`, a multiple of 8; *p is for address 0. */
uint64_t pattern_word(const struct memtest_pattern *p, uint64_t pa);

/* What the pass writes, in a few words, for messages. */
const char *pattern_name(uint32_t pass);

/* Whether the pass goes from the highest address to the lowest. */
bool pattern_down(uint32_t pass);
#endif
