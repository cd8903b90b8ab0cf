/* SPDX-License-Identifier: MIT */
/*
 * test_counter.c - counters with the errata that arch/aarch64/README.md lists: what is read never
 * decreases, and is never ahead of the true count.
 */
#include "tests/host/unit/unit.h"
#include "arch/aarch64/kernel/counter.c"

#define READS	200000

static uint64_t truth, reads;
static uint32_t step, state;

static uint32_t random_below(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)state * n) >> 32);
}

static void pass(void)
{
	truth += random_below(step + 1);
	reads++;
}

/* At the moment when the lower half wraps, the upper one may be late or early. */
static uint64_t a73(void)
{
	const uint64_t high = 1ull << 32;

	pass();
	if ((uint32_t)(truth + 1) > 1 || random_below(2))
		return truth;
	return (uint32_t)truth ? truth + high : truth - high;
}

/* While a carry goes through the low bits, those above them may be late or early. */
static uint64_t a64(void)
{
	pass();
	if (((truth + 1) & 0x3ff) > 1 || random_below(2))
		return truth;
	return random_below(2) ? truth + 0x400 : truth - 0x400;
}

/* One bit is wrong now and then, but none of the lowest, and never in two reads on end. */
static uint64_t transient(void)
{
	static bool wrong;

	pass();
	wrong = !wrong && !random_below(50);
	return wrong ? truth ^ 1ull << (5 + random_below(55)) : truth;
}

static uint64_t broken(void)
{
	reads++;
	return truth += 1000;
}

static void follows(uint64_t (*read)(void), uint64_t from, uint32_t counts)
{
	uint64_t last = 0;

	truth = from;
	step = counts;
	state = 1;
	for (uint32_t i = 0; i < READS; i++) {
		const uint64_t v = counter_steady(read);

		if (v > truth || v < last || truth - v > step)
			fail_msg("read %u: %#lx after %#lx, is %#lx", i, v, last, truth);
		last = v;
	}
}

static void test_steady(void **arg)
{
	(void)arg;
	for (uint32_t counts = 1; counts < CLOSE; counts += 3) {
		follows(a73, (1ull << 32) - READS, counts);
		follows(a64, 0x123400, counts);
		follows(transient, 0x123456789a, counts);
	}
}

/* It ends. */
static void test_hopeless(void **arg)
{
	(void)arg;
	truth = reads = 0;
	assert_true(counter_steady(broken) == truth && reads == COUNTER_TRIES + 1);
}

static void test_cpus(void **arg)
{
	(void)arg;
	assert_true(counter_bad_cpu(0x410fd090) && counter_bad_cpu(0x411fd092));
	assert_false(counter_bad_cpu(0x410fd0a0) || counter_bad_cpu(0x410fd080) ||
		     counter_bad_cpu(0x510fd090) || counter_bad_cpu(0x410fc090));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
