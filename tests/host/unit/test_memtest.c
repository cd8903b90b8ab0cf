/* SPDX-License-Identifier: MIT */
/*
 * test_memtest.c - the memory test on memory that is broken in each of the ways it knows: stuck
 * bits, address lines, changes between the passes, exceptions; with one CPU and with several. The
 * loops of arch/<isa>/kernel/ are played by C that follows arch/kernel.h.
 */
#include <pthread.h>
#include "tests/host/reuse.h"
#include "tests/host/unit/unit.h"
#include "lib/console/panic.h"
#include "kernel/memtest/pattern.h"
#include "kernel/memtest/run.c"

#define BASE		0x40000000ull	/* physical */
#define CPUS		4
#define WORDS(size)	((size) / sizeof(uint64_t))

static struct {
	uint64_t offset;
	uint64_t stuck_at, stuck_bits, stuck_value;	/* one word; bits 0: none */
	uint64_t line;		/* this bit of an address is always 0 within a range; 0: none */
	uint64_t fault;		/* the piece with this address faults; 0: none */
	uint64_t fault_off;	/* the fault's address is that much higher */
	uint64_t once;		/* this word is read wrongly, once; 0: none */
	uint64_t cleaned;
	uint32_t cpus;
	uint64_t flip_at, flip_bits, flip_too;	/* flip_too: a second word, if it is not 0 */
	uint32_t flip_pass;
	uint64_t turns, stop_after;
	bool content;		/* look at all of it after each pass */
	uint64_t ns, held;	/* the clock; 1: the lock is never released */
} world;

static struct {
	uint64_t pa, bits;
	const char *what;
} reported[64];
static uint32_t reports;

static void store(uint64_t at, uint64_t value)
{
	at &= ~world.line;
	if (at == world.stuck_at + world.offset)
		value = (value & ~world.stuck_bits) | world.stuck_value;
	*(volatile uint64_t *)at = value;
}

static uint64_t load(uint64_t at)
{
	const uint64_t value = *(volatile uint64_t *)(at & ~world.line);

	if (!world.once || at != world.once + world.offset)
		return value;
	world.once = 0;
	return ~value;
}

/* The pair that begins with these x and y, word by word. */
static uint64_t pair_word(const struct memtest_pattern *p, uint64_t word)
{
	static const char order[] = "xyyxyxxy";

	return order[word % 8] == 'y' ? p->y : word < 8 ? p->x : p->x + p->step;
}

static void pair_next(struct memtest_pattern *p, bool down)
{
	p->x += down ? -p->step : p->step;
	p->y += down ? -p->step : p->step;
}

void arch_memtest_fill(uint64_t at, uint64_t size, const struct memtest_pattern *p)
{
	struct memtest_pattern now = *p;

	assert_true(size && size % PAGE_SIZE == 0);
	for (uint64_t end = at + size; at < end; at += ARCH_MEMTEST_PAIR) {
		for (uint64_t i = 0; i < WORDS(ARCH_MEMTEST_PAIR); i++)
			store(at + 8 * i, pair_word(&now, i));
		pair_next(&now, false);
	}
}

uint64_t arch_memtest_swap(uint64_t at, uint64_t size, const struct memtest_pattern *old,
			   const struct memtest_pattern *new, bool down)
{
	struct memtest_pattern was = *old, now = *new;

	assert_true(size && size % ARCH_MEMTEST_PAIR == 0);
	for (; size; size -= ARCH_MEMTEST_PAIR) {
		const uint64_t pair = down ? at + size - ARCH_MEMTEST_PAIR : at;

		for (uint64_t i = 0; i < WORDS(ARCH_MEMTEST_PAIR); i++)
			if (load(pair + 8 * i) != pair_word(&was, i))
				return size;
		for (uint64_t i = 0; i < WORDS(ARCH_MEMTEST_PAIR); i++)
			store(pair + 8 * i, pair_word(&now, i));
		pair_next(&was, down);
		pair_next(&now, down);
		at += down ? 0 : ARCH_MEMTEST_PAIR;
	}
	return 0;
}

void arch_clean(uint64_t base, uint64_t size)
{
	assert_true(base - world.offset - BASE < 5 * MIB && size);
	__atomic_fetch_add(&world.cleaned, size, __ATOMIC_RELAXED);
}

void arch_pause(void)
{
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct piece *p = arg;

	if (world.fault && world.fault - p->pa < p->size) {
		out->address = world.fault + world.offset + world.fault_off;
		out->what = "burnt";
		return false;
	}
	fn(arg);
	return true;
}

uint64_t clock_now(void)
{
	return __atomic_add_fetch(&world.ns, 1000000, __ATOMIC_RELAXED);
}

static void report(const struct memtest *t, uint64_t pa, uint64_t want, uint64_t got,
		   const char *what)
{
	assert_true(lock_held(&t->lock));
	if (reports < ARRAY_SIZE(reported)) {
		reported[reports].pa = pa;
		reported[reports].bits = want ^ got;
		reported[reports].what = what;
	}
	reports++;
}

