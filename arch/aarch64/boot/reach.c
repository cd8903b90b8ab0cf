/* SPDX-License-Identifier: MIT */
/* reach.c - asks the CPU about an address (Arm ARM C5.5, "AT"; D19.2.109, "PAR_EL1"). */
#include "arch/boot.h"
#include "cpu.h"
#include "sysreg.h"

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	const bool el2 = cpu_level() == 2;
	uint64_t par;

	*piece = (struct boot_range){ ALIGN_DOWN(at, PAGE_SIZE), PAGE_SIZE };
	if (!((el2 ? sysreg_read(sctlr_el2) : sysreg_read(sctlr_el1)) & SCTLR_M))
		return true;
	if (el2)
		__asm__ volatile("at s1e2r, %0" :: "r"(at));
	else
		__asm__ volatile("at s1e1r, %0" :: "r"(at));
	__asm__ volatile("isb");
	/* Cortex-A77 erratum 1508412: no access to Device memory near a read of PAR */
	__asm__ volatile("dmb sy\n\tmrs %0, par_el1\n\tdmb sy" : "=r"(par) :: "memory");
	return !(par & PAR_F) && (device || PAR_ATTR(par) > PAR_ATTR_DEVICE);
}
