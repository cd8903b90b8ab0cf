/* SPDX-License-Identifier: MIT */
/*
 * reach.c - see reach.h. Pure except for arch_reach().
 *
 * Firmware's page tables map what is in its memory map, and not always more. On aarch64 an access
 * to an unmapped address ends in firmware's own fault handler.
 */
#include "stub/reach.h"
#include "arch/boot.h"

/* Types that may hold data: neither devices nor memory that must be accepted first. */
#define READABLE (1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_ACPI | \
		  1u << BOOT_MEM_RUNTIME_CODE | 1u << BOOT_MEM_RUNTIME_DATA | \
		  1u << BOOT_MEM_NVS | 1u << BOOT_MEM_RESERVED)

static void reach_map(struct reach *r, uint64_t at)
{
	r->known.size = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct boot_mem *m = &r->map[i];

		if (at < m->base || at - m->base >= m->size || !(READABLE >> m->type & 1))
			continue;
		r->known = (struct boot_range){ m->base, m->size };
		return;
	}
}

/* Set `known` to what is around `at`, without address 0 and what no regime can map. */
static bool reach_known(struct reach *r, uint64_t at)
{
	struct boot_range *known = &r->known;

	if (at - known->base < known->size)
		return true;
	if (!r->map)
		known->size = arch_reach(at, false, known) ? known->size : 0;
	else
		reach_map(r, at);
	if (!known->size)
		return false;
	known->size = MIN(known->size, ARCH_REACH - known->base);
	if (!known->base) {
		known->base++;
		known->size--;
	}
	return true;
}

bool reach_find(struct reach *r, uint64_t base, uint64_t size)
{
	uint64_t at = base;

	if (!base || base >= ARCH_REACH || size > ARCH_REACH - base)
		return false;
	do {
		if (!reach_known(r, at))
			return false;
		at = r->known.base + r->known.size;
	} while (at - base < size);
	return true;
}

bool reach_device(uint64_t base)
{
	struct boot_range piece;

	return base && base < ARCH_REACH && arch_reach(base, true, &piece);
}

const void *reach_pointer(void *reach, uint64_t base, uint64_t size)
{
	return reach_ok(reach, base, size) ? (const void *)base : NULL;
}
