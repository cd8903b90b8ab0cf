/* SPDX-License-Identifier: MIT */
/* pgtable_x86_64.c - paging structure entries: Intel SDM 3A, 4.5, tables 4-14 to 4-20. */
#include "tests/host/unit/pgtable.h"

const uint32_t raw_levels[] = { 4, 5, 0 };
const uint32_t raw_flags[] = {
	0, ARCH_MAP_GIB, ARCH_MAP_WIDE, ARCH_MAP_GIB | ARCH_MAP_WIDE, ~0u,
};
const bool raw_sign_extends = true;
const bool raw_links_stay = false;

enum raw_kind raw_entry(uint64_t entry, uint32_t level, uint32_t flags, uint64_t *pa,
			enum arch_perm *perm)
{
	bool ps = level && BIT(entry, 7), write = BIT(entry, 1), exec = !BIT(entry, 63);
	uint64_t address = entry & 0x000ffffffffff000;
	uint32_t pat;

	(void)flags;
	if (!BIT(entry, 0)) {
		assert_true(entry == 0);
		return RAW_NONE;
	}
	assert_false(BIT(entry, 2));			/* U/S: supervisor */
	assert_true((entry >> 52 & 0x7ff) == 0);	/* ignored, protection keys */
	*pa = address;
	if (level && !ps) {
		assert_true(write && exec);		/* the leaf alone decides */
		assert_false(BIT(entry, 3) | BIT(entry, 4));
		return RAW_TABLE;
	}
	assert_true(level <= 2);			/* PS is reserved in PML4E and PML5E */
	assert_true((address & ((1ull << (12 + 9 * level)) - 1)) == 0);	/* PAT and reserved */
	assert_true(BIT(entry, 5) && BIT(entry, 6));	/* A, D: nothing for the CPU to write */
	assert_false(BIT(entry, 8));			/* G: must go with a change of CR3 */
	assert_false(write && exec);
	pat = (uint32_t)(entry >> 3 & 3);		/* PCD:PWT; plan.c: WB WC UC- UC */
	assert_true(pat != 2);
	if (pat == 0)
		*perm = write ? ARCH_RW : exec ? ARCH_RX : ARCH_RO;
	else
		*perm = pat == 1 ? ARCH_WC : ARCH_IO;
	assert_true(pat == 0 || (write && !exec));
	return RAW_LEAF;
}
