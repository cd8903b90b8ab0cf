/* SPDX-License-Identifier: MIT */
/*
 * guard.c - signed return addresses (FEAT_PAuth, Arm ARM D8.10). This file is compiled without
 * them, as it changes the key.
 */
#include "arch/cpu.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"

/* APA, API: the architected or an implementation defined algorithm; APA3: QARMA3 */
static bool guard_signs(void)
{
	return sysreg_read(id_aa64isar1_el1) & ID_AA64ISAR1_APA_API ||
	       sysreg_read(ID_AA64ISAR2_EL1) & ID_AA64ISAR2_APA3;
}

void arch_guard(const uint64_t key[2])
{
	if (!guard_signs())
		return;
	sysreg_write(APIAKeyLo_EL1, key[0]);
	sysreg_write(APIAKeyHi_EL1, key[1]);
	if (cpu_level() == 2)
		sysreg_write(sctlr_el2, sysreg_read(sctlr_el2) | SCTLR_EnIA);
	else
		sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) | SCTLR_EnIA);
	__asm__ volatile("isb" ::: "memory");
}

uint64_t arch_code_address(uint64_t kept)
{
	register uint64_t x30 __asm__("x30") = kept;

	__asm__("hint #7" : "+r"(x30));		/* XPACLRI */
	return x30;
}

/* By PACIASP, which always signs X30. */
const char *arch_guard_check(void)
{
	if (!guard_signs())
		return NULL;
	for (uint64_t i = 0; i < 4; i++) {	/* a signature may equal the bits it replaces */
		register uint64_t x30 __asm__("x30") = (uint64_t)arch_guard_check + i;

		__asm__ volatile("hint #25" : "+r"(x30));
		if (x30 != (uint64_t)arch_guard_check + i)
			return NULL;
	}
	return "return addresses are not signed";
}
