/* SPDX-License-Identifier: MIT */
/*
 * test_start.c - how long the boot CPU waits for the others, and what it does meanwhile: they
 * arrive at once, late or never, hang, end, or go astray first; firmware reports that or nothing.
 */
#include "tests/host/unit/start_world.h"

static void test_at_once(void **state)
{
	(void)state;
	assert_int_equal(run(prompt, prompt), 3);
	assert_int_equal(w.asked, 0);
	assert_true(w.now < 10 * NS_PER_MS);
	assert_string_equal(why(0), "");
	assert_string_equal(why(3), "");
	assert_true(!cpus_named(0) && !cpus_named(3) && cpus_named(2)->id == 2);
}

/* A machine of one CPU: nothing is made. */
static void test_alone(void **state)
{
	struct cpus out;

	(void)state;
	there = 1;
	out = run_some(prompt, prompt, 0, UINT32_MAX);
	assert_true(out.running == 1 && out.wanted == 1);
	assert_int_equal(allocated, 0);
	there = 2;
	out = run_some(prompt, prompt, 1, UINT32_MAX);
	assert_true(out.running == 2 && out.wanted == 2);
	there = CPUS;
}

static void test_fewer(void **state)
{
	struct cpus out;

	(void)state;
	for (uint32_t limit = 0; limit < 2; limit++) {
		out = run_some(prompt, prompt, 0, limit);
		assert_true(out.wanted == 1 && out.running == 1 && !w.starts[1]);
	}
	out = run_some(prompt, prompt, 1, 2);
	assert_true(out.wanted == 2 && out.running == 2 && !w.starts[2]);
	for (spare = 0; spare < EACH; spare++) {
		out = run_some(prompt, prompt, 1, UINT32_MAX);
		assert_true(out.wanted == 3 && out.running == 2 && !w.starts[2]);
		assert_string_equal(why(2), "no memory for it");
	}
	spare = 0;
	out = run_some((struct role){ .delay = NS_PER_S }, (struct role){ .known = true }, 1,
		       UINT32_MAX);		/* nor is it tried again while another is awaited */
	assert_true(out.running == 2 && w.asked && !w.starts[2]);
	assert_string_equal(why(2), "no memory for it");
}

/* Firmware that does not list the CPU that it has booted lists others, even if it is only one. */
static void test_unlisted(void **state)
{
	struct cpus out;

	(void)state;
	unlisted = true;
	for (there = 2; there <= CPUS; there++) {
		out = run_some(prompt, prompt, there - 1, UINT32_MAX);
		assert_true(out.unlisted && out.running == there);
	}
	there = 1;
	out = run_some(prompt, prompt, 0, UINT32_MAX);
	assert_true(out.unlisted && out.running == 1 && !allocated);	/* none is listed */
	there = CPUS;
	unlisted = false;
	assert_false(run_some(prompt, prompt, 2, UINT32_MAX).unlisted);
}

/* A CPU that is listed twice is started once. */
static void test_twice(void **state)
{
	(void)state;
	for (twice = CPUS - 1; twice; twice--)
		assert_int_equal(run(prompt, prompt), 3);
}

/* The lists need memory, each of them. */
static void test_no_memory(void **state)
{
	(void)state;
	for (refused = 1; refused <= 3; refused++) {
		const struct cpus out = try_some(prompt, prompt, 2, UINT32_MAX);

		assert_non_null(out.why);
		assert_string_equal(out.why, "no memory");
		assert_true(out.wanted == 1 && out.running == 1 && !w.used);
	}
	refused = 0;
	assert_int_equal(run(prompt, prompt), 3);
}

/* Without a clock, or calls: each other CPU has that as its reason. */
static void test_needs(void **state)
{
	static const char want[] = "it needs interrupts and a clock";

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		struct cpus out;

		clock_hz = i;
		no_calls = i;
		out = try_some(prompt, prompt, 2, UINT32_MAX);
		assert_non_null(out.why);
		assert_string_equal(out.why, want);
		assert_true(out.wanted == 3 && out.running == 1 && !w.used && !w.flushes);
		assert_string_equal(why(1), want);
		assert_string_equal(why(2), want);
	}
	no_calls = false;
}

