/* SPDX-License-Identifier: MIT */
/* pgtable.c - a fake page allocator and a walk that trusts nothing but the manual. */
#include "tests/host/unit/pgtable.h"
#include "tests/host/reuse.h"

#define PAGE_WORDS	512

static uint64_t pool_page(void *cookie)
{
	struct pool *p = cookie;

	if (p->used == p->limit)
		return 0;
	return POOL_PA + PAGE_SIZE * p->used++;
}

void pool_start(struct pool *p, struct arch_map *m, uint32_t pages, uint32_t levels,
		uint32_t flags)
{
	p->pages = reuse_alloc(PAGE_SIZE, pages * PAGE_SIZE);
	assert_non_null(p->pages);
	memset(p->pages, 0xa5, pages * PAGE_SIZE);	/* table pages are not cleared */
	memset(p->pages, 0, PAGE_SIZE);			/* except for the root */
	p->used = 0;
	p->limit = p->most = pages;
	*m = (struct arch_map){
		.page = pool_page, .cookie = p, .offset = (uint64_t)p->pages - POOL_PA,
		.levels = levels, .flags = flags,
	};
	m->root = pool_page(p);
}

void pool_end(struct pool *p)
{
	reuse_free(p->pages, p->most * PAGE_SIZE);
}

static void walk(const struct arch_map *m, uint64_t table, uint32_t level, uint64_t va,
		 struct leaves *out)
{
	const struct pool *p = m->cookie;
	const uint64_t *e = p->pages + (table - POOL_PA) / sizeof(*e);

	assert_true(table >= POOL_PA && table - POOL_PA < p->used * PAGE_SIZE);
	for (uint32_t i = 0; i < PAGE_WORDS; i++) {
		uint64_t size = 1ull << (12 + 9 * level);
		struct leaf l = { va + i * size, 0, size, 0 };

		switch (raw_entry(e[i], level, m->flags, &l.pa, &l.perm)) {
		case RAW_NONE:
			break;
		case RAW_TABLE:
			walk(m, l.pa, level - 1, l.va, out);
			break;
		case RAW_LEAF:
			assert_true(m->flags & ARCH_MAP_GIB || level < 2);
			assert_true(out->n < LEAVES_MAX);
			out->leaf[out->n++] = l;
		}
	}
}

void leaves_read(const struct arch_map *m, struct leaves *out)
{
	uint32_t bits = 12 + 9 * m->levels;

	out->n = 0;
	walk(m, m->root, m->levels - 1, 0, out);
	for (uint32_t i = 0; raw_sign_extends && i < out->n; i++)
		out->leaf[i].va = (uint64_t)((int64_t)(out->leaf[i].va << (64 - bits)) >>
					     (64 - bits));
}

const struct leaf *leaves_find(const struct leaves *l, uint64_t va)
{
	uint32_t low = 0, high = l->n;

	while (low < high) {
		uint32_t mid = (low + high) / 2;
		const struct leaf *f = &l->leaf[mid];

		if (va - f->va < f->size)
			return f;
		if (f->va < va)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
