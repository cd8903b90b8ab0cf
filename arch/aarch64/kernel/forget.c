/* SPDX-License-Identifier: MIT */
/*
 * forget.c - what the TLB of this CPU knows (Arm ARM D8.14). Broadcast TLBI is not used: it goes
 * wrong on some cores (arch/aarch64/README.md). Other CPUs have to be asked, as everywhere.
 */
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "arch/map.h"

#define FORGET_PAGES	64		/* more than these: everything */
#define TLBI_VA(va)	((va) >> PAGE_SHIFT & ((1ull << 44) - 1))

void arch_map_forget(uint64_t va, uint64_t size)
{
	const bool el2 = cpu_level() == 2;
	const bool e2h = el2 && sysreg_read(hcr_el2) & HCR_EL2_E2H;
	/* VAE2 covers the EL2&0 regime, too, but QEMU 7.2 forgets nothing of it */
	const uint64_t pages = e2h ? UINT64_MAX : size >> PAGE_SHIFT;

	__asm__ volatile("dsb nshst" ::: "memory");
	if (pages > FORGET_PAGES && el2)
		__asm__ volatile("tlbi alle2");
	else if (pages > FORGET_PAGES)
		__asm__ volatile("tlbi vmalle1");
	else
		for (uint64_t i = 0; i < pages; i++, va += PAGE_SIZE) {
			if (el2)
				__asm__ volatile("tlbi vae2, %0" :: "r"(TLBI_VA(va)));
			else
				__asm__ volatile("tlbi vae1, %0" :: "r"(TLBI_VA(va)));
		}
	__asm__ volatile("dsb nsh\n\tisb" ::: "memory");
}

uint64_t arch_physical_end(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };	/* D19.2.64 */
	const uint64_t range = ID_AA64MMFR0_PARANGE(sysreg_read(id_aa64mmfr0_el1));

	return 1ull << bits[MIN(range, ARRAY_SIZE(bits) - 1)];
}
