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

/* ---- cpuid.c, pure: `leaf` is cpu_id(), or a test's ---- */

/* The x2APIC id, 32 bits, where CPUID has it; else the eight bits that all CPUs have. */
uint32_t cpu_apic_id(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf));

/*
 * Null, or in a few words that memory is encrypted for this guest: what our own tables map would
 * read as noise (SEV: no C bit in them), and what is emulated would be an exception that nobody
 * handles (#VC, #VE).
 */
const char *cpu_encrypted(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf),
			  uint64_t (*msr)(uint32_t number));
#endif
