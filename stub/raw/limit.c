/* SPDX-License-Identifier: MIT */
/* limit.c - restricts the memory map to where a crash kernel may be. Pure. */
#include "stub/raw/raw.h"
#include "stub/memmap.h"

/* The type that a range outside of our memory gets; 0: unchanged. */
static uint32_t type_outside(uint32_t type)
{
	if (memmap_given(type))
		return BOOT_MEM_RESERVED;
	return type == BOOT_MEM_ACPI ? BOOT_MEM_NVS : 0;
}

/* Add the part of *m between `base` and `end`. */
static void piece(struct raw *r, const struct boot_mem *m, uint64_t base, uint64_t end,
		  uint32_t type)
{
	const struct boot_mem part = { base, end - base, type, m->cache };

	if (end > base)
		raw_keep(r, &part);
}

static void sort(struct boot_range *r, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && r[k].base < r[k - 1].base; k--) {
			const struct boot_range swap = r[k];

			r[k] = r[k - 1];
			r[k - 1] = swap;
		}
}

static bool holds(const struct boot_range *r, uint32_t n, const struct boot_range *mem)
{
	for (uint32_t i = 0; i < n; i++)
		if (mem->base >= r[i].base && mem->base - r[i].base < r[i].size &&
		    mem->size <= r[i].size - (mem->base - r[i].base))
			return true;
	return false;
}

/* What we read or run from must be mapped, wherever it is. */
static void keep(struct raw *r, const struct boot_range *usable, uint32_t n,
		 const struct boot_range *mem)
{
	if (!mem->size)
		return;
	raw_clear(r, mem);
	if (!holds(usable, n, mem))
		raw_add(r, mem->base, mem->size, BOOT_MEM_NVS);
}

void raw_limit(const struct draft *d, struct raw *r, struct boot_range *usable, uint32_t n)
{
	const struct boot_range own = raw_own();
	struct boot_mem old[RAW_RANGES];
	const uint32_t count = raw_empty(r, old);

	sort(usable, n);
	for (uint32_t i = 0; i < count; i++) {
		const struct boot_mem *m = &old[i];
		const uint64_t end = range_end(m->base, m->size);
		const uint32_t outside = type_outside(m->type);
		uint64_t at = m->base;

		for (uint32_t k = 0; k < n && outside; k++) {
			const uint64_t from = MAX(at, usable[k].base);
			const uint64_t to = MIN(range_end(usable[k].base, usable[k].size), end);

			piece(r, m, at, MIN(from, end), outside);
			piece(r, m, from, to, m->type);
			at = MAX(MIN(from, end), to);
		}
		piece(r, m, at, end, outside ? outside : m->type);
	}
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		keep(r, usable, n, &d->module[i].mem);
	keep(r, usable, n, &own);
}