static void turn(struct memtest *t)
{
	if (__atomic_add_fetch(&world.turns, 1, __ATOMIC_RELAXED) == world.stop_after)
		t->stop = true;
}

static struct memtest *running;
static void (*running_fn)(void *);

static void *thread(void *arg)
{
	(void)arg;
	running_fn(running);
	return NULL;
}

/* One pass; then the faults that are to happen before the next one. */
static void everywhere(void (*fn)(void *), void *arg)
{
	struct memtest *t = arg;
	const struct memtest_pattern new = pattern_of(t->pass, 7 + t->round);
	pthread_t other[CPUS];

	assert_memory_equal(&t->fresh, &new, sizeof(new));
	running = t;
	running_fn = fn;
	for (uint32_t i = 1; i < world.cpus; i++)
		assert_int_equal(pthread_create(&other[i], NULL, thread, NULL), 0);
	fn(arg);
	for (uint32_t i = 1; i < world.cpus; i++)
		assert_int_equal(pthread_join(other[i], NULL), 0);
	for (uint32_t i = 0; world.content && i < t->memory->n; i++) {
		const struct boot_range *r = &t->memory->range[i];

		for (uint64_t pa = r->base; pa < r->base + r->size; pa += 8)
			assert_int_equal(*(uint64_t *)(pa + world.offset),
					 pattern_word(&t->fresh, pa));
	}
	if (world.flip_bits && t->pass == world.flip_pass)
		*(uint64_t *)(world.flip_at + world.offset) ^= world.flip_bits;
	if (world.flip_too && t->pass == world.flip_pass)
		*(uint64_t *)(world.flip_too + world.offset) ^= 1;
}

/* On ranges of a buffer whose other bytes must stay as they are. */
static bool run(struct memtest *t, struct boot_range *range, uint32_t n, uint64_t rounds)
{
	static const uint64_t canary = 0x5a5a5a5a5a5a5a5aull;
	struct ranges memory = { range, n, n };
	const uint64_t size = range[n - 1].base + range[n - 1].size - BASE + PAGE_SIZE;
	const uint64_t room = ALIGN_UP(size, 2 * MIB);
	uint64_t *buffer = reuse_alloc(2 * MIB, room);
	bool whole;

	assert_non_null(buffer);
	memset(buffer, 0x5a, size);
	world.offset = (uint64_t)buffer - BASE;
	reports = 0;
	*t = (struct memtest){
		.memory = &memory, .offset = world.offset, .rounds = rounds, .seed = 7,
		.everywhere = everywhere, .turn = turn, .report = report,
	};
	world.cleaned = 0;
	t->lock.next = (uint32_t)world.held;
	whole = memtest_run(t);
	if (whole && !world.fault)
		assert_int_equal(world.cleaned, ranges_size(&memory) * MEMTEST_PASSES * rounds);
	for (uint64_t at = 0, i = 0; at < size; at += 8) {
		while (i < n && at + BASE >= range[i].base + range[i].size)
			i++;
		if (i == n || at + BASE < range[i].base)
			assert_int_equal(buffer[at / 8], canary);
		else if (whole && !t->errors)
			assert_int_equal(buffer[at / 8], 0);
	}
	reuse_free(buffer, room);
	return whole;
}

static struct boot_range three[] = {
	{ BASE, PAGE_SIZE }, { BASE + 3 * PAGE_SIZE, 2 * PAGE_SIZE },
	{ BASE + 6 * PAGE_SIZE, 5 * PAGE_SIZE },
};
static struct boot_range large[] = { { BASE, 3 * MIB + PAGE_SIZE }, { BASE + 4 * MIB, MIB } };

static void test_good(void **state)
{
	struct memtest t;

	(void)state;
	for (uint32_t cpus = 1; cpus <= CPUS; cpus += CPUS - 1) {
		memset(&world, 0, sizeof(world));
		world.cpus = cpus;
		world.content = true;
		assert_true(run(&t, three, 3, 2));
		assert_int_equal(world.turns, 2 * 3 * MEMTEST_PASSES);
		assert_int_equal(memtest_progress(&t), 1000);
		assert_true(run(&t, large, 2, 1));
		assert_int_equal(t.done, 5 * MEMTEST_PASSES);
		assert_int_equal(t.errors | reports, 0);
	}
	t = (struct memtest){ 0 };
	assert_int_equal(memtest_progress(&t), 0);	/* no memory: no division by 0 */
}

