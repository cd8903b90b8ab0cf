/* SPDX-License-Identifier: MIT */
/* pgtable_aarch64.c - VMSAv8-64 descriptors, 4 KiB granule: Arm ARM D8.3.1 and D8.3.2. */
#include "tests/host/unit/pgtable.h"
#include "arch/aarch64/boot/sysreg.h"

const uint32_t raw_levels[] = { 4, 0 };
const uint32_t raw_flags[] = {
	0, ARCH_MAP_GIB, ARCH_MAP_EL2, ARCH_MAP_GIB | ARCH_MAP_EL2, ~0u,
};
const bool raw_sign_extends = false;
const bool raw_links_stay = false;

enum raw_kind raw_entry(uint64_t entry, uint32_t level, uint32_t flags, uint64_t *pa,
			enum arch_perm *perm)
{
	bool el2 = flags & ARCH_MAP_EL2, write = !BIT(entry, 7), exec;
	uint32_t memory;

	if (!BIT(entry, 0)) {
		assert_true(entry == 0);
		return RAW_NONE;
	}
	*pa = entry & 0x0000fffffffff000;
	if (level && BIT(entry, 1)) {
		assert_true((entry & ~*pa) == 3);	/* no NSTable, APTable, XNTable */
		return RAW_TABLE;
	}
	assert_true(level <= 2);			/* no 512 GiB block without LPA2 */
	assert_int_equal(BIT(entry, 1), level == 0);	/* block, or page at level 3 */
	assert_true((*pa & ((1ull << (12 + 9 * level)) - 1)) == 0);
	assert_true(BIT(entry, 10));			/* AF */
	assert_false(BIT(entry, 5) | BIT(entry, 11));	/* NS, nG */
	assert_true((entry >> 48 & 0x1f) == 0 && entry >> 55 == 0);
	assert_int_equal(BIT(entry, 6), el2);		/* AP[1]: no EL0 access, or RES1 */
	assert_true(el2 ? !BIT(entry, 53) : BIT(entry, 54));	/* PXN RES0; UXN */
	exec = el2 ? !BIT(entry, 54) : !BIT(entry, 53);
	assert_false(write && exec);
	memory = MAIR_VALUE >> 8 * (entry >> 2 & 7) & 0xff;
	if (memory == 0xff) {				/* Normal, write-back, allocating */
		assert_true((entry >> 8 & 3) == 3);	/* SH: inner */
		*perm = write ? ARCH_RW : exec ? ARCH_RX : ARCH_RO;
		return RAW_LEAF;
	}
	assert_true((memory == 0x00 || memory == 0x44) && write && !exec);
	*perm = memory ? ARCH_WC : ARCH_IO;		/* Device-nGnRnE, Normal non-cacheable */
	return RAW_LEAF;
}
