/* SPDX-License-Identifier: MIT */
/* firmware.c - lets runtime services use SIMD registers (UEFI 2.10, 2.3.6); the kernel does not. */
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "arch/cpu.h"

#define CPTR_EL2_TFP	(1 << 10)
#define FPCR		s3_3_c4_c4_0	/* clang has no such name without floating point */

/* At EL2 with E2H, the name CPACR_EL1 accesses EL2's CPTR_EL2, in CPACR_EL1's format. */
uint64_t arch_firmware_begin(void)
{
	const bool el2_only = cpu_el2_only();
	const uint64_t state = el2_only ? sysreg_read(cptr_el2) : sysreg_read(cpacr_el1);

	if (el2_only)
		sysreg_write(cptr_el2, state & ~(uint64_t)CPTR_EL2_TFP);
	else
		sysreg_write(cpacr_el1, state | CPACR_FPEN);
	__asm__ volatile("isb" ::: "memory");
	sysreg_write(FPCR, 0);
	return state;
}

void arch_firmware_end(uint64_t state)
{
	if (cpu_el2_only())
		sysreg_write(cptr_el2, state);
	else
		sysreg_write(cpacr_el1, state);
	__asm__ volatile("isb" ::: "memory");
}
