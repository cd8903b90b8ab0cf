/* SPDX-License-Identifier: MIT */
/* reach.h - whether the target of a pointer in a table, tree or structure can be read. */
#ifndef STUB_REACH_H
#define STUB_REACH_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

/*
 * All zero: ask the live page tables (arch_reach()). With the MMU off there are none, and `map`,
 * the memory known so far, decides.
 */
struct reach {
	const struct boot_mem *map;	/* n ranges in any order; NULL: none */
	uint32_t n;
	struct boot_range known;	/* around the last address found; never contains 0 */
};

bool reach_find(struct reach *r, uint64_t base, uint64_t size);		/* for reach_ok() only */

/*
 * Whether [base, base + size) can be read in place. Check every address from outside with this
 * before following it; base 0 is never valid. Inline, since most pointers lead near each other.
 */
static inline bool reach_ok(struct reach *r, uint64_t base, uint64_t size)
{
	const uint64_t at = base - r->known.base;

	return (at < r->known.size && size <= r->known.size - at) || reach_find(r, base, size);
}

/* For struct acpi: where that is, or NULL. */
const void *reach_pointer(void *reach, uint64_t base, uint64_t size)
	__attribute__((visibility("hidden")));	/* so that its address needs no GOT */

/* Whether a device's registers at `base` can be accessed: mapped, with whatever attributes. */
bool reach_device(uint64_t base);
#endif
