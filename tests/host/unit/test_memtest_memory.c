/* SPDX-License-Identifier: MIT */
/*
 * test_memtest_memory.c - which memory memtest takes from the page allocator and gives back, in
 * random maps, of which the kernel uses a part, against a list of pages.
 */
#include "tests/host/unit/page_world.h"
#include "kernel/kernel.h"
#include "kernel/memtest/memory.h"
#include "kernel/mm/mm.h"

#define LAST		(24 * MIB)		/* no range ends above */
#define PAGES_HERE	(LAST / PAGE_SIZE)
#define SEED_AT		(32 * MIB)		/* outside the map, like what is used below */
#define MOST		6
#define OURS		(1u << BOOT_MEM_FREE | 1u << BOOT_MEM_IMAGE | 1u << BOOT_MEM_HANDOFF)

static uint8_t type[PAGES_HERE];	/* 0: not in the map */
static bool left[PAGES_HERE];		/* by the run before, for this one */
static uint64_t unmapped;		/* a page of what was left, perhaps */
static uint64_t rnd_state;

static struct boot_mem map[MOST];
static struct kernel k;
static struct boot_info bi;
static struct memtest_memory m;

/* What mm_start() would have done. */
static const struct boot_range *without;
static uint32_t without_n;

void mm_leave(const struct boot_range *range, uint32_t n)
{
	without = range;
	without_n = n;
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	assert_true(fn == map_look && out);
	return ALIGN_DOWN((uint64_t)arg - (uint64_t)space, PAGE_SIZE) != unmapped;
}

static bool is_left(uint64_t page)
{
	return left[page] && type[page] == BOOT_MEM_FREE && page >= MM_LOW_END / PAGE_SIZE;
}

static uint64_t random_pages(void)
{
	static const uint32_t most[] = { 3, 30, 700, 2000 };

	return 1 + rnd_below(&rnd_state, most[rnd_below(&rnd_state, ARRAY_SIZE(most))]);
}

static void map_make(void)
{
	static const uint8_t types[] = {
		BOOT_MEM_FREE, BOOT_MEM_FREE, BOOT_MEM_FREE, BOOT_MEM_IMAGE, BOOT_MEM_HANDOFF,
		BOOT_MEM_RESERVED, BOOT_MEM_MODULE,
	};
	uint64_t page = rnd_below(&rnd_state, 2) ? 0 : random_pages();

	memset(type, 0, sizeof(type));
	k.memory = (struct memory){ .bi = &bi, .map = map };
	for (uint32_t i = 0; i < MOST; i++) {
		const uint64_t n = random_pages();
		const uint8_t t = types[rnd_below(&rnd_state, ARRAY_SIZE(types))];

		if (page + n > PAGES_HERE)
			break;
		map[k.memory.n++] = (struct boot_mem){ page * PAGE_SIZE, n * PAGE_SIZE, t, 0 };
		memset(type + page, t, n);
		page += n + (rnd_below(&rnd_state, 2) ? 0 : random_pages());
	}
}

static void left_make(void)
{
	struct memtest_left *l = &k.options.left;
	const uint32_t n = rnd_below(&rnd_state, 4);
	uint64_t page = random_pages();

	memset(left, 0, sizeof(left));
	*l = (struct memtest_left){ .run = 2 };
	unmapped = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t pages = random_pages();

		if (page + pages > PAGES_HERE)
			break;
		l->range[l->n++] = (struct boot_range){ page * PAGE_SIZE, pages * PAGE_SIZE };
		memset(left + page, 1, pages);
		page += pages + random_pages();
	}
	memory_leave(&k);
	assert_true(without == l->range && without_n == l->n);
}

