/* SPDX-License-Identifier: MIT */
/* cpu.h - CPUID. */
#ifndef CPU_H
#define CPU_H
#include "lib/base.h"

#define CPUID_HV		0x40000000u	/* EBX, ECX, EDX: the hypervisor's name */
#define CPUID_HV_XEN		0x566e6558u	/* "XenV", of "XenVMMXenVMM" */
#define CPUID_HV_XEN_TIME	0x40000003u	/* ECX: TSC kHz */
#define CPUID_HV_TIMING		0x40000010u	/* EAX: TSC kHz, with some others */

struct cpu_id {
	uint32_t a, b, c, d;
};

/* All zero if the leaf is above the highest of its group. */
struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf);

/* The TSC's frequency in Hz according to the hypervisor, if there is one. 0: it does not say. */
static inline uint64_t cpu_hypervisor_hz(void)
{
	if (cpu_id(CPUID_HV, 0).b == CPUID_HV_XEN)
		return cpu_id(CPUID_HV_XEN_TIME, 0).c * 1000ull;
	return cpu_id(CPUID_HV_TIMING, 0).a * 1000ull;
}

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
