/* SPDX-License-Identifier: MIT */
/* pgtable_riscv64.c - entries of Sv39, Sv48 and Sv57: privileged specification 1.12, 4.4.1. */
#include "tests/host/unit/pgtable.h"

const uint32_t raw_levels[] = { 4, 5, 3, 0 };
const uint32_t raw_flags[] = {
	0, ARCH_MAP_GIB, ARCH_MAP_TYPES, ARCH_MAP_GIB | ARCH_MAP_TYPES,
	ARCH_MAP_THEAD, ARCH_MAP_GIB | ARCH_MAP_THEAD, ~0u,
};
const bool raw_sign_extends = true;
const bool raw_links_stay = true;	/* 4.2.1 */

enum raw_kind raw_entry(uint64_t entry, uint32_t level, uint32_t flags, uint64_t *pa,
			enum arch_perm *perm)
{
	const bool read = BIT(entry, 1), write = BIT(entry, 2), exec = BIT(entry, 3);
	/* by what is asked for: nothing, IO, WC. PBMT: PMA, IO, NC; C906: C B SH, SO SH, B SH */
	static const uint32_t svpbmt[] = { 0, 4, 2 }, thead[] = { 7, 9, 3 };
	const uint32_t type = entry >> 60, asked = entry >> 8 & 3;

	if (!BIT(entry, 0)) {
		assert_true(entry == 0);
		return RAW_NONE;
	}
	*pa = (entry >> 10 & ((1ull << 44) - 1)) << 12;
	assert_true((entry >> 54 & 0x3f) == 0);		/* reserved; bit 59 is T-Head's Sec */
	assert_false(BIT(entry, 4) | BIT(entry, 5));	/* U; G: nothing says that all agree */
	if (!read && !exec) {
		assert_true(level && !write);
		assert_true((entry & 0x3ff) == 1 && type == 0);	/* A, D, U: must be clear */
		return RAW_TABLE;
	}
	assert_true(read);				/* W without R is reserved */
	assert_true(level <= 2);			/* no larger leaf is asked for */
	assert_true((*pa & ((1ull << (12 + 9 * level)) - 1)) == 0);	/* misaligned: a fault */
	assert_true(BIT(entry, 6) && BIT(entry, 7));	/* A, D: Svade faults without */
	assert_false(write && exec);
	assert_in_range(asked, 0, 2);
	assert_int_equal(type, flags & ARCH_MAP_TYPES ? svpbmt[asked] :
			 flags & ARCH_MAP_THEAD ? thead[asked] : 0);
	assert_true(!asked || (write && !exec));
	switch (asked) {				/* RSW, ours */
	case 0: *perm = write ? ARCH_RW : exec ? ARCH_RX : ARCH_RO; break;
	case 1: *perm = ARCH_IO; break;
	case 2: *perm = ARCH_WC; break;
	default: fail_msg("0x%lx: RSW", entry);
	}
	return RAW_LEAF;
}
