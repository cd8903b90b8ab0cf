/* SPDX-License-Identifier: MIT */
/* module.c - checks modules that a loader has put into memory. Pure except for panic(). */
#include "stub/raw/raw.h"
#include "stub/memmap.h"

/* Whether all of it is memory, perhaps in several pieces. */
static bool memory_holds(const struct raw *r, const struct boot_range *mem)
{
	uint64_t at = mem->base, end = mem->base + mem->size;

	for (uint32_t i = 0; i < r->n && at < end; i++) {
		const struct boot_mem *m = &r->map[i];

		if (!memmap_given(m->type) || at < m->base || at - m->base >= m->size)
			continue;
		at = m->size > end - m->base ? end : m->base + m->size;
		i = UINT32_MAX;			/* start over: the map is not sorted */
	}
	return at >= end;
}

bool raw_apart(const struct boot_range *mem)
{
	const struct boot_range own = raw_own();

	return !ranges_overlap(mem->base, mem->size, own.base, own.size);
}

void raw_drop(struct raw *r, const char *what, const char *why, const char *more,
	      const struct boot_range *mem)
{
	if (r->drops < RAW_DROPS)
		r->drop[r->drops++] = (struct raw_drop){ what, why, more, *mem };
}

/* The module's pages in a reservation that covers more: readable, and never given out. */
static void clear_shared(struct raw *r, uint64_t base, uint64_t end)
{
	base = ALIGN_DOWN(base, PAGE_SIZE);
	raw_add(r, base, end - base, BOOT_MEM_NVS);
}

static bool clear_meets(const struct boot_mem *m, uint64_t from, uint64_t to)
{
	return m->type == BOOT_MEM_RESERVED && m->base < to &&
	       range_end(m->base, m->size) > from;
}

/* Reserve what is outside of `from` to `to`. The NVS comes first, so these do not merge over it. */
static void clear_one(struct raw *r, const struct boot_range *mem, const struct boot_mem *m,
		      uint64_t from, uint64_t to)
{
	const uint64_t base = m->base, end = range_end(base, m->size);

	if (base < mem->base || end > to)	/* not of the module alone */
		clear_shared(r, MAX(base, from), MIN(end, to));
	if (base < from)
		raw_add(r, base, from - base, BOOT_MEM_RESERVED);
	if (end > to)
		raw_add(r, to, end - to, BOOT_MEM_RESERVED);
}

void raw_clear(struct raw *r, const struct boot_range *mem)
{
	const uint64_t from = ALIGN_DOWN(mem->base, PAGE_SIZE);
	const uint64_t to = ALIGN_UP(mem->base + mem->size, PAGE_SIZE);
	struct boot_mem old[RAW_RANGES];
	uint32_t i = 0, n;

	while (i < r->n && !clear_meets(&r->map[i], from, to))
		i++;
	if (i == r->n)
		return;
	n = raw_empty(r, old);
	for (i = 0; i < n; i++)
		if (clear_meets(&old[i], from, to))
			clear_one(r, mem, &old[i], from, to);
		else
			raw_keep(r, &old[i]);
}

void raw_module(struct raw *r, const char *what, struct boot_module *module)
{
	const struct boot_range mem = module->mem;

	if (ends_by(mem.base, mem.size, ARCH_REACH) && memory_holds(r, &mem) && raw_apart(&mem)) {
		raw_clear(r, &mem);
		return;
	}
	raw_drop(r, what, "not in RAM, or overlaps the image", raw_lost(r), &mem);
	*module = (struct boot_module){ 0 };
}

bool raw_tree(struct raw *r, const struct boot_range *mem)
{
	bool inside;

	if (!ends_by(mem->base, mem->size, ARCH_REACH))
		panic("device tree at 0x%llx: out of reach", LL(mem->base));
	inside = memory_holds(r, mem);
	if (!raw_apart(mem))
		panic("device tree at 0x%llx, 0x%llx bytes: overlaps the image at 0x%llx",
		      LL(mem->base), LL(mem->size), LL(image_doors));
	raw_clear(r, mem);
	if (!inside)
		raw_add(r, mem->base, mem->size, BOOT_MEM_NVS);
	return inside;
}
