/* SPDX-License-Identifier: MIT */
/* reach.h - whether what a table, a tree or a structure points to can be read. */
#ifndef STUB_REACH_H
#define STUB_REACH_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

/*
 * All zero: the page tables in force say what can be read (arch_reach()). With the MMU off they say
 * nothing, and `map`, the memory that is known so far, decides.
 */
struct reach {
	const struct boot_mem *map;	/* n ranges in any order; NULL: none */
	uint32_t n;
	struct boot_range known;	/* around the last address that was found; never 0 */
};

bool reach_find(struct reach *r, uint64_t base, uint64_t size);		/* reach_ok()'s alone */

/*
 * Whether [base, base + size) can be read where it is. Every address that comes from outside goes
 * through this before it is followed; base 0 is none. Inline since most pointers lead near
 * each other.
 */
static inline bool reach_ok(struct reach *r, uint64_t base, uint64_t size)
{
	const uint64_t at = base - r->known.base;

	return (at < r->known.size && size <= r->known.size - at) || reach_find(r, base, size);
}

/* Whether a device's registers at `base` can be touched: mapped, as whatever. */
bool reach_device(uint64_t base);
#endif
