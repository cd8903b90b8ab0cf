/* SPDX-License-Identifier: MIT */
/* test_heap.c - pieces of memory: none overlaps another, and each misuse is a panic. */
#include "tests/host/unit/page_world.h"
#include "kernel/mm/heap.c"

#define LARGE_MAX	64
#define LIVE_MAX	600

/* Larger pieces come from area.c; in this test from the host. */
static struct {
	void *p;
	uint64_t size;
} large[LARGE_MAX];

static uint32_t large_find(const void *p)
{
	uint32_t i = 0;

	while (i < LARGE_MAX && large[i].p != p)
		i++;
	return i;
}

void *vm_alloc(uint64_t size)
{
	const uint32_t i = large_find(NULL);

	if (i == LARGE_MAX || size > GIB)
		return NULL;
	large[i].size = ALIGN_UP(size, PAGE_SIZE);
	return large[i].p = aligned_alloc(PAGE_SIZE, large[i].size);
}

uint64_t vm_size(const void *p)
{
	const uint32_t i = large_find(p);

	return i < LARGE_MAX ? large[i].size : 0;
}

void vm_free(void *p)
{
	const uint32_t i = large_find(p);

	assert_true(i < LARGE_MAX);
	free(p);
	large[i].p = NULL;
}

static void world(void)
{
	start(MIB, true);
	page_add(2 * MIB, 64 * MIB);
	memset(&heap, 0, sizeof(heap));
	heap_start(0x123456789abcdef, (uint64_t)space);
}

static bool heap_refused(void *p)
{
	panic_wanted = true;
	if (setjmp(panicked)) {
		panic_wanted = false;
		return true;
	}
	heap_free(p);
	panic_wanted = false;
	return false;
}

/* Each size up to two pages: usable to its last byte, aligned, and no smaller than asked. */
static void test_every_size(void **state)
{
	(void)state;
	world();
	assert_null(heap_alloc(0));
	heap_free(NULL);
	for (uint64_t size = 1; size <= 2 * PAGE_SIZE; size++) {
		uint8_t *p = heap_alloc(size), *q = heap_alloc(size);

		assert_true(p && q && (uint64_t)p % HEAP_ALIGN == 0);
		assert_true(heap_size(p) >= size);
		memset(p, 0x5a, heap_size(p));
		memset(q, 0xa5, heap_size(q));
		for (uint64_t i = 0; i < heap_size(p); i++)
			assert_int_equal(p[i], 0x5a);
		heap_free(p);
		heap_free(q);
	}
}

static void test_random(void **state)
{
	static struct {
		uint8_t *p, value;
		uint64_t size;
	} live[LIVE_MAX];
	uint64_t seed = 4711;
	struct heap_stats st;

	(void)state;
	world();
	for (uint32_t round = 0; round < 200000; round++) {
		const uint32_t i = rnd_below(&seed, LIVE_MAX);
		const uint64_t size = 1 + rnd_below(&seed, rnd_below(&seed, 50) ? 3064 : 5000);
		const uint64_t kept = MIN(size, live[i].size);
		uint8_t *p;

		for (uint64_t n = 0; n < live[i].size; n += 1 + n / 7)
			assert_int_equal(live[i].p[n], live[i].value);
		if (live[i].p && rnd_below(&seed, 4)) {
			heap_free(live[i].p);
			live[i].p = NULL;
			live[i].size = 0;
			continue;
		}
		p = heap_resize(live[i].p, size);
		if (!p)
			continue;	/* too many large ones */
		for (uint64_t n = 0; n < kept; n += 1 + n / 7)
			assert_int_equal(p[n], live[i].value);
		live[i].p = p;
		live[i].size = size;
		live[i].value = (uint8_t)round;
		memset(p, live[i].value, size);
	}
	for (uint32_t i = 0; i < LIVE_MAX; i++)
		heap_free(live[i].p);
	heap_stats(&st);
	assert_int_equal(st.pieces, 0);
	assert_true(st.pages <= ARRAY_SIZE(sizes) << SLAB_ORDER);
}

/* The statistics count pieces of every size. */
static void test_stats(void **state)
{
	struct heap_stats st;
	uint64_t bytes = 0;

	(void)state;
	world();
	for (uint32_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *p = heap_alloc(sizes[i] - GUARD);

		assert_non_null(p);
		assert_int_equal(heap_size(p), sizes[i] - GUARD);
		bytes += sizes[i];
		heap_stats(&st);
		assert_true(st.pieces == i + 1 && st.bytes == bytes);
	}
}

