/* SPDX-License-Identifier: MIT */
/*
 * guard.c - protections that the CPU offers (SDM 3A 2.5, 4.6), and memory types. The stub has set
 * CR0.WP and IA32_PAT; a further CPU gets the boot CPU's values.
 */
#include "arch/cpu.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/regs.h"

#define CPUID_7		7
#define CPUID_7_SMEP	BIT(7)		/* EBX */
#define CPUID_7_SMAP	BIT(20)
#define CPUID_7_UMIP	BIT(2)		/* ECX */

static uint64_t guard_bits(void)
{
	const struct cpu_id id = cpu_id(CPUID_7, 0);
	uint64_t cr4 = 0;

	cr4 |= id.b & CPUID_7_SMEP ? CR4_SMEP : 0;	/* user pages are not executed */
	cr4 |= id.b & CPUID_7_SMAP ? CR4_SMAP : 0;	/* nor read or written */
	cr4 |= id.c & CPUID_7_UMIP ? CR4_UMIP : 0;	/* user mode cannot read table addresses */
	return cr4;
}

void arch_guard(const uint64_t key[2])
{
	(void)key;		/* addresses are not signed */
	cr_write(cr4, cr_read(cr4) | guard_bits());
}

uint64_t arch_code_address(uint64_t kept)
{
	return kept;
}

const char *arch_guard_check(void)
{
	if (!(cr_read(cr0) & CR0_WP))
		return "CR0.WP is clear";
	if (guard_bits() & ~cr_read(cr4))
		return "CR4 lacks what the CPU has of SMEP, SMAP, UMIP";
	if (msr_read(MSR_PAT) != PAT_OURS)
		return "IA32_PAT is not what the tables rely on";
	return NULL;
}
