/* SPDX-License-Identifier: MIT */
/*
 * guard.c - signed return addresses (FEAT_PAuth, Arm ARM D8.10), and marked targets of branches.
 * This file is compiled without the former, as it changes the key.
 */
#include "arch/cpu.h"
#include "arch/map.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "arch/aarch64/boot/trap_class.h"

#define PTE_GP	(1ull << 50)	/* D8.3: branches must go to marked instructions */

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

/* FEAT_BTI, D8.4.7. The image is mapped in pages. */
bool arch_guard_text(const struct arch_map *m, uint64_t va, uint64_t size)
{
	struct arch_step step[ARCH_LEVELS_MAX];
	const struct arch_step *const page = &step[m->levels - 1];

	if (!ID_AA64PFR1_BT(sysreg_read(id_aa64pfr1_el1)))
		return false;
	for (const uint64_t end = va + size; va < end; va += PAGE_SIZE)
		if (arch_map_path(m, va, step) && page->leaf)
			((volatile uint64_t *)(page->table + m->offset))[page->index] =
				page->entry | PTE_GP;
	return true;
}

void arch_guard_stray(void *unused)
{
	uint64_t at;

	(void)unused;
	__asm__ volatile("adr %0, 1f\n\tbr %0\n1:" : "=r"(at));
}

bool arch_guard_refused(uint64_t cause)
{
	return ESR_EC(cause) == EC_BTI;
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
