/* SPDX-License-Identifier: MIT */
/*
 * room.c - keeps a loader's ranges in bounded space. When it is full we lose free memory, never a
 * reservation. Pure except for panic(). A normal map needs only the first lines of raw_keep(); in a
 * longer one each range is compared with all others.
 */
#include "stub/raw/raw.h"
#include "lib/string.h"

static uint64_t end_of(const struct boot_mem *m)
{
	return range_end(m->base, m->size);
}

/* The smallest range that contains both. */
static struct boot_mem hull(const struct boot_mem *a, const struct boot_mem *b)
{
	const uint64_t base = MIN(a->base, b->base), end = MAX(end_of(a), end_of(b));

	return (struct boot_mem){ base, end - base, a->type, a->cache & b->cache };
}

/* Whether two ranges can be merged: alike, and without a gap. */
static bool alike(const struct boot_mem *a, const struct boot_mem *b)
{
	return a->type == b->type && a->cache == b->cache && a->base <= end_of(b) &&
	       b->base <= end_of(a);
}

/* Merge r->map[i] with all like ranges that it touches; false if there are none. */
static bool room_join(struct raw *r, uint32_t i)
{
	const uint32_t n = r->n;

	for (uint32_t k = 0; k < r->n; k++) {
		if (k == i || !alike(&r->map[i], &r->map[k]))
			continue;
		r->map[i] = hull(&r->map[i], &r->map[k]);
		r->map[k] = r->map[--r->n];
		if (i == r->n)
			i = k;
		k = UINT32_MAX;			/* start over: it has grown */
	}
	return r->n < n;
}

/* Likewise for a range that is not in the map yet. */
static bool room_into(struct raw *r, const struct boot_mem *m)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (alike(&r->map[i], m)) {
			r->map[i] = hull(&r->map[i], m);
			room_join(r, i);
			return true;
		}
	return false;
}

/* Called once, when the map is full. From then on no two ranges in it can be merged. */
static void room_pack(struct raw *r)
{
	for (uint32_t i = 0; i < r->n;)
		if (r->map[i].size)
			i++;
		else
			r->map[i] = r->map[--r->n];
	for (uint32_t i = 0; i < r->n; i++)	/* those before i touch nothing any more */
		room_join(r, i);
}

/* Memory lost if `m` were merged into r->map[i]; UINT64_MAX if they cannot be merged. */
static uint64_t merge_cost(const struct raw *r, uint32_t i, const struct boot_mem *m)
{
	const struct boot_mem whole = hull(&r->map[i], m);

	if (r->map[i].type != BOOT_MEM_RESERVED || m->type != BOOT_MEM_RESERVED)
		return UINT64_MAX;
	if (whole.size <= r->map[i].size || whole.size - r->map[i].size <= m->size)
		return 0;
	return whole.size - r->map[i].size - m->size;
}

/* Whether the merged range would cover nothing in use, such as our image or ACPI tables. */
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

/* Turn a FREE range into RECLAIM if that merges it with a neighbour; else drop it. */
static void room_give(struct raw *r, uint32_t i)
{
	const uint64_t size = r->map[i].size;

	r->map[i].type = BOOT_MEM_RECLAIM;
	if (room_join(r, i))
		return;
	r->lost += size;
	r->map[i] = r->map[--r->n];
}

/* Make room at the lowest cost: merge two reservations, or give up a free range. */
static bool room_pay(struct raw *r, const struct boot_mem *m)
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
	if (r->map[best].type == BOOT_MEM_FREE) {
		room_give(r, best);
		r->map[r->n++] = *m;
	} else {
		r->map[best] = hull(&r->map[best], m);
	}
	return true;
}

static uint64_t room_least(const struct raw *r)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < r->n; i++)
		if (r->map[i].type == BOOT_MEM_FREE)
			least = MIN(least, r->map[i].size);
	return least;
}

/* The same as room_give(), for a new free range that is smaller than all others. */
static void room_refuse(struct raw *r, const struct boot_mem *m)
{
	const struct boot_mem given = { m->base, m->size, BOOT_MEM_RECLAIM, m->cache };

	if (!room_into(r, &given))
		r->lost += m->size;
}

static void room_make(struct raw *r, const struct boot_mem *m)
{
	if (!r->beyond)
		room_pack(r);
	if (++r->beyond > RAW_BEYOND)
		panic("memory map: more than %u ranges", RAW_BEYOND);
	if (room_into(r, m))
		return;
	if (r->n < RAW_RANGES)
		r->map[r->n++] = *m;
	else if (m->type == BOOT_MEM_FREE && room_least(r) >= m->size)
		room_refuse(r, m);
	else if (!room_pay(r, m))
		panic("memory map: more than %u ranges in use", RAW_RANGES);
}

void raw_keep(struct raw *r, const struct boot_mem *m)
{
	if (!m->size)
		return;
	if (r->n < RAW_RANGES && !r->beyond)
		r->map[r->n++] = *m;
	else
		room_make(r, m);
}

void raw_add(struct raw *r, uint64_t base, uint64_t size, enum boot_mem_type type)
{
	const struct boot_mem m = { .base = base, .size = size, .type = type };

	raw_keep(r, &m);
}

const char *raw_lost(const struct raw *r)
{
	return r->lost ? "; too many ranges, some memory was ignored" : "";
}

uint32_t raw_empty(struct raw *r, struct boot_mem old[RAW_RANGES])
{
	const uint32_t n = r->n;

	memcpy(old, r->map, n * sizeof(*old));
	r->n = r->beyond = 0;
	return n;
}
