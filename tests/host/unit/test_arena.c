/* SPDX-License-Identifier: MIT */
/* test_arena.c - the arena's parts: each as large as it must be, one after the other. */
#include "tests/host/unit/unit.h"
#include "stub/arena.h"
#include "stub/draft.h"

/* The parts in their order, as what they are for says: where, how large, at a multiple of what. */
struct part {
	uint64_t base, size, align;
};

static uint32_t parts(const struct arena *a, const struct arena_needs *n, struct part *p)
{
	const uint64_t named = DRAFT_MODULES + n->named, cap = a->map_cap;
	const struct part all[] = {
		{ a->modules, named * sizeof(struct boot_module) +
			      named * sizeof(struct boot_range), 8 },
		{ a->text, n->text, 8 }, { a->kept.base, n->kept, 8 },
		{ a->efi_map.base, n->descriptors * n->desc_size + n->raw_map, 8 },
		{ a->map_in, cap * sizeof(struct boot_mem), 8 },
		{ a->map_keys, 2 * cap * sizeof(uint64_t), 8 },
		{ a->map_out, 2 * cap * sizeof(struct boot_mem), 8 },
		{ a->pool.base, a->pool.size, PAGE_SIZE },
		{ a->trap_stack.base - PAGE_SIZE, PAGE_SIZE + a->trap_stack.size, PAGE_SIZE },
		{ a->boot_stack.base - PAGE_SIZE, PAGE_SIZE + a->boot_stack.size, PAGE_SIZE },
	};

	memcpy(p, all, sizeof(all));
	return ARRAY_SIZE(all);
}

static struct arena_needs needs_make(uint64_t *seed)
{
	struct arena_needs n = {
		.image = rnd_below(seed, 3) * 17 * PAGE_SIZE, .text = 3 + rnd_below(seed, 300),
		.kept = rnd_below(seed, 2) * 1001, .descriptors = 1 + rnd_below(seed, 500),
		.named = rnd_below(seed, 10), .keeps = rnd_below(seed, 20),
		.stack = (1 + rnd_below(seed, 5)) * PAGE_SIZE,
	};

	if (rnd_below(seed, 2))
		n.desc_size = 40 + 8 * rnd_below(seed, 3);
	else
		n.raw_map = rnd_below(seed, 1000);
	return n;
}

static void test_layout(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (uint32_t turn = 0; turn < 5000; turn++) {
		const struct arena_needs n = needs_make(&seed);
		struct part p[16];
		struct arena a;
		uint64_t end = n.image ? n.image : PAGE_SIZE;	/* page 0 is boot_info's */
		uint32_t count;

		memset(&a, 0xff, sizeof(a));
		arena_layout(&a, &n);
		assert_int_equal(a.map_cap, n.descriptors + 3 + DRAFT_MODULES + n.keeps + n.named);
		assert_true(a.desc_size == n.desc_size && !a.image && !a.all.base);
		assert_true(a.kept.size == n.kept && a.boot_stack.size == n.stack);
		assert_true(a.pool.size == ARENA_POOL && a.trap_stack.size == ARENA_TRAP_STACK);
		assert_true(a.efi_map.size == n.descriptors * n.desc_size + n.raw_map);
		count = parts(&a, &n, p);
		for (uint32_t i = 0; i < count; i++) {
			assert_true(p[i].base % p[i].align == 0);
			assert_true(p[i].base >= end && p[i].base - end < p[i].align);
			end = p[i].base + p[i].size;
		}
		assert_true(a.all.size == end);
	}
}

/* All addresses move together; the sizes stay. */
static void test_settle(void **state)
{
	const uint64_t base = 0x123456000;
	uint64_t seed = 12;

	(void)state;
	for (uint32_t turn = 0; turn < 100; turn++) {
		const struct arena_needs n = needs_make(&seed);
		struct part p[16], q[16];
		struct arena a, b;
		uint32_t count;

		arena_layout(&a, &n);
		b = a;
		arena_settle(&b, base, 0x777000);
		assert_true(b.all.base == base && b.image == 0x777000);
		assert_true(b.all.size == a.all.size && b.map_cap == a.map_cap);
		assert_true(b.desc_size == a.desc_size);
		count = parts(&a, &n, p);
		assert_int_equal(parts(&b, &n, q), count);
		for (uint32_t i = 0; i < count; i++)
			assert_true(q[i].base == p[i].base + base && q[i].size == p[i].size);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout), cmocka_unit_test(test_settle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
