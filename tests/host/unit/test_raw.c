/* SPDX-License-Identifier: MIT */
/* test_raw.c - a place for the arena in a loader's memory. */
#include "tests/host/unit/fake_raw.h"
#include "lib/crumb.h"
#include "stub/collect.h"

#define UNITS	64		/* of memory in the model, 2 MiB each; the first is low memory */
#define UNIT	(2 * MIB)

static struct stub stub;
static struct raw raw;
static uint64_t top;		/* the first address that this CPU cannot reach */

bool raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	(void)r;
	return size <= top && base <= top - size;
}

static void start(enum place_kind kind, uint64_t at)
{
	memset(&stub, 0, sizeof(stub));
	raw_begin(&raw);
	top = UINT64_MAX;
	stub.draft.options.place = kind;
	stub.draft.options.place_at = at;
	stub.draft.have_entropy = true;
}

/* Everything in the arena is where it must be, and boot_info describes it correctly. */
static void check_arena(uint64_t at, bool random)
{
	const struct arena *a = &stub.arena;
	const bool stay = stub.draft.options.place == PLACE_STAY;

	assert_true(a->all.base == at);
	assert_true(a->image == (stay ? (uint64_t)image_start : at));
	assert_true(a->all.size < UNIT);
	assert_true(a->map_cap >= raw.n);
	assert_true(a->map_in > at && a->map_in < at + a->all.size);
	assert_int_equal(!!(stub.draft.info.flags & BOOT_PLACE_RANDOM), random);
}

/* Whether the model has nothing but free memory in unit u. */
static bool unit_free(const uint8_t *model, uint32_t u)
{
	return u && u < UNITS && model[u] == BOOT_MEM_FREE;
}

static void model_make(uint8_t *model, uint64_t *seed)
{
	memset(model, 0, UNITS);
	for (uint32_t n = 1 + rnd_below(seed, 8); n; n--) {
		uint32_t type = rnd_below(seed, 3) ? BOOT_MEM_FREE : BOOT_MEM_RESERVED;
		uint32_t from = rnd_below(seed, UNITS), size = 1 + rnd_below(seed, 12);

		size = MIN(size, UNITS - from);
		raw_add(&raw, from * UNIT, size * UNIT, type);
		for (uint32_t u = from; u < from + size; u++)
			model[u] = MAX(model[u], type);
	}
	for (uint32_t i = 0; i < DRAFT_MODULES; i++) {
		uint32_t u = rnd_below(seed, UNITS);

		if (rnd_below(seed, 2))
			continue;
		stub.draft.module[i].mem = (struct boot_range){ u * UNIT + 77, 1 };
		if (model[u] == BOOT_MEM_FREE)		/* all but its first page is free */
			model[u] = BOOT_MEM_MODULE;
		else if (model[u] != BOOT_MEM_MODULE)
			model[u] = BOOT_MEM_RESERVED;
	}
	if (rnd_below(seed, 2)) {
		raw.limit = (1 + rnd_below(seed, UNITS)) * UNIT;
		for (uint32_t u = (uint32_t)(raw.limit / UNIT); u < UNITS; u++)
			model[u] = 0;
	}
}

/*
 * No unit is free. Every page from which there is room is a place: the first and the last of each
 * room are picked, then the first of all again. Returns how many there are; without one there is a
 * panic.
 */
static uint32_t check_pages(const uint8_t *model, bool random)
{
	uint64_t from, to, first = 0;
	uint32_t pages = 0;

	if (PANICS(raw_place(&stub.draft, &stub.arena, &raw)))
		assert_non_null(strstr(fake_raw.message, "no memory for "));
	for (uint32_t u = 0; u < UNITS; u++) {
		if (model[u] != BOOT_MEM_MODULE && (u || model[0] != BOOT_MEM_FREE))
			continue;
		from = u * UNIT + (model[u] == BOOT_MEM_MODULE ? PAGE_SIZE : 0);
		from = MAX(from, MIB);
		to = (u + 1) * UNIT - stub.arena.all.size;
		first = first ? first : from;
		for (int last = 0; last < 2; last++) {
			stub.draft.entropy[ENTROPY_PLACE] = pages;
			raw_place(&stub.draft, &stub.arena, &raw);
			check_arena(last ? to : from, random);
			pages += last ? 1 : (uint32_t)((to - from) / PAGE_SIZE);
		}
	}
	if (!pages)
		return 0;
	stub.draft.entropy[ENTROPY_PLACE] = pages;
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(first, random);
	return pages;
}

