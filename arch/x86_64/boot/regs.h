/* SPDX-License-Identifier: MIT */
/*
 * regs.h - control registers, MSRs and selectors, spelled as in the Intel SDM (3A and 4). Section
 * numbers are those of recent editions, where chapter 7 of 3A describes user interrupts.
 */
#ifndef REGS_H
#define REGS_H

#define CR0_PE		BIT(0)
#define CR0_MP		BIT(1)
#define CR0_EM		BIT(2)	/* x87 and SSE are undefined opcodes */
#define CR0_TS		BIT(3)	/* or not available */
#define CR0_ET		BIT(4)
#define CR0_NE		BIT(5)
#define CR0_WP		BIT(16)	/* read-only pages are read-only for the kernel too */
#define CR0_NW		BIT(29)	/* both: no caches */
#define CR0_CD		BIT(30)
#define CR0_PG		BIT(31)

#ifdef __ASSEMBLER__
#define BIT(n)		(1 << (n))
#else
#define BIT(n)		(1u << (n))
#endif

#define EFLAGS_IF	BIT(9)	/* interrupts enabled */
#define EFLAGS_ID	BIT(21)	/* CPUID exists if this bit can be changed */
#define CPUID_FEATURES	1
#define CPUID_CMOV	BIT(15)	/* EDX; this and the next two: a hypervisor may hide them */
#define CPUID_SSE	BIT(25)
#define CPUID_SSE2	BIT(26)
#define CPUID_EXT_MAX	0x80000000	/* EAX: highest leaf of this group */
#define CPUID_EXT	0x80000001
#define CPUID_EXT_LM	BIT(29)	/* EDX: long mode */
#define CPUID_EXT_NX	BIT(20)	/* EDX */
#define CPUID_EXT_GIB	BIT(26)	/* EDX: 1 GiB pages */

#define CR4_PAE		BIT(5)
#define CR4_MCE		BIT(6)
#define CR4_PGE		BIT(7)
#define CR4_OSFXSR	BIT(9)
#define CR4_OSXMMEXCPT	BIT(10)
#define CR4_UMIP	BIT(11)
#define CR4_LA57	BIT(12)
#define CR4_VMXE	BIT(13)	/* VMX operation is possible */
#define CR4_PCIDE	BIT(17)
#define CR4_SMEP	BIT(20)
#define CR4_SMAP	BIT(21)
#define CR4_CET		BIT(23)	/* shadow stacks, landing marks */
#define CR4_PKS		BIT(24)	/* protection keys of supervisor pages */

#define MSR_APIC_BASE	0x1b
#define APIC_BASE_X2	BIT(10)	/* registers are MSRs */
#define APIC_BASE_ON	BIT(11)
#define APIC_SVR	0xf0
#define MSR_X2APIC_SVR	0x80f
#define MSR_PAT		0x277
#define MSR_EFER	0xc0000080
#define EFER_LME	BIT(8)
#define EFER_LMA	BIT(10)
#define EFER_NXE	BIT(11)
#define EFER_SVME	BIT(12)	/* SVM's instructions exist */
#define MSR_GS_BASE	0xc0000101

/* IA32_PAT, 12.12: our four types, selected by PCD:PWT; the upper half repeats them */
#define PAT_WB		0x06ull
#define PAT_WC		0x01ull
#define PAT_UC_MINUS	0x07ull
#define PAT_UC		0x00ull
#define PAT_OURS	((PAT_WB | PAT_WC << 8 | PAT_UC_MINUS << 16 | PAT_UC << 24) * 0x100000001)

/* selectors in desc.c's GDT; vectors.S and jump.S rely on SEL_CODE */
#define SEL_CODE	0x08
#define SEL_DATA	0x10
#define SEL_TSS		0x18	/* of a kernel's own GDT: the stub has none */

#define DESC_IDT	SEL_TSS	/* offset of the IDT in struct desc_tables */
#define DESC_GDT_LIMIT	(DESC_IDT - 1)
#define DESC_VECTORS	32
#define DESC_IDT_LIMIT	(16 * DESC_VECTORS - 1)

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline uint64_t msr_read(uint32_t msr)
{
	uint32_t lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" :: "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

#define cr_read(name) ({                                        \
	uint64_t v_;                                            \
	__asm__ volatile("mov %%" #name ", %0" : "=r"(v_));     \
	v_;                                                     \
})
#define cr_write(name, value) \
	__asm__ volatile("mov %0, %%" #name :: "r"((uint64_t)(value)) : "memory")
#endif
#endif
