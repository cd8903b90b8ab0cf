/* SPDX-License-Identifier: MIT */
/* selftest_memory.c - the memory map, the live tables, and memory itself. See selftest.c. */
#include "lib/image.h"
#include "kernel/mm/page.h"
#include "kernel/selftest.h"

#define REGION_PAGES	8		/* pages written per region, spread over it */
#define REGIONS_MAX	512

const char *check_map(struct kernel *k)
{
	const struct memory *m = &k->memory;

	if (m->n == 0)
		return "empty";
	for (uint32_t i = 0; i < m->n; i++) {
		const struct boot_mem *r = &m->map[i], *next = r + 1;
		uint64_t base = r->base;

		if ((base | r->size) % PAGE_SIZE || r->size == 0)
			return selftest_why("0x%llx: not whole pages", LL(base));
		if (r->type < BOOT_MEM_FREE || r->type >= BOOT_MEM_TYPES)
			return selftest_why("0x%llx: type %u", LL(base), r->type);
		if (i + 1 == m->n)
			break;
		if (next->base <= base || r->size > next->base - base)
			return selftest_why("0x%llx: out of order or overlapping", LL(base));
		if (r->size == next->base - base && r->type == next->type &&
		    r->cache == next->cache)
			return selftest_why("0x%llx: not merged", LL(base));
	}
	return NULL;
}

/* Memory in use must not be free. */
const char *check_free(struct kernel *k)
{
	const uint32_t unused = MEMORY_TYPE(FREE) | MEMORY_TYPE(RECLAIM);
	const struct memory *m = &k->memory;
	const struct boot_info *bi = k->bi;
	const struct boot_module *module = memory_at(m, bi->modules.base);
	const uint64_t headers = image_offset(image_text);

	if (memory_touches(m, bi->handoff.base, bi->handoff.size, unused))
		return "the handoff is free";
	if (memory_touches(m, bi->image.base + headers, bi->image.size - headers, unused))
		return "the image is free";
	if (bi->fb.format != BOOT_FB_NONE &&
	    memory_touches(m, bi->fb.mem.base, bi->fb.mem.size, unused))
		return "the screen is free";
	for (uint64_t i = 0; i < bi->modules.size / sizeof(*module); i++)
		if (module[i].mem.size > 0 &&
		    memory_touches(m, module[i].mem.base, module[i].mem.size, unused))
			return selftest_why("module %llu is free", LL(i));
	return NULL;
}

/* ---- the live tables ---- */

struct walk {
	const struct memory *m;
	struct boot_range avoid[2];
	uint64_t leaves;
	const char *why;
};

static const char *walk_tables(struct kernel *k, struct walk *w,
			       bool (*visit)(const struct arch_leaf *, void *))
{
	struct arch_map map;

	w->m = &k->memory;
	memory_tables(&k->memory, &map);
	arch_map_walk(&map, visit, w);
	if (!w->why && w->leaves == 0)
		w->why = "no page is mapped";
	return w->why;
}

static bool visit_wx(const struct arch_leaf *leaf, void *cookie)
{
	struct walk *w = cookie;

	w->leaves++;
	if (leaf->write && leaf->exec)
		w->why = selftest_why("0x%llx size 0x%llx", LL(leaf->va), LL(leaf->size));
	return !w->why;
}

const char *check_wx(struct kernel *k)
{
	struct walk w = { 0 };

	return walk_tables(k, &w, visit_wx);
}

static bool visit_uncached(const struct arch_leaf *leaf, void *cookie)
{
	struct walk *w = cookie;

	w->leaves++;
	if (leaf->cached && memory_touches(w->m, leaf->pa, leaf->size,
					   MEMORY_TYPE(MMIO) | MEMORY_TYPE(RESERVED)))
		w->why = selftest_why("0x%llx size 0x%llx", LL(leaf->va), LL(leaf->size));
	return !w->why;
}

const char *check_uncached(struct kernel *k)
{
	struct walk w = { 0 };

	return walk_tables(k, &w, visit_uncached);
}

static bool visit_guards(const struct arch_leaf *leaf, void *cookie)
{
	struct walk *w = cookie;

	w->leaves++;
	for (uint32_t i = 0; i < ARRAY_SIZE(w->avoid); i++)
		if (w->avoid[i].base - leaf->pa < leaf->size)
			w->why = selftest_why("0x%llx is mapped at 0x%llx",
					      LL(w->avoid[i].base), LL(leaf->va));
	return !w->why;
}

const char *check_guard_pages(struct kernel *k)
{
	struct walk w = {
		.avoid = {
			{ k->bi->boot_stack.base - PAGE_SIZE, PAGE_SIZE },
			{ k->bi->trap_stack.base - PAGE_SIZE, PAGE_SIZE },
		},
	};

	return walk_tables(k, &w, visit_guards);
}

/* ---- memory itself ---- */

struct writes {
	const struct memory *m;
	uint32_t pages;
	const char *why;
};

/* Write the first and last word of a page, each with a value unique to its address. */
static bool page_keeps(volatile uint64_t *page)
{
	const uint64_t last = PAGE_SIZE / sizeof(*page) - 1, value = (uint64_t)page;

	page[0] = value;
	page[last] = ~value;
	return page[0] == value && page[last] == ~value;
}

/* Skip a page that is in use, such as those of the allocator itself. */
static void write_page(struct writes *w, uint64_t pa)
{
	if (page_claim(pa, 0) != OK)
		return;
	w->pages++;
	if (!page_keeps(memory_at(w->m, pa)))
		w->why = selftest_why("0x%llx lost its content", LL(pa));
	page_free(pa, 0);
}

static void write_regions(void *cookie)
{
	struct writes *w = cookie;
	struct boot_range r;

	for (uint32_t i = 0; i < REGIONS_MAX && memory_free_next(w->m, &i, &r);) {
		const uint64_t last = r.size / PAGE_SIZE - 1, steps = MIN(last, REGION_PAGES - 1);

		for (uint64_t n = 0; n < steps && !w->why; n++)
			write_page(w, r.base + last / steps * n * PAGE_SIZE);
		write_page(w, r.base + last * PAGE_SIZE);
	}
}

const char *check_write(struct kernel *k)
{
	struct writes w = { .m = &k->memory };
	struct trap_info fault;

	if (!trap_try(write_regions, &w, &fault))
		return selftest_why("%s at 0x%llx", fault.what, LL(fault.address));
	return w.why || w.pages ? w.why : "no page is free";
}