/* Each bit, at 0 and at 1, in the first, the last and some words. */
static void test_stuck(void **state)
{
	const uint64_t at[] = {
		BASE, BASE + PAGE_SIZE - 8, BASE + 4 * PAGE_SIZE + 0x468,
		BASE + 11 * PAGE_SIZE - 8,
	};
	struct memtest t;

	(void)state;
	for (uint32_t i = 0; i < 4 * 64 * 2; i++) {
		memset(&world, 0, sizeof(world));
		world.cpus = 1;
		world.stuck_at = at[i / 128];
		world.stuck_bits = 1ull << i / 2 % 64;
		world.stuck_value = i % 2 ? world.stuck_bits : 0;
		assert_true(run(&t, three, 3, 1));
		assert_true(t.errors >= 8);
		assert_int_equal(t.bits, world.stuck_bits);
		assert_true(t.low == world.stuck_at && t.high == world.stuck_at);
		assert_int_equal(reported[0].pa, world.stuck_at);
		assert_int_equal(reported[0].bits, world.stuck_bits);
	}
}

/* Two halves of memory are the same cells: the first check already notices. */
static void test_lines(void **state)
{
	struct boot_range one = { BASE, 2 * MIB };
	struct memtest t;

	(void)state;
	for (uint64_t bit = 8; bit < one.size; bit <<= 1) {
		memset(&world, 0, sizeof(world));
		world.cpus = 1;
		world.line = bit;
		world.stop_after = 2 * 2;	/* after pass 1 */
		assert_false(run(&t, &one, 1, 1));
		assert_true(t.errors);
	}
}

static void test_changed(void **state)
{
	uint64_t seed = 3;
	struct memtest t;

	(void)state;
	for (uint32_t i = 0; i < 500; i++) {
		const struct boot_range *r = &three[rnd_below(&seed, 3)];

		memset(&world, 0, sizeof(world));
		world.cpus = 1;
		world.flip_at = r->base + 8 * rnd_below(&seed, (uint32_t)WORDS(r->size));
		world.flip_bits = rnd(&seed) | 1;
		world.flip_pass = rnd_below(&seed, MEMTEST_PASSES - 1);
		assert_true(run(&t, three, 3, 1));
		assert_true(t.errors == 1 && reports == 1 && !reported[0].what);
		assert_int_equal(reported[0].pa, world.flip_at);
		assert_int_equal(reported[0].bits, world.flip_bits);
	}
}

/* Two words, in either order: the range that they span, and the bits of both. */
static void test_span(void **state)
{
	struct memtest t;

	(void)state;
	for (uint32_t i = 0; i < 2 * (MEMTEST_PASSES - 1); i++) {
		const uint64_t low = three[0].base + 8, high = three[2].base + 16;

		memset(&world, 0, sizeof(world));
		world.cpus = 1;
		world.flip_at = i % 2 ? low : high;
		world.flip_too = i % 2 ? high : low;
		world.flip_bits = 0x100;
		world.flip_pass = i / 2;
		assert_true(run(&t, three, 3, 1));
		assert_true(t.errors == 2 && t.low == low && t.high == high && t.bits == 0x101);
	}
}

/* A word that is right when it is read again is an error, too. */
static void test_once(void **state)
{
	struct memtest t;

	(void)state;
	memset(&world, 0, sizeof(world));
	world.cpus = 1;
	world.once = three[1].base + 24;
	assert_true(run(&t, three, 3, 1));
	assert_true(t.errors == 1 && t.bits == 0 && !world.once);
	assert_true(reported[0].what && reported[0].pa == three[1].base);	/* its pair's */
}

static void test_fault(void **state)
{
	struct memtest t;

	(void)state;
	memset(&world, 0, sizeof(world));
	world.cpus = CPUS;
	world.fault = BASE + 2 * MIB + 0x123;
	assert_true(run(&t, large, 2, 1));
	assert_int_equal(t.errors, MEMTEST_PASSES);
	for (uint32_t i = 0; i < reports; i++)
		assert_true(reported[i].pa == world.fault && reported[i].what);
	assert_int_equal(t.bits, 0);
	world.fault_off = MIB - 0x123;			/* after the piece: it begins here */
	assert_true(run(&t, large, 2, 1));
	for (uint32_t i = 0; i < reports; i++)
		assert_int_equal(reported[i].pa, BASE + 2 * MIB);
}

static void test_stop(void **state)
{
	struct memtest t;

	(void)state;
	for (uint32_t after = 1; after < 5 * MEMTEST_PASSES; after += 7) {
		memset(&world, 0, sizeof(world));
		world.cpus = 1;
		world.stop_after = after;
		assert_false(run(&t, large, 2, 1));
		assert_int_equal(world.turns, after);
	}
	memset(&world, 0, sizeof(world));
	world.cpus = world.held = world.flip_bits = 1;	/* the CPU that reports has died */
	world.flip_at = large[0].base;
	assert_false(run(&t, large, 2, 1));
	assert_true(!reports && t.pass == 1 && world.ns >= 5000000000);
	world.ns = world.turns = 0;
	world.flip_too = large[0].base + PAGE_SIZE;	/* it is waited for once */
	assert_false(run(&t, large, 2, 1));
	assert_true(!reports && world.ns >= 5000000000 && world.ns < 6000000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_lines), cmocka_unit_test(test_changed),
		cmocka_unit_test(test_fault), cmocka_unit_test(test_stop),
		cmocka_unit_test(test_span), cmocka_unit_test(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
