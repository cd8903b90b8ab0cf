/* SPDX-License-Identifier: MIT */
/* test_cpus.c - what CPUs do for each other: calls, and turns at printing. */
#include "tests/host/unit/taking_turns.h"

static void test_masks(void **state)
{
	struct cpu_mask m = { 0 }, all;
	bool model[CPU_MAX] = { 0 };
	uint32_t count = 0;

	(void)state;
	for (uint32_t t = 0; t < 10 * CPU_MAX; t++) {
		const uint32_t i = rnd_below(&seed, CPU_MAX);

		count += !model[i] - model[i];
		model[i] = !model[i];
		if (model[i])
			cpu_mask_set(&m, i);
		else
			cpu_mask_clear(&m, i);
		assert_int_equal(cpu_mask_count(&m), count);
		for (uint32_t k = 0; k < CPU_MAX; k += 1 + rnd_below(&seed, 7))
			assert_int_equal(cpu_mask_has(&m, k), model[k]);
	}
	start();
	cpu_publish(c[1]);			/* once more: those above it remain */
	assert_int_equal(cpu_count(), CPU_MAX);
	cpu_mask_all(&all);
	assert_int_equal(cpu_mask_count(&all), CPUS);
	for (uint32_t i = 0; i < CPUS; i++)
		assert_true(cpu_mask_has(&all, c[i]->index));
	assert_null(cpu_at(CPU_MAX));
	assert_null(cpu_at(cpu_count()));
	assert_null(cpu_at(5));
	assert_false(cpu_call_one(5, NULL, NULL));
	assert_false(cpu_call_one(CPU_MAX, NULL, NULL));
}

/* Each CPU finds its own struct, also where the register that says so cannot be read. */
static void test_own(void **state)
{
	struct cpu late = { .index = 7 };
	uint32_t count;

	(void)state;
	start();
	count = cpu_count();
	for (uint32_t i = 0; i < CPUS; i++) {
		assert_ptr_equal(c[i]->self, c[i]);
		assert_ptr_equal(cpu_at(c[i]->index), c[i]);
		assert_int_equal(c[i]->id, 100 + c[i]->index);
	}
	cpu_indices = 3;			/* one above and one below what is known */
	cpu_start(&late, 3, 0x11);
	assert_true(now == &late && late.self == &late && late.index == 3 && late.id == 0x11);
	assert_ptr_equal(cpu_at(3), &late);
	assert_int_equal(cpu_count(), 4);
	cpu_start(c[1], 1, 101);
	assert_ptr_equal(cpu_at(1), c[1]);
	assert_int_equal(cpu_count(), 4);
	assert_ptr_not_equal(cpu_boot(), NULL);
	cpu_table[3] = c[3];
	cpu_indices = count;
	now = c[0];
}

static uint32_t ran[CPUS];

static void note(void *arg)
{
	assert_ptr_equal(arg, ran);
	assert_true(masked);
	ran[which(now)]++;
}

/* Calls with every mask of CPUs, from every CPU, with interrupts masked or not. */
static void test_calls(void **state)
{
	(void)state;
	start();
	for (uint32_t bits = 0; bits < 1u << CPUS; bits++)
		for (uint32_t from = 0; from < CPUS; from++) {
			struct cpu_mask m = { 0 };

			memset(ran, 0, sizeof(ran));
			for (uint32_t i = 0; i < CPUS; i++)
				if (bits >> i & 1)
					cpu_mask_set(&m, c[i]->index);
			cpu_mask_set(&m, 5);		/* does not run */
			cpu_mask_set(&m, CPU_MAX - 2);
			now = c[from];
			masked = bits & 1;
			assert_true(cpu_call(&m, note, ran));
			assert_int_equal(masked, bits & 1);
			for (uint32_t i = 0; i < CPUS; i++)
				assert_int_equal(ran[i], bits >> i & 1);
		}
	assert_int_equal(warnings, 0);
}

