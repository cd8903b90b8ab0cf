/* SPDX-License-Identifier: MIT */
/* cpu.h - CPUID. */
#ifndef CPU_H
#define CPU_H
#include "lib/base.h"

struct cpu_id {
	uint32_t a, b, c, d;
};

/* All zero if the leaf is beyond the highest of its group. */
struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf);
#endif