/* Every pick is a free unit, and each is picked equally often. */
static void test_slots(void **state)
{
	uint64_t seed = 3;
	uint32_t placed = 0, paged = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint8_t model[UNITS], hit[UNITS] = { 0 };
		uint32_t slots = 0;

		start(round % 3 ? PLACE_RANDOM : PLACE_STAY, 0);
		model_make(model, &seed);
		for (uint32_t u = 0; u < UNITS; u++)
			slots += unit_free(model, u);
		if (!slots) {
			*(check_pages(model, round % 3) ? &paged : &refused) += 1;
			continue;
		}
		for (uint32_t pick = 0; pick < 2 * slots; pick++) {
			stub.draft.entropy[ENTROPY_PLACE] = pick + slots * (rnd(&seed) >> 40);
			stub.draft.info.flags = 0;
			raw_place(&stub.draft, &stub.arena, &raw);
			check_arena(stub.arena.all.base, round % 3);
			assert_true(stub.arena.all.base % UNIT == 0);
			assert_true(unit_free(model, (uint32_t)(stub.arena.all.base / UNIT)));
			hit[stub.arena.all.base / UNIT]++;
		}
		for (uint32_t u = 0; u < UNITS; u++)
			assert_int_equal(hit[u], unit_free(model, u) ? 2 : 0);
		placed++;
	}
	assert_true(placed > 1000 && paged > 1 && refused > 5);
}

