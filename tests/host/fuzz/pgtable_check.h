/* SPDX-License-Identifier: MIT */
/*
 * pgtable_check.h - compares everything that tables map with the requests, in effect page by
 * page: mappings change only where a request or a leaf begins or ends.
 */
#ifndef PGTABLE_CHECK_H
#define PGTABLE_CHECK_H
#include "tests/host/unit/pgtable.h"
#include "tests/host/fuzz/fuzz.h"

#define NOT_MAPPED	((enum arch_perm)99)

struct ask {			/* !must: a refused request, which may have been mapped in part */
	uint64_t va, pa, size;
	enum arch_perm perm;
	bool must;
};

static struct leaves leaves;

/* The first request for va: it wins. */
static const struct ask *ask_of(const struct ask *asks, uint32_t n, uint64_t va)
{
	for (uint32_t i = 0; i < n; i++)
		if (va - asks[i].va < asks[i].size)
			return &asks[i];
	return NULL;
}

static void check_va(const struct ask *asks, uint32_t n, uint64_t va)
{
	const struct leaf *l = leaves_find(&leaves, va);
	const struct ask *a = ask_of(asks, n, va);

	if (!l) {
		CHECK(!a || !a->must || a->perm == NOT_MAPPED);
		return;
	}
	CHECK(a && a->perm != NOT_MAPPED);
	CHECK(l->perm == a->perm && l->pa + (va - l->va) == a->pa + (va - a->va));
}

/* Addresses are cut to what the tables translate: `bits` of them. */
static void check_tables(const struct arch_map *m, const struct ask *asks, uint32_t n)
{
	const uint64_t mask = (1ull << (12 + 9 * m->levels)) - 1;

	leaves_read(m, &leaves);
	for (uint32_t i = 0; i < leaves.n; i++)
		leaves.leaf[i].va &= mask;
	for (uint32_t i = 0; i < leaves.n; i++) {
		const struct leaf *l = &leaves.leaf[i];
		const struct ask *first = ask_of(asks, n, l->va);

		check_va(asks, n, l->va);
		check_va(asks, n, l->va + l->size - PAGE_SIZE);
		/* nor may an earlier one begin or end inside a leaf */
		for (const struct ask *a = asks; a < first; a++)
			CHECK(a->va >= l->va + l->size || a->va + a->size <= l->va);
	}
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t end = asks[i].va + asks[i].size;

		for (uint32_t k = 0; k < 2; k++) {
			check_va(asks, n, (asks[i].va - k * PAGE_SIZE) & mask);
			check_va(asks, n, (end - k * PAGE_SIZE) & mask);
		}
	}
}
#endif