static void test_silent(void **state)
{
	const uint32_t quick = 1000;

	(void)state;
	start();
	stuck[2] = true;
	memset(ran, 0, sizeof(ran));
	assert_false(cpu_call_all(note, ran));
	assert_int_equal(warnings, 1);
	assert_int_equal(pauses, 500 * 1000);		/* the clock is read at each 1,000th */
	assert_true(c[2]->silent && !c[2]->call);
	for (uint32_t i = 0; i < CPUS; i++)
		assert_int_equal(ran[i], i != 2);
	pauses = 0;
	assert_false(cpu_call_all(note, ran));		/* the silent CPU is not called again */
	assert_true(pauses < quick);
	assert_int_equal(warnings, 1);
	stuck[2] = false;				/* late: the call was withdrawn */
	run(2);
	assert_int_equal(ran[2], 0);
	assert_int_equal(flushes, 1);
	assert_false(c[2]->silent);
	assert_true(cpu_call_all(note, ran));
	assert_int_equal(ran[2], 1);
	now = c[1];					/* the first as well as others */
	stuck[0] = true;
	assert_false(cpu_call_all(note, ran));
	assert_true(c[0]->silent && !c[0]->call && warnings == 2);
}

/* A host that stands still for a minute, in the middle of a wait: then all answer or give up. */
static void test_stall(void **state)
{
	(void)state;
	start();
	memset(ran, 0, sizeof(ran));
	stuck[2] = true;
	stall = 10;
	assert_true(cpu_call_all(note, ran));
	assert_int_equal(stall, 0);
	assert_int_equal(warnings, 0);
	for (uint32_t i = 0; i < CPUS; i++)
		assert_int_equal(ran[i], 1);
	turn_start();
	assert_true(console_turn_take());
	now = c[1];
	stall = 10;
	assert_true(console_turn_take());
	assert_int_equal(stall, 0);
	console_turn_give(true);
	turn_end();
}

static void back(void *arg)
{
	ran[which(now)] += 10;
	*(bool *)arg = true;
}

static bool answered;

/* While a CPU waits for room in a queue, and for an answer, it is called itself. */
static void test_full(void **state)
{
	struct cpu_call theirs = { back, &answered, 2 }, stays = { back, &answered, 1 };

	(void)state;
	start();
	memset(ran, 0, sizeof(ran));
	answered = false;
	c[0]->call = &theirs;
	c[1]->call = &theirs;
	interrupted[1] = true;
	masked = false;
	assert_true(cpu_call_one(1, note, ran));
	assert_false(masked);
	assert_true(ran[0] == 10 && ran[1] == 11);
	assert_int_equal(theirs.left, 0);

	stuck[3] = true;				/* its queue never has room */
	c[3]->call = &stays;
	assert_false(cpu_call_one(3, note, ran));
	assert_ptr_equal(c[3]->call, &stays);
	assert_int_equal(ran[3], 0);
	assert_int_equal(warnings, 1);
}

/* One that has begun is waited for, however long it takes. */
static void test_begun(void **state)
{
	struct cpu_call begun = { note, ran, 1 };
	struct cpu_mask m = { 0 };

	(void)state;
	start();
	cpu_mask_set(&m, 1);
	ends = &begun.left;
	ends_at = ns + 12000 * NS_PER_S;
	assert_true(call_wait(&m, &begun));
	assert_true(!ends && !warnings && pauses > 2 * 500 * 1000);
}

static uint32_t two = 2;

static void count_down(void *arg)
{
	(void)arg;
	two--;
}

static void test_word(void **state)
{
	struct cpu_call call = { count_down, NULL, 2 };

	(void)state;
	start();
	two = 2;
	c[1]->call = c[2]->call = &call;
	interrupted[1] = interrupted[2] = true;
	assert_true(call_wait_word(&two, 0) && !call_wait_word(&two, 1));
}

/* Turns at printing: no wait is endless, and every turn is given back. */
static void test_turns(void **state)
{
	uint64_t began;

	(void)state;
	start();
	assert_false(console_turn_take());			/* one CPU: no turns */
	turn_start();
	assert_true(console_turn_take());
	assert_false(console_turn_take());			/* in an interrupt, or a panic */
	now = c[1];
	began = ns;
	assert_false(console_turn_take());			/* the wait ends without a turn */
	assert_true(ns - began > NS_PER_S / 2 && ns - began < 2 * NS_PER_S);
	now = c[0];
	console_turn_give(true);
	now = c[1];
	assert_true(console_turn_take());
	assert_false(console_turn(false));
	assert_true(console_turn_take());
	turn_end();					/* the others are stopped */
	now = c[0];
	assert_false(console_turn_take());
	console_turn_give(true);
	assert_null(console_turn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks), cmocka_unit_test(test_own),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_silent), cmocka_unit_test(test_stall),
		cmocka_unit_test(test_full), cmocka_unit_test(test_word),
		cmocka_unit_test(test_turns), cmocka_unit_test(test_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
