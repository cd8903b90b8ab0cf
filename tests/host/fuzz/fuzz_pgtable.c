/* SPDX-License-Identifier: MIT */
/*
 * fuzz_pgtable.c - arch_map with each CPU's tables: the first request for a page wins, and
 * nothing else is mapped, also when table pages run out half-way.
 */
#include "tests/host/fuzz/pgtable_check.h"

#define ASKS		24
#define POOL		12	/* pages: what they map fits into struct leaves */

static const uint64_t places[] = {
	0, 0x1ff000, GIB - 0x200000, 512 * GIB - GIB, 1ull << 46, (1ull << 47) - 4 * GIB,
	1ull << 47, (1ull << 48) - 64 * GIB,
};

/* A request of whole pages within what the tables translate, not too large for small leaves. */
static struct ask ask_feed(struct feed *f, uint64_t top)
{
	const uint32_t how = (uint32_t)feed_number(f, 1), scale = (uint32_t)feed_number(f, 1);
	struct ask a = { .must = true, .perm = (enum arch_perm)(how % 5) };

	a.va = places[scale % 8] + (feed_number(f, 1) << (12 + 9 * (scale >> 3 & 1)));
	a.size = feed_number(f, 1) << (12 + 9 * (scale >> 4 & 1));
	if (how & 0x20)
		a.size <<= 9;
	a.pa = how & 0x40 ? feed_number(f, 6) & ((1ull << 48) - PAGE_SIZE) :
			    a.va + (feed_number(f, 1) << (how & 0x80 ? 30 : 21));
	a.pa &= (1ull << 48) - PAGE_SIZE;
	if (a.va >= top)
		a.va %= top;
	a.size = MIN(a.size, MIN(top - a.va, (1ull << 48) - a.pa));
	return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ask asks[ASKS];
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1);
	uint32_t levels = raw_levels[0], flags = 0, n = 0;
	struct arch_map m;
	struct pool p;
	status_t status = OK;

	if (how & 1 && raw_levels[1])
		levels = raw_levels[1];
	for (uint32_t i = 0; i <= (how >> 1 & 3) && raw_flags[i] != ~0u; i++)
		flags = raw_flags[i];
	pool_start(&p, &m, POOL, levels, flags);
	p.limit = how & 0x80 ? 1 + (how >> 3 & 7) : POOL;
	while (n < ASKS && f.left && status == OK) {
		asks[n] = ask_feed(&f, 1ull << 48);
		status = arch_map(&m, asks[n].va, asks[n].pa, asks[n].size, asks[n].perm);
		CHECK(status == OK || (status == ERR_NO_MEMORY && p.used == p.limit));
		asks[n].must = status == OK;
		n += asks[n].size != 0;
	}
	check_tables(&m, asks, n);
	pool_end(&p);
	return 0;
}