/* A piece stays where it is if a new one would have the same size. */
static void test_resized(void **state)
{
	uint8_t *p, *q;

	(void)state;
	world();
	p = heap_alloc(HEAP_SMALL);
	assert_true(heap_resize(p, HEAP_SMALL) == p && heap_resize(p, HEAP_SMALL - 1) == p);
	q = heap_resize(p, 10);
	assert_true(q != p && heap_size(q) == sizes[0] - GUARD);
	assert_true(heap_resize(q, 11) == q);
	p = heap_resize(q, HEAP_SMALL + 1);
	assert_true(heap_size(p) == PAGE_SIZE && heap_resize(p, PAGE_SIZE) == p);
	q = heap_resize(p, HEAP_SMALL);
	assert_true(heap_size(q) == HEAP_SMALL);
	heap_free(q);
}

/* One slab is kept of those that are completely free. */
static void test_kept(void **state)
{
	struct heap_stats st;
	uint32_t were = 0;
	void *p[100];

	(void)state;
	world();
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
		assert_non_null(p[i] = heap_alloc(1000));
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
		heap_free(p[i]);
	heap_stats(&st);
	assert_true(!st.pieces && st.pages == 1u << SLAB_ORDER);
	for (uint64_t pa; (pa = page_alloc(SLAB_ORDER, 0));)
		for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
			if (p[i] == space + pa + SLAB_HEAD) {	/* this was a slab */
				were++;
				assert_true(heap_refused(p[i]));
				assert_non_null(strstr(panic_text, "is not allocated"));
			}
	assert_true(were >= 5);
}

/* A piece freed to a slab that was full is handed out again before a new slab is made. */
static void test_reused(void **state)
{
	void *p[300];

	(void)state;
	world();
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
		assert_non_null(p[i] = heap_alloc(1000));
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i += 100)
		heap_free(p[i]);
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i += 100) {
		struct heap_stats before, after;
		void *again;

		heap_stats(&before);
		again = heap_alloc(1000);
		heap_stats(&after);
		assert_true(again == p[0] || again == p[100] || again == p[200]);
		assert_int_equal(after.pages, before.pages);
	}
}

/* More pieces than a word of the slab's has bits: each freed one is known as free, and only it. */
static void test_words(void **state)
{
	void *p[200];

	(void)state;
	world();
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = heap_alloc(1);
	assert_true((uint8_t *)p[199] == (uint8_t *)p[0] + 199 * PIECE_MIN);
	for (uint32_t i = 0; i < ARRAY_SIZE(p); i++) {
		heap_free(p[i]);
		assert_true(heap_refused(p[i]));
		assert_true(heap_alloc(1) == p[i]);
	}
}

/* Anything but exactly a piece in use is refused, with a message. */
static void test_misuse(void **state)
{
	uint8_t *p, *q;
	uint64_t *guard;

	(void)state;
	world();
	p = heap_alloc(100);
	q = heap_alloc(100);
	guard = (uint64_t *)(p + heap_size(p));
	assert_true(*guard == (0x123456789abcdef ^ (uint64_t)guard));
	for (uint32_t i = 1; i < 112; i++)
		assert_true(heap_refused(p + i) && heap_refused(p - i));
	heap_free(p);
	assert_int_equal(*guard, 0);
	assert_true(heap_refused(p));
	assert_non_null(strstr(panic_text, "is free already"));
	q[heap_size(q)] ^= 1;
	assert_true(heap_refused(q));
	assert_non_null(strstr(panic_text, "written past its end"));
	q[heap_size(q)] ^= 1;
	heap_free(q);
	assert_true(heap_refused(space + page_alloc(0, 0)));
	assert_true(heap_refused(space + page_alloc(SLAB_ORDER, PAGE_ZERO)));
	assert_true(heap_refused(space));
	assert_true(heap_refused((void *)16));
	assert_true(heap_refused((void *)UINT64_MAX));
}

static void test_no_memory(void **state)
{
	uint64_t n = 0;

	(void)state;
	start(MIB, false);
	page_add(2 * MIB, 16 * PAGE_SIZE);
	memset(&heap, 0, sizeof(heap));
	heap_start(1, (uint64_t)space);
	while (heap_alloc(1000))
		n++;
	assert_true(n >= 30 && n <= 64);
	assert_null(heap_alloc_zeroed(2000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size), cmocka_unit_test(test_random),
		cmocka_unit_test(test_reused), cmocka_unit_test(test_words),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_resized), cmocka_unit_test(test_kept),
		cmocka_unit_test(test_misuse), cmocka_unit_test(test_no_memory),
	};

	return space_reserve() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