/* The kernel has its memory, and uses some of it. */
static void kernel_uses(void)
{
	start(SEED_AT, true);
	for (uint64_t page = MM_LOW_END / PAGE_SIZE; page < PAGES_HERE; page++)
		if (type[page] == BOOT_MEM_FREE && !left[page])
			page_add(page * PAGE_SIZE, PAGE_SIZE);
	for (uint32_t i = rnd_below(&rnd_state, 40); i; i--) {
		const uint32_t order = rnd_below(&rnd_state, 5) ? 0 : rnd_below(&rnd_state, 10);
		const uint64_t pa = page_alloc(order, 0);

		if (pa && rnd_below(&rnd_state, 3) == 0)
			page_free(pa, order);
	}
	page_cpu_flush();
}

enum { OUT, USED, TESTED };

/* Each page that was wanted is tested, or was in use and is left for the next run. */
static void taken_check(const struct boot_range *want, uint32_t n, const uint8_t *before)
{
	static uint8_t now[PAGES_HERE];
	uint64_t all = 0, low = 0, missed = 0;

	memset(now, 0, sizeof(now));
	for (uint32_t i = 0; i < m.tested.n; i++) {
		const struct boot_range *r = &m.tested.range[i];

		assert_true(r->size && r->base && ends_by(r->base, r->size, LAST));
		for (uint64_t pa = r->base; pa < r->base + r->size; pa += PAGE_SIZE) {
			assert_int_equal(now[pa / PAGE_SIZE], OUT);
			now[pa / PAGE_SIZE] = TESTED;
		}
	}
	for (uint64_t page = 0; page < PAGES_HERE; page++) {
		const bool in = !n || ranges_touch(want, n, page * PAGE_SIZE, PAGE_SIZE);
		const bool ours = OURS >> type[page] & 1 && type[page];
		const bool below = page < MM_LOW_END / PAGE_SIZE;
		const bool gone = m.left.n && ranges_touch(m.left.range, m.left.n,
							   page * PAGE_SIZE, PAGE_SIZE);

		all += ours;
		low += ours && below && (!page || type[page] != BOOT_MEM_FREE ||
					 k.cpus.running < k.cpus.named);
		if (now[page] == TESTED) {
			assert_true(in && type[page] == BOOT_MEM_FREE && before[page] != USED);
			assert_true(!below || (page && k.cpus.running == k.cpus.named));
			assert_true(page * PAGE_SIZE != unmapped || !k.options.left.n ||
				    !is_left(page));
		} else if (in && ours && !below) {
			missed++;
			assert_true(gone);
			assert_true(type[page] != BOOT_MEM_FREE || before[page] == USED ||
				    (unmapped && is_left(page)) || m.tested.n == m.tested.cap ||
				    page_owner(page * PAGE_SIZE, &(uint64_t){ 0 },
					       &(uint32_t){ 0 }));
		} else {
			assert_true(!in || !ours || !page || type[page] != BOOT_MEM_FREE ||
				    k.cpus.running < k.cpus.named);
		}
	}
	assert_true(m.all == all * PAGE_SIZE && m.low == low * PAGE_SIZE);
	assert_int_equal(m.missed, missed * PAGE_SIZE);
}

/* Pages that are free or have become the allocator's own, which was given others to begin with. */
static uint64_t free_or_own(uint64_t *all)
{
	struct page_stats st;

	page_cpu_flush();
	page_stats(&st);
	*all = st.total + st.lost;
	return st.free + st.own - (tree.seed - SEED_AT) / PAGE_SIZE;
}

/* Take memory, overwrite it, and give it back. */
static void test_once(const struct boot_range *want, uint32_t n)
{
	static uint8_t before[PAGES_HERE];
	uint64_t more = 0, base, total, all;
	const uint64_t was = free_or_own(&all);
	uint32_t order;

	for (uint64_t page = 0; page < PAGES_HERE; page++) {
		before[page] = page_owner(page * PAGE_SIZE, &base, &order) ? USED : OUT;
		more += k.options.left.n && is_left(page);
	}
	if (!memory_take(&k, want, n, &m))
		return;
	for (uint64_t i = 0; i < 8; i++)
		before[m.list / PAGE_SIZE + i] = USED;
	taken_check(want, n, before);
	for (uint32_t i = 0; i < m.tested.n; i++)
		memset(space + m.tested.range[i].base, 0x5a, m.tested.range[i].size);
	memory_return(&k, &m);
	if (!unmapped) {
		assert_int_equal(free_or_own(&total), was + more);
		assert_int_equal(total, all + more);
	}
	assert_true(!k.options.left.n && !without_n);
}

