/* SPDX-License-Identifier: MIT */
/*
 * room.c - ranges that a loader names, kept in bounded room: what there is no room for costs
 * free memory, never a reservation. Pure but for panic().
 */
#include "stub/raw/raw.h"

static uint64_t end_of(const struct boot_mem *m)
{
	return m->base + MIN(m->size, UINT64_MAX - m->base);
}

/* Both, and what lies between them. */
static struct boot_mem hull(const struct boot_mem *a, const struct boot_mem *b)
{
	const uint64_t base = MIN(a->base, b->base), end = MAX(end_of(a), end_of(b));

	return (struct boot_mem){ .base = base, .size = end - base, .type = a->type };
}

/* Memory that would be lost if `m` became one with r->map[i]; UINT64_MAX: it must not. */
static uint64_t merge_cost(const struct raw *r, uint32_t i, const struct boot_mem *m)
{
	const struct boot_mem whole = hull(&r->map[i], m);

	if (r->map[i].type != BOOT_MEM_RESERVED || m->type != BOOT_MEM_RESERVED)
		return UINT64_MAX;
	if (whole.size <= r->map[i].size || whole.size - r->map[i].size <= m->size)
		return 0;
	return whole.size - r->map[i].size - m->size;
}

/* Whether nothing that is in use would be reserved: our own image, ACPI tables, and so on. */
static bool merge_safe(const struct raw *r, uint32_t i, const struct boot_mem *m)
{
	const struct boot_mem whole = hull(&r->map[i], m);

	for (uint32_t k = 0; k < r->n; k++) {
		const struct boot_mem *other = &r->map[k];

		if (other->type != BOOT_MEM_RESERVED && other->type != BOOT_MEM_FREE &&
		    other->base < end_of(&whole) && whole.base < end_of(other))
			return false;
	}
	return true;
}

/* The cheapest of all there is: one reservation made of two, or a free range forgotten. */
static bool room_make(struct raw *r, const struct boot_mem *m)
{
	uint64_t least = UINT64_MAX;
	uint32_t best = 0;

	for (uint32_t i = 0; i < r->n; i++) {
		uint64_t cost = merge_cost(r, i, m);

		if (r->map[i].type == BOOT_MEM_FREE)
			cost = r->map[i].size;
		if (cost >= least || (cost && r->map[i].type == BOOT_MEM_RESERVED &&
				      !merge_safe(r, i, m)))
			continue;
		least = cost;
		best = i;
	}
	if (least == UINT64_MAX)
		return false;
	r->map[best] = r->map[best].type == BOOT_MEM_FREE ? *m : hull(&r->map[best], m);
	return true;
}

void raw_add(struct raw *r, uint64_t base, uint64_t size, enum boot_mem_type type)
{
	const struct boot_mem m = { .base = base, .size = size, .type = type };

	if (!size)
		return;
	if (r->n < RAW_RANGES)
		r->map[r->n++] = m;
	else if (type != BOOT_MEM_FREE && !room_make(r, &m))
		panic("memory map: more than %u ranges in use", RAW_RANGES);
}