static void test_late(void **state)
{
	const struct role late = { .delay = 3 * NS_PER_S };
	const struct role known = { .delay = 3 * NS_PER_S, .known = true };

	(void)state;
	assert_int_equal(run(known, prompt), 3);
	assert_true(w.now > 3 * NS_PER_S && w.now < 3 * NS_PER_S + 20 * NS_PER_MS);
	assert_int_equal(run(prompt, late), 2);
	assert_true(w.now > TIMEOUT_NS && w.now < TIMEOUT_NS + 20 * NS_PER_MS);
	assert_string_equal(why(1), "");
	assert_string_equal(why(2), "it does not start");
	time_sleep(2 * NS_PER_S);		/* then it comes, and must not run */
	assert_int_equal(w.stopped, 1);
	assert_null(cpu_at(2));
	assert_int_equal(run(late, known), 3);	/* waiting for one, another comes */
	assert_int_equal(run((struct role){ .delay = 3 * NS_PER_S / 2 }, late), 3);
	assert_true(w.now > 3 * NS_PER_S && w.now < 3 * NS_PER_S + 20 * NS_PER_MS);
	assert_int_equal(run((struct role){ .delay = NS_PER_S }, (struct role){ .delay = NEVER }),
			 2);		/* just that timeout, from when the first came */
	assert_true(w.now == 1 + 6350 * NS_PER_US + 199 * LOOK_MAX_NS + TIMEOUT_NS);
}

static void test_never(void **state)
{
	const struct role never = { .delay = NEVER, .known = true };

	(void)state;
	assert_int_equal(run(never, prompt), 2);
	assert_true(w.now > TIMEOUT_MAX_NS && w.now < TIMEOUT_MAX_NS + 20 * NS_PER_MS);
	assert_string_equal(why(1), "it does not start");
	assert_true(w.starts[1] == 1 && w.came == 2);
}

static void test_hangs(void **state)
{
	(void)state;
	assert_int_equal(run((struct role){ .hangs = true }, prompt), 2);
	assert_true(w.now > TIMEOUT_MAX_NS && w.now < TIMEOUT_MAX_NS + 20 * NS_PER_MS);
	assert_string_equal(why(1), "it started, but does not respond");
	assert_int_equal(w.asked, 0);
}

/* A CPU that ends of its own accord is not started again, whatever firmware says. */
static void test_useless(void **state)
{
	(void)state;
	assert_int_equal(run((struct role){ .useless = true, .known = true }, prompt), 2);
	assert_string_equal(why(1), "no controller");
	assert_true(w.starts[1] == 1 && w.stopped == 1 && w.now < 20 * NS_PER_MS);
	assert_int_equal(run((struct role){ .faster = true, .useless = true }, prompt), 2);
	assert_string_equal(why(1), "no controller");
	assert_int_equal(run((struct role){ .faster = true }, prompt), 3);
	assert_int_equal(run((struct role){ .delay = NS_PER_S, .useless = true, .known = true,
					    .asked = true }, prompt), 2);
	assert_string_equal(why(1), "no controller");
	assert_true(w.starts[1] == 1 && w.stopped == 1 && w.asked == 1);
}

static void test_astray(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= TRIES + 1; n++) {
		const struct role astray = { .astray = n, .known = true };

		assert_int_equal(run(prompt, astray), n <= TRIES ? 3 : 2);
		assert_string_equal(why(2), n <= TRIES ? "" : "it does not start");
		assert_int_equal(w.starts[2], MIN(n, TRIES) + 1);
		assert_true(w.now < (n <= TRIES ? 50 * NS_PER_MS : TIMEOUT_NS + 50 * NS_PER_MS));
	}
	assert_int_equal(run(prompt, (struct role){ .astray = 1 }), 2);	/* firmware says nothing */
	assert_int_equal(w.starts[2], 1);
}

/* By the clock alone, the CPU would have been too late. */
static void test_stall(void **state)
{
	const struct role soon = { .delay = 10 * NS_PER_S + 50 * NS_PER_MS };

	(void)state;
	w.stall = 10 * NS_PER_S;
	w.stall_at = 20 * NS_PER_MS;
	assert_int_equal(run(prompt, soon), 3);
	assert_int_equal(w.stall_at, 0);
	w.stall = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_once), cmocka_unit_test(test_late),
		cmocka_unit_test(test_fewer), cmocka_unit_test(test_alone),
		cmocka_unit_test(test_never), cmocka_unit_test(test_hangs),
		cmocka_unit_test(test_useless), cmocka_unit_test(test_astray),
		cmocka_unit_test(test_stall), cmocka_unit_test(test_twice),
		cmocka_unit_test(test_needs), cmocka_unit_test(test_unlisted),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
