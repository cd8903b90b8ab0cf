/* SPDX-License-Identifier: MIT */
/* cpu.h - the current exception level, and what its register names mean. */
#ifndef CPU_H
#define CPU_H
#include "lib/base.h"

/* 1 or 2 (we never run at 3). */
uint32_t cpu_level(void);

/*
 * Whether EL2's registers have EL1's layout (HCR_EL2.E2H). Tested by its effect, since some CPUs
 * have it fixed at 1 but read as 0. EL2 only. FAR_EL2 and FAR_EL1 keep their values.
 */
bool cpu_e2h(void);

/*
 * copy.inc: like arch_copy(), with SIMD registers; `words` is a multiple of COPY_WIDE_WORDS, not 0.
 */
#define COPY_WIDE_WORDS	64ull
void copy_wide(void *dst, const void *src, uint64_t words);

/* EL2 with one privilege level: the _EL2 names and formats must be used. */
bool cpu_el2_only(void);
#endif