/* No boundary of 2 MiB has room: the pages from which there is, not below 1 MiB. */
static void test_pages(void **state)
{
	uint64_t need;

	(void)state;
	start(PLACE_RANDOM, 0);
	raw_add(&raw, UNIT + PAGE_SIZE, UNIT - PAGE_SIZE, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	need = stub.arena.all.size;
	check_arena(UNIT + PAGE_SIZE, true);
	stub.draft.have_entropy = false;
	stub.draft.info.flags = 0;
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(2 * UNIT - need, false);
	raw.limit = UNIT + PAGE_SIZE + need;
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(UNIT + PAGE_SIZE, false);
	raw.limit--;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no memory for ");
	raw.limit = top = UNIT;			/* a limit, and what cannot be reached */
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no memory for ");
	start(PLACE_RANDOM, 0);
	raw_add(&raw, 0, MIB + need, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(MIB, true);
	start(PLACE_RANDOM, 0);
	raw_add(&raw, PAGE_SIZE, MIB + need - 2 * PAGE_SIZE, BOOT_MEM_FREE);
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no memory for ");
}

/* Without entropy: the last slot, and it is not called random. */
static void test_no_entropy(void **state)
{
	(void)state;
	start(PLACE_RANDOM, 0);
	stub.draft.have_entropy = false;
	stub.draft.named = DRAFT_FILES;		/* a full list, of nothing */
	raw_add(&raw, 0, 0x40000000, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(0x40000000 - UNIT, false);
}

static void test_fixed(void **state)
{
	const uint64_t base = 0x40000000, size = 4 * UNIT;
	uint64_t need;

	(void)state;
	start(PLACE_FIXED, base + PAGE_SIZE);
	raw_add(&raw, base, size, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(base + PAGE_SIZE, false);
	need = stub.arena.all.size;
	stub.draft.options.place_at = base + size - need;
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(base + size - need, false);
	stub.draft.options.place_at += PAGE_SIZE;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM for ");
	stub.draft.options.place_at = base - PAGE_SIZE;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "place=0x3ffff000: no free RAM");
	stub.draft.options.place_at = 0;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "place=0x0: no free RAM");
	stub.draft.options.place_at = 0xfffffffffffff000;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	stub.draft.options.place_at = base;
	raw.limit = base + need;
	raw_place(&stub.draft, &stub.arena, &raw);
	raw.limit--;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	start(PLACE_FIXED, 2 * base);		/* what an earlier map left on the stack is none */
	raw_add(&raw, base, size, BOOT_MEM_FREE);
	raw_add(&raw, 2 * base, size, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	raw.n--;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	raw.limit = base;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	start(PLACE_FIXED, 3 * base);		/* there once, and not in the next map */
	raw_add(&raw, base, size, BOOT_MEM_FREE);
	raw_add(&raw, 2 * base, size, BOOT_MEM_FREE);	/* after the next, with our image */
	raw_add(&raw, 3 * base, size, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	start(PLACE_FIXED, 3 * base);
	raw_add(&raw, base, size, BOOT_MEM_FREE);
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	start(PLACE_FIXED, 0);			/* 0 is no address, whatever is there */
	raw_add(&raw, 0, base, BOOT_MEM_FREE);
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "place=0x0: no free RAM");
}

/* RAM may be anywhere; what the CPU cannot reach does not count, however large it is. */
static void test_reach(void **state)
{
	(void)state;
	for (uint64_t pick = 0; pick < 1000; pick++) {
		start(PLACE_RANDOM, 0);
		top = 1ull << 40;
		raw_add(&raw, 5 * GIB, 4 * UNIT, BOOT_MEM_FREE);
		raw_add(&raw, top - UNIT, UINT64_MAX - top, BOOT_MEM_FREE);
		stub.draft.entropy[ENTROPY_PLACE] = pick * 0x9e3779b97f4a7c15;
		raw_place(&stub.draft, &stub.arena, &raw);
		assert_true(stub.arena.all.base + stub.arena.all.size <= top);
		assert_true(stub.arena.all.base >= 5 * GIB);
	}
	stub.draft.have_entropy = false;
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(top - UNIT, true);
	stub.draft.options.place = PLACE_FIXED;
	stub.draft.options.place_at = top;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw),
		      "place=0x10000000000: out of reach");
	stub.draft.options.place_at = ARCH_REACH - PAGE_SIZE;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	start(PLACE_RANDOM, 0);
	raw_add(&raw, ARCH_REACH, UNIT, BOOT_MEM_FREE);
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no memory for ");
	top = 4 * GIB;
	raw_add(&raw, 5 * GIB, GIB, BOOT_MEM_FREE);
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no memory for ");
}

/* Neither the running image with the scratch after it nor a module is free memory. */
static void test_own(void **state)
{
	const uint64_t own = ALIGN_DOWN((uint64_t)image_start, UNIT), page = PAGE_SIZE;
	const uint64_t end = (uint64_t)image_end + RAW_SCRATCH;

	(void)state;
	start(PLACE_FIXED, end);
	raw_add(&raw, own, 4 * UNIT, BOOT_MEM_FREE);
	raw_place(&stub.draft, &stub.arena, &raw);
	check_arena(end, false);
	stub.draft.options.place_at = end - page;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	stub.draft.options.place_at = (uint64_t)image_start;
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	stub.draft.options.place_at = end;
	stub.draft.module[DRAFT_LOG].mem = (struct boot_range){ end + stub.arena.all.size - 1, 5 };
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	stub.draft.module[DRAFT_LOG].mem.base++;
	raw_place(&stub.draft, &stub.arena, &raw);
	stub.draft.info.fb.mem = (struct boot_range){ end + stub.arena.all.size - 1, 5 };
	/* nor is the screen */
	assert_panics(raw_place(&stub.draft, &stub.arena, &raw), "no free RAM");
	stub.draft.info.fb.mem.base++;
	raw_place(&stub.draft, &stub.arena, &raw);
}

/* How many places a range has, and the first. */
static void test_arena_slots(void **state)
{
	static const struct { uint64_t base, room, size, n, first; } t[] = {
		{ 0, UNIT, UNIT, 1, 0 }, { 0, UNIT, UNIT + 1, 0, 0 }, { 0, UNIT, 1, 1, 0 },
		{ 0, 2 * UNIT, UNIT, 2, 0 }, { 0, 2 * UNIT - 1, UNIT, 1, 0 },
		{ 1, UNIT, 1, 1, UNIT }, { 1, UNIT - 1, 1, 0, 0 }, { 1, UNIT - 2, 1, 0, 0 },
		{ 1, UNIT, 2, 0, 0 }, { 4096, 3 * UNIT, UNIT, 2, UNIT },
		{ UINT64_MAX - UNIT, UNIT, 1, 1, -UNIT },
		{ UINT64_MAX - UNIT + 2, UNIT - 2, 1, 0, 0 }, { UINT64_MAX - 4095, 4096, 1, 0, 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint64_t first = 0, got = arena_slots(t[i].base, t[i].room, t[i].size, ARENA_SHIFT,
						      &first);

		if (got != t[i].n || (got && first != t[i].first))
			fail_msg("case %u: %lu from 0x%lx", i, got, first);
	}
}

/* Whatever was in its memory before. */
static void test_begin(void **state)
{
	const struct boot_range own = {
		(uint64_t)image_doors, (uint64_t)image_end + RAW_SCRATCH - (uint64_t)image_doors,
	};

	(void)state;
	memset(&raw, 0xa5, sizeof(raw));
	raw_begin(&raw);
	assert_true(raw.limit == ARCH_REACH && raw.scratch == (uint64_t)image_end);
	assert_true(!raw.drops && !raw.anywhere && !raw.lost && !raw.beyond);
	assert_true(!raw.reach.map && !raw.reach.n && !raw.reach.known.size);
	assert_int_equal(raw.n, 1);
	assert_memory_equal(&raw.map[0], &own, sizeof(own));
	assert_int_equal(raw.map[0].type, BOOT_MEM_RECLAIM);
}

static void test_options(void **state)
{
	char why[COLLECT_WHY];

	(void)state;
	start(PLACE_RANDOM, 0);
	strcpy(stub.draft.cmdline, "mmu=sideways");
	assert_int_equal(collect_options(&stub.draft, 0, why), ERR_BAD_OPTION);
	assert_non_null(strstr(why, "mmu=sideways"));
	strcpy(stub.draft.cmdline, "mmu=off");
	assert_int_equal(collect_options(&stub.draft, 0, why), ERR_UNSUPPORTED);
	strcpy(stub.draft.cmdline, "fault=exit");
	assert_int_equal(collect_options(&stub.draft, 1u << CRUMB_EXIT, why), ERR_BAD_OPTION);
	assert_non_null(strstr(why, "fault=exit"));
	assert_int_equal(collect_options(&stub.draft, ~(1u << CRUMB_EXIT), why), OK);
	assert_int_equal(stub.draft.info.regime, BOOT_MMU_IDENTITY);
	stub.draft.cmdline[0] = 0;
	assert_int_equal(collect_options(&stub.draft, ~0u, why), OK);
	strcpy(stub.draft.cmdline, "mmu=mapped fault=idle");
	assert_int_equal(collect_options(&stub.draft, 1, why), OK);
	assert_int_equal(stub.draft.info.regime, BOOT_MMU_MAPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots), cmocka_unit_test(test_pages),
		cmocka_unit_test(test_no_entropy),
		cmocka_unit_test(test_fixed), cmocka_unit_test(test_reach),
		cmocka_unit_test(test_own), cmocka_unit_test(test_options),
		cmocka_unit_test(test_arena_slots), cmocka_unit_test(test_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
