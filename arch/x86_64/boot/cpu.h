/* SPDX-License-Identifier: MIT */
/* cpu.h - CPUID. */
#ifndef CPU_H
#define CPU_H
#include "lib/base.h"

struct cpu_id {
	uint32_t a, b, c, d;
};

/* All zero if the leaf is above the highest of its group. */
struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf);

/* ---- cpuid.c, pure: `leaf` is cpu_id(), or a test's function ---- */

/* The 32-bit x2APIC id if CPUID has it, else the 8-bit APIC id that all CPUs have. */
uint32_t cpu_apic_id(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf));

/*
 * NULL, or a message if this guest's memory is encrypted: with our own tables it would read as
 * noise (SEV: they have no C bit), and emulated instructions would raise exceptions that we do not
 * handle (#VC, #VE).
 */
const char *cpu_encrypted(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf),
			  uint64_t (*msr)(uint32_t number));
#endif
