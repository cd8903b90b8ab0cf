/* SPDX-License-Identifier: MIT */
/* mce.c - finds the cause of an NMI or a machine check (SDM 3B chapter 16). */
#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/regs.h"
#include "lib/print.h"
#include "mce.h"

#define CPUID_1_MCE		BIT(7)	/* EDX */
#define CPUID_1_MCA		BIT(14)
#define MSR_MCG_CAP		0x179
#define MCG_CAP_COUNT		0xff
#define MSR_MC_STATUS(n)	(0x401 + 4 * (n))
#define MSR_MC_ADDR(n)		(0x402 + 4 * (n))
#define MC_VAL			(1ull << 63)
#define MC_UC			(1ull << 61)
#define MC_EN			(1ull << 60)
#define MC_ADDRV		(1ull << 58)

#define PORT_SYSTEM_B		0x61	/* of every PC's chipset */
#define SYSTEM_B_SERR		BIT(7)
#define SYSTEM_B_IOCHK		BIT(6)
#define SYSTEM_B_SERR_CLEAR	BIT(2)
#define SYSTEM_B_IOCHK_CLEAR	BIT(3)
#define SYSTEM_B_KEEP		0x0f	/* writable bits */

void mce_start(void)
{
	if (cpu_id(1, 0).d & CPUID_1_MCE)	/* otherwise a machine check resets the CPU */
		cr_write(cr4, cr_read(cr4) | CR4_MCE);
}

void mce_describe(char *text, size_t size)
{
	const uint32_t banks = cpu_id(1, 0).d & CPUID_1_MCA ?
			       msr_read(MSR_MCG_CAP) & MCG_CAP_COUNT : 0;

	text_format(text, size, "machine check");
	for (uint32_t i = 0; i < banks; i++) {
		const uint64_t status = msr_read(MSR_MC_STATUS(i));

		if (!(status & MC_VAL) || !(status & MC_EN))
			continue;
		text_format(text, size, "machine check, %s, bank %u status 0x%llx address 0x%llx",
			    status & MC_UC ? "uncorrected" : "corrected", i, LL(status),
			    LL(status & MC_ADDRV ? msr_read(MSR_MC_ADDR(i)) : 0));
		if (status & MC_UC)
			return;
	}
}

/* A read gives the cause. Writing 1, then 0 allows it to occur again. */
const char *arch_nmi_source(void)
{
	const uint8_t b = arch_port_in8(PORT_SYSTEM_B), keep = b & SYSTEM_B_KEEP;
	const uint8_t clear = (b & SYSTEM_B_SERR ? SYSTEM_B_SERR_CLEAR : 0) |
			      (b & SYSTEM_B_IOCHK ? SYSTEM_B_IOCHK_CLEAR : 0);

	if (!clear)
		return "no source known";
	arch_port_out8(PORT_SYSTEM_B, keep | clear);
	arch_port_out8(PORT_SYSTEM_B, keep & ~clear);
	return b & SYSTEM_B_SERR ? "SERR, memory or bus" : "IOCHK, a device";
}
