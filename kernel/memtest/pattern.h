/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - what the memory test writes, in the order of memtest86+: own address, moving
 * inversions with zeros and ones, walking bits, a random pattern, random words. Pure.
 *
 * A pass checks what the one before has written, and writes something else: every second one its
 * complement. The first pass only writes, the last one leaves zeros.
 */
#ifndef MEMTEST_PATTERN_H
#define MEMTEST_PATTERN_H
#include "arch/kernel.h"

#define MEMTEST_PASSES	25

/* Of this pass, as it is at physical address 0. */
struct memtest_pattern pattern_of(uint32_t pass, uint64_t seed);

/* From address 0 to `pa`, a multiple of ARCH_MEMTEST_PAIR. */
struct memtest_pattern pattern_at(const struct memtest_pattern *p, uint64_t pa);

/* The word at `pa`, a multiple of 8, of a pattern as it is at address 0. */
uint64_t pattern_word(const struct memtest_pattern *p, uint64_t pa);

/* A few words. */
const char *pattern_name(uint32_t pass);

/* Whether this pass goes from the highest address to the lowest. */
bool pattern_down(uint32_t pass);
#endif