static void test_random(void **state)
{
	(void)state;
	bi.direct_map = (uint64_t)space;
	for (uint32_t i = 0; i < 400; i++) {
		struct boot_range want = { 0, 0 };

		rnd_state = 1 + i * 7919ull;
		map_make();
		left_make();
		kernel_uses();
		k.cpus.named = 4;
		k.cpus.running = rnd_below(&rnd_state, 3) ? 4 : 3;
		if (k.options.left.n && !rnd_below(&rnd_state, 4))
			unmapped = MAX(k.options.left.range[0].base, MM_LOW_END);
		want.base = random_pages() * PAGE_SIZE;
		want.size = random_pages() * PAGE_SIZE;
		if (rnd_below(&rnd_state, 2))
			test_once(&want, 1);
		else
			test_once(k.options.left.range, k.options.left.n);
		if (!unmapped)
			memset(left, 0, sizeof(left));
		test_once(NULL, 0);
		test_once(&want, 1);
	}
}

/* Every second page is in use, so there are more ranges than the list has room for: what the run
   before has left comes last, and is left again. */
static void test_full(void **state)
{
	const struct boot_range last = { LAST - PAGE_SIZE, PAGE_SIZE };
	uint64_t base;
	uint32_t order;

	(void)state;
	unmapped = 0;
	map[0] = (struct boot_mem){ MM_LOW_END, LAST - MM_LOW_END, BOOT_MEM_FREE, 0 };
	k.memory = (struct memory){ .bi = &bi, .map = map, .n = 1 };
	k.options.left = (struct memtest_left){ .run = 2, .n = 1, .range = { last } };
	memset(type, 0, sizeof(type));
	memset(type + MM_LOW_END / PAGE_SIZE, BOOT_MEM_FREE, (LAST - MM_LOW_END) / PAGE_SIZE);
	memset(left, 0, sizeof(left));
	left[PAGES_HERE - 1] = true;
	kernel_uses();
	while (page_alloc(0, 0))
		;
	for (uint64_t pa = MM_LOW_END; pa < last.base; pa += PAGE_SIZE)
		if ((pa < 2 * MIB || pa / PAGE_SIZE % 2) &&	/* at first, room for the list */
		    page_owner(pa, &base, &order) && !order)
			page_free(pa, 0);
	page_cpu_flush();
	test_once(NULL, 0);
	assert_int_equal(m.tested.n, m.tested.cap);
	assert_true(ranges_touch(m.left.range, m.left.n, last.base, last.size));
}

/* Memory above what the tables reach is not asked for, page by page; it counts as memory. */
static void test_beyond(void **state)
{
	const struct boot_range want = { ARCH_REACH, GIB };

	(void)state;
	memset(left, 0, sizeof(left));
	k.options.left.n = 0;
	map[0] = (struct boot_mem){ 2 * MIB, 4 * MIB, BOOT_MEM_FREE, 0 };
	map[1] = (struct boot_mem){ want.base, want.size, BOOT_MEM_FREE, 0 };
	k.memory = (struct memory){ .bi = &bi, .map = map, .n = 2 };
	memset(type, 0, sizeof(type));
	memset(type + 2 * MIB / PAGE_SIZE, BOOT_MEM_FREE, 4 * MIB / PAGE_SIZE);
	kernel_uses();
	assert_true(memory_take(&k, &want, 1, &m));
	assert_true(m.tested.n == 0 && m.left.n == 0 && m.missed == 0);
	assert_int_equal(m.all, 4 * MIB + GIB);
	memory_return(&k, &m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_full),
		cmocka_unit_test(test_beyond),
	};

	return space_reserve() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
