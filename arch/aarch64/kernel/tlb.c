/* SPDX-License-Identifier: MIT */
/*
 * tlb.c - TLB invalidation (Arm ARM D8.16): on this CPU, or, if there are several, in the whole
 * Inner Shareable domain. The latter is a broadcast, and done twice: on some cores the first one
 * may complete too early (arch/aarch64/README.md). Interrupting each CPU instead would cost several
 * hundred times as much.
 */
#include "arch/aarch64/boot/cpu.h"
#include "arch/aarch64/boot/sysreg.h"
#include "arch/map.h"
#include "arch/smp.h"

#define FLUSH_PAGES	64		/* for more pages, everything is invalidated */
#define TLBI_VA(va)	((va) >> PAGE_SHIFT & ((1ull << 44) - 1))

/* The TLBIs for one range; `is` is "" or "is". */
#define FLUSH(va, pages, el2, is) do {							\
	if ((pages) > FLUSH_PAGES && (el2))						\
		__asm__ volatile("tlbi alle2" is);					\
	else if ((pages) > FLUSH_PAGES)						\
		__asm__ volatile("tlbi vmalle1" is);					\
	else										\
		for (uint64_t i_ = 0; i_ < (pages); i_++) {				\
			const uint64_t page_ = TLBI_VA((va) + i_ * PAGE_SIZE);		\
											\
			if (el2)							\
				__asm__ volatile("tlbi vae2" is ", %0" :: "r"(page_));	\
			else								\
				__asm__ volatile("tlbi vae1" is ", %0" :: "r"(page_));	\
		}									\
} while (0)

/* VAE2 also covers the EL2&0 regime, but QEMU 7.2 invalidates nothing there. */
static uint64_t pages_of(uint64_t size, bool el2)
{
	return el2 && sysreg_read(hcr_el2) & HCR_EL2_E2H ? UINT64_MAX : size >> PAGE_SHIFT;
}

void arch_map_flush_range(uint64_t va, uint64_t size)
{
	const bool el2 = cpu_level() == 2;
	const uint64_t pages = pages_of(size, el2);

	__asm__ volatile("dsb nshst" ::: "memory");
	FLUSH(va, pages, el2, "");
	__asm__ volatile("dsb nsh\n\tisb" ::: "memory");
}

bool arch_map_flush_cpus(uint64_t va, uint64_t size)
{
	const bool el2 = cpu_level() == 2;
	const uint64_t pages = pages_of(size, el2);

	__asm__ volatile("dsb ishst" ::: "memory");
	for (uint32_t i = 0; i < 2; i++) {
		FLUSH(va, pages, el2, "is");
		__asm__ volatile("dsb ish" ::: "memory");
	}
	__asm__ volatile("isb" ::: "memory");
	return true;
}

uint64_t arch_physical_end(void)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };	/* D19.2.64 */
	const uint64_t range = ID_AA64MMFR0_PARANGE(sysreg_read(id_aa64mmfr0_el1));

	return 1ull << bits[MIN(range, ARRAY_SIZE(bits) - 1)];
}
